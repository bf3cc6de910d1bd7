//! What a StatefulSet says of itself (`pkg/controller/statefulset/stateful_set_control.go`, `updateStatefulSet`).

use serde_json::json;

use super::{
    Loop, Place, Task,
    facts::{self, Phase},
    revision,
    stateful_set::Set,
};
use crate::demo::{object, resource::STATEFUL_SETS, state::State};

/// Writes what is there.
pub(super) fn report(state: &mut State, set: &mut Set) {
    let now = state.now();
    let (current, update) = (
        object::name(&set.current).to_owned(),
        object::name(&set.update).to_owned(),
    );
    let (mut ready, mut available, mut old, mut new, mut all) = (0, 0, 0, 0, 0);
    let mut soonest: Option<i64> = None;
    for pod in set.pods.values() {
        let facts = facts::pod(pod);
        all += 1;
        if facts.ready && facts.phase == Phase::Running {
            ready += 1;
            match facts.available(set.quiet(), now) {
                Ok(()) => available += 1,
                Err(Some(left)) => soonest = Some(soonest.unwrap_or(left).min(left)),
                Err(None) => {}
            }
        }
        if !facts.leaving {
            let version = pod.label(revision::HASH);
            old += i64::from(version == Some(&current));
            new += i64::from(version == Some(&update));
        }
    }
    let complete =
        set.rolls() && new == all && ready == all && all == set.replicas() && current != update;
    let current = if complete { update.clone() } else { current };
    if complete {
        old = new;
        set.current = set.update.clone();
    }
    let collisions = object::number(&set.object, "/status/collisionCount").unwrap_or(0);
    let mut status = json!({
        "observedGeneration": set.object["metadata"]["generation"], "replicas": all,
        "availableReplicas": available, "collisionCount": collisions,
        "currentRevision": current, "updateRevision": update,
    });
    for (field, count) in [
        ("readyReplicas", ready),
        ("currentReplicas", old),
        ("updatedReplicas", new),
    ] {
        if count > 0 {
            status[field] = json!(count);
        }
    }
    set.object["status"] = status;
    set.object = state.update(&STATEFUL_SETS, set.object.take());
    if let Some(left) = soonest {
        let place = Place::new(object::namespace(&set.object), object::name(&set.object));
        state.at(now + left, Task::Look(Loop::StatefulSet, place));
    }
}
