//! The programs that can be measured: how each is made to show all pods of all namespaces, and how its screen is read.

use crate::Screen;

/// One program.
pub(crate) struct Peer {
    /// What it is called, on PATH and in the table.
    pub(crate) name: &'static str,
    /// Arguments, with which it shows all pods of all namespaces (barkeep: its home screen).
    pub(crate) args: &'static [&'static str],
    /// Keys that lead from its first frame to all pods of all namespaces.
    pub(crate) keys: &'static str,
    /// How many rows a screen shows; only more than none is asked.
    rows: fn(&str) -> usize,
    /// How many rows it says there are.
    count: fn(&str) -> Option<u64>,
}

/// Every program whose flags and screen are known. sofka and k9s: the commands of sofka's own comparison of the two;
/// kdash starts with all pods; kubetui has no count.
pub(crate) const PEERS: &[Peer] = &[
    Peer {
        name: "barkeep",
        args: &[],
        keys: ":instances\r",
        rows: running,
        count: behind_instances,
    },
    Peer {
        name: "sofka",
        args: &["--readonly", "-A", "pods"],
        keys: "",
        rows: running,
        count: in_brackets,
    },
    Peer {
        name: "k9s",
        args: &[
            "--readonly",
            "-A",
            "-c",
            "pods",
            "--splashless",
            "--logoless",
        ],
        keys: "",
        rows: running,
        count: in_brackets,
    },
    Peer {
        name: "kdash",
        args: &[],
        keys: "",
        rows: running,
        count: in_brackets,
    },
    Peer {
        name: "kubetui",
        args: &["-A"],
        keys: "",
        rows: running,
        count: |_| None,
    },
];

impl Peer {
    fn is_home(&self, screen: Screen) -> bool {
        self.name == "barkeep" && screen == Screen::Home
    }

    /// Whether the screen shows rows, not only that they are being loaded.
    pub(crate) fn has_rows(&self, screen: Screen, text: &str) -> bool {
        if self.is_home(screen) {
            health(text) > 0
        } else {
            (self.rows)(text) > 0
        }
    }

    /// How many rows there are, where the screen says so.
    pub(crate) fn count(&self, screen: Screen, text: &str) -> Option<u64> {
        if self.is_home(screen) {
            number_behind(text, "SERVICES")
        } else {
            (self.count)(text)
        }
    }

    /// The keys to press for that screen.
    pub(crate) fn keys(&self, screen: Screen) -> &'static str {
        if self.is_home(screen) { "" } else { self.keys }
    }
}

/// Lines of pods: all of these programs write the phase as kubectl does.
fn running(text: &str) -> usize {
    text.lines()
        .filter(|line| line.contains("Running") || line.contains("Completed"))
        .count()
}

/// Lines that begin with a glyph of health.
fn health(text: &str) -> usize {
    let begins = |line: &str| {
        line.trim_start_matches([' ', '▌'])
            .starts_with(['●', '◐', '▲', '✖', '○'])
    };
    text.lines().filter(|line| begins(line)).count()
}

fn behind_instances(text: &str) -> Option<u64> {
    number_behind(text, "INSTANCES")
}

/// The number that follows a title: `INSTANCES  12,400`.
fn number_behind(text: &str, title: &str) -> Option<u64> {
    let (_, behind) = text.split_once(title)?;
    number(behind.trim_start())
}

/// The number in brackets behind the word pods: `Pods(all)[1002]`.
fn in_brackets(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .find(|line| line.to_lowercase().contains("pods") && line.contains('['))?;
    line.split('[').skip(1).find_map(number)
}

fn number(text: &str) -> Option<u64> {
    let digits: String = text
        .chars()
        .take_while(|character| character.is_ascii_digit() || *character == ',')
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}
