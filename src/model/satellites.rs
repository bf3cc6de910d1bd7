//! What is held of a Map besides its Servers, and what of it goes with one: found by selector, reference and target when
//! asked for.

use super::{
    detail::Detail,
    ids::{MapId, Name, Uid},
    row::{
        AutoscalerRow, BudgetRow, ClaimRow, EndpointsRow, EventRow, IngressRow, Labels, PolicyRow,
        PortRow, RevisionRow, Row,
    },
    source::{Source, What},
    table::Slot,
    tree::{Map, Server},
    world::World,
};

/// Events of a Map that are held at most. Past this the oldest half goes: a busy namespace makes tens of thousands an hour.
const EVENTS: usize = 2_000;

impl World {
    fn map_of(&self, source: &Source) -> Option<Slot> {
        self.map_slot_of(&MapId {
            cluster: source.cluster,
            namespace: source.namespace.clone()?,
        })
    }

    pub(super) fn put_held(&mut self, source: &Source, epoch: bool, row: Row) {
        let (Some(namespace), Some(uid)) = (&source.namespace, row.uid()) else {
            return;
        };
        let slot = self.map_slot(source.cluster, namespace);
        let Some(map) = self.maps.get_mut(slot) else {
            return;
        };
        let held = map.held_mut(source.what);
        let old = held.insert(uid, (source.what, epoch, row));
        let new = held.get(&uid).map(|(_, _, row)| row);
        let changed = old.as_ref().map(|(_, _, row)| row) != new;
        if source.what.is_events() && held.len() > EVENTS {
            held.sort_by(|_, (_, _, a), _, (_, _, b)| happened(b).cmp(&happened(a)));
            held.truncate(EVENTS / 2);
        }
        self.revision.cells += u64::from(changed);
    }

    pub(super) fn drop_held(&mut self, source: &Source, uid: Uid) {
        let Some(slot) = self.map_of(source) else {
            return;
        };
        if let Some(map) = self.maps.get_mut(slot) {
            map.held_mut(source.what).shift_remove(&uid);
            self.revision.cells += 1;
        }
        self.drop_empty_map(slot);
    }

    /// Lets go what a source holds: all of it, or what its newest listing has not named.
    pub(super) fn sweep_held(&mut self, source: &Source, epoch: bool, all: bool) {
        let Some(slot) = self.map_of(source) else {
            return;
        };
        if let Some(map) = self.maps.get_mut(slot) {
            let held = map.held_mut(source.what);
            let before = held.len();
            held.retain(|_, (what, seen, _)| *what != source.what || !all && *seen == epoch);
            let changed = held.len() != before;
            self.revision.cells += u64::from(changed);
        }
        self.drop_empty_map(slot);
    }

    pub(super) fn put_detail(&mut self, source: &Source, epoch: bool, detail: Detail) {
        self.details.insert(source.clone(), (detail, epoch));
        self.revision.cells += 1;
    }

    pub(super) fn sweep_detail(&mut self, source: &Source, epoch: bool, all: bool) {
        if self
            .details
            .get(source)
            .is_some_and(|(_, seen)| all || *seen != epoch)
        {
            self.details.remove(source);
            self.revision.cells += 1;
        }
    }

    /// Where a Server's own object is read from; none for a kind that is not known here.
    pub fn source_of(&self, server: &Server) -> Option<Source> {
        let what = server.kind.what()?;
        let namespace = &self.maps.get(server.map)?.id.namespace;
        Some(Source::one(
            server.key.cluster,
            what,
            namespace,
            &server.name,
        ))
    }

    /// What is known of an object that is looked at closely.
    pub fn detail(&self, source: &Source) -> Option<&Detail> {
        self.details.get(source).map(|(detail, _)| detail)
    }
}

impl Map {
    /// All that is held of it besides Servers, Instances and Events.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.satellites.values().map(|(_, _, row)| row)
    }

    /// How many of one kind are held besides Servers and Instances.
    pub fn held(&self, what: What) -> usize {
        self.satellites
            .values()
            .filter(|(held, ..)| *held == what)
            .count()
    }

    /// Its Events, in no order.
    pub fn events(&self) -> impl Iterator<Item = &EventRow> {
        self.events.values().filter_map(|(_, _, row)| match row {
            Row::Event(event) => Some(&**event),
            _ => None,
        })
    }
}

fn happened(row: &Row) -> i64 {
    match row {
        Row::Event(event) => event.last,
        _ => 0,
    }
}

/// What goes with a Server, found by selector, reference and target among what its Map holds.
#[derive(Debug, Default)]
pub struct Satellites<'a> {
    /// `core::Service`s whose selector fits its Instances.
    pub ports: Vec<&'a PortRow>,
    /// Host and path of Ingresses that lead to these.
    pub routes: Vec<&'a Name>,
    /// The autoscaler that has it as target.
    pub autoscaler: Option<&'a AutoscalerRow>,
    /// Its PersistentVolumeClaims.
    pub claims: Vec<&'a ClaimRow>,
    /// Disruption budgets that cover it.
    pub budgets: Vec<&'a BudgetRow>,
    /// What is ready behind its ports, where that is held.
    pub endpoints: Vec<&'a EndpointsRow>,
    /// Network policies that select its Instances.
    pub policies: Vec<&'a PolicyRow>,
    /// What a StatefulSet or DaemonSet is and was, where that is held.
    pub revisions: Vec<&'a RevisionRow>,
}

impl World {
    /// What goes with a Server.
    pub fn satellites(&self, server: &Server) -> Satellites<'_> {
        let mut found = Satellites::default();
        let Some(map) = self.maps.get(server.map) else {
            return found;
        };
        let bare = server
            .instances
            .first()
            .and_then(|slot| self.instances.get(*slot))
            .map(|pod| &*pod.row.labels);
        let labels = server.row.as_ref().map(|row| &*row.labels).or(bare);
        let selects = |selector: &Labels| {
            !selector.is_empty()
                && labels
                    .is_some_and(|labels| selector.iter().all(|(k, v)| labels.get(k) == Some(v)))
        };
        let claims = server
            .row
            .as_ref()
            .map(|row| row.references.claims.as_slice())
            .unwrap_or_default();
        for (_, _, row) in map.satellites.values() {
            match row {
                Row::Port(row) if selects(&row.selector) => found.ports.push(row),
                Row::Policy(row)
                    if row.selector.as_ref().is_none_or(|selector| {
                        labels.is_some_and(|labels| selector.matches(labels))
                    }) =>
                {
                    found.policies.push(row);
                }
                Row::Revision(row)
                    if row
                        .meta
                        .owner
                        .as_ref()
                        .is_some_and(|owner| owner.uid == server.key.uid) =>
                {
                    found.revisions.push(row);
                }
                Row::Budget(row) if selects(&row.selector) => found.budgets.push(row),
                Row::Autoscaler(row)
                    if *row.target.1 == *server.name && *row.target.0 == *server.kind.name() =>
                {
                    found.autoscaler = Some(row);
                }
                Row::Claim(row)
                    if claims
                        .iter()
                        .any(|claim| claimed(claim, &server.name, &row.meta.name)) =>
                {
                    found.claims.push(row);
                }
                _ => {}
            }
        }
        for (_, _, row) in map.satellites.values() {
            let leads_here = |port: &Name| {
                let names = found.ports.iter().map(|port| port.meta.name.as_str());
                names.clone().any(|name| name == &**port)
            };
            match row {
                Row::Ingress(row) => found.routes.extend(route_names(row, leads_here)),
                Row::Endpoints(row) if leads_here(&row.port) => found.endpoints.push(row),
                _ => {}
            }
        }
        found
    }
}

fn route_names(row: &IngressRow, leads_here: impl Fn(&Name) -> bool) -> Vec<&Name> {
    row.routes
        .iter()
        .filter(|(_, backend)| leads_here(backend))
        .map(|(route, _)| route)
        .collect()
}

/// Whether a claim is the one a template names, or one that a StatefulSet made: `<template>-<server>-<ordinal>`.
fn claimed(reference: &str, server: &str, claim: &str) -> bool {
    match reference.strip_suffix('-') {
        None => reference == claim,
        Some(template) => claim
            .strip_prefix(template)
            .and_then(|rest| {
                rest.strip_prefix('-')?
                    .strip_prefix(server)?
                    .strip_prefix('-')
            })
            .is_some_and(|ordinal| ordinal.parse::<u32>().is_ok()),
    }
}

#[cfg(test)]
#[path = "satellites_tests.rs"]
mod tests;
