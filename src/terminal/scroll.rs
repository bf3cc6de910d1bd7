//! Rows that only moved. A list that scrolls by a row would otherwise be sent again as a whole, at every key.

use ratatui::buffer::{Buffer, Cell};

/// Rows that must be saved before moving a band of them is worth it.
const WORTH: usize = 3;

/// A band of rows, the first and the last, that moves up by so many rows (down where negative).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scroll {
    pub(super) top: u16,
    pub(super) bottom: u16,
    pub(super) by: i16,
}

impl Scroll {
    /// The move after which the fewest rows differ, if it saves enough of them.
    pub(super) fn between(shown: &Buffer, wanted: &Buffer) -> Option<Self> {
        let (shown, wanted) = (rows(shown), rows(wanted));
        let stays: Vec<bool> = shown.iter().zip(&wanted).map(|(a, b)| a == b).collect();
        let dirty = stays.iter().filter(|stays| !**stays).count();
        if dirty <= WORTH {
            return None;
        }
        let furthest = (dirty / 2) as i16;
        let moves = (1..=furthest).flat_map(|by| [by, -by]);
        let band = |by: i16| {
            let from = |y: usize| y.checked_add_signed(by.into());
            let fits =
                |y: &usize| !stays[*y] && from(*y).and_then(|y| shown.get(y)) == Some(&wanted[*y]);
            let mut fitting = (0..wanted.len()).filter(fits);
            let first = fitting.next()?;
            let (count, last) = fitting.fold((1, first), |(count, _), y| (count + 1, y));
            let top = first.min(from(first)?);
            let bottom = last.max(from(last)?);
            // What stood still within the band has to be sent again.
            let broken = stays[top..=bottom].iter().filter(|stays| **stays).count();
            let saved = usize::checked_sub(count, broken)?;
            let (top, bottom) = (top as u16, bottom as u16);
            (saved > WORTH).then_some((saved, Self { top, bottom, by }))
        };
        let best = moves.filter_map(band).max_by_key(|(saved, _)| *saved);
        best.map(|(_, scroll)| scroll)
    }

    /// Does to a frame what the terminal does.
    pub(super) fn apply(self, frame: &mut Buffer) {
        let columns = usize::from(frame.area.width);
        let band = usize::from(self.top) * columns..(usize::from(self.bottom) + 1) * columns;
        let band = &mut frame.content[band];
        let moved = usize::from(self.by.unsigned_abs()) * columns;
        let blank = if self.by > 0 {
            band.rotate_left(moved);
            let kept = band.len() - moved;
            &mut band[kept..]
        } else {
            band.rotate_right(moved);
            &mut band[..moved]
        };
        blank.fill(Cell::default());
    }
}

fn rows(frame: &Buffer) -> Vec<&[Cell]> {
    let columns = usize::from(frame.area.width).max(1);
    frame.content.chunks(columns).collect()
}
