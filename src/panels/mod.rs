//! What docked panels say about the selection, as typed sheets. No drawing here: `ui` makes lines of them.

pub mod overview;
pub mod sheet;

pub use sheet::{Block, Fact, Gauge, Head, Piece, Sheet, Table, Unit};
