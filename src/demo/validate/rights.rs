//! Roles and who has them (`pkg/apis/rbac/validation`).

use serde_json::json;

use super::{
    field::{Faults, Field},
    names,
};
use crate::demo::refusal::Fault;

const GROUP: &str = "rbac.authorization.k8s.io";

pub(super) fn role(role: &Field<'_>, faults: &mut Faults) {
    rules(role, true, faults);
}

pub(super) fn cluster_role(role: &Field<'_>, faults: &mut Faults) {
    rules(role, false, faults);
    let aggregation = role.child("aggregationRule");
    let selectors = aggregation.child("clusterRoleSelectors");
    if aggregation.is_there() && selectors.is_blank() {
        let why = "at least one clusterRoleSelector required if aggregationRule is non-nil";
        faults.required(&*selectors.path, why);
    }
    for selector in selectors.items() {
        super::meta::selector(&selector, faults);
    }
}

fn rules(role: &Field<'_>, is_namespaced: bool, faults: &mut Faults) {
    for rule in role.child("rules").items() {
        let mut needs = |key: &str, why: &str| {
            if rule.child(key).is_blank() {
                faults.required(rule.named(key), why);
            }
        };
        needs("verbs", "verbs must contain at least one value");
        let paths = rule.child("nonResourceURLs");
        if paths.is_blank() {
            needs(
                "apiGroups",
                "resource rules must supply at least one api group",
            );
            needs(
                "resources",
                "resource rules must supply at least one resource",
            );
            continue;
        }
        if is_namespaced {
            let why = "namespaced rules cannot apply to non-resource URLs";
            faults.invalid(&paths, why);
        }
        let has_resources = ["apiGroups", "resources", "resourceNames"]
            .iter()
            .any(|key| !rule.child(key).is_blank());
        if has_resources {
            let why = "rules cannot apply to both regular resources and non-resource URLs";
            faults.invalid(&paths, why);
        }
    }
}

pub(super) fn binding(binding: &Field<'_>, faults: &mut Faults) {
    bind(binding, &["Role", "ClusterRole"], faults);
}

pub(super) fn cluster_binding(binding: &Field<'_>, faults: &mut Faults) {
    bind(binding, &["ClusterRole"], faults);
}

fn bind(binding: &Field<'_>, kinds: &[&str], faults: &mut Faults) {
    let role = binding.child("roleRef");
    faults.one_of(&role.child("apiGroup"), &[GROUP]);
    faults.one_of(&role.child("kind"), kinds);
    let name = role.child("name");
    if name.is_blank() {
        faults.required(name.path, "");
    } else {
        faults.invalid_for(&name, names::segment(name.text()));
    }
    let is_namespaced = kinds.len() == 2;
    for subject in binding.child("subjects").items() {
        let (name, group) = (subject.child("name"), subject.child("apiGroup"));
        if name.is_blank() {
            faults.required(&*name.path, "");
        }
        let kind = subject.child("kind");
        match kind.text() {
            "ServiceAccount" => {
                if !name.is_blank() {
                    faults.invalid_for(&name, names::subdomain(name.text()));
                }
                if !group.is_blank() {
                    let known = [""];
                    faults
                        .0
                        .push(Fault::unsupported(&*group.path, group.value, &known));
                }
                if !is_namespaced && subject.child("namespace").is_blank() {
                    faults.required(subject.named("namespace"), "");
                }
            }
            "User" | "Group" => faults.one_of(&group, &[GROUP]),
            said => faults.0.push(Fault::unsupported(
                &*kind.path,
                &json!(said),
                &["ServiceAccount", "User", "Group"],
            )),
        }
    }
}
