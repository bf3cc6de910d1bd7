//! What a program sends: what one key costs and of what, a repaint, how many writes a frame takes, and how far behind a
//! slow line is when a key that was held down is let go.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    Options,
    measure::{KEY_WITHIN, QUIET, QUIET_WITHIN, ROWS_WITHIN, SIZE, frame_end, launch, millis},
    peers::Peer,
    terminal::{Launch, SYNC_BEGIN, Terminal, count, text},
};

/// A slow line: a phone, a satellite. Bytes a second.
const SLOW: u32 = 8_192;
/// A key held down: so often, so long.
const REPEAT: Duration = Duration::from_nanos(33_333_333);
const HELD: usize = 150;
/// Nothing has come for so long: the screen is at rest. Longer than the selection has to rest before what follows it is drawn.
const REST: Duration = Duration::from_millis(300);
const CTRL_L: &str = "\x0c";

/// Bytes by what they are for.
#[derive(Clone, Copy, Default)]
struct Bytes {
    text: usize,
    colour: usize,
    moves: usize,
    marks: usize,
}

impl Bytes {
    fn of(bytes: &[u8]) -> Self {
        let mut sum = Self::default();
        let mut rest = bytes;
        while let Some((first, behind)) = rest.split_first() {
            let length = if *first == 0x1b {
                let end = behind
                    .iter()
                    .position(u8::is_ascii_alphabetic)
                    .map_or(rest.len(), |at| at + 2);
                match rest[end - 1] {
                    b'm' => sum.colour += end,
                    b'h' | b'l' => sum.marks += end,
                    _ => sum.moves += end,
                }
                end
            } else {
                let moves = matches!(first, b'\r' | b'\n' | 8);
                *(if moves { &mut sum.moves } else { &mut sum.text }) += 1;
                1
            };
            rest = &rest[length..];
        }
        sum
    }

    fn all(self) -> usize {
        self.text + self.colour + self.moves + self.marks
    }
}

/// Prints what was found, as a list.
pub(crate) fn report(peer: &Peer, path: &Path, options: &Options) {
    println!("\n{}, {:?} screen\n", peer.name, options.screen);
    let mut terminal = ready(launch(peer, path, options), peer, options);
    let mut steps: Vec<(Bytes, usize)> = (0..options.keys)
        .map(|n| step(&mut terminal, if n / 15 % 2 == 0 { "j" } else { "k" }))
        .collect();
    steps.sort_unstable_by_key(|(step, _)| step.all());
    if let Some((median, _)) = steps.get(steps.len() / 2) {
        println!(
            "- `j`, median: {} bytes ({} text, {} colour, {} moves and erasing, {} marks); most {}",
            median.all(),
            median.text,
            median.colour,
            median.moves,
            median.marks,
            steps.last().map_or(0, |(step, _)| step.all())
        );
        steps.sort_unstable_by_key(|(_, after)| *after);
        let after = steps[steps.len() / 2].1;
        println!("- once the selection rests, median: {after} bytes");
    }
    println!("- repaint: {} bytes", step(&mut terminal, CTRL_L).0.all());
    drop(terminal);
    slow(peer, path, options);
    writes(peer, path, options);
}

fn ready(launch: Launch, peer: &Peer, options: &Options) -> Terminal {
    let mut terminal = launch.size(SIZE.0, SIZE.1).start();
    terminal.wait_for(
        "a frame",
        |screen| !text(screen).trim().is_empty(),
        ROWS_WITHIN,
    );
    terminal.wait_for(
        "rows",
        |screen| peer.has_rows(crate::Screen::Home, &text(screen)),
        ROWS_WITHIN,
    );
    terminal.send(peer.keys(options.screen));
    terminal.wait_for(
        "rows",
        |screen| peer.has_rows(options.screen, &text(screen)),
        ROWS_WITHIN,
    );
    terminal.listen(Duration::from_secs(options.settle));
    terminal
}

/// What a key sends at once, and what follows within [`REST`].
fn step(terminal: &mut Terminal, key: &str) -> (Bytes, usize) {
    terminal.settle(QUIET, QUIET_WITHIN);
    let before = terminal.bytes().len();
    terminal.send(key);
    if let Some(first) = terminal.next_output(KEY_WITHIN) {
        frame_end(terminal, before, first);
    }
    let first = terminal.bytes().len();
    let bytes = Bytes::of(&terminal.bytes()[before..]);
    terminal.listen(REST);
    (bytes, terminal.bytes().len() - first)
}

/// The line that is selected, without what changes by itself.
fn selected(screen: &vt100::Screen) -> String {
    let text = text(screen);
    let line = text.lines().find(|line| line.starts_with('▌'));
    line.unwrap_or_default().chars().take(60).collect()
}

fn slow(peer: &Peer, path: &Path, options: &Options) {
    let mut terminal = ready(launch(peer, path, options), peer, options);
    let from = terminal.bytes().len();
    terminal.slow_down(SLOW);
    for _ in 0..HELD {
        let sent = terminal.send("j");
        terminal.listen(REPEAT.saturating_sub(sent.elapsed()));
    }
    let released = Instant::now();
    let held = terminal.bytes().len() - from;
    // Each state of the selection, since when.
    let mut seen = vec![(released, selected(terminal.screen()))];
    let mut rested = released;
    while let Some(at) = terminal.next_output(REST) {
        rested = at;
        let now = selected(terminal.screen());
        if seen.last().is_some_and(|(_, before)| *before != now) {
            seen.push((at, now));
        }
        if released.elapsed() > Duration::from_secs(20) {
            break;
        }
    }
    terminal.slow_down(0);
    terminal.listen(Duration::from_secs(1));
    let (last, row) = seen.pop().unwrap_or((released, String::new()));
    let stands = if selected(terminal.screen()) == row {
        "and stays"
    } else {
        "but changes"
    };
    println!(
        "- {SLOW} bytes/s, `j` held for 5 s: {held} bytes meanwhile; let go, the right row after {} ms {stands}, \
         everything after {} ms: {}",
        millis(last.saturating_duration_since(released)),
        millis(rested.saturating_duration_since(released)),
        row.trim_end()
    );
    // The same keys on a line that is none.
    let mut terminal = ready(launch(peer, path, options), peer, options);
    terminal.send("j".repeat(HELD));
    terminal.listen(Duration::from_secs(2));
    let same = selected(terminal.screen()) == row;
    println!(
        "- the same row without a slow line: {}",
        if same { "yes" } else { "no" }
    );
}

fn writes(peer: &Peer, path: &Path, options: &Options) {
    let trace = tempfile::NamedTempFile::new().expect("a file for the trace");
    let plain = launch(peer, path, options);
    let mut terminal = ready(plain.traced(trace.path()), peer, options);
    let lines = || {
        let trace = fs::read_to_string(trace.path()).unwrap_or_default();
        let tty = |line: &&str| line.contains("</dev/pts/") && line.contains("2026h");
        trace.lines().filter(tty).count()
    };
    let all = || {
        let trace = fs::read_to_string(trace.path()).unwrap_or_default();
        trace
            .lines()
            .filter(|line| line.contains("</dev/pts/"))
            .count()
    };
    for key in ["j"; 30].into_iter().chain([CTRL_L]) {
        step(&mut terminal, key);
    }
    terminal.listen(Duration::from_secs(1));
    let frames = count(terminal.bytes(), SYNC_BEGIN);
    println!(
        "- {} writes to the terminal since it was started, {} of them frames; {frames} frames came",
        all(),
        lines()
    );
}
