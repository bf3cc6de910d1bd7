//! Core Events: what happened to an object, counted where it happens again.

use serde_json::{Value, json};

use super::{dice, object, resource::EVENTS, state::State};

/// The same again within this long is counted.
const AGAIN: i64 = 10 * 60 * 1_000;

/// Says that something happened to an object, or to a part of it.
pub fn record(
    state: &mut State,
    (about, part): (&Value, &str),
    kind: &str,
    reason: &str,
    message: &str,
    from: &str,
) {
    let namespace = match object::namespace(about) {
        "" => "default",
        namespace => namespace,
    }
    .to_owned();
    let name = format!(
        "{}.{:016x}",
        object::name(about),
        dice::throw(0, (object::uid(about), part, kind, reason, message, from))
    );
    let now = object::time(state.now());
    let known = state.get(&EVENTS, &namespace, &name);
    if let Some(mut event) = known {
        let last = object::millis(object::text(&event, "/lastTimestamp")).unwrap_or(0);
        if state.now() - last < AGAIN {
            event["count"] = json!(object::number(&event, "/count").unwrap_or(1) + 1);
        } else {
            event["count"] = json!(1);
            event["firstTimestamp"] = json!(now);
        }
        event["lastTimestamp"] = json!(now);
        state.update(&EVENTS, event);
        return;
    }
    let mut involved = json!({
        "apiVersion": about["apiVersion"], "kind": about["kind"], "name": object::name(about),
        "uid": object::uid(about), "resourceVersion": about["metadata"]["resourceVersion"],
    });
    if !object::namespace(about).is_empty() {
        involved["namespace"] = json!(object::namespace(about));
    }
    if !part.is_empty() {
        involved["fieldPath"] = json!(part);
    }
    let event = json!({
        "metadata": {"name": name, "namespace": namespace},
        "involvedObject": involved, "type": kind, "reason": reason, "message": message,
        "source": {"component": from}, "reportingComponent": from, "reportingInstance": "",
        "firstTimestamp": now, "lastTimestamp": now, "eventTime": null, "count": 1,
    });
    // A namespace that is going takes no events any more; then nobody needs to hear.
    let _ = state.create(&EVENTS, event);
}
