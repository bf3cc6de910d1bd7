//! What the schema knows, and what it makes of what is sent.
#![expect(clippy::unwrap_used, reason = "a step that fails has failed the test")]

use serde_json::json;

use super::{
    super::resource::{self, DEPLOYMENTS, PODS, RESOURCES, SECRETS, Served},
    *,
};

#[test]
fn every_kind_that_is_written_has_a_schema() {
    assert!(read::read(include_str!("schema.json")).is_ok());
    for resource in RESOURCES {
        let known = of(resource).field("metadata").is_some();
        assert_eq!(
            known,
            resource.served != Served::Computed,
            "{}",
            resource.kind
        );
    }
    for (version, kind) in [
        ("autoscaling/v1", "Scale"),
        ("policy/v1", "Eviction"),
        ("v1", "Binding"),
        ("v1", "DeleteOptions"),
    ] {
        assert!(of_kind(version, kind).of_type().is_some(), "{kind}");
    }
}

#[test]
fn lists_know_what_tells_their_items_apart() {
    let spec = of(&PODS).below("spec");
    let element = |field: Schema, item: Value| field.list().unwrap().element(&item);
    let containers = spec.below("containers");
    assert_eq!(
        element(containers, json!({"name": "web", "image": "x"})).as_deref(),
        Some(r#"k:{"name":"web"}"#)
    );
    assert_eq!(element(containers, json!({"image": "x"})), None);
    let ports = containers.item().below("ports");
    assert_eq!(
        element(ports, json!({"containerPort": 80})).as_deref(),
        Some(r#"k:{"containerPort":80,"protocol":"TCP"}"#)
    );
    assert_eq!(
        ports.list().unwrap().merge_key.as_deref(),
        Some("containerPort")
    );
    let finalizers = of(&PODS).below("metadata").below("finalizers");
    assert_eq!(element(finalizers, json!("a")).as_deref(), Some(r#"v:"a""#));
    assert!(finalizers.strategy.merge);
    assert!(spec.below("nodeSelector").atomic);
    assert_eq!(
        of(&DEPLOYMENTS).bare(),
        json!({
            "metadata": {}, "status": {},
            "spec": {"strategy": {}, "template": {"metadata": {}, "spec": {"containers": null}}},
        })
    );
}

#[test]
fn what_is_sent_is_made_what_it_should_be() {
    let mut sent = json!({
        "metadata": {"name": "web", "creationTimestamp": null, "labels": {"a": null}, "bar": 1},
        "spec": {
            "replicas": null,
            "template": {"spec": {"containers": [{"name": "main", "baz": {}, "resources": {"limits": {"cpu": 0.5, "memory": "1024Mi"}}}]}},
        },
    });
    let unknown = check(&DEPLOYMENTS, &mut sent.clone(), FieldValidation::Warn).unwrap();
    assert_eq!(
        unknown,
        [
            r#"unknown field "metadata.bar""#,
            r#"unknown field "spec.template.spec.containers[0].baz""#
        ]
    );
    let refusal = check(&DEPLOYMENTS, &mut sent.clone(), FieldValidation::Strict).unwrap_err();
    assert_eq!((refusal.code, refusal.reason), (400, "BadRequest"));
    assert_eq!(
        refusal.message,
        r#"Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "metadata.bar", unknown field "spec.template.spec.containers[0].baz""#
    );
    assert_eq!(
        check(&DEPLOYMENTS, &mut sent, FieldValidation::Ignore),
        Ok(Vec::new())
    );
    assert_eq!(
        sent,
        json!({
            "metadata": {"name": "web", "labels": {"a": ""}},
            "spec": {"template": {"spec": {"containers": [{"name": "main", "resources": {"limits": {"cpu": "500m", "memory": "1Gi"}}}]}}},
        })
    );
}

#[test]
fn wrong_types_are_refused_as_a_server_does() {
    let container = |field: Value| json!({"spec": {"containers": [field]}});
    for (sent, why) in [
        (
            json!({"spec": "x"}),
            "json: cannot unmarshal string into Go struct field Pod.spec of type v1.PodSpec",
        ),
        (
            json!({"spec": {"containers": ["x"]}}),
            "json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type v1.Container",
        ),
        (
            json!({"spec": {"containers": {}}}),
            "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container",
        ),
        (
            json!({"metadata": {"labels": {"a": 1}}}),
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
        ),
        (
            json!({"metadata": {"labels": []}}),
            "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string",
        ),
        (
            json!({"spec": {"priority": 1.5}}),
            "json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.priority of type int32",
        ),
        (
            json!({"spec": {"priority": 3_000_000_000_u64}}),
            "json: cannot unmarshal number 3000000000 into Go struct field PodSpec.spec.priority of type int32",
        ),
        (
            json!({"spec": {"hostNetwork": 1}}),
            "json: cannot unmarshal number into Go struct field PodSpec.spec.hostNetwork of type bool",
        ),
        (
            container(json!({"command": "a"})),
            "json: cannot unmarshal string into Go struct field Container.spec.containers.command of type []string",
        ),
        (
            container(json!({"resources": {"limits": {"cpu": "xx"}}})),
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        ),
        (
            json!({"metadata": {"creationTimestamp": "x"}}),
            r#"parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006""#,
        ),
        (
            json!({"metadata": {"creationTimestamp": 5}}),
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string",
        ),
    ] {
        let wrong = check(&PODS, &mut sent.clone(), FieldValidation::Ignore).unwrap_err();
        let message = format!("Pod in version \"v1\" cannot be handled as a Pod: {why}");
        assert_eq!(
            (wrong.code, wrong.reason, wrong.message),
            (400, "BadRequest", message),
            "{sent}"
        );
    }
    let wrong = check(
        &SECRETS,
        &mut json!({"data": {"a": "%%"}}),
        FieldValidation::Ignore,
    );
    assert!(
        wrong
            .unwrap_err()
            .message
            .ends_with("illegal base64 data at input byte 0")
    );
    let wrong = check(
        &PODS,
        &mut json!({"kind": "Foo", "apiVersion": "v1"}),
        FieldValidation::Ignore,
    );
    assert!(
        wrong
            .unwrap_err()
            .message
            .starts_with(r#"Foo in version "v1" cannot be handled as a Pod: no kind "Foo" is registered for version "v1""#)
    );
}

#[test]
fn openapi_says_what_kubectl_looks_for() {
    let index = openapi_index();
    for resource in RESOURCES {
        let place = match resource.group {
            "" => format!("api/{}", resource.version),
            group => format!("apis/{group}/{}", resource.version),
        };
        let url = index["paths"][&place]["serverRelativeURL"]
            .as_str()
            .unwrap();
        assert!(
            url.starts_with(&format!("/openapi/v3/{place}?hash=")),
            "{url}"
        );
        let document = openapi(resource.group, resource.version).unwrap();
        let one = format!("{}/{{name}}", resource.path("{namespace}", ""));
        let gvk =
            json!({"group": resource.group, "version": resource.version, "kind": resource.kind});
        if matches!(resource.served, Served::Stored | Served::OneByOne) {
            let patch = &document["paths"][&one]["patch"];
            assert_eq!(patch["x-kubernetes-group-version-kind"], gvk, "{one}");
            let parameters = patch["parameters"].as_array().unwrap();
            for wanted in ["dryRun", "fieldManager", "fieldValidation"] {
                assert!(parameters.iter().any(|known| known["name"] == wanted));
            }
        }
        // Every reference leads somewhere.
        let text = document.to_string();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for reference in text.split(r##""$ref":"#/components/schemas/"##).skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schemas.contains_key(name), "{name}");
        }
    }
    let document = openapi("apps", "v1").unwrap();
    let schema = &document["components"]["schemas"]["io.k8s.api.core.v1.PodSpec"];
    assert_eq!(
        schema["properties"]["containers"],
        json!({
            "type": "array", "items": {"allOf": [{"$ref": "#/components/schemas/io.k8s.api.core.v1.Container"}], "default": {}},
            "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
            "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge",
        })
    );
    assert!(openapi("apps", "v2").is_none());
    assert!(resource::of_kind("apps/v1", "Deployment").is_some());
}
