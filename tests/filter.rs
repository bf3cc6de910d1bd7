//! The filter in the real program, at a terminal: typed, wrong, kept while one looks elsewhere, cleared by one key.
#![cfg(feature = "demo")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test says what it expected and ends"
)]

pub mod support;

use support::{WITHIN, barkeep};

#[test]
fn a_filter_is_typed_explained_kept_and_cleared() {
    let mut terminal = barkeep().args(["--demo"]).size(200, 50).start();
    terminal.wait_for_text("카페", WITHIN);
    terminal.send("/");
    terminal.wait_for_text("in this field; = is all of it", WITHIN);
    terminal.send("shop");
    terminal.wait_for_text("/shop  1 of ", WITHIN);
    terminal.send(" cpu>lots");
    terminal.wait_for_text("`cpu>lots`: lots is no amount of cpu, such as 500m", WITHIN);
    terminal.send("\x17\x17한");
    terminal.wait_for_text("/shop 한  0 of ", WITHIN);
    terminal.send("\x7f\r");
    terminal.wait_for_text("/shop  1 of ", WITHIN);
    // It stays while another pane has the focus, and one key clears it from there.
    terminal.send("\t");
    terminal.wait_for_text("MAPS  shop", WITHIN);
    terminal.send("/prod\r");
    terminal.wait_for_text("/prod  1 of 3", WITHIN);
    terminal.wait_for_text("/shop  1 of ", WITHIN);
    terminal.send("&");
    terminal.wait_for(
        "no filter",
        |screen| !screen.contents().contains("/shop  1 of"),
        WITHIN,
    );
    terminal.wait_for_text("2 filters are off.", WITHIN);
    terminal.send("q");
    assert!(terminal.exit_status(WITHIN).expect("it ends").success());
}

#[test]
fn a_filter_of_the_command_line_holds_from_the_start_or_is_explained() {
    let launch = barkeep().args([
        "--demo",
        "--print",
        "--filter",
        "restarts>=5 !fraud node:node",
    ]);
    let output = launch.run(WITHIN);
    let frame = String::from_utf8(output.stdout).unwrap();
    assert!(
        frame.contains("INSTANCES  /restarts>=5 !fraud node:node  "),
        "{frame}"
    );
    assert!(frame.contains("CrashLoopBackOff"), "{frame}");
    let output = barkeep().args(["--filter", "web nmae:x"]).run(WITHIN);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("There is no field `nmae`; did you mean `name`?"),
        "{said}"
    );
}
