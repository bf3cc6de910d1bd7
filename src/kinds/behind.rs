//! What stands behind ports, revisions and grants: EndpointSlice, ControllerRevision, RoleBinding; and objects of which only
//! the metadata is read.

use serde::Deserialize;

use super::{
    slim::{Metadata, Str, nullable},
    template::Template,
};
use crate::model::row::{EndpointsRow, GrantRow, Interner, RevisionRow, Row};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Slice<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    #[serde(deserialize_with = "nullable")]
    endpoints: Vec<Endpoint>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Endpoint {
    #[serde(deserialize_with = "nullable")]
    conditions: EndpointConditions,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EndpointConditions {
    ready: Option<bool>,
}

pub(super) fn endpoints(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let slice: Slice = serde_json::from_slice(json)?;
    let port = slice.metadata.labels.get("kubernetes.io/service-name");
    let port = names.name(port.map_or("", |port| port));
    // Not known counts as ready (EndpointConditions in k8s.io/api/discovery/v1).
    let takes_traffic = |endpoint: &&Endpoint| endpoint.conditions.ready != Some(false);
    Ok(Some(Row::Endpoints(Box::new(EndpointsRow {
        meta: slice.metadata.row(names),
        port,
        ready: slice.endpoints.iter().filter(takes_traffic).count() as u32,
        total: slice.endpoints.len() as u32,
    }))))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Revision<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    #[serde(rename = "revision")]
    number: u64,
    #[serde(deserialize_with = "nullable")]
    data: Patch<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Patch<'a> {
    #[serde(borrow)]
    spec: PatchSpec<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PatchSpec<'a> {
    #[serde(borrow)]
    template: Template<'a>,
}

pub(super) fn revision(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Revision = serde_json::from_slice(json)?;
    Ok(Some(Row::Revision(Box::new(RevisionRow {
        meta: object.metadata.row(names),
        number: object.number,
        images: object.data.spec.template.spec.images(names),
    }))))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Binding<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    role_ref: Named<'a>,
    #[serde(deserialize_with = "nullable")]
    subjects: Vec<Named<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    kind: Str<'a>,
    name: Str<'a>,
}

pub(super) fn grant(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let binding: Binding = serde_json::from_slice(json)?;
    let mut pair = |of: &Named| (names.name(&of.kind), names.name(&of.name));
    let role = pair(&binding.role_ref);
    let subjects = binding.subjects.iter().map(pair).collect();
    Ok(Some(Row::Grant(Box::new(GrantRow {
        meta: binding.metadata.row(names),
        role,
        subjects,
    }))))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Bare<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
}

pub(super) fn config(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Bare = serde_json::from_slice(json)?;
    Ok(Some(Row::Config(Box::new(object.metadata.row(names)))))
}
