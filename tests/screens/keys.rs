//! Sentences that name keys, with those that a person chose; and what can follow a key.

use barkeep::{app::Reach, command::Rebinding, ui::Glyphs};

use super::*;

/// The keys of the table that nothing may name any more.
const OLD: [&str; 6] = ["esc", "⏎", "space", "/", "C", "m"];
const NEW: [(Command, &str); 6] = [
    (Command::Back, "f2"),
    (Command::Open, "f3"),
    (Command::Mark, "f4"),
    (Command::Filter, "f5"),
    (Command::Contexts, "f6"),
    (Command::Bookmark, "f7"),
];

fn rebound(mut screen: Screen) -> Screen {
    let change = |(command, keys): (Command, &str)| Rebinding {
        command,
        keys: vec![keys.parse().unwrap()],
    };
    let (keymap, wrong) = Keymap::rebound(&NEW.map(change));
    assert_eq!(wrong, []);
    screen.app.keymap = keymap;
    screen
}

/// Nothing but the simulated cluster to look at.
fn nothing() -> Screen {
    let mut screen = screen(SMALL);
    let none = Problem::new(Cause::NoCluster, "There is no kubeconfig");
    screen.app.clusters[0].reach = Reach::Broken(none);
    screen.settle();
    screen
}

#[track_caller]
fn says(screen: Screen, keys: &str, wanted: &[&str], typed: &[&str]) {
    let text = rebound(screen).keys(keys).text();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in wanted {
        assert!(text.contains(words), "“{words}” is not in\n{text}");
    }
    let old = |word: &&str| OLD.contains(word) && !typed.contains(word);
    let found: Vec<&str> = text.split_whitespace().filter(old).collect();
    assert!(found.is_empty(), "{found:?} in\n{text}");
}

#[test]
fn every_sentence_follows_the_keymap() {
    says(screen(SMALL), "", &["f3 open", "f5 filter"], &[]);
    says(
        screen(SMALL),
        "<f5>zzz<enter>",
        &["f2 clears the filter"],
        &[],
    );
    says(
        nothing(),
        "",
        &["f3 opens the demo", "f6 chooses another context"],
        &[],
    );
    says(
        screen(SMALL),
        "<f6><f4><f2>",
        &["No cluster is open. f6 opens one", "f3 the demo"],
        &[],
    );
    says(
        screen(SMALL),
        ":shop/dev<enter>w",
        &["f3 goes there", "f2 closes"],
        &[],
    );
    says(
        screen(WIDE),
        "<f6>",
        &[
            "f4 opens and closes",
            "f favourite",
            "f5 narrows",
            "f2 leaves",
        ],
        &[],
    );
    says(screen(WIDE), "=", &["f3 sorts", "f2 leaves"], &[]);
    says(screen(WIDE), "|", &["f4 shows", "f2 leaves"], &[]);
    says(screen(WIDE), "T", &["f3 keeps", "f2 as it was"], &[]);
    // Text is typed here, so that enter and esc are what they always are.
    says(
        screen(WIDE),
        "'",
        &["f7 names the place"],
        &["esc", "⏎", "/"],
    );
    says(screen((120, 100)), "?", &["f7", "f6"], &["esc", "m"]);
    let mut new = screen(SMALL);
    new.app.recall(barkeep::memory::Kept::default());
    says(new, "", &["f3 into what is selected", "f2 clear"], &[]);
}

#[test]
fn boxes_do_what_they_say_with_the_keys_that_were_chosen() {
    let mut screen = rebound(screen(WIDE));
    for (keys, is_open) in [
        ("=", true),
        ("<enter>", true),
        ("<esc>", true),
        ("<f3>", false),
    ] {
        screen.press(keys);
        let sorting = matches!(screen.app.overlay, barkeep::app::Overlay::Sort(_));
        assert_eq!(sorting, is_open, "{keys}");
    }
    let shown = |screen: &Screen| screen.app.list(screen.app.focus).columns.names().len();
    let before = shown(&screen);
    screen.press("|<space><enter>");
    assert_eq!(shown(&screen), before);
    screen.press("<f4><f2>");
    assert_eq!(shown(&screen), before - 1);
}

#[test]
fn a_command_without_a_key_is_named_as_it_is_typed() {
    let mut screen = screen(SMALL);
    let none = Rebinding {
        command: Command::Contexts,
        keys: Vec::new(),
    };
    screen.app.keymap = Keymap::rebound(&[none]).0;
    let text = screen.keys(":contexts<enter><space><esc>").text();
    assert!(
        text.contains("No cluster is open. :contexts opens one"),
        "{text}"
    );
}

#[test]
fn keys_have_their_names_in_ascii() {
    let plain: &'static Glyphs = &glyphs::ASCII;
    let mut screen = screen(WIDE).keys(":shop/dev<enter>");
    for (keys, wanted) in [
        ("", "enter open"),
        ("w", "enter goes there"),
        ("<esc>=", "enter sorts"),
    ] {
        screen.press(keys);
        let text = screen.text_with(Theme::plain(), plain);
        assert!(text.contains(wanted), "{text}");
    }
}

#[test]
fn what_can_follow_a_key() {
    for (name, size) in [("leader-80x24", SMALL), ("leader-40x12", (40, 12))] {
        let mut screen = screen(size);
        screen.press(",");
        insta::assert_snapshot!(name, screen.text());
    }
    let mut screen = screen(SMALL);
    let keys = |command, keys: &str| Rebinding {
        command,
        keys: vec![keys.parse().unwrap()],
    };
    let changes = [
        keys(Command::Zoom, "X z"),
        keys(Command::Home, "X H"),
        keys(Command::SortInvert, "X ctrl-s up"),
    ];
    screen.app.keymap = Keymap::rebound(&changes).0;
    screen.press("X");
    insta::assert_snapshot!("following-80x24", screen.text());
}
