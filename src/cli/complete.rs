//! What a shell offers while a command line is typed: flags, the kubeconfig's contexts, and places as far as memory has them.
//!
//! Reads two files and never the network, because a person waits for it; what can not be read offers nothing.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    env,
    ffi::{OsStr, OsString},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap_complete::{CompleteEnv, CompletionCandidate, engine, env::Shells};

use super::{Cli, Shell};
use crate::{
    cluster::Contexts,
    memory::{Been, Memory},
    model::{Address, context::SIMULATED},
    paths,
};

/// By this variable the shell's script says that it asks.
const ASKS: &str = "BARKEEP_COMPLETE";
/// What kubectl runs to complete `kubectl barkeep`.
const OF_PLUGIN: &str = "kubectl_complete-barkeep";
/// kubectl is to offer nothing but what we say.
const NOTHING_ELSE: &str = ":4";

pub(super) const INSTALLING: &str = "\
Where it goes:
  bash         source <(barkeep completions bash)         in ~/.bashrc
  elvish       eval (barkeep completions elvish | slurp)  in rc.elv
  fish         barkeep completions fish | source          in config.fish
  powershell   barkeep completions powershell | Out-String | Invoke-Expression
  zsh          source <(barkeep completions zsh)          in ~/.zshrc, after compinit
";

/// Answers a shell that asks, or kubectl; whether one did. Nothing may be written before.
pub fn answer() -> bool {
    let args: Vec<OsString> = env::args_os().collect();
    let name = args.first().and_then(|path| Path::new(path).file_stem());
    if name.is_some_and(|name| name == OF_PLUGIN) {
        // kubectl shows what goes wrong here amid what the person types.
        let _ = answer_kubectl(&args);
        return true;
    }
    let here = env::current_dir().ok();
    let asks = args.iter().any(|arg| arg == "--");
    let answered = CompleteEnv::with_factory(|| Cli::named(None))
        .var(ASKS)
        .try_complete(args, here.as_deref());
    match answered {
        Ok(answered) => answered,
        Err(_) if asks => true,
        Err(error) => error.exit(),
    }
}

fn answer_kubectl(args: &[OsString]) -> io::Result<()> {
    let words = [OsString::from("barkeep")].into_iter();
    let words: Vec<OsString> = words.chain(args.iter().skip(1).cloned()).collect();
    let last = words.len() - 1;
    let offered = engine::complete(&mut Cli::named(None), words, last, None)?;
    let mut out = io::stdout().lock();
    for candidate in offered {
        let value = candidate.get_value().to_string_lossy();
        match candidate.get_help() {
            Some(help) => writeln!(out, "{value}\t{help}")?,
            None => writeln!(out, "{value}")?,
        }
    }
    writeln!(out, "{NOTHING_ELSE}")
}

/// Writes the script that makes a shell ask. It calls the program as it was called for the script.
pub fn write_script(shell: Shell, out: &mut dyn io::Write) -> io::Result<()> {
    let called = env::args_os().next().map(PathBuf::from);
    let program = match called {
        Some(path) if path.components().count() > 1 => std::path::absolute(path)?,
        _ => PathBuf::from("barkeep"),
    };
    let shells = Shells::builtins();
    match shells.completer(shell.name()) {
        Some(shell) => {
            let program = program.to_string_lossy();
            shell.write_registration(ASKS, "barkeep", "barkeep", &program, out)
        }
        None => Ok(()),
    }
}

/// The kubeconfig's contexts, of which several can be named with commas between them.
pub(super) fn contexts(begun: &OsStr) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy();
    let before = begun.rfind(',').map_or(0, |comma| comma + 1);
    let offers = Contexts::read(flag("--kubeconfig").as_deref().map(Path::new));
    let offers = offers.and_then(|found| found.offers()).unwrap_or_default();
    let named: Vec<&str> = begun[..before].split(',').collect();
    let offered = offers.iter().filter_map(|offer| {
        let name = offer.context.name();
        let whole = name.starts_with(&*begun);
        let rest = name.starts_with(&begun[before..]) && !named.contains(&name);
        let text = match (whole, rest) {
            (true, _) => name.to_owned(),
            (_, true) => format!("{}{name}", &begun[..before]),
            _ => return None,
        };
        let help = Some(offer.server.clone()).filter(|server| !server.is_empty());
        Some(CompletionCandidate::new(text).help(help.map(Into::into)))
    });
    offered.collect()
}

/// Places that were visited, and the Maps that there were.
pub(super) fn places(begun: &OsStr) -> Vec<CompletionCandidate> {
    let been = Memory::at(paths::memory()).read().been;
    let contexts = flag("--context").map(|names| names.split(',').map(str::to_owned).collect());
    let simulated = env::args_os().any(|arg| arg == "--demo");
    let contexts = match contexts {
        None if simulated => Some(vec![SIMULATED.to_owned()]),
        contexts => contexts,
    };
    let typed = places_of(&been, contexts.as_deref(), &begun.to_string_lossy());
    typed.into_iter().map(CompletionCandidate::new).collect()
}

/// Those of them that begin so: of these contexts, or of all that are real. A context before a place is offered once it
/// has been begun.
fn places_of(been: &Been, contexts: Option<&[String]>, begun: &str) -> Vec<String> {
    let wanted = |context: &str| match contexts {
        Some(contexts) => contexts.iter().any(|name| name == context),
        None => context != SIMULATED,
    };
    let visited = been.bookmarks.values().chain(&been.recent);
    // The list of a kind is no place on the command line.
    let visited = visited.filter(|place| place.list.is_empty());
    let visited = visited.map(|place| (&*place.context, place.typed()));
    let maps = been.maps.iter().flat_map(|(context, maps)| {
        let maps = maps.iter().map(String::as_str);
        maps.map(move |map| (&**context, map.to_owned()))
    });
    let known: Vec<(&str, String)> = visited.chain(maps).collect();
    let known = known
        .iter()
        .filter(|(context, place)| wanted(context) && !place.is_empty());
    let mut offered = BTreeSet::new();
    for (context, place) in known {
        let whole = Address {
            context: (*context).to_owned(),
            path: vec![place.clone()],
            ..Address::default()
        };
        let whole = whole.to_string();
        if place.starts_with(begun) {
            offered.insert(place.clone());
        } else if whole.starts_with(begun) && begun.len() > context.len() {
            offered.insert(whole);
        } else if context.starts_with(begun) && !begun.is_empty() {
            offered.insert(format!("{context}:"));
        }
    }
    offered.into_iter().collect()
}

/// What was given for a flag on the command line that is being completed.
fn flag(name: &str) -> Option<String> {
    let args: Vec<OsString> = env::args_os().collect();
    let mut args = args.iter().map(|arg| arg.to_string_lossy());
    while let Some(arg) = args.next() {
        match arg.strip_prefix(name) {
            Some("") => return args.next().map(Cow::into_owned),
            Some(rest) if rest.starts_with('=') => return Some(rest[1..].to_owned()),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Keep, Kept, Note};

    #[test]
    fn places_are_offered_as_they_are_typed() {
        let mut kept = Kept::default();
        let maps = |context: &str, maps: &[&str]| {
            let maps = maps.iter().map(|map| (*map).to_owned()).collect();
            Note::Maps(context.to_owned(), maps)
        };
        let web: Address = "eu:shop/prod/web".parse().unwrap_or_default();
        for note in [
            maps("eu", &["cart/dev", "shop/prod"]),
            maps("us", &["shop/stage"]),
            maps(SIMULATED, &["simulated/only"]),
            Note::Visited(web),
        ] {
            Keep::Been(note).apply(&mut kept);
        }
        let us = ["us".to_owned()];
        for (contexts, begun, want) in [
            (
                None,
                "",
                &["cart/dev", "shop/prod", "shop/prod/web", "shop/stage"][..],
            ),
            (None, "shop/p", &["shop/prod", "shop/prod/web"]),
            (None, "e", &["eu:"]),
            (None, "eu:shop", &["eu:shop/prod", "eu:shop/prod/web"]),
            (None, "x", &[]),
            (Some(&us[..]), "", &["shop/stage"]),
        ] {
            assert_eq!(places_of(&kept.been, contexts, begun), want, "{begun}");
        }
    }
}
