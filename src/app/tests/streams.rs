//! Which streams the state asks for, how panes say they stand, and when time alone matters.

use super::*;

fn always() -> BTreeSet<Source> {
    [What::Namespaces, What::Troubled]
        .into_iter()
        .chain(What::CONTROLLERS)
        .map(|what| source(what, ""))
        .collect()
}

fn of_map(namespace: &str) -> BTreeSet<Source> {
    What::OF_A_MAP
        .into_iter()
        .chain([What::Usage])
        .map(|what| source(what, namespace))
        .collect()
}

/// How the only cluster stands.
fn overall(run: &Run) -> Standing {
    run.app.summary().worst.unwrap().1
}

/// What the overview of a Service asks for of a Map.
fn overview(what: &[What], namespace: &str) -> BTreeSet<Source> {
    what.iter().map(|what| source(*what, namespace)).collect()
}

fn service_overview(namespace: &str) -> BTreeSet<Source> {
    overview(&What::OF_A_SERVICE_OVERVIEW, namespace)
}

fn with(sets: &[BTreeSet<Source>]) -> BTreeSet<Source> {
    sets.iter().flatten().cloned().collect()
}

#[test]
fn a_map_is_fetched_once_the_selection_rests_on_it() {
    assert_eq!(Run::empty().app.wanted(), always());
    let mut run = shop();
    assert_eq!(run.app.wanted(), always());
    run.wait(119);
    assert_eq!(run.app.wanted(), always());
    run.wait(1);
    assert_eq!(
        run.app.wanted(),
        with(&[always(), of_map("legacy"), service_overview("legacy")])
    );
    // What was looked at stays warm.
    run.keys("j");
    assert_eq!(run.app.wanted(), with(&[always(), of_map("legacy")]));
    run.wait(120);
    assert_eq!(
        run.app.wanted(),
        with(&[
            always(),
            of_map("legacy"),
            of_map("shop-dev"),
            service_overview("shop-dev"),
            service_overview("shop-prod"),
        ])
    );
    // One that is gone is not.
    let gone = sample::uid("Namespace", "legacy", "legacy");
    run.tell(
        &source(What::Deployments, ""),
        News::Changes(vec![crate::model::Change::Gone(sample::uid(
            "Deployment",
            "legacy",
            "old",
        ))]),
    );
    run.tell(
        &source(What::Namespaces, ""),
        News::Changes(vec![crate::model::Change::Gone(gone)]),
    );
    assert_eq!(
        run.app.wanted(),
        with(&[
            always(),
            of_map("shop-dev"),
            service_overview("shop-dev"),
            service_overview("shop-prod"),
        ])
    );
}

#[test]
fn the_panel_asks_for_what_it_is_about_and_for_no_more() {
    let mut run = shop();
    run.keys("j<enter>G");
    run.wait(120);
    let here = |what: &[What]| with(&[always(), of_map("shop-prod"), overview(what, "shop-prod")]);
    assert_eq!(run.app.wanted(), here(&What::OF_A_MAP_OVERVIEW));
    run.keys("<enter>G");
    assert_eq!(run.app.wanted(), with(&[always(), of_map("shop-prod")]));
    run.wait(120);
    let one = |what, name: &str| {
        BTreeSet::from([Source::one(ClusterId(0), what, &"shop-prod".into(), name)])
    };
    let of_web = with(&[
        here(&What::OF_A_SERVER_OVERVIEW),
        one(What::Deployments, "web"),
    ]);
    assert_eq!(run.app.wanted(), of_web);
    run.keys("<enter>");
    run.wait(120);
    let of_pod = with(&[here(&[What::Events]), one(What::Instances, "web-1-a")]);
    assert_eq!(run.app.wanted(), of_pod);
    // Nobody sees it.
    run.keys("z");
    assert_eq!(run.app.wanted(), with(&[always(), of_map("shop-prod")]));
}

#[test]
fn a_service_with_very_many_maps_is_looked_at_in_part() {
    let names: Vec<String> = (0..30).map(|n| format!("team{n:02}-dev")).collect();
    let mut run = Run::empty();
    let spaces = names
        .iter()
        .map(|name| namespace(name, "barkeep.dev/service=all"));
    run.list(
        &source(What::Namespaces, ""),
        spaces.map(Into::into).collect(),
    );
    run.wait(120);
    let quotas = run
        .app
        .wanted()
        .into_iter()
        .filter(|source| source.what == What::Quotas)
        .count();
    assert_eq!(quotas, 8);
}

#[test]
fn running_past_twenty_maps_starts_no_twenty_watches() {
    let names: Vec<String> = (0..30).map(|n| format!("team{n:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut run = Run::new(&names, &[]);
    for _ in 0..20 {
        run.keys("j");
        run.wait(30);
        assert_eq!(run.app.wanted(), always());
    }
    run.wait(120);
    assert_eq!(
        run.app.wanted(),
        with(&[always(), of_map("team20"), service_overview("team20")])
    );
    for _ in 0..5 {
        run.keys("j");
        run.wait(120);
    }
    assert_eq!(
        run.app.wanted(),
        with(&[
            always(),
            of_map("team23"),
            of_map("team24"),
            of_map("team25"),
            service_overview("team25"),
        ])
    );
}

#[test]
fn instances_of_the_worst_maps_are_watched() {
    let names: Vec<String> = (0..9).map(|n| format!("team{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows: Vec<Row> = names[1..].iter().map(|name| failing(name, "web")).collect();
    let run = Run::new(&names, &rows);
    let worst = names[1..7]
        .iter()
        .map(|name| source(What::Instances, name))
        .collect();
    assert_eq!(run.app.wanted(), with(&[always(), worst]));
}

#[test]
fn what_is_forbidden_cluster_wide_is_asked_for_in_namespaces() {
    let mut run = Run::empty();
    run.app.clusters[0].namespaces = vec!["shop-dev".into()];
    for from in always() {
        run.refuse(&from);
    }
    let here = always()
        .into_iter()
        .map(|from| source(from.what, "shop-dev"))
        .collect();
    assert_eq!(run.app.wanted(), with(&[always(), here]));
    assert_eq!(run.at(), "shop/dev");
    // That there is no usage does not make a Map.
    let mut run = Run::new(&["legacy"], &[]);
    run.app.clusters[0].namespaces = vec!["ghost".into()];
    run.refuse(&source(What::Usage, "legacy"));
    assert_eq!(run.app.world.maps().len(), 1);
}

#[test]
fn usage_of_all_is_asked_for_where_the_list_of_all_is_sorted_or_filtered_by_it() {
    let all = source(What::Usage, "");
    let mut run = shop();
    run.keys("0");
    assert!(!run.app.wanted().contains(&all));
    run.keys(":sort -cpu<enter>");
    assert!(run.app.wanted().contains(&all));
    // Who may not ask for all has that of what is on screen.
    run.refuse(&all);
    run.list(
        &source(What::Instances, ""),
        vec![pod("shop-prod", "web-1", "web-1").into()],
    );
    assert!(run.app.wanted().contains(&source(What::Usage, "shop-prod")));
    let mut run = shop();
    run.keys("0/mem>1Mi<enter>");
    assert!(run.app.wanted().contains(&all));
    run.keys("<esc>");
    assert!(!run.app.wanted().contains(&all));
}

#[test]
fn all_instances_take_the_place_of_those_of_maps() {
    let mut run = shop();
    run.wait(120);
    run.keys("0");
    let all = source(What::Instances, "");
    let measured = BTreeSet::from([source(What::Usage, "shop-prod")]);
    let warm = of_map("legacy");
    let asked = BTreeSet::from([all.clone()]);
    assert_eq!(
        run.app.wanted(),
        with(&[always(), warm.clone(), asked.clone(), measured.clone()])
    );
    run.list(
        &all,
        vec![pod("shop-prod", "web-1-a", "ReplicaSet web-1").into()],
    );
    let mut expected = with(&[always(), warm, asked, measured]);
    expected.remove(&source(What::Instances, "legacy"));
    assert_eq!(run.app.wanted(), expected);
    run.keys("<esc>");
    assert_eq!(run.app.wanted(), with(&[always(), of_map("legacy")]));
}

#[test]
fn panes_say_how_far_they_can_be_trusted() {
    let mut run = Run::empty();
    assert_eq!(run.app.standing(Pane::Services), Standing::Loading(0, None));
    run.tell(
        &source(What::Namespaces, ""),
        News::State(FeedState::Loading(500, Some(900))),
    );
    assert_eq!(
        run.app.standing(Pane::Services),
        Standing::Loading(500, Some(900))
    );
    let mut run = shop();
    assert_eq!(run.app.standing(Pane::Services), Standing::Live);
    assert_eq!(run.app.standing(Pane::Servers), Standing::Live);
    assert_eq!(
        run.app.standing(Pane::Instances),
        Standing::Loading(0, None)
    );
    let away = Problem::new(Cause::Unreachable, "no route");
    run.tell(
        &source(What::Deployments, ""),
        News::State(FeedState::Stale(away.clone())),
    );
    run.wait(7 * SECOND);
    assert_eq!(
        run.app.standing(Pane::Servers),
        Standing::Stale(7, away.clone())
    );
    assert_eq!(overall(&run), Standing::Stale(7, away));
    run.tell(&source(What::Deployments, ""), News::State(FeedState::Live));
    run.refuse(&source(What::Jobs, ""));
    assert!(matches!(
        run.app.standing(Pane::Services),
        Standing::Refused(_)
    ));
    assert_eq!(overall(&run), Standing::Live);
    run.app.clusters[0].reach = Reach::Broken(Problem::new(Cause::NoCluster, "none"));
    assert!(matches!(overall(&run), Standing::Refused(_)));
    assert_eq!(run.app.wanted(), BTreeSet::new());
}

#[test]
fn it_wakes_when_time_changes_something() {
    let mut run = Run::empty();
    assert_eq!(
        run.app.wake_at(),
        run.now + 150,
        "patience with loading ends"
    );
    run.wait(150);
    assert_eq!(run.app.wake_at(), (NOW + 1) * SECOND, "the clock");
    run.list(
        &source(What::Namespaces, ""),
        vec![namespace("legacy", "").into()],
    );
    assert_eq!(run.app.wake_at(), run.now + 120, "the selection has rested");
    run.wait(120);
    assert_eq!(run.app.wake_at(), (NOW + 1) * SECOND);
    assert_eq!(run.app.id(Pane::Maps), Some(Id::Map(map_id("legacy"))));
    assert_eq!(run.app.world.server_slot(key("Deployment", "a", "b")), None);
}
