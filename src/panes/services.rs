//! The Services of all open clusters.

use super::{Cell, Column, Width, amount, column, number};
use crate::model::{World, table::Slot, tree::Service};

fn with(world: &World, slot: Slot, cell: impl Fn(&Service) -> Cell) -> Cell {
    world.services().get(slot).map_or(Cell::Blank, cell)
}

pub(super) const COLUMNS: &[Column] = &[
    column("health", "", Width::Fixed(1), 0, |world, slot| {
        with(world, slot, |service| Cell::Health(service.health()))
    }),
    column("name", "NAME", Width::Rest(8), 0, |world, slot| {
        with(world, slot, |service| Cell::text(&service.name))
    })
    .found(),
    number("maps", "MAPS", 4, 1, |world, slot| {
        with(
            world,
            slot,
            |service| Cell::Count(service.maps.len() as u64),
        )
    }),
    number("servers", "SERVERS", 7, 2, |world, slot| {
        with(world, slot, |service| {
            Cell::Count(service.counts.servers().into())
        })
    }),
    number("failing", "FAILING", 7, 3, |world, slot| {
        with(world, slot, |service| {
            Cell::Count(service.counts.health[0].into())
        })
    }),
    number("cpu", "CPU", 6, 5, |world, slot| {
        with(world, slot, |s| {
            amount(
                (s.counts.measured > 0).then_some(s.counts.used.cpu),
                Cell::Cores,
            )
        })
    }),
    number("memory", "MEM", 6, 4, |world, slot| {
        with(world, slot, |s| {
            amount(
                (s.counts.measured > 0).then_some(s.counts.used.memory),
                Cell::Bytes,
            )
        })
    }),
];
