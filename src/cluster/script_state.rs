//! What a scripted server holds, and how it lists and watches; `script` is how it is talked to.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::collections::{BTreeMap, HashMap, VecDeque};

use bytes::Bytes;
use http_body::Frame;
use serde_json::{Value, json};
use tower::BoxError;

use super::script::{Came, Fault, Sender};

#[derive(Default)]
pub(super) struct State {
    pub(super) version: u64,
    /// Versions up to this one are forgotten.
    pub(super) compacted: u64,
    pub(super) objects: BTreeMap<String, Value>,
    /// Version, type, object.
    pub(super) history: Vec<(u64, &'static str, Value)>,
    pub(super) watches: Vec<Sender>,
    pub(super) faults: VecDeque<(&'static str, Fault)>,
    pub(super) came: Vec<Came>,
    pub(super) pages: HashMap<String, (Vec<Value>, u64)>,
    pub(super) no_streams: bool,
    pub(super) padding: usize,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the channel also carries what goes wrong"
)]
pub(super) fn data(bytes: impl Into<Bytes>) -> Result<Frame<Bytes>, BoxError> {
    Ok(Frame::data(bytes.into()))
}

pub(super) fn line(kind: &str, object: &Value) -> String {
    // As Go writes it: type first, and no other order.
    format!("{{\"type\":\"{kind}\",\"object\":{object}}}\n")
}

pub(super) fn bookmark(version: u64, end: bool) -> String {
    let notes = if end {
        json!({"k8s.io/initial-events-end": "true"})
    } else {
        Value::Null
    };
    let object = json!({"kind": "Pod", "metadata": {"resourceVersion": version.to_string(), "annotations": notes}});
    line("BOOKMARK", &object)
}

pub(super) fn status(code: u16, next: Option<&str>) -> String {
    json!({"kind": "Status", "status": "Failure", "message": format!("scripted {code}"), "code": code, "metadata": {"continue": next}}).to_string()
}

/// Held open, but never told anything.
pub(super) fn hold(tell: &Sender) {
    let tell = tell.clone();
    tokio::spawn(async move { tell.closed().await });
}

impl State {
    pub(super) fn change(&mut self, kind: &'static str, name: &str, object: Value) {
        self.version += 1;
        if kind == "DELETED" {
            self.objects.remove(name);
        } else {
            self.objects.insert(name.to_owned(), object.clone());
        }
        let text = line(kind, &object);
        self.history.push((self.version, kind, object));
        self.say(&text);
    }

    pub(super) fn say(&mut self, text: &str) {
        self.watches
            .retain(|watch| watch.send(data(text.to_owned())).is_ok());
    }

    /// A token for what has not been sent of this one's list, as it is now.
    pub(super) fn go_on(&mut self, token: &str) -> String {
        let after = token.split_once('-').unwrap().1.replace("%2F", "/");
        let rest: Vec<Value> = self
            .objects
            .range(after..)
            .map(|(_, object)| object.clone())
            .collect();
        self.token(rest, self.version)
    }

    pub(super) fn token(&mut self, rest: Vec<Value>, version: u64) -> String {
        let name = rest
            .first()
            .map_or("", |o| o["metadata"]["name"].as_str().unwrap());
        let token = format!("{}-{name}", self.pages.len());
        self.pages.insert(token.clone(), (rest, version));
        token
    }

    pub(super) fn list(&mut self, query: &HashMap<String, String>) -> Result<String, u16> {
        let (mut all, version) = match query.get("continue") {
            Some(token) => self.pages.get(token).cloned().ok_or(410_u16)?,
            None => (self.objects.values().cloned().collect(), self.version),
        };
        let limit = query
            .get("limit")
            .map_or(usize::MAX, |limit| limit.parse().unwrap());
        let rest = all.split_off(all.len().min(limit));
        let remaining = (!rest.is_empty()).then_some(rest.len());
        let next = if rest.is_empty() {
            String::new()
        } else {
            self.token(rest, version)
        };
        let list = json!({
            "kind": "PodList", "apiVersion": "v1",
            "metadata": {"resourceVersion": version.to_string(), "continue": next, "remainingItemCount": remaining},
            "items": all,
        });
        Ok(list.to_string())
    }

    pub(super) fn watch(
        &mut self,
        came: &Came,
        tell: &Sender,
        fault: Option<&Fault>,
    ) -> Result<(), u16> {
        let mut text = String::new();
        if came.word() == "stream" {
            if self.no_streams {
                return Err(422);
            }
            self.objects
                .values()
                .for_each(|object| text.push_str(&line("ADDED", object)));
            text.push_str(&bookmark(self.version, true));
        } else {
            let from: u64 = came.version().unwrap().parse().unwrap();
            if from < self.compacted {
                text.push_str(&line("ERROR", &status(410, None).parse().unwrap()));
                tell.send(data(text)).unwrap();
                return Ok(());
            }
            for (_, kind, object) in self.history.iter().filter(|(version, ..)| *version > from) {
                text.push_str(&line(kind, object));
            }
        }
        match fault {
            Some(Fault::HangUp) => return Ok(()),
            Some(Fault::Event(code)) => {
                let text = line("ERROR", &status(*code, None).parse().unwrap());
                tell.send(data(text)).unwrap();
                return Ok(());
            }
            Some(Fault::Cut(size, with_error)) => {
                text.truncate(*size);
                tell.send(data(text)).unwrap();
                if *with_error {
                    tell.send(Err("connection reset by peer".into())).unwrap();
                }
                return Ok(());
            }
            Some(Fault::Stall(size)) => text.truncate(*size),
            Some(Fault::Says(said)) => text.push_str(said),
            _ => {}
        }
        if !text.is_empty() {
            tell.send(data(text)).unwrap();
        }
        if matches!(fault, Some(Fault::Stall(_))) {
            hold(tell);
        } else {
            self.watches.push(tell.clone());
        }
        Ok(())
    }
}
