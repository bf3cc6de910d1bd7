//! One navigable list: its order, what is selected, filter and sort. Selection is an identity, never a row number.

use super::{Marks, Sort, sort};
use crate::{
    model::{Filter, World, filter::Search, table::Slot},
    panes::{Column, Columns, Id, Pane, Row},
};

/// A list's state.
#[derive(Clone, Debug)]
pub struct List {
    /// Which.
    pub pane: Pane,
    /// Rows in order, after the filter.
    pub order: Vec<Slot>,
    /// How many rows there are without the filter.
    pub total: usize,
    /// The first row on screen.
    pub offset: usize,
    /// What the list is narrowed by.
    pub filter: Filter,
    /// Its order.
    pub sort: Sort,
    /// Its order while nobody chooses another.
    pub sort_at_first: Sort,
    /// Its columns.
    pub columns: Columns,
    /// How many of the columns behind the name are left out on the left, in wide mode.
    pub skipped: usize,
    /// Marked rows.
    pub marks: Marks,
    /// Chosen by the person; until then the first row counts as selected.
    selected: Option<Id>,
    /// The wheel has moved the rows, away from the selection perhaps.
    rolled: bool,
    /// Where the selection was last, for when its row goes.
    index: usize,
    /// All rows, while the filter shows only some of them.
    all: Vec<Slot>,
    /// They are in order. Where rows change under a filter, only those that it shows are put in order.
    all_in_order: bool,
    /// What the order was made of.
    made_of: Option<(u64, Option<Id>, Sort)>,
    /// What the filter was asked about: itself, rows, and the time if it reads that.
    asked: Option<(Filter, u64, i64)>,
}

/// Numbers that move when rows change: their order, and anything that a filter may ask.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    /// Rows came or went, or changed places.
    pub order: u64,
    /// Anything.
    pub cells: u64,
}

impl List {
    /// An empty list.
    pub fn new(pane: Pane) -> Self {
        Self {
            pane,
            order: Vec::new(),
            total: 0,
            offset: 0,
            filter: Filter::default(),
            sort: Sort::first(pane),
            sort_at_first: Sort::first(pane),
            columns: Columns::new(pane),
            skipped: 0,
            marks: Marks::default(),
            selected: None,
            rolled: false,
            index: 0,
            all: Vec::new(),
            all_in_order: false,
            made_of: None,
            asked: None,
        }
    }

    /// The selected row's index.
    pub fn index(&self) -> Option<usize> {
        (!self.order.is_empty()).then(|| self.index.min(self.order.len() - 1))
    }

    /// The selected row's slot.
    pub fn slot(&self) -> Option<Slot> {
        self.order.get(self.index()?).copied()
    }

    /// What the person selected, if they did.
    pub fn selected(&self) -> Option<&Id> {
        self.selected.as_ref()
    }

    /// Selects by identity; `None` goes back to the first row.
    pub fn select(&mut self, id: Option<Id>, world: &World) {
        self.selected = id;
        self.index = 0;
        self.rolled = false;
        self.find(world);
    }

    /// Selects by index, within the rows there are.
    pub fn go(&mut self, index: usize, world: &World) {
        self.index = index.min(self.order.len().saturating_sub(1));
        self.rolled = false;
        // A row that has gone since the order was made is found out about with the next order.
        if let Some(id) = self.slot().and_then(|slot| Id::of(self.pane, world, slot)) {
            self.selected = Some(id);
        }
    }

    /// The column by which it is sorted.
    pub fn sorted_by(&self) -> Option<&Column> {
        self.columns.named(&self.sort.by)
    }

    /// Puts the order right where what it is made of has changed. `rows` is asked only then.
    pub fn refresh(
        &mut self,
        world: &World,
        moved: Moved,
        parent: Option<Id>,
        search: &mut Search,
        rows: impl FnOnce() -> Vec<Slot>,
    ) {
        let made_of = Some((moved.order, parent, self.sort.clone()));
        let same_rows = self.made_of == made_of;
        let time = if self.filter.reads_time() {
            world.now
        } else {
            0
        };
        let asked = (!self.filter.is_empty()).then(|| (self.filter.clone(), moved.cells, time));
        if same_rows && self.asked == asked {
            return;
        }
        let before = self.asked.take();
        let mut all = if before.is_some() {
            std::mem::take(&mut self.all)
        } else {
            self.all_in_order = true;
            std::mem::take(&mut self.order)
        };
        if !same_rows {
            let parent = |made_of: &Option<(u64, Option<Id>, Sort)>| {
                made_of.as_ref().map(|(_, parent, _)| parent.clone())
            };
            if parent(&self.made_of) != parent(&made_of) {
                self.offset = 0;
            }
            self.made_of = made_of;
            let rows = rows();
            let held = |slot: &Slot| world.instances().get(*slot).is_some();
            // The order so far is nearly right, which a stable sort is quick with.
            if self.pane != Pane::All || all.len() != rows.len() || !all.iter().all(held) {
                all = rows;
            }
            self.all_in_order = false;
        }
        self.total = all.len();
        if asked.is_some() {
            let fits = |slot: &Slot, search: &mut Search| {
                Row::at(self.pane, world, *slot).is_some_and(|row| self.filter.fits(&row, search))
            };
            let narrows = |(before, cells, then): &(Filter, u64, i64)| {
                (*cells, *then) == (moved.cells, time) && self.filter.narrows(before)
            };
            let mut order = std::mem::take(&mut self.order);
            if same_rows && before.as_ref().is_some_and(narrows) {
                order.retain(|slot| fits(slot, search));
            } else {
                order.clear();
                order.extend(all.iter().filter(|slot| fits(slot, search)));
                if !self.all_in_order {
                    sort::put_in_order(self, world, &mut order);
                }
            }
            self.order = order;
            self.all = all;
        } else {
            if !self.all_in_order {
                sort::put_in_order(self, world, &mut all);
            }
            self.order = all;
        }
        self.asked = asked;
        self.marks.keep_what_is_there(world);
        self.find(world);
    }

    /// The selection's index again, after the order has changed.
    fn find(&mut self, world: &World) {
        let Some(id) = &self.selected else {
            self.index = 0;
            return;
        };
        match id.slot(world) {
            Some(slot) => {
                if let Some(index) = self.order.iter().position(|held| *held == slot) {
                    self.index = index;
                }
            }
            // It is gone for good: what has moved up into its place is selected now.
            None if !self.order.is_empty() => self.go(self.index, world),
            None => {}
        }
    }

    /// Moves the rows on a page of so many, and leaves the selection where it is.
    pub fn roll(&mut self, by: isize, rows: usize) {
        let last = self.order.len().saturating_sub(rows);
        self.offset = self.offset.saturating_add_signed(by).min(last);
        self.rolled = true;
    }

    /// Brings the selection back on screen.
    pub fn come_back(&mut self) {
        self.rolled = false;
    }

    /// Keeps the selection on a page of this many rows, unless the wheel has moved them.
    pub fn scroll(&mut self, rows: usize) {
        let Some(index) = self.index() else {
            self.offset = 0;
            return;
        };
        let last = self.order.len().saturating_sub(rows);
        if self.rolled {
            self.offset = self.offset.min(last);
            return;
        }
        self.offset = self
            .offset
            .min(index)
            .max((index + 1).saturating_sub(rows))
            .min(last);
    }
}
