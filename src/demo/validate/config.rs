//! `ConfigMaps`, Secrets and Events (`ValidateConfigMap`, `ValidateSecret`, `legacyValidateEvent` in
//! `pkg/apis/core/validation`).

use serde_json::json;

use super::{
    field::{Faults, Field},
    names,
};

/// One object may hold so many bytes.
const MOST: usize = 1_024 * 1_024;

/// Bytes behind base64.
fn decoded(text: &str) -> usize {
    text.trim_end_matches('=').len() * 3 / 4
}

fn keys(map: &Field<'_>, faults: &mut Faults) {
    for (key, field) in map.entries() {
        for why in names::config_key(key) {
            faults.invalid_value(&*field.path, &json!(key), &why);
        }
    }
}

pub(super) fn config_map(map: &Field<'_>, faults: &mut Faults) {
    let (data, binary) = (map.child("data"), map.child("binaryData"));
    keys(&data, faults);
    keys(&binary, faults);
    let mut size = 0;
    for (key, field) in data.entries() {
        if !binary.value[key].is_null() {
            let why = "duplicate of key present in binaryData";
            faults.invalid_value(&*field.path, &json!(key), why);
        }
        size += field.text().len();
    }
    size += binary
        .entries()
        .map(|(_, field)| decoded(field.text()))
        .sum::<usize>();
    if size > MOST {
        faults.too_long("", MOST);
    }
}

pub(super) fn secret(secret: &Field<'_>, faults: &mut Faults) {
    let data = secret.child("data");
    keys(&data, faults);
    let size: usize = data.entries().map(|(_, field)| decoded(field.text())).sum();
    if size > MOST {
        faults.too_long(&*data.path, MOST);
    }
    let needed: &[&str] = match secret.child("type").text() {
        "kubernetes.io/dockercfg" => &[".dockercfg"],
        "kubernetes.io/dockerconfigjson" => &[".dockerconfigjson"],
        "kubernetes.io/ssh-auth" => &["ssh-privatekey"],
        "kubernetes.io/tls" => &["tls.crt", "tls.key"],
        "kubernetes.io/basic-auth" => {
            let known = ["username", "password"];
            let has_one = known.iter().any(|key| !data.value[*key].is_null());
            if has_one {
                &[]
            } else {
                &["username", "password"]
            }
        }
        "kubernetes.io/service-account-token" => {
            const NAME: &str = "kubernetes.io/service-account.name";
            let annotations = secret.child("metadata.annotations");
            if annotations.value[NAME].as_str().is_none_or(str::is_empty) {
                faults.required(format!("{}[{NAME}]", annotations.path), "");
            }
            &[]
        }
        _ => &[],
    };
    for key in needed {
        if data.value[*key].is_null() {
            faults.required(format!("data[{key}]"), "");
        }
    }
}

/// One that is said to be immutable is; and a Secret never becomes one of another type.
pub(super) fn change(after: &Field<'_>, before: &Field<'_>, faults: &mut Faults) {
    faults.immutable(&after.child("type"), &before.child("type"));
    if before.child("immutable").value != &json!(true) {
        return;
    }
    let why = "field is immutable when `immutable` is set";
    if after.child("immutable").value != &json!(true) {
        faults.forbidden("immutable", why);
    }
    for key in ["data", "binaryData"] {
        if after.child(key).value != before.child(key).value {
            faults.forbidden(key, why);
        }
    }
}

/// An Event is where what it is about is; one about something in no namespace is in `default`.
pub(super) fn event(event: &Field<'_>, faults: &mut Faults) {
    let about = event.child("involvedObject.namespace");
    let own = event.child("metadata.namespace").text();
    let is_there = if about.is_blank() {
        own == "default"
    } else {
        about.text() == own
    };
    if !is_there {
        let value = json!(about.text());
        faults.invalid_value(about.path, &value, "does not match event.namespace");
    }
}
