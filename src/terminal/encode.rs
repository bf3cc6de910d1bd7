//! From two frames to the fewest bytes that turn the one into the other.
//!
//! A slow line is the normal case (SSH, a phone), so every byte has a reason: cells that look the same are not sent, the
//! cursor takes the cheapest way, SGR says only what changes, and blank stretches are erased rather than written.

use std::io::Write as _;

use ratatui::{
    buffer::{Buffer, Cell},
    style::Color,
};
use unicode_width::UnicodeWidthChar as _;

use super::{
    glyph::{Glyph, glyphs, is_skipped},
    scroll::Scroll,
};
use crate::ui::pen::{Pen, VISIBLE_ON_BLANK, is_blank};

/// Bytes that a row has to save before it is not written from left to right.
const RETURN: usize = 4;

/// Where the terminal's cursor is.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    x: u16,
    y: u16,
    /// The last column has just been written: the next character would wrap, and relative moves differ by terminal.
    pending: bool,
}

/// What the terminal is known to be set to.
#[derive(Debug)]
pub(super) struct Encoder {
    /// Whether erasing leaves the current background (true of nearly all) or the default one (GNU screen).
    colour_erase: bool,
    pen: Pen,
    cursor: Option<Cursor>,
}

impl Encoder {
    pub(super) fn new(colour_erase: bool) -> Self {
        Self {
            colour_erase,
            pen: Pen::default(),
            cursor: None,
        }
    }

    /// Clears the terminal, whatever state it is in, in this background where it erases in colour. What it shows is then
    /// blank, on the background that is returned.
    pub(super) fn clear(&mut self, ground: Color, out: &mut Vec<u8>) -> Color {
        let bg = if self.colour_erase {
            ground
        } else {
            Color::Reset
        };
        out.extend_from_slice(b"\x1b[m\x1b[r");
        self.pen = Pen::default();
        self.ink(Pen { bg, ..self.pen }, out);
        out.extend_from_slice(b"\x1b[H\x1b[2J");
        self.cursor = Some(Cursor {
            x: 0,
            y: 0,
            pending: false,
        });
        bg
    }

    /// Turns `shown` into `wanted`, which is of the same size. Writes nothing where they look the same.
    pub(super) fn encode(&mut self, shown: &mut Buffer, wanted: &Buffer, out: &mut Vec<u8>) {
        let columns = usize::from(wanted.area.width);
        if columns == 0 {
            return;
        }
        if let Some(scroll) = Scroll::between(shown, wanted) {
            self.scroll(scroll, out);
            scroll.apply(shown);
        }
        let rows = shown
            .content
            .chunks(columns)
            .zip(wanted.content.chunks(columns));
        for (y, (shown, wanted)) in (0..).zip(rows) {
            if shown != wanted {
                self.row(y, shown, wanted, out);
            }
        }
        self.ink(Pen::default(), out);
    }

    /// Moves the cursor there by the cheapest way.
    pub(super) fn go(&mut self, x: u16, y: u16, out: &mut Vec<u8>) {
        let Some(from) = self.cursor.replace(Cursor {
            x,
            y,
            pending: false,
        }) else {
            return absolute(x, y, out);
        };
        if (from.x, from.y, from.pending) == (x, y, false) {
            return;
        }
        let start = out.len();
        absolute(x, y, out);
        let best = out.len() - start;
        let other = out.len();
        if from.y == y && !from.pending {
            match x.checked_sub(from.x) {
                Some(right) => csi(right, b'C', out),
                None if from.x - x <= 3 => out.resize(other + usize::from(from.x - x), b'\x08'),
                None => csi(from.x - x, b'D', out),
            }
        } else if y >= from.y && y - from.y <= 3 {
            // A carriage return first: where a line feed leaves the column is the terminal's choice.
            out.push(b'\r');
            out.resize(out.len() + usize::from(y - from.y), b'\n');
            if x > 0 {
                csi(x, b'C', out);
            }
        } else {
            return;
        }
        if out.len() - other < best {
            out.drain(start..other);
        } else {
            out.truncate(other);
        }
    }

    /// Moves a band of rows. The rows that come in are blank, and where the cursor is then is the terminal's choice.
    fn scroll(&mut self, scroll: Scroll, out: &mut Vec<u8>) {
        let Scroll { top, bottom, by } = scroll;
        self.ink(Pen::default(), out);
        out.extend_from_slice(b"\x1b[");
        number(top + 1, out);
        out.push(b';');
        number(bottom + 1, out);
        out.push(b'r');
        absolute(0, top, out);
        csi(by.unsigned_abs(), if by > 0 { b'M' } else { b'L' }, out);
        out.extend_from_slice(b"\x1b[r");
        self.cursor = None;
    }

    fn row(&mut self, y: u16, shown: &[Cell], wanted: &[Cell], out: &mut Vec<u8>) {
        let mut glyphs = glyphs(shown, wanted);
        let first = glyphs.iter().position(|glyph| glyph.dirty);
        let next = first.unwrap_or(glyphs.len());
        if self.sweeping_pays(&glyphs[next..], wanted) {
            let cell = &wanted[usize::from(glyphs[next].x)];
            self.approach(glyphs[next].x, y, wanted, out);
            self.ink(Pen::of(cell), out);
            out.extend_from_slice(b"\x1b[K");
            for glyph in &mut glyphs[next..] {
                glyph.dirty &= !is_blank(&wanted[usize::from(glyph.x)]);
            }
        }
        let glyphs = &glyphs[next..];
        let (pen, cursor, start) = (self.pen, self.cursor, out.len());
        self.write(glyphs, |_| true, y, wanted, out);
        let Some(last) = returning(glyphs, wanted, pen) else {
            return;
        };
        // Or all that is in one pen last.
        let (other_pen, other_cursor, other) = (self.pen, self.cursor, out.len());
        (self.pen, self.cursor) = (pen, cursor);
        let is_last = |x: u16| Pen::of(&wanted[usize::from(x)]) == last;
        self.write(glyphs, |x| !is_last(x), y, wanted, out);
        self.write(glyphs, is_last, y, wanted, out);
        // The next row may have to say more, coming from here.
        if out.len() - other + RETURN < other - start {
            out.drain(start..other);
        } else {
            out.truncate(other);
            (self.pen, self.cursor) = (other_pen, other_cursor);
        }
    }

    /// Writes what is dirty of a part of a row, as far as it is wanted now.
    fn write(
        &mut self,
        glyphs: &[Glyph],
        now: impl Fn(u16) -> bool,
        y: u16,
        wanted: &[Cell],
        out: &mut Vec<u8>,
    ) {
        let end = wanted.len() as u16;
        let mut next = 0;
        while let Some(glyph) = glyphs.get(next) {
            let cell = &wanted[usize::from(glyph.x)];
            next += 1;
            if !glyph.dirty || !now(glyph.x) {
                continue;
            }
            self.approach(glyph.x, y, wanted, out);
            if !is_blank(cell) {
                self.print(cell, glyph.width, end, out);
                continue;
            }
            self.ink_blank(Pen::of(cell), out);
            let alike = |glyph: &&Glyph| {
                let other = &wanted[usize::from(glyph.x)];
                is_blank(other) && Pen::of(other) == Pen::of(cell)
            };
            let run = glyphs[next..].iter().take_while(alike).count();
            let dirty = glyphs[next..next + run]
                .iter()
                .rposition(|glyph| glyph.dirty)
                .map_or(0, |last| last + 1);
            let columns = 1 + dirty as u16;
            let to_the_end = next + run == glyphs.len();
            let more = glyphs[next + run..].iter().any(|glyph| glyph.dirty);
            if self.erase(columns, to_the_end, more, Pen::of(cell), out) {
                next += dirty;
            } else {
                out.push(b' ');
                self.advance(1, end);
            }
        }
    }

    /// Whether the rest of a row is best erased first, and then only its words written: a row that takes or loses a tint is
    /// full of gaps, and each of them is then only skipped.
    fn sweeping_pays(&self, rest: &[Glyph], wanted: &[Cell]) -> bool {
        const SKIP: usize = 5;
        let Some(first) = rest.first() else {
            return false;
        };
        let ground = Pen::of(&wanted[usize::from(first.x)]);
        if !ground.modifier.intersection(VISIBLE_ON_BLANK).is_empty()
            || (ground.bg != Color::Reset && !self.colour_erase)
        {
            return false;
        }
        let (mut gap, mut saved) = (0, 0);
        for glyph in rest {
            let cell = &wanted[usize::from(glyph.x)];
            let pen = Pen::of(cell);
            let blank = is_blank(cell);
            if pen.bg != ground.bg || (blank && !pen.modifier.is_empty()) || !(blank || glyph.dirty)
            {
                return false;
            }
            if blank && glyph.dirty {
                gap += 1;
            } else {
                saved += gap.min(2 * SKIP).saturating_sub(SKIP);
                gap = 0;
            }
        }
        saved > SKIP
    }

    /// Erases that many columns where this is shorter than writing blanks.
    fn erase(
        &mut self,
        columns: u16,
        to_the_end: bool,
        more: bool,
        pen: Pen,
        out: &mut Vec<u8>,
    ) -> bool {
        let visible = !pen.modifier.is_empty()
            || !self.pen.modifier.intersection(VISIBLE_ON_BLANK).is_empty();
        if visible || (pen.bg != Color::Reset && !self.colour_erase) {
            return false;
        }
        if to_the_end && columns > 3 {
            out.extend_from_slice(b"\x1b[K");
            return true;
        }
        let digits = if columns < 10 { 1 } else { 2 };
        let cost = 3 + digits + if more { 4 } else { 0 };
        if columns > cost {
            csi(columns, b'X', out);
        }
        columns > cost
    }

    /// Moves to a column of a row, over what stands between if that is shorter to write again than to skip.
    fn approach(&mut self, x: u16, y: u16, row: &[Cell], out: &mut Vec<u8>) {
        if let Some(from) = self.cursor
            && from.y == y
            && !from.pending
            && (1..=3).contains(&x.saturating_sub(from.x))
        {
            let between = &row[usize::from(from.x)..usize::from(x)];
            let same = |cell: &Cell| {
                cell.symbol().len() == 1
                    && if is_blank(cell) {
                        self.pen.suits_blank(Pen::of(cell))
                    } else {
                        self.pen == Pen::of(cell)
                    }
                    && !is_skipped(cell)
                    && !cell.symbol().contains(char::is_control)
            };
            if between.iter().all(same) {
                for cell in between {
                    out.extend_from_slice(cell.symbol().as_bytes());
                }
                self.cursor = Some(Cursor {
                    x,
                    y,
                    pending: false,
                });
                return;
            }
        }
        self.go(x, y, out);
    }

    fn print(&mut self, cell: &Cell, width: u16, end: u16, out: &mut Vec<u8>) {
        self.ink(Pen::of(cell), out);
        // No more characters of a cluster than fit when they are counted one by one: terminals that do not join them
        // (👩‍💻 as 👩 and 💻) would spill over the next cells.
        let mut counted = 0;
        let mut len = 0;
        for (start, c) in cell.symbol().char_indices() {
            let columns = c.width().unwrap_or(0) as u16;
            if c == '\u{200D}' || c.is_control() || counted + columns > width {
                break;
            }
            counted += columns;
            len = start + c.len_utf8();
        }
        if counted == 0 {
            out.push(b' ');
            return self.advance(1, end);
        }
        let certain = counted == width;
        if !certain {
            csi(width, b'X', out);
        }
        out.extend_from_slice(&cell.symbol().as_bytes()[..len]);
        if certain {
            self.advance(width, end);
        } else {
            self.cursor = None;
        }
    }

    fn advance(&mut self, columns: u16, end: u16) {
        if let Some(cursor) = &mut self.cursor {
            cursor.x += columns;
            if cursor.x >= end {
                cursor.x = end.saturating_sub(1);
                cursor.pending = true;
            }
        }
    }

    fn ink_blank(&mut self, wanted: Pen, out: &mut Vec<u8>) {
        if !self.pen.suits_blank(wanted) {
            self.ink(wanted, out);
        }
    }

    fn ink(&mut self, wanted: Pen, out: &mut Vec<u8>) {
        let pen = std::mem::replace(&mut self.pen, wanted);
        if pen != wanted {
            pen.change(wanted, out);
        }
    }
}

/// The pen that is taken up most often, if a row takes it up more than once.
fn returning(glyphs: &[Glyph], row: &[Cell], mut pen: Pen) -> Option<Pen> {
    let mut taken: Vec<(Pen, u16)> = Vec::new();
    for glyph in glyphs {
        let cell = &row[usize::from(glyph.x)];
        if !glyph.dirty || is_blank(cell) || Pen::of(cell) == pen {
            continue;
        }
        pen = Pen::of(cell);
        match taken.iter_mut().find(|(known, _)| *known == pen) {
            Some((_, times)) => *times += 1,
            None => taken.push((pen, 1)),
        }
    }
    let costly = taken
        .iter()
        .filter(|(pen, times)| *times > 1 && *pen != Pen::default());
    costly.max_by_key(|(_, times)| *times).map(|(pen, _)| *pen)
}

fn absolute(x: u16, y: u16, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b[");
    if x > 0 || y > 0 {
        number(y + 1, out);
    }
    if x > 0 {
        out.push(b';');
        number(x + 1, out);
    }
    out.push(b'H');
}

fn csi(count: u16, end: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b[");
    if count != 1 {
        number(count, out);
    }
    out.push(end);
}

fn number(value: u16, out: &mut Vec<u8>) {
    // Writing to a Vec cannot fail.
    let _ = write!(out, "{value}");
}
