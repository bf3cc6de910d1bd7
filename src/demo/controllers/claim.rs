//! PersistentVolumeClaims get their volumes: one that is there and fits, or one that a provisioner makes
//! (`pkg/controller/volume/persistentvolume`, and what an external provisioner does).

use serde_json::{Value, json};

use super::{
    Loop, Place, Task, facts,
    template::{self, Condition},
};
use crate::{
    demo::{
        delete::{self, Deletion},
        dice, object,
        resource::{CLAIMS, PODS, STORAGE_CLASSES, VOLUMES},
        state::State,
        store::{Change, Event},
    },
    model::quantity::Quantity,
};

const FROM: &str = "persistentvolume-controller";
const PROTECTED: &str = "kubernetes.io/pvc-protection";
const VOLUME_PROTECTED: &str = "kubernetes.io/pv-protection";
const DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";
const SELECTED: &str = "volume.kubernetes.io/selected-node";
const PROVISIONER: &str = "volume.kubernetes.io/storage-provisioner";
const NOBODY: &str = "kubernetes.io/no-provisioner";
/// So long it takes to grow a volume, in milliseconds.
const GROWS: i64 = 4_000;

/// A Pod that ended may have been the last to use a claim; a volume that changed may fit one.
pub(super) fn react(state: &mut State, change: &Change) {
    let after = &change.after;
    if after.resource.is(&PODS) {
        let ended = change.event == Event::Deleted || facts::pod(after).done();
        for claim in &facts::pod(after).claims {
            let place = Place::new(&after.namespace, claim);
            if ended {
                state.at(state.now(), Task::Look(Loop::Claim, place));
            }
        }
    } else if after.resource.is(&CLAIMS) {
        if change.event == Event::Deleted {
            let volume = object::text(&after.value(), "/spec/volumeName").to_owned();
            let task = Task::Look(Loop::Volume, Place::new("", &volume));
            state.at(state.now(), task);
        }
    } else if change.event == Event::Added {
        recheck(state);
    }
}

/// All claims that wait look again.
pub(super) fn recheck(state: &mut State) {
    let waiting: Vec<Place> = state
        .store
        .list(&CLAIMS, None)
        .filter(|claim| memchr::memmem::find(&claim.json, b"\"Bound\"").is_none())
        .map(|claim| Place::of(claim))
        .collect();
    for place in waiting {
        state.at(state.now(), Task::Look(Loop::Claim, place));
    }
}

/// What a storage class says.
struct Class {
    provisioner: String,
    waits: bool,
    grows: bool,
    reclaim: String,
}

/// The class of a claim: None where it names one that is not there.
fn class(state: &State, claim: &Value) -> Option<Class> {
    let name = object::text(claim, "/spec/storageClassName");
    if name.is_empty() {
        return Some(Class {
            provisioner: NOBODY.to_owned(),
            waits: false,
            grows: false,
            reclaim: String::new(),
        });
    }
    let class = state.get(&STORAGE_CLASSES, "", name)?;
    let reclaim = class["reclaimPolicy"].as_str().unwrap_or("Delete");
    Some(Class {
        provisioner: object::text(&class, "/provisioner").to_owned(),
        waits: class["volumeBindingMode"] == "WaitForFirstConsumer",
        grows: class["allowVolumeExpansion"] == true,
        reclaim: reclaim.to_owned(),
    })
}

fn amount(value: &Value) -> u64 {
    let quantity = value.as_str().and_then(Quantity::parse);
    quantity.unwrap_or_default().units()
}

fn asked(claim: &Value) -> u64 {
    amount(&claim["spec"]["resources"]["requests"]["storage"])
}

/// Whether all claims of a Pod are bound, so that it can have a Node; the scheduler's words if they never will be as they
/// are. A claim that waits for its first consumer has found one here.
pub(super) fn ready_to_mount(state: &mut State, pod: &Value, nodes: usize) -> Result<bool, String> {
    let namespace = object::namespace(pod).to_owned();
    let mut all = true;
    let names: Vec<String> = object::items(pod, "/spec/volumes")
        .iter()
        .map(|volume| object::text(volume, "/persistentVolumeClaim/claimName").to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    for name in names {
        let Some(claim) = state.get(&CLAIMS, &namespace, &name) else {
            return Err(format!(
                "persistentvolumeclaim \"{name}\" not found. not found"
            ));
        };
        if object::is_leaving(&claim) {
            return Err(format!(
                "persistentvolumeclaim \"{name}\" is being deleted. not found"
            ));
        }
        if claim["status"]["phase"] == "Bound" {
            continue;
        }
        let class = class(state, &claim).filter(|class| class.waits);
        let Some(class) = class else {
            return Err("pod has unbound immediate PersistentVolumeClaims. not found".to_owned());
        };
        if class.provisioner == NOBODY {
            let Some(volume) = find_volume(state, &claim) else {
                return Err(format!(
                    "{nodes} node(s) didn't find available persistent volumes to bind. no new claims to deallocate, preemption: 0/{nodes} nodes are available: {nodes} Preemption is not helpful for scheduling."
                ));
            };
            bind(state, &claim, &volume);
            continue;
        }
        all = false;
        if object::annotation(&claim, SELECTED).is_none() {
            // Which Node matters only to disks that are in one place; here none is.
            state.change(&CLAIMS, &namespace, &name, |claim| {
                claim["metadata"]["annotations"][SELECTED] = json!("");
            });
        }
    }
    Ok(all)
}

/// Looks at one.
pub(super) fn look(state: &mut State, place: &Place) {
    let Some(mut claim) = state.get(&CLAIMS, &place.namespace, &place.name) else {
        return;
    };
    if object::is_leaving(&claim) {
        let used = state.store.list(&PODS, Some(&place.namespace)).any(|pod| {
            let facts = facts::pod(pod);
            !facts.done() && facts.claims.iter().any(|claim| **claim == *place.name)
        });
        if !used {
            super::collector::remove_finalizer(state, &CLAIMS, place, PROTECTED);
        }
        return;
    }
    let held = object::items(&claim, "/metadata/finalizers");
    if !held.iter().any(|known| known == PROTECTED) {
        let mut held = held.to_vec();
        held.push(json!(PROTECTED));
        claim["metadata"]["finalizers"] = json!(held);
        claim = state.update(&CLAIMS, claim);
    }
    if claim["status"]["phase"] == "Bound" {
        return grow(state, place, claim);
    }
    if claim["status"]["phase"] != "Pending" {
        claim["status"]["phase"] = json!("Pending");
    }
    if claim["spec"]["storageClassName"].is_null()
        && let Some(usual) = usual_class(state)
    {
        claim["spec"]["storageClassName"] = json!(usual);
    }
    let claim = state.update(&CLAIMS, claim);
    let Some(class) = class(state, &claim) else {
        let name = object::text(&claim, "/spec/storageClassName");
        let message = format!("storageclass.storage.k8s.io \"{name}\" not found");
        return state.event(&claim, "Warning", "ProvisioningFailed", &message, FROM);
    };
    let named = object::text(&claim, "/spec/volumeName");
    let chosen = object::annotation(&claim, SELECTED).is_some();
    if (!named.is_empty() || !class.waits)
        && let Some(volume) = find_volume(state, &claim)
    {
        return bind(state, &claim, &volume);
    }
    if class.waits && !chosen {
        let message = "waiting for first consumer to be created before binding";
        return state.event(&claim, "Normal", "WaitForFirstConsumer", message, FROM);
    }
    if class.provisioner == NOBODY {
        let message = "no persistent volumes available for this claim and no storage class is set";
        return state.event(&claim, "Normal", "FailedBinding", message, FROM);
    }
    if object::annotation(&claim, PROVISIONER).is_none() {
        let provisioner = class.provisioner;
        let message = format!(
            "Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered."
        );
        state.event(&claim, "Normal", "ExternalProvisioning", &message, FROM);
        let mut claim = claim;
        claim["metadata"]["annotations"][PROVISIONER] = json!(provisioner);
        let share = dice::share(state.seed, ("provision", object::name(&claim)));
        state.update(&CLAIMS, claim);
        let time = 1_000 + (share * 2_000.0) as i64;
        state.after(time, Task::Provision(place.clone()));
    }
}

/// The class that is meant where none is named.
fn usual_class(state: &State) -> Option<String> {
    state
        .store
        .list(&STORAGE_CLASSES, None)
        .map(|class| class.value())
        .find(|class| object::annotation(class, DEFAULT) == Some("true"))
        .map(|class| object::name(&class).to_owned())
}

/// The smallest volume that is free and fits, or the one that is named.
fn find_volume(state: &State, claim: &Value) -> Option<Value> {
    let named = object::text(claim, "/spec/volumeName");
    let wanted = asked(claim);
    let modes = object::items(claim, "/spec/accessModes");
    let class = object::text(claim, "/spec/storageClassName");
    let fits = |volume: &Value| {
        let has = object::items(volume, "/spec/accessModes");
        let held = &volume["spec"]["claimRef"];
        let mine = held["name"] == claim["metadata"]["name"]
            && held["namespace"] == claim["metadata"]["namespace"]
            && (held["uid"].is_null() || held["uid"] == claim["metadata"]["uid"]);
        (held.is_null() || mine)
            && !object::is_leaving(volume)
            && object::text(volume, "/spec/storageClassName") == class
            && modes.iter().all(|mode| has.contains(mode))
            && amount(&volume["spec"]["capacity"]["storage"]) >= wanted
            && (named.is_empty() || object::name(volume) == named)
    };
    state
        .store
        .list(&VOLUMES, None)
        .map(|volume| volume.value())
        .filter(fits)
        .min_by_key(|volume| amount(&volume["spec"]["capacity"]["storage"]))
}

/// Joins a claim and a volume.
fn bind(state: &mut State, claim: &Value, volume: &Value) {
    let mut volume = volume.clone();
    let reference = json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": object::namespace(claim),
        "name": object::name(claim), "uid": object::uid(claim),
        "resourceVersion": claim["metadata"]["resourceVersion"],
    });
    volume["spec"]["claimRef"] = reference;
    set_phase(state, &mut volume, "Bound");
    if object::annotation(&volume, "pv.kubernetes.io/provisioned-by").is_none() {
        volume["metadata"]["annotations"]["pv.kubernetes.io/bound-by-controller"] = json!("yes");
    }
    let volume = state.update(&VOLUMES, volume);
    state.change(
        &CLAIMS,
        object::namespace(claim),
        object::name(claim),
        |claim| {
            claim["metadata"]["annotations"]["pv.kubernetes.io/bind-completed"] = json!("yes");
            claim["metadata"]["annotations"]["pv.kubernetes.io/bound-by-controller"] = json!("yes");
            claim["spec"]["volumeName"] = json!(object::name(&volume));
            claim["status"] = json!({
                "phase": "Bound", "accessModes": volume["spec"]["accessModes"],
                "capacity": volume["spec"]["capacity"],
            });
        },
    );
}

fn set_phase(state: &State, volume: &mut Value, phase: &str) {
    if volume["status"]["phase"] != phase {
        volume["status"]["phase"] = json!(phase);
        volume["status"]["lastPhaseTransitionTime"] = json!(object::time(state.now()));
    }
}

/// The provisioner has made the volume.
pub(super) fn provision(state: &mut State, place: &Place) {
    let Some(claim) = state.get(&CLAIMS, &place.namespace, &place.name) else {
        return;
    };
    if claim["status"]["phase"] == "Bound" || object::is_leaving(&claim) {
        return;
    }
    let Some(class) = class(state, &claim) else {
        return;
    };
    let name = format!("pvc-{}", object::uid(&claim));
    let mut volume = json!({
        "metadata": {
            "name": name, "finalizers": [VOLUME_PROTECTED],
            "annotations": {"pv.kubernetes.io/provisioned-by": class.provisioner},
        },
        "spec": {
            "accessModes": claim["spec"]["accessModes"],
            "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
            "csi": {"driver": class.provisioner, "volumeHandle": name, "fsType": "ext4"},
            "persistentVolumeReclaimPolicy": class.reclaim,
            "storageClassName": claim["spec"]["storageClassName"],
            "volumeMode": claim["spec"]["volumeMode"].as_str().unwrap_or("Filesystem"),
        },
        "status": {"phase": "Pending"},
    });
    set_phase(state, &mut volume, "Available");
    let Ok(volume) = state.create(&VOLUMES, volume) else {
        return;
    };
    let message = format!("Successfully provisioned volume {name}");
    let from = &class.provisioner;
    state.event(&claim, "Normal", "ProvisioningSucceeded", &message, from);
    bind(state, &claim, &volume);
}

/// More is asked for than there is: the volume grows, if its class lets it.
fn grow(state: &mut State, place: &Place, mut claim: Value) {
    let has = amount(&claim["status"]["capacity"]["storage"]);
    if asked(&claim) <= has || !class(state, &claim).is_some_and(|class| class.grows) {
        return;
    }
    let now = state.now();
    let said = Condition {
        kind: "Resizing",
        status: "True",
        more: json!({"lastProbeTime": null}),
        ..Condition::default()
    };
    if template::condition(&mut claim, None, &said, now) {
        let message = format!(
            "External resizer is resizing volume {}",
            object::text(&claim, "/spec/volumeName")
        );
        state.event(&claim, "Normal", "Resizing", &message, "external-resizer");
        state.update(&CLAIMS, claim);
        state.after(GROWS, Task::Expand(place.clone()));
    }
}

/// The volume has grown.
pub(super) fn expand(state: &mut State, place: &Place) {
    let Some(mut claim) = state.get(&CLAIMS, &place.namespace, &place.name) else {
        return;
    };
    let storage = claim["spec"]["resources"]["requests"]["storage"].clone();
    let volume = object::text(&claim, "/spec/volumeName").to_owned();
    state.change(&VOLUMES, "", &volume, |volume| {
        volume["spec"]["capacity"]["storage"] = storage.clone();
    });
    claim["status"]["capacity"]["storage"] = storage;
    if let Some(status) = claim["status"].as_object_mut() {
        status.remove("conditions");
    }
    let message = "MountVolume.NodeExpandVolume succeeded for volume";
    let message = format!("{message} \"{volume}\"");
    state.event(
        &claim,
        "Normal",
        "FileSystemResizeSuccessful",
        &message,
        "kubelet",
    );
    state.update(&CLAIMS, claim);
}

/// Looks at a volume: free, bound, or left behind by its claim.
pub(super) fn look_at_volume(state: &mut State, place: &Place) {
    let Some(mut volume) = state.get(&VOLUMES, "", &place.name) else {
        return;
    };
    let held = volume["spec"]["claimRef"].clone();
    let claim = state.get(
        &CLAIMS,
        object::text(&held, "/namespace"),
        object::text(&held, "/name"),
    );
    let uid = object::text(&held, "/uid");
    let stands = claim.is_some_and(|claim| object::uid(&claim) == uid);
    if object::is_leaving(&volume) {
        if held.is_null() || !stands {
            super::collector::remove_finalizer(state, &VOLUMES, place, VOLUME_PROTECTED);
        }
        return;
    }
    let held_by = object::items(&volume, "/metadata/finalizers");
    if !held_by.iter().any(|known| known == VOLUME_PROTECTED) {
        let mut held_by = held_by.to_vec();
        held_by.push(json!(VOLUME_PROTECTED));
        volume["metadata"]["finalizers"] = json!(held_by);
    }
    let phase = match (uid.is_empty(), stands) {
        (true, _) => "Available",
        (false, true) => "Bound",
        (false, false) => "Released",
    };
    set_phase(state, &mut volume, phase);
    let reclaim = volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete";
    state.update(&VOLUMES, volume);
    if phase == "Released" && reclaim {
        let asked = Deletion::default();
        let _ = delete::delete(state, &VOLUMES, "", &place.name, &asked);
    }
}
