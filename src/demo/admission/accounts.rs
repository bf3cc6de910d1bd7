//! Every Pod runs as a ServiceAccount, whose token it finds in a volume (`plugin/pkg/admission/serviceaccount`).

use serde_json::{Value, json};

use super::called;
use crate::demo::{
    dice,
    fields::{at, is_blank, put},
    object,
    refusal::Refusal,
    resource::{Resource, SERVICE_ACCOUNTS},
    state::State,
};

const VOLUME: &str = "kube-api-access-";
const PLACE: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
const MIRROR: &str = "kubernetes.io/config.mirror";

pub(super) fn assign(
    state: &State,
    resource: &'static Resource,
    pod: &mut Value,
) -> Result<(), Refusal> {
    if object::annotation(pod, MIRROR).is_some() {
        return Ok(());
    }
    let namespace = object::namespace(pod).to_owned();
    let name = match object::text(pod, "/spec/serviceAccountName") {
        "" => "default".to_owned(),
        name => name.to_owned(),
    };
    let Some(account) = state.get(&SERVICE_ACCOUNTS, &namespace, &name) else {
        let why = format!(
            "error looking up service account {namespace}/{name}: serviceaccount \"{name}\" not found"
        );
        return Err(Refusal::forbidden(resource, called(pod), &why));
    };
    let end = dice::letters(state.seed, ("token volume", object::uid(pod)), 5);
    let Some(spec) = at(pod, "/spec") else {
        return Ok(());
    };
    put(spec, "serviceAccountName", name.clone());
    put(spec, "serviceAccount", name);
    let mounts = [
        &spec["automountServiceAccountToken"],
        &account["automountServiceAccountToken"],
    ]
    .into_iter()
    .find_map(Value::as_bool)
    .unwrap_or(true);
    if mounts {
        mount(spec, &format!("{VOLUME}{end}"));
    }
    if is_blank(&spec["imagePullSecrets"]) && !is_blank(&account["imagePullSecrets"]) {
        put(
            spec,
            "imagePullSecrets",
            account["imagePullSecrets"].clone(),
        );
    }
    Ok(())
}

/// Mounts the token where no container says that something else is there.
fn mount(spec: &mut Value, fresh: &str) {
    let known = object::items(spec, "/volumes")
        .iter()
        .filter_map(|volume| volume["name"].as_str())
        .find(|name| name.starts_with(VOLUME))
        .map(str::to_owned);
    let name = known.as_deref().unwrap_or(fresh);
    let mut is_needed = false;
    for list in ["/initContainers", "/containers"] {
        let containers = spec.pointer_mut(list).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            let mut mounts = object::items(container, "/volumeMounts").to_vec();
            if mounts.iter().any(|mount| mount["mountPath"] == PLACE) {
                continue;
            }
            mounts.push(json!({"name": name, "readOnly": true, "mountPath": PLACE}));
            put(container, "volumeMounts", mounts);
            is_needed = true;
        }
    }
    if known.is_some() || !is_needed {
        return;
    }
    let mut volumes = object::items(spec, "/volumes").to_vec();
    let namespace = json!({"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}});
    let certificate = json!({"key": "ca.crt", "path": "ca.crt"});
    volumes.push(
        json!({"name": fresh, "projected": {"defaultMode": 0o644, "sources": [
            // A few seconds more than an hour mark a token that clients of old may use a year long.
            {"serviceAccountToken": {"path": "token", "expirationSeconds": 3_607}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [certificate]}},
            {"downwardAPI": {"items": [namespace]}},
        ]}}),
    );
    put(spec, "volumes", volumes);
}
