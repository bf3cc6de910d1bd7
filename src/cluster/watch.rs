//! One watch request as a task: from a resourceVersion, or with everything there is before it (a streaming list).

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    ask::{Answer, Asker},
    change::{Meant, Stop, event},
    order::Order,
    split::{Shape, Splitter},
    wait::below,
};
use crate::model::{Cause, Change, Problem, Source, row::Interner};

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
    /// It is over: at its time, for having fallen silent, or because something failed.
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
    pub(super) fn open(asker: Asker, source: Source, from: From, names: Names) -> Self {
        let (tell, said) = mpsc::channel(64);
        let task = tokio::spawn(async move {
            let end = run(&asker, &source, from, &names, &tell).await;
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
    source: &Source,
    from: From,
    names: &Names,
    tell: &mpsc::Sender<Said>,
) -> Result<(), Problem> {
    let (served, namespace, fields) = (
        source.served(),
        source.namespace.as_deref(),
        source.fields(),
    );
    let lifetime = (LIFETIME.0 + below(LIFETIME.1 - LIFETIME.0)).to_string();
    let mut query = vec![
        ("watch", "true"),
        ("allowWatchBookmarks", "true"),
        ("timeoutSeconds", lifetime.as_str()),
    ];
    if !fields.is_empty() {
        query.push(("fieldSelector", &fields));
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
    let mut answer = asker.get("watch", &served, namespace, None, &query).await?;
    let _ = tell.send(Said::Open).await;
    let mut splitter = Splitter::new(Shape::Stream);
    let mut order = Order::default();
    let mut version = None;
    while let Some(bytes) = answer.next().await? {
        let mut batch = Vec::new();
        let mut listed = false;
        let cut = splitter.push(&bytes, |json| {
            let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
            match event(json, &served, namespace, &mut names)? {
                Meant::Change(headings, change, at) => {
                    batch.extend(headings.map(|headings| Change::Put(*headings)));
                    let uid = change.as_ref().and_then(Change::uid);
                    if uid.is_none_or(|uid| order.is_news(uid, &at)) {
                        batch.extend(change);
                    }
                    version = Some(order.reached(at));
                }
                Meant::Bookmark(at, end_of_list) => {
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

/// Reads all bytes of a list's page, object by object.
pub(super) async fn read_list(
    answer: &mut Answer,
    shape: Shape,
    mut each: impl FnMut(&[u8]),
) -> Result<Vec<u8>, Problem> {
    let mut splitter = Splitter::new(shape);
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
