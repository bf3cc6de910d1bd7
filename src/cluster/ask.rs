//! One request of ours: where it goes, and a refusal as a sentence.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, Uri, header};
use http_body_util::BodyExt as _;
use kube::{Client, client::Body};
use tokio::time::timeout;

use super::{
    Link, Tally,
    problem::{problem, status_problem},
};
use crate::{
    kinds::{Form, Served},
    model::{Cause, Problem},
};

/// A watch that delivers nothing for this long has lost its server. Longer than the minute after which one sends a bookmark.
const SILENCE: Duration = Duration::from_secs(90);
/// The same within a list, where bytes are due all the time.
const STALL: Duration = Duration::from_secs(20);
/// Refusals are short.
const REFUSAL: usize = 64 * 1024;

/// One cluster, as the feeds ask it.
#[derive(Clone)]
pub struct Asker {
    client: Client,
    server: Uri,
    /// Knows whose credentials they are.
    link: Option<Link>,
    streams: Arc<AtomicBool>,
    /// What is asked for is counted here.
    tally: Arc<Tally>,
}

/// The bytes of an answer.
pub struct Answer {
    body: Body,
    server: Uri,
    tally: Arc<Tally>,
    wait: Duration,
    /// Silence is an end like any other: to open the watch again tells whether the server is there.
    may_fall_silent: bool,
}

/// An answer that is none.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) problem: Problem,
    /// Where a list whose version is gone can go on, with later objects (410 and `metadata.continue`).
    pub(super) go_on: Option<String>,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            go_on: None,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        refusal.problem
    }
}

impl Asker {
    /// Asks through this client; the server's address is for the sentences.
    pub fn new(client: Client, server: Uri) -> Self {
        Self {
            client,
            server,
            link: None,
            streams: Arc::new(AtomicBool::new(true)),
            tally: Arc::default(),
        }
    }

    /// Asks over this link, which can say whose credentials a server refuses.
    pub fn over(link: &Link) -> Self {
        Self {
            link: Some(link.clone()),
            ..Self::new(link.client().clone(), link.target().server.clone())
        }
    }

    /// The same for one stream, which is counted by itself.
    #[must_use]
    pub fn counting(&self, tally: &Arc<Tally>) -> Self {
        Self {
            tally: Arc::clone(tally),
            ..self.clone()
        }
    }

    /// Whether this server is known to refuse streaming lists (Kubernetes 1.33 and those before 1.32 do).
    pub(super) fn streams(&self) -> bool {
        self.streams.load(Ordering::Relaxed)
    }

    pub(super) fn never_streams(&self) {
        self.streams.store(false, Ordering::Relaxed);
    }

    /// Sends a GET and waits for an answer that is none of refusal.
    pub(super) async fn get(
        &self,
        verb: &str,
        served: &Served<'_>,
        namespace: Option<&str>,
        name: Option<&str>,
        query: &[(&str, &str)],
    ) -> Result<Answer, Refusal> {
        let mut path = served.path(namespace, name);
        let metadata = [("includeObject", "Metadata")];
        let form: &[(&str, &str)] = match served.form {
            Form::Table => &metadata,
            Form::Whole | Form::Metadata => &[],
        };
        for (n, (key, value)) in query.iter().chain(form).enumerate() {
            path.push(if n == 0 { '?' } else { '&' });
            path.push_str(key);
            path.push('=');
            path.push_str(&encode(value));
        }
        let accept = match (served.form, verb) {
            (_, "log") => "*/*",
            (Form::Whole, _) => "application/json",
            (Form::Metadata, "list") => {
                "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
            }
            (Form::Metadata, _) => "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
            (Form::Table, _) => "application/json;as=Table;g=meta.k8s.io;v=v1",
        };
        self.fetch((verb, served.plural, namespace), &path, accept)
            .await
    }

    /// Sends a GET to a path; the sentence of a refusal says of what it was, and where.
    pub(super) async fn fetch(
        &self,
        about: (&str, &str, Option<&str>),
        path: &str,
        accept: &str,
    ) -> Result<Answer, Refusal> {
        let (verb, plural, _) = about;
        let mut request = Request::get(path).header(header::ACCEPT, accept);
        if verb == "watch" {
            // A server that compresses a stream holds events back until its buffer is full.
            request = request.header(header::ACCEPT_ENCODING, "identity");
        }
        let request = request.body(Body::empty()).map_err(|error| {
            Problem::new(Cause::Refused, format!("Can not ask for {plural}: {error}"))
        })?;
        self.tally.count_request();
        let response = self
            .client
            .send(request)
            .await
            .map_err(|error| problem(&error, &self.server))?;
        if !response.status().is_success() || is_page(&response) {
            return Err(self.refusal(about, response).await);
        }
        let watch = verb == "watch";
        Ok(Answer {
            body: response.into_body(),
            server: self.server.clone(),
            tally: Arc::clone(&self.tally),
            wait: if watch { SILENCE } else { STALL },
            may_fall_silent: watch,
        })
    }

    async fn refusal(
        &self,
        (verb, plural, namespace): (&str, &str, Option<&str>),
        response: Response<Body>,
    ) -> Refusal {
        let (parts, body) = response.into_parts();
        let mut answer = Answer {
            body,
            server: self.server.clone(),
            tally: Arc::clone(&self.tally),
            wait: STALL,
            may_fall_silent: false,
        };
        let mut text = Vec::new();
        while text.len() < REFUSAL {
            match answer.next().await {
                Ok(Some(bytes)) => text.extend_from_slice(&bytes),
                Ok(None) | Err(_) => break,
            }
        }
        let (status, headers) = (parts.status, &parts.headers);
        let problem = match &self.link {
            Some(link) => link.status_problem(verb, plural, namespace, status, &text, headers),
            None => status_problem(verb, plural, namespace, status, &text, headers),
        };
        let go_on = (problem.cause == Cause::Gone)
            .then(|| serde_json::from_slice::<kube::core::Status>(&text).ok())
            .flatten()
            .and_then(|status| status.metadata?.continue_)
            .filter(|token| !token.is_empty());
        Refusal { problem, go_on }
    }
}

impl Answer {
    /// The next bytes; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            let Ok(frame) = timeout(self.wait, self.body.frame()).await else {
                if self.may_fall_silent {
                    return Ok(None);
                }
                let seconds = self.wait.as_secs();
                let what = format!(
                    "{} has sent nothing for {seconds} s",
                    self.server.host().unwrap_or("The server")
                );
                return Err(Problem::new(Cause::Unreachable, what));
            };
            match frame {
                None => return Ok(None),
                Some(Err(error)) => return Err(problem(&error, &self.server)),
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        self.tally.count_read(bytes.len());
                        return Ok(Some(bytes));
                    }
                }
            }
        }
    }

    /// All of it, where it is known to be short.
    pub(super) async fn all(mut self) -> Result<Vec<u8>, Problem> {
        let mut text = Vec::new();
        while let Some(bytes) = self.next().await? {
            text.extend_from_slice(&bytes);
        }
        Ok(text)
    }
}

/// A proxy's login page, whatever status it comes with.
fn is_page(response: &Response<Body>) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Percent-encodes what may not stand in a query (RFC 3986, unreserved characters stay).
fn encode(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte));
            }
            _ => {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}
