//! What can be watched, and what a feed says: the words between `app`, `cluster` and the tree.

use std::sync::Arc;

use super::{
    ids::{ClusterId, Name, Uid},
    problem::Problem,
    resource::Resource,
    row::Row,
};

/// A kind of object that is watched, or asked for again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, strum::EnumIter)]
pub enum What {
    /// Namespaces. With a namespace in the [`Source`]: that one object alone, by GET.
    Namespaces,
    /// apps/v1
    Deployments,
    /// apps/v1
    StatefulSets,
    /// apps/v1
    DaemonSets,
    /// batch/v1
    CronJobs,
    /// batch/v1
    Jobs,
    /// Pods that are neither Running nor Succeeded: the troubled few.
    Troubled,
    /// Pods
    Instances,
    /// apps/v1
    ReplicaSets,
    /// v1 Services
    Ports,
    /// networking.k8s.io/v1
    Ingresses,
    /// autoscaling/v2
    Autoscalers,
    /// v1
    Claims,
    /// policy/v1
    Budgets,
    /// discovery.k8s.io/v1 EndpointSlices: what is ready behind a port.
    Endpoints,
    /// apps/v1 ControllerRevisions: what a StatefulSet or DaemonSet was before.
    Revisions,
    /// v1 ResourceQuotas
    Quotas,
    /// v1 LimitRanges
    Limits,
    /// networking.k8s.io/v1 NetworkPolicies
    Policies,
    /// v1, only their metadata: how many there are.
    ConfigMaps,
    /// v1, only their metadata: their values are never read.
    Secrets,
    /// rbac.authorization.k8s.io/v1 RoleBindings
    Grants,
    /// v1 Events, all of them.
    Events,
    /// v1 Events of type Warning.
    Warnings,
    /// The end of a container's log: of the run before, where there was one. The [`Source`] names Pod and container.
    LastWords,
    /// metrics.k8s.io, asked for every 15 s: what metrics-server's own resolution is.
    Usage,
    /// Discovery: which kinds a cluster serves.
    Kinds,
    /// A kind that [`Source::of`] names, as the rows of the table that its server prints.
    Table,
    /// One object of such a kind, in full.
    Object,
}

impl What {
    /// The kinds of controller that are always watched.
    pub const CONTROLLERS: [Self; 5] = [
        Self::Deployments,
        Self::StatefulSets,
        Self::DaemonSets,
        Self::CronJobs,
        Self::Jobs,
    ];
    /// What is watched of every cluster, as long as it is open.
    pub const ALWAYS: [Self; 7] = [
        Self::Namespaces,
        Self::Deployments,
        Self::StatefulSets,
        Self::DaemonSets,
        Self::CronJobs,
        Self::Jobs,
        Self::Troubled,
    ];
    /// What is watched of a Map that is looked at, besides usage.
    pub const OF_A_MAP: [Self; 7] = [
        Self::Instances,
        Self::ReplicaSets,
        Self::Ports,
        Self::Ingresses,
        Self::Autoscalers,
        Self::Claims,
        Self::Budgets,
    ];
    /// What the overview of a Map shows besides these.
    pub const OF_A_MAP_OVERVIEW: [Self; 6] = [
        Self::Quotas,
        Self::Limits,
        Self::Policies,
        Self::ConfigMaps,
        Self::Secrets,
        Self::Warnings,
    ];
    /// What the overview of a Service shows of each of its Maps.
    pub const OF_A_SERVICE_OVERVIEW: [Self; 3] = [Self::Quotas, Self::Grants, Self::Warnings];
    /// What the overview of a Server shows besides what is watched of its Map.
    pub const OF_A_SERVER_OVERVIEW: [Self; 4] = [
        Self::Endpoints,
        Self::Revisions,
        Self::Policies,
        Self::Events,
    ];

    /// What the answer to why something is as it is reads of its Map.
    pub const OF_A_WHY: [Self; 4] = [
        Self::Instances,
        Self::ReplicaSets,
        Self::Claims,
        Self::Events,
    ];

    /// Whether its rows are controllers.
    pub fn is_controller(self) -> bool {
        Self::CONTROLLERS.contains(&self) || self == Self::ReplicaSets
    }

    /// Whether its rows are Events.
    pub fn is_events(self) -> bool {
        matches!(self, Self::Events | Self::Warnings)
    }
}

/// A stream that the screen needs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source {
    /// Of which cluster.
    pub cluster: ClusterId,
    /// Of what.
    pub what: What,
    /// Of which kind, for [`What::Table`] and [`What::Object`].
    pub of: Option<Arc<Resource>>,
    /// Of one namespace, or of all.
    pub namespace: Option<Name>,
    /// Of one object there, with all that its overview shows; `pod/container` for [`What::LastWords`].
    pub name: Option<Name>,
}

impl Source {
    /// Of all namespaces.
    pub fn all(cluster: ClusterId, what: What) -> Self {
        Self {
            cluster,
            what,
            of: None,
            namespace: None,
            name: None,
        }
    }

    /// The objects of any kind, in one namespace or in all.
    pub fn table(cluster: ClusterId, of: &Arc<Resource>, namespace: Option<&Name>) -> Self {
        Self {
            of: Some(Arc::clone(of)),
            namespace: namespace.cloned(),
            ..Self::all(cluster, What::Table)
        }
    }

    /// Of one namespace.
    pub fn of(cluster: ClusterId, what: What, namespace: &Name) -> Self {
        Self {
            namespace: Some(namespace.clone()),
            ..Self::all(cluster, what)
        }
    }

    /// One object of a namespace.
    pub fn one(cluster: ClusterId, what: What, namespace: &Name, name: &str) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::of(cluster, what, namespace)
        }
    }

    /// Whether it can tell of what is in a namespace.
    pub fn covers(&self, cluster: ClusterId, namespace: &str) -> bool {
        self.cluster == cluster
            && self
                .namespace
                .as_deref()
                .is_none_or(|name| name == namespace)
    }
}

/// How a feed is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FeedState {
    /// Has not delivered everything yet: rows so far, and how many the server expects in all.
    #[default]
    Connecting,
    /// Rows are coming: how many so far, and about how many there are.
    Loading(usize, Option<usize>),
    /// All that there is, and every change as it comes.
    Live,
    /// What is shown may be old, and why. Being retried.
    Stale(Problem),
    /// May not, or can not, be read there. Asked again now and then.
    Refused(Problem),
}

/// One change of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// New or different.
    Put(Row),
    /// No longer there, or no longer selected.
    Gone(Uid),
}

impl Change {
    /// Whose it is; usage is nobody's.
    pub fn uid(&self) -> Option<Uid> {
        match self {
            Self::Put(row) => row.uid(),
            Self::Gone(uid) => Some(*uid),
        }
    }
}

/// What a feed tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A listing begins: rows that it does not name will be gone at its end. What is held stays until then.
    Begin,
    /// Rows of the listing, or changes after it.
    Changes(Vec<Change>),
    /// The listing is complete.
    Synced,
    /// How the feed is.
    State(FeedState),
}
