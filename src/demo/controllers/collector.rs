//! The garbage collector: what lost its owner goes, what waits for those it owns is let go when they are gone
//! (`pkg/controller/garbagecollector`).

use serde_json::{Value, json};

use super::{Kind, Loop, Place, Task};
use crate::demo::{
    delete::{self, Deletion, FOREGROUND, ORPHAN, Propagation},
    object,
    resource::{self, RESOURCES, Resource},
    state::State,
    store::{Change, Event},
};

fn kind(resource: &'static Resource) -> Kind {
    let mut all = RESOURCES.iter();
    all.position(|known| known.is(resource))
        .unwrap_or(usize::MAX)
}

/// Plans what follows from a change for those who own and those who are owned.
pub(super) fn react(state: &mut State, change: &Change) {
    let after = &change.after;
    match change.event {
        Event::Deleted => {
            if state.store.owns(&after.uid) {
                state.at(state.now(), Task::Collect(after.uid.clone()));
            }
            // Those it belonged to may wait for just this.
            for uid in &after.owners {
                if let Some((owner, place)) = state.index.owner(uid) {
                    let task = Task::Look(Loop::Finalizer(kind(owner)), place.clone());
                    if waits(state, owner, &place.clone()) {
                        state.at(state.now(), task);
                    }
                }
            }
        }
        Event::Added => {
            for uid in &after.owners {
                if state.index.owner(uid).is_none() {
                    state.at(state.now(), Task::Collect(uid.clone()));
                }
            }
        }
        Event::Modified => {}
    }
    if change.event != Event::Deleted && mentions_finalizer(&after.json) {
        let task = Task::Look(Loop::Finalizer(kind(after.resource)), Place::of(after));
        state.at(state.now(), task);
    }
}

fn mentions_finalizer(json: &[u8]) -> bool {
    memchr::memmem::find(json, b"\"deletionTimestamp\"").is_some()
        && memchr::memmem::find(json, b"\"finalizers\"").is_some()
}

fn waits(state: &State, resource: &'static Resource, place: &Place) -> bool {
    state
        .store
        .get(resource, &place.namespace, &place.name)
        .is_some_and(|entry| mentions_finalizer(&entry.json))
}

/// Whether the owner that a reference names is there.
fn stands(state: &State, reference: &Value, namespace: &str) -> bool {
    let version = object::text(reference, "/apiVersion");
    let Some(resource) = resource::of_kind(version, object::text(reference, "/kind")) else {
        // Of a kind that is not served here nothing can be known.
        return true;
    };
    let namespace = if resource.namespaced { namespace } else { "" };
    state
        .store
        .get(resource, namespace, object::text(reference, "/name"))
        .is_some_and(|entry| *entry.uid == *object::text(reference, "/uid"))
}

/// The owner with this uid is gone: what has no other goes too.
pub(super) fn collect(state: &mut State, uid: &str) {
    for entry in state.store.owned(uid) {
        let mut object = entry.value();
        let references = object::items(&object, "/metadata/ownerReferences").to_vec();
        let (standing, gone): (Vec<Value>, Vec<Value>) = references
            .into_iter()
            .partition(|reference| stands(state, reference, &entry.namespace));
        if gone.is_empty() {
            continue;
        }
        if standing.is_empty() {
            let asked = Deletion {
                propagation: Propagation::Background,
                uid: Some(entry.uid.to_string()),
                ..Deletion::default()
            };
            if !object::is_leaving(&object) {
                let _ =
                    delete::delete(state, entry.resource, &entry.namespace, &entry.name, &asked);
            }
        } else {
            object["metadata"]["ownerReferences"] = json!(standing);
            state.update(entry.resource, object);
        }
    }
}

/// One that is leaving waits for what it owns: in the foreground all of that is deleted first; orphans are let go.
pub(super) fn finalize(state: &mut State, kind: Kind, place: &Place) {
    let Some(resource) = RESOURCES.get(kind) else {
        return;
    };
    let Some(object) = state.get(resource, &place.namespace, &place.name) else {
        return;
    };
    let finalizers = object::items(&object, "/metadata/finalizers");
    let has = |name: &str| finalizers.iter().any(|known| known == name);
    if !object::is_leaving(&object) {
        return;
    }
    let uid = object::uid(&object).to_owned();
    if has(ORPHAN) {
        for entry in state.store.owned(&uid) {
            state.change(entry.resource, &entry.namespace, &entry.name, |owned| {
                let kept: Vec<Value> = object::items(owned, "/metadata/ownerReferences")
                    .iter()
                    .filter(|reference| object::text(reference, "/uid") != uid)
                    .cloned()
                    .collect();
                if let Some(metadata) = owned["metadata"].as_object_mut() {
                    metadata.remove("ownerReferences");
                }
                if !kept.is_empty() {
                    owned["metadata"]["ownerReferences"] = json!(kept);
                }
            });
        }
        remove_finalizer(state, resource, place, ORPHAN);
    } else if has(FOREGROUND) {
        let mut blocking = 0;
        for entry in state.store.owned(&uid) {
            let owned = entry.value();
            let reference = object::items(&owned, "/metadata/ownerReferences")
                .iter()
                .find(|reference| object::text(reference, "/uid") == uid);
            blocking += i64::from(
                reference.is_some_and(|reference| reference["blockOwnerDeletion"] == true),
            );
            if !object::is_leaving(&owned) {
                let asked = Deletion {
                    propagation: Propagation::Foreground,
                    ..Deletion::default()
                };
                let owns = state.store.owns(&entry.uid);
                let asked = if owns {
                    asked
                } else {
                    Deletion {
                        propagation: Propagation::Background,
                        ..Deletion::default()
                    }
                };
                let _ =
                    delete::delete(state, entry.resource, &entry.namespace, &entry.name, &asked);
            }
        }
        if blocking == 0 || !state.store.owns(&uid) {
            remove_finalizer(state, resource, place, FOREGROUND);
        }
    }
}

/// Takes a finalizer away; the last one lets the object go.
pub(super) fn remove_finalizer(
    state: &mut State,
    resource: &'static Resource,
    place: &Place,
    finalizer: &str,
) {
    state.change(resource, &place.namespace, &place.name, |object| {
        let kept: Vec<Value> = object::items(object, "/metadata/finalizers")
            .iter()
            .filter(|known| *known != finalizer)
            .cloned()
            .collect();
        if let Some(metadata) = object["metadata"].as_object_mut() {
            metadata.remove("finalizers");
        }
        if !kept.is_empty() {
            object["metadata"]["finalizers"] = json!(kept);
        }
    });
}
