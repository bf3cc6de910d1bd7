//! Filters: the line on which one is typed, what was typed before, and clearing them.

use crossterm::event::{KeyCode, KeyModifiers};
use tui_input::{Input, InputRequest};

use super::{App, Overlay};
use crate::{
    command::Command,
    effect::Effect,
    keys::Chord,
    model::{
        Filter, Health,
        filter::{Field, Known, Mistake},
    },
    panes::Pane,
};

/// Filters that are offered again.
const EARLIER: usize = 50;

/// A filter that is being typed.
#[derive(Clone, Debug, Default)]
pub struct Typing {
    line: Input,
    /// Why the text is no filter. The list stays as the last good one has it.
    mistake: Option<Mistake>,
    /// How far back among earlier filters, and what was typed before that.
    back: usize,
    draft: String,
}

impl PartialEq for Typing {
    fn eq(&self, other: &Self) -> bool {
        (self.text(), self.line.cursor()) == (other.text(), other.line.cursor())
    }
}

impl Eq for Typing {}

impl Typing {
    fn new(text: &str) -> Self {
        Self {
            line: text.into(),
            ..Self::default()
        }
    }

    /// What is typed.
    pub fn text(&self) -> &str {
        self.line.value()
    }

    /// What of it stands before the cursor.
    pub fn before_cursor(&self) -> &str {
        let text = self.text();
        let end = text.char_indices().nth(self.line.cursor());
        &text[..end.map_or(text.len(), |(at, _)| at)]
    }

    /// What is wrong with it.
    pub fn mistake(&self) -> Option<&Mistake> {
        self.mistake.as_ref()
    }

    /// How the word before the cursor may go on: a field of the rows with its sign, or a health.
    pub fn completion(&self, known: &Known) -> Option<String> {
        let typed = self.before_cursor();
        let word = typed.rsplit(|c: char| c.is_whitespace() || matches!(c, '|' | '!'));
        let word = word.into_iter().next().filter(|word| !word.is_empty())?;
        let fields = known.names().map(|(name, sign)| format!("{name}{sign}"));
        let healths = Health::WORST_FIRST.map(|health| health.word().to_owned());
        let mut all = fields.chain(healths);
        all.find(|whole| whole.len() > word.len() && whole.starts_with(word))
            .map(|whole| whole[word.len()..].to_owned())
    }

    pub(super) fn insert(&mut self, text: &str) {
        for c in text.chars() {
            self.line.handle(InputRequest::InsertChar(c));
        }
    }

    /// What readline does with a key.
    fn edit(&mut self, chord: Chord) {
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
        self.line.handle(request);
    }
}

/// Whether rows of a pane know what a field asks for only as far as their Maps have been looked at: what Instances use, and
/// how often they were restarted.
pub(super) fn knows_in_part(pane: Pane, field: Field) -> bool {
    let of_instances = matches!(field, Field::Cpu | Field::Memory | Field::Restarts);
    matches!(pane, Pane::Services | Pane::Maps) && of_instances
}

impl App {
    /// Narrows what is shown first by this, as soon as the place to begin with is reached: the pane that has the focus
    /// then, or all Instances where only they have what it asks for.
    pub fn begin_with(&mut self, filter: Filter) {
        self.first_filter = Some(filter);
    }

    pub(super) fn apply_first_filter(&mut self) {
        if self.is_seeking() {
            return;
        }
        let Some(filter) = self.first_filter.take() else {
            return;
        };
        let missing = |pane: Pane| {
            let mut fields = filter.fields();
            fields.find(|field| !pane.known().has(*field) || knows_in_part(pane, *field))
        };
        if let Some(field) = missing(self.focus) {
            if missing(Pane::All).is_some() {
                let (rows, name) = (self.focus.rows(), field.name());
                return self.say(format!("{rows} have no `{name}`: nothing is filtered."));
            }
            self.show(Pane::All);
        }
        self.lists[self.focus as usize].filter = filter;
    }

    /// What a filter may ask the rows of a pane for.
    pub fn known(&self, pane: Pane) -> Known<'_> {
        let of_pane = pane.known();
        if pane != Pane::Kind {
            return of_pane;
        }
        let headings = self.world.headings();
        Known {
            rows: self.rows_of(pane),
            headings: (!headings.is_empty()).then_some(headings),
            ..of_pane
        }
    }

    /// Lets go of a filter that asks for a column which its list, now that the server has told them, does not have.
    pub(super) fn check_filter(&mut self) {
        let list = self.list(Pane::Kind);
        if let Err(mistake) = Filter::parse(list.filter.text(), &self.known(Pane::Kind)) {
            self.clear_filter(Pane::Kind);
            self.say(format!("Nothing is filtered: {mistake}"));
        }
    }

    /// Narrows the list that has the focus; says what is wrong with a filter that is none.
    pub(super) fn narrow(&mut self, text: &str) {
        match Filter::parse(text, &self.known(self.focus)) {
            Ok(filter) => {
                self.lists[self.focus as usize].filter = filter;
                self.remember_filter(text);
            }
            Err(mistake) => self.say(format!("Nothing is filtered: {mistake}")),
        }
    }

    pub(super) fn begin_filter(&mut self) {
        self.leave_panel();
        // Another word narrows further, and is not to run into the last one.
        let text = match self.list(self.focus).filter.text() {
            "" => String::new(),
            text => format!("{} ", text.trim_end()),
        };
        self.overlay = Overlay::Filter(Typing::new(&text));
    }

    pub(super) fn filter_key(&mut self, chord: Chord, mut typing: Typing) -> Vec<Effect> {
        let control = chord.modifiers.contains(KeyModifiers::CONTROL);
        match chord.code {
            KeyCode::Enter if typing.mistake.is_none() => {
                self.remember_filter(typing.text());
                return Vec::new();
            }
            KeyCode::Esc => {
                self.clear_filter(self.focus);
                return Vec::new();
            }
            KeyCode::Backspace if typing.text().is_empty() => return Vec::new(),
            KeyCode::Enter => {}
            KeyCode::Up => drop(self.act(Command::Up)),
            KeyCode::Down => drop(self.act(Command::Down)),
            KeyCode::PageUp => drop(self.act(Command::PageUp)),
            KeyCode::PageDown => drop(self.act(Command::PageDown)),
            KeyCode::Char('p') if control => self.step_back(&mut typing, 1),
            KeyCode::Char('n') if control => self.step_back(&mut typing, -1),
            KeyCode::Tab => {
                if let Some(rest) = typing.completion(&self.known(self.focus)) {
                    typing.insert(&rest);
                }
            }
            _ => typing.edit(chord),
        }
        self.typed_filter(typing);
        Vec::new()
    }

    /// Takes up what is typed, if it is a filter.
    pub(super) fn typed_filter(&mut self, mut typing: Typing) {
        match Filter::parse(typing.text(), &self.known(self.focus)) {
            Ok(filter) => {
                self.lists[self.focus as usize].filter = filter;
                typing.mistake = None;
            }
            Err(mistake) => {
                let (before, wrong) = typing.text().split_at(mistake.at.start);
                // The list stays as the last good text has it. But of `cpu>x` that was the word `cpu`, which nobody meant.
                if wrong.starts_with(|c: char| c.is_alphabetic())
                    && let Ok(filter) = Filter::parse(before, &self.known(self.focus))
                {
                    self.lists[self.focus as usize].filter = filter;
                }
                typing.mistake = Some(mistake);
            }
        }
        self.overlay = Overlay::Filter(typing);
    }

    fn step_back(&self, typing: &mut Typing, by: isize) {
        let back = typing.back.saturating_add_signed(by);
        let back = back.min(self.filters.len());
        if typing.back == 0 {
            typing.draft = typing.text().to_owned();
        }
        if back != typing.back {
            let earlier = self.filters.iter().rev().nth(back.wrapping_sub(1));
            let text = earlier.unwrap_or(&typing.draft);
            typing.line = text.as_str().into();
            typing.back = back;
        }
    }

    fn remember_filter(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.filters.retain(|known| known != text);
            self.filters.push(text.to_owned());
            let surplus = self.filters.len().saturating_sub(EARLIER);
            self.filters.drain(..surplus);
        }
    }

    pub(super) fn clear_filter(&mut self, pane: Pane) {
        self.lists[pane as usize].filter = Filter::default();
    }

    /// Clears the filters of all panes.
    pub(super) fn clear_filters(&mut self) {
        let narrowed = self.lists.iter_mut().filter(|list| !list.filter.is_empty());
        let cleared = narrowed.map(|list| list.filter = Filter::default()).count();
        self.say(match cleared {
            0 => "No list has a filter.".to_owned(),
            1 => "The filter is off.".to_owned(),
            more => format!("{more} filters are off."),
        });
    }
}
