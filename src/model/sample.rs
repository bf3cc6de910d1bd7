//! Rows for tests, made with few words. An object's uid is its kind, namespace and name.

use std::sync::Arc;

use super::{
    grouping::Grouping,
    ids::{ClusterId, Key, MapId, Name, Uid},
    row::{
        Condition, ControllerRow, InstanceRow, Kind, Labels, Meta, NamespaceRow, Owner, Phase,
        References, Replicas, Resources, Row, Trouble, Usage, UsageRow,
    },
    source::{Change, FeedState, News, Source, What},
    world::World,
};

/// What the tests take for now.
pub(crate) const NOW: i64 = 1_800_000_000;

pub(crate) fn uid(kind: &str, namespace: &str, name: &str) -> Uid {
    Uid::parse(&format!("{kind} {namespace} {name}"))
}

pub(crate) fn key(kind: &str, namespace: &str, name: &str) -> Key {
    Key {
        cluster: ClusterId(0),
        uid: uid(kind, namespace, name),
    }
}

pub(crate) fn map_id(namespace: &str) -> MapId {
    MapId {
        cluster: ClusterId(0),
        namespace: namespace.into(),
    }
}

fn meta(kind: &str, namespace: &str, name: &str) -> Meta {
    Meta {
        uid: uid(kind, namespace, name),
        namespace: namespace.into(),
        name: name.into(),
        created: NOW - 3600,
        owner: None,
    }
}

/// `Kind name`, or nobody.
fn owner(namespace: &str, owned_by: &str) -> Option<Arc<Owner>> {
    let (kind, name) = owned_by.split_once(' ')?;
    Some(Arc::new(Owner {
        uid: uid(kind, namespace, name),
        kind: kind.into(),
        name: name.into(),
    }))
}

/// A Pod that runs and is ready, owned by `Kind name`, or by nobody.
pub(crate) fn pod(namespace: &str, name: &str, owned_by: &str) -> InstanceRow {
    let mut meta = meta("Pod", namespace, name);
    meta.owner = owner(namespace, owned_by);
    InstanceRow {
        labels: Arc::default(),
        meta,
        node: Some("node-1".into()),
        address: Some(Box::new([10, 244, 1, 7].into())),
        image: Some("registry.local/busybox:1.0".into()),
        resources: Arc::default(),
        trouble: None,
        restarts: 0,
        ready_since: NOW - 3500,
        ready: 1,
        containers: 1,
        phase: Phase::Running,
        is_ready: true,
        terminating: false,
    }
}

/// The same with something wrong: a phase, a reason and its message.
pub(crate) fn bad(mut row: InstanceRow, phase: Phase, reason: &str, message: &str) -> InstanceRow {
    row.phase = phase;
    row.is_ready = false;
    row.ready = 0;
    row.trouble = (!reason.is_empty()).then(|| {
        Box::new(Trouble {
            reason: Some(reason.into()),
            message: (!message.is_empty()).then(|| message.into()),
            ..Trouble::default()
        })
    });
    row
}

/// A controller that has all it wants, owned by `Kind name`, or by nobody.
pub(crate) fn controller(
    kind: Kind,
    namespace: &str,
    name: &str,
    desired: u32,
    owned_by: &str,
) -> ControllerRow {
    let mut meta = meta(kind.name(), namespace, name);
    meta.owner = owner(namespace, owned_by);
    let available = Condition {
        kind: "Progressing".into(),
        holds: true,
        reason: "NewReplicaSetAvailable".into(),
        message: "".into(),
        since: NOW - 3500,
    };
    ControllerRow {
        meta,
        replicas: Replicas {
            desired,
            current: desired,
            updated: desired,
            ready: desired,
            available: desired,
            failed: 0,
        },
        observed: true,
        suspended: false,
        conditions: if kind == Kind::Deployment {
            vec![available]
        } else {
            Vec::new()
        },
        kind,
        images: vec!["registry.local/busybox:1.0".into()],
        resources: Arc::new(Resources {
            cpu_request: 10,
            memory_request: 16,
            ..Resources::default()
        }),
        labels: Arc::default(),
        own_labels: Arc::default(),
        references: References::default(),
        group: None,
        schedule: None,
        last: 0,
        revision: None,
    }
}

pub(crate) fn condition(kind: &str, holds: bool, reason: &str) -> Condition {
    Condition {
        kind: kind.into(),
        holds,
        reason: reason.into(),
        message: format!("{reason}, at length").into(),
        since: NOW - 60,
    }
}

pub(crate) fn namespace(name: &str, service: &str) -> NamespaceRow {
    let labels: Labels = [("barkeep.dev/service".into(), service.into())]
        .into_iter()
        .filter(|(_, service): &(Name, Name)| !service.is_empty())
        .collect();
    NamespaceRow {
        meta: meta("Namespace", name, name),
        labels,
        annotations: Labels::new(),
        terminating: false,
    }
}

pub(crate) fn usage(namespace: &str, name: &str, cpu: u64) -> UsageRow {
    UsageRow {
        namespace: namespace.into(),
        name: name.into(),
        usage: Usage { cpu, memory: cpu },
    }
}

impl From<InstanceRow> for Row {
    fn from(row: InstanceRow) -> Self {
        Self::Instance(row)
    }
}

impl From<ControllerRow> for Row {
    fn from(row: ControllerRow) -> Self {
        Self::Controller(Box::new(row))
    }
}

impl From<NamespaceRow> for Row {
    fn from(row: NamespaceRow) -> Self {
        Self::Namespace(row)
    }
}

impl From<UsageRow> for Row {
    fn from(row: UsageRow) -> Self {
        Self::Usage(row)
    }
}

/// The source of a kind, of all namespaces or of one.
pub(crate) fn source(what: What, namespace: &str) -> Source {
    Source {
        namespace: (!namespace.is_empty()).then(|| namespace.into()),
        ..Source::all(ClusterId(0), what)
    }
}

/// An empty world in which names like `shop-prod` have an environment.
pub(crate) fn world() -> World {
    let grouping = Grouping {
        environments: ["dev", "prod"].map(String::from).to_vec(),
        ..Grouping::default()
    };
    let mut world = World::new(grouping, vec!["test".into()]);
    world.tick(NOW);
    world
}

pub(crate) fn put(world: &mut World, source: &Source, rows: impl IntoIterator<Item = Row>) {
    let changes = rows.into_iter().map(Change::Put).collect();
    world.apply(source, News::Changes(changes));
}

pub(crate) fn gone(world: &mut World, source: &Source, uid: Uid) {
    world.apply(source, News::Changes(vec![Change::Gone(uid)]));
}

/// A whole listing.
pub(crate) fn list(world: &mut World, source: &Source, rows: impl IntoIterator<Item = Row>) {
    world.apply(source, News::Begin);
    put(world, source, rows);
    world.apply(source, News::Synced);
    world.apply(source, News::State(FeedState::Live));
}

/// Every kind of controller is listed, and there is none yet.
pub(crate) fn controllers_known(world: &mut World) {
    for what in What::CONTROLLERS {
        list(world, &source(what, ""), []);
    }
}

/// What a controller's kind is watched as.
pub(crate) fn what_of(kind: &Kind) -> What {
    kind.what().unwrap_or(What::Instances)
}

/// Puts a row by the source it comes from cluster-wide; ReplicaSets and Pods by their Map's.
pub(crate) fn put_row(world: &mut World, row: Row) {
    let from = match &row {
        Row::Controller(row) if row.kind == Kind::ReplicaSet => {
            source(What::ReplicaSets, &row.meta.namespace)
        }
        Row::Controller(row) => source(what_of(&row.kind), ""),
        Row::Instance(row) => source(What::Instances, &row.meta.namespace),
        Row::Usage(row) => source(What::Usage, &row.namespace),
        _ => source(What::Namespaces, ""),
    };
    put(world, &from, [row]);
}

/// The tree as text, a line for each Service, Map and Server, in an order of its own.
pub(crate) fn tree(world: &World) -> Vec<String> {
    let mut lines = Vec::new();
    for (_, map) in world.maps().iter() {
        let Some(service) = world.services().get(map.service) else {
            continue;
        };
        let path = format!("{}/{}", service.name, map.place.map);
        lines.push(format!("{path} {} Servers", map.counts.servers()));
        for server in map
            .servers
            .iter()
            .filter_map(|slot| world.servers().get(*slot))
        {
            let verdict = &server.verdict;
            lines.push(format!(
                "{path}/{} {} {} ({}) {} Instances, created {}",
                server.name,
                server.kind.short(),
                verdict.health.word(),
                verdict.word,
                world.beneath(server).len(),
                server.created - NOW,
            ));
        }
    }
    lines.sort();
    lines
}

/// Numbers that look random and are the same each time: xorshift64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// From 0 to below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}
