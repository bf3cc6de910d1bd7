//! How well a Pod is kept when there is too little: its `qosClass` (`pkg/apis/core/v1/helper/qos`).

use serde_json::Value;

use crate::demo::{
    amount::{self, Amounts},
    object,
};

/// `Guaranteed` where all is limited and as much is requested, `BestEffort` where nothing is said, else `Burstable`.
pub fn quality(pod: &Value) -> &'static str {
    let spec = &pod["spec"];
    let whole = [spec];
    let containers: Vec<&Value> = ["/containers", "/initContainers"]
        .iter()
        .flat_map(|list| object::items(spec, list))
        .collect();
    let counted = if spec["resources"].is_object() {
        &whole[..]
    } else {
        &containers[..]
    };
    let (mut requests, mut limits) = (Amounts::new(), Amounts::new());
    let mut all_limited = true;
    for container in counted {
        amount::add(&mut requests, &basic(container, "/resources/requests"));
        let limited = basic(container, "/resources/limits");
        all_limited &= limited.len() == 2;
        amount::add(&mut limits, &limited);
    }
    if requests.is_empty() && limits.is_empty() {
        "BestEffort"
    } else if all_limited && requests == limits {
        "Guaranteed"
    } else {
        "Burstable"
    }
}

/// CPU and memory, where it is more than nothing.
fn basic(object: &Value, pointer: &str) -> Amounts {
    let mut amounts = amount::amounts(object, pointer);
    amounts.retain(|name, amount| matches!(&**name, "cpu" | "memory") && !amount.is_zero());
    amounts
}
