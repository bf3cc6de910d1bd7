//! JSON patches (RFC 6902) and merge patches (RFC 7396), as strict and as lenient as the library that a server uses
//! (`gopkg.in/evanphx/json-patch.v4`).

use json_patch::PatchOperation;
use serde_json::{Value, json};

use super::super::refusal::Refusal;

/// So many operations may be in one patch.
const MOST: usize = 10_000;

/// Applies a JSON patch.
pub(super) fn apply(mut object: Value, patch: &Value) -> Result<Value, Refusal> {
    let Some(operations) = patch.as_array() else {
        return Err(Refusal::bad_request(format!(
            "error decoding patch: json: cannot unmarshal {} into Go value of type []handlers.jsonPatchOp",
            super::json_name(patch)
        )));
    };
    if operations.len() > MOST {
        let message = format!(
            "The allowed maximum operations in a JSON patch is {MOST}, got {}",
            operations.len()
        );
        return Err(Refusal::new(413, "RequestEntityTooLarge", message));
    }
    for operation in operations {
        let operation = lenient(operation, &object).ok_or_else(impossible)?;
        json_patch::patch(&mut object, &[operation]).map_err(|_| impossible())?;
    }
    Ok(object)
}

/// Applies a merge patch.
pub(super) fn merge(mut object: Value, patch: &Value) -> Result<Value, Refusal> {
    if !patch.is_object() {
        return Err(Refusal::bad_request(format!(
            "error decoding patch: json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            super::json_name(patch)
        )));
    }
    json_patch::merge(&mut object, patch);
    Ok(object)
}

/// A server does not say which operation it was that failed.
fn impossible() -> Refusal {
    let message = "the server rejected our request due to an error in our request";
    let mut refusal = Refusal::new(422, "Invalid", message);
    refusal.details = json!({});
    refusal
}

/// An operation; None for what is none. A missing value is null, a field that is not there can be replaced or copied, and
/// is like null when it is tested.
fn lenient(operation: &Value, object: &Value) -> Option<PatchOperation> {
    let mut operation = operation.clone();
    let word = operation.get("op")?.as_str()?.to_owned();
    let path = operation.get("path")?.as_str()?.to_owned();
    if matches!(word.as_str(), "add" | "replace" | "test") && operation.get("value").is_none() {
        operation["value"] = Value::Null;
    }
    if word == "replace" && is_open(object, &path) {
        operation["op"] = json!("add");
    }
    if word == "test" && operation["value"].is_null() && is_open(object, &path) {
        // Nothing is nothing: any test that holds.
        operation = json!({"op": "test", "path": "", "value": object});
    }
    if word == "copy" && is_open(object, operation.get("from")?.as_str()?) {
        operation = json!({"op": "add", "path": path, "value": null});
    }
    serde_json::from_value(operation).ok()
}

/// Whether a path names a field that is not there, of an object that is.
fn is_open(object: &Value, path: &str) -> bool {
    let parent = path.rsplit_once('/').map(|(parent, _)| parent);
    let parent = parent.and_then(|parent| object.pointer(parent));
    parent.is_some_and(Value::is_object) && object.pointer(path).is_none()
}
