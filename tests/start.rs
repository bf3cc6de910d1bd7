//! Starting with something wrong: what is said says what failed, where, and what to try; without a terminal on stderr
//! and with an exit code, in a terminal on a screen that stays and can be left with `q`. No cluster needed.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test says what it expected and ends"
)]

pub mod support;

use std::{fs, os::unix::fs::PermissionsExt, process::Output, time::Duration};

use support::{
    WITHIN, barkeep,
    frame::tells,
    refused_address,
    terminal::{Launch, Terminal, text},
    write_kubeconfig,
};

// The words that must be said, of what the program says about each; letters of either case.
const NO_KUBECONFIG: &[&str] = &["kubeconfig"];
const BROKEN: &[&str] = &["broken.yaml", "line 3"];
const UNKNOWN_CONTEXT: &[&str] = &["moon", "dev", "prod"];
const REFUSED: &[&str] = &["refuses"];
const PLUGIN_MISSING: &[&str] = &["no-such-plugin"];
const PLUGIN_FAILED: &[&str] = &["angry-plugin"];

/// Something wrong: a file `kubeconfig` (if any), further arguments, and what has to be said.
struct Wrong {
    launch: Launch,
    says: Vec<String>,
}

fn wrong(launch: Launch, says: &[&str]) -> Wrong {
    Wrong {
        launch,
        says: says.iter().map(|&words| words.to_owned()).collect(),
    }
}

fn no_kubeconfig() -> Wrong {
    wrong(barkeep(), NO_KUBECONFIG)
}

fn broken_kubeconfig() -> Wrong {
    let launch = barkeep();
    let path = launch.home().join("broken.yaml");
    fs::write(&path, "apiVersion: v1\nkind: Config\nclusters: [}\n").unwrap();
    wrong(
        launch.args(["--kubeconfig", path.to_str().unwrap()]),
        BROKEN,
    )
}

fn unknown_context() -> Wrong {
    let launch = barkeep();
    let path = launch.home().join("kubeconfig");
    let text = "apiVersion: v1\nkind: Config\ncurrent-context: dev\n\
                clusters:\n- name: c\n  cluster: {server: \"https://127.0.0.1:1\"}\n\
                users:\n- name: u\n  user: {token: t}\n\
                contexts:\n- name: dev\n  context: {cluster: c, user: u}\n- name: prod\n  context: {cluster: c, user: u}\n";
    fs::write(&path, text).unwrap();
    wrong(
        launch.args(["--kubeconfig", path.to_str().unwrap(), "--context", "moon"]),
        UNKNOWN_CONTEXT,
    )
}

fn refused() -> Wrong {
    let address = refused_address();
    let mut wrong = wrong(with_user(&address, "{token: t}"), REFUSED);
    wrong.says.push(address);
    wrong
}

fn missing_plugin() -> Wrong {
    wrong(
        with_user(&refused_address(), &plugin("no-such-plugin")),
        PLUGIN_MISSING,
    )
}

/// The plugin clears the screen, sets the title and cries in red, on stderr, and fails.
fn failing_plugin() -> Wrong {
    let launch = barkeep();
    let path = launch.home().join("angry-plugin");
    let script = "#!/bin/sh\nprintf '\\033[2J\\033[H\\033]0;owned\\007\\033[31mSMEAR SMEAR SMEAR\\n' >&2\nexit 7\n";
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let user = plugin(path.to_str().unwrap());
    let kubeconfig = launch.home().join("kubeconfig");
    write_kubeconfig(
        &kubeconfig,
        &format!("https://{}", refused_address()),
        &user,
    );
    wrong(
        launch.args(["--kubeconfig", kubeconfig.to_str().unwrap()]),
        PLUGIN_FAILED,
    )
}

fn with_user(address: &str, user: &str) -> Launch {
    let launch = barkeep();
    let path = launch.home().join("kubeconfig");
    write_kubeconfig(&path, &format!("https://{address}"), user);
    launch.args(["--kubeconfig", path.to_str().unwrap()])
}

fn plugin(command: &str) -> String {
    format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: {command}, interactiveMode: IfAvailable}}}}"
    )
}

/// Without a terminal: a sentence on stderr, and an exit code that a script can see.
#[track_caller]
fn fails_with_a_sentence(wrong: Wrong) {
    let Output {
        status,
        stdout,
        stderr,
    } = wrong.launch.args(["--print"]).run(Duration::from_mins(1));
    let said = String::from_utf8_lossy(&stderr).into_owned();
    assert!(
        status.code().is_some_and(|code| code != 0),
        "{status}; stdout {:?}; stderr {said}",
        String::from_utf8_lossy(&stdout)
    );
    assert_sentence(&said, &wrong.says);
    assert!(
        said.lines().count() <= 5,
        "a sentence, not a report:\n{said}"
    );
}

/// In a terminal: the sentence on a screen that stays, and `q` leaves it.
#[track_caller]
fn stays_and_says(wrong: Wrong) -> Terminal {
    let mut terminal = wrong.launch.size(120, 40).start();
    let said = |screen: &vt100::Screen| {
        let shown = text(screen);
        wrong.says.iter().all(|words| tells(&shown, words))
    };
    terminal.wait_for(&format!("{:?}", wrong.says), said, WITHIN);
    assert!(
        terminal.exit_status(Duration::from_secs(1)).is_none(),
        "it stays open"
    );
    let shown = terminal.screen_text();
    assert!(!shown.contains("panicked"), "{shown}");
    terminal
}

#[track_caller]
fn quits(mut terminal: Terminal) {
    terminal.send("q");
    let exit = terminal.exit_status(WITHIN);
    assert!(exit.is_some(), "q ends it:\n{}", terminal.screen_text());
}

#[track_caller]
fn assert_sentence(said: &str, words: &[String]) {
    let lower = said.to_lowercase();
    for wanted in words {
        assert!(
            lower.contains(&wanted.to_lowercase()),
            "{wanted:?} is not said:\n{said}"
        );
    }
    assert!(!lower.contains("panicked"), "{said}");
    assert!(
        !said.contains('\x1b'),
        "escape sequences on stderr: {said:?}"
    );
}

#[test]
fn without_a_kubeconfig_a_script_is_told() {
    fails_with_a_sentence(no_kubeconfig());
}

#[test]
fn without_a_kubeconfig_a_person_is_told() {
    quits(stays_and_says(no_kubeconfig()));
}

#[test]
fn of_a_broken_kubeconfig_a_script_is_told_file_and_line() {
    fails_with_a_sentence(broken_kubeconfig());
}

#[test]
fn of_a_broken_kubeconfig_a_person_is_told_file_and_line() {
    quits(stays_and_says(broken_kubeconfig()));
}

#[test]
fn of_an_unknown_context_a_script_is_told_which_there_are() {
    fails_with_a_sentence(unknown_context());
}

#[test]
fn of_an_unknown_context_a_person_is_told_which_there_are() {
    quits(stays_and_says(unknown_context()));
}

#[test]
fn of_a_refused_connection_a_script_is_told() {
    fails_with_a_sentence(refused());
}

#[test]
fn of_a_refused_connection_a_person_is_told() {
    quits(stays_and_says(refused()));
}

#[test]
fn of_a_missing_plugin_a_person_is_told() {
    quits(stays_and_says(missing_plugin()));
}

#[test]
fn what_a_failing_plugin_cries_never_smears_the_screen() {
    let mut terminal = stays_and_says(failing_plugin());
    let written = String::from_utf8_lossy(terminal.bytes()).into_owned();
    for smear in ["\x1b]0;owned", "\x1b[31mSMEAR"] {
        assert!(
            !written.contains(smear),
            "the plugin wrote to the terminal: {smear:?}"
        );
    }
    let shown = terminal.screen_text();
    assert!(
        shown.contains("SERVICES"),
        "the screen is still there:\n{shown}"
    );
    quits(terminal);
}
