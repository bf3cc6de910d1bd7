//! Sets of fields, as `FieldsV1` writes them: who owns what (`sigs.k8s.io/structured-merge-diff/fieldpath`).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::schema::Schema;

/// A set of fields. Its keys are the elements of paths as they are written: `f:spec`, `k:{"name":"web"}`, `v:"x"`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Set(BTreeMap<String, Spot>);

/// One element of a path.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spot {
    /// Whether the path up to here is in the set.
    pub(super) member: bool,
    /// What is in the set below it.
    pub(super) below: Set,
}

impl Set {
    /// Reads `fieldsV1`.
    pub(super) fn read(fields: &Value) -> Self {
        let fields = fields.as_object().into_iter().flatten();
        Self(
            fields
                .filter(|(element, _)| *element != ".")
                .map(|(element, below)| {
                    let parts = below.as_object();
                    let spot = Spot {
                        member: parts
                            .is_none_or(|parts| parts.is_empty() || parts.contains_key(".")),
                        below: Self::read(below),
                    };
                    (element.clone(), spot)
                })
                .collect(),
        )
    }

    /// Writes `fieldsV1`.
    pub(super) fn write(&self) -> Value {
        let spots = self.0.iter().map(|(element, spot)| {
            let mut below = spot.below.write();
            if let (true, false, Some(below)) =
                (spot.member, spot.below.is_empty(), below.as_object_mut())
            {
                below.insert(".".to_owned(), Value::Object(Map::new()));
            }
            (element.clone(), below)
        });
        Value::Object(spots.collect())
    }

    /// A set of these paths of field names.
    pub(super) fn of(paths: &[&[&str]]) -> Self {
        let mut set = Self::default();
        for path in paths {
            let mut at = &mut set;
            for (index, name) in path.iter().enumerate() {
                let spot = at.0.entry(format!("f:{name}")).or_default();
                spot.member |= index + 1 == path.len();
                at = &mut spot.below;
            }
        }
        set
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The spot of an element.
    pub(super) fn get(&self, element: &str) -> Option<&Spot> {
        self.0.get(element)
    }

    /// Adds an element, and what is below it. Nothing, if there is neither.
    pub(super) fn put(&mut self, element: &str, member: bool, below: Self) {
        if !member && below.is_empty() {
            return;
        }
        match self.0.get_mut(element) {
            Some(spot) => {
                spot.member |= member;
                spot.below.add(below);
            }
            None => {
                self.0.insert(element.to_owned(), Spot { member, below });
            }
        }
    }

    /// Adds all of another.
    pub(super) fn add(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        for (element, spot) in other.0 {
            self.put(&element, spot.member, spot.below);
        }
    }

    /// What is in both.
    pub(super) fn both(&self, other: &Self) -> Self {
        let mut both = Self::default();
        for (element, spot) in &self.0 {
            if let Some(theirs) = other.get(element) {
                let member = spot.member && theirs.member;
                both.put(element, member, spot.below.both(&theirs.below));
            }
        }
        both
    }

    /// What is in this and not in the other; what is below a field that the other has stays.
    pub(super) fn without(mut self, other: &Self) -> Self {
        self.lose(other, false);
        self
    }

    /// What is in this and neither in the other nor below a field that is.
    pub(super) fn outside(mut self, other: &Self) -> Self {
        self.lose(other, true);
        self
    }

    fn lose(&mut self, other: &Self, deep: bool) {
        for (element, theirs) in &other.0 {
            let Some(spot) = self.0.get_mut(element) else {
                continue;
            };
            if deep && theirs.member {
                self.0.remove(element);
                continue;
            }
            spot.member &= !theirs.member;
            spot.below.lose(&theirs.below, deep);
            if !spot.member && spot.below.is_empty() {
                self.0.remove(element);
            }
        }
    }

    /// The same, with the fields of structs in it that have something below in it: a path to `a.b.c` is taken for one to
    /// `a` too, if that is a struct's field and no map's key.
    pub(super) fn with_fields(&self, schema: Schema) -> Self {
        let mut whole = Self::default();
        for (element, spot) in &self.0 {
            let (named, below) = match element.strip_prefix("f:") {
                Some(name) => (schema.field(name).is_some(), schema.below(name)),
                None => (false, schema.item()),
            };
            let member = spot.member || (named && !spot.below.is_empty());
            whole.put(element, member, spot.below.with_fields(below));
        }
        whole
    }

    /// Every path, as a person reads it: `.spec.containers[name="web"].image`.
    #[cfg(test)]
    pub(super) fn paths(&self) -> Vec<String> {
        self.each().into_iter().map(|(path, _)| path).collect()
    }

    /// Every path that is in it, as a person reads it and as a set of its own: the members of one level, then what is below
    /// each.
    pub(super) fn each(&self) -> Vec<(String, Self)> {
        let mut each = Vec::new();
        for (element, spot) in self.0.iter().filter(|(_, spot)| spot.member) {
            let mut alone = Self::default();
            alone.put(element, spot.member, Self::default());
            each.push((readable(element), alone));
        }
        for (element, spot) in &self.0 {
            for (path, below) in spot.below.each() {
                let mut alone = Self::default();
                alone.put(element, false, below);
                each.push((format!("{}{path}", readable(element)), alone));
            }
        }
        each
    }
}

/// `.spec` of `f:spec`, `[name="web"]` of `k:{"name":"web"}`.
pub(super) fn readable(element: &str) -> String {
    match element.split_once(':') {
        Some(("f", name)) => format!(".{name}"),
        Some(("k", key)) => {
            let fields: Map<String, Value> = serde_json::from_str(key).unwrap_or_default();
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            format!("[{}]", fields.join(","))
        }
        Some(("v", value)) => format!("[={value}]"),
        Some(("i", index)) => format!("[{index}]"),
        _ => element.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sets_are_read_and_written_alike() {
        let fields = json!({"f:metadata": {"f:labels": {".": {}, "f:app": {}}}, "f:spec": {"f:replicas": {}}});
        let set = Set::read(&fields);
        assert_eq!(set.write(), fields);
        assert_eq!(
            set.paths(),
            [".metadata.labels", ".metadata.labels.app", ".spec.replicas"]
        );
    }

    #[test]
    fn sets_are_reckoned_with() {
        let set = |fields: Value| Set::read(&fields);
        let all = set(json!({"f:a": {".": {}, "f:b": {}, "f:c": {"f:d": {}}}}));
        let some = set(json!({"f:a": {}, "f:x": {}}));
        assert_eq!(all.both(&some).write(), json!({"f:a": {}}));
        assert_eq!(
            all.clone().without(&some).write(),
            json!({"f:a": {"f:b": {}, "f:c": {"f:d": {}}}})
        );
        assert_eq!(all.clone().outside(&some).write(), json!({}));
        let mut sum = some.clone();
        sum.add(all);
        assert_eq!(
            sum.write(),
            json!({"f:a": {".": {}, "f:b": {}, "f:c": {"f:d": {}}}, "f:x": {}})
        );
    }

    #[test]
    fn paths_are_readable() {
        for (element, path) in [
            (
                r#"k:{"containerPort":80,"protocol":"TCP"}"#,
                r#"[containerPort=80,protocol="TCP"]"#,
            ),
            (r#"v:"x""#, r#"[="x"]"#),
            ("f:app.kubernetes.io/name", ".app.kubernetes.io/name"),
        ] {
            assert_eq!(readable(element), path);
        }
    }
}
