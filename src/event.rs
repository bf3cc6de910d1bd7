//! What can happen.

use crate::{
    keys::Chord,
    model::{ClusterId, News, Problem, Source},
};

/// Something happened. Everything that changes the state is one of these.
#[derive(Clone, Debug)]
pub enum Event {
    /// A key was pressed.
    Key(Chord),
    /// Text was pasted.
    Paste(String),
    /// The terminal has this many columns and rows now.
    Resize(u16, u16),
    /// Time has passed.
    Tick,
    /// A feed has news.
    Feed(Source, News),
    /// What a cluster's connection has cost so far.
    Meter(ClusterId, Meter),
    /// A login is over.
    LoggedIn(ClusterId, Result<(), Problem>),
}

/// What a connection has cost since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meter {
    /// Requests sent.
    pub requests: u64,
    /// Bytes received, as they came over the wire.
    pub bytes: u64,
    /// Answers 429.
    pub throttled: u64,
}
