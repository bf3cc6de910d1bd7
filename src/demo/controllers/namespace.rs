//! Namespaces: what each has from the start, and how one goes with all that is in it
//! (`pkg/controller/{namespace,serviceaccount}`).

use serde_json::json;

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
        left += state.store.list(resource, Some(&place.name)).count();
    }
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
