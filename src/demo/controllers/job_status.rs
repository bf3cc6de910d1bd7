//! What a Job says of itself: counts, and whether it is over and why (`pkg/controller/job/job_controller.go`).

use serde_json::{Value, json};

use super::{
    Loop, Place, Task,
    job::{FROM, Pods},
    template::{self, Condition, find_condition},
};
use crate::demo::{object, resource::JOBS, state::State};

/// How a Job is over.
pub(super) struct Verdict {
    well: bool,
    reason: &'static str,
    message: &'static str,
}

const COMPLETED: Verdict = Verdict {
    well: true,
    reason: "CompletionsReached",
    message: "Reached expected number of succeeded pods",
};
const EXHAUSTED: Verdict = Verdict {
    well: false,
    reason: "BackoffLimitExceeded",
    message: "Job has reached the specified backoff limit",
};
const LATE: Verdict = Verdict {
    well: false,
    reason: "DeadlineExceeded",
    message: "Job was active longer than specified deadline",
};

fn holds<'a>(job: &'a Value, kind: &str) -> Option<&'a Value> {
    find_condition(job, kind).filter(|condition| condition["status"] == "True")
}

/// When it was over, in milliseconds, if it is.
pub(super) fn finished(job: &Value) -> Option<i64> {
    let over = holds(job, "Complete").or_else(|| holds(job, "Failed"))?;
    object::millis(object::text(over, "/lastTransitionTime"))
}

fn set(job: &mut Value, kind: &str, status: &str, reason: &str, message: &str, now: i64) {
    let said = Condition {
        kind,
        status,
        reason,
        message,
        ..Condition::default()
    };
    template::condition(job, Some("lastProbeTime"), &said, now);
}

/// Notes when it began, or that it is held.
pub(super) fn start(state: &mut State, job: &mut Value) {
    let now = state.now();
    let suspended = job["spec"]["suspend"] == true;
    let known = find_condition(job, "Suspended").map(|known| known["status"] == "True");
    if suspended {
        if known != Some(true) {
            set(
                job,
                "Suspended",
                "True",
                "JobSuspended",
                "Job suspended",
                now,
            );
            if let Some(status) = job["status"].as_object_mut() {
                status.remove("startTime");
            }
            state.event(job, "Normal", "Suspended", "Job suspended", FROM);
        }
        return;
    }
    if known == Some(true) {
        set(job, "Suspended", "False", "JobResumed", "Job resumed", now);
        state.event(job, "Normal", "Resumed", "Job resumed", FROM);
    }
    if job["status"]["startTime"].is_null() {
        job["status"]["startTime"] = json!(object::time(now));
    }
}

/// Whether it is over.
pub(super) fn judge(state: &mut State, job: &Value, pods: &Pods) -> Option<Verdict> {
    if let Some(known) = holds(job, "FailureTarget") {
        let known = object::text(known, "/reason").to_owned();
        return [EXHAUSTED, LATE]
            .into_iter()
            .find(|verdict| verdict.reason == known)
            .or(Some(EXHAUSTED));
    }
    if holds(job, "SuccessCriteriaMet").is_some() {
        return Some(COMPLETED);
    }
    let number = |pointer: &str| object::number(job, pointer);
    let succeeded = number("/status/succeeded").unwrap_or(0);
    let limit = number("/spec/backoffLimit").unwrap_or(6);
    let failed = number("/status/failed").unwrap_or(0);
    let again = job["spec"]["template"]["spec"]["restartPolicy"] == "OnFailure";
    let restarts = if again { pods.restarts } else { 0 };
    if failed > limit || (again && restarts > 0 && restarts >= limit.max(1)) {
        return Some(EXHAUSTED);
    }
    if let (Some(seconds), Some(since)) = (
        number("/spec/activeDeadlineSeconds"),
        object::millis(object::text(job, "/status/startTime")),
    ) {
        let due = since + state.span(seconds * 1_000);
        if due <= state.now() {
            return Some(LATE);
        }
        let place = Place::new(object::namespace(job), object::name(job));
        state.at(due, Task::Look(Loop::Job, place));
    }
    let enough = match number("/spec/completions") {
        Some(completions) => succeeded >= completions,
        None => succeeded > 0 && pods.active.is_empty() && pods.leaving == 0,
    };
    enough.then_some(COMPLETED)
}

/// Writes counts.
pub(super) fn report(state: &mut State, mut job: Value, pods: &Pods) {
    counts(&mut job, pods);
    state.update(&JOBS, job);
}

fn counts(job: &mut Value, pods: &Pods) {
    let status = &mut job["status"];
    status["ready"] = json!(pods.ready);
    status["terminating"] = json!(pods.leaving);
    status["uncountedTerminatedPods"] = json!({});
    if pods.active.is_empty() {
        if let Some(status) = status.as_object_mut() {
            status.remove("active");
        }
    } else {
        status["active"] = json!(pods.active.len());
    }
}

/// It is over; it says so wholly once nothing of it runs any more.
pub(super) fn conclude(state: &mut State, mut job: Value, pods: &Pods, verdict: &Verdict) {
    let now = state.now();
    counts(&mut job, pods);
    let (first, last) = if verdict.well {
        ("SuccessCriteriaMet", "Complete")
    } else {
        ("FailureTarget", "Failed")
    };
    set(
        &mut job,
        first,
        "True",
        verdict.reason,
        verdict.message,
        now,
    );
    let over = pods.active.is_empty() && pods.leaving == 0;
    if over {
        set(&mut job, last, "True", verdict.reason, verdict.message, now);
        if verdict.well {
            job["status"]["completionTime"] = json!(object::time(now));
            state.event(&job, "Normal", "Completed", "Job completed", FROM);
        } else {
            state.event(&job, "Warning", verdict.reason, verdict.message, FROM);
        }
        let place = Place::new(object::namespace(&job), object::name(&job));
        state.at(now, Task::Look(Loop::Job, place));
    }
    state.update(&JOBS, job);
}
