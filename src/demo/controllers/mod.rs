//! What lives in the cluster: controllers that look at what should be and make it so, a scheduler, a kubelet.

use super::{state::State, store::Change, story};

/// Something to be done at its time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Task {
    /// The story's beat of this number.
    Story(u64),
}

/// Sees a change, and plans what follows from it.
pub fn react(_state: &mut State, _change: &Change) {}

/// Does what was planned.
pub fn run(state: &mut State, task: Task) {
    match task {
        Task::Story(beat) => story::beat(state, beat),
    }
}
