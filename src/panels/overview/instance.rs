//! An Instance: its containers and how they are, where it runs, what it mounts, its conditions and Events.

use compact_str::format_compact;

use super::{
    containers::{containers, role},
    parts::{self, dotted, meters, pairs, refusal, verdict},
    server::{about, settings},
};
use crate::{
    model::{
        Detail, Health, Key, Source, What, World,
        detail::{ContainerDetail, ContainerState, Ended, InstanceDetail, Role},
        health::judge_instance,
        tree::Instance,
    },
    panels::sheet::{
        Fact, Piece, Sheet, Table, fact, muted, numbers, plain, said, sentences, words,
    },
    panes::Cell,
};

pub(super) fn sheet(world: &World, key: Key) -> Option<Sheet> {
    let slot = world.instance_slot(key)?;
    let pod = world.instances().get(slot)?;
    let meta = &pod.row.meta;
    let source = Source::one(key.cluster, What::Instances, &meta.namespace, &meta.name);
    let detail = match world.detail(&source) {
        Some(Detail::Instance(detail)) => Some(detail),
        _ => None,
    };
    let mut sheet = Sheet::default();
    sheet.line(headline(world, pod));
    let judged = judge_instance(&pod.row, world.now);
    if let Some(message) = &judged.message {
        sheet.line(vec![muted(message)]);
    }
    if let Some(problem) = refusal(world, &source) {
        sheet.line(vec![muted(&problem.what)]);
    }
    let mut facts: Vec<Fact> = meters(world.usage(slot), &pod.row.resources, 1).into();
    facts.extend(detail.map(self::facts).into_iter().flatten());
    sheet.facts(facts);
    if let Some(detail) = detail {
        sheet.table(states(detail));
        sheet.table(Table {
            title: "ASKED FOR",
            ..containers(&detail.pod)
        });
    }
    let map = world.maps().get(world.servers().get(pod.server)?.map)?;
    let events = Source::of(key.cluster, What::Events, &meta.namespace);
    sheet.table(parts::events(
        world,
        "EVENTS",
        about(map, &meta.name),
        &[events],
    ));
    if let Some(detail) = detail {
        sheet.table(parts::conditions(&detail.about.conditions));
        sheet.facts(vec![
            pairs("LABELS", &detail.about.labels),
            pairs("ANNOTATIONS", &detail.about.annotations),
        ]);
    }
    Some(sheet)
}

fn headline(world: &World, pod: &Instance) -> Vec<Piece> {
    let row = &pod.row;
    let mut parts = vec![verdict(&judge_instance(row, world.now))];
    parts.push(vec![plain(format_compact!(
        "{} of {} containers ready",
        row.ready,
        row.containers
    ))]);
    if let Some(owner) = &row.meta.owner {
        parts.push(vec![plain(format_compact!(
            "of {} {}", owner.kind, owner.name
        ))]);
    }
    parts.extend(
        row.node
            .as_ref()
            .map(|node| vec![plain(format_compact!("on {node}"))]),
    );
    parts.push(vec![
        Piece::Value(Cell::Since(row.meta.created)),
        plain("old"),
    ]);
    dotted(parts)
}

fn facts(detail: &InstanceDetail) -> Vec<Fact> {
    let account = detail.pod.service_account.as_ref();
    let volumes = detail
        .volumes
        .iter()
        .map(|(name, behind)| vec![plain(name), muted(behind)]);
    vec![
        said("ADDRESS", &detail.address),
        said("QUALITY", &detail.quality),
        said("ACCOUNT", account.map_or("", |account| account)),
        fact("VOLUMES", volumes.collect()),
        settings("PLACEMENT", &detail.pod.placement),
    ]
}

/// Each container and how it is.
fn states(detail: &InstanceDetail) -> Table {
    let rows = detail.pod.containers.iter().map(|container| {
        let (health, word, since, message) = state(container);
        let status = container.status.as_ref();
        let last = status.and_then(|status| status.last.as_ref());
        let message = match last {
            Some(last) if message.is_empty() => last.message.as_ref(),
            _ => message,
        };
        vec![
            Cell::Health(health),
            Cell::text(&container.name),
            Cell::text(role(container.role)),
            Cell::In(health, word),
            Cell::Since(since),
            Cell::Count(status.map_or(0, |status| u64::from(status.restarts))),
            last.map_or(Cell::Absent, |last| Cell::Text(end(last))),
            last.map_or(Cell::Absent, |last| Cell::Since(last.ran.1)),
            Cell::text(&container.image),
            Cell::text(message),
        ]
    });
    Table {
        title: "CONTAINERS",
        heads: vec![
            words("", 0),
            words("", 0),
            words("", 4),
            words("STATE", 0),
            numbers("SINCE", 2),
            numbers("RESTARTS", 1),
            words("ENDED LAST", 1),
            numbers("AGO", 1),
            words("IMAGE", 3),
            sentences("MESSAGE"),
        ],
        rows: rows.collect(),
        note: None,
    }
}

/// `Error, code 3, ran 2s`
fn end(ended: &Ended) -> compact_str::CompactString {
    let Ended {
        reason, code, ran, ..
    } = ended;
    let took = if ran.0 > 0 && ran.1 >= ran.0 {
        format_compact!(", ran {}", crate::text::age(ran.1 - ran.0))
    } else {
        "".into()
    };
    match code {
        0 => format_compact!("{reason}{took}"),
        code => format_compact!("{reason}, code {code}{took}"),
    }
}

/// How a container is: its health, a word for it, since when, and what is said about it.
fn state(container: &ContainerDetail) -> (Health, compact_str::CompactString, i64, &str) {
    let Some(status) = &container.status else {
        return (Health::Unknown, "not started".into(), 0, "");
    };
    match &status.state {
        ContainerState::Waiting(reason, message) => {
            let harmless = matches!(&**reason, "" | "ContainerCreating" | "PodInitializing");
            let health = if harmless {
                Health::Progressing
            } else {
                Health::Failing
            };
            let word = if reason.is_empty() { "waiting" } else { reason };
            (health, word.into(), 0, message)
        }
        ContainerState::Running(since) if status.ready || container.role != Role::Main => {
            (Health::Healthy, "running".into(), *since, "")
        }
        ContainerState::Running(since) => {
            (Health::Warning, "running, not ready".into(), *since, "")
        }
        ContainerState::Ended(ended) => {
            let health = if ended.code == 0 {
                Health::Stopped
            } else {
                Health::Failing
            };
            (health, end(ended), ended.ran.1, &ended.message)
        }
    }
}
