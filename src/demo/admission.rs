//! What stands between a valid request and the store: the namespace must be there, limits fill in requests, quota counts.

use serde_json::Value;

use super::{refusal::Refusal, resource::Resource, state::State};

/// Admits a new object, completed where limits say so.
pub fn admit(
    _state: &State,
    _resource: &'static Resource,
    _object: &mut Value,
) -> Result<(), Refusal> {
    Ok(())
}
