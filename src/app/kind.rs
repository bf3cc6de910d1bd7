//! Any kind of the cluster: finding it by the name that was typed, listing it, narrowing the list to a Map's namespace, and
//! getting from its rows to where barkeep has a better place for them.

mod called;
mod habit;

use std::sync::Arc;

use super::{App, Sort, Standing, place::SEEK, seek::Sought};
use crate::{
    model::{
        Cause, FeedState, Filter, Key, Listing, MapId, Resource, Source, What,
        filter::Field,
        listing::{Heading, Line, Value},
        table::Slot,
    },
    panes::{Id, Pane, columns_of_kind, is_of_events},
};

/// Whatever lives in no namespace has its Events in this one.
const EVENTS_OF_ALL: &str = "default";
/// Kinds whose objects barkeep knows as Servers.
const SERVERS: &[(&str, &str)] = &[
    ("apps", "deployments"),
    ("apps", "statefulsets"),
    ("apps", "daemonsets"),
    ("apps", "replicasets"),
    ("batch", "cronjobs"),
    ("batch", "jobs"),
];

/// How the list of a kind is shown.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Of which list the columns are, and as what its server prints them.
    printed: Option<(Id, Arc<[Heading]>)>,
    /// A row that was selected there before, until it is there again.
    awaited: Option<Id>,
}

impl App {
    /// Lists a kind; the focus goes there.
    pub(super) fn list_kind(&mut self, listing: Listing) {
        self.leave_panel();
        self.remember();
        self.look_at_kind(listing, None);
        self.remember();
    }

    /// Shows a kind's list, with this row selected once it is there.
    pub(super) fn look_at_kind(&mut self, listing: Listing, selected: Option<Id>) {
        self.focus = Pane::Kind;
        self.lists[Pane::Kind as usize].filter = Filter::default();
        self.world.look_at(Some(listing));
        self.refresh_list(Pane::Kind);
        self.kind.awaited = selected.or_else(|| self.list(Pane::Kind).selected().cloned());
        self.find_line();
    }

    /// Gives the list of a kind the columns in which its server prints it, and what was kept of how it looked.
    pub(super) fn print_kind(&mut self) {
        let Some(parent) = self.parent(Pane::Kind) else {
            return;
        };
        let headings = self.world.shared_headings();
        let is_same = |(of, printed): &(Id, Arc<[Heading]>)| of == parent && printed == headings;
        if self.kind.printed.as_ref().is_some_and(is_same) {
            return;
        }
        self.kind.printed = Some((parent.clone(), Arc::clone(headings)));
        let list = &mut self.lists[Pane::Kind as usize];
        list.sort_at_first = if is_of_events(&self.world) {
            Sort::youngest("last-seen")
        } else {
            Sort::first(Pane::Kind)
        };
        list.sort = list.sort_at_first.clone();
        list.skipped = 0;
        list.columns.wide = false;
        list.columns.offer(columns_of_kind(&self.world));
        let kept = std::mem::take(&mut self.kept);
        self.recall_table(Pane::Kind, &kept);
        self.kept = kept;
        self.check_filter();
    }

    /// Selects the row that is waited for, once it is there.
    pub(super) fn find_line(&mut self) {
        let Some(id) = &self.kind.awaited else {
            return;
        };
        if id.slot(&self.world).is_some() {
            let id = self.kind.awaited.take();
            self.lists[Pane::Kind as usize].select(id, &self.world);
        }
    }

    /// Back to where one was before.
    pub(super) fn leave_kind(&mut self) {
        if self.has_been_elsewhere() {
            self.travel(-1);
        } else {
            self.show(Pane::Services);
        }
    }

    /// To what a row stands for: a Map, a Server, the kind that it defines; else into the panel.
    pub(super) fn open_line(&mut self) {
        let world = &self.world;
        let Some(line) = self.slot(Pane::Kind).and_then(|slot| world.line(slot)) else {
            return;
        };
        if let Some(kind) = &line.kind {
            let listing = Listing::Objects(Arc::clone(kind), None);
            return self.list_kind(listing);
        }
        let Some(of) = world.resource_of(line) else {
            return;
        };
        let known = (&*of.group, &*of.plural);
        if of.is_of("", "namespaces") {
            let id = MapId {
                cluster: line.key.cluster,
                namespace: line.row.name.as_str().into(),
            };
            if let Some(slot) = world.map_slot_of(&id) {
                return self.land(slot, None);
            }
        } else if SERVERS.contains(&known)
            && let Some(slot) = world.server_slot(line.key)
            && let Some(server) = world.servers().get(slot)
        {
            let map = server.map;
            return self.land(map, Some(slot));
        } else if of.is_of("apiextensions.k8s.io", "customresourcedefinitions") {
            let name = line.row.name.to_string();
            match self.listing_called(&name, None) {
                Some(listing) => self.list_kind(listing),
                None => self.sought = Some(Sought::Kind(name, None, self.now + SEEK)),
            }
            return;
        } else if let Some(filter) = self.instances_of(line, of) {
            self.show(Pane::All);
            return self.narrow(&filter);
        } else if let Some((map, server)) = self.server_of_event(line) {
            return self.land(map, Some(server));
        }
        self.turn_to_panel();
    }

    /// What the server prints of a row under a heading.
    fn printed<'a>(&'a self, line: &'a Line, heading: &str) -> Option<&'a str> {
        let mut headings = self.world.headings().iter();
        let n = headings.position(|of| &*of.name == heading)?;
        match self.world.value(line, n)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What an Event is about: `pod/web-7d9-abc12`.
    fn about<'a>(&'a self, line: &'a Line) -> Option<(&'a str, &'a str)> {
        let object = || self.printed(line, "OBJECT")?.split_once('/');
        is_of_events(&self.world).then(object).flatten()
    }

    /// The Server that an Event is about, and its Map.
    fn server_of_event(&self, line: &Line) -> Option<(Slot, Slot)> {
        let (kind, name) = self.about(line)?;
        let map = self.world.map_slot_of(&MapId {
            cluster: line.key.cluster,
            namespace: line.row.namespace.clone(),
        })?;
        let mut servers = self.world.servers().iter();
        let (slot, _) = servers.find(|(_, server)| {
            server.map == map
                && *server.name == *name
                && server.kind.name().eq_ignore_ascii_case(kind)
        })?;
        Some((map, self.world.root(slot)))
    }

    /// What finds the Instances that a row stands for: those on a node, those behind a v1 Service, the one that an Event is
    /// about.
    fn instances_of(&self, line: &Line, of: &Resource) -> Option<String> {
        let name = &line.row.name;
        let cluster = self.only_of(line.key.cluster);
        if of.is_of("", "nodes") {
            return Some(format!("{cluster}node={name}"));
        }
        let here = format!("{cluster}namespace={}", line.row.namespace);
        if let Some(("pod", name)) = self.about(line) {
            return Some(format!("{here} name={name}"));
        }
        let selector = self.printed(line, "SELECTOR")?;
        of.is_of("", "services")
            .then(|| format!("{here} -l {selector}"))
    }

    /// All Instances; those of all namespaces where they have been narrowed to one, as `:pods shop-prod` does.
    pub(super) fn show_all(&mut self) {
        let filter = &self.list(Pane::All).filter;
        if self.focus == Pane::All {
            let everywhere = filter.without(&[Field::Cluster, Field::Namespace]);
            if everywhere != *filter {
                self.lists[Pane::All as usize].filter = everywhere;
            }
        }
        self.show(Pane::All);
    }

    /// All namespaces, or that of the Map looked at.
    pub(super) fn turn_namespace(&mut self) {
        let Some(Listing::Objects(of, within)) = self.world.listing().cloned() else {
            return;
        };
        let map = match within {
            Some(_) => None,
            None => self.looked_at.as_ref().map(|(id, _)| id.clone()),
        };
        self.list_kind(Listing::Objects(of, map));
    }

    /// Whether the list of a kind can be narrowed to a namespace, or is.
    pub(super) fn is_narrowable(&self) -> bool {
        let of = self.world.listing().and_then(Listing::resource);
        self.focus == Pane::Kind
            && of.is_some_and(|of| of.namespaced)
            && (self.narrowed_to().is_some() || self.looked_at.is_some())
    }

    /// Whether it is known why something is as it is: not of an object of any kind.
    pub(super) fn can_say_why(&self) -> bool {
        let subject = self.subject();
        subject.is_some_and(|id| !matches!(id, Id::Object(_) | Id::Listing(_)))
    }

    /// The namespace that the list of a kind is narrowed to.
    pub fn narrowed_to(&self) -> Option<&str> {
        let map = self.world.listing()?.within()?;
        Some(&map.namespace)
    }

    /// What one calls the rows of a pane in a sentence.
    pub fn rows_of(&self, pane: Pane) -> &str {
        match self.world.listing() {
            Some(listing) if pane == Pane::Kind => listing.plural(),
            _ => pane.rows(),
        }
    }

    /// The title of a pane.
    pub fn title_of(&self, pane: Pane) -> String {
        match pane {
            Pane::Kind => self.rows_of(pane).to_uppercase(),
            _ => pane.title().to_owned(),
        }
    }

    /// Streams for the kinds there are, and for the list of one.
    pub(super) fn want_kinds(&self) -> Vec<Source> {
        let kinds = self.followed().filter(|_| self.asks_for_kinds());
        let mut wanted: Vec<Source> = kinds.map(|id| Source::all(id, What::Kinds)).collect();
        if self.focus == Pane::Kind {
            wanted.extend(self.listing_sources());
        }
        wanted
    }

    /// The whole of a kind's list, of each cluster that serves the kind.
    fn wide_sources(&self) -> Vec<Source> {
        let (of, within) = match self.world.listing() {
            None => return Vec::new(),
            Some(Listing::Kinds) => {
                let kinds = self.followed().map(|id| Source::all(id, What::Kinds));
                return kinds.collect();
            }
            Some(Listing::Objects(of, within)) => (of, within.as_ref()),
        };
        let clusters = self
            .followed()
            .filter(|cluster| within.is_none_or(|map| map.cluster == *cluster));
        let namespace = within.map(|map| &map.namespace);
        let source = |cluster| {
            // Each cluster may serve it in another version, or not at all.
            let mut kinds = self.world.kinds(cluster).peekable();
            let is_known = kinds.peek().is_some();
            let own = kinds.find(|kind| kind.is(of));
            match own {
                Some(own) => Some(Source::table(cluster, own, namespace)),
                None if is_known && self.world.has_several_clusters() && within.is_none() => None,
                None => Some(Source::table(cluster, of, namespace)),
            }
        };
        clusters.filter_map(source).collect()
    }

    /// The feeds that a kind's list comes from: the whole, and where that is forbidden those of the namespaces that may be
    /// read too. The whole stays among them: that it may not be read is to be said, and roles are granted while we look.
    pub(super) fn listing_sources(&self) -> Vec<Source> {
        let mut sources = Vec::new();
        for wide in self.wide_sources() {
            let of = wide.of.clone().filter(|of| of.namespaced);
            let forbidden = wide.namespace.is_none() && self.is_forbidden(&wide);
            let cluster = wide.cluster;
            sources.push(wide);
            if let Some(of) = of.filter(|_| forbidden) {
                let allowed = self.allowed(cluster);
                let narrow = allowed
                    .iter()
                    .map(|name| Source::table(cluster, &of, Some(name)));
                sources.extend(narrow);
            }
        }
        sources
    }

    /// Whether it may not be read; what is not served is served in no namespace either.
    fn is_forbidden(&self, source: &Source) -> bool {
        let feed = self.world.feed(source);
        feed.is_some_and(|feed| {
            matches!(&feed.state, FeedState::Refused(problem) if problem.cause == Cause::Forbidden)
        })
    }

    /// An object of any kind, and its Events.
    pub(super) fn object_sources(&self, key: Key) -> Vec<Source> {
        let line = self
            .world
            .line_slot(key)
            .and_then(|slot| self.world.line(slot));
        let Some((line, object)) =
            line.and_then(|line| Some((line, self.world.source_of_line(line)?)))
        else {
            return Vec::new();
        };
        let namespace = if line.row.namespace.is_empty() {
            EVENTS_OF_ALL.into()
        } else {
            line.row.namespace.clone()
        };
        vec![object, Source::of(key.cluster, What::Events, &namespace)]
    }

    /// What stands in the middle of a kind's list that has no rows.
    pub(super) fn said_of_kind(&self, standing: Standing) -> String {
        let Some(listing) = self.world.listing() else {
            return String::new();
        };
        let rows = listing.plural();
        let place = self
            .narrowed_to()
            .map_or_else(String::new, |namespace| format!(" in {namespace}"));
        match (standing, listing) {
            (Standing::Loading(0, _), _) => format!("Loading {rows}{place}…"),
            (Standing::Loading(have, _), _) => format!("Loading {rows}{place}: {have} so far…"),
            (Standing::Refused(problem), Listing::Objects(of, _))
                if problem.cause == Cause::NotFound =>
            {
                format!(
                    "There is no kind {} here: it is not served, or no longer.",
                    of.full()
                )
            }
            (Standing::Refused(problem) | Standing::Stale(_, problem), _) => problem.to_string(),
            (Standing::Live, _) => format!("There are no {rows}{place}."),
        }
    }
}
