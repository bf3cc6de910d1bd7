//! The running streams: exactly those that the state wants.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use tokio::task::JoinHandle;

use crate::{
    cluster::{
        Tally,
        ask::Asker,
        follow::{Outbox, follow},
    },
    event::Cost,
    model::{ClusterId, Source},
};

/// One task for each source; a task ends when its entry goes.
pub struct Feeds {
    askers: HashMap<ClusterId, Asker>,
    tasks: HashMap<Source, Task>,
    out: Outbox,
}

struct Task {
    handle: JoinHandle<()>,
    /// Milliseconds since the epoch.
    since: i64,
    tally: Arc<Tally>,
}

impl Drop for Task {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

impl Feeds {
    /// No streams yet, and no clusters.
    pub fn new(out: Outbox) -> Self {
        Self {
            askers: HashMap::new(),
            tasks: HashMap::new(),
            out,
        }
    }

    /// From now on this cluster is asked so, or not at all. What was followed over its connection before has ended.
    pub fn connect(&mut self, cluster: ClusterId, asker: Option<Asker>) {
        self.tasks.retain(|source, _| source.cluster != cluster);
        match asker {
            Some(asker) => self.askers.insert(cluster, asker),
            None => self.askers.remove(&cluster),
        };
    }

    /// Starts what is missing, drops what is not wanted, and says what was dropped.
    pub fn sync(&mut self, wanted: &BTreeSet<Source>, now: i64) -> Vec<Source> {
        let dropped: Vec<Source> = self
            .tasks
            .keys()
            .filter(|source| !wanted.contains(*source))
            .cloned()
            .collect();
        for source in &dropped {
            self.tasks.remove(source);
        }
        for source in wanted {
            let asker = self.askers.get(&source.cluster);
            if let Some(asker) = asker.filter(|_| !self.tasks.contains_key(source)) {
                let tally = Arc::default();
                let asker = asker.counting(&tally);
                let handle = tokio::spawn(follow(asker, source.clone(), self.out.clone()));
                let task = Task {
                    handle,
                    since: now,
                    tally,
                };
                self.tasks.insert(source.clone(), task);
            }
        }
        dropped
    }

    /// Whether a source is being followed: news of one that is not come too late.
    pub fn follows(&self, source: &Source) -> bool {
        self.tasks.contains_key(source)
    }

    /// What each stream has cost so far.
    pub fn costs(&self) -> Vec<Cost> {
        let cost = |(source, task): (&Source, &Task)| Cost {
            source: source.clone(),
            plural: source.served().plural.into(),
            since: task.since,
            requests: task.tally.requests(),
            bytes: task.tally.read(),
        };
        self.tasks.iter().map(cost).collect()
    }
}

#[cfg(all(test, feature = "demo"))]
#[path = "feed_tests.rs"]
mod tests;
