//! A Pod's spec, in a Pod or in a controller's template: images, requests and limits, what it refers to.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::slim::{Metadata, Str, nullable};
use crate::model::{
    ids::Name,
    quantity::Quantity,
    row::{Interner, Labels, References, Resources},
};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Template<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    metadata: Metadata<'a>,
    pub(super) spec: PodSpec<'a>,
}

impl Template<'_> {
    pub(super) fn labels(&self, names: &mut Interner) -> std::sync::Arc<Labels> {
        self.metadata.labels(names)
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct PodSpec<'a> {
    #[serde(borrow)]
    pub(super) node_name: Option<Str<'a>>,
    service_account_name: Option<Str<'a>>,
    pub(super) containers: Vec<Container<'a>>,
    #[serde(deserialize_with = "nullable")]
    pub(super) init_containers: Vec<Container<'a>>,
    #[serde(deserialize_with = "nullable")]
    volumes: Vec<Volume<'a>>,
    #[serde(deserialize_with = "nullable")]
    image_pull_secrets: Vec<Reference<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Container<'a> {
    #[serde(borrow)]
    pub(super) name: Str<'a>,
    image: Str<'a>,
    resources: Requirements,
    pub(super) restart_policy: Option<Str<'a>>,
    #[serde(deserialize_with = "nullable")]
    env: Vec<Variable<'a>>,
    #[serde(deserialize_with = "nullable")]
    env_from: Vec<EnvFrom<'a>>,
}

impl Container<'_> {
    /// An init container that keeps running (KEP-753).
    pub(super) fn is_sidecar(&self) -> bool {
        self.restart_policy.as_deref() == Some("Always")
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Requirements {
    #[serde(deserialize_with = "nullable")]
    requests: Amounts,
    #[serde(deserialize_with = "nullable")]
    limits: Amounts,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Amounts {
    cpu: Option<Quantity>,
    memory: Option<Quantity>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Variable<'a> {
    #[serde(borrow)]
    value_from: Option<ValueFrom<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ValueFrom<'a> {
    #[serde(borrow)]
    config_map_key_ref: Option<Reference<'a>>,
    secret_key_ref: Option<Reference<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct EnvFrom<'a> {
    #[serde(borrow)]
    config_map_ref: Option<Reference<'a>>,
    secret_ref: Option<Reference<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reference<'a> {
    #[serde(borrow)]
    name: Str<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Volume<'a> {
    #[serde(borrow)]
    config_map: Option<Reference<'a>>,
    secret: Option<SecretVolume<'a>>,
    persistent_volume_claim: Option<ClaimVolume<'a>>,
    projected: Option<Projected<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SecretVolume<'a> {
    #[serde(borrow)]
    secret_name: Str<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ClaimVolume<'a> {
    #[serde(borrow)]
    claim_name: Str<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Projected<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    sources: Vec<Projection<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Projection<'a> {
    #[serde(borrow)]
    config_map: Option<Reference<'a>>,
    secret: Option<Reference<'a>>,
}

impl PodSpec<'_> {
    /// Containers that run for as long as the Pod does.
    pub(super) fn lasting(&self) -> impl Iterator<Item = &Container<'_>> {
        self.containers.iter().chain(
            self.init_containers
                .iter()
                .filter(|container| container.is_sidecar()),
        )
    }

    pub(super) fn images(&self, names: &mut Interner) -> Vec<Name> {
        let images: Vec<Name> = self
            .containers
            .iter()
            .map(|container| names.name(&container.image))
            .collect();
        images
    }

    pub(super) fn first_image(&self, names: &mut Interner) -> Option<Name> {
        self.containers
            .first()
            .map(|container| names.name(&container.image))
    }

    /// Sums over the containers that last. A limit is one only where every container has it: one without may use all.
    pub(super) fn resources(&self, names: &mut Interner) -> std::sync::Arc<Resources> {
        let mut sum = Resources::default();
        let (mut cpu_bound, mut memory_bound) = (true, true);
        for container in self.lasting() {
            let Requirements { requests, limits } = &container.resources;
            // A limit without a request is the request as well (kubernetes.io/docs: Resource Management for Pods).
            sum.cpu_request = sum
                .cpu_request
                .saturating_add(requests.cpu.or(limits.cpu).map_or(0, Quantity::millis));
            sum.memory_request = sum
                .memory_request
                .saturating_add(requests.memory.or(limits.memory).map_or(0, Quantity::units));
            sum.cpu_limit = sum
                .cpu_limit
                .saturating_add(limits.cpu.map_or(0, Quantity::millis));
            sum.memory_limit = sum
                .memory_limit
                .saturating_add(limits.memory.map_or(0, Quantity::units));
            cpu_bound &= limits.cpu.is_some();
            memory_bound &= limits.memory.is_some();
        }
        if !cpu_bound {
            sum.cpu_limit = 0;
        }
        if !memory_bound {
            sum.memory_limit = 0;
        }
        names.resources(sum)
    }

    pub(super) fn references(&self, templates: &[Claim], names: &mut Interner) -> References {
        let (mut maps, mut secrets, mut claims) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for volume in &self.volumes {
            maps.extend(volume.config_map.as_ref().map(|reference| &*reference.name));
            secrets.extend(volume.secret.as_ref().map(|secret| &*secret.secret_name));
            claims.extend(
                volume
                    .persistent_volume_claim
                    .as_ref()
                    .map(|claim| claim.claim_name.to_string()),
            );
            for source in volume
                .projected
                .iter()
                .flat_map(|projected| &projected.sources)
            {
                maps.extend(source.config_map.as_ref().map(|reference| &*reference.name));
                secrets.extend(source.secret.as_ref().map(|reference| &*reference.name));
            }
        }
        for container in self.containers.iter().chain(&self.init_containers) {
            for from in &container.env_from {
                maps.extend(
                    from.config_map_ref
                        .as_ref()
                        .map(|reference| &*reference.name),
                );
                secrets.extend(from.secret_ref.as_ref().map(|reference| &*reference.name));
            }
            for value in container
                .env
                .iter()
                .filter_map(|variable| variable.value_from.as_ref())
            {
                maps.extend(
                    value
                        .config_map_key_ref
                        .as_ref()
                        .map(|reference| &*reference.name),
                );
                secrets.extend(
                    value
                        .secret_key_ref
                        .as_ref()
                        .map(|reference| &*reference.name),
                );
            }
        }
        secrets.extend(
            self.image_pull_secrets
                .iter()
                .map(|reference| &*reference.name),
        );
        claims.extend(
            templates
                .iter()
                .map(|claim| format!("{}-", &*claim.metadata.name)),
        );
        References {
            config_maps: maps.into_iter().map(|name| names.name(name)).collect(),
            secrets: secrets.into_iter().map(|name| names.name(name)).collect(),
            claims: claims.iter().map(|name| names.name(name)).collect(),
            service_account: self
                .service_account_name
                .as_ref()
                .map(|name| names.name(name)),
        }
    }
}

/// An entry of a StatefulSet's volumeClaimTemplates.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Claim<'a> {
    #[serde(borrow)]
    metadata: ClaimName<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ClaimName<'a> {
    #[serde(borrow)]
    name: Str<'a>,
}
