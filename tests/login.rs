//! A credential plugin that wants a person at the terminal: the screen is left to it, and comes back.
#![cfg(feature = "demo")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test says what it expected and ends"
)]

pub mod support;

use std::{fs, os::unix::fs::PermissionsExt};

use support::{
    WITHIN, barkeep,
    frame::rows,
    served::Served,
    terminal::{Launch, Terminal, text},
};

/// Asks for a word, and gives the demo's token to who says the right one.
fn plugin(token: &str) -> String {
    let answer = r#"{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"TOKEN\"}}"#;
    let answer = answer.replace("TOKEN", token);
    format!(
        "#!/bin/sh\nprintf 'The word, please: ' >&2\nread word\n\
         [ \"$word\" = mellon ] || {{ echo 'not that one' >&2; exit 1; }}\necho \"{answer}\"\n"
    )
}

/// The demo, whose user has to log in; in the same kubeconfig as `viewer`, who has not.
fn guarded(served: &Served) -> Launch {
    let launch = barkeep().size(120, 40);
    let text = served.read().unwrap();
    let given = text.split("user: {token: \"").nth(1).unwrap();
    let token = given.split('"').next().unwrap();
    let script = launch.home().join("ask-me");
    fs::write(&script, plugin(token)).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let exec = format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: {}, interactiveMode: Always}}}}",
        script.display()
    );
    let kubeconfig = launch.home().join("guarded");
    let user = format!("{{token: \"{token}\"}}");
    fs::write(&kubeconfig, text.replacen(&user, &exec, 1)).unwrap();
    launch.env("KUBECONFIG", kubeconfig.to_str().unwrap())
}

fn has_shop(screen: &vt100::Screen) -> bool {
    rows(&text(screen)).iter().any(|row| row.name == "shop")
}

/// Answers the plugin, which has the terminal to itself meanwhile. Its question of the time before, if any, is still
/// there to be seen: what is typed on seeing that comes while the terminal is being handed over, and is let go.
fn log_in(terminal: &mut Terminal, word: &str, time: usize) {
    terminal.send("L");
    terminal.wait_for(
        "the plugin alone on the terminal",
        |screen| {
            !screen.alternate_screen() && text(screen).matches("The word, please:").count() == time
        },
        WITHIN,
    );
    terminal.send(format!("{word}\r"));
    terminal.wait_for("the screen again", vt100::Screen::alternate_screen, WITHIN);
}

#[test]
fn the_screen_is_left_for_a_login_and_comes_back() {
    let served = Served::start(&[]);
    let mut terminal = guarded(&served).start();
    terminal.wait_for_text("log in", WITHIN);
    assert!(!has_shop(terminal.screen()));
    log_in(&mut terminal, "friend", 1);
    terminal.wait_for_text("failed (exit status: 1)", WITHIN);
    log_in(&mut terminal, "mellon", 2);
    terminal.wait_for("what the login opens", has_shop, WITHIN);
    terminal.send("q");
    assert!(terminal.exit_status(WITHIN).unwrap().success());
}

#[test]
fn who_has_to_log_in_holds_up_no_other() {
    let served = Served::start(&[]);
    let mut terminal = guarded(&served)
        .args(["--context", "demo,demo-viewer"])
        .start();
    terminal.wait_for("the cluster that asks for nothing", has_shop, WITHIN);
    terminal.wait_for_text("1 of 2 live", WITHIN);
    terminal.wait_for_text("log in to demo", WITHIN);
    log_in(&mut terminal, "mellon", 1);
    terminal.wait_for_text("● 2 live", WITHIN);
    terminal.send("q");
    assert!(terminal.exit_status(WITHIN).unwrap().success());
}
