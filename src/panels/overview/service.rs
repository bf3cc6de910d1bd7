//! A Service: its Maps side by side, what it uses in all, whose it is, who may do what, its newest warnings.

use std::collections::{BTreeMap, BTreeSet};

use compact_str::{CompactString, format_compact};

use super::{
    map::{quotas, totals},
    parts::{self, counts, dotted, refusal},
};
use crate::{
    model::{
        Name, Source, What, World,
        row::{QuotaRow, Row},
        tree::{Map, Service},
    },
    panels::sheet::{Piece, Sheet, Table, numbers, plain, said, sentences, words},
    panes::{Cell, bound},
};

/// Labels and annotations that name whose a namespace is.
const TEAM: &[&str] = &["barkeep.dev/team", "team", "owner"];

pub(super) fn sheet(world: &World, name: &Name) -> Option<Sheet> {
    let service = world.services().get(world.service_slot(name)?)?;
    let mut maps: Vec<&Map> = service
        .maps
        .iter()
        .filter_map(|slot| world.maps().get(*slot))
        .collect();
    maps.sort_by_key(|map| (map.health().rank(), map.place.map.clone(), map.id.clone()));
    let mut sheet = Sheet::default();
    sheet.line(headline(service, &maps));
    let mut facts = totals(&service.counts);
    let team: BTreeSet<&str> = maps.iter().filter_map(|map| team(map)).collect();
    facts.push(said(
        "TEAM",
        team.into_iter().collect::<Vec<_>>().join(", "),
    ));
    sheet.facts(facts);
    sheet.table(side_by_side(world, &maps));
    sheet.table(grants(world, &maps));
    let warnings = maps
        .iter()
        .flat_map(|map| map.events().filter(|event| event.warning));
    let sources = maps.iter().map(|map| of(map, What::Warnings));
    // Of very many Maps only some are asked; before any is, all are awaited.
    let (asked, awaited): (Vec<Source>, Vec<Source>) =
        sources.partition(|source| world.feed(source).is_some());
    let asked = if asked.is_empty() { awaited } else { asked };
    sheet.table(parts::events(world, "WARNINGS", warnings, &asked));
    Some(sheet)
}

fn of(map: &Map, what: What) -> Source {
    Source::of(map.id.cluster, what, &map.id.namespace)
}

fn headline(service: &Service, maps: &[&Map]) -> Vec<Piece> {
    let clusters: BTreeSet<_> = maps.iter().map(|map| map.id.cluster).collect();
    let many = |count: u32, one: &str| match count {
        1 => format_compact!("1 {one}"),
        count => format_compact!("{count} {one}s"),
    };
    let mut parts = vec![
        counts(&service.counts),
        vec![plain(many(service.counts.servers(), "Server"))],
        vec![plain(many(maps.len() as u32, "Map"))],
    ];
    if clusters.len() > 1 {
        parts.push(vec![plain(format_compact!("{} clusters", clusters.len()))]);
    }
    dotted(parts)
}

fn team(map: &Map) -> Option<&str> {
    let row = map.row.as_ref()?;
    let said = |key: &&str| row.labels.get(*key).or_else(|| row.annotations.get(*key));
    TEAM.iter().find_map(said).map(|team| &**team)
}

fn side_by_side(world: &World, maps: &[&Map]) -> Table {
    let several = world.has_several_clusters();
    let rows = maps.iter().map(|map| {
        let counts = &map.counts;
        let known = counts.measured > 0;
        let usage =
            |amount: u64, cell: fn(u64) -> Cell| if known { cell(amount) } else { Cell::Absent };
        let restrict: Vec<&QuotaRow> = quotas(map).collect();
        let [cpu, memory] = [
            ("cpu", Cell::Cores as fn(u64) -> Cell),
            ("memory", Cell::Bytes),
        ]
        .map(|(name, cell)| {
            let bounds = restrict.iter().flat_map(|quota| &quota.bounds);
            let mut bounds = bounds.filter(|(resource, ..)| {
                **resource == *name || resource.strip_prefix("requests.") == Some(name)
            });
            let hard = bounds.next().map(|(_, _, hard)| *hard);
            hard.map_or(Cell::Absent, |hard| match name {
                "cpu" => cell(hard.millis()),
                _ => cell(hard.units()),
            })
        });
        let context = world.contexts.get(&map.id.cluster);
        vec![
            Cell::Health(map.health()),
            Cell::text(&map.place.map),
            context
                .filter(|_| several)
                .map_or(Cell::Blank, |context| Cell::text(context)),
            Cell::Count(u64::from(counts.servers())),
            Cell::Count(u64::from(counts.health[0])),
            usage(counts.used.cpu, Cell::Cores),
            bound(counts.requested.cpu, Cell::Cores),
            cpu,
            usage(counts.used.memory, Cell::Bytes),
            bound(counts.requested.memory, Cell::Bytes),
            memory,
        ]
    });
    Table {
        title: "MAPS",
        heads: vec![
            words("", 0),
            words("", 0),
            words(if several { "CLUSTER" } else { "" }, 2),
            numbers("SERVERS", 1),
            numbers("FAILING", 1),
            numbers("CPU", 3),
            numbers("REQ", 4),
            numbers("QUOTA", 5),
            numbers("MEM", 3),
            numbers("REQ", 4),
            numbers("QUOTA", 5),
        ],
        rows: rows.collect(),
        note: None,
    }
}

/// Who may do what where, as far as RoleBindings say.
fn grants(world: &World, maps: &[&Map]) -> Table {
    let mut may: BTreeMap<(CompactString, CompactString), BTreeSet<&str>> = BTreeMap::new();
    let mut refused = None;
    for map in maps {
        refused = refused.or_else(|| refusal(world, &of(map, What::Grants)));
        for row in map.rows() {
            let Row::Grant(grant) = row else { continue };
            for (kind, name) in &grant.subjects {
                // What the cluster gives to itself is of no interest here.
                if name.starts_with("system:") {
                    continue;
                }
                let who = match &**kind {
                    "User" => CompactString::from(&**name),
                    kind => format_compact!("{name} ({kind})"),
                };
                let role = (who, grant.role.1.as_ref().into());
                may.entry(role).or_default().insert(&map.place.map);
            }
        }
    }
    let rows: Vec<_> = may
        .into_iter()
        .map(|((who, role), maps)| {
            let maps: Vec<&str> = maps.into_iter().collect();
            vec![
                Cell::Text(who),
                Cell::Text(role),
                Cell::text(&maps.join(", ")),
            ]
        })
        .collect();
    let note = refused
        .filter(|_| rows.is_empty())
        .map(|problem| problem.what.as_str().into());
    Table {
        title: "WHO",
        heads: vec![words("", 0), words("MAY", 0), sentences("IN")],
        rows,
        note,
    }
}
