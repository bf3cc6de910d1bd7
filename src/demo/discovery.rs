//! What is served, told to those who ask first: discovery, old and aggregated, the version, and health.
//!
//! After `k8s.io/apiserver/pkg/endpoints/discovery` and `pkg/server/healthz`; a server of 1.35 knows aggregated discovery
//! as v2 only, and so does this one. Other versions get the old form where they accept it.

use serde_json::{Value, json};

use super::{
    resource::{RESOURCES, Resource},
    versions::OLDER,
};

const JSON: &str = "application/json";
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// The order of groups: kubectl takes the first that has what it looks for (`pkg/controlplane/apiserver/aggregator.go`).
/// Those that are not named come last.
const ORDER: &[&str] = &[
    "",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "storage.k8s.io",
    "scheduling.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
];

/// What is below an object: its name, the group, version and kind it speaks (empty for those of the object itself), verbs.
type Below = (
    &'static str,
    (&'static str, &'static str, &'static str),
    &'static [&'static str],
);

const STATUS: &[&str] = &["get", "patch", "update"];
const STREAM: &[&str] = &["create", "get"];
const BELOW: &[Below] = &[
    ("attach", ("", "", "PodAttachOptions"), STREAM),
    ("binding", ("", "", "Binding"), &["create"]),
    ("ephemeralcontainers", ("", "", ""), STATUS),
    ("eviction", ("policy", "v1", "Eviction"), &["create"]),
    ("exec", ("", "", "PodExecOptions"), STREAM),
    ("finalize", ("", "", ""), &["update"]),
    ("log", ("", "", ""), &["get"]),
    ("portforward", ("", "", "PodPortForwardOptions"), STREAM),
    ("resize", ("", "", ""), STATUS),
    ("scale", ("autoscaling", "v1", "Scale"), STATUS),
    ("status", ("", "", ""), STATUS),
];

/// The answer to a path of discovery and its content type; None where the path is not one.
pub fn answer(path: &str, accept: &str) -> Option<(Value, &'static str)> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let plain = |answer| Some((answer, JSON));
    match parts.as_slice() {
        [] => plain(json!({"paths": paths()})),
        ["version"] => plain(version()),
        ["api"] if wants_aggregated(accept) => Some((aggregated(&[""]), AGGREGATED)),
        ["apis"] if wants_aggregated(accept) => Some((aggregated(&named_groups()), AGGREGATED)),
        ["api"] => plain(json!({
            "kind": "APIVersions", "versions": versions(""), "serverAddressByClientCIDRs": [],
        })),
        ["apis"] => {
            let groups: Vec<Value> = named_groups().into_iter().map(group).collect();
            plain(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}))
        }
        ["api", version] => plain(resources("", version)?),
        ["apis", name] if named_groups().contains(name) => {
            let mut group = group(name);
            group["kind"] = json!("APIGroup");
            group["apiVersion"] = json!("v1");
            plain(group)
        }
        ["apis", group, version] if !group.is_empty() => plain(resources(group, version)?),
        _ => None,
    }
}

/// Whether a path is below a group that is served, which then says itself that it has no such thing.
pub fn is_below_a_group(path: &str) -> bool {
    match path.split('/').skip(1).collect::<Vec<_>>().as_slice() {
        ["api", ..] => true,
        ["apis", group, ..] => named_groups().contains(group),
        _ => false,
    }
}

/// What `/healthz`, `/livez` and `/readyz` say, and the checks below them.
pub fn health(path: &str, query: &str) -> Option<String> {
    let mut parts = path.trim_end_matches('/').split('/').skip(1);
    let name = parts
        .next()
        .filter(|name| matches!(*name, "healthz" | "livez" | "readyz"))?;
    match (parts.next(), parts.next()) {
        (None, None) => {}
        (Some("ping"), None) => return Some("ok".to_owned()),
        _ => return None,
    }
    let asked = |wanted: &str| {
        form_urlencoded::parse(query.as_bytes())
            .filter(|(key, _)| key == wanted)
            .map(|(_, value)| value.into_owned())
            .collect::<Vec<_>>()
    };
    if asked("verbose").is_empty() {
        return Some("ok".to_owned());
    }
    let (known, unknown): (Vec<_>, Vec<_>) = asked("exclude")
        .into_iter()
        .partition(|excluded| excluded == "ping");
    let mut said = if known.is_empty() {
        "[+]ping ok\n".to_owned()
    } else {
        "[+]ping excluded: ok\n".to_owned()
    };
    if !unknown.is_empty() {
        let quoted: Vec<String> = unknown.iter().map(|name| format!("\"{name}\"")).collect();
        said += "warn: some health checks cannot be excluded: no matches for ";
        said += &quoted.join(", ");
        said.push('\n');
    }
    Some(format!("{said}{name} check passed\n"))
}

fn version() -> Value {
    json!({
        "major": "1", "minor": "35",
        "emulationMajor": "1", "emulationMinor": "35",
        "minCompatibilityMajor": "1", "minCompatibilityMinor": "34",
        "gitVersion": concat!("v1.35.0+barkeep.", env!("CARGO_PKG_VERSION")),
        "gitCommit": "", "gitTreeState": "", "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "", "compiler": "rustc",
        "platform": format!("{}/{}", std::env::consts::OS, architecture()),
    })
}

/// As Go names it.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

/// The groups that have a name, in the order of discovery.
fn named_groups() -> Vec<&'static str> {
    let mut groups: Vec<&str> = RESOURCES.iter().map(|resource| resource.group).collect();
    let rank = |group: &str| ORDER.iter().position(|known| *known == group);
    groups.sort_by_key(|group| (rank(group).unwrap_or(ORDER.len()), *group));
    groups.dedup();
    groups.retain(|group| !group.is_empty());
    groups
}

/// Everything that is served, in each of its versions.
fn served() -> impl Iterator<Item = &'static Resource> {
    let older = OLDER.iter().map(|older| &older.resource);
    RESOURCES.iter().copied().chain(older)
}

fn versions(group: &str) -> Vec<&'static str> {
    let of_group = served().filter(|resource| resource.group == group);
    let mut versions: Vec<&str> = of_group.map(|resource| resource.version).collect();
    // The newest comes first, and is preferred.
    versions.sort_unstable_by(|a, b| b.cmp(a));
    versions.dedup();
    versions
}

fn group(name: &str) -> Value {
    let versions: Vec<Value> = versions(name)
        .into_iter()
        .map(|version| json!({"groupVersion": format!("{name}/{version}"), "version": version}))
        .collect();
    json!({"name": name, "versions": versions, "preferredVersion": versions.first()})
}

fn of_version(group: &str, version: &str) -> Vec<&'static Resource> {
    let mut resources: Vec<&Resource> = served()
        .filter(|resource| (resource.group, resource.version) == (group, version))
        .collect();
    resources.sort_by_key(|resource| resource.plural);
    resources
}

fn below(resource: &Resource) -> Vec<&'static Below> {
    BELOW
        .iter()
        .filter(|(name, ..)| resource.below.contains(name))
        .collect()
}

fn resources(group: &str, version: &str) -> Option<Value> {
    let mut all = Vec::new();
    let known = of_version(group, version);
    let first = known.first()?;
    for resource in &known {
        let mut told = json!({
            "name": resource.plural, "singularName": resource.singular,
            "namespaced": resource.namespaced, "kind": resource.kind, "verbs": resource.verbs(),
        });
        add_names(&mut told, resource);
        all.push(told);
        for (name, (group, version, kind), verbs) in below(resource) {
            let kind = if kind.is_empty() { resource.kind } else { kind };
            let mut told = json!({
                "name": format!("{}/{name}", resource.plural), "singularName": "",
                "namespaced": resource.namespaced, "kind": kind, "verbs": verbs,
            });
            if !group.is_empty() {
                told["group"] = json!(group);
                told["version"] = json!(version);
            }
            all.push(told);
        }
    }
    let mut list = json!({
        "kind": "APIResourceList", "groupVersion": first.api_version(), "resources": all,
    });
    // The oldest list of all says no version.
    if !group.is_empty() {
        list["apiVersion"] = json!("v1");
    }
    Some(list)
}

fn add_names(told: &mut Value, resource: &Resource) {
    if !resource.short.is_empty() {
        told["shortNames"] = json!(resource.short);
    }
    if resource.in_all {
        told["categories"] = json!(["all"]);
    }
}

fn wants_aggregated(accept: &str) -> bool {
    accept.split(',').any(|media| {
        let mut parts = media.split(';').map(str::trim);
        let json = matches!(parts.next(), Some(JSON | "application/*" | "*/*"));
        let has = |wanted: &str| media.split(';').any(|part| part.trim() == wanted);
        json && has("g=apidiscovery.k8s.io") && has("v=v2") && has("as=APIGroupDiscoveryList")
    })
}

fn aggregated(groups: &[&str]) -> Value {
    let items: Vec<Value> = groups
        .iter()
        .map(|group| {
            let versions: Vec<Value> = versions(group)
                .into_iter()
                .map(|version| {
                    let resources: Vec<Value> = of_version(group, version)
                        .into_iter()
                        .map(aggregated_resource)
                        .collect();
                    json!({"version": version, "resources": resources, "freshness": "Current"})
                })
                .collect();
            let metadata = if group.is_empty() {
                json!({})
            } else {
                json!({"name": group})
            };
            json!({"metadata": metadata, "versions": versions})
        })
        .collect();
    json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {},
        "items": items,
    })
}

fn aggregated_resource(resource: &Resource) -> Value {
    let scope = if resource.namespaced {
        "Namespaced"
    } else {
        "Cluster"
    };
    let mut told = json!({
        "resource": resource.plural,
        "responseKind": {"group": "", "version": "", "kind": resource.kind},
        "scope": scope, "singularResource": resource.singular, "verbs": resource.verbs(),
    });
    add_names(&mut told, resource);
    let below: Vec<Value> = below(resource)
        .into_iter()
        .map(|(name, (group, version, kind), verbs)| {
            let kind = if kind.is_empty() { resource.kind } else { kind };
            json!({
                "subresource": name, "verbs": verbs,
                "responseKind": {"group": group, "version": version, "kind": kind},
            })
        })
        .collect();
    if !below.is_empty() {
        told["subresources"] = json!(below);
    }
    told
}

fn paths() -> Vec<String> {
    let mut paths: Vec<String> = ["/api", "/apis", "/healthz", "/livez", "/readyz", "/version"]
        .map(str::to_owned)
        .into();
    for check in ["/healthz", "/livez", "/readyz"] {
        paths.push(format!("{check}/ping"));
    }
    for version in versions("") {
        paths.push(format!("/api/{version}"));
    }
    for group in named_groups() {
        paths.push(format!("/apis/{group}"));
        for version in versions(group) {
            paths.push(format!("/apis/{group}/{version}"));
        }
    }
    paths.sort_unstable();
    paths
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test says what it expected and ends")]
    use super::*;

    #[test]
    fn every_path_that_is_named_answers() {
        let (root, _) = answer("/", "").unwrap();
        let paths = root["paths"].as_array().unwrap();
        assert!(paths.len() > 20);
        for path in paths {
            let path = path.as_str().unwrap();
            assert!(
                answer(path, "").is_some() || health(path, "").is_some(),
                "{path}"
            );
        }
        for path in [
            "/apis/foo",
            "/apis/apps/v7",
            "/api/v2",
            "/apis//v1",
            "/foo",
            "/api/v1/pods",
        ] {
            assert!(answer(path, "").is_none(), "{path}");
        }
    }

    #[test]
    fn aggregated_discovery_is_for_those_who_accept_it() {
        let kubectl = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
                       application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
        let old = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
        for (path, accept, kind) in [
            ("/apis", kubectl, "APIGroupDiscoveryList"),
            ("/api/", kubectl, "APIGroupDiscoveryList"),
            ("/apis", old, "APIGroupList"),
            ("/api", "", "APIVersions"),
            ("/apis/apps", kubectl, "APIGroup"),
        ] {
            let (answer, media) = answer(path, accept).unwrap();
            assert_eq!(answer["kind"], kind, "{path}");
            assert_eq!(media == AGGREGATED, kind == "APIGroupDiscoveryList");
        }
    }

    #[test]
    fn all_that_is_below_an_object_is_told() {
        for resource in RESOURCES {
            assert_eq!(
                below(resource).len(),
                resource.below.len(),
                "{}",
                resource.plural
            );
        }
    }

    #[test]
    fn health_is_told_as_briefly_as_asked() {
        for (path, query, said) in [
            ("/healthz", "", Some("ok")),
            ("/livez/ping", "", Some("ok")),
            ("/readyz", "exclude=ping", Some("ok")),
            (
                "/readyz",
                "verbose",
                Some("[+]ping ok\nreadyz check passed\n"),
            ),
            (
                "/livez",
                "verbose&exclude=ping&exclude=x",
                Some(
                    "[+]ping excluded: ok\nwarn: some health checks cannot be excluded: no matches for \"x\"\nlivez check passed\n",
                ),
            ),
            ("/healthz/foo", "", None),
            ("/health", "", None),
        ] {
            assert_eq!(health(path, query).as_deref(), said, "{path}?{query}");
        }
    }
}
