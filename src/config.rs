//! What the person set in `config.toml`. `config.example.toml` is its documentation and its defaults.
//!
//! Read strictly, all mistakes at once, each with its line; and kindly: what is wrong keeps its default, the rest counts.

use std::{collections::BTreeMap, fs, io::ErrorKind, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

pub use crate::model::grouping::ServiceRule;
use crate::model::{Cause, Problem, selector::Selector};

/// Every setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The colours.
    pub theme: ThemeName,
    /// ASCII characters only; else the locale decides.
    pub ascii: bool,
    /// Namespaces to look at where they may not be listed.
    pub namespaces: Vec<String>,
    /// Words that name an environment.
    pub environments: Vec<String>,
    /// The contexts to open where the command line names none.
    pub open: Vec<String>,
    /// Settings for single contexts of the kubeconfig, by name.
    pub contexts: BTreeMap<String, ContextConfig>,
    /// Which namespaces belong to a Service; the first rule that fits wins.
    pub services: Vec<ServiceRule>,
}

/// Which colours are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ThemeName {
    /// For dark backgrounds.
    Dark,
    /// For light backgrounds.
    Light,
    /// What the terminal says, or dark.
    #[default]
    Auto,
}

/// Settings for one context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContextConfig {
    /// Namespaces to look at where they may not be listed.
    pub namespaces: Vec<String>,
}

const SETTINGS: [&str; 7] = [
    "theme",
    "ascii",
    "contexts",
    "namespaces",
    "environments",
    "context",
    "service",
];
const CONTEXT_SETTINGS: [&str; 1] = ["namespaces"];
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
            theme: ThemeName::Auto,
            ascii: false,
            namespaces: Vec::new(),
            environments: ENVIRONMENTS.map(str::to_owned).into(),
            open: Vec::new(),
            contexts: BTreeMap::new(),
            services: Vec::new(),
        }
    }
}

impl Config {
    /// Reads the settings file. That the usual one is not there is no mistake; that the one `asked` for is not, is.
    pub fn load(path: &Path, asked: bool) -> (Self, Vec<Problem>) {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, &path.display().to_string()),
            Err(error) if error.kind() == ErrorKind::NotFound && !asked => {
                (Self::default(), Vec::new())
            }
            Err(error) => {
                let what = format!("the settings {} cannot be read: {error}", path.display());
                (Self::default(), vec![Problem::new(Cause::Config, what)])
            }
        }
    }

    /// Reads settings; `file` is what mistakes call it.
    pub fn parse(text: &str, file: &str) -> (Self, Vec<Problem>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut reader = Reader {
            text,
            file,
            problems: Vec::new(),
        };
        for error in errors {
            let place = error.span().map_or(0, |span| span.start);
            reader.wrong(place, error.message().trim());
        }
        let config = reader.config(table.get_ref());
        (config, reader.problems)
    }

    /// The namespaces to look at in a context where they may not be listed.
    pub fn namespaces_of<'a>(&'a self, context: &str) -> impl Iterator<Item = &'a str> {
        let own = self
            .contexts
            .get(context)
            .map(|context| context.namespaces.iter());
        self.namespaces
            .iter()
            .chain(own.into_iter().flatten())
            .map(String::as_str)
    }
}

type Value<'a> = Spanned<DeValue<'a>>;

/// Takes settings out of a file and collects what is wrong with them.
struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn config(&mut self, table: &DeTable<'_>) -> Config {
        let mut config = Config::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "theme" => set(&mut config.theme, self.theme(value)),
                "ascii" => set(&mut config.ascii, self.switch(key.get_ref(), value)),
                "contexts" => set(&mut config.open, self.words(key.get_ref(), value)),
                "namespaces" => set(&mut config.namespaces, self.words(key.get_ref(), value)),
                "environments" => set(&mut config.environments, self.words(key.get_ref(), value)),
                "context" => set(&mut config.contexts, self.contexts(value)),
                "service" => set(&mut config.services, self.services(value)),
                unknown => self.unknown(key.span().start, unknown, &SETTINGS),
            }
        }
        config
    }

    fn contexts(&mut self, value: &Value<'_>) -> Option<BTreeMap<String, ContextConfig>> {
        let Some(table) = value.get_ref().as_table() else {
            return self.not("context", "a table such as [context.\"prod\"]", value);
        };
        let mut contexts = BTreeMap::new();
        for (name, value) in table {
            let Some(settings) = value.get_ref().as_table() else {
                self.not::<()>(&format!("context.{}", name.get_ref()), "a table", value);
                continue;
            };
            let mut context = ContextConfig::default();
            for (key, value) in settings {
                match key.get_ref().as_ref() {
                    "namespaces" => set(&mut context.namespaces, self.words(key.get_ref(), value)),
                    unknown => self.unknown(key.span().start, unknown, &CONTEXT_SETTINGS),
                }
            }
            contexts.insert(name.get_ref().to_string(), context);
        }
        Some(contexts)
    }

    fn services(&mut self, value: &Value<'_>) -> Option<Vec<ServiceRule>> {
        let Some(rules) = value.get_ref().as_array() else {
            return self.not("service", "a list of tables, each under [[service]]", value);
        };
        Some(rules.iter().filter_map(|rule| self.service(rule)).collect())
    }

    /// A rule that is not whole is left out: half of it would fit what the person did not mean.
    fn service(&mut self, value: &Value<'_>) -> Option<ServiceRule> {
        let Some(table) = value.get_ref().as_table() else {
            return self.not("service", "a table", value);
        };
        let before = self.problems.len();
        let mut rule = ServiceRule::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "name" => set(&mut rule.name, self.word(key.get_ref(), value)),
                "namespaces" => set(&mut rule.namespaces, self.words(key.get_ref(), value)),
                "selector" => set(&mut rule.selector, self.selector(value)),
                "contexts" => set(&mut rule.contexts, self.words(key.get_ref(), value)),
                unknown => self.unknown(key.span().start, unknown, &SERVICE_SETTINGS),
            }
        }
        if self.problems.len() == before {
            if rule.name.is_empty() {
                self.wrong(value.span().start, "this [[service]] has no `name`");
            } else if rule.namespaces.is_empty() && rule.selector.is_empty() {
                self.wrong(
                    value.span().start,
                    "this [[service]] has neither `namespaces` nor a `selector`",
                );
            }
        }
        (self.problems.len() == before).then_some(rule)
    }

    fn theme(&mut self, value: &Value<'_>) -> Option<ThemeName> {
        match value.get_ref().as_str() {
            Some("dark") => Some(ThemeName::Dark),
            Some("light") => Some(ThemeName::Light),
            Some("auto") => Some(ThemeName::Auto),
            _ => self.not("theme", "\"dark\", \"light\" or \"auto\"", value),
        }
    }

    fn switch(&mut self, key: &str, value: &Value<'_>) -> Option<bool> {
        value
            .get_ref()
            .as_bool()
            .or_else(|| self.not(key, "true or false", value))
    }

    fn selector(&mut self, value: &Value<'_>) -> Option<Selector> {
        let text = self.word("selector", value)?;
        let read = text.parse();
        read.map_err(|error: String| self.wrong(value.span().start, &error))
            .ok()
    }

    fn word(&mut self, key: &str, value: &Value<'_>) -> Option<String> {
        let word = value.get_ref().as_str().map(str::to_owned);
        word.or_else(|| self.not(key, "a text in quotes", value))
    }

    fn words(&mut self, key: &str, value: &Value<'_>) -> Option<Vec<String>> {
        let Some(values) = value.get_ref().as_array() else {
            return self.not(key, "a list such as [\"a\", \"b\"]", value);
        };
        values.iter().map(|value| self.word(key, value)).collect()
    }

    fn not<T>(&mut self, key: &str, wanted: &str, value: &Value<'_>) -> Option<T> {
        let found = value.get_ref().type_str();
        let written = self
            .text
            .get(value.span())
            .filter(|text| text.len() <= 40 && !text.contains('\n'));
        let found = written.unwrap_or(found);
        self.wrong(
            value.span().start,
            &format!("`{key}` must be {wanted}, not {found}"),
        );
        None
    }

    fn unknown(&mut self, place: usize, key: &str, known: &[&str]) {
        let nearest = known
            .iter()
            .max_by(|a, b| strsim::jaro(key, a).total_cmp(&strsim::jaro(key, b)));
        let hint = match nearest {
            Some(nearest) if strsim::jaro(key, nearest) > 0.75 => {
                format!("Did you mean `{nearest}`?")
            }
            _ => format!("There are: {}", known.join(", ")),
        };
        self.wrong(place, &format!("there is no setting `{key}`"));
        if let Some(problem) = self.problems.pop() {
            self.problems.push(problem.hint(hint));
        }
    }

    fn wrong(&mut self, place: usize, what: &str) {
        let line = self
            .text
            .get(..place)
            .map_or(1, |before| before.matches('\n').count() + 1);
        self.problems.push(Problem::new(
            Cause::Config,
            format!("{}:{line}: {what}", self.file),
        ));
    }
}

fn set<T>(setting: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *setting = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../config.example.toml");

    fn problems(text: &str) -> Vec<String> {
        Config::parse(text, "c.toml")
            .1
            .iter()
            .map(Problem::to_string)
            .collect()
    }

    #[test]
    fn the_example_is_the_default() {
        let settings: Vec<&str> = EXAMPLE
            .lines()
            .filter_map(|line| line.strip_prefix("#: "))
            .collect();
        let (config, problems) = Config::parse(&settings.join("\n"), "example");
        assert_eq!((config, problems), (Config::default(), Vec::new()));
        for setting in ["theme", "ascii", "contexts", "namespaces", "environments"] {
            assert!(
                settings.iter().any(|line| line.starts_with(setting)),
                "{setting}"
            );
        }
        assert!(Config::parse(EXAMPLE, "example").1.is_empty());
    }

    #[test]
    fn the_tables_of_the_example_can_be_used() {
        let tables: Vec<&str> = EXAMPLE
            .lines()
            .filter_map(|line| line.strip_prefix("#   "))
            .collect();
        let (config, problems) = Config::parse(&tables.join("\n"), "example");
        assert_eq!(problems, []);
        assert_eq!(
            config.namespaces_of("prod-eu").collect::<Vec<_>>(),
            ["shop-prod", "payments-prod"]
        );
        assert_eq!(
            config.services,
            [ServiceRule {
                name: "shop".into(),
                namespaces: vec!["shop-*".into(), "cart".into()],
                selector: "team=shop,tier!=test".parse().unwrap_or_default(),
                contexts: vec!["prod-*".into()],
            }]
        );
    }

    #[test]
    fn all_mistakes_are_told_with_their_lines_and_the_rest_counts() {
        let text = "asci = true\ntheme = \"dusk\"\n\nnamespaces = [\"a\", 3]\nflavour = 1\n\
                    [context.\"x\"]\nnamespace = []\n[[service]]\nname = \"shop\"\n[[service]]\nnamespaces = [\"a\"]\n";
        let (config, _) = Config::parse(text, "c.toml");
        assert_eq!((config.theme, config.services.len()), (ThemeName::Auto, 0));
        let all = problems(text).join("\n");
        for want in [
            "c.toml:1: there is no setting `asci`. Did you mean `ascii`?",
            "c.toml:2: `theme` must be \"dark\", \"light\" or \"auto\", not \"dusk\"",
            "c.toml:4: `namespaces` must be a text in quotes, not 3",
            "c.toml:5: there is no setting `flavour`. There are: theme, ascii,",
            "c.toml:7: there is no setting `namespace`. Did you mean `namespaces`?",
            "c.toml:8: this [[service]] has neither",
            "c.toml:10: this [[service]] has no `name`",
        ] {
            assert!(all.contains(want), "{want}\n{all}");
        }
        assert_eq!(all.lines().count(), 7, "{all}");
    }

    #[test]
    fn what_is_no_toml_says_where() {
        let all = problems("ascii = true\ntheme = \n");
        assert!(
            all.first()
                .is_some_and(|first| first.starts_with("c.toml:2: ")),
            "{all:?}"
        );
        assert!(Config::parse("theme = \nascii = true\n", "c.toml").0.ascii);
    }

    #[test]
    fn only_a_file_that_was_asked_for_must_be_there() {
        let nowhere = Path::new("/nowhere/config.toml");
        assert_eq!(
            Config::load(nowhere, false),
            (Config::default(), Vec::new())
        );
        assert!(
            Config::load(nowhere, true).1[0]
                .what
                .contains("/nowhere/config.toml cannot be read")
        );
    }
}
