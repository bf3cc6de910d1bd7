//! The Servers of one Map.

use super::{Cell, Column, Width, amount, bound, column, number};
use crate::model::{
    World,
    row::{Kind, Resources},
    table::Slot,
    tree::Server,
};

fn with(world: &World, slot: Slot, cell: impl Fn(&Server) -> Cell) -> Cell {
    world.servers().get(slot).map_or(Cell::Blank, cell)
}

/// Of all Instances that were asked for.
fn resource(server: &Server, of: fn(&Resources) -> u64) -> u64 {
    let Some(row) = &server.row else { return 0 };
    let count = match row.kind {
        Kind::Job | Kind::CronJob => server.digest.total,
        _ => row.replicas.desired,
    };
    of(&row.resources).saturating_mul(u64::from(count))
}

fn ports(world: &World, server: &Server) -> Cell {
    let satellites = world.satellites(server);
    let ports: Vec<&str> = satellites
        .ports
        .iter()
        .flat_map(|port| &port.ports)
        .map(|port| &**port)
        .collect();
    if ports.is_empty() {
        Cell::Blank
    } else {
        Cell::text(&ports.join(", "))
    }
}

/// An image without its registry, which is seldom what tells two apart: `busybox:1.0`.
pub(super) fn without_registry(image: &str) -> &str {
    image.rsplit_once('/').map_or(image, |(_, name)| name)
}

fn image(world: &World, server: &Server) -> Cell {
    let bare = server
        .instances
        .first()
        .and_then(|slot| world.instances().get(*slot)?.row.image.as_ref());
    let Some(image) = server
        .row
        .as_ref()
        .and_then(|row| row.images.first())
        .or(bare)
    else {
        return Cell::Absent;
    };
    let short = without_registry(image);
    match server.row.as_ref().map_or(1, |row| row.images.len()) {
        0 | 1 => Cell::text(short),
        more => Cell::text(&format!("{short} +{}", more - 1)),
    }
}

pub(super) const COLUMNS: &[Column] = &[
    column("health", "", Width::Fixed(1), 0, |world, slot| {
        with(world, slot, |server| Cell::Health(server.verdict.health))
    }),
    column("name", "NAME", Width::Rest(10), 0, |world, slot| {
        with(world, slot, |server| Cell::text(&server.name))
    })
    .found(),
    column("kind", "KIND", Width::Fit(4, 12), 4, |world, slot| {
        with(world, slot, |server| Cell::text(server.kind.short()))
    }),
    column("ready", "READY", Width::Fit(5, 9), 1, |world, slot| {
        with(world, slot, |server| {
            server
                .ready()
                .map_or(Cell::Absent, |(ready, desired)| Cell::Ratio(ready, desired))
        })
    })
    .right(),
    column("status", "STATUS", Width::Fit(12, 30), 0, |world, slot| {
        with(world, slot, |server| {
            Cell::Status(Box::new(server.verdict.clone()))
        })
    })
    .found(),
    number("cpu", "CPU", 6, 3, |world, slot| {
        with(world, slot, |server| {
            amount(server.usage.map(|usage| usage.cpu), Cell::Cores)
        })
    }),
    number("cpu-request", "REQ", 6, 10, |world, slot| {
        with(world, slot, |server| {
            bound(resource(server, |r| r.cpu_request), Cell::Cores)
        })
    }),
    number("cpu-limit", "LIM", 6, 9, |world, slot| {
        with(world, slot, |server| {
            bound(resource(server, |r| r.cpu_limit), Cell::Cores)
        })
    }),
    number("memory", "MEM", 6, 3, |world, slot| {
        with(world, slot, |server| {
            amount(server.usage.map(|usage| usage.memory), Cell::Bytes)
        })
    }),
    number("memory-request", "REQ", 6, 10, |world, slot| {
        with(world, slot, |server| {
            bound(resource(server, |r| r.memory_request), Cell::Bytes)
        })
    }),
    number("memory-limit", "LIM", 6, 9, |world, slot| {
        with(world, slot, |server| {
            bound(resource(server, |r| r.memory_limit), Cell::Bytes)
        })
    }),
    number("restarts", "RST", 4, 5, |world, slot| {
        with(world, slot, |server| {
            if server.digest.total == 0 {
                Cell::Absent
            } else {
                Cell::Count(server.digest.restarts.into())
            }
        })
    }),
    column("ports", "PORTS", Width::Fit(5, 18), 8, |world, slot| {
        with(world, slot, |server| ports(world, server))
    }),
    column("image", "IMAGE", Width::Fit(5, 24), 7, |world, slot| {
        with(world, slot, |server| image(world, server))
    })
    .found(),
    column("group", "GROUP", Width::Fit(5, 16), 8, |world, slot| {
        with(world, slot, |server| {
            let group = server.row.as_ref().and_then(|row| row.group.as_ref());
            Cell::name(group)
        })
    })
    .hidden(),
    number("age", "AGE", 5, 2, |world, slot| {
        with(world, slot, |server| Cell::Since(server.created))
    }),
];
