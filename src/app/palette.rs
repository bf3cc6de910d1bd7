//! What the prompt offers: commands, places, kinds, contexts, themes, by names that fit what is typed.

use std::collections::HashMap;

use super::{
    App, Destination,
    fit::{BEGINS, Fit, SUGGESTIONS},
    place, themes,
};
use crate::{
    command::{COMMANDS, Command},
    model::{Name, grouping::SYSTEM},
};

/// Something that the prompt offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What stands at the prompt when it is taken.
    pub text: String,
    /// What it is or does.
    pub help: String,
}

impl Suggestion {
    fn new(text: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            help: help.into(),
        }
    }
}

impl From<&Destination> for Suggestion {
    fn from(known: &Destination) -> Self {
        let place = known.place.to_string();
        match &known.name {
            Some(name) => Self::new(format!("go {name}"), place),
            None => Self::new(place, "where you were"),
        }
    }
}

/// Each with how well it fits, the best with the lowest: see [`Fit::rank`]. Between equals an odd number says that it is
/// rather not meant.
pub(super) type Found = Vec<(usize, Suggestion)>;

/// Places that are offered before anything is typed.
const PLACES: usize = 4;

impl App {
    /// What fits what is typed at the prompt, the best first.
    pub fn suggestions(&self, typed: &str) -> Vec<Suggestion> {
        if let Some(begun) = place::context(typed) {
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
        if typed.is_empty() {
            return self.offered_at_first();
        }
        let mut fit = Fit::new(typed);
        let mut found = self.commands_like(&mut fit);
        self.services_like(&mut fit, &mut found);
        self.maps_like(typed, &mut fit, &mut found);
        found.extend(self.kinds_like(typed));
        self.named_elsewhere(&mut fit, &mut found);
        found.sort_by(|(a, first), (b, second)| {
            a.cmp(b)
                .then_with(|| first.text.len().cmp(&second.text.len()))
                .then_with(|| first.text.cmp(&second.text))
        });
        let mut found: Vec<Suggestion> = found.into_iter().map(|(_, found)| found).collect();
        found.dedup_by(|a, b| a.text == b.text);
        found.truncate(SUGGESTIONS);
        found
    }

    /// Whether something was typed at the prompt before.
    pub fn has_commands(&self) -> bool {
        !self.commands.is_empty()
    }

    /// Where one has been, and what can be done.
    fn offered_at_first(&self) -> Vec<Suggestion> {
        let places = self.known_places("").into_iter().take(PLACES);
        let places = places.map(|known| Suggestion::from(&known));
        let entries = COMMANDS.iter().filter(|entry| entry.typed);
        let commands = entries.filter(|entry| self.applies(entry));
        let commands = commands.map(|entry| Suggestion::new(entry.name, entry.help));
        places.chain(commands).take(SUGGESTIONS).collect()
    }

    fn commands_like(&self, fit: &mut Fit) -> Found {
        let entries = COMMANDS.iter().filter(|entry| entry.typed);
        let entries = entries.filter(|entry| self.applies(entry));
        let ranked = entries.filter_map(|entry| {
            let names = std::iter::once(&entry.name).chain(entry.aliases);
            let rank = names.filter_map(|name| fit.rank(name)).min()?;
            // Nobody who types something else is to find barkeep ended.
            let is_meant =
                entry.command != Command::Quit || rank == 0 || fit.rank(entry.name) == Some(BEGINS);
            is_meant.then_some(())?;
            Some((rank, Suggestion::new(entry.name, entry.help)))
        });
        ranked.collect()
    }

    fn services_like(&self, fit: &mut Fit, found: &mut Found) {
        for (_, service) in self.world.services().iter() {
            if let Some(rank) = fit.rank(&service.name) {
                let system = usize::from(&*service.name == SYSTEM);
                found.push((rank + system, Suggestion::new(&*service.name, "Service")));
            }
        }
    }

    /// Maps by their path and by their namespace, and the Servers in them.
    fn maps_like(&self, typed: &str, fit: &mut Fit, found: &mut Found) {
        let mut namespace = place::namespace(typed).map(Fit::new);
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
            let mut path = match namesakes.get(&(service, name)) {
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
            let by_namespace = namespace.as_mut().unwrap_or(fit);
            let wanted = by_namespace.rank(&map.id.namespace);
            let wanted = fit.rank(&path).into_iter().chain(wanted).min();
            if let Some(rank) = wanted {
                let system = usize::from(&**service == SYSTEM);
                found.push((rank + system, Suggestion::new(&*path, help("Map"))));
            }
            if typed.len() < 2 {
                continue;
            }
            let until = path.len();
            for slot in &map.servers {
                let Some(server) = self.world.servers().get(*slot) else {
                    continue;
                };
                path.truncate(until);
                path.push('/');
                path.push_str(&server.name);
                let rank = fit.rank(&path).into_iter();
                if let Some(rank) = rank.chain(fit.rank(&server.name)).min() {
                    let suggestion = Suggestion::new(&*path, help(server.kind.name()));
                    found.push((rank + 1, suggestion));
                }
            }
        }
    }

    /// Contexts, themes, bookmarks and recent places, each as one would type it.
    fn named_elsewhere(&self, fit: &mut Fit, found: &mut Found) {
        let named = self.contexts_ranked(fit).into_iter();
        let named = named.chain(self.themes_ranked(fit));
        found.extend(named.map(|(rank, suggestion)| (rank + 1, suggestion)));
        for known in self.known_places("") {
            let suggestion = Suggestion::from(&known);
            if let Some(rank) = fit.rank(known.name.as_deref().unwrap_or(&suggestion.text)) {
                found.push((rank, suggestion));
            }
        }
    }
}
