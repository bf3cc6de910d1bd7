//! `port-forward` in its three ways.

use std::future::pending;

use barkeep::demo::streams::{
    self, Transport,
    spdy::{Connection, Event, Line},
};
use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, duplex,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

use super::client::{LONG, agreed, facts};

const ASKS: &[u8] = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[tokio::test]
async fn channels_are_numbered() {
    let (near, far) = duplex(64 << 10);
    let handshake = agreed("v4.channel.k8s.io", Transport::WebSocket);
    let ports = vec![8080, 9999, 6379];
    tokio::spawn(streams::forward(far, handshake, ports, facts(), pending()));
    let mut socket = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
    let mut channels: Vec<Vec<u8>> = vec![Vec::new(); 6];
    let ask = [&[0], ASKS].concat();
    socket.send(Message::Binary(ask.into())).await.unwrap();
    socket
        .send(Message::Binary(Bytes::from_static(b"\x04PING\r\n")))
        .await
        .unwrap();
    while !(channels[4].ends_with(b"+PONG\r\n") && channels[0].ends_with(b"Z\n")) {
        let message = tokio::time::timeout(LONG, socket.next()).await.unwrap();
        let bytes = message.unwrap().unwrap().into_data();
        channels[usize::from(bytes[0])].extend_from_slice(&bytes[1..]);
    }
    for (channel, port) in [
        (0, 8080_u16),
        (1, 8080),
        (2, 9999),
        (3, 9999),
        (4, 6379),
        (5, 6379),
    ] {
        assert_eq!(channels[channel][..2], port.to_le_bytes());
    }
    let text = |channel: usize| String::from_utf8_lossy(&channels[channel][2..]).into_owned();
    assert!(text(0).contains("GET /hello\npod: web-0\n"));
    assert!(text(3).contains("failed to connect to localhost:9999 inside namespace"));
    assert_eq!((text(1), text(2), text(5)), Default::default());
}

/// A request over a pair of streams, and one to a port that nobody listens on.
async fn asks_over_spdy<IO: AsyncRead + AsyncWrite>(io: IO) {
    let mut line = Line::new(io, Connection::client());
    let open = |line: &mut Line<IO>, kind: &str, port: &str, request: &str| {
        let pairs = [("streamtype", kind), ("port", port), ("requestid", request)];
        line.connection.open(
            pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        )
    };
    let error = open(&mut line, "error", "8080", "0");
    line.connection.finish(error);
    let data = open(&mut line, "data", "8080", "0");
    let bad_error = open(&mut line, "error", "9999", "1");
    let bad_data = open(&mut line, "data", "9999", "1");
    line.connection.send(data, Bytes::from_static(ASKS));
    let (mut said, mut why, mut ended) = (Vec::new(), Vec::new(), Vec::new());
    while !(said.ends_with(b"Z\n") && ended.contains(&bad_error)) {
        let events = tokio::time::timeout(LONG, line.step(true))
            .await
            .unwrap()
            .unwrap();
        for event in events {
            match event {
                Event::Data { id, bytes } if id == data => said.extend(bytes),
                Event::Data { id, bytes } if id == bad_error => why.extend(bytes),
                Event::Ended { id } => ended.push(id),
                Event::Replied { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(String::from_utf8_lossy(&said).contains("GET /hello\npod: web-0\n"));
    assert!(String::from_utf8_lossy(&why).contains("connection refused"));
    assert!(ended.contains(&bad_data) && !ended.contains(&data));
    line.connection.finish(data);
    while !(ended.contains(&data) && ended.contains(&error)) {
        let events = tokio::time::timeout(LONG, line.step(true))
            .await
            .unwrap()
            .unwrap();
        ended.extend(events.into_iter().filter_map(|event| match event {
            Event::Ended { id } => Some(id),
            _ => None,
        }));
    }
}

#[tokio::test]
async fn spdy_goes_bare() {
    let (near, far) = duplex(64 << 10);
    let handshake = agreed("portforward.k8s.io", Transport::Spdy);
    tokio::spawn(streams::forward(
        far,
        handshake,
        Vec::new(),
        facts(),
        pending(),
    ));
    asks_over_spdy(near).await;
}

#[tokio::test]
async fn spdy_goes_through_a_tunnel() {
    let (near, far) = duplex(64 << 10);
    let handshake = agreed("SPDY/3.1+portforward.k8s.io", Transport::WebSocket);
    tokio::spawn(streams::forward(
        far,
        handshake,
        Vec::new(),
        facts(),
        pending(),
    ));
    let socket = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
    let (io, pipe) = duplex(64 << 10);
    tokio::select! {
        () = carry(socket, pipe) => panic!("the tunnel has ended"),
        () = asks_over_spdy(io) => {}
    }
}

/// The client's end of a tunnel; like kubectl, it splits frames where it likes.
async fn carry(socket: WebSocketStream<DuplexStream>, pipe: DuplexStream) {
    let (mut sink, mut stream) = socket.split();
    let (mut reader, mut writer) = tokio::io::split(pipe);
    let outward = async {
        let mut buffer = [0; 7];
        while let Ok(count @ 1..) = reader.read(&mut buffer).await {
            let message = Message::Binary(Bytes::copy_from_slice(&buffer[..count]));
            sink.send(message).await.unwrap();
        }
    };
    let inward = async {
        while let Some(Ok(message)) = stream.next().await {
            writer.write_all(&message.into_data()).await.unwrap();
        }
    };
    tokio::join!(outward, inward);
}
