//! One shared copy of each string that repeats, cleaned at the door.

use std::{collections::HashSet, sync::Arc};

use super::{
    ids::Name,
    row::{Labels, Owner, Resources},
    sanitize::clean,
};

/// Makes one shared copy of each string that repeats, cleaned at the door. One for each feed.
#[derive(Debug, Default)]
pub struct Interner {
    names: HashSet<Name, rustc_hash::FxBuildHasher>,
    owners: HashSet<Arc<Owner>, rustc_hash::FxBuildHasher>,
    resources: HashSet<Arc<Resources>, rustc_hash::FxBuildHasher>,
    labels: HashSet<Arc<Labels>, rustc_hash::FxBuildHasher>,
}

/// Strings that no row uses any more are let go when an interner has grown past this.
const SWEEP_ABOVE: usize = 16_384;

impl Interner {
    /// The shared copy of a text.
    pub fn name(&mut self, text: &str) -> Name {
        let text = clean(text);
        if let Some(name) = self.names.get(&*text) {
            return name.clone();
        }
        if self.names.len() >= SWEEP_ABOVE.max(self.names.capacity() / 2) {
            self.names.retain(|name| Arc::strong_count(name) > 1);
        }
        let name: Name = text.as_ref().into();
        self.names.insert(name.clone());
        name
    }

    /// The shared copy of an owner.
    pub fn owner(&mut self, owner: Owner) -> Arc<Owner> {
        share(&mut self.owners, owner)
    }

    /// The shared copy of requests and limits.
    pub fn resources(&mut self, resources: Resources) -> Arc<Resources> {
        share(&mut self.resources, resources)
    }

    /// The shared copy of labels.
    pub fn labels(&mut self, labels: Labels) -> Arc<Labels> {
        share(&mut self.labels, labels)
    }
}

fn share<T: Eq + std::hash::Hash>(
    set: &mut HashSet<Arc<T>, rustc_hash::FxBuildHasher>,
    value: T,
) -> Arc<T> {
    if let Some(known) = set.get(&value) {
        return known.clone();
    }
    if set.len() >= SWEEP_ABOVE {
        set.retain(|known| Arc::strong_count(known) > 1);
    }
    let shared = Arc::new(value);
    set.insert(shared.clone());
    shared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_strings_are_one() {
        let mut names = Interner::default();
        assert!(Arc::ptr_eq(
            &names.name("shop-prod"),
            &names.name("shop-prod")
        ));
        for n in 0..40_000 {
            names.name(&n.to_string());
        }
        assert!(names.names.len() <= 17_000);
    }
}
