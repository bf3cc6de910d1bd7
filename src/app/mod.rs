//! The state, and how events change it: synchronous, without I/O, and with the time handed in.

mod act;
mod board;
mod bookmarks;
mod closely;
mod clusters;
mod columns;
mod copy;
mod cost;
mod filter;
mod find;
mod fit;
mod help;
mod history;
mod keep;
mod kind;
mod lines;
mod list;
mod marks;
mod mouse;
mod newcomer;
mod overlay;
mod palette;
mod panel;
mod place;
mod readline;
mod resize;
mod rows;
mod say;
mod seek;
mod settings;
mod sort;
mod standing;
mod themes;
mod wanted;
mod why;

use std::collections::{HashMap, VecDeque};

use self::readline::Earlier;
pub use self::{
    bookmarks::{Destination, Picker},
    clusters::{Choice, Cluster, MOST, Manner, Reach},
    cost::{Bill, Item, Wire},
    filter::Typing,
    find::{Find, Finding},
    help::Advice,
    lines::{Ink, Line, room as why_room, told},
    list::List,
    marks::Marks,
    mouse::{Hit, Target},
    overlay::Overlay,
    palette::Suggestion,
    readline::Readline,
    settings::Settings,
    sort::Sort,
    standing::{Standing, Summary},
    themes::{AUTO, Known, Themes},
};
use crate::{
    command::{self, Command, Keymap},
    effect::Effect,
    event::{Event, Meter},
    keys::Chord,
    layout::{Side, Spot},
    memory::Kept,
    model::{
        Address, ClusterId, FeedState, Filter, MapId, Name, News, Offer, Problem, What, World,
        filter::Search, grouping::Grouping,
    },
    panes::{Id, Pane},
};

/// The selection rests this long before a Map is fetched, milliseconds.
const REST: i64 = 120;
/// Loading is not worth a word before this, milliseconds.
const PATIENCE: i64 = 150;
/// Ctrl-C twice within this quits, milliseconds.
const TWICE: i64 = 1_500;
/// Maps that stay watched after one has looked elsewhere.
const WARM: usize = 3;

/// Everything.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a way to look that goes with any other"
)]
pub struct App {
    /// What is known of the clusters.
    pub world: World,
    /// The clusters that are or were open, by [`ClusterId`].
    pub clusters: Vec<Cluster>,
    /// The contexts there are, as far as they have been asked for.
    pub offers: Vec<Offer>,
    /// Why those of the kubeconfig can not be read.
    pub unread: Option<Problem>,
    /// The pane with focus.
    pub focus: Pane,
    /// The panel has taken it.
    pub in_panel: bool,
    /// What has the focus has the screen to itself.
    pub zoom: bool,
    /// The Servers are cards in columns.
    pub board: bool,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Where the panel stands, as the configuration has it.
    pub side: Side,
    /// Whether clicks are ours, as the configuration has it.
    pub mouse: bool,
    /// The time, milliseconds since the epoch.
    pub now: i64,
    /// When the program began, milliseconds since the epoch.
    pub began: i64,
    /// What floats above.
    pub overlay: Overlay,
    /// A sentence in the footer, until when.
    message: Option<(String, i64)>,
    /// A filter for what is shown first.
    first_filter: Option<Filter>,
    /// Filters that were typed.
    filters: Earlier,
    /// What was typed at the prompt.
    commands: Earlier,
    /// What they look for texts with.
    search: Search,
    lists: [List; 6],
    /// What was selected beneath a Service, Map or Server when it was left.
    remembered: HashMap<Id, Id>,
    /// What was marked there.
    marks_left: HashMap<Id, Marks>,
    /// Where the lists hang now.
    parents: [Option<Id>; 6],
    /// Places visited, and where among them we are.
    history: history::History,
    /// A place that was asked for and is not there yet.
    sought: Option<seek::Sought>,
    /// The Map looked at, since when.
    looked_at: Option<(MapId, i64)>,
    /// Maps that are fetched, newest first.
    warm: VecDeque<MapId>,
    /// What the panel is about, since when.
    dwelt: Option<(Id, i64)>,
    /// When a key moved the selection, if that was the last thing pressed.
    stepped: Option<panel::Step>,
    /// The first line of the panel on screen, of so many.
    panel_line: usize,
    panel_lines: usize,
    /// What can be clicked on in the frame on screen.
    hits: Vec<Hit>,
    dragged: Option<mouse::Dragged>,
    /// Namespaces that somebody named, of which nothing has been read yet.
    named: Vec<(ClusterId, Name)>,
    /// How the list of a kind is shown.
    kind: kind::Shown,
    /// When Ctrl-C was pressed last.
    interrupted: Option<i64>,
    /// The settings file.
    pub settings: Settings,
    /// Which keys mean what.
    pub keymap: Keymap,
    /// Keys are named in ASCII, as the screen is drawn.
    pub ascii: bool,
    /// The keys so far of a sequence that has been begun.
    pub begun: Vec<Chord>,
    /// The themes to draw in.
    pub themes: Themes,
    /// What earlier runs kept, and this one has since.
    pub kept: Kept,
    /// Where we are, since when: it is kept once one has stayed.
    stays: Option<(Address, i64)>,
}

impl App {
    /// A program that has just begun, over these clusters.
    pub fn new(clusters: Vec<Cluster>, grouping: Grouping, size: (u16, u16), now: i64) -> Self {
        let mut clusters = clusters;
        for cluster in &mut clusters {
            // Requests are counted from the beginning.
            cluster.samples.push_back((now, Meter::default()));
            cluster.since = now;
        }
        let contexts = clusters
            .iter()
            .map(|cluster| cluster.context.clone())
            .collect();
        let mut world = World::new(grouping, contexts);
        world.tick(now / 1000);
        Self {
            world,
            clusters,
            offers: Vec::new(),
            unread: None,
            focus: Pane::Services,
            in_panel: false,
            zoom: false,
            board: false,
            size,
            side: Side::Auto,
            mouse: true,
            now,
            began: now,
            overlay: Overlay::None,
            message: None,
            lists: Pane::LISTS.map(List::new),
            first_filter: None,
            filters: Earlier::default(),
            commands: Earlier::default(),
            search: Search::default(),
            remembered: HashMap::new(),
            marks_left: HashMap::new(),
            parents: [const { None }; 6],
            history: history::History::default(),
            sought: None,
            looked_at: None,
            warm: VecDeque::new(),
            dwelt: None,
            stepped: None,
            panel_line: 0,
            panel_lines: 0,
            hits: Vec::new(),
            dragged: None,
            named: Vec::new(),
            kind: kind::Shown::default(),
            interrupted: None,
            settings: Settings::default(),
            keymap: Keymap::default(),
            ascii: false,
            begun: Vec::new(),
            themes: Themes::default(),
            kept: Kept::default(),
            stays: None,
        }
    }

    /// Takes up what was kept at the end of an earlier run.
    pub fn recall(&mut self, kept: Kept) {
        self.recall_tables(&kept);
        self.kept = kept;
        if !self.kept.welcomed && self.overlay == Overlay::None {
            self.overlay = Overlay::Welcome;
        }
    }

    /// Takes in one event at a time in milliseconds since the epoch, and says what I/O follows from it. Call
    /// [`App::refresh`] after a batch of them.
    pub fn update(&mut self, event: Event, now: i64) -> Vec<Effect> {
        self.now = now;
        self.world.now = now / 1000;
        match event {
            Event::Key(chord) => return self.key(chord),
            Event::Paste(text) => self.paste(&text),
            Event::Mouse(gesture, at) => {
                self.stepped = None;
                return self.gesture(gesture, at);
            }
            Event::Copied(what) => self.say(format!("Copied {what}.")),
            Event::Resize(columns, rows) => {
                self.size = (columns, rows);
                self.come_back();
            }
            Event::Tick => {
                self.world.tick(now / 1000);
                self.find_again();
                let mut effects = self.keep_where_we_are();
                effects.extend(self.seek_kind());
                return effects;
            }
            Event::Feed(source, news) => {
                if source.what == What::Namespaces
                    && matches!(&news, News::State(FeedState::Refused(_)))
                {
                    self.assume_maps(source.cluster);
                }
                let effects = self.keep_what_was_named(&source, &news);
                self.world.apply(&source, news);
                if source.what == What::Namespaces {
                    self.ask_for_a_namespace(source.cluster);
                }
                self.drop_what_can_not_be_read(&source);
                return effects;
            }
            Event::Failed(problem) => self.say(problem.to_string()),
            Event::Meter(cluster, meter) => self.sample(cluster, meter),
            Event::LoggedIn(cluster, result) => {
                let text = match (result, self.tell_apart(cluster)) {
                    (Ok(()), None) => "Logged in.".to_owned(),
                    (Ok(()), Some(name)) => format!("Logged in to {name}."),
                    (Err(problem), None) => problem.to_string(),
                    (Err(problem), Some(name)) => format!("{name}: {problem}"),
                };
                self.say(text);
            }
            Event::Contexts(offers, unread) => {
                self.offers = self.by_use(offers);
                self.unread = unread;
            }
            Event::Opened(cluster, result) => return self.opened(cluster, result),
            Event::Background(light) => self.themes.light = Some(light),
            Event::Costs(wires, costs) => self.count(wires, costs),
        }
        Vec::new()
    }

    /// Makes lists, selection and places right after a batch of events.
    pub fn refresh(&mut self) {
        self.seek();
        self.apply_first_filter();
        for pane in Pane::LISTS {
            self.refresh_list(pane);
        }
        let looked_at = self
            .slot(Pane::Maps)
            .and_then(|slot| Some(self.world.maps().get(slot)?.id.clone()));
        if looked_at.as_ref() != self.looked_at.as_ref().map(|(id, _)| id) {
            self.looked_at = looked_at.map(|id| (id, self.now));
        }
        let world = &self.world;
        self.warm.retain(|id| world.map_slot_of(id).is_some());
        if let Some((id, since)) = &self.looked_at
            && (self.now - since >= REST || self.warm.contains(id))
            && self.warm.front() != Some(id)
        {
            let id = id.clone();
            self.warm.retain(|warm| *warm != id);
            self.warm.push_front(id);
            self.warm.truncate(WARM);
        }
        self.stop_saying();
        self.dwell();
        self.dress();
        for Spot { pane, .. } in self.shape().panes {
            let rows = self.page(pane);
            self.lists[pane as usize].scroll(rows);
        }
    }

    /// When something changes by time alone, milliseconds since the epoch: the clock and ages each second, and before
    /// that what waits for the selection to rest.
    pub fn wake_at(&self) -> i64 {
        let second = (self.now / 1000 + 1) * 1000;
        let looked_at = self.looked_at.as_ref().map(|(_, since)| since + REST);
        let dwelt = self.dwelt.as_ref().map(|(_, since)| since + REST);
        let stepped = self.stepped.map(|step| step.rests);
        let patience = Some(self.began + PATIENCE);
        let kinds = self.has_sought_kind().then_some(self.now + 1);
        let times = [looked_at, dwelt, stepped, patience, kinds];
        let times = times.into_iter().flatten();
        times.filter(|at| *at > self.now).fold(second, i64::min)
    }

    /// A list.
    pub fn list(&self, pane: Pane) -> &List {
        &self.lists[pane as usize]
    }

    /// The selected row of a pane.
    pub fn slot(&self, pane: Pane) -> Option<u32> {
        self.list(pane).slot()
    }

    /// What is selected in a pane.
    pub fn id(&self, pane: Pane) -> Option<Id> {
        Id::of(pane, &self.world, self.slot(pane)?)
    }

    /// What the rows of a pane belong to.
    pub fn parent(&self, pane: Pane) -> Option<&Id> {
        self.parents[pane as usize].as_ref()
    }

    /// Rows of a pane's page.
    fn page(&self, pane: Pane) -> usize {
        self.shape()
            .panes
            .iter()
            .find(|spot| spot.pane == pane)
            .map_or(1, |spot| usize::from(spot.rows()).max(1))
    }

    /// How a sentence names a command: by its key, or as it is typed at the prompt.
    pub fn key_to(&self, command: Command) -> String {
        self.keymap.named(command, self.ascii)
    }

    /// Whether a key means something here and now: what the footer and help show.
    pub fn applies(&self, entry: &command::Entry) -> bool {
        match entry.scope {
            command::Scope::Everywhere => true,
            command::Scope::Inward | command::Scope::Rows => !self.in_panel,
            command::Scope::Outward => {
                self.in_panel
                    || self.focus != Pane::Services
                    || !self.list(self.focus).filter.is_empty()
            }
            command::Scope::Marked => !self.in_panel && !self.list(self.focus).marks.is_empty(),
            command::Scope::Selected if entry.command == Command::Why => self.can_say_why(),
            command::Scope::Selected => self.subject().is_some(),
            command::Scope::Narrowable => self.is_narrowable(),
            command::Scope::Servers => self.focus == Pane::Servers && !self.in_panel,
            command::Scope::LoginNeeded => self.login_needed().is_some(),
            command::Scope::InContexts => matches!(self.overlay, Overlay::Contexts(_)),
            command::Scope::InColumns => matches!(self.overlay, Overlay::Columns(_)),
        }
    }
}

#[cfg(test)]
mod tests;
