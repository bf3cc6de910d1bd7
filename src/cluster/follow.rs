//! A feed: everything of one kind, and then every change, for as long as anyone wants it.
//!
//! ```text
//!          ┌ few: one streaming list ──────────────────────────────┐
//!  Begin ──┤                                                       ├─ Synced ─ Live ─ changes … ─┐
//!          └ many: page of 100, then the watch opens at its version│                             │ ended: open again
//!                  while pages of 500 follow; changes wait for them┘                             │ failed: Stale, wait,
//!            ▲                                                                                   │   open again
//!            └────────────────────────────── 410 Gone, garbage ──────────────────────────────────┘
//! ```
//!
//! What is held stays on screen through all of this; the next `Synced` sweeps what is no longer there.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use rustc_hash::FxBuildHasher;
use serde::Deserialize;
use tokio::{sync::mpsc, time::sleep};

use super::{
    ask::Asker,
    watch::{BATCH, From, Names, Said, Watch, decoded, fastrand, read_list},
};
use crate::{
    kinds::Served,
    model::{Cause, Change, FeedState, News, Problem, Source, Uid, What},
};

/// Where a feed's news go.
pub type Outbox = mpsc::Sender<(Source, News)>;

/// The first page, to have something to show at once; and those after it.
const PAGES: (&str, &str) = ("100", "500");
/// Usage is measured this often by metrics-server (`--metric-resolution`, default 15 s).
const USAGE_EVERY: Duration = Duration::from_secs(15);
/// What is forbidden or not there is asked for again this often: roles are granted while we look.
const REFUSED_EVERY: Duration = Duration::from_secs(30);
/// A single object that can not be watched is read this often.
const OBJECT_EVERY: Duration = Duration::from_secs(60);
/// A streaming list that goes silent before it is complete: the server does not know `sendInitialEvents`.
const STREAM_SILENCE: Duration = Duration::from_secs(10);

/// Runs until the task that holds it is dropped.
pub async fn follow(asker: Asker, source: Source, out: Outbox) {
    let served = source.what.served();
    let feed = Feed {
        asker,
        served,
        source,
        out,
        names: Names::default(),
        version: None,
        listed: false,
        wait: Wait::new(),
    };
    match feed.source.what {
        What::Usage => feed.poll(USAGE_EVERY).await,
        What::Namespaces if feed.source.namespace.is_some() => feed.poll(OBJECT_EVERY).await,
        _ => feed.keep_up().await,
    }
}

struct Feed {
    asker: Asker,
    served: &'static Served,
    source: Source,
    out: Outbox,
    names: Names,
    /// Where a watch can go on.
    version: Option<String>,
    /// A list has been complete once, so a server's cache may be older than what we know.
    listed: bool,
    wait: Wait,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Head {
    metadata: ListMeta,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ListMeta {
    resource_version: String,
    #[serde(rename = "continue")]
    next: String,
    remaining_item_count: Option<usize>,
}

impl Feed {
    async fn keep_up(mut self) {
        loop {
            let ended = match self.version.clone() {
                Some(version) => self.watch(From::Version(version)).await,
                None if self.served.few && self.asker.streams() => {
                    self.watch(From::Everything {
                        cached: !self.listed,
                    })
                    .await
                }
                None => self.pages().await,
            };
            if let Err(problem) = ended {
                self.failed(problem).await;
            }
        }
    }

    /// Says what is wrong and waits before the next try.
    async fn failed(&mut self, problem: Problem) {
        tracing::info!(kind = self.served.plural, namespace = self.source.namespace.as_deref(), %problem, "feed failed");
        let wait = match problem.cause {
            Cause::Gone => {
                self.version = None;
                Duration::from_millis(fastrand(200))
            }
            // Not known to this server: 422 since 1.27, 400 before.
            Cause::Refused if self.version.is_none() && self.served.few && self.asker.streams() => {
                self.asker.never_streams();
                return;
            }
            Cause::Forbidden | Cause::NotFound | Cause::Refused => {
                self.version = None;
                self.tell(News::State(FeedState::Refused(problem))).await;
                REFUSED_EVERY + Duration::from_millis(fastrand(5_000))
            }
            Cause::Busy(Some(wait)) => {
                self.tell(News::State(FeedState::Stale(problem))).await;
                wait.max(self.wait.next())
            }
            Cause::Garbled => {
                self.version = None;
                self.tell(News::State(FeedState::Stale(problem))).await;
                self.wait.next()
            }
            _ => {
                self.tell(News::State(FeedState::Stale(problem))).await;
                self.wait.next()
            }
        };
        sleep(wait).await;
    }

    async fn tell(&self, news: News) {
        // The loop is gone: so are we, soon.
        let _ = self.out.send((self.source.clone(), news)).await;
    }

    fn open(&self, from: From) -> Watch {
        let namespace = self.source.namespace.clone();
        Watch::open(
            self.asker.clone(),
            self.served,
            namespace,
            from,
            self.names.clone(),
        )
    }

    /// Follows one watch to its end.
    async fn watch(&mut self, from: From) -> Result<(), Problem> {
        let streaming = matches!(from, From::Everything { .. });
        let watch = self.open(from);
        self.attend(watch, streaming, false).await
    }

    async fn attend(&mut self, mut watch: Watch, listing: bool, open: bool) -> Result<(), Problem> {
        let began = Instant::now();
        let mut pending = listing;
        let mut heard = open;
        if listing {
            self.tell(News::Begin).await;
        } else if open {
            self.tell(News::State(FeedState::Live)).await;
        }
        loop {
            let said = if pending {
                let Ok(said) = tokio::time::timeout(STREAM_SILENCE, watch.next()).await else {
                    self.asker.never_streams();
                    return Ok(());
                };
                said
            } else {
                watch.next().await
            };
            match said {
                Said::Open => {
                    heard = true;
                    if !pending {
                        self.tell(News::State(FeedState::Live)).await;
                    }
                }
                Said::Changes(changes) => {
                    self.wait.reset();
                    self.tell(News::Changes(changes)).await;
                }
                Said::Listed => {
                    pending = false;
                    self.listed = true;
                    self.wait.reset();
                    self.tell(News::Synced).await;
                    self.tell(News::State(FeedState::Live)).await;
                }
                Said::Version(version) => {
                    if !pending {
                        self.version = Some(version);
                    }
                }
                Said::End(Ok(())) => {
                    // A server that accepts and hangs up at once must not be asked in a tight loop.
                    if began.elapsed() < Duration::from_secs(1) {
                        sleep(self.wait.next()).await;
                    }
                    return Ok(());
                }
                Said::End(Err(problem)) => {
                    if heard && began.elapsed() > Duration::from_secs(10) {
                        self.wait.reset();
                    }
                    return Err(problem);
                }
            }
        }
    }

    /// Lists by pages, with the watch open from the first one on, and goes on with that watch.
    async fn pages(&mut self) -> Result<(), Problem> {
        self.tell(News::Begin).await;
        let (mut have, mut watch, mut next) = (0, None::<Watch>, String::new());
        let mut waiting: HashMap<Uid, Change, FxBuildHasher> = HashMap::default();
        let mut open = false;
        loop {
            let head = {
                let page = self.page(&next, &mut have);
                tokio::pin!(page);
                loop {
                    let Some(watch) = &mut watch else {
                        break page.await?;
                    };
                    tokio::select! {
                        head = &mut page => break head?,
                        said = watch.next() => match said {
                            Said::Changes(changes) => {
                                for change in changes {
                                    let uid = match &change {
                                        Change::Put(row) => row.uid(),
                                        Change::Gone(uid) => Some(*uid),
                                    };
                                    waiting.extend(uid.map(|uid| (uid, change)));
                                }
                            }
                            Said::Open => open = true,
                            Said::Listed | Said::Version(_) => {}
                            Said::End(end) => return Err(end.err().unwrap_or_else(|| {
                                Problem::new(Cause::Unreachable, format!("The watch over {} ended early", self.served.plural))
                            })),
                        },
                    }
                }
            };
            let version = head.resource_version.clone();
            next = head.next;
            if watch.is_none() {
                self.version = Some(version.clone());
                watch = Some(self.open(From::Version(version)));
            }
            if next.is_empty() {
                break;
            }
            let about = head.remaining_item_count.map(|remaining| have + remaining);
            self.tell(News::State(FeedState::Loading(have, about)))
                .await;
        }
        let mut rest: Vec<Change> = waiting.into_values().collect();
        while !rest.is_empty() {
            let batch = rest.split_off(rest.len().saturating_sub(BATCH));
            self.tell(News::Changes(batch)).await;
        }
        self.listed = true;
        self.tell(News::Synced).await;
        match watch {
            Some(watch) => self.attend(watch, false, open).await,
            None => Ok(()),
        }
    }

    async fn page(&self, next: &str, have: &mut usize) -> Result<ListMeta, Problem> {
        let mut query = vec![("limit", if next.is_empty() { PAGES.0 } else { PAGES.1 })];
        if !next.is_empty() {
            query.push(("continue", next));
        }
        if !self.served.fields.is_empty() {
            query.push(("fieldSelector", self.served.fields));
        }
        let mut answer = self
            .asker
            .get(
                "list",
                self.served,
                self.source.namespace.as_deref(),
                None,
                &query,
            )
            .await?;
        let (tell, mut batches) = mpsc::unbounded_channel();
        let mut batch = Vec::with_capacity(BATCH);
        let mut count = 0;
        let head = {
            let read = read_list(&mut answer, |json| {
                let mut names = self
                    .names
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                count += 1;
                if let Some(row) = decoded(json, self.served, &mut names) {
                    batch.push(Change::Put(row));
                }
                if batch.len() >= BATCH {
                    let _ = tell.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)));
                }
            });
            tokio::pin!(read);
            // Rows go on as they are decoded, not when the page is complete.
            loop {
                tokio::select! {
                    biased;
                    Some(batch) = batches.recv() => self.tell(News::Changes(batch)).await,
                    head = &mut read => break head,
                }
            }
        };
        batches.close();
        while let Some(batch) = batches.recv().await {
            self.tell(News::Changes(batch)).await;
        }
        if !batch.is_empty() {
            self.tell(News::Changes(batch)).await;
        }
        let head = head?;
        *have += count;
        let head: Head = serde_json::from_slice(&head).map_err(|error| {
            Problem::new(
                Cause::Garbled,
                format!("A list of {} can not be read: {error}", self.served.plural),
            )
        })?;
        Ok(head.metadata)
    }

    /// Asks again and again for what can not be watched.
    async fn poll(mut self, every: Duration) {
        loop {
            match self.once().await {
                Ok(()) => {
                    self.wait.reset();
                    self.tell(News::State(FeedState::Live)).await;
                    sleep(every).await;
                }
                Err(problem) => self.failed(problem).await,
            }
        }
    }

    async fn once(&mut self) -> Result<(), Problem> {
        let namespace = self.source.namespace.as_deref();
        let mut changes = Vec::new();
        if self.source.what == What::Namespaces {
            let body = self
                .asker
                .get("get", self.served, None, namespace, &[])
                .await?
                .all()
                .await?;
            let mut names = self
                .names
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            changes.extend(decoded(&body, self.served, &mut names).map(Change::Put));
        } else {
            let mut answer = self
                .asker
                .get("list", self.served, namespace, None, &[])
                .await?;
            read_list(&mut answer, |json| {
                let mut names = self
                    .names
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                changes.extend(decoded(json, self.served, &mut names).map(Change::Put));
            })
            .await?;
        }
        self.tell(News::Begin).await;
        self.tell(News::Changes(changes)).await;
        self.tell(News::Synced).await;
        Ok(())
    }
}

/// How long to wait before the next try: doubled each time, with jitter, never so long that a cluster that is back
/// would go unnoticed for seconds.
struct Wait(Duration);

const WAIT: (Duration, Duration) = (Duration::from_millis(200), Duration::from_millis(2_500));

impl Wait {
    fn new() -> Self {
        Self(WAIT.0)
    }

    fn reset(&mut self) {
        self.0 = WAIT.0;
    }

    fn next(&mut self) -> Duration {
        let wait = self.0;
        self.0 = (wait * 2).min(WAIT.1);
        let half = wait / 2;
        half + Duration::from_millis(fastrand(half.as_millis() as u64 + 1))
    }
}
