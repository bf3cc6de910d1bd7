//! The real end of the shell: its stdin, stdout and stderr, a terminal or pipes.
//!
//! A thread reads stdin once somebody wants it, another waits for signals; both wake whoever waits here. Output is gathered, and
//! goes out before anybody waits.

use std::{
    collections::VecDeque,
    io::{self, IsTerminal as _, Read as _, Write as _},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    termios::{
        LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Termios, tcgetattr,
        tcgetwinsize, tcsetattr,
    },
};
use tokio::signal::unix::{SignalKind, signal};

/// Gathered output goes out at this length.
const FULL: usize = 32 << 10;

/// A write of this length is worth to spare the kernel its work.
const LONG: usize = 4 << 10;

/// How long an end of input at a terminal waits for a signal that explains it.
const GRACE: Duration = Duration::from_millis(20);

/// How the terminal treats keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// By lines, echoed by the kernel; Ctrl-C is a signal.
    #[default]
    Cooked,
    /// Each key by itself, not echoed; Ctrl-C is a signal.
    Keys,
    /// Each key by itself, not echoed, Ctrl-C included.
    Raw,
}

pub(super) struct Console {
    inner: Arc<Inner>,
    /// The terminal as it was found.
    found: Option<Termios>,
    out: Mutex<Out>,
    err: Mutex<Vec<u8>>,
}

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    /// Somebody reads stdin, from the first time on that it is wanted.
    is_read: AtomicBool,
    changed: Condvar,
    interrupted: AtomicBool,
}

#[derive(Default)]
struct State {
    input: VecDeque<u8>,
    ended: bool,
    resized: bool,
    /// As the terminal was told last.
    mode: Mode,
}

impl Inner {
    /// A Ctrl-C that was typed just before it became a signal is one all the same.
    fn heed_keys(&self, state: &mut State) {
        const CTRL_C: u8 = 3;
        if state.mode == Mode::Raw {
            return;
        }
        if let Some(at) = state.input.iter().rposition(|byte| *byte == CTRL_C) {
            state.input.drain(..=at);
            self.interrupted.store(true, Ordering::Relaxed);
            self.changed.notify_all();
        }
    }
}

struct Out {
    gathered: Vec<u8>,
    mode: Mode,
    /// The kernel is told not to look at the output, and line ends are written here as a terminal wants them: that is ten times
    /// as fast for many short lines.
    is_fast: bool,
}

/// The error of whatever was stopped by Ctrl-C.
pub(super) fn interruption() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Console {
    /// Takes stdin, stdout and stderr.
    pub(super) fn open() -> Self {
        let inner = Arc::new(Inner::default());
        let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        let found = is_terminal.then(|| tcgetattr(io::stdin()).ok()).flatten();
        if found.is_some() {
            let inner = Arc::clone(&inner);
            let (ready, is_ready) = sync_channel(1);
            // Without signals the shell is still one, only without Ctrl-C.
            let _ = thread::Builder::new()
                .name("signals".to_owned())
                .spawn(move || heed_signals(&inner, &ready));
            // A Ctrl-C that came before would end the shell.
            let _ = is_ready.recv();
        }
        Self {
            inner,
            found,
            out: Mutex::new(Out {
                gathered: Vec::new(),
                mode: Mode::Cooked,
                is_fast: false,
            }),
            err: Mutex::new(Vec::new()),
        }
    }

    /// Gives the terminal back as it was.
    pub(super) fn close(&self) {
        self.flush();
        self.set_mode(Mode::Cooked);
    }

    pub(super) fn is_terminal(&self) -> bool {
        self.found.is_some()
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> Option<(u16, u16)> {
        self.found.as_ref()?;
        let size = tcgetwinsize(io::stdout()).ok()?;
        // A terminal that nobody told its size says 0.
        let or = |given, usual| if given == 0 { usual } else { given };
        Some((or(size.ws_col, 80), or(size.ws_row, 24)))
    }

    pub(super) fn set_mode(&self, mode: Mode) {
        let mut out = locked(&self.out);
        if out.mode != mode || out.is_fast {
            self.apply(&mut out, mode, false);
        }
    }

    fn apply(&self, out: &mut Out, mode: Mode, is_fast: bool) {
        out.mode = mode;
        out.is_fast = is_fast;
        let Some(mut termios) = self.found.clone() else {
            return;
        };
        let by_key = LocalModes::ICANON | LocalModes::ECHO;
        match mode {
            Mode::Cooked => {}
            Mode::Keys => termios.local_modes.remove(by_key),
            Mode::Raw => termios
                .local_modes
                .remove(by_key | LocalModes::ISIG | LocalModes::IEXTEN),
        }
        if mode != Mode::Cooked {
            termios.special_codes[SpecialCodeIndex::VMIN] = 1;
            termios.special_codes[SpecialCodeIndex::VTIME] = 0;
        }
        // The line editor writes whole line ends.
        if is_fast || mode == Mode::Raw {
            termios.output_modes.remove(OutputModes::OPOST);
        }
        let mut state = locked(&self.inner.state);
        // What cannot be set stays; the terminal may be gone already.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &termios);
        state.mode = mode;
        if mode != Mode::Cooked {
            state.ended = false;
            self.inner.changed.notify_all();
        }
        self.inner.heed_keys(&mut state);
    }

    /// Whether Ctrl-C was typed since the last [`Console::rearm`].
    pub(super) fn is_interrupted(&self) -> bool {
        self.inner.interrupted.load(Ordering::Relaxed)
    }

    /// Fails where Ctrl-C was typed.
    pub(super) fn check(&self) -> io::Result<()> {
        if self.is_interrupted() {
            return Err(interruption());
        }
        Ok(())
    }

    pub(super) fn rearm(&self) {
        self.inner.interrupted.store(false, Ordering::Relaxed);
    }

    /// Puts something on stdout.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.check()?;
        let mut out = locked(&self.out);
        out.gathered.extend_from_slice(bytes);
        if out.gathered.len() >= FULL {
            self.push(&mut out)?;
        }
        Ok(())
    }

    /// Puts something on stderr, after what is on its way to stdout.
    pub(super) fn write_error(&self, bytes: &[u8]) -> io::Result<()> {
        if self.is_terminal() {
            return self.write(bytes);
        }
        self.flush();
        let mut err = locked(&self.err);
        err.extend_from_slice(bytes);
        let done = io::stderr().write_all(&err);
        err.clear();
        done
    }

    pub(super) fn flush(&self) {
        // Where it cannot be written nobody is there to be told.
        let _ = self.push(&mut locked(&self.out));
    }

    fn push(&self, out: &mut Out) -> io::Result<()> {
        if out.gathered.is_empty() {
            return Ok(());
        }
        if self.is_terminal() && !out.is_fast && out.gathered.len() >= LONG {
            let mode = out.mode;
            self.apply(out, mode, true);
        }
        let mut stdout = io::stdout().lock();
        let done = if out.is_fast {
            stdout.write_all(&with_returns(&out.gathered))
        } else {
            stdout.write_all(&out.gathered)
        };
        out.gathered.clear();
        done.and_then(|()| stdout.flush())
    }

    /// Something to read: None at the end of input, and an error where Ctrl-C was typed. With a timeout, an empty piece says that
    /// it has passed or that the terminal's size has changed.
    pub(super) fn read(&self, wait: Option<Duration>) -> io::Result<Option<Vec<u8>>> {
        self.flush();
        {
            let mut out = locked(&self.out);
            if out.is_fast {
                let mode = out.mode;
                self.apply(&mut out, mode, false);
            }
        }
        let until = wait.map(|wait| Instant::now() + wait);
        let mut state = locked(&self.inner.state);
        if !self.inner.is_read.swap(true, Ordering::Relaxed) {
            let inner = Arc::clone(&self.inner);
            let is_terminal = self.is_terminal();
            thread::Builder::new()
                .name("input".to_owned())
                .spawn(move || read_stdin(&inner, is_terminal))?;
        }
        let mut explains = true;
        loop {
            self.check()?;
            if !state.input.is_empty() {
                let bytes = state.input.drain(..).collect();
                self.inner.changed.notify_all();
                return Ok(Some(bytes));
            }
            if state.ended && self.is_terminal() && explains {
                // Ctrl-C makes the kernel forget what was typed, which can look like an end before the signal is heard.
                let waited = self.inner.changed.wait_timeout(state, GRACE);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
                explains = false;
                continue;
            }
            if state.ended {
                // A terminal can be read again after an end of file.
                state.ended = !self.is_terminal();
                self.inner.changed.notify_all();
                return Ok(None);
            }
            if wait.is_some() && std::mem::take(&mut state.resized) {
                return Ok(Some(Vec::new()));
            }
            state = match until {
                None => self
                    .inner
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Ok(Some(Vec::new()));
                    }
                    let waited = self.inner.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Whether [`Console::read`] would not wait.
    pub(super) fn is_ready(&self) -> bool {
        let state = locked(&self.inner.state);
        !state.input.is_empty() || state.ended
    }

    /// Gives back what was read and not used.
    pub(super) fn unread(&self, bytes: &[u8]) {
        let mut state = locked(&self.inner.state);
        for byte in bytes.iter().rev() {
            state.input.push_front(*byte);
        }
    }

    /// Waits, unless Ctrl-C is typed.
    pub(super) fn sleep(&self, time: Duration) -> io::Result<()> {
        self.flush();
        let until = Instant::now().checked_add(time);
        let mut state = locked(&self.inner.state);
        loop {
            self.check()?;
            let left = until.map_or(Duration::from_hours(1), |until| {
                until.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                return Ok(());
            }
            let waited = self.inner.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Line ends as a terminal wants them.
fn with_returns(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(2 * bytes.len());
    for byte in bytes {
        if *byte == b'\n' {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out
}

fn read_stdin(inner: &Inner, is_terminal: bool) {
    let stdin = io::stdin();
    let mut buffer = vec![0; FULL];
    loop {
        if is_terminal {
            // A read that is under way while the mode changes may say that there is nothing more: so it begins only when
            // there is something.
            let _ = poll(&mut [PollFd::new(&stdin, PollFlags::IN)], None);
        }
        let count = match stdin.lock().read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => 0,
        };
        let mut state = locked(&inner.state);
        state.input.extend(&buffer[..count]);
        if is_terminal {
            inner.heed_keys(&mut state);
        }
        // Where keys come one by one there is no end of file.
        state.ended |= count == 0 && state.mode == Mode::Cooked;
        inner.changed.notify_all();
        if count == 0 && !is_terminal {
            return;
        }
        // Nobody's memory is filled: the next is read when this was.
        while state.input.len() >= FULL || state.ended {
            state = inner
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn heed_signals(inner: &Inner, ready: &SyncSender<()>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
    else {
        return;
    };
    runtime.block_on(async {
        let (Ok(mut interrupt), Ok(mut resize), Ok(mut quit)) = (
            signal(SignalKind::interrupt()),
            signal(SignalKind::window_change()),
            signal(SignalKind::quit()),
        ) else {
            return;
        };
        let _ = ready.send(());
        loop {
            tokio::select! {
                Some(()) = interrupt.recv() => inner.interrupted.store(true, Ordering::Relaxed),
                Some(()) = resize.recv() => locked(&inner.state).resized = true,
                // Ctrl-\ ends the command as well: there is nothing here to be dumped.
                Some(()) = quit.recv() => inner.interrupted.store(true, Ordering::Relaxed),
                else => return,
            }
            // Under the lock, so that nobody misses it who is just about to wait.
            drop(locked(&inner.state));
            inner.changed.notify_all();
        }
    });
}
