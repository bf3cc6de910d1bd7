//! What people do to Servers, in the past and later.

use serde_json::{Value, json};

use super::{
    cast::{Cast, Deed, Kind},
    manifest::CAUSE,
};
use crate::demo::{controllers::kubelet::acts::ACTS, dice, object, resource::PODS, state::State};

/// Does something to a Server, if it is there. The last state of its object.
pub(super) fn done(state: &mut State, cast: &Cast, deed: Deed) -> Option<Value> {
    match deed {
        Deed::Image(tag) => turn(state, cast, &cast.image(tag), "", &cast.cause(tag)),
        Deed::Turn(tag, acts) => turn(state, cast, &cast.image(tag), acts, &cast.cause(tag)),
        Deed::Scale(count) => change(state, cast, |object| {
            object["spec"]["replicas"] = json!(count);
        }),
        Deed::Pause => change(state, cast, |object| object["spec"]["paused"] = json!(true)),
        Deed::Suspend => change(state, cast, |object| {
            object["spec"]["suspend"] = json!(true);
        }),
        Deed::Evict => {
            evict(state, cast, 0);
            None
        }
    }
}

/// Gives a Server another image; its Pods then act like this.
pub(super) fn turn(
    state: &mut State,
    cast: &Cast,
    image: &str,
    acts: &str,
    cause: &str,
) -> Option<Value> {
    let kind = cast.server.kind;
    change(state, cast, |object| {
        if kind == Kind::Deployment {
            object["metadata"]["annotations"][CAUSE] = json!(cause);
        }
        let template = &mut object["spec"]["template"];
        template["spec"]["containers"][0]["image"] = json!(image);
        if !acts.is_empty() {
            template["metadata"]["annotations"][ACTS] = json!(acts);
        } else if let Some(annotations) = template["metadata"]["annotations"].as_object_mut() {
            annotations.remove(ACTS);
        }
    })
}

/// Changes the object of a Server; a spec that is another is a new generation.
pub(super) fn change(
    state: &mut State,
    cast: &Cast,
    change: impl FnOnce(&mut Value),
) -> Option<Value> {
    let resource = cast.resource();
    state.change(resource, cast.namespace(), &cast.object_name(), |object| {
        let before = object["spec"].clone();
        change(object);
        if before != object["spec"] && resource.counts_generations() {
            let generation = object::number(object, "/metadata/generation").unwrap_or(0);
            object["metadata"]["generation"] = json!(generation + 1);
        }
    })
}

/// The Pods of a Server that run and are not leaving, by name.
pub(super) fn instances(state: &State, cast: &Cast) -> Vec<Value> {
    let selector = cast.selector();
    let wanted = |key: &str| selector[key].as_str();
    let is = |label: Option<&str>, key: &str| label.is_some() && label == wanted(key);
    state
        .store
        .list(&PODS, Some(cast.namespace()))
        .filter(|entry| entry.field("status.phase") == Some("Running"))
        .filter(|entry| {
            ["app.kubernetes.io/name", "app.kubernetes.io/instance"]
                .iter()
                .all(|key| is(entry.label(key), key))
        })
        .map(|entry| entry.value())
        .filter(|pod| !object::is_leaving(pod))
        .collect()
}

/// A node runs out of memory and throws one Pod of this Server out (`pkg/kubelet/eviction`). Its name.
pub(super) fn evict(state: &mut State, cast: &Cast, beat: u64) -> Option<String> {
    let pods = instances(state, cast);
    if pods.is_empty() {
        return None;
    }
    let pod = dice::one_of(state.seed, ("evict", beat, cast.server.name), &pods).clone();
    let container = object::text(&pod, "/spec/containers/0/name").to_owned();
    let usage = 500 + dice::throw(state.seed, ("evicted at", beat, cast.server.name)) % 400;
    let message = format!(
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 87244Ki. Container {container} was using {usage}Mi, request is {}, has larger consumption of memory. ",
        match object::text(&pod, "/spec/containers/0/resources/requests/memory") {
            "" => "0",
            asked => asked,
        }
    );
    state.event(&pod, "Warning", "Evicted", &message, "kubelet");
    let now = object::time(state.now());
    let name = object::name(&pod).to_owned();
    state.change(&PODS, cast.namespace(), &name, |pod| {
        let status = &mut pod["status"];
        status["phase"] = json!("Failed");
        status["reason"] = json!("Evicted");
        status["message"] = json!(message);
        if let Some(containers) = status["containerStatuses"].as_array_mut() {
            for container in containers {
                let started = container["state"]["running"]["startedAt"].clone();
                container["ready"] = json!(false);
                container["started"] = json!(false);
                container["state"] = json!({"terminated": {
                    "exitCode": 137, "reason": "Error", "startedAt": started, "finishedAt": now,
                    "containerID": container["containerID"],
                }});
            }
        }
        if let Some(conditions) = status["conditions"].as_array_mut() {
            for condition in conditions {
                if condition["type"] == "Ready" || condition["type"] == "ContainersReady" {
                    condition["status"] = json!("False");
                    condition["reason"] = json!("PodFailed");
                    condition["lastTransitionTime"] = json!(now);
                }
            }
        }
    })?;
    Some(name)
}
