//! A Map by its worst Servers, a Service by its worst Maps.

use super::{
    Link, Thing, Why, place,
    sentence::{Sentence, say},
    server,
};
use crate::model::{
    health::Health,
    ids::Id,
    source::Source,
    tree::{Counts, Map, Server, Service},
    world::World,
};

/// Servers or Maps that get a line of their own.
const LINES: usize = 5;

/// `2 of 9 Servers are failing, 1 more needs a look.`
fn counted(counts: &Counts) -> Sentence {
    let of = |health: Health| counts.health[health.rank()];
    let all = counts.servers();
    let be = |many: u32| if many == 1 { "is" } else { "are" };
    let servers = if all == 1 { "Server" } else { "Servers" };
    let (failing, warning, progressing) = (
        of(Health::Failing),
        of(Health::Warning),
        of(Health::Progressing),
    );
    let clauses: Vec<String> = [
        (failing, "failing"),
        (warning, "in need of a look"),
        (progressing, "on the way"),
    ]
    .into_iter()
    .filter(|(many, _)| *many > 0)
    .enumerate()
    .map(|(at, (many, what))| match at {
        0 => format!("{many} of {all} {servers} {} {what}", be(many)),
        _ => format!("{many} {} {what}", be(many)),
    })
    .collect();
    match (all, clauses.is_empty()) {
        (0, _) => say("No Servers are known in it."),
        (1, true) => say("Its one Server does what it was asked to do."),
        (_, true) => say(format!("All {all} Servers do what they were asked to do.")),
        _ => say(format!("{}.", clauses.join(", "))),
    }
}

fn is_unwell(health: Health) -> bool {
    matches!(
        health,
        Health::Failing | Health::Warning | Health::Progressing
    )
}

/// What is found out about the Servers of a Map.
struct Beneath {
    links: Vec<Link>,
    needs: Vec<Source>,
    advice: Vec<&'static str>,
    rule: Option<(&'static str, &'static str)>,
}

/// The worst Servers of a Map, the very worst with what is behind it.
fn servers(world: &World, map: &Map, depth: u8, lines: usize, now: i64) -> Beneath {
    let held = map
        .servers
        .iter()
        .filter_map(|slot| world.servers().get(*slot));
    let mut unwell: Vec<&Server> = held
        .filter(|server| is_unwell(server.verdict.health))
        .collect();
    unwell.sort_by_key(|server| (server.verdict.health.rank(), server.name.clone()));
    let mut found = Beneath {
        links: Vec::new(),
        needs: Vec::new(),
        advice: Vec::new(),
        rule: None,
    };
    for (at, held) in unwell.iter().take(lines).enumerate() {
        let Some(why) = server::server(world, held, now) else {
            continue;
        };
        found.links.push(Link {
            health: Some(why.health),
            goes: Some(Id::Server(held.key)),
            ..Link::new(depth, Thing::Server, why.name, why.says)
        });
        if at == 0 {
            found.links.extend(why.links.into_iter().map(|link| Link {
                depth: link.depth + depth + 1,
                ..link
            }));
            found.needs = why.needs;
            found.advice = why.advice;
            found.rule = why.rule;
        }
    }
    let more = unwell.len().saturating_sub(lines);
    if more > 0 {
        found.links.push(Link::new(
            depth,
            Thing::More,
            "",
            say(format!("and {more} more that are not well")),
        ));
    }
    found
}

/// Why a Map is as it is.
pub(super) fn map(world: &World, map: &Map, now: i64) -> Why {
    let found = servers(world, map, 0, LINES, now);
    let mut why = Why {
        health: map.health(),
        name: map.place.map.clone(),
        kind: "Map".into(),
        place: place(map).into_iter().take(1).collect(),
        says: counted(&map.counts),
        links: found.links,
        advice: found.advice,
        rule: found.rule,
        needs: found.needs,
    };
    why.need(map);
    why
}

/// Why a Service is as it is.
pub(super) fn service(world: &World, service: &Service, now: i64) -> Why {
    let held = service
        .maps
        .iter()
        .filter_map(|slot| world.maps().get(*slot));
    let mut unwell: Vec<&Map> = held.filter(|map| is_unwell(map.health())).collect();
    unwell.sort_by_key(|map| (map.health().rank(), map.place.map.clone()));
    let mut why = Why {
        health: service.health(),
        name: service.name.clone(),
        kind: "Service".into(),
        place: Vec::new(),
        says: counted(&service.counts),
        links: Vec::new(),
        advice: Vec::new(),
        rule: None,
        needs: Vec::new(),
    };
    for (at, map) in unwell.iter().take(LINES).enumerate() {
        why.links.push(Link {
            health: Some(map.health()),
            goes: Some(Id::Map(map.id.clone())),
            ..Link::new(0, Thing::Map, map.place.map.clone(), counted(&map.counts))
        });
        // Only the worst is looked into: the lines above it are for choosing.
        if at == 0 {
            let found = servers(world, map, 1, 1, now);
            why.links.extend(found.links);
            why.advice = found.advice;
            why.rule = found.rule;
            why.needs = found.needs;
            why.need(map);
        }
    }
    let more = unwell.len().saturating_sub(LINES);
    if more > 0 {
        why.links.push(Link::new(
            0,
            Thing::More,
            "",
            say(format!("and {more} more that are not well")),
        ));
    }
    why
}
