//! Addresses of Services: a cluster IP of 10.96.0.0/16, node ports of 30000–32767
//! (`pkg/registry/core/service/storage/alloc.go`).

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::demo::{
    dice,
    fields::{at, each, is_blank, missing, put, take},
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
        // One that was changed will be refused for that.
        let kept = before.is_some_and(|before| {
            !is_blank(&before["spec"]["clusterIP"]) && before["spec"]["clusterIP"] != "None"
        });
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
            address if is_outside(address) => {
                let why = format!(
                    "failed to allocate IP {address}: the provided IP ({address}) is not in the valid range. The range of valid IPs is 10.96.0.0/16"
                );
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
    let asked: HashSet<i64> = ports_of(object::items(spec, "/ports")).collect();
    // One number may serve both TCP and UDP of one Service, but not the same protocol twice.
    let mut own: HashSet<(String, i64)> = HashSet::new();
    for (index, port) in each(spec, "/ports").enumerate() {
        let said = port["nodePort"].as_i64().unwrap_or(0);
        if said == 0 {
            if wanted {
                let node_port = free_port(state, &occasion, index, &taken, &asked);
                taken.insert(node_port);
                put(port, "nodePort", node_port);
            }
            continue;
        }
        let protocol = port["protocol"].as_str().unwrap_or("").to_owned();
        if !wanted {
            continue;
        }
        let why = if !PORTS.contains(&said) {
            "provided port is not in the valid range. The range of valid ports is 30000-32767"
        } else if taken.contains(&said) || !own.insert((protocol, said)) {
            "provided port is already allocated"
        } else {
            continue;
        };
        let field = format!("spec.ports[{index}].nodePort");
        faults.push(Fault::invalid(field, &json!(said), why));
    }
    let checked = spec["type"] == "LoadBalancer" && spec["externalTrafficPolicy"] == "Local";
    if checked && is_blank(&spec["healthCheckNodePort"]) {
        let node_port = free_port(state, &occasion, usize::MAX, &taken, &asked);
        put(spec, "healthCheckNodePort", node_port);
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Refusal::invalid(&SERVICES, &occasion.1, &faults))
    }
}

/// What a change leaves out although the type still needs it is meant to stay (`normalizeClusterIPs`,
/// `patchAllocatedValues`); what a change of type leaves without use goes (`dropTypeDependentFields`).
fn carry_over(before: &Value, after: &mut Value) {
    let needs_address = |spec: &Value| spec["type"] != "ExternalName";
    let (had, has) = (needs_address(before), needs_address(after));
    if had && has {
        // A client that knows only one address writes only that one.
        let is_same = is_blank(&after["clusterIPs"]) || after["clusterIPs"] == before["clusterIPs"];
        if is_same && after["clusterIP"] != before["clusterIP"] {
            take(after, "clusterIPs");
        }
        for field in ADDRESSED {
            if field != "clusterIPs" || after["clusterIP"] == before["clusterIP"] {
                keep(before, after, field);
            }
        }
    } else if had {
        drop_same(before, after, "internalTrafficPolicy");
        // Left as they were they have no use; changed as well, they are wrong, which is said elsewhere.
        for field in ADDRESSED {
            drop_same(before, after, field);
        }
    }
    carry_over_ports(before, after);
    if before["type"] == "LoadBalancer" && after["type"] != "LoadBalancer" {
        for field in [
            "allocateLoadBalancerNodePorts",
            "loadBalancerClass",
            "healthCheckNodePort",
        ] {
            drop_same(before, after, field);
        }
    }
}

const ADDRESSED: [&str; 4] = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"];

fn keep(before: &Value, after: &mut Value, field: &str) {
    if is_blank(&after[field]) && !before[field].is_null() {
        put(after, field, before[field].clone());
    }
}

fn drop_same(before: &Value, after: &mut Value, field: &str) {
    if after[field] == before[field] {
        take(after, field);
    }
}

/// A port is known by its name.
fn carry_over_ports(before: &Value, after: &mut Value) {
    let needs_ports =
        |spec: &Value| matches!(spec["type"].as_str(), Some("NodePort" | "LoadBalancer"));
    if !needs_ports(before) {
        return;
    }
    let name = |port: &Value| port["name"].as_str().unwrap_or("").to_owned();
    let known = object::items(before, "/ports").to_vec();
    let said: HashSet<i64> = ports_of(object::items(after, "/ports")).collect();
    let had: HashSet<i64> = ports_of(&known).collect();
    let stays = needs_ports(after);
    for port in each(after, "/ports") {
        let same = known.iter().find(|other| name(other) == name(port));
        let same = same.and_then(|other| other["nodePort"].as_i64());
        if let Some(same) = same
            && stays
            && is_blank(&port["nodePort"])
            && !said.contains(&same)
        {
            put(port, "nodePort", same);
        } else if !stays && said == had {
            take(port, "nodePort");
        }
    }
    if !stays {
        drop_same(before, after, "externalTrafficPolicy");
    }
}

fn ports_of(ports: &[Value]) -> impl Iterator<Item = i64> {
    ports
        .iter()
        .filter_map(|port| port["nodePort"].as_i64())
        .filter(|port| *port != 0)
}

fn node_ports(service: &Value) -> Vec<i64> {
    ports_of(object::items(service, "/spec/ports")).collect()
}

/// Whether this is an address, but none of ours.
fn is_outside(address: &str) -> bool {
    let address: Result<std::net::Ipv4Addr, _> = address.parse();
    address.is_ok_and(|address| address.octets()[..2] != NET)
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
    said: &HashSet<i64>,
) -> i64 {
    let size = (PORTS.end() - PORTS.start() + 1) as u64;
    let start = dice::throw(state.seed, ("node port", occasion, index)) % size;
    (0..size)
        .map(|step| PORTS.start() + ((start + step) % size) as i64)
        .find(|port| !taken.contains(port) && !said.contains(port))
        .unwrap_or(0)
}
