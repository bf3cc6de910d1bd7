//! What is said of every way to fail: applications of a real cluster, and rows made by hand for what it does not do.

#![expect(
    clippy::unwrap_used,
    reason = "what a test expects and does not find has failed it"
)]

mod closely;
mod instances;
mod servers;

use super::*;
use crate::{
    app::told,
    model::{
        MapId,
        row::{ControllerRow, EventRow, InstanceRow, Interner, Meta, Row, Trouble},
        sample::{self, NOW, key, put, put_row, source, uid},
        source::Change,
    },
};

/// An Event about an object, so many seconds ago.
pub(super) fn event(about: (&str, &str), reason: &str, message: &str, ago: i64) -> Row {
    let (kind, name) = about;
    Row::Event(Box::new(EventRow {
        meta: Meta {
            uid: uid("Event", name, reason),
            namespace: "a".into(),
            name: reason.into(),
            created: NOW - ago,
            owner: None,
        },
        warning: true,
        reason: reason.into(),
        message: message.into(),
        about: (kind.into(), name.into(), uid(kind, "a", name)),
        count: 1,
        last: NOW - ago,
    }))
}

/// A world in which these are held, all in the namespace `a`.
pub(super) fn held(rows: impl IntoIterator<Item = Row>) -> World {
    let mut world = sample::world();
    for row in rows {
        match row {
            Row::Event(_) => put(&mut world, &source(What::Events, "a"), [row]),
            Row::Claim(_) => put(&mut world, &source(What::Claims, "a"), [row]),
            row => put_row(&mut world, row),
        }
    }
    world
}

/// The sentence as it reads.
pub(super) fn sentence(world: &World, id: &Id) -> String {
    told(&why(world, id, world.now).unwrap().says, world.now)
}

/// The steps as they read: how deep, what, and what is said of it.
pub(super) fn steps(world: &World, id: &Id) -> Vec<String> {
    let why = why(world, id, world.now).unwrap();
    let step = |link: &Link| {
        let thing = match &link.thing {
            Thing::Container(role) => format!("{role:?} "),
            Thing::Event => "Event ".to_owned(),
            Thing::Claim => "Claim ".to_owned(),
            Thing::Controller(kind) => format!("{} ", kind.name()),
            _ => String::new(),
        };
        let health = link.health.map_or("", Health::word);
        let text = format!(
            "{health} {thing}{}: {}",
            link.name,
            told(&link.says, world.now)
        );
        format!("{}{}", "  ".repeat(usize::from(link.depth)), text.trim())
    };
    why.links.iter().map(step).collect()
}

/// All that is said in advice.
pub(super) fn advice(world: &World, id: &Id) -> String {
    why(world, id, world.now).unwrap().advice.join(" ")
}

pub(super) fn deployment() -> Id {
    Id::Server(key("Deployment", "a", "web"))
}

pub(super) fn instance_id(name: &str) -> Id {
    Id::Instance(key("Pod", "a", name))
}

/// A Deployment `web` with its ReplicaSet `web-1`, and none of what it wants ready.
pub(super) fn web(desired: u32) -> Vec<Row> {
    let mut row = sample::controller(Kind::Deployment, "a", "web", desired, "");
    row.replicas.ready = 0;
    row.replicas.available = 0;
    row.revision = Some("1".into());
    vec![row.into(), set("web-1", "1", desired).into()]
}

pub(super) fn set(name: &str, revision: &str, desired: u32) -> ControllerRow {
    let mut row = sample::controller(Kind::ReplicaSet, "a", name, desired, "Deployment web");
    row.revision = Some(revision.into());
    row.replicas.ready = 0;
    row
}

pub(super) fn pod(name: &str) -> InstanceRow {
    sample::pod("a", name, "ReplicaSet web-1")
}

pub(super) fn trouble(row: InstanceRow, change: impl FnOnce(&mut Trouble)) -> InstanceRow {
    let mut row = row;
    let mut trouble = row.trouble.take().unwrap_or_default();
    trouble.container = Some("main".into());
    change(&mut trouble);
    row.trouble = Some(trouble);
    row
}

/// The applications of a real cluster, as its objects were recorded.
fn recorded() -> World {
    let mut world = sample::world();
    // When they were recorded, and a little later.
    world.tick(1_795_439_100);
    world.now = 1_795_439_100;
    let mut names = Interner::default();
    let objects = include_str!("../../../tests/fixtures/cluster.jsonl");
    for line in objects.lines() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        let what = match object["kind"].as_str().unwrap() {
            "Namespace" => What::Namespaces,
            "Deployment" => What::Deployments,
            "StatefulSet" => What::StatefulSets,
            "DaemonSet" => What::DaemonSets,
            "CronJob" => What::CronJobs,
            "Job" => What::Jobs,
            "ReplicaSet" => What::ReplicaSets,
            "Pod" => What::Instances,
            _ => continue,
        };
        let row = what.served().row(line.as_bytes(), &mut names);
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        let from = match what {
            What::ReplicaSets | What::Instances => source(what, namespace),
            what => source(what, ""),
        };
        world.apply(
            &from,
            crate::model::News::Changes(vec![Change::Put(row.unwrap().unwrap())]),
        );
    }
    world
}

fn named(world: &World, namespace: &str, name: &str) -> Id {
    let map = MapId {
        cluster: ClusterId(0),
        namespace: namespace.into(),
    };
    let map = world.maps().get(world.map_slot_of(&map).unwrap()).unwrap();
    let servers = map
        .servers
        .iter()
        .filter_map(|slot| world.servers().get(*slot));
    let mut named = servers.filter(|server| &*server.name == name);
    Id::Server(named.next().unwrap().key)
}

#[test]
fn every_application_of_a_real_cluster_is_told_as_an_operator_would() {
    let world = recorded();
    let table = [
        (
            "shop-dev",
            "crasher",
            "0 of 1 ready: its Instance keeps crashing, 16 restarts in 61m.",
        ),
        (
            "shop-dev",
            "typo",
            "0 of 1 ready for 61m: its Instance may not pull its image, and its node does not have it.",
        ),
        (
            "shop-dev",
            "unready",
            "0 of 2 ready for 60m, and its rollout has got no further within its deadline: both its Instances run but are not ready.",
        ),
        (
            "shop-dev",
            "worker",
            "1 of 1 ready for 61m: it does what it was asked to do.",
        ),
        (
            "legacy",
            "greedy",
            "0 of 1 ready for 61m: its Instance finds no node with 64c of CPU free.",
        ),
        ("legacy", "bare", "It runs and is ready."),
        (
            "data-platform",
            "migrate",
            "It was given up after 2 failed Instances, 61m ago.",
        ),
        (
            "data-platform",
            "firehose",
            "1 of 1 ready for 61m: it does what it was asked to do.",
        ),
        (
            "data-platform",
            "report",
            "It waits for its next time (* * * * *), and last ran 3m ago.",
        ),
        (
            "data-platform",
            "agent",
            "1 of 1 ready: it does what it was asked to do.",
        ),
        (
            "shop-prod",
            "web",
            "2 of 2 ready for 22m: it does what it was asked to do.",
        ),
        (
            "shop-prod",
            "db",
            "1 of 1 ready: it does what it was asked to do.",
        ),
    ];
    let told = table.map(|(namespace, name, _)| sentence(&world, &named(&world, namespace, name)));
    assert_eq!(told, table.map(|(.., says)| says));
}

#[test]
fn steps_lead_down_to_the_container_and_say_where_they_go() {
    let world = recorded();
    let crasher = named(&world, "shop-dev", "crasher");
    assert_eq!(
        steps(&world, &crasher),
        [
            "failing crasher-5cb4cdd977-r55w4: ended with an error, 16 restarts",
            "  Main crasher: exited with code 3",
        ]
    );
    let why = why(&world, &crasher, world.now).unwrap();
    let ways: Vec<_> = why
        .ways()
        .map(|(at, id)| (at, matches!(id, Id::Instance(_))))
        .collect();
    assert_eq!(ways, [(0, true), (1, true)]);
    assert_eq!(why.rule.unwrap().0, "container ended");
    let namespace: Name = "shop-dev".into();
    let pod = "crasher-5cb4cdd977-r55w4";
    let one = |what, name: &str| Source::one(ClusterId(0), what, &namespace, name);
    let mut needs = vec![
        one(What::Instances, pod),
        one(What::LastWords, &format!("{pod}/crasher")),
    ];
    needs.extend(What::OF_A_WHY.map(|what| Source::of(ClusterId(0), what, &namespace)));
    assert_eq!(why.needs(), needs);
}

#[test]
fn a_map_and_a_service_are_told_by_their_worst() {
    let world = recorded();
    let map = Id::Map(MapId {
        cluster: ClusterId(0),
        namespace: "shop-dev".into(),
    });
    assert_eq!(sentence(&world, &map), "3 of 4 Servers are failing.");
    let told = steps(&world, &map);
    assert!(
        told[0].starts_with("failing crasher: 0 of 1 ready"),
        "{told:?}"
    );
    assert!(told[1].starts_with("  failing crasher-5cb4"), "{told:?}");
    assert!(
        told[3].starts_with("failing typo: 0 of 1 ready"),
        "{told:?}"
    );
    let service = Id::Service("shop".into());
    assert_eq!(sentence(&world, &service), "3 of 6 Servers are failing.");
    let told = steps(&world, &service);
    assert_eq!(told[0], "failing dev: 3 of 4 Servers are failing.");
    assert!(told[1].starts_with("  failing crasher: 0 of 1"), "{told:?}");
    assert_eq!(told.last().unwrap(), "  : and 2 more that are not well");
    let well = Id::Map(MapId {
        cluster: ClusterId(0),
        namespace: "shop-prod".into(),
    });
    assert_eq!(
        sentence(&world, &well),
        "All 2 Servers do what they were asked to do."
    );
    assert!(steps(&world, &well).is_empty());
    assert_eq!(super::why(&world, &Id::Service("nobody".into()), 0), None);
}
