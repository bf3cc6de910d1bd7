//! People with few rights, or none, see what is theirs, and are told what is not.

use std::{fs, time::Duration};

use crate::{
    live, place_keys, print,
    support::{
        WITHIN, barkeep,
        cluster::eventually,
        frame::{named, server, tells},
        terminal::text,
    },
    variable,
    words::{FORBIDDEN, NO_NAMESPACES, OWN_NAMESPACES},
};

#[test]
fn a_developer_sees_what_is_theirs_and_is_told_what_is_not() {
    let test = "a_developer_sees_what_is_theirs_and_is_told_what_is_not";
    let Some(_cluster) = live(test) else { return };
    let Some(developer) = variable(test, "BARKEEP_DEVELOPER") else {
        return;
    };

    let sees = |args: &[&str], map: &str, name: &str| {
        let mut frame = String::new();
        let seen = eventually(WITHIN, || {
            frame = print(&developer, args, &place_keys("shop", map));
            server(&frame, name)
        });
        assert!(seen.is_some(), "{args:?}: no {name}:\n{frame}");
    };
    sees(&["-n", "shop-dev"], "dev", "crasher");
    sees(&["-n", "shop-prod"], "prod", "web");

    let launch = barkeep().args(["--kubeconfig", &developer]).size(160, 50);
    let config = launch.home().join("config/barkeep");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("config.toml"), OWN_NAMESPACES).unwrap();
    let mut terminal = launch.start();
    for (map, name) in [("dev", "crasher"), ("prod", "web")] {
        terminal.wait_for(
            &format!("Map {map}"),
            |screen| named(&text(screen), map).is_some(),
            WITHIN,
        );
        terminal.send(format!(":shop/{map}\r"));
        terminal.wait_for(name, |screen| server(&text(screen), name).is_some(), WITHIN);
    }

    let frame = print(&developer, &[], "<wait>");
    assert!(
        tells(&frame, NO_NAMESPACES),
        "what is forbidden is said:\n{frame}"
    );
}

#[test]
fn nobody_is_told_why_there_is_nothing() {
    let test = "nobody_is_told_why_there_is_nothing";
    let Some(_cluster) = live(test) else { return };
    let Some(nobody) = variable(test, "BARKEEP_NOBODY") else {
        return;
    };

    let mut terminal = barkeep()
        .args(["--kubeconfig", &nobody])
        .size(120, 40)
        .start();
    terminal.wait_for("an explanation", |screen| explains(&text(screen)), WITHIN);
    assert!(
        terminal.exit_status(Duration::from_secs(2)).is_none(),
        "it stays open"
    );
    // It is asked which namespace may be read, which takes letters; whoever knows of none leaves the question.
    terminal.wait_for_text("Which one may you read?", WITHIN);
    terminal.send("\x1b");
    terminal.wait_for(
        "the question gone",
        |screen| !text(screen).contains("Which one may you read?"),
        WITHIN,
    );
    terminal.send("q");
    assert!(terminal.exit_status(WITHIN).is_some(), "q ends it");

    // Whichever way it exits: there is a sentence, on the frame or on stderr.
    let said = print(&nobody, &[], "<wait>");
    assert!(explains(&said) && !said.contains("panicked"), "{said}");
}

fn explains(said: &str) -> bool {
    FORBIDDEN.iter().any(|words| tells(said, words))
}
