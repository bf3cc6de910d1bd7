//! What a row is: never a number of a line.

use super::Pane;
pub use crate::model::Id;
use crate::model::{World, table::Slot};

impl Id {
    /// Of the row in a slot.
    pub fn of(pane: Pane, world: &World, slot: Slot) -> Option<Self> {
        Some(match pane {
            Pane::Services => Self::Service(world.services().get(slot)?.name.clone()),
            Pane::Maps => Self::Map(world.maps().get(slot)?.id.clone()),
            Pane::Servers => Self::Server(world.servers().get(slot)?.key),
            Pane::Instances | Pane::All => Self::Instance(world.instances().get(slot)?.key()),
            Pane::Kind => Self::Object(world.line(slot)?.key),
        })
    }
}
