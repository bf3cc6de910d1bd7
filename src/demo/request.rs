//! What a request asks for: verb, resource, object, options, and the form of the answer.

use http::{HeaderMap, Method, Uri, header};
use serde_json::Value;

use super::{
    discovery,
    refusal::Refusal,
    resource::{self, Resource},
    versions::{self, Older},
};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Read one.
    Get,
    /// Read all.
    List,
    /// Follow changes.
    Watch,
    /// Make one.
    Create,
    /// Replace one.
    Update,
    /// Change parts of one.
    Patch,
    /// Delete one.
    Delete,
    /// Delete all.
    DeleteCollection,
}

impl Verb {
    /// As access rules name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Watch => "watch",
            Self::Create => "create",
            Self::Update => "update",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::DeleteCollection => "deletecollection",
        }
    }
}

/// How objects are to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As they are.
    Plain,
    /// As rows for a person (`as=Table`).
    Table,
    /// Only their metadata (`as=PartialObjectMetadata`, and its list).
    Metadata,
}

/// The options of a request, in the order they came.
#[derive(Clone, Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the part behind `?`.
    pub fn read(query: &str) -> Self {
        Self(
            form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// All options, in the order they came.
    pub fn pairs(self) -> impl Iterator<Item = (String, String)> {
        self.0.into_iter()
    }

    /// The first value of an option; an empty one counts as none.
    pub fn get(&self, name: &str) -> Option<&str> {
        let named = self.0.iter().filter(|(known, _)| known == name);
        named
            .map(|(_, value)| value.as_str())
            .find(|value| !value.is_empty())
    }

    /// Every value of an option.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }

    /// Whether an option is `true` or `1`.
    pub fn says(&self, name: &str) -> bool {
        matches!(self.get(name), Some("true" | "1"))
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| {
            Refusal::bad_request(format!(
                "strconv.ParseInt: parsing \"{text}\": invalid syntax"
            ))
        })
    }
}

/// A request for a resource.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is to be done.
    pub verb: Verb,
    /// With what.
    pub resource: &'static Resource,
    /// With which part of it: `status`, `log`; empty for the whole.
    pub below: String,
    /// Where; empty for all namespaces, or for what is in none.
    pub namespace: String,
    /// Which; empty for all.
    pub name: String,
    /// How.
    pub query: Query,
    /// What the answer is to look like.
    pub form: Form,
    /// The older version that the client speaks.
    pub older: Option<&'static Older>,
}

/// A request's path, understood.
#[derive(Clone, Debug)]
pub enum Asked {
    /// A resource.
    Call(Box<Call>),
    /// Something else: discovery, health, documentation.
    Other,
}

impl Call {
    /// Only to see what would happen.
    pub fn is_dry_run(&self) -> Result<bool, Refusal> {
        match self.query.get("dryRun") {
            None => Ok(false),
            Some("All") => Ok(true),
            Some(other) => Err(Refusal::bad_request(format!(
                "dryRun: Unsupported value: \"{other}\": supported values: \"All\""
            ))),
        }
    }

    /// An object as the client knows it.
    pub fn shown(&self, object: Value) -> Value {
        match self.older {
            Some(older) => (older.show)(object),
            None => object,
        }
    }

    /// An object of the client's as it is stored.
    pub fn taken(&self, object: Value) -> Value {
        match self.older {
            Some(older) => (older.take)(object),
            None => object,
        }
    }

    /// The namespace to look in, or None for all.
    pub fn within(&self) -> Option<&str> {
        (self.resource.namespaced && !self.namespace.is_empty()).then_some(self.namespace.as_str())
    }
}

/// Understands a request.
pub fn read(method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Asked, Refusal> {
    let path = uri.path().trim_end_matches('/');
    let parts: Vec<String> = path.split('/').skip(1).map(unescape).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (group, version, rest) = match parts.as_slice() {
        ["api", version, rest @ ..] if !rest.is_empty() => ("", *version, rest),
        ["apis", group, version, rest @ ..] if !rest.is_empty() => (*group, *version, rest),
        _ => return Ok(Asked::Other),
    };
    if !discovery::is_below_a_group(path) {
        return Ok(Asked::Other);
    }
    let (namespace, rest) = match rest {
        // `namespaces/shop/pods` is in a namespace; `namespaces/shop` and its own parts are about one.
        ["namespaces", _] | ["namespaces", _, "status" | "finalize"] => ("", rest),
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (*namespace, rest),
        _ => ("", rest),
    };
    let (plural, name, below) = match rest {
        [plural] => (*plural, "", String::new()),
        [plural, name] => (*plural, *name, String::new()),
        [plural, name, below @ ..] => (*plural, *name, below.join("/")),
        [] => return Err(Refusal::no_such_path()),
    };
    let older = versions::find(group, version, plural);
    let resource = older
        .map(|older| older.stored)
        .or_else(|| resource::find(group, version, plural))
        .ok_or_else(Refusal::no_such_path)?;
    let in_namespace = !namespace.is_empty();
    if in_namespace && !resource.namespaced
        || resource.namespaced && !in_namespace && !name.is_empty()
        || !below.is_empty() && !resource.below.contains(&below.as_str())
    {
        return Err(Refusal::no_such_path());
    }
    let query = Query::read(uri.query().unwrap_or_default());
    let verb = verb(method, name, &below, &query).ok_or_else(Refusal::no_such_method)?;
    let known = match below.as_str() {
        "" => resource.verbs().contains(&verb.word()),
        "log" => verb == Verb::Get,
        "exec" | "attach" | "portforward" => matches!(verb, Verb::Get | Verb::Create),
        "eviction" | "binding" => verb == Verb::Create,
        "finalize" => verb == Verb::Update,
        _ => matches!(verb, Verb::Get | Verb::Update | Verb::Patch),
    };
    if !known || verb == Verb::Create && resource.namespaced && !in_namespace {
        return Err(Refusal::no_such_method());
    }
    Ok(Asked::Call(Box::new(Call {
        verb,
        resource,
        below,
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        query,
        form: form(headers)?,
        older,
    })))
}

fn verb(method: &Method, name: &str, below: &str, query: &Query) -> Option<Verb> {
    Some(match (method.as_str(), name.is_empty()) {
        ("GET" | "HEAD", true) if query.says("watch") => Verb::Watch,
        ("GET" | "HEAD", true) => Verb::List,
        ("GET" | "HEAD", false) => Verb::Get,
        ("POST", true) => Verb::Create,
        ("POST", false) if !below.is_empty() => Verb::Create,
        ("PUT", false) => Verb::Update,
        ("PATCH", false) => Verb::Patch,
        ("DELETE", false) => Verb::Delete,
        ("DELETE", true) => Verb::DeleteCollection,
        _ => return None,
    })
}

/// The first form that the client accepts and we have.
fn form(headers: &HeaderMap) -> Result<Form, Refusal> {
    let Some(accept) = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
    else {
        return Ok(Form::Plain);
    };
    let mut json = false;
    for kind in accept.split(',') {
        let mut words = kind.split(';').map(str::trim);
        let media = words.next().unwrap_or_default();
        if !matches!(media, "application/json" | "*/*" | "application/*" | "") {
            continue;
        }
        json = true;
        let words: Vec<&str> = words.collect();
        let says = |key: &str| {
            words
                .iter()
                .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
        };
        match (says("as"), says("v")) {
            (None, _) => return Ok(Form::Plain),
            (Some("Table"), Some("v1") | None) => return Ok(Form::Table),
            (Some("PartialObjectMetadata" | "PartialObjectMetadataList"), Some("v1") | None) => {
                return Ok(Form::Metadata);
            }
            _ => {}
        }
    }
    if json {
        let what = "only the following media types are accepted: application/json";
        return Err(Refusal::new(406, "NotAcceptable", what));
    }
    // Here it is the router that says so, not the resource.
    let what = "406: Not Acceptable\n\nAvailable representations: application/json, application/json;stream=watch";
    Err(Refusal {
        details: serde_json::json!({}),
        ..Refusal::new(406, "NotAcceptable", what)
    })
}

fn unescape(part: &str) -> String {
    // In a path a plus is a plus: only percent signs are read.
    let kept = part.replace('+', "%2B");
    form_urlencoded::parse(kept.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a path that cannot be read has failed the test"
    )]

    use super::*;

    fn asked(method: &str, path: &str) -> Result<Asked, Refusal> {
        read(
            &method.parse().unwrap(),
            &path.parse().unwrap(),
            &HeaderMap::new(),
        )
    }

    #[test]
    fn paths_say_what_is_meant() {
        for (method, path, want) in [
            ("GET", "/api/v1/pods", "list  pods  "),
            (
                "GET",
                "/api/v1/namespaces/shop/pods?watch=1",
                "watch shop pods  ",
            ),
            (
                "GET",
                "/api/v1/namespaces/shop/pods/web-0",
                "get shop pods web-0 ",
            ),
            (
                "GET",
                "/api/v1/namespaces/shop/pods/web-0/log",
                "get shop pods web-0 log",
            ),
            (
                "POST",
                "/api/v1/namespaces/shop/pods/web-0/eviction",
                "create shop pods web-0 eviction",
            ),
            ("GET", "/api/v1/namespaces/shop", "get  namespaces shop "),
            (
                "PUT",
                "/api/v1/namespaces/shop/finalize",
                "update  namespaces shop finalize",
            ),
            (
                "PATCH",
                "/apis/apps/v1/namespaces/shop/deployments/web/scale",
                "patch shop deployments web scale",
            ),
            (
                "DELETE",
                "/apis/apps/v1/namespaces/shop/deployments",
                "deletecollection shop deployments  ",
            ),
            (
                "GET",
                "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Aadmin",
                "get  clusterroles system:admin ",
            ),
            (
                "POST",
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                "create  selfsubjectaccessreviews  ",
            ),
        ] {
            let Asked::Call(call) = asked(method, path).unwrap() else {
                unreachable!("{path}");
            };
            let said = format!(
                "{} {} {} {} {}",
                call.verb.word(),
                call.namespace,
                call.resource.plural,
                call.name,
                call.below
            );
            assert_eq!(said, want, "{path}");
        }
    }

    #[test]
    fn what_is_not_served_is_refused() {
        for (method, path, code) in [
            ("GET", "/api/v1/widgets", 404),
            ("GET", "/apis/apps/v2/deployments", 404),
            ("GET", "/api/v1/namespaces/shop/nodes", 404),
            ("GET", "/api/v1/pods/web-0", 404),
            ("GET", "/api/v1/namespaces/shop/pods/web-0/pods", 404),
            ("POST", "/api/v1/pods", 405),
            ("DELETE", "/api/v1/namespaces", 405),
            ("PUT", "/api/v1/namespaces/shop/pods/web-0/log", 405),
            ("POST", "/apis/metrics.k8s.io/v1beta1/nodes", 405),
        ] {
            assert_eq!(
                asked(method, path).unwrap_err().code,
                code,
                "{method} {path}"
            );
        }
        assert!(matches!(asked("GET", "/apis/apps/v1"), Ok(Asked::Other)));
    }
}
