//! The schema that the demo carries is the one a real cluster publishes, as far as the demo serves it.
//!
//! With `UPDATE_SCHEMA=1` the file is written anew from the live cluster.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

use barkeep::demo::resource::{RESOURCES, Served};
use serde_json::{Map, Value, json};

use crate::{live, support::cluster::Cluster};

/// What requests carry besides objects of the resources themselves.
const CARRIED: &[(&str, &str, &str)] = &[
    ("", "v1", "Binding"),
    ("", "v1", "DeleteOptions"),
    ("autoscaling", "v1", "Scale"),
    ("policy", "v1", "Eviction"),
];

#[test]
fn the_bundled_schema_is_that_of_the_cluster() {
    let Some(cluster) = live("the_bundled_schema_is_that_of_the_cluster") else {
        return;
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/schema.json");
    let published = compact(&cluster);
    if std::env::var("UPDATE_SCHEMA").as_deref() == Ok("1") {
        fs::write(&path, &published).unwrap();
    }
    let bundled = fs::read_to_string(&path).unwrap();
    assert!(
        bundled == published,
        "another schema; UPDATE_SCHEMA=1 writes it"
    );
}

/// Every kind that is written, with all definitions that it is made of, one to a line.
fn compact(cluster: &Cluster) -> String {
    let written = RESOURCES
        .iter()
        .filter(|resource| resource.served != Served::Computed)
        .map(|resource| (resource.group, resource.version, resource.kind));
    let mut kinds = BTreeMap::new();
    let mut types = BTreeMap::new();
    let places: BTreeSet<_> = written
        .clone()
        .map(|(group, version, _)| (group, version))
        .collect();
    // `Scale` stands only in the documents of what is scaled.
    let known: Map<String, Value> = places
        .iter()
        .flat_map(|(group, version)| schemas(cluster, group, version))
        .collect();
    for (group, version, kind) in written.chain(CARRIED.iter().copied()) {
        let gvk = json!({"group": group, "version": version, "kind": kind});
        let (name, _) = known
            .iter()
            .find(|(_, schema)| {
                let named = schema["x-kubernetes-group-version-kind"].as_array();
                named.is_some_and(|named| named.contains(&gvk))
            })
            .unwrap_or_else(|| panic!("{gvk} is published"));
        let api_version = if group.is_empty() {
            version.to_owned()
        } else {
            format!("{group}/{version}")
        };
        kinds.insert(format!("{api_version}/{kind}"), short(name));
        let mut wanted = BTreeSet::from([name.clone()]);
        while let Some(name) = wanted.pop_first() {
            if types.contains_key(&short(&name)) {
                continue;
            }
            let mut refers = BTreeSet::new();
            types.insert(
                short(&name),
                definition(&name, &known[&name], &mut refers).to_string(),
            );
            wanted.extend(refers);
        }
    }
    let mut text = format!("{{\"kinds\": {},\n\"types\": {{\n", json!(kinds));
    let last = types.len() - 1;
    for (index, (name, definition)) in types.iter().enumerate() {
        let comma = if index == last { "" } else { "," };
        writeln!(text, "\"{name}\": {definition}{comma}").unwrap();
    }
    text + "}}\n"
}

fn schemas(cluster: &Cluster, group: &str, version: &str) -> Map<String, Value> {
    let path = if group.is_empty() {
        format!("/openapi/v3/api/{version}")
    } else {
        format!("/openapi/v3/apis/{group}/{version}")
    };
    let document: Value = serde_json::from_str(&cluster.kubectl(&["get", "--raw", &path])).unwrap();
    document["components"]["schemas"]
        .as_object()
        .unwrap()
        .clone()
}

/// `core.v1.Pod` for `io.k8s.api.core.v1.Pod`: the demo puts the front back.
fn short(name: &str) -> String {
    for front in [
        "io.k8s.api.",
        "io.k8s.apimachinery.pkg.apis.",
        "io.k8s.apimachinery.pkg.",
    ] {
        if let Some(rest) = name.strip_prefix(front) {
            return rest.to_owned();
        }
    }
    panic!("{name} has a front that the demo does not know")
}

fn definition(name: &str, schema: &Value, refers: &mut BTreeSet<String>) -> Value {
    let Some(properties) = schema["properties"].as_object() else {
        let scalar = match schema["format"].as_str() {
            Some("date-time") if name.ends_with("MicroTime") => "micro-time",
            Some("date-time") => "time",
            Some("int-or-string") => "int-or-string",
            _ if name.ends_with("Quantity") => "quantity",
            _ => "any",
        };
        return json!({"scalar": scalar});
    };
    let fields: Map<String, Value> = properties
        .iter()
        .map(|(name, schema)| (name.clone(), field(schema, refers)))
        .collect();
    let mut definition = json!({"fields": fields});
    if let Some(required) = schema.get("required") {
        definition["required"] = required.clone();
    }
    if schema["x-kubernetes-map-type"] == "atomic" {
        definition["atomic"] = json!(true);
    }
    definition
}

fn field(schema: &Value, refers: &mut BTreeSet<String>) -> Value {
    let mut field = Map::new();
    let refers_to = schema["$ref"]
        .as_str()
        .or_else(|| schema["allOf"][0]["$ref"].as_str());
    if let Some(name) = refers_to.and_then(|path| path.rsplit('/').next()) {
        refers.insert(name.to_owned());
        field.insert("of".to_owned(), json!(short(name)));
    } else if schema["type"] == "array" {
        field.insert("list".to_owned(), self::field(&schema["items"], refers));
    } else if schema["additionalProperties"].is_object() {
        let value = self::field(&schema["additionalProperties"], refers);
        field.insert("map".to_owned(), value);
    } else {
        let scalar = match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("integer"), Some("int32")) => "int32",
            (Some("integer"), _) => "int64",
            (Some("number"), _) => "number",
            (Some("boolean"), _) => "bool",
            (Some("string"), Some("byte")) => "bytes",
            (Some("string"), _) => "string",
            _ => "any",
        };
        field.insert("of".to_owned(), json!(scalar));
    }
    for (from, to) in [
        ("x-kubernetes-list-type", "kind"),
        ("x-kubernetes-list-map-keys", "keys"),
        ("x-kubernetes-patch-merge-key", "merge"),
        ("x-kubernetes-patch-strategy", "strategy"),
    ] {
        match schema.get(from) {
            None => {}
            // The default, save where a patch strategy would say something else.
            Some(kind) if kind == "atomic" && schema["x-kubernetes-patch-strategy"].is_null() => {}
            Some(value) => {
                field.insert(to.to_owned(), value.clone());
            }
        }
    }
    if schema["x-kubernetes-map-type"] == "atomic" {
        field.insert("atomic".to_owned(), json!(true));
    }
    match &schema["default"] {
        Value::Null => {}
        // Where the Go field is a struct and no pointer: it is there even when nobody set it.
        Value::Object(_) => {
            field.insert("solid".to_owned(), json!(true));
        }
        // The zero of its type says nothing.
        zero if matches!(zero.as_str(), Some("")) || zero == &json!(0) || zero == &json!(false) => {
        }
        default => {
            field.insert("default".to_owned(), default.clone());
        }
    }
    match (field.len(), field.get("of")) {
        (1, Some(plain)) => plain.clone(),
        _ => Value::Object(field),
    }
}
