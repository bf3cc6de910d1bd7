//! Where Services lead: Endpoints and `EndpointSlices` from the Pods they select
//! (`pkg/controller/{endpoint,endpointslice}`).

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    GATHER, Loop, Place, Task,
    facts::{self, PodFacts},
    selector::Selector,
};
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
    if change.event == Event::Modified
        && change
            .before
            .as_ref()
            .is_some_and(|before| is_alike(before, after))
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
        // A long list is not written anew for each that comes: the longer it is, the longer changes gather.
        let known = state.store.get(&ENDPOINTS, &place.namespace, &place.name);
        let length = known.map_or(0, |known| known.json.len() as i64);
        let due = state.now() + GATHER + (length / 40).min(GATHER * 9);
        state.at(due, Task::Look(Loop::Endpoints, place));
    }
}

/// Whether two versions of a Pod stand in the same way where a Service leads.
fn is_alike(one: &Entry, other: &Entry) -> bool {
    let (a, b) = (facts::pod(one), facts::pod(other));
    (a.ready, a.leaving, a.done()) == (b.ready, b.leaving, b.done())
        && a.address == b.address
        && one.labels == other.labels
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
    let pods: Vec<Arc<Entry>> = state
        .store
        .list(&PODS, Some(&place.namespace))
        .filter(|pod| selector.fits(&pod.labels))
        .filter(|pod| !facts::pod(pod).address.is_empty() && !facts::pod(pod).done())
        .cloned()
        .collect();
    write_endpoints(state, &service, &pods);
    write_slices(state, &service, &pods);
}

/// The Service's ports as this Pod has them: a named target is looked up in its containers.
fn ports(service: &Value, pod: &PodFacts) -> Vec<Value> {
    let port = |port: &Value| {
        let target = &port["targetPort"];
        let number = match target {
            Value::String(name) => {
                let (_, number) = pod.ports.iter().find(|(known, _)| known == name)?;
                json!(number)
            }
            Value::Number(_) => target.clone(),
            _ => port["port"].clone(),
        };
        let protocol = port["protocol"].as_str().unwrap_or("TCP");
        let mut made = json!({"port": number, "protocol": protocol});
        // A port without a name has an empty one here.
        made["name"] = json!(port["name"].as_str().unwrap_or_default());
        if let Some(text) = port["appProtocol"].as_str() {
            made["appProtocol"] = json!(text);
        }
        Some(made)
    };
    object::items(service, "/spec/ports")
        .iter()
        .filter_map(port)
        .collect()
}

fn reference(pod: &Entry) -> Value {
    json!({"kind": "Pod", "namespace": pod.namespace, "name": pod.name, "uid": pod.uid})
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

fn write_endpoints(state: &mut State, service: &Value, pods: &[Arc<Entry>]) {
    let late = service["spec"]["publishNotReadyAddresses"] == true;
    // Pods with the same ports stand together.
    let mut subsets: Vec<(Vec<Value>, Vec<Value>, Vec<Value>)> = Vec::new();
    for pod in pods.iter().take(ENDPOINTS_MAX) {
        let facts = facts::pod(pod);
        if facts.leaving && !late {
            continue;
        }
        let mut ports = ports(service, facts);
        for port in &mut ports {
            if port["name"] == ""
                && let Some(fields) = port.as_object_mut()
            {
                fields.remove("name");
            }
        }
        let mut address = json!({
            "ip": facts.address, "nodeName": pod.field("spec.nodeName"), "targetRef": reference(pod),
        });
        if let Some(host) = hostname(service, facts) {
            address["hostname"] = json!(host);
        }
        let known = subsets.iter().position(|(known, ..)| *known == ports);
        let place = known.unwrap_or_else(|| {
            subsets.push((ports, Vec::new(), Vec::new()));
            subsets.len() - 1
        });
        if late || facts.ready {
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
fn hostname<'a>(service: &Value, pod: &'a PodFacts) -> Option<&'a str> {
    let (host, domain) = &pod.host;
    (!host.is_empty() && domain == object::name(service)).then_some(host)
}

fn write_slices(state: &mut State, service: &Value, pods: &[Arc<Entry>]) {
    let late = service["spec"]["publishNotReadyAddresses"] == true;
    let mut groups: Vec<(Vec<Value>, Vec<Value>)> = Vec::new();
    for pod in pods {
        let facts = facts::pod(pod);
        let ports = ports(service, facts);
        let (ready, leaving) = (facts.ready, facts.leaving);
        let mut endpoint = json!({
            "addresses": [facts.address], "nodeName": pod.field("spec.nodeName"),
            "conditions": {"ready": late || ready && !leaving, "serving": ready, "terminating": leaving},
            "targetRef": reference(pod),
        });
        if let Some(host) = hostname(service, facts) {
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
