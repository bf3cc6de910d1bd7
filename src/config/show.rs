//! The settings as they hold, in the words of the settings file.

use std::fmt::Write as _;

use toml::Value;

use super::{Config, ContextConfig, ServiceRule};
use crate::{
    command::{COMMANDS, Keymap},
    layout::Side,
    panes::{Columns, Pane},
    terminal::clipboard::Clipboard,
};

impl Config {
    /// All settings as they hold now: a settings file that says the same.
    pub fn shown(&self) -> String {
        let mut text = String::new();
        for (name, value) in self.values() {
            line(&mut text, name, &value);
        }
        let (keymap, _) = Keymap::rebound(&self.keys);
        text.push_str("\n[keys]\n");
        for entry in COMMANDS {
            let keys: Vec<Value> = keymap
                .keys(entry.command)
                .map(|keys| Value::from(keys.to_string()))
                .collect();
            line(&mut text, entry.name, &Value::from(keys));
        }
        text.push_str("\n[columns]\n");
        for pane in Pane::EVERY {
            let usual = || Columns::new(pane).names();
            let names = self.columns.get(&pane).cloned().unwrap_or_else(usual);
            line(&mut text, pane.name(), &words(&names));
        }
        for context in &self.contexts {
            let ContextConfig {
                name,
                theme,
                namespaces,
            } = context;
            let _ = writeln!(text, "\n[context.{}]", Value::from(name.as_str()));
            if let Some(theme) = theme {
                line(&mut text, "theme", &Value::from(theme.as_str()));
            }
            line(&mut text, "namespaces", &words(namespaces));
        }
        for rule in &self.services {
            text.push_str("\n[[service]]\n");
            let ServiceRule {
                name,
                namespaces,
                selector,
                contexts,
            } = rule;
            line(&mut text, "name", &Value::from(name.as_str()));
            line(&mut text, "namespaces", &words(namespaces));
            line(&mut text, "selector", &Value::from(selector.to_string()));
            line(&mut text, "contexts", &words(contexts));
        }
        text
    }

    /// The settings that stand before all tables.
    fn values(&self) -> Vec<(&'static str, Value)> {
        // All of them by name, so that a new one can not be forgotten here.
        let Self {
            theme,
            ascii,
            panel,
            mouse,
            clipboard,
            clipboard_limit,
            namespaces,
            environments,
            open,
            restore,
            contexts: _,
            services: _,
            keys: _,
            columns: _,
        } = self;
        let panel = match panel {
            Side::Auto => "auto",
            Side::Below => "below",
            Side::Right => "right",
        };
        let clipboard = match clipboard {
            Clipboard::Osc52 => Value::from("osc52"),
            Clipboard::Command(program) => words(program),
        };
        vec![
            ("theme", Value::from(theme.as_str())),
            ("ascii", Value::from(*ascii)),
            ("panel", Value::from(panel)),
            ("mouse", Value::from(*mouse)),
            ("clipboard", clipboard),
            ("clipboard_limit", Value::from(*clipboard_limit as i64)),
            ("contexts", words(open)),
            ("namespaces", words(namespaces)),
            ("environments", words(environments)),
            ("restore", Value::from(*restore)),
        ]
    }
}

fn line(text: &mut String, name: &str, value: &Value) {
    let _ = writeln!(text, "{name} = {value}");
}

fn words(words: &[String]) -> Value {
    Value::from(words.to_vec())
}
