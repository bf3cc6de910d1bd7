//! The roles and bindings that every cluster begins with, for what is served here
//! (`plugin/pkg/auth/authorizer/rbac/bootstrappolicy`).

use serde_json::{Value, json};

use super::{AUTHENTICATED, MASTERS, UNAUTHENTICATED};
use crate::demo::resource::{CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, Resource};

/// Groups, resources (or paths, where there is no group) and verbs.
type Terms = (
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

const ALL: &[&str] = &["*"];
const CREATE: &[&str] = &["create"];
const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "delete", "deletecollection", "patch", "update"];
const BOTH: &[&str] = &[
    "create",
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "update",
    "watch",
];
const RBAC: &str = "rbac.authorization.k8s.io";

const VIEW: &[Terms] = &[
    (
        &[""],
        &[
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "namespaces",
            "namespaces/status",
            "persistentvolumeclaims",
            "persistentvolumeclaims/status",
            "pods",
            "pods/log",
            "pods/status",
            "replicationcontrollers",
            "replicationcontrollers/scale",
            "replicationcontrollers/status",
            "resourcequotas",
            "resourcequotas/status",
            "serviceaccounts",
            "services",
            "services/status",
        ],
        READ,
    ),
    (
        &["apps"],
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
        READ,
    ),
    (
        &["autoscaling"],
        &[
            "horizontalpodautoscalers",
            "horizontalpodautoscalers/status",
        ],
        READ,
    ),
    (
        &["batch"],
        &["cronjobs", "cronjobs/status", "jobs", "jobs/status"],
        READ,
    ),
    (&["discovery.k8s.io"], &["endpointslices"], READ),
    (&["metrics.k8s.io"], &["nodes", "pods"], READ),
    (
        &["networking.k8s.io"],
        &["ingresses", "ingresses/status", "networkpolicies"],
        READ,
    ),
    (
        &["policy"],
        &["poddisruptionbudgets", "poddisruptionbudgets/status"],
        READ,
    ),
];

const EDIT: &[Terms] = &[
    (
        &[""],
        &["pods/attach", "pods/exec", "pods/portforward", "secrets"],
        READ,
    ),
    (&[""], &["serviceaccounts"], &["impersonate"]),
    (
        &[""],
        &[
            "configmaps",
            "events",
            "persistentvolumeclaims",
            "pods",
            "pods/attach",
            "pods/exec",
            "pods/portforward",
            "replicationcontrollers",
            "replicationcontrollers/scale",
            "secrets",
            "serviceaccounts",
            "services",
        ],
        WRITE,
    ),
    (&[""], &["pods/eviction"], CREATE),
    (
        &["apps"],
        &[
            "daemonsets",
            "deployments",
            "deployments/scale",
            "replicasets",
            "replicasets/scale",
            "statefulsets",
            "statefulsets/scale",
        ],
        WRITE,
    ),
    (&["autoscaling"], &["horizontalpodautoscalers"], WRITE),
    (&["batch"], &["cronjobs", "jobs"], WRITE),
    (&["coordination.k8s.io"], &["leases"], BOTH),
    (
        &["networking.k8s.io"],
        &["ingresses", "networkpolicies"],
        WRITE,
    ),
    (&["policy"], &["poddisruptionbudgets"], WRITE),
];

const ADMIN: &[Terms] = &[
    (
        &["authorization.k8s.io"],
        &["localsubjectaccessreviews"],
        CREATE,
    ),
    (&[RBAC], &["rolebindings", "roles"], BOTH),
];

const INFO: &[&str] = &["/healthz", "/livez", "/readyz", "/version", "/version/"];
const DISCOVERY: &[&str] = &[
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

/// Each role: its name, what it takes over from others, and its own.
const ROLES: &[(&str, &[&[Terms]])] = &[
    ("admin", &[ADMIN, EDIT, VIEW]),
    ("cluster-admin", &[&[(ALL, ALL, ALL), (&[], ALL, ALL)]]),
    ("edit", &[EDIT, VIEW]),
    (
        "system:basic-user",
        &[&[
            (
                &["authorization.k8s.io"],
                &["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
                CREATE,
            ),
            (&["authentication.k8s.io"], &["selfsubjectreviews"], CREATE),
        ]],
    ),
    ("system:discovery", &[&[(&[], DISCOVERY, &["get"])]]),
    ("system:public-info-viewer", &[&[(&[], INFO, &["get"])]]),
    ("view", &[VIEW]),
];

/// Each binding: its name, which is that of its role, and the groups that have it.
const BINDINGS: &[(&str, &[&str])] = &[
    ("cluster-admin", &[MASTERS]),
    ("system:basic-user", &[AUTHENTICATED]),
    ("system:discovery", &[AUTHENTICATED]),
    (
        "system:public-info-viewer",
        &[AUTHENTICATED, UNAUTHENTICATED],
    ),
];

/// All of them as objects, for a cluster that begins.
pub fn objects() -> impl Iterator<Item = (&'static Resource, Value)> {
    let roles = ROLES.iter().filter_map(|(name, _)| role(name));
    let roles = roles.map(|role| (&CLUSTER_ROLES, role));
    roles.chain(bindings().map(|binding| (&CLUSTER_ROLE_BINDINGS, binding)))
}

/// The `ClusterRole` of this name.
pub fn role(name: &str) -> Option<Value> {
    let (_, terms) = ROLES.iter().find(|(known, _)| *known == name)?;
    let rules: Vec<Value> = terms
        .iter()
        .copied()
        .flatten()
        .map(|(groups, resources, verbs)| {
            if groups.is_empty() {
                json!({"nonResourceURLs": resources, "verbs": verbs})
            } else {
                json!({"apiGroups": groups, "resources": resources, "verbs": verbs})
            }
        })
        .collect();
    Some(with_head("ClusterRole", name, json!({"rules": rules})))
}

/// The `ClusterRoleBindings`.
pub fn bindings() -> impl Iterator<Item = Value> {
    BINDINGS.iter().map(|(name, groups)| {
        let subjects: Vec<Value> = groups
            .iter()
            .map(|group| json!({"apiGroup": RBAC, "kind": "Group", "name": group}))
            .collect();
        let body = json!({
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": name},
            "subjects": subjects,
        });
        with_head("ClusterRoleBinding", name, body)
    })
}

fn with_head(kind: &str, name: &str, mut body: Value) -> Value {
    body["apiVersion"] = json!(format!("{RBAC}/v1"));
    body["kind"] = json!(kind);
    body["metadata"] = json!({
        "name": name,
        "annotations": {"rbac.authorization.kubernetes.io/autoupdate": "true"},
        "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"},
    });
    body
}
