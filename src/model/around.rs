//! Rows of what goes with Servers and Maps: ports, routes, autoscalers, claims, budgets; quotas, limits, policies, grants;
//! Events. Found by selector, reference and target when asked for, see `satellites`.

use super::{
    ids::{Name, Uid},
    quantity::Quantity,
    row::{Labels, Meta},
    selector::Selector,
};

/// A `core::Service`: a Server's ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortRow {
    /// Identity.
    pub meta: Meta,
    /// `ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`.
    pub expose: Name,
    /// `spec.selector`
    pub selector: Labels,
    /// Name, port, target and node port of each, as text: `http 80→8080`.
    pub ports: Vec<Name>,
}

/// What an Ingress leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngressRow {
    /// Identity.
    pub meta: Meta,
    /// Host and path, and the `core::Service` behind it.
    pub routes: Vec<(Name, Name)>,
}

/// A HorizontalPodAutoscaler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoscalerRow {
    /// Identity.
    pub meta: Meta,
    /// `spec.scaleTargetRef`: kind and name.
    pub target: (Name, Name),
    /// `spec.minReplicas` (1 where unset) and `spec.maxReplicas`.
    pub range: (u32, u32),
    /// What it measures, current of target: `cpu 20% of 70%`.
    pub metrics: Vec<Name>,
    /// How many it would have, `status.desiredReplicas`.
    pub wanted: u32,
    /// Why it can not do its work: the message of a condition AbleToScale or ScalingActive that does not hold.
    pub trouble: Option<Name>,
}

/// A PersistentVolumeClaim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRow {
    /// Identity.
    pub meta: Meta,
    /// `status.phase`
    pub phase: Name,
    /// Bound capacity, else requested, bytes.
    pub size: u64,
}

/// A PodDisruptionBudget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetRow {
    /// Identity.
    pub meta: Meta,
    /// `spec.selector.matchLabels`
    pub selector: Labels,
    /// `min 1` or `max 25%`
    pub rule: Name,
    /// `status.disruptionsAllowed`
    pub allowed: u32,
}

/// What is ready behind a port: one EndpointSlice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointsRow {
    /// Identity.
    pub meta: Meta,
    /// The `core::Service` it is of (label `kubernetes.io/service-name`).
    pub port: Name,
    /// Endpoints that take traffic.
    pub ready: u32,
    /// All of them.
    pub total: u32,
}

/// A ControllerRevision: what a StatefulSet or DaemonSet is or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionRow {
    /// Identity and owner.
    pub meta: Meta,
    /// `revision`
    pub number: u64,
    /// Images of the template's containers.
    pub images: Vec<Name>,
}

/// A ResourceQuota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaRow {
    /// Identity.
    pub meta: Meta,
    /// Resource, used, and the most that is allowed; as `status` has them, else `spec`.
    pub bounds: Vec<(Name, Quantity, Quantity)>,
}

/// A LimitRange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRow {
    /// Identity.
    pub meta: Meta,
    /// Its limits.
    pub limits: Vec<Limit>,
}

/// One limit of a LimitRange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Of what: `Container`, `Pod`, `PersistentVolumeClaim`.
    pub of: Name,
    /// The resource.
    pub resource: Name,
    /// As the API spells it (`default`, `defaultRequest`, `min`, `max`), with the amount as it is written.
    pub amounts: Vec<(&'static str, Name)>,
}

/// A NetworkPolicy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRow {
    /// Identity.
    pub meta: Meta,
    /// `spec.podSelector`; `None` for all Pods.
    pub selector: Option<Selector>,
    /// It restricts what may come in.
    pub ingress: bool,
    /// It restricts where one may go.
    pub egress: bool,
}

/// A RoleBinding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRow {
    /// Identity.
    pub meta: Meta,
    /// `roleRef`: kind and name.
    pub role: (Name, Name),
    /// Kind and name of each subject.
    pub subjects: Vec<(Name, Name)>,
}

/// An Event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Identity.
    pub meta: Meta,
    /// Its type is Warning.
    pub warning: bool,
    /// `reason`
    pub reason: Name,
    /// `message`, shortened.
    pub message: Name,
    /// What it is about: kind, name, uid.
    pub about: (Name, Name, Uid),
    /// How often it happened.
    pub count: u32,
    /// When last.
    pub last: i64,
}
