//! The only room that speaks HTTP: connect, credentials, list and watch.

mod credentials;
mod files;
mod flight;
pub mod kubeconfig;
mod oidc;
mod pem;
mod plugin;
pub mod problem;
mod status;
pub mod surroundings;
