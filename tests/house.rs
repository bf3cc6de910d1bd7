//! The house rules of the code, held where a compiler does not: who may see whom, how long a file is, what it begins with.

#![expect(
    clippy::unwrap_used,
    reason = "a file that cannot be read has failed the test"
)]

use std::{fs, path::Path};

use barkeep::command;

struct File {
    /// Below `src/`.
    path: String,
    text: String,
}

impl File {
    /// Its room: the folder, or the file itself.
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs")
            || self.path.contains("/tests/")
            || ["testbed.rs", "proof.rs", "sample.rs", "cluster/script.rs"]
                .iter()
                .any(|name| self.path.ends_with(name))
    }

    /// What the program is made of: lines of code before the tests of the file, without comments.
    fn code(&self) -> String {
        let text = self
            .text
            .split("\n#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default();
        let line = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
        text.lines().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Rooms of the crate that it names: `crate::model`, `crate::{event::Event, model}`.
    fn sees(&self) -> Vec<String> {
        let code = self.code();
        let mut rooms = Vec::new();
        for (at, _) in code.match_indices("crate::") {
            let rest = &code[at + "crate::".len()..];
            let Some(list) = rest.strip_prefix('{') else {
                rooms.push(word(rest));
                continue;
            };
            let mut depth = 1;
            let mut start = 0;
            for (at, c) in list.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 1 && c == ',' || depth == 0 {
                    rooms.push(word(list[start..at].trim()));
                    start = at + 1;
                }
                if depth == 0 {
                    break;
                }
            }
        }
        rooms.retain(|room| !room.is_empty());
        rooms
    }
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

fn sources() -> Vec<File> {
    fn walk(folder: &Path, root: &Path, files: &mut Vec<File>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(File {
                    path: path
                        .strip_prefix(root)
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .replace('\\', "/"),
                    text: fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &root, &mut files);
    assert!(files.len() > 50);
    files
}

/// All that breaks a rule, so that one run names everything.
fn none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn rooms_look_one_way_only() {
    // A room, and all that it may see of the crate besides itself.
    let may_see: &[(&str, &[&str])] = &[
        ("model", &[]),
        ("kinds", &["model"]),
        ("cluster", &["kinds", "model"]),
        ("demo", &["cluster", "model"]),
        ("panes", &["model"]),
        ("panels", &["model", "panes", "text"]),
        ("layout", &["panes"]),
        ("text", &[]),
        ("keys", &["model"]),
        ("command", &["keys"]),
        ("event", &["keys", "model"]),
        ("memory", &["layout", "model"]),
        ("effect", &["memory", "model"]),
        (
            "ui",
            &[
                "app", "command", "keys", "layout", "model", "panels", "panes", "text",
            ],
        ),
        ("terminal", &["keys", "model", "text", "ui"]),
        (
            "app",
            &[
                "command", "effect", "event", "keys", "layout", "memory", "model", "panes", "text",
            ],
        ),
    ];
    let mut broken = Vec::new();
    for file in sources().iter().filter(|file| !file.is_test()) {
        let Some((room, allowed)) = may_see.iter().find(|(room, _)| *room == file.room()) else {
            continue;
        };
        for seen in file.sees() {
            if seen != *room && !allowed.contains(&seen.as_str()) {
                broken.push(format!("{} sees {seen}, which {room} may not", file.path));
            }
        }
    }
    none(&broken);
}

#[test]
fn what_is_outside_is_known_in_one_room() {
    // A word of somebody else's crate, and the rooms that may say it.
    let known: &[(&str, &[&str])] = &[
        ("kube::", &["cluster", "demo"]),
        ("hyper::", &["cluster", "demo"]),
        ("hyper_util::", &["cluster", "demo"]),
        ("http::", &["cluster", "demo"]),
        // The loop and the headless run hand a buffer on; what is drawn in it is not theirs.
        (
            "ratatui::",
            &["ui", "overlays", "terminal", "run", "session", "headless"],
        ),
        ("ratatui::style", &["ui", "overlays", "terminal"]),
        ("ratatui::widgets", &["ui", "overlays", "terminal"]),
        ("crossterm::terminal", &["terminal", "run"]),
        ("crossterm::execute", &["terminal", "run"]),
        (
            "crossterm::",
            &["terminal", "run", "keys", "app", "headless"],
        ),
    ];
    let mut broken = Vec::new();
    for file in sources().iter().filter(|file| !file.is_test()) {
        let code = file.code();
        for (word, rooms) in known {
            let says = code.match_indices(word).any(|(at, _)| {
                !code[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':'))
            });
            if says && !rooms.contains(&file.room()) {
                broken.push(format!("{} says {word}", file.path));
            }
        }
        if matches!(file.room(), "app" | "keys")
            && code.contains("crossterm::")
            && !code.contains("crossterm::event::")
        {
            broken.push(format!(
                "{} knows more of crossterm than its keys",
                file.path
            ));
        }
    }
    none(&broken);
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut broken = Vec::new();
    for file in sources() {
        let lines = file.text.lines().count();
        if lines > 450 {
            broken.push(format!("{} has {lines} lines: split it by idea", file.path));
        }
        if !file.is_test() && !file.text.starts_with("//!") {
            broken.push(format!("{} does not begin with //!", file.path));
        }
        for word in ["TO\u{44}O", "FIX\u{4d}E", "unimple\u{6d}ented"] {
            if file.text.contains(word) {
                broken.push(format!("{} says {word}", file.path));
            }
        }
    }
    none(&broken);
}

/// Holds that a document has `text` between two marks. With `BARKEEP_WRITE_DOCS` set, it is written there instead.
fn document_says(name: &str, (from, to): (&str, &str), text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let Ok(document) = fs::read_to_string(&path) else {
        return;
    };
    let (before, rest) = document.split_once(from).unwrap();
    let end = if to.is_empty() {
        rest.len()
    } else {
        rest.find(to).unwrap()
    };
    let (said, after) = rest.split_at(end);
    if std::env::var_os("BARKEEP_WRITE_DOCS").is_some() {
        fs::write(&path, format!("{before}{from}{text}{after}")).unwrap();
    } else {
        assert_eq!(
            said, text,
            "{name} is not in step with the table of commands: BARKEEP_WRITE_DOCS=1 cargo test --test house"
        );
    }
}

#[test]
fn the_readme_shows_the_keys_there_are() {
    document_says(
        "README.md",
        ("<!-- keys -->\n", "<!-- /keys -->"),
        &command::listed(),
    );
}

#[test]
fn the_example_configuration_has_the_keys_there_are() {
    document_says(
        "config.example.toml",
        ("\n#: [keys]\n", ""),
        &command::configured(),
    );
}
