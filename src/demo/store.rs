//! What the cluster holds: every object with its version, and every change of the last while.
//!
//! Objects are kept as the JSON that is sent, not as trees: a list is those bytes one after another, a watch event those
//! bytes with a head, and ten thousand Pods take no more than their text. Beside each stand the few things that are asked
//! of all of them: labels, fields that can be selected, owners.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    fmt::Write as _,
    ops::Bound,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    controllers::facts::Facts,
    object,
    resource::{self, Resource},
};

/// So many bytes of changes are remembered, and so many changes; a watch from before gets 410.
const REMEMBERED: usize = 4 * 1024 * 1024;
const CHANGES: usize = 4_096;

/// One version of one object.
#[derive(Debug)]
pub struct Entry {
    /// What it is.
    pub resource: &'static Resource,
    /// Where it is; empty for what is in no namespace.
    pub namespace: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// Its uid.
    pub uid: Box<str>,
    /// The version at which it was written.
    pub version: u64,
    /// Its labels.
    pub labels: Vec<(Box<str>, Box<str>)>,
    /// Fields that a field selector can name, besides name and namespace.
    pub fields: Vec<(&'static str, Box<str>)>,
    /// The uids of its owners.
    pub owners: Vec<Box<str>>,
    /// All of it, as JSON.
    pub json: Bytes,
    /// Where in it stands what follows kind and version, as a list shows its items.
    pub head: usize,
    /// What controllers ask again and again, read from the JSON once, when it is first asked.
    pub facts: OnceLock<Facts>,
}

/// An object as text, which begins with its kind and version, and where it goes on behind them.
fn write(object: &Value) -> (Bytes, usize) {
    let mut text = String::from("{");
    let mut head = 1;
    let fields = || object.as_object().into_iter().flatten();
    let is_type = |name: &str| matches!(name, "kind" | "apiVersion");
    let types = fields().filter(|(name, _)| is_type(name));
    let rest = fields().filter(|(name, _)| !is_type(name));
    for (at, (name, value)) in types.chain(rest).enumerate() {
        if at > 0 {
            text.push(',');
        }
        if is_type(name) {
            // Writing into a String cannot fail.
            let _ = write!(text, "\"{name}\":{value}");
            head = text.len() + 1;
        } else {
            let _ = write!(text, "{}:{value}", Value::from(name.as_str()));
        }
    }
    let head = head.min(text.len());
    text.push('}');
    (Bytes::from(text), head)
}

impl Entry {
    fn new(resource: &'static Resource, object: &Value, version: u64) -> Self {
        let labels = object::fields(object, "/metadata/labels")
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.as_str().into(), value.as_str().unwrap_or("").into()))
            .collect();
        let owners = object::items(object, "/metadata/ownerReferences")
            .iter()
            .map(|owner| object::text(owner, "/uid").into())
            .collect();
        let fields = resource
            .selectable()
            .iter()
            .map(|(name, pointer)| (*name, plain(object.pointer(pointer)).into()))
            .collect();
        let (json, head) = write(object);
        Self {
            resource,
            namespace: object::namespace(object).into(),
            name: object::name(object).into(),
            uid: object::uid(object).into(),
            version,
            labels,
            fields,
            owners,
            json,
            head,
            facts: OnceLock::new(),
        }
    }

    /// Whether it is this object, to the letter.
    pub fn says(&self, object: &Value) -> bool {
        write(object).0 == self.json
    }

    /// All of it, as a tree.
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.json).unwrap_or_default()
    }

    /// A label's value.
    pub fn label(&self, key: &str) -> Option<&str> {
        let (_, value) = self.labels.iter().find(|(known, _)| &**known == key)?;
        Some(value)
    }

    /// A selectable field's value; None for a field that cannot be selected.
    pub fn field(&self, name: &str) -> Option<&str> {
        match name {
            "metadata.name" => Some(&self.name),
            "metadata.namespace" if self.resource.namespaced => Some(&self.namespace),
            _ => {
                let (_, value) = self.fields.iter().find(|(known, _)| *known == name)?;
                Some(value)
            }
        }
    }

    fn place(&self) -> Place {
        (self.namespace.clone(), self.name.clone())
    }
}

/// A value as a field selector compares it.
fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is new.
    Added,
    /// It is another.
    Modified,
    /// It is gone.
    Deleted,
}

/// One change.
#[derive(Debug)]
pub struct Change {
    /// What happened.
    pub event: Event,
    /// The object as it was before, if it was.
    pub before: Option<Arc<Entry>>,
    /// The object as it is; of one that is gone the last state, with the version of its end.
    pub after: Arc<Entry>,
}

impl Change {
    /// Its version.
    pub fn version(&self) -> u64 {
        self.after.version
    }
}

type Place = (Box<str>, Box<str>);
type Table = BTreeMap<Place, Arc<Entry>>;

/// Everything there is.
#[derive(Debug, Default)]
pub struct Store {
    tables: HashMap<Id, Table>,
    owned: HashMap<Box<str>, BTreeSet<(Id, Place)>>,
    version: u64,
    compacted: u64,
    history: VecDeque<Arc<Change>>,
    remembered: usize,
}

/// A resource as a key.
type Id = usize;

fn id(resource: &'static Resource) -> Id {
    resource::RESOURCES
        .iter()
        .position(|known| std::ptr::eq(*known, resource))
        .unwrap_or(usize::MAX)
}

impl Store {
    /// The version of the newest change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Changes up to this version are forgotten.
    pub fn compacted(&self) -> u64 {
        self.compacted
    }

    /// One object.
    pub fn get(
        &self,
        resource: &'static Resource,
        namespace: &str,
        name: &str,
    ) -> Option<&Arc<Entry>> {
        self.tables
            .get(&id(resource))?
            .get(&(namespace.into(), name.into()))
    }

    /// All objects of a resource in one namespace, or in all (None), by namespace and name.
    pub fn list(
        &self,
        resource: &'static Resource,
        namespace: Option<&str>,
    ) -> impl Iterator<Item = &Arc<Entry>> {
        let from = match namespace {
            Some(namespace) => Bound::Included((namespace.into(), "".into())),
            None => Bound::Unbounded,
        };
        let wanted = namespace.map(str::to_owned);
        self.tables
            .get(&id(resource))
            .into_iter()
            .flat_map(move |table| table.range((from.clone(), Bound::Unbounded)))
            .map(|(_, entry)| entry)
            .take_while(move |entry| {
                wanted
                    .as_deref()
                    .is_none_or(|wanted| &*entry.namespace == wanted)
            })
    }

    /// How many objects of a resource there are.
    pub fn count(&self, resource: &'static Resource) -> usize {
        self.tables.get(&id(resource)).map_or(0, BTreeMap::len)
    }

    /// All objects that name this uid as an owner.
    pub fn owned(&self, uid: &str) -> Vec<Arc<Entry>> {
        let places = self.owned.get(uid).into_iter().flatten();
        places
            .filter_map(|(id, place)| self.tables.get(id)?.get(place).cloned())
            .collect()
    }

    /// Whether any object names this uid as an owner.
    pub fn owns(&self, uid: &str) -> bool {
        self.owned.contains_key(uid)
    }

    /// Those of them that are of one resource.
    pub fn owned_of(&self, uid: &str, resource: &'static Resource) -> Vec<Arc<Entry>> {
        let mut owned = self.owned(uid);
        owned.retain(|entry| std::ptr::eq(entry.resource, resource));
        owned
    }

    /// Writes an object, new or not, and gives it the next version. Its `kind`, `apiVersion` and metadata must be whole.
    pub fn put(&mut self, resource: &'static Resource, object: &mut Value) -> Arc<Change> {
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        let entry = Arc::new(Entry::new(resource, object, self.version));
        let before = self
            .tables
            .entry(id(resource))
            .or_default()
            .insert(entry.place(), Arc::clone(&entry));
        if let Some(before) = &before {
            self.disown(before);
        }
        for owner in &entry.owners {
            let owned = self.owned.entry(owner.clone()).or_default();
            owned.insert((id(resource), entry.place()));
        }
        let event = if before.is_some() {
            Event::Modified
        } else {
            Event::Added
        };
        self.remember(Change {
            event,
            before,
            after: entry,
        })
    }

    /// Takes an object away.
    pub fn remove(
        &mut self,
        resource: &'static Resource,
        namespace: &str,
        name: &str,
    ) -> Option<Arc<Change>> {
        let table = self.tables.get_mut(&id(resource))?;
        let before = table.remove(&(namespace.into(), name.into()))?;
        self.disown(&before);
        self.version += 1;
        let mut last = before.value();
        last["metadata"]["resourceVersion"] = json!(self.version.to_string());
        let after = Arc::new(Entry::new(resource, &last, self.version));
        Some(self.remember(Change {
            event: Event::Deleted,
            before: Some(before),
            after,
        }))
    }

    fn disown(&mut self, entry: &Entry) {
        for owner in &entry.owners {
            if let Some(owned) = self.owned.get_mut(owner) {
                owned.remove(&(id(entry.resource), entry.place()));
                if owned.is_empty() {
                    self.owned.remove(owner);
                }
            }
        }
    }

    fn remember(&mut self, change: Change) -> Arc<Change> {
        let change = Arc::new(change);
        self.remembered += change.after.json.len();
        self.history.push_back(Arc::clone(&change));
        while self.remembered > REMEMBERED || self.history.len() > CHANGES {
            let Some(oldest) = self.history.pop_front() else {
                break;
            };
            self.remembered -= oldest.after.json.len();
            self.compacted = oldest.version();
        }
        change
    }

    /// The changes after a version, oldest first; None where some of them are forgotten.
    pub fn since(&self, version: u64) -> Option<impl DoubleEndedIterator<Item = &Arc<Change>>> {
        if version < self.compacted {
            return None;
        }
        let from = self
            .history
            .partition_point(|change| change.version() <= version);
        Some(self.history.range(from..))
    }

    /// Forgets all changes before now, as etcd does every five minutes.
    pub fn compact(&mut self) {
        self.compacted = self.version;
        self.history.clear();
        self.remembered = 0;
    }

    /// Versions pass without a change here: those of others.
    pub fn skip(&mut self, versions: u64) {
        self.version += versions;
    }
}
