//! Following changes: each watch gets what happens to the objects it has chosen, in order, from the version it names.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::{
    faults::broken,
    read::{include, selection, version},
    refusal::{Fault, Refusal},
    request::{Call, Form},
    select::Selection,
    state::State,
    store::{Change, Entry, Event},
    table,
};

/// A client that leaves more than this unread is cut off, as a server does with one that is too slow.
const UNREAD: usize = 64 * 1024 * 1024;

/// One who follows.
pub struct Watch {
    call: Call,
    selection: Selection,
    include: table::Include,
    tell: UnboundedSender<Result<Bytes, io::Error>>,
    unread: Arc<AtomicUsize>,
    bookmarks: bool,
    /// Whether a Table's columns were said already.
    columns_said: bool,
}

impl Watch {
    /// Begins to follow: says what is due at once, and is then told of changes. None for one whose version is gone: it
    /// has been told so, and that was all.
    pub fn begin(
        state: &State,
        call: &Call,
        tell: UnboundedSender<Result<Bytes, io::Error>>,
        unread: Arc<AtomicUsize>,
    ) -> Result<Option<Self>, Refusal> {
        let mut watch = Self {
            selection: selection(call)?,
            include: include(call)?,
            call: call.clone(),
            tell,
            unread,
            bookmarks: call.query.says("allowWatchBookmarks"),
            columns_said: false,
        };
        let from = version(call)?.unwrap_or(0);
        let streams = call.query.get("sendInitialEvents");
        check_streaming(call, streams)?;
        if streams == Some("true") || streams.is_none() && from == 0 {
            for entry in state.store.list(call.resource, call.within()) {
                if watch.selection.matches(entry) {
                    watch.say(Event::Added, entry, state.now());
                }
            }
            if streams == Some("true") && watch.bookmarks {
                watch.bookmark(state.store.version(), true);
            }
            return Ok(Some(watch));
        }
        if from == 0 {
            return Ok(Some(watch));
        }
        if let Some(changes) = state.store.since(from) {
            for change in changes {
                watch.see(change, state.now());
            }
        } else {
            watch.error(&Refusal::expired(from, state.store.compacted()).status());
            return Ok(None);
        }
        Ok(Some(watch))
    }

    /// Tells of a change, if it is one of those chosen. What comes into the choice is new to it, what leaves it is gone
    /// (`k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go`, `convertToWatchEvent`).
    pub fn see(&mut self, change: &Change, now: i64) {
        let after = &change.after;
        if !std::ptr::eq(after.resource, self.call.resource)
            || self
                .call
                .within()
                .is_some_and(|within| *after.namespace != *within)
        {
            return;
        }
        let is_chosen = change.event != Event::Deleted && self.selection.matches(after);
        let was_chosen = change
            .before
            .as_ref()
            .is_some_and(|before| self.selection.matches(before));
        match (was_chosen, is_chosen) {
            (false, true) => self.say(Event::Added, after, now),
            (true, true) => self.say(Event::Modified, after, now),
            (true, false) => self.say(Event::Deleted, after, now),
            (false, false) => {}
        }
    }

    fn say(&mut self, event: Event, entry: &Entry, now: i64) {
        let word = match event {
            Event::Added => "ADDED",
            Event::Modified => "MODIFIED",
            Event::Deleted => "DELETED",
        };
        match self.call.form {
            Form::Plain if self.call.older.is_some() => {
                let shown = self.call.shown(entry.value()).to_string();
                self.line(word, shown.as_bytes());
            }
            Form::Plain => self.line(word, &entry.json),
            Form::Metadata => {
                let partial = table::partial(&entry.value()).to_string();
                self.line(word, partial.as_bytes());
            }
            Form::Table => {
                let about = json!({"resourceVersion": entry.version.to_string()});
                let mut row = table::table(
                    self.call.resource,
                    &[entry.value()],
                    self.include,
                    &about,
                    now,
                );
                if self.columns_said {
                    row["columnDefinitions"] = Value::Null;
                }
                self.columns_said = true;
                self.line(word, row.to_string().as_bytes());
            }
        }
    }

    /// Says which version this watch has reached.
    pub fn bookmark(&mut self, version: u64, end: bool) {
        if !self.bookmarks {
            return;
        }
        let resource = self.call.resource;
        let mut object = json!({
            "kind": resource.kind, "apiVersion": resource.api_version(),
            "metadata": {"resourceVersion": version.to_string()},
        });
        if self.call.form == Form::Metadata {
            object["kind"] = json!("PartialObjectMetadata");
            object["apiVersion"] = json!("meta.k8s.io/v1");
        }
        if end {
            object["metadata"]["annotations"] = json!({"k8s.io/initial-events-end": "true"});
        }
        if self.call.form == Form::Table {
            let about = json!({"resourceVersion": version.to_string()});
            let mut table = table::table(resource, &[], self.include, &about, 0);
            table["rows"] = json!([{"cells": [], "object": object}]);
            object = table;
        }
        self.line("BOOKMARK", object.to_string().as_bytes());
    }

    /// Ends with an error in its stream.
    fn error(&self, status: &Value) {
        self.line("ERROR", status.to_string().as_bytes());
    }

    fn line(&self, word: &str, object: &[u8]) {
        let mut line = Vec::with_capacity(object.len() + 40);
        line.extend_from_slice(b"{\"type\":\"");
        line.extend_from_slice(word.as_bytes());
        line.extend_from_slice(b"\",\"object\":");
        line.extend_from_slice(object);
        line.extend_from_slice(b"}\n");
        self.raw(line);
    }

    /// Bytes as they are.
    pub fn raw(&self, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        self.unread.fetch_add(bytes.len(), Ordering::Relaxed);
        let _ = self.tell.send(Ok(bytes));
    }

    /// Ends it as a lost connection does.
    pub fn cut(&self) {
        let _ = self.tell.send(Err(broken()));
    }

    /// Whether anybody still listens, and keeps up.
    pub fn is_heard(&self) -> bool {
        !self.tell.is_closed() && self.unread.load(Ordering::Relaxed) < UNREAD
    }
}

/// The rules for a list by watch (`k8s.io/apimachinery/pkg/apis/meta/internalversion/validation`).
fn check_streaming(call: &Call, streams: Option<&str>) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    let how = call.query.get("resourceVersionMatch");
    match (streams, how) {
        (Some(_), None) => faults.push(Fault::forbidden(
            "resourceVersionMatch",
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
        )),
        (Some(_), Some(other)) if other != "NotOlderThan" => faults.push(Fault::unsupported(
            "resourceVersionMatch",
            &json!(other),
            &["NotOlderThan"],
        )),
        (None, Some(_)) => faults.push(Fault::forbidden(
            "resourceVersionMatch",
            "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
        )),
        _ => {}
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid_options("ListOptions", &faults))
}
