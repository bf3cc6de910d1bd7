//! The columns to sort by, and the columns to show, hide and move.

use compact_str::{CompactString, format_compact};
use ratatui::{buffer::Buffer, layout::Position};

use super::{
    Painter,
    ledger::{Cell, Column, Ledger, whole, yielding},
    overlays::edge,
};
use crate::{
    app::{App, Target},
    command::Command,
    layout::Area,
    panes::{self, Pane},
    text::{fit, width},
};

const SORT: &[Column] = &[
    whole("", false),
    yielding("COLUMN", 12),
    whole("HEADING", false),
    yielding("SORTED", 8),
];
const COLUMNS: &[Column] = &[
    whole("", false),
    yielding("COLUMN", 12),
    whole("HEADING", false),
    yielding("", 6),
];

/// Lines of the box that are no choices: its edges and the headings.
const AROUND: u16 = 3;

impl Painter {
    /// The columns to sort the list with focus by.
    pub(super) fn sort_picker(&self, app: &App, at: usize, frame: &mut Buffer) {
        let list = app.list(app.focus);
        let line = |column: &panes::Column| {
            let is_it = column.name == *list.sort.by;
            let descending = if is_it {
                list.sort.descending
            } else {
                column.descending
            };
            let (mark, style) = if is_it {
                (self.arrow(&list.sort), self.theme.strong)
            } else {
                ("", self.theme.text)
            };
            vec![
                (mark.into(), self.theme.accent),
                (CompactString::from(&*column.name), style),
                (CompactString::from(&*column.heading), self.theme.muted),
                (column.order(descending).into(), self.theme.muted),
            ]
        };
        let columns = list.columns.offered(&app.world).into_iter();
        let lines = columns.map(|n| line(&list.columns.all()[n].column));
        let ledger = Ledger::new(SORT, lines.collect());
        let title = format!(" Sort {} by ", app.focus.rows());
        let doings = [
            (&[Command::Open][..], "sorts"),
            (&[Command::SortInvert], "inverts"),
            (&[Command::Back], "leaves"),
        ];
        self.choices(&ledger, at, (&title, &doings), app, frame);
    }

    /// The columns of the list with focus, in their order; and the label's key that is being typed.
    pub(super) fn column_picker(
        &self,
        app: &App,
        at: usize,
        label: Option<&str>,
        frame: &mut Buffer,
    ) -> Option<Position> {
        let list = app.list(app.focus);
        let headings = self.headings(app.focus);
        let line = |choice: &panes::Choice| {
            let name = &choice.column.name;
            let is_there = headings.iter().any(|heading| heading.name == **name);
            let shown = choice.shown || list.columns.wide;
            let (mark, style) = if choice.shown {
                (self.glyphs.mark, self.theme.strong)
            } else {
                ("", self.theme.muted)
            };
            let why = match (shown, is_there) {
                (true, false) if !headings.is_empty() => "no room",
                _ => "",
            };
            vec![
                (mark.into(), self.theme.mark),
                (CompactString::from(&**name), style),
                (
                    CompactString::from(&*choice.column.heading),
                    self.theme.muted,
                ),
                (why.into(), self.theme.warn),
            ]
        };
        let columns = list.columns.offered(&app.world).into_iter();
        let lines = columns.map(|n| line(&list.columns.all()[n]));
        let ledger: Vec<Vec<Cell>> = lines.collect();
        let ledger = Ledger::new(COLUMNS, ledger);
        let wide = if list.columns.wide { ", all shown" } else { "" };
        let title = format!(" Columns of {}{wide} ", app.focus.rows());
        let doings = [
            (&[Command::Mark][..], "shows"),
            (&[Command::ColumnLater, Command::ColumnEarlier], "move"),
            (&[Command::ColumnLabel], "label"),
            (&[Command::ColumnsReset], "reset"),
            (&[Command::Wide], "wide"),
            (&[Command::Back], "leaves"),
        ];
        let area = self.choices(&ledger, at, (&title, &doings), app, frame);
        let typed = label?;
        // The key is typed on the box's last line.
        let y = area.y + area.height - 1;
        let (x, end) = (area.x + 2, area.x + area.width - 2);
        let blank = " ".repeat(usize::from(end - x));
        frame.set_stringn(x, y, &blank, usize::from(end - x), self.theme.text);
        let x = frame.set_stringn(x, y, " label: ", 8, self.theme.accent).0;
        let room = usize::from(end.saturating_sub(x + 1));
        let mut shown = typed;
        while width(shown) > room {
            shown = &shown[shown.chars().next().map_or(1, char::len_utf8)..];
        }
        let x = frame.set_stringn(x, y, shown, room, self.theme.strong).0;
        if typed.is_empty() {
            let hint = fit("team, app.kubernetes.io/version…", room);
            frame.set_stringn(x + 1, y, &hint, room, self.theme.muted);
        }
        Some(Position { x, y })
    }

    /// A box with lines to choose from, and as much of what can be done there as has room.
    fn choices(
        &self,
        ledger: &Ledger,
        at: usize,
        (title, doings): (&str, &[(&[Command], &str)]),
        app: &App,
        frame: &mut Buffer,
    ) -> Area {
        let (columns, rows) = app.size;
        let doings = doings
            .iter()
            .filter_map(|(commands, what)| Self::does(app, commands, what));
        let hint = edge(&doings.collect::<Vec<_>>(), usize::from(columns) - 4);
        let needs = ledger.width().max(width(&hint)).max(width(title)) + 5;
        let wide = (needs as u16).min(columns);
        let high = (ledger.len() as u16 + AROUND).min(rows - 2);
        let area = Area {
            x: (columns - wide) / 2,
            y: 1 + (rows - 2 - high) / 2,
            width: wide,
            height: high,
        };
        self.boxed(area, title, &hint, frame);
        let (x, end) = (area.x + 3, area.x + wide - 2);
        ledger.headings((x, area.y + 1), end, self.theme.heading, frame);
        let room = usize::from(high.saturating_sub(AROUND));
        let first = (at + 1).saturating_sub(room);
        for n in first..ledger.len().min(first + room) {
            let y = area.y + 2 + (n - first) as u16;
            ledger.row(n, (x, y), end, frame);
            let line = Area {
                x: area.x + 1,
                y,
                width: wide - 2,
                height: 1,
            };
            self.clickable(line, Target::Line(n));
            if n == at {
                self.select(true, line.x, line, frame);
            }
        }
        area
    }

    /// The headings that a pane had when it was drawn last: what a click on that line means.
    pub fn headings(&self, pane: Pane) -> &[super::Heading] {
        self.headings.get(&pane).map_or(&[], Vec::as_slice)
    }
}

/// How many of something, as in `3 Servers`.
pub(super) fn counted(n: usize, pane: Pane) -> CompactString {
    let rows = pane.rows();
    match n {
        1 => format_compact!("1 {}", rows.trim_end_matches('s')),
        n => format_compact!("{} {rows}", crate::text::count(n as u64)),
    }
}
