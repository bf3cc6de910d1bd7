//! Controllers: how they replace what they run, the numbers they go by, their template.

use k8s_openapi::{
    api::{
        apps::v1::{
            DaemonSet, DaemonSetUpdateStrategy, Deployment, DeploymentStrategy, ReplicaSet,
            StatefulSet, StatefulSetUpdateStrategy,
        },
        batch::v1::{CronJob, Job, JobSpec},
        core::v1::PodTemplateSpec,
    },
    apimachinery::pkg::{apis::meta::v1::ObjectMeta, util::intstr::IntOrString},
};

use super::{about, number, pod::spec, row};
use crate::model::{
    Detail,
    detail::{ControllerDetail, Strategy},
    ids::Name,
    row::{Interner, Row},
};

type Read = serde_json::Result<Option<Row>>;

/// Numbers by the API's own words; what the object does not say is left out.
type Policy = Vec<(&'static str, Name)>;

fn policy(said: &[(&'static str, Option<String>)], names: &mut Interner) -> Policy {
    let given = said
        .iter()
        .filter_map(|(word, value)| Some((*word, value.as_ref()?)));
    given
        .map(|(word, value)| (word, names.name(value)))
        .collect()
}

fn text(value: Option<impl ToString>) -> Option<String> {
    value.map(|value| value.to_string())
}

/// What all controllers have, put together.
fn controller(
    (metadata, json): (&ObjectMeta, &[u8]),
    strategy: Strategy,
    said: &[(&'static str, Option<String>)],
    template: Option<&PodTemplateSpec>,
    names: &mut Interner,
) -> Read {
    let template = template.and_then(|template| template.spec.as_ref());
    let detail = ControllerDetail {
        about: about(metadata, json, names)?,
        strategy,
        policy: policy(said, names),
        pod: template
            .map(|template| spec(template, names))
            .unwrap_or_default(),
    };
    Ok(Some(row(metadata, Detail::Controller(detail))))
}

fn strategy(
    kind: Option<&String>,
    surge: Option<&IntOrString>,
    unavailable: Option<&IntOrString>,
    names: &mut Interner,
) -> Strategy {
    let mut written = |value: &IntOrString| names.name(&number(value));
    let (surge, unavailable) = (surge.map(&mut written), unavailable.map(&mut written));
    Strategy {
        kind: names.name(kind.map_or("", String::as_str)),
        surge,
        unavailable,
        partition: None,
    }
}

pub(in crate::kinds) fn deployment(json: &[u8], names: &mut Interner) -> Read {
    let object: Deployment = serde_json::from_slice(json)?;
    let spec = object.spec;
    let said = [
        ("minReadySeconds", text(spec.min_ready_seconds)),
        (
            "progressDeadlineSeconds",
            text(spec.progress_deadline_seconds),
        ),
        ("revisionHistoryLimit", text(spec.revision_history_limit)),
    ];
    let DeploymentStrategy {
        type_,
        rolling_update,
    } = spec.strategy.unwrap_or_default();
    let rolling = rolling_update.unwrap_or_default();
    let (surge, gone) = (rolling.max_surge.as_ref(), rolling.max_unavailable.as_ref());
    let strategy = strategy(type_.as_ref(), surge, gone, names);
    let of = (&object.metadata, json);
    controller(of, strategy, &said, Some(&spec.template), names)
}

pub(in crate::kinds) fn stateful_set(json: &[u8], names: &mut Interner) -> Read {
    let object: StatefulSet = serde_json::from_slice(json)?;
    let spec = object.spec;
    let said = [
        ("minReadySeconds", text(spec.min_ready_seconds)),
        ("podManagementPolicy", spec.pod_management_policy),
        ("serviceName", spec.service_name),
        ("revisionHistoryLimit", text(spec.revision_history_limit)),
    ];
    let StatefulSetUpdateStrategy {
        type_,
        rolling_update,
    } = spec.update_strategy.unwrap_or_default();
    let rolling = rolling_update.unwrap_or_default();
    let partition = rolling
        .partition
        .map(|from| from as u32)
        .filter(|from| *from > 0);
    let strategy = Strategy {
        partition,
        ..strategy(
            type_.as_ref(),
            None,
            rolling.max_unavailable.as_ref(),
            names,
        )
    };
    let of = (&object.metadata, json);
    controller(of, strategy, &said, Some(&spec.template), names)
}

pub(in crate::kinds) fn daemon_set(json: &[u8], names: &mut Interner) -> Read {
    let object: DaemonSet = serde_json::from_slice(json)?;
    let spec = object.spec;
    let said = [
        ("minReadySeconds", text(spec.min_ready_seconds)),
        ("revisionHistoryLimit", text(spec.revision_history_limit)),
    ];
    let DaemonSetUpdateStrategy {
        type_,
        rolling_update,
    } = spec.update_strategy.unwrap_or_default();
    let rolling = rolling_update.unwrap_or_default();
    let (surge, gone) = (rolling.max_surge.as_ref(), rolling.max_unavailable.as_ref());
    let strategy = strategy(type_.as_ref(), surge, gone, names);
    let of = (&object.metadata, json);
    controller(of, strategy, &said, Some(&spec.template), names)
}

pub(in crate::kinds) fn replica_set(json: &[u8], names: &mut Interner) -> Read {
    let object: ReplicaSet = serde_json::from_slice(json)?;
    let spec = object.spec;
    let said = [("minReadySeconds", text(spec.min_ready_seconds))];
    let of = (&object.metadata, json);
    controller(
        of,
        Strategy::default(),
        &said,
        spec.template.as_ref(),
        names,
    )
}

/// What a Job goes by.
fn job_policy(spec: &JobSpec) -> [(&'static str, Option<String>); 6] {
    [
        ("completions", text(spec.completions)),
        ("parallelism", text(spec.parallelism)),
        ("completionMode", spec.completion_mode.clone()),
        ("backoffLimit", text(spec.backoff_limit)),
        ("activeDeadlineSeconds", text(spec.active_deadline_seconds)),
        (
            "ttlSecondsAfterFinished",
            text(spec.ttl_seconds_after_finished),
        ),
    ]
}

pub(in crate::kinds) fn job(json: &[u8], names: &mut Interner) -> Read {
    let object: Job = serde_json::from_slice(json)?;
    let spec = object.spec.unwrap_or_default();
    let of = (&object.metadata, json);
    controller(
        of,
        Strategy::default(),
        &job_policy(&spec),
        Some(&spec.template),
        names,
    )
}

pub(in crate::kinds) fn cron_job(json: &[u8], names: &mut Interner) -> Read {
    let object: CronJob = serde_json::from_slice(json)?;
    let spec = object.spec;
    let job = spec.job_template.spec.unwrap_or_default();
    let said = [
        ("schedule", Some(spec.schedule)),
        ("timeZone", spec.time_zone),
        ("concurrencyPolicy", spec.concurrency_policy),
        (
            "startingDeadlineSeconds",
            text(spec.starting_deadline_seconds),
        ),
        (
            "successfulJobsHistoryLimit",
            text(spec.successful_jobs_history_limit),
        ),
        (
            "failedJobsHistoryLimit",
            text(spec.failed_jobs_history_limit),
        ),
    ];
    let said: Vec<_> = said.into_iter().chain(job_policy(&job)).collect();
    let of = (&object.metadata, json);
    controller(of, Strategy::default(), &said, Some(&job.template), names)
}
