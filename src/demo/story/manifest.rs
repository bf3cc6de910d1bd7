//! A Server of the cast as the object of its controller, with the template of its Pods.

use serde_json::{Map, Value, json};

use super::{
    cast::{By, Cast, Env, Kind, Probe, REGISTRY, Side},
    cluster::{CONTROL, Manifest},
};
use crate::demo::{
    controllers::kubelet::acts::ACTS,
    logs::LOGS,
    object,
    resource::{CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, JOBS, PODS, Resource, STATEFUL_SETS},
    usage::USAGE,
};

/// Why a revision is there; kubectl shows it in the history of a rollout.
pub const CAUSE: &str = "kubernetes.io/change-cause";

/// The Secret with which the company's registry is asked.
pub const PULL_SECRET: &str = "registry-pull";

impl Cast {
    /// The resource of its controller.
    pub fn resource(&self) -> &'static Resource {
        match self.server.kind {
            Kind::Deployment => &DEPLOYMENTS,
            Kind::StatefulSet => &STATEFUL_SETS,
            Kind::DaemonSet => &DAEMON_SETS,
            Kind::CronJob => &CRON_JOBS,
            Kind::Job => &JOBS,
            Kind::Pod | Kind::Static => &PODS,
        }
    }

    /// The name of its controller's object.
    pub fn object_name(&self) -> String {
        match self.server.kind {
            Kind::Static => format!("{}-{CONTROL}", self.server.name),
            _ => self.server.name.to_owned(),
        }
    }

    /// The namespace.
    pub fn namespace(&self) -> &'static str {
        self.map.namespace
    }

    /// The ConfigMap whose keys are its environment, if it has one.
    pub fn environment(&self) -> Option<String> {
        let any = self
            .server
            .env
            .iter()
            .any(|env| matches!(env, Env::Config(..)));
        any.then(|| format!("{}-env", self.server.name))
    }

    /// The ConfigMap of its files, if it has one.
    pub fn files(&self) -> Option<String> {
        let files = self.server.files?;
        (!files.1.is_empty()).then(|| format!("{}-config", self.server.name))
    }

    /// Its Secret, if it has one.
    pub fn secret(&self) -> Option<String> {
        let wants = |env: &Env| match env {
            Env::Secret(_) => true,
            Env::Lost(map, _) => *map == self.map.key,
            Env::Plain(..) | Env::Config(..) => false,
        };
        let any = self.server.env.iter().any(wants);
        any.then(|| format!("{}-secrets", self.server.name))
    }

    /// Its ServiceAccount, where it has its own.
    pub fn account(&self) -> Option<&'static str> {
        matches!(
            self.server.kind,
            Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet
        )
        .then_some(self.server.name)
    }

    /// The labels by which its Pods are found.
    pub fn selector(&self) -> Value {
        json!({"app.kubernetes.io/name": self.server.name, "app.kubernetes.io/instance": self.instance()})
    }

    fn instance(&self) -> String {
        format!("{}-{}", self.service.name, self.map.key)
    }

    /// The labels of everything that belongs to it.
    pub fn labels(&self) -> Value {
        let mut labels = self.selector();
        labels["app.kubernetes.io/part-of"] = json!(self.service.name);
        let manager = match self.server.by {
            By::Argo => "argocd",
            By::Helm(_) => "Helm",
            By::Hand => return labels,
        };
        labels["app.kubernetes.io/managed-by"] = json!(manager);
        if let By::Helm(chart) = self.server.by {
            labels["helm.sh/chart"] = json!(chart);
        }
        labels
    }

    /// Metadata of an object of this name that belongs to it.
    pub fn metadata(&self, name: &str) -> Value {
        let mut metadata =
            json!({"name": name, "namespace": self.namespace(), "labels": self.labels()});
        match self.server.by {
            By::Argo => {
                metadata["annotations"]["argocd.argoproj.io/tracking-id"] =
                    json!(format!("{}:{}/{name}", self.instance(), self.namespace()));
            }
            By::Helm(_) => {
                metadata["annotations"] = json!({
                    "meta.helm.sh/release-name": self.server.name,
                    "meta.helm.sh/release-namespace": self.namespace(),
                });
            }
            By::Hand => {}
        }
        metadata
    }

    /// Its controller, or its Pod if it has none.
    pub(super) fn controller(&self) -> Manifest {
        let mut metadata = self.metadata(&self.object_name());
        self.put_in_group(&mut metadata);
        let server = self.server;
        let template = self.template();
        let mut spec = match server.kind {
            Kind::Pod | Kind::Static => return self.lone(metadata, &template),
            Kind::Deployment => json!({
                "replicas": self.run.replicas, "revisionHistoryLimit": 5, "progressDeadlineSeconds": 600,
                "selector": {"matchLabels": self.selector()}, "template": template,
            }),
            Kind::StatefulSet => json!({
                "replicas": self.run.replicas, "revisionHistoryLimit": 5, "serviceName": format!("{}-headless", server.name),
                "selector": {"matchLabels": self.selector()}, "template": template,
            }),
            Kind::DaemonSet => {
                json!({"revisionHistoryLimit": 5, "selector": {"matchLabels": self.selector()}, "template": template})
            }
            Kind::Job => json!({"backoffLimit": 3, "template": template}),
            Kind::CronJob => json!({
                "schedule": server.schedule, "timeZone": "Asia/Seoul", "concurrencyPolicy": "Forbid",
                "startingDeadlineSeconds": 300, "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1,
                "jobTemplate": {"metadata": {"labels": self.labels()}, "spec": {"backoffLimit": 2, "template": template}},
            }),
        };
        if server.kind == Kind::Deployment {
            metadata["annotations"][CAUSE] = json!(self.cause(self.run.tag));
        }
        if let Some([name, size, class, _]) = server.claim {
            let mut claim = json!({
                "metadata": {"name": name, "labels": self.selector()},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}},
            });
            if !class.is_empty() {
                claim["spec"]["storageClassName"] = json!(class);
            }
            spec["volumeClaimTemplates"] = json!([claim]);
        }
        add(&mut spec, server.spec);
        (self.resource(), json!({"metadata": metadata, "spec": spec}))
    }

    /// Why there is a revision with this tag.
    pub fn cause(&self, tag: &str) -> String {
        let image = self.image(tag);
        match self.server.by {
            By::Argo => format!("argocd: sync {} to {tag}", self.instance()),
            By::Helm(chart) => format!("helm upgrade {} {chart} (image {tag})", self.server.name),
            By::Hand => format!(
                "kubectl set image deployment/{} {}={image}",
                self.server.name, self.server.name
            ),
        }
    }

    /// A Group that cannot be a label's value is said in our annotation.
    fn put_in_group(&self, metadata: &mut Value) {
        let group = self.server.group;
        if group.is_empty() {
            return;
        }
        if group.is_ascii() {
            metadata["labels"]["app.kubernetes.io/component"] = json!(group);
        } else {
            metadata["annotations"]["barkeep.dev/group"] = json!(group);
        }
    }

    fn lone(&self, mut metadata: Value, template: &Value) -> Manifest {
        for (key, value) in object::fields(template, "/metadata/annotations")
            .into_iter()
            .flatten()
        {
            metadata["annotations"][key] = value.clone();
        }
        let mut spec = template["spec"].clone();
        if self.server.kind == Kind::Static {
            metadata["annotations"]["kubernetes.io/config.source"] = json!("file");
            metadata["annotations"]["kubernetes.io/config.mirror"] = json!("3f6d2c9a1e");
            spec["nodeName"] = json!(CONTROL);
            spec["hostNetwork"] = json!(true);
            spec["tolerations"] = json!([{"operator": "Exists", "effect": "NoExecute"}]);
        }
        (&PODS, json!({"metadata": metadata, "spec": spec}))
    }

    /// What its Pods are made from.
    pub fn template(&self) -> Value {
        let server = self.server;
        let mut labels = self.selector();
        labels["app.kubernetes.io/part-of"] = json!(self.service.name);
        if server.group.is_ascii() && !server.group.is_empty() {
            labels["app.kubernetes.io/component"] = json!(server.group);
        }
        let mut annotations = Map::new();
        for (key, text) in [
            (ACTS, self.run.acts),
            (USAGE, server.usage),
            (LOGS, server.logs),
        ] {
            if !text.is_empty() {
                annotations.insert(key.to_owned(), json!(text));
            }
        }
        let mut containers = vec![self.container()];
        let beside = |first: bool| server.beside.iter().filter(move |side| side.first == first);
        containers.extend(beside(false).map(sidecar));
        let before: Vec<Value> = beside(true).map(sidecar).collect();
        let mut spec = json!({"containers": containers});
        if !before.is_empty() {
            spec["initContainers"] = json!(before);
        }
        if let Some(account) = self.account() {
            spec["serviceAccountName"] = json!(account);
        }
        if server.image.starts_with(REGISTRY) {
            spec["imagePullSecrets"] = json!([{"name": PULL_SECRET}]);
        }
        if !server.priority.is_empty() && (self.is_live()) {
            spec["priorityClassName"] = json!(server.priority);
        }
        if matches!(server.kind, Kind::Job | Kind::CronJob) {
            spec["restartPolicy"] = json!("Never");
        }
        if let Some(name) = self.files() {
            spec["volumes"] = json!([{"name": "config", "configMap": {"name": name}}]);
        }
        add(&mut spec, server.pod);
        json!({"metadata": {"labels": labels, "annotations": annotations}, "spec": spec})
    }

    fn container(&self) -> Value {
        let server = self.server;
        let mut container = json!({
            "name": server.name, "image": self.image(self.run.tag),
            "resources": resources(server.cpu, server.memory),
        });
        if !server.args.is_empty() {
            container["args"] = json!(server.args);
        }
        if !server.ports.is_empty() {
            let ports = server.ports.iter();
            let ports = ports.map(|(name, port)| json!({"name": name, "containerPort": port}));
            container["ports"] = ports.collect();
        }
        if let Some(name) = self.environment() {
            container["envFrom"] = json!([{"configMapRef": {"name": name}}]);
        }
        let secret = self.secret().unwrap_or_default();
        let variables: Vec<Value> = server
            .env
            .iter()
            .filter_map(|env| match env {
                Env::Plain(name, value) => Some(json!({"name": name, "value": value})),
                Env::Secret(name) => Some(from_secret(name, &secret)),
                Env::Lost(map, name) => (*map == self.map.key).then(|| from_secret(name, &secret)),
                Env::Config(..) => None,
            })
            .collect();
        if !variables.is_empty() {
            container["env"] = json!(variables);
        }
        let mut mounts = Vec::new();
        if let Some([name, _, _, path]) = server.claim {
            mounts.push(json!({"name": name, "mountPath": path}));
        }
        if let Some((path, _)) = server.files {
            mounts.push(json!({"name": "config", "mountPath": path, "readOnly": true}));
        }
        if !mounts.is_empty() {
            container["volumeMounts"] = json!(mounts);
        }
        if let Some(asked) = self.asked() {
            container["readinessProbe"] = asked.clone();
            container["readinessProbe"]["periodSeconds"] = json!(5);
            if !matches!(server.probe, Probe::Exec(_)) {
                container["livenessProbe"] = asked;
                container["livenessProbe"]["initialDelaySeconds"] = json!(15);
                container["livenessProbe"]["periodSeconds"] = json!(10);
            }
        }
        container
    }

    fn asked(&self) -> Option<Value> {
        let port = self.server.ports.first().map(|(name, _)| *name)?;
        match self.server.probe {
            Probe::None => None,
            Probe::Http(path) => Some(json!({"httpGet": {"path": path, "port": port}})),
            Probe::Tcp => Some(json!({"tcpSocket": {"port": port}})),
            Probe::Exec(command) => Some(json!({"exec": {"command": command}})),
        }
    }
}

fn from_secret(name: &str, secret: &str) -> Value {
    json!({"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": name}}})
}

fn sidecar(side: &Side) -> Value {
    let (cpu, memory) = side.asks;
    let mut container = json!({
        "name": side.name, "image": side.image, "resources": resources((cpu, ""), (memory, memory)),
    });
    if side.port != 0 {
        container["ports"] = json!([{"name": side.name, "containerPort": side.port}]);
    }
    container
}

/// Requests and limits; what is empty is left out.
fn resources(cpu: (&str, &str), memory: (&str, &str)) -> Value {
    let pick = |cpu: &str, memory: &str| {
        let all = [("cpu", cpu), ("memory", memory)];
        let said = all.into_iter().filter(|(_, amount)| !amount.is_empty());
        said.map(|(name, amount)| (name.to_owned(), json!(amount)))
            .collect::<Map<_, _>>()
    };
    let mut resources = json!({});
    for (key, amounts) in [
        ("requests", pick(cpu.0, memory.0)),
        ("limits", pick(cpu.1, memory.1)),
    ] {
        if !amounts.is_empty() {
            resources[key] = Value::Object(amounts);
        }
    }
    resources
}

/// Adds the fields of a JSON text to an object.
fn add(to: &mut Value, text: &str) {
    if let Ok(Value::Object(fields)) = serde_json::from_str(text) {
        for (key, value) in fields {
            to[key] = value;
        }
    }
}
