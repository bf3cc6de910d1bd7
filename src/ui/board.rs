//! The Servers of a Map as cards, a column for each Group.
//!
//! ```text
//!  frontend 2                   database 1
//! ▌ ● web               3/3      ● db                1/1
//! ▌   healthy                      healthy
//! ▌   0.04c    84Mi     2h         0.01c    18Mi     2h
//! ```

use compact_str::format_compact;
use ratatui::buffer::Buffer;

use super::{Painter, table::put_in};
use crate::{
    app::{App, Target},
    layout::Area,
    model::tree::Server,
    panes::{Cell, Id, Pane},
    text::{age, bytes, cores, width},
};

/// Columns of a card, at least and at most.
const WIDE: [u16; 2] = [26, 44];
/// Lines of a card, and a blank one.
const HIGH: u16 = 4;

impl Painter {
    /// Draws the cards into the area below the pane's title.
    pub(super) fn board(&self, app: &App, area: Area, frame: &mut Buffer) {
        let columns = app.board_columns();
        let list = app.list(Pane::Servers);
        let selected = list.index();
        let at = columns
            .iter()
            .position(|(_, column)| column.iter().any(|index| Some(*index) == selected))
            .unwrap_or(0);
        let fit_in = (area.width / WIDE[0]).max(1);
        let wide = (area.width / fit_in.min(columns.len().max(1) as u16)).min(WIDE[1]);
        let fit_in = usize::from(area.width / wide);
        // The column of the selection is always on screen.
        let first = (at + 1).saturating_sub(fit_in);
        for (n, (group, column)) in columns.iter().skip(first).take(fit_in).enumerate() {
            let x = area.x + n as u16 * wide;
            let name = group.as_deref().unwrap_or("in no Group");
            let title = format_compact!("{name} {}", column.len());
            put_in(
                frame,
                (x + 1, area.y),
                wide - 2,
                &title,
                self.theme.heading,
                false,
            );
            let room = usize::from((area.height - 1) / HIGH).max(1);
            let row = column.iter().position(|index| Some(*index) == selected);
            let top = row.map_or(0, |row| (row + 1).saturating_sub(room));
            for (row, index) in column.iter().skip(top).take(room).enumerate() {
                let Some(server) = app.world.servers().get(list.order[*index]) else {
                    continue;
                };
                let card = Area {
                    x,
                    y: area.y + 1 + row as u16 * HIGH,
                    width: wide - 1,
                    height: HIGH - 1,
                };
                self.clickable(card, Target::Row(Pane::Servers, list.order[*index]));
                self.card(app, server, Some(*index) == selected, card, frame);
            }
            let below = column.len().saturating_sub(top + room);
            if below > 0 {
                let text = format_compact!("{} {below}", self.glyphs.down);
                let at = x + wide.saturating_sub(width(&text) as u16 + 2);
                frame.set_stringn(at, area.y, &text, width(&text), self.theme.muted);
            }
        }
        let right = columns.len().saturating_sub(first + fit_in);
        if right > 0 {
            let text = format_compact!("{} {right} more", self.glyphs.right);
            let at = (area.x + area.width).saturating_sub(width(&text) as u16 + 1);
            frame.set_stringn(
                at,
                area.y + area.height - 1,
                &text,
                width(&text),
                self.theme.muted,
            );
        }
    }

    fn card(&self, app: &App, server: &Server, selected: bool, area: Area, frame: &mut Buffer) {
        let Area { x, y, width, .. } = area;
        if selected {
            let style = if app.on_board() {
                self.theme.selected
            } else {
                self.theme.selected_unfocused
            };
            for row in y..y + area.height {
                for column in x..x + width {
                    if let Some(cell) = frame.cell_mut((column, row)) {
                        cell.set_style(style);
                    }
                }
                frame.set_stringn(
                    x,
                    row,
                    self.glyphs.selected,
                    1,
                    style.patch(self.theme.selected_bar),
                );
            }
        }
        let marks = &app.list(Pane::Servers).marks;
        if !marks.is_empty() && marks.has(&Id::Server(server.key)) {
            frame.set_stringn(x + 1, y, self.glyphs.mark, 1, self.theme.mark);
        }
        let health = server.verdict.health;
        frame.set_stringn(
            x + 2,
            y,
            self.health_glyph(health),
            1,
            self.health_style(health),
        );
        let ready = server
            .ready()
            .map_or_else(Default::default, |(ready, desired)| {
                self.plain(app, &Cell::Ratio(ready, desired))
            });
        let room = width.saturating_sub(6 + ready.len() as u16);
        put_in(
            frame,
            (x + 4, y),
            room,
            &server.name,
            self.theme.strong,
            false,
        );
        put_in(
            frame,
            (x + 4 + room, y),
            ready.len() as u16 + 1,
            &ready,
            self.theme.text,
            true,
        );
        let status = self.status_text(&server.verdict);
        let style = self.cell_style(&Cell::Status(Box::new(server.verdict.clone())));
        put_in(
            frame,
            (x + 4, y + 1),
            width.saturating_sub(5),
            &status,
            style,
            false,
        );
        let usage = server.usage.map_or_else(
            || format_compact!("{:>6} {:>7}", self.glyphs.absent, self.glyphs.absent),
            |usage| format_compact!("{:>6} {:>7}", cores(usage.cpu), bytes(usage.memory)),
        );
        let old = age((app.now / 1000 - server.created).max(0));
        put_in(frame, (x + 4, y + 2), 15, &usage, self.theme.text, false);
        put_in(
            frame,
            (x + width - 7, y + 2),
            6,
            &old,
            self.theme.muted,
            true,
        );
        put_in(
            frame,
            (x + 19, y + 2),
            width.saturating_sub(27),
            server.kind.short(),
            self.theme.muted,
            true,
        );
    }
}
