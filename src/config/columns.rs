//! `[columns]`: which columns the panes have, unless somebody chooses others on the screen.

use std::collections::BTreeMap;

use super::reader::{Reader, Value};
use crate::panes::{Column, Pane};
use crate::text::nearest;

impl Reader<'_> {
    /// What is no column is named and left out; the others of its pane count.
    pub(super) fn columns(&mut self, value: &Value<'_>) -> Option<BTreeMap<Pane, Vec<String>>> {
        let Some(table) = value.get_ref().as_table() else {
            let wanted = "a table under [columns], such as maps = [\"health\", \"name\"]";
            return self.not("columns", wanted, value);
        };
        let mut columns = BTreeMap::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let Some(pane) = Pane::EVERY.into_iter().find(|pane| pane.name() == name) else {
                let place = key.span().start;
                self.unknown(place, name, &Pane::EVERY.map(Pane::name));
                continue;
            };
            let Some(names) = value.get_ref().as_array() else {
                let wanted = "a list such as [\"health\", \"name\"]";
                self.not::<()>(&format!("columns.{name}"), wanted, value);
                continue;
            };
            let names = names.iter().filter_map(|value| self.column(pane, value));
            columns.insert(pane, names.collect());
        }
        Some(columns)
    }

    fn column(&mut self, pane: Pane, value: &Value<'_>) -> Option<String> {
        let key = format!("columns.{}", pane.name());
        let name = self.word(&key, value)?;
        let known = || pane.columns().iter().map(|column| &*column.name);
        if known().any(|known| known == name) || Column::of_name(pane, &name).is_some() {
            return Some(name);
        }
        self.wrong(
            value.span().start,
            &format!("{key}: there is no column `{name}`"),
        );
        let all = || {
            let names: Vec<&str> = known().collect();
            format!("There are: {}, and label:KEY", names.join(", "))
        };
        self.advise(nearest(&name, known()).unwrap_or_else(all));
        None
    }
}
