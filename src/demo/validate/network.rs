//! Ingresses, their classes, and network policies (`pkg/apis/networking/validation`).

use serde_json::{Value, json};

use super::{
    field::{Faults, Field},
    meta, names,
    probes::port_or_name,
};

pub(super) fn ingress(ingress: &Field<'_>, faults: &mut Faults) {
    let spec = ingress.child("spec");
    let (rules, fallback) = (spec.child("rules"), spec.child("defaultBackend"));
    if rules.is_blank() && !fallback.is_there() {
        let why = "either `defaultBackend` or `rules` must be specified";
        faults.invalid_value(&*spec.path, &Value::Null, why);
    }
    if fallback.is_there() {
        backend(&fallback, faults);
    }
    for rule in rules.items() {
        let host = rule.child("host");
        if !host.is_blank() {
            if host.text().parse::<std::net::IpAddr>().is_ok() {
                faults.invalid(&host, "must be a DNS name, not an IP address");
            }
            hostname(&host, faults);
        }
        if !rule.child("http").is_there() {
            continue;
        }
        let paths = rule.child("http.paths");
        if paths.is_blank() {
            faults.required(&*paths.path, "");
        }
        for path in paths.items() {
            http_path(&path, faults);
        }
    }
    for tls in spec.child("tls").items() {
        for host in tls.child("hosts").items() {
            hostname(&host, faults);
        }
        let secret = tls.child("secretName");
        if !secret.is_blank() {
            faults.invalid_for(&secret, names::subdomain(secret.text()));
        }
    }
    let class = spec.child("ingressClassName");
    if class.is_there() {
        faults.invalid_for(&class, names::subdomain(class.text()));
    }
}

fn hostname(host: &Field<'_>, faults: &mut Faults) {
    let reasons = if host.text().contains('*') {
        names::wildcard(host.text())
    } else {
        names::subdomain(host.text())
    };
    faults.invalid_for(host, reasons);
}

fn http_path(rule: &Field<'_>, faults: &mut Faults) {
    let (kind, path) = (rule.child("pathType"), rule.child("path"));
    if !kind.is_there() {
        faults.required(kind.path, "pathType must be specified");
        return;
    }
    let is_loose = kind.text() == "ImplementationSpecific";
    faults.one_of(&kind, &["Exact", "ImplementationSpecific", "Prefix"]);
    let is_absolute = path.text().starts_with('/') || is_loose && path.is_blank();
    if !is_absolute {
        let value = json!(path.text());
        faults.invalid_value(&*path.path, &value, "must be an absolute path");
    }
    if matches!(kind.text(), "Exact" | "Prefix") {
        for part in ["//", "/./", "/../", "%2f", "%2F"] {
            if path.text().contains(part) {
                faults.invalid(&path, &format!("must not contain '{part}'"));
            }
        }
        for end in ["/..", "/."] {
            if path.text().ends_with(end) {
                faults.invalid(&path, &format!("cannot end with '{end}'"));
            }
        }
    }
    backend(&rule.child("backend"), faults);
}

fn backend(backend: &Field<'_>, faults: &mut Faults) {
    let (service, resource) = (backend.child("service"), backend.child("resource"));
    let whole = |faults: &mut Faults, why: &str| {
        faults.invalid_value(&*backend.path, &json!(""), why);
    };
    match (service.is_there(), resource.is_there()) {
        (true, true) => whole(faults, "cannot set both resource and service backends"),
        (false, false) => whole(faults, "resource or service backend is required"),
        (false, true) => {
            for key in ["kind", "name"] {
                if resource.child(key).is_blank() {
                    faults.required(resource.named(key), "");
                }
            }
        }
        (true, false) => {
            let name = service.child("name");
            if name.is_blank() {
                faults.required(name.path, "");
            } else {
                faults.invalid_for(&name, names::label_1035(name.text()));
            }
            let (named, number) = (service.child("port.name"), service.child("port.number"));
            match (named.is_blank(), number.is_blank()) {
                (false, false) => whole(faults, "cannot set both port name & port number"),
                (false, true) => faults.invalid_for(&named, names::port_name(named.text())),
                (true, false) => {
                    faults.invalid_for(&number, names::port(number.number().unwrap_or(0)));
                }
                (true, true) => {
                    faults.required(&*backend.path, "port name or number is required");
                }
            }
        }
    }
}

pub(super) fn ingress_class(class: &Field<'_>, faults: &mut Faults) {
    let controller = class.child("spec.controller");
    match controller.text().split_once('/') {
        None if controller.is_blank() => faults.required(controller.path, ""),
        Some((domain, path)) if !path.is_empty() => {
            for why in names::subdomain(domain) {
                faults.invalid_value(&*controller.path, &json!(domain), &why);
            }
        }
        _ => {
            let why = "must be a domain-prefixed path (such as \"acme.io/foo\")";
            faults.invalid(&controller, why);
        }
    }
}

pub(super) fn network_policy(policy: &Field<'_>, faults: &mut Faults) {
    let spec = policy.child("spec");
    meta::selector(&spec.child("podSelector"), faults);
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in spec.child(rules).items() {
            for port in rule.child("ports").items() {
                port_of_policy(&port, faults);
            }
            for peer in rule.child(peers).items() {
                peer_of_policy(&peer, faults);
            }
        }
    }
    let types = spec.child("policyTypes");
    if types.items().count() > 2 {
        faults.invalid(&types, "may not specify more than two policyTypes");
        return;
    }
    for kind in types.items() {
        faults.one_of(&kind, &["Ingress", "Egress"]);
    }
}

fn port_of_policy(rule: &Field<'_>, faults: &mut Faults) {
    let protocol = rule.child("protocol");
    if protocol.is_there() {
        faults.one_of(&protocol, &["TCP", "UDP", "SCTP"]);
    }
    let (port, end) = (rule.child("port"), rule.child("endPort"));
    if port.is_there() {
        port_or_name(&port, faults);
    }
    let Some(last) = end.number() else {
        return;
    };
    if !port.is_there() {
        faults.invalid(&end, "may not be specified when `port` is not specified");
    } else if let Some(first) = port.number() {
        if last < first {
            let why = "must be greater than or equal to `port`";
            faults.invalid(&port.called(&*end.path), why);
        }
        faults.invalid_for(&end, names::port(last));
    } else {
        faults.invalid(&end, "may not be specified when `port` is non-numeric");
    }
}

fn peer_of_policy(peer: &Field<'_>, faults: &mut Faults) {
    let selectors = ["podSelector", "namespaceSelector"].map(|key| peer.child(key));
    for selector in &selectors {
        meta::selector(selector, faults);
    }
    let block = peer.child("ipBlock");
    let has_selector = selectors.iter().any(Field::is_there);
    if !block.is_there() {
        if !has_selector {
            faults.required(&*peer.path, "must specify a peer");
        }
        return;
    }
    let net = block.child("cidr");
    if net.is_blank() {
        faults.required(net.path, "");
    } else {
        let exceptions = block.child("except");
        for net in std::iter::once(net).chain(exceptions.items()) {
            if !names::is_net(net.text()) {
                let why = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
                faults.invalid(&net, why);
            }
        }
    }
    if has_selector {
        let why = "may not specify both ipBlock and another peer";
        faults.forbidden(&*peer.path, why);
    }
}
