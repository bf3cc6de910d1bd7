//! What a field is when nobody says it (`pkg/apis/*/v1/defaults.go` in Kubernetes), and what a Go struct writes although it
//! is empty.

mod others;
mod pods;
mod workloads;

use serde_json::Value;

use super::resource::Resource;

/// Fills in what is missing. To fill twice changes nothing.
pub fn fill(resource: &Resource, object: &mut Value) {
    if !object.is_object() {
        return;
    }
    let fill: fn(&mut Value) = match (resource.group, resource.plural) {
        ("", "pods") => pods::pod,
        ("apps", "deployments") => workloads::deployment,
        ("apps", "statefulsets") => workloads::stateful_set,
        ("apps", "daemonsets") => workloads::daemon_set,
        ("apps", "replicasets") => workloads::replica_set,
        ("", "replicationcontrollers") => workloads::replication_controller,
        ("batch", "jobs") => workloads::job,
        ("batch", "cronjobs") => workloads::cron_job,
        ("autoscaling", _) => others::autoscaler,
        ("", "services") => others::service,
        ("", "endpoints") => others::endpoints,
        ("discovery.k8s.io", _) => others::endpoint_slice,
        ("", "persistentvolumeclaims") => others::claim,
        ("", "persistentvolumes") => others::volume,
        ("storage.k8s.io", "storageclasses") => others::storage_class,
        ("", "secrets") => others::secret,
        ("", "namespaces") => others::namespace,
        ("", "nodes") => others::node,
        ("", "events") => others::event,
        ("", "resourcequotas") => others::resource_quota,
        ("", "limitranges") => others::limit_range,
        ("networking.k8s.io", "networkpolicies") => others::network_policy,
        ("networking.k8s.io", "ingresses") => others::ingress,
        ("networking.k8s.io", "ingressclasses") => others::ingress_class,
        ("policy", "poddisruptionbudgets") => others::budget,
        ("rbac.authorization.k8s.io", "rolebindings" | "clusterrolebindings") => others::binding,
        ("rbac.authorization.k8s.io", _) => others::role,
        ("scheduling.k8s.io", _) => others::priority_class,
        ("coordination.k8s.io", _) => others::lease,
        _ => return,
    };
    fill(object);
}

#[cfg(test)]
#[path = "defaults_tests.rs"]
mod tests;
