//! One container of one Pod on one Node: what a kubelet looks at while it does something for it.

use serde_json::{Map, Value};

use super::{acts::Acts, container::wait};
use crate::demo::{dice, object, state::State};

/// What a step is about.
pub(super) struct Scene<'a> {
    /// The cluster.
    pub(super) state: &'a mut State,
    /// The Pod as it was before.
    pub(super) pod: &'a Value,
    /// The container's part of its spec.
    pub(super) spec: &'a Value,
    /// How it behaves.
    pub(super) acts: &'a Acts,
    /// Whether it starts again when it ends well, and when it does not.
    pub(super) restarts: (bool, bool),
}

impl Scene<'_> {
    /// The image is not there, and may not be pulled.
    pub(super) fn never_pull(&mut self, status: &mut Value) {
        let image = self.image();
        let why = format!("Container image \"{image}\" is not present with pull policy of Never");
        self.say("Warning", "ErrImageNeverPull", &why);
        self.say("Warning", "Failed", "Error: ErrImageNeverPull");
        wait(status, "ErrImageNeverPull", &why);
    }

    /// What the container was given when it was made; `{}` where it asked for nothing.
    pub(super) fn resources(&self) -> Value {
        let given = self.spec.get("resources").cloned();
        given.unwrap_or_else(|| Value::Object(Map::new()))
    }

    pub(super) fn say(&mut self, kind: &str, reason: &str, message: &str) {
        let part = super::part(self.pod, self.name());
        self.state
            .event_of_part((self.pod, &part), kind, reason, message, "kubelet");
    }

    pub(super) fn name(&self) -> &str {
        object::text(self.spec, "/name")
    }

    pub(super) fn image(&self) -> &str {
        object::text(self.spec, "/image")
    }

    pub(super) fn node(&self) -> &str {
        object::text(self.pod, "/spec/nodeName")
    }

    /// `web-0_shop(uid)`
    pub(super) fn whole_name(&self) -> String {
        format!(
            "{}_{}({})",
            object::name(self.pod),
            object::namespace(self.pod),
            object::uid(self.pod)
        )
    }

    pub(super) fn starts_again(&self, code: i64) -> bool {
        let (well, badly) = self.restarts;
        if code == 0 { well } else { badly }
    }

    /// A time between two, by chance.
    pub(super) fn chance(&self, what: &str, from: i64, to: i64) -> i64 {
        let occasion = (what, object::uid(self.pod), self.name());
        let share = dice::share(self.state.seed, occasion);
        self.state.span(from + (share * (to - from) as f64) as i64)
    }
}
