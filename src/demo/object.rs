//! Small looks into an object as JSON. A path that is not there reads as null, empty or zero.

use serde_json::{Map, Value, json};

/// `metadata.name`
pub fn name(object: &Value) -> &str {
    text(object, "/metadata/name")
}

/// `metadata.namespace`; empty for what lives in none.
pub fn namespace(object: &Value) -> &str {
    text(object, "/metadata/namespace")
}

/// `metadata.uid`
pub fn uid(object: &Value) -> &str {
    text(object, "/metadata/uid")
}

/// The text at a JSON pointer (RFC 6901).
pub fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or("")
}

/// The whole number at a JSON pointer.
pub fn number(object: &Value, pointer: &str) -> Option<i64> {
    object.pointer(pointer).and_then(Value::as_i64)
}

/// The items at a JSON pointer.
pub fn items<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    object
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The fields at a JSON pointer.
pub fn fields<'a>(object: &'a Value, pointer: &str) -> Option<&'a Map<String, Value>> {
    object.pointer(pointer).and_then(Value::as_object)
}

/// A label's value.
pub fn label<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object["metadata"]["labels"][key].as_str()
}

/// An annotation's value.
pub fn annotation<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object["metadata"]["annotations"][key].as_str()
}

/// The reference of the controller that owns an object.
pub fn controller(object: &Value) -> Option<&Value> {
    items(object, "/metadata/ownerReferences")
        .iter()
        .find(|owner| owner["controller"] == json!(true))
}

/// An `ownerReferences` entry for a controller: `owner` must have apiVersion, kind, name and uid.
pub fn owned_by(owner: &Value) -> Value {
    json!({
        "apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": name(owner), "uid": uid(owner),
        "controller": true, "blockOwnerDeletion": true,
    })
}

/// Takes what says nothing from an object's metadata, as a server leaves it out when it writes (`omitempty`).
pub fn tidy(object: &mut Value) {
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.retain(|name, value| match value {
            Value::Null => false,
            Value::Object(fields) => !fields.is_empty(),
            Value::Array(items) => name == "managedFields" || !items.is_empty(),
            Value::String(text) => !text.is_empty(),
            _ => true,
        });
    }
}

/// Whether an object is being deleted.
pub fn is_leaving(object: &Value) -> bool {
    !object["metadata"]["deletionTimestamp"].is_null()
}

/// A moment as the API writes it: RFC 3339, UTC, whole seconds.
pub fn time(millis: i64) -> String {
    let seconds = jiff::Timestamp::from_second(millis.div_euclid(1_000)).unwrap_or_default();
    seconds.to_string()
}

/// A moment as the API writes `MicroTime`: RFC 3339, UTC, with six digits of the second.
pub fn micro_time(millis: i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(millis).unwrap_or_default();
    format!("{moment:.6}")
}

/// Milliseconds since the epoch of a moment the API wrote.
pub fn millis(text: &str) -> Option<i64> {
    let moment: jiff::Timestamp = text.parse().ok()?;
    Some(moment.as_millisecond())
}
