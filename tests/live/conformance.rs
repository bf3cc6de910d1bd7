//! The same requests to the demo and to a real cluster: the answers are alike, save for what is said here.
//!
//! Each file of `tests/fixtures/demo/script` is a chapter: steps, one after another, in a namespace of its own. Chapters run side
//! by side, on both clusters at the same time. A step's answer is taken to pieces ([`facts`]): status, headers, and every
//! field with its value, where what no two clusters share (uids, versions, times, addresses, random ends of names) is only
//! compared by its shape. `BARKEEP_CHAPTERS=pods,jobs` plays only those.

mod facts;
mod script;
mod side;

use std::{collections::BTreeSet, time::Instant};

use barkeep::demo::{Demo, Options};
use futures::future::{join, join_all};

use self::{
    facts::Facts,
    script::Chapter,
    side::{Report, Side},
};
use crate::live;

/// The chapters.
const SCRIPT: &[(&str, &str)] = &[
    (
        "access",
        include_str!("../fixtures/demo/script/access.yaml"),
    ),
    (
        "deployment",
        include_str!("../fixtures/demo/script/deployment.yaml"),
    ),
    (
        "garbage",
        include_str!("../fixtures/demo/script/garbage.yaml"),
    ),
    ("jobs", include_str!("../fixtures/demo/script/jobs.yaml")),
    (
        "limits",
        include_str!("../fixtures/demo/script/limits.yaml"),
    ),
    (
        "objects",
        include_str!("../fixtures/demo/script/objects.yaml"),
    ),
    ("pods", include_str!("../fixtures/demo/script/pods.yaml")),
    (
        "refusals",
        include_str!("../fixtures/demo/script/refusals.yaml"),
    ),
    (
        "services",
        include_str!("../fixtures/demo/script/services.yaml"),
    ),
    (
        "stateful",
        include_str!("../fixtures/demo/script/stateful.yaml"),
    ),
];

/// What is known to differ: where (`chapter METHOD /path as media-type by user … /field`, `*` for anything), and why.
const DIFFERENT: &[(&str, &str)] = &[
    (
        "* */managedFields[kube*]",
        "the demo's controllers keep no managed fields: nobody applies against them, and it would double what is stored",
    ),
    (
        "* /columnDefinitions[*]/description",
        "no client shows what a column is for; the demo says nothing there",
    ),
    (
        "* Pod * MissingClusterDNS",
        "the kubelet of the cluster that is tested against was given no DNS",
    ),
    (
        "* Pod * Scheduled",
        "the demo's scheduler writes Events as all others do, a real one those of events.k8s.io, without a source",
    ),
    (
        "limits DELETE */pods/b /status/conditions[PodScheduled]/message",
        "it counts the nodes, of which the demo has more",
    ),
    (
        "pods PATCH */pods/good *message",
        "a server adds how the Go structs differ, line by line",
    ),
    (
        "stateful PATCH */persistentvolumeclaims/disk *message",
        "a server adds how the Go structs differ, line by line",
    ),
    (
        "refusals GET *pods* as * /message",
        "which media types there are: the demo answers in JSON only",
    ),
    (
        "refusals GET /version by nobody /*",
        "what it was built from is its own",
    ),
    (
        "stateful GET */daemonsets/ds as table /rows[]/object/metadata/annotations/*",
        "a server makes rows of what it has inside, where this annotation is a field",
    ),
];

#[test]
fn the_demo_answers_as_a_real_server_does() {
    let Some(cluster) = live("the_demo_answers_as_a_real_server_does") else {
        return;
    };
    let began = Instant::now();
    let only = std::env::var("BARKEEP_CHAPTERS").unwrap_or_default();
    let chapters: Vec<Chapter> = SCRIPT
        .iter()
        .filter(|(name, _)| only.is_empty() || only.split(',').any(|known| known == *name))
        .map(|(name, text)| Chapter::read(name, text))
        .collect();
    let (real, ours) = cluster.block_on(async {
        let options = Options {
            pace: 4.0,
            ..Options::default()
        };
        let token = options.tokens.of("admin").unwrap().to_owned();
        let demo = Demo::start(options);
        let real = Side::new(cluster.client(), None).await;
        let ours = Side::new(demo.client(), Some(token)).await;
        join(play(&real, &chapters), play(&ours, &chapters)).await
    });
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (chapter, (real, ours)) in chapters.iter().zip(real.iter().zip(&ours)) {
        for at in 0..chapter.steps.len() {
            compared += 1;
            let step = &chapter.steps[at];
            let title = format!("{} {}", chapter.name, step.title());
            let (Some(real), Some(ours)) = (real.get(at), ours.get(at)) else {
                wrong.push(format!(
                    "{title}\n  reached by real: {}, by ours: {}",
                    real.get(at).is_some(),
                    ours.get(at).is_some()
                ));
                break;
            };
            let found = differences(real, ours, step.subset);
            let left: Vec<String> = found
                .into_iter()
                .filter(|(field, _)| {
                    let place = format!("{title} {field}");
                    let known = DIFFERENT
                        .iter()
                        .position(|(pattern, _)| fits(pattern, &place));
                    used.extend(known);
                    known.is_none()
                })
                .map(|(field, what)| format!("  {field}\n{what}"))
                .collect();
            if !left.is_empty() {
                wrong.push(format!("{title}\n{}", left.join("\n")));
            }
        }
    }
    println!(
        "{compared} steps in {:.1?}, {} known differences",
        began.elapsed(),
        DIFFERENT.len()
    );
    if only.is_empty() {
        for (at, (pattern, why)) in DIFFERENT.iter().enumerate() {
            if !used.contains(&at) {
                wrong.push(format!("not different any more: {pattern} ({why})"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differences\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

async fn play(side: &Side, chapters: &[Chapter]) -> Vec<Report> {
    let all = chapters.iter().map(|chapter| side.play(chapter));
    let reports = join_all(all).await;
    side.leave().await;
    reports
}

/// What is not the same: where, and what each says.
fn differences(real: &Facts, ours: &Facts, subset: bool) -> Vec<(String, String)> {
    let none = BTreeSet::new();
    let fields: BTreeSet<&String> = real.keys().chain(ours.keys()).collect();
    fields
        .into_iter()
        .filter_map(|field| {
            let (real, ours) = (
                real.get(field).unwrap_or(&none),
                ours.get(field).unwrap_or(&none),
            );
            let same = real == ours || subset && ours.is_subset(real);
            let list = |facts: &BTreeSet<String>, others: &BTreeSet<String>| {
                let own: Vec<&str> = facts.difference(others).map(String::as_str).collect();
                own.join("\n         ")
            };
            let what = format!(
                "    real {}\n    ours {}",
                list(real, ours),
                list(ours, real)
            );
            (!same).then(|| (field.clone(), what))
        })
        .collect()
}

/// Whether a text is of this form, where `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = first;
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
        last = part;
    }
    rest.is_empty() || pattern.contains('*') && (last.is_empty() || text.ends_with(last))
}
