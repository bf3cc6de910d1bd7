//! The story as the controllers tell it.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::{Value, json};

use super::{
    PAST, begin,
    cast::{self, Cast, Kind},
    crowd, deed,
};
use crate::demo::{
    object,
    resource::{DEPLOYMENTS, EVENTS, JOBS, NODES, PODS, REPLICA_SETS, RESOURCES},
    state::State,
    usage,
};

const NOW: i64 = 1_795_500_000_000;
const MINUTE: i64 = 60_000;

fn told(seed: u64) -> State {
    let mut state = State::new(seed, NOW - PAST, 1.0);
    begin(&mut state, NOW);
    state
}

static TOLD: LazyLock<State> = LazyLock::new(|| told(1));

/// How a Server is, in a word; empty for well.
fn how(state: &State, cast: &Cast) -> String {
    let Some(object) = state.get(cast.resource(), cast.namespace(), &cast.object_name()) else {
        return "is not there".to_owned();
    };
    let condition = |kind: &str, status: &str| {
        object::items(&object, "/status/conditions")
            .iter()
            .find(|condition| condition["type"] == kind && condition["status"] == status)
            .map(|condition| object::text(condition, "/reason").to_owned())
    };
    let number = |pointer: &str| object::number(&object, pointer).unwrap_or(0);
    let waiting = pods(state, cast).into_iter().find_map(|pod| {
        let reason = object::items(&pod, "/status/containerStatuses")
            .iter()
            .find_map(|status| status.pointer("/state/waiting/reason").cloned());
        let pending = object::items(&pod, "/status/conditions")
            .iter()
            .find(|condition| condition["status"] == "False" && condition["type"] == "PodScheduled")
            .map(|condition| condition["reason"].clone());
        Some(reason.or(pending)?.as_str()?.to_owned())
    });
    match cast.server.kind {
        Kind::Deployment | Kind::StatefulSet => {
            let (ready, wanted) = (number("/status/readyReplicas"), number("/spec/replicas"));
            let updated = number("/status/updatedReplicas");
            match () {
                () if object["spec"]["paused"] == true => "paused".to_owned(),
                () if wanted == 0 => "stopped".to_owned(),
                () if waiting.is_some() => waiting.unwrap_or_default(),
                () if condition("ReplicaFailure", "True").is_some() => "ReplicaFailure".to_owned(),
                () if ready < wanted => "unready".to_owned(),
                () if cast.server.kind == Kind::Deployment && updated < wanted => {
                    "half-way".to_owned()
                }
                () => String::new(),
            }
        }
        Kind::DaemonSet => {
            let all = number("/status/desiredNumberScheduled");
            let well = all > 0 && number("/status/numberReady") == all;
            if well {
                String::new()
            } else {
                "unready".to_owned()
            }
        }
        Kind::CronJob if object["spec"]["suspend"] == true => "suspended".to_owned(),
        Kind::CronJob => String::new(),
        Kind::Job => condition("Failed", "True").or(waiting).unwrap_or_default(),
        Kind::Pod | Kind::Static => {
            let phase = object::text(&object, "/status/phase");
            if phase == "Running" {
                String::new()
            } else {
                phase.to_owned()
            }
        }
    }
}

fn pods(state: &State, cast: &Cast) -> Vec<Value> {
    state
        .store
        .list(&PODS, Some(cast.namespace()))
        .filter(|entry| entry.label("app.kubernetes.io/name") == Some(cast.server.name))
        .map(|entry| entry.value())
        .collect()
}

fn ill(state: &State) -> BTreeMap<String, String> {
    cast::all()
        .map(|cast| {
            (
                format!("{}/{}", cast.namespace(), cast.server.name),
                how(state, &cast),
            )
        })
        .filter(|(_, how)| !how.is_empty())
        .collect()
}

#[test]
fn it_is_a_normal_bad_day() {
    let mut found = ill(&TOLD);
    // These come and go: between two crashes all is well for a while.
    for restless in [
        "shop-stage/worker",
        "cafe-point-dev/kiosk-gateway",
        "payments-prod/fraud-score",
    ] {
        found.remove(restless);
    }
    // An autoscaler may be at work at this very moment.
    found.retain(|name, how| how != "unready" || name == "dev-logistics/tracker");
    let expected = [
        ("accounts-live/auth", "half-way"),
        ("accounts-staging/profile", "CreateContainerConfigError"),
        ("ci-runners/runner", "ReplicaFailure"),
        ("data-lake/compactor", "suspended"),
        ("dev-logistics/tracker", "unready"),
        ("legacy/intranet", "stopped"),
        ("ml-training/train-two-tower-2448", "Unschedulable"),
        ("prod-logistics/routes", "paused"),
        ("search-prod/reindex-catalog", "BackoffLimitExceeded"),
        ("search-stage/opensearch", "Unschedulable"),
        ("shop-dev/api", "ImagePullBackOff"),
    ];
    let expected: BTreeMap<String, String> = expected
        .map(|(name, how)| (name.to_owned(), how.to_owned()))
        .into();
    assert_eq!(found, expected);
}

#[test]
fn what_happened_left_its_traces() {
    let state = &*TOLD;
    let get = |name: &str, namespace: &str| state.get(&DEPLOYMENTS, namespace, name).unwrap();
    let of = |namespace: &str, name: &str| {
        let found =
            cast::all().find(|cast| cast.namespace() == namespace && cast.server.name == name);
        found.unwrap()
    };
    let restarts = |cast: &Cast| -> i64 {
        let pods = pods(state, cast);
        let all = pods
            .iter()
            .filter_map(|pod| object::number(pod, "/status/containerStatuses/0/restartCount"));
        all.sum()
    };
    assert!(restarts(&of("shop-stage", "worker")) > 15);
    assert!(restarts(&of("cafe-point-dev", "kiosk-gateway")) > 5);
    let fraud = of("payments-prod", "fraud-score");
    assert!(restarts(&fraud) > 5);
    let killed = pods(state, &fraud).into_iter().any(|pod| {
        object::text(
            &pod,
            "/status/containerStatuses/0/lastState/terminated/reason",
        ) == "OOMKilled"
    });
    assert!(killed);
    let evicted = pods(state, &of("legacy", "crm"))
        .into_iter()
        .any(|pod| pod["status"]["reason"] == "Evicted");
    assert!(evicted);

    let web = get("web", "shop-prod");
    assert_eq!(
        object::annotation(&web, "deployment.kubernetes.io/revision"),
        Some("4")
    );
    assert_eq!(
        state.store.owned_of(object::uid(&web), &REPLICA_SETS).len(),
        4
    );
    for (_, namespace, name) in [(0, "shop-prod", "web"), (0, "kube-system", "coredns")] {
        let deployment = get(name, namespace);
        let made =
            object::millis(object::text(&deployment, "/metadata/creationTimestamp")).unwrap();
        assert!(NOW - made > 100 * 24 * 60 * MINUTE, "{name}");
    }
    let oldest = state.store.list(&EVENTS, None).map(|event| {
        let event = event.value();
        object::millis(object::text(&event, "/lastTimestamp")).unwrap()
    });
    assert!(oldest.min().unwrap() >= NOW - 61 * MINUTE);
    assert_eq!(state.now(), NOW);
}

#[test]
fn every_pod_is_of_a_usual_size() {
    let sizes: Vec<usize> = TOLD
        .store
        .list(&PODS, None)
        .map(|pod| pod.json.len())
        .collect();
    let mean = sizes.iter().sum::<usize>() / sizes.len();
    assert!((2_500..6_000).contains(&mean), "{mean}");
    assert!(
        sizes.iter().all(|size| *size < 8_000),
        "{:?}",
        sizes.iter().max()
    );
}

#[test]
fn the_same_seed_tells_the_same() {
    let again = told(1);
    for resource in RESOURCES {
        let all = |state: &State| -> Vec<String> {
            let entries = state.store.list(resource, None);
            entries
                .map(|entry| String::from_utf8_lossy(&entry.json).into_owned())
                .collect()
        };
        assert_eq!(all(&TOLD), all(&again), "{}", resource.plural);
    }
    let cast = cast::all().next().unwrap();
    assert_ne!(cast.before(1), cast.before(2));
}

#[test]
fn it_goes_on_and_leaves_alone_what_others_changed() {
    let mut state = told(3);
    let mine: Vec<Cast> = cast::all()
        .filter(|cast| cast.run.is_sound() && cast.server.kind == Kind::Deployment)
        .filter(|cast| cast.service.name == "shop")
        .collect();
    for cast in &mine {
        deed::change(&mut state, cast, |object| {
            object["spec"]["minReadySeconds"] = json!(1);
        });
    }
    // Whoever deletes something does not break the story.
    state.remove(&DEPLOYMENTS, "ml-serving", "embeddings");
    let images = |state: &State| -> Vec<String> {
        mine.iter()
            .map(|cast| {
                let object = state
                    .get(&DEPLOYMENTS, cast.namespace(), cast.server.name)
                    .unwrap();
                object::text(&object, "/spec/template").to_owned()
                    + &object["spec"]["template"].to_string()
            })
            .collect()
    };
    let before = images(&state);
    let version = state.store.version();
    state.advance(NOW + 10 * MINUTE);
    assert!(state.store.version() > version + 300, "nothing happens");
    assert_eq!(images(&state), before);
    let share = ill(&state).len() as f64 / cast::all().count() as f64;
    assert!(share < 0.30, "{share}: {:?}", ill(&state));
    assert!(
        state.store.count(&PODS) < 260,
        "{} Pods",
        state.store.count(&PODS)
    );
    assert!(state.store.count(&JOBS) < 40);
    let cordoned = state
        .store
        .list(&NODES, None)
        .filter(|node| node.field("spec.unschedulable") == Some("true"));
    assert!(cordoned.count() <= 1);
}

#[test]
fn a_crowd_has_nothing_to_do() {
    let mut state = State::new(1, NOW, 1.0);
    crowd(&mut state, 405);
    assert_eq!(state.store.count(&PODS), 405);
    let version = state.store.version();
    state.advance(NOW + 10 * MINUTE);
    assert_eq!(state.store.version(), version);
    // Looked at, it is as it should be.
    let names: Vec<(String, String)> = state
        .store
        .list(&DEPLOYMENTS, None)
        .map(|entry| (entry.namespace.to_string(), entry.name.to_string()))
        .collect();
    for (namespace, name) in names {
        state.change(&DEPLOYMENTS, &namespace, &name, |object| {
            object["metadata"]["annotations"]["looked-at"] = json!("yes");
        });
    }
    state.advance(NOW + 20 * MINUTE);
    assert_eq!(state.store.count(&PODS), 405);
    assert_eq!(
        state.store.count(&REPLICA_SETS),
        state.store.count(&DEPLOYMENTS)
    );
    let pod = state.store.list(&PODS, None).next().unwrap();
    assert!(pod.json.len() < 4_000, "{}", pod.json.len());
    assert!(usage::pod_metrics(&state, pod).is_some());
    let generated = state
        .store
        .list(&REPLICA_SETS, None)
        .all(|set| set.value()["status"]["readyReplicas"].is_u64());
    assert!(generated);
}
