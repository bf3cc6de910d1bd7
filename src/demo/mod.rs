//! A cluster inside the program: it speaks the HTTP API of Kubernetes, true enough for kubectl, and lives.
//!
//! ```text
//!  barkeep ─ in-memory pipe ─┐             ┌ read: get, list, watch, Table ┐
//!  kubectl ─ TCP, TLS ───────┼→ http → api ┼ write: create, patch, delete  ┼→ State ── Store: objects as JSON, history
//!  tests ─── tower Service ──┘             └ below: log, exec, forward     ┘     ↑
//!                                           story ─── what happens, by the seed ─┤
//!                                           controllers ─ what follows from it ──┘
//! ```
//!
//! [`state::State`] is one plain value behind one lock: requests change it, and time does ([`state::State::advance`]). The
//! driver is the only task; it sleeps until there is something to do. Everything that happens by chance is thrown from
//! the seed, so the same seed tells the same story.

pub mod access;
pub mod admission;
pub mod amount;
mod api;
mod below;
pub mod controllers;
pub mod defaults;
pub mod delete;
pub mod dice;
pub mod discovery;
pub mod events;
pub mod faults;
pub mod fields;
pub mod http;
pub mod listen;
pub mod logs;
mod mounts;
pub mod object;
pub mod patch;
pub mod proto;
pub mod read;
pub mod refusal;
pub mod registry;
pub mod request;
pub mod resource;
pub mod schema;
pub mod select;
mod sent;
pub mod serve;
pub mod shell;
pub mod state;
pub mod store;
pub mod story;
pub mod strategy;
mod streaming;
pub mod streams;
pub mod table;
pub mod usage;
pub mod validate;
pub mod versions;
pub mod watch;
mod write;

pub use serve::{Demo, Options, door};
