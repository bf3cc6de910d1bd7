//! `barkeep config`: where the settings are, what is wrong with them, and how they hold.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::Subcommand;

use super::Cli;
use crate::{
    looks::{Looks, library},
    model::Problem,
    paths,
    settings::Settings,
};

/// What can be asked about the settings.
#[derive(Clone, Debug, Subcommand)]
pub enum Configuring {
    /// Say all that is wrong with the settings; the exit status is 1 where something is
    Check {
        /// Instead of the usual file
        #[arg(conflicts_with = "config")]
        file: Option<PathBuf>,
        /// The same
        #[arg(long, value_name = "FILE", hide = true)]
        config: Option<PathBuf>,
    },
    /// Print where the settings file is, or would be
    Path,
    /// Print all settings as they hold: a settings file that says the same
    Show {
        /// Instead of the usual file
        #[arg(conflicts_with = "config")]
        file: Option<PathBuf>,
        /// The same
        #[arg(long, value_name = "FILE", hide = true)]
        config: Option<PathBuf>,
    },
}

impl Configuring {
    /// Writes the answer; an error is a sentence about what is wrong.
    pub fn answer(&self, cli: &Cli, out: &mut dyn Write) -> io::Result<Result<(), String>> {
        let file = match self {
            Self::Check { file, config } | Self::Show { file, config } => {
                file.as_deref().or(config.as_deref())
            }
            Self::Path => None,
        };
        let mut settings = Settings::at(file);
        let path = match settings.path() {
            Some(path) => path.display().to_string(),
            None => {
                return Ok(Err(
                    "There is no home directory to keep settings in".to_owned()
                ));
            }
        };
        if matches!(self, Self::Path) {
            writeln!(out, "{path}")?;
            return Ok(Ok(()));
        }
        let library = library(paths::themes().as_deref());
        let is_there = settings.path().is_some_and(std::path::Path::exists);
        let (config, mut problems) = settings.read(&library);
        problems.extend(Looks::new(cli, &config, None, library).problems);
        match self {
            Self::Show { .. } => {
                write!(out, "# {path}\n{}", config.shown())?;
                Ok(told(&problems))
            }
            _ if problems.is_empty() && is_there => {
                writeln!(out, "{path}: nothing is wrong with it.")?;
                Ok(Ok(()))
            }
            _ if problems.is_empty() => {
                writeln!(
                    out,
                    "{path} is not there, so all settings have their defaults."
                )?;
                Ok(Ok(()))
            }
            _ => Ok(told(&problems)),
        }
    }
}

fn told(problems: &[Problem]) -> Result<(), String> {
    let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
    if all.is_empty() {
        return Ok(());
    }
    Err(all.join("\nbarkeep: "))
}
