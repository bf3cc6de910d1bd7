//! Label selectors as the API reads them: `team=shop,tier!=test,env in (dev,stage),!legacy,generation>3`.
//!
//! Grammar and wording: `k8s.io/apimachinery/pkg/labels/selector.go`. That of [`crate::model::selector`] is for people:
//! it forgives more, and an empty one selects nothing.

use std::str::FromStr;

use serde_json::Value;

/// Terms that must all hold; without any, everything is selected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    key: String,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    /// Has one of these values.
    In(Vec<String>),
    /// Has none of these values, or is not there.
    NotIn(Vec<String>),
    /// Is there.
    Exists,
    /// Is not there.
    Absent,
    /// Is a number above this one.
    Above(i64),
    /// Is a number below this one.
    Below(i64),
}

impl Labels {
    /// Whether there is no term.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all terms hold for these labels.
    pub fn matches<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> bool {
        self.0.iter().all(|term| {
            let value = label(&term.key);
            let number = || value.and_then(|value| value.parse::<i64>().ok());
            let is_one_of = |values: &[String]| {
                value.is_some_and(|value| values.iter().any(|known| known == value))
            };
            match &term.test {
                Test::In(values) => is_one_of(values),
                Test::NotIn(values) => !is_one_of(values),
                Test::Exists => value.is_some(),
                Test::Absent => value.is_none(),
                Test::Above(limit) => number().is_some_and(|number| number > *limit),
                Test::Below(limit) => number().is_some_and(|number| number < *limit),
            }
        })
    }
}

/// What a selector is made of; the empty text is its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Sign(&'a str),
    End,
}

impl<'a> Token<'a> {
    fn text(self) -> &'a str {
        match self {
            Self::Word(text) | Self::Sign(text) => text,
            Self::End => "",
        }
    }
}

const SIGNS: &[&str] = &["==", "!=", "=", "!", "(", ")", ",", "<", ">"];

fn tokens(mut text: &str) -> Vec<Token<'_>> {
    let space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let mut tokens = Vec::new();
    loop {
        text = text.trim_start_matches(space);
        if text.is_empty() {
            return tokens;
        }
        let sign = SIGNS.iter().find(|sign| text.starts_with(**sign));
        let end = sign.map_or_else(
            || {
                let ends = |c| space(c) || "=!(),<>".contains(c);
                text.find(ends).unwrap_or(text.len())
            },
            |sign| sign.len(),
        );
        let (token, rest) = text.split_at(end);
        tokens.push(if sign.is_some() {
            Token::Sign(token)
        } else {
            Token::Word(token)
        });
        text = rest;
    }
}

struct Reader<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Token<'a> {
        self.tokens.get(self.at).copied().unwrap_or(Token::End)
    }

    fn next(&mut self) -> Token<'a> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn term(&mut self) -> Result<Term, String> {
        let absent = self.peek() == Token::Sign("!");
        if absent {
            self.next();
        }
        let key = match self.next() {
            Token::Word(key) => key,
            other => return Err(format!("found '{}', expected: identifier", other.text())),
        };
        let wrong = key_faults(key);
        if !wrong.is_empty() {
            return Err(invalid("<nil>", key, &wrong.join("; ")));
        }
        let test = if absent {
            // What follows is looked at by the caller, who expects a comma.
            Test::Absent
        } else if matches!(self.peek(), Token::End | Token::Sign(",")) {
            Test::Exists
        } else {
            self.test(key)?
        };
        Ok(Term {
            key: key.to_owned(),
            test,
        })
    }

    fn test(&mut self, key: &str) -> Result<Test, String> {
        let operator = self.next();
        let values = match operator.text() {
            "in" | "notin" => self.values()?,
            "=" | "==" | "!=" | "<" | ">" => vec![self.value()?],
            other => {
                return Err(format!(
                    "found '{other}', expected: in, notin, =, ==, !=, gt, lt"
                ));
            }
        };
        let mut faults = Vec::new();
        let limit = values.first().and_then(|value| value.parse().ok());
        if matches!(operator.text(), "<" | ">") && limit.is_none() {
            let why = "for 'Gt', 'Lt' operators, the value must be an integer";
            faults.push(invalid("values[0]", values[0], why));
        }
        for (position, value) in values.iter().enumerate() {
            let wrong = value_faults(value);
            if !wrong.is_empty() {
                let place = format!("values[{position}][{key}]");
                faults.push(invalid(&place, value, &wrong.join("; ")));
            }
        }
        match faults.as_slice() {
            [] => {}
            [one] => return Err(one.clone()),
            many => return Err(format!("[{}]", many.join(", "))),
        }
        let values = values.into_iter().map(str::to_owned).collect();
        Ok(match operator.text() {
            "in" | "=" | "==" => Test::In(values),
            ">" => Test::Above(limit.unwrap_or_default()),
            "<" => Test::Below(limit.unwrap_or_default()),
            _ => Test::NotIn(values),
        })
    }

    fn value(&mut self) -> Result<&'a str, String> {
        match self.peek() {
            Token::End | Token::Sign(",") => Ok(""),
            Token::Word(value) => {
                self.next();
                Ok(value)
            }
            Token::Sign(sign) => Err(format!("found '{sign}', expected: identifier")),
        }
    }

    /// The values of a set, each once and in order. Between two commas stands the empty one.
    fn values(&mut self) -> Result<Vec<&'a str>, String> {
        let open = self.next();
        if open != Token::Sign("(") {
            return Err(format!("found '{}' expected: '('", open.text()));
        }
        match self.peek() {
            Token::Word(_) | Token::Sign(",") => {}
            Token::Sign(")") => {
                self.next();
                return Ok(vec![""]);
            }
            other => {
                return Err(format!(
                    "found '{}', expected: ',', ')' or identifier",
                    other.text()
                ));
            }
        }
        let mut values = Vec::new();
        loop {
            match (self.next(), self.peek()) {
                (Token::Word(value), Token::Sign("," | ")")) => values.push(value),
                (Token::Word(_), other) => {
                    return Err(format!("found '{}', expected: ',' or ')'", other.text()));
                }
                (Token::Sign(","), after) => {
                    if values.is_empty() || matches!(after, Token::Sign("," | ")")) {
                        values.push("");
                    }
                }
                (other, _) => {
                    return Err(format!(
                        "found '{}', expected: ',', or identifier",
                        other.text()
                    ));
                }
            }
            if self.peek() == Token::Sign(")") {
                self.next();
                values.sort_unstable();
                values.dedup();
                return Ok(values);
            }
        }
    }
}

impl FromStr for Labels {
    type Err = String;

    /// The error is the sentence of a real server.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut reader = Reader {
            tokens: tokens(text),
            at: 0,
        };
        let mut terms = Vec::new();
        let begins = |token| matches!(token, Token::Word(_) | Token::Sign("!"));
        match reader.peek() {
            Token::End => return Ok(Self::default()),
            token if begins(token) => {}
            other => {
                return Err(format!(
                    "found '{}', expected: !, identifier, or 'end of string'",
                    other.text()
                ));
            }
        }
        loop {
            let term = reader.term();
            terms.push(term.map_err(|why| format!("unable to parse requirement: {why}"))?);
            match reader.next() {
                Token::End => return Ok(Self(terms)),
                Token::Sign(",") if begins(reader.peek()) => {}
                Token::Sign(",") => {
                    let found = reader.peek().text();
                    return Err(format!("found '{found}', expected: identifier after ','"));
                }
                other => {
                    return Err(format!(
                        "found '{}', expected: ',' or 'end of string'",
                        other.text()
                    ));
                }
            }
        }
    }
}

fn invalid(place: &str, value: &str, why: &str) -> String {
    format!("{place}: Invalid value: {}: {why}", Value::from(value))
}

const NAME: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
     alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
     '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', \
     and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used \
     for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or \
     '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
     '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/// What is wrong with the key of a label (`k8s.io/apimachinery/pkg/api/validate/content`); nothing if it can be one.
pub fn key_faults(key: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let parts: Vec<&str> = key.split('/').collect();
    let name = match parts.as_slice() {
        [name] => *name,
        [prefix, name] => {
            if prefix.is_empty() {
                faults.push("prefix part must be non-empty".to_owned());
            } else {
                if prefix.len() > 253 {
                    faults.push("prefix part must be no more than 253 bytes".to_owned());
                }
                if !is_subdomain(prefix) {
                    faults.push(format!("prefix part {SUBDOMAIN}"));
                }
            }
            *name
        }
        _ => {
            return vec![format!(
                "a valid label key {NAME} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
    };
    if name.is_empty() {
        faults.push("name part must be non-empty".to_owned());
    } else if name.len() > 63 {
        faults.push("name part must be no more than 63 bytes".to_owned());
    }
    if !is_name(name) {
        faults.push(format!("name part {NAME}"));
    }
    faults
}

/// What is wrong with the value of a label; nothing if it can be one.
pub fn value_faults(value: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if value.len() > 63 {
        faults.push("must be no more than 63 bytes".to_owned());
    }
    if !value.is_empty() && !is_name(value) {
        faults.push(VALUE.to_owned());
    }
    faults
}

fn is_name(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_alphanumeric();
    text.starts_with(edge)
        && text.ends_with(edge)
        && text
            .chars()
            .all(|c| edge(c) || matches!(c, '-' | '_' | '.'))
}

fn is_subdomain(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.split('.').all(|part| {
        part.starts_with(edge) && part.ends_with(edge) && part.chars().all(|c| edge(c) || c == '-')
    })
}

#[cfg(test)]
#[path = "labels_tests.rs"]
mod tests;
