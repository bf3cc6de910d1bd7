//! Parse, log, run.
fn main() {}
