//! Who asks, and what they may: tokens, impersonation, and role-based access control over the stored roles and bindings.
//!
//! After `plugin/pkg/auth/authorizer/rbac` and `k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go`.

pub mod bindings;
pub mod bootstrap;
pub mod escalation;
pub mod review;
pub mod rules;
pub mod who;

use std::collections::BTreeMap;

use serde_json::json;

use super::{refusal::Refusal, resource::Resource, state::State};

/// Whoever is in this group may do everything.
pub const MASTERS: &str = "system:masters";
/// Everybody who has shown who they are is in this group.
pub const AUTHENTICATED: &str = "system:authenticated";
/// Everybody else is in this one.
pub const UNAUTHENTICATED: &str = "system:unauthenticated";
/// The name of everybody else.
pub const ANONYMOUS: &str = "system:anonymous";

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// The groups.
    pub groups: Vec<String>,
    /// What tells this user from one of the same name.
    pub uid: Option<String>,
    /// What else is known.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl User {
    /// Somebody who has shown who they are.
    pub fn new(name: &str, groups: &[&str]) -> Self {
        let groups = groups.iter().copied().chain([AUTHENTICATED]);
        Self {
            name: name.to_owned(),
            groups: groups.map(str::to_owned).collect(),
            ..Self::default()
        }
    }

    /// Whether they are in this group.
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|known| known == group)
    }
}

/// What is asked for. With a `path` it is about that path, and about no resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ask<'a> {
    /// `get`, `list`, `watch`, `create`…
    pub verb: &'a str,
    /// The API group.
    pub group: &'a str,
    /// The plural.
    pub resource: &'a str,
    /// What is below the object.
    pub subresource: &'a str,
    /// Where; empty for everywhere.
    pub namespace: &'a str,
    /// Which; empty for any.
    pub name: &'a str,
    /// A path that is no resource, such as `/version`.
    pub path: &'a str,
}

impl<'a> Ask<'a> {
    /// What a request for a resource asks: a namespace is asked for in itself. POST to a collection names nobody.
    pub fn of(
        verb: &'a str,
        resource: &Resource,
        subresource: &'a str,
        namespace: &'a str,
        name: &'a str,
    ) -> Self {
        let itself = resource.group.is_empty() && resource.plural == "namespaces";
        Self {
            verb,
            group: resource.group,
            resource: resource.plural,
            subresource,
            namespace: if itself { name } else { namespace },
            name,
            path: "",
        }
    }

    /// What a request for a path asks; the verb is the method in small letters.
    pub fn path(verb: &'a str, path: &'a str) -> Self {
        Self {
            verb,
            path,
            ..Self::default()
        }
    }
}

/// Whether it is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is.
    pub allowed: bool,
    /// By which binding; empty for those who may do everything, and for what is not allowed.
    pub reason: String,
}

/// Whether somebody may do what they ask for.
pub fn allows(state: &State, user: &User, ask: &Ask) -> Verdict {
    let verdict = |allowed, reason| Verdict { allowed, reason };
    if user.is_in(MASTERS) {
        return verdict(true, String::new());
    }
    let grant = bindings::grants(state, user, ask.namespace)
        .find(|grant| grant.rules.iter().any(|rule| rule.allows(ask)));
    match grant {
        Some(grant) => verdict(true, format!("RBAC: allowed by {}", grant.source)),
        None => verdict(false, String::new()),
    }
}

/// The same, as the answer to a request.
pub fn check(state: &State, user: &User, ask: &Ask) -> Result<(), Refusal> {
    if allows(state, user, ask).allowed {
        Ok(())
    } else {
        Err(refuse(user, ask))
    }
}

/// What somebody is told who may not.
pub fn refuse(user: &User, ask: &Ask) -> Refusal {
    let (name, verb) = (&user.name, ask.verb);
    if !ask.path.is_empty() {
        let why = format!("User {name:?} cannot {verb} path {:?}", ask.path);
        let mut refusal = Refusal::new(403, "Forbidden", format!("forbidden: {}", harmless(&why)));
        refusal.details = json!({});
        return refusal;
    }
    let resource = if ask.subresource.is_empty() {
        ask.resource.to_owned()
    } else {
        format!("{}/{}", ask.resource, ask.subresource)
    };
    let place = if ask.namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace {:?}", ask.namespace)
    };
    let why = format!(
        "User {name:?} cannot {verb} resource {resource:?} in API group {:?} {place}",
        ask.group
    );
    forbidden(ask, &harmless(&why))
}

/// 403 about what is asked for; the details leave out what is empty.
fn forbidden(ask: &Ask, why: &str) -> Refusal {
    let mut what = ask.resource.to_owned();
    let mut details = json!({"kind": ask.resource});
    if !ask.group.is_empty() {
        what = format!("{what}.{}", ask.group);
        details["group"] = json!(ask.group);
    }
    if !ask.name.is_empty() {
        what = format!("{what} {:?}", ask.name);
        details["name"] = json!(ask.name);
    }
    let mut refusal = Refusal::new(403, "Forbidden", format!("{what} is forbidden: {why}"));
    refusal.details = details;
    refusal
}

/// Nothing that a browser could take for HTML.
fn harmless(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
