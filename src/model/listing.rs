//! Any kind of the cluster as a list: which one is looked at, the columns that its server prints it in, and its rows.
//!
//! Rows of a listing are held only while somebody looks. What kinds there are is held for as long as the cluster is open.

use std::{fmt, sync::Arc};

use compact_str::CompactString;

use super::{
    ids::{ClusterId, Key, MapId, Name, Uid},
    resource::Resource,
    row::Labels,
    source::{Source, What},
    table::Slot,
    world::World,
};

/// What is listed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Listing {
    /// The kinds there are.
    Kinds,
    /// The objects of a kind: of one Map's namespace, or of all.
    Objects(Arc<Resource>, Option<MapId>),
}

/// A column of the server's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// In capitals.
    pub name: Name,
    /// Its values are numbers.
    pub number: bool,
    /// When the object was made: the server says it as an age, which would never grow.
    pub age: bool,
    /// Worth showing only where there is room (a priority above 0).
    pub wide: bool,
}

impl Heading {
    /// What the column is called in a configuration and in a filter: `last-seen`.
    pub fn column(&self) -> String {
        self.letters().collect()
    }

    /// Whether the column is called so.
    pub fn is_called(&self, name: &str) -> bool {
        self.letters().eq(name.chars())
    }

    fn letters(&self) -> impl Iterator<Item = char> {
        // PORT(S)
        let letters = self.name.chars().filter(|c| !matches!(c, '(' | ')'));
        let letters = letters.flat_map(char::to_lowercase);
        letters.map(|c| if c == ' ' { '-' } else { c })
    }
}

/// One value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`, or nothing.
    Nothing,
    /// A whole number.
    Number(i64),
    /// Anything else, as the server writes it.
    Text(Name),
}

/// An object as a row of the server's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRow {
    /// `metadata.uid`
    pub uid: Uid,
    /// `metadata.namespace`; empty for what lives in none.
    pub namespace: Name,
    /// `metadata.name`
    pub name: CompactString,
    /// `metadata.creationTimestamp`, epoch seconds.
    pub created: i64,
    /// `metadata.deletionTimestamp` is set.
    pub terminating: bool,
    /// `metadata.labels`
    pub labels: Arc<Labels>,
    /// One for each [`Heading`].
    pub values: Box<[Value]>,
}

/// A row that is held.
#[derive(Clone, Debug)]
pub struct Line {
    /// Which it is.
    pub key: Key,
    /// What it says.
    pub row: LineRow,
    /// The kind itself, in a list of kinds.
    pub kind: Option<Arc<Resource>>,
    /// When the server printed it, epoch seconds: what it prints of times is as of then.
    pub printed: i64,
    of: Slot,
    seen: bool,
}

/// What one source prints.
#[derive(Debug)]
pub(super) struct Printed {
    source: Source,
    headings: Arc<[Heading]>,
}

/// The columns of a list of kinds.
const OF_KINDS: [&str; 5] = ["KIND", "SHORT", "GROUP", "VERSION", "NAMESPACED"];

impl Listing {
    /// What its rows are called.
    pub fn plural(&self) -> &str {
        match self {
            Self::Kinds => "kinds",
            Self::Objects(of, _) => &of.plural,
        }
    }

    /// The kind, where it is of one.
    pub fn resource(&self) -> Option<&Arc<Resource>> {
        match self {
            Self::Kinds => None,
            Self::Objects(of, _) => Some(of),
        }
    }

    /// The Map that it is narrowed to.
    pub fn within(&self) -> Option<&MapId> {
        match self {
            Self::Kinds => None,
            Self::Objects(_, within) => within.as_ref(),
        }
    }

    fn reads(&self, source: &Source) -> bool {
        match (self, &source.of) {
            (Self::Kinds, _) => source.what == What::Kinds,
            (Self::Objects(of, _), Some(read)) => source.what == What::Table && of.is(read),
            _ => false,
        }
    }
}

/// As one types it.
impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kinds => f.write_str("kinds"),
            Self::Objects(of, Some(map)) => write!(f, "{} {}", of.full(), map.namespace),
            Self::Objects(of, None) if of.namespaced => write!(f, "{} -A", of.full()),
            Self::Objects(of, None) => write!(f, "{}", of.full()),
        }
    }
}

impl World {
    /// From now on the list of a kind shows this.
    pub fn look_at(&mut self, listing: Option<Listing>) {
        self.listing = listing;
        self.print();
    }

    /// What the list of a kind shows.
    pub fn listing(&self) -> Option<&Listing> {
        self.listing.as_ref()
    }

    /// The columns of what is listed, without the name.
    pub fn headings(&self) -> &[Heading] {
        &self.headings
    }

    /// The same, to tell whether they are others.
    pub fn shared_headings(&self) -> &Arc<[Heading]> {
        &self.headings
    }

    /// The row in a slot.
    pub fn line(&self, slot: Slot) -> Option<&Line> {
        self.lines.get(slot)
    }

    /// Where a row is.
    pub fn line_slot(&self, key: Key) -> Option<Slot> {
        self.line_slots.get(&key).copied()
    }

    /// A row's value under a heading of what is listed.
    pub fn value<'a>(&self, line: &'a Line, n: usize) -> Option<&'a Value> {
        let own = &self.printed.get(line.of)?.headings;
        let heading = self.headings.get(n)?;
        // Another cluster may print its objects in other columns.
        let at = if own.get(n).is_some_and(|own| own.name == heading.name) {
            n
        } else {
            own.iter().position(|own| own.name == heading.name)?
        };
        line.row.values.get(at)
    }

    /// The rows of what is listed.
    pub fn listed(&self) -> Vec<Slot> {
        let Some(listing) = &self.listing else {
            return Vec::new();
        };
        let read = |line: &Line| {
            let printed = self.printed.get(line.of);
            printed.is_some_and(|printed| listing.reads(&printed.source))
                && listing.within().is_none_or(|map| {
                    (map.cluster, &map.namespace) == (line.key.cluster, &line.row.namespace)
                })
        };
        let lines = self.lines.iter().filter(|(_, line)| read(line));
        lines.map(|(slot, _)| slot).collect()
    }

    /// The kinds of a cluster, as far as they are known, in the server's order.
    pub fn kinds(&self, cluster: ClusterId) -> impl Iterator<Item = &Arc<Resource>> {
        let known = self.resources.get(&cluster);
        known.into_iter().flatten()
    }

    /// What a row of a kind's list is: the kind.
    pub fn resource_of(&self, line: &Line) -> Option<&Arc<Resource>> {
        self.printed.get(line.of)?.source.of.as_ref()
    }

    /// Where the object of a row is read from.
    pub fn source_of_line(&self, line: &Line) -> Option<Source> {
        let of = self.resource_of(line)?;
        Some(Source {
            of: Some(Arc::clone(of)),
            namespace: of.namespaced.then(|| line.row.namespace.clone()),
            name: Some(line.row.name.as_str().into()),
            ..Source::all(line.key.cluster, What::Object)
        })
    }

    fn printed_so_far(&self, source: &Source) -> Option<Slot> {
        let mut printed = self.printed.iter();
        let found = printed.find(|(_, printed)| printed.source == *source);
        found.map(|(slot, _)| slot)
    }

    fn printed_by(&mut self, source: &Source) -> Slot {
        if let Some(slot) = self.printed_so_far(source) {
            return slot;
        }
        let headings: &[&str] = match source.what {
            What::Kinds => &OF_KINDS,
            // The server tells them.
            _ => &[],
        };
        let heading = |name: &&str| Heading {
            name: (*name).into(),
            number: false,
            age: false,
            wide: false,
        };
        let slot = self.printed.insert(Printed {
            source: source.clone(),
            headings: headings.iter().map(heading).collect(),
        });
        self.print();
        slot
    }

    pub(super) fn put_headings(&mut self, source: &Source, headings: Arc<[Heading]>) {
        let slot = self.printed_by(source);
        if let Some(printed) = self.printed.get_mut(slot)
            && printed.headings != headings
        {
            printed.headings = headings;
            self.print();
        }
    }

    /// The columns of what is listed are those of the first cluster that has told any.
    fn print(&mut self) {
        let reads = |printed: &&Printed| {
            let listing = self.listing.as_ref();
            !printed.headings.is_empty() && listing.is_some_and(|of| of.reads(&printed.source))
        };
        let printed = self.printed.iter().map(|(_, printed)| printed);
        let first = printed.filter(reads).min_by_key(|printed| &printed.source);
        self.headings = first.map_or_else(Arc::default, |first| Arc::clone(&first.headings));
        self.touch_lines();
    }

    pub(super) fn put_line(
        &mut self,
        source: &Source,
        epoch: bool,
        row: LineRow,
        kind: Option<Arc<Resource>>,
    ) {
        let key = Key {
            cluster: source.cluster,
            uid: row.uid,
        };
        let of = self.printed_by(source);
        let line = Line {
            key,
            row,
            kind,
            printed: self.now,
            of,
            seen: epoch,
        };
        let slot = self.line_slots.get(&key).copied();
        if let Some(held) = slot.and_then(|slot| self.lines.get_mut(slot)) {
            let same = held.row == line.row && held.of == of;
            *held = line;
            if same {
                return;
            }
        } else {
            let slot = self.lines.insert(line);
            self.line_slots.insert(key, slot);
        }
        self.touch_lines();
    }

    /// A kind that a cluster serves; those that it no longer names go with their rows.
    pub(super) fn put_kind(&mut self, source: &Source, epoch: bool, kind: &Arc<Resource>) {
        let of_cluster = self.resources.entry(source.cluster).or_default();
        match of_cluster.iter_mut().find(|known| known.is(kind)) {
            Some(known) => *known = Arc::clone(kind),
            None => of_cluster.push(Arc::clone(kind)),
        }
        let shorts = kind.shorts.iter().map(|short| &**short);
        let text = |text: &str| {
            if text.is_empty() {
                Value::Nothing
            } else {
                Value::Text(text.into())
            }
        };
        let namespaced = if kind.namespaced { "yes" } else { "no" };
        let row = LineRow {
            uid: Uid::parse(&kind.full()),
            namespace: Name::from(""),
            name: CompactString::from(&*kind.plural),
            created: 0,
            terminating: false,
            labels: Arc::default(),
            values: [
                text(&kind.kind),
                text(&shorts.collect::<Vec<_>>().join(",")),
                text(&kind.group),
                text(&kind.version),
                text(namespaced),
            ]
            .into(),
        };
        self.put_line(source, epoch, row, Some(Arc::clone(kind)));
    }

    pub(super) fn drop_line(&mut self, source: &Source, uid: Uid) {
        let key = Key {
            cluster: source.cluster,
            uid,
        };
        if let Some(slot) = self.line_slots.get(&key).copied() {
            self.remove_lines(&[slot]);
        }
    }

    fn remove_lines(&mut self, slots: &[Slot]) {
        for slot in slots {
            if let Some(line) = self.lines.remove(*slot) {
                self.line_slots.remove(&line.key);
                if let (Some(kind), Some(of)) =
                    (&line.kind, self.resources.get_mut(&line.key.cluster))
                {
                    of.retain(|known| !known.is(kind));
                }
            }
        }
        if !slots.is_empty() {
            self.touch_lines();
        }
    }

    fn lines_by(&self, source: &Source) -> Vec<Slot> {
        let Some(of) = self.printed_so_far(source) else {
            return Vec::new();
        };
        let lines = self.lines.iter().filter(|(_, line)| line.of == of);
        lines.map(|(slot, _)| slot).collect()
    }

    /// How many rows a source holds.
    pub(super) fn count_lines(&self, source: &Source) -> usize {
        self.lines_by(source).len()
    }

    /// Makes all rows of a source look as if the listing before had named them.
    pub(super) fn age_lines(&mut self, source: &Source, epoch: bool) {
        for slot in self.lines_by(source) {
            if let Some(line) = self.lines.get_mut(slot) {
                line.seen = !epoch;
            }
        }
    }

    /// Lets go what a source holds: all of it, or what its newest listing has not named.
    pub(super) fn sweep_lines(&mut self, source: &Source, epoch: bool, all: bool) {
        let mut slots = self.lines_by(source);
        slots.retain(|slot| all || self.lines.get(*slot).is_some_and(|line| line.seen != epoch));
        self.remove_lines(&slots);
        if let Some(slot) = self.printed_so_far(source).filter(|_| all) {
            self.printed.remove(slot);
            self.print();
        }
    }

    pub(super) fn drop_lines_of(&mut self, cluster: ClusterId) {
        let lines = self
            .lines
            .iter()
            .filter(|(_, line)| line.key.cluster == cluster);
        let slots: Vec<Slot> = lines.map(|(slot, _)| slot).collect();
        self.remove_lines(&slots);
        self.resources.remove(&cluster);
        let printed = self.printed.iter();
        let of: Vec<Slot> = printed
            .filter(|(_, printed)| printed.source.cluster == cluster)
            .map(|(slot, _)| slot)
            .collect();
        for slot in of {
            self.printed.remove(slot);
        }
        self.print();
    }

    fn touch_lines(&mut self) {
        self.revision.cells += 1;
        self.revision.lines += 1;
    }
}
