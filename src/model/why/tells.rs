//! The sentence for each rule about a Server.

use super::{
    exit::{self, count},
    sentence::{Sentence, say},
    server::{Case, clause, others},
};
use crate::model::row::{Condition, Kind};

/// By the rule that holds: the sentence.
type Tell = fn(&Case) -> Sentence;

/// A line for each of [`RULES`](crate::model::health::RULES).
const TELLS: &[(&str, Tell)] = &[
    ("lone Instance", lone),
    ("suspended", suspended),
    ("job ended", job_ended),
    ("stopped", stopped),
    ("Instance trouble", unwell),
    ("replica failure", unwell),
    ("progress deadline", progress_deadline),
    ("last run", last_run),
    ("job running", job_running),
    ("paused", paused),
    ("rollout", rollout),
    ("starting", unwell),
    ("unready", unwell),
    ("Instance warning", unwell),
    ("healthy", healthy),
];

/// How a Server is and why.
pub(super) fn says(case: &Case) -> Sentence {
    let tell = TELLS
        .iter()
        .find(|(rule, _)| *rule == case.server.verdict.rule);
    tell.map_or_else(
        || say("Nothing is known of it yet."),
        |(_, tell)| tell(case),
    )
}

/// `0 of 1 ready`
fn ready(case: &Case) -> Sentence {
    let (ready, desired) = case.server.ready().unwrap_or_default();
    say(format!("{ready} of {desired} ready"))
}

/// `0 of 1 ready for 14m`
fn lead(case: &Case) -> Sentence {
    // A container that keeps ending is ready for a moment each time.
    let flips = case.troubles.first().is_some_and(|worst| {
        matches!(
            worst.ill.verdict.rule,
            "crash loop" | "container ended" | "restarted"
        )
    });
    let since = if flips { 0 } else { case.server.verdict.since };
    ready(case).since(" for ", since)
}

/// `: its Instance keeps crashing.`, and what else there is to say.
fn because(case: &Case, said: Sentence) -> Sentence {
    if let Some(refusal) = &case.refusal {
        return said.and(": ").then(refusal.says.clone()).and(".");
    }
    let Some(worst) = case.troubles.first() else {
        return said.and(".");
    };
    let (ready, desired) = case.server.ready().unwrap_or_default();
    let but = if ready >= desired && desired > 0 {
        ", but "
    } else {
        ": "
    };
    let said = said.and(but).then(clause(case, worst)).and(".");
    let said = said.and(others(case).unwrap_or_default());
    if worst.is_new {
        said.and(" What ran before still serves.")
    } else {
        said
    }
}

fn unwell(case: &Case) -> Sentence {
    let missing = case
        .server
        .ready()
        .map_or(0, |(_, desired)| desired)
        .saturating_sub(case.total());
    let said = because(case, lead(case));
    if case.refusal.is_none() && case.troubles.is_empty() && missing > 0 {
        return lead(case).and(format!(
            ": {} still to be created.",
            count(missing, "Instance")
        ));
    }
    said
}

fn lone(case: &Case) -> Sentence {
    match case.troubles.first() {
        Some(trouble) => say("It ").then(trouble.told.does(false)).and("."),
        None if case.total() == 0 => say("It has done its work."),
        None => say("It runs and is ready."),
    }
}

fn suspended(case: &Case) -> Sentence {
    match case.row().map_or(0, |row| row.last) {
        0 => say("Suspended: it starts nothing until it is resumed."),
        last => say("Suspended: it starts nothing until it is resumed. It last ran")
            .since(" ", last)
            .and(" ago."),
    }
}

/// Why a Job was given up (`k8s.io/api/batch/v1`, `JobReason…`).
const GIVEN_UP: &[(&str, &str)] = &[
    ("BackoffLimitExceeded", "was given up after"),
    (
        "DeadlineExceeded",
        "was ended because it ran longer than activeDeadlineSeconds allow, after",
    ),
    (
        "PodFailurePolicy",
        "was given up because its podFailurePolicy says so, after",
    ),
    (
        "FailedIndexes",
        "was given up because some of its indexes failed, after",
    ),
    (
        "MaxFailedIndexesExceeded",
        "was given up because too many of its indexes failed, after",
    ),
];

fn failed<'a>(conditions: &'a [Condition], kind: &str) -> Option<&'a Condition> {
    conditions
        .iter()
        .find(|condition| &*condition.kind == kind && condition.holds)
}

/// `was given up after 2 failed Instances, 14m ago: the last exited with code 1 after 0s`
fn given_up(case: &Case, failure: &Condition, failures: u32) -> Sentence {
    let known = GIVEN_UP
        .iter()
        .find(|(reason, _)| **reason == *failure.reason);
    let said = match known {
        Some((_, words)) => format!("{words} {}", count(failures, "failed Instance")),
        None => format!("has failed ({})", failure.reason),
    };
    let said = say(said).since(", ", failure.since);
    let said = if failure.since > 0 {
        said.and(" ago")
    } else {
        said
    };
    let worst = case.troubles.first();
    match worst.and_then(|worst| Some((worst, worst.ill.end()?))) {
        Some((worst, end)) => said
            .and(": the last one ")
            .then(exit::ended(&worst.ill, &end))
            .and("."),
        None => said.and("."),
    }
}

fn job_ended(case: &Case) -> Sentence {
    let Some(row) = case.row() else {
        return say("It has ended.");
    };
    if let Some(failure) = failed(&row.conditions, "Failed") {
        return say("It ").then(given_up(case, failure, row.replicas.failed));
    }
    let said = say(format!(
        "It has done its work: {} of {} ended well",
        row.replicas.updated, row.replicas.desired
    ));
    said.since(", ", row.last)
        .and(if row.last > 0 { " ago." } else { "." })
}

fn last_run(case: &Case) -> Sentence {
    let job = case.job().and_then(|job| job.row.as_deref());
    let failure = job.and_then(|job| Some((job, failed(&job.conditions, "Failed")?)));
    match failure {
        Some((job, failure)) => {
            say("Its last run ").then(given_up(case, failure, job.replicas.failed))
        }
        None => say("Its last run failed."),
    }
}

fn stopped(case: &Case) -> Sentence {
    let left = case
        .total()
        .max(case.row().map_or(0, |row| row.replicas.current));
    match (left, &case.server.kind) {
        (0, Kind::DaemonSet) => say("No node matches its nodeSelector, so it runs nowhere."),
        (0, _) => say("Stopped: it is asked for 0 Instances."),
        (left, _) => say(format!(
            "Stopping: {} still to end.",
            count(left, "Instance")
        )),
    }
}

fn progress_deadline(case: &Case) -> Sentence {
    because(
        case,
        lead(case).and(", and its rollout has got no further within its deadline"),
    )
}

fn job_running(case: &Case) -> Sentence {
    let Some(row) = case.row() else {
        return say("It runs.");
    };
    let last = row.last;
    match (&row.kind, row.replicas.current) {
        (Kind::CronJob, 1..) => say("It runs now").since(", since ", last).and("."),
        (Kind::CronJob, _) => {
            let at = row.schedule.as_deref().unwrap_or_default();
            let said = say(format!("It waits for its next time ({at})"));
            said.since(", and last ran ", last)
                .and(if last > 0 { " ago." } else { "." })
        }
        _ => {
            let said = say(format!(
                "{} of {} done",
                row.replicas.updated, row.replicas.desired
            ));
            let said = said.since(" after ", row.meta.created);
            let said = match row.replicas.failed {
                0 => said,
                failed => said.and(format!(", {} so far", count(failed, "failed Instance"))),
            };
            because(case, said)
        }
    }
}

fn paused(case: &Case) -> Sentence {
    let replicas = case.row().map(|row| row.replicas).unwrap_or_default();
    ready(case).and(format!(
        ", {} of {} of the new revision: somebody has paused its rollout.",
        replicas.updated, replicas.desired
    ))
}

/// What `kubectl rollout status` waits for (`k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go`).
fn rollout(case: &Case) -> Sentence {
    let Some(row) = case.row() else {
        return say("It is rolled out.");
    };
    let replicas = row.replicas;
    let new = replicas.updated.min(replicas.desired);
    let said = say(format!("{new} of {} of the new revision", replicas.desired));
    let old = replicas.current.saturating_sub(replicas.updated);
    let waits = if !row.observed {
        "its controller has yet to take the change in".to_owned()
    } else if replicas.current < replicas.desired {
        let missing = replicas.desired - replicas.current;
        format!("{} still to be created", count(missing, "Instance"))
    } else if replicas.updated < replicas.desired {
        format!(
            "{} still to be replaced",
            count(replicas.desired - replicas.updated, "Instance")
        )
    } else if old > 0 {
        format!("{} of the old one still to end", count(old, "Instance"))
    } else {
        let missing = replicas.desired.saturating_sub(replicas.available);
        format!("{} still to become ready", count(missing, "Instance"))
    };
    if case.refusal.is_some() {
        return because(case, ready(case));
    }
    because(case, said.and(", ").and(waits))
}

fn healthy(case: &Case) -> Sentence {
    let available = case
        .row()
        .and_then(|row| failed(&row.conditions, "Available"));
    let said = ready(case).since(" for ", available.map_or(0, |condition| condition.since));
    let said = said.and(": it does what it was asked to do.");
    match case.replaced() {
        0 => said,
        1 => said.and(" An Instance failed earlier, and another is in its place."),
        many => said.and(format!(
            " {many} Instances failed earlier, and others are in their place."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::health::RULES;

    #[test]
    fn every_rule_about_a_server_is_told() {
        let told: Vec<&str> = TELLS.iter().map(|(rule, _)| *rule).collect();
        let rules: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(told, rules);
    }
}
