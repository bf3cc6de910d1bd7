//! The settings file as the person hears of it: where it is, what is wrong with it, and what follows while the program runs.

use super::{
    App, Overlay,
    act::{closes, scrolled},
};
use crate::{
    effect::Effect,
    keys::Chord,
    model::{ClusterId, Name, Problem},
};

/// The settings file, as it was read last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Where it is; empty where there is no place for it.
    pub file: String,
    /// All that is wrong with it. For each of these the default holds.
    pub problems: Vec<Problem>,
}

impl App {
    /// The settings have been read. What is wrong with them is shown at once, and the program goes on with the defaults for it.
    pub fn configured(&mut self, file: String, problems: Vec<Problem>) {
        self.settings = Settings { file, problems };
        if self.settings.problems.is_empty() {
            if matches!(self.overlay, Overlay::Settings(_)) {
                self.overlay = Overlay::None;
            }
        } else if self.overlay == Overlay::None {
            self.overlay = Overlay::Settings(0);
        } else {
            self.say("The settings have mistakes: see :settings");
        }
    }

    /// Looks into these namespaces of each open cluster too, where they may not be listed.
    pub fn look_also_into(&mut self, of: impl Fn(&str) -> Vec<Name>) {
        let open = self.open_clusters();
        let named: Vec<(ClusterId, Vec<Name>)> = open
            .map(|(id, cluster)| (id, of(&cluster.context)))
            .collect();
        for (id, names) in named {
            for name in names {
                if let Some(slot) = self.clusters.get_mut(usize::from(id.0))
                    && !slot.namespaces.contains(&name)
                {
                    slot.namespaces.push(name);
                    self.assume_maps(id);
                }
            }
        }
    }

    pub(super) fn settings_key(&mut self, chord: Chord, line: u16) -> Vec<Effect> {
        let command = self.keymap.of_key(chord);
        if let Some(line) = scrolled(command, line, self.size) {
            self.overlay = Overlay::Settings(line);
        } else if !closes(chord, command) {
            // It may have come by itself, under the hands of somebody who was at something else.
            return self.key(chord);
        }
        Vec::new()
    }
}
