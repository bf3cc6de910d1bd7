//! One event of a watch: `{"type":"MODIFIED","object":{…}}` → a change of a row.

use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{problem::status_problem, split::Broken};
use crate::{
    kinds::{Form, Served, line},
    model::{
        Cause, Change, Problem, Uid,
        row::{Interner, Row},
    },
};

/// Ends the reading of a body.
pub(super) struct Stop(pub(super) Problem);

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        Self(Problem::new(
            Cause::Garbled,
            format!("The server's answer is not what the API promises: {broken}"),
        ))
    }
}

/// What an event means, and the version that a watch can go on from after it.
pub(super) enum Meant {
    /// A change; none for an object that is no row here, or that can not be read. Before it the columns of a table, where
    /// the event tells them.
    Change(Option<Box<Row>>, Option<Change>, String),
    /// Nothing has changed; it may be the end of a streaming list.
    Bookmark(String, bool),
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(borrow)]
    object: &'a RawValue,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Bookmark {
    metadata: BookmarkMeta,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct BookmarkMeta {
    resource_version: String,
    annotations: Option<std::collections::BTreeMap<String, String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Code {
    code: u16,
}

pub(super) fn event(
    json: &[u8],
    served: &Served<'_>,
    namespace: Option<&str>,
    names: &mut Interner,
) -> Result<Meant, Stop> {
    let garbled = |error: serde_json::Error| {
        Stop(Problem::new(
            Cause::Garbled,
            format!("A change of {} can not be read: {error}", served.plural),
        ))
    };
    let (kind, object) = match opened(json) {
        Some(opened) => opened,
        None => serde_json::from_slice(json)
            .map(|Envelope { kind, object }| (kind, object.get().as_bytes()))
            .map_err(garbled)?,
    };
    match kind {
        "ADDED" | "MODIFIED" | "DELETED" => {
            let headings = (served.form == Form::Table)
                .then(|| line::headings(object, names))
                .flatten()
                .map(Box::new);
            let (object, marked) = match served.form {
                Form::Table => line::of_event(object).unwrap_or((object, object)),
                Form::Whole | Form::Metadata => (object, object),
            };
            let Marks { uid, version } = marks(marked);
            if version.is_empty() {
                return Err(Stop(Problem::new(
                    Cause::Garbled,
                    format!("A change of {} has no version", served.plural),
                )));
            }
            let gone = || (!uid.is_empty()).then(|| Change::Gone(Uid::parse(&uid)));
            let change = match kind {
                // Nothing else of it matters, nor that it can be read.
                "DELETED" => gone(),
                _ => match served.row(object, names) {
                    Ok(Some(row)) => Some(Change::Put(row)),
                    // It may have been a row until now.
                    Ok(None) if kind == "MODIFIED" => gone(),
                    Ok(None) => None,
                    Err(error) => left_out(served, &error),
                },
            };
            Ok(Meant::Change(headings, change, version))
        }
        "BOOKMARK" => {
            let Bookmark { metadata } = serde_json::from_slice(object).map_err(garbled)?;
            let end = metadata
                .annotations
                .as_ref()
                .and_then(|notes| notes.get("k8s.io/initial-events-end"))
                .is_some_and(|value| value == "true");
            let mut version = metadata.resource_version;
            if version.is_empty()
                && let Some((_, marked)) = line::of_event(object)
            {
                version = marks(marked).version;
            }
            Ok(Meant::Bookmark(version, end))
        }
        "ERROR" => {
            let Code { code } = serde_json::from_slice(object).unwrap_or_default();
            let status =
                http::StatusCode::from_u16(code).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
            let headers = http::HeaderMap::new();
            Err(Stop(status_problem(
                "watch",
                served.plural,
                namespace,
                status,
                object,
                &headers,
            )))
        }
        other => {
            tracing::debug!(kind = other, "an event of a kind that we do not know");
            Err(Stop(Problem::new(
                Cause::Garbled,
                "The server sent an event of a kind that we do not know",
            )))
        }
    }
}

/// One object of a list; an odd one is left out, and must not cost the others.
pub(super) fn decoded(json: &[u8], served: &Served<'_>, names: &mut Interner) -> Option<Row> {
    served
        .row(json, names)
        .unwrap_or_else(|error| left_out(served, &error))
}

fn left_out<T>(served: &Served<'_>, error: &serde_json::Error) -> Option<T> {
    tracing::warn!(kind = served.plural, %error, "an object can not be read and is left out");
    None
}

/// Type and object as an API server writes them, without reading the object for it.
fn opened(json: &[u8]) -> Option<(&str, &[u8])> {
    let rest = json.strip_prefix(br#"{"type":""#)?;
    let end = memchr::memchr(b'"', rest)?;
    let object = rest[end..].strip_prefix(br#"","object":"#)?;
    let object = object.strip_suffix(b"}")?.trim_ascii();
    (object.first() == Some(&b'{')).then_some(())?;
    Some((std::str::from_utf8(&rest[..end]).ok()?, object))
}

/// What an object is known by.
#[derive(Default)]
struct Marks {
    uid: String,
    version: String,
}

/// Reads an object no further than to its uid and version, which stand near its beginning.
fn marks(object: &[u8]) -> Marks {
    let mut marks = Marks::default();
    let mut json = serde_json::Deserializer::from_slice(object);
    // An error is how it stops early; what is missing then is empty.
    let _ = Within {
        marks: &mut marks,
        metadata: false,
    }
    .deserialize(&mut json);
    marks
}

struct Within<'a> {
    marks: &'a mut Marks,
    metadata: bool,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Key {
    Metadata,
    Uid,
    ResourceVersion,
    #[serde(other)]
    Other,
}

impl<'de> DeserializeSeed<'de> for Within<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Within<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key()? {
            match key {
                Key::Metadata if !self.metadata => {
                    map.next_value_seed(Within {
                        marks: self.marks,
                        metadata: true,
                    })?;
                    return Err(A::Error::custom("enough"));
                }
                Key::Uid if self.metadata => self.marks.uid = map.next_value()?,
                Key::ResourceVersion if self.metadata => self.marks.version = map.next_value()?,
                _ => {
                    map.next_value::<serde::de::IgnoredAny>()?;
                }
            }
            if !self.marks.uid.is_empty() && !self.marks.version.is_empty() {
                return Err(A::Error::custom("enough"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::What;

    fn meant(text: &str, served: &Served<'_>) -> String {
        match event(text.as_bytes(), served, None, &mut Interner::default()) {
            Ok(Meant::Change(_, change, at)) => match change {
                Some(Change::Put(row)) => format!("put {:?} at {at}", row.uid().is_some()),
                Some(Change::Gone(uid)) => format!("gone {} at {at}", uid == Uid::parse("u")),
                None => format!("none at {at}"),
            },
            Ok(Meant::Bookmark(at, end)) => format!("bookmark {at} {end}"),
            Err(Stop(problem)) => format!("{:?}", problem.cause),
        }
    }

    #[test]
    fn each_event_means_one_thing() {
        static NO_ROW: Served<'static> = Served {
            what: What::ReplicaSets,
            group: "apps",
            version: "v1",
            plural: "replicasets",
            fields: "",
            few: true,
            form: Form::Whole,
            decode: |_, _| Ok(None),
        };
        let pods = What::Instances.served();
        let meta = r#"{"kind":"Pod","metadata":{"name":"a","uid":"u","resourceVersion":"7"}"#;
        let table = [
            (
                pods,
                format!(r#"{{"type":"ADDED","object":{meta}}}}}"#),
                "put true at 7",
            ),
            // A row of a table: what is known of the object is within.
            (
                What::Table.served(),
                r#"{"type":"MODIFIED","object":{"kind":"Table","metadata":{"resourceVersion":"8"},"rows":[{"cells":["a"],"object":{"metadata":{"uid":"u","resourceVersion":"7"}}}]}}"#.into(),
                "put true at 7",
            ),
            (
                What::Table.served(),
                r#"{"type":"DELETED","object":{"kind":"Table","rows":[{"cells":["a"],"object":{"metadata":{"uid":"u","resourceVersion":"7"}}}]}}"#.into(),
                "gone true at 7",
            ),
            (
                What::Table.served(),
                r#"{"type":"BOOKMARK","object":{"kind":"Table","metadata":{"resourceVersion":"9"},"rows":null}}"#.into(),
                "bookmark 9 false",
            ),
            // Another order, and spaces.
            (
                pods,
                format!(r#"{{ "object": {meta}}}, "type": "ADDED" }}"#),
                "put true at 7",
            ),
            (
                pods,
                format!(r#"{{"type":"MODIFIED","object":{meta},"spec":"odd"}}}}"#),
                "none at 7",
            ),
            (
                pods,
                format!(r#"{{"type":"DELETED","object":{meta},"spec":"odd"}}}}"#),
                "gone true at 7",
            ),
            (
                &NO_ROW,
                format!(r#"{{"type":"ADDED","object":{meta}}}}}"#),
                "none at 7",
            ),
            (
                &NO_ROW,
                format!(r#"{{"type":"MODIFIED","object":{meta}}}}}"#),
                "gone true at 7",
            ),
            (
                pods,
                r#"{"type":"ADDED","object":{"metadata":{}}}"#.into(),
                "Garbled",
            ),
            (
                pods,
                r#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}"#.into(),
                "bookmark 9 false",
            ),
            (
                pods,
                r#"{"type":"ERROR","object":{"code":410,"message":"too old"}}"#.into(),
                "Gone",
            ),
            (pods, r#"{"type":"ODD","object":{}}"#.into(), "Garbled"),
            (pods, r#"{"type":"ADDED"}"#.into(), "Garbled"),
        ];
        for (served, text, meaning) in table {
            assert_eq!(meant(&text, served), meaning, "{text}");
        }
    }

    #[test]
    fn marks_are_found_wherever_they_stand() {
        let late = br#"{"metadata":{"annotations":{"uid":"no","resourceVersion":"no"},"resourceVersion":"7","uid":"u"}}"#;
        let Marks { uid, version } = marks(late);
        assert_eq!((uid.as_str(), version.as_str()), ("u", "7"));
        assert!(
            marks(br#"{"spec":{"uid":"no"},"metadata":null}"#)
                .uid
                .is_empty()
        );
    }
}
