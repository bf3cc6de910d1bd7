//! The columns of a pane as somebody has chosen them: which are shown, in which order. Columns are known by name.

use std::borrow::Cow;

use super::{Column, Pane};
use crate::model::World;

/// A column, and whether it is shown.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Which.
    pub column: Column,
    /// Not hidden.
    pub shown: bool,
}

/// All columns of a pane in their order.
#[derive(Clone, Debug)]
pub struct Columns {
    pane: Pane,
    /// All that it can have, in the order in which they stand at first.
    there: Cow<'static, [Column]>,
    all: Vec<Choice>,
    /// The names of those that are shown at first, where the configuration says so.
    usual: Option<Vec<String>>,
    /// All of them are shown, hidden ones too, at their full width.
    pub wide: bool,
    /// Changes with every change of the order.
    pub edition: u32,
}

impl Columns {
    /// As they are at first.
    pub fn new(pane: Pane) -> Self {
        let choice = |column: &Column| Choice {
            shown: !column.hidden,
            column: column.clone(),
        };
        Self {
            pane,
            there: Cow::Borrowed(pane.columns()),
            all: pane.columns().iter().map(choice).collect(),
            usual: None,
            wide: false,
            edition: 0,
        }
    }

    /// From now on these are all that there can be.
    pub fn offer(&mut self, there: Vec<Column>) {
        self.there = Cow::Owned(there);
        self.reset();
    }

    /// Takes these to be the usual choice, by name, or those that a pane has at first. What somebody has chosen instead stays.
    pub fn set_usual(&mut self, names: Option<Vec<String>>) {
        let follows = self.are_usual();
        self.usual = names;
        if follows && !self.are_usual() {
            self.reset();
        }
    }

    /// All there are, in their order, hidden ones too.
    pub fn all(&self) -> &[Choice] {
        &self.all
    }

    /// A column by its name.
    pub fn named(&self, name: &str) -> Option<&Column> {
        let mut columns = self.all.iter().map(|choice| &choice.column);
        columns.find(|column| column.name == name)
    }

    /// The column that somebody means by a word: its name, its heading, or the beginning of its name.
    pub fn meant(&self, typed: &str, world: &World) -> Option<&Column> {
        let typed = typed.to_lowercase();
        let columns = || {
            let columns = self.all.iter().map(|choice| &choice.column);
            columns.filter(|column| (column.when)(world))
        };
        let heads = |column: &&Column| column.heading.to_lowercase() == typed;
        let begins = |column: &&Column| !typed.is_empty() && column.name.starts_with(&*typed);
        self.named(&typed)
            .or_else(|| columns().find(heads))
            .or_else(|| columns().find(begins))
    }

    /// Where the columns are that there is something to show in, and that are not hidden.
    pub fn shown(&self, world: &World) -> Vec<usize> {
        let there = |choice: &Choice| (choice.shown || self.wide) && (choice.column.when)(world);
        let all = self.all.iter().enumerate();
        all.filter(|(_, choice)| there(choice))
            .map(|(at, _)| at)
            .collect()
    }

    /// Where the columns are that can be chosen from.
    pub fn offered(&self, world: &World) -> Vec<usize> {
        let all = self.all.iter().enumerate();
        all.filter(|(_, choice)| (choice.column.when)(world))
            .map(|(at, _)| at)
            .collect()
    }

    /// The names of those that are shown, in their order.
    pub fn names(&self) -> Vec<String> {
        let shown = self.all.iter().filter(|choice| choice.shown);
        shown.map(|choice| choice.column.name.to_string()).collect()
    }

    /// Shows these in this order, and hides the others. What is no column is left out; the name is always shown.
    pub fn choose(&mut self, names: &[String]) {
        let mut all: Vec<Choice> = Vec::new();
        for name in names {
            let known = |column: &&Column| column.name == **name;
            let column = self.there.iter().find(known).cloned();
            let column = column.or_else(|| Column::of_name(self.pane, name));
            let is_new = all.iter().all(|choice| choice.column.name != **name);
            all.extend(column.filter(|_| is_new).map(|column| Choice {
                column,
                shown: true,
            }));
        }
        // What is not shown stands where it would be found: behind the column that it follows at first.
        let mut behind = 0;
        for column in self.there.iter() {
            let known = |choice: &Choice| choice.column.name == column.name;
            if let Some(at) = all.iter().position(known) {
                behind = at + 1;
                continue;
            }
            let choice = Choice {
                shown: column.name == "name",
                column: column.clone(),
            };
            all.insert(behind, choice);
            behind += 1;
        }
        self.all = all;
        self.edition += 1;
    }

    /// The usual choice again.
    pub fn reset(&mut self) {
        let usual = self.usual.clone().unwrap_or_else(|| self.at_first());
        self.choose(&usual);
    }

    /// Whether these are the usual ones.
    pub fn are_usual(&self) -> bool {
        let names = self.names();
        match &self.usual {
            Some(usual) => names == *usual,
            None => names == self.at_first(),
        }
    }

    fn at_first(&self) -> Vec<String> {
        let shown = self.there.iter().filter(|column| !column.hidden);
        shown.map(|column| column.name.to_string()).collect()
    }

    /// Shows what is hidden, hides what is shown; not the name, without which nobody knows what a row is.
    pub fn toggle(&mut self, at: usize) -> bool {
        let Some(choice) = self.all.get_mut(at) else {
            return false;
        };
        if choice.column.name == "name" {
            return false;
        }
        choice.shown = !choice.shown;
        self.edition += 1;
        true
    }

    /// Makes two columns change places.
    pub fn swap(&mut self, a: usize, b: usize) {
        if a.max(b) < self.all.len() {
            self.all.swap(a, b);
            self.edition += 1;
        }
    }

    /// Shows a label's column behind another one, and says where it is.
    pub fn add_label(&mut self, key: &str, behind: usize) -> usize {
        let column = Column::of_label(self.pane, key);
        let known = |choice: &Choice| choice.column.name == column.name;
        let at = match self.all.iter().position(known) {
            Some(at) => at,
            None => (behind + 1).min(self.all.len()),
        };
        match self.all.get_mut(at) {
            Some(choice) if choice.column.name == column.name => choice.shown = true,
            _ => self.all.insert(
                at,
                Choice {
                    column,
                    shown: true,
                },
            ),
        }
        self.edition += 1;
        at
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn words(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn every_column_has_a_name_of_its_own() {
        for pane in Pane::EVERY {
            let names: HashSet<&str> = pane.columns().iter().map(|column| &*column.name).collect();
            assert_eq!(names.len(), pane.columns().len(), "{pane:?}");
            assert!(names.contains("name") && names.contains("health"));
        }
    }

    #[test]
    fn what_is_chosen_is_shown_in_its_order_and_the_rest_waits_where_it_belongs() {
        let mut columns = Columns::new(Pane::Servers);
        columns.choose(&words(&["age", "nonsense", "label:team", "ready", "age"]));
        assert_eq!(columns.names(), ["name", "age", "label:team", "ready"]);
        assert!(!columns.are_usual());
        columns.reset();
        assert!(columns.are_usual());
        assert!(
            columns
                .names()
                .starts_with(&words(&["health", "name", "kind", "ready"]))
        );
        columns.set_usual(Some(words(&["health", "name"])));
        assert_eq!(columns.names(), ["health", "name"]);
        columns.toggle(0);
        columns.set_usual(Some(words(&["name", "age"])));
        assert_eq!(columns.names(), ["name"]);
        columns.reset();
        assert_eq!(columns.names(), ["name", "age"]);
    }

    #[test]
    fn a_label_is_added_once_and_the_name_is_never_hidden() {
        let mut columns = Columns::new(Pane::Maps);
        let at = columns.add_label("team", 1);
        assert_eq!(at, 2);
        assert!(columns.toggle(at));
        assert_eq!(columns.add_label("team", 0), 2);
        assert!(columns.names().contains(&"label:team".to_owned()));
        assert!(!columns.toggle(1) && !columns.toggle(99));
    }
}
