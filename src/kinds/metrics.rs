//! metrics.k8s.io/v1beta1 PodMetrics.

use compact_str::CompactString;
use serde::Deserialize;

use super::slim::{Str, nullable};
use crate::model::{
    quantity::Quantity,
    row::{Interner, Row, Usage, UsageRow},
    sanitize::clean,
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct PodMetrics<'a> {
    #[serde(borrow)]
    metadata: Named<'a>,
    #[serde(deserialize_with = "nullable")]
    containers: Vec<Container>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    name: Str<'a>,
    namespace: Str<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Container {
    usage: Amounts,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Amounts {
    cpu: Quantity,
    memory: Quantity,
}

pub(super) fn decode(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let PodMetrics {
        metadata,
        containers,
    } = serde_json::from_slice(json)?;
    let mut usage = Usage::default();
    for Container { usage: used } in containers {
        usage += Usage {
            cpu: used.cpu.millis(),
            memory: used.memory.units(),
        };
    }
    let name = CompactString::from(clean(&metadata.name));
    Ok(Some(Row::Usage(UsageRow {
        namespace: names.name(&metadata.namespace),
        name,
        usage,
    })))
}
