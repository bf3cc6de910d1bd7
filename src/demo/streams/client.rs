//! The far end of `exec` and `attach`, whatever carries it: what was heard from it, and what it is told.

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::mpsc;

/// Pieces under way in one direction. Small, so that a client that does not read soon stops the process that writes.
pub(super) const DEPTH: usize = 16;

/// What a client sends.
#[derive(Debug, PartialEq)]
pub(super) enum Heard {
    Stdin(Bytes),
    /// No more of it will come.
    StdinEnd,
    Resize {
        columns: u16,
        rows: u16,
    },
}

/// What a client is told.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    Stdout(Bytes),
    Stderr(Bytes),
    /// How it ended: a `Status`.
    Status(Value),
}

/// Both directions. When the client has gone, the future that holds this is dropped.
pub(super) struct Client {
    pub(super) heard: mpsc::Receiver<Heard>,
    pub(super) said: mpsc::Sender<Said>,
}

/// The side of the transport.
pub(super) struct Wire {
    pub(super) heard: mpsc::Sender<Heard>,
    pub(super) said: mpsc::Receiver<Said>,
}

pub(super) fn pair() -> (Client, Wire) {
    let (hear, heard) = mpsc::channel(DEPTH);
    let (say, said) = mpsc::channel(DEPTH);
    (Client { heard, said: say }, Wire { heard: hear, said })
}

/// A resize as clients write it: `{"Width":80,"Height":24}`.
pub(super) fn resize(json: &Value) -> Option<Heard> {
    let side = |name: &str| {
        json[name]
            .as_u64()
            .and_then(|side| u16::try_from(side).ok())
    };
    Some(Heard::Resize {
        columns: side("Width")?,
        rows: side("Height")?,
    })
}
