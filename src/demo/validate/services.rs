//! Services (`validateService`, `ValidateServiceUpdate` in `pkg/apis/core/validation`).

use std::collections::HashSet;

use serde_json::json;

use super::{
    containers::PROTOCOLS,
    field::{Faults, Field},
    meta, names,
    probes::port_or_name,
};
use crate::demo::refusal::Fault;

pub(super) fn service(service: &Field<'_>, before: Option<&Field<'_>>, faults: &mut Faults) {
    let spec = service.child("spec");
    if let Some(before) = before {
        same_address(&spec, &before.child("spec"), faults);
    }
    let kind = spec.child("type");
    let addresses = spec.child("clusterIPs");
    let is_headless = addresses.value[0] == "None";
    let ports = spec.child("ports");
    if ports.is_blank() && !is_headless && kind.text() != "ExternalName" {
        faults.required(&*ports.path, "");
    }
    match kind.text() {
        "LoadBalancer" | "NodePort" if is_headless => {
            let why = format!("may not be set to 'None' for {} services", kind.text());
            faults.invalid_value(format!("{}[0]", addresses.path), &json!("None"), &why);
        }
        "ExternalName" => external_name(&spec, faults),
        _ => {}
    }
    let several = ports.value.as_array().map_or(0, Vec::len) > 1;
    let mut known = HashSet::new();
    for port in ports.items() {
        let name = port.child("name");
        if several && name.is_blank() {
            faults.required(name.path, "");
        } else if !name.is_blank() {
            faults.invalid_for(&name, names::label(name.text()));
            if !known.insert(name.text()) {
                faults.duplicate(&name);
            }
        }
        let number = port.child("port");
        for why in names::port(number.number().unwrap_or(0)) {
            faults.invalid_value(&*number.path, &json!(number.number().unwrap_or(0)), &why);
        }
        faults.one_of(&port.child("protocol"), &PROTOCOLS);
        port_or_name(&port.child("targetPort"), faults);
    }
    meta::labels(&spec.child("selector"), faults);
    faults.one_of(&spec.child("sessionAffinity"), &["ClientIP", "None"]);
    let timeout = spec.child("sessionAffinityConfig.clientIP.timeoutSeconds");
    if timeout
        .number()
        .is_some_and(|seconds| !(1..=86_400).contains(&seconds))
    {
        let why = "must be greater than 0 and less than 86400";
        faults.invalid(&timeout, why);
    }
    if kind.text() != "ExternalName" {
        cluster_addresses(&spec, faults);
    }
    for address in spec.child("externalIPs").items() {
        faults.invalid_for(&address, names::address(address.text()));
    }
    faults.one_of(
        &kind,
        &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"],
    );
    unique_ports(&ports, kind.text(), faults);
    outside(&spec, kind.text(), faults);
}

fn external_name(spec: &Field<'_>, faults: &mut Faults) {
    for key in ["clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
        if !spec.child(key).is_blank() {
            let why = "may not be set for ExternalName services";
            faults.forbidden(spec.named(key), why);
        }
    }
    let name = spec.child("externalName");
    match name.text().trim_end_matches('.') {
        "" => faults.required(name.path, ""),
        trimmed => {
            for why in names::subdomain(trimmed) {
                faults.invalid_value(&*name.path, &json!(trimmed), &why);
            }
        }
    }
}

fn cluster_addresses(spec: &Field<'_>, faults: &mut Faults) {
    let (first, all) = (spec.child("clusterIP"), spec.child("clusterIPs"));
    if !first.is_blank() && all.value[0] != *first.value {
        faults.invalid(&all, "first value must match `clusterIP`");
    }
    for family in spec.child("ipFamilies").items() {
        faults.one_of(&family, &["IPv4", "IPv6"]);
    }
    let policy = spec.child("ipFamilyPolicy");
    if policy.is_there() {
        let known = ["PreferDualStack", "RequireDualStack", "SingleStack"];
        faults.one_of(&policy, &known);
    }
    for (index, address) in all.items().enumerate() {
        if index == 0 && address.text() == "None" {
            if all.items().count() > 1 {
                faults.invalid(&all, "'None' must be the first and only value");
            }
            continue;
        }
        faults.invalid_for(&address, names::address(address.text()));
    }
}

fn unique_ports(ports: &Field<'_>, kind: &str, faults: &mut Faults) {
    let (mut numbers, mut node_ports) = (HashSet::new(), HashSet::new());
    for port in ports.items() {
        let protocol = port.child("protocol").text();
        let node_port = port.child("nodePort");
        if let Some(number @ 1..) = node_port.number() {
            if kind == "ClusterIP" {
                let why = "may not be used when `type` is 'ClusterIP'";
                faults.forbidden(&*node_port.path, why);
            }
            if !node_ports.insert((protocol, number)) {
                faults.duplicate(&node_port);
            }
        }
        let number = port.child("port").number().unwrap_or(0);
        if !numbers.insert((protocol, number)) {
            // The server shows what is the same, by the names of its Go fields and of all others.
            let shown = json!({
                "Name": "", "Protocol": protocol, "AppProtocol": null, "Port": number, "TargetPort": 0, "NodePort": 0,
            });
            faults.0.push(Fault::duplicate(&*port.path, &shown));
        }
    }
}

fn outside(spec: &Field<'_>, kind: &str, faults: &mut Faults) {
    const BALANCED: &str = "may only be used when `type` is 'LoadBalancer'";
    let is_balanced = kind == "LoadBalancer";
    let sources = spec.child("loadBalancerSourceRanges");
    if !sources.is_blank() && !is_balanced {
        faults.forbidden("spec.LoadBalancerSourceRanges", BALANCED);
    }
    for (index, source) in sources.items().enumerate() {
        if !names::is_net(source.text().trim()) {
            let path = format!("spec.LoadBalancerSourceRanges[{index}]");
            let why = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
            faults.invalid(&source.called(path), why);
        }
    }
    for key in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] {
        let field = spec.child(key);
        if field.is_there() && !is_balanced {
            faults.forbidden(field.path, BALANCED);
        }
    }
    let policy = spec.child("externalTrafficPolicy");
    let is_outside = matches!(kind, "LoadBalancer" | "NodePort")
        || kind == "ClusterIP" && !spec.child("externalIPs").is_blank();
    if !is_outside {
        if !policy.is_blank() {
            let why = "may only be set for externally-accessible services";
            faults.invalid(&policy, why);
        }
    } else if policy.is_blank() {
        faults.required(policy.path, "");
    } else {
        faults.one_of(&policy, &["Cluster", "Local"]);
    }
    let inside = spec.child("internalTrafficPolicy");
    if inside.is_there() {
        faults.one_of(&inside, &["Cluster", "Local"]);
    } else if matches!(kind, "ClusterIP" | "NodePort" | "LoadBalancer") {
        faults.required(inside.path, "");
    }
}

/// An address that was given stays.
fn same_address(after: &Field<'_>, before: &Field<'_>, faults: &mut Faults) {
    let is_named = |spec: &Field<'_>| spec.child("type").text() == "ExternalName";
    let first = |spec: &Field<'_>| spec.child("clusterIPs").value[0].clone();
    if is_named(after) || is_named(before) || first(before).is_null() {
        return;
    }
    if first(after) != first(before) {
        let all = after.child("clusterIPs");
        let path = format!("{}[0]", all.path);
        faults.invalid(&all.called(path), "may not change once set");
    }
}
