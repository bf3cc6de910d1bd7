//! How a run of a container ends, as far as it is known: from its status, and from what the Pod says of how it acts.

use serde_json::Value;

use super::voice::{Level, Voice};
use crate::demo::{controllers::kubelet::acts::Death, object};

/// What is known of the end of a run, in milliseconds since the epoch.
#[derive(Debug, Default)]
pub(super) struct Fate {
    /// It ended, or was told to.
    end: Option<i64>,
    /// It was told to.
    told: Option<i64>,
    /// It will end or has ended by itself, like this.
    foreseen: Option<(i64, Manner)>,
    /// It hangs from then on.
    hangs: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// It breaks.
    Breaks,
    /// It has done its work.
    Done,
    /// It runs out of memory.
    Starves,
}

/// What is written last.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) moment: i64,
    pub(super) level: Level,
    pub(super) text: &'static str,
    pub(super) raw: bool,
}

/// Last words are written so long before the end.
const BEFORE: i64 = 60;

impl Fate {
    /// What there is to know of a run that began then: how it is to end, when it ended, what happens to its Pod.
    pub(super) fn new(
        death: Option<(i64, Death)>,
        start: i64,
        end: Option<i64>,
        pod: &Value,
    ) -> Self {
        // What the API writes is cut to whole seconds.
        let end = end.map(|end| end + 999);
        let told = object::millis(object::text(pod, "/metadata/deletionTimestamp")).map(|last| {
            let grace = object::number(pod, "/metadata/deletionGracePeriodSeconds").unwrap_or(0);
            last - grace * 1_000 + 1_000
        });
        let mut fate = Self {
            end,
            told: told.filter(|told| *told > start && end.is_none_or(|end| *told <= end)),
            ..Self::default()
        };
        if let Some((span, death)) = death {
            let moment = start + (span - BEFORE).max(0);
            let manner = match death {
                Death::Exit(0) => Manner::Done,
                Death::Exit(_) => Manner::Breaks,
                Death::Memory => Manner::Starves,
                Death::Liveness => {
                    // It hangs before its kubelet notices.
                    fate.hangs = Some(moment - 20_000);
                    return fate;
                }
            };
            fate.foreseen = Some((moment, manner)).filter(|_| end.is_none_or(|end| moment <= end));
        }
        fate
    }

    /// From when on it writes nothing more, but for its last words.
    pub(super) fn silent(&self) -> i64 {
        let foreseen = self.foreseen.map(|(moment, _)| moment);
        [self.end, self.told, foreseen, self.hangs]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(i64::MAX / 2)
    }

    /// What it writes last; a plain command says nothing.
    pub(super) fn last_words(&self, voice: &Voice, plain: bool) -> Vec<Words> {
        if plain {
            return Vec::new();
        }
        let words = |moment, level, text, raw| Words {
            moment,
            level,
            text,
            raw,
        };
        let first = |moment: i64| self.told.is_none_or(|told| moment < told);
        match self.foreseen.filter(|(moment, _)| first(*moment)) {
            Some((moment, Manner::Breaks)) => {
                let (why, trace) = voice.breaks();
                return vec![
                    words(moment, Level::Error, why, false),
                    words(moment, Level::Error, trace, true),
                ];
            }
            Some((moment, Manner::Done)) => {
                return vec![words(moment, Level::Info, voice.done(), false)];
            }
            Some((moment, Manner::Starves)) => {
                return voice
                    .starves()
                    .map(|text| words(moment, Level::Error, text, true))
                    .into_iter()
                    .collect();
            }
            None => {}
        }
        self.told
            .filter(|_| self.hangs.is_none())
            .map(|moment| words(moment, Level::Info, voice.stops(), false))
            .into_iter()
            .collect()
    }
}
