//! Rows of who may what.

use serde_json::{Value, json};

use super::{AGE, NAME, View, age, name, text, wide};
use crate::demo::object;

pub(super) static SERVICE_ACCOUNTS: View = View {
    columns: &[NAME, AGE],
    cells: |account, now| vec![name(account), age(account, now)],
};

/// `RoleBindings` and `ClusterRoleBindings`.
pub(super) static BINDINGS: View = View {
    columns: &[
        NAME,
        text("Role"),
        AGE,
        wide(text("Users")),
        wide(text("Groups")),
        wide(text("ServiceAccounts")),
    ],
    cells: |binding, now| {
        let role = format!(
            "{}/{}",
            object::text(binding, "/roleRef/kind"),
            object::text(binding, "/roleRef/name")
        );
        vec![
            name(binding),
            json!(role),
            age(binding, now),
            subjects(binding, "User"),
            subjects(binding, "Group"),
            subjects(binding, "ServiceAccount"),
        ]
    },
};

fn subjects(binding: &Value, kind: &str) -> Value {
    let subjects = object::items(binding, "/subjects").iter();
    let named: Vec<String> = subjects
        .filter(|subject| subject["kind"] == kind)
        .map(|subject| {
            let name = object::text(subject, "/name");
            match kind {
                "ServiceAccount" => format!("{}/{name}", object::text(subject, "/namespace")),
                _ => name.to_owned(),
            }
        })
        .collect();
    json!(named.join(", "))
}
