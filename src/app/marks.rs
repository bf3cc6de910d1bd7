//! Marked rows: by identity, so that they stay marked wherever they go in the list, and until their object goes.

use rustc_hash::FxHashSet;

use super::App;
use crate::{
    command::Command,
    model::World,
    panes::{Id, Pane},
};

/// The marks of one list.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    ids: FxHashSet<Id>,
    /// The row that was marked last: where a range begins.
    last: Option<Id>,
}

impl Marks {
    /// How many rows are marked.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether this one is.
    pub fn has(&self, id: &Id) -> bool {
        self.ids.contains(id)
    }

    fn toggle(&mut self, id: Id) {
        if !self.ids.remove(&id) {
            self.ids.insert(id);
        }
    }

    /// Takes the marks off what is gone.
    pub(super) fn keep_what_is_there(&mut self, world: &World) {
        self.ids.retain(|id| id.slot(world).is_some());
    }
}

impl App {
    /// What is marked in a pane, in the order of its list; what the filter hides comes last.
    pub fn marked(&self, pane: Pane) -> Vec<Id> {
        let list = self.list(pane);
        if list.marks.is_empty() {
            return Vec::new();
        }
        let rows = list.order.iter();
        let ids = rows.filter_map(|slot| Id::of(pane, &self.world, *slot));
        let mut marked: Vec<Id> = ids.filter(|id| list.marks.has(id)).collect();
        if marked.len() < list.marks.len() {
            let seen: FxHashSet<&Id> = marked.iter().collect();
            let there = |id: &&Id| !seen.contains(id) && id.slot(&self.world).is_some();
            let mut hidden: Vec<Id> = list.marks.ids.iter().filter(there).cloned().collect();
            hidden.sort();
            marked.extend(hidden);
        }
        marked
    }

    /// What a command that can act on many acts on: what is marked in the pane with focus, else what is selected.
    pub fn targets(&self) -> Vec<Id> {
        let marked = self.marked(self.focus);
        if marked.is_empty() {
            self.id(self.focus).into_iter().collect()
        } else {
            marked
        }
    }

    /// Marks and unmarks rows of the pane with focus.
    pub(super) fn mark(&mut self, command: Command) {
        let pane = self.focus;
        let world = &self.world;
        let list = &mut self.lists[pane as usize];
        let here = list.index().unwrap_or(0);
        let mut marks = std::mem::take(&mut list.marks);
        let ids = |from: usize, to: usize| {
            let rows = list.order.iter().take(to + 1).skip(from);
            rows.filter_map(|slot| Id::of(pane, world, *slot))
        };
        let selected = ids(here, here).next();
        match command {
            Command::Mark => {
                if let Some(id) = selected.clone() {
                    marks.toggle(id);
                }
                marks.last = selected;
            }
            Command::MarkRange => {
                let from = marks.last.as_ref().and_then(|id| id.slot(world));
                let from = list.order.iter().position(|slot| Some(*slot) == from);
                let from = from.unwrap_or(here);
                marks.ids.extend(ids(here.min(from), here.max(from)));
                marks.last = selected;
            }
            Command::MarkAll => marks.ids.extend(ids(0, list.order.len())),
            Command::MarkInvert => ids(0, list.order.len()).for_each(|id| marks.toggle(id)),
            _ => marks = Marks::default(),
        }
        list.marks = marks;
    }
}
