//! The open clusters: opening, closing and switching while the program runs, and the list to choose from.
//!
//! ```text
//!  Closed ─ open ─→ Opening ─ Event::Opened ─┬→ Open     its feeds run, see `wanted`
//!    ▲                                       └→ Broken   can not be asked at all, and says why
//!    └──────────── close ─────────────────────┘          all that was held of it is let go
//! ```
//!
//! A slot is never given to another context, so that what is remembered of a cluster still means it.

use std::collections::VecDeque;

use crossterm::event::KeyCode;

use super::{
    App, Overlay, Picker, Standing, Suggestion, act,
    fit::{Fit, best, has_words},
    palette::Found,
};
use crate::{
    command::{Command, Scope},
    effect::Effect,
    event::{Meter, Opened},
    keys::Chord,
    model::{Cause, ClusterId, Context, FeedState, Name, Offer, Problem},
};

/// One cluster that is, or was, open.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// What it is called: the kubeconfig's context.
    pub context: String,
    /// Whether it can be asked.
    pub reach: Reach,
    /// Namespaces to look into where they may not be listed: of the command line, the context, the configuration.
    pub namespaces: Vec<Name>,
    /// The person has been asked which of them may be read.
    pub asked: bool,
    /// Requests so far, sampled each second for a minute: (milliseconds, requests).
    pub samples: VecDeque<(i64, Meter)>,
    /// When it was opened, milliseconds since the epoch.
    pub since: i64,
}

/// Whether a cluster can be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// It is being found out where its context leads.
    Opening(Manner),
    /// It is followed.
    #[default]
    Open,
    /// It is wanted, but can not be asked at all.
    Broken(Problem),
    /// It was open, and nothing of it is held.
    Closed,
}

/// What becomes of the clusters that are open when another one is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// They stay.
    Beside,
    /// They are closed, once it is sure that the new one can be asked.
    Instead,
}

/// A line of the list to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Which.
    pub offer: Offer,
    /// Where it is open, and how it stands.
    pub open: Option<(ClusterId, Standing)>,
}

/// The most clusters that can be opened while the program runs, each in a slot of its own.
pub const MOST: usize = 255;

impl Cluster {
    /// Whether it is wanted, be it that it can be asked or not.
    pub fn is_open(&self) -> bool {
        matches!(self.reach, Reach::Open | Reach::Broken(_))
    }

    /// Why it can not be asked at all.
    pub fn problem(&self) -> Option<&Problem> {
        match &self.reach {
            Reach::Broken(problem) => Some(problem),
            _ => None,
        }
    }

    /// What its connection has cost so far.
    pub fn meter(&self) -> Meter {
        self.samples
            .back()
            .map_or_else(Meter::default, |(_, meter)| *meter)
    }

    /// Requests of the last minute.
    pub fn requests_a_minute(&self) -> u64 {
        let first = self.samples.front().map_or(0, |(_, meter)| meter.requests);
        self.meter().requests.saturating_sub(first)
    }
}

impl App {
    /// Every cluster that is open, in the order of the slots.
    pub fn open_clusters(&self) -> impl Iterator<Item = (ClusterId, &Cluster)> {
        let all = self.clusters.iter().enumerate();
        all.filter(|(_, cluster)| cluster.is_open())
            .map(|(at, cluster)| (ClusterId(at as u8), cluster))
    }

    /// Those of them that can be asked.
    pub(super) fn followed(&self) -> impl Iterator<Item = ClusterId> {
        self.open_clusters()
            .filter(|(_, cluster)| cluster.reach == Reach::Open)
            .map(|(id, _)| id)
    }

    /// The cluster that is looked at: of what is selected, else of the Map that is shown beside it, else the only one.
    pub(super) fn cluster_looked_at(&self) -> Option<ClusterId> {
        let of_subject = self.subject().and_then(|id| id.cluster());
        let of_map = || self.looked_at.as_ref().map(|(id, _)| id.cluster);
        let alone = || {
            let mut open = self.open_clusters().map(|(id, _)| id);
            open.next().filter(|_| open.next().is_none())
        };
        of_subject.or_else(of_map).or_else(alone)
    }

    /// The clusters that are followed, the one that is looked at before the others.
    pub(super) fn clusters_from_here(&self) -> Vec<ClusterId> {
        let here = self.looked_at.as_ref().map(|(id, _)| id.cluster);
        here.into_iter().chain(self.followed()).collect()
    }

    /// A cluster whose credential plugin waits for a person: the one that is looked at before any other.
    pub fn login_needed(&self) -> Option<ClusterId> {
        let here = self.looked_at.as_ref().map(|(id, _)| id.cluster);
        let open = self.open_clusters().map(|(id, _)| id);
        here.into_iter()
            .chain(open)
            .find(|id| self.waits_for_login(*id))
    }

    /// Whether the credential plugin of this cluster waits for a person.
    pub fn waits_for_login(&self, cluster: ClusterId) -> bool {
        let waits = |problem: &Problem| problem.cause == Cause::Login;
        let fed = self.world.feeds().any(|(source, feed)| {
            source.cluster == cluster
                && matches!(&feed.state, FeedState::Stale(problem) | FeedState::Refused(problem) if waits(problem))
        });
        fed || self
            .cluster(cluster)
            .is_some_and(|cluster| cluster.problem().is_some_and(waits))
    }

    /// What the cluster is called, where it has to be said because more than one is open.
    pub fn tell_apart(&self, cluster: ClusterId) -> Option<&str> {
        self.world
            .has_several_clusters()
            .then(|| self.world.context(cluster))
    }

    pub(super) fn slot_of(&self, name: &str) -> Option<ClusterId> {
        let at = self
            .clusters
            .iter()
            .position(|cluster| cluster.context == name)?;
        Some(ClusterId(at as u8))
    }

    pub(super) fn cluster(&self, id: ClusterId) -> Option<&Cluster> {
        self.clusters.get(usize::from(id.0))
    }

    /// Opens a cluster. Nothing waits for it, nor for those that it takes the place of.
    pub(super) fn open_cluster(&mut self, context: Context, manner: Manner) -> Vec<Effect> {
        let id = match self.slot_of(context.name()) {
            Some(id) => id,
            None if self.clusters.len() < MOST => {
                self.clusters.push(Cluster {
                    context: context.name().to_owned(),
                    reach: Reach::Closed,
                    ..Cluster::default()
                });
                ClusterId((self.clusters.len() - 1) as u8)
            }
            None => {
                self.say(format!(
                    "{MOST} clusters have been opened, and there is no room for another. Start anew."
                ));
                return Vec::new();
            }
        };
        let slot = &mut self.clusters[usize::from(id.0)];
        match (&slot.reach, manner) {
            (Reach::Open, Manner::Beside) => Vec::new(),
            (Reach::Open, Manner::Instead) => self.close_others(id),
            _ => {
                slot.reach = Reach::Opening(manner);
                vec![Effect::Open(id, context)]
            }
        }
    }

    /// Where the context of a cluster leads is known now, or why it leads nowhere.
    pub(super) fn opened(&mut self, id: ClusterId, result: Result<Opened, Problem>) -> Vec<Effect> {
        let now = self.now;
        let Some(slot) = self.clusters.get_mut(usize::from(id.0)) else {
            return Vec::new();
        };
        let Reach::Opening(manner) = slot.reach else {
            return Vec::new();
        };
        match (result, manner) {
            (Ok(opened), _) => {
                *slot = Cluster {
                    context: opened.context,
                    reach: Reach::Open,
                    namespaces: opened.namespaces,
                    asked: false,
                    samples: [(now, Meter::default())].into(),
                    since: now,
                };
            }
            (Err(problem), Manner::Beside) => slot.reach = Reach::Broken(problem),
            // Whoever mistypes a name keeps what is open.
            (Err(problem), Manner::Instead) => {
                slot.reach = Reach::Closed;
                self.say(problem.to_string());
                return Vec::new();
            }
        }
        let context = slot.context.clone();
        self.world.open_cluster(id, &context);
        match manner {
            Manner::Beside => Vec::new(),
            Manner::Instead => self.close_others(id),
        }
    }

    /// Closes a cluster: its feeds and its rows go at once, whatever it is doing.
    pub(super) fn close_cluster(&mut self, id: ClusterId) -> Vec<Effect> {
        let Some(slot) = self.clusters.get_mut(usize::from(id.0)) else {
            return Vec::new();
        };
        slot.reach = Reach::Closed;
        slot.samples.clear();
        self.world.drop_cluster(id);
        vec![Effect::Close(id)]
    }

    fn close_others(&mut self, kept: ClusterId) -> Vec<Effect> {
        self.say(format!("{} alone is open now.", self.world.context(kept)));
        let others: Vec<ClusterId> = self
            .open_clusters()
            .map(|(id, _)| id)
            .filter(|id| *id != kept)
            .collect();
        others
            .into_iter()
            .flat_map(|id| self.close_cluster(id))
            .collect()
    }

    /// All that can be opened or closed: what the kubeconfig has, and what is open and not in it.
    pub fn choices(&self) -> Vec<Choice> {
        let choice = |offer: &Offer| {
            let id = self.slot_of(offer.context.name());
            let id = id.filter(|id| self.cluster(*id).is_some_and(Cluster::is_open));
            Choice {
                offer: offer.clone(),
                open: id.map(|id| (id, self.cluster_standing(id))),
            }
        };
        let known = |name: &str| self.offers.iter().any(|offer| offer.context.name() == name);
        let unlisted = self
            .open_clusters()
            .filter(|(_, cluster)| !known(&cluster.context))
            .map(|(_, cluster)| Offer {
                context: Context::of_name(&cluster.context),
                server: String::new(),
            });
        let unlisted: Vec<Offer> = unlisted.collect();
        self.offers.iter().chain(&unlisted).map(choice).collect()
    }

    /// Those of them whose name or server has what is typed.
    pub fn choices_like(&self, typed: &str) -> Vec<Choice> {
        let fits = |choice: &Choice| {
            let text = format!("{} {}", choice.offer.context.name(), choice.offer.server);
            has_words(&text, typed)
        };
        self.choices().into_iter().filter(fits).collect()
    }

    pub(super) fn picker_key(&mut self, chord: Chord, mut picker: Picker) -> Vec<Effect> {
        let choices = self.choices_like(&picker.typed);
        let lines = choices.len();
        let page = usize::from(self.size.1.saturating_sub(6).max(1));
        let at = picker.at.min(lines.saturating_sub(1));
        let chosen = choices.into_iter().nth(at);
        let command = self.keymap.in_box(Scope::InContexts, chord);
        let to = act::chosen(command, at, lines, page);
        let mut effects = Vec::new();
        picker.at = at;
        match (command, chord.code) {
            (_, KeyCode::Enter) if picker.typing => {
                picker.typing = false;
                effects = chosen.map_or_else(Vec::new, |choice| self.toggle(choice));
            }
            (_, KeyCode::Esc) if picker.typing => picker = Picker::default(),
            _ if picker.typing => picker.press(chord, lines, self.size.1),
            _ if to.is_some() => picker.at = to.unwrap_or(at),
            (Some(Command::Back), _) if !picker.typed.is_empty() => picker = Picker::default(),
            (Some(Command::Back | Command::Quit | Command::Contexts), _) => {
                return Vec::new();
            }
            (Some(Command::Filter), _) => picker.typing = true,
            (Some(Command::LogIn), _) => {
                let id = chosen.and_then(|choice| Some(choice.open?.0));
                let id = id.filter(|id| self.waits_for_login(*id));
                effects = id.map(Effect::LogIn).into_iter().collect();
            }
            (Some(Command::Open | Command::Mark), _) => {
                effects = chosen.map_or_else(Vec::new, |choice| self.toggle(choice));
            }
            (Some(Command::Favourite), _) => {
                let name = chosen.map(|choice| choice.offer.context.name().to_owned());
                effects.extend(name.map(|name| self.turn_favourite(&name)));
            }
            _ => {}
        }
        self.overlay = Overlay::Contexts(picker);
        effects
    }

    fn toggle(&mut self, choice: Choice) -> Vec<Effect> {
        match choice.open {
            Some((id, _)) => self.close_cluster(id),
            None => self.open_cluster(choice.offer.context, Manner::Beside),
        }
    }

    /// Opens the context that is named at the prompt instead of all others; one that is only begun, as it is suggested.
    pub(super) fn switch_to(&mut self, name: &str, suggested: Option<&str>) -> Vec<Effect> {
        let known = self
            .choices()
            .iter()
            .any(|choice| choice.offer.context.name() == name);
        let meant = suggested.filter(|_| !known).unwrap_or(name);
        self.open_cluster(Context::of_name(meant), Manner::Instead)
    }

    /// What `:ctx` and the beginning of a name can mean.
    pub(super) fn contexts_like(&self, begun: &str) -> Vec<Suggestion> {
        best(self.contexts_ranked(&mut Fit::new(begun)).into_iter())
    }

    pub(super) fn contexts_ranked(&self, fit: &mut Fit) -> Found {
        let suggestion = |choice: &Choice| {
            let name = choice.offer.context.name();
            let open = choice.open.as_ref().map_or("", |_| "open  ");
            let suggestion = Suggestion {
                text: format!("ctx {name}"),
                help: format!("{open}{}", choice.offer.server),
            };
            Some((fit.rank(name)?, suggestion))
        };
        self.choices().iter().filter_map(suggestion).collect()
    }
}
