//! What the story remembers: how it left each Server, and what it has begun and must end.
//!
//! A Server that is not as the story left it was changed by somebody else. The story does not touch it again.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
};

use rustc_hash::FxHasher;
use serde_json::Value;

use super::{cast::Cast, goes_on::Ending};
use crate::demo::{object, state::State};

/// What the story remembers between its beats.
#[derive(Debug, Default)]
pub struct Memory {
    left: HashMap<(&'static str, String), u64>,
    /// What is to be done at which beat.
    pub(super) open: Vec<(u64, Ending)>,
}

impl Memory {
    /// Remembers how a Server is now.
    pub(super) fn leave(&mut self, cast: &Cast, object: &Value) {
        let place = (cast.namespace(), cast.object_name());
        self.left.insert(place, mark(cast, object));
    }

    /// The object of a Server that is as it was left.
    pub(super) fn find(state: &State, cast: &Cast) -> Option<Value> {
        let name = cast.object_name();
        let object = state.get(cast.resource(), cast.namespace(), &name)?;
        let left = state.story.left.get(&(cast.namespace(), name))?;
        (*left == mark(cast, &object) && !object::is_leaving(&object)).then_some(object)
    }

    /// Takes what is to be ended at this beat.
    pub(super) fn end_of(&mut self, beat: u64) -> Vec<Ending> {
        let (due, open) = std::mem::take(&mut self.open)
            .into_iter()
            .partition(|(due, _)| *due <= beat);
        self.open = open;
        let due: Vec<(u64, Ending)> = due;
        due.into_iter().map(|(_, ending)| ending).collect()
    }
}

/// A number that is another where somebody changed what a Server should be. What an autoscaler sets does not count.
fn mark(cast: &Cast, object: &Value) -> u64 {
    let mut spec = object["spec"].clone();
    if let Some(fields) = spec.as_object_mut()
        && cast.autoscaler().is_some()
    {
        fields.remove("replicas");
    }
    let mut hasher = FxHasher::default();
    object::uid(object).hash(&mut hasher);
    spec.to_string().hash(&mut hasher);
    hasher.finish()
}
