//! Which columns a list has: chosen, ordered, hidden; all of them in wide mode; those of labels. And what of it is kept.

use std::collections::BTreeMap;

use crossterm::event::KeyCode;

use super::{
    App, Overlay, Sort,
    act::{chosen, type_into},
    fit::{Fit, best},
};
use crate::{
    command::{Command, Scope},
    effect::Effect,
    keys::Chord,
    memory::{Keep, Kept, Table},
    model::Listing,
    panes::{Cell, Column, Pane},
};

/// Lines of a picker's box that are no choices, with what is above and below the box.
const AROUND: u16 = 5;

impl App {
    /// Where somebody goes who moves in a picker with so many lines; nothing where that is no movement.
    pub(super) fn in_picker(
        &self,
        command: Option<Command>,
        at: usize,
        lines: usize,
    ) -> Option<usize> {
        let page = usize::from(self.size.1.saturating_sub(AROUND).max(1));
        chosen(command, at, lines, page)
    }

    /// Takes the columns that the configuration names for panes to be the usual ones. What was chosen on the screen, now
    /// or in an earlier run, wins over them.
    pub fn use_columns(&mut self, usual: &BTreeMap<Pane, Vec<String>>) {
        for pane in Pane::EVERY {
            let names = usual.get(&pane).cloned();
            self.lists[pane as usize].columns.set_usual(names);
        }
    }

    /// Sorts and lays out the lists as they were left at the end of an earlier run.
    pub(super) fn recall_tables(&mut self, kept: &Kept) {
        for pane in Pane::EVERY {
            self.recall_table(pane, kept);
        }
    }

    /// What a list is called where it is kept: each kind has its own.
    fn table_name(&self, pane: Pane) -> String {
        match self.world.listing().and_then(Listing::resource) {
            Some(of) if pane == Pane::Kind => format!("{}:{}", pane.name(), of.full()),
            _ => pane.name().to_owned(),
        }
    }

    pub(super) fn recall_table(&mut self, pane: Pane, kept: &Kept) {
        if let Some(table) = kept.tables.get(&self.table_name(pane)) {
            let list = &mut self.lists[pane as usize];
            if let Some(names) = &table.columns {
                list.columns.choose(names);
            }
            list.columns.wide = table.wide;
            let sort = table.sort.as_deref().and_then(Sort::of_kept);
            if let Some(sort) = sort.filter(|sort| list.columns.named(&sort.by).is_some()) {
                list.sort = sort;
            }
        }
    }

    /// Keeps how a list is sorted and laid out, as far as that is not how it is anyway.
    pub(super) fn keep_table(&mut self, pane: Pane) -> Vec<Effect> {
        let list = self.list(pane);
        let columns = &list.columns;
        let table = Table {
            sort: (list.sort != list.sort_at_first).then(|| list.sort.kept()),
            columns: (!columns.are_usual()).then(|| columns.names()),
            wide: columns.wide,
        };
        let pane = self.table_name(pane);
        let keep = Keep::Table { pane, table };
        vec![Effect::Keep(self.keep(keep))]
    }

    /// All columns at their full width, or as many as there is room for again.
    pub(super) fn turn_wide(&mut self) -> Vec<Effect> {
        let pane = self.focus;
        let list = &mut self.lists[pane as usize];
        list.columns.wide = !list.columns.wide;
        list.skipped = 0;
        if list.columns.wide {
            let keys = [Command::ColumnsLeft, Command::ColumnsRight];
            let [left, right] = keys.map(|command| self.key_to(command));
            self.say(format!("All columns. {left} {right} move them."));
        }
        self.keep_table(pane)
    }

    /// Moves the columns behind the name, in wide mode.
    pub(super) fn move_columns(&mut self, by: isize) {
        let list = self.list(self.focus);
        if !list.columns.wide {
            let wide = self.key_to(Command::Wide);
            return self.say(format!(
                "All columns that have room are here. {wide} shows all."
            ));
        }
        let moving = self.moving_columns(self.focus);
        let skipped = list.skipped.saturating_add_signed(by);
        self.lists[self.focus as usize].skipped = skipped.min(moving.saturating_sub(1));
    }

    /// How many columns there are behind the name.
    fn moving_columns(&self, pane: Pane) -> usize {
        let columns = &self.list(pane).columns;
        let shown = columns.shown(&self.world);
        let name = |at: &usize| columns.all()[*at].column.name == "name";
        shown.len() - shown.iter().position(name).map_or(0, |at| at + 1)
    }

    pub(super) fn columns_key(&mut self, chord: Chord, at: usize) -> Vec<Effect> {
        let pane = self.focus;
        let offered = self.list(pane).columns.offered(&self.world);
        let command = self.keymap.in_box(Scope::InColumns, chord);
        self.overlay = Overlay::Columns(at);
        if let Some(to) = self.in_picker(command, at, offered.len()) {
            self.overlay = Overlay::Columns(to);
            return Vec::new();
        }
        let columns = &mut self.lists[pane as usize].columns;
        match command {
            Some(Command::ColumnLater) => return self.move_column(&offered, at, 1),
            Some(Command::ColumnEarlier) => return self.move_column(&offered, at, -1),
            Some(Command::Mark | Command::Open) => {
                let done = offered.get(at).is_some_and(|at| columns.toggle(*at));
                if done {
                    return self.keep_table(pane);
                }
                self.say("The name is always shown.");
            }
            Some(Command::ColumnsReset) => {
                columns.reset();
                columns.wide = false;
                self.lists[pane as usize].skipped = 0;
                self.overlay = Overlay::Columns(0);
                return self.keep_table(pane);
            }
            Some(Command::Wide) => return self.turn_wide(),
            Some(Command::ColumnLabel) => self.overlay = Overlay::Label(at, String::new()),
            Some(Command::Back | Command::Quit | Command::Columns) => self.overlay = Overlay::None,
            _ => {}
        }
        Vec::new()
    }

    /// Moves a column of the box by one, with the one that is chosen there.
    fn move_column(&mut self, offered: &[usize], at: usize, by: isize) -> Vec<Effect> {
        let to = at.saturating_add_signed(by);
        let (Some(a), Some(b)) = (offered.get(at), offered.get(to)) else {
            return Vec::new();
        };
        if a == b {
            return Vec::new();
        }
        self.lists[self.focus as usize].columns.swap(*a, *b);
        self.overlay = Overlay::Columns(to);
        self.keep_table(self.focus)
    }

    pub(super) fn label_key(&mut self, chord: Chord, at: usize, mut text: String) -> Vec<Effect> {
        match chord.code {
            KeyCode::Esc => self.overlay = Overlay::Columns(at),
            KeyCode::Enter if text.trim().is_empty() => self.overlay = Overlay::Columns(at),
            KeyCode::Enter => {
                let offered = self.list(self.focus).columns.offered(&self.world);
                let behind = offered.get(at).copied().unwrap_or(0);
                let Some(effects) = self.add_label(text.trim(), behind) else {
                    self.overlay = Overlay::Label(at, text);
                    return Vec::new();
                };
                let columns = &self.list(self.focus).columns;
                let name = format!("label:{}", text.trim());
                let named = |at: &usize| columns.all()[*at].column.name == *name;
                let offered = columns.offered(&self.world);
                let at = offered.iter().position(named).unwrap_or(at);
                self.overlay = Overlay::Columns(at);
                return effects;
            }
            _ => {
                type_into(&mut text, chord);
                self.overlay = Overlay::Label(at, text);
            }
        }
        Vec::new()
    }

    /// Adds the column of a label to the list with focus; nothing, and a word about it, where there can be no such label.
    fn add_label(&mut self, key: &str, behind: usize) -> Option<Vec<Effect>> {
        let pane = self.focus;
        let name = format!("label:{key}");
        let Some(column) = Column::of_name(pane, &name) else {
            self.say(format!(
                "\"{key}\" can be no label's key. One looks like team or app.kubernetes.io/version."
            ));
            return None;
        };
        let has_it = |slot: &u32| column.cell(&self.world, *slot) != Cell::Absent;
        if !self.list(pane).order.iter().any(has_it) {
            self.say(format!("No row here has a label {key}."));
        }
        self.lists[pane as usize].columns.add_label(key, behind);
        Some(self.keep_table(pane))
    }

    /// Does what is typed about columns: `sort -cpu`, `label team`. Nothing where it is about something else.
    pub(super) fn run_about_columns(&mut self, typed: &str) -> Option<Vec<Effect>> {
        let (word, rest) = typed.split_once(' ')?;
        match word {
            "sort" => Some(self.sort_as_typed(rest.trim())),
            "label" => {
                let last = self.list(self.focus).columns.all().len();
                let key = rest.trim().trim_start_matches("label:");
                Some(self.add_label(key, last).unwrap_or_default())
            }
            _ => None,
        }
    }

    /// What `:sort` and the beginning of a name can mean.
    pub(super) fn columns_like(&self, begun: &str) -> Vec<super::Suggestion> {
        let sign = begun
            .get(..1)
            .filter(|sign| matches!(*sign, "-" | "+"))
            .unwrap_or_default();
        let word = &begun[sign.len()..];
        let columns = &self.list(self.focus).columns;
        let mut fit = Fit::new(word);
        let suggestion = |at: usize| {
            let column = &columns.all()[at].column;
            let descending = match sign {
                "" => column.descending,
                sign => sign == "-",
            };
            let suggestion = super::Suggestion {
                text: format!("sort {sign}{}", column.name),
                help: column.order(descending).to_owned(),
            };
            Some((fit.rank(&column.name)?, suggestion))
        };
        let offered = columns.offered(&self.world).into_iter();
        best(offered.filter_map(suggestion))
    }
}
