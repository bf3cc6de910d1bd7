//! Rows of what is kept: `ConfigMaps`, Secrets, claims, volumes and their classes.

use serde_json::{Value, json};

use super::{AGE, NAME, View, age, name, text, text_or, wide};
use crate::demo::object;

fn entries(object: &Value, pointer: &str) -> usize {
    object::fields(object, pointer).map_or(0, serde_json::Map::len)
}

pub(super) static CONFIG_MAPS: View = View {
    columns: &[NAME, text("Data"), AGE],
    cells: |map, now| {
        let count = entries(map, "/data") + entries(map, "/binaryData");
        vec![name(map), json!(count), age(map, now)]
    },
};

pub(super) static SECRETS: View = View {
    columns: &[NAME, text("Type"), text("Data"), AGE],
    cells: |secret, now| {
        vec![
            name(secret),
            json!(object::text(secret, "/type")),
            json!(entries(secret, "/data")),
            age(secret, now),
        ]
    },
};

/// Access modes in short, in the order of the API.
fn modes(object: &Value, pointer: &str) -> String {
    let modes = object::items(object, pointer);
    let known = [
        ("ReadWriteOnce", "RWO"),
        ("ReadOnlyMany", "ROX"),
        ("ReadWriteMany", "RWX"),
        ("ReadWriteOncePod", "RWOP"),
    ];
    let told = known
        .into_iter()
        .filter(|(mode, _)| modes.iter().any(|known| known == mode))
        .map(|(_, short)| short);
    super::joined(told)
}

fn class(object: &Value) -> &str {
    object::annotation(object, "volume.beta.kubernetes.io/storage-class")
        .unwrap_or_else(|| object::text(object, "/spec/storageClassName"))
}

fn phase(object: &Value) -> &str {
    if object::is_leaving(object) {
        "Terminating"
    } else {
        object::text(object, "/status/phase")
    }
}

const VOLUME_MODE: super::Column = wide(text("VolumeMode"));

pub(super) static CLAIMS: View = View {
    columns: &[
        NAME,
        text("Status"),
        text("Volume"),
        text("Capacity"),
        text("Access Modes"),
        text("StorageClass"),
        text("VolumeAttributesClass"),
        AGE,
        VOLUME_MODE,
    ],
    cells: |claim, now| {
        let volume = object::text(claim, "/spec/volumeName");
        let (capacity, modes) = if volume.is_empty() {
            ("", String::new())
        } else {
            (
                text_or(claim, "/status/capacity/storage", "0"),
                modes(claim, "/status/accessModes"),
            )
        };
        let attributes = "/spec/volumeAttributesClassName";
        vec![
            name(claim),
            json!(phase(claim)),
            json!(volume),
            json!(capacity),
            json!(modes),
            json!(class(claim)),
            json!(text_or(claim, attributes, "<unset>")),
            age(claim, now),
            json!(text_or(claim, "/spec/volumeMode", "<unset>")),
        ]
    },
};

pub(super) static VOLUMES: View = View {
    columns: &[
        NAME,
        text("Capacity"),
        text("Access Modes"),
        text("Reclaim Policy"),
        text("Status"),
        text("Claim"),
        text("StorageClass"),
        text("VolumeAttributesClass"),
        text("Reason"),
        AGE,
        VOLUME_MODE,
    ],
    cells: |volume, now| {
        let claim = match &volume["spec"]["claimRef"] {
            Value::Null => String::new(),
            claim => format!(
                "{}/{}",
                object::text(claim, "/namespace"),
                object::text(claim, "/name")
            ),
        };
        let attributes = "/spec/volumeAttributesClassName";
        vec![
            name(volume),
            json!(text_or(volume, "/spec/capacity/storage", "0")),
            json!(modes(volume, "/spec/accessModes")),
            json!(object::text(volume, "/spec/persistentVolumeReclaimPolicy")),
            json!(phase(volume)),
            json!(claim),
            json!(class(volume)),
            json!(text_or(volume, attributes, "<unset>")),
            json!(object::text(volume, "/status/reason")),
            age(volume, now),
            json!(text_or(volume, "/spec/volumeMode", "<unset>")),
        ]
    },
};

pub(super) static STORAGE_CLASSES: View = View {
    columns: &[
        NAME,
        text("Provisioner"),
        text("ReclaimPolicy"),
        text("VolumeBindingMode"),
        text("AllowVolumeExpansion"),
        AGE,
    ],
    cells: |class, now| {
        let is_default = [
            "storageclass.kubernetes.io/is-default-class",
            "storageclass.beta.kubernetes.io/is-default-class",
        ]
        .iter()
        .any(|key| object::annotation(class, key) == Some("true"));
        let mut called = object::name(class).to_owned();
        if is_default {
            called += " (default)";
        }
        vec![
            json!(called),
            json!(object::text(class, "/provisioner")),
            json!(text_or(class, "/reclaimPolicy", "Delete")),
            json!(text_or(class, "/volumeBindingMode", "Immediate")),
            json!(class["allowVolumeExpansion"].as_bool().unwrap_or(false)),
            age(class, now),
        ]
    },
};
