//! The header and the footer: where we are and how far it can be trusted; which keys matter here.

use compact_str::{CompactString, format_compact};
use ratatui::{buffer::Buffer, layout::Position, style::Style};

use super::{Painter, choosing::counted, table::name_of};
use crate::{
    app::{App, Overlay, Readline, Standing, Summary, Target},
    command::{COMMANDS, Command, Entry},
    layout::Area,
    model::{Cause, ClusterId},
    panes::Pane,
    text::{age, bytes, count, fit, width},
};

/// A piece of the header.
type Part = (CompactString, Style);

/// Columns that a line which is being typed has before its hint goes.
const TYPED: u16 = 16;

impl Painter {
    pub(super) fn header(&self, app: &App, frame: &mut Buffer) {
        let columns = app.size.0;
        let wide =
            |parts: &[Part]| -> u16 { parts.iter().map(|(text, _)| width(text) as u16 + 3).sum() };
        let mut right = self.standings(app);
        // Of one cluster the first two always have their place.
        let fixed = right.len() + if app.summary().open > 1 { 0 } else { 2 };
        if columns >= 100 {
            right.extend(self.meter(app));
        }
        let clock = jiff::Timestamp::from_millisecond(app.now).map(|now| {
            now.to_zoned(self.zone.clone())
                .strftime(if columns >= 100 { "%H:%M:%S" } else { "%H:%M" })
                .to_string()
        });
        right.push((clock.unwrap_or_default().into(), self.theme.text));

        let step = format!(" {} ", self.glyphs.step);
        let mut path = path(app);
        let x = frame
            .set_stringn(1, 0, "barkeep", 7, self.theme.title_focused)
            .0
            + 2;
        // What it costs is nice to know: it gives way to where we are.
        let needs = |path: &[CompactString]| width(&path.join(&step));
        while right.len() > fixed + 1
            && needs(&path) > usize::from(columns.saturating_sub(x + wide(&right)))
        {
            right.remove(right.len() - 2);
        }
        let right_width: u16 = wide(&right);
        let room = columns.saturating_sub(x + right_width);
        // What is deepest matters most: the context gives way first.
        while path.len() > 1 && needs(&path) > usize::from(room) {
            path.remove(0);
        }
        let text = path.join(&step);
        let x = frame
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

    /// How everything stands: of several clusters how many are live, and what is wrong with the one that is worst off.
    fn standings(&self, app: &App) -> Vec<Part> {
        let columns = usize::from(app.size.0);
        let Summary { open, live, worst } = app.summary();
        let Some((cluster, worst)) = worst else {
            return vec![("no cluster is open".into(), self.theme.muted)];
        };
        if open == 1
            && app
                .clusters
                .iter()
                .any(|cluster| cluster.problem().is_some())
        {
            let text = format_compact!("{} no cluster", self.glyphs.error);
            return vec![(text, self.theme.error)];
        }
        if open == 1 {
            let (text, style) = self.stands(app, cluster, &worst);
            return vec![(fit(&text, columns / 2).into_owned().into(), style)];
        }
        let name = app.world.context(cluster);
        if worst == Standing::Live {
            let text = format_compact!("{} {open} live", self.glyphs.ok);
            return vec![(text, self.theme.badge_live)];
        }
        let style = if live > 0 {
            self.theme.badge_live
        } else {
            self.theme.muted
        };
        let (trouble, trouble_style) = self.stands(app, cluster, &worst);
        let trouble = format_compact!("{name} {trouble}");
        vec![
            (
                format_compact!("{} {live} of {open} live", self.glyphs.ok),
                style,
            ),
            (
                fit(&trouble, columns * 2 / 5).into_owned().into(),
                trouble_style,
            ),
        ]
    }

    /// How a cluster stands, in a few words.
    pub(super) fn stands(&self, app: &App, cluster: ClusterId, standing: &Standing) -> Part {
        let step = self.glyphs.step;
        let broken = app
            .clusters
            .get(usize::from(cluster.0))
            .is_some_and(|cluster| cluster.problem().is_some());
        match standing {
            Standing::Live => (
                format_compact!("{} live", self.glyphs.ok),
                self.theme.badge_live,
            ),
            Standing::Loading(0, _) => ("loading".into(), self.theme.muted),
            Standing::Loading(have, Some(about)) => (
                format_compact!(
                    "loading {} of ~{}",
                    count(*have as u64),
                    count(*about as u64)
                ),
                self.theme.muted,
            ),
            Standing::Loading(have, None) => (
                format_compact!("loading {}", count(*have as u64)),
                self.theme.muted,
            ),
            Standing::Stale(_, problem) if problem.cause == Cause::Login => (
                format_compact!("login needed {step} {}", problem.what),
                self.theme.badge_stale,
            ),
            Standing::Stale(seconds, problem) => (
                format_compact!("stale {} {step} {}", age(*seconds), problem.what),
                self.theme.badge_stale,
            ),
            Standing::Refused(problem) if broken => (
                format_compact!("{} {}", self.glyphs.error, problem.what),
                self.theme.error,
            ),
            Standing::Refused(_) => (
                format_compact!("{} nothing may be read", self.glyphs.error),
                self.theme.badge_stale,
            ),
        }
    }

    /// What looking costs, the most important first.
    fn meter(&self, app: &App) -> Vec<Part> {
        let watches = app.world.feeds().count();
        let mut parts = vec![
            (format_compact!("{watches} watches"), self.theme.muted),
            (
                format_compact!("{} req/min", count(app.requests_a_minute())),
                self.theme.muted,
            ),
        ];
        let meters = app.open_clusters().map(|(_, cluster)| cluster.meter());
        let (read, throttled) = meters.fold((0, 0), |(read, throttled), meter| {
            (read + meter.bytes, throttled + meter.throttled)
        });
        if throttled > 0 {
            parts.push((
                format_compact!("429 ×{}", count(throttled)),
                self.theme.warn,
            ));
        }
        if read > 0 {
            parts.push((format_compact!("{} read", bytes(read)), self.theme.muted));
        }
        parts
    }

    pub(super) fn footer(&self, app: &App, frame: &mut Buffer) -> Option<Position> {
        let (columns, rows) = app.size;
        let y = rows - 1;
        match &app.overlay {
            Overlay::Filter(typing) => return Some(self.filter_line(app, typing, frame)),
            Overlay::Namespace(_, text) => {
                let hint = app.message().unwrap_or("enter looks into it   esc not now");
                return Some(self.field("namespace: ", text, hint, app, frame));
            }
            Overlay::Bookmark(text) => {
                let offered = app.offered_name();
                let room = usize::from(columns.saturating_sub(TYPED + 10));
                let hint = match text.trim() {
                    "" => format!("enter keeps it as {offered}"),
                    _ => format!("for {offered}"),
                };
                let whole = width(&hint) <= room;
                let hint = fit(if whole { &hint } else { &offered }, room);
                return Some(self.field("name: ", text, &hint, app, frame));
            }
            Overlay::Prompt(line, _) => {
                let hint = if app.has_commands() && line.text().is_empty() {
                    "ctrl-p what was typed before   esc closes"
                } else {
                    "esc closes"
                };
                return Some(self.line(":", line, hint, app, frame));
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
        let applies = |entry: &&Entry| {
            let has_key = app.keymap.keys(entry.command).next().is_some();
            !entry.hint.is_empty() && has_key && app.applies(entry)
        };
        let hints: Vec<_> = COMMANDS.iter().filter(applies).collect();
        for (n, entry) in hints.iter().enumerate() {
            let key = app.keymap.hint(entry.command, app.ascii);
            let hint = hint(app, entry);
            let needs = width(&key) + 1 + width(&hint);
            // Help is always there, whatever else has to go.
            let rest = if entry.hint == "help" { 0 } else { 9 };
            if usize::from(x) + needs + rest > usize::from(columns) && n > 0 && entry.hint != "help"
            {
                continue;
            }
            let place = Area {
                x,
                y,
                width: needs as u16,
                height: 1,
            };
            self.clickable(place, Target::Command(entry.command));
            x = frame
                .set_stringn(x, y, &key, usize::from(columns - x), self.theme.key)
                .0
                + 1;
            x = frame
                .set_stringn(
                    x,
                    y,
                    &hint,
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

    /// What is being typed, the cursor behind it.
    fn field(&self, sign: &str, text: &str, hint: &str, app: &App, frame: &mut Buffer) -> Position {
        self.line(sign, &Readline::from(text), hint, app, frame)
    }

    /// A line that is being typed.
    fn line(
        &self,
        sign: &str,
        line: &Readline,
        hint: &str,
        app: &App,
        frame: &mut Buffer,
    ) -> Position {
        let (columns, rows) = app.size;
        let y = rows - 1;
        let x = frame
            .set_stringn(1, y, sign, width(sign), self.theme.accent)
            .0;
        // What is typed matters more than how it ends.
        let hint = if columns < x + width(hint) as u16 + TYPED {
            ""
        } else {
            hint
        };
        let room = columns.saturating_sub(x + width(hint) as u16 + 4);
        let (text, cursor) = (line.text(), line.before_cursor());
        let first = first_in_sight(cursor, usize::from(room));
        frame.set_stringn(x, y, &text[first..], usize::from(room), self.theme.strong);
        let x = x + width(&cursor[first..]) as u16;
        let at = columns.saturating_sub(width(hint) as u16 + 1);
        frame.set_stringn(at, y, hint, width(hint), self.theme.muted);
        Position { x, y }
    }
}

/// Where what is shown of a text begins, bytes, so that the cursor behind this part of it is in sight.
pub(super) fn first_in_sight(before_cursor: &str, room: usize) -> usize {
    let mut first = 0;
    while first < before_cursor.len() && width(&before_cursor[first..]) >= room {
        let next = before_cursor[first..].chars().next();
        first += next.map_or(1, char::len_utf8);
    }
    first
}

/// Where we are: the cluster of the Map that is looked at, or all of them, and what is selected down to the focus.
fn path(app: &App) -> Vec<CompactString> {
    let of_a_map = !matches!(app.focus, Pane::Services | Pane::All | Pane::Kind);
    let map = app.id(Pane::Maps).filter(|_| of_a_map);
    let of_map = map.and_then(|id| app.tell_apart(id.cluster()?));
    let context = of_map.map_or_else(
        || {
            let names = app.open_clusters().map(|(_, cluster)| &*cluster.context);
            names.collect::<Vec<&str>>().join(", ").into()
        },
        CompactString::from,
    );
    let mut path = vec![context];
    if app.focus == Pane::All {
        path.push("all Instances".into());
    } else if app.focus == Pane::Kind {
        path.extend(app.narrowed_to().map(CompactString::from));
        path.push(app.rows_of(Pane::Kind).into());
    } else {
        let upto = Pane::HOME
            .iter()
            .take(app.focus as usize + 1)
            .filter(|pane| **pane != Pane::Instances);
        path.extend(upto.filter_map(|pane| name_of(app, *pane)));
    }
    path.retain(|name| !name.is_empty());
    path
}

/// The word of a command; of several clusters, the one that it is about.
fn hint(app: &App, entry: &Entry) -> CompactString {
    let about = app
        .login_needed()
        .filter(|_| entry.command == Command::LogIn);
    match about.and_then(|cluster| app.tell_apart(cluster)) {
        Some(name) => format_compact!("{} to {name}", entry.hint),
        // What acts on many says on how many.
        None => match app.list(app.focus).marks.len() {
            marked @ 1.. if entry.many => {
                format_compact!("{} {}", entry.hint, counted(marked, app.focus))
            }
            _ => entry.hint.into(),
        },
    }
}
