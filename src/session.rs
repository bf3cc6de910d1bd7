//! What the screen and the headless run share: the state, its clusters and streams, and how it is drawn.

use std::{collections::BTreeSet, path::Path, time::SystemTime};

use ratatui::{buffer::Buffer, layout::Position};
use tokio::sync::mpsc;

#[cfg(feature = "demo")]
use crate::demo::{self, Options};
use crate::{
    app::{App, Cluster},
    cli::Cli,
    cluster::{self, Choice, Link, Target, ask::Asker, connect},
    config::{Config, ThemeName},
    effect::Effect,
    event::{Event, Meter},
    feed::Feeds,
    model::{ClusterId, Name, News, Problem, Source, grouping::Grouping},
    paths,
    ui::{ColorDepth, Glyphs, Painter, Theme, colour::background_is_light},
};

/// News that may wait for the loop, in messages of up to 256 rows.
const WAITING: usize = 64;

/// A program that has been set up.
pub struct Session {
    /// The state.
    pub app: App,
    /// How it is drawn.
    pub painter: Painter,
    /// News of all streams.
    pub news: mpsc::Receiver<(Source, News)>,
    links: Vec<Option<Link>>,
    feeds: Feeds,
    wanted: BTreeSet<Source>,
}

/// Milliseconds since the epoch.
pub fn now() -> i64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as i64)
}

fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Session {
    /// Reads configuration and kubeconfig; nothing of the network. Needs a tokio runtime around it.
    pub fn new(cli: &Cli, size: (u16, u16)) -> Self {
        let (config, problems) = configuration(cli.config.as_deref());
        let linked = target(cli).and_then(|target| Ok((connect(&target)?, target)));
        let (cluster, link) = match linked {
            Ok((link, target)) => {
                let configured = config.namespaces_of(&target.context).map(Name::from);
                let namespaces: Vec<Name> = target
                    .namespace
                    .as_deref()
                    .map(Name::from)
                    .into_iter()
                    .chain(configured)
                    .collect();
                (
                    Cluster {
                        context: target.context,
                        namespaces,
                        ..Cluster::default()
                    },
                    Some(link),
                )
            }
            Err(problem) => {
                let context = cli
                    .context
                    .clone()
                    .unwrap_or_else(|| "no cluster".to_owned());
                (
                    Cluster {
                        context,
                        problem: Some(problem),
                        ..Cluster::default()
                    },
                    None,
                )
            }
        };
        let (out, news) = mpsc::channel(WAITING);
        let askers = vec![link.as_ref().map(Asker::over)];
        let mut app = App::new(vec![cluster], grouping(&config), size, now());
        if let Some(namespace) = &cli.namespace {
            app.seek_namespace(ClusterId(0), namespace);
        }
        app.warn(&problems);
        let painter = painter(cli, &config);
        Self {
            app,
            painter,
            news,
            links: vec![link],
            feeds: Feeds::new(askers, out),
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
        self.app.update(event, now())
    }

    /// Puts lists and streams right after a batch of events.
    pub fn settle(&mut self) {
        self.app.refresh();
        let wanted = self.app.wanted();
        if wanted != self.wanted {
            for source in self.feeds.sync(&wanted) {
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
        cursor
    }

    /// What the connections have cost so far.
    pub fn meters(&self) -> Vec<Event> {
        let read = |(at, link): (usize, &Option<Link>)| {
            let meter = link.as_ref()?.meter();
            let meter = Meter {
                requests: meter.requests(),
                bytes: meter.received(),
                throttled: meter.throttled(),
            };
            Some(Event::Meter(ClusterId(at as u8), meter))
        };
        self.links.iter().enumerate().filter_map(read).collect()
    }

    /// The connection of a cluster.
    pub fn link(&self, cluster: ClusterId) -> Option<Link> {
        self.links.get(usize::from(cluster.0))?.clone()
    }
}

/// Where the cluster is: the kubeconfig says, or it is inside.
fn target(cli: &Cli) -> Result<Target, Problem> {
    #[cfg(feature = "demo")]
    if cli.demo.demo {
        return Ok(simulated(cli));
    }
    let choice = Choice {
        kubeconfig: cli.kubeconfig.clone(),
        context: cli.context.clone(),
        cluster: cli.cluster.clone(),
        user: cli.user.clone(),
        namespace: cli.namespace.clone(),
        as_user: cli.as_user.clone(),
        as_groups: cli.as_groups.clone(),
        request_timeout: cli.request_timeout,
    };
    cluster::resolve(&choice)
}

/// A cluster inside the program. It is being made while the first frame is drawn.
#[cfg(feature = "demo")]
fn simulated(cli: &Cli) -> Target {
    let said = &cli.demo;
    let role = said.demo_role.unwrap_or_default().name();
    let options = Options {
        seed: said.demo_seed.unwrap_or(1),
        pace: said.demo_speed.unwrap_or(1.0),
        size: said.demo_size.unwrap_or(0),
        ..Options::default()
    };
    let token = options.tokens.of(role).unwrap_or_default().to_owned();
    let mut target =
        Target::behind(demo::door(options), "demo", &token).within(cli.request_timeout);
    target.namespace.clone_from(&cli.namespace);
    target
}

fn configuration(asked: Option<&Path>) -> (Config, Vec<Problem>) {
    match asked.map(Path::to_owned).or_else(paths::config) {
        Some(path) => Config::load(&path, asked.is_some()),
        None => (Config::default(), Vec::new()),
    }
}

fn grouping(config: &Config) -> Grouping {
    Grouping {
        services: config.services.clone(),
        environments: config.environments.clone(),
    }
}

fn painter(cli: &Cli, config: &Config) -> Painter {
    let depth = ColorDepth::detect(cli.wants_colour(), env);
    let light = match cli.theme.unwrap_or(config.theme) {
        ThemeName::Dark => false,
        ThemeName::Light => true,
        ThemeName::Auto => background_is_light(env),
    };
    let theme = if light {
        Theme::light(depth)
    } else {
        Theme::dark(depth)
    };
    let glyphs = Glyphs::choose(cli.ascii || config.ascii, env);
    Painter::new(theme, glyphs, jiff::tz::TimeZone::system())
}
