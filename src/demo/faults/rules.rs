//! How accidents are ordered on the command line.

use std::{str::FromStr, time::Duration};

use super::{Fault, Rule};

/// What `--fault` takes.
const GRAMMAR: &str = "a fault is [VERB][:RESOURCE=]WHAT[*TIMES][@PERCENT%], such as watch:pods=cut:2000*3, list=429:5 or late:200ms@10%; \
    WHAT is a status (401 403 404 409 410 429:SECONDS 500 503), late:TIME, slow:BYTES a second, cut:BYTES, break:BYTES, \
    stall:BYTES, reset, hangup, error:CODE, garbage, page, other, twice, shuffled or huge:BYTES";

/// What a rule can be for.
const WORDS: [&str; 11] = [
    "",
    "get",
    "list",
    "page",
    "watch",
    "stream",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
];

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("“{text}” is no fault: {GRAMMAR}");
        let (to, rest) = text.split_once('=').unwrap_or(("", text));
        let (word, plural) = to.split_once(':').unwrap_or((to, ""));
        if !WORDS.contains(&word) {
            return Err(wrong());
        }
        let (rest, share) = match rest.split_once('@') {
            None => (rest, 1.0),
            Some((rest, percent)) => {
                let percent: f64 = percent
                    .strip_suffix('%')
                    .and_then(|number| number.parse().ok())
                    .filter(|percent| (0.0..=100.0).contains(percent))
                    .ok_or_else(wrong)?;
                (rest, percent / 100.0)
            }
        };
        let (what, times) = match rest.split_once('*') {
            None => (rest, None),
            Some((what, times)) => {
                let times = times.parse().ok().filter(|times| *times > 0);
                (what, Some(times.ok_or_else(wrong)?))
            }
        };
        Ok(Self {
            word: word.to_owned(),
            plural: plural.to_owned(),
            fault: fault(what).ok_or_else(wrong)?,
            times,
            share,
        })
    }
}

fn fault(what: &str) -> Option<Fault> {
    let (name, value) = what.split_once(':').unwrap_or((what, ""));
    let size = || value.parse::<usize>().ok();
    Some(match name {
        "late" => Fault::Late(time(value)?),
        "slow" => Fault::Slow(value.parse().ok().filter(|rate| *rate > 0)?),
        "cut" => Fault::Cut(size()?, false),
        "break" => Fault::Cut(size()?, true),
        "stall" => Fault::Stall(size()?),
        "reset" => Fault::Reset,
        "hangup" => Fault::HangUp,
        "error" => Fault::Event(value.parse().ok()?),
        "garbage" => Fault::Says("upstream connect error\u{0}\u{1}{{{".to_owned()),
        "page" => Fault::Page,
        "other" => Fault::OtherJson,
        "twice" => Fault::Twice,
        "shuffled" => Fault::Shuffled,
        "huge" => Fault::Huge(size()?),
        _ => {
            let code = name.parse().ok().filter(|code| (400..600).contains(code))?;
            let wait = match value {
                "" => None,
                seconds => Some(seconds.parse().ok()?),
            };
            Fault::Status(code, wait)
        }
    })
}

/// `200ms`, `3s`
fn time(text: &str) -> Option<Duration> {
    if let Some(millis) = text.strip_suffix("ms") {
        return millis.parse().ok().map(Duration::from_millis);
    }
    text.strip_suffix('s')?
        .parse()
        .ok()
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a rule that cannot be read has failed the test"
    )]

    use super::*;
    use crate::demo::faults::Faults;

    #[test]
    fn rules_are_read_as_they_are_written() {
        for (text, word, plural, fault, times, share) in [
            ("503", "", "", Fault::Status(503, None), None, 1.0),
            (
                "list=429:5*2",
                "list",
                "",
                Fault::Status(429, Some(5)),
                Some(2),
                1.0,
            ),
            (
                "watch:pods=cut:2000@10%",
                "watch",
                "pods",
                Fault::Cut(2_000, false),
                None,
                0.1,
            ),
            (
                ":pods=late:200ms",
                "",
                "pods",
                Fault::Late(Duration::from_millis(200)),
                None,
                1.0,
            ),
            ("huge:10000000", "", "", Fault::Huge(10_000_000), None, 1.0),
        ] {
            let rule: Rule = text.parse().unwrap();
            assert_eq!((&*rule.word, &*rule.plural), (word, plural), "{text}");
            assert_eq!(
                (rule.fault, rule.times, rule.share),
                (fault, times, share),
                "{text}"
            );
        }
        for text in [
            "", "200", "sing=503", "cut", "late:5", "503*0", "503@101%", "slow:0",
        ] {
            let error = text.parse::<Rule>().unwrap_err();
            assert!(error.contains("a fault is"), "{text}: {error}");
        }
    }

    #[test]
    fn a_rule_counts_and_chooses() {
        let mut faults = Faults::new(
            vec![
                "list:pods=503*2".parse().unwrap(),
                "watch=reset@50%".parse().unwrap(),
            ],
            1,
        );
        assert_eq!(faults.meet("list", "services"), None);
        assert_eq!(faults.meet("list", "pods"), Some(Fault::Status(503, None)));
        assert_eq!(faults.waiting(), 1);
        assert!(faults.meet("list", "pods").is_some());
        assert_eq!(faults.meet("list", "pods"), None);
        let met = (0..1_000)
            .filter(|_| faults.meet("watch", "pods").is_some())
            .count();
        assert!((400..600).contains(&met), "{met}");
    }
}
