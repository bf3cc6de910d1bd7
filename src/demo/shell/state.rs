//! One shell: its variables, where it is, and how it is spoken to.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicUsize},
};

use super::{
    console::{Console, Mode},
    editor::{Editor, Outcome, last_word},
    eval::Io,
    files::{Device, Files, Kind, absolute},
    lex::Fault,
    parse::{Node, parse},
    stream::{Input, Output},
    world::{Family, World},
};
use crate::demo::streams::Facts;

/// What leaves a loop, a function or the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    Exit(u8),
    Return(u8),
    Break(usize),
    Continue(usize),
}

#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) value: String,
    pub(super) exported: bool,
}

/// A clone is a subshell: what it changes of itself does not come back, what it changes of the files does.
#[derive(Clone)]
pub(super) struct Shell {
    pub(super) console: Arc<Console>,
    pub(super) world: Arc<World>,
    files: Arc<Mutex<Files>>,
    pub(super) variables: BTreeMap<String, Variable>,
    pub(super) directory: String,
    pub(super) status: u8,
    pub(super) name: String,
    pub(super) arguments: Vec<String>,
    pub(super) functions: BTreeMap<String, Arc<Node>>,
    pub(super) history: Vec<String>,
    pub(super) leaves: Option<Leave>,
    /// `set -e`
    pub(super) stops_on_error: bool,
    /// Commands of pipelines that run, in this shell and its subshells.
    pub(super) running: Arc<AtomicUsize>,
    /// How deep functions and scripts call one another.
    pub(super) depth: usize,
}

impl Shell {
    pub(super) fn new(facts: Facts, console: Console) -> Self {
        let world = World::new(facts);
        let mut variables = BTreeMap::new();
        let mut set = |name: String, value: String| {
            let exported = true;
            variables.insert(name, Variable { value, exported });
        };
        for (name, value) in world.environment() {
            set(name, value);
        }
        if console.is_terminal() {
            set("TERM".to_owned(), "xterm".to_owned());
        }
        set("PWD".to_owned(), world.directory().to_owned());
        set("SHLVL".to_owned(), "1".to_owned());
        Self {
            console: Arc::new(console),
            files: Arc::new(Mutex::new(world.files())),
            variables,
            directory: absolute("/", world.directory()),
            status: 0,
            name: "sh".to_owned(),
            arguments: Vec::new(),
            functions: BTreeMap::new(),
            history: Vec::new(),
            leaves: None,
            stops_on_error: false,
            running: Arc::new(AtomicUsize::new(0)),
            depth: 0,
            world: Arc::new(world),
        }
    }

    /// Runs a command with its arguments, as the container's runtime would; the exit code.
    pub(super) fn run(&mut self, argv: &[String]) -> u8 {
        let io = Io::console(&self.console);
        let code = self.start(argv, &io);
        self.console.flush();
        match self.leaves.take() {
            Some(Leave::Exit(code)) => code,
            _ => code,
        }
    }

    fn start(&mut self, argv: &[String], io: &Io) -> u8 {
        let name = argv.first().map_or("sh", |name| super::files::name(name));
        match name {
            "sh" | "ash" | "bash" | "-sh" => {
                self.shell(name, argv.get(1..).unwrap_or_default(), io)
            }
            _ => self.invoke(argv, io),
        }
    }

    /// `sh`, with its arguments: a script, the words after `-c`, or a conversation.
    pub(super) fn shell(&mut self, name: &str, arguments: &[String], io: &Io) -> u8 {
        name.clone_into(&mut self.name);
        let mut words = arguments.iter();
        let mut asks = false;
        while let Some(word) = words.next() {
            match word.as_str() {
                "-c" => {
                    let Some(script) = words.next() else {
                        let _ = io.complain(&format!("{name}: -c requires an argument"));
                        return 2;
                    };
                    if let Some(name) = words.next() {
                        self.name.clone_from(name);
                    }
                    self.arguments = words.cloned().collect();
                    return self.script(script, io);
                }
                "-i" => asks = true,
                option if option.starts_with('-') => {
                    self.stops_on_error |= option.contains('e') && !option.starts_with("--");
                }
                path => {
                    self.name.clone_from(word);
                    self.arguments = words.cloned().collect();
                    return match self.read_file(path) {
                        Ok(script) => self.script(&String::from_utf8_lossy(&script), io),
                        Err(why) => {
                            let _ = io.complain(&format!("{name}: can't open '{path}': {why}"));
                            127
                        }
                    };
                }
            }
        }
        if self.console.is_terminal() && io.input.is_terminal() {
            self.converse(io)
        } else {
            self.read_script(io, asks)
        }
    }

    /// Runs a text.
    pub(super) fn script(&mut self, text: &str, io: &Io) -> u8 {
        match parse(text) {
            Ok(node) => self.eval(&node, io),
            Err(fault) => self.report(&fault, io),
        }
        self.status
    }

    fn report(&mut self, fault: &Fault, io: &Io) {
        let why = match fault {
            Fault::Incomplete => "syntax error: unexpected end of file",
            Fault::Syntax(why) => why,
        };
        let _ = io.complain(&format!("{}: {why}", self.name));
        self.status = 2;
    }

    /// Commands line by line from a pipe.
    fn read_script(&mut self, io: &Io, asks: bool) -> u8 {
        let mut text = String::new();
        let mut rest = Vec::new();
        let mut is_over = false;
        while !is_over && self.leaves.is_none() {
            if asks && text.is_empty() {
                let _ = io.err.write(self.prompt().as_bytes(), now());
            }
            // What follows the line belongs to the commands that it runs.
            let line = loop {
                if let Some(end) = memchr::memchr(b'\n', &rest) {
                    let after = rest.split_off(end + 1);
                    io.input.unread(&after);
                    break std::mem::take(&mut rest);
                }
                if let Ok(Some(more)) = io.input.read(|| self.console.flush()) {
                    rest.extend(more);
                } else {
                    is_over = true;
                    break std::mem::take(&mut rest);
                }
            };
            text.push_str(&String::from_utf8_lossy(&line));
            match parse(&text) {
                Ok(node) => self.eval(&node, io),
                Err(Fault::Incomplete) if !is_over => continue,
                Err(fault) => self.report(&fault, io),
            }
            text.clear();
            self.console.flush();
        }
        self.status
    }

    /// A conversation at a terminal.
    fn converse(&mut self, io: &Io) -> u8 {
        let mut text = String::new();
        while self.leaves.is_none() {
            self.console.rearm();
            let prompt = if text.is_empty() {
                self.prompt()
            } else {
                "> ".to_owned()
            };
            match self.ask(&prompt) {
                Ok(Outcome::Line(line)) => text.push_str(&line),
                Ok(Outcome::Cancel) => {
                    text.clear();
                    self.status = 130;
                    continue;
                }
                // A signal for a command that was over already.
                Err(_) if self.console.is_interrupted() => continue,
                Ok(Outcome::End) | Err(_) => break,
            }
            if !text.trim().is_empty() && self.history.last() != Some(&text) {
                self.history.push(text.clone());
            }
            text.push('\n');
            match parse(&text) {
                Ok(node) => self.eval(&node, io),
                Err(Fault::Incomplete) => continue,
                Err(fault) => self.report(&fault, io),
            }
            text.clear();
            if self.console.is_interrupted() {
                self.console.rearm();
                let _ = self.console.write(b"\n");
            }
        }
        self.status
    }

    fn ask(&mut self, prompt: &str) -> io::Result<Outcome> {
        self.console.set_mode(Mode::Raw);
        let mut editor = Editor::new(prompt, &self.history);
        let outcome = loop {
            let columns = self.console.size().map_or(80, |(columns, _)| columns);
            self.console.write(&editor.draw(columns))?;
            let Some(bytes) = self.console.read(None)? else {
                break Outcome::End;
            };
            let complete = |text: &str| self.complete(text);
            if let Some((outcome, used)) = editor.feed(&bytes, &complete) {
                self.console.unread(&bytes[used..]);
                break outcome;
            }
        };
        let columns = self.console.size().map_or(80, |(columns, _)| columns);
        self.console.write(&editor.finish(columns, &outcome))?;
        self.console.flush();
        self.console.set_mode(Mode::Cooked);
        Ok(outcome)
    }

    /// What a shell of this image asks with.
    fn prompt(&self) -> String {
        let home = self.directory == "/root";
        match self.world.family() {
            Family::Debian if self.name == "bash" => {
                let place = if home { "~" } else { &self.directory };
                format!("root@{}:{place}# ", self.world.facts.hostname)
            }
            Family::Debian => "# ".to_owned(),
            _ if home => "~ # ".to_owned(),
            _ => format!("{} # ", self.directory),
        }
    }

    /// Words that the last one of a text may become.
    fn complete(&self, text: &str) -> Vec<String> {
        let word = last_word(text);
        let files = self.files();
        if !word.contains('/') && text.trim_start() == word {
            let builtin = super::commands::names().map(str::to_owned);
            let mut names: Vec<String> = builtin
                .chain(self.functions.keys().cloned())
                .filter(|name| name.starts_with(word))
                .map(|name| format!("{name} "))
                .collect();
            names.sort();
            return names;
        }
        let (folder, start) = word.rsplit_once('/').map_or(("", word), |(_, start)| {
            (&word[..word.len() - start.len()], start)
        });
        files
            .list(&absolute(&self.directory, folder))
            .into_iter()
            .filter(|(name, _)| name.starts_with(start))
            .filter(|(name, _)| start.starts_with('.') || !name.starts_with('.'))
            .map(|(name, node)| {
                let end = if node.is_directory() { "/" } else { " " };
                format!("{folder}{name}{end}")
            })
            .collect()
    }

    pub(super) fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn path(&self, path: &str) -> String {
        absolute(&self.directory, path)
    }

    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(|variable| variable.value.as_str())
    }

    pub(super) fn set(&mut self, name: &str, value: String) {
        if let Some(variable) = self.variables.get_mut(name) {
            variable.value = value;
        } else {
            let exported = false;
            self.variables
                .insert(name.to_owned(), Variable { value, exported });
        }
    }

    /// A whole file.
    pub(super) fn read_file(&self, path: &str) -> Result<Vec<u8>, super::files::Trouble> {
        use super::files::Trouble;
        let files = self.files();
        let node = files.look(&self.path(path)).ok_or(Trouble::Missing)?;
        match &node.kind {
            Kind::Directory => Err(Trouble::Directory),
            Kind::File(bytes) => Ok(bytes.clone()),
            Kind::Live(live) => {
                Ok(World::live(*live, &self.world.facts, now() * 1_000).into_bytes())
            }
            Kind::Program => Ok(b"\x7fELF\x02\x01\x01\0".to_vec()),
            Kind::Device(_) | Kind::Link(_) => Ok(Vec::new()),
        }
    }

    /// A file to read from.
    pub(super) fn open(&self, path: &str) -> Result<Input, super::files::Trouble> {
        let device = match self.files().look(&self.path(path)).map(|node| &node.kind) {
            Some(Kind::Device(device)) => Some(*device),
            _ => None,
        };
        match device {
            Some(Device::Terminal) => Ok(Input::console(Arc::clone(&self.console))),
            Some(device) => Ok(Input::device(device)),
            None => self.read_file(path).map(Input::bytes),
        }
    }

    /// A file to write to.
    pub(super) fn create(&self, path: &str, append: bool) -> Result<Output, super::files::Trouble> {
        let path = self.path(path);
        let device = match self.files().look(&path).map(|node| &node.kind) {
            Some(Kind::Device(device)) => Some(*device),
            _ => None,
        };
        match device {
            Some(Device::Terminal) => Ok(Output::Console(Arc::clone(&self.console))),
            Some(_) => Ok(Output::Nowhere),
            None => {
                self.files().write(&path, b"", append, now())?;
                Ok(Output::File(Arc::clone(&self.files), path))
            }
        }
    }
}

/// Seconds since the epoch.
pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
