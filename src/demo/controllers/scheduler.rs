//! The scheduler: gives each Pod a Node that it fits, or says why there is none
//! (`pkg/scheduler`, its plugins `NodeResourcesFit`, `NodeAffinity`, `TaintToleration`, `NodeUnschedulable`, `VolumeBinding`).

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    GATHER, Place, Task, claim, facts,
    template::{self, Condition},
};
use crate::demo::{
    object,
    resource::{NODES, PODS},
    state::State,
    store::{Change, Entry, Event},
};

const NAME: &str = "default-scheduler";
/// So long after a Pod comes it is looked at, in milliseconds.
const SOON: i64 = 20;
/// What fitted nowhere is tried again when something is freed, and not at once: more may follow.
const LATER: i64 = 1_000;
/// Above this many brothers it no longer matters where they are.
const MANY: usize = 200;

/// A Pod that waits is looked at soon; one that ends makes room.
pub(super) fn react(state: &mut State, change: &Change) {
    let after = &change.after;
    let placed = !after.field("spec.nodeName").unwrap_or("").is_empty();
    if placed {
        let was_done = change
            .before
            .as_ref()
            .is_some_and(|before| facts::pod(before).done());
        let freed = change.event == Event::Deleted || facts::pod(after).done() && !was_done;
        if freed && !state.index.unschedulable.is_empty() {
            state.after(LATER, Task::Reschedule);
        }
        return;
    }
    if change.event == Event::Modified {
        // Labels, gates or tolerations may be other ones; a status alone is what the scheduler wrote itself.
        let spec = |entry: &Entry| entry.value()["spec"].take();
        let same = change
            .before
            .as_ref()
            .is_some_and(|before| spec(before) == spec(after));
        if same {
            return;
        }
        let place = Place::of(after);
        state.index.unschedulable.remove(&place);
        state.index.queue.insert(place);
    }
    if change.event != Event::Deleted {
        state.after(SOON, Task::Schedule);
    }
}

/// A Node came, went or is another: what fitted nowhere may fit.
pub(super) fn nodes_changed(state: &mut State) {
    if !state.index.unschedulable.is_empty() {
        state.after(GATHER, Task::Reschedule);
    }
}

/// Gives every waiting Pod a Node, important ones first.
pub(super) fn run(state: &mut State) {
    if state.index.queue.is_empty() {
        return;
    }
    let nodes: Vec<Arc<Entry>> = state.store.list(&NODES, None).cloned().collect();
    let mut waiting: Vec<Value> = std::mem::take(&mut state.index.queue)
        .into_iter()
        .filter_map(|place| state.get(&PODS, &place.namespace, &place.name))
        .collect();
    let priority = |pod: &Value| object::number(pod, "/spec/priority").unwrap_or(0);
    waiting.sort_by_key(|pod| std::cmp::Reverse(priority(pod)));
    for pod in waiting {
        schedule(state, &nodes, pod);
    }
}

fn schedule(state: &mut State, nodes: &[Arc<Entry>], pod: Value) {
    let name = object::text(&pod, "/spec/schedulerName");
    let taken = !object::text(&pod, "/spec/nodeName").is_empty();
    if taken || object::is_leaving(&pod) || !(name.is_empty() || name == NAME) {
        return;
    }
    let place = Place::new(object::namespace(&pod), object::name(&pod));
    if !object::items(&pod, "/spec/schedulingGates").is_empty() {
        let said = Condition {
            kind: "PodScheduled",
            status: "False",
            reason: "SchedulingGated",
            message: "Scheduling is blocked due to non-empty scheduling gates",
            ..Condition::default()
        };
        state.index.unschedulable.insert(place);
        return say(state, pod, &said);
    }
    match claim::ready_to_mount(state, &pod, nodes.len()) {
        Ok(true) => {}
        // A volume is on its way; the claim's change brings the Pod back.
        Ok(false) => {
            state.index.unschedulable.insert(place);
            return;
        }
        Err(why) => {
            let message = format!("0/{} nodes are available: {why}", nodes.len());
            state.index.unschedulable.insert(place);
            return refuse(state, pod, &message);
        }
    }
    match choose(state, nodes, &pod) {
        Ok(node) => bind(state, pod, &node),
        Err(message) => {
            state.index.unschedulable.insert(place);
            refuse(state, pod, &message);
        }
    }
}

/// The Node with the most room, and with the fewest brothers; else the sentence that says why none fits.
fn choose(state: &State, nodes: &[Arc<Entry>], pod: &Value) -> Result<String, String> {
    let Some(entry) = state
        .store
        .get(&PODS, object::namespace(pod), object::name(pod))
    else {
        return Err(String::new());
    };
    let asks = facts::pod(entry);
    let mut brothers: BTreeMap<&str, u32> = BTreeMap::new();
    let owned: Vec<Arc<Entry>> = entry
        .owners
        .first()
        .map(|owner| state.store.owned_of(owner, &PODS))
        .unwrap_or_default();
    if owned.len() <= MANY {
        for brother in owned.iter().filter(|pod| facts::pod(pod).active()) {
            let node = brother.field("spec.nodeName").unwrap_or("");
            *brothers.entry(node).or_default() += 1;
        }
    }
    let mut reasons: BTreeMap<&'static str, u32> = BTreeMap::new();
    let mut hopeless = 0;
    let mut best: Option<(f64, &str)> = None;
    for node in nodes {
        let facts = facts::node(node);
        let load = state.index.load(&node.name);
        let (cpu, memory, count) =
            load.map_or((0, 0, 0), |load| (load.cpu, load.memory, load.active));
        if let Some(reason) = unfit(node, pod) {
            *reasons.entry(reason).or_default() += 1;
            hopeless += 1;
            continue;
        }
        let mut full = Vec::new();
        if count + 1 > facts.pods {
            full.push("Too many pods");
        }
        if asks.cpu > 0 && cpu + asks.cpu > facts.cpu {
            full.push("Insufficient cpu");
        }
        if asks.memory > 0 && memory + asks.memory > facts.memory {
            full.push("Insufficient memory");
        }
        if full.is_empty() {
            let share = |used: u64, of: u64| 1.0 - used as f64 / of.max(1) as f64;
            let room = f64::midpoint(
                share(cpu + asks.cpu, facts.cpu),
                share(memory + asks.memory, facts.memory),
            );
            let near = brothers.get(&*node.name).copied().unwrap_or(0);
            let score = room
                - f64::from(near)
                - share(0, 1) * count as f64 / facts.pods.max(1) as f64 / 10.0;
            if best.is_none_or(|(most, _)| score > most) {
                best = Some((score, &node.name));
            }
            continue;
        }
        hopeless += u32::from(asks.cpu > facts.cpu || asks.memory > facts.memory);
        for reason in full {
            *reasons.entry(reason).or_default() += 1;
        }
    }
    best.map(|(_, name)| name.to_owned())
        .ok_or_else(|| complaint(nodes.len(), &reasons, hopeless))
}

/// The sentence of `FitError`, and what preemption could do.
fn complaint(nodes: usize, reasons: &BTreeMap<&'static str, u32>, hopeless: u32) -> String {
    if nodes == 0 {
        return "no nodes available to schedule pods".to_owned();
    }
    let join = |mut parts: Vec<String>| {
        parts.sort();
        parts.join(", ")
    };
    let said = reasons
        .iter()
        .map(|(reason, count)| format!("{count} {reason}"));
    let preemption = [
        (
            nodes as u32 - hopeless,
            "No preemption victims found for incoming pod",
        ),
        (hopeless, "Preemption is not helpful for scheduling"),
    ];
    let preempted = preemption
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, reason)| format!("{count} {reason}"));
    format!(
        "0/{nodes} nodes are available: {}. no new claims to deallocate, preemption: 0/{nodes} nodes are available: {}.",
        join(said.collect()),
        join(preempted.collect())
    )
}

/// Why this Node will never do for this Pod, in the words of the plugin that says so.
pub(super) fn unfit(node: &Entry, pod: &Value) -> Option<&'static str> {
    let facts = facts::node(node);
    if facts.unschedulable && !tolerates(pod, "node.kubernetes.io/unschedulable", "", "NoSchedule")
    {
        return Some("node(s) were unschedulable");
    }
    let untolerated = facts.taints.iter().any(|(key, value, effect)| {
        effect != "PreferNoSchedule"
            // Cordoning also taints; the sentence about it was the one before.
            && !tolerates(pod, key, value, effect)
    });
    if untolerated || !facts.ready && facts.taints.is_empty() {
        return Some("node(s) had untolerated taint(s)");
    }
    (!suits(node, pod)).then_some("node(s) didn't match Pod's node affinity/selector")
}

/// Whether a Pod bears a taint (`k8s.io/component-helpers/scheduling/corev1`).
pub(super) fn tolerates(pod: &Value, key: &str, value: &str, effect: &str) -> bool {
    object::items(pod, "/spec/tolerations")
        .iter()
        .any(|toleration| {
            let field = |name: &str| toleration[name].as_str().unwrap_or("");
            (field("effect").is_empty() || field("effect") == effect)
                && (field("key").is_empty() || field("key") == key)
                && (field("operator") == "Exists" || field("value") == value)
        })
}

/// Whether a Node has the labels that a Pod asks for, by `nodeSelector` and by the affinity that is required.
pub(super) fn suits(node: &Entry, pod: &Value) -> bool {
    let label = |key: &str| node.label(key);
    let selected = object::fields(pod, "/spec/nodeSelector")
        .into_iter()
        .flatten()
        .all(|(key, value)| label(key) == value.as_str());
    let terms = object::items(
        pod,
        "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms",
    );
    let fits = |term: &Value| {
        let expressions = object::items(term, "/matchExpressions")
            .iter()
            .all(|expression| fits(label(object::text(expression, "/key")), expression));
        let fields = object::items(term, "/matchFields")
            .iter()
            .all(|field| fits(Some(&node.name), field));
        expressions && fields
    };
    selected && (terms.is_empty() || terms.iter().any(fits))
}

fn fits(value: Option<&str>, expression: &Value) -> bool {
    let values = object::items(expression, "/values");
    let among = value.is_some_and(|value| values.iter().any(|known| known == value));
    let number = |text: &str| text.parse::<i64>().ok();
    let compare = |order: fn(i64, i64) -> bool| {
        let wanted = values.first().and_then(Value::as_str).and_then(number);
        value
            .and_then(number)
            .zip(wanted)
            .is_some_and(|(value, wanted)| order(value, wanted))
    };
    match object::text(expression, "/operator") {
        "In" => among,
        "NotIn" => !among,
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        "Gt" => compare(|value, wanted| value > wanted),
        "Lt" => compare(|value, wanted| value < wanted),
        _ => false,
    }
}

fn bind(state: &mut State, mut pod: Value, node: &str) {
    pod["spec"]["nodeName"] = json!(node);
    let said = Condition {
        kind: "PodScheduled",
        status: "True",
        ..Condition::default()
    };
    let message = format!(
        "Successfully assigned {}/{} to {node}",
        object::namespace(&pod),
        object::name(&pod)
    );
    state.event(&pod, "Normal", "Scheduled", &message, NAME);
    say(state, pod, &said);
}

fn refuse(state: &mut State, pod: Value, message: &str) {
    state.event(&pod, "Warning", "FailedScheduling", message, NAME);
    let said = Condition {
        kind: "PodScheduled",
        status: "False",
        reason: "Unschedulable",
        message,
        ..Condition::default()
    };
    say(state, pod, &said);
}

fn say(state: &mut State, mut pod: Value, said: &Condition<'_>) {
    let more = json!({"lastProbeTime": null, "observedGeneration": pod["metadata"]["generation"]});
    let said = Condition {
        more,
        ..said.clone()
    };
    if pod["status"]["phase"].is_null() {
        pod["status"]["phase"] = json!("Pending");
        pod["status"]["qosClass"] = json!(template::qos(&pod["spec"]));
    }
    let now = state.now();
    template::condition(&mut pod, None, &said, now);
    state.update(&PODS, pod);
}
