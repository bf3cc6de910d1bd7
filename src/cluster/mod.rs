//! The only room that speaks HTTP: connect, credentials, list and watch.

mod files;
pub mod kubeconfig;
mod pem;
pub mod surroundings;
