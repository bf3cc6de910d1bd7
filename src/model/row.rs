//! What is kept of each object: what panes show, plus the links from which Servers are put together.
//!
//! Rows are made by `kinds` off the UI thread and never hold a Secret's value. Times are seconds since the Unix epoch,
//! 0 where the object has none; CPU is in millicores, memory and storage in bytes.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use compact_str::CompactString;

pub use super::{
    around::{
        AutoscalerRow, BudgetRow, ClaimRow, EndpointsRow, EventRow, GrantRow, IngressRow, Limit,
        LimitRow, PolicyRow, PortRow, QuotaRow, RevisionRow,
    },
    intern::Interner,
};
use super::{
    detail::Detail,
    ids::{Name, Uid},
    listing::{Heading, LineRow},
    resource::Resource,
    source::What,
};

/// Labels, or a selector's `matchLabels`.
pub type Labels = BTreeMap<Name, Name>;

/// What a row belongs to: the controlling entry of `metadata.ownerReferences`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The owner's uid.
    pub uid: Uid,
    /// Its kind, as the API spells it.
    pub kind: Name,
    /// Its name.
    pub name: Name,
}

/// What every row begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// `metadata.uid`
    pub uid: Uid,
    /// `metadata.namespace`; empty for what lives in none.
    pub namespace: Name,
    /// `metadata.name`
    pub name: CompactString,
    /// `metadata.creationTimestamp`
    pub created: i64,
    /// Who controls it.
    pub owner: Option<Arc<Owner>>,
}

/// Requests and limits of all of a Pod's containers together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Resources {
    /// Requested CPU, millicores.
    pub cpu_request: u64,
    /// CPU limit, millicores; 0 where any container has none.
    pub cpu_limit: u64,
    /// Requested memory, bytes.
    pub memory_request: u64,
    /// Memory limit, bytes; 0 where any container has none.
    pub memory_limit: u64,
}

impl Resources {
    /// What usage is held against: the limit, else the request.
    pub fn bound(&self) -> Usage {
        let either = |limit, request| if limit == 0 { request } else { limit };
        Usage {
            cpu: either(self.cpu_limit, self.cpu_request),
            memory: either(self.memory_limit, self.memory_request),
        }
    }
}

/// What a Pod or Server uses now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd)]
pub struct Usage {
    /// Millicores.
    pub cpu: u64,
    /// Bytes of the working set.
    pub memory: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.cpu = self.cpu.saturating_add(other.cpu);
        self.memory = self.memory.saturating_add(other.memory);
    }
}

/// A Namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceRow {
    /// Its name and uid; the namespace field is its own name.
    pub meta: Meta,
    /// Labels and annotations that decide the grouping, all labels for selectors.
    pub labels: Labels,
    /// Those annotations that decide the grouping.
    pub annotations: Labels,
    /// It is being deleted.
    pub terminating: bool,
}

/// `status.phase` of a Pod.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Not all containers have started.
    Pending,
    /// At least one runs.
    Running,
    /// All have ended well.
    Succeeded,
    /// All have ended, one badly.
    Failed,
    /// The node does not say.
    #[default]
    Unknown,
}

/// Why an Instance is not simply running: kept only where there is something to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// A container's waiting or terminated reason, or the Pod's own (`Evicted`, `Unschedulable`).
    pub reason: Option<Name>,
    /// The message that came with it, shortened.
    pub message: Option<Name>,
    /// The container it is about.
    pub container: Option<Name>,
    /// How a container last ended: reason, exit code, when.
    pub ended: Option<(Name, i32, i64)>,
}

/// A Pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceRow {
    /// Identity and owner.
    pub meta: Meta,
    /// The node it is bound to.
    pub node: Option<Name>,
    /// `status.podIP`; apart, because few look at it.
    pub address: Option<Box<IpAddr>>,
    /// The first container's image.
    pub image: Option<Name>,
    /// All containers together.
    pub resources: Arc<Resources>,
    /// What is wrong, or was.
    pub trouble: Option<Box<Trouble>>,
    /// Labels: one copy for all Pods that have the same.
    pub labels: Arc<Labels>,
    /// Restarts of all containers.
    pub restarts: u32,
    /// When condition Ready last changed.
    pub ready_since: i64,
    /// Containers that are ready.
    pub ready: u16,
    /// Containers there are, restartable init containers (sidecars) included.
    pub containers: u16,
    /// `status.phase`
    pub phase: Phase,
    /// Condition Ready.
    pub is_ready: bool,
    /// `metadata.deletionTimestamp` is set.
    pub terminating: bool,
}

impl InstanceRow {
    /// Whether it runs and is ready, and nothing else is to be said of it.
    pub fn simply_runs(&self) -> bool {
        self.phase == Phase::Running && self.is_ready && !self.terminating && self.trouble.is_none()
    }
}

/// The kind of a controller, or of what stands in for one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// apps/v1
    Deployment,
    /// apps/v1
    StatefulSet,
    /// apps/v1
    DaemonSet,
    /// batch/v1
    CronJob,
    /// batch/v1
    Job,
    /// apps/v1, one without owner
    ReplicaSet,
    /// v1, one without owner
    Pod,
    /// Any other kind, found as the owner of Pods.
    Custom(Name),
}

impl Kind {
    /// As the API spells it.
    pub fn name(&self) -> &str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::CronJob => "CronJob",
            Self::Job => "Job",
            Self::ReplicaSet => "ReplicaSet",
            Self::Pod => "Pod",
            Self::Custom(name) => name,
        }
    }

    /// From the API's spelling.
    pub fn from_api(kind: &str) -> Self {
        match kind {
            "Deployment" => Self::Deployment,
            "StatefulSet" => Self::StatefulSet,
            "DaemonSet" => Self::DaemonSet,
            "CronJob" => Self::CronJob,
            "Job" => Self::Job,
            "ReplicaSet" => Self::ReplicaSet,
            "Pod" => Self::Pod,
            other => Self::Custom(other.into()),
        }
    }

    /// What it is watched as; none for a kind that is not known here.
    pub fn what(&self) -> Option<What> {
        Some(match self {
            Self::Deployment => What::Deployments,
            Self::StatefulSet => What::StatefulSets,
            Self::DaemonSet => What::DaemonSets,
            Self::CronJob => What::CronJobs,
            Self::Job => What::Jobs,
            Self::ReplicaSet => What::ReplicaSets,
            Self::Pod => What::Instances,
            Self::Custom(_) => return None,
        })
    }

    /// As a narrow column has it: kubectl's short name where there is one.
    pub fn short(&self) -> &str {
        match self {
            Self::Deployment => "dep",
            Self::StatefulSet => "sts",
            Self::DaemonSet => "ds",
            Self::CronJob => "cj",
            Self::Job => "job",
            Self::ReplicaSet => "rs",
            Self::Pod => "pod",
            Self::Custom(name) => name,
        }
    }
}

/// A condition worth keeping: one that says that something is wrong, or how far a rollout is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// `type`
    pub kind: Name,
    /// `status` is `True`.
    pub holds: bool,
    /// `reason`
    pub reason: Name,
    /// `message`, shortened.
    pub message: Name,
    /// `lastTransitionTime`
    pub since: i64,
}

/// What a Pod template refers to by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// ConfigMaps: volumes, env, envFrom.
    pub config_maps: Vec<Name>,
    /// Secrets: volumes, env, envFrom, imagePullSecrets.
    pub secrets: Vec<Name>,
    /// PersistentVolumeClaims: volumes; for a StatefulSet the names in volumeClaimTemplates, each with a trailing `-`.
    pub claims: Vec<Name>,
    /// The ServiceAccount.
    pub service_account: Option<Name>,
}

/// How many of what a controller has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replicas {
    /// Asked for; completions of a Job; 0 or 1 for a CronJob.
    pub desired: u32,
    /// There are, of any revision; active Pods of a Job, active Jobs of a CronJob.
    pub current: u32,
    /// Of the newest revision; succeeded Pods of a Job.
    pub updated: u32,
    /// Ready.
    pub ready: u32,
    /// Ready for minReadySeconds; a StatefulSet's and DaemonSet's too.
    pub available: u32,
    /// Failed Pods of a Job.
    pub failed: u32,
}

/// A controller: what a Server is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControllerRow {
    /// Identity and owner (a Job may have a CronJob, a ReplicaSet has its Deployment).
    pub meta: Meta,
    /// Its kind.
    pub kind: Kind,
    /// How many.
    pub replicas: Replicas,
    /// `status.observedGeneration` has reached `metadata.generation`.
    pub observed: bool,
    /// `spec.paused` of a Deployment, `spec.suspend` of a Job or CronJob.
    pub suspended: bool,
    /// Conditions that `health` reads.
    pub conditions: Vec<Condition>,
    /// Images of the template's containers.
    pub images: Vec<Name>,
    /// Requests and limits of one Pod of the template.
    pub resources: Arc<Resources>,
    /// Labels of the template: what ports and budgets select.
    pub labels: Arc<Labels>,
    /// Its own labels.
    pub own_labels: Arc<Labels>,
    /// What the template refers to.
    pub references: References,
    /// Column of a Map's board.
    pub group: Option<Name>,
    /// `spec.schedule` of a CronJob.
    pub schedule: Option<Name>,
    /// A CronJob's last schedule time, a Job's completion time.
    pub last: i64,
    /// `deployment.kubernetes.io/revision`, or the StatefulSet's and DaemonSet's update revision.
    pub revision: Option<Name>,
}

/// Usage of one Pod, by name: metrics.k8s.io knows no uid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageRow {
    /// The Pod's namespace.
    pub namespace: Name,
    /// The Pod's name.
    pub name: CompactString,
    /// All containers together.
    pub usage: Usage,
}

/// Any row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// v1 Namespace
    Namespace(NamespaceRow),
    /// v1 Pod
    Instance(InstanceRow),
    /// Any controller, ReplicaSets included.
    Controller(Box<ControllerRow>),
    /// v1 Service
    Port(Box<PortRow>),
    /// networking.k8s.io/v1 Ingress
    Ingress(Box<IngressRow>),
    /// autoscaling/v2 HorizontalPodAutoscaler
    Autoscaler(Box<AutoscalerRow>),
    /// v1 PersistentVolumeClaim
    Claim(Box<ClaimRow>),
    /// policy/v1 PodDisruptionBudget
    Budget(Box<BudgetRow>),
    /// discovery.k8s.io/v1 EndpointSlice
    Endpoints(Box<EndpointsRow>),
    /// apps/v1 ControllerRevision
    Revision(Box<RevisionRow>),
    /// v1 ResourceQuota
    Quota(Box<QuotaRow>),
    /// v1 LimitRange
    Limit(Box<LimitRow>),
    /// networking.k8s.io/v1 NetworkPolicy
    Policy(Box<PolicyRow>),
    /// v1 ConfigMap or Secret: that it is there.
    Config(Box<Meta>),
    /// rbac.authorization.k8s.io/v1 RoleBinding
    Grant(Box<GrantRow>),
    /// v1 Event
    Event(Box<EventRow>),
    /// One object with all that its overview shows.
    Detail(Uid, Box<Detail>),
    /// metrics.k8s.io PodMetrics
    Usage(UsageRow),
    /// An object of any kind.
    Line(Box<LineRow>),
    /// The columns of such.
    Headings(Arc<[Heading]>),
    /// A kind itself.
    Kind(Arc<Resource>),
}

impl Row {
    /// The object's uid; usage has none.
    pub fn uid(&self) -> Option<Uid> {
        Some(match self {
            Self::Namespace(row) => row.meta.uid,
            Self::Instance(row) => row.meta.uid,
            Self::Controller(row) => row.meta.uid,
            Self::Port(row) => row.meta.uid,
            Self::Ingress(row) => row.meta.uid,
            Self::Autoscaler(row) => row.meta.uid,
            Self::Claim(row) => row.meta.uid,
            Self::Budget(row) => row.meta.uid,
            Self::Endpoints(row) => row.meta.uid,
            Self::Revision(row) => row.meta.uid,
            Self::Quota(row) => row.meta.uid,
            Self::Limit(row) => row.meta.uid,
            Self::Policy(row) => row.meta.uid,
            Self::Config(meta) => meta.uid,
            Self::Grant(row) => row.meta.uid,
            Self::Event(row) => row.meta.uid,
            Self::Detail(uid, _) => *uid,
            Self::Line(row) => row.uid,
            Self::Usage(_) | Self::Headings(_) | Self::Kind(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_small() {
        assert!(
            size_of::<InstanceRow>() <= 160,
            "{}",
            size_of::<InstanceRow>()
        );
        assert!(size_of::<Row>() <= 168, "{}", size_of::<Row>());
    }
}
