//! Proof that what is seen is what was drawn: frames go through [`Screen`] into a terminal's parser, and come out equal.

#![expect(clippy::unwrap_used, reason = "a Vec takes every write")]

use ratatui::{
    buffer::{Buffer, Cell},
    layout::{Position, Rect},
    style::{Color, Modifier, Style},
};

use super::screen::Screen;
use crate::ui::{ColorDepth, Library, Theme};

pub(super) const AREA: Rect = Rect::new(0, 0, 40, 8);

/// Frames go in, a real terminal's parser says what is seen.
pub(super) struct Bench {
    screen: Screen<Vec<u8>>,
    parser: vt100::Parser,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self {
            screen: Screen::new(Vec::new(), true),
            parser: vt100::Parser::new(
                AREA.height.try_into().unwrap(),
                AREA.width.try_into().unwrap(),
                0,
            ),
        }
    }

    pub(super) fn show(&mut self, frame: &Buffer, cursor: Option<Position>) -> String {
        let drawn = self.screen.frame(frame.area, &[], |buffer| {
            buffer.merge(frame);
            cursor
        });
        let bytes = self.screen.take_output();
        assert_eq!(drawn.unwrap().bytes, bytes.len());
        self.parser.process(&bytes);
        String::from_utf8(bytes).unwrap()
    }

    pub(super) fn check(&self, frame: &Buffer) {
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

    /// What a list does that scrolls.
    fn shift(&mut self, frame: &mut Buffer) {
        let columns = usize::from(AREA.width);
        let top = self.below(3) * columns;
        let moved = (1 + self.below(2)) * columns;
        let band = &mut frame.content[top..];
        if self.below(2) == 0 {
            band.rotate_left(moved);
        } else {
            band.rotate_right(moved);
        }
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
        for _ in 0..=self.below(12) {
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
            // A row that takes or loses the selection's tint.
            if self.below(3) == 0 {
                let tint = self.style().bg.unwrap_or_default();
                frame.set_style(Rect::new(x, y, AREA.width - x, 1), Style::new().bg(tint));
            }
        }
    }
}

#[test]
fn the_terminal_shows_exactly_the_frame() {
    for seed in 1..60 {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15_u64.rotate_left(seed));
        let mut bench = Bench::new();
        bench.screen = Screen::new(Vec::new(), seed % 2 == 0);
        let mut frame = Buffer::empty(AREA);
        for _ in 0..40 {
            if dice.below(10) == 0 {
                frame.reset();
            }
            if dice.below(3) == 0 {
                dice.shift(&mut frame);
            } else {
                dice.scribble(&mut frame);
            }
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

/// A screen like the real one: coloured glyphs, a tinted row, lines between panes.
fn servers(area: Rect, selected: u16, theme: &Theme) -> Buffer {
    let mut frame = Buffer::empty(area);
    let left = area.width / 2;
    for y in 1..area.height - 1 {
        frame.set_string(left - 2, y, "│", theme.rule);
        frame.set_string(left + 1, y, "●", theme.ok);
        let row = format!("server-{y:<12} dep    3/3  healthy   0.04c  84Mi     {y:>2}    2h");
        frame.set_string(left + 4, y, row, theme.text);
        if y == selected {
            frame.set_style(
                Rect::new(left - 1, y, area.width - left + 1, 1),
                theme.selected,
            );
            frame.set_string(left - 1, y, "▌", theme.selected_bar);
        }
    }
    frame
}

#[test]
fn moving_the_selection_and_a_whole_screen_stay_within_their_bytes() {
    let large = Rect::new(0, 0, 200, 50);
    for (name, depth, move_limit) in [
        ("dark", ColorDepth::True, 260),
        ("dark", ColorDepth::Ansi256, 230),
        ("dark", ColorDepth::Ansi16, 200),
        // Their background is painted.
        ("nord", ColorDepth::True, 330),
        ("nord", ColorDepth::Ansi256, 260),
    ] {
        let theme = Library::default().theme(name, depth, None).unwrap();
        let mut screen = Screen::new(Vec::new(), true);
        let mut send = |selected| {
            let wanted = servers(large, selected, &theme);
            let drawn = screen.frame(large, &[], |frame| {
                frame.merge(&wanted);
                theme.fill(frame);
                None
            });
            drawn.unwrap().bytes
        };
        let (whole, step) = (send(5), send(6));
        assert!(
            whole <= 10_000 && step <= move_limit,
            "{name} {depth:?}: {whole} and {step} bytes"
        );
    }
}

#[test]
fn a_painted_background_is_seen_everywhere_whatever_the_terminal_erases_with() {
    let theme = Library::default()
        .theme("nord", ColorDepth::True, None)
        .unwrap();
    for colour_erase in [true, false] {
        let mut bench = Bench::new();
        bench.screen = Screen::new(Vec::new(), colour_erase);
        for selected in [1, 2, 5] {
            let mut frame = servers(AREA, selected, &theme);
            theme.fill(&mut frame);
            bench.show(&frame, None);
            bench.check(&frame);
        }
        // And back to the terminal's own.
        let frame = servers(AREA, 2, &Theme::dark(ColorDepth::True));
        bench.show(&frame, None);
        bench.check(&frame);
    }
}

#[test]
fn what_waits_stays_as_it_is_shown_until_a_frame_that_wants_it() {
    let mut bench = Bench::new();
    let frame = |text: &str| {
        let mut frame = Buffer::empty(AREA);
        frame.set_string(0, 1, text, Style::new());
        frame.set_string(20, 1, text, Style::new());
        frame
    };
    let draw = |bench: &mut Bench, text: &str, wait: &[Rect]| {
        let wanted = frame(text);
        bench
            .screen
            .frame(AREA, wait, |buffer| {
                buffer.merge(&wanted);
                None
            })
            .unwrap();
        let bytes = bench.screen.take_output();
        bench.parser.process(&bytes);
        bench.parser.screen().contents().trim().to_owned()
    };
    let right = [Rect::new(20, 0, 99, 99)];
    // Of a screen that nothing is known of, nothing can stay.
    let both = |left: &str, right: &str| format!("{left:<20}{right}");
    assert_eq!(draw(&mut bench, "web", &right), both("web", "web"));
    assert_eq!(draw(&mut bench, "db", &right), both("db", "web"));
    assert_eq!(draw(&mut bench, "db", &[]), both("db", "db"));
}
