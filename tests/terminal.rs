//! The real binary as a guest of the terminal: it leaves the terminal as it found it, however it ends, and writes no more
//! than it must. No cluster: the kubeconfig names a port on which nobody listens.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test says what it expected and ends"
)]

pub mod support;

use std::time::Duration;

use rustix::process::Signal;
use support::{
    WITHIN, barkeep, refused, refused_address,
    terminal::{SYNC_BEGIN, SYNC_END, Terminal, count, find, signal, text as terminal_text},
    write_kubeconfig,
};

/// On every screen that is large enough.
const HOME: &str = "SERVICES";
/// What a screen below 40×10 says it needs: either way of writing it.
const NEEDED: [&str; 2] = ["40×10", "40x10"];
/// The clock, an age, and a try to reach the cluster again: what may be written while nobody does anything.
const IDLE_BYTES_PER_SECOND: usize = 400;
const ALTERNATE_SCREEN_LEFT: &[u8] = b"\x1b[?1049l";
const CURSOR_SHOWN: &[u8] = b"\x1b[?25h";

fn started() -> Terminal {
    let mut terminal = refused().start();
    terminal.wait_for_text(HOME, WITHIN);
    terminal
}

#[track_caller]
fn assert_restored(terminal: &mut Terminal) {
    // The program has ended, so all that it wrote is on its way: the last of it shows the cursor or leaves the screen.
    terminal.wait_for(
        "the screen left",
        |screen| !screen.alternate_screen() && !screen.hide_cursor(),
        WITHIN,
    );
    let screen = terminal.screen();
    assert!(!screen.bracketed_paste(), "bracketed paste is still on");
    assert_eq!(
        screen.mouse_protocol_mode(),
        vt100::MouseProtocolMode::None,
        "the mouse is still reported"
    );
    assert!(
        terminal.modes_are_restored(),
        "the terminal's modes are not those from before"
    );
    let written = terminal.bytes();
    for (what, bytes) in [
        ("leave the alternate screen", ALTERNATE_SCREEN_LEFT),
        ("show the cursor", CURSOR_SHOWN),
    ] {
        assert!(find(written, bytes).is_some(), "it did not {what}");
    }
}

#[test]
fn q_leaves_the_terminal_as_it_was() {
    let mut terminal = started();
    assert!(
        terminal.screen().alternate_screen() && !terminal.modes_are_restored(),
        "it took the terminal"
    );
    terminal.send("q");
    let exit = terminal.exit_status(WITHIN).expect("it ends");
    assert_eq!(exit.exit_code(), 0, "{}", terminal.screen_text());
    assert_restored(&mut terminal);
}

#[test]
fn sigterm_leaves_the_terminal_as_it_was() {
    ends_tidily_on(Signal::TERM);
}

#[test]
fn sighup_leaves_the_terminal_as_it_was() {
    ends_tidily_on(Signal::HUP);
}

#[track_caller]
fn ends_tidily_on(which: Signal) {
    let mut terminal = started();
    terminal.signal(which);
    terminal.exit_status(WITHIN).expect("it ends");
    assert_restored(&mut terminal);
}

#[test]
fn a_screen_too_small_says_what_it_needs_and_a_larger_one_is_used_again() {
    let mut terminal = started();
    terminal.resize(30, 8);
    terminal.wait_for(
        "the size it needs",
        |screen| {
            NEEDED
                .iter()
                .any(|needed| screen.contents().contains(needed))
        },
        WITHIN,
    );
    terminal.resize(80, 24);
    terminal.wait_for_text(HOME, WITHIN);
    terminal.resize(200, 50);
    terminal.wait_for_text("SERVERS", WITHIN);
}

/// A shell with job control, because the kernel lets nobody stop a process whose session has no such parent.
#[test]
fn a_key_that_comes_with_a_resize_is_not_left_lying() {
    let mut terminal = started();
    for round in 0..40 {
        // While the one key is drawn the resize and the other come.
        terminal.send("?");
        terminal.resize(120 + round % 2, 40);
        terminal.wait_for_text("What can be done here", WITHIN);
        terminal.send("\x1b[27u");
        let is_closed =
            |screen: &vt100::Screen| !terminal_text(screen).contains("What can be done here");
        terminal.wait_for("it closed", is_closed, WITHIN);
    }
}

#[test]
fn ctrl_z_stops_it_and_fg_brings_the_screen_back() {
    let launch = barkeep();
    let kubeconfig = launch.home().join("kubeconfig");
    write_kubeconfig(
        &kubeconfig,
        &format!("https://{}", refused_address()),
        "{token: none}",
    );
    let script = format!(
        "{}; echo stopped; read -r line; fg",
        env!("CARGO_BIN_EXE_barkeep")
    );
    let mut shell = support::terminal::Launch::new("bash")
        .args(["-m", "-c", &script])
        .env("KUBECONFIG", kubeconfig.to_str().unwrap())
        .start();
    shell.wait_for_text(HOME, WITHIN);
    let pid = child_of(shell.pid());

    shell.send("\x1a");
    shell.wait_for(
        "the shell's screen",
        |screen| !screen.alternate_screen(),
        WITHIN,
    );
    shell.wait_for_text("stopped", WITHIN);
    assert_eq!(state(pid), 'T', "it stopped");

    shell.send("\n");
    shell.wait_for(
        "its screen again",
        |screen| screen.alternate_screen() && screen.contents().contains(HOME),
        WITHIN,
    );
    assert_ne!(state(pid), 'T', "it runs again");
    shell.send("q");
    if shell.exit_status(WITHIN).is_none() {
        signal(pid, Signal::KILL);
        panic!("it did not end after q:\n{}", shell.screen_text());
    }
}

/// The one child of a process.
fn child_of(pid: u32) -> u32 {
    let children =
        std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).expect("a process");
    children
        .trim()
        .parse()
        .unwrap_or_else(|_| panic!("one child, not {children:?}"))
}

/// The letter in `/proc/PID/stat` that stands behind the command in parentheses.
fn state(pid: u32) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process");
    let (_, behind) = stat.rsplit_once(") ").expect("a command in parentheses");
    behind.chars().next().expect("a state")
}

#[test]
fn nothing_but_the_clock_is_written_while_nobody_does_anything() {
    let mut terminal = started();
    terminal.settle(Duration::from_millis(700), WITHIN);
    let before = terminal.bytes().len();
    let listened = Duration::from_secs(3);
    terminal.listen(listened);
    let written = terminal.bytes().len() - before;
    let bound = IDLE_BYTES_PER_SECOND * usize::try_from(listened.as_secs()).unwrap();
    assert!(
        written <= bound,
        "{written} bytes in {listened:?}: {:?}",
        String::from_utf8_lossy(&terminal.bytes()[before..])
    );
}

#[test]
fn every_frame_is_one_synchronized_update() {
    let mut terminal = started();
    terminal.wait_for(
        "what is wrong",
        |screen| support::frame::tells(&terminal_text(screen), "refuses"),
        WITHIN,
    );
    terminal.settle(Duration::from_millis(700), WITHIN);
    let before = terminal.bytes().len();
    terminal.send("?");
    terminal.next_output(WITHIN).expect("a frame");
    terminal.settle(Duration::from_millis(100), WITHIN);
    let written = terminal.bytes()[before..].to_vec();
    let shown = String::from_utf8_lossy(&written);
    assert!(
        written.starts_with(SYNC_BEGIN),
        "something before the update: {shown:?}"
    );
    assert!(
        written.ends_with(SYNC_END),
        "something after the update: {shown:?}"
    );
    let (begun, ended) = (count(&written, SYNC_BEGIN), count(&written, SYNC_END));
    assert_eq!(begun, ended, "every update ends: {shown:?}");
    // One for the key; the clock may add its own.
    assert!(
        (1..=2).contains(&begun),
        "{begun} updates for one key: {shown:?}"
    );
}

/// The line that is selected, as it is read: the bar, the glyph of health, then the words.
fn selected(screen: &vt100::Screen) -> String {
    let text = terminal_text(screen);
    let line = text.lines().find(|line| line.starts_with('▌'));
    line.unwrap_or_default().to_owned()
}

/// The second word that a row begins with, behind the bar and the glyph: what it is called.
fn name(line: &str) -> String {
    let words = line.trim_start_matches(['▌', ' ']);
    words
        .split_whitespace()
        .nth(2)
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn a_key_held_on_a_slow_line_drops_frames_and_no_key() {
    const DOWN: usize = 90;
    let mut terminal = barkeep()
        .args(["--demo", "--demo-size", "2000"])
        .size(200, 50)
        .start();
    // What is typed before the terminal is taken is not read as it was typed.
    terminal.wait_for_text(HOME, WITHIN);
    // Those that are well, whose order nothing changes.
    terminal.send(":instances\r/load-01\r");
    terminal.wait_for(
        "a list longer than the screen",
        |screen| {
            let text = terminal_text(screen);
            let whole = text.contains("● live") && text.contains("INSTANCES  /load-01  100 of");
            whole && selected(screen).contains("load-01")
        },
        WITHIN,
    );
    let text = terminal.screen_text();
    let lines: Vec<&str> = text.lines().collect();
    let first = lines
        .iter()
        .position(|line| line.starts_with('▌'))
        .expect("a selection");
    let second = name(lines[first + 1]);
    assert_ne!(second, name(lines[first]));

    let before = count(terminal.bytes(), SYNC_BEGIN);
    terminal.slow_down(8_192);
    let mut hold = |key: &str, times: usize| {
        for _ in 0..times {
            terminal.send(key);
            terminal.listen(Duration::from_millis(33));
        }
    };
    hold("j", DOWN);
    // One fewer up than down: a key lost on the way down ends on the first row, one lost on the way up on a later one.
    hold("k", DOWN - 1);
    terminal.wait_for(
        &format!("{second} selected"),
        |screen| name(&selected(screen)) == second,
        WITHIN,
    );
    let frames = count(terminal.bytes(), SYNC_BEGIN) - before;
    assert!(frames < 2 * DOWN - 1, "none of {frames} frames was dropped");
    assert!(terminal.settle(Duration::from_millis(200), WITHIN));
    assert_eq!(name(&selected(terminal.screen())), second);
}
