//! A box of lines over the panes, scrolled where it is longer than the screen: what it frames, and the plain ones.

use ratatui::{buffer::Buffer, style::Style};

use super::{Painter, table::put_in};
use crate::{
    app::App,
    command::Entry,
    layout::Area,
    text::{broken, width},
};

/// The widest that sentences are set, in columns.
const READABLE: u16 = 100;

/// Where the lines of a box are drawn.
pub(super) struct Page {
    /// The first line that is shown.
    pub(super) first: usize,
    /// What is left for lines within the box.
    pub(super) area: Area,
}

impl Page {
    /// Which of so many lines are shown, and in which row each.
    pub(super) fn lines(&self, all: usize) -> impl Iterator<Item = (usize, u16)> {
        let shown = self.first..all.min(self.first + usize::from(self.area.height));
        shown.zip(self.area.y..)
    }
}

impl Painter {
    /// A box in the middle of the screen for lines of that width, scrolled to one of them.
    pub(super) fn page(
        &self,
        size: (u16, u16),
        title: &str,
        (wide, all): (usize, usize),
        line: u16,
        frame: &mut Buffer,
    ) -> Page {
        let (columns, rows) = size;
        let wide = (wide.max(width(title) + 2) as u16 + 4).min(columns);
        let high = (all as u16 + 2).min(rows - 2);
        let area = Area {
            x: (columns - wide) / 2,
            y: 1 + (rows - 2 - high) / 2,
            width: wide,
            height: high,
        };
        let last = all.saturating_sub(usize::from(high - 2));
        let first = usize::from(line).min(last);
        let more = match last - first {
            0 => String::new(),
            below => format!(" {} {below} ", self.glyphs.down),
        };
        self.boxed(
            area,
            &format!(" {title} "),
            &format!("{more} any other key closes "),
            frame,
        );
        Page {
            first,
            area: Area {
                x: area.x + 2,
                y: area.y + 1,
                width: wide - 4,
                height: high - 2,
            },
        }
    }

    /// Where the settings are, and all that is wrong with them.
    pub(super) fn settings(&self, app: &App, line: u16, frame: &mut Buffer) {
        let room = usize::from(app.size.0.min(READABLE).saturating_sub(4));
        let mut lines: Vec<(String, Style)> = Vec::new();
        let mut say = |text: &str, style: Style| {
            lines.extend(broken(text, room).into_iter().map(|line| (line, style)));
        };
        let settings = &app.settings;
        match settings.file.as_str() {
            "" => say(
                "There is no home directory to keep settings in.",
                self.theme.text,
            ),
            file => say(file, self.theme.strong),
        }
        if settings.problems.is_empty() {
            say("Nothing is wrong with the settings.", self.theme.text);
        } else {
            say(
                "Where something is wrong the default holds, and all else counts:",
                self.theme.muted,
            );
        }
        for problem in &settings.problems {
            // The file is named above.
            let text = problem.to_string();
            let text = text.strip_prefix(settings.file.as_str()).unwrap_or(&text);
            let text = text
                .strip_prefix(':')
                .map_or_else(|| text.to_owned(), |rest| format!("line {rest}"));
            say("", self.theme.text);
            say(&text, self.theme.warn);
        }
        say("", self.theme.text);
        say(
            "The file is read again when it changes. `barkeep config show` prints all settings.",
            self.theme.muted,
        );
        let wide = lines.iter().map(|(line, _)| width(line)).max().unwrap_or(0);
        let page = self.page(app.size, "Settings", (wide, lines.len()), line, frame);
        for (n, y) in page.lines(lines.len()) {
            let (text, style) = &lines[n];
            put_in(
                frame,
                (page.area.x, y),
                page.area.width,
                text,
                *style,
                false,
            );
        }
    }

    /// What can follow the keys that have begun something.
    pub(super) fn following(&self, app: &App, frame: &mut Buffer) {
        if app.begun.is_empty() {
            return;
        }
        let (columns, rows) = app.size;
        let following = app.keymap.following(&app.begun);
        let lines: Vec<(String, &Entry)> = following
            .iter()
            .map(|(keys, command)| (keys.hint(app.ascii), command.entry()))
            .collect();
        let first = lines.iter().map(|(keys, _)| width(keys)).max().unwrap_or(0);
        let widest = |says: fn(&Entry) -> &'static str| {
            let all = lines.iter().map(|(_, entry)| width(says(entry)));
            all.max().unwrap_or(0)
        };
        // A name is read at a glance where the sentences would be cut off.
        let says: fn(&Entry) -> &'static str =
            if first + widest(|entry| entry.help) + 6 <= usize::from(columns) {
                |entry| entry.help
            } else {
                |entry| entry.name
            };
        let second = widest(says);
        let wide = ((first + second + 7) as u16).clamp(24, columns);
        let high = (lines.len() as u16 + 2).min(rows - 2);
        let area = Area {
            x: columns - wide,
            y: rows - 1 - high,
            width: wide,
            height: high,
        };
        let begun: Vec<String> = app
            .begun
            .iter()
            .map(|chord| chord.hint(app.ascii))
            .collect();
        self.boxed(
            area,
            &format!(" {} … ", begun.join(" ")),
            " esc not now ",
            frame,
        );
        for (n, (keys, entry)) in lines.iter().take(usize::from(high - 2)).enumerate() {
            let y = area.y + 1 + n as u16;
            put_in(
                frame,
                (area.x + 2, y),
                first as u16,
                keys,
                self.theme.key,
                false,
            );
            let at = area.x + 4 + first as u16;
            put_in(
                frame,
                (at, y),
                wide.saturating_sub(first as u16 + 6),
                says(entry),
                if app.applies(entry) {
                    self.theme.text
                } else {
                    self.theme.muted
                },
                false,
            );
        }
    }
}
