//! What makes Pods (`pkg/apis/apps/v1/defaults.go`, `pkg/apis/batch/v1/defaults.go`).

use serde_json::{Value, json};

use super::pods::template;
use crate::demo::{
    fields::{at, blank, each, is_blank, make, missing, put, take},
    object,
};

pub(super) fn deployment(deployment: &mut Value) {
    let Some(spec) = make(deployment, "spec") else {
        return;
    };
    missing(spec, "replicas", 1);
    if let Some(strategy) = make(spec, "strategy") {
        blank(strategy, "type", "RollingUpdate");
        if strategy["type"] == "RollingUpdate"
            && let Some(rolling) = make(strategy, "rollingUpdate")
        {
            missing(rolling, "maxUnavailable", "25%");
            missing(rolling, "maxSurge", "25%");
        }
    }
    missing(spec, "revisionHistoryLimit", 10);
    missing(spec, "progressDeadlineSeconds", 600);
    template(spec, "template");
    make(deployment, "status");
}

pub(super) fn stateful_set(set: &mut Value) {
    let Some(spec) = make(set, "spec") else {
        return;
    };
    blank(spec, "podManagementPolicy", "OrderedReady");
    if let Some(strategy) = make(spec, "updateStrategy") {
        if is_blank(&strategy["type"]) {
            put(strategy, "type", "RollingUpdate");
            make(strategy, "rollingUpdate");
        }
        if strategy["type"] == "RollingUpdate"
            && let Some(rolling) = at(strategy, "/rollingUpdate")
        {
            missing(rolling, "partition", 0);
        }
    }
    if let Some(policy) = make(spec, "persistentVolumeClaimRetentionPolicy") {
        blank(policy, "whenDeleted", "Retain");
        blank(policy, "whenScaled", "Retain");
    }
    missing(spec, "replicas", 1);
    missing(spec, "revisionHistoryLimit", 10);
    missing(spec, "serviceName", "");
    for claim in each(spec, "/volumeClaimTemplates") {
        blank(claim, "apiVersion", "v1");
        blank(claim, "kind", "PersistentVolumeClaim");
        super::others::claim(claim);
    }
    template(spec, "template");
    if let Some(status) = make(set, "status") {
        missing(status, "replicas", 0);
        missing(status, "availableReplicas", 0);
    }
}

/// `spec.templateGeneration` of long ago is an annotation now (`pkg/apis/apps/v1/conversion.go`).
const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

pub(super) fn daemon_set(set: &mut Value) {
    if let Some(metadata) = make(set, "metadata")
        && let Some(annotations) = make(metadata, "annotations")
    {
        missing(annotations, TEMPLATE_GENERATION, "0");
    }
    let Some(spec) = make(set, "spec") else {
        return;
    };
    if let Some(strategy) = make(spec, "updateStrategy") {
        blank(strategy, "type", "RollingUpdate");
        if strategy["type"] == "RollingUpdate"
            && let Some(rolling) = make(strategy, "rollingUpdate")
        {
            missing(rolling, "maxUnavailable", 1);
            missing(rolling, "maxSurge", 0);
        }
    }
    missing(spec, "revisionHistoryLimit", 10);
    template(spec, "template");
    if let Some(status) = make(set, "status") {
        for count in [
            "currentNumberScheduled",
            "desiredNumberScheduled",
            "numberMisscheduled",
            "numberReady",
        ] {
            missing(status, count, 0);
        }
    }
}

pub(super) fn replica_set(set: &mut Value) {
    let Some(spec) = make(set, "spec") else {
        return;
    };
    missing(spec, "replicas", 1);
    template(spec, "template");
    if let Some(status) = make(set, "status") {
        missing(status, "replicas", 0);
    }
}

pub(super) fn replication_controller(controller: &mut Value) {
    // Unlike others it can be without a template, which is then found missing.
    let has_template = !controller["spec"]["template"].is_null();
    replica_set(controller);
    if !has_template && let Some(spec) = at(controller, "/spec") {
        take(spec, "template");
    }
    let labels = controller["spec"]["template"]["metadata"]["labels"].clone();
    if labels.is_object() {
        if let Some(spec) = at(controller, "/spec") {
            blank(spec, "selector", labels.clone());
        }
        if let Some(metadata) = at(controller, "/metadata") {
            blank(metadata, "labels", labels.clone());
        }
    }
}

pub(super) fn job(job: &mut Value) {
    let Some(spec) = make(job, "spec") else {
        return;
    };
    // With neither of them there is one Pod; with parallelism alone any success ends the work.
    if spec["completions"].is_null() && spec["parallelism"].is_null() {
        put(spec, "completions", 1);
    }
    missing(spec, "parallelism", 1);
    let patience = if spec["backoffLimitPerIndex"].is_null() {
        6
    } else {
        i32::MAX
    };
    missing(spec, "backoffLimit", patience);
    missing(spec, "completionMode", "NonIndexed");
    missing(spec, "suspend", false);
    let replaced = if spec["podFailurePolicy"].is_null() {
        "TerminatingOrFailed"
    } else {
        "Failed"
    };
    missing(spec, "podReplacementPolicy", replaced);
    missing(spec, "manualSelector", false);
    for rule in each(spec, "/podFailurePolicy/rules") {
        for pattern in each(rule, "/onPodConditions") {
            blank(pattern, "status", "True");
        }
    }
    template(spec, "template");
    let labels = spec["template"]["metadata"]["labels"].clone();
    let selected = spec["manualSelector"] == json!(true)
        || !labels["batch.kubernetes.io/controller-uid"].is_null();
    // A Job whose selector is yet to be made takes over the labels that come with it too.
    if selected
        && labels.is_object()
        && let Some(metadata) = at(job, "/metadata")
    {
        blank(metadata, "labels", labels.clone());
    }
    make(job, "status");
}

pub(super) fn cron_job(job: &mut Value) {
    let Some(spec) = make(job, "spec") else {
        return;
    };
    blank(spec, "concurrencyPolicy", "Allow");
    missing(spec, "suspend", false);
    missing(spec, "successfulJobsHistoryLimit", 3);
    missing(spec, "failedJobsHistoryLimit", 1);
    if let Some(jobs) = make(spec, "jobTemplate") {
        make(jobs, "metadata");
        if let Some(spec) = make(jobs, "spec") {
            template(spec, "template");
        }
        // What is made after it is filled in when it is made.
        if object::fields(jobs, "/status").is_some() {
            take(jobs, "status");
        }
    }
    make(job, "status");
}
