//! Whole screens: objects of a real cluster in, keys in, frame out. No runtime, no clock, no network.
#![expect(
    clippy::unwrap_used,
    reason = "a fixture that can not be read has failed"
)]

#[path = "screens/keys.rs"]
mod keys;
#[path = "screens/kinds.rs"]
mod kinds;

use std::collections::HashMap;

use barkeep::{
    app::{App, Cluster, Known, Themes},
    command::{Command, Keymap},
    event::{Cost, Event, Meter, Wire},
    keys::{Typed, typed},
    layout::Side,
    model::{
        Cause, Change, ClusterId, Context, Detail, FeedState, News, Offer, Problem, Source, Uid,
        What,
        context::SIMULATED,
        grouping::Grouping,
        row::{Interner, Row},
    },
    ui::{ColorDepth, Library, Painter, Theme, export, glyphs},
};
use ratatui::{buffer::Buffer, layout::Rect};

/// When the fixture was taken, and a little later.
const NOW: i64 = 1_795_439_100_000;
const OBJECTS: &str = include_str!("fixtures/cluster.jsonl");
/// What the applications that fail wrote last: Pod and container, and the lines.
const LAST_WORDS: &[(&str, &str, &[&str])] = &[
    (
        "shop-dev",
        "crasher-5cb4cdd977-r55w4/crasher",
        &["starting", "FATAL: cannot reach db:5432"],
    ),
    (
        "data-platform",
        "migrate-849px/migrate",
        &["migration 7 failed: duplicate key"],
    ),
    (
        "data-platform",
        "migrate-7ls9f/migrate",
        &["migration 7 failed: duplicate key"],
    ),
];
/// What stands around these: quotas, limits, endpoints, revisions, grants, Events, and that there is configuration.
const AROUND: &str = include_str!("fixtures/around.jsonl");

fn objects() -> impl Iterator<Item = &'static str> {
    OBJECTS.lines().chain(AROUND.lines())
}

fn kind(kind: &str) -> What {
    match kind {
        "ResourceQuota" => What::Quotas,
        "LimitRange" => What::Limits,
        "EndpointSlice" => What::Endpoints,
        "ControllerRevision" => What::Revisions,
        "RoleBinding" => What::Grants,
        "ConfigMap" => What::ConfigMaps,
        "Secret" => What::Secrets,
        "Event" => What::Events,
        "Namespace" => What::Namespaces,
        "Deployment" => What::Deployments,
        "StatefulSet" => What::StatefulSets,
        "DaemonSet" => What::DaemonSets,
        "CronJob" => What::CronJobs,
        "Job" => What::Jobs,
        "ReplicaSet" => What::ReplicaSets,
        "Pod" => What::Instances,
        "Service" => What::Ports,
        "Ingress" => What::Ingresses,
        "HorizontalPodAutoscaler" => What::Autoscalers,
        "PersistentVolumeClaim" => What::Claims,
        "PodDisruptionBudget" => What::Budgets,
        "PodMetrics" => What::Usage,
        other => unreachable!("{other}"),
    }
}

/// The changes that each source would deliver: what is watched over the whole cluster, and per namespace the rest.
fn deliveries() -> HashMap<Source, Vec<Change>> {
    let mut names = Interner::default();
    let mut all: HashMap<Source, Vec<Change>> = HashMap::new();
    for line in objects() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        let what = kind(object["kind"].as_str().unwrap());
        let row = what
            .served()
            .row(line.as_bytes(), &mut names)
            .unwrap()
            .unwrap();
        let namespace = object["metadata"]["namespace"].as_str();
        let source = |namespace: Option<&str>| Source {
            namespace: namespace.map(Into::into),
            ..Source::all(ClusterId(0), what)
        };
        let mut sources = vec![source(None), source(namespace)];
        if object["type"] == "Warning" {
            sources.push(Source {
                what: What::Warnings,
                ..source(namespace)
            });
        }
        // What is watched over the whole cluster is what is watched in each namespace.
        for source in sources {
            all.entry(source)
                .or_default()
                .push(Change::Put(row.clone()));
        }
    }
    for (namespace, name, lines) in LAST_WORDS {
        let from = Source::one(ClusterId(0), What::LastWords, &(*namespace).into(), name);
        let words = Detail::Words(lines.iter().map(|line| (*line).into()).collect());
        let row = Row::Detail(Uid::parse(name), Box::new(words));
        all.insert(from, vec![Change::Put(row)]);
    }
    all
}

/// One object as it is delivered to who looks at it closely.
fn closely(source: &Source) -> Option<Change> {
    let (namespace, name) = (source.namespace.as_deref()?, source.name.as_deref()?);
    let found = objects().find(|line| {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        let about = &object["metadata"];
        kind(object["kind"].as_str().unwrap()) == source.what
            && (about["namespace"].as_str(), about["name"].as_str())
                == (Some(namespace), Some(name))
    });
    let mut names = Interner::default();
    let row = source.served().row(found?.as_bytes(), &mut names).unwrap();
    row.map(Change::Put)
}

/// A program as it is run by tests: every stream that it wants is answered at once.
struct Screen {
    app: App,
    deliveries: HashMap<Source, Vec<Change>>,
    refuse: fn(&Source) -> bool,
    size: (u16, u16),
    now: i64,
}

impl Screen {
    fn new(size: (u16, u16), refuse: fn(&Source) -> bool, namespaces: &[&str]) -> Self {
        Self::of(&["test"], size, refuse, namespaces)
    }

    /// Over clusters of these names, each as the fixture has it.
    fn of(
        contexts: &[&str],
        size: (u16, u16),
        refuse: fn(&Source) -> bool,
        namespaces: &[&str],
    ) -> Self {
        let cluster = |context: &&str| Cluster {
            context: (*context).into(),
            namespaces: namespaces.iter().map(|name| (*name).into()).collect(),
            ..Cluster::default()
        };
        let environments = ["dev", "prod"].map(String::from).to_vec();
        let app = App::new(
            contexts.iter().map(cluster).collect(),
            Grouping {
                environments,
                ..Grouping::default()
            },
            size,
            NOW,
        );
        let mut screen = Self {
            app,
            deliveries: deliveries(),
            refuse,
            size,
            now: NOW,
        };
        screen.settle();
        screen
    }

    /// Answers what is wanted until nothing more is, with the selection at rest.
    fn settle(&mut self) {
        for _ in 0..8 {
            self.now += 200;
            self.app.update(Event::Tick, self.now);
            self.app.refresh();
            let wanted = self.app.wanted();
            let held: Vec<Source> = self
                .app
                .world
                .feeds()
                .map(|(source, _)| source.clone())
                .collect();
            for source in held.iter().filter(|source| !wanted.contains(source)) {
                self.app.world.release(source);
            }
            for source in wanted {
                if self
                    .app
                    .world
                    .feed(&source)
                    .is_some_and(|feed| feed.state != FeedState::Connecting)
                {
                    continue;
                }
                if (self.refuse)(&source) {
                    let what = format!(
                        "You may not list {} (forbidden by RBAC)",
                        source.served().plural
                    );
                    let refused = FeedState::Refused(Problem::new(Cause::Forbidden, what));
                    self.tell(&source, News::State(refused));
                    continue;
                }
                let of_any = Source {
                    cluster: ClusterId(0),
                    ..source.clone()
                };
                let changes = self.deliveries.get(&of_any).cloned().unwrap_or_default();
                let changes = changes.into_iter().chain(closely(&source)).collect();
                self.tell(&source, News::Begin);
                self.tell(&source, News::Changes(changes));
                self.tell(&source, News::Synced);
                self.tell(&source, News::State(FeedState::Live));
            }
            self.app.refresh();
        }
    }

    fn tell(&mut self, source: &Source, news: News) {
        self.app.update(Event::Feed(source.clone(), news), self.now);
    }

    fn press(&mut self, keys: &str) {
        for typed in typed(keys).unwrap() {
            if let Typed::Key(chord) = typed {
                self.app.update(Event::Key(chord), self.now);
                self.app.refresh();
            }
        }
    }

    fn keys(mut self, keys: &str) -> Self {
        self.press(keys);
        self.settle();
        self
    }

    fn text_with(&mut self, theme: Theme, glyphs: &'static barkeep::ui::Glyphs) -> String {
        let mut frame = Buffer::empty(Rect::new(0, 0, self.size.0, self.size.1));
        // The clock and the meter are of no interest here.
        let mut painter = Painter::new(theme, glyphs, jiff::tz::TimeZone::UTC);
        self.app.ascii = painter.is_ascii();
        painter.draw(&self.app, &mut frame);
        export::text(&frame)
    }

    fn text(mut self) -> String {
        self.text_with(Theme::dark(ColorDepth::True), &glyphs::UNICODE)
    }
}

fn screen(size: (u16, u16)) -> Screen {
    Screen::new(size, |_| false, &[])
}

const WIDE: (u16, u16) = (120, 40);
const SMALL: (u16, u16) = (80, 24);

#[test]
fn home() {
    insta::assert_snapshot!("home-120x40", screen(WIDE).text());
    insta::assert_snapshot!("home-80x24", screen(SMALL).text());
    insta::assert_snapshot!("home-200x50", screen((200, 50)).text());
    insta::assert_snapshot!("home-40x12", screen((40, 12)).text());
}

#[test]
fn the_panel_on_the_right_where_there_is_room() {
    for size in [(200, 50), WIDE, SMALL, (40, 12)] {
        let mut screen = screen(size);
        screen.app.side = Side::Right;
        let text = screen.keys(":shop/prod/web<enter><esc>").text();
        insta::assert_snapshot!(format!("right-{}x{}", size.0, size.1), text);
    }
    // A very wide screen has it there by itself.
    let text = screen((230, 30)).keys(":shop/prod<enter>").text();
    insta::assert_snapshot!("right-230x30", text);
}

#[test]
fn a_screen_that_was_divided_by_hand() {
    let keys = ":shop/prod<enter><alt-right><alt-right><alt-right><alt-down><alt-down><alt-down>";
    insta::assert_snapshot!("divided-120x40", screen(WIDE).keys(keys).text());
    insta::assert_snapshot!("divided-80x24", screen(SMALL).keys(keys).text());
    let keys = ":panel-hide<enter>:shop/prod<enter>";
    insta::assert_snapshot!("hidden-80x24", screen(SMALL).keys(keys).text());
}

#[test]
fn a_map_with_servers_that_fail() {
    insta::assert_snapshot!(
        "failing-120x40",
        screen(WIDE).keys(":shop/dev<enter>").text()
    );
    insta::assert_snapshot!(
        "failing-80x24",
        screen(SMALL).keys(":shop/dev<enter>").text()
    );
}

#[test]
fn a_server_with_all_that_goes_with_it() {
    insta::assert_snapshot!(
        "server-120x40",
        screen(WIDE).keys(":shop/prod/web<enter>").text()
    );
    insta::assert_snapshot!(
        "server-80x24",
        screen(SMALL).keys(":shop/prod/web<enter>").text()
    );
}

#[test]
fn overviews_of_all_that_can_be_selected() {
    for (name, keys) in [
        ("service", ":shop<enter><esc>"),
        ("map", ":shop/prod<enter><esc>"),
        ("web", ":shop/prod/web<enter><esc>"),
        ("report", ":analytics/data-platform/report<enter><esc>"),
        ("instance", ":shop/dev/crasher<enter>"),
    ] {
        for (columns, rows) in [(200, 50), WIDE, SMALL] {
            let text = screen((columns, rows)).keys(keys).text();
            insta::assert_snapshot!(format!("overview-{name}-{columns}x{rows}"), text);
        }
    }
    // All that there is to say, and on a screen where only a part of it has room.
    let whole = screen((120, 70))
        .keys(":shop/prod/web<enter><esc>1z")
        .text();
    insta::assert_snapshot!("overview-whole-120x70", whole);
    let small = screen((40, 12))
        .keys(":shop/prod/web<enter><esc>1jj")
        .text();
    insta::assert_snapshot!("overview-scrolled-40x12", small);
}

#[test]
fn servers_as_cards_by_group() {
    insta::assert_snapshot!(
        "board-120x40",
        screen(WIDE).keys(":shop/prod<enter>b").text()
    );
    insta::assert_snapshot!(
        "board-80x24",
        screen(SMALL).keys(":shop/dev<enter>bj").text()
    );
}

#[test]
fn an_overview_says_what_may_not_be_read() {
    let refuse = |source: &Source| {
        matches!(
            source.what,
            What::Secrets | What::Events | What::Warnings | What::Grants
        )
    };
    let mut screen = Screen::new(WIDE, refuse, &[]).keys(":shop/prod<enter><esc>");
    insta::assert_snapshot!(
        "overview-refused-120x40",
        screen.text_with(Theme::plain(), &glyphs::UNICODE)
    );
}

#[test]
fn all_instances() {
    insta::assert_snapshot!(
        "instances-120x40",
        screen(WIDE).keys(":instances<enter>").text()
    );
    insta::assert_snapshot!(
        "instances-80x24",
        screen(SMALL).keys(":instances<enter>").text()
    );
}

#[test]
fn sorted_and_sorting() {
    let sorted = |size| {
        screen(size)
            .keys(":shop/dev<enter>:sort -ready<enter>")
            .text()
    };
    insta::assert_snapshot!("sorted-120x40", sorted(WIDE));
    // No room for the column: the title says it.
    let unseen = screen((40, 12)).keys(":shop/dev<enter>:sort image<enter>");
    insta::assert_snapshot!("sorted-unseen-40x12", unseen.text());
    for (name, size) in [("120x40", WIDE), ("80x24", SMALL), ("40x12", (40, 12))] {
        let sorting = screen(size).keys(":shop/dev<enter>=jj");
        insta::assert_snapshot!(format!("sorting-{name}"), sorting.text());
    }
    let typed = screen(SMALL).keys(":shop/dev<enter>:sort -mem");
    insta::assert_snapshot!("sort-prompt-80x24", typed.text());
}

#[test]
fn columns_to_choose_from() {
    for (name, size) in [("120x40", WIDE), ("80x24", SMALL), ("40x12", (40, 12))] {
        let columns = screen(size).keys(":shop/dev<enter>|jj<space>");
        insta::assert_snapshot!(format!("columns-{name}"), columns.text());
        let label = screen(size).keys(":shop/prod<enter>|jjlapp");
        insta::assert_snapshot!(format!("columns-label-{name}"), label.text());
    }
    let label =
        screen(WIDE).keys(":shop/prod<enter>:label app<enter>h:label barkeep.dev/service<enter>");
    insta::assert_snapshot!("label-120x40", label.text());
    let label = screen(SMALL).keys(":instances<enter>:label app<enter>:sort label:app<enter>");
    insta::assert_snapshot!("label-80x24", label.text());
}

#[test]
fn all_columns_in_wide_mode() {
    for (name, size) in [
        ("200x50", (200, 50)),
        ("120x40", WIDE),
        ("80x24", SMALL),
        ("40x12", (40, 12)),
    ] {
        let keys = ":instances<enter><ctrl-w><shift-right><shift-right>";
        insta::assert_snapshot!(format!("wide-{name}"), screen(size).keys(keys).text());
    }
}

#[test]
fn marked_rows() {
    let keys = ":shop/dev<enter><space><space>";
    for (name, size) in [("120x40", WIDE), ("80x24", SMALL), ("40x12", (40, 12))] {
        insta::assert_snapshot!(format!("marked-{name}"), screen(size).keys(keys).text());
    }
    let mut plain = screen(SMALL).keys(keys);
    insta::assert_snapshot!(
        "marked-ascii-80x24",
        plain.text_with(Theme::plain(), &glyphs::ASCII)
    );
    let board = screen(SMALL).keys(&format!("{keys}b"));
    insta::assert_snapshot!("marked-board-80x24", board.text());
}

#[test]
fn a_filter_while_it_is_typed_and_one_that_fits_nothing() {
    insta::assert_snapshot!(
        "filter-120x40",
        screen(WIDE).keys(":instances<enter>/web").text()
    );
    insta::assert_snapshot!(
        "filter-80x24",
        screen(SMALL)
            .keys(":instances<enter>/nowhere<enter>")
            .text()
    );
    for (columns, rows) in [WIDE, (40, 12)] {
        for (name, keys) in [
            ("guide", "/"),
            ("nothing", "/zzz<enter>"),
            ("wrong", ":instances<enter>/web mem>lots"),
            (
                "long",
                ":instances<enter>/!web status:run restarts<lt>2 -l app!=db | failing<enter>",
            ),
        ] {
            let text = screen((columns, rows)).keys(keys).text();
            insta::assert_snapshot!(format!("filter-{name}-{columns}x{rows}"), text);
        }
    }
}

#[test]
fn help_and_prompt() {
    insta::assert_snapshot!("help-120x40", screen(WIDE).keys("?").text());
    insta::assert_snapshot!("help-80x24", screen(SMALL).keys("?").text());
    insta::assert_snapshot!("prompt-120x40", screen(WIDE).keys(":pro").text());
    insta::assert_snapshot!("prompt-letters-80x24", screen(SMALL).keys(":shweb").text());
    insta::assert_snapshot!("find-80x24", screen(SMALL).keys("<ctrl-p>web").text());
    insta::assert_snapshot!("find-40x12", screen((40, 12)).keys("<ctrl-p>zz").text());
}

#[test]
fn one_who_may_list_no_namespaces_sees_those_that_are_named() {
    let refuse = |source: &Source| source.namespace.is_none();
    let developer = |size| Screen::new(size, refuse, &["shop-dev", "shop-prod"]);
    insta::assert_snapshot!("developer-120x40", developer(WIDE).text());
    insta::assert_snapshot!("developer-80x24", developer(SMALL).keys("<enter>").text());
}

#[test]
fn one_who_may_do_nothing_is_told() {
    let nobody = |size| Screen::new(size, |_| true, &[]);
    insta::assert_snapshot!("nobody-120x40", nobody(WIDE).text());
    insta::assert_snapshot!("nobody-80x24", nobody(SMALL).text());
}

#[test]
fn a_cluster_that_went_away_leaves_what_was_known() {
    let mut screen = screen(WIDE).keys(":shop/prod<enter>");
    let lost = Problem::new(
        Cause::Unreachable,
        "The connection to 10.0.0.1:6443 was lost",
    );
    for source in screen.app.wanted() {
        screen.tell(&source, News::State(FeedState::Stale(lost.clone())));
    }
    screen.now += 12_000;
    screen.app.update(Event::Tick, screen.now);
    screen.app.refresh();
    insta::assert_snapshot!("stale-120x40", screen.text());
}

#[test]
fn without_colour_and_in_ascii() {
    let mut screen = screen(SMALL).keys(":shop/dev<enter>");
    insta::assert_snapshot!(
        "plain-80x24",
        screen.text_with(Theme::plain(), &glyphs::UNICODE)
    );
    insta::assert_snapshot!(
        "ascii-80x24",
        screen.text_with(Theme::plain(), &glyphs::ASCII)
    );
}

#[test]
fn why_a_server_fails() {
    let why = |size, server: &str| {
        let keys = format!(":{server}<enter>hw");
        screen(size).keys(&keys).text()
    };
    insta::assert_snapshot!("why-crasher-120x40", why(WIDE, "shop/dev/crasher"));
    insta::assert_snapshot!("why-typo-120x40", why(WIDE, "shop/dev/typo"));
    insta::assert_snapshot!("why-unready-120x40", why(WIDE, "shop/dev/unready"));
    insta::assert_snapshot!("why-greedy-120x40", why(WIDE, "legacy/legacy/greedy"));
    insta::assert_snapshot!(
        "why-migrate-120x40",
        why(WIDE, "analytics/data-platform/migrate")
    );
    insta::assert_snapshot!("why-crasher-80x24", why(SMALL, "shop/dev/crasher"));
    insta::assert_snapshot!("why-crasher-40x12", why((40, 12), "shop/dev/crasher"));
}

#[test]
fn why_scrolls_to_its_end_where_it_is_higher_than_the_screen() {
    insta::assert_snapshot!(
        "why-scrolled-40x12",
        screen((40, 12)).keys(":shop/dev/crasher<enter>hwG").text()
    );
}

#[test]
fn why_of_a_service_a_map_an_instance_and_what_is_well() {
    insta::assert_snapshot!(
        "why-service-120x40",
        screen(WIDE).keys(":shop/dev<enter>hhw").text()
    );
    insta::assert_snapshot!(
        "why-map-120x40",
        screen(WIDE).keys(":shop/dev<enter>hw").text()
    );
    insta::assert_snapshot!(
        "why-instance-120x40",
        screen(WIDE).keys(":shop/dev/crasher<enter>w").text()
    );
    insta::assert_snapshot!(
        "why-healthy-80x24",
        screen(SMALL).keys(":shop/prod/web<enter>hw").text()
    );
}

#[test]
fn why_says_what_may_not_be_read() {
    let refuse = |source: &Source| matches!(source.what, What::LastWords | What::Events);
    let mut screen = Screen::new(SMALL, refuse, &[]).keys(":shop/dev/crasher<enter>hw");
    insta::assert_snapshot!(
        "why-refused-80x24",
        screen.text_with(Theme::plain(), &glyphs::ASCII)
    );
}

/// The cluster of the fixture under two names; the second has only some of its namespaces, and may be anything but live.
fn two(size: (u16, u16)) -> Screen {
    let few = |source: &Source| {
        source.cluster == ClusterId(1)
            && matches!(
                source.what,
                What::StatefulSets | What::CronJobs | What::Jobs
            )
    };
    Screen::of(&["prod-eu", "prod-us-east-1"], size, few, &[])
}

fn lose(screen: &mut Screen, cluster: ClusterId, why: &Problem) {
    for source in screen.app.wanted() {
        if source.cluster == cluster {
            screen.tell(&source, News::State(FeedState::Stale(why.clone())));
        }
    }
    screen.now += 12_000;
    screen.app.update(Event::Tick, screen.now);
    screen.app.refresh();
}

fn refused() -> Problem {
    Problem::new(Cause::Unreachable, "connection refused")
}

#[test]
fn two_clusters() {
    insta::assert_snapshot!("two-120x40", two(WIDE).keys(":shop<enter>").text());
    insta::assert_snapshot!("two-80x24", two(SMALL).keys(":shop<enter>").text());
    insta::assert_snapshot!(
        "two-server-120x40",
        two(WIDE)
            .keys(":prod-us-east-1:shop/prod/web<enter>")
            .text()
    );
    insta::assert_snapshot!("two-prompt-120x40", two(WIDE).keys(":shop/p").text());
    insta::assert_snapshot!(
        "two-instances-120x40",
        two(WIDE).keys(":instances<enter>").text()
    );
    insta::assert_snapshot!(
        "two-instances-80x24",
        two(SMALL).keys(":instances<enter>").text()
    );
}

#[test]
fn one_of_two_clusters_went_away() {
    for (name, size) in [("two-stale-120x40", WIDE), ("two-stale-80x24", SMALL)] {
        let mut screen = two(size).keys(":shop<enter>");
        lose(&mut screen, ClusterId(1), &refused());
        insta::assert_snapshot!(name, screen.text());
    }
}

/// Two that are open, one of which asks for a login, and one that can not be opened.
fn choosing(size: (u16, u16)) -> Screen {
    let mut screen = two(size);
    lose(
        &mut screen,
        ClusterId(1),
        &Problem::new(Cause::Login, "“login” wants a person at the terminal"),
    );
    let offer = |name: &str, server: &str| Offer {
        context: Context::of_name(name),
        server: server.to_owned(),
    };
    let offers = vec![
        offer("prod-eu", "10.0.0.1:6443"),
        offer("prod-us-east-1", "us-east-1.clusters.example.com"),
        offer("staging", "stage.example.com:8080"),
        offer("broken", "10.9.9.9:6443"),
        offer(SIMULATED, "inside barkeep"),
    ];
    screen.press("C");
    screen.app.update(Event::Contexts(offers, None), screen.now);
    screen.press("Gk<enter>");
    let why = Problem::new(
        Cause::Config,
        "Cannot read the certificate-authority not-there.crt: No such file or directory",
    );
    screen
        .app
        .update(Event::Opened(ClusterId(2), Err(why)), screen.now);
    screen.press("kk");
    screen
}

#[test]
fn the_contexts_to_choose_from() {
    insta::assert_snapshot!("contexts-120x40", choosing(WIDE).text());
    insta::assert_snapshot!("contexts-80x24", choosing(SMALL).text());
}

#[test]
fn no_cluster_is_open() {
    insta::assert_snapshot!("closed-80x24", screen(SMALL).keys("C<enter><esc>").text());
}

/// What everything has cost, with numbers of some size.
fn paying(size: (u16, u16), mut screen: Screen) -> Screen {
    screen.size = size;
    screen.press("F");
    let meters = [
        (ClusterId(0), 340, 8_400_000, 0),
        (ClusterId(1), 12, 61_000, 3),
    ];
    for (cluster, requests, bytes, throttled) in meters {
        let meter = Meter {
            requests,
            bytes,
            throttled,
        };
        screen.app.update(Event::Meter(cluster, meter), screen.now);
    }
    let wires = [
        (ClusterId(0), "10.0.0.1:6443"),
        (ClusterId(1), "us-east-1.clusters.example.com"),
    ];
    let open = |id| screen.app.open_clusters().any(|(open, _)| open == id);
    let wires = wires.into_iter().filter(|(cluster, _)| open(*cluster));
    let wires = wires.map(|(cluster, server)| Wire {
        cluster,
        server: server.to_owned(),
        protocol: (cluster == ClusterId(0)).then_some("HTTP/2"),
        last_error: (cluster == ClusterId(1)).then(refused),
    });
    let costs = screen.app.wanted().into_iter().enumerate();
    let costs = costs.map(|(n, source)| Cost {
        plural: source.served().plural.into(),
        since: screen.now - 1_000 * (n as i64 * 97 + 3),
        requests: n as u64 % 5 + 1,
        bytes: (n as u64 * 7_919) % 100_000,
        source,
    });
    let event = Event::Costs(wires.collect(), costs.collect());
    screen.app.update(event, screen.now);
    screen
}

#[test]
fn what_looking_costs() {
    let two = |size| {
        let mut screen = two(size);
        lose(&mut screen, ClusterId(1), &refused());
        paying(size, screen)
    };
    insta::assert_snapshot!("cost-120x40", two(WIDE).text());
    insta::assert_snapshot!("cost-80x24", two(SMALL).text());
    insta::assert_snapshot!("cost-one-120x40", paying(WIDE, screen(WIDE)).text());
}

#[test]
fn what_is_wrong_with_the_settings() {
    let text = "asci = true\n[keys]\nwhy = \"z\"\nprompt = \"entre\"\n";
    for (name, size) in [("settings-120x40", WIDE), ("settings-40x12", (40, 12))] {
        let mut screen = screen(size);
        let file = "/home/ann/.config/barkeep/config.toml";
        let (_, problems) = barkeep::config::Config::parse(text, file, &Library::default());
        screen.app.configured(file.into(), problems);
        insta::assert_snapshot!(name, screen.text());
    }
}

#[test]
fn help_and_what_it_finds() {
    insta::assert_snapshot!("help-found-80x24", screen(SMALL).keys("?sort").text());
    insta::assert_snapshot!("help-none-80x24", screen(SMALL).keys("?fly").text());
    insta::assert_snapshot!("help-40x12", screen((40, 12)).keys("?").text());
}

#[test]
fn who_is_here_for_the_first_time() {
    for (name, size) in [
        ("welcome-120x40", WIDE),
        ("welcome-80x24", SMALL),
        ("welcome-40x12", (40, 12)),
    ] {
        let mut screen = screen(size);
        screen.app.recall(barkeep::memory::Kept::default());
        insta::assert_snapshot!(name, screen.text());
    }
}

/// A screen with the list of themes, as that many colours show it.
fn dressing(size: (u16, u16), depth: ColorDepth, keys: &str) -> String {
    let library = Library::default();
    let mut screen = screen(size);
    let names = std::iter::once("auto").chain(library.names());
    let known = names.map(|name| Known {
        name: name.to_owned(),
        own: false,
        broken: None,
    });
    screen.app.themes = Themes {
        known: known.collect(),
        chosen: "auto".to_owned(),
        configured: "auto".to_owned(),
        colourless: (depth == ColorDepth::None).then_some("Colours are off: NO_COLOR is set."),
        ..Themes::default()
    };
    let screen = screen.keys(keys);
    let mut frame = Buffer::empty(Rect::new(0, 0, size.0, size.1));
    Painter::new(Theme::plain(), &glyphs::UNICODE, jiff::tz::TimeZone::UTC)
        .choosing(library, depth)
        .draw(&screen.app, &mut frame);
    export::text(&frame)
}

#[test]
fn themes_to_choose_from() {
    let colours = ColorDepth::True;
    insta::assert_snapshot!("themes-120x40", dressing(WIDE, colours, "Tjjjj"));
    insta::assert_snapshot!("themes-40x12", dressing((40, 12), colours, "TG"));
    insta::assert_snapshot!("themes-plain-80x24", dressing(SMALL, ColorDepth::None, "T"));
}

#[test]
fn bookmarks_and_recent_places() {
    let been = |size| {
        let mut screen = screen(size).keys(":shop/prod/web<enter>mfront door<enter>");
        for keys in [":shop/dev/crasher<enter>", ":legacy<enter>", ":shop<enter>"] {
            screen = screen.keys(keys);
            for _ in 0..2 {
                screen.now += 4_000;
                screen.app.update(Event::Tick, screen.now);
            }
        }
        screen
    };
    insta::assert_snapshot!("places-120x40", been(WIDE).keys("'").text());
    insta::assert_snapshot!("places-40x12", been((40, 12)).keys("'sho").text());
    insta::assert_snapshot!("places-none-80x24", screen(SMALL).keys("'").text());
    insta::assert_snapshot!("mark-80x24", been(SMALL).keys("m").text());
}

#[test]
fn contexts_narrowed_and_favourites() {
    insta::assert_snapshot!(
        "contexts-favourite-120x40",
        choosing(WIDE).keys("fj").text()
    );
    insta::assert_snapshot!(
        "contexts-narrowed-40x12",
        choosing((40, 12)).keys("/prod").text()
    );
}
