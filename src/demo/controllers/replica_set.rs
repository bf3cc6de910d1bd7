//! ReplicaSets and `ReplicationController`: so many Pods of one template, whichever they are
//! (`pkg/controller/replicaset/replica_set.go`).

use std::{cmp::Reverse, sync::Arc};

use serde_json::{Value, json};

use super::{
    Loop, Place, Task,
    facts::{self, Phase},
    template::{self, Condition},
};
use crate::demo::{
    delete::{self, Deletion},
    object,
    resource::{PODS, REPLICATION_CONTROLLERS, Resource},
    state::State,
    store::Entry,
};

/// So many Pods are made or deleted at one look (`BurstReplicas`).
const BURST: usize = 500;
/// After a refusal it is tried again, in milliseconds; the wait doubles up to the second (client-go's workqueue).
const RETRY: (i64, i64) = (1_000, 300_000);

/// Looks at one.
pub(super) fn look(state: &mut State, resource: &'static Resource, place: &Place) {
    let Some(set) = state.get(resource, &place.namespace, &place.name) else {
        return;
    };
    let pods = state.store.owned_of(object::uid(&set), &PODS);
    let active: Vec<Arc<Entry>> = pods
        .iter()
        .filter(|pod| facts::pod(pod).active())
        .cloned()
        .collect();
    let wanted = object::number(&set, "/spec/replicas").unwrap_or(1);
    let missing = wanted - active.len() as i64;
    let refused = if object::is_leaving(&set) {
        None
    } else if missing > 0 {
        create(state, resource, &set, missing as usize)
    } else {
        if missing < 0 {
            shrink(
                state,
                resource,
                &set,
                &active,
                missing.unsigned_abs() as usize,
            );
        }
        None
    };
    report(state, resource, place, refused.as_deref());
    if refused.is_some() {
        let since = template::find_condition(
            &state
                .get(resource, &place.namespace, &place.name)
                .unwrap_or_default(),
            "ReplicaFailure",
        )
        .and_then(|condition| object::millis(object::text(condition, "/lastTransitionTime")))
        .unwrap_or(state.now());
        // Each wait is as long as it has failed so far, which doubles it.
        let wait = (state.now() - since).clamp(state.span(RETRY.0), state.span(RETRY.1));
        state.at(state.now() + wait.max(1), task(resource, place));
    }
}

fn task(resource: &'static Resource, place: &Place) -> Task {
    let look = if resource.is(&REPLICATION_CONTROLLERS) {
        Loop::ReplicationController
    } else {
        Loop::ReplicaSet
    };
    Task::Look(look, place.clone())
}

fn controller(resource: &'static Resource) -> &'static str {
    if resource.is(&REPLICATION_CONTROLLERS) {
        "replication-controller"
    } else {
        "replicaset-controller"
    }
}

/// Makes Pods; why it was refused, if it was. The first refusal ends it: the next would be refused as well.
fn create(
    state: &mut State,
    resource: &'static Resource,
    set: &Value,
    count: usize,
) -> Option<String> {
    let pod = template::pod(set, &set["spec"]["template"]);
    for _ in 0..count.min(BURST) {
        match template::create(state, pod.clone()) {
            Ok(made) => {
                let message = format!("Created pod: {}", object::name(&made));
                let from = controller(resource);
                state.event(set, "Normal", "SuccessfulCreate", &message, from);
            }
            Err(refusal) => {
                let message = format!("Error creating: {}", refusal.message);
                let from = controller(resource);
                state.event(set, "Warning", "FailedCreate", &message, from);
                return Some(refusal.message);
            }
        }
    }
    if count > BURST {
        let place = Place::new(object::namespace(set), object::name(set));
        state.after(1_000, task(resource, &place));
    }
    None
}

/// Deletes as many, first those that are missed least.
fn shrink(
    state: &mut State,
    resource: &'static Resource,
    set: &Value,
    active: &[Arc<Entry>],
    count: usize,
) {
    let mut pods: Vec<&Arc<Entry>> = active.iter().collect();
    pods.sort_by_cached_key(|pod| rank(state, pod, active));
    for pod in pods.into_iter().take(count.min(BURST)) {
        let asked = Deletion::default();
        if delete::delete(state, &PODS, &pod.namespace, &pod.name, &asked).is_ok() {
            let message = format!("Deleted pod: {}", pod.name);
            let from = controller(resource);
            state.event(set, "Normal", "SuccessfulDelete", &message, from);
        }
    }
}

/// Who goes first: without a Node, then pending, then not ready, then cheap, then crowded, then ready for a short time,
/// then often restarted, then young (`ActivePodsWithRanks`).
fn rank(state: &State, pod: &Entry, all: &[Arc<Entry>]) -> impl Ord + use<> {
    let node = pod.field("spec.nodeName").unwrap_or("");
    let facts = facts::pod(pod);
    let phase = match facts.phase {
        Phase::Pending => 0,
        Phase::Unknown => 1,
        _ => 2,
    };
    let cost: i64 = if memchr::memmem::find(&pod.json, b"pod-deletion-cost").is_some() {
        let value = pod.value();
        let cost = object::annotation(&value, "controller.kubernetes.io/pod-deletion-cost");
        cost.and_then(|cost| cost.parse().ok()).unwrap_or(0)
    } else {
        0
    };
    // Counting neighbours is quadratic; among very many it does not matter who goes.
    let crowd = if all.len() > 200 {
        0
    } else {
        let near = |other: &&Arc<Entry>| other.field("spec.nodeName") == Some(node);
        all.iter().filter(near).count()
    };
    let age = |since: i64| (state.now() - since).max(1).ilog2();
    (
        !node.is_empty(),
        phase,
        facts.ready,
        cost,
        Reverse(crowd),
        age(facts.since),
        Reverse(facts.restarts),
        (age(facts.created), pod.uid.clone()),
    )
}

/// Writes what is there.
fn report(state: &mut State, resource: &'static Resource, place: &Place, refused: Option<&str>) {
    let Some(mut set) = state.get(resource, &place.namespace, &place.name) else {
        return;
    };
    let now = state.now();
    let quiet = object::number(&set, "/spec/minReadySeconds").unwrap_or(0);
    let wanted: Vec<(String, String)> = object::fields(&set, "/spec/template/metadata/labels")
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), value.as_str().unwrap_or("").to_owned()))
        .collect();
    let (mut all, mut labelled, mut ready, mut available, mut leaving) = (0, 0, 0, 0, 0);
    let mut soonest = None;
    for pod in state.store.owned_of(object::uid(&set), &PODS) {
        let facts = facts::pod(&pod);
        if facts.leaving && !facts.done() {
            leaving += 1;
        }
        if !facts.active() {
            continue;
        }
        all += 1;
        labelled += i64::from(
            wanted
                .iter()
                .all(|(key, value)| pod.label(key) == Some(value)),
        );
        ready += i64::from(facts.ready);
        match facts.available(quiet, now) {
            Ok(()) => available += 1,
            Err(Some(left)) => soonest = Some(soonest.unwrap_or(left).min(left)),
            Err(None) => {}
        }
    }
    let before = set["status"].clone();
    let mut status = json!({
        "replicas": all, "observedGeneration": set["metadata"]["generation"],
    });
    if !resource.is(&REPLICATION_CONTROLLERS) {
        status["terminatingReplicas"] = json!(leaving);
    }
    for (field, count) in [
        ("fullyLabeledReplicas", labelled),
        ("readyReplicas", ready),
        ("availableReplicas", available),
    ] {
        if count > 0 {
            status[field] = json!(count);
        }
    }
    if !before["conditions"].is_null() {
        status["conditions"] = before["conditions"].clone();
    }
    set["status"] = status;
    match refused {
        Some(message) => {
            let failed = Condition {
                kind: "ReplicaFailure",
                status: "True",
                reason: "FailedCreate",
                message,
                ..Condition::default()
            };
            // The message names a Pod that is never the same; the first one stands.
            if template::find_condition(&set, failed.kind).is_none() {
                template::condition(&mut set, None, &failed, now);
            }
        }
        None => template::no_condition(&mut set, "ReplicaFailure"),
    }
    if object::items(&set, "/status/conditions").is_empty()
        && let Some(status) = set["status"].as_object_mut()
    {
        status.remove("conditions");
    }
    state.update(resource, set);
    if let Some(left) = soonest {
        state.at(now + left, task(resource, place));
    }
}
