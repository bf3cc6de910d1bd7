//! The demo's cluster with nothing in it but what a test puts there, which notes what it is asked and meets with the
//! accidents it is told to.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use http::{Request, Uri};
use kube::client::Body;
use serde_json::{Value, json};
use tokio::time::Instant;
use tower::service_fn;

use super::ask::Asker;
pub(super) use crate::demo::faults::Fault;
use crate::demo::{Demo, Options, faults::Rule, request::Query, resource::PODS, state::State};

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Came {
    pub(super) verb: &'static str,
    pub(super) at: Instant,
    pub(super) query: HashMap<String, String>,
}

impl Came {
    pub(super) fn version(&self) -> Option<&str> {
        self.query.get("resourceVersion").map(String::as_str)
    }
    /// `list`, `page` for a later page, `watch`, `stream` for a list by watch.
    pub(super) fn word(&self) -> &'static str {
        match self.verb {
            "list" if self.query.contains_key("continue") => "page",
            "watch" if self.query.contains_key("sendInitialEvents") => "stream",
            verb => verb,
        }
    }

    fn of(uri: &Uri) -> Self {
        let query: HashMap<String, String> = Query::read(uri.query().unwrap_or_default())
            .pairs()
            .collect();
        let verb = if query.contains_key("watch") {
            "watch"
        } else {
            "list"
        };
        Self {
            verb,
            at: Instant::now(),
            query,
        }
    }
}

/// The cluster; clones are the same one.
#[derive(Clone)]
pub(super) struct Script {
    demo: Demo,
    came: Arc<Mutex<Vec<Came>>>,
    padding: Arc<AtomicUsize>,
}

const SPACE: &str = "shop-prod";

impl Script {
    pub(super) fn with(pods: usize) -> Self {
        let mut state = State::new(1, 1_700_000_000_000, 1.0);
        state.controlled = false;
        let options = Options {
            open: true,
            ..Options::default()
        };
        let script = Self {
            demo: Demo::of(state, options),
            came: Arc::default(),
            padding: Arc::default(),
        };
        for n in 0..pods {
            script.put(&format!("pod-{n:04}"));
        }
        script
    }

    /// A client of this cluster.
    pub(super) fn asker(&self) -> Asker {
        let script = self.clone();
        let service = service_fn(move |request: Request<Body>| {
            let script = script.clone();
            async move {
                script.came.lock().unwrap().push(Came::of(request.uri()));
                script.demo.answer(request).await
            }
        });
        Asker::new(
            kube::Client::new(service, "default"),
            Uri::from_static("https://scripted:6443"),
        )
    }

    /// A Pod is made, or changes; its node says with which version.
    pub(super) fn put(&self, name: &str) {
        let padding = "x".repeat(self.padding.load(Ordering::Relaxed));
        self.demo.with(|state| {
            let version = state.store.version() + 1;
            let uid = match state.get(&PODS, SPACE, name) {
                Some(known) => known["metadata"]["uid"].clone(),
                None => json!(format!("00000000-0000-0000-0000-{version:012}")),
            };
            let mut pod = json!({
                "kind": "Pod", "apiVersion": "v1",
                "metadata": {"name": name, "namespace": SPACE, "uid": uid, "annotations": {"padding": padding}},
                "spec": {"nodeName": format!("v{version}"), "containers": [{"name": "app", "image": "app:1"}]},
                "status": {"phase": "Pending"},
            });
            state.keep(&PODS, &mut pod);
        });
    }

    /// A Pod as it is, however odd.
    pub(super) fn put_as(&self, mut pod: Value) {
        self.demo.with(|state| state.keep(&PODS, &mut pod));
    }

    pub(super) fn delete(&self, name: &str) {
        self.demo
            .with(|state| state.remove(&PODS, SPACE, name).unwrap());
    }

    /// The next request of this word meets with this.
    pub(super) fn fault(&self, word: &'static str, fault: Fault) {
        self.demo
            .faults(|faults| faults.add(Rule::once(word, fault)));
    }

    /// How many accidents are still to happen.
    pub(super) fn faults(&self) -> usize {
        self.demo.faults(|faults| faults.waiting())
    }

    pub(super) fn no_streams(&self) {
        let rule = Rule {
            times: None,
            ..Rule::once("stream", Fault::Status(422, None))
        };
        self.demo.faults(|faults| faults.add(rule));
    }

    /// Bytes that each Pod from now on carries along.
    pub(super) fn padding(&self, bytes: usize) {
        self.padding.store(bytes, Ordering::Relaxed);
    }

    /// Forgets all versions before now.
    pub(super) fn compact(&self) {
        self.demo.with(|state| state.store.compact());
    }

    /// Says the version to all watches.
    pub(super) fn bookmark(&self) {
        let version = self.demo.with(|state| state.store.version());
        self.demo.watches(|watches| {
            for watch in watches {
                watch.bookmark(version, false);
            }
        });
    }

    /// Raw bytes to all watches.
    pub(super) fn say(&self, text: &str) {
        self.demo.watches(|watches| {
            for watch in watches {
                watch.raw(text.to_owned());
            }
        });
    }

    /// Ends all watches: well, or with an error.
    pub(super) fn cut(&self, with_error: bool) {
        self.demo.watches(|watches| {
            for watch in watches.drain(..).filter(|_| with_error) {
                watch.cut();
            }
        });
    }

    /// Watches whose other end is still there.
    pub(super) fn watches(&self) -> usize {
        self.demo.watches(|watches| watches.len())
    }

    /// Versions pass that others have made.
    pub(super) fn skip(&self, versions: u64) {
        self.demo.with(|state| state.store.skip(versions));
    }

    /// What is held under this name.
    pub(super) fn object(&self, name: &str) -> Value {
        self.demo
            .with(|state| state.get(&PODS, SPACE, name).unwrap())
    }

    pub(super) fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    pub(super) fn forget_came(&self) {
        self.came.lock().unwrap().clear();
    }

    /// Names, and the version at which each is.
    pub(super) fn rows(&self) -> BTreeMap<String, String> {
        self.demo.with(|state| {
            let rows = state.store.list(&PODS, None).filter_map(|entry| {
                let node = entry
                    .field("spec.nodeName")
                    .filter(|node| !node.is_empty())?;
                Some((entry.name.to_string(), node.to_owned()))
            });
            rows.collect()
        })
    }
}
