//! A sheet becomes lines of a width: sentences are broken between words, facts stand side by side, tables are fitted.

use compact_str::CompactString;
use ratatui::{buffer::Buffer, style::Style};

use super::{Painter, grid::Fitted};
use crate::{
    app::App,
    layout::Area,
    model::Health,
    panels::{Block, Fact, Piece, Sheet, Table},
    panes::Cell,
    text::{fit, width},
};

/// Columns from which on facts stand side by side.
const SIDE_BY_SIDE: u16 = 116;
/// Blanks between two facts side by side, and between two columns of a table.
const GAP: u16 = 2;

/// Words that take no more columns than this stay on one line.
const TOGETHER: usize = 28;

/// A text in its style.
pub(super) type Ink = (CompactString, Style);

/// One line: inks, each from a column on.
#[derive(Clone, Debug, Default)]
pub(super) struct Line(pub(super) Vec<(u16, Ink)>);

impl Line {
    /// The first column that is free.
    fn end(&self) -> u16 {
        self.0
            .last()
            .map_or(0, |(x, (text, _))| x + width(text) as u16)
    }

    fn shifted(mut self, by: u16) -> Self {
        for (x, _) in &mut self.0 {
            *x += by;
        }
        self
    }

    /// Draws it in an area of one line.
    pub(super) fn draw(&self, area: Area, frame: &mut Buffer) {
        for (x, (text, style)) in &self.0 {
            let room = usize::from(area.width.saturating_sub(*x));
            frame.set_stringn(area.x + x, area.y, fit(text, room), room, *style);
        }
    }
}

impl Painter {
    /// All lines of a sheet.
    pub(super) fn lines(&self, app: &App, sheet: &Sheet, columns: u16) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut after_table = false;
        for block in &sheet.0 {
            match block {
                Block::Line(pieces) => lines.extend(self.flow(app, pieces, columns, false)),
                Block::Facts(facts) => {
                    if after_table {
                        lines.push(Line::default());
                    }
                    self.facts(app, facts, columns, &mut lines);
                }
                Block::Table(table) => {
                    lines.push(Line::default());
                    self.table(app, table, columns, &mut lines);
                }
                Block::Text {
                    title,
                    lines: text,
                    note,
                } => {
                    lines.push(Line::default());
                    lines.push(Line(vec![(0, ((*title).into(), self.theme.heading))]));
                    lines.extend(text.iter().flat_map(|line| self.yaml(line, columns)));
                    let note = note
                        .clone()
                        .map(|note| Line(vec![(0, (note, self.theme.muted))]));
                    lines.extend(note);
                }
            }
            after_table = matches!(block, Block::Table(_));
        }
        lines
    }

    /// The style of a value.
    pub(super) fn cell_style(&self, cell: &Cell) -> Style {
        match cell {
            Cell::Absent | Cell::Count(0) => self.theme.muted,
            Cell::In(Health::Healthy, _) => self.theme.text,
            Cell::Health(health) | Cell::In(health, _) => self.health_style(*health),
            Cell::Ratio(0, desired) if *desired > 0 => self.theme.error,
            Cell::Ratio(ready, desired) if ready < desired => self.theme.warn,
            Cell::Status(verdict) if verdict.health != Health::Healthy => {
                self.health_style(verdict.health)
            }
            _ => self.theme.text,
        }
    }

    /// Inks of a piece that belong together, for so much room.
    fn inks(&self, app: &App, piece: &Piece, columns: u16) -> Vec<Ink> {
        let theme = &self.theme;
        match piece {
            Piece::Plain(text) => vec![(text.clone(), theme.text)],
            Piece::Strong(text) => vec![(text.clone(), theme.strong)],
            Piece::Muted(text) => vec![(text.clone(), theme.muted)],
            Piece::In(health, text) => vec![(text.clone(), self.health_style(*health))],
            Piece::Glyph(health) => {
                vec![(
                    self.health_glyph(*health).into(),
                    self.health_style(*health),
                )]
            }
            Piece::Key(text) => vec![(text.clone(), theme.key)],
            Piece::Value(cell) => vec![(self.plain(app, cell), self.cell_style(cell))],
            Piece::Dot => vec![(self.glyphs.dot.into(), theme.muted)],
            Piece::Gauge(gauge) => {
                let mut inks = Vec::new();
                self.gauge(gauge, columns, &mut inks);
                inks
            }
        }
    }

    /// Pieces one after another, broken between words; or, if `items`, between pieces, two blanks apart.
    fn flow(&self, app: &App, pieces: &[Piece], columns: u16, items: bool) -> Vec<Line> {
        let mut lines = vec![Line::default()];
        let mut dot = None;
        for piece in pieces {
            if *piece == Piece::Dot {
                dot = self.inks(app, piece, columns).pop();
                continue;
            }
            let inks = self.inks(app, piece, columns);
            let words: Vec<Ink> = match inks.as_slice() {
                [(text, style)] if !items && width(text) > TOGETHER => {
                    text.split(' ').map(|word| (word.into(), *style)).collect()
                }
                _ => inks,
            };
            // What belongs together is not pulled apart.
            let together = words.len() > 1 && matches!(piece, Piece::Gauge(_));
            for (n, ink) in words.into_iter().enumerate() {
                let line = lines.last().map_or(0, Line::end);
                let gap = match line {
                    0 => 0,
                    _ if together && n > 0 => 0,
                    _ if items => GAP,
                    _ => 1,
                };
                // A dot stands between two things on one line, at no beginning and no end.
                let between = dot.take().filter(|_| line > 0);
                let needs = width(&ink.0) as u16 + 2 * u16::from(between.is_some());
                if line > 0 && line + gap + needs > columns && !(together && n > 0) {
                    lines.push(Line(vec![(0, ink)]));
                } else if let Some(last) = lines.last_mut() {
                    let dotted = u16::from(between.is_some()) * 2;
                    last.0.extend(between.map(|dot| (line + gap, dot)));
                    last.0.push((line + gap + dotted, ink));
                }
            }
        }
        lines
    }

    /// Pieces on one line, cut where it ends.
    fn straight(&self, app: &App, pieces: &[Piece], columns: u16) -> Line {
        let mut line = Line::default();
        for piece in pieces {
            let gap = u16::from(!line.0.is_empty());
            let mut x = line.end() + gap;
            for (text, style) in self.inks(app, piece, columns.saturating_sub(x)) {
                if x >= columns {
                    break;
                }
                let room = usize::from(columns - x);
                let text: CompactString = fit(&text, room).into();
                let used = width(&text) as u16;
                line.0.push((x, (text, style)));
                x += used;
            }
        }
        line
    }

    fn facts(&self, app: &App, facts: &[Fact], columns: u16, lines: &mut Vec<Line>) {
        let label = facts
            .iter()
            .map(|fact| width(fact.label))
            .max()
            .unwrap_or(0) as u16
            + GAP;
        let sides = if columns >= SIDE_BY_SIDE { 2 } else { 1 };
        let side = (columns - GAP * (sides - 1)) / sides;
        let mut stacks: Vec<Vec<Line>> = vec![Vec::new(); usize::from(sides)];
        for fact in facts {
            let labelled = |n: usize, line: Line| {
                let mut line = line.shifted(label);
                if n == 0 {
                    line.0
                        .insert(0, (0, (fact.label.into(), self.theme.heading)));
                }
                line
            };
            if fact.whole {
                beside(&mut stacks, side + GAP, lines);
                let items = fact.lines.iter().flatten().cloned().collect::<Vec<_>>();
                let flowed = self.flow(app, &items, columns.saturating_sub(label), true);
                lines.extend(
                    flowed
                        .into_iter()
                        .enumerate()
                        .map(|(n, line)| labelled(n, line)),
                );
                continue;
            }
            let said = fact
                .lines
                .iter()
                .map(|line| self.straight(app, line, side.saturating_sub(label)));
            let said: Vec<Line> = said
                .enumerate()
                .map(|(n, line)| labelled(n, line))
                .collect();
            // On the side that is shorter so far, the left one first.
            if let Some(stack) = stacks.iter_mut().min_by_key(|stack| stack.len()) {
                stack.extend(said);
            }
        }
        beside(&mut stacks, side + GAP, lines);
    }

    fn table(&self, app: &App, table: &Table, columns: u16, lines: &mut Vec<Line>) {
        let text = |cell: &Cell| self.plain(app, cell);
        let places = Fitted::new(table, columns, text);
        let mut head = Line::default();
        head.0.push((0, (table.title.into(), self.theme.heading)));
        for place in places
            .shown
            .iter()
            .filter(|place| !place.head.heading.is_empty())
        {
            let heading = fit(place.head.heading, usize::from(place.width));
            let x = place.x_of(width(&heading) as u16);
            head.0.push((x, (heading.into(), self.theme.heading)));
        }
        lines.push(head);
        for row in &table.rows {
            let mut line = Line::default();
            for place in &places.shown {
                let Some(cell) = row.get(place.column) else {
                    continue;
                };
                let text: CompactString = fit(&text(cell), usize::from(place.width)).into();
                let x = place.x_of(width(&text) as u16);
                line.0.push((x, (text, self.cell_style(cell))));
            }
            lines.push(line);
        }
        if let Some(note) = &table.note {
            lines.push(Line(vec![(0, (note.clone(), self.theme.muted))]));
        }
    }
}

/// Puts stacks side by side, and empties them.
fn beside(stacks: &mut [Vec<Line>], step: u16, lines: &mut Vec<Line>) {
    let high = stacks.iter().map(Vec::len).max().unwrap_or(0);
    for n in 0..high {
        let mut line = Line::default();
        for (side, stack) in stacks.iter_mut().enumerate() {
            if let Some(part) = stack.get_mut(n) {
                let part = std::mem::take(part).shifted(side as u16 * step);
                line.0.extend(part.0);
            }
        }
        lines.push(line);
    }
    stacks.iter_mut().for_each(Vec::clear);
}
