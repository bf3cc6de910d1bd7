//! What has the focus as text for the clipboard: a list as tab-separated columns, the panel and a box as they are drawn, but
//! all of it.

use std::fmt::Write as _;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Painter, export};
use crate::{
    app::{App, Target},
    layout::Area,
    panes::{Cell, Column, Pane},
    text::width,
};

impl Painter {
    /// The list or the panel, whichever has the focus: what it is, and its text. Nothing where it is empty.
    pub fn copied(&mut self, app: &App) -> Option<(String, String)> {
        if !app.in_panel {
            let list = app.list(app.focus);
            let what = format!("{} {}", list.order.len(), app.focus.rows());
            return (!list.order.is_empty()).then(|| (what, self.list_text(app, app.focus)));
        }
        let columns = app.shape().panel?.width.saturating_sub(2);
        let said = self.said(app, columns)?;
        let lines: Vec<String> = said.lines.iter().map(super::sheet::Line::text).collect();
        self.said = Some(said);
        Some(lines_of(&lines))
    }

    /// Rows under their headings, with a tab between columns.
    fn list_text(&self, app: &App, pane: Pane) -> String {
        let list = app.list(pane);
        let all = list.columns.all();
        let shown = list.columns.shown(&app.world);
        let columns: Vec<&Column> = shown.iter().map(|n| &all[*n].column).collect();
        let heading = |column: &&'_ Column| match &*column.heading {
            "" => column.name.to_uppercase(),
            heading => heading.to_owned(),
        };
        let headings: Vec<String> = columns.iter().map(heading).collect();
        let mut text = headings.join("\t");
        text.push('\n');
        for slot in &list.order {
            for (n, column) in columns.iter().enumerate() {
                if n > 0 {
                    text.push('\t');
                }
                match column.cell(&app.world, *slot) {
                    // A glyph is for those who see its colour, and so is a bar.
                    Cell::Health(health) => text.push_str(health.word()),
                    Cell::Status(verdict) if verdict.progress.is_some() => {
                        let (done, all) = verdict.progress.unwrap_or_default();
                        let _ = write!(text, "{done}/{all} {}", verdict.word);
                    }
                    cell => text.push_str(&self.plain(app, &cell)),
                }
            }
            text.push('\n');
        }
        text
    }

    /// The box that floats in a frame, without its borders: what it is, and its text.
    pub fn copied_box(&self, frame: &Buffer) -> Option<(String, String)> {
        let hits = self.hits.borrow();
        let floats = hits.iter().rfind(|hit| hit.target == Target::Box)?;
        let Area {
            x,
            y,
            width,
            height,
        } = floats.area;
        let part = |area: Rect| {
            let mut part = Buffer::empty(area);
            for at in area.positions() {
                if let (Some(to), Some(from)) = (part.cell_mut(at), frame.cell(at)) {
                    *to = from.clone();
                }
            }
            export::text(&part)
        };
        let border = [
            self.glyphs.horizontal,
            self.glyphs.corners[0],
            self.glyphs.corners[1],
            " ",
        ];
        let title = part(Rect::new(x, y, width, 1));
        let mut bare = title.as_str();
        for sign in border.iter().cycle().take(2 * border.len()) {
            bare = bare.trim().trim_start_matches(sign).trim_end_matches(sign);
        }
        let title = bare.to_owned();
        let inner = part(Rect::new(
            x + 1,
            y + 1,
            width.saturating_sub(2),
            height.saturating_sub(2),
        ));
        // The bar of the chosen line is no part of what it says.
        let inner = inner.replace(self.glyphs.selected, " ");
        let lines: Vec<&str> = inner.lines().collect();
        let indent = lines.iter().filter(|line| !line.is_empty());
        let indent = indent.map(|line| line.len() - line.trim_start_matches(' ').len());
        let indent = indent.min().unwrap_or(0);
        let lines = lines
            .iter()
            .map(|line| line.get(indent..).unwrap_or_default().to_owned());
        let title = (!title.is_empty()).then_some(title);
        let lines: Vec<String> = title.into_iter().chain(lines).collect();
        Some(lines_of(&lines))
    }
}

fn lines_of(lines: &[String]) -> (String, String) {
    let s = if lines.len() == 1 { "" } else { "s" };
    (format!("{} line{s}", lines.len()), lines.join("\n") + "\n")
}

impl super::sheet::Line {
    /// As it is drawn, without its inks.
    fn text(&self) -> String {
        let mut text = String::new();
        for (x, (ink, _)) in &self.0 {
            let gap = usize::from(*x).saturating_sub(width(&text));
            text.extend(std::iter::repeat_n(' ', gap));
            text.push_str(ink);
        }
        text
    }
}
