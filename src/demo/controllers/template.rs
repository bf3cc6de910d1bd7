//! Pods from templates: how they are made, told apart and compared; and conditions, which every controller writes.

use serde_json::{Map, Value, json};

use crate::demo::{
    dice, object,
    refusal::Refusal,
    resource::{PODS, Resource},
    state::State,
};

/// The label by which the Pods of a Deployment's versions are told apart.
pub const HASH: &str = "pod-template-hash";

/// A template as text without what a controller adds to it: equal texts mean equal Pods.
pub fn canonical(template: &Value) -> String {
    let mut template = template.clone();
    if let Some(metadata) = template["metadata"].as_object_mut() {
        if metadata
            .get("creationTimestamp")
            .is_some_and(Value::is_null)
        {
            metadata.remove("creationTimestamp");
        }
        if let Some(labels) = metadata.get_mut("labels").and_then(Value::as_object_mut) {
            labels.remove(HASH);
        }
    }
    template.to_string()
}

/// The name of a version: letters that depend on the template and on how often such a name was taken already.
pub fn hash(text: &str, collisions: i64) -> String {
    let length = 9 + usize::from(dice::throw(0, text).is_multiple_of(3));
    dice::letters(0, (text, collisions), length)
}

/// A Pod of this owner (`pkg/controller/controller_utils.go`, `GetPodFromTemplate`).
pub fn pod(owner: &Value, template: &Value) -> Value {
    let mut pod = json!({"metadata": {}, "spec": template["spec"]});
    for field in ["labels", "annotations", "finalizers"] {
        if !template["metadata"][field].is_null() {
            pod["metadata"][field] = template["metadata"][field].clone();
        }
    }
    pod["metadata"]["namespace"] = owner["metadata"]["namespace"].clone();
    pod["metadata"]["generateName"] = json!(stem(object::name(owner)));
    pod["metadata"]["ownerReferences"] = json!([object::owned_by(owner)]);
    pod
}

/// The start of its Pods' names: names of more than 58 letters are cut, so that the five of chance still fit.
pub fn stem(name: &str) -> String {
    let name: String = name.chars().take(57).collect();
    format!("{name}-")
}

/// Makes a Pod as the API does when a controller asks.
pub fn create(state: &mut State, mut pod: Value) -> Result<Value, Refusal> {
    pod["status"]["phase"] = json!("Pending");
    pod["status"]["qosClass"] = json!(qos(&pod["spec"]));
    state.create(&PODS, pod)
}

/// `Guaranteed`, `Burstable` or `BestEffort` (`pkg/apis/core/v1/helper/qos`).
pub fn qos(spec: &Value) -> &'static str {
    let containers = || {
        let first = object::items(spec, "/initContainers");
        first.iter().chain(object::items(spec, "/containers"))
    };
    let amount = |container: &Value, of: &str, what: &str| {
        let value = &container["resources"][of][what];
        (!value.is_null() && value != "0").then(|| value.clone())
    };
    let mut any = false;
    let mut all = true;
    for container in containers() {
        for what in ["cpu", "memory"] {
            let limit = amount(container, "limits", what);
            let request = amount(container, "requests", what).or_else(|| limit.clone());
            any |= limit.is_some() || request.is_some();
            all &= limit.is_some() && limit == request;
        }
    }
    match (any, all) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}

/// One condition of an object.
#[derive(Clone, Debug, Default)]
pub struct Condition<'a> {
    /// `type`
    pub kind: &'a str,
    /// `True`, `False` or `Unknown`
    pub status: &'a str,
    /// Why, in a word; may be empty.
    pub reason: &'a str,
    /// Why, in a sentence; may be empty.
    pub message: &'a str,
    /// More fields.
    pub more: Value,
}

/// Sets a condition in `status.conditions`; the moment of its last turn stays where the status does. `touched` names the
/// field that says when it was last written, if the kind has one. True if anything is different now.
pub fn condition(object: &mut Value, touched: Option<&str>, new: &Condition<'_>, now: i64) -> bool {
    let time = json!(object::time(now));
    let known = object::items(object, "/status/conditions");
    let place = known.iter().position(|old| old["type"] == new.kind);
    let mut made = Map::new();
    made.insert("type".to_owned(), json!(new.kind));
    made.insert("status".to_owned(), json!(new.status));
    for (field, text) in [("reason", new.reason), ("message", new.message)] {
        if !text.is_empty() {
            made.insert(field.to_owned(), json!(text));
        }
    }
    if let Some(more) = new.more.as_object() {
        made.extend(more.clone());
    }
    let old = place.map(|place| &known[place]);
    let same = old.is_some_and(|old| {
        made.iter().all(|(field, value)| old[field] == *value)
            && (new.message.is_empty() != old["message"].is_string())
            && (new.reason.is_empty() != old["reason"].is_string())
    });
    if same {
        return false;
    }
    let turned = match old {
        Some(old) if old["status"] == new.status => old["lastTransitionTime"].clone(),
        _ => time.clone(),
    };
    made.insert("lastTransitionTime".to_owned(), turned);
    if let Some(field) = touched {
        made.insert(field.to_owned(), time);
    }
    if !object["status"]["conditions"].is_array() {
        if !object["status"].is_object() {
            object["status"] = json!({});
        }
        object["status"]["conditions"] = json!([]);
    }
    if let Some(conditions) = object["status"]["conditions"].as_array_mut() {
        match place {
            Some(place) => conditions[place] = Value::Object(made),
            None => conditions.push(Value::Object(made)),
        }
    }
    true
}

/// Takes a condition away.
pub fn no_condition(object: &mut Value, kind: &str) {
    if let Some(conditions) = object["status"]["conditions"].as_array_mut() {
        conditions.retain(|condition| condition["type"] != kind);
    }
}

/// The condition of an object.
pub fn find_condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    object::items(object, "/status/conditions")
        .iter()
        .find(|condition| condition["type"] == kind)
}

/// Writes an object; a spec that is another counts as a new generation.
pub fn write(state: &mut State, resource: &'static Resource, mut object: Value) -> Value {
    let (namespace, name) = (object::namespace(&object), object::name(&object));
    let Some(known) = state.get(resource, namespace, name) else {
        return object;
    };
    if resource.counts_generations() && known["spec"] != object["spec"] {
        let generation = object::number(&known, "/metadata/generation").unwrap_or(0);
        object["metadata"]["generation"] = json!(generation + 1);
    }
    state.update(resource, object)
}

/// A count or a share of `total`, as in `maxSurge: 25%`; the second says whether a share is rounded up
/// (`k8s.io/apimachinery/pkg/util/intstr`).
pub fn scaled(value: &Value, total: i64, up: bool) -> i64 {
    match value {
        Value::String(text) => {
            let share: i64 = text.trim_end_matches('%').parse().unwrap_or(0);
            let parts = share * total;
            parts / 100 + i64::from(up && parts % 100 != 0)
        }
        other => other.as_i64().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_round_as_asked() {
        for (value, total, up, count) in [
            (json!("25%"), 3, true, 1),
            (json!("25%"), 3, false, 0),
            (json!("25%"), 4, false, 1),
            (json!("50%"), 5, true, 3),
            (json!(2), 5, true, 2),
            (json!("100%"), 7, false, 7),
        ] {
            assert_eq!(scaled(&value, total, up), count, "{value} of {total}");
        }
    }

    #[test]
    fn quality_of_service_follows_requests_and_limits() {
        let container = |resources: Value| json!({"containers": [{"resources": resources}]});
        let both = json!({"cpu": "1", "memory": "1Gi"});
        for (spec, class) in [
            (container(json!({})), "BestEffort"),
            (container(json!({"requests": {"cpu": "1"}})), "Burstable"),
            (
                container(json!({"requests": both, "limits": both})),
                "Guaranteed",
            ),
            (container(json!({"limits": both})), "Guaranteed"),
            (container(json!({"limits": {"cpu": "1"}})), "Burstable"),
        ] {
            assert_eq!(qos(&spec), class, "{spec}");
        }
    }

    #[test]
    fn a_condition_keeps_the_moment_of_its_last_turn() {
        let mut object = json!({});
        let ready = |status| Condition {
            kind: "Ready",
            status,
            ..Condition::default()
        };
        assert!(condition(&mut object, None, &ready("False"), 1_000));
        assert!(!condition(&mut object, None, &ready("False"), 2_000));
        let reason = Condition {
            reason: "Because",
            ..ready("False")
        };
        assert!(condition(&mut object, None, &reason, 3_000));
        let at = |object: &Value| object["status"]["conditions"][0]["lastTransitionTime"].clone();
        assert_eq!(at(&object), object::time(1_000));
        assert!(condition(&mut object, None, &ready("True"), 4_000));
        assert_eq!(at(&object), object::time(4_000));
        assert!(object["status"]["conditions"][0]["reason"].is_null());
    }
}
