//! Who is there, as data: a company's Services, their Maps and Servers. `manifest` and `satellite` make objects of it.
//!
//! A Server is written once and runs in several Maps: `replicas`, versions and what goes wrong differ by [`Run`], the
//! rest is the same. An autoscaler, a budget and a plain host name exist only where a Map is [`Access::Live`].

mod commerce;
mod company;
mod data;
mod kubernetes;
mod platform;
mod search;

/// All of them. The cluster's own parts come last, as on screen.
pub const SERVICES: &[&Service] = &[
    &commerce::SHOP,
    &commerce::PAYMENTS,
    &search::SEARCH,
    &company::ACCOUNTS,
    &company::LOGISTICS,
    &company::CAFE,
    &company::LEGACY,
    &data::ANALYTICS,
    &data::RECOMMEND,
    &platform::OBSERVABILITY,
    &platform::EDGE,
    &platform::DELIVERY,
    &kubernetes::DEFAULT,
    &kubernetes::SYSTEM,
];

/// Minutes of an hour and of a day.
pub const HOUR: u32 = 60;
/// Minutes of a day.
pub const DAY: u32 = 24 * HOUR;

/// The `PriorityClass` of what the cluster needs.
const CRITICAL: &str = "system-cluster-critical";

/// Runs on the control plane too.
const TOLERANT: &str = r#"{"tolerations":[{"key":"node-role.kubernetes.io/control-plane","operator":"Exists","effect":"NoSchedule"}]}"#;

/// Where the company keeps its own images.
pub const REGISTRY: &str = "registry.example.com";

/// A team's product.
#[derive(Debug)]
pub struct Service {
    /// Its name, as a label's value.
    pub name: &'static str,
    /// Its environments.
    pub maps: &'static [Map],
    /// What runs in them.
    pub servers: &'static [Server],
}

/// One namespace.
#[derive(Debug)]
pub struct Map {
    /// What [`Run::map`] calls it.
    pub key: &'static str,
    /// The namespace.
    pub namespace: &'static str,
    /// How many days ago it was made.
    pub days: u32,
    /// Its labels.
    pub labels: Pairs,
    /// Its annotations.
    pub annotations: Pairs,
    /// What developers may do in it.
    pub access: Access,
    /// The hard limits of its quota, if it has one.
    pub quota: Pairs,
    /// Whether a `LimitRange` gives containers default requests and limits.
    pub limits: bool,
    /// Whether `NetworkPolicy` objects fence it in.
    pub fenced: bool,
}

/// What a Map is for, and so what developers may do in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To try things: they edit.
    Work,
    /// It serves people: they look.
    Live,
    /// It is none of theirs.
    Closed,
}

/// Names and values.
pub type Pairs = &'static [(&'static str, &'static str)];

/// A Map without anything special.
pub const MAP: Map = Map {
    key: "",
    namespace: "",
    days: 300,
    labels: &[],
    annotations: &[],
    access: Access::Work,
    quota: &[],
    limits: false,
    fenced: false,
};

/// One controller, or a bare Pod, with all that goes with it.
#[derive(Debug)]
pub struct Server {
    /// Its name.
    pub name: &'static str,
    /// What kind of controller it has.
    pub kind: Kind,
    /// Its Group: a label where it can be one, else an annotation.
    pub group: &'static str,
    /// Its image, without the tag.
    pub image: &'static str,
    /// Where it runs.
    pub runs: &'static [Run],
    /// Requested cores, and the limit; empty for none.
    pub cpu: (&'static str, &'static str),
    /// Requested memory, and the limit; empty for none.
    pub memory: (&'static str, &'static str),
    /// Its ports, and so its core Service; none for no ports.
    pub ports: &'static [(&'static str, u16)],
    /// Its environment.
    pub env: &'static [Env],
    /// Files that a ConfigMap brings, and where they are mounted.
    pub files: Option<(&'static str, Pairs)>,
    /// How it is asked how it is.
    pub probe: Probe,
    /// The host name of its Ingress in a live Map; the Map's key goes before it elsewhere.
    pub host: &'static str,
    /// Its autoscaler in live Maps: fewest, most, percent of the requested cores.
    pub scale: Option<(i64, i64, i64)>,
    /// Its volume: name, size, storage class (empty for the default), mount path.
    pub claim: Option<[&'static str; 4]>,
    /// How many of it may be missing while nodes are drained, in live Maps; 0 for no budget.
    pub budget: i64,
    /// More containers: sidecars, and one that runs before.
    pub beside: &'static [Side],
    /// When a CronJob runs.
    pub schedule: &'static str,
    /// The command's arguments.
    pub args: &'static [&'static str],
    /// The annotation about usage.
    pub usage: &'static str,
    /// The annotation about logs.
    pub logs: &'static str,
    /// Its `PriorityClass`.
    pub priority: &'static str,
    /// Who installed it.
    pub by: By,
    /// More of the controller's spec, as JSON, for the few that are special.
    pub spec: &'static str,
    /// More of the pod's spec, as JSON, for the few that are special.
    pub pod: &'static str,
}

/// The kind of a controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `apps/v1` Deployment
    Deployment,
    /// `apps/v1` StatefulSet
    StatefulSet,
    /// `apps/v1` DaemonSet
    DaemonSet,
    /// `batch/v1` CronJob
    CronJob,
    /// `batch/v1` Job
    Job,
    /// No controller: a Pod on its own.
    Pod,
    /// A Pod that the kubelet of the control plane runs from a file.
    Static,
}

/// A variable of the environment.
#[derive(Clone, Copy, Debug)]
pub enum Env {
    /// Said in the template.
    Plain(&'static str, &'static str),
    /// In the Server's ConfigMap, all of whose keys become variables.
    Config(&'static str, &'static str),
    /// A key of the Server's Secret.
    Secret(&'static str),
    /// A key of the Server's Secret that nobody put there, in the Map of that key.
    Lost(&'static str, &'static str),
}

/// How a kubelet asks a container how it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// Not at all.
    None,
    /// By HTTP at this path, on the first port.
    Http(&'static str),
    /// Whether the first port answers.
    Tcp,
    /// By a command.
    Exec(&'static [&'static str]),
}

/// Another container of the same Pod.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    /// Its name.
    pub name: &'static str,
    /// Its image.
    pub image: &'static str,
    /// Requested cores and memory.
    pub asks: (&'static str, &'static str),
    /// Its port; 0 for none.
    pub port: u16,
    /// Whether it runs before the others and ends.
    pub first: bool,
}

/// Who installed a Server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Argo CD, from a repository.
    Argo,
    /// Helm, a chart of this name and version.
    Helm(&'static str),
    /// Somebody with kubectl.
    Hand,
}

/// A Server in one Map.
#[derive(Debug)]
pub struct Run {
    /// The Map's key.
    pub map: &'static str,
    /// How many.
    pub replicas: i64,
    /// The image's tag at first.
    pub tag: &'static str,
    /// How its Pods act at first.
    pub acts: &'static str,
    /// Minutes ago at which it was made; 0 for when the Map was.
    pub since: u32,
    /// What happened to it since, oldest first: minutes ago, and what.
    pub past: &'static [(u32, Deed)],
}

/// Something that is done to a Server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Another version.
    Image(&'static str),
    /// Another version whose Pods act like this.
    Turn(&'static str, &'static str),
    /// Another number of Instances.
    Scale(i64),
    /// No more rollouts until further notice.
    Pause,
    /// No more runs until further notice.
    Suspend,
    /// A node runs out of something and throws one of its Pods out.
    Evict,
}

impl Run {
    /// Acts like this from its beginning.
    #[must_use]
    pub const fn acts(self, acts: &'static str) -> Self {
        Self { acts, ..self }
    }

    /// Was made so many minutes ago.
    #[must_use]
    pub const fn since(self, since: u32) -> Self {
        Self { since, ..self }
    }

    /// Has this behind it.
    #[must_use]
    pub const fn past(self, past: &'static [(u32, Deed)]) -> Self {
        Self { past, ..self }
    }

    /// Whether nothing goes wrong with it, so that the story may play with it.
    pub fn is_sound(&self) -> bool {
        self.acts.is_empty()
            && self.replicas > 0
            && self
                .past
                .iter()
                .all(|(_, deed)| matches!(deed, Deed::Image(_)))
    }
}

/// So many Instances of this version in a Map.
pub const fn run(map: &'static str, replicas: i64, tag: &'static str) -> Run {
    Run {
        map,
        replicas,
        tag,
        acts: "",
        since: 0,
        past: &[],
    }
}

/// A sidecar.
pub const fn side(
    name: &'static str,
    image: &'static str,
    asks: (&'static str, &'static str),
    port: u16,
) -> Side {
    Side {
        name,
        image,
        asks,
        port,
        first: false,
    }
}

/// A Server without anything special.
pub const SERVER: Server = Server {
    name: "",
    kind: Kind::Deployment,
    group: "backend",
    image: "",
    runs: &[],
    cpu: ("100m", "500m"),
    memory: ("128Mi", "256Mi"),
    ports: &[],
    env: &[],
    files: None,
    probe: Probe::None,
    host: "",
    scale: None,
    claim: None,
    budget: 0,
    beside: &[],
    schedule: "",
    args: &[],
    usage: "",
    logs: "json rate=0.5/s",
    priority: "",
    by: By::Argo,
    spec: "",
    pod: "",
};

impl Service {
    /// The Map of this key.
    pub fn map(&self, key: &str) -> Option<&'static Map> {
        self.maps.iter().find(|map| map.key == key)
    }
}

/// Every Server in every Map where it runs.
pub fn all() -> impl Iterator<Item = Cast> {
    SERVICES.iter().copied().flat_map(|service| {
        service.servers.iter().flat_map(move |server| {
            server.runs.iter().filter_map(move |run| {
                let map = service.map(run.map)?;
                Some(Cast {
                    service,
                    map,
                    server,
                    run,
                })
            })
        })
    })
}

/// One Server in one Map.
#[derive(Clone, Copy, Debug)]
pub struct Cast {
    /// Whose it is.
    pub service: &'static Service,
    /// Where it is.
    pub map: &'static Map,
    /// What it is.
    pub server: &'static Server,
    /// What it is like there.
    pub run: &'static Run,
}

impl Cast {
    /// Whether people depend on it.
    pub fn is_live(&self) -> bool {
        self.map.access != Access::Work
    }

    /// Minutes ago at which it was made.
    pub fn since(&self) -> u32 {
        match self.run.since {
            0 => self.map.days * DAY,
            since => since,
        }
    }

    /// The image of this tag.
    pub fn image(&self, tag: &str) -> String {
        format!("{}:{tag}", self.server.image)
    }
}
