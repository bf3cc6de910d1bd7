//! Any kind: name and place, then the columns in which its server prints it.

use compact_str::CompactString;

use super::{Cell, Column, Width, cluster, column, number};
use crate::model::{
    Health, World,
    listing::{Heading, Line, LineRow, Listing, Value},
    quantity::Quantity,
    table::Slot,
};

/// Headings under which the server prints how long ago something was. That goes on while no row changes.
pub(super) const PASSES: &[&str] = &["LAST SEEN", "FIRST SEEN", "LAST SCHEDULE"];

/// Headings of numbers, whatever type the server says that they are of.
pub(super) const NUMBERS: &[&str] = &[
    "READY",
    "UP-TO-DATE",
    "AVAILABLE",
    "DESIRED",
    "CURRENT",
    "COMPLETIONS",
    "ACTIVE",
    "DURATION",
    "RESTARTS",
    "REPLICAS",
    "MINPODS",
    "MAXPODS",
    "DATA",
    "SECRETS",
    "CAPACITY",
    "COUNT",
];

/// Words that say how something is, under a heading that promises such.
const SAY: &[(&str, Health)] = &[
    ("true", Health::Healthy),
    ("false", Health::Warning),
    ("ready", Health::Healthy),
    ("notready", Health::Failing),
    ("pending", Health::Progressing),
    ("progressing", Health::Progressing),
    ("waiting", Health::Progressing),
    ("containercreating", Health::Progressing),
    ("terminating", Health::Warning),
    ("suspended", Health::Stopped),
    ("released", Health::Warning),
    ("outofsync", Health::Warning),
    ("unknown", Health::Unknown),
    ("lost", Health::Failing),
    ("failed", Health::Failing),
    ("error", Health::Failing),
    ("degraded", Health::Failing),
    ("missing", Health::Failing),
    ("crashloopbackoff", Health::Failing),
    ("imagepullbackoff", Health::Failing),
    ("errimagepull", Health::Failing),
    ("evicted", Health::Failing),
    ("oomkilled", Health::Failing),
];

fn with(world: &World, slot: Slot, cell: impl Fn(&Line) -> Cell) -> Cell {
    world.line(slot).map_or(Cell::Blank, cell)
}

/// Whether rows may be of several namespaces.
fn of_namespaces(world: &World) -> bool {
    world.listing().is_some_and(|listing| {
        listing.within().is_none() && listing.resource().is_some_and(|of| of.namespaced)
    })
}

/// What the server prints of a row in one of its columns.
pub(super) fn printed(world: &World, slot: Slot, n: usize) -> Cell {
    let heading = world.headings().get(n);
    with(world, slot, |line| {
        heading.map_or(Cell::Blank, |of| {
            cell(of, world.value(line, n), &line.row, line.printed)
        })
    })
}

fn cell(heading: &Heading, value: Option<&Value>, row: &LineRow, printed: i64) -> Cell {
    if heading.age && row.created > 0 {
        return Cell::Since(row.created);
    }
    match value {
        None | Some(Value::Nothing) => Cell::Absent,
        Some(Value::Number(number)) => {
            u64::try_from(*number).map_or_else(|_| Cell::text(&number.to_string()), Cell::Count)
        }
        Some(Value::Text(text)) => match ago(text) {
            Some(ago) if PASSES.contains(&&*heading.name) => Cell::Since(printed - ago),
            // What is not done yet goes on.
            Some(took) if &*heading.name == "DURATION" && runs(row) => Cell::Since(printed - took),
            Some(took) => Cell::Took(took),
            None => typed(&heading.name, text),
        },
    }
}

/// Whether its server prints that it still runs, as of a Job.
fn runs(row: &LineRow) -> bool {
    let says = |value: &Value| matches!(value, Value::Text(text) if &**text == "Running");
    row.values.iter().any(says)
}

/// Seconds that a text stands for which is a duration as a server prints it, such as `2m42s` (`HumanDuration` in
/// k8s.io/apimachinery, pkg/util/duration). Others, such as `1h`, would be shown in other words.
fn ago(text: &str) -> Option<i64> {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    const YEAR: i64 = 365 * DAY;
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        parts.push((rest[..end].parse::<i64>().ok()?, rest.as_bytes()[end]));
        rest = rest.get(end + 1..)?;
    }
    Some(match *parts.as_slice() {
        [(s @ 0..120, b's')] => s,
        [(m @ 2..180, b'm')] => m * MINUTE,
        [(h @ 3..48, b'h')] => h * HOUR,
        [(d @ 2..730, b'd')] => d * DAY,
        [(y @ 2..1_000, b'y')] => y * YEAR,
        [(m @ 2..10, b'm'), (s @ 1..60, b's')] => m * MINUTE + s,
        [(h @ 3..8, b'h'), (m @ 1..60, b'm')] => h * HOUR + m * MINUTE,
        [(d @ 2..8, b'd'), (h @ 1..24, b'h')] => d * DAY + h * HOUR,
        [(y @ 2..8, b'y'), (d @ 1..365, b'd')] => y * YEAR + d * DAY,
        _ => return None,
    })
}

/// What a text means under its heading.
fn typed(heading: &str, text: &str) -> Cell {
    let ratio = || {
        let (ready, desired) = text.split_once('/')?;
        Some(Cell::Ratio(ready.parse().ok()?, desired.parse().ok()?))
    };
    let word = || {
        // `Ready,SchedulingDisabled`
        let first = text.split(',').next()?.to_lowercase();
        let (_, health) = SAY.iter().find(|(word, _)| *word == first)?;
        Some(Cell::In(*health, text.into()))
    };
    let said = match heading {
        "READY" => ratio().or_else(word),
        "PHASE" | "STATE" | "HEALTH" => word(),
        // Of an Event.
        "TYPE" if text == "Warning" => Some(Cell::In(Health::Warning, text.into())),
        "TYPE" if text == "Normal" => Some(Cell::In(Health::Healthy, text.into())),
        "CAPACITY" => Quantity::parse(text).map(|amount| Cell::Bytes(amount.units())),
        _ if heading.ends_with("STATUS") => word(),
        _ => None,
    };
    said.unwrap_or_else(|| Cell::Text(CompactString::from(text)))
}

const NAME: Column = column("name", "NAME", Width::Rest(16), 0, |world, slot| {
    with(world, slot, |line| {
        let name = line.row.name.clone();
        if line.row.terminating {
            Cell::In(Health::Warning, name)
        } else {
            Cell::Text(name)
        }
    })
})
.found();

const NAMESPACE: Column = column(
    "namespace",
    "NAMESPACE",
    Width::Fit(9, 24),
    3,
    |world, slot| with(world, slot, |line| Cell::text(&line.row.namespace)),
)
.found()
.when(of_namespaces);

const CLUSTER: Column = cluster(Width::Fit(7, 16), |world, slot| {
    with(world, slot, |line| {
        Cell::text(world.context(line.key.cluster))
    })
});

const AGE: Column = number("age", "AGE", 5, 2, |world, slot| {
    with(world, slot, |line| Cell::Since(line.row.created))
});

/// What there is before the server has told its columns.
pub(super) const COLUMNS: &[Column] = &[NAME, NAMESPACE, CLUSTER, AGE];

/// Nobody knows an Event by its name: what it is about stands there, and what it says is worth more room than anything else.
fn for_events(columns: &mut Vec<Column>) {
    let object = columns.iter().position(|column| column.name == "object");
    if let Some(object) = object {
        columns[0] = columns.remove(object).instead_of(&NAME, Width::Fit(16, 40));
    }
    for column in columns {
        (column.width, column.drop) = match &*column.name {
            "message" => (Width::Rest(24), 0),
            "last-seen" => (column.width, 2),
            "type" => (column.width, 3),
            "age" => {
                column.hidden = true;
                (column.width, column.drop)
            }
            "namespace" => (column.width, 6),
            _ => continue,
        };
    }
}

/// Whether Events are listed.
pub fn is_of_events(world: &World) -> bool {
    let of = world.listing().and_then(Listing::resource);
    of.is_some_and(|of| of.is_of("", "events") || of.is_of("events.k8s.io", "events"))
}

/// The columns of what is listed: those that the server tells, behind the name and the place, which stand before them all.
pub fn columns(world: &World) -> Vec<Column> {
    let mut columns = vec![NAME, NAMESPACE, CLUSTER];
    for (n, heading) in world.headings().iter().enumerate() {
        let column = Column::of_server(n, heading);
        if columns.iter().all(|known| known.name != column.name) {
            columns.push(column);
        }
    }
    let objects = world.listing().is_some_and(|of| of.resource().is_some());
    if objects && columns.iter().all(|known| known.name != AGE.name) {
        columns.push(AGE);
    }
    if is_of_events(world) {
        for_events(&mut columns);
    }
    columns
}

#[cfg(test)]
mod tests {
    use std::{cmp::Ordering, sync::Arc};

    use super::*;
    use crate::model::Uid;

    #[test]
    fn texts_are_what_their_headings_promise() {
        let table = [
            ("READY", "2/3", Cell::Ratio(2, 3)),
            ("READY", "False", Cell::In(Health::Warning, "False".into())),
            ("READY", "1/1/1", Cell::text("1/1/1")),
            (
                "STATUS",
                "Pending",
                Cell::In(Health::Progressing, "Pending".into()),
            ),
            (
                "SYNC STATUS",
                "OutOfSync",
                Cell::In(Health::Warning, "OutOfSync".into()),
            ),
            ("STATUS", "Bound", Cell::text("Bound")),
            ("CAPACITY", "1Gi", Cell::Bytes(1 << 30)),
            ("CAPACITY", "much", Cell::text("much")),
            ("HOSTS", "error", Cell::text("error")),
        ];
        for (heading, text, cell) in table {
            assert_eq!(typed(heading, text), cell, "{heading} {text}");
        }
    }

    #[test]
    fn what_still_runs_goes_on() {
        let heading = Heading {
            name: "DURATION".into(),
            number: false,
            age: false,
            wide: false,
        };
        let duration = |status: &str| {
            let row = LineRow {
                uid: Uid::parse("a"),
                namespace: "".into(),
                name: "a".into(),
                created: 0,
                terminating: false,
                labels: Arc::default(),
                values: [status, "98s"].map(|text| Value::Text(text.into())).into(),
            };
            cell(&heading, row.values.last(), &row, 1_000)
        };
        assert_eq!(duration("Running"), Cell::Since(902));
        assert_eq!(duration("Complete"), Cell::Took(98));
    }

    #[test]
    fn what_is_printed_of_times_is_ordered_as_such() {
        assert_eq!(ago("2m42s"), Some(162));
        assert_eq!(ago("98s"), Some(98));
        // What would be shown in other words stays as it is.
        for text in ["1h", "web", "5", "", "3m x", "5µs", "9999999999999999999d"] {
            assert_eq!(ago(text), None, "{text}");
        }
        let (short, long) = (Cell::Took(98), Cell::Took(162));
        assert_eq!(short.compare(&long, false), Ordering::Less);
        // Whatever a column has, it has an order: what is equal to two is not between them.
        let word = |text: &str| Cell::In(Health::Healthy, text.into());
        assert_eq!(word("a").compare(&Cell::text("b"), false), Ordering::Less);
        assert_eq!(Cell::Count(1).compare(&word("a"), false), Ordering::Less);
    }
}
