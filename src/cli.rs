//! What the person can say at start-up. Flags that kubectl has too mean what they mean there.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use clap::{
    CommandFactory as _, FromArgMatches as _, Parser, Subcommand,
    error::{ContextKind, ContextValue, ErrorKind},
};
use clap_complete::ArgValueCompleter;

use crate::{
    looks,
    model::{Address, Filter},
};

pub mod complete;
mod configuring;
#[cfg(feature = "demo")]
mod demo;
pub mod man;
mod values;

pub use configuring::Configuring;
#[cfg(feature = "demo")]
pub use demo::{Role, Serving, Simulated};
use values::duration;
pub use values::{Format, Keys, Shell, Size, When};

/// The version, and of which commit it is where that is known.
pub const VERSION: &str = env!("BARKEEP_VERSION");

/// As whose plugin the program is called: `kubectl barkeep` runs what is called so.
const PLUGIN: &str = "kubectl-barkeep";

const EXAMPLES: &str = "\
Examples:
  barkeep                               the kubeconfig's current context
  barkeep shop/prod/web                 at once to a Server or a Map
  barkeep prod-eu:shop/prod             the same in another context
  barkeep --context prod-eu,prod-us     several clusters; C opens more
  barkeep -- demo                       a place called as a command is
  barkeep --print --keys 'j<enter>'     what you would see, as text
  barkeep --filter 'mem>80% !test'      what uses most of its memory
  barkeep --demo                        a cluster inside the program
";
const MORE: &str = "More flags and examples: --help. The keys: ? in the program, barkeep man.";

/// The Services, Maps and Servers of Kubernetes, live, in a terminal.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "barkeep",
    version = VERSION,
    after_help = MORE,
    after_long_help = EXAMPLES,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that is given or not"
)]
pub struct Cli {
    /// Where to start: shop/prod/web, a namespace, CONTEXT:shop/prod
    ///
    /// A Service, a Map, a Server and an Instance with / between them, as far as it goes; or a namespace. With CONTEXT:
    /// before it, in that context of the kubeconfig. A place that is called as a command is stands behind --.
    #[arg(
        conflicts_with_all = ["namespace", "all_namespaces"],
        add = ArgValueCompleter::new(complete::places)
    )]
    pub place: Option<Address>,

    /// Start anew, and not where you were last
    ///
    /// Without it barkeep starts where you were last with the same contexts open, unless restore = false is set.
    #[arg(long)]
    pub fresh: bool,

    /// Kubeconfig instead of $KUBECONFIG or ~/.kube/config
    #[arg(long, value_name = "FILE", help_heading = "Cluster")]
    pub kubeconfig: Option<PathBuf>,

    /// Contexts, with commas between them, or given again
    ///
    /// A name that has commas itself works too, where the kubeconfig has it.
    #[arg(
        long = "context",
        value_name = "NAME",
        help_heading = "Cluster",
        add = ArgValueCompleter::new(complete::contexts)
    )]
    pub contexts: Vec<String>,

    /// Cluster of the kubeconfig, instead of the context's
    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Cluster",
        hide_short_help = true
    )]
    pub cluster: Option<String>,

    /// User of the kubeconfig, instead of the context's
    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Cluster",
        hide_short_help = true
    )]
    pub user: Option<String>,

    /// Start in this namespace, of the first context
    ///
    /// It is looked into where namespaces may not be listed, too.
    #[arg(
        short,
        long,
        value_name = "NAME",
        help_heading = "Cluster",
        overrides_with = "all_namespaces"
    )]
    pub namespace: Option<String>,

    /// Start with all namespaces
    ///
    /// What is allowed is shown in any case.
    #[arg(
        short = 'A',
        long,
        help_heading = "Cluster",
        overrides_with = "namespace"
    )]
    pub all_namespaces: bool,

    /// Show only what fits in the first list, as / does
    ///
    /// What only Instances have is asked of all Instances.
    #[arg(
        long,
        value_name = "EXPR",
        help_heading = "Cluster",
        allow_hyphen_values = true
    )]
    pub filter: Option<Filter>,

    /// Act as this user
    #[arg(
        long = "as",
        value_name = "USER",
        help_heading = "Cluster",
        hide_short_help = true
    )]
    pub as_user: Option<String>,

    /// Act as a member of this group; can be given several times
    #[arg(
        long = "as-group",
        value_name = "GROUP",
        help_heading = "Cluster",
        requires = "as_user",
        hide_short_help = true
    )]
    pub as_groups: Vec<String>,

    /// Give up a request after this time, such as 30s, 1m or 500ms; 0 waits for ever
    #[arg(long, value_name = "TIME", help_heading = "Cluster", value_parser = duration, hide_short_help = true)]
    pub request_timeout: Option<Duration>,

    /// Print one frame instead of taking over the terminal
    #[arg(long, help_heading = "Without a terminal")]
    pub print: bool,

    /// Type these keys first: j, <enter>, <ctrl-c>; <wait> waits until nothing is loading
    #[arg(
        long,
        value_name = "KEYS",
        help_heading = "Without a terminal",
        hide_short_help = true
    )]
    pub keys: Option<Keys>,

    /// Columns and rows of the frame [default: 120x40]
    #[arg(
        long,
        value_name = "CxR",
        help_heading = "Without a terminal",
        hide_short_help = true
    )]
    pub size: Option<Size>,

    /// What to print [default: text]
    #[arg(
        long,
        value_name = "FORMAT",
        help_heading = "Without a terminal",
        hide_short_help = true
    )]
    pub format: Option<Format>,

    /// Theme: auto, one that T shows, or one of your own
    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Looks",
        value_parser = looks::named,
        hide_short_help = true
    )]
    pub theme: Option<String>,

    /// When to use colours
    #[arg(
        help = "When to use colours; NO_COLOR counts as never",
        long,
        value_name = "WHEN",
        help_heading = "Looks",
        default_value = "auto",
        conflicts_with = "no_color",
        hide_short_help = true
    )]
    pub color: When,

    /// The same as --color never
    #[arg(long, help_heading = "Looks", hide_short_help = true)]
    pub no_color: bool,

    /// Draw with ASCII characters only
    #[arg(long, help_heading = "Looks", hide_short_help = true)]
    pub ascii: bool,

    /// Settings to use instead of the usual ones
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Looks",
        hide_short_help = true
    )]
    pub config: Option<PathBuf>,

    /// The simulated cluster.
    #[cfg(feature = "demo")]
    #[command(flatten)]
    pub demo: Simulated,

    /// What to do instead of showing a cluster
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What the program can do besides showing a cluster.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Serve the simulated cluster to kubectl and other clients
    ///
    /// It listens on a port of this machine, and prints a kubeconfig for it.
    #[cfg(feature = "demo")]
    #[command(after_help = demo::SERVING)]
    Demo(Serving),
    /// Print what a shell needs to complete what is typed
    ///
    /// Flags, contexts of the kubeconfig and places are completed: those that were visited, and the Maps that there were.
    #[command(after_help = complete::INSTALLING)]
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Say where the settings are, what is wrong with them, and how they hold
    #[command(subcommand)]
    Config(Configuring),
    /// Print the man page
    #[command(after_help = man::READING)]
    Man,
}

impl Cli {
    /// Reads the command line. The error prints itself and knows the exit code: 2 for a mistake, 0 for help.
    pub fn read<T: Into<OsString> + Clone>(
        args: impl IntoIterator<Item = T>,
    ) -> Result<Self, clap::Error> {
        let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
        let mut command = Self::named(args.first());
        let found = command.try_get_matches_from_mut(&args);
        let found = found.map_err(|error| one_place_only(error, &args, &mut command))?;
        let cli = Self::from_arg_matches(&found).map_err(|error| error.format(&mut command))?;
        let lonely = [
            ("--keys", cli.keys.is_some()),
            ("--size", cli.size.is_some()),
            ("--format", cli.format.is_some()),
        ];
        if let Some((flag, _)) = lonely.iter().find(|(_, given)| *given && !cli.print) {
            let what = format!(
                "{flag} is for printing a frame without a terminal. Add --print, or leave {flag} out"
            );
            return Err(command.error(ErrorKind::MissingRequiredArgument, what));
        }
        let several = cli.contexts.len() > 1 || cli.contexts.iter().any(|name| name.contains(','));
        if cli.cluster.is_some() && several {
            let what = "--cluster names one cluster, and --context several: leave --cluster out, or name one context";
            return Err(command.error(ErrorKind::ArgumentConflict, what));
        }
        #[cfg(feature = "demo")]
        if cli.demo.demo && cli.contexts.is_empty() && (cli.cluster.is_some() || cli.user.is_some())
        {
            let what = "--cluster and --user are about the kubeconfig, and cannot be used with --demo alone. \
                        Name a context with --context, or leave them out";
            return Err(command.error(ErrorKind::ArgumentConflict, what));
        }
        Ok(cli)
    }

    /// The command line as the program that was called by this name has it: help says what a person typed.
    pub fn named(program: Option<&OsString>) -> clap::Command {
        let command = Self::command();
        let name = program.and_then(|path| std::path::Path::new(path).file_stem());
        if name.is_none_or(|name| name != PLUGIN) {
            return command.bin_name("barkeep");
        }
        let examples = EXAMPLES.replace("  barkeep", "  kubectl barkeep");
        command
            .bin_name("kubectl barkeep")
            .after_long_help(examples)
    }

    /// Whether it is not to start where one was last.
    pub fn asks_for_another_start(&self) -> bool {
        self.fresh || self.print || self.all_namespaces || self.filter.is_some()
    }

    /// The person's word on colours, where there is one.
    pub fn wants_colour(&self) -> Option<bool> {
        match self.color {
            _ if self.no_color => Some(false),
            When::Auto => None,
            When::Always => Some(true),
            When::Never => Some(false),
        }
    }
}

/// What a second place is, in words about places: to clap it is a command that there is not.
fn one_place_only(
    error: clap::Error,
    args: &[OsString],
    command: &mut clap::Command,
) -> clap::Error {
    match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(name)) if command.find_subcommand(name).is_none() => {
            let mut args = args.iter().skip(1).map(|arg| arg.to_string_lossy());
            let late = args.find(|arg| command.find_subcommand(&**arg).is_some());
            if let Some(late) = late {
                let program = command.get_bin_name().unwrap_or_default();
                let behind: Vec<_> = args.collect();
                let what = format!(
                    "'{late}' is a command and stands first, its flags behind it: {program} {late} {} …",
                    behind.join(" ")
                );
                return command.error(ErrorKind::ArgumentConflict, what);
            }
            let what = format!(
                "there can be one place only, and '{name}' is another: its names have / between them, as in shop/prod"
            );
            command.error(ErrorKind::ArgumentConflict, what)
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests;
