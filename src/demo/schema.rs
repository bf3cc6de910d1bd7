//! What the objects of the API are made of: the structural schema of every kind that is written here.
//!
//! `schema.json` is made from a real cluster's OpenAPI (`tests/live/schema.rs`), without descriptions. It tells which fields
//! there are and of what type, how lists merge (`x-kubernetes-list-type`, `x-kubernetes-patch-merge-key`…), and which
//! structs are always there.

mod check;
mod openapi;
mod quantity;
mod read;

use std::{
    collections::{BTreeMap, HashMap},
    sync::OnceLock,
};

use serde_json::{Map, Value, json};

use super::resource::Resource;

pub use check::{FieldValidation, check, inspect};
pub use openapi::{openapi, openapi_index};

/// A place in an object, and what may stand there.
pub type Schema = &'static Node;

/// What may stand at a place.
#[derive(Debug)]
pub struct Node {
    /// Its type.
    pub shape: Shape,
    /// A map or struct that is owned and changed as a whole, said at this place.
    pub atomic: bool,
    /// A struct that a server always writes, be it empty.
    pub solid: bool,
    /// A value that is taken where none is given. Only merge keys need it here.
    pub default: Option<Value>,
    /// How a strategic merge patch goes about it.
    pub strategy: Strategy,
}

/// A type.
#[derive(Debug)]
pub enum Shape {
    /// No parts.
    Scalar(Scalar),
    /// Known fields: the index of a [`Type`].
    Struct(usize),
    /// Any key, one type of value.
    Map(Box<Node>),
    /// Items of one type.
    List(List),
}

/// What has no parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// Text.
    Text,
    /// Bytes, in base64.
    Bytes,
    /// RFC 3339 with whole seconds.
    Time,
    /// RFC 3339 with microseconds.
    MicroTime,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// Any number.
    Number,
    /// True or false.
    Bool,
    /// `100m`, `1Gi`, 2.
    Quantity,
    /// A port's number or name, a count or `25%`.
    IntOrString,
    /// Anything at all.
    Any,
}

/// A list.
#[derive(Debug)]
pub struct List {
    /// What its items are.
    pub item: Box<Node>,
    /// What makes an item the same.
    pub kind: ListKind,
    /// The key of a strategic merge patch, `x-kubernetes-patch-merge-key`.
    pub merge_key: Option<String>,
}

/// `x-kubernetes-list-type`.
#[derive(Debug, PartialEq, Eq)]
pub enum ListKind {
    /// The list is one value.
    Atomic,
    /// Every item is a value that is there once.
    Set,
    /// The items are told apart by these fields, which are sorted.
    Map(Vec<String>),
}

/// `x-kubernetes-patch-strategy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strategy {
    /// `merge`: of a list, its items are merged.
    pub merge: bool,
    /// `replace`: of a struct, it is replaced.
    pub replace: bool,
    /// `retainKeys`.
    pub retain_keys: bool,
}

/// A struct.
#[derive(Debug)]
pub struct Type {
    /// Its name in OpenAPI: `io.k8s.api.core.v1.Container`.
    pub name: String,
    /// Its fields.
    pub fields: BTreeMap<String, Node>,
    /// Those that a server always writes or asks for.
    pub required: Vec<String>,
    /// Whether it is owned and changed as a whole.
    pub atomic: bool,
}

/// How server-side apply and managed fields see a value (`sigs.k8s.io/structured-merge-diff`).
#[derive(Clone, Copy, Debug)]
pub enum View {
    /// As one.
    Leaf,
    /// By its fields or keys.
    Fields,
    /// By its items, which have these keys.
    Keyed(&'static List),
    /// By its items, which are plain values.
    Set(&'static List),
}

static ANY: Node = Node {
    shape: Shape::Scalar(Scalar::Any),
    atomic: false,
    solid: false,
    default: None,
    strategy: Strategy {
        merge: false,
        replace: false,
        retain_keys: false,
    },
};

impl Node {
    /// The struct that stands here, with its fields.
    pub fn of_type(&self) -> Option<&'static Type> {
        match self.shape {
            Shape::Struct(index) => types().types.get(index),
            _ => None,
        }
    }

    /// A field of this struct. None if there is no such field, or this is no struct.
    pub fn field(&self, name: &str) -> Option<Schema> {
        self.of_type()?.fields.get(name)
    }

    /// What stands below a field's name or a key. Where nothing is known, anything may.
    pub fn below(&'static self, key: &str) -> Schema {
        match &self.shape {
            Shape::Struct(_) => self.field(key).unwrap_or(&ANY),
            Shape::Map(value) => value,
            _ => &ANY,
        }
    }

    /// What this list's items are.
    pub fn item(&'static self) -> Schema {
        self.list().map_or(&ANY, |list| &list.item)
    }

    /// The list that stands here.
    pub fn list(&'static self) -> Option<&'static List> {
        match &self.shape {
            Shape::List(list) => Some(list),
            _ => None,
        }
    }

    /// How this value is owned.
    pub fn view(&'static self, value: &Value) -> View {
        if self.atomic || self.of_type().is_some_and(|kind| kind.atomic) {
            return View::Leaf;
        }
        match &self.shape {
            Shape::Struct(_) | Shape::Map(_) => View::Fields,
            Shape::Scalar(Scalar::Any) if value.is_object() => View::Fields,
            Shape::Scalar(_) => View::Leaf,
            Shape::List(list) => match list.kind {
                ListKind::Atomic => View::Leaf,
                ListKind::Set => View::Set(list),
                ListKind::Map(_) => View::Keyed(list),
            },
        }
    }

    /// What a server writes of this struct when nobody has set anything: structs that are no pointers, and null for lists
    /// and maps that must be there.
    pub fn bare(&self) -> Value {
        let mut bare = Map::new();
        if let Some(kind) = self.of_type() {
            for (name, field) in &kind.fields {
                match field.shape {
                    Shape::Struct(_) if field.solid => {
                        bare.insert(name.clone(), field.bare());
                    }
                    Shape::List(_) | Shape::Map(_) if kind.required.contains(name) => {
                        bare.insert(name.clone(), Value::Null);
                    }
                    _ => {}
                }
            }
        }
        Value::Object(bare)
    }
}

impl List {
    /// What tells an item apart, as it is written in managed fields: `k:{"name":"web"}` or `v:"x"`. None for an item that
    /// says nothing of itself.
    pub fn element(&self, item: &Value) -> Option<String> {
        let ListKind::Map(keys) = &self.kind else {
            let plain = !(item.is_null() || item.is_object() || item.is_array());
            return plain.then(|| format!("v:{item}"));
        };
        let fields = item.as_object()?;
        let mut key = String::from("k:{");
        for name in keys {
            let default = || self.item.field(name)?.default.as_ref();
            let Some(value) = fields.get(name).or_else(default) else {
                continue;
            };
            if key.len() > 3 {
                key.push(',');
            }
            key.push_str(&json!(name).to_string());
            key.push(':');
            key.push_str(&value.to_string());
        }
        key.push('}');
        (key.len() > 4).then_some(key)
    }
}

#[derive(Debug, Default)]
struct Types {
    types: Vec<Type>,
    kinds: HashMap<String, Node>,
}

/// The schema of a resource's objects.
pub fn of(resource: &Resource) -> Schema {
    of_kind(&resource.api_version(), resource.kind)
}

/// The schema of a kind: `autoscaling/v1`, `Scale`. Of one that is not written here: anything.
pub fn of_kind(api_version: &str, kind: &str) -> Schema {
    let kinds = &types().kinds;
    kinds.get(&format!("{api_version}/{kind}")).unwrap_or(&ANY)
}

fn types() -> &'static Types {
    static TYPES: OnceLock<Types> = OnceLock::new();
    // Read by a test of its own, so that it is what it should be.
    TYPES.get_or_init(|| read::read(include_str!("schema.json")).unwrap_or_default())
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
