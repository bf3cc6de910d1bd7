//! A place in an object and what is there, and a list of what is wrong: the two ends of every check.

use serde_json::{Value, json};

use crate::demo::{fields::is_blank, object, refusal::Fault};

static NOTHING: Value = Value::Null;

/// A place in an object.
#[derive(Clone, Debug)]
pub(super) struct Field<'a> {
    /// What is there; null where nothing is.
    pub(super) value: &'a Value,
    /// What it is called: `spec.containers[0].image`.
    pub(super) path: String,
}

impl<'a> Field<'a> {
    /// The whole object.
    pub(super) fn root(value: &'a Value) -> Self {
        Self {
            value,
            path: String::new(),
        }
    }

    /// What is below; `key` may go deeper: `template.spec`.
    pub(super) fn child(&self, key: &str) -> Self {
        let mut value = self.value;
        for part in key.split('.') {
            value = value.get(part).unwrap_or(&NOTHING);
        }
        Self {
            value,
            path: self.named(key),
        }
    }

    /// What a field below is called.
    pub(super) fn named(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The same value under another name.
    pub(super) fn called(&self, path: impl Into<String>) -> Self {
        Self {
            value: self.value,
            path: path.into(),
        }
    }

    /// The items of a list.
    pub(super) fn items(&self) -> impl Iterator<Item = Self> + use<'a> {
        let path = self.path.clone();
        object::items(self.value, "")
            .iter()
            .enumerate()
            .map(move |(index, value)| Self {
                value,
                path: format!("{path}[{index}]"),
            })
    }

    /// The entries of a map: `hard[pods]`.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, Self)> + use<'a> {
        let path = self.path.clone();
        let entries = self.value.as_object().into_iter().flatten();
        entries.map(move |(key, value)| {
            let path = format!("{path}[{key}]");
            (key.as_str(), Self { value, path })
        })
    }

    /// The text there, or nothing.
    pub(super) fn text(&self) -> &'a str {
        self.value.as_str().unwrap_or("")
    }

    /// The whole number there.
    pub(super) fn number(&self) -> Option<i64> {
        self.value.as_i64()
    }

    /// Whether something is there.
    pub(super) fn is_there(&self) -> bool {
        !self.value.is_null()
    }

    /// Whether nothing, or a zero value, is there.
    pub(super) fn is_blank(&self) -> bool {
        is_blank(self.value)
    }
}

/// What is wrong.
#[derive(Debug, Default)]
pub(super) struct Faults(pub(super) Vec<Fault>);

impl Faults {
    /// Nothing is there.
    pub(super) fn required(&mut self, field: impl Into<String>, hint: &str) {
        self.0.push(Fault::required(field, hint));
    }

    /// What is there cannot be.
    pub(super) fn invalid(&mut self, field: &Field<'_>, why: &str) {
        self.0.push(Fault::invalid(&*field.path, field.value, why));
    }

    /// What is there cannot be, for each of these reasons.
    pub(super) fn invalid_for(&mut self, field: &Field<'_>, reasons: Vec<String>) {
        for why in reasons {
            self.invalid(field, &why);
        }
    }

    /// A value under another name than its own, or another value.
    pub(super) fn invalid_value(&mut self, path: impl Into<String>, value: &Value, why: &str) {
        self.0.push(Fault::invalid(path, value, why));
    }

    /// What is there is none of these.
    pub(super) fn one_of(&mut self, field: &Field<'_>, known: &[&str]) {
        if !known.contains(&field.text()) {
            let value = if field.is_there() {
                field.value.clone()
            } else {
                json!("")
            };
            self.0.push(Fault::unsupported(&*field.path, &value, known));
        }
    }

    /// Nothing may be there.
    pub(super) fn forbidden(&mut self, field: impl Into<String>, why: &str) {
        self.0.push(Fault::forbidden(field, why));
    }

    /// The same is there twice.
    pub(super) fn duplicate(&mut self, field: &Field<'_>) {
        self.0.push(Fault::duplicate(&*field.path, field.value));
    }

    /// What is there names something that is not.
    pub(super) fn not_found(&mut self, field: &Field<'_>) {
        self.0.push(Fault {
            reason: "FieldValueNotFound",
            field: field.path.clone(),
            message: format!("Not found: {}", field.value),
        });
    }

    /// More is there than can be.
    pub(super) fn too_long(&mut self, field: impl Into<String>, most: usize) {
        self.0.push(Fault {
            reason: "FieldValueTooLong",
            field: field.into(),
            message: format!("Too long: may not be more than {most} bytes"),
        });
    }

    /// A number, if it is there, is not below zero.
    pub(super) fn nonnegative(&mut self, field: &Field<'_>) {
        if field.number().is_some_and(|number| number < 0) {
            self.invalid(field, "must be greater than or equal to 0");
        }
    }

    /// A field did not change.
    pub(super) fn immutable(&mut self, after: &Field<'_>, before: &Field<'_>) {
        if after.value != before.value {
            self.invalid(after, "field is immutable");
        }
    }
}
