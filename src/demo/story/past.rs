//! The past: everything is made at its time, so that ages, revisions, restarts and Events are what they would be.
//!
//! What costs much to simulate comes late and is said to be older: autoscalers look every few seconds, CronJobs leave Jobs
//! behind, and ports, budgets and quotas are looked at whenever a Pod changes. Versions of long ago ran once; from the last
//! of them on there are as many Instances as today.

use serde_json::json;

use super::{
    access,
    cast::{self, Cast, DAY, Deed, HOUR, Kind, Map, SERVICES, Service},
    cluster::{self, EMPTY, MACHINES, Manifest},
    deed, satellites,
};
use crate::demo::{
    controllers::Task,
    object,
    resource::{CRON_JOBS, NAMESPACES, NODES},
    state::State,
};

/// So long before now the story begins, in milliseconds: the clock of the [`State`] must not be later.
pub const PAST: i64 = 356 * DAY as i64 * MINUTE;

const MINUTE: i64 = 60_000;

/// Minutes before now at which autoscalers begin to look.
const AUTOSCALERS_SINCE: u32 = 3;

/// Minutes before now at which what counts or follows Pods is made: before anything goes wrong.
const FOLLOWERS_SINCE: u32 = 6 * HOUR;

/// The first beat comes so soon, in milliseconds.
const SOON: i64 = 4_000;

/// Something in the past.
enum Step {
    /// What is there before anything runs.
    Cluster,
    /// A machine joins.
    Machine(usize),
    /// A Map is made.
    Map(&'static Service, &'static Map),
    /// A Server is made.
    Server(Cast),
    /// Something is done to it.
    Deed(Cast, Deed),
    /// It gets ports, a budget.
    Followers(Cast),
    /// A Map gets a quota.
    Quota(&'static Map),
    /// It gets an autoscaler.
    Autoscaler(Cast),
    /// What was left over when its Server went.
    Orphans,
}

/// Tells the past up to now, in milliseconds since the epoch; at its end it is now.
pub fn begin(state: &mut State, now: i64) {
    // Events are kept for an hour.
    state.silent_before = now - 60 * MINUTE;
    let mut steps = steps();
    // The order among those of one minute is that of the table.
    steps.sort_by_key(|(ago, _)| std::cmp::Reverse(*ago));
    let mut last = 0;
    for (index, (ago, step)) in steps.iter().enumerate() {
        // People do one thing after the other.
        let moment = (now - i64::from(*ago) * MINUTE + 2_000 * (index % 25) as i64).max(last);
        last = moment.min(now);
        state.advance(last);
        take(state, step, now);
        // Nobody watches yet, and what happened then is much.
        drop(state.news());
    }
    state.advance(now);
    backdate(state, now);
    for cast in cast::all().filter(|cast| cast.run.is_sound()) {
        let name = cast.object_name();
        if let Some(object) = state.get(cast.resource(), cast.namespace(), &name) {
            state.story.leave(&cast, &object);
        }
    }
    state.after(SOON, Task::Story(0));
    drop(state.news());
}

fn steps() -> Vec<(u32, Step)> {
    let mut steps = vec![(356 * DAY, Step::Cluster)];
    for (number, machine) in MACHINES.iter().enumerate() {
        steps.push((machine.days * DAY + 60, Step::Machine(number)));
    }
    for service in SERVICES {
        for map in service.maps {
            steps.push((map.days * DAY + 10, Step::Map(service, map)));
            steps.push((FOLLOWERS_SINCE, Step::Quota(map)));
        }
    }
    for cast in cast::all() {
        steps.push((cast.since(), Step::Server(cast)));
        steps.push((cast.since().min(FOLLOWERS_SINCE), Step::Followers(cast)));
        for (ago, deed) in cast.run.past {
            steps.push((*ago, Step::Deed(cast, *deed)));
        }
        if cast.autoscaler().is_some() {
            steps.push((AUTOSCALERS_SINCE, Step::Autoscaler(cast)));
        }
    }
    steps.push((70 * DAY, Step::Orphans));
    steps
}

fn take(state: &mut State, step: &Step, now: i64) {
    match step {
        Step::Cluster => {
            put(state, cluster::classes());
            put(state, access::cluster_wide());
            for name in EMPTY {
                put(state, [(&NAMESPACES, cluster::namespace(name)) as Manifest]);
            }
        }
        Step::Machine(number) => {
            let node = cluster::joins(*number, &MACHINES[*number], state.now());
            put(state, [node]);
        }
        Step::Map(service, map) => {
            put(
                state,
                [(&NAMESPACES, cluster::map(service, map)) as Manifest],
            );
            put(state, satellites::everywhere(map.namespace, map.access));
            put(state, satellites::bounds(map));
            put(state, access::in_map(map));
        }
        Step::Server(cast) => {
            put(state, cast.before(state.seed));
            put(state, cast.certificate(state.seed));
            put(state, [cast.whole(state)]);
        }
        Step::Deed(cast, deed) => {
            deed::done(state, cast, *deed);
            if last_of_long_ago(cast) == Some(*deed) {
                deed::done(state, cast, Deed::Scale(cast.run.replicas));
            }
        }
        Step::Followers(cast) => put_as_of(state, cast.after(), now, cast.since()),
        Step::Quota(map) => put_as_of(state, satellites::quota(map), now, map.days * DAY),
        Step::Autoscaler(cast) => put_as_of(state, cast.autoscaler(), now, cast.since()),
        Step::Orphans => put(state, satellites::orphans()),
    }
}

/// The last version that a Deployment got before anybody can have seen it.
fn last_of_long_ago(cast: &Cast) -> Option<Deed> {
    let long_ago = cast
        .run
        .past
        .iter()
        .filter(|(ago, _)| *ago > FOLLOWERS_SINCE);
    let mut versions = long_ago.filter(|(_, deed)| matches!(deed, Deed::Image(_)));
    let (_, last) = versions.next_back()?;
    (cast.server.kind == Kind::Deployment && !cast.is_paused()).then_some(*last)
}

impl Cast {
    fn is_paused(&self) -> bool {
        let mut past = self.run.past.iter();
        past.any(|(_, deed)| *deed == Deed::Pause)
    }

    /// Its controller; a static Pod belongs to its Node.
    fn whole(&self, state: &State) -> Manifest {
        let (resource, mut object) = self.controller();
        if last_of_long_ago(self).is_some() {
            object["spec"]["replicas"] = json!(1);
        }
        if self.server.kind == Kind::Static {
            let node = object::text(&object, "/spec/nodeName");
            if let Some(node) = state.get(&NODES, "", node) {
                object["metadata"]["ownerReferences"] = json!([{
                    "apiVersion": "v1", "kind": "Node", "name": object::name(&node), "uid": object::uid(&node),
                    "controller": true,
                }]);
            }
        }
        (resource, object)
    }
}

/// Makes objects. What is refused is not there, as on a real cluster; the tests see to it that nothing is.
fn put(state: &mut State, manifests: impl IntoIterator<Item = Manifest>) {
    for (resource, object) in manifests {
        let what = format!(
            "{} {}/{}",
            resource.kind,
            object::namespace(&object),
            object::name(&object)
        );
        if let Err(refusal) = state.create(resource, object)
            && refusal.reason != "AlreadyExists"
        {
            tracing::warn!(
                what,
                message = refusal.message,
                "the story could not make an object"
            );
        }
    }
}

/// Makes objects and says that they were made so many minutes before now.
fn put_as_of(
    state: &mut State,
    manifests: impl IntoIterator<Item = Manifest>,
    now: i64,
    minutes: u32,
) {
    let made = json!(object::time(now - i64::from(minutes) * MINUTE + 9_000));
    for (resource, object) in manifests {
        let place = (
            object::namespace(&object).to_owned(),
            object::name(&object).to_owned(),
        );
        put(state, [(resource, object) as Manifest]);
        state.change(resource, &place.0, &place.1, |object| {
            object["metadata"]["creationTimestamp"] = made.clone();
        });
    }
}

/// Says of CronJobs that they are as old as their Maps. One that never ran counts its runs from when it was made.
fn backdate(state: &mut State, now: i64) {
    for cast in cast::all().filter(|cast| cast.server.kind == Kind::CronJob) {
        let made = object::time(now - (i64::from(cast.map.days * DAY) - 7) * MINUTE);
        state.change(&CRON_JOBS, cast.namespace(), cast.server.name, |object| {
            if object["status"]["lastScheduleTime"].is_string() {
                object["metadata"]["creationTimestamp"] = json!(made);
            }
        });
    }
}
