//! The sentence in the footer.

use super::App;

/// How long it stays, milliseconds.
const STAYS: i64 = 4_000;

impl App {
    /// Says something in the footer for a few seconds.
    pub fn say(&mut self, text: impl Into<String>) {
        self.message = Some((text.into(), self.now + STAYS));
    }

    /// The sentence in the footer, if there is one.
    pub fn message(&self) -> Option<&str> {
        self.message.as_ref().map(|(text, _)| text.as_str())
    }

    /// Takes it away when its time is over.
    pub(super) fn stop_saying(&mut self) {
        let is_over = |(_, until): &mut (String, i64)| *until <= self.now;
        self.message.take_if(is_over);
    }
}
