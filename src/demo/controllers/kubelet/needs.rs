//! What a Pod cannot start without: the ConfigMaps and Secrets that its containers and volumes name.

use serde_json::Value;

use crate::demo::{
    object,
    resource::{CLAIMS, CONFIG_MAPS, Resource, SECRETS},
    state::State,
};

/// Why a container cannot be made, if it cannot (`pkg/kubelet/kubelet_pods.go`, `makeEnvironmentVariables`).
pub(super) fn of_container(state: &State, namespace: &str, container: &Value) -> Option<String> {
    for source in object::items(container, "/envFrom") {
        for (field, resource) in [("configMapRef", &CONFIG_MAPS), ("secretRef", &SECRETS)] {
            if let Some(why) = missing(state, namespace, resource, &source[field], None) {
                return Some(why);
            }
        }
    }
    for variable in object::items(container, "/env") {
        let from = &variable["valueFrom"];
        for (field, resource) in [
            ("configMapKeyRef", &CONFIG_MAPS),
            ("secretKeyRef", &SECRETS),
        ] {
            let key = from[field]["key"].as_str();
            if let Some(why) = missing(state, namespace, resource, &from[field], key) {
                return Some(why);
            }
        }
    }
    None
}

/// Why a volume cannot be mounted, if one cannot: its name, and the sentence.
pub(super) fn of_volumes(state: &State, pod: &Value) -> Option<String> {
    let namespace = object::namespace(pod);
    for volume in object::items(pod, "/spec/volumes") {
        let name = object::text(volume, "/name");
        let mut sources: Vec<(&'static Resource, &str, bool)> = vec![
            source(&CONFIG_MAPS, &volume["configMap"], "name"),
            source(&SECRETS, &volume["secret"], "secretName"),
        ];
        for projected in object::items(volume, "/projected/sources") {
            sources.push(source(&CONFIG_MAPS, &projected["configMap"], "name"));
            sources.push(source(&SECRETS, &projected["secret"], "name"));
        }
        for (resource, wanted, optional) in sources {
            let there = state.store.get(resource, namespace, wanted).is_some();
            if !wanted.is_empty() && !optional && !there {
                return Some(format!(
                    "MountVolume.SetUp failed for volume \"{name}\" : {} \"{wanted}\" not found",
                    resource.singular
                ));
            }
        }
        let claim = object::text(volume, "/persistentVolumeClaim/claimName");
        if !claim.is_empty() {
            let found = state.get(&CLAIMS, namespace, claim);
            if found.is_none_or(|claim| claim["status"]["phase"] != "Bound") {
                return Some(format!(
                    "Unable to attach or mount volumes: unmounted volumes=[{name}], unattached volumes=[], failed to process volumes=[{name}]: PVC \"{namespace}/{claim}\" is not bound"
                ));
            }
        }
    }
    None
}

fn source<'a>(
    resource: &'static Resource,
    source: &'a Value,
    field: &str,
) -> (&'static Resource, &'a str, bool) {
    let name = source[field].as_str().unwrap_or("");
    (resource, name, source["optional"] == true)
}

fn missing(
    state: &State,
    namespace: &str,
    resource: &'static Resource,
    reference: &Value,
    key: Option<&str>,
) -> Option<String> {
    let name = reference["name"].as_str()?;
    if reference["optional"] == true {
        return None;
    }
    let Some(found) = state.get(resource, namespace, name) else {
        return Some(format!("{} \"{name}\" not found", resource.singular));
    };
    let key = key?;
    let there = ["data", "binaryData", "stringData"]
        .iter()
        .any(|field| !found[field][key].is_null());
    (!there).then(|| {
        format!(
            "couldn't find key {key} in {} {namespace}/{name}",
            resource.kind
        )
    })
}
