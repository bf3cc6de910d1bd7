//! The real binary with a mouse and a clipboard, over the simulated cluster: clicks, the wheel and drags as a terminal
//! reports them (SGR), and what is written where something is copied.
#![cfg(feature = "demo")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test says what it expected and ends"
)]

pub mod support;

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use support::{
    WITHIN, barkeep,
    frame::rows,
    terminal::{Launch, Terminal, find, text},
};
use vt100::MouseProtocolMode;

const CAPTURES: &[u8] = b"\x1b[?1002h";

/// Over the simulated cluster, with the state in this folder.
fn demo(state: &Path) -> Launch {
    let memory = state.join("barkeep/memory.toml");
    if !memory.exists() {
        fs::create_dir_all(state.join("barkeep")).unwrap();
        fs::write(memory, "welcomed = true\n").unwrap();
    }
    barkeep()
        .args(["--demo"])
        .size(140, 40)
        .env("XDG_STATE_HOME", state.display().to_string())
}

fn started(launch: Launch) -> Terminal {
    let mut terminal = launch.start();
    terminal.wait_for_text("MAPS", WITHIN);
    terminal.wait_for_text("shop", WITHIN);
    terminal
}

/// Where a text is below the header and the titles, the first from above.
#[track_caller]
fn place(terminal: &mut Terminal, wanted: &str) -> (u16, u16) {
    let shown = terminal.screen_text();
    let found = shown.lines().enumerate().skip(2).find_map(|(y, line)| {
        let at = line.find(wanted)?;
        Some((line[..at].chars().count() as u16, y as u16))
    });
    found.unwrap_or_else(|| panic!("{wanted:?} is not on screen:\n{shown}"))
}

/// Waits until the rows have come in and lie still: where one is read off the screen, it is to be there when the click
/// arrives.
#[track_caller]
fn resting(terminal: &mut Terminal) {
    let quiet = Duration::from_millis(400);
    let until = Instant::now() + WITHIN;
    loop {
        assert!(terminal.settle(quiet, WITHIN), "it never rests");
        let shown = terminal.screen_text();
        if is_whole(&shown) {
            return;
        }
        assert!(Instant::now() < until, "it never rests:\n{shown}");
    }
}

/// Whether all that is shown has been read: while a list comes in, its title says so where its order stands then. The
/// last list depends on the others.
fn is_whole(shown: &str) -> bool {
    let mut lines = shown.lines();
    let header = lines.next().unwrap_or_default();
    let title = lines.next().unwrap_or_default();
    header.contains("● live")
        && title.trim_end().ends_with("health ↓ name ↑")
        && !shown.contains("Loading ")
}

/// Goes to all Instances of the cluster.
#[track_caller]
fn list_all(terminal: &mut Terminal) {
    terminal.send("0");
    terminal.wait_for(
        "all Instances, whole",
        |screen| {
            let shown = text(screen);
            let here = shown
                .lines()
                .next()
                .is_some_and(|line| line.contains("all Instances"));
            here && is_whole(&shown) && rows(&shown).len() > 14
        },
        WITHIN,
    );
    resting(terminal);
}

/// What a terminal reports of a button or the wheel there.
fn report(terminal: &Terminal, button: u8, (x, y): (u16, u16), end: char) {
    terminal.send(format!("\x1b[<{button};{};{}{end}", x + 1, y + 1));
}

fn click(terminal: &Terminal, at: (u16, u16)) {
    report(terminal, 0, at, 'M');
    report(terminal, 0, at, 'm');
}

#[track_caller]
fn wait_for_header(terminal: &mut Terminal, wanted: &str) {
    let holds = |screen: &vt100::Screen| {
        let shown = text(screen);
        shown
            .lines()
            .next()
            .is_some_and(|line| line.contains(wanted))
    };
    terminal.wait_for(wanted, holds, WITHIN);
}

#[track_caller]
fn quit(mut terminal: Terminal) {
    terminal.send("q");
    assert!(terminal.exit_status(WITHIN).expect("it ends").success());
    terminal.wait_for(
        "no mouse",
        |screen| screen.mouse_protocol_mode() == MouseProtocolMode::None,
        WITHIN,
    );
}

#[test]
fn clicks_select_open_sort_and_press_what_the_footer_shows() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = started(demo(state.path()));
    assert_eq!(
        terminal.screen().mouse_protocol_mode(),
        MouseProtocolMode::ButtonMotion,
        "drags, and not every movement"
    );
    resting(&mut terminal);
    let edge = place(&mut terminal, " edge ");
    click(&terminal, edge);
    terminal.wait_for_text("MAPS  edge", WITHIN);
    resting(&mut terminal);
    let shop = place(&mut terminal, " shop ");
    click(&terminal, shop);
    terminal.wait_for_text("MAPS  shop", WITHIN);
    resting(&mut terminal);
    let shop = place(&mut terminal, " shop ");
    click(&terminal, shop);
    wait_for_header(&mut terminal, "shop ▸ ");
    // A double click selects, and opens.
    resting(&mut terminal);
    let map = place(&mut terminal, " prod ");
    click(&terminal, map);
    click(&terminal, map);
    wait_for_header(&mut terminal, "shop ▸ prod ▸ ");
    resting(&mut terminal);
    let ready = place(&mut terminal, "READY");
    click(&terminal, ready);
    terminal.wait_for_text("READY ↑", WITHIN);
    let ready = place(&mut terminal, "READY");
    click(&terminal, ready);
    terminal.wait_for_text("READY ↓", WITHIN);
    // The sentence about the order stands there for a moment.
    terminal.wait_for_text("? help", WITHIN);
    let help = place(&mut terminal, "? help");
    click(&terminal, help);
    terminal.wait_for_text("What can be done here", WITHIN);
    click(&terminal, (1, 20));
    terminal.wait_for(
        "the box closed",
        |screen| !screen.contents().contains("What can be done here"),
        WITHIN,
    );
    quit(terminal);
}

#[test]
fn the_wheel_moves_the_rows_under_it() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = started(demo(state.path()).size(100, 20));
    list_all(&mut terminal);
    let before = below(&terminal.screen_text()).expect("more below");
    for _ in 0..4 {
        report(&terminal, 65, (30, 10), 'M');
    }
    terminal.wait_for(
        "other rows",
        |screen| below(&text(screen)).is_none_or(|now| now + 8 < before),
        WITHIN,
    );
    let shown = terminal.screen_text();
    assert!(
        !shown.contains('▌'),
        "the selection stays where it is:\n{shown}"
    );
    terminal.send("j");
    terminal.wait_for_text("▌", WITHIN);
    quit(terminal);
}

/// How many rows are below those on screen.
fn below(shown: &str) -> Option<u32> {
    let title = shown.lines().nth(1)?;
    let (_, number) = title.split_once("↓ ")?;
    number
        .split_whitespace()
        .next()?
        .replace(',', "")
        .parse()
        .ok()
}

#[test]
fn a_line_that_was_dragged_stays_where_it_is_and_so_does_the_mouse() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = started(demo(state.path()));
    let (x, _) = place(&mut terminal, "│");
    let is_line = move |screen: &vt100::Screen| {
        screen
            .cell(6, x + 9)
            .is_some_and(|cell| cell.contents() == "│")
    };
    report(&terminal, 0, (x, 6), 'M');
    for to in x..=x + 9 {
        report(&terminal, 32, (to, 6), 'M');
    }
    report(&terminal, 0, (x + 9, 6), 'm');
    terminal.wait_for("the line moved", is_line, WITHIN);
    let rule = place(&mut terminal, "──────").1;
    terminal.send("\x1b[1;3A\x1b[1;3A");
    let is_rule = move |screen: &vt100::Screen| {
        screen
            .cell(rule - 2, 0)
            .is_some_and(|cell| cell.contents() == "─")
    };
    terminal.wait_for("the panel grown", is_rule, WITHIN);
    quit(terminal);

    let mut terminal = started(demo(state.path()));
    terminal.wait_for(
        "it was kept",
        |screen| is_line(screen) && is_rule(screen),
        WITHIN,
    );
    terminal.resize(200, 50);
    let is_wide =
        |screen: &vt100::Screen| text(screen).lines().any(|line| line.chars().count() > 150);
    terminal.wait_for("the wider screen", is_wide, WITHIN);
    terminal.send("M");
    terminal.wait_for(
        "the terminal's mouse",
        |screen| screen.mouse_protocol_mode() == MouseProtocolMode::None,
        WITHIN,
    );
    terminal.wait_for_text("M takes it back", WITHIN);
    quit(terminal);

    let mut terminal = started(demo(state.path()));
    assert_eq!(
        find(terminal.bytes(), CAPTURES),
        None,
        "it was left to the terminal"
    );
    quit(terminal);
}

#[test]
fn without_a_mouse_nothing_is_captured() {
    let state = tempfile::tempdir().unwrap();
    let launch = configured(demo(state.path()), "mouse = false\n");
    let mut terminal = started(launch);
    assert_eq!(find(terminal.bytes(), CAPTURES), None);
    quit(terminal);
}

fn configured(launch: Launch, settings: &str) -> Launch {
    let path = launch.home().join("config/barkeep/config.toml");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, settings).unwrap();
    launch
}

/// Copies a Service's name, and gives all that was written then.
fn copied(launch: Launch) -> Vec<u8> {
    let mut terminal = started(launch);
    resting(&mut terminal);
    // A click on what is selected would open it.
    if !terminal.screen_text().contains("MAPS  shop") {
        let shop = place(&mut terminal, " shop ");
        click(&terminal, shop);
        terminal.wait_for_text("MAPS  shop", WITHIN);
    }
    terminal.send("c");
    terminal.wait_for_text("Copied shop.", WITHIN);
    let written = terminal.bytes().to_vec();
    quit(terminal);
    written
}

#[test]
fn a_name_is_copied_through_whatever_stands_between() {
    let state = tempfile::tempdir().unwrap();
    for (variable, value, wanted) in [
        (
            "TERM",
            "xterm-256color",
            "\x1b[?2026l\x1b]52;c;c2hvcA==\x07\x1b[?2026h",
        ),
        (
            "TMUX",
            "/tmp/none,1,0",
            "\x1b]52;c;c2hvcA==\x07\x1bPtmux;\x1b\x1b]52;c;c2hvcA==\x07\x1b\\",
        ),
        ("TERM", "screen", "\x1bP\x1b]52;c;c2hvcA==\x07\x1b\\"),
    ] {
        let written = copied(demo(state.path()).env(variable, value));
        assert!(
            find(&written, wanted.as_bytes()).is_some(),
            "{variable}={value}: {wanted:?} was not written"
        );
    }
}

#[test]
fn a_list_is_copied_whole_and_what_is_too_long_not_at_all() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = started(configured(demo(state.path()), "clipboard_limit = 1500\n"));
    terminal.send("Y");
    terminal.wait_for_text(" Services.", WITHIN);
    let written = terminal.bytes().to_vec();
    let at = find(&written, b"\x1b]52;c;").expect("it was copied") + 7;
    let end = find(&written[at..], b"\x07").expect("its end");
    let list = String::from_utf8(STANDARD.decode(&written[at..at + end]).unwrap()).unwrap();
    let first = list.lines().next().unwrap_or_default();
    assert!(first.starts_with("HEALTH\tNAME\t"), "{list}");
    assert!(list.lines().any(|line| line.contains("\tshop\t")), "{list}");
    // All Instances are far more than that.
    list_all(&mut terminal);
    terminal.send("Y");
    terminal.wait_for_text("Nothing was copied", WITHIN);
    assert_eq!(support::terminal::count(terminal.bytes(), b"\x1b]52;"), 1);
    quit(terminal);
}

#[test]
fn a_program_that_was_named_gets_the_text() {
    let state = tempfile::tempdir().unwrap();
    let held = state.path().join("held");
    let clipboard = format!("clipboard = [\"tee\", \"{}\"]\n", held.display());
    let written = copied(configured(demo(state.path()), &clipboard));
    assert_eq!(fs::read_to_string(&held).unwrap(), "shop");
    assert_eq!(find(&written, b"\x1b]52;"), None);
    let mut terminal = started(configured(
        demo(state.path()),
        "clipboard = [\"no-such-program\"]\n",
    ));
    terminal.send("c");
    terminal.wait_for_text("no-such-program can not be run", WITHIN);
    quit(terminal);
}

#[test]
fn without_a_terminal_copying_says_that_there_is_no_clipboard() {
    let launch = barkeep().args(["--print", "--demo", "--keys", "c"]);
    let output = launch.run(WITHIN);
    let frame = String::from_utf8(output.stdout).unwrap();
    assert!(frame.contains("Nothing was copied"), "{frame}");
}
