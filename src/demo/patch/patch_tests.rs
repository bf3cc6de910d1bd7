//! What patches make of objects. The outcomes are a real server's (`tests/live/patches.rs`).
#![expect(clippy::unwrap_used, reason = "a step that fails has failed the test")]

use serde_json::{Value, json};

use super::{
    super::{refusal::Refusal, resource::DEPLOYMENTS, schema::FieldValidation},
    *,
};

fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "labels": {"app": "web"}, "finalizers": ["x/a"]},
        "spec": {
            "replicas": 1,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}},
            "template": {"spec": {
                "containers": [
                    {"name": "main", "image": "a:1", "ports": [{"containerPort": 80, "protocol": "TCP"}, {"containerPort": 443, "protocol": "TCP"}],
                     "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], "command": ["a", "b"]},
                    {"name": "side", "image": "s:1"},
                ],
                "volumes": [{"name": "v", "emptyDir": {}}],
                "nodeSelector": {"a": "b"},
            }},
        },
    })
}

fn pod(spec: &Value) -> Value {
    json!({"spec": {"template": {"spec": spec}}})
}

fn patched(kind: Kind, patch: &Value) -> Result<Value, Refusal> {
    super::patch(
        &DEPLOYMENTS,
        &deployment(),
        kind,
        patch.to_string().as_bytes(),
    )
}

#[test]
fn strategic_patches_merge_lists_by_their_keys() {
    let containers = |patch: Value| pod(&json!({"containers": patch}));
    for (patch, at, expected) in [
        // kubectl set image
        (
            pod(
                &json!({"$setElementOrder/containers": [{"name": "main"}, {"name": "side"}], "containers": [{"image": "a:2", "name": "main"}]}),
            ),
            "/spec/template/spec/containers/0/image",
            json!("a:2"),
        ),
        // kubectl apply: one variable more in front, one other, one gone
        (
            containers(json!([{
                "name": "main", "$setElementOrder/env": [{"name": "Z"}, {"name": "A"}],
                "env": [{"name": "Z", "value": "0"}, {"name": "A", "value": "9"}, {"name": "B", "$patch": "delete"}],
            }])),
            "/spec/template/spec/containers/0/env",
            json!([{"name": "Z", "value": "0"}, {"name": "A", "value": "9"}]),
        ),
        (
            containers(
                json!([{"name": "main", "ports": [{"containerPort": 80, "$patch": "delete"}]}]),
            ),
            "/spec/template/spec/containers/0/ports",
            json!([{"containerPort": 443, "protocol": "TCP"}]),
        ),
        // An atomic list is replaced.
        (
            containers(json!([{"name": "main", "command": ["c"]}])),
            "/spec/template/spec/containers/0/command",
            json!(["c"]),
        ),
        (
            containers(json!([{"name": "main", "$patch": "delete"}])),
            "/spec/template/spec/containers",
            json!([{"name": "side", "image": "s:1"}]),
        ),
        (
            containers(json!([{"$patch": "replace"}, {"name": "new"}])),
            "/spec/template/spec/containers",
            json!([{"name": "new"}]),
        ),
        (
            pod(
                &json!({"volumes": [{"name": "v", "$retainKeys": ["name", "secret"], "secret": {}, "emptyDir": null}]}),
            ),
            "/spec/template/spec/volumes",
            json!([{"name": "v", "secret": {}}]),
        ),
        (
            json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}),
            "/spec/strategy",
            json!({"type": "Recreate"}),
        ),
        (
            pod(&json!({"nodeSelector": {"$patch": "replace", "c": "d"}})),
            "/spec/template/spec/nodeSelector",
            json!({"c": "d"}),
        ),
        (
            pod(&json!({"nodeSelector": {"$patch": "delete"}})),
            "/spec/template/spec/nodeSelector",
            json!({}),
        ),
        (
            json!({"metadata": {"finalizers": ["x/b", "x/a"]}}),
            "/metadata/finalizers",
            json!(["x/b", "x/a"]),
        ),
        (
            json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["x/a"]}}),
            "/metadata/finalizers",
            json!([]),
        ),
        (
            json!({"metadata": {"labels": {"app": null, "new": "x", "none": null}}}),
            "/metadata/labels",
            json!({"new": "x"}),
        ),
    ] {
        let after = patched(Kind::Strategic, &patch).unwrap();
        assert_eq!(after.pointer(at), Some(&expected), "{patch}");
    }
}

#[test]
fn items_that_only_the_server_has_keep_their_place() {
    let order = json!([{"name": "C"}, {"name": "A"}]);
    let patch = pod(&json!({"containers": [{
        "name": "main", "$setElementOrder/env": order, "env": [{"name": "C", "value": "3"}],
    }]}));
    let after = patched(Kind::Strategic, &patch).unwrap();
    let env = &after["spec"]["template"]["spec"]["containers"][0]["env"];
    let names: Vec<&str> = env
        .as_array()
        .unwrap()
        .iter()
        .map(|env| env["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["C", "A", "B"]);
}

#[test]
fn patches_that_cannot_be_are_refused_as_a_server_does() {
    let impossible = "the server rejected our request due to an error in our request";
    for (kind, body, code, message) in [
        (
            Kind::Json,
            r#"[{"op":"test","path":"/spec/replicas","value":5}]"#,
            422,
            impossible,
        ),
        (
            Kind::Json,
            r#"[{"op":"remove","path":"/spec/none"}]"#,
            422,
            impossible,
        ),
        (
            Kind::Json,
            r#"[{"op":"frob","path":"/spec"}]"#,
            422,
            impossible,
        ),
        (Kind::Json, r#"[{"op":"remove"}]"#, 422, impossible),
        (
            Kind::Json,
            r#"{"a":1}"#,
            400,
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
        ),
        (
            Kind::Json,
            "xx",
            400,
            "error decoding patch: invalid character 'x' looking for beginning of value",
        ),
        (
            Kind::Merge,
            "[]",
            400,
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        (
            Kind::Merge,
            "{",
            400,
            "error decoding patch: unexpected end of JSON input",
        ),
        (
            Kind::Strategic,
            "[]",
            400,
            "json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        (
            Kind::Strategic,
            r#"{"spec":{"$patch":"frob"}}"#,
            500,
            "unknown patch type: frob in map: map[$patch:frob]",
        ),
        (
            Kind::Strategic,
            r#"{"spec":{"template":{"spec":{"containers":[{"image":"x"}]}}}}"#,
            500,
            "map: map[image:x] does not contain declared merge key: name",
        ),
    ] {
        let refusal = super::patch(&DEPLOYMENTS, &deployment(), kind, body.as_bytes()).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.message.as_str()),
            (code, message),
            "{body}"
        );
    }
    let refusal = Kind::of("application/apply-patch+cbor").unwrap_err();
    assert_eq!(refusal.code, 415);
    assert_eq!(
        Kind::of("application/merge-patch+json; charset=utf-8"),
        Ok(Kind::Merge)
    );
}

#[test]
fn unknown_fields_and_wrong_types_of_a_patch_are_invalid() {
    for (body, validation, expected) in [
        (
            r#"{"spec":{"foo":1}}"#,
            FieldValidation::Strict,
            Err(
                r#" "" is invalid: patch: Invalid value: "map[spec:map[foo:1]]": strict decoding error: unknown field "spec.foo""#,
            ),
        ),
        (
            r#"{"spec":{"foo":1}}"#,
            FieldValidation::Warn,
            Ok(vec![r#"unknown field "spec.foo""#.to_owned()]),
        ),
        (
            r#"{"spec":{"foo":1}}"#,
            FieldValidation::Ignore,
            Ok(Vec::new()),
        ),
        (
            r#"{"spec":{"replicas":"x"}}"#,
            FieldValidation::Ignore,
            Err(
                r#" "" is invalid: patch: Invalid value: "map[spec:map[replicas:x]]": json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"#,
            ),
        ),
    ] {
        let body = body.as_bytes();
        let mut after = super::patch(&DEPLOYMENTS, &deployment(), Kind::Strategic, body).unwrap();
        let checked = check(&DEPLOYMENTS, &mut after, Kind::Strategic, body, validation);
        let checked = checked.map_err(|refusal| {
            assert_eq!((refusal.code, refusal.reason), (422, "Invalid"));
            refusal.message
        });
        assert_eq!(checked, expected.map_err(str::to_owned));
        assert!(after["spec"].get("foo").is_none() || checked.is_err());
    }
}
