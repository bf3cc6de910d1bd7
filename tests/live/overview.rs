//! What an overview says is what kubectl says: `get -o json` for what is counted, `describe` for what is told.

use std::fmt::Write as _;

use serde_json::Value;

use crate::{
    live, print_on,
    support::{
        WITHIN,
        cluster::{Cluster, eventually},
        frame::says,
    },
};

/// High enough for all that any of them says.
const SIZE: &str = "180x120";

/// Prints the overview alone, until it says all of these. The cluster moves on, so what it should say is asked for anew.
#[track_caller]
fn agrees(cluster: &Cluster, keys: &str, expected: impl Fn(&Cluster) -> Vec<String>) {
    let mut report = String::new();
    let right = eventually(WITHIN, || {
        let before = expected(cluster);
        let kubeconfig = cluster.kubeconfig().to_str().unwrap();
        let frame = print_on(kubeconfig, &[], &format!("{keys}1z<wait>"), SIZE);
        let missing = before.iter().filter(|words| !says(&frame, words));
        report = missing.fold(String::new(), |mut report, words| {
            let _ = writeln!(report, "does not say {words:?}");
            report
        });
        let right = report.is_empty();
        report += &frame;
        right.then_some(())
    });
    assert!(right.is_some(), "{keys}\n{report}");
}

fn items(cluster: &Cluster, kind: &str, namespace: &str) -> Vec<Value> {
    let list = cluster.get(&[kind, "-n", namespace]);
    list["items"].as_array().cloned().unwrap_or_default()
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap()
}

/// The value after a label in what `kubectl describe` prints.
fn described<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    text.lines()
        .find_map(|line| line.trim().strip_prefix(label))
        .map(str::trim)
}

#[test]
fn a_map_counts_what_is_in_it() {
    let Some(cluster) = live("a_map_counts_what_is_in_it") else {
        return;
    };
    agrees(&cluster, ":shop/prod<enter><esc>", |cluster| {
        let count = |kind| items(cluster, kind, "shop-prod").len();
        let quota = cluster.get(&["resourcequota", "quota", "-n", "shop-prod"]);
        let used = |of: &str| quota["status"]["used"][of].as_str().unwrap().to_owned();
        let hard = |of: &str| quota["status"]["hard"][of].as_str().unwrap().to_owned();
        vec![
            format!("{} of {}", used("pods"), hard("pods")),
            format!(
                "{} of {}",
                used("persistentvolumeclaims"),
                hard("persistentvolumeclaims")
            ),
            format!("{} of 2.0Gi", used("requests.memory")),
            format!("PORTS {} db, web", count("services")),
            "INGRESSES 1 shop.example.com/".into(),
            "VOLUMES 1 1.0Gi data-db-0".into(),
            format!("{} ConfigMaps", count("configmaps")),
            "Container cpu default 200m, defaultRequest 10m".into(),
            "namespace shop-prod".into(),
            "team=storefront".into(),
        ]
    });
}

#[test]
fn a_service_says_who_may_do_what() {
    let Some(cluster) = live("a_service_says_who_may_do_what") else {
        return;
    };
    agrees(&cluster, ":shop<enter><esc>", |_| {
        vec![
            "TEAM storefront".into(),
            "developers (Group) edit dev".into(),
            "developers (Group) view prod".into(),
        ]
    });
}

#[test]
fn a_server_says_what_goes_with_it() {
    let Some(cluster) = live("a_server_says_what_goes_with_it") else {
        return;
    };
    agrees(&cluster, ":shop/prod/web<enter><esc>", |cluster| {
        let get = |kind: &str| cluster.get(&[kind, "web", "-n", "shop-prod"]);
        let (web, scaler, budget) = (get("deployment"), get("hpa"), get("pdb"));
        let number = |value: &Value| value.as_u64().unwrap_or(0);
        let status = &web["status"];
        let (ready, wanted) = (
            number(&status["readyReplicas"]),
            number(&web["spec"]["replicas"]),
        );
        let rolling = &web["spec"]["strategy"]["rollingUpdate"];
        let mut said = vec![
            format!("{ready} of {wanted} ready"),
            format!(
                "revision {}",
                web["metadata"]["annotations"]["deployment.kubernetes.io/revision"]
                    .as_str()
                    .unwrap()
            ),
            format!(
                "RollingUpdate surge {}, unavailable {}",
                rolling["maxSurge"], rolling["maxUnavailable"]
            ),
            format!(
                "revisionHistoryLimit {}",
                web["spec"]["revisionHistoryLimit"]
            ),
            format!(
                "{}…{} by cpu",
                scaler["spec"]["minReplicas"], scaler["spec"]["maxReplicas"]
            ),
            format!("wants {}", scaler["status"]["desiredReplicas"]),
            format!(
                "min 1 available, {} may go now",
                budget["status"]["disruptionsAllowed"]
            ),
            format!("web ClusterIP http 80→http {ready}/{ready} ready"),
            "shop.example.com/".into(),
            "web-config".into(),
            "web-secret".into(),
            "readiness GET :http/index.html every 2s".into(),
        ];
        for (key, value) in web["metadata"]["labels"].as_object().unwrap() {
            said.push(format!("{key}={}", value.as_str().unwrap()));
        }
        for condition in status["conditions"].as_array().unwrap() {
            let word = |of: &str| condition[of].as_str().unwrap_or_default().to_owned();
            said.push(format!(
                "{} {} {}",
                word("type"),
                word("status"),
                word("reason")
            ));
        }
        let owned = |pod: &&Value| name(pod).starts_with("web-");
        for pod in items(cluster, "pods", "shop-prod").iter().filter(owned) {
            said.push(format!("{} 2/2 Running", name(pod)));
        }
        said
    });
}

#[test]
fn an_instance_says_how_its_containers_are() {
    let Some(cluster) = live("an_instance_says_how_its_containers_are") else {
        return;
    };
    agrees(&cluster, ":shop/dev/crasher<enter>", |cluster| {
        let pods = items(cluster, "pods", "shop-dev");
        let pod = pods
            .iter()
            .find(|pod| name(pod).starts_with("crasher-"))
            .unwrap();
        let told = cluster.kubectl(&["describe", "pod", name(pod), "-n", "shop-dev"]);
        let container = &pod["status"]["containerStatuses"][0];
        let code = described(&told, "Exit Code:").unwrap();
        let mut said = vec![
            format!("QUALITY {}", described(&told, "QoS Class:").unwrap()),
            format!("ADDRESS {}", described(&told, "IP:").unwrap()),
            format!("on {}", pod["spec"]["nodeName"].as_str().unwrap()),
            format!("Error, code {code}, ran"),
            container["image"].as_str().unwrap().to_owned(),
            "of ReplicaSet crasher-".into(),
            "BackOff".into(),
        ];
        for condition in pod["status"]["conditions"].as_array().unwrap() {
            let word = |of: &str| condition[of].as_str().unwrap_or_default().to_owned();
            said.push(format!("{} {}", word("type"), word("status")));
        }
        said
    });
}

#[test]
fn the_other_kinds_say_how_they_are_run() {
    let Some(cluster) = live("the_other_kinds_say_how_they_are_run") else {
        return;
    };
    agrees(
        &cluster,
        ":analytics/data-platform/report<enter><esc>",
        |cluster| {
            let report = cluster.get(&["cronjob", "report", "-n", "data-platform"]);
            let spec = &report["spec"];
            vec![
                format!("schedule {}", spec["schedule"].as_str().unwrap()),
                format!(
                    "concurrencyPolicy {}",
                    spec["concurrencyPolicy"].as_str().unwrap()
                ),
                format!(
                    "successfulJobsHistoryLimit {}",
                    spec["successfulJobsHistoryLimit"]
                ),
                "RUNS".into(),
            ]
        },
    );
    agrees(
        &cluster,
        ":analytics/data-platform/agent<enter><esc>",
        |_| {
            vec![
                "nodeSelector kubernetes.io/hostname=node-1".into(),
                "REVISIONS".into(),
            ]
        },
    );
    agrees(
        &cluster,
        ":analytics/data-platform/migrate<enter><esc>",
        |_| vec!["backoffLimit 1".into(), "BackoffLimitExceeded".into()],
    );
    agrees(&cluster, ":shop/prod/db<enter><esc>", |_| {
        vec!["data-db-0 1.0Gi Bound".into(), "serviceName db".into()]
    });
}
