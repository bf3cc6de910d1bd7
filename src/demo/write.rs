//! Create, update, patch and delete: what a change passes through before it is kept.
//!
//! ```text
//!  body → decode → schema (unknown fields, types) ┬ create: prepare (metadata, strategy, defaults, admission) ┐
//!                                                 └ update, patch: strategy, defaults, admission ─────────────┼→ validate
//!                                                          dry run? answer only ← managed fields ← ───────────┘
//! ```

use bytes::Bytes;
use http::{HeaderMap, header};
use serde_json::{Value, json};

use super::{
    access::{User, escalation::escalates},
    admission,
    delete::{self, Deletion},
    object,
    patch::{self, Kind, managed},
    proto, read,
    refusal::Refusal,
    registry,
    request::{Call, Query, Verb},
    resource::PODS,
    schema::{self, FieldValidation},
    state::State,
};

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

/// Reads a body: JSON, YAML, or protobuf.
pub(super) fn decode(headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let kind = media(headers);
    let wrong = |error: &dyn std::fmt::Display| {
        Refusal::bad_request(format!(
            "the object provided is unrecognized (must be of type {}): {error}",
            "JSON or YAML"
        ))
    };
    match kind.as_str() {
        "application/json" | "" => serde_json::from_slice(body).map_err(|error| wrong(&error)),
        "application/yaml" => {
            let text = String::from_utf8_lossy(body);
            serde_saphyr::from_str(&text).map_err(|error| wrong(&error))
        }
        proto::MEDIA => proto::decode(body),
        _ => Err(Refusal::unsupported_media(&format!(
            "application/json, application/yaml, {}",
            proto::MEDIA
        ))),
    }
}

/// The content type without its parameters.
fn media(headers: &HeaderMap) -> String {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_owned()
}

/// Who is said to have made a change: the option, else the first word of the program's name.
fn manager(query: &Query, headers: &HeaderMap) -> String {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("unknown");
    let short = agent.split('/').next().unwrap_or(agent);
    query.get("fieldManager").unwrap_or(short).to_owned()
}

fn strictness(query: &Query) -> Result<FieldValidation, Refusal> {
    match query.get("fieldValidation") {
        None | Some("Warn") => Ok(FieldValidation::Warn),
        Some("Ignore") => Ok(FieldValidation::Ignore),
        Some("Strict") => Ok(FieldValidation::Strict),
        Some(other) => Err(Refusal::bad_request(format!(
            "fieldValidation: Unsupported value: \"{other}\": supported values: \"Ignore\", \"Strict\", \"Warn\""
        ))),
    }
}

/// Makes, replaces or patches an object.
pub(super) fn write(
    state: &mut State,
    user: &User,
    call: &Call,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Said, Refusal> {
    match call.verb {
        Verb::Create => create(
            state,
            user,
            call,
            headers,
            call.taken(decode(headers, body)?),
        ),
        Verb::Update => {
            let mut after = call.taken(decode(headers, body)?);
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
    if !object.is_object() {
        return Err(Refusal::bad_request(format!(
            "the object provided is unrecognized (must be of type {})",
            resource.kind
        )));
    }
    let (kind, version) = (
        object::text(object, "/kind"),
        object::text(object, "/apiVersion"),
    );
    let own = resource.api_version();
    if !(kind.is_empty() || kind == resource.kind) || !(version.is_empty() || version == own) {
        return Err(Refusal::bad_request(format!(
            "{kind} in version \"{version}\" cannot be handled as a {}: converting ({version}).{kind} to ({own}).{}: unknown conversion",
            resource.kind, resource.kind
        )));
    }
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
        return Err(Refusal::bad_request(
            "resourceVersion should not be set on objects to be created",
        ));
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
    let applied = object["metadata"]["managedFields"].take();
    let mut object = state.prepare(resource, object)?;
    if applied.is_null() {
        managed::update(resource, None, &mut object, manager, state.now(), None);
    } else {
        object["metadata"]["managedFields"] = applied;
    }
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
            "Precondition failed: UID in precondition: {}, UID in object meta: {}",
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
    let mut after = registry::prepare_update(state, resource, before, after, below)?;
    let is_apply = call.verb == Verb::Patch && Kind::of(&media(headers)).ok() == Some(Kind::Apply);
    if !is_apply {
        let manager = manager(&call.query, headers);
        managed::update(
            resource,
            Some(before),
            &mut after,
            &manager,
            state.now(),
            below,
        );
    }
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
    let deletion = Deletion::read(&options)?;
    let resource = call.resource;
    if call.verb == Verb::Delete {
        admission::admit_delete(resource, &call.name)?;
        let object = delete::delete(state, resource, &call.namespace, &call.name, &deletion)?;
        return Ok(Said {
            code: 200,
            object,
            warnings: Vec::new(),
        });
    }
    let page = read::page(&state.store, call)?;
    let mut items = Vec::new();
    for entry in page.entries {
        items.push(entry.value());
        delete::delete(state, resource, &entry.namespace, &entry.name, &deletion)?;
    }
    Ok(Said {
        code: 200,
        object: json!({
            "kind": format!("{}List", resource.kind), "apiVersion": resource.api_version(),
            "metadata": {"resourceVersion": state.store.version().to_string()}, "items": items,
        }),
        warnings: Vec::new(),
    })
}
