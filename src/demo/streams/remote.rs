//! `exec` and `attach` over SPDY (`v4.channel.k8s.io`), as clients before 1.29 spoke, and newer ones where WebSocket fails them: a
//! stream for each of error, stdin, stdout, stderr and resize.

use std::{
    collections::{HashMap, VecDeque},
    pin::pin,
    time::Duration,
};

use bytes::{Buf as _, Bytes, BytesMut};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{sleep, timeout},
};

use super::{
    client::{self, Client, Heard, Said},
    exec::Command,
    spdy::{Connection, Event, Line},
};

/// How long a client may take to open its streams: `DefaultStreamCreationTimeout` of the kubelet.
const OPENING: Duration = Duration::from_secs(30);
/// A silent connection is asked after so long whether somebody is still there.
const SILENCE: Duration = Duration::from_secs(15);
/// How long a client may take to close.
const PARTING: Duration = Duration::from_secs(2);
/// More than this is not put into the connection while it waits.
const UNSENT: usize = 256 << 10;
/// A resize is never longer.
const LONGEST_RESIZE: usize = 4 << 10;

/// The streams by what they are for.
#[derive(Default)]
struct Streams {
    ids: HashMap<&'static str, u32>,
    resizes: BytesMut,
}

const KINDS: [&str; 5] = ["error", "stdin", "stdout", "stderr", "resize"];

impl Streams {
    /// Whether all that a client said it would open are there.
    fn are_complete(&self, wanted: &Command) -> bool {
        let wants = [true, wanted.stdin, wanted.stdout, wanted.stderr, wanted.tty];
        KINDS
            .iter()
            .zip(wants)
            .all(|(kind, wants)| !wants || self.ids.contains_key(kind))
    }

    fn open(&mut self, id: u32, headers: &[(String, String)]) -> bool {
        let header = headers.iter().find(|(name, _)| name == "streamtype");
        let kind = KINDS
            .iter()
            .find(|kind| header.is_some_and(|(_, value)| value == *kind));
        kind.is_some_and(|kind| self.ids.insert(kind, id).is_none())
    }

    fn is(&self, kind: &str, id: u32) -> bool {
        self.ids.get(kind) == Some(&id)
    }

    /// What the data of a stream says.
    fn heard(&mut self, id: u32, bytes: Bytes) -> Vec<Heard> {
        if self.is("stdin", id) {
            return vec![Heard::Stdin(bytes)];
        }
        if !self.is("resize", id) {
            return Vec::new();
        }
        self.resizes.extend_from_slice(&bytes);
        let mut read = serde_json::Deserializer::from_slice(&self.resizes).into_iter::<Value>();
        let sizes: Vec<Heard> = read
            .by_ref()
            .map_while(Result::ok)
            .filter_map(|size| client::resize(&size))
            .collect();
        let taken = read.byte_offset().min(self.resizes.len());
        self.resizes.advance(taken);
        if self.resizes.len() > LONGEST_RESIZE {
            self.resizes.clear();
        }
        sizes
    }
}

/// Lets `work` talk to the client at the other end of a connection, and drops it when the client goes.
pub(super) async fn serve<IO, F>(io: IO, wanted: &Command, work: impl FnOnce(Client) -> F)
where
    IO: AsyncRead + AsyncWrite + Unpin + Send,
    F: Future<Output = ()>,
{
    let mut line = Line::new(io, Connection::server());
    let mut events = VecDeque::new();
    let mut streams = Streams::default();
    let opening = async {
        while !streams.are_complete(wanted) {
            for event in line.step(true).await.ok()? {
                match event {
                    Event::Opened { id, headers, .. } => {
                        if streams.open(id, &headers) {
                            line.connection.reply(id);
                        } else {
                            line.connection.reset(id);
                        }
                    }
                    other => events.push_back(other),
                }
            }
        }
        Some(())
    };
    let Ok(Some(())) = timeout(OPENING, opening).await else {
        return;
    };
    let (client, mut wire) = client::pair();
    let mut work = pin!(work(client));
    let mut heard: VecDeque<(Heard, u32)> = VecDeque::new();
    let mut works = true;
    loop {
        while let Some(event) = events.pop_front() {
            match event {
                Event::Data { id, bytes } => {
                    let count = bytes.len();
                    let said = streams.heard(id, bytes);
                    if !streams.is("stdin", id) {
                        line.connection.consumed(id, count);
                    }
                    heard.extend(said.into_iter().map(|said| (said, id)));
                }
                Event::Ended { id } if streams.is("stdin", id) => {
                    heard.push_back((Heard::StdinEnd, id));
                }
                Event::Opened { id, .. } => line.connection.reset(id),
                _ => {}
            }
        }
        tokio::select! {
            () = &mut work, if works => works = false,
            said = wire.said.recv(), if line.connection.unsent() < UNSENT => {
                let Some(said) = said else { break };
                say(&mut line.connection, &streams, said);
            }
            room = wire.heard.reserve(), if works && !heard.is_empty() => {
                let Some((said, id)) = heard.pop_front() else { continue };
                if let Heard::Stdin(bytes) = &said {
                    line.connection.consumed(id, bytes.len());
                }
                if let Ok(room) = room {
                    room.send(said);
                }
            }
            step = line.step(heard.is_empty() || !works) => match step {
                Ok(more) => events.extend(more),
                Err(_) => return,
            },
            () = sleep(SILENCE) => line.connection.ping(),
        }
    }
    for kind in ["stdout", "stderr", "error"] {
        if let Some(id) = streams.ids.get(kind) {
            line.connection.finish(*id);
        }
    }
    let _ = timeout(PARTING, line.part()).await;
}

fn say(connection: &mut Connection, streams: &Streams, said: Said) {
    let (kind, bytes) = match said {
        Said::Stdout(bytes) => ("stdout", bytes),
        Said::Stderr(bytes) => ("stderr", bytes),
        Said::Status(status) => ("error", Bytes::from(status.to_string())),
    };
    if let Some(id) = streams.ids.get(kind) {
        connection.send(*id, bytes);
    }
}
