//! Takes settings out of a file, and collects all that is wrong with them.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{CONTEXT_SETTINGS, Config, ContextConfig, SERVICE_SETTINGS, SETTINGS, ServiceRule};
use crate::{
    model::{Cause, Problem, selector::Selector},
    text::nearest,
    ui::Library,
};

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// Takes settings out of a file and collects what is wrong with them.
pub(super) struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    library: &'a Library,
    /// Each with its line.
    problems: Vec<(usize, Problem)>,
}

impl<'a> Reader<'a> {
    pub(super) fn of(text: &'a str, file: &'a str, library: &'a Library) -> Self {
        Self {
            text,
            file,
            library,
            problems: Vec::new(),
        }
    }

    /// All that was wrong, in the order of the file.
    pub(super) fn problems(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|(line, _)| *line);
        self.problems
            .into_iter()
            .map(|(_, problem)| problem)
            .collect()
    }

    pub(super) fn config(&mut self, table: &DeTable<'_>) -> Config {
        let mut config = Config::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "theme" => set(&mut config.theme, self.theme(value)),
                "ascii" => set(&mut config.ascii, self.switch(key.get_ref(), value)),
                "panel" => set(&mut config.panel, self.panel(value)),
                "mouse" => set(&mut config.mouse, self.switch(key.get_ref(), value)),
                "clipboard" => set(&mut config.clipboard, self.clipboard(value)),
                "clipboard_limit" => set(&mut config.clipboard_limit, self.limit(value)),
                "contexts" => set(&mut config.open, self.words(key.get_ref(), value)),
                "namespaces" => set(&mut config.namespaces, self.words(key.get_ref(), value)),
                "environments" => set(&mut config.environments, self.words(key.get_ref(), value)),
                "restore" => set(&mut config.restore, self.switch(key.get_ref(), value)),
                "context" => set(&mut config.contexts, self.contexts(value)),
                "service" => set(&mut config.services, self.services(value)),
                "keys" => set(&mut config.keys, self.keys(value)),
                "columns" => set(&mut config.columns, self.columns(value)),
                unknown => self.unknown(key.span().start, unknown, &SETTINGS),
            }
        }
        config
    }

    fn contexts(&mut self, value: &Value<'_>) -> Option<Vec<ContextConfig>> {
        let Some(table) = value.get_ref().as_table() else {
            return self.not("context", "a table such as [context.\"prod\"]", value);
        };
        let mut contexts = Vec::new();
        for (name, value) in table {
            let Some(settings) = value.get_ref().as_table() else {
                self.not::<()>(&format!("context.{}", name.get_ref()), "a table", value);
                continue;
            };
            let mut context = ContextConfig {
                name: name.get_ref().to_string(),
                ..ContextConfig::default()
            };
            for (key, value) in settings {
                match key.get_ref().as_ref() {
                    "theme" => context.theme = self.theme(value),
                    "namespaces" => set(&mut context.namespaces, self.words(key.get_ref(), value)),
                    unknown => self.unknown(key.span().start, unknown, &CONTEXT_SETTINGS),
                }
            }
            contexts.push((name.span().start, context));
        }
        // The table is sorted by name, and of several globs the first one wins.
        contexts.sort_by_key(|(place, _)| *place);
        Some(contexts.into_iter().map(|(_, context)| context).collect())
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

    fn theme(&mut self, value: &Value<'_>) -> Option<String> {
        let name = self.word("theme", value)?;
        let Some(problem) = self.library.unknown(&name) else {
            return Some(name);
        };
        self.wrong(value.span().start, &problem.what);
        self.advise(problem.hint.unwrap_or_default());
        None
    }

    pub(super) fn word(&mut self, key: &str, value: &Value<'_>) -> Option<String> {
        let word = value.get_ref().as_str().map(str::to_owned);
        word.or_else(|| self.not(key, "a text in quotes", value))
    }

    pub(super) fn words(&mut self, key: &str, value: &Value<'_>) -> Option<Vec<String>> {
        let Some(values) = value.get_ref().as_array() else {
            return self.not(key, "a list such as [\"a\", \"b\"]", value);
        };
        values.iter().map(|value| self.word(key, value)).collect()
    }

    pub(super) fn not<T>(&mut self, key: &str, wanted: &str, value: &Value<'_>) -> Option<T> {
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

    pub(super) fn unknown(&mut self, place: usize, key: &str, known: &[&str]) {
        let hint = nearest(key, known.iter().copied())
            .unwrap_or_else(|| format!("There are: {}", known.join(", ")));
        self.wrong(place, &format!("there is no setting `{key}`"));
        self.advise(hint);
    }

    /// Adds to what was found wrong last what usually helps.
    pub(super) fn advise(&mut self, hint: String) {
        if let Some((line, problem)) = self.problems.pop() {
            self.problems.push((line, problem.hint(hint)));
        }
    }

    pub(super) fn wrong(&mut self, place: usize, what: &str) {
        let line = self
            .text
            .get(..place)
            .map_or(1, |before| before.matches('\n').count() + 1);
        let what = format!("{}:{line}: {what}", self.file);
        self.problems
            .push((line, Problem::new(Cause::Config, what)));
    }
}

fn set<T>(setting: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *setting = value;
    }
}
