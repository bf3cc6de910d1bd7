use serde_json::json;

use super::super::world::{World, count, deployment, says};
use crate::demo::{
    object,
    resource::{AUTOSCALERS, DEPLOYMENTS},
};

fn world(usage: &str) -> World {
    let mut world = World::new();
    let mut web = deployment(2, "pulls=0s");
    web["spec"]["template"]["metadata"]["annotations"]["demo.barkeep.dev/usage"] = json!(usage);
    world.make(&DEPLOYMENTS, web);
    world.pass(10);
    world.make(&AUTOSCALERS, json!({
        "metadata": {"name": "web"},
        "spec": {
            "minReplicas": 2, "maxReplicas": 10,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}],
        },
    }));
    world.pass(1);
    world
}

/// What all Pods use from now on.
fn uses(world: &mut World, usage: &str) {
    for name in world.names(&crate::demo::resource::PODS) {
        world
            .0
            .change(&crate::demo::resource::PODS, "shop", &name, |pod| {
                pod["metadata"]["annotations"]["demo.barkeep.dev/usage"] = json!(usage);
            });
    }
}

#[test]
fn load_brings_pods_and_calm_takes_them_after_a_while() {
    let mut world = world("cpu=50m memory=100Mi");
    let web = world.see(&AUTOSCALERS, "web");
    assert_eq!(says(&web, "ScalingActive"), "True ValidMetricFound");
    assert_eq!(says(&web, "ScalingLimited"), "False DesiredWithinRange");
    let current = &web["status"]["currentMetrics"][0]["resource"]["current"];
    assert_eq!(
        current,
        &json!({"averageUtilization": 50, "averageValue": "50m"})
    );
    uses(&mut world, "cpu=150m memory=100Mi");
    world.pass(20);
    let (active, _) = count(&world);
    assert_eq!(active, 6, "three times the target on two Pods");
    assert!(world.heard("web", "SuccessfulRescale"));
    uses(&mut world, "cpu=10m memory=100Mi");
    world.pass(60);
    assert_eq!(count(&world).0, 6);
    assert_eq!(
        says(&world.see(&AUTOSCALERS, "web"), "AbleToScale"),
        "True ScaleDownStabilized"
    );
    uses(&mut world, "cpu=10m memory=100Mi");
    world.pass(330);
    assert_eq!(count(&world).0, 2);
    world.pass(330);
    let web = world.see(&AUTOSCALERS, "web");
    assert_eq!(says(&web, "ScalingLimited"), "True TooFewReplicas");
    assert_eq!(
        (
            &web["status"]["currentReplicas"],
            &web["status"]["desiredReplicas"]
        ),
        (&json!(2), &json!(2))
    );
}

#[test]
fn there_are_limits() {
    let mut world = world("cpu=50m");
    uses(&mut world, "cpu=2000m");
    for (seconds, most) in [(15, 6), (15, 10), (60, 10)] {
        world.pass(seconds);
        assert!(count(&world).0 <= most, "{} of {most}", count(&world).0);
        uses(&mut world, "cpu=2000m");
    }
    assert_eq!(count(&world).0, 10);
    assert_eq!(
        says(&world.see(&AUTOSCALERS, "web"), "ScalingLimited"),
        "True TooManyReplicas"
    );
}

#[test]
fn it_says_why_it_cannot() {
    let mut world = world("cpu=50m");
    world.edit(&DEPLOYMENTS, "web", |web| {
        web["spec"]["replicas"] = json!(0);
    });
    world.pass(40);
    let web = world.see(&AUTOSCALERS, "web");
    assert_eq!(says(&web, "ScalingActive"), "False ScalingDisabled");
    world.edit(&DEPLOYMENTS, "web", |web| {
        web["spec"]["replicas"] = json!(2);
        web["spec"]["template"]["spec"]["containers"][0]["resources"] = json!({});
    });
    world.pass(60);
    let web = world.see(&AUTOSCALERS, "web");
    assert_eq!(says(&web, "ScalingActive"), "False FailedGetResourceMetric");
    let why = super::template::find_condition(&web, "ScalingActive")
        .map(|known| object::text(known, "/message").to_owned());
    assert!(
        why.is_some_and(|why| why.contains("missing request for cpu in container app of Pod web-"))
    );
    world.delete(
        &DEPLOYMENTS,
        "web",
        &crate::demo::delete::Deletion::default(),
    );
    world.pass(20);
    assert_eq!(
        says(&world.see(&AUTOSCALERS, "web"), "AbleToScale"),
        "False FailedGetScale"
    );
}
