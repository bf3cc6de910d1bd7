//! What the person can say at start-up. Flags that kubectl has too mean what they mean there.

use std::{ffi::OsString, path::PathBuf, str::FromStr, time::Duration};

use clap::{CommandFactory as _, Parser, ValueEnum, error::ErrorKind};

use crate::{
    keys::{Typed, typed},
    looks,
    model::{Cause, Filter, Problem},
};

#[cfg(feature = "demo")]
mod demo;
#[cfg(feature = "demo")]
pub use demo::{Command, Role, Serving, Simulated};

const EXAMPLES: &str = "\
Examples:
  barkeep                                    the current context of your kubeconfig
  barkeep --context prod-eu -n shop-prod     another cluster, in one namespace
  barkeep --context prod-eu,prod-us          several clusters together; C opens and closes more
  barkeep --print --keys 'j<enter><wait>'    what you would see, on standard output
  barkeep --filter 'mem>80% !test'           what uses most of the memory that it may
  barkeep --demo                             no cluster at hand: one inside the program
";

/// The Services, Maps and Servers of Kubernetes, live, in a terminal.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "barkeep",
    version,
    after_help = EXAMPLES,
    max_term_width = 100,
    args_conflicts_with_subcommands = true
)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that is given or not"
)]
pub struct Cli {
    /// Kubeconfig to use [default: $KUBECONFIG, or ~/.kube/config]
    #[arg(long, value_name = "FILE", help_heading = "Cluster")]
    pub kubeconfig: Option<PathBuf>,

    /// Contexts of the kubeconfig, with commas between them; can be given several times
    #[arg(
        long = "context",
        value_name = "NAME",
        help_heading = "Cluster",
        value_delimiter = ','
    )]
    pub contexts: Vec<String>,

    /// Cluster of the kubeconfig, instead of the context's
    #[arg(long, value_name = "NAME", help_heading = "Cluster")]
    pub cluster: Option<String>,

    /// User of the kubeconfig, instead of the context's
    #[arg(long, value_name = "NAME", help_heading = "Cluster")]
    pub user: Option<String>,

    /// Start in this namespace, of the first context; asked too where namespaces may not be listed
    #[arg(
        short,
        long,
        value_name = "NAME",
        help_heading = "Cluster",
        overrides_with = "all_namespaces"
    )]
    pub namespace: Option<String>,

    /// Start with all namespaces; what is allowed is shown in any case
    #[arg(
        short = 'A',
        long,
        help_heading = "Cluster",
        overrides_with = "namespace"
    )]
    pub all_namespaces: bool,

    /// Show only what fits in the first list, as / does; what only Instances have is asked of all Instances
    #[arg(
        long,
        value_name = "EXPR",
        help_heading = "Cluster",
        allow_hyphen_values = true
    )]
    pub filter: Option<Filter>,

    /// Act as this user
    #[arg(long = "as", value_name = "USER", help_heading = "Cluster")]
    pub as_user: Option<String>,

    /// Act as a member of this group; can be given several times
    #[arg(
        long = "as-group",
        value_name = "GROUP",
        help_heading = "Cluster",
        requires = "as_user"
    )]
    pub as_groups: Vec<String>,

    /// Give up a request after this time, such as 30s, 1m or 500ms; 0 waits for ever
    #[arg(long, value_name = "TIME", help_heading = "Cluster", value_parser = duration)]
    pub request_timeout: Option<Duration>,

    /// Print one frame instead of taking over the terminal
    #[arg(long, help_heading = "Without a terminal")]
    pub print: bool,

    /// Type these keys first: j, <enter>, <ctrl-c>; <wait> waits until nothing is loading
    #[arg(long, value_name = "KEYS", help_heading = "Without a terminal")]
    pub keys: Option<Keys>,

    /// Columns and rows of the frame [default: 120x40]
    #[arg(long, value_name = "CxR", help_heading = "Without a terminal")]
    pub size: Option<Size>,

    /// What to print [default: text]
    #[arg(long, value_name = "FORMAT", help_heading = "Without a terminal")]
    pub format: Option<Format>,

    /// Theme: auto, one that T shows, or one of your own
    #[arg(long, value_name = "NAME", help_heading = "Looks", value_parser = looks::named)]
    pub theme: Option<String>,

    /// When to use colours; `NO_COLOR` counts as never
    #[arg(
        long,
        value_name = "WHEN",
        help_heading = "Looks",
        default_value = "auto",
        conflicts_with = "no_color"
    )]
    pub color: When,

    /// The same as --color never
    #[arg(long, help_heading = "Looks")]
    pub no_color: bool,

    /// Draw with ASCII characters only
    #[arg(long, help_heading = "Looks")]
    pub ascii: bool,

    /// Settings to use instead of the usual ones
    #[arg(long, value_name = "FILE", help_heading = "Looks")]
    pub config: Option<PathBuf>,

    /// The simulated cluster.
    #[cfg(feature = "demo")]
    #[command(flatten)]
    pub demo: Simulated,

    /// What to do instead of showing a cluster
    #[cfg(feature = "demo")]
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The keys of a headless run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys(pub Vec<Typed>);

/// The size of a printed frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

/// What a printed frame is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Characters only.
    #[default]
    Text,
    /// Characters and colours for a terminal.
    Ansi,
    /// A picture.
    Svg,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// Where the terminal has them.
    #[default]
    Auto,
    /// Whatever the environment says.
    Always,
    /// Nowhere.
    Never,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            columns: 120,
            rows: 40,
        }
    }
}

impl Cli {
    /// Reads the command line. The error prints itself and knows the exit code: 2 for a mistake, 0 for help.
    pub fn read<T: Into<OsString> + Clone>(
        args: impl IntoIterator<Item = T>,
    ) -> Result<Self, clap::Error> {
        let cli = Self::try_parse_from(args)?;
        let lonely = [
            ("--keys", cli.keys.is_some()),
            ("--size", cli.size.is_some()),
            ("--format", cli.format.is_some()),
        ];
        if let Some((flag, _)) = lonely.iter().find(|(_, given)| *given && !cli.print) {
            let what = format!(
                "{flag} is for printing a frame without a terminal. Add --print, or leave {flag} out"
            );
            return Err(Self::command().error(ErrorKind::MissingRequiredArgument, what));
        }
        if cli.cluster.is_some() && cli.contexts.len() > 1 {
            let what = "--cluster names one cluster, and --context several: leave --cluster out, or name one context";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, what));
        }
        #[cfg(feature = "demo")]
        if cli.demo.demo && cli.contexts.is_empty() && (cli.cluster.is_some() || cli.user.is_some())
        {
            let what = "--cluster and --user are about the kubeconfig, and cannot be used with --demo alone. \
                        Name a context with --context, or leave them out";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, what));
        }
        Ok(cli)
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

impl FromStr for Keys {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        typed(text).map(Self)
    }
}

impl FromStr for Size {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let side = |text: &str| text.parse().ok().filter(|side| (1..=1_000).contains(side));
        text.split_once(['x', 'X'])
            .and_then(|(columns, rows)| {
                Some(Self {
                    columns: side(columns)?,
                    rows: side(rows)?,
                })
            })
            .ok_or_else(|| {
                let what = "a size is columns, an x and rows, such as 120x40, each from 1 to 1000";
                Problem::new(Cause::Config, what)
            })
    }
}

/// A time as Go writes it (`1h30m`, `1.5s`, `500ms`); a bare number is seconds, as kubectl has it.
fn duration(text: &str) -> Result<Duration, Problem> {
    const UNITS: [(&str, f64); 6] = [
        ("ms", 1e-3),
        ("us", 1e-6),
        ("ns", 1e-9),
        ("h", 3_600.0),
        ("m", 60.0),
        ("s", 1.0),
    ];
    let wrong = || {
        let what =
            "a time is a number with its unit, such as 30s, 1m, 500ms or 1m30s, or 0 for no limit";
        Problem::new(Cause::Config, what)
    };
    if let Ok(seconds) = text.parse::<u32>() {
        return Ok(Duration::from_secs(seconds.into()));
    }
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .ok_or_else(wrong)?;
        let (number, unit) = rest.split_at(digits);
        let (name, share) = UNITS
            .iter()
            .find(|(name, _)| unit.starts_with(name))
            .ok_or_else(wrong)?;
        seconds += number.parse::<f64>().map_err(|_| wrong())? * share;
        rest = &unit[name.len()..];
    }
    match text {
        "" => Err(wrong()),
        _ => Duration::try_from_secs_f64(seconds).map_err(|_| wrong()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a command line that cannot be read has failed the test"
    )]

    use super::*;

    fn read(line: &str) -> Result<Cli, clap::Error> {
        Cli::read(
            format!("barkeep {line}")
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn the_flags_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn kubectls_flags_mean_what_they_mean_there() {
        let cli =
            read("--context eu -n shop --as ann --as-group a --as-group b --request-timeout 1m30s")
                .unwrap();
        assert_eq!(
            (cli.contexts, cli.namespace.as_deref()),
            (vec!["eu".to_owned()], Some("shop"))
        );
        assert_eq!(
            (cli.as_user.as_deref(), cli.as_groups),
            (Some("ann"), vec!["a".to_owned(), "b".to_owned()])
        );
        assert_eq!(cli.request_timeout, Some(Duration::from_secs(90)));
        assert!(read("-A").unwrap().all_namespaces);
    }

    #[test]
    fn times_are_read_as_kubectl_reads_them() {
        for (text, want) in [
            ("0", Some(0)),
            ("0s", Some(0)),
            ("30s", Some(30_000)),
            ("1m", Some(60_000)),
            ("500ms", Some(500)),
            ("1h30m", Some(5_400_000)),
            ("1.5s", Some(1_500)),
            ("10", Some(10_000)),
            ("", None),
            ("s", None),
            ("5 minutes", None),
            ("-1s", None),
            ("1m30", None),
        ] {
            assert_eq!(
                duration(text).ok(),
                want.map(Duration::from_millis),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_headless_run_knows_its_size_and_keys() {
        let cli = read("--print --keys j<enter> --size 80x24 --format svg").unwrap();
        assert_eq!(cli.keys.unwrap().0.len(), 2);
        assert_eq!(
            cli.size,
            Some(Size {
                columns: 80,
                rows: 24
            })
        );
        assert_eq!(cli.format, Some(Format::Svg));
    }

    #[test]
    fn mistakes_are_explained() {
        for (line, want) in [
            (
                "--keys j",
                "--keys is for printing a frame without a terminal. Add --print",
            ),
            ("--size 80x24", "--size is for printing"),
            (
                "--print --size 80",
                "a size is columns, an x and rows, such as 120x40",
            ),
            ("--print --size 0x9", "each from 1 to 1000"),
            ("--print --keys <entre>", "“<entre>” at position 1"),
            ("--request-timeout soon", "a time is a number with its unit"),
            ("--theme draculla", "Did you mean `dracula`?"),
            (
                "--theme xyz",
                "There are: auto, dark, light, catppuccin-mocha",
            ),
            ("--as-group a", "--as <USER>"),
            ("--color always --no-color", "cannot be used with"),
            ("--contxt a", "--context"),
            ("--context a,b --cluster c", "--cluster names one cluster"),
            ("--filter cpu>x", "`cpu>x`: x is no amount of cpu"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.to_string().contains(want), "{line}: {error}");
            assert_eq!(error.exit_code(), 2);
        }
    }

    #[test]
    fn help_and_version_are_no_mistakes() {
        for line in ["--help", "--version", "-V"] {
            assert_eq!(read(line).unwrap_err().exit_code(), 0);
        }
        let help = read("--help").unwrap_err().to_string();
        for part in ["Cluster:", "Without a terminal:", "Looks:", "Examples:"] {
            assert!(help.contains(part), "{help}");
        }
    }

    #[test]
    fn the_persons_word_on_colours_counts() {
        for (line, want) in [
            ("", None),
            ("--no-color", Some(false)),
            ("--color always", Some(true)),
        ] {
            assert_eq!(read(line).unwrap().wants_colour(), want);
        }
    }
}
