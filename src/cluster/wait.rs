//! How long to wait before the next try.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(200);
/// Never so long that a cluster that is back would go unnoticed for seconds.
const LONGEST: Duration = Duration::from_millis(2_500);

/// Doubled each time, with jitter, up to a limit.
#[derive(Debug)]
pub(super) struct Wait {
    next: Duration,
    longest: Duration,
}

impl Wait {
    pub(super) fn new() -> Self {
        Self::up_to(LONGEST)
    }

    pub(super) fn up_to(longest: Duration) -> Self {
        Self {
            next: FIRST,
            longest,
        }
    }

    pub(super) fn reset(&mut self) {
        self.next = FIRST;
    }

    /// Between half and all of what it is about.
    pub(super) fn next(&mut self) -> Duration {
        let wait = self.next;
        self.next = (wait * 2).min(self.longest);
        let half = wait / 2;
        half + millis_below(half.as_millis() as u64 + 1)
    }
}

/// Some milliseconds less than these.
pub(super) fn millis_below(bound: u64) -> Duration {
    Duration::from_millis(below(bound))
}

/// A number below `bound`, different each time; nothing depends on how.
pub(super) fn below(bound: u64) -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0) % bound.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_to_its_limit_never_twice_the_same_and_begins_anew() {
        let mut wait = Wait::new();
        let waits: Vec<u128> = (0..60).map(|_| wait.next().as_millis()).collect();
        for (n, wait) in waits.iter().enumerate() {
            let most = (200_u128 << n.min(8)).min(2_500);
            assert!((most / 2..=most).contains(wait), "{n}: {wait}");
        }
        let mut late: Vec<_> = waits[10..].to_vec();
        late.sort_unstable();
        late.dedup();
        assert!(late.len() > 25, "no jitter: {late:?}");
        wait.reset();
        assert!(wait.next() <= FIRST);
    }
}
