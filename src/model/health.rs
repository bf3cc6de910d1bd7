//! How a Server or an Instance is, and why: one table of ordered rules for each, the first that answers wins.
//!
//! Every rule names its source. Rules read rows and the time; they never ask the cluster.

use super::{
    ids::Name,
    row::{Condition, ControllerRow, InstanceRow, Kind, Phase},
};

/// Health, best known word first. Shown as a glyph and a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Health {
    /// Does what it was asked to do.
    Healthy,
    /// On its way there.
    Progressing,
    /// Works, but somebody should look.
    Warning,
    /// Does not work.
    Failing,
    /// Does nothing, as it was asked to.
    Stopped,
    /// Not known (yet).
    #[default]
    Unknown,
}

impl Health {
    /// All of them, worst first.
    pub const WORST_FIRST: [Self; 6] = [
        Self::Failing,
        Self::Warning,
        Self::Progressing,
        Self::Unknown,
        Self::Healthy,
        Self::Stopped,
    ];

    /// 0 for the worst.
    pub fn rank(self) -> usize {
        match self {
            Self::Failing => 0,
            Self::Warning => 1,
            Self::Progressing => 2,
            Self::Unknown => 3,
            Self::Healthy => 4,
            Self::Stopped => 5,
        }
    }

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Progressing => "progressing",
            Self::Warning => "warning",
            Self::Failing => "failing",
            Self::Stopped => "stopped",
            Self::Unknown => "unknown",
        }
    }
}

/// What a rule found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How it is.
    pub health: Health,
    /// Why, in a few words: `CrashLoopBackOff`, `Pending: insufficient cpu`, `healthy`.
    pub word: Name,
    /// How often (restarts), where that matters; else 0.
    pub times: u32,
    /// A rollout's updated and ready Instances of those desired.
    pub progress: Option<(u32, u32)>,
    /// The message of the object that says so.
    pub message: Option<Name>,
    /// Since when, epoch seconds; 0 where nothing says.
    pub since: i64,
    /// The rule's name, see [`RULES`] and [`INSTANCE_RULES`].
    pub rule: &'static str,
    /// When it has to be judged again although nothing changes, epoch seconds; 0 for never.
    pub until: i64,
}

impl Verdict {
    fn new(health: Health, word: impl Into<Name>) -> Self {
        Self {
            health,
            word: word.into(),
            ..Self::default()
        }
    }
    fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }
    fn message(self, message: Option<&Name>) -> Self {
        Self {
            message: message.filter(|text| !text.is_empty()).cloned(),
            ..self
        }
    }
    fn since(self, since: i64) -> Self {
        Self { since, ..self }
    }
    fn until(self, until: i64) -> Self {
        Self { until, ..self }
    }
}

/// A container that ended this recently still tells of trouble, seconds: the kubelet forgets a back-off after as long
/// (`k8s.io/kubernetes/pkg/kubelet`: MaxContainerBackOff is 5 min, and it is reset after twice that).
const RECENT: i64 = 600;

/// A container may run unready this long before that is worth a warning, seconds: Kubernetes' default readiness probe
/// (period 10 s, failure threshold 3) has spoken by then.
const GRACE: i64 = 60;

/// One rule about an Instance.
pub struct InstanceRule {
    /// Its name.
    pub name: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    test: fn(&InstanceRow, i64) -> Option<Verdict>,
}

/// One rule about a Server.
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    test: fn(&Facts) -> Option<Verdict>,
}

const POD_LIFECYCLE: &str = "kubernetes.io/docs: Pod Lifecycle";
const IMAGES: &str = "k8s.io/kubernetes/pkg/kubelet/images/types.go";
const CONTAINERS: &str =
    "k8s.io/kubernetes/pkg/kubelet/kuberuntime and kubelet/container: sync result reasons";

/// Rules about an Instance, in order.
pub const INSTANCE_RULES: &[InstanceRule] = &[
    InstanceRule {
        name: "completed",
        source: POD_LIFECYCLE,
        test: completed,
    },
    InstanceRule {
        name: "terminating",
        source: POD_LIFECYCLE,
        test: terminating,
    },
    InstanceRule {
        name: "image",
        source: IMAGES,
        test: image,
    },
    InstanceRule {
        name: "crash loop",
        source: POD_LIFECYCLE,
        test: crash_loop,
    },
    InstanceRule {
        name: "container configuration",
        source: CONTAINERS,
        test: container_configuration,
    },
    InstanceRule {
        name: "failed",
        source: POD_LIFECYCLE,
        test: failed,
    },
    InstanceRule {
        name: "unschedulable",
        source: "Pod condition PodScheduled",
        test: unschedulable,
    },
    InstanceRule {
        name: "container ended",
        source: POD_LIFECYCLE,
        test: container_ended,
    },
    InstanceRule {
        name: "starting",
        source: POD_LIFECYCLE,
        test: starting,
    },
    InstanceRule {
        name: "lost",
        source: "Pod phase Unknown: the node does not report",
        test: lost,
    },
    InstanceRule {
        name: "unready",
        source: "Pod condition Ready",
        test: unready_instance,
    },
    InstanceRule {
        name: "restarted",
        source: POD_LIFECYCLE,
        test: restarted,
    },
    InstanceRule {
        name: "running",
        source: POD_LIFECYCLE,
        test: running,
    },
];

/// Judges one Instance. `now` in epoch seconds.
pub fn judge_instance(row: &InstanceRow, now: i64) -> Verdict {
    let found = INSTANCE_RULES.iter().find_map(|rule| {
        (rule.test)(row, now).map(|verdict| Verdict {
            rule: rule.name,
            ..verdict
        })
    });
    found.unwrap_or_default()
}

fn reason(row: &InstanceRow) -> Option<&Name> {
    row.trouble.as_ref()?.reason.as_ref()
}

fn message(row: &InstanceRow) -> Option<&Name> {
    row.trouble.as_ref()?.message.as_ref()
}

fn completed(row: &InstanceRow, _: i64) -> Option<Verdict> {
    (row.phase == Phase::Succeeded).then(|| Verdict::new(Health::Healthy, "Completed"))
}

fn terminating(row: &InstanceRow, _: i64) -> Option<Verdict> {
    row.terminating
        .then(|| Verdict::new(Health::Progressing, "Terminating"))
}

fn image(row: &InstanceRow, _: i64) -> Option<Verdict> {
    const REASONS: &[&str] = &[
        "ErrImagePull",
        "ImagePullBackOff",
        "ErrImageNeverPull",
        "InvalidImageName",
        "ImageInspectError",
        "RegistryUnavailable",
        "SignatureValidationFailed",
    ];
    let reason = reason(row).filter(|reason| REASONS.contains(&&***reason))?;
    Some(
        Verdict::new(Health::Failing, reason.clone())
            .message(message(row))
            .since(row.meta.created),
    )
}

fn crash_loop(row: &InstanceRow, _: i64) -> Option<Verdict> {
    let reason = reason(row).filter(|reason| &***reason == "CrashLoopBackOff")?;
    Some(
        Verdict::new(Health::Failing, reason.clone())
            .times(row.restarts)
            .message(message(row))
            .since(row.ready_since),
    )
}

fn container_configuration(row: &InstanceRow, _: i64) -> Option<Verdict> {
    const REASONS: &[&str] = &[
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
        "PreStartHookError",
        "PostStartHookError",
        "CreatePodSandboxError",
        "ContainerCannotRun",
        "StartError",
        "ContainerStatusUnknown",
    ];
    let reason = reason(row).filter(|reason| REASONS.contains(&&***reason))?;
    Some(
        Verdict::new(Health::Failing, reason.clone())
            .message(message(row))
            .since(row.meta.created),
    )
}

fn failed(row: &InstanceRow, _: i64) -> Option<Verdict> {
    if row.phase != Phase::Failed {
        return None;
    }
    let word = reason(row).cloned().unwrap_or_else(|| "Failed".into());
    Some(
        Verdict::new(Health::Failing, word)
            .message(message(row))
            .since(row.ready_since),
    )
}

fn unschedulable(row: &InstanceRow, _: i64) -> Option<Verdict> {
    reason(row).filter(|reason| &***reason == "Unschedulable")?;
    let word = match message(row).map(|text| shortage(text)) {
        Some(missing) if !missing.is_empty() => format!("Pending: {missing}"),
        _ => "Pending: unschedulable".to_owned(),
    };
    Some(
        Verdict::new(Health::Failing, word)
            .message(message(row))
            .since(row.meta.created),
    )
}

fn container_ended(row: &InstanceRow, _: i64) -> Option<Verdict> {
    if row.is_ready || row.phase != Phase::Running && row.phase != Phase::Pending {
        return None;
    }
    let reason = reason(row)
        .filter(|reason| matches!(&***reason, "OOMKilled" | "Error" | "DeadlineExceeded"))?;
    Some(
        Verdict::new(Health::Failing, reason.clone())
            .times(row.restarts)
            .message(message(row))
            .since(row.ready_since),
    )
}

fn starting(row: &InstanceRow, now: i64) -> Option<Verdict> {
    let since = row.meta.created.max(row.ready_since);
    match row.phase {
        Phase::Pending => {
            let word = reason(row).cloned().unwrap_or_else(|| "Pending".into());
            Some(
                Verdict::new(Health::Progressing, word)
                    .message(message(row))
                    .since(row.meta.created),
            )
        }
        Phase::Running if !row.is_ready && row.restarts == 0 && now - row.meta.created < GRACE => {
            Some(
                Verdict::new(Health::Progressing, "starting")
                    .since(since)
                    .until(row.meta.created + GRACE),
            )
        }
        _ => None,
    }
}

fn lost(row: &InstanceRow, _: i64) -> Option<Verdict> {
    (row.phase == Phase::Unknown).then(|| Verdict::new(Health::Warning, "node lost"))
}

fn unready_instance(row: &InstanceRow, _: i64) -> Option<Verdict> {
    (!row.is_ready).then(|| {
        Verdict::new(Health::Warning, "not ready")
            .message(message(row))
            .since(row.ready_since)
    })
}

fn restarted(row: &InstanceRow, now: i64) -> Option<Verdict> {
    let (reason, exit, at) = row.trouble.as_ref()?.ended.as_ref()?;
    if row.restarts == 0 || *at == 0 || now - at >= RECENT {
        return None;
    }
    let word: Name = match &**reason {
        "OOMKilled" => "OOMKilled".into(),
        _ => "restarted".into(),
    };
    let message: Name = format!("{reason}, exit code {exit}").into();
    Some(
        Verdict::new(Health::Warning, word)
            .times(row.restarts)
            .message(Some(&message))
            .since(*at)
            .until(at + RECENT),
    )
}

fn running(_: &InstanceRow, _: i64) -> Option<Verdict> {
    Some(Verdict::new(Health::Healthy, "Running"))
}

/// What the scheduler misses, from its message: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated
/// taint {a: b}. preemption: …` becomes `insufficient cpu, node(s) had untolerated taint {a: b}`.
/// Format: `k8s.io/kubernetes/pkg/scheduler/framework.FitError`.
fn shortage(message: &str) -> String {
    let Some((_, list)) = message.split_once("nodes are available: ") else {
        return String::new();
    };
    let list = list
        .split_once(". ")
        .map_or(list, |(list, _)| list)
        .trim_end_matches('.');
    let mut parts: Vec<(u32, String)> = list
        .split(", ")
        .map(|part| {
            let (count, rest) = part.split_once(' ').unwrap_or(("", part));
            match count.parse() {
                Ok(count) => (count, lower_first(rest)),
                Err(_) => (0, lower_first(part)),
            }
        })
        .collect();
    // What is short matters more than which nodes are out of the question anyway; then what most nodes lack.
    parts.sort_by_key(|(count, text)| (!text.starts_with("insufficient"), u32::MAX - count));
    parts
        .into_iter()
        .take(2)
        .map(|(_, text)| text)
        .collect::<Vec<_>>()
        .join(", ")
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

/// What a Server's Instances amount to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// Instances that have not completed.
    pub total: u32,
    /// Of these, ready and not being deleted.
    pub ready: u32,
    /// Being deleted.
    pub terminating: u32,
    /// Restarts of all.
    pub restarts: u32,
    /// The worst verdict of all that are not merely running.
    pub worst: Option<Verdict>,
}

impl Digest {
    /// Adds one Instance.
    pub fn add(&mut self, row: &InstanceRow, verdict: Verdict) {
        self.restarts += row.restarts;
        if row.phase == Phase::Succeeded {
            return;
        }
        self.total += 1;
        self.terminating += u32::from(row.terminating);
        self.ready += u32::from(row.is_ready && !row.terminating);
        let until = match &self.worst {
            Some(worst)
                if worst.until != 0 && (verdict.until == 0 || worst.until < verdict.until) =>
            {
                worst.until
            }
            _ => verdict.until,
        };
        let graver = |worst: &Verdict| {
            (verdict.health.rank(), u32::MAX - verdict.times)
                < (worst.health.rank(), u32::MAX - worst.times)
        };
        if self.worst.as_ref().is_none_or(graver) {
            self.worst = Some(verdict);
        }
        if let Some(worst) = &mut self.worst {
            worst.until = until;
        }
    }
}

/// What the rules about a Server may read.
pub struct Facts<'a> {
    /// The controller, where its kind is watched.
    pub controller: Option<&'a ControllerRow>,
    /// Its kind.
    pub kind: &'a Kind,
    /// Its Instances, as far as they are held.
    pub instances: &'a Digest,
    /// For a CronJob: its newest Job.
    pub newest_job: Option<&'a ControllerRow>,
}

const ROLLOUT: &str = "k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go";
const DEPLOYMENT: &str = "kubernetes.io/docs: Deployment status";
const JOBS: &str = "kubernetes.io/docs: Jobs, conditions Complete and Failed";

/// Rules about a Server, in order.
pub const RULES: &[Rule] = &[
    Rule {
        name: "lone Instance",
        source: POD_LIFECYCLE,
        test: lone,
    },
    Rule {
        name: "suspended",
        source: "spec.suspend of a Job or CronJob",
        test: suspended,
    },
    Rule {
        name: "job ended",
        source: JOBS,
        test: job_ended,
    },
    Rule {
        name: "stopped",
        source: "spec.replicas 0; a DaemonSet that no node matches",
        test: stopped,
    },
    Rule {
        name: "Instance trouble",
        source: "the worst of its Instances",
        test: instance_trouble,
    },
    Rule {
        name: "replica failure",
        source: "condition ReplicaFailure",
        test: replica_failure,
    },
    Rule {
        name: "progress deadline",
        source: DEPLOYMENT,
        test: progress_deadline,
    },
    Rule {
        name: "last run",
        source: JOBS,
        test: last_run,
    },
    Rule {
        name: "job running",
        source: JOBS,
        test: job_running,
    },
    Rule {
        name: "paused",
        source: "spec.paused of a Deployment",
        test: paused,
    },
    Rule {
        name: "rollout",
        source: ROLLOUT,
        test: rollout,
    },
    Rule {
        name: "starting",
        source: POD_LIFECYCLE,
        test: starting_server,
    },
    Rule {
        name: "unready",
        source: DEPLOYMENT,
        test: unready,
    },
    Rule {
        name: "Instance warning",
        source: "the worst of its Instances",
        test: instance_warning,
    },
    Rule {
        name: "healthy",
        source: DEPLOYMENT,
        test: healthy,
    },
];

/// Judges one Server.
pub fn judge(facts: &Facts) -> Verdict {
    let found = RULES.iter().find_map(|rule| {
        (rule.test)(facts).map(|verdict| Verdict {
            rule: rule.name,
            ..verdict
        })
    });
    let mut verdict = found.unwrap_or_default();
    if let Some(worst) = &facts.instances.worst {
        verdict.until = worst.until;
    }
    verdict
}

fn condition<'a>(facts: &'a Facts, kind: &str, holds: bool) -> Option<&'a Condition> {
    facts
        .controller?
        .conditions
        .iter()
        .find(|condition| &*condition.kind == kind && condition.holds == holds)
}

fn worst<'a>(facts: &'a Facts, health: Health) -> Option<&'a Verdict> {
    facts
        .instances
        .worst
        .as_ref()
        .filter(|worst| worst.health == health)
}

/// Whether Instances that fail mean that nothing works, or only less than was asked for.
fn gravity(facts: &Facts) -> Health {
    let ready = facts
        .controller
        .map_or(0, |row| row.replicas.ready)
        .max(facts.instances.ready);
    if ready == 0 {
        Health::Failing
    } else {
        Health::Warning
    }
}

fn lone(facts: &Facts) -> Option<Verdict> {
    (*facts.kind == Kind::Pod).then(|| {
        let verdict = facts.instances.worst.clone();
        // A completed Pod leaves no worst Instance.
        let verdict = verdict.unwrap_or_else(|| Verdict::new(Health::Healthy, "Completed"));
        if verdict.health == Health::Healthy && &*verdict.word == "Running" {
            return Verdict::new(Health::Healthy, "healthy");
        }
        verdict
    })
}

fn suspended(facts: &Facts) -> Option<Verdict> {
    let row = facts.controller?;
    (row.suspended && matches!(row.kind, Kind::CronJob | Kind::Job))
        .then(|| Verdict::new(Health::Stopped, "suspended"))
}

fn job_ended(facts: &Facts) -> Option<Verdict> {
    let row = facts.controller.filter(|row| row.kind == Kind::Job)?;
    if let Some(failed) = condition(facts, "Failed", true) {
        let word = format!("failed: {}", failed.reason);
        return Some(
            Verdict::new(Health::Failing, word)
                .message(Some(&failed.message))
                .since(failed.since),
        );
    }
    condition(facts, "Complete", true)
        .map(|_| Verdict::new(Health::Healthy, "complete").since(row.last))
}

fn stopped(facts: &Facts) -> Option<Verdict> {
    let row = facts
        .controller
        .filter(|row| !matches!(row.kind, Kind::CronJob | Kind::Job))?;
    if row.replicas.desired > 0 {
        return None;
    }
    let left = row.replicas.current.max(facts.instances.total);
    Some(match (left, &row.kind) {
        (0, Kind::DaemonSet) => Verdict::new(Health::Stopped, "no node matches"),
        (0, _) => Verdict::new(Health::Stopped, "stopped"),
        (left, _) => Verdict::new(Health::Progressing, format!("stopping, {left} left")),
    })
}

fn instance_trouble(facts: &Facts) -> Option<Verdict> {
    let worst = worst(facts, Health::Failing)?;
    // A Job's Pod that ended badly is tried again; the Job itself says when it has given up.
    if matches!(facts.kind, Kind::Job | Kind::CronJob) && worst.rule == "failed" {
        return None;
    }
    let given_up = condition(facts, "Progressing", false).is_some();
    let health = if given_up {
        Health::Failing
    } else {
        gravity(facts)
    };
    Some(Verdict {
        health,
        ..worst.clone()
    })
}

fn replica_failure(facts: &Facts) -> Option<Verdict> {
    let failure = condition(facts, "ReplicaFailure", true)?;
    Some(
        Verdict::new(gravity(facts), failure.reason.clone())
            .message(Some(&failure.message))
            .since(failure.since),
    )
}

fn progress_deadline(facts: &Facts) -> Option<Verdict> {
    let stuck = condition(facts, "Progressing", false)
        .filter(|condition| &*condition.reason == "ProgressDeadlineExceeded")?;
    let verdict = Verdict::new(Health::Failing, "progress deadline exceeded");
    Some(verdict.message(Some(&stuck.message)).since(stuck.since))
}

fn last_run(facts: &Facts) -> Option<Verdict> {
    let job = facts.newest_job?;
    let failed = job
        .conditions
        .iter()
        .find(|condition| &*condition.kind == "Failed" && condition.holds)?;
    let word = format!("last run failed: {}", failed.reason);
    Some(
        Verdict::new(Health::Failing, word)
            .message(Some(&failed.message))
            .since(failed.since),
    )
}

fn job_running(facts: &Facts) -> Option<Verdict> {
    let row = facts.controller?;
    match row.kind {
        Kind::CronJob if row.replicas.current > 0 => {
            Some(Verdict::new(Health::Healthy, "running").since(row.last))
        }
        Kind::CronJob => Some(Verdict::new(Health::Healthy, "scheduled").since(row.last)),
        Kind::Job => {
            let replicas = row.replicas;
            let mut verdict = Verdict::new(Health::Progressing, "running").times(replicas.failed);
            verdict.progress =
                (replicas.desired > 1).then_some((replicas.updated, replicas.desired));
            Some(verdict.since(row.meta.created))
        }
        _ => None,
    }
}

fn paused(facts: &Facts) -> Option<Verdict> {
    let row = facts
        .controller
        .filter(|row| row.kind == Kind::Deployment && row.suspended)?;
    let settled =
        row.replicas.updated >= row.replicas.desired && row.replicas.ready >= row.replicas.desired;
    (!settled).then(|| Verdict::new(Health::Warning, "rollout paused"))
}

fn rollout(facts: &Facts) -> Option<Verdict> {
    let row = facts
        .controller
        .filter(|row| !matches!(row.kind, Kind::ReplicaSet | Kind::Custom(_)))?;
    let replicas = row.replicas;
    let old = replicas.current.saturating_sub(replicas.updated);
    // Once a Deployment's revision has been fully available it says so, and what is unready later is no rollout.
    let was_available = condition(facts, "Progressing", true)
        .is_some_and(|condition| &*condition.reason == "NewReplicaSetAvailable");
    let rolling = !row.observed
        || replicas.updated < replicas.desired
        || row.kind == Kind::Deployment
            && (old > 0 || replicas.available < replicas.desired && !was_available);
    rolling.then(|| {
        let done = replicas.updated.min(replicas.ready);
        let mut verdict = Verdict::new(Health::Progressing, "new");
        verdict.progress = Some((done.min(replicas.desired), replicas.desired));
        verdict
    })
}

fn starting_server(facts: &Facts) -> Option<Verdict> {
    let short = match facts.controller {
        Some(row) => {
            row.replicas.ready < row.replicas.desired
                || facts.instances.ready < row.replicas.desired
        }
        None => facts.instances.ready < facts.instances.total,
    };
    let worst = worst(facts, Health::Progressing).filter(|_| short)?;
    Some(Verdict {
        times: 0,
        ..worst.clone()
    })
}

fn unready(facts: &Facts) -> Option<Verdict> {
    let (ready, desired) = match facts.controller {
        Some(row) => (row.replicas.ready, row.replicas.desired),
        None => (facts.instances.ready, facts.instances.total),
    };
    if ready >= desired {
        return None;
    }
    let since = condition(facts, "Available", false).map_or(0, |condition| condition.since);
    let since = worst(facts, Health::Warning).map_or(since, |worst| worst.since);
    let message = condition(facts, "Available", false).map(|condition| &condition.message);
    Some(
        Verdict::new(gravity(facts), format!("{} not ready", desired - ready))
            .message(message)
            .since(since),
    )
}

fn instance_warning(facts: &Facts) -> Option<Verdict> {
    worst(facts, Health::Warning).cloned()
}

fn healthy(facts: &Facts) -> Option<Verdict> {
    (facts.controller.is_some() || facts.instances.total > 0)
        .then(|| Verdict::new(Health::Healthy, "healthy"))
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;
