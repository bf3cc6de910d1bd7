//! What stands around Servers, and one object read closely.

#![expect(
    clippy::unwrap_used,
    reason = "what a test expects and does not find has failed it"
)]

use super::*;
use crate::model::{
    Detail,
    detail::{ContainerState, Role},
    ids::Uid,
    row::{EventRow, Labels},
};

fn read(what: What, json: &str) -> Row {
    what.served()
        .row(json.as_bytes(), &mut Interner::default())
        .unwrap()
        .unwrap()
}

fn closely(what: What, json: &str) -> Detail {
    let source = Source::one(crate::model::ClusterId(0), what, &"a".into(), "b");
    match source
        .served()
        .row(json.as_bytes(), &mut Interner::default())
        .unwrap()
    {
        Some(Row::Detail(_, detail)) => *detail,
        other => unreachable!("{other:?}"),
    }
}

fn event(json: &str) -> EventRow {
    match read(What::Events, json) {
        Row::Event(row) => *row,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn events_of_both_recorders_are_counted() {
    let about = r#""involvedObject":{"kind":"Pod","name":"web-1","uid":"p"},"reason":"BackOff","message":" back-off\n""#;
    for (json, count, last) in [
        (
            r#""count":5,"firstTimestamp":"2026-11-23T12:00:00Z","lastTimestamp":"2026-11-23T12:05:00Z""#,
            5,
            300,
        ),
        (
            r#""count":null,"lastTimestamp":null,"eventTime":"2026-11-23T12:01:00.123456Z""#,
            1,
            60,
        ),
        (
            r#""eventTime":"2026-11-23T12:01:00.0Z","series":{"count":9,"lastObservedTime":"2026-11-23T12:10:00.0Z"}"#,
            9,
            600,
        ),
        (r#""series":null"#, 1, -60),
    ] {
        let meta =
            r#""metadata":{"uid":"e","name":"x","creationTimestamp":"2026-11-23T11:59:00Z"}"#;
        let row = event(&format!(r#"{{{meta},"type":"Warning",{about},{json}}}"#));
        let noon = 1_795_435_200;
        assert_eq!(
            (row.count, row.last - noon, row.warning),
            (count, last, true),
            "{json}"
        );
        assert_eq!((&*row.about.1, &*row.message), ("web-1", "back-off"));
    }
}

#[test]
fn a_quota_without_status_has_its_bounds_all_the_same() {
    let row = |json| match read(What::Quotas, json) {
        Row::Quota(row) => row.bounds,
        other => unreachable!("{other:?}"),
    };
    let young =
        row(r#"{"metadata":{},"spec":{"hard":{"pods":"4","requests.cpu":"2"}},"status":{}}"#);
    assert_eq!(young.len(), 2);
    assert_eq!((young[0].1.units(), young[0].2.units()), (0, 4));
    let known =
        row(r#"{"spec":{"hard":{"pods":"9"}},"status":{"hard":{"pods":"4"},"used":{"pods":"3"}}}"#);
    assert_eq!(
        (&*known[0].0, known[0].1.units(), known[0].2.units()),
        ("pods", 3, 4)
    );
}

#[test]
fn limits_stand_together_by_resource() {
    let row = read(
        What::Limits,
        r#"{"spec":{"limits":[{"type":"Container","default":{"cpu":"200m","memory":"64Mi"},"defaultRequest":{"cpu":"10m"},"max":null}]}}"#,
    );
    let Row::Limit(row) = row else { unreachable!() };
    let told: Vec<String> = row
        .limits
        .iter()
        .map(|limit| format!("{} {} {:?}", limit.of, limit.resource, limit.amounts))
        .collect();
    assert_eq!(
        told,
        [
            r#"Container cpu [("default", "200m"), ("defaultRequest", "10m")]"#,
            r#"Container memory [("default", "64Mi")]"#
        ]
    );
}

#[test]
fn a_policy_selects_by_labels_and_expressions() {
    let row = |selector| {
        let json = format!(r#"{{"spec":{{"podSelector":{selector},"policyTypes":["Ingress"]}}}}"#);
        match read(What::Policies, &json) {
            Row::Policy(row) => *row,
            other => unreachable!("{other:?}"),
        }
    };
    let labels: Labels = [
        ("app".into(), "web".into()),
        ("tier".into(), "front".into()),
    ]
    .into();
    for (selector, selects) in [
        ("{}", true),
        (r#"{"matchLabels":{"app":"web"}}"#, true),
        (r#"{"matchLabels":{"app":"api"}}"#, false),
        (
            r#"{"matchExpressions":[{"key":"tier","operator":"In","values":["front","back"]}]}"#,
            true,
        ),
        (
            r#"{"matchExpressions":[{"key":"tier","operator":"NotIn","values":["front"]}]}"#,
            false,
        ),
        (
            r#"{"matchExpressions":[{"key":"tier","operator":"Exists"}]}"#,
            true,
        ),
        (
            r#"{"matchExpressions":[{"key":"app","operator":"DoesNotExist"}]}"#,
            false,
        ),
    ] {
        let row = row(selector);
        let fits = row
            .selector
            .is_none_or(|selector| selector.matches(&labels));
        assert_eq!(
            (fits, row.ingress, row.egress),
            (selects, true, false),
            "{selector}"
        );
    }
}

#[test]
fn endpoints_count_what_takes_traffic() {
    let row = read(
        What::Endpoints,
        r#"{"metadata":{"labels":{"kubernetes.io/service-name":"web"}},
            "endpoints":[{"conditions":{"ready":true}},{"conditions":{"ready":false}},{"conditions":{}},{"conditions":null}]}"#,
    );
    let Row::Endpoints(row) = row else {
        unreachable!()
    };
    assert_eq!((&*row.port, row.ready, row.total), ("web", 3, 4));
    // Nobody is behind it: Go writes null.
    let row = read(What::Endpoints, r#"{"metadata":{},"endpoints":null}"#);
    let Row::Endpoints(row) = row else {
        unreachable!()
    };
    assert_eq!((row.ready, row.total), (0, 0));
}

#[test]
fn of_a_secret_only_its_name_is_kept() {
    let row = read(
        What::Secrets,
        r#"{"metadata":{"uid":"s","name":"web-secret"},"data":{"a":"Zm9v"}}"#,
    );
    let Row::Config(meta) = row else {
        unreachable!()
    };
    assert_eq!(
        (meta.uid, meta.name.as_str()),
        (Uid::parse("s"), "web-secret")
    );
    assert!(
        What::Secrets.served().form == Form::Metadata
            && What::ConfigMaps.served().form == Form::Metadata
    );
}

#[test]
fn a_deployment_read_closely_says_how_it_is_run() {
    let Detail::Controller(web) = closely(
        What::Deployments,
        include_str!("../../tests/fixtures/objects/deployment-web.json"),
    ) else {
        unreachable!()
    };
    assert_eq!(&*web.strategy.kind, "RollingUpdate");
    assert_eq!(
        (
            web.strategy.surge.as_deref(),
            web.strategy.unavailable.as_deref()
        ),
        (Some("1"), Some("0"))
    );
    assert!(
        web.policy
            .iter()
            .any(|(word, value)| *word == "revisionHistoryLimit" && &**value == "5")
    );
    let names: Vec<&str> = web
        .pod
        .containers
        .iter()
        .map(|container| &*container.name)
        .collect();
    assert_eq!(names, ["web", "sidecar"]);
    assert_eq!(web.pod.containers[0].resources.memory_limit, 64 << 20);
    assert_eq!(web.pod.containers[0].ports.join(" "), "http 8080");
    assert!(
        web.pod.containers[0].probes[0]
            .1
            .starts_with("GET :http/index.html every 2s")
    );
    assert!(
        web.about
            .conditions
            .iter()
            .any(|condition| &*condition.kind == "Available")
    );
}

#[test]
fn a_pod_read_closely_says_how_its_containers_are() {
    let Detail::Instance(pod) = closely(
        What::Instances,
        include_str!("../../tests/fixtures/objects/pod-crasher.json"),
    ) else {
        unreachable!()
    };
    let container = &pod.pod.containers[0];
    let status = container.status.as_ref().unwrap();
    assert_eq!((container.role, &*pod.quality), (Role::Main, "BestEffort"));
    assert!(status.restarts > 0 && !status.ready);
    assert!(!matches!(status.state, ContainerState::Running(_)));
    assert_eq!(status.last.as_ref().map(|last| last.code), Some(3));
}

#[test]
fn every_kind_that_can_be_a_server_can_be_read_closely() {
    for (what, json) in [
        (
            What::StatefulSets,
            include_str!("../../tests/fixtures/objects/statefulset-db.json"),
        ),
        (
            What::DaemonSets,
            include_str!("../../tests/fixtures/objects/daemonset-agent.json"),
        ),
        (
            What::CronJobs,
            include_str!("../../tests/fixtures/objects/cronjob-report.json"),
        ),
        (
            What::Jobs,
            include_str!("../../tests/fixtures/objects/job-migrate.json"),
        ),
        (
            What::ReplicaSets,
            include_str!("../../tests/fixtures/objects/replicaset-web.json"),
        ),
    ] {
        let Detail::Controller(detail) = closely(what, json) else {
            unreachable!()
        };
        assert!(!detail.pod.containers.is_empty(), "{what:?}");
    }
}
