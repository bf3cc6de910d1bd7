//! The upgrade: which protocol both sides speak, and the 101 that says so.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderValue, header};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::demo::refusal::Refusal;

/// The protocols of one subresource.
#[derive(Clone, Copy, Debug)]
pub struct Protocols {
    /// WebSocket subprotocols.
    pub websocket: &'static [&'static str],
    /// `X-Stream-Protocol-Version` of `Upgrade: SPDY/3.1`.
    pub spdy: &'static [&'static str],
}

/// What `exec` and `attach` speak.
pub const EXEC: Protocols = Protocols {
    websocket: &[
        "v5.channel.k8s.io",
        "v4.channel.k8s.io",
        "channel.k8s.io",
        "base64.channel.k8s.io",
    ],
    spdy: &["v4.channel.k8s.io"],
};

/// What `portforward` speaks.
pub const FORWARD: Protocols = Protocols {
    websocket: &["SPDY/3.1+portforward.k8s.io", "v4.channel.k8s.io"],
    spdy: &["portforward.k8s.io"],
};

/// What carries the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// WebSocket messages.
    WebSocket,
    /// SPDY frames on the bare connection, as clients before 1.29 spoke.
    Spdy,
}

/// What was agreed.
#[derive(Clone, Debug)]
pub struct Handshake {
    /// The headers of the 101 response.
    pub headers: HeaderMap,
    /// The protocol; empty where a WebSocket client named none.
    pub protocol: String,
    /// What carries it.
    pub transport: Transport,
}

/// Agrees with a client on a protocol, by what it prefers. A request that is no upgrade is refused as a real server does.
pub fn handshake(headers: &HeaderMap, known: &Protocols) -> Result<Handshake, Refusal> {
    let upgrade = words(headers, &header::UPGRADE);
    let wants = |name: &str| upgrade.iter().any(|word| word.eq_ignore_ascii_case(name));
    let connection = words(headers, &header::CONNECTION);
    let upgrades = connection
        .iter()
        .any(|word| word.eq_ignore_ascii_case("upgrade"));
    if upgrades && wants("websocket") {
        websocket(headers, known.websocket)
    } else if upgrades && wants("spdy/3.1") {
        spdy(headers, known.spdy)
    } else {
        Err(Refusal::bad_request("Upgrade request required"))
    }
}

fn websocket(headers: &HeaderMap, known: &[&str]) -> Result<Handshake, Refusal> {
    let key = headers
        .get(header::SEC_WEBSOCKET_KEY)
        .filter(|key| {
            BASE64_STANDARD
                .decode(key.as_bytes())
                .is_ok_and(|key| key.len() == 16)
        })
        .ok_or_else(|| Refusal::bad_request("websocket: bad Sec-WebSocket-Key"))?;
    if headers
        .get(header::SEC_WEBSOCKET_VERSION)
        .is_none_or(|version| version != "13")
    {
        return Err(Refusal::bad_request(
            "websocket: unsupported version: 13 not found in 'Sec-Websocket-Version' header",
        ));
    }
    let protocol = choose(
        &words(headers, &header::SEC_WEBSOCKET_PROTOCOL),
        known,
        true,
    )?;
    let accept = derive_accept_key(key.as_bytes());
    let mut answer = HeaderMap::new();
    answer.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    answer.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    put(&mut answer, header::SEC_WEBSOCKET_ACCEPT, &accept);
    put(&mut answer, header::SEC_WEBSOCKET_PROTOCOL, &protocol);
    Ok(Handshake {
        headers: answer,
        protocol,
        transport: Transport::WebSocket,
    })
}

fn spdy(headers: &HeaderMap, known: &[&str]) -> Result<Handshake, Refusal> {
    let version = header::HeaderName::from_static("x-stream-protocol-version");
    let protocol = choose(&words(headers, &version), known, false)?;
    let mut answer = HeaderMap::new();
    answer.insert(header::UPGRADE, HeaderValue::from_static("SPDY/3.1"));
    answer.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    put(&mut answer, version, &protocol);
    Ok(Handshake {
        headers: answer,
        protocol,
        transport: Transport::Spdy,
    })
}

/// The first of those offered that is known.
fn choose(offered: &[String], known: &[&str], may_be_unnamed: bool) -> Result<String, Refusal> {
    if offered.is_empty() && may_be_unnamed {
        return Ok(String::new());
    }
    offered
        .iter()
        .find(|name| known.contains(&name.as_str()))
        .cloned()
        .ok_or_else(|| {
            let message = format!(
                "unable to upgrade: unable to negotiate protocol: client supports {offered:?}, server accepts {known:?}"
            );
            Refusal::new(403, "Forbidden", message)
        })
}

/// The words of a header that may come several times, each with commas.
fn words(headers: &HeaderMap, name: &header::HeaderName) -> Vec<String> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

fn put(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
#[path = "handshake_tests.rs"]
mod tests;
