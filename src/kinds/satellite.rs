//! What goes with a Server: v1 Service, Ingress, HorizontalPodAutoscaler, PersistentVolumeClaim, PodDisruptionBudget.

use std::fmt::Write as _;

use serde::Deserialize;

use super::slim::{
    Nothing, Object, Selector, SlimCondition, Str, Strings, labels, nullable, short,
};
use crate::model::{
    quantity::Quantity,
    row::{AutoscalerRow, BudgetRow, ClaimRow, IngressRow, Interner, PortRow, Row},
};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ServiceSpec<'a> {
    #[serde(borrow, rename = "type")]
    kind: Str<'a>,
    #[serde(deserialize_with = "nullable")]
    selector: Strings<'a>,
    #[serde(deserialize_with = "nullable")]
    ports: Vec<ServicePort<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ServicePort<'a> {
    #[serde(borrow)]
    name: Str<'a>,
    port: u32,
    target_port: Str<'a>,
    node_port: u32,
    protocol: Str<'a>,
}

/// `http 80→8080`, `53→dns/UDP`, `80→8080 :30080`
pub(super) fn port(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Object<ServiceSpec, Nothing> = serde_json::from_slice(json)?;
    let text = |port: &ServicePort| {
        let mut text = String::new();
        if !port.name.is_empty() {
            text = format!("{} ", &*port.name);
        }
        text += &port.port.to_string();
        if !port.target_port.is_empty() && *port.target_port != port.port.to_string() {
            let _ = write!(text, "→{}", &*port.target_port);
        }
        if !matches!(&*port.protocol, "" | "TCP") {
            let _ = write!(text, "/{}", &*port.protocol);
        }
        if port.node_port != 0 {
            let _ = write!(text, " :{}", port.node_port);
        }
        text
    };
    Ok(Some(Row::Port(Box::new(PortRow {
        meta: object.metadata.row(names),
        expose: names.name(&object.spec.kind),
        selector: labels(&object.spec.selector, names),
        ports: object
            .spec
            .ports
            .iter()
            .map(|port| names.name(&text(port)))
            .collect(),
    }))))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct IngressSpec<'a> {
    #[serde(borrow)]
    default_backend: Option<Backend<'a>>,
    #[serde(deserialize_with = "nullable")]
    rules: Vec<IngressRule<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct IngressRule<'a> {
    #[serde(borrow)]
    host: Str<'a>,
    http: Http<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Http<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    paths: Vec<IngressPath<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct IngressPath<'a> {
    #[serde(borrow)]
    path: Str<'a>,
    backend: Backend<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Backend<'a> {
    #[serde(borrow)]
    service: BackendService<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BackendService<'a> {
    #[serde(borrow)]
    name: Str<'a>,
}

pub(super) fn ingress(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Object<IngressSpec, Nothing> = serde_json::from_slice(json)?;
    let mut routes = Vec::new();
    for rule in &object.spec.rules {
        let host = if rule.host.is_empty() {
            "*"
        } else {
            &*rule.host
        };
        for path in &rule.http.paths {
            let route = names.name(&format!("{host}{}", &*path.path));
            routes.push((route, names.name(&path.backend.service.name)));
        }
    }
    if let Some(backend) = &object.spec.default_backend {
        routes.push((names.name("*"), names.name(&backend.service.name)));
    }
    Ok(Some(Row::Ingress(Box::new(IngressRow {
        meta: object.metadata.row(names),
        routes,
    }))))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AutoscalerSpec<'a> {
    #[serde(borrow)]
    scale_target_ref: Target<'a>,
    min_replicas: Option<u32>,
    max_replicas: u32,
    #[serde(deserialize_with = "nullable")]
    metrics: Vec<Metric<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Target<'a> {
    #[serde(borrow)]
    kind: Str<'a>,
    name: Str<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AutoscalerStatus<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    current_metrics: Vec<Metric<'a>>,
    #[serde(deserialize_with = "nullable")]
    conditions: Vec<SlimCondition<'a>>,
    desired_replicas: u32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metric<'a> {
    #[serde(borrow)]
    resource: Option<ResourceMetric<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ResourceMetric<'a> {
    #[serde(borrow)]
    name: Str<'a>,
    target: MetricValue<'a>,
    current: MetricValue<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct MetricValue<'a> {
    average_utilization: Option<u32>,
    #[serde(borrow)]
    average_value: Option<Str<'a>>,
}

impl MetricValue<'_> {
    fn text(&self) -> Option<String> {
        let percent = self
            .average_utilization
            .map(|percent| format!("{percent}%"));
        percent.or_else(|| self.average_value.as_ref().map(|value| value.to_string()))
    }
}

pub(super) fn autoscaler(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Object<AutoscalerSpec, AutoscalerStatus> = serde_json::from_slice(json)?;
    let Object {
        metadata,
        spec,
        status,
    } = &object;
    let mut metrics = Vec::new();
    for wanted in spec
        .metrics
        .iter()
        .filter_map(|metric| metric.resource.as_ref())
    {
        let now = status
            .current_metrics
            .iter()
            .filter_map(|metric| metric.resource.as_ref());
        let now = now
            .filter(|current| *current.name == *wanted.name)
            .find_map(|current| current.current.text());
        let target = wanted.target.text().unwrap_or_default();
        let text = format!(
            "{} {} of {target}",
            &*wanted.name,
            now.as_deref().unwrap_or("?")
        );
        metrics.push(names.name(&text));
    }
    let stands_still = |condition: &&SlimCondition| {
        &*condition.status == "False" && matches!(&*condition.kind, "AbleToScale" | "ScalingActive")
    };
    // At 0 it rests, as it was asked to.
    let trouble = status.conditions.iter().find(stands_still);
    let trouble = trouble.filter(|condition| &*condition.reason != "ScalingDisabled");
    Ok(Some(Row::Autoscaler(Box::new(AutoscalerRow {
        wanted: status.desired_replicas,
        trouble: trouble.map(|condition| short(&condition.message, names)),
        meta: metadata.row(names),
        target: (
            names.name(&spec.scale_target_ref.kind),
            names.name(&spec.scale_target_ref.name),
        ),
        range: (spec.min_replicas.unwrap_or(1), spec.max_replicas),
        metrics,
    }))))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ClaimSpec {
    resources: ClaimResources,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ClaimResources {
    #[serde(deserialize_with = "nullable")]
    requests: Storage,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Storage {
    storage: Quantity,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ClaimStatus<'a> {
    #[serde(borrow)]
    phase: Str<'a>,
    #[serde(deserialize_with = "nullable")]
    capacity: Storage,
}

pub(super) fn claim(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Object<ClaimSpec, ClaimStatus> = serde_json::from_slice(json)?;
    let bound = object.status.capacity.storage.units();
    Ok(Some(Row::Claim(Box::new(ClaimRow {
        meta: object.metadata.row(names),
        phase: names.name(&object.status.phase),
        size: if bound > 0 {
            bound
        } else {
            object.spec.resources.requests.storage.units()
        },
    }))))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct BudgetSpec<'a> {
    #[serde(borrow)]
    min_available: Option<Str<'a>>,
    max_unavailable: Option<Str<'a>>,
    #[serde(deserialize_with = "nullable")]
    selector: Selector<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct BudgetStatus {
    disruptions_allowed: u32,
}

pub(super) fn budget(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let object: Object<BudgetSpec, BudgetStatus> = serde_json::from_slice(json)?;
    let rule = match (&object.spec.min_available, &object.spec.max_unavailable) {
        (Some(min), _) => format!("min {} available", &**min),
        (_, Some(max)) => format!("max {} unavailable", &**max),
        _ => "max 1 unavailable".to_owned(),
    };
    Ok(Some(Row::Budget(Box::new(BudgetRow {
        meta: object.metadata.row(names),
        selector: labels(&object.spec.selector.match_labels, names),
        rule: names.name(&rule),
        allowed: object.status.disruptions_allowed,
    }))))
}
