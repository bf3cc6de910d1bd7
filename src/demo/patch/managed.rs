//! `metadata.managedFields`: who set what, and how, and when (`k8s.io/apimachinery/pkg/util/managedfields`).

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::{
    super::{
        object,
        resource::{EVENTS, Resource},
        schema,
    },
    set::Set,
    typed::{self, Difference},
};

/// So many entries of updates are kept; the oldest are made one.
const MOST: usize = 10;

/// Nobody owns these.
const NOBODY: &[&[&str]] = &[
    &["apiVersion"],
    &["kind"],
    &["metadata"],
    &["metadata", "name"],
    &["metadata", "namespace"],
    &["metadata", "creationTimestamp"],
    &["metadata", "selfLink"],
    &["metadata", "uid"],
    &["metadata", "clusterName"],
    &["metadata", "generation"],
    &["metadata", "managedFields"],
    &["metadata", "resourceVersion"],
];

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) manager: String,
    /// By `Apply`, and not by `Update`.
    pub(super) applied: bool,
    pub(super) api_version: String,
    pub(super) subresource: String,
    pub(super) time: Option<String>,
    pub(super) set: Set,
}

impl Entry {
    pub(super) fn new(
        resource: &Resource,
        manager: &str,
        applied: bool,
        subresource: Option<&str>,
    ) -> Self {
        Self {
            manager: if manager.is_empty() {
                "unknown"
            } else {
                manager
            }
            .to_owned(),
            applied,
            api_version: resource.api_version(),
            subresource: subresource.unwrap_or_default().to_owned(),
            time: None,
            set: Set::default(),
        }
    }

    /// Whether both are of the same manager. One that applies may go from version to version.
    pub(super) fn is(&self, other: &Self) -> bool {
        let version = self.applied || self.api_version == other.api_version;
        self.applied == other.applied
            && version
            && self.manager == other.manager
            && self.subresource == other.subresource
    }

    fn read(entry: &Value) -> Option<Self> {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let known = entry["fieldsType"] == "FieldsV1" && !text("apiVersion").is_empty();
        let applied = match entry["operation"].as_str()? {
            "Apply" => true,
            "Update" => false,
            _ => return None,
        };
        known.then(|| Self {
            manager: text("manager"),
            applied,
            api_version: text("apiVersion"),
            subresource: text("subresource"),
            time: entry["time"].as_str().map(str::to_owned),
            set: Set::read(&entry["fieldsV1"]),
        })
    }

    fn write(&self) -> Value {
        let mut entry = json!({
            "manager": self.manager,
            "operation": if self.applied { "Apply" } else { "Update" },
            "apiVersion": self.api_version,
            "fieldsType": "FieldsV1",
            "fieldsV1": self.set.write(),
        });
        if let Some(time) = &self.time {
            entry["time"] = json!(time);
        }
        if !self.subresource.is_empty() {
            entry["subresource"] = json!(self.subresource);
        }
        entry
    }
}

/// Keeps the managed fields of an object that was created (`before` is None), updated or patched. Call it when defaults are
/// filled in and what the request may not change is put back. What changed is the manager's from now on; an object without
/// managed fields gets none, save a new one.
pub fn update(
    resource: &Resource,
    before: Option<&Value>,
    after: &mut Value,
    manager: &str,
    now: i64,
    subresource: Option<&str>,
) {
    let given = take(after);
    let live = before.map(|before| &before["metadata"]["managedFields"]);
    let mut entries = match (&given, subresource) {
        (Value::Array(given), None) if is_reset(given) => Vec::new(),
        (Value::Array(_), None) => read(&given).or_else(|| read(live?)).unwrap_or_default(),
        _ => live.and_then(read).unwrap_or_default(),
    };
    if !entries.is_empty() || before.is_none() {
        let schema = schema::of(resource);
        let empty;
        let before = if let Some(before) = before {
            before
        } else {
            empty = bare(resource);
            &empty
        };
        let difference = typed::compare(before, after, schema);
        let entry = Entry::new(resource, manager, false, subresource);
        taken(&mut entries, entry, difference, now, resource);
        cap(&mut entries);
    }
    put(after, entries);
}

/// What a server writes of an object of which nothing was said.
fn bare(resource: &Resource) -> Value {
    let mut bare = schema::of(resource).bare();
    // Some times and names of an Event are always written.
    if resource == &EVENTS {
        for time in ["eventTime", "firstTimestamp", "lastTimestamp"] {
            bare[time] = Value::Null;
        }
        for name in ["reportingComponent", "reportingInstance"] {
            bare[name] = json!("");
        }
    }
    bare
}

/// Gives what changed to the one who changed it, and takes it from all others.
pub(super) fn taken(
    entries: &mut Vec<Entry>,
    mut entry: Entry,
    difference: Difference,
    now: i64,
    resource: &Resource,
) {
    let ignored = ignored(resource, Some(&entry.subresource));
    let mut difference = difference.outside(&ignored);
    let changed = difference.changed();
    lose(entries, &changed, &difference.removed);
    let mine = owned(changed);
    if mine.is_empty() {
        return;
    }
    let time = Some(object::time(now));
    if let Some(known) = entries.iter_mut().find(|known| known.is(&entry)) {
        known.set.add(mine);
        known.time = time;
    } else {
        entry.set = mine;
        entry.time = time;
        entries.push(entry);
    }
}

/// Takes fields from all. Who has none left goes.
pub(super) fn lose(entries: &mut Vec<Entry>, changed: &Set, removed: &Set) {
    if changed.is_empty() && removed.is_empty() {
        return;
    }
    for entry in entries.iter_mut() {
        let conflict = entry.set.both(changed);
        if !conflict.is_empty() || !removed.is_empty() {
            let set = std::mem::take(&mut entry.set);
            entry.set = set.without(&conflict).without(removed);
        }
    }
    entries.retain(|entry| !entry.set.is_empty());
}

/// Nobody owns the fields that a server sets itself.
pub(super) fn owned(set: Set) -> Set {
    static NONE: LazyLock<Set> = LazyLock::new(|| Set::of(NOBODY));
    set.without(&NONE)
}

/// What a write to this part of an object cannot change (`GetResetFields` of the registries).
pub(super) fn ignored(resource: &Resource, subresource: Option<&str>) -> Set {
    match (subresource.unwrap_or_default(), resource.plural) {
        ("", _) if resource.below.contains(&"status") => Set::of(&[&["status"]]),
        ("status", "pods") => Set::of(&[
            &["spec"],
            &["metadata", "deletionTimestamp"],
            &["metadata", "ownerReferences"],
        ]),
        ("status", "deployments") => Set::of(&[&["spec"], &["metadata", "labels"]]),
        ("status", _) => Set::of(&[&["spec"]]),
        _ => Set::default(),
    }
}

/// More than a few who updated: the oldest become `ancient-changes`.
fn cap(entries: &mut Vec<Entry>) {
    let updates = entries.iter().filter(|entry| !entry.applied).count();
    if updates <= MOST {
        return;
    }
    sort(entries);
    let mut surplus = updates - MOST;
    let first_update = entries.partition_point(|entry| entry.applied);
    let mut ancient = entries.remove(first_update);
    "ancient-changes".clone_into(&mut ancient.manager);
    ancient.subresource.clear();
    while surplus > 0 {
        let same = (first_update..entries.len())
            .find(|index| entries[*index].api_version == ancient.api_version);
        let Some(index) = same else { break };
        let next = entries.remove(index);
        ancient.set.add(next.set);
        ancient.time = next.time;
        surplus -= 1;
    }
    entries.push(ancient);
}

fn sort(entries: &mut [Entry]) {
    entries.sort_by(|one, other| {
        let key = |entry: &Entry| {
            (
                !entry.applied,
                entry.time.clone().unwrap_or_default(),
                entry.manager.clone(),
                entry.api_version.clone(),
                entry.subresource.clone(),
            )
        };
        key(one).cmp(&key(other))
    });
}

/// `[]` and `[{}]` forget everything.
fn is_reset(given: &[Value]) -> bool {
    match given {
        [] => true,
        [one] => one.as_object().is_some_and(Map::is_empty),
        _ => false,
    }
}

/// The entries of an object, or None where one cannot be read, or there is none.
pub(super) fn read(entries: &Value) -> Option<Vec<Entry>> {
    let entries = entries.as_array()?;
    let read: Option<Vec<Entry>> = entries.iter().map(Entry::read).collect();
    read.filter(|entries| !entries.is_empty())
}

/// Takes the managed fields out of an object.
pub(super) fn take(object: &mut Value) -> Value {
    object
        .pointer_mut("/metadata")
        .and_then(Value::as_object_mut)
        .and_then(|metadata| metadata.remove("managedFields"))
        .unwrap_or_default()
}

/// Puts them back, in the order in which a server writes them.
pub(super) fn put(object: &mut Value, mut entries: Vec<Entry>) {
    if entries.is_empty() {
        take(object);
        return;
    }
    sort(&mut entries);
    object["metadata"]["managedFields"] = entries.iter().map(Entry::write).collect();
}
