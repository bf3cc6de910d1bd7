//! What a request that cannot be met is told: a Kubernetes `Status`, with the words and the reason a real server uses.

use serde_json::{Value, json};

use super::resource::{PODS, Resource};

/// Why a request is not met. The wording follows `k8s.io/apimachinery/pkg/api/errors`.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The HTTP status.
    pub code: u16,
    /// The machine's word for it: `NotFound`, `Conflict`, `Invalid`…
    pub reason: &'static str,
    /// The sentence.
    pub message: String,
    /// `Status.details`, or null.
    pub details: Value,
    /// Where a list can go on although its version is gone.
    pub go_on: Option<String>,
}

/// One thing that is wrong with an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// `FieldValueInvalid`, `FieldValueRequired`, `FieldValueNotSupported`, `FieldValueForbidden`…
    pub reason: &'static str,
    /// Where: `spec.template.spec.containers[0].image`.
    pub field: String,
    /// The sentence, as a server writes it after the field: `Required value`, `Invalid value: -1: must be …`.
    pub message: String,
}

impl Fault {
    /// A value that is missing. `hint` may be empty.
    pub fn required(field: impl Into<String>, hint: &str) -> Self {
        Self {
            reason: "FieldValueRequired",
            field: field.into(),
            message: join("Required value", hint),
        }
    }

    /// A value that cannot be.
    pub fn invalid(field: impl Into<String>, value: &Value, why: &str) -> Self {
        Self {
            reason: "FieldValueInvalid",
            field: field.into(),
            message: join(&format!("Invalid value: {value}"), why),
        }
    }

    /// A value that must be one of a few others.
    pub fn unsupported(field: impl Into<String>, value: &Value, known: &[&str]) -> Self {
        let known: Vec<String> = known.iter().map(|value| format!("\"{value}\"")).collect();
        Self {
            reason: "FieldValueNotSupported",
            field: field.into(),
            message: format!(
                "Unsupported value: {value}: supported values: {}",
                known.join(", ")
            ),
        }
    }

    /// A value that may not be given here.
    pub fn forbidden(field: impl Into<String>, why: &str) -> Self {
        Self {
            reason: "FieldValueForbidden",
            field: field.into(),
            message: join("Forbidden", why),
        }
    }

    /// A value that is there twice.
    pub fn duplicate(field: impl Into<String>, value: &Value) -> Self {
        Self {
            reason: "FieldValueDuplicate",
            field: field.into(),
            message: format!("Duplicate value: {value}"),
        }
    }
}

fn join(what: &str, more: &str) -> String {
    if more.is_empty() {
        what.to_owned()
    } else {
        format!("{what}: {more}")
    }
}

impl Refusal {
    /// Any refusal.
    pub fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            details: Value::Null,
            go_on: None,
        }
    }

    /// 400
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// 404 of an object.
    pub fn not_found(resource: &Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", resource.qualified());
        Self::new(404, "NotFound", message).about(resource, name)
    }

    /// 404 of a path that nobody serves.
    pub fn no_such_path() -> Self {
        Self {
            details: json!({}),
            ..Self::new(
                404,
                "NotFound",
                "the server could not find the requested resource",
            )
        }
    }

    /// 405
    pub fn no_such_method() -> Self {
        let message = "the server does not allow this method on the requested resource";
        Self {
            details: json!({}),
            ..Self::new(405, "MethodNotAllowed", message)
        }
    }

    /// 409 of a name that is taken.
    pub fn already_exists(resource: &Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" already exists", resource.qualified());
        Self::new(409, "AlreadyExists", message).about(resource, name)
    }

    /// 409
    pub fn conflict(resource: &Resource, name: &str, why: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": {why}",
            resource.qualified()
        );
        Self::new(409, "Conflict", message).about(resource, name)
    }

    /// 403 by admission or policy; `who` says who forbids.
    pub fn forbidden(resource: &Resource, name: &str, why: &str) -> Self {
        let message = format!("{} \"{name}\" is forbidden: {why}", resource.qualified());
        Self::new(403, "Forbidden", message).about(resource, name)
    }

    /// 422 with every fault.
    pub fn invalid(resource: &Resource, name: &str, faults: &[Fault]) -> Self {
        let kind = if resource.group.is_empty() {
            resource.kind.to_owned()
        } else {
            format!("{}.{}", resource.kind, resource.group)
        };
        let said: Vec<String> = faults
            .iter()
            .map(|fault| format!("{}: {}", fault.field, fault.message))
            .collect();
        let all = match said.as_slice() {
            [one] => one.clone(),
            _ => format!("[{}]", said.join(", ")),
        };
        let mut refusal = Self::new(
            422,
            "Invalid",
            format!("{kind} \"{name}\" is invalid: {all}"),
        );
        let causes: Vec<Value> = faults
            .iter()
            .map(|fault| {
                json!({"reason": fault.reason, "message": fault.message, "field": fault.field})
            })
            .collect();
        refusal.details = json!({"kind": resource.kind, "causes": causes});
        if !name.is_empty() {
            refusal.details["name"] = json!(name);
        }
        if !resource.group.is_empty() {
            refusal.details["group"] = json!(resource.group);
        }
        refusal
    }

    /// 422 of options that do not go together, or mean nothing: `ListOptions`, `PatchOptions`…
    pub fn invalid_options(kind: &'static str, faults: &[Fault]) -> Self {
        let options = Resource {
            group: "meta.k8s.io",
            kind,
            ..PODS
        };
        Self::invalid(&options, "", faults)
    }

    /// 410 of a version that is no more.
    pub fn expired(asked: u64, oldest: u64) -> Self {
        Self::new(
            410,
            "Expired",
            format!("too old resource version: {asked} ({oldest})"),
        )
    }

    /// 415
    pub fn unsupported_media(known: &str) -> Self {
        let message = format!(
            "the body of the request was in an unknown format - accepted media types include: {known}"
        );
        Self::new(415, "UnsupportedMediaType", message)
    }

    /// Says what it is about.
    #[must_use]
    pub fn about(mut self, resource: &Resource, name: &str) -> Self {
        self.details = json!({"name": name, "kind": resource.plural});
        if !resource.group.is_empty() {
            self.details["group"] = json!(resource.group);
        }
        self
    }

    /// The `Status` object.
    pub fn status(&self) -> Value {
        let mut status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "code": self.code,
        });
        if !self.reason.is_empty() {
            status["reason"] = json!(self.reason);
        }
        if !self.details.is_null() {
            status["details"] = self.details.clone();
        }
        if let Some(token) = &self.go_on {
            status["metadata"]["continue"] = json!(token);
        }
        status
    }
}
