//! What stands between a valid request and the store: the namespace must be there, Pods get an account, tolerations and
//! a priority, limits fill in requests, quota counts. Named after the plugins of a real server that are on by default
//! (`plugin/pkg/admission`, `k8s.io/apiserver/pkg/admission/plugin`).

mod accounts;
mod demand;
mod limits;
mod quota;

use serde_json::{Value, json};

use super::{
    amount::Amount,
    fields::{at, is_blank, make, missing, put},
    object,
    refusal::Refusal,
    resource::{CLAIMS, NAMESPACES, PRIORITY_CLASSES, Resource, STORAGE_CLASSES},
    state::State,
};
pub use demand::{limits as limits_of_pod, requests as requests_of_pod};
pub use quota::used as quota_used;

/// Admits a new object that has its defaults, and completes it. What can be said only of a whole and valid object is
/// for [`approve`].
pub fn admit(
    state: &State,
    resource: &'static Resource,
    object: &mut Value,
) -> Result<(), Refusal> {
    enter(state, resource, object)?;
    match (resource.group, resource.plural) {
        ("", "pods") => {
            limits::complete(state, object);
            accounts::assign(state, resource, object)?;
            prioritize(state, resource, object)?;
            tolerate(object);
        }
        ("", "persistentvolumeclaims") => {
            default_class(state, object);
            protect(object, "kubernetes.io/pvc-protection");
        }
        ("", "persistentvolumes") => protect(object, "kubernetes.io/pv-protection"),
        _ => {}
    }
    Ok(())
}

/// Completes an object that changes. Whoever writes status or another subresource need not ask.
pub fn admit_update(state: &State, resource: &'static Resource, before: &Value, after: &mut Value) {
    match (resource.group, resource.plural) {
        ("", "pods") => {
            tolerate(after);
            // A client that leaves out what was given when the Pod was made means no change.
            for field in ["priority", "preemptionPolicy"] {
                let known = before["spec"][field].clone();
                if let Some(spec) = at(after, "/spec")
                    && !known.is_null()
                {
                    missing(spec, field, known);
                }
            }
        }
        ("", "persistentvolumeclaims") => default_class(state, after),
        _ => {}
    }
}

/// Approves an object that is whole and valid: within limits, within quota. `before` is what it was, if it was.
pub fn approve(
    state: &State,
    resource: &'static Resource,
    before: Option<&Value>,
    object: &Value,
) -> Result<(), Refusal> {
    let is_claim = resource.qualified() == "persistentvolumeclaims";
    if before.is_none() || is_claim {
        limits::check(state, resource, object)?;
    }
    if let Some(before) = before {
        if is_claim {
            expand(state, before, object)?;
        } else if resource.qualified() != "services" {
            return Ok(());
        }
    }
    quota::check(state, resource, before, object)
}

/// Whether an object may be deleted: some namespaces are for ever.
pub fn admit_delete(resource: &'static Resource, name: &str) -> Result<(), Refusal> {
    if resource.plural == "namespaces" && matches!(name, "default" | "kube-system" | "kube-public")
    {
        return Err(Refusal::forbidden(
            resource,
            name,
            "this namespace may not be deleted",
        ));
    }
    Ok(())
}

/// What is in use may not go (`StorageObjectInUseProtection`).
fn protect(object: &mut Value, finalizer: &str) {
    let mut finalizers = object::items(object, "/metadata/finalizers").to_vec();
    if !finalizers.iter().any(|known| known == finalizer) {
        finalizers.push(json!(finalizer));
        object["metadata"]["finalizers"] = json!(finalizers);
    }
}

/// What an object is called while it is admitted: a generated name is not known yet then.
fn called(object: &Value) -> &str {
    let name = object::name(object);
    let stem = object::text(object, "/metadata/generateName");
    let generated = !stem.is_empty()
        && name
            .strip_prefix(stem)
            .is_some_and(|end| end.len() == 5 && end.chars().all(char::is_alphanumeric));
    if generated { stem } else { name }
}

/// A new object needs a namespace that is there to stay (`NamespaceLifecycle`).
fn enter(state: &State, resource: &'static Resource, object: &Value) -> Result<(), Refusal> {
    if !resource.namespaced {
        return Ok(());
    }
    let namespace = object::namespace(object);
    let Some(known) = state.store.get(&NAMESPACES, "", namespace) else {
        return Err(Refusal::not_found(&NAMESPACES, namespace));
    };
    if known.field("status.phase") != Some("Terminating") {
        return Ok(());
    }
    let why = format!(
        "unable to create new content in namespace {namespace} because it is being terminated"
    );
    let mut refusal = Refusal::forbidden(resource, called(object), &why);
    let cause = json!({
        "reason": "NamespaceTerminating", "message": format!("namespace {namespace} is being terminated"),
        "field": "metadata.namespace",
    });
    put(&mut refusal.details, "causes", json!([cause]));
    Err(refusal)
}

/// Classes that every cluster has, whether or not they are in the store.
const SYSTEM_PRIORITIES: [(&str, i64); 2] = [
    ("system-cluster-critical", 2_000_000_000),
    ("system-node-critical", 2_000_001_000),
];

/// A Pod's priority is that of its class (`Priority`).
fn prioritize(state: &State, resource: &Resource, pod: &mut Value) -> Result<(), Refusal> {
    let name = object::text(pod, "/spec/priorityClassName").to_owned();
    let class = if name.is_empty() {
        let classes = state.store.list(&PRIORITY_CLASSES, None);
        classes
            .map(|entry| entry.value())
            .filter(|class| class["globalDefault"] == json!(true))
            .min_by_key(|class| class["value"].as_i64())
    } else {
        let built_in = SYSTEM_PRIORITIES.iter().find(|(known, _)| *known == name);
        let class = state.get(&PRIORITY_CLASSES, "", &name).or_else(|| {
            built_in.map(|(name, value)| {
                json!({"metadata": {"name": name}, "value": value, "preemptionPolicy": "PreemptLowerPriority"})
            })
        });
        let why = format!("no PriorityClass with name {name} was found");
        Some(class.ok_or_else(|| Refusal::forbidden(resource, called(pod), &why))?)
    };
    let (priority, policy) = match &class {
        Some(class) => (
            class["value"].as_i64().unwrap_or(0),
            class["preemptionPolicy"].as_str(),
        ),
        None => (0, Some("PreemptLowerPriority")),
    };
    if let Some(said) = pod["spec"]["priority"].as_i64()
        && said != priority
    {
        let why = format!(
            "the integer value of priority ({said}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name"
        );
        return Err(Refusal::forbidden(resource, called(pod), &why));
    }
    if let (Some(said), Some(policy)) = (pod["spec"]["preemptionPolicy"].as_str(), policy)
        && said != policy
    {
        let why = format!(
            "the string value of PreemptionPolicy ({said}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name"
        );
        return Err(Refusal::forbidden(resource, called(pod), &why));
    }
    if let Some(spec) = at(pod, "/spec") {
        if let Some(class) = &class {
            put(spec, "priorityClassName", object::name(class));
        }
        put(spec, "priority", priority);
        if let Some(policy) = policy {
            put(spec, "preemptionPolicy", policy);
        }
    }
    Ok(())
}

/// A Pod stays five minutes on a Node that is not well (`DefaultTolerationSeconds`).
fn tolerate(pod: &mut Value) {
    let Some(spec) = at(pod, "/spec") else {
        return;
    };
    let mut tolerations = object::items(spec, "/tolerations").to_vec();
    for taint in [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    ] {
        let is_tolerated = tolerations.iter().any(|known| {
            (known["key"] == taint || is_blank(&known["key"]))
                && (known["effect"] == "NoExecute" || is_blank(&known["effect"]))
        });
        if !is_tolerated {
            tolerations.push(json!({
                "key": taint, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
            }));
        }
    }
    put(spec, "tolerations", tolerations);
}

const DEFAULT_CLASS: &str = "storageclass.kubernetes.io/is-default-class";

/// A claim that names no class is of the default one, the newest if there are several (`DefaultStorageClass`).
fn default_class(state: &State, claim: &mut Value) {
    let has_class = !claim["spec"]["storageClassName"].is_null()
        || object::annotation(claim, "volume.beta.kubernetes.io/storage-class").is_some();
    if has_class {
        return;
    }
    let classes = state.store.list(&STORAGE_CLASSES, None);
    let mut defaults: Vec<Value> = classes
        .map(|entry| entry.value())
        .filter(|class| object::annotation(class, DEFAULT_CLASS) == Some("true"))
        .collect();
    let made = |class: &Value| object::text(class, "/metadata/creationTimestamp").to_owned();
    defaults.sort_by_key(|class| {
        (
            std::cmp::Reverse(made(class)),
            object::name(class).to_owned(),
        )
    });
    if let Some(class) = defaults.first()
        && let Some(spec) = make(claim, "spec")
    {
        put(spec, "storageClassName", object::name(class));
    }
}

/// A claim grows only when it is bound, and where its class allows it (`PersistentVolumeClaimResize`).
fn expand(state: &State, before: &Value, after: &Value) -> Result<(), Refusal> {
    const SIZE: &str = "/spec/resources/requests/storage";
    let size = |claim: &Value| claim.pointer(SIZE).and_then(Amount::of);
    if size(after) <= size(before) {
        return Ok(());
    }
    let refuse = |why: &str| Err(Refusal::forbidden(&CLAIMS, object::name(after), why));
    if object::text(before, "/status/phase") != "Bound" {
        return refuse("Only bound persistent volume claims can be expanded");
    }
    let class = object::text(after, "/spec/storageClassName");
    let can_grow = class == object::text(before, "/spec/storageClassName")
        && state
            .get(&STORAGE_CLASSES, "", class)
            .is_some_and(|class| class["allowVolumeExpansion"] == json!(true));
    if can_grow {
        Ok(())
    } else {
        refuse(
            "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize",
        )
    }
}

#[cfg(test)]
#[path = "admission_tests.rs"]
mod tests;
