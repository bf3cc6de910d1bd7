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
        self.fields.is_none_or(|fields| fields.contains(&field))
    }

    pub(super) fn headings(&self) -> impl Iterator<Item = &Heading> {
        self.headings.unwrap_or_default().iter()
    }

    /// What its rows can be asked by name: with the sign that mostly stands behind it.
    pub fn names(&self) -> Vec<(String, &'static str)> {
        let fields = Field::iter().filter(|field| self.has(*field));
        let own = fields.map(|field| (field.name().to_owned(), field.sign()));
        let mut all: Vec<(String, &str)> = own.collect();
        for heading in self.headings() {
            let name = heading.column();
            if all.iter().all(|(known, _)| *known != name) {
                all.push((name, if heading.number { ">" } else { ":" }));
            }
        }
        all
    }

    /// What is asked by this name.
    pub(super) fn asked(&self, name: &str) -> Option<Asked> {
        let is = |known: &&'static str| known.eq_ignore_ascii_case(name);
        let field = Field::iter().find(|field| field.names().iter().any(is));
        let column = self.column(name);
        match field {
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
