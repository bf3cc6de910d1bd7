//! The shell inside of the demo's containers. It looks like a small POSIX shell and touches nothing: its files are in memory, its
//! processes and its network are told, not real. It runs as a process of its own, so that a real terminal can be put before it.
//!
//! ```text
//!  argv ──────────┐
//!  editor ─ line ─┼→ parse → Node → eval ─→ commands: one function each, over Call: arguments, input, output, the Shell
//!  script ────────┘                  │                    ↕
//!                                  expand            Files (in memory)   Console (the terminal or the pipes)
//! ```

mod arithmetic;
mod commands;
mod console;
mod editor;
mod eval;
mod expand;
mod files;
mod invoke;
mod lex;
mod parse;
mod state;
mod stream;
mod world;

use std::{ffi::OsString, process::ExitCode, thread, time::Duration};

use rustix::process::{Resource, Rlimit, getppid, setrlimit};

use self::{console::Console, state::Shell};
use crate::demo::streams::facts::{Facts, VARIABLE};

/// The hidden subcommand's first word.
pub const WORD: &str = "__shell";

/// What a shell may hold, in bytes.
const MEMORY: u64 = 768 << 20;

/// Runs a command in the container that the environment tells of. `words` is what comes after [`WORD`]: `-- argv…`.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let argv: Vec<String> = words
        .into_iter()
        .map(|word| word.to_string_lossy().into_owned())
        .skip_while(|word| word == "--")
        .collect();
    let facts: Facts = std::env::var(VARIABLE)
        .ok()
        .and_then(|packed| serde_json::from_str(&packed).ok())
        .unwrap_or_default();
    // A script that eats memory shall have its own, not the machine's.
    let limit = Some(MEMORY);
    let _ = setrlimit(
        Resource::Data,
        Rlimit {
            current: limit,
            maximum: limit,
        },
    );
    // Without a watch the shell goes on as it is: it ends with its terminal or its pipes then.
    let _ = thread::Builder::new()
        .name("watch".to_owned())
        .spawn(watch_parent);
    let console = Console::open();
    let mut shell = Shell::new(facts, console);
    let code = shell.run(&argv);
    shell.console.close();
    ExitCode::from(code)
}

/// Ends the shell when the program that started it has died without a word.
fn watch_parent() {
    let parent = getppid();
    while getppid() == parent {
        thread::sleep(Duration::from_secs(1));
    }
    std::process::exit(137);
}

/// Whether a container can run something, or why not in the words of runc. It looks where that does: in `$PATH`, or at the path
/// if it has one.
pub fn lookup(facts: &Facts, name: &str) -> Result<(), String> {
    let world = world::World::new(facts.clone());
    let files = world.files();
    let quoted = format!("exec: \"{name}\"");
    if name.contains('/') {
        let path = files::absolute(world.directory(), name);
        return match files.look(&path) {
            None => Err(format!("{quoted}: stat {name}: no such file or directory")),
            Some(node) if node.is_program() => Ok(()),
            Some(_) => Err(format!("{quoted}: permission denied")),
        };
    }
    if world::PATH.iter().any(|folder| {
        files
            .look(&format!("{folder}/{name}"))
            .is_some_and(files::Node::is_program)
    }) {
        Ok(())
    } else {
        Err(format!("{quoted}: executable file not found in $PATH"))
    }
}
