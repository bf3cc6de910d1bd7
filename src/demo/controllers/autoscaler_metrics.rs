//! What an autoscaler sees of the load, and how many Pods would bear it
//! (`pkg/controller/podautoscaler/replica_calculator.go`).

use serde_json::{Value, json};

use super::facts::{self, Phase};
use crate::{
    demo::{
        object,
        resource::{PODS, REPLICA_SETS, Resource},
        state::State,
        usage,
    },
    model::quantity::Quantity,
};

/// So far the load may be off before anything is done, as a share.
const TOLERANCE: f64 = 0.1;

/// How many Pods, and by which metric.
pub(super) struct Proposal {
    /// How many.
    pub(super) replicas: i64,
    /// The metric's name in messages.
    pub(super) metric: String,
    /// `status.currentMetrics`
    pub(super) seen: Vec<Value>,
}

/// Why none can be said.
pub(super) struct Failure {
    /// The condition's reason.
    pub(super) reason: &'static str,
    /// The sentence.
    pub(super) why: String,
    /// The sentence in the list of all that failed.
    pub(super) whole: String,
}

/// What one Pod asks for and uses of a resource.
struct Load {
    asked: u64,
    used: u64,
}

/// The largest number that any metric asks for.
pub(super) fn propose(
    state: &State,
    scaler: &Value,
    resource: &'static Resource,
    target: &Value,
    current: i64,
) -> Result<Proposal, Failure> {
    let usual = [json!({
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
    })];
    let wanted = match object::items(scaler, "/spec/metrics") {
        [] => &usual,
        metrics => metrics,
    };
    let pods = pods(state, resource, target);
    let mut best: Option<Proposal> = None;
    let mut seen = Vec::new();
    let mut failure = None;
    for metric in wanted {
        match one(state, metric, &pods, current) {
            Ok((replicas, name, status)) => {
                seen.push(status);
                if best.as_ref().is_none_or(|best| replicas > best.replicas) {
                    best = Some(Proposal {
                        replicas,
                        metric: name,
                        seen: Vec::new(),
                    });
                }
            }
            Err(one) => failure = failure.or(Some(one)),
        }
    }
    match (best, failure) {
        // With one metric missing nobody can say that there are too many.
        (Some(best), Some(failure)) if best.replicas < current => Err(failure),
        (Some(best), _) => Ok(Proposal { seen, ..best }),
        (None, Some(failure)) => Err(failure),
        (None, None) => Err(fail(
            "FailedGetResourceMetric",
            "cpu",
            "no metrics to look at",
        )),
    }
}

/// The Pods of a workload that are at work: those that are ready, and how many are not.
fn pods(state: &State, resource: &'static Resource, target: &Value) -> (Vec<Value>, usize) {
    let uid = object::uid(target);
    let mut owned = state.store.owned_of(uid, &PODS);
    if resource.plural == "deployments" {
        for set in state.store.owned_of(uid, &REPLICA_SETS) {
            owned.extend(state.store.owned_of(&set.uid, &PODS));
        }
    }
    owned.retain(|pod| facts::pod(pod).active());
    let (ready, not): (Vec<_>, Vec<_>) = owned.iter().partition(|pod| {
        let facts = facts::pod(pod);
        facts.ready && facts.phase == Phase::Running
    });
    (ready.iter().map(|pod| pod.value()).collect(), not.len())
}

fn fail(reason: &'static str, name: &str, why: &str) -> Failure {
    let why = format!("failed to get {name} utilization: {why}");
    Failure {
        reason,
        whole: format!("failed to get {name} resource metric value: {why}"),
        why,
    }
}

fn one(
    state: &State,
    metric: &Value,
    (ready, unready): &(Vec<Value>, usize),
    current: i64,
) -> Result<(i64, String, Value), Failure> {
    let kind = object::text(metric, "/type");
    let (field, only) = match kind {
        "Resource" => ("resource", None),
        "ContainerResource" => (
            "containerResource",
            metric["containerResource"]["container"].as_str(),
        ),
        other => {
            let why = format!(
                "unable to get {} metric: the server could not find the requested resource",
                other.to_lowercase()
            );
            return Err(Failure {
                reason: match other {
                    "External" => "FailedGetExternalMetric",
                    "Object" => "FailedGetObjectMetric",
                    _ => "FailedGetPodsMetric",
                },
                whole: why.clone(),
                why,
            });
        }
    };
    let name = object::text(&metric[field], "/name");
    let loads = loads(state, ready, name, only)?;
    if loads.is_empty() {
        let why = if *unready > 0 {
            "did not receive metrics for targeted pods (pods might be unready)"
        } else {
            "unable to get metrics for resource cpu: no metrics returned from resource metrics API"
        };
        return Err(fail("FailedGetResourceMetric", name, why));
    }
    let used: u64 = loads.iter().map(|load| load.used).sum();
    let asked: u64 = loads.iter().map(|load| load.asked).sum();
    let average = used / loads.len() as u64;
    let target = &metric[field]["target"];
    let mut seen = json!({"averageValue": written(name, average)});
    let (ratio, whole) = if let Some(share) = target["averageUtilization"].as_i64() {
        if asked == 0 {
            let pod = ready.first().map_or("", |pod| object::name(pod));
            let container = ready
                .first()
                .map_or("", |pod| object::text(pod, "/spec/containers/0/name"));
            let why = format!("missing request for {name} in container {container} of Pod {pod}");
            return Err(fail("FailedGetResourceMetric", name, &why));
        }
        let is = (used as f64 * 100.0 / asked as f64) as i64;
        seen["averageUtilization"] = json!(is);
        let all = asked as f64 / loads.len() as f64 * (loads.len() + unready) as f64;
        let share = share.max(1) as f64;
        (is as f64 / share, used as f64 * 100.0 / all / share)
    } else {
        let value = Quantity::parse(target["averageValue"].as_str().unwrap_or("0"));
        let value = match name {
            "cpu" => value.unwrap_or_default().millis() * 1_000_000,
            _ => value.unwrap_or_default().units(),
        }
        .max(1) as f64;
        (
            average as f64 / value,
            used as f64 / (loads.len() + unready) as f64 / value,
        )
    };
    let status = json!({"type": kind, field: with_name(metric, field, &seen)});
    let said = match (target["averageUtilization"].is_null(), only) {
        (false, None) => format!("{name} resource utilization (percentage of request)"),
        (true, None) => format!("{name} resource"),
        (_, Some(container)) => format!("{name} container resource of container {container}"),
    };
    Ok((
        replicas(ratio, whole, loads.len(), *unready, current),
        said,
        status,
    ))
}

fn with_name(metric: &Value, field: &str, seen: &Value) -> Value {
    let mut made = json!({"name": metric[field]["name"], "current": seen});
    if !metric[field]["container"].is_null() {
        made["container"] = metric[field]["container"].clone();
    }
    made
}

/// How many would bear it: those that are not ready yet count as idle when there should be more, and not at all when there
/// should be fewer.
fn replicas(ratio: f64, whole: f64, ready: usize, unready: usize, current: i64) -> i64 {
    if (ratio - 1.0).abs() <= TOLERANCE {
        return current;
    }
    let up = |number: f64| (number - 1e-9).ceil() as i64;
    if ratio < 1.0 || unready == 0 {
        return up(ratio * ready as f64);
    }
    if whole < 1.0 || (whole - 1.0).abs() <= TOLERANCE {
        return current;
    }
    up(whole * (ready + unready) as f64).max(current)
}

fn loads(
    state: &State,
    pods: &[Value],
    name: &str,
    only: Option<&str>,
) -> Result<Vec<Load>, Failure> {
    let mut loads = Vec::new();
    for pod in pods {
        let used = usage::of_pod(state, pod)
            .into_iter()
            .filter(|(container, _)| only.is_none_or(|only| only == container))
            .map(|(_, usage)| {
                if name == "cpu" {
                    usage.cpu
                } else {
                    usage.memory
                }
            })
            .sum();
        let mut asked = 0;
        for container in object::items(pod, "/spec/containers") {
            if only.is_some_and(|only| container["name"] != only) {
                continue;
            }
            let request = container["resources"]["requests"][name]
                .as_str()
                .or_else(|| container["resources"]["limits"][name].as_str());
            let Some(request) = request.and_then(Quantity::parse) else {
                let container = object::text(container, "/name");
                let why = format!(
                    "missing request for {name} in container {container} of Pod {}",
                    object::name(pod)
                );
                return Err(fail("FailedGetResourceMetric", name, &why));
            };
            asked += match name {
                "cpu" => request.millis() * 1_000_000,
                _ => request.units(),
            };
        }
        loads.push(Load { asked, used });
    }
    Ok(loads)
}

/// Cpu in thousandths of a core, memory in bytes.
fn written(name: &str, value: u64) -> String {
    if name == "cpu" {
        format!("{}m", value.div_ceil(1_000_000))
    } else {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn load_asks_for_pods() {
        for (ratio, whole, ready, unready, current, wanted) in [
            (1.05, 1.05, 3, 0, 3, 3),
            (2.0, 2.0, 3, 0, 3, 6),
            (1.2, 1.2, 5, 0, 5, 6),
            (0.5, 0.5, 4, 0, 4, 2),
            (0.0, 0.0, 4, 0, 4, 0),
            (2.0, 1.0, 2, 2, 4, 4),
            (3.0, 1.5, 2, 2, 4, 6),
        ] {
            assert_eq!(
                replicas(ratio, whole, ready, unready, current),
                wanted,
                "{ratio} on {ready} of {current}"
            );
        }
    }
}
