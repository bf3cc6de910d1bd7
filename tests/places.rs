//! Places in the real program: the command line that names one, the one it starts with the next time, bookmarks, and what
//! a shell offers. No cluster but the simulated one.
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
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};

use support::{
    WITHIN, barkeep,
    frame::{says, tells},
    terminal::{Launch, Terminal, text},
    write_kubeconfig,
};
use tempfile::TempDir;

const BARKEEP: &str = env!("CARGO_BIN_EXE_barkeep");

/// A launch whose memory outlives it.
fn remembering(state: &Path, args: &[&str]) -> Launch {
    let memory = state.join("barkeep/memory.toml");
    if !memory.exists() {
        fs::create_dir_all(memory.parent().unwrap()).unwrap();
        fs::write(&memory, "welcomed = true\n").unwrap();
    }
    barkeep()
        .args(args)
        .env("XDG_STATE_HOME", state.to_str().unwrap())
        .size(120, 40)
}

fn in_header(screen: &vt100::Screen, words: &str) -> bool {
    text(screen)
        .lines()
        .next()
        .unwrap_or_default()
        .contains(words)
}

#[track_caller]
fn quits(mut terminal: Terminal) {
    terminal.send("q");
    let exit = terminal.exit_status(WITHIN).expect("it ends");
    assert_eq!(exit.exit_code(), 0);
}

#[track_caller]
fn stands_at(terminal: &mut Terminal, place: &str) {
    terminal.wait_for(place, |screen| in_header(screen, place), WITHIN);
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn it_starts_where_it_was_left_and_afresh_where_that_is_asked_for() {
    let state = TempDir::new().unwrap();
    let mut first = remembering(state.path(), &["--demo"]).start();
    first.wait_for_text("● live", WITHIN);
    first.send(":shop/prod/web");
    first.wait_for(
        "it is known",
        |screen| {
            let shown = text(screen);
            let mut lines = shown.lines();
            lines.any(|line| line.contains("shop/prod/web") && line.contains("Deployment"))
        },
        WITHIN,
    );
    first.send("\r");
    stands_at(&mut first, "shop ▸ prod ▸ web");
    quits(first);

    let mut second = remembering(state.path(), &["--demo"]).start();
    stands_at(&mut second, "shop ▸ prod ▸ web");
    second.wait_for_text("INSTANCES  shop ▸ prod ▸ web", WITHIN);
    quits(second);

    // --fresh, a namespace and a place each mean something else; a setting turns it off for good.
    let config = state.path().join("config.toml");
    fs::write(&config, "restore = false\n").unwrap();
    let config = config.to_str().unwrap();
    for (more, place) in [
        (&["--fresh"][..], "accounts"),
        (&["--config", config], "accounts"),
        (&["-n", "shop-dev"], "shop ▸ dev"),
        (&["shop/stage"], "shop ▸ stage"),
    ] {
        let args: Vec<&str> = ["--demo"].iter().chain(more).copied().collect();
        let mut other = remembering(state.path(), &args).start();
        other.wait_for_text("● live", WITHIN);
        stands_at(&mut other, place);
        // Killed, and not left: it keeps no place of its own.
        drop(other);
    }
}

#[test]
fn the_list_of_a_kind_is_a_place_like_any_other() {
    let state = TempDir::new().unwrap();
    let mut first = remembering(state.path(), &["--demo"]).start();
    first.wait_for_text("● live", WITHIN);
    first.send(":ing shop-prod\r");
    stands_at(&mut first, "shop-prod ▸ ingresses");
    first.send("mdoors\r");
    first.wait_for_text("\"doors\" leads here", WITHIN);
    first.send(":nodes\r");
    stands_at(&mut first, "demo (simulated) ▸ nodes");
    quits(first);

    let mut second = remembering(state.path(), &["--demo"]).start();
    stands_at(&mut second, "demo (simulated) ▸ nodes");
    second.send(":go doors\r");
    stands_at(&mut second, "shop-prod ▸ ingresses");
    quits(second);

    let memory = state.path().join("barkeep/memory.toml");
    let kept = fs::read_to_string(&memory).unwrap();
    let gone = kept.replace("ingresses.networking.k8s.io", "taverns.example.com");
    fs::write(&memory, gone).unwrap();
    let mut third = remembering(state.path(), &["--demo"]).start();
    third.wait_for_text(
        "The kind taverns.example.com, where you were, is gone.",
        WITHIN,
    );
    quits(third);
}

#[test]
fn the_command_line_names_a_place() {
    let frame = |args: &[&str]| {
        let output = barkeep().args(["--demo", "--print"]).args(args).run(WITHIN);
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let web = frame(&["shop/prod/web"]);
    assert!(says(&web, "INSTANCES shop ▸ prod ▸ web"), "{web}");
    let named = frame(&["demo (simulated):shop/prod"]);
    assert!(
        named.lines().next().unwrap().contains("shop ▸ prod"),
        "{named}"
    );
    let gone = frame(&["shop/prod/nope"]);
    assert!(tells(&gone, "There is no \"nope\" in shop/prod."), "{gone}");
    // A place that is called as a command is.
    let demo = frame(&["--", "demo"]);
    assert!(tells(&demo, "There is no \"demo\"."), "{demo}");
}

#[test]
fn the_prompt_finds_by_letters_and_find_by_name_in_everything() {
    let state = TempDir::new().unwrap();
    let mut terminal = remembering(state.path(), &["--demo"]).start();
    terminal.wait_for_text("shop", WITHIN);
    terminal.send(":shprodimg");
    terminal.wait_for_text("shop/prod/image-resizer", WITHIN);
    terminal.send("\r");
    stands_at(&mut terminal, "shop ▸ prod ▸ image-resizer");
    // As one asks for a list elsewhere.
    terminal.send(":pods payments-prod /ledger\r");
    terminal.wait_for_text("namespace=payments-prod ledger", WITHIN);
    terminal.send("\x10");
    terminal.wait_for_text("Find in all that is loaded", WITHIN);
    terminal.send("image-resizer");
    let found = |screen: &vt100::Screen| {
        let shown = text(screen);
        let mut lines = shown.lines();
        lines.any(|line| line.contains("image-resizer") && line.contains("Deployment"))
    };
    terminal.wait_for("what is called so", found, WITHIN);
    terminal.send("\r");
    stands_at(&mut terminal, "▸ image-resizer");
    quits(terminal);
}

#[test]
fn a_frame_that_is_printed_leaves_nothing_behind() {
    let state = TempDir::new().unwrap();
    let launch = remembering(state.path(), &["--demo", "--print", "--keys"]);
    let before = fs::read(state.path().join("barkeep/memory.toml")).unwrap();
    let output = launch
        .args([":sort -age<enter>:mark here<enter>"])
        .run(WITHIN);
    let frame = String::from_utf8(output.stdout).unwrap();
    assert!(frame.contains("leads here from now on"), "{frame}");
    let after = fs::read(state.path().join("barkeep/memory.toml")).unwrap();
    assert_eq!(after, before);
}

#[test]
fn a_command_line_that_is_wrong_is_answered_with_a_sentence() {
    for (args, sentence) in [
        (
            &["a/b/c/d/e"][..],
            "a place is a Service, a Map, a Server and an Instance",
        ),
        (&["shop", "-n", "shop-prod"], "cannot be used with"),
        (&["shop", "prod"], "there can be one place only"),
        (&["completions", "tcsh"], "[possible values: bash"),
    ] {
        let output = barkeep().args(args).run(WITHIN);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(
            said(&output).contains(sentence),
            "{args:?}: {}",
            said(&output)
        );
    }
}

#[test]
fn a_context_that_is_mistyped_in_the_program_is_no_flag() {
    let launch = barkeep();
    let kubeconfig = launch.home().join("kubeconfig");
    write_kubeconfig(&kubeconfig, "https://127.0.0.1:1", "{token: t}");
    let output = launch
        .env("KUBECONFIG", kubeconfig.to_str().unwrap())
        .args([
            "--demo",
            "--print",
            "--size",
            "200x50",
            "--keys",
            ":ctx moon<enter>",
        ])
        .run(WITHIN);
    let frame = String::from_utf8(output.stdout).unwrap();
    assert!(tells(&frame, "There is no context “moon”"), "{frame}");
    assert!(!frame.contains("--context"), "{frame}");
}

#[test]
fn a_bookmark_leads_to_another_cluster_past_one_that_hangs() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let held: Vec<TcpStream> = listener.incoming().map_while(Result::ok).collect();
        drop(held);
    });
    let state = TempDir::new().unwrap();
    let memory = state.path().join("barkeep/memory.toml");
    fs::create_dir_all(memory.parent().unwrap()).unwrap();
    let bookmark = "welcomed = true\n[been.bookmarks.door]\ncontext = \"demo (simulated)\"\npath = [\"shop\", \"prod\", \"web\"]\npane = \"instances\"\n";
    fs::write(&memory, bookmark).unwrap();
    let launch = remembering(state.path(), &[]);
    let kubeconfig = launch.home().join("kubeconfig");
    write_kubeconfig(&kubeconfig, &format!("https://{address}"), "{token: t}");
    let mut terminal = launch
        .env("KUBECONFIG", kubeconfig.to_str().unwrap())
        .start();
    stands_at(&mut terminal, "test");
    terminal.send("'do");
    terminal.wait_for_text("★  door", WITHIN);
    terminal.send("\r");
    stands_at(&mut terminal, "demo (simulated) ▸ shop ▸ prod ▸ web");
    // It is kept under a new name, beside what was kept before.
    terminal.send("mback again\r");
    terminal.wait_for_text("\"back again\" leads here", WITHIN);
    quits(terminal);
    let kept = fs::read_to_string(&memory).unwrap();
    assert!(
        kept.contains("bookmarks.door") && kept.contains("bookmarks.\"back again\""),
        "{kept}"
    );
}

/// A folder with a memory of Maps and a kubeconfig, for shells that ask.
fn known() -> TempDir {
    let home = TempDir::new().unwrap();
    fs::create_dir(home.path().join("barkeep")).unwrap();
    let memory = "[been.maps]\ntest = [\"cart/dev\", \"shop/prod\", \"shop/stage\"]\n";
    fs::write(home.path().join("barkeep/memory.toml"), memory).unwrap();
    write_kubeconfig(
        &home.path().join("kubeconfig"),
        "https://127.0.0.1:1",
        "{token: t}",
    );
    home
}

fn ask(home: &Path, program: &Path, args: &[&str]) -> Output {
    Command::new(program)
        .args(args)
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap())
        .env("HOME", home)
        .env("XDG_STATE_HOME", home)
        .env("KUBECONFIG", home.join("kubeconfig"))
        .output()
        .unwrap()
}

#[test]
fn bash_is_offered_contexts_and_places() {
    let home = known();
    let complete = |line: &str| {
        let script = format!(
            "source <({BARKEEP} completions bash)\nCOMP_WORDS=({line} '')\n\
             COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n[[ -n $CUR ]] && COMP_WORDS[COMP_CWORD]=$CUR\n\
             _clap_complete_barkeep barkeep \"${{COMP_WORDS[COMP_CWORD]}}\"\nprintf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        let output = ask(home.path(), Path::new("bash"), &["-c", &script]);
        assert_eq!(said(&output), "", "{line}");
        String::from_utf8(output.stdout).unwrap()
    };
    let places = complete("barkeep");
    for place in ["shop/prod", "shop/stage", "cart/dev", "completions"] {
        assert!(places.contains(place), "{places}");
    }
    let contexts = complete("barkeep --context");
    assert!(
        contexts.contains("test") && !contexts.contains("shop"),
        "{contexts}"
    );
}

#[test]
fn shells_are_answered_at_once_and_in_silence() {
    let home = known();
    fs::write(home.path().join("kubeconfig"), "no: [kubeconfig").unwrap();
    fs::write(home.path().join("barkeep/memory.toml"), "nor = memory").unwrap();
    let begun = Instant::now();
    let output = Command::new(BARKEEP)
        .args(["--", "barkeep", "--context", ""])
        .env("BARKEEP_COMPLETE", "fish")
        .env("KUBECONFIG", home.path().join("kubeconfig"))
        .env("XDG_STATE_HOME", home.path())
        .output()
        .unwrap();
    let took = begun.elapsed();
    assert_eq!((&*said(&output), &*output.stdout), ("", &b""[..]));
    assert!(took < Duration::from_secs(2), "{took:?}");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = ask(home.path(), Path::new(BARKEEP), &["completions", shell]);
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(
            script.contains("BARKEEP_COMPLETE") && script.contains(BARKEEP),
            "{script}"
        );
    }
}

#[test]
fn kubectl_has_it_as_a_plugin() {
    let home = known();
    let called = |name: &str| {
        let path = home.path().join(name);
        symlink(BARKEEP, &path).unwrap();
        path
    };
    let plugin = called("kubectl-barkeep");
    let help = ask(home.path(), &plugin, &["--help"]);
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(
        help.contains("Usage: kubectl barkeep [OPTIONS] [PLACE]"),
        "{help}"
    );
    assert!(help.contains("  kubectl barkeep shop/prod/web"), "{help}");
    let wrong = ask(home.path(), &plugin, &["--nope"]);
    assert!(
        said(&wrong).contains("Usage: kubectl barkeep"),
        "{}",
        said(&wrong)
    );
    let completes = called("kubectl_complete-barkeep");
    let offered = ask(home.path(), &completes, &["shop"]);
    let offered = String::from_utf8(offered.stdout).unwrap();
    assert_eq!(offered, "shop/prod\nshop/stage\n:4\n");
}

#[test]
fn the_man_page_and_the_version_are_there() {
    let home = known();
    let man = ask(home.path(), Path::new(BARKEEP), &["man"]);
    let man = String::from_utf8(man.stdout).unwrap();
    for section in ["KEYS", "FILES", "ENVIRONMENT", "EXIT STATUS"] {
        assert!(man.contains(section), "{section}");
    }
    let version = ask(home.path(), Path::new(BARKEEP), &["--version"]);
    let version = String::from_utf8(version.stdout).unwrap();
    let wanted = format!("barkeep {}", env!("CARGO_PKG_VERSION"));
    assert!(version.starts_with(&wanted), "{version}");
}
