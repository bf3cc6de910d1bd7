//! Frames of SPDY/3.1, to bytes and back. Header blocks are deflated, in one stream for the whole connection and direction.

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

use super::{Broken, Headers};

/// What both sides' compression knows beforehand: section 2.6.10.1 of the draft.
const DICTIONARY: &[u8] = include_bytes!("headers.dictionary");

/// `SETTINGS_INITIAL_WINDOW_SIZE`
pub(super) const INITIAL_WINDOW_SIZE: u32 = 7;
/// The status of a stream that is given up.
pub(super) const CANCEL: u32 = 5;

const FIN: u8 = 1;
const VERSION: u16 = 3;
/// A control frame is never as long; a header block inflated neither.
const LARGEST_CONTROL: usize = 64 << 10;
const LARGEST_DATA: usize = 1 << 20;

/// The types of control frames.
mod kind {
    pub(super) const SYN_STREAM: u16 = 1;
    pub(super) const SYN_REPLY: u16 = 2;
    pub(super) const RST_STREAM: u16 = 3;
    pub(super) const SETTINGS: u16 = 4;
    pub(super) const PING: u16 = 6;
    pub(super) const GOAWAY: u16 = 7;
    pub(super) const HEADERS: u16 = 8;
    pub(super) const WINDOW_UPDATE: u16 = 9;
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Frame {
    SynStream {
        id: u32,
        headers: Headers,
        fin: bool,
    },
    SynReply {
        id: u32,
        fin: bool,
    },
    RstStream {
        id: u32,
        status: u32,
    },
    Settings(Vec<Setting>),
    Ping {
        id: u32,
    },
    GoAway {
        last: u32,
    },
    /// Later headers of a stream. Nobody sends them; they are read for the sake of the compression.
    Headers,
    /// More room: on a stream, or with 0 on the connection.
    WindowUpdate {
        id: u32,
        delta: u32,
    },
    Data {
        id: u32,
        bytes: Bytes,
        fin: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) id: u32,
    pub(super) value: u32,
}

pub(super) struct Codec {
    inflate: Decompress,
    deflate: Compress,
}

impl Codec {
    pub(super) fn new() -> Self {
        let mut deflate = Compress::new(Compression::best(), true);
        // Fails only on a stream that has begun.
        let _ = deflate.set_dictionary(DICTIONARY);
        Self {
            inflate: Decompress::new(true),
            deflate,
        }
    }

    /// The next whole frame, taken out of the buffer.
    pub(super) fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Frame>, Broken> {
        loop {
            let Some((head, length)) = head(buffer) else {
                return Ok(None);
            };
            let is_control = head[0] & 0x80 != 0;
            if length
                > if is_control {
                    LARGEST_CONTROL
                } else {
                    LARGEST_DATA
                }
            {
                return Err(Broken("a frame that is too long"));
            }
            if buffer.len() < 8 + length {
                return Ok(None);
            }
            buffer.advance(8);
            let mut body = buffer.split_to(length).freeze();
            let fin = head[4] & FIN != 0;
            if !is_control {
                return Ok(Some(Frame::Data {
                    id: u32::from_be_bytes([head[0], head[1], head[2], head[3]]),
                    bytes: body,
                    fin,
                }));
            }
            if u16::from_be_bytes([head[0] & 0x7f, head[1]]) != VERSION {
                return Err(Broken("not SPDY/3"));
            }
            let kind = u16::from_be_bytes([head[2], head[3]]);
            if let Some(frame) = self.control(kind, fin, &mut body)? {
                return Ok(Some(frame));
            }
        }
    }

    fn control(&mut self, kind: u16, fin: bool, body: &mut Bytes) -> Result<Option<Frame>, Broken> {
        const SHORT: Broken = Broken("a frame that is too short");
        let mut number = || body.try_get_u32().map_err(|_| SHORT);
        Ok(Some(match kind {
            kind::SYN_STREAM => {
                let id = number()? & 0x7fff_ffff;
                let _associated = number()?;
                // Priority and slot mean nothing here.
                body.try_get_u16().map_err(|_| SHORT)?;
                Frame::SynStream {
                    id,
                    headers: self.headers(body)?,
                    fin,
                }
            }
            kind::SYN_REPLY => {
                let id = number()? & 0x7fff_ffff;
                self.headers(body)?;
                Frame::SynReply { id, fin }
            }
            kind::HEADERS => {
                number()?;
                self.headers(body)?;
                Frame::Headers
            }
            kind::RST_STREAM => Frame::RstStream {
                id: number()? & 0x7fff_ffff,
                status: number()?,
            },
            kind::SETTINGS => {
                let count = number()? as usize;
                let mut settings = Vec::new();
                for _ in 0..count {
                    settings.push(Setting {
                        id: number()? & 0x00ff_ffff,
                        value: number()?,
                    });
                }
                Frame::Settings(settings)
            }
            kind::PING => Frame::Ping { id: number()? },
            kind::GOAWAY => Frame::GoAway {
                last: number()? & 0x7fff_ffff,
            },
            kind::WINDOW_UPDATE => Frame::WindowUpdate {
                id: number()? & 0x7fff_ffff,
                delta: number()? & 0x7fff_ffff,
            },
            // Unknown frames are to be ignored: section 2.2.1.
            _ => return Ok(None),
        }))
    }

    fn headers(&mut self, block: &[u8]) -> Result<Headers, Broken> {
        const BAD: Broken = Broken("headers that cannot be read");
        let plain = self.inflated(block)?;
        let mut plain = plain.as_slice();
        let text = |plain: &mut &[u8]| {
            let length = plain.try_get_u32().map_err(|_| BAD)? as usize;
            let (text, rest) = plain.split_at_checked(length).ok_or(BAD)?;
            *plain = rest;
            String::from_utf8(text.to_vec()).map_err(|_| BAD)
        };
        let count = plain.try_get_u32().map_err(|_| BAD)?;
        let mut headers = Headers::new();
        for _ in 0..count {
            headers.push((text(&mut plain)?, text(&mut plain)?));
        }
        Ok(headers)
    }

    fn inflated(&mut self, block: &[u8]) -> Result<Vec<u8>, Broken> {
        const BAD: Broken = Broken("headers that cannot be inflated");
        let mut plain = Vec::with_capacity(4 << 10);
        let start = self.inflate.total_in();
        loop {
            let taken = (self.inflate.total_in() - start) as usize;
            let before = (taken, plain.len());
            let rest = block.get(taken..).unwrap_or_default();
            match self
                .inflate
                .decompress_vec(rest, &mut plain, FlushDecompress::Sync)
            {
                Ok(_) => {}
                Err(error) if error.needs_dictionary().is_some() => {
                    self.inflate.set_dictionary(DICTIONARY).map_err(|_| BAD)?;
                    continue;
                }
                Err(_) => return Err(BAD),
            }
            let taken = (self.inflate.total_in() - start) as usize;
            if taken >= block.len() && plain.len() < plain.capacity() {
                return Ok(plain);
            }
            if plain.len() > LARGEST_CONTROL
                || before == (taken, plain.len()) && plain.len() < plain.capacity()
            {
                return Err(BAD);
            }
            plain.reserve(4 << 10);
        }
    }

    fn deflated(&mut self, headers: &[(String, String)]) -> Vec<u8> {
        let mut plain = Vec::new();
        plain.put_u32(headers.len() as u32);
        for text in headers.iter().flat_map(|(name, value)| [name, value]) {
            plain.put_u32(text.len() as u32);
            plain.put_slice(text.as_bytes());
        }
        let mut block = Vec::with_capacity(plain.len() + 128);
        let start = self.deflate.total_in();
        loop {
            let taken = (self.deflate.total_in() - start) as usize;
            let rest = plain.get(taken..).unwrap_or_default();
            let done = self
                .deflate
                .compress_vec(rest, &mut block, FlushCompress::Sync);
            if done.is_err() || block.len() < block.capacity() {
                return block;
            }
            block.reserve(256);
        }
    }

    /// Puts a frame at the end of a buffer.
    pub(super) fn encode(&mut self, frame: &Frame, out: &mut BytesMut) {
        match frame {
            Frame::Data { id, bytes, fin } => {
                out.put_u32(*id);
                flags_and_length(out, *fin, bytes.len());
                out.put_slice(bytes);
            }
            Frame::SynStream { id, headers, fin } => {
                let block = self.deflated(headers);
                control(out, kind::SYN_STREAM, *fin, 10 + block.len());
                out.put_u32(*id);
                out.put_u32(0);
                out.put_u16(0);
                out.put_slice(&block);
            }
            Frame::SynReply { id, fin } => {
                let block = self.deflated(&[]);
                control(out, kind::SYN_REPLY, *fin, 4 + block.len());
                out.put_u32(*id);
                out.put_slice(&block);
            }
            Frame::RstStream { id, status } => pair(out, kind::RST_STREAM, *id, *status),
            Frame::WindowUpdate { id, delta } => pair(out, kind::WINDOW_UPDATE, *id, *delta),
            Frame::GoAway { last } => pair(out, kind::GOAWAY, *last, 0),
            Frame::Ping { id } => {
                control(out, kind::PING, false, 4);
                out.put_u32(*id);
            }
            Frame::Settings(settings) => {
                control(out, kind::SETTINGS, false, 4 + 8 * settings.len());
                out.put_u32(settings.len() as u32);
                for setting in settings {
                    out.put_u32(setting.id);
                    out.put_u32(setting.value);
                }
            }
            Frame::Headers => {}
        }
    }
}

/// The first 8 bytes of a frame, and how many follow.
fn head(buffer: &[u8]) -> Option<([u8; 8], usize)> {
    let head = *buffer.first_chunk::<8>()?;
    let length = u32::from_be_bytes([0, head[5], head[6], head[7]]) as usize;
    Some((head, length))
}

fn control(out: &mut BytesMut, kind: u16, fin: bool, length: usize) {
    out.put_u16(0x8000 | VERSION);
    out.put_u16(kind);
    flags_and_length(out, fin, length);
}

fn pair(out: &mut BytesMut, kind: u16, one: u32, two: u32) {
    control(out, kind, false, 8);
    out.put_u32(one);
    out.put_u32(two);
}

fn flags_and_length(out: &mut BytesMut, fin: bool, length: usize) {
    out.put_u8(if fin { FIN } else { 0 });
    out.put_uint(length as u64, 3);
}
