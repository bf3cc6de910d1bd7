//! `exec` and `attach` over WebSocket: the `channel.k8s.io` protocols, seen from the server.
//!
//! Each message begins with the number of its channel. The rules are those of `k8s.io/apiserver/pkg/util/wsstream` and of
//! `k8s.io/client-go/tools/remotecommand/websocket.go`: `v4` ends with a `Status` on the error channel, `v5` can also close a
//! channel, and those before it, or without a name, know neither.

use std::{pin::pin, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::{BufMut as _, Bytes, BytesMut};
use futures::{
    SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::mpsc,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self, Message,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};

use super::{
    client::{self, Client, Heard, Said},
    exec::Command,
};

/// The numbers of the channels.
mod channel {
    pub(super) const STDIN: u8 = 0;
    pub(super) const STDOUT: u8 = 1;
    pub(super) const STDERR: u8 = 2;
    pub(super) const ERROR: u8 = 3;
    pub(super) const RESIZE: u8 = 4;
    /// Of `v5`: the next byte names the channel that is at its end.
    pub(super) const CLOSE: u8 = 255;
}

/// Neighbours on one channel are joined up to this.
const LARGEST: usize = 64 << 10;

/// A silent connection is asked after so long whether somebody is still there.
const SILENCE: Duration = Duration::from_secs(15);

/// How long a client may take to say goodbye.
const PARTING: Duration = Duration::from_secs(2);

/// How a protocol puts things.
#[derive(Clone, Copy)]
struct Dialect {
    /// Text messages: the channel as a digit, the rest in Base64.
    base64: bool,
    /// The error channel ends with a `Status`.
    status: bool,
    /// Channels can be closed.
    closes: bool,
}

impl Dialect {
    fn of(protocol: &str) -> Self {
        Self {
            base64: protocol.starts_with("base64."),
            status: protocol.starts_with('v'),
            closes: protocol == "v5.channel.k8s.io",
        }
    }

    fn message(self, channel: u8, payload: &[u8]) -> Message {
        if self.base64 {
            return Message::text(format!("{channel}{}", BASE64_STANDARD.encode(payload)));
        }
        let mut bytes = BytesMut::with_capacity(payload.len() + 1);
        bytes.put_u8(channel);
        bytes.put_slice(payload);
        Message::Binary(bytes.freeze())
    }

    /// What a message says, or None for what a server does not listen to.
    fn heard(self, message: Message) -> Option<Heard> {
        let (channel, payload) = match message {
            Message::Binary(mut bytes) if !self.base64 => {
                if bytes.is_empty() {
                    return None;
                }
                let channel = bytes.split_to(1)[0];
                (channel, bytes)
            }
            Message::Text(text) if self.base64 => {
                let (channel, payload) = text.split_at_checked(1)?;
                let payload = BASE64_STANDARD.decode(payload).ok()?;
                (channel.parse().ok()?, Bytes::from(payload))
            }
            _ => return None,
        };
        match channel {
            channel::STDIN if !payload.is_empty() => Some(Heard::Stdin(payload)),
            channel::RESIZE => client::resize(&serde_json::from_slice(&payload).ok()?),
            channel::CLOSE if self.closes && payload.first() == Some(&channel::STDIN) => {
                Some(Heard::StdinEnd)
            }
            _ => None,
        }
    }

    /// The last message of the error channel.
    fn end(self, status: &Value) -> Option<Message> {
        if self.status {
            return Some(self.message(channel::ERROR, status.to_string().as_bytes()));
        }
        let failed = status["status"] != "Success";
        let why = status["message"].as_str().unwrap_or_default();
        failed.then(|| self.message(channel::ERROR, why.as_bytes()))
    }
}

/// Wraps an upgraded connection.
pub(super) async fn accept<IO>(io: IO) -> WebSocketStream<IO>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let config = WebSocketConfig::default()
        .max_message_size(Some(4 << 20))
        .max_frame_size(Some(4 << 20));
    WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await
}

/// What a server says last.
pub(super) fn farewell() -> Message {
    Message::Close(Some(CloseFrame {
        code: CloseCode::Normal,
        reason: "".into(),
    }))
}

/// Lets `work` talk to the client at the other end of a connection, and drops it when the client goes.
pub(super) async fn serve<IO, F>(
    io: IO,
    protocol: &str,
    streams: &Command,
    work: impl FnOnce(Client) -> F,
) where
    IO: AsyncRead + AsyncWrite + Unpin + Send,
    F: Future<Output = ()>,
{
    let dialect = Dialect::of(protocol);
    let (sink, stream) = accept(io).await.split();
    let (client, wire) = client::pair();
    let mut listening = pin!(listen(stream, dialect, wire.heard));
    {
        let speaking = speak(sink, dialect, streams, wire.said);
        let mut serving = pin!(async { tokio::join!(work(client), speaking) });
        tokio::select! {
            () = &mut listening => return,
            ((), said) = &mut serving => if said.is_err() { return },
        }
    }
    // What was sent last may be lost where a connection is dropped with something in it that nobody read.
    let _ = timeout(PARTING, listening).await;
}

/// Hears a client out. It listens on when nobody cares any more, so that the client can finish.
async fn listen<IO>(
    mut stream: SplitStream<WebSocketStream<IO>>,
    dialect: Dialect,
    heard: mpsc::Sender<Heard>,
) where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = stream.next().await {
        if message.is_close() {
            break;
        }
        if let Some(message) = dialect.heard(message) {
            let _ = heard.send(message).await;
        }
    }
}

async fn speak<IO>(
    mut sink: SplitSink<WebSocketStream<IO>, Message>,
    dialect: Dialect,
    streams: &Command,
    mut said: mpsc::Receiver<Said>,
) -> Result<(), tungstenite::Error>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    // A server begins with an empty message, so that proxies let the connection through.
    let first = match streams {
        Command { stdout: true, .. } => channel::STDOUT,
        Command { stderr: true, .. } => channel::STDERR,
        _ => channel::ERROR,
    };
    sink.send(dialect.message(first, &[])).await?;
    let mut batch = Vec::new();
    loop {
        match timeout(SILENCE, said.recv_many(&mut batch, client::DEPTH)).await {
            Ok(0) => break,
            Ok(_) => {}
            Err(_) => sink.feed(Message::Ping(Bytes::new())).await?,
        }
        for (channel, bytes) in join(batch.drain(..)) {
            let message = match channel {
                Channel::Data(channel) => Some(dialect.message(channel, &bytes)),
                Channel::Status(status) => dialect.end(&status),
            };
            if let Some(message) = message {
                sink.feed(message).await?;
            }
        }
        sink.flush().await?;
    }
    sink.send(farewell()).await
}

enum Channel {
    Data(u8),
    Status(Value),
}

/// Pieces of output in order, neighbours of one channel as one. A terminal is read in pieces of 4 KiB, and a message each would cost
/// more than the output itself.
fn join(said: impl Iterator<Item = Said>) -> Vec<(Channel, BytesMut)> {
    let mut joined: Vec<(Channel, BytesMut)> = Vec::new();
    for piece in said {
        let (channel, bytes) = match piece {
            Said::Stdout(bytes) => (channel::STDOUT, bytes),
            Said::Stderr(bytes) => (channel::STDERR, bytes),
            Said::Status(status) => {
                joined.push((Channel::Status(status), BytesMut::new()));
                continue;
            }
        };
        match joined.last_mut() {
            Some((Channel::Data(last), together))
                if *last == channel && together.len() + bytes.len() <= LARGEST =>
            {
                together.extend_from_slice(&bytes);
            }
            _ => joined.push((Channel::Data(channel), BytesMut::from(bytes))),
        }
    }
    joined
}
