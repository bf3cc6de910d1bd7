//! Jobs: Pods that come to an end, until enough ended well or too many did not (`pkg/controller/job`).

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Value, json};

use super::{
    Loop, Place, Task,
    facts::{self, Phase},
    job_status as status, template,
};
use crate::demo::{
    delete::{self, Deletion, Propagation},
    object,
    resource::{JOBS, PODS},
    state::State,
    store::Entry,
};

pub(super) const FROM: &str = "job-controller";
/// Held by each Pod until its end was counted.
const TRACKED: &str = "batch.kubernetes.io/job-tracking";
const INDEX: &str = "batch.kubernetes.io/job-completion-index";
/// Waits after a failure, in milliseconds: the first, and the longest.
const BACK_OFF: (i64, i64) = (10_000, 600_000);

/// What a Job's Pods do.
#[derive(Debug, Default)]
pub(super) struct Pods {
    /// At work, or about to be.
    pub(super) active: Vec<Arc<Entry>>,
    /// On their way out, but not yet at an end.
    pub(super) leaving: i64,
    /// At work and ready.
    pub(super) ready: i64,
    /// How often their containers were started again.
    pub(super) restarts: i64,
}

/// Looks at one.
pub(super) fn look(state: &mut State, place: &Place) {
    let Some(mut job) = state.get(&JOBS, &place.namespace, &place.name) else {
        return;
    };
    let pods = state.store.owned_of(object::uid(&job), &PODS);
    count(state, &mut job, &pods);
    let pods = sort(state, &job);
    if let Some(finished) = status::finished(&job) {
        stop(state, &job, &pods.active);
        return retire(state, place, &job, finished);
    }
    if object::is_leaving(&job) {
        return status::report(state, job, &pods);
    }
    status::start(state, &mut job);
    let verdict = status::judge(state, &job, &pods);
    match verdict {
        Some(verdict) => {
            stop(state, &job, &pods.active);
            let pods = sort(state, &job);
            status::conclude(state, job, &pods, &verdict);
        }
        None if job["spec"]["suspend"] == true => {
            stop(state, &job, &pods.active);
            let pods = sort(state, &job);
            status::report(state, job, &pods);
        }
        None => {
            bring_up(state, &job, &pods);
            let pods = sort(state, &job);
            status::report(state, job, &pods);
        }
    }
}

fn sort(state: &State, job: &Value) -> Pods {
    let mut sorted = Pods::default();
    for pod in state.store.owned_of(object::uid(job), &PODS) {
        let facts = facts::pod(&pod);
        if facts.done() {
            continue;
        }
        sorted.restarts += facts.restarts;
        if facts.leaving {
            sorted.leaving += 1;
            continue;
        }
        sorted.ready += i64::from(facts.ready);
        sorted.active.push(pod);
    }
    sorted
}

fn is_indexed(job: &Value) -> bool {
    job["spec"]["completionMode"] == "Indexed"
}

/// Counts those that came to an end, and lets them go: each counts once, by the finalizer it held.
fn count(state: &mut State, job: &mut Value, pods: &[Arc<Entry>]) {
    let mut ended: Vec<(&Arc<Entry>, bool)> = Vec::new();
    for pod in pods.iter().filter(|pod| facts::pod(pod).done()) {
        if memchr::memmem::find(&pod.json, TRACKED.as_bytes()).is_some() {
            ended.push((pod, facts::pod(pod).phase == Phase::Succeeded));
        }
    }
    if ended.is_empty() {
        return;
    }
    let mut done = indexes(object::text(job, "/status/completedIndexes"));
    for (pod, well) in &ended {
        let index = pod.label(INDEX).and_then(|index| index.parse::<i64>().ok());
        let counts = match (index, *well) {
            (Some(index), true) if is_indexed(job) => done.insert(index),
            _ => true,
        };
        let field = if *well { "succeeded" } else { "failed" };
        let before = job["status"][field].as_i64().unwrap_or(0);
        job["status"][field] = json!(before + i64::from(counts));
    }
    if is_indexed(job) && !done.is_empty() {
        job["status"]["completedIndexes"] = json!(ranges(&done));
    }
    *job = state.update(&JOBS, job.take());
    for (pod, _) in ended {
        super::collector::remove_finalizer(state, &PODS, &Place::of(pod), TRACKED);
    }
}

/// `0-2,5` as numbers.
fn indexes(text: &str) -> BTreeSet<i64> {
    text.split(',')
        .filter_map(|part| {
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            Some(from.parse::<i64>().ok()?..=to.parse().ok()?)
        })
        .flatten()
        .collect()
}

/// Numbers as `0-2,5`.
fn ranges(numbers: &BTreeSet<i64>) -> String {
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let text = |(from, to): &(i64, i64)| {
        if from == to {
            from.to_string()
        } else {
            format!("{from}-{to}")
        }
    };
    runs.iter().map(text).collect::<Vec<_>>().join(",")
}

/// Makes as many Pods as may work side by side, or takes away what is too many.
fn bring_up(state: &mut State, job: &Value, pods: &Pods) {
    let width = object::number(job, "/spec/parallelism").unwrap_or(1);
    let succeeded = object::number(job, "/status/succeeded").unwrap_or(0);
    let active = pods.active.len() as i64;
    let wanted = match object::number(job, "/spec/completions") {
        Some(completions) => width.min(completions - succeeded).max(0),
        None if succeeded > 0 => active.min(width),
        None => width,
    };
    if active > wanted {
        let surplus = (active - wanted) as usize;
        let mut last: Vec<Arc<Entry>> = pods.active.clone();
        last.sort_by_key(|pod| {
            let facts = facts::pod(pod);
            (facts.phase, facts.ready, std::cmp::Reverse(facts.created))
        });
        last.truncate(surplus);
        return stop(state, job, &last);
    }
    // One that is on its way out still holds its place.
    let missing = wanted - active - pods.leaving;
    if missing <= 0 {
        return;
    }
    if let Some(due) = back_off(state, job) {
        let place = Place::new(object::namespace(job), object::name(job));
        return state.at(due, Task::Look(Loop::Job, place));
    }
    let mut free = free_indexes(job, pods).into_iter();
    for _ in 0..missing {
        let index = free.next();
        if is_indexed(job) && index.is_none() {
            return;
        }
        if !create(state, job, index) {
            return;
        }
    }
}

/// The numbers that nobody has done or does.
fn free_indexes(job: &Value, pods: &Pods) -> Vec<i64> {
    if !is_indexed(job) {
        return Vec::new();
    }
    let mut taken = indexes(object::text(job, "/status/completedIndexes"));
    let number = |pod: &Arc<Entry>| pod.label(INDEX)?.parse::<i64>().ok();
    taken.extend(pods.active.iter().filter_map(number));
    let completions = object::number(job, "/spec/completions").unwrap_or(1);
    (0..completions)
        .filter(|index| !taken.contains(index))
        .collect()
}

/// When a Pod may be made again after the last failure, if that is still to come.
fn back_off(state: &State, job: &Value) -> Option<i64> {
    let failed = object::number(job, "/status/failed").filter(|failed| *failed > 0)?;
    let last = state
        .store
        .owned_of(object::uid(job), &PODS)
        .iter()
        .filter(|pod| facts::pod(pod).phase == Phase::Failed)
        .filter_map(|pod| {
            let pod = pod.value();
            object::items(&pod, "/status/containerStatuses")
                .iter()
                .filter_map(|status| {
                    object::millis(object::text(status, "/state/terminated/finishedAt"))
                })
                .max()
        })
        .max()?;
    let wait = (BACK_OFF.0 << (failed - 1).min(6)).min(BACK_OFF.1);
    let due = last + state.span(wait);
    (due > state.now()).then_some(due)
}

fn create(state: &mut State, job: &Value, index: Option<i64>) -> bool {
    let mut pod = template::pod(job, &job["spec"]["template"]);
    let (uid, name) = (object::uid(job), object::name(job));
    for (label, value) in [
        ("batch.kubernetes.io/controller-uid", uid),
        ("batch.kubernetes.io/job-name", name),
        ("controller-uid", uid),
        ("job-name", name),
    ] {
        pod["metadata"]["labels"][label] = json!(value);
    }
    if let Some(index) = index {
        pod["metadata"]["labels"][INDEX] = json!(index.to_string());
        pod["metadata"]["annotations"][INDEX] = json!(index.to_string());
        pod["metadata"]["generateName"] = json!(template::stem(&format!("{name}-{index}")));
        pod["spec"]["hostname"] = json!(format!("{name}-{index}"));
        let pointer = format!("metadata.labels['{INDEX}']");
        let variable = json!({"name": "JOB_COMPLETION_INDEX", "valueFrom": {"fieldRef": {"fieldPath": pointer}}});
        for container in pod["spec"]["containers"]
            .as_array_mut()
            .into_iter()
            .flatten()
        {
            match container["env"].as_array_mut() {
                Some(variables) => variables.push(variable.clone()),
                None => container["env"] = json!([variable]),
            }
        }
    }
    let mut held = object::items(&pod, "/metadata/finalizers").to_vec();
    held.push(json!(TRACKED));
    pod["metadata"]["finalizers"] = json!(held);
    match template::create(state, pod) {
        Ok(pod) => {
            let message = format!("Created pod: {}", object::name(&pod));
            state.event(job, "Normal", "SuccessfulCreate", &message, FROM);
            true
        }
        Err(refusal) => {
            let message = format!("Error creating: {}", refusal.message);
            state.event(job, "Warning", "FailedCreate", &message, FROM);
            let place = Place::new(object::namespace(job), name);
            state.after(10_000, Task::Look(Loop::Job, place));
            false
        }
    }
}

fn stop(state: &mut State, job: &Value, pods: &[Arc<Entry>]) {
    for pod in pods {
        let asked = Deletion::default();
        if delete::delete(state, &PODS, &pod.namespace, &pod.name, &asked).is_ok() {
            let message = format!("Deleted pod: {}", pod.name);
            state.event(job, "Normal", "SuccessfulDelete", &message, FROM);
        }
    }
}

/// One that is done goes after its time, if it was given one.
fn retire(state: &mut State, place: &Place, job: &Value, finished: i64) {
    let Some(seconds) = object::number(job, "/spec/ttlSecondsAfterFinished") else {
        return;
    };
    let due = finished + state.span(seconds * 1_000);
    if due > state.now() {
        return state.at(due, Task::Look(Loop::Job, place.clone()));
    }
    let asked = Deletion {
        propagation: Propagation::Foreground,
        ..Deletion::default()
    };
    if !object::is_leaving(job) {
        let _ = delete::delete(state, &JOBS, &place.namespace, &place.name, &asked);
    }
}

/// Pods whose Job is gone are held by nobody.
pub(super) fn let_go(state: &mut State, pod: &Entry) {
    if memchr::memmem::find(&pod.json, TRACKED.as_bytes()).is_none() {
        return;
    }
    let orphan = !pod
        .owners
        .iter()
        .any(|uid| state.index.owner(uid).is_some());
    if orphan {
        super::collector::remove_finalizer(state, &PODS, &Place::of(pod), TRACKED);
    }
}

#[cfg(test)]
#[path = "job_tests.rs"]
mod tests;
