//! What can happen.

use crate::{
    keys::Chord,
    model::{ClusterId, Name, News, Offer, Problem, Source},
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
    /// Something was done with the mouse, at this column and row of the screen.
    Mouse(Gesture, (u16, u16)),
    /// This is on the clipboard now.
    Copied(String),
    /// Time has passed.
    Tick,
    /// A feed has news.
    Feed(Source, News),
    /// What a cluster's connection has cost so far.
    Meter(ClusterId, Meter),
    /// A login is over.
    LoggedIn(ClusterId, Result<(), Problem>),
    /// The contexts there are, and why the kubeconfig's can not be read, where that is so.
    Contexts(Vec<Offer>, Option<Problem>),
    /// A cluster can be followed now, or can not be asked at all.
    Opened(ClusterId, Result<Opened, Problem>),
    /// The terminal's background is light, or dark.
    Background(bool),
    /// Something could not be done, and nothing else shows it.
    Failed(Problem),
    /// What everything has cost: told while somebody looks at it.
    Costs(Vec<Wire>, Vec<Cost>),
}

/// What is done with a mouse: its first button, and its wheel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gesture {
    /// The button went down.
    Press,
    /// The pointer moved while it was down.
    Drag,
    /// The button went up.
    Release,
    /// The wheel was turned away from the person.
    WheelUp,
    /// The wheel was turned towards the person.
    WheelDown,
}

/// What is known of a cluster before it is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// What it is called.
    pub context: String,
    /// Namespaces to look into where they may not be listed: of the command line, the context, the configuration.
    pub namespaces: Vec<Name>,
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

/// A cluster's connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// Whose.
    pub cluster: ClusterId,
    /// Host and port.
    pub server: String,
    /// What is spoken, once that is agreed.
    pub protocol: Option<&'static str>,
    /// Why the latest request got no answer.
    pub last_error: Option<Problem>,
}

/// What a stream has cost since it was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Which.
    pub source: Source,
    /// Of what, as the API calls it.
    pub plural: Name,
    /// Followed since, milliseconds since the epoch.
    pub since: i64,
    /// Requests sent.
    pub requests: u64,
    /// Bytes of JSON read.
    pub bytes: u64,
}
