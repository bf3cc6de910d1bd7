//! Deletion as the API does it: what was asked is checked, a Pod gets its grace, finalizers are waited for, and what it
//! owns is left to the garbage collector (`k8s.io/apiserver/pkg/registry/generic/registry/store.go`, `Delete`).

use serde_json::{Value, json};

use super::{
    object,
    refusal::{Fault, Refusal},
    resource::{JOBS, NAMESPACES, PODS, REPLICATION_CONTROLLERS, Resource},
    state::State,
};

/// The finalizer of one that waits until all it owns is gone.
pub const FOREGROUND: &str = "foregroundDeletion";
/// The finalizer of one whose dependents are let go first.
pub const ORPHAN: &str = "orphan";

/// What becomes of what it owns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Propagation {
    /// Not said: what is usual for the kind.
    #[default]
    Usual,
    /// Deleted after it.
    Background,
    /// Deleted before it.
    Foreground,
    /// Kept.
    Orphan,
}

/// `DeleteOptions`
#[derive(Clone, Debug, Default)]
pub struct Deletion {
    /// `gracePeriodSeconds`
    pub grace: Option<i64>,
    /// `propagationPolicy`, or `orphanDependents` of old
    pub propagation: Propagation,
    /// `preconditions.uid`
    pub uid: Option<String>,
    /// `preconditions.resourceVersion`
    pub version: Option<String>,
    /// Nothing is to change.
    pub dry_run: bool,
}

impl Deletion {
    /// Reads `DeleteOptions`, as a body or null.
    pub fn read(options: &Value) -> Result<Self, Refusal> {
        let policy = options["propagationPolicy"].as_str();
        let orphan = options["orphanDependents"].as_bool();
        if policy.is_some() && orphan.is_some() {
            return Err(wrong(Fault::invalid(
                "propagationPolicy",
                &options["propagationPolicy"],
                "orphanDependents and deletionPropagation cannot be both set",
            )));
        }
        let propagation = match (policy, orphan) {
            (None, None) => Propagation::Usual,
            (Some("Background"), _) | (None, Some(false)) => Propagation::Background,
            (Some("Foreground"), _) => Propagation::Foreground,
            (Some("Orphan"), _) | (None, Some(true)) => Propagation::Orphan,
            (Some(other), _) => {
                let known = ["Foreground", "Background", "Orphan", "nil"];
                let fault = Fault::unsupported("propagationPolicy", &json!(other), &known);
                return Err(wrong(fault));
            }
        };
        let text = |pointer: &str| {
            let value = options.pointer(pointer).and_then(Value::as_str);
            value.map(str::to_owned)
        };
        Ok(Self {
            grace: options["gracePeriodSeconds"].as_i64(),
            propagation,
            uid: text("/preconditions/uid"),
            version: text("/preconditions/resourceVersion"),
            dry_run: !object::items(options, "/dryRun").is_empty(),
        })
    }
}

fn wrong(fault: Fault) -> Refusal {
    Refusal::invalid_options("DeleteOptions", &[fault])
}

/// Deletes an object. What is answered is the object where it stays for a while or where the kind answers itself, and
/// else a `Status` of success.
pub fn delete(
    state: &mut State,
    resource: &'static Resource,
    namespace: &str,
    name: &str,
    deletion: &Deletion,
) -> Result<Value, Refusal> {
    let known = state
        .get(resource, namespace, name)
        .ok_or_else(|| Refusal::not_found(resource, name))?;
    check(resource, &known, deletion)?;
    let object = leaving(state, resource, &known, deletion);
    let stays = if resource.is(&NAMESPACES) {
        !object::items(&object, "/spec/finalizers").is_empty()
    } else {
        object::number(&object, "/metadata/deletionGracePeriodSeconds").unwrap_or(0) > 0
    } || !object::items(&object, "/metadata/finalizers").is_empty();
    if stays {
        if deletion.dry_run || object == known {
            return Ok(object);
        }
        return Ok(state.update(resource, object));
    }
    if !deletion.dry_run {
        state.remove(resource, namespace, name);
    }
    Ok(if resource.is(&PODS) {
        object
    } else if answers_itself(resource) {
        known
    } else {
        success(resource, &known)
    })
}

fn check(resource: &Resource, known: &Value, deletion: &Deletion) -> Result<(), Refusal> {
    let (uid, version) = (
        object::uid(known),
        object::text(known, "/metadata/resourceVersion"),
    );
    let why = match (&deletion.uid, &deletion.version) {
        (Some(wanted), _) if wanted != uid => format!(
            "the UID in the precondition ({wanted}) does not match the UID in record ({uid}). The object might have been deleted and then recreated"
        ),
        (_, Some(wanted)) if wanted != version => format!(
            "the ResourceVersion in the precondition ({wanted}) does not match the ResourceVersion in record ({version}). The object might have been modified"
        ),
        _ => return Ok(()),
    };
    // Here a server speaks of the kind as if it were the resource.
    let kind = if resource.group.is_empty() {
        resource.kind.to_owned()
    } else {
        format!("{}.{}", resource.kind, resource.group)
    };
    let name = object::name(known);
    let message = format!("Operation cannot be fulfilled on {kind} \"{name}\": {why}");
    let mut refusal = Refusal::new(409, "Conflict", message).about(resource, name);
    refusal.details["kind"] = json!(resource.kind);
    Err(refusal)
}

/// The object as it is once its deletion is asked for.
fn leaving(state: &State, resource: &Resource, known: &Value, deletion: &Deletion) -> Value {
    let mut object = known.clone();
    let mut finalizers: Vec<Value> = object::items(known, "/metadata/finalizers").to_vec();
    let had = |name: &str| finalizers.iter().any(|known| known == name);
    let propagation = match deletion.propagation {
        Propagation::Usual if had(ORPHAN) => Propagation::Orphan,
        Propagation::Usual if had(FOREGROUND) => Propagation::Foreground,
        Propagation::Usual if leaves_its_own(resource) => Propagation::Orphan,
        asked => asked,
    };
    finalizers.retain(|known| known != ORPHAN && known != FOREGROUND);
    match propagation {
        Propagation::Orphan => finalizers.push(json!(ORPHAN)),
        Propagation::Foreground => finalizers.push(json!(FOREGROUND)),
        Propagation::Usual | Propagation::Background => {}
    }
    if finalizers.is_empty() {
        if let Some(metadata) = object["metadata"].as_object_mut() {
            metadata.remove("finalizers");
        }
    } else {
        object["metadata"]["finalizers"] = json!(finalizers);
    }
    let grace = grace(resource, known, deletion);
    let known_grace = object::number(known, "/metadata/deletionGracePeriodSeconds");
    if object::is_leaving(known) {
        // A second deletion can only hurry the first.
        if deletion.grace.is_some() && known_grace.is_some_and(|known| grace < known) {
            object["metadata"]["deletionGracePeriodSeconds"] = json!(grace);
            object["metadata"]["deletionTimestamp"] =
                json!(object::time(state.now() + grace * 1_000));
        }
        return object;
    }
    object["metadata"]["deletionTimestamp"] = json!(object::time(state.now() + grace * 1_000));
    if resource.is(&NAMESPACES) {
        object["status"]["phase"] = json!("Terminating");
    } else {
        object["metadata"]["deletionGracePeriodSeconds"] = json!(grace);
    }
    if let Some(generation) = object::number(known, "/metadata/generation") {
        object["metadata"]["generation"] = json!(generation + 1);
    }
    object
}

/// Seconds that a Pod has to stop; one that runs nowhere has nothing to stop (`pkg/registry/core/pod/strategy.go`).
fn grace(resource: &Resource, known: &Value, deletion: &Deletion) -> i64 {
    if !resource.is(&PODS) {
        return 0;
    }
    let idle = object::text(known, "/spec/nodeName").is_empty()
        || matches!(object::text(known, "/status/phase"), "Succeeded" | "Failed");
    if idle {
        return 0;
    }
    let grace = deletion
        .grace
        .or_else(|| object::number(known, "/spec/terminationGracePeriodSeconds"))
        .unwrap_or(30);
    if grace < 0 { 1 } else { grace }
}

/// Old kinds keep what they own unless told otherwise (`DefaultGarbageCollectionPolicy`).
fn leaves_its_own(resource: &Resource) -> bool {
    resource.is(&JOBS) || resource.is(&REPLICATION_CONTROLLERS)
}

/// Kinds whose deletion is answered with the object itself (`ReturnDeletedObject`).
fn answers_itself(resource: &Resource) -> bool {
    matches!(
        (resource.group, resource.plural),
        (
            "",
            "services"
                | "serviceaccounts"
                | "persistentvolumeclaims"
                | "persistentvolumes"
                | "resourcequotas"
        ) | ("storage.k8s.io", "storageclasses")
    )
}

fn success(resource: &Resource, known: &Value) -> Value {
    let mut details = json!({
        "name": object::name(known), "kind": resource.plural, "uid": object::uid(known),
    });
    if !resource.group.is_empty() {
        details["group"] = json!(resource.group);
    }
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details,
    })
}
