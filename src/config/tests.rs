//! Settings read, and what is wrong with them.

use super::*;
use crate::{
    command::{Command, Keymap},
    panes::{Columns, Pane},
};

const EXAMPLE: &str = include_str!("../../config.example.toml");

/// Reads settings where the person has no themes of their own.
fn parse(text: &str, file: &str) -> (Config, Vec<Problem>) {
    Config::parse(text, file, &Library::default())
}

fn problems(text: &str) -> Vec<String> {
    parse(text, "c.toml")
        .1
        .iter()
        .map(Problem::to_string)
        .collect()
}

#[test]
fn the_example_is_the_default() {
    let settings: Vec<&str> = EXAMPLE
        .lines()
        .filter_map(|line| line.strip_prefix("#: "))
        .collect();
    let (config, problems) = parse(&settings.join("\n"), "example");
    assert_eq!(problems, []);
    // The keys are those of the table, written out.
    let (keymap, _) = Keymap::rebound(&config.keys);
    assert_eq!(keymap, Keymap::default());
    // So are the columns.
    for pane in Pane::EVERY {
        assert_eq!(config.columns[&pane], Columns::new(pane).names());
    }
    let (keys, columns) = Default::default();
    let plain = Config {
        keys,
        columns,
        ..config
    };
    assert_eq!(plain, Config::default());
    for setting in [
        "theme",
        "ascii",
        "panel",
        "mouse",
        "clipboard",
        "contexts",
        "namespaces",
        "environments",
        "[keys]",
        "why =",
        "[columns]",
    ] {
        assert!(
            settings.iter().any(|line| line.starts_with(setting)),
            "{setting}"
        );
    }
    assert!(parse(EXAMPLE, "example").1.is_empty());
}

#[test]
fn the_tables_of_the_example_can_be_used() {
    let tables: Vec<&str> = EXAMPLE
        .lines()
        .filter_map(|line| line.strip_prefix("#   "))
        .collect();
    let (config, problems) = parse(&tables.join("\n"), "example");
    assert_eq!(problems, []);
    assert_eq!(
        config.namespaces_of("prod-eu").collect::<Vec<_>>(),
        ["shop-prod", "payments-prod"]
    );
    let themes = config.contexts.iter();
    let themes = themes.map(|context| (&*context.name, context.theme.as_deref()));
    assert_eq!(
        themes.collect::<Vec<_>>(),
        [("prod-eu", None), ("prod-*", Some("dracula"))]
    );
    assert_eq!(
        config.services,
        [ServiceRule {
            name: "shop".into(),
            namespaces: vec!["shop-*".into(), "cart".into()],
            selector: "team=shop,tier!=test".parse().unwrap_or_default(),
            contexts: vec!["prod-*".into()],
        }]
    );
}

#[test]
fn keys_are_read_and_what_is_wrong_with_them_is_named_with_its_line() {
    let text = "[keys]\nzoom = [\"f11\", \", z\"]\nwhy = \"j\"\nhelp = \"entre\"\nborad = \"B\"\nhome = 3\nboard = []\n\
                prompt = \"space\"\nfilter = \"space\"\n";
    let (config, _) = parse(text, "c.toml");
    let (keymap, wrong) = Keymap::rebound(&config.keys);
    assert_eq!(wrong, []);
    let keys = |command| {
        let keys = keymap.keys(command).map(ToString::to_string);
        keys.collect::<Vec<_>>().join("  ")
    };
    assert_eq!(keys(Command::Zoom), "f11  , z");
    assert_eq!(keys(Command::Board), "");
    for (command, want) in [
        (Command::Why, "w"),
        (Command::Help, "?"),
        (Command::Home, "H"),
        (Command::Prompt, ":"),
        (Command::Filter, "/"),
    ] {
        assert_eq!(keys(command), want);
    }
    let all = problems(text);
    let wants = [
        "c.toml:3: keys.why: `j` is a key of `down` too",
        "c.toml:4: keys.help: there is no key “entre”. Keys are a character, enter",
        "c.toml:5: there is no command `borad`. Did you mean `board`?",
        "c.toml:6: `keys.home` must be a key in quotes or a list of them, not 3",
        "c.toml:8: keys.prompt: `space` is a key of `filter` too",
        "c.toml:9: keys.filter: `space` is a key of `prompt` too",
    ];
    assert_eq!(all.len(), wants.len(), "{all:#?}");
    for (told, want) in all.iter().zip(wants) {
        assert!(told.starts_with(want), "{told}\n{want}");
    }
}

#[test]
fn what_is_shown_says_the_same() {
    let text = "theme = \"light\"\nascii = true\ncontexts = [\"a \\\"b\"]\n[keys]\nzoom = \", z\"\nboard = []\n[columns]\nmaps = [\"name\", \"label:a/b\"]\n\
                [context.\"한 국\"]\nnamespaces = [\"x\"]\n[context.\"*\"]\ntheme = \"nord\"\n[context.a]\n[[service]]\nname = \"shop\"\nselector = \"a=b,c in (d,e),!f\"\n";
    for text in ["", text] {
        let (config, problems) = parse(text, "c.toml");
        assert_eq!(problems, []);
        let shown = config.shown();
        for setting in SETTINGS {
            let settings = ["context", "service"];
            assert!(
                settings.contains(&setting) || shown.contains(setting),
                "{setting}\n{shown}"
            );
        }
        let (mut again, problems) = parse(&shown, "shown");
        assert_eq!(problems, []);
        assert_eq!(
            Keymap::rebound(&again.keys).0,
            Keymap::rebound(&config.keys).0
        );
        for (pane, names) in &again.columns {
            let usual = || Columns::new(*pane).names();
            let said = config.columns.get(pane).cloned();
            assert_eq!(*names, said.unwrap_or_else(usual));
        }
        again.keys.clone_from(&config.keys);
        again.columns.clone_from(&config.columns);
        assert_eq!(again, config, "{shown}");
    }
}

#[test]
fn all_mistakes_are_told_with_their_lines_and_the_rest_counts() {
    let text = "asci = true\ntheme = 7\n\nnamespaces = [\"a\", 3]\nflavour = 1\n\
                [context.\"x\"]\nnamespace = []\nascii = true\ntheme = 3\n[[service]]\nname = \"shop\"\n[[service]]\nnamespaces = [\"a\"]\n";
    let (config, _) = parse(text, "c.toml");
    assert_eq!((&*config.theme, config.services.len()), ("auto", 0));
    let all = problems(text).join("\n");
    for want in [
        "c.toml:1: there is no setting `asci`. Did you mean `ascii`?",
        "c.toml:2: `theme` must be a text in quotes, not 7",
        "c.toml:4: `namespaces` must be a text in quotes, not 3",
        "c.toml:5: there is no setting `flavour`. There are: theme, ascii,",
        "c.toml:7: there is no setting `namespace`. Did you mean `namespaces`?",
        "c.toml:8: there is no setting `ascii`. There are: theme, namespaces",
        "c.toml:9: `theme` must be a text in quotes, not 3",
        "c.toml:10: this [[service]] has neither",
        "c.toml:12: this [[service]] has no `name`",
    ] {
        assert!(all.contains(want), "{want}\n{all}");
    }
    assert_eq!(all.lines().count(), 9, "{all}");
}

#[test]
fn a_theme_that_there_is_not_is_named_with_its_line_and_ones_own_is_none_of_those() {
    let text = "ascii = true\n\ntheme = \"nrod\"\n";
    assert_eq!(parse(text, "c.toml").0.theme, "auto");
    let want = "c.toml:3: there is no theme `nrod`. Did you mean `nord`?";
    assert_eq!(problems(text), [want]);
    let text = "[context.\"b\"]\ntheme = \"light\"\n[context.\"a\"]\ntheme = \"drakula\"\nnamespaces = [\"x\"]\n";
    let (config, _) = parse(text, "c.toml");
    let themes = config
        .contexts
        .iter()
        .map(|context| context.theme.as_deref());
    assert_eq!(themes.collect::<Vec<_>>(), [Some("light"), None]);
    assert_eq!(config.namespaces_of("a").collect::<Vec<_>>(), ["x"]);
    let want = "c.toml:4: there is no theme `drakula`. Did you mean `dracula`?";
    assert_eq!(problems(text), [want]);
    let told = problems("theme = \"xyz\"\n").join("\n");
    let want = "c.toml:1: there is no theme `xyz`. There are: auto, dark, light,";
    assert!(told.starts_with(want), "{told}");
    let mut library = Library::default();
    library.add("xyz", "xyz.toml".to_owned(), Ok(String::new()));
    let (config, problems) = Config::parse("theme = \"xyz\"\n", "c.toml", &library);
    assert_eq!((&*config.theme, problems), ("xyz", Vec::new()));
}

#[test]
fn a_context_has_the_namespaces_of_its_name_and_of_all_globs_that_fit() {
    let text = "namespaces = [\"all\"]\n[context.\"prod-*\"]\nnamespaces = [\"shop-prod\"]\n\
                [context.\"prod-eu\"]\nnamespaces = [\"cart-prod\"]\n[context.\"arn[1]\"]\nnamespaces = [\"one\"]\n";
    let (config, problems) = parse(text, "c.toml");
    assert_eq!(problems, []);
    for (context, want) in [
        ("prod-eu", &["all", "shop-prod", "cart-prod"][..]),
        ("prod-us", &["all", "shop-prod"]),
        ("arn[1]", &["all", "one"]),
        ("dev", &["all"]),
    ] {
        let namespaces: Vec<_> = config.namespaces_of(context).collect();
        assert_eq!(namespaces, want, "{context}");
    }
}

#[test]
fn what_is_no_toml_says_where() {
    let all = problems("ascii = true\ntheme = \n");
    assert!(
        all.first()
            .is_some_and(|first| first.starts_with("c.toml:2: ")),
        "{all:?}"
    );
    assert!(parse("theme = \nascii = true\n", "c.toml").0.ascii);
}

#[test]
fn only_a_file_that_was_asked_for_must_be_there() {
    let nowhere = Path::new("/nowhere/config.toml");
    assert_eq!(
        Config::load(nowhere, false, &Library::default()),
        (Config::default(), Vec::new())
    );
    assert!(
        Config::load(nowhere, true, &Library::default()).1[0]
            .what
            .contains("/nowhere/config.toml cannot be read")
    );
}

#[test]
fn a_column_that_is_none_is_named_and_the_others_count() {
    let text = "[columns]\nservers = [\"name\", \"cpu-reqest\", \"label:team\"]\nserver = []\nmaps = \"name\"\nservices = [\"x\"]\n";
    let (config, _) = parse(text, "c.toml");
    assert_eq!(config.columns[&Pane::Servers], ["name", "label:team"]);
    let all = problems(text).join("\n");
    for want in [
        "c.toml:2: columns.servers: there is no column `cpu-reqest`. Did you mean `cpu-request`?",
        "c.toml:3: there is no setting `server`. Did you mean `servers`?",
        "c.toml:4: `columns.maps` must be a list such as",
        "c.toml:5: columns.services: there is no column `x`. There are: health, name,",
    ] {
        assert!(all.contains(want), "{want}\n{all}");
    }
}
