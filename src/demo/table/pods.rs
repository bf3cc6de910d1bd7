//! A Pod's row: above all its STATUS, which is no field of the Pod but what the worst of its containers is about.

use serde_json::{Value, json};

use super::{AGE, NAME, View, age, name, text, text_or, wide};
use crate::demo::object;

pub(super) static PODS: View = View {
    columns: &[
        NAME,
        text("Ready"),
        text("Status"),
        text("Restarts"),
        AGE,
        wide(text("IP")),
        wide(text("Node")),
        wide(text("Nominated Node")),
        wide(text("Readiness Gates")),
    ],
    cells,
};

/// What is gathered from the statuses of containers.
#[derive(Default)]
struct Sum {
    restarts: i64,
    /// When a container ended last before it was started again.
    last: Option<i64>,
}

impl Sum {
    fn add(&mut self, status: &Value) {
        self.restarts += object::number(status, "/restartCount").unwrap_or(0);
        let ended = object::text(status, "/lastState/terminated/finishedAt");
        self.last = self.last.max(object::millis(ended));
    }

    fn told(&self, now: i64) -> String {
        match self.last {
            Some(last) if self.restarts != 0 => {
                format!("{} ({} ago)", self.restarts, super::age::human(now - last))
            }
            _ => self.restarts.to_string(),
        }
    }
}

fn cells(pod: &Value, now: i64) -> Vec<Value> {
    let mut ready = 0;
    let mut reason = text_or(pod, "/status/reason", object::text(pod, "/status/phase")).to_owned();
    let gated = object::items(pod, "/status/conditions")
        .iter()
        .any(|condition| {
            condition["type"] == "PodScheduled" && condition["reason"] == "SchedulingGated"
        });
    if gated {
        "SchedulingGated".clone_into(&mut reason);
    }

    let init = object::items(pod, "/spec/initContainers");
    // Those init containers that go on beside the others count as they do.
    let stays = |name: &Value| {
        let spec = init.iter().find(|container| container["name"] == *name);
        spec.is_some_and(|spec| spec["restartPolicy"] == "Always")
    };
    let staying = init.iter().filter(|container| stays(&container["name"]));
    let total = object::items(pod, "/spec/containers").len() + staying.count();

    let (mut all, mut sidecars) = (Sum::default(), Sum::default());
    let mut initializing = false;
    let statuses = object::items(pod, "/status/initContainerStatuses");
    for (position, status) in statuses.iter().enumerate() {
        all.add(status);
        let stays = stays(&status["name"]);
        if stays {
            sidecars.add(status);
        }
        let ended = &status["state"]["terminated"];
        if ended.is_object() && object::number(ended, "/exitCode").unwrap_or(0) == 0 {
            continue;
        }
        if stays && status["started"] == json!(true) {
            ready += usize::from(status["ready"] == json!(true));
            continue;
        }
        let waits_for = object::text(status, "/state/waiting/reason");
        reason = if ended.is_object() {
            format!("Init:{}", end(ended))
        } else if !waits_for.is_empty() && waits_for != "PodInitializing" {
            format!("Init:{waits_for}")
        } else {
            format!("Init:{position}/{}", init.len())
        };
        initializing = true;
        break;
    }

    if !initializing || first_condition(pod, "Initialized") {
        all = sidecars;
        let mut running = false;
        let mut error = None;
        for status in object::items(pod, "/status/containerStatuses").iter().rev() {
            all.add(status);
            let waits_for = object::text(status, "/state/waiting/reason");
            let ended = &status["state"]["terminated"];
            if !waits_for.is_empty() {
                waits_for.clone_into(&mut reason);
            } else if ended.is_object() {
                reason = end(ended);
                if object::number(ended, "/exitCode").unwrap_or(0) != 0 {
                    error = Some(reason.clone());
                }
            } else if status["ready"] == json!(true) && status["state"]["running"].is_object() {
                running = true;
                ready += 1;
            }
        }
        // One container has ended well; what the others do matters more.
        if reason == "Completed" {
            if running && any_condition(pod, "Ready") {
                "Running".clone_into(&mut reason);
            } else if let Some(error) = error {
                reason = error;
            } else if running {
                "NotReady".clone_into(&mut reason);
            }
        }
    }

    if object::is_leaving(pod) {
        let phase = object::text(pod, "/status/phase");
        if object::text(pod, "/status/reason") == "NodeLost" {
            "Unknown".clone_into(&mut reason);
        } else if !matches!(phase, "Succeeded" | "Failed") {
            "Terminating".clone_into(&mut reason);
        }
    }

    vec![
        name(pod),
        json!(format!("{ready}/{total}")),
        json!(reason),
        json!(all.told(now)),
        age(pod, now),
        json!(text_or(pod, "/status/podIPs/0/ip", "<none>")),
        json!(text_or(pod, "/spec/nodeName", "<none>")),
        json!(text_or(pod, "/status/nominatedNodeName", "<none>")),
        json!(gates(pod)),
    ]
}

/// How a container ended.
fn end(terminated: &Value) -> String {
    let signal = object::number(terminated, "/signal").unwrap_or(0);
    match object::text(terminated, "/reason") {
        "" if signal != 0 => format!("Signal:{signal}"),
        "" => {
            let code = object::number(terminated, "/exitCode").unwrap_or(0);
            format!("ExitCode:{code}")
        }
        reason => reason.to_owned(),
    }
}

fn first_condition(pod: &Value, kind: &str) -> bool {
    object::items(pod, "/status/conditions")
        .iter()
        .find(|condition| condition["type"] == kind)
        .is_some_and(|condition| condition["status"] == "True")
}

fn any_condition(pod: &Value, kind: &str) -> bool {
    object::items(pod, "/status/conditions")
        .iter()
        .any(|condition| condition["type"] == kind && condition["status"] == "True")
}

fn gates(pod: &Value) -> String {
    let gates = object::items(pod, "/spec/readinessGates");
    if gates.is_empty() {
        return "<none>".to_owned();
    }
    let open = gates
        .iter()
        .filter(|gate| first_condition(pod, object::text(gate, "/conditionType")));
    format!("{}/{}", open.count(), gates.len())
}
