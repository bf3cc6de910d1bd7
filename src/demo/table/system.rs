//! Rows of what a cluster is made of: Nodes, Namespaces, quotas, what happens and what is used.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{AGE, NAME, View, age, count, flag, format, name, number, text, text_or, wide};
use crate::{demo::object, model::quantity::Quantity};

pub(super) static NAMESPACES: View = View {
    columns: &[NAME, text("Status"), AGE],
    cells: |namespace, now| {
        let phase = object::text(namespace, "/status/phase");
        vec![name(namespace), json!(phase), age(namespace, now)]
    },
};

pub(super) static NODES: View = View {
    columns: &[
        NAME,
        text("Status"),
        text("Roles"),
        AGE,
        text("Version"),
        wide(text("Internal-IP")),
        wide(text("External-IP")),
        wide(text("OS-Image")),
        wide(text("Kernel-Version")),
        wide(text("Container-Runtime")),
    ],
    cells: |node, now| {
        let ready = object::items(node, "/status/conditions")
            .iter()
            .rfind(|condition| condition["type"] == "Ready");
        let mut status = match ready {
            Some(condition) if condition["status"] == "True" => "Ready",
            Some(_) => "NotReady",
            None => "Unknown",
        }
        .to_owned();
        if node["spec"]["unschedulable"] == json!(true) {
            status += ",SchedulingDisabled";
        }
        let address = |kind: &str| {
            let mut addresses = object::items(node, "/status/addresses").iter();
            let address = addresses.find(|address| address["type"] == kind);
            let address = address.map(|address| object::text(address, "/address"));
            json!(address.unwrap_or("<none>"))
        };
        let info = |field: &str| {
            let pointer = format!("/status/nodeInfo/{field}");
            json!(text_or(node, &pointer, "<unknown>"))
        };
        vec![
            name(node),
            json!(status),
            json!(roles(node)),
            age(node, now),
            json!(object::text(node, "/status/nodeInfo/kubeletVersion")),
            address("InternalIP"),
            address("ExternalIP"),
            info("osImage"),
            info("kernelVersion"),
            info("containerRuntimeVersion"),
        ]
    },
};

fn roles(node: &Value) -> String {
    let labels = object::fields(node, "/metadata/labels");
    let roles: BTreeSet<&str> = labels
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| {
            let labelled = (key == "kubernetes.io/role").then_some(value.as_str()?);
            key.strip_prefix("node-role.kubernetes.io/").or(labelled)
        })
        .filter(|role| !role.is_empty())
        .collect();
    if roles.is_empty() {
        "<none>".to_owned()
    } else {
        super::joined(roles)
    }
}

pub(super) static RESOURCE_QUOTAS: View = View {
    columns: &[NAME, text("Request"), text("Limit"), AGE],
    cells: |quota, now| {
        let (mut requests, mut limits) = (Vec::new(), Vec::new());
        let mut hard: Vec<&str> = object::fields(quota, "/status/hard")
            .into_iter()
            .flatten()
            .map(|(resource, _)| resource.as_str())
            .collect();
        hard.sort_unstable();
        for resource in hard {
            let amount = |of: &str| quota["status"][of][resource].as_str().unwrap_or("0");
            let told = format!("{resource}: {}/{}", amount("used"), amount("hard"));
            if resource.starts_with("limits.") {
                limits.push(told);
            } else {
                requests.push(told);
            }
        }
        vec![
            name(quota),
            json!(requests.join(", ")),
            json!(limits.join(", ")),
            age(quota, now),
        ]
    },
};

pub(super) static LEASES: View = View {
    columns: &[NAME, text("Holder"), AGE],
    cells: |lease, now| {
        let holder = object::text(lease, "/spec/holderIdentity");
        vec![name(lease), json!(holder), age(lease, now)]
    },
};

pub(super) static PRIORITY_CLASSES: View = View {
    columns: &[
        NAME,
        number("Value"),
        flag("Global-Default"),
        AGE,
        text("PreemptionPolicy"),
    ],
    cells: |class, now| {
        vec![
            name(class),
            count(class, "/value"),
            json!(class["globalDefault"].as_bool().unwrap_or(false)),
            age(class, now),
            json!(object::text(class, "/preemptionPolicy")),
        ]
    },
};

pub(super) static EVENTS: View = View {
    columns: &[
        text("Last Seen"),
        text("Type"),
        text("Reason"),
        text("Object"),
        wide(text("Subobject")),
        wide(text("Source")),
        text("Message"),
        wide(text("First Seen")),
        wide(text("Count")),
        wide(NAME),
    ],
    cells: |event, now| {
        // What is not there under its old name is under the new.
        let since = |names: &[&str]| {
            let mut moments = names.iter().filter_map(|name| event.pointer(name));
            let moment = moments.find(|moment| !moment.is_null());
            super::age::since(moment.unwrap_or(&Value::Null), now)
        };
        let series = event["series"].is_object();
        let last = if series {
            since(&["/series/lastObservedTime"])
        } else {
            since(&["/lastTimestamp", "/firstTimestamp", "/eventTime"])
        };
        let seen = match object::number(event, "/series/count") {
            Some(count) => count,
            None if series => 0,
            None => object::number(event, "/count").unwrap_or(0).max(1),
        };
        let kind = object::text(event, "/involvedObject/kind").to_lowercase();
        let about = match object::text(event, "/involvedObject/name") {
            "" => kind,
            name => format!("{kind}/{name}"),
        };
        let component = text_or(
            event,
            "/source/component",
            object::text(event, "/reportingComponent"),
        );
        let host = text_or(
            event,
            "/source/host",
            object::text(event, "/reportingInstance"),
        );
        let source = if host.is_empty() {
            component.to_owned()
        } else {
            format!("{component}, {host}")
        };
        vec![
            json!(last),
            json!(object::text(event, "/type")),
            json!(object::text(event, "/reason")),
            json!(about),
            json!(object::text(event, "/involvedObject/fieldPath")),
            json!(source),
            json!(object::text(event, "/message").trim()),
            json!(since(&["/firstTimestamp", "/eventTime"])),
            json!(seen),
            name(event),
        ]
    },
};

/// As metrics-server has them (`pkg/api/table.go` there).
const METRICS: &[super::Column] = &[
    NAME,
    format(text("cpu"), "quantity"),
    format(text("memory"), "quantity"),
    format(text("Window"), "duration"),
];

pub(super) static NODE_METRICS: View = View {
    columns: METRICS,
    cells: |metrics, _| usage(metrics, &[&metrics["usage"]]),
};

pub(super) static POD_METRICS: View = View {
    columns: METRICS,
    cells: |metrics, _| {
        let containers = object::items(metrics, "/containers").iter();
        let usages: Vec<&Value> = containers.map(|container| &container["usage"]).collect();
        usage(metrics, &usages)
    },
};

fn usage(metrics: &Value, usages: &[&Value]) -> Vec<Value> {
    let of = |resource: &str| {
        let amounts = usages.iter().filter_map(|usage| usage[resource].as_str());
        json!(sum(amounts.collect()))
    };
    vec![
        name(metrics),
        of("cpu"),
        of("memory"),
        json!(object::text(metrics, "/window")),
    ]
}

/// The sum of quantities; in their suffix if they share one.
fn sum(mut amounts: Vec<&str>) -> String {
    amounts.retain(|amount| *amount != "0");
    let split = |amount: &str| {
        let end = amount.find(|c: char| !c.is_ascii_digit());
        let (number, suffix) = amount.split_at(end.unwrap_or(amount.len()));
        Some((number.parse::<u64>().ok()?, suffix.to_owned()))
    };
    let parts: Option<Vec<_>> = amounts.iter().copied().map(split).collect();
    let parts = parts.unwrap_or_default();
    match parts.first() {
        None if amounts.is_empty() => "0".to_owned(),
        Some((_, shared)) if parts.iter().all(|(_, suffix)| suffix == shared) => {
            let total: u64 = parts.iter().map(|(number, _)| number).sum();
            format!("{total}{shared}")
        }
        _ => {
            let amounts = amounts.iter().filter_map(|amount| Quantity::parse(amount));
            let total: u64 = amounts.map(Quantity::millis).sum();
            if total.is_multiple_of(1_000) {
                (total / 1_000).to_string()
            } else {
                format!("{total}m")
            }
        }
    }
}
