//! What a registry does to an object before it is checked and written (`pkg/registry/*/strategy.go` in Kubernetes): users
//! do not write status, and nobody else writes what the server counts or allocates.

mod addresses;
mod quality;
mod scale;

use serde_json::{Value, json};

use super::{
    defaults,
    fields::{at, blank, make, missing, put, put_or_take, take},
    object,
    refusal::Refusal,
    resource::Resource,
    state::State,
};
pub use quality::quality;
pub use scale::{scale, selector, set_scale};

/// Prepares a new object that has its defaults: its status is the first one, whatever was said, and addresses are given.
pub fn for_create(
    state: &State,
    resource: &'static Resource,
    object: &mut Value,
) -> Result<(), Refusal> {
    let Some(metadata) = at(object, "/metadata") else {
        return Ok(());
    };
    for field in [
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "selfLink",
    ] {
        take(metadata, field);
    }
    // A PriorityClass is counted when it is made and never again.
    if resource.counts_generations() || resource.plural == "priorityclasses" {
        put(metadata, "generation", 1);
    } else {
        take(metadata, "generation");
    }
    // A kubelet says how its Node is when it makes it.
    if resource.below.contains(&"status") && resource.plural != "nodes" {
        take(object, "status");
        defaults::fill(resource, object);
    }
    match (resource.group, resource.plural) {
        ("", "pods") => pod(state, object),
        ("", "namespaces") => namespace(object),
        ("", "persistentvolumes") => {
            let now = object::time(state.now());
            if let Some(status) = make(object, "status") {
                put(status, "lastPhaseTransitionTime", now);
            }
        }
        ("batch", "jobs") => select_by_uid(object),
        ("apps", "daemonsets") => {
            put_template_generation(object, 1);
        }
        ("", "services") => addresses::allocate(state, None, object)?,
        _ => {}
    }
    Ok(())
}

fn pod(state: &State, pod: &mut Value) {
    let quality = quality(pod);
    let gated = !object::items(pod, "/spec/schedulingGates").is_empty();
    let Some(status) = make(pod, "status") else {
        return;
    };
    put(status, "qosClass", quality);
    if gated {
        let gated = json!({
            "type": "PodScheduled", "status": "False", "reason": "SchedulingGated",
            "message": "Scheduling is blocked due to non-empty scheduling gates",
            "lastProbeTime": null, "lastTransitionTime": object::time(state.now()),
        });
        put(status, "conditions", json!([gated]));
    }
}

fn namespace(namespace: &mut Value) {
    if let Some(spec) = make(namespace, "spec") {
        let mut finalizers = object::items(spec, "/finalizers").to_vec();
        if !finalizers.contains(&json!("kubernetes")) {
            finalizers.push(json!("kubernetes"));
        }
        put(spec, "finalizers", finalizers);
    }
}

/// A Job's Pods are known by its uid, so that no two Jobs ever share one (`pkg/registry/batch/job/strategy.go`).
fn select_by_uid(job: &mut Value) {
    let (name, uid) = (object::name(job).to_owned(), object::uid(job).to_owned());
    let Some(spec) = at(job, "/spec") else {
        return;
    };
    if spec["manualSelector"] == json!(true) {
        return;
    }
    let mut labels = Value::Null;
    if let Some(metadata) = at(spec, "/template").and_then(|it| make(it, "metadata"))
        && let Some(known) = make(metadata, "labels")
    {
        for (key, value) in [
            ("job-name", &name),
            ("batch.kubernetes.io/job-name", &name),
            ("controller-uid", &uid),
            ("batch.kubernetes.io/controller-uid", &uid),
        ] {
            missing(known, key, value.as_str());
        }
        labels = known.clone();
    }
    if let Some(selected) = make(spec, "selector").and_then(|it| make(it, "matchLabels")) {
        missing(selected, "batch.kubernetes.io/controller-uid", uid);
    }
    if labels.is_object()
        && let Some(metadata) = at(job, "/metadata")
    {
        blank(metadata, "labels", labels);
    }
}

const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

/// `spec.templateGeneration` of long ago is an annotation now (`pkg/apis/apps/v1/conversion.go`).
fn put_template_generation(set: &mut Value, generation: i64) {
    if let Some(metadata) = at(set, "/metadata")
        && let Some(annotations) = make(metadata, "annotations")
    {
        put(annotations, TEMPLATE_GENERATION, generation.to_string());
    }
}

/// Prepares a change: what this way of writing may not change is as it was before, and a change of what is wanted is counted.
/// `subresource` is `status`, `finalize`, `ephemeralcontainers` or `resize`; None is the object itself.
pub fn for_update(
    state: &State,
    resource: &'static Resource,
    before: &Value,
    after: &mut Value,
    subresource: Option<&str>,
) -> Result<(), Refusal> {
    match subresource {
        None | Some("scale") => {
            if resource.below.contains(&"status") {
                put_or_take(after, "status", before["status"].clone());
            }
            match (resource.group, resource.plural) {
                ("", "namespaces") => {
                    let finalizers = before["spec"]["finalizers"].clone();
                    if let Some(spec) = make(after, "spec") {
                        put_or_take(spec, "finalizers", finalizers);
                    }
                }
                ("", "services") => {
                    addresses::allocate(state, Some(before), after)?;
                    if after["spec"]["type"] != "LoadBalancer" {
                        put(after, "status", json!({"loadBalancer": {}}));
                    }
                }
                ("apps", "daemonsets") => {
                    let known = object::annotation(before, TEMPLATE_GENERATION);
                    let known = known.and_then(|count| count.parse().ok()).unwrap_or(1);
                    let changed = before["spec"]["template"] != after["spec"]["template"];
                    put_template_generation(after, known + i64::from(changed));
                }
                _ => {}
            }
        }
        Some("ephemeralcontainers") => {
            let more = after["spec"]["ephemeralContainers"].clone();
            keep_all(before, after);
            if let Some(spec) = at(after, "/spec") {
                put_or_take(spec, "ephemeralContainers", more);
            }
        }
        Some("resize") => resize(before, after),
        Some("finalize") => {
            let finalizers = after["spec"]["finalizers"].clone();
            keep_all(before, after);
            if let Some(spec) = make(after, "spec") {
                put_or_take(spec, "finalizers", finalizers);
            }
        }
        Some(_) => {
            let mut status = after["status"].clone();
            keep_all(before, after);
            if resource.plural == "persistentvolumes"
                && status["phase"] != before["status"]["phase"]
                && status["lastPhaseTransitionTime"] == before["status"]["lastPhaseTransitionTime"]
            {
                let now = object::time(state.now());
                put(&mut status, "lastPhaseTransitionTime", now);
            }
            put_or_take(after, "status", status);
        }
    }
    keep_metadata(before, after);
    if resource.counts_generations() && is_another(resource, before, after) {
        let generation = object::number(before, "/metadata/generation").unwrap_or(0);
        if let Some(metadata) = at(after, "/metadata") {
            put(metadata, "generation", generation + 1);
        }
    }
    Ok(())
}

/// Everything is as before, save the version that the change was made from.
fn keep_all(before: &Value, after: &mut Value) {
    let version = after["metadata"]["resourceVersion"].clone();
    let managed = after["metadata"]["managedFields"].clone();
    *after = before.clone();
    if let Some(metadata) = at(after, "/metadata") {
        put_or_take(metadata, "resourceVersion", version);
        put_or_take(metadata, "managedFields", managed);
    }
}

/// `rest.BeforeUpdate` of `k8s.io/apiserver`: a uid that is said is checked, the rest is simply kept.
fn keep_metadata(before: &Value, after: &mut Value) {
    let Some(metadata) = make(after, "metadata") else {
        return;
    };
    let known = &before["metadata"];
    missing(metadata, "uid", known["uid"].clone());
    for field in ["generation", "creationTimestamp", "deletionTimestamp"] {
        put_or_take(metadata, field, known[field].clone());
    }
    if known["deletionTimestamp"].is_null() {
        take(metadata, "deletionGracePeriodSeconds");
    } else if metadata["deletionGracePeriodSeconds"].is_null() {
        let grace = known["deletionGracePeriodSeconds"].clone();
        put_or_take(metadata, "deletionGracePeriodSeconds", grace);
    }
    for field in ["name", "namespace"] {
        if !known[field].is_null() {
            missing(metadata, field, known[field].clone());
        }
    }
}

/// Whether what is wanted changed. Deployments count annotations too, `EndpointSlices` everything.
fn is_another(resource: &Resource, before: &Value, after: &Value) -> bool {
    match resource.plural {
        "endpointslices" => {
            ["addressType", "endpoints", "ports"]
                .iter()
                .any(|field| before[field] != after[field])
                || before["metadata"]["labels"] != after["metadata"]["labels"]
        }
        "deployments" => {
            before["spec"] != after["spec"]
                || before["metadata"]["annotations"] != after["metadata"]["annotations"]
        }
        _ => before["spec"] != after["spec"],
    }
}

/// Only what containers may use changes (`podResizeStrategy` of `pkg/registry/core/pod`).
fn resize(before: &Value, after: &mut Value) {
    let asked = after["spec"].clone();
    keep_all(before, after);
    for list in ["containers", "initContainers"] {
        let Some(items) = after
            .pointer_mut(&format!("/spec/{list}"))
            .and_then(Value::as_array_mut)
        else {
            continue;
        };
        for container in items {
            let wanted = object::items(&asked[list], "")
                .iter()
                .find(|other| other["name"] == container["name"]);
            if let Some(wanted) = wanted {
                for field in ["resources", "resizePolicy"] {
                    put_or_take(container, field, wanted[field].clone());
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "strategy_tests.rs"]
mod tests;
