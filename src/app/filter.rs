//! Filters: the line on which one is typed, what was typed before, and clearing them.

use crossterm::event::KeyCode;

use super::{App, Overlay, readline::Readline};
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

/// A filter that is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typing {
    line: Readline,
    /// Why the text is no filter. The list stays as the last good one has it.
    mistake: Option<Mistake>,
}

impl Typing {
    fn new(text: &str) -> Self {
        Self {
            line: text.into(),
            mistake: None,
        }
    }

    /// What is typed.
    pub fn text(&self) -> &str {
        self.line.text()
    }

    /// What of it stands before the cursor.
    pub fn before_cursor(&self) -> &str {
        self.line.before_cursor()
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
        let fields = known
            .names()
            .into_iter()
            .map(|(name, sign)| format!("{name}{sign}"));
        let healths = Health::WORST_FIRST.map(|health| health.word().to_owned());
        let mut all = fields.chain(healths);
        all.find(|whole| whole.len() > word.len() && whole.starts_with(word))
            .map(|whole| whole[word.len()..].to_owned())
    }

    pub(super) fn insert(&mut self, text: &str) {
        self.line.insert(text);
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

    /// Reads the filter of a kind's list again now that the server has told its columns; lets go of it where it asks for one
    /// that there is not.
    pub(super) fn check_filter(&mut self) {
        let text = self.list(Pane::Kind).filter.text();
        let read = Filter::parse(text, &self.known(Pane::Kind));
        if let Err(mistake) = &read {
            self.say(format!("Nothing is filtered: {mistake}"));
        }
        self.lists[Pane::Kind as usize].filter = read.unwrap_or_default();
    }

    /// Narrows the list that has the focus; says what is wrong with a filter that is none.
    pub(super) fn narrow(&mut self, text: &str) {
        match Filter::parse(text, &self.known(self.focus)) {
            Ok(filter) => {
                self.lists[self.focus as usize].filter = filter;
                self.filters.remember(text);
            }
            Err(mistake) => self.say(format!("Nothing is filtered: {mistake}")),
        }
    }

    /// Narrows the list that has the focus to what fits the first filter, and of that to what fits the second.
    pub(super) fn narrow_within(&mut self, within: &str, typed: &str) {
        let typed = typed.trim();
        let known = self.known(self.focus);
        let text = match (Filter::parse(within, &known), Filter::parse(typed, &known)) {
            (Ok(within), Ok(typed)) => typed.within(&within).text().to_owned(),
            // What is wrong is said of it.
            _ => format!("{within} {typed}"),
        };
        self.narrow(text.trim());
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
        match chord.code {
            KeyCode::Enter if typing.mistake.is_none() => {
                self.filters.remember(typing.text());
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
            KeyCode::Tab => {
                if let Some(rest) = typing.completion(&self.known(self.focus)) {
                    typing.insert(&rest);
                }
            }
            _ => typing.line.edit(chord, &self.filters),
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
