//! What the tree is made of: Services, Maps, Servers, Instances, and the sums that are carried up.

use compact_str::CompactString;
use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use super::{
    grouping::{Place, SYSTEM},
    health::{Digest, Health, Verdict},
    ids::{ClusterId, Key, MapId, Name, Uid},
    row::{ControllerRow, InstanceRow, Kind, Labels, Meta, NamespaceRow, Row, Usage},
    source::{Source, What},
    table::{Slot, Table},
    world::World,
};

/// Which sources hold a row, and whether their newest listing named it: one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    held: u8,
    epoch: u8,
}

impl Claims {
    fn bit(source: &Source) -> u8 {
        match (source.what, &source.namespace) {
            (What::Troubled, None) => 1,
            (What::Troubled, Some(_)) => 2,
            (_, Some(_)) => 4,
            (_, None) => 8,
        }
    }

    pub(super) fn set(&mut self, source: &Source, epoch: bool) {
        let bit = Self::bit(source);
        self.held |= bit;
        self.epoch = if epoch {
            self.epoch | bit
        } else {
            self.epoch & !bit
        };
    }

    pub(super) fn clear(&mut self, source: &Source) {
        self.held &= !Self::bit(source);
    }

    /// As if the listing before had named it, but not this one.
    pub(super) fn age(&mut self, source: &Source, epoch: bool) {
        if self.held & Self::bit(source) != 0 {
            self.set(source, !epoch);
        }
    }

    /// Whether a watch over all Pods there holds it, besides that over the troubled ones.
    pub(super) fn fully(self) -> bool {
        self.held & (4 | 8) != 0
    }

    /// Whether this source is one of those that hold it.
    pub(super) fn holds(self, source: &Source) -> bool {
        self.held & Self::bit(source) != 0
    }

    pub(super) fn none(self) -> bool {
        self.held == 0
    }

    /// Whether the claim of this source has to go: it has one, and all go or the newest listing did not renew it.
    pub(super) fn ends(self, source: &Source, epoch: bool, all: bool) -> bool {
        let bit = Self::bit(source);
        self.held & bit != 0 && (all || (self.epoch & bit != 0) != epoch)
    }
}

/// A Pod.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Where it runs.
    pub cluster: ClusterId,
    /// Its owner's entry; [`World::root`] of that is its Server.
    pub server: Slot,
    pub(super) claims: Claims,
    /// How it is.
    pub health: Health,
    /// What is known of it.
    pub row: InstanceRow,
}

impl Instance {
    /// Its identity.
    pub fn key(&self) -> Key {
        Key {
            cluster: self.cluster,
            uid: self.row.meta.uid,
        }
    }
}

/// Sums over Servers, kept per Map and per Service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Servers by [`Health::rank`].
    pub health: [u32; 6],
    /// Used now, as far as it is known.
    pub used: Usage,
    /// Servers whose usage is known.
    pub measured: u32,
    /// Requested by the Instances that were asked for.
    pub requested: Usage,
    /// The same of the Servers whose usage is known: what the usage can be held against.
    pub measured_requests: Usage,
    /// Restarts, as far as Instances are held.
    pub restarts: u32,
}

impl Counts {
    /// One Server's part.
    pub fn one(health: Health, used: Option<Usage>, requested: Usage, restarts: u32) -> Self {
        let mut counts = [0; 6];
        counts[health.rank()] = 1;
        let measured = u32::from(used.is_some());
        Self {
            health: counts,
            used: used.unwrap_or_default(),
            measured,
            requested,
            measured_requests: used.map_or_else(Usage::default, |_| requested),
            restarts,
        }
    }

    /// Servers in all.
    pub fn servers(&self) -> u32 {
        self.health.iter().sum()
    }

    /// The worst health that any Server has; stopped where there are none.
    pub fn worst(&self) -> Health {
        let worst = Health::WORST_FIRST
            .into_iter()
            .find(|health| self.health[health.rank()] > 0);
        worst.unwrap_or(Health::Stopped)
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.each(other, u64::wrapping_add);
    }

    pub(super) fn sub(&mut self, other: &Self) {
        self.each(other, u64::wrapping_sub);
    }

    fn each(&mut self, other: &Self, f: fn(u64, u64) -> u64) {
        for (mine, theirs) in self.health.iter_mut().zip(other.health) {
            *mine = f(u64::from(*mine), u64::from(theirs)) as u32;
        }
        self.used = Usage {
            cpu: f(self.used.cpu, other.used.cpu),
            memory: f(self.used.memory, other.used.memory),
        };
        self.requested = Usage {
            cpu: f(self.requested.cpu, other.requested.cpu),
            memory: f(self.requested.memory, other.requested.memory),
        };
        self.measured_requests = Usage {
            cpu: f(self.measured_requests.cpu, other.measured_requests.cpu),
            memory: f(
                self.measured_requests.memory,
                other.measured_requests.memory,
            ),
        };
        self.measured = f(u64::from(self.measured), u64::from(other.measured)) as u32;
        self.restarts = f(u64::from(self.restarts), u64::from(other.restarts)) as u32;
    }
}

/// A controller. It is a Server where it has no parent; a ReplicaSet or Job beneath one is kept the same way.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its identity.
    pub key: Key,
    /// Where it is.
    pub map: Slot,
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: Name,
    /// Creation, epoch seconds; of its oldest Instance where the controller itself is not held.
    pub created: i64,
    /// The controller, where its kind is watched.
    pub row: Option<Box<ControllerRow>>,
    /// What controls it.
    pub parent: Option<Slot>,
    /// What it controls, besides Instances.
    pub children: Vec<Slot>,
    /// Its own Instances; see [`World::beneath`] for all.
    pub instances: Vec<Slot>,
    /// Its Instances summed up.
    pub digest: Digest,
    /// How it is, and why.
    pub verdict: Verdict,
    /// What its Instances use, where that is known.
    pub usage: Option<Usage>,
    pub(super) claims: Claims,
    pub(super) counted: Option<Counts>,
    pub(super) dirty: bool,
    /// The parent is a guess by name: nothing that is held says so.
    pub(super) guessed: bool,
}

impl Server {
    pub(super) fn new(key: Key, map: Slot, kind: Kind, name: Name) -> Self {
        Self {
            key,
            map,
            kind,
            name,
            created: 0,
            row: None,
            parent: None,
            children: Vec::new(),
            instances: Vec::new(),
            digest: Digest::default(),
            verdict: Verdict::default(),
            usage: None,
            claims: Claims::default(),
            counted: None,
            dirty: false,
            guessed: false,
        }
    }

    /// Ready and desired Instances. The controller's word where there is one; a CronJob has no such numbers.
    pub fn ready(&self) -> Option<(u32, u32)> {
        match &self.row {
            Some(row) if row.kind == Kind::CronJob => None,
            Some(row) if row.kind == Kind::Job => {
                Some((row.replicas.updated, row.replicas.desired))
            }
            Some(row) => Some((row.replicas.ready, row.replicas.desired)),
            None => Some((self.digest.ready, self.digest.total)),
        }
    }

    pub(super) fn requested(&self, instances: u32) -> Usage {
        let Some(row) = &self.row else {
            return Usage::default();
        };
        let count = match row.kind {
            Kind::Job | Kind::CronJob => instances,
            _ => row.replicas.desired,
        };
        let count = u64::from(count);
        Usage {
            cpu: row.resources.cpu_request.saturating_mul(count),
            memory: row.resources.memory_request.saturating_mul(count),
        }
    }
}

/// Rows by uid, each with what they are and which listing named it.
pub(super) type Held = IndexMap<Uid, (What, bool, Row), rustc_hash::FxBuildHasher>;

/// A namespace.
#[derive(Clone, Debug)]
pub struct Map {
    /// Its identity.
    pub id: MapId,
    /// Its Service.
    pub service: Slot,
    /// Names of Service and Map, and the rule that gave them.
    pub place: Place,
    /// The Namespace, where it may be read.
    pub row: Option<NamespaceRow>,
    /// Sums over its Servers.
    pub counts: Counts,
    /// Its Servers.
    pub servers: Vec<Slot>,
    /// Ports, Ingresses, autoscalers, claims, budgets, quotas: what is held of a Map besides its Servers.
    pub(super) satellites: Held,
    /// Events, which can be many and go with nothing by selector.
    pub(super) events: Held,
    /// What its Instances use, by name, and which listing said so: metrics.k8s.io knows no uid.
    pub(super) usage: FxHashMap<CompactString, (Usage, bool)>,
    pub(super) claims: Claims,
    pub(super) assumed: bool,
    pub(super) held: u32,
    pub(super) orphans: Vec<Slot>,
}

impl Map {
    pub(super) fn new(id: MapId, service: Slot, place: Place) -> Self {
        Self {
            id,
            service,
            place,
            row: None,
            counts: Counts::default(),
            servers: Vec::new(),
            satellites: Held::default(),
            events: Held::default(),
            usage: FxHashMap::default(),
            claims: Claims::default(),
            assumed: false,
            held: 0,
            orphans: Vec::new(),
        }
    }

    /// Nothing in it is held, and nobody says that it is there.
    pub(super) fn is_empty(&self) -> bool {
        self.row.is_none()
            && !self.assumed
            && self.held == 0
            && self.satellites.is_empty()
            && self.events.is_empty()
    }

    /// Where rows of a kind are kept that are neither Servers nor Instances.
    pub(super) fn held_mut(&mut self, what: What) -> &mut Held {
        if what.is_events() {
            &mut self.events
        } else {
            &mut self.satellites
        }
    }

    /// How it is: its worst Server.
    pub fn health(&self) -> Health {
        self.counts.worst()
    }
}

/// A Service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name, which is its identity over all clusters.
    pub name: Name,
    /// Its Maps.
    pub maps: Vec<Slot>,
    /// Sums over their Servers.
    pub counts: Counts,
}

impl Service {
    pub(super) fn new(name: Name) -> Self {
        Self {
            name,
            maps: Vec::new(),
            counts: Counts::default(),
        }
    }

    /// How it is: its worst Map.
    pub fn health(&self) -> Health {
        self.counts.worst()
    }

    /// Whether it belongs to the cluster itself.
    pub fn is_system(&self) -> bool {
        &*self.name == SYSTEM
    }
}

impl NamespaceRow {
    /// What stands in for a Namespace that may not be read.
    pub fn assumed(name: &Name) -> Self {
        let meta = Meta {
            uid: Uid::parse(name),
            namespace: name.clone(),
            name: name.as_ref().into(),
            created: 0,
            owner: None,
        };
        Self {
            meta,
            labels: Labels::new(),
            annotations: Labels::new(),
            terminating: false,
        }
    }
}

impl World {
    /// All Services.
    pub fn services(&self) -> &Table<Service> {
        &self.services
    }

    /// All Maps.
    pub fn maps(&self) -> &Table<Map> {
        &self.maps
    }

    /// All controllers; a Server is one without parent, see [`Map::servers`].
    pub fn servers(&self) -> &Table<Server> {
        &self.servers
    }

    /// All Instances that are held.
    pub fn instances(&self) -> &Table<Instance> {
        &self.instances
    }
}
