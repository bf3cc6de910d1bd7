//! Probes and hooks of a container (`validateProbe`, `validateHandler` in `pkg/apis/core/validation`).

use serde_json::json;

use super::{
    field::{Faults, Field},
    names,
};

/// What a container does as it starts and ends, and how it is asked how it is.
pub(super) fn hooks_and_probes(container: &Field<'_>, faults: &mut Faults) {
    for hook in ["lifecycle.postStart", "lifecycle.preStop"] {
        let hook = container.child(hook);
        if hook.is_there() {
            doing(&hook, &["exec", "httpGet", "tcpSocket", "sleep"], faults);
        }
    }
    for key in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let probe = container.child(key);
        if !probe.is_there() {
            continue;
        }
        doing(&probe, &["exec", "httpGet", "tcpSocket", "grpc"], faults);
        for number in [
            "initialDelaySeconds",
            "timeoutSeconds",
            "periodSeconds",
            "successThreshold",
            "failureThreshold",
        ] {
            faults.nonnegative(&probe.child(number));
        }
        let grace = probe.child("terminationGracePeriodSeconds");
        if grace.is_there() {
            if key == "readinessProbe" {
                faults.invalid(&grace, "must not be set for readinessProbes");
            } else if grace.number().unwrap_or(0) <= 0 {
                faults.invalid(&grace, "must be greater than 0");
            }
        }
        let successes = probe.child("successThreshold");
        if key != "readinessProbe" && successes.number() != Some(1) {
            faults.invalid(&successes, "must be 1");
        }
    }
}

/// Exactly one of the ways to do something.
fn doing(what: &Field<'_>, ways: &[&str], faults: &mut Faults) {
    let mut said = 0;
    for way in ways {
        let action = what.child(way);
        if !action.is_there() {
            continue;
        }
        said += 1;
        if said > 1 {
            faults.forbidden(action.path, "may not specify more than 1 handler type");
            continue;
        }
        match *way {
            "exec" if action.child("command").is_blank() => {
                faults.required(action.named("command"), "");
            }
            "httpGet" => {
                if action.child("path").is_blank() {
                    faults.required(action.named("path"), "");
                }
                port_or_name(&action.child("port"), faults);
                faults.one_of(&action.child("scheme"), &["HTTP", "HTTPS"]);
            }
            "tcpSocket" | "grpc" => port_or_name(&action.child("port"), faults),
            _ => {}
        }
    }
    if said == 0 {
        faults.required(&*what.path, "must specify a handler type");
    }
}

/// A port by its number or its name.
pub(super) fn port_or_name(port: &Field<'_>, faults: &mut Faults) {
    if port.value.is_string() {
        faults.invalid_for(port, names::port_name(port.text()));
    } else {
        let number = port.number().unwrap_or(0);
        for why in names::port(number) {
            faults.invalid_value(&*port.path, &json!(number), &why);
        }
    }
}
