//! What a Deployment says of itself: counts, and the conditions Available, Progressing and `ReplicaFailure`
//! (`pkg/controller/deployment/{progress,sync}.go`).

use serde_json::{Value, json};

use super::{
    Loop, Place, Task,
    deployment::{Rollout, size},
    template::{self, Condition, find_condition},
};
use crate::demo::{object, resource::DEPLOYMENTS, state::State};

/// The field that says when a condition was last written.
const TOUCHED: Option<&str> = Some("lastUpdateTime");
/// A deadline of that many seconds is none.
const NEVER: i64 = i32::MAX as i64;

fn deadline(deployment: &Value) -> Option<i64> {
    let seconds = object::number(deployment, "/spec/progressDeadlineSeconds").unwrap_or(600);
    (seconds != NEVER).then_some(seconds)
}

/// Sets a condition unless one with this status and reason stands.
fn set(deployment: &mut Value, condition: &Condition<'_>, now: i64) {
    let same = find_condition(deployment, condition.kind).is_some_and(|known| {
        known["status"] == condition.status && known["reason"] == condition.reason
    });
    if !same {
        template::condition(deployment, TOUCHED, condition, now);
    }
}

fn progressing<'a>(status: &'a str, reason: &'a str, message: &'a str) -> Condition<'a> {
    Condition {
        kind: "Progressing",
        status,
        reason,
        message,
        ..Condition::default()
    }
}

/// Says that a Deployment was paused or goes on.
pub(super) fn note_pause(state: &mut State, deployment: &mut Value) {
    if deadline(deployment).is_none() {
        return;
    }
    let reason = find_condition(deployment, "Progressing").map(|known| known["reason"].clone());
    let reason = reason.as_ref().and_then(Value::as_str).unwrap_or("");
    let paused = deployment["spec"]["paused"] == true;
    let said = match (paused, reason) {
        (_, "ProgressDeadlineExceeded") | (true, "DeploymentPaused") => return,
        (true, _) => progressing("Unknown", "DeploymentPaused", "Deployment is paused"),
        (false, "DeploymentPaused") => {
            progressing("Unknown", "DeploymentResumed", "Deployment is resumed")
        }
        (false, _) => return,
    };
    set(deployment, &said, state.now());
    *deployment = state.update(&DEPLOYMENTS, deployment.take());
}

/// Says that a version has its ReplicaSet.
pub(super) fn created(state: &mut State, deployment: &mut Value, set_made: &Value) {
    let message = format!("Created new replica set \"{}\"", object::name(set_made));
    if deadline(deployment).is_some() {
        let said = progressing("True", "NewReplicaSetCreated", &message);
        set(deployment, &said, state.now());
        *deployment = state.update(&DEPLOYMENTS, deployment.take());
    }
}

/// Says that a version that was there before is the new one again.
pub(super) fn found(state: &mut State, deployment: &mut Value, set_found: &Value) {
    if deadline(deployment).is_some() && find_condition(deployment, "Progressing").is_none() {
        let message = format!("Found new replica set \"{}\"", object::name(set_found));
        let said = progressing("True", "FoundNewReplicaSet", &message);
        set(deployment, &said, state.now());
        *deployment = state.update(&DEPLOYMENTS, deployment.take());
    }
}

/// Says that a ReplicaSet could not be made.
pub(super) fn refused(state: &mut State, deployment: &mut Value, message: &str) {
    let message = format!("Failed to create new replica set: {message}");
    let said = progressing("False", "ReplicaSetCreateError", &message);
    set(deployment, &said, state.now());
    *deployment = state.update(&DEPLOYMENTS, deployment.take());
    let place = Place::new(object::namespace(deployment), object::name(deployment));
    state.after(5_000, Task::Look(Loop::Deployment, place));
}

/// The counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    replicas: i64,
    updated: i64,
    ready: i64,
    available: i64,
    unavailable: i64,
    terminating: i64,
}

/// Counts what the ReplicaSets say.
pub(super) fn count(rollout: &Rollout) -> Count {
    let sum = |field: &str| -> i64 {
        let pointer = format!("/status/{field}");
        let counts = rollout.all().map(|set| object::number(set, &pointer));
        counts.map(|count| count.unwrap_or(0)).sum()
    };
    let available = sum("availableReplicas");
    let wanted: i64 = rollout.all().map(size).sum();
    Count {
        replicas: sum("replicas"),
        updated: rollout
            .new
            .as_ref()
            .and_then(|new| object::number(new, "/status/replicas"))
            .unwrap_or(0),
        ready: sum("readyReplicas"),
        available,
        unavailable: (wanted - available).max(0),
        terminating: sum("terminatingReplicas"),
    }
}

/// Whether all Pods are new and work.
pub(super) fn complete(rollout: &Rollout, count: &Count) -> bool {
    let wanted = rollout.replicas();
    count.updated == wanted && count.replicas == wanted && count.available == wanted
}

/// The status with the counts, and whether there is enough.
fn counted(rollout: &Rollout, now: i64) -> Value {
    let mut deployment = rollout.deployment.clone();
    let count = count(rollout);
    let conditions = deployment["status"]["conditions"].clone();
    let collisions = deployment["status"]["collisionCount"].clone();
    deployment["status"] = json!({
        "observedGeneration": deployment["metadata"]["generation"],
        "terminatingReplicas": count.terminating,
    });
    for (field, count) in [
        ("replicas", count.replicas),
        ("updatedReplicas", count.updated),
        ("readyReplicas", count.ready),
        ("availableReplicas", count.available),
        ("unavailableReplicas", count.unavailable),
    ] {
        if count > 0 {
            deployment["status"][field] = json!(count);
        }
    }
    for (field, value) in [("conditions", conditions), ("collisionCount", collisions)] {
        if !value.is_null() {
            deployment["status"][field] = value;
        }
    }
    let enough = count.available >= rollout.replicas() - rollout.fences().1;
    let (status, reason, message) = if enough {
        (
            "True",
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.",
        )
    } else {
        (
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.",
        )
    };
    let said = Condition {
        kind: "Available",
        status,
        reason,
        message,
        ..Condition::default()
    };
    set(&mut deployment, &said, now);
    deployment
}

/// Writes counts without judging how it goes on: while it is paused, scaled or leaving.
pub(super) fn sync(state: &mut State, rollout: &Rollout) {
    let deployment = counted(rollout, state.now());
    state.update(&DEPLOYMENTS, deployment);
}

/// Writes counts, and whether it goes on.
pub(super) fn progress(state: &mut State, rollout: &Rollout) {
    let now = state.now();
    let mut deployment = counted(rollout, now);
    let count = count(rollout);
    let name = rollout.new.as_ref().map_or_else(
        || format!("Deployment \"{}\"", object::name(&rollout.deployment)),
        |new| format!("ReplicaSet \"{}\"", object::name(new)),
    );
    let known = find_condition(&rollout.deployment, "Progressing").cloned();
    let reason = known
        .as_ref()
        .map_or("", |known| object::text(known, "/reason"));
    let done = count.replicas == count.updated && reason == "NewReplicaSetAvailable";
    let limit = deadline(&rollout.deployment);
    if let Some(limit) = limit
        && !done
    {
        if complete(rollout, &count) {
            let message = format!("{name} has successfully progressed.");
            let said = progressing("True", "NewReplicaSetAvailable", &message);
            set(&mut deployment, &said, now);
        } else if moved(&rollout.deployment, &count) {
            let message = format!("{name} is progressing.");
            let said = progressing("True", "ReplicaSetUpdated", &message);
            renew(&mut deployment, &said, now);
        } else if let Some(known) = &known {
            let last = object::millis(object::text(known, "/lastUpdateTime")).unwrap_or(now);
            let end = last + state.span(limit * 1_000);
            if reason != "ProgressDeadlineExceeded" && reason != "DeploymentPaused" && now >= end {
                let message = format!("{name} has timed out progressing.");
                let said = progressing("False", "ProgressDeadlineExceeded", &message);
                set(&mut deployment, &said, now);
            }
        }
    } else if limit.is_none() {
        template::no_condition(&mut deployment, "Progressing");
    }
    fail(rollout, &mut deployment, now);
    let deployment = state.update(&DEPLOYMENTS, deployment);
    watch_deadline(state, rollout, &deployment, limit);
}

/// What a ReplicaSet could not do, its Deployment says too.
fn fail(rollout: &Rollout, deployment: &mut Value, now: i64) {
    let failure = rollout
        .new
        .iter()
        .chain(&rollout.old)
        .find_map(|set| find_condition(set, "ReplicaFailure"));
    match failure {
        Some(failure) => {
            let said = Condition {
                kind: "ReplicaFailure",
                status: object::text(failure, "/status"),
                reason: object::text(failure, "/reason"),
                message: object::text(failure, "/message"),
                ..Condition::default()
            };
            set(deployment, &said, now);
        }
        None => template::no_condition(deployment, "ReplicaFailure"),
    }
}

/// Whether there is more of the new, or less of the old, than was last said.
fn moved(deployment: &Value, count: &Count) -> bool {
    let before = |field: &str| {
        let pointer = format!("/status/{field}");
        object::number(deployment, &pointer).unwrap_or(0)
    };
    count.updated > before("updatedReplicas")
        || count.replicas - count.updated < before("replicas") - before("updatedReplicas")
        || count.ready > before("readyReplicas")
        || count.available > before("availableReplicas")
}

/// Progress is written anew each time: from its moment the deadline counts.
fn renew(deployment: &mut Value, said: &Condition<'_>, now: i64) {
    let turned = find_condition(deployment, said.kind)
        .filter(|known| known["status"] == said.status)
        .map(|known| known["lastTransitionTime"].clone());
    template::no_condition(deployment, said.kind);
    template::condition(deployment, TOUCHED, said, now);
    if let (Some(turned), Some(conditions)) =
        (turned, deployment["status"]["conditions"].as_array_mut())
        && let Some(last) = conditions.last_mut()
    {
        last["lastTransitionTime"] = turned;
    }
}

fn watch_deadline(state: &mut State, rollout: &Rollout, deployment: &Value, limit: Option<i64>) {
    let Some(limit) = limit else {
        return;
    };
    let Some(known) = find_condition(deployment, "Progressing") else {
        return;
    };
    let reason = object::text(known, "/reason");
    let waits = !matches!(
        reason,
        "NewReplicaSetAvailable" | "ProgressDeadlineExceeded" | "DeploymentPaused"
    );
    if waits && !complete(rollout, &count(rollout)) {
        let last = object::millis(object::text(known, "/lastUpdateTime")).unwrap_or(state.now());
        let end = last + state.span(limit * 1_000);
        let place = Place::new(object::namespace(deployment), object::name(deployment));
        state.at(
            end.max(state.now() + 1),
            Task::Look(Loop::Deployment, place),
        );
    }
}
