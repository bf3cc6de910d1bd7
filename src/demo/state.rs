//! The cluster as one value: what it holds, what time it is, and what is to be done when. No task, no socket, no clock
//! of its own: whoever holds it says how late it is, so a test drives it by hand and a year passes in a blink.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, VecDeque},
    sync::Arc,
};

use serde_json::{Value, json};

use super::{
    admission,
    controllers::{self, Task, index::Index},
    defaults, dice, object,
    refusal::Refusal,
    resource::Resource,
    store::{Change, Event, Store},
    story, strategy, validate,
};

/// The cluster.
#[derive(Debug, Default)]
pub struct State {
    /// What it holds.
    pub store: Store,
    /// What chance is made of.
    pub seed: u64,
    /// How often chance was asked for a name or a uid.
    drawn: u64,
    /// Milliseconds since the epoch.
    now: i64,
    /// How many times faster than in life things happen.
    pace: f64,
    /// Whether controllers act on changes.
    pub controlled: bool,
    /// The certificate, as PEM, that signs those this cluster shows; Pods find it in their namespace.
    pub root: String,
    /// What controllers look up instead of searching the store.
    pub index: Index,
    /// What the kubelets know of the pods they run.
    pub kubelets: controllers::kubelet::Kubelets,
    /// What autoscalers remember.
    pub autoscalers: controllers::autoscaler_limits::Autoscalers,
    tasks: BinaryHeap<Reverse<(i64, u64, Task)>>,
    /// When each task that waits is due, and which of its places in the heap counts: those it was moved from stay there.
    waiting: HashMap<Task, (i64, u64)>,
    planned: u64,
    /// What the story remembers.
    pub story: story::Memory,
    /// What happened before this moment is not told as Events: nobody would find them any more.
    pub silent_before: i64,
    fresh: VecDeque<Arc<Change>>,
    told: Vec<Arc<Change>>,
}

impl State {
    /// An empty cluster at this moment, in milliseconds since the epoch.
    pub fn new(seed: u64, now: i64, pace: f64) -> Self {
        Self {
            seed,
            now,
            pace,
            controlled: true,
            ..Self::default()
        }
    }

    /// From now on things happen so many times faster than in life.
    pub fn set_pace(&mut self, pace: f64) {
        self.pace = pace;
    }

    /// Milliseconds since the epoch.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// When there is something to do next.
    pub fn next(&self) -> Option<i64> {
        if self.fresh.is_empty() {
            self.tasks.peek().map(|Reverse((due, ..))| *due)
        } else {
            Some(self.now)
        }
    }

    /// Lets time pass: everything due until then is done, each at its time.
    pub fn advance(&mut self, to: i64) {
        loop {
            while let Some(change) = self.fresh.pop_front() {
                if self.controlled {
                    controllers::react(self, &change);
                }
            }
            match self.tasks.peek() {
                Some(Reverse((due, ..))) if *due <= to => {}
                _ => break,
            }
            if let Some(Reverse((due, place, task))) = self.tasks.pop() {
                if self.waiting.get(&task) != Some(&(due, place)) {
                    continue;
                }
                self.now = self.now.max(due);
                self.waiting.remove(&task);
                controllers::run(self, task);
            }
        }
        self.settle();
        self.now = self.now.max(to);
    }

    /// How long so many milliseconds of life take at this pace.
    pub fn span(&self, delay: i64) -> i64 {
        (delay as f64 / self.pace.max(f64::MIN_POSITIVE)) as i64
    }

    /// Plans a task, in so many milliseconds of life. One that already waits is not planned again, save earlier.
    pub fn after(&mut self, delay: i64, task: Task) {
        let due = self.now.saturating_add(self.span(delay));
        self.at(due, task);
    }

    /// Plans a task for a moment, in milliseconds since the epoch.
    pub fn at(&mut self, due: i64, task: Task) {
        if let Some((known, _)) = self.waiting.get(&task)
            && *known <= due
        {
            return;
        }
        self.planned += 1;
        self.waiting.insert(task.clone(), (due, self.planned));
        self.tasks.push(Reverse((due, self.planned, task)));
        self.settle();
    }

    /// Lets go of what stands first in the heap but was moved: what is first is what is next.
    fn settle(&mut self) {
        while let Some(Reverse((due, place, task))) = self.tasks.peek() {
            if self.waiting.get(task) == Some(&(*due, *place)) {
                break;
            }
            self.tasks.pop();
        }
    }

    /// A new uid.
    pub fn uid(&mut self) -> String {
        self.drawn += 1;
        dice::uuid(self.seed, ("uid", self.drawn))
    }

    /// An object, as a tree.
    pub fn get(&self, resource: &'static Resource, namespace: &str, name: &str) -> Option<Value> {
        Some(self.store.get(resource, namespace, name)?.value())
    }

    /// Makes an object: metadata, defaults and admission are seen to. What came from outside was checked before.
    pub fn create(&mut self, resource: &'static Resource, object: Value) -> Result<Value, Refusal> {
        let mut object = self.prepare(resource, object)?;
        self.keep(resource, &mut object);
        Ok(object)
    }

    /// All of [`Self::create`] but the keeping: what a dry run answers.
    pub fn prepare(
        &mut self,
        resource: &'static Resource,
        mut object: Value,
    ) -> Result<Value, Refusal> {
        if !object["metadata"].is_object() {
            object["metadata"] = json!({});
        }
        object["apiVersion"] = json!(resource.api_version());
        object["kind"] = json!(resource.kind);
        if object::name(&object).is_empty() {
            let stem = object::text(&object, "/metadata/generateName").to_owned();
            if stem.is_empty() {
                return Err(Refusal::invalid(
                    resource,
                    "",
                    &[super::refusal::Fault::required(
                        "metadata.name",
                        "name or generateName is required",
                    )],
                ));
            }
            self.drawn += 1;
            let end = dice::letters(self.seed, ("name", &stem, self.drawn), 5);
            object["metadata"]["name"] = json!(format!("{stem}{end}"));
        }
        let (namespace, name) = (object::namespace(&object), object::name(&object));
        if self.store.get(resource, namespace, name).is_some() {
            return Err(Refusal::already_exists(resource, name));
        }
        object["metadata"]["uid"] = json!(self.uid());
        object["metadata"]["creationTimestamp"] = json!(object::time(self.now));
        if resource.counts_generations() {
            object["metadata"]["generation"] = json!(1);
        }
        defaults::fill(resource, &mut object);
        admission::admit(self, resource, &mut object)?;
        strategy::for_create(self, resource, &mut object)?;
        let faults = validate::create(resource, &object);
        if !faults.is_empty() {
            return Err(Refusal::invalid(resource, object::name(&object), &faults));
        }
        admission::approve(self, resource, None, &object)?;
        Ok(object)
    }

    /// Writes an object that exists, unless it says what is known already. One that is leaving and has nothing left to
    /// wait for goes.
    pub fn update(&mut self, resource: &'static Resource, mut object: Value) -> Value {
        let (namespace, name) = (object::namespace(&object), object::name(&object));
        let Some(known) = self.store.get(resource, namespace, name) else {
            return object;
        };
        object["metadata"]["resourceVersion"] = json!(known.version.to_string());
        // Equal objects have equal texts, and to write is quicker than to read.
        if known.says(&object) {
            return object;
        }
        let finished = object::is_leaving(&object)
            && object::items(&object, "/metadata/finalizers").is_empty()
            && object::number(&object, "/metadata/deletionGracePeriodSeconds").unwrap_or(0) == 0
            && object::items(&object, "/spec/finalizers").is_empty();
        let change = self.keep(resource, &mut object);
        if finished {
            self.remove(resource, &change.after.namespace, &change.after.name);
        }
        object
    }

    /// Changes an object in place, if it is there.
    pub fn change(
        &mut self,
        resource: &'static Resource,
        namespace: &str,
        name: &str,
        change: impl FnOnce(&mut Value),
    ) -> Option<Value> {
        let mut object = self.get(resource, namespace, name)?;
        change(&mut object);
        Some(self.update(resource, object))
    }

    /// Writes an object as it is, and gives it its version.
    pub fn keep(&mut self, resource: &'static Resource, object: &mut Value) -> Arc<Change> {
        let change = self.store.put(resource, object);
        self.tell(&change);
        change
    }

    /// Takes an object away at once; [`super::delete`] is the polite way.
    pub fn remove(
        &mut self,
        resource: &'static Resource,
        namespace: &str,
        name: &str,
    ) -> Option<Arc<Change>> {
        let change = self.store.remove(resource, namespace, name)?;
        self.tell(&change);
        Some(change)
    }

    /// Writes an object that is whole and settled: nobody who acts or watches is told. Only for what is there before
    /// anybody looks.
    pub fn put_quietly(&mut self, resource: &'static Resource, mut object: Value) {
        let change = self.store.put(resource, &mut object);
        self.index.see(&change);
    }

    fn tell(&mut self, change: &Arc<Change>) {
        debug_assert!(change.event != Event::Added || change.before.is_none());
        self.index.see(change);
        self.fresh.push_back(Arc::clone(change));
        self.told.push(Arc::clone(change));
    }

    /// The changes since this was last asked, for those who watch.
    pub fn news(&mut self) -> Vec<Arc<Change>> {
        std::mem::take(&mut self.told)
    }

    /// Says that something happened to an object, as a core Event: the same again within ten minutes is counted, not
    /// written twice (`k8s.io/client-go/tools/record`, `EventAggregator`).
    pub fn event(&mut self, about: &Value, kind: &str, reason: &str, message: &str, from: &str) {
        if self.now >= self.silent_before {
            super::events::record(self, (about, ""), kind, reason, message, from);
        }
    }

    /// Says that something happened to a part of an object: `spec.containers{web}`.
    pub fn event_of_part(
        &mut self,
        about: (&Value, &str),
        kind: &str,
        reason: &str,
        message: &str,
        from: &str,
    ) {
        if self.now >= self.silent_before {
            super::events::record(self, about, kind, reason, message, from);
        }
    }
}
