//! Objects of a real cluster (`tests/fixtures/objects`) → rows, and what is made of broken ones.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test expects and does not find has failed it"
)]

use serde_json::{Value, json};

use super::*;
use crate::model::{
    health::{Digest, Facts, judge, judge_instance},
    row::{InstanceRow, Kind, Phase},
};

const DIR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/objects");

fn what(kind: &str) -> What {
    match kind {
        "Pod" => What::Instances,
        "Deployment" => What::Deployments,
        "StatefulSet" => What::StatefulSets,
        "DaemonSet" => What::DaemonSets,
        "ReplicaSet" => What::ReplicaSets,
        "CronJob" => What::CronJobs,
        "Job" => What::Jobs,
        "Service" => What::Ports,
        "Ingress" => What::Ingresses,
        "HorizontalPodAutoscaler" => What::Autoscalers,
        "PersistentVolumeClaim" => What::Claims,
        "PodDisruptionBudget" => What::Budgets,
        "Namespace" => What::Namespaces,
        _ => What::Usage,
    }
}

fn served(object: &Value) -> &'static Served<'static> {
    what(object["kind"].as_str().unwrap_or_default()).served()
}

fn fixture(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(format!("{DIR}/{name}.json")).unwrap()).unwrap()
}

fn read(object: &Value) -> serde_json::Result<Row> {
    let json = serde_json::to_vec(object)?;
    let row = served(object).row(&json, &mut Interner::default())?;
    Ok(row.expect("a row"))
}

fn row(name: &str) -> Row {
    read(&fixture(name)).unwrap()
}

fn pod(name: &str) -> InstanceRow {
    match row(name) {
        Row::Instance(row) => row,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_the_test_cluster_runs_is_judged_as_a_person_would() {
    // When the fixtures were taken: 2026-11-23 12:48.
    let now = 1_795_438_080;
    let table: &[(&str, &[&str], &str)] = &[
        (
            "deployment-crasher",
            &["pod-crasher"],
            "failing CrashLoopBackOff ×13",
        ),
        (
            "deployment-typo",
            &["pod-typo"],
            "failing ErrImageNeverPull",
        ),
        (
            "deployment-greedy",
            &["pod-greedy"],
            "failing Pending: insufficient cpu",
        ),
        (
            "deployment-unready",
            &["pod-unready"],
            "failing progress deadline exceeded",
        ),
        ("deployment-web", &["pod-web"], "healthy healthy"),
        ("statefulset-db", &[], "healthy healthy"),
        ("daemonset-agent", &[], "healthy healthy"),
        ("cronjob-report", &["pod-report"], "healthy scheduled"),
        ("job-report", &["pod-report"], "healthy complete"),
        (
            "job-migrate",
            &["pod-migrate"],
            "failing failed: BackoffLimitExceeded",
        ),
        ("", &["pod-bare"], "healthy healthy"),
    ];
    for (name, pods, expected) in table {
        let mut digest = Digest::default();
        for name in *pods {
            let pod = pod(name);
            digest.add(&pod, judge_instance(&pod, now));
        }
        let controller = (!name.is_empty()).then(|| row(name));
        let controller = match &controller {
            Some(Row::Controller(row)) => Some(&**row),
            _ => None,
        };
        let verdict = judge(&Facts {
            controller,
            kind: controller.map_or(&Kind::Pod, |row| &row.kind),
            instances: &digest,
            newest_job: None,
        });
        let times = if verdict.times > 0 {
            format!(" ×{}", verdict.times)
        } else {
            String::new()
        };
        assert_eq!(
            format!("{} {}{times}", verdict.health.word(), verdict.word),
            *expected,
            "{name}"
        );
    }
}

#[test]
fn rows_keep_what_panes_show() {
    let crasher = pod("pod-crasher");
    assert_eq!(
        (
            crasher.meta.owner.as_ref().map(|owner| &*owner.name),
            crasher.restarts,
            crasher.ready,
            crasher.containers,
            crasher.phase
        ),
        (Some("crasher-5cb4cdd977"), 13, 0, 1, Phase::Running)
    );
    let trouble = crasher.trouble.unwrap();
    assert_eq!(trouble.container.as_deref(), Some("crasher"));
    assert_eq!(
        trouble
            .ended
            .map(|(reason, code, _)| (reason.to_string(), code)),
        Some(("Error".into(), 3))
    );
    let web = pod("pod-web");
    assert_eq!(
        (
            web.ready,
            web.containers,
            web.resources.cpu_request,
            web.resources.memory_limit
        ),
        (2, 2, 15, 96 << 20)
    );
    assert_eq!(web.labels.get("app").map(|app| &**app), Some("web"));
    let Row::Controller(web) = row("deployment-web") else {
        panic!()
    };
    let names = |names: &[crate::model::Name]| {
        names
            .iter()
            .map(std::string::ToString::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        (
            names(&web.images),
            names(&web.references.config_maps),
            names(&web.references.secrets),
            web.group.as_deref(),
            web.revision.as_deref()
        ),
        (
            "registry.local/busybox:1.0 registry.local/busybox:1.0".into(),
            "web-config".into(),
            "web-secret".into(),
            Some("frontend"),
            Some("1")
        )
    );
    let Row::Controller(db) = row("statefulset-db") else {
        panic!()
    };
    assert_eq!(names(&db.references.claims), "data-");
    let Row::Port(port) = row("service-web") else {
        panic!()
    };
    assert_eq!(
        (names(&port.ports), port.selector.len()),
        ("http 80→http".into(), 1)
    );
    let Row::Ingress(ingress) = row("ingress-web") else {
        panic!()
    };
    assert_eq!(ingress.routes, [("shop.example.com/".into(), "web".into())]);
    let Row::Autoscaler(hpa) = row("hpa-web") else {
        panic!()
    };
    assert_eq!(
        (names(&hpa.metrics), hpa.range, &*hpa.target.1),
        ("cpu 20% of 70%".into(), (2, 5), "web")
    );
    let Row::Claim(claim) = row("pvc-data") else {
        panic!()
    };
    assert_eq!((&*claim.phase, claim.size), ("Bound", 1 << 30));
    let Row::Budget(budget) = row("pdb-web") else {
        panic!()
    };
    assert_eq!((&*budget.rule, budget.allowed), ("min 1 available", 1));
    let Row::Usage(usage) = row("metrics-web") else {
        panic!()
    };
    assert!(usage.usage.cpu > 0 && usage.usage.memory > 1 << 20 && usage.name.starts_with("web-"));
}

/// Calls `with` for every place in a value, as a JSON pointer.
fn places(value: &Value, at: &str, with: &mut impl FnMut(&str)) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            let at = format!("{at}/{}", escaped(key));
            with(&at);
            places(value, &at, with);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, value)| {
            let at = format!("{at}/{n}");
            with(&at);
            places(value, &at, with);
        }),
        _ => {}
    }
}

#[test]
fn a_null_anywhere_costs_no_object_and_nothing_panics() {
    let junk = [
        json!(-1),
        json!(u64::MAX),
        json!(1.5),
        json!(true),
        json!("\u{1b}[2Jjunk"),
        json!([]),
        json!({}),
        json!([[]]),
        json!("9".repeat(400)),
        json!("x".repeat(100_000)),
    ];
    let mut files = 0;
    for entry in std::fs::read_dir(DIR).unwrap() {
        files += 1;
        let object: Value =
            serde_json::from_slice(&std::fs::read(entry.unwrap().path()).unwrap()).unwrap();
        let served = served(&object);
        let read = |object: &Value| {
            served.row(
                &serde_json::to_vec(object).unwrap(),
                &mut Interner::default(),
            )
        };
        let mut all = Vec::new();
        places(&object, "", &mut |at| all.push(at.to_owned()));
        for (n, at) in all.iter().enumerate() {
            let mut broken = object.clone();
            *broken.pointer_mut(at).unwrap() = Value::Null;
            if let Err(error) = read(&broken) {
                panic!("null at {at}: {error}");
            }
            // All junk everywhere takes a minute; in turns it does not.
            for junk in [&junk[n % junk.len()], &junk[(n / 2 + 3) % junk.len()]] {
                *broken.pointer_mut(at).unwrap() = junk.clone();
                let _ = read(&broken);
            }
        }
        let mut young = object;
        young.as_object_mut().unwrap().remove("status");
        read(&young).unwrap();
    }
    assert!(files > 20);
}

#[test]
fn junk_quantities_and_long_or_hostile_text_cost_no_more_than_themselves() {
    let mut object = fixture("pod-web");
    for (n, quantity) in [
        "16Ei",
        "1e99",
        "-5",
        "many",
        "170141183460469231731687303715.9999",
    ]
    .into_iter()
    .enumerate()
    {
        let at = &mut object["spec"]["containers"][n % 2]["resources"]["requests"];
        *at = json!({"cpu": quantity, "memory": "16Ei"});
        assert!(read(&object).is_ok(), "{quantity}");
    }
    let mut object = fixture("pod-typo");
    let waiting = &mut object["status"]["containerStatuses"][0]["state"]["waiting"];
    *waiting = json!({"reason": "Err\u{1b}]0;owned\u{7}Image", "message": format!("\u{1b}[31m{}\u{202e}", "é".repeat(5000))});
    object["metadata"]["name"] = json!("a\u{1b}[2Jb\n");
    let Row::Instance(row) = read(&object).unwrap() else {
        panic!()
    };
    let trouble = row.trouble.unwrap();
    assert_eq!(
        (row.meta.name.as_str(), trouble.reason.as_deref()),
        ("ab ", Some("ErrImage"))
    );
    let message = trouble.message.unwrap();
    assert!(
        message.len() <= 310 && message.ends_with('…') && !message.contains('\u{1b}'),
        "{message}"
    );
}
