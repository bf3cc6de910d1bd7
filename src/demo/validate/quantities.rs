//! Amounts of things: what containers request, what quotas and limits say (`validateResourceRequirements`,
//! `ValidateResourceQuota`, `ValidateLimitRange` in `pkg/apis/core/validation`).

use std::collections::{BTreeSet, HashSet};

use serde_json::{Value, json};

use super::{
    field::{Faults, Field},
    names,
};
use crate::demo::amount::{Amount, GRAMMAR};

const OF_CONTAINERS: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];
const STANDARD: [&str; 26] = [
    "cpu",
    "memory",
    "ephemeral-storage",
    "storage",
    "pods",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "requests.storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "resourcequotas",
    "services",
    "services.nodeports",
    "services.loadbalancers",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "requests.hugepages-2Mi",
    "requests.hugepages-1Gi",
    "hugepages-2Mi",
    "hugepages-1Gi",
    "hugepages-",
    "requests.hugepages-",
];
/// What is counted in whole ones.
const WHOLE: [&str; 9] = [
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];

/// An amount, or None and a fault.
fn amount(field: &Field<'_>, faults: &mut Faults) -> Option<Amount> {
    let amount = Amount::of(field.value);
    if amount.is_none() {
        faults.invalid(field, GRAMMAR);
    }
    amount
}

fn resource_name(name: &str, path: &str, faults: &mut Faults) -> bool {
    let reasons = names::key(name);
    let is_key = reasons.is_empty();
    for why in reasons {
        faults.invalid_value(path, &json!(name), &why);
    }
    if is_key && !name.contains('/') && !STANDARD.contains(&name) && !name.contains("hugepages-") {
        let why = "must be a standard resource type or fully qualified";
        faults.invalid_value(path, &json!(name), why);
        return false;
    }
    is_key
}

/// An amount that is not below zero, and whole where only whole ones exist.
fn valid(name: &str, field: &Field<'_>, faults: &mut Faults) -> Option<Amount> {
    let amount = amount(field, faults)?;
    if amount.is_negative() {
        faults.invalid(field, "must be greater than or equal to 0");
    }
    let is_extended =
        name.contains('/') && !name.starts_with("count/") && !name.contains("kubernetes.io/");
    if (WHOLE.contains(&name) || is_extended || name.starts_with("count/")) && !amount.is_whole() {
        faults.invalid(field, "must be an integer");
    }
    Some(amount)
}

/// What a container requests and is limited to.
pub(super) fn resources(resources: &Field<'_>, faults: &mut Faults) {
    let named = |name: &str, path: &str, faults: &mut Faults| {
        let is_known = resource_name(name, path, faults);
        let standard = OF_CONTAINERS.contains(&name) || name.starts_with("hugepages-");
        if !name.contains('/') && !standard && (is_known || names::key(name).is_empty()) {
            let why = "must be a standard resource for containers";
            faults.invalid_value(path, &json!(name), why);
        }
    };
    let limits = resources.child("limits");
    for (name, field) in limits.entries() {
        named(name, &field.path, faults);
        valid(name, &field, faults);
    }
    let requests = resources.child("requests");
    for (name, field) in requests.entries() {
        named(name, &field.path, faults);
        let Some(request) = valid(name, &field, faults) else {
            continue;
        };
        let limit = Amount::of(&limits.value[name]);
        let can_be_less = OF_CONTAINERS.contains(&name);
        match limit {
            Some(limit) if request != limit && !can_be_less => {
                let why = format!("must be equal to {name} limit of {limit}");
                faults.invalid(&field.called(&*requests.path), &why);
            }
            Some(limit) if request > limit => {
                let why = format!("must be less than or equal to {name} limit of {limit}");
                faults.invalid(&field.called(&*requests.path), &why);
            }
            None if !can_be_less && name.contains('/') => {
                faults.required(
                    &*limits.path,
                    "Limit must be set for non overcommitable resources",
                );
            }
            _ => {}
        }
    }
}

/// An amount above nothing, as of storage.
pub(super) fn positive(field: &Field<'_>, faults: &mut Faults) {
    if let Some(amount) = amount(field, faults)
        && (amount.is_negative() || amount.is_zero())
    {
        faults.invalid(field, "must be greater than zero");
    }
}

const SCOPES: [&str; 6] = [
    "BestEffort",
    "CrossNamespacePodAffinity",
    "NotBestEffort",
    "NotTerminating",
    "PriorityClass",
    "Terminating",
];

pub(super) fn quota(quota: &Field<'_>, faults: &mut Faults) {
    let spec = quota.child("spec");
    for (name, field) in spec.child("hard").entries() {
        let is_known = resource_name(name, &field.path, faults);
        if !is_known && !name.contains('/') {
            let why = "must be a standard resource for quota";
            faults.invalid_value(&*field.path, &json!(name), why);
        }
        valid(name, &field, faults);
    }
    let scopes = spec.child("scopes");
    let mut known = BTreeSet::new();
    for scope in scopes.items() {
        if SCOPES.contains(&scope.text()) {
            known.insert(scope.text());
        } else {
            faults.invalid(&scopes, "unsupported scope");
        }
    }
    for pair in [
        ["BestEffort", "NotBestEffort"],
        ["Terminating", "NotTerminating"],
    ] {
        if pair.iter().all(|scope| known.contains(scope)) {
            faults.invalid(&scopes, "conflicting scopes");
        }
    }
}

pub(super) fn limit_range(range: &Field<'_>, faults: &mut Faults) {
    let mut types = HashSet::new();
    for item in range.child("spec.limits").items() {
        let kind = item.child("type");
        let reasons = names::key(kind.text());
        let is_standard = matches!(kind.text(), "Pod" | "Container" | "PersistentVolumeClaim");
        if reasons.is_empty() && !is_standard && !kind.text().contains('/') {
            faults.invalid(&kind, "must be a standard limit type or fully qualified");
        }
        for why in reasons {
            faults.invalid_value(&*kind.path, &json!(kind.text()), &why);
        }
        if !types.insert(kind.text()) {
            faults.duplicate(&kind);
        }
        if kind.text() == "Pod" {
            for key in ["default", "defaultRequest"] {
                if !item.child(key).is_blank() {
                    faults.forbidden(item.named(key), "may not be specified when `type` is 'Pod'");
                }
            }
        }
        let is_of_claims = kind.text() == "PersistentVolumeClaim";
        let storage = |key: &str| item.child(key).child("storage").is_there();
        if is_of_claims && !storage("min") && !storage("max") {
            faults.required(
                item.named("limits"),
                "either minimum or maximum storage value is required, but neither was provided",
            );
        }
        let mut resources: BTreeSet<&str> = BTreeSet::new();
        for list in [
            "max",
            "min",
            "default",
            "defaultRequest",
            "maxLimitRequestRatio",
        ] {
            for (name, field) in item.child(list).entries() {
                let is_known = resource_name(name, &field.path, faults);
                let standard = OF_CONTAINERS.contains(&name) || name == "storage";
                if is_known
                    && matches!(kind.text(), "Pod" | "Container")
                    && !name.contains('/')
                    && !standard
                {
                    let why = "must be a standard resource for containers";
                    faults.invalid_value(&*field.path, &json!(name), why);
                }
                resources.insert(name);
            }
        }
        for name in resources {
            compare(&item, name, faults);
        }
    }
}

/// What one item says of one resource must go together.
fn compare(item: &Field<'_>, name: &str, faults: &mut Faults) {
    let of = |key: &str| Amount::of(&item.value[key][name]);
    let (min, max) = (of("min"), of("max"));
    let (limit, request) = (of("default"), of("defaultRequest"));
    let mut more =
        |key: &str, value: Option<Amount>, a: (&str, Option<Amount>), b: (&str, Option<Amount>)| {
            if let (Some(value), (first, Some(low)), (second, Some(high))) = (value, a, b)
                && low > high
            {
                let path = format!("{}[{name}]", item.named(key));
                let why = format!("{first} value {low} is greater than {second} value {high}");
                faults.invalid_value(path, &Value::from(value.to_string()), &why);
            }
        };
    more("min", min, ("min", min), ("max", max));
    more(
        "defaultRequest",
        request,
        ("min", min),
        ("default request", request),
    );
    more(
        "defaultRequest",
        request,
        ("default request", request),
        ("max", max),
    );
    more(
        "defaultRequest",
        request,
        ("default request", request),
        ("default limit", limit),
    );
    more("default", min, ("min", min), ("default", limit));
    more("default", max, ("default", limit), ("max", max));
    if let Some(ratio) = of("maxLimitRequestRatio")
        && ratio < Amount::count(1)
    {
        let path = format!("{}[{name}]", item.named("maxLimitRequestRatio"));
        let value = Value::from(ratio.to_string());
        faults.invalid_value(path, &value, &format!("ratio {ratio} is less than 1"));
    }
}
