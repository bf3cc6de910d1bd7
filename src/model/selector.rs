//! Label selectors as people write them: `team=shop,tier!=test,env in (dev, stage),!legacy`.
//!
//! Grammar and meaning: kubernetes.io/docs "Labels and Selectors"; a label that is not there fits `!=` and `notin`.

use std::{fmt, str::FromStr};

use super::row::Labels;

/// Terms that must all hold. Without any it selects nothing, so that a forgotten one does not select everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// The label has one of these values (or, negated, none of them).
    In(String, Vec<String>, bool),
    /// The label is there (or, negated, is not).
    Exists(String, bool),
}

impl Selector {
    /// Whether there is no term.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What of a text is a selector: up to a blank or `|`, but `app in (web, db)`, `app = web` and `app=web, tier=front` go
    /// on behind theirs.
    pub fn at_the_start_of(text: &str) -> &str {
        let mut depth = 0_u32;
        for (at, c) in text.char_indices() {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                '|' if depth == 0 => return &text[..at],
                c if c.is_whitespace() && depth == 0 => {
                    let (before, behind) = text.split_at(at);
                    if !goes_on(before, behind.trim_start()) {
                        return before;
                    }
                }
                _ => {}
            }
        }
        text
    }

    /// Whether all terms hold for these labels.
    pub fn matches(&self, labels: &Labels) -> bool {
        let holds = |term: &Term| match term {
            Term::In(key, values, wanted) => {
                let value = labels.get(key.as_str());
                value.is_some_and(|value| values.iter().any(|known| **known == **value)) == *wanted
            }
            Term::Exists(key, wanted) => labels.contains_key(key.as_str()) == *wanted,
        };
        !self.is_empty() && self.0.iter().all(holds)
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, term) in self.0.iter().enumerate() {
            let comma = if n > 0 { "," } else { "" };
            match term {
                Term::In(key, values, wanted) => match (values.as_slice(), wanted) {
                    ([value], true) => write!(f, "{comma}{key}={value}")?,
                    ([value], false) => write!(f, "{comma}{key}!={value}")?,
                    (values, true) => write!(f, "{comma}{key} in ({})", values.join(","))?,
                    (values, false) => write!(f, "{comma}{key} notin ({})", values.join(","))?,
                },
                Term::Exists(key, wanted) => {
                    let not = if *wanted { "" } else { "!" };
                    write!(f, "{comma}{not}{key}")?;
                }
            }
        }
        Ok(())
    }
}

impl FromStr for Selector {
    type Err = String;

    /// The error says which term can not be read.
    fn from_str(text: &str) -> Result<Self, String> {
        // A comma within parentheses separates values, not terms.
        let mut depth = 0;
        let terms = text.split(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            c == ',' && depth == 0
        });
        terms
            .map(str::trim)
            .filter(|term| !term.is_empty())
            .map(term)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// Whether a blank stands within a term, or between two that a comma joins.
fn goes_on(before: &str, behind: &str) -> bool {
    const SIGNS: [&str; 3] = ["=", "==", "!="];
    let is_list = |word| {
        let list = behind.strip_prefix(word).map(str::trim_start);
        list.is_some_and(|list| list.starts_with('('))
    };
    let last = before.split_whitespace().next_back().unwrap_or_default();
    let next = behind.split_whitespace().next().unwrap_or_default();
    let is_key = !last.contains(['=', '!', '(', ')']);
    last.ends_with(',')
        || SIGNS.contains(&last)
        || matches!(last, "in" | "notin") && behind.starts_with('(')
        || is_key && (SIGNS.contains(&next) || is_list("in") || is_list("notin"))
}

fn term(text: &str) -> Result<Term, String> {
    let unreadable =
        || format!("`{text}` is no term of a label selector, such as `team=shop` or `!legacy`");
    let key = |key: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        if key.is_empty() || !key.chars().all(fits) {
            Err(unreadable())
        } else {
            Ok(key.to_owned())
        }
    };
    let value = |value: &str| {
        let value = value.trim();
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if value.chars().all(fits) {
            Ok(value.to_owned())
        } else {
            Err(unreadable())
        }
    };
    if let Some((name, one)) = text.split_once("!=") {
        return Ok(Term::In(key(name.trim())?, vec![value(one)?], false));
    }
    if let Some((name, one)) = text.split_once("==").or_else(|| text.split_once('=')) {
        return Ok(Term::In(key(name.trim())?, vec![value(one)?], true));
    }
    if let Some(list) = text.strip_suffix(')') {
        let (head, values) = list.split_once('(').ok_or_else(unreadable)?;
        let (name, wanted) = match head.trim().rsplit_once(' ') {
            Some((name, "in")) => (name, true),
            Some((name, "notin")) => (name, false),
            _ => return Err(unreadable()),
        };
        let values = values.split(',').map(value).collect::<Result<_, _>>()?;
        return Ok(Term::In(key(name.trim())?, values, wanted));
    }
    match text.strip_prefix('!') {
        Some(name) => Ok(Term::Exists(key(name.trim())?, false)),
        None => Ok(Term::Exists(key(text)?, true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_hold_as_kubernetes_has_it() {
        let labels: Labels = [("team", "shop"), ("env", "dev")]
            .map(|(k, v)| (k.into(), v.into()))
            .into();
        for (text, fits) in [
            ("team=shop", true),
            ("team==shop, env!=prod", true),
            ("tier!=test", true),
            ("team!=shop", false),
            ("env in (dev, stage),team", true),
            ("env notin (dev)", false),
            ("tier notin (test)", true),
            ("!legacy", true),
            ("legacy", false),
            ("", false),
        ] {
            let selector: Result<Selector, _> = text.parse();
            assert_eq!(
                selector.map(|selector| selector.matches(&labels)),
                Ok(fits),
                "{text}"
            );
        }
        for text in [
            "=shop",
            "a b",
            "env in dev",
            "env of (dev)",
            "!",
            "team=>shop",
            "team=shop,&",
            "team===shop",
            "team in (a b)",
        ] {
            assert!(text.parse::<Selector>().is_err(), "{text}");
        }
    }
}
