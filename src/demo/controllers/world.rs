//! A small cluster for tests of controllers: Nodes, and words for what tests ask again and again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::ops::{Deref, DerefMut};

use serde_json::{Value, json};

use crate::demo::{
    controllers::facts,
    delete::{self, Deletion},
    object,
    resource::{CONFIG_MAPS, DEPLOYMENTS, EVENTS, NAMESPACES, NODES, PODS, Resource},
    state::State,
};

/// The moment at which every test begins: 2027-01-15 08:00:00 UTC, a Friday.
pub(super) const START: i64 = 1_800_000_000_000;

/// A cluster of three Nodes with one namespace, `shop`.
pub(super) struct World(pub(super) State);

impl Deref for World {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.0
    }
}

impl World {
    pub(super) fn new() -> Self {
        let mut state = State::new(1, START, 1.0);
        for n in 1..=3 {
            let node = json!({
                "metadata": {"name": format!("node-{n}"), "labels": {"kubernetes.io/hostname": format!("node-{n}")}},
                "spec": {"podCIDR": format!("10.244.{n}.0/24")},
                "status": {
                    "allocatable": {"cpu": "4", "memory": "16Gi", "pods": "110"},
                    "addresses": [{"type": "InternalIP", "address": format!("192.0.2.{n}")}],
                    "conditions": [{"type": "Ready", "status": "True"}],
                },
            });
            state.create(&NODES, node).unwrap();
        }
        let namespace = json!({
            "metadata": {"name": "shop"}, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"},
        });
        state.create(&NAMESPACES, namespace).unwrap();
        let mut world = Self(state);
        world.pass(1);
        assert!(
            world
                .store
                .get(&CONFIG_MAPS, "shop", "kube-root-ca.crt")
                .is_some()
        );
        world
    }

    /// Lets so many seconds pass.
    pub(super) fn pass(&mut self, seconds: i64) {
        let to = self.0.now() + seconds * 1_000;
        self.0.advance(to);
    }

    /// Lets so many seconds pass, and looks after each tenth of one.
    pub(super) fn watch(&mut self, seconds: i64, mut look: impl FnMut(&State)) {
        for _ in 0..seconds * 10 {
            let to = self.0.now() + 100;
            self.0.advance(to);
            look(&self.0);
        }
    }

    pub(super) fn make(&mut self, resource: &'static Resource, mut object: Value) -> Value {
        if resource.namespaced {
            object["metadata"]["namespace"] = json!("shop");
        }
        self.0.create(resource, object).unwrap()
    }

    /// Changes a spec as a user does: it counts as a new generation.
    pub(super) fn edit(
        &mut self,
        resource: &'static Resource,
        name: &str,
        change: impl FnOnce(&mut Value),
    ) {
        self.0.change(resource, "shop", name, |object| {
            change(object);
            let generation = object::number(object, "/metadata/generation").unwrap_or(0);
            object["metadata"]["generation"] = json!(generation + 1);
        });
    }

    pub(super) fn see(&self, resource: &'static Resource, name: &str) -> Value {
        let namespace = if resource.namespaced { "shop" } else { "" };
        self.0.get(resource, namespace, name).unwrap_or_default()
    }

    pub(super) fn delete(&mut self, resource: &'static Resource, name: &str, asked: &Deletion) {
        let namespace = if resource.namespaced { "shop" } else { "" };
        delete::delete(&mut self.0, resource, namespace, name, asked).unwrap();
    }

    pub(super) fn names(&self, resource: &'static Resource) -> Vec<String> {
        let all = self.0.store.list(resource, Some("shop"));
        all.map(|entry| entry.name.to_string()).collect()
    }

    pub(super) fn pods(&self) -> Vec<Value> {
        let all = self.0.store.list(&PODS, Some("shop"));
        all.map(|entry| entry.value()).collect()
    }

    /// The Events about an object: reason and message.
    pub(super) fn events(&self, name: &str) -> Vec<(String, String)> {
        let mut all: Vec<Value> = self
            .0
            .store
            .list(&EVENTS, None)
            .map(|entry| entry.value())
            .filter(|event| event["involvedObject"]["name"] == name)
            .collect();
        all.sort_by_key(|event| {
            object::text(event, "/metadata/resourceVersion")
                .parse::<u64>()
                .unwrap()
        });
        let field = |event: &Value, field: &str| event[field].as_str().unwrap_or("").to_owned();
        all.iter()
            .map(|event| (field(event, "reason"), field(event, "message")))
            .collect()
    }

    pub(super) fn heard(&self, name: &str, reason: &str) -> bool {
        self.events(name).iter().any(|(known, _)| known == reason)
    }
}

/// Pods that are there and not leaving, and those of them that are ready.
pub(super) fn count(state: &State) -> (usize, usize) {
    let pods = state.store.list(&PODS, Some("shop"));
    let active: Vec<_> = pods.filter(|pod| facts::pod(pod).active()).collect();
    let ready = active.iter().filter(|pod| facts::pod(pod).ready).count();
    (active.len(), ready)
}

/// A template of one container, `app`, with these words about how it behaves.
pub(super) fn template(acts: &str) -> Value {
    json!({
        "metadata": {
            "labels": {"app": "web"}, "annotations": {"demo.barkeep.dev/acts": acts},
        },
        "spec": {
            "containers": [{
                "name": "app", "image": "shop/web:1",
                "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}},
            }],
            "restartPolicy": "Always", "terminationGracePeriodSeconds": 30,
        },
    })
}

pub(super) fn deployment(replicas: i64, acts: &str) -> Value {
    let rolling =
        json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}});
    json!({
        "metadata": {"name": "web", "annotations": {}},
        "spec": {
            "replicas": replicas, "strategy": rolling, "progressDeadlineSeconds": 600,
            "revisionHistoryLimit": 2,
            "selector": {"matchLabels": {"app": "web"}}, "template": template(acts),
        },
    })
}

/// The condition of an object, as `status reason`.
pub(super) fn says(object: &Value, kind: &str) -> String {
    super::template::find_condition(object, kind).map_or_else(String::new, |condition| {
        let field = |name: &str| condition[name].as_str().unwrap_or("");
        format!("{} {}", field("status"), field("reason"))
            .trim_end()
            .to_owned()
    })
}

/// A Deployment of so many Pods, all of them ready.
pub(super) fn settled(replicas: i64) -> World {
    let mut world = World::new();
    world.make(&DEPLOYMENTS, deployment(replicas, ""));
    world.pass(20);
    assert_eq!(count(&world), (replicas as usize, replicas as usize));
    world
}
