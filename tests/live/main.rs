//! The same stories against a real cluster: what is on screen is what the API says, soon after it says so, also for people
//! with few rights and after the API server was away.
//!
//! These tests run where `BARKEEP_LIVE=1` and `KUBECONFIG` names a cluster that may be written to, on which the applications
//! that they look for run; anywhere else each returns at once and says so. Further, each part only where it is set:
//! `BARKEEP_DEVELOPER` a kubeconfig that may edit shop-dev and view shop-prod, and may not list namespaces;
//! `BARKEEP_NOBODY` one without rights; `BARKEEP_CLUSTER_UP` the script that starts what is missing of the cluster, whose
//! `run/apiserver.pid` lies beside the kubeconfig; `BARKEEP_ETCD` host and port of its etcd.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::missing_panics_doc,
    reason = "a test says what it expected and ends; measurements are printed"
)]
#[cfg(feature = "demo")]
mod access;
mod apps;
mod changes;
#[cfg(feature = "demo")]
mod conformance;
#[cfg(feature = "demo")]
mod defaults;
#[cfg(feature = "demo")]
mod discovery;
mod kinds;
mod outage;
mod overview;
mod own;
#[cfg(feature = "demo")]
mod patches;
mod rights;
#[cfg(feature = "demo")]
mod schema;
mod servers;
#[cfg(feature = "demo")]
mod several;
#[path = "../support/mod.rs"]
pub mod support;
#[cfg(feature = "demo")]
mod tables;
#[cfg(feature = "demo")]
mod validation;
mod why;
mod words;

use support::{WITHIN, barkeep, cluster::Cluster};

pub(crate) fn live(test: &str) -> Option<Cluster> {
    let cluster = Cluster::live();
    if cluster.is_none() {
        println!("{test}: not run, BARKEEP_LIVE is not 1");
    }
    cluster
}

pub(crate) fn variable(test: &str, name: &str) -> Option<String> {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    if value.is_none() {
        println!("{test}: a part was not run, {name} is not set");
    }
    value
}

pub(crate) fn place_keys(service: &str, map: &str) -> String {
    format!(":{service}/{map}<enter><wait>")
}

/// One frame, without a terminal.
pub(crate) fn print(kubeconfig: &str, args: &[&str], keys: &str) -> String {
    print_on(kubeconfig, args, keys, "180x60")
}

/// The same on a screen of that size.
pub(crate) fn print_on(kubeconfig: &str, args: &[&str], keys: &str, size: &str) -> String {
    let output = barkeep()
        .args(["--kubeconfig", kubeconfig])
        .args(args)
        .args(["--keys", keys, "--print", "--size", size])
        .run(WITHIN);
    let frame = String::from_utf8_lossy(&output.stdout).into_owned();
    format!("{frame}{}", String::from_utf8_lossy(&output.stderr))
}
