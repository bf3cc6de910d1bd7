//! What is known of one object while its overview is open: more than its row holds, gone when nobody looks.

use super::{
    ids::Name,
    row::{Condition, Labels, Resources},
};

/// One object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A controller, in full.
    Controller(ControllerDetail),
    /// A Pod, in full.
    Instance(InstanceDetail),
    /// Any object, as text.
    Object(ObjectDetail),
    /// The last lines of a container's log, oldest first.
    Words(Vec<Name>),
}

/// What people, tools and the API say about an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// `metadata.labels`
    pub labels: Labels,
    /// `metadata.annotations`, without those that only repeat the object; values shortened.
    pub annotations: Labels,
    /// Who last wrote something else than status or scale, and when: `metadata.managedFields`.
    pub written: Option<(Name, i64)>,
    /// `status.conditions`
    pub conditions: Vec<Condition>,
}

/// An object of any kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectDetail {
    /// Labels, annotations, conditions.
    pub about: About,
    /// What it belongs to: kind and name.
    pub owners: Vec<(Name, Name)>,
    /// What has to happen before it can go.
    pub finalizers: Vec<Name>,
    /// When it was told to go, epoch seconds; 0 if it was not.
    pub terminating: i64,
    /// The object as YAML, a line each, without `managedFields`; of a Secret without its values.
    pub yaml: Vec<Name>,
    /// Lines that are left out because there are too many.
    pub more: usize,
}

/// A controller's own settings, and those of its template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ControllerDetail {
    /// Labels, annotations, conditions.
    pub about: About,
    /// How a new revision replaces the old one.
    pub strategy: Strategy,
    /// Numbers that it is run by, in the API's own words (`minReadySeconds`), with their values as they are written.
    pub policy: Vec<(&'static str, Name)>,
    /// Its template.
    pub pod: PodDetail,
}

/// How a new revision replaces the old one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strategy {
    /// `RollingUpdate`, `Recreate`, `OnDelete`; empty for a kind without.
    pub kind: Name,
    /// `maxSurge`: a number or a percentage.
    pub surge: Option<Name>,
    /// `maxUnavailable`: a number or a percentage.
    pub unavailable: Option<Name>,
    /// Ordinals below this keep the old revision.
    pub partition: Option<u32>,
}

/// A Pod's spec, or that of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodDetail {
    /// Where and how it may run, in the API's own words (`nodeSelector`, `priorityClassName`), as text.
    pub placement: Vec<(&'static str, Name)>,
    /// `serviceAccountName`
    pub service_account: Option<Name>,
    /// Its containers: init containers first.
    pub containers: Vec<ContainerDetail>,
}

/// What a container is there for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Runs for as long as the Pod does.
    #[default]
    Main,
    /// Has to end well before the others start.
    Init,
    /// Starts before the others and keeps running (KEP-753).
    Sidecar,
    /// Was added to a running Pod to look into it.
    Ephemeral,
}

/// One container: what it was asked to be, and, in a Pod, how it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerDetail {
    /// Its name.
    pub name: Name,
    /// What it is there for.
    pub role: Role,
    /// Its image.
    pub image: Name,
    /// Requests and limits; 0 where there is none.
    pub resources: Resources,
    /// `http 8080`, `dns 53/UDP`
    pub ports: Vec<Name>,
    /// Which probe (`liveness`, `readiness`, `startup`), and what it does: `GET :http/healthz every 10 s`.
    pub probes: Vec<(&'static str, Name)>,
    /// Where volumes are mounted: path and volume.
    pub mounts: Vec<(Name, Name)>,
    /// How it is; nothing in a template.
    pub status: Option<ContainerStatus>,
}

/// How a container is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerStatus {
    /// Passes its readiness probe.
    pub ready: bool,
    /// Has been restarted this often.
    pub restarts: u32,
    /// What it does now.
    pub state: ContainerState,
    /// How it ended last.
    pub last: Option<Ended>,
}

/// What a container does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerState {
    /// Waits: reason and message.
    Waiting(Name, Name),
    /// Runs since then, epoch seconds.
    Running(i64),
    /// Has ended.
    Ended(Ended),
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// `Completed`, `Error`, `OOMKilled`
    pub reason: Name,
    /// The exit code.
    pub code: i32,
    /// From when to when, epoch seconds; 0 where nothing says.
    pub ran: (i64, i64),
    /// What it left as its last words.
    pub message: Name,
}

/// A Pod's own facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceDetail {
    /// Labels, annotations, conditions.
    pub about: About,
    /// Its spec, and how its containers are.
    pub pod: PodDetail,
    /// `status.qosClass`
    pub quality: Name,
    /// Its address.
    pub address: Name,
    /// When the kubelet took it on, epoch seconds.
    pub started: i64,
    /// Volumes: name, and what is behind it: `claim data-db-0`, `emptyDir`.
    pub volumes: Vec<(Name, Name)>,
}

impl Default for ContainerState {
    fn default() -> Self {
        Self::Waiting(Name::from(""), Name::from(""))
    }
}
