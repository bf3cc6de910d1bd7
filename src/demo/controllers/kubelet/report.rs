//! What a kubelet says of a Pod: its phase, its conditions, the statuses of its containers
//! (`pkg/kubelet/kubelet_pods.go`, `pkg/kubelet/status/generate.go`).

use serde_json::{Value, json};

use super::{containers, is_sidecar};
use crate::demo::{
    controllers::template::{self, Condition, find_condition},
    dice, object,
    resource::NODES,
    state::State,
};

/// In this order a server's Pods have them.
const ORDER: [&str; 5] = [
    "PodReadyToStartContainers",
    "Initialized",
    "Ready",
    "ContainersReady",
    "PodScheduled",
];

/// Takes a Pod up: from now on it has statuses.
pub(super) fn accept(state: &State, pod: &mut Value) {
    let host = host(state, pod);
    let status = &mut pod["status"];
    status["phase"] = json!("Pending");
    status["hostIP"] = json!(host);
    status["hostIPs"] = json!([{"ip": host}]);
    status["startTime"] = json!(object::time(state.now()));
    if pod["status"]["qosClass"].is_null() {
        pod["status"]["qosClass"] = json!(template::qos(&pod["spec"]));
    }
    let waits = !object::items(pod, "/spec/initContainers").is_empty();
    let specs: Vec<(&str, Value)> = containers(pod)
        .map(|(field, spec)| (field, spec.clone()))
        .collect();
    for (field, spec) in specs {
        let reason = if waits {
            "PodInitializing"
        } else {
            "ContainerCreating"
        };
        let mut status = json!({
            "name": spec["name"], "image": spec["image"], "imageID": "", "lastState": {},
            "ready": false, "started": false, "restartCount": 0,
            "state": {"waiting": {"reason": reason}},
        });
        if let Some(requests) = object::fields(&spec, "/resources/requests") {
            status["allocatedResources"] = json!(requests);
        }
        let mounts: Vec<Value> = object::items(&spec, "/volumeMounts")
            .iter()
            .map(|mount| {
                let mut said = json!({"mountPath": mount["mountPath"], "name": mount["name"]});
                if mount["readOnly"] == true {
                    said["readOnly"] = json!(true);
                    said["recursiveReadOnly"] = json!("Disabled");
                }
                said
            })
            .collect();
        if !mounts.is_empty() {
            status["volumeMounts"] = json!(mounts);
        }
        let list = &mut pod["status"][field];
        if !list.is_array() {
            *list = json!([]);
        }
        if let Some(list) = list.as_array_mut() {
            list.push(status);
            if field == "containerStatuses" {
                list.sort_by_cached_key(|status| object::text(status, "/name").to_owned());
            }
        }
    }
}

fn host(state: &State, pod: &Value) -> String {
    let node = state.get(&NODES, "", object::text(pod, "/spec/nodeName"));
    let node = node.unwrap_or_default();
    object::items(&node, "/status/addresses")
        .iter()
        .find(|address| address["type"] == "InternalIP")
        .map(|address| object::text(address, "/address").to_owned())
        .unwrap_or_default()
}

/// Gives a Pod its address, out of its Node's range.
pub(super) fn address(state: &mut State, pod: &mut Value) {
    let name = object::text(pod, "/spec/nodeName").to_owned();
    let address = if pod["spec"]["hostNetwork"] == true {
        object::text(pod, "/status/hostIP").to_owned()
    } else {
        let node = state.get(&NODES, "", &name).unwrap_or_default();
        let range = match object::text(&node, "/spec/podCIDR") {
            "" => format!("10.244.{}.0/24", dice::throw(0, &name) % 256),
            range => range.to_owned(),
        };
        state.index.address(&name, &range)
    };
    pod["status"]["podIP"] = json!(address);
    pod["status"]["podIPs"] = json!([{"ip": address}]);
}

/// The status of a container.
pub(super) fn status<'a>(pod: &'a mut Value, field: &str, spec: &Value) -> Option<&'a mut Value> {
    pod["status"][field]
        .as_array_mut()?
        .iter_mut()
        .find(|status| status["name"] == spec["name"])
}

/// Writes phase and conditions as they follow from the containers.
pub(super) fn conditions(state: &State, pod: &Value, next: &mut Value, sandbox: bool) {
    let phase = phase(next);
    next["status"]["phase"] = json!(phase);
    if !next["metadata"]["generation"].is_null() {
        next["status"]["observedGeneration"] = next["metadata"]["generation"].clone();
    }
    write(state, pod, next, phase, sandbox);
}

/// Writes the conditions of a Pod in this phase.
pub(super) fn write(state: &State, pod: &Value, next: &mut Value, phase: &str, sandbox: bool) {
    let now = state.now();
    let done = matches!(phase, "Succeeded" | "Failed");
    let unready = |field: &str, only: fn(&Value) -> bool| -> Vec<String> {
        containers(pod)
            .filter(|(list, spec)| {
                *list == field && (field == "containerStatuses" || is_sidecar(field, spec))
            })
            .filter_map(|(_, spec)| {
                let pointer = format!("/status/{field}");
                let status = object::items(next, &pointer)
                    .iter()
                    .find(|status| status["name"] == spec["name"])?;
                only(status).then(|| object::text(spec, "/name").to_owned())
            })
            .collect()
    };
    let incomplete: Vec<String> = containers(pod)
        .filter(|(field, _)| *field == "initContainerStatuses")
        .filter_map(|(field, spec)| {
            let status = object::items(next, "/status/initContainerStatuses")
                .iter()
                .find(|status| status["name"] == spec["name"])?;
            let over = if is_sidecar(field, spec) {
                status["started"] == true
            } else {
                status["state"]["terminated"]["exitCode"] == 0
            };
            (!over).then(|| object::text(spec, "/name").to_owned())
        })
        .collect();
    let mut waiting = unready("initContainerStatuses", |status| status["ready"] != true);
    waiting.extend(unready("containerStatuses", |status| {
        status["ready"] != true
    }));
    let list = |what: &str, names: &[String]| {
        format!("containers with {what} status: [{}]", names.join(" "))
    };
    let incomplete_text = list("incomplete", &incomplete);
    let unready_text = list("unready", &waiting);
    let completed = if phase == "Succeeded" {
        "PodCompleted"
    } else {
        ""
    };
    let initialized = if incomplete.is_empty() || phase == "Succeeded" {
        ("True", completed, "")
    } else {
        (
            "False",
            "ContainersNotInitialized",
            incomplete_text.as_str(),
        )
    };
    let ready = match phase {
        "Succeeded" => ("False", "PodCompleted", ""),
        "Failed" => ("False", "PodFailed", ""),
        _ if waiting.is_empty() => ("True", "", ""),
        _ => ("False", "ContainersNotReady", unready_text.as_str()),
    };
    let whole = match gates(next) {
        Some(message) if ready.0 == "True" => ("False", "ReadinessGatesNotReady", message),
        _ => (ready.0, ready.1, ready.2.to_owned()),
    };
    let sandbox = if sandbox && !done { "True" } else { "False" };
    let said = [
        (ORDER[0], (sandbox, "", "")),
        (ORDER[1], initialized),
        (ORDER[2], (whole.0, whole.1, whole.2.as_str())),
        (ORDER[3], ready),
    ];
    let scheduled = find_condition(next, ORDER[4]).is_some_and(|known| known["status"] == "True");
    let more = json!({"lastProbeTime": null, "observedGeneration": next["metadata"]["generation"]});
    let scheduled = (!scheduled).then_some((ORDER[4], ("True", "", "")));
    for (kind, (status, reason, message)) in said.into_iter().chain(scheduled) {
        let condition = Condition {
            kind,
            status,
            reason,
            message,
            more: more.clone(),
        };
        template::condition(next, None, &condition, now);
    }
    if let Some(known) = next["status"]["conditions"].as_array_mut() {
        let rank = |condition: &Value| {
            let place = ORDER.iter().position(|kind| condition["type"] == *kind);
            place.unwrap_or(ORDER.len())
        };
        known.sort_by_key(rank);
    }
}

/// What readiness gates still wait for.
fn gates(pod: &Value) -> Option<String> {
    let mut missing = Vec::new();
    for gate in object::items(pod, "/spec/readinessGates") {
        let kind = object::text(gate, "/conditionType");
        match find_condition(pod, kind) {
            None => missing.push(format!(
                "corresponding condition of pod readiness gate \"{kind}\" does not exist."
            )),
            Some(known) if known["status"] != "True" => missing.push(format!(
                "the status of pod readiness gate \"{kind}\" is not \"True\", but {}",
                object::text(known, "/status")
            )),
            Some(_) => {}
        }
    }
    (!missing.is_empty()).then(|| missing.join(", "))
}

/// The phase that follows from the containers (`getPhase`).
fn phase(pod: &Value) -> &'static str {
    let policy = object::text(pod, "/spec/restartPolicy");
    let init = object::items(pod, "/status/initContainerStatuses");
    for (status, (_, spec)) in init.iter().zip(containers(pod)) {
        if is_sidecar("initContainerStatuses", spec) {
            if status["started"] != true && status["state"]["running"].is_null() {
                return "Pending";
            }
            continue;
        }
        match object::number(status, "/state/terminated/exitCode") {
            Some(0) => {}
            Some(_) if policy == "Never" => return "Failed",
            _ => return "Pending",
        }
    }
    let (mut running, mut waiting, mut failed) = (0, 0, 0);
    for status in object::items(pod, "/status/containerStatuses") {
        let last = |field: &str| object::number(status, &format!("/{field}/terminated/exitCode"));
        if status["state"]["running"].is_object() {
            running += 1;
        } else if let Some(code) = last("state").or_else(|| last("lastState")) {
            failed += i64::from(code != 0);
        } else {
            waiting += 1;
        }
    }
    match (waiting, running, policy) {
        (1.., ..) => "Pending",
        (_, 1.., _) => "Running",
        (_, _, "Never") if failed > 0 => "Failed",
        (_, _, "OnFailure") if failed > 0 => "Running",
        (_, _, "Never" | "OnFailure") => "Succeeded",
        _ => "Running",
    }
}

/// Says why a Pod as a whole failed.
pub(super) fn fail(pod: &mut Value, reason: &str, message: &str) {
    pod["status"]["phase"] = json!("Failed");
    pod["status"]["reason"] = json!(reason);
    pod["status"]["message"] = json!(message);
}
