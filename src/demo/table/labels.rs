//! Labels and selectors in a cell.

use serde_json::{Map, Value};

use super::joined;
use crate::demo::object;

/// Labels as `a=b,c=d`, in order; `<none>` without any.
pub(super) fn all(object: &Value, pointer: &str) -> String {
    let terms = equal(object::fields(object, pointer));
    or_none(terms)
}

/// A `LabelSelector`; `<none>` where it selects by nothing.
pub(super) fn selector_or_none(object: &Value, pointer: &str) -> String {
    or_none(terms(object, pointer))
}

/// A `LabelSelector`; empty where it selects by nothing.
pub(super) fn selector(object: &Value, pointer: &str) -> String {
    written(terms(object, pointer))
}

/// A key and what is written of it.
type Term = (String, String);

fn written(mut terms: Vec<Term>) -> String {
    terms.sort_by(|(a, _), (b, _)| a.cmp(b));
    joined(terms.iter().map(|(_, term)| term.as_str()))
}

fn or_none(terms: Vec<Term>) -> String {
    if terms.is_empty() {
        "<none>".to_owned()
    } else {
        written(terms)
    }
}

fn equal(labels: Option<&Map<String, Value>>) -> Vec<Term> {
    let labels = labels.into_iter().flatten();
    labels
        .map(|(key, value)| {
            let value = value.as_str().unwrap_or("");
            (key.clone(), format!("{key}={value}"))
        })
        .collect()
}

fn terms(object: &Value, pointer: &str) -> Vec<Term> {
    let Some(selector) = object.pointer(pointer) else {
        return Vec::new();
    };
    let mut terms = equal(object::fields(selector, "/matchLabels"));
    for term in object::items(selector, "/matchExpressions") {
        let key = object::text(term, "/key");
        let values = object::items(term, "/values").iter();
        let mut values: Vec<&str> = values.filter_map(Value::as_str).collect();
        values.sort_unstable();
        let values = values.join(",");
        let said = match object::text(term, "/operator") {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "Exists" => key.to_owned(),
            _ => format!("!{key}"),
        };
        terms.push((key.to_owned(), said));
    }
    terms
}
