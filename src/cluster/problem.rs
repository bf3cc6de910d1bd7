//! Failures of the wire in words: refused, unknown name, expired certificate, dead connection.
//!
//! What libraries return is a chain of wrappers; the reason is somewhere inside. The chain is walked from outside in,
//! and the first link that is understood makes the sentence. Answers of the server that are refusals are the business
//! of `status`.

use std::{error::Error, io};

use http::Uri;

pub use super::status::status_problem;
use super::{status::api_problem, trust};
use crate::model::{Cause, Problem, sanitize::clean_within};

type Chain<'a> = &'a (dyn Error + 'static);

/// The failure of a request to this server, as a sentence.
pub fn problem(error: Chain<'_>, server: &Uri) -> Problem {
    problem_at(error, &place(server))
}

/// Host and port, as a person would say it.
pub(super) fn place(server: &Uri) -> String {
    let port = match (server.port_u16(), server.scheme_str()) {
        (Some(port), _) => port,
        (None, Some("http")) => 80,
        (None, _) => 443,
    };
    format!("{}:{port}", server.host().unwrap_or("the server"))
}

/// The same for any peer: the server itself, or a proxy on the way.
pub(super) fn problem_at(error: Chain<'_>, place: &str) -> Problem {
    let mut next = Some(error);
    let mut innermost = error;
    while let Some(link) = next {
        if let Some(problem) = understood(link, place) {
            return problem;
        }
        innermost = link;
        next = inside(link);
    }
    let said = innermost.to_string();
    Problem::new(
        Cause::Unreachable,
        format!(
            "The request to {place} failed: {}",
            clean_within(&said, 200)
        ),
    )
}

/// An `io::Error` is transparent to `source()`: what it wraps must be asked for by name.
fn inside(link: Chain<'_>) -> Option<Chain<'_>> {
    match link
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(wrapped) => Some(wrapped),
        None => link.source(),
    }
}

fn understood(link: Chain<'_>, place: &str) -> Option<Problem> {
    if let Some(problem) = link.downcast_ref::<Problem>() {
        return Some(problem.clone());
    }
    if let Some(error) = link.downcast_ref::<kube::Error>() {
        return from_kube(error, place);
    }
    if let Some(error) = link.downcast_ref::<rustls::Error>() {
        return Some(trust::from_tls(error, place));
    }
    if let Some(error) = link.downcast_ref::<h2::Error>() {
        return from_h2(error, place);
    }
    if let Some(error) = link.downcast_ref::<hyper::Error>() {
        return from_hyper(error, place);
    }
    if let Some(error) = link.downcast_ref::<io::Error>() {
        return from_io(error, place);
    }
    // Not public types in hyper-util, only their words.
    let said = link.to_string();
    if said == "dns error" {
        return Some(
            Problem::new(
                Cause::Unreachable,
                format!("The name of {place} is not known"),
            )
            .hint("Is the VPN up, and the server in the kubeconfig right?"),
        );
    }
    // A tunnel that failed below has its reason inside; SOCKS hides it, and its words must do.
    let below = |why: &&str| why.contains("underlying") || why.contains("io error");
    let why = match said.strip_prefix("tunnel error: ") {
        Some(why) => Some(why).filter(|why| !below(why)),
        None => said.strip_prefix("SOCKS error: "),
    }?;
    let what = format!(
        "The proxy would not connect us to {place}: {}",
        clean_within(why, 100)
    );
    Some(
        Problem::new(Cause::Unreachable, what)
            .hint("Check proxy-url in the kubeconfig, or HTTPS_PROXY and NO_PROXY"),
    )
}

fn from_kube(error: &kube::Error, place: &str) -> Option<Problem> {
    match error {
        kube::Error::Api(status) => Some(api_problem(status)),
        kube::Error::SerdeError(error) => Some(Problem::new(
            Cause::Garbled,
            format!(
                "{place} sent something that is not what the API promises: {}",
                clean_within(&error.to_string(), 200)
            ),
        )),
        kube::Error::FromUtf8(_) => Some(Problem::new(
            Cause::Garbled,
            format!("{place} sent something that is not text"),
        )),
        kube::Error::UpgradeConnection(kube::client::UpgradeConnectionError::ProtocolSwitch(
            status,
        )) => {
            let what = format!("{place} would not open a stream (HTTP {})", status.as_u16());
            Some(
                Problem::new(Cause::Refused, what)
                    .hint("A proxy in between may not let WebSockets through"),
            )
        }
        _ => None,
    }
}

fn from_hyper(error: &hyper::Error, place: &str) -> Option<Problem> {
    if error.is_timeout() {
        return Some(silent(place));
    }
    if error.is_incomplete_message() {
        return Some(closed(place));
    }
    if error.is_parse() {
        let what = format!("{place} does not speak HTTP as an API server does");
        return Some(
            Problem::new(Cause::Garbled, what)
                .hint("Is it https:// rather than http://, and the right port?"),
        );
    }
    // Only where nothing inside says more.
    (error.source().is_none() && (error.is_canceled() || error.is_closed())).then(|| closed(place))
}

fn from_h2(error: &h2::Error, place: &str) -> Option<Problem> {
    if let Some(io) = error.get_io() {
        return from_io(io, place);
    }
    let reason = error.reason()?;
    if reason == h2::Reason::NO_ERROR || reason == h2::Reason::REFUSED_STREAM {
        let what = format!("{place} closed the connection to take no more requests on it");
        return Some(Problem::new(Cause::Unreachable, what));
    }
    let by = if error.is_remote() { "ended" } else { "broke" };
    let what = format!(
        "{place} {by} the connection (HTTP/2 {})",
        reason.description()
    );
    Some(Problem::new(Cause::Unreachable, what))
}

fn from_io(error: &io::Error, place: &str) -> Option<Problem> {
    use io::ErrorKind as Kind;
    // HTTP/2 keeps of a TLS error only its words.
    let said = error.to_string();
    if said.contains("received fatal alert")
        && error
            .get_ref()
            .is_none_or(|inner| !inner.is::<rustls::Error>())
    {
        return Some(trust::rejected(place, &said));
    }
    let unreachable =
        |what: String, hint: &str| Some(Problem::new(Cause::Unreachable, what).hint(hint));
    match error.kind() {
        Kind::ConnectionRefused => unreachable(
            format!("{place} refuses the connection"),
            "Is the cluster running, and the server in the kubeconfig right?",
        ),
        Kind::TimedOut => unreachable(
            format!("{place} does not answer"),
            "A VPN that is down or a firewall in between looks like this",
        ),
        Kind::HostUnreachable
        | Kind::NetworkUnreachable
        | Kind::NetworkDown
        | Kind::AddrNotAvailable => unreachable(
            format!("There is no way to {place} from this network"),
            "Is the network or the VPN up?",
        ),
        Kind::ConnectionReset | Kind::ConnectionAborted => Some(Problem::new(
            Cause::Unreachable,
            format!("The connection to {place} was reset"),
        )),
        // What a body sees of a connection that was given up for not answering pings, too.
        Kind::BrokenPipe | Kind::NotConnected => Some(lost(place)),
        Kind::UnexpectedEof if error.get_ref().is_none_or(|inner| inner.source().is_none()) => {
            Some(closed(place))
        }
        _ => None,
    }
}

/// The connection is there, but nothing comes: keep-alive pings or an answer are overdue.
pub(super) fn silent(place: &str) -> Problem {
    Problem::new(Cause::Unreachable, format!("{place} stopped answering"))
        .hint("Is the network or the VPN up?")
}

fn lost(place: &str) -> Problem {
    let what = format!("The connection to {place} was lost");
    Problem::new(Cause::Unreachable, what).hint("Is the network or the VPN up?")
}

fn closed(place: &str) -> Problem {
    Problem::new(Cause::Unreachable, format!("{place} closed the connection"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

    use rustls::{
        AlertDescription, CertificateError,
        pki_types::{ServerName, UnixTime},
    };

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] io::Error);

    fn tls(why: CertificateError) -> io::Error {
        io::Error::other(rustls::Error::InvalidCertificate(why))
    }

    #[test]
    fn the_reason_is_found_inside_its_wrappers() {
        let server = Uri::from_static("https://api.example.com:6443/prefix");
        let at =
            |day: u64| UnixTime::since_unix_epoch(std::time::Duration::from_secs(day * 86_400));
        let name = ServerName::try_from("api.example.com").unwrap();
        let io = |kind: io::ErrorKind| io::Error::from(kind);
        let alert = |alert| io::Error::other(rustls::Error::AlertReceived(alert));
        let table = [
            (
                io(io::ErrorKind::ConnectionRefused),
                Cause::Unreachable,
                "api.example.com:6443 refuses the connection",
            ),
            (
                io(io::ErrorKind::TimedOut),
                Cause::Unreachable,
                "api.example.com:6443 does not answer",
            ),
            (
                io(io::ErrorKind::NetworkUnreachable),
                Cause::Unreachable,
                "There is no way to api.example.com:6443 from this network",
            ),
            (
                io(io::ErrorKind::ConnectionReset),
                Cause::Unreachable,
                "The connection to api.example.com:6443 was reset",
            ),
            (
                io(io::ErrorKind::UnexpectedEof),
                Cause::Unreachable,
                "api.example.com:6443 closed the connection",
            ),
            (
                tls(CertificateError::ExpiredContext {
                    time: at(20_000),
                    not_after: at(19_723),
                }),
                Cause::Certificate,
                "The certificate of api.example.com:6443 expired on 2024-01-01 00:00 UTC",
            ),
            (
                tls(CertificateError::NotValidForNameContext {
                    expected: name,
                    presented: vec![
                        "DnsName(\"kubernetes\")".into(),
                        "IpAddress(10.0.0.1)".into(),
                    ],
                }),
                Cause::Certificate,
                "The certificate of api.example.com:6443 is for kubernetes, 10.0.0.1, not for api.example.com",
            ),
            (
                tls(CertificateError::UnknownIssuer),
                Cause::Certificate,
                "The certificate of api.example.com:6443 is signed by someone we do not know",
            ),
            (
                alert(AlertDescription::HandshakeFailure),
                Cause::Certificate,
                "api.example.com:6443 broke off the TLS handshake (HandshakeFailure)",
            ),
            (
                io::Error::other("dns error"),
                Cause::Unreachable,
                "The name of api.example.com:6443 is not known",
            ),
            (
                io::Error::other("od\u{1b}[1md"),
                Cause::Unreachable,
                "The request to api.example.com:6443 failed: odd",
            ),
        ];
        for (error, cause, what) in table {
            let found = problem(&Outer(error), &server);
            assert_eq!((found.cause, found.what.as_str()), (cause, what));
        }
        let found = problem(&Outer(alert(AlertDescription::CertificateExpired)), &server);
        assert_eq!(found.cause, Cause::Credentials);
        assert!(
            found
                .what
                .starts_with("api.example.com:6443 does not accept the client certificate (TLS: "),
            "{found}"
        );
    }
}
