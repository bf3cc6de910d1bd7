//! An API server for tests, on this machine: TLS or plain, HTTP/2 or 1.1, and each request answered by a closure.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use http::{Request, Response, StatusCode, Version};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use kube::{
    client::Body,
    config::{AuthInfo, Cluster, ExecConfig},
};
use rcgen::{CertificateParams, Issuer, KeyPair};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::WebPkiClientVerifier,
};
use tokio::{net::TcpListener, sync::Notify};

use super::{Link, connect, kubeconfig::Target};
use crate::model::Problem;

pub(super) type Answer = Response<Full<Bytes>>;

/// An authority and what it signs.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(super) certificate: CertificateDer<'static>,
    pub(super) pem: String,
}

impl Authority {
    pub(super) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Self {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    /// Certificate and key in PEM, for these names.
    pub(super) fn sign(
        &self,
        names: &[&str],
        change: fn(&mut CertificateParams),
    ) -> (String, String) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

/// How a server presents itself.
pub(super) struct Setup {
    pub(super) tls: bool,
    pub(super) alpn: &'static [&'static [u8]],
    pub(super) names: &'static [&'static str],
    pub(super) change: fn(&mut CertificateParams),
    pub(super) wants_certificate: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            tls: true,
            alpn: &[b"h2", b"http/1.1"],
            names: &["127.0.0.1", "localhost"],
            change: |_| {},
            wants_certificate: false,
        }
    }
}

/// A server that runs until the test's runtime ends.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) authority: Authority,
    connections: Arc<AtomicUsize>,
    hang_up: Arc<Notify>,
    tls: bool,
}

impl Server {
    pub(super) async fn start<F>(
        setup: Setup,
        answer: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        use rustls::pki_types::pem::PemObject;
        let authority = Authority::new();
        let (certificate, key) = authority.sign(setup.names, setup.change);
        let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let builder = ServerConfig::builder();
        let builder = if setup.wants_certificate {
            let mut roots = RootCertStore::empty();
            roots.add(authority.certificate.clone()).unwrap();
            builder.with_client_cert_verifier(
                WebPkiClientVerifier::builder(roots.into()).build().unwrap(),
            )
        } else {
            builder.with_no_client_auth()
        };
        let mut config = builder.with_single_cert(chain, key).unwrap();
        config.alpn_protocols = setup.alpn.iter().map(|name| name.to_vec()).collect();
        let acceptor = setup
            .tls
            .then(|| tokio_rustls::TlsAcceptor::from(Arc::new(config)));

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let hang_up = Arc::new(Notify::new());
        let (counter, end) = (Arc::clone(&connections), Arc::clone(&hang_up));
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                counter.fetch_add(1, Ordering::SeqCst);
                let (acceptor, answer, end) = (acceptor.clone(), answer.clone(), Arc::clone(&end));
                tokio::spawn(async move {
                    let service = service_fn(move |request| {
                        let answer = answer(request);
                        async move { Ok::<_, Infallible>(answer.await) }
                    });
                    let server = auto::Builder::new(TokioExecutor::new());
                    let serving = async {
                        // A client that goes away, or does not trust us, is the test's business.
                        let _ = match acceptor {
                            Some(acceptor) => match acceptor.accept(socket).await {
                                Ok(stream) => {
                                    server
                                        .serve_connection_with_upgrades(
                                            TokioIo::new(stream),
                                            service,
                                        )
                                        .await
                                }
                                Err(_) => return,
                            },
                            None => {
                                server
                                    .serve_connection_with_upgrades(TokioIo::new(socket), service)
                                    .await
                            }
                        };
                    };
                    tokio::select! {
                        () = serving => {}
                        () = end.notified() => {}
                    }
                });
            }
        });
        Self {
            address,
            authority,
            connections,
            hang_up,
            tls: setup.tls,
        }
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Drops every connection there is.
    pub(super) fn hang_up(&self) {
        self.hang_up.notify_waiters();
    }

    /// A target that trusts this server.
    pub(super) fn target(&self, identity: AuthInfo) -> Target {
        let scheme = if self.tls { "https" } else { "http" };
        let mut target = target(&format!("{scheme}://{}", self.address), identity);
        target.settings.certificate_authority_data = Some(base64(&self.authority.pem));
        target
    }
}

/// A target at that address.
pub(super) fn target(server: &str, identity: AuthInfo) -> Target {
    Target {
        context: "test".to_owned(),
        contexts: vec!["test".to_owned()],
        cluster: "test".to_owned(),
        user: "dev".to_owned(),
        server: server.parse().unwrap(),
        namespace: None,
        settings: Cluster::default(),
        identity,
        proxy: None,
        request_timeout: None,
        door: None,
    }
}

pub(super) fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

pub(super) fn text(body: impl Into<Bytes>) -> Answer {
    Response::new(Full::new(body.into()))
}

pub(super) fn status(code: u16) -> Answer {
    let mut answer = text("");
    *answer.status_mut() = http::StatusCode::from_u16(code).unwrap();
    answer
}

pub(super) fn header<'a>(request: &'a Request<Incoming>, name: &str) -> &'a str {
    request
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

/// A user whose plugin is this shell script.
pub(super) fn plugin(script: &str) -> AuthInfo {
    AuthInfo {
        exec: Some(ExecConfig {
            api_version: Some("client.authentication.k8s.io/v1".to_owned()),
            command: Some("sh".to_owned()),
            args: Some(vec!["-c".to_owned(), script.to_owned()]),
            ..ExecConfig::default()
        }),
        ..AuthInfo::default()
    }
}

pub(super) fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

pub(super) async fn read(
    link: &Link,
    request: Request<Body>,
) -> Result<(StatusCode, String), Problem> {
    let answer = link
        .client()
        .send(request)
        .await
        .map_err(|error| link.problem(&error))?;
    let status = answer.status();
    let body = answer
        .into_body()
        .collect()
        .await
        .map_err(|error| link.problem(&error))?;
    Ok((status, String::from_utf8(body.to_bytes().to_vec()).unwrap()))
}

pub(super) async fn fails(target: &Target) -> Problem {
    read(&connect(target).unwrap(), get("/version"))
        .await
        .unwrap_err()
}

pub(super) fn token() -> AuthInfo {
    AuthInfo {
        token: Some("secret".to_owned().into()),
        ..AuthInfo::default()
    }
}

/// What a server saw: protocol, path and the headers that matter here.
pub(super) async fn echo(request: Request<Incoming>) -> Answer {
    let h2 = request.version() == Version::HTTP_2;
    let groups: Vec<_> = request
        .headers()
        .get_all("impersonate-group")
        .iter()
        .collect();
    text(format!(
        "{} {} {} {} {} {groups:?}",
        if h2 { "h2" } else { "h1" },
        request.uri().path(),
        header(&request, "authorization"),
        header(&request, "user-agent"),
        header(&request, "impersonate-user"),
    ))
}
