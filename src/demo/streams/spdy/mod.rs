//! A small SPDY/3.1: streams over one connection, without any I/O. It serves what Kubernetes' clients need of the protocol, and
//! can play the client too, for tests.
//!
//! ```text
//!  bytes in ─→ receive() ─→ [Event]          open(), reply(), send(), finish(), consumed() ─→ output() ─→ bytes out
//! ```
//!
//! After the SPDY/3.1 draft of 2013. One thing differs on purpose: Kubernetes' own clients and servers neither send nor heed
//! window updates, so a peer's window binds only from its first `WINDOW_UPDATE` or `SETTINGS` on: by then it counts.

mod frame;
mod line;

use std::collections::{HashMap, VecDeque};

use bytes::{Bytes, BytesMut};

use self::frame::{Codec, Frame, Setting};
pub use self::line::Line;

/// The window of a stream, and that of a connection, at first.
const WINDOW: i64 = 64 << 10;

/// The largest piece of data in one frame.
const LARGEST: usize = 16 << 10;

/// Names and values of a stream.
pub type Headers = Vec<(String, String)>;

/// What a peer did.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It opened a stream; with `ended`, nothing will come on it.
    Opened {
        /// The stream.
        id: u32,
        /// Its headers.
        headers: Headers,
        /// Whether that was all.
        ended: bool,
    },
    /// It took a stream that this side opened.
    Replied {
        /// The stream.
        id: u32,
    },
    /// It sent data. To let it send more, call [`Connection::consumed`].
    Data {
        /// The stream.
        id: u32,
        /// What it sent.
        bytes: Bytes,
    },
    /// Nothing more will come on a stream.
    Ended {
        /// The stream.
        id: u32,
    },
    /// It gave up a stream.
    Reset {
        /// The stream.
        id: u32,
    },
    /// It will open no more streams.
    GoAway,
}

/// Why a connection cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the SPDY connection is broken: {0}")]
pub struct Broken(&'static str);

/// One end of a connection.
pub struct Connection {
    codec: Codec,
    input: BytesMut,
    output: BytesMut,
    streams: HashMap<u32, Stream>,
    /// The window that a new stream has.
    initial: i64,
    /// The connection's own window.
    window: i64,
    /// What was consumed and not yet granted again.
    owed: i64,
    /// Whether the peer counts what it is sent.
    counts: bool,
    /// The next stream of this side.
    next: u32,
}

#[derive(Default)]
struct Stream {
    window: i64,
    owed: i64,
    queued: VecDeque<Bytes>,
    ends: bool,
    ended_here: bool,
    ended_there: bool,
}

impl Connection {
    /// The end that accepts streams.
    pub fn server() -> Self {
        Self::new(2)
    }

    /// The end that opens them.
    pub fn client() -> Self {
        Self::new(1)
    }

    fn new(next: u32) -> Self {
        Self {
            codec: Codec::new(),
            input: BytesMut::new(),
            output: BytesMut::new(),
            streams: HashMap::new(),
            initial: WINDOW,
            window: WINDOW,
            owed: 0,
            counts: false,
            next,
        }
    }

    /// Takes what came over the wire.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<Vec<Event>, Broken> {
        self.input.extend_from_slice(bytes);
        let mut events = Vec::new();
        while let Some(frame) = self.codec.decode(&mut self.input)? {
            self.take(frame, &mut events)?;
        }
        Ok(events)
    }

    fn take(&mut self, frame: Frame, events: &mut Vec<Event>) -> Result<(), Broken> {
        match frame {
            Frame::SynStream { id, headers, fin } => {
                // The parity says who opened it; a number is used once.
                if id % 2 == self.next % 2 || self.streams.contains_key(&id) {
                    return Err(Broken("a stream with a wrong number"));
                }
                self.add(id, fin);
                events.push(Event::Opened {
                    id,
                    headers,
                    ended: fin,
                });
            }
            Frame::SynReply { id, fin } => {
                events.push(Event::Replied { id });
                self.end_there(id, fin, events);
            }
            Frame::Data { id, bytes, fin } => {
                if !self.streams.contains_key(&id) {
                    // Of a stream that was given up; only the connection's window is still concerned.
                    self.consumed(id, bytes.len());
                    return Ok(());
                }
                if !bytes.is_empty() {
                    events.push(Event::Data { id, bytes });
                }
                self.end_there(id, fin, events);
            }
            Frame::RstStream { id, .. } => {
                if self.streams.remove(&id).is_some() {
                    events.push(Event::Reset { id });
                }
            }
            Frame::Settings(settings) => {
                for Setting { id, value } in settings {
                    if id == frame::INITIAL_WINDOW_SIZE {
                        self.change_initial(i64::from(value));
                    }
                }
            }
            Frame::Ping { id } => {
                // Only a ping of the peer's own is answered; another is the answer to one of ours.
                if id % 2 != self.next % 2 {
                    self.put(&Frame::Ping { id });
                }
            }
            Frame::GoAway { .. } => events.push(Event::GoAway),
            Frame::Headers => {}
            Frame::WindowUpdate { id, delta } => {
                self.counts = true;
                if id == 0 {
                    self.window += i64::from(delta);
                    for id in self.waiting() {
                        self.pump(id);
                    }
                } else {
                    if let Some(stream) = self.streams.get_mut(&id) {
                        stream.window += i64::from(delta);
                    }
                    self.pump(id);
                }
            }
        }
        Ok(())
    }

    /// Opens a stream, and says its number.
    pub fn open(&mut self, headers: Headers) -> u32 {
        let id = self.next;
        self.next += 2;
        self.add(id, false);
        self.put(&Frame::SynStream {
            id,
            headers,
            fin: false,
        });
        id
    }

    /// Takes a stream that the peer opened.
    pub fn reply(&mut self, id: u32) {
        self.put(&Frame::SynReply { id, fin: false });
    }

    /// Sends data on a stream, as soon as there is room.
    pub fn send(&mut self, id: u32, mut bytes: Bytes) {
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        while bytes.len() > LARGEST {
            stream.queued.push_back(bytes.split_to(LARGEST));
        }
        if !bytes.is_empty() {
            stream.queued.push_back(bytes);
        }
        self.pump(id);
    }

    /// Says that nothing more will be sent on a stream.
    pub fn finish(&mut self, id: u32) {
        if let Some(stream) = self.streams.get_mut(&id) {
            stream.ends = true;
        }
        self.pump(id);
    }

    /// Gives up a stream.
    pub fn reset(&mut self, id: u32) {
        if self.streams.remove(&id).is_some() {
            self.put(&Frame::RstStream {
                id,
                status: frame::CANCEL,
            });
        }
    }

    /// Asks whether somebody is there.
    pub fn ping(&mut self) {
        self.put(&Frame::Ping { id: self.next });
    }

    /// Opens and takes no more streams.
    pub fn go_away(&mut self) {
        let last = self.streams.keys().copied().max().unwrap_or_default();
        self.put(&Frame::GoAway { last });
    }

    /// Lets the peer send again what was consumed of its data.
    pub fn consumed(&mut self, id: u32, count: usize) {
        let count = count as i64;
        self.owed += count;
        if self.owed >= WINDOW / 2 {
            let delta = std::mem::take(&mut self.owed) as u32;
            self.put(&Frame::WindowUpdate { id: 0, delta });
        }
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        stream.owed += count;
        if stream.owed >= WINDOW / 2 && !stream.ended_there {
            let delta = std::mem::take(&mut stream.owed) as u32;
            self.put(&Frame::WindowUpdate { id, delta });
        }
    }

    /// What is to be written to the wire, in order. Take from its front what was written.
    pub fn output(&mut self) -> &mut BytesMut {
        &mut self.output
    }

    /// How many bytes wait for the wire or for the peer's window.
    pub fn unsent(&self) -> usize {
        let queued = |stream: &Stream| stream.queued.iter().map(Bytes::len).sum::<usize>();
        self.output.len() + self.streams.values().map(queued).sum::<usize>()
    }

    fn add(&mut self, id: u32, ended_there: bool) {
        let stream = Stream {
            window: self.initial,
            ended_there,
            ..Stream::default()
        };
        self.streams.insert(id, stream);
    }

    fn end_there(&mut self, id: u32, fin: bool, events: &mut Vec<Event>) {
        let Some(stream) = self.streams.get_mut(&id).filter(|_| fin) else {
            return;
        };
        stream.ended_there = true;
        if stream.ended_here {
            self.streams.remove(&id);
        }
        events.push(Event::Ended { id });
    }

    /// A changed first window also changes those that are in use.
    fn change_initial(&mut self, initial: i64) {
        self.counts = true;
        let difference = initial - self.initial;
        self.initial = initial;
        for stream in self.streams.values_mut() {
            stream.window += difference;
        }
        for id in self.waiting() {
            self.pump(id);
        }
    }

    /// Streams that have something to send, the oldest first.
    fn waiting(&self) -> Vec<u32> {
        let waits = |(id, stream): (&u32, &Stream)| (!stream.queued.is_empty()).then_some(*id);
        let mut ids: Vec<u32> = self.streams.iter().filter_map(waits).collect();
        ids.sort_unstable();
        ids
    }

    /// Puts on the wire what the windows allow.
    fn pump(&mut self, id: u32) {
        loop {
            let Some(stream) = self.streams.get_mut(&id) else {
                return;
            };
            let Some(piece) = stream.queued.front_mut() else {
                break;
            };
            let room = if self.counts {
                stream.window.min(self.window)
            } else {
                piece.len() as i64
            };
            if room <= 0 {
                return;
            }
            let bytes = piece.split_to(piece.len().min(room as usize));
            if piece.is_empty() {
                stream.queued.pop_front();
            }
            stream.window -= bytes.len() as i64;
            self.window -= bytes.len() as i64;
            self.put(&Frame::Data {
                id,
                bytes,
                fin: false,
            });
        }
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        if !stream.ends || stream.ended_here {
            return;
        }
        stream.ended_here = true;
        if stream.ended_there {
            self.streams.remove(&id);
        }
        self.put(&Frame::Data {
            id,
            bytes: Bytes::new(),
            fin: true,
        });
    }

    fn put(&mut self, frame: &Frame) {
        self.codec.encode(frame, &mut self.output);
    }
}

#[cfg(test)]
#[path = "spdy_tests.rs"]
mod tests;
