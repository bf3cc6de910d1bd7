//! The real terminal. Only this room and the loop that drives it know that there is one.
//!
//! [`Guard`] takes it over and gives it back, [`Screen`] shows frames on it, [`events`] are its keys, [`Signals`] what the
//! system says. Nothing here knows what is drawn.

mod background;
pub mod clipboard;
mod encode;
mod glyph;
mod guard;
mod pace;
#[cfg(test)]
mod proof;
mod screen;
mod scroll;
mod signals;

pub use background::{Heard, Question, can_be_asked};
pub use guard::{Guard, Options, contain, end, erases_in_colour, events, look_again, output, size};
pub use pace::Pace;
pub use screen::{Drawn, Screen};
pub use signals::{Notice, Signals};
