//! What controllers look up instead of searching the store: whose uid is whose, what runs where, what waits for a Node. It
//! sees every change as it is made, so it is never behind.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{
    Place,
    facts::{self, Phase, PodFacts},
};
use crate::demo::{
    resource::{self, NODES, PODS, Resource},
    store::{Change, Entry, Event},
};

/// What is looked up.
#[derive(Debug, Default)]
pub struct Index {
    owners: HashMap<Box<str>, (&'static Resource, Place)>,
    nodes: BTreeMap<Box<str>, Load>,
    /// Pods that a scheduler has not seen since something changed for them.
    pub queue: BTreeSet<Place>,
    /// Pods that fit nowhere.
    pub unschedulable: BTreeSet<Place>,
}

/// What a Node carries.
#[derive(Debug, Default)]
pub struct Load {
    /// Thousandths of a core that are asked for.
    pub cpu: u64,
    /// Bytes that are asked for.
    pub memory: u64,
    /// Those that run here or are to run here.
    pub pods: BTreeSet<Place>,
    /// Those of them that are not done: these count.
    pub active: u64,
    /// Images that were pulled.
    pub images: HashSet<String>,
    addresses: HashSet<String>,
    given: u32,
}

impl Index {
    /// Sees a change.
    pub fn see(&mut self, change: &Change) {
        if change.after.resource.is(&PODS) {
            self.see_pod(change);
        } else if owns(change.after.resource) {
            let after = &change.after;
            if change.event == Event::Deleted {
                self.owners.remove(&after.uid);
            } else if change.before.is_none() {
                let place = Place::of(after);
                self.owners
                    .insert(after.uid.clone(), (after.resource, place));
            }
        }
        if change.after.resource.is(&NODES) && change.event == Event::Deleted {
            // What ran there is still counted until it is deleted; its images are gone.
            if let Some(load) = self.nodes.get_mut(&change.after.name) {
                load.images.clear();
            }
        }
    }

    fn see_pod(&mut self, change: &Change) {
        let after = &change.after;
        if let Some(before) = &change.before {
            self.take(before);
        }
        let place = Place::of(after);
        if change.event == Event::Deleted {
            self.queue.remove(&place);
            self.unschedulable.remove(&place);
            return;
        }
        let node = after.field("spec.nodeName").unwrap_or("");
        if node.is_empty() {
            if change.before.is_none() && !facts::pod(after).done() {
                self.queue.insert(place);
            }
            return;
        }
        self.queue.remove(&place);
        self.unschedulable.remove(&place);
        let pod = facts::pod(after);
        let load = self.nodes.entry(node.into()).or_default();
        load.pods.insert(place);
        if !pod.address.is_empty() {
            load.addresses.insert(pod.address.clone());
        }
        if !pod.done() {
            load.add(pod);
        }
        if pod.phase == Phase::Running {
            for image in &pod.images {
                if !load.images.contains(image) {
                    load.images.insert(image.clone());
                }
            }
        }
    }

    fn take(&mut self, before: &Entry) {
        let node = before.field("spec.nodeName").unwrap_or("");
        if node.is_empty() {
            return;
        }
        let pod = facts::pod(before);
        if let Some(load) = self.nodes.get_mut(node) {
            load.pods.remove(&Place::of(before));
            load.addresses.remove(&pod.address);
            if !pod.done() {
                load.cpu = load.cpu.saturating_sub(pod.cpu);
                load.memory = load.memory.saturating_sub(pod.memory);
                load.active = load.active.saturating_sub(1);
            }
        }
    }

    /// The object with this uid, if it can own others.
    pub fn owner(&self, uid: &str) -> Option<&(&'static Resource, Place)> {
        self.owners.get(uid)
    }

    /// What a Node carries.
    pub fn load(&self, node: &str) -> Option<&Load> {
        self.nodes.get(node)
    }

    /// Remembers that an image was pulled; false if it was there.
    pub fn pulled(&mut self, node: &str, image: &str) -> bool {
        let load = self.nodes.entry(node.into()).or_default();
        !load.images.contains(image) && load.images.insert(image.to_owned())
    }

    /// Whether an image is on a Node.
    pub fn has_image(&self, node: &str, image: &str) -> bool {
        self.load(node)
            .is_some_and(|load| load.images.contains(image))
    }

    /// A free address of a Node's range, which is written `10.244.3.0/24`.
    pub fn address(&mut self, node: &str, range: &str) -> String {
        let (base, bits) = range.split_once('/').unwrap_or((range, "24"));
        let base: std::net::Ipv4Addr = base.parse().unwrap_or([10, 244, 0, 0].into());
        let bits: u32 = bits.parse().unwrap_or(24).clamp(8, 30);
        let size = (1_u32 << (32 - bits)) - 3;
        let load = self.nodes.entry(node.into()).or_default();
        let mut address = String::new();
        for _ in 0..size {
            address = std::net::Ipv4Addr::from(u32::from(base) + 2 + load.given % size).to_string();
            load.given += 1;
            if !load.addresses.contains(&address) {
                break;
            }
        }
        address
    }

    /// All that fits nowhere is looked at again.
    pub fn retry(&mut self) {
        self.queue.append(&mut self.unschedulable);
    }
}

impl Load {
    fn add(&mut self, pod: &PodFacts) {
        self.cpu += pod.cpu;
        self.memory += pod.memory;
        self.active += 1;
    }
}

/// Whether objects of this kind are looked up by uid; a Pod or an Event hardly owns anything.
fn owns(resource: &'static Resource) -> bool {
    let never: [&'static Resource; 5] = [
        &PODS,
        &resource::EVENTS,
        &resource::ENDPOINTS,
        &resource::ENDPOINT_SLICES,
        &resource::LEASES,
    ];
    !never.iter().any(|known| known.is(resource))
}
