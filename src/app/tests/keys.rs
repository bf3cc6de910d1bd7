//! Keys that the person chose, keys after each other, and settings that are read while the program runs.

use super::*;
use crate::command::{Command, Keymap, Rebinding};

fn rebound(changes: &[(Command, &str)]) -> Keymap {
    let change = |(command, keys): &(Command, &str)| Rebinding {
        command: *command,
        keys: vec![keys.parse().unwrap()],
    };
    let changes: Vec<Rebinding> = changes.iter().map(change).collect();
    let (keymap, wrong) = Keymap::rebound(&changes);
    assert_eq!(wrong, []);
    keymap
}

#[test]
fn keys_follow_each_other_and_wait_for_the_next() {
    let mut run = Run::new(&["shop-dev"], &[]);
    run.app.keymap = rebound(&[(Command::Zoom, ", z"), (Command::Help, ", ?")]);
    run.keys(",");
    assert_eq!(run.app.begun.len(), 1);
    run.keys("z");
    assert!(run.app.zoom && run.app.begun.is_empty());
    // What nobody bound says so by name, and begins nothing.
    run.keys(",j");
    assert_eq!(
        run.app.message(),
        Some(", j does nothing here. , ? shows what can be done.")
    );
    assert!(run.app.begun.is_empty());
    // Out of it again, without leaving anything else.
    run.keys(",<esc>");
    assert!(run.app.zoom && run.app.begun.is_empty());
    run.keys(",<ctrl-c>");
    assert!(run.app.begun.is_empty());
    run.keys("z");
    assert!(run.app.zoom, "its old key means nothing any more");
}

#[test]
fn how_things_look_is_behind_one_key() {
    let mut run = Run::new(&["shop-dev"], &[]);
    run.keys(",s");
    assert!(matches!(run.app.overlay, Overlay::Sort(_)));
    run.keys("<esc>,c");
    assert!(matches!(run.app.overlay, Overlay::Columns(_)));
    run.keys("<esc>,w");
    assert!(run.app.list(run.app.focus).columns.wide);
    let (focus, overlay) = (run.app.focus, run.app.overlay.clone());
    run.keys(",j");
    assert_eq!(
        run.app.message(),
        Some(", j does nothing here. ? shows what can be done.")
    );
    assert_eq!((run.app.focus, &run.app.overlay), (focus, &overlay));
}

#[test]
fn a_box_is_moved_by_the_keys_that_were_chosen() {
    let mut run = Run::new(&["shop-dev"], &[]);
    run.app.keymap = rebound(&[(Command::Down, "J"), (Command::Help, "f1")]);
    run.keys(":settings<enter>J");
    assert_eq!(run.app.overlay, Overlay::Settings(1));
    run.keys("j");
    assert_eq!(run.app.overlay, Overlay::None);
}

#[test]
fn mistakes_in_the_settings_are_shown_at_once_and_go_when_they_are_mended() {
    let mut run = Run::new(&["shop-dev"], &[]);
    let wrong = || {
        vec![Problem::new(
            Cause::Config,
            "c.toml:1: there is no setting `asci`",
        )]
    };
    run.app.configured("c.toml".into(), wrong());
    assert_eq!(run.app.overlay, Overlay::Settings(0));
    run.app.configured("c.toml".into(), Vec::new());
    assert_eq!(run.app.overlay, Overlay::None);
    // It has come by itself, and takes no key of somebody who is at something.
    run.app.configured("c.toml".into(), wrong());
    run.keys("jq");
    assert_eq!(run.app.overlay, Overlay::None);
    run.app.configured("c.toml".into(), wrong());
    run.keys(":sh");
    // Whoever is in the middle of something is only told.
    run.app.configured("c.toml".into(), wrong());
    assert!(matches!(run.app.overlay, Overlay::Prompt(..)));
    assert_eq!(
        run.app.message(),
        Some("The settings have mistakes: see :settings")
    );
    run.keys("<esc>:settings<enter>");
    assert_eq!(run.app.overlay, Overlay::Settings(0));
}

#[test]
fn namespaces_of_new_settings_are_looked_into_where_none_may_be_listed() {
    let mut run = Run::empty();
    run.refuse(&source(What::Namespaces, ""));
    run.app.look_also_into(|context| {
        assert_eq!(context, "test");
        vec!["shop-dev".into()]
    });
    run.app.refresh();
    assert_eq!(run.app.world.maps().len(), 1);
    run.app.look_also_into(|_| vec!["shop-dev".into()]);
    assert_eq!(run.app.clusters[0].namespaces.len(), 1);
}

#[test]
fn help_finds_what_one_wants_to_do() {
    let run = Run::new(&["shop-dev"], &[]);
    let found = |typed: &str| {
        let advice = run.app.advice(typed).into_iter();
        let names = advice.filter_map(|advice| match advice {
            Advice::Command(command) => Some(command.entry().name),
            Advice::Chapter(_) => None,
        });
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(found("narrow list"), "filter");
    assert_eq!(found("QUIT"), "cancel quit");
    assert_eq!(found("ctrl-l"), "repaint");
    assert_eq!(found("?"), "help");
    assert_eq!(found("fly to the moon"), "");
}

#[test]
fn help_is_typed_into_and_left_again() {
    let mut run = Run::new(&["shop-dev"], &[]);
    run.keys("?jq");
    assert_eq!(run.app.overlay, Overlay::Help("jq".into(), 0));
    run.keys("<down><ctrl-f>");
    assert!(matches!(run.app.overlay, Overlay::Help(_, 2..)));
    run.keys("<esc>");
    assert_eq!(run.app.overlay, Overlay::Help(String::new(), 0));
    run.keys("?");
    assert_eq!(run.app.overlay, Overlay::None);
}

#[test]
fn newcomers_are_welcomed_once_and_their_first_key_counts() {
    let mut run = Run::new(&["shop-dev"], &[]);
    // What closes a box elsewhere closes this one, and does nothing else.
    for key in ["q", "enter", "esc"] {
        run.app.recall(Kept::default());
        let effects = run.app.update(Event::Key(key.parse().unwrap()), run.now);
        assert_eq!(effects, [Effect::Keep(crate::memory::Keep::Welcomed)]);
        assert_eq!(run.app.overlay, Overlay::None);
    }
    run.app.recall(Kept::default());
    run.keys("<ctrl-c>");
    assert_eq!(run.keys("<ctrl-c>"), [Effect::Quit]);
    run.app.recall(Kept::default());
    assert_eq!(run.app.overlay, Overlay::Welcome);
    let effects = run.app.update(Event::Key("?".parse().unwrap()), run.now);
    assert_eq!(effects, [Effect::Keep(crate::memory::Keep::Welcomed)]);
    assert_eq!(run.app.overlay, Overlay::Help(String::new(), 0));
    let kept = run.app.kept.clone();
    let mut again = Run::new(&["shop-dev"], &[]);
    again.app.recall(kept);
    assert_eq!(again.app.overlay, Overlay::None);
}
