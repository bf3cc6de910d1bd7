//! The streams of the demo from outside: its own program as the shell behind `exec`, over the protocols that clients speak.

#![cfg(feature = "demo")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what is not as expected has failed the test"
)]

#[path = "streams/client.rs"]
mod client;
#[path = "streams/exec.rs"]
mod exec;
#[path = "streams/forward.rs"]
mod forward;
#[path = "streams/kubectl.rs"]
mod kubectl;
#[path = "streams/shell.rs"]
mod shell;
