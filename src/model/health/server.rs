//! The rules about a Server.

use super::{Digest, Health, Verdict, instance::POD_LIFECYCLE};
use crate::model::row::{Condition, ControllerRow, Kind};

/// One rule about a Server.
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// What usually helps where its Instances tell nothing more; empty where nothing has to.
    pub advice: &'static str,
    test: fn(&Facts) -> Option<Verdict>,
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
        advice: "",
        test: lone,
    },
    Rule {
        name: "suspended",
        source: "spec.suspend of a Job or CronJob",
        advice: "Somebody has set spec.suspend: it goes on when that is taken back.",
        test: suspended,
    },
    Rule {
        name: "job ended",
        source: JOBS,
        advice: "A Job that has failed stays so: mend the cause, delete it and create it again.",
        test: job_ended,
    },
    Rule {
        name: "stopped",
        source: "spec.replicas 0; a DaemonSet that no node matches",
        advice: "",
        test: stopped,
    },
    Rule {
        name: "Instance trouble",
        source: "the worst of its Instances",
        advice: "",
        test: instance_trouble,
    },
    Rule {
        name: "replica failure",
        source: "condition ReplicaFailure",
        advice: "What the API server answers tells what has to change before it creates more.",
        test: replica_failure,
    },
    Rule {
        name: "progress deadline",
        source: DEPLOYMENT,
        advice: "The rollout will not go on or back on its own: mend what holds the new Instances, or go back to a revision that worked.",
        test: progress_deadline,
    },
    Rule {
        name: "last run",
        source: JOBS,
        advice: "It runs again at its next time, and fails again unless the cause is mended.",
        test: last_run,
    },
    Rule {
        name: "job running",
        source: JOBS,
        advice: "",
        test: job_running,
    },
    Rule {
        name: "paused",
        source: "spec.paused of a Deployment",
        advice: "It goes on when the rollout is resumed (kubectl rollout resume). Changes made meanwhile are rolled out together then.",
        test: paused,
    },
    Rule {
        name: "rollout",
        source: ROLLOUT,
        advice: "",
        test: rollout,
    },
    Rule {
        name: "starting",
        source: POD_LIFECYCLE,
        advice: "",
        test: starting_server,
    },
    Rule {
        name: "unready",
        source: DEPLOYMENT,
        advice: "The missing Instances are not ready, or not there: the steps above tell which.",
        test: unready,
    },
    Rule {
        name: "Instance warning",
        source: "the worst of its Instances",
        advice: "",
        test: instance_warning,
    },
    Rule {
        name: "healthy",
        source: "the controller's status: as many are ready as were asked for",
        advice: "",
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
        let digest = facts.instances;
        let verdict = digest.worst.clone().or_else(|| digest.ended.clone());
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
    let digest = facts.instances;
    // Nobody is known to make another in the place of one that has ended.
    let ended = digest.ended.as_ref().filter(|_| facts.controller.is_none());
    let worst = worst(facts, Health::Failing).or(ended)?;
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
