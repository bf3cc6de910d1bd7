//! The story as the controllers tell it.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{PAST, begin};
use crate::demo::{object, resource::*, state::State};

const NOW: i64 = 1_795_500_000_000;

fn told(seed: u64) -> State {
    let mut state = State::new(seed, NOW - PAST, 1.0);
    begin(&mut state, NOW);
    state
}

#[test]
fn only() {
    let t = std::time::Instant::now();
    let state = told(1);
    eprintln!("took {:?} version {}", t.elapsed(), state.store.version());
}

#[test]
fn summary() {
    let t = std::time::Instant::now();
    let mut state = told(1);
    eprintln!("took {:?} version {}", t.elapsed(), state.store.version());
    show(&state);
    let t = std::time::Instant::now();
    state.advance(NOW + 600_000);
    eprintln!(
        "10 min took {:?} version {}",
        t.elapsed(),
        state.store.version()
    );
    show(&state);
}

fn show(state: &State) {
    for r in RESOURCES {
        let n = state.store.count(r);
        if n > 0 {
            eprint!("{}={} ", r.plural, n);
        }
    }
    eprintln!();
    for cast in super::cast::all() {
        let name = cast.object_name();
        let Some(o) = state.get(cast.resource(), cast.namespace(), &name) else {
            eprintln!("MISSING {}/{}", cast.namespace(), name);
            continue;
        };
        let pods: Vec<String> = state
            .store
            .list(&PODS, Some(cast.namespace()))
            .filter(|e| e.label("app.kubernetes.io/name") == Some(cast.server.name))
            .map(|e| {
                let p = e.value();
                let cs: Vec<String> = object::items(&p, "/status/containerStatuses")
                    .iter()
                    .map(|c| {
                        format!(
                            "{}{}{}r{}",
                            c["ready"],
                            c["state"]
                                .as_object()
                                .map_or(String::new(), |m| m.keys().cloned().collect::<String>()),
                            c["state"]["waiting"]["reason"].as_str().unwrap_or(""),
                            c["restartCount"]
                        )
                    })
                    .collect();
                let msg = object::items(&p, "/status/conditions")
                    .iter()
                    .filter(|c| c["type"] == "PodScheduled" && c["status"] == "False")
                    .map(|c| c["message"].to_string())
                    .collect::<String>();
                format!(
                    "{}@{} {} {}{}",
                    e.name,
                    e.field("spec.nodeName").unwrap_or(""),
                    e.field("status.phase").unwrap_or(""),
                    cs.join(","),
                    msg
                )
            })
            .collect();
        let conds: Vec<String> = object::items(&o, "/status/conditions")
            .iter()
            .map(|c| {
                format!(
                    "{}={}:{}",
                    c["type"].as_str().unwrap(),
                    c["status"].as_str().unwrap(),
                    c["reason"].as_str().unwrap_or("")
                )
            })
            .collect();
        eprintln!(
            "{}/{} {:?} rev{} {}/{} {:?}\n      {}",
            cast.namespace(),
            name,
            cast.server.kind,
            object::annotation(&o, "deployment.kubernetes.io/revision").unwrap_or("-"),
            o["status"]["readyReplicas"],
            o["spec"]["replicas"],
            conds,
            pods.join("\n      ")
        );
    }
}
