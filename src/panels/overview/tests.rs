//! What overviews say, of rows made by hand.

use super::*;
use crate::{
    model::{
        News, Source, What,
        row::{EventRow, Kind, Meta, Row},
        sample::{
            self, NOW, controller, controllers_known, key, list, map_id, pod, put, put_row, source,
            usage,
        },
    },
    panels::{Block, Piece},
    panes::Cell,
};

/// The words of a sheet, a line for each block.
fn words(sheet: &Sheet) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Plain(text) | Piece::Strong(text) | Piece::Muted(text) | Piece::In(_, text) => {
            text.to_string()
        }
        Piece::Gauge(gauge) => format!("{:?} of {}", gauge.used, gauge.requested),
        _ => String::new(),
    };
    let cell = |cell: &Cell| match cell {
        Cell::Count(count) => count.to_string(),
        Cell::Text(text) | Cell::In(_, text) => text.to_string(),
        Cell::Status(verdict) => verdict.word.to_string(),
        Cell::Health(health) => health.word().to_owned(),
        _ => String::new(),
    };
    let block = |block: &Block| match block {
        Block::Line(pieces) => pieces.iter().map(piece).collect::<Vec<_>>().join(" "),
        Block::Facts(facts) => {
            let facts = facts
                .iter()
                .flat_map(|fact| fact.lines.iter().map(move |line| (fact.label, line)));
            let facts = facts.map(|(label, line)| {
                format!(
                    "{label} {}",
                    line.iter().map(piece).collect::<Vec<_>>().join(" ")
                )
            });
            facts.collect::<Vec<_>>().join("\n")
        }
        Block::Text { title, lines, .. } => format!("{title}\n{}", lines.join("\n")),
        Block::Table(table) => {
            let rows = table
                .rows
                .iter()
                .map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" "));
            let note = table.note.iter().map(ToString::to_string);
            format!(
                "{}\n{}",
                table.title,
                rows.chain(note).collect::<Vec<_>>().join("\n")
            )
        }
    };
    sheet.0.iter().map(block).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn says(sheet: &Sheet, expected: &[&str]) {
    let said = words(sheet);
    for words in expected {
        assert!(said.contains(words), "{words:?}\n{said}");
    }
}

#[test]
fn what_a_template_says_and_what_runs_are_told_apart() {
    let mut world = sample::world();
    controllers_known(&mut world);
    let mut web = controller(Kind::Deployment, "shop-prod", "web", 1, "");
    web.revision = Some("1".into());
    web.suspended = true;
    web.images = vec!["web:2".into()];
    let mut old = controller(Kind::ReplicaSet, "shop-prod", "web-1", 1, "Deployment web");
    old.revision = Some("1".into());
    old.images = vec!["web:1".into()];
    put_row(&mut world, web.into());
    put_row(&mut world, old.into());
    let sheet = overview(&world, &Id::Server(key("Deployment", "shop-prod", "web")));
    says(&sheet, &["revision 1", "web:1", "web:2 is not rolled out"]);
}

#[test]
fn usage_is_held_against_what_the_measured_servers_asked_for() {
    let mut world = sample::world();
    controllers_known(&mut world);
    for name in ["api", "web"] {
        put_row(
            &mut world,
            controller(Kind::StatefulSet, "shop-prod", name, 1, "").into(),
        );
    }
    put_row(
        &mut world,
        pod("shop-prod", "api-0", "StatefulSet api").into(),
    );
    list(
        &mut world,
        &source(What::Usage, "shop-prod"),
        [usage("shop-prod", "api-0", 5).into()],
    );
    let sheet = overview(&world, &Id::Map(map_id("shop-prod")));
    says(
        &sheet,
        &[
            "CPU Some(5) of 10",
            "1 of 2 Servers have usage that is known",
        ],
    );
}

fn event(name: &str, about: &str, message: &str, last: i64) -> Row {
    let meta = Meta {
        uid: sample::uid("Event", "shop-prod", name),
        namespace: "shop-prod".into(),
        name: name.into(),
        created: last,
        owner: None,
    };
    Row::Event(Box::new(EventRow {
        meta,
        warning: true,
        reason: "FailedCreate".into(),
        message: message.into(),
        about: (
            "Pod".into(),
            about.into(),
            sample::uid("Pod", "shop-prod", about),
        ),
        count: 3,
        last,
    }))
}

#[test]
fn events_that_differ_in_names_and_numbers_are_one_line() {
    let mut world = sample::world();
    let warnings = source(What::Warnings, "shop-prod");
    let rows = [
        event(
            "a",
            "web-1",
            "pods \"web-1\" is forbidden: 3 of 4 used",
            NOW - 9,
        ),
        event(
            "b",
            "web-2",
            "pods \"web-2\" is forbidden: 4 of 4 used",
            NOW - 5,
        ),
        event("c", "web-2", "pod: \"web-2_shop(7f)\". no DNS", NOW - 7),
    ];
    list(&mut world, &warnings, rows);
    let sheet = overview(&world, &Id::Map(map_id("shop-prod")));
    says(
        &sheet,
        &[
            "FailedCreate 2 Pods pods \"web-2\" is forbidden: 4 of 4 used 6",
            "FailedCreate Pod web-2 no DNS 3",
        ],
    );
}

#[test]
fn what_is_on_its_way_is_not_said_to_be_none() {
    let mut world = sample::world();
    controllers_known(&mut world);
    put_row(
        &mut world,
        controller(Kind::Deployment, "shop-prod", "web", 0, "").into(),
    );
    let subject = Id::Service("shop".into());
    says(&overview(&world, &subject), &["WARNINGS\nLoading…"]);
    let warnings: Source = source(What::Warnings, "shop-prod");
    world.apply(&warnings, News::Begin);
    put(&mut world, &warnings, []);
    says(&overview(&world, &subject), &["WARNINGS\nLoading…"]);
    world.apply(&warnings, News::Synced);
    says(
        &overview(&world, &subject),
        &["WARNINGS\nNone in the last hour or so."],
    );
}
