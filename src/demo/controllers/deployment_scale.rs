//! Another size for a Deployment: its ReplicaSets share it (`pkg/controller/deployment/sync.go`, `scale`).

use serde_json::Value;

use super::deployment::{DESIRED, MAX, Rollout, available, resize, size};
use crate::demo::{object, state::State};

/// Another number was asked for: the one ReplicaSet that is active gets it; several get their shares.
pub(super) fn scale(state: &mut State, rollout: &mut Rollout) {
    let wanted = rollout.replicas();
    let active = rollout.all().filter(|set| size(set) > 0).count();
    let in_new = rollout.new.as_ref().is_some_and(|new| size(new) > 0);
    if active <= 1 {
        if in_new || (active == 0 && rollout.new.is_some()) {
            if let Some(new) = rollout.new.take() {
                rollout.new = Some(resize(state, rollout, new, wanted));
            }
        } else {
            let place = rollout.old.iter().rposition(|set| size(set) > 0);
            let latest = rollout.old.len().checked_sub(1);
            if let Some(place) = place.or(latest) {
                let set = rollout.old[place].clone();
                rollout.old[place] = resize(state, rollout, set, wanted);
            }
        }
        return;
    }
    let saturated = rollout.new.as_ref().is_some_and(|new| {
        size(new) == wanted
            && object::annotation(new, DESIRED) == Some(wanted.to_string().as_str())
            && available(new) == wanted
    });
    if saturated {
        for place in 0..rollout.old.len() {
            let set = rollout.old[place].clone();
            if size(&set) > 0 {
                rollout.old[place] = resize(state, rollout, set, 0);
            }
        }
    } else if !rollout.recreates() {
        share_out(state, rollout);
    }
}

/// Each gets as much more or less as is its share of the whole.
fn share_out(state: &mut State, rollout: &mut Rollout) {
    let wanted = rollout.replicas();
    let allowed = if wanted > 0 {
        wanted + rollout.fences().0
    } else {
        0
    };
    let more = allowed - rollout.total();
    let mut sets: Vec<Value> = rollout.all().filter(|set| size(set) > 0).cloned().collect();
    // Largest first; of two as large the newer one grows first, and the older one shrinks first.
    if more > 0 {
        sets.reverse();
    }
    sets.sort_by_key(|set| std::cmp::Reverse(size(set)));
    let mut given = 0;
    let mut sizes: Vec<i64> = Vec::new();
    for set in &sets {
        let known = object::annotation(set, MAX).and_then(|text| text.parse::<i64>().ok());
        let of = known
            .or_else(|| object::number(&rollout.deployment, "/status/replicas"))
            .unwrap_or(1)
            .max(1);
        let target = (size(set) as f64 * allowed as f64 / of as f64).round() as i64;
        let left = more - given;
        let part = if more > 0 {
            (target - size(set)).min(left)
        } else {
            (target - size(set)).max(left)
        };
        let part = if more == 0 { 0 } else { part };
        given += part;
        sizes.push(size(set) + part);
    }
    if let Some(first) = sizes.first_mut() {
        *first = (*first + more - given).max(0);
    }
    for (set, wanted) in sets.into_iter().zip(sizes) {
        let uid = object::uid(&set).to_owned();
        let set = resize(state, rollout, set, wanted.max(0));
        let place = rollout.old.iter().position(|old| object::uid(old) == uid);
        match place {
            Some(place) => rollout.old[place] = set,
            None => rollout.new = Some(set),
        }
    }
}
