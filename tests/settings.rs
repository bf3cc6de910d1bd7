//! Settings of the real program in a terminal: keys that the person chose, and a file that changes while it runs.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test says what it expected and ends"
)]

pub mod support;

use std::fs;

use support::{WITHIN, barkeep, refused};

#[test]
fn keys_are_as_the_settings_have_them_and_the_file_is_read_again() {
    let launch = refused();
    let settings = launch.home().join("settings.toml");
    let other = launch.home().join("other.toml");
    fs::write(
        &settings,
        "[keys]\nhelp = \", h\"\nquit = \"f10\"\nwhy = \"z\"\nborad = \"B\"\n",
    )
    .unwrap();
    let mut terminal = launch
        .args(["--config", settings.to_str().unwrap()])
        .size(120, 40)
        .start();
    // All mistakes at once, with their lines.
    terminal.wait_for_text("line 4: keys.why: `z` is a key of `zoom` too", WITHIN);
    terminal.wait_for_text(
        "line 5: there is no command `borad`. Did you mean `board`?",
        WITHIN,
    );
    terminal.send("q");
    terminal.wait_for(
        "the box gone",
        |screen| !screen.contents().contains("borad"),
        WITHIN,
    );
    // A key that was given away does nothing; the one that was chosen does, and says what can follow it.
    terminal.send("q");
    terminal.wait_for_text("q does nothing here. , h shows what can be done.", WITHIN);
    terminal.send(",");
    terminal.wait_for_text("h  what can be done here", WITHIN);
    terminal.send("h");
    terminal.wait_for_text("What can be done here", WITHIN);
    terminal.send("\x1b");
    // Mended while it runs; what is on the screen stays.
    fs::write(&other, "ascii = true\n[keys]\nquit = \"f9\"\n").unwrap();
    fs::rename(&other, &settings).unwrap();
    terminal.wait_for_text("The settings have been read again.", WITHIN);
    assert!(
        !terminal.screen_text().contains('│'),
        "{}",
        terminal.screen_text()
    );
    terminal.send("\x1b[20~"); // f9
    assert_eq!(
        terminal.exit_status(WITHIN).expect("it ends").exit_code(),
        0
    );
}

#[test]
fn who_is_here_for_the_first_time_is_welcomed_once() {
    let start = |kept: &str| {
        let launch = barkeep().remembering(kept).size(120, 40);
        let memory = launch.home().join("state/barkeep/memory.toml");
        let mut terminal = launch.start();
        terminal.wait_for_text("SERVICES", WITHIN);
        (terminal, memory)
    };
    let (mut terminal, memory) = start("");
    terminal.wait_for_text("Welcome", WITHIN);
    terminal.send("?");
    terminal.wait_for_text("type what you want to do", WITHIN);
    terminal.send("invert");
    terminal.wait_for_text("find: invert", WITHIN);
    terminal.send("\x1b");
    terminal.wait_for_text("type what you want to do", WITHIN);
    terminal.send("\x1b");
    terminal.wait_for(
        "help gone",
        |screen| !screen.contents().contains("type what"),
        WITHIN,
    );
    let kept = fs::read_to_string(&memory).unwrap();
    terminal.send("q");
    let ended = terminal.exit_status(WITHIN);
    assert!(ended.is_some(), "{}", terminal.screen_text());
    let (mut terminal, _) = start(&kept);
    assert!(!terminal.screen_text().contains("Welcome"));
    terminal.send("q");
    terminal.exit_status(WITHIN).expect("it ends");
}

/// The colour that the whole screen is painted with, in the header.
#[cfg(feature = "demo")]
fn background(screen: &vt100::Screen) -> Option<vt100::Color> {
    screen.cell(0, 0).map(vt100::Cell::bgcolor)
}

#[cfg(feature = "demo")]
#[test]
fn a_context_is_dressed_in_its_own_theme_and_a_change_of_it_is_taken_up() {
    const NORD: vt100::Color = vt100::Color::Rgb(46, 52, 64);
    const DRACULA: vt100::Color = vt100::Color::Rgb(40, 42, 54);
    let launch = refused();
    let settings = launch.home().join("settings.toml");
    let dressed = |theme: &str| format!("theme = \"gruvbox-dark\"\n[context.\"demo*\"]\n{theme}");
    fs::write(&settings, dressed("theme = \"nord\"\n")).unwrap();
    let mut terminal = launch
        .args(["--demo", "--config", settings.to_str().unwrap()])
        .size(120, 40)
        .start();
    let mut wait_for = |keys: &str, what: &str, colour| {
        terminal.send(keys);
        let worn = |screen: &vt100::Screen| {
            background(screen) == Some(colour) && screen.contents().contains(what)
        };
        terminal.wait_for(what, worn, WITHIN);
    };
    wait_for("", "● live", NORD);
    fs::write(&settings, dressed("theme = \"dracula\"\n")).unwrap();
    wait_for("", "The settings have been read again.", DRACULA);
    // What is picked is worn for now; the context has its own again after another one.
    let said = "nord is the theme now; demo (simulated) has dracula again";
    wait_for(":theme nord\r", said, NORD);
    wait_for(":ctx test\r", "test alone is open now", NORD);
    wait_for(":ctx demo\r", "demo (simulated) alone is open now", DRACULA);
    // The configuration's word for all contexts is older than what was picked; its word for this one is not there any more.
    fs::write(&settings, dressed("")).unwrap();
    wait_for("", "The settings have been read again.", NORD);
    fs::write(
        &settings,
        "theme = \"gruvbox-dark\"\n[context.\"demo*\"]\n\n\ntheme = \"nrod\"\n",
    )
    .unwrap();
    wait_for(
        "",
        "line 5: there is no theme `nrod`. Did you mean `nord`?",
        NORD,
    );
}

#[test]
fn the_settings_can_be_asked_about() {
    let run = |settings: Option<&str>, args: &[&str]| {
        let launch = barkeep();
        let folder = launch.home().join("config/barkeep");
        fs::create_dir_all(&folder).unwrap();
        if let Some(settings) = settings {
            fs::write(folder.join("config.toml"), settings).unwrap();
        }
        let output = launch.args(args.iter().copied()).run(WITHIN);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let (code, out, _) = run(None, &["config", "path"]);
    assert!(
        code == Some(0) && out.ends_with("config/barkeep/config.toml\n"),
        "{out}"
    );
    let (code, out, _) = run(None, &["config", "check"]);
    assert!(
        code == Some(0) && out.contains("is not there, so all settings have their defaults"),
        "{out}"
    );
    let wrong = "asci = true\ntheme = \"nrod\"\n[keys]\nwhy = \"z\"\n";
    let (code, out, told) = run(Some(wrong), &["config", "check"]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    for want in [
        "config.toml:1: there is no setting `asci`. Did you mean `ascii`?",
        "config.toml:2: there is no theme `nrod`. Did you mean `nord`?",
        "config.toml:4: keys.why: `z` is a key of `zoom` too",
    ] {
        assert!(told.contains(want), "{want}\n{told}");
    }
    let (code, out, told) = run(
        Some("ascii = true\n[keys]\nzoom = \", z\"\n"),
        &["config", "show"],
    );
    assert_eq!((code, told.as_str()), (Some(0), ""));
    assert!(
        out.contains("\nascii = true\n") && out.contains("\nzoom = [\", z\"]\n"),
        "{out}"
    );
    let (code, _, told) = run(None, &["config", "check", "nowhere.toml"]);
    assert!(
        code == Some(1) && told.contains("nowhere.toml cannot be read"),
        "{told}"
    );
}
