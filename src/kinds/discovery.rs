//! What a server says of the kinds that it serves: all at once (`APIGroupDiscoveryList`, since 1.27), or a list for each
//! group and version.

use std::sync::Arc;

use serde::Deserialize;

use super::slim::nullable;
use crate::model::{ids::Name, resource::Resource, sanitize::clean_within};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Aggregated {
    kind: String,
    #[serde(deserialize_with = "nullable")]
    items: Vec<Group>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Group {
    metadata: Named,
    #[serde(deserialize_with = "nullable")]
    versions: Vec<Version>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Version {
    version: String,
    #[serde(deserialize_with = "nullable")]
    resources: Vec<Told>,
}

/// A kind in either form.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Told {
    resource: String,
    name: String,
    scope: String,
    namespaced: bool,
    singular_resource: String,
    singular_name: String,
    response_kind: Option<Kind>,
    kind: String,
    #[serde(deserialize_with = "nullable")]
    verbs: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    short_names: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Kind {
    kind: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct OfVersion {
    kind: String,
    #[serde(deserialize_with = "nullable")]
    resources: Vec<Told>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Groups {
    kind: String,
    #[serde(deserialize_with = "nullable")]
    versions: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    #[serde(rename = "groups")]
    of: Vec<OldGroup>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct OldGroup {
    name: String,
    #[serde(deserialize_with = "nullable")]
    versions: Vec<Version>,
    preferred_version: Version,
}

/// What the answer to `/api` or `/apis` turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Discovered {
    /// Everything.
    Kinds(Vec<Arc<Resource>>),
    /// Groups and versions that have to be asked one by one, the preferred version of a group first.
    Versions(Vec<(String, String)>),
}

/// Reads the answer to `/api` or `/apis`; none where it is neither form.
pub fn root(json: &[u8]) -> Option<Discovered> {
    if let Ok(Aggregated { kind, items }) = serde_json::from_slice(json)
        && kind == "APIGroupDiscoveryList"
    {
        let mut kinds = Vec::new();
        for group in items {
            for version in group.versions {
                add(
                    &mut kinds,
                    &group.metadata.name,
                    &version.version,
                    version.resources,
                );
            }
        }
        return Some(Discovered::Kinds(kinds));
    }
    let Groups {
        kind,
        versions,
        of: groups,
    } = serde_json::from_slice(json).ok()?;
    if !matches!(&*kind, "APIVersions" | "APIGroupList") {
        return None;
    }
    let core = versions.into_iter().map(|version| (String::new(), version));
    let others = groups.into_iter().flat_map(|group| {
        let preferred = group.preferred_version.version;
        let mut versions: Vec<String> = group.versions.into_iter().map(|of| of.version).collect();
        versions.sort_by_key(|version| *version != preferred);
        let name = group.name;
        versions
            .into_iter()
            .map(move |version| (name.clone(), version))
    });
    Some(Discovered::Versions(core.chain(others).collect()))
}

/// Adds what `/apis/GROUP/VERSION` answered to the kinds that are known; says whether it could be read.
pub fn of_version(kinds: &mut Vec<Arc<Resource>>, group: &str, version: &str, json: &[u8]) -> bool {
    match serde_json::from_slice(json) {
        Ok(OfVersion { kind, resources }) if kind == "APIResourceList" => {
            add(kinds, group, version, resources);
            true
        }
        _ => false,
    }
}

/// What can be listed. A kind that an earlier, preferred version has too is there already.
fn add(kinds: &mut Vec<Arc<Resource>>, group: &str, version: &str, told: Vec<Told>) {
    for told in told {
        let can = |verb: &str| told.verbs.iter().any(|known| known == verb);
        let either = |a: &str, b: &str| word(if a.is_empty() { b } else { a });
        let resource = Resource {
            group: word(group),
            version: word(version),
            plural: either(&told.resource, &told.name),
            singular: either(&told.singular_resource, &told.singular_name),
            kind: match &told.response_kind {
                Some(of) => word(&of.kind),
                None => word(&told.kind),
            },
            shorts: told.short_names.iter().map(|short| word(short)).collect(),
            namespaced: told.namespaced || told.scope == "Namespaced",
            watched: can("watch"),
        };
        // Names make paths: a subresource (`pods/log`) or worse is no kind.
        let is_name = |text: &str| {
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
        };
        let names = [&resource.group, &resource.version, &resource.plural];
        let sound = names.iter().all(|name| is_name(name)) && !resource.plural.is_empty();
        if can("list") && sound && !kinds.iter().any(|known| known.is(&resource)) {
            kinds.push(Arc::new(resource));
        }
    }
}

fn word(text: &str) -> Name {
    clean_within(text, 253).as_ref().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kinds: &[Arc<Resource>]) -> Vec<String> {
        let line = |of: &Arc<Resource>| {
            let shorts = of.shorts.join(",");
            let (version, kind) = (of.api_version(), &of.kind);
            let (full, singular) = (of.full(), &of.singular);
            format!(
                "{full} {version} {kind} {singular} [{shorts}] {} {}",
                of.namespaced, of.watched
            )
        };
        kinds.iter().map(line).collect()
    }

    #[test]
    fn everything_at_once() {
        let json = br#"{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[
            {"metadata":{"name":"autoscaling","creationTimestamp":null},"versions":[
                {"version":"v2","freshness":"Current","resources":[{"resource":"horizontalpodautoscalers","responseKind":{"group":"","version":"","kind":"HorizontalPodAutoscaler"},
                    "scope":"Namespaced","singularResource":"horizontalpodautoscaler","verbs":["get","list","watch"],"shortNames":["hpa"],"subresources":[{"subresource":"status"}]}]},
                {"version":"v1","resources":[{"resource":"horizontalpodautoscalers","scope":"Namespaced","verbs":["list"]},{"resource":"olds","responseKind":{"kind":"Old"},"scope":"Cluster","verbs":["list"]}]}]},
            {"metadata":{"name":"authorization.k8s.io"},"versions":[{"version":"v1","resources":[{"resource":"reviews","scope":"Cluster","verbs":["create"]}]}]},
            {"metadata":{"name":"broken.example"},"versions":[{"version":"v1","freshness":"Stale"}]},
            {"metadata":{"name":"bad"},"versions":[{"version":"v1","resources":[{"resource":"a/../b","verbs":["list"]}]}]}]}"#;
        let Some(Discovered::Kinds(kinds)) = root(json) else {
            unreachable!("not read");
        };
        assert_eq!(
            said(&kinds),
            [
                "horizontalpodautoscalers.autoscaling autoscaling/v2 HorizontalPodAutoscaler horizontalpodautoscaler [hpa] true true",
                "olds.autoscaling autoscaling/v1 Old  [] false false",
            ]
        );
    }

    #[test]
    fn a_list_for_each_version() {
        assert_eq!(
            root(br#"{"kind":"APIVersions","versions":["v1"]}"#),
            Some(Discovered::Versions(vec![(String::new(), "v1".into())]))
        );
        let groups = br#"{"kind":"APIGroupList","groups":[{"name":"batch","versions":[{"groupVersion":"batch/v1beta1","version":"v1beta1"},
            {"groupVersion":"batch/v1","version":"v1"}],"preferredVersion":{"groupVersion":"batch/v1","version":"v1"}}]}"#;
        let both = ["v1", "v1beta1"].map(|version| ("batch".to_owned(), version.to_owned()));
        assert_eq!(root(groups), Some(Discovered::Versions(both.to_vec())));
        assert_eq!(root(b"<html>"), None);
        assert_eq!(root(br#"{"kind":"Status"}"#), None);

        let mut kinds = Vec::new();
        let list = br#"{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod","verbs":["list","watch"],"shortNames":["po"]},
            {"name":"pods/log","singularName":"","namespaced":true,"kind":"Pod","verbs":["get"]}]}"#;
        assert!(of_version(&mut kinds, "", "v1", list));
        assert!(!of_version(&mut kinds, "", "v2", b"{}"));
        assert_eq!(said(&kinds), ["pods v1 Pod pod [po] true true"]);
    }
}
