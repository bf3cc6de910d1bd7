//! Everything that the live tests expect to read, and how soon.

use std::time::Duration;

/// A namespace, and the Service and Map that it has to be.
pub(crate) struct Place {
    pub(crate) namespace: &'static str,
    pub(crate) service: &'static str,
    pub(crate) map: &'static str,
}

pub(crate) const PLACES: &[Place] = &[
    Place {
        namespace: "shop-dev",
        service: "shop",
        map: "dev",
    },
    Place {
        namespace: "shop-prod",
        service: "shop",
        map: "prod",
    },
    Place {
        namespace: "data-platform",
        service: "analytics",
        map: "data-platform",
    },
    Place {
        namespace: "legacy",
        service: "legacy",
        map: "legacy",
    },
    Place {
        namespace: "kube-system",
        service: "system",
        map: "kube-system",
    },
];

/// A Server, its kind, the healths it may have, and a word of its status.
pub(crate) struct Expected {
    pub(crate) namespace: &'static str,
    pub(crate) server: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) glyphs: &'static str,
    pub(crate) says: &'static str,
}

const fn expect(
    namespace: &'static str,
    server: &'static str,
    kind: &'static str,
    glyphs: &'static str,
    says: &'static str,
) -> Expected {
    Expected {
        namespace,
        server,
        kind,
        glyphs,
        says,
    }
}

pub(crate) const EXPECTED: &[Expected] = &[
    expect("shop-dev", "crasher", "dep", "✖", "CrashLoopBackOff"),
    expect("shop-dev", "typo", "dep", "✖", "ErrImageNeverPull"),
    expect("shop-dev", "unready", "dep", "✖", "progress deadline"),
    expect("shop-dev", "worker", "dep", "●", "healthy"),
    // Its autoscaler may be at work.
    expect("shop-prod", "web", "dep", "●◐", ""),
    expect("shop-prod", "db", "sts", "●", "healthy"),
    expect("data-platform", "agent", "ds", "●", "healthy"),
    expect("data-platform", "firehose", "dep", "●", "healthy"),
    expect("data-platform", "report", "cj", "●◐", ""),
    expect("data-platform", "migrate", "job", "✖", "failed"),
    expect("legacy", "greedy", "dep", "✖", "insufficient cpu"),
    expect("legacy", "bare", "pod", "●", "healthy"),
];

pub(crate) const LIVE: &str = "● live";
pub(crate) const STALE: &str = "stale";
pub(crate) const LOADING: &str = "loading";
pub(crate) const HEALTHY: &str = "healthy";
pub(crate) const TERMINATING: &str = "Terminating";
/// Either is a way of saying that one has not the right.
pub(crate) const FORBIDDEN: [&str; 2] = ["may not", "forbidden"];
pub(crate) const NO_NAMESPACES: &str = "may not list namespaces";
/// The configuration of someone who may not list namespaces, and knows which are theirs.
pub(crate) const OWN_NAMESPACES: &str = "namespaces = [\"shop-dev\", \"shop-prod\"]\n";

/// From the answer to a request that changes the cluster to the change on screen.
pub(crate) const ON_SCREEN: Duration = Duration::from_millis(100);
/// How often each kind of change is made and measured.
pub(crate) const ROUNDS: usize = 6;
pub(crate) const OUTAGE: Duration = Duration::from_secs(20);
pub(crate) const STALE_WITHIN: Duration = Duration::from_secs(8);
pub(crate) const BACK_WITHIN: Duration = Duration::from_secs(5);

/// The Server that tests change, in a Map of their own.
pub(crate) const SERVER: &str = "pause";
