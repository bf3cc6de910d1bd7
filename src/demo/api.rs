//! From a request to its answer: who asks, may they, what is it, and who does it.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use futures::StreamExt as _;
use http::{HeaderMap, HeaderValue, Request, header, request::Parts};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::json;
use tokio::{
    sync::mpsc::unbounded_channel,
    time::{Duration, sleep},
};
use tower::BoxError;

use super::{
    access::{
        self, Ask, MASTERS, User,
        review::review,
        who::{impersonate, who},
    },
    below, discovery,
    faults::{self, Fault},
    http::{self as answers, Answer, Lines},
    read,
    refusal::Refusal,
    request::{self, Asked, Call, Verb},
    resource::{ENDPOINTS, Served},
    schema, sent,
    serve::Demo,
    write::{self, Said},
};

/// A body larger than this is refused (`MaxRequestBodyBytes` in `k8s.io/apiserver`).
const LARGEST: usize = 3 * 1024 * 1024;
/// What everybody is told who asks for Endpoints.
const OLD_ENDPOINTS: &str =
    "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice";
/// The content type of what is not JSON.
const TEXT: &str = "text/plain; charset=utf-8";
/// How long a watch lasts at most, in seconds, where the client does not say: from 30 minutes to an hour in life.
const WATCHED: i64 = 45 * 60;

/// Answers a request, or has an accident with it.
pub(super) async fn answer<B>(demo: &Demo, request: Request<B>) -> Result<Answer, io::Error>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    let (mut head, body) = request.into_parts();
    let asked = request::read(&head.method, &head.uri, &head.headers);
    let call = match &asked {
        Ok(Asked::Call(call)) => Some(call.as_ref()),
        _ => None,
    };
    let (word, plural) = match call {
        Some(call) => (faults::word(call), call.resource.plural),
        None => ("get", ""),
    };
    let fault = demo.faults(|faults| faults.meet(word, plural));
    match &fault {
        Some(Fault::Late(late)) => sleep(*late).await,
        Some(Fault::GoOn) => {
            if let Some(call) = call {
                return Ok(answers::refusal(&faults::go_on(call)));
            }
        }
        Some(fault) => {
            if let Some(instead) = faults::instead(fault) {
                return instead;
            }
        }
        None => {}
    }
    let body = match Limited::new(body, LARGEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let what = "Request entity too large: limit is 3145728";
            let refusal = Refusal::new(413, "RequestEntityTooLarge", what);
            return Ok(answers::refusal(&refusal));
        }
        Err(error) => return Err(io::Error::other(error)),
    };
    let outcome = match asked {
        Ok(asked) => meet(demo, &mut head, asked, &body),
        Err(refusal) => Err(refusal),
    };
    let mut answer = outcome.unwrap_or_else(|refusal| answers::refusal(&refusal));
    if plural == ENDPOINTS.plural && !matches!(answer.status().as_u16(), 401 | 403) {
        warn(answer.headers_mut(), &[OLD_ENDPOINTS.to_owned()]);
    }
    Ok(match &fault {
        Some(fault) => faults::spoil(answer, fault),
        None => answer,
    })
}

fn meet(demo: &Demo, head: &mut Parts, asked: Asked, body: &Bytes) -> Result<Answer, Refusal> {
    let path = head.uri.path().to_owned();
    let query = head.uri.query().unwrap_or_default().to_owned();
    if let Some(text) = discovery::health(&path, &query) {
        return Ok(answers::answer(200, TEXT, answers::whole(text)));
    }
    let open = demo.options().open && !head.headers.contains_key(header::AUTHORIZATION);
    let user = if open {
        let admin = User::new("admin", &[MASTERS]);
        demo.with(|state| impersonate(state, &head.headers, admin))?
    } else {
        demo.with(|state| who(state, &head.headers, &demo.options().tokens))?
    };
    let Asked::Call(call) = asked else {
        let method = head.method.as_str().to_ascii_lowercase();
        let ask = Ask::path(&method, &path);
        demo.with(|state| access::check(state, &user, &ask))?;
        return other(head, &path);
    };
    let verb = call.verb.word();
    let ask = Ask::of(
        verb,
        call.resource,
        &call.below,
        &call.namespace,
        &call.name,
    );
    demo.with(|state| access::check(state, &user, &ask))?;
    if !call.below.is_empty() {
        return below::answer(demo, head, &user, &call, body);
    }
    match call.resource.served {
        Served::Asked => {
            let mut object = sent::decode(&head.headers, body)?;
            let review = demo.with(|state| {
                if call.resource.group == "authorization.k8s.io" {
                    let now = state.now();
                    write::sign(call.resource, &call.query, &head.headers, now, &mut object);
                }
                review(state, &user, call.resource, object)
            })?;
            Ok(answers::object(201, &review))
        }
        Served::Computed => {
            let found = demo.with(|state| below::metrics(state, &call))?;
            Ok(answers::pieces(&found, &head.headers))
        }
        Served::Stored | Served::OneByOne => stored(demo, head, &user, &call, body),
    }
}

/// Discovery, versions, documentation.
fn other(head: &Parts, path: &str) -> Result<Answer, Refusal> {
    if head.method != http::Method::GET && head.method != http::Method::HEAD {
        return Err(Refusal::no_such_method());
    }
    let accept = head
        .headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if let Some((found, kind)) = discovery::answer(path, accept) {
        return Ok(answers::answer(
            200,
            kind,
            answers::whole(found.to_string()),
        ));
    }
    let found = match path
        .trim_end_matches('/')
        .split('/')
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["", "openapi", "v3"] => Some(schema::openapi_index()),
        ["", "openapi", "v3", "api", version] => schema::openapi("", version),
        ["", "openapi", "v3", "apis", group, version] => schema::openapi(group, version),
        _ => None,
    };
    let Some(found) = found else {
        if discovery::is_below_a_group(path) {
            return Err(Refusal::no_such_path());
        }
        // Nobody is there who could answer in the words of the API.
        let text = "404 page not found\n";
        return Ok(answers::answer(404, TEXT, answers::whole(text)));
    };
    let mut answer = answers::pieces(&[Bytes::from(found.to_string())], &head.headers);
    if path.trim_end_matches('/') == "/openapi/v3" {
        let kind = HeaderValue::from_static(TEXT);
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    Ok(answer)
}

fn stored(
    demo: &Demo,
    head: &Parts,
    user: &User,
    call: &Call,
    body: &Bytes,
) -> Result<Answer, Refusal> {
    match call.verb {
        Verb::Get => {
            let found = demo.with(|state| read::get(state, call))?;
            Ok(answers::pieces(&[found], &head.headers))
        }
        Verb::List => {
            let pieces = demo.with(|state| read::list(state, call))?;
            Ok(answers::pieces(&pieces, &head.headers))
        }
        Verb::Watch => watch(demo, call),
        Verb::Create | Verb::Update | Verb::Patch => {
            let said = demo.with(|state| write::write(state, user, call, &head.headers, body))?;
            shown(demo, call, said)
        }
        Verb::Delete | Verb::DeleteCollection => {
            let said = demo.with(|state| write::delete(state, call, &head.headers, body))?;
            shown(demo, call, said)
        }
    }
}

/// What was written, in the form asked for, with the warnings.
pub(super) fn shown(demo: &Demo, call: &Call, said: Said) -> Result<Answer, Refusal> {
    let is_status = said.object["kind"] == json!("Status");
    let object = match call.form {
        request::Form::Table if !is_status => {
            let about = json!({"resourceVersion": said.object["metadata"]["resourceVersion"]});
            let now = demo.with(|state| state.now());
            let items = [said.object];
            super::table::table(call.resource, &items, read::include(call)?, &about, now)
        }
        _ if is_status => said.object,
        request::Form::Metadata => super::table::partial(&said.object),
        _ => call.shown(said.object),
    };
    let mut answer = answers::object(said.code, &object);
    warn(answer.headers_mut(), &said.warnings);
    Ok(answer)
}

/// Warnings as headers (RFC 7234, 5.5).
fn warn(headers: &mut HeaderMap, warnings: &[String]) {
    for warning in warnings {
        let text = warning.replace('\\', "\\\\").replace('"', "\\\"");
        if let Ok(value) = HeaderValue::from_str(&format!("299 - \"{text}\"")) {
            headers.append(header::WARNING, value);
        }
    }
}

fn watch(demo: &Demo, call: &Call) -> Result<Answer, Refusal> {
    let (tell, told) = unbounded_channel();
    let unread = Arc::new(AtomicUsize::new(0));
    demo.watch(call, tell, Arc::clone(&unread))?;
    let seconds = call
        .query
        .number("timeoutSeconds")?
        .filter(|seconds| *seconds > 0)
        .unwrap_or(WATCHED);
    let until = sleep(Duration::from_secs(seconds as u64));
    let lines = Lines(told)
        .inspect(move |line| {
            if let Ok(line) = line {
                unread.fetch_sub(line.len(), Ordering::Relaxed);
            }
        })
        .take_until(until);
    Ok(answers::answer(
        200,
        "application/json",
        answers::stream(lines),
    ))
}

#[cfg(test)]
#[path = "api_tests.rs"]
mod tests;
