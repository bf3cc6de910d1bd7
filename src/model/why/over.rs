//! Instances that are over, or about to be: evicted, lost, being deleted, done.

use super::{
    exit,
    ill::{Ill, Told},
    reading::{Reading, read},
    sentence::{Sentence, say},
};

/// Reasons of a Pod that has failed as a whole, and what came with them.
const FAILED: &[Reading] = &[
    Reading {
        has: &["low on resource: memory"],
        does: [
            "was evicted because its node ran short of memory",
            "were evicted because their node ran short of memory",
        ],
        advice: "It used more memory than it had asked for when the node ran short: let its request be what it really uses. Another was made in its place.",
    },
    Reading {
        has: &[
            "low on resource: ephemeral-storage",
            "ephemeral local storage usage",
            "exceeds its local ephemeral",
            "emptydir volume",
        ],
        does: [
            "was evicted because it filled its node's disk",
            "were evicted because they filled their node's disk",
        ],
        advice: "Logs or files it writes fill the disk: rotate them, put them on a volume, or set ephemeral-storage requests.",
    },
    Reading {
        has: &["low on resource"],
        does: [
            "was evicted because its node ran short of something",
            "were evicted because their node ran short of something",
        ],
        advice: "The node ran short of what the message names; what used most above its request had to go.",
    },
    Reading {
        has: &["evicted"],
        does: ["was evicted from its node", "were evicted from their node"],
        advice: "The node made it go. Its message tells what was short there.",
    },
    Reading {
        has: &["preempt"],
        does: [
            "had to make room for something more important",
            "had to make room for something more important",
        ],
        advice: "Something with a higher priority needed its node: more nodes, or a higher priorityClass for this one.",
    },
    Reading {
        has: &["deadlineexceeded", "active on the node longer"],
        does: ["ran longer than it may", "ran longer than they may"],
        advice: "activeDeadlineSeconds ended it: give it more time, or find out why it takes that long.",
    },
    Reading {
        has: &[
            "outofcpu",
            "outofmemory",
            "outofpods",
            "nodeaffinity",
            "unexpectedadmissionerror",
        ],
        does: [
            "was turned away by its node",
            "were turned away by their node",
        ],
        advice: "The node had no room for it any more, or other labels, when it came. Another was made in its place.",
    },
    Reading {
        has: &[
            "node shutdown",
            "nodeshutdown",
            "terminated in response to imminent node shutdown",
        ],
        does: ["went down with its node", "went down with their node"],
        advice: "The node was shut down. Nothing is wrong with the program itself.",
    },
];

/// All its containers have ended, one of them badly; or it was ended as a whole.
pub(super) fn failed<'a>(ill: &Ill<'a>) -> Told<'a> {
    let text = format!("{} {}", ill.reason(), ill.message());
    match read(FAILED, &text) {
        Some(reading) => Told {
            advice: reading.advice,
            container: match ill.message() {
                "" => Sentence::default(),
                message => say(message.to_owned()),
            },
            ..Told::new(reading.does, say(ill.reason().to_owned()))
        },
        None => Told {
            with: Sentence::default(),
            does: ["failed", "failed"],
            ..exit::crash(ill)
        },
    }
}

/// Its node does not say anything any more.
pub(super) fn lost<'a>(ill: &Ill<'a>) -> Told<'a> {
    let node = ill.row().node.as_deref().unwrap_or("its node");
    Told {
        event: ill.event(&[
            "NodeNotReady",
            "TaintManagerEviction",
            "NodeControllerEviction",
        ]),
        ..Told::new(
            [
                "is on a node that does not report",
                "are on nodes that do not report",
            ],
            say(format!("{node} does not report")),
        )
    }
}

/// Grace that a Pod has where it says nothing else, seconds.
const GRACE: i64 = 30;

/// It is being deleted.
pub(super) fn terminating<'a>(ill: &Ill<'a>) -> Told<'a> {
    let placement = ill
        .detail
        .map(|detail| detail.pod.placement.as_slice())
        .unwrap_or_default();
    let grace = placement
        .iter()
        .find(|(word, _)| *word == "terminationGracePeriodSeconds");
    let grace = grace
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(GRACE);
    let killing = ill.event(&["Killing"]);
    let since = killing.map_or(0, |event| event.last);
    let event = ill
        .event(&["FailedKillPod", "FailedPreStopHook", "FailedUnMount"])
        .or(killing);
    if since > 0 && ill.now > since + grace + 10 {
        return Told {
            with: Sentence::default()
                .since(" for ", since)
                .and(" although it has ")
                .lasting(grace),
            event,
            advice: "It should be gone by now. A finalizer that nobody removes, a volume that is not let go, or a node that does not answer holds it: look at its finalizers and its node.",
            ..Told::new(
                ["has been ending", "have been ending"],
                say("is being deleted, longer than its grace period"),
            )
        };
    }
    Told {
        with: say(" (it may take up to ").lasting(grace).and(")"),
        event,
        ..Told::new(["is ending", "are ending"], say("is being deleted"))
    }
}

/// It did what it should.
pub(super) fn done<'a>(ill: &Ill<'a>) -> Told<'a> {
    let _ = ill;
    Told::new(
        ["has done its work", "have done their work"],
        say("has ended well"),
    )
}

/// It runs and is ready.
pub(super) fn well<'a>(ill: &Ill<'a>) -> Told<'a> {
    let line = say("runs and is ready").since(" for ", ill.row().ready_since);
    Told::new(["runs and is ready", "run and are ready"], line)
}
