//! What a filter may ask the rows of each pane for. Values are read from what is held; nothing is made into text for it.

use compact_str::format_compact;

use super::{Cell, Pane, kind};
use crate::model::{
    Name, World,
    filter::{Amount, Field, Fields, Known},
    health::{Health, judge_instance},
    listing::{Heading, Line, Value},
    row::{ControllerRow, Kind, Labels, Phase, Usage},
    table::Slot,
    tree::{Instance, Map, Server, Service},
};

use Field::{
    Age, Cluster, Cpu, Group, Image, Ip, Label, Maps, Memory, Namespace, Node, Port, Ready,
    Restarts, Servers, Status,
};

const OF_SERVICES: &[Field] = &[
    Field::Name,
    Namespace,
    Cluster,
    Maps,
    Servers,
    Restarts,
    Cpu,
    Memory,
];
const OF_MAPS: &[Field] = &[
    Field::Name,
    Namespace,
    Cluster,
    Field::Service,
    Label,
    Servers,
    Restarts,
    Cpu,
    Memory,
    Age,
];
const OF_SERVERS: &[Field] = &[
    Field::Name,
    Namespace,
    Cluster,
    Field::Service,
    Field::Map,
    Field::Kind,
    Group,
    Image,
    Node,
    Status,
    Port,
    Label,
    Ready,
    Restarts,
    Cpu,
    Memory,
    Age,
];
const OF_INSTANCES: &[Field] = &[
    Field::Name,
    Namespace,
    Cluster,
    Field::Service,
    Field::Map,
    Field::Server,
    Field::Kind,
    Group,
    Image,
    Node,
    Ip,
    Status,
    Label,
    Ready,
    Restarts,
    Cpu,
    Memory,
    Age,
];

/// What else is known of any kind its server prints in columns.
const OF_ANY_KIND: &[Field] = &[
    Field::Name,
    Namespace,
    Cluster,
    Field::Kind,
    Label,
    Ready,
    Age,
];

impl Pane {
    /// What a filter may ask its rows for, besides the columns in which a server prints them.
    pub fn known(self) -> Known<'static> {
        let fields = match self {
            Self::Services => OF_SERVICES,
            Self::Maps => OF_MAPS,
            Self::Servers => OF_SERVERS,
            Self::Instances | Self::All => OF_INSTANCES,
            Self::Kind => OF_ANY_KIND,
        };
        Known {
            rows: self.rows(),
            fields: Some(fields),
            headings: Some(&[]),
        }
    }
}

/// A row, for a filter to ask.
pub struct Row<'a> {
    pane: Pane,
    world: &'a World,
    slot: Slot,
    held: Held<'a>,
}

enum Held<'a> {
    Service(&'a Service),
    Map(&'a Map),
    Server(&'a Server),
    Instance(&'a Instance),
    Line(&'a Line),
}

impl<'a> Row<'a> {
    /// The row in a slot, if it is there.
    pub fn at(pane: Pane, world: &'a World, slot: Slot) -> Option<Self> {
        let held = match pane {
            Pane::Services => Held::Service(world.services().get(slot)?),
            Pane::Maps => Held::Map(world.maps().get(slot)?),
            Pane::Servers => Held::Server(world.servers().get(slot)?),
            Pane::Instances | Pane::All => Held::Instance(world.instances().get(slot)?),
            Pane::Kind => Held::Line(world.line(slot)?),
        };
        Some(Self {
            pane,
            world,
            slot,
            held,
        })
    }

    fn server(&self) -> Option<&'a Server> {
        match self.held {
            Held::Server(server) => Some(server),
            Held::Instance(pod) => self.world.servers().get(self.world.root(pod.server)),
            Held::Service(_) | Held::Map(_) | Held::Line(_) => None,
        }
    }

    /// What the server prints of an object in any of its columns.
    fn printed(&self) -> impl Iterator<Item = (&'a Heading, Cell)> {
        let headings = match self.held {
            Held::Line(_) => self.world.headings(),
            _ => &[],
        };
        let cell = |(n, heading)| (heading, kind::printed(self.world, self.slot, n));
        headings.iter().enumerate().map(cell)
    }

    /// An object, and which of the columns in which its server prints it is called so.
    fn column(&self, name: &str) -> Option<(&'a Line, usize)> {
        let Held::Line(line) = self.held else {
            return None;
        };
        let mut headings = self.world.headings().iter();
        Some((line, headings.position(|of| of.is_called(name))?))
    }

    fn printed_as(&self, name: &str) -> Option<Cell> {
        let (_, n) = self.column(name)?;
        Some(kind::printed(self.world, self.slot, n))
    }

    fn map(&self) -> Option<&'a Map> {
        match self.held {
            Held::Map(map) => Some(map),
            _ => self.world.maps().get(self.server()?.map),
        }
    }

    /// The Maps that it is of, or has.
    fn maps(&self) -> impl Iterator<Item = &'a Map> {
        let slots: &[Slot] = match self.held {
            Held::Service(service) => &service.maps,
            _ => &[],
        };
        let one = if slots.is_empty() { self.map() } else { None };
        let world = self.world;
        one.into_iter()
            .chain(slots.iter().filter_map(|slot| world.maps().get(*slot)))
    }

    fn used(&self) -> Option<(Usage, Usage)> {
        match self.held {
            Held::Service(Service { counts, .. }) | Held::Map(Map { counts, .. }) => {
                (counts.measured > 0).then_some((counts.used, counts.measured_requests))
            }
            Held::Server(server) => Some((server.usage?, server.bound())),
            Held::Instance(pod) => {
                let used = self.world.usage(self.slot)?;
                Some((used, pod.row.resources.bound()))
            }
            Held::Line(_) => None,
        }
    }
}

impl Fields for Row<'_> {
    fn texts(&self, field: Field, fits: &mut dyn FnMut(&str) -> bool) -> bool {
        let name = |name: Option<&Name>, fits: &mut dyn FnMut(&str) -> bool| {
            name.is_some_and(|name| fits(name))
        };
        match (field, &self.held) {
            (Field::Name, Held::Service(service)) => fits(&service.name),
            (Field::Name, Held::Map(map)) => fits(&map.place.map),
            (Field::Name, Held::Server(server)) => fits(&server.name),
            (Field::Name, Held::Instance(pod)) => fits(&pod.row.meta.name),
            (Field::Name, Held::Line(line)) => fits(&line.row.name),
            (Namespace, Held::Line(line)) => fits(&line.row.namespace),
            (Cluster, Held::Line(line)) => fits(self.world.context(line.key.cluster)),
            (Field::Kind, Held::Line(line)) => {
                let of = self.world.resource_of(line).or(line.kind.as_ref());
                of.is_some_and(|of| fits(&of.kind))
            }
            (Status, Held::Line(_)) => self.printed().any(|(_, cell)| match cell {
                Cell::Text(text) | Cell::In(_, text) => fits(&text),
                _ => false,
            }),
            (Namespace, Held::Instance(pod)) => fits(&pod.row.meta.namespace),
            (Namespace, _) => self.maps().any(|map| fits(&map.id.namespace)),
            (Cluster, Held::Instance(pod)) => fits(self.world.context(pod.cluster)),
            (Cluster, _) => {
                let mut maps = self.maps();
                maps.any(|map| fits(self.world.context(map.id.cluster)))
            }
            (Field::Service, _) => name(self.map().map(|map| &map.place.service), fits),
            (Field::Map, _) => name(self.map().map(|map| &map.place.map), fits),
            (Field::Server, _) => name(self.server().map(|server| &server.name), fits),
            (Field::Kind, _) => self
                .server()
                .is_some_and(|server| fits(server.kind.name()) || fits(server.kind.short())),
            (Group, _) => {
                let row = self.server().and_then(|server| server.row.as_ref());
                name(row.and_then(|row| row.group.as_ref()), fits)
            }
            (Image, Held::Instance(pod)) => name(pod.row.image.as_ref(), fits),
            (Image, Held::Server(server)) => match &server.row {
                Some(row) => row.images.iter().any(|image| fits(image)),
                None => self
                    .world
                    .any_beneath(server, &mut |pod| name(pod.row.image.as_ref(), fits)),
            },
            (Node, Held::Instance(pod)) => name(pod.row.node.as_ref(), fits),
            (Node, Held::Server(server)) => self
                .world
                .any_beneath(server, &mut |pod| name(pod.row.node.as_ref(), fits)),
            (Ip, Held::Instance(pod)) => {
                let address = pod.row.address.as_ref();
                address.is_some_and(|address| fits(&format_compact!("{address}")))
            }
            (Status, Held::Server(server)) => fits(&server.verdict.word),
            // Almost all are so, and a verdict is a thing to be made.
            (Status, Held::Instance(pod)) if pod.row.simply_runs() => fits("Running"),
            (Status, Held::Instance(pod)) => fits(&judge_instance(&pod.row, self.world.now).word),
            (Port, Held::Server(server)) => {
                let satellites = self.world.satellites(server);
                let mut ports = satellites.ports.iter().flat_map(|port| &port.ports);
                ports.any(|port| fits(port))
            }
            _ => false,
        }
    }

    fn words(&self) -> &'static [Field] {
        match (self.pane, self.world.has_several_clusters()) {
            (Pane::Services, _) => &[],
            (Pane::Kind, false) => &[Namespace, Status],
            (Pane::Kind, true) => &[Namespace, Status, Cluster],
            (Pane::Maps, false) => &[Namespace],
            (Pane::Maps, true) => &[Namespace, Cluster],
            (Pane::Servers, _) => &[Status, Image],
            (Pane::Instances, _) => &[Status, Node],
            (Pane::All, false) => &[Namespace, Status, Node],
            (Pane::All, true) => &[Namespace, Status, Node, Cluster],
        }
    }

    fn amount(&self, field: Field) -> Option<Amount> {
        let created = |at: i64| {
            let age = u64::try_from((self.world.now - at).max(0)).ok()?;
            (at != 0).then_some(Amount::plain(age))
        };
        let used = |of: fn(Usage) -> u64| {
            let (used, bound) = self.used()?;
            Some(Amount {
                value: of(used),
                of: of(bound),
            })
        };
        let part = |ready: u32, of: u32| Amount {
            value: ready.into(),
            of: of.into(),
        };
        match (field, &self.held) {
            (Cpu, _) => used(|usage| usage.cpu),
            (Memory, _) => used(|usage| usage.memory),
            (Ready, Held::Server(server)) => server.ready().map(|(ready, of)| part(ready, of)),
            // What is done is not to be ready.
            (Ready, Held::Instance(pod)) => (pod.row.phase != Phase::Succeeded)
                .then(|| part(u32::from(pod.row.ready), u32::from(pod.row.containers))),
            (Ready, Held::Line(_)) => self.printed().find_map(|(of, cell)| match cell {
                Cell::Ratio(ready, all) if &*of.name == "READY" => Some(part(ready, all)),
                _ => None,
            }),
            (Age, Held::Line(line)) => created(line.row.created),
            (Restarts, held) => Some(Amount::plain(u64::from(match held {
                Held::Service(service) => service.counts.restarts,
                Held::Map(map) => map.counts.restarts,
                Held::Server(server) => server.digest.restarts,
                Held::Instance(pod) => pod.row.restarts,
                Held::Line(_) => return None,
            }))),
            (Age, Held::Map(map)) => created(map.row.as_ref()?.meta.created),
            (Age, Held::Server(server)) => created(server.created),
            (Age, Held::Instance(pod)) => created(pod.row.meta.created),
            (Servers, Held::Service(service)) => {
                Some(Amount::plain(service.counts.servers().into()))
            }
            (Servers, Held::Map(map)) => Some(Amount::plain(map.counts.servers().into())),
            (Maps, Held::Service(service)) => Some(Amount::plain(service.maps.len() as u64)),
            _ => None,
        }
    }

    fn printed_texts(&self, name: &str, fits: &mut dyn FnMut(&str) -> bool) -> bool {
        let column = self.column(name);
        match column.and_then(|(line, n)| self.world.value(line, n)) {
            Some(Value::Text(text)) => fits(text),
            Some(Value::Number(number)) => fits(&number.to_string()),
            Some(Value::Nothing) | None => false,
        }
    }

    fn printed_amount(&self, name: &str) -> Option<Amount> {
        let plain = |value: i64| u64::try_from(value).ok().map(Amount::plain);
        match self.printed_as(name)? {
            Cell::Count(count) | Cell::Bytes(count) => Some(Amount::plain(count)),
            Cell::Ratio(ready, of) => Some(Amount {
                value: ready.into(),
                of: of.into(),
            }),
            Cell::Took(seconds) => plain(seconds),
            Cell::Since(at) => plain((self.world.now - at).max(0)),
            // `4 (3h ago)`, as a Pod's restarts.
            Cell::Text(text) => plain(text.split(' ').next()?.parse().ok()?),
            _ => None,
        }
    }

    fn health(&self) -> Option<Health> {
        Some(match self.held {
            Held::Service(service) => service.health(),
            Held::Map(map) => map.health(),
            Held::Server(server) => server.verdict.health,
            Held::Instance(pod) => pod.health,
            Held::Line(_) => {
                let said = self.printed().filter_map(|(of, cell)| match cell {
                    Cell::In(health, _) => Some(health),
                    Cell::Ratio(ready, all) if &*of.name == "READY" => Some(match ready {
                        _ if all == 0 => Health::Stopped,
                        0 => Health::Failing,
                        _ if ready < all => Health::Warning,
                        _ => Health::Healthy,
                    }),
                    _ => None,
                });
                return said.min_by_key(|health| health.rank());
            }
        })
    }

    fn labels(&self) -> Option<&Labels> {
        match self.held {
            Held::Service(_) => None,
            Held::Line(line) => Some(&line.row.labels),
            Held::Map(map) => map.row.as_ref().map(|row| &row.labels),
            Held::Server(server) => {
                let own = server.row.as_ref().map(|row| &*row.own_labels);
                own.or_else(|| {
                    // A bare Pod is a Server itself.
                    let first = self.world.instances().get(*server.instances.first()?)?;
                    Some(&*first.row.labels)
                })
            }
            Held::Instance(pod) => Some(&pod.row.labels),
        }
    }
}

impl Server {
    /// What its usage is held against: the limits of all Instances that were asked for, else their requests.
    fn bound(&self) -> Usage {
        let bound = |row: &ControllerRow| {
            let count = match row.kind {
                Kind::Job | Kind::CronJob => self.digest.total,
                _ => row.replicas.desired,
            };
            let one = row.resources.bound();
            Usage {
                cpu: one.cpu.saturating_mul(count.into()),
                memory: one.memory.saturating_mul(count.into()),
            }
        };
        self.row.as_deref().map(bound).unwrap_or_default()
    }
}
