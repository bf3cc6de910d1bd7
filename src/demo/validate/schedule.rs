//! The five fields of a cron schedule (crontab(5), as `github.com/robfig/cron` reads it and says what is wrong).

struct Bounds {
    least: u32,
    most: u32,
    names: &'static [&'static str],
}

const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const DAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const FIELDS: [Bounds; 5] = [
    Bounds {
        least: 0,
        most: 59,
        names: &[],
    },
    Bounds {
        least: 0,
        most: 23,
        names: &[],
    },
    Bounds {
        least: 1,
        most: 31,
        names: &[],
    },
    Bounds {
        least: 1,
        most: 12,
        names: MONTHS,
    },
    Bounds {
        least: 0,
        most: 6,
        names: DAYS,
    },
];
const WORDS: [&str; 7] = [
    "@yearly",
    "@annually",
    "@monthly",
    "@weekly",
    "@daily",
    "@midnight",
    "@hourly",
];

/// Reads a schedule; what is wrong with it.
pub(super) fn read(text: &str) -> Result<(), String> {
    let mut text = text;
    if ["TZ=", "CRON_TZ="]
        .iter()
        .any(|start| text.starts_with(start))
    {
        let (_, rest) = text.split_once(' ').unwrap_or(("", ""));
        text = rest.trim();
    }
    if text.starts_with('@') {
        let every = text.strip_prefix("@every ");
        return match every {
            _ if WORDS.contains(&text) => Ok(()),
            Some(every) => duration(every).then_some(()).ok_or_else(|| {
                format!("failed to parse duration {text}: time: invalid duration {every:?}")
            }),
            None => Err(format!("unrecognized descriptor: {text}")),
        };
    }
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!(
            "expected exactly 5 fields, found {}: [{}]",
            fields.len(),
            fields.join(" ")
        ));
    }
    for (field, bounds) in fields.iter().zip(&FIELDS) {
        for part in field.split(',').filter(|part| !part.is_empty()) {
            range(part, bounds)?;
        }
    }
    Ok(())
}

/// `1h30m`
fn duration(text: &str) -> bool {
    let units = ["ns", "us", "µs", "ms", "s", "m", "h"];
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let unit = rest[digits..]
            .find(|c: char| c.is_ascii_digit())
            .map_or(rest.len(), |end| digits + end);
        if digits == 0 || !units.contains(&&rest[digits..unit]) {
            return false;
        }
        rest = &rest[unit..];
    }
    !text.is_empty()
}

/// `*`, `1`, `1-5`, `*/2`, `mon-fri`
fn range(text: &str, bounds: &Bounds) -> Result<(), String> {
    let steps: Vec<&str> = text.split('/').collect();
    let ends: Vec<&str> = steps[0].split('-').collect();
    let is_all = matches!(ends[0], "*" | "?");
    let (mut start, mut end) = (bounds.least, bounds.most);
    if !is_all {
        start = number_or_name(ends[0], bounds)?;
        end = match ends.as_slice() {
            [_] => start,
            [_, end] => number_or_name(end, bounds)?,
            _ => return Err(format!("too many hyphens: {text}")),
        };
    }
    match steps.as_slice() {
        [_] => {}
        [_, step] => {
            if number(step)? == 0 {
                return Err(format!("step of range should be a positive number: {text}"));
            }
            if !is_all && ends.len() == 1 {
                end = bounds.most;
            }
        }
        _ => return Err(format!("too many slashes: {text}")),
    }
    if start < bounds.least {
        let least = bounds.least;
        return Err(format!(
            "beginning of range ({start}) below minimum ({least}): {text}"
        ));
    }
    if end > bounds.most {
        let most = bounds.most;
        return Err(format!(
            "end of range ({end}) above maximum ({most}): {text}"
        ));
    }
    if start > end {
        return Err(format!(
            "beginning of range ({start}) beyond end of range ({end}): {text}"
        ));
    }
    Ok(())
}

fn number_or_name(text: &str, bounds: &Bounds) -> Result<u32, String> {
    let low = text.to_ascii_lowercase();
    match bounds.names.iter().position(|name| *name == low) {
        Some(place) => Ok(place as u32 + bounds.least),
        None => number(text),
    }
}

fn number(text: &str) -> Result<u32, String> {
    text.parse::<i64>()
        .map_err(|_| {
            format!(
                "failed to parse int from {text}: strconv.Atoi: parsing {text:?}: invalid syntax"
            )
        })
        .and_then(|number| {
            u32::try_from(number)
                .map_err(|_| format!("negative number ({number}) not allowed: {text}"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_as_people_write_them() {
        for good in [
            "* * * * *",
            "*/5 1-3 1,15 JAN-jun mon",
            "@hourly",
            "@every 1h30m",
            "0 0 ? * 0",
        ] {
            assert_eq!(read(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
            ("61 * * * *", "end of range (61) above maximum (59): 61"),
            ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
            (
                "5-1 * * * *",
                "beginning of range (5) beyond end of range (1): 5-1",
            ),
            (
                "*/0 * * * *",
                "step of range should be a positive number: */0",
            ),
            (
                "x * * * *",
                "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax",
            ),
            ("@often", "unrecognized descriptor: @often"),
        ] {
            assert_eq!(read(bad), Err(why.to_owned()), "{bad}");
        }
    }
}
