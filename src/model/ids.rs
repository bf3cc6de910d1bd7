//! How things are told apart: clusters, objects, namespaces. Nothing here is ever a row number.

use std::{fmt, sync::Arc};

use rustc_hash::FxHasher;
use std::hash::Hasher;

use super::{listing::Listing, table::Slot, world::World};

/// A string that repeats (namespace, node, image, reason): shared, not copied.
pub type Name = Arc<str>;

/// One of the open clusters, in the order in which they were opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClusterId(pub u8);

/// `metadata.uid`: 128 bits, whether it was written as a UUID (all that the API server makes) or in another form.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uid(u64, u64);

impl Uid {
    /// Reads a UUID; any other text is hashed, so that it still tells objects apart.
    pub fn parse(text: &str) -> Self {
        let mut bits = [0u64; 2];
        let mut digits = 0;
        for byte in text.bytes().filter(|b| *b != b'-') {
            match (byte as char).to_digit(16) {
                Some(digit) if digits < 32 => {
                    bits[digits / 16] = bits[digits / 16] << 4 | u64::from(digit);
                    digits += 1;
                }
                _ => return Self::hashed(text),
            }
        }
        if digits == 32 {
            Self(bits[0], bits[1])
        } else {
            Self::hashed(text)
        }
    }

    fn hashed(text: &str) -> Self {
        let half = |seed: u8| {
            let mut hasher = FxHasher::default();
            hasher.write_u8(seed);
            hasher.write(text.as_bytes());
            hasher.finish()
        };
        Self(half(1), half(2))
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.0, self.1)
    }
}

/// An object of one cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Where it lives.
    pub cluster: ClusterId,
    /// Which it is there.
    pub uid: Uid,
}

/// A Map: a namespace of a cluster. By name, because a namespace made anew under its old name is the same Map.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MapId {
    /// Where it lives.
    pub cluster: ClusterId,
    /// The Namespace's name.
    pub namespace: Name,
}

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
    /// A row of a list of any kind: an object, or a kind.
    Object(Key),
    /// A list of any kind.
    Listing(Box<Listing>),
}

impl Id {
    /// Its slot now.
    pub fn slot(&self, world: &World) -> Option<Slot> {
        match self {
            Self::Service(name) => world.service_slot(name),
            Self::Map(id) => world.map_slot_of(id),
            Self::Server(key) => world.server_slot(*key),
            Self::Instance(key) => world.instance_slot(*key),
            Self::Object(key) => world.line_slot(*key),
            Self::Listing(_) => None,
        }
    }

    /// The cluster, where it is of one.
    pub fn cluster(&self) -> Option<ClusterId> {
        match self {
            Self::Service(_) => None,
            Self::Map(id) => Some(id.cluster),
            Self::Server(key) | Self::Instance(key) | Self::Object(key) => Some(key.cluster),
            Self::Listing(listing) => listing.within().map(|map| map.cluster),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_are_told_apart() {
        let a = Uid::parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
        assert_eq!(format!("{a:?}"), "f81d4fae7dec11d0a76500a0c91e6bf6");
        assert_eq!(a, Uid::parse("F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"));
        assert_ne!(Uid::parse("static-pod-a"), Uid::parse("static-pod-b"));
        assert_ne!(Uid::parse(""), Uid::parse("0"));
    }
}
