//! Is the cast whole? Every reference resolves, save those that are meant to fail.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{
    access,
    cast::{self, Cast, Kind, SERVICES},
    cluster::{self, Manifest},
    satellites,
};
use crate::{demo::object, model::quantity::Quantity};

/// Everything the story makes, in no order.
fn everything() -> Vec<Manifest> {
    let mut made = cluster::classes();
    made.extend(access::cluster_wide());
    made.extend(satellites::orphans());
    for service in SERVICES {
        for map in service.maps {
            made.push((
                &crate::demo::resource::NAMESPACES,
                cluster::map(service, map),
            ));
            made.extend(satellites::everywhere(map.namespace, map.access));
            made.extend(satellites::bounds(map));
            made.extend(satellites::quota(map));
            made.extend(access::in_map(map));
        }
    }
    for cast in cast::all() {
        made.extend(cast.before(1));
        made.extend(cast.certificate(1));
        made.push(cast.controller());
        made.extend(cast.after());
        made.extend(cast.autoscaler());
    }
    made
}

fn template(cast: &Cast) -> Value {
    cast.template()
}

#[test]
fn it_is_a_company() {
    let runs = cast::all().count();
    assert!(SERVICES.len() >= 12, "{} Services", SERVICES.len());
    assert!((60..=75).contains(&runs), "{runs} Servers");
    for service in SERVICES {
        assert!((1..=4).contains(&service.maps.len()), "{}", service.name);
        for server in service.servers {
            for run in server.runs {
                assert!(
                    service.map(run.map).is_some(),
                    "{}/{}",
                    service.name,
                    server.name
                );
                let mut times: Vec<u32> = run.past.iter().map(|(ago, _)| *ago).collect();
                assert!(times.is_sorted_by(|a, b| a >= b), "{}", server.name);
                times.insert(0, 0);
            }
        }
    }
    let kinds: HashSet<_> = cast::all().map(|cast| cast.server.kind as u8).collect();
    assert_eq!(kinds.len(), Kind::Static as usize + 1);
    let ill = cast::all().filter(|cast| !cast.run.is_sound());
    let ill = ill.filter(|cast| !matches!(cast.server.kind, Kind::DaemonSet | Kind::CronJob));
    let ill = ill.count() as f64 / runs as f64;
    assert!((0.15..0.30).contains(&ill), "{ill}");
}

#[test]
fn names_are_unique_and_are_names() {
    let mut known = HashSet::new();
    for (resource, object) in everything() {
        let name = object::name(&object).to_owned();
        let place = (
            resource.plural,
            object::namespace(&object).to_owned(),
            name.clone(),
        );
        assert!(known.insert(place.clone()), "twice: {place:?}");
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:".contains(c);
        assert!(name.len() < 63 && name.chars().all(fits), "{place:?}");
        assert!(!resource.namespaced || !place.1.is_empty(), "{place:?}");
        for (key, value) in object::fields(&object, "/metadata/labels")
            .into_iter()
            .flatten()
        {
            let value = value.as_str().unwrap();
            let fits = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
            assert!(
                value.len() <= 63 && value.chars().all(fits),
                "{place:?} {key}={value}"
            );
        }
    }
}

#[test]
fn every_reference_resolves_save_the_one_that_is_to_fail() {
    let mut keys: HashMap<(&str, String, String), HashSet<String>> = HashMap::new();
    for (resource, object) in everything() {
        let place = (
            resource.plural,
            object::namespace(&object).to_owned(),
            object::name(&object).to_owned(),
        );
        let data = object::fields(&object, "/data").into_iter().flatten();
        keys.insert(place, data.map(|(key, _)| key.clone()).collect());
    }
    let mut missing = Vec::new();
    for cast in cast::all() {
        let template = template(&cast);
        let namespace = cast.namespace().to_owned();
        let has = |plural: &'static str, name: &str| {
            keys.get(&(plural, namespace.clone(), name.to_owned()))
        };
        let whole = |place: &str| {
            let spec = &template["spec"];
            object::items(spec, place).to_vec()
        };
        for container in whole("/containers") {
            for from in object::items(&container, "/envFrom") {
                let name = object::text(from, "/configMapRef/name");
                assert!(has("configmaps", name).is_some(), "{namespace}: {name}");
            }
            for variable in object::items(&container, "/env") {
                let Some(from) = variable.pointer("/valueFrom/secretKeyRef") else {
                    continue;
                };
                let (name, key) = (object::text(from, "/name"), object::text(from, "/key"));
                if !has("secrets", name).is_some_and(|known| known.contains(key)) {
                    missing.push(format!("{namespace}/{name}:{key}"));
                }
            }
            let claims: Vec<&str> = cast.server.claim.iter().map(|claim| claim[0]).collect();
            let volumes = whole("/volumes");
            for mount in object::items(&container, "/volumeMounts") {
                let name = object::text(mount, "/name");
                let known =
                    volumes.iter().any(|volume| volume["name"] == name) || claims.contains(&name);
                assert!(known, "{namespace}: volume {name}");
            }
        }
        for volume in whole("/volumes") {
            let name = object::text(&volume, "/configMap/name");
            assert!(has("configmaps", name).is_some(), "{namespace}: {name}");
        }
        for secret in whole("/imagePullSecrets") {
            assert!(
                has(
                    "secrets",
                    object::name(&serde_json::json!({"metadata": secret}))
                )
                .is_some(),
                "{namespace}"
            );
        }
        let account = object::text(&template, "/spec/serviceAccountName");
        assert!(account.is_empty() || has("serviceaccounts", account).is_some());
        let priority = object::text(&template, "/spec/priorityClassName");
        let place = ("priorityclasses", String::new(), priority.to_owned());
        assert!(
            priority.is_empty() || keys.contains_key(&place),
            "{priority}"
        );
        for (_, object) in cast.after() {
            for rule in object::items(&object, "/spec/tls") {
                assert!(has("secrets", object::text(rule, "/secretName")).is_some());
            }
        }
    }
    assert_eq!(missing, ["accounts-staging/profile-secrets:SMTP_PASSWORD"]);
}

#[test]
fn amounts_are_quantities_and_requests_do_not_exceed_limits() {
    for cast in cast::all() {
        let template = template(&cast);
        for container in object::items(&template["spec"], "/containers") {
            for what in ["cpu", "memory"] {
                let amount = |of: &str| {
                    let text = container["resources"][of][what].as_str()?;
                    Some(Quantity::parse(text).unwrap_or_else(|| unreachable!("{text}")))
                };
                if let (Some(asked), Some(most)) = (amount("requests"), amount("limits")) {
                    assert!(asked <= most, "{}: {what}", cast.server.name);
                }
            }
        }
        for claim in object::items(&cast.controller().1, "/spec/volumeClaimTemplates") {
            let size = object::text(claim, "/spec/resources/requests/storage");
            assert!(Quantity::parse(size).is_some(), "{size}");
        }
    }
}

#[test]
fn manifests_are_of_a_usual_size() {
    for (resource, object) in everything() {
        let size = object.to_string().len();
        let most = if resource.group.contains("rbac") {
            6_000
        } else {
            4_000
        };
        assert!(
            size < most,
            "{} {}: {size}",
            resource.kind,
            object::name(&object)
        );
    }
}
