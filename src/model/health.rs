//! How a Server or an Instance is, and why: one table of ordered rules for each, the first that answers wins.
//!
//! Every rule names its source. Rules read rows and the time; they never ask the cluster.

mod instance;
mod server;

pub use instance::{INSTANCE_RULES, InstanceRule, judge_instance};
pub use server::{Facts, RULES, Rule, judge};

use super::{
    ids::Name,
    row::{InstanceRow, Phase},
};

/// Health, best known word first. Shown as a glyph and a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Health {
    /// Does what it was asked to do.
    Healthy,
    /// On its way there.
    Progressing,
    /// Works, but somebody should look.
    Warning,
    /// Does not work.
    Failing,
    /// Does nothing, as it was asked to.
    Stopped,
    /// Not known (yet).
    #[default]
    Unknown,
}

impl Health {
    /// All of them, worst first.
    pub const WORST_FIRST: [Self; 6] = [
        Self::Failing,
        Self::Warning,
        Self::Progressing,
        Self::Unknown,
        Self::Healthy,
        Self::Stopped,
    ];

    /// 0 for the worst.
    pub fn rank(self) -> usize {
        match self {
            Self::Failing => 0,
            Self::Warning => 1,
            Self::Progressing => 2,
            Self::Unknown => 3,
            Self::Healthy => 4,
            Self::Stopped => 5,
        }
    }

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Progressing => "progressing",
            Self::Warning => "warning",
            Self::Failing => "failing",
            Self::Stopped => "stopped",
            Self::Unknown => "unknown",
        }
    }
}

/// What a rule found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How it is.
    pub health: Health,
    /// Why, in a few words: `CrashLoopBackOff`, `Pending: insufficient cpu`, `healthy`.
    pub word: Name,
    /// How often (restarts), where that matters; else 0.
    pub times: u32,
    /// A rollout's updated and ready Instances of those desired.
    pub progress: Option<(u32, u32)>,
    /// The message of the object that says so.
    pub message: Option<Name>,
    /// Since when, epoch seconds; 0 where nothing says.
    pub since: i64,
    /// The rule's name, see [`RULES`] and [`INSTANCE_RULES`].
    pub rule: &'static str,
    /// When it has to be judged again although nothing changes, epoch seconds; 0 for never.
    pub until: i64,
}

impl Verdict {
    fn new(health: Health, word: impl Into<Name>) -> Self {
        Self {
            health,
            word: word.into(),
            ..Self::default()
        }
    }
    fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }
    fn message(self, message: Option<&Name>) -> Self {
        Self {
            message: message.filter(|text| !text.is_empty()).cloned(),
            ..self
        }
    }
    fn since(self, since: i64) -> Self {
        Self { since, ..self }
    }
    fn until(self, until: i64) -> Self {
        Self { until, ..self }
    }
}

/// What a Server's Instances amount to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// Instances that have not ended.
    pub total: u32,
    /// Of these, ready and not being deleted.
    pub ready: u32,
    /// Being deleted.
    pub terminating: u32,
    /// Restarts of all.
    pub restarts: u32,
    /// The worst verdict of these.
    pub worst: Option<Verdict>,
    /// The worst verdict of those that have ended badly. A controller has made others in their place, and they say how
    /// it is; where nobody does that, this counts.
    pub ended: Option<Verdict>,
}

impl Digest {
    /// Adds one Instance.
    pub fn add(&mut self, row: &InstanceRow, verdict: Verdict) {
        self.restarts = self.restarts.saturating_add(row.restarts);
        match row.phase {
            Phase::Succeeded => return,
            Phase::Failed if !row.terminating => return worse(&mut self.ended, verdict),
            _ => {}
        }
        self.total += 1;
        self.terminating += u32::from(row.terminating);
        self.ready += u32::from(row.is_ready && !row.terminating);
        worse(&mut self.worst, verdict);
    }
}

/// The worst first, down to the message, so that the order in which Instances come does not matter.
fn order(verdict: &Verdict) -> impl Ord {
    let Verdict {
        health,
        times,
        since,
        word,
        message,
        ..
    } = verdict;
    (
        health.rank(),
        std::cmp::Reverse(*times),
        *since,
        word.clone(),
        message.clone(),
    )
}

/// Keeps the worse of two verdicts, and the time at which the first of them has to be judged again.
fn worse(held: &mut Option<Verdict>, new: Verdict) {
    let until = held.iter().map(|held| held.until).chain([new.until]);
    let until = until.filter(|until| *until != 0).min().unwrap_or(0);
    if held.as_ref().is_none_or(|held| order(&new) < order(held)) {
        *held = Some(new);
    }
    if let Some(held) = held {
        held.until = until;
    }
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;
