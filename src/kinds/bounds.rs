//! What bounds a Map: v1 ResourceQuota, v1 LimitRange, networking.k8s.io/v1 NetworkPolicy.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::slim::{Nothing, Object, Selector, Str, Strings, nullable};
use crate::model::{
    self,
    quantity::Quantity,
    row::{Interner, LimitRow, PolicyRow, QuotaRow, Row},
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Amounts<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    hard: BTreeMap<Str<'a>, Quantity>,
    #[serde(deserialize_with = "nullable")]
    used: BTreeMap<Str<'a>, Quantity>,
}

pub(super) fn quota(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Object<Amounts, Amounts> = serde_json::from_slice(json)?;
    // A young one has no status.
    let hard = if object.status.hard.is_empty() {
        &object.spec.hard
    } else {
        &object.status.hard
    };
    let used = &object.status.used;
    let bounds = hard.iter().map(|(resource, hard)| {
        let used = used.get(resource).copied().unwrap_or_default();
        (names.name(resource), used, *hard)
    });
    Ok(Some(Row::Quota(Box::new(QuotaRow {
        bounds: bounds.collect(),
        meta: object.metadata.row(names),
    }))))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LimitSpec<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    limits: Vec<Limit<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Limit<'a> {
    #[serde(borrow, rename = "type")]
    kind: Str<'a>,
    #[serde(deserialize_with = "nullable")]
    default: Strings<'a>,
    #[serde(deserialize_with = "nullable")]
    default_request: Strings<'a>,
    #[serde(deserialize_with = "nullable")]
    min: Strings<'a>,
    #[serde(deserialize_with = "nullable")]
    max: Strings<'a>,
    #[serde(deserialize_with = "nullable")]
    max_limit_request_ratio: Strings<'a>,
}

pub(super) fn limit(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Object<LimitSpec, Nothing> = serde_json::from_slice(json)?;
    let mut limits = Vec::new();
    for limit in &object.spec.limits {
        let said = [
            ("default", &limit.default),
            ("defaultRequest", &limit.default_request),
            ("min", &limit.min),
            ("max", &limit.max),
            ("maxLimitRequestRatio", &limit.max_limit_request_ratio),
        ];
        let resources: std::collections::BTreeSet<&str> = said
            .iter()
            .flat_map(|(_, amounts)| amounts.keys())
            .map(|name| &**name)
            .collect();
        for resource in resources {
            let amounts = said.iter().filter_map(|(word, amounts)| {
                let amount = amounts.get(resource)?;
                Some((*word, names.name(amount)))
            });
            let amounts = amounts.collect();
            limits.push(model::row::Limit {
                of: names.name(&limit.kind),
                resource: names.name(resource),
                amounts,
            });
        }
    }
    Ok(Some(Row::Limit(Box::new(LimitRow {
        meta: object.metadata.row(names),
        limits,
    }))))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PolicySpec<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    pod_selector: Selector<'a>,
    #[serde(deserialize_with = "nullable")]
    policy_types: Vec<Str<'a>>,
}

pub(super) fn policy(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Object<PolicySpec, Nothing> = serde_json::from_slice(json)?;
    let is_about = |kind: &str| {
        object
            .spec
            .policy_types
            .iter()
            .any(|known| &**known == kind)
    };
    Ok(Some(Row::Policy(Box::new(PolicyRow {
        meta: object.metadata.row(names),
        selector: object.spec.pod_selector.terms(),
        ingress: is_about("Ingress"),
        egress: is_about("Egress"),
    }))))
}
