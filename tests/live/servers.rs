//! The Servers of a namespace as kubectl has them, to hold a frame against.

use serde_json::Value;

use crate::support::{
    cluster::Cluster,
    frame::{rows, server},
};

/// The Servers of a namespace as the API has them: names, and `ready/wanted` where the kind counts.
#[derive(Debug)]
pub(crate) struct Servers(Vec<(String, Option<String>)>);

impl Servers {
    #[track_caller]
    pub(crate) fn of(cluster: &Cluster, namespace: &str) -> Self {
        let kinds = "deployments,statefulsets,daemonsets,cronjobs,jobs,pods";
        let list = cluster.get(&[kinds, "-n", namespace]);
        let items = list["items"].as_array().expect("a list");
        let free = items
            .iter()
            .filter(|item| item["metadata"]["ownerReferences"].is_null());
        Self(
            free.map(|item| {
                (
                    item["metadata"]["name"].as_str().unwrap().to_owned(),
                    ready(item),
                )
            })
            .collect(),
        )
    }

    /// Whether a frame shows these Servers, each with that ratio, and no others.
    pub(crate) fn agree_with(&self, frame: &str) -> bool {
        let shown: Vec<_> = rows(frame)
            .into_iter()
            .filter(|row| row.kind().is_some())
            .collect();
        shown.len() == self.0.len()
            && self.0.iter().all(|(name, ready)| {
                server(frame, name)
                    .is_some_and(|row| ready.is_none() || row.ready() == ready.as_deref())
            })
    }
}

fn ready(item: &Value) -> Option<String> {
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let status = &item["status"];
    let (ready, wanted) = match item["kind"].as_str()? {
        "Deployment" | "StatefulSet" => (&status["readyReplicas"], &item["spec"]["replicas"]),
        "DaemonSet" => (&status["numberReady"], &status["desiredNumberScheduled"]),
        _ => return None,
    };
    Some(format!("{}/{}", number(ready), number(wanted)))
}
