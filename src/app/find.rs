//! Finding by name in all that is loaded, whatever it is.

use crossterm::event::KeyCode;

use super::{App, Overlay, Picker, fit::Fit};
use crate::{
    effect::Effect,
    keys::Chord,
    model::table::Slot,
    panes::{Cell, Id, Pane},
};

/// What is looked for, and what has that name so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// What is typed, and which line is chosen.
    pub picker: Picker,
    /// What fits best of all that fits.
    pub found: Vec<(Pane, Id)>,
    /// How many fit.
    pub total: usize,
}

/// What a line says of something that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Its name.
    pub name: String,
    /// What it is: a Service, a Deployment.
    pub kind: String,
    /// The names of what it is in, from the outside.
    pub within: Vec<String>,
    /// A glyph for its health.
    pub health: Cell,
    /// A word for it.
    pub status: Cell,
}

/// The most that is shown: nobody goes through more by hand.
const SHOWN: usize = 200;

/// A row and how well it fits: what counts first stands first.
type Ranked = (usize, usize, Pane, Slot);

impl App {
    /// Looks for a name in everything.
    pub(super) fn begin_to_find(&mut self, text: &str) {
        let mut picker = Picker::typing();
        text.clone_into(&mut picker.typed);
        self.find(picker, None);
    }

    /// Looks again: more may have been loaded.
    pub(super) fn find_again(&mut self) {
        if let Overlay::Find(Find { picker, found, .. }) = &self.overlay {
            let chosen = found.get(picker.at).map(|(_, id)| id.clone());
            self.find(picker.clone(), chosen);
        }
    }

    fn find(&mut self, mut picker: Picker, chosen: Option<Id>) {
        let mut ranked = self.named_like(&picker.typed);
        let total = ranked.len();
        ranked.sort_unstable();
        let found = ranked.into_iter().take(SHOWN);
        let found: Vec<(Pane, Id)> = found
            .filter_map(|(.., pane, slot)| Some((pane, Id::of(pane, &self.world, slot)?)))
            .collect();
        if let Some(chosen) = chosen {
            let at = found.iter().position(|(_, id)| *id == chosen);
            picker.at = at.unwrap_or(0);
        }
        picker.at = picker.at.min(found.len().saturating_sub(1));
        self.overlay = Overlay::Find(Find {
            picker,
            found,
            total,
        });
    }

    fn named_like(&self, typed: &str) -> Vec<Ranked> {
        if typed.trim().is_empty() {
            return Vec::new();
        }
        let world = &self.world;
        let mut fit = Fit::new(typed);
        let mut ranked = Vec::new();
        let mut rank = |pane: Pane, slot: Slot| {
            // The rows of a pane are in order of their names, and Instances are in that of their namespace before.
            let name = pane.names(world, slot).map(|(first, second)| match pane {
                Pane::Instances => second,
                _ => first,
            });
            if let Some((name, rank)) = name.and_then(|name| Some((name, fit.rank(name)?))) {
                ranked.push((rank, name.len(), pane, slot));
            }
        };
        let services = world.services().iter();
        services.for_each(|(slot, _)| rank(Pane::Services, slot));
        for (slot, map) in world.maps().iter() {
            rank(Pane::Maps, slot);
            map.servers
                .iter()
                .for_each(|slot| rank(Pane::Servers, *slot));
        }
        let lines = world.listed().into_iter();
        lines.for_each(|slot| rank(Pane::Kind, slot));
        let instances = world.instances().iter();
        instances.for_each(|(slot, _)| rank(Pane::Instances, slot));
        ranked
    }

    /// What can be said of something that was found, while it is there.
    pub fn finding(&self, pane: Pane, id: &Id) -> Option<Finding> {
        let world = &self.world;
        let slot = id.slot(world)?;
        let (service, map, server) = self.way_to(id, slot);
        let service = service.and_then(|slot| world.services().get(slot));
        let map = map.and_then(|slot| world.maps().get(slot));
        let server = server.and_then(|slot| world.servers().get(slot));
        let mut within: Vec<String> = Vec::new();
        if pane != Pane::Services {
            within.extend(service.map(|service| service.name.to_string()));
        }
        if pane != Pane::Maps {
            within.extend(map.map(|map| map.place.map.to_string()));
        }
        let (name, kind) = match pane {
            Pane::Services => (service?.name.to_string(), "Service".to_owned()),
            Pane::Maps => (map?.place.map.to_string(), "Map".to_owned()),
            Pane::Servers => {
                let server = server?;
                (server.name.to_string(), server.kind.name().to_owned())
            }
            Pane::Instances | Pane::All => {
                within.extend(server.map(|server| server.name.to_string()));
                let meta = &world.instances().get(slot)?.row.meta;
                if map.is_none() {
                    within = vec![meta.namespace.to_string()];
                }
                (meta.name.to_string(), "Pod".to_owned())
            }
            Pane::Kind => {
                let row = &world.line(slot)?.row;
                let namespace = Some(row.namespace.to_string());
                within.extend(namespace.filter(|name| !name.is_empty()));
                let resource = world.listing().and_then(|listing| listing.resource());
                let kind = resource.map_or("kind", |resource| &resource.kind);
                (row.name.to_string(), kind.to_owned())
            }
        };
        let cell = |name| {
            let mut columns = pane.columns().iter();
            let column = columns.find(|column| column.name == name);
            column.map_or(Cell::Blank, |column| column.cell(world, slot))
        };
        Some(Finding {
            name,
            kind,
            within,
            health: cell("health"),
            status: cell("status"),
        })
    }

    pub(super) fn find_key(&mut self, chord: Chord, mut find: Find) -> Vec<Effect> {
        let before = find.picker.typed.clone();
        match chord.code {
            KeyCode::Esc => return Vec::new(),
            KeyCode::Enter => {
                if let Some((_, id)) = find.found.get(find.picker.at) {
                    self.go_to(id);
                    return Vec::new();
                }
            }
            KeyCode::Backspace if before.is_empty() => return Vec::new(),
            _ => find.picker.press(chord, find.found.len(), self.size.1),
        }
        if find.picker.typed == before {
            self.overlay = Overlay::Find(find);
        } else {
            self.find(find.picker, None);
        }
        Vec::new()
    }
}
