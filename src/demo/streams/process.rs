//! The process behind an `exec`: this executable as a shell, on a real pseudo-terminal or on pipes.
//!
//! A terminal is read and written by a thread each, for it has no other way; pipes by a task each. Either ends by itself once the
//! process is gone, and channels that are full make the process wait.

use std::{
    io::{self, Read as _, Write as _},
    path::Path,
    process::Stdio,
    thread,
};

use bytes::{Bytes, BytesMut};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    sync::mpsc,
};

use super::{
    client::{DEPTH, Said},
    exec::Command,
    facts::{Facts, VARIABLE},
    verdict::KILLED,
};

/// What is read at once.
const PIECE: usize = 32 << 10;

/// A running process. Dropped, it is killed.
pub(super) struct Process {
    kind: Kind,
    stdin: Option<mpsc::Sender<Bytes>>,
    output: mpsc::Receiver<Said>,
}

enum Kind {
    Terminal {
        master: Box<dyn MasterPty + Send>,
        child: Option<Box<dyn Child + Send + Sync>>,
    },
    Pipes(tokio::process::Child),
}

impl Process {
    /// Starts the shell with a command. `size` is the terminal's, columns and rows.
    pub(super) fn start(
        program: &Path,
        command: &Command,
        facts: &Facts,
        size: (u16, u16),
    ) -> io::Result<Self> {
        if command.tty {
            Self::on_terminal(program, command, facts, size)
        } else {
            Self::on_pipes(program, command, facts)
        }
    }

    fn on_terminal(
        program: &Path,
        command: &Command,
        facts: &Facts,
        (columns, rows): (u16, u16),
    ) -> io::Result<Self> {
        let pair = native_pty_system()
            .openpty(pty_size(columns, rows))
            .map_err(io::Error::other)?;
        let mut builder = CommandBuilder::new(program);
        builder.args(["__shell", "--"]);
        builder.args(&command.argv);
        builder.env_clear();
        builder.env(VARIABLE, facts.packed());
        builder.env("TERM", "xterm");
        builder.cwd("/");
        let child = pair
            .slave
            .spawn_command(builder)
            .map_err(io::Error::other)?;
        // Held here, the terminal would never end.
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().map_err(io::Error::other)?;
        let mut writer = pair.master.take_writer().map_err(io::Error::other)?;

        let (said, output) = mpsc::channel(DEPTH);
        thread::Builder::new()
            .name("exec output".to_owned())
            .spawn(move || {
                let mut buffer = vec![0; PIECE];
                while let Ok(count @ 1..) = reader.read(&mut buffer) {
                    let piece = Bytes::copy_from_slice(&buffer[..count]);
                    if said.blocking_send(Said::Stdout(piece)).is_err() {
                        break;
                    }
                }
            })?;
        let (stdin, mut typed) = mpsc::channel::<Bytes>(DEPTH);
        // Its end closes the terminal's input: dropped, the writer types an end of file.
        thread::Builder::new()
            .name("exec input".to_owned())
            .spawn(move || {
                while let Some(piece) = typed.blocking_recv() {
                    if writer.write_all(&piece).is_err() {
                        break;
                    }
                }
            })?;
        Ok(Self {
            kind: Kind::Terminal {
                master: pair.master,
                child: Some(child),
            },
            stdin: Some(stdin),
            output,
        })
    }

    fn on_pipes(program: &Path, command: &Command, facts: &Facts) -> io::Result<Self> {
        let pipe = |wanted| {
            if wanted {
                Stdio::piped()
            } else {
                Stdio::null()
            }
        };
        let mut child = tokio::process::Command::new(program)
            .args(["__shell", "--"])
            .args(&command.argv)
            .env_clear()
            .env(VARIABLE, facts.packed())
            .current_dir("/")
            .stdin(pipe(command.stdin))
            .stdout(pipe(command.stdout))
            .stderr(pipe(command.stderr))
            .kill_on_drop(true)
            .spawn()?;
        let (said, output) = mpsc::channel(DEPTH);
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(read(stdout, said.clone(), Said::Stdout));
        }
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(read(stderr, said, Said::Stderr));
        }
        let stdin = child.stdin.take().map(|mut pipe| {
            let (stdin, mut given) = mpsc::channel::<Bytes>(DEPTH);
            tokio::spawn(async move {
                while let Some(piece) = given.recv().await {
                    if pipe.write_all(&piece).await.is_err() {
                        break;
                    }
                }
            });
            stdin
        });
        Ok(Self {
            kind: Kind::Pipes(child),
            stdin,
            output,
        })
    }

    /// Where what is typed goes, until it was closed.
    pub(super) fn stdin(&self) -> Option<mpsc::Sender<Bytes>> {
        self.stdin.clone()
    }

    /// Nothing more will be typed.
    pub(super) fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// What it says next; None once it has closed its output.
    pub(super) async fn output(&mut self) -> Option<Said> {
        self.output.recv().await
    }

    /// The terminal has another size; the kernel tells the process.
    pub(super) fn resize(&mut self, columns: u16, rows: u16) {
        if let Kind::Terminal { master, .. } = &mut self.kind {
            // A process that is just ending has no terminal to be resized.
            let _ = master.resize(pty_size(columns, rows));
        }
    }

    /// Waits until it has exited, and says with what.
    pub(super) async fn wait(mut self) -> i32 {
        match &mut self.kind {
            Kind::Terminal { child, .. } => {
                let Some(mut child) = child.take() else {
                    return KILLED;
                };
                let waiting = tokio::task::spawn_blocking(move || child.wait());
                let Ok(Ok(status)) = waiting.await else {
                    return KILLED;
                };
                match status.signal() {
                    Some(_) => KILLED,
                    None => i32::try_from(status.exit_code()).unwrap_or(KILLED),
                }
            }
            Kind::Pipes(child) => child
                .wait()
                .await
                .ok()
                .and_then(|status| status.code())
                .unwrap_or(KILLED),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let Kind::Terminal { child, .. } = &mut self.kind else {
            return;
        };
        // Nobody has waited for this child yet, so its number is still its own.
        let Some(mut child) = child.take() else {
            return;
        };
        let pid = child
            .process_id()
            .and_then(|pid| Pid::from_raw(pid.cast_signed()));
        if let Some(pid) = pid {
            let _ = kill_process(pid, Signal::KILL);
        }
        // Without a thread it stays a zombie, which harms nobody.
        let _ = thread::Builder::new().spawn(move || child.wait());
    }
}

async fn read(mut pipe: impl AsyncRead + Unpin, said: mpsc::Sender<Said>, wrap: fn(Bytes) -> Said) {
    let mut buffer = BytesMut::new();
    loop {
        buffer.reserve(PIECE);
        if !matches!(pipe.read_buf(&mut buffer).await, Ok(1..)) {
            break;
        }
        if said.send(wrap(buffer.split().freeze())).await.is_err() {
            break;
        }
    }
}

fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}
