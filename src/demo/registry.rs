//! The way of a change from outside: completed, prepared, checked, approved, in the order of a real server
//! (`rest.BeforeUpdate` and `registry.Store.Update` of `k8s.io/apiserver`). New objects go it in [`State::prepare`].

use serde_json::Value;

use super::{
    admission, defaults, object, refusal::Refusal, resource::Resource, state::State, strategy,
    validate,
};

/// What is to be kept of a change: `after` is what a client wants instead of `before`. Nothing is written.
pub fn prepare_update(
    state: &State,
    resource: &'static Resource,
    before: &Value,
    mut after: Value,
    subresource: Option<&str>,
) -> Result<Value, Refusal> {
    defaults::fill(resource, &mut after);
    let is_whole = matches!(subresource, None | Some("scale"));
    if is_whole {
        admission::admit_update(state, resource, before, &mut after);
    }
    strategy::for_update(state, resource, before, &mut after, subresource)?;
    let faults = match subresource {
        Some(below) if !is_whole => validate::below(resource, before, &after, below),
        _ => validate::update(resource, before, &after),
    };
    if !faults.is_empty() {
        return Err(Refusal::invalid(resource, object::name(before), &faults));
    }
    if is_whole {
        admission::approve(state, resource, Some(before), &after)?;
    }
    Ok(after)
}
