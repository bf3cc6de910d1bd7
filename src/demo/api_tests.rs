#![expect(
    clippy::unwrap_used,
    reason = "a request that has no answer has failed the test"
)]

use super::*;
use crate::demo::{
    resource::{CONFIG_MAPS, JOBS, NAMESPACES, SERVICE_ACCOUNTS},
    serve::Options,
    state::State,
};
use futures::FutureExt as _;
use http_body_util::Full;
use serde_json::Value;

/// A cluster with a namespace and a few objects in it, in which nothing happens.
fn demo() -> Demo {
    let mut state = State::new(1, 1_790_000_000_000, 1.0);
    state.controlled = false;
    let object = |name: &str| json!({"metadata": {"name": name, "namespace": "shop"}});
    state
        .create(&NAMESPACES, json!({"metadata": {"name": "shop"}}))
        .unwrap();
    state.create(&SERVICE_ACCOUNTS, object("default")).unwrap();
    for name in ["a", "b", "c"] {
        let mut map = object(name);
        map["metadata"]["labels"] = json!({"first": (name == "a").to_string()});
        state.create(&CONFIG_MAPS, map).unwrap();
    }
    let mut job = object("once");
    job["spec"]["template"]["spec"] =
        json!({"restartPolicy": "Never", "containers": [{"name": "m", "image": "m"}]});
    state.create(&JOBS, job).unwrap();
    let options = Options {
        open: true,
        ..Options::default()
    };
    Demo::of(state, options)
}

/// What a request is answered: its status, its headers, its body.
fn ask(demo: &Demo, request: &str, headers: &[(&str, &str)], body: &str) -> (Answer, String) {
    let (method, path) = request.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(Full::new(Bytes::from(body.to_owned())))
        .unwrap();
    let answer = demo.answer(request).now_or_never().unwrap().unwrap();
    let (head, body) = answer.into_parts();
    let bytes = body.collect().now_or_never().unwrap().unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (Answer::from_parts(head, answers::whole(Bytes::new())), text)
}

#[test]
fn what_cannot_be_is_refused_in_a_servers_words() {
    const MAPS: &str = "/api/v1/namespaces/shop/configmaps";
    const MERGE: &str = "application/merge-patch+json";
    for (request, kind, body, code, says) in [
        (
            "POST MAPS?dryRun=Some",
            "",
            "{}",
            422,
            "dryRun: Unsupported value: [\"Some\"]",
        ),
        (
            "POST MAPS?fieldValidation=Never",
            "",
            "{}",
            422,
            "supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"",
        ),
        (
            "PATCH MAPS/a?force=true",
            MERGE,
            "{}",
            422,
            "force: Forbidden: may not be specified for non-apply patch",
        ),
        (
            "PATCH MAPS/a",
            "text/plain",
            "{}",
            415,
            "415: Unsupported Media Type",
        ),
        (
            "POST MAPS",
            "",
            "{",
            400,
            "unexpected end of JSON input ({)",
        ),
        (
            "POST MAPS",
            "",
            "",
            400,
            "unexpected end of JSON input (<empty>)",
        ),
        ("POST MAPS", "", "[]", 400, "cannot unmarshal array"),
        (
            "POST MAPS",
            "",
            r#"{"apiVersion": "apps/v1", "kind": "Deployment"}"#,
            400,
            "converting (v1.Deployment) to (core.ConfigMap): unknown conversion",
        ),
        (
            "POST MAPS",
            "",
            r#"{"apiVersion": "v2", "kind": "ConfigMap"}"#,
            400,
            "no kind \"ConfigMap\" is registered for version \"v2\"",
        ),
        (
            "DELETE MAPS/a",
            "",
            r#"{"preconditions": {"uid": "x"}}"#,
            409,
            "on ConfigMap \"a\": the UID in the precondition (x)",
        ),
        (
            "DELETE MAPS/a",
            "",
            r#"{"propagationPolicy": "Sideways"}"#,
            422,
            "DeleteOptions.meta.k8s.io \"\" is invalid",
        ),
        (
            "GET MAPS?resourceVersion=0&resourceVersionMatch=Exact",
            "",
            "",
            422,
            "is forbidden for resourceVersion \"0\"",
        ),
        (
            "GET MAPS?resourceVersion=1&resourceVersionMatch=Best",
            "",
            "",
            422,
            "Unsupported value: \"Best\"",
        ),
        (
            "GET MAPS?continue=ew",
            "",
            "",
            400,
            "unexpected end of JSON input",
        ),
        (
            "GET /apis/apps/v9/deployments",
            "",
            "",
            404,
            "could not find the requested resource",
        ),
        ("GET /nonsense", "", "", 404, "404 page not found\n"),
        (
            "GET /apis/none.example.com/v1/things",
            "",
            "",
            404,
            "404 page not found\n",
        ),
        (
            "PUT /apis/apps/v1/namespaces/shop/deployments/none/scale",
            "",
            r#"{"kind": "Deployment"}"#,
            404,
            "deployments.apps \"none\" not found",
        ),
        (
            "GET /apis/metrics.k8s.io/v1beta1/nodes/none",
            "",
            "",
            404,
            "\"node \\\"none\\\" not found\"",
        ),
    ] {
        let kind = if kind.is_empty() {
            "application/json"
        } else {
            kind
        };
        let path = request.replace("MAPS", MAPS);
        let (answer, text) = ask(&demo(), &path, &[("Content-Type", kind)], body);
        assert_eq!(answer.status().as_u16(), code, "{request} {text}");
        let told = text.replace("\\\"", "\"");
        let found = told.contains(says) || text.contains(says);
        assert!(found, "{request} {body}: {text}");
    }
}

#[test]
fn lists_say_their_kind_once_and_full_pages_go_on() {
    let demo = demo();
    let list = |query: &str| {
        let path = format!("GET /api/v1/namespaces/shop/configmaps?{query}");
        serde_json::from_str::<Value>(&ask(&demo, &path, &[], "").1).unwrap()
    };
    let all = list("");
    assert_eq!(all["kind"], "ConfigMapList");
    assert_eq!(all["items"].as_array().unwrap().len(), 3);
    assert!(all["items"][0]["kind"].is_null() && all["items"][0]["apiVersion"].is_null());
    assert_eq!(all["items"][0]["metadata"]["name"], "a");
    // Nothing that follows is chosen, but nobody has looked yet.
    let page = list("limit=1&labelSelector=first%3Dtrue");
    let next = page["metadata"]["continue"].as_str().unwrap();
    let rest = list(&format!(
        "limit=1&labelSelector=first%3Dtrue&continue={next}"
    ));
    assert_eq!(rest["items"], json!([]));
    assert!(rest["metadata"]["continue"].is_null());
}

#[test]
fn who_changes_owns_what_they_said_and_no_more() {
    let demo = demo();
    let pod = json!({"metadata": {"name": "p", "labels": {}}, "spec": {"containers": [{"name": "m", "image": "m"}]}});
    let (_, text) = ask(
        &demo,
        "POST /api/v1/namespaces/shop/pods",
        &[],
        &pod.to_string(),
    );
    let made: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(made["spec"]["serviceAccountName"], "default", "{text}");
    assert!(made["metadata"]["labels"].is_null());
    let owned = &made["metadata"]["managedFields"][0]["fieldsV1"]["f:spec"];
    assert!(owned["f:containers"].is_object() && owned["f:dnsPolicy"].is_object());
    assert!(owned["f:serviceAccountName"].is_null() && owned["f:tolerations"].is_null());
}

#[test]
fn answers_come_with_what_belongs_to_them() {
    let partial = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    let path = "PATCH /api/v1/namespaces/shop/configmaps/a";
    let headers = [
        ("Accept", partial),
        ("Content-Type", "application/merge-patch+json"),
    ];
    let (_, text) = ask(&demo(), path, &headers, r#"{"data": {"x": "y"}}"#);
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["kind"], "PartialObjectMetadata");
    assert!(told["data"].is_null());
    for (request, who, warning) in [
        (
            "DELETE /apis/batch/v1/namespaces/shop/jobs/once",
            "",
            "child pods are preserved",
        ),
        (
            "DELETE /apis/batch/v1/namespaces/shop/jobs/once?propagationPolicy=Background",
            "",
            "",
        ),
        (
            "GET /api/v1/namespaces/shop/endpoints",
            "",
            "v1 Endpoints is deprecated",
        ),
        ("GET /api/v1/namespaces/shop/endpoints", "nobody", ""),
    ] {
        let headers: &[(&str, &str)] = match who {
            "" => &[],
            who => &[("Impersonate-User", who)],
        };
        let (answer, _) = ask(&demo(), request, headers, "");
        let said = answer.headers().get(header::WARNING);
        let said = said.map_or("", |said| said.to_str().unwrap());
        assert_eq!(said.is_empty(), warning.is_empty(), "{request} {said}");
        assert!(said.contains(warning), "{request} {said}");
        let refused = answer.status().as_u16() == 403;
        assert_eq!(refused, who == "nobody", "{request}");
    }
}
