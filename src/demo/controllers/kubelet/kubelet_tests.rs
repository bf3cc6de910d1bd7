#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};

use super::super::world::{START, World, says, template};
use crate::demo::{
    controllers::facts,
    delete::Deletion,
    object,
    resource::{CONFIG_MAPS, PODS, SECRETS},
};

fn pod(acts: &str) -> Value {
    let mut pod = template(acts);
    pod["metadata"]["name"] = json!("web");
    pod
}

fn state_of(pod: &Value) -> String {
    let status = &pod["status"]["containerStatuses"][0]["state"];
    for (kind, field) in [("waiting", "reason"), ("terminated", "reason")] {
        if !status[kind].is_null() {
            return format!("{kind} {}", status[kind][field].as_str().unwrap_or(""));
        }
    }
    if status["running"].is_null() {
        "none"
    } else {
        "running"
    }
    .to_owned()
}

/// The states that a Pod's first container goes through, each with the second at which it is first seen.
fn story(world: &mut World, seconds: i64) -> Vec<(i64, String)> {
    let mut seen: Vec<(i64, String)> = Vec::new();
    let start = world.now();
    world.watch(seconds, |state| {
        let now = state
            .get(&PODS, "shop", "web")
            .map_or("gone".to_owned(), |pod| state_of(&pod));
        if seen.last().is_none_or(|(_, last)| *last != now) {
            seen.push(((state.now() - start) / 1_000, now));
        }
    });
    seen
}

#[test]
fn a_pod_comes_up_as_on_a_real_node() {
    let mut world = World::new();
    let mut spec = pod("pulls=2s starts=4s");
    spec["spec"]["containers"][0]["readinessProbe"] = json!({"httpGet": {"path": "/", "port": 80}});
    world.make(&PODS, spec);
    world.pass(1);
    let web = world.see(&PODS, "web");
    assert_eq!(state_of(&web), "waiting ContainerCreating");
    assert_eq!(web["status"]["phase"], "Pending");
    assert_eq!(says(&web, "Ready"), "False ContainersNotReady");
    world.pass(3);
    let web = world.see(&PODS, "web");
    assert_eq!(
        (state_of(&web), &web["status"]["phase"]),
        ("running".to_owned(), &json!("Running"))
    );
    assert_eq!(web["status"]["containerStatuses"][0]["ready"], false);
    world.pass(4);
    let web = world.see(&PODS, "web");
    for kind in [
        "PodReadyToStartContainers",
        "Initialized",
        "Ready",
        "ContainersReady",
        "PodScheduled",
    ] {
        assert_eq!(says(&web, kind), "True", "{kind}");
    }
    assert_eq!(web["status"]["qosClass"], "Burstable");
    let ip = object::text(&web, "/status/podIP");
    assert!(ip.starts_with("10.244.") && web["status"]["podIPs"][0]["ip"] == ip);
    assert!(object::text(&web, "/status/hostIP").starts_with("192.0.2."));
    let status = &web["status"]["containerStatuses"][0];
    assert!(object::text(status, "/containerID").starts_with("containerd://"));
    assert_eq!(status["image"], "docker.io/shop/web:1");
    let reasons: Vec<String> = world
        .events("web")
        .into_iter()
        .map(|(reason, _)| reason)
        .collect();
    assert_eq!(
        reasons,
        ["Scheduled", "Pulling", "Pulled", "Created", "Started"]
    );
    let version = world.store.version();
    world.pass(600);
    assert_eq!(
        world.store.version(),
        version,
        "a Pod at peace changes nothing"
    );
}

#[test]
fn crashes_are_waited_for_longer_each_time() {
    let mut world = World::new();
    world.make(&PODS, pod("pulls=0s crashes=5s exit=3"));
    let mut starts = Vec::new();
    let mut restarts = -1;
    let mut messages = Vec::new();
    world.watch(1_500, |state| {
        let web = state.get(&PODS, "shop", "web").unwrap();
        let status = &web["status"]["containerStatuses"][0];
        let count = object::number(status, "/restartCount").unwrap_or(0);
        if count > restarts && !status["state"]["running"].is_null() {
            restarts = count;
            starts.push((state.now() - START) / 1_000);
        }
        let message = object::text(status, "/state/waiting/message");
        if let Some((time, _)) = message.split_once(" restarting")
            && messages.last().is_none_or(|last| last != time)
        {
            messages.push(time.to_owned());
        }
    });
    let waits: Vec<i64> = starts
        .windows(2)
        .map(|pair| pair[1] - pair[0] - 5)
        .collect();
    assert_eq!(waits.len(), 9, "{waits:?}");
    for (wait, expected) in waits.iter().zip([1, 10, 20, 40, 80, 160, 300, 300, 300]) {
        assert!((expected..=expected + 1).contains(wait), "{waits:?}");
    }
    assert_eq!(
        messages,
        [
            "back-off 10s",
            "back-off 20s",
            "back-off 40s",
            "back-off 1m20s",
            "back-off 2m40s",
            "back-off 5m0s"
        ]
    );
    let web = world.see(&PODS, "web");
    let last = &web["status"]["containerStatuses"][0]["lastState"]["terminated"];
    assert_eq!(
        (&last["exitCode"], &last["reason"]),
        (&json!(3), &json!("Error"))
    );
    assert_eq!(web["status"]["phase"], "Running");
    assert!(world.heard("web", "BackOff"));
    let whole = format!(
        "restarting failed container=app pod=web_shop({})",
        object::uid(&web)
    );
    assert!(
        object::text(&web, "/status/containerStatuses/0/state/waiting/message").ends_with(&whole)
    );
}

#[test]
fn whoever_ran_for_long_is_forgiven_and_times_run_out() {
    let mut world = World::new();
    world.make(&PODS, pod("pulls=0s crashes=11m times=3"));
    world.pass(60 * 60);
    let web = world.see(&PODS, "web");
    assert_eq!(web["status"]["containerStatuses"][0]["restartCount"], 3);
    assert_eq!(state_of(&web), "running");
    assert!(!world.heard("web", "BackOff"));
}

#[test]
fn containers_end_as_they_are_told() {
    for (acts, policy, seconds, phase, reason, code) in [
        ("pulls=0s oom=5s", "Always", 8, "Running", "OOMKilled", 137),
        ("pulls=0s unlive=5s", "Always", 8, "Running", "Error", 137),
        ("pulls=0s runs=5s", "Never", 8, "Succeeded", "Completed", 0),
        ("pulls=0s runs=5s exit=2", "Never", 8, "Failed", "Error", 2),
        (
            "pulls=0s runs=5s",
            "OnFailure",
            8,
            "Succeeded",
            "Completed",
            0,
        ),
        (
            "pulls=0s runs=3s exit=2",
            "OnFailure",
            9,
            "Running",
            "Error",
            2,
        ),
    ] {
        let mut world = World::new();
        let mut spec = pod(acts);
        spec["spec"]["restartPolicy"] = json!(policy);
        world.make(&PODS, spec);
        world.pass(seconds);
        let web = world.see(&PODS, "web");
        let status = &web["status"]["containerStatuses"][0];
        let ended = [
            &status["state"]["terminated"],
            &status["lastState"]["terminated"],
        ]
        .into_iter()
        .find(|ended| !ended.is_null())
        .unwrap();
        assert_eq!(web["status"]["phase"], phase, "{acts} {policy}");
        assert_eq!(
            (&ended["reason"], &ended["exitCode"]),
            (&json!(reason), &json!(code)),
            "{acts}"
        );
        if acts.contains("unlive") {
            assert!(world.heard("web", "Unhealthy") && world.heard("web", "Killing"));
        }
    }
}

#[test]
fn an_image_that_is_not_there_is_asked_for_again_and_again() {
    let mut world = World::new();
    world.make(&PODS, pod("missing"));
    let seen = story(&mut world, 100);
    let states: Vec<&str> = seen.iter().map(|(_, state)| state.as_str()).collect();
    assert!(
        states.starts_with(&[
            "waiting ContainerCreating",
            "waiting ErrImagePull",
            "waiting ImagePullBackOff",
            "waiting ErrImagePull",
            "waiting ImagePullBackOff",
        ]),
        "{seen:?}"
    );
    let web = world.see(&PODS, "web");
    assert_eq!(web["status"]["phase"], "Pending");
    let message = object::text(&web, "/status/containerStatuses/0/state/waiting/message");
    assert!(
        message.starts_with("Back-off pulling image \"shop/web:1\": ErrImagePull: "),
        "{message}"
    );
}

#[test]
fn what_a_container_needs_may_come_later() {
    let mut world = World::new();
    let mut spec = pod("pulls=0s");
    spec["spec"]["containers"][0]["envFrom"] = json!([{"configMapRef": {"name": "settings"}}]);
    spec["spec"]["containers"][0]["env"] =
        json!([{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "main"}}}]);
    spec["spec"]["volumes"] = json!([{"name": "files", "configMap": {"name": "files"}}]);
    world.make(&PODS, spec);
    world.pass(5);
    let about = |world: &World| {
        let web = world.see(&PODS, "web");
        let message = object::text(&web, "/status/containerStatuses/0/state/waiting/message");
        format!("{} {message}", state_of(&web))
            .trim_end()
            .to_owned()
    };
    assert_eq!(about(&world), "waiting ContainerCreating");
    assert!(world.heard("web", "FailedMount"));
    let map = |name: &str| json!({"metadata": {"name": name}, "data": {"a": "b"}});
    world.make(&CONFIG_MAPS, map("files"));
    world.pass(20);
    assert_eq!(
        about(&world),
        "waiting CreateContainerConfigError configmap \"settings\" not found"
    );
    world.make(&CONFIG_MAPS, map("settings"));
    world.pass(15);
    assert_eq!(
        about(&world),
        "waiting CreateContainerConfigError secret \"keys\" not found"
    );
    world.make(&SECRETS, json!({"metadata": {"name": "keys"}, "data": {}}));
    world.pass(15);
    assert_eq!(
        about(&world),
        "waiting CreateContainerConfigError couldn't find key main in Secret shop/keys"
    );
    world.edit(&SECRETS, "keys", |secret| {
        secret["data"]["main"] = json!("eA==");
    });
    world.pass(15);
    assert_eq!(about(&world), "running");
}

#[test]
fn init_containers_go_first_and_sidecars_stay() {
    let mut world = World::new();
    let mut spec = pod("pulls=0s first/runs=4s first/pulls=0s side/pulls=0s side/starts=0s");
    spec["spec"]["initContainers"] = json!([
        {"name": "side", "image": "shop/side:1", "restartPolicy": "Always"},
        {"name": "first", "image": "shop/first:1"},
    ]);
    world.make(&PODS, spec);
    world.pass(3);
    let web = world.see(&PODS, "web");
    assert_eq!(state_of(&web), "waiting PodInitializing");
    assert_eq!(says(&web, "Initialized"), "False ContainersNotInitialized");
    let init = |web: &Value, nth: usize| web["status"]["initContainerStatuses"][nth].clone();
    assert_eq!(init(&web, 0)["ready"], true);
    assert!(init(&web, 1)["state"]["running"].is_object());
    world.pass(3);
    let web = world.see(&PODS, "web");
    assert_eq!(state_of(&web), "running");
    assert_eq!(says(&web, "Initialized"), "True");
    assert_eq!(says(&web, "Ready"), "True");
    assert_eq!(init(&web, 1)["state"]["terminated"]["reason"], "Completed");
    assert!(init(&web, 0)["state"]["running"].is_object());
}

#[test]
fn an_init_container_that_fails_is_started_again() {
    let mut world = World::new();
    let mut spec = pod("pulls=0s first/runs=2s first/exit=1");
    spec["spec"]["initContainers"] = json!([{"name": "first", "image": "shop/first:1"}]);
    world.make(&PODS, spec);
    world.pass(12);
    let web = world.see(&PODS, "web");
    assert_eq!(web["status"]["phase"], "Pending");
    let first = &web["status"]["initContainerStatuses"][0];
    assert_eq!(first["state"]["waiting"]["reason"], "CrashLoopBackOff");
    assert_eq!(first["restartCount"], 1);
}

#[test]
fn a_pod_that_is_deleted_has_its_time_and_no_more() {
    for (acts, grace, gone) in [
        ("pulls=0s ends=5s", None, 5),
        ("pulls=0s ends=50s", None, 30),
        ("pulls=0s ends=50s", Some(2), 2),
        ("pulls=0s ends=5s", Some(0), 0),
        ("missing", None, 0),
    ] {
        let mut world = World::new();
        world.make(&PODS, pod(acts));
        world.pass(5);
        let asked = Deletion {
            grace,
            ..Deletion::default()
        };
        world.delete(&PODS, "web", &asked);
        let seen = story(&mut world, 60);
        let (time, last) = seen.last().unwrap();
        assert_eq!(
            (last.as_str(), (gone..=gone + 1).contains(time)),
            ("gone", true),
            "{acts} {grace:?}: {seen:?}"
        );
    }
}

#[test]
fn a_pod_with_a_deadline_fails_at_it() {
    let mut world = World::new();
    let mut spec = pod("pulls=0s");
    spec["spec"]["activeDeadlineSeconds"] = json!(20);
    world.make(&PODS, spec);
    world.pass(10);
    assert_eq!(says(&world.see(&PODS, "web"), "Ready"), "True");
    world.pass(15);
    let web = world.see(&PODS, "web");
    assert_eq!(
        (&web["status"]["phase"], &web["status"]["reason"]),
        (&json!("Failed"), &json!("DeadlineExceeded"))
    );
    assert_eq!(says(&web, "Ready"), "False PodFailed");
}

#[test]
fn a_pod_that_is_found_goes_on_as_its_status_says() {
    let mut world = World::new();
    world.make(&PODS, pod("pulls=0s crashes=5s"));
    world.pass(120);
    let mut found = world.see(&PODS, "web");
    found["metadata"]["name"] = json!("found");
    found["metadata"]["uid"] = json!("found");
    let restarts = object::number(&found, "/status/containerStatuses/0/restartCount").unwrap();
    assert_eq!(state_of(&found), "waiting CrashLoopBackOff");
    world.0.put_quietly(&PODS, found);
    world.edit(&PODS, "found", |found| {
        found["metadata"]["labels"]["seen"] = json!("yes");
    });
    world.pass(1);
    assert_eq!(
        state_of(&world.see(&PODS, "found")),
        "waiting CrashLoopBackOff"
    );
    world.pass(320);
    let found = world.see(&PODS, "found");
    let after = object::number(&found, "/status/containerStatuses/0/restartCount").unwrap();
    assert!(after > restarts, "{after} after {restarts}");
}

#[test]
fn a_pod_that_is_never_ready_says_why_but_not_for_ever() {
    let mut world = World::new();
    let mut spec = pod("pulls=0s unready");
    spec["spec"]["containers"][0]["readinessProbe"] =
        json!({"httpGet": {"port": 80}, "periodSeconds": 5});
    world.make(&PODS, spec);
    world.pass(60);
    let web = world.see(&PODS, "web");
    assert_eq!(
        (state_of(&web).as_str(), says(&web, "Ready").as_str()),
        ("running", "False ContainersNotReady")
    );
    assert!(world.events("web").contains(&(
        "Unhealthy".to_owned(),
        "Readiness probe failed: HTTP probe failed with statuscode: 503".to_owned()
    )));
    let before = world.store.version();
    world.pass(3_600);
    assert!(
        world.store.version() - before < 60,
        "spared after the first two dozen"
    );
    let entry = world.store.get(&PODS, "shop", "web").unwrap();
    assert!(!facts::pod(entry).ready);
}

#[test]
fn an_image_that_may_not_be_pulled_is_there_or_not() {
    for (image, state) in [
        ("shop/web:1", "running"),
        ("shop/web:missing", "waiting ErrImageNeverPull"),
    ] {
        let mut world = World::new();
        let mut spec = pod("");
        spec["spec"]["containers"][0]["image"] = json!(image);
        spec["spec"]["containers"][0]["imagePullPolicy"] = json!("Never");
        world.make(&PODS, spec);
        world.pass(3);
        let web = world.see(&PODS, "web");
        assert_eq!(state_of(&web), state);
        assert!(!world.heard("web", "Pulling"));
        // What it was given is known once it was made.
        let resources = &web["status"]["containerStatuses"][0]["resources"];
        assert_eq!(resources.is_object(), state == "running");
    }
}
