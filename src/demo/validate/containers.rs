//! Containers of a Pod: names, images, ports, variables, mounts, probes (`pkg/apis/core/validation`).

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::{
    field::{Faults, Field},
    names,
    probes::hooks_and_probes,
    quantities,
    variables::{variables, variables_from},
};

pub(super) const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];

/// What a container may refer to of its Pod.
pub(super) struct Around<'a> {
    /// Sources of volumes by name.
    pub(super) volumes: BTreeMap<&'a str, &'a Value>,
}

/// Those that run all the time.
pub(super) fn containers(list: &Field<'_>, around: &Around<'_>, faults: &mut Faults) {
    if list.is_blank() {
        faults.required(&*list.path, "");
        return;
    }
    let mut known = HashSet::new();
    for container in list.items() {
        common(&container, around, faults);
        unique_name(&container, &mut known, faults);
        hooks_and_probes(&container, faults);
        if !container.child("restartPolicy").is_blank() {
            one_restart_policy(&container, faults);
        }
    }
    host_ports(list.items(), &list.path, faults);
}

/// Those that run before.
pub(super) fn init_containers(
    list: &Field<'_>,
    others: &Field<'_>,
    around: &Around<'_>,
    faults: &mut Faults,
) {
    let mut known: HashSet<&str> = others
        .items()
        .map(|container| container.child("name").text())
        .collect();
    for container in list.items() {
        common(&container, around, faults);
        let policy = container.child("restartPolicy");
        if !policy.is_blank() {
            one_restart_policy(&container, faults);
        }
        unique_name(&container, &mut known, faults);
        host_ports(std::iter::once(container.clone()), &list.path, faults);
        if policy.text() == "Always" {
            hooks_and_probes(&container, faults);
            continue;
        }
        for key in [
            "lifecycle",
            "livenessProbe",
            "readinessProbe",
            "startupProbe",
        ] {
            let field = container.child(key);
            if field.is_there() {
                faults.forbidden(
                    field.path,
                    "may not be set for init containers without restartPolicy=Always",
                );
            }
        }
    }
}

fn one_restart_policy(container: &Field<'_>, faults: &mut Faults) {
    let policy = container.child("restartPolicy");
    faults.one_of(&policy, &["Always", "OnFailure", "Never"]);
}

/// Those that were put beside for debugging.
pub(super) fn ephemeral_containers(
    list: &Field<'_>,
    others: &[Field<'_>],
    around: &Around<'_>,
    faults: &mut Faults,
) {
    let mut known: HashSet<&str> = others
        .iter()
        .flat_map(Field::items)
        .map(|container| container.child("name").text())
        .collect();
    for container in list.items() {
        common(&container, around, faults);
        unique_name(&container, &mut known, faults);
        let target = container.child("targetContainerName");
        if !target.is_blank()
            && !others
                .iter()
                .flat_map(Field::items)
                .any(|other| other.child("name").text() == target.text())
        {
            faults.not_found(&target);
        }
        for key in [
            "ports",
            "lifecycle",
            "livenessProbe",
            "readinessProbe",
            "startupProbe",
            "resources",
            "resizePolicy",
        ] {
            let field = container.child(key);
            if !field.is_blank() {
                faults.forbidden(field.path, "cannot be set for an Ephemeral Container");
            }
        }
    }
}

fn unique_name<'a>(container: &Field<'a>, known: &mut HashSet<&'a str>, faults: &mut Faults) {
    let name = container.child("name");
    if !known.insert(name.text()) && !name.is_blank() {
        faults.duplicate(&name);
    }
}

fn common(container: &Field<'_>, around: &Around<'_>, faults: &mut Faults) {
    let name = container.child("name");
    if name.is_blank() {
        faults.required(name.path, "");
    } else {
        faults.invalid_for(&name, names::label(name.text()));
    }
    let image = container.child("image");
    if image.is_blank() {
        faults.required(image.path, "");
    } else if image.text().trim() != image.text() {
        faults.invalid(&image, "must not have leading or trailing whitespace");
    }
    faults.one_of(
        &container.child("terminationMessagePolicy"),
        &["File", "FallbackToLogsOnError"],
    );
    ports(&container.child("ports"), faults);
    variables(&container.child("env"), faults);
    variables_from(&container.child("envFrom"), faults);
    mounts(container, around, faults);
    faults.one_of(
        &container.child("imagePullPolicy"),
        &["Always", "IfNotPresent", "Never"],
    );
    quantities::resources(&container.child("resources"), faults);
    security(&container.child("securityContext"), faults);
}

fn ports(ports: &Field<'_>, faults: &mut Faults) {
    let mut known = HashSet::new();
    for port in ports.items() {
        let name = port.child("name");
        if !name.is_blank() {
            let reasons = names::port_name(name.text());
            if !reasons.is_empty() {
                faults.invalid_for(&name, reasons);
            } else if !known.insert(name.text()) {
                faults.duplicate(&name);
            }
        }
        let number = port.child("containerPort");
        if number.is_blank() {
            faults.required(number.path, "");
        } else {
            faults.invalid_for(&number, names::port(number.number().unwrap_or(0)));
        }
        let host = port.child("hostPort");
        if !host.is_blank() {
            faults.invalid_for(&host, names::port(host.number().unwrap_or(0)));
        }
        faults.one_of(&port.child("protocol"), &PROTOCOLS);
    }
}

fn host_ports<'a>(containers: impl Iterator<Item = Field<'a>>, path: &str, faults: &mut Faults) {
    let mut known = HashSet::new();
    for (index, container) in containers.enumerate() {
        for (place, port) in container.child("ports").items().enumerate() {
            let Some(number @ 1..) = port.child("hostPort").number() else {
                continue;
            };
            let address = port.child("hostIP").text();
            let said = format!("{}/{address}/{number}", port.child("protocol").text());
            if !known.insert(said.clone()) {
                let field = format!("{path}[{index}].ports[{place}].hostPort");
                faults
                    .0
                    .push(crate::demo::refusal::Fault::duplicate(field, &json!(said)));
            }
        }
    }
}

fn mounts(container: &Field<'_>, around: &Around<'_>, faults: &mut Faults) {
    let mut known = HashSet::new();
    for mount in container.child("volumeMounts").items() {
        let (name, path) = (mount.child("name"), mount.child("mountPath"));
        if name.is_blank() {
            faults.required(&*name.path, "");
        }
        if !around.volumes.contains_key(name.text()) {
            let said = json!(name.text());
            let value = Field {
                value: &said,
                path: name.path.clone(),
            };
            faults.not_found(&value);
        }
        if path.is_blank() {
            faults.required(&*path.path, "");
        }
        if !known.insert(path.text()) {
            faults.invalid(&path, "must be unique");
        }
    }
    for device in container.child("volumeDevices").items() {
        let name = device.child("name");
        match around.volumes.get(name.text()) {
            None => faults.not_found(&name),
            Some(source)
                if source["persistentVolumeClaim"].is_null() && source["ephemeral"].is_null() =>
            {
                faults.invalid(&name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
            }
            Some(_) => {}
        }
    }
}

fn security(context: &Field<'_>, faults: &mut Faults) {
    for key in ["runAsUser", "runAsGroup"] {
        let id = context.child(key);
        if id
            .number()
            .is_some_and(|id| !(0..=i64::from(i32::MAX)).contains(&id))
        {
            faults.invalid(&id, "must be between 0 and 2147483647, inclusive");
        }
    }
    let said = |key: &str| context.child(key).value == &json!(true);
    let escalation = context.child("allowPrivilegeEscalation");
    if escalation.value == &json!(false) && said("privileged") {
        faults.invalid(
            context,
            "cannot set `allowPrivilegeEscalation` to false and `privileged` to true",
        );
    }
}
