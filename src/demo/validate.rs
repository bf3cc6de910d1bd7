//! What an object must be to be stored (`pkg/apis/*/validation` in Kubernetes), for the fields people get wrong.

use serde_json::Value;

use super::{refusal::Fault, resource::Resource};

/// What is wrong with a new object.
pub fn create(_resource: &Resource, _object: &Value) -> Vec<Fault> {
    Vec::new()
}

/// What is wrong with a change: besides what is wrong with the object, fields that may not change.
pub fn update(_resource: &Resource, _before: &Value, _after: &Value) -> Vec<Fault> {
    Vec::new()
}
