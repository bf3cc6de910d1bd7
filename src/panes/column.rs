//! One column of a pane: what it is called, how wide it is, what a row has in it.

use std::borrow::Cow;

use super::{Cell, Pane, kind};
use crate::model::{Name, World, listing::Heading, table::Slot};

/// What the name of a label's column begins with.
const LABEL: &str = "label:";

/// How wide a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Always this many columns.
    Fixed(u16),
    /// As its widest cell so far, between these.
    Fit(u16, u16),
    /// At least this, and what is left.
    Rest(u16),
}

/// One column of a pane.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says something else of a column, and any of them can go together"
)]
pub struct Column {
    /// What it is called wherever it is named: no other column of its pane is called the same.
    pub name: Cow<'static, str>,
    /// Heading, in capitals.
    pub heading: Cow<'static, str>,
    /// How wide.
    pub width: Width,
    /// Numbers stand to the right.
    pub right: bool,
    /// When there is no room: the highest goes first, 0 never.
    pub drop: u8,
    /// Sorted from the largest at first.
    pub descending: bool,
    /// A filter looks for words in it, and shows there what it has found.
    pub found: bool,
    /// Not shown unless somebody asks for it.
    pub hidden: bool,
    /// Shown only while this holds.
    pub when: fn(&World) -> bool,
    value: Value,
}

/// Where a row's cell comes from.
#[derive(Clone, Debug)]
enum Value {
    /// It is read out of the row.
    Row(fn(&World, Slot) -> Cell),
    /// What a label says.
    Label(Pane, Name),
    /// What the server prints in this column of its table.
    Printed(usize),
}

impl Column {
    /// The values of a label, by the label's key.
    pub fn of_label(pane: Pane, key: &str) -> Self {
        let heading = key.rsplit_once('/').map_or(key, |(_, name)| name);
        let least = (heading.chars().count() as u16).clamp(4, 24);
        Self {
            name: format!("{LABEL}{key}").into(),
            heading: heading.to_uppercase().into(),
            value: Value::Label(pane, key.into()),
            ..column("", "", Width::Fit(least, 24), 3, |_, _| Cell::Blank)
        }
    }

    /// One of the columns in which a server prints a kind. Of those, which stand in the order in which they matter, the last
    /// one goes first where there is no room.
    pub(super) fn of_server(n: usize, of: &Heading) -> Self {
        let least = of.name.chars().count() as u16;
        let (width, drop) = if of.age {
            (Width::Fixed(5), 2)
        } else {
            (
                // A message, where there is room for it.
                Width::Fit(least.max(3), least.max(160)),
                4 + n.min(100) as u8,
            )
        };
        let right = of.number
            || of.age
            || kind::NUMBERS.contains(&&*of.name)
            || kind::PASSES.contains(&&*of.name);
        Self {
            name: of.column().into(),
            heading: of.name.to_string().into(),
            right,
            // Of times the last comes first.
            descending: right && !kind::PASSES.contains(&&*of.name),
            found: true,
            hidden: of.wide,
            value: Value::Printed(n),
            ..column("", "", width, drop, |_, _| Cell::Blank)
        }
    }

    /// The column as that one, by which rows are known.
    pub(super) fn instead_of(mut self, other: &Self, width: Width) -> Self {
        self.name.clone_from(&other.name);
        self.width = width;
        self.drop = other.drop;
        self
    }

    /// The column of a label that is named as in `label:team`.
    pub fn of_name(pane: Pane, name: &str) -> Option<Self> {
        let key = name.strip_prefix(LABEL)?;
        is_label_key(key).then(|| Self::of_label(pane, key))
    }

    /// A row's cell.
    pub fn cell(&self, world: &World, slot: Slot) -> Cell {
        match &self.value {
            Value::Row(cell) => cell(world, slot),
            Value::Label(pane, key) => label(*pane, key, world, slot),
            Value::Printed(n) => kind::printed(world, slot, *n),
        }
    }

    /// What an order by it means, in words.
    pub fn order(&self, descending: bool) -> &'static str {
        let [ascending, descended] = match &*self.name {
            "health" | "status" => ["the worst first", "the best first"],
            "age" | "last-seen" | "first-seen" | "last-schedule" => {
                ["the youngest first", "the oldest first"]
            }
            _ if self.right => ["the smallest first", "the largest first"],
            _ => ["from a to z", "from z to a"],
        };
        if descending { descended } else { ascending }
    }

    pub(super) const fn found(mut self) -> Self {
        self.found = true;
        self
    }

    pub(super) const fn when(mut self, when: fn(&World) -> bool) -> Self {
        self.when = when;
        self
    }

    pub(super) const fn right(mut self) -> Self {
        self.right = true;
        self
    }

    pub(super) const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }
}

/// Whether a label can have this key: a name, and before a `/` the domain of who gives it.
fn is_label_key(key: &str) -> bool {
    let part = |part: &str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.ends_with(|c: char| c.is_ascii_alphanumeric())
            && part.chars().all(inner)
    };
    match key.split_once('/') {
        Some((domain, name)) => part(domain) && part(name),
        None => part(key),
    }
}

fn label(pane: Pane, key: &str, world: &World, slot: Slot) -> Cell {
    let value = match pane {
        // What all its Maps agree on; else how many things they say.
        Pane::Services => {
            let maps = world.services().get(slot).map(|service| &service.maps);
            let rows = maps.into_iter().flatten();
            let rows = rows.filter_map(|map| world.maps().get(*map)?.row.as_ref());
            let mut values: Vec<&Name> = rows.filter_map(|row| row.labels.get(key)).collect();
            values.sort_unstable();
            values.dedup();
            match values.as_slice() {
                [] => None,
                [one] => Some(*one),
                many => return Cell::text(&format!("{} values", many.len())),
            }
        }
        Pane::Maps => {
            let row = world.maps().get(slot).and_then(|map| map.row.as_ref());
            row.and_then(|row| row.labels.get(key))
        }
        Pane::Servers => world.servers().get(slot).and_then(|server| {
            let row = server.row.as_ref();
            let of_pod = || {
                let pod = world.instances().get(*server.instances.first()?)?;
                pod.row.labels.get(key)
            };
            row.and_then(|row| row.own_labels.get(key).or_else(|| row.labels.get(key)))
                .or_else(of_pod)
        }),
        Pane::Kind => world.line(slot).and_then(|line| line.row.labels.get(key)),
        Pane::Instances | Pane::All => {
            let pod = world.instances().get(slot);
            pod.and_then(|pod| pod.row.labels.get(key))
        }
    };
    Cell::name(value)
}

fn always(_: &World) -> bool {
    true
}

/// Which cluster a row is of: a column of lists over clusters, while more than one is open.
pub(super) const fn cluster(width: Width, cell: fn(&World, Slot) -> Cell) -> Column {
    let mut column = column("cluster", "CLUSTER", width, 0, cell).found();
    column.when = World::has_several_clusters;
    column
}

pub(super) const fn column(
    name: &'static str,
    heading: &'static str,
    width: Width,
    drop: u8,
    cell: fn(&World, Slot) -> Cell,
) -> Column {
    Column {
        name: Cow::Borrowed(name),
        heading: Cow::Borrowed(heading),
        width,
        right: false,
        drop,
        descending: false,
        found: false,
        hidden: false,
        when: always,
        value: Value::Row(cell),
    }
}

pub(super) const fn number(
    name: &'static str,
    heading: &'static str,
    width: u16,
    drop: u8,
    cell: fn(&World, Slot) -> Cell,
) -> Column {
    let mut column = column(name, heading, Width::Fixed(width), drop, cell).right();
    column.descending = true;
    column
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_labels_column_is_named_by_its_key() {
        let column = Column::of_name(Pane::Maps, "label:app.kubernetes.io/part-of");
        let said = column.map(|column| (column.name.to_string(), column.heading.to_string()));
        let want = ("label:app.kubernetes.io/part-of", "PART-OF");
        assert_eq!(said, Some((want.0.to_owned(), want.1.to_owned())));
        for wrong in [
            "label:",
            "label:a b",
            "label:a/b/c",
            "label:/a",
            "label:-a",
            "team",
        ] {
            assert!(Column::of_name(Pane::Maps, wrong).is_none(), "{wrong}");
        }
    }
}
