//! Older versions of what is served: an object is stored in its newest one, and shown and taken in others.
//!
//! What autoscaling/v1 has no field for it carries in annotations
//! (`pkg/apis/autoscaling/v1/conversion.go` and `pkg/apis/autoscaling/annotations.go` in Kubernetes).

use serde_json::{Map, Value, json};

use super::{
    object,
    resource::{AUTOSCALERS, Resource},
};

/// One older version of a resource.
#[derive(Debug)]
pub struct Older {
    /// How it is served.
    pub resource: Resource,
    /// What is stored.
    pub stored: &'static Resource,
    /// From what is stored to this version.
    pub show: fn(Value) -> Value,
    /// From this version to what is stored.
    pub take: fn(Value) -> Value,
}

/// All of them.
pub static OLDER: [Older; 1] = [Older {
    resource: Resource {
        version: "v1",
        ..AUTOSCALERS
    },
    stored: &AUTOSCALERS,
    show: autoscaler_v1,
    take: autoscaler_v2,
}];

/// The older version at this place.
pub fn find(group: &str, version: &str, plural: &str) -> Option<&'static Older> {
    OLDER.iter().find(|older| {
        let known = &older.resource;
        (known.group, known.version, known.plural) == (group, version, plural)
    })
}

const METRICS: &str = "autoscaling.alpha.kubernetes.io/metrics";
const CURRENT: &str = "autoscaling.alpha.kubernetes.io/current-metrics";
const CONDITIONS: &str = "autoscaling.alpha.kubernetes.io/conditions";
const BEHAVIOR: &str = "autoscaling.alpha.kubernetes.io/behavior";

/// Whether a metric is the one that v1 has a field for.
fn is_cpu(metric: &Value) -> bool {
    object::text(metric, "/type") == "Resource"
        && object::text(metric, "/resource/name") == "cpu"
        && !(metric["resource"]["target"]["averageUtilization"].is_null()
            && metric["resource"]["current"]["averageUtilization"].is_null())
}

fn autoscaler_v1(mut object: Value) -> Value {
    object["apiVersion"] = json!("autoscaling/v1");
    let mut notes = Map::new();
    if let Some(spec) = object["spec"].as_object_mut() {
        let metrics = spec.remove("metrics").unwrap_or_default();
        let (cpu, others): (Vec<Value>, Vec<Value>) = object::items(&metrics, "")
            .iter()
            .cloned()
            .partition(is_cpu);
        if let Some(cpu) = cpu.first() {
            let target = cpu["resource"]["target"]["averageUtilization"].clone();
            spec.insert("targetCPUUtilizationPercentage".to_owned(), target);
        }
        if !others.is_empty() {
            notes.insert(METRICS.to_owned(), json!(json!(others).to_string()));
        }
        if let Some(behavior) = spec.remove("behavior") {
            notes.insert(BEHAVIOR.to_owned(), json!(behavior.to_string()));
        }
    }
    if let Some(status) = object["status"].as_object_mut() {
        let current = status.remove("currentMetrics").unwrap_or_default();
        let (cpu, others): (Vec<Value>, Vec<Value>) = object::items(&current, "")
            .iter()
            .cloned()
            .partition(is_cpu);
        if let Some(cpu) = cpu.first() {
            let current = cpu["resource"]["current"]["averageUtilization"].clone();
            status.insert("currentCPUUtilizationPercentage".to_owned(), current);
        }
        if !others.is_empty() {
            notes.insert(CURRENT.to_owned(), json!(json!(others).to_string()));
        }
        if let Some(conditions) = status.remove("conditions") {
            notes.insert(CONDITIONS.to_owned(), json!(conditions.to_string()));
        }
        status.entry("currentReplicas").or_insert(json!(0));
        status.entry("desiredReplicas").or_insert(json!(0));
    }
    if !notes.is_empty() {
        if !object["metadata"]["annotations"].is_object() {
            object["metadata"]["annotations"] = json!({});
        }
        if let Some(annotations) = object["metadata"]["annotations"].as_object_mut() {
            annotations.extend(notes);
        }
    }
    object
}

fn autoscaler_v2(mut object: Value) -> Value {
    object["apiVersion"] = json!("autoscaling/v2");
    let mut note = |name: &str| -> Value {
        let annotations = object["metadata"]["annotations"].as_object_mut();
        let text = annotations.and_then(|annotations| annotations.remove(name));
        let text = text.as_ref().and_then(Value::as_str).unwrap_or("null");
        serde_json::from_str(text).unwrap_or_default()
    };
    let others = note(METRICS);
    let behavior = note(BEHAVIOR);
    let current = note(CURRENT);
    let conditions = note(CONDITIONS);
    let metric = |field: &str, value: Value| json!({"type": "Resource", "resource": {"name": "cpu", field: value}});
    if let Some(spec) = object["spec"].as_object_mut() {
        let mut metrics = Vec::new();
        if let Some(percent) = spec.remove("targetCPUUtilizationPercentage")
            && !percent.is_null()
        {
            let target = json!({"type": "Utilization", "averageUtilization": percent});
            metrics.push(metric("target", target));
        }
        metrics.extend(object::items(&others, "").iter().cloned());
        if !metrics.is_empty() {
            spec.insert("metrics".to_owned(), Value::Array(metrics));
        }
        if behavior.is_object() {
            spec.insert("behavior".to_owned(), behavior);
        }
    }
    if let Some(status) = object["status"].as_object_mut() {
        let mut metrics = Vec::new();
        if let Some(percent) = status.remove("currentCPUUtilizationPercentage")
            && !percent.is_null()
        {
            metrics.push(metric("current", json!({"averageUtilization": percent})));
        }
        metrics.extend(object::items(&current, "").iter().cloned());
        if !metrics.is_empty() {
            status.insert("currentMetrics".to_owned(), Value::Array(metrics));
        }
        if conditions.is_array() {
            status.insert("conditions".to_owned(), conditions);
        }
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_autoscaler_is_the_same_in_both_versions() {
        let newer = json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "web", "annotations": {}},
            "spec": {
                "scaleTargetRef": {"kind": "Deployment", "name": "web"}, "minReplicas": 2, "maxReplicas": 6,
                "metrics": [
                    {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}},
                    {"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1Gi"}}},
                ],
                "behavior": {"scaleDown": {"stabilizationWindowSeconds": 60}},
            },
            "status": {
                "currentReplicas": 2, "desiredReplicas": 3,
                "conditions": [{"type": "AbleToScale", "status": "True"}],
            },
        });
        let older = autoscaler_v1(newer.clone());
        assert_eq!(older["spec"]["targetCPUUtilizationPercentage"], json!(50));
        assert!(older["spec"]["metrics"].is_null());
        assert!(older["metadata"]["annotations"][METRICS].is_string());
        assert_eq!(autoscaler_v2(older), newer);
    }
}
