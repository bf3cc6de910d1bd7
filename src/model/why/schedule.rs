//! Instances that no node takes: what the scheduler says, in words.

use super::{
    exit::count,
    ill::{Ill, Told},
    reading::{Reading, read},
    sentence::{Sentence, say},
};

/// Why a node is out of the question (`k8s.io/kubernetes/pkg/scheduler/framework/plugins`); what is short comes before.
const NODES: &[Reading] = &[
    Reading {
        has: &["persistentvolumeclaim \""],
        does: [
            "mounts a claim that does not exist",
            "mount a claim that does not exist",
        ],
        advice: "Make the PersistentVolumeClaim, or correct its name in the template.",
    },
    Reading {
        has: &[
            "unbound immediate persistentvolumeclaim",
            "bind the pod's",
            "find available persistent volumes",
        ],
        does: [
            "waits for a volume that is not there yet",
            "wait for a volume that is not there yet",
        ],
        advice: "Nobody has made the volume: look at the claim's storage class, at whether its provisioner runs, and at whether a volume fits.",
    },
    Reading {
        has: &["volume node affinity conflict", "volume zone"],
        does: [
            "has a volume that is in a place where it may not run",
            "have a volume that is in a place where they may not run",
        ],
        advice: "Its volume is bound to a node or zone that is full, gone or excluded: make room there, or give up the volume.",
    },
    Reading {
        has: &["anti-affinity"],
        does: [
            "finds no node without one of its own kind",
            "find no node without one of their own kind",
        ],
        advice: "Its anti-affinity wants a node of its own for each: fewer Instances, more nodes, or a preference in its place.",
    },
    Reading {
        has: &["topology spread"],
        does: [
            "would make an uneven spread wherever it runs",
            "would make an uneven spread wherever they run",
        ],
        advice: "A topologySpreadConstraint forbids the nodes that have room: make room in the others, or let it be ScheduleAnyway.",
    },
    Reading {
        has: &[
            "node affinity",
            "node selector",
            "nodeselector",
            "match pod affinity",
        ],
        does: [
            "fits no node by its selector or affinity",
            "fit no node by their selector or affinity",
        ],
        advice: "Compare its nodeSelector and affinity with the labels that the nodes have.",
    },
    Reading {
        has: &["untolerated taint", "had taint"],
        does: [
            "tolerates the taint of no node",
            "tolerate the taint of no node",
        ],
        advice: "Give it a toleration for the taint if it is meant to run there; else it needs nodes without it.",
    },
    Reading {
        has: &["too many pods"],
        does: [
            "finds only nodes that have all the Pods they may",
            "find only nodes that have all the Pods they may",
        ],
        advice: "Each node takes only so many Pods: add a node, or stop what nobody needs.",
    },
    Reading {
        has: &["free ports"],
        does: [
            "wants a hostPort that is taken on every node",
            "want a hostPort that is taken on every node",
        ],
        advice: "One Instance per node can have a hostPort: use a port of a core Service in its place, or fewer Instances.",
    },
    Reading {
        has: &["were unschedulable", "node is unschedulable"],
        does: [
            "finds only nodes that are cordoned",
            "find only nodes that are cordoned",
        ],
        advice: "Somebody has closed the nodes to new Instances, usually for maintenance: open them again (kubectl uncordon) when it is over.",
    },
    Reading {
        has: &["max volume count"],
        does: [
            "finds only nodes that hold all the volumes they can",
            "find only nodes that hold all the volumes they can",
        ],
        advice: "A node takes only so many volumes: add a node, or spread what has volumes.",
    },
    Reading {
        has: &["no nodes available"],
        does: ["finds no node at all", "find no node at all"],
        advice: "The cluster has no node that is ready: look at the nodes first.",
    },
];

const TOO_BIG: &str = "Ask for less if it does not need that much, stop something else, or add a node that is large enough. It starts by itself once there is room.";

/// Nodes and what is wrong with them, from `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had …. preemption: …`
/// (`k8s.io/kubernetes/pkg/scheduler/framework.FitError`): how many there are, and what is said of how many.
fn nodes(message: &str) -> Option<(u32, Vec<(u32, &str)>)> {
    let (head, list) = message.split_once(" nodes are available: ")?;
    let all = head.rsplit('/').next()?.parse().ok()?;
    let list = list.split_once(". ").map_or(list, |(list, _)| list);
    let parts = list.trim_end_matches('.').split(", ").map(|part| {
        let counted = part
            .split_once(' ')
            .and_then(|(count, rest)| Some((count.parse().ok()?, rest)));
        counted.unwrap_or((0, part))
    });
    let mut parts: Vec<(u32, &str)> = parts.collect();
    // What is short matters more than which nodes are out of the question anyway; then what most nodes lack.
    parts.sort_by_key(|(count, text)| (!text.starts_with("Insufficient"), u32::MAX - count));
    Some((all, parts))
}

/// `5 of 6 nodes: too little cpu, 1: untolerated taint {a: b}`
fn broken_down(all: u32, parts: &[(u32, &str)]) -> String {
    let one = |(at, (number, text)): (usize, &(u32, &str))| {
        let text = text.trim_start_matches("node(s) ");
        let text = text.strip_prefix("had ").unwrap_or(text);
        let short = text.strip_prefix("Insufficient");
        let text = short.map_or_else(|| text.to_owned(), |of| format!("too little{of}"));
        match (number, at) {
            (0, _) => text,
            (_, 0) => format!("{number} of {}: {text}", count(all, "node")),
            _ => format!("{number}: {text}"),
        }
    };
    let list: Vec<String> = parts.iter().enumerate().map(one).collect();
    list.join(", ")
}

/// What it asks for of what is short: ` with 64c of CPU free`.
fn room(ill: &Ill, parts: &[(u32, &str)]) -> Sentence {
    let asked = &ill.row().resources;
    let mut said = Sentence::default();
    for (_, text) in parts {
        let Some(what) = text.strip_prefix("Insufficient ") else {
            continue;
        };
        let before = if said.is_empty() { " with " } else { " and " };
        said = said.and(before);
        said = match (what, asked.cpu_request, asked.memory_request) {
            ("cpu", cpu @ 1.., _) => said.cores(cpu).and(" of CPU"),
            ("memory", _, memory @ 1..) => said.bytes(memory).and(" of memory"),
            _ => said.and(format!("enough {what}")),
        };
    }
    said.and(" free")
}

/// The scheduler has found no node for it.
pub(super) fn unschedulable<'a>(ill: &Ill<'a>) -> Told<'a> {
    let message = ill.message();
    let parsed = nodes(message);
    let (all, parts) = parsed.unwrap_or_default();
    let line = if parts.is_empty() {
        say("Pending: no node takes it")
    } else {
        say(format!("Pending, {}", broken_down(all, &parts)))
    };
    let is_short = parts
        .first()
        .is_some_and(|(_, text)| text.starts_with("Insufficient"));
    let first = parts.first().map_or(message, |(_, text)| text);
    let mut told = if is_short {
        Told {
            with: room(ill, &parts),
            advice: TOO_BIG,
            ..Told::new(["finds no node", "find no node"], line)
        }
    } else {
        match read(NODES, first).or_else(|| read(NODES, message)) {
            Some(reading) => Told {
                advice: reading.advice,
                ..Told::new(reading.does, line)
            },
            None => Told::new(["finds no node", "find no node"], line),
        }
    };
    told.claims =
        message.to_lowercase().contains("persistentvolumeclaim") || message.contains("olume");
    told.event = ill.event(&["FailedScheduling"]);
    told
}
