//! `[keys]`: commands and the keys they have instead of those of the table.

use super::reader::{Reader, Value};
use crate::{
    command::{COMMANDS, Keymap, Rebinding},
    keys::Sequence,
    text::nearest,
};

impl Reader<'_> {
    /// What is wrong is named, and its command keeps the keys of the table.
    pub(super) fn keys(&mut self, value: &Value<'_>) -> Option<Vec<Rebinding>> {
        let Some(table) = value.get_ref().as_table() else {
            return self.not("keys", "a table under [keys], such as why = \"w\"", value);
        };
        let mut changes = Vec::new();
        let mut places = Vec::new();
        for (name, value) in table {
            let (place, name) = (name.span().start, name.get_ref().as_ref());
            let Some(entry) = COMMANDS.iter().find(|entry| entry.name == name) else {
                self.wrong(place, &format!("there is no command `{name}`"));
                let names = COMMANDS.iter().map(|entry| entry.name);
                let all = || "barkeep config show lists all under [keys]".to_owned();
                self.advise(nearest(name, names).unwrap_or_else(all));
                continue;
            };
            if let Some(keys) = self.sequences(name, value) {
                places.push(place);
                changes.push(Rebinding {
                    command: entry.command,
                    keys,
                });
            }
        }
        let (_, wrong) = Keymap::rebound(&changes);
        for (at, what) in &wrong {
            let name = changes[*at].command.entry().name;
            self.wrong(places[*at], &format!("keys.{name}: {what}"));
        }
        let mut at = 0..;
        changes.retain(|_| {
            at.next()
                .is_some_and(|at| wrong.iter().all(|(faulty, _)| *faulty != at))
        });
        // Where all of them together would leave no way out, none of them holds.
        let (_, still) = Keymap::rebound(&changes);
        Some(if still.is_empty() {
            changes
        } else {
            Vec::new()
        })
    }

    fn sequences(&mut self, name: &str, value: &Value<'_>) -> Option<Vec<Sequence>> {
        let several = value.get_ref().as_array();
        let values = match several {
            Some(values) => values.iter().collect(),
            None => vec![value],
        };
        let mut all = Vec::new();
        let mut right = true;
        for value in values {
            let Some(text) = value.get_ref().as_str() else {
                self.not::<()>(
                    &format!("keys.{name}"),
                    "a key in quotes or a list of them",
                    value,
                );
                right = false;
                continue;
            };
            match text.parse::<Sequence>() {
                Ok(keys) if all.contains(&keys) => {}
                Ok(keys) => all.push(keys),
                Err(problem) => {
                    self.wrong(
                        value.span().start,
                        &format!("keys.{name}: {}", problem.what),
                    );
                    if let Some(hint) = problem.hint {
                        self.advise(hint);
                    }
                    right = false;
                }
            }
        }
        right.then_some(all)
    }
}
