//! The only room that speaks HTTP: connect, credentials, list and watch.
pub mod split;
