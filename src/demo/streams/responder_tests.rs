#![expect(
    clippy::unwrap_used,
    reason = "what is not as expected has failed the test"
)]

use super::*;

fn facts() -> Facts {
    Facts {
        namespace: "shop".into(),
        pod: "web-0".into(),
        uid: "716d5909-0661-4ddf-a88e-26f780a18a2b".into(),
        ports: vec![80, 5432, 6379, 9092],
        ..Facts::default()
    }
}

/// What a port says to something, whatever the pieces in which it comes.
fn said(port: u16, heard: &[u8]) -> (String, bool) {
    let facts = facts();
    let mut answers = [heard.len().max(1), 1].map(|size| {
        let (mut talk, first) = Conversation::with(&facts, port).unwrap();
        let (mut text, mut ends) = (first.bytes.to_vec(), first.ends);
        for piece in heard.chunks(size) {
            if ends {
                break;
            }
            let answer = talk.hear(piece, &facts, 1_700_000_000_000);
            text.extend_from_slice(&answer.bytes);
            ends = answer.ends;
        }
        (String::from_utf8_lossy(&text).into_owned(), ends)
    });
    assert_eq!(answers[0], answers[1], "in one piece, and byte by byte");
    std::mem::take(&mut answers[0])
}

#[test]
fn http_is_answered() {
    let cases: &[(&str, &[&str], bool)] = &[
        (
            "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n",
            &[
                "HTTP/1.1 200 OK\r\n",
                "Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n",
                "\r\n\r\nGET /a\npod: web-0\nnamespace: shop\nport: 80\ntime: 2023-11-14T22:13:20Z\n",
            ],
            false,
        ),
        (
            "GET /healthz HTTP/1.0\r\n\r\n",
            &["Connection: close\r\n\r\nok\n"],
            true,
        ),
        (
            "HEAD /healthz HTTP/1.1\r\n\r\n",
            &["Content-Length: 3\r\nConnection: keep-alive\r\n\r\n"],
            false,
        ),
        (
            "POST /p HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /q HTTP/1.1\r\nConnection: close\r\n\r\n",
            &["POST /p", "GET /q"],
            true,
        ),
        (
            "POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /q HTTP/1.1\r\n\r\n",
            &["POST /p", "GET /q"],
            false,
        ),
        (
            "GET /metrics HTTP/1.1\r\n\r\n",
            &["process_uptime_seconds{pod=\"web-0\"} 1700000000\n"],
            false,
        ),
        (
            "\x16\x03\x01\x02\r\n\r\n",
            &["HTTP/1.1 400 Bad Request"],
            true,
        ),
    ];
    for (heard, parts, ends) in cases {
        let (text, ended) = said(80, heard.as_bytes());
        for part in *parts {
            assert!(text.contains(part), "{heard:?}: {part:?} in {text:?}");
        }
        assert_eq!(ended, *ends, "{heard:?}");
    }
}

#[test]
fn other_ports_speak_otherwise() {
    let cases: &[(u16, &[u8], &str, bool)] = &[
        (6379, b"PING\r\n", "+PONG\r\n", false),
        (
            6379,
            b"*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n*1\r\n$4\r\nQUIT\r\n",
            "$2\r\nhi\r\n+OK\r\n",
            true,
        ),
        (
            6379,
            b"SET a b\r\n",
            "-ERR unknown command 'SET'\r\n",
            false,
        ),
        (9092, b"", "", true),
        (5432, &[0, 0, 0, 8, 4, 210, 22, 47], "N", false),
    ];
    for (port, heard, text, ends) in cases {
        assert_eq!(said(*port, heard), ((*text).to_owned(), *ends), "{heard:?}");
    }
    let (text, ends) = said(5432, b"\0\0\0\x08\0\x03\0\0");
    assert!(text.contains("C57P03\0Mthis cluster is simulated") && ends);
}

#[test]
fn a_port_without_a_listener_refuses() {
    let why = Conversation::with(&facts(), 9999).unwrap_err();
    assert!(why.starts_with("error forwarding port 9999 to pod 716d5909"));
    assert!(why.contains("dial tcp4 127.0.0.1:9999: connect: connection refused"));
}
