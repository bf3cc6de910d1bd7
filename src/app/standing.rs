//! How far what is shown can be trusted: loading, live, stale with age and cause, forbidden; for a pane, and for all.

use super::{App, PATIENCE};
use crate::{
    model::{Cause, ClusterId, FeedState, MapId, Problem, Source, What},
    panes::{Id, Pane},
};

/// How a pane, or everything, stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As it is.
    Live,
    /// On its way: how many so far, about how many in all.
    Loading(usize, Option<usize>),
    /// Old by this many seconds, and why.
    Stale(i64, Problem),
    /// Can not be shown.
    Refused(Problem),
}

impl App {
    /// The feeds that a pane's rows come from: cluster-wide, else those of the namespace.
    fn sources(&self, pane: Pane) -> Vec<Source> {
        let looked_at = self.id(Pane::Maps).and_then(|id| match id {
            Id::Map(id) => Some(id),
            _ => None,
        });
        let all = |what| {
            let clusters = 0..self.clusters.len() as u8;
            clusters.map(move |at| Source::all(ClusterId(at), what))
        };
        let of = |id: &MapId, what| Source::of(id.cluster, what, &id.namespace);
        match (pane, looked_at) {
            (Pane::Servers, Some(id)) => {
                let here = |what| {
                    let wide = Source::all(id.cluster, what);
                    if self.refused(&wide) {
                        of(&id, what)
                    } else {
                        wide
                    }
                };
                What::CONTROLLERS.into_iter().map(here).collect()
            }
            (Pane::Instances, Some(id)) => vec![of(&id, What::Instances)],
            (Pane::All, _) => all(What::Instances).collect(),
            (Pane::Instances, None) => Vec::new(),
            _ => all(What::Namespaces)
                .chain(What::CONTROLLERS.into_iter().flat_map(all))
                .collect(),
        }
    }

    /// How a pane stands.
    pub fn standing(&self, pane: Pane) -> Standing {
        if let Some(problem) = self
            .clusters
            .iter()
            .find_map(|cluster| cluster.problem.clone())
        {
            return Standing::Refused(problem);
        }
        self.sum_up(self.sources(pane).iter())
    }

    /// How everything that is wanted stands, for the header. What is forbidden does not make the rest less live.
    pub fn overall(&self) -> Standing {
        if let Some(problem) = self
            .clusters
            .iter()
            .find_map(|cluster| cluster.problem.clone())
        {
            return Standing::Refused(problem);
        }
        let mut sources: Vec<&Source> = self.world.feeds().map(|(source, _)| source).collect();
        sources.sort();
        if sources.is_empty() {
            return Standing::Loading(0, None);
        }
        // Usage is an extra: its server may be away while everything else is fine.
        sources.retain(|source| source.what != What::Usage);
        let known = |source: &&Source| !self.refused(source);
        if sources.iter().any(&known) {
            sources.retain(known);
        }
        self.sum_up(sources.into_iter())
    }

    fn sum_up<'a>(&self, sources: impl Iterator<Item = &'a Source>) -> Standing {
        let (mut loading, mut have, mut about) = (false, 0, None);
        let mut stale: Option<(i64, &Problem)> = None;
        let mut refused = None;
        for source in sources {
            let Some(feed) = self.world.feed(source) else {
                loading = true;
                continue;
            };
            match &feed.state {
                FeedState::Stale(problem) => {
                    let age = (self.now / 1000 - feed.since).max(0);
                    if stale.is_none_or(|(known, _)| age > known) {
                        stale = Some((age, problem));
                    }
                }
                FeedState::Refused(problem) => refused = refused.or(Some(problem)),
                FeedState::Connecting => loading |= !feed.synced,
                FeedState::Loading(so_far, expected) => {
                    loading |= !feed.synced;
                    have += so_far;
                    about = expected
                        .map(|expected| about.unwrap_or(0) + expected)
                        .or(about);
                }
                FeedState::Live => {}
            }
        }
        match (stale, loading, refused) {
            (Some((age, problem)), ..) => Standing::Stale(age, problem.clone()),
            (None, true, _) => Standing::Loading(have, about),
            (None, false, Some(problem)) => Standing::Refused(problem.clone()),
            (None, false, None) => Standing::Live,
        }
    }

    /// What stands in the middle of a pane that has no rows.
    pub fn empty(&self, pane: Pane) -> String {
        let list = self.list(pane);
        if list.total > 0 {
            return format!(
                "None of {} {} has \"{}\". esc clears the filter.",
                list.total,
                pane.rows(),
                list.filter
            );
        }
        let parent = match pane {
            Pane::Services | Pane::All => None,
            Pane::Maps => self
                .slot(Pane::Services)
                .and_then(|slot| Some(self.world.services().get(slot)?.name.to_string())),
            Pane::Servers => self
                .slot(Pane::Maps)
                .and_then(|slot| Some(self.world.maps().get(slot)?.place.map.to_string())),
            Pane::Instances => self
                .slot(Pane::Servers)
                .and_then(|slot| Some(self.world.servers().get(slot)?.name.to_string())),
        };
        let of = parent
            .as_ref()
            .map_or_else(String::new, |parent| format!(" of {parent}"));
        match self.standing(pane) {
            Standing::Loading(..) if self.now - self.began < PATIENCE => String::new(),
            Standing::Loading(0, _) => format!("Loading {}{of}…", pane.rows()),
            Standing::Loading(have, _) => format!("Loading {}{of}: {have} so far…", pane.rows()),
            Standing::Refused(problem)
                if problem.cause == Cause::Forbidden && pane == Pane::Services =>
            {
                format!(
                    "{}. :ns NAME looks into a namespace that you may read; -n and the configuration do so at the start",
                    problem.what
                )
            }
            Standing::Stale(_, problem) | Standing::Refused(problem) => problem.to_string(),
            Standing::Live => match (pane, parent) {
                (Pane::Services | Pane::Maps | Pane::All, _) => {
                    format!("There are no {} yet.", pane.rows())
                }
                (Pane::Servers, Some(map)) => format!("No Servers in {map} yet."),
                (Pane::Instances, Some(server)) => format!("{server} has no Instances now."),
                (Pane::Servers, None) => "Select a Map to see its Servers.".to_owned(),
                (Pane::Instances, None) => "Select a Server to see its Instances.".to_owned(),
            },
        }
    }
}
