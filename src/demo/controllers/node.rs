//! Nodes: what is not heard of is tainted, and its Pods go after a while; and the sweep of old Events
//! (`pkg/controller/{nodelifecycle,tainteviction,podgc}`).

use serde_json::{Value, json};

use super::{
    Loop, Place, Task, facts, kubelet, scheduler,
    template::{self, Condition, find_condition},
};
use crate::demo::{
    delete::{self, Deletion},
    object,
    resource::{EVENTS, NODES, PODS},
    state::State,
    store::{Change, Event},
};

/// So long an Event is kept (`--event-ttl`), in milliseconds.
pub(super) const EVENTS_LIVE: i64 = 3_600_000;
const FROM: &str = "taint-eviction-controller";
const NOT_READY: &str = "node.kubernetes.io/not-ready";
const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
const CORDONED: &str = "node.kubernetes.io/unschedulable";

/// A Node came, went or is another.
pub(super) fn react(state: &mut State, change: &Change) {
    let after = &change.after;
    scheduler::nodes_changed(state);
    let task = Task::Look(Loop::Node, Place::of(after));
    state.at(state.now(), task);
    let set = Place::of(after);
    let ready = |entry: &crate::demo::store::Entry| facts::node(entry).ready;
    let back = change.event != Event::Deleted
        && ready(after)
        && change.before.as_ref().is_none_or(|before| !ready(before));
    if back && let Some(load) = state.index.load(&set.name) {
        for pod in load.pods.clone() {
            state.at(state.now(), Task::Look(Loop::Pod, pod));
        }
    }
    let fits = |entry: &crate::demo::store::Entry| {
        let facts = facts::node(entry);
        (
            entry.labels.clone(),
            facts.unschedulable,
            facts.taints.clone(),
        )
    };
    let moved = change.event != Event::Modified
        || change
            .before
            .as_ref()
            .is_some_and(|before| fits(before) != fits(after));
    if moved {
        super::daemon_set::recheck(state);
    }
}

/// Looks at one: its taints follow from its state, and from its taints who must go.
pub(super) fn look(state: &mut State, place: &Place) {
    let name = &*place.name;
    let pods: Vec<Place> = state
        .index
        .load(name)
        .map(|load| load.pods.iter().cloned().collect())
        .unwrap_or_default();
    let Some(node) = state.get(&NODES, "", name) else {
        // A Node that is no more runs nothing; nobody there can say that it stopped.
        for pod in pods {
            let asked = Deletion {
                grace: Some(0),
                ..Deletion::default()
            };
            let _ = delete::delete(state, &PODS, &pod.namespace, &pod.name, &asked);
        }
        return;
    };
    let node = taint(state, node);
    let executing: Vec<&Value> = object::items(&node, "/spec/taints")
        .iter()
        .filter(|taint| taint["effect"] == "NoExecute")
        .collect();
    let status = find_condition(&node, "Ready").map(|ready| ready["status"].clone());
    let heard = status.is_none_or(|status| status == "True");
    let mut soonest: Option<i64> = None;
    for pod in pods {
        let Some(mut pod) = state.get(&PODS, &pod.namespace, &pod.name) else {
            continue;
        };
        if !heard {
            pod = unready(state, pod);
        }
        if object::is_leaving(&pod) {
            continue;
        }
        let Some(due) = eviction(state, &executing, &pod) else {
            continue;
        };
        if due > state.now() {
            soonest = Some(soonest.unwrap_or(due).min(due));
            continue;
        }
        let message = format!(
            "Marking for deletion Pod {}/{}",
            object::namespace(&pod),
            object::name(&pod)
        );
        state.event(&pod, "Normal", "TaintManagerEviction", &message, FROM);
        let disrupted = Condition {
            kind: "DisruptionTarget",
            status: "True",
            reason: "DeletionByTaintManager",
            message: "Taint manager: deleting due to NoExecute taint",
            more: json!({"lastProbeTime": null}),
        };
        let now = state.now();
        state.change(&PODS, object::namespace(&pod), object::name(&pod), |pod| {
            template::condition(pod, None, &disrupted, now);
        });
        let asked = Deletion::default();
        let (namespace, name) = (object::namespace(&pod), object::name(&pod));
        let _ = delete::delete(state, &PODS, namespace, name, &asked);
    }
    if let Some(due) = soonest {
        state.at(due, Task::Look(Loop::Node, place.clone()));
    }
}

/// Brings the taints up to date that say what a Node's state is.
fn taint(state: &mut State, mut node: Value) -> Value {
    let status =
        find_condition(&node, "Ready").map_or("True", |ready| object::text(ready, "/status"));
    let mut wanted: Vec<(&str, &str)> = match status {
        "True" => vec![],
        "False" => vec![(NOT_READY, "NoSchedule"), (NOT_READY, "NoExecute")],
        _ => vec![(UNREACHABLE, "NoSchedule"), (UNREACHABLE, "NoExecute")],
    };
    if node["spec"]["unschedulable"] == true {
        wanted.push((CORDONED, "NoSchedule"));
    }
    let ours = [NOT_READY, UNREACHABLE, CORDONED];
    let mut taints: Vec<Value> = object::items(&node, "/spec/taints").to_vec();
    taints.retain(|taint| {
        let key = object::text(taint, "/key");
        let effect = object::text(taint, "/effect");
        !ours.contains(&key) || wanted.contains(&(key, effect))
    });
    for (key, effect) in wanted {
        let there = taints
            .iter()
            .any(|taint| taint["key"] == key && taint["effect"] == effect);
        if !there {
            let mut taint = json!({"key": key, "effect": effect});
            if effect == "NoExecute" || key == CORDONED {
                taint["timeAdded"] = json!(object::time(state.now()));
            }
            taints.push(taint);
        }
    }
    if let Some(spec) = node["spec"].as_object_mut() {
        spec.remove("taints");
    }
    if !taints.is_empty() {
        node["spec"]["taints"] = json!(taints);
    }
    state.update(&NODES, node)
}

/// When a Pod must go, for there is a taint that it bears only so long, or not at all.
fn eviction(state: &State, taints: &[&Value], pod: &Value) -> Option<i64> {
    let due = |taint: &&Value| {
        let (key, value) = (object::text(taint, "/key"), object::text(taint, "/value"));
        let added = object::millis(object::text(taint, "/timeAdded")).unwrap_or(state.now());
        let borne = object::items(pod, "/spec/tolerations")
            .iter()
            .filter(|toleration| {
                let alone = json!({"spec": {"tolerations": [toleration]}});
                scheduler::tolerates(&alone, key, value, "NoExecute")
            })
            .map(|toleration| {
                object::number(toleration, "/tolerationSeconds").unwrap_or(i64::MAX / 10_000)
            })
            .max();
        borne.map_or(state.now(), |seconds| {
            added.saturating_add(state.span(seconds * 1_000))
        })
    };
    taints.iter().map(due).min()
}

/// Nobody knows how a Pod of a silent Node is: it counts as not ready.
fn unready(state: &mut State, mut pod: Value) -> Value {
    if find_condition(&pod, "Ready").is_none_or(|ready| ready["status"] != "True") {
        return pod;
    }
    let now = state.now();
    let said = Condition {
        kind: "Ready",
        status: "False",
        more: json!({"lastProbeTime": null, "observedGeneration": pod["metadata"]["generation"]}),
        ..Condition::default()
    };
    template::condition(&mut pod, None, &said, now);
    state.event(
        &pod,
        "Warning",
        "NodeNotReady",
        "Node is not ready",
        "node-controller",
    );
    kubelet::silence(state, &pod);
    state.update(&PODS, pod)
}

/// Takes away Events of more than an hour ago.
pub(super) fn sweep(state: &mut State) {
    let oldest = object::time(state.now() - EVENTS_LIVE);
    let old: Vec<Place> = state
        .store
        .list(&EVENTS, None)
        .filter(|entry| last_seen(&entry.json).is_some_and(|last| last < oldest.as_str()))
        .map(|entry| Place::of(entry))
        .collect();
    for place in old {
        state.remove(&EVENTS, &place.namespace, &place.name);
    }
    if state.store.count(&EVENTS) > 0 {
        state.after(EVENTS_LIVE / 6, Task::Sweep);
    }
}

/// When an Event was last seen; moments as they are written compare like text.
fn last_seen(json: &[u8]) -> Option<&str> {
    const FIELD: &[u8] = b"\"lastTimestamp\":\"";
    let start = memchr::memmem::find(json, FIELD)? + FIELD.len();
    let length = memchr::memchr(b'"', &json[start..])?;
    std::str::from_utf8(&json[start..start + length]).ok()
}
