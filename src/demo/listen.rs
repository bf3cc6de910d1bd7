//! The demo on a port of this machine, for kubectl and whoever else speaks to clusters.

use std::{
    fmt::Write as _,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{CertificateParams, Issuer, KeyPair};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{
    access::who::{PEOPLE, Tokens},
    serve::Demo,
};
use crate::model::{Cause, Problem};

/// A port that is open, and the certificate that goes with it.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    tls: Option<(TlsAcceptor, String)>,
}

/// Opens a port of this machine itself; any other address is refused, because whoever reaches it may run commands.
pub async fn listen(address: SocketAddr, plain: bool) -> Result<Listener, Problem> {
    if !address.ip().is_loopback() {
        let what = format!("The demo does not listen on {}", address.ip());
        return Err(Problem::new(Cause::Config, what).hint(
            "It is for this machine only: use 127.0.0.1 or [::1], with port 0 for any that is free",
        ));
    }
    let failed = |error: io::Error| {
        let what = format!("The demo can not listen on {address}: {error}");
        Problem::new(Cause::Config, what).hint("Port 0 takes any that is free")
    };
    let socket = TcpListener::bind(address).await.map_err(failed)?;
    let address = socket.local_addr().map_err(failed)?;
    let tls = if plain {
        None
    } else {
        Some(certificate(address.ip()).map_err(|error| {
            Problem::new(
                Cause::Config,
                format!("The demo can not make a certificate: {error}"),
            )
        })?)
    };
    Ok(Listener {
        socket,
        address,
        tls,
    })
}

/// An authority of its own for this one run, and a certificate by it.
fn certificate(ip: IpAddr) -> Result<(TlsAcceptor, String), Box<dyn std::error::Error>> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "barkeep demo");
    let authority = params.self_signed(&key)?;
    let issuer = Issuer::new(params, key);
    let names = vec![ip.to_string(), "localhost".to_owned()];
    let own = KeyPair::generate()?;
    let certificate = CertificateParams::new(names)?.signed_by(&own, &issuer)?;
    let key = PrivateKeyDer::try_from(own.serialize_der())?;
    let mut config =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), authority.pem()))
}

impl Listener {
    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A kubeconfig with a context for each role; `current` is the one that counts first.
    pub fn kubeconfig(&self, tokens: &Tokens, current: &str) -> String {
        let (scheme, trust) = match &self.tls {
            Some((_, authority)) => {
                let data = STANDARD.encode(authority);
                ("https", format!(", certificate-authority-data: {data}"))
            }
            None => ("http", String::new()),
        };
        let mut text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: {}\nclusters:\n- name: demo\n  \
             cluster: {{server: \"{scheme}://{}\"{trust}}}\nusers:\n",
            context(current),
            self.address
        );
        for (role, _) in PEOPLE {
            let token = tokens.of(role).unwrap_or_default();
            let _ = writeln!(
                text,
                "- name: {}\n  user: {{token: \"{token}\"}}",
                context(role)
            );
        }
        text.push_str("contexts:\n");
        for (role, _) in PEOPLE {
            let name = context(role);
            let _ = writeln!(
                text,
                "- name: {name}\n  context: {{cluster: demo, user: {name}}}"
            );
        }
        text
    }

    /// Serves whoever comes, for ever.
    pub async fn serve(self, demo: Demo) {
        loop {
            let Ok((stream, _)) = self.socket.accept().await else {
                // Too many open files, and the like: others may end meanwhile.
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            let demo = demo.clone();
            match &self.tls {
                None => {
                    tokio::spawn(demo.serve(stream));
                }
                Some((acceptor, _)) => {
                    let accepting = acceptor.accept(stream);
                    tokio::spawn(async move {
                        // One that speaks no TLS here has nothing to be told.
                        if let Ok(stream) = accepting.await {
                            demo.serve(stream).await;
                        }
                    });
                }
            }
        }
    }
}

/// `demo` for the administrator, `demo-viewer`…
fn context(role: &str) -> String {
    match role {
        "admin" => "demo".to_owned(),
        role => format!("demo-{role}"),
    }
}
