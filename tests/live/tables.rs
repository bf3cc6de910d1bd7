//! The demo prints rows as a real cluster does: the same columns, and for the same object the same cells.
//!
//! A server is asked for Tables with whole objects in them, so both print the very same state: that of what there is, and
//! of what is made up here, in dry runs, to be in every state that a row tells apart.

use std::time::{SystemTime, UNIX_EPOCH};

use barkeep::demo::{
    resource::{self, RESOURCES, Resource, Served},
    table::{self, Include},
};
use serde_json::{Value, json};

use crate::{
    live,
    support::{
        WITHIN,
        cluster::{Cluster, eventually},
    },
};

const ACCEPT: &str = "application/json;as=Table;v=v1;g=meta.k8s.io";

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// Columns without their descriptions, which nobody shows.
fn heads(table: &Value) -> Value {
    let mut heads = table["columnDefinitions"].clone();
    for head in heads.as_array_mut().unwrap() {
        head["description"] = Value::Null;
    }
    heads
}

/// Asks for a Table, and holds it against ours; how many rows it had.
#[track_caller]
fn compare(
    cluster: &Cluster,
    resource: &Resource,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> usize {
    let before = now();
    let with = if path.contains('?') { '&' } else { '?' };
    let path = format!("{path}{with}includeObject=Object");
    let (real, _) = cluster.request_as(ACCEPT, method, &path, body);
    let after = now();
    let rows = real["rows"].as_array().unwrap();
    for row in rows {
        // How old things are depends on the moment, which is between these two.
        let moments = (before - 100..=after + 100).step_by(20);
        let mut ours = Value::Null;
        let same = moments.into_iter().any(|now| {
            let table = table::row(resource, &row["object"], Include::Object, true, now);
            assert_eq!(heads(&table), heads(&real), "{path}");
            ours = table["rows"][0].clone();
            ours["cells"] == row["cells"]
        });
        assert!(
            same,
            "{path}\nreal {}\nours {}",
            row["cells"], ours["cells"]
        );
        assert_eq!(ours["conditions"], row["conditions"], "{path}");
    }
    rows.len()
}

/// Writes an object, in a dry run.
#[track_caller]
fn made(cluster: &Cluster, api_version: &str, kind: &str, mut object: Value) {
    let resource = resource::of_kind(api_version, kind).unwrap();
    object["apiVersion"] = json!(api_version);
    object["kind"] = json!(kind);
    object["metadata"]["name"] = json!("made-up");
    let path = format!("{}?dryRun=All", resource.path("default", ""));
    assert_eq!(compare(cluster, resource, "POST", &path, Some(&object)), 1);
}

#[test]
fn everything_there_is_has_the_same_row() {
    let Some(cluster) = live("everything_there_is_has_the_same_row") else {
        return;
    };
    let mut kinds = 0;
    for resource in RESOURCES {
        if resource.served != Served::Asked {
            let rows = compare(&cluster, resource, "GET", &resource.path("", ""), None);
            kinds += usize::from(rows > 0);
        }
    }
    assert!(kinds > 20, "{kinds}");
}

#[test]
fn what_is_made_up_has_the_same_row() {
    let Some(cluster) = live("what_is_made_up_has_the_same_row") else {
        return;
    };
    let template = json!({
        "metadata": {"labels": {"app": "x"}},
        "spec": {
            "nodeSelector": {"a": "1", "b": "2"},
            "containers": [{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:2"}],
        },
    });
    let mut once = template.clone();
    once["spec"]["restartPolicy"] = json!("Never");
    let labels = json!({"matchLabels": {"app": "x"}});
    let terms = json!({
        "matchLabels": {"app": "x"},
        "matchExpressions": [
            {"key": "z", "operator": "NotIn", "values": ["2", "1"]},
            {"key": "aa", "operator": "In", "values": ["1"]},
            {"key": "q", "operator": "DoesNotExist"},
            {"key": "app", "operator": "Exists"},
        ],
    });
    let rbac = "rbac.authorization.k8s.io/v1";
    for (api_version, kind, object) in [
        (
            "apps/v1",
            "DaemonSet",
            json!({"spec": {"selector": labels, "template": template}}),
        ),
        (
            "apps/v1",
            "StatefulSet",
            json!({"spec": {"selector": labels, "template": template, "serviceName": "x"}}),
        ),
        (
            "apps/v1",
            "Deployment",
            json!({"spec": {"replicas": 0, "selector": labels, "template": template}}),
        ),
        (
            "apps/v1",
            "ReplicaSet",
            json!({"spec": {"selector": labels, "template": template}}),
        ),
        (
            "v1",
            "ReplicationController",
            json!({"spec": {"selector": {"app": "x"}, "template": template}}),
        ),
        (
            "apps/v1",
            "ControllerRevision",
            json!({"revision": 3, "data": {}, "metadata": {"ownerReferences": [
            {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "d", "uid": "u", "controller": true}]}}),
        ),
        ("batch/v1", "Job", json!({"spec": {"template": once}})),
        (
            "batch/v1",
            "Job",
            json!({"spec": {"template": once, "parallelism": 3, "suspend": true}}),
        ),
        (
            "batch/v1",
            "CronJob",
            json!({"spec": {"schedule": "*/5 * * * *", "timeZone": "Europe/Berlin", "suspend": true,
            "jobTemplate": {"spec": {"template": once}}}}),
        ),
        (
            "policy/v1",
            "PodDisruptionBudget",
            json!({"spec": {"minAvailable": "50%", "selector": labels}}),
        ),
        (
            "policy/v1",
            "PodDisruptionBudget",
            json!({"spec": {"maxUnavailable": 2, "selector": labels}}),
        ),
        (
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            json!({"spec": {"maxReplicas": 4,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}}}),
        ),
        (
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            json!({"spec": {"maxReplicas": 4,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"},
            "metrics": [
                {"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1Gi"}}},
                {"type": "External", "external": {"metric": {"name": "q"}, "target": {"type": "AverageValue", "averageValue": "30"}}},
                {"type": "Pods", "pods": {"metric": {"name": "r"}, "target": {"type": "AverageValue", "averageValue": "100m"}}},
            ]}}),
        ),
        (
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            json!({"spec": {"maxReplicas": 4,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"},
            "metrics": [
                {"type": "External", "external": {"metric": {"name": "q"}, "target": {"type": "Value", "value": "30"}}},
                {"type": "Pods", "pods": {"metric": {"name": "r"}, "target": {"type": "AverageValue", "averageValue": "100m"}}},
            ]}}),
        ),
        (
            "v1",
            "Service",
            json!({"spec": {"type": "NodePort", "externalIPs": ["198.51.100.7"], "selector": {"b": "1", "a": "2"},
            "ports": [{"name": "a", "port": 80}, {"name": "b", "port": 53, "protocol": "UDP"}]}}),
        ),
        (
            "v1",
            "Service",
            json!({"spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}}),
        ),
        ("v1", "Service", json!({"spec": {"clusterIP": "None"}})),
        (
            "v1",
            "Endpoints",
            json!({"subsets": [{"addresses": [{"ip": "198.51.100.1"}, {"ip": "198.51.100.2"}],
            "ports": [{"name": "a", "port": 1}, {"name": "b", "port": 2}]}]}),
        ),
        (
            "v1",
            "Endpoints",
            json!({"subsets": [{"addresses": [{"ip": "2001:db8::1"}], "ports": [{"port": 1}]}]}),
        ),
        ("v1", "Endpoints", json!({})),
        (
            "discovery.k8s.io/v1",
            "EndpointSlice",
            json!({"addressType": "IPv4", "ports": [{"name": "a", "port": 1}, {"name": "b"}],
            "endpoints": [{"addresses": ["198.51.100.1"]}, {"addresses": ["198.51.100.2"]}, {"addresses": ["198.51.100.3"]}, {"addresses": ["198.51.100.4"]}]}),
        ),
        (
            "discovery.k8s.io/v1",
            "EndpointSlice",
            json!({"addressType": "IPv4", "endpoints": []}),
        ),
        (
            "networking.k8s.io/v1",
            "Ingress",
            json!({"spec": {"ingressClassName": "nginx", "tls": [{"hosts": ["a.example"]}],
            "rules": [{"host": "a.example"}, {"host": "b.example"}, {"host": "c.example"}, {"host": "d.example"}, {"host": "e.example"}]}}),
        ),
        (
            "networking.k8s.io/v1",
            "Ingress",
            json!({"spec": {"defaultBackend": {"service": {"name": "x", "port": {"number": 80}}}}}),
        ),
        (
            "networking.k8s.io/v1",
            "IngressClass",
            json!({"spec": {"controller": "example.com/x",
            "parameters": {"apiGroup": "example.com", "kind": "P", "name": "p", "scope": "Cluster"}}}),
        ),
        (
            "networking.k8s.io/v1",
            "NetworkPolicy",
            json!({"spec": {"podSelector": terms}}),
        ),
        (
            "networking.k8s.io/v1",
            "NetworkPolicy",
            json!({"spec": {"podSelector": {}}}),
        ),
        (
            "v1",
            "ConfigMap",
            json!({"data": {"a": "1", "b": "2"}, "binaryData": {"c": "AA=="}}),
        ),
        (
            "v1",
            "Secret",
            json!({"type": "kubernetes.io/basic-auth", "data": {"username": "AA==", "password": "AA=="}}),
        ),
        (
            "v1",
            "PersistentVolume",
            json!({"spec": {"capacity": {"storage": "5Gi"}, "accessModes": ["ReadWriteMany", "ReadWriteOnce"],
            "hostPath": {"path": "/x"}, "storageClassName": "fast", "claimRef": {"namespace": "default", "name": "c"}}}),
        ),
        (
            "v1",
            "PersistentVolumeClaim",
            json!({"spec": {"accessModes": ["ReadWriteOncePod"], "storageClassName": "fast",
            "resources": {"requests": {"storage": "1Gi"}}}}),
        ),
        (
            "v1",
            "PersistentVolumeClaim",
            json!({"spec": {"accessModes": ["ReadWriteOnce"], "volumeName": "v",
            "resources": {"requests": {"storage": "1Gi"}}}}),
        ),
        (
            "storage.k8s.io/v1",
            "StorageClass",
            json!({"provisioner": "example.com/x", "reclaimPolicy": "Retain", "allowVolumeExpansion": true,
            "volumeBindingMode": "WaitForFirstConsumer", "metadata": {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}}),
        ),
        (
            "scheduling.k8s.io/v1",
            "PriorityClass",
            json!({"value": 7, "preemptionPolicy": "Never"}),
        ),
        (
            "coordination.k8s.io/v1",
            "Lease",
            json!({"spec": {"holderIdentity": "me"}}),
        ),
        (
            "v1",
            "LimitRange",
            json!({"spec": {"limits": [{"type": "Container", "default": {"cpu": "1"}}]}}),
        ),
        (
            "v1",
            "ResourceQuota",
            json!({"spec": {"hard": {"pods": "5"}}}),
        ),
        ("v1", "Namespace", json!({})),
        ("v1", "ServiceAccount", json!({})),
        (
            "v1",
            "Node",
            json!({"metadata": {"labels": {"node-role.kubernetes.io/worker": "", "node-role.kubernetes.io/infra": "", "kubernetes.io/role": "old"}},
            "spec": {"unschedulable": true}}),
        ),
        (
            "v1",
            "Event",
            json!({"involvedObject": {"kind": "Pod", "name": "web", "namespace": "default", "fieldPath": "spec.containers{web}"},
            "type": "Warning", "reason": "BackOff", "message": " Back-off\n", "source": {"component": "kubelet", "host": "node-1"},
            "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-02T00:00:00Z", "count": 12}),
        ),
        (
            "v1",
            "Event",
            json!({"involvedObject": {"kind": "Pod", "namespace": "default"}, "type": "Normal", "reason": "x", "action": "x",
            "eventTime": "2026-01-01T00:00:00.000000Z", "reportingComponent": "me", "reportingInstance": "here"}),
        ),
        (
            "v1",
            "Event",
            json!({"involvedObject": {"kind": "Pod", "namespace": "default"}, "type": "Normal", "reason": "x", "action": "x",
            "eventTime": "2026-01-01T00:00:00.000000Z", "reportingComponent": "me", "reportingInstance": "here",
            "series": {"count": 5, "lastObservedTime": "2026-01-03T00:00:00.000000Z"}}),
        ),
        (rbac, "Role", json!({})),
        (
            rbac,
            "ClusterRoleBinding",
            json!({"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}, "subjects": [
            {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "a"}, {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "b"},
            {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "g"}, {"kind": "ServiceAccount", "name": "s", "namespace": "n"}]}),
        ),
    ] {
        made(&cluster, api_version, kind, object);
    }
}

/// States of a Pod: the spec of its containers beside `a`, and its status.
fn pods() -> Vec<(Value, Value)> {
    let running = || json!({"running": {"startedAt": "2026-01-01T00:00:00Z"}});
    let ended = |code: i64, reason: &str| {
        json!({"terminated": {"exitCode": code, "reason": reason,
            "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:01:00Z"}})
    };
    let waiting = |reason: &str| json!({"waiting": {"reason": reason}});
    let of = |name: &str, ready: bool, restarts: i64, state: Value, last: Value| {
        json!({"name": name, "image": "x", "imageID": "x", "ready": ready, "started": ready,
            "restartCount": restarts, "state": state, "lastState": last})
    };
    let status = |phase: &str, containers: Value, conditions: &[(&str, &str)]| {
        let conditions: Vec<Value> = conditions
            .iter()
            .map(|(kind, status)| json!({"type": kind, "status": status}))
            .collect();
        json!({"phase": phase, "containerStatuses": containers, "conditions": conditions})
    };
    let with_init = |mut status: Value, init: Value| {
        status["initContainerStatuses"] = init;
        status
    };
    let none = || json!({});
    let init =
        json!({"initContainers": [{"name": "i", "image": "x"}, {"name": "j", "image": "x"}]});
    let sidecar = json!({"initContainers": [{"name": "i", "image": "x", "restartPolicy": "Always"}, {"name": "j", "image": "x"}]});
    let two = json!({"containers": [{"name": "a", "image": "x"}, {"name": "b", "image": "x"}]});
    let gates = json!({"readinessGates": [{"conditionType": "example.com/a"}, {"conditionType": "example.com/b"}]});
    let yet = || json!([of("a", false, 0, waiting("PodInitializing"), none())]);
    vec![
        (none(), status("Pending", json!([]), &[])),
        (none(), json!({"phase": "Failed", "reason": "Evicted"})),
        (
            none(),
            json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]}),
        ),
        (
            none(),
            status(
                "Running",
                json!([of("a", true, 0, running(), none())]),
                &[("Ready", "True")],
            ),
        ),
        (
            none(),
            status(
                "Running",
                json!([of("a", true, 3, running(), ended(1, "Error"))]),
                &[("Ready", "True")],
            ),
        ),
        (
            none(),
            status(
                "Running",
                json!([of("a", true, 3, running(), none())]),
                &[("Ready", "True")],
            ),
        ),
        (
            none(),
            status(
                "Running",
                json!([of(
                    "a",
                    false,
                    3,
                    waiting("CrashLoopBackOff"),
                    ended(1, "Error")
                )]),
                &[],
            ),
        ),
        (
            none(),
            status(
                "Pending",
                json!([of("a", false, 0, waiting("ImagePullBackOff"), none())]),
                &[],
            ),
        ),
        (
            none(),
            status(
                "Running",
                json!([of("a", false, 1, ended(137, "OOMKilled"), none())]),
                &[],
            ),
        ),
        (
            none(),
            status(
                "Running",
                json!([of("a", false, 1, ended(3, ""), none())]),
                &[],
            ),
        ),
        (
            none(),
            status(
                "Running",
                json!([of(
                    "a",
                    false,
                    0,
                    json!({"terminated": {"exitCode": 137, "signal": 9}}),
                    none()
                )]),
                &[],
            ),
        ),
        (
            none(),
            status(
                "Succeeded",
                json!([of("a", false, 0, ended(0, "Completed"), none())]),
                &[],
            ),
        ),
        (
            none(),
            status(
                "Failed",
                json!([of("a", false, 0, ended(1, "Error"), none())]),
                &[],
            ),
        ),
        (
            two.clone(),
            status(
                "Running",
                json!([
                    of("a", false, 0, ended(0, "Completed"), none()),
                    of("b", true, 2, running(), ended(1, "Error"))
                ]),
                &[("Ready", "True")],
            ),
        ),
        (
            two.clone(),
            status(
                "Running",
                json!([
                    of("a", false, 0, ended(0, "Completed"), none()),
                    of("b", true, 0, running(), none())
                ]),
                &[("Ready", "False")],
            ),
        ),
        (
            two,
            status(
                "Running",
                json!([
                    of("a", false, 0, ended(0, "Completed"), none()),
                    of("b", false, 0, ended(2, "Error"), none())
                ]),
                &[],
            ),
        ),
        (
            init.clone(),
            with_init(
                status("Pending", yet(), &[]),
                json!([
                    of("i", false, 0, running(), none()),
                    of("j", false, 0, waiting("PodInitializing"), none())
                ]),
            ),
        ),
        (
            init.clone(),
            with_init(
                status("Pending", yet(), &[]),
                json!([
                    of("i", true, 0, ended(0, "Completed"), none()),
                    of("j", false, 0, waiting("PodInitializing"), none())
                ]),
            ),
        ),
        (
            init.clone(),
            with_init(
                status("Pending", yet(), &[]),
                json!([of(
                    "i",
                    false,
                    2,
                    waiting("CrashLoopBackOff"),
                    ended(1, "Error")
                )]),
            ),
        ),
        (
            init.clone(),
            with_init(
                status("Pending", yet(), &[]),
                json!([of("i", false, 2, ended(1, "Error"), none())]),
            ),
        ),
        (
            init.clone(),
            with_init(
                status("Pending", yet(), &[]),
                json!([of("i", false, 2, ended(4, ""), none())]),
            ),
        ),
        (
            init,
            with_init(
                status(
                    "Running",
                    json!([of("a", true, 1, running(), none())]),
                    &[("Initialized", "True")],
                ),
                json!([
                    of("i", true, 5, ended(0, "Completed"), none()),
                    of("j", true, 0, ended(0, "Completed"), none())
                ]),
            ),
        ),
        (
            sidecar.clone(),
            with_init(
                status("Pending", yet(), &[]),
                json!([
                    of("i", true, 4, running(), ended(1, "Error")),
                    of("j", false, 0, waiting("PodInitializing"), none())
                ]),
            ),
        ),
        (
            sidecar,
            with_init(
                status(
                    "Running",
                    json!([of("a", true, 1, running(), ended(1, "Error"))]),
                    &[("Initialized", "True"), ("Ready", "True")],
                ),
                json!([
                    of("i", true, 4, running(), ended(1, "Error")),
                    of("j", true, 0, ended(0, "Completed"), none())
                ]),
            ),
        ),
        (
            gates,
            status(
                "Running",
                json!([]),
                &[("example.com/a", "True"), ("example.com/b", "False")],
            ),
        ),
        (
            none(),
            json!({"phase": "Running", "podIPs": [{"ip": "198.51.100.1"}], "podIP": "198.51.100.1", "nominatedNodeName": "node-1"}),
        ),
    ]
}

#[test]
fn a_pod_in_every_state_has_the_same_row() {
    let Some(cluster) = live("a_pod_in_every_state_has_the_same_row") else {
        return;
    };
    let namespace = cluster.namespace("tables");
    let name = namespace.name.as_str();
    let pods_of = &resource::PODS;
    // No Pod is admitted before it.
    let account = ["get", "serviceaccounts", "-n", name, "-o", "name"];
    let account = eventually(WITHIN, || {
        Some(cluster.kubectl(&account)).filter(|found| !found.is_empty())
    });
    assert!(account.is_some());
    for (position, (spec, status)) in pods().into_iter().enumerate() {
        // No scheduler takes it, so nobody but this test says how it is.
        let mut pod = json!({
            "metadata": {"name": format!("p{position}"), "finalizers": ["example.com/stays"]},
            "spec": {"schedulerName": "nobody", "containers": [{"name": "a", "image": "x"}]},
        });
        for (field, value) in spec.as_object().unwrap() {
            pod["spec"][field] = value.clone();
        }
        cluster.request("POST", &pods_of.path(name, ""), Some(&pod));
        let path = pods_of.path(name, &format!("p{position}"));
        let status = json!({"status": status});
        compare(
            &cluster,
            pods_of,
            "PATCH",
            &format!("{path}/status"),
            Some(&status),
        );
        cluster.request("DELETE", &format!("{path}?gracePeriodSeconds=30"), None);
        compare(&cluster, pods_of, "GET", &path, None);
        let free = json!({"metadata": {"finalizers": null}});
        cluster.request("PATCH", &path, Some(&free));
    }
}

#[test]
fn a_status_made_up_has_the_same_row() {
    let Some(cluster) = live("a_status_made_up_has_the_same_row") else {
        return;
    };
    let namespace = cluster.namespace("tables");
    let name = namespace.name.as_str();
    let once = json!({"metadata": {"labels": {"app": "x"}}, "spec": {"restartPolicy": "Never", "schedulerName": "nobody",
        "containers": [{"name": "a", "image": "x"}]}});
    let target = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"});
    let utilization = json!({"type": "Utilization", "averageUtilization": 80});
    let cpu =
        |target: &Value| json!({"type": "Resource", "resource": {"name": "cpu", "target": target}});
    for (api_version, kind, mut object, status) in [
        (
            "v1",
            "PersistentVolumeClaim",
            json!({"spec": {"accessModes": ["ReadWriteOnce"], "volumeName": "v", "resources": {"requests": {"storage": "1Gi"}}}}),
            json!({"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "2Gi"}}),
        ),
        (
            "v1",
            "Service",
            json!({"spec": {"type": "LoadBalancer", "externalIPs": ["198.51.100.9"], "ports": [{"port": 80}]}}),
            json!({"loadBalancer": {"ingress": [{"ip": "198.51.100.2"}, {"hostname": "a-long-name.lb.example.com"}]}}),
        ),
        (
            "networking.k8s.io/v1",
            "Ingress",
            json!({"spec": {"defaultBackend": {"service": {"name": "x", "port": {"number": 80}}}}}),
            json!({"loadBalancer": {"ingress": [{"ip": "198.51.100.2"}, {"hostname": "a-long-name.lb.example.com"}]}}),
        ),
        (
            "v1",
            "ResourceQuota",
            json!({"spec": {"hard": {"configmaps": "5"}}}),
            json!({"hard": {"pods": "5", "limits.cpu": "4", "requests.memory": "1Gi"}, "used": {"pods": "1", "limits.cpu": "500m"}}),
        ),
        (
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            json!({"spec": {"maxReplicas": 4, "scaleTargetRef": target, "metrics": [cpu(&utilization)]}}),
            json!({"currentReplicas": 2, "desiredReplicas": 3, "currentMetrics": [
                {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 45, "averageValue": "90m"}}}]}),
        ),
        (
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            json!({"spec": {"maxReplicas": 4, "scaleTargetRef": target,
            "metrics": [cpu(&json!({"type": "AverageValue", "averageValue": "100m"}))]}}),
            json!({"currentReplicas": 2, "desiredReplicas": 3, "currentMetrics": [
                {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 45, "averageValue": "90m"}}}]}),
        ),
        (
            "batch/v1",
            "Job",
            json!({"spec": {"template": once, "suspend": true}}),
            json!({"conditions": [{"type": "Suspended", "status": "True"}]}),
        ),
        (
            "policy/v1",
            "PodDisruptionBudget",
            json!({"spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "x"}}}}),
            json!({"disruptionsAllowed": 2, "currentHealthy": 3, "desiredHealthy": 1, "expectedPods": 3}),
        ),
    ] {
        let resource = resource::of_kind(api_version, kind).unwrap();
        object["apiVersion"] = json!(api_version);
        object["kind"] = json!(kind);
        object["metadata"] = json!({"name": "made-up"});
        cluster.request("POST", &resource.path(name, ""), Some(&object));
        let path = resource.path(name, "made-up");
        let status = json!({"status": status});
        let dry = format!("{path}/status?dryRun=All");
        compare(&cluster, resource, "PATCH", &dry, Some(&status));
        cluster.request("DELETE", &path, None);
    }
}
