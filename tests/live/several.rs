//! Two contexts of the real cluster and the demo in one tree; the way to one of them is cut and mended.

use std::{
    fs,
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    live,
    support::{
        WITHIN, barkeep,
        cluster::Cluster,
        frame::says,
        terminal::{Terminal, text},
    },
    words::{BACK_WITHIN, OUTAGE, STALE_WITHIN},
};

#[test]
fn one_of_three_clusters_goes_away_and_comes_back() {
    let Some(cluster) = live("one_of_three_clusters_goes_away_and_comes_back") else {
        return;
    };
    let own = cluster.namespace("dev");
    deploy(&cluster, &own.name, "first");
    let mut config: Value =
        serde_json::from_str(&cluster.kubectl(&["config", "view", "--raw", "-o", "json"])).unwrap();
    let server = config["clusters"][0]["cluster"]["server"].as_str().unwrap();
    let target = server.trim_start_matches("https://").to_owned();
    let mut detour = Detour::to(&target, 0);
    two_ways(&mut config, detour.port);
    let launch = barkeep()
        .args(["--context", "direct,detour", "--demo"])
        .size(200, 50);
    let kubeconfig = launch.home().join("two-ways");
    fs::write(&kubeconfig, config.to_string()).unwrap();
    let mut terminal = launch
        .env("KUBECONFIG", kubeconfig.to_str().unwrap())
        .start();

    terminal.wait_for_text("● 3 live", WITHIN);
    // A Service of the demo and one of the cluster stand in one list, and the latter's Maps come from both ways to it.
    terminal.wait_for_text("카페", WITHIN);
    terminal.send(format!(":{}\r", own.service));
    counts(&mut terminal, [1, 1], WITHIN);

    let cut = Instant::now();
    detour.cut();
    terminal.wait_for_text("detour stale", STALE_WITHIN);
    println!("the way is cut → said on screen: {:.1?}", cut.elapsed());
    assert!(
        terminal.screen_text().contains("2 of 3 live"),
        "{}",
        terminal.screen_text()
    );
    // What was known of it stays, and the others go on.
    deploy(&cluster, &own.name, "second");
    counts(&mut terminal, [2, 1], WITHIN);
    terminal.listen(OUTAGE.saturating_sub(cut.elapsed()));
    assert!(terminal.exit_status(Duration::ZERO).is_none());

    let mended = Instant::now();
    let _detour = Detour::to(&target, detour.port);
    counts(&mut terminal, [2, 2], BACK_WITHIN);
    terminal.wait_for_text("● 3 live", BACK_WITHIN);
    println!(
        "the way is mended → live and equal: {:.1?}",
        mended.elapsed()
    );
    terminal.send("q");
    assert!(terminal.exit_status(WITHIN).unwrap().success());
}

/// Waits until the Map has so many Servers as each of the two contexts tells.
#[track_caller]
fn counts(terminal: &mut Terminal, [direct, detour]: [u32; 2], within: Duration) {
    terminal.wait_for(
        &format!("{direct} Servers directly, {detour} by the detour"),
        |screen| {
            let frame = text(screen);
            let lines = |context: &str, count| says(&frame, &format!("dev {context} {count}"));
            lines("direct", direct) && lines("detour", detour)
        },
        within,
    );
}

fn deploy(cluster: &Cluster, namespace: &str, name: &str) {
    let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments");
    let template = json!({
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "main", "image": "registry.local/busybox:1.0"}]},
    });
    let deployment = json!({
        "metadata": {"name": name},
        "spec": {"replicas": 0, "selector": {"matchLabels": {"app": name}}, "template": template},
    });
    cluster.request("POST", &path, Some(&deployment));
}

/// A kubeconfig with the same user on the same cluster twice: directly, and by a port of this machine.
fn two_ways(config: &mut Value, port: u16) {
    let mut other = config["clusters"][0].clone();
    other["name"] = "by detour".into();
    other["cluster"]["server"] = format!("https://127.0.0.1:{port}").into();
    config["clusters"].as_array_mut().unwrap().push(other);
    let (cluster, user) = (
        config["clusters"][0]["name"].clone(),
        config["users"][0]["name"].clone(),
    );
    config["contexts"] = json!([
        {"name": "direct", "context": {"cluster": cluster, "user": user}},
        {"name": "detour", "context": {"cluster": "by detour", "user": user}},
    ]);
}

/// A port of this machine that leads to another one, until it is cut.
struct Detour {
    port: u16,
    open: Arc<AtomicBool>,
    streams: Arc<Mutex<Vec<TcpStream>>>,
    listening: Option<JoinHandle<()>>,
}

impl Detour {
    fn to(target: &str, port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let open = Arc::new(AtomicBool::new(true));
        let streams = Arc::new(Mutex::new(Vec::new()));
        let (target, is_open, held) = (target.to_owned(), open.clone(), streams.clone());
        let listening = thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                if !is_open.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(far) = TcpStream::connect(&target) else {
                    continue;
                };
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    thread::spawn(move || {
                        let _ = carry(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
                held.lock().unwrap().extend([near, far]);
            }
        });
        Self {
            port,
            open,
            streams,
            listening: Some(listening),
        }
    }

    /// Ends what is under way, and lets nobody in.
    fn cut(&mut self) {
        self.open.store(false, Ordering::SeqCst);
        // So that it looks up from waiting.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(listening) = self.listening.take() {
            listening.join().unwrap();
        }
        for stream in self.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Detour {
    fn drop(&mut self) {
        self.cut();
    }
}

fn carry(from: &mut TcpStream, to: &mut TcpStream) -> io::Result<()> {
    let mut bytes = [0; 16 * 1024];
    loop {
        match from.read(&mut bytes)? {
            0 => return Ok(()),
            read => to.write_all(&bytes[..read])?,
        }
    }
}
