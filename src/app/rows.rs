//! Which rows each list has: what hangs from what is selected in the pane before it.

use super::{App, Sort, list::Moved};
use crate::panes::{Id, Pane};

impl App {
    /// Puts a list right: what it hangs from, its rows and their order.
    pub(super) fn refresh_list(&mut self, pane: Pane) {
        let (world, at) = (&self.world, pane as usize);
        let parent = match pane {
            Pane::Services | Pane::All => None,
            Pane::Kind => world.listing().map(|of| Id::Listing(Box::new(of.clone()))),
            Pane::Maps => self.id(Pane::Services),
            Pane::Servers => self.id(Pane::Maps),
            Pane::Instances => self.id(Pane::Servers),
        };
        if self.parents[at] != parent {
            let left = std::mem::replace(&mut self.parents[at], parent.clone());
            let back = parent.as_ref();
            let marks = back.and_then(|parent| self.marks_left.remove(parent));
            let marks = std::mem::replace(&mut self.lists[at].marks, marks.unwrap_or_default());
            if let Some(left) = left.clone().filter(|_| !marks.is_empty()) {
                self.marks_left.insert(left, marks);
            }
            if let (Some(left), Some(selected)) = (left, self.lists[at].selected().cloned()) {
                self.remembered.insert(left, selected);
            }
            let back = parent
                .as_ref()
                .and_then(|parent| self.remembered.get(parent))
                .cloned();
            self.lists[at].select(back, world);
        }
        if matches!(pane, Pane::All | Pane::Kind) && self.focus != pane {
            return;
        }
        if pane == Pane::Kind {
            self.print_kind();
        }
        let world = &self.world;
        let revision = world.revision;
        let (order, cells) = match pane {
            Pane::Services | Pane::Maps | Pane::Servers => (revision.tree, revision.tree),
            Pane::All if self.lists[at].sort == Sort::FIRST => (revision.instances, revision.cells),
            Pane::Instances | Pane::All => (revision.cells, revision.cells),
            Pane::Kind => (revision.lines, revision.lines),
        };
        let slot = parent.as_ref().and_then(|parent| parent.slot(world));
        let rows = || match (pane, slot) {
            (Pane::Services, _) => world.services().iter().map(|(slot, _)| slot).collect(),
            (Pane::Maps, Some(slot)) => world
                .services()
                .get(slot)
                .map_or(Vec::new(), |service| service.maps.clone()),
            (Pane::Servers, Some(slot)) => world
                .maps()
                .get(slot)
                .map_or(Vec::new(), |map| map.servers.clone()),
            (Pane::Instances, Some(slot)) => world
                .servers()
                .get(slot)
                .map_or(Vec::new(), |server| world.beneath(server)),
            (Pane::All, _) => world.instances().iter().map(|(slot, _)| slot).collect(),
            (Pane::Kind, _) => world.listed(),
            _ => Vec::new(),
        };
        let moved = Moved { order, cells };
        self.lists[at].refresh(world, moved, parent, &mut self.search, rows);
        if pane == Pane::Kind {
            self.find_line();
        }
    }
}
