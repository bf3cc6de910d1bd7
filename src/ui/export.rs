//! A frame as text, for `--print`, bug reports and tests: plain, or with the escape sequences a terminal needs.
//!
//! The picture of a frame is [`super::svg`].

use ratatui::buffer::{Buffer, Cell};

use super::pen::{Pen, columns, is_blank};

/// The frame without styles, blanks at the ends of lines trimmed.
pub fn text(frame: &Buffer) -> String {
    let mut text = String::new();
    for row in rows(frame) {
        for (_, cell) in glyphs(row) {
            text.push_str(printable(cell.symbol()));
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
    text
}

/// The frame with SGR sequences, each line on its own feet, so that it can be cut with `head` or `grep`.
pub fn ansi(frame: &Buffer) -> String {
    let mut out = Vec::new();
    for row in rows(frame) {
        let mut pen = Pen::default();
        let bare = |cell: &Cell| is_blank(cell) && Pen::of(cell) == Pen::default();
        let end = row
            .iter()
            .rposition(|cell| !bare(cell))
            .map_or(0, |last| last + 1);
        for (_, cell) in glyphs(&row[..end]) {
            let wanted = Pen::of(cell);
            if pen != wanted {
                pen.change(wanted, &mut out);
                pen = wanted;
            }
            out.extend_from_slice(printable(cell.symbol()).as_bytes());
        }
        if pen != Pen::default() {
            pen.change(Pen::default(), &mut out);
        }
        out.push(b'\n');
    }
    String::from_utf8_lossy(&out).into_owned()
}

pub(super) fn rows(frame: &Buffer) -> impl Iterator<Item = &[Cell]> {
    frame.content.chunks(usize::from(frame.area.width).max(1))
}

/// The cells of a row that are seen, with their columns: what a wide character covers is left out.
pub(super) fn glyphs(row: &[Cell]) -> impl Iterator<Item = (usize, &Cell)> {
    let mut next = 0;
    row.iter().enumerate().filter(move |(x, cell)| {
        let seen = *x >= next;
        if seen {
            next = x + columns(cell);
        }
        seen
    })
}

/// A symbol that does nothing to whoever reads it.
pub(super) fn printable(symbol: &str) -> &str {
    let harmful = |c: char| c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    if symbol.is_empty() || symbol.contains(harmful) {
        " "
    } else {
        symbol
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier, Style};

    use super::*;

    #[test]
    fn text_is_what_is_read() {
        let mut frame = Buffer::with_lines(["web   3/3   ", "", "한국어  ok"]);
        frame[(4, 0)].set_symbol("\x1b[2J");
        assert_eq!(text(&frame), "web   3/3\n\n한국어  ok\n");
    }

    #[test]
    fn ansi_lines_stand_alone() {
        let mut frame = Buffer::with_lines(["a 한 b  ", "ok      "]);
        let bold = Style::new().fg(Color::Green).add_modifier(Modifier::BOLD);
        frame.set_string(0, 0, "a 한", bold);
        frame.set_string(0, 1, "ok", bold);
        assert_eq!(
            ansi(&frame),
            "\x1b[1;32ma\x1b[m \x1b[1;32m한\x1b[m b\n\x1b[1;32mok\x1b[m\n"
        );
    }
}
