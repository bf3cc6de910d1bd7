//! What comes with a change: its body, who made it, and how it is to be made.

use std::fmt::Write as _;

use http::{HeaderMap, header};
use serde_json::{Value, json};

use super::{
    object,
    patch::{self, Kind},
    proto,
    refusal::{Fault, Refusal},
    request::{Call, Query, Verb},
    resource,
    schema::FieldValidation,
};

/// Reads a body: JSON, YAML, or protobuf.
pub(super) fn decode(headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let kind = media(headers);
    let wrong = |why: &str| {
        Refusal::bad_request(format!(
            "couldn't get version/kind; json parse error: {why}"
        ))
    };
    let read: Value = match kind.as_str() {
        "application/json" | "" => serde_json::from_slice(body)
            .map_err(|error| wrong(&patch::undecodable(body, &error)))?,
        "application/yaml" => {
            let text = String::from_utf8_lossy(body);
            serde_saphyr::from_str(&text).map_err(|error| wrong(&error.to_string()))?
        }
        proto::MEDIA => proto::decode(body)?,
        _ => {
            return Err(Refusal::unsupported_media(&format!(
                "application/json, application/yaml, {}",
                proto::MEDIA
            )));
        }
    };
    if read.is_object() {
        return Ok(read);
    }
    Err(wrong(&format!(
        "json: cannot unmarshal {} into Go value of type struct {{ APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }}",
        patch::json_name(&read)
    )))
}

/// The same, where an object of this kind is wanted: a body that cannot be read is shown, as far as it is short.
pub(super) fn decode_as(kind: &str, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    const SHOWN: usize = 30;
    decode(headers, body).map_err(|refusal| {
        if refusal.code != 400 {
            return refusal;
        }
        let start = &body[..body.len().min(SHOWN)];
        let more = if body.len() > SHOWN { " ..." } else { "" };
        let shown = match body.first() {
            None => "<empty>".to_owned(),
            Some(b'{') => String::from_utf8_lossy(start).into_owned(),
            Some(_) => start.iter().fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            }),
        };
        Refusal::bad_request(format!(
            "the object provided is unrecognized (must be of type {kind}): {} ({shown}{more})",
            refusal.message
        ))
    })
}

/// The content type without its parameters.
pub(super) fn media(headers: &HeaderMap) -> String {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_owned()
}

/// Who is said to have made a change: the option, else the first word of the program's name.
pub(super) fn manager(query: &Query, headers: &HeaderMap) -> String {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("unknown");
    let short = agent.split('/').next().unwrap_or(agent);
    query.get("fieldManager").unwrap_or(short).to_owned()
}

/// How fields are to be taken that nobody knows.
pub(super) fn strictness(query: &Query) -> Result<FieldValidation, Refusal> {
    match query.get("fieldValidation") {
        None | Some("Warn") => Ok(FieldValidation::Warn),
        Some("Ignore") => Ok(FieldValidation::Ignore),
        Some("Strict") => Ok(FieldValidation::Strict),
        Some(other) => Err(Refusal::bad_request(format!(
            "fieldValidation: Unsupported value: \"{other}\""
        ))),
    }
}

/// What can be said of how a change is to be made (`k8s.io/apimachinery/pkg/apis/meta/v1/validation`).
pub(super) fn check_options(call: &Call, patch: Option<Kind>) -> Result<(), Refusal> {
    let kind = match call.verb {
        Verb::Create => "CreateOptions",
        Verb::Update => "UpdateOptions",
        Verb::Delete | Verb::DeleteCollection => "DeleteOptions",
        _ => "PatchOptions",
    };
    let mut faults = Vec::new();
    if patch.is_some_and(|patch| patch != Kind::Apply) && call.query.get("force").is_some() {
        let why = "may not be specified for non-apply patch";
        faults.push(Fault::forbidden("force", why));
    }
    let how: Vec<&str> = call.query.all("dryRun").collect();
    if how.iter().any(|how| *how != "All") {
        faults.push(Fault::unsupported("dryRun", &json!(how), &["All"]));
    }
    if let Some(other) = call.query.get("fieldValidation")
        && !matches!(other, "Ignore" | "Warn" | "Strict")
    {
        let known = ["", "Ignore", "Strict", "Warn"];
        faults.push(Fault::unsupported("fieldValidation", &json!(other), &known));
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid_options(kind, &faults))
}

/// An object of another kind than is wanted here is refused; one may leave out what it is.
pub(super) fn same_kind(object: &Value, api_version: &str, kind: &str) -> Result<(), Refusal> {
    let (said, version) = (
        object::text(object, "/kind"),
        object::text(object, "/apiVersion"),
    );
    if (said.is_empty() || said == kind) && (version.is_empty() || version == api_version) {
        return Ok(());
    }
    let (_, short) = version.split_once('/').unwrap_or(("", version));
    let (group, _) = api_version.split_once('/').unwrap_or(("core", ""));
    let inner = group.split('.').next().unwrap_or(group);
    let why = if resource::of_kind(version, said).is_some() {
        format!("converting ({short}.{said}) to ({inner}.{kind}): unknown conversion")
    } else {
        format!(
            "no kind \"{said}\" is registered for version \"{version}\" in scheme \"pkg/runtime/scheme.go:111\""
        )
    };
    Err(Refusal::bad_request(format!(
        "{said} in version \"{short}\" cannot be handled as a {kind}: {why}"
    )))
}
