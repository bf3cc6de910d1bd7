//! What a Pod uses of its Node: cpu and memory of each container at this moment.

use serde_json::Value;

use super::{object, state::State};
use crate::model::quantity::Quantity;

/// What one container uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Billionths of a core.
    pub cpu: u64,
    /// Bytes.
    pub memory: u64,
}

/// What each running container of a Pod uses: what its annotation says, shared equally among them.
pub fn of_pod(_state: &State, pod: &Value) -> Vec<(String, Usage)> {
    let running: Vec<&str> = object::items(pod, "/status/containerStatuses")
        .iter()
        .filter(|container| !container["state"]["running"].is_null())
        .map(|container| object::text(container, "/name"))
        .collect();
    let said = object::annotation(pod, "demo.barkeep.dev/usage").unwrap_or("");
    let amount = |key: &str| {
        let word = said
            .split_whitespace()
            .find_map(|word| word.strip_prefix(key));
        Quantity::parse(word.unwrap_or("0")).unwrap_or_default()
    };
    let count = running.len().max(1) as u64;
    let usage = Usage {
        cpu: amount("cpu=").millis() * 1_000_000 / count,
        memory: amount("memory=").units() / count,
    };
    running
        .into_iter()
        .map(|name| (name.to_owned(), usage))
        .collect()
}
