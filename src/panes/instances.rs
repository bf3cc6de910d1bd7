//! Instances: those of one Server, and all of the cluster.

use compact_str::format_compact;

use super::{
    Cell, Column, Width, amount, bound, cluster, column, number, servers::without_registry,
};
use crate::model::{World, health::judge_instance, table::Slot, tree::Instance};

fn with(world: &World, slot: Slot, cell: impl Fn(&Instance) -> Cell) -> Cell {
    world.instances().get(slot).map_or(Cell::Blank, cell)
}

const HEALTH: Column = column("health", "", Width::Fixed(1), 0, |world, slot| {
    with(world, slot, |pod| Cell::Health(pod.health))
});

const NAME: Column = column("name", "NAME", Width::Rest(16), 0, |world, slot| {
    with(world, slot, |pod| Cell::Text(pod.row.meta.name.clone()))
})
.found();

const CLUSTER: Column = cluster(Width::Fit(7, 16), |world, slot| {
    with(world, slot, |pod| Cell::text(world.context(pod.cluster)))
});

const NAMESPACE: Column = column(
    "namespace",
    "NAMESPACE",
    Width::Fit(9, 24),
    2,
    |world, slot| with(world, slot, |pod| Cell::text(&pod.row.meta.namespace)),
)
.found();

const READY: Column = column("ready", "READY", Width::Fixed(5), 1, |world, slot| {
    with(world, slot, |pod| {
        Cell::Ratio(pod.row.ready.into(), pod.row.containers.into())
    })
})
.right();

const STATUS: Column = column("status", "STATUS", Width::Fit(12, 30), 0, |world, slot| {
    with(world, slot, |pod| {
        Cell::Status(Box::new(judge_instance(&pod.row, world.now)))
    })
})
.found();

const RESTARTS: Column = number("restarts", "RST", 4, 4, |world, slot| {
    with(world, slot, |pod| Cell::Count(pod.row.restarts.into()))
});

const CPU: Column = number("cpu", "CPU", 6, 3, |world, slot| {
    amount(world.usage(slot).map(|usage| usage.cpu), Cell::Cores)
});
const CPU_REQUEST: Column = number("cpu-request", "REQ", 6, 9, |world, slot| {
    with(world, slot, |pod| {
        bound(pod.row.resources.cpu_request, Cell::Cores)
    })
});
const CPU_LIMIT: Column = number("cpu-limit", "LIM", 6, 8, |world, slot| {
    with(world, slot, |pod| {
        bound(pod.row.resources.cpu_limit, Cell::Cores)
    })
});
const MEMORY: Column = number("memory", "MEM", 6, 3, |world, slot| {
    amount(world.usage(slot).map(|usage| usage.memory), Cell::Bytes)
});
const MEMORY_REQUEST: Column = number("memory-request", "REQ", 6, 9, |world, slot| {
    with(world, slot, |pod| {
        bound(pod.row.resources.memory_request, Cell::Bytes)
    })
});
const MEMORY_LIMIT: Column = number("memory-limit", "LIM", 6, 8, |world, slot| {
    with(world, slot, |pod| {
        bound(pod.row.resources.memory_limit, Cell::Bytes)
    })
});

const IMAGE: Column = column("image", "IMAGE", Width::Fit(5, 32), 7, |world, slot| {
    with(world, slot, |pod| {
        let image = pod.row.image.as_deref();
        image.map_or(Cell::Absent, |image| Cell::text(without_registry(image)))
    })
})
.hidden();

const NODE: Column = column("node", "NODE", Width::Fit(4, 20), 5, |world, slot| {
    with(world, slot, |pod| Cell::name(pod.row.node.as_ref()))
})
.found();

const IP: Column = column("ip", "IP", Width::Fit(7, 39), 6, |world, slot| {
    with(world, slot, |pod| {
        let address = pod.row.address.as_ref();
        address.map_or(Cell::Absent, |address| {
            Cell::Text(format_compact!("{address}"))
        })
    })
})
.hidden();

const AGE: Column = number("age", "AGE", 5, 2, |world, slot| {
    with(world, slot, |pod| Cell::Since(pod.row.meta.created))
});

pub(super) const COLUMNS: &[Column] = &[
    HEALTH,
    NAME,
    READY,
    STATUS,
    RESTARTS,
    CPU,
    CPU_REQUEST,
    CPU_LIMIT,
    MEMORY,
    MEMORY_REQUEST,
    MEMORY_LIMIT,
    IMAGE,
    NODE,
    IP,
    AGE,
];

pub(super) const ALL_COLUMNS: &[Column] = &[
    HEALTH,
    CLUSTER,
    NAMESPACE,
    NAME,
    READY,
    STATUS,
    RESTARTS,
    CPU,
    CPU_REQUEST,
    CPU_LIMIT,
    MEMORY,
    MEMORY_REQUEST,
    MEMORY_LIMIT,
    IMAGE,
    NODE,
    IP,
    AGE,
];
