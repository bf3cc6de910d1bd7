//! What the live test proves against a real server, held without one: one fault of each family.

#![expect(
    clippy::unwrap_used,
    reason = "an object that cannot be read has failed the test"
)]

use serde_json::json;

use super::*;
use crate::demo::{
    defaults,
    resource::{self, CONFIG_MAPS, DEPLOYMENTS, JOBS, PODS, ROLE_BINDINGS, STATEFUL_SETS},
};

#[test]
fn nothing_sparse_is_wrong_and_everything_wrong_is_found() {
    let both = [
        (include_str!("../../tests/fixtures/demo/sparse.yaml"), false),
        (include_str!("../../tests/fixtures/demo/wrong.yaml"), true),
    ];
    for (documents, is_wrong) in both {
        for document in documents.split("\n---\n") {
            let mut object: Value = serde_saphyr::from_str(document).unwrap();
            let (version, kind) = (&object["apiVersion"], &object["kind"]);
            let resource =
                resource::of_kind(version.as_str().unwrap(), kind.as_str().unwrap()).unwrap();
            if resource.namespaced {
                object["metadata"]["namespace"] = json!("NAMESPACE".to_lowercase());
            }
            if resource.plural == "events" && !is_wrong {
                object["involvedObject"]["namespace"] = json!("namespace");
            }
            defaults::fill(resource, &mut object);
            let allocated = resource.plural == "services" || resource.plural == "jobs";
            let faults = create(resource, &object);
            // What is wrong with these is found as addresses and labels are given, before.
            if !allocated {
                assert_eq!(!faults.is_empty(), is_wrong, "{object}\n{faults:?}");
            }
        }
    }
}

#[test]
fn what_may_not_change() {
    let pod = json!({"spec": {"restartPolicy": "Always", "nodeSelector": {"a": "b"}, "containers": [{"name": "m", "image": "a:1"}]}});
    let set = json!({"spec": {"serviceName": "db", "replicas": 1}});
    let deployment = json!({"spec": {"selector": {"matchLabels": {"a": "b"}}}});
    let map = json!({"immutable": true, "data": {"a": "b"}});
    let binding = json!({"roleRef": {"kind": "Role", "name": "a"}});
    let job = json!({"spec": {"completions": 1, "template": {}}});
    for (resource, before, patch, faults) in [
        (
            &PODS,
            &pod,
            json!({"spec": {"containers": [{"name": "m", "image": "a:2"}]}}),
            0,
        ),
        (
            &PODS,
            &pod,
            json!({"spec": {"nodeSelector": {"a": "c"}}}),
            1,
        ),
        (
            &STATEFUL_SETS,
            &set,
            json!({"spec": {"replicas": 3, "minReadySeconds": 3}}),
            0,
        ),
        (
            &STATEFUL_SETS,
            &set,
            json!({"spec": {"serviceName": "other"}}),
            1,
        ),
        (
            &DEPLOYMENTS,
            &deployment,
            json!({"spec": {"selector": {"matchLabels": {"a": "c"}}}}),
            1,
        ),
        (&CONFIG_MAPS, &map, json!({"data": {"a": "c"}}), 1),
        (
            &CONFIG_MAPS,
            &map,
            json!({"metadata": {"labels": {"a": "b"}}}),
            0,
        ),
        (
            &ROLE_BINDINGS,
            &binding,
            json!({"roleRef": {"name": "b"}}),
            1,
        ),
        (&JOBS, &job, json!({"spec": {"parallelism": 3}}), 0),
        (&JOBS, &job, json!({"spec": {"completions": 3}}), 1),
    ] {
        let mut after = before.clone();
        json_patch::merge(&mut after, &patch);
        let mut found = Faults::default();
        change(
            resource,
            &Field::root(&after),
            &Field::root(before),
            &mut found,
        );
        assert_eq!(found.0.len(), faults, "{patch} {found:?}");
    }
}

#[test]
fn the_words_are_those_of_the_server() {
    let faults = create(
        &PODS,
        &json!({
            "metadata": {"name": "a_b", "namespace": "shop"},
            "spec": {"restartPolicy": "Always", "dnsPolicy": "Default", "containers": []},
        }),
    );
    let said: Vec<String> = faults
        .iter()
        .map(|fault| format!("{}: {}", fault.field, fault.message))
        .collect();
    assert_eq!(
        said,
        [
            "metadata.name: Invalid value: \"a_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
            "spec.containers: Required value",
        ]
    );
}

#[test]
fn what_is_of_a_wrong_type_does_not_end_the_program() {
    for object in [
        json!({"metadata": [], "spec": "x", "status": 3}),
        json!({"metadata": {"labels": 1, "ownerReferences": {}}, "spec": {"template": 1, "containers": {}, "ports": "x", "limits": [7], "schedule": "é é é é é"}}),
        json!([]),
    ] {
        for resource in resource::RESOURCES.iter().copied() {
            create(resource, &object);
            update(resource, &object, &json!({}));
            update(resource, &json!({}), &object);
        }
    }
}
