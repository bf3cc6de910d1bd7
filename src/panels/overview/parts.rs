//! What several overviews say in the same way: health, usage, Events, labels, what may not be read.

use std::collections::{BTreeMap, BTreeSet};

use compact_str::format_compact;

use super::EVENTS;
use crate::{
    model::{
        FeedState, Health, Problem, Source, World,
        health::Verdict,
        row::{Condition, EventRow, Labels, Resources, Usage},
        tree::Counts,
    },
    panels::sheet::{
        Fact, Gauge, Head, Piece, Table, Unit, gauge, muted, numbers, plain, sentences, whole,
        words,
    },
    panes::Cell,
};

/// `● healthy`, or `✖ CrashLoopBackOff ×14 for 14m`.
pub(super) fn verdict(verdict: &Verdict) -> Vec<Piece> {
    let mut pieces = vec![
        Piece::Glyph(verdict.health),
        Piece::In(verdict.health, verdict.health.word().into()),
    ];
    let says_no_more = verdict.health == Health::Healthy && &*verdict.word == "Running";
    if &*verdict.word != verdict.health.word() && !says_no_more {
        pieces.push(Piece::Value(Cell::Status(Box::new(verdict.clone()))));
        if &*verdict.word == "scheduled" && verdict.since > 0 {
            let last = Piece::Value(Cell::Since(verdict.since));
            pieces.extend([Piece::Dot, muted("last run"), last, muted("ago")]);
        } else if verdict.since > 0 {
            pieces.extend([muted("for"), Piece::Value(Cell::Since(verdict.since))]);
        }
    }
    pieces
}

/// `● 4 healthy  ✖ 1 failing`, the worst first.
pub(super) fn counts(counts: &Counts) -> Vec<Piece> {
    let present = Health::WORST_FIRST
        .into_iter()
        .map(|health| (health, counts.health[health.rank()]))
        .filter(|(_, count)| *count > 0);
    let said = present.flat_map(|(health, count)| {
        [
            Piece::Glyph(health),
            Piece::In(health, format_compact!("{count} {}", health.word())),
        ]
    });
    said.collect()
}

/// Things said one after another, with dots between.
pub(super) fn dotted(parts: Vec<Vec<Piece>>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if !pieces.is_empty() {
            pieces.push(Piece::Dot);
        }
        pieces.extend(part);
    }
    pieces
}

/// CPU and memory of so many Instances with these requests and limits.
pub(super) fn meters(used: Option<Usage>, each: &Resources, instances: u64) -> [Fact; 2] {
    let times = |amount: u64| amount.saturating_mul(instances);
    let meter = |unit, used, requested, limit| Gauge {
        unit,
        used,
        requested: times(requested),
        limit: times(limit),
        word: "limit",
    };
    let cpu = used.map(|used| used.cpu);
    let memory = used.map(|used| used.memory);
    [
        gauge(
            "CPU",
            meter(Unit::Cores, cpu, each.cpu_request, each.cpu_limit),
        ),
        gauge(
            "MEMORY",
            meter(Unit::Bytes, memory, each.memory_request, each.memory_limit),
        ),
    ]
}

/// Labels or annotations, all of them.
pub(super) fn pairs(label: &'static str, pairs: &Labels) -> Fact {
    let items = pairs.iter().map(|(key, value)| {
        if value.is_empty() {
            plain(key)
        } else {
            plain(format_compact!("{key}={value}"))
        }
    });
    whole(label, items.collect())
}

/// Why a source can not be read, where that is so.
pub(super) fn refusal<'a>(world: &'a World, source: &Source) -> Option<&'a Problem> {
    match &world.feed(source)?.state {
        FeedState::Refused(problem) => Some(problem),
        _ => None,
    }
}

/// Whether a source is wanted, and has not told everything yet.
pub(super) fn is_loading(world: &World, source: &Source) -> bool {
    world
        .feed(source)
        .is_none_or(|feed| !feed.synced && !matches!(feed.state, FeedState::Refused(_)))
}

/// Conditions that are well when they do not hold, by a part of their names.
const ILL: &[&str] = &[
    "Pressure",
    "Fail",
    "Unavailable",
    "Degraded",
    "Stalled",
    "Error",
    "Disruption",
    "NonStructural",
    "Terminating",
    "Deletion",
];

/// How a condition is.
fn judged(condition: &Condition) -> Health {
    let is_ill = ILL.iter().any(|part| condition.kind.contains(part));
    // A Pod that has done its work is not ready, and that is well.
    if &*condition.reason == "PodCompleted" {
        return Health::Healthy;
    }
    match (condition.holds, is_ill) {
        (true, false) | (false, true) => Health::Healthy,
        (true, true) => Health::Failing,
        (false, false) => Health::Warning,
    }
}

/// Conditions, each with how it is.
pub(super) fn conditions(conditions: &[Condition]) -> Table {
    let rows = conditions.iter().map(|condition| {
        let health = judged(condition);
        let holds = if condition.holds { "True" } else { "False" };
        vec![
            Cell::Health(health),
            Cell::text(&condition.kind),
            Cell::In(health, holds.into()),
            Cell::text(&condition.reason),
            Cell::Since(condition.since),
            Cell::text(&condition.message),
        ]
    });
    Table {
        title: "CONDITIONS",
        heads: vec![
            words("", 0),
            words("", 0),
            words("HOLDS", 0),
            words("REASON", 0),
            numbers("SINCE", 2),
            sentences("MESSAGE"),
        ],
        rows: rows.collect(),
        note: None,
    }
}

/// What is the same in messages that differ only in names and numbers: the words outside of quotes, without digits.
fn alike_words(message: &str) -> String {
    let outside = without_pod(message).split('"').step_by(2);
    let words = outside.flat_map(str::chars);
    words.filter(|c| !c.is_ascii_digit()).collect()
}

/// The kubelet begins some messages with the Pod that they are about, which is known: `pod: "web-1_shop(uid)". `
fn without_pod(message: &str) -> &str {
    let rest = message.strip_prefix("pod: \"");
    rest.and_then(|rest| rest.split_once("\". "))
        .map_or(message, |(_, rest)| rest)
}

const EVENT_HEADS: [Head; 5] = [
    numbers("", 0),
    words("REASON", 0),
    words("ABOUT", 3),
    sentences("MESSAGE"),
    numbers("TIMES", 2),
];

/// The newest of these Events; equal ones of several objects are one line.
pub(super) fn events<'a>(
    world: &World,
    title: &'static str,
    events: impl Iterator<Item = &'a EventRow>,
    sources: &[Source],
) -> Table {
    type Alike<'a> = (&'a EventRow, u64, BTreeSet<&'a str>);
    let mut alike: BTreeMap<(&str, String, &str), Alike> = BTreeMap::new();
    for event in events {
        let (kind, name, _) = &event.about;
        let entry = alike
            .entry((&event.reason, alike_words(&event.message), kind))
            .or_insert((event, 0, BTreeSet::new()));
        entry.1 += u64::from(event.count);
        entry.2.insert(name);
        if event.last > entry.0.last {
            entry.0 = event;
        }
    }
    let mut newest: Vec<_> = alike.into_values().collect();
    newest.sort_by(|(a, ..), (b, ..)| (b.last, &a.meta.name).cmp(&(a.last, &b.meta.name)));
    let more = newest.len().saturating_sub(EVENTS);
    let rows = newest.iter().take(EVENTS).map(|(event, times, objects)| {
        let (kind, name, _) = &event.about;
        let about = match objects.len() {
            1 => format_compact!("{kind} {name}"),
            more => format_compact!("{more} {kind}s"),
        };
        let health = if event.warning {
            Health::Warning
        } else {
            Health::Healthy
        };
        vec![
            Cell::Since(event.last),
            Cell::In(health, (&*event.reason).into()),
            Cell::Text(about),
            Cell::text(without_pod(&event.message)),
            if *times > 1 {
                Cell::Count(*times)
            } else {
                Cell::Blank
            },
        ]
    });
    let rows: Vec<_> = rows.collect();
    let refused = sources.iter().find_map(|source| refusal(world, source));
    let loading = sources.iter().any(|source| is_loading(world, source));
    let note = match (refused, more) {
        (Some(problem), _) if rows.is_empty() => Some(problem.what.as_str().into()),
        (_, 0) if rows.is_empty() && loading => Some("Loading…".into()),
        (_, 0) if rows.is_empty() => Some("None in the last hour or so.".into()),
        (_, 0) => None,
        (_, more) => Some(format_compact!("and {more} more kinds, older")),
    };
    Table {
        title,
        heads: EVENT_HEADS.to_vec(),
        rows,
        note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_judged_by_what_it_says() {
        let judge = |kind: &str, holds, reason: &str| {
            judged(&Condition {
                kind: kind.into(),
                holds,
                reason: reason.into(),
                message: "".into(),
                since: 0,
            })
        };
        assert_eq!(judge("Available", true, ""), Health::Healthy);
        assert_eq!(judge("Ready", false, "ContainersNotReady"), Health::Warning);
        assert_eq!(judge("Ready", false, "PodCompleted"), Health::Healthy);
        assert_eq!(
            judge("ReplicaFailure", true, "FailedCreate"),
            Health::Failing
        );
        assert_eq!(judge("MemoryPressure", false, ""), Health::Healthy);
    }
}
