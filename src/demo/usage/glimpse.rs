//! The few fields of a Pod that say what it uses, read from its text without the rest.

use std::{borrow::Cow, collections::HashMap};

use serde::Deserialize;

use super::{HOUR, MIB, MILLI, bytes, cores};
use crate::demo::{controllers::kubelet::acts, object};

type Text<'a> = Cow<'a, str>;

/// A Pod, as far as it matters here.
#[derive(Deserialize)]
pub(super) struct Glimpse<'a> {
    #[serde(borrow)]
    pub(super) metadata: Metadata<'a>,
    #[serde(borrow, default)]
    spec: Spec<'a>,
    #[serde(borrow, default)]
    status: Status<'a>,
    #[serde(skip)]
    joined: std::cell::OnceCell<Vec<Container<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Metadata<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) namespace: Text<'a>,
    #[serde(borrow)]
    pub(super) uid: Text<'a>,
    #[serde(borrow)]
    pub(super) labels: HashMap<Text<'a>, Text<'a>>,
    #[serde(borrow)]
    annotations: HashMap<Text<'a>, Text<'a>>,
    #[serde(borrow)]
    owner_references: Vec<Owner<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Owner<'a> {
    #[serde(borrow)]
    pub(super) kind: Text<'a>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    controller: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Spec<'a> {
    #[serde(borrow)]
    containers: Vec<Said<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Said<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    resources: Resources,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Resources {
    requests: Amounts,
    limits: Amounts,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Amounts {
    cpu: Option<String>,
    memory: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Status<'a> {
    #[serde(borrow)]
    container_statuses: Vec<Now<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Now<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    state: How<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct How<'a> {
    #[serde(borrow)]
    running: Option<Running<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Running<'a> {
    #[serde(borrow)]
    started_at: Text<'a>,
}

/// One container.
pub(super) struct Container<'a> {
    /// Its name.
    pub(super) name: Text<'a>,
    /// Since when it runs, in milliseconds, if it does.
    pub(super) since: Option<i64>,
    /// Billionths of a core it may use.
    pub(super) cpu_limit: Option<f64>,
    /// Bytes it may use.
    pub(super) memory_limit: Option<f64>,
    cpu: Option<f64>,
    memory: Option<f64>,
}

/// What a container does, as the annotation says it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Work {
    /// Billionths of a core.
    pub(super) cpu: f64,
    /// Bytes.
    pub(super) memory: f64,
    /// How much it goes up and down.
    pub(super) breath: f64,
    /// Bytes more in each hour.
    pub(super) leak: f64,
    /// The cpu is the whole Server's.
    pub(super) shared: bool,
    /// It is killed for its memory after so many milliseconds.
    pub(super) oom: Option<f64>,
}

impl<'a> Glimpse<'a> {
    /// The controller that owns it.
    pub(super) fn owner(&self) -> Option<&Owner<'a>> {
        self.metadata
            .owner_references
            .iter()
            .find(|owner| owner.controller)
    }

    /// Its containers in order.
    pub(super) fn containers(&self) -> impl Iterator<Item = (usize, &Container<'a>)> {
        let joined = self.joined.get_or_init(|| {
            let container = |said: &Said<'a>| {
                let status = self.status.container_statuses.iter();
                let running = status
                    .filter(|now| now.name == said.name)
                    .find_map(|now| now.state.running.as_ref());
                let amount = |text: &Option<String>, read: fn(&str) -> Option<f64>| {
                    text.as_deref().and_then(read)
                };
                Container {
                    name: said.name.clone(),
                    since: running.and_then(|running| object::millis(&running.started_at)),
                    cpu_limit: amount(&said.resources.limits.cpu, cores),
                    memory_limit: amount(&said.resources.limits.memory, bytes),
                    cpu: amount(&said.resources.requests.cpu, cores),
                    memory: amount(&said.resources.requests.memory, bytes),
                }
            };
            self.spec.containers.iter().map(container).collect()
        });
        joined.iter().enumerate()
    }

    /// What its first container does, if somebody said.
    pub(super) fn work(&self) -> Option<Work> {
        let said = self.metadata.annotations.get(super::USAGE)?;
        let mut work = Work::read(said);
        let words = self.metadata.annotations.get(acts::ACTS);
        let words = words.map_or("", |words| &**words).split_whitespace();
        work.oom = words
            .filter_map(|act| act.strip_prefix("oom="))
            .find_map(acts::duration)
            .map(|millis| millis as f64);
        Some(work)
    }
}

impl Container<'_> {
    /// What one does of which nobody said anything: less than it asked for.
    pub(super) fn usual(&self) -> Work {
        Work {
            cpu: self.cpu.map_or(3.0 * MILLI, |asked| asked * 0.3),
            memory: self.memory.map_or(24.0 * MIB, |asked| asked * 0.6),
            breath: 0.3,
            ..Work::default()
        }
    }
}

impl Work {
    /// Reads the annotation; what is not understood counts for nothing.
    pub(super) fn read(text: &str) -> Self {
        let mut work = Self::default();
        for word in text.split_whitespace() {
            match word.split_once('=') {
                Some(("cpu", amount)) => work.cpu = cores(amount).unwrap_or(0.0),
                Some(("memory", amount)) => work.memory = bytes(amount).unwrap_or(0.0),
                Some(("breath", share)) => work.breath = share.parse().unwrap_or(0.0),
                Some(("leak", speed)) => {
                    let (amount, time) = speed.split_once('/').unwrap_or((speed, "h"));
                    let hours = acts::duration(&format!("1{time}"));
                    let hours = hours.map_or(1.0, |millis| millis as f64 / HOUR);
                    work.leak = bytes(amount).unwrap_or(0.0) / hours;
                }
                None if word == "shared" => work.shared = true,
                _ => {}
            }
        }
        work.breath = work.breath.clamp(0.0, 1.0);
        work
    }
}
