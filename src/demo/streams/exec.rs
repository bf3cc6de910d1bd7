//! `exec`: one process, one client, and what goes between them, each side at the pace of the other.

use std::{path::Path, pin::pin, time::Duration};

use super::{
    client::{Client, Heard},
    facts::Facts,
    process::Process,
    verdict,
};
use crate::demo::shell;

/// How long a terminal waits for its size before the process starts: clients send it first, but as a message of its own.
const SIZE_WAIT: Duration = Duration::from_millis(200);

/// The size of a terminal that nobody told it.
const SIZE: (u16, u16) = (80, 24);

/// What a client wants of `exec` or `attach`: its query.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a parameter of the API, and any of them may be there"
)]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// The command with its arguments.
    pub argv: Vec<String>,
    /// The container; empty where the client leaves it open.
    pub container: String,
    /// Whether it will be given input.
    pub stdin: bool,
    /// Whether its output is wanted.
    pub stdout: bool,
    /// Whether what it says of errors is wanted.
    pub stderr: bool,
    /// Whether it gets a terminal.
    pub tty: bool,
}

impl Command {
    /// Reads a query, as `PodExecOptions` are read.
    pub fn of(query: &str) -> Self {
        let mut command = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            // `Convert_Slice_string_To_bool` of apimachinery: what is not said to be false is true.
            let flag = !(value.eq_ignore_ascii_case("false") || value == "0");
            match name.as_ref() {
                "command" => command.argv.push(value.into_owned()),
                "container" => command.container = value.into_owned(),
                "stdin" => command.stdin = flag,
                "stdout" => command.stdout = flag,
                "stderr" => command.stderr = flag,
                "tty" => command.tty = flag,
                _ => {}
            }
        }
        // A terminal has one output only.
        command.stderr &= !command.tty;
        command
    }
}

/// Runs the command to its end. Dropped, it kills the process.
pub(super) async fn run(
    mut client: Client,
    command: Command,
    facts: Facts,
    ended: impl Future<Output = String>,
    program: &Path,
    wraps: bool,
) {
    let status = match refused(&command, &facts) {
        Some(why) => verdict::failed(&why, wraps),
        None => serve(&mut client, &command, &facts, ended, program, wraps).await,
    };
    // A client that left does not ask how it ended.
    let _ = client.said.send(super::client::Said::Status(status)).await;
}

/// Why a command cannot be started, as the API server or the runtime says it.
fn refused(command: &Command, facts: &Facts) -> Option<String> {
    if !(command.stdin || command.stdout || command.stderr) {
        let why =
            "unable to upgrade connection: you must specify at least 1 of stdin, stdout, stderr";
        return Some(why.to_owned());
    }
    let why = match command.argv.first() {
        None => "args must not be empty".to_owned(),
        Some(name) => format!(
            "unable to start container process: {}",
            shell::lookup(facts, name).err()?
        ),
    };
    // Each execution has an ID of its own; nothing refers to it later, so that the container's will do.
    Some(verdict::unstartable(&facts.id, &why))
}

async fn serve(
    client: &mut Client,
    command: &Command,
    facts: &Facts,
    ended: impl Future<Output = String>,
    program: &Path,
    wraps: bool,
) -> serde_json::Value {
    let mut size = SIZE;
    let mut typed = None;
    if command.tty {
        match tokio::time::timeout(SIZE_WAIT, client.heard.recv()).await {
            Ok(Some(Heard::Resize { columns, rows })) => size = (columns, rows),
            Ok(other) => typed = other,
            Err(_) => {}
        }
    }
    let mut process = match Process::start(program, command, facts, size) {
        Ok(process) => process,
        Err(error) => {
            return verdict::failed(&verdict::unstartable(&facts.id, &error.to_string()), wraps);
        }
    };
    let mut ended = pin!(ended);
    // At most one piece of each direction is held here; while it waits for room, no other is taken.
    let mut given = None;
    let mut output = None;
    let mut listens = true;
    loop {
        match typed.take() {
            Some(Heard::Stdin(piece)) => given = Some(piece),
            Some(Heard::StdinEnd) => process.close_stdin(),
            Some(Heard::Resize { columns, rows }) => process.resize(columns, rows),
            None => {}
        }
        let stdin = process.stdin();
        if stdin.is_none() {
            given = None;
        }
        tokio::select! {
            _ = &mut ended => {
                drop(process);
                return verdict::exited(verdict::KILLED, named(command));
            }
            heard = client.heard.recv(), if listens && given.is_none() => match heard {
                Some(heard) => typed = Some(heard),
                None => listens = false,
            },
            room = async { match &stdin { Some(stdin) => stdin.reserve().await.ok(), None => None } }, if given.is_some() => {
                match (room, given.take()) {
                    (Some(room), Some(piece)) => room.send(piece),
                    // It reads no more: what is typed goes nowhere, as with a closed pipe.
                    _ => process.close_stdin(),
                }
            }
            said = process.output(), if output.is_none() => match said {
                Some(said) => output = Some(said),
                None => break,
            },
            room = client.said.reserve(), if output.is_some() => match (room, output.take()) {
                (Ok(room), Some(said)) => room.send(said),
                _ => break,
            },
        }
    }
    let code = tokio::select! {
        _ = &mut ended => verdict::KILLED,
        code = process.wait() => code,
    };
    verdict::exited(code, named(command))
}

/// A runtime names the command only where no terminal is between.
fn named(command: &Command) -> Option<&[String]> {
    (!command.tty).then_some(command.argv.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_a_command() {
        let query = "command=sh&command=-c&command=exit+2&container=db&stdin=true&stdout=1&stderr=true&tty=false";
        let command = Command::of(query);
        let wanted = Command {
            argv: ["sh", "-c", "exit 2"].map(str::to_owned).into(),
            container: "db".into(),
            stdin: true,
            stdout: true,
            stderr: true,
            tty: false,
        };
        assert_eq!(command, wanted);
        let terminal = Command::of("tty=true&stderr=true&stdout=true");
        assert!(terminal.tty && !terminal.stderr);
    }
}
