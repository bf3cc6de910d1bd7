//! A line that is typed: its cursor, what readline does with keys, and the lines typed before.

use crossterm::event::{KeyCode, KeyModifiers};
use tui_input::{Input, InputRequest};

use crate::keys::Chord;

/// Lines that are offered again.
const EARLIER: usize = 50;

/// A line that is being typed.
#[derive(Clone, Debug, Default)]
pub struct Readline {
    input: Input,
    /// How far back among earlier lines, and what was typed before that.
    back: usize,
    draft: String,
}

impl PartialEq for Readline {
    fn eq(&self, other: &Self) -> bool {
        (self.text(), self.input.cursor()) == (other.text(), other.input.cursor())
    }
}

impl Eq for Readline {}

impl From<&str> for Readline {
    /// The cursor stands behind it.
    fn from(text: &str) -> Self {
        Self {
            input: text.into(),
            ..Self::default()
        }
    }
}

impl Readline {
    /// What is typed.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// What of it stands before the cursor.
    pub fn before_cursor(&self) -> &str {
        let text = self.text();
        let end = text.char_indices().nth(self.input.cursor());
        &text[..end.map_or(text.len(), |(at, _)| at)]
    }

    pub(super) fn insert(&mut self, text: &str) {
        for c in text.chars() {
            self.input.handle(InputRequest::InsertChar(c));
        }
    }

    /// So many lines back among the earlier ones, forward with a negative number.
    fn step_back(&mut self, earlier: &Earlier, by: isize) {
        let back = self.back.saturating_add_signed(by);
        let back = back.min(earlier.0.len());
        if self.back == 0 {
            self.draft = self.text().to_owned();
        }
        if back != self.back {
            let line = earlier.0.iter().rev().nth(back.wrapping_sub(1));
            self.input = line.unwrap_or(&self.draft).as_str().into();
            self.back = back;
        }
    }

    /// What readline does with a key, among earlier lines too.
    pub(super) fn edit(&mut self, chord: Chord, earlier: &Earlier) {
        let control = chord.modifiers.contains(KeyModifiers::CONTROL);
        let alt = chord.modifiers.contains(KeyModifiers::ALT);
        let request = match chord.code {
            KeyCode::Left if control || alt => InputRequest::GoToPrevWord,
            KeyCode::Right if control || alt => InputRequest::GoToNextWord,
            KeyCode::Left => InputRequest::GoToPrevChar,
            KeyCode::Right => InputRequest::GoToNextChar,
            KeyCode::Home => InputRequest::GoToStart,
            KeyCode::End => InputRequest::GoToEnd,
            KeyCode::Backspace if alt => InputRequest::DeletePrevWord,
            KeyCode::Backspace => InputRequest::DeletePrevChar,
            KeyCode::Delete => InputRequest::DeleteNextChar,
            KeyCode::Char(letter) if control => match letter {
                'a' => InputRequest::GoToStart,
                'b' => InputRequest::GoToPrevChar,
                'd' => InputRequest::DeleteNextChar,
                'e' => InputRequest::GoToEnd,
                'f' => InputRequest::GoToNextChar,
                'h' => InputRequest::DeletePrevChar,
                'n' => return self.step_back(earlier, -1),
                'p' => return self.step_back(earlier, 1),
                'k' => InputRequest::DeleteTillEnd,
                'u' => InputRequest::DeleteFromStart,
                'w' => InputRequest::DeletePrevWord,
                'y' => InputRequest::Yank,
                _ => return,
            },
            KeyCode::Char(letter) if alt => match letter {
                'b' => InputRequest::GoToPrevWord,
                'd' => InputRequest::DeleteNextWord,
                'f' => InputRequest::GoToNextWord,
                _ => return,
            },
            KeyCode::Char(c) => InputRequest::InsertChar(c),
            _ => return,
        };
        self.input.handle(request);
    }
}

/// Lines that were typed before, the newest last.
#[derive(Debug, Default)]
pub(super) struct Earlier(Vec<String>);

impl Earlier {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn remember(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.0.retain(|known| known != text);
            self.0.push(text.to_owned());
            let surplus = self.0.len().saturating_sub(EARLIER);
            self.0.drain(..surplus);
        }
    }
}
