//! The script: what a step is.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Steps in a namespace of their own.
pub(crate) struct Chapter {
    pub(crate) name: String,
    /// What `$NS` is.
    pub(crate) namespace: String,
    pub(crate) steps: Vec<Step>,
}

impl Chapter {
    pub(crate) fn read(name: &str, text: &str) -> Self {
        let steps = serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self {
            name: name.to_owned(),
            namespace: format!("bk-test-{}-{name}", std::process::id()),
            steps,
        }
    }
}

/// One request and what is compared of its answer. In all texts `$name` is what an earlier step kept under that name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// `GET /path`, `WATCH name /path` to begin to watch, `HEARD name` to end it and compare.
    pub(crate) does: String,
    /// The content type of the body: `merge`, `strategic`, `json`, `apply`, or in full.
    #[serde(rename = "as")]
    pub(crate) kind: Option<String>,
    /// The body, as JSON.
    pub(crate) body: Option<Value>,
    /// The body, as it is.
    pub(crate) raw: Option<String>,
    /// What is accepted: `table`, `partial`, `partials`, or in full.
    pub(crate) accept: Option<String>,
    /// Whom the administrator impersonates.
    pub(crate) who: Option<String>,
    /// As which group.
    pub(crate) group: Option<String>,
    /// What later steps need of the answer.
    #[serde(default)]
    pub(crate) keep: BTreeMap<String, String>,
    /// The request is made again until its answer says so (of a watch: until it has told of such an event). `code` is the
    /// status, `/a/b=c/d` the field `d` of the item of `a` whose `b` is `c`, `#` at the end the length, null what is not there.
    #[serde(default)]
    pub(crate) until: BTreeMap<String, Value>,
    /// Which fields are compared; all, where none is named.
    #[serde(default)]
    pub(crate) look: Vec<String>,
    /// Whether the real answer may say more.
    #[serde(default)]
    pub(crate) subset: bool,
    /// Whether the answer is a list of Events, of which only what they tell is compared.
    #[serde(default)]
    pub(crate) events: bool,
}

impl Step {
    /// What it is called in reports.
    pub(crate) fn title(&self) -> String {
        let mut title = self.does.clone();
        for (word, said) in [("as", &self.accept), ("by", &self.who)] {
            if let Some(said) = said {
                title = format!("{title} {word} {said}");
            }
        }
        title
    }
}

/// The values at a place: `*` is every item, `key=value` the items of which this is true.
pub(crate) fn find<'a>(value: &'a Value, place: &str) -> Vec<&'a Value> {
    let mut found = vec![value];
    for part in place.split('/').skip(1) {
        let part = part.replace("~1", "/");
        found = found
            .into_iter()
            .flat_map(|value| -> Vec<&Value> {
                match value {
                    Value::Array(items) if part == "*" => items.iter().collect(),
                    Value::Array(items) => match part.split_once('=') {
                        Some((key, wanted)) => {
                            items.iter().filter(|item| item[key] == *wanted).collect()
                        }
                        None => part
                            .parse::<usize>()
                            .ok()
                            .and_then(|at| items.get(at))
                            .into_iter()
                            .collect(),
                    },
                    other => other.get(&part).into_iter().collect(),
                }
            })
            .collect();
    }
    found
}

/// Whether an answer says what is waited for.
pub(crate) fn says(until: &BTreeMap<String, Value>, code: u16, body: &Value) -> bool {
    until.iter().all(|(place, wanted)| {
        if place == "code" {
            return *wanted == code;
        }
        if let Some(place) = place.strip_suffix('#') {
            let found = find(body, place);
            let length = found
                .first()
                .and_then(|value| value.as_array())
                .map(Vec::len);
            return length.is_some_and(|length| *wanted == length);
        }
        let found = find(body, place);
        if wanted.is_null() {
            return found.iter().all(|value| value.is_null());
        }
        !found.is_empty() && found.into_iter().all(|value| value == wanted)
    })
}
