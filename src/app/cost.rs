//! What looking costs: each cluster's connection, and each stream with its age, rows and bytes.

use std::cmp::Reverse;

use super::{App, Overlay, act::scrolled};
pub use crate::event::Wire;
use crate::{
    effect::Effect,
    event::{Cost, Meter},
    keys::Chord,
    model::ClusterId,
};

/// Everything that is paid for, as of a moment; what has cost most first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    /// The connections.
    pub wires: Vec<Wire>,
    /// The streams.
    pub lines: Vec<Item>,
}

/// One stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it has cost.
    pub cost: Cost,
    /// Rows that it holds.
    pub rows: usize,
}

impl App {
    /// Whether somebody looks at what it costs.
    pub fn shows_cost(&self) -> bool {
        matches!(self.overlay, Overlay::Cost(..))
    }

    pub(super) fn sample(&mut self, cluster: ClusterId, meter: Meter) {
        let now = self.now;
        let Some(cluster) = self.clusters.get_mut(usize::from(cluster.0)) else {
            return;
        };
        cluster.samples.push_back((now, meter));
        while cluster
            .samples
            .front()
            .is_some_and(|(at, _)| now - at > 60_000)
        {
            cluster.samples.pop_front();
        }
    }

    /// Requests of the last minute, all clusters together.
    pub fn requests_a_minute(&self) -> u64 {
        self.open_clusters()
            .map(|(_, cluster)| cluster.requests_a_minute())
            .sum()
    }

    pub(super) fn count(&mut self, mut wires: Vec<Wire>, costs: Vec<Cost>) {
        let world = &self.world;
        let received = |wire: &Wire| {
            let cluster = self.clusters.get(usize::from(wire.cluster.0));
            cluster.map_or(0, |cluster| cluster.meter().bytes)
        };
        wires.sort_by_key(|wire| (Reverse(received(wire)), wire.cluster));
        let line = |cost: Cost| Item {
            rows: world.rows_of(&cost.source),
            cost,
        };
        let mut lines: Vec<Item> = costs.into_iter().map(line).collect();
        lines.sort_by(|a, b| {
            (Reverse(a.cost.bytes), &a.cost.source).cmp(&(Reverse(b.cost.bytes), &b.cost.source))
        });
        if let Overlay::Cost(bill, _) = &mut self.overlay {
            *bill = Bill { wires, lines };
        }
    }

    pub(super) fn cost_key(&mut self, chord: Chord, bill: Bill, line: u16) -> Vec<Effect> {
        let last = (bill.wires.len() + bill.lines.len()) as u16;
        let Some(line) = scrolled(self.keymap.of_key(chord), line, self.size) else {
            return Vec::new();
        };
        self.overlay = Overlay::Cost(bill, line.min(last));
        Vec::new()
    }
}
