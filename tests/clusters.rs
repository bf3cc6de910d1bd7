//! Several clusters in the real program: one of them hangs, can not be found, or is opened and closed while it runs, and
//! the others never notice. No network but this machine's own.
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
    net::{TcpListener, TcpStream},
    path::Path,
    process::Output,
    thread,
};

use support::{
    WITHIN, barkeep,
    cluster::eventually,
    frame::{rows, says, tells},
    served::Served,
    terminal::{Launch, text},
    write_kubeconfig,
};

/// The address of a server that takes every connection and never says a word.
fn silent_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let held: Vec<TcpStream> = listener.incoming().map_while(Result::ok).collect();
        drop(held);
    });
    address
}

/// A launch that knows a cluster `test`, which hangs, and those of another kubeconfig.
fn beside(more: Option<&Path>) -> Launch {
    let launch = barkeep();
    let path = launch.home().join("silent");
    write_kubeconfig(
        &path,
        &format!("https://{}", silent_address()),
        "{token: t}",
    );
    let list = std::env::join_paths(more.into_iter().chain([path.as_path()])).unwrap();
    launch.env("KUBECONFIG", list.to_str().unwrap())
}

fn frame(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", output.status);
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_cluster_that_hangs_holds_up_no_other() {
    let served = Served::start(&[]);
    // How long it takes to be there is not what this is about.
    let ready = || {
        let kubeconfig = served.kubeconfig.to_str().unwrap();
        let output = barkeep()
            .args(["--kubeconfig", kubeconfig, "--print"])
            .run(WITHIN);
        output.status.success().then_some(())
    };
    eventually(WITHIN, ready).expect("a demo that answers");
    let launch = beside(Some(&served.kubeconfig));
    let output = launch
        .args([
            "--context",
            "test,demo",
            "--print",
            "--request-timeout",
            "2m",
        ])
        .run(WITHIN);
    let frame = frame(&output);
    assert!(rows(&frame).iter().any(|row| row.name == "shop"), "{frame}");
    assert!(says(&frame, "1 of 2 live"), "{frame}");
    let header = frame.lines().next().unwrap();
    assert!(
        header.contains("test "),
        "it names the one that hangs: {header}"
    );
}

#[test]
fn what_can_not_be_found_is_said_beside_what_can() {
    let contexts = [
        "--demo",
        "--context",
        "moon",
        "--context",
        "test,moon",
        "--print",
    ];
    let output = beside(None).args(contexts).run(WITHIN);
    let frame = frame(&output);
    assert!(rows(&frame).iter().any(|row| row.name == "shop"), "{frame}");
    assert!(
        says(&frame, "of 3 live"),
        "a name given twice is one: {frame}"
    );
    // Where nothing can be found it is an error, as with one.
    let output = beside(None)
        .args(["--context", "moon,mars", "--print"])
        .run(WITHIN);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(said.contains("“moon”") && said.contains("test"), "{said}");
}

#[test]
fn the_configuration_names_contexts_and_the_command_line_wins() {
    let launch = beside(None);
    let config = launch.home().join("config.toml");
    fs::write(&config, "contexts = [\"moon\", \"demo (simulated)\"]\n").unwrap();
    let config = config.to_str().unwrap().to_owned();
    let output = launch
        .args(["--config", &config, "--print", "--request-timeout", "2m"])
        .run(WITHIN);
    let both = frame(&output);
    assert!(says(&both, "1 of 2 live"), "{both}");
    let launch = beside(None);
    let path = launch.home().join("config.toml");
    fs::write(&path, "contexts = [\"moon\", \"mars\"]\n").unwrap();
    let path = path.to_str().unwrap().to_owned();
    let output = launch
        .args(["--config", &path, "--demo", "--print", "--keys", "C"])
        .run(WITHIN);
    let one = frame(&output);
    assert!(says(&one, "● live") && !tells(&one, "moon"), "{one}");
}

#[test]
fn clusters_are_opened_and_closed_while_it_runs() {
    let mut terminal = beside(None)
        .remembering("welcomed = true\n[been]\ncontexts = [\"demo (simulated)\"]\n")
        .args(["--demo"])
        .size(120, 40)
        .start();
    let shop = |screen: &vt100::Screen| rows(&text(screen)).iter().any(|row| row.name == "shop");
    terminal.wait_for("the demo", shop, WITHIN);
    terminal.send("C");
    terminal.wait_for_text("not open", WITHIN);
    let shown = terminal.screen_text();
    assert!(
        says(&shown, "test 127.0.0.1:") && says(&shown, "demo (simulated) inside barkeep"),
        "{shown}"
    );
    // What was used last stands on top: the demo.
    terminal.send("G ");
    terminal.wait_for_text("1 of 2 live", WITHIN);
    assert!(shop(terminal.screen()), "the other is still there");
    // The last of them can go too, and each can come back.
    terminal.send("g j \x1b");
    terminal.wait_for_text("No cluster is open", WITHIN);
    terminal.send(":ctx demo\r");
    terminal.wait_for("the demo again", shop, WITHIN);
    // Nobody waits for the old one, nor for the new.
    terminal.send(":ctx test\r");
    terminal.wait_for_text("test alone is open now", WITHIN);
    assert!(!shop(terminal.screen()), "{}", terminal.screen_text());
    terminal.send("F");
    terminal.wait_for_text("What looking costs", WITHIN);
    terminal.wait_for_text("deployments", WITHIN);
    terminal.send("q");
    terminal.send("q");
    assert!(terminal.exit_status(WITHIN).unwrap().success());
}

#[test]
fn one_cluster_of_the_command_line_is_not_for_several_contexts() {
    let output = barkeep()
        .args(["--context", "a,b", "--cluster", "c"])
        .run(WITHIN);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("--cluster names one cluster"), "{said}");
}
