#![expect(clippy::unwrap_used, reason = "a test says what it expected and ends")]

use std::collections::BTreeSet;

use serde::Deserialize;

use super::*;
use crate::demo::{
    dice,
    schema::{self, Scalar, Schema, Shape},
    versions::OLDER,
};

/// A body that kubectl sent, and the JSON that it prints for the same command with `--dry-run=client -o json`.
#[derive(Deserialize)]
struct Sent {
    command: String,
    body: String,
    json: Value,
}

fn sent() -> Vec<Sent> {
    serde_json::from_str(include_str!("../../tests/fixtures/proto.json")).unwrap()
}

/// Without nulls and empty objects: what a Go client writes of structs that nobody has set.
fn spare(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(spare);
            fields.retain(|_, value| !value.is_null() && value != &json!({}));
        }
        Value::Array(items) => items.iter_mut().for_each(spare),
        _ => {}
    }
}

#[test]
fn what_kubectl_sends_is_what_it_prints() {
    for Sent {
        command,
        body,
        mut json,
    } in sent()
    {
        let mut read = decode(&STANDARD.decode(body).unwrap()).unwrap();
        spare(&mut read);
        spare(&mut json);
        assert_eq!(read, json, "{command}");
    }
}

#[test]
fn zero_is_kept_where_a_client_has_set_it() {
    let body = |raw: &[u8]| [b"k8s\0\x0a\x15\x0a\x07apps/v1\x12\x0aDeployment\x12", raw].concat();
    let spec = |raw: &[u8]| decode(&body(raw)).unwrap()["spec"].clone();
    // `replicas` is a pointer and was set; `minReadySeconds` and `paused` are none.
    assert_eq!(
        spec(b"\x08\x12\x06\x08\x00\x28\x00\x38\x00"),
        json!({"replicas": 0})
    );
    assert_eq!(
        spec(b"\x08\x12\x06\x08\x01\x28\x02\x38\x01"),
        json!({"replicas": 1, "minReadySeconds": 2, "paused": true})
    );
    let minus = b"\x0d\x12\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
    assert_eq!(spec(minus), json!({"replicas": -1}));
}

#[test]
fn types_with_a_json_of_their_own() {
    let table: &[(Kind, &[u8], Value)] = &[
        (Kind::Time, b"", json!(null)),
        (Kind::Time, b"\x08\x00\x10\x00", json!(null)),
        (
            Kind::Time,
            b"\x08\x80\xa3\x05\x10\xff\xff\x03",
            json!("1970-01-02T00:00:00Z"),
        ),
        (
            Kind::MicroTime,
            b"\x08\x01\x10\xe8\x07",
            json!("1970-01-01T00:00:01.000001Z"),
        ),
        (
            Kind::MicroTime,
            b"\x08\x01\x10\xff\x07",
            json!("1970-01-01T00:00:01.000001Z"),
        ),
        (Kind::Quantity, b"\x0a\x04100m", json!("100m")),
        (Kind::Quantity, b"", json!("0")),
        (Kind::IntOrString, b"\x08\x00\x10\x50\x1a\x00", json!(80)),
        (
            Kind::IntOrString,
            b"\x08\x01\x10\x00\x1a\x0325%",
            json!("25%"),
        ),
        (Kind::Raw, b"\x0a\x07{\"a\":1}", json!({"a": 1})),
        (Kind::Raw, b"", json!(null)),
        (Kind::Items, b"\x0a\x01a\x0a\x00", json!(["a", ""])),
        (Kind::Bytes, b"\xff\x00\x01", json!("/wAB")),
    ];
    for (kind, bytes, expected) in table {
        let read = messages().value(*kind, Load::Bytes(bytes), "x").unwrap();
        assert_eq!(&read, expected, "{kind:?} {bytes:x?}");
    }
    let far = b"\x08\xff\xff\xff\xff\xff\xff\xff\x7f";
    assert!(messages().value(Kind::Time, Load::Bytes(far), "x").is_err());
}

#[test]
fn numbers_come_packed_or_one_by_one() {
    let groups = |raw: &[u8]| {
        let index = messages().kinds["v1/Pod"];
        let pod = [&[0x12, raw.len() as u8 + 2, 0x72, raw.len() as u8], raw].concat();
        let mut fields = Map::new();
        messages().read(index, &pod, &mut fields).unwrap();
        fields["spec"]["securityContext"]["supplementalGroups"].clone()
    };
    assert_eq!(groups(b"\x20\x01\x20\xac\x02"), json!([1, 300]));
    assert_eq!(groups(b"\x22\x03\x01\xac\x02"), json!([1, 300]));
}

#[test]
fn what_cannot_be_read_is_refused_as_a_server_does() {
    let namespace = |raw: &[u8]| [b"k8s\0\x0a\x0f\x0a\x02v1\x12\x09Namespace\x12", raw].concat();
    let refused = "Namespace in version \"v1\" cannot be handled as a Namespace: ";
    let unread = "the object provided is unrecognized: ";
    let table = [
        (Vec::new(), unread, "empty data"),
        (
            b"hello".to_vec(),
            unread,
            "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
        ),
        (b"k8s\0".to_vec(), unread, "empty body"),
        (b"k8s\0\x0a\x30".to_vec(), unread, "unexpected EOF"),
        (
            b"k8s\0\x12\x00".to_vec(),
            unread,
            "Object 'Kind' is missing",
        ),
        (namespace(b"\x02\x0a\x30"), refused, "unexpected EOF"),
        (
            namespace(b"\x02\x08\x30"),
            refused,
            "proto: wrong wireType = 0 for field metadata",
        ),
        (namespace(b"\x01\x0b"), refused, "proto: illegal wireType 3"),
        (
            namespace(b"\x05\x0a\x03\x0a\x01\xff"),
            refused,
            "proto: field name contains invalid UTF-8",
        ),
    ];
    for (body, front, why) in table {
        let refusal = decode(&body).unwrap_err();
        assert_eq!(refusal.message, format!("{front}{why}"));
        assert_eq!((refusal.code, refusal.reason), (400, "BadRequest"));
    }
    let blamer = decode(b"k8s\0\x0a\x0c\x0a\x02v1\x12\x06Blamer").unwrap_err();
    assert!(
        blamer
            .message
            .contains("no kind \"Blamer\" is registered for version \"v1\"")
    );
}

#[test]
fn fields_that_nobody_knows_are_passed_over() {
    let later = b"\xaa\x3f\x01x\xb0\x3f\x05\xbd\x3f1234\xb9\x3f12345678";
    let mut body = b"k8s\0\x0a\x0f\x0a\x02v1\x12\x09Namespace\x12".to_vec();
    body.push(later.len() as u8);
    body.extend(later);
    assert_eq!(
        decode(&body).unwrap(),
        json!({"apiVersion": "v1", "kind": "Namespace"})
    );
}

#[test]
fn no_input_is_too_wild() {
    for (index, sent) in sent().iter().enumerate() {
        let body = STANDARD.decode(&sent.body).unwrap();
        for end in 0..body.len() {
            // Most are refused; one that ends between two fields is whole.
            let _ = decode(&body[..end]);
        }
        for round in 0..500 {
            let mut wild = body.clone();
            for change in 0..3 {
                let thrown = dice::throw(7, (index, round, change));
                let at = (thrown >> 8) as usize % wild.len();
                wild[at] = thrown as u8;
            }
            let _ = decode(&wild);
        }
    }
}

/// Both files are about the same Kubernetes, so each field of a message is one of the JSON schema, and of the same type.
#[test]
fn messages_have_the_fields_of_the_schema() {
    let (mut checked, mut older) = (BTreeSet::new(), BTreeSet::new());
    for (kind, index) in &messages().kinds {
        let (api_version, name) = kind.rsplit_once('/').unwrap();
        if OLDER.iter().any(|older| {
            (older.resource.api_version().as_str(), older.resource.kind) == (api_version, name)
        }) {
            // Shown and taken in this version, but checked as what is stored.
            reach(*index, &mut older);
            continue;
        }
        compare(
            *index,
            schema::of_kind(api_version, name),
            name,
            &mut checked,
        );
    }
    let seen = &(&checked | &inline()) | &older;
    let seen = seen.len();
    assert_eq!(seen, messages().messages.len());
}

/// A message and all that it is made of.
fn reach(index: usize, seen: &mut BTreeSet<usize>) {
    if seen.insert(index) {
        for field in messages().messages[index].values() {
            if let Kind::Message(index) = field.kind {
                reach(index, seen);
            }
        }
    }
}

/// Messages whose fields stand in their parents' JSON.
fn inline() -> BTreeSet<usize> {
    let fields = messages().messages.iter().flat_map(HashMap::values);
    let unnamed = fields.filter(|field| field.name.is_none());
    unnamed
        .filter_map(|field| match field.kind {
            Kind::Message(index) => Some(index),
            _ => None,
        })
        .collect()
}

fn compare(index: usize, schema: Schema, path: &str, checked: &mut BTreeSet<usize>) {
    if !checked.insert(index) {
        return;
    }
    let mut fields = Vec::new();
    let mut flat = vec![index];
    while let Some(index) = flat.pop() {
        for field in messages().messages[index].values() {
            match (&field.name, field.kind) {
                (None, Kind::Message(index)) => flat.push(index),
                _ => fields.push(field),
            }
        }
    }
    let names: BTreeSet<&str> = fields
        .iter()
        .filter_map(|field| field.name.as_deref())
        .collect();
    assert_eq!(names.len(), fields.len(), "{path}: a name twice");
    let of_type = schema.of_type().unwrap();
    let known: BTreeSet<&str> = of_type.fields.keys().map(String::as_str).collect();
    // Those of a whole object are in the wrapping.
    let in_type_meta = BTreeSet::from(["apiVersion", "kind"]);
    let whole = !names.contains("kind") && known.contains("kind");
    let expected: BTreeSet<&str> = known
        .iter()
        .filter(|name| !(whole && in_type_meta.contains(*name)))
        .copied()
        .collect();
    assert_eq!(names, expected, "{path}");
    for field in fields {
        let name = field.name.as_deref().unwrap();
        let path = format!("{path}.{name}");
        let node = schema.field(name).unwrap();
        let node = match (&node.shape, field.times) {
            (Shape::List(list), Times::List) => &list.item,
            (Shape::Map(value), Times::Map) => value,
            (_, Times::One) => node,
            _ => unreachable!("{path}: a list or a map, and none"),
        };
        match (field.kind, &node.shape) {
            (Kind::Message(index), Shape::Struct(_)) => compare(index, node, &path, checked),
            (Kind::Items, Shape::List(_)) => {}
            (kind, Shape::Scalar(scalar)) => {
                let fits: &[Scalar] = match kind {
                    Kind::Text => &[Scalar::Text],
                    Kind::Bool => &[Scalar::Bool],
                    Kind::Int => &[Scalar::Int32, Scalar::Int64],
                    Kind::Bytes => &[Scalar::Bytes],
                    Kind::Time => &[Scalar::Time],
                    Kind::MicroTime => &[Scalar::MicroTime],
                    Kind::Quantity => &[Scalar::Quantity],
                    Kind::IntOrString => &[Scalar::IntOrString],
                    Kind::Raw => &[Scalar::Any],
                    Kind::Items | Kind::Message(_) => &[],
                };
                assert!(fits.contains(scalar), "{path}: {kind:?} and {scalar:?}");
            }
            (kind, shape) => unreachable!("{path}: {kind:?} and {shape:?}"),
        }
    }
}
