//! The TLS configuration of one connection: whom we trust, and the certificate we show.
//!
//! Made anew for each connection, from the files as they are then: authorities and client certificates are rotated
//! under running programs, and connections are few. kube builds it, with a user that has no plugin, for kube would
//! run that.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use kube::{Config, client::ConfigExt as _, config::AuthInfo};
use rustls::ClientConfig;

use super::{credentials::Identity, kubeconfig::Target, pem, problem::place};
use crate::model::{Cause, Problem, sanitize::clean_within};

/// Reads files, and without own authorities the system's store: may block for some milliseconds.
pub(super) fn configure(
    target: &Target,
    identity: Option<&Identity>,
) -> Result<ClientConfig, Problem> {
    let mut config = Config::new(target.server.clone());
    config.accept_invalid_certs = target.settings.insecure_skip_tls_verify == Some(true);
    config.root_cert = pem::authorities(target)?;
    let user = &target.identity;
    config.auth_info = match identity {
        Some(own) => AuthInfo {
            client_certificate_data: Some(STANDARD.encode(&own.certificate)),
            client_key_data: Some(
                STANDARD
                    .encode(secrecy::ExposeSecret::expose_secret(&own.key))
                    .into(),
            ),
            ..AuthInfo::default()
        },
        None => AuthInfo {
            client_certificate: full(user.client_certificate.as_ref()),
            client_certificate_data: full(user.client_certificate_data.as_ref()),
            client_key: full(user.client_key.as_ref()),
            client_key_data: user.client_key_data.clone(),
            ..AuthInfo::default()
        },
    };
    config.rustls_client_config().map_err(|error| {
        let what = format!(
            "TLS with {} cannot be set up: {}",
            place(&target.server),
            clean_within(&error.to_string(), 200)
        );
        Problem::new(Cause::Certificate, what)
            .hint("Check certificate and key of the user in the kubeconfig")
    })
}

/// The same on a thread that may block.
pub(super) async fn configure_aside(
    target: Arc<Target>,
    issued: Arc<super::credentials::Issued>,
) -> Result<ClientConfig, Problem> {
    let made =
        tokio::task::spawn_blocking(move || configure(&target, issued.identity.as_ref())).await;
    made.unwrap_or_else(|_| Err(Problem::new(Cause::Certificate, "TLS cannot be set up")))
}

/// An empty entry in a kubeconfig is no entry.
fn full(entry: Option<&String>) -> Option<String> {
    entry.filter(|text| !text.is_empty()).cloned()
}
