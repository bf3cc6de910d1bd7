//! What the screen and the headless run share: the state, its clusters and streams, and how it is drawn.

use std::{
    collections::{BTreeSet, HashMap},
    time::SystemTime,
};

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};
use tokio::sync::mpsc;

use crate::{
    app::{App, Cluster, Reach},
    cli::Cli,
    cluster::{Link, ask::Asker},
    command::Keymap,
    config::Config,
    effect::{Clip, Effect},
    event::{Event, Meter, Opened, Wire},
    feed::Feeds,
    looks::{Looks, library},
    memory::Memory,
    model::{Cause, ClusterId, Context, Name, News, Problem, Source, grouping::Grouping},
    opening::Asked,
    paths,
    settings::Settings,
    terminal::clipboard::Clipboard,
    ui::Painter,
};

/// News that may wait for the loop, in messages of up to 256 rows.
const WAITING: usize = 64;

/// Rows of a sheet on which every box has room.
const PAPER: u16 = 1000;

/// A program that has been set up.
pub struct Session {
    /// The state.
    pub app: App,
    /// How it is drawn.
    pub painter: Painter,
    /// Where copied text goes, and the most bytes of base64 that the terminal takes.
    pub clipboard: (Clipboard, usize),
    /// News of all streams.
    pub news: mpsc::Receiver<(Source, News)>,
    settings: Settings,
    asked: Asked,
    memory: Memory,
    links: HashMap<ClusterId, Link>,
    feeds: Feeds,
    wanted: BTreeSet<Source>,
}

/// Milliseconds since the epoch.
pub fn now() -> i64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as i64)
}

impl Session {
    /// Reads configuration and kubeconfig; nothing of the network. Needs a tokio runtime around it.
    pub fn new(cli: &Cli, size: (u16, u16)) -> Self {
        let mut settings = Settings::at(cli.config.as_deref());
        let library = library(paths::themes().as_deref());
        let (config, mut problems) = settings.read(&library);
        let memory = Memory::at(paths::memory());
        // A frame that is printed, whatever was typed for it, is no sign of what somebody wants to have kept.
        let memory = if cli.print {
            memory.unchanged()
        } else {
            memory
        };
        let asked = Asked::new(cli, &config, memory.clone());
        let contexts = asked.contexts();
        let reached = asked.reach_all(&contexts);
        let mut clusters = Vec::new();
        let mut links = HashMap::new();
        for ((id, context), reached) in (0..=u8::MAX).map(ClusterId).zip(&contexts).zip(reached) {
            clusters.push(match reached {
                Ok((opened, link)) => {
                    links.insert(id, link);
                    Cluster {
                        context: opened.context,
                        namespaces: opened.namespaces,
                        ..Cluster::default()
                    }
                }
                Err(problem) => Cluster {
                    context: context.name().to_owned(),
                    reach: Reach::Broken(problem),
                    ..Cluster::default()
                },
            });
        }
        let (out, news) = mpsc::channel(WAITING);
        let mut feeds = Feeds::new(out);
        for (id, link) in &links {
            feeds.connect(*id, Some(Asker::over(link)));
        }
        let mut app = App::new(clusters, grouping(&config), size, now());
        let kept = memory.read();
        let looks = Looks::new(cli, &config, kept.theme.as_ref(), library);
        app.themes = looks.themes;
        app.ascii = looks.painter.is_ascii();
        app.use_columns(&config.columns);
        if let Some(filter) = &cli.filter {
            app.begin_with(filter.clone());
        }
        (app.side, app.mouse) = (config.panel, config.mouse);
        app.recall(kept);
        if let Some(namespace) = &cli.namespace {
            app.seek_namespace(ClusterId(0), namespace);
        } else if let Some(place) = &cli.place {
            app.seek_address(place.clone());
        } else if config.restore && !cli.asks_for_another_start() {
            app.resume();
        }
        app.keymap = Keymap::rebound(&config.keys).0;
        let file = settings.path().map(|path| path.display().to_string());
        problems.extend(looks.problems);
        app.configured(file.unwrap_or_default(), problems);
        Self {
            app,
            painter: looks.painter,
            clipboard: (config.clipboard.clone(), config.clipboard_limit),
            news,
            settings,
            asked,
            memory,
            links,
            feeds,
            wanted: BTreeSet::new(),
        }
    }

    /// Hands an event to the state. News of a stream that was dropped meanwhile are left out.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        if let Event::Feed(source, _) = &event
            && !self.feeds.follows(source)
        {
            return Vec::new();
        }
        let is_news = matches!(event, Event::Feed(..));
        let effects = self.app.update(event, now());
        if !is_news {
            return effects;
        }
        for effect in effects {
            self.perform(effect);
        }
        Vec::new()
    }

    /// Takes up the settings if the file has changed since it was read. What is on the screen stays; which clusters are open is
    /// for the next start.
    pub fn look_at_settings(&mut self) {
        if !self.settings.have_changed() {
            return;
        }
        let library = library(paths::themes().as_deref());
        let (config, mut problems) = self.settings.read(&library);
        let kept = self.memory.read();
        let looks = Looks::new(self.asked.cli(), &config, kept.theme.as_ref(), library);
        problems.extend(looks.problems);
        self.app.ascii = looks.painter.is_ascii();
        self.painter = looks.painter;
        self.app.themes.take_up(looks.themes);
        self.app.keymap = Keymap::rebound(&config.keys).0;
        (self.app.side, self.app.mouse) = (config.panel, config.mouse);
        self.clipboard = (config.clipboard.clone(), config.clipboard_limit);
        self.app.use_columns(&config.columns);
        self.app.world.regroup(grouping(&config));
        self.app
            .look_also_into(|context| config.namespaces_of(context).map(Name::from).collect());
        self.asked.configure(config);
        let file = std::mem::take(&mut self.app.settings.file);
        self.app.configured(file, problems);
        if self.app.settings.problems.is_empty() {
            self.app.say("The settings have been read again.");
        }
    }

    /// Keeps what is to be kept at the end.
    pub fn part(&mut self) {
        for effect in self.app.part() {
            self.perform(effect);
        }
    }

    /// Puts lists and streams right after a batch of events.
    pub fn settle(&mut self) {
        self.app.refresh();
        let wanted = self.app.wanted();
        if wanted != self.wanted {
            for source in self.feeds.sync(&wanted, now()) {
                self.app.world.release(&source);
            }
            self.wanted = wanted;
            self.app.refresh();
        }
    }

    /// Draws the state.
    pub fn draw(&mut self, frame: &mut Buffer) -> Option<Position> {
        let cursor = self.painter.draw(&self.app, frame);
        self.app.panel_has(self.painter.panel_lines());
        self.app.drawn(self.painter.hits());
        cursor
    }

    /// What has the focus as text: of a box that floats, also what there is no room for on the screen.
    pub fn shown(&mut self) -> Option<Clip> {
        let copied = if self.app.overlay.is_read() {
            let size = self.app.size;
            self.app.size.1 = PAPER;
            let mut paper = Buffer::empty(Rect::new(0, 0, size.0, PAPER));
            self.painter.draw(&self.app, &mut paper);
            self.app.size = size;
            self.painter.copied_box(&paper)
        } else {
            self.painter.copied(&self.app)
        };
        copied.map(|(what, text)| Clip { what, text })
    }

    /// Does what needs no terminal. Nothing of it waits for a network.
    pub fn perform(&mut self, effect: Effect) {
        let event = match effect {
            Effect::ReadContexts => {
                let (offers, unread) = self.asked.offers();
                Event::Contexts(offers, unread)
            }
            Effect::Open(id, context) => Event::Opened(id, self.open(id, &context)),
            Effect::Close(id) => {
                self.feeds.connect(id, None);
                self.links.remove(&id);
                return;
            }
            Effect::Count => self.costs(),
            Effect::Keep(keep) => {
                let (what, asked) = (keep.what().to_owned(), keep.is_asked_for());
                match self.memory.keep(keep) {
                    Err(error) if asked => {
                        let what = format!("{what} can not be kept for the next time: {error}");
                        Event::Failed(Problem::new(Cause::Config, what))
                    }
                    Ok(()) | Err(_) => return,
                }
            }
            Effect::Copy(_) | Effect::CopyShown => {
                let what = "Nothing was copied: without a terminal there is no clipboard";
                Event::Failed(Problem::new(Cause::Config, what))
            }
            Effect::Quit | Effect::Suspend | Effect::Repaint | Effect::LogIn(_) => return,
        };
        for effect in self.update(event) {
            self.perform(effect);
        }
    }

    fn open(&mut self, id: ClusterId, context: &Context) -> Result<Opened, Problem> {
        let (opened, link) = self.asked.reach_one(context)?;
        self.feeds.connect(id, Some(Asker::over(&link)));
        self.links.insert(id, link);
        Ok(opened)
    }

    /// What the connections have cost so far; and each stream, while somebody looks.
    pub fn meters(&self) -> Vec<Event> {
        let read = |(id, link): (&ClusterId, &Link)| {
            let meter = link.meter();
            let meter = Meter {
                requests: meter.requests(),
                bytes: meter.received(),
                throttled: meter.throttled(),
            };
            Event::Meter(*id, meter)
        };
        let costs = self.app.shows_cost().then(|| self.costs());
        self.links.iter().map(read).chain(costs).collect()
    }

    fn costs(&self) -> Event {
        let wire = |(id, link): (&ClusterId, &Link)| Wire {
            cluster: *id,
            server: link.target().place(),
            protocol: link.meter().protocol(),
            last_error: link.meter().last_error(),
        };
        Event::Costs(self.links.iter().map(wire).collect(), self.feeds.costs())
    }

    /// The connection of a cluster.
    pub fn link(&self, cluster: ClusterId) -> Option<Link> {
        self.links.get(&cluster).cloned()
    }
}

fn grouping(config: &Config) -> Grouping {
    Grouping {
        services: config.services.clone(),
        environments: config.environments.clone(),
    }
}
