//! HorizontalPodAutoscalers: as many Pods as their load asks for (`pkg/controller/podautoscaler`).

use serde_json::{Value, json};

use super::{
    Loop, Place, Task, autoscaler_limits as limits, autoscaler_metrics as metrics,
    template::{self, Condition},
};
use crate::demo::{
    object,
    resource::{AUTOSCALERS, Resource},
    state::State,
};

const FROM: &str = "horizontal-pod-autoscaler";
/// So often each looks (`--horizontal-pod-autoscaler-sync-period`), in milliseconds.
const PERIOD: i64 = 15_000;

/// What an autoscaler has to say after a look.
struct Said<'a>(&'a mut Value, i64);

impl Said<'_> {
    fn set(&mut self, kind: &str, status: &str, reason: &str, message: &str) {
        let said = Condition {
            kind,
            status,
            reason,
            message,
            ..Condition::default()
        };
        template::condition(self.0, None, &said, self.1);
    }
}

/// Looks at one, and again in fifteen seconds.
pub(super) fn look(state: &mut State, place: &Place) {
    let Some(mut scaler) = state.get(&AUTOSCALERS, &place.namespace, &place.name) else {
        return;
    };
    state.after(PERIOD, Task::Look(Loop::Autoscaler, place.clone()));
    judge(state, &mut scaler);
    state.update(&AUTOSCALERS, scaler);
}

fn judge(state: &mut State, scaler: &mut Value) {
    let now = state.now();
    let reference = scaler["spec"]["scaleTargetRef"].clone();
    let Some((resource, target)) = find_target(state, scaler, &reference) else {
        let plural = plural(&reference);
        let name = object::text(&reference, "/name");
        let why = format!("{plural} \"{name}\" not found");
        let message =
            format!("the HPA controller was unable to get the target's current scale: {why}");
        Said(scaler, now).set("AbleToScale", "False", "FailedGetScale", &message);
        return state.event(scaler, "Warning", "FailedGetScale", &why, FROM);
    };
    let wanted = object::number(&target, "/spec/replicas").unwrap_or(1);
    let current = object::number(&target, "/status/replicas").unwrap_or(0);
    let mut said = Said(scaler, now);
    said.set(
        "AbleToScale",
        "True",
        "SucceededGetScale",
        "the HPA controller was able to get the target's current scale",
    );
    let least = object::number(said.0, "/spec/minReplicas").unwrap_or(1);
    let most = object::number(said.0, "/spec/maxReplicas").unwrap_or(1);
    let (desired, reason) = if wanted == 0 && least != 0 {
        said.set(
            "ScalingActive",
            "False",
            "ScalingDisabled",
            "scaling is disabled since the replica count of the target is zero",
        );
        return count(said.0, current, 0);
    } else if wanted > most {
        (
            most,
            "Current number of replicas above Spec.MaxReplicas".to_owned(),
        )
    } else if wanted < least {
        (
            least,
            "Current number of replicas below Spec.MinReplicas".to_owned(),
        )
    } else {
        match metrics::propose(state, said.0, resource, &target, wanted) {
            Ok(proposal) => {
                let message = format!(
                    "the HPA was able to successfully calculate a replica count from {}",
                    proposal.metric
                );
                Said(scaler, now).set("ScalingActive", "True", "ValidMetricFound", &message);
                scaler["status"]["currentMetrics"] = json!(proposal.seen);
                let reason = if proposal.replicas > wanted {
                    format!("{} above target", proposal.metric)
                } else {
                    "All metrics below target".to_owned()
                };
                (
                    limits::limit(state, scaler, wanted, proposal.replicas),
                    reason,
                )
            }
            Err(failure) => {
                let message = format!(
                    "the HPA was unable to compute the replica count: {}",
                    failure.why
                );
                Said(scaler, now).set("ScalingActive", "False", failure.reason, &message);
                state.event(scaler, "Warning", failure.reason, &failure.why, FROM);
                let message = format!(
                    "invalid metrics (1 invalid out of 1), first error is: {}",
                    failure.whole
                );
                state.event(
                    scaler,
                    "Warning",
                    "FailedComputeMetricsReplicas",
                    &message,
                    FROM,
                );
                return count(scaler, current, wanted);
            }
        }
    };
    if desired != wanted {
        rescale(state, scaler, resource, &target, (wanted, desired), &reason);
    }
    count(scaler, current, desired);
}

fn count(scaler: &mut Value, current: i64, desired: i64) {
    scaler["status"]["currentReplicas"] = json!(current);
    scaler["status"]["desiredReplicas"] = json!(desired);
    if let Some(generation) = object::number(scaler, "/metadata/generation") {
        scaler["status"]["observedGeneration"] = json!(generation);
    }
}

fn find_target(
    state: &State,
    scaler: &Value,
    reference: &Value,
) -> Option<(&'static Resource, Value)> {
    let version = object::text(reference, "/apiVersion");
    let kind = object::text(reference, "/kind");
    let resource = crate::demo::resource::of_kind(version, kind)
        .filter(|resource| resource.below.contains(&"scale"))?;
    let name = object::text(reference, "/name");
    let target = state.get(resource, object::namespace(scaler), name)?;
    Some((resource, target))
}

fn plural(reference: &Value) -> String {
    let version = object::text(reference, "/apiVersion");
    let kind = object::text(reference, "/kind");
    crate::demo::resource::of_kind(version, kind)
        .map_or_else(|| kind.to_lowercase(), Resource::qualified)
}

fn rescale(
    state: &mut State,
    scaler: &mut Value,
    resource: &'static Resource,
    target: &Value,
    (before, after): (i64, i64),
    reason: &str,
) {
    let mut target = target.clone();
    target["spec"]["replicas"] = json!(after);
    template::write(state, resource, target);
    limits::remember(state, scaler, before, after);
    let message = format!("the HPA controller was able to update the target scale to {after}");
    let now = state.now();
    Said(scaler, now).set("AbleToScale", "True", "SucceededRescale", &message);
    scaler["status"]["lastScaleTime"] = json!(object::time(now));
    let message = format!("New size: {after}; reason: {reason}");
    state.event(scaler, "Normal", "SuccessfulRescale", &message, FROM);
}

#[cfg(test)]
#[path = "autoscaler_tests.rs"]
mod tests;
