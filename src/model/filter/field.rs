//! What a filter may ask a row for, and how a row answers.

use strum::IntoEnumIterator as _;

use super::Amount;
use crate::model::{health::Health, row::Labels};

/// Something that rows may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum Field {
    /// What it is called.
    Name,
    /// Its namespace.
    Namespace,
    /// The context of its cluster.
    Cluster,
    /// Its Service.
    Service,
    /// Its Map.
    Map,
    /// Its Server.
    Server,
    /// The kind of controller; `dep` and `Deployment` are the same.
    Kind,
    /// The Group of its Server.
    Group,
    /// Images of its containers.
    Image,
    /// The node that it runs on.
    Node,
    /// Its address within the cluster.
    Ip,
    /// The word for how it is.
    Status,
    /// Its ports.
    Port,
    /// A label; see [`Fields::labels`].
    Label,
    /// What is ready of what is wanted.
    Ready,
    /// How often containers were started again.
    Restarts,
    /// CPU in use, millicores.
    Cpu,
    /// Memory in use, bytes.
    Memory,
    /// Seconds since it was made.
    Age,
    /// How many Servers it has.
    Servers,
    /// How many Maps it has.
    Maps,
}

impl Field {
    /// Its names, the one that is printed first, and what it is.
    fn entry(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Name => (&["name"], "what it is called"),
            Self::Namespace => (&["namespace", "ns"], "its namespace"),
            Self::Cluster => (&["cluster", "context", "ctx"], "the context of its cluster"),
            Self::Service => (&["service"], "its Service"),
            Self::Map => (&["map"], "its Map"),
            Self::Server => (&["server"], "its Server"),
            Self::Kind => (&["kind"], "the kind of controller: dep, sts, ds, cj, job"),
            Self::Group => (&["group"], "the Group of its Server"),
            Self::Image => (&["image"], "images of its containers"),
            Self::Node => (&["node"], "the node that it runs on"),
            Self::Ip => (&["ip", "address"], "its address within the cluster"),
            Self::Status => (&["status"], "the word for how it is"),
            Self::Port => (&["port", "ports"], "its ports"),
            Self::Label => (&["label", "labels"], "its labels, as with -l"),
            Self::Ready => (&["ready"], "what is ready of what is wanted"),
            Self::Restarts => (&["restarts", "rst"], "how often containers started again"),
            Self::Cpu => (&["cpu"], "CPU in use: 500m, 2, or 80% of its limit"),
            Self::Memory => (
                &["mem", "memory"],
                "memory in use: 200Mi, or 80% of its limit",
            ),
            Self::Age => (&["age"], "how old it is: 90s, 2h, 3d"),
            Self::Servers => (&["servers"], "how many Servers it has"),
            Self::Maps => (&["maps"], "how many Maps it has"),
        }
    }

    /// The one that is called so, in any case.
    pub fn named(name: &str) -> Option<Self> {
        let is = |known: &&'static str| known.eq_ignore_ascii_case(name);
        Self::iter().find(|field| field.names().iter().any(is))
    }

    /// What it is called in a filter.
    pub fn name(self) -> &'static str {
        self.entry().0.first().copied().unwrap_or_default()
    }

    /// All its names.
    pub(super) fn names(self) -> &'static [&'static str] {
        self.entry().0
    }

    /// What it is, in a few words.
    pub fn help(self) -> &'static str {
        self.entry().1
    }

    /// How it is mostly asked for.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Age | Self::Ready => "<",
            field if field.is_number() => ">",
            _ => ":",
        }
    }

    /// Whether it is compared by size, not looked through.
    pub fn is_number(self) -> bool {
        matches!(
            self,
            Self::Ready
                | Self::Restarts
                | Self::Cpu
                | Self::Memory
                | Self::Age
                | Self::Servers
                | Self::Maps
        )
    }
}

/// What a filter asks a row for by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Something that is known of rows of any list.
    Field(Field),
    /// What its server prints of an object in the column that is called so.
    Column(String),
}

impl Asked {
    /// As it is written.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Field(field) => field.name(),
            Self::Column(name) => name,
        }
    }

    pub(super) fn texts(&self, row: &impl Fields, fits: &mut dyn FnMut(&str) -> bool) -> bool {
        match self {
            Self::Field(field) => row.texts(*field, fits),
            Self::Column(name) => row.printed_texts(name, fits),
        }
    }

    pub(super) fn amount(&self, row: &impl Fields) -> Option<Amount> {
        match self {
            Self::Field(field) => row.amount(*field),
            Self::Column(name) => row.printed_amount(name),
        }
    }
}

/// What can be filtered: a row of a pane, a line of a log, a row of any table. A field that it does not have fits nothing.
pub trait Fields {
    /// Whether one of the texts that a field has is as asked.
    fn texts(&self, field: Field, fits: &mut dyn FnMut(&str) -> bool) -> bool;

    /// Where a word without a field is looked for, besides the name.
    fn words(&self) -> &'static [Field] {
        &[]
    }

    /// A number, in the unit that the field says.
    fn amount(&self, _: Field) -> Option<Amount> {
        None
    }

    /// The same of a column in which its server prints it, by the column's name.
    fn printed_texts(&self, _: &str, _: &mut dyn FnMut(&str) -> bool) -> bool {
        false
    }

    /// A number in such a column: seconds of a time, bytes of a size, else as it is.
    fn printed_amount(&self, _: &str) -> Option<Amount> {
        None
    }

    /// How it is.
    fn health(&self) -> Option<Health> {
        None
    }

    /// Its labels.
    fn labels(&self) -> Option<&Labels> {
        None
    }
}
