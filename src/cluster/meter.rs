//! What goes over the wire, counted: for the header, and to see that a slow view is the network's fault.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

use crate::model::Problem;

/// Counters of one link, from its start on.
#[derive(Debug, Default)]
pub struct Meter {
    requests: AtomicU64,
    received: AtomicU64,
    throttled: AtomicU64,
    attempts: AtomicU64,
    multiplexed: AtomicBool,
    last_error: Mutex<Option<Problem>>,
}

impl Meter {
    /// Requests sent, the repeated ones too.
    pub fn requests(&self) -> u64 {
        self.requests.load(Relaxed)
    }

    /// Bytes received from the network: compressed and encrypted, as they came.
    pub fn received(&self) -> u64 {
        self.received.load(Relaxed)
    }

    /// Answers that said 429.
    pub fn throttled(&self) -> u64 {
        self.throttled.load(Relaxed)
    }

    /// Connections begun.
    pub fn attempts(&self) -> u64 {
        self.attempts.load(Relaxed)
    }

    /// Whether one connection carries all requests at once (HTTP/2).
    pub fn is_multiplexed(&self) -> bool {
        self.multiplexed.load(Relaxed)
    }

    /// Why the latest request got no answer; None since one got one.
    pub fn last_error(&self) -> Option<Problem> {
        self.last_error
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The protocol, once a connection has been made that chose one.
    pub fn protocol(&self) -> Option<&'static str> {
        match self.attempts() {
            0 => None,
            _ if self.is_multiplexed() => Some("HTTP/2"),
            _ if self.received() == 0 => None,
            _ => Some("HTTP/1.1"),
        }
    }

    pub(super) fn count_request(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    pub(super) fn count_received(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn count_throttled(&self) {
        self.throttled.fetch_add(1, Relaxed);
    }

    pub(super) fn count_attempt(&self) {
        self.attempts.fetch_add(1, Relaxed);
    }

    pub(super) fn note_protocol(&self, multiplexed: bool) {
        self.multiplexed.store(multiplexed, Relaxed);
    }

    pub(super) fn note(&self, error: Option<Problem>) {
        *self
            .last_error
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = error;
    }
}

/// Counters of one stream, from its start on.
#[derive(Debug, Default)]
pub struct Tally {
    requests: AtomicU64,
    read: AtomicU64,
}

impl Tally {
    /// Requests sent.
    pub fn requests(&self) -> u64 {
        self.requests.load(Relaxed)
    }

    /// Bytes of JSON read: as they are decoded, whatever they were on the wire.
    pub fn read(&self) -> u64 {
        self.read.load(Relaxed)
    }

    pub(super) fn count_request(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    pub(super) fn count_read(&self, bytes: usize) {
        self.read.fetch_add(bytes as u64, Relaxed);
    }
}
