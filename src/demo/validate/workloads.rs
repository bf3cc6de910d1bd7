//! What keeps Pods running (`pkg/apis/apps/validation`).

use serde_json::{Value, json};

use super::{
    field::{Faults, Field},
    meta, names, pods, storage,
};
use crate::demo::{fields::put_or_take, object};

/// Whether the template's labels fit the selector; otherwise whoever makes the Pods would never know them.
fn must_fit(spec: &Field<'_>, faults: &mut Faults) {
    let labels = spec.child("template.metadata.labels");
    let selector = spec.child("selector");
    match meta::fits(selector.value, labels.value) {
        Some(true) => {}
        Some(false) => faults.invalid(&labels, "`selector` does not match template `labels`"),
        None => faults.invalid(&selector, "invalid label selector"),
    }
}

/// A selector that must be there and say something.
fn selector(spec: &Field<'_>, of: &str, faults: &mut Faults) {
    let selector = spec.child("selector");
    if !selector.is_there() {
        faults.required(selector.path, "");
        return;
    }
    meta::selector(&selector, faults);
    if meta::is_empty(selector.value) {
        faults.invalid(&selector, &format!("empty selector is invalid for {of}"));
    }
}

fn runs_always(spec: &Field<'_>, of: &str, faults: &mut Faults) {
    faults.one_of(&spec.child("template.spec.restartPolicy"), &["Always"]);
    let deadline = spec.child("template.spec.activeDeadlineSeconds");
    if deadline.is_there() {
        let why = format!("activeDeadlineSeconds in {of} is not Supported");
        faults.forbidden(deadline.path, &why);
    }
}

/// A number or a share, which is not below zero.
pub(super) fn number_or_percent(field: &Field<'_>, faults: &mut Faults) {
    if field.value.is_string() {
        faults.invalid_for(field, names::percent(field.text()));
    } else {
        faults.nonnegative(field);
    }
}

/// A share of not more than everything.
pub(super) fn not_more_than_all(field: &Field<'_>, faults: &mut Faults) {
    if field.value.is_string() && amount(field) > 100 {
        faults.invalid(field, "must not be greater than 100%");
    }
}

fn amount(field: &Field<'_>) -> i64 {
    let percent = || field.text().strip_suffix('%')?.parse().ok();
    field.number().or_else(percent).unwrap_or(0)
}

pub(super) fn deployment(deployment: &Field<'_>, faults: &mut Faults) {
    let spec = deployment.child("spec");
    faults.nonnegative(&spec.child("replicas"));
    selector(&spec, "deployment", faults);
    must_fit(&spec, faults);
    pods::template(&spec.child("template"), &[], faults);
    runs_always(&spec, "ReplicaSet", faults);
    let strategy = spec.child("strategy");
    let rolling = strategy.child("rollingUpdate");
    match strategy.child("type").text() {
        "Recreate" if rolling.is_there() => {
            let why = "may not be specified when strategy `type` is 'Recreate'";
            faults.forbidden(rolling.path, why);
        }
        "Recreate" => {}
        "RollingUpdate" => {
            let (unavailable, surge) = (rolling.child("maxUnavailable"), rolling.child("maxSurge"));
            number_or_percent(&unavailable, faults);
            number_or_percent(&surge, faults);
            if amount(&unavailable) == 0 && amount(&surge) == 0 {
                faults.invalid(&unavailable, "may not be 0 when `maxSurge` is 0");
            }
            not_more_than_all(&unavailable, faults);
        }
        _ => unsupported(&strategy, &["Recreate", "RollingUpdate"], faults),
    }
    let ready = spec.child("minReadySeconds");
    faults.nonnegative(&ready);
    faults.nonnegative(&spec.child("revisionHistoryLimit"));
    let deadline = spec.child("progressDeadlineSeconds");
    faults.nonnegative(&deadline);
    if deadline
        .number()
        .is_some_and(|deadline| deadline <= ready.number().unwrap_or(0))
    {
        faults.invalid(&deadline, "must be greater than minReadySeconds");
    }
}

/// A whole strategy whose type is none of these; the server shows it by the names of its Go fields.
fn unsupported(strategy: &Field<'_>, known: &[&str], faults: &mut Faults) {
    let shown = json!({"Type": strategy.child("type").value, "RollingUpdate": strategy.child("rollingUpdate").value});
    faults.0.push(crate::demo::refusal::Fault::unsupported(
        &*strategy.path,
        &shown,
        known,
    ));
}

pub(super) fn replica_set(set: &Field<'_>, faults: &mut Faults) {
    let spec = set.child("spec");
    faults.nonnegative(&spec.child("replicas"));
    faults.nonnegative(&spec.child("minReadySeconds"));
    // It says Deployment on a real server as well.
    selector(&spec, "deployment", faults);
    must_fit(&spec, faults);
    pods::template(&spec.child("template"), &[], faults);
    runs_always(&spec, "ReplicaSet", faults);
}

pub(super) fn replication_controller(controller: &Field<'_>, faults: &mut Faults) {
    let spec = controller.child("spec");
    faults.nonnegative(&spec.child("minReadySeconds"));
    let selector = spec.child("selector");
    if selector.is_blank() {
        faults.required(&*selector.path, "");
    }
    faults.nonnegative(&spec.child("replicas"));
    let template = spec.child("template");
    if !template.is_there() {
        faults.required(template.path, "");
        return;
    }
    let labels = template.child("metadata.labels");
    let wanted = json!({"matchLabels": selector.value});
    if !selector.is_blank() && meta::fits(&wanted, labels.value) == Some(false) {
        faults.invalid(&labels, "`selector` does not match template `labels`");
    }
    pods::template(&template, &[], faults);
    runs_always(&spec, "ReplicationController", faults);
}

pub(super) fn daemon_set(set: &Field<'_>, faults: &mut Faults) {
    let spec = set.child("spec");
    let chosen = spec.child("selector");
    meta::selector(&chosen, faults);
    must_fit(&spec, faults);
    if chosen.is_there() && meta::is_empty(chosen.value) {
        faults.invalid(&chosen, "empty selector is invalid for daemonset");
    }
    pods::template(&spec.child("template"), &[], faults);
    runs_always(&spec, "DaemonSet", faults);
    faults.nonnegative(&spec.child("minReadySeconds"));
    let strategy = spec.child("updateStrategy");
    match strategy.child("type").text() {
        "OnDelete" => {}
        "RollingUpdate" => {
            let rolling = strategy.child("rollingUpdate");
            let (unavailable, surge) = (rolling.child("maxUnavailable"), rolling.child("maxSurge"));
            number_or_percent(&unavailable, faults);
            number_or_percent(&surge, faults);
            not_more_than_all(&unavailable, faults);
            not_more_than_all(&surge, faults);
            match (amount(&unavailable), amount(&surge)) {
                (0, 0) => faults.required(unavailable.path, "cannot be 0 when maxSurge is 0"),
                (0, _) | (_, 0) => {}
                _ => faults.invalid(&surge, "may not be set when maxUnavailable is non-zero"),
            }
        }
        _ => unsupported(&strategy, &["RollingUpdate", "OnDelete"], faults),
    }
    faults.nonnegative(&spec.child("revisionHistoryLimit"));
}

pub(super) fn stateful_set(set: &Field<'_>, faults: &mut Faults) {
    let spec = set.child("spec");
    let policy = spec.child("podManagementPolicy");
    if !matches!(policy.text(), "OrderedReady" | "Parallel") {
        faults.invalid(&policy, "must be 'OrderedReady' or 'Parallel'");
    }
    let strategy = spec.child("updateStrategy");
    let rolling = strategy.child("rollingUpdate");
    match strategy.child("type").text() {
        "OnDelete" if rolling.is_there() => {
            faults.invalid(&rolling, "only allowed for updateStrategy 'RollingUpdate'");
        }
        "OnDelete" => {}
        "RollingUpdate" => {
            faults.nonnegative(&rolling.child("partition"));
            let unavailable = rolling.child("maxUnavailable");
            number_or_percent(&unavailable, faults);
            not_more_than_all(&unavailable, faults);
        }
        _ => faults.invalid(&strategy, "must be 'RollingUpdate' or 'OnDelete'"),
    }
    for key in ["whenDeleted", "whenScaled"] {
        let policy = spec
            .child("persistentVolumeClaimRetentionPolicy")
            .child(key);
        faults.one_of(&policy, &["Retain", "Delete"]);
    }
    let mut claims = Vec::new();
    for claim in spec.child("volumeClaimTemplates").items() {
        storage::claim_spec(&claim.child("spec"), faults);
        claims.push(claim.child("metadata.name").text().to_owned());
    }
    faults.nonnegative(&spec.child("replicas"));
    faults.nonnegative(&spec.child("minReadySeconds"));
    faults.nonnegative(&spec.child("ordinals.start"));
    let service = spec.child("serviceName");
    if !service.is_blank() {
        faults.invalid_for(&service, names::label(service.text()));
    }
    selector(&spec, "statefulset", faults);
    must_fit(&spec, faults);
    pods::template(&spec.child("template"), &claims, faults);
    runs_always(&spec, "StatefulSet", faults);
}

/// Counts in a status are not below zero, and none is above that of all.
pub(super) fn counts(workload: &Field<'_>, faults: &mut Faults) {
    const COUNTS: [&str; 5] = [
        "readyReplicas",
        "availableReplicas",
        "updatedReplicas",
        "currentReplicas",
        "fullyLabeledReplicas",
    ];
    let status = workload.child("status");
    let all = status.child("replicas").number();
    for key in COUNTS {
        let count = status.child(key);
        faults.nonnegative(&count);
        if let (Some(all), Some(number)) = (all, count.number())
            && number > all
        {
            faults.invalid(&count, "cannot be greater than status.replicas");
        }
    }
}

/// What of a `StatefulSet` may change.
const CHANGES: [&str; 7] = [
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

pub(super) fn change_stateful_set(after: &Field<'_>, before: &Field<'_>, faults: &mut Faults) {
    let (new, old) = (after.child("spec"), before.child("spec"));
    let mut same = new.value.clone();
    for key in CHANGES {
        put_or_take(&mut same, key, old.value[key].clone());
    }
    // Nobody writes the status of a claim that is a pattern.
    let plain = |spec: &Value| {
        let mut spec = spec.clone();
        let claims = spec
            .get_mut("volumeClaimTemplates")
            .and_then(Value::as_array_mut);
        for claim in claims.into_iter().flatten() {
            put_or_take(claim, "status", Value::Null);
        }
        spec
    };
    if plain(&same) != plain(old.value) {
        let quoted: Vec<String> = CHANGES.iter().map(|key| format!("'{key}'")).collect();
        let (last, others) = quoted
            .split_last()
            .map_or(("", &[][..]), |(last, others)| (last.as_str(), others));
        let why = format!(
            "updates to statefulset spec for fields other than {} and {last} are forbidden",
            others.join(", ")
        );
        faults.forbidden(new.path, &why);
    }
    debug_assert!(object::name(after.value) == object::name(before.value));
}
