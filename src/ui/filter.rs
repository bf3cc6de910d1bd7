//! A filter while it is typed: its line in the footer, what is said above that, and what it has found in the rows.

use ratatui::{buffer::Buffer, layout::Position};

use super::{Painter, bars::first_in_sight, columns::Place, table::put_in};
use crate::{
    app::{App, Typing},
    layout::Area,
    model::{Filter, listing::Heading},
    panes::{Cell, Column},
    text::{broken, fit, width},
};

/// The language in a few lines: shown while nothing is typed.
const GUIDE: &[(&str, &str)] = &[
    (
        "web",
        "letters of the name in order, or a word in STATUS, NODE…",
    ),
    ("'web  \"a b\"", "exactly this"),
    ("!web", "not: before any term"),
    ("/^web-\\d/", "a regular expression"),
    ("name:web  image:1.4", "in this field; = is all of it"),
    ("-l app=web", "a label selector"),
    (
        "failing",
        "a health: warning, progressing, healthy, stopped, unknown",
    ),
    (
        "cpu>500m  mem>80%",
        "usage, or its part of the limit, else of the request",
    ),
    ("restarts>=5  age<2h", "also ready<1, = and !="),
    (
        "web failing | db",
        "blanks: all of them; |: one or the other",
    ),
];

/// Columns that what is typed has before hints go.
const TYPED: usize = 16;

impl Painter {
    /// What is typed, with the part underlined that is wrong, and the cursor.
    pub(super) fn filter_line(&self, app: &App, typing: &Typing, frame: &mut Buffer) -> Position {
        let (columns, rows) = app.size;
        let y = rows - 1;
        let x = frame.set_stringn(1, y, "/", 1, self.theme.accent).0;
        let completion = typing.completion(&app.known(app.focus));
        let hint = match completion {
            Some(rest) if typing.mistake().is_none() => {
                let word = typing.before_cursor().rsplit([' ', '|', '!']).next();
                format!("tab {}{rest}   esc clears", word.unwrap_or_default())
            }
            _ => "esc clears".to_owned(),
        };
        let room = usize::from(columns).saturating_sub(usize::from(x) + 2);
        let hint = if room < width(&hint) + TYPED {
            ""
        } else {
            &hint
        };
        let room = room.saturating_sub(width(hint) + 2).max(1);
        let text = typing.text();
        let cursor = typing.before_cursor();
        let first = first_in_sight(cursor, room);
        let wrong = typing.mistake().map_or(0..0, |mistake| mistake.at.clone());
        let mut at = x;
        let edges = [
            first,
            wrong.start.max(first),
            wrong.end.max(first),
            text.len(),
        ];
        for (n, edge) in edges.windows(2).enumerate() {
            let style = if n == 1 {
                self.theme.error
            } else {
                self.theme.strong
            };
            let left = room.saturating_sub(usize::from(at - x));
            let piece = text.get(edge[0]..edge[1]).unwrap_or_default();
            at = frame.set_stringn(at, y, fit(piece, left), left, style).0;
        }
        let right = columns.saturating_sub(width(hint) as u16 + 1);
        frame.set_stringn(right, y, hint, width(hint), self.theme.muted);
        Position {
            x: x + width(&cursor[first..]) as u16,
            y,
        }
    }

    /// What is wrong with what is typed, or how to type a filter.
    pub(super) fn about_filter(&self, app: &App, typing: &Typing, frame: &mut Buffer) {
        let (columns, rows) = app.size;
        if let Some(mistake) = typing.mistake() {
            let lines = broken(&mistake.says, usize::from(columns.saturating_sub(4)));
            let wide = lines.iter().map(|line| width(line)).max().unwrap_or(0) as u16 + 4;
            let area = self.above_footer(app, "", wide, lines.len(), frame);
            for (n, line) in lines.iter().take(usize::from(area.height)).enumerate() {
                let at = (area.x, area.y + n as u16);
                put_in(frame, at, area.width, line, self.theme.warn, false);
            }
        } else if typing.text().is_empty() && rows > 8 {
            let own = app.known(app.focus).headings.unwrap_or_default();
            // Some of them will do, but the name has been one.
            let own = own.iter().skip(1).filter(|of| !of.age);
            let own: Vec<String> = own.map(Heading::column).take(4).collect();
            let example = own.first().map(|name| format!("{name}:…"));
            let says = format!("in a column: {}", own.join(", "));
            let own = example.as_deref().map(|example| (example, &*says));
            let guide: Vec<_> = GUIDE.iter().copied().chain(own).collect();
            let first = guide.iter().map(|(text, _)| width(text)).max().unwrap_or(0) as u16;
            let second = guide.iter().map(|(_, says)| width(says)).max().unwrap_or(0) as u16;
            let wide = (first + second + 6).min(columns);
            let area = self.above_footer(app, " Filter ", wide, guide.len(), frame);
            for (n, (text, says)) in guide.iter().take(usize::from(area.height)).enumerate() {
                let y = area.y + n as u16;
                put_in(frame, (area.x, y), first, text, self.theme.key, false);
                let left = area.width.saturating_sub(first + 2);
                let at = (area.x + first + 2, y);
                put_in(frame, at, left, says, self.theme.text, false);
            }
        }
    }

    /// A box over the footer with room for so many lines, and that room.
    fn above_footer(
        &self,
        app: &App,
        title: &str,
        wide: u16,
        lines: usize,
        frame: &mut Buffer,
    ) -> Area {
        let (columns, rows) = app.size;
        // The title of the list and its first rows stay in sight.
        let high = (lines as u16 + 2).min(rows.saturating_sub(5)).max(3);
        let area = Area {
            x: 0,
            y: rows - 1 - high,
            width: wide.min(columns),
            height: high,
        };
        self.boxed(area, title, "", frame);
        Area {
            x: 2,
            y: area.y + 1,
            width: area.width.saturating_sub(4),
            height: high - 2,
        }
    }

    /// Shows in a cell what a filter has found there.
    pub(super) fn mark_found(
        &mut self,
        filter: &Filter,
        cell: &Cell,
        column: &Column,
        place: &Place,
        y: u16,
        frame: &mut Buffer,
    ) {
        let text = match cell {
            Cell::Text(text) => text.as_str(),
            Cell::Status(verdict) if verdict.progress.is_none() => &verdict.word,
            _ => return,
        };
        let is_name = column.heading == "NAME";
        filter.found(text, is_name, &mut self.search, &mut self.found);
        if self.found.is_empty() {
            return;
        }
        // What is cut off ends in a sign of its own.
        let cut = width(text) > usize::from(place.width);
        let end = place.x + place.width - u16::from(cut);
        let mut x = place.x;
        for (n, character) in crate::text::characters(text).enumerate() {
            let wide = width(character) as u16;
            if x + wide > end {
                break;
            }
            if self.found.contains(&(n as u32)) {
                for x in x..x + wide {
                    if let Some(cell) = frame.cell_mut((x, y)) {
                        cell.set_style(self.theme.found);
                    }
                }
            }
            x += wide;
        }
    }
}
