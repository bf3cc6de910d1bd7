//! What a container sees of ConfigMaps and Secrets: values of its environment, and files.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    object,
    resource::{CONFIG_MAPS, Resource, SECRETS},
    state::State,
};

/// The Pod with every variable's value in its place, and the files that are mounted, by path.
pub(super) fn seen(state: &State, pod: &Value, container: &str) -> (Value, Vec<(String, String)>) {
    let mut pod = pod.clone();
    let namespace = object::namespace(&pod).to_owned();
    let mut files = Vec::new();
    let volumes = object::items(&pod, "/spec/volumes").to_vec();
    for list in ["containers", "initContainers"] {
        let Some(Value::Array(containers)) = pod["spec"].get_mut(list) else {
            continue;
        };
        for spec in containers
            .iter_mut()
            .filter(|spec| spec["name"] == *container)
        {
            fill(state, &namespace, spec);
            for mount in object::items(spec, "/volumeMounts") {
                let volume = volumes
                    .iter()
                    .find(|volume| volume["name"] == mount["name"]);
                if let Some(volume) = volume {
                    mounted(state, &namespace, volume, mount, &mut files);
                }
            }
        }
    }
    (pod, files)
}

/// Puts the values of `envFrom` and `valueFrom` where plain ones stand.
fn fill(state: &State, namespace: &str, spec: &mut Value) {
    let mut env = Vec::new();
    for from in object::items(spec, "/envFrom") {
        let prefix = object::text(from, "/prefix");
        for (field, resource) in [("configMapRef", &CONFIG_MAPS), ("secretRef", &SECRETS)] {
            let name = object::text(&from[field], "/name");
            for (key, value) in content(state, resource, namespace, name) {
                env.push(json!({"name": format!("{prefix}{key}"), "value": value}));
            }
        }
    }
    for own in object::items(spec, "/env") {
        let mut own = own.clone();
        for (field, resource) in [
            ("configMapKeyRef", &CONFIG_MAPS),
            ("secretKeyRef", &SECRETS),
        ] {
            let from = &own["valueFrom"][field];
            let (name, key) = (object::text(from, "/name"), object::text(from, "/key"));
            let found = content(state, resource, namespace, name)
                .into_iter()
                .find(|(known, _)| known == key);
            if let Some((_, value)) = found {
                own = json!({"name": own["name"], "value": value});
            }
        }
        env.push(own);
    }
    spec["env"] = Value::Array(env);
}

fn mounted(
    state: &State,
    namespace: &str,
    volume: &Value,
    mount: &Value,
    files: &mut Vec<(String, String)>,
) {
    let path = object::text(mount, "/mountPath").trim_end_matches('/');
    let sub = object::text(mount, "/subPath");
    for (field, name, resource) in [
        ("configMap", "/name", &CONFIG_MAPS),
        ("secret", "/secretName", &SECRETS),
    ] {
        let name = object::text(&volume[field], name);
        for (key, value) in content(state, resource, namespace, name) {
            if sub.is_empty() {
                files.push((format!("{path}/{key}"), value));
            } else if sub == key {
                files.push((path.to_owned(), value));
            }
        }
    }
}

/// Keys and values of a ConfigMap or a Secret; what is no text is left out.
fn content(
    state: &State,
    resource: &'static Resource,
    namespace: &str,
    name: &str,
) -> Vec<(String, String)> {
    if name.is_empty() {
        return Vec::new();
    }
    let Some(found) = state.get(resource, namespace, name) else {
        return Vec::new();
    };
    let is_secret = std::ptr::eq(resource, &raw const SECRETS);
    let text = |(key, value): (&String, &Value)| {
        let value = value.as_str()?;
        let value = if is_secret {
            String::from_utf8(STANDARD.decode(value).ok()?).ok()?
        } else {
            value.to_owned()
        };
        Some((key.clone(), value))
    };
    object::fields(&found, "/data")
        .into_iter()
        .flatten()
        .filter_map(text)
        .collect()
}
