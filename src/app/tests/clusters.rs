//! Several clusters: each with its own state, none in the way of another, told apart by name.

use super::*;
use crate::{
    event::{Cost, Opened},
    model::{Context, MapId, Offer},
};

pub(super) const EU: ClusterId = ClusterId(0);
pub(super) const US: ClusterId = ClusterId(1);

pub(super) fn of(cluster: ClusterId, what: What, namespace: &str) -> Source {
    Source {
        cluster,
        ..source(what, namespace)
    }
}

/// Everything that is always watched of a cluster.
fn always(cluster: ClusterId) -> Vec<Source> {
    [What::Namespaces, What::Troubled]
        .into_iter()
        .chain(What::CONTROLLERS)
        .map(|what| of(cluster, what, ""))
        .collect()
}

fn problem(cause: Cause, what: &str) -> Problem {
    Problem::new(cause, what)
}

#[test]
fn a_cluster_is_live_once_all_that_is_always_watched_has_answered() {
    let mut run = two();
    for source in always(EU) {
        assert!(
            matches!(run.app.cluster_standing(EU), Standing::Loading(..)),
            "before {source:?}"
        );
        run.list(&source, Vec::new());
    }
    assert_eq!(run.app.cluster_standing(EU), Standing::Live);
}

/// Two clusters, `eu` and `us`, of which nothing is known.
pub(super) fn two() -> Run {
    let cluster = |context: &str| Cluster {
        context: context.into(),
        ..Cluster::default()
    };
    let grouping = Grouping {
        environments: vec!["dev".into(), "prod".into()],
        ..Grouping::default()
    };
    let now = NOW * SECOND;
    let app = App::new(vec![cluster("eu"), cluster("us")], grouping, (140, 40), now);
    Run { app, now }
}

/// Lists these namespaces, each with a Deployment `web`.
pub(super) fn fill(run: &mut Run, cluster: ClusterId, namespaces: &[&str]) {
    let spaces = namespaces.iter().map(|name| namespace(name, "").into());
    run.list(&of(cluster, What::Namespaces, ""), spaces.collect());
    for what in What::CONTROLLERS {
        let web = namespaces.iter().map(|name| deployment(name, "web"));
        let rows = match what {
            What::Deployments => web.collect(),
            _ => Vec::new(),
        };
        run.list(&of(cluster, what, ""), rows);
    }
    run.list(&of(cluster, What::Troubled, ""), Vec::new());
}

fn stale(run: &mut Run, cluster: ClusterId, why: &Problem) {
    for source in always(cluster) {
        run.tell(&source, News::State(FeedState::Stale(why.clone())));
    }
}

fn opened(run: &mut Run, cluster: ClusterId, context: &str) -> Vec<Effect> {
    let opened = Opened {
        context: context.into(),
        namespaces: Vec::new(),
    };
    let effects = run.app.update(Event::Opened(cluster, Ok(opened)), run.now);
    run.app.refresh();
    effects
}

fn offer(run: &mut Run, names: &[&str]) {
    let offers = names.iter().map(|name| Offer {
        context: Context::of_name(name),
        server: String::new(),
    });
    let event = Event::Contexts(offers.collect(), None);
    run.app.update(event, run.now);
}

fn looked_at(run: &Run) -> Option<MapId> {
    match run.app.id(Pane::Maps)? {
        Id::Map(id) => Some(id),
        _ => None,
    }
}

#[test]
fn one_service_has_the_maps_of_all_clusters() {
    let mut run = two();
    fill(&mut run, EU, &["shop-dev", "shop-prod"]);
    fill(&mut run, US, &["shop-prod"]);
    assert_eq!(run.app.list(Pane::Services).total, 1);
    assert_eq!(run.app.list(Pane::Maps).total, 3);
    assert_eq!(run.app.standing(Pane::Services), Standing::Live);
    let summary = run.app.summary();
    assert_eq!((summary.open, summary.live), (2, 2));
}

#[test]
fn one_that_is_stale_names_itself_and_leaves_the_other_live() {
    let mut run = two();
    fill(&mut run, EU, &["legacy"]);
    fill(&mut run, US, &["shop-prod"]);
    let away = problem(Cause::Unreachable, "connection refused");
    stale(&mut run, US, &away);
    run.wait(12 * SECOND);
    let standing = Standing::Stale(12, away);
    assert_eq!(run.app.standing(Pane::Services), standing);
    assert_eq!(run.app.blamed(Pane::Services), Some("us"));
    let summary = run.app.summary();
    assert_eq!((summary.open, summary.live), (2, 1));
    assert_eq!(summary.worst, Some((US, standing)));
    // The Map looked at is of the other one.
    assert_eq!(looked_at(&run).unwrap().cluster, EU);
    assert_eq!(run.app.standing(Pane::Servers), Standing::Live);
    assert_eq!(run.app.blamed(Pane::Servers), None);
    run.keys("j");
    assert_eq!(looked_at(&run).unwrap().cluster, US);
    assert_eq!(run.app.blamed(Pane::Servers), Some("us"));
}

#[test]
fn one_that_can_not_be_asked_blanks_nothing() {
    let mut run = two();
    run.app.clusters[1].reach = Reach::Broken(problem(Cause::Config, "no such file"));
    assert!(run.app.wanted().iter().all(|source| source.cluster == EU));
    assert_eq!(
        run.app.empty(Pane::Services),
        "us: no such file",
        "the other one is only just being asked"
    );
    run.wait(SECOND);
    assert_eq!(
        run.app.empty(Pane::Services),
        "eu: Loading Services…\nus: no such file"
    );
    fill(&mut run, EU, &["legacy"]);
    assert_eq!(run.app.list(Pane::Services).total, 1);
    assert!(matches!(
        run.app.standing(Pane::Services),
        Standing::Refused(_)
    ));
    assert_eq!(run.app.blamed(Pane::Services), Some("us"));
    assert_eq!(run.app.standing(Pane::Servers), Standing::Live);
}

#[test]
fn nobody_waits_for_one_that_says_nothing() {
    let mut run = two();
    fill(&mut run, EU, &["legacy"]);
    run.wait(120);
    for source in run.app.wanted() {
        if source.cluster == EU && run.app.world.feed(&source).is_none() {
            run.list(&source, Vec::new());
        }
    }
    assert!(!run.app.is_quiet(), "it may still answer");
    run.app.seek_namespace(US, "shop-prod");
    run.wait(8 * SECOND);
    assert!(run.app.is_quiet());
    // One that has begun to answer is waited for.
    let pods = of(US, What::Namespaces, "");
    run.tell(&pods, News::State(FeedState::Loading(100, Some(900))));
    assert!(!run.app.is_quiet());
    // So is one that is slow, beside one that does not answer.
    let mut run = two();
    stale(&mut run, EU, &problem(Cause::Unreachable, "no answer"));
    run.wait(60 * SECOND);
    assert!(!run.app.is_quiet());
    // And one that is all there is.
    let mut run = two();
    run.app.clusters[0].reach = Reach::Closed;
    run.wait(60 * SECOND);
    assert!(!run.app.is_quiet());
}

#[test]
fn one_that_is_closed_while_it_loads_is_gone_at_once() {
    let mut run = two();
    fill(&mut run, EU, &["shop-prod"]);
    run.tell(&of(US, What::Namespaces, ""), News::Begin);
    run.put(
        &of(US, What::Namespaces, ""),
        vec![namespace("shop-dev", "").into()],
    );
    offer(&mut run, &["eu", "us", "asia"]);
    assert_eq!(run.keys("C"), [Effect::ReadContexts]);
    assert_eq!(run.keys("j "), [Effect::Close(US)]);
    let stays = Picker {
        at: 1,
        ..Picker::default()
    };
    assert_eq!(run.app.overlay, Overlay::Contexts(stays), "it stays open");
    assert!(run.app.wanted().iter().all(|source| source.cluster == EU));
    assert!(run.app.world.feeds().all(|(of, _)| of.cluster == EU));
    assert_eq!(run.app.world.maps().len(), 1);
    assert_eq!(run.app.summary().open, 1);
    // The same context has the same slot again.
    let us = Context::Named("us".into());
    assert_eq!(run.keys("<enter>"), [Effect::Open(US, us)]);
    assert_eq!(opened(&mut run, US, "us"), []);
    let wanted = run.app.wanted();
    assert!(always(US).iter().all(|source| wanted.contains(source)));
    // Another one has another.
    let asia = Context::Named("asia".into());
    assert_eq!(run.keys("G<enter>"), [Effect::Open(ClusterId(2), asia)]);
    let why = problem(Cause::Config, "no such file");
    run.app
        .update(Event::Opened(ClusterId(2), Err(why.clone())), run.now);
    let standing = &run.app.choices()[2].open;
    assert_eq!(*standing, Some((ClusterId(2), Standing::Refused(why))));
    run.keys("<esc>");
    assert_eq!(run.app.overlay, Overlay::None);
}

#[test]
fn the_last_one_can_be_closed_too() {
    let mut run = shop();
    offer(&mut run, &["test"]);
    assert_eq!(
        run.keys("C<enter>"),
        [Effect::ReadContexts, Effect::Close(EU)]
    );
    assert_eq!(run.app.wanted(), BTreeSet::new());
    assert_eq!(run.app.list(Pane::Services).total, 0);
    let says = run.app.empty(Pane::Services);
    assert_eq!(
        says,
        "No cluster is open. C opens one, and so does :ctx NAME, ⏎ the demo."
    );
    assert_eq!(run.app.summary().worst, None);
    assert!(run.app.is_quiet());
}

#[test]
fn a_switch_keeps_what_is_open_until_it_is_sure() {
    let mut run = two();
    fill(&mut run, EU, &["legacy"]);
    assert_eq!(run.keys(":ctx "), [Effect::ReadContexts]);
    offer(&mut run, &["eu", "us", "asia"]);
    let moon = Effect::Open(ClusterId(2), Context::Named("moon".into()));
    assert_eq!(run.keys("moon<enter>"), [moon]);
    let why = problem(Cause::Config, "There is no context “moon”");
    run.app
        .update(Event::Opened(ClusterId(2), Err(why)), run.now);
    assert_eq!(run.app.message(), Some("There is no context “moon”"));
    assert_eq!(run.app.summary().open, 2);
    // The beginning of a name is enough, and all others go.
    let asia = Effect::Open(ClusterId(3), Context::Named("asia".into()));
    assert_eq!(run.keys(":ctx as<enter>"), [asia]);
    assert_eq!(
        opened(&mut run, ClusterId(3), "asia"),
        [Effect::Close(EU), Effect::Close(US)]
    );
    assert_eq!(run.app.summary().open, 1);
    assert_eq!(run.app.list(Pane::Services).total, 0);
    assert_eq!(run.app.message(), Some("asia alone is open now."));
    // To where one is already, nothing moves.
    assert_eq!(run.keys(":context asia<enter>"), []);
    assert_eq!(run.keys(":ctx<enter>"), [Effect::ReadContexts]);
}

#[test]
fn namesakes_are_told_apart() {
    let mut run = two();
    fill(&mut run, EU, &["shop-prod", "shop-dev"]);
    fill(&mut run, US, &["shop-prod", "cart-prod"]);
    let suggested = |run: &Run, typed: &str| -> Vec<(String, String)> {
        let all = run.app.suggestions(typed).into_iter();
        all.map(|one| (one.text, one.help)).collect()
    };
    let text = |text: &str, help: &str| (text.to_owned(), help.to_owned());
    let found = suggested(&run, "prod");
    for (name, cluster) in [("eu:shop/prod", "eu"), ("us:shop/prod", "us")] {
        let help = format!("Map in {cluster}");
        assert!(found.contains(&text(name, &help)), "{found:?}");
    }
    let found = suggested(&run, "cart");
    assert_eq!(found[0], text("cart", "Service"));
    assert_eq!(found[1], text("cart/prod", "Map in us"));
    assert_eq!(found[2], text("cart/prod/web", "Deployment in us"));
    for (typed, cluster, namespace) in [
        (":us:shop/prod<enter>", US, "shop-prod"),
        (":eu:shop/prod/web<enter>", EU, "shop-prod"),
        (":us:shop-prod<enter>", US, "shop-prod"),
        // Where we are, else where it is.
        (":cart/prod<enter>:shop/prod<enter>", US, "shop-prod"),
        (":us:shop/prod<enter>:shop/dev<enter>", EU, "shop-dev"),
    ] {
        run.keys(typed);
        let namespace = namespace.into();
        assert_eq!(
            looked_at(&run),
            Some(MapId { cluster, namespace }),
            "{typed}"
        );
    }
    // With one cluster nothing of this is to be seen.
    run.app.update(Event::Tick, run.now);
    run.keys(":ctx us<enter>");
    assert_eq!(suggested(&run, "cart")[1], text("cart/prod", "Map"));
    assert_eq!(suggested(&run, "shop")[1], text("shop/prod", "Map"));
}

#[test]
fn a_login_is_for_the_cluster_that_needs_it() {
    let mut run = two();
    fill(&mut run, EU, &["legacy"]);
    stale(&mut run, US, &problem(Cause::Login, "Log in"));
    assert_eq!(run.app.login_needed(), Some(US));
    assert_eq!(run.keys("L"), [Effect::LogIn(US)]);
    run.app.update(Event::LoggedIn(US, Ok(())), run.now);
    assert_eq!(run.app.message(), Some("Logged in to us."));
    offer(&mut run, &["eu", "us"]);
    run.keys("C");
    assert_eq!(run.keys("L"), [], "that one needs none");
    assert_eq!(run.keys("jL"), [Effect::LogIn(US)]);
}

#[test]
fn the_theme_is_of_the_cluster_that_is_looked_at_once_the_selection_rests() {
    let mut run = two();
    let known = |name: &str| Known {
        name: name.to_owned(),
        own: false,
        broken: None,
    };
    run.app.themes = Themes {
        known: ["dark", "nord"].map(known).into(),
        chosen: "dark".to_owned(),
        of_contexts: vec![("us".to_owned(), "nord".to_owned())],
        ..Themes::default()
    };
    assert_eq!(run.app.theme(), Some("dark"), "nothing is looked at");
    fill(&mut run, EU, &["cart-prod", "shop-dev"]);
    fill(&mut run, US, &["shop-prod"]);
    // A Service is of the cluster whose Map is shown beside it.
    assert_eq!(run.app.theme(), Some("dark"));
    run.keys(":us:shop/prod<enter>");
    assert_eq!(run.app.theme(), Some("nord"));
    run.keys(":eu:shop/dev<enter>");
    assert_eq!(run.app.theme(), Some("dark"));
    // A held key passes rows by without changing clothes.
    run.keys("H");
    run.wait(SECOND);
    run.app.show(Pane::Maps);
    run.keys("j");
    run.wait(SECOND);
    assert_eq!(run.app.theme(), Some("nord"));
    run.keys("k");
    assert_eq!(looked_at(&run).unwrap().cluster, EU);
    assert_eq!(run.app.theme(), Some("nord"));
    run.wait(SECOND);
    assert_eq!(run.app.theme(), Some("dark"));
    // One that is alone is looked at before anything of it is known.
    offer(&mut run, &["us", "asia"]);
    run.keys(":ctx asia<enter>");
    opened(&mut run, ClusterId(2), "asia");
    assert_eq!(run.app.theme(), Some("dark"));
    run.keys(":ctx us<enter>");
    opened(&mut run, US, "us");
    assert_eq!(run.app.list(Pane::Maps).total, 0);
    assert_eq!(run.app.theme(), Some("nord"));
}

#[test]
fn what_looking_costs_is_told_while_somebody_looks() {
    let mut run = two();
    fill(&mut run, EU, &["legacy", "shop-prod"]);
    let costs = || {
        let cost = |what, bytes| Cost {
            source: of(EU, what, ""),
            plural: "things".into(),
            since: NOW * SECOND,
            requests: 2,
            bytes,
        };
        vec![cost(What::Namespaces, 10), cost(What::Deployments, 900)]
    };
    run.app.update(Event::Costs(Vec::new(), costs()), run.now);
    assert!(!run.app.shows_cost());
    assert_eq!(run.keys("F"), [Effect::Count]);
    assert!(run.app.shows_cost());
    run.app.update(Event::Costs(Vec::new(), costs()), run.now);
    let Overlay::Cost(bill, 0) = &run.app.overlay else {
        unreachable!("{:?}", run.app.overlay);
    };
    let lines: Vec<_> = bill
        .lines
        .iter()
        .map(|line| (line.cost.source.what, line.rows))
        .collect();
    assert_eq!(lines, [(What::Deployments, 2), (What::Namespaces, 2)]);
    run.keys("jj");
    assert!(matches!(run.app.overlay, Overlay::Cost(_, 2)));
    run.keys("<esc>");
    assert!(!run.app.shows_cost());
}
