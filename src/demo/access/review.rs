//! Questions about access: may I, may they, what may I, who am I.
//!
//! After `pkg/registry/authorization` and `pkg/registry/authentication/selfsubjectreview`.

use serde_json::{Value, json};

use super::{Ask, User, allows, bindings};
use crate::demo::{
    object,
    refusal::{Fault, Refusal},
    resource::Resource,
    state::State,
};

/// Answers a review. The body is one of the resource's kind; that of a local review has its namespace in its metadata.
pub fn review(
    state: &State,
    user: &User,
    resource: &Resource,
    mut body: Value,
) -> Result<Value, Refusal> {
    if !body["metadata"].is_object() {
        body["metadata"] = json!({});
    }
    body["apiVersion"] = json!(resource.api_version());
    body["kind"] = json!(resource.kind);
    match resource.plural {
        "selfsubjectreviews" => {
            body["metadata"]["creationTimestamp"] = json!(object::time(state.now()));
            body["status"] = json!({"userInfo": told(user)});
        }
        "selfsubjectrulesreviews" => {
            let namespace = object::text(&body, "/spec/namespace").to_owned();
            if namespace.is_empty() {
                return Err(Refusal::bad_request("no namespace on request"));
            }
            body["metadata"] = json!({});
            body["spec"] = json!({});
            body["status"] = rules(state, user, &namespace);
        }
        "selfsubjectaccessreviews" => {
            valid(resource, &body)?;
            body["status"] = status(state, user, &body);
        }
        _ => {
            valid(resource, &body)?;
            let subject = subject(&body["spec"]);
            body["status"] = status(state, &subject, &body);
        }
    }
    Ok(body)
}

fn told(user: &User) -> Value {
    let mut told = json!({"username": user.name});
    if let Some(uid) = &user.uid {
        told["uid"] = json!(uid);
    }
    if !user.groups.is_empty() {
        told["groups"] = json!(user.groups);
    }
    if !user.extra.is_empty() {
        told["extra"] = json!(user.extra);
    }
    told
}

fn rules(state: &State, user: &User, namespace: &str) -> Value {
    let (mut resources, mut paths) = (Vec::new(), Vec::new());
    for rule in bindings::rules(state, user, namespace) {
        let told = rule.value();
        let only = |names: &[&str]| {
            let fields = names.iter().filter_map(|name| {
                let value = told.get(*name)?;
                Some(((*name).to_owned(), value.clone()))
            });
            Value::Object(fields.collect())
        };
        if !rule.resources.is_empty() {
            resources.push(only(&["verbs", "apiGroups", "resources", "resourceNames"]));
        }
        if !rule.urls.is_empty() {
            paths.push(only(&["verbs", "nonResourceURLs"]));
        }
    }
    json!({"resourceRules": resources, "nonResourceRules": paths, "incomplete": false})
}

fn status(state: &State, user: &User, body: &Value) -> Value {
    let text = |pointer: &str| object::text(body, pointer);
    let ask = if body["spec"]["resourceAttributes"].is_object() {
        Ask {
            verb: text("/spec/resourceAttributes/verb"),
            group: text("/spec/resourceAttributes/group"),
            resource: text("/spec/resourceAttributes/resource"),
            subresource: text("/spec/resourceAttributes/subresource"),
            namespace: text("/spec/resourceAttributes/namespace"),
            name: text("/spec/resourceAttributes/name"),
            path: "",
        }
    } else {
        Ask::path(
            text("/spec/nonResourceAttributes/verb"),
            text("/spec/nonResourceAttributes/path"),
        )
    };
    let verdict = allows(state, user, &ask);
    let mut status = json!({"allowed": verdict.allowed});
    if !verdict.reason.is_empty() {
        status["reason"] = json!(verdict.reason);
    }
    status
}

/// Whom a review is about.
fn subject(spec: &Value) -> User {
    let texts = |value: &Value| {
        let items = value.as_array().into_iter().flatten();
        items
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect::<Vec<String>>()
    };
    let extra = object::fields(spec, "/extra").into_iter().flatten();
    User {
        name: object::text(spec, "/user").to_owned(),
        groups: texts(&spec["groups"]),
        uid: spec["uid"].as_str().map(str::to_owned),
        extra: extra
            .map(|(key, values)| (key.clone(), texts(values)))
            .collect(),
    }
}

/// What can be asked (`pkg/apis/authorization/validation`).
fn valid(resource: &Resource, body: &Value) -> Result<(), Refusal> {
    let spec = &body["spec"];
    let (about, path) = (&spec["resourceAttributes"], &spec["nonResourceAttributes"]);
    let local = resource.plural == "localsubjectaccessreviews";
    // Nobody reads this but people, so it is told as a server does, who tells it as it is inside.
    let inside = json!({"Path": path["path"], "Verb": path["verb"]});
    let mut faults = Vec::new();
    if about.is_object() && path.is_object() {
        faults.push(Fault::invalid(
            "spec.nonResourceAttributes",
            &inside,
            "cannot be specified in combination with resourceAttributes",
        ));
    }
    if !about.is_object() && !path.is_object() {
        faults.push(Fault::invalid(
            "spec.resourceAttributes",
            &Value::Null,
            "exactly one of nonResourceAttributes or resourceAttributes must be specified",
        ));
    }
    if resource.plural != "selfsubjectaccessreviews"
        && object::text(spec, "/user").is_empty()
        && object::items(spec, "/groups").is_empty()
    {
        let why = "at least one of user or group must be specified";
        faults.push(Fault::invalid("spec.user", &json!(""), why));
    }
    let mut metadata = body["metadata"].clone();
    if let Some(metadata) = metadata.as_object_mut() {
        metadata.remove("managedFields");
        metadata.retain(|_, value| !value.is_null());
        if local {
            metadata.remove("namespace");
        }
    }
    if metadata != json!({}) {
        let why = if local {
            "must be empty except for namespace"
        } else {
            "must be empty"
        };
        faults.push(Fault::invalid("metadata", &metadata, why));
    }
    if local && about.is_object() {
        let place = object::text(about, "/namespace");
        if place != object::namespace(body) {
            faults.push(Fault::invalid(
                "spec.resourceAttributes.namespace",
                &json!(place),
                "must match metadata.namespace",
            ));
        }
    }
    if local && path.is_object() {
        faults.push(Fault::invalid(
            "spec.nonResourceAttributes",
            &inside,
            "disallowed on this kind of request",
        ));
    }
    if faults.is_empty() {
        return Ok(());
    }
    // Here a server has forgotten what kind it is about.
    let mut refusal = Refusal::invalid(resource, "", &faults);
    refusal.message = refusal.message.replacen(resource.kind, "", 1);
    if let Some(details) = refusal.details.as_object_mut() {
        details.remove("kind");
        details.remove("name");
    }
    Err(refusal)
}
