//! Pods and templates of Pods (`ValidatePodSpec`, `ValidatePodUpdate` in `pkg/apis/core/validation`).

use serde_json::{Value, json};

use super::{
    containers::{self, Around},
    field::{Faults, Field},
    meta, names, volumes,
};
use crate::demo::{
    fields::{put, put_or_take},
    object,
};

pub(super) fn pod(pod: &Field<'_>, faults: &mut Faults) {
    spec(&pod.child("spec"), &[], faults);
}

/// A template. `claims` are volumes that whoever makes the Pods will add.
pub(super) fn template(template: &Field<'_>, claims: &[String], faults: &mut Faults) {
    let metadata = template.child("metadata");
    // The names of these two fields lack a part on a real server as well.
    meta::labels(
        &metadata.child("labels").called(template.named("labels")),
        faults,
    );
    let annotations = template.named("annotations");
    meta::annotations(&metadata.child("annotations").called(annotations), faults);
    spec(&template.child("spec"), claims, faults);
    if !object::items(template.value, "/spec/ephemeralContainers").is_empty() {
        let field = template.named("spec.ephemeralContainers");
        faults.forbidden(field, "ephemeral containers not allowed in pod template");
    }
}

fn spec(spec: &Field<'_>, claims: &[String], faults: &mut Faults) {
    let mut known = volumes::volumes(&spec.child("volumes"), faults);
    let claimed = json!({"persistentVolumeClaim": {}});
    for claim in claims {
        known.insert(claim, &claimed);
    }
    let around = Around { volumes: known };
    let (running, before) = (spec.child("containers"), spec.child("initContainers"));
    containers::containers(&running, &around, faults);
    containers::init_containers(&before, &running, &around, faults);
    let beside = spec.child("ephemeralContainers");
    containers::ephemeral_containers(&beside, &[running, before], &around, faults);
    host_network(spec, faults);
    faults.one_of(
        &spec.child("restartPolicy"),
        &["Always", "OnFailure", "Never"],
    );
    faults.one_of(
        &spec.child("dnsPolicy"),
        &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"],
    );
    meta::labels(&spec.child("nodeSelector"), faults);
    for (key, check) in [
        (
            "serviceAccountName",
            names::subdomain as fn(&str) -> Vec<String>,
        ),
        ("nodeName", names::subdomain),
        ("hostname", names::label),
        ("subdomain", names::label),
        ("priorityClassName", names::subdomain),
    ] {
        let field = spec.child(key);
        if !field.is_blank() {
            faults.invalid_for(&field, check(field.text()));
        }
    }
    let deadline = spec.child("activeDeadlineSeconds");
    if deadline
        .number()
        .is_some_and(|deadline| !(1..=i64::from(i32::MAX)).contains(&deadline))
    {
        faults.invalid(&deadline, "must be between 1 and 2147483647, inclusive");
    }
    tolerations(&spec.child("tolerations"), faults);
    topology(&spec.child("topologySpreadConstraints"), faults);
    node_affinity(&spec.child("affinity.nodeAffinity"), faults);
}

fn host_network(spec: &Field<'_>, faults: &mut Faults) {
    if spec.child("hostNetwork").value != &json!(true) {
        return;
    }
    for container in spec.child("containers").items() {
        for port in container.child("ports").items() {
            let host = port.child("hostPort");
            if !host.is_blank() && host.value != port.child("containerPort").value {
                let list = port.child("containerPort");
                faults.invalid(&list, "must match `hostPort` when `hostNetwork` is true");
            }
        }
    }
}

fn tolerations(list: &Field<'_>, faults: &mut Faults) {
    for toleration in list.items() {
        let (key, operator) = (toleration.child("key"), toleration.child("operator"));
        if !key.is_blank() {
            faults.invalid_for(&key, names::key(key.text()));
        } else if operator.text() != "Exists" {
            let why = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
            faults.invalid_value(&*operator.path, &json!(operator.text()), why);
        }
        let effect = toleration.child("effect");
        if toleration.child("tolerationSeconds").is_there() && effect.text() != "NoExecute" {
            let why = "effect must be 'NoExecute' when `tolerationSeconds` is set";
            faults.invalid_value(&*effect.path, &json!(effect.text()), why);
        }
        let value = toleration.child("value");
        match operator.text() {
            "" | "Equal" => {
                let reasons = names::label_value(value.text());
                if !reasons.is_empty() {
                    faults.invalid(&value.called(&*operator.path), &reasons.join(";"));
                }
            }
            "Exists" if !value.is_blank() => {
                let why = "value must be empty when `operator` is 'Exists'";
                faults.invalid(&value.called(&*operator.path), why);
            }
            "Exists" => {}
            _ => faults.one_of(&operator, &["Equal", "Exists"]),
        }
        if !effect.is_blank() {
            faults.one_of(&effect, &["NoSchedule", "PreferNoSchedule", "NoExecute"]);
        }
    }
}

fn topology(list: &Field<'_>, faults: &mut Faults) {
    for constraint in list.items() {
        let skew = constraint.child("maxSkew");
        if skew.number().unwrap_or(0) <= 0 {
            let value = json!(skew.number().unwrap_or(0));
            faults.invalid_value(skew.path, &value, "must be greater than zero");
        }
        let key = constraint.child("topologyKey");
        if key.is_blank() {
            faults.required(key.path, "can not be empty");
        }
        faults.one_of(
            &constraint.child("whenUnsatisfiable"),
            &["DoNotSchedule", "ScheduleAnyway"],
        );
        meta::selector(&constraint.child("labelSelector"), faults);
    }
}

fn node_affinity(affinity: &Field<'_>, faults: &mut Faults) {
    let required = affinity.child("requiredDuringSchedulingIgnoredDuringExecution");
    if !required.is_there() {
        return;
    }
    let terms = required.child("nodeSelectorTerms");
    if terms.is_blank() {
        faults.required(&*terms.path, "must have at least one node selector term");
    }
    for term in terms
        .items()
        .flat_map(|term| term.child("matchExpressions").items())
    {
        let (operator, values) = (term.child("operator"), term.child("values"));
        match operator.text() {
            "In" | "NotIn" if values.is_blank() => {
                let why = "must be specified when `operator` is 'In' or 'NotIn'";
                faults.required(values.path, why);
            }
            "Exists" | "DoesNotExist" if !values.is_blank() => {
                let why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
                faults.forbidden(values.path, why);
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            "Gt" | "Lt" => {
                if object::items(values.value, "").len() != 1 {
                    let why = "must be specified single value when `operator` is 'Lt' or 'Gt'";
                    faults.required(values.path, why);
                }
            }
            _ => faults.invalid(&operator, "not a valid selector operator"),
        }
    }
}

/// What may change in a Pod is little.
pub(super) fn change(after: &Field<'_>, before: &Field<'_>, faults: &mut Faults) {
    let (new, old) = (after.child("spec"), before.child("spec"));
    for list in ["containers", "initContainers"] {
        let length = |spec: &Field<'_>| object::items(&spec.value[list], "").len();
        if length(&new) != length(&old) {
            let why = "pod updates may not add or remove containers";
            faults.forbidden(new.named(list), why);
            return;
        }
    }
    let deadline = new.child("activeDeadlineSeconds");
    if let Some(known) = old.child("activeDeadlineSeconds").number() {
        match deadline.number() {
            None => faults.invalid(
                &deadline,
                "must not update from a positive integer to nil value",
            ),
            Some(deadline_now) if deadline_now > known => {
                faults.invalid(&deadline, "must be less than or equal to previous value");
                return;
            }
            Some(_) => {}
        }
    }
    let tolerations = new.child("tolerations");
    let is_kept = |toleration: &Value| {
        let plain = |toleration: &Value| {
            let mut plain = toleration.clone();
            put_or_take(&mut plain, "tolerationSeconds", Value::Null);
            plain
        };
        object::items(tolerations.value, "")
            .iter()
            .any(|other| plain(other) == plain(toleration))
    };
    if !object::items(&old.value["tolerations"], "")
        .iter()
        .all(is_kept)
    {
        let why = "existing toleration can not be modified except its tolerationSeconds";
        faults.forbidden(tolerations.path.clone(), why);
    }
    let gates = |spec: &Field<'_>| spec.child("schedulingGates").value.clone();
    let known = gates(&old);
    for gate in object::items(&gates(&new), "") {
        if !object::items(&known, "").contains(gate) {
            let why = format!(
                "only deletion is allowed, but found new scheduling gate '{}'",
                object::text(gate, "/name")
            );
            faults.forbidden(new.named("schedulingGates"), &why);
        }
    }
    if with_what_may_change(new.value, old.value) != *old.value {
        let why = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
        faults.forbidden(new.path, why);
    }
}

/// Containers for debugging come and stay as they came.
pub(super) fn debug(after: &Field<'_>, before: &Field<'_>, faults: &mut Faults) {
    pod(after, faults);
    let (new, old) = (
        after.child("spec.ephemeralContainers"),
        before.child("spec.ephemeralContainers"),
    );
    for known in old.items() {
        let name = known.child("name").text();
        let same = new.items().find(|other| other.child("name").text() == name);
        let what = match same {
            None => "removed",
            Some(same) if same.value != known.value => "changed",
            Some(_) => continue,
        };
        let why = format!("existing ephemeral containers {name:?} may not be {what}\n");
        faults.forbidden(&*new.path, &why);
    }
}

fn with_what_may_change(new: &Value, old: &Value) -> Value {
    let mut same = new.clone();
    for list in ["containers", "initContainers"] {
        let images: Vec<Value> = object::items(&old[list], "")
            .iter()
            .map(|container| container["image"].clone())
            .collect();
        let containers = same.get_mut(list).and_then(Value::as_array_mut);
        for (container, image) in containers.into_iter().flatten().zip(images) {
            put(container, "image", image);
        }
    }
    for key in ["activeDeadlineSeconds", "tolerations", "schedulingGates"] {
        put_or_take(&mut same, key, old[key].clone());
    }
    if old["terminationGracePeriodSeconds"]
        .as_i64()
        .is_some_and(|grace| grace < 0)
        && same["terminationGracePeriodSeconds"] == json!(1)
    {
        put(
            &mut same,
            "terminationGracePeriodSeconds",
            old["terminationGracePeriodSeconds"].clone(),
        );
    }
    // A Pod that waits for leave to be scheduled may still be told where it can go.
    if !object::items(&old["schedulingGates"], "").is_empty() {
        for key in ["nodeSelector", "affinity"] {
            put_or_take(&mut same, key, old[key].clone());
        }
    }
    same
}
