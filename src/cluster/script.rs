//! An API server in this process, scripted for tests: it holds objects, answers list and watch as Kubernetes
//! does, and meets with the accidents it is told to.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::{
    collections::{BTreeMap, HashMap},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::Stream;
use http::{Request, Response, Uri, header};
use http_body::Frame;
use http_body_util::StreamBody;
use kube::client::Body;
use serde_json::{Value, json};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{Instant, sleep},
};
use tower::{BoxError, service_fn};

use super::{
    ask::Asker,
    script_state::{State, bookmark, data, hold, status},
};

/// How a request is answered instead of well.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// With this status, and Retry-After.
    Status(u16, Option<u64>),
    /// 410 with a place to go on.
    GoOn,
    /// With a page of HTML, and 200.
    Page,
    /// With JSON that is something else.
    OtherJson,
    /// Well, but late.
    Late(Duration),
    /// Well, but cut after so many bytes, as a body that just ends, or with an error.
    Cut(usize, bool),
    /// Headers and so many bytes, and then nothing any more.
    Stall(usize),
    /// The connection fails before the answer.
    Reset,
    /// A watch accepted and ended at once.
    HangUp,
    /// An ERROR event with this code in a 200 watch.
    Event(u16),
    /// These bytes in the watch, which then goes on well.
    Says(String),
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Came {
    pub(super) verb: &'static str,
    pub(super) at: Instant,
    pub(super) query: HashMap<String, String>,
}

impl Came {
    pub(super) fn version(&self) -> Option<&str> {
        self.query.get("resourceVersion").map(String::as_str)
    }
    /// `list`, `page` for a later page, `watch`, `stream` for a list by watch.
    pub(super) fn word(&self) -> &'static str {
        match self.verb {
            "list" if self.query.contains_key("continue") => "page",
            "watch" if self.query.contains_key("sendInitialEvents") => "stream",
            verb => verb,
        }
    }
}

pub(super) type Sender = UnboundedSender<Result<Frame<Bytes>, BoxError>>;

/// The server; clones are the same one.
#[derive(Clone, Default)]
pub(super) struct Script(Arc<Mutex<State>>);

struct Lines(UnboundedReceiver<Result<Frame<Bytes>, BoxError>>);

impl Stream for Lines {
    type Item = Result<Frame<Bytes>, BoxError>;
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx)
    }
}

type Answer = Response<StreamBody<Lines>>;

impl Script {
    pub(super) fn with(pods: usize) -> Self {
        let script = Self::default();
        for n in 0..pods {
            script.put(&format!("pod-{n:04}"));
        }
        script
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// A client of this server.
    pub(super) fn asker(&self) -> Asker {
        let script = self.clone();
        let service = service_fn(move |request: Request<Body>| {
            let script = script.clone();
            async move { script.answer(request.uri()).await }
        });
        Asker::new(
            kube::Client::new(service, "default"),
            Uri::from_static("https://scripted:6443"),
        )
    }

    /// A Pod is made, or changes; its node says with which version.
    pub(super) fn put(&self, name: &str) {
        let mut state = self.state();
        let version = state.version + 1;
        let kind = if state.objects.contains_key(name) {
            "MODIFIED"
        } else {
            "ADDED"
        };
        let uid = match state.objects.get(name) {
            Some(known) => known["metadata"]["uid"].clone(),
            None => json!(format!("00000000-0000-0000-0000-{version:012}")),
        };
        let padding = "x".repeat(state.padding);
        let object = json!({
            "kind": "Pod", "apiVersion": "v1",
            "metadata": {
                "name": name, "namespace": "shop-prod", "uid": uid, "resourceVersion": version.to_string(),
                "annotations": {"padding": padding},
            },
            "spec": {"nodeName": format!("v{version}"), "containers": [{"name": "app", "image": "app:1"}]},
            "status": {"phase": "Running"},
        });
        state.change(kind, name, object);
    }

    /// Any object, as it is.
    pub(super) fn put_as(&self, kind: &'static str, name: &str, mut object: Value) {
        let mut state = self.state();
        object["metadata"]["resourceVersion"] = json!((state.version + 1).to_string());
        state.change(kind, name, object);
    }

    pub(super) fn delete(&self, name: &str) {
        let mut state = self.state();
        let mut object = state.objects[name].clone();
        object["metadata"]["resourceVersion"] = json!((state.version + 1).to_string());
        state.change("DELETED", name, object);
    }

    /// The next request of this word meets with this.
    pub(super) fn fault(&self, word: &'static str, fault: Fault) {
        self.state().faults.push_back((word, fault));
    }

    /// How many accidents are still to happen.
    pub(super) fn faults(&self) -> usize {
        self.state().faults.len()
    }

    pub(super) fn no_streams(&self) {
        self.state().no_streams = true;
    }

    /// Bytes that each Pod from now on carries along.
    pub(super) fn padding(&self, bytes: usize) {
        self.state().padding = bytes;
    }

    /// Forgets all versions before now.
    pub(super) fn compact(&self) {
        let mut state = self.state();
        state.compacted = state.version;
        state.history.clear();
        state.pages.clear();
    }

    /// Says the version to all watches.
    pub(super) fn bookmark(&self) {
        let mut state = self.state();
        let text = bookmark(state.version, false);
        state.say(&text);
    }

    /// Raw bytes to all watches.
    pub(super) fn say(&self, text: &str) {
        self.state().say(text);
    }

    /// Ends all watches: well, or with an error.
    pub(super) fn cut(&self, with_error: bool) {
        for watch in std::mem::take(&mut self.state().watches) {
            if with_error {
                let _ = watch.send(Err("connection reset by peer".into()));
            }
        }
    }

    /// Watches whose other end is still there.
    pub(super) fn watches(&self) -> usize {
        let mut state = self.state();
        state.watches.retain(|watch| !watch.is_closed());
        state.watches.len()
    }

    /// Versions pass that others have made.
    pub(super) fn skip(&self, versions: u64) {
        self.state().version += versions;
    }

    /// What is held under this name.
    pub(super) fn object(&self, name: &str) -> Value {
        self.state().objects[name].clone()
    }

    pub(super) fn came(&self) -> Vec<Came> {
        self.state().came.clone()
    }

    pub(super) fn forget_came(&self) {
        self.state().came.clear();
    }

    /// Names, and the version at which each is.
    pub(super) fn rows(&self) -> BTreeMap<String, String> {
        let state = self.state();
        let row = |(name, object): (&String, &Value)| {
            let node = object["spec"]["nodeName"].as_str()?;
            Some((name.clone(), node.to_owned()))
        };
        state.objects.iter().filter_map(row).collect()
    }

    async fn answer(&self, uri: &Uri) -> Result<Answer, BoxError> {
        let query: HashMap<String, String> = uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let verb = if query.contains_key("watch") {
            "watch"
        } else {
            "list"
        };
        let came = Came {
            verb,
            at: Instant::now(),
            query,
        };
        let fault = {
            let mut state = self.state();
            state.came.push(came.clone());
            let word = came.word();
            let place = state.faults.iter().position(|(on, _)| *on == word);
            place
                .and_then(|place| state.faults.remove(place))
                .map(|(_, fault)| fault)
        };
        let head = Response::builder().header(header::CONTENT_TYPE, "application/json");
        let text = |code: u16, body: String| {
            let (tell, lines) = unbounded_channel();
            tell.send(data(body)).unwrap();
            let head = Response::builder()
                .status(code)
                .header(header::CONTENT_TYPE, "application/json");
            Ok(head.body(StreamBody::new(Lines(lines))).unwrap())
        };
        match &fault {
            Some(Fault::Status(code, wait)) => {
                let mut answer: Answer = text(*code, status(*code, None))?;
                if let Some(wait) = wait {
                    answer
                        .headers_mut()
                        .insert(header::RETRY_AFTER, (*wait).into());
                }
                return Ok(answer);
            }
            Some(Fault::GoOn) => {
                let token = self.state().go_on(&came.query["continue"]);
                return text(410, status(410, Some(&token)));
            }
            Some(Fault::Page) => {
                let mut answer: Answer = text(200, "<html><title>Sign in</title></html>".into())?;
                answer.headers_mut().insert(
                    header::CONTENT_TYPE,
                    header::HeaderValue::from_static("text/html; charset=utf-8"),
                );
                return Ok(answer);
            }
            Some(Fault::OtherJson) => return text(200, r#"{"message":"ok"}"#.into()),
            Some(Fault::Late(late)) => sleep(*late).await,
            Some(Fault::Reset) => return Err("connection reset by peer".into()),
            _ => {}
        }
        let (tell, lines) = unbounded_channel();
        let answer = {
            let mut state = self.state();
            if verb == "watch" {
                state.watch(&came, &tell, fault.as_ref())
            } else {
                state.list(&came.query).map(|body| {
                    let mut bytes = Bytes::from(body);
                    match &fault {
                        Some(Fault::Cut(size, false)) => bytes.truncate(*size),
                        Some(Fault::Cut(size, true)) => {
                            tell.send(data(bytes.slice(..*size))).unwrap();
                            tell.send(Err("connection reset by peer".into())).unwrap();
                        }
                        Some(Fault::Stall(size)) => {
                            bytes.truncate(*size);
                            hold(&tell);
                        }
                        _ => {}
                    }
                    // As it would come: in frames.
                    for at in (0..bytes.len()).step_by(16 * 1024) {
                        let end = bytes.len().min(at + 16 * 1024);
                        let _ = tell.send(data(bytes.slice(at..end)));
                    }
                })
            }
        };
        drop(tell);
        match answer {
            Ok(()) => Ok(head.body(StreamBody::new(Lines(lines))).unwrap()),
            Err(code) => text(code, status(code, None)),
        }
    }
}
