//! Limits of a namespace: what a container gets that says nothing, and the least and most it may say
//! (`plugin/pkg/admission/limitranger`).

use serde_json::Value;

use super::demand;
use crate::demo::{
    amount::{self, Amount, Amounts},
    fields::{make, missing, put},
    object,
    refusal::Refusal,
    resource::{LIMIT_RANGES, Resource},
    state::State,
};

const ANNOTATION: &str = "kubernetes.io/limit-ranger";

fn ranges(state: &State, object: &Value) -> Vec<Value> {
    let namespace = object::namespace(object);
    let entries = state.store.list(&LIMIT_RANGES, Some(namespace));
    entries.map(|entry| entry.value()).collect()
}

/// Fills in what a Pod's containers do not say.
pub(super) fn complete(state: &State, pod: &mut Value) {
    for range in ranges(state, pod) {
        let (mut requests, mut limits) = (Amounts::new(), Amounts::new());
        for item in object::items(&range, "/spec/limits") {
            if item["type"] == "Container" {
                requests.extend(amount::amounts(item, "/defaultRequest"));
                limits.extend(amount::amounts(item, "/default"));
            }
        }
        let mut said = Vec::new();
        for (list, kind) in [
            ("/spec/containers", "container"),
            ("/spec/initContainers", "init container"),
        ] {
            let containers = pod.pointer_mut(list).and_then(Value::as_array_mut);
            for container in containers.into_iter().flatten() {
                let name = container["name"].as_str().unwrap_or("").to_owned();
                for (key, what, defaults) in [
                    ("requests", "request", &requests),
                    ("limits", "limit", &limits),
                ] {
                    let set = fill(container, key, defaults);
                    if !set.is_empty() {
                        said.push(format!("{} {what} for {kind} {name}", set.join(", ")));
                    }
                }
            }
        }
        if !said.is_empty()
            && let Some(metadata) = make(pod, "metadata")
            && let Some(annotations) = make(metadata, "annotations")
        {
            let said = format!("LimitRanger plugin set: {}", said.join("; "));
            put(annotations, ANNOTATION, said);
        }
    }
}

fn fill(container: &mut Value, key: &str, defaults: &Amounts) -> Vec<String> {
    let known = amount::amounts(container, &format!("/resources/{key}"));
    let set: Vec<String> = defaults
        .keys()
        .filter(|name| !known.contains_key(*name))
        .cloned()
        .collect();
    if !set.is_empty()
        && let Some(list) = make(container, "resources").and_then(|it| make(it, key))
    {
        for (name, amount) in defaults {
            missing(list, name, amount.to_string());
        }
    }
    set
}

/// Refuses a Pod or a claim that asks for less or more than allowed.
pub(super) fn check(
    state: &State,
    resource: &'static Resource,
    object: &Value,
) -> Result<(), Refusal> {
    if !matches!(
        (resource.group, resource.plural),
        ("", "pods" | "persistentvolumeclaims")
    ) {
        return Ok(());
    }
    for range in ranges(state, object) {
        let mut faults = Vec::new();
        for item in object::items(&range, "/spec/limits") {
            let kind = item["type"].as_str().unwrap_or("");
            match (resource.plural, kind) {
                ("pods", "Container") => {
                    for list in ["/spec/containers", "/spec/initContainers"] {
                        for container in object::items(object, list) {
                            let requests = amount::amounts(container, "/resources/requests");
                            let limits = amount::amounts(container, "/resources/limits");
                            compare(item, kind, &requests, &limits, &mut faults);
                        }
                    }
                }
                ("pods", "Pod") => {
                    let (requests, limits) = (demand::requests(object), demand::limits(object));
                    compare(item, kind, &requests, &limits, &mut faults);
                }
                ("persistentvolumeclaims", "PersistentVolumeClaim") => {
                    let requests = amount::amounts(object, "/spec/resources/requests");
                    least(item, kind, &requests, &Amounts::new(), &mut faults);
                    for (name, most) in amount::amounts(item, "/max") {
                        over(
                            kind,
                            &name,
                            most,
                            "request",
                            requests.get(&name),
                            &mut faults,
                        );
                    }
                }
                _ => {}
            }
        }
        let why = match faults.as_slice() {
            [] => continue,
            [one] => one.clone(),
            _ => format!("[{}]", faults.join(", ")),
        };
        return Err(Refusal::forbidden(resource, object::name(object), &why));
    }
    Ok(())
}

fn compare(
    item: &Value,
    kind: &str,
    requests: &Amounts,
    limits: &Amounts,
    faults: &mut Vec<String>,
) {
    least(item, kind, requests, limits, faults);
    for (name, most) in amount::amounts(item, "/max") {
        let said = faults.len();
        over(kind, &name, most, "limit", limits.get(&name), faults);
        if faults.len() == said && requests.get(&name).is_some_and(|asked| *asked > most) {
            over(kind, &name, most, "request", requests.get(&name), faults);
        }
    }
    for (name, ratio) in amount::amounts(item, "/maxLimitRequestRatio") {
        let some = |amounts: &Amounts| {
            amounts
                .get(&name)
                .copied()
                .filter(|amount| !amount.is_zero())
        };
        let head = format!("{name} max limit to request ratio per {kind} is {ratio}, but");
        match (some(requests), some(limits)) {
            (None, _) => faults.push(format!("{head} no request is specified or request is 0")),
            (_, None) => faults.push(format!("{head} no limit is specified or limit is 0")),
            (Some(request), Some(limit)) => {
                let found = limit.float() / request.float();
                if found > ratio.float() {
                    faults.push(format!("{head} provided ratio is {found:.6}"));
                }
            }
        }
    }
}

fn least(item: &Value, kind: &str, requests: &Amounts, limits: &Amounts, faults: &mut Vec<String>) {
    for (name, least) in amount::amounts(item, "/min") {
        let head = format!("minimum {name} usage per {kind} is {least}");
        match (requests.get(&name), limits.get(&name)) {
            (None, _) => faults.push(format!("{head}.  No request is specified")),
            (Some(request), _) if *request < least => {
                faults.push(format!("{head}, but request is {request}"));
            }
            (_, Some(limit)) if *limit < least => {
                faults.push(format!("{head}, but limit is {limit}"));
            }
            _ => {}
        }
    }
}

fn over(
    kind: &str,
    name: &str,
    most: Amount,
    what: &str,
    found: Option<&Amount>,
    faults: &mut Vec<String>,
) {
    let head = format!("maximum {name} usage per {kind} is {most}");
    match found {
        None => faults.push(format!("{head}.  No {what} is specified")),
        Some(found) if *found > most => faults.push(format!("{head}, but {what} is {found}")),
        Some(_) => {}
    }
}
