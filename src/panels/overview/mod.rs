//! The overview: what is this, and how is it. A file for each thing that can be selected.

mod containers;
mod instance;
mod map;
mod object;
mod parts;
mod past;
mod server;
mod service;

use super::Sheet;
use crate::{model::World, panes::Id};

/// Rows of a table that a panel shows at most; a list shows all.
const ROWS: usize = 200;
/// Events that an overview shows.
const EVENTS: usize = 10;

/// What there is to say about something that is selected; nothing where it has gone.
pub fn overview(world: &World, subject: &Id) -> Sheet {
    let sheet = match subject {
        Id::Service(name) => service::sheet(world, name),
        Id::Map(id) => map::sheet(world, id),
        Id::Server(key) => server::sheet(world, *key),
        Id::Instance(key) => instance::sheet(world, *key),
        Id::Object(key) => object::sheet(world, *key),
        Id::Listing(listing) => object::about_kind(listing),
    };
    sheet.unwrap_or_default()
}

#[cfg(test)]
mod tests;
