//! How far ahead of a slow line we may write.
//!
//! Between us and the person's eyes lie buffers that swallow far more than they pass on (a pseudo-terminal's 20 KB, SSH's
//! megabytes) and tell nobody how full they are. While a key is held down, what they hold is how late the screen is. So
//! frames that only follow a held key are spaced for the slowest line that we want to be quick on, whatever it is really.

use std::time::Duration;

use tokio::time::Instant;

/// The slowest line, bytes a millisecond: 8 KB a second, less what others send over it.
const LINE: u32 = 7;
/// What may be on its way: that line takes a seventh of a second for it.
const AHEAD: u32 = 1_000;
/// No frame waits longer than this.
const LONGEST: Duration = Duration::from_millis(100);

/// What the slowest line would still have to take.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    owed: u32,
    at: Instant,
}

impl Pace {
    /// A line with nothing on its way.
    pub fn new(now: Instant) -> Self {
        Self { owed: 0, at: now }
    }

    /// Notes that so many bytes were written.
    pub fn wrote(&mut self, bytes: usize, now: Instant) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        *self = Self {
            owed: self.left(now).saturating_add(bytes),
            at: now,
        };
    }

    /// When the next frame may follow.
    pub fn due(&self, now: Instant) -> Instant {
        let over = self.left(now).saturating_sub(AHEAD);
        now + Duration::from_millis((over / LINE).into()).min(LONGEST)
    }

    fn left(&self, now: Instant) -> u32 {
        let passed = now.saturating_duration_since(self.at).as_millis();
        let taken = u32::try_from(passed)
            .unwrap_or(u32::MAX)
            .saturating_mul(LINE);
        self.owed.saturating_sub(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_key_never_waits_and_a_held_one_keeps_to_the_line() {
        let start = Instant::now();
        let after = |millis| start + Duration::from_millis(millis);
        let mut pace = Pace::new(start);
        pace.wrote(200, start);
        assert_eq!(pace.due(start), start);
        pace.wrote(1_150, start);
        assert_eq!(pace.due(start), after(50));
        assert_eq!(pace.due(after(30)), after(50));
        assert_eq!(pace.due(after(90)), after(90));
        pace.wrote(usize::MAX, after(90));
        assert_eq!(
            pace.due(after(90)),
            after(190),
            "a repaint is no reason to sleep"
        );
    }

    #[test]
    fn a_held_key_is_never_far_ahead_of_the_line() {
        let mut now = Instant::now();
        let mut pace = Pace::new(now);
        let start = now;
        let mut sent = 0;
        for _ in 0..100 {
            now = pace.due(now);
            pace.wrote(300, now);
            sent += 300;
        }
        let line = (now - start).as_millis() as u32 * LINE;
        assert!(sent - line <= AHEAD + 300 + LINE, "{sent} of {line}");
    }
}
