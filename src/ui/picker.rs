//! The contexts to open and close.

use compact_str::CompactString;
use ratatui::buffer::Buffer;

use super::{
    Painter,
    ledger::{Cell, Column, Ledger, whole, yielding},
};
use crate::{
    app::{App, Choice, Target},
    layout::Area,
    text::{fit, width},
};

const COLUMNS: &[Column] = &[
    whole("", false),
    yielding("CONTEXT", 16),
    yielding("SERVER", 10),
    yielding("STATE", 12),
];

/// Lines of the box that are no contexts: its edges and the headings.
const AROUND: u16 = 3;

impl Painter {
    pub(super) fn picker(&self, app: &App, at: usize, frame: &mut Buffer) {
        let (columns, rows) = app.size;
        let choices = app.choices();
        let cells = choices.iter().map(|choice| self.choice(app, choice));
        let ledger = Ledger::new(COLUMNS, cells.collect());
        let unread = app.unread.as_ref().map(ToString::to_string);
        let below = u16::from(unread.is_some());
        let needs = ledger.width().max(unread.as_deref().map_or(0, width)) + 5;
        let wide = (needs as u16).max(54).min(columns);
        let high = (ledger.len() as u16 + AROUND + below).min(rows - 2);
        let area = Area {
            x: (columns - wide) / 2,
            y: 1 + (rows - 2 - high) / 2,
            width: wide,
            height: high,
        };
        let login = choices.get(at).and_then(|choice| choice.open.as_ref());
        let login = login.is_some_and(|(cluster, _)| app.waits_for_login(*cluster));
        let login = if login { "L log in   " } else { "" };
        self.boxed(
            area,
            " Clusters ",
            &format!(" space opens and closes   {login}esc leaves "),
            frame,
        );
        let ledger = ledger.within(usize::from(wide.saturating_sub(5)));
        let (x, end) = (area.x + 3, area.x + wide - 2);
        ledger.headings((x, area.y + 1), end, self.theme.heading, frame);
        let room = usize::from(high.saturating_sub(AROUND + below));
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
                self.select(true, line, frame);
            }
        }
        if let Some(why) = unread {
            let room = usize::from(end - x);
            let y = area.y + high - 2;
            frame.set_stringn(x, y, fit(&why, room), room, self.theme.warn);
        }
    }

    fn choice(&self, app: &App, choice: &Choice) -> Vec<Cell> {
        let (mark, state) = match &choice.open {
            Some((cluster, standing)) => (self.glyphs.mark, self.stands(app, *cluster, standing)),
            None => ("", (CompactString::const_new("not open"), self.theme.muted)),
        };
        let name = if choice.open.is_some() {
            self.theme.strong
        } else {
            self.theme.text
        };
        vec![
            (mark.into(), self.theme.accent),
            (choice.offer.context.name().into(), name),
            (choice.offer.server.as_str().into(), self.theme.muted),
            state,
        ]
    }
}
