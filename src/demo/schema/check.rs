//! Whether an object is what its schema says: fields that nobody knows are dropped and told of, and a value of the wrong
//! type is refused (`k8s.io/apimachinery/pkg/runtime/serializer/json`, `sigs.k8s.io/json`).

use base64::Engine as _;
use serde_json::{Map, Value};

use super::{
    super::{object, refusal::Refusal, resource::Resource},
    Node, Scalar, Schema, Shape, of, quantity,
};

/// What becomes of fields that nobody knows: the query parameter `fieldValidation`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldValidation {
    /// They are dropped.
    Ignore,
    /// They are dropped, and each makes a warning.
    #[default]
    Warn,
    /// The request is refused.
    Strict,
}

impl FieldValidation {
    /// The query parameter's value; empty is the default. None for a word that is none of them.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "Ignore" => Some(Self::Ignore),
            "" | "Warn" => Some(Self::Warn),
            "Strict" => Some(Self::Strict),
            _ => None,
        }
    }
}

/// Makes a request's object one of its kind, and answers with the warnings.
pub fn check(
    resource: &Resource,
    value: &mut Value,
    validation: FieldValidation,
) -> Result<Vec<String>, Refusal> {
    let refuse = |kind: &str, why: &str| {
        Refusal::bad_request(format!(
            "{kind} in version \"{}\" cannot be handled as a {}: {why}",
            resource.version, resource.kind
        ))
    };
    let api_version = resource.api_version();
    let said = |name: &str, ours: &str| value[name].as_str().unwrap_or(ours).to_owned();
    if value.is_object() {
        let (kind, version) = (
            said("kind", resource.kind),
            said("apiVersion", &api_version),
        );
        if (kind.as_str(), version.as_str()) != (resource.kind, &api_version) {
            let why =
                format!("no kind \"{kind}\" is registered for version \"{version}\" in scheme");
            return Err(refuse(&kind, &why));
        }
    }
    let unknown = inspect(of(resource), value).map_err(|why| refuse(resource.kind, &why))?;
    match validation {
        FieldValidation::Ignore => Ok(Vec::new()),
        FieldValidation::Strict if !unknown.is_empty() => {
            let why = format!("strict decoding error: {}", unknown.join(", "));
            Err(refuse(resource.kind, &why))
        }
        FieldValidation::Warn | FieldValidation::Strict => Ok(unknown),
    }
}

/// Drops what the schema does not know, and nulls; quantities get the form that a server writes. Answers with what was
/// dropped (`unknown field "spec.foo"`), or with what is of the wrong type.
pub fn inspect(schema: Schema, value: &mut Value) -> Result<Vec<String>, String> {
    let mut looking = Looking {
        path: Vec::new(),
        unknown: Vec::new(),
    };
    looking.value(schema, value)?;
    Ok(looking.unknown)
}

enum Step {
    /// A field, and the struct that it is of.
    Field(&'static str, String),
    Key(String),
    Item(usize),
}

struct Looking {
    path: Vec<Step>,
    unknown: Vec<String>,
}

impl Looking {
    fn value(&mut self, node: Schema, value: &mut Value) -> Result<(), String> {
        match (&node.shape, value) {
            (Shape::Struct(_), Value::Object(fields)) => self.fields(node, fields),
            (Shape::Map(item), Value::Object(fields)) => {
                // A null is the zero of its type; only text has one that can be seen.
                let text = matches!(item.shape, Shape::Scalar(Scalar::Text));
                fields.retain(|_, value| {
                    if text && value.is_null() {
                        *value = Value::String(String::new());
                    }
                    !value.is_null()
                });
                for (key, value) in fields {
                    self.path.push(Step::Key(key.clone()));
                    self.value(item, value)?;
                    self.path.pop();
                }
                Ok(())
            }
            (Shape::List(list), Value::Array(items)) => {
                for (index, value) in items.iter_mut().enumerate() {
                    self.path.push(Step::Item(index));
                    self.value(&list.item, value)?;
                    self.path.pop();
                }
                Ok(())
            }
            (Shape::Scalar(scalar), value) => self.scalar(*scalar, value),
            (_, Value::Null) => Ok(()),
            (_, value) => Err(self.wrong(value, &go_name(node))),
        }
    }

    fn fields(&mut self, node: Schema, fields: &mut Map<String, Value>) -> Result<(), String> {
        let Some(kind) = node.of_type() else {
            return Ok(());
        };
        let mut drop = Vec::new();
        for (name, value) in fields.iter_mut() {
            let Some((known, field)) = kind.fields.get_key_value(name) else {
                self.path.push(Step::Key(name.clone()));
                self.unknown
                    .push(format!("unknown field \"{}\"", self.place(true)));
                self.path.pop();
                drop.push(name.clone());
                continue;
            };
            if value.is_null() {
                drop.push(name.clone());
                continue;
            }
            let of = kind.name.rsplit('.').next().unwrap_or_default();
            self.path.push(Step::Field(of, known.clone()));
            self.value(field, value)?;
            self.path.pop();
        }
        for name in drop {
            fields.remove(&name);
        }
        Ok(())
    }

    fn scalar(&self, scalar: Scalar, value: &mut Value) -> Result<(), String> {
        let fits = match scalar {
            Scalar::Any => true,
            Scalar::Text => value.is_string(),
            Scalar::Bool => value.is_boolean(),
            Scalar::Number => value.is_number(),
            Scalar::Int64 => value.is_i64(),
            Scalar::Int32 => is_int32(value),
            Scalar::IntOrString => value.is_string() || is_int32(value),
            Scalar::Bytes => {
                let Some(text) = value.as_str() else {
                    return Err(self.wrong(value, "[]uint8"));
                };
                if let Err(wrong) = base64::engine::general_purpose::STANDARD.decode(text) {
                    let at = match wrong {
                        base64::DecodeError::InvalidByte(at, _) => at,
                        _ => text.len(),
                    };
                    return Err(format!("illegal base64 data at input byte {at}"));
                }
                true
            }
            Scalar::Time | Scalar::MicroTime => {
                let Some(text) = value.as_str() else {
                    return Err(self.wrong(value, "string"));
                };
                let layout = if scalar == Scalar::Time {
                    "2006-01-02T15:04:05Z07:00"
                } else {
                    "2006-01-02T15:04:05.000000Z07:00"
                };
                if object::millis(text).is_none() {
                    return Err(format!(
                        "parsing time \"{text}\" as \"{layout}\": cannot parse \"{text}\" as \"2006\""
                    ));
                }
                true
            }
            Scalar::Quantity => {
                *value = Value::String(quantity::canonical(value)?);
                true
            }
        };
        if fits {
            return Ok(());
        }
        let wanted = match scalar {
            Scalar::Int32 | Scalar::IntOrString => "int32",
            Scalar::Int64 => "int64",
            Scalar::Number => "float64",
            Scalar::Bool => "bool",
            _ => "string",
        };
        Err(self.wrong(value, wanted))
    }

    /// As Go's decoder says it: the struct and the fields on the way, without indices and keys.
    fn wrong(&self, value: &Value, wanted: &str) -> String {
        let given = match value {
            Value::Number(number) if wanted.starts_with("int") => format!("number {number}"),
            other => json_name(other).to_owned(),
        };
        let of = self.path.iter().rev().find_map(|step| match step {
            Step::Field(of, _) => Some(of),
            _ => None,
        });
        match of {
            Some(of) => format!(
                "json: cannot unmarshal {given} into Go struct field {of}.{} of type {wanted}",
                self.place(false)
            ),
            None => format!("json: cannot unmarshal {given} into Go value of type {wanted}"),
        }
    }

    fn place(&self, with_items: bool) -> String {
        let mut text = String::new();
        for step in &self.path {
            match step {
                Step::Item(index) if with_items => {
                    text.push('[');
                    text.push_str(&index.to_string());
                    text.push(']');
                }
                Step::Field(_, name) => push(&mut text, name),
                Step::Key(name) if with_items => push(&mut text, name),
                Step::Item(_) | Step::Key(_) => {}
            }
        }
        text
    }
}

fn push(text: &mut String, name: &str) {
    if !text.is_empty() {
        text.push('.');
    }
    text.push_str(name);
}

fn is_int32(value: &Value) -> bool {
    value
        .as_i64()
        .is_some_and(|number| i32::try_from(number).is_ok())
}

/// What a JSON value is called in messages.
fn json_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// What Go calls the type at a place: `[]v1.Container`.
fn go_name(node: &Node) -> String {
    match &node.shape {
        Shape::Struct(_) => node.of_type().map_or_else(String::new, |kind| {
            let mut end: Vec<&str> = kind.name.rsplitn(3, '.').take(2).collect();
            end.reverse();
            end.join(".")
        }),
        Shape::List(list) => format!("[]{}", go_name(&list.item)),
        Shape::Map(value) => format!("map[string]{}", go_name(value)),
        Shape::Scalar(scalar) => match scalar {
            Scalar::Text => "string",
            Scalar::Bytes => "[]uint8",
            Scalar::Time => "v1.Time",
            Scalar::MicroTime => "v1.MicroTime",
            Scalar::Int32 => "int32",
            Scalar::Int64 => "int64",
            Scalar::Number => "float64",
            Scalar::Bool => "bool",
            Scalar::Quantity => "resource.Quantity",
            Scalar::IntOrString => "intstr.IntOrString",
            Scalar::Any => "interface {}",
        }
        .to_owned(),
    }
}
