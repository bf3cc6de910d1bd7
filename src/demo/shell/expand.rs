//! Words to what they stand for: variables, commands, arithmetic, and patterns of file names.

use super::{
    arithmetic,
    eval::Io,
    files::absolute,
    lex::{Part, Word},
    state::{Shell, now},
    stream::Output,
};

/// A letter on its way: one that is quoted neither splits nor matches.
type Letter = (char, bool);

impl Shell {
    /// The fields that words become.
    pub(super) fn fields(&mut self, words: &[Word], io: &Io) -> Result<Vec<String>, String> {
        let mut fields = Vec::new();
        for word in words {
            for field in self.split(word, io)? {
                let names = self.matching(&field);
                if names.is_empty() {
                    fields.push(field.into_iter().map(|(letter, _)| letter).collect());
                } else {
                    fields.extend(names);
                }
            }
        }
        Ok(fields)
    }

    /// A word as one text, neither split nor matched.
    pub(super) fn text(&mut self, word: &Word, io: &Io) -> Result<String, String> {
        let mut text = String::new();
        for (index, part) in word.iter().enumerate() {
            match part {
                Part::Text { text: more, quoted } => {
                    let home = !quoted && index == 0 && (more == "~" || more.starts_with("~/"));
                    if home {
                        text.push_str(self.variable("HOME").unwrap_or("/"));
                    }
                    text.push_str(&more[usize::from(home)..]);
                }
                Part::Variable { name, change, .. } => {
                    text.push_str(&self.changed(name, change.as_ref(), io)?);
                }
                Part::Command { source, .. } => text.push_str(&self.captured(source, io)),
                Part::Arithmetic { source, .. } => {
                    text.push_str(&self.reckoned(source, io)?.to_string());
                }
            }
        }
        Ok(text)
    }

    fn split(&mut self, word: &Word, io: &Io) -> Result<Vec<Vec<Letter>>, String> {
        let mut fields: Vec<Vec<Letter>> = Vec::new();
        let mut field: Option<Vec<Letter>> = None;
        for (index, part) in word.iter().enumerate() {
            let (text, quoted) = match part {
                // Each argument is a field of its own.
                Part::Variable {
                    name,
                    change: None,
                    quoted: true,
                } if name == "@" => {
                    let arguments = self.arguments.clone();
                    for (number, argument) in arguments.iter().enumerate() {
                        if number > 0 {
                            fields.extend(field.take());
                        }
                        let letters = argument.chars().map(|letter| (letter, true));
                        field.get_or_insert_default().extend(letters);
                    }
                    continue;
                }
                Part::Text { text, quoted } => {
                    let home = !quoted && index == 0 && (text == "~" || text.starts_with("~/"));
                    let field = field.get_or_insert_default();
                    if home {
                        let home = self.variable("HOME").unwrap_or("/");
                        field.extend(home.chars().map(|letter| (letter, true)));
                    }
                    let text = &text[usize::from(home)..];
                    field.extend(text.chars().map(|letter| (letter, *quoted)));
                    continue;
                }
                Part::Variable {
                    name,
                    change,
                    quoted,
                } => (self.changed(name, change.as_ref(), io)?, *quoted),
                Part::Command { source, quoted } => (self.captured(source, io), *quoted),
                Part::Arithmetic { source, quoted } => {
                    (self.reckoned(source, io)?.to_string(), *quoted)
                }
            };
            if quoted {
                let letters = text.chars().map(|letter| (letter, true));
                field.get_or_insert_default().extend(letters);
                continue;
            }
            for letter in text.chars() {
                if matches!(letter, ' ' | '\t' | '\n') {
                    fields.extend(field.take());
                } else {
                    field.get_or_insert_default().push((letter, false));
                }
            }
        }
        fields.extend(field);
        Ok(fields)
    }

    /// A variable's value as `${name…}` wants it.
    fn changed(
        &mut self,
        name: &str,
        change: Option<&(String, Word)>,
        io: &Io,
    ) -> Result<String, String> {
        let value = self.value(name);
        let Some((how, word)) = change else {
            return Ok(value.unwrap_or_default());
        };
        if how == "length" {
            return Ok(value.unwrap_or_default().chars().count().to_string());
        }
        if how.starts_with(['#', '%']) {
            let pattern = self.text(word, io)?;
            return Ok(trimmed(&value.unwrap_or_default(), how, &pattern));
        }
        let is_set = value
            .as_ref()
            .is_some_and(|value| !how.starts_with(':') || !value.is_empty());
        match (how.trim_start_matches(':'), is_set) {
            ("+", true) => self.text(word, io),
            ("+", false) => Ok(String::new()),
            (_, true) => Ok(value.unwrap_or_default()),
            ("=", false) => {
                let text = self.text(word, io)?;
                self.set(name, text.clone());
                Ok(text)
            }
            ("?", false) => {
                let text = self.text(word, io)?;
                Err(format!("{name}: {text}"))
            }
            _ => self.text(word, io),
        }
    }

    fn value(&self, name: &str) -> Option<String> {
        match name {
            "?" => Some(self.status.to_string()),
            "$" => Some(self.world.processes("")[1].id.to_string()),
            "#" => Some(self.arguments.len().to_string()),
            "@" | "*" => Some(self.arguments.join(" ")),
            "-" => Some("i".to_owned()),
            "0" => Some(self.name.clone()),
            "RANDOM" => Some((now() * 7_919 % 32_768).to_string()),
            _ => match name.parse::<usize>() {
                Ok(number) => self.arguments.get(number.checked_sub(1)?).cloned(),
                Err(_) => self.variable(name).map(str::to_owned),
            },
        }
    }

    /// What a command says, without its last line ends.
    fn captured(&mut self, source: &str, io: &Io) -> String {
        let (out, captured) = Output::capture();
        let mut shell = self.clone();
        shell.leaves = None;
        let io = Io { out, ..io.clone() };
        self.status = shell.script(source, &io);
        if let Some(super::state::Leave::Exit(code)) = shell.leaves {
            self.status = code;
        }
        let captured = captured
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        String::from_utf8_lossy(&captured)
            .trim_end_matches('\n')
            .to_owned()
    }

    fn reckoned(&mut self, source: &Word, io: &Io) -> Result<i64, String> {
        let text = self.text(source, io)?;
        let number = |name: &str| {
            let value = self.value(name).unwrap_or_default();
            value.parse().unwrap_or_default()
        };
        arithmetic::value(&text, &number)
    }

    /// File names that a field matches, if it is a pattern.
    fn matching(&self, field: &[Letter]) -> Vec<String> {
        let is_pattern = field
            .iter()
            .any(|(letter, quoted)| !quoted && matches!(letter, '*' | '?' | '['));
        if !is_pattern {
            return Vec::new();
        }
        let files = self.files();
        let mut found = vec![String::new()];
        for (index, part) in field.split(|(letter, _)| *letter == '/').enumerate() {
            let plain: String = part.iter().map(|(letter, _)| *letter).collect();
            let mut next = Vec::new();
            for start in found {
                let path = absolute(&self.directory, if start.is_empty() { "." } else { &start });
                let slash = if index == 0 { "" } else { "/" };
                let is_pattern = part
                    .iter()
                    .any(|(letter, quoted)| !quoted && matches!(letter, '*' | '?' | '['));
                if !is_pattern {
                    let candidate = format!("{start}{slash}{plain}");
                    let is_there = plain.is_empty()
                        || files.look(&absolute(&self.directory, &candidate)).is_some();
                    next.extend(is_there.then_some(candidate));
                    continue;
                }
                let path = if index > 0 && start.is_empty() {
                    "/"
                } else {
                    &path
                };
                for (name, _) in files.list(path) {
                    let hidden = name.starts_with('.') && !plain.starts_with('.');
                    if !hidden && matches(part, &name.chars().collect::<Vec<_>>()) {
                        next.push(format!("{start}{slash}{name}"));
                    }
                }
            }
            found = next;
        }
        found
    }
}

/// Whether a text matches a pattern in which nothing is quoted.
pub(super) fn is_like(pattern: &str, text: &str) -> bool {
    let pattern: Vec<Letter> = pattern.chars().map(|letter| (letter, false)).collect();
    matches(&pattern, &text.chars().collect::<Vec<_>>())
}

/// `*`, `?` and `[…]`. A star that was too short is tried once more one letter longer, so that this never takes long.
fn matches(pattern: &[Letter], text: &[char]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star = None;
    while read < text.len() {
        match pattern.get(at) {
            Some(('*', false)) => {
                star = Some((at, read));
                at += 1;
                continue;
            }
            Some(('?', false)) => {
                at += 1;
                read += 1;
                continue;
            }
            Some(('[', false)) => {
                if let Some((is_in, after)) = set(&pattern[at + 1..], text[read])
                    && is_in
                {
                    at += 1 + after;
                    read += 1;
                    continue;
                }
            }
            Some((letter, _)) if *letter == text[read] => {
                at += 1;
                read += 1;
                continue;
            }
            _ => {}
        }
        let Some((from, taken)) = star else {
            return false;
        };
        star = Some((from, taken + 1));
        at = from + 1;
        read = taken + 1;
    }
    pattern[at..]
        .iter()
        .all(|(letter, quoted)| *letter == '*' && !quoted)
}

/// Whether a letter is in a set, and how long the set is written. `pattern` begins after the bracket.
fn set(pattern: &[Letter], letter: char) -> Option<(bool, usize)> {
    let end = pattern
        .iter()
        .skip(1)
        .position(|(letter, _)| *letter == ']')?
        + 1;
    let inside: Vec<char> = pattern[..end].iter().map(|(letter, _)| *letter).collect();
    let (negated, inside) = match inside.split_first() {
        Some(('!' | '^', rest)) => (true, rest),
        _ => (false, inside.as_slice()),
    };
    let mut is_in = false;
    let mut at = 0;
    while at < inside.len() {
        if inside.get(at + 1) == Some(&'-') && at + 2 < inside.len() {
            is_in |= (inside[at]..=inside[at + 2]).contains(&letter);
            at += 3;
        } else {
            is_in |= inside[at] == letter;
            at += 1;
        }
    }
    Some((is_in != negated, end + 1))
}

/// `${name#pattern}` and its like.
fn trimmed(value: &str, how: &str, pattern: &str) -> String {
    let mut cuts: Vec<usize> = value.char_indices().map(|(at, _)| at).collect();
    cuts.push(value.len());
    let from_start = how.starts_with('#');
    // The shortest first, the longest where the sign is double.
    if from_start == (how.len() == 2) {
        cuts.reverse();
    }
    let cut = cuts.into_iter().find(|at| {
        let part = if from_start {
            &value[..*at]
        } else {
            &value[*at..]
        };
        is_like(pattern, part)
    });
    match cut {
        Some(at) if from_start => value[at..].to_owned(),
        Some(at) => value[..at].to_owned(),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match() {
        let cases = [
            ("*", "", true),
            ("*.rs", "a.rs", true),
            ("*.rs", "a.rsx", false),
            ("a?c", "abc", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("한*", "한국어", true),
            ("a*b*c", "a1b2b3c", true),
        ];
        for (pattern, text, wanted) in cases {
            assert_eq!(is_like(pattern, text), wanted, "{pattern} {text}");
        }
        let long = "a".repeat(5_000);
        assert!(!is_like(&"*a".repeat(20), &format!("{long}b")));
        let cases = [
            ("/a/b.tar.gz", "##", "*/", "b.tar.gz"),
            ("/a/b.tar.gz", "%%", ".*", "/a/b"),
            ("/a/b.tar.gz", "%", ".*", "/a/b.tar"),
            ("/a/b", "#", "*/", "a/b"),
        ];
        for (value, how, pattern, wanted) in cases {
            assert_eq!(trimmed(value, how, pattern), wanted);
        }
    }
}
