//! Getting elsewhere: the prompt, and places by name.

use std::collections::HashMap;

use super::{App, Cluster, seek::Sought, themes};
use crate::{
    command::{self, COMMANDS, Command},
    effect::Effect,
    model::{ClusterId, Name, Source, What, grouping::SYSTEM, tree::Map},
    panes::{Id, Pane},
};

/// Something that the prompt offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What stands at the prompt when it is taken.
    pub text: String,
    /// What it is or does.
    pub help: String,
}

/// How long a place that was typed and is not there is looked for, milliseconds.
pub(super) const SEEK: i64 = 5_000;

/// The most that the prompt offers.
const SUGGESTIONS: usize = 12;

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

    /// What fits what is typed at the prompt: commands, then places.
    pub fn suggestions(&self, typed: &str) -> Vec<Suggestion> {
        if let Some(begun) = context(typed) {
            return self.contexts_like(begun);
        }
        if let Some(begun) = themes::theme(typed) {
            return self.themes_like(begun);
        }
        if let Some(begun) = typed.trim_start().strip_prefix("sort ") {
            return self.columns_like(begun.trim());
        }
        if let Some(begun) = typed.trim_start().strip_prefix("go ") {
            return self.bookmarks_like(begun.trim());
        }
        let typed = typed.trim();
        let mut found: Vec<(usize, Suggestion)> = Vec::new();
        for entry in COMMANDS
            .iter()
            .filter(|entry| self.applies(entry) && entry.typed)
        {
            let names = std::iter::once(&entry.name).chain(entry.aliases);
            if let Some(rank) = names.filter_map(|name| rank(name, typed)).min() {
                found.push((
                    rank,
                    Suggestion {
                        text: entry.name.to_owned(),
                        help: entry.help.to_owned(),
                    },
                ));
            }
        }
        if !typed.is_empty() {
            let several = self.world.has_several_clusters();
            let mut namesakes: HashMap<(&Name, &Name), usize> = HashMap::new();
            for (_, map) in self.world.maps().iter().filter(|_| several) {
                let name = (&map.place.service, &map.place.map);
                *namesakes.entry(name).or_default() += 1;
            }
            for (_, map) in self.world.maps().iter() {
                let (service, name) = (&map.place.service, &map.place.map);
                let cluster = self.world.context(map.id.cluster);
                // Where two clusters have a place of this name, only the cluster's name tells which is meant.
                let path = match namesakes.get(&(service, name)) {
                    Some(2..) => format!("{cluster}:{service}/{name}"),
                    _ => format!("{service}/{name}"),
                };
                let help = |what: &str| {
                    if several {
                        format!("{what} in {cluster}")
                    } else {
                        what.to_owned()
                    }
                };
                let wanted = rank(&path, typed)
                    .or_else(|| rank(&map.id.namespace, typed.trim_start_matches("ns ")));
                if let Some(rank) = wanted {
                    let system = usize::from(&*map.place.service == SYSTEM);
                    found.push((
                        rank + system,
                        Suggestion {
                            text: path.clone(),
                            help: help("Map"),
                        },
                    ));
                }
                if typed.len() < 2 {
                    continue;
                }
                for server in map
                    .servers
                    .iter()
                    .filter_map(|slot| self.world.servers().get(*slot))
                {
                    let full = format!("{path}/{}", server.name);
                    if let Some(rank) = rank(&full, typed).or_else(|| rank(&server.name, typed)) {
                        found.push((
                            rank + 1,
                            Suggestion {
                                text: full,
                                help: help(server.kind.name()),
                            },
                        ));
                    }
                }
            }
        }
        found.extend(self.kinds_like(typed));
        found.sort_by(|a, b| {
            a.0.cmp(&b.0)
                .then_with(|| a.1.text.len().cmp(&b.1.text.len()))
                .then_with(|| a.1.text.cmp(&b.1.text))
        });
        found.truncate(SUGGESTIONS);
        found
            .into_iter()
            .map(|(_, suggestion)| suggestion)
            .collect()
    }

    /// Runs what is typed at the prompt, else the suggestion that is chosen.
    pub(super) fn run_prompt(&mut self, typed: &str, chosen: Option<Suggestion>) -> Vec<Effect> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Vec::new();
        }
        if let Some(command) = command::of_name(typed) {
            return self.meant(command);
        }
        if let Some(effects) = self.run_about_columns(typed) {
            return effects;
        }
        if let Some(name) = context(typed) {
            let suggested = chosen.as_ref().and_then(|chosen| context(&chosen.text));
            return self.switch_to(name, suggested);
        }
        if let Some(name) = themes::theme(typed) {
            let suggested = chosen
                .as_ref()
                .and_then(|chosen| themes::theme(&chosen.text));
            return self.wear(suggested.unwrap_or(name));
        }
        let mut names = ["bookmark ", "mark "].into_iter();
        if let Some(name) = names.find_map(|word| typed.strip_prefix(word)) {
            return self.bookmark(name);
        }
        if let Some(name) = typed.strip_prefix("go ") {
            let suggested = chosen
                .as_ref()
                .and_then(|chosen| chosen.text.strip_prefix("go "));
            return self.go_to_name(name.trim(), suggested);
        }
        let text = chosen.map_or_else(|| typed.to_owned(), |suggestion| suggestion.text);
        if let Some((map, server)) = self.find_typed(typed) {
            self.land(map, server);
        } else if let Some(service) = self.world.service_slot(typed) {
            let id = Id::of(Pane::Services, &self.world, service);
            self.choose(&[id]);
            self.show(Pane::Maps);
        } else if let Some(listing) = self.listing_called(typed) {
            self.list_kind(listing);
        } else if self.may_be_kind(typed) && !self.kinds_are_known() {
            let place = Some(text).filter(|text| text != typed);
            self.sought = Some(Sought::Kind(typed.to_owned(), place, self.now + SEEK));
        } else if let Some((map, server)) = self.find_typed(&text) {
            self.land(map, server);
        } else if let Some(command) = command::of_name(&text) {
            return self.meant(command);
        } else if typed.contains('/') || namespace(typed).is_some() {
            if let Some(name) = namespace(typed) {
                self.try_namespace(name);
            }
            // It may be on its way: made a moment ago, or not listed yet.
            self.sought = Some(Sought::Typed(typed.to_owned(), self.now + SEEK));
        } else if let Some(listing) = self.listing_called(&text) {
            self.list_kind(listing);
        } else if self.may_be_kind(typed) {
            // It may have come since the kinds were read.
            self.sought = Some(Sought::Kind(typed.to_owned(), None, self.now + SEEK));
        } else {
            self.say(format!("There is no command and no place \"{typed}\"."));
        }
        Vec::new()
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

/// How well a name fits: 0 is the whole name, then its beginning, then anywhere; `None` not at all.
pub(super) fn rank(name: &str, typed: &str) -> Option<usize> {
    let (name, typed) = (name.to_lowercase(), typed.to_lowercase());
    match name.find(&typed) {
        Some(0) if name.len() == typed.len() => Some(0),
        Some(0) => Some(2),
        Some(_) => Some(4),
        None => None,
    }
}

/// Whether a text has every word of what is typed.
pub(super) fn has_words(text: &str, typed: &str) -> bool {
    typed
        .split_whitespace()
        .all(|word| rank(text, word).is_some())
}

/// What fits best of what was found, as many as the prompt offers; equals as they come.
pub(super) fn best(found: impl Iterator<Item = (usize, Suggestion)>) -> Vec<Suggestion> {
    let mut found: Vec<(usize, Suggestion)> = found.collect();
    found.sort_by_key(|(rank, _)| *rank);
    let found = found.into_iter().map(|(_, suggestion)| suggestion);
    found.take(SUGGESTIONS).collect()
}
