//! The demo says of itself what a real cluster says: names, verbs and kinds of all that it serves.

use std::collections::{BTreeMap, BTreeSet};

use barkeep::demo::{discovery, resource::RESOURCES};
use serde_json::Value;

use crate::live;

const ACCEPT: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// What the demo leaves out below the objects it serves.
const LEFT_OUT: &[&str] = &[
    "nodes/proxy",
    "pods/ephemeralcontainers",
    "pods/proxy",
    "pods/resize",
    "serviceaccounts/token",
    "services/proxy",
];

fn by_name(list: &Value) -> BTreeMap<String, Value> {
    let mut resources = BTreeMap::new();
    for resource in list["resources"].as_array().unwrap() {
        let mut resource = resource.clone();
        resource
            .as_object_mut()
            .unwrap()
            .remove("storageVersionHash");
        resources.insert(resource["name"].as_str().unwrap().to_owned(), resource);
    }
    resources
}

fn names(list: &Value) -> Vec<&str> {
    let groups = list["groups"].as_array().unwrap();
    groups
        .iter()
        .map(|group| group["name"].as_str().unwrap())
        .collect()
}

#[test]
fn discovery_is_that_of_a_real_cluster() {
    let Some(cluster) = live("discovery_is_that_of_a_real_cluster") else {
        return;
    };
    let real = |path: &str| -> Value {
        serde_json::from_str(&cluster.kubectl(&["get", "--raw", path])).unwrap()
    };
    let ours = |path: &str| discovery::answer(path, "").unwrap().0;

    let roots: BTreeSet<String> = RESOURCES
        .iter()
        .map(|resource| resource.path("", ""))
        .map(|path| path.rsplit_once('/').unwrap().0.to_owned())
        .collect();
    assert!(roots.len() > 10);
    let mut left_out = BTreeSet::new();
    for path in &roots {
        let (real, ours) = (by_name(&real(path)), by_name(&ours(path)));
        for (name, resource) in &ours {
            assert_eq!(Some(resource), real.get(name), "{path} {name}");
        }
        left_out.extend(real.into_keys().filter(|name| {
            let of_ours = name
                .split_once('/')
                .is_some_and(|(top, _)| ours.contains_key(top));
            of_ours && !ours.contains_key(name)
        }));
    }
    left_out.retain(|name| !LEFT_OUT.contains(&name.as_str()));
    assert!(left_out.is_empty(), "{left_out:?}");

    // The groups come in the same order, and one of them says the same alone.
    let (real_groups, our_groups) = (real("/apis"), ours("/apis"));
    let mut order = names(&real_groups);
    order.retain(|name| names(&our_groups).contains(name));
    assert_eq!(names(&our_groups), order);
    assert_eq!(ours("/apis/apps"), real("/apis/apps"));
}

#[test]
fn aggregated_discovery_says_what_the_old_one_says() {
    for root in ["/api", "/apis"] {
        let (list, media) = discovery::answer(root, ACCEPT).unwrap();
        assert_eq!(media, ACCEPT);
        for group in list["items"].as_array().unwrap() {
            for version in group["versions"].as_array().unwrap() {
                let mut path = root.to_owned();
                for part in [&group["metadata"]["name"], &version["version"]] {
                    if let Some(part) = part.as_str() {
                        path = format!("{path}/{part}");
                    }
                }
                let old = by_name(&discovery::answer(&path, "").unwrap().0);
                let mut told = 0;
                for resource in version["resources"].as_array().unwrap() {
                    let name = resource["resource"].as_str().unwrap();
                    assert_eq!(resource["verbs"], old[name]["verbs"], "{path} {name}");
                    assert_eq!(resource["responseKind"]["kind"], old[name]["kind"]);
                    let below = resource["subresources"].as_array();
                    told += 1 + below.map_or(0, Vec::len);
                }
                assert_eq!(told, old.len(), "{path}");
            }
        }
    }
}
