//! What a Server was before: its revisions, and the runs of a CronJob.

use compact_str::format_compact;

use crate::{
    model::{
        Name, World,
        row::{ControllerRow, Kind},
        satellites::Satellites,
        tree::Server,
    },
    panels::sheet::{Table, numbers, sentences, words},
    panes::Cell,
};

/// Runs that are worth a line.
const RUNS: usize = 8;

/// The newest Jobs of a CronJob.
pub(super) fn runs(world: &World, server: &Server) -> Table {
    let children = server
        .children
        .iter()
        .filter_map(|slot| world.servers().get(*slot));
    let mut jobs: Vec<(&Server, &ControllerRow)> = children
        .filter_map(|child| Some((child, child.row.as_deref()?)))
        .filter(|(_, row)| row.kind == Kind::Job)
        .collect();
    jobs.sort_by_key(|(_, row)| std::cmp::Reverse(row.meta.created));
    let rows = jobs.iter().take(RUNS).map(|(job, row)| {
        let took = (row.last > 0).then(|| Cell::Took(row.last - row.meta.created));
        vec![
            Cell::Text(row.meta.name.clone()),
            Cell::Status(Box::new(job.verdict.clone())),
            took.unwrap_or(Cell::Absent),
            Cell::Since(row.meta.created),
        ]
    });
    Table {
        title: "RUNS",
        heads: vec![
            words("", 0),
            words("STATUS", 0),
            numbers("TOOK", 1),
            numbers("AGE", 0),
        ],
        rows: rows.collect(),
        note: None,
    }
}

/// What a Server is and was: ReplicaSets of a Deployment, ControllerRevisions of the others, newest first.
pub(super) fn revisions(world: &World, server: &Server, found: &Satellites) -> Table {
    let mut rows: Vec<(u64, Vec<Cell>)> = Vec::new();
    let children = server
        .children
        .iter()
        .filter_map(|slot| world.servers().get(*slot));
    for row in children.filter_map(|child| child.row.as_deref()) {
        let number = row
            .revision
            .as_ref()
            .and_then(|revision| revision.parse().ok());
        let Some(number) = number.filter(|_| row.kind == Kind::ReplicaSet) else {
            continue;
        };
        let instances = Cell::Ratio(row.replicas.ready, row.replicas.desired);
        rows.push((
            number,
            revision(number, &row.images, instances, row.meta.created),
        ));
    }
    for row in &found.revisions {
        rows.push((
            row.number,
            revision(row.number, &row.images, Cell::Blank, row.meta.created),
        ));
    }
    rows.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    Table {
        title: "REVISIONS",
        heads: vec![
            words("", 0),
            numbers("READY", 1),
            numbers("AGE", 1),
            sentences("IMAGE"),
        ],
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        note: None,
    }
}

fn revision(number: u64, images: &[Name], instances: Cell, created: i64) -> Vec<Cell> {
    vec![
        Cell::Text(format_compact!("{number}")),
        instances,
        Cell::Since(created),
        Cell::text(&images.join(", ")),
    ]
}
