//! The glyphs of a row, and which of them a terminal does not show yet.
//!
//! A glyph is its cell and, where it is wide, the column after it. A glyph is sent unless the same glyph already stands on
//! the same columns; that also repairs what a terminal does to a wide character when half of it is overwritten.

use ratatui::buffer::{Cell, CellDiffOption};

use crate::ui::pen::{Pen, columns};

/// What one or two columns of a row show.
pub(super) struct Glyph {
    pub(super) x: u16,
    pub(super) width: u16,
    pub(super) dirty: bool,
}

/// The glyphs of a row that is wanted, and which of them are not there yet.
pub(super) fn glyphs(shown: &[Cell], wanted: &[Cell]) -> Vec<Glyph> {
    let mut glyphs = Vec::with_capacity(wanted.len());
    let (mut there, mut x) = (0, 0);
    while x < wanted.len() {
        while there < x {
            there += fitting(shown, there);
        }
        let width = fitting(wanted, x);
        let stands = there == x && fitting(shown, x) == width && looks_alike(&shown[x], &wanted[x]);
        let dirty = !stands || wanted[x].diff_option == CellDiffOption::AlwaysUpdate;
        glyphs.push(Glyph {
            x: x as u16,
            width: width as u16,
            dirty: dirty && !is_skipped(&wanted[x]),
        });
        x += width;
    }
    glyphs
}

/// The columns of a glyph. The last column has no room for a wide one.
fn fitting(row: &[Cell], x: usize) -> usize {
    columns(&row[x]).min(row.len() - x)
}

fn looks_alike(a: &Cell, b: &Cell) -> bool {
    a.symbol() == b.symbol() && Pen::of(a) == Pen::of(b)
}

pub(super) fn is_skipped(cell: &Cell) -> bool {
    cell.diff_option == CellDiffOption::Skip
}
