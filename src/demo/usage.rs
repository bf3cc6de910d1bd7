//! What containers use: a function of the time, the seed and the annotation `demo.barkeep.dev/usage`. Nothing is kept, so
//! the same moment asked twice answers the same.
//!
//! ```text
//!  usage = base × (1 + breath × (day + waves of minutes + noise)) × rush     rush: a Server with a shared load, now and then
//!        + start-up, which fades in half a minute + leak × age               never more than the limit
//! ```

mod glimpse;

use std::{f64::consts::TAU, hash::Hash};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use self::glimpse::{Container, Glimpse, Work};
use super::{
    dice, object,
    resource::{DEPLOYMENTS, PODS, STATEFUL_SETS},
    state::State,
    store::Entry,
};
use crate::model::quantity::Quantity;

/// The annotation that says what a Pod's first container uses.
pub const USAGE: &str = "demo.barkeep.dev/usage";

/// What something uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Billionths of a core.
    pub cpu: u64,
    /// Bytes.
    pub memory: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, more: Self) {
        self.cpu += more.cpu;
        self.memory += more.memory;
    }
}

const SECOND: f64 = 1_000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const MIB: f64 = 1_048_576.0;
const MILLI: f64 = 1_000_000.0;

/// metrics-server asks every kubelet this often, in milliseconds, and says so.
const RESOLUTION: i64 = 15_000;

/// What the container of a Pod uses now, by name; those that do not run are left out.
pub fn of_pod(state: &State, pod: &Value) -> Vec<(String, Usage)> {
    let Ok(pod) = Glimpse::deserialize(pod) else {
        return Vec::new();
    };
    work(state, &pod, state.now())
        .into_iter()
        .map(|(container, usage)| (container.name.to_string(), usage))
        .collect()
}

/// What a Node uses: its Pods and its own.
pub fn of_node(state: &State, node: &Value) -> Usage {
    on_node(state, object::name(node), state.now())
}

/// What metrics-server says of a Pod; None for one of which it knows nothing (yet).
pub fn pod_metrics(state: &State, pod: &Entry) -> Option<Value> {
    if pod.field("status.phase") != Some("Running") {
        return None;
    }
    let (moment, window) = scraped(state, &pod.uid);
    let seen: Glimpse<'_> = serde_json::from_slice(&pod.json).ok()?;
    let containers: Vec<Value> = work(state, &seen, moment)
        .into_iter()
        // A rate needs two measurements.
        .filter(|(container, _)| {
            container
                .since
                .is_some_and(|since| since + RESOLUTION < moment)
        })
        .map(|(container, usage)| json!({"name": container.name, "usage": said(usage)}))
        .collect();
    if containers.is_empty() {
        return None;
    }
    let labels: Map<String, Value> = pod
        .labels
        .iter()
        .map(|(key, value)| (key.to_string(), json!(value)))
        .collect();
    let mut metadata = json!({
        "name": pod.name, "namespace": pod.namespace, "creationTimestamp": object::time(state.now()),
    });
    if !labels.is_empty() {
        metadata["labels"] = Value::Object(labels);
    }
    Some(json!({
        "kind": "PodMetrics", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": metadata,
        "timestamp": object::time(moment), "window": window, "containers": containers,
    }))
}

/// What metrics-server says of a Node.
pub fn node_metrics(state: &State, node: &Entry) -> Option<Value> {
    let (moment, window) = scraped(state, &node.uid);
    let labels: Map<String, Value> = node
        .labels
        .iter()
        .map(|(key, value)| (key.to_string(), json!(value)))
        .collect();
    Some(json!({
        "kind": "NodeMetrics", "apiVersion": "metrics.k8s.io/v1beta1",
        "metadata": {"name": node.name, "creationTimestamp": object::time(state.now()), "labels": labels},
        "timestamp": object::time(moment), "window": window, "usage": said(on_node(state, &node.name, moment)),
    }))
}

/// When something was measured last, and over how long.
fn scraped(state: &State, whom: &str) -> (i64, String) {
    let moment = state.now().div_euclid(RESOLUTION) * RESOLUTION;
    let more = dice::throw(state.seed, ("window", whom, moment)) % 900;
    (moment, format!("15.{more:03}s"))
}

/// In the units of metrics-server.
fn said(usage: Usage) -> Value {
    json!({"cpu": format!("{}n", usage.cpu), "memory": format!("{}Ki", usage.memory / 1_024)})
}

fn on_node(state: &State, name: &str, moment: i64) -> Usage {
    let mut all = Usage::default();
    let breath = waves(state.seed, ("node", name), moment);
    all.cpu = ((140.0 + 40.0 * breath).max(20.0) * MILLI) as u64;
    all.memory = ((1_150.0 + 60.0 * breath) * MIB) as u64;
    let here = state
        .store
        .list(&PODS, None)
        .filter(|entry| entry.field("spec.nodeName") == Some(name))
        .filter(|entry| entry.field("status.phase") == Some("Running"));
    for entry in here {
        if let Ok(pod) = serde_json::from_slice::<Glimpse<'_>>(&entry.json) {
            for (_, usage) in work(state, &pod, moment) {
                all += usage;
            }
        }
    }
    all
}

/// What each container that runs uses at this moment.
fn work<'a, 'b>(
    state: &State,
    pod: &'a Glimpse<'b>,
    moment: i64,
) -> Vec<(&'a Container<'b>, Usage)> {
    let containers = pod.containers();
    containers
        .filter(|(_, container)| container.since.is_some())
        .map(|(place, container)| {
            let work = if place == 0 {
                pod.work().unwrap_or_else(|| container.usual())
            } else {
                container.usual()
            };
            (container, one(state, pod, container, &work, moment))
        })
        .collect()
}

/// What one container uses.
fn one(
    state: &State,
    pod: &Glimpse<'_>,
    container: &Container<'_>,
    work: &Work,
    moment: i64,
) -> Usage {
    let age = (moment - container.since.unwrap_or(moment)).max(0) as f64;
    let uid = &*pod.metadata.uid;
    let own = 0.88 + 0.24 * dice::share(state.seed, ("own", uid, &*container.name));
    let mut cpu = work.cpu * own;
    if work.shared {
        let (owner, ready) = server(state, pod);
        cpu = cpu / ready.max(1) as f64 * rush(state.seed, &owner, moment);
        cpu *= 1.0 + work.breath * waves(state.seed, ("server", &owner), moment);
    } else {
        cpu *= 1.0 + work.breath * waves(state.seed, ("pod", uid), moment);
    }
    cpu += (cpu + 60.0 * MILLI) * (-age / (8.0 * SECOND)).exp();

    let grown = 0.35 + 0.65 * (age / (50.0 * SECOND)).min(1.0);
    let mut memory = work.memory * own * grown;
    memory *= 1.0 + 0.12 * work.breath * waves(state.seed, ("memory", uid), moment);
    memory += work.leak * age / HOUR;
    let room = container
        .memory_limit
        .unwrap_or(work.memory * 4.0 + 64.0 * MIB);
    if let Some(oom) = work.oom {
        // What is killed for its memory grows until then.
        memory = memory.max(room * (0.4 + 0.58 * (age / oom).min(1.0)));
    }
    Usage {
        cpu: cpu.clamp(0.1 * MILLI, container.cpu_limit.unwrap_or(f64::MAX)) as u64,
        memory: memory.clamp(MIB, room * 0.985) as u64,
    }
}

/// The ups and downs of a day, of minutes and of seconds; about -1 to 1.
fn waves(seed: u64, whose: impl Hash + Copy, moment: i64) -> f64 {
    let moment = moment as f64;
    let phase = |which: u8| dice::share(seed, (whose, which)) * TAU;
    // The company lives nine hours east of Greenwich and is busiest at three in the afternoon.
    let day = ((moment / HOUR + 9.0 - 15.0) / 24.0 * TAU).cos();
    let minutes = (moment / ((9.0 + phase(1)) * MINUTE) * TAU + phase(2)).sin();
    let moments = (moment / ((1.5 + phase(3) / 3.0) * MINUTE) * TAU + phase(4)).sin();
    let step = 10.0 * SECOND;
    let slot = (moment / step).floor();
    let noise = |slot: i64| dice::share(seed, (whose, "noise", slot)) * 2.0 - 1.0;
    let (from, to) = (noise(slot as i64), noise(slot as i64 + 1));
    let noise = from + (to - from) * (moment / step - slot);
    0.4 * day + 0.3 * minutes + 0.15 * moments + 0.15 * noise
}

/// A rush comes at most so often, lasts at most so long, and is so high.
const RUSH: (f64, f64, f64) = (18.0 * MINUTE, 9.0 * MINUTE, 1.3);

/// Now and then everybody comes at once: 1 at rest.
fn rush(seed: u64, whose: &str, moment: i64) -> f64 {
    let (every, lasts, height) = RUSH;
    let slot = (moment as f64 / every).floor();
    let occasion = |what: &'static str| dice::share(seed, ("rush", whose, slot as i64, what));
    if occasion("comes") > 0.4 {
        return 1.0;
    }
    let from = slot * every + occasion("when") * (every - lasts);
    let at = (moment as f64 - from) / lasts;
    if !(0.0..1.0).contains(&at) {
        return 1.0;
    }
    1.0 + height * (0.5 + 0.5 * occasion("how high")) * (0.5 - 0.5 * (at * TAU).cos())
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Ready {
    ready_replicas: u64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Scaled {
    status: Ready,
}

/// The Server of a Pod, and how many of it are ready.
fn server(state: &State, pod: &Glimpse<'_>) -> (String, u64) {
    let namespace = &*pod.metadata.namespace;
    let Some(owner) = pod.owner() else {
        return (pod.metadata.name.to_string(), 1);
    };
    let (resource, name) = match &*owner.kind {
        "ReplicaSet" => {
            let hash = pod.metadata.labels.get("pod-template-hash");
            let cut = hash.and_then(|hash| owner.name.strip_suffix(&**hash)?.strip_suffix('-'));
            (&DEPLOYMENTS, cut.unwrap_or(&owner.name))
        }
        "StatefulSet" => (&STATEFUL_SETS, &*owner.name),
        _ => return (format!("{namespace}/{}", owner.name), 1),
    };
    let entry = state.store.get(resource, namespace, name);
    let scaled = entry.and_then(|entry| serde_json::from_slice::<Scaled>(&entry.json).ok());
    let ready = scaled.map_or(1, |scaled| scaled.status.ready_replicas);
    (format!("{namespace}/{name}"), ready)
}

/// Cores as billionths.
fn cores(text: &str) -> Option<f64> {
    Some(Quantity::parse(text)?.millis() as f64 * MILLI)
}

/// Bytes.
fn bytes(text: &str) -> Option<f64> {
    Some(Quantity::parse(text)?.units() as f64)
}

#[cfg(test)]
#[path = "usage_tests.rs"]
mod tests;
