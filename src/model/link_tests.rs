//! The tree, whatever the order of rows, and whoever says that he owns whom.

#![expect(
    clippy::unwrap_used,
    reason = "what a test expects and does not find has failed it"
)]

use crate::model::{
    World,
    row::{InstanceRow, Kind, Phase, Row},
    sample::*,
    source::What,
};

fn shop() -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for name in ["web-7f9-a", "web-7f9-b"] {
        rows.push(pod("shop-prod", name, "ReplicaSet web-7f9").into());
    }
    rows.push(
        controller(
            Kind::ReplicaSet,
            "shop-prod",
            "web-7f9",
            2,
            "Deployment web",
        )
        .into(),
    );
    rows.push(controller(Kind::Deployment, "shop-prod", "web", 2, "").into());
    rows.push(pod("shop-prod", "db-0", "StatefulSet db").into());
    rows.push(controller(Kind::StatefulSet, "shop-prod", "db", 1, "").into());
    let mut ran = pod("shop-prod", "report-1-x", "Job report-1");
    ran.phase = Phase::Succeeded;
    rows.push(ran.into());
    rows.push(controller(Kind::Job, "shop-prod", "report-1", 1, "CronJob report").into());
    rows.push(controller(Kind::CronJob, "shop-prod", "report", 0, "").into());
    rows.push(pod("shop-prod", "bare", "").into());
    rows.push(namespace("shop-prod", "").into());
    rows
}

#[test]
fn rows_in_every_order_give_the_same_tree() {
    let mut first: Option<Vec<String>> = None;
    let rows = shop();
    let mut random = Random(7);
    for round in 0..200 {
        let mut rows = rows.clone();
        match round {
            0 => {}
            1 => rows.reverse(),
            _ => (1..rows.len())
                .rev()
                .for_each(|n| rows.swap(n, random.below(n + 1))),
        }
        let mut world = world();
        controllers_known(&mut world);
        for row in rows {
            put_row(&mut world, row);
        }
        let tree = tree(&world);
        assert_eq!(
            first.get_or_insert_with(|| tree.clone()),
            &tree,
            "round {round}"
        );
    }
    assert_eq!(
        first.unwrap(),
        [
            "shop/prod 4 Servers",
            "shop/prod/bare pod healthy (healthy) 1 Instances, created -3600",
            "shop/prod/db sts healthy (healthy) 1 Instances, created -3600",
            "shop/prod/report cj healthy (scheduled) 1 Instances, created -3600",
            "shop/prod/web dep healthy (healthy) 2 Instances, created -3600",
        ]
    );
}

#[test]
fn equal_troubles_are_told_the_same_way_in_every_order() {
    let broken = |name: &str, reason: &str| {
        bad(
            pod("a", name, "StatefulSet db"),
            Phase::Pending,
            reason,
            name,
        )
    };
    let rows = [
        broken("db-0", "ImagePullBackOff"),
        broken("db-1", "ErrImagePull"),
    ];
    let word = |rows: Vec<InstanceRow>| {
        let mut world = world();
        put_row(
            &mut world,
            controller(Kind::StatefulSet, "a", "db", 2, "").into(),
        );
        for row in rows {
            put_row(&mut world, row.into());
        }
        let slot = world.server_slot(key("StatefulSet", "a", "db")).unwrap();
        world.servers().get(slot).unwrap().verdict.clone()
    };
    let [a, b] = rows;
    assert_eq!(word(vec![a.clone(), b.clone()]), word(vec![b, a]));
}

#[test]
fn a_replica_set_that_is_not_watched_is_guessed_by_name_and_then_known() {
    let mut world = world();
    controllers_known(&mut world);
    put_row(
        &mut world,
        pod("a", "web-7f9-x", "ReplicaSet web-7f9").into(),
    );
    assert!(
        tree(&world)
            .contains(&"a/a/web-7f9 rs healthy (healthy) 1 Instances, created -3600".into()),
        "{:?}",
        tree(&world)
    );
    put_row(
        &mut world,
        controller(Kind::Deployment, "a", "web", 1, "").into(),
    );
    let by_name = tree(&world);
    assert_eq!(
        by_name,
        [
            "a/a 1 Servers",
            "a/a/web dep healthy (healthy) 1 Instances, created -3600"
        ]
    );
    put_row(
        &mut world,
        controller(Kind::ReplicaSet, "a", "web-7f9", 1, "Deployment web").into(),
    );
    assert_eq!(tree(&world), by_name);
    // It had nothing to do with the Deployment whose name it begins with.
    put_row(
        &mut world,
        controller(Kind::ReplicaSet, "a", "web-7f9", 1, "").into(),
    );
    assert_eq!(
        tree(&world),
        [
            "a/a 2 Servers",
            "a/a/web dep healthy (healthy) 0 Instances, created -3600",
            "a/a/web-7f9 rs healthy (healthy) 1 Instances, created -3600"
        ]
    );
}

#[test]
fn owners_of_unknown_kind_are_servers_once_the_controllers_are_known() {
    let mut world = world();
    put_row(
        &mut world,
        pod("a", "kafka-0", "StrimziPodSet kafka").into(),
    );
    put_row(
        &mut world,
        pod("a", "web-7f9-x", "ReplicaSet web-7f9").into(),
    );
    assert_eq!(tree(&world), ["a/a 0 Servers"]);
    controllers_known(&mut world);
    assert_eq!(
        tree(&world),
        [
            "a/a 2 Servers",
            "a/a/kafka StrimziPodSet healthy (healthy) 1 Instances, created -3600",
            "a/a/web-7f9 rs healthy (healthy) 1 Instances, created -3600"
        ]
    );
}

#[test]
fn what_an_operator_owns_is_still_a_server() {
    let mut world = world();
    controllers_known(&mut world);
    put_row(
        &mut world,
        controller(
            Kind::StatefulSet,
            "a",
            "prometheus-main",
            1,
            "Prometheus main",
        )
        .into(),
    );
    put_row(
        &mut world,
        controller(Kind::ReplicaSet, "a", "api-5d", 1, "Rollout api").into(),
    );
    assert_eq!(
        tree(&world),
        [
            "a/a 2 Servers",
            "a/a/api Rollout unknown () 0 Instances, created 0",
            "a/a/prometheus-main sts healthy (healthy) 0 Instances, created -3600"
        ]
        .map(|line| line.replace("created 0", &format!("created {}", -NOW)))
    );
}

#[test]
fn owners_that_own_each_other_end_somewhere() {
    let mut world = world();
    controllers_known(&mut world);
    put_row(
        &mut world,
        controller(Kind::ReplicaSet, "a", "a", 1, "ReplicaSet b").into(),
    );
    put_row(
        &mut world,
        controller(Kind::ReplicaSet, "a", "b", 1, "ReplicaSet a").into(),
    );
    put_row(
        &mut world,
        controller(Kind::ReplicaSet, "a", "c", 1, "ReplicaSet c").into(),
    );
    put_row(&mut world, pod("a", "p", "ReplicaSet a").into());
    assert_eq!(tree(&world).len(), 3, "{:?}", tree(&world));
}

#[test]
fn a_deployment_made_again_gets_its_own_instances() {
    let mut world = world();
    controllers_known(&mut world);
    let deployments = source(What::Deployments, "");
    put_row(
        &mut world,
        controller(Kind::Deployment, "a", "web", 1, "").into(),
    );
    put_row(
        &mut world,
        pod("a", "web-7f9-old", "ReplicaSet web-7f9").into(),
    );
    // The Pod of the new one is heard of before the new one is, and ReplicaSets are not watched.
    let mut young = pod("a", "web-8c1-new", "ReplicaSet web-8c1");
    young.meta.created = NOW;
    put_row(&mut world, young.clone().into());
    gone(&mut world, &deployments, uid("Deployment", "a", "web"));
    let mut again = controller(Kind::Deployment, "a", "web", 1, "");
    again.meta.uid = uid("Deployment", "a", "web again");
    again.meta.created = NOW;
    put_row(&mut world, again.into());
    let new = world
        .server_slot(key("Deployment", "a", "web again"))
        .unwrap();
    let beneath = |world: &World| {
        let server = world.servers().get(new).unwrap();
        world
            .beneath(server)
            .iter()
            .map(|slot| {
                world
                    .instances()
                    .get(*slot)
                    .unwrap()
                    .row
                    .meta
                    .name
                    .to_string()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(beneath(&world), ["web-8c1-new"]);
    assert_eq!(
        tree(&world).len(),
        3,
        "the old one stays while its Instance ends"
    );
    gone(
        &mut world,
        &source(What::Instances, "a"),
        uid("Pod", "a", "web-7f9-old"),
    );
    assert_eq!(tree(&world).len(), 2);
    // Its next ReplicaSet is its own too.
    let next = pod("a", "web-9aa-n", "ReplicaSet web-9aa");
    put_row(&mut world, next.into());
    assert_eq!(beneath(&world).len(), 2);
}

#[test]
fn a_pod_may_change_its_owner() {
    let mut world = world();
    controllers_known(&mut world);
    put_row(&mut world, pod("a", "p", "StatefulSet db").into());
    put_row(&mut world, pod("a", "p", "").into());
    assert_eq!(
        tree(&world),
        [
            "a/a 1 Servers",
            "a/a/p pod healthy (healthy) 1 Instances, created -3600"
        ]
    );
    put_row(&mut world, pod("a", "p", "StatefulSet db").into());
    assert_eq!(
        tree(&world),
        [
            "a/a 1 Servers",
            "a/a/db sts healthy (healthy) 1 Instances, created -3600"
        ]
    );
}
