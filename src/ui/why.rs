//! The box that says why something is as it is, in its sentences and steps.

use ratatui::buffer::Buffer;

use super::{Painter, overlays::edge};
use crate::{
    app::{App, Ink, Target, why_room},
    command::Command,
    layout::Area,
    model::{Health, Why},
    text::width,
};

impl Painter {
    pub(super) fn why(&self, app: &App, frame: &mut Buffer) {
        let (columns, rows) = app.size;
        let Some((why, lines, chosen, first)) = app.why_lines() else {
            return self.gone(app, frame);
        };
        let (room, most) = why_room(app.size);
        let high = (lines.len() as u16).min(most) + 2;
        let area = Area {
            x: (columns - (room + 4)) / 2,
            y: 1 + (rows - 2 - high) / 2,
            width: room + 4,
            height: high,
        };
        let below = lines.len() as u16 - first - (high - 2).min(lines.len() as u16 - first);
        let more = if below > 0 {
            format!(" {} {below} ", self.glyphs.down)
        } else {
            String::new()
        };
        let go = chosen.and_then(|_| Self::does(app, &[Command::Open], "goes there"));
        let back = Self::does(app, &[Command::Back], "closes");
        let doings: Vec<String> = go.into_iter().chain(back).collect();
        let hint = edge(
            &doings,
            usize::from(area.width).saturating_sub(4 + width(&more)),
        );
        self.boxed(
            area,
            &format!(" {} ", title(&why)),
            &format!("{more}{hint}"),
            frame,
        );
        let shown = lines
            .iter()
            .skip(usize::from(first))
            .take(usize::from(high - 2));
        for (n, line) in shown.enumerate() {
            let y = area.y + 1 + n as u16;
            let mut x = area.x + 2 + line.indent;
            for (ink, text) in &line.spans {
                let (text, style) = match ink {
                    Ink::Glyph(health) => (self.health_glyph(*health), self.health_style(*health)),
                    Ink::Branch => (self.glyphs.branches[1], self.theme.muted),
                    Ink::Name => (text.as_str(), self.theme.strong),
                    Ink::Text => (text.as_str(), self.theme.text),
                    Ink::Muted => (text.as_str(), self.theme.muted),
                    Ink::Quote => (text.as_str(), self.theme.accent),
                };
                x = frame.set_stringn(x, y, text, width(text), style).0;
            }
            let place = Area {
                x: area.x + 1,
                y,
                width: area.width - 2,
                height: 1,
            };
            let way = line
                .link
                .and_then(|link| why.ways().position(|(at, _)| at == link));
            if let Some(way) = way {
                self.clickable(place, Target::Line(way));
            }
            if chosen.is_some() && line.link == chosen {
                self.choose(place, frame);
            }
        }
    }

    fn gone(&self, app: &App, frame: &mut Buffer) {
        let (columns, rows) = app.size;
        let text = "It is not there any more.";
        let area = Area {
            x: columns.saturating_sub(width(text) as u16 + 4) / 2,
            y: rows / 2 - 1,
            width: width(text) as u16 + 4,
            height: 3,
        };
        let back = Self::does(app, &[Command::Back], "closes");
        let hint = edge(back.as_slice(), usize::from(area.width - 4));
        self.boxed(area, "", &hint, frame);
        frame.set_stringn(area.x + 2, area.y + 1, text, width(text), self.theme.text);
    }
}

fn title(why: &Why) -> String {
    let name = &why.name;
    match why.health {
        Health::Failing => format!("Why is {name} failing?"),
        Health::Warning => format!("Why does {name} need a look?"),
        Health::Progressing => format!("What does {name} wait for?"),
        Health::Stopped => format!("Why does {name} not run?"),
        Health::Healthy => format!("{name} is healthy"),
        Health::Unknown => format!("What is known of {name}?"),
    }
}
