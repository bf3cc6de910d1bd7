//! Probes: an Instance that runs and is not ready, one that a liveness probe ends.

use super::{
    ill::{End, Ill, Told},
    reading::{Reading, read},
    sentence::{Sentence, say},
};
use crate::model::row::EventRow;

/// What helps against a liveness probe that ends what it should watch.
pub(super) const LIVENESS: &str = "Either the program hangs, or the probe asks too early or too strictly. Give it time (startupProbe, timeoutSeconds, failureThreshold) or mend what hangs.";

/// An Event of a probe this long before an end is why it ended, seconds: the grace period lies between.
const BEFORE: i64 = 150;

/// What the kubelet says of a probe that failed (`k8s.io/kubernetes/pkg/kubelet/prober`, `pkg/probe`).
const PROBES: &[Reading] = &[
    Reading {
        has: &["startup probe failed"],
        does: [
            "is still not started as its startup probe sees it",
            "are still not started as their startup probe sees it",
        ],
        advice: "It needs longer to start than the probe allows, or what the probe asks for is wrong: compare the two.",
    },
    Reading {
        has: &["connection refused"],
        does: [
            "does not listen where its readiness probe asks",
            "do not listen where their readiness probe asks",
        ],
        advice: "Nothing listens at the probe's port: the program is still starting, listens on another port, or only on localhost.",
    },
    Reading {
        has: &[
            "context deadline exceeded",
            "client.timeout",
            "timed out",
            "timeout",
        ],
        does: [
            "does not answer its readiness probe in time",
            "do not answer their readiness probe in time",
        ],
        advice: "It is too slow for its probe: look at its CPU against its limit, at what it waits for, and at timeoutSeconds.",
    },
    Reading {
        has: &[
            "statuscode: 503",
            "statuscode: 500",
            "statuscode: 502",
            "statuscode: 504",
        ],
        does: [
            "says at its readiness probe that it is not ready",
            "say at their readiness probe that they are not ready",
        ],
        advice: "The program itself says that it can not serve: usually something that it depends on is away. Its log tells what.",
    },
    Reading {
        has: &["statuscode: 404"],
        does: [
            "does not know the path that its readiness probe asks for",
            "do not know the path that their readiness probe asks for",
        ],
        advice: "The probe asks for a path that is not there: correct its path, or its port.",
    },
    Reading {
        has: &["statuscode: 401", "statuscode: 403"],
        does: [
            "wants a login from its readiness probe",
            "want a login from their readiness probe",
        ],
        advice: "Probes do not log in: let them ask for a path that is open.",
    },
    Reading {
        has: &["readiness probe failed", "readiness probe errored"],
        does: ["fails its readiness probe", "fail their readiness probe"],
        advice: "It runs but does not call itself ready, so it gets no traffic. Run what the probe runs, and look at what it says.",
    },
];

const UNHEALTHY: &[&str] = &["Unhealthy", "ProbeWarning"];

/// The Event that says that a liveness or startup probe ended a container.
pub(super) fn killed_by<'a>(ill: &Ill<'a>, end: &End) -> Option<&'a EventRow> {
    let near = |event: &&EventRow| {
        let probe = event.message.starts_with("Liveness probe")
            || event.message.starts_with("Startup probe");
        let killed = event.message.contains("failed liveness probe")
            || event.message.contains("failed startup probe");
        (probe || killed) && end.at > 0 && (end.at - BEFORE..=end.at + 2).contains(&event.last)
    };
    let events = ill.events(&["Unhealthy", "Killing"]).filter(near);
    // What the probe said tells more than that it had consequences.
    events.max_by_key(|event| (&*event.reason == "Unhealthy", event.last))
}

/// It runs and is not ready.
pub(super) fn unready<'a>(ill: &Ill<'a>) -> Told<'a> {
    let row = ill.row();
    let fresh = |event: &&EventRow| {
        event.last + BEFORE >= row.ready_since && !event.message.starts_with("Liveness")
    };
    let event = ill
        .events(UNHEALTHY)
        .filter(fresh)
        .max_by_key(|event| event.last);
    let read = event.and_then(|event| read(PROBES, &event.message));
    let unready = row.containers.saturating_sub(row.ready);
    let line = match (row.ready, row.containers) {
        (_, 1) if unready > 0 => say("runs, but is not ready"),
        (ready, of) if unready > 0 => say(format!(
            "runs, but only {ready} of {of} containers are ready"
        )),
        _ => say("its containers are ready, it is not"),
    };
    let mut told = match read {
        Some(reading) => Told {
            advice: reading.advice,
            ..Told::new(reading.does, line)
        },
        None if unready == 0 => Told {
            advice: "Its containers are ready, but a readiness gate is not: something outside (a load balancer, an operator) has not agreed yet.",
            ..Told::new(
                ["waits for a readiness gate", "wait for a readiness gate"],
                line,
            )
        },
        None => Told::new(["runs but is not ready", "run but are not ready"], line),
    };
    told.event = event;
    told.container = asks(ill);
    told
}

/// What the probe that matters does: `is asked by its readiness probe: GET :http/healthz every 10s`.
fn asks(ill: &Ill) -> Sentence {
    let Some(container) = ill.closer() else {
        return Sentence::default();
    };
    let asked = ["readiness", "startup"].into_iter().find_map(|kind| {
        let (_, text) = container.probes.iter().find(|(known, _)| *known == kind)?;
        Some(say(format!("{kind} probe: {text}")))
    });
    asked.unwrap_or_else(|| say("is not ready"))
}
