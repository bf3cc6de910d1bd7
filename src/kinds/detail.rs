//! One object with all that its overview shows. Asked for only while somebody looks, so it is read with the API's own types
//! rather than with slim ones.

mod controller;
mod object;
mod pod;

use k8s_openapi::apimachinery::pkg::{apis::meta::v1::ObjectMeta, util::intstr::IntOrString};

pub(super) use controller::{cron_job, daemon_set, deployment, job, replica_set, stateful_set};
pub(super) use object::{object, secret};
pub(super) use pod::pod;

use serde::Deserialize;

use super::slim::{Nothing, Object, SlimCondition, nullable, short};
use crate::model::{
    Detail, Uid,
    detail::About,
    row::{Condition, Interner, Labels, Row},
};

/// Annotations that only say again what the object says, or are a tool's own book-keeping.
const REPEATED: &[&str] = &[
    "kubectl.kubernetes.io/last-applied-configuration",
    "deployment.kubernetes.io/revision",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    "deprecated.daemonset.template.generation",
];

fn row(metadata: &ObjectMeta, detail: Detail) -> Row {
    let uid = metadata.uid.as_deref().unwrap_or_default();
    Row::Detail(Uid::parse(uid), Box::new(detail))
}

fn about(metadata: &ObjectMeta, json: &[u8], names: &mut Interner) -> serde_json::Result<About> {
    let mut pairs = |of: &Option<std::collections::BTreeMap<String, String>>| -> Labels {
        let kept = of
            .iter()
            .flatten()
            .filter(|(key, _)| !REPEATED.contains(&key.as_str()));
        kept.map(|(key, value)| (names.name(key), short(value, names)))
            .collect()
    };
    let (labels, annotations) = (pairs(&metadata.labels), pairs(&metadata.annotations));
    // Status and scale are written by controllers all the time.
    let entries = metadata.managed_fields.iter().flatten();
    let written = entries
        .filter(|entry| entry.subresource.as_deref().unwrap_or_default().is_empty())
        .filter_map(|entry| {
            Some((
                entry.manager.as_deref()?,
                entry.time.as_ref()?.0.as_second(),
            ))
        })
        .filter(|(manager, _)| *manager != "kube-controller-manager")
        .max_by_key(|(_, at)| *at);
    Ok(About {
        labels,
        annotations,
        written: written.map(|(manager, at)| (names.name(manager), at)),
        conditions: conditions(json, names)?,
    })
}

/// Go's `IntOrString` as it is written.
fn number(value: &IntOrString) -> String {
    match value {
        IntOrString::Int(number) => number.to_string(),
        IntOrString::String(text) => text.clone(),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Conditions<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    conditions: Vec<SlimCondition<'a>>,
}

/// The API has a type of its own for the conditions of each kind, but they are alike.
fn conditions(json: &[u8], names: &mut Interner) -> serde_json::Result<Vec<Condition>> {
    let object: Object<Nothing, Conditions> = serde_json::from_slice(json)?;
    Ok(object
        .status
        .conditions
        .iter()
        .map(|condition| condition.row(names))
        .collect())
}
