//! DaemonSets: a Pod on each Node that suits (`pkg/controller/daemon`).

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    GATHER, Loop, Place, Task, facts, revision, scheduler,
    template::{self, scaled},
};
use crate::demo::{
    delete::{self, Deletion},
    object,
    resource::{DAEMON_SETS, NODES, PODS},
    state::State,
    store::Entry,
};

const FROM: &str = "daemonset-controller";
const NAME_TERMS: &str = "requiredDuringSchedulingIgnoredDuringExecution";
/// What a daemon bears on its own account: it belongs to the Node, however that is.
const BORNE: &[(&str, &str)] = &[
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
];

/// A Node came, went, or has other labels or taints: every DaemonSet looks.
pub(super) fn recheck(state: &mut State) {
    let all: Vec<Place> = state
        .store
        .list(&DAEMON_SETS, None)
        .map(|entry| Place::of(entry))
        .collect();
    for place in all {
        state.at(state.now() + GATHER, Task::Look(Loop::DaemonSet, place));
    }
}

/// A Pod of this DaemonSet for this Node.
fn daemon(set: &Value, hash: &str, node: &str) -> Value {
    let mut pod = template::pod(set, &set["spec"]["template"]);
    pod["metadata"]["labels"][revision::HASH] = json!(hash);
    let generation = object::annotation(set, "deprecated.daemonset.template.generation");
    if let Some(generation) = generation {
        pod["metadata"]["labels"]["pod-template-generation"] = json!(generation);
    }
    let mut tolerations = object::items(&pod, "/spec/tolerations").to_vec();
    for (key, effect) in BORNE {
        tolerations.push(json!({"key": key, "operator": "Exists", "effect": effect}));
    }
    if pod["spec"]["hostNetwork"] == true {
        let key = "node.kubernetes.io/network-unavailable";
        tolerations.push(json!({"key": key, "operator": "Exists", "effect": "NoSchedule"}));
    }
    pod["spec"]["tolerations"] = json!(tolerations);
    let field = json!([{"key": "metadata.name", "operator": "In", "values": [node]}]);
    let required = &mut pod["spec"]["affinity"]["nodeAffinity"][NAME_TERMS];
    match required["nodeSelectorTerms"].as_array_mut() {
        Some(terms) => {
            for term in terms {
                term["matchFields"] = field.clone();
            }
        }
        None => *required = json!({"nodeSelectorTerms": [{"matchFields": field}]}),
    }
    pod
}

/// The Node that a daemon runs on, or is to run on.
fn node_of(pod: &Entry) -> String {
    let node = pod.field("spec.nodeName").unwrap_or("");
    if !node.is_empty() {
        return node.to_owned();
    }
    let pod = pod.value();
    let pointer = format!(
        "/spec/affinity/nodeAffinity/{NAME_TERMS}/nodeSelectorTerms/0/matchFields/0/values/0"
    );
    object::text(&pod, &pointer).to_owned()
}

/// Looks at one.
pub(super) fn look(state: &mut State, place: &Place) {
    let Some(mut set) = state.get(&DAEMON_SETS, &place.namespace, &place.name) else {
        return;
    };
    let labels = set["spec"]["template"]["metadata"]["labels"].clone();
    let newest = revision::newest(state, &DAEMON_SETS, &mut set, |hash| {
        let mut labels = labels.clone();
        labels[revision::HASH] = json!(hash);
        labels
    });
    let Some(newest) = newest else {
        return state.after(1_000, Task::Look(Loop::DaemonSet, place.clone()));
    };
    let hash = object::label(&newest, revision::HASH)
        .unwrap_or("")
        .to_owned();
    let nodes: Vec<Arc<Entry>> = state.store.list(&NODES, None).cloned().collect();
    if !object::is_leaving(&set) {
        place_daemons(state, &set, &nodes, &hash);
        roll(state, &set, &nodes, &hash);
    }
    report(state, set, &nodes, &hash);
    let Some(set) = state.get(&DAEMON_SETS, &place.namespace, &place.name) else {
        return;
    };
    let used: Vec<Box<str>> = state
        .store
        .owned_of(object::uid(&set), &PODS)
        .iter()
        .filter_map(|pod| pod.label(revision::HASH).map(Into::into))
        .collect();
    let live: Vec<String> = revision::all(state, &set)
        .iter()
        .filter(|revision| {
            let hash = object::label(revision, revision::HASH).unwrap_or("");
            object::name(revision) == object::name(&newest)
                || used.iter().any(|used| **used == *hash)
        })
        .map(|revision| object::name(revision).to_owned())
        .collect();
    revision::clean_up(state, &set, &live);
}

/// Its Pods by Node, oldest first.
fn by_node(state: &State, set: &Value) -> BTreeMap<String, Vec<Arc<Entry>>> {
    let mut all: BTreeMap<String, Vec<Arc<Entry>>> = BTreeMap::new();
    for pod in state.store.owned_of(object::uid(set), &PODS) {
        all.entry(node_of(&pod)).or_default().push(pod);
    }
    for pods in all.values_mut() {
        pods.sort_by_key(|pod| facts::pod(pod).created);
    }
    all
}

/// Whether a Node is to have a daemon, and whether one that is there may stay.
fn wants(set: &Value, node: &Entry) -> (bool, bool) {
    let pod = daemon(set, "", &node.name);
    let fits = scheduler::unfit(node, &pod).is_none();
    let taints = &facts::node(node).taints;
    let thrown_out = taints.iter().any(|(key, value, effect)| {
        effect == "NoExecute" && !scheduler::tolerates(&pod, key, value, effect)
    });
    (fits, scheduler::suits(node, &pod) && !thrown_out)
}

fn place_daemons(state: &mut State, set: &Value, nodes: &[Arc<Entry>], hash: &str) {
    let mut known = by_node(state, set);
    let mut goes: Vec<Arc<Entry>> = Vec::new();
    let mut comes: Vec<String> = Vec::new();
    for node in nodes {
        let pods = known.remove(&*node.name).unwrap_or_default();
        let (run, stay) = wants(set, node);
        let (failed, mut fine): (Vec<_>, Vec<_>) =
            pods.into_iter().partition(|pod| facts::pod(pod).done());
        for pod in failed {
            if !facts::pod(&pod).leaving {
                let message = format!(
                    "Found failed daemon pod {}/{} on node {}, will try to kill it",
                    pod.namespace, pod.name, node.name
                );
                state.event(set, "Warning", "FailedDaemonPod", &message, FROM);
                goes.push(pod);
            }
        }
        if fine.is_empty() && run {
            comes.push(node.name.to_string());
        } else if !stay && !run {
            goes.append(&mut fine);
        } else if fine.len() > 1 {
            goes.extend(fine.into_iter().skip(1));
        }
    }
    // What is left is on Nodes that are no more.
    goes.extend(known.into_values().flatten());
    for pod in goes {
        remove(state, set, &pod);
    }
    for node in comes {
        match template::create(state, daemon(set, hash, &node)) {
            Ok(pod) => {
                let message = format!("Created pod: {}", object::name(&pod));
                state.event(set, "Normal", "SuccessfulCreate", &message, FROM);
            }
            Err(refusal) => {
                let message = format!("Error creating: {}", refusal.message);
                state.event(set, "Warning", "FailedCreate", &message, FROM);
                let place = Place::new(object::namespace(set), object::name(set));
                state.after(10_000, Task::Look(Loop::DaemonSet, place));
                return;
            }
        }
    }
}

fn remove(state: &mut State, set: &Value, pod: &Entry) {
    let asked = Deletion::default();
    let gone = !facts::pod(pod).leaving
        && delete::delete(state, &PODS, &pod.namespace, &pod.name, &asked).is_ok();
    if gone {
        let message = format!("Deleted pod: {}", pod.name);
        state.event(set, "Normal", "SuccessfulDelete", &message, FROM);
    }
}

fn quiet(set: &Value) -> i64 {
    object::number(set, "/spec/minReadySeconds").unwrap_or(0)
}

/// Takes old ones away, as many as may be missing; the look after that makes new ones.
fn roll(state: &mut State, set: &Value, nodes: &[Arc<Entry>], hash: &str) {
    if set["spec"]["updateStrategy"]["type"] == "OnDelete" {
        return;
    }
    let now = state.now();
    let known = by_node(state, set);
    let (mut wanted, mut missing) = (0, 0);
    let (mut broken, mut fine): (Vec<Arc<Entry>>, Vec<Arc<Entry>>) = (Vec::new(), Vec::new());
    for node in nodes.iter().filter(|node| wants(set, node).0) {
        wanted += 1;
        let pods = known.get(&*node.name).map_or(&[][..], Vec::as_slice);
        let works = |pod: &&Arc<Entry>| {
            let facts = facts::pod(pod);
            facts.active() && facts.available(quiet(set), now).is_ok()
        };
        let is_new = |pod: &&Arc<Entry>| pod.label(revision::HASH) == Some(hash);
        if !pods.iter().any(|pod| works(&pod)) {
            missing += 1;
            broken.extend(pods.iter().filter(|pod| !is_new(pod)).cloned());
        } else if let Some(old) = pods
            .iter()
            .find(|pod| !is_new(pod) && !facts::pod(pod).leaving)
        {
            fine.push(Arc::clone(old));
        }
    }
    let limit = &set["spec"]["updateStrategy"]["rollingUpdate"]["maxUnavailable"];
    let limit = if limit.is_null() {
        1
    } else {
        scaled(limit, wanted, true)
    };
    // Beside those that may be missing one more may come: here it takes the place of the old one just the same.
    let room = (limit.max(1) - missing).max(0) as usize;
    for pod in broken.iter().chain(fine.iter().take(room)) {
        remove(state, set, pod);
    }
}

fn report(state: &mut State, mut set: Value, nodes: &[Arc<Entry>], hash: &str) {
    let now = state.now();
    let known = by_node(state, &set);
    let (mut desired, mut current, mut stray, mut ready, mut available, mut updated) =
        (0, 0, 0, 0, 0, 0);
    let mut soonest: Option<i64> = None;
    for node in nodes {
        let pods = known.get(&*node.name).map_or(&[][..], Vec::as_slice);
        if !wants(&set, node).0 {
            stray += i64::from(!pods.is_empty());
            continue;
        }
        desired += 1;
        let Some(pod) = pods.last() else {
            continue;
        };
        let facts = facts::pod(pod);
        current += 1;
        updated += i64::from(pod.label(revision::HASH) == Some(hash));
        if facts.ready {
            ready += 1;
            match facts.available(quiet(&set), now) {
                Ok(()) => available += 1,
                Err(Some(left)) => soonest = Some(soonest.unwrap_or(left).min(left)),
                Err(None) => {}
            }
        }
    }
    let mut status = json!({
        "observedGeneration": set["metadata"]["generation"], "desiredNumberScheduled": desired,
        "currentNumberScheduled": current, "numberMisscheduled": stray, "numberReady": ready,
    });
    for (field, count) in [
        ("updatedNumberScheduled", updated),
        ("numberAvailable", available),
        ("numberUnavailable", desired - available),
    ] {
        if count > 0 {
            status[field] = json!(count);
        }
    }
    if !set["status"]["collisionCount"].is_null() {
        status["collisionCount"] = set["status"]["collisionCount"].clone();
    }
    set["status"] = status;
    let place = Place::new(object::namespace(&set), object::name(&set));
    state.update(&DAEMON_SETS, set);
    if let Some(left) = soonest {
        state.at(now + left, Task::Look(Loop::DaemonSet, place));
    }
}
