//! Nobody gives more rights than they have: what is checked before a role or a binding is written
//! (`pkg/registry/rbac/*/policybased`, `pkg/registry/rbac/escalation_check.go`).

use serde_json::Value;

use super::{
    Ask, MASTERS, User, allows,
    bindings::{self, role_rules},
    forbidden,
    rules::{self, Rule, quoted},
};
use crate::demo::{object, refusal::Refusal, resource::Resource, state::State};

const GROUP: &str = "rbac.authorization.k8s.io";

/// Why somebody may not write this role or binding; None if they may, and for everything else.
pub fn escalates(
    state: &State,
    user: &User,
    resource: &'static Resource,
    object: &Value,
) -> Option<Refusal> {
    if resource.group != GROUP || user.is_in(MASTERS) {
        return None;
    }
    let namespace = object::namespace(object);
    let known = state.get(resource, namespace, object::name(object));
    if known
        .as_ref()
        .is_some_and(|known| only_for_collection(known, object))
    {
        return None;
    }
    let mut ask = Ask {
        group: GROUP,
        namespace,
        ..Ask::default()
    };
    match resource.plural {
        "roles" | "clusterroles" => {
            ask.verb = "escalate";
            ask.resource = resource.plural;
            if known.is_some() {
                ask.name = object::name(object);
            }
            if allows(state, user, &ask).allowed {
                return None;
            }
            let wanted = Rule::of(object);
            if let Some(why) = too_much(state, user, namespace, &wanted) {
                return Some(refuse(resource, object, &why));
            }
            let gathers = |role: &Value| {
                !object::items(role, "/aggregationRule/clusterRoleSelectors").is_empty()
            };
            let gathering = gathers(object) || known.as_ref().is_some_and(gathers);
            let everything = everything();
            if gathering && too_much(state, user, namespace, &everything).is_some() {
                let why = "must have cluster-admin privileges to use the aggregationRule";
                return Some(refuse(resource, object, why));
            }
            None
        }
        "rolebindings" | "clusterrolebindings" => {
            let role = &object["roleRef"];
            ask.verb = "bind";
            ask.resource = match object::text(role, "/kind") {
                "Role" => "roles",
                _ => "clusterroles",
            };
            ask.name = object::text(role, "/name");
            if allows(state, user, &ask).allowed {
                return None;
            }
            match role_rules(state, role, namespace) {
                // A server speaks of the role's name here, but of the binding's resource.
                None => Some(Refusal::not_found(resource, ask.name)),
                Some(wanted) => too_much(state, user, namespace, &wanted)
                    .map(|why| refuse(resource, object, &why)),
            }
        }
        _ => None,
    }
}

fn refuse(resource: &Resource, object: &Value, why: &str) -> Refusal {
    let ask = Ask {
        group: resource.group,
        resource: resource.plural,
        name: object::name(object),
        ..Ask::default()
    };
    forbidden(&ask, why)
}

/// The sentence about rights that are wanted and not held.
fn too_much(state: &State, user: &User, namespace: &str, wanted: &[Rule]) -> Option<String> {
    let held = bindings::rules(state, user, namespace);
    let mut missing: Vec<String> = rules::missing(&held, wanted)
        .iter()
        .map(Rule::to_string)
        .collect();
    if missing.is_empty() {
        return None;
    }
    missing.sort_unstable();
    missing.dedup();
    Some(format!(
        "user {:?} (groups={}) is attempting to grant RBAC permissions not currently held:\n{}",
        user.name,
        quoted(&user.groups),
        missing.join("\n")
    ))
}

fn everything() -> [Rule; 2] {
    let any = || vec!["*".to_owned()];
    [
        Rule {
            verbs: any(),
            groups: any(),
            resources: any(),
            ..Rule::default()
        },
        Rule {
            verbs: any(),
            urls: any(),
            ..Rule::default()
        },
    ]
}

/// Whether a change touches only what garbage collection needs: that gives no rights to anybody.
fn only_for_collection(before: &Value, after: &Value) -> bool {
    let mut pair = [before.clone(), after.clone()];
    for object in &mut pair {
        if let Some(metadata) = object["metadata"].as_object_mut() {
            for field in ["ownerReferences", "finalizers", "managedFields"] {
                metadata.remove(field);
            }
        }
    }
    pair[0] == pair[1]
}
