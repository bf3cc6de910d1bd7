//! Keys as people name them: `j`, `G`, `ctrl-c`, `pgdn`; and the strings of keys that a headless run types.
//!
//! Terminals report one key in several ways (a capital with or without its shift, Shift-Tab as a key of its own). A
//! [`Chord`] is one of them for each key, so that two chords are equal when the same was pressed.

mod sequence;

use std::{fmt, str::FromStr};

use compact_str::ToCompactString as _;
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

pub use self::sequence::Sequence;
use crate::model::{Cause, Problem};

/// A key with the modifiers that were held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    /// The key; a letter with shift is the capital.
    pub code: KeyCode,
    /// Ctrl, Alt, and shift where the key itself does not tell.
    pub modifiers: KeyModifiers,
}

/// What a headless run is told to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Press it.
    Key(Chord),
    /// Wait until nothing is loading.
    Wait,
}

/// The keys that have a name: how it is written, how a hint shows it, and in ASCII.
const NAMED: [(&str, KeyCode, &str, &str); 18] = [
    ("enter", KeyCode::Enter, "⏎", "enter"),
    ("esc", KeyCode::Esc, "esc", "esc"),
    ("tab", KeyCode::Tab, "tab", "tab"),
    ("backtab", KeyCode::BackTab, "⇧tab", "s-tab"),
    ("space", KeyCode::Char(' '), "space", "space"),
    ("lt", KeyCode::Char('<'), "<", "<"),
    ("minus", KeyCode::Char('-'), "-", "-"),
    ("backspace", KeyCode::Backspace, "⌫", "bksp"),
    ("del", KeyCode::Delete, "del", "del"),
    ("ins", KeyCode::Insert, "ins", "ins"),
    ("up", KeyCode::Up, "↑", "up"),
    ("down", KeyCode::Down, "↓", "down"),
    ("left", KeyCode::Left, "←", "left"),
    ("right", KeyCode::Right, "→", "right"),
    ("pgup", KeyCode::PageUp, "pgup", "pgup"),
    ("pgdn", KeyCode::PageDown, "pgdn", "pgdn"),
    ("home", KeyCode::Home, "home", "home"),
    ("end", KeyCode::End, "end", "end"),
];

/// Modifiers: how they are written, and how a hint shows them.
const MODIFIERS: [(&str, KeyModifiers, &str, &str); 3] = [
    ("ctrl-", KeyModifiers::CONTROL, "^", "^"),
    ("alt-", KeyModifiers::ALT, "⌥", "alt-"),
    ("shift-", KeyModifiers::SHIFT, "⇧", "s-"),
];

impl Chord {
    /// What ends a line that is typed.
    pub const ENTER: Self = Self::key(KeyCode::Enter);

    /// A key without modifiers.
    pub const fn key(code: KeyCode) -> Self {
        Self {
            code,
            modifiers: KeyModifiers::NONE,
        }
    }

    /// What was pressed or repeats; nothing for a release, and for a modifier alone.
    pub fn pressed(event: KeyEvent) -> Option<Self> {
        let bare = matches!(
            event.code,
            KeyCode::Modifier(_) | KeyCode::CapsLock | KeyCode::NumLock | KeyCode::Null
        );
        (event.kind != KeyEventKind::Release && !bare)
            .then(|| Self::of(event.code, event.modifiers))
    }

    /// The one chord for all ways to report the same keys.
    pub fn of(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let known = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        let mut modifiers = modifiers & known;
        let shift = modifiers.contains(KeyModifiers::SHIFT);
        let ctrl = modifiers.contains(KeyModifiers::CONTROL);
        let code = match code {
            // Ctrl makes a letter's case unknowable in the older way of reporting it.
            KeyCode::Char(c) if ctrl => KeyCode::Char(c.to_ascii_lowercase()),
            KeyCode::Char(c) if shift => KeyCode::Char(c.to_uppercase().next().unwrap_or(c)),
            KeyCode::Tab if shift => KeyCode::BackTab,
            other => other,
        };
        if matches!(code, KeyCode::Char(_) | KeyCode::BackTab) {
            modifiers.remove(KeyModifiers::SHIFT);
        }
        Self { code, modifiers }
    }

    /// Whether ctrl is held.
    pub fn has_ctrl(self) -> bool {
        self.modifiers.contains(KeyModifiers::CONTROL)
    }

    /// How a hint shows it: `⏎`, `^c`, `↑`; or `enter`, `^c`, `up` where only ASCII can be shown.
    pub fn hint(self, ascii: bool) -> String {
        let choose = |fine, plain| if ascii { plain } else { fine };
        let held = MODIFIERS
            .iter()
            .filter(|(_, modifier, ..)| self.modifiers.contains(*modifier));
        let mut hint: String = held
            .map(|(_, _, fine, plain)| choose(*fine, *plain))
            .collect();
        match (
            NAMED.iter().find(|(_, code, ..)| *code == self.code),
            self.code,
        ) {
            (Some((_, _, fine, plain)), _) => hint.push_str(choose(fine, plain)),
            (None, KeyCode::Char(c)) => hint.push(c),
            (None, KeyCode::F(number)) => hint.extend(["f", number.to_compact_string().as_str()]),
            (None, _) => hint.push('?'),
        }
        hint
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, modifier, ..) in MODIFIERS {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        match (
            NAMED.iter().find(|(_, code, ..)| *code == self.code),
            self.code,
        ) {
            (Some((name, ..)), _) => f.write_str(name),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, KeyCode::F(number)) => write!(f, "f{number}"),
            (None, _) => f.write_str("?"),
        }
    }
}

impl FromStr for Chord {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let mut rest = text;
        let mut modifiers = KeyModifiers::NONE;
        while let Some((name, modifier, ..)) = MODIFIERS
            .iter()
            .find(|(name, ..)| rest.len() > name.len() && begins(rest, name))
        {
            modifiers |= *modifier;
            rest = &rest[name.len()..];
        }
        let code = code(rest).ok_or_else(|| {
            Problem::new(Cause::Config, format!("there is no key “{text}”")).hint(valid_names())
        })?;
        Ok(Self::of(code, modifiers))
    }
}

/// Reads what a headless run shall type: a character is itself, `<enter>` a named key, `<wait>` waits, `<lt>` is `<`.
pub fn typed(text: &str) -> Result<Vec<Typed>, Problem> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let position = text[..text.len() - rest.len()].chars().count() + 1;
        if c != '<' {
            all.push(Typed::Key(Chord::of(letter(c), KeyModifiers::NONE)));
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let Some(end) = rest.find('>') else {
            let what = format!("the keys have a “<” without its “>” at position {position}");
            return Err(Problem::new(Cause::Config, what).hint("Write <lt> for the key “<”"));
        };
        let name = &rest[1..end];
        all.push(if name.eq_ignore_ascii_case("wait") {
            Typed::Wait
        } else {
            Typed::Key(name.parse().map_err(|_| {
                let what = format!(
                    "the keys name “<{name}>” at position {position}, and there is no such key"
                );
                Problem::new(Cause::Config, what).hint(valid_names())
            })?)
        });
        rest = &rest[end + 1..];
    }
    Ok(all)
}

fn letter(c: char) -> KeyCode {
    match c {
        '\n' | '\r' => KeyCode::Enter,
        '\t' => KeyCode::Tab,
        other => KeyCode::Char(other),
    }
}

fn code(name: &str) -> Option<KeyCode> {
    let mut chars = name.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (!c.is_control()).then_some(KeyCode::Char(c));
    }
    let name = name.to_ascii_lowercase();
    let function = || {
        name.strip_prefix('f')?
            .parse()
            .ok()
            .filter(|number| (1..=24).contains(number))
            .map(KeyCode::F)
    };
    NAMED
        .iter()
        .find(|(known, ..)| *known == name)
        .map(|(_, code, ..)| *code)
        .or_else(function)
}

fn begins(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn valid_names() -> String {
    let names: Vec<&str> = NAMED.iter().map(|(name, ..)| *name).collect();
    format!(
        "Keys are a character, {}, f1 to f24, each with ctrl-, alt- or shift- before it",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a chord that cannot be read has failed the test"
    )]

    use super::*;

    const CTRL: KeyModifiers = KeyModifiers::CONTROL;
    const SHIFT: KeyModifiers = KeyModifiers::SHIFT;

    #[test]
    fn chords_are_written_as_they_are_read() {
        for text in [
            "j",
            "G",
            "?",
            "한",
            "ctrl-c",
            "esc",
            "enter",
            "tab",
            "backtab",
            "up",
            "pgdn",
            "f1",
            "f12",
            "space",
            "alt-x",
            "ctrl-alt-del",
            "shift-up",
            "lt",
            "minus",
            "ctrl-minus",
        ] {
            assert_eq!(text.parse::<Chord>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn many_ways_to_write_a_chord_are_one() {
        for (text, same) in [
            ("shift-g", "G"),
            ("Ctrl-C", "ctrl-c"),
            ("shift-tab", "backtab"),
            ("ESC", "esc"),
            ("-", "minus"),
        ] {
            assert_eq!(
                text.parse::<Chord>().unwrap(),
                same.parse().unwrap(),
                "{text}"
            );
        }
    }

    #[test]
    fn what_terminals_report_differently_is_one_chord() {
        for (code, modifiers, want) in [
            (KeyCode::Char('G'), SHIFT, "G"),
            (KeyCode::Char('G'), KeyModifiers::NONE, "G"),
            (KeyCode::Char('g'), SHIFT, "G"),
            (KeyCode::Char('?'), SHIFT, "?"),
            (KeyCode::Char('C'), CTRL | SHIFT, "ctrl-c"),
            (KeyCode::Tab, SHIFT, "backtab"),
            (KeyCode::BackTab, SHIFT, "backtab"),
            (KeyCode::Up, SHIFT, "shift-up"),
            (KeyCode::Char('x'), KeyModifiers::SUPER, "x"),
        ] {
            let event = KeyEvent::new(code, modifiers);
            assert_eq!(
                Chord::pressed(event).unwrap().to_string(),
                want,
                "{event:?}"
            );
        }
        let release =
            KeyEvent::new_with_kind(KeyCode::Esc, KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(Chord::pressed(release), None);
    }

    #[test]
    fn hints_are_short() {
        for (text, fine, plain) in [
            ("enter", "⏎", "enter"),
            ("ctrl-c", "^c", "^c"),
            ("up", "↑", "up"),
            ("backtab", "⇧tab", "s-tab"),
            ("alt-x", "⌥x", "alt-x"),
            ("f5", "f5", "f5"),
        ] {
            let chord: Chord = text.parse().unwrap();
            assert_eq!(
                (chord.hint(false).as_str(), chord.hint(true).as_str()),
                (fine, plain)
            );
        }
    }

    #[test]
    fn headless_keys_are_typed_one_by_one() {
        let all = typed("j<enter>/웹<esc><WAIT><lt>").unwrap();
        let names: Vec<String> = all
            .iter()
            .map(|typed| match typed {
                Typed::Key(chord) => chord.to_string(),
                Typed::Wait => "(wait)".to_owned(),
            })
            .collect();
        assert_eq!(names, ["j", "enter", "/", "웹", "esc", "(wait)", "lt"]);
    }

    #[test]
    fn a_bad_name_says_where_it_is_and_what_there_is() {
        for (text, want) in [
            ("jj<entre>", "“<entre>” at position 3"),
            ("한글<f99>", "“<f99>” at position 3"),
            ("j<", "without its “>” at position 2"),
            ("<>", "“<>” at position 1"),
        ] {
            let problem = typed(text).unwrap_err();
            assert!(problem.what.contains(want), "{}", problem.what);
        }
        assert!(
            typed("<entre>")
                .unwrap_err()
                .to_string()
                .contains("enter, esc, tab")
        );
    }
}
