//! Where Services lead: Endpoints and EndpointSlices from the Pods they select
//! (`pkg/controller/{endpoint,endpointslice}`).

use serde_json::{Value, json};

use super::{GATHER, Loop, Place, Task, facts, selector::Selector};
use crate::demo::{
    dice, object,
    resource::{ENDPOINT_SLICES, ENDPOINTS, PODS, SERVICES},
    state::State,
    store::{Change, Entry, Event},
};

/// So many addresses stand in one slice.
const SLICE: usize = 100;
/// So many addresses stand in Endpoints; the rest is cut.
const ENDPOINTS_MAX: usize = 1_000;
const MANAGED: &str = "endpointslice.kubernetes.io/managed-by";
const BY: &str = "endpointslice-controller.k8s.io";
const TRIGGER: &str = "endpoints.kubernetes.io/last-change-trigger-time";
const HEADLESS: &str = "service.kubernetes.io/headless";

/// A Pod that a Service selects, or did, is where it leads: if anything that matters there is another.
pub(super) fn react(state: &mut State, change: &Change) {
    let after = &change.after;
    let matters = |entry: &Entry| {
        let facts = facts::pod(entry);
        (
            facts.ready,
            facts.leaving,
            facts.done(),
            facts.address.clone(),
            entry.labels.clone(),
        )
    };
    if change.event == Event::Modified
        && change
            .before
            .as_ref()
            .is_some_and(|before| matters(before) == matters(after))
    {
        return;
    }
    let fits = |entry: &Entry, service: &Entry| facts::selector(service).fits(&entry.labels);
    let places: Vec<Place> = state
        .store
        .list(&SERVICES, Some(&after.namespace))
        .filter(|service| {
            let before = change.before.as_ref();
            fits(after, service) || before.is_some_and(|before| fits(before, service))
        })
        .map(|service| Place::of(service))
        .collect();
    for place in places {
        state.at(state.now() + GATHER, Task::Look(Loop::Endpoints, place));
    }
}

/// Looks at one Service.
pub(super) fn look(state: &mut State, place: &Place) {
    let Some(service) = state.get(&SERVICES, &place.namespace, &place.name) else {
        // Endpoints have no owner: they go with the Service of their name.
        state.remove(&ENDPOINTS, &place.namespace, &place.name);
        return;
    };
    let selector = Selector::plain(&service["spec"]["selector"]);
    let without = object::fields(&service, "/spec/selector").is_none_or(serde_json::Map::is_empty);
    if without || service["spec"]["type"] == "ExternalName" {
        return;
    }
    let pods: Vec<Value> = state
        .store
        .list(&PODS, Some(&place.namespace))
        .filter(|pod| selector.fits(&pod.labels))
        .filter(|pod| !facts::pod(pod).address.is_empty() && !facts::pod(pod).done())
        .map(|pod| pod.value())
        .collect();
    write_endpoints(state, &service, &pods);
    write_slices(state, &service, &pods);
}

fn is_ready(pod: &Value) -> bool {
    object::items(pod, "/status/conditions")
        .iter()
        .any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}

/// The Service's ports as this Pod has them: a named target is looked up in its containers.
fn ports(service: &Value, pod: &Value) -> Vec<Value> {
    let port = |port: &Value| {
        let target = &port["targetPort"];
        let number = match target {
            Value::String(name) => object::items(pod, "/spec/containers")
                .iter()
                .flat_map(|container| object::items(container, "/ports"))
                .find(|known| known["name"] == name.as_str())
                .map(|known| known["containerPort"].clone())?,
            Value::Number(_) => target.clone(),
            _ => port["port"].clone(),
        };
        let protocol = port["protocol"].as_str().unwrap_or("TCP");
        let mut made = json!({"port": number, "protocol": protocol});
        if let Some(name) = port["name"].as_str() {
            made["name"] = json!(name);
        }
        if let Some(app) = port["appProtocol"].as_str() {
            made["appProtocol"] = json!(app);
        }
        Some(made)
    };
    object::items(service, "/spec/ports")
        .iter()
        .filter_map(port)
        .collect()
}

fn reference(pod: &Value) -> Value {
    json!({
        "kind": "Pod", "namespace": object::namespace(pod), "name": object::name(pod), "uid": object::uid(pod),
    })
}

fn is_headless(service: &Value) -> bool {
    service["spec"]["clusterIP"] == "None"
}

/// The labels that come from the Service.
fn labels(service: &Value) -> Value {
    let mut labels = service["metadata"]["labels"].clone();
    if !labels.is_object() {
        labels = json!({});
    }
    if is_headless(service) {
        labels[HEADLESS] = json!("");
    }
    labels
}

fn write_endpoints(state: &mut State, service: &Value, pods: &[Value]) {
    let late = service["spec"]["publishNotReadyAddresses"] == true;
    // Pods with the same ports stand together.
    let mut subsets: Vec<(Vec<Value>, Vec<Value>, Vec<Value>)> = Vec::new();
    for pod in pods.iter().take(ENDPOINTS_MAX) {
        if object::is_leaving(pod) && !late {
            continue;
        }
        let ports = ports(service, pod);
        let mut address = json!({
            "ip": pod["status"]["podIP"], "nodeName": pod["spec"]["nodeName"], "targetRef": reference(pod),
        });
        if let Some(host) = hostname(service, pod) {
            address["hostname"] = json!(host);
        }
        let place = match subsets.iter().position(|(known, ..)| *known == ports) {
            Some(place) => place,
            None => {
                subsets.push((ports, Vec::new(), Vec::new()));
                subsets.len() - 1
            }
        };
        if late || is_ready(pod) {
            subsets[place].1.push(address);
        } else {
            subsets[place].2.push(address);
        }
    }
    let subsets: Vec<Value> = subsets
        .into_iter()
        .map(|(ports, ready, unready)| {
            let mut subset = json!({});
            for (field, values) in [
                ("addresses", ready),
                ("notReadyAddresses", unready),
                ("ports", ports),
            ] {
                if !values.is_empty() {
                    subset[field] = json!(values);
                }
            }
            subset
        })
        .collect();
    let (namespace, name) = (object::namespace(service), object::name(service));
    let mut labels = labels(service);
    labels["endpoints.kubernetes.io/managed-by"] = json!("endpoint-controller");
    let mut made = json!({"metadata": {"name": name, "namespace": namespace, "labels": labels}});
    if !subsets.is_empty() {
        made["subsets"] = json!(subsets);
    }
    match state.get(&ENDPOINTS, namespace, name) {
        None => {
            made["metadata"]["annotations"][TRIGGER] = json!(object::time(state.now()));
            let _ = state.create(&ENDPOINTS, made);
        }
        Some(mut known) => {
            if known["subsets"] == made["subsets"] && known["metadata"]["labels"] == labels {
                return;
            }
            known["metadata"]["labels"] = labels;
            known["metadata"]["annotations"][TRIGGER] = json!(object::time(state.now()));
            if let Some(fields) = known.as_object_mut() {
                fields.remove("subsets");
            }
            if !made["subsets"].is_null() {
                known["subsets"] = made["subsets"].take();
            }
            state.update(&ENDPOINTS, known);
        }
    }
}

/// A Pod's own name below a headless Service.
fn hostname(service: &Value, pod: &Value) -> Option<String> {
    let host = object::text(pod, "/spec/hostname");
    let below = object::text(pod, "/spec/subdomain") == object::name(service);
    (!host.is_empty() && below).then(|| host.to_owned())
}

fn write_slices(state: &mut State, service: &Value, pods: &[Value]) {
    let late = service["spec"]["publishNotReadyAddresses"] == true;
    let mut groups: Vec<(Vec<Value>, Vec<Value>)> = Vec::new();
    for pod in pods {
        let ports = ports(service, pod);
        let (ready, leaving) = (is_ready(pod), object::is_leaving(pod));
        let mut endpoint = json!({
            "addresses": [pod["status"]["podIP"]], "nodeName": pod["spec"]["nodeName"],
            "conditions": {"ready": late || ready && !leaving, "serving": ready, "terminating": leaving},
            "targetRef": reference(pod),
        });
        if let Some(host) = hostname(service, pod) {
            endpoint["hostname"] = json!(host);
        }
        match groups
            .iter_mut()
            .find(|(known, all)| *known == ports && all.len() < SLICE)
        {
            Some((_, all)) => all.push(endpoint),
            None => groups.push((ports, vec![endpoint])),
        }
    }
    if groups.is_empty() {
        groups.push((Vec::new(), Vec::new()));
    }
    let (namespace, name) = (object::namespace(service), object::name(service));
    let mut labels = labels(service);
    labels[MANAGED] = json!(BY);
    labels["kubernetes.io/service-name"] = json!(name);
    let known: Vec<_> = state
        .store
        .owned_of(object::uid(service), &ENDPOINT_SLICES)
        .into_iter()
        .filter(|slice| slice.label(MANAGED) == Some(BY))
        .collect();
    let time = object::time(state.now());
    for (place, (ports, endpoints)) in groups.iter().enumerate() {
        if let Some(entry) = known.get(place) {
            let mut slice = entry.value();
            let same = slice["endpoints"] == json!(endpoints)
                && slice["ports"] == json!(ports)
                && slice["metadata"]["labels"] == labels;
            if !same {
                slice["endpoints"] = json!(endpoints);
                slice["ports"] = json!(ports);
                slice["metadata"]["labels"] = labels.clone();
                slice["metadata"]["annotations"][TRIGGER] = json!(time);
                let generation = object::number(&slice, "/metadata/generation").unwrap_or(0);
                slice["metadata"]["generation"] = json!(generation + 1);
                state.update(&ENDPOINT_SLICES, slice);
            }
            continue;
        }
        let end = dice::letters(state.seed, ("slice", object::uid(service), place), 5);
        let mut slice = json!({
            "metadata": {
                "generateName": format!("{name}-"), "name": format!("{name}-{end}"), "namespace": namespace,
                "labels": labels, "ownerReferences": [object::owned_by(service)],
            },
            "addressType": "IPv4", "endpoints": endpoints, "ports": ports,
        });
        slice["metadata"]["annotations"][TRIGGER] = json!(time);
        let _ = state.create(&ENDPOINT_SLICES, slice);
    }
    for entry in known.iter().skip(groups.len()) {
        state.remove(&ENDPOINT_SLICES, &entry.namespace, &entry.name);
    }
}
