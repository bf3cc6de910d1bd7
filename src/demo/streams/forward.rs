//! `port-forward`: many connections to the ports of a pod over one connection to the server.
//!
//! The API knows three ways to say it, and clients use all of them: SPDY streams in pairs (kubectl before 1.31, k9s), the same
//! tunnelled in WebSocket messages (kubectl since), and numbered channels in WebSocket messages (kube-rs). The rules are those of
//! `k8s.io/kubelet/pkg/cri/streaming/portforward`.

use std::{collections::HashMap, pin::pin, time::Duration};

use bytes::{BufMut as _, Bytes, BytesMut};
use futures::{SinkExt as _, StreamExt as _};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, duplex},
    time::{sleep, timeout},
};
use tokio_tungstenite::tungstenite::Message;

use super::{
    facts::Facts,
    handshake::{Handshake, Transport},
    responder::{Answer, Conversation},
    socket::{accept, farewell},
    spdy::{Connection, Event, Headers, Line},
};
use crate::demo::refusal::Refusal;

/// A silent connection is asked after so long whether somebody is still there.
const SILENCE: Duration = Duration::from_secs(15);
/// How long a client may take to say goodbye.
const PARTING: Duration = Duration::from_secs(2);
/// What a tunnel holds in each direction.
const TUNNEL: usize = 64 << 10;
/// Of more than this unsent, no more is asked for.
const UNSENT: usize = 1 << 20;

/// The ports of a query, each as `ports=80` or `ports=80,81`. The WebSocket protocol without SPDY cannot do without.
pub fn ports(query: &str, handshake: &Handshake) -> Result<Vec<u16>, Refusal> {
    let mut ports = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        // The API server's parameter is `ports`; a kubelet's is `port`.
        if !matches!(name.as_ref(), "ports" | "port") {
            continue;
        }
        for port in value.split(',') {
            let Ok(port @ 1..) = port.parse() else {
                let message = format!("Unable to parse \"{port}\" as a port");
                return Err(Refusal::bad_request(message));
            };
            ports.push(port);
        }
    }
    if ports.is_empty() && handshake.protocol == "v4.channel.k8s.io" {
        let message = "query parameter \"port\" is required";
        return Err(Refusal::bad_request(message));
    }
    Ok(ports)
}

/// Serves the ports until the client goes or the pod has ended.
pub(super) async fn run<IO>(
    io: IO,
    handshake: Handshake,
    ports: Vec<u16>,
    facts: Facts,
    ended: impl Future<Output = String>,
) where
    IO: AsyncRead + AsyncWrite + Unpin + Send,
{
    let serving = async {
        match handshake.transport {
            Transport::Spdy => over_spdy(io, &facts).await,
            Transport::WebSocket if handshake.protocol.starts_with("SPDY/3.1+") => {
                let (near, far) = duplex(TUNNEL);
                // Whichever side ends first has nothing more to say to the other.
                tokio::select! {
                    () = tunnel(io, far) => {}
                    () = over_spdy(near, &facts) => {}
                }
            }
            Transport::WebSocket => over_channels(io, &ports, &facts).await,
        }
    };
    tokio::select! {
        _ = ended => {}
        () = serving => {}
    }
}

/// Bytes between the messages of a WebSocket and a pipe, until either side closes.
async fn tunnel<IO>(io: IO, pipe: DuplexStream)
where
    IO: AsyncRead + AsyncWrite + Unpin + Send,
{
    let (mut sink, mut messages) = accept(io).await.split();
    let (mut reader, mut writer) = tokio::io::split(pipe);
    let inward = async {
        while let Some(Ok(message)) = messages.next().await {
            match message {
                Message::Binary(bytes) if writer.write_all(&bytes).await.is_ok() => {}
                Message::Binary(_) | Message::Close(_) => break,
                _ => {}
            }
        }
    };
    let outward = async {
        let mut buffer = BytesMut::new();
        loop {
            buffer.reserve(TUNNEL);
            match timeout(SILENCE, reader.read_buf(&mut buffer)).await {
                Ok(Ok(1..)) => {
                    let message = Message::Binary(buffer.split().freeze());
                    if sink.send(message).await.is_err() {
                        return;
                    }
                }
                Ok(_) => break,
                Err(_) if sink.send(Message::Ping(Bytes::new())).await.is_ok() => {}
                Err(_) => return,
            }
        }
        let _ = sink.send(farewell()).await;
    };
    tokio::select! {
        () = inward => {}
        () = outward => {}
    }
}

/// One connection of a client to a port: two streams with the same `requestid`.
#[derive(Default)]
struct Request {
    port: Option<u16>,
    error: Option<u32>,
    data: Option<u32>,
}

/// All connections of a client.
#[derive(Default)]
struct Requests {
    half: HashMap<String, Request>,
    /// By the data stream: what is behind it.
    talks: HashMap<u32, (Conversation, u32)>,
}

impl Requests {
    /// Takes a stream; once both are there, the port is asked.
    fn open(&mut self, connection: &mut Connection, facts: &Facts, id: u32, headers: &Headers) {
        let header = |wanted: &str| {
            let found = headers.iter().find(|(name, _)| name == wanted);
            found.map_or("", |(_, value)| value.as_str())
        };
        let port = header("port").parse().ok().filter(|port| *port != 0);
        let kind = header("streamtype");
        // Old clients have no request IDs; the two streams of a connection then follow one another.
        let name = match (header("requestid"), kind) {
            ("", "error") => id.to_string(),
            ("", _) => id.saturating_sub(2).to_string(),
            (given, _) => given.to_owned(),
        };
        let request = self.half.entry(name.clone()).or_default();
        let slot = match kind {
            "error" => &mut request.error,
            "data" => &mut request.data,
            _ => return connection.reset(id),
        };
        if port.is_none() || slot.is_some() {
            return connection.reset(id);
        }
        *slot = Some(id);
        request.port = port;
        connection.reply(id);
        let Request {
            port: Some(port),
            error: Some(error),
            data: Some(data),
        } = *request
        else {
            return;
        };
        self.half.remove(&name);
        match Conversation::with(facts, port) {
            Ok((talk, answer)) => {
                self.talks.insert(data, (talk, error));
                self.answer(connection, data, answer);
            }
            Err(why) => {
                connection.finish(data);
                connection.send(error, Bytes::from(why));
                connection.finish(error);
            }
        }
    }

    fn hear(&mut self, connection: &mut Connection, facts: &Facts, id: u32, bytes: &[u8]) {
        connection.consumed(id, bytes.len());
        if let Some((talk, _)) = self.talks.get_mut(&id) {
            let answer = talk.hear(bytes, facts, now());
            self.answer(connection, id, answer);
        }
    }

    fn answer(&mut self, connection: &mut Connection, id: u32, answer: Answer) {
        connection.send(id, answer.bytes);
        if answer.ends {
            self.end(connection, id);
        }
    }

    /// Either side has closed: the other does too.
    fn end(&mut self, connection: &mut Connection, id: u32) {
        if let Some((_, error)) = self.talks.remove(&id) {
            connection.finish(id);
            connection.finish(error);
        }
    }
}

async fn over_spdy<IO>(io: IO, facts: &Facts)
where
    IO: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut line = Line::new(io, Connection::server());
    let mut requests = Requests::default();
    loop {
        let reads = line.connection.unsent() < UNSENT;
        let events = tokio::select! {
            step = line.step(reads) => match step {
                Ok(events) => events,
                Err(_) => return,
            },
            () = sleep(SILENCE) => {
                line.connection.ping();
                continue;
            }
        };
        let connection = &mut line.connection;
        for event in events {
            match event {
                Event::Opened { id, headers, .. } => {
                    requests.open(connection, facts, id, &headers);
                }
                Event::Data { id, bytes } => requests.hear(connection, facts, id, &bytes),
                Event::Ended { id } | Event::Reset { id } => requests.end(connection, id),
                Event::Replied { .. } | Event::GoAway => {}
            }
        }
    }
}

/// Channels 2n and 2n+1 are data and error of the n-th port; the first message of each names the port.
async fn over_channels<IO>(io: IO, ports: &[u16], facts: &Facts)
where
    IO: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut socket = accept(io).await;
    let message = |channel: usize, payload: &[u8]| {
        let mut bytes = BytesMut::with_capacity(payload.len() + 1);
        bytes.put_u8(channel as u8);
        bytes.put_slice(payload);
        Message::Binary(bytes.freeze())
    };
    // More ports than channels can be counted are not there.
    let ports = ports.get(..128).unwrap_or(ports);
    let mut talks = Vec::new();
    let mut said = Vec::new();
    for (index, port) in ports.iter().enumerate() {
        let number = port.to_le_bytes();
        said.push(message(2 * index, &number));
        said.push(message(2 * index + 1, &number));
    }
    for (index, port) in ports.iter().enumerate() {
        match Conversation::with(facts, *port) {
            Ok((talk, answer)) => {
                if !answer.bytes.is_empty() {
                    said.push(message(2 * index, &answer.bytes));
                }
                talks.push((!answer.ends).then_some(talk));
            }
            Err(why) => {
                said.push(message(2 * index + 1, why.as_bytes()));
                talks.push(None);
            }
        }
    }
    loop {
        for message in said.drain(..) {
            if socket.feed(message).await.is_err() {
                return;
            }
        }
        if socket.flush().await.is_err() {
            return;
        }
        if talks.iter().all(Option::is_none) {
            break;
        }
        let heard = match timeout(SILENCE, socket.next()).await {
            Ok(Some(Ok(Message::Binary(heard)))) => heard,
            Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) => return,
            Ok(Some(Ok(_))) => continue,
            Err(_) => {
                said.push(Message::Ping(Bytes::new()));
                continue;
            }
        };
        let Some((channel, bytes)) = heard.split_first() else {
            continue;
        };
        let channel = usize::from(*channel);
        if !channel.is_multiple_of(2) {
            continue;
        }
        if let Some(slot) = talks.get_mut(channel / 2)
            && let Some(talk) = slot
        {
            let answer = talk.hear(bytes, facts, now());
            if !answer.bytes.is_empty() {
                said.push(message(channel, &answer.bytes));
            }
            if answer.ends {
                *slot = None;
            }
        }
    }
    let parting = async {
        let mut socket = pin!(socket);
        let _ = socket.send(farewell()).await;
        while let Some(Ok(_)) = socket.next().await {}
    };
    let _ = timeout(PARTING, parting).await;
}

fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_ports() {
        let cases: [(&str, Option<&[u16]>); 5] = [
            ("", Some(&[])),
            ("ports=80", Some(&[80])),
            ("ports=80&ports=443,8080&x=1", Some(&[80, 443, 8080])),
            ("ports=0", None),
            ("ports=http", None),
        ];
        for (query, wanted) in cases {
            let agreed = |protocol: &str| Handshake {
                headers: http::HeaderMap::new(),
                protocol: protocol.to_owned(),
                transport: Transport::WebSocket,
            };
            let tunnel = ports(query, &agreed("SPDY/3.1+portforward.k8s.io"));
            assert_eq!(tunnel.ok().as_deref(), wanted, "{query}");
            let channels = ports(query, &agreed("v4.channel.k8s.io"));
            let wanted = wanted.filter(|ports| !ports.is_empty());
            assert_eq!(channels.ok().as_deref(), wanted, "{query}");
        }
    }
}
