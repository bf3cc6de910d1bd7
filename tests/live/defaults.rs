//! What nobody says, the demo fills in as this server does.

use std::collections::BTreeMap;

use barkeep::demo::{
    resource::{self, NAMESPACES, PRIORITY_CLASSES, SERVICE_ACCOUNTS, STORAGE_CLASSES},
    state::State,
};
use serde_json::{Value, json};

use crate::live;

/// Objects that say as little as they can, one a document.
const MANIFESTS: &str = include_str!("../fixtures/demo/sparse.yaml");

/// A cluster of the demo's with what creating objects needs: a namespace with its account, and a class of storage.
pub(crate) fn demo(namespace: &str) -> State {
    let mut state = State::new(1, 1_790_000_000_000, 1.0);
    state.controlled = false;
    let class = json!({
        "metadata": {"name": "manual", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
        "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer", "allowVolumeExpansion": true,
    });
    for (resource, object) in [
        (&NAMESPACES, json!({"metadata": {"name": namespace}})),
        (
            &SERVICE_ACCOUNTS,
            json!({"metadata": {"name": "default", "namespace": namespace}}),
        ),
        (&STORAGE_CLASSES, class),
        (
            &PRIORITY_CLASSES,
            json!({"metadata": {"name": "bk-test-high"}, "value": 1_000}),
        ),
    ] {
        state.create(resource, object).unwrap();
    }
    state
}

/// Takes away what differs from object to object: what was drawn, and when.
fn without_chance(object: &mut Value) {
    for field in [
        "uid",
        "creationTimestamp",
        "managedFields",
        "resourceVersion",
        "selfLink",
    ] {
        object["metadata"].as_object_mut().unwrap().remove(field);
    }
    // Nobody in the demo waits for the last Pod to let a claim go.
    if object["kind"].as_str().unwrap().starts_with("Persistent") {
        object["metadata"]
            .as_object_mut()
            .unwrap()
            .remove("finalizers");
    }
    // On a Node that is not ready nothing runs; the demo's story says when they are.
    if object["kind"] == "Node" {
        object["spec"].as_object_mut().unwrap().remove("taints");
    }
    let mut names = BTreeMap::new();
    scrub(object, "", &mut names);
}

fn scrub(value: &mut Value, key: &str, names: &mut BTreeMap<String, usize>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                scrub(value, key, names);
            }
        }
        Value::Array(items) => {
            for item in items {
                scrub(item, key, names);
            }
        }
        Value::String(text) => {
            let drawn = text.starts_with("kube-api-access-")
                || key.ends_with("controller-uid")
                || key.ends_with("TransitionTime")
                || key.starts_with("clusterIP") && text.starts_with("10.96.");
            if drawn {
                let next = names.len();
                let number = *names.entry(text.clone()).or_insert(next);
                *text = format!("drawn-{number}");
            }
        }
        Value::Number(_) if key == "nodePort" => *value = json!(30_000),
        _ => {}
    }
}

#[test]
fn the_demo_fills_in_what_a_real_server_does() {
    let Some(cluster) = live("the_demo_fills_in_what_a_real_server_does") else {
        return;
    };
    let own = cluster.namespace("dev");
    let mut wrong = Vec::new();
    let mut compared = 0;
    for document in MANIFESTS.split("\n---\n") {
        let mut manifest: Value =
            serde_saphyr::from_str(&document.replace("NAMESPACE", &own.name)).unwrap();
        let resource = resource::of_kind(
            manifest["apiVersion"].as_str().unwrap(),
            manifest["kind"].as_str().unwrap(),
        )
        .unwrap();
        if resource.namespaced {
            manifest["metadata"]["namespace"] = json!(own.name);
        }
        let path = format!("{}?dryRun=All", resource.path(&own.name, ""));
        let what = format!("{} {}", manifest["kind"], manifest["metadata"]["name"]);
        let mut real = cluster.ask("POST", &path, Some(&manifest));
        if real["kind"] == "Status" {
            wrong.push(format!("{what}: {}", real["message"]));
            continue;
        }
        let mut ours = match demo(&own.name).prepare(resource, manifest) {
            Ok(ours) => ours,
            Err(refusal) => {
                wrong.push(format!("{what}: {}", refusal.message));
                continue;
            }
        };
        without_chance(&mut real);
        without_chance(&mut ours);
        compared += 1;
        if real != ours {
            wrong.push(format!("{what}\n  real {real}\n  ours {ours}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 40, "{compared} objects were compared");
}
