//! The docked panel: its title, and what is on screen of its sheet.

use compact_str::format_compact;
use ratatui::buffer::Buffer;

use super::{Painter, sheet::Line};
use crate::{
    app::{App, Target},
    command::Command,
    layout::Area,
    panels::overview::overview,
    panes::Id,
    text::{count, fit, width},
};

/// What the panel said last.
pub(super) struct Said {
    /// Of what: the subject, the state of the world, the second, the width.
    made_of: (Id, u64, i64, u16),
    pub(super) lines: Vec<Line>,
}

impl Painter {
    pub(super) fn panel(&mut self, app: &App, area: Area, frame: &mut Buffer) {
        let content = Area {
            x: area.x + 1,
            y: area.y + 1,
            width: area.width.saturating_sub(2),
            height: area.height - 1,
        };
        let said = self.said(app, content.width);
        let lines = said.as_ref().map_or(&[][..], |said| &said.lines);
        self.panel_lines = lines.len();
        let rows = usize::from(content.height);
        // It may have shrunk since it was scrolled.
        let first = app.panel_line().min(lines.len().saturating_sub(rows));
        let below = lines.len().saturating_sub(first + rows);
        self.panel_title(app, below, area, frame);
        if lines.is_empty() {
            self.sentence("Nothing is selected.", content, frame);
        }
        for (n, line) in lines.iter().skip(first).take(rows).enumerate() {
            let y = content.y + n as u16;
            line.draw(
                Area {
                    y,
                    height: 1,
                    ..content
                },
                frame,
            );
        }
        self.said = said;
    }

    /// The panel's lines: those of the frame before, where nothing that they are made of has changed. There may be thousands of
    /// Events behind them.
    pub(super) fn said(&mut self, app: &App, columns: u16) -> Option<Said> {
        let made_of = (
            app.subject()?,
            app.world.revision.cells,
            app.now / 1000,
            columns,
        );
        match self.said.take() {
            Some(said) if said.made_of == made_of => Some(said),
            _ => Some(Said {
                lines: self.lines(app, &overview(&app.world, &made_of.0), columns),
                made_of,
            }),
        }
    }

    fn panel_title(&self, app: &App, below: usize, area: Area, frame: &mut Buffer) {
        let key = app.keymap.hint(Command::Overview, app.ascii);
        let style = if app.in_panel {
            self.theme.title_focused
        } else {
            self.theme.title
        };
        let mut x = area.x + 1;
        if app.in_panel && !self.theme.colour {
            x = frame
                .set_stringn(area.x, area.y, self.glyphs.step, 1, style)
                .0;
        }
        let tab = x;
        if !key.is_empty() {
            x = frame.set_stringn(x, area.y, &key, 9, self.theme.key).0 + 1;
        }
        x = frame.set_stringn(x, area.y, "Overview", 8, style).0 + 2;
        let place = Area {
            x: tab,
            width: x - 2 - tab,
            height: 1,
            ..area
        };
        self.clickable(place, Target::Command(Command::Overview));
        if below > 0 {
            let text = format_compact!("{} {}", self.glyphs.down, count(below as u64));
            let room = usize::from(area.width);
            x = frame
                .set_stringn(x, area.y, &text, room, self.theme.muted)
                .0
                + 2;
        }
        let what = app
            .subject()
            .and_then(|subject| self.called(app, &subject))
            .unwrap_or_default();
        let room = usize::from((area.x + area.width).saturating_sub(x + 1));
        let what = fit(&what, room);
        let at = area.x + area.width - 1 - width(&what) as u16;
        frame.set_stringn(at, area.y, &what, room, self.theme.muted);
    }

    /// What something that is selected is called.
    fn called(&self, app: &App, subject: &Id) -> Option<String> {
        let world = &app.world;
        let (kind, name) = match subject {
            Id::Service(name) => ("Service", name.to_string()),
            Id::Map(id) => {
                let place = &world.maps().get(world.map_slot_of(id)?)?.place;
                (
                    "Map",
                    format!("{} {} {}", place.service, self.glyphs.step, place.map),
                )
            }
            Id::Server(key) => {
                let server = world.servers().get(world.server_slot(*key)?)?;
                ("Server", server.name.to_string())
            }
            Id::Listing(listing) => return Some(listing.plural().to_owned()),
            Id::Object(key) => {
                let line = world.line(world.line_slot(*key)?)?;
                let kind = world.resource_of(line).map_or("kind", |of| &of.kind);
                (kind, line.row.name.to_string())
            }
            Id::Instance(key) => {
                let pod = world.instances().get(world.instance_slot(*key)?)?;
                ("Instance", pod.row.meta.name.to_string())
            }
        };
        Some(format!("{kind} {name}"))
    }
}
