//! An object of any kind: what it is and belongs to, its conditions and Events, and then itself as YAML.

use compact_str::{CompactString, format_compact};

use super::parts::{self, dotted, is_loading, pairs, refusal};
use crate::{
    model::{
        Detail, Health, Key, Listing, MapId, Source, What, World, detail::ObjectDetail,
        listing::Line, resource::Resource, row::EventRow, tree::Map,
    },
    panels::sheet::{Block, Piece, Sheet, fact, muted, plain, said},
    panes::Cell,
};

/// What there is to say of a kind.
pub(super) fn about_kind(listing: &Listing) -> Option<Sheet> {
    listing.resource().map(|of| kind(of))
}

fn kind(of: &Resource) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.line(dotted(vec![
        vec![Piece::Strong(CompactString::from(&*of.kind))],
        vec![plain(of.api_version())],
        vec![plain(if of.namespaced {
            "lives in namespaces"
        } else {
            "lives in no namespace"
        })],
    ]));
    sheet.facts(vec![
        said("PLURAL", &of.plural),
        said("SHORT", of.shorts.join(", ")),
        said("IN FULL", of.full()),
        said(
            "LIVE",
            if of.watched {
                "yes: it can be watched"
            } else {
                "no: it is asked for every 15 s"
            },
        ),
    ]);
    sheet
}

pub(super) fn sheet(world: &World, key: Key) -> Option<Sheet> {
    let line = world.line(world.line_slot(key)?)?;
    if let Some(of) = &line.kind {
        return Some(kind(of));
    }
    let of = world.resource_of(line)?;
    let source = world.source_of_line(line)?;
    let detail = match world.detail(&source) {
        Some(Detail::Object(detail)) => Some(detail),
        _ => None,
    };
    let mut sheet = Sheet::default();
    sheet.line(headline(world, of, line));
    if let Some(problem) = refusal(world, &source) {
        sheet.line(vec![muted(&problem.what)]);
    } else if detail.is_none() && is_loading(world, &source) {
        sheet.line(vec![muted("Loading…")]);
    }
    if let Some(detail) = detail {
        let owners = detail.owners.iter();
        let owners = owners.map(|(kind, name)| vec![muted(kind), plain(name)]);
        sheet.facts(vec![
            fact("OWNER", owners.collect()),
            said("WAITS FOR", detail.finalizers.join(", ")),
            written(detail),
        ]);
        sheet.facts(vec![
            pairs("LABELS", &detail.about.labels),
            pairs("ANNOTATIONS", &detail.about.annotations),
        ]);
        sheet.table(parts::conditions(&detail.about.conditions));
    }
    events(world, line, &mut sheet);
    if let Some(detail) = detail {
        sheet.0.push(Block::Text {
            title: "YAML",
            lines: detail.yaml.clone(),
            note: (detail.more > 0).then(|| format_compact!("and {} lines more", detail.more)),
        });
    }
    Some(sheet)
}

fn headline(world: &World, of: &Resource, line: &Line) -> Vec<Piece> {
    let row = &line.row;
    let mut parts = vec![
        vec![Piece::Strong(row.name.clone())],
        vec![plain(&of.kind), muted(of.api_version())],
    ];
    if !row.namespace.is_empty() {
        parts.push(vec![plain(format_compact!("namespace {}", row.namespace))]);
    }
    if world.has_several_clusters() {
        parts.push(vec![plain(format_compact!(
            "in {}",
            world.context(line.key.cluster)
        ))]);
    }
    if row.created > 0 {
        parts.push(vec![Piece::Value(Cell::Since(row.created)), plain("old")]);
    }
    if row.terminating {
        parts.push(vec![Piece::In(Health::Warning, "is being deleted".into())]);
    }
    dotted(parts)
}

fn written(detail: &ObjectDetail) -> crate::panels::sheet::Fact {
    let written = detail.about.written.iter();
    let line = written.map(|(manager, at)| {
        let ago = Piece::Value(Cell::Since(*at));
        vec![plain(format_compact!("by {manager}")), ago, muted("ago")]
    });
    fact("WRITTEN", line.collect())
}

/// Those about this object, where there are any: most kinds never have one.
fn events(world: &World, line: &Line, sheet: &mut Sheet) {
    let namespace = match &*line.row.namespace {
        "" => "default".into(),
        _ => line.row.namespace.clone(),
    };
    let id = MapId {
        cluster: line.key.cluster,
        namespace,
    };
    let map: Option<&Map> = world
        .map_slot_of(&id)
        .and_then(|slot| world.maps().get(slot));
    let source = Source::of(id.cluster, What::Events, &id.namespace);
    // A Node's Events name it in place of its uid.
    let about = |event: &&EventRow| {
        let (kind, name, uid) = &event.about;
        let of = world.resource_of(line);
        *uid == line.key.uid || **name == *line.row.name && of.is_some_and(|of| of.kind == *kind)
    };
    let events = map.into_iter().flat_map(Map::events).filter(about);
    let table = parts::events(world, "EVENTS", events, &[source]);
    if !table.rows.is_empty() {
        sheet.table(table);
    }
}
