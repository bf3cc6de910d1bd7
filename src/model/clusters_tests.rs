//! Clusters that come and go, beside one that stays.

use crate::model::{
    ClusterId, Source, What,
    row::{Kind, Row},
    sample::*,
};

fn other(what: What, namespace: &str) -> Source {
    Source {
        cluster: ClusterId(1),
        ..source(what, namespace)
    }
}

fn rows() -> [(What, &'static str, Row); 4] {
    let web = controller(Kind::Deployment, "shop-prod", "web", 1, "");
    [
        (What::Namespaces, "", namespace("shop-prod", "").into()),
        (What::Deployments, "", web.into()),
        (
            What::Instances,
            "shop-prod",
            pod("shop-prod", "web-1-a", "Deployment web").into(),
        ),
        (
            What::Usage,
            "shop-prod",
            usage("shop-prod", "web-1-a", 5).into(),
        ),
    ]
}

#[test]
fn what_is_left_is_what_the_others_have() {
    let mut world = world();
    controllers_known(&mut world);
    for (what, namespace, row) in rows() {
        list(&mut world, &source(what, namespace), [row]);
    }
    let before = tree(&world);
    let counts = |world: &crate::model::World| world.services().iter().next().map(|s| s.1.counts);
    let (alone, revision) = (counts(&world), world.revision);
    world.open_cluster(ClusterId(1), "other");
    assert!(world.has_several_clusters());
    for what in What::CONTROLLERS {
        list(&mut world, &other(what, ""), []);
    }
    for (what, namespace, row) in rows() {
        list(&mut world, &other(what, namespace), [row]);
    }
    assert_eq!(tree(&world).len(), 2 * before.len());
    assert_eq!(world.services().len(), 1, "one Service over both");
    assert_ne!(counts(&world), alone);
    world.drop_cluster(ClusterId(1));
    assert_eq!((tree(&world), counts(&world)), (before, alone));
    assert!(!world.has_several_clusters());
    assert_eq!(world.context(ClusterId(1)), "");
    assert_ne!(world.revision, revision);
    assert!(world.feeds().all(|(from, _)| from.cluster == ClusterId(0)));
}

#[test]
fn rows_are_counted_for_each_source_that_holds_them() {
    let mut world = world();
    controllers_known(&mut world);
    for (what, namespace, row) in rows() {
        list(&mut world, &source(what, namespace), [row]);
    }
    let pods = ["web-1-a", "web-1-b"].map(|name| pod("shop-prod", name, "Deployment web").into());
    list(&mut world, &source(What::Instances, ""), pods);
    for (what, namespace, rows) in [
        (What::Namespaces, "", 1),
        (What::Deployments, "", 1),
        (What::StatefulSets, "", 0),
        (What::Instances, "shop-prod", 1),
        (What::Instances, "", 2),
        (What::Troubled, "", 0),
        (What::Usage, "shop-prod", 1),
        (What::Ports, "shop-prod", 0),
    ] {
        assert_eq!(world.rows_of(&source(what, namespace)), rows, "{what:?}");
        assert_eq!(world.rows_of(&other(what, namespace)), 0, "{what:?}");
    }
}
