//! Keys in, state out.

#![expect(
    clippy::unwrap_used,
    reason = "what a test expects and does not find has failed it"
)]

mod clusters;
mod columns;
mod filter;
mod keys;
mod lists;
mod mouse;
mod newcomer;
mod palette;
mod panel;
mod places;
mod resize;
mod streams;
mod why;

use std::collections::BTreeSet;

use super::*;
use crate::{
    effect::Effect,
    keys::{Typed, typed},
    model::{
        Cause, ClusterId, News, Problem, Source, What,
        row::{Kind, Phase, Row},
        sample::{self, NOW, bad, controller, key, map_id, namespace, pod, source},
    },
};

const SECOND: i64 = 1000;

struct Run {
    app: App,
    now: i64,
}

impl Run {
    /// A program over a cluster in which these have been listed.
    fn new(namespaces: &[&str], rows: &[Row]) -> Self {
        let mut run = Self::empty();
        let spaces = namespaces.iter().map(|name| namespace(name, "").into());
        run.list(&source(What::Namespaces, ""), spaces.collect());
        for what in What::CONTROLLERS {
            let of = |row: &Row| matches!(row, Row::Controller(row) if sample::what_of(&row.kind) == what);
            run.list(
                &source(what, ""),
                rows.iter().filter(|row| of(row)).cloned().collect(),
            );
        }
        run.list(&source(What::Troubled, ""), Vec::new());
        for name in namespaces {
            let here =
                |row: &&Row| matches!(row, Row::Instance(row) if &*row.meta.namespace == *name);
            let pods: Vec<Row> = rows.iter().filter(here).cloned().collect();
            if !pods.is_empty() {
                run.list(&source(What::Instances, name), pods);
            }
        }
        run.app.refresh();
        run
    }

    fn empty() -> Self {
        let cluster = Cluster {
            context: "test".into(),
            ..Cluster::default()
        };
        let grouping = Grouping {
            environments: vec!["dev".into(), "prod".into()],
            ..Grouping::default()
        };
        let now = NOW * SECOND;
        let app = App::new(vec![cluster], grouping, (140, 40), now);
        Self { app, now }
    }

    fn tell(&mut self, from: &Source, news: News) {
        self.app.update(Event::Feed(from.clone(), news), self.now);
        self.app.refresh();
    }

    fn list(&mut self, from: &Source, rows: Vec<Row>) {
        self.tell(from, News::Begin);
        self.put(from, rows);
        self.tell(from, News::Synced);
        self.tell(from, News::State(FeedState::Live));
    }

    fn put(&mut self, from: &Source, rows: Vec<Row>) {
        self.tell(
            from,
            News::Changes(rows.into_iter().map(crate::model::Change::Put).collect()),
        );
    }

    fn refuse(&mut self, from: &Source) {
        self.tell(
            from,
            News::State(FeedState::Refused(Problem::new(
                Cause::Forbidden,
                "may not",
            ))),
        );
    }

    fn wait(&mut self, milliseconds: i64) {
        self.now += milliseconds;
        self.app.update(Event::Tick, self.now);
        self.app.refresh();
    }

    fn keys(&mut self, keys: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        for key in typed(keys).unwrap() {
            if let Typed::Key(chord) = key {
                effects.extend(self.app.update(Event::Key(chord), self.now));
                self.app.refresh();
            }
        }
        effects
    }

    /// What is selected in each pane of the home screen.
    fn at(&self) -> String {
        let name = |pane: Pane| {
            let (world, slot) = (&self.app.world, self.app.slot(pane)?);
            Some(match pane {
                Pane::Services => world.services().get(slot)?.name.to_string(),
                Pane::Maps => world.maps().get(slot)?.place.map.to_string(),
                Pane::Servers => world.servers().get(slot)?.name.to_string(),
                Pane::Kind => world.line(slot)?.row.name.to_string(),
                Pane::Instances | Pane::All => {
                    world.instances().get(slot)?.row.meta.name.to_string()
                }
            })
        };
        Pane::HOME
            .into_iter()
            .map_while(name)
            .collect::<Vec<_>>()
            .join("/")
    }
}

fn deployment(namespace: &str, name: &str) -> Row {
    controller(Kind::Deployment, namespace, name, 1, "").into()
}

fn failing(namespace: &str, name: &str) -> Row {
    let mut row = controller(Kind::Deployment, namespace, name, 1, "");
    row.replicas.ready = 0;
    row.replicas.available = 0;
    row.into()
}

fn shop() -> Run {
    let rows = vec![
        deployment("shop-dev", "web"),
        deployment("shop-prod", "api"),
        deployment("shop-prod", "db"),
        deployment("shop-prod", "web"),
        deployment("legacy", "old"),
        pod("shop-prod", "web-1-a", "ReplicaSet web-1").into(),
        pod("shop-prod", "web-1-b", "ReplicaSet web-1").into(),
    ];
    Run::new(&["shop-dev", "shop-prod", "legacy", "kube-system"], &rows)
}

#[test]
fn moving_opens_and_comes_back() {
    let mut run = shop();
    assert_eq!(run.at(), "legacy/legacy/old");
    run.keys("j");
    assert_eq!(run.at(), "shop/dev/web");
    run.keys("<enter>j<enter>G<enter>j");
    assert_eq!(
        (run.at().as_str(), run.app.focus),
        ("shop/prod/web/web-1-b", Pane::Instances)
    );
    run.keys("<esc><esc><esc>k");
    assert_eq!(
        (run.at().as_str(), run.app.focus),
        ("legacy/legacy/old", Pane::Services)
    );
    // What was selected beneath is selected there again.
    run.keys("j");
    assert_eq!(run.at(), "shop/prod/web/web-1-b");
    run.keys("<tab><tab><backtab>");
    assert_eq!(run.app.focus, Pane::Maps);
}

#[test]
fn the_selection_is_an_object_whatever_happens_to_the_rows_around_it() {
    let mut run = shop();
    let deployments = source(What::Deployments, "");
    run.keys("j<enter>j<enter>j");
    assert_eq!(run.at(), "shop/prod/db");
    run.keys("I");
    assert_eq!(run.at(), "shop/prod/db");
    run.put(
        &deployments,
        vec![failing("shop-prod", "web"), deployment("shop-prod", "aaa")],
    );
    assert_eq!(run.at(), "shop/prod/db");
    // A filter that hides it shows others, and brings it back when it goes.
    run.keys("/web<enter>");
    assert_eq!(run.at(), "shop/prod/web/web-1-a");
    run.keys("<esc>");
    assert_eq!(run.at(), "shop/prod/db");
    // What moves into its place is selected when it is gone.
    let index = run.app.list(Pane::Servers).index();
    run.tell(
        &deployments,
        News::Changes(vec![crate::model::Change::Gone(sample::uid(
            "Deployment",
            "shop-prod",
            "db",
        ))]),
    );
    assert_ne!(run.at(), "shop/prod/db");
    assert_eq!(run.app.list(Pane::Servers).index(), index);
    assert!(run.app.list(Pane::Servers).selected().is_some());
}

#[test]
fn a_filter_follows_what_its_rows_say() {
    let mut run = shop();
    let all = source(What::Instances, "");
    let name = |n: usize| format!("p{n}");
    run.keys("0");
    run.list(
        &all,
        (0..5)
            .map(|n| {
                bad(
                    pod("legacy", &name(n), "ReplicaSet old-1"),
                    Phase::Running,
                    "Error",
                    "",
                )
                .into()
            })
            .collect(),
    );
    run.keys("/crash<enter>");
    assert_eq!(run.app.list(Pane::All).order.len(), 0);
    // As failing as before, and in the same place: but now the filter finds it.
    run.put(
        &all,
        vec![
            bad(
                pod("legacy", "p3", "ReplicaSet old-1"),
                Phase::Running,
                "CrashLoopBackOff",
                "",
            )
            .into(),
        ],
    );
    assert_eq!(run.app.list(Pane::All).order.len(), 1);
    run.keys("<esc>");
    // Slots are used again, and the list of all shows what is in them now.
    run.list(
        &all,
        (5..10)
            .map(|n| pod("legacy", &name(n), "ReplicaSet old-1").into())
            .collect(),
    );
    let list = run.app.list(Pane::All);
    let shown: BTreeSet<_> = list
        .order
        .iter()
        .map(|slot| {
            run.app
                .world
                .instances()
                .get(*slot)
                .unwrap()
                .row
                .meta
                .name
                .to_string()
        })
        .collect();
    assert_eq!((shown.len(), list.order.len()), (7, 7));
}

#[test]
fn history_goes_back_and_forward() {
    let mut run = shop();
    run.keys(":shop/prod/web<enter>");
    assert_eq!(
        (run.at().as_str(), run.app.focus),
        ("shop/prod/web/web-1-a", Pane::Instances)
    );
    run.keys(":legacy<enter>");
    assert_eq!(
        (run.at().as_str(), run.app.focus),
        ("legacy/legacy/old", Pane::Servers)
    );
    run.keys("[");
    assert_eq!(
        (run.at().as_str(), run.app.focus),
        ("shop/prod/web/web-1-a", Pane::Instances)
    );
    run.keys("]");
    assert_eq!(
        (run.at().as_str(), run.app.focus),
        ("legacy/legacy/old", Pane::Servers)
    );
    run.keys("]");
    assert_eq!(run.app.message(), Some("Nothing after this."));
}

#[test]
fn the_prompt_knows_commands_places_and_habits() {
    for (keys, at, focus) in [
        (
            ":shop/prod/web<enter>",
            "shop/prod/web/web-1-a",
            Pane::Instances,
        ),
        (":shop/prod<enter>", "shop/prod/api", Pane::Servers),
        (":shop<enter>", "shop/dev/web", Pane::Maps),
        (":ns shop-prod<enter>", "shop/prod/api", Pane::Servers),
        (":shop-prod<enter>", "shop/prod/api", Pane::Servers),
        (":prod/d<enter>", "shop/prod/db", Pane::Instances),
        (":shop<down><enter>", "shop/dev/web", Pane::Servers),
        (":pods<enter>", "legacy/legacy/old", Pane::All),
        (
            ":po<enter>:home<enter>",
            "legacy/legacy/old",
            Pane::Services,
        ),
        (":<esc>", "legacy/legacy/old", Pane::Services),
    ] {
        let mut run = shop();
        run.keys(keys);
        assert_eq!((run.at().as_str(), run.app.focus), (at, focus), "{keys}");
        assert_eq!(run.app.overlay, Overlay::None, "{keys}");
    }
    assert_eq!(shop().keys(":q<enter>"), [Effect::Quit]);
    let mut run = shop();
    run.keys(":nonsense<enter>");
    assert_eq!(
        run.app.message(),
        Some("Looking for the kind \"nonsense\"…")
    );
    run.tell(&source(What::Kinds, ""), News::Synced);
    run.app.refresh();
    assert_eq!(run.app.wake_at(), run.now + 1);
    run.wait(1);
    assert_eq!(
        run.app.message(),
        Some("There is no command, no place and no kind \"nonsense\".")
    );
}

#[test]
fn a_namespace_that_there_is_not_is_called_one() {
    let mut run = shop();
    run.keys(":ns nope<enter>");
    run.wait(6 * SECOND);
    let says = run.app.message();
    assert_eq!(says, Some("There is no namespace \"nope\"."));
}

#[test]
fn a_place_that_is_not_there_yet_is_looked_for() {
    let mut run = shop();
    run.keys(":shop/prod/young<enter>");
    assert_eq!(run.app.message(), Some("Looking for \"shop/prod/young\"…"));
    assert!(!run.app.is_quiet());
    run.wait(SECOND);
    run.put(
        &source(What::Deployments, ""),
        vec![deployment("shop-prod", "young")],
    );
    assert_eq!(run.at(), "shop/prod/young");
    run.keys(":shop/prod/never<enter>");
    run.wait(5 * SECOND);
    assert_eq!(run.app.message(), Some("There is no \"shop/prod/never\"."));
    run.put(
        &source(What::Deployments, ""),
        vec![deployment("shop-prod", "never")],
    );
    assert_eq!(run.at(), "shop/prod/young");
    // One asked for at the start is looked for until all namespaces are known.
    let mut run = Run::empty();
    run.app.seek_namespace(ClusterId(0), "ghost");
    run.wait(60 * SECOND);
    assert_eq!(run.app.message(), None);
    run.list(
        &source(What::Namespaces, ""),
        vec![namespace("legacy", "").into()],
    );
    assert_eq!(run.app.message(), Some("There is no namespace \"ghost\"."));
}

#[test]
fn ctrl_c_quits_only_when_it_is_pressed_twice() {
    let mut run = shop();
    assert_eq!(run.keys("<ctrl-c>"), []);
    run.wait(2 * SECOND);
    assert_eq!(run.keys("<ctrl-c>"), []);
    assert_eq!(run.keys("<ctrl-c>"), [Effect::Quit]);
}

#[test]
fn a_namespace_that_is_named_is_looked_into_although_none_may_be_listed() {
    let mut run = Run::empty();
    run.refuse(&source(What::Namespaces, ""));
    assert_eq!(run.app.list(Pane::Services).total, 0);
    run.keys(":ns shop-dev<enter>");
    assert_eq!(
        (run.app.focus, run.at().as_str()),
        (Pane::Servers, "shop/dev")
    );
    assert!(
        run.app
            .wanted()
            .contains(&source(What::Namespaces, "shop-dev"))
    );
}

#[test]
fn requests_are_counted_from_the_beginning_and_for_a_minute() {
    let mut run = Run::empty();
    let mut count = |seconds: i64, requests: u64| {
        run.now += seconds * SECOND;
        let meter = Meter {
            requests,
            ..Meter::default()
        };
        run.app.update(Event::Meter(ClusterId(0), meter), run.now);
        run.app.requests_a_minute()
    };
    assert_eq!(count(1, 24), 24);
    assert_eq!(count(30, 26), 26);
    assert_eq!(count(40, 27), 1);
}
