//! batch/v1: Job and CronJob.

use serde::Deserialize;

use super::{
    slim::{Metadata, SlimCondition, Str, nullable, seconds},
    template::Template,
};
use crate::model::row::{ControllerRow, Interner, Kind, Replicas, Row};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Job<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    spec: JobSpec<'a>,
    status: JobStatus<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct JobSpec<'a> {
    completions: Option<u32>,
    parallelism: Option<u32>,
    suspend: bool,
    #[serde(borrow)]
    template: Template<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct JobStatus<'a> {
    active: u32,
    ready: u32,
    succeeded: u32,
    failed: u32,
    #[serde(borrow)]
    completion_time: Str<'a>,
    #[serde(deserialize_with = "nullable")]
    conditions: Vec<SlimCondition<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CronJob<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    spec: CronJobSpec<'a>,
    status: CronJobStatus<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CronJobSpec<'a> {
    #[serde(borrow)]
    schedule: Str<'a>,
    suspend: bool,
    job_template: JobTemplate<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct JobTemplate<'a> {
    #[serde(borrow)]
    spec: JobSpec<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CronJobStatus<'a> {
    #[serde(deserialize_with = "nullable")]
    active: Vec<serde::de::IgnoredAny>,
    #[serde(borrow)]
    last_schedule_time: Str<'a>,
}

pub(super) fn job(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let Job {
        metadata,
        spec,
        status,
    } = serde_json::from_slice(json)?;
    let replicas = Replicas {
        // Without completions a work queue is done when one Pod succeeds.
        desired: spec.completions.unwrap_or(1).max(
            spec.completions
                .map_or(spec.parallelism.unwrap_or(1), |_| 0),
        ),
        current: status.active,
        updated: status.succeeded,
        ready: status.ready,
        available: status.ready,
        failed: status.failed,
    };
    let conditions = status
        .conditions
        .iter()
        .map(|condition| condition.row(names))
        .collect();
    let last = seconds(&status.completion_time);
    let row = base(&metadata, &spec, Kind::Job, names);
    Ok(Some(Row::Controller(Box::new(ControllerRow {
        replicas,
        conditions,
        last,
        ..row
    }))))
}

pub(super) fn cron_job(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let CronJob {
        metadata,
        spec,
        status,
    } = serde_json::from_slice(json)?;
    let active = status.active.len() as u32;
    let replicas = Replicas {
        current: active,
        ..Replicas::default()
    };
    let row = base(&metadata, &spec.job_template.spec, Kind::CronJob, names);
    Ok(Some(Row::Controller(Box::new(ControllerRow {
        replicas,
        suspended: spec.suspend,
        schedule: Some(names.name(&spec.schedule)),
        last: seconds(&status.last_schedule_time),
        ..row
    }))))
}

fn base(metadata: &Metadata, spec: &JobSpec, kind: Kind, names: &mut Interner) -> ControllerRow {
    ControllerRow {
        meta: metadata.row(names),
        kind,
        replicas: Replicas::default(),
        observed: true,
        suspended: spec.suspend,
        conditions: Vec::new(),
        images: spec.template.spec.images(names),
        resources: spec.template.spec.resources(names),
        labels: spec.template.labels(names),
        own_labels: metadata.labels(names),
        references: spec.template.spec.references(&[], names),
        group: metadata.group(names),
        schedule: None,
        last: 0,
        revision: None,
    }
}
