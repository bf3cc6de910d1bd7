//! What is wrong with an object, the demo says in the words of this server.

use barkeep::demo::{
    admission,
    refusal::Refusal,
    registry,
    resource::{self, CLAIMS, LIMIT_RANGES, RESOURCE_QUOTAS, Resource},
};
use serde_json::{Value, json};

use crate::{
    defaults::demo,
    live,
    support::{
        WITHIN,
        cluster::{Cluster, eventually},
    },
};

/// Objects with something wrong in each.
const WRONG: &str = include_str!("../fixtures/demo/wrong.yaml");
/// Objects, and changes of them that may not be.
const CHANGES: &str = include_str!("../fixtures/demo/changes.yaml");

fn known(object: &Value) -> &'static Resource {
    resource::of_kind(
        object["apiVersion"].as_str().unwrap(),
        object["kind"].as_str().unwrap(),
    )
    .unwrap()
}

/// A message with the reasons of `[one, another]` in an order of their own: those of a LimitRange come out of a map.
fn in_order(message: &str) -> String {
    let listed = message
        .strip_suffix(']')
        .and_then(|rest| rest.split_once(": ["));
    let Some((start, reasons)) = listed else {
        return message.to_owned();
    };
    // A comma stands within a reason too.
    let mut reasons: Vec<&str> = reasons.split(", m").collect();
    if let Some(first) = reasons.first_mut() {
        *first = first.strip_prefix('m').unwrap_or(first);
    }
    reasons.sort_unstable();
    format!("{start}: [{}]", reasons.join(", m"))
}

/// What a `Status` says, as a list that can be compared: a server goes through a map in any order, and shows some values by
/// the names of its Go fields.
fn said(status: &Value) -> Vec<String> {
    let mut said = vec![
        status["code"].to_string(),
        status["reason"].to_string(),
        status["details"]["kind"].to_string(),
        status["details"]["name"].to_string(),
    ];
    let causes = status["details"]["causes"].as_array();
    let mut causes: Vec<String> = causes
        .into_iter()
        .flatten()
        .map(|cause| {
            let message = cause["message"].as_str().unwrap();
            let message = message.split('\n').next().unwrap();
            // Values that are whole objects are shown by the names of Go fields: the sentence behind them counts.
            let message = match message.split_once(": {") {
                Some((start, rest)) => {
                    let end = rest.rsplit_once("}: ").map_or("", |(_, end)| end);
                    format!("{start}: {{…}}: {end}")
                }
                None => message.to_owned(),
            };
            format!("{} {} {message}", cause["field"], cause["reason"])
        })
        .collect();
    if causes.is_empty() {
        said.push(in_order(status["message"].as_str().unwrap()));
    }
    // The same is sometimes said twice, by two generations of checks.
    causes.sort();
    causes.dedup();
    said.extend(causes);
    said
}

fn compare(what: &str, real: &Value, ours: &Result<Value, Refusal>, wrong: &mut Vec<String>) {
    let ours = match ours {
        Ok(_) => vec!["fine".to_owned()],
        Err(refusal) => said(&refusal.status()),
    };
    let real = if real["kind"] == "Status" {
        said(real)
    } else {
        vec!["fine".to_owned()]
    };
    if real != ours {
        wrong.push(format!(
            "{what}\n  real {}\n  ours {}",
            real.join("\n       "),
            ours.join("\n       ")
        ));
    }
}

/// Documents of YAML in a namespace.
fn documents(text: &str, namespace: &str) -> Vec<Value> {
    text.split("\n---\n")
        .map(|document| {
            let mut object: Value =
                serde_saphyr::from_str(&document.replace("NAMESPACE", namespace)).unwrap();
            if known(&object).namespaced {
                object["metadata"]["namespace"] = json!(namespace);
            }
            object
        })
        .collect()
}

#[test]
fn the_demo_refuses_what_a_real_server_does() {
    let Some(cluster) = live("the_demo_refuses_what_a_real_server_does") else {
        return;
    };
    let own = cluster.namespace("dev");
    let mut wrong = Vec::new();
    let objects = documents(WRONG, &own.name);
    assert!(objects.len() > 60, "{} objects", objects.len());
    for object in objects {
        let resource = known(&object);
        let path = format!("{}?dryRun=All", resource.path(&own.name, ""));
        let real = cluster.ask("POST", &path, Some(&object));
        let ours = demo(&own.name).prepare(resource, object.clone());
        compare(&object.to_string(), &real, &ours, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the demo makes of a change.
fn changed(
    namespace: &str,
    resource: &'static Resource,
    before: &Value,
    patch: &Value,
) -> Result<Value, Refusal> {
    let mut after = before.clone();
    json_patch::merge(&mut after, patch);
    registry::prepare_update(&demo(namespace), resource, before, after, None)
}

#[test]
fn the_demo_refuses_the_changes_that_a_real_server_does() {
    let Some(cluster) = live("the_demo_refuses_the_changes_that_a_real_server_does") else {
        return;
    };
    let own = cluster.namespace("dev");
    let mut wrong = Vec::new();
    let mut compared = 0;
    for mut object in documents(CHANGES, &own.name) {
        let changes = object.as_object_mut().unwrap().remove("changes").unwrap();
        let resource = known(&object);
        let name = object["metadata"]["name"].as_str().unwrap().to_owned();
        let made = cluster.ask("POST", &resource.path(&own.name, ""), Some(&object));
        assert_ne!(made["kind"], "Status", "{made}");
        let path = resource.path(&own.name, &name);
        if resource == &CLAIMS {
            bind(&cluster, &path);
        }
        for patch in changes.as_array().unwrap() {
            let before = cluster.ask("GET", &path, None);
            let real = cluster.ask("PATCH", &format!("{path}?dryRun=All"), Some(patch));
            let ours = changed(&own.name, resource, &before, patch);
            compare(
                &format!("{} {patch}", resource.plural),
                &real,
                &ours,
                &mut wrong,
            );
            if let (Ok(ours), true) = (&ours, real["kind"] != "Status") {
                let (real, ours) = (&real["spec"], &ours["spec"]);
                if real != ours {
                    wrong.push(format!(
                        "{} {patch}\n  real {real}\n  ours {ours}",
                        resource.plural
                    ));
                }
            }
            compared += 1;
        }
        if !resource.namespaced {
            cluster.ask("DELETE", &path, None);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 30, "{compared} changes were compared");
}

/// Says that a claim has its volume, as its controller would.
fn bind(cluster: &Cluster, path: &str) {
    let status = json!({"status": {"phase": "Bound", "capacity": {"storage": "1Gi"}}});
    cluster.ask("PATCH", &format!("{path}/status"), Some(&status));
}

/// Pods that do not fit what the namespace allows.
const TOO_MUCH: &str = include_str!("../fixtures/demo/too-much.yaml");

#[test]
fn the_demo_admits_what_a_real_server_does() {
    let Some(cluster) = live("the_demo_admits_what_a_real_server_does") else {
        return;
    };
    let own = cluster.namespace("dev");
    let mut state = demo(&own.name);
    // A controller puts a certificate into every namespace.
    let certificate = json!({"metadata": {"name": "kube-root-ca.crt", "namespace": own.name}});
    state.create(&resource::CONFIG_MAPS, certificate).unwrap();
    let mut wrong = Vec::new();
    let mut objects = documents(TOO_MUCH, &own.name);
    // The first ones say what is allowed and what is there.
    let rest = objects.split_off(5);
    for object in objects {
        let resource = known(&object);
        let path = resource.path(&own.name, "");
        let made = cluster.ask("POST", &path, Some(&object));
        assert_ne!(made["kind"], "Status", "{made}");
        let name = object["metadata"]["name"].as_str().unwrap().to_owned();
        state.create(resource, object).unwrap();
        let counted = eventually(WITHIN, || {
            let quota = cluster.ask("GET", &resource.path(&own.name, &name), None);
            (resource != &RESOURCE_QUOTAS || quota["status"]["used"].is_object()).then_some(())
        });
        assert!(counted.is_some(), "the quota is not counted");
    }
    // A server hears of limits a moment after they are there.
    let path = resource::PODS.path(&own.name, "");
    eventually(WITHIN, || {
        let probe = json!({"metadata": {"name": "probe"}, "spec": {"containers": [{"name": "m", "image": "m"}]}});
        let pod = cluster.ask("POST", &format!("{path}?dryRun=All"), Some(&probe));
        (pod["code"] == 403 || !pod["spec"]["containers"][0]["resources"]["limits"].is_null())
            .then_some(())
    });
    let quota = RESOURCE_QUOTAS.path(&own.name, "all");
    let real = eventually(WITHIN, || {
        let used = cluster.ask("GET", &quota, None)["status"]["used"].clone();
        (used["configmaps"] == "2" && used["services"] == "1").then_some(used)
    })
    .unwrap_or_default();
    let quota = state.get(&RESOURCE_QUOTAS, &own.name, "all").unwrap();
    let ours = admission::quota_used(&state, &own.name, &quota);
    assert_eq!(real, ours);
    assert_eq!(state.store.count(&LIMIT_RANGES), 1);
    for object in rest {
        let resource = known(&object);
        let path = format!(
            "{}?dryRun=All",
            resource.path(object["metadata"]["namespace"].as_str().unwrap_or(""), "")
        );
        let real = cluster.ask("POST", &path, Some(&object));
        let ours = state.prepare(resource, object.clone());
        compare(&object.to_string(), &real, &ours, &mut wrong);
        if let Ok(ours) = &ours {
            let pointer = "/spec/containers/0/resources";
            if real.pointer(pointer) != ours.pointer(pointer) {
                wrong.push(format!("{object}\n  real {real}\n  ours {ours}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
