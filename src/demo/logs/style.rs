//! How a line looks: JSON, plain, coloured, as Kubernetes' own parts write, as web servers do.

use serde_json::json;

use super::{
    fill::{self, Facts},
    voice::{Level, Voice},
};
use crate::demo::{controllers::kubelet::acts, dice};

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Structured.
    Json,
    /// The voice's own form, or the house's.
    Plain,
    /// For a developer's terminal.
    Colour,
    /// `k8s.io/klog`
    Klog,
    /// Combined log format.
    Access,
    /// Nothing but the banner and the last words.
    Quiet,
}

/// Reads the annotation: the style, and lines a second.
pub(super) fn read(said: &str, voice: &Voice, first: bool) -> (Style, f64) {
    let mut style = if voice.is_access {
        Style::Access
    } else {
        Style::Plain
    };
    let mut rate: f64 = if first { 0.2 } else { 0.03 };
    for word in said.split_whitespace() {
        match word {
            "json" => style = Style::Json,
            "plain" => style = Style::Plain,
            "colour" => style = Style::Colour,
            "klog" => style = Style::Klog,
            "access" => style = Style::Access,
            "quiet" => style = Style::Quiet,
            _ => {
                let number = word.strip_prefix("rate=").map(|rate| {
                    let (number, time) = rate.split_once('/').unwrap_or((rate, "s"));
                    let seconds = acts::duration(&format!("1{time}"));
                    (
                        number.parse::<f64>(),
                        seconds.unwrap_or(1_000) as f64 / 1_000.0,
                    )
                });
                if let Some((Ok(number), seconds)) = number {
                    rate = number / seconds;
                }
            }
        }
    }
    (style, rate.clamp(0.001, 50.0))
}

impl Style {
    /// One entry; its text may have several lines.
    pub(super) fn write(
        self,
        voice: &Voice,
        facts: &Facts<'_>,
        level: Level,
        moment: i64,
        key: u64,
        text: &str,
    ) -> String {
        let time = Time::of(moment);
        match self {
            Self::Json => json(&time, level, voice, key, text),
            Self::Colour => colour(&time, level, text),
            Self::Klog => klog(&time, level, voice, key, text),
            Self::Access => access(&time, facts, key),
            Self::Plain | Self::Quiet if voice.form.is_empty() => house(&time, level, key, text),
            Self::Plain | Self::Quiet => form(voice, facts, &time, level, key, text),
        }
    }
}

/// A moment in its parts, UTC.
struct Time {
    civil: jiff::civil::DateTime,
    micros: i64,
}

impl Time {
    fn of(moment: i64) -> Self {
        let stamp = jiff::Timestamp::from_millisecond(moment).unwrap_or_default();
        Self {
            civil: stamp.to_zoned(jiff::tz::TimeZone::UTC).datetime(),
            micros: moment.rem_euclid(1_000) * 1_000
                + dice::throw(0, moment) as i64 % 1_000 / 2
                + 500,
        }
    }

    fn show(&self, format: &str) -> String {
        self.civil.strftime(format).to_string()
    }

    /// The clock with milliseconds after this sign.
    fn clock(&self, sign: char) -> String {
        format!(
            "{}{sign}{:03}",
            self.show("%H:%M:%S"),
            self.civil.millisecond()
        )
    }
}

fn json(time: &Time, level: Level, voice: &Voice, key: u64, text: &str) -> String {
    let (head, trace) = text.split_once('\n').unwrap_or((text, ""));
    let mut line = json!({
        "ts": format!("{}T{}Z", time.show("%Y-%m-%d"), time.clock('.')), "level": level.word(), "msg": head,
    });
    if let Some(logger) = voice.logger(key) {
        line["logger"] = json!(logger);
    }
    if !key.is_multiple_of(4) {
        line["trace_id"] = json!(format!("{:016x}{:016x}", key, dice::throw(key, "trace")));
    }
    if key.is_multiple_of(3) {
        let share = dice::share(key, "long");
        line["duration_ms"] = json!((2.0 + 18.0 * share + 900.0 * share.powi(12)) as u64);
    }
    if !trace.is_empty() {
        line["stack"] = json!(trace);
    }
    line.to_string()
}

fn house(time: &Time, level: Level, key: u64, text: &str) -> String {
    format!(
        "{} {} {:5} [worker-{}] {text}",
        time.show("%Y-%m-%d"),
        time.clock('.'),
        level.word().to_uppercase(),
        key % 8,
    )
}

fn colour(time: &Time, level: Level, text: &str) -> String {
    let tone = match level {
        Level::Debug => 90,
        Level::Info => 32,
        Level::Warn => 33,
        Level::Error => 31,
    };
    let mut words = text.splitn(2, ' ');
    let (first, rest) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let first = match first {
        "GET" | "POST" | "PUT" | "PATCH" | "DELETE" => format!("\u{1b}[1;36m{first}\u{1b}[0m"),
        other => other.to_owned(),
    };
    format!(
        "\u{1b}[90m{}\u{1b}[0m \u{1b}[{tone}m{:5}\u{1b}[0m {first} {rest}",
        time.clock('.'),
        level.word().to_uppercase(),
    )
}

fn klog(time: &Time, level: Level, voice: &Voice, key: u64, text: &str) -> String {
    let letter = match level {
        Level::Debug | Level::Info => 'I',
        Level::Warn => 'W',
        Level::Error => 'E',
    };
    let file = voice.logger(key).unwrap_or("controller.go");
    format!(
        "{letter}{} {}.{:06} {:7} {file}:{}] {text}",
        time.show("%m%d"),
        time.show("%H:%M:%S"),
        time.micros,
        1,
        40 + dice::throw(0, text) % 700,
    )
}

fn access(time: &Time, facts: &Facts<'_>, key: u64) -> String {
    let stamp = time.show("%d/%b/%Y:%H:%M:%S +0000");
    let text = format!(
        "{{client}} - - [{stamp}] \"{{method}} {{path}} HTTP/2.0\" {{status}} {{bytes}} \"-\" \"{{agent}}\" {{count}} {{s.3}} [{{team}}-http] {{ip}}:8080 {{bytes}} {{s.3}} {{status}} {{hex}}{{hex}}"
    );
    fill::fill(&text, facts, key)
}

/// The form in which a program writes that others wrote.
fn form(
    voice: &Voice,
    facts: &Facts<'_>,
    time: &Time,
    level: Level,
    key: u64,
    text: &str,
) -> String {
    let mut line = voice
        .form
        .replace("{LEVEL}", voice.level(level))
        .replace("{level}", level.word());
    for (word, format) in [
        ("{date}", "%Y-%m-%d"),
        ("{date/}", "%Y/%m/%d"),
        ("{date.}", "%Y.%m.%d"),
        ("{day}", "%d %b %Y"),
        ("{time}", "%H:%M:%S"),
    ] {
        if line.contains(word) {
            line = line.replace(word, &time.show(format));
        }
    }
    line = line
        .replace("{.ms}", &format!(".{:03}", time.civil.millisecond()))
        .replace("{,ms}", &format!(",{:03}", time.civil.millisecond()))
        .replace("{.us}", &format!(".{:06}", time.micros))
        .replace("{logger}", voice.logger(key).unwrap_or("main"));
    let line = fill::fill(&line, facts, key);
    let (head, rest) = text.split_once('\n').unwrap_or((text, ""));
    let line = line.replace("{text}", head);
    if rest.is_empty() {
        line
    } else {
        format!("{line}\n{rest}")
    }
}
