//! Why: what the box says of the failing applications is what the API says: exit code, restarts, the newest Event, the last
//! line of the log before.

use serde_json::Value;

use crate::{
    live, print,
    support::{
        WITHIN,
        cluster::{Cluster, eventually},
    },
};

/// The box over a Server, its lines joined: however they are broken, they say the same.
fn box_of(cluster: &Cluster, at: (&str, &str, &str)) -> String {
    let (service, map, server) = at;
    let keys = format!(":{service}/{map}/{server}<enter><wait>hw<wait>");
    let frame = print(cluster.kubeconfig().to_str().unwrap(), &[], &keys);
    inside(&frame).unwrap_or(frame)
}

/// What stands within a box.
fn inside(frame: &str) -> Option<String> {
    let lines: Vec<Vec<char>> = frame.lines().map(|line| line.chars().collect()).collect();
    let edge = |corner| {
        let mut rows = lines.iter().enumerate();
        rows.find_map(|(row, line)| Some((row, line.iter().position(|c| *c == corner)?)))
    };
    let ((top, left), (_, right), (bottom, _)) = (edge('╭')?, edge('╮')?, edge('╰')?);
    let text: Vec<String> = lines[top + 1..bottom]
        .iter()
        .map(|line| line[left + 1..right].iter().collect())
        .collect();
    Some(squeeze(&text.join(" ")))
}

fn squeeze(text: &str) -> String {
    text.split_whitespace()
        .filter(|word| !matches!(*word, "▌" | "└"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The Pods of a Server, by the beginning of their names.
fn pods(cluster: &Cluster, namespace: &str, server: &str) -> Vec<Value> {
    let list = cluster.get(&["pods", "-n", namespace]);
    let items = list["items"].as_array().unwrap().clone();
    let of = |pod: &Value| {
        pod["metadata"]["name"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{server}-"))
    };
    items.into_iter().filter(of).collect()
}

/// The message of the newest Event about a Pod with this reason; nothing where there is none any more: they are kept for an
/// hour, and a kubelet tells what repeats ever more seldom.
fn newest(cluster: &Cluster, pod: &Value, reason: &str) -> String {
    let namespace = pod["metadata"]["namespace"].as_str().unwrap();
    let uid = pod["metadata"]["uid"].as_str().unwrap();
    let selector = format!("involvedObject.uid={uid},reason={reason}");
    let found = cluster.get(&["events", "-n", namespace, "--field-selector", &selector]);
    let when = |event: &&Value| {
        event["lastTimestamp"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let events = found["items"].as_array().unwrap();
    let newest = events.iter().max_by_key(when);
    let message = newest.and_then(|event| event["message"].as_str());
    let message = message.unwrap_or_default();
    message.trim().trim_end_matches('.').to_owned()
}

/// Asks until the box says all that the API says at that moment.
fn says(cluster: &Cluster, at: (&str, &str, &str), expected: impl Fn() -> Vec<String>) {
    let (mut text, mut wanted) = (String::new(), Vec::new());
    let right = eventually(WITHIN, || {
        wanted = expected();
        text = box_of(cluster, at);
        wanted
            .iter()
            .all(|words| text.contains(&squeeze(words)))
            .then_some(())
    });
    assert!(right.is_some(), "{at:?}: not all of {wanted:#?} in\n{text}");
}

#[test]
fn why_agrees_with_the_api() {
    let Some(cluster) = live("why_agrees_with_the_api") else {
        return;
    };
    says(&cluster, ("shop", "dev", "crasher"), || {
        let pod = pods(&cluster, "shop-dev", "crasher").remove(0);
        let name = pod["metadata"]["name"].as_str().unwrap();
        let status = &pod["status"]["containerStatuses"][0];
        let code = status["lastState"]["terminated"]["exitCode"].as_i64();
        let log = cluster.kubectl(&["logs", "-n", "shop-dev", name, "--previous"]);
        vec![
            name.to_owned(),
            "0 of 1 ready: its Instance keeps crashing".to_owned(),
            format!("{} restarts", status["restartCount"]),
            format!("exited with code {}", code.unwrap_or(-1)),
            last_said(&log),
        ]
    });
    says(&cluster, ("shop", "dev", "typo"), || {
        let pod = pods(&cluster, "shop-dev", "typo").remove(0);
        vec![
            pod["spec"]["containers"][0]["image"]
                .as_str()
                .unwrap()
                .to_owned(),
            newest(&cluster, &pod, "ErrImageNeverPull"),
        ]
    });
    says(&cluster, ("shop", "dev", "unready"), || {
        let pods = pods(&cluster, "shop-dev", "unready");
        vec![
            format!("0 of {} ready", pods.len()),
            newest(&cluster, &pods[0], "Unhealthy"),
            "fail their readiness probe".to_owned(),
            "readiness probe: false every 2s".to_owned(),
        ]
    });
    says(&cluster, ("legacy", "legacy", "greedy"), || {
        let pod = pods(&cluster, "legacy", "greedy").remove(0);
        let cpu = pod["spec"]["containers"][0]["resources"]["requests"]["cpu"].as_str();
        vec![
            format!("{}c of CPU", cpu.unwrap()),
            newest(&cluster, &pod, "FailedScheduling"),
        ]
    });
    says(&cluster, ("analytics", "data-platform", "migrate"), || {
        let pods = pods(&cluster, "data-platform", "migrate");
        let ended =
            |pod: &Value| pod["status"]["containerStatuses"][0]["state"]["terminated"].clone();
        let last = pods.iter().max_by_key(|pod| {
            ended(pod)["finishedAt"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        });
        let last = last.expect("a Pod");
        let name = last["metadata"]["name"].as_str().unwrap();
        let log = cluster.kubectl(&["logs", "-n", "data-platform", name]);
        vec![
            format!("given up after {} failed Instances", pods.len()),
            name.to_owned(),
            format!("exited with code {}", ended(last)["exitCode"]),
            last_said(&log),
        ]
    });
}

/// The last line of a log; nothing where the node has let it go, which is no word of the container's.
fn last_said(log: &str) -> String {
    let last = log.lines().last().unwrap_or_default();
    let gone = last.starts_with("unable to retrieve container logs for ");
    if gone { String::new() } else { last.to_owned() }
}

#[test]
fn a_developer_is_told_what_their_rights_let_them_know() {
    let test = "a_developer_is_told_what_their_rights_let_them_know";
    let Some(_cluster) = live(test) else {
        return;
    };
    let Some(developer) = crate::variable(test, "BARKEEP_DEVELOPER") else {
        return;
    };
    let frame = print(
        &developer,
        &["-n", "shop-dev"],
        "<wait>:ns shop-dev<enter><wait>w<wait>",
    );
    assert!(frame.contains("keeps crashing"), "{frame}");
}
