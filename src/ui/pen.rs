//! The pen: how characters are inked, and the shortest way to tell a terminal (SGR).

use std::io::Write as _;

use ratatui::{
    buffer::{Cell, CellWidth as _},
    style::{Color, Modifier},
};

/// How a glyph is inked, and how the terminal will ink the next one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pen {
    pub(crate) fg: Color,
    pub(crate) bg: Color,
    pub(crate) modifier: Modifier,
}

/// Modifiers that show on a blank. The others, and the text colour, make no difference there.
pub(crate) const VISIBLE_ON_BLANK: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::CROSSED_OUT);

/// How each modifier is switched on, and how it is switched off. Some share their off switch.
const SWITCHES: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

impl Pen {
    /// How a cell is inked, without what cannot be seen.
    pub(crate) fn of(cell: &Cell) -> Self {
        let pen = Self {
            fg: cell.fg,
            bg: cell.bg,
            modifier: cell.modifier,
        };
        if !is_blank(cell) {
            return pen;
        }
        let modifier = pen.modifier.intersection(VISIBLE_ON_BLANK);
        let fg = if modifier.is_empty() {
            Color::Reset
        } else {
            pen.fg
        };
        Self {
            fg,
            modifier,
            ..pen
        }
    }

    /// Whether a blank looks the same in this pen as in the one that is wanted.
    pub(crate) fn suits_blank(self, wanted: Self) -> bool {
        self.bg == wanted.bg
            && self.modifier.intersection(VISIBLE_ON_BLANK) == wanted.modifier
            && (wanted.modifier.is_empty() || self.fg == wanted.fg)
    }

    /// Tells the terminal to take that pen instead of this one: what changed, or all of it if that is shorter.
    pub(crate) fn change(self, wanted: Self, out: &mut Vec<u8>) {
        if wanted == Self::default() {
            return out.extend_from_slice(b"\x1b[m");
        }
        let start = out.len();
        out.extend_from_slice(b"\x1b[");
        changes(self, wanted, out);
        let other = out.len();
        out.extend_from_slice(b"\x1b[0;");
        changes(Self::default(), wanted, out);
        if out.len() - other < other - start {
            out.drain(start..other);
        } else {
            out.truncate(other);
        }
        if let Some(last) = out.last_mut() {
            *last = b'm';
        }
    }
}

pub(crate) fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " "
}

/// The columns that a cell's symbol takes. One that nobody may see takes the one of the blank in its place.
pub(crate) fn columns(cell: &Cell) -> usize {
    match cell.symbol() {
        symbol if symbol.len() == 1 || symbol.contains(char::is_control) => 1,
        _ => usize::from(cell.cell_width()).max(1),
    }
}

/// SGR parameters, each followed by a semicolon.
fn changes(from: Pen, to: Pen, out: &mut Vec<u8>) {
    let mut on = from.modifier;
    let gone = from.modifier - to.modifier;
    for (index, (modifier, _, off)) in SWITCHES.iter().enumerate() {
        if gone.contains(*modifier) && on.contains(*modifier) {
            parameter(*off, out);
            // An off switch that two modifiers share takes the other one with it.
            for (sharing, _, other) in &SWITCHES[index.saturating_sub(1)..] {
                if other == off {
                    on.remove(*sharing);
                }
            }
        }
    }
    for (modifier, code, _) in SWITCHES {
        if (to.modifier - on).contains(modifier) {
            parameter(code, out);
        }
    }
    for (was, is, base) in [(from.fg, to.fg, 30), (from.bg, to.bg, 40)] {
        if was != is {
            colour(is, base, out);
        }
    }
}

fn colour(colour: Color, base: u8, out: &mut Vec<u8>) {
    match colour {
        Color::Reset => parameter(base + 9, out),
        Color::Black => parameter(base, out),
        Color::Red => parameter(base + 1, out),
        Color::Green => parameter(base + 2, out),
        Color::Yellow => parameter(base + 3, out),
        Color::Blue => parameter(base + 4, out),
        Color::Magenta => parameter(base + 5, out),
        Color::Cyan => parameter(base + 6, out),
        Color::Gray => parameter(base + 7, out),
        Color::DarkGray => parameter(base + 60, out),
        Color::LightRed => parameter(base + 61, out),
        Color::LightGreen => parameter(base + 62, out),
        Color::LightYellow => parameter(base + 63, out),
        Color::LightBlue => parameter(base + 64, out),
        Color::LightMagenta => parameter(base + 65, out),
        Color::LightCyan => parameter(base + 66, out),
        Color::White => parameter(base + 67, out),
        Color::Indexed(index @ 0..8) => parameter(base + index, out),
        Color::Indexed(index @ 8..16) => parameter(base + 52 + index, out),
        Color::Indexed(index) => [base + 8, 5, index]
            .into_iter()
            .for_each(|value| parameter(value, out)),
        Color::Rgb(r, g, b) => [base + 8, 2, r, g, b]
            .into_iter()
            .for_each(|value| parameter(value, out)),
    }
}

fn parameter(value: u8, out: &mut Vec<u8>) {
    // Writing to a Vec cannot fail.
    let _ = write!(out, "{value};");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bold_and_dim_share_their_off_switch() {
        let with = |modifier| Pen {
            modifier,
            ..Pen::default()
        };
        let both = Modifier::BOLD | Modifier::DIM;
        for (from, to, want) in [
            (both, Modifier::BOLD, "22;1;"),
            (both, Modifier::DIM, "22;2;"),
            (Modifier::BOLD, both, "2;"),
            (both, Modifier::ITALIC, "22;3;"),
            (both | Modifier::ITALIC, both, "23;"),
            (
                Modifier::SLOW_BLINK | Modifier::RAPID_BLINK,
                Modifier::SLOW_BLINK,
                "25;5;",
            ),
        ] {
            let mut out = Vec::new();
            changes(with(from), with(to), &mut out);
            assert_eq!(String::from_utf8_lossy(&out), want, "{from:?} to {to:?}");
        }
    }

    #[test]
    fn colours_are_written_in_their_shortest_form() {
        for (color, want) in [
            (Color::Reset, "39;"),
            (Color::Red, "31;"),
            (Color::White, "97;"),
            (Color::Indexed(1), "31;"),
            (Color::Indexed(15), "97;"),
            (Color::Indexed(238), "38;5;238;"),
            (Color::Rgb(1, 2, 3), "38;2;1;2;3;"),
        ] {
            let mut out = Vec::new();
            colour(color, 30, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), want, "{color}");
        }
    }
}
