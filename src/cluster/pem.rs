//! Certificates and keys of a target, checked when they are named, so that a wrong path is a sentence at the start and
//! not a failed handshake later.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use secrecy::ExposeSecret;

use super::kubeconfig::Target;
use crate::model::{Cause, Problem};

/// Every certificate and key can be read, and is one.
pub(super) fn check(target: &Target) -> Result<(), Problem> {
    authorities(target)?;
    let user = &target.identity;
    let key_data = user
        .client_key_data
        .as_ref()
        .map(ExposeSecret::expose_secret);
    let certificate = load(
        "client-certificate",
        user.client_certificate_data.as_deref(),
        user.client_certificate.as_deref(),
    )?;
    let key = load("client-key", key_data, user.client_key.as_deref())?;
    match (certificate, key) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(half(target, "a client-certificate but no client-key")),
        (None, Some(_)) => Err(half(target, "a client-key but no client-certificate")),
        (Some((certificate, from)), Some((key, key_from))) => {
            certificates(&certificate, "client-certificate", &from)?;
            match PrivateKeyDer::from_pem_slice(&key) {
                Ok(_) => Ok(()),
                Err(_) => Err(garbage("client-key", &key_from, "a private key")),
            }
        }
    }
}

/// The cluster's own authorities; None where the system's are meant.
pub(super) fn authorities(target: &Target) -> Result<Option<Vec<Vec<u8>>>, Problem> {
    let settings = &target.settings;
    let found = load(
        "certificate-authority",
        settings.certificate_authority_data.as_deref(),
        settings.certificate_authority.as_deref(),
    )?;
    found
        .map(|(pem, from)| certificates(&pem, "certificate-authority", &from))
        .transpose()
}

fn certificates(pem: &[u8], field: &str, from: &str) -> Result<Vec<Vec<u8>>, Problem> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem)
        .map(|certificate| certificate.map(|der| der.to_vec()))
        .collect();
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        _ => Err(garbage(field, from, "a PEM certificate")),
    }
}

/// Inline data before the file, as kubectl has it; with the words for where it came from.
fn load(
    field: &str,
    data: Option<&str>,
    file: Option<&str>,
) -> Result<Option<(Vec<u8>, String)>, Problem> {
    if let Some(data) = data.filter(|data| !data.is_empty()) {
        let from = format!("{field}-data");
        return match STANDARD.decode(data.trim()) {
            Ok(pem) => Ok(Some((pem, from))),
            Err(_) => Err(garbage(field, &from, "base64")),
        };
    }
    let Some(path) = file.filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    match std::fs::read(Path::new(path)) {
        Ok(pem) => Ok(Some((pem, path.to_owned()))),
        Err(error) => {
            let what = format!("Cannot read the {field} {path}: {error}");
            Err(Problem::new(Cause::Config, what)
                .hint("Correct the path in the kubeconfig, or the file's mode"))
        }
    }
}

fn garbage(field: &str, from: &str, expected: &str) -> Problem {
    let what = format!("The {field} in {from} is not {expected}");
    Problem::new(Cause::Config, what).hint("Fetch the kubeconfig again, or correct that entry")
}

fn half(target: &Target, what: &str) -> Problem {
    let what = format!("The user “{}” in the kubeconfig has {what}", target.user);
    Problem::new(Cause::Config, what).hint("Both are needed together")
}
