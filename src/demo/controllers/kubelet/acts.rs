//! How a container behaves: what the Pod's annotation says, what its command says where it is plain, and else well.

use serde_json::Value;

use crate::demo::{dice, object};

/// The annotation that says it: words such as `crashes=40s`, each perhaps with `container/` before it.
pub const ACTS: &str = "demo.barkeep.dev/acts";

/// How a container behaves. Times are in milliseconds of life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acts {
    /// How long its image takes to come.
    pub pulls: Option<i64>,
    /// How long after its start it is ready.
    pub starts: Option<i64>,
    /// It exits so long after each start.
    pub crashes: Option<i64>,
    /// It takes more memory than it may, so long after each start.
    pub oom: Option<i64>,
    /// Its liveness probe fails, so long after each start.
    pub unlive: Option<i64>,
    /// It ends so long after its start.
    pub runs: Option<i64>,
    /// The code it exits with.
    pub exit: Option<i64>,
    /// Only in the first starts, as many, it goes wrong.
    pub times: Option<i64>,
    /// How long it takes to stop when asked.
    pub ends: Option<i64>,
    /// It is never ready.
    pub unready: bool,
    /// Its image cannot be pulled.
    pub missing: bool,
}

/// Longer than any grace, in milliseconds.
const NEVER: i64 = 1 << 40;

/// How a container ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// It exits.
    Exit(i64),
    /// It is killed for its memory.
    Memory,
    /// The kubelet kills it, for its liveness probe fails.
    Liveness,
}

impl Acts {
    /// How this container of the Pod behaves; words without a name are for the first container.
    pub fn read(pod: &Value, container: &Value) -> Self {
        let name = object::text(container, "/name");
        let first = object::text(pod, "/spec/containers/0/name");
        let mut acts = Self::default();
        for word in object::annotation(pod, ACTS)
            .unwrap_or("")
            .split_whitespace()
        {
            let (whose, word) = word
                .split_once('/')
                .filter(|(whose, _)| !whose.contains('='))
                .unwrap_or((first, word));
            if whose == name {
                acts.say(word);
            }
        }
        let image = object::text(container, "/image");
        let tag = image.rsplit_once('/').map_or(image, |(_, last)| last);
        let tag = tag.split_once(':').map_or("", |(_, tag)| tag);
        acts.missing |= ["missing", "typo", "does-not-exist"]
            .iter()
            .any(|word| tag.contains(word));
        if acts.runs.is_none() && acts.crashes.is_none() && acts.oom.is_none() {
            acts.obey(pod, container);
        }
        acts
    }

    fn say(&mut self, word: &str) {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        let time = || duration(value);
        match key {
            "pulls" => self.pulls = time(),
            "starts" => self.starts = time(),
            "crashes" => self.crashes = time(),
            "oom" => self.oom = time(),
            "unlive" => self.unlive = time(),
            "runs" => self.runs = time(),
            "ends" => self.ends = time(),
            "exit" => self.exit = value.parse().ok(),
            "times" => self.times = value.parse().ok(),
            "unready" => self.unready = true,
            "missing" => self.missing = true,
            _ => {}
        }
    }

    /// Does what a plain command says; a Job's container that says nothing plain does its work and ends.
    fn obey(&mut self, pod: &Value, container: &Value) {
        let words: Vec<&str> = object::items(container, "/command")
            .iter()
            .chain(object::items(container, "/args"))
            .filter_map(Value::as_str)
            .collect();
        if let Some((time, exit)) = command(&words) {
            self.runs = time;
            self.exit = self.exit.or(Some(exit));
            // The first process of a container does not hear SIGTERM unless it listens.
            self.ends = self.ends.or(Some(NEVER));
        } else if object::controller(pod).is_some_and(|owner| owner["kind"] == "Job") {
            let occasion = ("runs", object::uid(pod), object::text(container, "/name"));
            self.runs = Some(3_000 + (dice::share(0, occasion) * 12_000.0) as i64);
        }
    }

    /// How the start that was the `nth` ends, counted from 0, and how long after it.
    pub fn death(&self, nth: i64) -> Option<(i64, Death)> {
        let wrong = self.times.is_none_or(|times| nth < times);
        let deaths = [
            (
                self.crashes.filter(|_| wrong),
                Death::Exit(self.exit.unwrap_or(1)),
            ),
            (self.oom.filter(|_| wrong), Death::Memory),
            (self.unlive.filter(|_| wrong), Death::Liveness),
            (self.runs, Death::Exit(self.exit.unwrap_or(0))),
        ];
        deaths
            .into_iter()
            .filter_map(|(time, death)| Some((time?, death)))
            .min_by_key(|(time, _)| *time)
    }
}

/// `90s`, `1m30s`, `250ms`, `2h`, in milliseconds; a bare number counts seconds.
pub fn duration(text: &str) -> Option<i64> {
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let end = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        let factor = match unit {
            "ms" => 1.0,
            "s" | "" => 1_000.0,
            "m" => 60_000.0,
            "h" => 3_600_000.0,
            "d" => 86_400_000.0,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * factor;
        rest = next;
    }
    (!text.is_empty()).then_some(total as i64)
}

/// How long a plain command takes (None: for ever), and the code it ends with; None if it is not plain.
fn command(words: &[&str]) -> Option<(Option<i64>, i64)> {
    let shell = |word: &str| matches!(word.rsplit('/').next(), Some("sh" | "bash" | "ash"));
    if let [first, option, script] = words
        && shell(first)
        && option.starts_with('-')
        && option.ends_with('c')
    {
        return steps(script);
    }
    step(words)
}

/// A script of plain steps, one after the other.
fn steps(script: &str) -> Option<(Option<i64>, i64)> {
    let (mut total, mut code) = (0, 0);
    for part in script.split([';', '\n']).flat_map(|part| part.split("&&")) {
        let words: Vec<&str> = part.split_whitespace().collect();
        if words.is_empty() {
            continue;
        }
        let (time, exit) = step(&words)?;
        let Some(time) = time else {
            return Some((None, 0));
        };
        total += time;
        code = exit;
        if words[0] == "exit" {
            break;
        }
    }
    Some((Some(total), code))
}

fn step(words: &[&str]) -> Option<(Option<i64>, i64)> {
    let name = words.first()?.rsplit('/').next()?;
    match (name, words) {
        ("sleep", [_, "infinity" | "inf"]) => Some((None, 0)),
        ("sleep", [_, time]) => Some((Some(duration(time)?), 0)),
        ("true" | "exit", [_]) => Some((Some(0), 0)),
        ("echo", _) => {
            (!words.iter().any(|word| word.contains(['|', '`', '$']))).then_some((Some(0), 0))
        }
        ("false", [_]) => Some((Some(0), 1)),
        ("exit", [_, code]) => Some((Some(0), code.parse().ok()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_commands_are_obeyed() {
        for (words, result) in [
            (vec!["sleep", "5"], Some((Some(5_000), 0))),
            (vec!["/bin/sleep", "1m"], Some((Some(60_000), 0))),
            (vec!["sleep", "infinity"], Some((None, 0))),
            (vec!["false"], Some((Some(0), 1))),
            (vec!["sh", "-c", "exit 3"], Some((Some(0), 3))),
            (
                vec!["sh", "-ec", "echo hi; sleep 2 && exit 7"],
                Some((Some(2_000), 7)),
            ),
            (vec!["sh", "-c", "sleep infinity"], Some((None, 0))),
            (vec!["sh", "-c", "while true; do sleep 1; done"], None),
            (vec!["nginx"], None),
            (vec![], None),
        ] {
            assert_eq!(command(&words), result, "{words:?}");
        }
    }

    #[test]
    fn words_are_for_the_first_container_unless_they_name_one() {
        let pod = json!({
            "metadata": {"annotations": {ACTS: "starts=8s log/crashes=1m30s log/times=2 unready"}},
            "spec": {"containers": [{"name": "app"}, {"name": "log"}]},
        });
        let app = Acts::read(&pod, &json!({"name": "app", "image": "app:1"}));
        assert_eq!(
            (app.starts, app.crashes, app.unready),
            (Some(8_000), None, true)
        );
        let log = Acts::read(&pod, &json!({"name": "log", "image": "log:1"}));
        assert_eq!((log.starts, log.unready), (None, false));
        assert_eq!(log.death(1), Some((90_000, Death::Exit(1))));
        assert_eq!(log.death(2), None);
    }

    #[test]
    fn an_image_is_missing_by_its_tag() {
        for (image, missing) in [
            ("nginx:1.27", false),
            ("registry.example:5000/typo/nginx", false),
            ("registry.example:5000/shop/web:typo-1", true),
            ("web:does-not-exist", true),
        ] {
            let acts = Acts::read(&json!({}), &json!({"name": "a", "image": image}));
            assert_eq!(acts.missing, missing, "{image}");
        }
    }
}
