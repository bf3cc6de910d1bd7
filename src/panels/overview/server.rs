//! A Server: how it is, what it uses, what goes with it, its Instances, revisions and Events.

use std::collections::HashSet;

use compact_str::{CompactString, format_compact};

use super::{
    ROWS,
    containers::containers,
    parts::{self, dotted, meters, pairs, refusal, verdict},
    past,
};
use crate::{
    model::{
        Detail, Health, Key, Name, Source, What, World,
        detail::{ControllerDetail, Strategy},
        health::judge_instance,
        row::{EventRow, InstanceRow, Kind},
        satellites::Satellites,
        tree::{Instance, Map, Server},
    },
    panels::sheet::{Fact, Piece, Sheet, Table, fact, muted, numbers, plain, said, whole, words},
    panes::Cell,
};

pub(super) fn sheet(world: &World, key: Key) -> Option<Sheet> {
    let server = world.servers().get(world.server_slot(key)?)?;
    let map = world.maps().get(server.map)?;
    // A Pod that nobody owns says the most as an Instance.
    if server.kind == Kind::Pod {
        let pod = world.instances().get(*server.instances.first()?)?;
        return super::instance::sheet(world, pod.key());
    }
    let source = world.source_of(server);
    let detail = source.as_ref().and_then(|source| world.detail(source));
    let detail = match detail {
        Some(Detail::Controller(detail)) => Some(detail),
        _ => None,
    };
    let found = world.satellites(server);
    let mut sheet = Sheet::default();
    sheet.line(headline(world, server));
    if let Some(message) = &server.verdict.message {
        sheet.line(vec![muted(message)]);
    }
    if let Some(problem) = source.as_ref().and_then(|source| refusal(world, source)) {
        sheet.line(vec![muted(&problem.what)]);
    }
    sheet.facts(facts(world, server, detail, &found));
    sheet.table(instances(world, server));
    sheet.table(past::runs(world, server));
    sheet.table(past::revisions(world, server, &found));
    let concerned = concerned(world, server, &found);
    let events = map
        .events()
        .filter(|event| concerned.contains(&*event.about.1));
    let about = Source::of(key.cluster, What::Events, &map.id.namespace);
    sheet.table(parts::events(world, "EVENTS", events, &[about]));
    if let Some(detail) = detail {
        sheet.table(containers(&detail.pod));
        sheet.table(parts::conditions(&detail.about.conditions));
        sheet.facts(vec![
            pairs("LABELS", &detail.about.labels),
            pairs("ANNOTATIONS", &detail.about.annotations),
        ]);
    }
    Some(sheet)
}

fn headline(world: &World, server: &Server) -> Vec<Piece> {
    let mut said = vec![verdict(&server.verdict)];
    if let Some((ready, desired)) = server.ready() {
        said.push(vec![plain(format_compact!("{ready} of {desired} ready"))]);
    }
    said.push(vec![plain(server.kind.name())]);
    if let Some(row) = &server.row {
        let revision = row
            .revision
            .as_ref()
            .filter(|revision| revision.parse::<u64>().is_ok());
        said.extend(revision.map(|revision| vec![plain(format_compact!("revision {revision}"))]));
        // What the template says may not have been rolled out: the Deployment is paused, or has only just been told.
        let children = server.children.iter();
        let mut children = children.filter_map(|slot| world.servers().get(*slot)?.row.as_deref());
        let rolled_out =
            children.find(|child| revision.is_some() && child.revision == row.revision);
        let (runs, says) = (rolled_out.unwrap_or(row).images.first(), row.images.first());
        said.extend(runs.map(|image| vec![plain(image)]));
        let waits = says.filter(|_| runs != says).map(|image| {
            let text = format_compact!("{image} is not rolled out");
            vec![Piece::In(Health::Progressing, text)]
        });
        said.extend(waits);
    }
    if server.created > 0 {
        said.push(vec![
            Piece::Value(Cell::Since(server.created)),
            plain("old"),
        ]);
    }
    dotted(said)
}

fn facts(
    world: &World,
    server: &Server,
    detail: Option<&ControllerDetail>,
    found: &Satellites,
) -> Vec<Fact> {
    let row = server.row.as_deref();
    let mut facts = Vec::new();
    if let Some(row) = row {
        let count = match row.kind {
            Kind::Job | Kind::CronJob => server.digest.total,
            _ => row.replicas.desired,
        };
        facts.extend(meters(server.usage, &row.resources, u64::from(count)));
    }
    facts.push(ports(world, server, found));
    facts.push(scale(found));
    facts.push(fact("VOLUMES", volumes(found)));
    let budgets = found.budgets.iter().map(|budget| {
        vec![plain(format_compact!(
            "{}, {} may go now",
            budget.rule,
            budget.allowed
        ))]
    });
    facts.push(fact("BUDGET", budgets.collect()));
    if let Some(detail) = detail {
        facts.push(strategy(&detail.strategy));
        facts.push(settings("POLICY", &detail.policy));
        facts.push(settings("PLACEMENT", &detail.pod.placement));
    }
    if let Some(row) = row {
        facts.push(said("CONFIG", row.references.config_maps.join(", ")));
        facts.push(said("SECRETS", row.references.secrets.join(", ")));
        let account = row.references.service_account.as_ref();
        facts.push(said("ACCOUNT", account.map_or("", |account| account)));
    }
    let policies = found.policies.iter().map(|policy| {
        let what = match (policy.ingress, policy.egress) {
            (true, true) => "what comes in and goes out",
            (true, false) => "what comes in",
            (false, true) => "what goes out",
            (false, false) => "nothing",
        };
        vec![plain(format_compact!(
            "{} restricts {what}",
            policy.meta.name
        ))]
    });
    facts.push(fact("NETWORK", policies.collect()));
    let written = detail.and_then(|detail| detail.about.written.as_ref());
    let written = written.map(|(who, at)| {
        vec![
            plain(format_compact!("by {who},")),
            Piece::Value(Cell::Since(*at)),
            plain("ago"),
        ]
    });
    facts.push(fact("WRITTEN", written.into_iter().collect()));
    facts
}

fn ports(world: &World, server: &Server, found: &Satellites) -> Fact {
    let known = world.maps().get(server.map).is_some_and(|map| {
        let source = Source::of(server.key.cluster, What::Endpoints, &map.id.namespace);
        world.feed(&source).is_some_and(|feed| feed.synced)
    });
    let mut lines: Vec<Vec<Piece>> = Vec::new();
    for port in &found.ports {
        let mut line = vec![
            plain(&port.meta.name),
            muted(&port.expose),
            plain(port.ports.join(", ")),
        ];
        let behind = found
            .endpoints
            .iter()
            .filter(|slice| *slice.port == *port.meta.name);
        let (ready, total) = behind.fold((0, 0), |(ready, total), slice| {
            (ready + slice.ready, total + slice.total)
        });
        if known {
            line.push(Piece::Value(Cell::Ratio(ready, total)));
            line.push(muted("ready"));
        }
        lines.push(line);
    }
    lines.extend(found.routes.iter().map(|route| vec![plain(route)]));
    fact("PORTS", lines)
}

fn scale(found: &Satellites) -> Fact {
    let lines = found.autoscaler.map(|scaler| {
        let (least, most) = scaler.range;
        let metrics = scaler.metrics.join(", ");
        let mut lines = vec![vec![plain(format_compact!("{least}…{most} by {metrics}"))]];
        lines[0].push(muted(format_compact!("wants {}", scaler.wanted)));
        lines.extend(
            scaler
                .trouble
                .as_ref()
                .map(|trouble| vec![Piece::In(Health::Warning, trouble.as_ref().into())]),
        );
        lines
    });
    fact("SCALE", lines.unwrap_or_default())
}

fn volumes(found: &Satellites) -> Vec<Vec<Piece>> {
    let line = |claim: &&crate::model::row::ClaimRow| {
        let mut line = vec![
            plain(&claim.meta.name),
            Piece::Value(Cell::Bytes(claim.size)),
        ];
        line.push(match &*claim.phase {
            "Bound" => muted("Bound"),
            other => Piece::In(Health::Warning, other.into()),
        });
        line
    };
    found.claims.iter().map(line).collect()
}

fn strategy(strategy: &Strategy) -> Fact {
    let Strategy {
        kind,
        surge,
        unavailable,
        partition,
    } = strategy;
    let mut parts: Vec<CompactString> = Vec::new();
    parts.extend(surge.as_ref().map(|surge| format_compact!("surge {surge}")));
    parts.extend(
        unavailable
            .as_ref()
            .map(|gone| format_compact!("unavailable {gone}")),
    );
    parts.extend(partition.map(|from| format_compact!("from ordinal {from} on")));
    said("STRATEGY", format!("{kind} {}", parts.join(", ")).trim())
}

/// Settings in the API's own words.
pub(super) fn settings(label: &'static str, settings: &[(&'static str, Name)]) -> Fact {
    let items = settings
        .iter()
        .map(|(word, value)| plain(format_compact!("{word} {value}")));
    whole(label, items.collect())
}

/// The Instances that there are, worst first as in their pane.
fn instances(world: &World, server: &Server) -> Table {
    let beneath = world.beneath(server);
    let mut pods: Vec<_> = beneath
        .iter()
        .filter_map(|slot| Some((*slot, world.instances().get(*slot)?)))
        .collect();
    let worst_first = |(_, a): &(_, &Instance), (_, b): &(_, &Instance)| {
        (a.health.rank(), &a.row.meta.name).cmp(&(b.health.rank(), &b.row.meta.name))
    };
    let more = pods.len().saturating_sub(ROWS);
    if more > 0 {
        // There may be thousands, and this is asked for with every frame.
        pods.select_nth_unstable_by(ROWS, worst_first);
        pods.truncate(ROWS);
    }
    pods.sort_by(worst_first);
    let rows = pods.iter().map(|(slot, pod)| {
        let (pod, usage) = (&pod.row, world.usage(*slot));
        vec![
            Cell::Text(pod.meta.name.clone()),
            Cell::Ratio(pod.ready.into(), pod.containers.into()),
            Cell::Status(Box::new(judge_instance(pod, world.now))),
            Cell::Count(pod.restarts.into()),
            ended(pod),
            ended_at(pod),
            usage.map_or(Cell::Absent, |usage| Cell::Cores(usage.cpu)),
            usage.map_or(Cell::Absent, |usage| Cell::Bytes(usage.memory)),
            pod.node
                .as_ref()
                .map_or(Cell::Absent, |node| Cell::text(node)),
            Cell::Since(pod.meta.created),
        ]
    });
    let none = (pods.is_empty() && server.kind != Kind::CronJob).then(|| "None now.".into());
    Table {
        title: "INSTANCES",
        heads: vec![
            words("", 0),
            numbers("READY", 1),
            words("STATUS", 0),
            numbers("RESTARTS", 3),
            words("ENDED LAST", 4),
            numbers("AGO", 4),
            numbers("CPU", 4),
            numbers("MEM", 4),
            words("NODE", 5),
            numbers("AGE", 2),
        ],
        rows: rows.collect(),
        note: (more > 0)
            .then(|| format_compact!("and {more} more: they are all in the pane"))
            .or(none),
    }
}

/// How a container of an Instance ended last: `Error, code 3`.
fn ended(pod: &InstanceRow) -> Cell {
    let ended = pod
        .trouble
        .as_ref()
        .and_then(|trouble| trouble.ended.as_ref());
    ended.map_or(Cell::Blank, |(reason, code, _)| match code {
        0 => Cell::text(reason),
        code => Cell::Text(format_compact!("{reason}, code {code}")),
    })
}

/// When that was.
fn ended_at(pod: &InstanceRow) -> Cell {
    let ended = pod
        .trouble
        .as_ref()
        .and_then(|trouble| trouble.ended.as_ref());
    ended.map_or(Cell::Blank, |(_, _, at)| Cell::Since(*at))
}

/// Names of all objects that belong to a Server: Events about them are about it.
fn concerned<'a>(world: &'a World, server: &'a Server, found: &Satellites<'a>) -> HashSet<&'a str> {
    let mut names: HashSet<&str> = HashSet::from([&*server.name]);
    let children = server
        .children
        .iter()
        .filter_map(|slot| world.servers().get(*slot));
    names.extend(children.map(|child| &*child.name));
    let pods = world
        .beneath(server)
        .into_iter()
        .filter_map(|slot| world.instances().get(slot));
    names.extend(pods.map(|pod| pod.row.meta.name.as_str()));
    names.extend(found.autoscaler.map(|scaler| scaler.meta.name.as_str()));
    names.extend(found.claims.iter().map(|claim| claim.meta.name.as_str()));
    names.extend(found.ports.iter().map(|port| port.meta.name.as_str()));
    names
}

/// Events of a Map that are about one object.
pub(super) fn about<'a>(map: &'a Map, name: &'a str) -> impl Iterator<Item = &'a EventRow> {
    map.events().filter(move |event| *event.about.1 == *name)
}
