//! Places with a name, and recent ones: keeping them, going there, and the list to choose from.

use crossterm::event::KeyCode;

use super::{
    App, Manner, Overlay, Suggestion,
    act::type_into,
    fit::{Fit, best, has_words},
};
use crate::{
    command::Command,
    effect::Effect,
    keys::Chord,
    memory::Note,
    model::{Address, Context},
    panes::Pane,
};

/// The longest name, in characters.
const LONGEST: usize = 60;

/// A list to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picker {
    /// Which line is chosen.
    pub at: usize,
    /// What it is narrowed by.
    pub typed: String,
    /// That is being typed.
    pub typing: bool,
}

/// A line of the list of places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The bookmark's name; a recent place has none.
    pub name: Option<String>,
    /// Where it leads.
    pub place: Address,
}

impl App {
    /// What the place where we are is called where nobody gives it a name.
    pub fn offered_name(&self) -> String {
        let place = self.here(false);
        match self.focus {
            Pane::All if place.path.is_empty() => "all Instances".to_owned(),
            _ => place.typed(),
        }
    }

    /// Asks what the place where we are is to be called.
    pub(super) fn ask_for_a_name(&mut self) {
        if self.offered_name().is_empty() {
            self.say("There is nothing here to come back to.");
        } else {
            self.overlay = Overlay::Bookmark(String::new());
        }
    }

    pub(super) fn bookmark_key(&mut self, chord: Chord, mut text: String) -> Vec<Effect> {
        match chord.code {
            KeyCode::Esc => return Vec::new(),
            KeyCode::Enter => return self.bookmark(&text),
            KeyCode::Backspace if text.is_empty() => return Vec::new(),
            _ => type_into(&mut text, chord),
        }
        self.overlay = Overlay::Bookmark(text);
        Vec::new()
    }

    /// Keeps the place where we are under a name; under the one that is offered where none is given.
    pub(super) fn bookmark(&mut self, name: &str) -> Vec<Effect> {
        let name: String = match name.trim() {
            "" => self.offered_name(),
            name => name.chars().take(LONGEST).collect(),
        };
        if name.is_empty() {
            self.say("There is nothing here to come back to.");
            return Vec::new();
        }
        let place = self.here(false);
        let before = self.kept.been.bookmarks.get(&name);
        let before = before
            .filter(|before| **before != place)
            .map(ToString::to_string);
        let key = self.key_to(Command::Places);
        self.say(match before {
            Some(before) => format!("\"{name}\" leads here now, no longer to {before}."),
            None => format!("\"{name}\" leads here from now on: {key} lists what you have kept."),
        });
        vec![self.note(Note::Bookmark(name, place))]
    }

    /// Goes to a bookmark by its name.
    pub(super) fn go_to_name(&mut self, name: &str, suggested: Option<&str>) -> Vec<Effect> {
        let bookmarks = &self.kept.been.bookmarks;
        let place = bookmarks.get(name);
        let place = place.or_else(|| bookmarks.get(suggested?));
        let Some(place) = place.cloned() else {
            self.say(format!("There is no bookmark \"{name}\"."));
            return Vec::new();
        };
        self.go_to_place(place)
    }

    /// Goes to a place, and opens its cluster if it is not open: beside the others where there are several, else instead
    /// of the one there is. Nothing waits for that one.
    pub(super) fn go_to_place(&mut self, place: Address) -> Vec<Effect> {
        let slot = self.slot_of(&place.context);
        let open = slot.filter(|id| self.open_clusters().any(|(open, _)| open == *id));
        if let Some(why) = open.and_then(|id| self.why_broken(id)) {
            self.say(why);
            return Vec::new();
        }
        let effects = if place.context.is_empty() || open.is_some() {
            Vec::new()
        } else {
            let several = self.open_clusters().count() > 1;
            let manner = if several {
                Manner::Beside
            } else {
                Manner::Instead
            };
            self.open_cluster(Context::of_name(&place.context), manner)
        };
        self.seek_address(place);
        effects
    }

    /// Bookmarks by name, then recent places, as far as they fit what is typed; not the one where we are.
    pub fn known_places(&self, typed: &str) -> Vec<Destination> {
        let been = &self.kept.been;
        let here = self.opened_place();
        let named = been.bookmarks.iter().map(|(name, place)| Destination {
            name: Some(name.clone()),
            place: place.clone(),
        });
        let same = |a: &Address, b: &Address| {
            (&a.context, &a.path, &a.list) == (&b.context, &b.path, &b.list)
        };
        let is_named = |place: &Address| been.bookmarks.values().any(|named| same(named, place));
        let recent = been
            .recent
            .iter()
            .filter(|place| !same(place, &here) && !is_named(place));
        let recent = recent.map(|place| Destination {
            name: None,
            place: place.clone(),
        });
        let fits = |known: &Destination| {
            let name = known.name.as_deref().unwrap_or_default();
            let text = format!("{name} {}", known.place);
            has_words(&text, typed)
        };
        named.chain(recent).filter(fits).collect()
    }

    pub(super) fn places_key(&mut self, chord: Chord, mut picker: Picker) -> Vec<Effect> {
        let places = self.known_places(&picker.typed);
        let chosen = places.get(picker.at);
        match chord.code {
            KeyCode::Esc => return Vec::new(),
            KeyCode::Enter => {
                let place = chosen.map(|known| known.place.clone());
                return place.map_or_else(Vec::new, |place| self.go_to_place(place));
            }
            KeyCode::Delete => {
                let name = chosen.and_then(|known| known.name.clone());
                self.overlay = Overlay::Places(picker);
                let Some(name) = name else {
                    self.say("Only what has a name can be removed.");
                    return Vec::new();
                };
                self.say(format!("The bookmark \"{name}\" is removed."));
                return vec![self.note(Note::NoBookmark(name))];
            }
            _ => picker.press(chord, places.len(), self.size.1),
        }
        self.overlay = Overlay::Places(picker);
        Vec::new()
    }

    /// What `:go` and the beginning of a name can mean.
    pub(super) fn bookmarks_like(&self, begun: &str) -> Vec<Suggestion> {
        let mut fit = Fit::new(begun);
        let suggestion = |(name, place): (&String, &Address)| {
            let suggestion = Suggestion {
                text: format!("go {name}"),
                help: place.to_string(),
            };
            Some((fit.rank(name)?, suggestion))
        };
        let bookmarks = self.kept.been.bookmarks.iter();
        best(bookmarks.filter_map(suggestion))
    }
}

impl Picker {
    /// One that is typed into at once.
    pub(super) fn typing() -> Self {
        Self {
            typing: true,
            ..Self::default()
        }
    }

    /// Takes a key while it is typed into: arrows move among so many lines, what is typed narrows them.
    pub(super) fn press(&mut self, chord: Chord, lines: usize, rows: u16) {
        let last = lines.saturating_sub(1);
        let page = usize::from(rows.saturating_sub(6).max(1));
        self.at = match chord.code {
            KeyCode::Up => self.at.saturating_sub(1),
            KeyCode::Down => self.at + 1,
            KeyCode::PageUp => self.at.saturating_sub(page),
            KeyCode::PageDown => self.at + page,
            KeyCode::Home => 0,
            KeyCode::End => last,
            _ => {
                type_into(&mut self.typed, chord);
                0
            }
        }
        .min(last);
    }
}
