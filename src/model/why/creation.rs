//! Instances that are not even created: quotas, limits, policies.

use super::{
    reading::{Reading, read},
    sentence::{Sentence, say},
};
use crate::model::{row::EventRow, tree::Map, tree::Server, world::World};

/// What the API server answers to a controller that wants to create an Instance.
const REFUSALS: &[Reading] = &[
    Reading {
        has: &["exceeded quota"],
        does: ["the quota is used up", ""],
        advice: "Ask for less, stop something else in this Map, or have the quota raised. It goes on by itself once there is room.",
    },
    Reading {
        has: &["failed quota", "must specify"],
        does: [
            "the quota wants requests and limits that its template does not give",
            "",
        ],
        advice: "Give every container the requests and limits that the quota counts, or the Map a LimitRange with defaults.",
    },
    Reading {
        has: &[
            "usage per container is",
            "usage per pod is",
            "limit to request ratio",
        ],
        does: [
            "it asks for more or less than the Map's LimitRange allows",
            "",
        ],
        advice: "Change its requests and limits to what the LimitRange allows, or have that changed.",
    },
    Reading {
        has: &["violates podsecurity"],
        does: ["the Map's Pod security level forbids it", ""],
        advice: "Change what the message names in its securityContext, or run it in a Map with another level.",
    },
    Reading {
        has: &["failed calling webhook"],
        does: [
            "an admission webhook does not answer, and nothing is created without it",
            "",
        ],
        advice: "The webhook's own Server is away or not ready: look at that first.",
    },
    Reading {
        has: &["denied the request", "admission webhook"],
        does: ["a policy refuses it", ""],
        advice: "Change what the policy names, or ask whoever owns the policy.",
    },
    Reading {
        has: &["serviceaccount"],
        does: ["its ServiceAccount does not exist", ""],
        advice: "Make the ServiceAccount, or name another in the template.",
    },
    Reading {
        has: &["priorityclass"],
        does: ["its PriorityClass does not exist", ""],
        advice: "Make the PriorityClass, or name another in the template.",
    },
    Reading {
        has: &["being terminated"],
        does: ["its namespace is being deleted", ""],
        advice: "Nothing new is created in a namespace that goes.",
    },
];

/// Why no more Instances are created.
pub(super) struct Refusal<'a> {
    /// A clause: `the quota team is used up: …`.
    pub(super) says: Sentence,
    pub(super) advice: &'static str,
    /// The Event that says it, and the controller that it is about.
    pub(super) event: Option<&'a EventRow>,
}

/// What keeps a Server's controllers from creating Instances, where that is newer than that they have created one.
pub(super) fn refusal<'a>(
    world: &'a World,
    map: &'a Map,
    server: &'a Server,
) -> Option<Refusal<'a>> {
    let mut makers = vec![server.key.uid];
    let children = server
        .children
        .iter()
        .filter_map(|slot| world.servers().get(*slot));
    makers.extend(children.map(|child| child.key.uid));
    let about = |event: &&EventRow| makers.contains(&event.about.2);
    let newest = |reason: &str| {
        let of = map
            .events()
            .filter(about)
            .filter(|event| &*event.reason == reason);
        of.max_by_key(|event| event.last)
    };
    let refused = newest("FailedCreate");
    let created = newest("SuccessfulCreate").map_or(0, |event| event.last);
    let event = refused.filter(|event| event.last >= created);
    let condition = server.row.as_ref().and_then(|row| {
        let mut all = row.conditions.iter();
        all.find(|condition| &*condition.kind == "ReplicaFailure" && condition.holds)
    });
    let message = match (event, condition) {
        (_, Some(condition)) => &*condition.message,
        (Some(event), None) => &*event.message,
        (None, None) => return None,
    };
    let (says, advice) = clause(message);
    Some(Refusal {
        says,
        advice,
        event,
    })
}

/// What a refusal amounts to, and what usually helps.
fn clause(message: &str) -> (Sentence, &'static str) {
    let known = read(REFUSALS, message);
    let advice = known.map_or("", |reading| reading.advice);
    let plain = known.map_or("the API server refuses them", |reading| reading.does[0]);
    let says = quota(message).or_else(|| policy(message));
    (say(says.unwrap_or_else(|| plain.to_owned())), advice)
}

/// `exceeded quota: team, requested: limits.cpu=2, used: limits.cpu=11, limited: limits.cpu=12`
/// (`k8s.io/apiserver/pkg/admission/plugin/resourcequota`).
fn quota(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("exceeded quota: ")?;
    let (name, rest) = rest.split_once(", requested: ")?;
    let (requested, rest) = rest.split_once(", used: ")?;
    let (used, limited) = rest.split_once(", limited: ")?;
    let amount = |list: &str, of: &str| {
        let mut pairs = list.split(',').filter_map(|pair| pair.split_once('='));
        pairs
            .find(|(name, _)| *name == of)
            .map(|(_, amount)| amount.trim_end_matches('…').to_owned())
    };
    let short = requested.split(',').filter_map(|pair| {
        let (of, wants) = pair.split_once('=')?;
        Some(format!(
            "{of} {} of {}, and one more wants {wants}",
            amount(used, of)?,
            amount(limited, of)?
        ))
    });
    let short: Vec<String> = short.take(2).collect();
    Some(format!(
        "the quota {name} is used up ({})",
        short.join("; ")
    ))
}

/// `admission webhook "policy.example.com" denied the request: no latest tags`
fn policy(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("admission webhook \"")?;
    let (name, rest) = rest.split_once('"')?;
    let (_, says) = rest.split_once("denied the request: ")?;
    Some(format!(
        "the policy {name} refuses it: {}",
        says.trim_end_matches('.')
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::why::Part;

    #[test]
    fn refusals_are_put_in_words() {
        for (message, says) in [
            (
                r#"pods "a" is forbidden: exceeded quota: team, requested: limits.cpu=2,requests.cpu=750m, used: limits.cpu=11,requests.cpu=3500m, limited: limits.cpu=12,requests.cpu=4"#,
                "the quota team is used up (limits.cpu 11 of 12, and one more wants 2; requests.cpu 3500m of 4, and one more wants 750m)",
            ),
            (
                r#"admission webhook "policy.example.com" denied the request: no latest tags."#,
                "the policy policy.example.com refuses it: no latest tags",
            ),
            (
                r#"Internal error occurred: failed calling webhook "a": connection refused"#,
                "an admission webhook does not answer, and nothing is created without it",
            ),
            (
                r#"pods "a" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false"#,
                "the Map's Pod security level forbids it",
            ),
            (
                r#"pods "a" is forbidden: error looking up service account a/b: serviceaccount "b" not found"#,
                "its ServiceAccount does not exist",
            ),
            (
                "pods \"a\" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi",
                "it asks for more or less than the Map's LimitRange allows",
            ),
            (
                "pods \"a\" is forbidden: failed quota: q: must specify limits.cpu for: c",
                "the quota wants requests and limits that its template does not give",
            ),
            ("who knows", "the API server refuses them"),
        ] {
            assert_eq!(
                clause(message).0.parts(),
                [Part::Words(says.into())],
                "{message}"
            );
        }
    }
}
