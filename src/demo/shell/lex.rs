//! Text to words and operators, with quoting. What is in `$…` is kept as it is, to be expanded when its time comes.

use std::{collections::VecDeque, iter::Peekable, str::Chars};

/// A word as it was written.
pub(super) type Word = Vec<Part>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Letters; those that are quoted mean only themselves.
    Text { text: String, quoted: bool },
    /// `$name` and `${name:-word}`.
    Variable {
        name: String,
        change: Option<(String, Word)>,
        quoted: bool,
    },
    /// `$(…)` and backquotes.
    Command { source: String, quoted: bool },
    /// `$((…))`
    Arithmetic { source: Word, quoted: bool },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    /// `<<`: the lines that follow.
    Document(Word),
    Operator(&'static str),
    Newline,
}

/// Why a text is no command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not at its end: another line may make it one.
    Incomplete,
    Syntax(String),
}

/// The longest first.
const OPERATORS: [&str; 17] = [
    "2>&1", "1>&2", "2>>", "&>", "2>", "1>", ">&2", "&&", "||", ";;", ">>", "|", ";", "<", ">",
    "(", ")",
];

type Letters<'a> = Peekable<Chars<'a>>;

/// All tokens of a text.
pub(super) fn tokens(text: &str) -> Result<VecDeque<Token>, Fault> {
    let mut tokens = VecDeque::new();
    let mut rest = text;
    // Where the lines go that a `<<` of this line announces, and the word that ends them.
    let mut documents: Vec<(usize, String, bool)> = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r']);
        rest = rest.strip_prefix("\\\n").unwrap_or(rest);
        if rest.starts_with('#') {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        }
        let Some(first) = rest.chars().next() else {
            break;
        };
        if first == '\n' {
            rest = &rest[1..];
            for (at, end, is_plain) in documents.drain(..) {
                let (body, after) = document(rest, &end)?;
                rest = after;
                let part = |text| Part::Text { text, quoted: true };
                tokens[at] = Token::Document(if is_plain {
                    vec![part(body)]
                } else {
                    inner(&mut body.chars().peekable(), None)?
                });
            }
            tokens.push_back(Token::Newline);
            continue;
        }
        if let Some(after) = rest.strip_prefix("<<") {
            let mut letters = after.trim_start_matches(['-', ' ']).chars().peekable();
            let end = word(&mut letters)?;
            rest = tail(rest, letters);
            let is_plain = end
                .iter()
                .any(|part| matches!(part, Part::Text { quoted: true, .. }));
            documents.push((tokens.len(), letters_of(&end), is_plain));
            tokens.push_back(Token::Document(Vec::new()));
            continue;
        }
        if let Some(operator) = OPERATORS
            .iter()
            .find(|operator| rest.starts_with(**operator))
        {
            rest = &rest[operator.len()..];
            tokens.push_back(Token::Operator(operator));
            continue;
        }
        if first == '&' {
            return Err(Fault::Syntax(
                "there is no job control here: & cannot be used".to_owned(),
            ));
        }
        let mut letters = rest.chars().peekable();
        tokens.push_back(Token::Word(word(&mut letters)?));
        rest = tail(rest, letters);
    }
    if !documents.is_empty() {
        return Err(Fault::Incomplete);
    }
    Ok(tokens)
}

fn tail<'a>(whole: &'a str, letters: Letters<'a>) -> &'a str {
    let left: usize = letters.map(char::len_utf8).sum();
    &whole[whole.len() - left..]
}

/// The letters of a word without what is to be expanded.
pub(super) fn letters_of(word: &[Part]) -> String {
    word.iter()
        .filter_map(|part| match part {
            Part::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

fn document<'a>(text: &'a str, end: &str) -> Result<(String, &'a str), Fault> {
    let mut body = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if line.trim_start_matches('\t') == end {
            return Ok((body, after));
        }
        body.push_str(line);
        body.push('\n');
        rest = after;
    }
    Err(Fault::Incomplete)
}

/// One word, up to what ends it outside of quotes.
fn word(letters: &mut Letters) -> Result<Word, Fault> {
    let mut word = Word::new();
    while let Some(letter) = letters.peek().copied() {
        match letter {
            ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')' => break,
            '\'' => {
                letters.next();
                let mut text = String::new();
                loop {
                    match letters.next() {
                        Some('\'') => break,
                        Some(letter) => text.push(letter),
                        None => return Err(Fault::Incomplete),
                    }
                }
                word.push(Part::Text { text, quoted: true });
            }
            '"' => {
                letters.next();
                let mut parts = inner(letters, Some('"'))?;
                if parts.is_empty() {
                    parts.push(Part::Text {
                        text: String::new(),
                        quoted: true,
                    });
                }
                word.append(&mut parts);
            }
            '\\' => {
                letters.next();
                match letters.next() {
                    Some('\n') => {}
                    Some(letter) => push(&mut word, letter, true),
                    None => return Err(Fault::Incomplete),
                }
            }
            '$' | '`' => dollar(letters, &mut word, false)?,
            letter => {
                letters.next();
                push(&mut word, letter, false);
            }
        }
    }
    Ok(word)
}

/// What stands within double quotes, or in the lines after `<<`, up to what ends it.
fn inner(letters: &mut Letters, end: Option<char>) -> Result<Word, Fault> {
    let mut word = Word::new();
    loop {
        let Some(letter) = letters.peek().copied() else {
            return match end {
                None => Ok(word),
                Some(_) => Err(Fault::Incomplete),
            };
        };
        if Some(letter) == end {
            letters.next();
            return Ok(word);
        }
        match letter {
            '\\' => {
                letters.next();
                match letters.next() {
                    Some('\n') => {}
                    Some(letter @ ('$' | '`' | '"' | '\\')) => push(&mut word, letter, true),
                    Some(letter) => {
                        push(&mut word, '\\', true);
                        push(&mut word, letter, true);
                    }
                    None => push(&mut word, '\\', true),
                }
            }
            '$' | '`' => dollar(letters, &mut word, true)?,
            letter => {
                letters.next();
                push(&mut word, letter, true);
            }
        }
    }
}

fn push(word: &mut Word, letter: char, quoted: bool) {
    match word.last_mut() {
        Some(Part::Text { text, quoted: same }) if *same == quoted => text.push(letter),
        _ => word.push(Part::Text {
            text: letter.to_string(),
            quoted,
        }),
    }
}

/// What begins with `$` or a backquote.
fn dollar(letters: &mut Letters, word: &mut Word, quoted: bool) -> Result<(), Fault> {
    if letters.next() == Some('`') {
        let mut source = String::new();
        loop {
            match letters.next() {
                Some('`') => break,
                Some('\\') => source.extend(letters.next()),
                Some(letter) => source.push(letter),
                None => return Err(Fault::Incomplete),
            }
        }
        word.push(Part::Command { source, quoted });
        return Ok(());
    }
    let variable = |name: String| Part::Variable {
        name,
        change: None,
        quoted,
    };
    match letters.peek().copied() {
        Some('(') => {
            letters.next();
            let source = bracketed(letters)?;
            let arithmetic = source
                .strip_prefix('(')
                .and_then(|source| source.strip_suffix(')'));
            word.push(match arithmetic {
                Some(source) => Part::Arithmetic {
                    source: inner(&mut source.chars().peekable(), None)?,
                    quoted,
                },
                None => Part::Command { source, quoted },
            });
        }
        Some('{') => {
            letters.next();
            word.push(braced(letters, quoted)?);
        }
        Some(letter @ ('?' | '$' | '#' | '@' | '*' | '!' | '-' | '0'..='9')) => {
            letters.next();
            word.push(variable(letter.to_string()));
        }
        Some(letter) if letter == '_' || letter.is_alphabetic() => {
            word.push(variable(name(letters)));
        }
        _ => push(word, '$', quoted),
    }
    Ok(())
}

fn name(letters: &mut Letters) -> String {
    let mut name = String::new();
    while let Some(letter) = letters.next_if(|letter| *letter == '_' || letter.is_alphanumeric()) {
        name.push(letter);
    }
    name
}

/// The text up to the bracket that closes, with those within, quotes respected.
fn bracketed(letters: &mut Letters) -> Result<String, Fault> {
    let mut text = String::new();
    let mut depth = 1;
    let mut quote = None;
    loop {
        let letter = letters.next().ok_or(Fault::Incomplete)?;
        match (quote, letter) {
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    return Ok(text);
                }
            }
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None | Some('"'), '\\') => {
                text.push(letter);
                text.extend(letters.next());
                continue;
            }
            _ => {}
        }
        text.push(letter);
    }
}

/// `${…}` after its brace.
fn braced(letters: &mut Letters, quoted: bool) -> Result<Part, Fault> {
    const CHANGES: [&str; 12] = [
        ":-", ":=", ":+", ":?", "##", "%%", "-", "=", "+", "?", "#", "%",
    ];
    let bad = || Fault::Syntax("bad substitution".to_owned());
    if letters.next_if_eq(&'#').is_some() {
        let name = name(letters);
        return match letters.next() {
            Some('}') => Ok(Part::Variable {
                name,
                change: Some(("length".to_owned(), Word::new())),
                quoted,
            }),
            Some(_) => Err(bad()),
            None => Err(Fault::Incomplete),
        };
    }
    let mut name = name(letters);
    if name.is_empty() {
        name.extend(letters.next_if(|letter| matches!(letter, '?' | '@' | '*' | '$')));
    }
    let mut rest: String = letters.clone().take(2).collect();
    if rest.starts_with('}') {
        letters.next();
        return Ok(Part::Variable {
            name,
            change: None,
            quoted,
        });
    }
    if rest.is_empty() {
        return Err(Fault::Incomplete);
    }
    let change = CHANGES
        .iter()
        .find(|change| rest.starts_with(**change))
        .ok_or_else(bad)?;
    rest = (*change).to_owned();
    for _ in 0..change.len() {
        letters.next();
    }
    let word = inner(letters, Some('}'))?;
    Ok(Part::Variable {
        name,
        change: Some((rest, word)),
        quoted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, quoted: bool) -> Part {
        Part::Text {
            text: text.to_owned(),
            quoted,
        }
    }

    #[test]
    fn quotes_hold_words_together() {
        let cases: [(&str, &[Token]); 4] = [
            (
                "echo 'a b'\"c\" d\\ e",
                &[
                    Token::Word(vec![text("echo", false)]),
                    Token::Word(vec![text("a b", true), text("c", true)]),
                    Token::Word(vec![text("d", false), text(" ", true), text("e", false)]),
                ],
            ),
            (
                "a|b&&c # nothing",
                &[
                    Token::Word(vec![text("a", false)]),
                    Token::Operator("|"),
                    Token::Word(vec![text("b", false)]),
                    Token::Operator("&&"),
                    Token::Word(vec![text("c", false)]),
                ],
            ),
            (
                "\"$(echo \")\")\"",
                &[Token::Word(vec![Part::Command {
                    source: "echo \")\"".to_owned(),
                    quoted: true,
                }])],
            ),
            (
                "cat <<'E'\n$x\nE\n",
                &[
                    Token::Word(vec![text("cat", false)]),
                    Token::Document(vec![text("$x\n", true)]),
                    Token::Newline,
                ],
            ),
        ];
        for (source, wanted) in cases {
            assert_eq!(tokens(source), Ok(wanted.to_vec().into()), "{source}");
        }
        for source in ["'a", "\"a", "$(a", "${a", "a\\", "cat <<E\nx"] {
            assert_eq!(tokens(source), Err(Fault::Incomplete), "{source}");
        }
    }
}
