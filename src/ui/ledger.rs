//! Lines of cells under headings, in an overlay: each column as wide as what is in it, and some give way where there is
//! no room for all.

use compact_str::CompactString;
use ratatui::{buffer::Buffer, style::Style};

use super::table::put_in;
use crate::text::width;

/// Columns between two columns.
const GAP: usize = 2;

/// One column.
pub(super) struct Column {
    pub(super) heading: &'static str,
    /// Numbers stand to the right.
    pub(super) right: bool,
    /// How narrow it can get where there is no room.
    pub(super) least: usize,
}

/// A column that is never cut.
pub(super) const fn whole(heading: &'static str, right: bool) -> Column {
    Column {
        heading,
        right,
        least: usize::MAX,
    }
}

/// A column of text that gives way.
pub(super) const fn yielding(heading: &'static str, least: usize) -> Column {
    Column {
        heading,
        right: false,
        least,
    }
}

/// Text and how it looks.
pub(super) type Cell = (CompactString, Style);

/// Cells in columns.
pub(super) struct Ledger {
    columns: &'static [Column],
    rows: Vec<Vec<Cell>>,
    widths: Vec<usize>,
}

impl Ledger {
    pub(super) fn new(columns: &'static [Column], rows: Vec<Vec<Cell>>) -> Self {
        let widest = |n: usize, column: &Column| {
            let cells = rows.iter().filter_map(|row| row.get(n));
            let cells = cells.map(|(text, _)| width(text));
            cells.max().unwrap_or(0).max(width(column.heading))
        };
        let widths = columns.iter().enumerate();
        let widths = widths.map(|(n, column)| widest(n, column)).collect();
        Self {
            columns,
            rows,
            widths,
        }
    }

    /// Columns of the screen that it takes.
    pub(super) fn width(&self) -> usize {
        let gaps = GAP * self.widths.len().saturating_sub(1);
        self.widths.iter().sum::<usize>() + gaps
    }

    /// Makes the widest columns that can give way narrower, until all fit.
    pub(super) fn within(mut self, room: usize) -> Self {
        while self.width() > room {
            let columns = self.widths.iter_mut().zip(self.columns);
            let yields = columns.filter(|(width, column)| **width > column.least);
            let Some((width, _)) = yields.max_by_key(|(width, _)| **width) else {
                break;
            };
            *width -= 1;
        }
        self
    }

    pub(super) fn headings(&self, at: (u16, u16), end: u16, style: Style, frame: &mut Buffer) {
        let cells = self.columns.iter();
        let cells = cells.map(|column| (CompactString::from(column.heading), style));
        self.line(&cells.collect::<Vec<_>>(), at, end, frame);
    }

    /// Draws one row, up to a column of the screen.
    pub(super) fn row(&self, n: usize, at: (u16, u16), end: u16, frame: &mut Buffer) {
        if let Some(row) = self.rows.get(n) {
            self.line(row, at, end, frame);
        }
    }

    fn line(&self, cells: &[Cell], (mut x, y): (u16, u16), end: u16, frame: &mut Buffer) {
        for ((text, style), (width, column)) in
            cells.iter().zip(self.widths.iter().zip(self.columns))
        {
            let room = (*width as u16).min(end.saturating_sub(x));
            put_in(frame, (x, y), room, text, *style, column.right);
            x += (*width + GAP) as u16;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}
