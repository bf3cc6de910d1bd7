//! Tokens to commands: the grammar of POSIX shells, as far as people type it.

use std::collections::VecDeque;

use super::lex::{Fault, Part, Token, Word, letters_of, tokens};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Simple {
        /// `NAME=value` before the command.
        assignments: Vec<(String, Word)>,
        words: Vec<Word>,
    },
    /// Commands whose output is the next one's input.
    Pipeline(Vec<Node>),
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Sequence(Vec<Node>),
    If {
        cases: Vec<(Node, Node)>,
        otherwise: Option<Box<Node>>,
    },
    /// `while`, and `until` with `ends` true: it ends once the condition is.
    While {
        condition: Box<Node>,
        body: Box<Node>,
        ends: bool,
    },
    For {
        name: String,
        words: Vec<Word>,
        body: Box<Node>,
    },
    Case {
        word: Word,
        arms: Vec<(Vec<Word>, Node)>,
    },
    Function {
        name: String,
        body: Box<Node>,
    },
    /// `( … )`
    Subshell(Box<Node>),
    Redirected(Box<Node>, Vec<Redirect>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Redirect {
    From(Word),
    Document(Word),
    Out { to: Word, append: bool },
    Error { to: Word, append: bool },
    Both(Word),
    ErrorToOut,
    OutToError,
}

/// Reads a whole text.
pub(super) fn parse(text: &str) -> Result<Node, Fault> {
    let mut parser = Parser {
        tokens: tokens(text)?,
    };
    let node = parser.sequence(&[])?;
    match parser.tokens.front() {
        None => Ok(node),
        Some(token) => Err(unexpected(token)),
    }
}

struct Parser {
    tokens: VecDeque<Token>,
}

fn unexpected(token: &Token) -> Fault {
    let text = match token {
        Token::Word(word) => format!("\"{}\"", letters_of(word)),
        Token::Operator(operator) => format!("\"{operator}\""),
        Token::Document(_) => "\"<<\"".to_owned(),
        Token::Newline => "newline".to_owned(),
    };
    Fault::Syntax(format!("syntax error: unexpected {text}"))
}

const RESERVED: [&str; 12] = [
    "then", "else", "elif", "fi", "do", "done", "esac", "}", ")", ";;", "in", "",
];

impl Parser {
    /// The next word as a keyword: unquoted letters only.
    fn keyword(&self) -> Option<&str> {
        match self.tokens.front()? {
            Token::Word(word) => match word.as_slice() {
                [
                    Part::Text {
                        text,
                        quoted: false,
                    },
                ] => Some(text),
                _ => None,
            },
            Token::Operator(operator) => Some(operator),
            _ => None,
        }
    }

    fn take(&mut self, keyword: &str) -> bool {
        let is_next = self.keyword() == Some(keyword);
        if is_next {
            self.tokens.pop_front();
        }
        is_next
    }

    fn expect(&mut self, keyword: &str) -> Result<(), Fault> {
        if self.take(keyword) {
            return Ok(());
        }
        Err(self.tokens.front().map_or(Fault::Incomplete, unexpected))
    }

    fn skip_newlines(&mut self) {
        while self.tokens.front() == Some(&Token::Newline) {
            self.tokens.pop_front();
        }
    }

    fn word(&mut self) -> Result<Word, Fault> {
        match self.tokens.pop_front() {
            Some(Token::Word(word)) => Ok(word),
            Some(token) => Err(unexpected(&token)),
            None => Err(Fault::Incomplete),
        }
    }

    fn sequence(&mut self, ends: &[&str]) -> Result<Node, Fault> {
        let mut nodes = Vec::new();
        loop {
            self.skip_newlines();
            if self.tokens.is_empty() {
                break;
            }
            if self.keyword().is_some_and(|word| ends.contains(&word)) {
                break;
            }
            nodes.push(self.and_or()?);
            if !self.take(";") && self.tokens.front() != Some(&Token::Newline) {
                break;
            }
        }
        Ok(Node::Sequence(nodes))
    }

    /// A sequence that something must end, which is left.
    fn body(&mut self, ends: &[&str]) -> Result<Node, Fault> {
        let node = self.sequence(ends)?;
        match self.tokens.front() {
            None => Err(Fault::Incomplete),
            Some(_) if self.keyword().is_some_and(|word| ends.contains(&word)) => match &node {
                Node::Sequence(nodes) if nodes.is_empty() => {
                    Err(self.tokens.front().map_or(Fault::Incomplete, unexpected))
                }
                _ => Ok(node),
            },
            Some(token) => Err(unexpected(token)),
        }
    }

    fn and_or(&mut self) -> Result<Node, Fault> {
        let mut node = self.pipeline()?;
        loop {
            let make = if self.take("&&") {
                Node::And
            } else if self.take("||") {
                Node::Or
            } else {
                return Ok(node);
            };
            self.skip_newlines();
            node = make(Box::new(node), Box::new(self.pipeline()?));
        }
    }

    fn pipeline(&mut self) -> Result<Node, Fault> {
        if self.take("!") {
            return Ok(Node::Not(Box::new(self.pipeline()?)));
        }
        let first = self.command()?;
        let mut nodes = vec![first];
        while self.take("|") {
            self.skip_newlines();
            nodes.push(self.command()?);
        }
        match nodes.pop() {
            Some(only) if nodes.is_empty() => Ok(only),
            last => {
                nodes.extend(last);
                Ok(Node::Pipeline(nodes))
            }
        }
    }

    fn command(&mut self) -> Result<Node, Fault> {
        let node = match self.keyword() {
            Some("if") => self.branch()?,
            Some("while") => self.repeat(false)?,
            Some("until") => self.repeat(true)?,
            Some("for") => self.each()?,
            Some("case") => self.choice()?,
            Some("{") => {
                self.take("{");
                let body = self.body(&["}"])?;
                self.expect("}")?;
                body
            }
            Some("(") => {
                self.take("(");
                let body = self.body(&[")"])?;
                self.expect(")")?;
                Node::Subshell(Box::new(body))
            }
            Some(word) if RESERVED.contains(&word) => {
                return Err(self.tokens.front().map_or(Fault::Incomplete, unexpected));
            }
            _ => return self.simple(),
        };
        let mut redirects = Vec::new();
        while let Some(redirect) = self.redirect()? {
            redirects.push(redirect);
        }
        Ok(redirected(node, redirects))
    }

    fn branch(&mut self) -> Result<Node, Fault> {
        let mut cases = Vec::new();
        while self.take("if") || self.take("elif") {
            let condition = self.body(&["then"])?;
            self.expect("then")?;
            cases.push((condition, self.body(&["elif", "else", "fi"])?));
        }
        let otherwise = if self.take("else") {
            Some(Box::new(self.body(&["fi"])?))
        } else {
            None
        };
        self.expect("fi")?;
        Ok(Node::If { cases, otherwise })
    }

    fn repeat(&mut self, ends: bool) -> Result<Node, Fault> {
        self.tokens.pop_front();
        let condition = Box::new(self.body(&["do"])?);
        let body = Box::new(self.block()?);
        Ok(Node::While {
            condition,
            body,
            ends,
        })
    }

    /// `do … done`
    fn block(&mut self) -> Result<Node, Fault> {
        self.skip_newlines();
        self.expect("do")?;
        let body = self.body(&["done"])?;
        self.expect("done")?;
        Ok(body)
    }

    fn each(&mut self) -> Result<Node, Fault> {
        self.tokens.pop_front();
        let name = letters_of(&self.word()?);
        self.skip_newlines();
        let mut words = Vec::new();
        if self.take("in") {
            while let Some(Token::Word(_)) = self.tokens.front() {
                words.push(self.word()?);
            }
        } else {
            words.push(vec![Part::Variable {
                name: "@".to_owned(),
                change: None,
                quoted: true,
            }]);
        }
        self.take(";");
        let body = Box::new(self.block()?);
        Ok(Node::For { name, words, body })
    }

    fn choice(&mut self) -> Result<Node, Fault> {
        self.tokens.pop_front();
        let word = self.word()?;
        self.skip_newlines();
        self.expect("in")?;
        let mut arms = Vec::new();
        loop {
            self.skip_newlines();
            if self.take("esac") {
                return Ok(Node::Case { word, arms });
            }
            self.take("(");
            let mut patterns = vec![self.word()?];
            while self.take("|") {
                patterns.push(self.word()?);
            }
            self.expect(")")?;
            let body = self.sequence(&[";;", "esac"])?;
            arms.push((patterns, body));
            if !self.take(";;") && self.keyword() != Some("esac") {
                return Err(self.tokens.front().map_or(Fault::Incomplete, unexpected));
            }
        }
    }

    fn redirect(&mut self) -> Result<Option<Redirect>, Fault> {
        if let Some(Token::Document(_)) = self.tokens.front() {
            let Some(Token::Document(word)) = self.tokens.pop_front() else {
                return Ok(None);
            };
            return Ok(Some(Redirect::Document(word)));
        }
        let Some(Token::Operator(operator)) = self.tokens.front() else {
            return Ok(None);
        };
        let operator = *operator;
        if !operator.contains(['<', '>']) {
            return Ok(None);
        }
        self.tokens.pop_front();
        Ok(Some(match operator {
            "2>&1" => Redirect::ErrorToOut,
            "1>&2" | ">&2" => Redirect::OutToError,
            "<" => Redirect::From(self.word()?),
            "&>" => Redirect::Both(self.word()?),
            "2>" | "2>>" => Redirect::Error {
                to: self.word()?,
                append: operator == "2>>",
            },
            _ => Redirect::Out {
                to: self.word()?,
                append: operator == ">>",
            },
        }))
    }

    fn simple(&mut self) -> Result<Node, Fault> {
        let mut assignments = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        let mut redirects = Vec::new();
        loop {
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            if self.keyword() == Some("(") && words.len() == 1 && redirects.is_empty() {
                return self.function(&letters_of(&words[0]));
            }
            let Some(Token::Word(_)) = self.tokens.front() else {
                break;
            };
            let word = self.word()?;
            match assignment(&word) {
                Some(pair) if words.is_empty() => assignments.push(pair),
                _ => words.push(word),
            }
        }
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            return Err(self.tokens.front().map_or(Fault::Incomplete, unexpected));
        }
        Ok(redirected(Node::Simple { assignments, words }, redirects))
    }

    /// `name() { … }`, after its name.
    fn function(&mut self, name: &str) -> Result<Node, Fault> {
        self.expect("(")?;
        self.expect(")")?;
        self.skip_newlines();
        Ok(Node::Function {
            name: name.to_owned(),
            body: Box::new(self.command()?),
        })
    }
}

fn redirected(node: Node, redirects: Vec<Redirect>) -> Node {
    if redirects.is_empty() {
        node
    } else {
        Node::Redirected(Box::new(node), redirects)
    }
}

/// `NAME=…`
fn assignment(word: &Word) -> Option<(String, Word)> {
    let Part::Text {
        text,
        quoted: false,
    } = word.first()?
    else {
        return None;
    };
    let (name, value) = text.split_once('=')?;
    if !is_name(name) {
        return None;
    }
    let mut rest = word.clone();
    rest[0] = Part::Text {
        text: value.to_owned(),
        quoted: false,
    };
    Some((name.to_owned(), rest))
}

/// Whether a variable can be called so.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|letter: char| letter.is_ascii_digit())
        && name
            .chars()
            .all(|letter| letter == '_' || letter.is_ascii_alphanumeric())
}
