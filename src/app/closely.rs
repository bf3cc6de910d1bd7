//! What the panel needs besides what the lists do: the object itself, its Events, what bounds and surrounds it.

use std::collections::BTreeSet;

use super::App;
use crate::{
    model::{Key, Name, Source, What, tree::Server},
    panes::{Id, Pane},
};

/// Maps of a Service whose quotas, grants and warnings are asked for at most.
const MAPS: usize = 8;

impl App {
    /// Streams for what the panel shows.
    pub(super) fn want_overview(&self, wanted: &mut BTreeSet<Source>) {
        let Some(subject) = self.rested() else {
            return;
        };
        let mut want = |source: Source| {
            if self.followed().any(|cluster| cluster == source.cluster) {
                wanted.insert(source);
            }
        };
        match subject {
            Id::Service(_) => {
                let maps = self.list(Pane::Maps).order.iter().take(MAPS);
                for map in maps.filter_map(|slot| self.world.maps().get(*slot)) {
                    let of = |what| Source::of(map.id.cluster, what, &map.id.namespace);
                    What::OF_A_SERVICE_OVERVIEW
                        .map(of)
                        .into_iter()
                        .for_each(&mut want);
                }
            }
            Id::Map(id) => {
                let of = |what| Source::of(id.cluster, what, &id.namespace);
                What::OF_A_MAP_OVERVIEW
                    .map(of)
                    .into_iter()
                    .for_each(&mut want);
            }
            Id::Server(key) => {
                let Some((server, namespace)) = self.server(*key) else {
                    return;
                };
                let of = |what| Source::of(key.cluster, what, &namespace);
                What::OF_A_SERVER_OVERVIEW
                    .map(of)
                    .into_iter()
                    .for_each(&mut want);
                self.world.source_of(server).into_iter().for_each(&mut want);
            }
            Id::Listing(_) => {}
            Id::Object(key) => self.object_sources(*key).into_iter().for_each(&mut want),
            Id::Instance(key) => {
                let slot = self.world.instance_slot(*key);
                let Some(pod) = slot.and_then(|slot| self.world.instances().get(slot)) else {
                    return;
                };
                let meta = &pod.row.meta;
                want(Source::of(key.cluster, What::Events, &meta.namespace));
                want(Source::one(
                    key.cluster,
                    What::Instances,
                    &meta.namespace,
                    &meta.name,
                ));
            }
        }
    }

    fn server(&self, key: Key) -> Option<(&Server, Name)> {
        let server = self.world.servers().get(self.world.server_slot(key)?)?;
        let map = self.world.maps().get(server.map)?;
        Some((server, map.id.namespace.clone()))
    }
}
