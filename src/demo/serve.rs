//! The cluster as others reach it: one lock around [`State`], the task that lets its time pass, and connections.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak, atomic::AtomicUsize},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use futures::FutureExt as _;
use http::Request;
use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{Notify, mpsc::UnboundedSender},
    time::Instant,
};
use tower::BoxError;

use crate::cluster::Door;

use super::{
    access::who::Tokens,
    api,
    faults::{Faults, Rule},
    http::Answer,
    refusal::Refusal,
    request::Call,
    state::State,
    story,
    watch::Watch,
};

/// What may lie unread in the pipe between two ends of this process.
const PIPE: usize = 256 * 1024;
/// How often a watch that wants bookmarks gets one, in milliseconds.
const BOOKMARKS: i64 = 60_000;

/// What kind of cluster it is.
#[derive(Clone, Debug)]
pub struct Options {
    /// What happens is thrown from this.
    pub seed: u64,
    /// How many times faster than in life.
    pub pace: f64,
    /// Pods more than the story has, for load.
    pub size: usize,
    /// Accidents.
    pub faults: Vec<Rule>,
    /// The program whose `__shell` runs in containers.
    pub program: PathBuf,
    /// What each role proves itself with.
    pub tokens: Tokens,
    /// Whether one who comes without a token is the administrator, and not refused.
    pub open: bool,
}

impl Default for Options {
    /// The story that `--demo` tells, and tokens that nobody can guess.
    fn default() -> Self {
        Self {
            seed: 1,
            pace: 1.0,
            size: 0,
            faults: Vec::new(),
            program: std::env::current_exe().unwrap_or_default(),
            tokens: Tokens::new(),
            open: false,
        }
    }
}

/// The cluster. Clones are the same one; it ends with the last.
#[derive(Clone)]
pub struct Demo(Arc<Shared>);

/// What all who hold it share.
pub struct Shared {
    held: Mutex<Held>,
    wake: Notify,
    /// How it was made.
    pub options: Options,
}

struct Held {
    state: State,
    watches: Vec<Watch>,
    faults: Faults,
    /// The moment in the cluster at which this process's clock stood at `started`.
    began: i64,
    started: Instant,
    bookmarked: i64,
}

impl Held {
    /// Lets the time pass that has passed, and tells those who watch.
    fn catch_up(&mut self) {
        let now = self.began + self.started.elapsed().as_millis() as i64;
        self.state.advance(now);
        self.tell();
    }

    fn tell(&mut self) {
        let now = self.state.now();
        let news = self.state.news();
        if !news.is_empty() {
            for watch in &mut self.watches {
                for change in &news {
                    watch.see(change, now);
                }
            }
        }
        if now - self.bookmarked >= BOOKMARKS {
            self.bookmarked = now;
            let version = self.state.store.version();
            for watch in &mut self.watches {
                watch.bookmark(version, false);
            }
        }
        self.watches.retain(Watch::is_heard);
    }
}

impl Demo {
    /// The demo: a story that goes on. Needs a tokio runtime around it.
    pub fn start(options: Options) -> Self {
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_millis() as i64);
        // The past took its time; only what is to come may be in a hurry.
        let mut state = State::new(options.seed, now - story::PAST, 1.0);
        story::begin(&mut state, now);
        state.set_pace(options.pace);
        story::crowd(&mut state, options.size);
        state.news();
        let demo = Self::of(state, options);
        tokio::spawn(live(Arc::downgrade(&demo.0)));
        demo
    }

    /// A cluster of this state, in which time passes only when it is asked something.
    pub fn of(state: State, options: Options) -> Self {
        let held = Held {
            began: state.now(),
            bookmarked: state.now(),
            started: Instant::now(),
            watches: Vec::new(),
            faults: Faults::new(options.faults.clone(), options.seed),
            state,
        };
        Self(Arc::new(Shared {
            held: Mutex::new(held),
            wake: Notify::new(),
            options,
        }))
    }

    /// How it was made.
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    /// Answers a request.
    pub async fn answer<B>(&self, request: Request<B>) -> io::Result<Answer>
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
    {
        api::answer(self, request).await
    }

    /// Looks at the cluster or changes it, at the present time; what changed is told to those who watch.
    pub fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let mut held = self.0.lock();
        held.catch_up();
        let result = act(&mut held.state);
        held.tell();
        drop(held);
        self.0.wake.notify_one();
        result
    }

    /// Begins a watch; see [`Watch::begin`].
    pub fn watch(
        &self,
        call: &Call,
        tell: UnboundedSender<io::Result<Bytes>>,
        unread: Arc<AtomicUsize>,
    ) -> Result<(), Refusal> {
        let mut held = self.0.lock();
        held.catch_up();
        let watch = Watch::begin(&held.state, call, tell, unread)?;
        held.watches.extend(watch);
        Ok(())
    }

    /// The accidents that are ordered.
    pub fn faults<T>(&self, act: impl FnOnce(&mut Faults) -> T) -> T {
        act(&mut self.0.lock().faults)
    }

    /// All who watch, to be told something or cut off.
    pub fn watches<T>(&self, act: impl FnOnce(&mut Vec<Watch>) -> T) -> T {
        let mut held = self.0.lock();
        held.watches.retain(Watch::is_heard);
        act(&mut held.watches)
    }

    /// Serves one connection: HTTP/1.1 or HTTP/2, with upgrades, until it ends.
    pub async fn serve(self, io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let service = service_fn(move |request| {
            let demo = self.clone();
            async move { demo.answer(request).await }
        });
        let mut server = auto::Builder::new(TokioExecutor::new());
        server.http2().max_concurrent_streams(1_000);
        // A connection that breaks has nobody left to be told.
        let _ = server
            .serve_connection_with_upgrades(TokioIo::new(io), service)
            .await;
    }

    /// A client of this cluster that needs no connection. What upgrades a connection (exec, port-forward) needs one.
    pub fn client(&self) -> kube::Client {
        let demo = self.clone();
        let service = tower::service_fn(move |request: Request<kube::client::Body>| {
            let demo = demo.clone();
            async move { demo.answer(request).await }
        });
        kube::Client::new(service, "default")
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets time pass, as long as anyone holds the cluster.
async fn live(shared: Weak<Shared>) {
    loop {
        let Some(shared) = shared.upgrade() else {
            return;
        };
        let wait = {
            let mut held = shared.lock();
            held.catch_up();
            let bookmark = held.bookmarked + BOOKMARKS;
            let next = held
                .state
                .next()
                .map_or(bookmark, |next| next.min(bookmark));
            // What falls within the same hundredth of a second is done in one go.
            Duration::from_millis((next - held.state.now()).max(10) as u64)
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = shared.wake.notified() => {}
        }
    }
}

/// The way to a demo that is only being made: whoever knocks waits until it is there. It lives as long as the door.
pub fn door(options: Options) -> Door {
    let demo = tokio::task::spawn_blocking(move || Demo::start(options))
        .map(Result::ok)
        .boxed()
        .shared();
    Arc::new(move || {
        let (here, there) = tokio::io::duplex(PIPE);
        let demo = demo.clone();
        tokio::spawn(async move {
            if let Some(demo) = demo.await {
                demo.serve(there).await;
            }
        });
        here
    })
}
