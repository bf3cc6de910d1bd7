//! The kubelets: each Pod that has a Node lives there, from its acceptance to its end (`pkg/kubelet`).
//!
//! ```text
//!  accepted → volumes mounted → sandbox with an address → init containers, one after the other → containers, side by side
//!           └ FailedMount, again          sidecars stay ┘
//! ```
//!
//! What a kubelet remembers is kept beside the store and can be found again from the status, so a Pod that was put
//! into the store as if it had lived for days goes on from there.

pub mod acts;
mod container;
mod ending;
mod needs;
mod report;
mod scene;
mod words;

use std::collections::HashMap;

use serde_json::{Value, json};

use self::{
    acts::Acts,
    container::{Container, Doing},
    scene::Scene,
};
use super::{Loop, Place, Task, facts};
use crate::demo::{
    object,
    resource::{NODES, PODS},
    state::State,
    store::{Change, Event},
};

/// What the kubelets remember, by the uid of the Pod.
#[derive(Debug, Default)]
pub struct Kubelets {
    workers: HashMap<Box<str>, Worker>,
}

/// What a kubelet remembers of a Pod.
#[derive(Debug, Default)]
struct Worker {
    /// The version it wrote last: news of that is no news.
    written: u64,
    /// Init containers, then the others, as in the spec.
    containers: Vec<Container>,
    mount_tries: u32,
    mounted: bool,
    sandbox: bool,
    /// When it will have stopped.
    ends: Option<i64>,
}

/// A Pod that has a Node is looked at, unless it is the kubelet that changed it.
pub(super) fn react(state: &mut State, change: &Change) {
    let after = &change.after;
    if change.event == Event::Deleted {
        state.kubelets.workers.remove(&after.uid);
        return;
    }
    if after.field("spec.nodeName").unwrap_or("").is_empty() {
        return;
    }
    let known = state.kubelets.workers.get(&after.uid);
    if known.is_none_or(|worker| worker.written != after.version) {
        let task = Task::Look(Loop::Pod, Place::of(after));
        state.at(state.now(), task);
    }
}

/// Looks at one.
pub(super) fn look(state: &mut State, place: &Place) {
    let Some(entry) = state.store.get(&PODS, &place.namespace, &place.name) else {
        return;
    };
    let entry = std::sync::Arc::clone(entry);
    let node = entry.field("spec.nodeName").unwrap_or("");
    let Some(host) = state.store.get(&NODES, "", node) else {
        return;
    };
    if !facts::node(host).ready {
        return;
    }
    let pod = entry.value();
    let mut worker = match state.kubelets.workers.remove(&entry.uid) {
        Some(worker) => worker,
        None => Worker::restore(state, &pod),
    };
    let mut next = pod.clone();
    let grace = object::number(&pod, "/metadata/deletionGracePeriodSeconds");
    if object::is_leaving(&pod) && grace == Some(0) && facts::pod(&entry).done() {
        // It has stopped; what holds it is not the kubelet.
        return;
    }
    if object::is_leaving(&pod) {
        if ending::stop(state, &pod, &mut next, &mut worker) {
            next["metadata"]["deletionGracePeriodSeconds"] = json!(0);
            state.update(&PODS, next);
            return;
        }
    } else if !facts::pod(&entry).done() {
        worker.live(state, &pod, &mut next);
        ending::expire(state, &pod, &mut next, &mut worker);
    }
    let due = worker.due(state, &next);
    state.update(&PODS, next);
    if let Some(entry) = state.store.get(&PODS, &place.namespace, &place.name) {
        worker.written = entry.version;
        state.kubelets.workers.insert(entry.uid.clone(), worker);
    }
    if let Some(due) = due {
        state.at(due, Task::Look(Loop::Pod, place.clone()));
    }
}

/// The process of a container ends now with this code, whatever it did: it broke, or somebody killed it.
pub fn crash(state: &mut State, pod: &Value, container: &str, code: i64) {
    let place = containers(pod).position(|(_, spec)| spec["name"] == container);
    let now = state.now();
    let worker = state.kubelets.workers.get_mut(object::uid(pod));
    if let (Some(worker), Some(place)) = (worker, place)
        && let Some(container) = worker.containers.get_mut(place)
        && let Doing::Running { death, .. } = &mut container.doing
    {
        *death = Some((now, acts::Death::Exit(code)));
        let place = Place::new(object::namespace(pod), object::name(pod));
        state.at(now, Task::Look(Loop::Pod, place));
    }
}

/// The containers of a Pod, init containers first, and where each has its status.
fn containers(pod: &Value) -> impl Iterator<Item = (&'static str, &Value)> {
    let first = object::items(pod, "/spec/initContainers").iter();
    let then = object::items(pod, "/spec/containers").iter();
    first
        .map(|container| ("initContainerStatuses", container))
        .chain(then.map(|container| ("containerStatuses", container)))
}

/// What Events call a container: `spec.containers{web}`.
fn part(pod: &Value, name: &str) -> String {
    let first = object::items(pod, "/spec/initContainers")
        .iter()
        .any(|known| known["name"] == name);
    let list = if first {
        "initContainers"
    } else {
        "containers"
    };
    format!("spec.{list}{{{name}}}")
}

/// Whether a container is started again when it ends well, and when it does not.
fn restarts(pod: &Value, field: &str, container: &Value) -> (bool, bool) {
    let init = field == "initContainerStatuses";
    if is_sidecar(field, container) {
        return (true, true);
    }
    match object::text(pod, "/spec/restartPolicy") {
        "Never" => (false, false),
        "OnFailure" => (false, true),
        _ => (!init, true),
    }
}

/// An init container that stays.
fn is_sidecar(field: &str, container: &Value) -> bool {
    field == "initContainerStatuses" && container["restartPolicy"] == "Always"
}

impl Worker {
    /// What a kubelet finds when it sees a Pod for the first time.
    fn restore(state: &mut State, pod: &Value) -> Self {
        let mut worker = Self {
            sandbox: !object::text(pod, "/status/podIP").is_empty(),
            ..Self::default()
        };
        worker.mounted = worker.sandbox;
        for (field, spec) in containers(pod) {
            let known = object::items(pod, &format!("/status/{field}"))
                .iter()
                .find(|status| status["name"] == spec["name"]);
            let container = known.map_or_else(Container::default, |status| {
                let scene = Scene {
                    restarts: restarts(pod, field, spec),
                    acts: &Acts::read(pod, spec),
                    state: &mut *state,
                    pod,
                    spec,
                };
                Container::restore(&scene, status)
            });
            worker.containers.push(container);
        }
        worker
    }

    /// When there is something to do.
    fn due(&self, state: &State, pod: &Value) -> Option<i64> {
        if let Some(ends) = self.ends {
            return Some(ends);
        }
        let mut due = self.containers.iter().filter_map(Container::due).min();
        if !self.mounted {
            let wait = 500_i64 << self.mount_tries.min(8);
            due = Some(state.now() + state.span(wait.min(122_000)).max(1));
        }
        [due, ending::deadline(state, pod)]
            .into_iter()
            .flatten()
            .min()
    }

    /// Does what is due for a Pod that is to run.
    fn live(&mut self, state: &mut State, pod: &Value, next: &mut Value) {
        if next["status"]["startTime"].is_null() {
            report::accept(state, next);
        }
        if !self.mounted {
            if let Some(why) = needs::of_volumes(state, pod) {
                state.event(pod, "Warning", "FailedMount", &why, "kubelet");
                self.mount_tries += 1;
                return report::conditions(state, pod, next, false);
            }
            self.mounted = true;
        }
        if !self.sandbox {
            self.sandbox = true;
            report::address(state, next);
        }
        let mut turn = true;
        let mut initialized = true;
        for (place, (field, spec)) in containers(pod).enumerate() {
            let init = field == "initContainerStatuses";
            if !init && !initialized {
                break;
            }
            let Some(container) = self.containers.get_mut(place) else {
                break;
            };
            if !turn && matches!(container.doing, Doing::Waiting) {
                continue;
            }
            let Some(status) = report::status(next, field, spec) else {
                continue;
            };
            let mut scene = Scene {
                restarts: restarts(pod, field, spec),
                acts: &Acts::read(pod, spec),
                state: &mut *state,
                pod,
                spec,
            };
            container.step(&mut scene, status);
            if init {
                let over = if is_sidecar(field, spec) {
                    status["started"] == true
                } else {
                    status["state"]["terminated"]["exitCode"] == 0
                };
                // Whoever is not over holds up all that follow.
                turn &= over;
                initialized &= over;
                if !is_sidecar(field, spec) {
                    status["ready"] = json!(over);
                }
            }
        }
        report::conditions(state, pod, next, self.sandbox);
    }
}

/// A Node is not heard of: what its kubelet says of this Pod later is news again.
pub(super) fn silence(state: &mut State, pod: &Value) {
    if let Some(worker) = state.kubelets.workers.get_mut(object::uid(pod)) {
        worker.written = 0;
    }
}

#[cfg(test)]
#[path = "kubelet_tests.rs"]
mod tests;
