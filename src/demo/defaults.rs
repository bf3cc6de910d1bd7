//! What a field is when nobody says it (`pkg/apis/*/v1/defaults.go` in Kubernetes).

use serde_json::Value;

use super::resource::Resource;

/// Fills in what is missing.
pub fn fill(_resource: &Resource, _object: &mut Value) {}
