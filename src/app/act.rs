//! What keys do: commands, the prompt, help.

use crossterm::event::{KeyCode, KeyModifiers};

use super::{App, Bill, Overlay, Picker, Readline, TWICE, place};
use crate::{
    command::{Command, Meaning},
    effect::Effect,
    keys::{Chord, Sequence},
    model::Listing,
    panes::Pane,
};

impl App {
    pub(super) fn key(&mut self, chord: Chord) -> Vec<Effect> {
        let ctrl_c = Chord {
            code: KeyCode::Char('c'),
            modifiers: KeyModifiers::CONTROL,
        };
        let welcome = self.overlay == Overlay::Welcome;
        self.come_back();
        if self.overlay.is_read() && self.keymap.of_key(chord) == Some(Command::CopyShown) {
            return vec![Effect::CopyShown];
        }
        match std::mem::take(&mut self.overlay) {
            Overlay::None => {}
            _ if chord == ctrl_c && !welcome => return Vec::new(),
            Overlay::Filter(typing) => return self.filter_key(chord, typing),
            Overlay::Prompt(text, chosen) => return self.prompt_key(chord, text, chosen),
            Overlay::Welcome => {
                let welcomed = self.end_welcome();
                // The first key is a key like any other, but for those that close a box elsewhere; and it is no answer
                // to what is asked only now.
                let closes = self.overlay != Overlay::None
                    || closes(chord, self.keymap.of_key(chord)) && chord != ctrl_c;
                let effects = if closes { Vec::new() } else { self.key(chord) };
                return std::iter::once(welcomed).chain(effects).collect();
            }
            Overlay::Help(text, line) => return self.help_key(chord, text, line),
            Overlay::Namespace(cluster, text) => return self.namespace_key(chord, cluster, text),
            Overlay::Why {
                subject,
                chosen,
                line,
            } => return self.why_key(chord, subject, chosen, line),
            Overlay::Contexts(picker) => return self.picker_key(chord, picker),
            Overlay::Bookmark(text) => return self.bookmark_key(chord, text),
            Overlay::Places(picker) => return self.places_key(chord, picker),
            Overlay::Find(find) => return self.find_key(chord, find),
            Overlay::Sort(at) => return self.sort_key(chord, at),
            Overlay::Columns(at) => return self.columns_key(chord, at),
            Overlay::Label(at, text) => return self.label_key(chord, at, text),
            Overlay::Cost(bill, line) => return self.cost_key(chord, bill, line),
            Overlay::Settings(line) => return self.settings_key(chord, line),
            Overlay::Themes(at) => return self.theme_key(chord, at),
        }
        // Whoever types has taken over from what was asked for at the start.
        self.sought = None;
        let mut chords = std::mem::take(&mut self.begun);
        if !chords.is_empty() && (chord == ctrl_c || chord == Chord::key(KeyCode::Esc)) {
            return Vec::new();
        }
        chords.push(chord);
        match self.keymap.meaning(&chords) {
            Meaning::Command(command)
                if self.applies(command.entry()) || command == Command::Back =>
            {
                return self.act(command);
            }
            Meaning::Begun => self.begun = chords,
            Meaning::Command(_) | Meaning::Nothing => {
                let keys = Sequence::of(&chords).map_or_else(String::new, |keys| keys.to_string());
                let help = self.key_to(Command::Help);
                self.say(format!(
                    "{keys} does nothing here. {help} shows what can be done."
                ));
            }
        }
        Vec::new()
    }

    pub(super) fn paste(&mut self, text: &str) {
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        match &mut self.overlay {
            Overlay::Filter(typing) => {
                let mut typing = std::mem::take(typing);
                typing.insert(&text);
                self.typed_filter(typing);
            }
            Overlay::Contexts(picker) | Overlay::Places(picker) if picker.typing => {
                picker.typed.push_str(&text);
                picker.at = 0;
            }
            Overlay::Find(find) => {
                let typed = format!("{}{text}", find.picker.typed);
                self.begin_to_find(&typed);
            }
            Overlay::Help(typed, line) => {
                typed.push_str(&text);
                *line = 0;
            }
            Overlay::Namespace(_, typed) | Overlay::Label(_, typed) | Overlay::Bookmark(typed) => {
                typed.push_str(&text);
            }
            Overlay::Prompt(typed, chosen) => {
                typed.insert(&text);
                *chosen = 0;
            }
            _ => {}
        }
    }

    /// Does what is meant.
    pub fn act(&mut self, command: Command) -> Vec<Effect> {
        self.step(command);
        if self.in_panel && self.scroll_panel(command)
            || !self.in_panel && self.on_board() && self.move_on_board(command)
        {
            return Vec::new();
        }
        let page = self.page(self.focus).saturating_sub(1).max(1);
        let index = self.list(self.focus).index().unwrap_or(0);
        match command {
            Command::Up => self.go(index.saturating_sub(1)),
            Command::Down => self.go(index + 1),
            Command::PageUp => self.go(index.saturating_sub(page)),
            Command::PageDown => self.go(index + page),
            Command::Top => self.go(0),
            Command::Bottom => self.go(usize::MAX),
            Command::Open if self.has_only_the_demo() => return self.open_the_demo(),
            Command::Open | Command::Right => self.open(),
            Command::Back => self.back(),
            Command::Left => self.leave(),
            Command::NextPane => self.turn(1),
            Command::PreviousPane => self.turn(-1),
            Command::Zoom => self.zoom = !self.zoom,
            Command::Narrower
            | Command::Wider
            | Command::Taller
            | Command::Shorter
            | Command::PanelSide
            | Command::PanelHide
            | Command::LayoutReset => return self.resize(command),
            Command::Mouse => return self.toggle_mouse(),
            Command::CopyName => return self.copy_name(),
            Command::CopyShown => return vec![Effect::CopyShown],
            Command::Overview => self.turn_to_panel(),
            Command::Board => self.board = !self.board,
            Command::Filter => self.begin_filter(),
            Command::FilterOff => self.clear_filters(),
            Command::Sort => self.choose_sort(),
            Command::SortNext => return self.sort_beside(1),
            Command::SortPrevious => return self.sort_beside(-1),
            Command::SortInvert => return self.invert_sort(),
            Command::Columns => self.overlay = Overlay::Columns(0),
            Command::Wide => return self.turn_wide(),
            Command::ColumnsLeft => self.move_columns(-1),
            Command::ColumnsRight => self.move_columns(1),
            Command::Mark => {
                self.mark(command);
                return self.act(Command::Down);
            }
            Command::MarkRange | Command::MarkAll | Command::MarkInvert | Command::Unmark => {
                self.mark(command);
            }
            Command::HistoryBack => self.travel(-1),
            Command::HistoryForward => self.travel(1),
            Command::Last => self.turn_back(),
            Command::Bookmark => self.ask_for_a_name(),
            Command::Find => self.begin_to_find(""),
            Command::Places => self.overlay = Overlay::Places(Picker::typing()),
            Command::Prompt => self.overlay = Overlay::Prompt(Readline::default(), 0),
            Command::Help => self.overlay = Overlay::Help(String::new(), 0),
            Command::Settings => self.overlay = Overlay::Settings(0),
            Command::Why => self.ask_why(),
            Command::Home => self.show(if matches!(self.focus, Pane::All | Pane::Kind) {
                Pane::Services
            } else {
                self.focus
            }),
            Command::Instances => self.show_all(),
            Command::Kinds => self.list_kind(Listing::Kinds),
            Command::AllNamespaces => self.turn_namespace(),
            Command::Contexts => {
                self.overlay = Overlay::Contexts(Picker::default());
                return vec![Effect::ReadContexts];
            }
            Command::Cost => {
                self.overlay = Overlay::Cost(Bill::default(), 0);
                return vec![Effect::Count];
            }
            Command::Themes => self.pick_theme(),
            Command::Cancel => {
                if self.interrupted.is_some_and(|at| self.now - at < TWICE) {
                    return vec![Effect::Quit];
                }
                self.interrupted = Some(self.now);
                let cancel = self.key_to(Command::Cancel);
                self.say(format!(
                    "Nothing runs that could be cancelled. {cancel} again quits."
                ));
            }
            // Their boxes do them, see `columns_key` and `picker_key`.
            Command::ColumnLater
            | Command::ColumnEarlier
            | Command::ColumnLabel
            | Command::ColumnsReset
            | Command::Favourite => {}
            Command::LogIn => return self.login_needed().map(Effect::LogIn).into_iter().collect(),
            Command::Repaint => return vec![Effect::Repaint],
            Command::Suspend => return vec![Effect::Suspend],
            Command::Quit => return vec![Effect::Quit],
        }
        Vec::new()
    }

    fn go(&mut self, index: usize) {
        self.lists[self.focus as usize].go(index, &self.world);
    }

    /// Gives a pane the focus and remembers the place.
    pub(super) fn show(&mut self, pane: Pane) {
        self.in_panel = false;
        if self.focus != pane {
            self.remember();
            self.focus = pane;
            self.remember();
        }
    }

    fn open(&mut self) {
        let next = match self.focus {
            Pane::Services => Pane::Maps,
            Pane::Maps => Pane::Servers,
            Pane::Servers => Pane::Instances,
            Pane::Instances | Pane::All => return self.turn_to_panel(),
            Pane::Kind => return self.open_line(),
        };
        let Some(id) = self.id(self.focus) else {
            return;
        };
        // What is opened is chosen: it stays selected although the rows around it change places.
        self.lists[self.focus as usize].select(Some(id), &self.world);
        self.show(next);
    }

    fn back(&mut self) {
        if self.in_panel {
            self.leave_panel();
        } else if self.zoom && self.list(self.focus).filter.is_empty() {
            self.zoom = false;
        } else if self.list(self.focus).filter.is_empty() {
            self.leave();
        } else {
            self.clear_filter(self.focus);
        }
    }

    fn leave(&mut self) {
        if self.in_panel {
            return self.leave_panel();
        }
        self.show(match self.focus {
            Pane::Kind => return self.leave_kind(),
            Pane::Services | Pane::Maps | Pane::All => Pane::Services,
            Pane::Servers => Pane::Maps,
            Pane::Instances => Pane::Servers,
        });
    }

    /// From pane to pane, and to the panel after the last.
    fn turn(&mut self, by: isize) {
        let panes = Pane::HOME;
        let at = match panes.iter().position(|pane| *pane == self.focus) {
            _ if self.in_panel => panes.len(),
            Some(at) => at,
            None => return self.turn_to_panel(),
        };
        let stops = panes.len().cast_signed() + 1;
        match panes.get((at.cast_signed() + by).rem_euclid(stops) as usize) {
            Some(pane) => self.show(*pane),
            None => self.turn_to_panel(),
        }
    }

    fn prompt_key(&mut self, chord: Chord, mut line: Readline, chosen: usize) -> Vec<Effect> {
        let text = line.text();
        match chord.code {
            KeyCode::Esc => return Vec::new(),
            KeyCode::Enter => {
                let suggestion = self.suggestions(text).into_iter().nth(chosen);
                // Whoever has gone down the list means what is there, not what is typed.
                let meant = suggestion.as_ref().filter(|_| chosen > 0);
                let meant = meant.map_or(text, |suggestion| &suggestion.text);
                self.commands.remember(meant);
                return self.run_prompt(meant, suggestion.clone());
            }
            KeyCode::Up => {
                self.overlay = Overlay::Prompt(line, chosen.saturating_sub(1));
                return Vec::new();
            }
            KeyCode::Down => {
                let last = self.suggestions(text).len().saturating_sub(1);
                self.overlay = Overlay::Prompt(line, (chosen + 1).min(last));
                return Vec::new();
            }
            KeyCode::Tab => {
                if let Some(suggestion) = self.suggestions(text).into_iter().nth(chosen) {
                    line = Readline::from(&*suggestion.text);
                }
            }
            KeyCode::Backspace if text.is_empty() => return Vec::new(),
            _ => line.edit(chord, &self.commands),
        }
        let contexts = place::context(line.text()).is_some() && self.offers.is_empty();
        self.overlay = Overlay::Prompt(line, 0);
        contexts
            .then_some(Effect::ReadContexts)
            .into_iter()
            .collect()
    }
}

/// Whether a key takes a box away and does nothing else.
pub(super) fn closes(chord: Chord, command: Option<Command>) -> bool {
    matches!(chord.code, KeyCode::Enter | KeyCode::Esc) || command == Some(Command::Quit)
}

/// The first line of a box of lines after a command that moves it, on a screen of this size; nothing for any other command,
/// which closes it.
pub(super) fn scrolled(command: Option<Command>, line: u16, size: (u16, u16)) -> Option<u16> {
    let page = size.1.saturating_sub(6).max(1);
    Some(match command? {
        Command::Down => line.saturating_add(1),
        Command::Up => line.saturating_sub(1),
        Command::PageDown => line.saturating_add(page),
        Command::PageUp => line.saturating_sub(page),
        Command::Top => 0,
        Command::Bottom => u16::MAX,
        _ => return None,
    })
}

/// Which of so many lines to choose from is chosen after a command that moves there, by pages of so many; nothing for any
/// other command.
pub(super) fn chosen(
    command: Option<Command>,
    at: usize,
    lines: usize,
    page: usize,
) -> Option<usize> {
    let to = match command? {
        Command::Up => at.saturating_sub(1),
        Command::Down => at + 1,
        Command::PageUp => at.saturating_sub(page),
        Command::PageDown => at + page,
        Command::Top => 0,
        Command::Bottom => lines,
        _ => return None,
    };
    Some(to.min(lines.saturating_sub(1)))
}

/// What readline does with the keys that a one-line field knows.
pub(super) fn type_into(text: &mut String, chord: Chord) {
    match (chord.code, chord.modifiers) {
        (KeyCode::Backspace, _) => {
            text.pop();
        }
        (KeyCode::Char('u'), KeyModifiers::CONTROL) => text.clear(),
        (KeyCode::Char('w'), KeyModifiers::CONTROL) => {
            let end = text.trim_end().rfind([' ', '/']).map_or(0, |at| at + 1);
            text.truncate(end);
        }
        (KeyCode::Char(c), modifiers)
            if !modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) =>
        {
            text.push(c);
        }
        _ => {}
    }
}
