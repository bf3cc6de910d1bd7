//! Work that ends, once or by the clock (`pkg/apis/batch/validation`).

use serde_json::{Value, json};

use super::{
    field::{Faults, Field},
    meta, pods, schedule,
};
use crate::demo::{fields::put_or_take, object};

pub(super) fn job(job: &Field<'_>, faults: &mut Faults) {
    let spec = job.child("spec");
    generated_selector(job, faults);
    job_spec(&spec, faults);
    let selector = spec.child("selector");
    if selector.is_there() {
        meta::selector(&selector, faults);
    } else {
        faults.required(&*selector.path, "");
    }
    let labels = spec.child("template.metadata.labels");
    if meta::fits(selector.value, labels.value) == Some(false) {
        faults.invalid(&labels, "`selector` does not match template `labels`");
    }
}

/// The labels that the server makes may be said beforehand, but not otherwise.
fn generated_selector(job: &Field<'_>, faults: &mut Faults) {
    let spec = job.child("spec");
    if spec.child("manualSelector").value == &json!(true) {
        return;
    }
    let (name, uid) = (object::name(job.value), object::uid(job.value));
    let metadata = spec.child("template.metadata");
    for (key, wanted) in [
        ("controller-uid", uid),
        ("job-name", name),
        ("batch.kubernetes.io/controller-uid", uid),
        ("batch.kubernetes.io/job-name", name),
    ] {
        let known = &metadata.value["labels"][key];
        let path = format!("{}.labels[{key}]", metadata.path);
        match known.as_str() {
            None => faults.required(path, &format!("must be '{wanted}'")),
            Some(known) if known != wanted => {
                let value = metadata.value["labels"].clone();
                faults.invalid_value(path, &value, &format!("must be '{wanted}'"));
            }
            Some(_) => {}
        }
    }
    let wanted = json!({
        "controller-uid": uid, "job-name": name,
        "batch.kubernetes.io/controller-uid": uid, "batch.kubernetes.io/job-name": name,
    });
    let selector = spec.child("selector");
    if selector.is_there() && meta::fits(selector.value, &wanted) == Some(false) {
        faults.invalid(&selector, "`selector` not auto-generated");
    }
}

fn job_spec(spec: &Field<'_>, faults: &mut Faults) {
    for key in [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    ] {
        faults.nonnegative(&spec.child(key));
    }
    let (mode, completions) = (spec.child("completionMode"), spec.child("completions"));
    if mode.is_there() {
        faults.one_of(&mode, &["NonIndexed", "Indexed"]);
    }
    if mode.text() == "Indexed" {
        if !completions.is_there() {
            faults.required(completions.path, "when completion mode is Indexed");
        }
    } else {
        for key in ["backoffLimitPerIndex", "maxFailedIndexes"] {
            let field = spec.child(key);
            if field.is_there() {
                faults.invalid(&field, "requires indexed completion mode");
            }
        }
    }
    let replacement = spec.child("podReplacementPolicy");
    if replacement.is_there() {
        faults.one_of(&replacement, &["Failed", "TerminatingOrFailed"]);
    }
    pods::template(&spec.child("template"), &[], faults);
    let policy = spec.child("template.spec.restartPolicy");
    match policy.text() {
        "" | "Always" => {
            let why = "valid values: \"OnFailure\", \"Never\"";
            faults.required(policy.path, why);
        }
        "OnFailure" if spec.child("podFailurePolicy").is_there() => {
            let why = "only \"Never\" is supported when podFailurePolicy is specified";
            faults.invalid(&policy, why);
        }
        _ => faults.one_of(&policy, &["OnFailure", "Never"]),
    }
}

/// What of a Job may not change.
pub(super) fn change(after: &Field<'_>, before: &Field<'_>, faults: &mut Faults) {
    let (new, old) = (after.child("spec"), before.child("spec"));
    let completions = new.child("completions");
    if new.child("completionMode").text() != "Indexed" {
        faults.immutable(&completions, &old.child("completions"));
    } else if completions.value != old.child("completions").value
        && completions.value != new.child("parallelism").value
    {
        let why = "can only be modified in tandem with spec.parallelism";
        faults.invalid(&completions, why);
    }
    faults.immutable(&new.child("selector"), &old.child("selector"));
    template(after, before, faults);
    for key in [
        "completionMode",
        "podFailurePolicy",
        "backoffLimitPerIndex",
        "managedBy",
        "successPolicy",
    ] {
        faults.immutable(&new.child(key), &old.child(key));
    }
}

/// Where Pods go may change as long as none was ever started.
fn template(after: &Field<'_>, before: &Field<'_>, faults: &mut Faults) {
    let (new, old) = (after.child("spec.template"), before.child("spec.template"));
    let is_idle = before.child("spec.suspend").value == &json!(true)
        && before.child("status.startTime").value.is_null();
    if !is_idle {
        faults.immutable(&new, &old);
        return;
    }
    let mut same = new.value.clone();
    for (place, keys) in [
        ("metadata", &["labels", "annotations"][..]),
        (
            "spec",
            &["nodeSelector", "tolerations", "schedulingGates", "affinity"],
        ),
    ] {
        if let Some(part) = same.get_mut(place) {
            for key in keys {
                put_or_take(part, key, old.value[place][*key].clone());
            }
        }
    }
    if same != *old.value {
        faults.invalid(&new, "field is immutable");
    }
}

pub(super) fn cron_job(job: &Field<'_>, faults: &mut Faults) {
    let spec = job.child("spec");
    let clock = spec.child("schedule");
    if clock.is_blank() {
        faults.required(clock.path.clone(), "");
    } else {
        if let Err(why) = schedule::read(clock.text()) {
            faults.invalid(&clock, &why);
        }
        if clock.text().contains("TZ") {
            let why = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
            faults.invalid(&clock, why);
        }
    }
    faults.nonnegative(&spec.child("startingDeadlineSeconds"));
    let zone = spec.child("timeZone");
    if zone.is_there() {
        time_zone(&zone, faults);
    }
    faults.one_of(
        &spec.child("concurrencyPolicy"),
        &["Allow", "Forbid", "Replace"],
    );
    let template = spec.child("jobTemplate.spec");
    job_spec(&template, faults);
    if template.child("manualSelector").value == &json!(true) {
        faults.0.push(crate::demo::refusal::Fault::unsupported(
            template.named("manualSelector"),
            &json!(true),
            &["nil", "false"],
        ));
    }
    faults.nonnegative(&spec.child("successfulJobsHistoryLimit"));
    faults.nonnegative(&spec.child("failedJobsHistoryLimit"));
    let name = job.child("metadata.name");
    if name.text().len() > 52 {
        faults.invalid(&name, "must be no more than 52 characters");
    }
}

fn time_zone(zone: &Field<'_>, faults: &mut Faults) {
    let said = zone.text();
    if said.is_empty() {
        let value = Value::from("");
        faults.invalid_value(
            &*zone.path,
            &value,
            "timeZone must be nil or non-empty string",
        );
    } else if said.eq_ignore_ascii_case("Local") {
        let why =
            "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
        faults.invalid(zone, why);
    } else if jiff::tz::TimeZone::get(said).is_err() {
        faults.invalid(zone, &format!("unknown time zone {said}"));
    }
}
