//! Places that are looked for until they are there: what they belong to may be on its way.

use super::{App, Reach};
use crate::{
    model::{Address, ClusterId, MapId, Name, Source, What},
    panes::{Id, Pane},
};

/// A place that is looked for until it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sought {
    /// A Map by its namespace, until all namespaces are known: asked for on the command line.
    Namespace(ClusterId, Name),
    /// What was typed at the prompt, until this time.
    Typed(String, i64),
    /// A kind that was typed, until this time; where there is none, this suggestion.
    Kind(String, Option<String>, i64),
    /// A place by names, until all is known that could have them; so many of them have been found.
    Named(Address, Errand, usize),
}

/// Why a place is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// Somebody wants to go there now.
    Asked,
    /// It is where one was at the end of the run before.
    Resumed,
}

impl App {
    /// Opens the Map of a namespace as soon as it is known.
    pub fn seek_namespace(&mut self, cluster: ClusterId, namespace: &str) {
        self.sought = Some(Sought::Namespace(cluster, namespace.into()));
    }

    /// Goes to a place as soon as it is known.
    pub fn seek_address(&mut self, place: Address) {
        self.sought = Some(Sought::Named(place, Errand::Asked, 0));
    }

    /// Goes where one was last with these clusters open, as soon as it is known.
    pub fn resume(&mut self) {
        let last = self.kept.been.last_of(&self.open_contexts());
        self.sought = last.map(|place| Sought::Named(place.clone(), Errand::Resumed, 0));
    }

    /// Whether something is sought: the next key would give it up.
    pub fn is_seeking(&self) -> bool {
        self.sought.is_some()
    }

    /// Goes to what is sought, if it is there by now.
    pub(super) fn seek(&mut self) {
        match self.sought.clone() {
            // What follows from a kind may be more than going there.
            None | Some(Sought::Kind(..)) => {}
            Some(Sought::Namespace(cluster, name)) => self.seek_map(cluster, &name),
            Some(Sought::Typed(typed, until)) => match self.find_typed(&typed) {
                Some((map, server)) => self.arrive(map, server),
                None if until <= self.now => {
                    self.sought = None;
                    self.say(match super::place::namespace(&typed) {
                        Some(name) => format!("There is no namespace \"{name}\"."),
                        None => format!("There is no \"{typed}\"."),
                    });
                }
                None => self.say(match super::place::namespace(&typed) {
                    Some(name) => format!("Looking for the namespace \"{name}\"…"),
                    None => format!("Looking for \"{typed}\"…"),
                }),
            },
            Some(Sought::Named(place, errand, found)) => self.seek_named(&place, errand, found),
        }
    }

    fn seek_map(&mut self, cluster: ClusterId, namespace: &Name) {
        let id = MapId {
            cluster,
            namespace: namespace.clone(),
        };
        if let Some(map) = self.world.map_slot_of(&id) {
            self.arrive(map, None);
        } else if !self.followed().any(|id| id == cluster) {
            // Nobody will tell.
            self.sought = None;
        } else if self.namespaces_known(cluster) {
            self.sought = None;
            self.say(format!("There is no namespace \"{namespace}\"."));
        }
    }

    fn arrive(&mut self, map: u32, server: Option<u32>) {
        self.sought = None;
        self.land(map, server);
    }

    fn seek_named(&mut self, place: &Address, errand: Errand, found: usize) {
        let cluster = match self.slot_of(&place.context) {
            _ if place.context.is_empty() => None,
            Some(id) if self.is_being_opened(id) => return,
            Some(id) if self.followed().any(|open| open == id) => Some(id),
            // Why it can not be asked is said where it was to be opened.
            _ => return self.sought = None,
        };
        if self.followed().next().is_none() {
            return self.sought = None;
        }
        if !place.list.is_empty() {
            return self.seek_listing(place, cluster, errand);
        }
        let known = self.searched(cluster).all(|id| self.namespaces_known(id));
        if place.pane == Pane::All.name() {
            return self.seek_among_all(place, cluster, found);
        }
        let (ids, whole) = self.follow_names(place, cluster, known);
        if whole || ids.len() > found {
            self.settle_at(&place.pane, &ids, found > 0);
            self.sought = Some(Sought::Named(place.clone(), errand, ids.len()));
        }
        if whole {
            return self.sought = None;
        }
        if !known || ids.get(1).is_some_and(|map| !self.is_known_within(map)) {
            if errand == Errand::Asked {
                self.say(format!("Looking for \"{}\"…", place.typed()));
            }
            return;
        }
        self.sought = None;
        let missing = place.path.get(ids.len()).map_or("", String::as_str);
        let parent = place.path[..ids.len().min(place.path.len())].join("/");
        self.say(match (errand, &*parent) {
            (Errand::Asked, "") => format!("There is no \"{missing}\"."),
            (Errand::Asked, _) => format!("There is no \"{missing}\" in {parent}."),
            (Errand::Resumed, "") => format!("{missing}, where you were, is gone."),
            (Errand::Resumed, _) => {
                format!("{missing}, where you were, is gone. This is {parent}.")
            }
        });
    }

    /// The list of a kind.
    fn seek_listing(&mut self, place: &Address, cluster: Option<ClusterId>, errand: Errand) {
        let before = (self.sought.take(), self.message.take());
        if place.pane.is_empty() {
            // It was typed, with a filter perhaps.
            if self.run_list(&place.list).is_some() {
                return;
            }
        } else if let Some(listing) = self.listing_called(&place.list, cluster) {
            return self.list_kind(listing);
        }
        (self.sought, self.message) = before;
        if self.looks_for_kinds() {
            if errand == Errand::Asked {
                self.say(format!("Looking for \"{}\"…", place.list));
            }
            return;
        }
        self.sought = None;
        let why = self.why_no_kinds();
        let kind = place.list.split(' ').next().unwrap_or_default();
        self.say(match errand {
            Errand::Asked => format!("There is no kind \"{kind}\".{why}"),
            Errand::Resumed => format!("The kind {kind}, where you were, is gone.{why}"),
        });
    }

    /// In the list of all Instances.
    fn seek_among_all(&mut self, place: &Address, cluster: Option<ClusterId>, found: usize) {
        if found == 0 {
            self.show(Pane::All);
            self.sought = Some(Sought::Named(place.clone(), Errand::Resumed, 1));
        }
        let (ids, whole) = self.follow_names(place, cluster, true);
        if let Some(Id::Instance(_)) = ids.last() {
            self.stand(Pane::All, Vec::new(), ids.last().cloned());
        }
        let listed = |id| {
            let source = Source::all(id, What::Instances);
            self.refused(&source) || self.world.feed(&source).is_some_and(|feed| feed.synced)
        };
        if whole || self.searched(cluster).all(listed) {
            self.sought = None;
        }
    }

    /// The clusters that a place is looked for in.
    pub(super) fn searched(&self, only: Option<ClusterId>) -> impl Iterator<Item = ClusterId> {
        let fits = move |id: &ClusterId| only.is_none_or(|only| only == *id);
        self.followed().filter(fits)
    }

    fn is_being_opened(&self, id: ClusterId) -> bool {
        self.cluster(id)
            .is_some_and(|cluster| matches!(cluster.reach, Reach::Opening(_)))
    }

    /// What the names of a place mean, from left to right, as far as it is there; and whether that is all of it. A single
    /// name that somebody typed can be a namespace too, which is known once all of them are.
    fn follow_names(
        &self,
        place: &Address,
        cluster: Option<ClusterId>,
        known: bool,
    ) -> (Vec<Id>, bool) {
        let path = &place.path;
        if let ([name], "") = (path.as_slice(), &*place.pane) {
            if let Some((map, None)) = self.find_within(name, cluster) {
                let held = self.world.maps().get(map);
                let service = held.and_then(|held| self.world.services().get(held.service));
                let ids = held.zip(service).map(|(map, service)| {
                    vec![Id::Service(service.name.clone()), Id::Map(map.id.clone())]
                });
                return (ids.unwrap_or_default(), true);
            }
            if !known {
                return (Vec::new(), false);
            }
        }
        let mut ids = Vec::new();
        let world = &self.world;
        let service = path.first().and_then(|name| world.service_slot(name));
        let service = service.and_then(|slot| world.services().get(slot));
        ids.extend(service.map(|service| Id::Service(service.name.clone())));
        let of_path = |parts: usize| (path.len() >= parts).then(|| &path[..parts]);
        let map = of_path(2).and_then(|path| Some(self.find_path(path, cluster)?.0));
        let map = map.and_then(|slot| world.maps().get(slot));
        ids.extend(map.map(|map| Id::Map(map.id.clone())));
        let server = of_path(3).and_then(|path| self.find_path(path, cluster)?.1);
        let server = server.and_then(|slot| world.servers().get(slot));
        ids.extend(server.map(|server| Id::Server(server.key)));
        if let (Some(server), Some(name)) = (server, path.get(3)) {
            let mut instances = world.beneath(server).into_iter();
            let instances = instances.find_map(|slot| {
                let instance = world.instances().get(slot)?;
                (*instance.row.meta.name == **name).then(|| Id::Instance(instance.key()))
            });
            ids.extend(instances);
        }
        let whole = ids.len() == path.len();
        (ids, whole)
    }

    /// Stands where these lead, in the wanted list or, as far as not all of them are there, in the one before it.
    fn settle_at(&mut self, pane: &str, ids: &[Id], again: bool) {
        let deepest = Pane::HOME[ids.len().min(3)];
        let pane = Pane::named(pane).map_or(deepest, |pane| pane.min(deepest));
        if !again {
            self.remember();
        }
        self.message = None;
        self.in_panel = false;
        let (above, selected) = ids.split_at(ids.len().min(pane as usize));
        self.stand(pane, above.to_vec(), selected.first().cloned());
        if again {
            self.remember_instead();
        } else {
            self.remember();
        }
    }

    /// Whether all namespaces of a cluster have been listed, or may not be.
    fn namespaces_known(&self, cluster: ClusterId) -> bool {
        self.is_told(&Source::all(cluster, What::Namespaces))
    }

    /// Whether all namespaces of a cluster have been listed.
    pub(super) fn has_listed_namespaces(&self, cluster: ClusterId) -> bool {
        let all = Source::all(cluster, What::Namespaces);
        !self.refused(&all) && self.is_told(&all)
    }

    /// Whether all that could be in a Map has been listed, or may not be.
    fn is_known_within(&self, map: &Id) -> bool {
        let Id::Map(MapId { cluster, namespace }) = map else {
            return true;
        };
        let here = |what| self.is_told(&Source::of(*cluster, what, namespace));
        What::CONTROLLERS.into_iter().all(|what| {
            let all = Source::all(*cluster, what);
            self.is_told(&all) && (!self.refused(&all) || here(what))
        }) && here(What::Instances)
    }

    /// Whether a stream has delivered all that there was, or said that it may not.
    fn is_told(&self, source: &Source) -> bool {
        self.refused(source) || self.world.feed(source).is_some_and(|feed| feed.synced)
    }
}
