//! Which rules hold for somebody: those of every role that a binding gives to them or to a group of theirs
//! (`pkg/registry/rbac/validation/rule.go`).

use memchr::memmem;
use serde_json::Value;

use super::{User, bootstrap, rules::Rule};
use crate::demo::{
    object,
    resource::{CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLE_BINDINGS, ROLES},
    state::State,
};

/// What a binding gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The rules of its role.
    pub rules: Vec<Rule>,
    /// What it is, as a server says: `RoleBinding "edit/shop" of ClusterRole "edit" to Group "developers"`.
    pub source: String,
}

/// All that is given to somebody everywhere and, where a namespace is named, in it. A binding whose role is gone gives
/// nothing.
pub fn grants<'a>(
    state: &'a State,
    user: &'a User,
    namespace: &'a str,
) -> impl Iterator<Item = Grant> + 'a {
    let marks = marks(user);
    let stored = move |resource, place| {
        let marks = marks.clone();
        state
            .store
            .list(resource, place)
            // Most bindings are about others; that is seen in their text, without reading them.
            .filter(move |entry| marks.iter().any(|mark| mark.find(&entry.json).is_some()))
            .map(|entry| entry.value())
    };
    let wide = stored(&CLUSTER_ROLE_BINDINGS, None);
    let built_in = bootstrap::bindings().filter(|binding| {
        let name = object::name(binding);
        let stored = state.store.get(&CLUSTER_ROLE_BINDINGS, "", name);
        stored.is_none()
    });
    let local = (!namespace.is_empty())
        .then(|| stored(&ROLE_BINDINGS, Some(namespace)))
        .into_iter()
        .flatten();
    wide.chain(built_in)
        .chain(local)
        .filter_map(move |binding| grant(state, user, &binding))
}

/// All rules that hold for somebody in a namespace.
pub fn rules(state: &State, user: &User, namespace: &str) -> Vec<Rule> {
    grants(state, user, namespace)
        .flat_map(|grant| grant.rules)
        .collect()
}

/// What the text of a binding contains that is about somebody: their name or one of their groups, in quotes.
fn marks(user: &User) -> Vec<memmem::Finder<'static>> {
    let account = service_account(&user.name).map(|(_, name)| name);
    let names = user.groups.iter().map(String::as_str);
    names
        .chain([user.name.as_str()])
        .chain(account)
        .map(|name| memmem::Finder::new(Value::from(name).to_string().as_bytes()).into_owned())
        .collect()
}

/// The namespace and name of the `ServiceAccount` that a user is.
pub fn service_account(user: &str) -> Option<(&str, &str)> {
    let (namespace, name) = user
        .strip_prefix("system:serviceaccount:")?
        .split_once(':')?;
    let fits = !namespace.is_empty() && !name.is_empty() && !name.contains(':');
    fits.then_some((namespace, name))
}

fn grant(state: &State, user: &User, binding: &Value) -> Option<Grant> {
    let (name, namespace) = (object::name(binding), object::namespace(binding));
    let subjects = object::items(binding, "/subjects").iter();
    let subject = subjects
        .into_iter()
        .find(|subject| is_about(user, subject, namespace))?;
    let role = &binding["roleRef"];
    let rules = role_rules(state, role, namespace)?;
    let kind = object::text(subject, "/kind");
    let mut whom = object::text(subject, "/name").to_owned();
    if kind == "ServiceAccount" {
        let place = match object::text(subject, "/namespace") {
            "" => namespace,
            place => place,
        };
        whom = format!("{whom}/{place}");
    }
    let what = if namespace.is_empty() {
        format!("ClusterRoleBinding {name:?}")
    } else {
        format!("RoleBinding {:?}", format!("{name}/{namespace}"))
    };
    let source = format!(
        "{what} of {} {:?} to {kind} {whom:?}",
        object::text(role, "/kind"),
        object::text(role, "/name"),
    );
    Some(Grant { rules, source })
}

fn is_about(user: &User, subject: &Value, namespace: &str) -> bool {
    let name = object::text(subject, "/name");
    match object::text(subject, "/kind") {
        "User" => user.name == name,
        "Group" => user.is_in(name),
        "ServiceAccount" => {
            let place = match object::text(subject, "/namespace") {
                "" => namespace,
                place => place,
            };
            !place.is_empty() && service_account(&user.name) == Some((place, name))
        }
        _ => false,
    }
}

/// The rules of the role that a `roleRef` in this namespace names, if it is there.
pub fn role_rules(state: &State, role: &Value, namespace: &str) -> Option<Vec<Rule>> {
    let name = object::text(role, "/name");
    let role = match object::text(role, "/kind") {
        "Role" => state.get(&ROLES, namespace, name),
        _ => state
            .get(&CLUSTER_ROLES, "", name)
            .or_else(|| bootstrap::role(name)),
    };
    role.as_ref().map(Rule::of)
}
