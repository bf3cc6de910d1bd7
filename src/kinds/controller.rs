//! apps/v1: Deployment, StatefulSet, DaemonSet, ReplicaSet.

use serde::Deserialize;

use super::{
    slim::{Metadata, SlimCondition, Str, nullable},
    template::{Claim, Template},
};
use crate::model::row::{ControllerRow, Interner, Kind, Replicas, Row};

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

pub(super) fn deployment(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Controller = serde_json::from_slice(json)?;
    let status = &object.status;
    let replicas = Replicas {
        desired: object.spec.replicas.unwrap_or(1),
        current: status.replicas,
        updated: status.updated_replicas,
        ready: status.ready_replicas,
        available: status.available_replicas,
        failed: 0,
    };
    let revision = object
        .metadata
        .annotation("deployment.kubernetes.io/revision", names);
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
    let desired = object.spec.replicas.unwrap_or(1);
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
        desired,
        current: status.replicas,
        updated: if everywhere {
            desired
        } else {
            status.updated_replicas
        },
        ready: status.ready_replicas,
        available: status.available_replicas,
        failed: 0,
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
    let status = &object.status;
    let replicas = Replicas {
        desired: object.spec.replicas.unwrap_or(1),
        current: status.replicas,
        updated: status.replicas,
        ready: status.ready_replicas,
        available: status.available_replicas,
        failed: 0,
    };
    let revision = object
        .metadata
        .annotation("deployment.kubernetes.io/revision", names);
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
    revision: Option<crate::model::ids::Name>,
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
