//! In which order a list is: by a column, known by its name; names decide between equals.

use compact_str::CompactString;

use super::{App, List, Overlay, filter::knows_in_part};
use crate::{
    command::Command,
    effect::Effect,
    keys::Chord,
    model::{World, filter::Field, table::Slot, tree::Service, world::by_health_and_name},
    panes::{Cell, Column, Pane},
};

/// By which column a list is sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column's name.
    pub by: CompactString,
    /// From the largest.
    pub descending: bool,
}

impl Sort {
    /// How every list is sorted at first: what is worst off on top.
    pub const FIRST: Self = Self {
        by: CompactString::const_new("health"),
        descending: false,
    };

    /// How a list is sorted at first: by health, where it has such a column.
    pub fn first(pane: Pane) -> Self {
        match pane {
            Pane::Kind => Self {
                by: CompactString::const_new("name"),
                descending: false,
            },
            _ => Self::FIRST,
        }
    }

    /// What was last comes first, by a column of times.
    pub(super) fn youngest(column: &'static str) -> Self {
        Self {
            by: CompactString::const_new(column),
            descending: false,
        }
    }

    /// By a column, as it is sorted at first.
    pub fn by(column: &Column) -> Self {
        Self {
            by: CompactString::from(&*column.name),
            descending: column.descending,
        }
    }

    /// As it is kept: `+name`, `-cpu`.
    pub(super) fn kept(&self) -> String {
        format!("{}{}", if self.descending { '-' } else { '+' }, self.by)
    }

    /// Reads what was kept.
    pub(super) fn of_kept(text: &str) -> Option<Self> {
        let (descending, by) = direction(text);
        Some(Self {
            by: by.into(),
            descending: descending?,
        })
    }
}

/// The sign before a column: `-` is from the largest, `+` from the smallest.
fn direction(text: &str) -> (Option<bool>, &str) {
    match (text.strip_prefix('-'), text.strip_prefix('+')) {
        (Some(rest), _) => (Some(true), rest.trim()),
        (_, Some(rest)) => (Some(false), rest.trim()),
        _ => (None, text.trim()),
    }
}

/// Puts rows in order. Each row's cell is made once, not with every comparison: there may be very many rows.
pub(super) fn put_in_order(list: &List, world: &World, order: &mut [Slot]) {
    let pane = list.pane;
    if pane == Pane::All && list.sort == Sort::FIRST {
        return order.sort_by(|a, b| {
            match (world.instances().get(*a), world.instances().get(*b)) {
                (Some(a), Some(b)) => by_health_and_name(a, b),
                (a, b) => a.is_none().cmp(&b.is_none()),
            }
        });
    }
    let descending = list.sort.descending;
    let Some(by) = list.sorted_by() else {
        return;
    };
    let system = |slot: Slot| {
        pane == Pane::Services && world.services().get(slot).is_some_and(Service::is_system)
    };
    let mut rows: Vec<(bool, Cell, Slot)> = order
        .iter()
        .map(|slot| (system(*slot), by.cell(world, *slot), *slot))
        .collect();
    rows.sort_by(|(a_system, a, a_slot), (b_system, b, b_slot)| {
        // No text is made to compare their names.
        let names = || pane.names(world, *a_slot).cmp(&pane.names(world, *b_slot));
        a_system
            .cmp(b_system)
            .then_with(|| a.compare(b, descending))
            .then_with(names)
    });
    for (place, (.., slot)) in order.iter_mut().zip(rows) {
        *place = slot;
    }
}

impl App {
    /// Sorts a pane by a column that is named, and the other way round where it is sorted by that one already.
    pub fn sort_column(&mut self, pane: Pane, name: &str) -> Vec<Effect> {
        let list = self.list(pane);
        let sort = match list.columns.named(name) {
            Some(_) if list.sort.by == name => Sort {
                descending: !list.sort.descending,
                ..list.sort.clone()
            },
            Some(column) => Sort::by(column),
            None => return Vec::new(),
        };
        self.set_sort(pane, sort)
    }

    /// Sorts by one of the columns beside that by which it is sorted.
    pub(super) fn sort_beside(&mut self, by: isize) -> Vec<Effect> {
        let list = self.list(self.focus);
        let shown = list.columns.shown(&self.world);
        let columns: Vec<&Column> = shown
            .iter()
            .map(|at| &list.columns.all()[*at].column)
            .collect();
        let at = columns
            .iter()
            .position(|column| column.name == *list.sort.by);
        let next = match at {
            Some(at) => (at.cast_signed() + by).rem_euclid(columns.len().cast_signed()) as usize,
            None => 0,
        };
        match columns.get(next).map(|column| Sort::by(column)) {
            Some(sort) => self.set_sort(self.focus, sort),
            None => Vec::new(),
        }
    }

    /// Turns the order of the list with focus round.
    pub(super) fn invert_sort(&mut self) -> Vec<Effect> {
        let by = self.list(self.focus).sort.by.clone();
        self.sort_column(self.focus, &by)
    }

    /// Sorts as it is typed: `cpu` as that column usually is, `-cpu` from the largest, `+cpu` from the smallest.
    pub(super) fn sort_as_typed(&mut self, typed: &str) -> Vec<Effect> {
        let (descending, word) = direction(typed);
        let columns = &self.list(self.focus).columns;
        let Some(column) = columns.meant(word, &self.world) else {
            let text = self.no_column(word);
            self.say(text);
            return Vec::new();
        };
        let usual = Sort::by(column);
        let sort = Sort {
            descending: descending.unwrap_or(usual.descending),
            ..usual
        };
        self.set_sort(self.focus, sort)
    }

    fn no_column(&self, word: &str) -> String {
        let columns = &self.list(self.focus).columns;
        let offered = columns.offered(&self.world);
        let names = offered.iter().map(|at| &*columns.all()[*at].column.name);
        let near = |name: &&str| strsim::jaro(word, name);
        let nearest = names.max_by(|a, b| near(a).total_cmp(&near(b)));
        let rows = self.rows_of(self.focus);
        match nearest.filter(|name| near(name) > 0.7) {
            Some(name) => {
                format!("{rows} have no column \"{word}\". Did you mean {name}?")
            }
            None => format!("{rows} have no column \"{word}\". :sort alone lists them."),
        }
    }

    fn set_sort(&mut self, pane: Pane, sort: Sort) -> Vec<Effect> {
        let list = &mut self.lists[pane as usize];
        list.sort = sort;
        if let Some(column) = list.sorted_by() {
            let (name, order) = (&column.name, column.order(list.sort.descending));
            let (by, order) = (name.to_string(), order);
            let field = Field::named(&by);
            let so_far = if field.is_some_and(|field| knows_in_part(pane, field)) {
                ", as far as their Maps have been looked at"
            } else {
                ""
            };
            let text = format!("{} sorted by {by}, {order}{so_far}", self.rows_of(pane));
            self.say(text);
        }
        self.keep_table(pane)
    }

    /// The columns to sort by, with the one that counts now chosen.
    pub(super) fn choose_sort(&mut self) {
        let list = self.list(self.focus);
        let offered = list.columns.offered(&self.world);
        let by = |at: &usize| list.columns.all()[*at].column.name == *list.sort.by;
        let at = offered.iter().position(by).unwrap_or(0);
        self.overlay = Overlay::Sort(at);
    }

    pub(super) fn sort_key(&mut self, chord: Chord, at: usize) -> Vec<Effect> {
        let offered = self.list(self.focus).columns.offered(&self.world);
        let command = self.keymap.of_key(chord);
        let Some(at) = self.in_picker(command, at, offered.len()) else {
            let choice = offered.get(at);
            let columns = &self.list(self.focus).columns;
            let name = choice.map(|choice| columns.all()[*choice].column.name.to_string());
            let effects = match (command, name) {
                (Some(Command::Open | Command::Mark), Some(name)) => {
                    self.sort_column(self.focus, &name)
                }
                (Some(Command::SortInvert), _) => self.invert_sort(),
                (Some(Command::Back | Command::Quit | Command::Sort), _) => return Vec::new(),
                _ => Vec::new(),
            };
            if command != Some(Command::Open) {
                self.overlay = Overlay::Sort(at);
            }
            return effects;
        };
        self.overlay = Overlay::Sort(at);
        Vec::new()
    }
}
