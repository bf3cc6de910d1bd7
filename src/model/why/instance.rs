//! An Instance, its container, the Event that explains it.

use super::{
    Link, Thing, When, Why, exit,
    ill::{Ill, Told},
    image, last_words, over, place, probe, reading, schedule,
    sentence::say,
    start,
};
use crate::model::{
    health::{Health, INSTANCE_RULES, Verdict},
    ids::Id,
    row::EventRow,
    source::Source,
    tree::Instance,
    why::Words,
    world::World,
};

/// By the rule that holds: what is found out.
type Tell = for<'a> fn(&Ill<'a>) -> Told<'a>;

/// A line for each of [`INSTANCE_RULES`].
const TELLS: &[(&str, Tell)] = &[
    ("completed", over::done),
    ("terminating", over::terminating),
    ("image", image::image),
    ("crash loop", exit::crash),
    ("container configuration", start::container),
    ("failed", over::failed),
    ("unschedulable", schedule::unschedulable),
    ("container ended", exit::crash),
    ("starting", start::starting),
    ("lost", over::lost),
    ("unready", probe::unready),
    ("restarted", exit::restarted),
    ("running", over::well),
];

/// What is found out about an Instance.
pub(super) fn told<'a>(ill: &Ill<'a>) -> Told<'a> {
    // Every rule has a line (a test holds that); the last stands in only to have no panic here.
    let tell = TELLS.iter().find(|(rule, _)| *rule == ill.verdict.rule);
    let (_, tell) = tell.unwrap_or(&TELLS[TELLS.len() - 1]);
    tell(ill)
}

/// What usually helps: a clue of its last words; what was found out to help, else what the rule says.
pub(super) fn advice(verdict: &Verdict, told: &Told, links: &[Link]) -> Vec<&'static str> {
    let rule = INSTANCE_RULES.iter().find(|rule| rule.name == verdict.rule);
    let said = links.iter().find_map(|link| match &link.words {
        Some(Words::Said(said)) => Some(said.join("\n")),
        _ => None,
    });
    let clue = said.and_then(|said| reading::read(reading::CLUES, &said));
    let mut advice: Vec<&str> = clue.map(|clue| clue.advice).into_iter().collect();
    advice.push(match told.advice {
        "" => rule.map_or("", |rule| rule.advice),
        advice => advice,
    });
    advice.retain(|advice| !advice.is_empty());
    advice
}

/// The rule that holds, and where it comes from.
pub(super) fn rule(verdict: &Verdict) -> Option<(&'static str, &'static str)> {
    let rule = INSTANCE_RULES.iter().find(|rule| rule.name == verdict.rule);
    rule.map(|rule| (rule.name, rule.source))
}

/// The line of an Instance.
pub(super) fn link(ill: &Ill, told: &Told, depth: u8) -> Link {
    let since = match ill.verdict.rule {
        // Its line says already when it ended, or it flips with each try.
        "crash loop" | "container ended" | "restarted" | "running" | "completed" => 0,
        _ => ill.verdict.since,
    };
    Link {
        health: Some(ill.verdict.health),
        when: When::from(since),
        goes: Some(Id::Instance(ill.pod.key())),
        ..Link::new(
            depth,
            Thing::Instance,
            ill.row().meta.name.as_str(),
            told.line.clone(),
        )
    }
}

/// What lies beneath an Instance, and what has to be read for it.
pub(super) fn beneath(
    world: &World,
    ill: &Ill,
    told: &Told,
    depth: u8,
) -> (Vec<Link>, Vec<Source>) {
    let goes = Some(Id::Instance(ill.pod.key()));
    let meta = &ill.row().meta;
    let (mut links, mut needs) = (Vec::new(), vec![Ill::closely(ill.pod)]);
    if let Some(name) = ill.container().filter(|_| !told.container.is_empty()) {
        let mut link = Link {
            goes: goes.clone(),
            when: When::at(ill.end().filter(|_| told.words).map_or(0, |end| end.at)),
            ..Link::new(
                depth,
                Thing::Container(ill.role()),
                name.clone(),
                told.container.clone(),
            )
        };
        if told.words {
            let (words, source) =
                last_words(world, ill.pod.cluster, &meta.namespace, &meta.name, &name);
            link.words = Some(words);
            needs.push(source);
        }
        links.push(link);
    }
    let deeper = depth + links.len().min(1) as u8;
    if told.claims {
        links.extend(claims(world, ill, depth));
    }
    if let Some(event) = told.event {
        links.push(Link {
            goes,
            ..of_event(event, deeper)
        });
    }
    (links, needs)
}

/// The line of an Event.
pub(super) fn of_event(event: &EventRow, depth: u8) -> Link {
    let said = say(event.message.trim_end_matches('.').to_owned());
    let said = if event.message.ends_with("probe failed:") {
        // What a command printed stands there, and it printed nothing.
        said.and(" its command fails and prints nothing")
    } else {
        said
    };
    let said = if event.count > 1 {
        said.and(format!(" ×{}", event.count))
    } else {
        said
    };
    Link {
        when: When::at(event.last),
        ..Link::new(depth, Thing::Event, event.reason.clone(), said)
    }
}

/// Claims of its Server that have no volume, and what is said of them.
fn claims(world: &World, ill: &Ill, depth: u8) -> Vec<Link> {
    let Some(server) = world.servers().get(world.root(ill.pod.server)) else {
        return Vec::new();
    };
    let mut links = Vec::new();
    for claim in world.satellites(server).claims {
        if &*claim.phase == "Bound" {
            continue;
        }
        let name = claim.meta.name.as_str();
        links.push(Link {
            health: Some(Health::Failing),
            when: When::from(claim.meta.created),
            ..Link::new(
                depth,
                Thing::Claim,
                name,
                say(format!("{}, asks for ", claim.phase)).bytes(claim.size),
            )
        });
        let about = ill
            .map
            .events()
            .filter(|event| event.about.2 == claim.meta.uid);
        let newest = about.max_by_key(|event| event.last);
        links.extend(newest.map(|event| of_event(event, depth + 1)));
    }
    links
}

/// Why an Instance is as it is.
pub(super) fn instance(world: &World, pod: &Instance, now: i64) -> Option<Why> {
    let ill = Ill::new(world, pod, now)?;
    let told = told(&ill);
    let server = world.servers().get(world.root(pod.server))?;
    let (links, needs) = beneath(world, &ill, &told, 0);
    let timed = ill.verdict.health != Health::Healthy && told.with.is_empty();
    let since = link(&ill, &told, 0).when.time();
    let says = say("It ")
        .then(told.does(false))
        .then(told.next.clone())
        .since(", for ", if timed { since } else { 0 })
        .and(".");
    let mut why = Why {
        health: ill.verdict.health,
        name: pod.row.meta.name.as_str().into(),
        kind: format!("Instance of {}", server.name).into(),
        place: place(ill.map),
        advice: advice(&ill.verdict, &told, &links),
        rule: rule(&ill.verdict),
        says,
        links,
        needs,
    };
    why.need(ill.map);
    Some(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_about_an_instance_is_told() {
        let told: Vec<&str> = TELLS.iter().map(|(rule, _)| *rule).collect();
        let rules: Vec<&str> = INSTANCE_RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(told, rules);
    }
}
