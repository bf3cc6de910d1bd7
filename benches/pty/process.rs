//! What a process and its children have used, from `/proc`.

use std::{fs, time::Duration};

/// Memory held now and at most, and CPU time used since the start.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    pub(crate) rss_kib: u64,
    pub(crate) peak_kib: u64,
    pub(crate) cpu: Duration,
}

/// The usage of a process and of all that descend from it, added up. What has ended counts as nothing.
pub(crate) fn usage(pid: u32) -> Usage {
    let mut sum = Usage::default();
    for pid in family(pid) {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        sum.rss_kib += kibibytes(&status, "VmRSS:");
        sum.peak_kib += kibibytes(&status, "VmHWM:");
        sum.cpu += cpu(pid).unwrap_or_default();
    }
    sum
}

/// A process and all that descend from it.
pub(crate) fn family(pid: u32) -> Vec<u32> {
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(pid) = found.get(next) {
        next += 1;
        let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
            continue;
        };
        let children: Vec<u32> = threads
            .flatten()
            .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
            .flat_map(|children| {
                children
                    .split_whitespace()
                    .filter_map(|pid| pid.parse().ok())
                    .collect::<Vec<_>>()
            })
            .collect();
        found.extend(children);
    }
    found
}

fn kibibytes(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

/// User and system time: fields 14 and 15 of `stat`, counted from behind the command, which may hold anything.
fn cpu(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, behind) = stat.rsplit_once(") ")?;
    let ticks: u64 = behind
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Some(Duration::from_secs_f64(
        ticks as f64 / rustix::param::clock_ticks_per_second() as f64,
    ))
}
