//! What users may not write, and what the server counts and allocates.

#![expect(
    clippy::unwrap_used,
    reason = "an object that is refused has failed the test"
)]

use serde_json::{Value, json};

use super::*;
use crate::demo::{
    defaults,
    resource::{
        DAEMON_SETS, DEPLOYMENTS, JOBS, NAMESPACES, PODS, REPLICATION_CONTROLLERS, SERVICES,
    },
};

fn cluster() -> State {
    let mut state = State::new(1, 0, 1.0);
    state.controlled = false;
    let shop = json!({"metadata": {"name": "shop"}});
    state.create(&NAMESPACES, shop).unwrap();
    state
}

fn deployment() -> Value {
    json!({
        "metadata": {"name": "web", "namespace": "shop", "uid": "u", "generation": 3, "creationTimestamp": "then"},
        "spec": {"replicas": 1}, "status": {"replicas": 1},
    })
}

fn changed(
    resource: &'static Resource,
    before: &Value,
    patch: &Value,
    below: Option<&str>,
) -> Value {
    let mut after = before.clone();
    json_patch::merge(&mut after, patch);
    for_update(&cluster(), resource, before, &mut after, below).unwrap();
    after
}

#[test]
fn each_way_of_writing_changes_its_own_part() {
    let before = deployment();
    let patch = json!({
        "metadata": {"labels": {"a": "b"}, "creationTimestamp": "now", "generation": 99, "uid": null},
        "spec": {"replicas": 2}, "status": {"replicas": 7},
    });
    let whole = changed(&DEPLOYMENTS, &before, &patch, None);
    assert_eq!(whole["spec"]["replicas"], 2);
    assert_eq!(whole["status"]["replicas"], 1);
    assert_eq!(whole["metadata"]["labels"], json!({"a": "b"}));
    assert_eq!(whole["metadata"]["generation"], 4);
    assert_eq!(whole["metadata"]["creationTimestamp"], "then");
    assert_eq!(whole["metadata"]["uid"], "u");
    let status = changed(&DEPLOYMENTS, &before, &patch, Some("status"));
    assert_eq!(status["spec"]["replicas"], 1);
    assert_eq!(status["status"]["replicas"], 7);
    assert_eq!(status["metadata"], before["metadata"]);
}

#[test]
fn a_generation_counts_what_is_wanted() {
    for (patch, counted) in [
        (json!({"spec": {"paused": true}}), true),
        (json!({"metadata": {"annotations": {"a": "b"}}}), true),
        (json!({"metadata": {"labels": {"a": "b"}}}), false),
        (json!({"status": {"replicas": 9}}), false),
    ] {
        let after = changed(&DEPLOYMENTS, &deployment(), &patch, None);
        assert_eq!(
            after["metadata"]["generation"],
            3 + i64::from(counted),
            "{patch}"
        );
    }
    let mut set = deployment();
    for_create(&cluster(), &DAEMON_SETS, &mut set).unwrap();
    let again = changed(
        &DAEMON_SETS,
        &set,
        &json!({"spec": {"template": {"spec": {"dnsPolicy": "Default"}}}}),
        None,
    );
    let count = object::annotation(&again, TEMPLATE_GENERATION);
    assert_eq!(count, Some("2"));
}

#[test]
fn a_new_object_has_the_first_status_whatever_it_says() {
    let mut pod = json!({
        "metadata": {"name": "p", "deletionTimestamp": "x"}, "status": {"phase": "Running", "podIP": "1.2.3.4"},
        "spec": {"containers": [{"name": "m", "resources": {"requests": {"cpu": "1"}}}]},
    });
    for_create(&cluster(), &PODS, &mut pod).unwrap();
    assert_eq!(
        pod["status"],
        json!({"phase": "Pending", "qosClass": "Burstable"})
    );
    assert!(pod["metadata"]["deletionTimestamp"].is_null());
}

#[test]
fn a_pod_is_kept_as_well_as_it_says() {
    let both = |cpu: &str, memory: &str| json!({"cpu": cpu, "memory": memory});
    for (resources, wanted) in [
        (json!({}), "BestEffort"),
        (json!({"requests": {"cpu": "0"}}), "BestEffort"),
        (json!({"requests": {"cpu": "1"}}), "Burstable"),
        (
            json!({"limits": both("1", "1Gi"), "requests": both("1000m", "1024Mi")}),
            "Guaranteed",
        ),
        (
            json!({"limits": both("1", "1Gi"), "requests": both("500m", "1Gi")}),
            "Burstable",
        ),
    ] {
        let pod = json!({"spec": {"containers": [{"resources": resources}]}});
        assert_eq!(quality(&pod), wanted, "{pod}");
    }
}

fn service(name: &str, spec: Value) -> Value {
    let mut service = json!({"metadata": {"name": name, "namespace": "shop"}});
    service["spec"] = spec;
    service
}

#[test]
fn services_get_addresses_of_their_own() {
    let mut state = cluster();
    let open = json!({"type": "NodePort", "ports": [{"port": 80, "name": "a"}, {"port": 81, "name": "b"}]});
    let first = state.create(&SERVICES, service("a", open.clone())).unwrap();
    let second = state.create(&SERVICES, service("b", open)).unwrap();
    let mut ports: Vec<i64> = [&first, &second]
        .iter()
        .flat_map(|service| object::items(service, "/spec/ports").to_vec())
        .map(|port| port["nodePort"].as_i64().unwrap())
        .collect();
    assert!(ports.iter().all(|port| (30_000..=32_767).contains(port)));
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), 4);
    assert_ne!(first["spec"]["clusterIP"], second["spec"]["clusterIP"]);
    let taken = json!({"clusterIP": first["spec"]["clusterIP"], "ports": [{"port": 80}]});
    let refusal = state.create(&SERVICES, service("c", taken)).unwrap_err();
    assert!(
        refusal.message.contains("provided IP is already allocated"),
        "{}",
        refusal.message
    );
    let taken = json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": ports[0]}]});
    let refusal = state.create(&SERVICES, service("c", taken)).unwrap_err();
    assert!(
        refusal
            .message
            .contains("provided port is already allocated"),
        "{}",
        refusal.message
    );

    let inside = changed(
        &SERVICES,
        &first,
        &json!({"spec": {"type": "ClusterIP"}}),
        None,
    );
    assert!(inside["spec"]["ports"][0]["nodePort"].is_null());
    assert_eq!(inside["spec"]["clusterIP"], first["spec"]["clusterIP"]);
    let renumbered = json!({"spec": {"ports": [{"port": 90, "name": "a", "protocol": "TCP"}]}});
    let renumbered = changed(&SERVICES, &first, &renumbered, None);
    assert_eq!(
        renumbered["spec"]["ports"][0]["nodePort"],
        first["spec"]["ports"][0]["nodePort"]
    );
}

#[test]
fn a_job_knows_its_pods_by_its_uid() {
    let mut job = json!({
        "metadata": {"name": "j", "uid": "u"}, "spec": {"template": {"metadata": {"labels": {"a": "b"}}}},
    });
    defaults::fill(&JOBS, &mut job);
    for_create(&cluster(), &JOBS, &mut job).unwrap();
    let uid = "batch.kubernetes.io/controller-uid";
    assert_eq!(job["spec"]["selector"]["matchLabels"], json!({uid: "u"}));
    assert_eq!(
        job["spec"]["template"]["metadata"]["labels"]["job-name"],
        "j"
    );
    assert_eq!(
        job["metadata"]["labels"],
        job["spec"]["template"]["metadata"]["labels"]
    );
}

#[test]
fn a_scale_says_and_sets_how_many() {
    let mut web = deployment();
    web["spec"]["selector"] = json!({
        "matchLabels": {"b": "1", "a": "2"},
        "matchExpressions": [{"key": "tier", "operator": "In", "values": ["y", "x"]}, {"key": "old", "operator": "DoesNotExist"}],
    });
    let shown = scale(&DEPLOYMENTS, &web).unwrap();
    assert_eq!(shown["spec"], json!({"replicas": 1}));
    assert_eq!(
        shown["status"],
        json!({"replicas": 1, "selector": "a=2,b=1,!old,tier in (x,y)"})
    );
    assert_eq!(scale(&DAEMON_SETS, &web), None);
    set_scale(&DEPLOYMENTS, &mut web, &json!({"spec": {"replicas": 5}})).unwrap();
    assert_eq!(web["spec"]["replicas"], 5);
    let refusal =
        set_scale(&DEPLOYMENTS, &mut web, &json!({"spec": {"replicas": -1}})).unwrap_err();
    assert_eq!(
        refusal.message,
        "Scale.autoscaling \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0"
    );
    let plain = json!({"spec": {"selector": {"a": "b"}}});
    let shown = scale(&REPLICATION_CONTROLLERS, &plain).unwrap();
    assert_eq!(shown["status"]["selector"], "a=b");
}
