//! Numbers, durations and names as text: how Kubernetes people write them, and how they fit a column.
//!
//! Pure functions. What is measured and when it changes is the model's; colour and place are `ui`'s. Widths are display
//! columns: a 한 takes two, a combining mark none.

use std::borrow::Cow;

use compact_str::{CompactString, ToCompactString as _, format_compact};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

const ELLIPSIS: char = '…';

/// Time passed, exactly as `kubectl get` prints it (`HumanDuration` in k8s.io/apimachinery, pkg/util/duration):
/// two units while the second one matters, else one; a clock that is off by less than two seconds reads as `0s`.
pub fn age(seconds: i64) -> CompactString {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match seconds {
        i64::MIN..-1 => "<invalid>".into(),
        -1 => "0s".into(),
        _ if seconds < 120 => format_compact!("{seconds}s"),
        _ if minutes < 10 => pair(minutes, "m", seconds % 60, "s"),
        _ if minutes < 180 => format_compact!("{minutes}m"),
        _ if hours < 8 => pair(hours, "h", minutes % 60, "m"),
        _ if hours < 48 => format_compact!("{hours}h"),
        _ if days < 8 => pair(days, "d", hours % 24, "h"),
        _ if days < 2 * 365 => format_compact!("{days}d"),
        _ if days < 8 * 365 => pair(days / 365, "y", days % 365, "d"),
        _ => format_compact!("{}y", days / 365),
    }
}

fn pair(large: i64, large_unit: &str, small: i64, small_unit: &str) -> CompactString {
    if small == 0 {
        format_compact!("{large}{large_unit}")
    } else {
        format_compact!("{large}{large_unit}{small}{small_unit}")
    }
}

/// Processor cores in at most six columns: `0.42c`, `4.1c`, `96c`. Nothing is `0c`, next to nothing `0.01c`.
pub fn cores(millicores: u64) -> CompactString {
    match millicores {
        0 => "0c".into(),
        1..995 => format_compact!("0.{:02}c", rounded(millicores, 10).max(1)),
        995..9_950 => {
            let tenths = rounded(millicores, 100);
            format_compact!("{}.{}c", tenths / 10, tenths % 10)
        }
        9_950..99_999_500 => format_compact!("{}c", rounded(millicores, 1_000)),
        _ => format_compact!("{}kc", rounded(millicores, 1_000_000).min(999_999)),
    }
}

fn rounded(value: u64, unit: u64) -> u64 {
    value / unit + u64::from(value % unit >= unit.div_ceil(2))
}

/// Memory or storage in binary units and at most six columns: `512Ki`, `84Mi`, `1.1Gi`.
pub fn bytes(bytes: u64) -> CompactString {
    const UNITS: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    if bytes < 1_024 {
        return format_compact!("{bytes}B");
    }
    let mut value = bytes as f64 / 1_024.0;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    while value >= 1_023.5
        && let Some(larger) = units.next()
    {
        value /= 1_024.0;
        unit = Some(larger);
    }
    let unit = unit.copied().unwrap_or_default();
    if value < 9.95 {
        format_compact!("{value:.1}{unit}")
    } else {
        format_compact!("{value:.0}{unit}")
    }
}

/// A count with its thousands apart: `12,400`.
pub fn count(count: u64) -> CompactString {
    let digits = count.to_compact_string();
    let mut text = CompactString::default();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `part` of `whole` in percent. `0%` and `100%` are said only when they are true; a share of nothing is `–`.
pub fn percent(part: u64, whole: u64) -> CompactString {
    if whole == 0 {
        return "–".into();
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    let share = (part * 100 + whole / 2) / whole;
    let share = match part {
        0 => 0,
        _ if part < whole => share.clamp(1, 99),
        _ => share,
    };
    format_compact!("{share}%")
}

/// What a reader takes for one character each: a letter with its marks.
pub fn characters(text: &str) -> impl Iterator<Item = &str> {
    text.graphemes(true)
}

/// The columns a text takes on screen.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text cut at its end to `columns`, with `…` where something is missing. Text that is cut takes exactly `columns`:
/// where a wide character would straddle the edge, a blank stands in.
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let head = head(text, columns - 1);
    let mut cut = String::with_capacity(head.len() + ELLIPSIS.len_utf8() + 1);
    cut.push_str(head);
    cut.push(ELLIPSIS);
    fill(&mut cut, columns);
    Cow::Owned(cut)
}

/// The text cut in its middle, for names whose end tells them apart: `web-68954…j9wm4`. The end gets the larger half.
pub fn fit_middle(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns || columns < 3 {
        return fit(text, columns);
    }
    let head = head(text, (columns - 1) / 2);
    let tail = tail(text, columns - 1 - width(head));
    let mut cut = String::with_capacity(head.len() + ELLIPSIS.len_utf8() + tail.len() + 1);
    cut.push_str(head);
    cut.push(ELLIPSIS);
    cut.push_str(tail);
    fill(&mut cut, columns);
    Cow::Owned(cut)
}

/// The text at the right of `columns`, for numbers. Text that is too long is cut.
pub fn pad_left(text: &str, columns: usize) -> Cow<'_, str> {
    let fitted = fit(text, columns);
    match columns - width(&fitted).min(columns) {
        0 => fitted,
        missing => Cow::Owned(format!("{:missing$}{fitted}", "")),
    }
}

/// The text at the left of `columns`, for names. Text that is too long is cut.
pub fn pad_right(text: &str, columns: usize) -> Cow<'_, str> {
    let mut fitted = fit(text, columns);
    if width(&fitted) < columns {
        fill(fitted.to_mut(), columns);
    }
    fitted
}

fn fill(text: &mut String, columns: usize) {
    for _ in width(text)..columns {
        text.push(' ');
    }
}

/// As many whole graphemes from the front as fit.
pub fn head(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (start, grapheme) in text.grapheme_indices(true) {
        used += width(grapheme);
        if used > columns {
            return &text[..start];
        }
    }
    text
}

/// As many whole graphemes from the back as fit.
fn tail(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (start, grapheme) in text.grapheme_indices(true).rev() {
        used += width(grapheme);
        if used > columns {
            return &text[start + grapheme.len()..];
        }
    }
    text
}

/// A text broken between words into lines of at most so many columns; what has its own line breaks keeps them. A word
/// that is longer than a line is cut into lines.
pub fn broken(text: &str, room: usize) -> Vec<String> {
    let room = room.max(2);
    let mut lines: Vec<String> = Vec::new();
    for sentence in text.split('\n') {
        lines.push(String::new());
        for word in sentence.split(' ') {
            let used = lines.last().map_or(0, |line| width(line));
            let blank = usize::from(used > 0);
            if blank > 0 && used + blank + width(word) > room {
                lines.push(String::new());
            } else if let Some(line) = lines.last_mut().filter(|_| blank > 0) {
                line.push(' ');
            }
            for part in word.graphemes(true) {
                if lines
                    .last()
                    .is_some_and(|line| width(line) + width(part) > room)
                {
                    lines.push(String::new());
                }
                if let Some(line) = lines.last_mut() {
                    line.push_str(part);
                }
            }
        }
    }
    lines
}

/// A question about the name that was meant, where one is near.
pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    let near = |known: &&str| strsim::jaro(name, known);
    let nearest = known.max_by(|a, b| near(a).total_cmp(&near(b)))?;
    (near(&nearest) > 0.75).then(|| format!("Did you mean `{nearest}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_read_as_kubectl_prints_them() {
        const MINUTE: i64 = 60;
        const HOUR: i64 = 60 * MINUTE;
        const DAY: i64 = 24 * HOUR;
        const YEAR: i64 = 365 * DAY;
        for (seconds, want) in [
            (-2, "<invalid>"),
            (-1, "0s"),
            (0, "0s"),
            (45, "45s"),
            (119, "119s"),
            (2 * MINUTE, "2m"),
            (3 * MINUTE + 12, "3m12s"),
            (10 * MINUTE - 1, "9m59s"),
            (12 * MINUTE + 30, "12m"),
            (3 * HOUR - 1, "179m"),
            (3 * HOUR, "3h"),
            (3 * HOUR + 20 * MINUTE, "3h20m"),
            (8 * HOUR - 1, "7h59m"),
            (23 * HOUR + 59 * MINUTE, "23h"),
            (2 * DAY - 1, "47h"),
            (2 * DAY, "2d"),
            (3 * DAY + 4 * HOUR, "3d4h"),
            (8 * DAY - 1, "7d23h"),
            (8 * DAY, "8d"),
            (2 * YEAR - 1, "729d"),
            (2 * YEAR, "2y"),
            (2 * YEAR + 34 * DAY, "2y34d"),
            (8 * YEAR - 1, "7y364d"),
            (8 * YEAR + DAY, "8y"),
        ] {
            assert_eq!(age(seconds), want, "{seconds} s");
        }
    }

    #[test]
    fn cores_keep_two_figures() {
        for (millicores, want) in [
            (0, "0c"),
            (1, "0.01c"),
            (4, "0.01c"),
            (14, "0.01c"),
            (15, "0.02c"),
            (420, "0.42c"),
            (994, "0.99c"),
            (995, "1.0c"),
            (4_149, "4.1c"),
            (9_949, "9.9c"),
            (9_950, "10c"),
            (96_000, "96c"),
            (99_999_499, "99999c"),
            (99_999_500, "100kc"),
        ] {
            assert_eq!(cores(millicores), want, "{millicores} m");
            assert!(cores(millicores).len() <= 6);
        }
    }

    #[test]
    fn bytes_take_the_largest_unit_that_is_not_zero() {
        const MI: u64 = 1 << 20;
        for (value, want) in [
            (0, "0B"),
            (1_023, "1023B"),
            (1_024, "1.0Ki"),
            (512 << 10, "512Ki"),
            (84 * MI, "84Mi"),
            (310 * MI, "310Mi"),
            (1_023 * MI, "1023Mi"),
            (1_024 * MI - 1, "1.0Gi"),
            (1_126 * MI, "1.1Gi"),
            (9 << 30, "9.0Gi"),
            (10 << 30, "10Gi"),
            (u64::MAX, "16Ei"),
        ] {
            assert_eq!(bytes(value), want, "{value}");
            assert!(bytes(value).len() <= 6);
        }
    }

    #[test]
    fn counts_are_grouped() {
        for (value, want) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (12_400, "12,400"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(count(value), want);
        }
    }

    #[test]
    fn percents_never_round_to_an_end() {
        for (part, whole, want) in [
            (0, 0, "–"),
            (0, 9, "0%"),
            (1, 9_000, "1%"),
            (62, 100, "62%"),
            (2, 3, "67%"),
            (8_999, 9_000, "99%"),
            (9, 9, "100%"),
            (12, 8, "150%"),
            (u64::MAX, u64::MAX, "100%"),
        ] {
            assert_eq!(percent(part, whole), want, "{part} of {whole}");
        }
    }

    #[test]
    fn long_text_ends_in_an_ellipsis() {
        for (text, columns, want) in [
            ("payments", 8, "payments"),
            ("payments", 7, "paymen…"),
            ("payments", 1, "…"),
            ("payments", 0, ""),
            ("한국어", 6, "한국어"),
            ("한국어", 5, "한국…"),
            ("한국어", 4, "한… "),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
            ("👩‍💻👩‍💻", 3, "👩‍💻…"),
        ] {
            assert_eq!(fit(text, columns), want, "{text} in {columns}");
        }
    }

    #[test]
    fn names_keep_both_ends() {
        for (text, columns, want) in [
            ("web-68954f5bdb-j9wm4", 20, "web-68954f5bdb-j9wm4"),
            ("web-68954f5bdb-j9wm4", 15, "web-689…b-j9wm4"),
            ("web-68954f5bdb-j9wm4", 12, "web-6…-j9wm4"),
            ("web-68954f5bdb-j9wm4", 2, "w…"),
            ("한국어사전", 7, "한…사전"),
            ("한국어사전", 6, "한…전 "),
        ] {
            assert_eq!(fit_middle(text, columns), want, "{text} in {columns}");
        }
    }

    #[test]
    fn padding_counts_columns_not_characters() {
        assert_eq!(pad_right("한", 4), "한  ");
        assert_eq!(pad_left("84Mi", 6), "  84Mi");
        assert_eq!(pad_left("payments", 4), "pay…");
        assert!(matches!(pad_right("shop", 4), Cow::Borrowed("shop")));
    }

    #[test]
    fn lines_break_between_words_and_a_long_word_is_cut() {
        for (text, room, want) in [
            ("one two three", 7, &["one two", "three"][..]),
            ("one\n\ntwo", 9, &["one", "", "two"]),
            ("abcdefgh", 3, &["abc", "def", "gh"]),
            ("a 한국어 b", 5, &["a", "한국", "어 b"]),
            ("", 5, &[""]),
        ] {
            assert_eq!(broken(text, room), want, "{text}");
        }
    }
}
