//! Pods and what is made after their templates (`SetDefaults_Pod`, `SetDefaults_PodSpec`, `SetDefaults_Container`,
//! `SetDefaults_Volume` and others in `pkg/apis/core/v1/defaults.go`).

use serde_json::{Value, json};

use crate::demo::{
    amount,
    fields::{at, blank, each, make, missing, put},
    object,
};

const CONTAINERS: [&str; 3] = ["/containers", "/initContainers", "/ephemeralContainers"];

/// A Pod: more than its spec is filled in, because only a Pod is sure to run.
pub(super) fn pod(pod: &mut Value) {
    let Some(spec) = make(pod, "spec") else {
        return;
    };
    pod_spec(spec);
    for pointer in ["/containers", "/initContainers"] {
        for container in each(spec, pointer) {
            request_what_is_limited(container);
        }
    }
    missing(spec, "enableServiceLinks", true);
    if spec["hostNetwork"] == json!(true) {
        for pointer in ["/containers", "/initContainers"] {
            for port in each(spec, pointer).flat_map(|container| each(container, "/ports")) {
                let same = port["containerPort"].clone();
                blank(port, "hostPort", same);
            }
        }
    }
    if let Some(status) = make(pod, "status") {
        blank(status, "phase", "Pending");
    }
}

fn request_what_is_limited(container: &mut Value) {
    let Some(limits) = object::fields(container, "/resources/limits").cloned() else {
        return;
    };
    if let Some(requests) = at(container, "/resources").and_then(|it| make(it, "requests")) {
        for (name, limit) in limits {
            missing(requests, &name, limit);
        }
    }
}

/// A template of Pods.
pub(super) fn template(owner: &mut Value, key: &str) {
    if let Some(template) = make(owner, key) {
        make(template, "metadata");
        if let Some(spec) = make(template, "spec") {
            pod_spec(spec);
        }
    }
}

fn pod_spec(spec: &mut Value) {
    blank(spec, "dnsPolicy", "ClusterFirst");
    blank(spec, "restartPolicy", "Always");
    missing(spec, "securityContext", json!({}));
    missing(spec, "terminationGracePeriodSeconds", 30);
    blank(spec, "schedulerName", "default-scheduler");
    // Two names of one field; the older one is still written (`pkg/apis/core/v1/conversion.go`).
    let account = [&spec["serviceAccountName"], &spec["serviceAccount"]]
        .into_iter()
        .find_map(|name| name.as_str().filter(|name| !name.is_empty()))
        .map(str::to_owned);
    if let Some(account) = account {
        put(spec, "serviceAccountName", account.clone());
        put(spec, "serviceAccount", account);
    }
    for pointer in CONTAINERS {
        each(spec, pointer).for_each(container);
    }
    each(spec, "/volumes").for_each(volume);
    amount::normalize(spec.pointer_mut("/overhead"));
    for list in ["/resources/limits", "/resources/requests"] {
        amount::normalize(spec.pointer_mut(list));
    }
}

fn container(container: &mut Value) {
    if !container.is_object() {
        return;
    }
    let policy = if is_latest(container["image"].as_str().unwrap_or("")) {
        "Always"
    } else {
        "IfNotPresent"
    };
    blank(container, "imagePullPolicy", policy);
    blank(container, "terminationMessagePath", "/dev/termination-log");
    blank(container, "terminationMessagePolicy", "File");
    if let Some(resources) = make(container, "resources") {
        amount::normalize(resources.pointer_mut("/limits"));
        amount::normalize(resources.pointer_mut("/requests"));
    }
    for port in each(container, "/ports") {
        blank(port, "protocol", "TCP");
    }
    for variable in each(container, "/env") {
        if let Some(source) = at(variable, "/valueFrom") {
            reference(source);
        }
    }
    for probe in ["/livenessProbe", "/readinessProbe", "/startupProbe"] {
        if let Some(probe) = at(container, probe) {
            blank(probe, "timeoutSeconds", 1);
            blank(probe, "periodSeconds", 10);
            blank(probe, "successThreshold", 1);
            blank(probe, "failureThreshold", 3);
            if let Some(grpc) = at(probe, "/grpc") {
                missing(grpc, "service", "");
            }
            http_get(probe);
        }
    }
    for hook in ["/lifecycle/postStart", "/lifecycle/preStop"] {
        if let Some(hook) = at(container, hook) {
            http_get(hook);
        }
    }
}

/// Whether an image says no tag and no digest, or the tag `latest` (`pkg/util/parsers`).
fn is_latest(image: &str) -> bool {
    let last = image.rsplit('/').next().unwrap_or(image);
    match last.split_once(':') {
        _ if image.contains('@') => false,
        Some((_, tag)) => tag == "latest",
        None => !image.is_empty(),
    }
}

fn http_get(action: &mut Value) {
    if let Some(get) = at(action, "/httpGet") {
        blank(get, "path", "/");
        blank(get, "scheme", "HTTP");
    }
}

/// A value that is read from the Pod.
fn reference(source: &mut Value) {
    if let Some(field) = at(source, "/fieldRef") {
        blank(field, "apiVersion", "v1");
    }
    if let Some(field) = at(source, "/resourceFieldRef") {
        missing(field, "divisor", "0");
    }
}

fn volume(volume: &mut Value) {
    let Some(fields) = volume.as_object() else {
        return;
    };
    if fields
        .iter()
        .all(|(key, value)| key == "name" || value.is_null())
    {
        put(volume, "emptyDir", json!({}));
    }
    for source in ["/secret", "/configMap", "/downwardAPI", "/projected"] {
        if let Some(source) = at(volume, source) {
            missing(source, "defaultMode", 0o644);
        }
    }
    each(volume, "/downwardAPI/items").for_each(reference);
    for source in each(volume, "/projected/sources") {
        if let Some(token) = at(source, "/serviceAccountToken") {
            missing(token, "expirationSeconds", 3_600);
        }
        each(source, "/downwardAPI/items").for_each(reference);
    }
    if let Some(path) = at(volume, "/hostPath") {
        missing(path, "type", "");
    }
    if let Some(claim) = at(volume, "/ephemeral/volumeClaimTemplate") {
        make(claim, "metadata");
        super::others::claim_spec(claim);
    }
}
