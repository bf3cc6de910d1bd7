//! Quotas: what a namespace uses, and whether more fits (`k8s.io/apiserver/pkg/admission/plugin/resourcequota`,
//! `pkg/quota/v1/evaluator/core`). Use is counted from what is in the store when it is asked for, so it is never late.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::demand;
use crate::demo::{
    amount::{self, Amount, Amounts},
    object,
    refusal::Refusal,
    resource::{self, RESOURCE_QUOTAS, Resource},
    state::State,
};

/// What a container must say where a quota counts it. That ephemeral storage is not here is history.
const MUST_SAY: [&str; 6] = [
    "cpu",
    "memory",
    "requests.cpu",
    "requests.memory",
    "limits.cpu",
    "limits.memory",
];
const OF_PODS: [&str; 11] = [
    "count/pods",
    "pods",
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
];
const OF_CLASS: &str = ".storageclass.storage.k8s.io/";

/// `status.used` of a quota: of everything it limits, how much there is.
pub fn used(state: &State, namespace: &str, quota: &Value) -> Value {
    let hard = amount::amounts(quota, "/spec/hard");
    amount::list(&counted(state, namespace, quota, &hard))
}

/// What there is of everything that is limited.
fn counted(state: &State, namespace: &str, quota: &Value, hard: &Amounts) -> Amounts {
    let mut sum: Amounts = hard
        .keys()
        .map(|name| (name.clone(), Amount::ZERO))
        .collect();
    for resource in resource::RESOURCES.iter().copied() {
        if !resource.namespaced || !hard.keys().any(|name| concerns(resource, name)) {
            continue;
        }
        for entry in state.store.list(resource, Some(namespace)) {
            let object = entry.value();
            if !is_in_scope(quota, resource, &object) {
                continue;
            }
            for (name, amount) in usage(state, resource, &object) {
                if let Some(known) = sum.get_mut(&name) {
                    *known = *known + amount;
                }
            }
        }
    }
    sum
}

/// Whether objects of a resource count for this name in a quota.
fn concerns(resource: &Resource, name: &str) -> bool {
    if name == format!("count/{}", resource.qualified()) {
        return true;
    }
    match (resource.group, resource.plural) {
        ("", "pods") => {
            OF_PODS.contains(&name)
                || name.starts_with("hugepages-")
                || name.starts_with("requests.hugepages-")
                || name
                    .strip_prefix("requests.")
                    .is_some_and(|name| name.contains('/'))
        }
        ("", "services") => {
            matches!(
                name,
                "services" | "services.nodeports" | "services.loadbalancers"
            )
        }
        ("", "persistentvolumeclaims") => {
            matches!(name, "persistentvolumeclaims" | "requests.storage") || name.contains(OF_CLASS)
        }
        ("", "configmaps" | "secrets" | "replicationcontrollers" | "resourcequotas") => {
            name == resource.plural
        }
        _ => false,
    }
}

/// What one object uses.
fn usage(state: &State, resource: &Resource, object: &Value) -> Amounts {
    let one = Amount::count(1);
    let mut usage = Amounts::from([(format!("count/{}", resource.qualified()), one)]);
    let mut put = |name: &str, amount: Amount| usage.insert(name.to_owned(), amount);
    match (resource.group, resource.plural) {
        ("", "pods") => {
            if is_spent(state, object) {
                return usage;
            }
            put("pods", one);
            for (name, amount) in pod_usage(&demand::requests(object), &demand::limits(object)) {
                put(&name, amount);
            }
        }
        ("", "services") => {
            put("services", one);
            let ports = object::items(object, "/spec/ports");
            let said = ports.iter().filter(|port| !port["nodePort"].is_null());
            let (balancers, ports) = match object::text(object, "/spec/type") {
                "NodePort" => (0, ports.len()),
                "LoadBalancer"
                    if object["spec"]["allocateLoadBalancerNodePorts"] == json!(false) =>
                {
                    (1, said.count())
                }
                "LoadBalancer" => (1, ports.len()),
                _ => (0, 0),
            };
            put("services.loadbalancers", Amount::count(balancers));
            put("services.nodeports", Amount::count(ports));
        }
        ("", "persistentvolumeclaims") => {
            let class = object::text(object, "/spec/storageClassName");
            let size = amount::amounts(object, "/spec/resources/requests");
            let mut both = |name: &str, amount: Amount| {
                put(name, amount);
                if !class.is_empty() {
                    put(&format!("{class}{OF_CLASS}{name}"), amount);
                }
            };
            both("persistentvolumeclaims", one);
            if let Some(size) = size.get("storage") {
                both("requests.storage", *size);
            }
        }
        ("", plural) => {
            put(plural, one);
        }
        _ => {}
    }
    usage
}

/// A Pod that has ended, or should long be gone, uses nothing any more.
fn is_spent(state: &State, pod: &Value) -> bool {
    if matches!(object::text(pod, "/status/phase"), "Succeeded" | "Failed") {
        return true;
    }
    let leaves = object::millis(object::text(pod, "/metadata/deletionTimestamp"));
    let grace = object::number(pod, "/metadata/deletionGracePeriodSeconds");
    matches!((leaves, grace), (Some(leaves), Some(grace)) if state.now() > leaves + grace * 1_000)
}

fn pod_usage(requests: &Amounts, limits: &Amounts) -> Amounts {
    let mut usage = Amounts::new();
    for (name, amount) in requests {
        if matches!(&**name, "cpu" | "memory" | "ephemeral-storage")
            || name.starts_with("hugepages-")
        {
            usage.insert(name.clone(), *amount);
            usage.insert(format!("requests.{name}"), *amount);
        } else if name.contains('/') {
            usage.insert(format!("requests.{name}"), *amount);
        }
    }
    for name in ["cpu", "memory", "ephemeral-storage"] {
        if let Some(amount) = limits.get(name) {
            usage.insert(format!("limits.{name}"), *amount);
        }
    }
    usage
}

/// Whether a quota is about this object: all its scopes must be.
fn is_in_scope(quota: &Value, resource: &Resource, object: &Value) -> bool {
    let scopes = object::items(quota, "/spec/scopes")
        .iter()
        .map(|scope| json!({"scopeName": scope, "operator": "Exists"}));
    let selected = object::items(quota, "/spec/scopeSelector/matchExpressions");
    scopes
        .chain(selected.iter().cloned())
        .all(|scope| resource.plural == "pods" && has_scope(&scope, object))
}

fn has_scope(scope: &Value, pod: &Value) -> bool {
    let is_best_effort = || crate::demo::strategy::quality(pod) == "BestEffort";
    let ends = !pod["spec"]["activeDeadlineSeconds"].is_null();
    match scope["scopeName"].as_str() {
        Some("Terminating") => ends,
        Some("NotTerminating") => !ends,
        Some("BestEffort") => is_best_effort(),
        Some("NotBestEffort") => !is_best_effort(),
        Some("PriorityClass") => {
            let class = &pod["spec"]["priorityClassName"];
            let is_named = object::items(scope, "/values").contains(class);
            match scope["operator"].as_str() {
                Some("In") => is_named,
                Some("NotIn") => !is_named,
                Some("DoesNotExist") => class.is_null(),
                _ => class.is_string(),
            }
        }
        _ => false,
    }
}

/// Refuses what does not fit any more; of a change only what it adds must fit.
pub(super) fn check(
    state: &State,
    resource: &'static Resource,
    before: Option<&Value>,
    after: &Value,
) -> Result<(), Refusal> {
    if !resource.namespaced || resource.plural == "events" {
        return Ok(());
    }
    let namespace = object::namespace(after);
    let refuse = |why: &str| Err(Refusal::forbidden(resource, object::name(after), why));
    for quota in state.store.list(&RESOURCE_QUOTAS, Some(namespace)) {
        let quota = quota.value();
        let name = object::name(&quota);
        let mut hard = amount::amounts(&quota, "/spec/hard");
        hard.retain(|name, _| concerns(resource, name));
        if hard.is_empty() || !is_in_scope(&quota, resource, after) {
            continue;
        }
        if resource.qualified() == "pods"
            && before.is_none()
            && let Some(unsaid) = unsaid(&hard, after)
        {
            return refuse(&format!("failed quota: {name}: must specify {unsaid}"));
        }
        let mut asked = usage(state, resource, after);
        if let Some(before) = before {
            for (name, amount) in usage(state, resource, before) {
                if let Some(known) = asked.get_mut(&name) {
                    *known = (*known - amount).max(Amount::ZERO);
                }
            }
        }
        asked.retain(|name, amount| !amount.is_zero() && hard.contains_key(name));
        if asked.is_empty() {
            continue;
        }
        let used = counted(state, namespace, &quota, &hard);
        let none = Amount::ZERO;
        let exceeded: Vec<&String> = asked
            .iter()
            .filter(|(name, amount)| {
                let used = *used.get(*name).unwrap_or(&none);
                hard.get(*name).is_some_and(|hard| used + **amount > *hard)
            })
            .map(|(name, _)| name)
            .collect();
        if !exceeded.is_empty() {
            let said = |amounts: &Amounts| {
                let pairs = exceeded
                    .iter()
                    .map(|name| format!("{name}={}", amounts.get(*name).unwrap_or(&none)));
                pairs.collect::<Vec<_>>().join(",")
            };
            return refuse(&format!(
                "exceeded quota: {name}, requested: {}, used: {}, limited: {}",
                said(&asked),
                said(&used),
                said(&hard)
            ));
        }
    }
    Ok(())
}

/// What containers do not say although it is counted: `limits.cpu for: web; requests.memory for: web,sidecar`.
fn unsaid(hard: &Amounts, pod: &Value) -> Option<String> {
    if !amount::amounts(pod, "/spec/resources/requests").is_empty()
        || !amount::amounts(pod, "/spec/resources/limits").is_empty()
    {
        return None;
    }
    let mut missing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for list in ["/spec/containers", "/spec/initContainers"] {
        for container in object::items(pod, list) {
            let said = pod_usage(
                &amount::amounts(container, "/resources/requests"),
                &amount::amounts(container, "/resources/limits"),
            );
            for name in MUST_SAY {
                if hard.contains_key(name) && !said.contains_key(name) {
                    let container = container["name"].as_str().unwrap_or("");
                    missing.entry(name).or_default().insert(container);
                }
            }
        }
    }
    let said: Vec<String> = missing
        .into_iter()
        .map(|(name, containers)| {
            let containers: Vec<&str> = containers.into_iter().collect();
            format!("{name} for: {}", containers.join(","))
        })
        .collect();
    (!said.is_empty()).then(|| said.join("; "))
}
