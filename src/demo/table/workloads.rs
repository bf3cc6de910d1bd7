//! Rows of what runs Pods: controllers, Jobs, autoscalers, budgets.

use serde_json::{Value, json};

use super::{
    AGE, CONTAINERS, IMAGES, NAME, SELECTOR, View, age, containers, count, flag, labels, name,
    number, text, text_or,
};
use crate::demo::object;

const TEMPLATE: &str = "/spec/template/spec/containers";

pub(super) static DEPLOYMENTS: View = View {
    columns: &[
        NAME,
        text("Ready"),
        text("Up-to-date"),
        text("Available"),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
    ],
    cells: |object, now| {
        let [names, images] = containers(object, TEMPLATE);
        vec![
            name(object),
            ready_of_wanted(object),
            count(object, "/status/updatedReplicas"),
            count(object, "/status/availableReplicas"),
            age(object, now),
            names,
            images,
            json!(labels::selector(object, "/spec/selector")),
        ]
    },
};

pub(super) static STATEFUL_SETS: View = View {
    columns: &[NAME, text("Ready"), AGE, CONTAINERS, IMAGES],
    cells: |object, now| {
        let [names, images] = containers(object, TEMPLATE);
        vec![
            name(object),
            ready_of_wanted(object),
            age(object, now),
            names,
            images,
        ]
    },
};

fn ready_of_wanted(object: &Value) -> Value {
    let (ready, wanted) = (
        count(object, "/status/readyReplicas"),
        count(object, "/spec/replicas"),
    );
    json!(format!("{ready}/{wanted}"))
}

pub(super) static REPLICA_SETS: View = View {
    columns: REPLICAS,
    cells: |object, now| {
        let selector = labels::selector_or_none(object, "/spec/selector");
        replicas(object, now, &selector)
    },
};

pub(super) static REPLICATION_CONTROLLERS: View = View {
    columns: REPLICAS,
    cells: |object, now| replicas(object, now, &labels::all(object, "/spec/selector")),
};

const REPLICAS: &[super::Column] = &[
    NAME,
    number("Desired"),
    number("Current"),
    number("Ready"),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
];

fn replicas(object: &Value, now: i64, selector: &str) -> Vec<Value> {
    let [names, images] = containers(object, TEMPLATE);
    vec![
        name(object),
        count(object, "/spec/replicas"),
        count(object, "/status/replicas"),
        count(object, "/status/readyReplicas"),
        age(object, now),
        names,
        images,
        json!(selector),
    ]
}

pub(super) static DAEMON_SETS: View = View {
    columns: &[
        NAME,
        number("Desired"),
        number("Current"),
        number("Ready"),
        number("Up-to-date"),
        number("Available"),
        text("Node Selector"),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
    ],
    cells: |object, now| {
        let [names, images] = containers(object, TEMPLATE);
        vec![
            name(object),
            count(object, "/status/desiredNumberScheduled"),
            count(object, "/status/currentNumberScheduled"),
            count(object, "/status/numberReady"),
            count(object, "/status/updatedNumberScheduled"),
            count(object, "/status/numberAvailable"),
            json!(labels::all(object, "/spec/template/spec/nodeSelector")),
            age(object, now),
            names,
            images,
            json!(labels::selector_or_none(object, "/spec/selector")),
        ]
    },
};

pub(super) static JOBS: View = View {
    columns: &[
        NAME,
        text("Status"),
        text("Completions"),
        text("Duration"),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
    ],
    cells: |job, now| {
        let done = count(job, "/status/succeeded");
        let parallel = object::number(job, "/spec/parallelism").unwrap_or(0);
        let completions = match object::number(job, "/spec/completions") {
            Some(wanted) => format!("{done}/{wanted}"),
            None if parallel > 1 => format!("{done}/1 of {parallel}"),
            None => format!("{done}/1"),
        };
        let moment = |pointer| object::millis(object::text(job, pointer));
        let duration = moment("/status/startTime").map_or(String::new(), |start| {
            super::age::human(moment("/status/completionTime").unwrap_or(now) - start)
        });
        let [names, images] = containers(job, TEMPLATE);
        vec![
            name(job),
            json!(job_status(job)),
            json!(completions),
            json!(duration),
            age(job, now),
            names,
            images,
            json!(labels::selector_or_none(job, "/spec/selector")),
        ]
    },
};

fn job_status(job: &Value) -> &'static str {
    let has = |kind: &str| {
        object::items(job, "/status/conditions")
            .iter()
            .find(|condition| condition["type"] == kind)
            .is_some_and(|condition| condition["status"] == "True")
    };
    let ended = ["Complete", "Failed"].into_iter().find(|kind| has(kind));
    let on_the_way = || {
        let kinds = ["Suspended", "FailureTarget", "SuccessCriteriaMet"];
        kinds.into_iter().find(|kind| has(kind))
    };
    match ended {
        Some(ended) => ended,
        None if object::is_leaving(job) => "Terminating",
        None => on_the_way().unwrap_or("Running"),
    }
}

pub(super) static CRON_JOBS: View = View {
    columns: &[
        NAME,
        text("Schedule"),
        text("Timezone"),
        flag("Suspend"),
        number("Active"),
        text("Last Schedule"),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
    ],
    cells: |object, now| {
        let suspended = match object["spec"]["suspend"].as_bool() {
            Some(true) => "True",
            Some(false) => "False",
            None => "<unset>",
        };
        let last = match &object["status"]["lastScheduleTime"] {
            Value::Null => "<none>".to_owned(),
            moment => super::age::since(moment, now),
        };
        let template = "/spec/jobTemplate/spec/template/spec/containers";
        let [names, images] = containers(object, template);
        vec![
            name(object),
            json!(object::text(object, "/spec/schedule")),
            json!(text_or(object, "/spec/timeZone", "<none>")),
            json!(suspended),
            json!(object::items(object, "/status/active").len()),
            json!(last),
            age(object, now),
            names,
            images,
            json!(labels::selector_or_none(
                object,
                "/spec/jobTemplate/spec/selector"
            )),
        ]
    },
};

pub(super) static CONTROLLER_REVISIONS: View = View {
    columns: &[NAME, text("Controller"), text("Revision"), AGE],
    cells: |object, now| {
        let owner = object::controller(object).map_or("<none>".to_owned(), |owner| {
            let kind = object::text(owner, "/kind").to_lowercase();
            let name = object::text(owner, "/name");
            match object::text(owner, "/apiVersion").split_once('/') {
                Some((group, _)) => format!("{kind}.{group}/{name}"),
                None => format!("{kind}/{name}"),
            }
        });
        vec![
            name(object),
            json!(owner),
            count(object, "/revision"),
            age(object, now),
        ]
    },
};

pub(super) static BUDGETS: View = View {
    columns: &[
        NAME,
        text("Min Available"),
        text("Max Unavailable"),
        number("Allowed Disruptions"),
        AGE,
    ],
    cells: |object, now| {
        let amount = |value: &Value| match value {
            Value::Null => json!("N/A"),
            Value::String(text) => json!(text),
            number => json!(number.to_string()),
        };
        vec![
            name(object),
            amount(&object["spec"]["minAvailable"]),
            amount(&object["spec"]["maxUnavailable"]),
            count(object, "/status/disruptionsAllowed"),
            age(object, now),
        ]
    },
};

pub(super) static AUTOSCALERS: View = View {
    columns: &[
        NAME,
        text("Reference"),
        text("Targets"),
        text("MinPods"),
        text("MaxPods"),
        text("Replicas"),
        AGE,
    ],
    cells: |object, now| {
        let target = &object["spec"]["scaleTargetRef"];
        let reference = format!(
            "{}/{}",
            object::text(target, "/kind"),
            object::text(target, "/name")
        );
        let least = object::number(object, "/spec/minReplicas");
        vec![
            name(object),
            json!(reference),
            json!(targets(object)),
            json!(least.map_or("<unset>".to_owned(), |least| least.to_string())),
            count(object, "/spec/maxReplicas"),
            count(object, "/status/currentReplicas"),
            age(object, now),
        ]
    },
};

/// Each metric as it is and as it should be; two of them, and how many more there are.
fn targets(autoscaler: &Value) -> String {
    const MOST: usize = 2;
    let specs = object::items(autoscaler, "/spec/metrics");
    if specs.is_empty() {
        return "<none>".to_owned();
    }
    let statuses = object::items(autoscaler, "/status/currentMetrics");
    let told: Vec<String> = specs
        .iter()
        .take(MOST)
        .enumerate()
        .map(|(position, spec)| target(spec, statuses.get(position).unwrap_or(&Value::Null)))
        .collect();
    let told = told.join(", ");
    match specs.len().saturating_sub(MOST) {
        0 => told,
        more => format!("{told} + {more} more..."),
    }
}

fn target(spec: &Value, status: &Value) -> String {
    let (key, named) = match object::text(spec, "/type") {
        "External" => ("external", false),
        "Object" => ("object", false),
        "Pods" => ("pods", false),
        "Resource" => ("resource", true),
        "ContainerResource" => ("containerResource", true),
        _ => return "<unknown type>".to_owned(),
    };
    let (wanted, now) = (&spec[key]["target"], &status[key]["current"]);
    // A quantity; a number of percent has its sign.
    let value = |of: &Value, field: &str| match &of[field] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(format!("{number}%")),
        _ => None,
    };
    let is_average = wanted["averageValue"].is_string();
    let field = match (named, is_average) {
        (true, false) => "averageUtilization",
        (false, false) if key != "pods" => "value",
        _ => "averageValue",
    };
    let told = format!(
        "{}/{}",
        value(now, field).unwrap_or_else(|| "<unknown>".to_owned()),
        value(wanted, field).unwrap_or_else(|| {
            let missing = if named { "<auto>" } else { "<nil>" };
            missing.to_owned()
        }),
    );
    if named {
        format!("{}: {told}", object::text(&spec[key], "/name"))
    } else if is_average && key != "pods" {
        format!("{told} (avg)")
    } else {
        told
    }
}
