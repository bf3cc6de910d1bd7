#![expect(
    clippy::unwrap_used,
    reason = "what is not as expected has failed the test"
)]

use super::*;

/// Carries what waits from one end to the other.
fn carry(from: &mut Connection, to: &mut Connection) -> Vec<Event> {
    let bytes = from.output().split();
    to.receive(&bytes).unwrap()
}

fn headers(pairs: &[(&str, &str)]) -> Headers {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

/// What kubectl 1.32 wrote for its first two streams of a port-forward, and the API server's first reply.
const FIRST: &str = "800300010000003e0000000100000000000078f9e3c6a7c202253a703a2b294a4dcc851625aca9a0808614cb45e01c606969\
                     69c9c0c0c05904\
                     89c64c50f266340000000 0ffff";

#[test]
fn kubectl_is_understood() {
    let digits: String = FIRST.chars().filter(char::is_ascii_hexdigit).collect();
    let bytes: Vec<u8> = (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect();
    let mut server = Connection::server();
    let mut events = Vec::new();
    for byte in bytes {
        events.extend(server.receive(&[byte]).unwrap());
    }
    let wanted = headers(&[
        ("streamtype", "error"),
        ("port", "9999"),
        ("requestid", "0"),
    ]);
    let [
        Event::Opened {
            id: 1,
            headers,
            ended: false,
        },
    ] = events.as_slice()
    else {
        unreachable!("{events:?}");
    };
    let mut headers = headers.clone();
    headers.sort();
    let mut wanted = wanted;
    wanted.sort();
    for (name, _) in &mut headers {
        name.make_ascii_lowercase();
    }
    assert_eq!(headers, wanted);
}

#[test]
fn streams_go_both_ways() {
    let (mut client, mut server) = (Connection::client(), Connection::server());
    let one = client.open(headers(&[("streamtype", "error"), ("한", "국")]));
    let two = client.open(headers(&[("streamtype", "data")]));
    let opened = carry(&mut client, &mut server);
    assert_eq!(
        opened,
        [
            Event::Opened {
                id: 1,
                headers: headers(&[("streamtype", "error"), ("한", "국")]),
                ended: false
            },
            Event::Opened {
                id: 3,
                headers: headers(&[("streamtype", "data")]),
                ended: false
            },
        ]
    );
    server.reply(one);
    server.reply(two);
    server.send(two, Bytes::from_static(b"hello"));
    server.finish(two);
    let heard = carry(&mut server, &mut client);
    assert_eq!(
        heard,
        [
            Event::Replied { id: 1 },
            Event::Replied { id: 3 },
            Event::Data {
                id: 3,
                bytes: Bytes::from_static(b"hello")
            },
            Event::Ended { id: 3 },
        ]
    );
    client.finish(two);
    client.reset(one);
    client.ping();
    assert_eq!(
        carry(&mut client, &mut server),
        [Event::Ended { id: 3 }, Event::Reset { id: 1 }]
    );
    // The ping comes back, and nobody answers the answer.
    assert!(carry(&mut server, &mut client).is_empty());
    assert!(client.output().is_empty());
    client.go_away();
    assert_eq!(carry(&mut client, &mut server), [Event::GoAway]);
}

#[test]
fn a_peer_that_counts_is_not_overrun() {
    let (mut client, mut server) = (Connection::client(), Connection::server());
    let id = client.open(Headers::new());
    carry(&mut client, &mut server);
    let received = |events: &[Event]| -> usize {
        let length = |event: &Event| match event {
            Event::Data { bytes, .. } => bytes.len(),
            _ => 0,
        };
        events.iter().map(length).sum()
    };
    // One that never said a word of windows gets everything, as Kubernetes' own libraries expect.
    server.send(id, Bytes::from(vec![0; 100 << 10]));
    let first = carry(&mut server, &mut client);
    assert_eq!(received(&first), 100 << 10);
    // It consumes, and with that it has begun to count: 36 KiB were more than the window.
    client.consumed(id, 100 << 10);
    carry(&mut client, &mut server);
    server.send(id, Bytes::from(vec![0; 100 << 10]));
    server.finish(id);
    let second = carry(&mut server, &mut client);
    assert_eq!(received(&second), 64 << 10);
    assert_eq!(server.unsent(), 36 << 10);
    client.consumed(id, 64 << 10);
    carry(&mut client, &mut server);
    let third = carry(&mut server, &mut client);
    assert_eq!(received(&third), 36 << 10);
    assert_eq!(third.last(), Some(&Event::Ended { id }));
    assert_eq!(server.unsent(), 0);
}

#[test]
fn settings_change_the_windows() {
    let mut server = Connection::server();
    let mut client = Connection::client();
    let id = client.open(Headers::new());
    let settings = Frame::Settings(vec![Setting {
        id: frame::INITIAL_WINDOW_SIZE,
        value: 1_000,
    }]);
    client.put(&settings);
    carry(&mut client, &mut server);
    server.send(id, Bytes::from(vec![0; 4_000]));
    assert_eq!(server.unsent(), 8 + 1_000 + 3_000);
}

#[test]
fn nonsense_breaks_the_connection() {
    let cases: [&[u8]; 5] = [
        b"GET / HTTP/1.1\r\nHost: localhost:80\r\n\r\n",
        &[0x80, 2, 0, 1, 0, 0, 0, 0],
        &[0x80, 3, 0, 1, 0, 0, 0, 4, 0, 0, 0, 1],
        &[
            0x80, 3, 0, 1, 0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 2,
        ],
        &[0x80, 3, 0, 4, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff],
    ];
    for bytes in cases {
        assert!(Connection::server().receive(bytes).is_err(), "{bytes:?}");
    }
    // A server's own numbers are not the client's to use.
    let mut wrong = Connection::new(2);
    wrong.open(Headers::new());
    let bytes = wrong.output().split();
    assert!(Connection::server().receive(&bytes).is_err());
    // A frame of an unknown type is passed over.
    let unknown = [
        0x80, 3, 0, 99, 0, 0, 0, 1, 7, 0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1,
    ];
    let mut server = Connection::server();
    assert_eq!(server.receive(&unknown), Ok(Vec::new()));
    assert_eq!(server.output().len(), 12);
}
