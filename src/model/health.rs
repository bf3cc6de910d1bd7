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
    /// Instances that have not completed.
    pub total: u32,
    /// Of these, ready and not being deleted.
    pub ready: u32,
    /// Being deleted.
    pub terminating: u32,
    /// Restarts of all.
    pub restarts: u32,
    /// The worst verdict of all that are not merely running.
    pub worst: Option<Verdict>,
}

impl Digest {
    /// Adds one Instance.
    pub fn add(&mut self, row: &InstanceRow, verdict: Verdict) {
        self.restarts += row.restarts;
        if row.phase == Phase::Succeeded {
            return;
        }
        self.total += 1;
        self.terminating += u32::from(row.terminating);
        self.ready += u32::from(row.is_ready && !row.terminating);
        let until = match &self.worst {
            Some(worst)
                if worst.until != 0 && (verdict.until == 0 || worst.until < verdict.until) =>
            {
                worst.until
            }
            _ => verdict.until,
        };
        let graver = |worst: &Verdict| {
            (verdict.health.rank(), u32::MAX - verdict.times)
                < (worst.health.rank(), u32::MAX - worst.times)
        };
        if self.worst.as_ref().is_none_or(graver) {
            self.worst = Some(verdict);
        }
        if let Some(worst) = &mut self.worst {
            worst.until = until;
        }
    }
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;
