//! Where we are, by names, and what of it is kept for the next time: once one has stayed, and at the end.

use super::{App, Cluster};
use crate::{
    effect::Effect,
    memory::{Keep, Last, MAPS, Note},
    model::{Address, ClusterId, Listing, Offer, grouping::SYSTEM, table::Slot, tree::Map},
    panes::Pane,
};

/// Whoever stays this long is there, milliseconds. Whoever moves on writes nothing.
const STAY: i64 = 3_000;

impl App {
    /// The names of the clusters that are open, sorted: what the last place belongs to.
    pub(super) fn open_contexts(&self) -> Vec<String> {
        let open = self.open_clusters();
        let mut names: Vec<String> = open.map(|(_, cluster)| cluster.context.clone()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Where we are. The row under the cursor belongs to it; while it is there only because it stands on top, it does not
    /// count as `chosen`.
    pub(super) fn here(&self, chosen: bool) -> Address {
        let focus = self.focus;
        let counts = !chosen || self.list(focus).selected().is_some();
        let selected = self.slot(focus).filter(|_| counts);
        let (path, map) = match focus {
            Pane::All => selected.map_or_else(Default::default, |slot| self.names_of(slot)),
            Pane::Kind => return self.here_in_list(),
            _ => self.names_down_to(focus, selected),
        };
        let cluster = map.and_then(|slot| Some(self.world.maps().get(slot)?.id.cluster));
        Address {
            context: self.context_of(cluster),
            path,
            pane: focus.name().to_owned(),
            list: String::new(),
        }
    }

    /// The list of a kind.
    fn here_in_list(&self) -> Address {
        let listing = self.world.listing();
        let within = listing.and_then(Listing::within);
        Address {
            context: self.context_of(within.map(|map| map.cluster)),
            path: Vec::new(),
            pane: Pane::Kind.name().to_owned(),
            list: listing.map(ToString::to_string).unwrap_or_default(),
        }
    }

    /// The name of a cluster; where none is meant, of the only one that is open.
    fn context_of(&self, cluster: Option<ClusterId>) -> String {
        let context = match (cluster, &*self.open_contexts()) {
            (Some(id), _) => self.cluster(id).map(|cluster| cluster.context.clone()),
            (None, [alone]) => Some(alone.clone()),
            _ => None,
        };
        context.unwrap_or_default()
    }

    /// The names from the first pane to this one, with what is selected in it; and the Map among them.
    fn names_down_to(&self, focus: Pane, selected: Option<Slot>) -> (Vec<String>, Option<Slot>) {
        let left = Pane::HOME.into_iter().take_while(|pane| *pane < focus);
        let left = left.map_while(|pane| Some((pane, self.slot(pane)?)));
        let slots: Vec<(Pane, Slot)> = left.chain(selected.map(|slot| (focus, slot))).collect();
        let world = &self.world;
        let name = |(pane, slot): &(Pane, Slot)| {
            Some(match pane {
                Pane::Services => world.services().get(*slot)?.name.to_string(),
                Pane::Maps => self.name_of_map(world.maps().get(*slot)?),
                Pane::Servers => world.servers().get(*slot)?.name.to_string(),
                Pane::Kind => return None,
                Pane::Instances | Pane::All => {
                    world.instances().get(*slot)?.row.meta.name.to_string()
                }
            })
        };
        let map = slots.iter().find(|(pane, _)| *pane == Pane::Maps);
        (
            slots.iter().map_while(name).collect(),
            map.map(|(_, slot)| *slot),
        )
    }

    /// The names from the Service to an Instance, and its Map.
    fn names_of(&self, instance: Slot) -> (Vec<String>, Option<Slot>) {
        let world = &self.world;
        let names = || {
            let instance = world.instances().get(instance)?;
            let mut server = world.servers().get(instance.server)?;
            while let Some(parent) = server.parent.and_then(|slot| world.servers().get(slot)) {
                server = parent;
            }
            let map = world.maps().get(server.map)?;
            let path = vec![
                world.services().get(map.service)?.name.to_string(),
                self.name_of_map(map),
                server.name.to_string(),
                instance.row.meta.name.to_string(),
            ];
            Some((path, Some(server.map)))
        };
        names().unwrap_or_default()
    }

    /// What a Map is called: by its namespace where its Service has another of that name in the same cluster.
    fn name_of_map(&self, map: &Map) -> String {
        let world = &self.world;
        let service = world.services().get(map.service);
        let maps = service.map_or(&[][..], |service| &service.maps);
        let held = maps.iter().filter_map(|slot| world.maps().get(*slot));
        let namesakes = held
            .filter(|other| other.place.map == map.place.map && other.id.cluster == map.id.cluster);
        let name = match namesakes.count() {
            0 | 1 => &map.place.map,
            _ => &map.id.namespace,
        };
        name.to_string()
    }

    /// Keeps something, in this run too.
    pub(super) fn note(&mut self, note: Note) -> Effect {
        Effect::Keep(self.keep(Keep::Been(note)))
    }

    /// What is to be kept of where we are, if we have stayed.
    pub(super) fn keep_where_we_are(&mut self) -> Vec<Effect> {
        let here = self.here(true);
        if self.stays.as_ref().is_none_or(|(place, _)| *place != here) {
            self.stays = Some((here, self.now));
            return Vec::new();
        }
        let since = self.stays.as_ref().map_or(self.now, |(_, since)| *since);
        if self.now - since < STAY {
            return Vec::new();
        }
        self.part()
    }

    /// What is to be kept of where we are, if we leave now.
    pub fn part(&mut self) -> Vec<Effect> {
        let been = &self.kept.been;
        let contexts = self.open_contexts();
        let mut notes = Vec::new();
        if !been.contexts.starts_with(&contexts) {
            notes.push(Note::Used(contexts.clone()));
        }
        // While nothing is there yet, or a place is still looked for, one is nowhere.
        if self.sought.is_none() && !self.world.maps().is_empty() {
            let place = self.here(true);
            if been.last_of(&contexts) != Some(&place) {
                notes.push(Note::Last(Last { contexts, place }));
            }
            let place = self.opened_place();
            if !place.typed().is_empty() && been.recent.first() != Some(&place) {
                notes.push(Note::Visited(place));
            }
            let open: Vec<ClusterId> = self.followed().collect();
            notes.extend(open.into_iter().filter_map(|id| self.maps_to_keep(id)));
        }
        notes.into_iter().map(|note| self.note(note)).collect()
    }

    /// What has been opened to be here: the place, whichever of its rows is selected.
    pub(super) fn opened_place(&self) -> Address {
        let mut place = self.here(true);
        place.path.truncate(match self.focus {
            Pane::All | Pane::Kind => 0,
            pane => pane as usize,
        });
        place
    }

    /// The Maps of a cluster, where all are known and they are not those that are kept.
    fn maps_to_keep(&self, id: ClusterId) -> Option<Note> {
        if !self.has_listed_namespaces(id) {
            return None;
        }
        let context = &self.cluster(id)?.context;
        let maps = self.world.maps().iter().map(|(_, map)| map);
        let maps = maps.filter(|map| map.id.cluster == id && &*map.place.service != SYSTEM);
        let typed = |map: &Map| format!("{}/{}", map.place.service, map.place.map);
        let mut maps: Vec<String> = maps.map(typed).collect();
        maps.sort_unstable();
        maps.truncate(MAPS);
        let known = self.kept.been.maps.get(context);
        (known != Some(&maps)).then(|| Note::Maps(context.clone(), maps))
    }

    /// Contexts in the order in which they are likely to be wanted: favourites, then those in use, then the others.
    pub(super) fn by_use(&self, mut offers: Vec<Offer>) -> Vec<Offer> {
        let been = &self.kept.been;
        let rank = |names: &[String], offer: &Offer| {
            let name = offer.context.name();
            let at = names.iter().position(|known| known == name);
            at.unwrap_or(usize::MAX)
        };
        offers.sort_by_key(|offer| (rank(&been.favourites, offer), rank(&been.contexts, offer)));
        offers
    }

    /// Whether a context is wanted on top.
    pub fn is_favourite(&self, context: &str) -> bool {
        self.kept
            .been
            .favourites
            .iter()
            .any(|known| known == context)
    }

    /// Puts a context on top from now on, or no longer.
    pub(super) fn turn_favourite(&mut self, context: &str) -> Effect {
        let wanted = !self.is_favourite(context);
        self.say(if wanted {
            format!("{context} is a favourite: it comes first.")
        } else {
            format!("{context} is no favourite any more.")
        });
        self.note(Note::Favourite(context.to_owned(), wanted))
    }

    /// Why a cluster can not be asked at all.
    pub(super) fn why_broken(&self, id: ClusterId) -> Option<String> {
        let problem = self.cluster(id).and_then(Cluster::problem);
        problem.map(ToString::to_string)
    }
}
