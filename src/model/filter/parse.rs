//! Reading a filter: every text is one, or there is a sentence that says why not.

use std::str::FromStr;

use regex::RegexBuilder;
use strum::IntoEnumIterator as _;

use super::{Bound, Field, Filter, Known, Mistake, Needle, Op, Pattern, Term, Test, field::Asked};
use crate::model::{health::Health, listing::Heading, selector::Selector};

/// The largest regular expression, bytes when compiled.
const LARGEST: usize = 1 << 20;
/// Names as unlike as this are not meant.
const ALIKE: f64 = 0.8;
/// Words that join what stands around them, and one that says nothing: `-f` is how one asks for a fuzzy filter elsewhere.
pub(super) const JOIN: &[&str] = &[OR, "and", "&&", "-f"];
const OR: &str = "or";
/// What stands between a field and what it is asked for; the longer ones first.
const SIGNS: [&str; 8] = ["!=", "<=", ">=", "==", ":", "=", "<", ">"];

impl Filter {
    /// Reads a filter over rows that have these fields.
    pub fn parse(text: &str, known: &Known<'_>) -> Result<Self, Mistake> {
        let mut reader = Reader { text, at: 0, known };
        let mut any = vec![Vec::new()];
        while let Some(c) = reader.peek() {
            let follows = any.last().is_some_and(|terms| !terms.is_empty());
            if c == '|' {
                reader.at += 1;
                any.push(Vec::new());
            } else if c.is_whitespace() {
                reader.at += c.len_utf8();
            } else if follows && reader.takes(&[OR]) {
                any.push(Vec::new());
            } else if follows && reader.takes(JOIN) || reader.takes(&["-f"]) {
                // As it is without it.
            } else {
                let term = reader.term()?;
                if let Some(terms) = any.last_mut() {
                    terms.push(term);
                }
            }
        }
        // Of `web |` the other half is still to come.
        any.retain(|terms| !terms.is_empty());
        Ok(Self {
            text: text.trim().to_owned(),
            any,
        })
    }
}

impl FromStr for Filter {
    type Err = Mistake;

    /// A filter over rows that are not known yet.
    fn from_str(text: &str) -> Result<Self, Mistake> {
        Self::parse(text, &Known::ANY)
    }
}

struct Reader<'a> {
    text: &'a str,
    /// In bytes.
    at: usize,
    known: &'a Known<'a>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Up to a blank or `|`.
    fn word(&self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| c == '|' || c.is_whitespace());
        &rest[..end.unwrap_or(rest.len())]
    }

    fn take(&mut self) -> &'a str {
        let word = self.word();
        self.at += word.len();
        word
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Takes one of these words where another term follows it; else it is one itself.
    fn takes(&mut self, words: &[&str]) -> bool {
        let word = self.word();
        let behind = self.rest()[word.len()..].trim_start();
        let is = words.iter().any(|known| known.eq_ignore_ascii_case(word));
        let takes = is && !behind.is_empty() && !behind.starts_with('|');
        if takes {
            self.at += word.len();
        }
        takes
    }

    fn mistake<T>(&self, from: usize, says: String) -> Result<T, Mistake> {
        Err(Mistake::new(from..self.at, says))
    }

    fn term(&mut self) -> Result<Term, Mistake> {
        let (from, mut not) = (self.at, false);
        while self.peek() == Some('!') {
            not = !not;
            self.at += 1;
        }
        let word = self.word();
        let test = match word.chars().next() {
            None => {
                let says = "`!` leaves out what the word after it finds, as in `!test`.";
                return self.mistake(from, says.to_owned());
            }
            Some('\'' | '"') => Test::Exact(Needle::new(&self.value(from, "web")?)),
            Some('/') => Test::Regex(self.pattern()?),
            Some('<' | '=' | '>') => {
                self.take();
                let says = "`<`, `=` and `>` stand behind a field, as in `cpu>500m`.";
                return self.mistake(from, says.to_owned());
            }
            Some('(') => {
                self.take();
                let says = "There are no parentheses: words between blanks must all fit, `|` separates alternatives.";
                return self.mistake(from, says.to_owned());
            }
            _ if word == "-l" || word.starts_with("-l") && word.contains('=') => {
                self.at += "-l".len();
                self.skip_blanks();
                self.labels(from)?
            }
            _ => match (health(word), self.operation()) {
                (Some(health), _) => {
                    self.at += word.len();
                    Test::Health(health)
                }
                (None, Some((name, op))) => {
                    let (negated, test) = self.field(name, op)?;
                    not ^= negated;
                    test
                }
                (None, None) if is_pattern(word) => {
                    self.take();
                    let says = format!("A regular expression stands between slashes: `/{word}/`.");
                    return self.mistake(from, says);
                }
                (None, None) => Test::Word(Needle::new(self.take())),
            },
        };
        Ok(Term { not, test })
    }

    /// The name, and the sign with the blanks before it, of `cpu>500m` and `cpu > 500m`. What has no such form is a word,
    /// as `web-1:8080`.
    fn operation(&self) -> Option<(&'a str, &'a str)> {
        let rest = self.rest();
        let sign = |behind: &str| SIGNS.into_iter().find(|sign| behind.starts_with(sign));
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic());
        // Nothing is called as `last-seen<1h` is.
        let dashed = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let dashed = dashed.filter(|end| rest[*end..].starts_with(['<', '>']));
        let columns = self.known.headings().map(|of| of.column().len());
        // `cluster-ip:10`
        let column = columns.filter(|end| {
            let name = rest.get(..*end);
            name.is_some_and(|name| self.known.column(name).is_some())
                && sign(rest[*end..].trim_start()).is_some()
        });
        let (name, behind) = rest.split_at(column.max().or(dashed).or(letters)?);
        let blanks = behind.len() - behind.trim_start().len();
        let sign = sign(&behind[blanks..])?;
        let is_one = blanks == 0 || sign != ":" && self.known.asked(name).is_some();
        (!name.is_empty() && is_one).then(|| (name, &behind[..blanks + sign.len()]))
    }

    /// What is asked of a field, and whether it must not be so.
    fn field(&mut self, name: &str, written: &str) -> Result<(bool, Test), Mistake> {
        let from = self.at;
        let op = written.trim_start();
        self.at += name.len();
        let is_text = matches!(op, ":" | "=" | "==" | "!=");
        let asks_for_health = || {
            // Some kinds have a column of that name, with words of its own.
            let word = self.rest()[written.len()..].split_whitespace().next();
            word.and_then(health).is_some() || self.known.column(name).is_none()
        };
        if name.eq_ignore_ascii_case("health") && is_text && asks_for_health() {
            self.at += written.len();
            self.skip_blanks();
            let says = |word: &str| format!("`{word}` is no health: {}.", healths());
            let word = self.take();
            return match health(word) {
                Some(health) => Ok((op == "!=", Test::Health(health))),
                None => self.mistake(from, says(word)),
            };
        }
        let Some(mut asked) = self.known.asked(name) else {
            let mut says = self.no_such_field(name);
            if op != ":" && !op.starts_with(['<', '>']) && self.known.has(Field::Label) {
                let word = &self.text[from..][..name.len() + written.len()];
                let value = self.text[from + word.len()..].split([' ', '|']).next();
                let value = value.unwrap_or_default();
                says = format!("{says} `-l {name}{op}{value}` finds a label.");
            }
            return self.mistake(from, says);
        };
        if let Asked::Field(field) = asked
            && !self.known.has(field)
        {
            let names: Vec<String> = self
                .known
                .names()
                .into_iter()
                .map(|(name, _)| name)
                .collect();
            let Known { rows, .. } = self.known;
            let says = format!("{rows} have no `{name}`. They have {}.", names.join(", "));
            return self.mistake(from, says);
        }
        self.at += written.len();
        self.skip_blanks();
        if asked == Asked::Field(Field::Ready)
            && is_text
            && Bound::read(&asked, self.word()).is_none()
        {
            // Of some kinds it is `True` or `False`.
            asked = self.known.column(name).unwrap_or(asked);
        }
        match &asked {
            Asked::Field(Field::Label) => return Ok((op == "!=", self.labels(from)?)),
            Asked::Field(field) if field.is_number() => {
                return Ok((false, self.comparison(from, asked, op)?));
            }
            Asked::Column(_) if !is_text => {
                return Ok((false, self.comparison(from, asked, op)?));
            }
            Asked::Field(field) if !is_text => {
                let name = field.name();
                let says =
                    format!("`{name}` is a text: `{name}:…` is in it, `{name}=…` all of it.");
                return self.mistake(from, says);
            }
            _ => {}
        }
        let test = if self.peek() == Some('/') {
            Test::Like(asked, self.pattern()?)
        } else {
            let value = self.value(from, "web")?;
            if op == ":" {
                Test::Has(asked, Needle::new(&value))
            } else {
                Test::Is(asked, value)
            }
        };
        Ok((op == "!=", test))
    }

    fn comparison(&mut self, from: usize, of: Asked, op: &str) -> Result<Test, Mistake> {
        let op = match op {
            "!=" => Op::Unequal,
            "<" => Op::Less,
            "<=" => Op::AtMost,
            ">" => Op::More,
            ">=" => Op::AtLeast,
            _ => Op::Equal,
        };
        let value = self.take();
        let says = || {
            let example = Bound::example(&of);
            match value {
                "" => {
                    let (_, example) = example.split_once(", ").unwrap_or_default();
                    let written = self.text[from..self.at].trim_end();
                    format!("`{written}` wants something to compare with, {example}.")
                }
                _ => format!("`{}`: {value} is {example}.", &self.text[from..self.at]),
            }
        };
        match Bound::read(&of, value) {
            Some(bound) => Ok(Test::Compare(of, op, bound)),
            None => self.mistake(from, says()),
        }
    }

    fn labels(&mut self, from: usize) -> Result<Test, Mistake> {
        if !self.known.has(Field::Label) {
            let says = format!("{} have no labels.", self.known.rows);
            return self.mistake(from, says);
        }
        let written = match self.peek() {
            Some('"' | '\'') => "",
            _ => Selector::at_the_start_of(self.rest()),
        };
        self.at += written.len();
        let selector = match written {
            "" => self.value(from, "team=shop")?,
            written => written.to_owned(),
        };
        match selector.parse::<Selector>() {
            Ok(found) if found.is_empty() => {
                let says = format!("`{selector}` names no label. `-l team=shop` does.");
                self.mistake(from, says)
            }
            Ok(selector) => Ok(Test::Labels(selector)),
            Err(says) => self.mistake(from, format!("{says}.")),
        }
    }

    /// A text: up to a blank, or between quotes.
    fn value(&mut self, from: usize, example: &str) -> Result<String, Mistake> {
        if self.peek() == Some('\'') {
            self.at += 1;
        }
        let value = if self.peek() == Some('"') {
            self.quoted()
        } else {
            self.take().to_owned()
        };
        if value.is_empty() {
            let written = &self.text[from..self.at];
            let written = written.trim_end();
            let gap = if written.ends_with("-l") { " " } else { "" };
            let says =
                format!("`{written}` wants a text after it, as in `{written}{gap}{example}`.");
            return self.mistake(from, says);
        }
        Ok(value)
    }

    /// Up to the next quote, or to the end while that is not typed yet.
    fn quoted(&mut self) -> String {
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            match c {
                '"' => break,
                '\\' if matches!(self.peek(), Some('"' | '\\')) => {
                    text.extend(self.peek());
                    self.at += 1;
                }
                c => text.push(c),
            }
        }
        text
    }

    /// Up to the next slash, or to the end while that is not typed yet.
    fn pattern(&mut self) -> Result<Pattern, Mistake> {
        let from = self.at;
        self.at += 1;
        let start = self.at;
        let mut end = self.text.len();
        let (mut escaped, mut capitals) = (false, false);
        for (at, c) in self.rest().char_indices() {
            match c {
                '/' if !escaped => {
                    end = start + at;
                    break;
                }
                _ => capitals |= c.is_uppercase() && !escaped,
            }
            escaped = c == '\\' && !escaped;
        }
        self.at = (end + 1).min(self.text.len());
        let source = &self.text[start..end];
        let built = RegexBuilder::new(source)
            .case_insensitive(!capitals)
            .size_limit(LARGEST)
            .build();
        match built {
            Ok(regex) => Ok(Pattern(regex)),
            Err(error) => {
                let says = format!("`/{source}/` is no regular expression: {}.", reason(&error));
                self.mistake(from, says)
            }
        }
    }

    fn no_such_field(&self, name: &str) -> String {
        let alike = |known: &str| strsim::jaro_winkler(known, &name.to_lowercase());
        let fields = Field::iter().filter(|field| self.known.has(*field));
        let columns = self.known.headings().map(Heading::column);
        let names = fields
            .flat_map(Field::names)
            .map(|known| (*known).to_owned())
            .chain(columns);
        let nearest = names
            .map(|known| (alike(&known), known))
            .filter(|(alike, _)| *alike >= ALIKE)
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        match nearest {
            Some((_, known)) => format!("There is no field `{name}`; did you mean `{known}`?"),
            None => format!(
                "There is no field `{name}`. `'{}` finds the text itself.",
                &self.text[self.at - name.len()..][..self.word().len() + name.len()]
            ),
        }
    }
}

/// Why a pattern is none: the last line of what the crate says.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        error => {
            let text = error.to_string();
            let line = text.lines().last().unwrap_or_default();
            line.trim().trim_start_matches("error: ").to_owned()
        }
    }
}

/// Whether a word is a regular expression and nothing else: no name has such signs.
fn is_pattern(word: &str) -> bool {
    word.starts_with('^') || word.len() > 1 && word.ends_with('$') || word.contains(".*")
}

fn health(word: &str) -> Option<Health> {
    Health::WORST_FIRST
        .into_iter()
        .find(|health| health.word().eq_ignore_ascii_case(word))
}

fn healths() -> String {
    Health::WORST_FIRST.map(Health::word).join(", ")
}
