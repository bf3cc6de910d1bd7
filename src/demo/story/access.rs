//! Who may do what. Groups `developers` and `viewers`, and what the cluster needs for itself; the user `nobody` is in no
//! group and so may only ask what he may.
//!
//! `admin`, `edit`, `view` and the other roles of every cluster are those of [`bootstrap`].

use serde_json::{Value, json};

use super::{
    cast::{Access, Map},
    cluster::Manifest,
};
use crate::demo::{
    access::bootstrap,
    resource::{CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLE_BINDINGS, ROLES, SERVICE_ACCOUNTS},
};

const LOOK: &[&str] = &["get", "list", "watch"];

/// API group, resources, verbs; a rule each.
type Rules = &'static [(
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
)];

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

fn rules(of: Rules) -> Value {
    of.iter()
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

/// What holds in the whole cluster: the roles and bindings that every cluster has, and those of its people.
pub(super) fn cluster_wide() -> Vec<Manifest> {
    let role = |name: &str, of: Rules| -> Manifest {
        (
            &CLUSTER_ROLES,
            json!({"metadata": {"name": name}, "rules": rules(of)}),
        )
    };
    let bound = |name: &str, role: &str, subjects: &[(&str, &str)]| -> Manifest {
        (&CLUSTER_ROLE_BINDINGS, binding(name, role, subjects))
    };
    let own = [
        role("cluster-reader", READ_CLUSTER),
        role("namespace-reader", SEE_NAMESPACES),
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
    ];
    bootstrap::objects().chain(own).collect()
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
