//! Bodies in `application/vnd.kubernetes.protobuf`, read into the JSON that the same client would have sent
//! (`k8s.io/apimachinery/pkg/runtime/serializer/protobuf`). kubectl and client-go send these where they know the kind.
//!
//! ```text
//!  k8s\0 · runtime.Unknown { typeMeta { apiVersion, kind }, raw } ── raw: the kind's message
//! ```
//!
//! `proto.json` (made by `tests/proto_schema.rs`) has the fields of each message by number. Its words:
//! - `name type`: a field, with its name in JSON;
//! - `name? type`: one that a Go client always writes, and that is left out of JSON where it is zero;
//! - `.. type`: a message whose fields stand in its parent's JSON;
//! - `list type` and `map type` (by text), where a type is a message, `string`, `bool`, `int`, `bytes`, or one of those whose
//!   JSON is not their fields: `time`, `micro-time`, `quantity`, `int-or-string`, `raw` and `items`.

mod wire;

#[cfg(test)]
#[path = "proto_tests.rs"]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    sync::OnceLock,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use wire::{Load, Wire, packed};

/// The media type of these bodies.
pub const MEDIA: &str = "application/vnd.kubernetes.protobuf";

const MAGIC: &[u8] = b"k8s\0";

/// Reads a request's body.
pub fn decode(body: &[u8]) -> Result<Value, Refusal> {
    let unread =
        |why: &str| Refusal::bad_request(format!("the object provided is unrecognized: {why}"));
    if body.is_empty() {
        return Err(unread("empty data"));
    }
    let Some(message) = body.strip_prefix(MAGIC) else {
        return Err(unread(
            "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
        ));
    };
    if message.is_empty() {
        return Err(unread("empty body"));
    }
    let unknown = Unknown::read(message).map_err(|why| unread(&why))?;
    let Unknown {
        api_version,
        kind,
        raw,
    } = unknown;
    if kind.is_empty() {
        return Err(unread("Object 'Kind' is missing"));
    }
    let refuse = |why: &str| {
        Refusal::bad_request(format!(
            "{kind} in version \"{api_version}\" cannot be handled as a {kind}: {why}"
        ))
    };
    let messages = messages();
    let Some(index) = messages.of_kind(&api_version, &kind) else {
        return Err(refuse(&format!(
            "no kind \"{kind}\" is registered for version \"{api_version}\" in scheme"
        )));
    };
    let mut fields = Map::new();
    messages
        .read(index, raw, &mut fields)
        .map_err(|why| refuse(&why))?;
    fields.insert("apiVersion".to_owned(), json!(api_version));
    fields.insert("kind".to_owned(), json!(kind));
    Ok(Value::Object(fields))
}

/// `runtime.Unknown`: what every body is wrapped in.
#[derive(Default)]
struct Unknown<'a> {
    api_version: String,
    kind: String,
    raw: &'a [u8],
}

impl<'a> Unknown<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, String> {
        let mut unknown = Self::default();
        for field in Wire::new(bytes) {
            match field? {
                (1, load) => {
                    for field in Wire::new(bytes_of(load, "TypeMeta")?) {
                        match field? {
                            (1, load) => unknown.api_version = text_of(load, "APIVersion")?,
                            (2, load) => unknown.kind = text_of(load, "Kind")?,
                            _ => {}
                        }
                    }
                }
                (2, load) => unknown.raw = bytes_of(load, "Raw")?,
                _ => {}
            }
        }
        Ok(unknown)
    }
}

#[derive(Debug, Default)]
struct Messages {
    kinds: HashMap<String, usize>,
    messages: Vec<Message>,
}

type Message = HashMap<u64, Field>;

#[derive(Debug)]
struct Field {
    /// Its name in JSON; none for a message whose fields stand in its parent's.
    name: Option<String>,
    kind: Kind,
    times: Times,
    drops_zero: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Bool,
    Int,
    Bytes,
    Time,
    MicroTime,
    Quantity,
    IntOrString,
    /// JSON in a message: `RawExtension`, `FieldsV1`.
    Raw,
    /// A list with a name of its own in Go: `ExtraValue`.
    Items,
    /// The index of a message.
    Message(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Times {
    One,
    List,
    Map,
}

const KINDS: &[(&str, Kind)] = &[
    ("string", Kind::Text),
    ("bool", Kind::Bool),
    ("int", Kind::Int),
    ("bytes", Kind::Bytes),
    ("time", Kind::Time),
    ("micro-time", Kind::MicroTime),
    ("quantity", Kind::Quantity),
    ("int-or-string", Kind::IntOrString),
    ("raw", Kind::Raw),
    ("items", Kind::Items),
];

#[derive(Deserialize)]
struct Bundle {
    kinds: BTreeMap<String, String>,
    types: BTreeMap<String, BTreeMap<u64, String>>,
}

fn messages() -> &'static Messages {
    static MESSAGES: OnceLock<Messages> = OnceLock::new();
    // Read by a test of its own, so that it is what it should be.
    MESSAGES.get_or_init(|| Messages::parse(include_str!("proto.json")).unwrap_or_default())
}

impl Messages {
    fn parse(text: &str) -> Option<Self> {
        let bundle: Bundle = serde_json::from_str(text).ok()?;
        let indices: HashMap<&str, usize> =
            bundle.types.keys().map(String::as_str).zip(0..).collect();
        let field = |said: &str| -> Option<Field> {
            let (name, rest) = said.split_once(' ')?;
            let (times, word) = match rest.split_once(' ') {
                Some(("list", word)) => (Times::List, word),
                Some(("map", word)) => (Times::Map, word),
                _ => (Times::One, rest),
            };
            let known = KINDS.iter().find(|(known, _)| *known == word);
            let kind = match known {
                Some((_, kind)) => *kind,
                None => Kind::Message(*indices.get(word)?),
            };
            let plain = name.trim_end_matches('?');
            Some(Field {
                name: (plain != "..").then(|| plain.to_owned()),
                kind,
                times,
                drops_zero: name.ends_with('?'),
            })
        };
        let message = |fields: &BTreeMap<u64, String>| {
            let fields = fields.iter();
            fields
                .map(|(number, said)| Some((*number, field(said)?)))
                .collect()
        };
        let kinds = bundle.kinds.iter();
        Some(Self {
            kinds: kinds
                .map(|(kind, name)| Some((kind.clone(), *indices.get(name.as_str())?)))
                .collect::<Option<_>>()?,
            messages: bundle.types.values().map(message).collect::<Option<_>>()?,
        })
    }

    /// The message of a kind. `DeleteOptions` are the same in every group.
    fn of_kind(&self, api_version: &str, kind: &str) -> Option<usize> {
        let api_version = if kind == "DeleteOptions" {
            "v1"
        } else {
            api_version
        };
        self.kinds.get(&format!("{api_version}/{kind}")).copied()
    }

    /// Puts a message's fields into an object. Fields that nobody knows are passed over.
    fn read(
        &self,
        index: usize,
        bytes: &[u8],
        into: &mut Map<String, Value>,
    ) -> Result<(), String> {
        let Some(message) = self.messages.get(index) else {
            return Ok(());
        };
        for field in Wire::new(bytes) {
            let (number, load) = field?;
            if let Some(field) = message.get(&number) {
                self.field(field, load, into)?;
            }
        }
        Ok(())
    }

    fn field(
        &self,
        field: &Field,
        load: Load,
        into: &mut Map<String, Value>,
    ) -> Result<(), String> {
        let Some(name) = &field.name else {
            return match field.kind {
                Kind::Message(index) => self.read(index, bytes_of(load, "inline")?, into),
                _ => Ok(()),
            };
        };
        match field.times {
            Times::One => {
                let value = self.value(field.kind, load, name)?;
                if field.drops_zero && is_zero(&value) {
                    into.remove(name);
                } else {
                    into.insert(name.clone(), value);
                }
            }
            Times::List => {
                let list = into.entry(name).or_insert_with(|| json!([]));
                let Some(list) = list.as_array_mut() else {
                    return Ok(());
                };
                match (field.kind, load) {
                    (Kind::Int, Load::Bytes(bytes)) => {
                        list.extend(packed(bytes)?.into_iter().map(int));
                    }
                    (kind, load) => list.push(self.value(kind, load, name)?),
                }
            }
            Times::Map => {
                let (key, value) = self.entry(field.kind, bytes_of(load, name)?, name)?;
                let map = into.entry(name).or_insert_with(|| json!({}));
                if let Some(map) = map.as_object_mut() {
                    map.insert(key, value);
                }
            }
        }
        Ok(())
    }

    /// A map's entry. A key or value that is not there is empty; no map has numbers for values.
    fn entry(&self, kind: Kind, bytes: &[u8], name: &str) -> Result<(String, Value), String> {
        let mut key = String::new();
        let mut value = Load::Bytes(&[]);
        for field in Wire::new(bytes) {
            match field? {
                (1, load) => key = text_of(load, name)?,
                (2, load) => value = load,
                _ => {}
            }
        }
        Ok((key, self.value(kind, value, name)?))
    }

    fn value(&self, kind: Kind, load: Load, name: &str) -> Result<Value, String> {
        Ok(match kind {
            Kind::Text => json!(text_of(load, name)?),
            Kind::Bool => json!(number_of(load, name)? != 0),
            Kind::Int => int(number_of(load, name)?),
            Kind::Bytes => json!(STANDARD.encode(bytes_of(load, name)?)),
            Kind::Time => moment(bytes_of(load, name)?, 0)?,
            Kind::MicroTime => moment(bytes_of(load, name)?, 6)?,
            Kind::Quantity => quantity(bytes_of(load, name)?)?,
            Kind::IntOrString => int_or_string(bytes_of(load, name)?)?,
            Kind::Raw => raw(bytes_of(load, name)?, name)?,
            Kind::Items => items(bytes_of(load, name)?)?,
            Kind::Message(index) => {
                let mut fields = Map::new();
                self.read(index, bytes_of(load, name)?, &mut fields)?;
                Value::Object(fields)
            }
        })
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// Negative numbers are written in two's complement of 64 bits, also those of 32.
fn int(bits: u64) -> Value {
    json!(bits.cast_signed())
}

fn wrong(load: Load, name: &str) -> String {
    let wire_type = match load {
        Load::Varint(_) => 0,
        Load::Fixed => 1,
        Load::Bytes(_) => 2,
    };
    format!("proto: wrong wireType = {wire_type} for field {name}")
}

fn number_of(load: Load, name: &str) -> Result<u64, String> {
    match load {
        Load::Varint(number) => Ok(number),
        _ => Err(wrong(load, name)),
    }
}

fn bytes_of<'a>(load: Load<'a>, name: &str) -> Result<&'a [u8], String> {
    match load {
        Load::Bytes(bytes) => Ok(bytes),
        _ => Err(wrong(load, name)),
    }
}

fn text_of(load: Load, name: &str) -> Result<String, String> {
    let text = std::str::from_utf8(bytes_of(load, name)?);
    text.map(str::to_owned)
        .map_err(|_| format!("proto: field {name} contains invalid UTF-8"))
}

/// `Time` and `MicroTime`: seconds and nanoseconds, of which so many digits count. Nothing of both is no time at all.
fn moment(bytes: &[u8], digits: u32) -> Result<Value, String> {
    let (mut seconds, mut nanos) = (0, 0);
    for field in Wire::new(bytes) {
        match field? {
            (1, load) => seconds = number_of(load, "Seconds")?.cast_signed(),
            (2, load) => nanos = number_of(load, "Nanos")?.cast_signed(),
            _ => {}
        }
    }
    if seconds == 0 && nanos == 0 {
        return Ok(Value::Null);
    }
    let whole = nanos - nanos % 10_i64.pow(9 - digits);
    let moment = i32::try_from(whole)
        .ok()
        .and_then(|nanos| jiff::Timestamp::new(seconds, nanos).ok());
    let Some(moment) = moment else {
        return Err(format!(
            "proto: the time {seconds} s {nanos} ns is out of range"
        ));
    };
    Ok(json!(if digits == 0 {
        moment.to_string()
    } else {
        format!("{moment:.6}")
    }))
}

fn quantity(bytes: &[u8]) -> Result<Value, String> {
    let mut text = "0".to_owned();
    for field in Wire::new(bytes) {
        if let (1, load) = field? {
            text = text_of(load, "String_")?;
        }
    }
    Ok(json!(text))
}

fn int_or_string(bytes: &[u8]) -> Result<Value, String> {
    let (mut kind, mut number, mut text) = (0, json!(0), String::new());
    for field in Wire::new(bytes) {
        match field? {
            (1, load) => kind = number_of(load, "Type")?,
            (2, load) => number = int(number_of(load, "IntVal")?),
            (3, load) => text = text_of(load, "StrVal")?,
            _ => {}
        }
    }
    Ok(if kind == 0 { number } else { json!(text) })
}

/// `RawExtension` and `FieldsV1`: bytes that are JSON themselves.
fn raw(bytes: &[u8], name: &str) -> Result<Value, String> {
    let mut raw: &[u8] = &[];
    for field in Wire::new(bytes) {
        if let (1, load) = field? {
            raw = bytes_of(load, "Raw")?;
        }
    }
    if raw.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(raw).map_err(|error| format!("{name} is no JSON: {error}"))
}

fn items(bytes: &[u8]) -> Result<Value, String> {
    let mut items = Vec::new();
    for field in Wire::new(bytes) {
        if let (1, load) = field? {
            items.push(text_of(load, "Items")?);
        }
    }
    Ok(json!(items))
}
