//! The header and the footer: where we are and how far it can be trusted; which keys matter here.

use compact_str::{CompactString, format_compact};
use ratatui::{buffer::Buffer, layout::Position, style::Style};

use super::{Painter, table::name_of};
use crate::{
    app::{App, Overlay, Standing},
    command::COMMANDS,
    panes::Pane,
    text::{age, count, fit, width},
};

impl Painter {
    pub(super) fn header(&self, app: &App, frame: &mut Buffer) {
        let columns = app.size.0;
        let right = self.right_of_header(app);
        let right_width: u16 = right
            .iter()
            .map(|(text, _)| width(text) as u16 + 3)
            .sum::<u16>();
        let step = format!(" {} ", self.glyphs.step);
        let context: Vec<&str> = app
            .clusters
            .iter()
            .map(|cluster| cluster.context.as_str())
            .collect();
        let mut path: Vec<CompactString> = vec![context.join(", ").into()];
        if app.focus == Pane::All {
            path.push("all Instances".into());
        } else {
            let upto = Pane::HOME
                .iter()
                .take(app.focus as usize + 1)
                .filter(|pane| **pane != Pane::Instances);
            path.extend(upto.filter_map(|pane| name_of(app, *pane)));
        }
        let mut x = frame
            .set_stringn(1, 0, "barkeep", 7, self.theme.title_focused)
            .0
            + 2;
        let room = columns.saturating_sub(x + right_width);
        // What is deepest matters most: the context gives way first.
        while path.len() > 1 && width(&path.join(&step)) > usize::from(room) {
            path.remove(0);
        }
        let text = path.join(&step);
        x = frame
            .set_stringn(
                x,
                0,
                fit(&text, usize::from(room)),
                usize::from(room),
                self.theme.strong,
            )
            .0;
        let mut at = columns.saturating_sub(right_width).max(x) + 2;
        for (text, style) in right {
            if at < columns {
                at = frame
                    .set_stringn(
                        at,
                        0,
                        fit(&text, usize::from(columns - at)),
                        usize::from(columns - at),
                        style,
                    )
                    .0
                    + 3;
            }
        }
    }

    fn right_of_header(&self, app: &App) -> Vec<(CompactString, Style)> {
        let columns = usize::from(app.size.0);
        let mut parts = Vec::new();
        let live = self.glyphs.ok;
        parts.push(match app.overall() {
            Standing::Live => (format_compact!("{live} live"), self.theme.badge_live),
            Standing::Loading(0, _) => ("loading".into(), self.theme.muted),
            Standing::Loading(have, Some(about)) => (
                format_compact!("loading {} of ~{}", count(have as u64), count(about as u64)),
                self.theme.muted,
            ),
            Standing::Loading(have, None) => (
                format_compact!("loading {}", count(have as u64)),
                self.theme.muted,
            ),
            Standing::Stale(seconds, problem) => {
                let text = format_compact!(
                    "stale {} {} {}",
                    age(seconds),
                    self.glyphs.step,
                    problem.what
                );
                (
                    fit(&text, columns / 2).into_owned().into(),
                    self.theme.badge_stale,
                )
            }
            Standing::Refused(problem)
                if app.clusters.iter().any(|cluster| cluster.problem.is_some()) =>
            {
                let _ = problem;
                (
                    format_compact!("{} no cluster", self.glyphs.error),
                    self.theme.error,
                )
            }
            Standing::Refused(_) => (
                format_compact!("{} nothing may be read", self.glyphs.error),
                self.theme.badge_stale,
            ),
        });
        if columns >= 100 {
            let watches = app.world.feeds().count();
            parts.push((format_compact!("{watches} watches"), self.theme.muted));
            parts.push((
                format_compact!("{} req/min", count(app.requests_a_minute())),
                self.theme.muted,
            ));
        }
        let clock = jiff::Timestamp::from_millisecond(app.now).map(|now| {
            now.to_zoned(self.zone.clone())
                .strftime(if columns >= 100 { "%H:%M:%S" } else { "%H:%M" })
                .to_string()
        });
        parts.push((clock.unwrap_or_default().into(), self.theme.text));
        parts
    }

    pub(super) fn footer(&self, app: &App, frame: &mut Buffer) -> Option<Position> {
        let (columns, rows) = app.size;
        let y = rows - 1;
        match &app.overlay {
            Overlay::Filter => {
                return Some(self.field(
                    "/",
                    &app.list(app.focus).filter,
                    "esc clears",
                    app,
                    frame,
                ));
            }
            Overlay::Prompt(text, _) => {
                return Some(self.field(":", text, "esc closes", app, frame));
            }
            _ => {}
        }
        if let Some(text) = app.message() {
            frame.set_stringn(
                1,
                y,
                fit(text, usize::from(columns - 2)),
                usize::from(columns - 2),
                self.theme.strong,
            );
            return None;
        }
        let mut x = 1;
        let applies = |entry: &&crate::command::Entry| !entry.hint.is_empty() && app.applies(entry);
        let hints: Vec<_> = COMMANDS.iter().filter(applies).collect();
        for (n, entry) in hints.iter().enumerate() {
            let key = entry
                .keys
                .first()
                .and_then(|key| key.parse::<crate::keys::Chord>().ok());
            let key = key.map(|key| key.hint(self.ascii())).unwrap_or_default();
            let needs = width(&key) + 1 + width(entry.hint);
            // Help is always there, whatever else has to go.
            let rest = if entry.hint == "help" { 0 } else { 9 };
            if usize::from(x) + needs + rest > usize::from(columns) && n > 0 && entry.hint != "help"
            {
                continue;
            }
            x = frame
                .set_stringn(x, y, &key, usize::from(columns - x), self.theme.key)
                .0
                + 1;
            x = frame
                .set_stringn(
                    x,
                    y,
                    entry.hint,
                    usize::from(columns.saturating_sub(x)),
                    self.theme.text,
                )
                .0
                + 3;
            if x >= columns {
                break;
            }
        }
        None
    }

    /// A line that is being typed.
    fn field(&self, sign: &str, text: &str, hint: &str, app: &App, frame: &mut Buffer) -> Position {
        let (columns, rows) = app.size;
        let y = rows - 1;
        let x = frame.set_stringn(1, y, sign, 1, self.theme.accent).0;
        let room = columns.saturating_sub(x + width(hint) as u16 + 4);
        // The end is what is being typed.
        let mut shown = text;
        while width(shown) >= usize::from(room) && !shown.is_empty() {
            shown = &shown[shown.chars().next().map_or(0, char::len_utf8)..];
        }
        let x = frame
            .set_stringn(x, y, shown, usize::from(room), self.theme.strong)
            .0;
        let at = columns.saturating_sub(width(hint) as u16 + 1);
        frame.set_stringn(at, y, hint, width(hint), self.theme.muted);
        Position { x, y }
    }
}
