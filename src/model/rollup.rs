//! Judging and counting: what is marked is judged once a batch, and the difference is carried up to Map and Service.

use super::{
    health::{Digest, Facts, Health, Verdict, judge, judge_instance},
    ids::{ClusterId, MapId, Name},
    row::{Kind, Usage, UsageRow},
    source::{FeedState, Source, What},
    table::Slot,
    tree::Counts,
    world::World,
};

impl World {
    /// The time has come to judge again what only time changes.
    pub fn tick(&mut self, now: i64) {
        self.now = now;
        while let Some((at, key)) = self.recheck.front().copied() {
            if at > now {
                break;
            }
            self.recheck.pop_front();
            if let Some(slot) = self.server_slots.get(&key).copied() {
                self.mark(slot);
            }
        }
        self.settle();
    }

    pub(super) fn put_usage(&mut self, cluster: ClusterId, epoch: bool, row: UsageRow) {
        let id = MapId {
            cluster,
            namespace: row.namespace,
        };
        let slot = self.map_slot_of(&id);
        if let Some(map) = slot.and_then(|slot| self.maps.get_mut(slot)) {
            let old = map.usage.insert(row.name, (row.usage, epoch));
            self.revision.cells += u64::from(old.is_none_or(|(usage, _)| usage != row.usage));
        }
    }

    /// Puts what Instances use where usage is known anew.
    pub(super) fn measure(&mut self, source: &Source) {
        let servers: Vec<Slot> = self
            .maps
            .iter()
            .filter(|(_, map)| source.covers(map.id.cluster, &map.id.namespace))
            .flat_map(|(_, map)| map.servers.iter().copied())
            .collect();
        for slot in servers {
            self.mark(slot);
        }
    }

    /// Once all controllers are known, an owner that is none of them is a Server of its own kind.
    pub(super) fn adopt(&mut self, cluster: ClusterId) {
        let waiting: Vec<Slot> = self
            .maps
            .iter()
            .filter(|(_, map)| map.id.cluster == cluster)
            .flat_map(|(_, map)| map.orphans.iter().copied())
            .collect();
        for slot in waiting {
            self.mark(slot);
        }
    }

    /// Whether every watched kind of controller of a namespace has been listed (or is forbidden).
    fn controllers_known(&self, id: &MapId) -> bool {
        What::CONTROLLERS.iter().all(|what| {
            let known = |namespace: Option<Name>| {
                let source = Source {
                    namespace,
                    ..Source::all(id.cluster, *what)
                };
                self.feeds
                    .get(&source)
                    .is_some_and(|feed| feed.synced || matches!(feed.state, FeedState::Refused(_)))
            };
            known(None) || known(Some(id.namespace.clone()))
        })
    }

    pub(super) fn mark(&mut self, slot: Slot) {
        let root = self.root(slot);
        for slot in [slot, root] {
            if let Some(server) = self.servers.get_mut(slot)
                && !server.dirty
            {
                server.dirty = true;
                self.dirty.push(slot);
            }
        }
    }

    /// Judges what is marked and carries the differences up.
    pub(super) fn settle(&mut self) {
        for slot in std::mem::take(&mut self.dirty) {
            let Some(server) = self.servers.get_mut(slot) else {
                continue;
            };
            server.dirty = false;
            self.judge(slot);
        }
    }

    fn judge(&mut self, slot: Slot) {
        let Some(server) = self.servers.get(slot) else {
            return;
        };
        let Some(id) = self.maps.get(server.map).map(|map| map.id.clone()) else {
            return;
        };
        let mut digest = Digest::default();
        let mut usage: Option<Usage> = None;
        let beneath = self.beneath(server);
        for instance in &beneath {
            if let Some(used) = self.usage(*instance) {
                *usage.get_or_insert_default() += used;
            }
            let Some(pod) = self.instances.get_mut(*instance) else {
                continue;
            };
            let verdict = judge_instance(&pod.row, self.now);
            if pod.health != verdict.health {
                // Time alone has changed it.
                pod.health = verdict.health;
                self.revision.instances += 1;
                self.revision.cells += 1;
            }
            digest.add(&pod.row, verdict);
        }
        let Some(server) = self.servers.get(slot) else {
            return;
        };
        let children = || {
            server
                .children
                .iter()
                .filter_map(|child| self.servers.get(*child)?.row.as_deref())
        };
        let newest_job = children()
            .filter(|row| row.kind == Kind::Job)
            .max_by_key(|row| (row.meta.created, row.meta.name.clone()));
        let controller = server.row.as_deref();
        let verdict = judge(&Facts {
            controller,
            kind: &server.kind,
            instances: &digest,
            newest_job,
        });
        // An owner that no feed holds: a kind that is not watched, or one whose listing is still on its way.
        let derived = server.row.is_none();
        let top = server.parent.is_none();
        let known = top && (!derived || server.kind == Kind::Pod || self.controllers_known(&id));
        let waits = derived && top && !(known && server.kind != Kind::ReplicaSet);
        let visible = top && known;
        let map = server.map;
        self.note_recheck(slot, &verdict);
        if let Some(map) = self.maps.get_mut(map) {
            map.orphans.retain(|orphan| *orphan != slot);
            if waits {
                map.orphans.push(slot);
            }
        }
        self.count(slot, visible, verdict, digest, usage);
    }

    fn note_recheck(&mut self, slot: Slot, verdict: &Verdict) {
        if let Some(server) = self.servers.get(slot)
            && verdict.until > self.now
        {
            let entry = (verdict.until, server.key);
            let at = self.recheck.partition_point(|known| *known < entry);
            if self.recheck.get(at) != Some(&entry) {
                self.recheck.insert(at, entry);
            }
        }
    }

    /// Services, Maps or Servers are not what they were.
    pub(super) fn touch_tree(&mut self) {
        self.revision.tree += 1;
        self.revision.cells += 1;
    }

    /// Puts a judgement in the place of the last one, in the Server, its Map and its Service.
    fn count(
        &mut self,
        slot: Slot,
        visible: bool,
        verdict: Verdict,
        digest: Digest,
        usage: Option<Usage>,
    ) {
        let Some(server) = self.servers.get_mut(slot) else {
            return;
        };
        let before = server.counted;
        let requested = server.requested(digest.total);
        let after = visible.then(|| Counts::one(verdict.health, usage, requested, digest.restarts));
        let changed = before != after
            || server.verdict != verdict
            || server.digest != digest
            || server.usage != usage;
        server.usage = usage;
        server.digest = digest;
        server.verdict = verdict;
        server.counted = after;
        let map_slot = server.map;
        if changed {
            self.touch_tree();
        }
        let Some(map) = self.maps.get_mut(map_slot) else {
            return;
        };
        match (before.is_some(), after.is_some()) {
            (false, true) => map.servers.push(slot),
            (true, false) => map.servers.retain(|held| *held != slot),
            _ => {}
        }
        let service = map.service;
        let swap = |counts: &mut Counts| {
            if let Some(before) = &before {
                counts.sub(before);
            }
            if let Some(after) = &after {
                counts.add(after);
            }
        };
        swap(&mut map.counts);
        if let Some(service) = self.services.get_mut(service) {
            swap(&mut service.counts);
        }
    }

    pub(super) fn uncount(&mut self, slot: Slot) {
        let verdict = Verdict {
            health: Health::Unknown,
            ..Verdict::default()
        };
        self.count(slot, false, verdict, Digest::default(), None);
    }
}

#[cfg(test)]
#[path = "rollup_tests.rs"]
mod tests;
