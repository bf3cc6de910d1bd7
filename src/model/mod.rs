//! What we know: ids, rows, the Service ▸ Map ▸ Server tree, grouping, health, quantities.
//!
//! Pure: no async, no clock, no I/O, no terminal. Everything here can be made in a test with a literal.

pub mod problem;
pub mod sanitize;

pub use problem::{Cause, Problem};
