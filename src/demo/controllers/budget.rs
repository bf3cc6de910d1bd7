//! PodDisruptionBudgets: how many of their Pods may be evicted now (`pkg/controller/disruption`).

use serde_json::{Value, json};

use super::{
    GATHER, Loop, Place, Task,
    facts::{self, Phase},
    selector::Selector,
    template::{self, Condition, scaled},
};
use crate::demo::{
    object,
    resource::{BUDGETS, DEPLOYMENTS, PODS, REPLICA_SETS},
    state::State,
    store::{Change, Entry},
};

/// A Pod counts in the budgets that select it.
pub(super) fn react(state: &mut State, change: &Change) {
    let after = &change.after;
    let fits = |entry: &Entry, budget: &Entry| facts::selector(budget).fits(&entry.labels);
    let places: Vec<Place> = state
        .store
        .list(&BUDGETS, Some(&after.namespace))
        .filter(|budget| {
            let before = change.before.as_ref();
            fits(after, budget) || before.is_some_and(|before| fits(before, budget))
        })
        .map(|budget| Place::of(budget))
        .collect();
    for place in places {
        state.at(state.now() + GATHER, Task::Look(Loop::Budget, place));
    }
}

/// Looks at one.
pub(super) fn look(state: &mut State, place: &Place) {
    let Some(mut budget) = state.get(&BUDGETS, &place.namespace, &place.name) else {
        return;
    };
    let selector = Selector::read(&budget["spec"]["selector"]);
    let (mut found, mut healthy, mut wanted) = (0, 0, 0);
    let mut owners: Vec<Box<str>> = Vec::new();
    for pod in state.store.list(&PODS, Some(&place.namespace)) {
        let facts = facts::pod(pod);
        if !selector.fits(&pod.labels) || facts.done() {
            continue;
        }
        found += 1;
        healthy += i64::from(facts.ready && !facts.leaving && facts.phase == Phase::Running);
        match pod.owners.first() {
            Some(owner) if !owners.contains(owner) => owners.push(owner.clone()),
            Some(_) => {}
            None => wanted += 1,
        }
    }
    for owner in owners {
        wanted += expected(state, &owner);
    }
    let spec = &budget["spec"];
    let (expected, desired) = if !spec["maxUnavailable"].is_null() {
        let unavailable = scaled(&spec["maxUnavailable"], wanted, true);
        (wanted, (wanted - unavailable).max(0))
    } else if spec["minAvailable"].is_string() {
        (wanted, scaled(&spec["minAvailable"], wanted, true))
    } else {
        (found, spec["minAvailable"].as_i64().unwrap_or(1))
    };
    let allowed = if expected > 0 {
        (healthy - desired).max(0)
    } else {
        0
    };
    let generation = budget["metadata"]["generation"].clone();
    for (field, count) in [
        ("currentHealthy", healthy),
        ("desiredHealthy", desired),
        ("expectedPods", expected),
        ("disruptionsAllowed", allowed),
    ] {
        budget["status"][field] = json!(count);
    }
    budget["status"]["observedGeneration"] = generation.clone();
    let (status, reason) = if allowed > 0 {
        ("True", "SufficientPods")
    } else {
        ("False", "InsufficientPods")
    };
    let said = Condition {
        kind: "DisruptionAllowed",
        status,
        reason,
        message: "",
        more: json!({"message": "", "observedGeneration": generation}),
    };
    let now = state.now();
    let known = template::find_condition(&budget, said.kind);
    let same = known.is_some_and(|known| known["reason"] == reason);
    if !same {
        template::condition(&mut budget, None, &said, now);
    }
    state.update(&BUDGETS, budget);
}

/// How many Pods the owner of some should have.
fn expected(state: &State, uid: &str) -> i64 {
    let read = |uid: &str| -> Option<Value> {
        let (resource, place) = state.index.owner(uid)?;
        state.get(resource, &place.namespace, &place.name)
    };
    let Some(owner) = read(uid) else {
        return 0;
    };
    let is = |kind: &str| owner["kind"] == kind;
    if is(REPLICA_SETS.kind)
        && let Some(above) = object::controller(&owner)
        && above["kind"] == DEPLOYMENTS.kind
        && let Some(above) = read(object::text(above, "/uid"))
    {
        return object::number(&above, "/spec/replicas").unwrap_or(1);
    }
    object::number(&owner, "/spec/replicas").unwrap_or(0)
}
