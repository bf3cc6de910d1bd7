//! Which columns of a table there is room for, and how wide each is.

use super::Painter;
use crate::{
    app::App,
    layout::Area,
    panes::{Cell, Pane, Width},
    text::width,
};

/// A name longer than this does not cost other columns.
const LONG_NAME: u16 = 40;
/// A text column gives way down to this many columns before a vital column goes.
const YIELDS: u16 = 18;
/// Columns up to this rank are what people look for first.
const VITAL: u8 = 3;
/// Columns between two columns of a table.
const GAP: u16 = 2;
/// The bar of the selection and the blank behind it.
const MARGIN: u16 = 2;

/// A column that is shown: which, from where, how wide.
pub(super) struct Place {
    pub(super) column: usize,
    pub(super) x: u16,
    pub(super) width: u16,
}

impl Painter {
    /// Which columns there is room for, and where they stand.
    pub(super) fn places(
        &mut self,
        app: &App,
        pane: Pane,
        area: Area,
        cells: &[Vec<Cell>],
    ) -> Vec<Place> {
        let columns = pane.columns();
        let room = area.width.saturating_sub(1);
        let mut widths = self.natural_widths(app, pane, cells);
        let mut shown: Vec<usize> = (0..columns.len())
            .filter(|n| (columns[*n].when)(&app.world))
            .collect();
        let gap = |n: usize| {
            if columns[n].heading.is_empty() {
                1
            } else {
                GAP
            }
        };
        let needs = |shown: &[usize], widths: &[u16]| {
            let last = shown.last().map_or(0, |n| gap(*n));
            MARGIN + shown.iter().map(|n| widths[*n] + gap(*n)).sum::<u16>() - last
        };
        loop {
            let over = needs(&shown, &widths).saturating_sub(room);
            if over == 0 {
                break;
            }
            let next = shown.iter().map(|n| columns[*n].drop).max().unwrap_or(0);
            // Before what people look for goes, the widest text gives way a little; names longer than these are rare.
            let widest = shown
                .iter()
                .copied()
                .max_by_key(|n| widths[*n])
                .filter(|n| widths[*n] > YIELDS);
            match widest {
                Some(n) if next <= VITAL => widths[n] -= over.min(widths[n] - YIELDS),
                _ if next > 0 => shown.retain(|n| columns[*n].drop != next),
                _ => match shown
                    .iter()
                    .copied()
                    .max_by_key(|n| widths[*n])
                    .filter(|n| widths[*n] > over)
                {
                    Some(n) => widths[n] -= over,
                    None => break,
                },
            }
        }
        let spare = room.saturating_sub(needs(&shown, &widths));
        let mut x = area.x + MARGIN;
        let mut places = Vec::with_capacity(shown.len());
        for n in shown {
            let grows = matches!(columns[n].width, Width::Rest(_));
            let width = if grows { widths[n] + spare } else { widths[n] };
            places.push(Place {
                column: n,
                x,
                width,
            });
            x += width + gap(n);
        }
        places
    }

    /// How wide each column wants to be. Grows at once and never shrinks while the pane shows the same: columns must
    /// not jump while values change.
    fn natural_widths(&mut self, app: &App, pane: Pane, cells: &[Vec<Cell>]) -> Vec<u16> {
        let columns = pane.columns();
        let parent = app.parent(pane);
        let wanted: Vec<u16> = columns
            .iter()
            .enumerate()
            .map(|(n, column)| {
                let (least, most) = match column.width {
                    Width::Fixed(width) => return width,
                    Width::Fit(least, most) => (least, most),
                    Width::Rest(least) => (least, LONG_NAME),
                };
                let widest = cells
                    .iter()
                    .map(|row| width(&self.plain(app, &row[n])) as u16)
                    .max()
                    .unwrap_or(0);
                widest.clamp(least, most)
            })
            .collect();
        let (of, held) = self.widths.entry(pane).or_default();
        if of.as_ref() != parent || held.len() != wanted.len() {
            *of = parent.cloned();
            held.clone_from(&wanted);
        }
        for (held, wanted) in held.iter_mut().zip(wanted) {
            *held = (*held).max(wanted);
        }
        held.clone()
    }
}
