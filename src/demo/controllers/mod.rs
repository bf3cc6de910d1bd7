//! What lives in the cluster: controllers that look at what should be and make it so, a scheduler, a kubelet.

pub mod selector;

use super::{state::State, store::Change};

/// Something to be done at its time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Task {}

/// Sees a change, and plans what follows from it.
pub fn react(_state: &mut State, _change: &Change) {}

/// Does what was planned.
pub fn run(_state: &mut State, task: Task) {
    match task {}
}
