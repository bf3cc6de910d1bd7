//! The man page: what `--help` says, and the keys, files, variables and exit codes.

use std::io;

use clap_mangen::{
    Man,
    roff::{Roff, bold, roman},
};

use super::Cli;
use crate::command::COMMANDS;

pub(super) const READING: &str = "\
Examples:
  barkeep man | man -l -
  barkeep man >~/.local/share/man/man1/barkeep.1
";

const FILES: &[(&str, &str)] = &[
    (
        "~/.config/barkeep/config.toml",
        "The settings; config.example.toml of the sources has all of them with their defaults.",
    ),
    (
        "~/.local/state/barkeep/memory.toml",
        "Bookmarks, recent places, and what was answered once.",
    ),
    (
        "~/.local/state/barkeep/barkeep.log",
        "The program's own log.",
    ),
    (
        "~/.kube/config",
        "The clusters, where neither --kubeconfig nor KUBECONFIG names others.",
    ),
];

const ENVIRONMENT: &[(&str, &str)] = &[
    ("KUBECONFIG", "Kubeconfigs to use, with : between them."),
    (
        "HTTPS_PROXY, HTTP_PROXY, NO_PROXY",
        "The way to a cluster whose kubeconfig names no proxy-url.",
    ),
    ("NO_COLOR", "Set to anything: no colours."),
    ("COLORTERM, TERM, COLORFGBG", "What the terminal can show."),
    (
        "LC_ALL, LC_CTYPE, LANG",
        "Without UTF-8 in the first that is set, only ASCII characters are drawn.",
    ),
    (
        "XDG_CONFIG_HOME, XDG_STATE_HOME",
        "Where settings and state are, instead of ~/.config and ~/.local/state.",
    ),
    (
        "BARKEEP_LOG",
        "What is logged: debug, or barkeep::cluster=trace.",
    ),
];

const EXIT_STATUS: &[(&str, &str)] = &[
    ("0", "It was quit, or has printed what it was asked for."),
    (
        "1",
        "It could not: no cluster answers, or the terminal can not be used. A sentence says why.",
    ),
    ("2", "The command line is wrong. A sentence says how."),
];

/// Writes the man page.
pub fn write(out: &mut dyn io::Write) -> io::Result<()> {
    // A page has room for what the short help leaves out.
    let cli = Cli::named(None).mut_args(|arg| {
        let arg = arg.hide_short_help(false);
        match (arg.get_long_help().is_none(), arg.get_help().cloned()) {
            (true, Some(help)) => arg.long_help(help),
            _ => arg,
        }
    });
    let man = Man::new(cli).manual("barkeep");
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    man.render_subcommands_section(out)?;
    let keys = COMMANDS.iter().map(|entry| {
        let keys = match entry.keys {
            [] => format!(":{}", entry.name),
            keys => keys.join(", "),
        };
        (keys, entry.help)
    });
    let keys: Vec<(String, &str)> = keys.collect();
    let keys: Vec<(&str, &str)> = keys.iter().map(|(keys, help)| (&**keys, *help)).collect();
    section("KEYS", &keys).to_writer(out)?;
    section("FILES", FILES).to_writer(out)?;
    section("ENVIRONMENT", ENVIRONMENT).to_writer(out)?;
    section("EXIT STATUS", EXIT_STATUS).to_writer(out)?;
    man.render_extra_section(out)?;
    man.render_version_section(out)
}

/// A section of things and what they are.
fn section(title: &str, entries: &[(&str, &str)]) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [title]);
    for (name, text) in entries {
        roff.control("TP", []);
        roff.text([bold(*name)]);
        roff.text([roman(*text)]);
    }
    roff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_all_that_there_is_to_know() {
        let mut page = Vec::new();
        assert!(write(&mut page).is_ok());
        let page = String::from_utf8(page).unwrap_or_default();
        for want in [
            ".TH barkeep 1",
            ".SH SYNOPSIS",
            ".SH KEYS",
            ".SH FILES",
            ".SH ENVIRONMENT",
            ".SH \"EXIT STATUS\"",
            "BARKEEP_LOG",
            "Give up a request after this time",
            "Draw with ASCII characters only",
        ] {
            assert!(page.contains(want), "{want}\n{page}");
        }
        for entry in COMMANDS {
            let help = entry.help.split(['-', '\'']).next().unwrap_or_default();
            assert!(page.contains(help), "{help}");
        }
    }
}
