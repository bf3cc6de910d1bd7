//! Everything that is held, and how rows become the Service ▸ Map ▸ Server tree.
//!
//! ```text
//!  Row ─ apply ─→ Instance ─ owner ─→ Server (a ReplicaSet, a Job: its parent is one) ─→ Map ─→ Service
//!                                        └ judged once a batch; the difference is added to Map and Service
//! ```
//!
//! A row stays as long as a source claims it: the same Pod can come from the watch over troubled Pods, from its Map's,
//! and from the cluster's. Nothing is recomputed over everything but at the end of a listing.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use rustc_hash::FxHashMap;

use super::{
    detail::Detail,
    grouping::Grouping,
    ids::{ClusterId, Key, MapId, Name, Uid},
    listing::{Heading, Line, Listing, Printed},
    resource::Resource,
    row::{Row, Usage},
    source::{Change, FeedState, News, Source, What},
    table::{Slot, Table},
    tree::{Instance, Map, Server, Service},
};

/// One feed as the model sees it.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    /// How it is.
    pub state: FeedState,
    /// Has been complete at least once.
    pub synced: bool,
    /// Epoch seconds since when it is not live, 0 while it is.
    pub since: i64,
    /// Alternates with every listing, to know what the newest one has named.
    pub(super) epoch: bool,
    /// A listing has begun and is not complete.
    listing: bool,
}

/// What has changed since somebody last looked; a list is put in order again only when its own number moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// Anything at all: something may have to be drawn.
    pub cells: u64,
    /// Services, Maps or Servers came, went, or changed.
    pub tree: u64,
    /// Instances came, went, or changed places under [`by_health_and_name`].
    pub instances: u64,
    /// Rows of a list of any kind came, went, or changed.
    pub lines: u64,
}

/// Everything that is held.
pub struct World {
    /// The time that verdicts are about, epoch seconds.
    pub now: i64,
    /// How namespaces become Services and Maps.
    pub grouping: Grouping,
    /// What the open clusters are called.
    pub contexts: BTreeMap<ClusterId, String>,
    /// What changed.
    pub revision: Revision,
    pub(super) instances: Table<Instance>,
    pub(super) servers: Table<Server>,
    pub(super) maps: Table<Map>,
    pub(super) services: Table<Service>,
    pub(super) instance_slots: FxHashMap<Key, Slot>,
    pub(super) server_slots: FxHashMap<Key, Slot>,
    pub(super) map_slots: FxHashMap<MapId, Slot>,
    pub(super) service_slots: FxHashMap<Name, Slot>,
    pub(super) deployments: FxHashMap<(Slot, Name), Slot>,
    pub(super) feeds: FxHashMap<Source, Feed>,
    /// What is known of the objects that are looked at closely, and which listing said so.
    pub(super) details: FxHashMap<Source, (Detail, bool)>,
    /// What the list of a kind shows, its columns, its rows and those of the kinds there are.
    pub(super) listing: Option<Listing>,
    pub(super) headings: Arc<[Heading]>,
    pub(super) printed: Table<Printed>,
    pub(super) lines: Table<Line>,
    pub(super) line_slots: FxHashMap<Key, Slot>,
    pub(super) resources: BTreeMap<ClusterId, Vec<Arc<Resource>>>,
    pub(super) dirty: Vec<Slot>,
    /// Judged again at these times, soonest first.
    pub(super) recheck: VecDeque<(i64, Key)>,
}

/// How the list of all Instances is sorted at first. A change that moves no row in it is known to be none.
pub fn by_health_and_name(a: &Instance, b: &Instance) -> Ordering {
    (a.health.rank(), &a.row.meta.namespace, &a.row.meta.name).cmp(&(
        b.health.rank(),
        &b.row.meta.namespace,
        &b.row.meta.name,
    ))
}

impl World {
    /// An empty world over clusters that are called so.
    pub fn new(grouping: Grouping, contexts: Vec<String>) -> Self {
        Self {
            now: 0,
            grouping,
            contexts: (0..=u8::MAX).map(ClusterId).zip(contexts).collect(),
            revision: Revision::default(),
            instances: Table::default(),
            servers: Table::default(),
            maps: Table::default(),
            services: Table::default(),
            instance_slots: FxHashMap::default(),
            server_slots: FxHashMap::default(),
            map_slots: FxHashMap::default(),
            service_slots: FxHashMap::default(),
            deployments: FxHashMap::default(),
            feeds: FxHashMap::default(),
            details: FxHashMap::default(),
            listing: None,
            headings: Arc::default(),
            printed: Table::default(),
            lines: Table::default(),
            line_slots: FxHashMap::default(),
            resources: BTreeMap::new(),
            dirty: Vec::new(),
            recheck: VecDeque::new(),
        }
    }

    /// Takes in what a feed tells. The tree is right again when this returns.
    pub fn apply(&mut self, source: &Source, news: News) {
        match news {
            News::Begin => {
                let feed = self.feeds.entry(source.clone()).or_default();
                let cut_off = std::mem::replace(&mut feed.listing, true);
                if cut_off {
                    // What the listing that was cut off has named, this one has yet to name.
                    let epoch = feed.epoch;
                    self.age(source, epoch);
                } else {
                    feed.epoch = !feed.epoch;
                }
            }
            News::Changes(changes) => {
                let epoch = self.feeds.get(source).is_some_and(|feed| feed.epoch);
                for change in changes {
                    match change {
                        Change::Put(row) => self.put(source, epoch, row),
                        Change::Gone(uid) => self.drop_claim(source, uid),
                    }
                }
                if source.what == What::Usage {
                    self.measure(source);
                }
            }
            News::Synced => {
                self.sweep(source, false);
                let feed = self.feeds.entry(source.clone()).or_default();
                feed.listing = false;
                self.revision.cells += u64::from(!feed.synced);
                feed.synced = true;
                self.adopt(source.cluster);
                if source.what == What::Namespaces && source.namespace.is_none() {
                    self.end_assumptions(source.cluster);
                }
            }
            News::State(state) => {
                let now = self.now;
                let feed = self.feeds.entry(source.clone()).or_default();
                match state {
                    FeedState::Live => feed.since = 0,
                    _ if feed.since == 0 => feed.since = now,
                    _ => {}
                }
                let refused = matches!(state, FeedState::Refused(_));
                self.revision.cells += u64::from(feed.state != state);
                feed.state = state;
                if refused {
                    // What may not be read any more is not shown as if it were.
                    feed.listing = false;
                    self.sweep(source, true);
                    self.adopt(source.cluster);
                }
            }
        }
        self.settle();
    }

    /// A source is not watched any more: what only it held goes.
    pub fn release(&mut self, source: &Source) {
        if source.what == What::Kinds {
            // Which kinds there are is worth knowing for longer than it is asked for.
            self.age_lines(source, true);
        } else {
            self.sweep(source, true);
        }
        self.feeds.remove(source);
        self.revision.cells += 1;
        self.settle();
    }

    /// How a feed is; `None` where it is not wanted.
    pub fn feed(&self, source: &Source) -> Option<&Feed> {
        self.feeds.get(source)
    }

    /// All feeds.
    pub fn feeds(&self) -> impl Iterator<Item = (&Source, &Feed)> {
        self.feeds.iter()
    }

    /// What an Instance uses, where that is known.
    pub fn usage(&self, instance: Slot) -> Option<Usage> {
        let pod = self.instances.get(instance)?;
        let map = self.maps.get(self.servers.get(pod.server)?.map)?;
        map.usage.get(&pod.row.meta.name).map(|(usage, _)| *usage)
    }

    /// Where an Instance is.
    pub fn instance_slot(&self, key: Key) -> Option<Slot> {
        self.instance_slots.get(&key).copied()
    }

    /// Where a Server is.
    pub fn server_slot(&self, key: Key) -> Option<Slot> {
        self.server_slots.get(&key).copied()
    }

    /// Where a Map is.
    pub fn map_slot_of(&self, id: &MapId) -> Option<Slot> {
        self.map_slots.get(id).copied()
    }

    /// Where a Service is.
    pub fn service_slot(&self, name: &str) -> Option<Slot> {
        self.service_slots.get(name).copied()
    }

    fn put(&mut self, source: &Source, epoch: bool, row: Row) {
        match row {
            Row::Namespace(row) => self.put_namespace(source, epoch, row),
            Row::Instance(row) => self.put_instance(source, epoch, row),
            Row::Controller(row) => self.put_controller(source, epoch, *row),
            Row::Usage(row) => self.put_usage(source.cluster, epoch, row),
            Row::Detail(_, detail) => self.put_detail(source, epoch, *detail),
            Row::Line(row) => self.put_line(source, epoch, *row, None),
            Row::Headings(headings) => self.put_headings(source, headings),
            Row::Kind(kind) => self.put_kind(source, epoch, &kind),
            row => self.put_held(source, epoch, row),
        }
    }

    fn drop_claim(&mut self, source: &Source, uid: Uid) {
        if source.name.is_some() {
            return self.sweep_detail(source, false, true);
        }
        let key = Key {
            cluster: source.cluster,
            uid,
        };
        match source.what {
            What::Namespaces => {
                let slot = self.maps.iter().find(|(_, map)| {
                    map.id.cluster == key.cluster
                        && map.row.as_ref().is_some_and(|row| row.meta.uid == uid)
                });
                if let Some(slot) = slot.map(|(slot, _)| slot) {
                    self.drop_namespace(slot, source);
                }
            }
            What::Instances | What::Troubled => {
                if let Some(slot) = self.instance_slots.get(&key).copied() {
                    self.unclaim_instance(slot, source);
                }
            }
            what if what.is_controller() => {
                if let Some(slot) = self.server_slots.get(&key).copied() {
                    self.unclaim_server(slot, source);
                }
            }
            What::Usage | What::Kinds => {}
            What::Table => self.drop_line(source, uid),
            _ => self.drop_held(source, uid),
        }
    }

    /// Makes all that a source holds look as if the listing before had named it.
    fn age(&mut self, source: &Source, epoch: bool) {
        if source.name.is_some() {
            return;
        }
        if matches!(source.what, What::Table | What::Kinds) {
            return self.age_lines(source, epoch);
        }
        let here = |cluster: ClusterId, namespace: &Name| source.covers(cluster, namespace);
        if matches!(source.what, What::Instances | What::Troubled) {
            for (_, pod) in self.instances.iter_mut() {
                if here(pod.cluster, &pod.row.meta.namespace) {
                    pod.claims.age(source, epoch);
                }
            }
        }
        for (_, server) in self.servers.iter_mut() {
            if let Some(row) = &server.row
                && row.kind.what() == Some(source.what)
                && here(server.key.cluster, &row.meta.namespace)
            {
                server.claims.age(source, epoch);
            }
        }
        for (_, map) in self.maps.iter_mut() {
            if !here(map.id.cluster, &map.id.namespace) {
                continue;
            }
            if source.what == What::Namespaces {
                map.claims.age(source, epoch);
            }
            for (what, seen, _) in map.held_mut(source.what).values_mut() {
                *seen = if *what == source.what { !epoch } else { *seen };
            }
            if source.what == What::Usage {
                map.usage.values_mut().for_each(|(_, seen)| *seen = !epoch);
            }
        }
    }

    /// Ends the claims of a source: all of them, or those that its newest listing did not renew.
    fn sweep(&mut self, source: &Source, all: bool) {
        let epoch = self.feeds.get(source).is_some_and(|feed| feed.epoch);
        if source.name.is_some() {
            return self.sweep_detail(source, epoch, all);
        }
        let here = |cluster: ClusterId, namespace: &Name| source.covers(cluster, namespace);
        match source.what {
            What::Table | What::Kinds => self.sweep_lines(source, epoch, all),
            What::Namespaces => {
                let stale: Vec<Slot> = self
                    .maps
                    .iter()
                    .filter(|(_, map)| {
                        map.row.is_some()
                            && here(map.id.cluster, &map.id.namespace)
                            && map.claims.ends(source, epoch, all)
                    })
                    .map(|(slot, _)| slot)
                    .collect();
                for slot in stale {
                    self.drop_namespace(slot, source);
                }
            }
            What::Instances | What::Troubled => {
                let stale: Vec<Slot> = self
                    .instances
                    .iter()
                    .filter(|(_, pod)| {
                        here(pod.cluster, &pod.row.meta.namespace)
                            && pod.claims.ends(source, epoch, all)
                    })
                    .map(|(slot, _)| slot)
                    .collect();
                for slot in stale {
                    self.unclaim_instance(slot, source);
                }
            }
            What::Usage => {
                for (_, map) in self.maps.iter_mut() {
                    if here(map.id.cluster, &map.id.namespace) {
                        map.usage.retain(|_, (_, seen)| !all && *seen == epoch);
                    }
                }
                self.measure(source);
            }
            what if what.is_controller() => {
                let stale: Vec<Slot> = self
                    .servers
                    .iter()
                    .filter(|(_, server)| {
                        server.row.as_ref().is_some_and(|row| {
                            row.kind.what() == Some(source.what)
                                && here(server.key.cluster, &row.meta.namespace)
                        }) && server.claims.ends(source, epoch, all)
                    })
                    .map(|(slot, _)| slot)
                    .collect();
                for slot in stale {
                    self.unclaim_server(slot, source);
                }
            }
            _ => self.sweep_held(source, epoch, all),
        }
    }
}

#[cfg(test)]
#[path = "world_tests.rs"]
mod tests;
