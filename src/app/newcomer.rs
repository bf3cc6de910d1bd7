//! What a newcomer meets: no cluster at all, and no right to list namespaces.

use crossterm::event::KeyCode;

use super::{App, Manner, Overlay, Reach, act::type_into};
use crate::{
    effect::Effect,
    keys::Chord,
    memory::Keep,
    model::{Cause, ClusterId, Context, FeedState, MapId, Name, News, Source, What},
    panes::Pane,
};

/// The longest name of a namespace (RFC 1123 label).
const LONGEST: usize = 63;

impl App {
    /// Whether there is nothing to look at but the simulated cluster: no other is open, and none was named that is not there.
    pub(super) fn has_only_the_demo(&self) -> bool {
        let none = |reach: &Reach| match reach {
            Reach::Broken(problem) => problem.cause == Cause::NoCluster,
            Reach::Closed => true,
            Reach::Open | Reach::Opening(_) => false,
        };
        cfg!(feature = "demo")
            && self.focus == Pane::Services
            && self.clusters.iter().all(|cluster| none(&cluster.reach))
    }

    /// Looks at the simulated cluster instead of none.
    pub(super) fn open_the_demo(&mut self) -> Vec<Effect> {
        self.open_cluster(Context::Simulated, Manner::Instead)
    }

    /// Asks which namespace may be read, once, where they may not be listed and nobody has named one.
    pub(super) fn ask_for_a_namespace(&mut self, id: ClusterId) {
        let all = Source::all(id, What::Namespaces);
        let forbidden = self.world.feed(&all).is_some_and(|feed| {
            matches!(&feed.state, FeedState::Refused(problem) if problem.cause == Cause::Forbidden)
        });
        // Whoever has another cluster to look at is not held up by a question.
        let others = self.open_clusters().count() > 1;
        let Some(cluster) = self.clusters.get_mut(usize::from(id.0)) else {
            return;
        };
        if forbidden
            && cluster.namespaces.is_empty()
            && !others
            && self.overlay == Overlay::None
            && !std::mem::replace(&mut cluster.asked, true)
        {
            self.overlay = Overlay::Namespace(id, String::new());
        }
    }

    /// The few words for a newcomer have been read: what was to be asked meanwhile is asked now.
    pub(super) fn end_welcome(&mut self) -> Effect {
        self.overlay = Overlay::None;
        let open: Vec<ClusterId> = self.followed().collect();
        for id in open {
            self.ask_for_a_namespace(id);
        }
        Effect::Keep(self.keep(Keep::Welcomed))
    }

    /// The cluster of which it is being asked which namespace may be read.
    pub(super) fn asks_of(&self) -> Option<ClusterId> {
        match self.overlay {
            Overlay::Namespace(cluster, _) => Some(cluster),
            _ => None,
        }
    }

    /// Takes a key of the answer. One that no name begins with means what it always means.
    pub(super) fn namespace_key(
        &mut self,
        chord: Chord,
        cluster: ClusterId,
        mut text: String,
    ) -> Vec<Effect> {
        match chord.code {
            KeyCode::Esc => return Vec::new(),
            KeyCode::Enter if text.is_empty() => return Vec::new(),
            KeyCode::Enter => {
                if is_a_name(&text) {
                    self.look_into(cluster, &text);
                    self.seek_namespace(cluster, &text);
                    return Vec::new();
                }
                self.say("a name has lower-case letters, digits and -");
            }
            KeyCode::Char(c) if text.is_empty() && !c.is_alphanumeric() => return self.key(chord),
            _ => type_into(&mut text, chord),
        }
        self.overlay = Overlay::Namespace(cluster, text);
        Vec::new()
    }

    /// A namespace is looked into although it may not be listed. It is kept once something of it could be read.
    pub(super) fn look_into(&mut self, cluster: ClusterId, namespace: &str) {
        let Some(slot) = self.clusters.get_mut(usize::from(cluster.0)) else {
            return;
        };
        if !slot.namespaces.iter().any(|known| **known == *namespace) {
            slot.namespaces.push(namespace.into());
            self.named.push((cluster, namespace.into()));
        }
        self.assume_maps(cluster);
    }

    /// A namespace that somebody named, and of which nothing at all may be read, is no Map: the question comes back.
    pub(super) fn drop_what_can_not_be_read(&mut self, source: &Source) {
        let (Some(at), Some(namespace)) = (self.was_named(source), source.namespace.clone()) else {
            return;
        };
        let cluster = source.cluster;
        let nothing = What::CONTROLLERS
            .into_iter()
            .all(|what| self.refused(&Source::of(cluster, what, &namespace)));
        if !nothing {
            return;
        }
        self.named.swap_remove(at);
        if let Some(slot) = self.clusters.get_mut(usize::from(cluster.0)) {
            slot.namespaces.retain(|known| *known != namespace);
        }
        self.world.end_assumption(&MapId {
            cluster,
            namespace: namespace.clone(),
        });
        self.sought = None;
        self.say(format!("{namespace} may not be read, or is not there"));
        if self.overlay == Overlay::None && self.world.maps().is_empty() {
            self.overlay = Overlay::Namespace(cluster, String::new());
        }
    }

    /// Keeps a namespace that somebody named, as soon as anything of it could be read: what was mistyped never is.
    pub(super) fn keep_what_was_named(&mut self, source: &Source, news: &News) -> Vec<Effect> {
        let read = matches!(news, News::State(FeedState::Live)) && source.what != What::Usage;
        let (Some(at), Some(cluster)) = (self.was_named(source), self.cluster(source.cluster))
        else {
            return Vec::new();
        };
        if !read {
            return Vec::new();
        }
        let context = cluster.context.clone();
        let (_, namespace) = self.named.swap_remove(at);
        vec![Effect::Keep(Keep::Namespace {
            context,
            namespace: namespace.to_string(),
        })]
    }

    /// Which of the namespaces that somebody named, and of which nothing has been read yet, a source is of.
    fn was_named(&self, source: &Source) -> Option<usize> {
        let here = |(cluster, namespace): &(ClusterId, Name)| {
            *cluster == source.cluster && source.namespace.as_ref() == Some(namespace)
        };
        self.named.iter().position(here)
    }
}

fn is_a_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.len() <= LONGEST
        && text.chars().all(fits)
        && !text.starts_with('-')
        && !text.ends_with('-')
}
