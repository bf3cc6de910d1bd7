//! Everything that makes no Pods (`defaults.go` of `pkg/apis/core/v1`, `autoscaling/v2`, `networking/v1`, `storage/v1`,
//! `rbac/v1`, `scheduling/v1`, `discovery/v1`).

use serde_json::{Value, json};

use crate::demo::{
    amount,
    fields::{at, blank, each, is_blank, make, missing, put, take},
    object,
};

pub(super) fn service(service: &mut Value) {
    let Some(spec) = make(service, "spec") else {
        return;
    };
    blank(spec, "sessionAffinity", "None");
    if spec["sessionAffinity"] == "None" {
        take(spec, "sessionAffinityConfig");
    } else if spec["sessionAffinity"] == "ClientIP"
        && spec["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"].is_null()
    {
        let config = json!({"clientIP": {"timeoutSeconds": 10_800}});
        put(spec, "sessionAffinityConfig", config);
    }
    blank(spec, "type", "ClusterIP");
    for port in each(spec, "/ports") {
        blank(port, "protocol", "TCP");
        let same = port["port"].clone();
        blank(port, "targetPort", same);
    }
    let kind = spec["type"].as_str().unwrap_or("").to_owned();
    let external = !object::items(spec, "/externalIPs").is_empty() && kind == "ClusterIP";
    if matches!(&*kind, "NodePort" | "LoadBalancer") || external {
        blank(spec, "externalTrafficPolicy", "Cluster");
    }
    if matches!(&*kind, "ClusterIP" | "NodePort" | "LoadBalancer") {
        missing(spec, "internalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        missing(spec, "allocateLoadBalancerNodePorts", true);
    }
    let balanced = kind == "LoadBalancer";
    if let Some(status) = make(service, "status") {
        make(status, "loadBalancer");
        for ingress in each(status, "/loadBalancer/ingress") {
            if balanced && !is_blank(&ingress["ip"]) {
                missing(ingress, "ipMode", "VIP");
            }
        }
    }
}

pub(super) fn endpoints(endpoints: &mut Value) {
    for subset in each(endpoints, "/subsets") {
        for port in each(subset, "/ports") {
            blank(port, "protocol", "TCP");
        }
    }
}

pub(super) fn endpoint_slice(slice: &mut Value) {
    for endpoint in each(slice, "/endpoints") {
        make(endpoint, "conditions");
    }
    for port in each(slice, "/ports") {
        missing(port, "name", "");
        missing(port, "protocol", "TCP");
    }
    // These are written even when there is none.
    missing(slice, "endpoints", Value::Null);
    missing(slice, "ports", Value::Null);
}

pub(super) fn autoscaler(autoscaler: &mut Value) {
    let Some(spec) = make(autoscaler, "spec") else {
        return;
    };
    missing(spec, "minReplicas", 1);
    if is_blank(&spec["metrics"]) {
        let target = json!({"type": "Utilization", "averageUtilization": 80});
        let cpu = json!({"type": "Resource", "resource": {"name": "cpu", "target": target}});
        put(spec, "metrics", json!([cpu]));
    }
    for metric in each(spec, "/metrics") {
        for source in [
            "/resource",
            "/containerResource",
            "/pods",
            "/object",
            "/external",
        ] {
            if let Some(target) = at(metric, source).and_then(|source| at(source, "/target")) {
                for value in ["averageValue", "value"] {
                    quantity(target, value);
                }
            }
        }
    }
    if let Some(behavior) = at(spec, "/behavior") {
        let percent = json!({"type": "Percent", "value": 100, "periodSeconds": 15});
        let pods = json!({"type": "Pods", "value": 4, "periodSeconds": 15});
        if let Some(up) = make(behavior, "scaleUp") {
            missing(up, "stabilizationWindowSeconds", 0);
            missing(up, "selectPolicy", "Max");
            missing(up, "policies", json!([pods, percent]));
        }
        if let Some(down) = make(behavior, "scaleDown") {
            missing(down, "selectPolicy", "Max");
            missing(down, "policies", json!([percent]));
        }
    }
    if let Some(status) = make(autoscaler, "status") {
        missing(status, "desiredReplicas", 0);
        missing(status, "currentMetrics", Value::Null);
    }
}

fn quantity(object: &mut Value, key: &str) {
    if let Some(amount) = amount::Amount::of(&object[key]) {
        put(object, key, amount.to_string());
    }
}

pub(super) fn claim(claim: &mut Value) {
    claim_spec(claim);
    if let Some(status) = make(claim, "status") {
        blank(status, "phase", "Pending");
    }
}

pub(super) fn claim_spec(claim: &mut Value) {
    if let Some(spec) = make(claim, "spec") {
        missing(spec, "volumeMode", "Filesystem");
        if let Some(resources) = make(spec, "resources") {
            amount::normalize(resources.pointer_mut("/requests"));
            amount::normalize(resources.pointer_mut("/limits"));
        }
    }
}

pub(super) fn volume(volume: &mut Value) {
    if let Some(spec) = make(volume, "spec") {
        blank(spec, "persistentVolumeReclaimPolicy", "Retain");
        missing(spec, "volumeMode", "Filesystem");
        amount::normalize(spec.pointer_mut("/capacity"));
        if let Some(path) = at(spec, "/hostPath") {
            missing(path, "type", "");
        }
    }
    if let Some(status) = make(volume, "status") {
        blank(status, "phase", "Pending");
    }
}

pub(super) fn storage_class(class: &mut Value) {
    missing(class, "reclaimPolicy", "Delete");
    missing(class, "volumeBindingMode", "Immediate");
}

/// `stringData` is only ever written to (`pkg/apis/core/v1/conversion.go`).
pub(super) fn secret(secret: &mut Value) {
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    blank(secret, "type", "Opaque");
    if let Some(Value::Object(plain)) = take(secret, "stringData")
        && let Some(data) = make(secret, "data")
    {
        for (key, text) in plain {
            let text = text.as_str().unwrap_or("");
            put(data, &key, STANDARD.encode(text));
        }
    }
}

pub(super) fn namespace(namespace: &mut Value) {
    let name = object::name(namespace).to_owned();
    if !name.is_empty()
        && let Some(labels) = at(namespace, "/metadata").and_then(|it| make(it, "labels"))
    {
        put(labels, "kubernetes.io/metadata.name", name);
    }
    make(namespace, "spec");
    if let Some(status) = make(namespace, "status") {
        blank(status, "phase", "Active");
    }
}

pub(super) fn node(node: &mut Value) {
    make(node, "spec");
    let Some(status) = make(node, "status") else {
        return;
    };
    amount::normalize(status.pointer_mut("/capacity"));
    let capacity = status["capacity"].clone();
    if !capacity.is_null() {
        missing(status, "allocatable", capacity);
    }
    amount::normalize(status.pointer_mut("/allocatable"));
    if let Some(ends) = make(status, "daemonEndpoints")
        && let Some(kubelet) = make(ends, "kubeletEndpoint")
    {
        missing(kubelet, "Port", 0);
    }
    if let Some(info) = make(status, "nodeInfo") {
        for field in [
            "architecture",
            "bootID",
            "containerRuntimeVersion",
            "kernelVersion",
            "kubeProxyVersion",
            "kubeletVersion",
            "machineID",
            "operatingSystem",
            "osImage",
            "systemUUID",
        ] {
            missing(info, field, "");
        }
    }
}

pub(super) fn event(event: &mut Value) {
    for moment in ["eventTime", "firstTimestamp", "lastTimestamp"] {
        missing(event, moment, Value::Null);
    }
    missing(event, "reportingComponent", "");
    missing(event, "reportingInstance", "");
    make(event, "source");
}

pub(super) fn resource_quota(quota: &mut Value) {
    if let Some(spec) = make(quota, "spec") {
        amount::normalize(spec.pointer_mut("/hard"));
    }
    if let Some(status) = make(quota, "status") {
        amount::normalize(status.pointer_mut("/hard"));
        amount::normalize(status.pointer_mut("/used"));
    }
}

pub(super) fn limit_range(range: &mut Value) {
    for item in each(range, "/spec/limits") {
        for list in [
            "/default",
            "/defaultRequest",
            "/max",
            "/min",
            "/maxLimitRequestRatio",
        ] {
            amount::normalize(item.pointer_mut(list));
        }
        if item["type"] != "Container" {
            continue;
        }
        // Each says what the next is where that is not said: the most is the limit, the limit the request, else the least.
        for (from, to) in [
            ("max", "default"),
            ("default", "defaultRequest"),
            ("min", "defaultRequest"),
        ] {
            let known = item[from].as_object().cloned().unwrap_or_default();
            if known.is_empty() {
                continue;
            }
            if let Some(to) = make(item, to) {
                for (name, amount) in known {
                    missing(to, &name, amount);
                }
            }
        }
    }
}

pub(super) fn network_policy(policy: &mut Value) {
    if let Some(spec) = make(policy, "spec") {
        make(spec, "podSelector");
        if is_blank(&spec["policyTypes"]) {
            let types = if is_blank(&spec["egress"]) {
                json!(["Ingress"])
            } else {
                json!(["Ingress", "Egress"])
            };
            put(spec, "policyTypes", types);
        }
        for rules in ["/ingress", "/egress"] {
            for port in each(spec, rules).flat_map(|rule| each(rule, "/ports")) {
                missing(port, "protocol", "TCP");
            }
        }
    }
}

pub(super) fn ingress(ingress: &mut Value) {
    make(ingress, "spec");
    if let Some(status) = make(ingress, "status") {
        make(status, "loadBalancer");
    }
}

pub(super) fn ingress_class(class: &mut Value) {
    if let Some(parameters) = at(class, "/spec/parameters") {
        missing(parameters, "scope", "Cluster");
    }
}

pub(super) fn budget(budget: &mut Value) {
    make(budget, "spec");
    if let Some(status) = make(budget, "status") {
        for count in [
            "currentHealthy",
            "desiredHealthy",
            "disruptionsAllowed",
            "expectedPods",
        ] {
            missing(status, count, 0);
        }
    }
}

pub(super) fn role(role: &mut Value) {
    missing(role, "rules", Value::Null);
}

pub(super) fn binding(binding: &mut Value) {
    const GROUP: &str = "rbac.authorization.k8s.io";
    if let Some(role) = make(binding, "roleRef") {
        blank(role, "apiGroup", GROUP);
    }
    for subject in each(binding, "/subjects") {
        if matches!(subject["kind"].as_str(), Some("User" | "Group")) {
            blank(subject, "apiGroup", GROUP);
        }
    }
}

pub(super) fn priority_class(class: &mut Value) {
    missing(class, "value", 0);
    missing(class, "preemptionPolicy", "PreemptLowerPriority");
}

pub(super) fn lease(lease: &mut Value) {
    make(lease, "spec");
}
