use serde_json::{Value, json};

use super::*;
use crate::demo::{
    object::millis,
    resource::{
        AUTOSCALERS, DEPLOYMENTS, EVENTS, NETWORK_POLICIES, NODES, POD_METRICS, PODS, RESOURCES,
        ROLES,
    },
};

fn now() -> i64 {
    millis("2026-01-01T01:00:00Z").unwrap_or_default()
}

fn cells(resource: &Resource, object: &Value) -> Vec<Value> {
    let table = row(resource, object, Include::None, true, now());
    let cells = table["rows"][0]["cells"].as_array();
    cells.cloned().unwrap_or_default()
}

#[test]
fn a_row_has_a_cell_for_each_column() {
    for resource in RESOURCES {
        let table = row(resource, &json!({}), Include::None, true, now());
        let heads = table["columnDefinitions"].as_array().map(Vec::len);
        let cells = table["rows"][0]["cells"].as_array().map(Vec::len);
        assert_eq!(heads, cells, "{}", resource.plural);
    }
}

#[test]
fn the_status_of_a_pod_is_that_of_its_worst_container() {
    let running = json!({"running": {}});
    let ended = |code: i64, reason: &str| {
        let finished = "2026-01-01T00:55:00Z";
        json!({"terminated": {"exitCode": code, "reason": reason, "finishedAt": finished}})
    };
    let waiting = |reason: &str| json!({"waiting": {"reason": reason}});
    let of = |ready: bool, restarts: i64, state: &Value, last: Value| json!({"name": "a", "ready": ready, "started": ready, "restartCount": restarts, "state": state, "lastState": last});
    let spec =
        json!({"containers": [{"name": "a"}], "initContainers": [{"name": "a"}, {"name": "b"}]});
    let none = || json!({});
    let up = of(true, 0, &running, none());
    // Recorded from Kubernetes 1.35; tests/live/tables.rs has more.
    for (spec, status, ready, said, restarts) in [
        (none(), json!({"phase": "Pending"}), "0/0", "Pending", "0"),
        (
            none(),
            json!({"phase": "Failed", "reason": "Evicted"}),
            "0/0",
            "Evicted",
            "0",
        ),
        (
            spec.clone(),
            json!({"phase": "Running", "containerStatuses": [
                of(false, 5, &waiting("CrashLoopBackOff"), ended(1, "Error"))]}),
            "0/1",
            "CrashLoopBackOff",
            "5 (5m ago)",
        ),
        (
            spec.clone(),
            json!({"phase": "Running", "containerStatuses": [of(false, 1, &ended(3, ""), none())]}),
            "0/1",
            "ExitCode:3",
            "1",
        ),
        (
            spec.clone(),
            json!({"phase": "Pending", "initContainerStatuses": [
                of(true, 0, &ended(0, "Completed"), none()), of(false, 0, &running, none())]}),
            "0/1",
            "Init:1/2",
            "0",
        ),
        (
            spec.clone(),
            json!({"phase": "Pending", "initContainerStatuses": [
                of(false, 2, &waiting("CrashLoopBackOff"), ended(1, "Error"))]}),
            "0/1",
            "Init:CrashLoopBackOff",
            "2 (5m ago)",
        ),
        (
            json!({"containers": [{"name": "a"}, {"name": "b"}]}),
            json!({"phase": "Running", "containerStatuses": [of(false, 0, &ended(0, "Completed"), none()), up]}),
            "1/2",
            "NotReady",
            "0",
        ),
        (
            json!({"containers": [{"name": "c"}], "initContainers": [{"name": "a", "restartPolicy": "Always"}]}),
            json!({"phase": "Running", "initContainerStatuses": [of(true, 4, &running, ended(1, "Error"))],
                "containerStatuses": [up], "conditions": [{"type": "Initialized", "status": "True"}]}),
            "2/2",
            "Running",
            "4 (5m ago)",
        ),
    ] {
        let pod = json!({"spec": spec, "status": status});
        let shown = cells(&PODS, &pod);
        assert_eq!(shown[1..4], [ready, said, restarts], "{status}");
    }
    let leaving = json!({"metadata": {"deletionTimestamp": "x"}, "status": {"phase": "Running"}});
    assert_eq!(cells(&PODS, &leaving)[2], "Terminating");
}

#[test]
fn cells_say_what_a_server_says() {
    let cpu =
        |target: Value| json!({"type": "Resource", "resource": {"name": "cpu", "target": target}});
    let half = cpu(json!({"averageUtilization": 50}));
    let now_at = json!({"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 45, "averageValue": "90m"}}});
    for (resource, object, at, said) in [
        (
            &AUTOSCALERS,
            json!({"spec": {"metrics": [half]}, "status": {"currentMetrics": [now_at]}}),
            2,
            "cpu: 45%/50%",
        ),
        (
            &AUTOSCALERS,
            json!({"spec": {"metrics": [half, cpu(json!({"averageValue": "1"})), half]}}),
            2,
            "cpu: <unknown>/50%, cpu: <unknown>/1 + 1 more...",
        ),
        (&AUTOSCALERS, json!({}), 2, "<none>"),
        (
            &NODES,
            json!({"spec": {"unschedulable": true}, "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}}),
            1,
            "NotReady,SchedulingDisabled",
        ),
        (
            &NODES,
            json!({"metadata": {"labels": {"node-role.kubernetes.io/b": "", "node-role.kubernetes.io/a": ""}}}),
            2,
            "a,b",
        ),
        (
            &EVENTS,
            json!({"eventTime": "2026-01-01T00:59:30.000000Z", "involvedObject": {"kind": "Pod", "name": "web"}}),
            0,
            "30s",
        ),
        (
            &NETWORK_POLICIES,
            json!({"spec": {"podSelector": {"matchLabels": {"b": "1"}, "matchExpressions": [
                {"key": "a", "operator": "NotIn", "values": ["2", "1"]}, {"key": "c", "operator": "DoesNotExist"}]}}}),
            1,
            "a notin (1,2),b=1,!c",
        ),
        (
            &POD_METRICS,
            json!({"containers": [{"usage": {"cpu": "120n", "memory": "3Ki"}}, {"usage": {"cpu": "3n", "memory": "0"}}]}),
            1,
            "123n",
        ),
        (
            &POD_METRICS,
            json!({"containers": [{"usage": {"cpu": "1500m"}}, {"usage": {"cpu": "500000u"}}]}),
            1,
            "2",
        ),
        (
            &ROLES,
            json!({"metadata": {"creationTimestamp": "2026-01-01T00:00:00Z"}}),
            1,
            "2026-01-01T00:00:00Z",
        ),
    ] {
        assert_eq!(cells(resource, &object)[at], said, "{}", resource.plural);
    }
}

#[test]
fn as_much_of_an_object_comes_as_was_asked_for() {
    let pod = || {
        json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web", "resourceVersion": "7"},
               "spec": {}, "status": {"phase": "Succeeded"}})
    };
    let partial = json!({
        "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
        "metadata": {"name": "web", "resourceVersion": "7"},
    });
    for (asked, object) in [
        ("None", Value::Null),
        ("", partial.clone()),
        ("Metadata", partial.clone()),
        ("Object", pod()),
    ] {
        let include = Include::parse(asked).unwrap_or_default();
        let table = row(&PODS, &pod(), include, false, now());
        assert_eq!(table["rows"][0]["object"], object, "{asked}");
        assert_eq!(table["rows"][0]["conditions"][0]["reason"], "Succeeded");
        assert_eq!(table["metadata"], json!({"resourceVersion": "7"}));
        assert_eq!(table["columnDefinitions"], Value::Null);
    }
    assert_eq!(
        Include::parse("foo").map_err(|refusal| refusal.message),
        Err("Unable to convert to Table as requested: includeObject: Invalid value: \"foo\": must be 'Metadata', 'Object', 'None', or empty".to_owned())
    );
    let scale = json!({"kind": "Scale", "spec": {"replicas": 3}, "status": {"replicas": 2}});
    let scale = row(&DEPLOYMENTS, &scale, Include::None, true, now());
    assert_eq!(scale["columnDefinitions"][1]["name"], "Desired");
    assert_eq!(scale["rows"][0]["cells"], json!(["", 3, 2, "<unknown>"]));
    let list = partial_list([pod()], &json!({"resourceVersion": "9"}));
    assert_eq!(list["items"], json!([partial]));
}
