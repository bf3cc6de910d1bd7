//! What the rows of a list can be asked by name.

use strum::IntoEnumIterator as _;

use super::{Field, field::Asked};
use crate::model::listing::Heading;

/// What is known of rows in any list, under whatever heading their server prints it.
const EVERYWHERE: &[Field] = &[
    Field::Name,
    Field::Namespace,
    Field::Cluster,
    Field::Label,
    Field::Ready,
    Field::Age,
];

/// What there is to be asked for.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// What the rows are called in a sentence.
    pub rows: &'a str,
    /// Their fields; all that there are where it is not known yet which rows will be asked.
    pub fields: Option<&'a [Field]>,
    /// The columns in which their server prints them, which can be asked by name; any name is one where it has not told
    /// them yet.
    pub headings: Option<&'a [Heading]>,
}

impl Known<'_> {
    /// Any rows.
    pub const ANY: Self = Self {
        rows: "rows",
        fields: None,
        headings: Some(&[]),
    };

    /// Whether they have this one.
    pub fn has(&self, field: Field) -> bool {
        // Of kinds that have such a column.
        let is_there = |field: Field| match self.headings {
            Some(headings @ [_, ..]) if field == Field::Ready => {
                headings.iter().any(|of| of.is_called(field.name()))
            }
            _ => true,
        };
        self.fields
            .is_none_or(|fields| fields.contains(&field) && is_there(field))
    }

    pub(super) fn headings(&self) -> impl Iterator<Item = &Heading> {
        self.headings.unwrap_or_default().iter()
    }

    /// What its rows can be asked by name: with the sign that mostly stands behind it.
    pub fn names(&self) -> Vec<(String, &'static str)> {
        let columns = self.headings().map(|heading| {
            let sign = if heading.number { ">" } else { ":" };
            (heading.column(), sign)
        });
        let mut all: Vec<(String, &str)> = columns.collect();
        for field in Field::iter().filter(|field| self.has(*field)) {
            match all.iter_mut().find(|(known, _)| *known == field.name()) {
                Some((_, sign)) => *sign = field.sign(),
                None => all.push((field.name().to_owned(), field.sign())),
            }
        }
        all
    }

    /// What is asked by this name.
    pub(super) fn asked(&self, name: &str) -> Option<Asked> {
        let column = self.column(name);
        // `port:80` of PORT(S)
        let column = column.or_else(|| self.column(&format!("{name}s")));
        // Of some kinds it is a number, and no part of one.
        let counts = || {
            let mut headings = self.headings();
            headings.any(|of| of.number && of.is_called(Field::Ready.name()))
        };
        match Field::named(name) {
            Some(Field::Ready) if column.is_some() && counts() => column,
            Some(field) if column.is_none() || EVERYWHERE.contains(&field) => {
                Some(Asked::Field(field))
            }
            _ => column,
        }
    }

    pub(super) fn column(&self, name: &str) -> Option<Asked> {
        let mut headings = self.headings();
        let is_known = match self.headings {
            Some(_) => headings.any(|of| of.column().eq_ignore_ascii_case(name)),
            None => !name.is_empty(),
        };
        is_known.then(|| Asked::Column(name.to_lowercase()))
    }
}
