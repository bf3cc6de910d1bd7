//! `ResourceQuota`: what of each is used (`pkg/controller/resourcequota`).

use serde_json::json;

use super::{GATHER, Loop, Place, Task};
use crate::demo::{
    admission, object,
    resource::{EVENTS, PODS, RESOURCE_QUOTAS},
    state::State,
    store::{Change, Event},
};

/// What comes, goes or ends counts in the quotas of its namespace.
pub(super) fn react(state: &mut State, change: &Change) {
    let after = &change.after;
    let counted = after.resource.namespaced && !after.resource.is(&EVENTS);
    let ended = after.resource.is(&PODS)
        && change
            .before
            .as_ref()
            .is_some_and(|before| before.field("status.phase") != after.field("status.phase"));
    if !counted || change.event == Event::Modified && !ended {
        return;
    }
    let quotas: Vec<Place> = state
        .store
        .list(&RESOURCE_QUOTAS, Some(&after.namespace))
        .map(|entry| Place::of(entry))
        .collect();
    for place in quotas {
        state.at(state.now() + GATHER, Task::Look(Loop::Quota, place));
    }
}

/// Looks at one.
pub(super) fn look(state: &mut State, place: &Place) {
    let Some(mut quota) = state.get(&RESOURCE_QUOTAS, &place.namespace, &place.name) else {
        return;
    };
    if object::is_leaving(&quota) {
        return;
    }
    let used = admission::quota_used(state, &place.namespace, &quota);
    quota["status"] = json!({"hard": quota["spec"]["hard"], "used": used});
    state.update(&RESOURCE_QUOTAS, quota);
}
