//! Cases for every rule about an Instance, in a table; those about Servers are in `servers`.

#![expect(
    clippy::unwrap_used,
    reason = "what a test expects and does not find has failed it"
)]

#[path = "health/server_tests.rs"]
mod servers;

use super::*;
use crate::model::{
    row::Trouble,
    sample::{NOW, bad, pod},
};

/// `health word ×times (rule)`
fn words(verdict: &Verdict) -> String {
    let times = if verdict.times > 0 {
        format!(" ×{}", verdict.times)
    } else {
        String::new()
    };
    let progress = verdict
        .progress
        .map_or_else(String::new, |(done, of)| format!("{done}/{of} "));
    format!(
        "{} {progress}{}{times} ({})",
        verdict.health.word(),
        verdict.word,
        verdict.rule
    )
}

fn running() -> InstanceRow {
    pod("a", "p", "StatefulSet s")
}

fn ended(mut row: InstanceRow, reason: &str, code: i32, ago: i64) -> InstanceRow {
    row.restarts = 4;
    row.trouble = Some(Box::new(Trouble {
        ended: Some((reason.into(), code, NOW - ago)),
        ..Trouble::default()
    }));
    row
}

fn with(mut row: InstanceRow, change: impl FnOnce(&mut InstanceRow)) -> InstanceRow {
    change(&mut row);
    row
}

fn instances() -> Vec<(InstanceRow, &'static str)> {
    use Phase::{Failed, Pending, Running, Succeeded, Unknown};
    let taint = "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {a: b}. preemption: 0/3 nodes are available: none.";
    vec![
        (running(), "healthy Running (running)"),
        (
            bad(running(), Succeeded, "Completed", ""),
            "healthy Completed (completed)",
        ),
        (
            with(running(), |row| row.terminating = true),
            "progressing Terminating (terminating)",
        ),
        (
            bad(running(), Pending, "ErrImageNeverPull", ""),
            "failing ErrImageNeverPull (image)",
        ),
        (
            bad(running(), Pending, "ImagePullBackOff", ""),
            "failing ImagePullBackOff (image)",
        ),
        (
            with(bad(running(), Running, "CrashLoopBackOff", ""), |row| {
                row.restarts = 14;
            }),
            "failing CrashLoopBackOff ×14 (crash loop)",
        ),
        (
            bad(running(), Pending, "CreateContainerConfigError", ""),
            "failing CreateContainerConfigError (container configuration)",
        ),
        (
            bad(running(), Failed, "Evicted", ""),
            "failing Evicted (failed)",
        ),
        (bad(running(), Failed, "", ""), "failing Failed (failed)"),
        (
            bad(
                running(),
                Pending,
                "Unschedulable",
                "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1",
            ),
            "failing Pending: insufficient cpu (unschedulable)",
        ),
        (
            bad(running(), Pending, "Unschedulable", taint),
            "failing Pending: insufficient cpu, node(s) had untolerated taint {a: b} (unschedulable)",
        ),
        (
            bad(running(), Pending, "Unschedulable", "who knows"),
            "failing Pending: unschedulable (unschedulable)",
        ),
        (
            bad(running(), Running, "OOMKilled", ""),
            "failing OOMKilled (container ended)",
        ),
        (
            bad(running(), Running, "Error", ""),
            "failing Error (container ended)",
        ),
        (
            bad(running(), Running, "ExitCode:3", ""),
            "failing ExitCode:3 (container ended)",
        ),
        (
            bad(running(), Pending, "", ""),
            "progressing Pending (starting)",
        ),
        (
            bad(running(), Pending, "ContainerCreating", ""),
            "progressing ContainerCreating (starting)",
        ),
        (
            with(bad(running(), Running, "", ""), |row| {
                row.meta.created = NOW - 59;
            }),
            "progressing starting (starting)",
        ),
        (
            with(bad(running(), Running, "", ""), |row| {
                row.meta.created = NOW - 60;
            }),
            "warning not ready (unready)",
        ),
        (bad(running(), Unknown, "", ""), "warning node lost (lost)"),
        (
            ended(running(), "OOMKilled", 137, 599),
            "warning OOMKilled ×4 (restarted)",
        ),
        (
            ended(running(), "Error", 1, 599),
            "warning restarted ×4 (restarted)",
        ),
        (
            ended(running(), "Error", 1, 600),
            "healthy Running (running)",
        ),
    ]
}

#[test]
fn instances_are_judged_by_the_first_rule_that_answers() {
    for (row, expected) in instances() {
        assert_eq!(words(&judge_instance(&row, NOW)), expected);
    }
}

#[test]
fn what_only_time_changes_says_when() {
    let young = with(bad(running(), Phase::Running, "", ""), |row| {
        row.meta.created = NOW - 10;
    });
    let was_ill = ended(running(), "Error", 1, 100);
    for (row, until) in [(&young, NOW + 50), (&was_ill, NOW + 500), (&running(), 0)] {
        let verdict = judge_instance(row, NOW);
        assert_eq!(verdict.until, until);
        if until > 0 {
            assert_eq!(judge_instance(row, until - 1).rule, verdict.rule);
            assert_ne!(judge_instance(row, until).rule, verdict.rule);
        }
    }
    // The soonest of all, whichever is the worst, in whatever order.
    for rows in [
        [&was_ill, &young, &running()],
        [&running(), &young, &was_ill],
    ] {
        assert_eq!(
            digest(&rows.map(Clone::clone)).worst.unwrap().until,
            NOW + 50
        );
    }
}

fn digest(rows: &[InstanceRow]) -> Digest {
    let mut digest = Digest::default();
    for row in rows {
        digest.add(row, judge_instance(row, NOW));
    }
    digest
}
