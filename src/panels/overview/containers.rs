//! What the containers of a Pod, or of a template, are asked to be.

use crate::{
    model::detail::{PodDetail, Role},
    panels::sheet::{Head, Table, numbers, sentences, words},
    panes::{Cell, bound},
};

/// What each container of a template is asked to be.
pub(super) fn containers(pod: &PodDetail) -> Table {
    let rows = pod.containers.iter().map(|container| {
        let resources = &container.resources;
        let probes = container
            .probes
            .iter()
            .map(|(kind, what)| format!("{kind} {what}"));
        vec![
            Cell::text(&container.name),
            Cell::text(role(container.role)),
            bound(resources.cpu_request, Cell::Cores),
            bound(resources.cpu_limit, Cell::Cores),
            bound(resources.memory_request, Cell::Bytes),
            bound(resources.memory_limit, Cell::Bytes),
            Cell::text(&container.ports.join(", ")),
            Cell::text(&container.image),
            Cell::text(&probes.collect::<Vec<_>>().join("; ")),
        ]
    });
    Table {
        title: "CONTAINERS",
        heads: vec![
            words("", 0),
            words("", 4),
            numbers("CPU REQ", 3),
            numbers("LIM", 3),
            numbers("MEM REQ", 3),
            numbers("LIM", 3),
            words("PORTS", 2),
            words("IMAGE", 1),
            // What it is made of matters more than how it is asked.
            Head {
                drop: 5,
                ..sentences("PROBES")
            },
        ],
        rows: rows.collect(),
        note: None,
    }
}

/// What a container is there for, where it is not the usual.
pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Main => "",
        Role::Init => "init",
        Role::Sidecar => "sidecar",
        Role::Ephemeral => "debug",
    }
}
