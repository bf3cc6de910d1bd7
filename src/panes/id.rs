//! What a row is: never a number of a line.

use super::Pane;
use crate::model::{ClusterId, Key, MapId, Name, World, table::Slot};

/// What a row is, whatever happens to the rows around it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Id {
    /// A Service, over all clusters.
    Service(Name),
    /// A Map.
    Map(MapId),
    /// A Server.
    Server(Key),
    /// An Instance.
    Instance(Key),
}

impl Id {
    /// Its slot now.
    pub fn slot(&self, world: &World) -> Option<Slot> {
        match self {
            Self::Service(name) => world.service_slot(name),
            Self::Map(id) => world.map_slot_of(id),
            Self::Server(key) => world.server_slot(*key),
            Self::Instance(key) => world.instance_slot(*key),
        }
    }

    /// Of the row in a slot.
    pub fn of(pane: Pane, world: &World, slot: Slot) -> Option<Self> {
        Some(match pane {
            Pane::Services => Self::Service(world.services().get(slot)?.name.clone()),
            Pane::Maps => Self::Map(world.maps().get(slot)?.id.clone()),
            Pane::Servers => Self::Server(world.servers().get(slot)?.key),
            Pane::Instances | Pane::All => Self::Instance(world.instances().get(slot)?.key()),
        })
    }

    /// The cluster, where it is of one.
    pub fn cluster(&self) -> Option<ClusterId> {
        match self {
            Self::Service(_) => None,
            Self::Map(id) => Some(id.cluster),
            Self::Server(key) | Self::Instance(key) => Some(key.cluster),
        }
    }
}
