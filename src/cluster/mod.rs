//! The only room that speaks HTTP: connect, credentials, list and watch.

pub mod ask;
pub mod connect;
mod credentials;
mod dial;
mod files;
mod flight;
pub mod follow;
pub mod kubeconfig;
mod lanes;
pub mod meter;
mod oidc;
mod pem;
mod plugin;
pub mod problem;
pub mod split;
mod status;
pub mod surroundings;
#[cfg(test)]
mod testbed;
mod tls;
mod trust;
mod watch;
mod wire;

pub use connect::{AnswerWithin, Link, connect};
pub use kubeconfig::{Choice, Target, resolve};
pub use meter::Meter;
