//! Reads a frame as a person would: panes are what stands between `│`, a row begins with a health glyph.

/// The glyphs of health.
pub const GLYPHS: [char; 6] = ['●', '◐', '▲', '✖', '○', '?'];
/// How the kinds of Servers are shown.
const KINDS: [&str; 6] = ["dep", "sts", "ds", "cj", "job", "pod"];

/// One row of a pane: its glyph, its name and every word after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its health.
    pub glyph: char,
    /// What it is of.
    pub name: String,
    /// What follows the name, words parted by single blanks.
    pub rest: String,
}

impl Row {
    /// The short name of the kind, in a Server's row.
    pub fn kind(&self) -> Option<&str> {
        self.rest.split(' ').find(|word| KINDS.contains(word))
    }

    /// What is ready of what is wanted (`2/3`), in a Server's row.
    pub fn ready(&self) -> Option<&str> {
        self.rest.split(' ').find(|word| {
            word.split_once('/').is_some_and(|(ready, wanted)| {
                [ready, wanted]
                    .iter()
                    .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
            })
        })
    }
}

/// The rows of all panes, top to bottom and left to right.
pub fn rows(frame: &str) -> Vec<Row> {
    frame
        .lines()
        .flat_map(|line| line.split('│'))
        .filter_map(row)
        .collect()
}

/// The row of that Server: the one of that name that has a kind.
pub fn server(frame: &str, name: &str) -> Option<Row> {
    rows(frame)
        .into_iter()
        .find(|row| row.name == name && row.kind().is_some())
}

/// The row of that name in any pane.
pub fn named(frame: &str, name: &str) -> Option<Row> {
    rows(frame).into_iter().find(|row| row.name == name)
}

/// Whether these words follow one another on a line, whatever lies between them in blanks.
pub fn says(frame: &str, words: &str) -> bool {
    frame.lines().any(|line| squeeze(line).contains(words))
}

/// What each pane says, from the left, in letters of one case and without blanks: a sentence is the same however its pane
/// breaks it into lines.
pub fn prose(frame: &str) -> String {
    let mut panes: Vec<String> = Vec::new();
    for line in frame.lines() {
        for (at, segment) in line.split('│').enumerate() {
            if panes.len() == at {
                panes.push(String::new());
            }
            panes[at].extend(segment.split_whitespace());
        }
    }
    panes.join("\n").to_lowercase()
}

/// Whether a pane says these words, in either case.
pub fn tells(frame: &str, words: &str) -> bool {
    prose(frame).contains(&prose(words))
}

fn row(segment: &str) -> Option<Row> {
    let line = squeeze(segment.trim_start_matches([' ', '▌', '✓']));
    let (glyph, rest) = line.split_once(' ')?;
    let (name, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut glyphs = glyph.chars();
    let glyph = glyphs.next().filter(|glyph| GLYPHS.contains(glyph))?;
    (glyphs.next().is_none() && !name.is_empty()).then(|| Row {
        glyph,
        name: name.to_owned(),
        rest: rest.to_owned(),
    })
}

fn squeeze(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
