//! Namespaces: what each has from the start, and how one goes with all that is in it
//! (`pkg/controller/{namespace,serviceaccount}`).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{GATHER, Loop, Place, Task};
use crate::demo::{
    delete::{self, Deletion, Propagation},
    object,
    resource::{CONFIG_MAPS, NAMESPACES, RESOURCES, SERVICE_ACCOUNTS, Served},
    state::State,
};

/// The certificate that Pods find in their namespace: the name and the note of a real server, and who signed it.
const ROOT: &str = "kube-root-ca.crt";
const NOTE: &str = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

/// Looks at one.
pub(super) fn look(state: &mut State, place: &Place) {
    let Some(namespace) = state.get(&NAMESPACES, "", &place.name) else {
        return;
    };
    if object::is_leaving(&namespace) {
        return empty(state, place);
    }
    let name = &*place.name;
    if state
        .store
        .get(&SERVICE_ACCOUNTS, name, "default")
        .is_none()
    {
        let account = json!({"metadata": {"name": "default", "namespace": name}});
        let _ = state.create(&SERVICE_ACCOUNTS, account);
    }
    if state.store.get(&CONFIG_MAPS, name, ROOT).is_none() {
        let mut metadata = json!({"name": ROOT, "namespace": name});
        metadata["annotations"]["kubernetes.io/description"] = json!(NOTE);
        let map = json!({"metadata": metadata, "data": {"ca.crt": state.root.clone()}});
        let _ = state.create(&CONFIG_MAPS, map);
    }
}

/// Deletes all that is in it; when nothing is left it goes itself.
fn empty(state: &mut State, place: &Place) {
    let mut left = 0;
    let (mut remaining, mut finalizers) = (Vec::new(), BTreeMap::new());
    for resource in RESOURCES.iter().copied() {
        let stored = matches!(resource.served, Served::Stored | Served::OneByOne);
        if !resource.namespaced || !stored {
            continue;
        }
        let all: Vec<_> = state
            .store
            .list(resource, Some(&place.name))
            .cloned()
            .collect();
        for entry in all {
            let leaving = memchr::memmem::find(&entry.json, b"\"deletionTimestamp\"").is_some()
                && object::is_leaving(&entry.value());
            if !leaving {
                let asked = Deletion {
                    propagation: Propagation::Background,
                    ..Deletion::default()
                };
                let _ = delete::delete(state, resource, &entry.namespace, &entry.name, &asked);
            }
        }
        let here: Vec<Value> = state
            .store
            .list(resource, Some(&place.name))
            .map(|entry| entry.value())
            .collect();
        if !here.is_empty() {
            remaining.push(format!(
                "{}.{} has {} resource instances",
                resource.plural,
                resource.group,
                here.len()
            ));
        }
        for finalizer in here
            .iter()
            .flat_map(|object| object::items(object, "/metadata/finalizers"))
        {
            let name = finalizer.as_str().unwrap_or_default().to_owned();
            *finalizers.entry(name).or_insert(0) += 1;
        }
        left += here.len();
    }
    tell(state, place, &remaining, &finalizers);
    if left > 0 {
        let task = Task::Look(Loop::Namespace, place.clone());
        return state.at(state.now() + GATHER * 5, task);
    }
    state.change(&NAMESPACES, "", &place.name, |namespace| {
        if let Some(spec) = namespace["spec"].as_object_mut() {
            spec.remove("finalizers");
        }
    });
}

/// Says in its status how far it is (`pkg/controller/namespace/deletion/status_condition_utils.go`).
fn tell(
    state: &mut State,
    place: &Place,
    remaining: &[String],
    finalizers: &BTreeMap<String, usize>,
) {
    let held: Vec<String> = finalizers
        .iter()
        .map(|(name, count)| format!("{name} in {count} resource instances"))
        .collect();
    let some = format!("Some resources are remaining: {}", remaining.join(", "));
    let wait = format!(
        "Some content in the namespace has finalizers remaining: {}",
        held.join(", ")
    );
    let (gone, free) = (
        "All content successfully removed",
        "All content-preserving finalizers finished",
    );
    let told = [
        (
            "DeletionDiscoveryFailure",
            false,
            "ResourcesDiscovered",
            "All resources successfully discovered",
        ),
        (
            "DeletionGroupVersionParsingFailure",
            false,
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
        ),
        (
            "DeletionContentFailure",
            false,
            "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization",
        ),
        if remaining.is_empty() {
            ("ContentRemaining", false, "ContentRemoved", gone)
        } else {
            (
                "ContentRemaining",
                true,
                "SomeResourcesRemain",
                some.as_str(),
            )
        },
        if held.is_empty() {
            ("FinalizersRemaining", false, "ContentHasNoFinalizers", free)
        } else {
            (
                "FinalizersRemaining",
                true,
                "SomeFinalizersRemain",
                wait.as_str(),
            )
        },
    ];
    let now = object::time(state.now());
    state.change(&NAMESPACES, "", &place.name, |namespace| {
        let before = namespace["status"]["conditions"].clone();
        let conditions: Vec<Value> = told
            .iter()
            .map(|(name, is_true, reason, message)| {
                let kind = format!("Namespace{name}");
                let status = if *is_true { "True" } else { "False" };
                let known = before
                    .as_array()
                    .into_iter()
                    .flatten()
                    .find(|known| known["type"] == *kind && known["status"] == status);
                let since = known.map_or(json!(now), |known| known["lastTransitionTime"].clone());
                json!({
                    "type": kind, "status": status, "reason": reason, "message": message,
                    "lastTransitionTime": since,
                })
            })
            .collect();
        namespace["status"]["conditions"] = json!(conditions);
    });
}
