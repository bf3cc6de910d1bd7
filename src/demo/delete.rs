//! Deletion as the API does it: what was asked is checked, a Pod gets its grace, finalizers are waited for, and what it
//! owns is left to the garbage collector (`k8s.io/apiserver/pkg/registry/generic/registry/store.go`, `Delete`).

use serde_json::{Value, json};

use super::{
    object,
    refusal::Refusal,
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
            return Err(wrong(
                "propagationPolicy: Invalid value: \"orphanDependents and propagationPolicy cannot be both set\"",
            ));
        }
        let propagation = match (policy, orphan) {
            (None, None) => Propagation::Usual,
            (Some("Background"), _) | (None, Some(false)) => Propagation::Background,
            (Some("Foreground"), _) => Propagation::Foreground,
            (Some("Orphan"), _) | (None, Some(true)) => Propagation::Orphan,
            (Some(other), _) => {
                return Err(wrong(&format!(
                    "propagationPolicy: Unsupported value: \"{other}\": supported values: \"Background\", \"Foreground\", \"Orphan\""
                )));
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

fn wrong(why: &str) -> Refusal {
    Refusal::new(
        422,
        "Invalid",
        format!("DeleteOptions.meta.k8s.io \"\" is invalid: {why}"),
    )
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
    Ok(if answers_itself(resource) {
        object
    } else {
        success(resource, &known)
    })
}

fn check(resource: &Resource, known: &Value, deletion: &Deletion) -> Result<(), Refusal> {
    let name = object::name(known);
    if let Some(uid) = &deletion.uid
        && uid != object::uid(known)
    {
        let why = format!(
            "Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
            object::uid(known)
        );
        return Err(Refusal::conflict(resource, name, &why));
    }
    let version = object::text(known, "/metadata/resourceVersion");
    if let Some(wanted) = &deletion.version
        && wanted != version
    {
        let why = format!(
            "Precondition failed: ResourceVersion in precondition: {wanted}, ResourceVersion in object meta: {version}"
        );
        return Err(Refusal::conflict(resource, name, &why));
    }
    Ok(())
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
    resource.group.is_empty()
        && matches!(
            resource.plural,
            "pods"
                | "services"
                | "serviceaccounts"
                | "persistentvolumeclaims"
                | "persistentvolumes"
                | "resourcequotas"
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
