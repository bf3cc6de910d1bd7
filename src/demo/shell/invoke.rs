//! What the first word of a command stands for, and running that.

use std::io;

use super::{
    commands::{self, Call},
    eval::Io,
    files::{self, Kind},
    parse::Node,
    state::{Leave, Shell},
    stream::Output,
};

/// Functions and scripts may call one another so deep.
const DEEPEST: usize = 100;

impl Shell {
    /// Runs a function, a builtin, a program or a script.
    pub(super) fn invoke(&mut self, argv: &[String], io: &Io) -> u8 {
        let Some((name, arguments)) = argv.split_first() else {
            return 0;
        };
        if self.depth >= DEEPEST {
            let _ = io.complain(&format!("{}: {name}: called too deep", self.name));
            return 1;
        }
        if let Some(body) = self.functions.get(name).cloned() {
            return self.call(&body, arguments, io);
        }
        let short = files::name(name);
        let Some(run) = self.program(name).then(|| commands::find(short)).flatten() else {
            return self.run_file(name, arguments, io);
        };
        let mut call = Call::new(self, short, arguments, io);
        let done = run(&mut call).and_then(|code| call.flush().map(|()| code));
        let code = match done {
            Ok(code) => code,
            Err(error) => match error.kind() {
                io::ErrorKind::ConnectionAborted => 130,
                // It is told by a signal that nobody reads on.
                io::ErrorKind::BrokenPipe => 141,
                _ => {
                    let _ = io.complain(&format!("{short}: write error: {error}"));
                    1
                }
            },
        };
        if matches!(io.out, Output::Console(_)) {
            self.console.flush();
        }
        code
    }

    /// Whether a name stands for something that is built in, or lies where it is looked for.
    pub(super) fn program(&self, name: &str) -> bool {
        if commands::is_builtin(name) {
            return true;
        }
        self.which(name).is_some_and(|path| {
            self.files()
                .look(&path)
                .is_some_and(|node| matches!(node.kind, Kind::Program))
        })
    }

    /// Where a program lies.
    pub(super) fn which(&self, name: &str) -> Option<String> {
        let files = self.files();
        let is_program = |path: &String| files.look(path).is_some_and(files::Node::is_program);
        if name.contains('/') {
            return Some(self.path(name)).filter(is_program);
        }
        let path = self.variable("PATH").unwrap_or_default();
        path.split(':')
            .map(|folder| self.path(&format!("{folder}/{name}")))
            .find(is_program)
    }

    fn call(&mut self, body: &Node, arguments: &[String], io: &Io) -> u8 {
        let outer = std::mem::replace(&mut self.arguments, arguments.to_vec());
        self.depth += 1;
        self.eval(body, io);
        self.depth -= 1;
        self.arguments = outer;
        if let Some(Leave::Return(code)) = self.leaves {
            self.leaves = None;
            self.status = code;
        }
        self.status
    }

    /// A file as a script, or why it is none.
    fn run_file(&mut self, name: &str, arguments: &[String], io: &Io) -> u8 {
        let complain = |why: &str| {
            let _ = io.complain(&format!("{}: {name}: {why}", self.name));
        };
        let Some(path) = self.which(name) else {
            let is_there = name.contains('/') && self.files().look(&self.path(name)).is_some();
            if is_there {
                complain("Permission denied");
                return 126;
            }
            complain("not found");
            return 127;
        };
        let kind = self.files().look(&path).map(|node| node.kind.clone());
        let Some(Kind::File(bytes)) = kind else {
            complain("it runs as process 1 here, and cannot be started again");
            return 126;
        };
        let script = String::from_utf8_lossy(&bytes).into_owned();
        let mut shell = self.clone();
        shell.depth += 1;
        name.clone_into(&mut shell.name);
        shell.arguments = arguments.to_vec();
        let code = shell.script(&script, io);
        match shell.leaves {
            Some(Leave::Exit(code)) => code,
            _ => code,
        }
    }
}
