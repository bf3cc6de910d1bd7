//! Deployments: one ReplicaSet for each version of the template, scaled against each other
//! (`pkg/controller/deployment/{sync,rolling,recreate}.go`). Each look does one step; what follows is seen when it is there.

use serde_json::{Value, json};

use super::{
    Loop, Place, Task, deployment_scale, deployment_status as status,
    facts::{self, Phase},
    template::{self, HASH, scaled},
};
use crate::demo::{
    delete::{self, Deletion},
    object,
    resource::{DEPLOYMENTS, PODS, REPLICA_SETS},
    state::State,
};

pub(super) const REVISION: &str = "deployment.kubernetes.io/revision";
const HISTORY: &str = "deployment.kubernetes.io/revision-history";
pub(super) const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
pub(super) const MAX: &str = "deployment.kubernetes.io/max-replicas";
/// Annotations of a Deployment that its ReplicaSets do not get.
const OWN: &[&str] = &[
    "kubectl.kubernetes.io/last-applied-configuration",
    "deprecated.deployment.rollback.to",
    REVISION,
    HISTORY,
    DESIRED,
    MAX,
];

/// A Deployment and what it has.
pub(super) struct Rollout {
    /// The Deployment.
    pub(super) deployment: Value,
    /// The ReplicaSet of the template as it is now.
    pub(super) new: Option<Value>,
    /// Those of other templates, oldest first.
    pub(super) old: Vec<Value>,
}

impl Rollout {
    fn read(state: &State, place: &Place) -> Option<Self> {
        let deployment = state.get(&DEPLOYMENTS, &place.namespace, &place.name)?;
        let wanted = template::canonical(&deployment["spec"]["template"]);
        let owned = state
            .store
            .owned_of(object::uid(&deployment), &REPLICA_SETS);
        let mut sets: Vec<Value> = owned.iter().map(|entry| entry.value()).collect();
        sets.sort_by_cached_key(|set| {
            let created = object::text(set, "/metadata/creationTimestamp").to_owned();
            (created, revision(set), object::name(set).to_owned())
        });
        let found = sets
            .iter()
            .position(|set| template::canonical(&set["spec"]["template"]) == wanted);
        let new = found.map(|place| sets.remove(place));
        Some(Self {
            deployment,
            new,
            old: sets,
        })
    }

    /// All of its ReplicaSets.
    pub(super) fn all(&self) -> impl Iterator<Item = &Value> {
        self.old.iter().chain(&self.new)
    }

    /// How many Pods there should be.
    pub(super) fn replicas(&self) -> i64 {
        object::number(&self.deployment, "/spec/replicas").unwrap_or(1)
    }

    pub(super) fn recreates(&self) -> bool {
        self.deployment["spec"]["strategy"]["type"] == "Recreate"
    }

    /// How many Pods more than wanted there may be, and how many fewer (`ResolveFenceposts`).
    pub(super) fn fences(&self) -> (i64, i64) {
        if self.recreates() {
            return (0, 0);
        }
        let share = |field: &str, up: bool| {
            let value = &self.deployment["spec"]["strategy"]["rollingUpdate"][field];
            let value = if value.is_null() {
                &json!("25%")
            } else {
                value
            };
            scaled(value, self.replicas(), up)
        };
        match (share("maxSurge", true), share("maxUnavailable", false)) {
            (0, 0) => (0, 1.min(self.replicas())),
            (surge, unavailable) => (surge, unavailable.min(self.replicas())),
        }
    }

    pub(super) fn total(&self) -> i64 {
        self.all().map(size).sum()
    }
}

/// How many Pods a ReplicaSet should have.
pub(super) fn size(set: &Value) -> i64 {
    object::number(set, "/spec/replicas").unwrap_or(1)
}

pub(super) fn available(set: &Value) -> i64 {
    object::number(set, "/status/availableReplicas").unwrap_or(0)
}

pub(super) fn revision(object: &Value) -> i64 {
    let text = object::annotation(object, REVISION).unwrap_or("0");
    text.parse().unwrap_or(0)
}

/// Looks at one.
pub(super) fn look(state: &mut State, place: &Place) {
    let Some(mut rollout) = Rollout::read(state, place) else {
        return;
    };
    if object::is_leaving(&rollout.deployment) {
        return status::sync(state, &rollout);
    }
    status::note_pause(state, &mut rollout.deployment);
    let paused = rollout.deployment["spec"]["paused"] == true;
    if paused || is_scaled(&rollout) {
        if rollout.new.is_some() {
            find_new(state, &mut rollout);
        }
        deployment_scale::scale(state, &mut rollout);
        if paused {
            clean_up(state, &rollout);
        }
        return status::sync(state, &rollout);
    }
    if rollout.recreates() {
        recreate(state, &mut rollout);
    } else {
        roll(state, &mut rollout);
    }
    if status::complete(&rollout, &status::count(&rollout)) {
        clean_up(state, &rollout);
    }
    status::progress(state, &rollout);
}

/// Whether somebody asked for another number since the ReplicaSets were last told.
fn is_scaled(rollout: &Rollout) -> bool {
    let wanted = rollout.replicas().to_string();
    rollout
        .all()
        .filter(|set| size(set) > 0)
        .any(|set| object::annotation(set, DESIRED).is_some_and(|known| known != wanted))
}

fn roll(state: &mut State, rollout: &mut Rollout) {
    find_or_make_new(state, rollout);
    let wanted = new_size(rollout);
    if let Some(new) = &rollout.new
        && size(new) != wanted
    {
        let scaled = resize(state, rollout, new.clone(), wanted);
        rollout.new = Some(scaled);
        return;
    }
    shrink_old(state, rollout);
}

/// How large the new one may be (`NewRSNewReplicas`).
fn new_size(rollout: &Rollout) -> i64 {
    let now = rollout.new.as_ref().map_or(0, size);
    let replicas = rollout.replicas();
    if rollout.recreates() || now >= replicas {
        return replicas;
    }
    let room = replicas + rollout.fences().0 - rollout.total();
    now + room.max(0).min(replicas - now)
}

/// Makes the old ones smaller as far as enough stay available: first what does not work anyway.
fn shrink_old(state: &mut State, rollout: &mut Rollout) {
    if rollout.old.iter().all(|set| size(set) == 0) {
        return;
    }
    let least = rollout.replicas() - rollout.fences().1;
    let new_missing = rollout
        .new
        .as_ref()
        .map_or(0, |new| size(new) - available(new));
    let mut room = rollout.total() - least - new_missing;
    for place in 0..rollout.old.len() {
        let set = rollout.old[place].clone();
        let broken = (size(&set) - available(&set)).max(0).min(room);
        if broken > 0 {
            room -= broken;
            let smaller = size(&set) - broken;
            rollout.old[place] = resize(state, rollout, set, smaller);
        }
    }
    let mut spare = rollout.all().map(available).sum::<i64>() - least;
    spare = spare.min(room);
    for place in 0..rollout.old.len() {
        let set = rollout.old[place].clone();
        let fewer = size(&set).min(spare);
        if fewer > 0 {
            spare -= fewer;
            let smaller = size(&set) - fewer;
            rollout.old[place] = resize(state, rollout, set, smaller);
        }
    }
}

/// All old Pods go before the first new one comes.
fn recreate(state: &mut State, rollout: &mut Rollout) {
    if rollout.new.is_some() {
        find_new(state, rollout);
    }
    let mut busy = false;
    for place in 0..rollout.old.len() {
        let set = rollout.old[place].clone();
        if size(&set) > 0 {
            rollout.old[place] = resize(state, rollout, set, 0);
            busy = true;
        }
    }
    let runs = |set: &Value| {
        let pods = state.store.owned_of(object::uid(set), &PODS);
        pods.iter()
            .any(|pod| !matches!(facts::pod(pod).phase, Phase::Succeeded | Phase::Failed))
    };
    if busy || rollout.old.iter().any(runs) {
        return;
    }
    find_or_make_new(state, rollout);
    let wanted = rollout.replicas();
    if let Some(new) = &rollout.new
        && size(new) != wanted
    {
        rollout.new = Some(resize(state, rollout, new.clone(), wanted));
    }
}

/// The annotations that a ReplicaSet has from its Deployment.
fn inherit(rollout: &Rollout, set: &mut Value, revision: i64) {
    let known = object::fields(&rollout.deployment, "/metadata/annotations");
    for (key, value) in known.into_iter().flatten() {
        if !OWN.contains(&key.as_str()) {
            set["metadata"]["annotations"][key] = value.clone();
        }
    }
    let before = object::annotation(set, REVISION).map(str::to_owned);
    if let Some(before) = before
        && before != revision.to_string()
    {
        let mut history = object::annotation(set, HISTORY).unwrap_or("").to_owned();
        if !history.is_empty() {
            history.push(',');
        }
        history.push_str(&before);
        set["metadata"]["annotations"][HISTORY] = json!(history);
    }
    set["metadata"]["annotations"][REVISION] = json!(revision.to_string());
    say_sizes(rollout, set);
}

fn say_sizes(rollout: &Rollout, set: &mut Value) {
    let (wanted, surge) = (rollout.replicas(), rollout.fences().0);
    set["metadata"]["annotations"][DESIRED] = json!(wanted.to_string());
    set["metadata"]["annotations"][MAX] = json!((wanted + surge).to_string());
}

/// Brings the new one's annotations up to date: one that was there before gets the next revision.
fn find_new(state: &mut State, rollout: &mut Rollout) {
    let Some(mut new) = rollout.new.take() else {
        return;
    };
    let newest = rollout.old.iter().map(revision).max().unwrap_or(0);
    let mine = revision(&new).max(newest + 1);
    let sizes = (
        new["metadata"]["annotations"][DESIRED].clone(),
        new["metadata"]["annotations"][MAX].clone(),
    );
    inherit(rollout, &mut new, mine);
    // The sizes are said where the size is set: by them a change of the Deployment's is noticed.
    for (key, value) in [(DESIRED, sizes.0), (MAX, sizes.1)] {
        if !value.is_null() {
            new["metadata"]["annotations"][key] = value;
        }
    }
    let quiet = &rollout.deployment["spec"]["minReadySeconds"];
    if new["spec"]["minReadySeconds"] != *quiet
        && let Some(spec) = new["spec"].as_object_mut()
    {
        spec.remove("minReadySeconds");
        if !quiet.is_null() {
            spec.insert("minReadySeconds".to_owned(), quiet.clone());
        }
    }
    let new = template::write(state, &REPLICA_SETS, new);
    mark_revision(state, &mut rollout.deployment, mine);
    status::found(state, &mut rollout.deployment, &new);
    rollout.new = Some(new);
}

fn mark_revision(state: &mut State, deployment: &mut Value, revision: i64) {
    deployment["metadata"]["annotations"][REVISION] = json!(revision.to_string());
    *deployment = state.update(&DEPLOYMENTS, deployment.take());
}

fn find_or_make_new(state: &mut State, rollout: &mut Rollout) {
    if rollout.new.is_some() {
        return find_new(state, rollout);
    }
    let deployment = &rollout.deployment;
    let text = template::canonical(&deployment["spec"]["template"]);
    let collisions = object::number(deployment, "/status/collisionCount").unwrap_or(0);
    let hash = template::hash(&text, collisions);
    let name = format!("{}-{hash}", object::name(deployment));
    let mut selector = deployment["spec"]["selector"].clone();
    selector["matchLabels"][HASH] = json!(hash);
    let mut pods = deployment["spec"]["template"].clone();
    pods["metadata"]["labels"][HASH] = json!(hash);
    let wanted = new_size(rollout);
    let mut set = json!({
        "metadata": {
            "name": name, "namespace": deployment["metadata"]["namespace"],
            "labels": pods["metadata"]["labels"], "annotations": {},
            "ownerReferences": [object::owned_by(deployment)],
        },
        "spec": {"replicas": wanted, "selector": selector, "template": pods},
        "status": {"replicas": 0},
    });
    if let Some(quiet) = object::number(deployment, "/spec/minReadySeconds")
        && quiet > 0
    {
        set["spec"]["minReadySeconds"] = json!(quiet);
    }
    let newest = rollout.old.iter().map(revision).max().unwrap_or(0);
    inherit(rollout, &mut set, newest + 1);
    match state.create(&REPLICA_SETS, set) {
        Ok(set) => {
            if wanted > 0 {
                let message = format!("Scaled up replica set {name} from 0 to {wanted}");
                scaling(state, &rollout.deployment, &message);
            }
            mark_revision(state, &mut rollout.deployment, newest + 1);
            status::created(state, &mut rollout.deployment, &set);
            rollout.new = Some(set);
        }
        Err(refusal) if refusal.reason == "AlreadyExists" => {
            // Another's, or one with this hash but another template: the next look tries another name.
            rollout.deployment["status"]["collisionCount"] = json!(collisions + 1);
            rollout.deployment = state.update(&DEPLOYMENTS, rollout.deployment.take());
            let place = Place::new(
                object::namespace(&rollout.deployment),
                object::name(&rollout.deployment),
            );
            state.at(state.now(), Task::Look(Loop::Deployment, place));
        }
        Err(refusal) => status::refused(state, &mut rollout.deployment, &refusal.message),
    }
}

fn scaling(state: &mut State, deployment: &Value, message: &str) {
    let from = "deployment-controller";
    state.event(deployment, "Normal", "ScalingReplicaSet", message, from);
}

/// Gives a ReplicaSet another size.
pub(super) fn resize(state: &mut State, rollout: &Rollout, mut set: Value, wanted: i64) -> Value {
    let before = size(&set);
    set["spec"]["replicas"] = json!(wanted);
    say_sizes(rollout, &mut set);
    let name = object::name(&set).to_owned();
    let set = template::write(state, &REPLICA_SETS, set);
    if before != wanted {
        let way = if wanted > before { "up" } else { "down" };
        let message = format!("Scaled {way} replica set {name} from {before} to {wanted}");
        scaling(state, &rollout.deployment, &message);
    }
    set
}

/// Old versions beyond the history that is kept go.
fn clean_up(state: &mut State, rollout: &Rollout) {
    let limit = object::number(&rollout.deployment, "/spec/revisionHistoryLimit").unwrap_or(10);
    let mut old: Vec<&Value> = rollout
        .old
        .iter()
        .filter(|set| !object::is_leaving(set))
        .collect();
    let surplus = old.len().saturating_sub(limit.max(0) as usize);
    old.sort_by_key(|set| revision(set));
    for set in old.into_iter().take(surplus) {
        let empty = size(set) == 0 && object::number(set, "/status/replicas").unwrap_or(0) == 0;
        if empty {
            let asked = Deletion::default();
            let _ = delete::delete(
                state,
                &REPLICA_SETS,
                object::namespace(set),
                object::name(set),
                &asked,
            );
        }
    }
}

#[cfg(test)]
#[path = "deployment_tests.rs"]
mod tests;
