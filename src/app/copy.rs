//! What goes to the clipboard: the names of what is marked or selected. What is shown is text only once it is drawn.

use super::App;
use crate::{
    effect::{Clip, Effect},
    panes::Id,
};

impl App {
    /// The names of what is marked, else of what is selected, as other tools take them: of a Map its namespace.
    pub(super) fn copy_name(&self) -> Vec<Effect> {
        let mut meant = self.targets();
        if meant.is_empty() || self.in_panel {
            meant = self.subject().into_iter().collect();
        }
        let names: Vec<String> = meant.iter().filter_map(|id| self.name_of(id)).collect();
        let what = match names.as_slice() {
            [] => return Vec::new(),
            [name] => name.clone(),
            many => format!("{} names", many.len()),
        };
        let text = names.join("\n");
        vec![Effect::Copy(Clip { what, text })]
    }

    fn name_of(&self, id: &Id) -> Option<String> {
        let world = &self.world;
        Some(match id {
            Id::Service(name) => name.to_string(),
            Id::Map(id) => id.namespace.to_string(),
            Id::Server(key) => world
                .servers()
                .get(world.server_slot(*key)?)?
                .name
                .to_string(),
            Id::Object(key) => world.line(world.line_slot(*key)?)?.row.name.to_string(),
            Id::Listing(listing) => listing.plural().to_owned(),
            Id::Instance(key) => {
                let pod = world.instances().get(world.instance_slot(*key)?)?;
                pod.row.meta.name.to_string()
            }
        })
    }
}
