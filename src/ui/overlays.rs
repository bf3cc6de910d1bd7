//! What floats above the panes: the box itself, and what the prompt offers.

use ratatui::buffer::Buffer;

use super::{Painter, table::put_in};
use crate::{
    app::{App, Target},
    command::Command,
    layout::Area,
    text::{fit, width},
};

impl Painter {
    pub(super) fn suggestions(&self, app: &App, typed: &str, chosen: usize, frame: &mut Buffer) {
        let (columns, rows) = app.size;
        let found = app.suggestions(typed);
        let looks = app.looks_for_kinds();
        if found.is_empty() && !looks {
            return;
        }
        let hint = if looks {
            " looking for kinds… "
        } else {
            " tab completes "
        };
        let first = found
            .iter()
            .map(|s| width(&s.text))
            .max()
            .unwrap_or(0)
            .min(usize::from(columns) / 2);
        let second = found.iter().map(|s| width(&s.help)).max().unwrap_or(0);
        let wide = ((first + second + 7) as u16).clamp(24, columns);
        let high = (found.len() as u16 + 2).min(rows - 2);
        let area = Area {
            x: 0,
            y: rows - 1 - high,
            width: wide,
            height: high,
        };
        self.boxed(area, "", hint, frame);
        for (n, suggestion) in found.iter().take(usize::from(high - 2)).enumerate() {
            let y = area.y + 1 + n as u16;
            put_in(
                frame,
                (area.x + 2, y),
                first as u16,
                &suggestion.text,
                self.theme.strong,
                false,
            );
            let left = wide.saturating_sub(first as u16 + 6);
            put_in(
                frame,
                (area.x + 4 + first as u16, y),
                left,
                &suggestion.help,
                self.theme.muted,
                false,
            );
            let line = Area {
                x: area.x + 1,
                y,
                width: wide - 2,
                height: 1,
            };
            self.clickable(line, Target::Line(n));
            if n == chosen {
                self.choose(line, frame);
            }
        }
    }

    /// Marks a line of a box as the chosen one.
    pub(super) fn choose(&self, line: Area, frame: &mut Buffer) {
        for x in line.x..line.x + line.width {
            if let Some(cell) = frame.cell_mut((x, line.y)) {
                cell.set_style(self.theme.selected);
            }
        }
        frame.set_stringn(
            line.x,
            line.y,
            self.glyphs.selected,
            1,
            self.theme.selected_bar,
        );
    }

    /// What commands do in a box, after their keys; nothing where they have none that a box reads.
    pub(super) fn does(app: &App, commands: &[Command], what: &str) -> Option<String> {
        let keys = commands.iter().map(|command| app.keymap.chord(*command));
        let keys: Option<Vec<String>> = keys.map(|key| Some(key?.hint(app.ascii))).collect();
        Some(format!("{} {what}", keys?.join(" ")))
    }

    /// An empty box with a title above and a hint below.
    pub(super) fn boxed(&self, area: Area, title: &str, hint: &str, frame: &mut Buffer) {
        let Area {
            x,
            y,
            width: wide,
            height: high,
        } = area;
        self.clickable(area, Target::Box);
        let blank = " ".repeat(usize::from(wide));
        for row in y..y + high {
            // A wide character of which the box covers the second half would take the border with it.
            let before = x.checked_sub(1).and_then(|x| frame.cell_mut((x, row)));
            if let Some(cell) = before.filter(|cell| width(cell.symbol()) > 1) {
                cell.set_symbol(" ");
            }
            frame.set_stringn(
                x,
                row,
                &blank,
                usize::from(wide),
                ratatui::style::Style::reset(),
            );
        }
        let [top_left, top_right, bottom_left, bottom_right] = self.glyphs.corners;
        let line = self
            .glyphs
            .horizontal
            .repeat(usize::from(wide.saturating_sub(2)));
        let edge = |left: &str, right: &str| format!("{left}{line}{right}");
        frame.set_stringn(
            x,
            y,
            edge(top_left, top_right),
            usize::from(wide),
            self.theme.border,
        );
        frame.set_stringn(
            x,
            y + high - 1,
            edge(bottom_left, bottom_right),
            usize::from(wide),
            self.theme.border,
        );
        for row in y + 1..y + high - 1 {
            frame.set_stringn(x, row, self.glyphs.vertical, 1, self.theme.border);
            frame.set_stringn(
                x + wide - 1,
                row,
                self.glyphs.vertical,
                1,
                self.theme.border,
            );
        }
        let room = usize::from(wide.saturating_sub(4));
        frame.set_stringn(x + 2, y, fit(title, room), room, self.theme.title_focused);
        let hint = fit(hint, room);
        let at = x + wide.saturating_sub(2 + width(&hint) as u16);
        frame.set_stringn(at, y + high - 1, &hint, room, self.theme.muted);
    }
}

/// As much of what can be done in a box as there is room for on its edge, what comes first before what comes later.
pub(super) fn edge(doings: &[String], room: usize) -> String {
    let mut said = String::from(" ");
    for doing in doings {
        let gap = if said.len() == 1 { "" } else { "  " };
        if width(&said) + width(gap) + width(doing) < room {
            said.extend([gap, doing, " "]);
        }
    }
    said
}
