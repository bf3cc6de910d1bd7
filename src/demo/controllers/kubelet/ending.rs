//! How a Pod ends: it is asked to stop and gets its time, or its time is up (`pkg/kubelet/pod_workers.go`).

use serde_json::Value;

use super::{Worker, acts::Acts, container::Doing, containers, report, restarts, scene::Scene};
use crate::demo::{object, state::State};

/// How long a container takes to stop that does not say, in milliseconds.
const STOPS: i64 = 1_000;

/// Stops a Pod that is being deleted; true once it has stopped.
pub(super) fn stop(state: &mut State, pod: &Value, next: &mut Value, worker: &mut Worker) -> bool {
    let now = state.now();
    let grace = object::number(pod, "/metadata/deletionGracePeriodSeconds").unwrap_or(0);
    let end = object::millis(object::text(pod, "/metadata/deletionTimestamp")).unwrap_or(now);
    // It was asked a grace period before its end.
    let last = end - grace * 1_000 + state.span(grace * 1_000);
    let mut longest = 0;
    let mut running = false;
    for (place, (_, spec)) in containers(pod).enumerate() {
        let runs = worker
            .containers
            .get(place)
            .is_some_and(|container| is_running(&container.doing));
        if !runs {
            continue;
        }
        running = true;
        longest = longest.max(Acts::read(pod, spec).ends.unwrap_or(STOPS));
        if worker.ends.is_none() {
            let message = format!("Stopping container {}", object::text(spec, "/name"));
            let part = super::part(pod, object::text(spec, "/name"));
            state.event_of_part((pod, &part), "Normal", "Killing", &message, "kubelet");
        }
    }
    if grace == 0 {
        worker.ends = Some(now);
    }
    let asked = now + if running { state.span(longest) } else { 0 };
    let due = match worker.ends {
        // A second deletion can make it shorter.
        Some(known) => known.min(last.max(now)),
        None => asked.min(last.max(now)),
    };
    worker.ends = Some(due);
    if now < due {
        return false;
    }
    let in_time = longest <= grace * 1_000;
    end_all(state, pod, next, worker, in_time);
    report::conditions(state, pod, next, false);
    if running && next["status"]["phase"] == "Running" {
        // One that ends for good is not about to run again, whatever its policy says.
        let phase = if in_time { "Succeeded" } else { "Failed" };
        next["status"]["phase"] = phase.into();
        report::write(state, pod, next, phase, false);
    }
    true
}

fn is_running(doing: &Doing) -> bool {
    matches!(doing, Doing::Running { .. } | Doing::Stopping { .. })
}

fn end_all(state: &mut State, pod: &Value, next: &mut Value, worker: &mut Worker, in_time: bool) {
    for (place, (field, spec)) in containers(pod).enumerate() {
        let Some(container) = worker.containers.get_mut(place) else {
            continue;
        };
        let Some(status) = report::status(next, field, spec) else {
            continue;
        };
        let (Doing::Running { since, .. } | Doing::Stopping { since, .. }) = container.doing else {
            continue;
        };
        let scene = Scene {
            restarts: restarts(pod, field, spec),
            acts: &Acts::default(),
            state: &mut *state,
            pod,
            spec,
        };
        let (code, reason) = if in_time {
            (0, "Completed")
        } else {
            (137, "Error")
        };
        container.end(&scene, status, since, code, reason);
        container.doing = Doing::Done;
    }
}

/// When a Pod that may run only so long has run so long.
pub(super) fn deadline(state: &State, pod: &Value) -> Option<i64> {
    let seconds = object::number(pod, "/spec/activeDeadlineSeconds")?;
    let since = object::millis(object::text(pod, "/status/startTime"))?;
    let done = matches!(object::text(pod, "/status/phase"), "Succeeded" | "Failed");
    (!done).then(|| since + state.span(seconds * 1_000))
}

/// Ends a Pod whose time is up.
pub(super) fn expire(state: &mut State, pod: &Value, next: &mut Value, worker: &mut Worker) {
    if deadline(state, next).is_none_or(|due| due > state.now()) {
        return;
    }
    let message = "Pod was active on the node longer than the specified deadline";
    state.event(pod, "Normal", "DeadlineExceeded", message, "kubelet");
    end_all(state, pod, next, worker, false);
    report::fail(next, "DeadlineExceeded", message);
    report::write(state, pod, next, "Failed", false);
    for container in &mut worker.containers {
        container.doing = Doing::Done;
    }
}
