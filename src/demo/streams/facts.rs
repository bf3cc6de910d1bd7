//! What is known inside of a container: all that the shell and the ports behind a forward make their world of.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::demo::object::{self, items, number, text};

/// The environment variable that hands the facts to the shell.
pub const VARIABLE: &str = "BARKEEP_DEMO_SHELL";

/// An environment variable holds 128 KiB on Linux; what is more of the files' content is left away.
const ROOM: usize = 96 << 10;

/// A container and its pod, as seen from inside.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Of the pod.
    pub namespace: String,
    /// Of the pod.
    pub pod: String,
    /// Which of the pod's containers this is.
    pub container: String,
    /// Its image.
    pub image: String,
    /// What `hostname` says.
    pub hostname: String,
    /// `spec.subdomain`, where a headless Service gives the pod a name.
    pub subdomain: String,
    /// The pod's address.
    pub ip: String,
    /// The node it runs on.
    pub node: String,
    /// The controller that made it, or the pod itself.
    pub workload: String,
    /// Its ServiceAccount.
    pub account: String,
    /// The containers's own environment. References into ConfigMaps and Secrets are the caller's to add.
    pub env: Vec<(String, String)>,
    /// The working directory; empty stands for `/`.
    pub directory: String,
    /// What process 1 runs.
    pub command: Vec<String>,
    /// Whether process 1 reads its stdin.
    pub stdin: bool,
    /// What listens in the pod: containers of a pod share one localhost.
    pub ports: Vec<u16>,
    /// Mounted files with their content.
    pub files: Vec<(String, String)>,
    /// Mounts: where, and whether they can be written.
    pub mounts: Vec<(String, bool)>,
    /// The memory limit in bytes, or 0.
    pub memory: u64,
    /// When it started, in milliseconds since the epoch.
    pub started: i64,
    /// The container's ID without its scheme.
    pub id: String,
    /// The pod's uid.
    pub uid: String,
}

impl Facts {
    /// What a container of a pod knows. `files` are those of mounted ConfigMaps and Secrets, by path.
    pub fn of(pod: &Value, container: &str, files: Vec<(String, String)>) -> Self {
        let lists = [
            "/spec/containers",
            "/spec/initContainers",
            "/spec/ephemeralContainers",
        ];
        let named = |list: &&str, name: &str| {
            items(pod, list)
                .iter()
                .find(|entry| name.is_empty() || entry["name"] == name)
        };
        let spec = lists.iter().find_map(|list| named(list, container));
        let none = Value::Null;
        let spec = spec.unwrap_or(&none);
        let container = text(spec, "/name");
        let lists = [
            "/status/containerStatuses",
            "/status/initContainerStatuses",
            "/status/ephemeralContainerStatuses",
        ];
        let status = lists
            .iter()
            .find_map(|list| named(list, container))
            .unwrap_or(&none);
        let name = object::name(pod);
        let given =
            |value: &str, other: &str| if value.is_empty() { other } else { value }.to_owned();
        let strings = |pointer: &str| {
            let words = items(spec, pointer).iter();
            words
                .filter_map(|word| word.as_str().map(str::to_owned))
                .collect::<Vec<_>>()
        };
        let mut command = strings("/command");
        command.extend(strings("/args"));
        let ports = items(pod, "/spec/containers")
            .iter()
            .flat_map(|one| items(one, "/ports"))
            .filter(|port| matches!(text(port, "/protocol"), "" | "TCP"))
            .filter_map(|port| u16::try_from(number(port, "/containerPort")?).ok())
            .collect();
        let mounts = items(spec, "/volumeMounts")
            .iter()
            .map(|mount| {
                let writable = mount["readOnly"] != true && !is_projected(pod, mount);
                (text(mount, "/mountPath").to_owned(), writable)
            })
            .collect();
        Self {
            namespace: object::namespace(pod).to_owned(),
            pod: name.to_owned(),
            container: container.to_owned(),
            image: text(spec, "/image").to_owned(),
            hostname: given(text(pod, "/spec/hostname"), name),
            subdomain: text(pod, "/spec/subdomain").to_owned(),
            ip: text(pod, "/status/podIP").to_owned(),
            node: text(pod, "/spec/nodeName").to_owned(),
            workload: workload(pod),
            account: given(text(pod, "/spec/serviceAccountName"), "default"),
            env: environment(pod, spec),
            directory: text(spec, "/workingDir").to_owned(),
            command,
            stdin: spec["stdin"] == true,
            ports,
            files,
            mounts,
            memory: bytes_of(text(spec, "/resources/limits/memory")),
            started: object::millis(text(status, "/state/running/startedAt")).unwrap_or_default(),
            id: text(status, "/containerID")
                .trim_start_matches("containerd://")
                .to_owned(),
            uid: object::uid(pod).to_owned(),
        }
    }

    /// The facts for the environment of the shell.
    pub fn packed(&self) -> String {
        let mut facts = self.clone();
        let mut room = ROOM;
        facts.files.retain(|(path, content)| {
            let needs = path.len() + content.len() + 16;
            let fits = needs <= room;
            if fits {
                room -= needs;
            }
            fits
        });
        serde_json::to_string(&facts).unwrap_or_default()
    }

    /// The image without registry, tag and digest: `nginx`.
    pub fn image_name(&self) -> &str {
        let last = self.image.rsplit('/').next().unwrap_or_default();
        last.split([':', '@']).next().unwrap_or_default()
    }
}

/// The controller as a person names it: a ReplicaSet's name without its hash.
fn workload(pod: &Value) -> String {
    let Some(owner) = object::controller(pod) else {
        return object::name(pod).to_owned();
    };
    let name = text(owner, "/name");
    let hash = object::label(pod, "pod-template-hash").unwrap_or("\0");
    name.strip_suffix(hash)
        .and_then(|name| name.strip_suffix('-'))
        .unwrap_or(name)
        .to_owned()
}

/// ConfigMaps, Secrets and what the kubelet projects are mounted read-only.
fn is_projected(pod: &Value, mount: &Value) -> bool {
    items(pod, "/spec/volumes")
        .iter()
        .filter(|volume| volume["name"] == mount["name"])
        .any(|volume| {
            ["configMap", "secret", "projected", "downwardAPI"]
                .iter()
                .any(|kind| volume.get(kind).is_some())
        })
}

fn environment(pod: &Value, spec: &Value) -> Vec<(String, String)> {
    let value = |entry: &Value| {
        let field = text(entry, "/valueFrom/fieldRef/fieldPath");
        if field.is_empty() {
            return entry["value"].as_str().map(str::to_owned);
        }
        let pointer = format!("/{}", field.replace('.', "/"));
        Some(text(pod, &pointer).to_owned())
    };
    items(spec, "/env")
        .iter()
        .filter(|entry| entry.get("value").is_some() || entry["valueFrom"]["fieldRef"].is_object())
        .filter_map(|entry| Some((text(entry, "/name").to_owned(), value(entry)?)))
        .collect()
}

/// A quantity of memory in bytes; 0 for what is none.
fn bytes_of(quantity: &str) -> u64 {
    const UNITS: [(&str, u64); 8] = [
        ("Ki", 1 << 10),
        ("Mi", 1 << 20),
        ("Gi", 1 << 30),
        ("Ti", 1 << 40),
        ("k", 1_000),
        ("M", 1_000_000),
        ("G", 1_000_000_000),
        ("", 1),
    ];
    UNITS
        .iter()
        .find_map(|(unit, size)| {
            let number: f64 = quantity.strip_suffix(unit)?.parse().ok()?;
            Some((number * *size as f64) as u64)
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pod_tells_its_container() {
        let pod = json!({
            "metadata": {
                "name": "web-7f9c-x2x", "namespace": "shop", "labels": {"pod-template-hash": "7f9c"},
                "ownerReferences": [{"kind": "ReplicaSet", "name": "web-7f9c", "controller": true}],
            },
            "spec": {
                "nodeName": "node-1",
                "containers": [
                    {"name": "web", "image": "registry.example/shop/web:1.2", "command": ["nginx"], "args": ["-g", "daemon off;"],
                     "ports": [{"containerPort": 8080}, {"containerPort": 53, "protocol": "UDP"}],
                     "env": [
                        {"name": "MODE", "value": "prod"}, {"name": "EMPTY", "value": ""},
                        {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
                        {"name": "SECRET", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}},
                     ],
                     "resources": {"limits": {"memory": "64Mi"}},
                     "volumeMounts": [{"name": "config", "mountPath": "/etc/web"}, {"name": "data", "mountPath": "/data"}]},
                    {"name": "side", "ports": [{"containerPort": 9090}]},
                ],
                "volumes": [{"name": "config", "configMap": {"name": "web"}}, {"name": "data", "emptyDir": {}}],
            },
            "status": {"containerStatuses": [{"name": "web", "containerID": "containerd://abc",
                "state": {"running": {"startedAt": "2026-11-23T14:00:00Z"}}}]},
        });
        let facts = Facts::of(&pod, "", vec![("/etc/web/a".into(), "b".into())]);
        assert_eq!(facts.container, "web");
        assert_eq!(facts.workload, "web");
        assert_eq!(facts.hostname, "web-7f9c-x2x");
        assert_eq!(facts.image_name(), "web");
        assert_eq!(facts.ports, [8080, 9090]);
        assert_eq!(facts.memory, 64 << 20);
        assert_eq!(facts.id, "abc");
        assert_eq!(facts.command.join(" "), "nginx -g daemon off;");
        let env = [("MODE", "prod"), ("EMPTY", ""), ("NODE", "node-1")];
        assert_eq!(
            facts.env,
            env.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(
            facts.mounts,
            [("/etc/web".to_owned(), false), ("/data".to_owned(), true)]
        );
        assert_eq!(Facts::of(&pod, "side", vec![]).container, "side");
        assert_eq!(Facts::of(&pod, "nobody", vec![]).container, "");
    }

    #[test]
    fn what_is_too_large_for_an_environment_is_left_away() {
        let mut facts = Facts {
            pod: "web".into(),
            ..Facts::default()
        };
        facts.files = vec![
            ("/large".into(), "x".repeat(200 << 10)),
            ("/small".into(), "y".into()),
        ];
        let packed: Option<Facts> = serde_json::from_str(&facts.packed()).ok();
        facts.files.remove(0);
        assert_eq!(packed, Some(facts));
    }
}
