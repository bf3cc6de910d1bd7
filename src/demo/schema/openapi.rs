//! The schema as clients ask for it: OpenAPI v3, one document per group and version. `kubectl explain` reads the types;
//! `kubectl apply` looks whether patches know `fieldValidation`.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::Hasher as _,
};

use rustc_hash::FxHasher;
use serde_json::{Map, Value, json};

use super::{
    super::resource::{RESOURCES, Resource, Served},
    ListKind, Node, Scalar, Schema, Shape, Type, of, of_kind, types,
};

/// The types that OpenAPI names although they have no fields.
const NAMED: &[(Scalar, &str)] = &[
    (Scalar::Time, "io.k8s.apimachinery.pkg.apis.meta.v1.Time"),
    (
        Scalar::MicroTime,
        "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime",
    ),
    (
        Scalar::Quantity,
        "io.k8s.apimachinery.pkg.api.resource.Quantity",
    ),
    (
        Scalar::IntOrString,
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
    ),
];

/// What a body is, below an object: the kind, and its group and version.
const BELOW: &[(&str, &str, &str, &str)] = &[
    ("scale", "autoscaling", "v1", "Scale"),
    ("eviction", "policy", "v1", "Eviction"),
    ("binding", "", "v1", "Binding"),
];

/// `GET /openapi/v3`: which documents there are.
pub fn openapi_index() -> Value {
    let paths: Map<String, Value> = served()
        .keys()
        .map(|(group, version)| {
            let path = path(group, version);
            let mut hasher = FxHasher::default();
            hasher.write(include_bytes!("../schema.json"));
            hasher.write(path.as_bytes());
            let url = format!("/openapi/v3/{path}?hash={:016X}", hasher.finish());
            (path, json!({"serverRelativeURL": url}))
        })
        .collect();
    json!({"paths": paths})
}

/// `GET /openapi/v3/apis/apps/v1`: one document. None for what is not served.
pub fn openapi(group: &str, version: &str) -> Option<Value> {
    let served = served();
    let resources = served.get(&(group, version))?;
    let mut components = Components::default();
    let mut paths = Map::new();
    let delete = of_kind("v1", "DeleteOptions");
    for resource in resources {
        let top = of(resource);
        let gvk = gvk(resource.group, resource.version, resource.kind);
        components.name(top, Some(&gvk));
        let body = components.schema(top);
        let list = resource.path("{namespace}", "");
        let one = resource.path("{namespace}", "{name}");
        if resource.served == Served::Asked {
            let post = operation("post", &gvk, Some(&body));
            paths.insert(list, json!({"post": post}));
            continue;
        }
        let options = components.schema(delete);
        let writes = resource.served != Served::Computed;
        let mut at_list = json!({"get": operation("list", &gvk, None)});
        let mut at_one = json!({"get": operation("get", &gvk, None)});
        if writes {
            at_list["post"] = operation("post", &gvk, Some(&body));
            at_one["put"] = operation("put", &gvk, Some(&body));
            at_one["patch"] = operation("patch", &gvk, Some(&body));
            at_one["delete"] = operation("delete", &gvk, Some(&options));
        }
        if resource.served == Served::Stored {
            at_list["delete"] = operation("deletecollection", &gvk, Some(&options));
        }
        if resource.namespaced {
            let all = resource.path("", "");
            paths.insert(all, json!({"get": operation("list", &gvk, None)}));
        }
        paths.insert(list, at_list);
        for below in resource.below {
            if let Some(at) = below_one(below, &gvk, &body, &mut components) {
                paths.insert(format!("{one}/{below}"), at);
            }
        }
        paths.insert(one, at_one);
    }
    Some(json!({
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "unversioned"},
        "paths": paths,
        "components": {"schemas": components.close()},
    }))
}

fn below_one(
    name: &str,
    of_object: &Value,
    body: &Value,
    components: &mut Components,
) -> Option<Value> {
    if let Some((_, group, version, kind)) = BELOW.iter().find(|(below, ..)| *below == name) {
        let api_version = if group.is_empty() {
            (*version).to_owned()
        } else {
            format!("{group}/{version}")
        };
        let top = of_kind(&api_version, kind);
        let gvk = gvk(group, version, kind);
        components.name(top, Some(&gvk));
        let body = components.schema(top);
        if name != "scale" {
            return Some(json!({"post": operation("post", &gvk, Some(&body))}));
        }
        return Some(written(&gvk, &body));
    }
    matches!(name, "status" | "resize" | "ephemeralcontainers").then(|| written(of_object, body))
}

fn written(gvk: &Value, body: &Value) -> Value {
    json!({
        "get": operation("get", gvk, None),
        "put": operation("put", gvk, Some(body)),
        "patch": operation("patch", gvk, Some(body)),
    })
}

fn served() -> BTreeMap<(&'static str, &'static str), Vec<&'static Resource>> {
    let mut served: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for resource in RESOURCES {
        let place = (resource.group, resource.version);
        served.entry(place).or_default().push(*resource);
    }
    served
}

fn path(group: &str, version: &str) -> String {
    if group.is_empty() {
        format!("api/{version}")
    } else {
        format!("apis/{group}/{version}")
    }
}

fn gvk(group: &str, version: &str, kind: &str) -> Value {
    json!({"group": group, "version": version, "kind": kind})
}

fn operation(action: &str, gvk: &Value, body: Option<&Value>) -> Value {
    let mut operation = json!({
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": gvk,
        "responses": {"200": {"description": "OK"}},
    });
    let Some(body) = body else {
        return operation;
    };
    let mut parameters = vec!["dryRun"];
    if matches!(action, "post" | "put" | "patch") {
        parameters.extend(["fieldManager", "fieldValidation"]);
    }
    if action == "patch" {
        parameters.push("force");
    }
    let parameters: Vec<Value> = parameters
        .into_iter()
        .map(|name| {
            let kind = if name == "force" { "boolean" } else { "string" };
            json!({"name": name, "in": "query", "schema": {"type": kind, "uniqueItems": true}})
        })
        .collect();
    operation["parameters"] = json!(parameters);
    let content: Map<String, Value> = if action == "patch" {
        [
            "apply-patch+yaml",
            "json-patch+json",
            "merge-patch+json",
            "strategic-merge-patch+json",
        ]
        .iter()
        .map(|kind| {
            (
                format!("application/{kind}"),
                json!({"schema": {"type": "object"}}),
            )
        })
        .collect()
    } else {
        Map::from_iter([("*/*".to_owned(), json!({"schema": body}))])
    };
    operation["requestBody"] = json!({"content": content});
    operation
}

/// The types that a document names, with those that they name.
#[derive(Default)]
struct Components {
    open: BTreeSet<usize>,
    done: BTreeMap<usize, Value>,
    kinds: BTreeMap<usize, Vec<Value>>,
    scalars: BTreeSet<&'static str>,
}

impl Components {
    fn name(&mut self, node: &Node, gvk: Option<&Value>) {
        let Shape::Struct(index) = node.shape else {
            return;
        };
        if !self.done.contains_key(&index) {
            self.open.insert(index);
        }
        if let Some(gvk) = gvk {
            let kinds = self.kinds.entry(index).or_default();
            if !kinds.contains(gvk) {
                kinds.push(gvk.clone());
            }
        }
    }

    fn close(mut self) -> Map<String, Value> {
        while let Some(index) = self.open.pop_first() {
            if let Some(kind) = types().types.get(index) {
                self.done.insert(index, Value::Null);
                let schema = self.definition(kind);
                self.done.insert(index, schema);
            }
        }
        let mut schemas = Map::new();
        for (index, mut schema) in self.done {
            if let Some(kinds) = self.kinds.get(&index) {
                schema["x-kubernetes-group-version-kind"] = json!(kinds);
            }
            if let Some(kind) = types().types.get(index) {
                schemas.insert(kind.name.clone(), schema);
            }
        }
        for name in self.scalars {
            let schema = match name.rsplit('.').next() {
                Some("Quantity") => json!({"oneOf": [{"type": "string"}, {"type": "number"}]}),
                Some("IntOrString") => {
                    json!({"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]})
                }
                _ => json!({"type": "string", "format": "date-time"}),
            };
            schemas.insert(name.to_owned(), schema);
        }
        schemas
    }

    fn definition(&mut self, kind: &'static Type) -> Value {
        let properties: Map<String, Value> = kind
            .fields
            .iter()
            .map(|(name, field)| (name.clone(), self.property(field)))
            .collect();
        let mut schema = json!({"type": "object", "properties": properties});
        if !kind.required.is_empty() {
            schema["required"] = json!(kind.required);
        }
        if kind.atomic {
            schema["x-kubernetes-map-type"] = json!("atomic");
        }
        schema
    }

    /// A field: a reference stands in an `allOf`, as beside `$ref` nothing may stand.
    fn property(&mut self, node: Schema) -> Value {
        let mut schema = self.schema(node);
        if schema.get("$ref").is_some() {
            schema = json!({"allOf": [schema]});
        }
        if node.atomic {
            schema["x-kubernetes-map-type"] = json!("atomic");
        }
        if node.solid {
            schema["default"] = json!({});
        }
        if let Some(default) = &node.default {
            schema["default"] = default.clone();
        }
        let strategy = node.strategy;
        let words = [
            (strategy.merge, "merge"),
            (strategy.replace, "replace"),
            (strategy.retain_keys, "retainKeys"),
        ];
        let words: Vec<&str> = words
            .iter()
            .filter_map(|(is, word)| is.then_some(*word))
            .collect();
        if !words.is_empty() {
            schema["x-kubernetes-patch-strategy"] = json!(words.join(","));
        }
        schema
    }

    fn schema(&mut self, node: Schema) -> Value {
        let plain = |kind: &str, format: &str| {
            if format.is_empty() {
                json!({"type": kind})
            } else {
                json!({"type": kind, "format": format})
            }
        };
        match &node.shape {
            Shape::Struct(_) => {
                self.name(node, None);
                let name = node.of_type().map_or("", |kind| kind.name.as_str());
                refer(name)
            }
            Shape::Map(value) => {
                json!({"type": "object", "additionalProperties": self.property(value)})
            }
            Shape::List(list) => {
                let mut schema = json!({"type": "array", "items": self.property(&list.item)});
                let kind = match &list.kind {
                    ListKind::Atomic => "atomic",
                    ListKind::Set => "set",
                    ListKind::Map(keys) => {
                        schema["x-kubernetes-list-map-keys"] = json!(keys);
                        "map"
                    }
                };
                schema["x-kubernetes-list-type"] = json!(kind);
                if let Some(key) = &list.merge_key {
                    schema["x-kubernetes-patch-merge-key"] = json!(key);
                }
                schema
            }
            Shape::Scalar(scalar) => match scalar {
                Scalar::Text => plain("string", ""),
                Scalar::Bytes => plain("string", "byte"),
                Scalar::Int32 => plain("integer", "int32"),
                Scalar::Int64 => plain("integer", "int64"),
                Scalar::Number => plain("number", "double"),
                Scalar::Bool => plain("boolean", ""),
                Scalar::Any => plain("object", ""),
                named => {
                    let name = NAMED.iter().find(|(known, _)| known == named);
                    let name = name.map_or("", |(_, name)| name);
                    self.scalars.insert(name);
                    refer(name)
                }
            },
        }
    }
}

fn refer(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}
