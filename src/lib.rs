//! barkeep: Services ▸ Maps ▸ Servers of Kubernetes, live, in a terminal.
//!
//! ```text
//!  barkeep  prod-eu ▸ shop ▸ prod ▸ api                      ● live   3 watches   12 req/min   14:02:11   header
//!  SERVICES 14      │ MAPS  shop            │ SERVERS  shop ▸ prod               health ↓ name ↑          titles
//!   ✖ search    2   │  ● dev    6     0.4c  │     NAME    KIND READY  STATUS                 CPU   AGE    columns
//! ▌ ◐ shop      3   │  ● stage  6     0.6c  │  ✖  worker  sts    0/2  CrashLoopBackOff ×14   –      6d    rows, of typed cells
//!   ● payments  3   │▌ ◐ prod   9     4.1c  │▌ ◐  api     dep    2/3  ▓▓▓▓░░ 2/3 new      0.9c      1m    the selection, by uid
//!                                            ╰─ panes: Miller columns, filled from what is held
//!  ⏎ open   / filter   : command   ? help                                                                  footer, from the command table
//! ```
//!
//! Four verbs move everything:
//!
//! ```text
//!  keys, mouse ─┐                                   ┌ ui::draw(&App, buffer)      only when dirty
//!  feeds ───────┼→ Event → App::update → state ─────┤
//!  clock 1 s ───┘   (sync; no I/O, no clock)        ├ App::wanted() → {Source} → Feeds::sync   start and drop streams
//!         ↑                   └→ Vec<Effect> → perform(effect) one task each ─┐
//!         └────────────────── bounded channel ← Event::Feed / Event::Done ────┘
//! ```

pub mod app;
pub mod cli;
pub mod cluster;
pub mod command;
pub mod config;
#[cfg(feature = "demo")]
pub mod demo;
pub mod effect;
pub mod event;
pub mod feed;
pub mod headless;
pub mod keys;
pub mod kinds;
pub mod layout;
pub mod log;
pub mod looks;
pub mod memory;
pub mod model;
pub mod opening;
pub mod panels;
pub mod panes;
pub mod paths;
pub mod run;
#[cfg(feature = "demo")]
pub mod serving;
pub mod session;
pub mod settings;
pub mod terminal;
pub mod text;
pub mod ui;
