//! The docked panel: what it is about, how far it is scrolled, and when what it shows has to be asked for.

use super::{App, Overlay, REST};
use crate::{
    command::Command,
    layout::{Area, Shape, shape},
    panes::{Id, Pane},
};

/// A key moved the selection, and no other one did so just before: what follows it is drawn this much later, milliseconds.
/// Nobody sees that, and on a slow line the key's own frame is not behind the rest.
const SOON: i64 = 40;

/// A key moved the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// When, milliseconds since the epoch.
    at: i64,
    /// When the selection rests if no other key follows.
    pub(super) rests: i64,
}

impl App {
    /// What the panel is about: the selection of the pane with focus, else what the pane belongs to.
    pub fn subject(&self) -> Option<Id> {
        self.id(self.focus)
            .or_else(|| self.parent(self.focus).cloned())
    }

    /// What the panel is about, once the selection has rested on it: only then is it worth asking for.
    pub(super) fn rested(&self) -> Option<&Id> {
        self.shape().panel?;
        let (id, since) = self.dwelt.as_ref()?;
        (self.now - since >= REST).then_some(id)
    }

    /// Whether the selection has rested, or nothing waits for that.
    pub(super) fn is_at_rest(&self) -> bool {
        self.dwelt.is_none() || self.shape().panel.is_none() || self.rested().is_some()
    }

    /// Notes whether a command moves the selection of a list.
    pub(super) fn step(&mut self, command: Command) {
        let steps = matches!(
            command,
            Command::Up
                | Command::Down
                | Command::PageUp
                | Command::PageDown
                | Command::Top
                | Command::Bottom
        );
        let at = self.now;
        let runs = self.stepped.is_some_and(|before| at - before.at < REST);
        let rests = at + if runs { REST } else { SOON };
        self.stepped = (steps && !self.in_panel).then_some(Step { at, rests });
    }

    /// Whether the selection is on its way: a key has just moved it, and another one may follow.
    pub fn is_stepping(&self) -> bool {
        self.stepped.is_some_and(|step| self.now < step.rests)
    }

    /// What need not be drawn again before the selection rests: all that follows it, header, titles and footer with it.
    /// Whoever runs down a list looks at the list, and each row passed would send the rest of the screen down the line.
    pub fn following(&self) -> Vec<Area> {
        if !self.is_stepping() || self.overlay != Overlay::None {
            return Vec::new();
        }
        let shape = self.shape();
        let behind = shape.panes.iter().map(|spot| (spot.pane, spot.area));
        let behind = behind.skip_while(|(pane, _)| *pane != self.focus).skip(1);
        let line = |y| Area {
            y,
            width: self.size.0,
            height: 1,
            x: 0,
        };
        let footer = self.message().is_none().then(|| line(self.size.1 - 1));
        behind
            .map(|(_, area)| area)
            .chain(shape.panel)
            .chain([line(0), line(1)])
            .chain(footer)
            .collect()
    }

    /// Notes what the panel is about now.
    pub(super) fn dwell(&mut self) {
        let subject = self.subject();
        if subject.as_ref() != self.dwelt.as_ref().map(|(id, _)| id) {
            self.dwelt = subject.map(|id| (id, self.now));
            self.panel_line = 0;
        }
    }

    /// Which panes are on screen, and where; and the panel.
    pub fn shape(&self) -> Shape {
        shape(self.size, self.view())
    }

    /// The first line of the panel's content on screen.
    pub fn panel_line(&self) -> usize {
        self.panel_line
    }

    /// How many lines the panel's content has, as it was drawn last.
    pub fn panel_has(&mut self, lines: usize) {
        self.panel_lines = lines;
    }

    /// Moves the content where the panel has the focus; says whether the command was one that moves.
    pub(super) fn scroll_panel(&mut self, command: Command) -> bool {
        let rows = usize::from(self.shape().panel_rows());
        let page = rows.saturating_sub(1).max(1);
        let line = match command {
            Command::Up => self.panel_line.saturating_sub(1),
            Command::Down => self.panel_line + 1,
            Command::PageUp => self.panel_line.saturating_sub(page),
            Command::PageDown => self.panel_line + page,
            Command::Top => 0,
            Command::Bottom => usize::MAX,
            _ => return false,
        };
        self.panel_line = line.min(self.panel_lines.saturating_sub(rows));
        true
    }

    /// Moves the content by so many lines.
    pub(super) fn roll_panel(&mut self, by: isize) {
        let last = self
            .panel_lines
            .saturating_sub(usize::from(self.shape().panel_rows()));
        self.panel_line = self.panel_line.saturating_add_signed(by).min(last);
    }

    /// Into the panel, or back to the pane that it is about.
    pub(super) fn turn_to_panel(&mut self) {
        if self.in_panel {
            self.leave_panel();
        } else if self.subject().is_some() {
            // Whoever reads about a row has chosen it: it stays while those around it change places.
            let (at, id) = (self.focus as usize, self.id(self.focus));
            if id.is_some() {
                self.lists[at].select(id, &self.world);
            }
            self.in_panel = true;
        }
    }

    pub(super) fn leave_panel(&mut self) {
        self.in_panel = false;
        self.zoom = false;
    }

    /// Whether the Servers are cards in columns, and have the focus.
    pub fn on_board(&self) -> bool {
        self.board && self.focus == Pane::Servers
    }
}
