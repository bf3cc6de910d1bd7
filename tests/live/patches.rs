//! What a real server makes of a patch, the demo makes of it too: the same sequence of requests, one after another, and
//! after each the object, its owners or the refusal are compared.

use barkeep::demo::{
    patch::{self, Kind, managed},
    refusal::Refusal,
    resource::{self, Resource},
    schema::{self, FieldValidation},
};
use serde_json::{Map, Value, json};

use crate::{
    live,
    support::{
        WITHIN,
        cluster::{Cluster, eventually},
    },
};

/// One request.
struct Step {
    what: &'static str,
    kind: Kind,
    manager: &'static str,
    force: bool,
    body: Value,
}

fn step(what: &'static str, kind: Kind, manager: &'static str, body: Value) -> Step {
    Step {
        what,
        kind,
        manager,
        force: false,
        body,
    }
}

fn forced(what: &'static str, manager: &'static str, body: Value) -> Step {
    Step {
        force: true,
        ..step(what, Kind::Apply, manager, body)
    }
}

const CONTENT_TYPES: &[(Kind, &str)] = &[
    (Kind::Json, "application/json-patch+json"),
    (Kind::Merge, "application/merge-patch+json"),
    (Kind::Strategic, "application/strategic-merge-patch+json"),
    (Kind::Apply, "application/apply-patch+yaml"),
];

#[test]
fn patches_do_what_they_do_on_the_cluster() {
    let Some(cluster) = live("patches_do_what_they_do_on_the_cluster") else {
        return;
    };
    let own = cluster.namespace("dev");
    let mut wrong = Vec::new();
    for (resource, new, steps) in [
        (&resource::DEPLOYMENTS, deployment(), deployment_steps()),
        (&resource::CONFIG_MAPS, config_map(), config_map_steps()),
        (&resource::SERVICES, service(), service_steps()),
        (&resource::SERVICE_ACCOUNTS, account(), account_steps()),
    ] {
        create(&cluster, resource, &own.name, &new, &mut wrong);
        for step in steps {
            follow(&cluster, resource, &own.name, &step, &mut wrong);
        }
    }
    for (resource, applied) in [
        (&resource::DEPLOYMENTS, applied_deployment("fresh")),
        (
            &resource::CONFIG_MAPS,
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "fresh"}, "data": {"a": "b"}}),
        ),
    ] {
        let path = resource.path(&own.name, "fresh");
        let body = applied.to_string();
        let ours = patch::apply(resource, None, body.as_bytes(), "maker", false, 0, None);
        let path = format!("{path}?fieldManager=maker");
        let theirs = cluster.send(
            "PATCH",
            &path,
            "application/apply-patch+yaml",
            body.as_bytes(),
        );
        compare(
            "apply of what is not there",
            resource,
            ours,
            &theirs,
            None,
            &mut wrong,
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The owners of what was created.
fn create(
    cluster: &Cluster,
    resource: &Resource,
    namespace: &str,
    new: &Value,
    wrong: &mut Vec<String>,
) {
    let path = format!("{}?fieldManager=maker", resource.path(namespace, ""));
    let (code, made) = cluster.send(
        "POST",
        &path,
        "application/json",
        new.to_string().as_bytes(),
    );
    assert_eq!(code, 201, "{made}");
    let mut ours = made.clone();
    ours["metadata"]["managedFields"] = Value::Null;
    if let Some(spec) = ours.pointer_mut("/spec").and_then(Value::as_object_mut) {
        // The registry gives these out when the owners are known already.
        spec.retain(|name, _| {
            !["clusterIPs", "ipFamilies", "ipFamilyPolicy"].contains(&name.as_str())
        });
    }
    managed::update(resource, None, &mut ours, "maker", 0, None);
    same_owners("create", &ours, &made, wrong);
}

fn follow(
    cluster: &Cluster,
    resource: &Resource,
    namespace: &str,
    step: &Step,
    wrong: &mut Vec<String>,
) {
    let path = resource.path(namespace, "web");
    let get = || cluster.send("GET", &path, "application/json", b"").1;
    let body = match &step.body {
        Value::String(raw) => raw.clone(),
        body => body.to_string(),
    };
    let (_, content_type) = CONTENT_TYPES
        .iter()
        .find(|(kind, _)| *kind == step.kind)
        .unwrap();
    let force = if step.force { "&force=true" } else { "" };
    let url = format!(
        "{path}?fieldManager={}&fieldValidation=Strict{force}",
        step.manager
    );
    let send = |url: &str| cluster.send("PATCH", url, content_type, body.as_bytes());
    // Controllers write too. A dry run between two equal looks is an answer about just that object.
    let (before, theirs) = eventually(WITHIN, || {
        let before = get();
        let theirs = send(&format!("{url}&dryRun=All"));
        (get() == before).then_some((before, theirs))
    })
    .unwrap();
    send(&url);
    let ours = ours(resource, &before, step, body.as_bytes());
    compare(
        step.what,
        resource,
        ours,
        &theirs,
        Some((&before, step)),
        wrong,
    );
}

fn ours(resource: &Resource, before: &Value, step: &Step, body: &[u8]) -> Result<Value, Refusal> {
    if step.kind == Kind::Apply {
        let mut after = patch::apply(
            resource,
            Some(before),
            body,
            step.manager,
            step.force,
            0,
            None,
        )?;
        schema::check(resource, &mut after, FieldValidation::Ignore)?;
        return Ok(after);
    }
    let mut after = patch::patch(resource, before, step.kind, body)?;
    patch::check(
        resource,
        &mut after,
        step.kind,
        body,
        FieldValidation::Strict,
    )?;
    Ok(after)
}

fn compare(
    what: &str,
    resource: &Resource,
    ours: Result<Value, Refusal>,
    (code, theirs): &(u16, Value),
    patched: Option<(&Value, &Step)>,
    wrong: &mut Vec<String>,
) {
    let mut ours = match ours {
        Ok(ours) if *code < 300 => ours,
        Ok(ours) => {
            wrong.push(format!(
                "{what}: theirs {code} {}, ours {ours}",
                theirs["message"]
            ));
            return;
        }
        Err(refusal) => {
            let status = refusal.status();
            let shown = |status: &Value| {
                // A whole object is cited; it holds times and versions.
                let message = status["message"].as_str().unwrap_or_default().to_owned();
                let message = message
                    .rsplit("\\\": ")
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                let reason = status["reason"].as_str().unwrap_or_default().to_owned();
                let cited = message.contains("Invalid value: \"{");
                let message = if cited {
                    message.rsplit("\": ").next().unwrap_or_default().to_owned()
                } else {
                    message
                };
                // A server tells of conflicts in any order.
                let causes = status["details"]["causes"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default();
                let mut causes: Vec<String> = causes.iter().map(Value::to_string).collect();
                causes.sort();
                if cited {
                    causes.clear();
                }
                (status["code"].clone(), reason, message, causes)
            };
            if shown(&status) != shown(theirs) {
                wrong.push(format!(
                    "{what}: theirs {:?}\nours {:?}",
                    shown(theirs),
                    shown(&status)
                ));
            }
            return;
        }
    };
    let mut missing = Vec::new();
    covers(&ours, theirs, "", &mut missing);
    if !missing.is_empty() {
        wrong.push(format!("{what}: {missing:#?}"));
    }
    if let Some((before, step)) = patched
        && step.kind != Kind::Apply
    {
        // With defaults, which are not at issue here.
        let given = ours["metadata"]["managedFields"].clone();
        ours = theirs.clone();
        ours["metadata"]["managedFields"] = given;
        managed::update(resource, Some(before), &mut ours, step.manager, 0, None);
    }
    same_owners(what, &ours, theirs, wrong);
}

/// Whether all of ours is theirs, and theirs has no more than what a server fills in.
fn covers(ours: &Value, theirs: &Value, path: &str, wrong: &mut Vec<String>) {
    const FILLED: &[&str] = &[
        "resources",
        "imagePullPolicy",
        "terminationMessagePath",
        "terminationMessagePolicy",
        "protocol",
        "strategy",
        "progressDeadlineSeconds",
        "revisionHistoryLimit",
        "restartPolicy",
        "dnsPolicy",
        "schedulerName",
        "securityContext",
        "terminationGracePeriodSeconds",
        "defaultMode",
        "targetPort",
        "status",
        "metadata",
        "replicas",
        "failureThreshold",
        "periodSeconds",
        "successThreshold",
        "timeoutSeconds",
        "scheme",
        "type",
        "maxSurge",
        "maxUnavailable",
        "uid",
        "namespace",
    ];
    const OTHER: &[&str] = &[
        "/metadata/resourceVersion",
        "/metadata/generation",
        "/metadata/managedFields",
        "/status",
        "/metadata/creationTimestamp",
        "/metadata/uid",
    ];
    if OTHER.contains(&path) {
        return;
    }
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            for (name, value) in theirs {
                let path = format!("{path}/{name}");
                match ours.get(name) {
                    Some(ours) => covers(ours, value, &path, wrong),
                    None if FILLED.contains(&name.as_str()) || OTHER.contains(&path.as_str()) => {}
                    None => wrong.push(format!("{path}: only theirs: {value}")),
                }
            }
            for (name, value) in ours {
                let empty = value.as_object().is_some_and(Map::is_empty)
                    || value.as_array().is_some_and(Vec::is_empty);
                let path = format!("{path}/{name}");
                let other = OTHER.contains(&path.as_str());
                if theirs.get(name).is_none() && !empty && value != "" && !other {
                    wrong.push(format!("{path}: only ours: {value}"));
                }
            }
        }
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                covers(ours, theirs, &format!("{path}/{index}"), wrong);
            }
        }
        _ if ours == theirs => {}
        _ => wrong.push(format!("{path}: ours {ours}, theirs {theirs}")),
    }
}

fn same_owners(what: &str, ours: &Value, theirs: &Value, wrong: &mut Vec<String>) {
    let owners = |object: &Value| {
        let entries = object["metadata"]["managedFields"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let mut entries: Vec<String> = entries
            .into_iter()
            .map(|mut entry| {
                entry.as_object_mut().unwrap().remove("time");
                entry.to_string()
            })
            .collect();
        entries.sort();
        entries
    };
    let (ours, theirs) = (owners(ours), owners(theirs));
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter()
            .filter(|entry| !other.contains(entry))
            .cloned()
            .collect()
    };
    let (ours, theirs) = (only(&ours, &theirs), only(&theirs, &ours));
    if !ours.is_empty() || !theirs.is_empty() {
        wrong.push(format!(
            "{what}: owners\nours   {ours:#?}\ntheirs {theirs:#?}"
        ));
    }
}

fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "labels": {"app": "web"}, "annotations": {"note": "x"}, "finalizers": ["demo.barkeep.dev/a"]},
        "spec": {
            "replicas": 0, "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {
                    "nodeSelector": {"none": "x"},
                    "containers": [
                        {"name": "main", "image": "a:1", "command": ["a", "b"],
                         "ports": [{"containerPort": 80}, {"containerPort": 443, "name": "tls"}],
                         "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}, {"name": "C", "value": "3"}],
                         "resources": {"limits": {"cpu": "1000m", "memory": "1024Mi"}, "requests": {"cpu": 0.5}},
                         "livenessProbe": {"httpGet": {"path": "/", "port": "tls"}},
                         "volumeMounts": [{"name": "v", "mountPath": "/v"}]},
                        {"name": "side", "image": "s:1"},
                    ],
                    "volumes": [{"name": "v", "emptyDir": {}}, {"name": "w", "emptyDir": {}}],
                    "tolerations": [{"key": "a", "operator": "Exists"}],
                },
            },
        },
    })
}

fn applied_deployment(name: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "labels": {"tier": "front"}},
        "spec": {
            "replicas": 0, "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "main", "image": "a:1", "ports": [{"containerPort": 80}], "env": [{"name": "N", "value": "n"}]}]},
            },
        },
    })
}

/// A Deployment of which only this is said.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it reads better where it is called"
)]
fn say(spec: Value) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec})
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it reads better where it is called"
)]
fn pod(spec: Value) -> Value {
    json!({"spec": {"template": {"spec": spec}}})
}

fn deployment_steps() -> Vec<Step> {
    use Kind::{Apply, Json, Merge, Strategic};
    let containers = json!([{"name": "main"}, {"name": "side"}]);
    vec![
        // As kubectl sent them.
        step(
            "kubectl apply: env, ports, volume",
            Strategic,
            "kubectl-client-side-apply",
            pod(json!({
                "$setElementOrder/containers": containers, "$setElementOrder/volumes": [{"name": "v"}, {"name": "w"}],
                "containers": [{
                    "$setElementOrder/env": [{"name": "Z"}, {"name": "A"}, {"name": "B"}, {"name": "C"}],
                    "$setElementOrder/ports": [{"containerPort": 443}],
                    "env": [{"name": "Z", "value": "0"}, {"name": "A", "value": "9"}],
                    "name": "main", "ports": [{"$patch": "delete", "containerPort": 80}],
                }],
                "volumes": [{"$retainKeys": ["configMap", "name"], "configMap": {"name": "c"}, "emptyDir": null, "name": "v"}],
            })),
        ),
        step(
            "kubectl set image",
            Strategic,
            "kubectl-set",
            pod(json!({
                "$setElementOrder/containers": containers, "containers": [{"image": "a:2", "name": "main"}],
            })),
        ),
        step(
            "kubectl rollout restart",
            Strategic,
            "kubectl-rollout",
            json!({
                "spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "2026-11-23T15:25:35Z"}}}},
            }),
        ),
        step(
            "kubectl label",
            Merge,
            "kubectl-label",
            json!({"metadata": {"labels": {"tier": "x"}}}),
        ),
        step(
            "kubectl label -",
            Merge,
            "kubectl-label",
            json!({"metadata": {"labels": {"tier": null}}}),
        ),
        step(
            "kubectl annotate",
            Merge,
            "kubectl-annotate",
            json!({"metadata": {"annotations": {"note": "hi"}}}),
        ),
        step(
            "kubectl set env",
            Strategic,
            "kubectl-set",
            pod(json!({
                "$setElementOrder/containers": containers,
                "containers": [
                    {"$setElementOrder/env": [{"name": "Z"}, {"name": "A"}, {"name": "C"}, {"name": "D"}],
                     "env": [{"name": "A", "value": "5"}, {"name": "D", "value": "6"}, {"$patch": "delete", "name": "B"}], "name": "main"},
                    {"env": [{"name": "A", "value": "5"}], "name": "side"},
                ],
            })),
        ),
        step(
            "kubectl set resources",
            Strategic,
            "kubectl-set",
            pod(json!({
                "$setElementOrder/containers": containers,
                "containers": [{"name": "main", "resources": {"limits": {"cpu": "2"}}}, {"name": "side", "resources": {"limits": {"cpu": "1"}}}],
            })),
        ),
        step(
            "kubectl edit",
            Strategic,
            "kubectl-edit",
            pod(json!({
                "$setElementOrder/containers": containers, "containers": [{"image": "a:3", "name": "main"}],
            })),
        ),
        step(
            "kubectl rollout pause",
            Strategic,
            "kubectl-rollout",
            json!({"spec": {"paused": true}}),
        ),
        step(
            "kubectl patch, $patch: delete",
            Strategic,
            "kubectl-patch",
            pod(json!({"containers": [{"name": "side", "$patch": "delete"}]})),
        ),
        // What else there is.
        step(
            "a container more",
            Strategic,
            "me",
            pod(
                json!({"containers": [{"name": "first", "image": "f:1"}], "$setElementOrder/containers": [{"name": "first"}, {"name": "main"}]}),
            ),
        ),
        step(
            "finalizers are a set",
            Strategic,
            "me",
            json!({"metadata": {"finalizers": ["demo.barkeep.dev/b"]}}),
        ),
        step(
            "$deleteFromPrimitiveList",
            Strategic,
            "me",
            json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["demo.barkeep.dev/a", "demo.barkeep.dev/b"]}}),
        ),
        step(
            "$patch: replace",
            Strategic,
            "me",
            pod(
                json!({"tolerations": [{"key": "b", "operator": "Exists"}], "nodeSelector": {"$patch": "replace", "other": "y"}}),
            ),
        ),
        step(
            "a list replaced",
            Strategic,
            "me",
            pod(
                json!({"volumes": [{"$patch": "replace"}, {"name": "v", "emptyDir": {}}], "containers": [{"name": "main", "command": ["c"]}]}),
            ),
        ),
        step(
            "a field of another type",
            Strategic,
            "me",
            json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate", "rollingUpdate": null}}}),
        ),
        step("nothing", Strategic, "me", json!({})),
        step(
            "no merge key",
            Strategic,
            "me",
            pod(json!({"containers": [{"image": "x"}]})),
        ),
        step(
            "an unknown directive",
            Strategic,
            "me",
            json!({"spec": {"$patch": "frob"}}),
        ),
        step(
            "items of two types",
            Strategic,
            "me",
            pod(json!({"containers": ["x"]})),
        ),
        step(
            "an unknown field",
            Strategic,
            "me",
            json!({"spec": {"foo": 1}}),
        ),
        step(
            "an unknown field",
            Merge,
            "me",
            json!({"spec": {"foo": 1, "template": {"bar": {}}}}),
        ),
        step("no number", Merge, "me", json!({"spec": {"replicas": "x"}})),
        step("no list", Merge, "me", pod(json!({"containers": "x"}))),
        step("no JSON", Merge, "me", json!("xx")),
        step("no object", Merge, "me", json!([])),
        step("no JSON", Strategic, "me", json!("xx")),
        step("no object", Strategic, "me", json!([])),
        step("no list", Json, "me", json!({"a": 1})),
        step("no JSON", Json, "me", json!("[{")),
        step(
            "a test that fails",
            Json,
            "me",
            json!([{"op": "test", "path": "/spec/replicas", "value": 5}]),
        ),
        step(
            "nothing to remove",
            Json,
            "me",
            json!([{"op": "remove", "path": "/spec/none"}]),
        ),
        step(
            "nothing to move",
            Json,
            "me",
            json!([{"op": "move", "from": "/spec/none", "path": "/spec/paused"}]),
        ),
        step(
            "no such parent",
            Json,
            "me",
            json!([{"op": "add", "path": "/spec/a/b", "value": 1}]),
        ),
        step(
            "no such item",
            Json,
            "me",
            json!([{"op": "remove", "path": "/spec/template/spec/containers/7"}]),
        ),
        step(
            "no such operation",
            Json,
            "me",
            json!([{"op": "frob", "path": "/spec"}]),
        ),
        step(
            "replaced though not there",
            Json,
            "me",
            json!([{"op": "replace", "path": "/spec/minReadySeconds", "value": 1}]),
        ),
        step(
            "copied though not there",
            Json,
            "me",
            json!([{"op": "copy", "from": "/spec/none", "path": "/spec/minReadySeconds"}]),
        ),
        step(
            "several",
            Json,
            "me",
            json!([
                {"op": "test", "path": "/spec/replicas", "value": 0},
                {"op": "add", "path": "/spec/template/spec/containers/0/env", "value": [{"name": "J", "value": "j"}]},
                {"op": "replace", "path": "/metadata/annotations/note", "value": "json"},
                {"op": "remove", "path": "/spec/paused"},
                {"op": "add", "path": "/metadata/labels/a~1b", "value": "c"},
            ]),
        ),
        // Server-side apply.
        step(
            "a conflict",
            Apply,
            "one",
            say(json!({"minReadySeconds": 5, "replicas": 3})),
        ),
        step(
            "conflicts with two",
            Apply,
            "one",
            json!({
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": {"app": "other"}},
                "spec": {"replicas": 3, "template": {"spec": {"containers": [{"name": "main", "image": "x:9"}]}}},
            }),
        ),
        step(
            "the same value is no conflict",
            Apply,
            "one",
            say(json!({"replicas": 0, "minReadySeconds": 5})),
        ),
        step(
            "again, the same",
            Apply,
            "one",
            say(json!({"replicas": 0, "minReadySeconds": 5})),
        ),
        step(
            "a second manager",
            Apply,
            "two",
            say(json!({"replicas": 0})),
        ),
        step(
            "one of two goes away",
            Apply,
            "one",
            say(json!({"minReadySeconds": 5})),
        ),
        forced(
            "force",
            "two",
            say(json!({"replicas": 0, "minReadySeconds": 7})),
        ),
        step(
            "what is applied no more goes",
            Apply,
            "two",
            say(json!({"replicas": 0})),
        ),
        step(
            "a container, ports and env",
            Apply,
            "two",
            say(json!({"replicas": 0, "template": {"spec": {"containers": [
                {"name": "added", "image": "d:1", "ports": [{"containerPort": 90}, {"containerPort": 91, "protocol": "UDP"}], "env": [{"name": "X", "value": "x"}, {"name": "Y", "value": "y"}],
                 "resources": {"limits": {"cpu": "500m"}}, "command": ["sleep", "1"]},
            ]}}})),
        ),
        step(
            "a port and an env less, in another order",
            Apply,
            "two",
            say(
                json!({"replicas": 0, "template": {"metadata": {"annotations": {"k": "v"}}, "spec": {"containers": [
                    {"name": "added", "image": "d:1", "ports": [{"containerPort": 91, "protocol": "UDP"}], "env": [{"name": "Y", "value": "y2"}, {"name": "W", "value": "w"}], "command": ["sleep", "2"]},
                    {"name": "main", "env": [{"name": "K", "value": "k"}]},
                ]}}}),
            ),
        ),
        step(
            "an update takes from an applier",
            Merge,
            "me",
            json!({"spec": {"replicas": 1}}),
        ),
        step(
            "and it is a conflict then",
            Apply,
            "two",
            say(json!({"replicas": 0})),
        ),
        forced("which force solves", "two", say(json!({"replicas": 0}))),
        step(
            "an atomic map",
            Apply,
            "three",
            say(json!({"template": {"spec": {"nodeSelector": {"z": "z"}}}})),
        ),
        forced(
            "an atomic map by force",
            "three",
            say(json!({"template": {"spec": {"nodeSelector": {"z": "z"}}}})),
        ),
        step(
            "finalizers applied",
            Apply,
            "three",
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "finalizers": ["demo.barkeep.dev/z"]}}),
        ),
        step(
            "finalizers applied no more",
            Apply,
            "three",
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}),
        ),
        step("an unknown field", Apply, "one", say(json!({"foo": 1}))),
        step("no number", Apply, "one", say(json!({"replicas": "x"}))),
        step(
            "no list",
            Apply,
            "one",
            say(json!({"template": {"spec": {"containers": 5}}})),
        ),
        step(
            "twice the same",
            Apply,
            "one",
            say(json!({"template": {"spec": {"containers": [{"name": "x"}, {"name": "x"}]}}})),
        ),
        step(
            "another version",
            Apply,
            "one",
            json!({"apiVersion": "v1", "kind": "Deployment", "metadata": {"name": "web"}}),
        ),
        step(
            "another kind",
            Apply,
            "one",
            json!({"apiVersion": "apps/v1", "kind": "Foo", "metadata": {"name": "web"}}),
        ),
        step("no kind", Apply, "one", json!({"spec": {}})),
        step(
            "with owners",
            Apply,
            "one",
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "managedFields": [{}]}}),
        ),
        step("a list", Apply, "one", json!("- a")),
        step(
            "a null",
            Apply,
            "one",
            say(json!({"paused": null, "revisionHistoryLimit": 5})),
        ),
        step(
            "the owners are forgotten",
            Merge,
            "me",
            json!({"metadata": {"managedFields": [{}], "annotations": {"note": "forgot"}}}),
        ),
        step(
            "an update without owners",
            Merge,
            "me",
            json!({"metadata": {"annotations": {"note": "none"}}}),
        ),
        step(
            "an apply without owners",
            Apply,
            "one",
            say(json!({"revisionHistoryLimit": 6})),
        ),
    ]
}

fn config_map() -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": {"a": "1", "b": "2"}, "binaryData": {"c": "Yw=="}})
}

fn config_map_steps() -> Vec<Step> {
    use Kind::{Apply, Json, Merge, Strategic};
    let map = |data: Value| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": data});
    vec![
        step("a key less", Merge, "me", json!({"data": {"a": null}})),
        step(
            "a key's null, as text",
            Json,
            "me",
            json!([{"op": "add", "path": "/data/n", "value": null}]),
        ),
        step("a key more", Strategic, "me", json!({"data": {"d": "4"}})),
        step("no base64", Merge, "me", json!({"binaryData": {"c": "%%"}})),
        step("applied", Apply, "one", map(json!({"d": "4", "e": "5"}))),
        step(
            "applied as YAML",
            Apply,
            "one",
            json!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  e: '6'\n  f: |\n    a\n    b\n"
            ),
        ),
        step(
            "all gone",
            Merge,
            "me",
            json!({"data": null, "binaryData": null}),
        ),
        step("nothing applied", Apply, "one", map(json!({}))),
        step("immutable", Merge, "me", json!({"immutable": true})),
    ]
}

fn service() -> Value {
    json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {
        "clusterIP": "None", "selector": {"app": "web"}, "ports": [{"name": "http", "port": 80}, {"name": "dns", "port": 53, "protocol": "UDP"}],
    }})
}

fn service_steps() -> Vec<Step> {
    use Kind::{Apply, Strategic};
    let said = |spec: Value| json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec});
    vec![
        step(
            "a port changed",
            Strategic,
            "me",
            json!({"spec": {"ports": [{"port": 80, "targetPort": 8080}]}}),
        ),
        step(
            "a port gone",
            Strategic,
            "me",
            json!({"spec": {"$setElementOrder/ports": [{"port": 80}], "ports": [{"port": 53, "$patch": "delete"}]}}),
        ),
        step(
            "a selector",
            Strategic,
            "me",
            json!({"spec": {"selector": {"tier": "x"}}}),
        ),
        step(
            "a port applied, with the protocol left out",
            Apply,
            "one",
            said(
                json!({"ports": [{"name": "http", "port": 80, "targetPort": 8080}, {"name": "more", "port": 81, "targetPort": 81}]}),
            ),
        ),
        step(
            "another selector",
            Apply,
            "one",
            said(json!({"selector": {"app": "other"}})),
        ),
        forced(
            "another selector by force",
            "one",
            said(json!({"selector": {"app": "other"}})),
        ),
    ]
}

fn account() -> Value {
    json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "web"}, "imagePullSecrets": [{"name": "a"}, {"name": "b"}]})
}

fn account_steps() -> Vec<Step> {
    use Kind::{Apply, Strategic};
    vec![
        step(
            "a secret more",
            Strategic,
            "me",
            json!({"imagePullSecrets": [{"name": "c"}]}),
        ),
        step(
            "a secret less",
            Strategic,
            "me",
            json!({"imagePullSecrets": [{"name": "a", "$patch": "delete"}]}),
        ),
        step(
            "an atomic list",
            Apply,
            "one",
            json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "web"}, "imagePullSecrets": [{"name": "z"}]}),
        ),
        forced(
            "an atomic list by force",
            "one",
            json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "web"}, "imagePullSecrets": [{"name": "z"}]}),
        ),
    ]
}
