//! Who owns what after updates and applies. The outcomes are a real server's (`tests/live/patches.rs`).
#![expect(clippy::unwrap_used, reason = "a step that fails has failed the test")]

use serde_json::{Value, json};

use super::{
    super::{
        refusal::Refusal,
        resource::{CONFIG_MAPS, DEPLOYMENTS, PODS, Resource, SERVICES},
    },
    apply, managed,
    set::Set,
};

/// One write after another, and who owns what then.
struct Told {
    resource: &'static Resource,
    object: Option<Value>,
    now: i64,
}

impl Told {
    fn apply(&mut self, manager: &str, force: bool, said: &Value) -> Result<(), Refusal> {
        self.now += 1_000;
        let body = said.to_string();
        let object = apply(
            self.resource,
            self.object.as_ref(),
            body.as_bytes(),
            manager,
            force,
            self.now,
            None,
        )?;
        self.object = Some(object);
        Ok(())
    }

    fn update(&mut self, manager: &str, patch: &Value) {
        self.now += 1_000;
        let before = self.object.clone();
        let mut after = before.clone().unwrap_or_else(|| json!({}));
        json_patch::merge(&mut after, patch);
        managed::update(
            self.resource,
            before.as_ref(),
            &mut after,
            manager,
            self.now,
            None,
        );
        self.object = Some(after);
    }

    /// `manager operation seconds fields`, each entry.
    fn owners(&self) -> Vec<String> {
        let entries = &self.object.as_ref().unwrap()["metadata"]["managedFields"];
        entries
            .as_array()
            .into_iter()
            .flatten()
            .map(|entry| {
                let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
                let paths = Set::read(&entry["fieldsV1"]).paths();
                let second = text("time").replace("1970-01-01T00:00:0", "");
                format!(
                    "{} {} {second} {}",
                    text("manager"),
                    text("operation"),
                    paths.join(" ")
                )
            })
            .collect()
    }
}

fn map(data: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": data})
}

#[test]
fn who_sets_a_field_owns_it() {
    let mut told = Told {
        resource: &CONFIG_MAPS,
        object: None,
        now: 0,
    };
    told.update("maker", &map(&json!({"a": "1", "b": "2"})));
    assert_eq!(told.owners(), ["maker Update 1Z .data .data.a .data.b"]);
    told.update("other", &json!({"data": {"a": "9", "c": "3"}}));
    let owners = [
        "maker Update 1Z .data .data.b",
        "other Update 2Z .data.a .data.c",
    ];
    assert_eq!(told.owners(), owners);
    // Nothing new: no one's time moves.
    told.update("other", &json!({"data": {"a": "9"}}));
    assert_eq!(told.owners(), owners);
    told.update("other", &json!({"data": {"b": null}}));
    assert_eq!(
        told.owners(),
        ["maker Update 1Z .data", "other Update 2Z .data.a .data.c"]
    );
    told.update("maker", &json!({"metadata": {"managedFields": [{}]}}));
    assert_eq!(told.owners(), Vec::<String>::new());
    told.update("maker", &json!({"data": {"z": "z"}}));
    assert_eq!(told.owners(), Vec::<String>::new());
    told.apply("one", false, &map(&json!({"z": "z", "y": "y"})))
        .unwrap();
    assert_eq!(
        told.owners(),
        [
            "one Apply 7Z .data.y .data.z",
            "before-first-apply Update 7Z .data .data.a .data.c .data.z",
        ]
    );
}

#[test]
fn what_is_applied_by_two_goes_when_both_let_go() {
    let mut told = Told {
        resource: &CONFIG_MAPS,
        object: None,
        now: 0,
    };
    let data = |told: &Told| told.object.as_ref().unwrap()["data"].clone();
    told.apply("one", false, &map(&json!({"a": "1", "b": "2"})))
        .unwrap();
    told.apply("two", false, &map(&json!({"a": "1"}))).unwrap();
    assert_eq!(
        told.owners(),
        ["two Apply  .data.a", "one Apply 1Z .data.a .data.b"]
    );
    told.apply("one", false, &map(&json!({}))).unwrap();
    assert_eq!(data(&told), json!({"a": "1"}));
    told.apply("two", false, &map(&json!({}))).unwrap();
    assert_eq!(data(&told), json!({}));
}

#[test]
fn what_another_owns_is_a_conflict_unless_forced() {
    let mut told = Told {
        resource: &CONFIG_MAPS,
        object: None,
        now: 0,
    };
    told.update("kubectl-edit", &map(&json!({"a": "1", "b": "2"})));
    let refusal = told
        .apply("one", false, &map(&json!({"a": "9"})))
        .unwrap_err();
    assert_eq!((refusal.code, refusal.reason), (409, "Conflict"));
    assert_eq!(
        refusal.message,
        r#"Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.a"#
    );
    assert_eq!(
        refusal.details,
        json!({"causes": [{
            "reason": "FieldManagerConflict", "message": r#"conflict with "kubectl-edit" using v1"#, "field": ".data.a",
        }]})
    );
    let refusal = told
        .apply("one", false, &map(&json!({"a": "9", "b": "9"})))
        .unwrap_err();
    assert_eq!(
        refusal.message,
        "Apply failed with 2 conflicts: conflicts with \"kubectl-edit\" using v1:\n- .data.a\n- .data.b"
    );
    told.apply("one", true, &map(&json!({"a": "9"}))).unwrap();
    assert_eq!(
        told.owners(),
        [
            "one Apply 4Z .data.a",
            "kubectl-edit Update 1Z .data .data.b"
        ]
    );
}

#[test]
fn kubectl_goes_over_to_server_side_apply_without_a_conflict() {
    let said = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": {"a": "1"}});
    let mut told = Told {
        resource: &CONFIG_MAPS,
        object: None,
        now: 0,
    };
    let mut made = said.clone();
    made["metadata"]["annotations"] =
        json!({"kubectl.kubernetes.io/last-applied-configuration": said.to_string()});
    told.update("kubectl-client-side-apply", &made);
    let next = map(&json!({"a": "2"}));
    assert_eq!(told.apply("two", false, &next).unwrap_err().code, 409);
    told.apply("kubectl", false, &next).unwrap();
    let annotations = &told.object.as_ref().unwrap()["metadata"]["annotations"];
    let last = annotations["kubectl.kubernetes.io/last-applied-configuration"].as_str();
    assert_eq!(
        serde_json::from_str::<Value>(last.unwrap()).unwrap()["data"],
        json!({"a": "2"})
    );
}

#[test]
fn items_are_applied_by_their_keys() {
    let said = |ports: Value| json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": ports}});
    let mut told = Told {
        resource: &SERVICES,
        object: None,
        now: 0,
    };
    let ports = |told: &Told| -> Vec<i64> {
        let ports = &told.object.as_ref().unwrap()["spec"]["ports"];
        let ports = ports.as_array().unwrap();
        ports
            .iter()
            .map(|port| port["port"].as_i64().unwrap())
            .collect()
    };
    told.apply(
        "one",
        false,
        &said(json!([{"port": 80}, {"port": 53, "protocol": "UDP"}])),
    )
    .unwrap();
    assert_eq!(
        told.owners(),
        [
            r#"one Apply 1Z .spec.ports[port=53,protocol="UDP"] .spec.ports[port=80,protocol="TCP"] .spec.ports[port=53,protocol="UDP"].port .spec.ports[port=53,protocol="UDP"].protocol .spec.ports[port=80,protocol="TCP"].port"#
        ]
    );
    told.apply(
        "two",
        false,
        &said(json!([{"port": 443}, {"port": 80, "protocol": "TCP", "targetPort": 8080}])),
    )
    .unwrap();
    assert_eq!(ports(&told), [443, 80, 53]);
    told.apply(
        "one",
        false,
        &said(json!([{"port": 53, "protocol": "UDP"}, {"port": 80}])),
    )
    .unwrap();
    assert_eq!(ports(&told), [443, 53, 80]);
    told.apply("one", false, &said(json!([{"port": 80}])))
        .unwrap();
    assert_eq!(ports(&told), [443, 80]);
    let twice = said(json!([{"port": 80}, {"port": 80}]));
    assert_eq!(
        told.apply("one", false, &twice).unwrap_err().message,
        "failed to create typed patch object (/web; /v1, Kind=Service): .spec.ports: duplicate entries for key [port=80,protocol=\"TCP\"]"
    );
}

#[test]
fn what_cannot_be_applied_is_refused_as_a_server_does() {
    let of = |version: &str, kind: &str| json!({"apiVersion": version, "kind": kind, "metadata": {"name": "web"}});
    for (body, manager, code, message) in [
        (
            of("v1", "Deployment").to_string(),
            "one",
            400,
            "invalid object type: /v1, Kind=Deployment",
        ),
        (
            of("apps/v1", "Foo").to_string(),
            "one",
            400,
            "invalid object type: apps/v1, Kind=Foo",
        ),
        (
            of("apps/v1", "Deployment").to_string(),
            "",
            422,
            r#"PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch"#,
        ),
        (
            "- a".to_owned(),
            "one",
            400,
            "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, managedFields: []}"
                .to_owned(),
            "one",
            400,
            "metadata.managedFields must be nil",
        ),
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {foo: 1, replicas: x}".to_owned(),
            "one",
            500,
            "failed to create typed patch object (/web; apps/v1, Kind=Deployment): errors:\n  .spec.foo: field not declared in schema\n  .spec.replicas: expected numeric (int or float), got string",
        ),
    ] {
        let refused = apply(
            &DEPLOYMENTS,
            Some(&deployment()),
            body.as_bytes(),
            manager,
            false,
            0,
            None,
        );
        let refusal = refused.unwrap_err();
        assert_eq!((refusal.code, refusal.message.as_str()), (code, message));
    }
}

#[test]
fn a_write_below_an_object_is_an_entry_of_its_own() {
    let mut before = deployment();
    managed::update(&DEPLOYMENTS, None, &mut before, "maker", 0, None);
    let mut after = before.clone();
    after["spec"]["replicas"] = json!(3);
    managed::update(
        &DEPLOYMENTS,
        Some(&before),
        &mut after,
        "kubectl",
        1_000,
        Some("scale"),
    );
    let entries = after["metadata"]["managedFields"].as_array().unwrap();
    assert_eq!(
        entries[1],
        json!({
            "manager": "kubectl", "operation": "Update", "apiVersion": "apps/v1", "time": "1970-01-01T00:00:01Z",
            "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {"f:replicas": {}}}, "subresource": "scale",
        })
    );
    assert!(entries[0]["fieldsV1"]["f:spec"].get("f:replicas").is_none());
}

#[test]
fn only_ten_who_updated_are_told_apart() {
    let mut told = Told {
        resource: &PODS,
        object: None,
        now: 0,
    };
    told.update(
        "maker",
        &json!({"metadata": {"name": "web", "labels": {"a": "b"}}}),
    );
    for number in 0..12 {
        told.update(
            &format!("m{number}"),
            &json!({"metadata": {"labels": {format!("l{number}"): "x"}}}),
        );
    }
    let owners = told.owners();
    assert_eq!(owners.len(), 10, "{owners:#?}");
    assert!(
        owners[0].starts_with("ancient-changes Update"),
        "{owners:#?}"
    );
    let labels: usize = owners
        .iter()
        .map(|owner| owner.matches(".metadata.labels.l").count())
        .sum();
    assert_eq!(labels, 12);
}

fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}},
    })
}
