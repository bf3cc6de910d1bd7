//! What goes with a Server besides its Instances: found by selector, reference and target when asked for.

use super::{
    ids::Name,
    row::{AutoscalerRow, BudgetRow, ClaimRow, IngressRow, Labels, PortRow, Row},
    tree::Server,
    world::World,
};

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
            .and_then(|slot| self.instances.get(*slot)?.row.labels.as_deref());
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
            if let Row::Ingress(row) = row {
                let leads_here = |backend: &Name| {
                    found
                        .ports
                        .iter()
                        .any(|port| port.meta.name.as_str() == &**backend)
                };
                found.routes.extend(route_names(row, leads_here));
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
