//! A case for every rule about an Instance, and for what each of them can mean.

use super::*;
use crate::model::{
    row::{Phase, Resources},
    sample::bad,
};
use Phase::{Failed, Pending, Running, Succeeded, Unknown};

/// A container that keeps ending like that; the last time 30 s ago.
pub(super) fn ends(reason: &str, code: i32) -> InstanceRow {
    let mut row = bad(
        pod("p"),
        Running,
        "CrashLoopBackOff",
        "back-off 2m40s restarting failed container=main",
    );
    row.restarts = 7;
    trouble(row, |trouble| {
        trouble.ended = Some((reason.into(), code, NOW - 30));
    })
}

fn waits(reason: &str, message: &str) -> InstanceRow {
    trouble(bad(pod("p"), Pending, reason, message), |_| ())
}

pub(super) fn no_node(message: &str) -> InstanceRow {
    let mut row = bad(pod("p"), Pending, "Unschedulable", message);
    row.resources = std::sync::Arc::new(Resources {
        cpu_request: 4000,
        memory_request: 8 << 30,
        ..Resources::default()
    });
    row.node = None;
    row
}

/// An Instance, an Event about it, and the sentence.
type Case = (
    InstanceRow,
    Option<(&'static str, &'static str)>,
    &'static str,
);

fn cases() -> Vec<Case> {
    let crash = |reason, code, says| (ends(reason, code), None, says);
    let unready = || {
        let mut row = bad(pod("p"), Running, "", "");
        row.ready_since = NOW - 600;
        row
    };
    let image = |reason, message, says| (waits(reason, message), None, says);
    let held = |message, says| {
        (
            waits("ContainerCreating", ""),
            Some(("FailedMount", message)),
            says,
        )
    };
    let nodes = |message, says| (no_node(message), None, says);
    let over = |reason, message, says| (bad(pod("p"), Failed, reason, message), None, says);
    let probe = |message, says| (unready(), Some(("Unhealthy", message)), says);
    vec![
        crash(
            "Error",
            3,
            "It keeps crashing, 7 restarts in 60m, next try in 2m10s.",
        ),
        crash(
            "Error",
            1,
            "It keeps crashing, 7 restarts in 60m, next try in 2m10s.",
        ),
        crash(
            "Completed",
            0,
            "It keeps ending although nothing fails, 7 restarts in 60m, next try in 2m10s.",
        ),
        crash(
            "Error",
            126,
            "It has a command that can not be run, 7 restarts in 60m, next try in 2m10s.",
        ),
        crash(
            "Error",
            127,
            "It has a command that is not in its image, 7 restarts in 60m, next try in 2m10s.",
        ),
        crash(
            "OOMKilled",
            137,
            "It runs out of memory, 7 restarts in 60m, next try in 2m10s.",
        ),
        crash(
            "Error",
            137,
            "It keeps being killed, 7 restarts in 60m, next try in 2m10s.",
        ),
        crash(
            "Error",
            139,
            "It keeps crashing on a memory error, 7 restarts in 60m, next try in 2m10s.",
        ),
        crash(
            "Error",
            143,
            "It keeps being stopped, 7 restarts in 60m, next try in 2m10s.",
        ),
        (
            ends("Error", 137),
            Some(("Unhealthy", "Liveness probe failed: connection refused")),
            "It is killed by its liveness probe again and again, 7 restarts in 60m, next try in 2m10s.",
        ),
        image(
            "ErrImageNeverPull",
            "",
            "It may not pull its image, and its node does not have it, for 60m.",
        ),
        image(
            "InvalidImageName",
            "",
            "It has an image name that nobody can read, for 60m.",
        ),
        image(
            "ErrImagePull",
            "code = NotFound desc = not found",
            "It asks for an image that does not exist, for 60m.",
        ),
        image(
            "ImagePullBackOff",
            "pull access denied, repository does not exist or may require authorization",
            "It may not pull its image, for 60m.",
        ),
        image(
            "ErrImagePull",
            "dial tcp: lookup reg: no such host",
            "It can not reach the registry of its image, for 60m.",
        ),
        image(
            "ErrImagePull",
            "429 Too Many Requests - toomanyrequests",
            "It is turned away by the registry: too many pulls, for 60m.",
        ),
        image(
            "ErrImagePull",
            "x509: certificate signed by unknown authority",
            "It does not trust the registry of its image, for 60m.",
        ),
        (
            waits("ImagePullBackOff", "Back-off pulling image"),
            Some(("Failed", "Failed to pull image: unauthorized")),
            "It may not pull its image, for 60m.",
        ),
        image(
            "ImageInspectError",
            "who knows",
            "It can not get its image, for 60m.",
        ),
        image(
            "CreateContainerConfigError",
            "secret \"db\" not found",
            "It lacks the Secret db.",
        ),
        image(
            "CreateContainerConfigError",
            "configmap \"web\" not found",
            "It lacks the ConfigMap web.",
        ),
        image(
            "CreateContainerConfigError",
            "couldn't find key PASSWORD in Secret a/db",
            "It lacks the key PASSWORD of the Secret db.",
        ),
        image(
            "CreateContainerConfigError",
            "container has runAsNonRoot and image will run as root",
            "It would run as root and may not, for 60m.",
        ),
        image(
            "RunContainerError",
            "exec: \"serve\": executable file not found in $PATH",
            "It has a command that is not in its image, for 60m.",
        ),
        image(
            "CreateContainerError",
            "who knows",
            "It has a container that can not be started, for 60m.",
        ),
        nodes(
            "0/1 nodes are available: 1 Insufficient cpu. no new claims",
            "It finds no node with 4.0c of CPU free.",
        ),
        nodes(
            "0/3 nodes are available: 1 Insufficient cpu, 2 Insufficient memory.",
            "It finds no node with 8.0Gi of memory and 4.0c of CPU free.",
        ),
        nodes(
            "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
            "It finds no node with enough nvidia.com/gpu free.",
        ),
        nodes(
            "0/3 nodes are available: 3 node(s) had untolerated taint {a: b}. preemption",
            "It tolerates the taint of no node, for 60m.",
        ),
        nodes(
            "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
            "It fits no node by its selector or affinity, for 60m.",
        ),
        nodes(
            "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found",
            "It waits for a volume that is not there yet, for 60m.",
        ),
        nodes(
            "0/3 nodes are available: persistentvolumeclaim \"data\" not found.",
            "It mounts a claim that does not exist, for 60m.",
        ),
        nodes(
            "0/2 nodes are available: 2 node(s) were unschedulable.",
            "It finds only nodes that are cordoned, for 60m.",
        ),
        nodes(
            "no nodes available to schedule pods",
            "It finds no node at all, for 60m.",
        ),
        held(
            "MountVolume.SetUp failed for volume \"c\" : configmap \"web\" not found",
            "It waits for a ConfigMap that it mounts, for 60m.",
        ),
        held(
            "Multi-Attach error for volume \"v\" Volume is already used by pod(s) db-0",
            "It waits for a volume that another node still has, for 60m.",
        ),
        held(
            "MountVolume.SetUp failed for volume \"nfs\" : exit status 32",
            "It waits for a volume that can not be mounted, for 60m.",
        ),
        (
            waits("ContainerCreating", ""),
            Some((
                "FailedCreatePodSandBox",
                "Failed to create pod sandbox: plugin type=\"calico\" failed",
            )),
            "It gets no network on its node, for 60m.",
        ),
        (
            waits("ContainerCreating", ""),
            Some(("Pulling", "Pulling image")),
            "It is pulling its image, for 60m.",
        ),
        (
            waits("ContainerCreating", ""),
            None,
            "It is being started by its node, for 60m.",
        ),
        (
            waits("SchedulingGated", ""),
            None,
            "It is held back by a scheduling gate, for 60m.",
        ),
        (
            waits("PodInitializing", ""),
            None,
            "It waits for its init container main.",
        ),
        probe(
            "Readiness probe failed: HTTP probe failed with statuscode: 503",
            "It says at its readiness probe that it is not ready, for 10m.",
        ),
        probe(
            "Readiness probe failed: dial tcp: connect: connection refused",
            "It does not listen where its readiness probe asks, for 10m.",
        ),
        probe(
            "Readiness probe failed: context deadline exceeded",
            "It does not answer its readiness probe in time, for 10m.",
        ),
        probe(
            "Readiness probe failed:",
            "It fails its readiness probe, for 10m.",
        ),
        probe(
            "Startup probe failed: no",
            "It is still not started as its startup probe sees it, for 10m.",
        ),
        (unready(), None, "It runs but is not ready, for 10m."),
        over(
            "Evicted",
            "The node was low on resource: memory.",
            "It was evicted because its node ran short of memory, for 58m.",
        ),
        over(
            "Evicted",
            "The node was low on resource: ephemeral-storage.",
            "It was evicted because it filled its node's disk, for 58m.",
        ),
        over(
            "DeadlineExceeded",
            "Pod was active on the node longer than allowed",
            "It ran longer than it may, for 58m.",
        ),
        over(
            "Preempting",
            "preempted",
            "It had to make room for something more important, for 58m.",
        ),
        (
            bad(pod("p"), Unknown, "", ""),
            None,
            "It is on a node that does not report.",
        ),
        (
            bad(pod("p"), Succeeded, "", ""),
            None,
            "It has done its work.",
        ),
        (pod("p"), None, "It runs and is ready."),
    ]
}

#[test]
fn instances_are_told_in_plain_words() {
    for (row, said, says) in cases() {
        let mut rows = vec![row.clone().into()];
        let (reason, message) = said.unwrap_or_default();
        if !reason.is_empty() {
            rows.push(event(("Pod", "p"), reason, message, 40));
        }
        let world = held(rows);
        let id = instance_id("p");
        assert_eq!(sentence(&world, &id), says, "{:?} {said:?}", row.trouble);
        let why = why(&world, &id, NOW).unwrap();
        let is_ill = !matches!(why.health, Health::Healthy | Health::Progressing);
        assert!(!is_ill || !why.advice.is_empty(), "no advice: {says}");
        assert!(why.rule.is_some(), "{says}");
    }
}

#[test]
fn every_rule_about_an_instance_has_a_case() {
    let mut rules: Vec<&str> = crate::model::health::INSTANCE_RULES
        .iter()
        .map(|rule| rule.name)
        .collect();
    let others = [ended_once(1, 4), ended_row(), ending()];
    let rows = cases().into_iter().map(|(row, ..)| row).chain(others);
    for row in rows {
        let rule = crate::model::health::judge_instance(&row, NOW).rule;
        rules.retain(|known| *known != rule);
    }
    assert_eq!(rules, Vec::<&str>::new());
}

fn ended_once(restarts: u32, code: i32) -> InstanceRow {
    let mut row = pod("p");
    row.restarts = restarts;
    trouble(row, |trouble| {
        trouble.ended = Some(("Error".into(), code, NOW - 240));
    })
}

fn ended_row() -> InstanceRow {
    trouble(bad(pod("p"), Running, "Error", ""), |_| ())
}

fn ending() -> InstanceRow {
    let mut row = pod("p");
    row.terminating = true;
    row
}

#[test]
fn one_restart_is_an_accident_and_many_are_a_habit() {
    for (restarts, says) in [
        (1, "It was restarted 4m ago."),
        (7, "It keeps crashing, 7 restarts in 60m, the last 4m ago."),
    ] {
        let world = held([ended_once(restarts, 1).into()]);
        assert_eq!(sentence(&world, &instance_id("p")), says);
    }
}

#[test]
fn an_end_within_the_grace_period_is_normal_and_a_long_one_is_not() {
    for (ago, says) in [
        (20, "It is ending (it may take up to 30s)."),
        (1800, "It has been ending for 30m although it has 30s."),
    ] {
        let killing = event(("Pod", "p"), "Killing", "Stopping container main", ago);
        let world = held([ending().into(), killing]);
        assert_eq!(sentence(&world, &instance_id("p")), says);
    }
}
