//! Careful changes of an object's fields. Where something is of another type than it should be, it is left as it is: to
//! say so is the business of whoever checks types.

use serde_json::{Map, Value, json};

/// Writes a field.
pub fn put(object: &mut Value, key: &str, value: impl Into<Value>) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value.into());
    }
}

/// Writes a field, or takes it away where the value is null.
pub fn put_or_take(object: &mut Value, key: &str, value: Value) {
    if value.is_null() {
        take(object, key);
    } else {
        put(object, key, value);
    }
}

/// Takes a field away.
pub fn take(object: &mut Value, key: &str) -> Option<Value> {
    object.as_object_mut()?.remove(key)
}

/// Writes a field that nobody said: one that is not there, or null.
pub fn missing(object: &mut Value, key: &str, value: impl Into<Value>) {
    if object.get(key).is_none_or(Value::is_null) {
        put(object, key, value);
    }
}

/// Writes a field that is not there, null, zero or empty: one whose Go type has no other way to say nothing.
pub fn blank(object: &mut Value, key: &str, value: impl Into<Value>) {
    if is_blank(&object[key]) {
        put(object, key, value);
    }
}

/// Whether a value is null, empty text, zero, false, or has nothing in it.
pub fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(said) => !said,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

/// The object at a key, made where it is missing. None where something else is there.
pub fn make<'a>(object: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    let child = object
        .as_object_mut()?
        .entry(key)
        .or_insert_with(|| json!({}));
    if child.is_null() {
        *child = json!({});
    }
    child.is_object().then_some(child)
}

/// The object at a JSON pointer, if it is there.
pub fn at<'a>(object: &'a mut Value, pointer: &str) -> Option<&'a mut Value> {
    object
        .pointer_mut(pointer)
        .filter(|child| child.is_object())
}

/// The fields at a JSON pointer, if they are there.
pub fn map<'a>(object: &'a mut Value, pointer: &str) -> Option<&'a mut Map<String, Value>> {
    object.pointer_mut(pointer)?.as_object_mut()
}

/// The items at a JSON pointer.
pub fn each<'a>(object: &'a mut Value, pointer: &str) -> impl Iterator<Item = &'a mut Value> {
    let items = object.pointer_mut(pointer).and_then(Value::as_array_mut);
    items.into_iter().flatten()
}
