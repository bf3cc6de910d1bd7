//! Accidents on demand: how a request is answered instead of well. For tests, and for whoever wants to see what a client
//! makes of them (`barkeep demo --fault`).

mod rules;

use std::{io, time::Duration};

use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use http_body_util::BodyExt as _;
use serde_json::json;
use tokio::time::sleep;

use super::{
    dice,
    http::{self, Answer, Body},
    refusal::Refusal,
    request::{Call, Verb},
};

/// One accident.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// A refusal with this status, and Retry-After in seconds.
    Status(u16, Option<u64>),
    /// 410 of a page of a list, with a place to go on.
    GoOn,
    /// A page of HTML with 200, as a proxy's login gives it.
    Page,
    /// JSON that is something else.
    OtherJson,
    /// The answer comes late.
    Late(Duration),
    /// The body comes slowly: bytes a second.
    Slow(u64),
    /// The body is cut after so many bytes: it just ends, or the connection breaks in the middle of a chunk (true).
    Cut(usize, bool),
    /// Headers and so many bytes, and then nothing any more.
    Stall(usize),
    /// The connection fails before the answer.
    Reset,
    /// A watch is accepted and ended at once.
    HangUp,
    /// An ERROR event with this code in a watch that was accepted.
    Event(u16),
    /// These bytes in a watch after what was due, which then goes on well.
    Says(String),
    /// Every line of a watch comes twice.
    Twice,
    /// Lines of a watch come in another order: each pair turned round.
    Shuffled,
    /// The first object of the body has this many bytes more.
    Huge(usize),
}

/// To whom it happens, and how often.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// `list`, `page` (of a list, not the first), `watch`, `stream` (a list by watch), `get`, `create`…; empty for all.
    pub word: String,
    /// The resource's plural; empty for all.
    pub plural: String,
    /// What happens.
    pub fault: Fault,
    /// How many more times; None without end.
    pub times: Option<u32>,
    /// With which probability, from 0 to 1.
    pub share: f64,
}

/// All accidents that are to happen.
#[derive(Debug, Default)]
pub struct Faults {
    rules: Vec<Rule>,
    thrown: u64,
    seed: u64,
}

/// What a request is called here.
pub fn word(call: &Call) -> &'static str {
    match call.verb {
        Verb::List if call.query.get("continue").is_some() => "page",
        Verb::Watch if call.query.says("sendInitialEvents") => "stream",
        verb => verb.word(),
    }
}

impl Faults {
    /// With these rules, by this seed's chance.
    pub fn new(rules: Vec<Rule>, seed: u64) -> Self {
        Self {
            rules,
            thrown: 0,
            seed,
        }
    }

    /// One more.
    pub fn add(&mut self, rule: Rule) {
        self.rules.push(rule);
    }

    /// How many are still to happen a certain number of times.
    pub fn waiting(&self) -> usize {
        self.rules
            .iter()
            .filter(|rule| rule.times.is_some())
            .count()
    }

    /// What happens to this request: the first rule for it.
    pub fn meet(&mut self, word: &str, plural: &str) -> Option<Fault> {
        self.thrown += 1;
        let chance = dice::share(self.seed, ("fault", self.thrown));
        let at = self.rules.iter().position(|rule| {
            (rule.word.is_empty() || rule.word == word)
                && (rule.plural.is_empty() || rule.plural == plural)
                && chance < rule.share
        })?;
        let rule = &mut self.rules[at];
        let fault = rule.fault.clone();
        if let Some(times) = &mut rule.times {
            *times -= 1;
            if *times == 0 {
                self.rules.remove(at);
            }
        }
        Some(fault)
    }
}

/// How a connection that breaks is said.
pub fn broken() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// The answer that takes the place of a good one, for the accidents that need no good one.
pub fn instead(fault: &Fault) -> Option<Result<Answer, io::Error>> {
    Some(match fault {
        Fault::Status(code, wait) => Ok(http::refusal(&refusal(*code, *wait))),
        Fault::Page => Ok(http::answer(
            200,
            "text/html; charset=utf-8",
            http::whole("<html><head><title>Sign in</title></head><body></body></html>"),
        )),
        Fault::OtherJson => Ok(http::object(200, &json!({"message": "ok"}))),
        Fault::Reset => Err(broken()),
        Fault::HangUp => Ok(http::answer(200, "application/json", http::whole(""))),
        Fault::Event(code) => {
            let line = json!({"type": "ERROR", "object": refusal(*code, None).status()});
            let body = http::whole(format!("{line}\n"));
            Ok(http::answer(200, "application/json", body))
        }
        _ => return None,
    })
}

/// A refusal with this status and a server's usual words.
fn refusal(code: u16, wait: Option<u64>) -> Refusal {
    let (reason, message) = match code {
        400 => (
            "BadRequest",
            "the server rejected our request for an unknown reason",
        ),
        401 => ("Unauthorized", "Unauthorized"),
        403 => ("Forbidden", "forbidden: an accident was ordered"),
        404 => (
            "NotFound",
            "the server could not find the requested resource",
        ),
        409 => (
            "Conflict",
            "the object has been modified; please apply your changes to the latest version and try again",
        ),
        410 => (
            "Expired",
            "The resourceVersion for the provided list is too old.",
        ),
        429 => (
            "TooManyRequests",
            "the server has received too many requests and has asked us to try again later",
        ),
        503 => (
            "ServiceUnavailable",
            "the server is currently unable to handle the request",
        ),
        504 => (
            "Timeout",
            "the server was unable to return a response in the time allotted",
        ),
        _ => (
            "InternalError",
            "Internal error occurred: an accident was ordered",
        ),
    };
    let mut refusal = Refusal::new(code, reason, message);
    if let Some(wait) = wait {
        refusal.details = json!({"retryAfterSeconds": wait});
    }
    refusal
}

/// A good answer, spoilt.
pub fn spoil(answer: Answer, fault: &Fault) -> Answer {
    let (head, body) = answer.into_parts();
    let body = match fault.clone() {
        Fault::Slow(rate) => slow(body, rate),
        Fault::Cut(size, breaks) => cut(body, size, breaks),
        Fault::Stall(size) => stall(body, size),
        Fault::Says(text) => http::stream(after_first(body, text)),
        Fault::Twice => http::stream(frames(body).map(|frame| {
            let frame = frame?;
            Ok(Bytes::from([&*frame, &*frame].concat()))
        })),
        Fault::Shuffled => http::stream(frames(body).ready_chunks(2).flat_map(|mut pair| {
            pair.reverse();
            stream::iter(pair)
        })),
        Fault::Huge(size) => http::stream(huge(body, size)),
        _ => body,
    };
    Answer::from_parts(head, body)
}

type Frames = std::pin::Pin<Box<dyn Stream<Item = Result<Bytes, io::Error>> + Send>>;

fn frames(body: Body) -> Frames {
    Box::pin(body.into_data_stream())
}

/// In pieces of a twentieth of a second.
fn slow(body: Body, rate: u64) -> Body {
    let piece = (rate / 20).max(1) as usize;
    let pieces = frames(body).flat_map(move |frame| {
        let pieces: Vec<Result<Bytes, io::Error>> = match frame {
            Ok(bytes) => bytes
                .chunks(piece)
                .map(|chunk| Ok(bytes.slice_ref(chunk)))
                .collect(),
            Err(error) => vec![Err(error)],
        };
        stream::iter(pieces)
    });
    http::stream(pieces.then(|piece| async {
        sleep(Duration::from_millis(50)).await;
        piece
    }))
}

/// The first bytes of it. A body that was whole comes in pieces from here on, as it would over a network.
fn first(body: Body, size: usize) -> impl Stream<Item = Result<Bytes, io::Error>> + Send {
    frames(body).scan(size, |left, frame| {
        let part = match frame {
            _ if *left == 0 => None,
            Ok(bytes) => {
                let bytes = bytes.slice(..bytes.len().min(*left));
                *left -= bytes.len();
                Some(Ok(bytes))
            }
            error => Some(error),
        };
        std::future::ready(part)
    })
}

fn cut(body: Body, size: usize, breaks: bool) -> Body {
    let end = breaks.then(|| Err(broken()));
    http::stream(first(body, size).chain(stream::iter(end)))
}

fn stall(body: Body, size: usize) -> Body {
    if size == 0 {
        return http::stream(stream::pending());
    }
    http::stream(first(body, size).chain(stream::pending()))
}

/// What is said comes after the first frame, or alone where nothing is due.
fn after_first(body: Body, text: String) -> Frames {
    Box::pin(stream::once(std::future::ready(Ok(Bytes::from(text)))).chain(frames(body)))
}

/// Every object may have a `selfLink`; the first gets a long one.
fn huge(body: Body, size: usize) -> impl Stream<Item = Result<Bytes, io::Error>> + Send {
    const HEAD: &[u8] = b"\"metadata\":{\"";
    let mut done = false;
    frames(body).map(move |frame| {
        let bytes = frame?;
        // A list's own metadata comes first, and its items' after.
        let places: Vec<usize> = memchr::memmem::find_iter(&bytes, HEAD).collect();
        let is_list = bytes.starts_with(b"{\"kind\":\"")
            && memchr::memmem::find(&bytes, b"\"items\":[").is_some();
        let Some(at) = places.get(usize::from(is_list)).filter(|_| !done) else {
            return Ok(bytes);
        };
        done = true;
        let split = at + HEAD.len() - 1;
        let mut grown = Vec::with_capacity(bytes.len() + size + 16);
        grown.extend_from_slice(&bytes[..split]);
        grown.extend_from_slice(b"\"selfLink\":\"");
        grown.resize(grown.len() + size, b'x');
        grown.extend_from_slice(b"\",");
        grown.extend_from_slice(&bytes[split..]);
        Ok(Bytes::from(grown))
    })
}

/// The place where a list whose version is gone can go on, as one more `Status`.
pub fn go_on(call: &Call) -> Refusal {
    let mut refusal = refusal(410, None);
    let token = call.query.get("continue").unwrap_or_default();
    refusal.go_on = super::read::without_version(token);
    refusal
}

impl Rule {
    /// Once, to the next request of this word.
    pub fn once(word: &str, fault: Fault) -> Self {
        Self {
            word: word.to_owned(),
            plural: String::new(),
            fault,
            times: Some(1),
            share: 1.0,
        }
    }
}
