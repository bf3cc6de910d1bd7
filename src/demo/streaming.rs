//! What goes on after the answer's head: a log that is followed, a command that runs, a port that is forwarded.

use std::{io, time::Duration};

use bytes::Bytes;
use futures::{
    StreamExt as _,
    stream::{self, Stream},
};
use http::{Request, request::Parts};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};

use super::{
    http::{self as answers, Answer},
    logs, mounts, object,
    refusal::{Fault, Refusal},
    request::Call,
    resource::{PODS, Resource},
    serve::Demo,
    state::State,
    streams::{self, Command, EXEC, FORWARD, Facts},
};

/// How often one who follows looks for more.
const LOOK: Duration = Duration::from_millis(250);
/// Lines of a container are made for this long into its past at most, in milliseconds: what a kubelet keeps after
/// rotation is bounded too.
const KEPT: i64 = 7 * 24 * 60 * 60 * 1_000;

/// A container of a Pod, found and named.
struct Found {
    pod: Value,
    container: String,
}

fn pod(state: &State, call: &Call) -> Result<Value, Refusal> {
    state
        .get(&PODS, &call.namespace, &call.name)
        .ok_or_else(|| Refusal::not_found(&PODS, &call.name))
}

/// The container that is meant: the one named, or the only one
/// (`pkg/registry/core/pod/strategy.go`, `validateContainer`).
fn find(state: &State, call: &Call) -> Result<Found, Refusal> {
    let pod = pod(state, call)?;
    let names = |field: &str| -> Vec<String> {
        object::items(&pod, &format!("/spec/{field}"))
            .iter()
            .map(|container| object::text(container, "/name").to_owned())
            .collect()
    };
    let (own, initial) = (names("containers"), names("initContainers"));
    let container = match (call.query.get("container"), own.as_slice()) {
        (Some(name), _) if own.iter().chain(&initial).any(|known| known == name) => name.to_owned(),
        (Some(name), _) => {
            return Err(Refusal::bad_request(format!(
                "container {name} is not valid for pod {}",
                call.name
            )));
        }
        (None, [only]) => only.clone(),
        (None, _) => {
            let all: Vec<&str> = initial.iter().chain(&own).map(String::as_str).collect();
            let what = format!(
                "a container name must be specified for pod {}, choose one of: [{}]",
                call.name,
                all.join(" ")
            );
            return Err(Refusal::bad_request(what));
        }
    };
    Ok(Found { pod, container })
}

/// The status of a container, whichever kind it is.
fn status<'a>(pod: &'a Value, container: &str) -> Option<&'a Value> {
    ["/status/containerStatuses", "/status/initContainerStatuses"]
        .iter()
        .flat_map(|pointer| object::items(pod, pointer))
        .find(|status| status["name"] == *container)
}

/// Which lines are wanted.
#[derive(Clone)]
struct Wanted {
    from: i64,
    tail: Option<usize>,
    bytes: Option<usize>,
    stamped: bool,
    previous: bool,
    follow: bool,
}

impl Wanted {
    fn of(call: &Call, now: i64) -> Result<Self, Refusal> {
        let query = &call.query;
        let (seconds, time) = (query.number("sinceSeconds")?, query.get("sinceTime"));
        let mut faults = Vec::new();
        let counts = ["tailLines", "limitBytes"];
        for (name, least) in counts.map(|name| (name, i64::from(name == "limitBytes"))) {
            if let Some(number) = query.number(name)?.filter(|number| *number < least) {
                let why = match least {
                    0 => "must be greater than or equal to 0",
                    _ => "must be greater than 0",
                };
                faults.push(Fault::invalid(name, &json!(number), why));
            }
        }
        match (seconds, time) {
            (Some(_), Some(_)) => {
                let why = "at most one of `sinceTime` or `sinceSeconds` may be specified";
                faults.push(Fault::forbidden("[]", why));
            }
            (Some(seconds), None) if seconds < 1 => {
                let why = "must be greater than 0";
                faults.push(Fault::invalid("sinceSeconds", &json!(seconds), why));
            }
            _ => {}
        }
        if !faults.is_empty() {
            let options = Resource {
                kind: "PodLogOptions",
                ..PODS
            };
            return Err(Refusal::invalid(&options, &call.name, &faults));
        }
        let since =
            match time {
                Some(text) => Some(object::millis(text).ok_or_else(|| {
                    Refusal::bad_request(format!("parsing time \"{text}\" failed"))
                })?),
                None => seconds.map(|seconds| now - seconds * 1_000),
            };
        let count = |name: &str| -> Result<Option<usize>, Refusal> {
            Ok(query.number(name)?.map(|number| number as usize))
        };
        Ok(Self {
            from: since.unwrap_or(now - KEPT).max(now - KEPT),
            tail: count("tailLines")?,
            bytes: count("limitBytes")?,
            stamped: query.says("timestamps"),
            previous: query.says("previous"),
            follow: query.says("follow"),
        })
    }

    /// All that is written from this moment on.
    fn all(now: i64) -> Self {
        Self {
            from: now,
            tail: None,
            bytes: None,
            stamped: false,
            previous: false,
            follow: true,
        }
    }

    fn text(&self, (at, line): &(i64, String)) -> String {
        if self.stamped {
            format!("{} {line}\n", stamp(*at))
        } else {
            format!("{line}\n")
        }
    }
}

/// RFC 3339 with nanoseconds, as the kubelet writes it.
fn stamp(at: i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    format!("{moment:.9}")
}

/// A container's log.
pub(super) fn log(demo: &Demo, call: &Call) -> Result<Answer, Refusal> {
    let seed = demo.options().seed;
    let (found, wanted, now) = demo.with(|state| {
        let found = find(state, call)?;
        Ok::<_, Refusal>((found, Wanted::of(call, state.now())?, state.now()))
    })?;
    check(&found, wanted.previous, call)?;
    let lines = match wanted.tail {
        Some(count) => logs::Stream::of(&found.pod, &found.container, wanted.previous, seed)
            .map_or_else(Vec::new, |stream| stream.tail(count, now))
            .into_iter()
            .filter(|(at, _)| *at >= wanted.from)
            .collect(),
        None => logs::lines(
            &found.pod,
            &found.container,
            wanted.previous,
            seed,
            wanted.from,
            now,
        ),
    };
    let mut text: String = lines.iter().map(|line| wanted.text(line)).collect();
    if let Some(bytes) = wanted.bytes {
        let end = (0..=bytes.min(text.len()))
            .rev()
            .find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or(0));
    }
    let kind = "text/plain";
    if !wanted.follow || wanted.previous || wanted.bytes.is_some() {
        return Ok(answers::answer(200, kind, answers::whole(text)));
    }
    let more = follow(demo.clone(), call.clone(), found, wanted, now);
    let first = stream::once(std::future::ready(Ok(Bytes::from(text))));
    Ok(answers::answer(
        200,
        kind,
        answers::stream(first.chain(more)),
    ))
}

/// Whether there is a log at all (`pkg/kubelet/kubelet_pods.go`, `validateContainerLogStatus`).
fn check(found: &Found, previous: bool, call: &Call) -> Result<(), Refusal> {
    let (pod, container) = (&call.name, &found.container);
    let status = status(&found.pod, container);
    let state = status.map_or(&Value::Null, |status| &status["state"]);
    let ended_before = status.is_some_and(|status| status["lastState"]["terminated"].is_object());
    if previous {
        return if ended_before {
            Ok(())
        } else {
            Err(Refusal::bad_request(format!(
                "previous terminated container \"{container}\" in pod \"{pod}\" not found"
            )))
        };
    }
    if state["waiting"].is_object() && !ended_before {
        let reason = object::text(state, "/waiting/reason");
        let what = if reason == "ImagePullBackOff" || reason == "ErrImagePull" {
            "trying and failing to pull image".to_owned()
        } else {
            format!("waiting to start: {reason}")
        };
        return Err(Refusal::bad_request(format!(
            "container \"{container}\" in pod \"{pod}\" is {what}"
        )));
    }
    if status.is_none() {
        return Err(Refusal::bad_request(format!(
            "container \"{container}\" in pod \"{pod}\" is not available"
        )));
    }
    Ok(())
}

/// Lines as they are written, until the container ends.
fn follow(
    demo: Demo,
    call: Call,
    found: Found,
    wanted: Wanted,
    from: i64,
) -> impl Stream<Item = Result<Bytes, io::Error>> + Send {
    let seed = demo.options().seed;
    let started = restarts(&found.pod, &found.container);
    let first = (demo, call, found.container, from, false);
    stream::unfold(first, move |(demo, call, container, from, ended)| {
        let wanted = wanted.clone();
        async move {
            if ended {
                return None;
            }
            let mut from = from;
            loop {
                tokio::time::sleep(LOOK).await;
                let looked = demo.with(|state| {
                    let pod = pod(state, &call).ok()?;
                    let same = restarts(&pod, &container) == started;
                    let runs = status(&pod, &container)
                        .is_some_and(|status| status["state"]["running"].is_object());
                    Some((pod, same && runs, same, state.now()))
                });
                let (pod, goes_on, same, now) = looked?;
                let lines = logs::lines(&pod, &container, !same, seed, from, now);
                let text: String = lines.iter().map(|line| wanted.text(line)).collect();
                from = now;
                if !text.is_empty() || !goes_on {
                    let next = (demo, call, container, from, !goes_on);
                    return Some((Ok(Bytes::from(text)), next));
                }
            }
        }
    })
}

fn restarts(pod: &Value, container: &str) -> i64 {
    status(pod, container)
        .and_then(|status| object::number(status, "/restartCount"))
        .unwrap_or(0)
}

/// Resolves when a container that runs does no longer, with the reason.
async fn ended(demo: Demo, call: Call, container: String, started: i64) -> String {
    loop {
        tokio::time::sleep(LOOK).await;
        let reason = demo.with(|state| {
            let Ok(pod) = pod(state, &call) else {
                return Some("the pod is gone".to_owned());
            };
            let runs = status(&pod, &container)
                .is_some_and(|status| status["state"]["running"].is_object());
            if !runs || restarts(&pod, &container) != started {
                return Some("the container ended".to_owned());
            }
            None
        });
        if let Some(reason) = reason {
            return reason;
        }
    }
}

/// Takes over the connection: a command that runs, what the container says, or its ports.
pub(super) fn stream(demo: &Demo, head: &mut Parts, call: &Call) -> Result<Answer, Refusal> {
    let query = head.uri.query().unwrap_or_default().to_owned();
    let forwards = call.below == "portforward";
    let known = if forwards { &FORWARD } else { &EXEC };
    let (found, facts) = demo.with(|state| {
        let found = if forwards {
            Found {
                pod: pod(state, call)?,
                container: String::new(),
            }
        } else {
            find(state, call)?
        };
        let (pod, files) = mounts::seen(state, &found.pod, &found.container);
        let facts = Facts::of(&pod, &found.container, files);
        Ok::<_, Refusal>((found, facts))
    })?;
    let phase = object::text(&found.pod, "/status/phase");
    if matches!(phase, "Succeeded" | "Failed") {
        return Err(Refusal::new(
            500,
            "InternalError",
            format!(
                "Internal error occurred: error executing command in container: cannot exec into a container in a completed pod; current phase is {phase}"
            ),
        ));
    }
    let runs = |status: &&Value| status["state"]["running"].is_object();
    if !forwards
        && status(&found.pod, &found.container)
            .as_ref()
            .is_none_or(|x| !runs(x))
    {
        let why = format!("container not found (\"{}\")", found.container);
        return Err(Refusal::new(
            500,
            "InternalError",
            format!("Internal error occurred: unable to upgrade connection: {why}"),
        ));
    }
    let command = Command::of(&query);
    if call.below == "exec" && command.argv.is_empty() {
        return Err(Refusal::bad_request(
            "you must specify at least one command for the container",
        ));
    }
    let handshake = streams::handshake(&head.headers, known)?;
    let ports = if forwards {
        streams::ports(&query, &handshake)?
    } else {
        Vec::new()
    };
    let mut answer = answers::answer(101, "", answers::whole(""));
    *answer.headers_mut() = handshake.headers.clone();
    let upgrading = hyper::upgrade::on(Request::from_parts(head.clone(), ()));
    let started = restarts(&found.pod, &found.container);
    let (demo, call) = (demo.clone(), call.clone());
    tokio::spawn(async move {
        let Ok(upgraded) = upgrading.await else {
            return;
        };
        let io = TokioIo::new(upgraded);
        let over = ended(demo.clone(), call.clone(), found.container.clone(), started);
        match call.below.as_str() {
            "exec" => {
                let program = demo.options().program.clone();
                streams::exec(io, handshake, command, facts, over, &program).await;
            }
            "attach" => {
                let now = demo.with(|state| state.now());
                let lines = follow(demo, call, found, Wanted::all(now), now);
                let lines = lines.filter_map(|line| std::future::ready(line.ok()));
                streams::attach(io, handshake, command, lines, over).await;
            }
            _ => streams::forward(io, handshake, ports, facts, over).await,
        }
    });
    Ok(answer)
}
