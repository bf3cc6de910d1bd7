//! What is on the terminal and what shall be: two frames, one write for the difference.

use std::{
    io::{self, ErrorKind, Write},
    thread,
    time::{Duration, Instant},
};

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Color, Style},
};

use super::encode::Encoder;

const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";
const SHOW_CURSOR: &[u8] = b"\x1b[?25h";
const HIDE_CURSOR: &[u8] = b"\x1b[?25l";

/// What a frame took. A write that takes longer than a frame says that the terminal does not keep up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Bytes that were written: none if nothing changed.
    pub bytes: usize,
    /// How long the terminal took to accept them.
    pub write: Duration,
}

/// Draws frames on a terminal, sending only what changed.
#[derive(Debug)]
pub struct Screen<W> {
    out: W,
    encoder: Encoder,
    shown: Buffer,
    wanted: Buffer,
    cursor: Option<Position>,
    fresh: bool,
    bytes: Vec<u8>,
}

impl<W: Write> Screen<W> {
    /// A screen of which nothing is known yet. `colour_erase` is whether the terminal erases with the current background
    /// (see [`super::erases_in_colour`]).
    pub fn new(out: W, colour_erase: bool) -> Self {
        Self {
            out,
            encoder: Encoder::new(colour_erase),
            shown: Buffer::default(),
            wanted: Buffer::default(),
            cursor: None,
            fresh: false,
            bytes: Vec::new(),
        }
    }

    /// Forgets what is shown, so that the next frame is sent as a whole: after a resize, a suspension, another program.
    pub fn repaint(&mut self) {
        self.fresh = false;
    }

    /// Draws a frame into an empty buffer and sends the difference in a single write. `draw` says where the cursor shows.
    /// Where nothing changed, nothing is written. Areas that `wait` stay as they are shown.
    pub fn frame(
        &mut self,
        area: Rect,
        wait: &[Rect],
        draw: impl FnOnce(&mut Buffer) -> Option<Position>,
    ) -> io::Result<Drawn> {
        if self.wanted.area != area {
            self.wanted.resize(area);
        }
        self.wanted.reset();
        let cursor = draw(&mut self.wanted).filter(|position| area.contains(*position));

        self.bytes.clear();
        self.bytes.extend_from_slice(BEGIN);
        if !self.fresh || self.shown.area != area {
            self.bytes.extend_from_slice(HIDE_CURSOR);
            self.cursor = None;
            let ground = self.wanted.content.first();
            let ground = ground.map_or(Color::Reset, |cell| cell.bg);
            let ground = self.encoder.clear(ground, &mut self.bytes);
            self.shown = Buffer::empty(area);
            self.shown.set_style(area, Style::new().bg(ground));
        } else {
            for part in wait {
                self.keep(part.intersection(area));
            }
        }
        self.encoder
            .encode(&mut self.shown, &self.wanted, &mut self.bytes);
        self.place(cursor);
        if self.bytes.len() == BEGIN.len() {
            return Ok(Drawn::default());
        }
        self.bytes.extend_from_slice(END);

        // Until it is known that all of it arrived, nothing is known.
        self.fresh = false;
        let start = Instant::now();
        write_whole(&mut self.out, &self.bytes)?;
        let drawn = Drawn {
            bytes: self.bytes.len(),
            write: start.elapsed(),
        };
        std::mem::swap(&mut self.shown, &mut self.wanted);
        self.cursor = cursor;
        self.fresh = true;
        Ok(drawn)
    }

    /// Tells the terminal something that is no frame and shows nothing, between two frames.
    pub fn tell(&mut self, sequence: &[u8]) -> io::Result<()> {
        write_whole(&mut self.out, sequence)
    }

    #[cfg(test)]
    pub(super) fn take_output(&mut self) -> W
    where
        W: Default,
    {
        std::mem::take(&mut self.out)
    }

    /// Wants what is shown there.
    fn keep(&mut self, part: Rect) {
        for y in part.top()..part.bottom() {
            let start = self.shown.index_of(part.x, y);
            let row = start..start + usize::from(part.width);
            self.wanted.content[row.clone()].clone_from_slice(&self.shown.content[row]);
        }
    }

    fn place(&mut self, cursor: Option<Position>) {
        let drew = self.bytes.len() > BEGIN.len();
        match cursor {
            Some(position) => {
                if drew || self.cursor != cursor {
                    self.encoder.go(
                        position.x - self.wanted.area.x,
                        position.y - self.wanted.area.y,
                        &mut self.bytes,
                    );
                }
                if self.cursor.is_none() {
                    self.bytes.extend_from_slice(SHOW_CURSOR);
                }
            }
            None if self.cursor.is_some() => self.bytes.extend_from_slice(HIDE_CURSOR),
            None => {}
        }
    }
}

/// One write, unless the terminal takes less.
fn write_whole(out: &mut impl Write, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match out.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Someone who shares the terminal made it non-blocking.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(1));
            }
            Err(error) => return Err(error),
        }
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a write that fails has failed the test")]

    use super::*;

    #[test]
    fn a_terminal_that_takes_little_at_a_time_gets_all_of_it() {
        struct Slow(Vec<u8>, u32);
        impl Write for Slow {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.1 += 1;
                match self.1 % 3 {
                    0 => Err(ErrorKind::Interrupted.into()),
                    1 => Err(ErrorKind::WouldBlock.into()),
                    _ => self.0.write(&bytes[..bytes.len().min(7)]),
                }
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut slow = Slow(Vec::new(), 0);
        write_whole(&mut slow, b"a frame in small pieces").unwrap();
        assert_eq!(slow.0, b"a frame in small pieces");
    }
}
