//! A pane as a table: title, headings, the rows that fit. Cells become text here and nowhere else.

use compact_str::{CompactString, format_compact};
use ratatui::{
    buffer::Buffer,
    style::{Modifier, Style},
};

use super::{
    Painter,
    columns::{Layout, Place},
};
use crate::{
    app::{App, Sort, Standing, Target},
    layout::{Area, Spot},
    model::{World, health::Verdict, table::Slot},
    panes::{Cell, Id, Pane, Width},
    text::{age, bytes, cores, count, fit, width},
};

/// A row of more columns than this is tinted up to its name only: to tint the text of two wide rows again is most of what a
/// step of the selection sends.
const TINTED: u16 = 60;
/// Cells of a rollout's bar.
const PROGRESS: u32 = 6;

impl Painter {
    pub(super) fn pane(&mut self, app: &App, spot: Spot, frame: &mut Buffer) {
        let Spot { pane, area } = spot;
        let list = app.list(pane);
        let top = area.y + 1;
        let below = Area {
            y: top,
            height: area.height - 1,
            ..area
        };
        self.headings.remove(&pane);
        if list.order.is_empty() {
            self.title(app, spot, &Layout::default(), frame);
            return self.sentence(&app.empty(pane), below, frame);
        }
        if pane == Pane::Servers && app.on_board() {
            self.title(app, spot, &Layout::default(), frame);
            return self.board(app, below, frame);
        }
        let columns = list.columns.all();
        let wanted = list.columns.shown(&app.world);
        let shown = list.order.iter().skip(list.offset);
        let shown: Vec<_> = shown.take(usize::from(spot.rows())).copied().collect();
        let cells = shown.iter().map(|slot| {
            let mut row = vec![Cell::Blank; columns.len()];
            for n in &wanted {
                row[*n] = columns[*n].column.cell(&app.world, *slot);
            }
            row
        });
        let cells: Vec<Vec<Cell>> = cells.collect();
        let layout = self.layout(app, pane, area, &cells);
        self.title(app, spot, &layout, frame);
        let places = &layout.places;
        for Place { column, x, width } in places {
            let place = Area {
                x: *x,
                y: top,
                width: *width,
                height: 1,
            };
            self.clickable(place, Target::Heading(pane, *column));
            let column = &columns[*column].column;
            let heading = self.heading(list, column, *width);
            let style = self.theme.heading;
            put_in(frame, (*x, top), *width, &heading, style, column.right);
        }
        self.headings.insert(pane, layout.headings(list));
        for (n, row) in cells.iter().enumerate() {
            let y = top + 1 + n as u16;
            let line = Area {
                y,
                height: 1,
                ..area
            };
            self.clickable(line, Target::Row(pane, shown[n]));
            for place in places {
                let (cell, column) = (&row[place.column], &columns[place.column].column);
                self.cell(app, cell, column.right, place, y, frame);
                if column.found && !list.filter.is_empty() {
                    self.mark_found(&list.filter, cell, column, place, y, frame);
                }
            }
            let marked = !list.marks.is_empty()
                && Id::of(pane, &app.world, shown[n]).is_some_and(|id| list.marks.has(&id));
            if marked {
                frame.set_stringn(area.x + 1, y, self.glyphs.mark, 1, self.theme.mark);
            }
            if list.index() == Some(list.offset + n) {
                let column = |place: &Place| &columns[place.column].column;
                let words = places.iter().find(|at| !column(at).heading.is_empty());
                let name = places
                    .iter()
                    .find(|at| matches!(column(at).width, Width::Rest(_)));
                let tinted = match (words, name) {
                    (Some(words), Some(name)) if area.width > TINTED => Area {
                        x: words.x - 1,
                        width: name.x + name.width + 1 - words.x,
                        ..line
                    },
                    _ => line,
                };
                self.select(app.focus == pane, line.x, tinted, frame);
            }
        }
    }

    /// Tints what is selected, and puts the bar at the beginning of its row.
    pub(super) fn select(&self, focused: bool, bar: u16, tinted: Area, frame: &mut Buffer) {
        let style = if focused {
            self.theme.selected
        } else {
            self.theme.selected_unfocused
        };
        for x in tinted.x..tinted.x + tinted.width {
            if let Some(cell) = frame.cell_mut((x, tinted.y)) {
                cell.set_style(style);
            }
        }
        let bar_style = self.theme.selected_bar;
        frame.set_stringn(bar, tinted.y, self.glyphs.selected, 1, bar_style);
    }

    fn title(&self, app: &App, spot: Spot, layout: &Layout, frame: &mut Buffer) {
        let Spot { pane, area } = spot;
        let rows = usize::from(spot.rows());
        let focused = app.focus == pane && !app.in_panel;
        let list = app.list(pane);
        let style = if focused {
            self.theme.title_focused
        } else {
            self.theme.title
        };
        let mut x = area.x + 1;
        if focused && !self.theme.colour {
            x = frame
                .set_stringn(area.x, area.y, self.glyphs.step, 1, style)
                .0;
        }
        let end = area.x + area.width;
        let mut put = |x: u16, text: &str, style: Style| {
            if x >= end {
                x
            } else {
                frame
                    .set_stringn(
                        x,
                        area.y,
                        fit(text, usize::from(end - x)),
                        usize::from(end - x),
                        style,
                    )
                    .0
            }
        };
        x = put(x, &app.title_of(pane), style);
        // Where no heading says by what it is sorted.
        let is_unseen = list.sort != list.sort_at_first
            && !list.order.is_empty()
            && !layout.shows(list, &list.sort.by);
        let of = self.context(app, pane);
        let counts = of.is_empty() || pane == Pane::Kind;
        // A filter says of how many.
        if counts && list.filter.is_empty() {
            x = put(
                x,
                &format_compact!(" {}", count(list.total as u64)),
                style.remove_modifier(Modifier::BOLD),
            );
        }
        if !list.marks.is_empty() {
            let text = format_compact!("  {} marked", count(list.marks.len() as u64));
            x = put(x, &text, self.theme.mark);
        }
        if !of.is_empty() {
            x = put(x, &format_compact!("  {of}"), self.theme.muted);
        }
        if is_unseen {
            x = put(
                x,
                &format_compact!("  {}", self.sort_text(&list.sort)),
                self.theme.muted,
            );
        }
        if !list.filter.is_empty() {
            let (shown, total) = (count(list.order.len() as u64), count(list.total as u64));
            let shown = format_compact!("  {shown} of {total}");
            // How many are left out matters more than the end of what leaves them out.
            let room = usize::from(end - x.min(end)).saturating_sub(width(&shown));
            let text = format_compact!("  /{}", list.filter.text());
            if room > 4 {
                x = put(x, &fit(&text, room), self.theme.accent);
            }
            x = put(x, &shown, self.theme.accent);
        }
        let below = list.order.len().saturating_sub(list.offset + rows);
        if below > 0 && !app.on_board() {
            let text = format_compact!("  {} {}", self.glyphs.down, count(below as u64));
            if usize::from(x) + width(&text) <= usize::from(end) {
                x = put(x, &text, self.theme.muted);
            }
        }
        let [left, right] = layout.beside;
        if left + right > 0 {
            let (before, behind) = (self.glyphs.left, self.glyphs.right);
            let text = format_compact!("  {before} {left} {behind} {right}");
            x = put(x, &text, self.theme.muted);
        }
        // Of several clusters, the one that the badge is about.
        let of = app
            .blamed(pane)
            .map_or_else(CompactString::default, |name| format_compact!("{name} "));
        let right = match app.standing(pane) {
            Standing::Stale(seconds, problem) if focused => (
                format_compact!(
                    "{of}stale {} {} {}",
                    age(seconds),
                    self.glyphs.step,
                    problem.what
                ),
                self.theme.badge_stale,
            ),
            Standing::Stale(seconds, _) => (
                format_compact!("{of}stale {}", age(seconds)),
                self.theme.badge_stale,
            ),
            Standing::Loading(have, about) if !list.order.is_empty() => {
                let about = about.map_or_else(CompactString::default, |about| {
                    format_compact!(" of ~{}", count(about as u64))
                });
                (
                    format_compact!("loading {}{about}", count(have.max(list.total) as u64)),
                    self.theme.muted,
                )
            }
            Standing::Refused(problem) if !list.order.is_empty() => (
                format_compact!("{of}{}", problem.what),
                self.theme.badge_stale,
            ),
            _ if pane == Pane::Servers && app.on_board() => ("by Group".into(), self.theme.muted),
            _ if is_unseen => (CompactString::default(), self.theme.muted),
            _ => (self.sort_text(&list.sort), self.theme.muted),
        };
        let room = usize::from(end.saturating_sub(x + 3));
        let wanted = width(&right.0);
        if room >= wanted.min(12)
            && wanted > 0
            && (room >= wanted || right.1 == self.theme.badge_stale)
        {
            let text = fit(&right.0, room);
            let at = end - 1 - width(&text) as u16;
            frame.set_stringn(at, area.y, &text, room, right.1);
        }
    }

    /// What the rows of a pane belong to.
    fn context(&self, app: &App, pane: Pane) -> CompactString {
        let upto: &[Pane] = match pane {
            Pane::Kind => return app.narrowed_to().unwrap_or_default().into(),
            Pane::Services | Pane::All => &[],
            Pane::Maps => &[Pane::Services],
            Pane::Servers => &[Pane::Services, Pane::Maps],
            Pane::Instances => &[Pane::Services, Pane::Maps, Pane::Servers],
        };
        let names: Vec<CompactString> =
            upto.iter().filter_map(|pane| name_of(app, *pane)).collect();
        names.join(&format!(" {} ", self.glyphs.step)).into()
    }

    fn sort_text(&self, sort: &Sort) -> CompactString {
        let (arrow, up) = (self.arrow(sort), self.glyphs.up);
        if sort.by == Sort::FIRST.by {
            format_compact!("health {arrow} name {up}")
        } else {
            format_compact!("{} {arrow}", sort.by)
        }
    }

    fn cell(&self, app: &App, cell: &Cell, right: bool, place: &Place, y: u16, frame: &mut Buffer) {
        let style = self.cell_style(cell);
        put_in(
            frame,
            (place.x, y),
            place.width,
            &self.plain(app, cell),
            style,
            right,
        );
    }

    pub(super) fn status_text(&self, verdict: &Verdict) -> CompactString {
        match (verdict.progress, verdict.times) {
            (Some((done, all)), _) => {
                let full = (PROGRESS * done.min(all)).checked_div(all).unwrap_or(0);
                let [on, off] = self.glyphs.progress;
                let bar = on.repeat(full as usize) + &off.repeat((PROGRESS - full) as usize);
                format_compact!("{bar} {done}/{all} {}", verdict.word)
            }
            (None, 0) => CompactString::from(&*verdict.word),
            (None, times) => format_compact!("{} ×{times}", verdict.word),
        }
    }

    /// A cell as text.
    pub(super) fn plain(&self, app: &App, cell: &Cell) -> CompactString {
        match cell {
            Cell::Blank => CompactString::default(),
            Cell::Absent | Cell::Since(0) => self.glyphs.absent.into(),
            Cell::Text(text) | Cell::In(_, text) => text.clone(),
            Cell::Health(health) => self.health_glyph(*health).into(),
            Cell::Ratio(ready, desired) => format_compact!("{ready}/{desired}"),
            Cell::Status(verdict) => self.status_text(verdict),
            Cell::Cores(millicores) => cores(*millicores),
            Cell::Bytes(amount) => bytes(*amount),
            Cell::Count(number) => count(*number),
            Cell::Took(seconds) => age(*seconds),
            Cell::Since(at) => age((app.now / 1000 - at).max(0)),
        }
    }
}

/// Text within its columns, cut with `…`, at the left or the right.
pub(super) fn put_in(
    frame: &mut Buffer,
    at: (u16, u16),
    room: u16,
    text: &str,
    style: Style,
    right: bool,
) {
    let text = fit(text, usize::from(room));
    let start = if right {
        room.saturating_sub(width(&text) as u16)
    } else {
        0
    };
    frame.set_stringn(at.0 + start, at.1, &text, usize::from(room), style);
}

/// The name of what is selected in a pane.
pub(super) fn name_of(app: &App, pane: Pane) -> Option<CompactString> {
    name_in(&app.world, pane, app.slot(pane)?)
}

fn name_in(world: &World, pane: Pane, slot: Slot) -> Option<CompactString> {
    Some(match pane {
        Pane::Services => CompactString::from(&*world.services().get(slot)?.name),
        Pane::Maps => CompactString::from(&*world.maps().get(slot)?.place.map),
        Pane::Servers => CompactString::from(&*world.servers().get(slot)?.name),
        Pane::Instances | Pane::All => world.instances().get(slot)?.row.meta.name.clone(),
        Pane::Kind => world.line(slot)?.row.name.clone(),
    })
}
