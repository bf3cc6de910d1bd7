//! An object of any kind as the server prints it: `Table` of meta.k8s.io/v1, its columns and its rows.

use serde::Deserialize;
use serde_json::{Value as Json, value::RawValue};

use super::slim::{Metadata, Str, nullable};
use crate::model::{
    listing::{Heading, LineRow, Value},
    row::{Interner, Row},
    sanitize::clean_within,
};

/// A value longer than this is not for a list, in characters.
const LONG: usize = 400;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Printed<'a> {
    #[serde(deserialize_with = "nullable")]
    cells: Vec<Json>,
    #[serde(borrow, deserialize_with = "nullable")]
    object: Partial<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Partial<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Columns<'a> {
    #[serde(borrow)]
    kind: Str<'a>,
    #[serde(deserialize_with = "nullable")]
    column_definitions: Vec<Column<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Column<'a> {
    #[serde(borrow)]
    name: Str<'a>,
    #[serde(rename = "type")]
    kind: Str<'a>,
    priority: i64,
}

/// One event's table: the object is in its only row.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Rows<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    rows: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Within<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
}

/// `{"cells": […], "object": {"metadata": …}}` → row.
pub(super) fn row(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let Printed { cells, object } = serde_json::from_slice(json)?;
    let meta = object.metadata.row(names);
    Ok(Some(Row::Line(Box::new(LineRow {
        uid: meta.uid,
        namespace: meta.namespace,
        name: meta.name,
        created: meta.created,
        terminating: object.metadata.deletion_timestamp.is_some(),
        labels: object.metadata.labels(names),
        values: cells.into_iter().map(|cell| value(cell, names)).collect(),
    }))))
}

fn value(cell: Json, names: &mut Interner) -> Value {
    match cell {
        Json::Null => Value::Nothing,
        Json::Number(number) => number.as_i64().map_or_else(
            || Value::Text(names.name(&number.to_string())),
            Value::Number,
        ),
        Json::String(text) => match text.trim() {
            "" | "<none>" | "<unset>" => Value::Nothing,
            text => Value::Text(names.name(&clean_within(text, LONG))),
        },
        other => Value::Text(names.name(&clean_within(&other.to_string(), LONG))),
    }
}

/// The columns that a table tells, if it does: a watch says them once.
pub fn headings(table: &[u8], names: &mut Interner) -> Option<Row> {
    let Columns {
        kind,
        column_definitions: columns,
    } = serde_json::from_slice(table).ok()?;
    if &*kind != "Table" || columns.is_empty() {
        return None;
    }
    let heading = |column: &Column| Heading {
        name: names.name(&clean_within(&column.name.to_uppercase(), 40)),
        number: matches!(&*column.kind, "integer" | "number"),
        // CustomResourceDefinitions say `date`; what is built in says `string` of all.
        age: column.name.eq_ignore_ascii_case("age"),
        wide: column.priority > 0,
    };
    Some(Row::Headings(columns.iter().map(heading).collect()))
}

/// The row of an event's table, and the object's metadata in it; none in what is no table.
pub fn of_event(table: &[u8]) -> Option<(&[u8], &[u8])> {
    let Rows { rows } = serde_json::from_slice(table).ok()?;
    let row = rows.first()?.get();
    let Within { object } = serde_json::from_str(row).ok()?;
    Some((row.as_bytes(), object.get().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = r#"{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"7"},
        "columnDefinitions":[{"name":"Name","type":"string","format":"name","priority":0},{"name":"Up-to-date","type":"integer","priority":0},
        {"name":"Ready","type":"string","priority":0},{"name":"Age","type":"string"},{"name":"Images","type":"string","priority":1}],
        "rows":[{"cells":["web\u001b[31m",3,"3/3","5d",null],"object":{"kind":"PartialObjectMetadata","metadata":{"name":"web","namespace":"shop",
        "uid":"u","resourceVersion":"7","creationTimestamp":"2026-01-01T00:00:00Z","annotations":null,"labels":{"team":"a"}}}}]}"#;

    #[test]
    fn a_table_is_columns_and_rows() {
        let mut names = Interner::default();
        let Some(Row::Headings(headings)) = headings(TABLE.as_bytes(), &mut names) else {
            unreachable!("no headings");
        };
        let said: Vec<_> = headings
            .iter()
            .map(|of| (&*of.name, of.number, of.age, of.wide))
            .collect();
        let expected = [
            ("NAME", false, false, false),
            ("UP-TO-DATE", true, false, false),
            ("READY", false, false, false),
            ("AGE", false, true, false),
            ("IMAGES", false, false, true),
        ];
        assert_eq!(said, expected);

        let (json, object) = of_event(TABLE.as_bytes()).unwrap_or_default();
        assert!(object.starts_with(br#"{"kind":"PartialObjectMetadata""#));
        let Ok(Some(Row::Line(line))) = row(json, &mut names) else {
            unreachable!("no row");
        };
        let text = |text: &str| Value::Text(text.into());
        let cells = [
            text("web"),
            Value::Number(3),
            text("3/3"),
            text("5d"),
            Value::Nothing,
        ];
        assert_eq!(*line.values, cells);
        assert_eq!((&*line.namespace, line.created), ("shop", 1_767_225_600));
        assert_eq!(line.labels.get("team").map(|value| &**value), Some("a"));
    }

    #[test]
    fn what_has_no_uid_is_told_apart_by_its_name() {
        let mut names = Interner::default();
        let mut uid = |name: &str| {
            let json = format!(
                r#"{{"cells":[],"object":{{"metadata":{{"name":"{name}","namespace":"shop"}}}}}}"#
            );
            match row(json.as_bytes(), &mut names) {
                Ok(Some(Row::Line(line))) => line.uid,
                _ => unreachable!("no row"),
            }
        };
        assert_eq!(uid("web"), uid("web"));
        assert_ne!(uid("web"), uid("db"));
    }

    #[test]
    fn what_is_odd_costs_nothing_else() {
        let mut names = Interner::default();
        assert!(headings(br#"{"kind":"Status"}"#, &mut names).is_none());
        assert!(headings(br#"{"kind":"Table","columnDefinitions":null}"#, &mut names).is_none());
        assert!(of_event(br#"{"kind":"Table","rows":null}"#).is_none());
        let odd = br#"{"cells":[1.5,true,{"a":1},"<none>"],"object":{"metadata":{"name":"x"}}}"#;
        let Ok(Some(Row::Line(line))) = row(odd, &mut names) else {
            unreachable!("no row");
        };
        let text = |text: &str| Value::Text(text.into());
        assert_eq!(
            *line.values,
            [
                text("1.5"),
                text("true"),
                text(r#"{"a":1}"#),
                Value::Nothing
            ]
        );
        assert!(matches!(row(b"{}", &mut names), Ok(Some(_))));
    }
}
