//! A case for every rule about a Server.

use super::*;
use crate::model::{
    health::RULES,
    row::{Phase, Replicas},
    sample::{bad, condition, controller},
};

fn crashing(name: &str) -> InstanceRow {
    let mut row = bad(pod(name), Phase::Running, "CrashLoopBackOff", "");
    row.restarts = 4;
    row
}

fn typo(name: &str) -> InstanceRow {
    bad(pod(name), Phase::Pending, "ErrImageNeverPull", "")
}

fn rows(mut rows: Vec<Row>, pods: impl IntoIterator<Item = InstanceRow>) -> Vec<Row> {
    rows.extend(pods.into_iter().map(Row::from));
    rows
}

fn of(kind: &Kind, desired: u32, change: impl FnOnce(&mut ControllerRow)) -> (Vec<Row>, Id) {
    let mut row = controller(kind.clone(), "a", "web", desired, "");
    change(&mut row);
    (vec![row.into()], Id::Server(key(kind.name(), "a", "web")))
}

fn web_with(change: impl FnOnce(&mut ControllerRow)) -> (Vec<Row>, Id) {
    let mut held = web(3);
    if let Row::Controller(row) = &mut held[0] {
        change(row);
    }
    (held, deployment())
}

fn numbers(desired: u32, current: u32, updated: u32, ready: u32) -> Replicas {
    Replicas {
        desired,
        current,
        updated,
        ready,
        available: ready,
        failed: 0,
    }
}

fn failed(reason: &'static str) -> impl Fn(&mut ControllerRow) {
    move |row| {
        row.conditions = vec![condition("Failed", true, reason)];
        row.replicas = Replicas {
            desired: 1,
            failed: 2,
            ..Replicas::default()
        };
    }
}

fn rolling(numbers: Replicas) -> impl Fn(&mut ControllerRow) {
    move |row| {
        row.replicas = numbers;
        row.conditions = vec![condition("Progressing", true, "ReplicaSetUpdated")];
    }
}

fn cases() -> Vec<(Vec<Row>, Id, &'static str)> {
    use Kind::{CronJob, DaemonSet, Job, StatefulSet};
    let case = |(rows, id): (Vec<Row>, Id), says| (rows, id, says);
    let with =
        |(held, id): (Vec<Row>, Id), pods: Vec<InstanceRow>, says| (rows(held, pods), id, says);
    let lone = |row: InstanceRow, says| (vec![row.into()], Id::Server(key("Pod", "a", "p")), says);
    let bare = || sample::pod("a", "p", "");
    let quota = r#"pods "x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=3, limited: pods=3"#;
    let mut unready = bad(pod("web-1-a"), Phase::Running, "", "");
    unready.ready_since = NOW - 600;
    let mut waiting = pod("web-1-a");
    waiting.meta.created = NOW - 5;
    waiting = bad(waiting, Phase::Pending, "ContainerCreating", "");
    let mut cron = of(&CronJob, 0, |row| row.last = NOW - 90);
    let mut job = controller(Job, "a", "web-1", 1, "CronJob web");
    failed("BackoffLimitExceeded")(&mut job);
    cron.0.push(job.into());
    vec![
        lone(bare(), "It runs and is ready."),
        lone(
            bad(bare(), Phase::Pending, "ErrImageNeverPull", ""),
            "It may not pull its image, and its node does not have it.",
        ),
        case(
            of(&CronJob, 0, |row| {
                row.suspended = true;
                row.last = NOW - 3600;
            }),
            "Suspended: it starts nothing until it is resumed. It last ran 60m ago.",
        ),
        case(
            of(&Job, 1, failed("BackoffLimitExceeded")),
            "It was given up after 2 failed Instances, 60s ago.",
        ),
        case(
            of(&Job, 1, failed("DeadlineExceeded")),
            "It was ended because it ran longer than activeDeadlineSeconds allow, after 2 failed Instances, 60s ago.",
        ),
        case(
            of(&Job, 1, |row| {
                row.conditions = vec![condition("Complete", true, "")];
                row.last = NOW - 240;
            }),
            "It has done its work: 1 of 1 ended well, 4m ago.",
        ),
        case(
            of(&StatefulSet, 0, |_| ()),
            "Stopped: it is asked for 0 Instances.",
        ),
        case(
            of(&StatefulSet, 0, |row| row.replicas.current = 2),
            "Stopping: 2 Instances still to end.",
        ),
        case(
            of(&DaemonSet, 0, |_| ()),
            "No node matches its nodeSelector, so it runs nowhere.",
        ),
        with(
            (web(1), deployment()),
            vec![crashing("web-1-a")],
            "0 of 1 ready: its Instance keeps crashing, 4 restarts in 60m.",
        ),
        with(
            (web(2), deployment()),
            vec![crashing("web-1-a"), crashing("web-1-b")],
            "0 of 2 ready: both its Instances keep crashing, 4 restarts in 60m.",
        ),
        with(
            web_with(|row| row.replicas.ready = 2),
            vec![crashing("web-1-a"), pod("web-1-b"), pod("web-1-c")],
            "2 of 3 ready: one of its Instances keeps crashing, 4 restarts in 60m.",
        ),
        with(
            (web(3), deployment()),
            vec![crashing("web-1-a"), typo("web-1-b"), typo("web-1-c")],
            "0 of 3 ready: one of its Instances keeps crashing, 4 restarts in 60m. 2 more Instances are not well for other reasons.",
        ),
        case(
            web_with(|row| {
                let mut failure = condition("ReplicaFailure", true, "FailedCreate");
                failure.message = quota.into();
                row.conditions = vec![failure];
            }),
            "0 of 3 ready for 60s: the quota team is used up (pods 3 of 3, and one more wants 1).",
        ),
        with(
            web_with(|row| {
                row.conditions = vec![condition("Progressing", false, "ProgressDeadlineExceeded")];
            }),
            vec![unready.clone()],
            "0 of 3 ready for 60s, and its rollout has got no further within its deadline: its Instance runs but is not ready.",
        ),
        case(
            cron,
            "Its last run was given up after 2 failed Instances, 60s ago.",
        ),
        case(
            of(&CronJob, 0, |row| {
                row.last = NOW - 90;
                row.schedule = Some("*/5 * * * *".into());
            }),
            "It waits for its next time (*/5 * * * *), and last ran 90s ago.",
        ),
        case(
            of(&Job, 3, |row| {
                row.replicas = numbers(3, 1, 1, 1);
                row.replicas.failed = 1;
            }),
            "1 of 3 done after 60m, 1 failed Instance so far.",
        ),
        case(
            web_with(|row| {
                row.suspended = true;
                row.replicas = numbers(3, 4, 1, 3);
            }),
            "3 of 3 ready, 1 of 3 of the new revision: somebody has paused its rollout.",
        ),
        case(
            web_with(|row| row.observed = false),
            "3 of 3 of the new revision, its controller has yet to take the change in.",
        ),
        case(
            web_with(rolling(numbers(3, 4, 1, 3))),
            "1 of 3 of the new revision, 2 Instances still to be replaced.",
        ),
        case(
            web_with(rolling(numbers(3, 4, 3, 3))),
            "3 of 3 of the new revision, 1 Instance of the old one still to end.",
        ),
        with(
            web_with(rolling(numbers(3, 3, 3, 2))),
            vec![waiting.clone(), pod("web-1-b"), pod("web-1-c")],
            "3 of 3 of the new revision, 1 Instance still to become ready: one of its Instances is being started by its node.",
        ),
        with(
            (web(1), deployment()),
            vec![waiting],
            "0 of 1 ready for 5s: its Instance is being started by its node.",
        ),
        with(
            (web(1), deployment()),
            vec![unready],
            "0 of 1 ready for 10m: its Instance runs but is not ready.",
        ),
        case(
            of(&StatefulSet, 2, |row| row.replicas.ready = 1),
            "1 of 2 ready: 2 Instances still to be created.",
        ),
        with(
            web_with(|row| row.replicas = numbers(1, 1, 1, 1)),
            vec![{
                let mut row = pod("web-1-a");
                row.restarts = 1;
                trouble(row, |trouble| {
                    trouble.ended = Some(("OOMKilled".into(), 137, NOW - 240));
                })
            }],
            "1 of 1 ready, but its Instance ran out of memory 4m ago.",
        ),
        with(
            web_with(|row| row.replicas = numbers(1, 1, 1, 1)),
            vec![
                pod("web-1-a"),
                bad(pod("web-1-b"), Phase::Failed, "Evicted", ""),
            ],
            "1 of 1 ready: it does what it was asked to do. An Instance failed earlier, and another is in its place.",
        ),
    ]
}

#[test]
fn servers_are_told_in_plain_words_and_no_rule_is_left_out() {
    let mut rules: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    for (rows, id, says) in cases() {
        let world = held(rows);
        assert_eq!(sentence(&world, &id), says);
        let server = world.servers().get(id.slot(&world).unwrap()).unwrap();
        rules.retain(|rule| *rule != server.verdict.rule);
        let why = why(&world, &id, NOW).unwrap();
        assert!(
            why.health != Health::Failing || !why.advice.is_empty(),
            "no advice: {says}"
        );
    }
    assert_eq!(rules, Vec::<&str>::new());
}

#[test]
fn those_that_are_alike_are_counted_and_others_have_lines_of_their_own() {
    let pods = [
        crashing("web-1-a"),
        crashing("web-1-b"),
        crashing("web-1-c"),
        typo("web-1-d"),
    ];
    let world = held(rows(web(4), pods));
    assert_eq!(
        steps(&world, &deployment()),
        [
            "failing web-1-a: CrashLoopBackOff, 4 restarts",
            ": and 2 more like it",
            "failing web-1-d: ErrImageNeverPull",
        ]
    );
}

#[test]
fn a_new_revision_that_does_not_come_up_is_told_from_the_old_one_that_serves() {
    let (mut held_rows, id) = web_with(|row| row.replicas = numbers(1, 2, 1, 1));
    held_rows.push(set("web-2", "2", 1).into());
    let mut new = typo("web-2-a");
    new.meta.owner = sample::pod("a", "x", "ReplicaSet web-2").meta.owner;
    let world = held(rows(held_rows, [pod("web-1-a"), new]));
    assert_eq!(
        sentence(&world, &id),
        "1 of 1 ready for 60m, but the new revision's Instance may not pull its image, and its node does not have it. What ran before still serves."
    );
    assert_eq!(
        steps(&world, &id),
        [
            "ReplicaSet web-2: revision 2 (registry.local/busybox:1.0), 0 of 1 ready",
            "  failing web-2-a: ErrImageNeverPull",
        ]
    );
}

#[test]
fn what_can_not_be_created_is_told_by_the_event_until_something_is() {
    let (rows, id) = of(&Kind::StatefulSet, 2, |row| {
        row.replicas = numbers(2, 1, 1, 1);
    });
    let refused = event(
        ("StatefulSet", "web"),
        "FailedCreate",
        "denied the request",
        60,
    );
    let created = event(("StatefulSet", "web"), "SuccessfulCreate", "", 30);
    let world = held(rows.iter().cloned().chain([refused.clone()]));
    assert_eq!(sentence(&world, &id), "1 of 2 ready: a policy refuses it.");
    assert_eq!(
        steps(&world, &id),
        ["Event FailedCreate: denied the request"]
    );
    let world = held(rows.into_iter().chain([refused, created]));
    assert_eq!(
        sentence(&world, &id),
        "1 of 2 of the new revision, 1 Instance still to be created."
    );
}
