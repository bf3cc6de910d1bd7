#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};

use super::super::world::{World, count, template};
use crate::demo::{
    object,
    resource::{CLAIMS, CONTROLLER_REVISIONS, PODS, STATEFUL_SETS, STORAGE_CLASSES, VOLUMES},
};

fn set(replicas: i64, policy: &str) -> Value {
    json!({
        "metadata": {"name": "db"},
        "spec": {
            "replicas": replicas, "serviceName": "db", "podManagementPolicy": policy,
            "selector": {"matchLabels": {"app": "web"}}, "template": template("pulls=1s starts=2s ends=2s"),
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
            "volumeClaimTemplates": [{
                "metadata": {"name": "data"},
                "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}}},
            }],
        },
    })
}

fn world() -> World {
    let mut world = World::new();
    world.make(&STORAGE_CLASSES, json!({
        "metadata": {"name": "fast"}, "provisioner": "csi.example.org", "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer", "allowVolumeExpansion": true,
    }));
    world
}

fn image(world: &mut World, image: &str) {
    world.edit(&STATEFUL_SETS, "db", |db| {
        db["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
    });
}

fn images(world: &World) -> Vec<String> {
    let image = |pod: &Value| object::text(pod, "/spec/containers/0/image").to_owned();
    world.pods().iter().map(image).collect()
}

#[test]
fn pods_come_one_after_the_other_and_go_the_other_way() {
    let mut world = world();
    world.make(&STATEFUL_SETS, set(3, "OrderedReady"));
    world.watch(60, |state| {
        let (active, ready) = count(state);
        assert!(active <= ready + 1, "one at a time");
    });
    assert_eq!(world.names(&PODS), ["db-0", "db-1", "db-2"]);
    assert_eq!(
        world.names(&CLAIMS),
        ["data-db-0", "data-db-1", "data-db-2"]
    );
    assert_eq!(world.store.count(&VOLUMES), 3);
    let db = world.see(&STATEFUL_SETS, "db");
    assert_eq!(db["status"]["readyReplicas"], 3);
    assert_eq!(
        db["status"]["currentRevision"],
        db["status"]["updateRevision"]
    );
    let pod = world.see(&PODS, "db-1");
    assert_eq!(
        object::label(&pod, "apps.kubernetes.io/pod-index"),
        Some("1")
    );
    assert_eq!(
        object::label(&pod, super::revision::HASH),
        db["status"]["currentRevision"].as_str()
    );
    assert_eq!(pod["spec"]["hostname"], "db-1");
    world.edit(&STATEFUL_SETS, "db", |db| db["spec"]["replicas"] = json!(1));
    let mut seen = Vec::new();
    world.watch(30, |state| {
        let names: Vec<String> = state
            .store
            .list(&PODS, Some("shop"))
            .map(|pod| pod.name.to_string())
            .collect();
        if seen.last() != Some(&names.len()) {
            seen.push(names.len());
        }
    });
    assert_eq!(seen, [3, 2, 1]);
    assert_eq!(world.names(&CLAIMS).len(), 3, "disks stay");
}

#[test]
fn in_parallel_nobody_waits() {
    let mut world = world();
    world.make(&STATEFUL_SETS, set(3, "Parallel"));
    world.pass(1);
    assert_eq!(world.names(&PODS).len(), 3);
}

#[test]
fn a_rollout_goes_down_from_the_highest_to_the_partition() {
    let mut world = world();
    world.make(&STATEFUL_SETS, set(3, "OrderedReady"));
    world.pass(40);
    world.edit(&STATEFUL_SETS, "db", |db| {
        db["spec"]["updateStrategy"]["rollingUpdate"]["partition"] = json!(1);
    });
    image(&mut world, "shop/web:2");
    let mut order = Vec::new();
    world.watch(60, |state| {
        assert!(count(state).1 >= 2);
        for entry in state.store.list(&PODS, Some("shop")) {
            let pod = entry.value();
            let name = object::name(&pod).to_owned();
            if pod["spec"]["containers"][0]["image"] == "shop/web:2" && !order.contains(&name) {
                order.push(name);
            }
        }
    });
    assert_eq!(order, ["db-2", "db-1"]);
    assert_eq!(images(&world), ["shop/web:1", "shop/web:2", "shop/web:2"]);
    let db = world.see(&STATEFUL_SETS, "db");
    assert_eq!(
        (
            &db["status"]["currentReplicas"],
            &db["status"]["updatedReplicas"]
        ),
        (&json!(1), &json!(2))
    );
    assert_ne!(
        db["status"]["currentRevision"],
        db["status"]["updateRevision"]
    );
    let asked = crate::demo::delete::Deletion::default();
    world.delete(&PODS, "db-0", &asked);
    world.pass(20);
    assert_eq!(
        images(&world)[0],
        "shop/web:1",
        "below the partition it comes back as it was"
    );
    world.edit(&STATEFUL_SETS, "db", |db| {
        db["spec"]["updateStrategy"]["rollingUpdate"]["partition"] = json!(0);
    });
    world.pass(30);
    let db = world.see(&STATEFUL_SETS, "db");
    assert_eq!(
        db["status"]["currentRevision"],
        db["status"]["updateRevision"]
    );
    assert_eq!(db["status"]["updatedReplicas"], 3);
}

#[test]
fn on_delete_waits_for_the_user_and_going_back_is_known() {
    let mut world = world();
    world.make(&STATEFUL_SETS, set(2, "OrderedReady"));
    world.pass(30);
    world.edit(&STATEFUL_SETS, "db", |db| {
        db["spec"]["updateStrategy"] = json!({"type": "OnDelete"});
    });
    image(&mut world, "shop/web:2");
    world.pass(30);
    assert_eq!(images(&world), ["shop/web:1", "shop/web:1"]);
    world.delete(&PODS, "db-1", &crate::demo::delete::Deletion::default());
    world.pass(30);
    assert_eq!(images(&world), ["shop/web:1", "shop/web:2"]);
    image(&mut world, "shop/web:1");
    world.pass(30);
    let revisions: Vec<i64> = world
        .names(&CONTROLLER_REVISIONS)
        .iter()
        .map(|name| object::number(&world.see(&CONTROLLER_REVISIONS, name), "/revision").unwrap())
        .collect();
    assert_eq!(revisions.len(), 2);
    assert!(
        revisions.contains(&2) && revisions.contains(&3),
        "{revisions:?}"
    );
}

#[test]
fn disks_go_where_the_policy_says_so() {
    for (scaled, deleted, left) in [
        ("Retain", "Retain", 3),
        ("Delete", "Retain", 1),
        ("Delete", "Delete", 0),
    ] {
        let mut world = world();
        let mut db = set(3, "Parallel");
        db["spec"]["persistentVolumeClaimRetentionPolicy"] =
            json!({"whenScaled": scaled, "whenDeleted": deleted});
        world.make(&STATEFUL_SETS, db);
        world.pass(20);
        world.edit(&STATEFUL_SETS, "db", |db| db["spec"]["replicas"] = json!(1));
        world.pass(30);
        world.delete(
            &STATEFUL_SETS,
            "db",
            &crate::demo::delete::Deletion::default(),
        );
        world.pass(30);
        assert!(world.names(&PODS).is_empty());
        assert_eq!(world.names(&CLAIMS).len(), left, "{scaled} {deleted}");
        assert_eq!(world.store.count(&VOLUMES), left);
    }
}
