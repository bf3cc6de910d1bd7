//! One connection to the server: TCP, perhaps through a proxy, perhaps under TLS, within a bounded time.
//!
//! ```text
//!  Tcp ─┬──────────────────────────┬→ Wire (counted) ─┬→ TLS, h2 or http/1.1 by ALPN → Line
//!       ├ CONNECT (http, https) ───┤                  └→ plain
//!       └ SOCKS 5 ─────────────────┘
//! ```

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::Duration,
};

use http::Uri;
use hyper_rustls::{
    DefaultServerNameResolver, FixedServerNameResolver, HttpsConnector, MaybeHttpsStream,
    ResolveServerName,
};
use hyper_util::{
    client::{
        legacy::connect::{
            Connection as _, HttpConnector,
            proxy::{SocksV5, Tunnel},
        },
        proxy::matcher::Intercept,
    },
    rt::TokioIo,
};
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::net::TcpStream;
use tower::{BoxError, Service, ServiceExt as _};

use super::{
    credentials::Issued,
    kubeconfig::Target,
    meter::Meter,
    problem::{place, problem_at},
    tls,
    wire::Wire,
};
use crate::model::{Cause, Problem};

const TCP_PATIENCE: Duration = Duration::from_secs(5);
/// Name lookup, TCP, proxy and TLS together.
const PATIENCE: Duration = Duration::from_secs(8);
const KEEPALIVE: Duration = Duration::from_secs(15);
/// Data that nobody acknowledges for this long ends the connection (Linux).
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(20);

/// An open connection.
pub(super) type Line = MaybeHttpsStream<TokioIo<Wire>>;

/// What to offer by ALPN. Upgrades (exec, port-forward) need the old protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    NewAndOld,
    Old,
}

/// How to reach one target.
pub(super) struct Dialer {
    target: Arc<Target>,
    meter: Arc<Meter>,
}

impl Dialer {
    pub(super) fn new(target: Arc<Target>, meter: Arc<Meter>) -> Self {
        Self { target, meter }
    }

    pub(super) async fn dial(&self, issued: Arc<Issued>, offer: Offer) -> Result<Line, Problem> {
        self.meter.count_attempt();
        let late = || {
            let what = format!("{} does not answer", place(&self.target.server));
            Problem::new(Cause::Unreachable, what)
                .hint("A VPN that is down or a firewall in between looks like this")
        };
        let line = match tokio::time::timeout(PATIENCE, self.connect(issued, offer)).await {
            Ok(line) => line?,
            Err(_) => return Err(late()),
        };
        if offer == Offer::NewAndOld {
            let multiplexed = line.connected().is_negotiated_h2();
            self.meter.note_protocol(multiplexed);
        }
        Ok(line)
    }

    async fn connect(&self, issued: Arc<Issued>, offer: Offer) -> Result<Line, Problem> {
        let target = &self.target;
        if let Some(open) = &target.door {
            let wire = Wire::new(open(), Arc::clone(&self.meter));
            return Ok(MaybeHttpsStream::Http(TokioIo::new(wire)));
        }
        let failure = Arc::new(OnceLock::new());
        let mut road = Road {
            tcp: Tcp::new(Arc::clone(&failure)),
            proxy: target.proxy.clone(),
            tls: None,
            meter: Arc::clone(&self.meter),
        };
        let server = with_port(&target.server);
        let explain = |error: BoxError| match failure.get() {
            Some(problem) => Problem::clone(problem),
            None => problem_at(&*error, &place(&target.server)),
        };
        if target.server.scheme_str() == Some("http") {
            let wire = road.oneshot(server).await.map_err(explain)?;
            return Ok(MaybeHttpsStream::Http(wire));
        }
        let mut config = tls::configure_aside(Arc::clone(target), issued).await?;
        road.tls = Some(Arc::new(config.clone()));
        config.alpn_protocols = match offer {
            Offer::NewAndOld => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            Offer::Old => vec![b"http/1.1".to_vec()],
        };
        let https = HttpsConnector::new(road, config, true, server_name(target)?);
        https.oneshot(server).await.map_err(explain)
    }
}

fn server_name(target: &Target) -> Result<Arc<dyn ResolveServerName + Send + Sync>, Problem> {
    let Some(name) = target
        .settings
        .tls_server_name
        .as_deref()
        .filter(|name| !name.is_empty())
    else {
        return Ok(Arc::new(DefaultServerNameResolver::default()));
    };
    let name = ServerName::try_from(name.to_owned()).map_err(|_| {
        let what = format!(
            "The tls-server-name of the cluster “{}” is not a host name",
            target.cluster
        );
        Problem::new(Cause::Config, what).hint("Correct it in the kubeconfig")
    })?;
    Ok(Arc::new(FixedServerNameResolver::new(name)))
}

/// Proxies take a missing port for 443, or refuse it.
fn with_port(server: &Uri) -> Uri {
    let scheme = server.scheme_str().unwrap_or("https");
    format!("{scheme}://{}/", place(server))
        .parse()
        .unwrap_or_else(|_| server.clone())
}

/// Plain TCP. It puts its failure into words itself, naming whom it called: through a proxy that is not the server,
/// and the SOCKS connector does not hand on what went wrong below it.
#[derive(Clone)]
struct Tcp {
    connector: HttpConnector,
    failure: Arc<OnceLock<Problem>>,
}

impl Tcp {
    fn new(failure: Arc<OnceLock<Problem>>) -> Self {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(TCP_PATIENCE));
        connector.set_keepalive(Some(KEEPALIVE));
        connector.set_keepalive_interval(Some(Duration::from_secs(5)));
        connector.set_keepalive_retries(Some(3));
        #[cfg(target_os = "linux")]
        connector.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        Self { connector, failure }
    }
}

type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

impl Service<Uri> for Tcp {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, peer: Uri) -> Self::Future {
        let connecting = self.connector.call(peer.clone());
        let failure = Arc::clone(&self.failure);
        Box::pin(async move {
            connecting.await.map_err(|error| {
                let problem = failure.get_or_init(|| problem_at(&error, &place(&peer)));
                Box::new(problem.clone()).into()
            })
        })
    }
}

/// The way to the server below TLS, through whatever proxy there is.
struct Road {
    tcp: Tcp,
    proxy: Option<Intercept>,
    /// For a proxy that itself speaks TLS.
    tls: Option<Arc<ClientConfig>>,
    meter: Arc<Meter>,
}

impl Service<Uri> for Road {
    type Response = TokioIo<Wire>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let (tcp, proxy, tls) = (self.tcp.clone(), self.proxy.clone(), self.tls.clone());
        let meter = Arc::clone(&self.meter);
        Box::pin(async move {
            let wire = match proxy {
                None => Wire::new(tcp.oneshot(server).await?.into_inner(), meter),
                Some(proxy) => match (proxy.uri().scheme_str(), tls) {
                    (Some("socks5" | "socks5h"), _) => {
                        let mut socks = SocksV5::new(proxy.uri().clone(), tcp);
                        if let Some((user, password)) = proxy.raw_auth() {
                            socks = socks.with_auth(user.to_owned(), password.to_owned());
                        }
                        Wire::new(socks.oneshot(server).await?.into_inner(), meter)
                    }
                    (Some("https"), Some(tls)) => {
                        let names = Arc::new(DefaultServerNameResolver::default());
                        let https = HttpsConnector::new(tcp, tls, true, names);
                        let tunnel = tunnel(&proxy, https);
                        Wire::new(TokioIo::new(tunnel.oneshot(server).await?), meter)
                    }
                    _ => Wire::new(
                        tunnel(&proxy, tcp).oneshot(server).await?.into_inner(),
                        meter,
                    ),
                },
            };
            Ok(TokioIo::new(wire))
        })
    }
}

fn tunnel<C>(proxy: &Intercept, below: C) -> Tunnel<C> {
    let tunnel = Tunnel::new(proxy.uri().clone(), below);
    match proxy.basic_auth() {
        Some(auth) => tunnel.with_auth(auth.clone()),
        None => tunnel,
    }
}
