//! What is on the terminal and what shall be: two frames, one write for the difference.

use std::{
    io::{self, ErrorKind, Write},
    thread,
    time::{Duration, Instant},
};

use crossterm::{Command, clipboard::CopyToClipboard};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
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
    /// Where nothing changed, nothing is written.
    pub fn frame(
        &mut self,
        area: Rect,
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
            self.encoder.clear(&mut self.bytes);
            self.shown = Buffer::empty(area);
        }
        self.encoder
            .encode(&self.shown, &self.wanted, &mut self.bytes);
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

    /// Puts a text on the clipboard of the terminal (OSC 52, so it works over SSH where the terminal allows it).
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        let mut sequence = String::new();
        CopyToClipboard::to_clipboard_from(text)
            .write_ansi(&mut sequence)
            .map_err(io::Error::other)?;
        write_whole(&mut self.out, sequence.as_bytes())
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
    #![expect(clippy::unwrap_used, reason = "a Vec takes every write")]

    use ratatui::{
        buffer::Cell,
        style::{Color, Modifier, Style},
    };

    use super::*;

    const AREA: Rect = Rect::new(0, 0, 40, 8);

    /// Frames go in, a real terminal's parser says what is seen.
    struct Bench {
        screen: Screen<Vec<u8>>,
        parser: vt100::Parser,
    }

    impl Bench {
        fn new() -> Self {
            Self {
                screen: Screen::new(Vec::new(), true),
                parser: vt100::Parser::new(
                    AREA.height.try_into().unwrap(),
                    AREA.width.try_into().unwrap(),
                    0,
                ),
            }
        }

        fn show(&mut self, frame: &Buffer, cursor: Option<Position>) -> String {
            let drawn = self.screen.frame(frame.area, |buffer| {
                buffer.merge(frame);
                cursor
            });
            let bytes = std::mem::take(&mut self.screen.out);
            assert_eq!(drawn.unwrap().bytes, bytes.len());
            self.parser.process(&bytes);
            String::from_utf8(bytes).unwrap()
        }

        fn check(&self, frame: &Buffer) {
            let mut skip = 0;
            for (index, cell) in frame.content.iter().enumerate() {
                let (x, y) = frame.pos_of(index);
                if x == 0 {
                    skip = 0;
                }
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                skip = crate::text::width(cell.symbol()).saturating_sub(1);
                let seen = self.parser.screen().cell(y, x).unwrap();
                assert_eq!(look(cell), seen_look(seen), "at {x},{y}");
            }
        }
    }

    /// Text, colours, bold, dim, italic, underline, reversed; of a blank only what shows.
    type Look = (String, vt100::Color, vt100::Color, [bool; 5]);

    fn look(cell: &Cell) -> Look {
        let has = |modifier| cell.modifier.contains(modifier);
        let modes = [
            Modifier::BOLD,
            Modifier::DIM,
            Modifier::ITALIC,
            Modifier::UNDERLINED,
            Modifier::REVERSED,
        ]
        .map(has);
        visible((cell.symbol().to_owned(), vt(cell.fg), vt(cell.bg), modes))
    }

    fn seen_look(cell: &vt100::Cell) -> Look {
        let text = if cell.has_contents() {
            cell.contents()
        } else {
            " "
        };
        let modes = [
            cell.bold(),
            cell.dim(),
            cell.italic(),
            cell.underline(),
            cell.inverse(),
        ];
        visible((text.to_owned(), cell.fgcolor(), cell.bgcolor(), modes))
    }

    fn visible((text, fg, bg, [bold, dim, italic, underline, reversed]): Look) -> Look {
        if text != " " {
            return (text, fg, bg, [bold, dim, italic, underline, reversed]);
        }
        let fg = if underline || reversed {
            fg
        } else {
            vt100::Color::Default
        };
        (text, fg, bg, [false, false, false, underline, reversed])
    }

    fn vt(color: Color) -> vt100::Color {
        match color {
            Color::Reset => vt100::Color::Default,
            Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
            Color::Indexed(index) => vt100::Color::Idx(index),
            Color::Green => vt100::Color::Idx(2),
            Color::LightRed => vt100::Color::Idx(9),
            other => unreachable!("{other} is not used here"),
        }
    }

    /// xorshift64: the same frames every time.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 % limit as u64) as usize
        }

        fn pick<T: Copy>(&mut self, from: &[T]) -> T {
            from[self.below(from.len())]
        }

        fn style(&mut self) -> Style {
            const COLOURS: [Color; 6] = [
                Color::Reset,
                Color::Reset,
                Color::Green,
                Color::LightRed,
                Color::Indexed(238),
                Color::Rgb(35, 45, 61),
            ];
            const MODIFIERS: [Modifier; 7] = [
                Modifier::empty(),
                Modifier::empty(),
                Modifier::BOLD,
                Modifier::DIM,
                Modifier::ITALIC,
                Modifier::UNDERLINED,
                Modifier::REVERSED,
            ];
            Style::reset()
                .fg(self.pick(&COLOURS))
                .bg(self.pick(&COLOURS))
                .add_modifier(self.pick(&MODIFIERS))
        }

        fn scribble(&mut self, frame: &mut Buffer) {
            const TEXTS: [&str; 10] = [
                "web",
                "한국어",
                "a한b글",
                "e\u{301}té",
                "─────┴────",
                "            ",
                " ",
                "漢",
                "●◐▲✖○",
                "                  x",
            ];
            for _ in 0..1 + self.below(12) {
                let (x, y) = (
                    self.below(AREA.width.into()) as u16,
                    self.below(AREA.height.into()) as u16,
                );
                let (text, style) = (self.pick(&TEXTS), self.style());
                // What a widget does that writes over half of a wide character.
                if x > 0 && crate::text::width(frame[(x - 1, y)].symbol()) == 2 {
                    frame[(x - 1, y)].reset();
                }
                frame.set_string(x, y, text, style);
            }
        }
    }

    #[test]
    fn the_terminal_shows_exactly_the_frame() {
        for seed in 1..60 {
            let mut dice = Dice(0x9E37_79B9_7F4A_7C15_u64.rotate_left(seed));
            let mut bench = Bench::new();
            bench.screen.encoder = Encoder::new(seed % 2 == 0);
            let mut frame = Buffer::empty(AREA);
            for _ in 0..40 {
                if dice.below(10) == 0 {
                    frame.reset();
                }
                dice.scribble(&mut frame);
                bench.show(&frame, None);
                bench.check(&frame);
            }
        }
    }

    #[test]
    fn an_equal_frame_writes_nothing() {
        let mut bench = Bench::new();
        let mut frame = Buffer::empty(AREA);
        frame.set_string(3, 3, "한국어 web", Style::new().fg(Color::Green));
        let cursor = Some(Position::new(3, 3));
        assert!(!bench.show(&frame, cursor).is_empty());
        assert_eq!(bench.show(&frame, cursor), "");
        assert_eq!(bench.parser.screen().cursor_position(), (3, 3));
        assert_eq!(
            bench.show(&frame, Some(Position::new(4, 3))),
            "\x1b[?2026h\x1b[C\x1b[?2026l"
        );
        assert_eq!(bench.show(&frame, None), "\x1b[?2026h\x1b[?25l\x1b[?2026l");
        assert_eq!(bench.show(&frame, None), "");
    }

    #[test]
    fn a_small_change_is_a_few_bytes() {
        let mut bench = Bench::new();
        let mut frame = Buffer::empty(AREA);
        frame.set_string(0, 2, "web    3/3  healthy   0.04c   84Mi", Style::new());
        bench.show(&frame, None);
        for (x, y, text, style, want) in [
            (25, 2, "5", Style::new(), "\x1b[9D5"),
            (
                27,
                2,
                "7",
                Style::new().fg(Color::Green),
                "c\x1b[32m7\x1b[m",
            ),
            (0, 3, "db", Style::new(), "\r\ndb"),
            (
                0,
                2,
                "                                        ",
                Style::new(),
                "\x1b[3H\x1b[K",
            ),
        ] {
            frame.set_string(x, y, text, style);
            let bytes = bench.show(&frame, None);
            assert_eq!(bytes, format!("\x1b[?2026h{want}\x1b[?2026l"));
            bench.check(&frame);
        }
    }

    #[test]
    fn joined_emoji_do_not_move_what_comes_after() {
        let mut bench = Bench::new();
        let mut frame = Buffer::empty(AREA);
        frame.set_string(0, 0, "👩‍💻 ❤\u{fe0f} x", Style::new());
        bench.show(&frame, None);
        let seen = |x| {
            bench
                .parser
                .screen()
                .cell(0, x)
                .unwrap()
                .contents()
                .to_owned()
        };
        assert_eq!((seen(0), seen(6)), ("👩".to_owned(), "x".to_owned()));
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        let mut bench = Bench::new();
        let mut frame = Buffer::empty(AREA);
        frame[(0, 0)].set_symbol("\x1b]0;pwned\x07");
        frame[(1, 0)].set_symbol("\x07");
        let bytes = bench.show(&frame, None);
        assert!(!bytes.contains("pwned") && !bytes.contains('\x07'));
    }

    #[test]
    fn a_resize_and_a_repaint_send_everything() {
        let mut bench = Bench::new();
        let mut frame = Buffer::empty(AREA);
        frame.set_string(0, 0, "web", Style::new());
        bench.show(&frame, None);
        frame.resize(Rect::new(0, 0, 30, 8));
        assert!(bench.show(&frame, None).contains("\x1b[2J"));
        bench.screen.repaint();
        assert!(bench.show(&frame, None).contains("\x1b[2J"));
        assert_eq!(bench.show(&frame, None), "");
    }

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
