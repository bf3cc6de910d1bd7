//! How much a Pod asks for: the sum of what runs at once (`k8s.io/component-helpers/resource`).

use serde_json::Value;

use crate::demo::{
    amount::{self, Amounts},
    object,
};

/// What it requests.
pub fn requests(pod: &Value) -> Amounts {
    of(pod, "requests")
}

/// What it is limited to.
pub fn limits(pod: &Value) -> Amounts {
    of(pod, "limits")
}

/// Init containers run one after another before the others, sidecars (init containers that are always restarted) beside all
/// that follow.
fn of(pod: &Value, what: &str) -> Amounts {
    let pointer = format!("/resources/{what}");
    let spec = &pod["spec"];
    let mut sum = Amounts::new();
    for container in object::items(spec, "/containers") {
        amount::add(&mut sum, &amount::amounts(container, &pointer));
    }
    let (mut sidecars, mut most) = (Amounts::new(), Amounts::new());
    for container in object::items(spec, "/initContainers") {
        let mut asked = amount::amounts(container, &pointer);
        if container["restartPolicy"] == "Always" {
            amount::add(&mut sum, &asked);
            amount::add(&mut sidecars, &asked);
            asked.clone_from(&sidecars);
        } else {
            amount::add(&mut asked, &sidecars);
        }
        amount::raise(&mut most, &asked);
    }
    amount::raise(&mut sum, &most);
    for (name, amount) in amount::amounts(spec, &pointer) {
        if matches!(&*name, "cpu" | "memory") {
            sum.insert(name, amount);
        }
    }
    let overhead = amount::amounts(spec, "/overhead");
    for (name, amount) in overhead {
        if what == "requests" || sum.contains_key(&name) {
            amount::add(&mut sum, &Amounts::from([(name, amount)]));
        }
    }
    sum
}
