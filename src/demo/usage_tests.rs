#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;
use crate::demo::resource::NODES;

const NOON: i64 = 1_790_000_000_000;

fn pod(name: &str, usage: &str, started: i64) -> Value {
    json!({
        "metadata": {
            "name": name, "namespace": "shop-prod", "uid": name, "labels": {"app": "web", "pod-template-hash": "abc"},
            "annotations": {"demo.barkeep.dev/usage": usage},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-abc", "uid": "u", "controller": true}],
        },
        "spec": {"nodeName": "node-a1", "containers": [
            {"name": "web", "resources": {"limits": {"cpu": "500m", "memory": "256Mi"}}},
            {"name": "proxy", "resources": {"requests": {"cpu": "100m", "memory": "50Mi"}}},
            {"name": "waits"},
        ]},
        "status": {"phase": "Running", "containerStatuses": [
            {"name": "web", "state": {"running": {"startedAt": object::time(started)}}},
            {"name": "proxy", "state": {"running": {"startedAt": object::time(started)}}},
            {"name": "waits", "state": {"waiting": {"reason": "CrashLoopBackOff"}}},
        ]},
    })
}

fn state(pods: &[Value]) -> State {
    let mut state = State::new(7, NOON, 1.0);
    for pod in pods {
        state.put_quietly(&PODS, pod.clone());
    }
    state
}

fn of<'a>(usage: &'a [(String, Usage)], name: &str) -> Option<&'a Usage> {
    usage
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, usage)| usage)
}

#[test]
fn it_breathes_within_its_limits_and_the_same_moment_answers_the_same() {
    let old = pod(
        "web-1",
        "cpu=250m memory=200Mi breath=0.5",
        NOON - 86_400_000,
    );
    let mut state = state(std::slice::from_ref(&old));
    let old = state.get(&PODS, "shop-prod", object::name(&old)).unwrap();
    let mut seen = Vec::new();
    for minute in 0..240 {
        state.advance(NOON + minute * 60_000);
        let usage = of_pod(&state, &old);
        assert_eq!(usage, of_pod(&state, &old));
        let web = of(&usage, "web").unwrap();
        assert!(
            (20 * 1_000_000..=500 * 1_000_000).contains(&web.cpu),
            "{web:?}"
        );
        assert!((100 << 20..256 << 20).contains(&web.memory), "{web:?}");
        assert!(of(&usage, "proxy").unwrap().cpu < 100 * 1_000_000);
        assert_eq!(of(&usage, "waits"), None);
        seen.push(web.cpu);
    }
    let (low, high) = (seen.iter().min().unwrap(), seen.iter().max().unwrap());
    assert!(*high > *low * 5 / 4, "it does not breathe: {low} to {high}");
}

#[test]
fn what_starts_works_harder_and_what_leaks_grows() {
    let young = pod("young", "cpu=100m memory=100Mi", NOON - 2_000);
    let old = pod("old", "cpu=100m memory=100Mi", NOON - 600_000);
    let leaking = pod(
        "leaking",
        "cpu=100m memory=100Mi leak=60Mi/h",
        NOON - 7_200_000,
    );
    let mut state = state(&[young, old, leaking]);
    let usage = |state: &State, name: &str| {
        let pod = state.get(&PODS, "shop-prod", name).unwrap();
        *of(&of_pod(state, &pod), "web").unwrap()
    };
    assert!(usage(&state, "young").cpu > usage(&state, "old").cpu * 3 / 2);
    assert!(usage(&state, "young").memory < usage(&state, "old").memory);
    let before = usage(&state, "leaking").memory;
    assert!(before > usage(&state, "old").memory + (90 << 20));
    state.advance(NOON + 24 * 3_600_000);
    let after = usage(&state, "leaking").memory;
    assert!(after > before && after < 256 << 20, "{after}");
}

#[test]
fn a_shared_load_is_divided_by_the_ready() {
    let one = pod("web-1", "cpu=400m memory=100Mi shared", NOON - 600_000);
    let mut state = state(&[one]);
    let one = state.get(&PODS, "shop-prod", "web-1").unwrap();
    let mut at = |ready: u64| {
        let deployment = json!({
            "metadata": {"name": "web", "namespace": "shop-prod"}, "status": {"readyReplicas": ready},
        });
        state.put_quietly(&DEPLOYMENTS, deployment);
        of(&of_pod(&state, &one), "web").unwrap().cpu
    };
    let (alone, four) = (at(1), at(4));
    let share = alone as f64 / four as f64;
    assert!((3.2..4.8).contains(&share), "{alone} and {four}");
}

#[test]
fn metrics_are_said_in_the_units_of_metrics_server() {
    let old = pod("web-1", "cpu=250m memory=200Mi", NOON - 86_400_000);
    let new = pod("web-2", "cpu=250m memory=200Mi", NOON - 5_000);
    let mut state = state(&[old, new]);
    state.put_quietly(&NODES, json!({"metadata": {"name": "node-a1", "uid": "n"}}));
    let entry = state.store.get(&PODS, "shop-prod", "web-1").unwrap();
    let metrics = pod_metrics(&state, entry).unwrap();
    assert_eq!(metrics["metadata"]["labels"]["app"], "web");
    let web = &metrics["containers"][0];
    assert!(
        web["usage"]["cpu"].as_str().unwrap().ends_with('n'),
        "{web}"
    );
    assert!(
        web["usage"]["memory"].as_str().unwrap().ends_with("Ki"),
        "{web}"
    );
    let moment = object::millis(metrics["timestamp"].as_str().unwrap()).unwrap();
    assert_eq!(moment % 15_000, 0);
    assert!(state.now() - moment < 15_000);
    let fresh = state.store.get(&PODS, "shop-prod", "web-2").unwrap();
    assert!(
        pod_metrics(&state, fresh).is_none(),
        "a rate needs two measurements"
    );

    let node = state.store.get(&NODES, "", "node-a1").unwrap();
    let node = node_metrics(&state, node).unwrap();
    let nanos = |value: &Value| {
        value
            .as_str()
            .unwrap()
            .trim_end_matches('n')
            .parse::<u64>()
            .unwrap()
    };
    assert!(nanos(&node["usage"]["cpu"]) > nanos(&web["usage"]["cpu"]));
}

#[test]
fn the_annotation_is_read() {
    let work = Work::read("cpu=250m memory=300Mi breath=0.4 leak=2Mi/h shared nonsense=1");
    let expected = Work {
        cpu: 250e6,
        memory: 300.0 * MIB,
        breath: 0.4,
        leak: 2.0 * MIB,
        shared: true,
        oom: None,
    };
    assert_eq!(work, expected);
}
