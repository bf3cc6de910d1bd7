//! An answer to why, broken into lines of a width: between words, nothing left out. Inks and signs are `ui`'s.

use crate::{
    model::{
        Health, Name, Problem, Why,
        detail::Role,
        why::{Link, Part, Sentence, Thing, When, Words},
    },
    text::{age, bytes, cores, fit, head, width},
};

/// The most columns that a box takes.
const WIDEST: u16 = 96;
/// Lines that one of a container's last words may take.
const QUOTED: usize = 3;

/// What a piece of a line is, and so how it is inked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// A glyph of health, in place of the text.
    Glyph(Health),
    /// The sign of a branch, in place of the text.
    Branch,
    /// A name.
    Name,
    /// What is said.
    Text,
    /// What is said beside it.
    Muted,
    /// What somebody else wrote.
    Quote,
}

/// One line of the box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Where it begins.
    pub indent: u16,
    /// Pieces from the left.
    pub spans: Vec<(Ink, String)>,
    /// The step that it is of.
    pub link: Option<usize>,
}

/// Columns and rows for text in the box, on a screen of this size: header and footer stay in sight, and its border.
pub fn room(size: (u16, u16)) -> (u16, u16) {
    (
        size.0.min(WIDEST).saturating_sub(4),
        size.1.saturating_sub(4).max(1),
    )
}

/// All lines of an answer.
pub(super) fn lines(why: &Why, unread: &[Problem], columns: u16, now: i64) -> Vec<Line> {
    let mut page = Page {
        columns: usize::from(columns),
        lines: Vec::new(),
    };
    let mut head = Flow::new(0, 2);
    head.sign(Ink::Glyph(why.health));
    head.words(Ink::Name, &why.name, 0);
    head.words(Ink::Muted, &headline(why), 3);
    page.put(head, None);
    let mut says = Flow::new(2, 2);
    says.words(Ink::Text, &told(&why.says, now), 0);
    page.put(says, None);
    for (at, link) in why.links.iter().enumerate() {
        page.step(at, link, now);
    }
    let said = why
        .advice
        .iter()
        .map(|advice| (Ink::Text, (*advice).to_owned()));
    let unread = unread
        .iter()
        .map(|problem| (Ink::Muted, format!("{}.", problem.what)));
    let rule = why
        .rule
        .map(|(name, source)| (Ink::Muted, format!("rule: {name} ({source})")));
    for (ink, text) in said.chain(unread).chain(rule) {
        let mut flow = Flow::new(2, 2);
        flow.words(ink, &text, 0);
        page.put(flow, None);
    }
    page.lines
}

/// `Deployment in shop ▸ dev`
fn headline(why: &Why) -> String {
    let place: Vec<&str> = why.place.iter().map(|name| &**name).collect();
    if place.is_empty() {
        why.kind.to_string()
    } else {
        format!("{} in {}", why.kind, place.join(" ▸ "))
    }
}

/// A sentence as text, at this time.
pub fn told(sentence: &Sentence, now: i64) -> String {
    let mut text = String::new();
    for part in sentence.parts() {
        match part {
            Part::Words(words) => text.push_str(words),
            Part::Since(at) => text.push_str(&age((now - at).max(0))),
            Part::Until(at) => text.push_str(&age((at - now).max(0))),
            Part::Lasting(seconds) => text.push_str(&age(*seconds)),
            Part::Cores(amount) => text.push_str(&cores(*amount)),
            Part::Bytes(amount) => text.push_str(&bytes(*amount)),
        }
    }
    text
}

struct Page {
    columns: usize,
    lines: Vec<Line>,
}

impl Page {
    fn step(&mut self, at: usize, link: &Link, now: i64) {
        let indent = 2 + 2 * usize::from(link.depth);
        let mut flow = Flow::new(indent, indent + 2);
        flow.sign(Ink::Branch);
        if let Some(health) = link.health {
            flow.sign(Ink::Glyph(health));
        }
        flow.words(Ink::Muted, label(&link.thing), 0);
        flow.words(
            Ink::Name,
            &link.name,
            usize::from(!label(&link.thing).is_empty()),
        );
        let voice = match link.thing {
            Thing::More => Ink::Muted,
            Thing::Event => Ink::Quote,
            _ => Ink::Text,
        };
        let gap = if link.name.is_empty() { 0 } else { 3 };
        flow.words(voice, &told(&link.says, now), gap);
        let when = match link.when {
            When::Unknown => String::new(),
            When::At(at) => format!("· {} ago", age((now - at).max(0))),
            When::From(at) => format!("· for {}", age((now - at).max(0))),
        };
        flow.words(Ink::Muted, &when, 1);
        self.put(flow, Some(at));
        match &link.words {
            None => {}
            Some(Words::Reading) => self.aside(at, indent + 2, "reading its last words…"),
            Some(Words::Refused(problem)) => {
                self.aside(at, indent + 2, &format!("{}.", problem.what));
            }
            Some(Words::Said(lines)) if lines.is_empty() => {
                self.aside(at, indent + 2, "it wrote nothing");
            }
            Some(Words::Said(lines)) => self.last_words(at, indent + 2, lines),
        }
    }

    fn aside(&mut self, at: usize, indent: usize, text: &str) {
        let mut flow = Flow::new(indent, indent);
        flow.words(Ink::Muted, text, 0);
        self.put(flow, Some(at));
    }

    fn last_words(&mut self, at: usize, indent: usize, lines: &[Name]) {
        if let [only] = lines {
            let mut flow = Flow::new(indent, indent + 2);
            flow.words(Ink::Muted, "last words:", 0);
            flow.words(Ink::Quote, only, 2);
            return self.put(flow, Some(at));
        }
        self.aside(at, indent, "last words:");
        for line in lines {
            let line = line.trim_end().replace('\t', "    ");
            let room = self.columns.saturating_sub(indent + 2).max(1);
            let mut rest = line.as_str();
            for n in 1..=QUOTED {
                let piece = if n == QUOTED {
                    fit(rest, room)
                } else {
                    broken_off(rest, room).into()
                };
                self.lines.push(Line {
                    indent: (indent + 2) as u16,
                    spans: vec![(Ink::Quote, piece.to_string())],
                    link: Some(at),
                });
                rest = rest.get(piece.len()..).unwrap_or_default();
                if rest.is_empty() {
                    break;
                }
            }
        }
    }

    /// Breaks what flows into lines.
    fn put(&mut self, flow: Flow, of: Option<usize>) {
        let mut used = flow.first;
        let mut line = Line {
            indent: used as u16,
            spans: Vec::new(),
            link: of,
        };
        let mut is_first_word = true;
        for Word { ink, text, gap } in flow.words {
            let mut text = text.as_str();
            let takes = if matches!(ink, Ink::Glyph(_) | Ink::Branch) {
                1
            } else {
                width(text)
            };
            let gap = if is_first_word { 0 } else { gap };
            if !is_first_word && used + gap + takes > self.columns {
                self.end(&mut line, &mut used, flow.rest);
            } else if gap > 0 {
                line.spans.push((Ink::Text, " ".repeat(gap)));
                used += gap;
            }
            // A word that is longer than a line goes on in the next.
            while used + width(text) > self.columns && self.columns > used {
                let piece = head(text, self.columns - used);
                if piece.is_empty() {
                    break;
                }
                line.spans.push((ink, piece.to_owned()));
                text = &text[piece.len()..];
                self.end(&mut line, &mut used, flow.rest);
            }
            used += takes.min(width(text).max(1));
            line.spans.push((ink, text.to_owned()));
            is_first_word = false;
        }
        if !line.spans.is_empty() {
            self.lines.push(line);
        }
    }

    fn end(&mut self, line: &mut Line, used: &mut usize, indent: usize) {
        let next = Line {
            indent: indent as u16,
            spans: Vec::new(),
            link: line.link,
        };
        self.lines.push(std::mem::replace(line, next));
        *used = indent;
    }
}

/// What of a line fits: up to a blank, where one is near the edge. People indent what they log, so no blank is dropped.
fn broken_off(text: &str, columns: usize) -> &str {
    let piece = head(text, columns);
    let blank = piece.rfind(' ').filter(|at| *at > piece.len() / 2);
    match blank {
        Some(at) if piece.len() < text.len() => &piece[..=at],
        _ => piece,
    }
}

fn label(thing: &Thing) -> &str {
    match thing {
        Thing::Map | Thing::Server | Thing::Instance | Thing::More => "",
        Thing::Controller(kind) => kind.name(),
        Thing::Container(Role::Init) => "init container",
        Thing::Container(Role::Sidecar) => "sidecar",
        Thing::Container(_) => "container",
        Thing::Claim => "claim",
        Thing::Event => "Event",
    }
}

/// Words on their way into lines.
struct Flow {
    /// Where the first line begins, and the others.
    first: usize,
    rest: usize,
    words: Vec<Word>,
}

struct Word {
    ink: Ink,
    text: String,
    /// Blanks before it, where it does not begin a line.
    gap: usize,
}

impl Flow {
    fn new(first: usize, rest: usize) -> Self {
        Self {
            first,
            rest,
            words: Vec::new(),
        }
    }

    fn sign(&mut self, ink: Ink) {
        let gap = usize::from(!self.words.is_empty());
        self.words.push(Word {
            ink,
            text: String::new(),
            gap,
        });
    }

    /// Words, after so many blanks; after a sign at least one.
    fn words(&mut self, ink: Ink, text: &str, gap: usize) {
        let after_sign = self
            .words
            .last()
            .is_some_and(|word| matches!(word.ink, Ink::Glyph(_) | Ink::Branch));
        let mut gap = gap.max(usize::from(after_sign));
        for text in text.split(' ').filter(|text| !text.is_empty()) {
            self.words.push(Word {
                ink,
                text: text.to_owned(),
                gap,
            });
            gap = 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(columns: usize, text: &str) -> Vec<String> {
        let mut page = Page {
            columns,
            lines: Vec::new(),
        };
        let mut flow = Flow::new(2, 4);
        flow.sign(Ink::Branch);
        flow.words(Ink::Name, text, 0);
        page.put(flow, None);
        let text = |line: &Line| {
            let spans: String = line
                .spans
                .iter()
                .map(|(ink, text)| {
                    if *ink == Ink::Branch {
                        "└"
                    } else {
                        text.as_str()
                    }
                })
                .collect();
            format!("{:1$}{spans}", "", usize::from(line.indent))
        };
        page.lines.iter().map(text).collect()
    }

    #[test]
    fn lines_break_between_words_and_lose_nothing() {
        assert_eq!(
            broken(16, "one two three four five"),
            ["  └ one two", "    three four", "    five"]
        );
        assert_eq!(
            broken(12, "registry.local/busybox:1.0"),
            [
                "  └",
                "    registry",
                "    .local/b",
                "    usybox:1",
                "    .0"
            ]
        );
        assert_eq!(
            broken(9, "한국어 이름"),
            ["  └", "    한국", "    어", "    이름"]
        );
        for columns in 6..40 {
            let text =
                "a rule, an object: a 한국어condition 이름 since-when-and-what-usually-helps";
            let lines = broken(columns, text);
            assert!(lines.iter().all(|line| width(line) <= columns), "{lines:?}");
            let said: String = lines.join("").replace([' ', '└'], "");
            assert_eq!(said, text.replace(' ', ""), "{columns}");
        }
    }
}
