//! Opening clusters: which ones the person asked for, which ones there are, and how each is reached.
//!
//! Reads files and never waits for a network: a connection is dialled by the first request over it.

use crate::{
    app::MOST,
    cli::Cli,
    cluster::{Choice, Contexts, Link, connect},
    config::Config,
    event::Opened,
    memory::Memory,
    model::{Cause, Context, Name, Offer, Problem},
};
#[cfg(feature = "demo")]
use crate::{
    cluster::Target,
    demo::{self, Options},
};

/// What the person said at the start that matters whenever a cluster is opened.
pub struct Asked {
    cli: Cli,
    config: Config,
    memory: Memory,
}

/// A cluster that can be asked, and what is known of it before that.
pub type Reached = Result<(Opened, Link), Problem>;

impl Asked {
    /// As the command line and the configuration have it.
    pub fn new(cli: &Cli, config: &Config, memory: Memory) -> Self {
        Self {
            cli: cli.clone(),
            config: config.clone(),
            memory,
        }
    }

    /// What was said on the command line.
    pub fn cli(&self) -> &Cli {
        &self.cli
    }

    /// Takes other settings from now on.
    pub fn configure(&mut self, config: Config) {
        self.config = config;
    }

    /// The clusters to open at the start: those of the command line, else of the configuration, else the current one.
    pub fn contexts(&self) -> Vec<Context> {
        let mut contexts: Vec<Context> = Vec::new();
        let named = self
            .cli
            .contexts
            .iter()
            .flat_map(|given| self.parted(given));
        contexts.extend(named.map(|name| Context::of_name(&name)));
        let of_place = self.cli.place.as_ref().map(|place| &*place.context);
        let of_place = of_place.filter(|name| !name.is_empty());
        let open = |name: &str| self.config.open.iter().any(|open| open == name);
        if let Some(name) = of_place.filter(|name| !contexts.is_empty() || !open(name)) {
            contexts.push(Context::of_name(name));
        }
        if simulated_is_asked_for(&self.cli) {
            contexts.push(Context::Simulated);
        }
        // A cluster or user of the command line is about the context that kubectl would take.
        if contexts.is_empty() && self.cli.cluster.is_none() && self.cli.user.is_none() {
            contexts.extend(self.config.open.iter().map(|name| Context::of_name(name)));
        }
        let mut seen = Vec::new();
        contexts.retain(|context| {
            let new = !seen.contains(context);
            seen.push(context.clone());
            new
        });
        contexts.truncate(MOST);
        if contexts.is_empty() {
            contexts.push(Context::Current);
        }
        contexts
    }

    /// The names in one `--context`: commas part them, but for those of a name that the kubeconfig has.
    fn parted(&self, given: &str) -> Vec<String> {
        let pieces: Vec<&str> = given.split(',').collect();
        let known = match pieces.as_slice() {
            [_] => Vec::new(),
            _ => self.offers().0,
        };
        let mut names = Vec::new();
        let mut at = 0;
        while at < pieces.len() {
            let joined = |end: &usize| pieces[at..*end].join(",");
            let is_known = |end: &usize| {
                let name = joined(end);
                known.iter().any(|offer| offer.context.name() == name)
            };
            let end = (at + 1..=pieces.len()).rev().find(is_known);
            let end = end.unwrap_or(at + 1);
            names.push(joined(&end));
            at = end;
        }
        names.retain(|name| !name.is_empty());
        names
    }

    /// The clusters that can be opened, and why those of the kubeconfig can not be told, where that is so.
    pub fn offers(&self) -> (Vec<Offer>, Option<Problem>) {
        let read = Contexts::read(self.cli.kubeconfig.as_deref()).and_then(|found| found.offers());
        let (mut offers, problem) = match read {
            Ok(offers) => (offers, None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        if cfg!(feature = "demo") {
            offers.push(Offer {
                context: Context::Simulated,
                server: "inside barkeep".to_owned(),
            });
        }
        (offers, problem)
    }

    /// Reaches the clusters of the start. The kubeconfig is read once; each that it says nothing good of has its own
    /// problem.
    pub fn reach_all(&self, contexts: &[Context]) -> Vec<Reached> {
        let found = contexts
            .iter()
            .any(|context| *context != Context::Simulated)
            .then(|| Contexts::read(self.cli.kubeconfig.as_deref()));
        let one = |(at, context): (usize, &Context)| {
            let choice = Choice {
                cluster: self.cli.cluster.clone(),
                user: self.cli.user.clone(),
                // The namespace to start in is of the first.
                namespace: self.cli.namespace.clone().filter(|_| at == 0),
                ..self.choice(context)
            };
            match &found {
                Some(Err(problem)) if *context != Context::Simulated => Err(problem.clone()),
                Some(Ok(found)) => self.reach(context, &choice, Some(found)),
                _ => self.reach(context, &choice, None),
            }
        };
        contexts.iter().enumerate().map(one).collect()
    }

    /// Reaches one that is opened while the program runs.
    pub fn reach_one(&self, context: &Context) -> Reached {
        let found = match context {
            Context::Simulated => None,
            _ => Some(Contexts::read(self.cli.kubeconfig.as_deref())?),
        };
        let choice = Choice {
            runs: true,
            ..self.choice(context)
        };
        self.reach(context, &choice, found.as_ref())
    }

    /// What holds for every cluster that is opened.
    fn choice(&self, context: &Context) -> Choice {
        Choice {
            kubeconfig: self.cli.kubeconfig.clone(),
            context: match context {
                Context::Named(name) => Some(name.clone()),
                Context::Current | Context::Simulated => None,
            },
            as_user: self.cli.as_user.clone(),
            as_groups: self.cli.as_groups.clone(),
            request_timeout: self.cli.request_timeout,
            ..Choice::default()
        }
    }

    fn reach(&self, context: &Context, choice: &Choice, found: Option<&Contexts>) -> Reached {
        let target = match (context, found) {
            #[cfg(feature = "demo")]
            (Context::Simulated, _) => simulated(&self.cli, choice.namespace.clone()),
            (Context::Current | Context::Named(_), Some(found)) => found.resolve(choice)?,
            _ => {
                let what = format!("This barkeep was built without {}", context.name());
                return Err(Problem::new(Cause::NoCluster, what));
            }
        };
        let link = connect(&target)?;
        let configured = self.config.namespaces_of(&target.context).map(Name::from);
        let kept = self.memory.read().namespaces.remove(&target.context);
        let kept = kept.unwrap_or_default();
        let configured = configured.chain(kept.iter().map(|name| name.as_str().into()));
        let namespaces = target.namespace.as_deref().map(Name::from);
        let opened = Opened {
            namespaces: namespaces.into_iter().chain(configured).collect(),
            context: target.context,
        };
        Ok((opened, link))
    }
}

#[cfg(feature = "demo")]
fn simulated_is_asked_for(cli: &Cli) -> bool {
    cli.demo.demo
}

#[cfg(not(feature = "demo"))]
fn simulated_is_asked_for(_: &Cli) -> bool {
    false
}

/// A cluster inside the program. It is being made while the first frame is drawn.
#[cfg(feature = "demo")]
fn simulated(cli: &Cli, namespace: Option<String>) -> Target {
    let said = &cli.demo;
    let role = said.demo_role.unwrap_or_default().name();
    let options = Options {
        seed: said.demo_seed.unwrap_or(1),
        pace: said.demo_speed.unwrap_or(1.0),
        size: said.demo_size.unwrap_or(0),
        ..Options::default()
    };
    let token = options.tokens.of(role).unwrap_or_default().to_owned();
    let name = Context::Simulated;
    let mut target =
        Target::behind(demo::door(options), name.name(), &token).within(cli.request_timeout);
    target.namespace = namespace;
    target
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a command line that cannot be read has failed the test"
    )]

    use super::*;

    fn contexts(line: &str, open: &[&str]) -> Vec<String> {
        let config = Config {
            open: open.iter().map(|name| (*name).to_owned()).collect(),
            ..Config::default()
        };
        let words = std::iter::once("barkeep").chain(line.split_whitespace());
        let asked = Asked::new(&Cli::read(words).unwrap(), &config, Memory::default());
        let contexts = asked.contexts();
        contexts
            .iter()
            .map(|context| context.name().to_owned())
            .collect()
    }

    #[test]
    fn the_command_line_wins_over_the_configuration_and_that_over_the_current_context() {
        let current = Context::Current.name();
        for (line, open, want) in [
            ("", &[][..], &[current][..]),
            ("", &["a", "b", "a"], &["a", "b"]),
            ("--context c", &["a", "b"], &["c"]),
            ("--context c,d --context e,c", &["a"], &["c", "d", "e"]),
            ("--context=", &["a"], &["a"]),
            ("--user me", &["a", "b"], &[current]),
            ("--context c --cluster x", &["a"], &["c"]),
        ] {
            assert_eq!(contexts(line, open), want, "{line}");
        }
        let many: Vec<String> = (0..300).map(|n| format!("c{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(contexts("", &many).len(), MOST);
    }

    #[test]
    fn a_place_names_its_context() {
        for (line, open, want) in [
            ("eu:shop/prod", &["a", "b"][..], &["eu"][..]),
            ("a:shop/prod", &["a", "b"], &["a", "b"]),
            ("eu:shop/prod --context us", &["a"], &["us", "eu"]),
            ("shop/prod", &["a"], &["a"]),
        ] {
            assert_eq!(contexts(line, open), want, "{line}");
        }
    }

    #[test]
    fn a_name_with_commas_is_one_where_the_kubeconfig_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kubeconfig");
        let named = ["a,b", "b", "c"]
            .map(|name| format!("- {{name: \"{name}\", context: {{cluster: c, user: u}}}}\n"));
        let text = format!(
            "apiVersion: v1\nkind: Config\ncontexts:\n{}",
            named.concat()
        );
        std::fs::write(&path, text).unwrap();
        let path = path.display();
        for (given, want) in [
            ("--context a,b", &["a,b"][..]),
            ("--context c,a,b --context b", &["c", "a,b", "b"]),
            ("--context b,c", &["b", "c"]),
            ("--context x,y", &["x", "y"]),
        ] {
            let line = format!("--kubeconfig {path} {given}");
            assert_eq!(contexts(&line, &[]), want, "{given}");
        }
    }

    #[cfg(feature = "demo")]
    #[test]
    fn the_simulated_cluster_is_opened_alone_or_beside_those_that_are_named() {
        use crate::model::context::SIMULATED;

        assert_eq!(contexts("--demo", &["a"]), [SIMULATED]);
        assert_eq!(contexts("--demo --context a,b", &[]), ["a", "b", SIMULATED]);
        assert_eq!(contexts("", &["a", SIMULATED]), ["a", SIMULATED]);
    }
}
