//! Putting themes on, and the list to choose one from: each line shows what it is of in its own colours.

use compact_str::CompactString;
use ratatui::{
    buffer::Buffer,
    style::{Modifier, Style},
};

use super::{ColorDepth, Library, Painter, Theme, overlays::edge};
use crate::{
    app::{App, Known, Target},
    command::Command,
    layout::Area,
    text::{fit, width},
};

/// Columns that a sample takes.
const SAMPLE: u16 = 30;
/// The most columns that a name takes.
const NAME: usize = 24;

/// The themes to put on.
pub(super) struct Wardrobe {
    library: Library,
    depth: ColorDepth,
    /// What is worn: the theme's name, and the terminal's background that it was made for.
    worn: Option<(String, Option<bool>)>,
    /// All that can be read, once somebody looks at them.
    all: Vec<(String, Theme)>,
}

impl Painter {
    /// Wears the themes of a library that the state names.
    #[must_use]
    pub fn choosing(mut self, library: Library, depth: ColorDepth) -> Self {
        self.wardrobe = Some(Wardrobe {
            library,
            depth,
            worn: None,
            all: Vec::new(),
        });
        self
    }

    /// Puts on the theme that the state names. One that can not be read is not worn: its mistakes are told elsewhere.
    pub(super) fn wear(&mut self, app: &App) {
        let (Some(wardrobe), Some(name)) = (&mut self.wardrobe, app.theme()) else {
            return;
        };
        let light = app.themes.light;
        let is_worn = |(worn, ground): &(String, Option<bool>)| worn == name && *ground == light;
        if !wardrobe.worn.as_ref().is_some_and(is_worn) {
            if let Ok(theme) = wardrobe.library.theme(name, wardrobe.depth, light) {
                self.theme = theme;
            }
            wardrobe.worn = Some((name.to_owned(), light));
        }
        if wardrobe.all.is_empty() && matches!(app.overlay, crate::app::Overlay::Themes(_)) {
            let read = |name: &str| {
                let theme = wardrobe.library.theme(name, wardrobe.depth, None);
                Some((name.to_owned(), theme.ok()?))
            };
            wardrobe.all = wardrobe.library.names().filter_map(read).collect();
        }
    }

    pub(super) fn themes(&self, app: &App, at: usize, frame: &mut Buffer) {
        let (columns, rows) = app.size;
        let known = &app.themes.known;
        let said = app.themes.colourless;
        let says = |known: &Known| width(&self.label(app, known));
        let first = known.iter().map(says).max().unwrap_or(0).min(NAME + 8) as u16;
        let sample = if self.theme.colour { SAMPLE + 2 } else { 0 };
        let needs = (first + sample).max(said.map_or(0, |why| width(why) as u16));
        let wide = (needs + 5).max(40).min(columns);
        let around = 2 + u16::from(said.is_some());
        let high = (known.len() as u16 + around).min(rows.saturating_sub(2));
        // To the right, so that what is previewed is seen beside it.
        let area = Area {
            x: columns - wide,
            y: 1 + (rows - 2 - high) / 2,
            width: wide,
            height: high,
        };
        let doings = [(Command::Open, "keeps"), (Command::Back, "as it was")];
        let doings = doings
            .into_iter()
            .filter_map(|(command, what)| Self::does(app, &[command], what));
        let hint = edge(&doings.collect::<Vec<_>>(), usize::from(wide - 4));
        self.boxed(area, " Themes ", &hint, frame);
        let room = usize::from(high.saturating_sub(around)).max(1);
        let from = (at + 1).saturating_sub(room);
        for (n, known) in known.iter().enumerate().skip(from).take(room) {
            let y = area.y + 1 + (n - from) as u16;
            let line = Area {
                x: area.x + 1,
                y,
                width: wide - 2,
                height: 1,
            };
            self.clickable(line, Target::Line(n));
            let left = usize::from(wide.saturating_sub(5));
            let label = self.label(app, known);
            let style = match known.broken {
                Some(_) => self.theme.muted,
                None => self.theme.text,
            };
            frame.set_stringn(area.x + 3, y, fit(&label, left), left, style);
            if n == at {
                self.select(true, line.x, line, frame);
            }
            let (x, end) = (area.x + 3 + first + 2, area.x + wide - 2);
            if let Some(why) = &known.broken {
                let room = usize::from(end.saturating_sub(x));
                let why = fit(why, room);
                frame.set_stringn(x, y, why, room, self.theme.error);
            } else if self.theme.colour && end.saturating_sub(x) >= SAMPLE {
                let name = app.themes.resolved(&known.name);
                let all = self.wardrobe.iter().flat_map(|wardrobe| &wardrobe.all);
                if let Some((_, theme)) = all.into_iter().find(|(known, _)| known == name) {
                    self.sample(theme, (x, y), frame);
                }
            }
        }
        if let Some(why) = said {
            let room = usize::from(wide.saturating_sub(5));
            let y = area.y + high - 2;
            frame.set_stringn(area.x + 3, y, fit(why, room), room, self.theme.warn);
        }
    }

    /// A name, a mark before the one that is worn, and what it comes to.
    fn label(&self, app: &App, known: &Known) -> CompactString {
        let worn = known.name == app.themes.worn();
        let mut label = CompactString::from(if worn { self.glyphs.mark } else { " " });
        label.push(' ');
        label.push_str(&fit(&known.name, NAME));
        let resolved = app.themes.resolved(&known.name);
        if resolved != known.name {
            label.push_str(&format!(" ({resolved})"));
        } else if known.own {
            label.push_str(" (yours)");
        }
        label
    }

    /// What there is to see in a list, small: every health, a bar, a selected word and a key, on the theme's background.
    fn sample(&self, theme: &Theme, (x, y): (u16, u16), frame: &mut Buffer) {
        let ground = Style::new().bg(theme.background).fg(theme.foreground);
        let blank = " ".repeat(usize::from(SAMPLE));
        let glyphs = self.glyphs;
        // Nothing of the line beneath, such as that it is selected, is of the sample.
        frame.set_stringn(
            x,
            y,
            blank,
            usize::from(SAMPLE),
            Style::reset().patch(ground),
        );
        let mut at = x + 1;
        let mut put = |text: &str, style: Style| {
            let style = ground.patch(style).remove_modifier(Modifier::UNDERLINED);
            frame.set_stringn(at, y, text, usize::from(x + SAMPLE - at), style);
            at += width(text) as u16;
        };
        for (glyph, style) in [
            (glyphs.ok, theme.ok),
            (glyphs.progressing, theme.progressing),
            (glyphs.warn, theme.warn),
            (glyphs.error, theme.error),
            (glyphs.stopped, theme.stopped),
        ] {
            put(glyph, style);
            put(" ", Style::new());
        }
        put(glyphs.selected, theme.selected.patch(theme.selected_bar));
        put("web ", theme.selected.patch(theme.text));
        put(" 3/3 ", theme.text);
        put("2h ", theme.muted);
        put("?", theme.key);
        put(" ", Style::new());
        put("██", theme.bar_full);
        put("█", theme.bar_empty);
    }
}
