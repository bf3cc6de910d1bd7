//! Answers that are refusals, in words: 401, 403, 404, 410, 429, 5xx, and pages that are not from the API at all.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use kube::core::Status;

use crate::model::{Cause, Problem, sanitize::clean_within};

/// What was asked for, where the one who asks knows it.
#[derive(Clone, Copy)]
struct Asked<'a> {
    verb: &'a str,
    plural: &'a str,
    namespace: Option<&'a str>,
}

/// The refusal of a request such as `list` `deployments` in a namespace (or in all, or in none).
pub fn status_problem(
    verb: &str,
    plural: &str,
    namespace: Option<&str>,
    status: StatusCode,
    body: &[u8],
    headers: &HeaderMap,
) -> Problem {
    let asked = Asked {
        verb,
        plural,
        namespace,
    };
    let Ok(mut said) = serde_json::from_slice::<Status>(body) else {
        return not_json(asked, status, body, headers);
    };
    said.code = status.as_u16();
    words(Some(asked), status, &said, retry_after(headers))
}

/// The same for what kube already read: it no longer knows what was asked.
pub(super) fn api_problem(said: &Status) -> Problem {
    let status = StatusCode::from_u16(said.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    words(None, status, said, None)
}

fn words(
    asked: Option<Asked<'_>>,
    status: StatusCode,
    said: &Status,
    wait: Option<Duration>,
) -> Problem {
    let message = clean_within(&said.message, 400);
    let message = if message.is_empty() {
        "no reason given"
    } else {
        &*message
    };
    let doing = asked.map_or_else(|| "do that".to_owned(), |asked| asked.in_words());
    match status.as_u16() {
        401 => Problem::new(
            Cause::Credentials,
            "The server does not accept our credentials (401)",
        )
        .hint("The token may have expired: log in again"),
        403 => forbidden(&doing, said, message),
        404 => not_found(asked, said, message),
        410 => Problem::new(
            Cause::Gone,
            format!("The server no longer has that version: {message}"),
        ),
        429 | 503 => {
            let told = said
                .details
                .as_ref()
                .map(|details| details.retry_after_seconds)
                .filter(|seconds| *seconds > 0);
            let wait = wait.or(told.map(|seconds| Duration::from_secs(seconds.into())));
            let when = wait
                .map(|wait| format!(", and asks to wait {} s", wait.as_secs()))
                .unwrap_or_default();
            Problem::new(
                Cause::Busy(wait),
                format!("The server has no time to {doing}{when}: {message}"),
            )
        }
        500.. => Problem::new(
            Cause::Server,
            format!(
                "The server failed to {doing} ({}): {message}",
                status.as_u16()
            ),
        ),
        _ => Problem::new(
            Cause::Refused,
            format!(
                "The server would not {doing} ({}): {message}",
                status.as_u16()
            ),
        ),
    }
}

impl Asked<'_> {
    fn in_words(&self) -> String {
        let Self {
            verb,
            plural,
            namespace,
        } = self;
        match namespace {
            Some(namespace) => format!("{verb} {plural} in {namespace}"),
            None => format!("{verb} {plural}"),
        }
    }
}

/// RBAC has one way to say no; what else is forbidden (quota, admission) has its own reason, worth repeating.
fn forbidden(doing: &str, said: &Status, message: &str) -> Problem {
    if said.message.contains("User \"system:anonymous\"") {
        return Problem::new(
            Cause::Forbidden,
            format!("Nobody in particular may not {doing} (403)"),
        )
        .hint(
            "The server knows us only as system:anonymous: the context names no user it accepts",
        );
    }
    let by_rule = said.message.is_empty()
        || (said.message.contains("is forbidden: User") && said.message.contains(" cannot "));
    if by_rule {
        return Problem::new(
            Cause::Forbidden,
            format!("You may not {doing} (forbidden by RBAC)"),
        );
    }
    Problem::new(Cause::Forbidden, format!("You may not {doing}: {message}"))
}

/// An object that is gone is named in the details; a kind that is not served has none.
fn not_found(asked: Option<Asked<'_>>, said: &Status, message: &str) -> Problem {
    let details = said
        .details
        .as_ref()
        .filter(|details| !details.name.is_empty());
    let what = match (details, asked) {
        (Some(details), _) => format!(
            "{}/{} does not exist",
            clean_within(
                if details.kind.is_empty() {
                    "object"
                } else {
                    &details.kind
                },
                80
            ),
            clean_within(&details.name, 253)
        ),
        (None, Some(asked)) => format!("The server does not know {}", asked.plural),
        (None, None) => format!("The server does not have that: {message}"),
    };
    Problem::new(Cause::NotFound, what)
}

/// Not from an API server, or from one that could not even say so: a login page, a load balancer, plain text.
fn not_json(asked: Asked<'_>, status: StatusCode, body: &[u8], headers: &HeaderMap) -> Problem {
    let code = status.as_u16();
    let start = String::from_utf8_lossy(&body[..body.len().min(16 * 1024)]);
    let text = start.trim();
    if status.is_redirection() {
        let to = headers
            .get(http::header::LOCATION)
            .map(|to| String::from_utf8_lossy(to.as_bytes()).into_owned());
        let to = to.as_deref().unwrap_or("elsewhere");
        let what = format!("The server sends us to {} ({code})", clean_within(to, 200));
        return Problem::new(Cause::Garbled, what)
            .hint("A login page is in the way: log in there, or correct the server");
    }
    if text.starts_with('<') {
        let title = title(text)
            .map(|title| format!(" “{}”", clean_within(&title, 80)))
            .unwrap_or_default();
        let what = format!("The server answers with a web page{title} instead of the API ({code})");
        let cause = match code {
            401 | 407 => Cause::Credentials,
            429 | 503 => Cause::Busy(retry_after(headers)),
            500.. => Cause::Server,
            _ => Cause::Garbled,
        };
        return Problem::new(cause, what)
            .hint("A proxy or login page is in the way; is the server in the kubeconfig right?");
    }
    if status.is_success() {
        let what = format!(
            "The server's answer cannot be read: {}",
            clean_within(text, 100)
        );
        return Problem::new(Cause::Garbled, what);
    }
    let said = Status {
        message: text.to_owned(),
        ..Status::default()
    };
    words(Some(asked), status, &said, retry_after(headers))
}

fn title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let title = page[start..end]
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    (!title.is_empty()).then_some(title)
}

/// Seconds only: no API server sends the date form.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_one_sentence() {
        let rbac = r#"{"kind":"Status","message":"deployments.apps is forbidden: User \"dev\" cannot list resource \"deployments\" in API group \"apps\" in the namespace \"legacy\"","reason":"Forbidden","code":403}"#;
        let quota = r#"{"message":"pods \"a\" is forbidden: exceeded quota: small"}"#;
        let anonymous =
            r#"{"message":"pods is forbidden: User \"system:anonymous\" cannot list resource"}"#;
        let gone = r#"{"message":"too old resource version: 1 (2)","reason":"Expired"}"#;
        let object = r#"{"message":"x","details":{"name":"api","kind":"deployments"}}"#;
        let kind = r#"{"message":"the server could not find the requested resource"}"#;
        let busy = r#"{"message":"too many requests","details":{"retryAfterSeconds":3}}"#;
        let page = "<!DOCTYPE html><html><head><title>\n Sign in </title></head></html>";
        let table = [
            (
                403,
                rbac,
                Cause::Forbidden,
                "You may not list deployments in legacy (forbidden by RBAC)",
            ),
            (
                403,
                quota,
                Cause::Forbidden,
                "You may not list deployments in legacy: pods \"a\" is forbidden: exceeded quota: small",
            ),
            (
                403,
                anonymous,
                Cause::Forbidden,
                "Nobody in particular may not list deployments in legacy (403)",
            ),
            (
                401,
                "Unauthorized\n",
                Cause::Credentials,
                "The server does not accept our credentials (401)",
            ),
            (
                404,
                object,
                Cause::NotFound,
                "deployments/api does not exist",
            ),
            (
                404,
                kind,
                Cause::NotFound,
                "The server does not know deployments",
            ),
            (
                404,
                "404 page not found\n",
                Cause::NotFound,
                "The server does not know deployments",
            ),
            (
                410,
                gone,
                Cause::Gone,
                "The server no longer has that version: too old resource version: 1 (2)",
            ),
            (
                429,
                busy,
                Cause::Busy(Some(Duration::from_secs(3))),
                "The server has no time to list deployments in legacy, and asks to wait 3 s: too many requests",
            ),
            (
                503,
                "",
                Cause::Busy(None),
                "The server has no time to list deployments in legacy: no reason given",
            ),
            (
                500,
                "boom\u{7}",
                Cause::Server,
                "The server failed to list deployments in legacy (500): boom",
            ),
            (
                422,
                kind,
                Cause::Refused,
                "The server would not list deployments in legacy (422): the server could not find the requested resource",
            ),
            (
                200,
                page,
                Cause::Garbled,
                "The server answers with a web page “Sign in” instead of the API (200)",
            ),
            (
                502,
                page,
                Cause::Server,
                "The server answers with a web page “Sign in” instead of the API (502)",
            ),
            (
                302,
                "",
                Cause::Garbled,
                "The server sends us to elsewhere (302)",
            ),
        ];
        for (code, body, cause, what) in table {
            let status = StatusCode::from_u16(code).unwrap_or_default();
            let found = status_problem(
                "list",
                "deployments",
                Some("legacy"),
                status,
                body.as_bytes(),
                &HeaderMap::new(),
            );
            assert_eq!((found.cause, found.what.as_str()), (cause, what), "{code}");
        }
    }

    #[test]
    fn the_header_says_how_long_to_wait() {
        let headers: HeaderMap = [(RETRY_AFTER, http::HeaderValue::from_static("7"))]
            .into_iter()
            .collect();
        let found = status_problem(
            "list",
            "pods",
            None,
            StatusCode::TOO_MANY_REQUESTS,
            b"{}",
            &headers,
        );
        assert_eq!(found.cause, Cause::Busy(Some(Duration::from_secs(7))));
        assert_eq!(
            found.what,
            "The server has no time to list pods, and asks to wait 7 s: no reason given"
        );
    }
}
