//! kubectl itself, where it is installed, against a server that knows one pod.

use std::{convert::Infallible, future::pending, process::Stdio};

use barkeep::demo::streams::{self, Command, EXEC, FORWARD, handshake};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use super::client::{LONG, facts, pod, program};

type Answer = Response<Full<Bytes>>;

fn answer(request: &mut Request<Incoming>) -> Answer {
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let known = match path.rsplit('/').next() {
        Some("exec") => &EXEC,
        Some("portforward") => &FORWARD,
        _ => return plain(&path),
    };
    let agreed = match handshake(request.headers(), known) {
        Ok(agreed) => agreed,
        Err(refusal) => {
            return answer_with(
                StatusCode::from_u16(refusal.code).unwrap(),
                &refusal.status(),
            );
        }
    };
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response.headers_mut().clone_from(&agreed.headers);
    let upgrade = hyper::upgrade::on(request);
    tokio::spawn(async move {
        let Ok(io) = upgrade.await else { return };
        let io = TokioIo::new(io);
        if path.ends_with("exec") {
            streams::exec(
                io,
                agreed,
                Command::of(&query),
                facts(),
                pending(),
                program(),
            )
            .await;
        } else {
            let ports = streams::ports(&query, &agreed).unwrap();
            streams::forward(io, agreed, ports, facts(), pending()).await;
        }
    });
    response
}

/// The pod, and of discovery what kubectl needs to find it.
fn plain(path: &str) -> Answer {
    let found = match path {
        "/api" => json!({"kind": "APIVersions", "versions": ["v1"]}),
        "/apis" => json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": []}),
        "/api/v1" => json!({"kind": "APIResourceList", "groupVersion": "v1", "resources": [
            {"name": "pods", "singularName": "pod", "namespaced": true, "kind": "Pod", "verbs": ["get"]}]}),
        "/api/v1/namespaces/shop/pods/web-0" => pod(),
        _ => {
            let status = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404, "message": path});
            return answer_with(StatusCode::NOT_FOUND, &status);
        }
    };
    answer_with(StatusCode::OK, &found)
}

fn answer_with(code: StatusCode, value: &serde_json::Value) -> Answer {
    let mut response = Response::new(Full::from(value.to_string()));
    *response.status_mut() = code;
    let kind = http::HeaderValue::from_static("application/json");
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, kind);
    response
}

/// Serves until the test is over; where.
async fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service =
                service_fn(|mut request| async move { Ok::<_, Infallible>(answer(&mut request)) });
            let serving = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(socket), service)
                .with_upgrades();
            tokio::spawn(serving);
        }
    });
    format!("http://{address}")
}

fn kubectl(server: &str, websocket: bool, arguments: &[&str]) -> tokio::process::Command {
    let mut command = tokio::process::Command::new("kubectl");
    command
        .args([
            "--server",
            server,
            "--kubeconfig",
            "/dev/null",
            "-n",
            "shop",
        ])
        .args(arguments)
        .env("KUBECTL_REMOTE_COMMAND_WEBSOCKETS", websocket.to_string())
        .env("KUBECTL_PORT_FORWARD_WEBSOCKETS", websocket.to_string())
        .env("HOME", std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

fn is_installed() -> bool {
    let version = std::process::Command::new("kubectl")
        .args(["version", "--client"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    version.is_ok_and(|status| status.success())
}

#[tokio::test]
async fn exec_works() {
    if !is_installed() {
        return;
    }
    let server = serve().await;
    let cases: [(&[&str], &str, &str, i32); 3] = [
        (&["exec", "web-0", "--", "echo", "hi"], "hi\n", "", 0),
        (
            &["exec", "web-0", "--", "sh", "-c", "cat /etc/web/*; exit 3"],
            "색=파랑\n",
            "command terminated with exit code 3\n",
            3,
        ),
        (
            &["exec", "-i", "web-0", "--", "wc", "-c"],
            "200000\n",
            "",
            0,
        ),
    ];
    for websocket in [true, false] {
        for (arguments, stdout, stderr, code) in cases {
            let mut child = kubectl(&server, websocket, arguments).spawn().unwrap();
            let mut stdin = child.stdin.take().unwrap();
            let feeding = async {
                // Where nobody reads it, it breaks.
                let _ = stdin.write_all(&vec![b'x'; 200_000]).await;
                drop(stdin);
            };
            let waiting = async {
                let ((), output) = tokio::join!(feeding, child.wait_with_output());
                output.unwrap()
            };
            let output = tokio::time::timeout(LONG, waiting).await.unwrap();
            assert_eq!(
                String::from_utf8_lossy(&output.stdout),
                stdout,
                "{arguments:?} {websocket}"
            );
            assert_eq!(
                String::from_utf8_lossy(&output.stderr),
                stderr,
                "{arguments:?} {websocket}"
            );
            assert_eq!(
                output.status.code(),
                Some(code),
                "{arguments:?} {websocket}"
            );
        }
    }
}

#[tokio::test]
async fn port_forward_works() {
    if !is_installed() {
        return;
    }
    let server = serve().await;
    for websocket in [true, false] {
        let arguments = ["port-forward", "--address", "127.0.0.1", "web-0", ":8080"];
        let mut child = kubectl(&server, websocket, &arguments).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(LONG, lines.next_line()).await.unwrap();
        let line = line.unwrap().unwrap();
        let address = line
            .strip_prefix("Forwarding from ")
            .and_then(|rest| rest.split(" -> ").next())
            .unwrap();
        for _ in 0..3 {
            let mut socket = TcpStream::connect(address).await.unwrap();
            let ask = b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.write_all(ask).await.unwrap();
            let mut text = String::new();
            let reading = socket.read_to_string(&mut text);
            tokio::time::timeout(LONG, reading).await.unwrap().unwrap();
            assert!(
                text.ends_with("Z\n") && text.contains("GET /a\npod: web-0\n"),
                "{text}"
            );
        }
    }
}
