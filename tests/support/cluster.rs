//! The cluster that live tests run against, seen by `kubectl` and by requests of the tests' own.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use http_body_util::BodyExt as _;
use kube::{Client, Config, config::KubeConfigOptions, config::Kubeconfig};
use serde_json::{Value, json};

/// Only one live test at a time: one of them stops the API server, and all of them measure.
static ALONE: Mutex<()> = Mutex::new(());

/// A cluster that may be written to, and the right to be the only test that does.
pub struct Cluster {
    kubeconfig: PathBuf,
    runtime: tokio::runtime::Runtime,
    client: Client,
    _alone: MutexGuard<'static, ()>,
}

impl Cluster {
    /// The cluster named by `KUBECONFIG`, or None where `BARKEEP_LIVE` is not 1.
    pub fn live() -> Option<Self> {
        if std::env::var("BARKEEP_LIVE").as_deref() != Ok("1") {
            return None;
        }
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let kubeconfig = PathBuf::from(
            std::env::var_os("KUBECONFIG").expect("KUBECONFIG names the live cluster"),
        );
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let client = runtime.block_on(async {
            let file = Kubeconfig::read_from(&kubeconfig).expect("a kubeconfig");
            let mut config = Config::from_custom_kubeconfig(file, &KubeConfigOptions::default())
                .await
                .expect("a configuration");
            // A refusal is an answer too.
            config.default_retry = false;
            Client::try_from(config).expect("a client")
        });
        Some(Self {
            kubeconfig,
            runtime,
            client,
            _alone: alone,
        })
    }

    /// The administrator's kubeconfig.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// A client of its administrator.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Waits for something to be done.
    pub fn block_on<T>(&self, act: impl Future<Output = T>) -> T {
        self.runtime.block_on(act)
    }

    /// What `kubectl` prints for these arguments; panics where it fails.
    #[track_caller]
    pub fn kubectl(&self, args: &[&str]) -> String {
        let output = self.command(args).output().expect("kubectl runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "kubectl {args:?}: {said}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// What `kubectl get … -o json` answers.
    #[track_caller]
    pub fn get(&self, args: &[&str]) -> Value {
        let args = [&["get", "-o", "json"], args].concat();
        serde_json::from_str(&self.kubectl(&args)).expect("JSON")
    }

    /// Whether the API server says that it is ready.
    pub fn is_ready(&self) -> bool {
        let asked = self
            .command(&["get", "--raw", "/readyz", "--request-timeout=2s"])
            .stderr(Stdio::null())
            .output();
        asked.is_ok_and(|output| output.status.success())
    }

    /// Sends one request on a connection that stays open; the answer, and when it was there.
    #[track_caller]
    pub fn request(&self, method: &str, path: &str, body: Option<&Value>) -> (Value, Instant) {
        self.request_as("application/json", method, path, body)
    }

    /// The same, where the answer should be of this media type.
    #[track_caller]
    pub fn request_as(
        &self,
        accept: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (Value, Instant) {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("Accept", accept)
            .header("Content-Type", content_type(method, body))
            .body(
                body.map(|body| serde_json::to_vec(body).expect("JSON"))
                    .unwrap_or_default(),
            )
            .expect("a request");
        let answer = self.runtime.block_on(self.client.request::<Value>(request));
        let at = Instant::now();
        (
            answer.unwrap_or_else(|error| panic!("{method} {path}: {error}")),
            at,
        )
    }

    /// Sends one request, whatever its answer is: the status and the body.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> (u16, Value) {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("Content-Type", content_type)
            .body(kube::client::Body::from(body.to_vec()))
            .expect("a request");
        self.runtime.block_on(async {
            let answer = self.client.send(request).await.expect("an answer");
            let status = answer.status().as_u16();
            let bytes = answer
                .into_body()
                .collect()
                .await
                .expect("a body")
                .to_bytes();
            (status, serde_json::from_slice(&bytes).expect("JSON"))
        })
    }

    /// Sends one request; what the server answers, a refusal too.
    #[track_caller]
    pub fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let bytes = body.map(Value::to_string).unwrap_or_default();
        let kind = content_type(method, body);
        self.send(method, path, kind, bytes.as_bytes()).1
    }

    /// Makes objects from YAML.
    #[track_caller]
    pub fn apply(&self, yaml: &str) {
        let mut child = self
            .command(&["apply", "-f", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("kubectl runs");
        child
            .stdin
            .take()
            .expect("its input")
            .write_all(yaml.as_bytes())
            .expect("YAML written");
        assert!(
            child.wait().expect("kubectl ends").success(),
            "kubectl apply"
        );
    }

    /// A namespace of the caller's own: Map `map` of a Service whose name nobody else has.
    pub fn namespace(&self, map: &str) -> Namespace<'_> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let service = format!(
            "bk-test-{}x{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let name = format!("{service}-{map}");
        self.request(
            "POST",
            "/api/v1/namespaces",
            Some(&json!({"metadata": {"name": name}})),
        );
        Namespace {
            cluster: self,
            name,
            service,
            map: map.to_owned(),
        }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("kubectl");
        command.arg("--kubeconfig").arg(&self.kubeconfig).args(args);
        command
    }
}

/// A namespace that is deleted, without waiting for its end, when dropped.
pub struct Namespace<'a> {
    cluster: &'a Cluster,
    /// The namespace.
    pub name: String,
    /// The Service that it is of.
    pub service: String,
    /// The Map that it is.
    pub map: String,
}

impl Drop for Namespace<'_> {
    fn drop(&mut self) {
        // Not by `request`, which panics: a panic while a failed test unwinds would hide why it failed.
        let _ = self
            .cluster
            .command(&["delete", "namespace", &self.name, "--wait=false"])
            .stdout(Stdio::null())
            .status();
    }
}

/// A list of operations is a JSON patch, an object one to be merged.
fn content_type(method: &str, body: Option<&Value>) -> &'static str {
    match (method, body) {
        ("PATCH", Some(Value::Array(_))) => "application/json-patch+json",
        ("PATCH", _) => "application/merge-patch+json",
        _ => "application/json",
    }
}

/// Asks again and again until there is an answer; None after `within`.
pub fn eventually<T>(within: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + within;
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if Instant::now() > deadline {
            return None;
        }
        // For what cannot be waited for: another process's answer to a question.
        std::thread::sleep(Duration::from_millis(100));
    }
}
