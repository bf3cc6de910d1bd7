//! Volumes of a Pod (`ValidateVolumes` in `pkg/apis/core/validation`).

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    field::{Faults, Field},
    names,
};

/// What can be at a path of a Node.
const KINDS: [&str; 8] = [
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
];

/// Where the parts of a path may not lead.
fn no_steps_back(path: &Field<'_>, faults: &mut Faults) {
    if path.text().split('/').any(|part| part == "..") {
        faults.invalid(path, "must not contain '..'");
    }
}

/// Checks them, and says which there are: their sources by name.
pub(super) fn volumes<'a>(
    volumes: &Field<'a>,
    faults: &mut Faults,
) -> BTreeMap<&'a str, &'a Value> {
    let mut known = BTreeMap::new();
    for volume in volumes.items() {
        let before = faults.0.len();
        source(&volume, faults);
        let name = volume.child("name");
        if name.is_blank() {
            faults.required(&*name.path, "");
        } else {
            faults.invalid_for(&name, names::label(name.text()));
        }
        if known.contains_key(name.text()) {
            faults.duplicate(&name);
        }
        if faults.0.len() == before {
            known.insert(name.text(), volume.value);
        }
    }
    known
}

fn source(volume: &Field<'_>, faults: &mut Faults) {
    let mut said = 0;
    for (key, value) in volume.value.as_object().into_iter().flatten() {
        if key == "name" || value.is_null() {
            continue;
        }
        said += 1;
        let source = volume.child(key);
        // An emptyDir is looked at first, so it is never the one too many.
        if said > 1 && key != "emptyDir" {
            faults.forbidden(source.path, "may not specify more than 1 volume type");
            continue;
        }
        let mut named = |key: &str| {
            if source.child(key).is_blank() {
                faults.required(source.named(key), "");
            }
        };
        match key.as_str() {
            "secret" => {
                named("secretName");
                keys(&source, faults);
            }
            "configMap" => {
                named("name");
                keys(&source, faults);
            }
            "persistentVolumeClaim" => named("claimName"),
            "hostPath" => {
                named("path");
                no_steps_back(&source.child("path"), faults);
                let kind = source.child("type");
                if kind.is_there() && !KINDS.contains(&kind.text()) {
                    let known = &KINDS[1..];
                    faults.one_of(&kind, known);
                }
            }
            "nfs" => {
                named("server");
                named("path");
            }
            "csi" => named("driver"),
            "ephemeral" => {
                let claim = source.child("volumeClaimTemplate");
                if claim.is_there() {
                    super::storage::claim_spec(&claim.child("spec"), faults);
                } else {
                    faults.required(claim.path, "");
                }
            }
            "projected" => {
                for part in source.child("sources").items() {
                    for (key, name) in [
                        ("secret", "name"),
                        ("configMap", "name"),
                        ("serviceAccountToken", "path"),
                    ] {
                        let part = part.child(key);
                        if part.is_there() && part.child(name).is_blank() {
                            faults.required(part.named(name), "");
                        }
                    }
                }
            }
            _ => {}
        }
        let mode = source.child("defaultMode");
        if mode
            .number()
            .is_some_and(|mode| !(0..=0o777).contains(&mode))
        {
            let why = "must be a number between 0 and 0777 (octal), both inclusive";
            faults.invalid(&mode, why);
        }
    }
    if said == 0 {
        faults.required(&*volume.path, "must specify a volume type");
    }
}

fn keys(source: &Field<'_>, faults: &mut Faults) {
    for item in source.child("items").items() {
        for key in ["key", "path"] {
            if item.child(key).is_blank() {
                faults.required(item.named(key), "");
            }
        }
        let path = item.child("path");
        if path.text().starts_with('/') {
            faults.invalid(&path, "must be a relative path");
        }
        no_steps_back(&path, faults);
    }
}
