//! What a container said last: the end of its log, and before it the line that tells what ended it, where that is further up.

use super::follow::Feed;
use crate::model::{Cause, Change, Detail, Problem, Uid, row::Row, sanitize::clean_within};

/// So many lines are read, and so many bytes at most.
const LINES: &str = "60";
const BYTES: &str = "262144";
/// Of these so many lines are kept, and so many characters of each.
const KEPT: usize = 5;
const COLUMNS: usize = 300;

/// How runtimes begin to say what ended a program; what follows is where it was, line by line.
const TELLING: [&str; 5] = [
    "panic: ",
    "fatal error: ",
    "Exception in thread ",
    "Caused by: ",
    "Unhandled exception",
];
/// What the kubelet says in place of a log that is gone.
const GONE: &str = "unable to retrieve container logs for ";

impl Feed {
    /// The end of a container's log: of the run before the one that is, else of this one. The source names Pod and
    /// container; the row has its uid from that name.
    pub(super) async fn last_words(&self) -> Result<Vec<Change>, Problem> {
        let name = self.source.name.clone().unwrap_or_default();
        let (pod, container) = name.split_once('/').unwrap_or((&name, ""));
        let path = format!("{pod}/log");
        let read = async |previous: &str| {
            let query = [
                ("container", container),
                ("previous", previous),
                ("tailLines", LINES),
                ("limitBytes", BYTES),
            ];
            let namespace = self.source.namespace.as_deref();
            let served = self.served();
            let answer = self
                .asker
                .get("log", &served, namespace, Some(&path), &query);
            answer.await?.all().await
        };
        // 400 where there was no run before.
        let text = match read("true").await {
            Err(problem) if problem.cause == Cause::Refused => read("false").await?,
            read => read?,
        };
        let text = String::from_utf8_lossy(&text);
        let words = telling(&text)
            .into_iter()
            .map(|line| clean_within(line, COLUMNS).as_ref().into())
            .collect();
        let words = Box::new(Detail::Words(words));
        Ok(vec![Change::Put(Row::Detail(Uid::parse(&name), words))])
    }
}

/// The lines that tell the most, oldest first.
fn telling(log: &str) -> Vec<&str> {
    let said = |line: &&str| !line.trim().is_empty() && !line.starts_with(GONE);
    let lines: Vec<&str> = log.lines().filter(said).collect();
    let from = lines.len().saturating_sub(KEPT);
    let tells = |line: &&str| TELLING.iter().any(|words| line.contains(words));
    match lines[..from].iter().rposition(tells) {
        Some(at) => [&lines[at..=at], &lines[from + 1..]].concat(),
        None => lines[from..].to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_tells_comes_before_the_last_ones() {
        let trace = "starting\npanic: runtime error: index out of range\n\ngoroutine 1 [running]:\na\n\t/a.go:1\nb\n\t/b.go:2\nexit status 2";
        for (log, want) in [
            ("", &[][..]),
            ("a\n\nb\n", &["a", "b"]),
            ("1\n2\n3\n4\n5\n6", &["2", "3", "4", "5", "6"]),
            (
                trace,
                &[
                    "panic: runtime error: index out of range",
                    "\t/a.go:1",
                    "b",
                    "\t/b.go:2",
                    "exit status 2",
                ],
            ),
            ("panic: no\nexit", &["panic: no", "exit"]),
            (
                "unable to retrieve container logs for containerd://dac1",
                &[],
            ),
        ] {
            assert_eq!(telling(log), want, "{log}");
        }
    }
}
