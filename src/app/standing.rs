//! How far what is shown can be trusted: loading, live, stale with age and cause, forbidden; for a pane, and for all.

use super::{App, Cluster, PATIENCE, filter::knows_in_part};
use crate::{
    command::Command,
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

/// How the open clusters stand together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How many are open.
    pub open: usize,
    /// How many of them are live.
    pub live: usize,
    /// The one that is worst off, and how it stands; none where none is open.
    pub worst: Option<(ClusterId, Standing)>,
}

/// The worst of several: what is old before what is on its way, before what can not be shown. What is on its way is on
/// its way together.
fn worst(parts: &[(ClusterId, Standing)]) -> Option<(ClusterId, Standing)> {
    let rank = |standing: &Standing| match standing {
        Standing::Live => (0, 0),
        Standing::Refused(_) => (1, 0),
        Standing::Loading(..) => (2, 0),
        Standing::Stale(age, _) => (3, *age),
    };
    let (first, rest) = parts.split_first()?;
    let start = (first.0, first.1.clone());
    Some(rest.iter().fold(start, |(of, worst), (cluster, standing)| {
        match (&worst, standing) {
            (Standing::Loading(a, b), Standing::Loading(c, d)) => {
                let about = b.map(|b| b + d.unwrap_or(0)).or(*d);
                (of, Standing::Loading(a + c, about))
            }
            _ if rank(standing) > rank(&worst) => (*cluster, standing.clone()),
            _ => (of, worst),
        }
    }))
}

impl App {
    fn looked_at_map(&self) -> Option<MapId> {
        match self.id(Pane::Maps)? {
            Id::Map(id) => Some(id),
            _ => None,
        }
    }

    /// The feeds that a pane's rows come from: cluster-wide, else those of the namespace.
    fn sources(&self, pane: Pane) -> Vec<Source> {
        let looked_at = self.looked_at_map();
        let all = |what| {
            self.followed()
                .map(move |cluster| Source::all(cluster, what))
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
            (Pane::Kind, _) => self.listing_sources(),
            (Pane::Instances, None) => Vec::new(),
            _ => all(What::Namespaces)
                .chain(What::CONTROLLERS.into_iter().flat_map(all))
                .collect(),
        }
    }

    /// How each cluster's part of a pane stands.
    fn parts(&self, pane: Pane) -> Vec<(ClusterId, Standing)> {
        let sources = self.sources(pane);
        let part = |(id, cluster): (ClusterId, &Cluster)| {
            if let Some(problem) = cluster.problem() {
                return Some((id, Standing::Refused(problem.clone())));
            }
            let mut of = sources
                .iter()
                .filter(|source| source.cluster == id)
                .peekable();
            of.peek()?;
            Some((id, self.sum_up(of)))
        };
        let parts = self.open_clusters().filter_map(part);
        match (pane, self.looked_at_map()) {
            // What is of one Map is of no other cluster.
            (Pane::Servers | Pane::Instances, Some(map)) => {
                parts.filter(|(id, _)| *id == map.cluster).collect()
            }
            _ => parts.collect(),
        }
    }

    /// How a pane stands: as the part of it that is worst off.
    pub fn standing(&self, pane: Pane) -> Standing {
        worst(&self.parts(pane)).map_or(Standing::Live, |(_, standing)| standing)
    }

    /// The cluster for which a pane is not live, where it has to be said which one it is.
    pub fn blamed(&self, pane: Pane) -> Option<&str> {
        let (cluster, standing) = worst(&self.parts(pane))?;
        self.tell_apart(cluster)
            .filter(|_| standing != Standing::Live)
    }

    /// How everything that is wanted of a cluster stands. What is forbidden does not make the rest less live.
    pub fn cluster_standing(&self, cluster: ClusterId) -> Standing {
        if let Some(problem) = self.cluster(cluster).and_then(Cluster::problem) {
            return Standing::Refused(problem.clone());
        }
        let feeds = self.world.feeds().map(|(source, _)| source);
        let mut sources: Vec<&Source> = feeds.filter(|of| of.cluster == cluster).collect();
        // What is always asked for and has not answered yet is no feed.
        let always = What::ALWAYS.map(|what| Source::all(cluster, what));
        if always
            .iter()
            .all(|source| self.world.feed(source).is_none())
        {
            return Standing::Loading(0, None);
        }
        sources.extend(&always);
        sources.sort();
        sources.dedup();
        // Usage is an extra: its server may be away while everything else is fine.
        sources.retain(|source| source.what != What::Usage);
        let known = |source: &&Source| !self.refused(source);
        if sources.iter().any(&known) {
            sources.retain(known);
        }
        self.sum_up(sources.into_iter())
    }

    /// How the open clusters stand, for the header.
    pub fn summary(&self) -> Summary {
        let parts: Vec<(ClusterId, Standing)> = self
            .open_clusters()
            .map(|(id, _)| (id, self.cluster_standing(id)))
            .collect();
        let live = |part: &&(ClusterId, Standing)| part.1 == Standing::Live;
        Summary {
            open: parts.len(),
            live: parts.iter().filter(live).count(),
            worst: worst(&parts),
        }
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
            let command = if pane == self.focus {
                Command::Back
            } else {
                Command::FilterOff
            };
            let mut fields = list.filter.fields();
            let in_part = fields.any(|field| knows_in_part(pane, field));
            let part = in_part.then(|| {
                let all = self.key_to(Command::Instances);
                format!(
                    "\nUsage and restarts are known of Maps that were looked at; {all} has those of all Instances."
                )
            });
            return format!(
                "None of {} {} fits /{}.\n{} clears the filter.{}",
                list.total,
                self.rows_of(pane),
                list.filter.text(),
                self.key_to(command),
                part.unwrap_or_default()
            );
        }
        let parent = match pane {
            Pane::Services | Pane::All | Pane::Kind => None,
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
        if let Some(cluster) = self.asks_of().filter(|_| pane == Pane::Services) {
            let context = self.world.context(cluster);
            return format!(
                "You may not list namespaces in {context}.\nWhich one may you read? Type its name, it is kept for the next time."
            );
        }
        let parts = self.parts(pane);
        if self.open_clusters().next().is_none() {
            let demo = if self.has_only_the_demo() {
                format!(", {} the demo", self.key_to(Command::Open))
            } else {
                String::new()
            };
            let contexts = self.key_to(Command::Contexts);
            return format!(
                "No cluster is open. {contexts} opens one, and so does :ctx NAME{demo}."
            );
        }
        if !self.world.has_several_clusters() || parts.len() < 2 {
            return self.sentence(pane, parent.as_deref(), self.standing(pane));
        }
        // Each cluster has its own reason. That one has nothing is a reason only where all have nothing.
        let waits = |(_, standing): &&(ClusterId, Standing)| *standing != Standing::Live;
        let waiting: Vec<&(ClusterId, Standing)> = parts.iter().filter(waits).collect();
        if waiting.is_empty() {
            return self.sentence(pane, parent.as_deref(), Standing::Live);
        }
        let reasons = waiting.into_iter().filter_map(|(cluster, standing)| {
            let sentence = self.sentence(pane, parent.as_deref(), standing.clone());
            let name = self.world.context(*cluster);
            (!sentence.is_empty()).then(|| format!("{name}: {sentence}"))
        });
        reasons.collect::<Vec<_>>().join("\n")
    }

    /// Whether no open cluster has any Server at all.
    fn nothing_runs(&self) -> bool {
        self.world
            .services()
            .iter()
            .all(|(_, service)| service.counts.servers() == 0)
    }

    fn sentence(&self, pane: Pane, parent: Option<&str>, standing: Standing) -> String {
        if pane == Pane::Kind {
            return self.said_of_kind(standing);
        }
        let of = parent.map_or_else(String::new, |parent| format!(" of {parent}"));
        match standing {
            Standing::Loading(..) if self.now - self.began < PATIENCE => String::new(),
            Standing::Loading(0, _) => format!("Loading {}{of}…", pane.rows()),
            Standing::Loading(have, _) => format!("Loading {}{of}: {have} so far…", pane.rows()),
            Standing::Refused(problem)
                if problem.cause == Cause::NoCluster && self.has_only_the_demo() =>
            {
                format!(
                    "{}.\n{} opens the demo, a simulated cluster inside barkeep. {} chooses another context.",
                    problem.to_string().trim_end_matches('.'),
                    self.key_to(Command::Open),
                    self.key_to(Command::Contexts)
                )
            }
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
                (Pane::Maps, None) if !self.world.services().is_empty() => {
                    "Select a Service to see its Maps.".to_owned()
                }
                (Pane::Services | Pane::Maps | Pane::All | Pane::Kind, _) => {
                    format!("There are no {} yet.", pane.rows())
                }
                (Pane::Servers, Some(_)) if self.nothing_runs() => {
                    "Nothing runs here yet: no Deployment, StatefulSet, DaemonSet, CronJob, Job or Pod in any namespace that you may see.".to_owned()
                }
                (Pane::Servers, Some(map)) => format!("No Servers in {map} yet."),
                (Pane::Instances, Some(server)) => format!("{server} has no Instances now."),
                (Pane::Servers, None) => "Select a Map to see its Servers.".to_owned(),
                (Pane::Instances, None) => "Select a Server to see its Instances.".to_owned(),
            },
        }
    }
}
