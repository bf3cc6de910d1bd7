//! What lives in the cluster: controllers that look at what should be and make it so, a scheduler, kubelets.
//!
//! ```text
//!  State::tell ─ every change ─→ Index::see     what is looked up later: owners, loads of Nodes
//!  State::advance ─ every change ─→ react       plans: which loop must look at which object, and when
//!                 ─ a task is due ─→ run        the loop looks at its object and makes things so
//! ```
//!
//! A loop never says what happened, only what is: it may look twice or late, and finds the same to do. What is planned
//! twice is done once.

mod autoscaler;
pub mod autoscaler_limits;
mod autoscaler_metrics;
mod budget;
mod claim;
mod collector;
mod cron_job;
mod daemon_set;
mod deployment;
mod deployment_scale;
mod deployment_status;
mod endpoints;
pub mod facts;
pub mod index;
mod job;
mod job_status;
pub mod kubelet;
mod namespace;
mod node;
mod quota;
mod replica_set;
mod revision;
mod schedule;
mod scheduler;
pub mod selector;
mod stateful_set;
mod stateful_set_status;
pub mod template;
#[cfg(test)]
mod world;

use super::{
    resource::{
        AUTOSCALERS, BUDGETS, CLAIMS, CONFIG_MAPS, CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, EVENTS,
        JOBS, NAMESPACES, NODES, PODS, REPLICA_SETS, REPLICATION_CONTROLLERS, RESOURCE_QUOTAS,
        Resource, SERVICES, STATEFUL_SETS, STORAGE_CLASSES, VOLUMES,
    },
    state::State,
    store::{Change, Entry, Event},
    story,
};

/// Where an object is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Its namespace; empty for what is in none.
    pub namespace: Box<str>,
    /// Its name.
    pub name: Box<str>,
}

impl Place {
    /// The place of this object.
    pub fn of(entry: &Entry) -> Self {
        Self {
            namespace: entry.namespace.clone(),
            name: entry.name.clone(),
        }
    }

    /// The place with these names.
    pub fn new(namespace: &str, name: &str) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
        }
    }
}

/// Who looks at an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Loop {
    /// A Deployment, and its ReplicaSets.
    Deployment,
    /// A ReplicaSet, and its Pods.
    ReplicaSet,
    /// A `ReplicationController`, and its Pods.
    ReplicationController,
    /// A StatefulSet, its Pods and claims.
    StatefulSet,
    /// A DaemonSet, and its Pods.
    DaemonSet,
    /// A Job, and its Pods.
    Job,
    /// A CronJob, and its Jobs.
    CronJob,
    /// A Service, and where it leads.
    Endpoints,
    /// A HorizontalPodAutoscaler.
    Autoscaler,
    /// A Pod, by the kubelet of its Node.
    Pod,
    /// A PersistentVolumeClaim.
    Claim,
    /// A `PersistentVolume`.
    Volume,
    /// A Namespace.
    Namespace,
    /// A Node.
    Node,
    /// A `ResourceQuota`.
    Quota,
    /// A PodDisruptionBudget.
    Budget,
    /// An object that is leaving and waits for what it owns.
    Finalizer(Kind),
}

/// A resource as part of a task: its place in the table.
pub type Kind = usize;

/// Something to be done at its time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Task {
    /// One loop looks at one object.
    Look(Loop, Place),
    /// The scheduler looks at all Pods that have no Node.
    Schedule,
    /// What fitted nowhere may fit now.
    Reschedule,
    /// The volume that a claim waits for is made.
    Provision(Place),
    /// The volume of a claim has grown.
    Expand(Place),
    /// What this uid owned is orphaned.
    Collect(Box<str>),
    /// Old Events go.
    Sweep,
    /// The story's beat of this number.
    Story(u64),
}

/// So long changes gather before a loop looks that sums up many of them, in milliseconds.
const GATHER: i64 = 100;

/// Sees a change, and plans what follows from it.
pub fn react(state: &mut State, change: &Change) {
    let after = &change.after;
    let resource = after.resource;
    collector::react(state, change);
    if resource.is(&EVENTS) {
        // Each hour's Events go together; one sweep is planned at a time.
        if change.event != Event::Deleted {
            state.after(node::EVENTS_LIVE / 6, Task::Sweep);
        }
        return;
    }
    let owners = change.before.iter().flat_map(|before| &before.owners);
    for uid in after.owners.iter().chain(owners) {
        if let Some((owner, place)) = state.index.owner(uid)
            && let Some(look) = own_loop(owner)
        {
            let task = Task::Look(look, place.clone());
            let due = state.now() + patience(look);
            state.at(due, task);
        }
    }
    if resource.is(&AUTOSCALERS) && change.event == Event::Deleted {
        autoscaler_limits::forget(state, &after.uid);
    }
    if let Some(look) = own_loop(resource)
        && matters(look, change)
    {
        state.at(state.now(), Task::Look(look, Place::of(after)));
    }
    if resource.is(&PODS) {
        if change.event != Event::Deleted {
            job::let_go(state, after);
        }
        kubelet::react(state, change);
        scheduler::react(state, change);
        endpoints::react(state, change);
        budget::react(state, change);
        claim::react(state, change);
    } else if resource.is(&NODES) {
        node::react(state, change);
    } else if resource.is(&CLAIMS) || resource.is(&VOLUMES) {
        claim::react(state, change);
        state.at(state.now() + GATHER, Task::Reschedule);
    } else if resource.is(&CONFIG_MAPS) && change.event == Event::Deleted {
        let task = Task::Look(Loop::Namespace, Place::new("", &after.namespace));
        state.at(state.now(), task);
    } else if resource.is(&STORAGE_CLASSES) {
        claim::recheck(state);
    }
    quota::react(state, change);
}

/// How long changes of what an object owns gather before its loop looks: ten Pods that come to life in one breath are one
/// look.
fn patience(look: Loop) -> i64 {
    match look {
        Loop::DaemonSet => GATHER,
        Loop::CronJob | Loop::Volume | Loop::Claim => 0,
        _ => GATHER / 5,
    }
}

/// Whether a change of an object is news to its own loop. What a loop writes into a status is not, nor is a status that
/// somebody else writes; an autoscaler looks when its time has come.
fn matters(look: Loop, change: &Change) -> bool {
    let before = change
        .before
        .as_ref()
        .filter(|_| change.event == Event::Modified);
    let Some(before) = before else {
        return look != Loop::Autoscaler || change.event == Event::Added;
    };
    let counted = change.after.resource.counts_generations();
    let same = generation(&change.after) == generation(before);
    look != Loop::Autoscaler && !(counted && same && change.after.labels == before.labels)
}

/// `metadata.generation`, as it is written; nothing of an object before its metadata can bear that name unescaped.
fn generation(entry: &Entry) -> Option<&[u8]> {
    const FIELD: &[u8] = b"\"generation\":";
    let start = memchr::memmem::find(&entry.json, FIELD)? + FIELD.len();
    let rest = &entry.json[start..];
    Some(&rest[..memchr::memchr2(b',', b'}', rest)?])
}

/// The loop that cares for objects of this kind.
fn own_loop(resource: &'static Resource) -> Option<Loop> {
    let loops: [(&'static Resource, Loop); 14] = [
        (&DEPLOYMENTS, Loop::Deployment),
        (&REPLICA_SETS, Loop::ReplicaSet),
        (&REPLICATION_CONTROLLERS, Loop::ReplicationController),
        (&STATEFUL_SETS, Loop::StatefulSet),
        (&DAEMON_SETS, Loop::DaemonSet),
        (&JOBS, Loop::Job),
        (&CRON_JOBS, Loop::CronJob),
        (&SERVICES, Loop::Endpoints),
        (&AUTOSCALERS, Loop::Autoscaler),
        (&CLAIMS, Loop::Claim),
        (&VOLUMES, Loop::Volume),
        (&NAMESPACES, Loop::Namespace),
        (&RESOURCE_QUOTAS, Loop::Quota),
        (&BUDGETS, Loop::Budget),
    ];
    let (_, found) = loops.iter().find(|(known, _)| known.is(resource))?;
    Some(*found)
}

/// Does what was planned.
pub fn run(state: &mut State, task: Task) {
    match task {
        Task::Look(look, place) => look_at(state, look, &place),
        Task::Schedule => scheduler::run(state),
        Task::Reschedule => {
            state.index.retry();
            scheduler::run(state);
        }
        Task::Provision(place) => claim::provision(state, &place),
        Task::Expand(place) => claim::expand(state, &place),
        Task::Collect(uid) => collector::collect(state, &uid),
        Task::Sweep => node::sweep(state),
        Task::Story(beat) => story::beat(state, beat),
    }
}

fn look_at(state: &mut State, look: Loop, place: &Place) {
    match look {
        Loop::Deployment => deployment::look(state, place),
        Loop::ReplicaSet => replica_set::look(state, &REPLICA_SETS, place),
        Loop::ReplicationController => replica_set::look(state, &REPLICATION_CONTROLLERS, place),
        Loop::StatefulSet => stateful_set::look(state, place),
        Loop::DaemonSet => daemon_set::look(state, place),
        Loop::Job => job::look(state, place),
        Loop::CronJob => cron_job::look(state, place),
        Loop::Endpoints => endpoints::look(state, place),
        Loop::Autoscaler => autoscaler::look(state, place),
        Loop::Pod => kubelet::look(state, place),
        Loop::Claim => claim::look(state, place),
        Loop::Volume => claim::look_at_volume(state, place),
        Loop::Namespace => namespace::look(state, place),
        Loop::Node => node::look(state, place),
        Loop::Quota => quota::look(state, place),
        Loop::Budget => budget::look(state, place),
        Loop::Finalizer(kind) => collector::finalize(state, kind, place),
    }
}

#[cfg(test)]
#[path = "controllers_tests.rs"]
mod tests;

#[cfg(test)]
mod leaving_tests;
