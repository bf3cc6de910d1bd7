//! The language of filters: which rows of a list, or lines of a text, are shown.
//!
//! ```text
//!  text ─ parse ─→ Filter ─ fits ─→ bool, of anything that tells its Fields
//!             └→ Mistake: where, and a sentence
//! ```
//!
//! Words between blanks must all fit, `|` separates alternatives. What is read back from what is printed is the same.

mod amount;
mod field;
mod known;
mod mistake;
mod parse;
mod print;
mod search;
#[cfg(test)]
mod tests;

use regex::Regex;

use self::field::Asked;
pub use self::{
    amount::{Amount, Bound, Op},
    field::{Field, Fields},
    known::Known,
    mistake::Mistake,
    search::{Needle, Search},
};
use super::{health::Health, selector::Selector};

/// Which rows are shown. Without any term, all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// As it was typed, without blanks around it.
    text: String,
    /// Alternatives, each of terms that must all fit.
    any: Vec<Vec<Term>>,
}

/// One word of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    /// It must not fit.
    not: bool,
    test: Test,
}

/// What a row is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    /// Its letters in this order and near to each other in the name, or the word itself in what else is looked through.
    Word(Needle),
    /// The text itself in the name or in what else is looked through.
    Exact(Needle),
    /// A regular expression over the same.
    Regex(Pattern),
    /// How the row is.
    Health(Health),
    /// Its labels.
    Labels(Selector),
    /// A text is in a field.
    Has(Asked, Needle),
    /// A text is all of a field.
    Is(Asked, String),
    /// A regular expression fits a field.
    Like(Asked, Pattern),
    /// A number of the row against a bound.
    Compare(Asked, Op, Bound),
}

/// A regular expression; two are the same where they are written the same.
#[derive(Clone, Debug)]
struct Pattern(Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Pattern {}

/// Two filters are the same that mean the same, however they were typed.
impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.any == other.any
    }
}

impl Eq for Filter {}

impl Filter {
    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.any.is_empty()
    }

    /// As it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a row is shown.
    pub fn fits(&self, row: &impl Fields, search: &mut Search) -> bool {
        let all = |terms: &Vec<Term>, search: &mut Search| {
            terms
                .iter()
                .all(|term| term.test.fits(row, search) != term.not)
        };
        self.any.is_empty() || self.any.iter().any(|terms| all(terms, search))
    }

    /// What fits this one and that one too, which has no alternatives.
    #[must_use]
    pub fn within(&self, outer: &Self) -> Self {
        let outer_terms = outer.any.first().map_or(&[][..], Vec::as_slice);
        let both = |terms: &Vec<Term>| [outer_terms, terms].concat();
        let mut filter = Self {
            text: format!("{} {}", outer.text, self.text).trim().to_owned(),
            any: self.any.iter().map(both).collect(),
        };
        match self.any.len() {
            0 => filter.any.clone_from(&outer.any),
            1 => {}
            // As it would have to be typed.
            _ => filter.text = filter.to_string(),
        }
        filter
    }

    /// The same without what asks for all of these fields.
    #[must_use]
    pub fn without(&self, fields: &[Field]) -> Self {
        let stays = |term: &&Term| match &term.test {
            Test::Is(Asked::Field(field), _) => !fields.contains(field),
            _ => true,
        };
        let rest = |terms: &Vec<Term>| terms.iter().filter(stays).cloned().collect();
        let any: Vec<Vec<Term>> = self.any.iter().map(rest).collect();
        let mut filter = Self {
            text: String::new(),
            // An alternative that asks for nothing else lets everything through.
            any: if any.iter().any(Vec::is_empty) {
                Vec::new()
            } else {
                any
            },
        };
        filter.text = filter.to_string();
        filter
    }

    /// Whether what fits changes as time passes, and nothing else.
    pub fn reads_time(&self) -> bool {
        let time = |term: &Term| {
            let Test::Compare(asked, ..) = &term.test else {
                return false;
            };
            matches!(asked, Asked::Field(Field::Age) | Asked::Column(_))
        };
        self.any.iter().flatten().any(time)
    }

    /// The fields that it asks for by name.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        let field = |term: &Term| match &term.test {
            Test::Has(Asked::Field(field), _)
            | Test::Is(Asked::Field(field), _)
            | Test::Like(Asked::Field(field), _)
            | Test::Compare(Asked::Field(field), ..) => Some(*field),
            Test::Labels(_) => Some(Field::Label),
            _ => None,
        };
        self.any.iter().flatten().filter_map(field)
    }

    /// Whether all that fits this one fits that one too: then only what fitted before has to be looked at again. It may
    /// say no where it is so.
    pub fn narrows(&self, before: &Self) -> bool {
        match (self.any.as_slice(), before.any.as_slice()) {
            (_, []) => true,
            ([now], [before]) => before
                .iter()
                .all(|term| now.iter().any(|now| now.implies(term))),
            _ => false,
        }
    }

    /// Where in a text what fits stands, as numbers of characters, in no order: in the name, or in another text that is
    /// looked through.
    pub fn found(&self, text: &str, is_name: bool, search: &mut Search, at: &mut Vec<u32>) {
        at.clear();
        for term in self.any.iter().flatten().filter(|term| !term.not) {
            match &term.test {
                Test::Word(needle) if is_name => needle.find_in_order(text, search, at),
                Test::Word(needle) | Test::Exact(needle) => needle.find_within(text, search, at),
                Test::Has(Asked::Field(Field::Name), needle) if is_name => {
                    needle.find_within(text, search, at);
                }
                Test::Like(Asked::Field(Field::Name), pattern) if is_name => pattern.find(text, at),
                Test::Regex(pattern) => pattern.find(text, at),
                _ => {}
            }
        }
    }
}

impl Term {
    /// Whether that one fits wherever this one does.
    fn implies(&self, other: &Self) -> bool {
        let longer = match (&self.test, &other.test) {
            (Test::Word(now), Test::Word(before)) | (Test::Exact(now), Test::Exact(before)) => {
                now.holds(before)
            }
            (Test::Has(field, now), Test::Has(of, before)) => field == of && now.holds(before),
            _ => false,
        };
        self == other || longer && !self.not && !other.not
    }
}

impl Test {
    fn fits(&self, row: &impl Fields, search: &mut Search) -> bool {
        match self {
            Self::Word(needle) => {
                row.texts(Field::Name, &mut |text| needle.is_in_order(text, search))
                    || elsewhere(row, &mut |text| needle.is_within(text, search))
            }
            Self::Exact(needle) => anywhere(row, &mut |text| needle.is_within(text, search)),
            Self::Regex(pattern) => anywhere(row, &mut |text| pattern.0.is_match(text)),
            Self::Health(health) => row.health() == Some(*health),
            Self::Labels(selector) => row.labels().is_some_and(|labels| selector.matches(labels)),
            Self::Has(of, needle) => of.texts(row, &mut |text| needle.is_within(text, search)),
            Self::Is(of, whole) => of.texts(row, &mut |text| text == whole),
            Self::Like(of, pattern) => of.texts(row, &mut |text| pattern.0.is_match(text)),
            Self::Compare(of, op, bound) => of
                .amount(row)
                .is_some_and(|amount| bound.holds(*op, amount)),
        }
    }
}

fn anywhere(row: &impl Fields, fits: &mut dyn FnMut(&str) -> bool) -> bool {
    row.texts(Field::Name, fits) || elsewhere(row, fits)
}

fn elsewhere(row: &impl Fields, fits: &mut dyn FnMut(&str) -> bool) -> bool {
    row.words().iter().any(|field| row.texts(*field, fits))
}

impl Pattern {
    fn find(&self, text: &str, at: &mut Vec<u32>) {
        for found in self.0.find_iter(text) {
            let first = search::characters(&text[..found.start()]);
            at.extend(first..first + search::characters(found.as_str()));
        }
    }
}
