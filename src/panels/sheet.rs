//! A sheet: what there is to say, from top to bottom, before anybody knows how wide the panel is.
//!
//! ```text
//!  ● healthy   3 of 3 ready · revision 4                              Line: pieces, broken between words
//!  CPU     0.04c of 0.60c limit  ▕▌  ┊  ▏  7%   PORTS  web …          Facts: label and lines, two columns where wide
//!
//!  INSTANCES           READY   STATUS    RESTARTS   AGE               Table: title and headings in one line
//!  web-68954f5bdb-j9   2/2     Running          0   2h
//! ```

use compact_str::CompactString;

use crate::{
    model::{Health, Name},
    panes::Cell,
};

/// What a panel says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet(pub Vec<Block>);

/// A part of a sheet.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// One sentence, broken between words where the panel is narrow.
    Line(Vec<Piece>),
    /// Facts side by side where there is room.
    Facts(Vec<Fact>),
    /// Rows under headings.
    Table(Table),
    /// A text with lines of its own: YAML.
    Text {
        /// What it is, in capitals.
        title: &'static str,
        /// Its lines; those that are too long are broken, not cut.
        lines: Vec<Name>,
        /// A word under it: how much is left out.
        note: Option<CompactString>,
    },
}

/// Something known, under its label.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// In capitals.
    pub label: &'static str,
    /// What is known, a line each.
    pub lines: Vec<Vec<Piece>>,
    /// It wants the whole width, and as many lines as it needs.
    pub whole: bool,
}

/// Rows under headings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What its rows are, in capitals; stands over the first text column.
    pub title: &'static str,
    /// The columns; the first is the title's.
    pub heads: Vec<Head>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// A word under the rows: how many are left out, or why there are none.
    pub note: Option<CompactString>,
}

/// One column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// In capitals.
    pub heading: &'static str,
    /// Numbers stand to the right.
    pub right: bool,
    /// When there is no room: the highest goes first, 0 never.
    pub drop: u8,
    /// It is cut before other columns go, and takes what is left.
    pub gives: bool,
}

/// A column of words.
pub const fn words(heading: &'static str, drop: u8) -> Head {
    Head {
        heading,
        right: false,
        drop,
        gives: false,
    }
}

/// A column of numbers.
pub const fn numbers(heading: &'static str, drop: u8) -> Head {
    Head {
        right: true,
        ..words(heading, drop)
    }
}

/// A column of sentences.
pub const fn sentences(heading: &'static str) -> Head {
    Head {
        gives: true,
        ..words(heading, 0)
    }
}

/// A piece of a line. Pieces are set apart by a blank.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Words.
    Plain(CompactString),
    /// Words that matter.
    Strong(CompactString),
    /// Words beside the point.
    Muted(CompactString),
    /// Words in the colour of a health.
    In(Health, CompactString),
    /// A health's glyph.
    Glyph(Health),
    /// A key to press.
    Key(CompactString),
    /// A value.
    Value(Cell),
    /// How much of how much.
    Gauge(Gauge),
    /// A dot between two things said.
    Dot,
}

/// What a gauge counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Millicores.
    Cores,
    /// Bytes.
    Bytes,
    /// Things.
    Count,
}

/// How much is used of what may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// In what.
    pub unit: Unit,
    /// Used; `None` where nobody knows.
    pub used: Option<u64>,
    /// Asked for; 0 where nothing is.
    pub requested: u64,
    /// The most; 0 where there is no bound.
    pub limit: u64,
    /// What the limit is called: `limit`, `quota`.
    pub word: &'static str,
}

impl Sheet {
    /// Adds a sentence.
    pub(super) fn line(&mut self, pieces: Vec<Piece>) {
        self.0.push(Block::Line(pieces));
    }

    /// Adds facts; those without a line say nothing and are left out.
    pub(super) fn facts(&mut self, facts: Vec<Fact>) {
        let said: Vec<Fact> = facts
            .into_iter()
            .filter(|fact| !fact.lines.is_empty())
            .collect();
        if !said.is_empty() {
            self.0.push(Block::Facts(said));
        }
    }

    /// Adds a table, where it has rows or a note.
    pub(super) fn table(&mut self, table: Table) {
        if !table.rows.is_empty() || table.note.is_some() {
            self.0.push(Block::Table(table));
        }
    }
}

/// Words.
pub(super) fn plain(text: impl AsRef<str>) -> Piece {
    Piece::Plain(text.as_ref().into())
}

/// Words beside the point.
pub(super) fn muted(text: impl AsRef<str>) -> Piece {
    Piece::Muted(text.as_ref().into())
}

/// A fact of several lines.
pub(super) fn fact(label: &'static str, lines: Vec<Vec<Piece>>) -> Fact {
    Fact {
        label,
        lines,
        whole: false,
    }
}

/// A fact that is one text; none where the text is empty.
pub(super) fn said(label: &'static str, text: impl AsRef<str>) -> Fact {
    let text = text.as_ref();
    let lines = if text.is_empty() {
        Vec::new()
    } else {
        vec![vec![plain(text)]]
    };
    fact(label, lines)
}

/// A fact that wants the whole width: each of its items is a piece, broken between them.
pub(super) fn whole(label: &'static str, items: Vec<Piece>) -> Fact {
    let lines = if items.is_empty() {
        Vec::new()
    } else {
        vec![items]
    };
    Fact {
        whole: true,
        ..fact(label, lines)
    }
}

/// A gauge under its label.
pub(super) fn gauge(label: &'static str, gauge: Gauge) -> Fact {
    fact(label, vec![vec![Piece::Gauge(gauge)]])
}
