//! How fast an autoscaler may go where its metrics lead: stabilization, policies, least and most
//! (`pkg/controller/podautoscaler/horizontal.go`, `normalizeDesiredReplicasWithBehaviors`).

use std::collections::HashMap;

use serde_json::{Value, json};

use super::template::{self, Condition};
use crate::demo::{object, state::State};

/// What autoscalers remember, by uid.
#[derive(Debug, Default)]
pub struct Autoscalers {
    known: HashMap<String, Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    /// What was proposed when.
    proposals: Vec<(i64, i64)>,
    /// What was done when: how many more, or fewer.
    steps: Vec<(i64, i64)>,
}

/// Nothing is remembered for longer, in milliseconds.
const LONGEST: i64 = 3_600_000;

/// The size that a proposal leads to now.
pub(super) fn limit(state: &mut State, scaler: &mut Value, current: i64, proposed: i64) -> i64 {
    let now = state.now();
    let hour = state.span(LONGEST);
    let memory = state
        .autoscalers
        .known
        .entry(object::uid(scaler).to_owned())
        .or_default();
    memory.proposals.retain(|(when, _)| now - when <= hour);
    memory.steps.retain(|(when, _)| now - when <= hour);
    memory.proposals.push((now, proposed));
    let (proposals, steps) = (memory.proposals.clone(), memory.steps.clone());
    let stable = stabilize(state, scaler, current, proposed, &proposals);
    let mut said = Condition {
        kind: "AbleToScale",
        status: "True",
        reason: "ReadyForNewScale",
        message: "recommended size matches current size",
        ..Condition::default()
    };
    if stable > proposed {
        said.reason = "ScaleDownStabilized";
        said.message = "recent recommendations were higher than current one, applying the highest recent recommendation";
    } else if stable < proposed {
        said.reason = "ScaleUpStabilized";
        said.message = "recent recommendations were lower than current one, applying the lowest recent recommendation";
    }
    template::condition(scaler, None, &said, now);
    let (size, reason, message) = fence(state, scaler, current, stable, &steps);
    let said = Condition {
        kind: "ScalingLimited",
        status: if reason == "DesiredWithinRange" {
            "False"
        } else {
            "True"
        },
        reason,
        message,
        ..Condition::default()
    };
    template::condition(scaler, None, &said, now);
    size
}

/// Remembers a step.
pub(super) fn remember(state: &mut State, scaler: &Value, before: i64, after: i64) {
    let now = state.now();
    let uid = object::uid(scaler).to_owned();
    let memory = state.autoscalers.known.entry(uid).or_default();
    memory.steps.push((now, after - before));
}

/// Forgets one that is gone.
pub(super) fn forget(state: &mut State, uid: &str) {
    state.autoscalers.known.remove(uid);
}

/// Not below the highest of a while, nor above the lowest of another.
fn stabilize(
    state: &State,
    scaler: &Value,
    current: i64,
    proposed: i64,
    proposals: &[(i64, i64)],
) -> i64 {
    let window = |way: &str, usual: i64| {
        let seconds = &scaler["spec"]["behavior"][way]["stabilizationWindowSeconds"];
        state.span(seconds.as_i64().unwrap_or(usual) * 1_000)
    };
    let now = state.now();
    let recent = |window: i64| {
        let recent = proposals
            .iter()
            .filter(move |(when, _)| now - when < window);
        recent.map(|(_, size)| *size).chain([proposed])
    };
    let lowest = recent(window("scaleUp", 0)).min().unwrap_or(proposed);
    let highest = recent(window("scaleDown", 300)).max().unwrap_or(proposed);
    // Where nothing holds it back it stays as it is.
    current.max(lowest).min(highest)
}

/// Within the least and the most, and no faster than the policies allow.
fn fence(
    state: &State,
    scaler: &Value,
    current: i64,
    wanted: i64,
    steps: &[(i64, i64)],
) -> (i64, &'static str, &'static str) {
    let least = object::number(scaler, "/spec/minReplicas").unwrap_or(1);
    let most = object::number(scaler, "/spec/maxReplicas").unwrap_or(1);
    let within = (
        "DesiredWithinRange",
        "the desired count is within the acceptable range",
    );
    if wanted > current {
        let limit = reach(state, scaler, "scaleUp", current, steps);
        if wanted > limit.min(most) {
            return if limit < most {
                (
                    limit,
                    "ScaleUpLimit",
                    "the desired replica count is increasing faster than the maximum scale rate",
                )
            } else {
                (
                    most,
                    "TooManyReplicas",
                    "the desired replica count is more than the maximum replica count",
                )
            };
        }
    } else if wanted < current {
        let limit = reach(state, scaler, "scaleDown", current, steps);
        if wanted < limit.max(least) {
            return if limit > least {
                (
                    limit,
                    "ScaleDownLimit",
                    "the desired replica count is decreasing faster than the maximum scale rate",
                )
            } else {
                (
                    least,
                    "TooFewReplicas",
                    "the desired replica count is less than the minimum replica count",
                )
            };
        }
    }
    let size = wanted.clamp(least, most.max(least));
    if wanted < least {
        return (
            size,
            "TooFewReplicas",
            "the desired replica count is less than the minimum replica count",
        );
    }
    if wanted > most {
        return (
            size,
            "TooManyReplicas",
            "the desired replica count is more than the maximum replica count",
        );
    }
    (size, within.0, within.1)
}

/// How far the policies of one way reach from here.
fn reach(state: &State, scaler: &Value, way: &str, current: i64, steps: &[(i64, i64)]) -> i64 {
    let up = way == "scaleUp";
    let rules = &scaler["spec"]["behavior"][way];
    let select = object::text(rules, "/selectPolicy");
    if select == "Disabled" {
        return current;
    }
    let usual = if up {
        vec![
            json!({"type": "Pods", "value": 4, "periodSeconds": 15}),
            json!({"type": "Percent", "value": 100, "periodSeconds": 15}),
        ]
    } else {
        vec![json!({"type": "Percent", "value": 100, "periodSeconds": 15})]
    };
    let policies = match object::items(rules, "/policies") {
        [] => usual,
        said => said.to_vec(),
    };
    let now = state.now();
    let ends = policies.iter().map(|policy| {
        let period = state.span(object::number(policy, "/periodSeconds").unwrap_or(15) * 1_000);
        let done: i64 = steps
            .iter()
            .filter(|(when, step)| now - when < period && (*step > 0) == up)
            .map(|(_, step)| *step)
            .sum();
        let start = current - done;
        let value = object::number(policy, "/value").unwrap_or(0);
        match (policy["type"] == "Percent", up) {
            (false, true) => start + value,
            (false, false) => start - value,
            (true, true) => (start as f64 * (1.0 + value as f64 / 100.0)).ceil() as i64,
            (true, false) => (start as f64 * (1.0 - value as f64 / 100.0)) as i64,
        }
    });
    let furthest = (select != "Min") == up;
    let end = if furthest { ends.max() } else { ends.min() };
    end.unwrap_or(current)
}
