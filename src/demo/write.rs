//! Create, update, patch and delete: what a change passes through before it is kept.
//!
//! ```text
//!  body → decode → schema (unknown fields, types) ┬ create: prepare (metadata, strategy, defaults, admission) ┐
//!                                                 └ update, patch: strategy, defaults, admission ─────────────┼→ validate
//!                                                          dry run? answer only ← managed fields ← ───────────┘
//! ```

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Value, json};

use super::{
    access::{User, escalation::escalates},
    admission, defaults,
    delete::{self, Deletion, Propagation},
    object,
    patch::{self, Kind, managed},
    read,
    refusal::Refusal,
    registry,
    request::{Call, Query, Verb},
    resource::{JOBS, PODS, Resource},
    schema,
    sent::{check_options, decode, decode_as, manager, media, same_kind, strictness},
    state::State,
};

/// What one is told who deletes a Job and does not say what is to become of its Pods (`pkg/registry/batch/job/strategy.go`).
const CHILDREN_STAY: &str = "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning";

/// What a change is answered with.
#[derive(Debug)]
pub(super) struct Said {
    /// 200, or 201 where it made something.
    pub code: u16,
    /// The object as it is now, or a Status.
    pub object: Value,
    /// What the client should know.
    pub warnings: Vec<String>,
}

/// Makes, replaces or patches an object.
pub(super) fn write(
    state: &mut State,
    user: &User,
    call: &Call,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Said, Refusal> {
    if call.verb != Verb::Patch {
        check_options(call, None)?;
    }
    match call.verb {
        Verb::Create => {
            let object = call.taken(decode_as(call.resource.kind, headers, body)?);
            create(state, user, call, headers, object)
        }
        Verb::Update => {
            let mut after = call.taken(decode_as(call.resource.kind, headers, body)?);
            let warnings = checked(call, &mut after)?;
            let before = held(state, call)?;
            replace(state, user, call, headers, &before, after, warnings)
        }
        _ => patched(state, user, call, headers, body),
    }
}

fn held(state: &State, call: &Call) -> Result<Value, Refusal> {
    state
        .get(call.resource, &call.namespace, &call.name)
        .ok_or_else(|| Refusal::not_found(call.resource, &call.name))
}

/// An object of the right kind, with fields that its kind has, for the place that the request names.
fn checked(call: &Call, object: &mut Value) -> Result<Vec<String>, Refusal> {
    let resource = call.resource;
    let own = resource.api_version();
    same_kind(object, &own, resource.kind)?;
    object["kind"] = json!(resource.kind);
    object["apiVersion"] = json!(own);
    let warnings = schema::check(resource, object, strictness(&call.query)?)?;
    place(call, object)?;
    Ok(warnings)
}

/// Name and namespace as the path has them.
fn place(call: &Call, object: &mut Value) -> Result<(), Refusal> {
    if !object["metadata"].is_object() {
        object["metadata"] = json!({});
    }
    let namespace = object::namespace(object);
    if !namespace.is_empty() && namespace != call.namespace {
        return Err(Refusal::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    if call.resource.namespaced {
        object["metadata"]["namespace"] = json!(call.namespace);
    }
    object::tidy(object);
    let name = object::name(object);
    if !call.name.is_empty() && name != call.name {
        return Err(Refusal::bad_request(format!(
            "the name of the object ({name}) does not match the name on the URL ({})",
            call.name
        )));
    }
    Ok(())
}

fn create(
    state: &mut State,
    user: &User,
    call: &Call,
    headers: &HeaderMap,
    mut object: Value,
) -> Result<Said, Refusal> {
    let warnings = checked(call, &mut object)?;
    make(
        state,
        user,
        call,
        &manager(&call.query, headers),
        object,
        warnings,
    )
}

fn make(
    state: &mut State,
    user: &User,
    call: &Call,
    manager: &str,
    mut object: Value,
    warnings: Vec<String>,
) -> Result<Said, Refusal> {
    let resource = call.resource;
    let version = object::text(&object, "/metadata/resourceVersion");
    if !(version.is_empty() || version == "0") {
        // It is the storage that says so, too late for a better code.
        let what = "resourceVersion should not be set on objects to be created";
        return Err(Refusal::new(500, "", what));
    }
    if let Some(fields) = object["metadata"].as_object_mut() {
        for own in [
            "resourceVersion",
            "uid",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generation",
            "selfLink",
        ] {
            fields.remove(own);
        }
    }
    if let Some(refusal) = escalates(state, user, resource, &object) {
        return Err(refusal);
    }
    // Who sets what is written down before admission and strategy do their part: that is nobody's.
    let owned = match object["metadata"]["managedFields"].take() {
        Value::Null => owned(resource, None, &object, manager, state.now(), None),
        applied => applied,
    };
    let mut object = state.prepare(resource, object)?;
    own(&mut object, owned);
    if !call.is_dry_run()? {
        state.keep(resource, &mut object);
    }
    Ok(Said {
        code: 201,
        object,
        warnings,
    })
}

fn patched(
    state: &mut State,
    user: &User,
    call: &Call,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Said, Refusal> {
    let resource = call.resource;
    let kind = Kind::of(&media(headers))?;
    check_options(call, Some(kind))?;
    let below = (!call.below.is_empty()).then_some(call.below.as_str());
    let before = state.get(resource, &call.namespace, &call.name);
    let mut after = if kind == Kind::Apply {
        let manager = call.query.get("fieldManager").unwrap_or_default();
        let force = call.query.says("force");
        patch::apply(
            resource,
            before.as_ref(),
            body,
            manager,
            force,
            state.now(),
            below,
        )?
    } else {
        let before = before
            .clone()
            .ok_or_else(|| Refusal::not_found(resource, &call.name))?;
        call.taken(patch::patch(resource, &call.shown(before), kind, body)?)
    };
    let strictness = strictness(&call.query)?;
    let warnings = patch::check(resource, &mut after, kind, body, strictness)?;
    place(call, &mut after)?;
    match before {
        Some(before) => replace(state, user, call, headers, &before, after, warnings),
        None if below.is_some() => Err(Refusal::not_found(resource, &call.name)),
        None => {
            let manager = manager(&call.query, headers);
            make(state, user, call, &manager, after, warnings)
        }
    }
}

/// A Scale with a patch. It has no lists, so a strategic merge patch is a merge patch.
pub(super) fn patched_scale(
    headers: &HeaderMap,
    scale: &Value,
    body: &[u8],
) -> Result<Value, Refusal> {
    let kind = match Kind::of(&media(headers))? {
        Kind::Json => Kind::Json,
        Kind::Merge | Kind::Strategic => Kind::Merge,
        Kind::Apply => {
            return Err(Refusal::unsupported_media(
                "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json",
            ));
        }
    };
    patch::patch(&PODS, scale, kind, body)
}

/// The managed fields of an object that a client wants to be so.
fn owned(
    resource: &'static Resource,
    before: Option<&Value>,
    after: &Value,
    manager: &str,
    now: i64,
    below: Option<&str>,
) -> Value {
    let mut after = after.clone();
    defaults::fill(resource, &mut after);
    managed::update(resource, before, &mut after, manager, now, below);
    after["metadata"]["managedFields"].take()
}

fn own(object: &mut Value, owned: Value) {
    if !owned.is_null() {
        object["metadata"]["managedFields"] = owned;
    } else if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove("managedFields");
    }
}

/// Writes into a question who asks it, as into an object.
pub(super) fn sign(
    resource: &'static Resource,
    query: &Query,
    headers: &HeaderMap,
    now: i64,
    object: &mut Value,
) {
    let manager = manager(query, headers);
    let owned = owned(resource, None, object, &manager, now, None);
    own(object, owned);
}

/// Where an object is kept (`pkg/registry`: some old kinds have places of their own).
fn key(call: &Call) -> String {
    let place = match call.resource.plural {
        "services" => "services/specs",
        "endpoints" => "services/endpoints",
        "nodes" => "minions",
        "ingresses" => "ingress",
        "replicationcontrollers" => "controllers",
        plural => plural,
    };
    match call.within() {
        Some(namespace) => format!("/registry/{place}/{namespace}/{}", call.name),
        None => format!("/registry/{place}/{}", call.name),
    }
}

/// Puts an object in the place of another, as far as that is allowed.
pub(super) fn replace(
    state: &mut State,
    user: &User,
    call: &Call,
    headers: &HeaderMap,
    before: &Value,
    after: Value,
    warnings: Vec<String>,
) -> Result<Said, Refusal> {
    let resource = call.resource;
    let below = (!call.below.is_empty()).then_some(call.below.as_str());
    let known = |field: &str| {
        let asked = object::text(&after, field);
        asked.is_empty() || asked == object::text(before, field)
    };
    if !known("/metadata/uid") {
        let why = format!(
            "StorageError: invalid object, Code: 4, Key: {}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {}, UID in object meta: {}",
            key(call),
            object::uid(&after),
            object::uid(before)
        );
        return Err(Refusal::conflict(resource, &call.name, &why));
    }
    if !known("/metadata/resourceVersion") {
        let why = "the object has been modified; please apply your changes to the latest version and try again";
        return Err(Refusal::conflict(resource, &call.name, why));
    }
    if below.is_none()
        && let Some(refusal) = escalates(state, user, resource, &after)
    {
        return Err(refusal);
    }
    let is_apply = call.verb == Verb::Patch && Kind::of(&media(headers)).ok() == Some(Kind::Apply);
    let owned = if is_apply {
        after["metadata"]["managedFields"].clone()
    } else {
        let manager = manager(&call.query, headers);
        owned(resource, Some(before), &after, &manager, state.now(), below)
    };
    let mut after = registry::prepare_update(state, resource, before, after, below)?;
    own(&mut after, owned);
    after["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"].clone();
    let object = if call.is_dry_run()? {
        after
    } else {
        state.update(resource, after)
    };
    Ok(Said {
        code: 200,
        object,
        warnings,
    })
}

/// `DeleteOptions` of one who sends no body.
fn asked(query: &Query) -> Result<Value, Refusal> {
    let mut options = json!({});
    if let Some(grace) = query.number("gracePeriodSeconds")? {
        options["gracePeriodSeconds"] = json!(grace);
    }
    if let Some(policy) = query.get("propagationPolicy") {
        options["propagationPolicy"] = json!(policy);
    }
    if query.get("orphanDependents").is_some() {
        options["orphanDependents"] = json!(query.says("orphanDependents"));
    }
    if let Some(how) = query.get("dryRun") {
        options["dryRun"] = json!([how]);
    }
    Ok(options)
}

/// Deletes one object, or all that are chosen.
pub(super) fn delete(
    state: &mut State,
    call: &Call,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Said, Refusal> {
    let options = if body.is_empty() {
        asked(&call.query)?
    } else {
        decode(headers, body)?
    };
    check_options(call, None)?;
    let deletion = Deletion::read(&options)?;
    let resource = call.resource;
    let mut warnings = Vec::new();
    if resource.is(&JOBS) && deletion.propagation == Propagation::Usual {
        warnings.push(CHILDREN_STAY.to_owned());
    }
    if call.verb == Verb::Delete {
        admission::admit_delete(resource, &call.name)?;
        let object = delete::delete(state, resource, &call.namespace, &call.name, &deletion)?;
        return Ok(Said {
            code: 200,
            object,
            warnings,
        });
    }
    let page = read::page(&state.store, call)?;
    let mut items = Vec::new();
    for entry in page.entries {
        let mut item = entry.value();
        if let Some(fields) = item.as_object_mut() {
            fields.retain(|name, _| !matches!(name.as_str(), "kind" | "apiVersion"));
        }
        items.push(item);
        delete::delete(state, resource, &entry.namespace, &entry.name, &deletion)?;
    }
    Ok(Said {
        code: 200,
        object: json!({
            "kind": format!("{}List", resource.kind), "apiVersion": resource.api_version(),
            "metadata": {"resourceVersion": state.store.version().to_string()}, "items": items,
        }),
        warnings,
    })
}
