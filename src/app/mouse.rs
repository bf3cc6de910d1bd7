//! What the mouse does. Where rows, headings and hints are is known from the frame that was drawn, see [`Hit`]; panes, panel
//! and the lines between them are where the shape has them.
//!
//! ```text
//!  SERVERS  shop ▸ prod        a pane: gets the focus, the wheel moves its rows
//!     NAME    KIND READY       a heading: sorts, and turns the order round
//! ▌ ◐ api     dep    2/3       a row: is selected; opened where it was
//!  ────────────────────        a line: can be dragged
//!  1 Overview  ⏎ open          a hint: does what its key does
//! ```

use crossterm::event::KeyCode;

use super::{App, Find, Overlay};
use crate::{
    command::Command,
    effect::Effect,
    event::Gesture,
    keys::{Chord, Sequence},
    layout::{Area, Divider, Division},
    memory::Keep,
    model::table::Slot,
    panes::Pane,
};

/// Something that was drawn and can be clicked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where.
    pub area: Area,
    /// What.
    pub target: Target,
}

/// What can be clicked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A row of a pane.
    Row(Pane, Slot),
    /// The heading of a column.
    Heading(Pane, usize),
    /// A key that is shown with what it does.
    Command(Command),
    /// The box that floats above.
    Box,
    /// One of the lines in it that can be chosen, from the first.
    Line(usize),
}

/// Lines that one step of the wheel moves.
const WHEEL: isize = 3;

/// A line that is being dragged, and the division before that.
pub(super) type Dragged = (Divider, Division);

impl App {
    /// Takes note of what was drawn: what is drawn later is above.
    pub fn drawn(&mut self, hits: Vec<Hit>) {
        self.hits = hits;
    }

    /// Whether clicks are ours, and not the terminal's.
    pub fn has_mouse(&self) -> bool {
        self.kept.mouse.unwrap_or(self.mouse)
    }

    /// Takes the mouse, or leaves it to the terminal.
    pub(super) fn toggle_mouse(&mut self) -> Vec<Effect> {
        let on = !self.has_mouse();
        self.say(if on {
            "The mouse works here. Shift-drag selects text in most terminals.".to_owned()
        } else {
            let mouse = self.key_to(Command::Mouse);
            format!("The mouse is the terminal's now: it selects text. {mouse} takes it back.")
        });
        vec![Effect::Keep(self.keep(Keep::Mouse(on)))]
    }

    pub(super) fn gesture(&mut self, gesture: Gesture, at: (u16, u16)) -> Vec<Effect> {
        match gesture {
            Gesture::Press => return self.press(at),
            Gesture::Drag => {
                if let Some((divider, _)) = self.dragged
                    && let Some(length) = self.shape().length_to(divider, at)
                {
                    self.divide(divider, length);
                }
            }
            Gesture::Release => {
                let layout = self.kept.layout;
                if self.dragged.take().is_some_and(|(_, old)| old != layout) {
                    return self.keep_layout(layout);
                }
            }
            Gesture::WheelUp => return self.wheel(at, -1),
            Gesture::WheelDown => return self.wheel(at, 1),
        }
        Vec::new()
    }

    fn target(&self, at: (u16, u16)) -> Option<Target> {
        let mut above = self.hits.iter().rev();
        let hit = above.find(|hit| hit.area.contains(at))?;
        Some(hit.target)
    }

    fn press(&mut self, at: (u16, u16)) -> Vec<Effect> {
        // Whoever clicks has taken over from what was asked for at the start.
        self.sought = None;
        self.dragged = None;
        self.begun.clear();
        let target = self.target(at);
        match (&self.overlay, target) {
            (Overlay::None, _) => {}
            (_, Some(Target::Line(line))) => return self.click_line(line),
            (_, Some(Target::Box)) => return Vec::new(),
            // What was typed of a filter stays, and the click is meant for what is seen.
            (Overlay::Filter(_), _) => {
                self.key(Chord::key(KeyCode::Enter));
                self.overlay = Overlay::None;
            }
            (Overlay::Welcome, _) => {
                return vec![self.end_welcome()];
            }
            _ => {
                self.overlay = Overlay::None;
                return Vec::new();
            }
        }
        match target {
            Some(Target::Row(pane, slot)) => return self.click_row(pane, slot),
            Some(Target::Heading(pane, column)) => return self.click_heading(pane, column),
            Some(Target::Command(command)) if self.applies(command.entry()) => {
                return self.act(command);
            }
            Some(_) => {}
            None => self.click_place(at),
        }
        Vec::new()
    }

    fn click_place(&mut self, at: (u16, u16)) {
        let shape = self.shape();
        if let Some(divider) = shape.divider_at(at) {
            self.dragged = Some((divider, self.kept.layout));
        } else if let Some(spot) = shape.pane_at(at) {
            self.show(spot.pane);
        } else if shape.panel.is_some_and(|area| area.contains(at)) && !self.in_panel {
            self.turn_to_panel();
        }
    }

    fn click_row(&mut self, pane: Pane, slot: Slot) -> Vec<Effect> {
        let list = self.list(pane);
        let Some(index) = list.order.iter().position(|held| *held == slot) else {
            return Vec::new();
        };
        if self.focus == pane && !self.in_panel && list.index() == Some(index) {
            return self.act(Command::Open);
        }
        self.show(pane);
        self.lists[pane as usize].go(index, &self.world);
        Vec::new()
    }

    fn click_heading(&mut self, pane: Pane, column: usize) -> Vec<Effect> {
        self.show(pane);
        let columns = self.list(pane).columns.all();
        let name = columns.get(column).map(|choice| choice.column.name.clone());
        name.map_or_else(Vec::new, |name| self.sort_column(pane, &name))
    }

    /// Chooses a line of a box; the chosen one does what the enter key does. What changes nothing but a list or a filter is
    /// taken at once.
    fn click_line(&mut self, line: usize) -> Vec<Effect> {
        let (chosen, at_once) = match &mut self.overlay {
            Overlay::Contexts(picker) => (&mut picker.at, false),
            Overlay::Places(picker) | Overlay::Find(Find { picker, .. }) => (&mut picker.at, true),
            Overlay::Why { chosen, .. } | Overlay::Themes(chosen) => (chosen, false),
            Overlay::Prompt(_, chosen) | Overlay::Sort(chosen) | Overlay::Columns(chosen) => {
                (chosen, true)
            }
            Overlay::None
            | Overlay::Welcome
            | Overlay::Filter(_)
            | Overlay::Namespace(..)
            | Overlay::Label(..)
            | Overlay::Bookmark(_)
            | Overlay::Settings(_)
            | Overlay::Help(..)
            | Overlay::Cost(..) => return Vec::new(),
        };
        let was_chosen = std::mem::replace(chosen, line) == line;
        if at_once || was_chosen {
            return self.pressed(Command::Open);
        }
        Vec::new()
    }

    fn wheel(&mut self, at: (u16, u16), sign: isize) -> Vec<Effect> {
        let command = if sign < 0 { Command::Up } else { Command::Down };
        let lines = match &self.overlay {
            Overlay::None | Overlay::Filter(_) => 0,
            Overlay::Help(..) | Overlay::Cost(..) | Overlay::Settings(_) => WHEEL,
            _ => 1,
        };
        if lines > 0 {
            let pressed = (0..lines).flat_map(|_| self.pressed(command));
            return pressed.collect();
        }
        let shape = self.shape();
        if shape.panel.is_some_and(|area| area.contains(at)) {
            self.roll_panel(sign * WHEEL);
        } else if let Some(spot) = shape.pane_at(at) {
            if spot.pane == Pane::Servers && self.on_board() {
                self.move_on_board(command);
            } else {
                let rows = usize::from(spot.rows());
                self.lists[spot.pane as usize].roll(sign * WHEEL, rows);
            }
        }
        Vec::new()
    }

    /// What follows from a key of a command, as what floats above reads it: one that is no letter, which might be typed.
    fn pressed(&mut self, command: Command) -> Vec<Effect> {
        let keys = self.keymap.keys(command).map(Sequence::chords);
        let chords = keys.filter_map(|chords| match chords {
            [chord] => Some(*chord),
            _ => None,
        });
        let chord = chords.min_by_key(|chord| matches!(chord.code, KeyCode::Char(_)));
        chord.map_or_else(Vec::new, |chord| self.key(chord))
    }

    /// Brings the selection of every list back on screen.
    pub(super) fn come_back(&mut self) {
        for list in &mut self.lists {
            list.come_back();
        }
    }
}
