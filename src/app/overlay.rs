//! What floats above the panes.

use super::{Bill, Find, Picker, Readline, Typing};
use crate::{model::ClusterId, panes::Id};

/// What floats above the panes and gets the keys first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// The filter of the pane with focus is being typed.
    Filter(Typing),
    /// The prompt: what is typed, and which suggestion is chosen.
    Prompt(Readline, usize),
    /// The few words for who is here for the first time.
    Welcome,
    /// Help on what this text finds of it, scrolled by this many lines.
    Help(String, u16),
    /// Which namespace of a cluster may be read, as far as it is typed.
    Namespace(ClusterId, String),
    /// Why something is as it is.
    Why {
        /// What.
        subject: Id,
        /// Which of the steps that lead anywhere is chosen.
        chosen: usize,
        /// The first line that is shown.
        line: u16,
    },
    /// The contexts to open and close.
    Contexts(Picker),
    /// What the place where we are is to be called, as far as it is typed.
    Bookmark(String),
    /// What has a name, wherever it is.
    Find(Find),
    /// Bookmarks and recent places.
    Places(Picker),
    /// The columns to sort by, and which is chosen.
    Sort(usize),
    /// The columns to show and hide, and which is chosen.
    Columns(usize),
    /// The key of a label that becomes a column behind the chosen one, as far as it is typed.
    Label(usize, String),
    /// What looking costs, scrolled by this many lines.
    Cost(Bill, u16),
    /// Where the settings are and what is wrong with them, scrolled by this many lines.
    Settings(u16),
    /// The themes, of which the chosen line is worn.
    Themes(usize),
}

impl Overlay {
    /// Whether a box floats that is read, and in which nothing is typed.
    pub fn is_read(&self) -> bool {
        match self {
            Self::None
            | Self::Welcome
            | Self::Filter(_)
            | Self::Prompt(..)
            | Self::Help(..)
            | Self::Find(_)
            | Self::Label(..)
            | Self::Bookmark(_)
            | Self::Namespace(..) => false,
            Self::Why { .. }
            | Self::Contexts(_)
            | Self::Places(_)
            | Self::Cost(..)
            | Self::Settings(_)
            | Self::Sort(_)
            | Self::Columns(_)
            | Self::Themes(_) => true,
        }
    }
}
