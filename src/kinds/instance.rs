//! v1 Pod.
//!
//! What the row's trouble says follows `kubectl get pods` (`k8s.io/kubernetes/pkg/printers/internalversion`, printPod):
//! the first init container that is not done, else the last container that waits or has ended, else the Pod's reason.

use serde::Deserialize;

use super::{
    slim::{Metadata, SlimCondition, Str, nullable, seconds, short},
    template::PodSpec,
};
use crate::model::row::{InstanceRow, Interner, Phase, Row, Trouble};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pod<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    spec: PodSpec<'a>,
    status: Status<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status<'a> {
    #[serde(borrow)]
    phase: Str<'a>,
    #[serde(rename = "podIP")]
    pod_ip: Str<'a>,
    reason: Str<'a>,
    message: Str<'a>,
    #[serde(deserialize_with = "nullable")]
    conditions: Vec<SlimCondition<'a>>,
    #[serde(deserialize_with = "nullable")]
    container_statuses: Vec<ContainerStatus<'a>>,
    #[serde(deserialize_with = "nullable")]
    init_container_statuses: Vec<ContainerStatus<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ContainerStatus<'a> {
    #[serde(borrow)]
    name: Str<'a>,
    ready: bool,
    started: Option<bool>,
    restart_count: u32,
    #[serde(deserialize_with = "nullable")]
    state: State<'a>,
    #[serde(deserialize_with = "nullable")]
    last_state: State<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct State<'a> {
    #[serde(borrow)]
    waiting: Option<Waiting<'a>>,
    terminated: Option<Terminated<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Waiting<'a> {
    #[serde(borrow)]
    reason: Str<'a>,
    message: Str<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Terminated<'a> {
    #[serde(borrow)]
    reason: Str<'a>,
    message: Str<'a>,
    exit_code: i32,
    signal: i32,
    finished_at: Str<'a>,
}

impl Terminated<'_> {
    fn word(&self) -> String {
        match (&*self.reason, self.signal) {
            ("", 0) => format!("ExitCode:{}", self.exit_code),
            ("", signal) => format!("Signal:{signal}"),
            (reason, _) => reason.to_owned(),
        }
    }
}

pub(super) fn decode(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let pod: Pod = serde_json::from_slice(json)?;
    let Pod {
        metadata,
        spec,
        status,
    } = &pod;
    let meta = metadata.row(names);
    let ready_condition = status
        .conditions
        .iter()
        .find(|condition| &*condition.kind == "Ready");
    let sidecar = |name: &str| {
        spec.init_containers
            .iter()
            .any(|c| *c.name == *name && c.is_sidecar())
    };
    let lasting = || {
        let sidecars = status
            .init_container_statuses
            .iter()
            .filter(|container| sidecar(&container.name));
        status.container_statuses.iter().chain(sidecars)
    };
    Ok(Some(Row::Instance(InstanceRow {
        node: spec
            .node_name
            .as_deref()
            .filter(|node| !node.is_empty())
            .map(|node| names.name(node)),
        address: status.pod_ip.parse().ok().map(Box::new),
        image: spec.first_image(names),
        resources: spec.resources(names),
        trouble: trouble(&pod, &sidecar, names).map(Box::new),
        labels: metadata.labels(names),
        restarts: lasting()
            .map(|container| container.restart_count)
            .fold(0, u32::saturating_add),
        ready_since: ready_condition
            .map_or(0, |condition| seconds(&condition.last_transition_time)),
        ready: lasting().filter(|container| container.ready).count() as u16,
        containers: spec.lasting().count() as u16,
        phase: phase(&status.phase),
        is_ready: ready_condition.is_some_and(|condition| &*condition.status == "True"),
        terminating: metadata.deletion_timestamp.is_some(),
        meta,
    })))
}

fn phase(text: &str) -> Phase {
    match text {
        "Pending" => Phase::Pending,
        "Running" => Phase::Running,
        "Succeeded" => Phase::Succeeded,
        "Failed" => Phase::Failed,
        _ => Phase::Unknown,
    }
}

fn trouble(pod: &Pod, sidecar: &dyn Fn(&str) -> bool, names: &mut Interner) -> Option<Trouble> {
    let status = &pod.status;
    let mut found = Trouble::default();
    let unscheduled = status
        .conditions
        .iter()
        .find(|c| &*c.kind == "PodScheduled" && &*c.status == "False");
    if let Some(condition) = unscheduled {
        found.reason = Some(names.name(&condition.reason));
        found.message = Some(short(&condition.message, names));
    }
    if !status.reason.is_empty() {
        found.reason = Some(names.name(&status.reason));
        found.message = Some(short(&status.message, names));
    }
    let done = |container: &&ContainerStatus| {
        let ended_well = container
            .state
            .terminated
            .as_ref()
            .is_some_and(|ended| ended.exit_code == 0);
        !(ended_well || sidecar(&container.name) && container.started == Some(true))
    };
    let blocked = status.init_container_statuses.iter().find(done);
    // The last one that has something to say, as kubectl walks them.
    let failing = |container: &&ContainerStatus| {
        container.state.waiting.is_some()
            || container
                .state
                .terminated
                .as_ref()
                .is_some_and(|t| t.exit_code != 0)
    };
    let container = blocked.or_else(|| status.container_statuses.iter().find(failing));
    if let Some(container) = container {
        say(&mut found, container, blocked.is_some(), names);
    }
    let ended = |container: &&ContainerStatus| {
        container
            .last_state
            .terminated
            .as_ref()
            .map(|ended| seconds(&ended.finished_at))
    };
    let last = status
        .container_statuses
        .iter()
        .filter(|container| ended(container).is_some())
        .max_by_key(ended);
    if let Some(ended) = last.and_then(|container| container.last_state.terminated.as_ref()) {
        found.ended = Some((
            names.name(&ended.word()),
            ended.exit_code,
            seconds(&ended.finished_at),
        ));
        found.container = found
            .container
            .or_else(|| last.map(|container| names.name(&container.name)));
    }
    (found != Trouble::default()).then_some(found)
}

fn say(found: &mut Trouble, container: &ContainerStatus, init: bool, names: &mut Interner) {
    let (reason, message) = match (&container.state.waiting, &container.state.terminated) {
        (Some(waiting), _) if !waiting.reason.is_empty() => {
            (waiting.reason.to_string(), &*waiting.message)
        }
        (_, Some(ended)) => (ended.word(), &*ended.message),
        _ if init => ("PodInitializing".to_owned(), ""),
        _ => return,
    };
    found.reason = Some(names.name(&reason));
    found.message = (!message.is_empty()).then(|| short(message, names));
    found.container = Some(names.name(&container.name));
}
