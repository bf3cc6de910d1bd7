//! The only room that speaks HTTP: connect, credentials, list and watch.

pub mod ask;
pub mod follow;
pub mod problem;
pub mod split;
mod status;
mod watch;
