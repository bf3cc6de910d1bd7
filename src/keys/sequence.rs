//! Chords pressed one after the other: `z`, or `, p`, of which the first says what the second is about.

use std::{fmt, str::FromStr};

use super::Chord;
use crate::model::{Cause, Problem};

/// The most chords of a sequence; longer ones nobody remembers.
const LONGEST: usize = 4;

/// One to four chords.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sequence(Vec<Chord>);

impl Sequence {
    /// These, if they are as many as a sequence has.
    pub fn of(chords: &[Chord]) -> Option<Self> {
        (1..=LONGEST)
            .contains(&chords.len())
            .then(|| Self(chords.to_vec()))
    }

    /// Its chords, at least one.
    pub fn chords(&self) -> &[Chord] {
        &self.0
    }

    /// Whether one of the two begins with all of the other, so that only one of them could ever be meant.
    pub fn clashes(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0) || other.0.starts_with(&self.0)
    }

    /// How a hint shows it: `⏎`, `^c`, `, p`.
    pub fn hint(&self, ascii: bool) -> String {
        let hints: Vec<String> = self.0.iter().map(|chord| chord.hint(ascii)).collect();
        hints.join(" ")
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, chord) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{chord}")?;
        }
        Ok(())
    }
}

impl FromStr for Sequence {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let chords: Vec<Chord> = text
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        match chords.len() {
            0 => {
                let what = "a key has no name: write `space` for the space bar, and [] for no key";
                Err(Problem::new(Cause::Config, what))
            }
            1..=LONGEST => Ok(Self(chords)),
            many => {
                let what = format!(
                    "“{text}” has {many} keys, and at most {LONGEST} can follow each other"
                );
                Err(Problem::new(Cause::Config, what))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a sequence that cannot be read has failed the test"
    )]

    use super::*;

    fn read(text: &str) -> Sequence {
        text.parse().unwrap()
    }

    #[test]
    fn sequences_are_written_as_they_are_read() {
        for text in ["z", ", p", "ctrl-x ctrl-s", "space space", "g g"] {
            assert_eq!(read(text).to_string(), text);
        }
        assert_eq!(read("  ,   p ").hint(false), ", p");
        assert_eq!(read("ctrl-x enter").hint(true), "^x enter");
    }

    #[test]
    fn what_is_none_says_why() {
        for (text, want) in [
            ("", "write `space`"),
            (" ", "write `space`"),
            ("g entre", "there is no key “entre”"),
            ("a b c d e", "at most 4"),
        ] {
            let problem = text.parse::<Sequence>().unwrap_err();
            assert!(problem.what.contains(want), "{}", problem.what);
        }
    }

    #[test]
    fn a_beginning_clashes_with_the_whole() {
        for (a, b, clash) in [
            ("g", "g g", true),
            ("g g", "g", true),
            ("g g", "g x", false),
            ("g", "G", false),
            ("g", "g", true),
        ] {
            assert_eq!(read(a).clashes(&read(b)), clash, "{a} {b}");
        }
    }
}
