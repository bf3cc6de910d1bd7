//! What is there before anybody runs anything: Nodes, classes of storage, priority and ingress; Namespaces with their
//! quotas, limits and fences.

use serde_json::{Value, json};

use super::cast::{Map, Service};
use crate::demo::{
    object,
    resource::{INGRESS_CLASSES, NODES, PRIORITY_CLASSES, Resource, STORAGE_CLASSES},
};

/// An object to be made, and of what resource it is.
pub(super) type Manifest = (&'static Resource, Value);

/// One machine.
#[derive(Debug)]
pub(super) struct Machine<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its zone's letter.
    pub(super) zone: &'a str,
    /// Cores.
    pub(super) cores: u32,
    /// Memory, GiB.
    pub(super) memory: u32,
    /// How many days ago it joined.
    pub(super) days: u32,
}

const fn machine(
    name: &'static str,
    zone: &'static str,
    cores: u32,
    memory: u32,
    days: u32,
) -> Machine<'static> {
    Machine {
        name,
        zone,
        cores,
        memory,
        days,
    }
}

/// The control plane's machine, on which nothing else runs.
pub(super) const CONTROL: &str = "cp-1";

/// All machines.
pub(super) const MACHINES: &[Machine<'static>] = &[
    machine(CONTROL, "a", 4, 16, 355),
    machine("node-a1", "a", 8, 32, 355),
    machine("node-a2", "a", 8, 32, 355),
    machine("node-b1", "b", 8, 32, 354),
    machine("node-b2", "b", 8, 32, 163),
    machine("node-c1", "c", 8, 32, 58),
];

/// The version the machines run.
const KUBELET: &str = "v1.35.2";

/// A machine as a Node. Machines are numbered, for their addresses.
pub(super) fn node(number: usize, machine: &Machine<'_>, now: i64) -> Value {
    let control = machine.name == CONTROL;
    let size = format!("m7.{}x{}", machine.cores, machine.memory);
    let mut labels = json!({
        "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux", "kubernetes.io/hostname": machine.name,
        "node.kubernetes.io/instance-type": size,
        "topology.kubernetes.io/region": "kr-central", "topology.kubernetes.io/zone": format!("kr-central-{}", machine.zone),
    });
    if control {
        labels["node-role.kubernetes.io/control-plane"] = json!("");
    } else {
        labels["node-role.kubernetes.io/worker"] = json!("");
    }
    let kibi = u64::from(machine.memory) * 1_048_576;
    // What a machine of this size has left when its firmware and kernel have taken theirs; kubelet keeps some of it.
    let (capacity, allocatable) = (kibi - kibi / 64, kibi - kibi / 32 - 512 * 1_024);
    let amounts = |memory: u64, cores: String| {
        json!({
            "cpu": cores, "memory": format!("{memory}Ki"), "pods": "110", "ephemeral-storage": "103865303Ki",
            "hugepages-2Mi": "0",
        })
    };
    let address = format!("10.20.{}.{}", number / 200, 11 + number % 200);
    let mut node = json!({
        "metadata": {"name": machine.name, "labels": labels, "annotations": {
            "node.alpha.kubernetes.io/ttl": "0", "volumes.kubernetes.io/controller-managed-attach-detach": "true",
        }},
        "spec": {"podCIDR": format!("10.244.{}.0/24", number % 256), "providerID": format!("demo:///kr-central-{}/{}", machine.zone, machine.name)},
        "status": {
            "capacity": amounts(capacity, machine.cores.to_string()),
            "allocatable": amounts(allocatable, format!("{}m", machine.cores * 1_000 - 80)),
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": machine.name}],
            "conditions": conditions(now),
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "architecture": "amd64", "operatingSystem": "linux", "osImage": "Ubuntu 24.04.3 LTS",
                "kernelVersion": "6.8.0-88-generic", "containerRuntimeVersion": "containerd://2.1.5",
                "kubeletVersion": KUBELET, "kubeProxyVersion": "",
                "machineID": "", "systemUUID": "", "bootID": "",
            },
        },
    });
    if control {
        node["spec"]["taints"] =
            json!([{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]);
    }
    node
}

/// How a machine says that it is well.
fn conditions(now: i64) -> Value {
    let condition = |kind: &str, status: &str, reason: &str, message: &str| {
        json!({
            "type": kind, "status": status, "reason": reason, "message": message,
            "lastHeartbeatTime": object::time(now), "lastTransitionTime": object::time(now),
        })
    };
    json!([
        condition(
            "MemoryPressure",
            "False",
            "KubeletHasSufficientMemory",
            "kubelet has sufficient memory available"
        ),
        condition(
            "DiskPressure",
            "False",
            "KubeletHasNoDiskPressure",
            "kubelet has no disk pressure"
        ),
        condition(
            "PIDPressure",
            "False",
            "KubeletHasSufficientPID",
            "kubelet has sufficient PID available"
        ),
        condition(
            "Ready",
            "True",
            "KubeletReady",
            "kubelet is posting ready status"
        ),
    ])
}

/// The Node a machine is.
pub(super) fn joins(number: usize, machine: &Machine<'_>, now: i64) -> Manifest {
    (&NODES, node(number, machine, now))
}

/// Who makes volumes.
const BLOCK: &str = "block.csi.example.com";

/// Classes of storage, priority and ingress.
pub(super) fn classes() -> Vec<Manifest> {
    let storage = |name: &str, default: bool, provisioner: &str, binding: &str, grows: bool| {
        let mut class = json!({
            "metadata": {"name": name}, "provisioner": provisioner, "reclaimPolicy": "Delete",
            "volumeBindingMode": binding, "allowVolumeExpansion": grows,
        });
        if default {
            class["metadata"]["annotations"] =
                json!({"storageclass.kubernetes.io/is-default-class": "true"});
        }
        class
    };
    let priority = |name: &str, value: i64, about: &str| json!({"metadata": {"name": name}, "value": value, "description": about, "preemptionPolicy": "PreemptLowerPriority"});
    vec![
        (
            &STORAGE_CLASSES,
            storage("standard", true, BLOCK, "WaitForFirstConsumer", true),
        ),
        (
            &STORAGE_CLASSES,
            storage("fast", false, BLOCK, "WaitForFirstConsumer", true),
        ),
        (
            &STORAGE_CLASSES,
            storage(
                "local-ssd",
                false,
                "kubernetes.io/no-provisioner",
                "Immediate",
                false,
            ),
        ),
        (
            &PRIORITY_CLASSES,
            priority(
                "system-node-critical",
                2_000_001_000,
                "Used for system critical pods that must not be moved from their current node.",
            ),
        ),
        (
            &PRIORITY_CLASSES,
            priority(
                "system-cluster-critical",
                2_000_000_000,
                "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
            ),
        ),
        (
            &PRIORITY_CLASSES,
            priority(
                "business-critical",
                1_000_000,
                "What customers notice within a minute.",
            ),
        ),
        (
            &INGRESS_CLASSES,
            json!({
                "metadata": {"name": "nginx", "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}},
                "spec": {"controller": "k8s.io/ingress-nginx"},
            }),
        ),
    ]
}

/// A Namespace of this name, as a server completes it.
pub(super) fn namespace(name: &str) -> Value {
    json!({
        "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
        "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"},
    })
}

/// Namespaces of the cluster itself in which nothing runs.
pub(super) const EMPTY: &[&str] = &["kube-public", "kube-node-lease"];

/// A Map as a Namespace.
pub(super) fn map(service: &Service, map: &Map) -> Value {
    let mut namespace = namespace(map.namespace);
    if !["default", "kubernetes", "legacy"].contains(&service.name) {
        namespace["metadata"]["labels"]["team"] = json!(service.name);
    }
    for (key, value) in map.labels {
        namespace["metadata"]["labels"][*key] = json!(value);
    }
    for (key, value) in map.annotations {
        namespace["metadata"]["annotations"][*key] = json!(value);
    }
    namespace
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_control_plane_is_tainted_and_kubelet_keeps_some_memory() {
        for (number, machine) in MACHINES.iter().enumerate() {
            let node = node(number, machine, 0);
            assert_eq!(
                node["spec"]["taints"].is_array(),
                machine.name == CONTROL,
                "{node}"
            );
            let kibi = |of: &str| {
                let text = object::text(&node, &format!("/status/{of}/memory")).to_owned();
                text.trim_end_matches("Ki").parse::<u64>().unwrap_or(0)
            };
            assert!(kibi("allocatable") < kibi("capacity") && kibi("allocatable") > 0);
        }
    }
}
