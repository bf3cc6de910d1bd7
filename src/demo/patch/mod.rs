//! Patches: an object, what is to be changed of it, and what it is then. No I/O, no clock.
//!
//! A write goes like this: [`patch`] (or [`apply()`]), [`check`], then defaults and what may not change, then
//! [`managed::update`] (which apply has done already), then validation and the store.

mod apply;
mod json;
pub mod managed;
mod set;
mod strategic;
mod typed;

use serde_json::{Value, json};

use super::{
    refusal::Refusal,
    resource::Resource,
    schema::{self, FieldValidation},
};

pub use apply::apply;

/// The kinds of patches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Operations one after another, RFC 6902.
    Json,
    /// An object laid over it, RFC 7396.
    Merge,
    /// The same, but lists are merged as the schema says.
    Strategic,
    /// Server-side apply.
    Apply,
}

/// The content types of patches.
const KINDS: &[(&str, Kind)] = &[
    ("application/json-patch+json", Kind::Json),
    ("application/merge-patch+json", Kind::Merge),
    ("application/strategic-merge-patch+json", Kind::Strategic),
    ("application/apply-patch+yaml", Kind::Apply),
];

impl Kind {
    /// The kind that a `Content-Type` names.
    pub fn of(content_type: &str) -> Result<Self, Refusal> {
        let media = content_type.split(';').next().unwrap_or_default().trim();
        let known = KINDS.iter().find(|(name, _)| *name == media);
        known.map(|(_, kind)| *kind).ok_or_else(|| Refusal {
            details: json!({}),
            ..Refusal::new(415, "UnsupportedMediaType", "415: Unsupported Media Type")
        })
    }
}

/// What a JSON, merge or strategic merge patch makes of an object. An apply patch needs more: [`apply()`].
pub fn patch(
    resource: &Resource,
    before: &Value,
    kind: Kind,
    body: &[u8],
) -> Result<Value, Refusal> {
    let patch = read(kind, body)?;
    match kind {
        Kind::Json => json::apply(before.clone(), &patch),
        Kind::Merge => json::merge(before.clone(), &patch),
        Kind::Strategic => {
            let (Value::Object(before), Value::Object(patch)) = (before.clone(), patch.clone())
            else {
                return Err(Refusal::bad_request(format!(
                    "json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
                    json_name(&patch)
                )));
            };
            let merged = strategic::merge(before, patch, schema::of(resource));
            merged
                .map(Value::Object)
                .map_err(|why| Refusal::new(500, "", why))
        }
        Kind::Apply => Err(Refusal::unsupported_media("application/apply-patch+yaml")),
    }
}

/// Makes what a patch made an object of its kind: [`schema::check`], but refused as a server refuses patches.
pub fn check(
    resource: &Resource,
    after: &mut Value,
    kind: Kind,
    body: &[u8],
    validation: FieldValidation,
) -> Result<Vec<String>, Refusal> {
    let said = if kind == Kind::Strategic {
        read(kind, body).map_or_else(|_| String::new(), |patch| strategic::in_go(&patch))
    } else {
        after.to_string()
    };
    let refuse = |why: &str| {
        let message = format!("Invalid value: {}: {why}", json!(said));
        let mut refusal = Refusal::new(
            422,
            "Invalid",
            format!(" \"\" is invalid: patch: {message}"),
        );
        let cause = json!({"reason": "FieldValueInvalid", "message": message, "field": "patch"});
        refusal.details = json!({"causes": [cause]});
        refusal
    };
    let unknown = schema::inspect(schema::of(resource), after).map_err(|why| refuse(&why))?;
    match validation {
        FieldValidation::Ignore => Ok(Vec::new()),
        FieldValidation::Strict if !unknown.is_empty() => Err(refuse(&format!(
            "strict decoding error: {}",
            unknown.join(", ")
        ))),
        FieldValidation::Warn | FieldValidation::Strict => Ok(unknown),
    }
}

fn read(kind: Kind, body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        let why = undecodable(body, &error);
        let front = match kind {
            Kind::Strategic => "",
            _ => "error decoding patch: ",
        };
        Refusal::bad_request(format!("{front}{why}"))
    })
}

/// As Go's decoder says it.
pub(super) fn undecodable(body: &[u8], error: &serde_json::Error) -> String {
    let ends = error.is_eof();
    let at = String::from_utf8_lossy(body)
        .lines()
        .nth(error.line().saturating_sub(1))
        .and_then(|line| line.chars().nth(error.column().saturating_sub(1)));
    match at {
        Some(letter) if !ends => {
            format!("invalid character '{letter}' looking for beginning of value")
        }
        _ => "unexpected end of JSON input".to_owned(),
    }
}

/// What a JSON value is called in messages.
pub(super) fn json_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod owner_tests;
#[cfg(test)]
#[path = "patch_tests.rs"]
mod tests;
