//! ControllerRevisions: the templates that a StatefulSet or a DaemonSet has had (`pkg/controller/history`).

use serde_json::{Value, json};

use super::template;
use crate::demo::{
    delete::{self, Deletion},
    object,
    resource::{CONTROLLER_REVISIONS, Resource},
    state::State,
};

/// The label of Pods and revisions that says which template they are of.
pub(super) const HASH: &str = "controller-revision-hash";

/// All revisions of an owner, oldest first.
pub(super) fn all(state: &State, owner: &Value) -> Vec<Value> {
    let kept = state
        .store
        .owned_of(object::uid(owner), &CONTROLLER_REVISIONS);
    let mut known: Vec<Value> = kept.iter().map(|entry| entry.value()).collect();
    known.sort_by_key(number);
    known
}

fn number(revision: &Value) -> i64 {
    object::number(revision, "/revision").unwrap_or(0)
}

/// The revision of the template as it is now. One that was there before becomes the newest again.
pub(super) fn newest(
    state: &mut State,
    resource: &'static Resource,
    owner: &mut Value,
    labels: impl Fn(&str) -> Value,
) -> Option<Value> {
    let text = template::canonical(&owner["spec"]["template"]);
    let known = all(state, owner);
    let last = known.last().map_or(0, number);
    let same = |revision: &&Value| template::canonical(&template_of(revision)) == text;
    if let Some(found) = known.iter().rfind(same) {
        if number(found) == last {
            return Some(found.clone());
        }
        let name = object::name(found).to_owned();
        let namespace = object::namespace(owner);
        return state.change(&CONTROLLER_REVISIONS, namespace, &name, |revision| {
            revision["revision"] = json!(last + 1);
        });
    }
    let collisions = object::number(owner, "/status/collisionCount").unwrap_or(0);
    let hash = template::hash(&text, collisions);
    let mut kept = owner["spec"]["template"].clone();
    kept["$patch"] = json!("replace");
    let mut made = json!({
        "metadata": {
            "name": format!("{}-{hash}", object::name(owner)), "namespace": object::namespace(owner),
            "labels": labels(&hash), "ownerReferences": [object::owned_by(owner)],
        },
        "data": {"spec": {"template": kept}}, "revision": last + 1,
    });
    if let Some(annotations) = object::fields(owner, "/metadata/annotations") {
        made["metadata"]["annotations"] = json!(annotations);
    }
    match state.create(&CONTROLLER_REVISIONS, made) {
        Ok(made) => Some(made),
        Err(refusal) => {
            if refusal.reason == "AlreadyExists" {
                owner["status"]["collisionCount"] = json!(collisions + 1);
                *owner = state.update(resource, owner.take());
            }
            None
        }
    }
}

/// The template that a revision keeps.
pub(super) fn template_of(revision: &Value) -> Value {
    let mut template = revision["data"]["spec"]["template"].clone();
    if let Some(fields) = template.as_object_mut() {
        fields.remove("$patch");
    }
    template
}

/// Deletes the oldest beyond the limit that nothing lives by.
pub(super) fn clean_up(state: &mut State, owner: &Value, live: &[String]) {
    let limit = object::number(owner, "/spec/revisionHistoryLimit").unwrap_or(10);
    let idle: Vec<Value> = all(state, owner)
        .into_iter()
        .filter(|revision| !live.iter().any(|name| name == object::name(revision)))
        .collect();
    let surplus = idle.len().saturating_sub(limit.max(0) as usize);
    for revision in idle.iter().take(surplus) {
        let (namespace, name) = (object::namespace(revision), object::name(revision));
        let asked = Deletion::default();
        let _ = delete::delete(state, &CONTROLLER_REVISIONS, namespace, name, &asked);
    }
}
