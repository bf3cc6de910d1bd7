//! The Services of all open clusters.

use super::{Cell, Column, Width, amount, column, number};
use crate::model::{World, table::Slot, tree::Service};

fn with(world: &World, slot: Slot, cell: impl Fn(&Service) -> Cell) -> Cell {
    world.services().get(slot).map_or(Cell::Blank, cell)
}

pub(super) const COLUMNS: &[Column] = &[
    column("", Width::Fixed(1), 0, |world, slot| {
        with(world, slot, |service| Cell::Health(service.health()))
    }),
    Column {
        found: true,
        ..column("NAME", Width::Rest(8), 0, |world, slot| {
            with(world, slot, |service| Cell::text(&service.name))
        })
    },
    number("MAPS", 4, 1, |world, slot| {
        with(
            world,
            slot,
            |service| Cell::Count(service.maps.len() as u64),
        )
    }),
    number("SERVERS", 7, 2, |world, slot| {
        with(world, slot, |service| {
            Cell::Count(service.counts.servers().into())
        })
    }),
    number("FAILING", 7, 3, |world, slot| {
        with(world, slot, |service| {
            Cell::Count(service.counts.health[0].into())
        })
    }),
    number("CPU", 6, 5, |world, slot| {
        with(world, slot, |s| {
            amount(
                (s.counts.measured > 0).then_some(s.counts.used.cpu),
                Cell::Cores,
            )
        })
    }),
    number("MEM", 6, 4, |world, slot| {
        with(world, slot, |s| {
            amount(
                (s.counts.measured > 0).then_some(s.counts.used.memory),
                Cell::Bytes,
            )
        })
    }),
];
