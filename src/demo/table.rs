//! Objects as `kubectl get` shows them: the Table and `PartialObjectMetadata` forms of an answer.
//!
//! A server prints, not kubectl; columns and cells follow `pkg/printers/internalversion/printers.go`, always with those
//! of `-o wide`, which kubectl leaves out by their priority.

pub mod age;
mod labels;
mod network;
mod people;
mod pods;
mod storage;
mod system;
mod workloads;

use std::borrow::Borrow;

use serde_json::{Value, json};

use super::{object, refusal::Refusal, resource::Resource};

/// How much of each object comes with its row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Include {
    /// Nothing.
    None,
    /// Its metadata.
    #[default]
    Metadata,
    /// All of it.
    Object,
}

impl Include {
    /// The `includeObject` of a query; empty for the usual.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        match text {
            "None" => Ok(Self::None),
            "" | "Metadata" => Ok(Self::Metadata),
            "Object" => Ok(Self::Object),
            other => Err(Refusal::bad_request(format!(
                "Unable to convert to Table as requested: includeObject: Invalid value: {}: must be 'Metadata', \
                 'Object', 'None', or empty",
                Value::from(other)
            ))),
        }
    }
}

/// How objects of one kind are shown.
#[derive(Debug)]
struct View {
    columns: &'static [Column],
    cells: Cells,
}

/// One cell for each column, at this moment in milliseconds since the epoch.
type Cells = fn(&Value, i64) -> Vec<Value>;

#[derive(Clone, Copy, Debug)]
struct Column {
    name: &'static str,
    kind: &'static str,
    format: &'static str,
    /// Whether it is for `-o wide` only.
    wide: bool,
}

const fn column(name: &'static str, kind: &'static str) -> Column {
    Column {
        name,
        kind,
        format: "",
        wide: false,
    }
}

const fn text(name: &'static str) -> Column {
    column(name, "string")
}

const fn number(name: &'static str) -> Column {
    column(name, "integer")
}

const fn flag(name: &'static str) -> Column {
    column(name, "boolean")
}

const fn wide(column: Column) -> Column {
    Column {
        wide: true,
        ..column
    }
}

const fn format(column: Column, format: &'static str) -> Column {
    Column { format, ..column }
}

const NAME: Column = format(text("Name"), "name");
const AGE: Column = text("Age");
const CONTAINERS: Column = wide(text("Containers"));
const IMAGES: Column = wide(text("Images"));
const SELECTOR: Column = wide(text("Selector"));

/// What is shown of a kind that has no columns of its own.
static PLAIN: View = View {
    columns: &[NAME, column("Created At", "date")],
    cells: |object, _| {
        vec![
            name(object),
            json!(object::text(object, "/metadata/creationTimestamp")),
        ]
    },
};

/// What is shown of the `scale` of an object.
static SCALE: View = View {
    columns: &[text("Name"), number("Desired"), number("Available"), AGE],
    cells: |scale, now| {
        vec![
            name(scale),
            count(scale, "/spec/replicas"),
            count(scale, "/status/replicas"),
            age(scale, now),
        ]
    },
};

/// How objects of a resource are shown.
fn view(resource: &Resource) -> &'static View {
    match (resource.group, resource.plural) {
        ("", "pods") => &pods::PODS,
        ("", "replicationcontrollers") => &workloads::REPLICATION_CONTROLLERS,
        ("apps", "controllerrevisions") => &workloads::CONTROLLER_REVISIONS,
        ("apps", "daemonsets") => &workloads::DAEMON_SETS,
        ("apps", "deployments") => &workloads::DEPLOYMENTS,
        ("apps", "replicasets") => &workloads::REPLICA_SETS,
        ("apps", "statefulsets") => &workloads::STATEFUL_SETS,
        ("autoscaling", "horizontalpodautoscalers") => &workloads::AUTOSCALERS,
        ("batch", "cronjobs") => &workloads::CRON_JOBS,
        ("batch", "jobs") => &workloads::JOBS,
        ("policy", "poddisruptionbudgets") => &workloads::BUDGETS,
        ("", "endpoints") => &network::ENDPOINTS,
        ("", "services") => &network::SERVICES,
        ("discovery.k8s.io", "endpointslices") => &network::ENDPOINT_SLICES,
        ("networking.k8s.io", "ingressclasses") => &network::INGRESS_CLASSES,
        ("networking.k8s.io", "ingresses") => &network::INGRESSES,
        ("networking.k8s.io", "networkpolicies") => &network::NETWORK_POLICIES,
        ("", "configmaps") => &storage::CONFIG_MAPS,
        ("", "persistentvolumeclaims") => &storage::CLAIMS,
        ("", "persistentvolumes") => &storage::VOLUMES,
        ("", "secrets") => &storage::SECRETS,
        ("storage.k8s.io", "storageclasses") => &storage::STORAGE_CLASSES,
        ("", "serviceaccounts") => &people::SERVICE_ACCOUNTS,
        ("rbac.authorization.k8s.io", "rolebindings" | "clusterrolebindings") => &people::BINDINGS,
        ("", "events") => &system::EVENTS,
        ("", "namespaces") => &system::NAMESPACES,
        ("", "nodes") => &system::NODES,
        ("", "resourcequotas") => &system::RESOURCE_QUOTAS,
        ("coordination.k8s.io", "leases") => &system::LEASES,
        ("metrics.k8s.io", "nodes") => &system::NODE_METRICS,
        ("metrics.k8s.io", "pods") => &system::POD_METRICS,
        ("scheduling.k8s.io", "priorityclasses") => &system::PRIORITY_CLASSES,
        _ => &PLAIN,
    }
}

/// A Table of these objects; `about` is the metadata of their list. A `Scale` is shown as one, whatever it is of.
pub fn table(
    resource: &Resource,
    items: &[Value],
    include: Include,
    about: &Value,
    now: i64,
) -> Value {
    let is_scale = items.iter().any(|object| object["kind"] == "Scale");
    let view = if is_scale { &SCALE } else { view(resource) };
    whole(view, items, include, about, now)
}

/// The same of objects that need not all be there at once.
pub fn table_from(
    resource: &Resource,
    items: impl IntoIterator<Item = Value>,
    include: Include,
    about: &Value,
    now: i64,
) -> Value {
    whole(view(resource), items, include, about, now)
}

fn whole(
    view: &View,
    items: impl IntoIterator<Item: Borrow<Value>>,
    include: Include,
    about: &Value,
    now: i64,
) -> Value {
    let rows: Vec<Value> = items
        .into_iter()
        .map(|object| line(view, object.borrow(), include, now))
        .collect();
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": about,
        "columnDefinitions": heads(view), "rows": rows,
    })
}

/// A Table of one object: of a get, or of an event of a watch, where only the first has heads.
pub fn row(resource: &Resource, object: &Value, include: Include, heads: bool, now: i64) -> Value {
    let version = &object["metadata"]["resourceVersion"];
    let about = if version.is_null() {
        json!({})
    } else {
        json!({"resourceVersion": version})
    };
    let mut table = table(resource, std::slice::from_ref(object), include, &about, now);
    if !heads {
        table["columnDefinitions"] = Value::Null;
    }
    table
}

fn heads(view: &View) -> Vec<Value> {
    let head = |column: &Column| {
        json!({
            "name": column.name, "type": column.kind, "format": column.format, "description": "",
            "priority": i32::from(column.wide),
        })
    };
    view.columns.iter().map(head).collect()
}

fn line(view: &View, object: &Value, include: Include, now: i64) -> Value {
    let mut line = json!({"cells": (view.cells)(object, now)});
    // Clients grey out what has ended.
    let ended = match object::text(object, "/status/phase") {
        "Succeeded" => Some(("Succeeded", "The pod has completed successfully.")),
        "Failed" => Some(("Failed", "The pod failed.")),
        _ => None,
    };
    if let Some((reason, message)) = ended.filter(|_| object["kind"] == "Pod") {
        line["conditions"] = json!([{
            "type": "Completed", "status": "True", "reason": reason, "message": message,
        }]);
    }
    line["object"] = match include {
        Include::None => Value::Null,
        Include::Metadata => partial(object),
        Include::Object => object.clone(),
    };
    line
}

/// An object's `PartialObjectMetadata`.
pub fn partial(object: &Value) -> Value {
    json!({
        "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
        "metadata": object["metadata"],
    })
}

/// A list of them; `about` is its metadata.
pub fn partial_list(items: impl IntoIterator<Item: Borrow<Value>>, about: &Value) -> Value {
    let items = items.into_iter().map(|object| partial(object.borrow()));
    json!({
        "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": about,
        "items": items.collect::<Vec<_>>(),
    })
}

fn name(object: &Value) -> Value {
    json!(object::name(object))
}

fn age(object: &Value, now: i64) -> Value {
    json!(age::since(&object["metadata"]["creationTimestamp"], now))
}

fn count(object: &Value, pointer: &str) -> Value {
    json!(object::number(object, pointer).unwrap_or(0))
}

/// A text, or another where there is none.
fn text_or<'a>(object: &'a Value, pointer: &str, otherwise: &'a str) -> &'a str {
    match object::text(object, pointer) {
        "" => otherwise,
        text => text,
    }
}

/// The texts of a list, with commas.
fn joined<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    items.into_iter().collect::<Vec<_>>().join(",")
}

/// Names and images of the containers of a pod template.
fn containers(object: &Value, pointer: &str) -> [Value; 2] {
    let containers = object::items(object, pointer);
    ["/name", "/image"].map(|part| {
        let texts = containers
            .iter()
            .map(|container| object::text(container, part));
        json!(joined(texts))
    })
}

/// The first of a list, with commas, and how many more there are.
fn first_of(mut list: Vec<String>, most: usize) -> String {
    let more = list.len().saturating_sub(most);
    list.truncate(most);
    let told = list.join(",");
    if more > 0 {
        format!("{told} + {more} more...")
    } else {
        told
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
