//! The Maps of one Service.

use super::{Cell, Column, Width, amount, bound, cluster, column, number};
use crate::model::{World, table::Slot, tree::Map};

fn with(world: &World, slot: Slot, cell: impl Fn(&Map) -> Cell) -> Cell {
    world.maps().get(slot).map_or(Cell::Blank, cell)
}

pub(super) const COLUMNS: &[Column] = &[
    column("health", "", Width::Fixed(1), 0, |world, slot| {
        with(world, slot, |map| Cell::Health(map.health()))
    }),
    column("name", "NAME", Width::Rest(8), 0, |world, slot| {
        with(world, slot, |map| Cell::text(&map.place.map))
    })
    .found(),
    column(
        "namespace",
        "NAMESPACE",
        Width::Fit(9, 24),
        6,
        |world, slot| {
            with(world, slot, |map| {
                if map.place.map == map.id.namespace {
                    Cell::Blank
                } else {
                    Cell::text(&map.id.namespace)
                }
            })
        },
    )
    .found(),
    cluster(Width::Fit(7, 16), |world, slot| {
        with(world, slot, |map| Cell::text(world.context(map.id.cluster)))
    }),
    number("servers", "SERVERS", 7, 1, |world, slot| {
        with(world, slot, |map| Cell::Count(map.counts.servers().into()))
    }),
    number("cpu", "CPU", 6, 3, |world, slot| {
        with(world, slot, |map| {
            amount(
                (map.counts.measured > 0).then_some(map.counts.used.cpu),
                Cell::Cores,
            )
        })
    }),
    number("cpu-request", "REQ", 6, 5, |world, slot| {
        with(world, slot, |map| {
            bound(map.counts.requested.cpu, Cell::Cores)
        })
    }),
    number("memory", "MEM", 6, 2, |world, slot| {
        with(world, slot, |map| {
            amount(
                (map.counts.measured > 0).then_some(map.counts.used.memory),
                Cell::Bytes,
            )
        })
    }),
    number("memory-request", "REQ", 6, 4, |world, slot| {
        with(world, slot, |map| {
            bound(map.counts.requested.memory, Cell::Bytes)
        })
    }),
];
