//! Getting elsewhere: the prompt, and places by name.

use super::{App, Cluster, Suggestion, seek::Sought, themes};
use crate::{
    command::{self, Command},
    effect::Effect,
    model::{Address, ClusterId, Source, What, tree::Map},
    panes::{Id, Pane},
};

/// How long a place that was typed and is not there is looked for, milliseconds.
pub(super) const SEEK: i64 = 5_000;

impl App {
    pub(super) fn land(&mut self, map: u32, server: Option<u32>) {
        self.remember();
        let Some(held) = self.world.maps().get(map) else {
            return;
        };
        let (service, map_id) = (
            Id::of(Pane::Services, &self.world, held.service),
            Id::Map(held.id.clone()),
        );
        let server = server.and_then(|slot| Id::of(Pane::Servers, &self.world, slot));
        let pane = if server.is_some() {
            Pane::Instances
        } else {
            Pane::Servers
        };
        self.choose(&[service, Some(map_id), server]);
        self.focus = pane;
        self.remember();
    }

    /// The Service, the Map and the Server that something in a slot is, or is in.
    pub(super) fn way_to(&self, id: &Id, slot: u32) -> (Option<u32>, Option<u32>, Option<u32>) {
        let world = &self.world;
        let server = match id {
            Id::Server(_) => Some(slot),
            Id::Instance(_) => {
                let instance = world.instances().get(slot);
                instance.map(|instance| world.root(instance.server))
            }
            _ => None,
        };
        let map = match id {
            Id::Map(_) => Some(slot),
            _ => server.and_then(|server| Some(world.servers().get(server)?.map)),
        };
        let service = match id {
            Id::Service(_) => Some(slot),
            _ => map.and_then(|map| Some(world.maps().get(map)?.service)),
        };
        (service, map, server)
    }

    /// Selects it in the pane that lists its like, and what it is in to the left of that.
    pub(super) fn go_to(&mut self, id: &Id) {
        let world = &self.world;
        let Some(slot) = id.slot(world) else {
            return;
        };
        let (service, map, server) = self.way_to(id, slot);
        let pane = match id {
            Id::Service(_) => Pane::Services,
            Id::Map(_) => Pane::Maps,
            Id::Server(_) => Pane::Servers,
            // Whoever may not read its controller still sees it among all.
            Id::Instance(_) if map.is_none() => Pane::All,
            Id::Instance(_) => Pane::Instances,
            Id::Object(_) => Pane::Kind,
            Id::Listing(_) => return,
        };
        let instance = (pane == Pane::Instances).then_some(slot);
        let way = [service, map, server, instance];
        let ids = Pane::HOME
            .into_iter()
            .zip(way)
            .map(|(pane, slot)| Id::of(pane, &self.world, slot?));
        let ids: Vec<Option<Id>> = ids.collect();
        self.remember();
        self.leave_panel();
        self.focus = pane;
        if Pane::HOME.contains(&pane) {
            self.choose(&ids);
        } else {
            self.choose_in(pane, Some(id));
        }
        self.remember();
    }

    /// Selects these in the panes from left to right.
    pub(super) fn choose(&mut self, ids: &[Option<Id>]) {
        for (pane, id) in Pane::HOME.into_iter().zip(ids) {
            self.choose_in(pane, id.as_ref());
        }
    }

    /// Selects this in a pane; what one goes to is worth more than a filter that hides it.
    pub(super) fn choose_in(&mut self, pane: Pane, id: Option<&Id>) {
        self.refresh_list(pane);
        let slot = id.and_then(|id| id.slot(&self.world));
        if slot.is_some_and(|slot| !self.list(pane).order.contains(&slot)) {
            self.clear_filter(pane);
            self.refresh_list(pane);
        }
        if id.is_some() {
            self.lists[pane as usize].select(id.cloned(), &self.world);
        }
    }

    /// The Map, and the Server if one is named, that a path of names leads to.
    pub(super) fn find_path(
        &self,
        path: &[String],
        cluster: Option<ClusterId>,
    ) -> Option<(u32, Option<u32>)> {
        let [service, map, rest @ ..] = path else {
            return None;
        };
        let service = self
            .world
            .services()
            .get(self.world.service_slot(service)?)?;
        let named = |slot: &&u32| {
            self.world.maps().get(**slot).is_some_and(|held| {
                cluster.is_none_or(|cluster| held.id.cluster == cluster)
                    && (*held.place.map == **map || *held.id.namespace == **map)
            })
        };
        let map = *service.maps.iter().find(named)?;
        match rest.first() {
            None => Some((map, None)),
            Some(name) => {
                let servers = &self.world.maps().get(map)?.servers;
                let server = servers.iter().find(|slot| {
                    self.world
                        .servers()
                        .get(**slot)
                        .is_some_and(|server| *server.name == **name)
                })?;
                Some((map, Some(*server)))
            }
        }
    }

    /// The Map, and the Server, that is meant exactly: by path, by namespace, by `ns` and a namespace. Without the
    /// cluster's name before it, it is looked for where we are, then in the others.
    pub(super) fn find_typed(&self, typed: &str) -> Option<(u32, Option<u32>)> {
        let (cluster, typed) = self.in_cluster(typed);
        let here = self.looked_at.as_ref().map(|(id, _)| id.cluster);
        match (cluster, here) {
            (None, Some(_)) => self
                .find_within(typed, here)
                .or_else(|| self.find_within(typed, None)),
            _ => self.find_within(typed, cluster),
        }
    }

    /// The cluster whose name stands before a place, as in `prod-eu:shop/prod`, and the place.
    fn in_cluster<'a>(&self, typed: &'a str) -> (Option<ClusterId>, &'a str) {
        let named = |(id, cluster): (ClusterId, &Cluster)| {
            let place = typed.strip_prefix(&*cluster.context)?.strip_prefix(':')?;
            Some((Some(id), place))
        };
        let named = self.open_clusters().filter_map(named);
        named
            .min_by_key(|(_, place)| place.len())
            .unwrap_or((None, typed))
    }

    pub(super) fn find_within(
        &self,
        typed: &str,
        cluster: Option<ClusterId>,
    ) -> Option<(u32, Option<u32>)> {
        let path: Vec<String> = typed
            .split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        let name = namespace(typed).unwrap_or(typed);
        let mut maps = self.world.maps().iter();
        self.find_path(&path, cluster).or_else(|| {
            let named = |map: &Map| {
                *map.id.namespace == *name
                    && cluster.is_none_or(|cluster| map.id.cluster == cluster)
            };
            maps.find(|(_, map)| named(map))
                .map(|(slot, _)| (slot, None))
        })
    }

    /// Runs what is typed at the prompt, else the suggestion that is chosen.
    pub(super) fn run_prompt(&mut self, typed: &str, chosen: Option<Suggestion>) -> Vec<Effect> {
        let typed = typed.trim();
        let chosen = chosen.map(|suggestion| suggestion.text);
        self.message = None;
        let done = self.run_named(typed, chosen.as_deref());
        if let Some(effects) = done.or_else(|| self.run_typed(typed)) {
            return effects;
        }
        if !typed.is_empty() && self.may_be_kind(typed) && !self.kinds_are_known() {
            let suggested = chosen.filter(|text| text != typed);
            self.begin_to_seek_kind(typed, suggested);
            return Vec::new();
        }
        if let Some(effects) = chosen.and_then(|text| self.run_exactly(&text)) {
            return effects;
        }
        if typed.contains('/') || namespace(typed).is_some() {
            if let Some(name) = namespace(typed) {
                self.try_namespace(name);
            }
            // It may be on its way: made a moment ago, or not listed yet.
            self.sought = Some(Sought::Typed(typed.to_owned(), self.now + SEEK));
        } else if !typed.is_empty() && self.may_be_kind(typed) {
            // It may have come since the kinds were read.
            self.begin_to_seek_kind(typed, None);
        } else if !typed.is_empty() {
            self.say(format!("There is no command and no place \"{typed}\"."));
        }
        Vec::new()
    }

    /// Runs a text that the prompt has suggested.
    pub(super) fn run_exactly(&mut self, text: &str) -> Option<Vec<Effect>> {
        let done = self.run_named(text, None);
        done.or_else(|| self.run_typed(text))
    }

    /// Runs a command with a name behind it, if it is one; where nothing has that name, with the one that is suggested.
    fn run_named(&mut self, typed: &str, chosen: Option<&str>) -> Option<Vec<Effect>> {
        if let Some(name) = context(typed) {
            return Some(self.switch_to(name, chosen.and_then(context)));
        }
        if let Some(name) = themes::theme(typed) {
            let suggested = chosen.and_then(themes::theme);
            return Some(self.wear(suggested.unwrap_or(name)));
        }
        if let Some(text) = typed.strip_prefix("find ") {
            self.begin_to_find(text.trim());
            return Some(Vec::new());
        }
        let mut names = ["bookmark ", "mark "].into_iter();
        if let Some(name) = names.find_map(|word| typed.strip_prefix(word)) {
            return Some(self.bookmark(name));
        }
        let name = typed.strip_prefix("go ")?;
        let suggested = chosen.and_then(|chosen| chosen.strip_prefix("go "));
        Some(self.go_to_name(name.trim(), suggested))
    }

    /// Runs what is exactly a command, a place, a Service, or a list; otherwise nothing.
    fn run_typed(&mut self, typed: &str) -> Option<Vec<Effect>> {
        if typed.is_empty() {
            return None;
        }
        match command::of_name(typed) {
            // As the name of a kind it is a list like any other: of the Map that one is in.
            Some(Command::Instances) if typed != Command::Instances.entry().name => {
                return self.run_list(typed);
            }
            Some(command) => return Some(self.meant(command)),
            None => {}
        }
        if let Some(effects) = self.run_about_columns(typed) {
            return Some(effects);
        }
        if let Some((map, server)) = self.find_typed(typed) {
            self.land(map, server);
        } else if let Some(service) = self.world.service_slot(typed) {
            let id = Id::of(Pane::Services, &self.world, service);
            self.choose(&[id]);
            self.show(Pane::Maps);
        } else if let Some(place) = self.been_at(typed) {
            return Some(self.go_to_place(place));
        } else {
            return self.run_list(typed);
        }
        Some(Vec::new())
    }

    /// The recent place that is written so.
    fn been_at(&self, typed: &str) -> Option<Address> {
        let mut recent = self.kept.been.recent.iter();
        recent.find(|place| place.to_string() == typed).cloned()
    }

    /// Where namespaces may not be listed, one that somebody names is looked into all the same.
    fn try_namespace(&mut self, name: &str) {
        for at in 0..self.clusters.len() {
            let cluster = ClusterId(at as u8);
            let all = Source::all(cluster, What::Namespaces);
            if self.refused(&all) {
                self.look_into(cluster, name);
            }
        }
    }

    fn meant(&mut self, command: Command) -> Vec<Effect> {
        if self.applies(command.entry()) {
            self.act(command)
        } else {
            Vec::new()
        }
    }
}

/// The namespace in `ns x`, as one types it elsewhere.
pub(super) fn namespace(typed: &str) -> Option<&str> {
    let rest = typed
        .strip_prefix("ns ")
        .or_else(|| typed.strip_prefix("namespace "));
    rest.map(str::trim)
}

/// The name in `ctx x`, as one types it elsewhere.
pub(super) fn context(typed: &str) -> Option<&str> {
    let mut words = ["ctx ", "context ", "contexts "].iter();
    let rest = words.find_map(|word| typed.trim_start().strip_prefix(word));
    rest.map(str::trim)
}
