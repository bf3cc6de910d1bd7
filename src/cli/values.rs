//! What stands behind the flags.

use std::{str::FromStr, time::Duration};

use clap::ValueEnum;

use crate::{
    keys::{Typed, typed},
    model::{Cause, Problem},
};

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

/// A shell that completes what is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Bash.
    Bash,
    /// Elvish.
    Elvish,
    /// Fish.
    Fish,
    /// Of Windows, and elsewhere.
    #[value(help = "PowerShell")]
    Powershell,
    /// Zsh.
    Zsh,
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

impl Shell {
    /// As the shell calls itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Elvish => "elvish",
            Self::Fish => "fish",
            Self::Powershell => "powershell",
            Self::Zsh => "zsh",
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
pub(super) fn duration(text: &str) -> Result<Duration, Problem> {
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
