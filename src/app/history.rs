//! Places visited: back, forward, and to the one before.
//!
//! A place is a list with what is selected in it, beneath what is selected to its left. Another row of the same list is
//! the same place: it is where one would come back to.

use super::App;
use crate::panes::{Id, Pane};

/// The most places that are remembered.
const MOST: usize = 100;

/// Where one was.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Visit {
    /// The list with focus.
    pane: Pane,
    /// What was selected to its left.
    above: Vec<Id>,
    /// What was selected in it.
    selected: Option<Id>,
}

/// Places visited, the oldest first.
#[derive(Debug, Default)]
pub(super) struct History {
    visits: Vec<Visit>,
    /// At which of them we are.
    at: usize,
    /// At which we were before.
    before: Option<usize>,
}

impl App {
    fn visit(&self) -> Visit {
        let left = Pane::HOME.iter().take_while(|pane| **pane != self.focus);
        let above = match self.focus {
            Pane::All => Vec::new(),
            Pane::Kind => self.parent(Pane::Kind).cloned().into_iter().collect(),
            _ => left.map_while(|pane| self.id(*pane)).collect(),
        };
        Visit {
            pane: self.focus,
            above,
            selected: self.id(self.focus),
        }
    }

    /// Notes where we are.
    pub(super) fn remember(&mut self) {
        let here = self.visit();
        // Beneath nothing one is nowhere: its cluster has been closed.
        if here.above.is_empty() && !matches!(here.pane, Pane::Services | Pane::All) {
            return;
        }
        let known = self.history.visits.get_mut(self.history.at);
        if let Some(known) =
            known.filter(|known| (known.pane, &known.above) == (here.pane, &here.above))
        {
            *known = here;
            return;
        }
        self.history.visits.truncate(self.history.at + 1);
        self.history.before = self.history.visits.len().checked_sub(1);
        self.history.visits.push(here);
        if self.history.visits.len() > MOST {
            self.history.visits.remove(0);
            self.history.before = self.history.before.and_then(|at| at.checked_sub(1));
        }
        self.history.at = self.history.visits.len() - 1;
    }

    /// Notes where we are instead of what was noted last: a place that was reached step by step is one.
    pub(super) fn remember_instead(&mut self) {
        let here = self.visit();
        if let Some(known) = self.history.visits.get_mut(self.history.at) {
            *known = here;
        }
    }

    /// Back or forward by so many places; those of clusters that are closed are passed over.
    pub(super) fn travel(&mut self, by: isize) {
        self.remember();
        let mut at = self.history.at;
        loop {
            let next = at.checked_add_signed(by);
            let Some(next) = next.filter(|next| *next < self.history.visits.len()) else {
                self.say(if by < 0 {
                    "Nothing before this."
                } else {
                    "Nothing after this."
                });
                return;
            };
            at = next;
            if self.can_be_visited(at) {
                return self.revisit(at);
            }
        }
    }

    /// Whether there is a place before this one.
    pub(super) fn has_been_elsewhere(&self) -> bool {
        self.history.at > 0
    }

    /// To the place before this one; again, and back here.
    pub(super) fn turn_back(&mut self) {
        self.remember();
        match self.history.before {
            Some(at) if at != self.history.at && self.can_be_visited(at) => self.revisit(at),
            _ => self.say("Nothing before this."),
        }
    }

    /// Whether the clusters of a place visited are still open.
    fn can_be_visited(&self, at: usize) -> bool {
        let Some(visit) = self.history.visits.get(at) else {
            return false;
        };
        let mut clusters = visit.above.iter().chain(&visit.selected);
        clusters.all(|id| {
            id.cluster().is_none_or(|cluster| {
                let held = self.cluster(cluster);
                held.is_some_and(super::Cluster::is_open)
            })
        })
    }

    fn revisit(&mut self, at: usize) {
        self.history.before = Some(self.history.at);
        self.history.at = at;
        let visit = self.history.visits[at].clone();
        self.in_panel = false;
        self.stand(visit.pane, visit.above, visit.selected);
    }

    /// Gives a list the focus, with this selected in it and to its left.
    pub(super) fn stand(&mut self, pane: Pane, above: Vec<Id>, selected: Option<Id>) {
        if let Some(Id::Listing(listing)) = above.first() {
            return self.look_at_kind((**listing).clone(), selected);
        }
        self.focus = pane;
        if pane == Pane::All {
            return self.choose_in(pane, selected.as_ref());
        }
        let ids: Vec<Option<Id>> = above.into_iter().chain(selected).map(Some).collect();
        self.choose(&ids);
    }
}
