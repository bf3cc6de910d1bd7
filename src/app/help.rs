//! Help: what can be done here, narrowed by what is typed.

use crossterm::event::KeyCode;
use strum::IntoEnumIterator as _;

use super::{
    App, Overlay,
    act::{scrolled, type_into},
};
use crate::{
    command::{COMMANDS, Chapter, Command, Entry},
    effect::Effect,
    keys::{Chord, Sequence},
    memory::Keep,
};

/// A line of help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// What the lines below are about.
    Chapter(Chapter),
    /// What can be done.
    Command(Command),
}

impl App {
    /// Adds to what is kept, here and for the next time.
    pub(super) fn keep(&mut self, keep: Keep) -> Keep {
        keep.clone().apply(&mut self.kept);
        keep
    }

    /// What can be done here and fits what is typed: every word of it must be in the keys, the names or the help of a command.
    pub fn advice(&self, typed: &str) -> Vec<Advice> {
        let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
        let fits = |entry: &Entry| {
            let keys = self.keymap.keys(entry.command).map(Sequence::to_string);
            let keys: Vec<String> = keys.collect();
            let named = entry.aliases.iter().chain([&entry.name, &entry.help]);
            let mut all: Vec<String> = named.map(|text| text.to_lowercase()).collect();
            let has_key = keys.iter().any(|key| key == typed.trim());
            all.extend(keys.iter().map(|key| key.to_lowercase()));
            has_key
                || words
                    .iter()
                    .all(|word| all.iter().any(|text| text.contains(word)))
        };
        let mut lines = Vec::new();
        for chapter in Chapter::iter() {
            let of = |entry: &&Entry| {
                let applies = self.applies(entry) || entry.scope.is_of_a_box();
                entry.command.chapter() == chapter && applies && fits(entry)
            };
            let found = COMMANDS.iter().filter(of);
            let found: Vec<Advice> = found.map(|entry| Advice::Command(entry.command)).collect();
            if !found.is_empty() {
                lines.push(Advice::Chapter(chapter));
                lines.extend(found);
            }
        }
        lines
    }

    pub(super) fn help_key(&mut self, chord: Chord, mut typed: String, line: u16) -> Vec<Effect> {
        let command = self.keymap.of_key(chord);
        let line = match chord.code {
            KeyCode::Enter => return Vec::new(),
            KeyCode::Esc if typed.is_empty() => return Vec::new(),
            KeyCode::Esc => {
                typed.clear();
                0
            }
            // Letters are what is looked for; all other keys that move still do.
            KeyCode::Char(_) | KeyCode::Backspace if !chord.has_ctrl() || command.is_none() => {
                if command == Some(Command::Help) && typed.is_empty() {
                    return Vec::new();
                }
                type_into(&mut typed, chord);
                0
            }
            _ => scrolled(command, line, self.size).unwrap_or(line),
        };
        self.overlay = Overlay::Help(typed, line);
        Vec::new()
    }
}
