//! What the demo serves: one table, read by routing, discovery, storage and access checks.

/// One resource of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resource {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The plural, as in URLs.
    pub plural: &'static str,
    /// The singular name.
    pub singular: &'static str,
    /// The kind of its objects.
    pub kind: &'static str,
    /// What kubectl calls it for short.
    pub short: &'static [&'static str],
    /// Whether its objects live in a namespace.
    pub namespaced: bool,
    /// Whether it is one of `kubectl get all`.
    pub in_all: bool,
    /// How it is served.
    pub served: Served,
    /// What more there is below an object: `status`, `scale`, `log`…
    pub below: &'static [&'static str],
}

/// How a resource is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Served {
    /// Stored: all verbs.
    Stored,
    /// Stored, but there is no deletecollection (namespaces, core Services before 1.23).
    OneByOne,
    /// Asked by POST and answered, never stored: access reviews.
    Asked,
    /// Worked out when it is read: usage metrics.
    Computed,
}

impl Resource {
    /// Whether it is this one of the table.
    pub fn is(&self, one: &Self) -> bool {
        std::ptr::eq(self, one)
    }

    /// `apps/v1`, or `v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// `deployments.apps`, or `pods`.
    pub fn qualified(&self) -> String {
        if self.group.is_empty() {
            self.plural.to_owned()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }

    /// The verbs that discovery names.
    pub fn verbs(&self) -> &'static [&'static str] {
        match self.served {
            Served::Asked => &["create"],
            Served::Computed => &["get", "list"],
            Served::OneByOne => &[
                "create", "delete", "get", "list", "patch", "update", "watch",
            ],
            Served::Stored => &[
                "create",
                "delete",
                "deletecollection",
                "get",
                "list",
                "patch",
                "update",
                "watch",
            ],
        }
    }

    /// Fields that a field selector can name besides name and namespace, and where they are
    /// (`SelectableFields` of each kind's registry in Kubernetes).
    pub fn selectable(&self) -> &'static [(&'static str, &'static str)] {
        match (self.group, self.plural) {
            ("", "pods") => &[
                ("spec.nodeName", "/spec/nodeName"),
                ("spec.restartPolicy", "/spec/restartPolicy"),
                ("spec.schedulerName", "/spec/schedulerName"),
                ("spec.serviceAccountName", "/spec/serviceAccountName"),
                ("spec.hostNetwork", "/spec/hostNetwork"),
                ("status.phase", "/status/phase"),
                ("status.podIP", "/status/podIP"),
                ("status.nominatedNodeName", "/status/nominatedNodeName"),
            ],
            ("", "events") => &[
                ("involvedObject.kind", "/involvedObject/kind"),
                ("involvedObject.namespace", "/involvedObject/namespace"),
                ("involvedObject.name", "/involvedObject/name"),
                ("involvedObject.uid", "/involvedObject/uid"),
                ("involvedObject.apiVersion", "/involvedObject/apiVersion"),
                (
                    "involvedObject.resourceVersion",
                    "/involvedObject/resourceVersion",
                ),
                ("involvedObject.fieldPath", "/involvedObject/fieldPath"),
                ("reason", "/reason"),
                ("reportingComponent", "/reportingComponent"),
                ("source", "/source/component"),
                ("type", "/type"),
            ],
            ("", "namespaces") => &[("status.phase", "/status/phase")],
            ("", "nodes") => &[("spec.unschedulable", "/spec/unschedulable")],
            ("", "secrets") => &[("type", "/type")],
            ("", "services") => &[
                ("spec.clusterIP", "/spec/clusterIP"),
                ("spec.type", "/spec/type"),
            ],
            ("", "replicationcontrollers") => &[("status.replicas", "/status/replicas")],
            ("batch", "jobs") => &[("status.successful", "/status/succeeded")],
            _ => &[],
        }
    }

    /// Whether `metadata.generation` counts changes of its spec. Core kinds do not, save Pods and those that came late.
    pub fn counts_generations(&self) -> bool {
        match self.group {
            "" => matches!(self.plural, "pods" | "replicationcontrollers"),
            "apps" => self.plural != "controllerrevisions",
            "batch" | "policy" | "networking.k8s.io" | "discovery.k8s.io" => true,
            _ => false,
        }
    }

    /// `/api/v1/namespaces/shop/pods/web-0`, as a request names it.
    pub fn path(&self, namespace: &str, name: &str) -> String {
        let mut path = if self.group.is_empty() {
            format!("/api/{}", self.version)
        } else {
            format!("/apis/{}/{}", self.group, self.version)
        };
        if self.namespaced && !namespace.is_empty() {
            path = format!("{path}/namespaces/{namespace}");
        }
        path = format!("{path}/{}", self.plural);
        if name.is_empty() {
            path
        } else {
            format!("{path}/{name}")
        }
    }
}

const fn resource(
    (group, version): (&'static str, &'static str),
    (plural, singular, kind): (&'static str, &'static str, &'static str),
    short: &'static [&'static str],
    below: &'static [&'static str],
) -> Resource {
    Resource {
        group,
        version,
        plural,
        singular,
        kind,
        short,
        namespaced: true,
        in_all: false,
        served: Served::Stored,
        below,
    }
}

const CORE: (&str, &str) = ("", "v1");
const APPS: (&str, &str) = ("apps", "v1");
const BATCH: (&str, &str) = ("batch", "v1");
const NETWORK: (&str, &str) = ("networking.k8s.io", "v1");
const RBAC: (&str, &str) = ("rbac.authorization.k8s.io", "v1");
const STORAGE: (&str, &str) = ("storage.k8s.io", "v1");
const AUTHZ: (&str, &str) = ("authorization.k8s.io", "v1");
const METRICS: (&str, &str) = ("metrics.k8s.io", "v1beta1");

const fn all(resource: Resource) -> Resource {
    Resource {
        in_all: true,
        ..resource
    }
}

const fn wide(resource: Resource) -> Resource {
    Resource {
        namespaced: false,
        ..resource
    }
}

const fn served(resource: Resource, served: Served) -> Resource {
    Resource { served, ..resource }
}

macro_rules! resources {
    ($($name:ident = $value:expr;)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "`")]
            pub static $name: Resource = $value;
        )*
        /// Everything that is served.
        pub static RESOURCES: &[&Resource] = &[$(&$name),*];
    };
}

resources! {
    CONFIG_MAPS = resource(CORE, ("configmaps", "configmap", "ConfigMap"), &["cm"], &[]);
    ENDPOINTS = resource(CORE, ("endpoints", "endpoints", "Endpoints"), &["ep"], &[]);
    EVENTS = resource(CORE, ("events", "event", "Event"), &["ev"], &[]);
    LIMIT_RANGES = resource(CORE, ("limitranges", "limitrange", "LimitRange"), &["limits"], &[]);
    NAMESPACES = served(wide(resource(CORE, ("namespaces", "namespace", "Namespace"), &["ns"], &["status", "finalize"])), Served::OneByOne);
    NODES = wide(resource(CORE, ("nodes", "node", "Node"), &["no"], &["status"]));
    CLAIMS = resource(CORE, ("persistentvolumeclaims", "persistentvolumeclaim", "PersistentVolumeClaim"), &["pvc"], &["status"]);
    VOLUMES = wide(resource(CORE, ("persistentvolumes", "persistentvolume", "PersistentVolume"), &["pv"], &["status"]));
    PODS = all(resource(CORE, ("pods", "pod", "Pod"), &["po"], &["status", "log", "exec", "attach", "portforward", "eviction", "binding"]));
    REPLICATION_CONTROLLERS = all(resource(CORE, ("replicationcontrollers", "replicationcontroller", "ReplicationController"), &["rc"], &["status", "scale"]));
    RESOURCE_QUOTAS = resource(CORE, ("resourcequotas", "resourcequota", "ResourceQuota"), &["quota"], &["status"]);
    SECRETS = resource(CORE, ("secrets", "secret", "Secret"), &[], &[]);
    SERVICE_ACCOUNTS = resource(CORE, ("serviceaccounts", "serviceaccount", "ServiceAccount"), &["sa"], &[]);
    SERVICES = all(resource(CORE, ("services", "service", "Service"), &["svc"], &["status"]));
    CONTROLLER_REVISIONS = resource(APPS, ("controllerrevisions", "controllerrevision", "ControllerRevision"), &[], &[]);
    DAEMON_SETS = all(resource(APPS, ("daemonsets", "daemonset", "DaemonSet"), &["ds"], &["status"]));
    DEPLOYMENTS = all(resource(APPS, ("deployments", "deployment", "Deployment"), &["deploy"], &["status", "scale"]));
    REPLICA_SETS = all(resource(APPS, ("replicasets", "replicaset", "ReplicaSet"), &["rs"], &["status", "scale"]));
    STATEFUL_SETS = all(resource(APPS, ("statefulsets", "statefulset", "StatefulSet"), &["sts"], &["status", "scale"]));
    SELF_REVIEWS = served(wide(resource(("authentication.k8s.io", "v1"), ("selfsubjectreviews", "selfsubjectreview", "SelfSubjectReview"), &[], &[])), Served::Asked);
    LOCAL_ACCESS = served(resource(AUTHZ, ("localsubjectaccessreviews", "localsubjectaccessreview", "LocalSubjectAccessReview"), &[], &[]), Served::Asked);
    SELF_ACCESS = served(wide(resource(AUTHZ, ("selfsubjectaccessreviews", "selfsubjectaccessreview", "SelfSubjectAccessReview"), &[], &[])), Served::Asked);
    SELF_RULES = served(wide(resource(AUTHZ, ("selfsubjectrulesreviews", "selfsubjectrulesreview", "SelfSubjectRulesReview"), &[], &[])), Served::Asked);
    ACCESS = served(wide(resource(AUTHZ, ("subjectaccessreviews", "subjectaccessreview", "SubjectAccessReview"), &[], &[])), Served::Asked);
    AUTOSCALERS = all(resource(("autoscaling", "v2"), ("horizontalpodautoscalers", "horizontalpodautoscaler", "HorizontalPodAutoscaler"), &["hpa"], &["status"]));
    CRON_JOBS = all(resource(BATCH, ("cronjobs", "cronjob", "CronJob"), &["cj"], &["status"]));
    JOBS = all(resource(BATCH, ("jobs", "job", "Job"), &[], &["status"]));
    LEASES = resource(("coordination.k8s.io", "v1"), ("leases", "lease", "Lease"), &[], &[]);
    ENDPOINT_SLICES = resource(("discovery.k8s.io", "v1"), ("endpointslices", "endpointslice", "EndpointSlice"), &[], &[]);
    INGRESS_CLASSES = wide(resource(NETWORK, ("ingressclasses", "ingressclass", "IngressClass"), &[], &[]));
    INGRESSES = resource(NETWORK, ("ingresses", "ingress", "Ingress"), &["ing"], &["status"]);
    NETWORK_POLICIES = resource(NETWORK, ("networkpolicies", "networkpolicy", "NetworkPolicy"), &["netpol"], &[]);
    BUDGETS = resource(("policy", "v1"), ("poddisruptionbudgets", "poddisruptionbudget", "PodDisruptionBudget"), &["pdb"], &["status"]);
    CLUSTER_ROLE_BINDINGS = wide(resource(RBAC, ("clusterrolebindings", "clusterrolebinding", "ClusterRoleBinding"), &[], &[]));
    CLUSTER_ROLES = wide(resource(RBAC, ("clusterroles", "clusterrole", "ClusterRole"), &[], &[]));
    ROLE_BINDINGS = resource(RBAC, ("rolebindings", "rolebinding", "RoleBinding"), &[], &[]);
    ROLES = resource(RBAC, ("roles", "role", "Role"), &[], &[]);
    PRIORITY_CLASSES = wide(resource(("scheduling.k8s.io", "v1"), ("priorityclasses", "priorityclass", "PriorityClass"), &["pc"], &[]));
    STORAGE_CLASSES = wide(resource(STORAGE, ("storageclasses", "storageclass", "StorageClass"), &["sc"], &[]));
    NODE_METRICS = served(wide(resource(METRICS, ("nodes", "", "NodeMetrics"), &[], &[])), Served::Computed);
    POD_METRICS = served(resource(METRICS, ("pods", "", "PodMetrics"), &[], &[]), Served::Computed);
}

/// The resource at this place, if it is served.
pub fn find(group: &str, version: &str, plural: &str) -> Option<&'static Resource> {
    RESOURCES.iter().copied().find(|resource| {
        (resource.group, resource.version, resource.plural) == (group, version, plural)
    })
}

/// The resource that stores objects of this kind: `Deployment` of `apps/v1`.
pub fn of_kind(api_version: &str, kind: &str) -> Option<&'static Resource> {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let fits = |resource: &Resource| {
        (resource.group, resource.version, resource.kind) == (group, version, kind)
    };
    RESOURCES.iter().copied().find(|resource| fits(resource))
}
