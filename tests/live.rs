//! The same stories against a real cluster: what is on screen is what the API says, soon after it says so, also for people
//! with few rights and after the API server was away.
//!
//! These tests run where `BARKEEP_LIVE=1` and `KUBECONFIG` names a cluster that may be written to, on which the applications
//! that they look for run; anywhere else each returns at once and says so. Further, each part only where it is set:
//! `BARKEEP_DEVELOPER` a kubeconfig that may edit shop-dev and view shop-prod, and may not list namespaces;
//! `BARKEEP_NOBODY` one without rights; `BARKEEP_CLUSTER_UP` the script that starts what is missing of the cluster, whose
//! `run/apiserver.pid` lies beside the kubeconfig; `BARKEEP_ETCD` host and port of its etcd.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::missing_panics_doc,
    reason = "a test says what it expected and ends; measurements are printed"
)]

pub mod support;

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use serde_json::{Value, json};
use support::{
    barkeep,
    cluster::{Cluster, Namespace, eventually},
    frame::{named, rows, says, server, tells},
    terminal::{Terminal, signal, text},
};

/// A namespace, and the Service and Map that it has to be.
struct Place {
    namespace: &'static str,
    service: &'static str,
    map: &'static str,
}

const PLACES: &[Place] = &[
    Place {
        namespace: "shop-dev",
        service: "shop",
        map: "dev",
    },
    Place {
        namespace: "shop-prod",
        service: "shop",
        map: "prod",
    },
    Place {
        namespace: "data-platform",
        service: "analytics",
        map: "data-platform",
    },
    Place {
        namespace: "legacy",
        service: "legacy",
        map: "legacy",
    },
    Place {
        namespace: "kube-system",
        service: "system",
        map: "kube-system",
    },
];

/// A Server, its kind, the healths it may have, and a word of its status.
struct Expected {
    namespace: &'static str,
    server: &'static str,
    kind: &'static str,
    glyphs: &'static str,
    says: &'static str,
}

const fn expect(
    namespace: &'static str,
    server: &'static str,
    kind: &'static str,
    glyphs: &'static str,
    says: &'static str,
) -> Expected {
    Expected {
        namespace,
        server,
        kind,
        glyphs,
        says,
    }
}

const EXPECTED: &[Expected] = &[
    expect("shop-dev", "crasher", "dep", "✖", "CrashLoopBackOff"),
    expect("shop-dev", "typo", "dep", "✖", "ErrImageNeverPull"),
    expect("shop-dev", "unready", "dep", "✖", "progress deadline"),
    expect("shop-dev", "worker", "dep", "●", "healthy"),
    // Its autoscaler may be at work.
    expect("shop-prod", "web", "dep", "●◐", ""),
    expect("shop-prod", "db", "sts", "●", "healthy"),
    expect("data-platform", "agent", "ds", "●", "healthy"),
    expect("data-platform", "firehose", "dep", "●", "healthy"),
    expect("data-platform", "report", "cj", "●◐", ""),
    expect("data-platform", "migrate", "job", "✖", "failed"),
    expect("legacy", "greedy", "dep", "✖", "insufficient cpu"),
    expect("legacy", "bare", "pod", "●", "healthy"),
];

const LIVE: &str = "● live";
const STALE: &str = "stale";
const LOADING: &str = "loading";
const HEALTHY: &str = "healthy";
const TERMINATING: &str = "Terminating";
/// Either is a way of saying that one has not the right.
const FORBIDDEN: [&str; 2] = ["may not", "forbidden"];
const NO_NAMESPACES: &str = "may not list namespaces";
/// The configuration of someone who may not list namespaces, and knows which are theirs.
const OWN_NAMESPACES: &str = "namespaces = [\"shop-dev\", \"shop-prod\"]\n";

/// From the answer to a request that changes the cluster to the change on screen.
const ON_SCREEN: Duration = Duration::from_millis(100);
/// How often each kind of change is made and measured.
const ROUNDS: usize = 6;
/// How long until failures have developed, Instances have been replaced, a first screen is complete.
const IN_TIME: Duration = Duration::from_secs(90);
const OUTAGE: Duration = Duration::from_secs(20);
const STALE_WITHIN: Duration = Duration::from_secs(8);
const BACK_WITHIN: Duration = Duration::from_secs(5);

/// The Server that tests change, in a Map of their own.
const SERVER: &str = "pause";

fn live(test: &str) -> Option<Cluster> {
    let cluster = Cluster::live();
    if cluster.is_none() {
        println!("{test}: not run, BARKEEP_LIVE is not 1");
    }
    cluster
}

fn variable(test: &str, name: &str) -> Option<String> {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    if value.is_none() {
        println!("{test}: a part was not run, {name} is not set");
    }
    value
}

fn place_keys(service: &str, map: &str) -> String {
    format!(":{service}/{map}<enter><wait>")
}

/// One frame, without a terminal.
fn print(kubeconfig: &str, args: &[&str], keys: &str) -> String {
    let output = barkeep()
        .args(["--kubeconfig", kubeconfig])
        .args(args)
        .args(["--keys", keys, "--print", "--size", "180x60"])
        .run(Duration::from_secs(60));
    let frame = String::from_utf8_lossy(&output.stdout).into_owned();
    format!("{frame}{}", String::from_utf8_lossy(&output.stderr))
}

#[test]
fn every_application_is_where_and_how_the_api_says() {
    let Some(cluster) = live("every_application_is_where_and_how_the_api_says") else {
        return;
    };
    for place in PLACES {
        let mut wrong = Vec::new();
        let mut frame = String::new();
        let right = eventually(IN_TIME, || {
            let before = Servers::of(&cluster, place.namespace);
            frame = print(
                cluster.kubeconfig().to_str().unwrap(),
                &[],
                &place_keys(place.service, place.map),
            );
            let after = Servers::of(&cluster, place.namespace);
            wrong = complaints(place, &frame, &before, &after);
            wrong.is_empty().then_some(())
        });
        assert!(
            right.is_some(),
            "{}:\n{}\n{frame}",
            place.namespace,
            wrong.join("\n")
        );
    }
}

fn complaints(place: &Place, frame: &str, before: &Servers, after: &Servers) -> Vec<String> {
    let mut wrong = Vec::new();
    let title = format!("SERVERS {} ▸ {}", place.service, place.map);
    if !says(frame, &title) {
        wrong.push(format!("no {title:?}"));
    }
    for name in [place.service, place.map] {
        if named(frame, name).is_none() {
            wrong.push(format!("no row {name:?}"));
        }
    }
    for expected in EXPECTED
        .iter()
        .filter(|expected| expected.namespace == place.namespace)
    {
        let Some(row) = server(frame, expected.server) else {
            wrong.push(format!("no Server {}", expected.server));
            continue;
        };
        let right = row.kind() == Some(expected.kind)
            && expected.glyphs.contains(row.glyph)
            && row.rest.contains(expected.says);
        if !right {
            wrong.push(format!(
                "not {} {} {:?}: {row:?}",
                expected.glyphs, expected.kind, expected.says
            ));
        }
    }
    // The cluster moves on between the question and the frame: either answer is right.
    if !before.agree_with(frame) && !after.agree_with(frame) {
        wrong.push(format!("kubectl says {:?}", after.0));
    }
    wrong
}

/// The Servers of a namespace as the API has them: names, and `ready/wanted` where the kind counts.
#[derive(Debug)]
struct Servers(Vec<(String, Option<String>)>);

impl Servers {
    #[track_caller]
    fn of(cluster: &Cluster, namespace: &str) -> Self {
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
    fn agree_with(&self, frame: &str) -> bool {
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

/// A Map of the test's own with one Deployment in it, and the binary looking at it in a terminal.
fn watched(cluster: &Cluster, replicas: u32) -> (Namespace<'_>, Terminal) {
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
    terminal.wait_for_text(LIVE, IN_TIME);
    terminal.send(format!(":{}/{}\r", own.service, own.map));
    terminal.wait_for(
        "the Server healthy",
        |screen| is_settled(screen, replicas),
        IN_TIME,
    );
    (own, terminal)
}

fn is_settled(screen: &vt100::Screen, replicas: u32) -> bool {
    server(&text(screen), SERVER).is_some_and(|row| {
        row.glyph == '●'
            && row.rest.contains(HEALTHY)
            && row.ready() == Some(&format!("{replicas}/{replicas}"))
    })
}

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
            IN_TIME,
        );
        scaled.push(seen.saturating_duration_since(answered));
        terminal.wait_for(
            "the scaled Server healthy",
            |screen| is_settled(screen, replicas),
            IN_TIME,
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
        terminal.wait_for_text(&pod, IN_TIME);
        let path = format!("/api/v1/namespaces/{}/pods/{pod}", own.name);
        let (_, answered) = cluster.request("DELETE", &path, None);
        let seen = terminal.wait_for(
            "the Instance terminating, or gone",
            |screen| {
                text(screen)
                    .lines()
                    .filter(|line| line.contains(&pod))
                    .all(|line| line.contains(TERMINATING))
            },
            IN_TIME,
        );
        deleted.push(seen.saturating_duration_since(answered));
        terminal.wait_for(
            "another Instance",
            |screen| is_settled(screen, 1) && !text(screen).contains(&pod),
            IN_TIME,
        );
    }

    assert_soon("scale", scaled);
    assert_soon("rollout restart", restarted);
    assert_soon("set image", imaged);
    assert_soon("delete Pod", deleted);
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
    let seen = terminal.wait_for("the Server progressing", is_unsettled, IN_TIME);
    terminal.wait_for(
        "the rollout's end",
        |screen| is_settled(screen, replicas),
        IN_TIME,
    );
    seen.saturating_duration_since(answered)
}

#[test]
fn a_developer_sees_what_is_theirs_and_is_told_what_is_not() {
    let test = "a_developer_sees_what_is_theirs_and_is_told_what_is_not";
    let Some(_cluster) = live(test) else { return };
    let Some(developer) = variable(test, "BARKEEP_DEVELOPER") else {
        return;
    };

    let sees = |args: &[&str], map: &str, name: &str| {
        let mut frame = String::new();
        let seen = eventually(IN_TIME, || {
            frame = print(&developer, args, &place_keys("shop", map));
            server(&frame, name)
        });
        assert!(seen.is_some(), "{args:?}: no {name}:\n{frame}");
    };
    sees(&["-n", "shop-dev"], "dev", "crasher");
    sees(&["-n", "shop-prod"], "prod", "web");

    let launch = barkeep().args(["--kubeconfig", &developer]).size(160, 50);
    let config = launch.home().join("config/barkeep");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("config.toml"), OWN_NAMESPACES).unwrap();
    let mut terminal = launch.start();
    for (map, name) in [("dev", "crasher"), ("prod", "web")] {
        terminal.wait_for(
            &format!("Map {map}"),
            |screen| named(&text(screen), map).is_some(),
            IN_TIME,
        );
        terminal.send(format!(":shop/{map}\r"));
        terminal.wait_for(
            name,
            |screen| server(&text(screen), name).is_some(),
            IN_TIME,
        );
    }

    let frame = print(&developer, &[], "<wait>");
    assert!(
        tells(&frame, NO_NAMESPACES),
        "what is forbidden is said:\n{frame}"
    );
}

#[test]
fn nobody_is_told_why_there_is_nothing() {
    let test = "nobody_is_told_why_there_is_nothing";
    let Some(_cluster) = live(test) else { return };
    let Some(nobody) = variable(test, "BARKEEP_NOBODY") else {
        return;
    };

    let mut terminal = barkeep()
        .args(["--kubeconfig", &nobody])
        .size(120, 40)
        .start();
    terminal.wait_for("an explanation", |screen| explains(&text(screen)), IN_TIME);
    assert!(
        terminal.exit_status(Duration::from_secs(2)).is_none(),
        "it stays open"
    );
    terminal.send("q");
    assert!(
        terminal.exit_status(Duration::from_secs(5)).is_some(),
        "q ends it"
    );

    // Whichever way it exits: there is a sentence, on the frame or on stderr.
    let said = print(&nobody, &[], "<wait>");
    assert!(explains(&said) && !said.contains("panicked"), "{said}");
}

fn explains(said: &str) -> bool {
    FORBIDDEN.iter().any(|words| tells(said, words))
}

/// One test, because its phases must neither overlap with one another nor with anything else.
#[test]
fn the_api_server_may_go_away_hang_and_forget() {
    let test = "the_api_server_may_go_away_hang_and_forget";
    let Some(cluster) = live(test) else { return };
    let Some(up) = variable(test, "BARKEEP_CLUSTER_UP") else {
        return;
    };
    let server = ApiServer::of(&cluster, up);
    let (own, mut terminal) = watched(&cluster, 2);

    let killed = Instant::now();
    server.kill();
    rides_out(&mut terminal, killed);
    server.start();
    catches_up(&cluster, &own, &mut terminal, 1);

    let stopped = Instant::now();
    server.signal(Signal::STOP);
    rides_out(&mut terminal, stopped);
    server.signal(Signal::CONT);
    catches_up(&cluster, &own, &mut terminal, 2);

    let Some(etcd) = variable(test, "BARKEEP_ETCD") else {
        return;
    };
    compact(&etcd);
    catches_up(&cluster, &own, &mut terminal, 1);
    // A watch that goes on from before the compaction is refused as too old.
    server.kill();
    compact(&etcd);
    server.start();
    catches_up(&cluster, &own, &mut terminal, 2);
}

#[track_caller]
fn rides_out(terminal: &mut Terminal, since: Instant) {
    let left = STALE_WITHIN.saturating_sub(since.elapsed());
    let seen = terminal.wait_for_text(STALE, left);
    println!(
        "API server gone → stale on screen: {:.1?}",
        seen.saturating_duration_since(since)
    );
    terminal.listen(OUTAGE.saturating_sub(since.elapsed()));
    assert!(
        terminal.exit_status(Duration::ZERO).is_none(),
        "a lost cluster never ends the program"
    );
    assert!(
        terminal.screen_text().contains(SERVER),
        "what is known stays on screen:\n{}",
        terminal.screen_text()
    );
}

/// Once the API server is ready and something has changed, the screen is live and equal to what kubectl says.
#[track_caller]
fn catches_up(cluster: &Cluster, own: &Namespace, terminal: &mut Terminal, replicas: u32) {
    eventually(IN_TIME, || cluster.is_ready().then_some(()))
        .expect("the API server is ready again");
    let ready = Instant::now();
    let path = format!("/apis/apps/v1/namespaces/{}/deployments/{SERVER}", own.name);
    cluster.request(
        "PATCH",
        &path,
        Some(&json!({"spec": {"replicas": replicas}})),
    );
    let equal = eventually(BACK_WITHIN, || {
        let before = Servers::of(cluster, &own.name);
        let frame = terminal.screen_text();
        let live = frame.contains(LIVE) && !frame.contains(STALE) && !frame.contains(LOADING);
        (live && before.agree_with(&frame)).then(Instant::now)
    });
    let Some(equal) = equal else {
        panic!(
            "not equal to {:?}:\n{}",
            Servers::of(cluster, &own.name),
            terminal.screen_text()
        );
    };
    println!("API server ready → live and equal: {:.1?}", equal - ready);
    terminal.wait_for(
        "the Server healthy",
        |screen| is_settled(screen, replicas),
        IN_TIME,
    );
}

/// The API server's process. Dropping it leaves it running, whatever the test did.
struct ApiServer<'a> {
    cluster: &'a Cluster,
    pid_file: PathBuf,
    up: String,
}

impl<'a> ApiServer<'a> {
    fn of(cluster: &'a Cluster, up: String) -> Self {
        let home = cluster
            .kubeconfig()
            .parent()
            .expect("the cluster's directory");
        Self {
            cluster,
            pid_file: home.join("run/apiserver.pid"),
            up,
        }
    }

    /// Its process id, if the process of that id is an API server.
    fn pid(&self) -> Option<u32> {
        let pid = fs::read_to_string(&self.pid_file)
            .ok()?
            .trim()
            .parse()
            .ok()?;
        let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).ok()?;
        command.contains("kube-apiserver").then_some(pid)
    }

    #[track_caller]
    fn kill(&self) {
        self.signal(Signal::KILL);
        eventually(IN_TIME, || self.pid().is_none().then_some(())).expect("the API server is gone");
    }

    #[track_caller]
    fn signal(&self, which: Signal) {
        signal(self.pid().expect("an API server"), which);
    }

    /// Starts what is missing; the script waits for more than the API server, so it is not waited for here.
    fn start(&self) {
        let home = self
            .pid_file
            .ancestors()
            .nth(2)
            .expect("the cluster's directory");
        let started = Command::new("bash")
            .arg(&self.up)
            .env("CLUSTER_HOME", home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut script = started.expect("the script starts");
        thread::spawn(move || script.wait());
    }
}

impl Drop for ApiServer<'_> {
    fn drop(&mut self) {
        match self.pid() {
            Some(pid) => signal(pid, Signal::CONT),
            None => self.start(),
        }
        eventually(IN_TIME, || self.cluster.is_ready().then_some(()));
    }
}

/// Has etcd forget every revision but the newest.
#[track_caller]
fn compact(etcd: &str) {
    // Any key will do: the answer's header names the revision.
    let range = post(etcd, "/v3/kv/range", &json!({"key": "AA=="}));
    let revision = range["header"]["revision"]
        .as_str()
        .unwrap_or_else(|| panic!("no revision: {range}"))
        .to_owned();
    let answer = post(
        etcd,
        "/v3/kv/compaction",
        &json!({"revision": revision, "physical": true}),
    );
    assert!(answer.get("header").is_some(), "{answer}");
}

/// One request to etcd's gateway; HTTP/1.0, so that the answer ends where the connection does.
#[track_caller]
fn post(address: &str, path: &str, body: &Value) -> Value {
    let body = body.to_string();
    let mut stream = TcpStream::connect(address).expect("etcd answers");
    let request = format!(
        "POST {path} HTTP/1.0\r\nHost: etcd\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer
        .split_once("\r\n\r\n")
        .expect("an answer with a body");
    serde_json::from_str(body).unwrap_or_else(|_| panic!("not JSON: {answer}"))
}
