//! What the person can say about the simulated cluster.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, ValueEnum};

use crate::demo::faults::Rule;

/// The simulated cluster instead of a real one.
#[derive(Clone, Debug, Args)]
pub struct Simulated {
    /// Show a simulated cluster inside the program
    ///
    /// Something happens in it all the time. It is opened beside those of --context.
    #[arg(long, help_heading = "Without a cluster")]
    pub demo: bool,

    /// Its story: the same number, the same story [default: 1]
    #[arg(
        long,
        value_name = "NUMBER",
        help_heading = "Without a cluster",
        requires = "demo",
        hide_short_help = true
    )]
    pub demo_seed: Option<u64>,

    /// How many times faster than in life things happen, from 0.1 to 100 [default: 1]
    #[arg(long, value_name = "TIMES", help_heading = "Without a cluster", requires = "demo", value_parser = pace, hide_short_help = true)]
    pub demo_speed: Option<f64>,

    /// So many Pods more, for load; up to 100000
    #[arg(long, value_name = "PODS", help_heading = "Without a cluster", requires = "demo", value_parser = size, hide_short_help = true)]
    pub demo_size: Option<usize>,

    /// Whose rights to have [default: admin]
    #[arg(
        long,
        value_name = "ROLE",
        help_heading = "Without a cluster",
        requires = "demo",
        hide_short_help = true
    )]
    pub demo_role: Option<Role>,
}

pub(super) const SERVING: &str = "\
Examples:
  barkeep demo >demo.kubeconfig &            then: kubectl --kubeconfig demo.kubeconfig get pods -A
  barkeep demo --write-kubeconfig demo.kubeconfig --fault watch=break:5000@20%

It ends with Ctrl-C, and everything in it with it. The kubeconfig has contexts demo, demo-developer, demo-viewer and
demo-nobody.
";

/// How to serve the simulated cluster.
#[derive(Clone, Debug, Args)]
pub struct Serving {
    /// Address and port of this machine; port 0 takes one that is free
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,

    /// Without TLS
    #[arg(long)]
    pub plain: bool,

    /// Write the kubeconfig here instead of printing it
    #[arg(long, value_name = "FILE")]
    pub write_kubeconfig: Option<PathBuf>,

    /// Its story: the same number, the same story
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,

    /// How many times faster than in life things happen, from 0.1 to 100
    #[arg(long, value_name = "TIMES", default_value = "1", value_parser = pace)]
    pub speed: f64,

    /// So many Pods more, for load; up to 100000
    #[arg(long, value_name = "PODS", default_value = "0", value_parser = size)]
    pub size: usize,

    /// Whose context is the current one
    #[arg(long, value_name = "ROLE", default_value = "admin")]
    pub role: Role,

    /// An accident: [VERB][:RESOURCE=]WHAT[*TIMES][@PERCENT%]; can be given several times
    #[arg(long, value_name = "FAULT")]
    pub fault: Vec<Rule>,
}

/// Whose rights one has in the simulated cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// All rights.
    #[default]
    Admin,
    /// Edits in some namespaces, looks in others, and may not list them.
    Developer,
    /// Looks everywhere, but at no Secret.
    Viewer,
    /// No rights.
    Nobody,
}

impl Role {
    /// As the cluster names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Developer => "developer",
            Self::Viewer => "viewer",
            Self::Nobody => "nobody",
        }
    }
}

fn pace(text: &str) -> Result<f64, String> {
    let pace = text
        .parse()
        .ok()
        .filter(|pace| (0.1..=100.0).contains(pace));
    pace.ok_or_else(|| "a speed is a number from 0.1 to 100".to_owned())
}

fn size(text: &str) -> Result<usize, String> {
    let size = text.parse().ok().filter(|size| *size <= 100_000);
    size.ok_or_else(|| "a size is a number of Pods from 0 to 100000".to_owned())
}
