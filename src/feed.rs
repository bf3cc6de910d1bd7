//! The running streams: exactly those that the state wants.

use std::collections::{BTreeSet, HashMap};

use tokio::task::JoinHandle;

use crate::{
    cluster::{
        ask::Asker,
        follow::{Outbox, follow},
    },
    model::Source,
};

/// One task for each source; a task ends when its entry goes.
pub struct Feeds {
    askers: Vec<Option<Asker>>,
    tasks: HashMap<Source, Task>,
    out: Outbox,
}

struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Feeds {
    /// No streams yet, over these clusters by their ids; `None` for one that can not be asked.
    pub fn new(askers: Vec<Option<Asker>>, out: Outbox) -> Self {
        Self {
            askers,
            tasks: HashMap::new(),
            out,
        }
    }

    /// Starts what is missing, drops what is not wanted, and says what was dropped.
    pub fn sync(&mut self, wanted: &BTreeSet<Source>) -> Vec<Source> {
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
            let asker = self
                .askers
                .get(usize::from(source.cluster.0))
                .and_then(Option::as_ref);
            if let Some(asker) = asker.filter(|_| !self.tasks.contains_key(source)) {
                let task = tokio::spawn(follow(asker.clone(), source.clone(), self.out.clone()));
                self.tasks.insert(source.clone(), Task(task));
            }
        }
        dropped
    }

    /// Whether a source is being followed: news of one that is not come too late.
    pub fn follows(&self, source: &Source) -> bool {
        self.tasks.contains_key(source)
    }
}
