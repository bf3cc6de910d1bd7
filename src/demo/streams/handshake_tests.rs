#![expect(
    clippy::unwrap_used,
    reason = "what is not as expected has failed the test"
)]

use super::*;

type Lines = [(&'static str, &'static str)];

fn headers(lines: &Lines) -> HeaderMap {
    lines
        .iter()
        .map(|(name, value)| {
            (
                header::HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .collect()
}

const KEY: (&str, &str) = ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
const VERSION: (&str, &str) = ("sec-websocket-version", "13");

#[test]
fn the_client_prefers() {
    let cases: &[(&'static str, Protocols, &str)] = &[
        (
            "v5.channel.k8s.io, v4.channel.k8s.io",
            EXEC,
            "v5.channel.k8s.io",
        ),
        ("v9.x,v4.channel.k8s.io", EXEC, "v4.channel.k8s.io"),
        ("channel.k8s.io", EXEC, "channel.k8s.io"),
        (
            "SPDY/3.1+portforward.k8s.io",
            FORWARD,
            "SPDY/3.1+portforward.k8s.io",
        ),
    ];
    for (offered, known, agreed) in cases {
        let request = headers(&[
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            KEY,
            VERSION,
            ("sec-websocket-protocol", offered),
        ]);
        let made = handshake(&request, known).unwrap();
        assert_eq!(made.protocol, *agreed);
        assert_eq!(made.headers["sec-websocket-protocol"], *agreed);
        // The example of RFC 6455, section 1.3.
        assert_eq!(
            made.headers["sec-websocket-accept"],
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
    }
}

#[test]
fn spdy_offers_one_header_each() {
    let mut request = headers(&[("connection", "Upgrade"), ("upgrade", "SPDY/3.1")]);
    for offered in ["v5.channel.k8s.io", "v4.channel.k8s.io"] {
        request.append(
            "x-stream-protocol-version",
            HeaderValue::from_static(offered),
        );
    }
    let made = handshake(&request, &EXEC).unwrap();
    assert_eq!(
        (made.protocol.as_str(), made.transport),
        ("v4.channel.k8s.io", Transport::Spdy)
    );
    assert_eq!(handshake(&request, &FORWARD).unwrap_err().code, 403);
}

#[test]
fn what_is_no_upgrade_is_refused() {
    let upgrade = [("connection", "Upgrade"), ("upgrade", "websocket")];
    let cases: &[(&Lines, u16, &str)] = &[
        (&[], 400, "Upgrade request required"),
        (&[("upgrade", "websocket")], 400, "Upgrade request required"),
        (&upgrade, 400, "websocket: bad Sec-WebSocket-Key"),
    ];
    for (lines, code, message) in cases {
        let refusal = handshake(&headers(lines), &EXEC).unwrap_err();
        assert_eq!((refusal.code, refusal.message.as_str()), (*code, *message));
    }
    let mut foreign = headers(&upgrade);
    foreign.extend(headers(&[KEY, VERSION, ("sec-websocket-protocol", "foo")]));
    assert_eq!(handshake(&foreign, &EXEC).unwrap_err().code, 403);
}
