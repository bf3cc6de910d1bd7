//! When a CronJob is due: five fields or a word like `@hourly`, in a time zone.

use cronexpr::{Crontab, FallbackTimezoneOption, MakeTimestamp, ParseOptions};

/// Words for schedules (`github.com/robfig/cron/v3`, `parseDescriptor`).
const WORDS: &[(&str, &str)] = &[
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];
/// So many hours back a missed time is looked for, one after the other.
const BACK: &[i64] = &[1, 24, 31 * 24, 366 * 24, 5 * 366 * 24];

/// When something is due.
#[derive(Clone, Debug)]
pub(super) enum Schedule {
    /// At the times that fields name.
    Fields(Box<Crontab>),
    /// Every so many milliseconds.
    Every(i64),
}

impl Schedule {
    /// Reads a schedule; the sentence says what is wrong with it.
    pub(super) fn parse(text: &str, zone: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(time) = text.strip_prefix("@every ") {
            return super::kubelet::acts::duration(time)
                .filter(|time| *time >= 1_000)
                .map(Self::Every)
                .ok_or_else(|| format!("failed to parse duration {text}"));
        }
        let word = WORDS.iter().find(|(word, _)| *word == text);
        let fields = word.map_or(text, |(_, fields)| *fields);
        let fields: Vec<&str> = fields.split_whitespace().collect();
        if fields.len() != 5 {
            return Err(format!(
                "expected exactly 5 fields, found {}: [{}]",
                fields.len(),
                fields.join(" ")
            ));
        }
        let zone = if zone.is_empty() { "UTC" } else { zone };
        let mut options = ParseOptions::default();
        options.fallback_timezone_option = FallbackTimezoneOption::UTC;
        let whole = format!("{} {zone}", fields.join(" "));
        cronexpr::parse_crontab_with(&whole, options)
            .map(|crontab| Self::Fields(Box::new(crontab)))
            .map_err(|error| error.to_string())
    }

    /// The first time after a moment, both in milliseconds since the epoch.
    pub(super) fn after(&self, moment: i64) -> Option<i64> {
        match self {
            Self::Every(time) => Some((moment + time).div_euclid(1_000) * 1_000),
            Self::Fields(crontab) => {
                let moment = MakeTimestamp::from_millisecond(moment).ok()?;
                let next = crontab.find_next(moment).ok()?;
                Some(next.timestamp().as_millisecond())
            }
        }
    }

    /// The last time after `from` that is not after `to`.
    pub(super) fn last(&self, from: i64, to: i64) -> Option<i64> {
        // Looked for in the last hour first: after a long pause nobody goes through all that was missed.
        BACK.iter()
            .find_map(|hours| self.last_in(from.max(to - hours * 3_600_000), to))
    }

    fn last_in(&self, from: i64, to: i64) -> Option<i64> {
        let mut last = None;
        let mut next = self.after(from);
        while let Some(time) = next.filter(|time| *time <= to) {
            last = Some(time);
            next = self.after(time);
        }
        last
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;
    use crate::demo::object;

    #[test]
    fn schedules_name_their_times() {
        let from = object::millis("2027-01-15T08:00:30Z").unwrap();
        for (text, zone, next) in [
            ("* * * * *", "", "2027-01-15T08:01:00Z"),
            ("*/15 * * * *", "", "2027-01-15T08:15:00Z"),
            ("5,35 9-17 * * MON-FRI", "", "2027-01-15T09:05:00Z"),
            ("0 3 * * sun", "", "2027-01-17T03:00:00Z"),
            ("0 3 1 JAN *", "", "2028-01-01T03:00:00Z"),
            ("@hourly", "", "2027-01-15T09:00:00Z"),
            ("@daily", "Europe/Berlin", "2027-01-15T23:00:00Z"),
            ("0 9 * * *", "America/New_York", "2027-01-15T14:00:00Z"),
            ("@every 90s", "", "2027-01-15T08:02:00Z"),
        ] {
            let schedule = Schedule::parse(text, zone).unwrap();
            assert_eq!(
                schedule.after(from).map(object::time).unwrap(),
                next,
                "{text}"
            );
        }
        for wrong in ["", "* * * *", "61 * * * *", "* * * * * *", "@never"] {
            assert!(Schedule::parse(wrong, "").is_err(), "{wrong}");
        }
        assert!(Schedule::parse("* * * * *", "Mars/Olympus").is_err());
    }
}
