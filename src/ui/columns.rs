//! Which columns of a table there is room for, and how wide each is.

use compact_str::{CompactString, format_compact};

use super::Painter;
use crate::{
    app::{App, List, Sort},
    layout::Area,
    panes::{Cell, Choice, Column, Id, Pane, Width},
    text::{fit, width},
};

/// A name longer than this does not cost other columns.
const LONG_NAME: u16 = 40;
/// A text column gives way down to this many columns before a vital column goes.
const YIELDS: u16 = 18;
/// In wide mode, what stays on the screen gives way down to this many columns.
const SHORT: u16 = 8;
/// Columns up to this rank are what people look for first.
const VITAL: u8 = 3;
/// Columns between two columns of a table.
const GAP: u16 = 2;
/// The bar of the selection, and the mark.
const MARGIN: u16 = 2;

/// A column that is shown: which, from where, how wide.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) column: usize,
    pub(super) x: u16,
    pub(super) width: u16,
}

/// What of a table there is room for.
#[derive(Default)]
pub(super) struct Layout {
    pub(super) places: Vec<Place>,
    /// In wide mode, how many columns there are to the left and to the right of what is shown.
    pub(super) beside: [usize; 2],
}

/// Where a pane hangs, and the edition of its columns: widths that were made for others do not count.
pub(super) type MadeFor = (Option<Id>, u32);

/// A heading on the screen, for what is clicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The column's name.
    pub name: CompactString,
    /// From where.
    pub x: u16,
    /// How wide.
    pub width: u16,
}

fn gap(choice: &Choice) -> u16 {
    if choice.column.heading.is_empty() {
        1
    } else {
        GAP
    }
}

impl Layout {
    /// Whether a column is on the screen.
    pub(super) fn shows(&self, list: &List, name: &str) -> bool {
        let all = list.columns.all();
        let named = |place: &Place| all[place.column].column.name == name;
        self.places.iter().any(named)
    }

    pub(super) fn headings(&self, list: &List) -> Vec<Heading> {
        let heading = |place: &Place| Heading {
            name: CompactString::from(&*list.columns.all()[place.column].column.name),
            x: place.x,
            width: place.width,
        };
        self.places.iter().map(heading).collect()
    }
}

impl Painter {
    /// Which columns there is room for, and where they stand.
    pub(super) fn layout(
        &mut self,
        app: &App,
        pane: Pane,
        area: Area,
        cells: &[Vec<Cell>],
    ) -> Layout {
        let list = app.list(pane);
        let all = list.columns.all();
        let room = area.width.saturating_sub(1);
        let mut widths = self.natural_widths(app, pane, cells);
        // What somebody has sorted by is to be seen.
        let sorted = all.iter().position(|c| c.column.name == *list.sort.by);
        let sorted = sorted.filter(|_| list.sort != list.sort_at_first);
        if let Some(at) = sorted {
            // The arrow has its place beside the heading.
            let heading = width(&all[at].column.heading) as u16;
            widths[at] = widths[at].max(heading + if heading > 0 { 2 } else { 0 });
        }
        let shown = list.columns.shown(&app.world);
        if list.columns.wide {
            return wide(list, &shown, widths, area.x, room, sorted);
        }
        let shown = narrow(all, shown, &mut widths, room, sorted);
        Layout {
            places: place(all, &shown, &widths, area.x, room),
            beside: [0; 2],
        }
    }

    /// How wide each column wants to be. Grows at once and never shrinks while the pane shows the same: columns must
    /// not jump while values change.
    fn natural_widths(&mut self, app: &App, pane: Pane, cells: &[Vec<Cell>]) -> Vec<u16> {
        let columns = &app.list(pane).columns;
        let made_of = (app.parent(pane).cloned(), columns.edition);
        let wanted = |(n, Choice { column, .. }): (usize, &Choice)| {
            let (least, most) = match column.width {
                Width::Fixed(width) => return width,
                Width::Fit(least, most) => (least, most),
                // A message takes what is left; a name is there to be read.
                Width::Rest(least) if column.name != "name" => return least,
                Width::Rest(least) => (least, LONG_NAME),
            };
            let widest = cells
                .iter()
                .map(|row| width(&self.plain(app, &row[n])) as u16)
                .max()
                .unwrap_or(0);
            widest.clamp(least, most)
        };
        let wanted: Vec<u16> = columns.all().iter().enumerate().map(wanted).collect();
        let (of, held) = self.widths.entry(pane).or_default();
        if *of != made_of || held.len() != wanted.len() {
            *of = made_of;
            held.clone_from(&wanted);
        }
        for (held, wanted) in held.iter_mut().zip(wanted) {
            *held = (*held).max(wanted);
        }
        held.clone()
    }

    /// A heading, with the direction where the list is sorted by its column.
    pub(super) fn heading(&self, list: &List, column: &Column, room: u16) -> CompactString {
        if list.sort == list.sort_at_first || column.name != *list.sort.by {
            return CompactString::from(&*column.heading);
        }
        let arrow = self.arrow(&list.sort);
        if column.heading.is_empty() {
            return arrow.into();
        }
        let heading = fit(&column.heading, usize::from(room.saturating_sub(2)));
        format_compact!("{heading} {arrow}")
    }

    /// Health and status sort the worst to the top, which people call descending.
    pub(super) fn arrow(&self, sort: &Sort) -> &'static str {
        if matches!(&*sort.by, "health" | "status") == sort.descending {
            self.glyphs.up
        } else {
            self.glyphs.down
        }
    }
}

/// The columns that there is room for: the one that somebody has sorted by always, and the widest text gives way where that
/// saves what people look for.
fn narrow(
    all: &[Choice],
    mut shown: Vec<usize>,
    widths: &mut [u16],
    room: u16,
    sorted: Option<usize>,
) -> Vec<usize> {
    let wanted = widths.to_vec();
    loop {
        let over = needs(all, &shown, widths).saturating_sub(room);
        if over == 0 {
            // Those that gave way before others went get back what these have left.
            let mut spare = room.saturating_sub(needs(all, &shown, widths));
            for n in &shown {
                let more = spare.min(wanted[*n] - widths[*n]);
                widths[*n] += more;
                spare -= more;
            }
            return shown;
        }
        let drop = |n: &usize| {
            if Some(*n) == sorted {
                0
            } else {
                all[*n].column.drop
            }
        };
        let next = shown.iter().map(drop).max().unwrap_or(0);
        let widest = shown.iter().copied().max_by_key(|n| widths[*n]);
        // Before anything goes, texts that are longer than a name give way; before what people look for goes, the widest text
        // does so a little more.
        match widest.filter(|n| widths[*n] > YIELDS) {
            Some(n) if widths[n] > LONG_NAME => widths[n] -= over.min(widths[n] - LONG_NAME),
            Some(n) if next <= VITAL => widths[n] -= over.min(widths[n] - YIELDS),
            _ if next > 0 => shown.retain(|n| drop(n) != next),
            _ => match widest.filter(|n| widths[*n] > over) {
                Some(n) => widths[n] -= over,
                None => return shown,
            },
        }
    }
}

fn needs(all: &[Choice], shown: &[usize], widths: &[u16]) -> u16 {
    let last = shown.last().map_or(0, |n| gap(&all[*n]));
    MARGIN
        + shown
            .iter()
            .map(|n| widths[*n] + gap(&all[*n]))
            .sum::<u16>()
        - last
}

/// Puts columns side by side; the one that takes what is left takes it.
fn place(all: &[Choice], shown: &[usize], widths: &[u16], x: u16, room: u16) -> Vec<Place> {
    let spare = room.saturating_sub(needs(all, shown, widths));
    let mut x = x + MARGIN;
    let mut places = Vec::with_capacity(shown.len());
    for n in shown {
        let grows = matches!(all[*n].column.width, Width::Rest(_));
        let width = if grows {
            widths[*n] + spare
        } else {
            widths[*n]
        };
        places.push(Place {
            column: *n,
            x,
            width,
        });
        x += width + gap(&all[*n]);
    }
    places
}

/// All columns at their full width: those up to the name stay, those behind it move.
fn wide(
    list: &List,
    shown: &[usize],
    mut widths: Vec<u16>,
    x: u16,
    room: u16,
    sorted: Option<usize>,
) -> Layout {
    let all = list.columns.all();
    let name = shown.iter().position(|n| all[*n].column.name == "name");
    let (pinned, moving) = shown.split_at(name.map_or(0, |at| at + 1));
    let skipped = list.skipped.min(moving.len().saturating_sub(1));
    let mut there = pinned.to_vec();
    // What stays leaves room for something beside it: the name half of the screen, and all of it one column at least.
    let beside = moving.get(skipped).map_or(0, |n| widths[*n] + GAP);
    let rooms = [(room / 2, YIELDS), (room.saturating_sub(beside), SHORT)];
    for (room, least) in rooms {
        for n in pinned.iter().rev() {
            let over = needs(all, pinned, &widths).saturating_sub(room);
            let can = widths[*n].saturating_sub(least);
            widths[*n] -= over.min(can);
        }
    }
    for n in &moving[skipped..] {
        there.push(*n);
        if needs(all, &there, &widths) > room {
            there.pop();
            break;
        }
    }
    let right = moving.len() - skipped - (there.len() - pinned.len());
    let there = narrow(all, there, &mut widths, room, sorted);
    Layout {
        places: place(all, &there, &widths, x, room),
        beside: [skipped, right],
    }
}
