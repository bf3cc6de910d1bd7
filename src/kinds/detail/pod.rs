//! v1 Pod: its containers, asked for and as they are; where it may run, and what it mounts.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{
        Container, ContainerPort, ContainerStatus as Told, EphemeralContainer, Pod, PodSpec, Probe,
        ResourceRequirements, Toleration, Volume, VolumeMount,
    },
    apimachinery::pkg::api::resource::Quantity as Written,
};

use super::{about, number, row};
use crate::{
    kinds::slim::short,
    model::{
        Detail,
        detail::{
            ContainerDetail, ContainerState, ContainerStatus, Ended, InstanceDetail, PodDetail,
            Role,
        },
        ids::Name,
        quantity::Quantity,
        row::{Interner, Resources, Row},
    },
};

pub(in crate::kinds) fn pod(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Pod = serde_json::from_slice(json)?;
    let about = about(&object.metadata, json, names)?;
    let asked = object.spec.unwrap_or_default();
    let status = object.status.unwrap_or_default();
    let mut pod = spec(&asked, names);
    let told: Vec<&Told> = [
        &status.init_container_statuses,
        &status.container_statuses,
        &status.ephemeral_container_statuses,
    ]
    .into_iter()
    .flatten()
    .flatten()
    .collect();
    for container in &mut pod.containers {
        let told = told.iter().find(|told| *told.name == *container.name);
        container.status = told.map(|told| container_status(told, names));
    }
    let volumes = asked.volumes.iter().flatten();
    let detail = Detail::Instance(InstanceDetail {
        about,
        pod,
        quality: names.name(status.qos_class.as_deref().unwrap_or_default()),
        address: names.name(status.pod_ip.as_deref().unwrap_or_default()),
        started: status.start_time.map_or(0, |time| time.0.as_second()),
        volumes: volumes
            .map(|volume| (names.name(&volume.name), behind(volume, names)))
            .collect(),
    });
    Ok(Some(row(&object.metadata, detail)))
}

/// What a Pod, or a template, asks for.
pub(super) fn spec(spec: &PodSpec, names: &mut Interner) -> PodDetail {
    let mut containers = Vec::new();
    for container in spec.init_containers.iter().flatten() {
        let stays = container.restart_policy.as_deref() == Some("Always");
        let role = if stays { Role::Sidecar } else { Role::Init };
        containers.push(asked(container, role, names));
    }
    for container in &spec.containers {
        containers.push(asked(container, Role::Main, names));
    }
    for EphemeralContainer { name, image, .. } in spec.ephemeral_containers.iter().flatten() {
        containers.push(ContainerDetail {
            name: names.name(name),
            image: names.name(image.as_deref().unwrap_or_default()),
            role: Role::Ephemeral,
            ..ContainerDetail::default()
        });
    }
    PodDetail {
        placement: placement(spec, names),
        service_account: spec
            .service_account_name
            .as_deref()
            .map(|name| names.name(name)),
        containers,
    }
}

fn placement(spec: &PodSpec, names: &mut Interner) -> Vec<(&'static str, Name)> {
    let mut said: Vec<(&'static str, String)> = Vec::new();
    let selector = spec.node_selector.iter().flatten();
    let selector: Vec<String> = selector
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    if !selector.is_empty() {
        said.push(("nodeSelector", selector.join(", ")));
    }
    if let Some(affinity) = &spec.affinity {
        let kinds = [
            ("node", affinity.node_affinity.is_some()),
            ("Pod", affinity.pod_affinity.is_some()),
            ("Pod anti-affinity", affinity.pod_anti_affinity.is_some()),
        ];
        let kinds: Vec<&str> = kinds
            .into_iter()
            .filter(|(_, is)| *is)
            .map(|(kind, _)| kind)
            .collect();
        said.push(("affinity", kinds.join(", ")));
    }
    let spread = spec.topology_spread_constraints.iter().flatten();
    let spread: Vec<&str> = spread
        .map(|constraint| constraint.topology_key.as_str())
        .collect();
    if !spread.is_empty() {
        said.push(("topologySpread", spread.join(", ")));
    }
    // Every Pod is given these two for five minutes (admission plugin DefaultTolerationSeconds).
    let tolerations = spec.tolerations.iter().flatten().filter(|toleration| {
        let key = toleration.key.as_deref().unwrap_or_default();
        !key.starts_with("node.kubernetes.io/")
    });
    let tolerations: Vec<String> = tolerations.map(toleration).collect();
    if !tolerations.is_empty() {
        said.push(("tolerations", tolerations.join(", ")));
    }
    said.extend(
        spec.priority_class_name
            .clone()
            .map(|name| ("priorityClassName", name)),
    );
    let grace = spec.termination_grace_period_seconds;
    said.extend(grace.map(|grace| ("terminationGracePeriodSeconds", grace.to_string())));
    if spec.host_network == Some(true) {
        said.push(("hostNetwork", "true".to_owned()));
    }
    said.into_iter()
        .map(|(word, value)| (word, names.name(&value)))
        .collect()
}

fn toleration(toleration: &Toleration) -> String {
    let key = toleration.key.as_deref().unwrap_or("*");
    let value = toleration
        .value
        .as_deref()
        .map_or_else(String::new, |value| format!("={value}"));
    let effect = toleration
        .effect
        .as_deref()
        .map_or_else(String::new, |effect| format!(":{effect}"));
    format!("{key}{value}{effect}")
}

fn asked(container: &Container, role: Role, names: &mut Interner) -> ContainerDetail {
    let probes = [
        ("liveness", &container.liveness_probe),
        ("readiness", &container.readiness_probe),
        ("startup", &container.startup_probe),
    ];
    let probes = probes
        .into_iter()
        .filter_map(|(kind, probe)| Some((kind, probe.as_ref()?)));
    let probes = probes
        .map(|(kind, asks)| (kind, names.name(&probe(asks))))
        .collect();
    let ports = container
        .ports
        .iter()
        .flatten()
        .map(|asked| names.name(&port(asked)))
        .collect();
    let mounts = container.volume_mounts.iter().flatten();
    let mounts = mounts.map(
        |VolumeMount {
             mount_path, name, ..
         }| { (names.name(mount_path), names.name(name)) },
    );
    ContainerDetail {
        mounts: mounts.collect(),
        name: names.name(&container.name),
        role,
        image: names.name(container.image.as_deref().unwrap_or_default()),
        resources: container
            .resources
            .as_ref()
            .map(resources)
            .unwrap_or_default(),
        ports,
        probes,
        status: None,
    }
}

fn resources(asked: &ResourceRequirements) -> Resources {
    let amount = |of: &Option<BTreeMap<String, Written>>, name: &str| {
        let written = of.as_ref()?.get(name)?;
        Quantity::parse(&written.0)
    };
    let (requests, limits) = (&asked.requests, &asked.limits);
    Resources {
        cpu_request: amount(requests, "cpu").map_or(0, Quantity::millis),
        cpu_limit: amount(limits, "cpu").map_or(0, Quantity::millis),
        memory_request: amount(requests, "memory").map_or(0, Quantity::units),
        memory_limit: amount(limits, "memory").map_or(0, Quantity::units),
    }
}

/// `http 8080`, `dns 53/UDP`
fn port(port: &ContainerPort) -> String {
    let name = port
        .name
        .as_deref()
        .map_or_else(String::new, |name| format!("{name} "));
    let protocol = port
        .protocol
        .as_deref()
        .filter(|protocol| *protocol != "TCP");
    let protocol = protocol.map_or_else(String::new, |protocol| format!("/{protocol}"));
    format!("{name}{}{protocol}", port.container_port)
}

/// `GET :http/healthz every 10s`, as kubectl describe has it in fewer words.
fn probe(probe: &Probe) -> String {
    let what = if let Some(get) = &probe.http_get {
        let path = get.path.as_deref().unwrap_or("/");
        format!("GET :{}{path}", number(&get.port))
    } else if let Some(socket) = &probe.tcp_socket {
        format!("connect :{}", number(&socket.port))
    } else if let Some(grpc) = &probe.grpc {
        format!("gRPC :{}", grpc.port)
    } else {
        let command = probe.exec.as_ref().and_then(|exec| exec.command.as_ref());
        command.map_or_else(|| "?".to_owned(), |words| words.join(" "))
    };
    let every = probe
        .period_seconds
        .map_or_else(String::new, |every| format!(" every {every}s"));
    let fails = probe.failure_threshold.filter(|fails| *fails != 3);
    let fails = fails.map_or_else(String::new, |fails| format!(", fails after {fails}"));
    format!("{what}{every}{fails}")
}

fn container_status(told: &Told, names: &mut Interner) -> ContainerStatus {
    let state = told.state.as_ref();
    let state = if let Some(running) = state.and_then(|state| state.running.as_ref()) {
        ContainerState::Running(
            running
                .started_at
                .as_ref()
                .map_or(0, |time| time.0.as_second()),
        )
    } else if let Some(over) = state.and_then(|state| state.terminated.as_ref()) {
        ContainerState::Ended(ended(over, names))
    } else {
        let waiting = state
            .and_then(|state| state.waiting.clone())
            .unwrap_or_default();
        ContainerState::Waiting(
            names.name(waiting.reason.as_deref().unwrap_or_default()),
            short(waiting.message.as_deref().unwrap_or_default(), names),
        )
    };
    let last = told
        .last_state
        .as_ref()
        .and_then(|last| last.terminated.as_ref());
    ContainerStatus {
        ready: told.ready,
        restarts: told.restart_count as u32,
        state,
        last: last.map(|last| ended(last, names)),
    }
}

fn ended(
    over: &k8s_openapi::api::core::v1::ContainerStateTerminated,
    names: &mut Interner,
) -> Ended {
    let second = |time: &Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>| {
        time.as_ref().map_or(0, |time| time.0.as_second())
    };
    Ended {
        reason: names.name(over.reason.as_deref().unwrap_or("Ended")),
        code: over.exit_code,
        ran: (second(&over.started_at), second(&over.finished_at)),
        message: short(over.message.as_deref().unwrap_or_default().trim(), names),
    }
}

/// What is behind a volume: its kind, and the name of what it is made from.
fn behind(volume: &Volume, names: &mut Interner) -> Name {
    let text = if let Some(claim) = &volume.persistent_volume_claim {
        format!("claim {}", claim.claim_name)
    } else if let Some(config) = &volume.config_map {
        format!("ConfigMap {}", config.name)
    } else if let Some(secret) = &volume.secret {
        format!(
            "Secret {}",
            secret.secret_name.as_deref().unwrap_or_default()
        )
    } else if let Some(path) = &volume.host_path {
        format!("hostPath {}", path.path)
    } else if let Some(empty) = &volume.empty_dir {
        let memory = empty.medium.as_deref() == Some("Memory");
        if memory {
            "emptyDir in memory"
        } else {
            "emptyDir"
        }
        .to_owned()
    } else if volume.projected.is_some() {
        "projected".to_owned()
    } else if let Some(driver) = &volume.csi {
        format!("CSI {}", driver.driver)
    } else if volume.downward_api.is_some() {
        "downwardAPI".to_owned()
    } else if let Some(nfs) = &volume.nfs {
        format!("NFS {}:{}", nfs.server, nfs.path)
    } else if volume.ephemeral.is_some() {
        "ephemeral claim".to_owned()
    } else {
        "another kind of volume".to_owned()
    };
    names.name(&text)
}
