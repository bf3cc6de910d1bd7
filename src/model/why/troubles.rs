//! What is wrong with a Server's Instances: those that are alike together, the worst first.

use std::cmp::Reverse;

use super::{
    ill::{Ill, Told},
    instance,
};
use crate::model::{
    health::Health,
    row::{Kind, Phase},
    table::Slot,
    tree::Server,
    world::World,
};

/// Instances with the same trouble.
pub(super) struct Trouble<'a> {
    /// The worst of them.
    pub(super) ill: Ill<'a>,
    pub(super) told: Told<'a>,
    /// How many they are.
    pub(super) many: u32,
    /// They are of the newest revision, and one of an older one serves.
    pub(super) is_new: bool,
}

/// Instances that are not well, by what is found out about them; the worst first.
pub(super) fn troubles<'a>(world: &'a World, server: &Server, now: i64) -> Vec<Trouble<'a>> {
    let all = world.beneath(server);
    let pods = all.iter().filter_map(|slot| world.instances().get(*slot));
    let mut ills: Vec<Ill> = pods
        .filter(|pod| counts(server, pod.row.phase, pod.row.terminating))
        .filter_map(|pod| Ill::new(world, pod, now))
        .filter(|ill| !matches!(ill.verdict.health, Health::Healthy | Health::Stopped))
        .collect();
    ills.sort_by_key(|ill| {
        let row = ill.row();
        let ended = if row.phase == Phase::Failed {
            row.ready_since
        } else {
            0
        };
        (
            ill.verdict.health.rank(),
            Reverse(row.restarts),
            Reverse(ended),
            row.meta.name.clone(),
        )
    });
    let serving = old_serves(world, server);
    let mut found: Vec<Trouble> = Vec::new();
    for ill in ills {
        let told = instance::told(&ill);
        let is_new = serving.is_some_and(|newest| ill.pod.server == newest);
        let alike = found.iter_mut().find(|known| {
            known.ill.verdict.rule == ill.verdict.rule
                && known.told.does == told.does
                && known.is_new == is_new
        });
        match alike {
            Some(known) => known.many += 1,
            None => found.push(Trouble {
                ill,
                told,
                many: 1,
                is_new,
            }),
        }
    }
    found
}

/// An Instance that has failed is history where a controller has made another in its place; not so a Job's.
fn counts(server: &Server, phase: Phase, terminating: bool) -> bool {
    let replaced = server.row.is_some() && !matches!(server.kind, Kind::Job | Kind::CronJob);
    match phase {
        Phase::Succeeded => false,
        Phase::Failed => terminating || !replaced,
        _ => true,
    }
}

/// The newest ReplicaSet of a Deployment, where an Instance of an older one is ready.
fn old_serves(world: &World, server: &Server) -> Option<Slot> {
    let revision = |slot: &Slot| {
        let row = world.servers().get(*slot)?.row.as_ref()?;
        row.revision.as_ref()?.parse::<u64>().ok()
    };
    let newest = *server.children.iter().max_by_key(|slot| revision(slot))?;
    revision(&newest)?;
    let ready = world.beneath(server).into_iter().any(|slot| {
        let pod = world.instances().get(slot);
        pod.is_some_and(|pod| pod.server != newest && pod.row.is_ready && !pod.row.terminating)
    });
    ready.then_some(newest)
}
