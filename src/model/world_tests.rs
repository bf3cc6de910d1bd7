//! Claims, relists, time, and numbers that move only when they should.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what a test expects and does not find has failed it"
)]

use super::*;
use crate::model::{
    Health, Problem,
    grouping::Rule,
    problem::Cause,
    row::{Kind, Phase},
    sample::*,
};

#[test]
fn a_row_stays_while_any_source_claims_it() {
    let (troubled, map, all) = (
        source(What::Troubled, ""),
        source(What::Instances, "a"),
        source(What::Instances, ""),
    );
    let row = bad(pod("a", "p", ""), Phase::Pending, "ErrImagePull", "");
    let sources = [troubled, map, all];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]] {
        let mut world = world();
        for source in &sources {
            list(&mut world, source, [row.clone().into()]);
        }
        for (left, at) in order.into_iter().enumerate() {
            assert_eq!(world.instances().len(), 1, "{order:?} after {left}");
            if at == 1 {
                world.release(&sources[at]);
            } else {
                gone(&mut world, &sources[at], row.meta.uid);
            }
        }
        assert_eq!(
            (
                world.instances().len(),
                world.maps().len(),
                world.services().len()
            ),
            (0, 0, 0)
        );
    }
}

#[test]
fn a_relist_of_one_source_ends_no_claim_of_another() {
    let (all, here) = (
        source(What::Deployments, ""),
        source(What::Deployments, "a"),
    );
    let mut world = world();
    let web = || Row::from(controller(Kind::Deployment, "a", "web", 1, ""));
    list(&mut world, &all, [web()]);
    list(&mut world, &here, [web()]);
    list(&mut world, &all, []);
    assert_eq!(world.servers().len(), 1);
    list(&mut world, &here, []);
    assert_eq!(world.servers().len(), 0);
}

#[test]
fn a_relist_sweeps_what_is_gone_without_an_empty_moment() {
    let mut world = world();
    let from = source(What::Instances, "a");
    let rows = |names: &[&str]| {
        names
            .iter()
            .map(|name| pod("a", name, "").into())
            .collect::<Vec<Row>>()
    };
    let names = |world: &World| {
        let mut names: Vec<String> = world
            .instances()
            .iter()
            .map(|(_, pod)| pod.row.meta.name.to_string())
            .collect();
        names.sort();
        names.join(" ")
    };
    list(&mut world, &from, rows(&["p", "q", "r"]));
    world.apply(&from, News::Begin);
    assert_eq!(names(&world), "p q r");
    put(&mut world, &from, rows(&["q"]));
    assert_eq!(names(&world), "p q r");
    put(&mut world, &from, rows(&["s"]));
    world.apply(&from, News::Synced);
    assert_eq!(names(&world), "q s");
    // One that is cut off, and begins again.
    world.apply(&from, News::Begin);
    put(&mut world, &from, rows(&["q"]));
    world.apply(&from, News::Begin);
    put(&mut world, &from, rows(&["t"]));
    assert_eq!(names(&world), "q s t");
    world.apply(&from, News::Synced);
    assert_eq!(names(&world), "t");
}

#[test]
fn a_listing_that_is_cut_off_ends_no_claim_elsewhere() {
    let mut world = world();
    let (a, b, all) = (
        source(What::Instances, "a"),
        source(What::Instances, "b"),
        source(What::StatefulSets, "a"),
    );
    list(&mut world, &b, [pod("b", "p", "").into()]);
    list(
        &mut world,
        &all,
        [controller(Kind::StatefulSet, "a", "db", 1, "").into()],
    );
    for _ in 0..2 {
        world.apply(&a, News::Begin);
    }
    // Neither has begun another listing, so neither has left anything out.
    world.apply(&b, News::Synced);
    world.apply(&all, News::Synced);
    assert_eq!((world.instances().len(), world.servers().len()), (1, 2));
}

#[test]
fn what_may_not_be_read_any_more_is_not_shown() {
    let refused = || News::State(FeedState::Refused(Problem::new(Cause::Forbidden, "no")));
    let mut world = world();
    let from = source(What::Deployments, "");
    let rows = || ["v", "w"].map(|name| controller(Kind::Deployment, "a", name, 1, "").into());
    list(&mut world, &from, rows());
    // Refused in the middle of a listing.
    world.apply(&from, News::Begin);
    put(
        &mut world,
        &from,
        [controller(Kind::Deployment, "a", "v", 1, "").into()],
    );
    world.apply(&from, refused());
    assert_eq!(world.servers().len(), 0);
    // Namespaces one by one, where all may not be listed; that is tried again and again.
    list(
        &mut world,
        &source(What::Namespaces, "a"),
        [namespace("a", "shop").into()],
    );
    for _ in 0..3 {
        world.apply(&source(What::Namespaces, ""), refused());
        let slot = world.map_slot_of(&map_id("a")).expect("the Map");
        assert!(world.maps().get(slot).unwrap().row.is_some());
    }
    world.apply(&source(What::Namespaces, "a"), refused());
    assert_eq!(world.maps().len(), 0);
}

#[test]
fn labels_move_a_namespace_to_another_service() {
    let mut world = world();
    put_row(
        &mut world,
        controller(Kind::Deployment, "shop-prod", "web", 1, "").into(),
    );
    put_row(&mut world, namespace("shop-prod", "").into());
    assert_eq!(tree(&world)[0], "shop/prod 1 Servers");
    put_row(&mut world, namespace("shop-prod", "store").into());
    assert_eq!(tree(&world)[0], "store/prod 1 Servers");
    assert_eq!(world.services().len(), 1);
    let (_, service) = world.services().iter().next().unwrap();
    assert_eq!((service.counts.servers(), service.maps.len()), (1, 1));
    let (_, map) = world.maps().iter().next().unwrap();
    assert_eq!(map.place.rule, Rule::Label);
}

#[test]
fn a_late_word_of_the_troubled_watch_undoes_nothing() {
    let mut world = world();
    let (troubled, here) = (source(What::Troubled, ""), source(What::Instances, "a"));
    let young = bad(pod("a", "p", ""), Phase::Pending, "ContainerCreating", "");
    list(&mut world, &troubled, [young.clone().into()]);
    list(&mut world, &here, [pod("a", "p", "").into()]);
    put(&mut world, &troubled, [young.into()]);
    gone(&mut world, &troubled, uid("Pod", "a", "p"));
    let (_, pod) = world.instances().iter().next().unwrap();
    assert_eq!(
        (pod.health, pod.row.phase),
        (Health::Healthy, Phase::Running)
    );
}

#[test]
fn usage_finds_its_instance_whatever_comes_first_and_ends_with_its_listing() {
    let used = |world: &World| {
        let (_, map) = world.maps().iter().next().unwrap();
        let (_, service) = world.services().iter().next().unwrap();
        assert_eq!(map.counts, service.counts);
        (map.counts.used.cpu, map.counts.measured)
    };
    let mut world = world();
    let from = source(What::Usage, "a");
    put_row(&mut world, namespace("a", "").into());
    // A name that begins with another Server's, an owner whose name its Pods do not have, and usage before its Pod.
    list(
        &mut world,
        &from,
        [
            usage("a", "web-extra-1-x", 1).into(),
            usage("a", "odd", 10).into(),
            usage("a", "web-2-x", 100).into(),
        ],
    );
    controllers_known(&mut world);
    put_row(
        &mut world,
        controller(Kind::Deployment, "a", "web", 1, "").into(),
    );
    put_row(
        &mut world,
        controller(Kind::Deployment, "a", "web-extra", 1, "").into(),
    );
    put_row(
        &mut world,
        pod("a", "web-extra-1-x", "ReplicaSet web-extra-1").into(),
    );
    put_row(&mut world, pod("a", "web-2-x", "ReplicaSet web-2").into());
    put_row(&mut world, pod("a", "odd", "Custom thing").into());
    assert_eq!(used(&world), (111, 3));
    list(&mut world, &from, [usage("a", "web-2-x", 50).into()]);
    assert_eq!(used(&world), (50, 1));
    world.release(&from);
    assert_eq!(used(&world), (0, 0));
}

#[test]
fn time_alone_makes_instances_well_again() {
    let mut world = world();
    let mut row = pod("a", "p", "StatefulSet db");
    row.restarts = 3;
    row.trouble = Some(Box::new(crate::model::row::Trouble {
        ended: Some(("Error".into(), 1, NOW - 100)),
        ..Default::default()
    }));
    put_row(
        &mut world,
        controller(Kind::StatefulSet, "a", "db", 2, "").into(),
    );
    put_row(&mut world, row.into());
    put_row(&mut world, pod("a", "q", "StatefulSet db").into());
    let healths = |world: &World| {
        let server = world
            .servers()
            .get(world.server_slot(key("StatefulSet", "a", "db")).unwrap())
            .unwrap();
        let pod = world
            .instances()
            .get(world.instance_slot(key("Pod", "a", "p")).unwrap())
            .unwrap();
        (server.verdict.health, pod.health)
    };
    assert_eq!(healths(&world), (Health::Warning, Health::Warning));
    world.tick(NOW + 499);
    assert_eq!(healths(&world), (Health::Warning, Health::Warning));
    let before = world.revision;
    world.tick(NOW + 500);
    assert_eq!(healths(&world), (Health::Healthy, Health::Healthy));
    assert_ne!(world.revision.instances, before.instances);
    assert_ne!(world.revision.tree, before.tree);
}

#[test]
fn empty_maps_and_services_vanish() {
    let mut world = world();
    let (spaces, ports) = (source(What::Namespaces, ""), source(What::Ports, "a"));
    let port = || {
        Row::Port(Box::new(crate::model::row::PortRow {
            meta: controller(Kind::Deployment, "a", "web", 1, "").meta,
            expose: "ClusterIP".into(),
            selector: crate::model::row::Labels::new(),
            ports: Vec::new(),
        }))
    };
    list(&mut world, &spaces, [namespace("a", "").into()]);
    list(&mut world, &ports, [port()]);
    gone(&mut world, &spaces, uid("Namespace", "a", "a"));
    // A last word about what was in it.
    put(&mut world, &ports, [port()]);
    world.release(&ports);
    assert_eq!((world.maps().len(), world.services().len()), (0, 0));
    // One that was only assumed goes when all are known.
    world.assume_map(ClusterId(0), &"ghost".into());
    list(&mut world, &spaces, [namespace("a", "").into()]);
    assert_eq!(tree(&world), ["a/a 0 Servers"]);
}

#[test]
fn revisions_move_only_when_they_should() {
    let mut world = world();
    controllers_known(&mut world);
    let (pods, spaces, deployments) = (
        source(What::Instances, "a"),
        source(What::Namespaces, ""),
        source(What::Deployments, ""),
    );
    let p = || Row::from(pod("a", "p", "ReplicaSet web-1"));
    let web = || controller(Kind::Deployment, "a", "web", 1, "");
    list(&mut world, &spaces, [namespace("a", "").into()]);
    list(&mut world, &deployments, [web().into()]);
    list(&mut world, &pods, [p()]);
    let before = world.revision;
    // The same again is no news.
    for (from, row) in [
        (&spaces, namespace("a", "").into()),
        (&deployments, web().into()),
        (&pods, p()),
    ] {
        list(&mut world, from, [row]);
    }
    assert_eq!(world.revision, before);
    // A row that differs in what its verdict does not say still has cells to draw, and can change its place.
    let mut row = web();
    row.images = vec!["busybox:2".into()];
    put(&mut world, &deployments, [row.into()]);
    assert!(world.revision.cells > before.cells && world.revision.tree > before.tree);
    assert_eq!(world.revision.instances, before.instances);
    let before = world.revision;
    let mut row = pod("a", "p", "ReplicaSet web-1");
    row.node = Some("node-2".into());
    put(&mut world, &pods, [row.into()]);
    assert!(world.revision.cells > before.cells);
    assert_eq!(
        (world.revision.tree, world.revision.instances),
        (before.tree, before.instances)
    );
    let before = world.revision;
    put(
        &mut world,
        &pods,
        [bad(
            pod("a", "p", "ReplicaSet web-1"),
            Phase::Running,
            "CrashLoopBackOff",
            "",
        )
        .into()],
    );
    assert!(world.revision.tree > before.tree && world.revision.instances > before.instances);
    let before = world.revision;
    world.apply(
        &pods,
        News::State(FeedState::Stale(Problem::new(Cause::Unreachable, "away"))),
    );
    assert!(world.revision.cells > before.cells);
    assert_eq!(world.revision.tree, before.tree);
}

#[test]
fn how_long_a_feed_is_not_live_counts_from_when_it_ceased_to_be() {
    let mut world = world();
    let from = source(What::Deployments, "");
    let away = || News::State(FeedState::Stale(Problem::new(Cause::Unreachable, "away")));
    list(&mut world, &from, []);
    for (at, news) in [
        (10, away()),
        (20, News::State(FeedState::Loading(1, None))),
        (30, away()),
    ] {
        world.tick(NOW + at);
        world.apply(&from, news);
    }
    assert_eq!(world.feed(&from).unwrap().since, NOW + 10);
    world.apply(&from, News::State(FeedState::Live));
    assert_eq!(world.feed(&from).unwrap().since, 0);
}

#[test]
fn other_rules_put_maps_elsewhere_and_nothing_is_lost() {
    let mut world = world();
    list(
        &mut world,
        &source(What::Namespaces, ""),
        [
            namespace("shop-prod", "").into(),
            namespace("cart", "").into(),
        ],
    );
    let web = controller(Kind::Deployment, "cart", "web", 1, "");
    list(&mut world, &source(What::Deployments, ""), [web.into()]);
    let services = |world: &World| {
        let mut all: Vec<String> = world
            .services()
            .iter()
            .map(|(_, service)| {
                format!(
                    "{} {} {}",
                    service.name,
                    service.maps.len(),
                    service.counts.servers()
                )
            })
            .collect();
        all.sort();
        all
    };
    assert_eq!(services(&world), ["cart 1 1", "shop 1 0"]);
    let rule = crate::model::grouping::ServiceRule {
        name: "shop".into(),
        namespaces: vec!["cart".into()],
        ..Default::default()
    };
    let before = world.grouping.clone();
    world.regroup(Grouping {
        services: vec![rule],
        ..before.clone()
    });
    assert_eq!(services(&world), ["shop 2 1"]);
    world.regroup(before);
    assert_eq!(services(&world), ["cart 1 1", "shop 1 0"]);
}
