//! v1 Namespace.

use serde::Deserialize;

use super::slim::{Metadata, Str, labels};
use crate::model::{
    grouping::{ANNOTATIONS, TOLD},
    row::{Interner, NamespaceRow, Row},
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Namespace<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    status: Status<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status<'a> {
    #[serde(borrow)]
    phase: Str<'a>,
}

pub(super) fn decode(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Namespace = serde_json::from_slice(json)?;
    let mut meta = object.metadata.row(names);
    meta.namespace = names.name(&meta.name);
    let mut annotations = labels(&object.metadata.annotations, names);
    annotations.retain(|key, _| ANNOTATIONS.contains(&&**key) || TOLD.contains(&&**key));
    Ok(Some(Row::Namespace(NamespaceRow {
        meta,
        labels: labels(&object.metadata.labels, names),
        annotations,
        terminating: &*object.status.phase == "Terminating",
    })))
}
