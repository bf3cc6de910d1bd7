//! A watch tells changes in the order of their versions. Where something on the way turns two of them round, the older one
//! comes as news of what is known better; it is noticed here and left out.

use std::collections::VecDeque;

use crate::model::Uid;

/// So many changes back an old one is recognized.
const BACK: usize = 128;

/// The changes that a watch has told lately.
#[derive(Default)]
pub(super) struct Order {
    newest: u64,
    lately: VecDeque<(Uid, u64)>,
}

impl Order {
    /// Whether a change says something new: there was no later one of the same object. Versions can be compared as
    /// numbers (kubernetes.io/docs/reference/using-api/api-concepts, "Resource versions"); one that is none is taken for new.
    pub(super) fn is_news(&mut self, uid: Uid, version: &str) -> bool {
        let Ok(version) = version.parse::<u64>() else {
            return true;
        };
        let late = version < self.newest
            && self
                .lately
                .iter()
                .any(|(known, at)| *known == uid && *at > version);
        if late {
            return false;
        }
        self.newest = self.newest.max(version);
        if self.lately.len() == BACK {
            self.lately.pop_front();
        }
        self.lately.push_back((uid, version));
        true
    }

    /// The version up to which everything was told, given the one that came last.
    pub(super) fn reached(&self, version: String) -> String {
        match version.parse::<u64>() {
            Ok(number) if number < self.newest => self.newest.to_string(),
            _ => version,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_change_of_a_known_object_is_left_out() {
        let (a, b) = (Uid::parse("a"), Uid::parse("b"));
        let mut order = Order::default();
        for (uid, version, news) in [
            (a, "5", true),
            (b, "7", true),
            // Another object's change may come late: nothing later is known of it.
            (b, "6", false),
            (a, "6", true),
            (a, "6", true),
            (a, "5", false),
            (a, "odd", true),
        ] {
            assert_eq!(order.is_news(uid, version), news, "{version}");
        }
        assert_eq!(order.reached("6".to_owned()), "7");
        assert_eq!(order.reached("9".to_owned()), "9");
    }
}
