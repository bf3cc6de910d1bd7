//! How things go, and what goes with them: owners, namespaces, Nodes.

use serde_json::json;

use super::world::{World, count, deployment, says, settled, template};
use crate::demo::{
    delete::{self, Deletion, Propagation},
    resource::{CONFIG_MAPS, DEPLOYMENTS, EVENTS, NAMESPACES, NODES, PODS, REPLICA_SETS},
};

#[test]
fn what_is_owned_follows_as_it_was_asked() {
    for (propagation, sets, pods) in [
        (Propagation::Background, 0, 0),
        (Propagation::Usual, 0, 0),
        (Propagation::Foreground, 0, 0),
        (Propagation::Orphan, 1, 2),
    ] {
        let mut world = settled(2);
        world.delete(
            &DEPLOYMENTS,
            "web",
            &Deletion {
                propagation,
                ..Deletion::default()
            },
        );
        let there = !world.names(&DEPLOYMENTS).is_empty();
        assert_eq!(
            there,
            matches!(propagation, Propagation::Foreground | Propagation::Orphan)
        );
        let soon = world.now() + 500;
        world.0.advance(soon);
        // In the foreground the owner outlives what it owns.
        assert_eq!(
            !world.names(&DEPLOYMENTS).is_empty(),
            propagation == Propagation::Foreground
        );
        world.pass(10);
        assert!(world.names(&DEPLOYMENTS).is_empty());
        assert_eq!(
            (world.names(&REPLICA_SETS).len(), world.names(&PODS).len()),
            (sets, pods),
            "{propagation:?}"
        );
        if propagation == Propagation::Orphan {
            let set = world.see(&REPLICA_SETS, &world.names(&REPLICA_SETS)[0]);
            assert!(set["metadata"]["ownerReferences"].is_null());
        }
    }
}

#[test]
fn what_names_an_owner_that_never_was_goes() {
    let mut world = World::new();
    let owner = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "gone", "uid": "no-such-uid"});
    world.make(
        &CONFIG_MAPS,
        json!({"metadata": {"name": "left", "ownerReferences": [owner]}}),
    );
    world.pass(1);
    assert!(!world.names(&CONFIG_MAPS).contains(&"left".to_owned()));
}

#[test]
fn a_namespace_goes_with_all_that_is_in_it() {
    let mut world = settled(2);
    world.delete(&NAMESPACES, "shop", &Deletion::default());
    assert_eq!(
        world.see(&NAMESPACES, "shop")["status"]["phase"],
        "Terminating"
    );
    world.pass(40);
    assert!(world.store.get(&NAMESPACES, "", "shop").is_none());
    for resource in [&PODS, &REPLICA_SETS, &DEPLOYMENTS, &CONFIG_MAPS, &EVENTS] {
        assert!(world.names(resource).is_empty(), "{}", resource.plural);
    }
}

#[test]
fn pods_of_a_silent_node_go_elsewhere_after_a_while() {
    let mut world = World::new();
    let mut web = deployment(3, "pulls=0s");
    web["spec"]["template"]["spec"]["tolerations"] = json!([
        {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
        {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
    ]);
    world.make(&DEPLOYMENTS, web);
    world.pass(10);
    let ready = |world: &mut World, status: &str| {
        world.0.change(&NODES, "", "node-1", |node| {
            node["status"]["conditions"][0]["status"] = json!(status);
        });
    };
    ready(&mut world, "Unknown");
    world.pass(5);
    assert_eq!(count(&world), (3, 2));
    world.pass(300);
    assert_eq!(count(&world), (3, 3));
    assert_eq!(
        world.names(&PODS).len(),
        4,
        "the lost one cannot say that it stopped"
    );
    ready(&mut world, "True");
    world.pass(40);
    assert_eq!(world.names(&PODS).len(), 3);
    assert!(world.see(&NODES, "node-1")["spec"]["taints"].is_null());
}

#[test]
fn a_node_that_is_deleted_takes_its_pods_along() {
    let mut world = settled(3);
    world.delete(&NODES, "node-2", &Deletion::default());
    world.pass(20);
    assert_eq!(count(&world), (3, 3));
    assert!(
        world
            .pods()
            .iter()
            .all(|pod| pod["spec"]["nodeName"] != "node-2")
    );
}

#[test]
fn a_namespace_says_what_it_waits_for() {
    let mut world = World::new();
    let held = json!({"metadata": {"name": "held", "finalizers": ["example.com/hold"]}});
    world.make(&CONFIG_MAPS, held);
    let _ = delete::delete(&mut world.0, &NAMESPACES, "", "shop", &Deletion::default());
    world.pass(3);
    let namespace = world.0.get(&NAMESPACES, "", "shop").unwrap_or_default();
    assert_eq!(
        says(&namespace, "NamespaceContentRemaining"),
        "True SomeResourcesRemain"
    );
    assert_eq!(
        says(&namespace, "NamespaceFinalizersRemaining"),
        "True SomeFinalizersRemain"
    );
    assert_eq!(
        says(&namespace, "NamespaceDeletionContentFailure"),
        "False ContentDeleted"
    );
    world.edit(&CONFIG_MAPS, "held", |map| {
        map["metadata"]["finalizers"] = json!([]);
    });
    world.pass(5);
    assert!(world.0.get(&NAMESPACES, "", "shop").is_none());
}

#[test]
fn a_pod_that_is_held_stays_as_it_ended() {
    let mut world = World::new();
    let mut spec = template("pulls=0s");
    spec["metadata"]["name"] = json!("web");
    spec["metadata"]["finalizers"] = json!(["example.com/hold"]);
    spec["spec"]["containers"][0]["command"] = json!(["sleep", "3600"]);
    world.make(&PODS, spec);
    world.pass(5);
    let asked = Deletion {
        grace: Some(2),
        ..Deletion::default()
    };
    world.delete(&PODS, "web", &asked);
    world.pass(30);
    let web = world.see(&PODS, "web");
    // A sleep does not hear that it is to stop.
    let code = &web["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"];
    assert_eq!(
        (code, &web["status"]["phase"]),
        (&json!(137), &json!("Failed"))
    );
    assert_eq!(says(&web, "Ready"), "False PodFailed");
}
