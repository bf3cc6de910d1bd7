//! What is kept between runs and is nobody's setting: answers that were given once and need not be asked for again.
//!
//! A small TOML file in the state directory. One that can not be read counts as empty; it is written anew with the next answer.

mod been;

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::PathBuf,
};

use serde::{Deserialize, Serialize};

pub use been::{Been, Last, MAPS, Note};

use crate::layout::Division;

/// Answers, and where they are kept.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    path: Option<PathBuf>,
    changes: bool,
}

/// All that is kept. What a newer barkeep wrote and this one does not know is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Kept {
    /// Whether clicks are ours, where the person has said so.
    pub mouse: Option<bool>,
    /// How the screen is divided.
    pub layout: Division,
    /// Namespaces that may be read, by context, where they may not be listed.
    pub namespaces: BTreeMap<String, Vec<String>>,
    /// Where one has been.
    pub been: Been,
    /// The words for newcomers have been read.
    pub welcomed: bool,
    /// The theme that was picked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<Picked>,
    /// How lists are sorted and laid out, by pane, where that is not how they are anyway.
    pub tables: BTreeMap<String, Table>,
}

/// A theme that was picked while the program ran.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Picked {
    /// Its name.
    pub name: String,
    /// What the configuration said then. Once that says something else, it was said later and counts.
    pub instead_of: String,
}

/// How a list is sorted and laid out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Table {
    /// By a column's name: after `-` from the largest, after `+` from the smallest.
    pub sort: Option<String>,
    /// The names of the columns that are shown, in their order.
    pub columns: Option<Vec<String>>,
    /// All columns are shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub wide: bool,
}

/// Something to keep for the next time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// A namespace of a context that may be read.
    Namespace {
        /// The context's name.
        context: String,
        /// The namespace's.
        namespace: String,
    },
    /// That the words for newcomers have been read.
    Welcomed,
    /// A theme that was picked.
    Theme(Picked),
    /// How a list is sorted and laid out.
    Table {
        /// The pane's name.
        pane: String,
        /// How.
        table: Table,
    },
    /// How the screen is divided.
    Layout(Division),
    /// Whether clicks are ours.
    Mouse(bool),
    /// Of where one has been.
    Been(Note),
}

impl Keep {
    /// Puts it among what is kept.
    pub fn apply(self, kept: &mut Kept) {
        match self {
            Self::Namespace { context, namespace } => {
                let known = kept.namespaces.entry(context).or_default();
                if !known.contains(&namespace) {
                    known.push(namespace);
                }
            }
            Self::Welcomed => kept.welcomed = true,
            Self::Theme(picked) => kept.theme = Some(picked),
            Self::Table { pane, table } if table == Table::default() => {
                kept.tables.remove(&pane);
            }
            Self::Table { pane, table } => {
                kept.tables.insert(pane, table);
            }
            Self::Layout(division) => kept.layout = division,
            Self::Mouse(on) => kept.mouse = Some(on),
            Self::Been(note) => note.apply(&mut kept.been),
        }
    }

    /// What it is, in a sentence about it.
    pub fn what(&self) -> &str {
        match self {
            Self::Namespace { namespace, .. } => namespace,
            Self::Welcomed => "That you have been here",
            Self::Theme(picked) => &picked.name,
            Self::Table { .. } => "how the list is laid out",
            Self::Layout(_) => "The layout",
            Self::Mouse(_) => "The mouse's setting",
            Self::Been(note) => note.what(),
        }
    }

    /// Whether somebody asked for it, and so has to know where it can not be kept.
    pub fn is_asked_for(&self) -> bool {
        match self {
            Self::Namespace { .. }
            | Self::Welcomed
            | Self::Theme(_)
            | Self::Table { .. }
            | Self::Layout(_)
            | Self::Mouse(_) => true,
            Self::Been(note) => note.is_asked_for(),
        }
    }
}

impl Memory {
    /// Answers are kept in this file; nowhere, and so not at all, where there is none.
    pub fn at(path: Option<PathBuf>) -> Self {
        Self {
            path,
            changes: true,
        }
    }

    /// The same as it is: nothing more is kept.
    #[must_use]
    pub fn unchanged(self) -> Self {
        Self {
            changes: false,
            ..self
        }
    }

    /// Keeps something. An error says why it can not be written.
    pub fn keep(&self, keep: Keep) -> io::Result<()> {
        if !self.changes {
            return Ok(());
        }
        // Another barkeep may have written meanwhile.
        let before = self.read();
        let mut kept = before.clone();
        keep.apply(&mut kept);
        if kept == before {
            return Ok(());
        }
        self.write(&kept)
    }

    /// All that is kept.
    pub fn read(&self) -> Kept {
        let text = self
            .path
            .as_ref()
            .and_then(|path| fs::read_to_string(path).ok());
        let kept = text.and_then(|text| toml::from_str(&text).ok());
        kept.unwrap_or_default()
    }

    /// In one step, so that nobody reads half of it.
    fn write(&self, kept: &Kept) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let text = toml::to_string(kept).map_err(io::Error::other)?;
        let folder = path.parent().unwrap_or(path);
        fs::create_dir_all(folder)?;
        let new = path.with_extension(format!("{}.new", std::process::id()));
        let mut file = fs::File::create(&new)?;
        file.write_all(text.as_bytes())?;
        fs::rename(&new, path)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

    use super::*;
    use crate::{layout::Side, model::Address};

    fn namespace(context: &str, namespace: &str) -> Keep {
        Keep::Namespace {
            context: context.to_owned(),
            namespace: namespace.to_owned(),
        }
    }

    fn namespaces_of(memory: &Memory, context: &str) -> Vec<String> {
        memory.read().namespaces.remove(context).unwrap_or_default()
    }

    #[test]
    fn answers_are_kept_by_context_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("not/yet/there/memory.toml");
        let memory = Memory::at(Some(path.clone()));
        assert_eq!(memory.read(), Kept::default());
        for name in ["shop", "cart", "shop"] {
            memory.keep(namespace("prod", name)).unwrap();
        }
        memory.keep(namespace("a \"b\"", "한국")).unwrap();
        let again = Memory::at(Some(path.clone()));
        assert_eq!(namespaces_of(&again, "prod"), ["shop", "cart"]);
        assert_eq!(namespaces_of(&again, "a \"b\""), ["한국"]);
        assert!(namespaces_of(&again, "dev").is_empty());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_list_that_is_as_it_is_anyway_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::at(Some(folder.path().join("memory.toml")));
        let keep = |table: Table| {
            let pane = "servers".to_owned();
            memory.keep(Keep::Table { pane, table }).unwrap();
            memory.read().tables
        };
        let table = Table {
            sort: Some("-cpu".to_owned()),
            columns: Some(vec!["name".to_owned()]),
            wide: false,
        };
        assert_eq!(keep(table.clone()).get("servers"), Some(&table));
        assert!(keep(Table::default()).is_empty());
    }

    #[test]
    fn what_is_kept_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::at(Some(folder.path().join("memory.toml")));
        let division = Division {
            side: Side::Right,
            below: Some(400),
            ..Division::default()
        };
        memory.keep(namespace("prod", "shop")).unwrap();
        memory.keep(Keep::Layout(division)).unwrap();
        memory.keep(Keep::Mouse(false)).unwrap();
        let kept = memory.read();
        assert_eq!((kept.layout, kept.mouse), (division, Some(false)));
        assert_eq!(namespaces_of(&memory, "prod"), ["shop"]);
    }

    #[test]
    fn several_programs_at_once_add_to_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("memory.toml");
        let one = Memory::at(Some(path.clone()));
        let other = Memory::at(Some(path));
        let place: Address = "eu:shop/prod".parse().unwrap();
        let mark = |name: &str| Keep::Been(Note::Bookmark(name.to_owned(), place.clone()));
        one.keep(mark("a")).unwrap();
        other.keep(mark("b/\"c\"")).unwrap();
        one.keep(Keep::Been(Note::Visited(place.clone()))).unwrap();
        other.keep(namespace("eu", "shop")).unwrap();
        one.keep(Keep::Been(Note::NoBookmark("a".to_owned())))
            .unwrap();
        let kept = other.read();
        let names: Vec<&String> = kept.been.bookmarks.keys().collect();
        assert_eq!(names, ["b/\"c\""]);
        assert_eq!(kept.been.recent, [place]);
        assert_eq!(kept.namespaces["eu"], ["shop"]);
    }

    #[test]
    fn what_can_not_be_read_is_empty_and_what_can_not_be_written_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("memory.toml");
        fs::write(&path, "namespaces = 7").unwrap();
        let memory = Memory::at(Some(path.clone()));
        assert_eq!(memory.read(), Kept::default());
        memory.keep(namespace("prod", "shop")).unwrap();
        assert_eq!(namespaces_of(&memory, "prod"), ["shop"]);
        let below = Memory::at(Some(path.join("below")));
        assert!(below.keep(namespace("a", "b")).is_err());
        assert!(Memory::default().keep(namespace("a", "b")).is_ok());
    }
}
