//! What controllers ask of an object again and again, read from its JSON once: is the Pod ready, what does the Service
//! select, what has the Node left. It belongs to one version of the object, so it is never stale.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::selector::Selector;
use crate::{
    demo::{
        object,
        resource::{BUDGETS, NODES, PODS, SERVICES},
        store::Entry,
    },
    model::quantity::Quantity,
};

/// What was read.
#[derive(Debug)]
pub enum Facts {
    /// Of a Pod.
    Pod(Box<PodFacts>),
    /// Of a Node.
    Node(Box<NodeFacts>),
    /// Of what selects Pods.
    Selector(Box<Selector>),
    /// Of anything else.
    None,
}

/// How far a Pod is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Not all of its containers started.
    #[default]
    Pending,
    /// At work.
    Running,
    /// Done, and well.
    Succeeded,
    /// Done, and not well.
    Failed,
    /// Its Node is not heard of.
    Unknown,
}

/// What is asked of a Pod.
#[derive(Debug, Default)]
pub struct PodFacts {
    /// It is being deleted.
    pub leaving: bool,
    /// `status.phase`
    pub phase: Phase,
    /// The condition Ready.
    pub ready: bool,
    /// Since when that is so, in milliseconds.
    pub since: i64,
    /// When it was made.
    pub created: i64,
    /// The most often that one of its containers was restarted.
    pub restarts: i64,
    /// What it asks of a Node, in thousandths of a core.
    pub cpu: u64,
    /// And in bytes.
    pub memory: u64,
    /// `status.podIP`
    pub address: String,
    /// The PersistentVolumeClaims it uses.
    pub claims: Vec<String>,
    /// The images of its containers.
    pub images: Vec<String>,
    /// The ports of its containers that have a name.
    pub ports: Vec<(String, i64)>,
    /// `spec.hostname` and `spec.subdomain`
    pub host: (String, String),
}

impl PodFacts {
    const NONE: Self = Self {
        leaving: false,
        phase: Phase::Pending,
        ready: false,
        since: 0,
        created: 0,
        restarts: 0,
        cpu: 0,
        memory: 0,
        address: String::new(),
        claims: Vec::new(),
        images: Vec::new(),
        ports: Vec::new(),
        host: (String::new(), String::new()),
    };

    /// Neither done nor leaving: what a controller counts as one of its own.
    pub fn active(&self) -> bool {
        !self.leaving && !self.done()
    }

    /// It will not run again.
    pub fn done(&self) -> bool {
        matches!(self.phase, Phase::Succeeded | Phase::Failed)
    }

    /// Ready for so many seconds at least; else, how many milliseconds are missing (`pkg/api/pod`, `IsPodAvailable`).
    pub fn available(&self, seconds: i64, now: i64) -> Result<(), Option<i64>> {
        if !self.ready {
            return Err(None);
        }
        match self.since + seconds * 1_000 - now {
            left if left > 0 && seconds > 0 => Err(Some(left)),
            _ => Ok(()),
        }
    }
}

/// What is asked of a Node.
#[derive(Debug, Default)]
pub struct NodeFacts {
    /// The condition Ready is True, or nobody said.
    pub ready: bool,
    /// Cordoned.
    pub unschedulable: bool,
    /// Taints: key, value, effect.
    pub taints: Vec<(String, String, String)>,
    /// What there is for Pods, in thousandths of a core.
    pub cpu: u64,
    /// And in bytes.
    pub memory: u64,
    /// And how many Pods.
    pub pods: u64,
}

static NO_POD: PodFacts = PodFacts::NONE;
static NO_NODE: NodeFacts = NodeFacts {
    ready: false,
    unschedulable: true,
    taints: Vec::new(),
    cpu: 0,
    memory: 0,
    pods: 0,
};
static NOTHING: Selector = Selector::NOTHING;

/// What is asked of this Pod.
pub fn pod(entry: &Entry) -> &PodFacts {
    match read(entry) {
        Facts::Pod(facts) => facts,
        _ => &NO_POD,
    }
}

/// What is asked of this Node.
pub fn node(entry: &Entry) -> &NodeFacts {
    match read(entry) {
        Facts::Node(facts) => facts,
        _ => &NO_NODE,
    }
}

/// What this Service or budget selects.
pub fn selector(entry: &Entry) -> &Selector {
    match read(entry) {
        Facts::Selector(facts) => facts,
        _ => &NOTHING,
    }
}

fn read(entry: &Entry) -> &Facts {
    entry.facts.get_or_init(|| {
        if entry.resource.is(&PODS) {
            serde_json::from_slice::<Pod<'_>>(&entry.json)
                .map_or(Facts::None, |pod| Facts::Pod(Box::new(pod.facts())))
        } else if entry.resource.is(&NODES) {
            Facts::Node(Box::new(of_node(&entry.value())))
        } else if entry.resource.is(&SERVICES) {
            let service = entry.value();
            Facts::Selector(Box::new(Selector::plain(&service["spec"]["selector"])))
        } else if entry.resource.is(&BUDGETS) {
            let budget = entry.value();
            Facts::Selector(Box::new(Selector::read(&budget["spec"]["selector"])))
        } else {
            Facts::None
        }
    })
}

fn of_node(node: &Value) -> NodeFacts {
    let ready = object::items(node, "/status/conditions")
        .iter()
        .find(|condition| condition["type"] == "Ready");
    let taint = |taint: &Value| {
        let field = |name: &str| taint[name].as_str().unwrap_or("").to_owned();
        (field("key"), field("value"), field("effect"))
    };
    let amount = |name: &str| {
        let text = node["status"]["allocatable"][name].as_str();
        Quantity::parse(text.unwrap_or("0")).unwrap_or_default()
    };
    NodeFacts {
        ready: ready.is_none_or(|condition| condition["status"] == "True"),
        unschedulable: node["spec"]["unschedulable"] == true,
        taints: object::items(node, "/spec/taints")
            .iter()
            .map(taint)
            .collect(),
        cpu: amount("cpu").millis(),
        memory: amount("memory").units(),
        pods: amount("pods").units(),
    }
}

/// The few fields of a Pod that are read here; the rest of the text is stepped over.
#[derive(Deserialize)]
struct Pod<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    #[serde(default, borrow)]
    spec: Spec<'a>,
    #[serde(default, borrow)]
    status: Status<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    deletion_timestamp: Option<&'a str>,
    creation_timestamp: Option<&'a str>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Spec<'a> {
    #[serde(borrow)]
    containers: Vec<Container<'a>>,
    #[serde(borrow)]
    init_containers: Vec<Container<'a>>,
    #[serde(borrow)]
    volumes: Vec<Volume<'a>>,
    hostname: Option<&'a str>,
    subdomain: Option<&'a str>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Container<'a> {
    #[serde(borrow)]
    image: Cow<'a, str>,
    #[serde(borrow)]
    ports: Vec<Port<'a>>,
    resources: Resources,
    restart_policy: Option<&'a str>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Port<'a> {
    name: Option<&'a str>,
    container_port: i64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Resources {
    requests: Option<Amounts>,
    limits: Option<Amounts>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Amounts {
    cpu: Option<Amount>,
    memory: Option<Amount>,
}

/// A quantity may be written as a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Amount {
    Text(String),
    Number(f64),
}

impl Amount {
    fn quantity(&self) -> Quantity {
        match self {
            Self::Text(text) => Quantity::parse(text).unwrap_or_default(),
            Self::Number(number) => Quantity::parse(&number.to_string()).unwrap_or_default(),
        }
    }
}

impl Container<'_> {
    fn asks(&self) -> (u64, u64) {
        let amount = |of: fn(&Amounts) -> Option<&Amount>| {
            let requests = self.resources.requests.as_ref().and_then(of);
            let known = requests.or_else(|| self.resources.limits.as_ref().and_then(of));
            known.map(Amount::quantity).unwrap_or_default()
        };
        (
            amount(|amounts| amounts.cpu.as_ref()).millis(),
            amount(|amounts| amounts.memory.as_ref()).units(),
        )
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Volume<'a> {
    #[serde(borrow)]
    persistent_volume_claim: Option<ClaimSource<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClaimSource<'a> {
    claim_name: Cow<'a, str>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Status<'a> {
    phase: Option<&'a str>,
    #[serde(rename = "podIP")]
    pod_ip: Option<&'a str>,
    #[serde(borrow)]
    conditions: Vec<Condition<'a>>,
    container_statuses: Vec<ContainerStatus>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Condition<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    status: &'a str,
    last_transition_time: Option<&'a str>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ContainerStatus {
    restart_count: i64,
}

impl Pod<'_> {
    fn facts(&self) -> PodFacts {
        let millis = |time: Option<&str>| time.and_then(object::millis).unwrap_or(0);
        let ready = self.status.conditions.iter().find(|c| c.kind == "Ready");
        let (cpu, memory) = self.asks();
        let containers = self
            .spec
            .init_containers
            .iter()
            .chain(&self.spec.containers);
        PodFacts {
            leaving: self.metadata.deletion_timestamp.is_some(),
            phase: match self.status.phase {
                Some("Running") => Phase::Running,
                Some("Succeeded") => Phase::Succeeded,
                Some("Failed") => Phase::Failed,
                Some("Unknown") => Phase::Unknown,
                _ => Phase::Pending,
            },
            ready: ready.is_some_and(|c| c.status == "True"),
            since: millis(ready.and_then(|c| c.last_transition_time)),
            created: millis(self.metadata.creation_timestamp),
            restarts: self
                .status
                .container_statuses
                .iter()
                .map(|c| c.restart_count)
                .max()
                .unwrap_or(0),
            cpu,
            memory,
            address: self.status.pod_ip.unwrap_or("").to_owned(),
            claims: self
                .spec
                .volumes
                .iter()
                .filter_map(|volume| volume.persistent_volume_claim.as_ref())
                .map(|claim| claim.claim_name.to_string())
                .collect(),
            images: containers
                .clone()
                .map(|container| container.image.to_string())
                .collect(),
            ports: containers
                .flat_map(|container| &container.ports)
                .filter_map(|port| Some((port.name?.to_owned(), port.container_port)))
                .collect(),
            host: (
                self.spec.hostname.unwrap_or("").to_owned(),
                self.spec.subdomain.unwrap_or("").to_owned(),
            ),
        }
    }

    /// The sum over its containers, or what the greediest step of its start asks, if that is more
    /// (`k8s.io/component-helpers/resource`, `PodRequests`).
    fn asks(&self) -> (u64, u64) {
        let (mut cpu, mut memory) = (0_u64, 0_u64);
        let (mut peak_cpu, mut peak_memory) = (0_u64, 0_u64);
        for container in &self.spec.init_containers {
            let (c, m) = container.asks();
            if container.restart_policy == Some("Always") {
                cpu = cpu.saturating_add(c);
                memory = memory.saturating_add(m);
                peak_cpu = peak_cpu.max(cpu);
                peak_memory = peak_memory.max(memory);
            } else {
                peak_cpu = peak_cpu.max(cpu.saturating_add(c));
                peak_memory = peak_memory.max(memory.saturating_add(m));
            }
        }
        for container in &self.spec.containers {
            let (c, m) = container.asks();
            cpu = cpu.saturating_add(c);
            memory = memory.saturating_add(m);
        }
        (cpu.max(peak_cpu), memory.max(peak_memory))
    }
}
