//! The only room that speaks HTTP: connect, credentials, list and watch.

pub mod ask;
mod change;
pub mod connect;
mod contexts;
mod credentials;
mod dial;
mod discover;
mod door;
mod files;
mod flight;
pub mod follow;
pub mod kubeconfig;
mod lanes;
pub mod meter;
mod oidc;
mod order;
mod pages;
mod pem;
mod plugin;
pub mod problem;
#[cfg(all(test, feature = "demo"))]
mod script;
pub mod split;
mod status;
pub mod surroundings;
#[cfg(test)]
mod testbed;
mod tls;
mod trust;
mod wait;
mod watch;
mod wire;
mod words;

pub use connect::{AnswerWithin, Link, connect};
pub use contexts::Contexts;
pub use door::Door;
pub use kubeconfig::{Choice, Target};
pub use meter::{Meter, Tally};
