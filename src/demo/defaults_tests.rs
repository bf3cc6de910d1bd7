//! What the live test proves against a real server, held without one.

#![expect(
    clippy::unwrap_used,
    reason = "an object that cannot be read has failed the test"
)]

use serde_json::{Value, json};

use super::*;
use crate::demo::resource::{self, DEPLOYMENTS, LIMIT_RANGES, PODS, SECRETS, SERVICES};

#[test]
fn what_is_full_is_not_filled_again() {
    let sparse = include_str!("../../tests/fixtures/demo/sparse.yaml");
    for document in sparse.split("\n---\n") {
        let mut object: Value = serde_saphyr::from_str(document).unwrap();
        let (version, kind) = (&object["apiVersion"], &object["kind"]);
        let resource =
            resource::of_kind(version.as_str().unwrap(), kind.as_str().unwrap()).unwrap();
        fill(resource, &mut object);
        let once = object.clone();
        fill(resource, &mut object);
        assert_eq!(object, once);
    }
}

#[test]
fn an_image_is_pulled_always_only_when_its_tag_may_move() {
    for (image, policy) in [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("registry.local:5000/team/app", "Always"),
        ("nginx:1.25", "IfNotPresent"),
        ("registry.local:5000/team/app:v1", "IfNotPresent"),
        ("nginx@sha256:00", "IfNotPresent"),
    ] {
        let mut pod = json!({"spec": {"containers": [{"name": "m", "image": image}]}});
        fill(&PODS, &mut pod);
        assert_eq!(
            pod["spec"]["containers"][0]["imagePullPolicy"], policy,
            "{image}"
        );
    }
}

#[test]
fn what_is_said_stays() {
    for (resource, object, pointer, value) in [
        (
            &DEPLOYMENTS,
            json!({"spec": {"replicas": 0}}),
            "/spec/replicas",
            json!(0),
        ),
        (
            &DEPLOYMENTS,
            json!({"spec": {"strategy": {"type": "Recreate"}}}),
            "/spec/strategy",
            json!({"type": "Recreate"}),
        ),
        (
            &SERVICES,
            json!({"spec": {"ports": [{"port": 80, "targetPort": "web"}]}}),
            "/spec/ports/0",
            json!({"port": 80, "targetPort": "web", "protocol": "TCP"}),
        ),
        (
            &SECRETS,
            json!({"stringData": {"a": "b"}, "data": {"a": "eA==", "c": "eA=="}}),
            "/data",
            json!({"a": "Yg==", "c": "eA=="}),
        ),
        (
            &LIMIT_RANGES,
            json!({"spec": {"limits": [{"type": "Container", "max": {"cpu": 1}, "default": {"cpu": "100m"}}]}}),
            "/spec/limits/0/defaultRequest",
            json!({"cpu": "100m"}),
        ),
    ] {
        let mut object = object;
        fill(resource, &mut object);
        assert_eq!(object.pointer(pointer), Some(&value));
    }
}

#[test]
fn what_is_of_a_wrong_type_is_left_alone() {
    for object in [
        json!({"metadata": [], "spec": "x", "status": 3}),
        json!({"spec": {"template": 1, "containers": {}, "ports": "x", "limits": [7]}}),
        json!([]),
    ] {
        for resource in resource::RESOURCES.iter().copied() {
            fill(resource, &mut object.clone());
        }
    }
}
