//! Addresses of Services: a cluster IP of 10.96.0.0/16, node ports of 30000–32767
//! (`pkg/registry/core/service/storage/alloc.go`).

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::demo::{
    dice,
    fields::{at, is_blank, missing, put, take},
    object,
    refusal::{Fault, Refusal},
    resource::SERVICES,
    state::State,
};

const NET: [u8; 2] = [10, 96];
const PORTS: std::ops::RangeInclusive<i64> = 30_000..=32_767;

/// Gives a Service the addresses that its type needs, or keeps those it has, or takes back what it no longer needs.
pub(super) fn allocate(
    state: &State,
    before: Option<&Value>,
    service: &mut Value,
) -> Result<(), Refusal> {
    let occasion = (
        object::namespace(service).to_owned(),
        object::name(service).to_owned(),
    );
    let Some(spec) = at(service, "/spec") else {
        return Ok(());
    };
    if let Some(before) = before {
        carry_over(&before["spec"], spec);
    }
    let others = || {
        state
            .store
            .list(&SERVICES, None)
            .filter(|other| (&*other.namespace, &*other.name) != (&*occasion.0, &*occasion.1))
    };
    let mut faults = Vec::new();
    if spec["type"] == "ExternalName" {
        if before.is_none_or(|before| before["spec"]["type"] != "ExternalName") {
            for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
                take(spec, field);
            }
        }
    } else {
        if is_blank(&spec["clusterIP"]) {
            let first = spec["clusterIPs"][0].clone();
            if first.is_string() {
                put(spec, "clusterIP", first);
            }
        }
        let said = spec["clusterIP"].as_str().unwrap_or("").to_owned();
        let kept = before.is_some_and(|before| before["spec"]["clusterIP"] == said.as_str());
        let is_taken =
            |address: &str| others().any(|other| other.field("spec.clusterIP") == Some(address));
        match said.as_str() {
            "" => {
                let address = free_address(state, &occasion, is_taken);
                put(spec, "clusterIP", address);
            }
            "None" => {}
            _ if kept => {}
            address if is_taken(address) => {
                let why =
                    format!("failed to allocate IP {address}: provided IP is already allocated");
                faults.push(Fault::invalid("spec.clusterIPs", &json!([address]), &why));
            }
            _ => {}
        }
        let address = spec["clusterIP"].clone();
        if is_blank(&spec["clusterIPs"]) {
            put(spec, "clusterIPs", json!([address]));
        }
        missing(spec, "ipFamilies", json!(["IPv4"]));
        missing(spec, "ipFamilyPolicy", "SingleStack");
    }
    let wanted = match spec["type"].as_str() {
        Some("NodePort") => true,
        Some("LoadBalancer") => spec["allocateLoadBalancerNodePorts"] != json!(false),
        _ => false,
    };
    let mut taken: HashSet<i64> = HashSet::new();
    if wanted
        || object::items(spec, "/ports")
            .iter()
            .any(|port| !is_blank(&port["nodePort"]))
    {
        taken = others()
            .filter(|other| matches!(other.field("spec.type"), Some("NodePort" | "LoadBalancer")))
            .flat_map(|other| node_ports(&other.value()))
            .collect();
    }
    let ports = spec.pointer_mut("/ports").and_then(Value::as_array_mut);
    for (index, port) in ports.into_iter().flatten().enumerate() {
        match port["nodePort"].as_i64() {
            Some(0) | None if wanted => {
                let node_port = free_port(state, &occasion, index, &taken);
                taken.insert(node_port);
                put(port, "nodePort", node_port);
            }
            Some(0) | None => {}
            Some(said) if !PORTS.contains(&said) => {
                let why = "provided port is not in the valid range. The range of valid ports is 30000-32767";
                let field = format!("spec.ports[{index}].nodePort");
                faults.push(Fault::invalid(field, &json!(said), why));
            }
            Some(said) if taken.contains(&said) => {
                let field = format!("spec.ports[{index}].nodePort");
                let why = "provided port is already allocated";
                faults.push(Fault::invalid(field, &json!(said), why));
            }
            Some(_) => {}
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Refusal::invalid(&SERVICES, &occasion.1, &faults))
    }
}

/// What a change leaves out although the type still needs it is meant to stay (`patchAllocatedValues`); what a change of type
/// leaves without use goes.
fn carry_over(before: &Value, after: &mut Value) {
    let needs_address = |spec: &Value| spec["type"] != "ExternalName";
    let needs_ports =
        |spec: &Value| matches!(spec["type"].as_str(), Some("NodePort" | "LoadBalancer"));
    if needs_address(before) && needs_address(after) {
        for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
            if is_blank(&after[field]) && !before[field].is_null() {
                put(after, field, before[field].clone());
            }
        }
    }
    // Left as they were they have no use; changed as well, they are wrong, which is said elsewhere.
    if needs_address(before) && !needs_address(after) {
        for field in [
            "clusterIP",
            "clusterIPs",
            "ipFamilies",
            "ipFamilyPolicy",
            "internalTrafficPolicy",
        ] {
            if after[field] == before[field] {
                take(after, field);
            }
        }
    }
    let known = object::items(before, "/ports").to_vec();
    let (had, has) = (needs_ports(before), needs_ports(after));
    let ports = after.pointer_mut("/ports").and_then(Value::as_array_mut);
    for port in ports.into_iter().flatten() {
        let same = known
            .iter()
            .find(|other| other["port"] == port["port"] && other["protocol"] == port["protocol"]);
        let Some(same) = same.map(|other| other["nodePort"].clone()) else {
            continue;
        };
        if had && has && is_blank(&port["nodePort"]) && !same.is_null() {
            put(port, "nodePort", same);
        } else if had && !has && port["nodePort"] == same {
            take(port, "nodePort");
        }
    }
    if had && !has && after["externalTrafficPolicy"] == before["externalTrafficPolicy"] {
        take(after, "externalTrafficPolicy");
    }
    if before["type"] == "LoadBalancer" && after["type"] != "LoadBalancer" {
        for field in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] {
            if after[field] == before[field] {
                take(after, field);
            }
        }
    }
}

fn node_ports(service: &Value) -> Vec<i64> {
    object::items(service, "/spec/ports")
        .iter()
        .filter_map(|port| port["nodePort"].as_i64())
        .collect()
}

/// The lower addresses are left to those who ask for one, as on a real server.
fn free_address(
    state: &State,
    occasion: &(String, String),
    is_taken: impl Fn(&str) -> bool,
) -> String {
    let start = dice::throw(state.seed, ("cluster ip", occasion));
    (0..u64::from(u16::MAX))
        .map(|step| {
            let number = 256 + (start.wrapping_add(step)) % (u64::from(u16::MAX) - 256);
            format!("{}.{}.{}.{}", NET[0], NET[1], number >> 8, number & 0xff)
        })
        .find(|address| !is_taken(address))
        .unwrap_or_default()
}

fn free_port(
    state: &State,
    occasion: &(String, String),
    index: usize,
    taken: &HashSet<i64>,
) -> i64 {
    let size = (PORTS.end() - PORTS.start() + 1) as u64;
    let start = dice::throw(state.seed, ("node port", occasion, index)) % size;
    (0..size)
        .map(|step| PORTS.start() + ((start + step) % size) as i64)
        .find(|port| !taken.contains(port))
        .unwrap_or(0)
}
