//! What is wrong with a filter: where, and a sentence.

use std::{fmt, ops::Range};

/// Why a text is no filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The bytes of the text that it is about.
    pub at: Range<usize>,
    /// What is wrong, and what would be right.
    pub says: String,
}

impl Mistake {
    pub(super) fn new(at: Range<usize>, says: impl Into<String>) -> Self {
        Self {
            at,
            says: says.into(),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)
    }
}

impl std::error::Error for Mistake {}
