//! Rows of what leads to Pods: Services, their endpoints, Ingresses, policies.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{AGE, NAME, SELECTOR, View, age, first_of, joined, labels, name, text, text_or};
use crate::demo::object;

/// So many endpoints, ports and hosts are named.
const MOST: usize = 3;

pub(super) static SERVICES: View = View {
    columns: &[
        NAME,
        text("Type"),
        text("Cluster-IP"),
        text("External-IP"),
        text("Port(s)"),
        AGE,
        SELECTOR,
    ],
    cells: |service, now| {
        let ports: Vec<String> = object::items(service, "/spec/ports")
            .iter()
            .map(|port| {
                let (number, protocol) = (&port["port"], object::text(port, "/protocol"));
                match object::number(port, "/nodePort") {
                    Some(node) if node > 0 => format!("{number}:{node}/{protocol}"),
                    _ => format!("{number}/{protocol}"),
                }
            })
            .collect();
        let ports = if ports.is_empty() {
            "<none>".to_owned()
        } else {
            ports.join(",")
        };
        vec![
            name(service),
            json!(object::text(service, "/spec/type")),
            json!(text_or(service, "/spec/clusterIPs/0", "<none>")),
            json!(external(service)),
            json!(ports),
            age(service, now),
            json!(labels::all(service, "/spec/selector")),
        ]
    },
};

fn external(service: &Value) -> String {
    let own = object::items(service, "/spec/externalIPs").iter();
    let own: Vec<&str> = own.filter_map(Value::as_str).collect();
    let or = |addresses: String, otherwise: &str| {
        if addresses.is_empty() {
            otherwise.to_owned()
        } else {
            addresses
        }
    };
    match object::text(service, "/spec/type") {
        "ClusterIP" | "NodePort" => or(own.join(","), "<none>"),
        "LoadBalancer" => {
            let balanced = balancer(service);
            let balanced = balanced.iter().map(String::as_str);
            or(joined(balanced.chain(own)), "<pending>")
        }
        "ExternalName" => object::text(service, "/spec/externalName").to_owned(),
        _ => "<unknown>".to_owned(),
    }
}

/// The addresses of a load balancer, each once and in order.
fn balancer(object: &Value) -> BTreeSet<String> {
    object::items(object, "/status/loadBalancer/ingress")
        .iter()
        .map(|ingress| text_or(ingress, "/ip", object::text(ingress, "/hostname")))
        .filter(|address| !address.is_empty())
        .map(str::to_owned)
        .collect()
}

pub(super) static ENDPOINTS: View = View {
    columns: &[NAME, text("Endpoints"), AGE],
    cells: |object, now| {
        let subsets = object::items(object, "/subsets");
        let mut all = Vec::new();
        for subset in subsets {
            let addresses = object::items(subset, "/addresses").iter();
            let addresses: Vec<&str> = addresses
                .map(|address| object::text(address, "/ip"))
                .collect();
            let ports = object::items(subset, "/ports");
            if ports.is_empty() {
                all.extend(addresses.iter().map(|&ip| ip.to_owned()));
            }
            for port in ports {
                let port = &port["port"];
                all.extend(addresses.iter().map(|ip| {
                    if ip.contains(':') {
                        format!("[{ip}]:{port}")
                    } else {
                        format!("{ip}:{port}")
                    }
                }));
            }
        }
        let told = if subsets.is_empty() {
            "<none>".to_owned()
        } else {
            first_of(all, MOST)
        };
        vec![name(object), json!(told), age(object, now)]
    },
};

pub(super) static ENDPOINT_SLICES: View = View {
    columns: &[
        NAME,
        text("AddressType"),
        text("Ports"),
        text("Endpoints"),
        AGE,
    ],
    cells: |slice, now| {
        let ports = object::items(slice, "/ports").iter();
        let ports = ports.map(|port| match &port["port"] {
            Value::Null => match &port["name"] {
                Value::String(name) => name.clone(),
                _ => "*".to_owned(),
            },
            number => number.to_string(),
        });
        let endpoints = object::items(slice, "/endpoints").iter();
        let addresses = endpoints
            .flat_map(|endpoint| object::items(endpoint, "/addresses"))
            .filter_map(Value::as_str)
            .map(str::to_owned);
        let told = |list: Vec<String>| match first_of(list, MOST) {
            told if told.is_empty() => json!("<unset>"),
            told => json!(told),
        };
        vec![
            name(slice),
            json!(object::text(slice, "/addressType")),
            told(ports.collect()),
            told(addresses.collect()),
            age(slice, now),
        ]
    },
};

pub(super) static INGRESSES: View = View {
    columns: &[
        NAME,
        text("Class"),
        text("Hosts"),
        text("Address"),
        text("Ports"),
        AGE,
    ],
    cells: |ingress, now| {
        let rules = object::items(ingress, "/spec/rules").iter();
        let hosts: Vec<String> = rules
            .map(|rule| object::text(rule, "/host"))
            .filter(|host| !host.is_empty())
            .map(str::to_owned)
            .collect();
        let hosts = if hosts.is_empty() {
            "*".to_owned()
        } else {
            first_of(hosts, MOST)
        };
        let secure = !object::items(ingress, "/spec/tls").is_empty();
        vec![
            name(ingress),
            json!(text_or(ingress, "/spec/ingressClassName", "<none>")),
            json!(hosts),
            json!(joined(balancer(ingress).iter().map(String::as_str))),
            json!(if secure { "80, 443" } else { "80" }),
            age(ingress, now),
        ]
    },
};

pub(super) static INGRESS_CLASSES: View = View {
    columns: &[NAME, text("Controller"), text("Parameters"), AGE],
    cells: |class, now| {
        let parameters = match &class["spec"]["parameters"] {
            Value::Null => "<none>".to_owned(),
            found => {
                let kind = object::text(found, "/kind");
                let name = object::text(found, "/name");
                match found["apiGroup"].as_str() {
                    Some(group) => format!("{kind}.{group}/{name}"),
                    None => format!("{kind}/{name}"),
                }
            }
        };
        vec![
            name(class),
            json!(object::text(class, "/spec/controller")),
            json!(parameters),
            age(class, now),
        ]
    },
};

pub(super) static NETWORK_POLICIES: View = View {
    columns: &[NAME, text("Pod-Selector"), AGE],
    cells: |policy, now| {
        vec![
            name(policy),
            json!(labels::selector_or_none(policy, "/spec/podSelector")),
            age(policy, now),
        ]
    },
};
