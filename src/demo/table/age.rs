//! How long ago, as kubectl says it (`k8s.io/apimachinery/pkg/util/duration`).

use serde_json::Value;

use crate::demo::object;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// How long a moment that the API wrote is ago at another, in milliseconds since the epoch.
pub fn since(moment: &Value, now: i64) -> String {
    match moment.as_str().and_then(object::millis) {
        Some(then) => human(now - then),
        None => "<unknown>".to_owned(),
    }
}

/// A span of milliseconds: `119s`, `5m30s`, `3h5m`, `2d4h`, `3y20d`. One that is a little below zero is zero: clocks differ.
pub fn human(millis: i64) -> String {
    let seconds = millis / 1_000;
    let pair = |large: i64, unit: char, small: i64, part: char| {
        let (whole, rest) = (seconds / large, seconds % large / small);
        if rest == 0 {
            format!("{whole}{unit}")
        } else {
            format!("{whole}{unit}{rest}{part}")
        }
    };
    match seconds {
        i64::MIN..-1 => "<invalid>".to_owned(),
        -1 => "0s".to_owned(),
        0..120 => format!("{seconds}s"),
        _ if seconds < 10 * MINUTE => pair(MINUTE, 'm', 1, 's'),
        _ if seconds < 3 * HOUR => format!("{}m", seconds / MINUTE),
        _ if seconds < 8 * HOUR => pair(HOUR, 'h', MINUTE, 'm'),
        _ if seconds < 2 * DAY => format!("{}h", seconds / HOUR),
        _ if seconds < 8 * DAY => pair(DAY, 'd', HOUR, 'h'),
        _ if seconds < 2 * YEAR => format!("{}d", seconds / DAY),
        _ if seconds < 8 * YEAR => pair(YEAR, 'y', DAY, 'd'),
        _ => format!("{}y", seconds / YEAR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_as_kubectl_says_them() {
        for (seconds, said) in [
            (-5, "<invalid>"),
            (-1, "0s"),
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (150, "2m30s"),
            (10 * MINUTE + 30, "10m"),
            (179 * MINUTE, "179m"),
            (3 * HOUR, "3h"),
            (3 * HOUR + 5 * MINUTE + 59, "3h5m"),
            (8 * HOUR + 59 * MINUTE, "8h"),
            (47 * HOUR, "47h"),
            (2 * DAY, "2d"),
            (2 * DAY + 4 * HOUR, "2d4h"),
            (8 * DAY + 4 * HOUR, "8d"),
            (729 * DAY, "729d"),
            (2 * YEAR, "2y"),
            (2 * YEAR + 3 * DAY, "2y3d"),
            (9 * YEAR + 3 * DAY, "9y"),
        ] {
            assert_eq!(human(seconds * 1_000 + 1), said, "{seconds}");
        }
        assert_eq!(since(&Value::Null, 0), "<unknown>");
    }
}
