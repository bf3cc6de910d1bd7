//! The drawing vocabulary: what panes, panels and overlays are drawn with. Knows ratatui, knows no cluster.

mod bars;
mod board;
mod choosing;
pub mod colour;
mod columns;
mod copied;
mod cost;
pub mod export;
mod filter;
mod gauge;
pub mod glyphs;
mod grid;
mod help;
mod ledger;
mod overlays;
mod page;
mod panel;
pub(crate) mod pen;
mod picker;
mod shapes;
mod sheet;
pub mod svg;
mod table;
pub mod theme;
mod themes;
mod why;
mod yaml;

use std::{cell::RefCell, collections::HashMap};

use ratatui::{buffer::Buffer, layout::Position, style::Style};

pub use colour::ColorDepth;
pub use columns::Heading;
pub use glyphs::Glyphs;
pub use theme::{Library, Theme};

use crate::{
    app::{App, Hit, Overlay, Target},
    layout::{Area, LEAST, Shape},
    model::{Health, filter::Search},
    panes::Pane,
    text::{broken, fit, width},
};

/// Draws the state. Holds how it looks, and column widths, which only grow so that nothing jumps.
pub struct Painter {
    theme: Theme,
    glyphs: &'static Glyphs,
    zone: jiff::tz::TimeZone,
    widths: HashMap<Pane, (columns::MadeFor, Vec<u16>)>,
    headings: HashMap<Pane, Vec<Heading>>,
    said: Option<panel::Said>,
    panel_lines: usize,
    wardrobe: Option<themes::Wardrobe>,
    search: Search,
    /// Where in a text a filter has found something; used again for each.
    found: Vec<u32>,
    // Noted in passing, by what only reads otherwise.
    hits: RefCell<Vec<Hit>>,
}

impl Painter {
    /// Draws with this theme, these glyphs, and the clock in this time zone.
    pub fn new(theme: Theme, glyphs: &'static Glyphs, zone: jiff::tz::TimeZone) -> Self {
        Self {
            theme,
            glyphs,
            zone,
            widths: HashMap::new(),
            headings: HashMap::new(),
            said: None,
            panel_lines: 0,
            wardrobe: None,
            search: Search::default(),
            found: Vec::new(),
            hits: RefCell::default(),
        }
    }

    /// How many lines the panel's content had when it was drawn last.
    pub fn panel_lines(&self) -> usize {
        self.panel_lines
    }

    /// What can be clicked on in the frame that was drawn last, what is above after what is below.
    pub fn hits(&self) -> Vec<Hit> {
        self.hits.borrow().clone()
    }

    /// Notes that this can be clicked on here.
    fn clickable(&self, area: Area, target: Target) {
        self.hits.borrow_mut().push(Hit { area, target });
    }

    /// The theme in use.
    pub fn theme(&self) -> &Theme {
        &self.theme
    }

    /// Whether only ASCII can be shown.
    pub fn is_ascii(&self) -> bool {
        *self.glyphs == glyphs::ASCII
    }

    /// Draws everything into an empty buffer of the terminal's size; says where the cursor is, if it is to be seen.
    pub fn draw(&mut self, app: &App, frame: &mut Buffer) -> Option<Position> {
        self.wear(app);
        let cursor = self.all(app, frame);
        if self.is_ascii() {
            glyphs::make_plain(frame);
        }
        self.theme.fill(frame);
        cursor
    }

    fn all(&mut self, app: &App, frame: &mut Buffer) -> Option<Position> {
        let Shape {
            panes: spots,
            panel,
        } = app.shape();
        self.hits.borrow_mut().clear();
        if spots.is_empty() && panel.is_none() {
            self.too_small(app.size, frame);
            return None;
        }
        self.header(app, frame);
        for spot in &spots {
            self.pane(app, *spot, frame);
        }
        // Lines between panes that stand side by side, and the rule above what is docked below.
        if let Some(area) = panel {
            self.panel(app, area, frame);
        }
        let rule = panel.filter(|area| area.y > 1).map(|area| area.y - 1);
        let beside = panel.filter(|area| area.x > 0);
        if let Some(y) = rule {
            for x in 0..app.size.0 {
                frame.set_stringn(x, y, self.glyphs.horizontal, 1, self.theme.rule);
            }
        }
        let panes = spots.iter().map(|spot| spot.area);
        for Area { x, y, height, .. } in panes.filter(|area| area.x > 0).chain(beside) {
            for y in y..y + height {
                frame.set_stringn(x - 1, y, self.glyphs.vertical, 1, self.theme.rule);
            }
            if let Some(y) = rule {
                frame.set_stringn(x - 1, y, self.glyphs.tee_up, 1, self.theme.rule);
            }
        }
        let mut cursor = self.footer(app, frame);
        match &app.overlay {
            Overlay::Welcome => self.welcome(app, frame),
            Overlay::Help(typed, line) => cursor = Some(self.help(app, typed, *line, frame)),
            Overlay::Contexts(picker) => cursor = self.contexts(app, picker, frame),
            Overlay::Find(find) => cursor = self.findings(app, find, frame),
            Overlay::Places(picker) => cursor = self.known_places(app, picker, frame),
            Overlay::Sort(at) => self.sort_picker(app, *at, frame),
            Overlay::Columns(at) => cursor = self.column_picker(app, *at, None, frame),
            Overlay::Label(at, text) => cursor = self.column_picker(app, *at, Some(text), frame),
            Overlay::Cost(bill, line) => self.cost(app, bill, *line, frame),
            Overlay::Settings(line) => self.settings(app, *line, frame),
            Overlay::Themes(at) => self.themes(app, *at, frame),
            Overlay::Prompt(line, chosen) => {
                self.suggestions(app, line.text(), *chosen, frame);
            }
            Overlay::Why { .. } => self.why(app, frame),
            Overlay::Filter(typing) => self.about_filter(app, typing, frame),
            Overlay::None | Overlay::Namespace(..) | Overlay::Bookmark(_) => {}
        }
        self.following(app, frame);
        cursor
    }

    fn too_small(&self, size: (u16, u16), frame: &mut Buffer) {
        let text = format!(
            "barkeep needs {}×{}; this is {}×{}.",
            LEAST.0, LEAST.1, size.0, size.1
        );
        self.sentence(
            &text,
            Area {
                x: 0,
                y: 0,
                width: size.0,
                height: size.1,
            },
            frame,
        );
    }

    /// A muted sentence in the middle of an area, broken between words.
    fn sentence(&self, text: &str, area: Area, frame: &mut Buffer) {
        let room = usize::from(area.width.saturating_sub(2)).max(1);
        let lines = broken(text, room);
        let high = usize::from(area.height);
        let top = area.y + (high.saturating_sub(lines.len()) / 2) as u16;
        for (n, line) in lines.iter().take(high).enumerate() {
            let line = fit(line, room);
            let x = area.x + (area.width.saturating_sub(width(&line) as u16)) / 2;
            frame.set_stringn(x, top + n as u16, &line, room, self.theme.muted);
        }
    }

    fn health_style(&self, health: Health) -> Style {
        match health {
            Health::Healthy => self.theme.ok,
            Health::Progressing => self.theme.progressing,
            Health::Warning => self.theme.warn,
            Health::Failing => self.theme.error,
            Health::Stopped => self.theme.stopped,
            Health::Unknown => self.theme.unknown,
        }
    }

    fn health_glyph(&self, health: Health) -> &'static str {
        match health {
            Health::Healthy => self.glyphs.ok,
            Health::Progressing => self.glyphs.progressing,
            Health::Warning => self.glyphs.warn,
            Health::Failing => self.glyphs.error,
            Health::Stopped => self.glyphs.stopped,
            Health::Unknown => self.glyphs.unknown,
        }
    }
}
