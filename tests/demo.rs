//! The demo as people start it: a living screen without any cluster, and a server that other clients speak to. The real
//! program, without a network but this machine's own.
#![cfg(feature = "demo")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test says what it expected and ends"
)]

pub mod support;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
};

use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::Value;
use support::{
    WITHIN, barkeep,
    cluster::eventually,
    frame::{rows, says},
    served::Served,
    terminal::{Terminal, text},
};

#[test]
fn the_screen_lives_without_any_cluster() {
    let mut terminal = barkeep()
        .args(["--demo", "--demo-speed", "20"])
        .size(160, 45)
        .start();
    // The frame is there before the cluster is.
    terminal.wait_for_text("SERVICES", WITHIN);
    terminal.wait_for_text("shop", WITHIN);
    terminal.wait_for_text("카페", WITHIN);
    let grown = |terminal: &mut Terminal| {
        let before = terminal.screen_text();
        terminal.wait_for(
            "something happens",
            |screen| without_clock(&text(screen)) != without_clock(&before),
            WITHIN,
        );
    };
    terminal.send("0");
    terminal.wait_for_text("INSTANCES", WITHIN);
    terminal.wait_for(
        "all Instances",
        |screen| rows(&text(screen)).len() > 20,
        WITHIN,
    );
    grown(&mut terminal);
    grown(&mut terminal);
    terminal.send("q");
    assert!(terminal.exit_status(WITHIN).unwrap().success());
}

/// The clock in the header says nothing of the cluster.
fn without_clock(frame: &str) -> String {
    frame.lines().skip(1).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_role_sees_what_it_may() {
    let print = |role: &str| {
        let output = barkeep()
            .args(["--demo", "--demo-role", role, "--print"])
            .run(WITHIN);
        String::from_utf8(output.stdout).unwrap()
    };
    let viewer = print("viewer");
    assert!(says(&viewer, "shop"), "{viewer}");
    let nobody = print("nobody");
    assert!(says(&nobody, "list namespaces"), "{nobody}");
}

impl Served {
    /// The status of a GET, and what was answered. Who is too early may have to ask again.
    fn get(&self, context: &str, path: &str) -> (u16, Value) {
        eventually(WITHIN, || self.ask(context, path)).expect("an answer")
    }

    fn ask(&self, context: &str, path: &str) -> Option<(u16, Value)> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let file = Kubeconfig::read_from(&self.kubeconfig).unwrap();
            let options = KubeConfigOptions {
                context: Some(context.to_owned()),
                ..KubeConfigOptions::default()
            };
            let config = Config::from_custom_kubeconfig(file, &options)
                .await
                .unwrap();
            let client = Client::try_from(config).unwrap();
            let request = http::Request::get(path)
                .body(kube::client::Body::empty())
                .unwrap();
            let answer = client.send(request).await.ok()?;
            let status = answer.status().as_u16();
            let body = answer.into_body().collect_bytes().await.ok()?;
            Some((status, serde_json::from_slice(&body).unwrap_or_default()))
        })
    }
}

#[test]
fn others_speak_to_it_with_the_kubeconfig_it_writes() {
    let served = Served::start(&[]);
    let mode = fs::metadata(&served.kubeconfig)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let (status, pods) = served.get("demo", "/api/v1/pods?limit=500");
    assert_eq!(status, 200);
    assert!(pods["items"].as_array().unwrap().len() > 100);
    let (status, refused) = served.get("demo-nobody", "/api/v1/pods");
    assert_eq!(status, 403);
    assert_eq!(refused["reason"], "Forbidden");
    let text = served.read().unwrap();
    assert!(text.contains("server: \"https://127.0.0.1:"), "{text}");
}

#[test]
fn accidents_happen_to_whom_they_are_ordered_for() {
    let served = Served::start(&[
        "--plain",
        "--fault",
        "list:pods=410*1",
        "--fault",
        "get=404",
    ]);
    assert!(
        served
            .read()
            .unwrap()
            .contains("server: \"http://127.0.0.1:")
    );
    let (status, refused) = served.get("demo", "/api/v1/pods");
    assert_eq!(status, 410);
    assert_eq!(refused["reason"], "Expired");
    assert_eq!(served.get("demo", "/api/v1/pods").0, 200);
    assert_eq!(served.get("demo", "/api/v1/namespaces/default").0, 404);
}

#[test]
fn what_cannot_be_served_is_said() {
    for (args, words) in [
        (
            vec!["demo", "--listen", "0.0.0.0:0"],
            "does not listen on 0.0.0.0",
        ),
        (vec!["demo", "--listen", "here"], "invalid socket address"),
        (vec!["demo", "--fault", "sing"], "a fault is"),
        (
            vec!["demo", "--write-kubeconfig", "/no/such/folder/file"],
            "can not be written",
        ),
        (vec!["demo", "--speed", "0"], "a speed is a number"),
        (
            vec!["--demo", "--demo-size", "many"],
            "a size is a number of Pods",
        ),
        (vec!["--demo-seed", "1"], "--demo"),
        (vec!["--demo", "--user", "me"], "cannot be used with"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_barkeep"))
            .args(&args)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{args:?}");
        assert!(said.contains(words), "{args:?}: {said}");
    }
}

impl Served {
    /// What kubectl prints, and whether it succeeded; None where it is not installed.
    fn kubectl(&self, args: &[&str]) -> Option<(bool, String)> {
        let output = Command::new("kubectl")
            .args(["--kubeconfig", self.kubeconfig.to_str().unwrap()])
            .args(["--cache-dir", self.home.path().to_str().unwrap()])
            .args(args)
            .env("EDITOR", "sed -i s/tier:\\ web/tier:\\ edge/")
            .stdin(Stdio::null())
            .output()
            .ok()?;
        let said = [output.stdout, output.stderr].concat();
        Some((output.status.success(), String::from_utf8(said).unwrap()))
    }
}

/// What is asked of kubectl, in this order, and what it must say.
const ASKED: &[(&str, &str)] = &[
    ("create namespace try", "namespace/try created"),
    (
        "-n try create deployment web --image=web:1 --replicas=2 --port=80",
        "deployment.apps/web created",
    ),
    (
        "-n try wait --for=condition=Available deploy/web --timeout=120s",
        "condition met",
    ),
    ("-n try get deploy,rs,pods", "deployment.apps/web   2/2"),
    ("-n try describe deploy web", "ScalingReplicaSet"),
    ("-n try expose deploy web --port=80", "service/web exposed"),
    ("-n try set image deploy/web web=web:2", "image updated"),
    (
        "-n try rollout status deploy/web --timeout=120s",
        "successfully rolled out",
    ),
    ("-n try rollout history deploy/web", "2"),
    ("-n try rollout undo deploy/web", "rolled back"),
    (
        "-n try rollout status deploy/web --timeout=120s",
        "successfully rolled out",
    ),
    ("-n try scale deploy/web --replicas=3", "scaled"),
    (
        "-n try autoscale deploy/web --min=2 --max=4 --cpu-percent=50",
        "autoscaled",
    ),
    ("-n try get hpa", "web"),
    ("-n try label deploy web tier=web", "labeled"),
    ("-n try edit deploy web", "edited"),
    ("-n try get deploy -l tier=edge", "web"),
    ("-n try exec deploy/web -- echo hello there", "hello there"),
    (
        "-n try exec deploy/web -- no-such-program",
        "executable file not found",
    ),
    ("-n shop-prod logs deploy/web --tail=60", "GET"),
    ("top pods -n shop-prod", "MEMORY(bytes)"),
    ("top nodes", "node-a1"),
    ("auth can-i delete pods", "yes"),
    ("auth can-i delete pods --as nobody", "no"),
    ("explain deployment.spec.replicas", "<integer>"),
    ("-n try delete deploy web", "deleted"),
    ("-n try get deploy web", "(NotFound)"),
    ("get widgets", "the server doesn't have a resource type"),
    ("delete namespace try --timeout=120s", "deleted"),
];

#[test]
fn kubectl_works_against_it() {
    let served = Served::start(&[]);
    served.get("demo", "/version");
    for (line, words) in ASKED {
        let args: Vec<&str> = line.split(' ').collect();
        let Some((_, said)) = served.kubectl(&args) else {
            // Not everybody has it.
            return;
        };
        assert!(said.contains(words), "kubectl {line}: {said}");
    }
}

#[test]
fn keys_of_a_frame_that_is_printed_wait_for_a_kind_that_is_looked_for() {
    let output = barkeep()
        .args([
            "--demo",
            "--print",
            "--keys",
            ":ingress<enter>:sort -name<enter>",
        ])
        .run(WITHIN);
    let frame = String::from_utf8(output.stdout).unwrap();
    assert!(says(&frame, "▸ ingresses"), "{frame}");
    assert!(says(&frame, "name ↓"), "{frame}");
}

#[test]
fn any_kind_is_listed_as_the_server_prints_it() {
    let mut terminal = barkeep()
        .args(["--demo", "--demo-speed", "20"])
        .size(120, 40)
        .start();
    terminal.wait_for_text("shop", WITHIN);
    // The kinds are looked for when somebody asks for one.
    terminal.send(":ingress");
    terminal.wait_for_text("Ingress of networking.k8s.io/v1", WITHIN);
    terminal.send("\r");
    terminal.wait_for(
        "Ingresses in the server's columns, and the first one below",
        |screen| {
            let shown = text(screen);
            says(&shown, "NAME NAMESPACE CLASS HOSTS ADDRESS PORTS AGE")
                && says(&shown, "apiVersion: networking.k8s.io/v1")
        },
        WITHIN,
    );
    terminal.send(":kinds\r");
    terminal.wait_for(
        "the kinds there are",
        |screen| says(&text(screen), "NAME KIND SHORT GROUP VERSION NAMESPACED"),
        WITHIN,
    );
    terminal.send(":crd\r");
    terminal.wait_for_text("no kind \"crd\"", WITHIN);
    terminal.send("\x1b");
    terminal.wait_for_text("INGRESSES", WITHIN);
    terminal.send("\x1b");
    terminal.wait_for_text("SERVICES", WITHIN);
    // What barkeep has a word for is one key away.
    terminal.send(":deploy shop-prod\r");
    terminal.wait_for_text("UP-TO-DATE", WITHIN);
    terminal.send("\r");
    terminal.wait_for_text("INSTANCES", WITHIN);
}
