//! The API server dies, hangs, and forgets old revisions; the program rides it out.

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

use crate::{
    live,
    own::{is_settled, watched},
    servers::Servers,
    support::{
        WITHIN,
        cluster::{Cluster, Namespace, eventually},
        terminal::{Terminal, signal},
    },
    variable,
    words::{BACK_WITHIN, LIVE, LOADING, OUTAGE, SERVER, STALE, STALE_WITHIN},
};

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
    eventually(WITHIN, || cluster.is_ready().then_some(())).expect("the API server is ready again");
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
    // The rest is up to the cluster: its controllers may notice only a minute later that the API server is back.
    terminal.wait_for(
        "the Server healthy",
        |screen| is_settled(screen, replicas),
        WITHIN,
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
        eventually(WITHIN, || self.pid().is_none().then_some(())).expect("the API server is gone");
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
        eventually(WITHIN, || self.cluster.is_ready().then_some(()));
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
