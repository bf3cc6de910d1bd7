//! Who owns whom: Instances hang under controllers, controllers under theirs, whatever the order in which they come.
//!
//! ```text
//!  Pod ─ owner ─→ ReplicaSet ─ owner, or its name while it is not held ─→ Deployment
//!  Pod ─ owner ─→ Job ─ owner ─→ CronJob            Pod without owner: a Server itself
//! ```

use std::{cmp::Ordering, sync::Arc};

use super::{
    health::judge_instance,
    ids::{ClusterId, Key, Name},
    row::{ControllerRow, InstanceRow, Kind, Owner},
    source::{Source, What},
    table::Slot,
    tree::{Claims, Instance, Server},
    world::{World, by_health_and_name},
};

impl World {
    pub(super) fn put_instance(&mut self, source: &Source, epoch: bool, row: InstanceRow) {
        let key = Key {
            cluster: source.cluster,
            uid: row.meta.uid,
        };
        let health = judge_instance(&row, self.now).health;
        if let Some(slot) = self.instance_slots.get(&key).copied() {
            let Some(pod) = self.instances.get_mut(slot) else {
                return;
            };
            pod.claims.set(source, epoch);
            // Two watches know no order between them: a late word of the one over the troubled few, which will not
            // tell how the trouble ended, must not undo what the Map's has said.
            if source.what == What::Troubled && pod.claims.fully() {
                return;
            }
            if pod.row == row && pod.health == health {
                return;
            }
            let owner = pod.server;
            let moved = pod.row.meta.owner != row.meta.owner;
            let next = Instance {
                health,
                row,
                ..*pod
            };
            self.revision.cells += 1;
            if by_health_and_name(pod, &next) != Ordering::Equal {
                self.revision.instances += 1;
            }
            *pod = next;
            if moved {
                self.detach(slot, owner);
                self.attach(slot);
            } else {
                self.mark(owner);
            }
            return;
        }
        let mut pod = Instance {
            cluster: source.cluster,
            server: Slot::MAX,
            claims: Claims::default(),
            health,
            row,
        };
        pod.claims.set(source, epoch);
        let slot = self.instances.insert(pod);
        self.instance_slots.insert(key, slot);
        self.revision.instances += 1;
        self.revision.cells += 1;
        self.attach(slot);
    }

    /// Hangs an Instance under the controller that owns it; one without owner is a Server itself.
    fn attach(&mut self, slot: Slot) {
        let Some(pod) = self.instances.get(slot) else {
            return;
        };
        let (cluster, meta) = (pod.cluster, pod.row.meta.clone());
        let owner = meta.owner.map_or_else(
            || Owner {
                uid: meta.uid,
                kind: "Pod".into(),
                name: meta.name.as_str().into(),
            },
            |owner| (*owner).clone(),
        );
        let server = self.server_for(cluster, &meta.namespace, &owner);
        if let Some(pod) = self.instances.get_mut(slot) {
            pod.server = server;
        }
        if let Some(server) = self.servers.get_mut(server) {
            server.instances.push(slot);
            if server.row.is_none() && (server.created == 0 || meta.created < server.created) {
                server.created = meta.created;
            }
        }
        self.mark(server);
    }

    fn detach(&mut self, instance: Slot, server: Slot) {
        if let Some(owner) = self.servers.get_mut(server) {
            owner.instances.retain(|slot| *slot != instance);
        }
        self.mark(server);
        self.drop_unneeded(server);
    }

    pub(super) fn unclaim_instance(&mut self, slot: Slot, source: &Source) {
        let Some(pod) = self.instances.get_mut(slot) else {
            return;
        };
        pod.claims.clear(source);
        if !pod.claims.none() {
            return;
        }
        let (key, server) = (
            Key {
                cluster: pod.cluster,
                uid: pod.row.meta.uid,
            },
            pod.server,
        );
        self.instances.remove(slot);
        self.instance_slots.remove(&key);
        self.revision.instances += 1;
        self.revision.cells += 1;
        self.detach(slot, server);
    }

    /// The entry of a controller that something names as its owner, made where the controller itself is not held.
    fn server_for(&mut self, cluster: ClusterId, namespace: &Name, owner: &Owner) -> Slot {
        let key = Key {
            cluster,
            uid: owner.uid,
        };
        if let Some(slot) = self.server_slots.get(&key) {
            return *slot;
        }
        let map = self.map_slot(cluster, namespace);
        let kind = Kind::from_api(&owner.kind);
        let slot = self.insert_server(Server::new(key, map, kind.clone(), owner.name.clone()));
        if kind == Kind::ReplicaSet {
            self.guess_parent(slot);
        }
        slot
    }

    fn insert_server(&mut self, server: Server) -> Slot {
        let (key, map) = (server.key, server.map);
        let slot = self.servers.insert(server);
        self.server_slots.insert(key, slot);
        if let Some(map) = self.maps.get_mut(map) {
            map.held += 1;
        }
        slot
    }

    /// A ReplicaSet that is not held itself: its Deployment's name and a hash are its own name, which is how the
    /// Deployment controller names it (`k8s.io/kubernetes/pkg/controller/deployment/sync.go`).
    fn guess_parent(&mut self, slot: Slot) {
        let Some(server) = self.servers.get(slot) else {
            return;
        };
        let name = server.name.clone();
        let parent = name
            .rsplit_once('-')
            .and_then(|(stem, _)| self.deployments.get(&(server.map, stem.into())));
        if let Some(parent) = parent.copied() {
            self.set_parent(slot, Some(parent));
            if let Some(server) = self.servers.get_mut(slot) {
                server.guessed = true;
            }
        }
    }

    fn set_parent(&mut self, slot: Slot, parent: Option<Slot>) {
        // The API server lets objects own each other.
        let parent = parent.filter(|parent| !self.is_beneath(*parent, slot));
        let Some(server) = self.servers.get_mut(slot) else {
            return;
        };
        server.guessed = false;
        let old = std::mem::replace(&mut server.parent, parent);
        if old == parent {
            return;
        }
        if let Some(old) = old {
            if let Some(server) = self.servers.get_mut(old) {
                server.children.retain(|child| *child != slot);
            }
            self.mark(old);
            self.drop_unneeded(old);
        }
        if let Some(server) = parent.and_then(|parent| self.servers.get_mut(parent)) {
            server.children.push(slot);
        }
        self.mark(slot);
    }

    pub(super) fn put_controller(&mut self, source: &Source, epoch: bool, row: ControllerRow) {
        let cluster = source.cluster;
        let key = Key {
            cluster,
            uid: row.meta.uid,
        };
        let map = self.map_slot(cluster, &row.meta.namespace);
        let slot = match self.server_slots.get(&key) {
            Some(slot) => *slot,
            None => self.insert_server(Server::new(
                key,
                map,
                row.kind.clone(),
                row.meta.name.as_str().into(),
            )),
        };
        let (kind, owner, name) = (
            row.kind.clone(),
            row.meta.owner.clone(),
            Name::from(row.meta.name.as_str()),
        );
        let namespace = row.meta.namespace.clone();
        let Some(server) = self.servers.get_mut(slot) else {
            return;
        };
        server.claims.set(source, epoch);
        if server.row.as_ref().is_some_and(|held| **held == row) {
            return;
        }
        let first = server.row.is_none();
        server.created = row.meta.created;
        server.kind = kind.clone();
        server.row = Some(Box::new(row));
        // What an operator's object owns is the Server: nothing more is known of that object. Not so a ReplicaSet,
        // which stands for one revision of what owns it (an Argo Rollout).
        let known = |owner: &Arc<Owner>| {
            kind == Kind::ReplicaSet || !matches!(Kind::from_api(&owner.kind), Kind::Custom(_))
        };
        let parent = owner
            .filter(known)
            .map(|owner| self.server_for(cluster, &namespace, &owner));
        self.set_parent(slot, parent);
        self.touch_tree();
        self.mark(slot);
        if kind == Kind::Deployment && first {
            self.name_deployment(map, &name, slot);
        }
    }

    /// From now on this Deployment is meant by its name. One of that name before it keeps what is older than this one.
    fn name_deployment(&mut self, map: Slot, name: &Name, slot: Slot) {
        let created =
            |world: &Self, slot| world.servers.get(slot).map_or(0, |server| server.created);
        let since = created(self, slot);
        if let Some(before) = self.deployments.get(&(map, name.clone())).copied()
            && before != slot
        {
            if created(self, before) > since {
                return;
            }
            let children = self
                .servers
                .get(before)
                .map_or(Vec::new(), |server| server.children.clone());
            for child in children {
                let younger = self
                    .servers
                    .get(child)
                    .is_some_and(|child| child.guessed && child.created >= since);
                if younger {
                    self.set_parent(child, Some(slot));
                    if let Some(child) = self.servers.get_mut(child) {
                        child.guessed = true;
                    }
                }
            }
        }
        self.deployments.insert((map, name.clone()), slot);
        self.adopt_named(map, name);
    }

    /// ReplicaSets whose Pods came before their Deployment.
    fn adopt_named(&mut self, map: Slot, deployment: &str) {
        let Some(held) = self.maps.get(map) else {
            return;
        };
        let orphans: Vec<Slot> = held
            .orphans
            .iter()
            .copied()
            .filter(|slot| {
                let stem = self
                    .servers
                    .get(*slot)
                    .and_then(|server| Some(server.name.rsplit_once('-')?.0 == deployment));
                stem.unwrap_or(false)
            })
            .collect();
        for slot in orphans {
            self.guess_parent(slot);
        }
    }

    pub(super) fn unclaim_server(&mut self, slot: Slot, source: &Source) {
        let Some(server) = self.servers.get_mut(slot) else {
            return;
        };
        server.claims.clear(source);
        if !server.claims.none() {
            return;
        }
        server.row = None;
        self.touch_tree();
        self.mark(slot);
        self.drop_unneeded(slot);
    }

    /// An entry that is neither held by a source nor owns anything that is.
    fn drop_unneeded(&mut self, slot: Slot) {
        let unneeded = self.servers.get(slot).is_some_and(|server| {
            server.row.is_none() && server.instances.is_empty() && server.children.is_empty()
        });
        if !unneeded {
            return;
        }
        self.set_parent(slot, None);
        self.uncount(slot);
        if let Some(server) = self.servers.remove(slot) {
            self.server_slots.remove(&server.key);
            let named = (server.map, server.name.clone());
            if self.deployments.get(&named) == Some(&slot) {
                self.deployments.remove(&named);
            }
            if let Some(map) = self.maps.get_mut(server.map) {
                map.held -= 1;
                map.orphans.retain(|orphan| *orphan != slot);
            }
            self.drop_empty_map(server.map);
        }
    }

    /// The Server at the top of an entry's chain of owners.
    pub fn root(&self, mut slot: Slot) -> Slot {
        while let Some(parent) = self.servers.get(slot).and_then(|server| server.parent) {
            slot = parent;
        }
        slot
    }

    fn is_beneath(&self, mut slot: Slot, top: Slot) -> bool {
        while slot != top {
            match self.servers.get(slot).and_then(|server| server.parent) {
                Some(parent) => slot = parent,
                None => return false,
            }
        }
        true
    }

    /// Instances of a Server, those of the controllers beneath it included.
    pub fn beneath(&self, server: &Server) -> Vec<Slot> {
        let mut all = server.instances.clone();
        for child in server
            .children
            .iter()
            .filter_map(|slot| self.servers.get(*slot))
        {
            all.extend(self.beneath(child));
        }
        all
    }

    /// Whether one of a Server's Instances is as asked.
    pub fn any_beneath(&self, server: &Server, fits: &mut dyn FnMut(&Instance) -> bool) -> bool {
        let mut own = server.instances.iter();
        if own.any(|slot| self.instances.get(*slot).is_some_and(&mut *fits)) {
            return true;
        }
        let mut children = server.children.iter();
        children.any(|slot| {
            let child = self.servers.get(*slot);
            child.is_some_and(|child| self.any_beneath(child, fits))
        })
    }
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
