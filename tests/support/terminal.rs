//! A terminal that runs a program and says when what came on its screen.
//!
//! ```text
//!  child ─ pty ─ reader thread: (when, bytes) ─ channel ─→ the test: vt100, one chunk at a time, predicate after each
//! ```
//!
//! The reader only stamps and hands on, so a time is that of the output itself, however late the test looks at it. A wait
//! blocks on the channel: it is woken by output, and sleeps for no fixed time.

use std::{
    io::{Read, Write},
    num::NonZeroU16,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// The begin and the end of a synchronized update: what a terminal shows at once.
pub const SYNC_BEGIN: &[u8] = b"\x1b[?2026h";
/// See [`SYNC_BEGIN`].
pub const SYNC_END: &[u8] = b"\x1b[?2026l";

/// How much lateness a slow line makes up for.
const LATE: Duration = Duration::from_millis(100);
/// How often a second a slow line takes something.
const SIPS: u32 = 50;

/// What programs ask of a terminal, and what a plain one answers; without an answer some wait for seconds.
const ANSWERS: [(&[u8], &[u8]); 5] = [
    (b"\x1b[c", b"\x1b[?62;22c"),
    (b"\x1b[0c", b"\x1b[?62;22c"),
    (b"\x1b[6n", b"\x1b[1;1R"),
    (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
    (b"\x1b]10;?", b"\x1b]10;rgb:d0d0/d0d0/d0d0\x1b\\"),
];

/// A program about to be started, in an environment of a few known variables and a home of its own.
pub struct Launch {
    program: PathBuf,
    args: Vec<String>,
    env: Vec<(String, String)>,
    size: (u16, u16),
    home: TempDir,
    background: String,
}

impl Launch {
    /// A launch of `program` with no arguments, 80 columns by 24 rows.
    pub fn new(program: impl AsRef<Path>) -> Self {
        let home = TempDir::new().expect("a temporary home");
        let below = |name: &str| home.path().join(name).display().to_string();
        let mut env = vec![
            ("HOME".to_owned(), home.path().display().to_string()),
            ("TERM".to_owned(), "xterm-256color".to_owned()),
            ("COLORTERM".to_owned(), "truecolor".to_owned()),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
            ("SHELL".to_owned(), "/bin/sh".to_owned()),
            ("XDG_CONFIG_HOME".to_owned(), below("config")),
            ("XDG_STATE_HOME".to_owned(), below("state")),
            ("XDG_CACHE_HOME".to_owned(), below("cache")),
            ("XDG_DATA_HOME".to_owned(), below("data")),
        ];
        if let Ok(path) = std::env::var("PATH") {
            env.push(("PATH".to_owned(), path));
        }
        let launch = Self {
            program: program.as_ref().to_owned(),
            args: Vec::new(),
            env,
            size: (80, 24),
            home,
            background: "1010/1010/1010".to_owned(),
        };
        // Whoever runs it has been here before.
        launch.remembering("welcomed = true\n")
    }

    /// What earlier runs are to have kept, in TOML.
    #[must_use]
    pub fn remembering(self, kept: &str) -> Self {
        let memory = self.home.path().join("state/barkeep/memory.toml");
        let folder = memory.parent().expect("a folder");
        std::fs::create_dir_all(folder).expect("its folder");
        std::fs::write(&memory, kept).expect("memory written");
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<S: AsRef<str>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args
            .extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Has strace write down there what it writes where. Call it last: what comes after is for strace.
    #[must_use]
    pub fn traced(mut self, trace: &Path) -> Self {
        let (program, trace) = (&self.program, trace);
        let mut args: Vec<String> = ["-f", "-y", "-s", "32", "-e", "trace=write,writev", "-o"]
            .map(str::to_owned)
            .into();
        args.extend([trace, program].map(|path| path.display().to_string()));
        args.append(&mut self.args);
        self.program = "strace".into();
        self.args = args;
        self
    }

    /// Sets one variable of the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.env.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Sets what the terminal says of its background, each channel as four hexadecimal digits.
    #[must_use]
    pub fn background(mut self, channels: &str) -> Self {
        channels.clone_into(&mut self.background);
        self
    }

    /// Sets the size of the terminal.
    #[must_use]
    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    /// The home directory it will see.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs it without a terminal until it ends; panics, and kills it, when it does not end in time.
    pub fn run(mut self, within: Duration) -> Output {
        // A frame of the simulated cluster waits for it as long as the test does, and not as long as a person would.
        if ["--demo", "--print"]
            .iter()
            .all(|flag| self.args.iter().any(|arg| arg == flag))
        {
            let patience = format!("{}s", within.as_secs() / 2);
            self.args
                .splice(0..0, ["--request-timeout".to_owned(), patience]);
        }
        let child = Command::new(&self.program)
            .args(&self.args)
            .env_clear()
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let pid = child.id();
        let (send, ended) = mpsc::channel();
        thread::spawn(move || send.send(child.wait_with_output()));
        let Ok(output) = ended.recv_timeout(within) else {
            signal(pid, Signal::KILL);
            panic!(
                "{} {:?} did not end within {within:?}",
                self.program.display(),
                self.args
            );
        };
        output.expect("its output")
    }

    /// Starts it in a terminal of its own.
    pub fn start(self) -> Terminal {
        let (columns, rows) = self.size;
        let pty = native_pty_system()
            .openpty(pty_size(columns, rows))
            .expect("a pty");
        let modes_before = modes(pty.master.as_ref());
        let mut reader = pty.master.try_clone_reader().expect("a reader of the pty");
        let writer = Arc::new(Mutex::new(
            pty.master.take_writer().expect("a writer to the pty"),
        ));
        let mut command = CommandBuilder::new(&self.program);
        command.args(&self.args);
        command.cwd(self.home.path());
        command.env_clear();
        for (name, value) in &self.env {
            command.env(name, value);
        }

        let rate = Arc::new(AtomicU32::new(0));
        let allowed = Arc::clone(&rate);
        let (send, output) = mpsc::channel();
        let answer = Arc::clone(&writer);
        let background = format!("\x1b]11;rgb:{}\x1b\\", self.background);
        thread::spawn(move || {
            let mut buffer = [0; 16_384];
            let mut free = Instant::now();
            loop {
                let rate = allowed.load(Ordering::Relaxed);
                let most = match rate {
                    0 => buffer.len(),
                    rate => (rate / SIPS) as usize,
                };
                let Ok(count @ 1..) = reader.read(&mut buffer[..most]) else {
                    break;
                };
                let chunk = Chunk {
                    at: Instant::now(),
                    bytes: buffer[..count].to_vec(),
                };
                let of_background: (&[u8], &[u8]) = (b"\x1b]11;?", background.as_bytes());
                for (_, reply) in ANSWERS
                    .iter()
                    .chain([&of_background])
                    .filter(|(asked, _)| find(&chunk.bytes, asked).is_some())
                {
                    let _ = answer.lock().map(|mut writer| writer.write_all(reply));
                }
                let chunk_came = chunk.at;
                if send.send(chunk).is_err() {
                    break;
                }
                // By the clock: a sleep that lasts too long makes the next one shorter, and the line no slower.
                if rate > 0 {
                    let took = Duration::from_secs_f64(count as f64 / f64::from(rate));
                    free = free.max(chunk_came.checked_sub(LATE).unwrap_or(chunk_came)) + took;
                    thread::sleep(free.saturating_duration_since(Instant::now()));
                }
            }
        });

        let started = Instant::now();
        let mut child = pty
            .slave
            .spawn_command(command)
            .expect("the program starts");
        let pid = child.process_id().expect("its process id");
        let (send, exited) = mpsc::channel();
        thread::spawn(move || send.send(child.wait().expect("its exit status")));
        let parser = vt100::Parser::new(nonzero(rows), nonzero(columns), 0);
        Terminal {
            master: pty.master,
            _slave: pty.slave,
            writer,
            rate,
            output,
            exited,
            exit: None,
            pid,
            parser,
            started,
            last: started,
            log: Vec::new(),
            in_update: false,
            modes_before,
            _home: self.home,
        }
    }
}

/// What one read of the terminal gave, and when.
struct Chunk {
    at: Instant,
    bytes: Vec<u8>,
}

/// A program running in a terminal. Dropping it kills that program, by its process id.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    // Held so that the terminal outlives the program and its modes can be looked at afterwards.
    _slave: Box<dyn SlavePty + Send>,
    writer: Arc<Mutex<Box<dyn Write + Send>>>,
    rate: Arc<AtomicU32>,
    output: Receiver<Chunk>,
    exited: Receiver<ExitStatus>,
    exit: Option<ExitStatus>,
    pid: u32,
    parser: vt100::Parser,
    started: Instant,
    last: Instant,
    log: Vec<u8>,
    in_update: bool,
    modes_before: String,
    _home: TempDir,
}

impl Terminal {
    /// The process id of the program.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The moment just before the program was started.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Types these bytes; the time is that just before they were written.
    pub fn send(&self, keys: impl AsRef<[u8]>) -> Instant {
        let at = Instant::now();
        let mut writer = self.writer.lock().expect("the writer");
        writer.write_all(keys.as_ref()).expect("keys written");
        writer.flush().expect("keys written");
        at
    }

    /// Takes no more than so many bytes a second from now on, as a slow line does; 0: as many as come.
    pub fn slow_down(&self, bytes_per_second: u32) {
        self.rate.store(bytes_per_second, Ordering::Relaxed);
    }

    /// Gives the terminal another size, as a window manager would.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.drain();
        self.parser
            .screen_mut()
            .set_size(nonzero(rows), nonzero(columns));
        self.master
            .resize(pty_size(columns, rows))
            .expect("resized");
    }

    /// Sends the program a signal.
    pub fn signal(&self, which: Signal) {
        signal(self.pid, which);
    }

    /// The screen as it is now.
    pub fn screen(&mut self) -> &vt100::Screen {
        self.drain();
        self.parser.screen()
    }

    /// The screen's text as it is now, a line a row.
    pub fn screen_text(&mut self) -> String {
        text(self.screen())
    }

    /// Every byte written so far.
    pub fn bytes(&mut self) -> &[u8] {
        self.drain();
        &self.log
    }

    /// Whether the terminal's modes (echo, line editing, signals) are those from before the program started.
    pub fn modes_are_restored(&self) -> bool {
        modes(self.master.as_ref()) == self.modes_before
    }

    /// Takes in one more piece of output if it comes within that time; its time of arrival.
    pub fn next_output(&mut self, within: Duration) -> Option<Instant> {
        match self.output.recv_timeout(within) {
            Ok(chunk) => Some(self.take(&chunk)),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                thread::sleep(within);
                None
            }
        }
    }

    /// Waits until the screen satisfies `holds`; the time of the output that made it so, or None after `within`.
    pub fn try_wait(
        &mut self,
        holds: impl Fn(&vt100::Screen) -> bool,
        within: Duration,
    ) -> Option<Instant> {
        let deadline = Instant::now() + within;
        // A terminal shows a synchronized update when it has ended, and no half of it before.
        while self.in_update || !holds(self.parser.screen()) {
            self.next_output(deadline.checked_duration_since(Instant::now())?)?;
        }
        Some(self.last)
    }

    /// Waits as [`Self::try_wait`] does, and panics with what is on the screen instead.
    #[track_caller]
    pub fn wait_for(
        &mut self,
        what: &str,
        holds: impl Fn(&vt100::Screen) -> bool,
        within: Duration,
    ) -> Instant {
        if let Some(at) = self.try_wait(holds, within) {
            return at;
        }
        let end = match self.exit_status(Duration::ZERO) {
            Some(exit) => format!("it ended: {exit:?}"),
            None => "it runs".to_owned(),
        };
        panic!(
            "waited {within:?} for {what} ({end}):\n{}",
            self.screen_text()
        )
    }

    /// Waits until this text is on the screen.
    #[track_caller]
    pub fn wait_for_text(&mut self, wanted: &str, within: Duration) -> Instant {
        self.wait_for(
            &format!("{wanted:?}"),
            |screen| text(screen).contains(wanted),
            within,
        )
    }

    /// Waits until nothing has been written for `quiet`; whether that came about within `within`.
    pub fn settle(&mut self, quiet: Duration, within: Duration) -> bool {
        let deadline = Instant::now() + within;
        while Instant::now() < deadline {
            if self.next_output(quiet).is_none() {
                return true;
            }
        }
        false
    }

    /// Takes in all that is written during that time.
    pub fn listen(&mut self, during: Duration) {
        let deadline = Instant::now() + during;
        while let Some(left) = deadline.checked_duration_since(Instant::now()) {
            self.next_output(left);
        }
    }

    /// How the program ended, if it does within that time.
    pub fn exit_status(&mut self, within: Duration) -> Option<ExitStatus> {
        if self.exit.is_none() {
            self.exit = self.exited.recv_timeout(within).ok();
        }
        self.exit.clone()
    }

    fn drain(&mut self) {
        while let Ok(chunk) = self.output.try_recv() {
            self.take(&chunk);
        }
        // No half of an update: the rest of it is on its way.
        while self.in_update && self.next_output(Duration::from_secs(5)).is_some() {}
    }

    fn take(&mut self, chunk: &Chunk) -> Instant {
        self.parser.process(&chunk.bytes);
        // A marker may have come in two pieces.
        let from = self.log.len().saturating_sub(SYNC_BEGIN.len());
        self.log.extend_from_slice(&chunk.bytes);
        let fresh = &self.log[from..];
        let begun = fresh
            .windows(SYNC_BEGIN.len())
            .rposition(|window| window == SYNC_BEGIN);
        let ended = fresh
            .windows(SYNC_END.len())
            .rposition(|window| window == SYNC_END);
        self.in_update = if begun == ended {
            self.in_update
        } else {
            begun > ended
        };
        self.last = chunk.at;
        chunk.at
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.exit_status(Duration::ZERO).is_none() {
            signal(self.pid, Signal::KILL);
            self.exit_status(Duration::from_secs(5));
        }
    }
}

/// A screen's text, a line a row, without the blanks at the ends.
pub fn text(screen: &vt100::Screen) -> String {
    let (_, columns) = screen.size();
    let rows: Vec<String> = screen
        .rows(0, columns.get())
        .map(|row| row.trim_end().to_owned())
        .collect();
    rows.join("\n")
}

/// Where `needle` begins in `hay`.
pub fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len())
        .position(|window| window == needle)
}

/// How often `needle` occurs in `hay`.
pub fn count(hay: &[u8], needle: &[u8]) -> usize {
    hay.windows(needle.len())
        .filter(|window| *window == needle)
        .count()
}

/// Sends a signal to a process that a test started; one that has gone meanwhile is no error.
pub fn signal(pid: u32, which: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, which);
    }
}

fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios())
}

fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn nonzero(length: u16) -> NonZeroU16 {
    NonZeroU16::new(length).expect("a length above zero")
}
