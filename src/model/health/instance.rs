//! The rules about an Instance.

use super::{Health, Verdict};
use crate::model::{
    ids::Name,
    row::{InstanceRow, Phase},
};

/// A container that ended this recently still tells of trouble, seconds: the kubelet forgets a back-off after as long
/// (`k8s.io/kubernetes/pkg/kubelet`: `MaxContainerBackOff` is 5 min, and it is reset after twice that).
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
    /// What usually helps where nothing more is known; empty where nothing has to.
    pub advice: &'static str,
    test: fn(&InstanceRow, i64) -> Option<Verdict>,
}

pub(super) const POD_LIFECYCLE: &str = "kubernetes.io/docs: Pod Lifecycle";
const IMAGES: &str = "k8s.io/kubernetes/pkg/kubelet/images/types.go";
const CONTAINERS: &str =
    "k8s.io/kubernetes/pkg/kubelet/kuberuntime and kubelet/container: sync result reasons";

/// Rules about an Instance, in order.
pub const INSTANCE_RULES: &[InstanceRule] = &[
    InstanceRule {
        name: "completed",
        source: POD_LIFECYCLE,
        advice: "",
        test: completed,
    },
    InstanceRule {
        name: "terminating",
        source: POD_LIFECYCLE,
        advice: "",
        test: terminating,
    },
    InstanceRule {
        name: "image",
        source: IMAGES,
        advice: "Look at the image's name, and whether the node gets to its registry and may pull there.",
        test: image,
    },
    InstanceRule {
        name: "crash loop",
        source: POD_LIFECYCLE,
        advice: "Its last words usually say why it ends. If it worked before, look at what changed: image, configuration, or what it connects to.",
        test: crash_loop,
    },
    InstanceRule {
        name: "container configuration",
        source: CONTAINERS,
        advice: "The node can not make the container as its template asks: what the message names is wrong there, or missing.",
        test: container_configuration,
    },
    InstanceRule {
        name: "failed",
        source: POD_LIFECYCLE,
        advice: "Its last words usually say why it failed.",
        test: failed,
    },
    InstanceRule {
        name: "unschedulable",
        source: "Pod condition PodScheduled",
        advice: "Compare what it asks for with what the nodes have: room, labels, taints, volumes.",
        test: unschedulable,
    },
    InstanceRule {
        name: "container ended",
        source: POD_LIFECYCLE,
        advice: "Its last words usually say why it ends. If it worked before, look at what changed: image, configuration, or what it connects to.",
        test: container_ended,
    },
    InstanceRule {
        name: "starting",
        source: POD_LIFECYCLE,
        advice: "",
        test: starting,
    },
    InstanceRule {
        name: "lost",
        source: "Pod phase Unknown: the node does not report",
        advice: "Look at the node: it is down, cut off, or its kubelet does not run. What ran there is replaced after some minutes, but not what has a volume.",
        test: lost,
    },
    InstanceRule {
        name: "unready",
        source: "Pod condition Ready",
        advice: "It runs but gets no traffic. Its log usually says what it waits for.",
        test: unready_instance,
    },
    InstanceRule {
        name: "restarted",
        source: POD_LIFECYCLE,
        advice: "It runs again. Its last words tell why it ended.",
        test: restarted,
    },
    InstanceRule {
        name: "running",
        source: POD_LIFECYCLE,
        advice: "",
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
    let reason = reason(row).filter(|reason| {
        let named = matches!(&***reason, "OOMKilled" | "Error" | "DeadlineExceeded");
        // Where the runtime gives no reason, `kinds` says with what it ended.
        named || reason.starts_with("ExitCode:") || reason.starts_with("Signal:")
    })?;
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

#[expect(clippy::unnecessary_wraps, reason = "a rule of the table")]
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
