//! What the process was started with, as far as finding a cluster needs it: so that tests need no process.

use std::{collections::BTreeMap, ffi::OsString, path::PathBuf};

/// Every environment variable that is ever asked for here.
const VARIABLES: [&str; 9] = [
    "KUBECONFIG",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_SERVICE_PORT",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// Environment, home and the place where a Pod finds its service account.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The variables that were set, by name.
    pub variables: BTreeMap<&'static str, OsString>,
    /// The person's home directory.
    pub home: Option<PathBuf>,
    /// Where a Pod's token, CA and namespace are mounted.
    pub service_account: PathBuf,
}

impl Surroundings {
    /// Those of this process.
    pub fn of_process() -> Self {
        let variables = VARIABLES
            .into_iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?)))
            .collect();
        Self {
            variables,
            home: std::env::home_dir(),
            service_account: PathBuf::from("/var/run/secrets/kubernetes.io/serviceaccount"),
        }
    }

    /// The first of these variables that is set, not empty and text.
    pub(super) fn text(&self, names: &[&'static str]) -> Option<&str> {
        names
            .iter()
            .filter_map(|name| self.variables.get(name)?.to_str())
            .find(|value| !value.is_empty())
    }
}
