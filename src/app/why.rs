//! The box that says why: what is asked about, which step is chosen, where it leads.

use super::{App, Id, Overlay, lines, lines::Line};
use crate::{
    command::Command,
    effect::Effect,
    keys::Chord,
    model::{FeedState, Problem, What, Why, why},
};

impl App {
    /// Asks why what is selected is as it is; where nothing is, what that belongs to.
    pub(super) fn ask_why(&mut self) {
        if let Some(subject) = self.subject() {
            self.overlay = Overlay::Why {
                subject,
                chosen: 0,
                line: 0,
            };
        }
    }

    /// The answer, if somebody asks for one and what it is about is still there.
    pub fn why(&self) -> Option<Why> {
        match &self.overlay {
            Overlay::Why { subject, .. } => why::why(&self.world, subject, self.world.now),
            _ => None,
        }
    }

    /// What the box says, line by line; which step is chosen; the first line that is shown.
    pub fn why_lines(&self) -> Option<(Why, Vec<Line>, Option<usize>, u16)> {
        let Overlay::Why { chosen, line, .. } = &self.overlay else {
            return None;
        };
        let why = self.why()?;
        let lines = self.lines_of(&why);
        let ways: Vec<usize> = why.ways().map(|(at, _)| at).collect();
        let chosen = ways
            .get((*chosen).min(ways.len().saturating_sub(1)))
            .copied();
        let line = (*line).min(last(&lines, self.size));
        Some((why, lines, chosen, line))
    }

    fn lines_of(&self, why: &Why) -> Vec<Line> {
        let (columns, _) = lines::room(self.size);
        lines::lines(why, &self.unread(why), columns, self.world.now)
    }

    /// What would tell more and may not be read.
    fn unread(&self, why: &Why) -> Vec<Problem> {
        let feeds = why
            .needs()
            .iter()
            .filter(|source| source.what != What::LastWords);
        let refused = feeds.filter_map(|source| match &self.world.feed(source)?.state {
            FeedState::Refused(problem) => Some(problem.clone()),
            _ => None,
        });
        let mut refused: Vec<Problem> = refused.collect();
        refused.dedup_by(|a, b| a.what == b.what);
        refused
    }

    pub(super) fn why_key(
        &mut self,
        chord: Chord,
        subject: Id,
        chosen: usize,
        line: u16,
    ) -> Vec<Effect> {
        let command = self.keymap.of_key(chord);
        if matches!(command, Some(Command::Back | Command::Why | Command::Quit)) {
            return Vec::new();
        }
        let Some(why) = why::why(&self.world, &subject, self.world.now) else {
            return Vec::new();
        };
        let ways: Vec<(usize, &Id)> = why.ways().collect();
        let chosen = chosen.min(ways.len().saturating_sub(1));
        if command == Some(Command::Open) {
            if let Some((_, id)) = ways.get(chosen) {
                self.go_to(id);
            }
            return Vec::new();
        }
        let lines = self.lines_of(&why);
        let (_, rows) = lines::room(self.size);
        let last = last(&lines, self.size);
        let line = line.min(last);
        // The lines of a step, from and to.
        let extent = |way: usize| {
            let of =
                |line: &Line| line.link.is_some() && line.link == ways.get(way).map(|(at, _)| *at);
            let from = lines.iter().position(of).unwrap_or(0) as u16;
            (from, lines.iter().rposition(of).unwrap_or(0) as u16)
        };
        let shown = |way: usize| {
            let (from, to) = extent(way);
            line.min(from).max((to + 1).saturating_sub(rows)).min(last)
        };
        let (chosen, line) = match command {
            Some(Command::Down) if shown(chosen) > line => (chosen, line + 1),
            Some(Command::Down) if chosen + 1 < ways.len() => (chosen + 1, shown(chosen + 1)),
            Some(Command::Down) => (chosen, line + 1),
            Some(Command::Up) if chosen > 0 => (chosen - 1, shown(chosen - 1)),
            Some(Command::Up) => (chosen, line.saturating_sub(1)),
            Some(Command::PageDown) => (chosen, line + rows.saturating_sub(1)),
            Some(Command::PageUp) => (chosen, line.saturating_sub(rows.saturating_sub(1))),
            Some(Command::Top) => (0, 0),
            Some(Command::Bottom) => (ways.len().saturating_sub(1), last),
            _ => (chosen, line),
        };
        self.overlay = Overlay::Why {
            subject,
            chosen,
            line: line.min(last),
        };
        Vec::new()
    }
}

/// The first line when the end is in sight.
fn last(lines: &[Line], size: (u16, u16)) -> u16 {
    (lines.len() as u16).saturating_sub(lines::room(size).1)
}
