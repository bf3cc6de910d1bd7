//! Which streams the state needs. Nobody starts or stops one by hand.

use std::collections::BTreeSet;

use super::{App, seek::Sought};
use crate::{
    model::{ClusterId, FeedState, Health, MapId, Name, Source, What, filter::Field, world::Feed},
    panes::Pane,
};

/// Maps whose Servers are worst off have their Instances watched, so that the reason is known before anyone asks.
const WORST: usize = 6;
/// Usage of the list of all Instances is asked for in this many namespaces at most: those on screen.
const MEASURED: usize = 4;
/// A cluster that has said nothing for so long is not waited for where another has answered, milliseconds.
const SILENCE: i64 = 8_000;

impl App {
    /// Every stream that what is on screen needs, and a few that are kept warm.
    pub fn wanted(&self) -> BTreeSet<Source> {
        let mut wanted = BTreeSet::new();
        for cluster in self.followed() {
            self.want_cluster(cluster, &mut wanted);
        }
        wanted.extend(self.want_kinds());
        self.want_overview(&mut wanted);
        wanted.extend(self.want_why());
        wanted
    }

    fn want_cluster(&self, cluster: ClusterId, wanted: &mut BTreeSet<Source>) {
        let all = |what| Source::all(cluster, what);
        let of = |what, namespace: &Name| Source::of(cluster, what, namespace);
        for what in What::ALWAYS {
            // Asked for again now and then although it is forbidden: roles are granted while we look.
            wanted.insert(all(what));
            if self.refused(&all(what)) {
                wanted.extend(
                    self.allowed(cluster)
                        .iter()
                        .map(|namespace| of(what, namespace)),
                );
            }
        }
        let listing = self.focus == Pane::All;
        let measures_all = listing && self.asks_for_all_usage();
        let listed = self
            .world
            .feed(&all(What::Instances))
            .is_some_and(|feed| feed.state == FeedState::Live);
        if listing {
            wanted.insert(all(What::Instances));
            if self.refused(&all(What::Instances)) {
                wanted.extend(
                    self.allowed(cluster)
                        .iter()
                        .map(|namespace| of(What::Instances, namespace)),
                );
            }
            if measures_all {
                wanted.insert(all(What::Usage));
            }
            if !measures_all || self.refused(&all(What::Usage)) {
                wanted.extend(
                    self.measured(cluster)
                        .iter()
                        .map(|namespace| of(What::Usage, namespace)),
                );
            }
        }
        for MapId { namespace, .. } in self.warm.iter().filter(|id| id.cluster == cluster) {
            for what in What::OF_A_MAP.into_iter().chain([What::Usage]) {
                let known = what == What::Instances && listing && listed
                    || what == What::Usage && measures_all;
                if !known {
                    wanted.insert(of(what, namespace));
                }
            }
        }
        if !(listing && listed) {
            wanted.extend(
                self.worst(cluster)
                    .iter()
                    .map(|namespace| of(What::Instances, namespace)),
            );
        }
    }

    /// What the answer to why something is as it is is made of, while somebody asks for it.
    fn want_why(&self) -> Vec<Source> {
        let needs = self.why().map_or_else(Vec::new, |why| why.needs().to_vec());
        let asked = |cluster: ClusterId| self.followed().any(|open| open == cluster);
        // What is listed for the whole cluster is not listed once more.
        let listed = |source: &Source| {
            let wide = Source::all(source.cluster, source.what);
            let feed = self.world.feed(&wide).filter(|_| self.focus == Pane::All);
            source.name.is_none() && feed.is_some_and(|feed| feed.state == FeedState::Live)
        };
        needs
            .into_iter()
            .filter(|source| asked(source.cluster) && !listed(source))
            .collect()
    }

    /// Whether a source is known to be forbidden, or not to be there.
    pub(super) fn refused(&self, source: &Source) -> bool {
        self.world
            .feed(source)
            .is_some_and(|feed| matches!(feed.state, FeedState::Refused(_)))
    }

    /// Namespaces to ask in where all may not be asked at once.
    pub(super) fn allowed(&self, cluster: ClusterId) -> BTreeSet<Name> {
        let looked_at = self.looked_at.iter().map(|(id, _)| id).chain(&self.warm);
        let looked_at = looked_at
            .filter(|id| id.cluster == cluster)
            .map(|id| id.namespace.clone());
        let configured = self
            .clusters
            .get(usize::from(cluster.0))
            .map(|cluster| cluster.namespaces.clone());
        looked_at.chain(configured.unwrap_or_default()).collect()
    }

    /// Namespaces whose Servers are not well as far as their controllers tell.
    fn worst(&self, cluster: ClusterId) -> Vec<Name> {
        let unwell =
            |health: &[u32; 6]| health[Health::Failing.rank()] + health[Health::Warning.rank()];
        let mut worst: Vec<_> = self
            .world
            .maps()
            .iter()
            .map(|(_, map)| map)
            .filter(|map| map.id.cluster == cluster && unwell(&map.counts.health) > 0)
            .collect();
        worst.sort_by_key(|map| (map.health().rank(), map.id.namespace.clone()));
        worst
            .into_iter()
            .take(WORST)
            .map(|map| map.id.namespace.clone())
            .collect()
    }

    /// Whether the list of all Instances is sorted or filtered by what they use: then that of those on screen is not enough.
    fn asks_for_all_usage(&self) -> bool {
        let list = self.list(Pane::All);
        let mut fields = list.filter.fields();
        matches!(&*list.sort.by, "cpu" | "memory")
            || fields.any(|field| matches!(field, Field::Cpu | Field::Memory))
    }

    /// Namespaces of the Instances on screen in the list of all.
    fn measured(&self, cluster: ClusterId) -> BTreeSet<Name> {
        let list = self.list(Pane::All);
        let page = self.page(Pane::All);
        let rows = list.order.iter().skip(list.offset).take(page);
        let shown: BTreeSet<Name> = rows
            .filter_map(|slot| self.world.instances().get(*slot))
            .filter(|pod| pod.cluster == cluster)
            .map(|pod| pod.row.meta.namespace.clone())
            .collect();
        if shown.len() <= MEASURED {
            shown
        } else {
            BTreeSet::new()
        }
    }

    /// Where namespaces may not be listed, those that are configured are Maps all the same.
    pub(super) fn assume_maps(&mut self, cluster: ClusterId) {
        let names = self
            .clusters
            .get(usize::from(cluster.0))
            .map(|cluster| cluster.namespaces.clone());
        for namespace in names.unwrap_or_default() {
            self.world.assume_map(cluster, &namespace);
        }
    }

    /// Whether nothing is on its way: every stream that is wanted has delivered, or said why it can not. Each cluster
    /// by itself: one that says nothing at all is not waited for once another has answered.
    pub fn is_quiet(&self) -> bool {
        let settled = self
            .looked_at
            .as_ref()
            .is_none_or(|(id, _)| self.warm.contains(id));
        let wanted = self.wanted();
        let delivered = |source: &Source| {
            self.world
                .feed(source)
                .is_some_and(|feed| match &feed.state {
                    FeedState::Live | FeedState::Refused(_) => true,
                    FeedState::Stale(_) => !feed.synced,
                    FeedState::Connecting | FeedState::Loading(..) => false,
                })
        };
        let answered = |cluster: ClusterId| {
            let mut of = wanted.iter().filter(|source| source.cluster == cluster);
            of.all(&delivered)
        };
        let spoken = |cluster: ClusterId| answered(cluster) && self.has_spoken(cluster);
        let alone = !self.followed().any(spoken);
        let given_up = |cluster: ClusterId| {
            let since = self.cluster(cluster).map_or(self.now, |held| held.since);
            !alone && self.now - since >= SILENCE && !self.has_spoken(cluster)
        };
        let found = match &self.sought {
            None => true,
            Some(Sought::Namespace(cluster, _)) => given_up(*cluster),
            Some(Sought::Named(place, ..)) => {
                let mut searched = self.searched(self.slot_of(&place.context));
                searched.all(given_up)
            }
            Some(Sought::Typed(..) | Sought::Kind(..)) => false,
        };
        let done = |cluster: ClusterId| answered(cluster) || given_up(cluster);
        settled && found && self.is_at_rest() && self.followed().all(done)
    }

    /// Whether a cluster has said anything of what it is asked, be it a refusal.
    fn has_spoken(&self, cluster: ClusterId) -> bool {
        let speaks = |feed: &Feed| match feed.state {
            FeedState::Live | FeedState::Loading(..) | FeedState::Refused(_) => true,
            FeedState::Connecting | FeedState::Stale(_) => feed.synced,
        };
        let mut feeds = self.world.feeds();
        feeds.any(|(source, feed)| source.cluster == cluster && speaks(feed))
    }
}
