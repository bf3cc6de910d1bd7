//! How the program looks: which themes there are, which one is asked for, how many colours, which characters. Reads the
//! folder of the person's own themes.

use std::{fs, path::Path};

use crate::{
    app::{AUTO, Known, Themes},
    cli::{Cli, Format},
    config::Config,
    memory::Picked,
    model::{Cause, Problem},
    paths,
    ui::{ColorDepth, Glyphs, Library, Painter, Theme, colour::background_is_light},
};

/// What the program looks like at the start.
pub struct Looks {
    /// How it is drawn.
    pub painter: Painter,
    /// The themes, for the state.
    pub themes: Themes,
    /// What is wrong with the themes.
    pub problems: Vec<Problem>,
}

impl Looks {
    /// As the command line, what was picked before, the configuration and the environment have it.
    pub fn new(cli: &Cli, config: &Config, picked: Option<&Picked>, library: Library) -> Self {
        let env = |name: &str| std::env::var(name).ok();
        let picture = cli.print && cli.format == Some(Format::Svg);
        let depth = match ColorDepth::detect(cli.wants_colour(), env) {
            // A picture has all colours.
            depth if picture && depth > ColorDepth::None => ColorDepth::True,
            depth => depth,
        };
        let (known, mut problems) = known(&library);
        // Whichever the person has said last: for this once, in the list of themes, in the configuration.
        let picked = picked.filter(|picked| picked.instead_of == config.theme);
        let mut chosen = AUTO;
        for name in [
            cli.theme.as_deref(),
            picked.map(|picked| picked.name.as_str()),
            Some(config.theme.as_str()),
        ] {
            let Some(name) = name else { continue };
            let Some(problem) = library.unknown(name) else {
                chosen = name;
                break;
            };
            problems.insert(0, problem);
        }
        let is_broken = |name: &str| {
            let broken = |known: &Known| known.name == name && known.broken.is_some();
            known.iter().any(broken)
        };
        if is_broken(chosen) {
            chosen = AUTO;
        }
        // The command line beats all.
        let contexts = config.contexts.iter().filter(|_| cli.theme.is_none());
        let of_contexts = contexts.filter_map(|context| {
            let theme = context.theme.clone().filter(|theme| !is_broken(theme));
            Some((context.name.clone(), theme?))
        });
        let themes = Themes {
            chosen: chosen.to_owned(),
            configured: config.theme.clone(),
            of_contexts: of_contexts.collect(),
            light: background_is_light(env),
            colourless: (depth == ColorDepth::None).then(|| colourless(cli, env)),
            known,
            here: None,
            picked_over: None,
        };
        let glyphs = Glyphs::choose(cli.ascii || config.ascii, env);
        let zone = jiff::tz::TimeZone::system();
        // The theme itself is put on with the first frame.
        let painter = Painter::new(Theme::plain(), glyphs, zone).choosing(library, depth);
        Self {
            painter,
            themes,
            problems,
        }
    }
}

/// Looks whether there is a theme of that name, for the command line.
pub fn named(name: &str) -> Result<String, Problem> {
    let unknown = library(paths::themes().as_deref()).unknown(name);
    unknown.map_or_else(|| Ok(name.to_owned()), Err)
}

/// All themes: those that are built in, and each `NAME.toml` of a folder.
pub fn library(folder: Option<&Path>) -> Library {
    let mut library = Library::default();
    let files = folder.and_then(|folder| fs::read_dir(folder).ok());
    for path in files
        .into_iter()
        .flatten()
        .flatten()
        .map(|file| file.path())
    {
        let name = path.file_stem().and_then(|name| name.to_str());
        let Some(name) = name.filter(|_| path.extension().is_some_and(|end| end == "toml")) else {
            continue;
        };
        let file = path.display().to_string();
        let text = fs::read_to_string(&path).map_err(|error| {
            Problem::new(
                Cause::Config,
                format!("the theme {file} can not be read: {error}"),
            )
        });
        library.add(name, file, text);
    }
    library
}

/// What can be chosen, and all that is wrong with the person's own.
fn known(library: &Library) -> (Vec<Known>, Vec<Problem>) {
    let mut known = Vec::new();
    let mut problems = Vec::new();
    for name in std::iter::once(AUTO).chain(library.names()) {
        let own = library.own().any(|own| own == name);
        let wrong = own.then(|| library.theme(name, ColorDepth::True, None).err());
        let wrong = wrong.flatten();
        let broken = wrong.as_ref().map(|wrong| told(wrong));
        problems.extend(wrong.into_iter().flatten());
        known.push(Known {
            name: name.to_owned(),
            own,
            broken,
        });
    }
    (known, problems)
}

/// The first of several, and how many more there are.
fn told(problems: &[Problem]) -> String {
    match problems {
        [] => String::new(),
        [only] => only.to_string(),
        [first, more @ ..] => format!("{first} (and {} more)", more.len()),
    }
}

fn colourless(cli: &Cli, env: impl Fn(&str) -> Option<String>) -> &'static str {
    if cli.wants_colour() == Some(false) {
        "Colours are off: --color never."
    } else if env("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        "Colours are off: NO_COLOR is set."
    } else {
        "Colours are off: this terminal says that it has none (TERM)."
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a command line that cannot be read has failed the test"
    )]

    use super::*;

    #[test]
    fn contexts_have_their_themes_unless_the_command_line_names_one_or_the_file_is_broken() {
        let text = "[context.a]\ntheme = \"nord\"\n[context.b]\ntheme = \"bad\"\n";
        let mut library = Library::default();
        let inherits = "inherits = \"nrod\"\n".to_owned();
        library.add("bad", "bad.toml".to_owned(), Ok(inherits));
        let (config, problems) = Config::parse(text, "c.toml", &library);
        assert_eq!(problems, []);
        let own = ("a".to_owned(), "nord".to_owned());
        for (line, want) in [
            (&["barkeep"][..], vec![own]),
            (&["barkeep", "--theme", "light"], Vec::new()),
        ] {
            let looks = Looks::new(&Cli::read(line).unwrap(), &config, None, library.clone());
            assert_eq!(looks.themes.of_contexts, want, "{line:?}");
            assert_eq!(looks.problems.len(), 1, "{:?}", looks.problems);
        }
    }
}
