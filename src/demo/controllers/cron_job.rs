//! CronJobs: a Job at each time of a schedule (`pkg/controller/cronjob/cronjob_controllerv2.go`).

use serde_json::{Value, json};

use super::{Loop, Place, Task, job_status, schedule::Schedule, template::find_condition};
use crate::demo::{
    delete::{self, Deletion, Propagation},
    object,
    refusal::Refusal,
    resource::{CRON_JOBS, JOBS},
    state::State,
};

const FROM: &str = "cronjob-controller";
const SCHEDULED: &str = "batch.kubernetes.io/cronjob-scheduled-timestamp";

/// Looks at one.
pub(super) fn look(state: &mut State, place: &Place) {
    let Some(mut cron) = state.get(&CRON_JOBS, &place.namespace, &place.name) else {
        return;
    };
    if object::is_leaving(&cron) {
        return;
    }
    let jobs: Vec<Value> = state
        .store
        .owned_of(object::uid(&cron), &JOBS)
        .iter()
        .map(|job| job.value())
        .collect();
    see_finished(state, &mut cron, &jobs);
    clean_up(state, &cron, &jobs);
    if cron["spec"]["suspend"] != true {
        let text = object::text(&cron, "/spec/schedule").to_owned();
        let zone = object::text(&cron, "/spec/timeZone").to_owned();
        match Schedule::parse(&text, &zone) {
            Ok(schedule) => start(state, place, &mut cron, &schedule),
            Err(why) => {
                let message = format!("unparseable schedule: \"{text}\": {why}");
                state.event(&cron, "Warning", "UnparseableSchedule", &message, FROM);
            }
        }
    }
    state.update(&CRON_JOBS, cron);
}

/// Takes those that are over off its list.
fn see_finished(state: &mut State, cron: &mut Value, jobs: &[Value]) {
    let active = object::items(cron, "/status/active").to_vec();
    for job in jobs {
        let is_known = active.iter().any(|known| known["uid"] == object::uid(job));
        let name = object::name(job);
        if job_status::finished(job).is_none() {
            if !is_known {
                let message =
                    format!("Saw a job that the controller did not create or forgot: {name}");
                state.event(cron, "Warning", "UnexpectedJob", &message, FROM);
            }
        } else if !is_known && is_complete(job) {
            succeeded(cron, job);
        }
    }
    let mut still = Vec::new();
    for reference in active {
        let name = object::text(&reference, "/name").to_owned();
        let found = jobs.iter().find(|job| object::name(job) == name);
        let Some(job) = found else {
            let message = format!("Active job went missing: {name}");
            state.event(cron, "Normal", "MissingJob", &message, FROM);
            continue;
        };
        if job_status::finished(job).is_none() {
            still.push(reference);
            continue;
        }
        let well = is_complete(job);
        let how = if well { "Complete" } else { "Failed" };
        let message = format!("Saw completed job: {name}, condition: {how}");
        state.event(cron, "Normal", "SawCompletedJob", &message, FROM);
        if well {
            succeeded(cron, job);
        }
    }
    set_active(cron, &still);
}

/// Keeps when the last of its Jobs ended well.
fn succeeded(cron: &mut Value, job: &Value) {
    let done = object::text(job, "/status/completionTime");
    if object::millis(done) > object::millis(object::text(cron, "/status/lastSuccessfulTime")) {
        cron["status"]["lastSuccessfulTime"] = json!(done);
    }
}

fn set_active(cron: &mut Value, active: &[Value]) {
    if !active.is_empty() {
        cron["status"]["active"] = json!(active);
    } else if let Some(status) = cron["status"].as_object_mut() {
        status.remove("active");
    }
}

fn is_complete(job: &Value) -> bool {
    find_condition(job, "Complete").is_some_and(|known| known["status"] == "True")
}

/// Old Jobs go, those that ended well and those that did not each by their own limit.
fn clean_up(state: &mut State, cron: &Value, jobs: &[Value]) {
    for (well, pointer, usual) in [
        (true, "/spec/successfulJobsHistoryLimit", 3),
        (false, "/spec/failedJobsHistoryLimit", 1),
    ] {
        let limit = object::number(cron, pointer).unwrap_or(usual).max(0) as usize;
        let mut over: Vec<&Value> = jobs
            .iter()
            .filter(|job| job_status::finished(job).is_some() && is_complete(job) == well)
            .filter(|job| !object::is_leaving(job))
            .collect();
        over.sort_by_key(|job| object::text(job, "/status/startTime"));
        let surplus = over.len().saturating_sub(limit);
        for job in over.into_iter().take(surplus) {
            remove(state, cron, object::namespace(job), object::name(job));
        }
    }
}

fn remove(state: &mut State, cron: &Value, namespace: &str, name: &str) {
    let asked = Deletion {
        propagation: Propagation::Background,
        ..Deletion::default()
    };
    if delete::delete(state, &JOBS, namespace, name, &asked).is_ok() {
        let message = format!("Deleted job {name}");
        state.event(cron, "Normal", "SuccessfulDelete", &message, FROM);
    }
}

/// Makes a Job for the newest time that has come, and plans the next.
fn start(state: &mut State, place: &Place, cron: &mut Value, schedule: &Schedule) {
    let now = state.now();
    let time = |pointer: &str| object::millis(object::text(cron, pointer));
    let mut since = time("/status/lastScheduleTime")
        .or_else(|| time("/metadata/creationTimestamp"))
        .unwrap_or(now);
    if let Some(seconds) = object::number(cron, "/spec/startingDeadlineSeconds") {
        since = since.max(now - seconds * 1_000);
    }
    if let Some(next) = schedule.after(now) {
        state.at(next, Task::Look(Loop::CronJob, place.clone()));
    }
    // Of times that were missed only the newest counts.
    let Some(due) = schedule.last(since, now) else {
        return;
    };
    let active = object::items(cron, "/status/active").to_vec();
    match object::text(cron, "/spec/concurrencyPolicy") {
        "Forbid" if !active.is_empty() => {
            let message = "Not starting job because prior execution is running and concurrency policy is Forbid";
            return state.event(cron, "Normal", "JobAlreadyActive", message, FROM);
        }
        "Replace" => {
            for reference in &active {
                remove(
                    state,
                    cron,
                    &place.namespace,
                    object::text(reference, "/name"),
                );
            }
            set_active(cron, &[]);
        }
        _ => {}
    }
    match create(state, cron, due) {
        Ok(job) => {
            let message = format!("Created job {}", object::name(&job));
            state.event(cron, "Normal", "SuccessfulCreate", &message, FROM);
            let mut active = object::items(cron, "/status/active").to_vec();
            active.push(json!({
                "apiVersion": "batch/v1", "kind": "Job", "name": object::name(&job),
                "namespace": object::namespace(&job), "uid": object::uid(&job),
                "resourceVersion": job["metadata"]["resourceVersion"],
            }));
            set_active(cron, &active);
            cron["status"]["lastScheduleTime"] = json!(object::time(due));
        }
        Err(refusal) if refusal.reason == "AlreadyExists" => {
            cron["status"]["lastScheduleTime"] = json!(object::time(due));
        }
        Err(refusal) => {
            let message = format!("Error creating job: {}", refusal.message);
            state.event(cron, "Warning", "FailedCreate", &message, FROM);
        }
    }
}

fn create(state: &mut State, cron: &Value, due: i64) -> Result<Value, Refusal> {
    let template = &cron["spec"]["jobTemplate"];
    let mut job = json!({"metadata": {}, "spec": template["spec"]});
    for field in ["labels", "annotations"] {
        if !template["metadata"][field].is_null() {
            job["metadata"][field] = template["metadata"][field].clone();
        }
    }
    let name: String = object::name(cron).chars().take(52).collect();
    job["metadata"]["name"] = json!(format!("{name}-{}", due / 60_000));
    job["metadata"]["namespace"] = cron["metadata"]["namespace"].clone();
    job["metadata"]["annotations"][SCHEDULED] = json!(object::time(due));
    job["metadata"]["ownerReferences"] = json!([object::owned_by(cron)]);
    state.create(&JOBS, job)
}
