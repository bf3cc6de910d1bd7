//! Reads `schema.json`: names become indices, what is left out gets its default.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::Value;

use super::{List, ListKind, Node, Scalar, Shape, Strategy, Type, Types};

#[derive(Deserialize)]
struct Bundle {
    kinds: BTreeMap<String, String>,
    types: BTreeMap<String, Definition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    #[serde(default)]
    fields: BTreeMap<String, Said>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    atomic: bool,
    scalar: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Plain(String),
    Full(Box<Full>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Full {
    of: Option<String>,
    list: Option<Said>,
    map: Option<Said>,
    kind: Option<String>,
    keys: Option<Vec<String>>,
    merge: Option<String>,
    strategy: Option<String>,
    #[serde(default)]
    atomic: bool,
    #[serde(default)]
    solid: bool,
    default: Option<Value>,
}

pub(super) fn read(text: &str) -> serde_json::Result<Types> {
    let bundle: Bundle = serde_json::from_str(text)?;
    let indices: HashMap<&str, usize> = bundle.types.keys().map(String::as_str).zip(0..).collect();
    let names = Names {
        indices,
        types: &bundle.types,
    };
    let types = bundle
        .types
        .iter()
        .map(|(name, definition)| Type {
            name: full_name(name),
            fields: definition
                .fields
                .iter()
                .map(|(name, said)| (name.clone(), names.node(said)))
                .collect(),
            required: definition.required.clone(),
            atomic: definition.atomic,
        })
        .collect();
    let kinds = bundle
        .kinds
        .iter()
        .map(|(kind, name)| (kind.clone(), names.node(&Said::Plain(name.clone()))))
        .collect();
    Ok(Types { types, kinds })
}

/// `io.k8s.api.core.v1.Pod` for `core.v1.Pod`.
fn full_name(short: &str) -> String {
    let front = match short.split('.').next() {
        Some("meta") => "io.k8s.apimachinery.pkg.apis.",
        Some("api" | "runtime" | "util") => "io.k8s.apimachinery.pkg.",
        _ => "io.k8s.api.",
    };
    format!("{front}{short}")
}

fn scalar(name: &str) -> Scalar {
    match name {
        "string" => Scalar::Text,
        "bytes" => Scalar::Bytes,
        "time" => Scalar::Time,
        "micro-time" => Scalar::MicroTime,
        "int32" => Scalar::Int32,
        "int64" => Scalar::Int64,
        "number" => Scalar::Number,
        "bool" => Scalar::Bool,
        "quantity" => Scalar::Quantity,
        "int-or-string" => Scalar::IntOrString,
        _ => Scalar::Any,
    }
}

struct Names<'a> {
    indices: HashMap<&'a str, usize>,
    types: &'a BTreeMap<String, Definition>,
}

impl Names<'_> {
    fn shape(&self, name: &str) -> Shape {
        let of_name = self.types.get(name).map(|known| known.scalar.as_deref());
        match (of_name, self.indices.get(name)) {
            (Some(None), Some(index)) => Shape::Struct(*index),
            (Some(Some(name)), _) => Shape::Scalar(scalar(name)),
            _ => Shape::Scalar(scalar(name)),
        }
    }

    fn node(&self, said: &Said) -> Node {
        let full = match said {
            Said::Plain(name) => {
                return Node {
                    shape: self.shape(name),
                    ..plain()
                };
            }
            Said::Full(full) => full,
        };
        let strategy = full.strategy.as_deref().unwrap_or_default();
        let strategy = Strategy {
            merge: strategy.split(',').any(|word| word == "merge"),
            replace: strategy.split(',').any(|word| word == "replace"),
            retain_keys: strategy.split(',').any(|word| word == "retainKeys"),
        };
        let shape = match (&full.of, &full.list, &full.map) {
            (_, Some(item), _) => Shape::List(List {
                item: Box::new(self.node(item)),
                kind: match (full.kind.as_deref(), &full.keys) {
                    (Some("map"), Some(keys)) => {
                        let mut keys = keys.clone();
                        keys.sort();
                        ListKind::Map(keys)
                    }
                    (Some("set"), _) => ListKind::Set,
                    // As `pkg/schemaconv` of kube-openapi reads what has no list type.
                    (None, _) if strategy.merge => match &full.merge {
                        Some(key) => ListKind::Map(vec![key.clone()]),
                        None => ListKind::Set,
                    },
                    _ => ListKind::Atomic,
                },
                merge_key: full.merge.clone(),
            }),
            (_, _, Some(value)) => Shape::Map(Box::new(self.node(value))),
            (Some(name), ..) => self.shape(name),
            _ => Shape::Scalar(Scalar::Any),
        };
        Node {
            shape,
            atomic: full.atomic,
            solid: full.solid,
            default: full.default.clone(),
            strategy,
        }
    }
}

fn plain() -> Node {
    Node {
        shape: Shape::Scalar(Scalar::Any),
        atomic: false,
        solid: false,
        default: None,
        strategy: Strategy::default(),
    }
}
