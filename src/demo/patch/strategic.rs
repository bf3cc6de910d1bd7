//! Strategic merge patches: like merge patches, but lists are merged by their keys, and directives say what else is to be
//! done (`k8s.io/apimachinery/pkg/util/strategicpatch`).

use serde_json::{Map, Value};

use super::super::schema::Schema;

const DIRECTIVE: &str = "$patch";
const RETAIN: &str = "$retainKeys";
const DELETE_FROM: &str = "$deleteFromPrimitiveList/";
const ORDER: &str = "$setElementOrder/";

type Fields = Map<String, Value>;

/// The object with the patch applied, or what is wrong with the patch.
pub(super) fn merge(original: Fields, mut patch: Fields, schema: Schema) -> Result<Fields, String> {
    match patch.get(DIRECTIVE) {
        None => {}
        Some(what) if what == "replace" => {
            patch.remove(DIRECTIVE);
            return Ok(patch);
        }
        Some(what) if what == "delete" => return Ok(Fields::new()),
        Some(what) => {
            let (what, all) = (in_go(what), in_go(&Value::Object(patch.clone())));
            return Err(format!("unknown patch type: {what} in map: {all}"));
        }
    }
    let mut merged = original;
    if let Some(kept) = patch.remove(RETAIN) {
        retain(&mut merged, &patch, &kept)?;
    }
    order(&mut merged, &mut patch, schema)?;
    for (key, value) in patch {
        let (name, deletes) = match key.strip_prefix(DELETE_FROM) {
            Some(name) => (name, true),
            None => (key.as_str(), false),
        };
        if value.is_null() {
            merged.remove(name);
            continue;
        }
        let below = schema.below(name);
        let value = match (merged.get_mut(name), value) {
            (Some(Value::Object(old)), Value::Object(new)) if below.strategy.replace => {
                old.clear();
                Some(Value::Object(new))
            }
            (Some(Value::Object(old)), Value::Object(new)) => {
                let old = std::mem::take(old);
                Some(Value::Object(merge(old, new, below)?))
            }
            (Some(Value::Array(old)), Value::Array(new)) if deletes || below.strategy.merge => {
                let old = std::mem::take(old);
                Some(Value::Array(merge_lists(old, new, below, deletes)?))
            }
            (Some(Value::Array(_)), new @ Value::Array(_)) => Some(new),
            _ if deletes => continue,
            (_, new) => without_directives(without_nulls(new)),
        };
        match value {
            Some(value) => {
                merged.insert(name.to_owned(), value);
            }
            None => {
                merged.remove(name);
            }
        }
    }
    Ok(merged)
}

/// `$retainKeys`: what it does not name goes.
fn retain(original: &mut Fields, patch: &Fields, kept: &Value) -> Result<(), String> {
    let wrong = || "invalid patch format of retainKeys".to_owned();
    let kept = kept.as_array().ok_or_else(wrong)?;
    let is_kept = |name: &str| kept.iter().any(|known| known == name);
    let strange = patch.iter().any(|(name, value)| {
        let special = name.starts_with(DELETE_FROM) || name.starts_with(ORDER);
        !(value.is_null() || special || is_kept(name))
    });
    if strange {
        return Err(wrong());
    }
    original.retain(|name, _| is_kept(name));
    Ok(())
}

/// `$setElementOrder`: merges the lists that it is about, and brings their items into that order. What only the server has
/// keeps its place among those that it knew.
fn order(original: &mut Fields, patch: &mut Fields, schema: Schema) -> Result<(), String> {
    let orders: Vec<String> = patch
        .keys()
        .filter(|key| key.starts_with(ORDER))
        .cloned()
        .collect();
    for directive in orders {
        let name = &directive[ORDER.len()..];
        let order = list(patch.remove(&directive))?.unwrap_or_default();
        let node = schema.below(name);
        let merge_key = node.list().and_then(|list| list.merge_key.as_deref());
        let ours = list(original.remove(name))?;
        let theirs = list(patch.remove(name))?;
        check_order(theirs.as_deref().unwrap_or_default(), &order, merge_key)?;
        let before = ours.clone().unwrap_or_default();
        let merged = match (ours, theirs) {
            (None, None) => continue,
            (Some(ours), None) => ours,
            (None, Some(theirs)) => theirs
                .into_iter()
                .filter_map(|item| without_directives(without_nulls(item)))
                .collect(),
            (Some(ours), Some(theirs)) if node.strategy.merge => {
                merge_lists(ours, theirs, node, false)?
            }
            (Some(_), Some(theirs)) => theirs,
        };
        let sorted = in_order(merged, &order, &before, merge_key)?;
        original.insert(name.to_owned(), Value::Array(sorted));
    }
    Ok(())
}

fn list(value: Option<Value>) -> Result<Option<Vec<Value>>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(items)) => Ok(Some(items)),
        Some(other) => {
            let given = match other {
                Value::Object(_) => "map[string]interface {}",
                Value::Bool(_) => "bool",
                Value::Number(_) => "int64",
                _ => "string",
            };
            Err(format!(
                "expected a []interface {{}}, but received a {given}"
            ))
        }
    }
}

/// What is patched must stand in the order that is asked for.
fn check_order(patch: &[Value], order: &[Value], merge_key: Option<&str>) -> Result<(), String> {
    if order.is_empty() {
        return Ok(());
    }
    let mut wanted = order.iter();
    for item in patch {
        if item.get(DIRECTIVE).is_some() {
            continue;
        }
        let name = identity(item, merge_key)?;
        let mut found = false;
        for other in wanted.by_ref() {
            if identity(other, merge_key)? == name {
                found = true;
                break;
            }
        }
        if !found {
            let (patch, order) = (in_go_list(patch), in_go_list(order));
            return Err(format!(
                "The order in patch list:\n{patch}\n doesn't match $setElementOrder list:\n{order}\n"
            ));
        }
    }
    Ok(())
}

/// What makes an item of a list the same: the value of its merge key, or all of it.
fn identity<'a>(item: &'a Value, merge_key: Option<&str>) -> Result<&'a Value, String> {
    let Some(key) = merge_key else {
        return Ok(item);
    };
    item.get(key).ok_or_else(|| {
        format!(
            "map: {} does not contain declared merge key: {key}",
            in_go(item)
        )
    })
}

fn merge_lists(
    mut original: Vec<Value>,
    mut patch: Vec<Value>,
    schema: Schema,
    deletes: bool,
) -> Result<Vec<Value>, String> {
    let both = || original.iter().chain(&patch);
    if !(both().all(Value::is_object) || both().all(|item| !item.is_object())) {
        let (ours, theirs) = (in_go_list(&original), in_go_list(&patch));
        return Err(format!(
            "list element types are not identical: [{ours} {theirs}]"
        ));
    }
    let merge_key = schema.list().and_then(|list| list.merge_key.as_deref());
    let of_objects = both().any(Value::is_object);
    if !of_objects {
        if deletes {
            original.retain(|item| !patch.contains(item));
            return Ok(original);
        }
        let mut merged: Vec<Value> = Vec::new();
        for item in both() {
            if !merged.contains(item) {
                merged.push(item.clone());
            }
        }
        return in_order(merged, &patch, &original, None);
    }
    let Some(key) = merge_key else {
        return Err("cannot merge lists without merge key for []interface {}".to_owned());
    };
    let mut replace = false;
    let mut rest = Vec::new();
    for item in std::mem::take(&mut patch) {
        match item.get(DIRECTIVE).map(in_go).as_deref() {
            None => rest.push(item),
            Some("delete") => {
                let name = identity(&item, merge_key)?;
                original.retain(|known| known.get(key) != Some(name));
            }
            Some("replace") => replace = true,
            Some("merge") => {
                return Err("merging lists cannot yet be specified in the patch".to_owned());
            }
            Some(other) => {
                let item = in_go(&item);
                return Err(format!("unknown patch type: {other} in map: {item}"));
            }
        }
    }
    if replace {
        return Ok(rest);
    }
    let before = original.clone();
    let names = rest.clone();
    for item in rest {
        let name = identity(&item, merge_key)?;
        let known = original
            .iter_mut()
            .find(|known| known.get(key) == Some(name));
        match (known, item) {
            (Some(Value::Object(known)), Value::Object(item)) => {
                *known = merge(std::mem::take(known), item, schema.item())?;
            }
            (_, item) => original.push(item),
        }
    }
    in_order(original, &names, &before, merge_key)
}

/// Items that `order` names come in that order; the others in that of `before`, each before the first that it was before.
fn in_order(
    items: Vec<Value>,
    order: &[Value],
    before: &[Value],
    merge_key: Option<&str>,
) -> Result<Vec<Value>, String> {
    let place = |among: &[Value], item: &Value| -> Result<Option<usize>, String> {
        let name = identity(item, merge_key)?;
        Ok(among
            .iter()
            .position(|other| identity(other, merge_key).is_ok_and(|other| other == name)))
    };
    let mut named = Vec::new();
    let mut others = Vec::new();
    for item in items {
        let known = place(before, &item)?;
        match place(order, &item)? {
            Some(at) => named.push((at, known, item)),
            None => others.push((known, item)),
        }
    }
    named.sort_by_key(|(at, ..)| *at);
    others.sort_by_key(|(known, _)| *known);
    let mut sorted = Vec::with_capacity(named.len() + others.len());
    let (mut named, mut others) = (named.into_iter().peekable(), others.into_iter().peekable());
    loop {
        let first = match (others.peek(), named.peek()) {
            (None, None) => return Ok(sorted),
            (Some((Some(other), _)), Some((_, Some(named), _))) => other < named,
            (other, named) => other.is_some() && named.is_none(),
        };
        if first {
            sorted.extend(others.next().map(|(_, item)| item));
        } else {
            sorted.extend(named.next().map(|(.., item)| item));
        }
    }
}

fn without_nulls(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            *fields = std::mem::take(fields)
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name, without_nulls(value)))
                .collect();
        }
        Value::Array(items) => {
            *items = std::mem::take(items)
                .into_iter()
                .map(without_nulls)
                .collect();
        }
        _ => {}
    }
    value
}

/// A new value: what stands under a directive in it is not kept.
fn without_directives(value: Value) -> Option<Value> {
    match value {
        Value::Object(fields) if fields.contains_key(DIRECTIVE) => None,
        Value::Object(fields) => Some(Value::Object(
            fields
                .into_iter()
                .filter_map(|(name, value)| Some((name, without_directives(value)?)))
                .collect(),
        )),
        Value::Array(items) => Some(Value::Array(
            items.into_iter().filter_map(without_directives).collect(),
        )),
        other => Some(other),
    }
}

/// A value as Go prints it, for messages: `map[spec:map[replicas:3]]`.
pub(super) fn in_go(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => in_go_list(items),
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name}:{}", in_go(value)))
                .collect();
            format!("map[{}]", fields.join(" "))
        }
        other => other.to_string(),
    }
}

fn in_go_list(items: &[Value]) -> String {
    let items: Vec<String> = items.iter().map(in_go).collect();
    format!("[{}]", items.join(" "))
}
