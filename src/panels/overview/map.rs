//! A Map: its Servers by state, what they use of what they asked for and may have, what bounds it, what else is in it.

use compact_str::{CompactString, format_compact};

use super::parts::{self, counts, dotted, is_loading, pairs, refusal};
use crate::{
    model::{
        MapId, Source, What, World,
        quantity::Quantity,
        row::{Limit, LimitRow, QuotaRow, Row},
        tree::{Counts, Map},
    },
    panels::sheet::{Fact, Gauge, Piece, Sheet, Unit, fact, gauge, muted, plain, said},
    panes::Cell,
};

pub(super) fn sheet(world: &World, id: &MapId) -> Option<Sheet> {
    let map = world.maps().get(world.map_slot_of(id)?)?;
    let of = |what| Source::of(id.cluster, what, &id.namespace);
    let quotas: Vec<&QuotaRow> = quotas(map).collect();
    let mut sheet = Sheet::default();
    sheet.line(headline(world, map));
    let mut facts = totals(&map.counts);
    facts.extend(contents(world, map));
    let description = map
        .row
        .as_ref()
        .and_then(|row| row.annotations.get("description"));
    facts.push(said("ABOUT", description.map_or("", |text| text)));
    sheet.facts(facts);
    sheet.facts(vec![bounds(&quotas), limits(map)]);
    let warnings = map.events().filter(|event| event.warning);
    sheet.table(parts::events(
        world,
        "WARNINGS",
        warnings,
        &[of(What::Warnings)],
    ));
    if let Some(row) = &map.row {
        sheet.facts(vec![pairs("LABELS", &row.labels)]);
    }
    Some(sheet)
}

fn headline(world: &World, map: &Map) -> Vec<Piece> {
    let servers = map.counts.servers();
    let mut parts = vec![counts(&map.counts)];
    parts.push(vec![plain(match servers {
        0 => "no Servers yet".into(),
        1 => CompactString::from("1 Server"),
        servers => format_compact!("{servers} Servers"),
    })]);
    parts.push(vec![plain(format_compact!(
        "namespace {}",
        map.id.namespace
    ))]);
    let context = world.contexts.get(&map.id.cluster);
    parts.extend(context.map(|context| vec![plain(format_compact!("in {context}"))]));
    if let Some(row) = &map.row {
        parts.push(vec![
            Piece::Value(Cell::Since(row.meta.created)),
            plain("old"),
        ]);
        if row.terminating {
            parts.push(vec![Piece::In(
                crate::model::Health::Warning,
                "is being deleted".into(),
            )]);
        }
    }
    dotted(parts)
}

pub(super) fn quotas(map: &Map) -> impl Iterator<Item = &QuotaRow> {
    map.rows().filter_map(|row| match row {
        Row::Quota(row) => Some(&**row),
        _ => None,
    })
}

/// CPU and memory: what is used of what was asked for, by the Servers whose usage is known; while none is, what all asked for.
pub(super) fn totals(counts: &Counts) -> Vec<Fact> {
    let known = counts.measured > 0;
    let asked = if known {
        &counts.measured_requests
    } else {
        &counts.requested
    };
    let used = &counts.used;
    let meter = |label, unit, used, requested| {
        let meter = Gauge {
            unit,
            used: known.then_some(used),
            requested,
            limit: 0,
            word: "requested",
        };
        gauge(label, meter)
    };
    let part = known && counts.measured < counts.servers();
    let part = part.then(|| {
        let (measured, servers) = (counts.measured, counts.servers());
        vec![muted(format_compact!(
            "{measured} of {servers} Servers have usage that is known"
        ))]
    });
    vec![
        meter("CPU", Unit::Cores, used.cpu, asked.cpu),
        meter("MEMORY", Unit::Bytes, used.memory, asked.memory),
        fact("MEASURED", part.into_iter().collect()),
    ]
}

/// Every bound of every quota.
fn bounds(quotas: &[&QuotaRow]) -> Fact {
    let mut lines = Vec::new();
    for quota in quotas {
        for (resource, used, hard) in &quota.bounds {
            let (unit, read): (_, fn(Quantity) -> u64) = match &**resource {
                name if name.ends_with("cpu") => (Unit::Cores, Quantity::millis),
                name if name.ends_with("memory") || name.ends_with("storage") => {
                    (Unit::Bytes, Quantity::units)
                }
                _ => (Unit::Count, Quantity::units),
            };
            let bar = Gauge {
                unit,
                used: Some(read(*used)),
                requested: 0,
                limit: read(*hard),
                word: "",
            };
            lines.push(vec![Piece::Gauge(bar), muted(plainly(resource))]);
        }
    }
    fact("QUOTA", lines)
}

/// A quota's resource in fewer words: `requests.cpu` becomes `cpu requests`.
fn plainly(resource: &str) -> CompactString {
    match resource.split_once('.') {
        Some((bound @ ("requests" | "limits"), of)) => format_compact!("{of} {bound}"),
        _ if resource == "persistentvolumeclaims" => "volume claims".into(),
        _ => resource.strip_prefix("count/").unwrap_or(resource).into(),
    }
}

/// `Container cpu default 200m, defaultRequest 10m`
fn limits(map: &Map) -> Fact {
    let rows = map.rows().filter_map(|row| match row {
        Row::Limit(row) => Some(&**row),
        _ => None,
    });
    let line = |limit: &Limit| {
        let amounts = limit
            .amounts
            .iter()
            .map(|(word, amount)| format!("{word} {amount}"));
        let amounts = amounts.collect::<Vec<_>>().join(", ");
        vec![
            plain(format_compact!("{} {}", limit.of, limit.resource)),
            muted(amounts),
        ]
    };
    let lines = rows.flat_map(|LimitRow { limits, .. }| limits.iter().map(line));
    fact("LIMITS", lines.collect())
}

/// What else there is: how many, and which where they are few.
fn contents(world: &World, map: &Map) -> Vec<Fact> {
    let (mut ports, mut routes, mut claims) = (Vec::new(), Vec::new(), Vec::new());
    let (mut policies, mut budgets, mut scalers) = (Vec::new(), Vec::new(), Vec::new());
    let (mut size, mut unbound) = (0u64, 0);
    for row in map.rows() {
        match row {
            Row::Port(row) => ports.push(row.meta.name.as_str()),
            Row::Ingress(row) => routes.extend(row.routes.iter().map(|(route, _)| &**route)),
            Row::Claim(row) => {
                claims.push(row.meta.name.as_str());
                size += row.size;
                unbound += usize::from(&*row.phase != "Bound");
            }
            Row::Policy(row) => policies.push(row.meta.name.as_str()),
            Row::Budget(row) => budgets.push(row.meta.name.as_str()),
            Row::Autoscaler(row) => scalers.push(row.meta.name.as_str()),
            _ => {}
        }
    }
    let of = |what| Source::of(map.id.cluster, what, &map.id.namespace);
    let list = |label, what: What, names: Vec<&str>| {
        if let Some(problem) = refusal(world, &of(what)) {
            return fact(label, vec![vec![muted(&problem.what)]]);
        }
        match names.len() {
            0 if is_loading(world, &of(what)) => fact(label, Vec::new()),
            0 => fact(label, vec![vec![muted("none")]]),
            count => fact(
                label,
                vec![vec![
                    plain(format_compact!("{count}")),
                    muted(names.join(", ")),
                ]],
            ),
        }
    };
    let mut volumes = list("VOLUMES", What::Claims, claims);
    if size > 0
        && let Some(line) = volumes.lines.first_mut()
    {
        line.insert(1, Piece::Value(Cell::Bytes(size)));
    }
    if unbound > 0 {
        let text = format_compact!("{unbound} not bound");
        volumes
            .lines
            .push(vec![Piece::In(crate::model::Health::Warning, text)]);
    }
    vec![
        list("PORTS", What::Ports, ports),
        list("INGRESSES", What::Ingresses, routes),
        volumes,
        config(world, map),
        list("NETWORK", What::Policies, policies),
        list("SCALERS", What::Autoscalers, scalers),
        list("BUDGETS", What::Budgets, budgets),
    ]
}

/// `6 ConfigMaps · 5 Secrets`
fn config(world: &World, map: &Map) -> Fact {
    let kinds = [(What::ConfigMaps, "ConfigMap"), (What::Secrets, "Secret")];
    let parts = kinds.map(|(what, name)| {
        let source = Source::of(map.id.cluster, what, &map.id.namespace);
        let count = map.held(what);
        match refusal(world, &source) {
            Some(_) => vec![muted(format_compact!("{name}s may not be listed"))],
            None if count == 0 && is_loading(world, &source) => Vec::new(),
            None if count == 1 => vec![plain(format_compact!("1 {name}"))],
            None => vec![plain(format_compact!("{count} {name}s"))],
        }
    });
    let line = dotted(parts.into());
    fact(
        "CONFIG",
        if line.is_empty() {
            Vec::new()
        } else {
            vec![line]
        },
    )
}
