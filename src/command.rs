//! Everything a person can mean, in one table: keys, footer, help, the `:` prompt and the README read it.

mod docs;
mod keymap;
mod table;

pub use self::{
    docs::{configured, listed},
    keymap::{Keymap, Meaning, Rebinding},
    table::COMMANDS,
};

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
    /// What has the focus narrower.
    Narrower,
    /// What has the focus wider.
    Wider,
    /// The panel taller, or wider where it stands on the right.
    Taller,
    /// The panel shorter, or narrower where it stands on the right.
    Shorter,
    /// The panel on the right, or below.
    PanelSide,
    /// The panel only while it has the focus, or always.
    PanelHide,
    /// Panes and panel as the screen suggests.
    LayoutReset,
    /// The mouse for us, or for the terminal.
    Mouse,
    /// The name of what is selected to the clipboard.
    CopyName,
    /// What has the focus to the clipboard.
    CopyShown,
    /// Into the panel that shows the overview, or back.
    Overview,
    /// The Servers as cards in a column for each Group, or as a list again.
    Board,
    /// Narrow the list by words.
    Filter,
    /// No filter in any list.
    FilterOff,
    /// Choose a column to sort by.
    Sort,
    /// Sort by the next column.
    SortNext,
    /// Sort by the previous column.
    SortPrevious,
    /// Turn the order round.
    SortInvert,
    /// Choose which columns are shown, and in which order.
    Columns,
    /// Among them: the chosen one further to the right.
    ColumnLater,
    /// Among them: the chosen one further to the left.
    ColumnEarlier,
    /// Among them: one of a label.
    ColumnLabel,
    /// Among them: those of the settings, in their order.
    ColumnsReset,
    /// All columns at their full width, or as many as there is room for again.
    Wide,
    /// In wide mode, to the columns on the left.
    ColumnsLeft,
    /// In wide mode, to the columns on the right.
    ColumnsRight,
    /// Mark or unmark the row.
    Mark,
    /// Mark all rows from the last mark to here.
    MarkRange,
    /// Mark all rows.
    MarkAll,
    /// Mark what is not marked, and unmark the rest.
    MarkInvert,
    /// Take all marks away.
    Unmark,
    /// To where one was before.
    HistoryBack,
    /// Forward again.
    HistoryForward,
    /// To the place before this one, and back.
    Last,
    /// Give the place a name, to come back to it.
    Bookmark,
    /// The places with a name, and recent ones.
    Places,
    /// The prompt for commands and places.
    Prompt,
    /// Look for a name in all that is loaded.
    Find,
    /// What can be done here.
    Help,
    /// Where the settings are, and what is wrong with them.
    Settings,
    /// Why what is selected is as it is.
    Why,
    /// Services, Maps and Servers.
    Home,
    /// All Instances of the open clusters.
    Instances,
    /// The kinds that the clusters serve.
    Kinds,
    /// A list of a kind in all namespaces, or in that of the Map looked at.
    AllNamespaces,
    /// The contexts, to open and close.
    Contexts,
    /// Among them: the chosen one comes first, or no longer.
    Favourite,
    /// What looking costs.
    Cost,
    /// The themes, to look at and choose from.
    Themes,
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
    /// Where the rows of a pane are looked at.
    Rows,
    /// Where some of them are marked.
    Marked,
    /// Where Servers are looked at.
    Servers,
    /// In a list of a kind whose objects live in namespaces.
    Narrowable,
    /// While a credential plugin waits for a person.
    LoginNeeded,
    /// In the box of contexts to open and close.
    InContexts,
    /// In the box of columns to show and hide.
    InColumns,
}

impl Scope {
    /// Whether it is that of a box. Its keys mean what they mean in the box, and elsewhere may mean something else.
    pub fn is_of_a_box(self) -> bool {
        matches!(self, Self::InContexts | Self::InColumns)
    }
}

/// One line of the table.
#[derive(Clone, Copy)]
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
    /// What must be confirmed.
    pub danger: Danger,
    /// Acts on all that is marked, where something is.
    pub many: bool,
    /// Worth typing at the prompt: a key for a movement is quicker.
    pub typed: bool,
}

/// What a person must do before a command is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Danger {
    /// Nothing: it changes no cluster.
    None,
    /// Look at what will change, and press enter.
    Enter,
    /// Look at what will change, and type the name of what it is done to.
    Name,
}

/// What a name at the prompt means.
pub fn of_name(name: &str) -> Option<Command> {
    COMMANDS
        .iter()
        .filter(|entry| !entry.scope.is_of_a_box())
        .find(|entry| {
            let mut names = std::iter::once(&entry.name).chain(entry.aliases);
            names.any(|known| known.eq_ignore_ascii_case(name))
        })
        .map(|entry| entry.command)
}

/// What a command is about: a chapter of help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
pub enum Chapter {
    /// From row to row and from pane to pane.
    Moving,
    /// What is selected.
    Looking,
    /// The rows of a list.
    Lists,
    /// Getting elsewhere.
    Places,
    /// The program itself.
    Program,
}

impl Chapter {
    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Moving => "MOVING",
            Self::Looking => "LOOKING CLOSER",
            Self::Lists => "LISTS",
            Self::Places => "PLACES AND CLUSTERS",
            Self::Program => "BARKEEP",
        }
    }
}

impl Command {
    /// The box in which alone it has keys.
    pub fn box_of(self) -> Option<Scope> {
        Some(self.entry().scope).filter(|scope| scope.is_of_a_box())
    }

    /// Where help tells of it.
    pub fn chapter(self) -> Chapter {
        match self {
            Self::Up
            | Self::Down
            | Self::PageUp
            | Self::PageDown
            | Self::Top
            | Self::Bottom
            | Self::Open
            | Self::Back
            | Self::Left
            | Self::Right
            | Self::NextPane
            | Self::PreviousPane
            | Self::HistoryBack
            | Self::HistoryForward
            | Self::Last => Chapter::Moving,
            Self::Why
            | Self::Overview
            | Self::Zoom
            | Self::Narrower
            | Self::Wider
            | Self::Taller
            | Self::Shorter
            | Self::PanelSide
            | Self::PanelHide
            | Self::LayoutReset
            | Self::CopyName
            | Self::CopyShown => Chapter::Looking,
            Self::Board
            | Self::AllNamespaces
            | Self::Filter
            | Self::FilterOff
            | Self::Sort
            | Self::SortNext
            | Self::SortPrevious
            | Self::SortInvert
            | Self::Columns
            | Self::ColumnLater
            | Self::ColumnEarlier
            | Self::ColumnLabel
            | Self::ColumnsReset
            | Self::Wide
            | Self::ColumnsLeft
            | Self::ColumnsRight
            | Self::Mark
            | Self::MarkRange
            | Self::MarkAll
            | Self::MarkInvert
            | Self::Unmark => Chapter::Lists,
            Self::Home
            | Self::Instances
            | Self::Kinds
            | Self::Prompt
            | Self::Find
            | Self::Bookmark
            | Self::Places
            | Self::Contexts
            | Self::Favourite
            | Self::LogIn => Chapter::Places,
            Self::Help
            | Self::Mouse
            | Self::Settings
            | Self::Themes
            | Self::Cost
            | Self::Cancel
            | Self::Repaint
            | Self::Suspend
            | Self::Quit => Chapter::Program,
        }
    }

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
    use crate::keys::Sequence;

    #[test]
    fn every_command_has_one_line_and_every_name_one_meaning() {
        let lines = |command: &Command| {
            COMMANDS
                .iter()
                .filter(|entry| entry.command == *command)
                .count()
        };
        for command in Command::iter() {
            assert_eq!(lines(&command), 1, "{command:?}");
        }
        let names = COMMANDS
            .iter()
            .flat_map(|entry| entry.aliases.iter().chain([&entry.name]));
        let names: Vec<&str> = names.copied().collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    }

    #[test]
    fn the_tables_keys_can_be_read_and_no_two_clash() {
        let mut all: Vec<(Sequence, Command)> = Vec::new();
        for entry in COMMANDS {
            for keys in entry.keys {
                let read = keys.parse::<Sequence>();
                assert!(read.is_ok(), "{keys}");
                all.extend(read.ok().map(|keys| (keys, entry.command)));
            }
        }
        for (n, (keys, command)) in all.iter().enumerate() {
            for (other, with) in &all[n + 1..] {
                assert!(
                    command.box_of() != with.box_of() || !keys.clashes(other),
                    "`{keys}` {command:?} and `{other}` {with:?}"
                );
            }
        }
    }

    #[test]
    fn nothing_that_changes_a_cluster_is_on_a_ctrl_key() {
        for entry in COMMANDS.iter().filter(|entry| entry.danger != Danger::None) {
            assert!(
                entry.keys.iter().all(|keys| !keys.contains("ctrl-")),
                "{}",
                entry.name
            );
        }
    }
}
