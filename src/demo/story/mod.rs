//! A story worth looking at: a company's cluster on a day that is as bad as most, with a past, and with people in it.
//!
//! ```text
//!  cast ─ who is there, as data ─→ manifest, satellite, cluster, access ─ as objects
//!  begin ─ tells the past: makes everything at its time, and lets the controllers do the rest
//!  beat ─ goes on: every few seconds somebody does something that is undone or done with soon after
//! ```
//!
//! Only what people do is told here. What follows from it is the controllers' part, so nothing that is shown is made up.

mod access;
pub mod cast;
mod cluster;
mod crowd;
mod deed;
mod goes_on;
pub mod manifest;
mod memory;
mod past;
mod satellites;
mod version;

pub use crowd::crowd;
pub use goes_on::beat;
pub use memory::Memory;
pub use past::{PAST, begin};

#[cfg(test)]
mod play_tests;
#[cfg(test)]
mod tests;
