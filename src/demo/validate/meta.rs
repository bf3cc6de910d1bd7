//! Metadata of every object, and selectors of labels (`k8s.io/apimachinery/pkg/api/validation`,
//! `pkg/apis/meta/v1/validation`).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    field::{Faults, Field},
    names,
};
use crate::demo::resource::Resource;

/// Together, annotations may have so many bytes.
const ANNOTATIONS: usize = 256 * 1_024;

/// How names of a resource are spelt.
fn name(resource: &Resource, name: &str) -> Vec<String> {
    match (resource.group, resource.plural) {
        ("", "namespaces") | ("apps", "statefulsets") => names::label(name),
        ("", "services") => names::label_1035(name),
        ("rbac.authorization.k8s.io", _) => names::segment(name),
        _ => names::subdomain(name),
    }
}

/// Metadata of a new object, or of one that changes.
pub(super) fn metadata(resource: &Resource, metadata: &Field<'_>, faults: &mut Faults) {
    let stem = metadata.child("generateName");
    if !stem.is_blank() {
        // What comes after it is not known yet, so it may end as no name does.
        let whole = match stem.text().strip_suffix('-') {
            Some(start) => format!("{start}a"),
            None => stem.text().to_owned(),
        };
        faults.invalid_for(&stem, name(resource, &whole));
    }
    let own = metadata.child("name");
    if own.is_blank() {
        faults.required(own.path, "name or generateName is required");
    } else {
        faults.invalid_for(&own, name(resource, own.text()));
    }
    let namespace = metadata.child("namespace");
    if !resource.namespaced {
        if !namespace.is_blank() {
            faults.forbidden(namespace.path, "not allowed on this type");
        }
    } else if namespace.is_blank() {
        faults.required(namespace.path, "");
    } else {
        faults.invalid_for(&namespace, names::label(namespace.text()));
    }
    labels(&metadata.child("labels"), faults);
    annotations(&metadata.child("annotations"), faults);
    owners(&metadata.child("ownerReferences"), faults);
    let finalizers = metadata.child("finalizers");
    for finalizer in finalizers.items() {
        let named = finalizer.called(&*finalizers.path);
        faults.invalid_for(&named, names::key(finalizer.text()));
        let is_standard = matches!(
            finalizer.text(),
            "kubernetes" | "orphan" | "foregroundDeletion"
        );
        if !finalizer.text().contains('/') && !is_standard {
            let why = "name is neither a standard finalizer name nor is it fully qualified";
            faults.invalid(&finalizer, why);
        }
    }
}

/// Labels, or a selector that is a plain map.
pub(super) fn labels(labels: &Field<'_>, faults: &mut Faults) {
    for (key, value) in labels.entries() {
        let path = &*labels.path;
        for why in names::key(key) {
            faults.invalid_value(path, &json!(key), &why);
        }
        faults.invalid_for(&value.called(path), names::label_value(value.text()));
    }
}

/// Annotations.
pub(super) fn annotations(annotations: &Field<'_>, faults: &mut Faults) {
    let mut size = 0;
    for (key, value) in annotations.entries() {
        for why in names::key(&key.to_lowercase()) {
            faults.invalid_value(&*annotations.path, &json!(key), &why);
        }
        size += key.len() + value.text().len();
    }
    if size > ANNOTATIONS {
        faults.too_long(&*annotations.path, ANNOTATIONS);
    }
}

fn owners(owners: &Field<'_>, faults: &mut Faults) {
    let mut controller: Option<String> = None;
    for owner in owners.items() {
        // Which of them it is, a real server does not say either.
        let owner = owner.called(&*owners.path);
        let api = owner.child("apiVersion");
        if api.text().rsplit('/').next().unwrap_or("").is_empty() {
            faults.invalid_value(&*api.path, &json!(api.text()), "version must not be empty");
        }
        for key in ["kind", "name", "uid"] {
            let field = owner.child(key);
            if field.is_blank() {
                faults.invalid_value(field.path, &json!(""), "must not be empty");
            }
        }
        if owner.child("controller").value != &json!(true) {
            continue;
        }
        let this = format!(
            "{}/{}",
            owner.child("kind").text(),
            owner.child("name").text()
        );
        if let Some(first) = &controller {
            let why = format!(
                "Only one reference can have Controller set to true. Found \"true\" in references for {first} and {this}"
            );
            faults.invalid(owners, &why);
        } else {
            controller = Some(this);
        }
    }
}

/// What may not change in metadata.
pub(super) fn update(after: &Field<'_>, before: &Field<'_>, faults: &mut Faults) {
    if before.child("deletionTimestamp").is_there() {
        let finalizers = |field: &Field<'_>| -> BTreeSet<String> {
            let items = field.child("finalizers");
            items.items().map(|item| item.text().to_owned()).collect()
        };
        let (had, has) = (finalizers(before), finalizers(after));
        let fresh: Vec<String> = has
            .difference(&had)
            .map(|name| format!("{name:?}"))
            .collect();
        if !fresh.is_empty() {
            let why = format!(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                fresh.join(", ")
            );
            faults.forbidden(after.named("finalizers"), &why);
        }
    }
    for key in [
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    ] {
        faults.immutable(&after.child(key), &before.child(key));
    }
}

/// A `LabelSelector`.
pub(super) fn selector(selector: &Field<'_>, faults: &mut Faults) {
    labels(&selector.child("matchLabels"), faults);
    for term in selector.child("matchExpressions").items() {
        let (operator, values) = (term.child("operator"), term.child("values"));
        match operator.text() {
            "In" | "NotIn" if values.is_blank() => {
                faults.required(
                    values.path.clone(),
                    "must be specified when `operator` is 'In' or 'NotIn'",
                );
            }
            "Exists" | "DoesNotExist" if !values.is_blank() => {
                faults.forbidden(
                    values.path.clone(),
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                );
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            said => {
                let value = json!(said);
                faults.invalid_value(operator.path, &value, "not a valid selector operator");
            }
        }
        let key = term.child("key");
        for why in names::key(key.text()) {
            faults.invalid_value(&*key.path, &json!(key.text()), &why);
        }
        for value in values.items() {
            faults.invalid_for(&value, names::label_value(value.text()));
        }
    }
}

/// Whether a `LabelSelector` says nothing.
pub(super) fn is_empty(selector: &Value) -> bool {
    ["matchLabels", "matchExpressions"]
        .iter()
        .all(|key| crate::demo::fields::is_blank(&selector[*key]))
}

/// Whether labels fit a `LabelSelector`: nothing fits one that is not there. None where it cannot be.
pub(super) fn fits(selector: &Value, labels: &Value) -> Option<bool> {
    let mut fits = !selector.is_null();
    for (key, value) in selector["matchLabels"].as_object().into_iter().flatten() {
        fits &= labels[key] == *value;
    }
    for term in crate::demo::object::items(selector, "/matchExpressions") {
        let value = &labels[term["key"].as_str()?];
        let is_one = || crate::demo::object::items(term, "/values").contains(value);
        let has_values = !crate::demo::object::items(term, "/values").is_empty();
        fits &= match (term["operator"].as_str()?, has_values) {
            ("In", true) => is_one(),
            ("NotIn", true) => !is_one(),
            ("Exists", false) => !value.is_null(),
            ("DoesNotExist", false) => value.is_null(),
            _ => return None,
        };
    }
    Some(fits)
}
