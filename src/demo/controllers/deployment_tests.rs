#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::json;

use super::super::world::{World, count, deployment, says, settled};
use crate::demo::{
    object,
    resource::{DEPLOYMENTS, PODS, REPLICA_SETS},
};

fn image(world: &mut World, image: &str) {
    world.edit(&DEPLOYMENTS, "web", |web| {
        web["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
    });
}

#[test]
fn a_new_deployment_comes_up_and_says_so() {
    let mut world = World::new();
    world.make(&DEPLOYMENTS, deployment(3, "pulls=2s starts=4s"));
    world.pass(1);
    let web = world.see(&DEPLOYMENTS, "web");
    assert_eq!(says(&web, "Available"), "False MinimumReplicasUnavailable");
    assert_eq!(says(&web, "Progressing"), "True ReplicaSetUpdated");
    world.pass(20);
    let web = world.see(&DEPLOYMENTS, "web");
    assert_eq!(says(&web, "Available"), "True MinimumReplicasAvailable");
    assert_eq!(says(&web, "Progressing"), "True NewReplicaSetAvailable");
    for (field, count) in [
        ("replicas", 3),
        ("updatedReplicas", 3),
        ("readyReplicas", 3),
        ("availableReplicas", 3),
    ] {
        assert_eq!(web["status"][field], count, "{field}");
    }
    assert!(web["status"]["unavailableReplicas"].is_null());
    assert_eq!(object::annotation(&web, super::REVISION), Some("1"));
    assert!(world.heard("web", "ScalingReplicaSet"));
    let nodes: std::collections::BTreeSet<String> = world
        .pods()
        .iter()
        .map(|pod| object::text(pod, "/spec/nodeName").to_owned())
        .collect();
    assert_eq!(nodes.len(), 3, "spread over the Nodes");
}

#[test]
fn a_rollout_keeps_to_its_fences() {
    for (surge, unavailable, most, least) in [
        (json!(1), json!(0), 4, 3),
        (json!(0), json!(1), 3, 2),
        (json!("50%"), json!("34%"), 5, 2),
        (json!(0), json!(0), 3, 2),
    ] {
        let mut world = settled(3);
        world.edit(&DEPLOYMENTS, "web", |web| {
            web["spec"]["strategy"]["rollingUpdate"] =
                json!({"maxSurge": surge, "maxUnavailable": unavailable});
            web["spec"]["template"]["spec"]["containers"][0]["image"] = json!("shop/web:2");
        });
        let mut low = usize::MAX;
        world.watch(60, |state| {
            let (active, ready) = count(state);
            assert!(active <= most, "{active} of {most} with surge {surge}");
            assert!(
                ready >= least,
                "{ready} of {least} with {unavailable} unavailable"
            );
            low = low.min(ready);
        });
        let web = world.see(&DEPLOYMENTS, "web");
        assert_eq!(says(&web, "Progressing"), "True NewReplicaSetAvailable");
        assert!(
            world
                .pods()
                .iter()
                .all(|pod| pod["spec"]["containers"][0]["image"] == "shop/web:2")
        );
        assert_eq!(object::annotation(&web, super::REVISION), Some("2"));
    }
}

#[test]
fn recreate_stops_all_before_it_starts_any() {
    let mut world = settled(2);
    world.edit(&DEPLOYMENTS, "web", |web| {
        web["spec"]["strategy"] = json!({"type": "Recreate"});
        web["spec"]["template"]["spec"]["containers"][0]["image"] = json!("shop/web:2");
    });
    let mut gap = false;
    world.watch(30, |state| {
        let pods: Vec<_> = state
            .store
            .list(&PODS, Some("shop"))
            .map(|pod| pod.value())
            .collect();
        let new = |pod: &&serde_json::Value| pod["spec"]["containers"][0]["image"] == "shop/web:2";
        let news = pods.iter().filter(new).count();
        assert!(news == 0 || news == pods.len(), "old and new side by side");
        gap |= count(state).1 == 0;
    });
    assert!(gap);
    assert_eq!(count(&world), (2, 2));
}

#[test]
fn going_back_takes_up_the_old_replica_set() {
    let mut world = settled(2);
    let first = world.names(&REPLICA_SETS);
    image(&mut world, "shop/web:2");
    world.pass(30);
    assert_eq!(world.names(&REPLICA_SETS).len(), 2);
    image(&mut world, "shop/web:1");
    world.pass(30);
    assert_eq!(world.names(&REPLICA_SETS).len(), 2);
    let old = world.see(&REPLICA_SETS, &first[0]);
    assert_eq!(old["spec"]["replicas"], 2);
    assert_eq!(object::annotation(&old, super::REVISION), Some("3"));
    assert_eq!(object::annotation(&old, super::HISTORY), Some("1"));
}

#[test]
fn old_versions_beyond_the_limit_go() {
    let mut world = settled(1);
    for n in 2..7 {
        image(&mut world, &format!("shop/web:{n}"));
        world.pass(20);
    }
    let kept: Vec<String> = world
        .names(&REPLICA_SETS)
        .iter()
        .map(|name| {
            let set = world.see(&REPLICA_SETS, name);
            object::annotation(&set, super::REVISION)
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(kept.len(), 3, "two old ones and the new one: {kept:?}");
    assert!(
        ["4", "5", "6"]
            .iter()
            .all(|known| kept.contains(&(*known).to_owned())),
        "{kept:?}"
    );
}

#[test]
fn a_rollout_that_stands_still_times_out() {
    let mut world = settled(2);
    world.edit(&DEPLOYMENTS, "web", |web| {
        web["spec"]["progressDeadlineSeconds"] = json!(30);
    });
    image(&mut world, "shop/web:typo");
    world.pass(20);
    assert_eq!(
        says(&world.see(&DEPLOYMENTS, "web"), "Progressing"),
        "True ReplicaSetUpdated"
    );
    world.pass(30);
    let web = world.see(&DEPLOYMENTS, "web");
    assert_eq!(says(&web, "Progressing"), "False ProgressDeadlineExceeded");
    assert_eq!(says(&web, "Available"), "True MinimumReplicasAvailable");
    assert_eq!(count(&world), (3, 2));
    image(&mut world, "shop/web:3");
    world.pass(30);
    assert_eq!(
        says(&world.see(&DEPLOYMENTS, "web"), "Progressing"),
        "True NewReplicaSetAvailable"
    );
}

#[test]
fn scaling_and_pausing() {
    let mut world = settled(2);
    world.edit(&DEPLOYMENTS, "web", |web| {
        web["spec"]["replicas"] = json!(5);
    });
    world.pass(20);
    assert_eq!(count(&world), (5, 5));
    world.edit(&DEPLOYMENTS, "web", |web| {
        web["spec"]["paused"] = json!(true);
    });
    image(&mut world, "shop/web:2");
    world.pass(20);
    assert_eq!(world.names(&REPLICA_SETS).len(), 1);
    assert_eq!(
        says(&world.see(&DEPLOYMENTS, "web"), "Progressing"),
        "Unknown DeploymentPaused"
    );
    world.edit(&DEPLOYMENTS, "web", |web| {
        web["spec"]["replicas"] = json!(1);
    });
    world.pass(20);
    assert_eq!(count(&world), (1, 1));
    world.edit(&DEPLOYMENTS, "web", |web| {
        web["spec"]["paused"] = json!(false);
    });
    world.pass(30);
    assert_eq!(world.names(&REPLICA_SETS).len(), 2);
    assert_eq!(
        says(&world.see(&DEPLOYMENTS, "web"), "Progressing"),
        "True NewReplicaSetAvailable"
    );
    world.edit(&DEPLOYMENTS, "web", |web| {
        web["spec"]["replicas"] = json!(0);
    });
    world.pass(40);
    assert!(world.pods().is_empty());
}

#[test]
fn scaling_amid_a_rollout_is_shared_out() {
    let mut world = settled(4);
    image(&mut world, "shop/web:typo");
    world.pass(10);
    world.edit(&DEPLOYMENTS, "web", |web| {
        web["spec"]["replicas"] = json!(8);
    });
    world.pass(20);
    let mut sizes: Vec<i64> = world
        .names(&REPLICA_SETS)
        .iter()
        .map(|name| super::size(&world.see(&REPLICA_SETS, name)))
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes.iter().sum::<i64>(), 9, "{sizes:?}");
    assert_eq!(sizes, [2, 7], "each its share of nine");
}
