//! Everything a person can mean, in one table: keys, footer, help, the `:` prompt and the README read it.

mod table;

use std::sync::LazyLock;

pub use table::COMMANDS;

use crate::keys::Chord;

/// What a person can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum Command {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// A screenful up.
    PageUp,
    /// A screenful down.
    PageDown,
    /// To the first row.
    Top,
    /// To the last row.
    Bottom,
    /// To the pane on the right, into what is selected.
    Open,
    /// Out again: the filter, then the pane.
    Back,
    /// To the pane on the left.
    Left,
    /// To the pane on the right.
    Right,
    /// To the next pane.
    NextPane,
    /// To the previous pane.
    PreviousPane,
    /// The pane with focus alone, or beside the others again.
    Zoom,
    /// Into the panel that shows the overview, or back.
    Overview,
    /// The Servers as cards in a column for each Group, or as a list again.
    Board,
    /// Narrow the list by a text.
    Filter,
    /// Sort by the next column.
    SortNext,
    /// Sort by the previous column.
    SortPrevious,
    /// Turn the order round.
    SortInvert,
    /// To where one was before.
    HistoryBack,
    /// Forward again.
    HistoryForward,
    /// The prompt for commands and places.
    Prompt,
    /// What can be done here.
    Help,
    /// Why what is selected is as it is.
    Why,
    /// Services, Maps and Servers.
    Home,
    /// All Instances of the open clusters.
    Instances,
    /// The contexts, to open and close.
    Contexts,
    /// What looking costs.
    Cost,
    /// Run the credential plugin at the terminal.
    LogIn,
    /// Stop what runs; at rest, twice quits.
    Cancel,
    /// Draw everything again.
    Repaint,
    /// Into the background.
    Suspend,
    /// End the program.
    Quit,
}

/// Where a command has a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere.
    Everywhere,
    /// Where there is something to the right.
    Inward,
    /// Where there is something to the left.
    Outward,
    /// Where something is selected.
    Selected,
    /// Where Servers are looked at.
    Servers,
    /// While a credential plugin waits for a person.
    LoginNeeded,
}

/// One line of the table.
pub struct Entry {
    /// What is meant.
    pub command: Command,
    /// Its name at the prompt.
    pub name: &'static str,
    /// Other names that people of this field type.
    pub aliases: &'static [&'static str],
    /// The keys it has by default.
    pub keys: &'static [&'static str],
    /// The word in the footer; empty for what the footer does not show.
    pub hint: &'static str,
    /// One line of help.
    pub help: &'static str,
    /// Where it applies.
    pub scope: Scope,
    /// Worth typing at the prompt: a key for a movement is quicker.
    pub typed: bool,
}

static KEYMAP: LazyLock<Vec<(Chord, Command)>> = LazyLock::new(|| {
    let chords = |entry: &'static Entry| {
        entry
            .keys
            .iter()
            .filter_map(move |key| Some((key.parse().ok()?, entry.command)))
    };
    COMMANDS.iter().flat_map(chords).collect()
});

/// What a key means.
pub fn of_key(chord: Chord) -> Option<Command> {
    KEYMAP
        .iter()
        .find(|(known, _)| *known == chord)
        .map(|(_, command)| *command)
}

/// What a name at the prompt means.
pub fn of_name(name: &str) -> Option<Command> {
    COMMANDS
        .iter()
        .find(|entry| entry.name == name || entry.aliases.contains(&name))
        .map(|entry| entry.command)
}

impl Command {
    /// Its line of the table.
    pub fn entry(self) -> &'static Entry {
        // Every command has a line (a test holds that); the last one stands in only to have no panic here.
        COMMANDS
            .iter()
            .find(|entry| entry.command == self)
            .unwrap_or(&COMMANDS[COMMANDS.len() - 1])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn every_command_has_one_line_and_every_key_one_meaning() {
        for command in Command::iter() {
            assert_eq!(
                COMMANDS
                    .iter()
                    .filter(|entry| entry.command == command)
                    .count(),
                1,
                "{command:?}"
            );
        }
        let keys: Vec<&str> = COMMANDS
            .iter()
            .flat_map(|entry| entry.keys)
            .copied()
            .collect();
        assert_eq!(
            keys.iter().collect::<HashSet<_>>().len(),
            keys.len(),
            "a key with two meanings"
        );
        assert_eq!(KEYMAP.len(), keys.len(), "a key that can not be read");
    }
}
