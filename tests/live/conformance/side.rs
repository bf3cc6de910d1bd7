//! One of the two clusters, on which the script is played.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use http_body_util::BodyExt as _;
use kube::{Client, client::Body};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::support::WITHIN;

use super::{
    facts::{self, Facts, Own},
    script::{Chapter, Step, find, says},
};

/// What each step was answered, until one never was.
pub(crate) type Report = Vec<Facts>;

/// What pauses between two looks at what cannot be waited for.
const AGAIN: Duration = Duration::from_millis(50);

/// A cluster.
pub(crate) struct Side {
    client: Client,
    token: Option<String>,
    nodes: Vec<String>,
    /// What was made outside of namespaces, and namespaces.
    made: RefCell<Vec<String>>,
}

struct Answer {
    code: u16,
    headers: http::HeaderMap,
    body: Value,
    text: String,
}

/// One who watches.
struct Watcher {
    heard: tokio::sync::watch::Receiver<Vec<Value>>,
    task: JoinHandle<()>,
}

/// What a chapter remembers.
#[derive(Default)]
struct Memory {
    kept: BTreeMap<String, String>,
    watchers: HashMap<String, Watcher>,
}

impl Memory {
    fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.kept {
            text = text.replace(&format!("${name}"), value);
        }
        text
    }
}

impl Side {
    pub(crate) async fn new(client: Client, token: Option<String>) -> Self {
        let mut side = Self {
            client,
            token,
            nodes: Vec::new(),
            made: RefCell::default(),
        };
        let nodes = side.ask("GET", "/api/v1/nodes").await.body;
        side.nodes = find(&nodes, "/items/*/metadata/name")
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect();
        side
    }

    /// Plays a chapter to its end, or to the first step of which what is waited for never comes.
    pub(crate) async fn play(&self, chapter: &Chapter) -> Report {
        let mut memory = Memory::default();
        memory
            .kept
            .insert("NS".to_owned(), chapter.namespace.clone());
        let mut report = Vec::new();
        for step in &chapter.steps {
            let Some(facts) = self.step(step, &mut memory).await else {
                break;
            };
            report.push(facts);
        }
        for (_, watcher) in memory.watchers.drain() {
            watcher.task.abort();
        }
        report
    }

    async fn step(&self, step: &Step, memory: &mut Memory) -> Option<Facts> {
        let does = memory.fill(&step.does);
        let own = |memory: &Memory| Own {
            nodes: self.nodes.clone(),
            kept: memory.kept.clone(),
        };
        match does.split(' ').collect::<Vec<_>>().as_slice() {
            ["WATCH", name, path] => {
                let (facts, watcher) = self.watch(step, path, &own(memory)).await;
                memory.watchers.insert((*name).to_owned(), watcher);
                Some(facts)
            }
            ["HEARD", name] => {
                let mut watcher = memory.watchers.remove(*name)?;
                let heard = watcher.heard.wait_for(|events| {
                    events.iter().any(|event| {
                        let row = event.pointer("/object/rows/0/object/metadata/name");
                        let name = row.unwrap_or(&event["object"]["metadata"]["name"]);
                        step.until.get("type") == Some(&event["type"])
                            && step.until.get("name").is_none_or(|wanted| wanted == name)
                    })
                });
                let heard = tokio::time::timeout(WITHIN, heard)
                    .await
                    .ok()?
                    .ok()?
                    .clone();
                watcher.task.abort();
                Some(facts::of_events(&heard, &own(memory)))
            }
            [method, path] => {
                let answer = self.until(step, method, path, memory).await?;
                for (name, place) in &step.keep {
                    let found = find(&answer.body, place);
                    let text = found.first().and_then(|value| value.as_str());
                    memory
                        .kept
                        .insert(name.clone(), text.unwrap_or_default().to_owned());
                }
                self.remember(method, path, &answer);
                let own = own(memory);
                let mut facts = if step.events {
                    facts::of_told(&answer.body, &own)
                } else {
                    facts::of_answer(&answer.body, &answer.text, &step.look, &own)
                };
                facts::of_head(&mut facts, answer.code, &answer.headers, &own);
                Some(facts)
            }
            _ => panic!("not a step: {does}"),
        }
    }

    /// Asks until the answer is the one that is waited for.
    async fn until(
        &self,
        step: &Step,
        method: &str,
        path: &str,
        memory: &Memory,
    ) -> Option<Answer> {
        let deadline = Instant::now() + WITHIN;
        loop {
            let answer = self.send(request(step, method, path, memory)).await;
            if says(&step.until, answer.code, &answer.body) {
                return Some(answer);
            }
            if Instant::now() > deadline {
                println!(
                    "never: {method} {path} {:?}: {} {}",
                    step.until, answer.code, answer.text
                );
                return None;
            }
            // For what cannot be waited for: another process's answer to a question.
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn reach(&self, mut request: http::Request<Body>) -> http::Response<Body> {
        if let Some(token) = &self.token {
            let value = format!("Bearer {token}").parse().unwrap();
            request.headers_mut().insert("Authorization", value);
        }
        self.client.send(request).await.unwrap()
    }

    async fn send(&self, request: http::Request<Body>) -> Answer {
        let what = format!("{} {}", request.method(), request.uri());
        let answer = tokio::time::timeout(WITHIN, self.answer(request)).await;
        answer.unwrap_or_else(|_| Answer {
            code: 0,
            headers: http::HeaderMap::new(),
            body: Value::Null,
            text: format!("{what}: no answer"),
        })
    }

    async fn answer(&self, request: http::Request<Body>) -> Answer {
        let (head, body) = self.reach(request).await.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer {
            code: head.status.as_u16(),
            headers: head.headers,
            body: serde_json::from_str(&text).unwrap_or_default(),
            text,
        }
    }

    async fn ask(&self, method: &str, path: &str) -> Answer {
        let request = http::Request::builder().method(method).uri(path);
        self.send(request.body(Body::from(Vec::new())).unwrap())
            .await
    }

    async fn watch(&self, step: &Step, path: &str, own: &Own) -> (Facts, Watcher) {
        let request = request(step, "GET", path, &Memory::default());
        let (start, mut body) = self.reach(request).await.into_parts();
        let mut facts = Facts::new();
        facts::of_head(&mut facts, start.status.as_u16(), &start.headers, own);
        let (told, heard) = tokio::sync::watch::channel(Vec::new());
        let task = tokio::spawn(async move {
            let mut rest = Vec::new();
            while let Some(Ok(frame)) = body.frame().await {
                rest.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
                while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = rest.drain(..=end).collect();
                    let event = serde_json::from_slice(&line).unwrap_or_default();
                    told.send_modify(|events| events.push(event));
                }
            }
        });
        (facts, Watcher { heard, task })
    }

    /// Remembers what has to be taken away.
    fn remember(&self, method: &str, path: &str, answer: &Answer) {
        let in_namespace = path.contains("/namespaces/");
        let name = answer.body["metadata"]["name"].as_str();
        if let ("POST", 201, false, Some(name)) = (method, answer.code, in_namespace, name) {
            self.made.borrow_mut().push(format!("{path}/{name}"));
        }
    }

    /// Takes away what was made, also where a chapter broke off that holds something by a finalizer.
    pub(crate) async fn leave(&self) {
        let made = self.made.take();
        for path in &made {
            self.ask("DELETE", path).await;
        }
        let namespaces = made.iter().filter(|path| path.contains("/namespaces/"));
        for held in
            namespaces.flat_map(|path| ["configmaps", "pods"].map(|what| format!("{path}/{what}")))
        {
            let there = self.ask("GET", &held).await.body;
            for object in find(&there, "/items/*") {
                if !find(object, "/metadata/finalizers/*").iter().any(|name| {
                    name.as_str()
                        .is_some_and(|name| name.starts_with("example.com/"))
                }) {
                    continue;
                }
                let name = object["metadata"]["name"].as_str().unwrap_or_default();
                let request = http::Request::builder()
                    .method("PATCH")
                    .uri(format!("{held}/{name}"))
                    .header("Content-Type", "application/merge-patch+json")
                    .body(Body::from(
                        br#"{"metadata": {"finalizers": null}}"#.to_vec(),
                    ));
                self.send(request.unwrap()).await;
            }
        }
    }
}

fn request(step: &Step, method: &str, path: &str, memory: &Memory) -> http::Request<Body> {
    let kind = step.kind.as_deref().unwrap_or("application/json");
    let kind = match kind {
        "json" => "application/json-patch+json",
        "merge" => "application/merge-patch+json",
        "strategic" => "application/strategic-merge-patch+json",
        "apply" => "application/apply-patch+yaml",
        other => other,
    };
    let accept = match step.accept.as_deref().unwrap_or("application/json") {
        "table" => "application/json;as=Table;g=meta.k8s.io;v=v1",
        "partial" => "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
        "partials" => "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
        other => other,
    };
    let body = match (&step.raw, &step.body) {
        (Some(raw), _) => raw.clone(),
        (None, Some(body)) => memory.fill(&body.to_string()),
        (None, None) => String::new(),
    };
    let mut request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("User-Agent", "conformance/1")
        .header("Accept", accept);
    if step.raw.is_some() || step.body.is_some() {
        request = request.header("Content-Type", kind);
    }
    if let Some(who) = &step.who {
        request = request.header("Impersonate-User", memory.fill(who));
    }
    if let Some(group) = &step.group {
        request = request.header("Impersonate-Group", group);
    }
    request.body(Body::from(body.into_bytes())).unwrap()
}
