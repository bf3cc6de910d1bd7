//! What an object must be to be stored (`pkg/apis/*/validation` in Kubernetes), for the fields people get wrong. Objects come
//! with their defaults, and are checked after [`super::strategy`] has prepared them.

mod config;
mod containers;
mod field;
mod jobs;
mod meta;
mod names;
mod network;
mod pods;
mod policy;
mod probes;
mod quantities;
mod rights;
mod schedule;
mod services;
mod storage;
mod variables;
mod volumes;
mod workloads;

use serde_json::{Value, json};

use self::field::{Faults, Field};
use super::{refusal::Fault, resource::Resource};

/// What is wrong with a new object.
pub fn create(resource: &Resource, object: &Value) -> Vec<Fault> {
    let mut faults = Faults::default();
    let root = Field::root(object);
    meta::metadata(resource, &root.child("metadata"), &mut faults);
    whole(resource, &root, None, &mut faults);
    faults.0
}

/// What is wrong with a change: besides what is wrong with the object, fields that may not change.
pub fn update(resource: &Resource, before: &Value, after: &Value) -> Vec<Fault> {
    let mut faults = Faults::default();
    let (before, after) = (Field::root(before), Field::root(after));
    let metadata = after.child("metadata");
    meta::update(&metadata, &before.child("metadata"), &mut faults);
    meta::labels(&metadata.child("labels"), &mut faults);
    meta::annotations(&metadata.child("annotations"), &mut faults);
    whole(resource, &after, Some(&before), &mut faults);
    change(resource, &after, &before, &mut faults);
    faults.0
}

/// What is wrong with a change of what is below an object: `status`, `ephemeralcontainers`, `resize`.
pub fn below(resource: &Resource, before: &Value, after: &Value, below: &str) -> Vec<Fault> {
    let mut faults = Faults::default();
    let (before, after) = (Field::root(before), Field::root(after));
    meta::update(
        &after.child("metadata"),
        &before.child("metadata"),
        &mut faults,
    );
    match below {
        "ephemeralcontainers" => pods::debug(&after, &before, &mut faults),
        "resize" => pods::pod(&after, &mut faults),
        _ if resource.group == "apps" => workloads::counts(&after, &mut faults),
        _ => {}
    }
    faults.0
}

type Check = fn(&Field<'_>, &mut Faults);

/// What is wrong with an object by itself.
fn whole(resource: &Resource, object: &Field<'_>, before: Option<&Field<'_>>, faults: &mut Faults) {
    let check: Check = match (resource.group, resource.plural) {
        ("", "pods") => pods::pod,
        ("apps", "deployments") => workloads::deployment,
        ("apps", "statefulsets") => workloads::stateful_set,
        ("apps", "daemonsets") => workloads::daemon_set,
        ("apps", "replicasets") => workloads::replica_set,
        ("", "replicationcontrollers") => workloads::replication_controller,
        ("batch", "jobs") => jobs::job,
        ("batch", "cronjobs") => jobs::cron_job,
        ("", "services") => {
            services::service(object, before, faults);
            return;
        }
        ("networking.k8s.io", "ingresses") => network::ingress,
        ("networking.k8s.io", "networkpolicies") => network::network_policy,
        ("networking.k8s.io", "ingressclasses") => network::ingress_class,
        ("autoscaling", _) => policy::autoscaler,
        ("policy", "poddisruptionbudgets") => policy::budget,
        ("scheduling.k8s.io", _) => policy::priority_class,
        ("", "persistentvolumeclaims") => storage::claim,
        ("", "persistentvolumes") => storage::volume,
        ("storage.k8s.io", "storageclasses") => storage::class,
        ("", "resourcequotas") => quantities::quota,
        ("", "limitranges") => quantities::limit_range,
        ("", "secrets") => config::secret,
        ("", "configmaps") => config::config_map,
        ("", "events") => config::event,
        ("rbac.authorization.k8s.io", "roles") => rights::role,
        ("rbac.authorization.k8s.io", "clusterroles") => rights::cluster_role,
        ("rbac.authorization.k8s.io", "rolebindings") => rights::binding,
        ("rbac.authorization.k8s.io", "clusterrolebindings") => rights::cluster_binding,
        _ => return,
    };
    check(object, faults);
}

/// What may not change.
fn change(resource: &Resource, after: &Field<'_>, before: &Field<'_>, faults: &mut Faults) {
    match (resource.group, resource.plural) {
        ("", "pods") => pods::change(after, before, faults),
        ("apps", "deployments" | "replicasets" | "daemonsets") => {
            faults.immutable(
                &after.child("spec.selector"),
                &before.child("spec.selector"),
            );
        }
        ("apps", "statefulsets") => workloads::change_stateful_set(after, before, faults),
        ("batch", "jobs") => jobs::change(after, before, faults),
        ("", "persistentvolumeclaims") => storage::change_claim(after, before, faults),
        ("storage.k8s.io", "storageclasses") => storage::change_class(after, before, faults),
        ("", "secrets" | "configmaps") => config::change(after, before, faults),
        ("rbac.authorization.k8s.io", _) => {
            let (role, known) = (after.child("roleRef"), before.child("roleRef"));
            if role.value != known.value {
                // The server shows it by the names of its Go fields.
                let shown = json!({
                    "APIGroup": role.child("apiGroup").value, "Kind": role.child("kind").value,
                    "Name": role.child("name").value,
                });
                faults.invalid_value(&*role.path, &shown, "cannot change roleRef");
            }
        }
        ("networking.k8s.io", "ingressclasses") => {
            let controller = "spec.controller";
            faults.immutable(&after.child(controller), &before.child(controller));
        }
        ("scheduling.k8s.io", _) => {
            if after.child("value").value != before.child("value").value {
                faults.forbidden("value", "may not be changed in an update.");
            }
            let policy = "preemptionPolicy";
            faults.immutable(&after.child(policy), &before.child(policy));
        }
        _ => {}
    }
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
