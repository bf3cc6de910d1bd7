#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;
use crate::demo::{object, story::cast};

const START: i64 = 1_790_000_000_000;

fn pod(image: &str, logs: &str, acts: &str, state: &Value, last: &Value) -> Value {
    json!({
        "metadata": {
            "name": "web-1", "namespace": "shop-prod", "uid": "8f6f7b2e",
            "annotations": {"demo.barkeep.dev/logs": logs, "demo.barkeep.dev/acts": acts},
        },
        "spec": {"containers": [{"name": "web", "image": image}, {"name": "envoy", "image": "envoyproxy/envoy:v1.32.2"}]},
        "status": {"containerStatuses": [
            {"name": "web", "restartCount": 1, "state": state, "lastState": last},
            {"name": "envoy", "restartCount": 0, "state": {"running": {"startedAt": object::time(START)}}},
        ]},
    })
}

fn runs(image: &str, logs: &str, acts: &str) -> Value {
    let state = json!({"running": {"startedAt": object::time(START)}});
    pod(image, logs, acts, &state, &json!({}))
}

const API: &str = "registry.example.com/shop/api:1.86.3";

#[test]
fn the_lines_of_two_intervals_are_those_of_both() {
    for (logs, acts) in [
        ("json rate=3/s", ""),
        ("plain rate=0.2/s", ""),
        ("quiet", ""),
        ("plain", "crashes=40s"),
        ("colour rate=5/s", "unlive=30s"),
    ] {
        let pod = runs(API, logs, acts);
        let lines = |from: i64, to: i64| lines(&pod, "web", false, 7, START + from, START + to);
        let whole = lines(-5_000, 90_000);
        assert!(!whole.is_empty());
        assert!(whole.is_sorted_by_key(|(moment, _)| *moment), "{logs}");
        for cut in [0, 100, 101, 900, 10_000, 39_940, 39_941, 89_999] {
            let mut both = lines(-5_000, cut);
            both.extend(lines(cut, 90_000));
            assert_eq!(both, whole, "{logs} cut at {cut}");
        }
    }
}

#[test]
fn the_tail_of_weeks_is_that_of_the_whole() {
    for logs in [
        "json rate=3/s",
        "plain rate=0.05/s",
        "quiet",
        "access rate=5/s",
    ] {
        let pod = runs(API, logs, "");
        let stream = Stream::of(&pod, "web", false, 7).unwrap();
        let whole = stream.lines(START, START + 600_000);
        for count in [0, 1, 10, 100, 100_000] {
            let tail = stream.tail(count, START + 600_000);
            let from = whole.len().saturating_sub(count);
            assert_eq!(tail, whole[from..], "{logs} {count}");
        }
        // Years of it: this ends only if it does not look at all of them.
        let years = START + 100_000_000_000;
        let expected = if logs == "quiet" { whole.len() } else { 50 };
        assert_eq!(stream.tail(50, years).len(), expected);
    }
}

#[test]
fn who_follows_misses_nothing() {
    for (logs, acts) in [
        ("json rate=3/s", ""),
        ("plain rate=0.3/s", "crashes=40s"),
        ("quiet", ""),
    ] {
        let pod = runs(API, logs, acts);
        let stream = Stream::of(&pod, "web", false, 7).unwrap();
        let mut moments: Vec<i64> = stream
            .lines(START, START + 60_000)
            .into_iter()
            .map(|(moment, _)| moment)
            .collect();
        moments.dedup();
        let mut followed = Vec::new();
        let mut last = START - 1;
        while let Some(next) = stream
            .next_after(last)
            .filter(|next| *next < START + 60_000)
        {
            followed.push(next);
            last = next;
        }
        assert_eq!(followed, moments, "{logs}");
    }
}

#[test]
fn it_depends_on_the_seed_the_container_and_the_run() {
    let pod = runs(API, "json rate=1/s", "");
    let of = |pod: &Value, container: &str, seed: u64| {
        lines(pod, container, false, seed, START, START + 60_000)
    };
    assert_eq!(of(&pod, "web", 7), of(&pod, "web", 7));
    assert_ne!(of(&pod, "web", 7), of(&pod, "web", 8));
    assert_ne!(of(&pod, "web", 7), of(&pod, "envoy", 7));
    assert!(of(&pod, "nobody", 7).is_empty());
}

#[test]
fn a_crash_is_foreseen_and_told_before_and_after_it_alike() {
    let acts = "crashes=40s exit=2";
    let before = runs(API, "json rate=1/s", acts);
    let ended = json!({"terminated": {"startedAt": object::time(START), "finishedAt": object::time(START + 40_000), "exitCode": 2}});
    let waits = json!({"waiting": {"reason": "CrashLoopBackOff"}});
    let after = pod(API, "json rate=1/s", acts, &waits, &ended);
    let of = |pod: &Value, previous: bool| lines(pod, "web", previous, 7, START, START + 100_000);
    let told = of(&before, false);
    let (last, text) = told.last().unwrap();
    assert!((START + 39_000..START + 40_000).contains(last), "{last}");
    assert!(
        told.iter().any(|(_, line)| line.starts_with("panic: ")),
        "{text}"
    );
    assert_eq!(told, of(&after, false));
    assert_eq!(told, of(&after, true), "what waits was before");
}

#[test]
fn every_act_ends_as_it_should() {
    let text = |image: &str, acts: &str| {
        let pod = runs(image, "plain rate=0.1/s", acts);
        let lines = lines(&pod, "web", false, 7, START, START + 3_600_000);
        let all: Vec<String> = lines.into_iter().map(|(_, line)| line).collect();
        all.join("\n")
    };
    for (image, acts, last) in [
        (
            "registry.example.com/payments/gateway:1",
            "oom=5m",
            "OutOfMemoryError",
        ),
        (
            "registry.example.com/shop/report:1",
            "runs=90s",
            "report uploaded",
        ),
        (
            "registry.example.com/search/reindex:1",
            "runs=20s exit=1",
            "AuthorizationException",
        ),
        (
            "registry.example.com/shop/worker:1",
            "crashes=11s",
            "jobs.(*Consumer).mustDecode",
        ),
        (API, "crashes=9s times=1", "order"),
    ] {
        let text = text(image, acts);
        assert!(text.contains(last), "{image} {acts}:\n{text}");
    }
}

#[test]
fn one_that_is_told_to_stop_says_so() {
    let mut pod = runs(API, "json rate=1/s", "");
    pod["metadata"]["deletionTimestamp"] = json!(object::time(START + 60_000));
    pod["metadata"]["deletionGracePeriodSeconds"] = json!(30);
    let lines = lines(&pod, "web", false, 7, START, START + 100_000);
    let (moment, text) = lines.last().unwrap();
    assert_eq!(*moment, START + 31_000);
    assert!(text.contains("shutting down"), "{text}");
}

#[test]
fn every_voice_of_the_cast_fills_in_all_its_words() {
    for cast in cast::all() {
        let containers = object::items(&cast.template(), "/spec/containers").to_vec();
        for (place, container) in containers.iter().enumerate() {
            let image = object::text(container, "/image");
            let logs = if place == 0 { cast.server.logs } else { "" };
            let pod = runs(image, logs, "");
            let lines = lines(&pod, "web", false, 3, START, START + 1_200_000);
            assert!(!lines.is_empty(), "{image} is silent");
            for (_, line) in lines {
                assert!(!line.is_empty() && line.len() < 600, "{image}: {line}");
                let open = line.split('{').skip(1).any(|rest| {
                    let word = rest.split_once('}').map(|(word, _)| word);
                    word.is_some_and(|word| word.chars().all(|c| c.is_ascii_lowercase()))
                });
                assert!(!open, "{image}: {line}");
            }
        }
    }
}

#[test]
fn a_plain_command_writes_what_it_says() {
    let mut pod = runs("busybox:1.36", "", "");
    for (command, expected) in [
        (json!(["sleep", "infinity"]), vec![]),
        (json!(["echo", "hello", "world"]), vec!["hello world"]),
        (
            json!(["sh", "-c", "echo one; sleep 5 && echo 'two'"]),
            vec!["one", "two"],
        ),
    ] {
        pod["spec"]["containers"][0]["command"] = command;
        let lines = lines(&pod, "web", false, 7, START, START + 60_000);
        let lines: Vec<&str> = lines.iter().map(|(_, line)| line.as_str()).collect();
        assert_eq!(lines, expected);
    }
}

#[test]
fn styles_look_as_they_are_called() {
    for (logs, looks) in [
        ("json rate=5/s", "{\""),
        ("colour rate=5/s", "\u{1b}[90m"),
        ("klog rate=5/s", "I"),
    ] {
        let pod = runs(API, logs, "");
        let lines = lines(&pod, "web", false, 7, START + 5_000, START + 9_000);
        assert!(
            lines.iter().any(|(_, line)| line.starts_with(looks)),
            "{logs}: {lines:?}"
        );
    }
    let pod = runs("postgres:16.6", "plain rate=5/s", "");
    let lines = lines(&pod, "web", false, 7, START, START + 1_000);
    assert!(
        lines[0].1.contains(" UTC [") && lines[0].1.contains("LOG:  starting PostgreSQL 16.6"),
        "{lines:?}"
    );
}
