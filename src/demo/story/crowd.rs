//! A crowd: as many Pods as are wanted, of tenants of whom nothing else is told. They are written as they would be after
//! all controllers had done their work, so that nothing is left to do and nothing has to be waited for.

use serde_json::{Value, json};

use super::cluster::{self, Machine};
use crate::demo::{
    dice,
    logs::LOGS,
    object,
    refusal::Refusal,
    resource::{DEPLOYMENTS, NAMESPACES, NODES, PODS, REPLICA_SETS, SERVICE_ACCOUNTS},
    state::State,
    usage::USAGE,
};

/// So many Instances each Server has, and so many Servers each tenant.
const INSTANCES: usize = 10;
const SERVERS: &[(&str, &str)] = &[
    ("web", "frontend"),
    ("api", "backend"),
    ("worker", "backend"),
    ("gateway", "edge"),
    ("search", "backend"),
    ("auth", "identity"),
    ("cache", "cache"),
    ("mailer", "backend"),
    ("billing", "backend"),
    ("sync", "backend"),
];
const TENANTS: &[&str] = &[
    "acorn", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven", "iris", "juniper",
    "karst", "lumen", "maple", "nova", "orchid", "pine", "quartz", "river", "sable", "tundra",
    "umber", "violet", "willow", "xenon", "yarrow", "zephyr",
];

/// So many of them fit on one of the machines that are added for them.
const FIT: usize = 200;

/// What keeps everybody else from those machines.
const TAINT: (&str, &str) = ("example.com/tenants", "NoSchedule");

/// Adds namespaces with Servers until there are so many Pods.
pub fn crowd(state: &mut State, pods: usize) {
    let there = state.store.count(&PODS);
    let wanted = pods.saturating_sub(there);
    let nodes = wanted.div_ceil(FIT);
    for number in 0..nodes {
        machine(state, number);
    }
    let servers = wanted.div_ceil(INSTANCES);
    let mut tenant = Tenant::default();
    for number in 0..servers {
        let place = number % SERVERS.len();
        if place == 0 {
            tenant = Tenant::settle(state, number / SERVERS.len());
        }
        let instances = INSTANCES.min(wanted - number * INSTANCES);
        if let Err(refusal) = tenant.run(state, place, instances, number * INSTANCES, nodes) {
            tracing::warn!(message = refusal.message, "the crowd could not come");
            return;
        }
    }
}

fn machine(state: &mut State, number: usize) {
    let name = name_of_machine(number);
    let zone = ["a", "b", "c"][number % 3];
    let machine = Machine {
        name: &name,
        zone,
        cores: 64,
        memory: 256,
        days: 0,
    };
    let mut node = cluster::node(100 + number, &machine, state.now());
    node["spec"]["taints"] = json!([{"key": TAINT.0, "effect": TAINT.1}]);
    for field in ["capacity", "allocatable"] {
        node["status"][field]["pods"] = json!((FIT + 50).to_string());
    }
    place(state, &NODES, node);
}

fn name_of_machine(number: usize) -> String {
    format!("tenants-{number:03}")
}

/// Writes an object that is whole; nobody has anything to do because of it.
fn place(
    state: &mut State,
    resource: &'static crate::demo::resource::Resource,
    object: Value,
) -> Option<Value> {
    let object = state.prepare(resource, object).ok()?;
    state.put_quietly(resource, object.clone());
    Some(object)
}

#[derive(Default)]
struct Tenant {
    namespace: String,
}

impl Tenant {
    fn settle(state: &mut State, number: usize) -> Self {
        let name = TENANTS[number % TENANTS.len()];
        let namespace = format!("load-{number:02}-{name}");
        place(state, &NAMESPACES, cluster::namespace(&namespace));
        let account = json!({"metadata": {"name": "default", "namespace": namespace}});
        place(state, &SERVICE_ACCOUNTS, account);
        Self { namespace }
    }

    /// One Server: its Deployment, its ReplicaSet, its Pods.
    fn run(
        &self,
        state: &mut State,
        server: usize,
        instances: usize,
        first: usize,
        nodes: usize,
    ) -> Result<(), Refusal> {
        let (name, group) = SERVERS[server];
        let now = object::time(state.now());
        let labels = json!({"app.kubernetes.io/name": name, "app.kubernetes.io/component": group});
        let template = json!({
            "metadata": {"labels": labels, "annotations": {
                USAGE: format!("cpu={}m memory={}Mi breath=0.5", 20 + server * 7, 48 + server * 9), LOGS: "json rate=0.5/s",
            }},
            "spec": {
                "containers": [{
                    "name": name, "image": format!("registry.example.com/tenants/{name}:1.{}.0", server + 3),
                    "ports": [{"name": "http", "containerPort": 8080}],
                    "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
                }],
                "tolerations": [{"key": TAINT.0, "operator": "Exists", "effect": TAINT.1}],
            },
        });
        let count = json!(instances);
        let mut deployment = state.prepare(
            &DEPLOYMENTS,
            json!({
                "metadata": {"name": name, "namespace": self.namespace, "labels": labels, "annotations": {REVISION: "1"}},
                "spec": {"replicas": count, "selector": {"matchLabels": labels}, "template": template},
            }),
        )?;
        let hash = dice::letters(0, (&self.namespace, name), 10);
        let set_name = format!("{name}-{hash}");
        deployment["status"] = json!({
            "observedGeneration": 1, "replicas": count, "updatedReplicas": count, "readyReplicas": count, "availableReplicas": count,
            "conditions": [
                {
                    "type": "Available", "status": "True", "reason": "MinimumReplicasAvailable",
                    "message": "Deployment has minimum availability.", "lastUpdateTime": now, "lastTransitionTime": now,
                },
                {
                    "type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable",
                    "message": format!("ReplicaSet \"{set_name}\" has successfully progressed."), "lastUpdateTime": now, "lastTransitionTime": now,
                },
            ],
        });
        let mut whole = labels.clone();
        whole["pod-template-hash"] = json!(hash);
        let mut of_set = deployment["spec"]["template"].clone();
        of_set["metadata"]["labels"] = whole.clone();
        let mut set = state.prepare(
            &REPLICA_SETS,
            json!({
                "metadata": {
                    "name": set_name, "namespace": self.namespace, "labels": whole,
                    "annotations": {REVISION: "1", DESIRED: count.to_string(), MOST: (instances + instances.div_ceil(4)).to_string()},
                    "ownerReferences": [object::owned_by(&deployment)],
                },
                "spec": {"replicas": count, "selector": {"matchLabels": whole}, "template": of_set},
            }),
        )?;
        set["status"] = json!({
            "observedGeneration": 1, "replicas": count, "fullyLabeledReplicas": count, "readyReplicas": count, "availableReplicas": count,
        });
        let mut pod = state.prepare(
            &PODS,
            json!({
                "metadata": {
                    "name": format!("{set_name}-{}", dice::letters(state.seed, (&self.namespace, name, "pod"), 5)),
                    "generateName": format!("{set_name}-"), "namespace": self.namespace, "labels": whole,
                    "annotations": of_set["metadata"]["annotations"], "ownerReferences": [object::owned_by(&set)],
                },
                "spec": of_set["spec"],
            }),
        )?;
        state.put_quietly(&DEPLOYMENTS, deployment);
        state.put_quietly(&REPLICA_SETS, set);
        for place in 0..instances {
            let number = first + place;
            pod["metadata"]["name"] = json!(format!(
                "{set_name}-{}",
                dice::letters(state.seed, (&self.namespace, name, place), 5)
            ));
            pod["metadata"]["uid"] = json!(state.uid());
            runs(&mut pod, number, number % nodes, &now, state.seed);
            state.put_quietly(&PODS, pod.clone());
        }
        Ok(())
    }
}

const REVISION: &str = "deployment.kubernetes.io/revision";
const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
const MOST: &str = "deployment.kubernetes.io/max-replicas";

/// Says of a Pod that it runs on this machine.
fn runs(pod: &mut Value, number: usize, machine: usize, now: &str, seed: u64) {
    let address = |first: usize, number: usize| {
        format!(
            "10.{}.{}.{}",
            first + number / 60_000,
            number / 240 % 250,
            2 + number % 240
        )
    };
    let condition = |kind: &str| {
        json!({
            "type": kind, "status": "True", "observedGeneration": 1, "lastProbeTime": null, "lastTransitionTime": now,
        })
    };
    let image = object::text(pod, "/spec/containers/0/image").to_owned();
    let id = |what: &str| {
        let part = |place: u8| dice::throw(seed, (what, number, place));
        format!(
            "{:016x}{:016x}{:016x}{:016x}",
            part(0),
            part(1),
            part(2),
            part(3)
        )
    };
    let name = pod["spec"]["containers"][0]["name"].clone();
    let host = format!(
        "10.20.{}.{}",
        (100 + machine) / 200,
        11 + (100 + machine) % 200
    );
    let own = address(128, number);
    pod["spec"]["nodeName"] = json!(name_of_machine(machine));
    pod["status"] = json!({
        "phase": "Running", "qosClass": "Burstable", "startTime": now, "observedGeneration": 1,
        "hostIP": host, "hostIPs": [{"ip": host}], "podIP": own, "podIPs": [{"ip": own}],
        "conditions": [
            condition("PodReadyToStartContainers"), condition("Initialized"), condition("Ready"),
            condition("ContainersReady"), condition("PodScheduled"),
        ],
        "containerStatuses": [{
            "name": name, "image": image, "imageID": format!("{}@sha256:{}", image.split(':').next().unwrap_or(""), id("image")),
            "containerID": format!("containerd://{}", id("container")),
            "ready": true, "started": true, "restartCount": 0, "lastState": {}, "state": {"running": {"startedAt": now}},
        }],
    });
}
