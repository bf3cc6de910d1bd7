//! Maps and Services: made when something in a namespace is heard of, gone when nothing is left in it.

use super::{
    grouping::{Grouping, Place},
    ids::{ClusterId, MapId, Name},
    row::NamespaceRow,
    source::Source,
    table::Slot,
    tree::{Counts, Map, Service},
    world::World,
};

impl World {
    /// Makes sure that a Map is there although its Namespace may not be read.
    pub fn assume_map(&mut self, cluster: ClusterId, namespace: &Name) {
        let slot = self.map_slot(cluster, namespace);
        if let Some(map) = self.maps.get_mut(slot) {
            map.assumed = true;
        }
    }

    /// A Map that was only assumed is not there after all.
    pub fn end_assumption(&mut self, id: &MapId) {
        if let Some(slot) = self.map_slot_of(id) {
            if let Some(map) = self.maps.get_mut(slot) {
                map.assumed = false;
            }
            self.drop_empty_map(slot);
        }
    }

    /// The Map of a namespace, made where there is none.
    pub(super) fn map_slot(&mut self, cluster: ClusterId, namespace: &Name) -> Slot {
        let id = MapId {
            cluster,
            namespace: namespace.clone(),
        };
        if let Some(slot) = self.map_slots.get(&id) {
            return *slot;
        }
        let place = self.place(cluster, &NamespaceRow::assumed(namespace));
        let service = self.service_for(&place);
        let slot = self.maps.insert(Map::new(id.clone(), service, place));
        if let Some(service) = self.services.get_mut(service) {
            service.maps.push(slot);
        }
        self.map_slots.insert(id, slot);
        self.touch_tree();
        slot
    }

    fn place(&self, cluster: ClusterId, row: &NamespaceRow) -> Place {
        self.grouping.place(self.context(cluster), row)
    }

    fn service_for(&mut self, place: &Place) -> Slot {
        if let Some(slot) = self.service_slots.get(&place.service) {
            return *slot;
        }
        let slot = self.services.insert(Service::new(place.service.clone()));
        self.service_slots.insert(place.service.clone(), slot);
        slot
    }

    pub(super) fn put_namespace(&mut self, source: &Source, epoch: bool, row: NamespaceRow) {
        let slot = self.map_slot(source.cluster, &row.meta.namespace);
        let place = self.place(source.cluster, &row);
        let Some(map) = self.maps.get_mut(slot) else {
            return;
        };
        map.claims.set(source, epoch);
        if map.row.as_ref() == Some(&row) {
            return;
        }
        map.row = Some(row);
        self.revision.tree += 1;
        self.revision.cells += 1;
        self.move_map(slot, &place);
    }

    /// Puts every Map where these rules say; what is held of them stays.
    pub fn regroup(&mut self, grouping: Grouping) {
        self.grouping = grouping;
        let place = |(slot, map): (Slot, &Map)| {
            let assumed = || NamespaceRow::assumed(&map.id.namespace);
            let row = map.row.clone().unwrap_or_else(assumed);
            (slot, self.place(map.id.cluster, &row))
        };
        let places: Vec<(Slot, Place)> = self.maps.iter().map(place).collect();
        for (slot, place) in places {
            self.move_map(slot, &place);
        }
        self.touch_tree();
    }

    fn move_map(&mut self, slot: Slot, place: &Place) {
        let Some(map) = self.maps.get_mut(slot).filter(|map| map.place != *place) else {
            return;
        };
        let (old, counts) = (map.service, map.counts);
        map.place = place.clone();
        let new = self.service_for(place);
        if let Some(map) = self.maps.get_mut(slot) {
            map.service = new;
        }
        if let Some(service) = self.services.get_mut(new).filter(|_| new != old) {
            service.maps.push(slot);
            service.counts.add(&counts);
        }
        if new != old {
            self.leave_service(old, slot, &counts);
        }
    }

    pub(super) fn leave_service(&mut self, service: Slot, map: Slot, counts: &Counts) {
        let Some(left) = self.services.get_mut(service) else {
            return;
        };
        left.maps.retain(|slot| *slot != map);
        left.counts.sub(counts);
        if left.maps.is_empty()
            && let Some(gone) = self.services.remove(service)
        {
            self.service_slots.remove(&gone.name);
        }
    }

    pub(super) fn drop_namespace(&mut self, slot: Slot, source: &Source) {
        let Some(map) = self.maps.get_mut(slot) else {
            return;
        };
        map.claims.clear(source);
        if !map.claims.none() {
            return;
        }
        map.row = None;
        self.touch_tree();
        self.drop_empty_map(slot);
    }

    pub(super) fn drop_empty_map(&mut self, slot: Slot) {
        let empty = self.maps.get(slot).is_some_and(Map::is_empty);
        if empty && let Some(map) = self.maps.remove(slot) {
            self.map_slots.remove(&map.id);
            self.leave_service(map.service, slot, &map.counts);
            self.touch_tree();
        }
    }

    /// All namespaces are known now: what was assumed to be there is, or is not.
    pub(super) fn end_assumptions(&mut self, cluster: ClusterId) {
        let of = |map: &Map| map.assumed && map.id.cluster == cluster;
        let assumed: Vec<Slot> = self
            .maps
            .iter()
            .filter(|(_, map)| of(map))
            .map(|(slot, _)| slot)
            .collect();
        for slot in assumed {
            if let Some(map) = self.maps.get_mut(slot) {
                map.assumed = false;
            }
            self.drop_empty_map(slot);
        }
    }
}
