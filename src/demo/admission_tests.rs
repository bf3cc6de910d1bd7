//! What is let in, and in which words the rest is kept out.

#![expect(
    clippy::unwrap_used,
    reason = "an object that is refused has failed the test"
)]

use serde_json::{Value, json};

use super::*;
use crate::demo::resource::{
    CONFIG_MAPS, LIMIT_RANGES, PODS, RESOURCE_QUOTAS, SERVICE_ACCOUNTS, SERVICES,
};

fn cluster() -> State {
    let mut state = State::new(1, 0, 1.0);
    state.controlled = false;
    for name in ["shop", "going"] {
        let namespace = json!({"metadata": {"name": name}});
        state.create(&NAMESPACES, namespace).unwrap();
        let account = json!({"metadata": {"name": "default", "namespace": name}});
        state.create(&SERVICE_ACCOUNTS, account).unwrap();
    }
    state.change(&NAMESPACES, "", "going", |namespace| {
        namespace["status"]["phase"] = json!("Terminating");
    });
    state
}

fn pod(namespace: &str, spec: &Value) -> Value {
    let mut pod = json!({
        "metadata": {"generateName": "web-", "namespace": namespace},
        "spec": {"containers": [{"name": "m", "image": "m"}]},
    });
    json_patch::merge(&mut pod["spec"], spec);
    pod
}

fn refused(state: &mut State, resource: &'static Resource, object: Value) -> (u16, String) {
    let refusal = state.prepare(resource, object).unwrap_err();
    (refusal.code, refusal.message)
}

#[test]
fn what_a_pod_needs_must_be_there() {
    let mut state = cluster();
    for (namespace, spec, code, message) in [
        (
            "nowhere",
            json!({}),
            404,
            "namespaces \"nowhere\" not found",
        ),
        (
            "going",
            json!({}),
            403,
            "pods \"web-\" is forbidden: unable to create new content in namespace going because it is being terminated",
        ),
        (
            "shop",
            json!({"serviceAccountName": "bot"}),
            403,
            "pods \"web-\" is forbidden: error looking up service account shop/bot: serviceaccount \"bot\" not found",
        ),
        (
            "shop",
            json!({"priorityClassName": "high"}),
            403,
            "pods \"web-\" is forbidden: no PriorityClass with name high was found",
        ),
    ] {
        let said = refused(&mut state, &PODS, pod(namespace, &spec));
        assert_eq!(said, (code, message.to_owned()));
    }
}

#[test]
fn quota_counts_what_there_is() {
    let mut state = cluster();
    let quota = json!({
        "metadata": {"name": "q", "namespace": "shop"},
        "spec": {"hard": {"pods": "2", "requests.cpu": "1", "services.nodeports": "1", "count/configmaps": "0"}},
    });
    let quota = state.create(&RESOURCE_QUOTAS, quota).unwrap();
    let asking = |cpu: &str| {
        pod(
            "shop",
            &json!({"containers": [{"name": "m", "image": "m", "resources": {"requests": {"cpu": cpu}}}]}),
        )
    };
    state.create(&PODS, asking("600m")).unwrap();
    assert_eq!(
        quota_used(&state, "shop", &quota),
        json!({"pods": "1", "requests.cpu": "600m", "services.nodeports": "0", "count/configmaps": "0"})
    );
    let (code, message) = refused(&mut state, &PODS, asking("500m"));
    assert_eq!(code, 403);
    assert!(
        message.ends_with("is forbidden: exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=600m, limited: requests.cpu=1"),
        "{message}"
    );
    let (_, message) = refused(&mut state, &PODS, pod("shop", &json!({})));
    assert!(
        message.ends_with("failed quota: q: must specify requests.cpu for: m"),
        "{message}"
    );
    let map = json!({"metadata": {"name": "c", "namespace": "shop"}});
    let (_, message) = refused(&mut state, &CONFIG_MAPS, map);
    assert!(
        message.ends_with(
            "requested: count/configmaps=1, used: count/configmaps=0, limited: count/configmaps=0"
        ),
        "{message}"
    );
    // A Pod that has ended makes room.
    let name = state
        .store
        .list(&PODS, Some("shop"))
        .next()
        .unwrap()
        .name
        .to_string();
    state.change(&PODS, "shop", &name, |pod| {
        pod["status"]["phase"] = json!("Succeeded");
    });
    state.create(&PODS, asking("1")).unwrap();
    let open = json!({
        "metadata": {"name": "s", "namespace": "shop"},
        "spec": {"type": "NodePort", "ports": [{"port": 80, "name": "a"}, {"port": 81, "name": "b"}]},
    });
    let (_, message) = refused(&mut state, &SERVICES, open);
    assert!(
        message.contains("services.nodeports=2, used: services.nodeports=0"),
        "{message}"
    );
}

#[test]
fn limits_fill_in_and_hold() {
    let mut state = cluster();
    let range = json!({
        "metadata": {"name": "l", "namespace": "shop"},
        "spec": {"limits": [{"type": "Container", "default": {"cpu": "500m"}, "defaultRequest": {"cpu": "100m"}, "max": {"cpu": "1"}}]},
    });
    state.create(&LIMIT_RANGES, range).unwrap();
    let filled = state.prepare(&PODS, pod("shop", &json!({}))).unwrap();
    assert_eq!(
        filled["spec"]["containers"][0]["resources"],
        json!({"limits": {"cpu": "500m"}, "requests": {"cpu": "100m"}})
    );
    assert_eq!(
        object::annotation(&filled, "kubernetes.io/limit-ranger"),
        Some("LimitRanger plugin set: cpu request for container m; cpu limit for container m")
    );
    let greedy =
        json!({"containers": [{"name": "m", "image": "m", "resources": {"limits": {"cpu": "2"}}}]});
    let (code, message) = refused(&mut state, &PODS, pod("shop", &greedy));
    assert_eq!(code, 403);
    assert!(
        message.ends_with("maximum cpu usage per Container is 1, but limit is 2"),
        "{message}"
    );
}

#[test]
fn a_pod_asks_for_what_runs_at_once() {
    let container = |cpu: &str, policy: Value| json!({"name": "m", "restartPolicy": policy, "resources": {"requests": {"cpu": cpu}}});
    for (init, running, sum) in [
        (
            json!([]),
            json!([container("1", Value::Null), container("2", Value::Null)]),
            "3",
        ),
        (
            json!([container("5", Value::Null)]),
            json!([container("1", Value::Null)]),
            "5",
        ),
        (
            json!([container("1", json!("Always")), container("3", Value::Null)]),
            json!([container("1", Value::Null)]),
            "4",
        ),
        (
            json!([container("3", Value::Null), container("1", json!("Always"))]),
            json!([container("3", Value::Null)]),
            "4",
        ),
    ] {
        let pod = json!({"spec": {"initContainers": init, "containers": running}});
        assert_eq!(requests_of_pod(&pod)["cpu"].to_string(), sum, "{pod}");
    }
}
