//! A kind by the name that somebody types: as far as kinds are known, and looked for where they are not.

use std::{collections::BTreeSet, sync::Arc};

use super::habit::{Habit, is_everywhere};
use crate::{
    app::{
        App, Overlay, Suggestion,
        fit::Fit,
        place::SEEK,
        place::{context, namespace},
        seek::Sought,
    },
    command::{self, Command},
    effect::Effect,
    model::{Address, ClusterId, FeedState, Listing, MapId, Name, Resource, Source, What},
    panes::Pane,
    text::nearest,
};

/// Short names that people bring along from elsewhere, and that no server tells.
const ALIASES: &[(&str, &str)] = &[
    ("dp", "deployments.apps"),
    ("sec", "secrets"),
    ("jo", "jobs.batch"),
    ("np", "networkpolicies.networking.k8s.io"),
    ("cr", "clusterroles.rbac.authorization.k8s.io"),
    ("crb", "clusterrolebindings.rbac.authorization.k8s.io"),
    ("ro", "roles.rbac.authorization.k8s.io"),
    ("rb", "rolebindings.rbac.authorization.k8s.io"),
];

impl App {
    /// The kind that is called so: in this cluster where one is meant, else in the one that is looked at or in any other.
    fn kind_called(&self, name: &str, of: Option<ClusterId>) -> Option<&Arc<Resource>> {
        let clusters = self.meant_or_all(of);
        let called = |name: &str| {
            let mut kinds = clusters.iter().flat_map(|id| self.world.kinds(*id));
            kinds.find(|kind| kind.is_called(name))
        };
        let alias = ALIASES.iter().find(|(short, _)| *short == name);
        called(name).or_else(|| called(alias?.1))
    }

    fn meant_or_all(&self, of: Option<ClusterId>) -> Vec<ClusterId> {
        of.map_or_else(|| self.clusters_from_here(), |of| vec![of])
    }

    /// What is meant by a kind's name, and where: `ingress`, `ing shop-prod`, `ing -A`; in this cluster where one is meant.
    pub(in crate::app) fn listing_called(
        &self,
        typed: &str,
        of: Option<ClusterId>,
    ) -> Option<Listing> {
        if typed == Listing::Kinds.to_string() {
            return Some(Listing::Kinds);
        }
        let mut words = typed.split_whitespace();
        let kind = Arc::clone(self.kind_called(words.next()?, of)?);
        if !kind.namespaced {
            let is_whole = words.next().is_none_or(is_everywhere);
            return is_whole.then_some(Listing::Objects(kind, None));
        }
        let within = match (words.next(), words.next()) {
            (None, _) => self.narrowing(),
            (Some(name), None) if is_everywhere(name) => None,
            (Some(name), None) if !name.starts_with('-') => Some(self.map_named(name, of)?),
            _ => return None,
        };
        Some(Listing::Objects(kind, within))
    }

    /// Shows the list that one types as elsewhere: `pods shop-prod`, `deploy`, `ing -A`; narrowed by what stands behind it,
    /// `/web` or `app=web,tier=front`; of another context with `@prod-eu`. Nothing where there is no such list.
    pub(in crate::app) fn run_list(&mut self, typed: &str) -> Option<Vec<Effect>> {
        let Habit {
            list,
            mut within,
            filter,
            context,
            unknown,
        } = Habit::of(typed);
        let name = *list.first()?;
        let is_instances = command::of_name(name) == Some(Command::Instances);
        let kind = self.kind_called(name, None).cloned();
        if !is_instances && kind.is_none() {
            return None;
        }
        if let Some(flag) = unknown {
            self.say(match flag {
                "-n" | "--namespace" => format!("{flag} wants a namespace behind it."),
                "-l" | "--selector" => format!("{flag} wants labels behind it, as in -l app=web."),
                _ => format!("{flag} is no flag of a list: -n, -A and -l are."),
            });
            return Some(Vec::new());
        }
        if let Some(context) = context {
            // Once that cluster is open, and not if it can not be opened: nobody is to take another's rows for its own.
            let words = typed.split(' ').filter(|word| !word.starts_with('@'));
            let mut there: Vec<&str> = words.collect();
            if list.len() == 1 {
                there.insert(1, "-A");
            }
            let there = there.join(" ");
            let effects = self.switch_to(context, None);
            self.seek_address(Address {
                context: context.to_owned(),
                list: there,
                ..Address::default()
            });
            return Some(effects);
        }
        let place = list.get(1).filter(|word| !is_everywhere(word));
        if let Some(place) = place {
            if let Some(kind) = kind.filter(|kind| !is_instances && !kind.namespaced) {
                self.list_kind(Listing::Objects(kind, None));
                self.narrow_within(&format!("name={place}{within}"), filter);
                return Some(Vec::new());
            }
            if let Some(sentence) = self.why_no_namespace(place) {
                self.say(sentence);
                return Some(Vec::new());
            }
        }
        if is_instances {
            let here = match place {
                Some(name) => Some(format!("namespace={name}")),
                None if list.len() > 1 => None,
                None => self.narrowing().map(|map| self.only_within(&map)),
            };
            within.insert_str(0, &here.unwrap_or_default());
            self.show(Pane::All);
        } else {
            let listing = self.listing_called(&list.join(" "), None)?;
            self.list_kind(listing);
        }
        self.narrow_within(within.trim(), filter);
        Some(Vec::new())
    }

    /// What finds the rows of one Map among all.
    pub(super) fn only_within(&self, map: &MapId) -> String {
        format!("{}namespace={}", self.only_of(map.cluster), map.namespace)
    }

    /// What finds the rows of one cluster where several are open.
    pub(super) fn only_of(&self, cluster: ClusterId) -> String {
        if self.world.has_several_clusters() {
            format!("cluster=\"{}\" ", self.world.context(cluster))
        } else {
            String::new()
        }
    }

    /// Says that there is no such namespace, where all are known.
    fn why_no_namespace(&self, name: &str) -> Option<String> {
        let mut followed = self.followed().peekable();
        if followed.peek().is_none() || !followed.all(|id| self.has_listed_namespaces(id)) {
            return None;
        }
        let maps = self.world.maps().iter();
        let names: Vec<&Name> = maps.map(|(_, map)| &map.id.namespace).collect();
        if names.iter().any(|known| ***known == *name) {
            return None;
        }
        let says = format!("There is no namespace \"{name}\".");
        Some(advised(
            says,
            nearest(name, names.into_iter().map(|name| &**name)),
        ))
    }

    /// Where one looks at one Map, its namespace.
    fn narrowing(&self) -> Option<MapId> {
        match self.focus {
            Pane::Servers | Pane::Instances => self.looked_at.as_ref().map(|(id, _)| id.clone()),
            Pane::Kind => self.world.listing()?.within().cloned(),
            Pane::Services | Pane::Maps | Pane::All => None,
        }
    }

    /// The Map of a namespace, in the cluster that is looked at before others.
    fn map_named(&self, name: &str, of: Option<ClusterId>) -> Option<MapId> {
        let id = |cluster| MapId {
            cluster,
            namespace: name.into(),
        };
        let clusters = self.meant_or_all(of);
        let known = |cluster: &&ClusterId| self.world.map_slot_of(&id(**cluster)).is_some();
        let cluster = clusters.iter().find(known).or(clusters.first());
        cluster.map(|cluster| id(*cluster))
    }

    /// Whether the kinds of every cluster are known, however long ago they were read.
    pub(in crate::app) fn kinds_are_known(&self) -> bool {
        self.followed()
            .all(|cluster| self.world.kinds(cluster).next().is_some())
    }

    /// Whether a text could be the name of a kind, with or without a place.
    pub(in crate::app) fn may_be_kind(&self, typed: &str) -> bool {
        // Behind that stands a filter.
        let list = typed.split(" /").next().unwrap_or_default();
        !list.contains('/')
            && namespace(typed).is_none()
            && context(typed).is_none()
            && command::of_name(typed).is_none()
            && self.followed().next().is_some()
    }

    /// Whether the kinds of the clusters have to be read: somebody looks at them, or has typed what nothing fits.
    pub(super) fn asks_for_kinds(&self) -> bool {
        match (&self.overlay, &self.sought) {
            (_, Some(Sought::Kind(..))) => true,
            (_, Some(Sought::Named(place, ..))) => !place.list.is_empty(),
            (Overlay::Prompt(typed, _), _) => {
                let typed = typed.text().trim();
                typed.len() > 1
                    && self.may_be_kind(typed)
                    && (!self.kinds_are_known() || self.kinds_like(typed).is_empty())
            }
            _ => self.focus == Pane::Kind && self.world.listing() == Some(&Listing::Kinds),
        }
    }

    /// Whether kinds that are asked for have not all been read.
    pub fn looks_for_kinds(&self) -> bool {
        let read = |cluster| {
            let feed = self.world.feed(&Source::all(cluster, What::Kinds));
            feed.is_some_and(|feed| {
                feed.synced || matches!(feed.state, FeedState::Refused(_) | FeedState::Stale(_))
            })
        };
        self.asks_for_kinds() && !self.followed().all(read)
    }

    /// Looks for a kind until all kinds have been read. What was suggested is meant where there is none.
    pub(in crate::app) fn begin_to_seek_kind(&mut self, typed: &str, suggested: Option<String>) {
        self.sought = Some(Sought::Kind(typed.to_owned(), suggested, self.now + SEEK));
        self.say(format!("Looking for the kind \"{typed}\"…"));
    }

    /// Whether a kind is looked for, and all that could be it have been read.
    pub(in crate::app) fn has_sought_kind(&self) -> bool {
        matches!(self.sought, Some(Sought::Kind(..))) && !self.looks_for_kinds()
    }

    /// Goes to the kind that is looked for once it is known, else does what was suggested then.
    pub(in crate::app) fn seek_kind(&mut self) -> Vec<Effect> {
        let Some(Sought::Kind(typed, suggested, until)) = self.sought.clone() else {
            return Vec::new();
        };
        // What the list has to say stays.
        let before = self.message.take();
        if let Some(effects) = self.run_list(&typed) {
            self.sought = None;
            return effects;
        }
        self.message = before;
        if self.looks_for_kinds() && self.now < until {
            self.say(format!("Looking for the kind \"{typed}\"…"));
            return Vec::new();
        }
        self.sought = None;
        self.message = None;
        if let Some(effects) = suggested.and_then(|text| self.run_exactly(&text)) {
            return effects;
        }
        let why = self.why_no_kinds();
        let says = format!("There is no command, no place and no kind \"{typed}\".{why}");
        self.say(advised(says, self.nearest_to(&typed)));
        Vec::new()
    }

    /// What may have been meant where nothing is called so.
    fn nearest_to(&self, typed: &str) -> Option<String> {
        let commands = command::COMMANDS.iter().filter(|entry| entry.typed);
        let commands = commands.flat_map(|entry| std::iter::once(&entry.name).chain(entry.aliases));
        let kinds = self.followed().flat_map(|id| self.world.kinds(id));
        let kinds = kinds.flat_map(|kind| {
            let names = [&kind.plural, &kind.singular].into_iter();
            names.chain(&kind.shorts).map(|name| &**name)
        });
        nearest(typed, commands.copied().chain(kinds))
    }

    /// Why kinds may not all be known, as a sentence behind another; nothing where they are.
    pub(in crate::app) fn why_no_kinds(&self) -> String {
        let failed = self.followed().find_map(|id| {
            match &self.world.feed(&Source::all(id, What::Kinds))?.state {
                FeedState::Stale(problem) | FeedState::Refused(problem) => {
                    Some(format!(" {problem}"))
                }
                _ => None,
            }
        });
        failed.unwrap_or_default()
    }

    /// Kinds that fit what is typed, each with how well: see [`Fit::rank`]. With a place behind the name, that kind there.
    pub(in crate::app) fn kinds_like(&self, typed: &str) -> Vec<(usize, Suggestion)> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Vec::new();
        }
        if let Some((name, place)) = typed.split_once(' ') {
            return self.places_of(name, place.trim());
        }
        let mut fit = Fit::new(typed);
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for kind in self.followed().flat_map(|id| self.world.kinds(id)) {
            let names = [&kind.plural, &kind.singular, &kind.kind].into_iter();
            let full = kind.full();
            let ranked = names
                .chain(&kind.shorts)
                .map(|name| &**name)
                .chain([full.as_str()])
                .filter(|name| !name.is_empty())
                .filter_map(|name| fit.rank(name));
            let Some(rank) = ranked.min().filter(|_| seen.insert(full.clone())) else {
                continue;
            };
            // The plural says which is meant unless an earlier kind has it too.
            let first = self.kind_called(&kind.plural, None);
            let text = match first {
                Some(first) if first.is(kind) => kind.plural.to_string(),
                _ => full.to_string(),
            };
            let help = format!("{} of {}", kind.kind, kind.api_version());
            found.push((rank + usize::from(rank > 0), Suggestion { text, help }));
        }
        found
    }

    fn places_of(&self, name: &str, place: &str) -> Vec<(usize, Suggestion)> {
        let Some(kind) = self.kind_called(name, None).filter(|kind| kind.namespaced) else {
            return Vec::new();
        };
        let mut names: BTreeSet<&Name> = BTreeSet::new();
        names.extend(self.world.maps().iter().map(|(_, map)| &map.id.namespace));
        let mut fit = Fit::new(place);
        let fit = |namespace: &Name| {
            let suggestion = Suggestion {
                text: format!("{name} {namespace}"),
                help: format!("{} in {namespace}", kind.plural),
            };
            Some((fit.rank(namespace)?, suggestion))
        };
        names.into_iter().filter_map(fit).collect()
    }
}

/// A sentence, and the question behind it where there is one.
fn advised(says: String, hint: Option<String>) -> String {
    match hint {
        Some(hint) => format!("{says} {hint}"),
        None => says,
    }
}
