//! A Map of a test's own, with one Server in it, and the binary looking at it.

use serde_json::json;

use crate::{
    support::{
        WITHIN, barkeep,
        cluster::{Cluster, Namespace},
        frame::server,
        terminal::{Terminal, text},
    },
    words::{HEALTHY, LIVE, SERVER},
};

/// A Map of the test's own with one Deployment in it, and the binary looking at it in a terminal.
pub(crate) fn watched(cluster: &Cluster, replicas: u32) -> (Namespace<'_>, Terminal) {
    let own = cluster.namespace("dev");
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": SERVER, "namespace": own.name},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": SERVER}},
            "template": {
                "metadata": {"labels": {"app": SERVER}},
                "spec": {"terminationGracePeriodSeconds": 1, "containers": [{
                    "name": "main", "image": "registry.local/busybox:1.0", "imagePullPolicy": "Never",
                    "command": ["sleep", "100000"],
                }]},
            },
        },
    });
    cluster.apply(&deployment.to_string());
    let mut terminal = barkeep()
        .args(["--kubeconfig", cluster.kubeconfig().to_str().unwrap()])
        .size(160, 50)
        .start();
    terminal.wait_for_text(LIVE, WITHIN);
    terminal.send(format!(":{}/{}\r", own.service, own.map));
    terminal.wait_for(
        "the Server healthy",
        |screen| is_settled(screen, replicas),
        WITHIN,
    );
    (own, terminal)
}

pub(crate) fn is_settled(screen: &vt100::Screen, replicas: u32) -> bool {
    server(&text(screen), SERVER).is_some_and(|row| {
        row.glyph == '●'
            && row.rest.contains(HEALTHY)
            && row.ready() == Some(&format!("{replicas}/{replicas}"))
    })
}
