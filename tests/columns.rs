//! Sort, columns and marks in the real program, and what of them is there again when it is started again.
#![cfg(feature = "demo")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test says what it expected and ends"
)]

pub mod support;

use std::path::Path;

use support::{
    WITHIN, barkeep,
    frame::{rows, says},
    terminal::{Terminal, text},
};

fn started(state: &Path) -> Terminal {
    let mut terminal = barkeep()
        .args(["--demo"])
        .env("XDG_STATE_HOME", state.to_str().unwrap())
        .size(160, 40)
        .start();
    let shop = |screen: &vt100::Screen| rows(&text(screen)).iter().any(|row| row.name == "shop");
    terminal.wait_for("the demo", shop, WITHIN);
    terminal.send(":shop/prod\r");
    terminal.wait_for_text("image-resizer", WITHIN);
    terminal
}

fn wait(terminal: &mut Terminal, words: &str) {
    terminal.wait_for(words, |screen| says(&text(screen), words), WITHIN);
}

#[test]
fn sort_and_columns_are_kept_and_marks_are_not() {
    let state = tempfile::tempdir().unwrap();
    let memory = state.path().join("barkeep/memory.toml");
    std::fs::create_dir_all(memory.parent().unwrap()).unwrap();
    std::fs::write(&memory, "welcomed = true\n").unwrap();
    let mut terminal = started(state.path());
    terminal.send(":sort name\r");
    wait(&mut terminal, "Servers sorted by name, from a to z");
    terminal.send("I");
    wait(&mut terminal, "name ↓");
    wait(&mut terminal, "NAME ↓");
    // The third column goes, one of a label comes.
    terminal.send("|jj");
    wait(&mut terminal, "✓ kind");
    terminal.send(" ");
    terminal.wait_for(
        "kind hidden",
        |screen| !says(&text(screen), "✓ kind"),
        WITHIN,
    );
    terminal.send("lapp\r");
    wait(&mut terminal, "✓ label:app");
    terminal.send("\x1b");
    let closed = |screen: &vt100::Screen| !says(&text(screen), "Columns of Servers");
    terminal.wait_for("the columns", closed, WITHIN);
    terminal.send("g  ");
    wait(&mut terminal, "2 marked");
    wait(&mut terminal, "unmark 2 Servers");
    terminal.send("~*U");
    let unmarked = |screen: &vt100::Screen| !says(&text(screen), "marked");
    terminal.wait_for("no marks", unmarked, WITHIN);
    terminal.send("q");
    assert!(terminal.exit_status(WITHIN).unwrap().success());

    let mut again = started(state.path());
    wait(&mut again, "NAME ↓ APP READY");
    wait(&mut again, "name ↓");
    assert!(!says(&again.screen_text(), "marked"));
    again.send("|r");
    wait(&mut again, "✓ kind");
    // On its own: with a key behind it, it would be that key with alt.
    again.send("\x1b");
    again.wait_for("the columns", closed, WITHIN);
    again.send(":sort health\r");
    wait(&mut again, "Servers sorted by health, the worst first");
    again.send("q");
    assert!(again.exit_status(WITHIN).unwrap().success());
    let kept = std::fs::read_to_string(&memory).unwrap();
    assert!(!kept.contains("[tables.servers]"), "{kept}");
}
