//! Instances on their way, and containers that can not be made: what holds them.

use super::{
    ill::{Ill, Told},
    image::image,
    reading::{Reading, read},
    sentence::{Sentence, say},
};
use crate::model::{
    detail::{ContainerState, Role},
    row::Phase,
};

/// What kubelet and runtime say of a container that they can not make or start.
const CONTAINERS: &[Reading] = &[
    Reading {
        has: &["runasnonroot", "will run as root", "non-numeric user"],
        does: [
            "would run as root and may not",
            "would run as root and may not",
        ],
        advice: "Its securityContext says runAsNonRoot, its image runs as root: give it a runAsUser, or an image with a user of its own.",
    },
    Reading {
        has: &[
            "executable file not found",
            "no such file or directory",
            "not found in $path",
        ],
        does: [
            "has a command that is not in its image",
            "have a command that is not in their image",
        ],
        advice: "Look at command and args: a wrong path, a program that this image does not have, or a missing shell.",
    },
    Reading {
        has: &["permission denied"],
        does: [
            "has a command that may not be run",
            "have a command that may not be run",
        ],
        advice: "The file is there but not executable for its user: look at the file's rights in the image, and at runAsUser.",
    },
    Reading {
        has: &["exec format error"],
        does: [
            "has an image for another kind of CPU",
            "have an image for another kind of CPU",
        ],
        advice: "Build the image for that architecture too, or keep the Server on nodes of the other one.",
    },
    Reading {
        has: &["subpath", "mounting", "not a directory", "mount"],
        does: [
            "can not mount what it should",
            "can not mount what they should",
        ],
        advice: "A mount does not fit: a file where a folder is expected, or a subPath that is not there.",
    },
    Reading {
        has: &["memory limit too low", "minimum memory"],
        does: [
            "has a memory limit that nothing can start with",
            "have a memory limit that nothing can start with",
        ],
        advice: "Its memory limit is smaller than what the runtime itself needs: look at the unit (Mi, not m).",
    },
    Reading {
        has: &["already in use", "failed to reserve container name"],
        does: [
            "is held up by a leftover of its last run",
            "are held up by a leftover of their last run",
        ],
        advice: "The runtime is slow or stuck on that node; usually it solves itself, else the node's runtime has to be restarted.",
    },
    Reading {
        has: &["poststart", "prestart", "hook"],
        does: ["fails in its start hook", "fail in their start hook"],
        advice: "The lifecycle hook's command fails: run it by hand in the same image.",
    },
];

/// What holds an Instance before its containers start: what the kubelet says in Events.
const STARTS: &[Reading] = &[
    Reading {
        has: &["configmap \"", "references non-existent config key"],
        does: [
            "waits for a ConfigMap that it mounts",
            "wait for a ConfigMap that they mount",
        ],
        advice: "Make the ConfigMap or the key that is missing, or correct the name; it goes on by itself.",
    },
    Reading {
        has: &["secret \"", "references non-existent secret key"],
        does: [
            "waits for a Secret that it mounts",
            "wait for a Secret that they mount",
        ],
        advice: "Make the Secret or the key that is missing, or correct the name; it goes on by itself.",
    },
    Reading {
        has: &[
            "multi-attach",
            "already exclusively attached",
            "already used by pod",
        ],
        does: [
            "waits for a volume that another node still has",
            "wait for a volume that another node still has",
        ],
        advice: "A volume can be on one node only: it goes on once the Instance that had it is gone. If that node is lost, its old Instance has to be deleted by force.",
    },
    Reading {
        has: &["attachvolume"],
        does: [
            "waits for a volume that can not be attached",
            "wait for a volume that can not be attached",
        ],
        advice: "The storage did not attach the volume to the node: look at the storage driver and at the volume itself.",
    },
    Reading {
        has: &[
            "mountvolume",
            "unable to attach or mount",
            "failed to mount",
        ],
        does: [
            "waits for a volume that can not be mounted",
            "wait for a volume that can not be mounted",
        ],
        advice: "Look at what the volume is made from: a name, an export, a file system or rights are wrong.",
    },
    Reading {
        has: &[
            "failed to create pod sandbox",
            "networkplugin",
            "cni",
            "failed to set up sandbox",
        ],
        does: [
            "gets no network on its node",
            "get no network on their node",
        ],
        advice: "The node's network plugin fails: look at its Instances in kube-system on that node, and at free addresses.",
    },
];

const MOUNTS: &[&str] = &[
    "FailedMount",
    "FailedAttachVolume",
    "FailedMapVolume",
    "FailedCreatePodSandBox",
    "FailedPodSandBoxStatus",
];

/// A ConfigMap or Secret that is not there, or has no such key: as the kubelet says it
/// (`k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go`), in words of one's own.
fn missing(message: &str) -> Option<String> {
    let quoted = |before: &str| {
        let (_, rest) = message.split_once(before)?;
        rest.split('"').next()
    };
    if let Some(rest) = message
        .split_once("couldn't find key ")
        .map(|(_, rest)| rest)
    {
        let (key, rest) = rest.split_once(" in ")?;
        let (kind, name) = rest.split_once(' ')?;
        let name = name.rsplit('/').next().unwrap_or(name);
        return Some(format!("the key {key} of the {kind} {name}"));
    }
    let named = quoted("configmap \"").map(|name| format!("the ConfigMap {name}"));
    named.or_else(|| Some(format!("the Secret {}", quoted("secret \"")?)))
}

/// A container that can not be made or started.
pub(super) fn container<'a>(ill: &Ill<'a>) -> Told<'a> {
    let message = ill.message();
    let line = say(ill.reason().to_owned());
    let mut told = match (missing(message), read(CONTAINERS, message)) {
        (Some(what), _) => Told {
            with: say(what),
            advice: "Make what is missing, or correct the name that the template refers to. It goes on by itself once it is there.",
            ..Told::new(["lacks ", "lack "], line)
        },
        (None, Some(reading)) => Told {
            advice: reading.advice,
            ..Told::new(reading.does, line)
        },
        (None, None) if ill.reason() == "ContainerStatusUnknown" => Told {
            advice: "Its node came back without knowing what became of it; the controller makes another in its place.",
            ..Told::new(
                ["was lost with its node", "were lost with their node"],
                line,
            )
        },
        (None, None) => Told::new(
            [
                "has a container that can not be started",
                "have a container that can not be started",
            ],
            line,
        ),
    };
    if !message.is_empty() {
        told.container = say(message.to_owned());
    }
    told.event = ill.event(&["FailedPostStartHook", "FailedPreStopHook"]);
    told
}

/// It is on its way: what holds it, where something does.
pub(super) fn starting<'a>(ill: &Ill<'a>) -> Told<'a> {
    let row = ill.row();
    let reason = ill.reason();
    let line = say(if reason.is_empty() { "Pending" } else { reason }.to_owned());
    if let Some(event) = ill.event(MOUNTS) {
        let read = read(STARTS, &event.message);
        let does = read.map_or(
            ["is held up on its node", "are held up on their node"],
            |read| read.does,
        );
        return Told {
            event: Some(event),
            advice: read.map_or("", |read| read.advice),
            ..Told::new(does, line)
        };
    }
    if let Some((name, since)) = running_init(ill) {
        return Told {
            container: say("is at work").since(" for ", since),
            words: false,
            advice: "An init container takes its time, or waits for something that is not there: its log tells.",
            with: say(name),
            ..Told::new(
                [
                    "waits for its init container ",
                    "wait for their init container ",
                ],
                line,
            )
        };
    }
    if reason == "SchedulingGated" {
        return Told {
            advice: "Whoever has put the scheduling gate there (a queue, an operator) has to take it away.",
            ..Told::new(
                [
                    "is held back by a scheduling gate",
                    "are held back by a scheduling gate",
                ],
                line,
            )
        };
    }
    if row.phase == Phase::Running {
        return Told {
            container: Sentence::default(),
            ..Told::new(
                [
                    "has started and is not ready yet",
                    "have started and are not ready yet",
                ],
                line,
            )
        };
    }
    if let Some(event) = ill.event(&["Pulling", "Failed"]) {
        let over = ill.event(&["Pulled", "Created", "Started"]);
        if &*event.reason == "Failed" {
            return Told { line, ..image(ill) };
        }
        if over.is_none_or(|over| over.last < event.last) {
            return Told {
                event: Some(event),
                advice: "A large image takes its time on a node that does not have it yet.",
                ..Told::new(["is pulling its image", "are pulling their image"], line)
            };
        }
    }
    let does = if row.node.is_none() {
        ["waits for the scheduler", "wait for the scheduler"]
    } else {
        [
            "is being started by its node",
            "are being started by their node",
        ]
    };
    let advice = match (&row.node, ill.now - row.meta.created) {
        (_, ..60) => "",
        (None, _) => {
            "If this lasts, the scheduler does not run, or another one is named in schedulerName."
        }
        (Some(_), _) => {
            "If this lasts, look at its node: the kubelet there does not get on with it."
        }
    };
    Told {
        advice,
        ..Told::new(does, line)
    }
}

/// The init container that runs now, and since when.
fn running_init(ill: &Ill) -> Option<(String, i64)> {
    if ill.reason() != "PodInitializing" && !ill.reason().starts_with("Init") {
        return None;
    }
    let detail = ill.detail;
    let running = detail.and_then(|detail| {
        let mut inits = detail
            .pod
            .containers
            .iter()
            .filter(|container| container.role == Role::Init);
        inits.find_map(|container| match container.status.as_ref()?.state {
            ContainerState::Running(since) => Some((container.name.to_string(), since)),
            _ => None,
        })
    });
    running.or_else(|| Some((ill.container()?.to_string(), 0)))
}
