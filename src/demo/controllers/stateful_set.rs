//! StatefulSets: Pods with names and disks that stay, one after the other
//! (`pkg/controller/statefulset/stateful_set_control.go`). Each look does what can be done now.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    Loop, Place, Task,
    facts::{self, Phase},
    revision, stateful_set_status as status, template,
};
use crate::demo::{
    delete::{self, Deletion},
    object,
    resource::{CLAIMS, PODS, STATEFUL_SETS},
    state::State,
    store::Entry,
};

const FROM: &str = "statefulset-controller";

/// A StatefulSet, its Pods by ordinal, and the two versions that matter.
pub(super) struct Set {
    /// The StatefulSet.
    pub(super) object: Value,
    /// Its Pods.
    pub(super) pods: BTreeMap<i64, Arc<Entry>>,
    /// The version that all Pods had when the last rollout was complete.
    pub(super) current: Value,
    /// The version of the template as it is.
    pub(super) update: Value,
}

impl Set {
    fn first(&self) -> i64 {
        object::number(&self.object, "/spec/ordinals/start").unwrap_or(0)
    }

    pub(super) fn replicas(&self) -> i64 {
        object::number(&self.object, "/spec/replicas").unwrap_or(1)
    }

    pub(super) fn quiet(&self) -> i64 {
        object::number(&self.object, "/spec/minReadySeconds").unwrap_or(0)
    }

    fn is_wanted(&self, ordinal: i64) -> bool {
        (self.first()..self.first() + self.replicas()).contains(&ordinal)
    }

    fn waits_for_each(&self) -> bool {
        self.object["spec"]["podManagementPolicy"] != "Parallel"
    }

    pub(super) fn rolls(&self) -> bool {
        self.object["spec"]["updateStrategy"]["type"] != "OnDelete"
    }

    fn partition(&self) -> i64 {
        object::number(&self.object, "/spec/updateStrategy/rollingUpdate/partition").unwrap_or(0)
    }

    fn pod_name(&self, ordinal: i64) -> String {
        format!("{}-{ordinal}", object::name(&self.object))
    }

    fn healthy(&self, pod: &Entry, now: i64) -> bool {
        let facts = facts::pod(pod);
        !facts.leaving
            && facts.phase == Phase::Running
            && facts.available(self.quiet(), now).is_ok()
    }

    fn place(&self) -> Place {
        Place::new(object::namespace(&self.object), object::name(&self.object))
    }
}

/// Looks at one.
pub(super) fn look(state: &mut State, place: &Place) {
    let Some(mut object) = state.get(&STATEFUL_SETS, &place.namespace, &place.name) else {
        return;
    };
    let labels = |hash: &str, object: &Value| {
        let mut labels = object["spec"]["selector"]["matchLabels"].clone();
        labels["controller.kubernetes.io/hash"] = json!(hash);
        labels
    };
    let copy = object.clone();
    let made = revision::newest(state, &STATEFUL_SETS, &mut object, |hash| {
        labels(hash, &copy)
    });
    let Some(update) = made else {
        return state.after(1_000, Task::Look(Loop::StatefulSet, place.clone()));
    };
    let known = object::text(&object, "/status/currentRevision");
    let current = revision::all(state, &object)
        .into_iter()
        .find(|revision| object::name(revision) == known)
        .unwrap_or_else(|| update.clone());
    let mut set = Set {
        pods: pods(state, &object),
        object,
        current,
        update,
    };
    if !object::is_leaving(&set.object) {
        bring_up(state, &mut set);
    }
    set.pods = pods(state, &set.object);
    status::report(state, &mut set);
    let mut live: Vec<String> = [&set.current, &set.update]
        .map(|revision| object::name(revision).to_owned())
        .into();
    live.extend(
        set.pods
            .values()
            .filter_map(|pod| pod.label(revision::HASH).map(str::to_owned)),
    );
    revision::clean_up(state, &set.object, &live);
}

fn pods(state: &State, set: &Value) -> BTreeMap<i64, Arc<Entry>> {
    let stem = format!("{}-", object::name(set));
    let ordinal = |pod: &Entry| pod.name.strip_prefix(stem.as_str())?.parse::<i64>().ok();
    state
        .store
        .owned_of(object::uid(set), &PODS)
        .into_iter()
        .filter_map(|pod| Some((ordinal(&pod)?, pod)))
        .collect()
}

/// Makes what is missing, in order; then takes away what is too many; then renews what is old.
fn bring_up(state: &mut State, set: &mut Set) {
    let now = state.now();
    for ordinal in set.first()..set.first() + set.replicas() {
        let Some(pod) = set.pods.get(&ordinal).cloned() else {
            if !create(state, set, ordinal) || set.waits_for_each() {
                return;
            }
            continue;
        };
        let facts = facts::pod(&pod);
        if facts.done() && !facts.leaving {
            let message = format!(
                "StatefulSet {}/{} is recreating failed Pod {}",
                pod.namespace,
                object::name(&set.object),
                pod.name
            );
            state.event(
                &set.object,
                "Warning",
                "RecreatingFailedPod",
                &message,
                FROM,
            );
            remove(state, set, ordinal, false);
            return;
        }
        if set.waits_for_each() && !set.healthy(&pod, now) {
            return look_again(state, set, &pod);
        }
    }
    if shrink(state, set) {
        roll(state, set);
    }
}

/// A Pod that must be ready for a while is looked at when it has been.
fn look_again(state: &mut State, set: &Set, pod: &Entry) {
    if let Err(Some(left)) = facts::pod(pod).available(set.quiet(), state.now()) {
        let due = state.now() + left;
        state.at(due, Task::Look(Loop::StatefulSet, set.place()));
    }
}

/// Takes away those whose number is not wanted, the highest first; true when none is left to wait for.
fn shrink(state: &mut State, set: &Set) -> bool {
    let now = state.now();
    let unhealthy = set
        .pods
        .iter()
        .find(|(_, pod)| !set.healthy(pod, now))
        .map(|(ordinal, _)| *ordinal);
    let surplus: Vec<i64> = set
        .pods
        .keys()
        .rev()
        .copied()
        .filter(|ordinal| !set.is_wanted(*ordinal))
        .collect();
    for ordinal in surplus {
        let pod = &set.pods[&ordinal];
        if facts::pod(pod).leaving {
            if set.waits_for_each() {
                return false;
            }
            continue;
        }
        if set.waits_for_each() && !set.healthy(pod, now) && unhealthy != Some(ordinal) {
            return false;
        }
        remove(state, set, ordinal, true);
        if set.waits_for_each() {
            return false;
        }
    }
    true
}

/// Renews the highest that is old, when all above it are well.
fn roll(state: &mut State, set: &Set) {
    if !set.rolls() {
        return;
    }
    let now = state.now();
    let wanted = object::name(&set.update);
    let lowest = set.first() + set.partition();
    for (ordinal, pod) in set.pods.iter().rev() {
        if *ordinal < lowest || !set.is_wanted(*ordinal) {
            continue;
        }
        if pod.label(revision::HASH) != Some(wanted) && !facts::pod(pod).leaving {
            return remove(state, set, *ordinal, false);
        }
        if !set.healthy(pod, now) {
            return look_again(state, set, pod);
        }
    }
}

fn remove(state: &mut State, set: &Set, ordinal: i64, for_good: bool) {
    let name = set.pod_name(ordinal);
    let namespace = object::namespace(&set.object).to_owned();
    let policy = &set.object["spec"]["persistentVolumeClaimRetentionPolicy"];
    if for_good
        && policy["whenScaled"] == "Delete"
        && let Some(pod) = state.get(&PODS, &namespace, &name)
    {
        // The disks go with this Pod: from now on they are its own.
        for claim in claims(&set.object, ordinal) {
            let owner =
                json!({"apiVersion": "v1", "kind": "Pod", "name": name, "uid": object::uid(&pod)});
            state.change(&CLAIMS, &namespace, object::name(&claim), |claim| {
                claim["metadata"]["ownerReferences"] = json!([owner]);
            });
        }
    }
    let message = format!(
        "Delete Pod {name} in StatefulSet {} successful",
        object::name(&set.object)
    );
    let asked = Deletion::default();
    if delete::delete(state, &PODS, &namespace, &name, &asked).is_ok() {
        state.event(&set.object, "Normal", "SuccessfulDelete", &message, FROM);
    }
}

/// The claims of one Pod.
fn claims(set: &Value, ordinal: i64) -> Vec<Value> {
    object::items(set, "/spec/volumeClaimTemplates")
        .iter()
        .map(|template| {
            let name = format!("{}-{}-{ordinal}", object::name(template), object::name(set));
            let mut claim = json!({"metadata": template["metadata"], "spec": template["spec"]});
            claim["metadata"]["name"] = json!(name);
            claim["metadata"]["namespace"] = json!(object::namespace(set));
            let labels = object::fields(set, "/spec/selector/matchLabels");
            for (key, value) in labels.into_iter().flatten() {
                claim["metadata"]["labels"][key] = value.clone();
            }
            claim
        })
        .collect()
}

/// Makes a Pod and its claims; false if that is refused.
fn create(state: &mut State, set: &Set, ordinal: i64) -> bool {
    let (namespace, name) = (object::namespace(&set.object), set.pod_name(ordinal));
    let set_name = object::name(&set.object).to_owned();
    let policy = &set.object["spec"]["persistentVolumeClaimRetentionPolicy"];
    for mut claim in claims(&set.object, ordinal) {
        let claim_name = object::name(&claim).to_owned();
        if state.store.get(&CLAIMS, namespace, &claim_name).is_some() {
            continue;
        }
        if policy["whenDeleted"] == "Delete" {
            claim["metadata"]["ownerReferences"] = json!([object::owned_by(&set.object)]);
        }
        match state.create(&CLAIMS, claim) {
            Ok(_) => {
                let message = format!(
                    "Create Claim {claim_name} Pod {name} in StatefulSet {set_name} success"
                );
                state.event(&set.object, "Normal", "SuccessfulCreate", &message, FROM);
            }
            Err(refusal) => {
                let what = format!("Create Claim {claim_name} for Pod {name}");
                return failed(state, set, &what, &refusal.message);
            }
        }
    }
    // While old and new go side by side, a low number that is lost comes back as it was.
    let old = set.rolls() && ordinal < set.first() + set.partition();
    let version = if old { &set.current } else { &set.update };
    let template = revision::template_of(version);
    let mut pod = template::pod(&set.object, &template);
    pod["metadata"]["name"] = json!(name);
    for (label, value) in [
        ("apps.kubernetes.io/pod-index", ordinal.to_string()),
        ("statefulset.kubernetes.io/pod-name", name.clone()),
        (revision::HASH, object::name(version).to_owned()),
    ] {
        pod["metadata"]["labels"][label] = json!(value);
    }
    pod["spec"]["hostname"] = json!(name);
    pod["spec"]["subdomain"] = set.object["spec"]["serviceName"].clone();
    let templates = object::items(&set.object, "/spec/volumeClaimTemplates");
    let mut volumes: Vec<Value> = templates
        .iter()
        .map(|template| {
            let name = object::name(template);
            let claim = format!("{name}-{set_name}-{ordinal}");
            json!({"name": name, "persistentVolumeClaim": {"claimName": claim}})
        })
        .collect();
    let other = |volume: &&Value| volumes.iter().all(|known| known["name"] != volume["name"]);
    let others: Vec<Value> = object::items(&pod, "/spec/volumes")
        .iter()
        .filter(other)
        .cloned()
        .collect();
    volumes.extend(others);
    if !volumes.is_empty() {
        pod["spec"]["volumes"] = json!(volumes);
    }
    match template::create(state, pod) {
        Ok(_) => {
            let message = format!("Create Pod {name} in StatefulSet {set_name} successful");
            state.event(&set.object, "Normal", "SuccessfulCreate", &message, FROM);
            true
        }
        Err(refusal) => failed(state, set, &format!("Create Pod {name}"), &refusal.message),
    }
}

fn failed(state: &mut State, set: &Set, what: &str, why: &str) -> bool {
    let name = object::name(&set.object);
    let message = format!("{what} in StatefulSet {name} failed error: {why}");
    state.event(&set.object, "Warning", "FailedCreate", &message, FROM);
    state.after(10_000, Task::Look(Loop::StatefulSet, set.place()));
    false
}

#[cfg(test)]
#[path = "stateful_set_tests.rs"]
mod tests;
