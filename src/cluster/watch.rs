//! One watch request as a task: from a resourceVersion, or with everything there is before it (a streaming list).

use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    ask::{Answer, Asker},
    problem::status_problem,
    split::{Broken, Shape, Splitter},
};
use crate::{
    kinds::Served,
    model::{
        Cause, Change, Problem,
        row::{Interner, Row},
    },
};

/// Changes that are handed on together.
pub(super) const BATCH: usize = 256;

/// Strings of one feed, shared by its list and its watch.
pub(super) type Names = Arc<Mutex<Interner>>;

/// What a watch tells the feed that opened it.
#[derive(Debug)]
pub(super) enum Said {
    /// The server has accepted it.
    Open,
    /// What changed, in order.
    Changes(Vec<Change>),
    /// Everything that was there has been sent.
    Listed,
    /// Up to date with this version; a watch can go on from here.
    Version(String),
    /// It is over: at its time, or because something failed.
    End(Result<(), Problem>),
}

/// Where a watch begins.
#[derive(Clone, Debug)]
pub(super) enum From {
    /// After this version.
    Version(String),
    /// With everything there is: as the server's cache has it, or not older than now.
    Everything { cached: bool },
}

/// A running watch; ends when dropped.
pub(super) struct Watch {
    task: JoinHandle<()>,
    said: mpsc::Receiver<Said>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Watch {
    pub(super) fn open(
        asker: Asker,
        served: &'static Served,
        namespace: Option<Arc<str>>,
        from: From,
        names: Names,
    ) -> Self {
        let (tell, said) = mpsc::channel(64);
        let task = tokio::spawn(async move {
            let end = run(&asker, served, namespace.as_deref(), from, &names, &tell).await;
            let _ = tell.send(Said::End(end)).await;
        });
        Self { task, said }
    }

    pub(super) async fn next(&mut self) -> Said {
        self.said.recv().await.unwrap_or(Said::End(Ok(())))
    }
}

/// The server ends a watch at a time between these two, seconds: spread, so that not all are opened again at once.
const LIFETIME: (u64, u64) = (240, 300);

async fn run(
    asker: &Asker,
    served: &'static Served,
    namespace: Option<&str>,
    from: From,
    names: &Names,
    tell: &mpsc::Sender<Said>,
) -> Result<(), Problem> {
    let lifetime = (LIFETIME.0 + fastrand(LIFETIME.1 - LIFETIME.0)).to_string();
    let mut query = vec![
        ("watch", "true"),
        ("allowWatchBookmarks", "true"),
        ("timeoutSeconds", lifetime.as_str()),
    ];
    if !served.fields.is_empty() {
        query.push(("fieldSelector", served.fields));
    }
    match &from {
        From::Version(version) => query.push(("resourceVersion", version)),
        From::Everything { cached } => {
            query.push(("sendInitialEvents", "true"));
            query.push(("resourceVersionMatch", "NotOlderThan"));
            if *cached {
                query.push(("resourceVersion", "0"));
            }
        }
    }
    let mut answer = asker.get("watch", served, namespace, None, &query).await?;
    let _ = tell.send(Said::Open).await;
    let mut splitter = Splitter::new(Shape::Stream);
    let mut version = None;
    while let Some(bytes) = answer.next().await? {
        let mut batch = Vec::new();
        let mut listed = false;
        let cut = splitter.push(&bytes, |json| {
            let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
            match event(json, served, namespace, &mut names)? {
                Meant::Change(change, at) => {
                    batch.extend(change);
                    version = Some(at);
                }
                Meant::Bookmark { at, end_of_list } => {
                    version = Some(at);
                    listed |= end_of_list;
                }
            }
            Ok(())
        });
        hand_on(batch, tell).await;
        if listed {
            let _ = tell.send(Said::Listed).await;
        }
        if let Some(version) = version.take() {
            let _ = tell.send(Said::Version(version)).await;
        }
        cut.map_err(|Stop(problem)| problem)?;
    }
    if splitter.at_rest() {
        Ok(())
    } else {
        Err(Problem::new(
            Cause::Unreachable,
            format!("The watch over {} was cut off", served.plural),
        ))
    }
}

async fn hand_on(mut batch: Vec<Change>, tell: &mpsc::Sender<Said>) {
    while batch.len() > BATCH {
        let rest = batch.split_off(BATCH);
        let _ = tell
            .send(Said::Changes(std::mem::replace(&mut batch, rest)))
            .await;
    }
    if !batch.is_empty() {
        let _ = tell.send(Said::Changes(batch)).await;
    }
}

/// Ends the reading of a body.
pub(super) struct Stop(pub(super) Problem);

impl std::convert::From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        Self(Problem::new(
            Cause::Garbled,
            format!("The server's answer is not what the API promises: {broken}"),
        ))
    }
}

enum Meant {
    Change(Option<Change>, String),
    Bookmark { at: String, end_of_list: bool },
}

#[derive(Deserialize)]
struct WatchEvent<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(borrow)]
    object: &'a RawValue,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Versioned {
    metadata: VersionedMeta,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct VersionedMeta {
    resource_version: String,
    annotations: std::collections::BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct VersionOnly<'a> {
    #[serde(borrow)]
    metadata: VersionOnlyMeta<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct VersionOnlyMeta<'a> {
    #[serde(borrow)]
    resource_version: std::borrow::Cow<'a, str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Code {
    code: u16,
}

fn event(
    json: &[u8],
    served: &'static Served,
    namespace: Option<&str>,
    names: &mut Interner,
) -> Result<Meant, Stop> {
    let garbled = |error: serde_json::Error| {
        Stop(Problem::new(
            Cause::Garbled,
            format!("A change of {} can not be read: {error}", served.plural),
        ))
    };
    let event: WatchEvent = serde_json::from_slice(json).map_err(garbled)?;
    let object = event.object.get().as_bytes();
    match event.kind {
        "ADDED" | "MODIFIED" | "DELETED" => {
            let row = decoded(object, served, names);
            let at: VersionOnly = serde_json::from_slice(object).map_err(garbled)?;
            let gone = event.kind == "DELETED";
            let change = row.and_then(|row| {
                if gone {
                    row.uid().map(Change::Gone)
                } else {
                    Some(Change::Put(row))
                }
            });
            Ok(Meant::Change(
                change,
                at.metadata.resource_version.into_owned(),
            ))
        }
        "BOOKMARK" => {
            let Versioned { metadata } = serde_json::from_slice(object).map_err(garbled)?;
            let end = metadata
                .annotations
                .get("k8s.io/initial-events-end")
                .is_some_and(|value| value == "true");
            Ok(Meant::Bookmark {
                at: metadata.resource_version,
                end_of_list: end,
            })
        }
        "ERROR" => {
            let Code { code } = serde_json::from_slice(object).unwrap_or_default();
            let status =
                http::StatusCode::from_u16(code).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
            let headers = http::HeaderMap::new();
            Err(Stop(status_problem(
                "watch",
                served.plural,
                namespace,
                status,
                object,
                &headers,
            )))
        }
        other => {
            tracing::debug!(kind = other, "an event of a kind that we do not know");
            Err(Stop(Problem::new(
                Cause::Garbled,
                "The server sent an event of a kind that we do not know",
            )))
        }
    }
}

/// One object; an odd one is left out, and must not cost the others.
pub(super) fn decoded(json: &[u8], served: &'static Served, names: &mut Interner) -> Option<Row> {
    served.row(json, names).unwrap_or_else(|error| {
        tracing::warn!(kind = served.plural, %error, "an object can not be read and is left out");
        None
    })
}

/// A number below `bound`, different each time; nothing depends on how.
pub(super) fn fastrand(bound: u64) -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(std::thread::current().id()) % bound.max(1)
}

/// Reads all bytes of a list's page, object by object.
pub(super) async fn read_list(
    answer: &mut Answer,
    mut each: impl FnMut(&[u8]),
) -> Result<Vec<u8>, Problem> {
    let mut splitter = Splitter::new(Shape::List);
    while let Some(bytes) = answer.next().await? {
        let cut = splitter.push(&bytes, |json| {
            each(json);
            Ok(())
        });
        cut.map_err(|Stop(problem)| problem)?;
    }
    if splitter.at_rest() && !splitter.head().is_empty() {
        Ok(splitter.head().to_vec())
    } else {
        Err(Problem::new(Cause::Unreachable, "A list was cut off"))
    }
}
