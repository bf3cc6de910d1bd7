//! What goes with a Server: ports, ingress, autoscaler, budget, ConfigMaps, Secrets, ServiceAccount; and what goes with a
//! Map: quota, limits, fences.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map as Fields, Value, json};

use super::{
    cast::{Access, Cast, Env, Kind, Map, REGISTRY},
    cluster::Manifest,
    manifest::PULL_SECRET,
};
use crate::demo::{
    dice,
    resource::{
        AUTOSCALERS, BUDGETS, CONFIG_MAPS, INGRESSES, LIMIT_RANGES, NETWORK_POLICIES,
        RESOURCE_QUOTAS, SECRETS, SERVICE_ACCOUNTS, SERVICES,
    },
};

impl Cast {
    /// What must be there before its Pods can start.
    pub(super) fn before(&self, seed: u64) -> Vec<Manifest> {
        let mut made = Vec::new();
        if let Some(account) = self.account() {
            made.push((
                &SERVICE_ACCOUNTS,
                json!({"metadata": self.metadata(account)}),
            ));
        }
        if let Some(name) = self.environment() {
            let data = self.server.env.iter().filter_map(|env| match env {
                Env::Config(key, value) => Some(((*key).to_owned(), json!(value))),
                _ => None,
            });
            let data: Fields<_, _> = data.collect();
            made.push((
                &CONFIG_MAPS,
                json!({"metadata": self.metadata(&name), "data": data}),
            ));
        }
        if let (Some(name), Some((_, files))) = (self.files(), self.server.files) {
            let data: Fields<_, _> = files
                .iter()
                .map(|(key, text)| ((*key).to_owned(), json!(text)))
                .collect();
            made.push((
                &CONFIG_MAPS,
                json!({"metadata": self.metadata(&name), "data": data}),
            ));
        }
        if let Some(name) = self.secret() {
            let data = self.server.env.iter().filter_map(|env| match env {
                Env::Secret(key) => {
                    let occasion = ("secret", self.namespace(), self.server.name, *key);
                    let text = dice::letters(seed, (occasion, 1), 12)
                        + &dice::letters(seed, (occasion, 2), 12);
                    Some(((*key).to_owned(), json!(STANDARD.encode(text))))
                }
                _ => None,
            });
            let data: Fields<_, _> = data.collect();
            made.push((
                &SECRETS,
                json!({"metadata": self.metadata(&name), "type": "Opaque", "data": data}),
            ));
        }
        made
    }

    /// What finds it or cares for it once it is there.
    pub(super) fn after(&self) -> Vec<Manifest> {
        let mut made = self.ports();
        made.extend(self.ingress());
        made.extend(self.budget());
        made
    }

    fn ports(&self) -> Vec<Manifest> {
        let server = self.server;
        if server.ports.is_empty() || server.kind == Kind::Pod {
            return Vec::new();
        }
        let ports: Vec<Value> = server
            .ports
            .iter()
            .map(|(name, port)| json!({"name": name, "port": port, "targetPort": name, "protocol": "TCP"}))
            .collect();
        let spec = json!({"selector": self.selector(), "ports": ports});
        let port = |name: &str, spec: Value| -> Manifest {
            (
                &SERVICES,
                json!({"metadata": self.metadata(name), "spec": spec}),
            )
        };
        let mut made = vec![port(server.name, spec.clone())];
        if server.kind == Kind::StatefulSet {
            let mut headless = spec;
            headless["clusterIP"] = json!("None");
            headless["publishNotReadyAddresses"] = json!(true);
            made.push(port(&format!("{}-headless", server.name), headless));
        } else if server.name == "ingress-nginx-controller" {
            made[0].1["spec"]["type"] = json!("LoadBalancer");
        }
        made
    }

    /// The name under which it is reached from outside.
    pub(super) fn host(&self) -> Option<String> {
        let host = self.server.host;
        match (host.is_empty(), self.is_live()) {
            (true, _) => None,
            (false, true) => Some(host.to_owned()),
            (false, false) => Some(format!("{}.{host}", self.map.key)),
        }
    }

    fn ingress(&self) -> Option<Manifest> {
        let host = self.host()?;
        let (port, _) = self.server.ports.first()?;
        let backend = json!({"service": {"name": self.server.name, "port": {"name": port}}});
        let mut metadata = self.metadata(self.server.name);
        metadata["annotations"]["cert-manager.io/cluster-issuer"] = json!("letsencrypt");
        Some((
            &INGRESSES,
            json!({
                "metadata": metadata,
                "spec": {
                    "ingressClassName": "nginx",
                    "tls": [{"hosts": [host], "secretName": format!("{}-tls", self.server.name)}],
                    "rules": [{"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}],
                },
            }),
        ))
    }

    /// The Secret in which its Ingress has its certificate.
    pub(super) fn certificate(&self, seed: u64) -> Option<Manifest> {
        self.host()?;
        let block = |kind: &str| {
            let lines: Vec<String> = (0..4)
                .map(|line| {
                    let occasion = ("pem", self.namespace(), self.server.name, kind, line);
                    STANDARD.encode(dice::uuid(seed, occasion))
                })
                .collect();
            let text = format!(
                "-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n",
                lines.join("\n")
            );
            STANDARD.encode(text)
        };
        let name = format!("{}-tls", self.server.name);
        Some((
            &SECRETS,
            json!({
                "metadata": self.metadata(&name), "type": "kubernetes.io/tls",
                "data": {"tls.crt": block("CERTIFICATE"), "tls.key": block("PRIVATE KEY")},
            }),
        ))
    }

    fn budget(&self) -> Option<Manifest> {
        let many = self.run.replicas > 1 && self.server.budget > 0 && self.is_live();
        many.then(|| -> Manifest {
            let spec = json!({
                "maxUnavailable": self.server.budget, "selector": {"matchLabels": self.selector()},
            });
            (
                &BUDGETS,
                json!({"metadata": self.metadata(self.server.name), "spec": spec}),
            )
        })
    }

    /// Its autoscaler, where it has one.
    pub(super) fn autoscaler(&self) -> Option<Manifest> {
        let (fewest, most, percent) = self.server.scale.filter(|_| self.is_live())?;
        Some((
            &AUTOSCALERS,
            json!({
                "metadata": self.metadata(self.server.name),
                "spec": {
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": self.server.name},
                    "minReplicas": fewest, "maxReplicas": most,
                    "metrics": [{"type": "Resource", "resource": {
                        "name": "cpu", "target": {"type": "Utilization", "averageUtilization": percent},
                    }}],
                },
            }),
        ))
    }
}

/// What is in every Namespace: the ServiceAccount and the certificate that controllers put there, and the Secret for the
/// company's registry where its teams work.
pub(super) fn everywhere(namespace: &str, access: Access) -> Vec<Manifest> {
    let mut account = json!({"metadata": {"name": "default", "namespace": namespace}});
    let root = json!({
        "metadata": {
            "name": "kube-root-ca.crt", "namespace": namespace,
            "annotations": {"kubernetes.io/description": "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."},
        },
        "data": {"ca.crt": "-----BEGIN CERTIFICATE-----\nMIIBdzCCAR2gAwIBAgIBADAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDApkZW1vLWNh\n-----END CERTIFICATE-----\n"},
    });
    let mut made: Vec<Manifest> = vec![(&CONFIG_MAPS, root)];
    if access != Access::Closed {
        let login = json!({"auths": {REGISTRY: {"username": "puller", "auth": STANDARD.encode("puller:not-a-real-password")}}});
        made.push((
            &SECRETS,
            json!({
                "metadata": {"name": PULL_SECRET, "namespace": namespace}, "type": "kubernetes.io/dockerconfigjson",
                "data": {".dockerconfigjson": STANDARD.encode(login.to_string())},
            }),
        ));
        account["imagePullSecrets"] = json!([{"name": PULL_SECRET}]);
    }
    made.push((&SERVICE_ACCOUNTS, account));
    made
}

/// How much a Map may use.
pub(super) fn quota(map: &Map) -> Option<Manifest> {
    let hard = map.quota.iter();
    let hard: Fields<_, _> = hard
        .map(|(key, amount)| ((*key).to_owned(), json!(amount)))
        .collect();
    (!hard.is_empty()).then(|| -> Manifest {
        let metadata = json!({"name": "team", "namespace": map.namespace});
        (
            &RESOURCE_QUOTAS,
            json!({"metadata": metadata, "spec": {"hard": hard}}),
        )
    })
}

/// What bounds each container in a Map, and who may talk to them.
pub(super) fn bounds(map: &Map) -> Vec<Manifest> {
    let metadata = |name: &str| json!({"name": name, "namespace": map.namespace});
    let mut made: Vec<Manifest> = Vec::new();
    if map.limits {
        made.push((
            &LIMIT_RANGES,
            json!({"metadata": metadata("defaults"), "spec": {"limits": [{
                "type": "Container", "default": {"cpu": "500m", "memory": "256Mi"},
                "defaultRequest": {"cpu": "100m", "memory": "128Mi"},
            }]}}),
        ));
    }
    if map.fenced {
        let from = |name: &str, peer: Value| -> Manifest {
            let spec = json!({"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": [peer]}]});
            (
                &NETWORK_POLICIES,
                json!({"metadata": metadata(name), "spec": spec}),
            )
        };
        made.push((
            &NETWORK_POLICIES,
            json!({"metadata": metadata("deny-by-default"), "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}}),
        ));
        made.push(from("from-this-map", json!({"podSelector": {}})));
        for namespace in ["ingress-nginx", "monitoring"] {
            let label = json!({"kubernetes.io/metadata.name": namespace});
            made.push(from(
                &format!("from-{namespace}"),
                json!({"namespaceSelector": {"matchLabels": label}}),
            ));
        }
    }
    made
}

/// What has lost its Server: a core Service that finds nobody, a claim and a ConfigMap that nobody mounts.
pub(super) fn orphans() -> Vec<Manifest> {
    let metadata = |name: &str| json!({"name": name, "namespace": "legacy"});
    vec![
        (
            &SERVICES,
            json!({"metadata": metadata("ldap"), "spec": {
                "selector": {"app": "openldap"}, "ports": [{"name": "ldap", "port": 389, "targetPort": 389, "protocol": "TCP"}],
            }}),
        ),
        (
            &CONFIG_MAPS,
            json!({"metadata": metadata("crm-config-old-DO-NOT-DELETE".to_lowercase().as_str()), "data": {"crm.ini": "[db]\nhost = 10.0.3.17\n"}}),
        ),
    ]
}
