//! One navigable list: its order, what is selected, filter and sort. Selection is an identity, never a row number.

use super::{Marks, Sort, sort};
use crate::{
    model::{World, table::Slot},
    panes::{Column, Columns, Id, Pane},
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
    pub filter: String,
    /// Its order.
    pub sort: Sort,
    /// Its columns.
    pub columns: Columns,
    /// How many of the columns behind the name are left out on the left, in wide mode.
    pub skipped: usize,
    /// Marked rows.
    pub marks: Marks,
    /// Chosen by the person; until then the first row counts as selected.
    selected: Option<Id>,
    /// Where the selection was last, for when its row goes.
    index: usize,
    /// What the order was made of.
    made_of: Option<(u64, Option<Id>, String, Sort)>,
}

impl List {
    /// An empty list.
    pub fn new(pane: Pane) -> Self {
        Self {
            pane,
            order: Vec::new(),
            total: 0,
            offset: 0,
            filter: String::new(),
            sort: Sort::FIRST,
            columns: Columns::new(pane),
            skipped: 0,
            marks: Marks::default(),
            selected: None,
            index: 0,
            made_of: None,
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
        self.find(world);
    }

    /// Selects by index, within the rows there are.
    pub fn go(&mut self, index: usize, world: &World) {
        self.index = index.min(self.order.len().saturating_sub(1));
        // A row that has gone since the order was made is found out about with the next order.
        if let Some(id) = self.slot().and_then(|slot| Id::of(self.pane, world, slot)) {
            self.selected = Some(id);
        }
    }

    /// Whether nothing but health and name decides which rows there are, and in which order.
    pub fn is_plain(&self) -> bool {
        self.filter.is_empty() && self.sort == Sort::FIRST
    }

    /// The column by which it is sorted.
    pub fn sorted_by(&self) -> Option<&Column> {
        self.columns.named(&self.sort.by)
    }

    /// Puts the order right where what it is made of has changed. `rows` is asked only then.
    pub fn refresh(
        &mut self,
        world: &World,
        revision: u64,
        parent: Option<Id>,
        rows: impl FnOnce() -> Vec<Slot>,
    ) {
        let made_of = Some((revision, parent, self.filter.clone(), self.sort.clone()));
        if self.made_of == made_of {
            return;
        }
        let rows = rows();
        self.total = rows.len();
        let same = |a: &Option<(u64, Option<Id>, String, Sort)>| {
            a.as_ref().map(|(_, parent, ..)| parent.clone())
        };
        if same(&self.made_of) != same(&made_of) {
            self.offset = 0;
        }
        self.made_of = made_of;
        let needle = self.filter.to_lowercase();
        // The order so far is nearly right, which a stable sort is quick with.
        let mut order =
            if needle.is_empty() && self.order.len() == rows.len() && self.pane == Pane::All {
                let held = |slot: &Slot| world.instances().get(*slot).is_some();
                if self.order.iter().all(held) {
                    std::mem::take(&mut self.order)
                } else {
                    rows
                }
            } else {
                rows
            };
        if !needle.is_empty() {
            order.retain(|slot| {
                self.pane
                    .filter_text(world, *slot)
                    .to_lowercase()
                    .contains(&needle)
            });
        }
        sort::put_in_order(self, world, &mut order);
        self.order = order;
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

    /// Keeps the selection on a page of this many rows.
    pub fn scroll(&mut self, rows: usize) {
        let Some(index) = self.index() else {
            self.offset = 0;
            return;
        };
        let last = self.order.len().saturating_sub(rows);
        self.offset = self
            .offset
            .min(index)
            .max((index + 1).saturating_sub(rows))
            .min(last);
    }
}
