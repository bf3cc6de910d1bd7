//! Environment variables of a container (`ValidateEnv`, `ValidateEnvFrom` in `pkg/apis/core/validation`).

use serde_json::json;

use super::{
    field::{Faults, Field},
    names,
};

/// Variables, one by one.
pub(super) fn variables(list: &Field<'_>, faults: &mut Faults) {
    const SOURCES: [&str; 5] = [
        "fieldRef",
        "resourceFieldRef",
        "configMapKeyRef",
        "secretKeyRef",
        "fileKeyRef",
    ];
    for variable in list.items() {
        let name = variable.child("name");
        if name.is_blank() {
            faults.required(name.path, "");
        } else {
            faults.invalid_for(&name, names::variable(name.text()));
        }
        let source = variable.child("valueFrom");
        if !source.is_there() {
            continue;
        }
        let said: Vec<&str> = SOURCES
            .into_iter()
            .filter(|key| source.child(key).is_there())
            .collect();
        for key in ["configMapKeyRef", "secretKeyRef"] {
            if said.contains(&key) {
                key_of(&source.child(key), faults);
            }
        }
        if source.child("fieldRef").is_there() {
            field_of_pod(&source.child("fieldRef"), faults);
        }
        if source.child("resourceFieldRef").is_there()
            && source.child("resourceFieldRef.resource").is_blank()
        {
            faults.required(source.named("resourceFieldRef.resource"), "");
        }
        let why = match said.len() {
            0 => {
                "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
            }
            _ if !variable.child("value").is_blank() => {
                "may not be specified when `value` is not empty"
            }
            1 => continue,
            _ => "may not have more than one field specified at a time",
        };
        faults.invalid_value(source.path, &json!(""), why);
    }
}

/// A key of a ConfigMap or a Secret.
fn key_of(reference: &Field<'_>, faults: &mut Faults) {
    let (name, key) = (reference.child("name"), reference.child("key"));
    for why in names::subdomain(name.text()) {
        faults.invalid_value(&*name.path, &json!(name.text()), &why);
    }
    if key.is_blank() {
        faults.required(key.path, "");
    } else {
        faults.invalid_for(&key, names::config_key(key.text()));
    }
}

/// What of its own object a container can be told in a variable.
const OF_POD: [&str; 8] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
];

fn field_of_pod(reference: &Field<'_>, faults: &mut Faults) {
    let path = reference.child("fieldPath");
    let said = path.text();
    if said.is_empty() {
        faults.required(path.path, "");
        return;
    }
    let has_key = ["metadata.labels['", "metadata.annotations['"]
        .iter()
        .any(|start| said.starts_with(start) && said.ends_with("']"));
    let is_known = OF_POD.contains(&said) || said == "status.podIPs" || has_key;
    if is_known {
        return;
    }
    if matches!(said, "metadata.labels" | "metadata.annotations") {
        let mut known = OF_POD.to_vec();
        known.push("status.podIPs");
        faults.one_of(&path, &known);
    } else {
        let why = format!("error converting fieldPath: field label not supported: {said}");
        faults.invalid(&path, &why);
    }
}

/// Variables, all of a `ConfigMap` or a Secret.
pub(super) fn variables_from(list: &Field<'_>, faults: &mut Faults) {
    for source in list.items() {
        let prefix = source.child("prefix");
        if !prefix.is_blank() {
            faults.invalid_for(&prefix, names::variable(prefix.text()));
        }
        let said: Vec<&str> = ["configMapRef", "secretRef"]
            .into_iter()
            .filter(|key| source.child(key).is_there())
            .collect();
        for key in &said {
            let name = source.child(key).child("name");
            if name.is_blank() {
                faults.required(name.path, "");
            } else {
                faults.invalid_for(&name, names::subdomain(name.text()));
            }
        }
        let why = match said.len() {
            0 => "must specify one of: `configMapRef` or `secretRef`",
            1 => continue,
            _ => "may not have more than one field specified at a time",
        };
        faults.invalid_value(&*list.path, &json!(""), why);
    }
}
