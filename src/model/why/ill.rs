//! An Instance and all that is known of it: its row, its detail where somebody has asked for that, its Events.

use super::sentence::{Sentence, say};
use crate::model::{
    detail::{ContainerDetail, ContainerState, Detail, Ended, InstanceDetail, Role},
    health::{Verdict, judge_instance},
    ids::Name,
    row::{EventRow, InstanceRow},
    source::{Source, What},
    tree::{Instance, Map},
    world::World,
};

/// An Instance that is asked about.
pub(super) struct Ill<'a> {
    pub(super) pod: &'a Instance,
    pub(super) map: &'a Map,
    pub(super) verdict: Verdict,
    pub(super) detail: Option<&'a InstanceDetail>,
    pub(super) now: i64,
}

/// How a container's last run that is over ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) reason: Name,
    pub(super) code: i32,
    /// How long it ran, seconds, where that is known.
    pub(super) ran: Option<i64>,
    /// When, epoch seconds; 0 where nothing tells.
    pub(super) at: i64,
    /// What it left as its message.
    pub(super) message: Name,
}

/// What is found out about an Instance.
pub(super) struct Told<'a> {
    /// What it does, said of one and of several: `keeps crashing`, `keep crashing`.
    pub(super) does: [&'static str; 2],
    /// What follows that.
    pub(super) with: Sentence,
    /// What stands beside its name.
    pub(super) line: Sentence,
    /// What comes next, where that is known: `, next try in 2m41s`.
    pub(super) next: Sentence,
    /// What stands beside its container's name.
    pub(super) container: Sentence,
    /// The Event that tells more.
    pub(super) event: Option<&'a EventRow>,
    /// What usually helps; the rule's own advice where this is empty.
    pub(super) advice: &'static str,
    /// Its container's last words tell more.
    pub(super) words: bool,
    /// It waits for a volume: claims that are not bound tell more.
    pub(super) claims: bool,
}

impl Told<'_> {
    pub(super) fn new(does: [&'static str; 2], line: Sentence) -> Self {
        Self {
            does,
            with: Sentence::default(),
            line,
            next: Sentence::default(),
            container: Sentence::default(),
            event: None,
            advice: "",
            words: false,
            claims: false,
        }
    }

    /// What so many Instances like this one do.
    pub(super) fn does(&self, many: bool) -> Sentence {
        say(self.does[usize::from(many)]).then(self.with.clone())
    }
}

impl<'a> Ill<'a> {
    pub(super) fn new(world: &'a World, pod: &'a Instance, now: i64) -> Option<Self> {
        let map = world.maps().get(world.servers().get(pod.server)?.map)?;
        let detail = match world.detail(&Self::closely(pod)) {
            Some(Detail::Instance(detail)) => Some(detail),
            _ => None,
        };
        Some(Self {
            verdict: judge_instance(&pod.row, now),
            pod,
            map,
            detail,
            now,
        })
    }

    /// What has to be watched to know all of an Instance.
    pub(super) fn closely(pod: &Instance) -> Source {
        let meta = &pod.row.meta;
        Source::one(pod.cluster, What::Instances, &meta.namespace, &meta.name)
    }

    pub(super) fn row(&self) -> &'a InstanceRow {
        &self.pod.row
    }

    /// The reason that its row gives.
    pub(super) fn reason(&self) -> &'a str {
        let trouble = self.row().trouble.as_ref();
        trouble
            .and_then(|trouble| trouble.reason.as_deref())
            .unwrap_or_default()
    }

    /// The message that came with the reason.
    pub(super) fn message(&self) -> &'a str {
        let trouble = self.row().trouble.as_ref();
        trouble
            .and_then(|trouble| trouble.message.as_deref())
            .unwrap_or_default()
    }

    /// The container that the trouble is about: the one that the row names, else the first that is not ready.
    pub(super) fn container(&self) -> Option<Name> {
        let trouble = self.row().trouble.as_ref();
        let named = trouble.and_then(|trouble| trouble.container.clone());
        named.or_else(|| Some(self.unready()?.name.clone()))
    }

    /// The first container that is not ready, and should be.
    pub(super) fn unready(&self) -> Option<&'a ContainerDetail> {
        let all = self.detail?.pod.containers.iter();
        let mut lasting =
            all.filter(|container| matches!(container.role, Role::Main | Role::Sidecar));
        lasting.find(|container| {
            container
                .status
                .as_ref()
                .is_some_and(|status| !status.ready)
        })
    }

    /// All that is known of the container that the trouble is about.
    pub(super) fn closer(&self) -> Option<&'a ContainerDetail> {
        let name = self.container()?;
        let mut all = self.detail?.pod.containers.iter();
        all.find(|container| container.name == name)
    }

    /// What that container is there for.
    pub(super) fn role(&self) -> Role {
        self.closer().map_or(Role::Main, |container| container.role)
    }

    /// The memory limit of that container, 0 where none is known.
    pub(super) fn memory_limit(&self) -> u64 {
        match self.closer() {
            Some(container) => container.resources.memory_limit,
            None if self.row().containers == 1 => self.row().resources.memory_limit,
            None => 0,
        }
    }

    /// How that container ended last.
    pub(super) fn end(&self) -> Option<End> {
        let status = self
            .closer()
            .and_then(|container| container.status.as_ref());
        let closely = status.and_then(|status| match &status.state {
            ContainerState::Ended(ended) => Some(ended),
            _ => status.last.as_ref(),
        });
        closely.map(End::closely).or_else(|| self.end_by_row())
    }

    fn end_by_row(&self) -> Option<End> {
        let trouble = self.row().trouble.as_ref()?;
        let end = |reason: &Name, code, at| End {
            reason: reason.clone(),
            code,
            ran: None,
            at,
            message: "".into(),
        };
        // What a container that has just ended says of itself is newer than what is said of its run before.
        let now = trouble.reason.as_ref().and_then(|reason| {
            let code = match reason.split_once(':') {
                Some(("ExitCode", code)) => code.parse().ok()?,
                Some(("Signal", signal)) => 128 + signal.parse::<i32>().ok()?,
                _ if &**reason == "OOMKilled" => 137,
                _ => return None,
            };
            Some(end(reason, code, 0))
        });
        let before = trouble.ended.as_ref();
        now.or_else(|| before.map(|(reason, code, at)| end(reason, *code, *at)))
    }

    /// The newest Event about it with one of these reasons.
    pub(super) fn event(&self, reasons: &[&str]) -> Option<&'a EventRow> {
        self.events(reasons).max_by_key(|event| event.last)
    }

    /// Events about it with one of these reasons, in no order.
    pub(super) fn events(&self, reasons: &[&str]) -> impl Iterator<Item = &'a EventRow> {
        let uid = self.row().meta.uid;
        self.map
            .events()
            .filter(move |event| event.about.2 == uid && reasons.contains(&&*event.reason))
    }
}

impl End {
    fn closely(ended: &Ended) -> Self {
        let (from, to) = ended.ran;
        Self {
            reason: ended.reason.clone(),
            code: ended.code,
            ran: (from > 0 && to >= from).then_some(to - from),
            at: to,
            message: ended.message.clone(),
        }
    }
}
