//! A feed: everything of one kind, and then every change, for as long as anyone wants it.
//!
//! ```text
//!          ┌ few: one streaming list ──────────────────────────────┐
//!  Begin ──┤                                                       ├─ Synced ─ Live ─ changes … ─┐
//!          └ many: page of 100, then the watch opens at its version│                             │ ended: open again
//!                  while pages of 500 follow; see `pages`          ┘                             │ failed: Stale, wait,
//!            ▲                                                                                   │   open again
//!            └────────────────────────────── 410 Gone, garbage ──────────────────────────────────┘
//! ```
//!
//! What is held stays on screen through all of this; the next `Synced` sweeps what is no longer there.

use std::{sync::PoisonError, time::Duration};

use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout},
};

use super::{
    ask::Asker,
    change::decoded,
    discover::discover,
    pages::{Paging, read_whole},
    wait::{Wait, millis_below},
    watch::{BATCH, From, Names, Said, Watch},
};
use crate::{
    kinds::Served,
    model::{Cause, Change, FeedState, News, Problem, Source, What},
};

/// Where a feed's news go.
pub type Outbox = mpsc::Sender<(Source, News)>;

/// Usage is measured this often by metrics-server (`--metric-resolution`, default 15 s).
const USAGE_EVERY: Duration = Duration::from_secs(15);
/// What can not be watched, of any kind, is read this often.
const TABLE_EVERY: Duration = Duration::from_secs(15);
/// Which kinds there are is read this often while somebody looks at them.
const KINDS_EVERY: Duration = Duration::from_mins(1);
/// A container that keeps ending has new last words this often.
const WORDS_EVERY: Duration = Duration::from_secs(20);
/// What is forbidden or not there is asked for again this often: roles are granted while we look.
const REFUSED_EVERY: Duration = Duration::from_secs(30);
/// A single object that can not be watched is read this often.
const OBJECT_EVERY: Duration = Duration::from_mins(1);
/// A streaming list that goes silent before it is complete: the server does not know `sendInitialEvents`.
const STREAM_SILENCE: Duration = Duration::from_secs(10);
/// A watch that has lived this long has worked, and the next failure is a new one.
const WORKED: Duration = Duration::from_secs(10);
/// No server may send us away for longer.
const LONGEST_REST: Duration = Duration::from_mins(5);
/// A server that starts refuses for a moment what it served before (its roles are not loaded yet): believed only when it
/// says so again.
const DOUBTS: u8 = 3;

/// Runs until the task that holds it is dropped.
pub async fn follow(asker: Asker, source: Source, out: Outbox) {
    let feed = Feed {
        asker,
        source,
        out,
        names: Names::default(),
        version: None,
        paging: None,
        listed: false,
        doubts: 0,
        wait: Wait::new(),
    };
    match feed.source.what {
        What::Usage => feed.poll(USAGE_EVERY, Wait::up_to(USAGE_EVERY)).await,
        What::LastWords => feed.poll(WORDS_EVERY, Wait::up_to(WORDS_EVERY)).await,
        What::Kinds => feed.poll(KINDS_EVERY, Wait::new()).await,
        What::Table if feed.source.of.as_ref().is_some_and(|of| !of.watched) => {
            feed.poll(TABLE_EVERY, Wait::new()).await;
        }
        What::Object if feed.source.of.as_ref().is_some_and(|of| !of.watched) => {
            feed.poll(TABLE_EVERY, Wait::new()).await;
        }
        What::Namespaces if feed.source.namespace.is_some() => {
            feed.poll(OBJECT_EVERY, Wait::new()).await;
        }
        _ => feed.keep_up().await,
    }
}

pub(super) struct Feed {
    pub(super) asker: Asker,
    pub(super) source: Source,
    out: Outbox,
    pub(super) names: Names,
    /// Where a watch can go on, once a list is complete.
    version: Option<String>,
    /// A list that is not.
    paging: Option<Paging>,
    /// A list has been complete once, so a server's cache may be older than what we know.
    pub(super) listed: bool,
    doubts: u8,
    wait: Wait,
}

impl Feed {
    pub(super) fn served(&self) -> Served<'_> {
        self.source.served()
    }

    async fn keep_up(mut self) {
        loop {
            let ended = if let Some(version) = self.version.clone() {
                let watch = self.open(From::Version(version));
                self.attend(watch, false, false).await
            } else if self.paging.is_none() && self.served().few && self.asker.streams() {
                let cached = !self.listed;
                let watch = self.open(From::Everything { cached });
                self.attend(watch, true, false).await
            } else {
                self.pages().await
            };
            if let Err(problem) = ended {
                self.failed(problem).await;
            }
        }
    }

    /// Says what is wrong and waits before the next try.
    async fn failed(&mut self, problem: Problem) {
        tracing::info!(kind = self.served().plural, namespace = self.source.namespace.as_deref(), %problem, "feed failed");
        let wait = match problem.cause {
            Cause::Gone => {
                self.start_over();
                self.wait.next()
            }
            // Not known to this server: 422 since 1.27, 400 before.
            Cause::Refused
                if self.version.is_none()
                    && self.paging.is_none()
                    && self.served().few
                    && self.asker.streams() =>
            {
                self.asker.never_streams();
                return;
            }
            Cause::Forbidden | Cause::NotFound | Cause::Refused => {
                if self.listed && self.doubts + 1 < DOUBTS {
                    self.doubts += 1;
                    self.tell(News::State(FeedState::Stale(problem))).await;
                    self.wait.next()
                } else {
                    self.start_over();
                    self.listed = false;
                    self.tell(News::State(FeedState::Refused(problem))).await;
                    REFUSED_EVERY + millis_below(5_000)
                }
            }
            Cause::Busy(Some(wait)) => {
                self.tell(News::State(FeedState::Stale(problem))).await;
                wait.clamp(self.wait.next(), LONGEST_REST) + millis_below(500)
            }
            ref cause => {
                if *cause == Cause::Garbled {
                    self.start_over();
                }
                self.tell(News::State(FeedState::Stale(problem))).await;
                self.wait.next()
            }
        };
        sleep(wait).await;
    }

    fn start_over(&mut self) {
        self.version = None;
        self.paging = None;
    }

    pub(super) async fn tell(&self, news: News) {
        // The loop is gone: so are we, soon.
        let _ = self.out.send((self.source.clone(), news)).await;
    }

    async fn live(&mut self) {
        self.doubts = 0;
        self.tell(News::State(FeedState::Live)).await;
    }

    pub(super) fn open(&self, from: From) -> Watch {
        Watch::open(
            self.asker.clone(),
            self.source.clone(),
            from,
            self.names.clone(),
        )
    }

    /// Follows one watch to its end: a streaming list first, if `listing`; accepted already, if `open`.
    async fn attend(
        &mut self,
        mut watch: Watch,
        mut listing: bool,
        mut open: bool,
    ) -> Result<(), Problem> {
        let began = Instant::now();
        if open {
            self.live().await;
        }
        loop {
            let said = if listing && open {
                let Ok(said) = timeout(STREAM_SILENCE, watch.next()).await else {
                    self.asker.never_streams();
                    return Ok(());
                };
                said
            } else {
                watch.next().await
            };
            match said {
                Said::Open => {
                    open = true;
                    if listing {
                        self.tell(News::Begin).await;
                    } else {
                        self.live().await;
                    }
                }
                Said::Changes(changes) => self.tell(News::Changes(changes)).await,
                Said::Listed => {
                    listing = false;
                    self.listed = true;
                    self.tell(News::Synced).await;
                    self.live().await;
                }
                Said::Version(version) => {
                    if !listing {
                        self.version = Some(version);
                    }
                }
                Said::End(end) => {
                    let lived = began.elapsed();
                    if open && lived > WORKED {
                        self.wait.reset();
                    }
                    end?;
                    if listing {
                        let what = format!("The list of {} was cut off", self.served().plural);
                        return Err(Problem::new(Cause::Unreachable, what));
                    }
                    // A server that accepts and hangs up at once must not be asked in a tight loop.
                    if lived < Duration::from_secs(1) {
                        sleep(self.wait.next()).await;
                    }
                    return Ok(());
                }
            }
        }
    }

    /// Lists by pages, from where the last try came to, and goes on with the watch that was open meanwhile.
    async fn pages(&mut self) -> Result<(), Problem> {
        let mut paging = self.paging.take().unwrap_or_default();
        if let Err(problem) = self.turn(&mut paging).await {
            self.paging = Some(paging);
            return Err(problem);
        }
        self.listed = true;
        self.version = paging.reached;
        self.tell(News::Synced).await;
        match (paging.watch, self.version.clone()) {
            (Some(watch), _) => self.attend(watch, false, paging.open).await,
            (None, Some(version)) => {
                let watch = self.open(From::Version(version));
                self.attend(watch, false, false).await
            }
            (None, None) => Ok(()),
        }
    }

    /// Asks again and again for what can not be watched.
    async fn poll(mut self, every: Duration, wait: Wait) {
        self.wait = wait;
        loop {
            match self.once().await {
                Ok(changes) => {
                    self.wait.reset();
                    self.listed = true;
                    self.tell(News::Begin).await;
                    let mut rest = changes.into_iter().peekable();
                    while rest.peek().is_some() {
                        let batch = rest.by_ref().take(BATCH).collect();
                        self.tell(News::Changes(batch)).await;
                    }
                    self.tell(News::Synced).await;
                    self.live().await;
                    sleep(every).await;
                }
                Err(problem) => self.failed(problem).await,
            }
        }
    }

    async fn once(&self) -> Result<Vec<Change>, Problem> {
        let namespace = self.source.namespace.as_deref();
        if self.source.what == What::LastWords {
            return self.last_words().await;
        }
        let served = self.served();
        let (namespace, name) = match self.source.what {
            What::Kinds => return discover(&self.asker).await,
            What::Object => (namespace, self.source.name.as_deref()),
            What::Namespaces => (None, namespace),
            _ => return read_whole(&self.asker, &served, namespace, &self.names).await,
        };
        let answer = self.asker.get("get", &served, namespace, name, &[]).await?;
        let body = answer.all().await?;
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(decoded(&body, &served, &mut names)
            .map(Change::Put)
            .into_iter()
            .collect())
    }
}

#[cfg(all(test, feature = "demo"))]
#[path = "follow_tests.rs"]
mod tests;
