//! The navigable lists: which rows, in which columns, with which typed cells. No drawing here.
//!
//! A pane is a table of [`Column`]s over slots of the [`World`]; `ui` turns cells into text, `app` into an order.

mod column;
mod columns;
mod fields;
mod id;
mod instances;
mod kind;
mod maps;
mod servers;
mod services;

use self::column::{cluster, column, number};
pub use self::{
    column::{Column, Width},
    columns::{Choice, Columns},
    fields::Row,
    id::Id,
    kind::{columns as columns_of_kind, is_of_events},
};

use std::cmp::Ordering;

use compact_str::CompactString;

use crate::model::{Health, Name, World, health::Verdict, table::Slot};

/// Which list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pane {
    /// All Services.
    #[default]
    Services,
    /// The Maps of the selected Service.
    Maps,
    /// The Servers of the selected Map.
    Servers,
    /// The Instances of the selected Server.
    Instances,
    /// All Instances of the cluster.
    All,
    /// The objects of any one kind.
    Kind,
}

impl Pane {
    /// All panes with columns of their own.
    pub const EVERY: [Self; 5] = [
        Self::Services,
        Self::Maps,
        Self::Servers,
        Self::Instances,
        Self::All,
    ];

    /// These, and that of any kind, whose columns only its server knows.
    pub const LISTS: [Self; 6] = [
        Self::Services,
        Self::Maps,
        Self::Servers,
        Self::Instances,
        Self::All,
        Self::Kind,
    ];
    /// The panes of the home screen, from left to right.
    pub const HOME: [Self; 4] = [Self::Services, Self::Maps, Self::Servers, Self::Instances];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|pane| pane.name() == name)
    }

    /// The title, and what its rows are called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Services => "SERVICES",
            Self::Maps => "MAPS",
            Self::Servers => "SERVERS",
            Self::Instances | Self::All => "INSTANCES",
            Self::Kind => "OBJECTS",
        }
    }

    /// What one calls its rows in a sentence.
    pub fn rows(self) -> &'static str {
        match self {
            Self::Services => "Services",
            Self::Maps => "Maps",
            Self::Servers => "Servers",
            Self::Instances | Self::All => "Instances",
            Self::Kind => "objects",
        }
    }

    /// What it is called where it is named in text: settings, and what is kept between runs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Services => "services",
            Self::Maps => "maps",
            Self::Servers => "servers",
            Self::Instances => "instances",
            Self::All => "all-instances",
            Self::Kind => "kind",
        }
    }

    /// All columns that it can have, in the order in which they stand unless somebody chooses another.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Services => services::COLUMNS,
            Self::Maps => maps::COLUMNS,
            Self::Servers => servers::COLUMNS,
            Self::Instances => instances::COLUMNS,
            Self::All => instances::ALL_COLUMNS,
            Self::Kind => kind::COLUMNS,
        }
    }

    /// What decides between rows that are equal otherwise.
    pub fn names(self, world: &World, slot: Slot) -> Option<(&str, &str)> {
        Some(match self {
            Self::Services => (&world.services().get(slot)?.name, ""),
            Self::Maps => {
                let map = world.maps().get(slot)?;
                (&map.place.map, &map.id.namespace)
            }
            Self::Servers => (&world.servers().get(slot)?.name, ""),
            Self::Kind => {
                let row = &world.line(slot)?.row;
                (&row.name, &row.namespace)
            }
            Self::Instances | Self::All => {
                let meta = &world.instances().get(slot)?.row.meta;
                (&meta.namespace, &meta.name)
            }
        })
    }
}

/// One value of a row. Text only where it is text.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing known.
    Absent,
    /// Deliberately nothing.
    Blank,
    /// A name or word.
    Text(CompactString),
    /// A glyph.
    Health(Health),
    /// Ready of desired.
    Ratio(u32, u32),
    /// A word with its health, a count, a rollout's progress.
    Status(Box<Verdict>),
    /// Millicores.
    Cores(u64),
    /// Bytes.
    Bytes(u64),
    /// A number; 0 is muted.
    Count(u64),
    /// Epoch seconds, shown as an age.
    Since(i64),
    /// Seconds that something took.
    Took(i64),
    /// A word in the colour of a health.
    In(Health, CompactString),
}

impl Cell {
    /// A name or word.
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    fn name(name: Option<&Name>) -> Self {
        name.map_or(Self::Absent, |name| Self::text(name))
    }

    /// Order within a column: what is absent comes last, also where the largest comes first.
    pub fn compare(&self, other: &Self, descending: bool) -> Ordering {
        match (self.is_absent(), other.is_absent()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            _ if descending => other.cmp(self),
            _ => self.cmp(other),
        }
    }

    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(a) | Self::In(_, a), Self::Text(b) | Self::In(_, b)) => a.cmp(b),
            (Self::Health(a), Self::Health(b)) => a.rank().cmp(&b.rank()),
            (Self::Ratio(a, b), Self::Ratio(c, d)) => (u64::from(*a) * u64::from(*d))
                .cmp(&(u64::from(*c) * u64::from(*b)))
                .then(b.cmp(d)),
            (Self::Status(a), Self::Status(b)) => {
                (a.health.rank(), &a.word, a.times).cmp(&(b.health.rank(), &b.word, b.times))
            }
            (Self::Cores(a), Self::Cores(b))
            | (Self::Bytes(a), Self::Bytes(b))
            | (Self::Count(a), Self::Count(b)) => a.cmp(b),
            // An age grows as its timestamp shrinks.
            (Self::Since(a), Self::Since(b)) => b.cmp(a),
            (Self::Took(a), Self::Took(b)) => a.cmp(b),
            // A column of any kind may have several sorts of values: each by itself, or there would be no order at all.
            _ => self.sort_of_value().cmp(&other.sort_of_value()),
        }
    }

    fn sort_of_value(&self) -> u8 {
        match self {
            Self::Absent | Self::Blank => 0,
            Self::Health(_) => 1,
            Self::Status(_) => 2,
            Self::Count(_) => 3,
            Self::Ratio(..) => 4,
            Self::Cores(_) => 5,
            Self::Bytes(_) => 6,
            Self::Since(_) => 7,
            Self::Took(_) => 8,
            Self::Text(_) | Self::In(..) => 9,
        }
    }

    fn is_absent(&self) -> bool {
        matches!(self, Self::Absent | Self::Blank | Self::Since(0))
    }
}

/// `–` where usage is not known, the amount where it is.
fn amount(amount: Option<u64>, cell: fn(u64) -> Cell) -> Cell {
    amount.map_or(Cell::Absent, cell)
}

/// A request or limit: none is nothing to show.
pub(crate) fn bound(amount: u64, cell: fn(u64) -> Cell) -> Cell {
    if amount == 0 {
        Cell::Absent
    } else {
        cell(amount)
    }
}
