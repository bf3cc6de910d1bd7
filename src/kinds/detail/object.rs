//! An object of any kind, as YAML. A Secret's values are left out where it is read: no row ever holds one.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{REPEATED, about, row};
use crate::model::{
    Detail, Name,
    detail::ObjectDetail,
    row::{Interner, Row},
    sanitize::{clean, clean_within},
};

/// Lines of YAML that are kept of one object.
const LINES: usize = 5_000;
/// Characters that are kept of one line.
const COLUMNS: usize = 4_000;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Whole {
    metadata: ObjectMeta,
}

/// An object → its text.
pub(in crate::kinds) fn object(
    json: &[u8],
    names: &mut Interner,
) -> serde_json::Result<Option<Row>> {
    let object: Map<String, Value> = serde_json::from_slice(json)?;
    // Whatever it came as.
    let is_secret = object.get("kind").is_some_and(|kind| kind == "Secret")
        && object
            .get("apiVersion")
            .is_some_and(|version| version == "v1");
    read(json, object, is_secret, names)
}

/// A Secret → its text, with sizes in place of its values.
pub(in crate::kinds) fn secret(
    json: &[u8],
    names: &mut Interner,
) -> serde_json::Result<Option<Row>> {
    read(json, serde_json::from_slice(json)?, true, names)
}

fn read(
    json: &[u8],
    mut object: Map<String, Value>,
    is_secret: bool,
    names: &mut Interner,
) -> serde_json::Result<Option<Row>> {
    let Whole { metadata } = serde_json::from_slice(json)?;
    let mut about = about(&metadata, json, names).unwrap_or_default();
    about.conditions.sort_by(|a, b| a.kind.cmp(&b.kind));
    if let Some(Value::Object(metadata)) = object.get_mut("metadata") {
        metadata.remove("managedFields");
        if let Some(Value::Object(annotations)) = metadata.get_mut("annotations") {
            // It repeats the object, values and all.
            annotations.retain(|key, _| key != REPEATED[0]);
            if annotations.is_empty() {
                metadata.remove("annotations");
            }
        }
    }
    if is_secret {
        hide(&mut object);
    }
    let (yaml, more) = lines(object);
    let owners = metadata.owner_references.iter().flatten();
    let detail = ObjectDetail {
        about,
        owners: owners
            .map(|owner| (names.name(&owner.kind), names.name(&owner.name)))
            .collect(),
        finalizers: metadata
            .finalizers
            .iter()
            .flatten()
            .map(|name| names.name(name))
            .collect(),
        terminating: metadata
            .deletion_timestamp
            .as_ref()
            .map_or(0, |at| at.0.as_second()),
        yaml,
        more,
    };
    Ok(Some(row(&metadata, Detail::Object(detail))))
}

/// Sizes in place of values: of `data`, which is base64, those of what it stands for.
fn hide(object: &mut Map<String, Value>) {
    for (field, encoded) in [("data", true), ("stringData", false)] {
        let Some(values) = object.get_mut(field) else {
            continue;
        };
        let Value::Object(values) = values else {
            *values = Value::from("(not shown)");
            continue;
        };
        for value in values.values_mut() {
            let size = match value.as_str() {
                Some(text) if encoded => {
                    let digits = text.trim_end_matches('=').bytes();
                    digits.filter(|byte| !byte.is_ascii_whitespace()).count() * 3 / 4
                }
                Some(text) => text.len(),
                None => 0,
            };
            *value = Value::from(format!("({size} bytes, not shown)"));
        }
    }
}

/// The parts of an object in the order in which people write them.
fn lines(object: Map<String, Value>) -> (Vec<Name>, usize) {
    const FIRST: [&str; 3] = ["apiVersion", "kind", "metadata"];
    const LAST: &str = "status";
    let mut parts: Vec<(String, Value)> = object.into_iter().collect();
    let rank = |key: &str| match FIRST.iter().position(|first| *first == key) {
        Some(at) => at,
        None if key == LAST => FIRST.len() + 1,
        None => FIRST.len(),
    };
    parts.sort_by(|(a, _), (b, _)| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
    // What is folded reads as if it were another text.
    let options = serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX };
    let mut text = String::new();
    for (key, value) in parts {
        let part = Map::from_iter([(key, value)]);
        text.push_str(
            &serde_saphyr::to_string_with_options(&part, options.clone()).unwrap_or_default(),
        );
    }
    // A line is indented by what may not be cleaned away.
    let line = |line: &str| -> Name { clean_within(&clean(line), COLUMNS).as_ref().into() };
    let kept = text.lines().take(LINES).map(line).collect();
    (kept, text.lines().count().saturating_sub(LINES))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(
        decode: fn(&[u8], &mut Interner) -> serde_json::Result<Option<Row>>,
        json: &str,
    ) -> String {
        let Ok(Some(Row::Detail(_, detail))) = decode(json.as_bytes(), &mut Interner::default())
        else {
            return "nothing".into();
        };
        let Detail::Object(detail) = *detail else {
            return "no object".into();
        };
        detail.yaml.join("\n")
    }

    #[test]
    fn an_object_is_written_as_people_write_it() {
        let json = r#"{"status":{"ok":true},"spec":{"list":[{"a":1,"b":"x: y"},[]],"text":"two\nlines\n","esc":"\u001b[31mred","long":"word word word word word word word word word word word word word word word word word word word word word word word"},
            "kind":"Widget","apiVersion":"acme.example/v1","metadata":{"name":"w","uid":"u","managedFields":[{"manager":"x"}],
            "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}","a":"b"}}}"#;
        let text = yaml(object, json);
        let parts: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with([' ', '-']))
            .collect();
        let order = [
            "apiVersion: acme.example/v1",
            "kind: Widget",
            "metadata:",
            "spec:",
            "status:",
        ];
        assert_eq!(parts, order, "{text}");
        assert!(text.contains("  annotations:\n    a: b\n"), "{text}");
        assert!(text.contains("  text: |\n    two\n    lines"), "{text}");
        assert!(
            !text.contains("managedFields") && !text.contains('\u{1b}'),
            "{text}"
        );
        // Nothing is folded.
        let long = text.lines().find(|line| line.contains("word"));
        assert_eq!(
            long.map(|line| line.matches("word").count()),
            Some(23),
            "{text}"
        );
    }

    #[test]
    fn no_value_of_a_secret_is_kept() {
        let json = r#"{"kind":"Secret","apiVersion":"v1","metadata":{"name":"s","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"password\":\"aHVudGVyMg==\"}}"}},
            "data":{"password":"aHVudGVyMg==","empty":"","null":null},"stringData":{"token":"hunter2"},"type":"Opaque"}"#;
        for decode in [secret, object] {
            let text = yaml(decode, json);
            assert!(
                !text.contains("aHVudGVy") && !text.contains("hunter2"),
                "{text}"
            );
            assert!(text.contains("password: (7 bytes, not shown)"), "{text}");
        }
        // In a list the kind is not said.
        let bare = r#"{"metadata":{"name":"s"},"data":"aHVudGVyMg=="}"#;
        assert!(!yaml(secret, bare).contains("aHVudGVy"));
    }
}
