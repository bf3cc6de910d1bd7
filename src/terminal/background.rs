//! Asking the terminal whether its background is light, without waiting for the answer.
//!
//! ```text
//!  first frame ─ ESC ] 11 ; ? ST ─→ terminal ─ ESC ] 11 ; rgb:ffff/ffff/ffff ST ─→ among the keys, as keys ─ sift ─→ light
//! ```
//!
//! The answer comes on the way of the keys, and crossterm takes it for keys: Alt-], each character, Alt-\. They are taken out
//! here as they come, however late, and what only began like an answer is handed on. So nothing waits, no key is lost, and
//! a terminal that never answers costs nothing.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tokio::time::Instant;

use crate::ui::colour::{Rgb, luminance};

/// OSC 11 with a question mark.
const QUERY: &[u8] = b"\x1b]11;?\x1b\\";
/// What every answer begins with, after its Alt-].
const BEGINS: &str = "11;rgb";
/// The longest answer: four channels of four digits.
const LONGEST: usize = 32;
/// What begins like an answer later than this after the question is typed by somebody.
const LATE: Duration = Duration::from_secs(10);
/// How long the end of the program is put off for an answer that is still on its way: the shell would take it for typing.
const COURTESY: Duration = Duration::from_millis(100);

/// A question to the terminal, and what of the answer has come.
#[derive(Debug, Default)]
pub struct Question {
    asked: Option<Instant>,
    held: Vec<KeyEvent>,
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The background is light, or dark.
    Light(bool),
    /// Something else.
    Input(Event),
}

/// Whether this terminal is worth asking: not where the answer would not matter, nor where it is known that none comes.
pub fn can_be_asked(env: impl Fn(&str) -> Option<String>) -> bool {
    let term = env("TERM").unwrap_or_default();
    // GNU screen swallows it, or hands back the answer of another terminal than the one that shows it.
    let is_screen = term.starts_with("screen") && env("TMUX").is_none();
    !term.is_empty() && !["dumb", "linux"].contains(&&*term) && !is_screen
}

impl Question {
    /// The bytes to send. From now on an answer is expected.
    pub fn ask(&mut self) -> &'static [u8] {
        self.asked = Some(Instant::now());
        QUERY
    }

    /// Until when the end of the program is to wait for the answer, if it is on its way.
    pub fn open_until(&self) -> Option<Instant> {
        let until = self.asked? + COURTESY;
        (until > Instant::now()).then_some(until)
    }

    /// Takes the answer out of what comes from the terminal.
    pub fn sift(&mut self, input: Event) -> Vec<Heard> {
        let expected = self.asked.is_some_and(|asked| asked.elapsed() < LATE);
        let Event::Key(key) = &input else {
            return vec![Heard::Input(input)];
        };
        if !expected {
            let held = std::mem::take(&mut self.held).into_iter().map(Event::Key);
            return held.chain([input]).map(Heard::Input).collect();
        }
        let ends = match (self.held.is_empty(), key.code) {
            (true, KeyCode::Char(']')) if key.modifiers == KeyModifiers::ALT => {
                self.held.push(*key);
                return Vec::new();
            }
            (true, _) => return vec![Heard::Input(input)],
            // ST, whole or cut in two by the line, or BEL.
            (false, KeyCode::Char('\\')) => true,
            (false, KeyCode::Char('g')) => key.modifiers == KeyModifiers::CONTROL,
            (false, _) => false,
        };
        self.held.push(*key);
        let text: String = self.held[1..].iter().filter_map(letter).collect();
        if ends && let Some(background) = background(&text) {
            *self = Self::default();
            return vec![Heard::Light(luminance(background) > 0.18)];
        }
        let digits = text.strip_prefix(BEGINS);
        let in_colour = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '/');
        let goes_on = digits.map_or(BEGINS.starts_with(&text), |rest| {
            rest.chars().all(in_colour)
        });
        if goes_on && !ends && self.held.len() <= LONGEST {
            return Vec::new();
        }
        let held = std::mem::take(&mut self.held).into_iter().map(Event::Key);
        // Nobody types that much of an answer: what was cut off is let go, and what follows it counts.
        let counts = if digits.is_none() {
            held.collect()
        } else if ends {
            Vec::new()
        } else {
            vec![input]
        };
        counts.into_iter().map(Heard::Input).collect()
    }
}

fn letter(key: &KeyEvent) -> Option<char> {
    match key.code {
        KeyCode::Char(c) if key.modifiers - KeyModifiers::SHIFT == KeyModifiers::NONE => {
            (c != '\\').then_some(c)
        }
        // The end of the answer, an ST in two halves too.
        KeyCode::Esc | KeyCode::Char('\\' | 'g') => None,
        _ => Some('\0'),
    }
}

/// The colour of `11;rgb:ffff/ffff/ffff`, with one to four digits a channel, and `rgba:` with four channels.
fn background(text: &str) -> Option<Rgb> {
    let channels = text.strip_prefix(BEGINS)?.trim_start_matches('a');
    let mut channels = channels.strip_prefix(':')?.split('/').map(|digits| {
        let value = u32::from_str_radix(digits, 16).ok()?;
        // Four digits are the most, and `from_str_radix` takes no less than one.
        let most = (1_u32 << (4 * digits.len().min(4))) - 1;
        u8::try_from(255 * value.min(most) / most).ok()
    });
    let mut next = || channels.next().flatten();
    Some((next()?, next()?, next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys as crossterm makes them of these bytes.
    fn keys(text: &str) -> Vec<Event> {
        let mut keys = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            let key = match c {
                '\x1b' => match chars.next() {
                    Some(c) => KeyEvent::new(KeyCode::Char(c), KeyModifiers::ALT),
                    None => KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE),
                },
                '\x07' => KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL),
                c if c.is_uppercase() => KeyEvent::new(KeyCode::Char(c), KeyModifiers::SHIFT),
                c => KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE),
            };
            keys.push(Event::Key(key));
        }
        keys
    }

    fn sifted(text: &str) -> Vec<Heard> {
        let mut question = Question::default();
        question.ask();
        let keys = keys(text).into_iter();
        keys.flat_map(|key| question.sift(key)).collect()
    }

    fn typed(text: &str) -> Vec<Heard> {
        keys(text).into_iter().map(Heard::Input).collect()
    }

    #[test]
    fn an_answer_is_taken_out_and_keys_around_it_stay() {
        for (answer, light) in [
            ("\x1b]11;rgb:ffff/ffff/ffff\x1b\\", true),
            ("\x1b]11;rgb:FDFD/F6F6/E3E3\x07", true),
            ("\x1b]11;rgb:1010/1010/1010\x1b\\", false),
            ("\x1b]11;rgb:1e/1e/2e\x07", false),
            ("\x1b]11;rgba:0000/0000/0000/cccc\x1b\\", false),
        ] {
            let want = [typed("j"), vec![Heard::Light(light)], typed("k]")].concat();
            assert_eq!(sifted(&format!("j{answer}k]")), want, "{answer:?}");
        }
    }

    #[test]
    fn what_only_begins_like_an_answer_is_typed() {
        for text in ["jjG:shop", "\x1b]j", "\x1b]11;j"] {
            assert_eq!(sifted(text), typed(text), "{text:?}");
        }
        // Too much of an answer to be typed, but none that can be used.
        for (text, want) in [
            ("\x1b]11;rgb:1010/1q", "q"),
            ("\x1b]11;rgb:\x1b\\q", "q"),
            ("\x1b]11;rgb:ffffffffffff/0/0\x07q", "q"),
        ] {
            let heard = sifted(text);
            assert_eq!(heard.last(), typed(want).last(), "{text:?}");
        }
        let mut unasked = Question::default();
        let all: Vec<Heard> = keys("\x1b]11;rgb:0/0/0\x07")
            .into_iter()
            .flat_map(|key| unasked.sift(key))
            .collect();
        assert_eq!(all, typed("\x1b]11;rgb:0/0/0\x07"));
    }

    #[test]
    fn only_terminals_that_can_answer_are_asked() {
        for (vars, want) in [
            (&[("TERM", "xterm-256color")][..], true),
            (&[("TERM", "tmux-256color"), ("TMUX", "x")], true),
            (&[("TERM", "screen-256color"), ("TMUX", "x")], true),
            (&[("TERM", "screen-256color")], false),
            (&[("TERM", "linux")], false),
            (&[("TERM", "dumb")], false),
            (&[], false),
        ] {
            let env = |name: &str| {
                let var = vars.iter().find(|(key, _)| *key == name);
                var.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(can_be_asked(env), want, "{vars:?}");
        }
    }
}
