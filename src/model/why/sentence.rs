//! A sentence in parts: what is a time or an amount stays one until it is drawn.

use std::borrow::Cow;

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words.
    Words(Cow<'static, str>),
    /// How long it is since then, epoch seconds: `14m`.
    Since(i64),
    /// How long it is until then, epoch seconds: `2m41s`.
    Until(i64),
    /// So many seconds: `2s`.
    Lasting(i64),
    /// Millicores.
    Cores(u64),
    /// Bytes.
    Bytes(u64),
}

/// What is said, as parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence(Vec<Part>);

impl Sentence {
    /// Its parts in order.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn part(mut self, part: Part) -> Self {
        self.0.push(part);
        self
    }

    /// Goes on with words.
    pub(super) fn and(self, words: impl Into<Cow<'static, str>>) -> Self {
        let words = words.into();
        if words.is_empty() {
            self
        } else {
            self.part(Part::Words(words))
        }
    }

    /// Goes on with how long it is since then, after these words; where nothing tells the time, with neither.
    pub(super) fn since(self, words: &'static str, at: i64) -> Self {
        if at == 0 {
            self
        } else {
            self.and(words).part(Part::Since(at))
        }
    }

    pub(super) fn until(self, at: i64) -> Self {
        self.part(Part::Until(at))
    }

    pub(super) fn lasting(self, seconds: i64) -> Self {
        self.part(Part::Lasting(seconds))
    }

    pub(super) fn cores(self, millicores: u64) -> Self {
        self.part(Part::Cores(millicores))
    }

    pub(super) fn bytes(self, bytes: u64) -> Self {
        self.part(Part::Bytes(bytes))
    }

    /// Goes on with another sentence's parts.
    pub(super) fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

/// Begins a sentence.
pub(super) fn say(words: impl Into<Cow<'static, str>>) -> Sentence {
    Sentence::default().and(words)
}
