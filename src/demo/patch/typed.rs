//! Values seen with their schema: which fields one has, how two differ, what they make together
//! (`sigs.k8s.io/structured-merge-diff/typed`).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    super::schema::{List, ListKind, Scalar, Schema, Shape, View},
    set::{Set, readable},
};

/// How one value differs from another.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// What only the first has.
    pub(super) removed: Set,
    /// What both have, otherwise.
    pub(super) modified: Set,
    /// What only the second has.
    pub(super) added: Set,
}

#[derive(Clone, Copy, PartialEq)]
enum Change {
    None,
    Removed,
    Modified,
    Added,
}

impl Difference {
    fn put(&mut self, element: &str, change: Change, below: Self) {
        let is = |wanted| change == wanted;
        self.removed
            .put(element, is(Change::Removed), below.removed);
        self.modified
            .put(element, is(Change::Modified), below.modified);
        self.added.put(element, is(Change::Added), below.added);
    }

    /// What is new or other, taken out of it.
    pub(super) fn changed(&mut self) -> Set {
        let mut changed = std::mem::take(&mut self.modified);
        changed.add(std::mem::take(&mut self.added));
        changed
    }

    /// The same, without these fields and all below them.
    pub(super) fn outside(self, ignored: &Set) -> Self {
        Self {
            removed: self.removed.outside(ignored),
            modified: self.modified.outside(ignored),
            added: self.added.outside(ignored),
        }
    }
}

/// How two objects differ.
pub(super) fn compare(before: &Value, after: &Value, schema: Schema) -> Difference {
    walk(Some(before), Some(after), schema).1
}

fn presence(before: Option<&Value>, after: Option<&Value>) -> Change {
    match (before, after) {
        (None, Some(_)) => Change::Added,
        (Some(_), None) => Change::Removed,
        (Some(before), Some(after)) if before != after => Change::Modified,
        _ => Change::None,
    }
}

fn walk(before: Option<&Value>, after: Option<&Value>, schema: Schema) -> (Change, Difference) {
    let mut difference = Difference::default();
    let here = presence(before, after);
    if here == Change::None {
        return (here, difference);
    }
    let full = |value: Option<&Value>| match value {
        Some(Value::Object(fields)) => !fields.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Null) | None => false,
        Some(_) => true,
    };
    let shown = after.filter(|value| !value.is_null()).or(before);
    let view = shown.map_or(View::Leaf, |value| schema.view(value));
    match view {
        // An empty one is a leaf: that it is there is all it says.
        _ if !full(before) && !full(after) => return (here, difference),
        View::Leaf => return (here, difference),
        View::Fields => {
            let before = before.and_then(Value::as_object);
            let after = after.and_then(Value::as_object);
            let names: BTreeSet<&String> = before
                .into_iter()
                .chain(after)
                .flat_map(Map::keys)
                .collect();
            for name in names {
                let (old, new) = (
                    before.and_then(|fields| fields.get(name)),
                    after.and_then(|fields| fields.get(name)),
                );
                if old == new {
                    continue;
                }
                let (change, below) = walk(old, new, schema.below(name));
                difference.put(&format!("f:{name}"), change, below);
            }
        }
        View::Keyed(list) | View::Set(list) => {
            let (before, after) = (by_element(list, before), by_element(list, after));
            let elements: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for element in elements {
                let count = |side: &Items| side.get(element).map_or(0, Vec::len);
                let (old, new) = (first(&before, element), first(&after, element));
                match (count(&before), count(&after)) {
                    (0 | 1, 0 | 1) => {
                        let (change, below) = walk(old, new, &list.item);
                        difference.put(element, change, below);
                    }
                    // Items that are there twice are one leaf.
                    _ if before.get(element) == after.get(element) => {}
                    (2.., 2..) => difference.put(element, Change::Modified, Difference::default()),
                    (2.., _) => {
                        let (change, below) = walk(None, new, &list.item);
                        difference.put(element, change, below);
                        difference.put(element, Change::Removed, Difference::default());
                    }
                    _ => {
                        let (change, below) = walk(old, None, &list.item);
                        difference.put(element, change, below);
                        difference.put(element, Change::Added, Difference::default());
                    }
                }
            }
        }
    }
    // What holds others is itself only new or gone, never other.
    let here = if here == Change::Modified {
        Change::None
    } else {
        here
    };
    (here, difference)
}

/// The items of a list by what tells them apart.
type Items<'a> = BTreeMap<String, Vec<&'a Value>>;

fn first<'a>(side: &Items<'a>, element: &str) -> Option<&'a Value> {
    side.get(element)?.first().copied()
}

fn by_element<'a>(list: &List, value: Option<&'a Value>) -> Items<'a> {
    let mut items = Items::new();
    for item in value.and_then(Value::as_array).into_iter().flatten() {
        if let Some(element) = list.element(item) {
            items.entry(element).or_default().push(item);
        }
    }
    items
}

/// The fields that an object says something of.
pub(super) fn fields_of(value: &Value, schema: Schema) -> Set {
    let mut set = Set::default();
    match schema.view(value) {
        View::Leaf => {}
        View::Fields => {
            for (name, value) in value.as_object().into_iter().flatten() {
                let below = schema.below(name);
                let leaf = is_leaf(value, below)
                    || value.as_object().is_some_and(Map::is_empty)
                    || schema.field(name).is_none();
                set.put(&format!("f:{name}"), leaf, fields_of(value, below));
            }
        }
        View::Keyed(list) | View::Set(list) => {
            for (element, items) in by_element(list, Some(value)) {
                match items.as_slice() {
                    [one] => set.put(&element, true, fields_of(one, &list.item)),
                    _ => set.put(&element, true, Set::default()),
                }
            }
        }
    }
    set
}

fn is_leaf(value: &Value, schema: Schema) -> bool {
    value.is_null() || matches!(schema.view(value), View::Leaf)
}

/// The live object with the applied one laid over it.
pub(super) fn merge(
    live: Option<&Value>,
    applied: Option<&Value>,
    schema: Schema,
) -> Option<Value> {
    let empty = |value: Option<&Value>| match value {
        Some(Value::Object(fields)) => fields.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        other => other.is_none_or(Value::is_null),
    };
    let shown = applied.or(live)?;
    if empty(live) && empty(applied) {
        return Some(shown.clone());
    }
    match schema.view(shown) {
        View::Leaf => Some(shown.clone()),
        View::Fields => {
            let fields = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
            let mut merged = fields(live).unwrap_or_default();
            for (name, value) in fields(applied).unwrap_or_default() {
                let value = merge(merged.get(&name), Some(&value), schema.below(&name));
                merged.extend(value.map(|value| (name, value)));
            }
            Some(Value::Object(merged))
        }
        View::Keyed(list) | View::Set(list) => {
            let items = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
            let live = items(live).unwrap_or_default();
            let applied = items(applied).unwrap_or_default();
            Some(Value::Array(merge_items(&live, &applied, list)))
        }
    }
}

/// The applied items in their order; those that only the live list has stay behind those that they were behind.
fn merge_items(live: &[Value], applied: &[Value], list: &'static List) -> Vec<Value> {
    let named = |items: &[Value]| -> Vec<Option<String>> {
        items.iter().map(|item| list.element(item)).collect()
    };
    let (ours, theirs) = (named(live), named(applied));
    let find = |element: &Option<String>| {
        let mut at = (0..ours.len()).filter(|index| ours[*index] == *element);
        // What is there twice is not merged but replaced.
        at.next().filter(|_| at.next().is_none())
    };
    let merged = |index: usize| {
        let live = find(&theirs[index]).map(|at| &live[at]);
        merge(live, Some(&applied[index]), &list.item)
    };
    let mut shared = theirs
        .iter()
        .filter(|element| ours.contains(element))
        .peekable();
    let mut done: Vec<&Option<String>> = Vec::new();
    let mut out = Vec::new();
    let (mut left, mut right) = (0, 0);
    while left < live.len() || right < applied.len() {
        if left < live.len() && right < applied.len() {
            if ours[left] == theirs[right] {
                out.extend(merged(right));
                done.push(&theirs[right]);
                left += 1;
                right += 1;
                shared.next();
                continue;
            }
            let waits = shared.peek().is_some_and(|next| **next != ours[left]);
            if theirs.contains(&ours[left]) && waits {
                left += 1;
                continue;
            }
        }
        if left < live.len() {
            if !theirs.contains(&ours[left]) {
                out.push(live[left].clone());
                left += 1;
                continue;
            } else if done.contains(&&ours[left]) {
                left += 1;
            }
        }
        if right < applied.len() {
            out.extend(merged(right));
            done.push(&theirs[right]);
            if shared.peek().is_some_and(|next| **next == theirs[right]) {
                shared.next();
            }
            right += 1;
        }
    }
    out
}

/// The value without these fields. None if nothing of it stays.
pub(super) fn remove(value: &Value, set: &Set, schema: Schema) -> Option<Value> {
    // Of something that lost only parts, the empty shell stays.
    let part = |value: &Value, element: &str, below: Schema| -> Option<Value> {
        match set.get(element) {
            None => Some(value.clone()),
            Some(spot) if spot.member => None,
            Some(spot) => Some(
                remove(value, &spot.below, below).unwrap_or_else(|| match value {
                    Value::Object(_) => Value::Object(Map::new()),
                    Value::Array(_) => Value::Array(Vec::new()),
                    other => other.clone(),
                }),
            ),
        }
    };
    match (schema.view(value), value) {
        (View::Fields, Value::Object(fields)) => {
            let fields: Map<String, Value> = fields
                .iter()
                .filter_map(|(name, value)| {
                    let value = part(value, &format!("f:{name}"), schema.below(name))?;
                    Some((name.clone(), value))
                })
                .collect();
            (!fields.is_empty()).then_some(Value::Object(fields))
        }
        (View::Keyed(list) | View::Set(list), Value::Array(items)) => {
            let items: Vec<Value> = items
                .iter()
                .filter_map(|item| match list.element(item) {
                    Some(element) => part(item, &element, &list.item),
                    None => Some(item.clone()),
                })
                .collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        _ => Some(value.clone()),
    }
}

/// What is wrong with an object that is applied, each with its path.
pub(super) fn faults(value: &Value, schema: Schema) -> Vec<String> {
    let mut faults = Vec::new();
    look(value, schema, "", &mut faults);
    faults
}

fn look(value: &Value, schema: Schema, path: &str, faults: &mut Vec<String>) {
    let mut wrong = |wanted: &str| match value {
        Value::Object(_) => faults.push(format!("{path}: expected {wanted}, got map")),
        Value::Array(_) => faults.push(format!("{path}: expected {wanted}, got list")),
        _ => faults.push(format!(
            "{path}: expected {wanted}, got &{{{}}}",
            plain(value)
        )),
    };
    match (&schema.shape, value) {
        (_, Value::Null) | (Shape::Scalar(Scalar::Any), _) => {}
        (Shape::Struct(_) | Shape::Map(_), Value::Object(fields)) => {
            for (name, value) in fields {
                let path = format!("{path}.{name}");
                if schema.of_type().is_some() && schema.field(name).is_none() {
                    faults.push(format!("{path}: field not declared in schema"));
                } else {
                    look(value, schema.below(name), &path, faults);
                }
            }
        }
        (Shape::List(list), Value::Array(items)) => {
            let keyed = !matches!(schema.view(value), View::Leaf);
            let mut seen = BTreeSet::new();
            for (index, item) in items.iter().enumerate() {
                let element = if keyed {
                    list.element(item)
                } else {
                    Some(format!("i:{index}"))
                };
                match element {
                    None => faults.push(format!(
                        "{path}: element {index}: {}",
                        nameless(schema, item)
                    )),
                    Some(element) => {
                        let shown = readable(&element);
                        look(item, &list.item, &format!("{path}{shown}"), faults);
                        if !seen.insert(element) {
                            faults.push(format!("{path}: duplicate entries for key {shown}"));
                        }
                    }
                }
            }
        }
        (Shape::Struct(_) | Shape::Map(_), _) => wrong("map"),
        (Shape::List(_), _) => wrong("list"),
        (Shape::Scalar(scalar), value) => {
            let (wanted, fits) = match scalar {
                Scalar::Int32 | Scalar::Int64 | Scalar::Number => {
                    ("numeric (int or float)", value.is_number())
                }
                Scalar::Bool => ("boolean", value.is_boolean()),
                Scalar::Text | Scalar::Bytes => ("string", value.is_string()),
                _ => ("scalar", !value.is_object() && !value.is_array()),
            };
            if !fits {
                let given = match value {
                    Value::String(_) => "string",
                    Value::Number(number) if number.is_f64() => "float",
                    Value::Number(_) => "int",
                    Value::Bool(_) => "boolean",
                    Value::Array(_) => "list",
                    _ => "map",
                };
                faults.push(format!("{path}: expected {wanted}, got {given}"));
            }
        }
    }
}

/// Why an item of an associative list has no name.
fn nameless(schema: Schema, item: &Value) -> String {
    let keys = schema.list().map(|list| &list.kind);
    match (keys, item) {
        (Some(ListKind::Map(keys)), Value::Object(_)) => format!(
            "associative list with keys has an element that omits all key fields {keys:?} (and doesn't have default values for any key fields)"
        ),
        (Some(ListKind::Map(_)), _) => {
            "associative list with keys may not have non-map elements".to_owned()
        }
        (_, Value::Object(_)) => {
            "associative list without keys has an element that's a map type".to_owned()
        }
        (_, Value::Array(_)) => "not supported: associative list with lists as elements".to_owned(),
        _ => "associative list without keys has an element that's an explicit null".to_owned(),
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
