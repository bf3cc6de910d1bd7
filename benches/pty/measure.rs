//! One program from its start to its end, and what was seen of it meanwhile.

use std::{
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{
    Options,
    peers::Peer,
    process::{Usage, family, usage},
    terminal::{Launch, SYNC_BEGIN, SYNC_END, Terminal, find, signal, text},
};

pub(crate) const SIZE: (u16, u16) = (200, 50);
/// The longest wait for a first frame, and for first rows: at 50,000 pods one of the programs takes a minute.
const FRAME_WITHIN: Duration = Duration::from_secs(20);
pub(crate) const ROWS_WITHIN: Duration = Duration::from_mins(2);
/// The longest wait for what a key does. At the end of a list it does nothing.
pub(crate) const KEY_WITHIN: Duration = Duration::from_secs(1);
/// A frame not marked as such has ended when nothing has come for so long.
const FRAME_GAP: Duration = Duration::from_millis(2);
/// Before each key the program is left alone until it has been quiet for so long, but not for ever.
pub(crate) const QUIET: Duration = Duration::from_millis(20);
pub(crate) const QUIET_WITHIN: Duration = Duration::from_millis(500);
/// Until a command that changes the cluster is at work.
const CHURN_STARTS: Duration = Duration::from_secs(3);

/// What was seen of one program.
pub(crate) struct Measured {
    pub(crate) start: Start,
    /// None where there was no row to begin with.
    pub(crate) quiet: Option<Quiet>,
    pub(crate) keys: Option<Keys>,
    pub(crate) churn: Option<(Quiet, Keys)>,
}

/// From exec to a settled screen.
#[derive(Default)]
pub(crate) struct Start {
    pub(crate) first_frame: Option<Duration>,
    pub(crate) first_rows: Option<Duration>,
    pub(crate) all_rows: Option<Duration>,
    pub(crate) rows: Option<u64>,
    /// After settling; its CPU time is what start-up and settling cost.
    pub(crate) usage: Usage,
}

/// A time in which nobody pressed a key.
pub(crate) struct Quiet {
    pub(crate) cpu_percent: f64,
    pub(crate) bytes_per_second: f64,
}

/// What keys did, each sorted: time to first output, time to the frame's end, bytes.
#[derive(Default)]
pub(crate) struct Keys {
    first: Vec<Duration>,
    complete: Vec<Duration>,
    bytes: Vec<usize>,
    /// Keys that nothing followed.
    pub(crate) missed: usize,
}

impl Keys {
    pub(crate) fn first(&self, percent: usize) -> Option<Duration> {
        at(&self.first, percent)
    }

    pub(crate) fn complete(&self, percent: usize) -> Option<Duration> {
        at(&self.complete, percent)
    }

    pub(crate) fn bytes(&self, percent: usize) -> usize {
        at(&self.bytes, percent).unwrap_or(0)
    }
}

/// The value below which that share of a sorted list lies.
fn at<T: Copy>(sorted: &[T], percent: usize) -> Option<T> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last * percent).div_ceil(100)).copied()
}

/// Milliseconds with as many places as mean something.
pub(crate) fn millis(time: impl Into<Option<Duration>>) -> String {
    time.into().map_or_else(
        || "–".to_owned(),
        |time| format!("{:.1}", time.as_secs_f64() * 1e3),
    )
}

/// `cat` on a raw terminal: what the harness itself and the kernel need for a key and its echo.
pub(crate) fn echo(keys: usize) -> Keys {
    let mut terminal = Launch::new("/bin/sh")
        .args(["-c", "stty raw -echo; echo ready; exec cat"])
        .size(SIZE.0, SIZE.1)
        .start();
    terminal.wait_for_text("ready", FRAME_WITHIN);
    press(&mut terminal, keys)
}

/// A program as it is measured: on the cluster, or barkeep on a simulated one.
pub(crate) fn launch(peer: &Peer, path: &Path, options: &Options) -> Launch {
    let launch = Launch::new(path).args(peer.args);
    match (options.demo_size, peer.name) {
        (Some(size), "barkeep") => launch.args(["--demo", "--demo-size", &size.to_string()]),
        _ => launch.env("KUBECONFIG", options.kubeconfig.display().to_string()),
    }
}

/// Starts a program, measures it and ends it with all that it started.
pub(crate) fn measure(peer: &Peer, path: &Path, options: &Options) -> Measured {
    let mut terminal = launch(peer, path, options).size(SIZE.0, SIZE.1).start();
    let start = start(peer, &mut terminal, options);
    let mut measured = Measured {
        start,
        quiet: None,
        keys: None,
        churn: None,
    };
    if measured.start.first_rows.is_none() {
        eprintln!(
            "{}: no rows within {ROWS_WITHIN:?}:\n{}",
            peer.name,
            terminal.screen_text()
        );
    } else {
        measured.quiet = Some(quiet(&mut terminal, options.quiet_seconds));
        measured.keys = Some(press(&mut terminal, options.keys));
        measured.churn = options.churn.as_ref().map(|command| {
            let _churn = Churn::start(command, options);
            terminal.listen(CHURN_STARTS);
            (
                quiet(&mut terminal, options.quiet_seconds),
                press(&mut terminal, options.keys),
            )
        });
    }
    for pid in family(terminal.pid()).into_iter().skip(1) {
        signal(pid, Signal::KILL);
    }
    measured
}

fn start(peer: &Peer, terminal: &mut Terminal, options: &Options) -> Start {
    let started = terminal.started();
    let since = |at: Instant| at.duration_since(started);
    let mut start = Start::default();

    // Setting modes and clearing leave a blank screen: the first frame is what makes it another.
    let frame = terminal.try_wait(|screen| !text(screen).trim().is_empty(), FRAME_WITHIN);
    start.first_frame = frame.map(since);
    if frame.is_none() {
        return start;
    }
    terminal.send(peer.keys(options.screen));
    let rows = terminal.try_wait(
        |screen| peer.has_rows(options.screen, &text(screen)),
        ROWS_WITHIN,
    );
    start.first_rows = rows.map(since);

    let settled = Instant::now() + Duration::from_secs(options.settle);
    let mut seen = rows;
    while let Some(left) = settled.checked_duration_since(Instant::now()) {
        if let Some(at) = seen {
            let count = peer.count(options.screen, &terminal.screen_text());
            let complete = options
                .expect
                .is_some_and(|expected| start.rows >= Some(expected));
            if count.is_some() && count != start.rows && !complete {
                start.all_rows = Some(since(at));
            }
            start.rows = count.or(start.rows);
        }
        seen = terminal.next_output(left);
    }
    if options
        .expect
        .is_some_and(|expected| start.rows < Some(expected))
    {
        start.all_rows = None;
    }
    start.usage = usage(terminal.pid());
    start
}

fn quiet(terminal: &mut Terminal, seconds: u64) -> Quiet {
    let (from, before, written) = (
        Instant::now(),
        usage(terminal.pid()).cpu,
        terminal.bytes().len(),
    );
    terminal.listen(Duration::from_secs(seconds));
    let elapsed = from.elapsed().as_secs_f64();
    let cpu = usage(terminal.pid())
        .cpu
        .saturating_sub(before)
        .as_secs_f64();
    Quiet {
        cpu_percent: cpu / elapsed * 100.0,
        bytes_per_second: (terminal.bytes().len() - written) as f64 / elapsed,
    }
}

/// Presses `j` until a list's end, then `k`, so many times in all; each waits for the frame of the one before.
/// Presses in one direction.
const TURN: usize = 15;

fn press(terminal: &mut Terminal, times: usize) -> Keys {
    let mut keys = Keys::default();
    let mut key = "j";
    for n in 0..times {
        // Down and up again: at the end of a short list nothing would be drawn but the clock.
        if n > 0 && n % TURN == 0 {
            key = if key == "j" { "k" } else { "j" };
        }
        terminal.settle(QUIET, QUIET_WITHIN);
        let before = terminal.bytes().len();
        let sent = terminal.send(key);
        let Some(first) = terminal.next_output(KEY_WITHIN) else {
            keys.missed += 1;
            key = if key == "j" { "k" } else { "j" };
            continue;
        };
        let complete = frame_end(terminal, before, first);
        keys.first.push(first.duration_since(sent));
        keys.complete.push(complete.duration_since(sent));
        keys.bytes.push(terminal.bytes().len() - before);
    }
    keys.first.sort_unstable();
    keys.complete.sort_unstable();
    keys.bytes.sort_unstable();
    keys
}

/// When the frame that began with `first` was complete: at the end of its synchronized update if it is one, otherwise
/// with the last output before a gap.
pub(crate) fn frame_end(terminal: &mut Terminal, before: usize, first: Instant) -> Instant {
    let mut last = first;
    loop {
        let written = &terminal.bytes()[before..];
        let marked = find(written, SYNC_BEGIN).is_some();
        if marked && find(written, SYNC_END).is_some() {
            return last;
        }
        match terminal.next_output(if marked { KEY_WITHIN } else { FRAME_GAP }) {
            Some(at) => last = at,
            None => return last,
        }
    }
}

/// A command that changes the cluster; ended, with what it started, when dropped.
struct Churn(Child);

impl Churn {
    fn start(command: &str, options: &Options) -> Self {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", command])
            .env("KUBECONFIG", &options.kubeconfig)
            .process_group(0);
        shell.stdin(Stdio::null()).stdout(Stdio::null());
        Self(shell.spawn().expect("a shell"))
    }
}

impl Drop for Churn {
    fn drop(&mut self) {
        // Only while it has not been waited for is the id surely its own.
        if matches!(self.0.try_wait(), Ok(None)) {
            if let Some(group) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
                let _ = kill_process_group(group, Signal::TERM);
            }
            let _ = self.0.wait();
        }
    }
}
