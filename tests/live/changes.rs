//! What someone changes in the cluster is on screen at once.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    live,
    own::{is_settled, watched},
    support::{
        WITHIN,
        cluster::Cluster,
        frame::server,
        terminal::{Terminal, text},
    },
    words::{ON_SCREEN, ROUNDS, SERVER, TERMINATING},
};

fn is_unsettled(screen: &vt100::Screen) -> bool {
    server(&text(screen), SERVER).is_some_and(|row| row.glyph != '●')
}

/// Prints the median and the worst of what was measured, and holds the median to the bar.
#[track_caller]
fn assert_soon(change: &str, mut measured: Vec<Duration>) {
    measured.sort();
    let (median, worst) = (measured[measured.len() / 2], measured[measured.len() - 1]);
    println!(
        "{change} → on screen: p50 {median:.1?}, max {worst:.1?} of {}",
        measured.len()
    );
    assert!(
        median <= ON_SCREEN,
        "{change}: median {median:?} of {measured:?}"
    );
}

/// What is measured: from the moment the answer to the request that makes a change has been read (so the API server has it)
/// to the arrival of the terminal output that shows it. It holds the API server's watch, the program and one frame. A
/// change seen before the answer was read counts as 0. Only what the request itself changes is waited for (what is wanted,
/// a Pod that is being deleted), not what controllers make of it later.
#[test]
fn changes_are_on_screen_at_once() {
    let Some(cluster) = live("changes_are_on_screen_at_once") else {
        return;
    };
    let (own, mut terminal) = watched(&cluster, 1);
    let deployment = format!("/apis/apps/v1/namespaces/{}/deployments/{SERVER}", own.name);

    let mut scaled = Vec::new();
    let mut restarted = Vec::new();
    let mut imaged = Vec::new();
    for round in 0..ROUNDS {
        let replicas = if round % 2 == 0 { 3 } else { 1 };
        let (_, answered) = cluster.request(
            "PATCH",
            &deployment,
            Some(&json!({"spec": {"replicas": replicas}})),
        );
        let wanted = format!("/{replicas}");
        let seen = terminal.wait_for(
            &wanted,
            |screen| {
                let row = server(&text(screen), SERVER);
                row.is_some_and(|row| row.ready().is_some_and(|ready| ready.ends_with(&wanted)))
            },
            WITHIN,
        );
        scaled.push(seen.saturating_duration_since(answered));
        terminal.wait_for(
            "the scaled Server healthy",
            |screen| is_settled(screen, replicas),
            WITHIN,
        );

        let stamp =
            json!({"kubectl.kubernetes.io/restartedAt": format!("2026-01-01T00:00:{round:02}Z")});
        let restart = json!({"spec": {"template": {"metadata": {"annotations": stamp}}}});
        restarted.push(unsettling(
            &cluster,
            &mut terminal,
            &deployment,
            &restart,
            replicas,
        ));

        let image = if round % 2 == 0 {
            "registry.local/busybox:1.1"
        } else {
            "registry.local/busybox:1.0"
        };
        let change = json!([{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": image}]);
        imaged.push(unsettling(
            &cluster,
            &mut terminal,
            &deployment,
            &change,
            replicas,
        ));
    }

    let mut deleted = Vec::new();
    for _ in 0..ROUNDS {
        let pods = cluster.get(&[
            "pods",
            "-n",
            &own.name,
            "--field-selector=status.phase=Running",
        ]);
        let live = pods["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|pod| pod["metadata"]["deletionTimestamp"].is_null());
        let pod = live.expect("a Pod")["metadata"]["name"]
            .as_str()
            .unwrap()
            .to_owned();
        terminal.wait_for_text(&pod, WITHIN);
        let path = format!("/api/v1/namespaces/{}/pods/{pod}", own.name);
        let (_, answered) = cluster.request("DELETE", &path, None);
        let seen = terminal.wait_for(
            "the Instance terminating, or gone",
            |screen| {
                let shown = text(screen);
                server(&shown, SERVER).is_some()
                    && instance(&shown, &pod).is_none_or(|line| line.contains(TERMINATING))
            },
            WITHIN,
        );
        deleted.push(seen.saturating_duration_since(answered));
        terminal.wait_for(
            "another Instance",
            |screen| is_settled(screen, 1) && instance(&text(screen), &pod).is_none(),
            WITHIN,
        );
    }

    assert_soon("scale", scaled);
    assert_soon("rollout restart", restarted);
    assert_soon("set image", imaged);
    assert_soon("delete Pod", deleted);
}

/// The line of an Instance in the overview: it begins with its name, which Events only speak of.
fn instance<'a>(frame: &'a str, pod: &str) -> Option<&'a str> {
    frame
        .lines()
        .find(|line| line.trim_start().starts_with(pod))
}

/// Makes a change that begins a rollout; how long until the Server was shown to be progressing. Waits for the end of it.
#[track_caller]
fn unsettling(
    cluster: &Cluster,
    terminal: &mut Terminal,
    path: &str,
    change: &Value,
    replicas: u32,
) -> Duration {
    let (_, answered) = cluster.request("PATCH", path, Some(change));
    let seen = terminal.wait_for("the Server progressing", is_unsettled, WITHIN);
    terminal.wait_for(
        "the rollout's end",
        |screen| is_settled(screen, replicas),
        WITHIN,
    );
    seen.saturating_duration_since(answered)
}
