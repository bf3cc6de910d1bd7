//! Dividing the screen: how wide a pane is, how large the panel, and where it stands. Kept for the next time.

use super::App;
use crate::{
    command::Command,
    effect::Effect,
    layout::{Divider, Division, RIGHT, Side, View},
    memory::Keep,
};

/// Columns and rows that a line moves at a time.
const STEP: (i16, i16) = (2, 1);

impl App {
    /// How the screen is divided: as the person has said, else the configuration.
    pub(super) fn division(&self) -> Division {
        let kept = self.kept.layout;
        let side = match kept.side {
            Side::Auto => self.side,
            said => said,
        };
        Division { side, ..kept }
    }

    /// Does what such a command says.
    pub(super) fn resize(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Narrower => self.widen(-STEP.0),
            Command::Wider => self.widen(STEP.0),
            Command::Taller => self.grow_panel(1),
            Command::Shorter => self.grow_panel(-1),
            Command::PanelSide => self.turn_panel(),
            Command::PanelHide => self.hide_panel(),
            Command::LayoutReset => self.keep_layout(Division::default()),
            _ => Vec::new(),
        }
    }

    fn widen(&mut self, by: i16) -> Vec<Effect> {
        let shape = self.shape();
        let is_right = shape.docked().is_some_and(|panel| panel.x > 0);
        match shape.divider_of(self.focus) {
            _ if self.in_panel && is_right => self.stretch(Divider::Panel, by),
            _ if self.in_panel => {
                self.say("The panel is as wide as the screen.");
                Vec::new()
            }
            Some((divider, sign)) => self.stretch(divider, sign * by),
            None => {
                self.say("Nothing stands beside this.");
                Vec::new()
            }
        }
    }

    fn grow_panel(&mut self, sign: i16) -> Vec<Effect> {
        let Some(panel) = self.shape().docked() else {
            self.say("No panel is docked here.");
            return Vec::new();
        };
        let step = if panel.x > 0 { STEP.0 } else { STEP.1 };
        self.stretch(Divider::Panel, sign * step)
    }

    fn stretch(&mut self, divider: Divider, by: i16) -> Vec<Effect> {
        let before = self.kept.layout;
        if let Some((length, _)) = self.shape().length(divider) {
            self.divide(divider, length.saturating_add_signed(by));
        }
        if self.kept.layout == before {
            self.say("That is as far as it goes.");
            return Vec::new();
        }
        self.keep_layout(self.kept.layout)
    }

    /// Moves a line so that what it bounds is this long.
    pub(super) fn divide(&mut self, divider: Divider, length: u16) {
        let division = self.view().divided(self.size, divider, length);
        // Where the configuration puts the panel is not what the person has said here.
        let side = self.kept.layout.side;
        self.kept.layout = Division { side, ..division };
    }

    fn turn_panel(&mut self) -> Vec<Effect> {
        let side = if self.division().is_right(self.size.0) {
            Side::Below
        } else {
            Side::Right
        };
        if side == Side::Right && self.size.0 < RIGHT {
            self.say(format!(
                "On the right the panel needs a screen of {RIGHT} columns; this has {}.",
                self.size.0
            ));
            return Vec::new();
        }
        let hidden = false;
        let layout = self.kept.layout;
        self.keep_layout(Division {
            side,
            hidden,
            ..layout
        })
    }

    fn hide_panel(&mut self) -> Vec<Effect> {
        let layout = self.kept.layout;
        let hidden = !layout.hidden;
        if hidden {
            self.leave_panel();
            self.say("The panel shows only when it is asked for.");
        }
        self.keep_layout(Division { hidden, ..layout })
    }

    pub(super) fn keep_layout(&mut self, layout: Division) -> Vec<Effect> {
        vec![Effect::Keep(self.keep(Keep::Layout(layout)))]
    }

    /// What has the focus, and what it wants of the screen.
    pub(super) fn view(&self) -> View {
        View {
            pane: self.focus,
            in_panel: self.in_panel,
            // Where there is nothing but a word to be said, it has the screen.
            zoom: self.zoom || self.has_only_the_demo() || self.asks_of().is_some(),
            board: self.board,
            division: self.division(),
        }
    }
}
