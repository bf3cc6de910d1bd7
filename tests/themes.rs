//! Themes in a terminal: what it says of its background, the list with its preview, and what is kept of a choice.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test says what it expected and ends"
)]

pub mod support;

use std::{fs, time::Duration};

use support::{
    WITHIN, barkeep, refused_address,
    terminal::{Launch, Terminal, find},
    write_kubeconfig,
};

const HOME: &str = "SERVICES";
/// The background of nord, as SGR has it.
const NORD: &[u8] = b"48;2;46;52;64";
/// The accents of the dark and of the light theme.
const DARK: &[u8] = b"38;2;116;184;234";
const LIGHT: &[u8] = b"38;2;11;95;165";

fn launch() -> Launch {
    let launch = barkeep();
    let kubeconfig = launch.home().join("kubeconfig");
    write_kubeconfig(
        &kubeconfig,
        &format!("https://{}", refused_address()),
        "{token: none}",
    );
    let path = kubeconfig.to_str().unwrap().to_owned();
    launch.env("KUBECONFIG", path)
}

#[track_caller]
fn wait_for_bytes(terminal: &mut Terminal, wanted: &[u8]) {
    let deadline = std::time::Instant::now() + WITHIN;
    while find(terminal.bytes(), wanted).is_none() {
        let left = deadline.checked_duration_since(std::time::Instant::now());
        assert!(
            left.and_then(|left| terminal.next_output(left)).is_some(),
            "no {:?}:\n{}",
            String::from_utf8_lossy(wanted),
            terminal.screen_text()
        );
    }
}

#[test]
fn a_light_terminal_is_dressed_lightly_and_its_answer_is_no_typing() {
    let mut terminal = launch().background("fdfd/f6f6/e3e3").start();
    terminal.wait_for_text(HOME, WITHIN);
    wait_for_bytes(&mut terminal, LIGHT);
    let screen = terminal.screen_text();
    assert!(!screen.contains("does nothing here"), "{screen}");
}

#[test]
fn a_dark_terminal_stays_dark() {
    let mut terminal = launch().start();
    terminal.wait_for_text(HOME, WITHIN);
    wait_for_bytes(&mut terminal, DARK);
    terminal.settle(Duration::from_millis(500), WITHIN);
    assert!(find(terminal.bytes(), LIGHT).is_none());
}

#[test]
fn the_list_previews_keeps_and_goes_back() {
    let launch = launch();
    let state = launch.home().join("state/barkeep/memory.toml");
    let mut terminal = launch.start();
    terminal.wait_for_text(HOME, WITHIN);
    terminal.send(":theme nord\r");
    wait_for_bytes(&mut terminal, NORD);
    terminal.wait_for_text("nord is the theme now", WITHIN);
    assert!(fs::read_to_string(state).unwrap().contains("nord"));
    terminal.send("Tg");
    terminal.wait_for_text("solarized-dark", WITHIN);
    let painted = |screen: &vt100::Screen| {
        let background = screen.cell(5, 0).map(vt100::Cell::bgcolor);
        background == Some(vt100::Color::Rgb(46, 52, 64))
    };
    terminal.wait_for("its own background", |screen| !painted(screen), WITHIN);
    terminal.send("\x1b");
    terminal.wait_for("nord again", painted, WITHIN);
}

#[test]
fn sixteen_colours_are_the_terminals_own() {
    let mut terminal = launch()
        .env("TERM", "xterm")
        .env("COLORTERM", "")
        .args(["--theme", "nord"])
        .start();
    terminal.wait_for_text(HOME, WITHIN);
    let written = terminal.bytes();
    assert!(find(written, b"38;").is_none() && find(written, b"48;").is_none());
    assert!(find(written, b"96m").is_some(), "the accent is light cyan");
}

#[test]
fn without_colours_the_list_says_why() {
    let mut terminal = launch().env("NO_COLOR", "1").start();
    terminal.wait_for_text(HOME, WITHIN);
    terminal.send("T");
    terminal.wait_for_text("Colours are off: NO_COLOR is set.", WITHIN);
    let written = terminal.bytes();
    assert!(find(written, b"\x1b]11;?").is_none(), "nobody is asked");
    assert!(find(written, b"38;").is_none());
}

#[test]
fn a_theme_of_ones_own_is_read_and_its_mistakes_are_told() {
    let launch = launch();
    let folder = launch.home().join("config/barkeep/themes");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join("mine.toml"),
        "inherits = \"nord\"\n[palette]\naccent = \"#010203\"\n",
    )
    .unwrap();
    fs::write(folder.join("bad.toml"), "inherits = \"nrod\"\n").unwrap();
    let mut terminal = launch.args(["--theme", "mine"]).size(160, 40).start();
    wait_for_bytes(&mut terminal, b"38;2;1;2;3");
    terminal.wait_for_text("bad.toml:1: there is no theme `nrod`", WITHIN);
}
