//! A client of the remotecommand protocols, as small as can be.

use std::{future::pending, path::Path, time::Duration};

use barkeep::demo::streams::{self, Command, Facts, Handshake, Transport};
use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{
    io::{DuplexStream, duplex},
    sync::oneshot,
    task::JoinHandle,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

/// Longer than anything here takes, so that only what hangs fails by it.
pub(crate) const LONG: Duration = Duration::from_mins(2);

pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_barkeep"))
}

pub(crate) fn pod() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web-0", "namespace": "shop", "uid": "716d5909-0661-4ddf-a88e-26f780a18a2b",
            "creationTimestamp": "2026-11-23T14:00:00Z"},
        "spec": {"nodeName": "node-1", "containers": [{
            "name": "web", "image": "registry.example/shop/web:1-alpine", "workingDir": "/app",
            "ports": [{"containerPort": 8080}, {"containerPort": 6379}],
            "env": [{"name": "MODE", "value": "prod"}],
            "volumeMounts": [{"name": "config", "mountPath": "/etc/web"}],
        }], "volumes": [{"name": "config", "configMap": {"name": "web"}}]},
        "status": {"phase": "Running", "podIP": "10.0.0.7",
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [{"name": "web", "ready": true, "containerID": "containerd://abc",
                "state": {"running": {"startedAt": "2026-11-23T14:00:00Z"}}}]},
    })
}

pub(crate) fn facts() -> Facts {
    let files = vec![("/etc/web/설정.conf".to_owned(), "색=파랑\n".to_owned())];
    Facts::of(&pod(), "web", files)
}

pub(crate) fn agreed(protocol: &str, transport: Transport) -> Handshake {
    Handshake {
        headers: http::HeaderMap::new(),
        protocol: protocol.to_owned(),
        transport,
    }
}

/// A command on its way, seen from the client.
pub(crate) struct Session {
    pub(crate) socket: WebSocketStream<DuplexStream>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) status: Option<Value>,
    /// Ends the container.
    pub(crate) end: Option<oneshot::Sender<()>>,
    pub(crate) server: JoinHandle<()>,
}

pub(crate) async fn exec(protocol: &str, query: &str) -> Session {
    exec_in(protocol, query, facts()).await
}

pub(crate) async fn exec_in(protocol: &str, query: &str, facts: Facts) -> Session {
    let (near, far) = duplex(64 << 10);
    let (end, ended) = oneshot::channel();
    let (handshake, command) = (agreed(protocol, Transport::WebSocket), Command::of(query));
    let server = tokio::spawn(async move {
        let ended = async {
            match ended.await {
                Ok(()) => "gone".to_owned(),
                Err(_) => pending().await,
            }
        };
        streams::exec(far, handshake, command, facts, ended, program()).await;
    });
    Session {
        socket: WebSocketStream::from_raw_socket(near, Role::Client, None).await,
        stdout: Vec::new(),
        stderr: Vec::new(),
        status: None,
        end: Some(end),
        server,
    }
}

impl Session {
    pub(crate) async fn send(&mut self, channel: u8, payload: &[u8]) {
        let message = [&[channel], payload].concat();
        let sent = self
            .socket
            .send(Message::Binary(Bytes::from(message)))
            .await;
        sent.unwrap();
    }

    pub(crate) async fn type_in(&mut self, text: &str) {
        self.send(0, text.as_bytes()).await;
    }

    pub(crate) async fn resize(&mut self, columns: u16, rows: u16) {
        let size = json!({"Width": columns, "Height": rows}).to_string();
        self.send(4, size.as_bytes()).await;
    }

    /// The next message; false at the end.
    pub(crate) async fn hear(&mut self) -> bool {
        // Whether somebody is still there is asked now and then; that is nothing said.
        let next = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Ping(_))) => {}
                    other => break other,
                }
            }
        };
        let Ok(message) = tokio::time::timeout(LONG, next).await else {
            let text = self.text();
            let last: Vec<char> = text.chars().rev().take(200).collect();
            panic!(
                "nothing comes after {:?}",
                last.iter().rev().collect::<String>()
            );
        };
        match message {
            Some(Ok(Message::Binary(bytes))) => {
                let (channel, payload) = bytes.split_first().unwrap();
                match channel {
                    1 => self.stdout.extend_from_slice(payload),
                    2 => self.stderr.extend_from_slice(payload),
                    3 if payload.is_empty() => {}
                    3 => self.status = Some(serde_json::from_slice(payload).unwrap()),
                    other => panic!("channel {other}"),
                }
                true
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => false,
            Some(Ok(_)) => true,
        }
    }

    /// Reads on until stdout holds a text.
    pub(crate) async fn until(&mut self, text: &str) {
        while !self.text().contains(text) {
            assert!(
                self.hear().await,
                "{text:?} does not come: {:?} {:?}",
                self.text(),
                self.status
            );
        }
    }

    /// Reads on to the end.
    pub(crate) async fn finish(&mut self) {
        while self.hear().await {}
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub(crate) fn code(&self) -> i64 {
        let status = self.status.as_ref().unwrap();
        if status["status"] == "Success" {
            return 0;
        }
        let code = status["details"]["causes"][0]["message"].as_str().unwrap();
        code.parse().unwrap_or(-1)
    }
}

/// A query with a command, each word by itself.
pub(crate) fn query(flags: &str, argv: &[&str]) -> String {
    let mut query = form_urlencoded::Serializer::new(flags.to_owned());
    for word in argv {
        query.append_pair("command", word);
    }
    query.finish()
}
