//! The `autoscaling/v1` Scale of what has a number of replicas (`pkg/registry/apps/*/storage/storage.go`).

use serde_json::{Value, json};

use crate::demo::{
    fields::{make, put},
    object,
    refusal::{Fault, Refusal},
    resource::Resource,
};

/// How many replicas something has, and how many it shall have. None for what has none.
pub fn scale(resource: &Resource, object: &Value) -> Option<Value> {
    if !resource.below.contains(&"scale") {
        return None;
    }
    let metadata = &object["metadata"];
    let mut kept = json!({});
    for field in [
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
    ] {
        if !metadata[field].is_null() {
            put(&mut kept, field, metadata[field].clone());
        }
    }
    // Zero replicas are not written in a Scale's spec.
    let wanted = match object::number(object, "/spec/replicas").unwrap_or(1) {
        0 => json!({}),
        replicas => json!({"replicas": replicas}),
    };
    let mut status = json!({
        "replicas": object::number(object, "/status/replicas").unwrap_or(0),
    });
    let selector = selector(&object["spec"]["selector"]);
    if !selector.is_empty() {
        put(&mut status, "selector", selector);
    }
    Some(json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": kept, "spec": wanted, "status": status,
    }))
}

/// Sets the number of replicas to what a Scale says.
pub fn set_scale(resource: &Resource, object: &mut Value, scale: &Value) -> Result<(), Refusal> {
    let replicas = match &scale["spec"]["replicas"] {
        Value::Null => 0,
        said => said.as_i64().unwrap_or(-1),
    };
    if replicas < 0 {
        let fault = Fault::invalid(
            "spec.replicas",
            &json!(replicas),
            "must be greater than or equal to 0",
        );
        let mut refusal = Refusal::invalid(resource, object::name(object), &[fault]);
        refusal.message = format!(
            "Scale.autoscaling \"{}\" is invalid: spec.replicas: Invalid value: {replicas}: must be greater than or equal to 0",
            object::name(object)
        );
        put(&mut refusal.details, "group", "autoscaling");
        put(&mut refusal.details, "kind", "Scale");
        return Err(refusal);
    }
    if let Some(spec) = make(object, "spec") {
        put(spec, "replicas", replicas);
    }
    Ok(())
}

/// A `LabelSelector`, or the plain map of a `ReplicationController`, as text: `app=web,tier in (a,b)`.
pub fn selector(selector: &Value) -> String {
    let pairs = |labels: &Value| -> Vec<(String, String)> {
        let labels = labels.as_object().into_iter().flatten();
        labels
            .map(|(key, value)| {
                (
                    key.clone(),
                    format!("{key}={}", value.as_str().unwrap_or("")),
                )
            })
            .collect()
    };
    let is_plain = selector
        .as_object()
        .is_some_and(|fields| fields.values().all(Value::is_string));
    let mut terms = if is_plain {
        pairs(selector)
    } else {
        pairs(&selector["matchLabels"])
    };
    for term in object::items(selector, "/matchExpressions") {
        let key = term["key"].as_str().unwrap_or("");
        let mut values: Vec<&str> = object::items(term, "/values")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        values.sort_unstable();
        let values = values.join(",");
        let text = match term["operator"].as_str() {
            Some("In") => format!("{key} in ({values})"),
            Some("NotIn") => format!("{key} notin ({values})"),
            Some("DoesNotExist") => format!("!{key}"),
            _ => key.to_owned(),
        };
        terms.push((key.to_owned(), text));
    }
    terms.sort_by(|a, b| a.0.cmp(&b.0));
    let terms: Vec<String> = terms.into_iter().map(|(_, text)| text).collect();
    terms.join(",")
}
