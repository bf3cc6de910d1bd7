//! What a container writes, as a function of the seed, of its Pod and of when it started; nothing is kept. A container
//! that ran for weeks has a log of weeks, of which only the lines that are asked for are made.
//!
//! ```text
//!  start ── banner ──┬─ slot ─┬─ slot ─┬─ … ─┬─ slot ─┬── last words ── end
//!                    └ none to three lines, at a moment within the slot
//! ```
//!
//! A slot's lines depend on its number alone, so a log can be read from anywhere, in both directions, and the lines of two
//! intervals are those of both together.

mod ending;
mod fill;
mod style;
mod voice;
mod voices;

use serde_json::Value;

use self::{
    ending::Fate,
    fill::Facts,
    style::Style,
    voice::{Level, Voice},
};
use super::{controllers::kubelet::acts::Acts, dice, object};

/// The annotation that says how a Pod's first container writes, and how much.
pub const LOGS: &str = "demo.barkeep.dev/logs";

/// From one line of the banner to the next, in milliseconds.
const BANNER: i64 = 170;

/// The log of one run of one container.
#[derive(Debug)]
pub struct Stream<'a> {
    facts: Facts<'a>,
    voice: &'static Voice,
    style: Style,
    /// What chance is made of.
    key: u64,
    start: i64,
    /// The first slot begins here.
    base: i64,
    /// So long a slot is, in milliseconds.
    slot: i64,
    fate: Fate,
}

/// A line: when it was written, and the text without its end.
pub type Line = (i64, String);

impl<'a> Stream<'a> {
    /// The log of a container, or of its run before; None where it has none (yet). What is read while a container waits for
    /// its next start is that of its last run, as a kubelet does it (`pkg/kubelet/kubelet_pods.go`,
    /// `validateContainerLogStatus`).
    pub fn of(pod: &'a Value, container: &str, previous: bool, seed: u64) -> Option<Self> {
        let status = [
            "containerStatuses",
            "initContainerStatuses",
            "ephemeralContainerStatuses",
        ]
        .iter()
        .flat_map(|list| object::items(pod, &format!("/status/{list}")))
        .find(|status| status["name"] == container)?;
        let (now, before) = (&status["state"], &status["lastState"]["terminated"]);
        let restarts = object::number(status, "/restartCount").unwrap_or(0);
        let has_ended = |run: &Value| run["startedAt"].is_string();
        let (run, number) = match () {
            () if previous && now["waiting"].is_object() => (before, restarts),
            () if previous => (before, restarts - 1),
            () if now["running"].is_object() => (&now["running"], restarts),
            () if has_ended(&now["terminated"]) => (&now["terminated"], restarts),
            () => (before, restarts),
        };
        let start = object::millis(object::text(run, "/startedAt"))?;
        let end = object::millis(object::text(run, "/finishedAt"));
        Some(Self::new(pod, container, number, start, end, seed))
    }

    fn new(
        pod: &'a Value,
        container: &str,
        number: i64,
        start: i64,
        end: Option<i64>,
        seed: u64,
    ) -> Self {
        let lists = ["containers", "initContainers", "ephemeralContainers"];
        let containers = || {
            let all = lists.iter();
            all.flat_map(|list| object::items(pod, &format!("/spec/{list}")))
        };
        let first = containers()
            .next()
            .is_some_and(|spec| spec["name"] == container);
        let spec = containers()
            .find(|spec| spec["name"] == container)
            .unwrap_or(&Value::Null);
        let facts = Facts::new(pod, spec);
        let voice = voices::of(facts.image);
        let said = object::annotation(pod, LOGS).unwrap_or("");
        let (style, rate) = style::read(if first { said } else { "" }, voice, first);
        let style = if facts.script.is_some() {
            Style::Quiet
        } else {
            style
        };
        let banner = facts.script.as_ref().map_or(voice.banner.len(), Vec::len);
        let death = Acts::read(pod, spec).death(number);
        let fate = Fate::new(death, start, end, pod);
        Self {
            key: dice::throw(seed, (object::uid(pod), container, start)),
            base: start + 100 + BANNER * (banner as i64 + 1),
            slot: ((1_000.0 / rate) as i64).max(20),
            facts,
            voice,
            style,
            start,
            fate,
        }
    }

    /// The lines from this moment on and before that.
    pub fn lines(&self, from: i64, to: i64) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut entry = |entry: Entry| {
            if (from..to).contains(&entry.moment) {
                self.write(&entry, &mut lines);
            }
        };
        if from < self.base {
            for entry_of_banner in self.banner() {
                entry(entry_of_banner);
            }
        }
        let first = self.number(from).max(0);
        let last = self.number(to.min(self.fate.silent()));
        if !self.is_quiet() {
            for slot in first..=last {
                for entry_of_slot in self.slot(slot) {
                    entry(entry_of_slot);
                }
            }
        }
        for last_words in self.last_words() {
            entry(last_words);
        }
        lines
    }

    /// The last so many lines before this moment.
    pub fn tail(&self, count: usize, to: i64) -> Vec<Line> {
        let mut found: Vec<Line> = Vec::new();
        let mut from = to.min(self.fate.silent().max(self.start)) + 1;
        let late = self.lines(from, to);
        if late.len() >= count {
            return late[late.len() - count..].to_vec();
        }
        // A slot has two lines or so; what is missing is looked for further back.
        let mut span = self.slot * (count as i64 / 2 + 4);
        let mut to = from;
        while found.len() + late.len() < count && to > self.start {
            from = (to - span).max(self.start);
            if self.is_quiet() {
                from = self.start;
            }
            let mut lines = self.lines(from, to);
            lines.append(&mut found);
            found = lines;
            to = from;
            span = span.saturating_mul(2);
        }
        found.extend(late);
        found.split_off(found.len().saturating_sub(count))
    }

    /// When the next line after this moment comes, if nothing that is not foreseen now comes before.
    pub fn next_after(&self, moment: i64) -> Option<i64> {
        let banner = self.banner().into_iter().map(|entry| entry.moment);
        let words = self.last_words();
        let words = words.iter().map(|entry| entry.moment);
        let known = banner.chain(words).filter(|next| *next > moment).min();
        if self.is_quiet() {
            return known;
        }
        let first = self.number(moment).max(0);
        let last = self.number(self.fate.silent());
        // So many slots in a row are never all empty.
        let slots = first..=last.min(first + 64);
        let next = slots
            .flat_map(|slot| self.slot(slot))
            .map(|entry| entry.moment)
            .find(|next| *next > moment);
        known.into_iter().chain(next).min()
    }

    fn is_quiet(&self) -> bool {
        self.style == Style::Quiet
    }

    /// The number of the slot of a moment; negative before the first.
    fn number(&self, moment: i64) -> i64 {
        (moment.saturating_sub(self.base)).div_euclid(self.slot)
    }

    fn banner(&self) -> Vec<Entry> {
        let entry = |place: usize, moment: i64, text: &str, raw: bool| Entry {
            moment,
            level: Level::Info,
            text: text.to_owned(),
            key: dice::throw(self.key, ("banner", place)),
            raw,
        };
        if let Some(script) = &self.facts.script {
            let lines = script.iter().enumerate();
            let lines = lines.map(|(place, line)| entry(place, self.start, line, true));
            return lines.collect();
        }
        let lines = self.voice.banner.iter().enumerate();
        lines
            .map(|(place, line)| {
                let moment = self.start + 100 + BANNER * place as i64;
                entry(place, moment, line, false)
            })
            .filter(|entry| entry.moment < self.fate.silent())
            .collect()
    }

    fn slot(&self, number: i64) -> Vec<Entry> {
        let key = dice::throw(self.key, number);
        let from = self.base + number * self.slot;
        let moment = from + (dice::share(key, "when") * 0.8 * self.slot as f64) as i64;
        let count = match key % 20 {
            0..=2 => 0,
            3..=16 => 1,
            17 | 18 => 2,
            _ => 3,
        };
        (0..count)
            .map(|place| {
                let key = dice::throw(key, place);
                let (level, text) = self.voice.says_one(key);
                Entry {
                    moment: moment + place * 3,
                    level,
                    text: text.to_owned(),
                    key,
                    raw: false,
                }
            })
            .filter(|entry| entry.moment < self.fate.silent())
            .collect()
    }

    fn last_words(&self) -> Vec<Entry> {
        let words = self
            .fate
            .last_words(self.voice, self.facts.script.is_some());
        words
            .into_iter()
            .enumerate()
            .map(|(place, words)| Entry {
                moment: words.moment,
                level: words.level,
                text: words.text.to_owned(),
                key: dice::throw(self.key, ("last", place)),
                raw: words.raw,
            })
            .collect()
    }

    fn write(&self, entry: &Entry, lines: &mut Vec<Line>) {
        let text = fill::fill(&entry.text, &self.facts, entry.key);
        let text = if entry.raw {
            text
        } else {
            self.style.write(
                self.voice,
                &self.facts,
                entry.level,
                entry.moment,
                entry.key,
                &text,
            )
        };
        lines.extend(text.lines().map(|line| (entry.moment, line.to_owned())));
    }
}

/// Something that is written at once: a line, or several.
struct Entry {
    moment: i64,
    level: Level,
    text: String,
    key: u64,
    /// As it is: what a runtime writes, not a logger.
    raw: bool,
}

/// The lines of a container from this moment on and before that; see [`Stream::of`].
pub fn lines(
    pod: &Value,
    container: &str,
    previous: bool,
    seed: u64,
    from: i64,
    to: i64,
) -> Vec<Line> {
    Stream::of(pod, container, previous, seed)
        .map_or_else(Vec::new, |stream| stream.lines(from, to))
}

/// When the next line after this moment comes; see [`Stream::next_after`].
pub fn next_after(
    pod: &Value,
    container: &str,
    previous: bool,
    seed: u64,
    moment: i64,
) -> Option<i64> {
    Stream::of(pod, container, previous, seed)?.next_after(moment)
}

#[cfg(test)]
#[path = "logs_tests.rs"]
mod tests;
