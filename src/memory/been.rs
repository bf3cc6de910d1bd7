//! Where one has been: bookmarks, recent places, the last one, and the contexts in use. All of it by names, all of it bounded.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Address;

/// Recent places that are kept.
const RECENT: usize = 24;
/// Sets of contexts of which the last place is kept, contexts in the order of their use, and contexts of which Maps are
/// known.
const CONTEXTS: usize = 24;
/// Maps that are kept of a context.
pub const MAPS: usize = 120;

/// Where one has been. The most recent comes first everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Been {
    /// Contexts that are wanted on top.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub favourites: Vec<String>,
    /// Contexts in the order of their use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<String>,
    /// Maps of these contexts, as they are typed, for completion at the shell.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub maps: BTreeMap<String, Vec<String>>,
    /// Named places.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub bookmarks: BTreeMap<String, Address>,
    /// Places without a name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recent: Vec<Address>,
    /// Where one was last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub last: Vec<Last>,
}

/// Where one was last with these contexts open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Last {
    /// Their names, sorted.
    pub contexts: Vec<String>,
    /// Where.
    pub place: Address,
}

/// What changes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A place has a name now.
    Bookmark(String, Address),
    /// It has none any more.
    NoBookmark(String),
    /// A context is wanted on top, or no longer.
    Favourite(String, bool),
    /// These contexts are in use.
    Used(Vec<String>),
    /// One was there.
    Visited(Address),
    /// One is there, and has these contexts open.
    Last(Last),
    /// A context has these Maps.
    Maps(String, Vec<String>),
}

impl Note {
    pub(super) fn apply(self, been: &mut Been) {
        match self {
            Self::Bookmark(name, place) => {
                been.bookmarks.insert(name, place);
            }
            Self::NoBookmark(name) => {
                been.bookmarks.remove(&name);
            }
            Self::Favourite(context, wanted) => {
                been.favourites.retain(|known| *known != context);
                if wanted {
                    been.favourites.push(context);
                }
            }
            Self::Used(contexts) => {
                been.contexts.retain(|known| !contexts.contains(known));
                been.contexts.splice(0..0, contexts);
                been.contexts.truncate(CONTEXTS);
            }
            Self::Visited(place) => {
                been.recent.retain(|known| *known != place);
                been.recent.insert(0, place);
                been.recent.truncate(RECENT);
            }
            Self::Last(last) => {
                been.last.retain(|known| known.contexts != last.contexts);
                been.last.insert(0, last);
                been.last.truncate(CONTEXTS);
            }
            Self::Maps(context, mut maps) => {
                maps.truncate(MAPS);
                been.maps.insert(context, maps);
                // Those of contexts that are no longer used go first.
                while been.maps.len() > CONTEXTS {
                    let used = |name: &&String| been.contexts.contains(name);
                    let names = || been.maps.keys();
                    let goes = names().find(|name| !used(name)).or_else(|| names().next());
                    let Some(goes) = goes.cloned() else { break };
                    been.maps.remove(&goes);
                }
            }
        }
    }

    /// Whether somebody asked for it, and so has to know where it can not be kept.
    pub(super) fn is_asked_for(&self) -> bool {
        matches!(
            self,
            Self::Bookmark(..) | Self::NoBookmark(_) | Self::Favourite(..)
        )
    }

    /// What it is, in a sentence about it.
    pub(super) fn what(&self) -> &str {
        match self {
            Self::Bookmark(name, _) | Self::NoBookmark(name) | Self::Favourite(name, _) => name,
            Self::Used(_) | Self::Visited(_) | Self::Last(_) | Self::Maps(..) => "where you were",
        }
    }
}

impl Been {
    /// Where one was last with these contexts open.
    pub fn last_of(&self, contexts: &[String]) -> Option<&Address> {
        let last = self.last.iter().find(|last| last.contexts == contexts);
        last.map(|last| &last.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Address {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn the_most_recent_comes_first_and_nothing_grows_without_end() {
        let mut been = Been::default();
        for n in 0..60 {
            Note::Visited(place(&format!("eu:shop/m{n}"))).apply(&mut been);
            Note::Used(vec![format!("c{n}")]).apply(&mut been);
            Note::Maps(format!("c{n}"), vec!["a/b".to_owned(); 500]).apply(&mut been);
            let contexts = vec![format!("c{n}")];
            let place = place("shop");
            Note::Last(Last { contexts, place }).apply(&mut been);
        }
        Note::Visited(place("eu:shop/m50")).apply(&mut been);
        assert_eq!(been.recent.len(), RECENT);
        assert_eq!(
            been.recent[..2],
            [place("eu:shop/m50"), place("eu:shop/m59")]
        );
        assert_eq!((been.contexts.len(), &*been.contexts[0]), (CONTEXTS, "c59"));
        assert_eq!((been.maps.len(), been.last.len()), (CONTEXTS, CONTEXTS));
        assert!(been.maps.contains_key("c59") && been.maps.values().all(|maps| maps.len() == MAPS));
        Note::Used(vec!["a".to_owned(), "c59".to_owned()]).apply(&mut been);
        assert_eq!(been.contexts[..3], ["a", "c59", "c58"]);
        assert_eq!(been.last_of(&["c59".to_owned()]), Some(&place("shop")));
        assert_eq!(been.last_of(&["c0".to_owned()]), None);
    }
}
