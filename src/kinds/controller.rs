//! apps/v1: Deployment, StatefulSet, DaemonSet, ReplicaSet.

use serde::Deserialize;

use super::{
    slim::{Metadata, SlimCondition, Str, nullable},
    template::{Claim, Template},
};
use crate::model::{
    ids::Name,
    row::{ControllerRow, Interner, Kind, Replicas, Row},
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Controller<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    spec: Spec<'a>,
    status: Status<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec<'a> {
    replicas: Option<u32>,
    paused: bool,
    #[serde(borrow)]
    template: Template<'a>,
    update_strategy: Strategy<'a>,
    #[serde(deserialize_with = "nullable")]
    volume_claim_templates: Vec<Claim<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Strategy<'a> {
    #[serde(borrow, rename = "type")]
    kind: Str<'a>,
    #[serde(deserialize_with = "nullable")]
    rolling_update: RollingUpdate,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RollingUpdate {
    partition: u32,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status<'a> {
    observed_generation: i64,
    replicas: u32,
    ready_replicas: u32,
    updated_replicas: u32,
    available_replicas: u32,
    #[serde(borrow)]
    current_revision: Str<'a>,
    update_revision: Str<'a>,
    desired_number_scheduled: u32,
    current_number_scheduled: u32,
    updated_number_scheduled: u32,
    number_ready: u32,
    number_available: u32,
    #[serde(deserialize_with = "nullable")]
    conditions: Vec<SlimCondition<'a>>,
}

impl Controller<'_> {
    /// What is asked for by `spec.replicas`, and how far that is.
    fn scaled(&self) -> Replicas {
        Replicas {
            desired: self.spec.replicas.unwrap_or(1),
            current: self.status.replicas,
            updated: self.status.updated_replicas,
            ready: self.status.ready_replicas,
            available: self.status.available_replicas,
            failed: 0,
        }
    }

    /// A Deployment's number of a rollout, which it writes on its ReplicaSets too.
    fn revision(&self, names: &mut Interner) -> Option<Name> {
        self.metadata
            .annotation("deployment.kubernetes.io/revision", names)
    }
}

pub(super) fn deployment(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Controller = serde_json::from_slice(json)?;
    let (replicas, revision) = (object.scaled(), object.revision(names));
    Ok(Some(row(
        &object,
        Kind::Deployment,
        replicas,
        revision,
        names,
    )))
}

pub(super) fn stateful_set(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Controller = serde_json::from_slice(json)?;
    let status = &object.status;
    let scaled = object.scaled();
    let desired = scaled.desired;
    // The newest revision everywhere it is asked for: `kubectl rollout status` counts from the partition on.
    let partition = object
        .spec
        .update_strategy
        .rolling_update
        .partition
        .min(desired);
    let everywhere = *status.current_revision == *status.update_revision
        || &*object.spec.update_strategy.kind == "OnDelete"
        || status.updated_replicas >= desired - partition;
    let replicas = Replicas {
        updated: if everywhere { desired } else { scaled.updated },
        ..scaled
    };
    let revision = Some(names.name(&status.update_revision));
    Ok(Some(row(
        &object,
        Kind::StatefulSet,
        replicas,
        revision,
        names,
    )))
}

pub(super) fn daemon_set(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Controller = serde_json::from_slice(json)?;
    let status = &object.status;
    let by_hand = &*object.spec.update_strategy.kind == "OnDelete";
    let replicas = Replicas {
        desired: status.desired_number_scheduled,
        current: status.current_number_scheduled,
        updated: if by_hand {
            status.desired_number_scheduled
        } else {
            status.updated_number_scheduled
        },
        ready: status.number_ready,
        available: status.number_available,
        failed: 0,
    };
    Ok(Some(row(&object, Kind::DaemonSet, replicas, None, names)))
}

pub(super) fn replica_set(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Controller = serde_json::from_slice(json)?;
    // It has no revisions of its own: all that there are are the newest.
    let replicas = Replicas {
        updated: object.status.replicas,
        ..object.scaled()
    };
    let revision = object.revision(names);
    Ok(Some(row(
        &object,
        Kind::ReplicaSet,
        replicas,
        revision,
        names,
    )))
}

fn row(
    object: &Controller,
    kind: Kind,
    replicas: Replicas,
    revision: Option<Name>,
    names: &mut Interner,
) -> Row {
    let Controller {
        metadata,
        spec,
        status,
    } = object;
    Row::Controller(Box::new(ControllerRow {
        meta: metadata.row(names),
        kind,
        replicas,
        observed: status.observed_generation >= metadata.generation,
        suspended: spec.paused,
        conditions: status
            .conditions
            .iter()
            .map(|condition| condition.row(names))
            .collect(),
        images: spec.template.spec.images(names),
        resources: spec.template.spec.resources(names),
        labels: spec.template.labels(names),
        own_labels: metadata.labels(names),
        references: spec
            .template
            .spec
            .references(&spec.volume_claim_templates, names),
        group: metadata.group(names),
        schedule: None,
        last: 0,
        revision,
    }))
}
