//! Which columns of a sheet's table there is room for, and how wide each is.

use compact_str::CompactString;

use crate::{
    panels::{Head, Table},
    panes::Cell,
    text::width,
};

/// Blanks between two columns.
const GAP: u16 = 2;
/// A column of sentences gives way down to this many columns before another column goes.
const GIVES: u16 = 24;
/// Any other column of words gives way down to this many when nothing else helps.
const LEAST: u16 = 8;

/// The columns that are shown.
pub(super) struct Fitted {
    pub(super) shown: Vec<Place>,
}

/// A column that is shown.
pub(super) struct Place {
    pub(super) column: usize,
    pub(super) head: Head,
    pub(super) x: u16,
    pub(super) width: u16,
}

impl Place {
    /// Where something of this width stands in it.
    pub(super) fn x_of(&self, wide: u16) -> u16 {
        if self.head.right {
            self.x + self.width.saturating_sub(wide)
        } else {
            self.x
        }
    }
}

impl Fitted {
    /// Fits a table into so many columns; `text` is what a cell will look like.
    pub(super) fn new(table: &Table, columns: u16, text: impl Fn(&Cell) -> CompactString) -> Self {
        let glyph_first = table
            .rows
            .iter()
            .any(|row| matches!(row.first(), Some(Cell::Health(_))));
        let mut shown: Vec<Place> = Vec::new();
        for (column, head) in table.heads.iter().enumerate() {
            let cells = table.rows.iter().filter_map(|row| row.get(column));
            let says =
                |cell: &Cell| !matches!(cell, Cell::Absent | Cell::Blank) && !text(cell).is_empty();
            // A column that says nothing in any row is none.
            if column > 0 && !cells.clone().any(says) {
                continue;
            }
            // The title stands over the first column; a glyph is too narrow for that, so the next one has it.
            let title = match (column, glyph_first) {
                (0, false) => width(table.title),
                (1, true) => width(table.title).saturating_sub(2),
                _ => 0,
            };
            let widest = cells.map(|cell| width(&text(cell))).max().unwrap_or(0);
            shown.push(Place {
                column,
                head: *head,
                x: 0,
                width: widest.max(width(head.heading)).max(title) as u16,
            });
        }
        let natural: Vec<(usize, u16)> = shown
            .iter()
            .map(|place| (place.column, place.width))
            .collect();
        squeeze(&mut shown, columns);
        // What other columns have left is for sentences again.
        let mut spare = columns.saturating_sub(needs(&shown));
        for place in shown.iter_mut().filter(|place| place.head.gives) {
            let wanted = natural.iter().find(|(column, _)| *column == place.column);
            let more = wanted
                .map_or(0, |(_, width)| width - place.width)
                .min(spare);
            place.width += more;
            spare -= more;
        }
        let mut x = 0;
        for place in &mut shown {
            place.x = x;
            x += place.width + gap(place);
        }
        Self { shown }
    }
}

/// A glyph stands close to what it is about.
fn gap(place: &Place) -> u16 {
    if place.width == 1 { 1 } else { GAP }
}

fn needs(shown: &[Place]) -> u16 {
    let all: u16 = shown.iter().map(|place| place.width + gap(place)).sum();
    all.saturating_sub(shown.last().map_or(0, gap))
}

fn squeeze(shown: &mut Vec<Place>, columns: u16) {
    loop {
        let over = needs(shown).saturating_sub(columns);
        if over == 0 {
            return;
        }
        let most = shown.iter().map(|place| place.head.drop).max().unwrap_or(0);
        let gives = shown
            .iter_mut()
            .filter(|place| place.head.gives && place.width > GIVES);
        if let Some(place) = gives.max_by_key(|place| place.width) {
            place.width -= over.min(place.width - GIVES);
        } else if most > 0 {
            shown.retain(|place| place.head.drop != most);
        } else {
            let words = shown
                .iter_mut()
                .filter(|place| !place.head.right && place.width > LEAST);
            let Some(place) = words.max_by_key(|place| place.width) else {
                return;
            };
            place.width -= over.min(place.width - LEAST);
        }
    }
}
