//! The PTY harness (being written).
fn main() {}
