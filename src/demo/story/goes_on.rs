//! The story goes on: at each beat, every few seconds, somebody does something. What is begun is ended some beats later, so
//! after days the cluster is what it was on the first.
//!
//! What happens at a beat depends on the seed and the beat's number. Only Servers with which nothing is wrong take part,
//! and only as long as nobody else changed them.

use serde_json::{Value, json};

use super::{
    cast::{self, By, Cast, Env, Kind, REGISTRY},
    deed,
    memory::Memory,
    version::next_version,
};
use crate::demo::{
    controllers::{Task, kubelet},
    delete::{self, Deletion, Propagation},
    dice, object,
    resource::{CONFIG_MAPS, CRON_JOBS, JOBS, NODES, PODS, Resource},
    state::State,
};

/// Time from one beat to the next: so long at least, in milliseconds, and so much more by chance.
const REST: (i64, u64) = (4_000, 5_000);

/// What can happen, and how often of a hundred times.
const CHAPTERS: &[(u64, Chapter)] = &[
    (18, Chapter::Delete),
    (15, Chapter::Rollout),
    (15, Chapter::Scale),
    (12, Chapter::Crash),
    (8, Chapter::Configure),
    (8, Chapter::Job),
    (4, Chapter::Evict),
    (4, Chapter::BadRollout),
    (2, Chapter::Drain),
    (14, Chapter::Nothing),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chapter {
    /// A Pod is deleted by hand.
    Delete,
    /// A new version.
    Rollout,
    /// More or fewer Instances for a while.
    Scale,
    /// A container ends and comes back.
    Crash,
    /// A setting is changed and the Server restarted.
    Configure,
    /// A CronJob is run by hand.
    Job,
    /// A node throws a Pod out.
    Evict,
    /// A new version that does not work, and is rolled back.
    BadRollout,
    /// A node is emptied and comes back.
    Drain,
    /// For once, nothing.
    Nothing,
}

/// What ends a chapter, some beats after it began.
#[derive(Clone, Debug)]
pub(super) enum Ending {
    /// Back to the image of before, for this reason.
    Back(Cast, String),
    /// Back to this many Instances.
    Scale(Cast, i64),
    /// What is left of a Pod is cleaned up.
    Forget(&'static str, String),
    /// What is left of a Job is cleaned up.
    ForgetJob(&'static str, String),
    /// A node is back.
    Uncordon(String),
}

/// The beat of this number.
pub fn beat(state: &mut State, beat: u64) {
    for ending in state.story.end_of(beat) {
        end(state, ending);
    }
    let mut throw = dice::throw(state.seed, ("chapter", beat)) % 100;
    let chapter = CHAPTERS.iter().find(|(share, _)| {
        let found = throw < *share;
        throw = throw.saturating_sub(*share);
        found
    });
    if let Some((_, chapter)) = chapter {
        open(state, beat, *chapter);
    }
    let rest = dice::throw(state.seed, ("rest", beat)) % REST.1;
    state.after(REST.0 + rest as i64, Task::Story(beat + 1));
}

fn open(state: &mut State, beat: u64, chapter: Chapter) {
    match chapter {
        Chapter::Delete => delete_one(state, beat),
        Chapter::Rollout => roll_out(state, beat),
        Chapter::Scale => scale(state, beat),
        Chapter::Crash => crash(state, beat),
        Chapter::Configure => configure(state, beat),
        Chapter::Job => run_job(state, beat),
        Chapter::Evict => evict(state, beat),
        Chapter::BadRollout => roll_out_badly(state, beat),
        Chapter::Drain => drain(state, beat),
        Chapter::Nothing => {}
    }
}

/// One Server that is as the story left it and fits.
fn pick(state: &State, beat: u64, fits: impl Fn(&Cast) -> bool) -> Option<(Cast, Value)> {
    let fitting: Vec<Cast> = cast::all()
        .filter(|cast| cast.run.is_sound() && fits(cast))
        .collect();
    let start = dice::throw(state.seed, ("who", beat)) as usize;
    (0..fitting.len().min(4)).find_map(|more| {
        let cast = fitting[(start + more) % fitting.len()];
        Some((cast, Memory::find(state, &cast)?))
    })
}

fn is_deployment(cast: &Cast) -> bool {
    cast.server.kind == Kind::Deployment
}

/// Whether the company builds it, and so brings new versions every day.
fn is_own(cast: &Cast) -> bool {
    is_deployment(cast) && cast.server.image.starts_with(REGISTRY) && cast.server.by == By::Argo
}

/// Does something to a Server and remembers how it was left.
fn touch(state: &mut State, cast: &Cast, change: impl FnOnce(&mut Value)) {
    if let Some(object) = deed::change(state, cast, change) {
        state.story.leave(cast, &object);
    }
}

/// Something is to be ended so many beats later.
fn later(state: &mut State, beat: u64, beats: u64, ending: Ending) {
    state.story.open.push((beat + beats, ending));
}

fn delete_one(state: &mut State, beat: u64) {
    let Some((cast, _)) = pick(state, beat, |cast| {
        matches!(cast.server.kind, Kind::Deployment | Kind::DaemonSet)
    }) else {
        return;
    };
    let pods = deed::instances(state, &cast);
    if pods.len() > 1 {
        let pod = dice::one_of(state.seed, ("which", beat), &pods);
        remove(state, &PODS, pod);
    }
}

/// Asks for an object's end, as `kubectl delete` does.
fn remove(state: &mut State, resource: &'static Resource, object: &Value) {
    let (namespace, name) = (object::namespace(object), object::name(object));
    let deletion = Deletion {
        propagation: Propagation::Background,
        ..Deletion::default()
    };
    // Somebody else may have been quicker.
    let _ = delete::delete(state, resource, namespace, name, &deletion);
}

fn image_of(object: &Value) -> &str {
    object::text(object, "/spec/template/spec/containers/0/image")
}

fn roll_out(state: &mut State, beat: u64) {
    let Some((cast, object)) = pick(state, beat, is_own) else {
        return;
    };
    let image = image_of(&object);
    if let Some((image, tag)) = image.rsplit_once(':') {
        let next = next_version(tag);
        let image = format!("{image}:{next}");
        if let Some(object) = deed::turn(state, &cast, &image, "", &cast.cause(&next)) {
            state.story.leave(&cast, &object);
        }
    }
}

fn roll_out_badly(state: &mut State, beat: u64) {
    const BAD: &[&str] = &["missing", "crashes=7s exit=1", "unready"];
    let busy = |(_, ending): &(u64, Ending)| matches!(ending, Ending::Back(..));
    if state.story.open.iter().any(busy) {
        return;
    }
    let Some((cast, object)) = pick(state, beat, is_own) else {
        return;
    };
    let before = image_of(&object).to_owned();
    let Some((image, tag)) = before.rsplit_once(':') else {
        return;
    };
    let acts = dice::one_of(state.seed, ("bad", beat), BAD);
    let next = format!("{}-rc.1", next_version(tag));
    let image = format!("{image}:{next}");
    if let Some(object) = deed::turn(state, &cast, &image, acts, &cast.cause(&next)) {
        state.story.leave(&cast, &object);
        later(state, beat, 11, Ending::Back(cast, before));
    }
}

fn scale(state: &mut State, beat: u64) {
    let Some((cast, object)) = pick(state, beat, |cast| {
        is_deployment(cast) && cast.autoscaler().is_none() && cast.server.by == By::Argo
    }) else {
        return;
    };
    let now = object::number(&object, "/spec/replicas").unwrap_or(1);
    if now != cast.run.replicas {
        return;
    }
    let more = !dice::throw(state.seed, ("more", beat)).is_multiple_of(3);
    let wanted = if more || now == 1 { now + 1 } else { now - 1 };
    touch(state, &cast, |object| {
        object["spec"]["replicas"] = json!(wanted);
    });
    later(state, beat, 14, Ending::Scale(cast, now));
}

fn crash(state: &mut State, beat: u64) {
    let Some((cast, _)) = pick(state, beat, is_deployment) else {
        return;
    };
    let pods = deed::instances(state, &cast);
    if pods.is_empty() {
        return;
    }
    let pod = dice::one_of(state.seed, ("which", beat), &pods);
    let code = *dice::one_of(state.seed, ("code", beat), &[1, 2, 137, 139]);
    kubelet::crash(state, pod, cast.server.name, code);
}

/// Settings that can be turned, and what they can be.
const SETTINGS: &[(&str, [&str; 2])] = &[
    ("LOG_LEVEL", ["info", "debug"]),
    ("FEATURE_NEW_CHECKOUT", ["true", "false"]),
    ("CONCURRENCY", ["8", "12"]),
    ("POINT_RATE", ["0.05", "0.06"]),
    ("MAX_RESULTS", ["100", "120"]),
    ("POLL_INTERVAL", ["90s", "60s"]),
    ("MAX_BATCH", ["128", "96"]),
];

fn setting(cast: &Cast) -> Option<&'static (&'static str, [&'static str; 2])> {
    SETTINGS.iter().find(|(name, _)| {
        let is = |env: &Env| matches!(env, Env::Config(key, _) if key == name);
        cast.server.env.iter().any(is)
    })
}

fn configure(state: &mut State, beat: u64) {
    let fits = |cast: &Cast| is_deployment(cast) && setting(cast).is_some();
    let Some((cast, _)) = pick(state, beat, fits) else {
        return;
    };
    let (Some((key, [usual, other])), Some(name)) = (setting(&cast), cast.environment()) else {
        return;
    };
    state.change(&CONFIG_MAPS, cast.namespace(), &name, |map| {
        // A value that is neither is somebody else's.
        let next = if map["data"][key] == *usual {
            other
        } else {
            usual
        };
        if map["data"][key] == *usual || map["data"][key] == *other {
            map["data"][key] = json!(next);
        }
    });
    let now = object::time(state.now());
    touch(state, &cast, |object| {
        object["spec"]["template"]["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"] =
            json!(now);
    });
}

fn run_job(state: &mut State, beat: u64) {
    let jobs: Vec<Cast> = cast::all()
        .filter(|cast| cast.server.kind == Kind::CronJob && cast.run.past.is_empty())
        .collect();
    let cast = *dice::one_of(state.seed, ("job", beat), &jobs);
    let Some(cron) = state.get(&CRON_JOBS, cast.namespace(), cast.server.name) else {
        return;
    };
    let name = format!(
        "{}-manual-{}",
        cast.server.name,
        dice::letters(state.seed, ("manual", beat), 3)
    );
    let mut job = json!({
        "metadata": {
            "name": name, "namespace": cast.namespace(), "labels": cron["spec"]["jobTemplate"]["metadata"]["labels"],
            "annotations": {"cronjob.kubernetes.io/instantiate": "manual"},
        },
        "spec": cron["spec"]["jobTemplate"]["spec"],
    });
    job["metadata"]["ownerReferences"] = json!([object::owned_by(&cron)]);
    if state.create(&JOBS, job).is_ok() {
        later(state, beat, 40, Ending::ForgetJob(cast.namespace(), name));
    }
}

fn evict(state: &mut State, beat: u64) {
    let Some((cast, _)) = pick(state, beat, |cast| {
        is_deployment(cast) && cast.run.replicas > 1
    }) else {
        return;
    };
    if let Some(name) = deed::evict(state, &cast, beat) {
        later(state, beat, 30, Ending::Forget(cast.namespace(), name));
    }
}

/// So many Pods are moved when a node is emptied.
const MOVED: usize = 6;

fn drain(state: &mut State, beat: u64) {
    let busy = |(_, ending): &(u64, Ending)| matches!(ending, Ending::Uncordon(_));
    if state.story.open.iter().any(busy) {
        return;
    }
    let nodes: Vec<&str> = super::cluster::MACHINES[1..]
        .iter()
        .map(|machine| machine.name)
        .collect();
    let name = *dice::one_of(state.seed, ("node", beat), &nodes);
    let Some(node) = state.get(&NODES, "", name) else {
        return;
    };
    if node["spec"]["unschedulable"] == true {
        return;
    }
    cordon(state, name, true);
    let pods: Vec<Value> = state
        .store
        .list(&PODS, None)
        .filter(|entry| entry.field("spec.nodeName") == Some(name))
        .filter(|entry| entry.field("status.phase") == Some("Running"))
        .map(|entry| entry.value())
        .filter(|pod| object::controller(pod).is_some_and(|owner| owner["kind"] == "ReplicaSet"))
        .take(MOVED)
        .collect();
    for pod in pods {
        remove(state, &PODS, &pod);
    }
    later(state, beat, 16, Ending::Uncordon(name.to_owned()));
}

const CORDONED: &str = "node.kubernetes.io/unschedulable";

fn cordon(state: &mut State, name: &str, cordoned: bool) {
    let now = object::time(state.now());
    let node = state.change(&NODES, "", name, |node| {
        let mut taints = object::items(node, "/spec/taints").to_vec();
        taints.retain(|taint| taint["key"] != CORDONED);
        if cordoned {
            node["spec"]["unschedulable"] = json!(true);
            taints.push(json!({"key": CORDONED, "effect": "NoSchedule", "timeAdded": now}));
        }
        if let Some(spec) = node["spec"].as_object_mut() {
            if !cordoned {
                spec.remove("unschedulable");
            }
            spec.remove("taints");
            if !taints.is_empty() {
                spec.insert("taints".to_owned(), json!(taints));
            }
        }
    });
    if let Some(node) = node {
        let (reason, is) = if cordoned {
            ("NodeNotSchedulable", "NodeNotSchedulable")
        } else {
            ("NodeSchedulable", "NodeSchedulable")
        };
        let message = format!("Node {name} status is now: {is}");
        state.event(&node, "Normal", reason, &message, "kubelet");
    }
}

fn end(state: &mut State, ending: Ending) {
    match ending {
        Ending::Back(cast, image) => {
            if Memory::find(state, &cast).is_none() {
                return;
            }
            let cause = format!("kubectl rollout undo deployment/{}", cast.server.name);
            if let Some(object) = deed::turn(state, &cast, &image, cast.run.acts, &cause) {
                state.story.leave(&cast, &object);
            }
        }
        Ending::Scale(cast, count) => {
            if Memory::find(state, &cast).is_some() {
                touch(state, &cast, |object| {
                    object["spec"]["replicas"] = json!(count);
                });
            }
        }
        Ending::Forget(namespace, name) => {
            if let Some(pod) = state.get(&PODS, namespace, &name) {
                remove(state, &PODS, &pod);
            }
        }
        Ending::ForgetJob(namespace, name) => {
            if let Some(job) = state.get(&JOBS, namespace, &name) {
                remove(state, &JOBS, &job);
            }
        }
        Ending::Uncordon(name) => cordon(state, &name, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_happens_at_every_throw() {
        assert_eq!(CHAPTERS.iter().map(|(share, _)| share).sum::<u64>(), 100);
    }
}
