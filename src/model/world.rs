//! Everything that is held, and how rows become the Service ▸ Map ▸ Server tree.
//!
//! ```text
//!  Row ─ apply ─→ Instance ─ owner ─→ Server (a ReplicaSet, a Job: its parent is one) ─→ Map ─→ Service
//!                                        └ judged once a batch; the difference is added to Map and Service
//! ```
//!
//! A row stays as long as a source claims it: the same Pod can come from the watch over troubled Pods, from its Map's,
//! and from the cluster's. Nothing is recomputed over everything but at the end of a listing.

use std::{cmp::Ordering, collections::VecDeque};

use rustc_hash::FxHashMap;

use super::{
    grouping::{Grouping, Place},
    health::{Digest, Facts, Health, Verdict, judge, judge_instance},
    ids::{ClusterId, Key, MapId, Name, Uid},
    row::{ControllerRow, InstanceRow, Kind, NamespaceRow, Owner, Row, Usage},
    source::{Change, FeedState, News, Source, What},
    table::{Slot, Table},
    tree::{Counts, Instance, Map, Server, Service},
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
    epoch: bool,
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
    /// Instances came, went, or changed places under [`World::instance_order`].
    pub instances: u64,
}

/// Everything that is held.
pub struct World {
    /// The time that verdicts are about, epoch seconds.
    pub now: i64,
    /// How namespaces become Services and Maps.
    pub grouping: Grouping,
    /// Context names of the open clusters, by [`ClusterId`].
    pub contexts: Vec<String>,
    /// What changed.
    pub revision: Revision,
    /// How the list of all Instances is sorted, so that a change that does not move a row is known to be none.
    pub instance_order: fn(&Instance, &Instance) -> Ordering,
    pub(super) instances: Table<Instance>,
    pub(super) servers: Table<Server>,
    pub(super) maps: Table<Map>,
    pub(super) services: Table<Service>,
    instance_slots: FxHashMap<Key, Slot>,
    server_slots: FxHashMap<Key, Slot>,
    map_slots: FxHashMap<MapId, Slot>,
    service_slots: FxHashMap<Name, Slot>,
    deployments: FxHashMap<(Slot, Name), Slot>,
    feeds: FxHashMap<Source, Feed>,
    usage: FxHashMap<Slot, Usage>,
    dirty: Vec<Slot>,
    /// Judged again at these times, soonest first.
    recheck: VecDeque<(i64, Key)>,
}

fn by_health_and_name(a: &Instance, b: &Instance) -> Ordering {
    (a.health.rank(), &a.row.meta.namespace, &a.row.meta.name).cmp(&(
        b.health.rank(),
        &b.row.meta.namespace,
        &b.row.meta.name,
    ))
}

fn any_difference(a: &Instance, b: &Instance) -> Ordering {
    if a.row == b.row {
        Ordering::Equal
    } else {
        by_health_and_name(a, b).then(Ordering::Less)
    }
}

impl World {
    /// An empty world over clusters with these context names.
    pub fn new(grouping: Grouping, contexts: Vec<String>) -> Self {
        Self {
            now: 0,
            grouping,
            contexts,
            revision: Revision::default(),
            instance_order: by_health_and_name,
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
            usage: FxHashMap::default(),
            dirty: Vec::new(),
            recheck: VecDeque::new(),
        }
    }

    /// Takes in what a feed tells. The tree is right again when this returns.
    pub fn apply(&mut self, source: &Source, news: News) {
        self.revision.cells += 1;
        match news {
            News::Begin => {
                let feed = self.feeds.entry(source.clone()).or_default();
                if feed.listing {
                    self.forget_listing(source);
                } else {
                    feed.epoch = !feed.epoch;
                    feed.listing = true;
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
            }
            News::Synced => {
                self.sweep(source, false);
                let feed = self.feeds.entry(source.clone()).or_default();
                feed.synced = true;
                feed.listing = false;
                self.adopt(source.cluster);
            }
            News::State(state) => {
                let now = self.now;
                let feed = self.feeds.entry(source.clone()).or_default();
                match (&feed.state, &state) {
                    (_, FeedState::Live) => feed.since = 0,
                    (
                        FeedState::Stale(_) | FeedState::Refused(_),
                        FeedState::Stale(_) | FeedState::Refused(_),
                    ) => {}
                    _ => feed.since = now,
                }
                let refused = matches!(state, FeedState::Refused(_));
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
        self.sweep(source, true);
        self.feeds.remove(source);
        self.revision.cells += 1;
        self.settle();
    }

    /// The time has come to judge again what only time changes.
    pub fn tick(&mut self, now: i64) {
        self.now = now;
        while let Some((at, key)) = self.recheck.front().copied() {
            if at > now {
                break;
            }
            self.recheck.pop_front();
            if let Some(slot) = self.server_slots.get(&key).copied() {
                self.mark(slot);
            }
        }
        self.settle();
    }

    /// Makes sure that a Map is there although its Namespace may not be read.
    pub fn assume_map(&mut self, cluster: ClusterId, namespace: &Name) {
        let slot = self.map_slot(cluster, namespace);
        if let Some(map) = self.maps.get_mut(slot) {
            map.assumed = true;
        }
    }

    /// Says whether all Instances are listed by health and name, or in another order, in which any change may move a row.
    pub fn order_instances(&mut self, by_health_and_name_only: bool) {
        self.instance_order = if by_health_and_name_only {
            by_health_and_name
        } else {
            any_difference
        };
        self.revision.instances += 1;
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
        self.usage.get(&instance).copied()
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
        let cluster = source.cluster;
        match row {
            Row::Namespace(row) => self.put_namespace(source, epoch, row),
            Row::Instance(row) => self.put_instance(source, epoch, row),
            Row::Controller(row) => self.put_controller(source, epoch, *row),
            Row::Usage(row) => self.put_usage(cluster, &row.namespace, &row.name, row.usage),
            row @ (Row::Port(_)
            | Row::Ingress(_)
            | Row::Autoscaler(_)
            | Row::Claim(_)
            | Row::Budget(_)) => {
                if let (Some(namespace), Some(uid)) = (&source.namespace, row.uid()) {
                    let slot = self.map_slot(cluster, namespace);
                    if let Some(map) = self.maps.get_mut(slot) {
                        map.satellites.insert(uid, (source.what, epoch, row));
                    }
                }
            }
        }
    }

    fn drop_claim(&mut self, source: &Source, uid: Uid) {
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
                    self.drop_namespace(slot);
                }
            }
            What::Instances | What::Troubled => {
                if let Some(slot) = self.instance_slots.get(&key).copied() {
                    self.unclaim_instance(slot, source);
                }
            }
            What::Deployments
            | What::StatefulSets
            | What::DaemonSets
            | What::CronJobs
            | What::Jobs
            | What::ReplicaSets => {
                if let Some(slot) = self.server_slots.get(&key).copied() {
                    self.unclaim_server(slot, source);
                }
            }
            What::Ports | What::Ingresses | What::Autoscalers | What::Claims | What::Budgets => {
                let id = source.namespace.clone().map(|namespace| MapId {
                    cluster: source.cluster,
                    namespace,
                });
                let slot = id.and_then(|id| self.map_slot_of(&id));
                if let Some(map) = slot.and_then(|slot| self.maps.get_mut(slot)) {
                    map.satellites.shift_remove(&uid);
                }
            }
            What::Usage => {}
        }
    }

    /// A listing that was broken off has named some rows; the one that begins now has to name them itself.
    fn forget_listing(&mut self, source: &Source) {
        let epoch = self.feeds.get(source).is_some_and(|feed| feed.epoch);
        let here = |cluster: ClusterId, namespace: &Name| {
            cluster == source.cluster && source.namespace.as_ref().is_none_or(|n| n == namespace)
        };
        match source.what {
            What::Namespaces => self.maps.each_mut(|map| {
                if here(map.id.cluster, &map.id.namespace) {
                    map.epoch = !epoch;
                }
            }),
            What::Instances | What::Troubled => self.instances.each_mut(|pod| {
                if here(pod.cluster, &pod.row.meta.namespace) {
                    pod.claims.forget(source, epoch);
                }
            }),
            What::Ports | What::Ingresses | What::Autoscalers | What::Claims | What::Budgets => {
                self.maps.each_mut(|map| {
                    for (what, seen, _) in map.satellites.values_mut() {
                        if *what == source.what && here(map.id.cluster, &map.id.namespace) {
                            *seen = !epoch;
                        }
                    }
                });
            }
            What::Usage => {}
            _ => self.servers.each_mut(|server| {
                if server.row.as_ref().is_some_and(|row| {
                    kind_of(source.what) == Some(&row.kind)
                        && here(server.key.cluster, &row.meta.namespace)
                }) {
                    server.claims.forget(source, epoch);
                }
            }),
        }
    }

    /// Ends the claims of a source: all of them, or those that its newest listing did not renew.
    fn sweep(&mut self, source: &Source, all: bool) {
        let epoch = self.feeds.get(source).is_some_and(|feed| feed.epoch);
        let here = |cluster: ClusterId, namespace: &Name| {
            cluster == source.cluster
                && source
                    .namespace
                    .as_ref()
                    .is_none_or(|name| name == namespace)
        };
        match source.what {
            What::Namespaces => {
                let stale: Vec<Slot> = self
                    .maps
                    .iter()
                    .filter(|(_, map)| {
                        map.row.is_some()
                            && here(map.id.cluster, &map.id.namespace)
                            && (all || map.epoch != epoch)
                    })
                    .map(|(slot, _)| slot)
                    .collect();
                stale.into_iter().for_each(|slot| self.drop_namespace(slot));
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
                stale
                    .into_iter()
                    .for_each(|slot| self.unclaim_instance(slot, source));
            }
            What::Usage => {
                if all {
                    let gone: Vec<Slot> = self
                        .usage
                        .keys()
                        .copied()
                        .filter(|slot| {
                            self.instances
                                .get(*slot)
                                .is_none_or(|pod| here(pod.cluster, &pod.row.meta.namespace))
                        })
                        .collect();
                    for slot in gone {
                        self.usage.remove(&slot);
                        self.mark_owner(slot);
                    }
                }
            }
            What::Ports | What::Ingresses | What::Autoscalers | What::Claims | What::Budgets => {
                let id = source.namespace.clone().map(|namespace| MapId {
                    cluster: source.cluster,
                    namespace,
                });
                let slot = id.and_then(|id| self.map_slot_of(&id));
                if let Some(map) = slot.and_then(|slot| self.maps.get_mut(slot)) {
                    map.satellites.retain(|_, (what, seen, _)| {
                        *what != source.what || !all && *seen == epoch
                    });
                }
            }
            _ => {
                let stale: Vec<Slot> = self
                    .servers
                    .iter()
                    .filter(|(_, server)| {
                        server.row.as_ref().is_some_and(|row| {
                            kind_of(source.what) == Some(&row.kind)
                                && here(server.key.cluster, &row.meta.namespace)
                        }) && server.claims.ends(source, epoch, all)
                    })
                    .map(|(slot, _)| slot)
                    .collect();
                stale
                    .into_iter()
                    .for_each(|slot| self.unclaim_server(slot, source));
            }
        }
    }

    // ── Maps and Services ──

    /// The Map of a namespace, made where there is none.
    fn map_slot(&mut self, cluster: ClusterId, namespace: &Name) -> Slot {
        let id = MapId {
            cluster,
            namespace: namespace.clone(),
        };
        if let Some(slot) = self.map_slots.get(&id) {
            return *slot;
        }
        let place = self.place(cluster, &NamespaceRow::assumed(namespace));
        let service = self.service_for(&place);
        let slot = self.maps.insert(Map::new(id.clone(), service, place));
        if let Some(service) = self.services.get_mut(service) {
            service.maps.push(slot);
        }
        self.map_slots.insert(id, slot);
        self.revision.tree += 1;
        slot
    }

    fn place(&self, cluster: ClusterId, row: &NamespaceRow) -> Place {
        let context = self
            .contexts
            .get(usize::from(cluster.0))
            .map_or("", String::as_str);
        self.grouping.place(context, row)
    }

    fn service_for(&mut self, place: &Place) -> Slot {
        if let Some(slot) = self.service_slots.get(&place.service) {
            return *slot;
        }
        let slot = self.services.insert(Service::new(place.service.clone()));
        self.service_slots.insert(place.service.clone(), slot);
        slot
    }

    fn put_namespace(&mut self, source: &Source, epoch: bool, row: NamespaceRow) {
        let slot = self.map_slot(source.cluster, &row.meta.namespace);
        let place = self.place(source.cluster, &row);
        let Some(map) = self.maps.get_mut(slot) else {
            return;
        };
        map.epoch = epoch;
        map.row = Some(row);
        self.revision.tree += 1;
        if map.place == place {
            return;
        }
        let (old, counts) = (map.service, map.counts);
        map.place = place.clone();
        let new = self.service_for(&place);
        if let Some(map) = self.maps.get_mut(slot) {
            map.service = new;
        }
        if let Some(service) = self.services.get_mut(new).filter(|_| new != old) {
            service.maps.push(slot);
            service.counts.add(&counts);
        }
        if new != old {
            self.leave_service(old, slot, &counts);
        }
    }

    fn leave_service(&mut self, service: Slot, map: Slot, counts: &Counts) {
        let Some(left) = self.services.get_mut(service) else {
            return;
        };
        left.maps.retain(|slot| *slot != map);
        left.counts.sub(counts);
        if left.maps.is_empty()
            && let Some(gone) = self.services.remove(service)
        {
            self.service_slots.remove(&gone.name);
        }
    }

    fn drop_namespace(&mut self, slot: Slot) {
        if let Some(map) = self.maps.get_mut(slot) {
            map.row = None;
            self.revision.tree += 1;
        }
        self.drop_empty_map(slot);
    }

    fn drop_empty_map(&mut self, slot: Slot) {
        let empty = self
            .maps
            .get(slot)
            .is_some_and(|map| map.row.is_none() && !map.assumed && map.held == 0);
        if empty && let Some(map) = self.maps.remove(slot) {
            self.map_slots.remove(&map.id);
            self.leave_service(map.service, slot, &map.counts);
            self.revision.tree += 1;
        }
    }

    // ── Instances ──

    fn put_instance(&mut self, source: &Source, epoch: bool, row: InstanceRow) {
        let key = Key {
            cluster: source.cluster,
            uid: row.meta.uid,
        };
        let health = judge_instance(&row, self.now).health;
        if let Some(slot) = self.instance_slots.get(&key).copied() {
            let Some(pod) = self.instances.get_mut(slot) else {
                return;
            };
            pod.claims.set(source, epoch);
            if pod.row == row && pod.health == health {
                return;
            }
            let owner = pod.server;
            let moved = pod.row.meta.owner != row.meta.owner;
            let next = Instance {
                row,
                health,
                ..*pod
            };
            if (self.instance_order)(pod, &next) != Ordering::Equal {
                self.revision.instances += 1;
            }
            *pod = next;
            if moved {
                self.detach(slot, owner);
                self.attach(slot);
            } else {
                self.mark(owner);
            }
            return;
        }
        let mut pod = Instance {
            cluster: source.cluster,
            server: Slot::MAX,
            claims: Default::default(),
            health,
            row,
        };
        pod.claims.set(source, epoch);
        let slot = self.instances.insert(pod);
        self.instance_slots.insert(key, slot);
        self.revision.instances += 1;
        self.attach(slot);
    }

    /// Hangs an Instance under the controller that owns it; one without owner is a Server itself.
    fn attach(&mut self, slot: Slot) {
        let Some(pod) = self.instances.get(slot) else {
            return;
        };
        let (cluster, meta) = (pod.cluster, pod.row.meta.clone());
        let owner = meta.owner.map_or_else(
            || Owner {
                uid: meta.uid,
                kind: "Pod".into(),
                name: meta.name.as_str().into(),
            },
            |owner| (*owner).clone(),
        );
        let server = self.server_for(cluster, &meta.namespace, &owner);
        if let Some(pod) = self.instances.get_mut(slot) {
            pod.server = server;
        }
        if let Some(server) = self.servers.get_mut(server) {
            server.instances.push(slot);
            if server.row.is_none() && (server.created == 0 || meta.created < server.created) {
                server.created = meta.created;
            }
        }
        self.mark(server);
    }

    fn detach(&mut self, instance: Slot, server: Slot) {
        if let Some(owner) = self.servers.get_mut(server) {
            owner.instances.retain(|slot| *slot != instance);
        }
        self.mark(server);
        self.drop_unneeded(server);
    }

    fn unclaim_instance(&mut self, slot: Slot, source: &Source) {
        let Some(pod) = self.instances.get_mut(slot) else {
            return;
        };
        pod.claims.clear(source);
        if !pod.claims.none() {
            return;
        }
        let (key, server) = (
            Key {
                cluster: pod.cluster,
                uid: pod.row.meta.uid,
            },
            pod.server,
        );
        self.instances.remove(slot);
        self.instance_slots.remove(&key);
        self.usage.remove(&slot);
        self.revision.instances += 1;
        self.detach(slot, server);
    }

    fn put_usage(&mut self, cluster: ClusterId, namespace: &Name, name: &str, usage: Usage) {
        let Some(map) = self.map_slot_of(&MapId {
            cluster,
            namespace: namespace.clone(),
        }) else {
            return;
        };
        let Some(map) = self.maps.get(map) else {
            return;
        };
        let named = |slot: &&Slot| {
            self.instances
                .get(**slot)
                .is_some_and(|pod| pod.row.meta.name == name)
        };
        let instance = map
            .servers
            .iter()
            .filter_map(|slot| self.servers.get(*slot))
            .filter(|server| name.starts_with(&*server.name))
            .find_map(|server| self.beneath(server).iter().find(named).copied());
        if let Some(instance) = instance {
            self.usage.insert(instance, usage);
            self.mark_owner(instance);
        }
    }

    // ── Servers ──

    /// The entry of a controller that something names as its owner, made where the controller itself is not held.
    fn server_for(&mut self, cluster: ClusterId, namespace: &Name, owner: &Owner) -> Slot {
        let key = Key {
            cluster,
            uid: owner.uid,
        };
        if let Some(slot) = self.server_slots.get(&key) {
            return *slot;
        }
        let map = self.map_slot(cluster, namespace);
        let kind = Kind::from_api(&owner.kind);
        let slot = self.insert_server(Server::new(key, map, kind.clone(), owner.name.clone()));
        if kind == Kind::ReplicaSet {
            self.guess_parent(slot);
        }
        slot
    }

    fn insert_server(&mut self, server: Server) -> Slot {
        let (key, map) = (server.key, server.map);
        let slot = self.servers.insert(server);
        self.server_slots.insert(key, slot);
        if let Some(map) = self.maps.get_mut(map) {
            map.held += 1;
        }
        slot
    }

    /// A ReplicaSet that is not held itself: its Deployment's name and a hash are its own name, which is how the
    /// Deployment controller names it (`k8s.io/kubernetes/pkg/controller/deployment/sync.go`).
    fn guess_parent(&mut self, slot: Slot) {
        let Some(server) = self.servers.get(slot) else {
            return;
        };
        let name = server.name.clone();
        let parent = name
            .rsplit_once('-')
            .and_then(|(stem, _)| self.deployments.get(&(server.map, stem.into())));
        if let Some(parent) = parent.copied() {
            self.set_parent(slot, Some(parent));
        }
    }

    fn set_parent(&mut self, slot: Slot, parent: Option<Slot>) {
        let Some(server) = self.servers.get_mut(slot) else {
            return;
        };
        let old = std::mem::replace(&mut server.parent, parent);
        if old == parent {
            return;
        }
        if let Some(old) = old {
            if let Some(server) = self.servers.get_mut(old) {
                server.children.retain(|child| *child != slot);
            }
            self.mark(old);
            self.drop_unneeded(old);
        }
        if let Some(server) = parent.and_then(|parent| self.servers.get_mut(parent)) {
            server.children.push(slot);
        }
        self.mark(slot);
    }

    fn put_controller(&mut self, source: &Source, epoch: bool, row: ControllerRow) {
        let cluster = source.cluster;
        let key = Key {
            cluster,
            uid: row.meta.uid,
        };
        let map = self.map_slot(cluster, &row.meta.namespace);
        let slot = match self.server_slots.get(&key) {
            Some(slot) => *slot,
            None => self.insert_server(Server::new(
                key,
                map,
                row.kind.clone(),
                row.meta.name.as_str().into(),
            )),
        };
        let (kind, owner, name) = (
            row.kind.clone(),
            row.meta.owner.clone(),
            Name::from(row.meta.name.as_str()),
        );
        let namespace = row.meta.namespace.clone();
        let Some(server) = self.servers.get_mut(slot) else {
            return;
        };
        server.claims.set(source, epoch);
        if server.row.as_ref().is_some_and(|held| **held == row) {
            return;
        }
        let first = server.row.is_none();
        server.created = row.meta.created;
        server.kind = kind.clone();
        server.row = Some(Box::new(row));
        let parent = owner.map(|owner| self.server_for(cluster, &namespace, &owner));
        self.set_parent(slot, parent);
        self.mark(slot);
        if kind == Kind::Deployment && first {
            self.deployments.insert((map, name.clone()), slot);
            self.adopt_named(map, &name);
        }
    }

    /// ReplicaSets whose Pods came before their Deployment.
    fn adopt_named(&mut self, map: Slot, deployment: &str) {
        let Some(held) = self.maps.get(map) else {
            return;
        };
        let orphans: Vec<Slot> = held
            .orphans
            .iter()
            .copied()
            .filter(|slot| {
                let stem = self
                    .servers
                    .get(*slot)
                    .and_then(|server| Some(server.name.rsplit_once('-')?.0 == deployment));
                stem.unwrap_or(false)
            })
            .collect();
        orphans.into_iter().for_each(|slot| self.guess_parent(slot));
    }

    /// Once all controllers are known, an owner that is none of them is a Server of its own kind.
    fn adopt(&mut self, cluster: ClusterId) {
        let waiting: Vec<Slot> = self
            .maps
            .iter()
            .filter(|(_, map)| map.id.cluster == cluster)
            .flat_map(|(_, map)| map.orphans.iter().copied())
            .collect();
        waiting.into_iter().for_each(|slot| self.mark(slot));
    }

    /// Whether every watched kind of controller of a namespace has been listed (or is forbidden).
    fn controllers_known(&self, id: &MapId) -> bool {
        What::CONTROLLERS.iter().all(|what| {
            let known = |namespace: Option<Name>| {
                let source = Source {
                    cluster: id.cluster,
                    what: *what,
                    namespace,
                };
                self.feeds
                    .get(&source)
                    .is_some_and(|feed| feed.synced || matches!(feed.state, FeedState::Refused(_)))
            };
            known(None) || known(Some(id.namespace.clone()))
        })
    }

    fn unclaim_server(&mut self, slot: Slot, source: &Source) {
        let Some(server) = self.servers.get_mut(slot) else {
            return;
        };
        server.claims.clear(source);
        if !server.claims.none() {
            return;
        }
        server.row = None;
        let (map, name, kind) = (server.map, server.name.clone(), server.kind.clone());
        if kind == Kind::Deployment && self.deployments.get(&(map, name.clone())) == Some(&slot) {
            self.deployments.remove(&(map, name));
        }
        self.mark(slot);
        self.drop_unneeded(slot);
    }

    /// An entry that is neither held by a source nor owns anything that is.
    fn drop_unneeded(&mut self, slot: Slot) {
        let unneeded = self.servers.get(slot).is_some_and(|server| {
            server.row.is_none() && server.instances.is_empty() && server.children.is_empty()
        });
        if !unneeded {
            return;
        }
        self.set_parent(slot, None);
        self.uncount(slot);
        if let Some(server) = self.servers.remove(slot) {
            self.server_slots.remove(&server.key);
            if let Some(map) = self.maps.get_mut(server.map) {
                map.held -= 1;
                map.orphans.retain(|orphan| *orphan != slot);
            }
            self.drop_empty_map(server.map);
        }
    }

    /// The Server at the top of an entry's chain of owners.
    pub fn root(&self, mut slot: Slot) -> Slot {
        while let Some(parent) = self.servers.get(slot).and_then(|server| server.parent) {
            slot = parent;
        }
        slot
    }

    /// Instances of a Server, those of the controllers beneath it included.
    pub fn beneath(&self, server: &Server) -> Vec<Slot> {
        let mut all = server.instances.clone();
        for child in server
            .children
            .iter()
            .filter_map(|slot| self.servers.get(*slot))
        {
            all.extend(self.beneath(child));
        }
        all
    }

    fn mark_owner(&mut self, instance: Slot) {
        if let Some(server) = self.instances.get(instance).map(|pod| pod.server) {
            self.mark(server);
        }
    }

    fn mark(&mut self, slot: Slot) {
        let root = self.root(slot);
        for slot in [slot, root] {
            if let Some(server) = self.servers.get_mut(slot)
                && !server.dirty
            {
                server.dirty = true;
                self.dirty.push(slot);
            }
        }
    }

    /// Judges what is marked and carries the differences up.
    fn settle(&mut self) {
        for slot in std::mem::take(&mut self.dirty) {
            let Some(server) = self.servers.get_mut(slot) else {
                continue;
            };
            server.dirty = false;
            self.judge(slot);
        }
    }

    fn judge(&mut self, slot: Slot) {
        let Some(server) = self.servers.get(slot) else {
            return;
        };
        let Some(id) = self.maps.get(server.map).map(|map| map.id.clone()) else {
            return;
        };
        let mut digest = Digest::default();
        let mut usage: Option<Usage> = None;
        for instance in self.beneath(server) {
            if let Some(pod) = self.instances.get(instance) {
                digest.add(&pod.row, judge_instance(&pod.row, self.now));
            }
            if let Some(used) = self.usage.get(&instance) {
                *usage.get_or_insert_default() += *used;
            }
        }
        let children = || {
            server
                .children
                .iter()
                .filter_map(|child| self.servers.get(*child)?.row.as_deref())
        };
        let newest_job = children()
            .filter(|row| row.kind == Kind::Job)
            .max_by_key(|row| row.meta.created);
        let controller = server.row.as_deref();
        let verdict = judge(&Facts {
            controller,
            kind: &server.kind,
            instances: &digest,
            newest_job,
        });
        // An owner that no feed holds: a kind that is not watched, or one whose listing is still on its way.
        let derived = server.row.is_none();
        let top = server.parent.is_none();
        let known = !derived || server.kind == Kind::Pod || self.controllers_known(&id);
        let waits = derived && top && !(known && server.kind != Kind::ReplicaSet);
        let visible = top && known;
        let map = server.map;
        self.note_recheck(slot, &verdict);
        if let Some(map) = self.maps.get_mut(map) {
            map.orphans.retain(|orphan| *orphan != slot);
            if waits {
                map.orphans.push(slot);
            }
        }
        self.count(slot, visible, verdict, digest, usage);
    }

    fn note_recheck(&mut self, slot: Slot, verdict: &Verdict) {
        if let Some(server) = self.servers.get(slot)
            && verdict.until > self.now
        {
            let entry = (verdict.until, server.key);
            let at = self.recheck.partition_point(|known| *known < entry);
            if self.recheck.get(at) != Some(&entry) {
                self.recheck.insert(at, entry);
            }
        }
    }

    /// Puts a judgement in the place of the last one, in the Server, its Map and its Service.
    fn count(
        &mut self,
        slot: Slot,
        visible: bool,
        verdict: Verdict,
        digest: Digest,
        usage: Option<Usage>,
    ) {
        let Some(server) = self.servers.get_mut(slot) else {
            return;
        };
        let before = server.counted;
        let requested = server.requested(digest.total);
        let after = visible.then(|| Counts::one(verdict.health, usage, requested, digest.restarts));
        let changed = before != after
            || server.verdict != verdict
            || server.digest != digest
            || server.usage != usage;
        server.usage = usage;
        server.digest = digest;
        server.verdict = verdict;
        server.counted = after;
        let map_slot = server.map;
        if changed {
            self.revision.tree += 1;
        }
        let Some(map) = self.maps.get_mut(map_slot) else {
            return;
        };
        match (before.is_some(), after.is_some()) {
            (false, true) => map.servers.push(slot),
            (true, false) => map.servers.retain(|held| *held != slot),
            _ => {}
        }
        let service = map.service;
        let swap = |counts: &mut Counts| {
            if let Some(before) = &before {
                counts.sub(before);
            }
            if let Some(after) = &after {
                counts.add(after);
            }
        };
        swap(&mut map.counts);
        if let Some(service) = self.services.get_mut(service) {
            swap(&mut service.counts);
        }
    }

    fn uncount(&mut self, slot: Slot) {
        let verdict = Verdict {
            health: Health::Unknown,
            ..Verdict::default()
        };
        self.count(slot, false, verdict, Digest::default(), None);
    }
}

fn kind_of(what: What) -> Option<&'static Kind> {
    Some(match what {
        What::Deployments => &Kind::Deployment,
        What::StatefulSets => &Kind::StatefulSet,
        What::DaemonSets => &Kind::DaemonSet,
        What::CronJobs => &Kind::CronJob,
        What::Jobs => &Kind::Job,
        What::ReplicaSets => &Kind::ReplicaSet,
        _ => return None,
    })
}

#[cfg(test)]
#[path = "world_tests.rs"]
mod tests;
