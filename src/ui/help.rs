//! Help, and the few words for who is here for the first time.

use ratatui::{
    buffer::Buffer,
    layout::Position,
    style::{Modifier, Style},
};

use super::{Painter, choosing::counted, table::put_in};
use crate::{
    app::{Advice, App},
    command::{COMMANDS, Command},
    layout::Area,
    text::{fit, width},
};

/// What the words mean, for those who know Kubernetes' own.
const WORDS: [(&str, &str); 4] = [
    (
        "Service",
        "what belongs together, over namespaces and clusters",
    ),
    ("Map", "one environment of a Service: a namespace"),
    ("Server", "one controller with everything that goes with it"),
    ("Instance", "one running copy of a Server: a Pod"),
];

/// What a newcomer needs first, in the order in which they will.
const FIRST: [Command; 6] = [
    Command::Open,
    Command::Back,
    Command::Why,
    Command::Filter,
    Command::Prompt,
    Command::Help,
];

/// A line: its sign with its style, and the text.
type Line = (String, Style, String, Style);

impl Painter {
    /// Help; says where the cursor is.
    pub(super) fn help(&self, app: &App, typed: &str, line: u16, frame: &mut Buffer) -> Position {
        let mut lines: Vec<Line> = Vec::new();
        let heading = |text: &str| {
            let style = self.theme.heading.add_modifier(Modifier::BOLD);
            (String::new(), style, text.to_owned(), style)
        };
        let blank = || {
            (
                String::new(),
                self.theme.text,
                String::new(),
                self.theme.text,
            )
        };
        for advice in app.advice(typed) {
            match advice {
                Advice::Chapter(chapter) => {
                    if !lines.is_empty() {
                        lines.push(blank());
                    }
                    lines.push(heading(chapter.title()));
                }
                Advice::Command(command) => {
                    let entry = command.entry();
                    let keys = app
                        .keymap
                        .keys(entry.command)
                        .map(|keys| keys.hint(app.ascii));
                    let keys: Vec<String> = keys.collect();
                    let keys = if keys.is_empty() {
                        format!(":{}", entry.name)
                    } else {
                        keys.join("  ")
                    };
                    // What acts on many says on how many.
                    let help = match app.list(app.focus).marks.len() {
                        marked @ 1.. if entry.many => {
                            format!("{} ({} marked)", entry.help, counted(marked, app.focus))
                        }
                        _ => entry.help.to_owned(),
                    };
                    lines.push((keys, self.theme.key, help, self.theme.text));
                }
            }
        }
        if typed.is_empty() {
            lines.extend([blank(), heading("SIGNS")]);
            lines.extend(self.signs());
            lines.extend([blank(), heading("WORDS")]);
            lines.extend(self.words());
        } else if lines.is_empty() {
            let text = "Nothing here does that. esc clears what is typed.".to_owned();
            lines.push((String::new(), self.theme.muted, text, self.theme.muted));
        }
        let first = lines
            .iter()
            .map(|(sign, ..)| width(sign))
            .max()
            .unwrap_or(0);
        // As wide as the whole of it, so that it does not jump while one types.
        let helps = COMMANDS.iter().map(|entry| width(entry.help));
        let wide = helps.max().unwrap_or(0) + 16;
        let (columns, rows) = app.size;
        let wide = (wide as u16 + 4).min(columns);
        let high = (lines.len() as u16 + 4).max(9).min(rows - 2);
        let area = Area {
            x: (columns - wide) / 2,
            y: 1,
            width: wide,
            height: high,
        };
        let room = usize::from(high - 3);
        let from = usize::from(line).min(lines.len().saturating_sub(room));
        let below = lines.len().saturating_sub(from + room);
        let more = if below > 0 {
            format!(" {} {below} ", self.glyphs.down)
        } else {
            String::new()
        };
        self.boxed(
            area,
            " What can be done here ",
            &format!("{more} esc closes "),
            frame,
        );
        let x = area.x + 2;
        for (n, (sign, sign_style, text, style)) in lines.iter().skip(from).take(room).enumerate() {
            let y = area.y + 2 + n as u16;
            let is_heading = sign.is_empty();
            put_in(frame, (x, y), first as u16, sign, *sign_style, false);
            let at = if is_heading { 0 } else { first as u16 + 2 };
            put_in(
                frame,
                (x + at, y),
                (wide - 4).saturating_sub(at),
                text,
                *style,
                false,
            );
        }
        let label = "find: ";
        let at = frame
            .set_stringn(x, area.y + 1, label, width(label), self.theme.accent)
            .0;
        let room = usize::from(area.x + wide - 2 - at);
        let (shown, style) = match typed {
            "" => ("type what you want to do", self.theme.muted),
            typed => (typed, self.theme.strong),
        };
        let end = frame
            .set_stringn(at, area.y + 1, fit(shown, room), room, style)
            .0;
        let x = if typed.is_empty() { at } else { end };
        Position { x, y: area.y + 1 }
    }

    fn signs(&self) -> impl Iterator<Item = Line> {
        let glyphs = self.glyphs;
        [
            (
                glyphs.ok,
                self.theme.ok,
                "healthy: does what it was asked to do",
            ),
            (
                glyphs.progressing,
                self.theme.progressing,
                "progressing: on its way there",
            ),
            (
                glyphs.warn,
                self.theme.warn,
                "warning: works, but somebody should look",
            ),
            (glyphs.error, self.theme.error, "failing: does not work"),
            (
                glyphs.stopped,
                self.theme.stopped,
                "stopped, as it was asked to",
            ),
            (glyphs.unknown, self.theme.unknown, "not known yet"),
        ]
        .map(|(glyph, style, text)| (glyph.to_owned(), style, text.to_owned(), self.theme.text))
        .into_iter()
    }

    fn words(&self) -> impl Iterator<Item = Line> {
        WORDS
            .map(|(word, text)| {
                (
                    word.to_owned(),
                    self.theme.strong,
                    text.to_owned(),
                    self.theme.text,
                )
            })
            .into_iter()
    }

    /// The few words for who is here for the first time, in the corner where they hide least.
    pub(super) fn welcome(&self, app: &App, frame: &mut Buffer) {
        let mut lines: Vec<Line> = self.words().collect();
        lines.push((
            String::new(),
            self.theme.text,
            String::new(),
            self.theme.text,
        ));
        for command in FIRST {
            let key = app.key_to(command);
            let help = command.entry().help.to_owned();
            lines.push((key, self.theme.key, help, self.theme.text));
        }
        let first = lines
            .iter()
            .map(|(sign, ..)| width(sign))
            .max()
            .unwrap_or(0);
        let second = lines
            .iter()
            .map(|(_, _, text, _)| width(text))
            .max()
            .unwrap_or(0);
        let (columns, rows) = app.size;
        let wide = ((first + second + 6) as u16).min(columns);
        let high = (lines.len() as u16 + 2).min(rows - 2);
        let area = Area {
            x: columns - wide,
            y: rows - 1 - high,
            width: wide,
            height: high,
        };
        self.boxed(
            area,
            " Welcome: what is worst stands on top ",
            " any key begins ",
            frame,
        );
        for (n, (sign, sign_style, text, style)) in
            lines.iter().take(usize::from(high - 2)).enumerate()
        {
            let y = area.y + 1 + n as u16;
            put_in(
                frame,
                (area.x + 2, y),
                first as u16,
                sign,
                *sign_style,
                false,
            );
            let at = first as u16 + 4;
            put_in(
                frame,
                (area.x + at, y),
                wide.saturating_sub(at + 2),
                text,
                *style,
                false,
            );
        }
    }
}
