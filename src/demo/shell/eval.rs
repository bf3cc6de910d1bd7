//! Running what was parsed.

use std::{
    io,
    sync::{Arc, atomic::Ordering},
    thread,
};

use super::{
    console::Console,
    expand::is_like,
    lex::Word,
    parse::{Node, Redirect},
    state::{Leave, Shell, Variable},
    stream::{Input, Output, pipe},
};

/// Commands of pipelines at once.
const MOST_RUNNING: usize = 64;

/// The streams of a command.
#[derive(Clone)]
pub(super) struct Io {
    pub(super) input: Input,
    pub(super) out: Output,
    pub(super) err: Output,
}

impl Io {
    pub(super) fn console(console: &Arc<Console>) -> Self {
        Self {
            input: Input::console(Arc::clone(console)),
            out: Output::Console(Arc::clone(console)),
            err: Output::Error(Arc::clone(console)),
        }
    }

    /// A line on stderr.
    pub(super) fn complain(&self, line: &str) -> io::Result<()> {
        self.err.write(format!("{line}\n").as_bytes(), 0)
    }
}

impl Shell {
    /// Runs a command; how it ended is in the status.
    pub(super) fn eval(&mut self, node: &Node, io: &Io) {
        if self.console.is_interrupted() {
            self.status = 130;
            return;
        }
        match node {
            Node::Simple { assignments, words } => self.simple(assignments, words, io),
            Node::Pipeline(nodes) => self.pipeline(nodes, io),
            Node::Not(node) => {
                self.tested(node, io);
                self.status = u8::from(self.status == 0);
            }
            Node::And(first, second) => {
                self.tested(first, io);
                if self.goes_on() && self.status == 0 {
                    self.eval(second, io);
                }
            }
            Node::Or(first, second) => {
                self.tested(first, io);
                if self.goes_on() && self.status != 0 {
                    self.eval(second, io);
                }
            }
            Node::Sequence(nodes) => {
                for node in nodes {
                    self.eval(node, io);
                    let fails = self.stops_on_error && self.status != 0;
                    if fails && !matches!(node, Node::And(..) | Node::Or(..) | Node::Not(_)) {
                        self.leaves.get_or_insert(Leave::Exit(self.status));
                    }
                    if !self.goes_on() {
                        break;
                    }
                }
            }
            Node::If { cases, otherwise } => self.branch(cases, otherwise.as_deref(), io),
            Node::While {
                condition,
                body,
                ends,
            } => self.repeat(condition, body, *ends, io),
            Node::For { name, words, body } => self.each(name, words, body, io),
            Node::Case { word, arms } => self.choose(word, arms, io),
            Node::Function { name, body } => {
                self.functions
                    .insert(name.clone(), Arc::new((**body).clone()));
                self.status = 0;
            }
            Node::Subshell(body) => {
                let mut shell = self.clone();
                shell.eval(body, io);
                self.status = match shell.leaves {
                    Some(Leave::Exit(code) | Leave::Return(code)) => code,
                    _ => shell.status,
                };
            }
            Node::Redirected(node, redirects) => match self.redirected(redirects, io) {
                Ok(io) => self.eval(node, &io),
                Err(why) => {
                    let _ = io.complain(&format!("{}: {why}", self.name));
                    self.status = 1;
                }
            },
        }
    }

    /// Runs a command whose failure is an answer, not a fault.
    fn tested(&mut self, node: &Node, io: &Io) {
        let stops = std::mem::take(&mut self.stops_on_error);
        self.eval(node, io);
        self.stops_on_error = stops;
    }

    fn goes_on(&self) -> bool {
        self.leaves.is_none() && !self.console.is_interrupted()
    }

    fn branch(&mut self, cases: &[(Node, Node)], otherwise: Option<&Node>, io: &Io) {
        for (condition, body) in cases {
            self.tested(condition, io);
            if !self.goes_on() {
                return;
            }
            if self.status == 0 {
                return self.eval(body, io);
            }
        }
        self.status = 0;
        if let Some(body) = otherwise {
            self.eval(body, io);
        }
    }

    /// After a turn of a loop: whether there may be another.
    fn turns(&mut self) -> bool {
        match self.leaves {
            Some(Leave::Break(depth)) => {
                self.leaves = (depth > 1).then_some(Leave::Break(depth - 1));
                false
            }
            Some(Leave::Continue(depth)) => {
                self.leaves = (depth > 1).then_some(Leave::Continue(depth - 1));
                self.leaves.is_none()
            }
            _ => self.goes_on(),
        }
    }

    fn repeat(&mut self, condition: &Node, body: &Node, ends: bool, io: &Io) {
        let mut status = 0;
        loop {
            self.tested(condition, io);
            if !self.goes_on() || (self.status == 0) == ends {
                break;
            }
            self.eval(body, io);
            status = self.status;
            if !self.turns() {
                break;
            }
        }
        self.status = if self.console.is_interrupted() {
            130
        } else {
            status
        };
    }

    fn each(&mut self, name: &str, words: &[Word], body: &Node, io: &Io) {
        let Some(fields) = self.expanded(words, io) else {
            return;
        };
        self.status = 0;
        for field in fields {
            self.set(name, field);
            self.eval(body, io);
            if !self.turns() {
                break;
            }
        }
    }

    fn choose(&mut self, word: &Word, arms: &[(Vec<Word>, Node)], io: &Io) {
        let Ok(text) = self.text(word, io) else {
            return;
        };
        self.status = 0;
        for (patterns, body) in arms {
            for pattern in patterns {
                if self
                    .text(pattern, io)
                    .is_ok_and(|pattern| is_like(&pattern, &text))
                {
                    return self.eval(body, io);
                }
            }
        }
    }

    fn expanded(&mut self, words: &[Word], io: &Io) -> Option<Vec<String>> {
        match self.fields(words, io) {
            Ok(fields) => Some(fields),
            Err(why) => {
                let _ = io.complain(&format!("{}: {why}", self.name));
                self.status = 2;
                None
            }
        }
    }

    fn simple(&mut self, assignments: &[(String, Word)], words: &[Word], io: &Io) {
        let before = self.status;
        let Some(argv) = self.expanded(words, io) else {
            return;
        };
        let mut values = Vec::new();
        for (name, word) in assignments {
            match self.text(word, io) {
                Ok(value) => values.push((name.clone(), value)),
                Err(why) => {
                    let _ = io.complain(&format!("{}: {why}", self.name));
                    self.status = 2;
                    return;
                }
            }
        }
        if argv.is_empty() {
            // The status is that of a command within, if there was one.
            if self.status == before {
                self.status = 0;
            }
            for (name, value) in values {
                self.set(&name, value);
            }
            return;
        }
        let saved: Vec<_> = values
            .iter()
            .map(|(name, _)| (name.clone(), self.variables.get(name).cloned()))
            .collect();
        for (name, value) in values {
            let exported = true;
            self.variables.insert(name, Variable { value, exported });
        }
        self.status = self.invoke(&argv, io);
        for (name, variable) in saved {
            match variable {
                Some(variable) => self.variables.insert(name, variable),
                None => self.variables.remove(&name),
            };
        }
    }

    /// Commands side by side, each in a shell of its own.
    fn pipeline(&mut self, nodes: &[Node], io: &Io) {
        let mut stages = Vec::new();
        let mut input = io.input.clone();
        for (index, node) in nodes.iter().enumerate() {
            let (out, next) = if index + 1 < nodes.len() {
                let (out, next) = pipe();
                (out, Some(next))
            } else {
                (io.out.clone(), None)
            };
            let stage = Io {
                input,
                out,
                err: io.err.clone(),
            };
            stages.push((self.clone(), node.clone(), stage));
            input = next.unwrap_or_else(|| Input::bytes(Vec::new()));
        }
        if self.running.fetch_add(nodes.len(), Ordering::Relaxed) > MOST_RUNNING {
            self.running.fetch_sub(nodes.len(), Ordering::Relaxed);
            let _ = io.complain(&format!(
                "{}: can't fork: Resource temporarily unavailable",
                self.name
            ));
            self.status = 2;
            return;
        }
        let last = stages.pop();
        let threads: Vec<_> = stages
            .into_iter()
            .map(|stage| thread::spawn(move || run_stage(stage)))
            .collect();
        self.status = last.map_or(0, run_stage);
        for thread in threads {
            let _ = thread.join();
        }
        self.running.fetch_sub(nodes.len(), Ordering::Relaxed);
        if self.console.is_interrupted() {
            self.status = 130;
        }
    }

    fn redirected(&mut self, redirects: &[Redirect], io: &Io) -> Result<Io, String> {
        let mut changed = io.clone();
        for redirect in redirects {
            let cannot = |verb: &str, path: &str, why| format!("can't {verb} {path}: {why}");
            let mut create = |to: &Word, append| {
                let path = self.text(to, io)?;
                self.create(&path, append)
                    .map_err(|why| cannot("create", &path, why.to_string()))
            };
            match redirect {
                Redirect::From(word) => {
                    let path = self.text(word, io)?;
                    changed.input = self
                        .open(&path)
                        .map_err(|why| cannot("open", &path, why.to_string()))?;
                }
                Redirect::Document(word) => {
                    changed.input = Input::bytes(self.text(word, io)?.into_bytes());
                }
                Redirect::Out { to, append } => changed.out = create(to, *append)?,
                Redirect::Error { to, append } => changed.err = create(to, *append)?,
                Redirect::Both(to) => {
                    changed.out = create(to, false)?;
                    changed.err = changed.out.clone();
                }
                Redirect::ErrorToOut => changed.err = changed.out.clone(),
                Redirect::OutToError => changed.out = changed.err.clone(),
            }
        }
        Ok(changed)
    }
}

fn run_stage((mut shell, node, io): (Shell, Node, Io)) -> u8 {
    shell.eval(&node, &io);
    match shell.leaves {
        Some(Leave::Exit(code)) => code,
        _ => shell.status,
    }
}
