//! Claims, volumes and classes of storage (`pkg/apis/core/validation`, `pkg/apis/storage/validation`).

use serde_json::{Value, json};

use super::{
    field::{Faults, Field},
    meta, names, quantities,
};
use crate::demo::{
    amount::Amount,
    fields::{put_or_take, take},
    refusal::Fault,
};

const MODES: [&str; 4] = [
    "ReadOnlyMany",
    "ReadWriteMany",
    "ReadWriteOnce",
    "ReadWriteOncePod",
];

fn access_modes(spec: &Field<'_>, hint: &str, faults: &mut Faults) {
    let modes = spec.child("accessModes");
    if modes.is_blank() {
        faults.required(&*modes.path, hint);
    }
    for mode in modes.items() {
        faults.one_of(&mode.called(&*modes.path), &MODES);
    }
    let alone = |mode: &Field<'_>| mode.text() == "ReadWriteOncePod";
    if modes.items().any(|mode| alone(&mode)) && modes.items().any(|mode| !alone(&mode)) {
        let why = "may not use ReadWriteOncePod with other access modes";
        faults.forbidden(modes.path, why);
    }
}

fn volume_mode(spec: &Field<'_>, faults: &mut Faults) {
    let mode = spec.child("volumeMode");
    if mode.is_there() {
        faults.one_of(&mode, &["Block", "Filesystem"]);
    }
}

pub(super) fn claim(claim: &Field<'_>, faults: &mut Faults) {
    claim_spec(&claim.child("spec"), faults);
}

pub(super) fn claim_spec(spec: &Field<'_>, faults: &mut Faults) {
    access_modes(spec, "at least 1 access mode is required", faults);
    meta::selector(&spec.child("selector"), faults);
    let size = spec.child("resources.requests.storage");
    let path = format!("{}[storage]", spec.named("resources"));
    if size.is_there() {
        quantities::positive(&size.called(path), faults);
    } else {
        faults.required(path, "");
    }
    let class = spec.child("storageClassName");
    if !class.is_blank() {
        faults.invalid_for(&class, names::subdomain(class.text()));
    }
    volume_mode(spec, faults);
}

const SIZE: &str = "spec.resources.requests.storage";

/// A claim that is bound may grow, and that is all.
pub(super) fn change_claim(after: &Field<'_>, before: &Field<'_>, faults: &mut Faults) {
    let (new, old) = (after.child("spec"), before.child("spec"));
    let mut same = new.value.clone();
    // The one who binds it says which volume it is.
    if old.child("volumeName").is_blank() {
        take(&mut same, "volumeName");
    }
    if !old.child("storageClassName").is_there() {
        take(&mut same, "storageClassName");
    }
    if after.child("status.phase").text() == "Bound" {
        if let Some(requests) = same.pointer_mut("/resources/requests") {
            put_or_take(requests, "storage", before.child(SIZE).value.clone());
        }
        let class = old.child("volumeAttributesClassName").value.clone();
        put_or_take(&mut same, "volumeAttributesClassName", class);
    }
    if same != *old.value {
        let why = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
        faults.forbidden("spec", why);
    }
    let size = |field: &Field<'_>, key: &str| Amount::of(field.child(key).value);
    let (now, then) = (size(after, SIZE), size(before, SIZE));
    if now < then && now <= size(before, "status.capacity.storage").or(Some(Amount::ZERO)) {
        faults.forbidden(SIZE, "field can not be less than status.capacity");
    }
    let mode = new.child("volumeMode").called("volumeMode");
    faults.immutable(&mode, &old.child("volumeMode"));
}

/// What a volume says besides where it is.
const OTHERS: [&str; 9] = [
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeMode",
    "volumeAttributesClassName",
];

pub(super) fn volume(volume: &Field<'_>, faults: &mut Faults) {
    let spec = volume.child("spec");
    access_modes(&spec, "", faults);
    let capacity = spec.child("capacity");
    if capacity.is_blank() {
        faults.required(&*capacity.path, "");
    }
    if capacity.value["storage"].is_null() || capacity.entries().count() > 1 {
        let shown = capacity.value.clone();
        faults
            .0
            .push(Fault::unsupported(&*capacity.path, &shown, &["storage"]));
    }
    for (_, amount) in capacity.entries() {
        quantities::positive(&amount, faults);
        if Amount::of(amount.value).is_some_and(Amount::is_negative) {
            // A real server shows this one as a number.
            let shown = amount
                .text()
                .parse::<i64>()
                .map_or_else(|_| amount.value.clone(), Value::from);
            let why = "must be a valid resource quantity";
            faults.invalid_value(&*amount.path, &shown, why);
        }
    }
    faults.one_of(
        &spec.child("persistentVolumeReclaimPolicy"),
        &["Delete", "Recycle", "Retain"],
    );
    let path = spec.child("hostPath");
    if path.is_there() && path.child("path").is_blank() {
        faults.required(path.named("path"), "");
    }
    let fields = spec.value.as_object().into_iter().flatten();
    let mut sources =
        fields.filter(|(key, value)| !OTHERS.contains(&key.as_str()) && !value.is_null());
    if sources.next().is_none() {
        faults.required(&*spec.path, "must specify a volume type");
    }
    for (key, _) in sources {
        faults.forbidden(spec.named(key), "may not specify more than 1 volume type");
    }
    volume_mode(&spec, faults);
}

pub(super) fn class(class: &Field<'_>, faults: &mut Faults) {
    let provisioner = class.child("provisioner");
    if provisioner.is_blank() {
        faults.required(provisioner.path, "");
    } else {
        let reasons = names::key(&provisioner.text().to_lowercase());
        for why in reasons {
            let value = json!(provisioner.text().to_lowercase());
            faults.invalid_value(&*provisioner.path, &value, &why);
        }
    }
    faults.one_of(&class.child("reclaimPolicy"), &["Delete", "Retain"]);
    faults.one_of(
        &class.child("volumeBindingMode"),
        &["Immediate", "WaitForFirstConsumer"],
    );
}

pub(super) fn change_class(after: &Field<'_>, before: &Field<'_>, faults: &mut Faults) {
    for key in ["parameters", "provisioner", "reclaimPolicy"] {
        let value = |field: &Field<'_>| match field.child(key).value {
            Value::Object(fields) if fields.is_empty() => Value::Null,
            value => value.clone(),
        };
        if value(after) != value(before) {
            faults.forbidden(key, &format!("updates to {key} are forbidden."));
        }
    }
    let mode = "volumeBindingMode";
    faults.immutable(&after.child(mode), &before.child(mode));
}
