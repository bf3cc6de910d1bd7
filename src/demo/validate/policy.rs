//! What says how many there shall be and who comes first: autoscalers, disruption budgets, priority classes
//! (`pkg/apis/autoscaling/validation`, `pkg/apis/policy/validation`, `pkg/apis/scheduling/validation`).

use serde_json::json;

use super::{
    field::{Faults, Field},
    meta, names, workloads,
};
use crate::demo::{amount::Amount, refusal::Fault};

pub(super) fn autoscaler(autoscaler: &Field<'_>, faults: &mut Faults) {
    let spec = autoscaler.child("spec");
    let (least, most) = (spec.child("minReplicas"), spec.child("maxReplicas"));
    if least.number().is_some_and(|least| least < 1) {
        faults.invalid(&least, "must be greater than or equal to 1");
    }
    let ceiling = most.number().unwrap_or(0);
    if ceiling < 1 {
        faults.invalid_value(&*most.path, &json!(ceiling), "must be greater than 0");
    }
    if least.number().is_some_and(|least| ceiling < least) {
        let why = "must be greater than or equal to `minReplicas`";
        faults.invalid_value(&*most.path, &json!(ceiling), why);
    }
    reference(&spec.child("scaleTargetRef"), faults);
    for metric in spec.child("metrics").items() {
        self::metric(&metric, faults);
    }
    let counts_outside =
        |metric: Field<'_>| matches!(metric.child("type").text(), "Object" | "External");
    if least.number() == Some(0) && !spec.child("metrics").items().any(counts_outside) {
        let why = "must specify at least one Object or External metric to support scaling to zero replicas";
        faults.forbidden(spec.named("metrics"), why);
    }
    for key in ["behavior.scaleUp", "behavior.scaleDown"] {
        let rules = spec.child(key);
        if rules.is_there() {
            scaling_rules(&rules, faults);
        }
    }
}

fn reference(reference: &Field<'_>, faults: &mut Faults) {
    for key in ["kind", "name"] {
        let field = reference.child(key);
        if field.is_blank() {
            faults.required(field.path, "");
        } else {
            faults.invalid_for(&field, names::segment(field.text()));
        }
    }
    let version = reference.child("apiVersion");
    let why = match version.text().matches('/').count() {
        0 => "apiVersion must specify API group".to_owned(),
        1 => return,
        _ => format!("unexpected GroupVersion string: {}", version.text()),
    };
    faults.invalid_value(&*version.path, &json!(version.text()), &why);
}

const SOURCES: [(&str, &str); 5] = [
    ("ContainerResource", "containerResource"),
    ("External", "external"),
    ("Object", "object"),
    ("Pods", "pods"),
    ("Resource", "resource"),
];

fn metric(metric: &Field<'_>, faults: &mut Faults) {
    let kind = metric.child("type");
    let kinds = SOURCES.map(|(kind, _)| kind);
    if kind.is_blank() {
        faults.required(&*kind.path, "must specify a metric source type");
    }
    let Some((_, expected)) = SOURCES.iter().find(|(known, _)| *known == kind.text()) else {
        // A real server says it at two places too.
        faults.one_of(&kind, &kinds);
        faults.one_of(&kind, &kinds);
        return;
    };
    let source = metric.child(expected);
    if source.is_there() {
        target(&source, expected, faults);
    } else {
        let why = "must populate information for the given metric source";
        faults.required(source.path, why);
    }
    for (_, other) in SOURCES {
        if other != *expected && metric.child(other).is_there() {
            let why = "must populate the given metric source only";
            faults.forbidden(metric.named(other), why);
        }
    }
}

fn target(source: &Field<'_>, kind: &str, faults: &mut Faults) {
    if matches!(kind, "resource" | "containerResource") {
        if source.child("name").is_blank() {
            faults.required(source.named("name"), "must specify a resource name");
        }
        if kind == "containerResource" && source.child("container").is_blank() {
            faults.required(source.named("container"), "must specify a container");
        }
    } else if source.child("metric.name").is_blank() {
        faults.required(source.named("metric.name"), "must specify a metric name");
    }
    let target = source.child("target");
    let how = target.child("type");
    if how.is_blank() {
        faults.required(&*how.path, "must specify a metric target type");
    }
    if !matches!(how.text(), "Utilization" | "Value" | "AverageValue") {
        let why = "must be either Utilization, Value, or AverageValue";
        faults.invalid_value(&*how.path, &json!(how.text()), why);
    }
    let (value, average) = (target.child("value"), target.child("averageValue"));
    for amount in [&value, &average] {
        let is_positive = |amount: Amount| !amount.is_negative() && !amount.is_zero();
        if amount.is_there() && !Amount::of(amount.value).is_some_and(is_positive) {
            faults.invalid(amount, "must be positive");
        }
    }
    let share = target.child("averageUtilization");
    if share.number().is_some_and(|share| share < 1) {
        faults.invalid(&share, "must be greater than 0");
    }
    match kind {
        "resource" | "containerResource" => match (share.is_there(), average.is_there()) {
            (false, false) => {
                let why = "must set either a target raw value or a target utilization";
                faults.required(share.path, why);
            }
            (true, true) => {
                let why = "may not set both a target raw value and a target utilization";
                faults.forbidden(average.path, why);
            }
            _ => {}
        },
        "pods" if !average.is_there() => {
            faults.required(average.path, "must specify a positive target averageValue");
        }
        "object" if !average.is_there() && !value.is_there() => {
            faults.required(
                average.path,
                "must set either a target value or averageValue",
            );
        }
        "external" if !average.is_there() && !value.is_there() => {
            let why = "must set either a target value for metric or a per-pod target";
            faults.required(average.path, why);
        }
        _ => {}
    }
}

fn scaling_rules(rules: &Field<'_>, faults: &mut Faults) {
    let window = rules.child("stabilizationWindowSeconds");
    match window.number() {
        Some(..0) => faults.invalid(&window, "must be greater than or equal to zero"),
        Some(3_601..) => faults.invalid(&window, "must be less than or equal to 3600"),
        _ => {}
    }
    let select = rules.child("selectPolicy");
    if select.is_there() {
        faults.one_of(&select, &["Disabled", "Max", "Min"]);
    }
    let policies = rules.child("policies");
    if policies.is_blank() {
        faults.required(&*policies.path, "must specify at least one Policy");
    }
    for policy in policies.items() {
        faults.one_of(&policy.child("type"), &["Percent", "Pods"]);
        for key in ["value", "periodSeconds"] {
            let field = policy.child(key);
            let number = field.number().unwrap_or(0);
            if number <= 0 {
                faults.invalid_value(&*field.path, &json!(number), "must be greater than zero");
            }
            if key == "periodSeconds" && number > 1_800 {
                faults.invalid(&field, "must be less than or equal to 1800");
            }
        }
    }
}

pub(super) fn budget(budget: &Field<'_>, faults: &mut Faults) {
    let spec = budget.child("spec");
    let (least, most) = (spec.child("minAvailable"), spec.child("maxUnavailable"));
    if least.is_there() && most.is_there() {
        // The server shows the spec by the names of its Go fields.
        let shown = format!(
            "{{\"MinAvailable\":{},\"Selector\":{},\"MaxUnavailable\":{},\"UnhealthyPodEvictionPolicy\":{}}}",
            least.value,
            spec.child("selector").value,
            most.value,
            spec.child("unhealthyPodEvictionPolicy").value
        );
        faults.0.push(Fault {
            reason: "FieldValueInvalid",
            field: spec.path.clone(),
            message: format!(
                "Invalid value: {shown}: minAvailable and maxUnavailable cannot be both set"
            ),
        });
    }
    for field in [&least, &most] {
        if field.is_there() {
            workloads::number_or_percent(field, faults);
            workloads::not_more_than_all(field, faults);
        }
    }
    meta::selector(&spec.child("selector"), faults);
    let policy = spec.child("unhealthyPodEvictionPolicy");
    if policy.is_there() {
        faults.one_of(&policy, &["AlwaysAllow", "IfHealthyBudget"]);
    }
}

/// A person's class comes behind those of the system.
const HIGHEST: i64 = 1_000_000_000;

pub(super) fn priority_class(class: &Field<'_>, faults: &mut Faults) {
    let (name, value) = (class.child("metadata.name"), class.child("value"));
    let number = value.number().unwrap_or(0);
    if name.text().starts_with("system-") {
        let is_known = matches!(
            (name.text(), number),
            ("system-cluster-critical", 2_000_000_000) | ("system-node-critical", 2_000_001_000)
        );
        if !is_known {
            let why = format!(
                "priority class names with 'system-' prefix are reserved for system use only. error: {} is not a known system priority class",
                name.text()
            );
            faults.forbidden(name.path, &why);
        }
    } else if number > HIGHEST {
        let why = format!("maximum allowed value of a user defined priority is {HIGHEST}");
        faults.forbidden(value.path, &why);
    }
    let policy = class.child("preemptionPolicy");
    faults.one_of(&policy, &["PreemptLowerPriority", "Never"]);
}
