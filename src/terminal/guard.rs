//! Taking the terminal over, and giving it back whatever happens.
//!
//! ```text
//!  enter ─→ ours ─→ leave ─→ the shell's (a stop, an editor, a login) ─→ resume ─→ ours ─→ Drop: quit, error, signal
//!             └──── panic: the hook gives it back first, then says so in one sentence
//! ```
//!
//! Giving back is idempotent and knows no order, because a panic, a Drop and a stop can meet.

use std::{
    backtrace::Backtrace,
    cell::Cell,
    fs::File,
    io::{self, IsTerminal as _, Write as _},
    os::fd::AsFd as _,
    panic::{self, PanicHookInfo},
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use crossterm::{
    event::{self, EventStream},
    terminal,
};
use ratatui::layout::Rect;
use rustix::{
    process::{Signal, kill_current_process_group},
    termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr},
};

/// Alternate screen, no cursor, bracketed paste, focus reports.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?1004h";
/// Clicks, drags and the wheel, in the form that has no limit of columns. Not every movement: that floods a slow line.
const ENTER_MOUSE: &str = "\x1b[?1002h\x1b[?1006h";
const LEAVE_MOUSE: &str = "\x1b[?1006l\x1b[?1002l";
/// All of it back, also what a cut frame may have left: synchronized output, colours, a hidden cursor.
const LEAVE: &str =
    "\x1b[?2026l\x1b[m\x1b[r\x1b[?1006l\x1b[?1002l\x1b[?1004l\x1b[?2004l\x1b[?25h\x1b[?1049l";

/// Whether the terminal is ours now. Process-wide, as the terminal is.
static OURS: AtomicBool = AtomicBool::new(false);

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// What is wanted of the terminal.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Report clicks and the wheel. The terminal's own selection then needs Shift.
    pub mouse: bool,
    /// Where the log is, for the sentence after a panic.
    pub log: Option<PathBuf>,
}

/// The terminal, ours as long as this lives.
#[derive(Debug)]
pub struct Guard {
    options: Options,
}

impl Guard {
    /// Takes the terminal over, and sees to it that a panic gives it back.
    pub fn enter(options: Options) -> io::Result<Self> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(io::Error::other(
                "standard input and output are not both a terminal",
            ));
        }
        give_back_on_panic(options.log.clone());
        let guard = Self { options };
        guard.resume()?;
        Ok(guard)
    }

    /// Gives the terminal to the shell or another program. Drop the event stream first: it would steal their keys.
    pub fn leave(&self) -> io::Result<()> {
        give_back()
    }

    /// Takes it over again. The screen needs a full repaint then, and a new event stream.
    pub fn resume(&self) -> io::Result<()> {
        // Already ours, as after the SIGCONT that ends our own suspension. To change modes twice would lose a key that
        // is typed in between: what arrives in cooked mode wakes nobody up.
        if OURS.load(Ordering::SeqCst) && is_raw() {
            return Ok(());
        }
        // A shell that had the terminal meanwhile may have changed its modes behind our back.
        terminal::disable_raw_mode()?;
        OURS.store(true, Ordering::SeqCst);
        terminal::enable_raw_mode()?;
        let mut out = output()?;
        out.write_all(ENTER.as_bytes())?;
        if self.options.mouse {
            out.write_all(ENTER_MOUSE.as_bytes())?;
        }
        Ok(())
    }

    /// Has clicks and the wheel reported, or leaves them to the terminal, from now on.
    pub fn report_mouse(&mut self, on: bool) -> io::Result<()> {
        if std::mem::replace(&mut self.options.mouse, on) == on {
            return Ok(());
        }
        let said = if on { ENTER_MOUSE } else { LEAVE_MOUSE };
        output()?.write_all(said.as_bytes())
    }

    /// Ctrl-Z: stops the process as a shell expects it, and returns when it was continued, with the terminal ours again.
    pub fn suspend(&self) -> io::Result<()> {
        self.leave()?;
        // Not SIGTSTP, which we listen to. The whole group, so that a script that started us stops with us.
        kill_current_process_group(Signal::STOP)?;
        self.resume()
    }
}

/// Ends an event stream before the terminal goes to somebody else. Its end wakes crossterm's poller, and a key that
/// arrives together with that wake-up would not be read until the next one; so the wake-up is taken here. It comes after
/// what has been read and not been taken yet, which is let go: it was typed while the terminal was being handed over.
pub fn end(events: Option<EventStream>) {
    drop(events);
    while matches!(event::poll(Duration::ZERO), Ok(true)) && event::read().is_ok() {}
}

/// Has crossterm look whether there is something to read, to be called when it has told of a resize. Its poller is told
/// of a key once, and lets go of one that it is told of together with a resize: that key would wait for the next. Modes
/// that are set, even to what they are, have the kernel tell again (Linux; elsewhere such a key still waits).
pub fn look_again() {
    if let Ok(modes) = tcgetattr(io::stdin()) {
        // The next key would tell too.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &modes);
    }
}

/// Whether the terminal hands on each key at once, whoever has set it so.
fn is_raw() -> bool {
    tcgetattr(io::stdin()).is_ok_and(|modes| !modes.local_modes.contains(LocalModes::ICANON))
}

impl Drop for Guard {
    fn drop(&mut self) {
        // The terminal may be gone (SIGHUP), and there is nobody left to tell.
        let _ = give_back();
    }
}

/// The terminal as a file: what is written goes out at once and in one piece, where `Stdout` would cut it at line ends.
pub fn output() -> io::Result<File> {
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

/// The size of the terminal; the customary one where it does not say (a serial line, some containers).
pub fn size() -> Rect {
    match terminal::size() {
        Ok((columns @ 1.., rows @ 1..)) => Rect::new(0, 0, columns, rows),
        _ => Rect::new(0, 0, 80, 24),
    }
}

/// Keys, paste, resize and focus, as a stream. Drop it before the terminal is handed over and make a new one after,
/// because it reads ahead in a thread of its own.
pub fn events() -> EventStream {
    EventStream::new()
}

/// Whether erased cells take the current background. GNU screen alone leaves the default one.
pub fn erases_in_colour(env: impl Fn(&str) -> Option<String>) -> bool {
    env("TMUX").is_some() || !env("TERM").unwrap_or_default().starts_with("screen")
}

/// Runs what may panic on input that is not ours (a terminal emulator fed by a container), and goes on if it does.
pub fn contain<T>(risky: impl FnOnce() -> T) -> Option<T> {
    let outer = CONTAINED.replace(true);
    let outcome = panic::catch_unwind(panic::AssertUnwindSafe(risky));
    CONTAINED.set(outer);
    outcome.ok()
}

fn give_back() -> io::Result<()> {
    if !OURS.swap(false, Ordering::SeqCst) {
        return Ok(());
    }
    let said = output().and_then(|mut out| out.write_all(LEAVE.as_bytes()));
    terminal::disable_raw_mode()?;
    said
}

/// A panic of the thread that draws ends the program; one of a task, or a contained one, only goes to the log.
fn give_back_on_panic(log: Option<PathBuf>) {
    let drawing = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        tracing::error!("{info}\n{}", Backtrace::force_capture());
        if thread::current().id() == drawing && !CONTAINED.get() {
            let _ = give_back();
            let _ = writeln!(io::stderr(), "{}", last_words(info, log.as_ref()));
        }
    }));
}

fn last_words(info: &PanicHookInfo<'_>, log: Option<&PathBuf>) -> String {
    let place = info
        .location()
        .map(|place| format!(" ({}:{})", place.file(), place.line()));
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let cause = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let cause = cause.unwrap_or("no reason given");
    let log = log.map(|log| format!(" The log is {}.", log.display()));
    format!(
        "barkeep made a mistake and had to stop: {cause}{}.{}",
        place.unwrap_or_default(),
        log.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "a panic is what is contained")]

    use super::*;

    #[test]
    fn every_mode_that_is_set_is_taken_back() {
        for mode in format!("{ENTER}{ENTER_MOUSE}").split_terminator('h') {
            if mode != "\x1b[?25l\x1b[?2004" {
                assert!(LEAVE.contains(&format!("{mode}l")), "{mode:?}");
            }
        }
        assert!(LEAVE.contains("\x1b[?25h") && LEAVE.contains("\x1b[?2004l"));
    }

    #[test]
    fn what_is_contained_ends_nothing() {
        assert_eq!(contain(|| 7), Some(7));
        assert_eq!(contain(|| panic!("as a foreign parser would")), None::<()>);
    }

    #[test]
    fn a_test_is_no_terminal_to_give_back() {
        assert!(give_back().is_ok());
    }

    #[test]
    fn only_gnu_screen_erases_without_colour() {
        let says = |vars: &'static [(&str, &str)]| {
            erases_in_colour(|name| {
                vars.iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(says(&[("TERM", "xterm-256color")]));
        assert!(says(&[
            ("TERM", "screen-256color"),
            ("TMUX", "/tmp/tmux-0/default,1,0")
        ]));
        assert!(!says(&[("TERM", "screen.xterm-256color")]));
    }
}
