//! A bench for feeds: a scripted server, and a real World fed from the outbox and looked at after every word.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where it stands"
)]

use std::collections::{BTreeMap, HashSet};

use tokio::task::JoinHandle;

use super::*;
use crate::{
    cluster::script::{Came, Fault, Script},
    model::{grouping::Grouping, ids::ClusterId, world::World},
};

#[path = "follow_faults_tests.rs"]
mod faults;
#[path = "follow_pace_tests.rs"]
mod pace;
#[path = "follow_table_tests.rs"]
mod table;

/// A server, a feed, and the world that it makes.
struct Bench {
    server: Script,
    world: World,
    news: mpsc::Receiver<(Source, News)>,
    task: JoinHandle<()>,
    held: BTreeMap<String, String>,
    gone: HashSet<String>,
    states: Vec<FeedState>,
    /// Whether all rows may go for a while: after a refusal.
    may_empty: bool,
    chance: u64,
    made: usize,
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Bench {
    fn start(server: &Script, what: What) -> Self {
        Self::with(server, what, server.asker())
    }

    fn with(server: &Script, what: What, asker: Asker) -> Self {
        let source = Source::all(ClusterId(0), what);
        let (out, news) = mpsc::channel(16);
        Self {
            server: server.clone(),
            world: World::new(Grouping::default(), vec!["here".into()]),
            task: tokio::spawn(follow(asker, source, out)),
            news,
            held: BTreeMap::new(),
            gone: HashSet::new(),
            states: Vec::new(),
            may_empty: false,
            chance: 7,
            made: 0,
        }
    }

    fn rows(&self) -> BTreeMap<String, String> {
        let row = |(_, pod): (u32, &crate::model::tree::Instance)| {
            let node = pod.row.node.as_deref().unwrap().to_owned();
            (pod.row.meta.name.to_string(), node)
        };
        self.world.instances().iter().map(row).collect()
    }

    async fn step(&mut self) {
        let next = timeout(Duration::from_mins(15), self.news.recv()).await;
        let Ok(Some((source, news))) = next else {
            panic!(
                "nothing more comes; states {:?}, asked {:?}",
                self.states,
                self.words()
            );
        };
        if let News::State(state) = &news
            && self.states.last() != Some(state)
        {
            self.states.push(state.clone());
        }
        self.world.apply(&source, news);
        let rows = self.rows();
        let version = |node: &str| node[1..].parse::<u64>().unwrap();
        for (name, node) in &rows {
            assert!(!self.gone.contains(name), "{name} came back");
            if let Some(before) = self.held.get(name) {
                assert!(
                    version(before) <= version(node),
                    "{name} was {before}, now {node}"
                );
            }
        }
        if !self.may_empty {
            let gone = self.held.keys().filter(|name| !rows.contains_key(*name));
            self.gone.extend(gone.cloned());
        }
        self.held = rows;
    }

    async fn until(&mut self, enough: impl Fn(&Self) -> bool) {
        for _ in 0..2_000 {
            if enough(self) {
                return;
            }
            self.step().await;
        }
        panic!(
            "no end; states {:?}, {} requests",
            self.states,
            self.words().len()
        );
    }

    fn live(&self) -> bool {
        self.states.last() == Some(&FeedState::Live)
    }

    /// Live, with the server's rows, and no accident left.
    async fn settle(&mut self) {
        let settled = |bench: &Self| {
            bench.server.faults() == 0 && bench.live() && bench.held == bench.server.rows()
        };
        self.until(settled).await;
    }

    /// Goes on while the server's objects come, change and go.
    async fn churn(&mut self, changes: usize) {
        let enough = self.made + changes;
        while self.made < enough {
            self.change();
            self.step().await;
        }
    }

    fn change(&mut self) {
        self.chance = self
            .chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.made += 1;
        let rows = self.server.rows();
        let place = (self.chance >> 33) as usize % rows.len();
        let name = rows.keys().nth(place).unwrap();
        match self.chance >> 60 {
            0..=5 => self.server.put(name),
            6..=9 => self.server.delete(name),
            _ => self.server.put(&format!("new-{:04}", self.made)),
        }
    }

    fn words(&self) -> Vec<&'static str> {
        self.server.came().iter().map(Came::word).collect()
    }

    fn stale(&self) -> Vec<&Problem> {
        let mut found = Vec::new();
        for state in &self.states {
            if let FeedState::Stale(problem) = state {
                found.push(problem);
            }
        }
        found
    }

    fn refused(&self) -> Option<&Problem> {
        self.states.iter().find_map(|state| match state {
            FeedState::Refused(problem) => Some(problem),
            _ => None,
        })
    }
}
