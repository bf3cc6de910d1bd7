//! Why two ends do not trust each other, in words: the server's certificate, or ours.

use jiff::Timestamp;
use rustls::{AlertDescription, CertificateError};

use crate::model::{Cause, Problem, sanitize::clean_within};

pub(super) fn from_tls(error: &rustls::Error, place: &str) -> Problem {
    let certificate = |what: String| Problem::new(Cause::Certificate, what);
    match error {
        rustls::Error::InvalidCertificate(why) => from_certificate(why, place),
        rustls::Error::AlertReceived(alert) if speaks_of_us(*alert) => {
            rejected(place, &error.to_string())
        }
        rustls::Error::AlertReceived(alert) => {
            certificate(format!("{place} broke off the TLS handshake ({alert:?})"))
        }
        rustls::Error::InvalidMessage(_) => certificate(format!("{place} does not speak TLS"))
            .hint("Is it http:// rather than https://, and the right port?"),
        rustls::Error::PeerIncompatible(_) => {
            certificate(format!("{place} speaks no version of TLS that we do"))
                .hint("TLS 1.2 or newer is needed")
        }
        other => certificate(format!(
            "TLS with {place} failed: {}",
            clean_within(&other.to_string(), 200)
        )),
    }
}

fn from_certificate(why: &CertificateError, place: &str) -> Problem {
    let (what, hint) = match why {
        CertificateError::Expired => (
            format!("The certificate of {place} has expired"),
            "Is this machine's clock right?",
        ),
        CertificateError::ExpiredContext { not_after, .. } => (
            format!(
                "The certificate of {place} expired on {}",
                moment(not_after.as_secs())
            ),
            "It must be renewed on the cluster; or is this machine's clock wrong?",
        ),
        CertificateError::NotValidYet => (
            format!("The certificate of {place} is not valid yet"),
            "Is this machine's clock right?",
        ),
        CertificateError::NotValidYetContext { not_before, .. } => (
            format!(
                "The certificate of {place} is valid only from {}",
                moment(not_before.as_secs())
            ),
            "Is this machine's clock right?",
        ),
        CertificateError::UnknownIssuer => (
            format!("The certificate of {place} is signed by someone we do not know"),
            "Set certificate-authority for the cluster in the kubeconfig; a proxy that opens TLS looks like this, too",
        ),
        CertificateError::BadSignature => (
            format!("The certificate of {place} is not signed by the authority in the kubeconfig"),
            "The cluster may have been made anew: fetch its kubeconfig again",
        ),
        CertificateError::NotValidForName => (
            format!("The certificate of {place} is for another name"),
            "Use that name as server, or set tls-server-name for the cluster in the kubeconfig",
        ),
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => {
            let names: Vec<String> = presented.iter().map(|name| bare(name)).collect();
            let expected = expected.to_str();
            (
                format!(
                    "The certificate of {place} is for {}, not for {expected}",
                    if names.is_empty() {
                        "no name at all".to_owned()
                    } else {
                        clean_within(&names.join(", "), 300).into_owned()
                    }
                ),
                "Use one of its names as server, or set tls-server-name for the cluster in the kubeconfig",
            )
        }
        CertificateError::Revoked => (
            format!("The certificate of {place} was revoked"),
            "Ask who runs the cluster",
        ),
        other => (
            format!(
                "The certificate of {place} cannot be trusted: {}",
                clean_within(&other.to_string(), 200)
            ),
            "Ask who runs the cluster",
        ),
    };
    Problem::new(Cause::Certificate, what).hint(hint)
}

/// rustls presents names as `DnsName("a")` and `IpAddress(127.0.0.1)`.
fn bare(name: &str) -> String {
    let inner = name
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'))
        .unwrap_or(name);
    inner.trim_matches('"').to_owned()
}

fn moment(seconds: u64) -> String {
    let at = i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    at.map_or_else(
        || "an unknown day".to_owned(),
        |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

/// Alerts with which a server refuses a client's certificate, or asks for one.
fn speaks_of_us(alert: AlertDescription) -> bool {
    use AlertDescription as Alert;
    matches!(
        alert,
        Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::CertificateRequired
            | Alert::UnknownCA
            | Alert::AccessDenied
            | Alert::NoCertificate
    )
}

pub(super) fn rejected(place: &str, said: &str) -> Problem {
    let alert = said.rsplit(':').next().unwrap_or_default().trim();
    let what = format!(
        "{place} does not accept the client certificate (TLS: {})",
        clean_within(alert, 80)
    );
    Problem::new(Cause::Credentials, what)
        .hint("It may have expired, or be for another cluster: fetch the kubeconfig again")
}
