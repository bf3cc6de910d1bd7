//! Containers that end and should not: what an exit code means, when the kubelet tries again.

use super::{
    ill::{End, Ill, Told},
    probe,
    sentence::{Sentence, say},
};
use crate::model::detail::Role;

/// What an exit code says.
struct Exit {
    codes: std::ops::RangeInclusive<i32>,
    /// Said after the code.
    means: &'static str,
    /// What an Instance does whose container ends like that again and again, one and several.
    does: [&'static str; 2],
    advice: &'static str,
}

const CRASHES: [&str; 2] = ["keeps crashing", "keep crashing"];
const KILLED: [&str; 2] = ["keeps being killed", "keep being killed"];

/// Codes of `sh` and of signals (128 + signal); the first that fits.
const EXITS: &[Exit] = &[
    Exit {
        codes: 0..=0,
        means: "nothing failed, it was just done",
        does: [
            "keeps ending although nothing fails",
            "keep ending although nothing fails",
        ],
        advice: "A Server of this kind is meant to run for ever. Its command ends at once, or it is work for a Job.",
    },
    Exit {
        codes: 126..=126,
        means: "its command is there but can not be run",
        does: [
            "has a command that can not be run",
            "have a command that can not be run",
        ],
        advice: "Look at command and args, at the file's execute permission, and whether the image is for this kind of CPU.",
    },
    Exit {
        codes: 127..=127,
        means: "its command is not there",
        does: [
            "has a command that is not in its image",
            "have a command that is not in their image",
        ],
        advice: "Look at command and args: a wrong path, a program that this image does not have, or a missing shell.",
    },
    Exit {
        codes: 128..=128,
        means: "the runtime could not start it",
        does: ["can not be started", "can not be started"],
        advice: "Look at command, args and mounts: the runtime refused them.",
    },
    Exit {
        codes: 132..=132,
        means: "an instruction that this CPU does not have (SIGILL)",
        does: CRASHES,
        advice: "The image was built for another CPU: use one for this node's architecture.",
    },
    Exit {
        codes: 134..=134,
        means: "it gave up itself (SIGABRT)",
        does: CRASHES,
        advice: "It found itself in a state that it can not go on from, and usually says so last.",
    },
    Exit {
        codes: 137..=137,
        means: "it was killed (SIGKILL)",
        does: KILLED,
        advice: "Killed from outside: the node was short of memory, or it did not end in time when it was told to stop.",
    },
    Exit {
        codes: 139..=139,
        means: "it reached for memory that it does not have (SIGSEGV)",
        does: [
            "keeps crashing on a memory error",
            "keep crashing on a memory error",
        ],
        advice: "A bug in the program or a library of it, or an image for another kind of node. Go back to an image that worked.",
    },
    Exit {
        codes: 143..=143,
        means: "it was told to stop (SIGTERM)",
        does: ["keeps being stopped", "keep being stopped"],
        advice: "Something stops it: a liveness probe, a preStop hook, or the program stops itself.",
    },
    Exit {
        codes: 129..=159,
        means: "a signal ended it",
        does: CRASHES,
        advice: "A signal ended it: usually a bug, and its last words tell where.",
    },
    Exit {
        codes: i32::MIN..=i32::MAX,
        means: "",
        does: CRASHES,
        advice: "The program ends by itself. If it worked before, look at what changed: its image, its configuration, or what it connects to.",
    },
];

/// So many restarts are no accident any more.
const HABIT: u32 = 3;

const OUT_OF_MEMORY: &str = "Give it a higher memory limit if it needs that much. If it only takes longer to get there, it leaks, and more memory does not help.";
const OF_INIT: &str = "Nothing else starts before that init container has ended well: what it waits for or prepares comes first.";

fn exit(code: i32) -> &'static Exit {
    // The last line takes every code.
    EXITS
        .iter()
        .find(|exit| exit.codes.contains(&code))
        .unwrap_or(&EXITS[EXITS.len() - 1])
}

fn is_out_of_memory(end: &End) -> bool {
    &*end.reason == "OOMKilled"
}

/// How a container's last run ended: `exited with code 3 after 2s`.
pub(super) fn ended(ill: &Ill, end: &End) -> Sentence {
    let after = |said: Sentence| match end.ran {
        Some(ran) => said.and(" after ").lasting(ran),
        None => said,
    };
    if is_out_of_memory(end) {
        let said = match ill.memory_limit() {
            0 => say("used more memory than there was"),
            limit => say("used more memory than its limit of ").bytes(limit),
        };
        return after(said.and(" and was killed (OOMKilled)"));
    }
    if probe::killed_by(ill, end).is_some() {
        return after(say("was killed because its liveness probe failed"));
    }
    let said = after(say(format!("exited with code {}", end.code)));
    let said = match exit(end.code).means {
        "" => said,
        means => said.and(": ").and(means),
    };
    match &*end.message {
        "" => said,
        // The program's own last message says more than its code.
        message => said.and(format!(", saying \"{message}\"")),
    }
}

/// A container that ended and is or will be started again, or not at all.
pub(super) fn crash<'a>(ill: &Ill<'a>) -> Told<'a> {
    let row = ill.row();
    let end = ill.end();
    let mut told = match &end {
        Some(end) if is_out_of_memory(end) => Told {
            advice: OUT_OF_MEMORY,
            ..Told::new(
                ["runs out of memory", "run out of memory"],
                Sentence::default(),
            )
        },
        Some(end) => match probe::killed_by(ill, end) {
            Some(event) => Told {
                event: Some(event),
                advice: probe::LIVENESS,
                ..Told::new(
                    [
                        "is killed by its liveness probe again and again",
                        "are killed by their liveness probe again and again",
                    ],
                    Sentence::default(),
                )
            },
            None => Told {
                advice: exit(end.code).advice,
                ..Told::new(exit(end.code).does, Sentence::default())
            },
        },
        None => Told::new(CRASHES, Sentence::default()),
    };
    told.line = say(plain(ill.reason()).to_owned());
    if row.restarts > 0 {
        let often = format!(", {}", count(row.restarts, "restart"));
        told.line = told.line.and(often.clone());
        told.with = say(often).since(" in ", row.meta.created);
    }
    if ill.reason() == "CrashLoopBackOff" {
        told.next = match next_try(ill, end.as_ref()) {
            Some(at) if at > ill.now => say(", next try in ").until(at),
            Some(_) => say(", next try at any moment"),
            None => Sentence::default(),
        };
        told.line = told.line.then(told.next.clone());
    }
    if ill.role() == Role::Init {
        told.does = [
            "can not start: an init container fails",
            "can not start: an init container fails",
        ];
        told.with = Sentence::default();
        told.advice = OF_INIT;
    }
    told.container = end.map_or_else(|| say("ended"), |end| ended(ill, &end));
    told.words = true;
    told
}

/// A container's reason, where it is none.
fn plain(reason: &str) -> &str {
    match reason {
        "Error" => "ended with an error",
        "Completed" => "ended",
        "" => "failed",
        reason => reason,
    }
}

/// It runs again, but ended a short while ago.
pub(super) fn restarted<'a>(ill: &Ill<'a>) -> Told<'a> {
    let row = ill.row();
    let end = ill.end();
    let killed = end.as_ref().and_then(|end| probe::killed_by(ill, end));
    let at = end.as_ref().map_or(0, |end| end.at);
    let often = count(row.restarts, "restart");
    let line = say(format!("runs again, {often}"));
    let once = |does| {
        let with = Sentence::default().since(" ", at);
        (does, with.and(if at > 0 { " ago" } else { "" }))
    };
    let ((does, with), advice) = match &end {
        Some(end) if row.restarts >= HABIT => {
            let crash = crash(ill);
            let with = say(format!(", {often}")).since(" in ", row.meta.created);
            let with = with.since(", the last ", end.at);
            (
                (crash.does, with.and(if end.at > 0 { " ago" } else { "" })),
                crash.advice,
            )
        }
        Some(end) if is_out_of_memory(end) => (
            once(["ran out of memory", "ran out of memory"]),
            OUT_OF_MEMORY,
        ),
        Some(_) if killed.is_some() => (
            once([
                "was killed by its liveness probe",
                "were killed by their liveness probe",
            ]),
            probe::LIVENESS,
        ),
        Some(end) => (
            once(["was restarted", "were restarted"]),
            exit(end.code).advice,
        ),
        None => (once(["was restarted", "were restarted"]), ""),
    };
    Told {
        with,
        container: end
            .as_ref()
            .map_or_else(Sentence::default, |end| ended(ill, end)),
        event: killed,
        advice,
        words: true,
        ..Told::new(does, line)
    }
}

/// `1 restart`, `7 restarts`
pub(super) fn count(number: u32, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{s}")
}

/// When the kubelet tries again: as long after the end as it says in its message, else as it always does
/// (`k8s.io/kubernetes/pkg/kubelet`: 10 s, doubled with each restart up to `MaxContainerBackOff`, 5 min).
fn next_try(ill: &Ill, end: Option<&End>) -> Option<i64> {
    let end = end.filter(|end| end.at > 0)?;
    let said = ill.message().strip_prefix("back-off ").and_then(|rest| {
        let (wait, _) = rest.split_once(' ')?;
        go_seconds(wait)
    });
    let doubled = || 10_i64 << ill.row().restarts.saturating_sub(1).min(5);
    Some(end.at + said.unwrap_or_else(|| doubled().min(300)))
}

/// Seconds of a duration as Go writes it: `5m0s`, `1h0m10s`.
fn go_seconds(text: &str) -> Option<i64> {
    let (mut seconds, mut number) = (0, String::new());
    for c in text.chars() {
        let unit = match c {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => {
                number.push(c);
                continue;
            }
        };
        seconds += number.parse::<i64>().ok()? * unit;
        number.clear();
    }
    number.is_empty().then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        for (text, seconds) in [
            ("10s", Some(10)),
            ("2m40s", Some(160)),
            ("5m0s", Some(300)),
            ("1h0m10s", Some(3610)),
            ("soon", None),
            ("10", None),
        ] {
            assert_eq!(go_seconds(text), seconds, "{text}");
        }
    }

    #[test]
    fn every_code_has_a_meaning_of_its_own_or_the_programs() {
        for (code, says) in [
            (0, "just done"),
            (1, ""),
            (3, ""),
            (126, "can not be run"),
            (127, "is not there"),
            (130, "a signal"),
            (137, "SIGKILL"),
            (139, "SIGSEGV"),
            (143, "SIGTERM"),
            (255, ""),
        ] {
            let means = exit(code).means;
            assert!(
                means.contains(says) && means.is_empty() == says.is_empty(),
                "{code}: {means}"
            );
        }
    }
}
