//! What we know: ids, rows, the Service ▸ Map ▸ Server tree, grouping, health, quantities.
//!
//! Pure: no async, no clock, no I/O, no terminal. Everything here can be made in a test with a literal.

mod address;
mod around;
mod clusters;
pub mod context;
pub mod detail;
pub mod filter;
pub mod grouping;
pub mod health;
pub mod ids;
mod intern;
mod link;
pub mod listing;
mod maps;
pub mod problem;
pub mod quantity;
pub mod resource;
mod rollup;
pub mod row;
#[cfg(test)]
pub(crate) mod sample;
pub mod sanitize;
pub mod satellites;
pub mod selector;
pub mod source;
pub mod table;
pub mod tree;
pub mod why;
pub mod world;

pub use address::Address;
pub use context::{Context, Offer};
pub use detail::Detail;
pub use filter::Filter;
pub use health::Health;
pub use ids::{ClusterId, Id, Key, MapId, Name, Uid};
pub use listing::Listing;
pub use problem::{Cause, Problem};
pub use resource::Resource;
pub use source::{Change, FeedState, News, Source, What};
pub use why::Why;
pub use world::World;
