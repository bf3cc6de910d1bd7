//! A filter as text: what is read from it is the same filter.

use std::fmt::{self, Display, Formatter, Write as _};

use super::{Filter, Term, Test, field::Asked, parse::JOIN};

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (n, terms) in self.any.iter().enumerate() {
            if n > 0 {
                f.write_str(" | ")?;
            }
            for (n, term) in terms.iter().enumerate() {
                if n > 0 {
                    f.write_char(' ')?;
                }
                term.fmt(f)?;
            }
        }
        Ok(())
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.not {
            f.write_char('!')?;
        }
        match &self.test {
            Test::Word(needle) => {
                // Between others it would join them.
                let joins = JOIN
                    .iter()
                    .any(|word| word.eq_ignore_ascii_case(needle.text()));
                f.write_str(if joins && !self.not { "!!" } else { "" })?;
                f.write_str(needle.text())
            }
            Test::Exact(needle) if is_plain(needle.text()) => write!(f, "'{}", needle.text()),
            Test::Exact(needle) => quoted(needle.text(), f),
            Test::Regex(pattern) => write!(f, "/{}/", pattern.0.as_str()),
            Test::Health(health) => f.write_str(health.word()),
            Test::Labels(selector) => {
                let selector = selector.to_string();
                f.write_str("-l ")?;
                // Behind a bare key a word could be read as a part of it.
                if selector
                    .rsplit(',')
                    .next()
                    .is_some_and(|last| last.contains(['=', '!']))
                {
                    value(&selector, f)
                } else {
                    quoted(&selector, f)
                }
            }
            Test::Has(field, needle) => {
                write!(f, "{}:", field.name())?;
                of_column(field, needle.text(), f)
            }
            Test::Is(field, text) => {
                write!(f, "{}=", field.name())?;
                of_column(field, text, f)
            }
            Test::Like(field, pattern) => write!(f, "{}:/{}/", field.name(), pattern.0.as_str()),
            Test::Compare(field, op, bound) => {
                write!(f, "{}{}", field.name(), op.sign())?;
                bound.print(field, f)
            }
        }
    }
}

/// Whether a text can stand there as it is.
fn is_plain(text: &str) -> bool {
    !text.starts_with(['"', '\'', '/', '='])
        && !text.contains(|c: char| c == '|' || c.is_whitespace())
}

/// A text in a column that is called as something is that is read otherwise: quotes say that the column is meant.
fn of_column(of: &Asked, text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    match of {
        Asked::Column(name) if matches!(&**name, "ready" | "health") => quoted(text, f),
        _ => value(text, f),
    }
}

fn value(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    if is_plain(text) {
        f.write_str(text)
    } else {
        quoted(text, f)
    }
}

fn quoted(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}
