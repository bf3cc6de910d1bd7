//! What several loops do together: scheduling, endpoints, budgets, quotas, collection, namespaces, Nodes, claims.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};

use super::world::{World, count, says, settled, template};
use crate::demo::{
    delete::Deletion,
    object,
    resource::{
        BUDGETS, CLAIMS, DAEMON_SETS, DEPLOYMENTS, ENDPOINT_SLICES, ENDPOINTS, EVENTS, NODES, PODS,
        RESOURCE_QUOTAS, SERVICES, STORAGE_CLASSES, VOLUMES,
    },
};

fn pod(name: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut pod = template("pulls=0s");
    pod["metadata"]["name"] = json!(name);
    change(&mut pod);
    pod
}

fn message(pod: &Value) -> String {
    let known = super::template::find_condition(pod, "PodScheduled").unwrap();
    object::text(known, "/message").to_owned()
}

type Change = Box<dyn FnOnce(&mut Value)>;

const TAIL: &str = "no new claims to deallocate, preemption: 0/3 nodes are available:";

#[test]
fn a_pod_that_fits_nowhere_is_told_why() {
    let request = |what: &str, amount: &str| {
        let (what, amount) = (what.to_owned(), amount.to_owned());
        move |pod: &mut Value| {
            pod["spec"]["containers"][0]["resources"]["requests"][what] = json!(amount);
        }
    };
    let cases: Vec<(Change, String)> = vec![
        (
            Box::new(request("cpu", "5")),
            format!(
                "0/3 nodes are available: 3 Insufficient cpu. {TAIL} 3 Preemption is not helpful for scheduling."
            ),
        ),
        (
            Box::new(request("memory", "64Gi")),
            format!(
                "0/3 nodes are available: 3 Insufficient memory. {TAIL} 3 Preemption is not helpful for scheduling."
            ),
        ),
        (
            Box::new(|pod| pod["spec"]["nodeSelector"] = json!({"disk": "fast"})),
            format!(
                "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. {TAIL} 3 Preemption is not helpful for scheduling."
            ),
        ),
        (
            Box::new(|pod| {
                pod["spec"]["volumes"] =
                    json!([{"name": "v", "persistentVolumeClaim": {"claimName": "nope"}}]);
            }),
            "0/3 nodes are available: persistentvolumeclaim \"nope\" not found. not found"
                .to_owned(),
        ),
        (
            Box::new(|pod| pod["spec"]["schedulingGates"] = json!([{"name": "example.com/wait"}])),
            "Scheduling is blocked due to non-empty scheduling gates".to_owned(),
        ),
    ];
    for (change, text) in cases {
        let mut world = World::new();
        world.make(&PODS, pod("web", change));
        world.pass(2);
        let web = world.see(&PODS, "web");
        assert_eq!(message(&web), text);
        assert_eq!(web["status"]["phase"], "Pending");
    }
}

#[test]
fn room_that_is_freed_is_taken() {
    let mut world = World::new();
    let big = |name: &str| {
        pod(name, |pod| {
            pod["spec"]["containers"][0]["resources"]["requests"]["cpu"] = json!("3");
        })
    };
    for name in ["a", "b", "c", "d"] {
        world.make(&PODS, big(name));
    }
    world.pass(5);
    assert_eq!(count(&world).1, 3);
    let waiting = world
        .pods()
        .into_iter()
        .find(|pod| pod["spec"]["nodeName"].is_null())
        .unwrap();
    assert_eq!(
        message(&waiting),
        format!(
            "0/3 nodes are available: 3 Insufficient cpu. {TAIL} 3 No preemption victims found for incoming pod."
        )
    );
    let taken = world
        .names(&PODS)
        .into_iter()
        .find(|name| name != object::name(&waiting))
        .unwrap();
    world.delete(&PODS, &taken, &Deletion::default());
    world.pass(10);
    assert_eq!(count(&world).1, 3);
    assert_eq!(
        says(&world.see(&PODS, object::name(&waiting)), "PodScheduled"),
        "True"
    );
}

#[test]
fn cordons_and_taints_keep_pods_away() {
    let mut world = World::new();
    world.edit(&NODES, "node-1", |_| ());
    for (name, change) in [
        ("node-1", json!({"unschedulable": true})),
        (
            "node-2",
            json!({"taints": [{"key": "team", "value": "blue", "effect": "NoSchedule"}]}),
        ),
    ] {
        world.0.change(&NODES, "", name, |node| {
            for (field, value) in change.as_object().into_iter().flatten() {
                node["spec"][field] = value.clone();
            }
        });
    }
    world.pass(1);
    for name in ["a", "b", "c"] {
        world.make(&PODS, pod(name, |_| ()));
    }
    let tolerant = json!([{"key": "team", "operator": "Equal", "value": "blue"}]);
    world.make(
        &PODS,
        pod("blue", |pod| {
            pod["spec"]["tolerations"] = tolerant;
            pod["spec"]["nodeSelector"] = json!({"kubernetes.io/hostname": "node-2"});
        }),
    );
    world.pass(5);
    for pod in world.pods() {
        let node = if object::name(&pod) == "blue" {
            "node-2"
        } else {
            "node-3"
        };
        assert_eq!(pod["spec"]["nodeName"], node);
    }
    world.make(
        &PODS,
        pod("first", |pod| {
            pod["spec"]["nodeSelector"] = json!({"kubernetes.io/hostname": "node-1"});
        }),
    );
    world.pass(1);
    assert!(message(&world.see(&PODS, "first")).starts_with(
        "0/3 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable"
    ) || message(&world.see(&PODS, "first")).contains("node(s) were unschedulable"));
    world.0.change(&NODES, "", "node-1", |node| {
        node["spec"]["unschedulable"] = json!(false);
    });
    world.pass(5);
    assert_eq!(world.see(&PODS, "first")["spec"]["nodeName"], "node-1");
}

#[test]
fn a_service_leads_to_its_ready_pods() {
    let mut world = settled(2);
    world.make(&SERVICES, json!({
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {"selector": {"app": "web"}, "clusterIP": "10.96.0.7", "ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]},
    }));
    world.pass(1);
    let subset = world.see(&ENDPOINTS, "web")["subsets"][0].clone();
    assert_eq!(subset["addresses"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        subset["ports"],
        json!([{"name": "http", "port": 8080, "protocol": "TCP"}])
    );
    let slices = world.names(&ENDPOINT_SLICES);
    assert_eq!(slices.len(), 1);
    let slice = world.see(&ENDPOINT_SLICES, &slices[0]);
    assert_eq!(
        slice["endpoints"][0]["conditions"],
        json!({"ready": true, "serving": true, "terminating": false})
    );
    assert_eq!(
        object::label(&slice, "kubernetes.io/service-name"),
        Some("web")
    );
    world.edit(&DEPLOYMENTS, "web", |web| {
        web["spec"]["replicas"] = json!(0);
    });
    world.pass(30);
    assert!(world.see(&ENDPOINTS, "web")["subsets"].is_null());
    world.delete(&SERVICES, "web", &Deletion::default());
    world.pass(1);
    assert!(world.names(&ENDPOINTS).is_empty() && world.names(&ENDPOINT_SLICES).is_empty());
}

#[test]
fn budgets_count_what_may_be_missing() {
    for (spec, desired, allowed) in [
        (json!({"minAvailable": 1}), 1, 2),
        (json!({"minAvailable": "100%"}), 3, 0),
        (json!({"maxUnavailable": 1}), 2, 1),
        (json!({"maxUnavailable": "50%"}), 1, 2),
    ] {
        let mut world = settled(3);
        let mut budget = json!({"metadata": {"name": "web"}, "spec": spec});
        budget["spec"]["selector"] = json!({"matchLabels": {"app": "web"}});
        world.make(&BUDGETS, budget);
        world.pass(1);
        let status = world.see(&BUDGETS, "web")["status"].clone();
        assert_eq!(
            (&status["desiredHealthy"], &status["disruptionsAllowed"]),
            (&json!(desired), &json!(allowed)),
            "{spec}"
        );
        assert_eq!(
            (&status["currentHealthy"], &status["expectedPods"]),
            (&json!(3), &json!(3))
        );
    }
}

#[test]
fn quotas_say_what_is_used() {
    let mut world = settled(2);
    world.make(
        &RESOURCE_QUOTAS,
        json!({"metadata": {"name": "quota"}, "spec": {"hard": {"pods": "5"}}}),
    );
    world.edit(&DEPLOYMENTS, "web", |web| {
        web["spec"]["replicas"] = json!(3);
    });
    world.pass(10);
    let status = world.see(&RESOURCE_QUOTAS, "quota")["status"].clone();
    assert_eq!(
        status,
        json!({"hard": {"pods": "5"}, "used": {"pods": "3"}})
    );
}

#[test]
fn each_node_that_suits_has_its_daemon() {
    let mut world = World::new();
    world.0.change(&NODES, "", "node-3", |node| {
        node["spec"]["unschedulable"] = json!(true);
    });
    let mut set = json!({"metadata": {"name": "agent"}, "spec": {
        "selector": {"matchLabels": {"app": "web"}}, "template": template("pulls=0s starts=2s"),
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}},
    }});
    set["spec"]["template"]["spec"]["containers"][0]["readinessProbe"] =
        json!({"httpGet": {"port": 80}});
    world.make(&DAEMON_SETS, set);
    world.pass(10);
    assert_eq!(count(&world), (3, 3), "a cordon does not keep daemons away");
    world.edit(&DAEMON_SETS, "agent", |agent| {
        agent["spec"]["template"]["spec"]["containers"][0]["image"] = json!("shop/web:2");
    });
    world.watch(60, |state| assert!(count(state).1 >= 2));
    let status = world.see(&DAEMON_SETS, "agent")["status"].clone();
    for field in [
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "numberReady",
        "updatedNumberScheduled",
        "numberAvailable",
    ] {
        assert_eq!(status[field], 3, "{field}");
    }
    world.0.change(&NODES, "", "node-1", |node| {
        node["spec"]["taints"] = json!([{"key": "team", "effect": "NoExecute"}]);
    });
    world.pass(20);
    assert_eq!(count(&world), (2, 2));
    assert_eq!(
        world.see(&DAEMON_SETS, "agent")["status"]["desiredNumberScheduled"],
        2
    );
}

#[test]
fn claims_get_their_volumes_and_grow() {
    let mut world = World::new();
    for (name, mode) in [("now", "Immediate"), ("later", "WaitForFirstConsumer")] {
        world.make(&STORAGE_CLASSES, json!({
            "metadata": {"name": name}, "provisioner": "csi.example.org", "reclaimPolicy": "Delete",
            "volumeBindingMode": mode, "allowVolumeExpansion": true,
        }));
        world.make(&CLAIMS, json!({"metadata": {"name": name}, "spec": {
            "accessModes": ["ReadWriteOnce"], "storageClassName": name, "resources": {"requests": {"storage": "1Gi"}},
        }}));
    }
    world.make(&CLAIMS, json!({"metadata": {"name": "lost"}, "spec": {
        "accessModes": ["ReadWriteOnce"], "storageClassName": "nope", "resources": {"requests": {"storage": "1Gi"}},
    }}));
    world.pass(10);
    let phase = |world: &World, name: &str| {
        object::text(&world.see(&CLAIMS, name), "/status/phase").to_owned()
    };
    assert_eq!(
        ["now", "later", "lost"].map(|name| phase(&world, name)),
        ["Bound", "Pending", "Pending"]
    );
    assert!(
        world.heard("later", "WaitForFirstConsumer") && world.heard("lost", "ProvisioningFailed")
    );
    world.make(
        &PODS,
        pod("web", |pod| {
            pod["spec"]["volumes"] =
                json!([{"name": "v", "persistentVolumeClaim": {"claimName": "later"}}]);
        }),
    );
    world.pass(10);
    assert_eq!(phase(&world, "later"), "Bound");
    assert_eq!(says(&world.see(&PODS, "web"), "Ready"), "True");
    world.edit(&CLAIMS, "later", |claim| {
        claim["spec"]["resources"]["requests"]["storage"] = json!("2Gi");
    });
    world.pass(1);
    assert_eq!(says(&world.see(&CLAIMS, "later"), "Resizing"), "True");
    world.pass(5);
    assert_eq!(
        world.see(&CLAIMS, "later")["status"]["capacity"]["storage"],
        "2Gi"
    );
    world.delete(&CLAIMS, "later", &Deletion::default());
    world.pass(5);
    assert!(
        world.names(&CLAIMS).contains(&"later".to_owned()),
        "it is in use"
    );
    world.delete(&PODS, "web", &Deletion::default());
    world.pass(5);
    assert!(!world.names(&CLAIMS).contains(&"later".to_owned()));
    assert_eq!(world.store.count(&VOLUMES), 1);
}

#[test]
fn old_events_go() {
    let mut world = settled(1);
    assert!(world.store.count(&EVENTS) > 0);
    world.pass(2 * 3_600);
    assert_eq!(world.store.count(&EVENTS), 0);
}

#[test]
fn a_cluster_at_peace_has_nothing_to_do() {
    let mut world = settled(3);
    world.pass(2 * 3_600);
    assert_eq!(world.next(), None);
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let story = || {
        let mut world = settled(3);
        world.edit(&DEPLOYMENTS, "web", |web| {
            web["spec"]["template"]["metadata"]["annotations"]["demo.barkeep.dev/acts"] =
                json!("crashes=20s");
        });
        world.pass(300);
        let all: Vec<Vec<u8>> = world
            .store
            .list(&PODS, None)
            .map(|pod| pod.json.to_vec())
            .collect();
        all
    };
    assert_eq!(story(), story());
}
