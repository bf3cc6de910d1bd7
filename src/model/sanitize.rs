//! The door for text from outside: names, labels, messages, plugin output.
//!
//! A terminal obeys control characters wherever they come from, and bidi controls can make one name look like
//! another. What passes through [`clean`] is one line that does nothing but be read. Colours in logs are not for this
//! door.

use std::borrow::Cow;

/// Stands for what may not be shown as it is.
const SHOWN: char = '\u{FFFD}';

/// The text without control characters and escape sequences. Tabs and line breaks become spaces; characters that hide
/// or reorder text become visible.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => skip_escape(&mut rest),
            '\u{9b}' => skip_csi(&mut rest),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => skip_string(&mut rest),
            '\t' | '\n' => out.push(' '),
            '\r' => {
                let next = rest.clone().next();
                if next.is_some_and(|c| c != '\n') {
                    out.push(' ');
                }
            }
            c if c.is_control() => {}
            c if is_hidden(c) => out.push(SHOWN),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// [`clean`], and no longer than `limit` characters: what is cut off is marked by an ellipsis.
pub fn clean_within(text: &str, limit: usize) -> Cow<'_, str> {
    // Bound the work too: what lies past this can reach the result only where nearly all before it is escapes.
    let head = text
        .char_indices()
        .nth(limit.saturating_mul(16))
        .map_or(text, |(at, _)| &text[..at]);
    let cleaned = clean(head);
    if head.len() == text.len() && cleaned.chars().nth(limit).is_none() {
        return cleaned;
    }
    let kept = cleaned.chars().take(limit.saturating_sub(1));
    Cow::Owned(kept.chain(['…']).collect())
}

fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~') || !(c.is_control() || is_hidden(c))
}

/// Bidi controls, zero-width characters, separators and tags: they change what is read, and leave no mark.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

fn skip_escape(rest: &mut std::str::Chars<'_>) {
    let mut ahead = rest.clone();
    match ahead.next() {
        Some('[') => {
            *rest = ahead;
            skip_csi(rest);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            *rest = ahead;
            skip_string(rest);
        }
        Some(' '..='/') => {
            // ESC, intermediates, one final: charset choices and the like.
            while let Some(c) = ahead.next() {
                *rest = ahead.clone();
                if !matches!(c, ' '..='/') {
                    break;
                }
            }
        }
        Some('0'..='~') => *rest = ahead,
        _ => {}
    }
}

/// Parameters and intermediates up to one final byte. A character that cannot belong stays: it is text.
fn skip_csi(rest: &mut std::str::Chars<'_>) {
    let mut ahead = rest.clone();
    while let Some(c) = ahead.next() {
        match c {
            ' '..='?' => *rest = ahead.clone(),
            '@'..='~' => {
                *rest = ahead;
                return;
            }
            _ => return,
        }
    }
}

/// A string sequence (title, clipboard, device control) up to BEL or ST. One that never ends hides only its line.
fn skip_string(rest: &mut std::str::Chars<'_>) {
    while let Some(c) = rest.next() {
        match c {
            '\u{7}' | '\u{9c}' | '\n' => return,
            '\u{1b}' => {
                let mut ahead = rest.clone();
                if ahead.next() == Some('\\') {
                    *rest = ahead;
                }
                return;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_not_copied() {
        for text in ["", "api-7f9", "größe 数 🚀", "a~!"] {
            assert!(
                matches!(clean(text), Cow::Borrowed(same) if same == text),
                "{text}"
            );
        }
    }

    #[test]
    fn what_a_terminal_would_obey_is_gone() {
        let table = [
            ("a\tb", "a b"),
            ("a\nb\r\nc\rd", "a b c d"),
            ("a\u{0}\u{7}\u{8}\u{7f}b", "ab"),
            ("a\u{85}\u{8d}b", "ab"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{9b}31mred", "red"),
            ("\u{1b}[?1049hx", "x"),
            ("\u{1b}]0;title\u{7}x", "x"),
            ("\u{1b}]52;c;aGk=\u{1b}\\x", "x"),
            ("\u{9d}0;t\u{9c}x", "x"),
            ("\u{1b}P1;2qdata\u{1b}\\x", "x"),
            ("\u{1b}(0qq\u{1b}(B", "qq"),
            ("\u{1b}cx", "x"),
            ("end\u{1b}", "end"),
            ("\u{1b}[31", ""),
            ("\u{1b}[3é", "é"),
            ("\u{1b}]0;never ends\nx", "x"),
            ("a\u{202e}b\u{2066}c", "a\u{FFFD}b\u{FFFD}c"),
            ("a\u{200b}b\u{feff}", "a\u{FFFD}b\u{FFFD}"),
            ("a\u{e0041}b", "a\u{FFFD}b"),
        ];
        for (dirty, expected) in table {
            assert_eq!(clean(dirty), expected, "{dirty:?}");
        }
    }

    #[test]
    fn a_limit_cuts_at_a_character_and_says_so() {
        let table = [
            ("short", 10, "short"),
            ("exact", 5, "exact"),
            ("longer than that", 6, "longe…"),
            ("üüüüü", 3, "üü…"),
            ("\u{1b}[31mab\u{1b}[0m", 2, "ab"),
        ];
        for (text, limit, expected) in table {
            assert_eq!(clean_within(text, limit), expected, "{text:?}");
        }
        assert!(clean_within(&"x".repeat(1 << 20), 100).chars().count() <= 100);
    }
}
