//! Why something is as it is: from a Service, a Map, a Server or an Instance down to the container or the Event, in words.
//!
//! ```text
//!  ✖ crasher   Deployment in shop ▸ dev                                     Why: health, name, kind, place
//!    0 of 1 ready: its Instance keeps crashing, 7 restarts in 14m.          says
//!    └ ✖ crasher-5cb4cdd977-kxlbt   CrashLoopBackOff, next try in 2m41s     Link
//!      └ container crasher   exited with code 3 after 2s                    Link
//!        last words:  FATAL: cannot reach db:5432                           Words, once they are read
//!    It ends by itself: …                                                   advice
//! ```
//!
//! Rules only: [`health`](super::health) says which one holds, the tables here say it in words. Nothing is asked of a
//! cluster; what more is worth reading for an answer stands in [`Why::needs`].

mod above;
mod creation;
mod exit;
mod ill;
mod image;
mod instance;
mod over;
mod probe;
mod reading;
mod schedule;
mod sentence;
mod server;
mod start;
mod tells;
#[cfg(test)]
mod tests;
mod troubles;

pub use sentence::{Part, Sentence};

use super::{
    detail::{Detail, Role},
    health::Health,
    ids::{ClusterId, Id, Name},
    problem::Problem,
    row::Kind,
    source::{FeedState, Source, What},
    tree::Map,
    world::World,
};

/// Why something is as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// How it is.
    pub health: Health,
    /// Its name.
    pub name: Name,
    /// What it is: `Deployment`, `Instance of web`, `Map`.
    pub kind: Name,
    /// Names of the Service and the Map that it is in.
    pub place: Vec<Name>,
    /// How it is and why, in one or two sentences.
    pub says: Sentence,
    /// From there down to what is behind it.
    pub links: Vec<Link>,
    /// What usually helps.
    pub advice: Vec<&'static str>,
    /// The rule of the health table that holds, and where that comes from.
    pub rule: Option<(&'static str, &'static str)>,
    needs: Vec<Source>,
}

/// One step from what is seen to what is behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// How far down: 0 for what stands right beneath the subject.
    pub depth: u8,
    /// How that is, where it has a health of its own.
    pub health: Option<Health>,
    /// What it is.
    pub thing: Thing,
    /// Its name; an Event's reason.
    pub name: Name,
    /// What there is to say about it.
    pub says: Sentence,
    /// When.
    pub when: When,
    /// Where it leads.
    pub goes: Option<Id>,
    /// The last lines that a container wrote.
    pub words: Option<Words>,
}

/// What a step is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A Map of a Service.
    Map,
    /// A Server of a Map.
    Server,
    /// A controller beneath a Server.
    Controller(Kind),
    /// An Instance.
    Instance,
    /// A container of it.
    Container(Role),
    /// A PersistentVolumeClaim.
    Claim,
    /// An Event.
    Event,
    /// Others that need no line of their own.
    More,
}

/// A time, and how it is meant; epoch seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Nothing tells.
    Unknown,
    /// It happened then.
    At(i64),
    /// It has been so since then.
    From(i64),
}

impl When {
    fn at(at: i64) -> Self {
        if at == 0 { Self::Unknown } else { Self::At(at) }
    }

    fn from(at: i64) -> Self {
        if at == 0 {
            Self::Unknown
        } else {
            Self::From(at)
        }
    }

    /// The time itself, 0 where nothing tells.
    pub fn time(self) -> i64 {
        match self {
            Self::Unknown => 0,
            Self::At(at) | Self::From(at) => at,
        }
    }
}

/// The last lines of a container's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// On their way.
    Reading,
    /// Here they are, oldest first.
    Said(Vec<Name>),
    /// They may not be read, or can not.
    Refused(Problem),
}

impl Link {
    fn new(depth: u8, thing: Thing, name: impl Into<Name>, says: Sentence) -> Self {
        Self {
            depth,
            health: None,
            thing,
            name: name.into(),
            says,
            when: When::Unknown,
            goes: None,
            words: None,
        }
    }
}

impl Why {
    /// What has to be watched so that the answer is complete and stays right.
    pub fn needs(&self) -> &[Source] {
        &self.needs
    }

    /// Where its steps lead, those that lead anywhere: index of the step, and the place.
    pub fn ways(&self) -> impl Iterator<Item = (usize, &Id)> {
        let ways = self.links.iter().enumerate();
        ways.filter_map(|(at, link)| Some((at, link.goes.as_ref()?)))
    }

    fn need(&mut self, map: &Map) {
        let of = |what| Source::of(map.id.cluster, what, &map.id.namespace);
        self.needs.extend(What::OF_A_WHY.map(of));
    }
}

/// Why it is as it is; nothing for what is not there. `now` in epoch seconds.
pub fn why(world: &World, subject: &Id, now: i64) -> Option<Why> {
    let slot = subject.slot(world)?;
    match subject {
        Id::Service(_) => Some(above::service(world, world.services().get(slot)?, now)),
        Id::Map(_) => Some(above::map(world, world.maps().get(slot)?, now)),
        Id::Server(_) => server::server(world, world.servers().get(slot)?, now),
        Id::Instance(_) => instance::instance(world, world.instances().get(slot)?, now),
        Id::Object(_) | Id::Listing(_) => None,
    }
}

/// The last words of a container as far as they are read, and what has to be read for them.
fn last_words(
    world: &World,
    cluster: ClusterId,
    namespace: &Name,
    pod: &str,
    container: &str,
) -> (Words, Source) {
    let source = Source::one(
        cluster,
        What::LastWords,
        namespace,
        &format!("{pod}/{container}"),
    );
    let words = match (
        world.detail(&source),
        world.feed(&source).map(|feed| &feed.state),
    ) {
        (Some(Detail::Words(lines)), _) => Words::Said(lines.clone()),
        (_, Some(FeedState::Refused(problem) | FeedState::Stale(problem))) => {
            Words::Refused(problem.clone())
        }
        (_, Some(FeedState::Live)) => Words::Said(Vec::new()),
        _ => Words::Reading,
    };
    (words, source)
}

/// Names of the Service and the Map that something is in.
fn place(map: &Map) -> Vec<Name> {
    vec![map.place.service.clone(), map.place.map.clone()]
}
