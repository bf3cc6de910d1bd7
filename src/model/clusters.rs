//! Clusters come and go: which are open, and how all that is held of one leaves at once.

use super::{
    ids::{ClusterId, Name},
    source::{Source, What},
    table::Slot,
    tree::Map,
    world::World,
};

impl World {
    /// A cluster is open from now on, under this name.
    pub fn open_cluster(&mut self, cluster: ClusterId, context: &str) {
        self.contexts.insert(cluster, context.to_owned());
        self.touch_tree();
    }

    /// Lets go of everything of a cluster. What is summed up over clusters is what the others have, right away.
    pub fn drop_cluster(&mut self, cluster: ClusterId) {
        self.contexts.remove(&cluster);
        self.feeds.retain(|source, _| source.cluster != cluster);
        self.details.retain(|source, _| source.cluster != cluster);
        self.recheck.retain(|(_, key)| key.cluster != cluster);
        self.drop_lines_of(cluster);
        let pods: Vec<Slot> = self
            .instances
            .iter()
            .filter(|(_, pod)| pod.cluster == cluster)
            .map(|(slot, _)| slot)
            .collect();
        for slot in pods {
            if let Some(pod) = self.instances.remove(slot) {
                self.instance_slots.remove(&pod.key());
            }
        }
        let servers: Vec<Slot> = self
            .servers
            .iter()
            .filter(|(_, server)| server.key.cluster == cluster)
            .map(|(slot, _)| slot)
            .collect();
        for slot in servers {
            if let Some(server) = self.servers.remove(slot) {
                self.server_slots.remove(&server.key);
                self.deployments.remove(&(server.map, server.name));
            }
        }
        let maps: Vec<Slot> = self
            .maps
            .iter()
            .filter(|(_, map)| map.id.cluster == cluster)
            .map(|(slot, _)| slot)
            .collect();
        for slot in maps {
            if let Some(map) = self.maps.remove(slot) {
                self.map_slots.remove(&map.id);
                self.leave_service(map.service, slot, &map.counts);
            }
        }
        self.revision.instances += 1;
        self.touch_tree();
    }

    /// What an open cluster is called.
    pub fn context(&self, cluster: ClusterId) -> &str {
        self.contexts.get(&cluster).map_or("", String::as_str)
    }

    /// Whether more than one is open, so that it has to be said which one something is of.
    pub fn has_several_clusters(&self) -> bool {
        self.contexts.len() > 1
    }

    /// How many rows a source holds.
    pub fn rows_of(&self, source: &Source) -> usize {
        if source.name.is_some() {
            return usize::from(self.details.contains_key(source));
        }
        let here = |cluster: ClusterId, namespace: &Name| source.covers(cluster, namespace);
        let maps = || {
            let maps = self.maps.iter().map(|(_, map)| map);
            maps.filter(|map| here(map.id.cluster, &map.id.namespace))
        };
        match source.what {
            What::Namespaces => maps().filter(|map| map.claims.holds(source)).count(),
            What::Usage => maps().map(|map| map.usage.len()).sum(),
            What::Table | What::Kinds => self.count_lines(source),
            What::Instances | What::Troubled => self
                .instances
                .iter()
                .filter(|(_, pod)| {
                    pod.claims.holds(source) && here(pod.cluster, &pod.row.meta.namespace)
                })
                .count(),
            what => {
                let controllers = self.servers.iter().filter(|(_, server)| {
                    server.claims.holds(source)
                        && server.row.as_ref().is_some_and(|row| {
                            row.kind.what() == Some(what)
                                && here(server.key.cluster, &row.meta.namespace)
                        })
                });
                let others = |map: &Map| {
                    let held = map.satellites.values().chain(map.events.values());
                    held.filter(|(held, ..)| *held == what).count()
                };
                controllers.count() + maps().map(others).sum::<usize>()
            }
        }
    }
}

#[cfg(test)]
#[path = "clusters_tests.rs"]
mod tests;
