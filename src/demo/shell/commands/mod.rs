//! The commands: a table of names and functions, and what a function gets to work with.

mod disk;
mod flow;
mod list;
mod net;
mod order;
mod pattern;
mod print;
mod screen;
mod system;
mod test;
mod text;

use std::{io, time::Duration};

use super::{
    eval::Io,
    files::Trouble,
    state::{Shell, now},
    stream::{Input, Output},
};

/// How a command ended: its exit code, or that nobody reads its output, or Ctrl-C.
pub(super) type Done = io::Result<u8>;

/// Output is handed on at this length.
const FULL: usize = 16 << 10;

/// A line is never longer.
const LONGEST: usize = 4 << 20;

/// One command at work.
pub(super) struct Call<'a> {
    pub(super) shell: &'a mut Shell,
    pub(super) name: &'a str,
    pub(super) arguments: &'a [String],
    pub(super) io: &'a Io,
    said: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// Part of the shell: it has no file.
    Shell,
    /// Both.
    Both,
    /// A file in `/bin`.
    Essential,
    /// A file in `/usr/bin`.
    Program,
}

type Run = fn(&mut Call) -> Done;

const COMMANDS: &[(&str, Sort, Run)] = &[
    (".", Sort::Shell, flow::source),
    (":", Sort::Shell, flow::success),
    ("[", Sort::Both, test::test),
    ("break", Sort::Shell, flow::leave),
    ("cd", Sort::Shell, flow::cd),
    ("command", Sort::Shell, flow::command),
    ("continue", Sort::Shell, flow::leave),
    ("echo", Sort::Both, print::echo),
    ("eval", Sort::Shell, flow::eval),
    ("exec", Sort::Shell, flow::exec),
    ("exit", Sort::Shell, flow::leave),
    ("export", Sort::Shell, flow::export),
    ("false", Sort::Both, flow::failure),
    ("help", Sort::Shell, flow::help),
    ("history", Sort::Shell, flow::history),
    ("kill", Sort::Both, system::kill),
    ("printf", Sort::Both, print::printf),
    ("pwd", Sort::Both, flow::pwd),
    ("read", Sort::Shell, flow::read),
    ("return", Sort::Shell, flow::leave),
    ("set", Sort::Shell, flow::set),
    ("shift", Sort::Shell, flow::shift),
    ("source", Sort::Shell, flow::source),
    ("test", Sort::Both, test::test),
    ("trap", Sort::Shell, flow::success),
    ("true", Sort::Both, flow::success),
    ("type", Sort::Shell, flow::kind),
    ("umask", Sort::Shell, flow::umask),
    ("unset", Sort::Shell, flow::unset),
    ("ash", Sort::Essential, flow::shell),
    ("base64", Sort::Essential, text::base64),
    ("bash", Sort::Essential, flow::shell),
    ("basename", Sort::Program, print::basename),
    ("cat", Sort::Essential, text::cat),
    ("chmod", Sort::Essential, disk::chmod),
    ("clear", Sort::Program, screen::clear),
    ("colors", Sort::Program, screen::colors),
    ("cp", Sort::Essential, disk::cp),
    ("curl", Sort::Program, net::curl),
    ("cut", Sort::Program, order::cut),
    ("date", Sort::Essential, print::date),
    ("df", Sort::Essential, system::df),
    ("dirname", Sort::Program, print::dirname),
    ("env", Sort::Program, system::env),
    ("find", Sort::Program, disk::find),
    ("free", Sort::Program, system::free),
    ("grep", Sort::Essential, text::grep),
    ("head", Sort::Program, text::head),
    ("hostname", Sort::Essential, system::hostname),
    ("id", Sort::Program, system::id),
    ("ls", Sort::Essential, list::ls),
    ("mkdir", Sort::Essential, disk::mkdir),
    ("mount", Sort::Essential, system::mount),
    ("mv", Sort::Essential, disk::mv),
    ("nproc", Sort::Program, system::nproc),
    ("nslookup", Sort::Program, net::nslookup),
    ("printenv", Sort::Essential, system::printenv),
    ("ps", Sort::Essential, system::ps),
    ("readlink", Sort::Program, disk::readlink),
    ("reset", Sort::Program, screen::clear),
    ("rm", Sort::Essential, disk::rm),
    ("rmdir", Sort::Essential, disk::rmdir),
    ("seq", Sort::Program, print::seq),
    ("sh", Sort::Essential, flow::shell),
    ("sleep", Sort::Essential, flow::sleep),
    ("sort", Sort::Program, order::sort),
    ("stty", Sort::Essential, screen::stty),
    ("tail", Sort::Program, text::tail),
    ("tee", Sort::Program, text::tee),
    ("time", Sort::Program, flow::time),
    ("top", Sort::Program, screen::top),
    ("touch", Sort::Essential, disk::touch),
    ("tput", Sort::Program, screen::tput),
    ("tr", Sort::Program, order::tr),
    ("tty", Sort::Program, screen::tty),
    ("uname", Sort::Essential, system::uname),
    ("uniq", Sort::Program, order::uniq),
    ("uptime", Sort::Program, system::uptime),
    ("watch", Sort::Program, screen::watch),
    ("wc", Sort::Program, text::wc),
    ("wget", Sort::Program, net::wget),
    ("which", Sort::Program, flow::which),
    ("whoami", Sort::Program, system::whoami),
    ("xargs", Sort::Program, flow::xargs),
    ("yes", Sort::Program, print::yes),
];

/// Every name there is.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|(name, ..)| *name)
}

/// Those that lie in a folder.
pub(super) fn programs() -> impl Iterator<Item = &'static str> {
    let lies = |(_, sort, _): &&(&str, Sort, Run)| *sort != Sort::Shell;
    COMMANDS.iter().filter(lies).map(|(name, ..)| *name)
}

fn sort(name: &str) -> Option<Sort> {
    let known = COMMANDS.iter().find(|(known, ..)| *known == name);
    known.map(|(_, sort, _)| *sort)
}

/// Whether a program lies in `/bin`.
pub(super) fn is_essential(name: &str) -> bool {
    matches!(sort(name), Some(Sort::Essential | Sort::Both))
}

/// Whether the shell does it itself.
pub(super) fn is_builtin(name: &str) -> bool {
    matches!(sort(name), Some(Sort::Shell | Sort::Both))
}

pub(super) fn find(name: &str) -> Option<Run> {
    let known = COMMANDS.iter().find(|(known, ..)| *known == name);
    known.map(|(_, _, run)| *run)
}

impl<'a> Call<'a> {
    pub(super) fn new(
        shell: &'a mut Shell,
        name: &'a str,
        arguments: &'a [String],
        io: &'a Io,
    ) -> Self {
        Self {
            shell,
            name,
            arguments,
            io,
            said: Vec::new(),
        }
    }

    /// The argument at a place, or nothing.
    fn argument(&self, index: usize) -> &'a str {
        self.arguments.get(index).map_or("", String::as_str)
    }

    /// The letters of the options, and the other arguments. `valued` are the letters that take the next word.
    fn options(&self, valued: &str) -> (Vec<(char, String)>, Vec<String>) {
        let mut options = Vec::new();
        let mut rest = Vec::new();
        let mut words = self.arguments.iter();
        while let Some(word) = words.next() {
            if word == "--" {
                rest.extend(words.cloned());
                break;
            }
            if word == "-" || !word.starts_with('-') || word.starts_with("--") {
                rest.push(word.clone());
                continue;
            }
            let mut letters = word[1..].chars();
            while let Some(letter) = letters.next() {
                if valued.contains(letter) {
                    let attached: String = letters.by_ref().collect();
                    let value = if attached.is_empty() {
                        words.next().cloned().unwrap_or_default()
                    } else {
                        attached
                    };
                    options.push((letter, value));
                } else {
                    options.push((letter, String::new()));
                }
            }
        }
        (options, rest)
    }

    /// Puts something out.
    fn say(&mut self, text: &str) -> io::Result<()> {
        self.write(text.as_bytes())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.said.extend_from_slice(bytes);
        if self.said.len() >= FULL {
            self.flush()?;
        }
        Ok(())
    }

    /// Hands on what was put out.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.shell.console.check()?;
        if self.said.is_empty() {
            return Ok(());
        }
        let now = now();
        let done = self.io.out.write(&self.said, now);
        self.said.clear();
        done
    }

    /// A line on stderr with the command's name, and an exit code.
    fn fail(&mut self, code: u8, why: &str) -> Done {
        self.flush()?;
        self.io.complain(&format!("{}: {why}", self.name))?;
        Ok(code)
    }

    /// A complaint about a file.
    fn fail_at(&mut self, path: &str, why: Trouble) -> Done {
        self.fail(1, &format!("{path}: {why}"))
    }

    fn wait(&mut self, time: Duration) -> io::Result<()> {
        self.flush()?;
        self.shell.console.sleep(time)
    }

    /// The next piece of an input. What was said goes out before this waits for it.
    fn read(&mut self, input: &Input) -> io::Result<Option<Vec<u8>>> {
        self.shell.console.check()?;
        if !self.said.is_empty() {
            self.flush()?;
        }
        let console = &self.shell.console;
        input.read(|| console.flush())
    }

    /// Opens what a path says; `-` is stdin. None after a complaint.
    fn open(&mut self, path: &str) -> io::Result<Option<Input>> {
        if path == "-" {
            return Ok(Some(self.io.input.clone()));
        }
        match self.shell.open(path) {
            Ok(input) => Ok(Some(input)),
            Err(why) => {
                let verb = if matches!(self.name, "cat" | "head" | "tail" | "wc" | "sort" | "uniq")
                {
                    format!("can't open '{path}': {why}")
                } else {
                    format!("{path}: {why}")
                };
                self.fail(1, &verb)?;
                Ok(None)
            }
        }
    }

    /// Goes through the lines of an input, each with its line end if it has one, until `each` says false.
    fn lines(
        &mut self,
        input: &Input,
        each: &mut dyn FnMut(&mut Self, &[u8]) -> io::Result<bool>,
    ) -> io::Result<()> {
        let mut rest: Vec<u8> = Vec::new();
        while let Some(piece) = self.read(input)? {
            let mut start = 0;
            let whole = if rest.is_empty() {
                piece
            } else {
                rest.extend(piece);
                std::mem::take(&mut rest)
            };
            while let Some(length) = memchr::memchr(b'\n', &whole[start..]) {
                let end = start + length + 1;
                if !each(self, &whole[start..end])? {
                    input.unread(&whole[end..]);
                    return Ok(());
                }
                start = end;
            }
            rest.extend_from_slice(&whole[start..]);
            // What has no line ends is cut somewhere.
            if rest.len() > LONGEST && !each(self, &std::mem::take(&mut rest))? {
                return Ok(());
            }
        }
        if !rest.is_empty() {
            each(self, &rest)?;
        }
        Ok(())
    }

    /// All of an input.
    fn all(&mut self, input: &Input) -> io::Result<Vec<u8>> {
        /// What is held at once, at most.
        const LARGEST: usize = 64 << 20;
        let mut all = Vec::new();
        while let Some(piece) = self.read(input)? {
            all.extend(piece);
            if all.len() > LARGEST {
                return Err(io::Error::other("Cannot allocate memory"));
            }
        }
        Ok(all)
    }

    fn is_on_terminal(&self) -> bool {
        matches!(self.io.out, Output::Console(_)) && self.io.out.is_terminal()
    }
}

/// Whether an option was given.
fn has(options: &[(char, String)], letter: char) -> bool {
    options.iter().any(|(given, _)| *given == letter)
}

/// The value of an option.
fn value_of(options: &[(char, String)], letter: char) -> Option<&str> {
    let given = options.iter().rev().find(|(given, _)| *given == letter);
    given.map(|(_, value)| value.as_str())
}

/// Seconds as people write them: `2`, `0.5`, `1m`.
fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h', 'd']) {
        Some(number) => (number, &text[number.len()..]),
        None => (text, "s"),
    };
    let seconds: f64 = number.parse().ok()?;
    let factor = match unit {
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => 1.0,
    };
    Duration::try_from_secs_f64(seconds * factor).ok()
}
