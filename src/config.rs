//! What the person set in `config.toml`. `config.example.toml` is its documentation and its defaults.
//!
//! Read strictly, all mistakes at once, each with its line; and kindly: what is wrong keeps its default, the rest counts.

mod columns;
mod keys;
mod reader;
mod screen;
mod show;

use std::{collections::BTreeMap, fs, io::ErrorKind, path::Path};

use toml::de::DeTable;

use self::reader::Reader;
pub use crate::model::grouping::ServiceRule;
use crate::{
    command::Rebinding,
    layout::Side,
    model::{Cause, Problem, grouping::matches},
    panes::Pane,
    terminal::clipboard::{Clipboard, LIMIT},
    ui::Library,
};

/// Every setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The name of the theme, or `auto`: the dark or the light one, as the terminal is.
    pub theme: String,
    /// ASCII characters only; else the locale decides.
    pub ascii: bool,
    /// Where the panel stands, until the person has it stand elsewhere.
    pub panel: Side,
    /// Whether clicks are ours, until the person says otherwise.
    pub mouse: bool,
    /// Where copied text goes.
    pub clipboard: Clipboard,
    /// The most that the terminal is given of it, bytes of base64.
    pub clipboard_limit: usize,
    /// Namespaces to look at where they may not be listed.
    pub namespaces: Vec<String>,
    /// Words that name an environment.
    pub environments: Vec<String>,
    /// The contexts to open where the command line names none.
    pub open: Vec<String>,
    /// Start where one was last.
    pub restore: bool,
    /// Settings for single contexts of the kubeconfig, in the order of the file.
    pub contexts: Vec<ContextConfig>,
    /// Which namespaces belong to a Service; the first rule that fits wins.
    pub services: Vec<ServiceRule>,
    /// Commands whose keys are not those of the table.
    pub keys: Vec<Rebinding>,
    /// The columns of panes, by name, where they are not the usual ones.
    pub columns: BTreeMap<Pane, Vec<String>>,
}

/// Settings for one context, or for those of a glob.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContextConfig {
    /// The context's name, or a glob over the names of several; `*` and `?`.
    pub name: String,
    /// The theme to wear while it is looked at, where it has one of its own.
    pub theme: Option<String>,
    /// Namespaces to look at where they may not be listed.
    pub namespaces: Vec<String>,
}

const SETTINGS: [&str; 14] = [
    "theme",
    "ascii",
    "panel",
    "mouse",
    "clipboard",
    "clipboard_limit",
    "contexts",
    "namespaces",
    "environments",
    "restore",
    "context",
    "service",
    "keys",
    "columns",
];
const CONTEXT_SETTINGS: [&str; 2] = ["theme", "namespaces"];
const SERVICE_SETTINGS: [&str; 4] = ["name", "namespaces", "selector", "contexts"];
const ENVIRONMENTS: [&str; 12] = [
    "dev",
    "test",
    "qa",
    "stage",
    "staging",
    "uat",
    "prod",
    "production",
    "live",
    "preview",
    "sandbox",
    "canary",
];

impl Default for Config {
    fn default() -> Self {
        Self {
            theme: "auto".to_owned(),
            ascii: false,
            panel: Side::Auto,
            mouse: true,
            clipboard: Clipboard::Osc52,
            clipboard_limit: LIMIT,
            namespaces: Vec::new(),
            environments: ENVIRONMENTS.map(str::to_owned).into(),
            open: Vec::new(),
            restore: true,
            contexts: Vec::new(),
            services: Vec::new(),
            keys: Vec::new(),
            columns: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Reads the settings file, which names themes of the library. That the usual one is not there is no mistake; that the
    /// one `asked` for is not, is.
    pub fn load(path: &Path, asked: bool, library: &Library) -> (Self, Vec<Problem>) {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, &path.display().to_string(), library),
            Err(error) if error.kind() == ErrorKind::NotFound && !asked => {
                (Self::default(), Vec::new())
            }
            Err(error) => {
                let what = format!("the settings {} cannot be read: {error}", path.display());
                (Self::default(), vec![Problem::new(Cause::Config, what)])
            }
        }
    }

    /// Reads settings, which name themes of the library; `file` is what mistakes call it.
    pub fn parse(text: &str, file: &str, library: &Library) -> (Self, Vec<Problem>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut reader = Reader::of(text, file, library);
        for error in errors {
            let place = error.span().map_or(0, |span| span.start);
            reader.wrong(place, error.message().trim());
        }
        let config = reader.config(table.get_ref());
        (config, reader.problems())
    }

    /// The namespaces to look at in a context where they may not be listed: those of all contexts, and of each name and glob
    /// that fits this one.
    pub fn namespaces_of<'a>(&'a self, context: &'a str) -> impl Iterator<Item = &'a str> {
        let fits = move |of: &&ContextConfig| of.name == context || matches(&of.name, context);
        let own = self.contexts.iter().filter(fits);
        self.namespaces
            .iter()
            .chain(own.flat_map(|of| &of.namespaces))
            .map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
