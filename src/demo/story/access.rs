//! Who may do what. Groups `developers` and `viewers`, and what the cluster needs for itself; the user `nobody` is in no
//! group and so may only ask what he may.
//!
//! `admin`, `edit` and `view` say what Kubernetes' own do for what is served here
//! (`plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go`), metrics included, which metrics-server adds to them.

use serde_json::{Value, json};

use super::{
    cast::{Access, Map},
    cluster::Manifest,
};
use crate::demo::resource::{
    CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLE_BINDINGS, ROLES, SERVICE_ACCOUNTS,
};

const LOOK: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "delete", "deletecollection", "patch", "update"];

/// API group, resources, verbs; a rule each.
type Rules = &'static [(
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
)];

const VIEW: Rules = &[
    (
        "",
        &[
            "configmaps",
            "endpoints",
            "persistentvolumeclaims",
            "persistentvolumeclaims/status",
            "pods",
            "replicationcontrollers",
            "replicationcontrollers/scale",
            "serviceaccounts",
            "services",
            "services/status",
        ],
        LOOK,
    ),
    (
        "",
        &[
            "bindings",
            "events",
            "limitranges",
            "namespaces/status",
            "pods/log",
            "pods/status",
            "replicationcontrollers/status",
            "resourcequotas",
            "resourcequotas/status",
        ],
        LOOK,
    ),
    ("", &["namespaces"], LOOK),
    ("discovery.k8s.io", &["endpointslices"], LOOK),
    (
        "apps",
        &[
            "controllerrevisions",
            "daemonsets",
            "daemonsets/status",
            "deployments",
            "deployments/scale",
            "deployments/status",
            "replicasets",
            "replicasets/scale",
            "replicasets/status",
            "statefulsets",
            "statefulsets/scale",
            "statefulsets/status",
        ],
        LOOK,
    ),
    (
        "autoscaling",
        &[
            "horizontalpodautoscalers",
            "horizontalpodautoscalers/status",
        ],
        LOOK,
    ),
    (
        "batch",
        &["cronjobs", "cronjobs/status", "jobs", "jobs/status"],
        LOOK,
    ),
    (
        "policy",
        &["poddisruptionbudgets", "poddisruptionbudgets/status"],
        LOOK,
    ),
    (
        "networking.k8s.io",
        &["ingresses", "ingresses/status", "networkpolicies"],
        LOOK,
    ),
    ("metrics.k8s.io", &["nodes", "pods"], LOOK),
];

const EDIT: Rules = &[
    (
        "",
        &[
            "pods/attach",
            "pods/exec",
            "pods/portforward",
            "pods/proxy",
            "secrets",
            "services/proxy",
        ],
        LOOK,
    ),
    ("", &["serviceaccounts"], &["impersonate"]),
    (
        "",
        &[
            "pods",
            "pods/attach",
            "pods/exec",
            "pods/portforward",
            "pods/proxy",
        ],
        WRITE,
    ),
    ("", &["pods/eviction"], &["create"]),
    (
        "",
        &[
            "configmaps",
            "events",
            "persistentvolumeclaims",
            "replicationcontrollers",
            "replicationcontrollers/scale",
            "secrets",
            "serviceaccounts",
            "services",
            "services/proxy",
        ],
        WRITE,
    ),
    ("", &["serviceaccounts/token"], &["create"]),
    (
        "apps",
        &[
            "daemonsets",
            "deployments",
            "deployments/rollback",
            "deployments/scale",
            "replicasets",
            "replicasets/scale",
            "statefulsets",
            "statefulsets/scale",
        ],
        WRITE,
    ),
    ("autoscaling", &["horizontalpodautoscalers"], WRITE),
    ("batch", &["cronjobs", "jobs"], WRITE),
    ("policy", &["poddisruptionbudgets"], WRITE),
    (
        "networking.k8s.io",
        &["ingresses", "networkpolicies"],
        WRITE,
    ),
    ("coordination.k8s.io", &["leases"], WRITE),
    ("coordination.k8s.io", &["leases"], LOOK),
];

const ADMIN: Rules = &[
    (
        "authorization.k8s.io",
        &["localsubjectaccessreviews"],
        &["create"],
    ),
    (
        "rbac.authorization.k8s.io",
        &["rolebindings", "roles"],
        WRITE,
    ),
    (
        "rbac.authorization.k8s.io",
        &["rolebindings", "roles"],
        LOOK,
    ),
];

/// What is in no namespace, for those who look after it.
const READ_CLUSTER: Rules = &[
    ("", &["namespaces", "nodes", "persistentvolumes"], LOOK),
    ("storage.k8s.io", &["storageclasses"], LOOK),
    ("scheduling.k8s.io", &["priorityclasses"], LOOK),
    ("networking.k8s.io", &["ingressclasses"], LOOK),
    (
        "rbac.authorization.k8s.io",
        &[
            "clusterroles",
            "clusterrolebindings",
            "roles",
            "rolebindings",
        ],
        LOOK,
    ),
    ("metrics.k8s.io", &["nodes"], LOOK),
];

const SEE_NAMESPACES: Rules = &[("", &["namespaces", "nodes"], LOOK)];

const ASK: Rules = &[
    (
        "authorization.k8s.io",
        &["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
        &["create"],
    ),
    (
        "authentication.k8s.io",
        &["selfsubjectreviews"],
        &["create"],
    ),
];

const DISCOVER: &[&str] = &[
    "/api",
    "/api/*",
    "/apis",
    "/apis/*",
    "/healthz",
    "/livez",
    "/openapi",
    "/openapi/*",
    "/readyz",
    "/version",
    "/version/",
];

fn rules(of: &[Rules]) -> Value {
    of.iter()
        .copied()
        .flatten()
        .map(|(group, resources, verbs)| {
            json!({"apiGroups": [group], "resources": resources, "verbs": verbs})
        })
        .collect()
}

fn binding(name: &str, role: &str, subjects: &[(&str, &str)]) -> Value {
    let subjects: Vec<Value> = subjects
        .iter()
        .map(|(kind, name)| match name.split_once('/') {
            Some((namespace, name)) if *kind == "ServiceAccount" => {
                json!({"kind": kind, "name": name, "namespace": namespace})
            }
            _ => json!({"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name}),
        })
        .collect();
    json!({
        "metadata": {"name": name}, "subjects": subjects,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
    })
}

/// Whoever has a name here, and whoever has none.
const KNOWN: (&str, &str) = ("Group", "system:authenticated");
const UNKNOWN: (&str, &str) = ("Group", "system:unauthenticated");

/// What holds in the whole cluster.
pub(super) fn cluster_wide() -> Vec<Manifest> {
    let role = |name: &str, of: &[Rules]| -> Manifest {
        let mut metadata = json!({"name": name});
        if ["admin", "edit", "view", "system:basic-user"].contains(&name) {
            metadata["labels"]["kubernetes.io/bootstrapping"] = json!("rbac-defaults");
        }
        (
            &CLUSTER_ROLES,
            json!({"metadata": metadata, "rules": rules(of)}),
        )
    };
    let everything = json!([
        {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
        {"nonResourceURLs": ["*"], "verbs": ["*"]},
    ]);
    let discovery = |name: &str, paths: &[&str]| -> Manifest {
        let rules = json!([{"nonResourceURLs": paths, "verbs": ["get"]}]);
        (
            &CLUSTER_ROLES,
            json!({"metadata": {"name": name, "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}, "rules": rules}),
        )
    };
    let bound = |name: &str, role: &str, subjects: &[(&str, &str)]| -> Manifest {
        (&CLUSTER_ROLE_BINDINGS, binding(name, role, subjects))
    };
    vec![
        (
            &CLUSTER_ROLES,
            json!({
                "metadata": {"name": "cluster-admin", "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}},
                "rules": everything,
            }),
        ),
        role("admin", &[ADMIN, EDIT, VIEW]),
        role("edit", &[EDIT, VIEW]),
        role("view", &[VIEW]),
        role("cluster-reader", &[READ_CLUSTER]),
        role("namespace-reader", &[SEE_NAMESPACES]),
        role("system:basic-user", &[ASK]),
        discovery("system:discovery", DISCOVER),
        discovery(
            "system:public-info-viewer",
            &["/healthz", "/livez", "/readyz", "/version", "/version/"],
        ),
        bound(
            "cluster-admin",
            "cluster-admin",
            &[("Group", "system:masters")],
        ),
        bound(
            "argocd-application-controller",
            "cluster-admin",
            &[("ServiceAccount", "argocd/argocd-application-controller")],
        ),
        bound("viewers", "view", &[("Group", "viewers")]),
        bound(
            "viewers-of-the-cluster",
            "cluster-reader",
            &[("Group", "viewers")],
        ),
        bound(
            "developers-see-namespaces",
            "namespace-reader",
            &[("Group", "developers")],
        ),
        bound("system:basic-user", "system:basic-user", &[KNOWN]),
        bound("system:discovery", "system:discovery", &[KNOWN]),
        bound(
            "system:public-info-viewer",
            "system:public-info-viewer",
            &[KNOWN, UNKNOWN],
        ),
    ]
}

/// What developers may do in a Map, and what whoever brings new versions there may.
pub(super) fn in_map(map: &Map) -> Vec<Manifest> {
    let (name, role) = match map.access {
        Access::Work => ("developers-edit", "edit"),
        Access::Live => ("developers-view", "view"),
        Access::Closed => return Vec::new(),
    };
    let place = |mut object: Value| {
        object["metadata"]["namespace"] = json!(map.namespace);
        object
    };
    let deployer = json!({
        "metadata": {"name": "deployer"},
        "rules": [
            {"apiGroups": ["apps"], "resources": ["deployments", "statefulsets"], "verbs": ["get", "list", "watch", "patch"]},
            {"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list", "watch"]},
        ],
    });
    let bot = format!("{}/deploy-bot", map.namespace);
    let mut bound = binding("deploy-bot", "deployer", &[("ServiceAccount", &bot)]);
    bound["roleRef"]["kind"] = json!("Role");
    vec![
        (
            &ROLE_BINDINGS,
            place(binding(name, role, &[("Group", "developers")])),
        ),
        (
            &SERVICE_ACCOUNTS,
            place(json!({"metadata": {"name": "deploy-bot"}})),
        ),
        (&ROLES, place(deployer)),
        (&ROLE_BINDINGS, place(bound)),
    ]
}
