//! Cases for every rule about a Server. A test at the end holds that no rule is left out.

use std::collections::BTreeSet;

use super::*;
use crate::model::{
    row::{ControllerRow, Kind, Replicas},
    sample::{condition, controller},
};

#[expect(clippy::unnecessary_wraps, reason = "a Case has a controller or none")]
fn server(
    kind: Kind,
    desired: u32,
    change: impl FnOnce(&mut ControllerRow),
) -> Option<ControllerRow> {
    let mut row = controller(kind, "a", "s", desired, "");
    change(&mut row);
    Some(row)
}

fn replicas(desired: u32, current: u32, updated: u32, ready: u32) -> Replicas {
    Replicas {
        desired,
        current,
        updated,
        ready,
        available: ready,
        failed: 0,
    }
}

/// A Deployment in the middle of a rollout.
fn rolling(numbers: Replicas, change: impl FnOnce(&mut ControllerRow)) -> Option<ControllerRow> {
    server(Kind::Deployment, 0, |row| {
        row.replicas = numbers;
        row.conditions = vec![condition("Progressing", true, "ReplicaSetUpdated")];
        change(row);
    })
}

struct Case(
    Option<ControllerRow>,
    Kind,
    Vec<InstanceRow>,
    Option<ControllerRow>,
    &'static str,
);

fn servers() -> Vec<Case> {
    use Kind::{CronJob, DaemonSet, Deployment, Job, Pod, StatefulSet};
    use Phase::{Failed, Pending, Running, Succeeded};
    let ok = running;
    let crash = || {
        with(bad(ok(), Running, "CrashLoopBackOff", ""), |row| {
            row.restarts = 14;
        })
    };
    let image = || bad(ok(), Pending, "ErrImageNeverPull", "");
    let evicted = || bad(ok(), Failed, "Evicted", "");
    let failed = |name: &'static str| {
        move |row: &mut ControllerRow| row.conditions = vec![condition("Failed", true, name)]
    };
    let case = |row: Option<ControllerRow>, pods: Vec<InstanceRow>, expected| {
        let kind = row
            .as_ref()
            .map_or(Kind::Custom("Rollout".into()), |row| row.kind.clone());
        Case(row, kind, pods, None, expected)
    };
    let bare = |row: InstanceRow, expected| Case(None, Pod, vec![row], None, expected);
    vec![
        bare(pod("a", "p", ""), "healthy healthy (lone Instance)"),
        bare(crash(), "failing CrashLoopBackOff ×14 (lone Instance)"),
        bare(
            bad(ok(), Succeeded, "", ""),
            "healthy Completed (lone Instance)",
        ),
        bare(evicted(), "failing Evicted (lone Instance)"),
        case(
            server(CronJob, 0, |row| row.suspended = true),
            vec![],
            "stopped suspended (suspended)",
        ),
        case(
            server(Job, 1, |row| row.suspended = true),
            vec![],
            "stopped suspended (suspended)",
        ),
        case(
            server(Job, 1, failed("BackoffLimitExceeded")),
            vec![evicted()],
            "failing failed: BackoffLimitExceeded (job ended)",
        ),
        case(
            server(Job, 1, |row| {
                row.conditions = vec![condition("Complete", true, "")];
            }),
            vec![],
            "healthy complete (job ended)",
        ),
        case(
            server(Deployment, 0, |_| ()),
            vec![],
            "stopped stopped (stopped)",
        ),
        case(
            server(Deployment, 0, |_| ()),
            vec![evicted()],
            "stopped stopped (stopped)",
        ),
        case(
            server(StatefulSet, 0, |row| row.replicas.current = 2),
            vec![],
            "progressing stopping, 2 left (stopped)",
        ),
        case(
            server(StatefulSet, 0, |_| ()),
            vec![with(ok(), |row| row.terminating = true)],
            "progressing stopping, 1 left (stopped)",
        ),
        case(
            server(DaemonSet, 0, |_| ()),
            vec![],
            "stopped no node matches (stopped)",
        ),
        case(
            rolling(replicas(1, 1, 1, 0), |_| ()),
            vec![crash()],
            "failing CrashLoopBackOff ×14 (Instance trouble)",
        ),
        case(
            rolling(replicas(3, 3, 3, 2), |_| ()),
            vec![ok(), ok(), crash()],
            "warning CrashLoopBackOff ×14 (Instance trouble)",
        ),
        // A surge with a bad image, while the old ones serve; then the controller has given up.
        case(
            rolling(replicas(2, 3, 1, 2), |_| ()),
            vec![ok(), ok(), image()],
            "warning ErrImageNeverPull (Instance trouble)",
        ),
        case(
            rolling(replicas(2, 3, 1, 2), |row| {
                row.conditions = vec![condition("Progressing", false, "ProgressDeadlineExceeded")];
            }),
            vec![ok(), ok(), image()],
            "failing ErrImageNeverPull (Instance trouble)",
        ),
        // Replaced, and so of no account; unless nobody is known to replace it.
        case(
            server(Deployment, 2, |_| ()),
            vec![ok(), ok(), evicted()],
            "healthy healthy (healthy)",
        ),
        case(None, vec![evicted()], "failing Evicted (Instance trouble)"),
        case(
            None,
            vec![ok(), evicted()],
            "warning Evicted (Instance trouble)",
        ),
        case(
            server(Job, 1, |row| row.replicas = replicas(1, 1, 0, 0)),
            vec![evicted(), image()],
            "failing ErrImageNeverPull (Instance trouble)",
        ),
        case(
            rolling(replicas(2, 0, 0, 0), |row| {
                row.conditions
                    .push(condition("ReplicaFailure", true, "FailedCreate"));
            }),
            vec![],
            "failing FailedCreate (replica failure)",
        ),
        case(
            rolling(replicas(2, 2, 2, 0), |row| {
                row.conditions = vec![condition("Progressing", false, "ProgressDeadlineExceeded")];
            }),
            vec![bad(ok(), Running, "", "")],
            "failing progress deadline exceeded (progress deadline)",
        ),
        Case(
            server(CronJob, 0, |_| ()),
            CronJob,
            vec![],
            server(Job, 1, failed("DeadlineExceeded")),
            "failing last run failed: DeadlineExceeded (last run)",
        ),
        Case(
            server(CronJob, 0, |_| ()),
            CronJob,
            vec![],
            server(Job, 1, |_| ()),
            "healthy scheduled (job running)",
        ),
        case(
            server(CronJob, 0, |row| row.replicas.current = 1),
            vec![ok()],
            "healthy running (job running)",
        ),
        case(
            server(Job, 1, |row| row.replicas = replicas(1, 1, 0, 1)),
            vec![ok()],
            "progressing running (job running)",
        ),
        case(
            server(Job, 5, |row| {
                row.replicas = Replicas {
                    failed: 2,
                    ..replicas(5, 1, 3, 1)
                }
            }),
            vec![evicted()],
            "progressing 3/5 running ×2 (job running)",
        ),
        case(
            rolling(replicas(4, 5, 2, 4), |row| row.suspended = true),
            vec![],
            "warning rollout paused (paused)",
        ),
        case(
            server(Deployment, 2, |row| row.suspended = true),
            vec![],
            "healthy healthy (healthy)",
        ),
        case(
            rolling(replicas(4, 5, 2, 4), |_| ()),
            vec![],
            "progressing 2/4 new (rollout)",
        ),
        case(
            rolling(replicas(2, 2, 2, 1), |_| ()),
            vec![],
            "progressing 1/2 new (rollout)",
        ),
        case(
            server(StatefulSet, 3, |row| row.replicas.updated = 1),
            vec![],
            "progressing 1/3 new (rollout)",
        ),
        case(
            server(DaemonSet, 3, |row| row.observed = false),
            vec![],
            "progressing 3/3 new (rollout)",
        ),
        case(
            server(StatefulSet, 2, |row| row.replicas.ready = 1),
            vec![ok(), bad(ok(), Pending, "ContainerCreating", "")],
            "progressing ContainerCreating (starting)",
        ),
        case(
            server(DaemonSet, 3, |row| row.replicas.ready = 2),
            vec![],
            "warning 1 not ready (unready)",
        ),
        case(
            server(Deployment, 2, |row| row.replicas.ready = 0),
            vec![bad(ok(), Running, "", "")],
            "failing 2 not ready (unready)",
        ),
        case(
            server(Deployment, 1, |_| ()),
            vec![ended(ok(), "OOMKilled", 137, 60)],
            "warning OOMKilled ×4 (Instance warning)",
        ),
        case(
            server(DaemonSet, 1, |_| ()),
            vec![],
            "healthy healthy (healthy)",
        ),
        case(None, vec![ok()], "healthy healthy (healthy)"),
        case(None, vec![], "unknown  ()"),
    ]
}

fn judged(case: &Case) -> Verdict {
    let Case(controller, kind, pods, job, _) = case;
    judge(&Facts {
        controller: controller.as_ref(),
        kind,
        instances: &digest(pods),
        newest_job: job.as_ref(),
    })
}

#[test]
fn servers_are_judged_by_the_first_rule_that_answers() {
    for case in servers() {
        assert_eq!(words(&judged(&case)), case.4);
    }
}

#[test]
fn every_rule_has_a_case() {
    let tried: BTreeSet<_> = instances()
        .iter()
        .map(|(row, _)| judge_instance(row, NOW).rule)
        .collect();
    assert_eq!(tried, INSTANCE_RULES.iter().map(|rule| rule.name).collect());
    let tried: BTreeSet<_> = servers()
        .iter()
        .map(|case| judged(case).rule)
        .filter(|rule| !rule.is_empty())
        .collect();
    assert_eq!(tried, RULES.iter().map(|rule| rule.name).collect());
}
