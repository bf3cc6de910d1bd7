//! Rows that only moved. A list that scrolls by a row would otherwise be sent again as a whole, at every key.

use std::hash::BuildHasher as _;

use ratatui::buffer::{Buffer, Cell};
use rustc_hash::FxBuildHasher;

/// Rows that have to differ before it is asked whether they only moved.
const FEWEST: usize = 4;
/// Bytes that have to be saved before moving a band of rows is worth it: what the move takes, and some peace.
const WORTH: i32 = 30;
/// Bytes that a row takes beside its cells: the way there.
const WAY: i32 = 8;

/// A band of rows, the first and the last, that moves up by so many rows (down where negative).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scroll {
    pub(super) top: u16,
    pub(super) bottom: u16,
    pub(super) by: i16,
}

impl Scroll {
    /// The move after which the least has to be sent, if it saves enough. By cells rather than whole rows: in a list whose
    /// ages all grow in the moment in which it scrolls, no row is as it was.
    pub(super) fn between(shown: &Buffer, wanted: &Buffer) -> Option<Self> {
        let columns = usize::from(wanted.area.width).max(1);
        let rows = shown
            .content
            .chunks(columns)
            .zip(wanted.content.chunks(columns));
        let dirty = rows.filter(|(shown, wanted)| shown != wanted).count();
        if dirty < FEWEST {
            return None;
        }
        let (shown, wanted) = (hashes(shown), hashes(wanted));
        let blank = vec![hash(&Cell::EMPTY); columns];
        let shown: Vec<&[u64]> = shown.chunks(columns).collect();
        let wanted: Vec<&[u64]> = wanted.chunks(columns).collect();
        let still: Vec<i32> = shown.iter().zip(&wanted).map(|(a, b)| cost(a, b)).collect();
        // What a row saves that comes in blank: less than nothing, mostly.
        let blanked: Vec<i32> = wanted
            .iter()
            .zip(&still)
            .map(|(row, still)| still - cost(&blank, row))
            .collect();
        let furthest = (dirty / 2) as i16;
        let best = (1..=furthest).flat_map(|by| [by, -by]).filter_map(|by| {
            let from = |y: usize| shown[y.saturating_add_signed(by.into())];
            let moved = |y: usize| still[y] - cost(from(y), wanted[y]);
            best_band(by, &blanked, moved)
        });
        best.max_by_key(|(saved, _)| *saved)
            .filter(|(saved, _)| *saved > WORTH)
            .map(|(_, scroll)| scroll)
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

/// The band that saves the most if it moves by so many rows, and how many. `moved` is what a row saves that comes
/// from so far away; `blanked` what each saves that comes in blank.
fn best_band(by: i16, blanked: &[i32], moved: impl Fn(usize) -> i32) -> Option<(i32, Scroll)> {
    let far = usize::from(by.unsigned_abs());
    // Of the rows that are moved to: they end where the blank ones begin, or begin where these end.
    let rows = if by > 0 {
        0..blanked.len().saturating_sub(far)
    } else {
        far..blanked.len()
    };
    let blank = |start: usize| blanked[start..start + far].iter().sum::<i32>();
    let mut best: Option<(i32, Scroll)> = None;
    // The most that rows up to here can save, and the first of them.
    let (mut sum, mut first) = (0, rows.start);
    let mut take = |saved: i32, top: usize, bottom: usize| {
        if best.is_none_or(|(most, _)| saved > most) {
            best = Some((
                saved,
                Scroll {
                    top: top as u16,
                    bottom: bottom as u16,
                    by,
                },
            ));
        }
    };
    for y in rows {
        let start = if by > 0 { 0 } else { blank(y - far) };
        if y == first || sum < start {
            (sum, first) = (start, y);
        }
        sum += moved(y);
        if by > 0 {
            take(sum + blank(y + 1), first, y + far);
        } else {
            take(sum, first - far, y);
        }
    }
    best
}

fn hashes(frame: &Buffer) -> Vec<u64> {
    frame.content.iter().map(hash).collect()
}

/// Equal ones are taken for equal cells: where they are not, a move may be chosen that saves less.
fn hash(cell: &Cell) -> u64 {
    FxBuildHasher.hash_one(cell)
}

/// About what it takes to turn one row into another, in bytes.
fn cost(shown: &[u64], wanted: &[u64]) -> i32 {
    let cells: i32 = shown
        .iter()
        .zip(wanted)
        .map(|(a, b)| i32::from(a != b))
        .sum();
    if cells == 0 { 0 } else { cells + WAY }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::{
        super::proof::{AREA, Bench},
        *,
    };

    /// A list below its title, from its `first` row on.
    fn list(first: u8, age: u8) -> Buffer {
        let mut frame = Buffer::empty(AREA);
        frame.set_string(0, 0, "INSTANCES", Style::new());
        for y in 1..AREA.height {
            let name = char::from(b'a' + first + y as u8).to_string().repeat(20);
            frame.set_string(0, y, format!("{name} Running {age}s"), Style::new());
        }
        frame
    }

    #[test]
    fn a_list_that_scrolls_sends_the_row_that_comes_in() {
        let mut bench = Bench::new();
        bench.show(&list(3, 10), None);
        let down = bench.show(&list(4, 10), None);
        bench.check(&list(4, 10));
        assert_eq!(
            down,
            "\x1b[?2026h\x1b[2;8r\x1b[2H\x1b[M\x1b[r\x1b[8Hllllllllllllllllllll Running 10s\x1b[?2026l"
        );
        let up = bench.show(&list(2, 10), None);
        bench.check(&list(2, 10));
        assert!(up.contains("\x1b[2L") && up.len() < 130, "{up:?}");
    }

    #[test]
    fn a_list_that_scrolls_while_all_its_rows_grow_older_sends_their_ages() {
        let mut bench = Bench::new();
        bench.show(&list(3, 10), None);
        for (first, age, moves) in [(6, 11, "\x1b[3M"), (5, 12, "\x1b[L"), (4, 13, "\x1b[L")] {
            let bytes = bench.show(&list(first, age), None);
            bench.check(&list(first, age));
            assert!(
                bytes.contains(moves) && bytes.matches("Running").count() <= 3,
                "{bytes:?}"
            );
        }
    }
}
