use serde_json::{Value, json};

use super::super::world::{World, count, says, template};
use crate::demo::{
    delete::Deletion,
    object,
    resource::{CRON_JOBS, JOBS, PODS},
};

fn job(acts: &str, spec: &Value) -> Value {
    let mut template = template(acts);
    template["spec"]["restartPolicy"] = json!("Never");
    let mut job = json!({"metadata": {"name": "work"}, "spec": {"template": template, "parallelism": 1, "completions": 1}});
    for (field, value) in spec.as_object().into_iter().flatten() {
        job["spec"][field] = value.clone();
    }
    job
}

#[test]
fn a_job_works_until_enough_is_done() {
    let mut world = World::new();
    world.make(
        &JOBS,
        job(
            "pulls=1s runs=5s",
            &json!({"parallelism": 2, "completions": 5}),
        ),
    );
    world.watch(40, |state| assert!(count(state).0 <= 2));
    let work = world.see(&JOBS, "work");
    assert_eq!(says(&work, "Complete"), "True CompletionsReached");
    assert_eq!(says(&work, "SuccessCriteriaMet"), "True CompletionsReached");
    assert_eq!(work["status"]["succeeded"], 5);
    assert!(!work["status"]["completionTime"].is_null());
    assert_eq!(work["status"]["uncountedTerminatedPods"], json!({}));
    assert!(world.heard("work", "Completed"));
    assert!(
        world
            .pods()
            .iter()
            .all(|pod| pod["metadata"]["finalizers"].is_null())
    );
    world.delete(
        &JOBS,
        "work",
        &Deletion {
            propagation: crate::demo::delete::Propagation::Background,
            ..Deletion::default()
        },
    );
    world.pass(5);
    assert!(world.names(&PODS).is_empty());
}

#[test]
fn a_job_that_fails_too_often_gives_up() {
    let mut world = World::new();
    world.make(
        &JOBS,
        job("pulls=0s runs=1s exit=1", &json!({"backoffLimit": 2})),
    );
    let mut made = Vec::new();
    world.watch(90, |state| {
        let pods = state.store.list(&PODS, Some("shop")).count();
        if made.last().is_none_or(|(known, _)| *known != pods) {
            made.push((pods, (state.now() - super::super::world::START) / 1_000));
        }
    });
    let work = world.see(&JOBS, "work");
    assert_eq!(says(&work, "Failed"), "True BackoffLimitExceeded");
    assert_eq!(work["status"]["failed"], 3);
    assert!(world.heard("work", "BackoffLimitExceeded"));
    let waits: Vec<i64> = made.windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
    assert_eq!(made.len(), 3, "{made:?}");
    assert!(
        (11..=12).contains(&waits[0]) && (21..=22).contains(&waits[1]),
        "{made:?}"
    );
}

#[test]
fn a_job_can_be_late_held_and_retired() {
    let mut world = World::new();
    let spec = json!({"activeDeadlineSeconds": 20, "suspend": true, "ttlSecondsAfterFinished": 30});
    world.make(&JOBS, job("pulls=0s runs=10m", &spec));
    world.pass(5);
    assert!(world.pods().is_empty());
    assert_eq!(
        says(&world.see(&JOBS, "work"), "Suspended"),
        "True JobSuspended"
    );
    world.edit(&JOBS, "work", |work| work["spec"]["suspend"] = json!(false));
    world.pass(5);
    assert_eq!(count(&world), (1, 1));
    assert_eq!(world.see(&JOBS, "work")["status"]["active"], 1);
    world.pass(17);
    let work = world.see(&JOBS, "work");
    assert_eq!(says(&work, "Failed"), "True DeadlineExceeded");
    assert_eq!(count(&world).0, 0);
    world.pass(40);
    assert!(world.names(&JOBS).is_empty() && world.names(&PODS).is_empty());
}

#[test]
fn restarts_in_place_count_too() {
    let mut world = World::new();
    let mut spec = job("pulls=0s runs=1s exit=1", &json!({"backoffLimit": 2}));
    spec["spec"]["template"]["spec"]["restartPolicy"] = json!("OnFailure");
    world.make(&JOBS, spec);
    world.pass(60);
    assert_eq!(
        says(&world.see(&JOBS, "work"), "Failed"),
        "True BackoffLimitExceeded"
    );
}

#[test]
fn each_index_is_done_once() {
    let mut world = World::new();
    let spec = json!({"completionMode": "Indexed", "parallelism": 2, "completions": 4});
    world.make(&JOBS, job("pulls=0s runs=2s", &spec));
    world.pass(30);
    let work = world.see(&JOBS, "work");
    assert_eq!(work["status"]["completedIndexes"], "0-3");
    assert_eq!(says(&work, "Complete"), "True CompletionsReached");
}

fn cron(spec: &Value, acts: &str) -> Value {
    let mut cron = json!({
        "metadata": {"name": "tick"},
        "spec": {"schedule": "* * * * *", "jobTemplate": {"spec": job(acts, &json!({"backoffLimit": 0}))["spec"]}},
    });
    for (field, value) in spec.as_object().into_iter().flatten() {
        cron["spec"][field] = value.clone();
    }
    cron
}

#[test]
fn a_cron_job_starts_one_each_time_and_keeps_a_few() {
    let mut world = World::new();
    world.make(
        &CRON_JOBS,
        cron(
            &json!({"successfulJobsHistoryLimit": 2}),
            "pulls=0s runs=5s",
        ),
    );
    world.pass(50);
    assert!(world.names(&JOBS).is_empty());
    world.pass(15);
    let tick = world.see(&CRON_JOBS, "tick");
    assert_eq!(
        object::text(&tick, "/status/lastScheduleTime"),
        "2027-01-15T08:01:00Z"
    );
    assert_eq!(world.names(&JOBS), ["tick-30000001"]);
    world.pass(5 * 60);
    assert_eq!(world.names(&JOBS).len(), 2);
    assert!(world.heard("tick", "SawCompletedJob") && world.heard("tick", "SuccessfulDelete"));
    assert!(!world.see(&CRON_JOBS, "tick")["status"]["lastSuccessfulTime"].is_null());
    world.edit(&CRON_JOBS, "tick", |tick| {
        tick["spec"]["suspend"] = json!(true);
    });
    let known = world.names(&JOBS);
    world.pass(5 * 60);
    assert_eq!(world.names(&JOBS), known);
}

#[test]
fn what_is_still_at_work_is_treated_as_the_policy_says() {
    for (policy, jobs, active) in [("Allow", 3, 3), ("Forbid", 1, 1), ("Replace", 1, 1)] {
        let mut world = World::new();
        world.make(
            &CRON_JOBS,
            cron(&json!({"concurrencyPolicy": policy}), "pulls=0s runs=10m"),
        );
        world.pass(190);
        assert_eq!(world.names(&JOBS).len(), jobs, "{policy}");
        let tick = world.see(&CRON_JOBS, "tick");
        assert_eq!(
            object::items(&tick, "/status/active").len(),
            active,
            "{policy}"
        );
        let newest = world.names(&JOBS).last().cloned();
        assert_eq!(
            newest.as_deref() == Some("tick-30000001"),
            policy == "Forbid"
        );
    }
}

#[test]
fn a_job_that_somebody_else_made_counts_too() {
    let mut world = World::new();
    let tick = cron(&json!({"schedule": "0 3 * * *", "suspend": true}), "");
    let tick = world.make(&CRON_JOBS, tick);
    let mut once = job("pulls=0s runs=1s", &json!({}));
    once["metadata"]["ownerReferences"] = json!([object::owned_by(&tick)]);
    world.make(&JOBS, once);
    world.pass(20);
    assert!(world.heard("tick", "UnexpectedJob"));
    let tick = world.see(&CRON_JOBS, "tick");
    assert!(!tick["status"]["lastSuccessfulTime"].is_null(), "{tick}");
}
