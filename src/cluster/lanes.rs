//! The two ways a request travels: the trunk, one HTTP/2 connection that all share, and the siding, a pool of HTTP/1.1
//! connections for what cannot go there.
//!
//! hyper's pool could do both, but it opens a connection for every request that comes before the first one stands, and
//! it does not tell a closing connection from an open one.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use http::{Request, Response, Uri};
use hyper::{
    body::Incoming,
    client::conn::http2::{self, SendRequest},
};
use hyper_util::{
    client::legacy::{self, connect::Connection as _},
    rt::{TokioExecutor, TokioTimer},
};
use kube::client::Body;
use tower::Service;

use super::{
    credentials::Issued,
    dial::{Dialer, Line, Offer},
};
use crate::model::{Cause, Problem};

/// A ping every two seconds, an answer within four: a dead connection is known within eight, with time to spare.
const PING_EVERY: Duration = Duration::from_secs(2);
const PING_WITHIN: Duration = Duration::from_secs(4);
/// What may arrive unread, per stream and together. One reader that stops must not stop the others: the second number
/// is several times the first.
const STREAM_WINDOW: u32 = 512 * 1024;
const CONNECTION_WINDOW: u32 = 2 * 1024 * 1024;
const IDLE: Duration = Duration::from_mins(1);

/// What the server agreed to.
#[derive(Clone)]
pub(super) enum Trunk {
    Shared(Shared),
    /// No HTTP/2 with this server: everything goes over the siding.
    None,
}

/// The one connection.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) sender: SendRequest<Body>,
    pub(super) number: u64,
    certificate: Option<u64>,
}

impl Trunk {
    /// Whether it can take a request with this credential; `spent` is one that was just found closing.
    pub(super) fn serves(&self, issued: &Issued, spent: Option<u64>) -> bool {
        match self {
            Self::None => true,
            Self::Shared(shared) => {
                !shared.sender.is_closed()
                    && spent != Some(shared.number)
                    && shared.certificate == certificate(issued)
            }
        }
    }
}

/// Which certificate of a plugin a connection was made with. The kubeconfig's own needs no number.
fn certificate(issued: &Issued) -> Option<u64> {
    issued.identity.as_ref().map(|_| issued.number)
}

/// Dials, and starts the connection's own task, which ends when no one holds the trunk any more.
pub(super) async fn lay(dialer: Arc<Dialer>, issued: Arc<Issued>) -> Result<Trunk, Problem> {
    static NUMBERS: AtomicU64 = AtomicU64::new(0);
    let line = dialer.dial(Arc::clone(&issued), Offer::NewAndOld).await?;
    if !line.connected().is_negotiated_h2() {
        return Ok(Trunk::None);
    }
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_WITHIN)
        .keep_alive_while_idle(true)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW);
    let (sender, connection) = builder.handshake(line).await.map_err(|error| {
        Problem::new(
            Cause::Unreachable,
            format!("HTTP/2 could not be started: {error}"),
        )
    })?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "connection ended");
        }
    });
    Ok(Trunk::Shared(Shared {
        sender,
        number: NUMBERS.fetch_add(1, Ordering::Relaxed),
        certificate: certificate(&issued),
    }))
}

/// The pool of HTTP/1.1 connections, made with one credential's certificate.
#[derive(Clone)]
pub(super) struct Siding {
    pool: legacy::Client<Switch, Body>,
    certificate: Option<u64>,
}

impl Siding {
    pub(super) fn new(dialer: Arc<Dialer>, issued: Arc<Issued>) -> Self {
        let certificate = certificate(&issued);
        let pool = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(Switch { dialer, issued });
        Self { pool, certificate }
    }

    pub(super) fn serves(&self, issued: &Issued) -> bool {
        self.certificate == certificate(issued)
    }

    pub(super) async fn send(
        &self,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, legacy::Error> {
        self.pool.request(request).await
    }
}

/// The dialer as hyper's pool wants it.
#[derive(Clone)]
struct Switch {
    dialer: Arc<Dialer>,
    issued: Arc<Issued>,
}

impl Service<Uri> for Switch {
    type Response = Line;
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Line, Problem>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Problem>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let (dialer, issued) = (Arc::clone(&self.dialer), Arc::clone(&self.issued));
        Box::pin(async move { dialer.dial(issued, Offer::Old).await })
    }
}
