//! The drawing vocabulary: what panes, panels and overlays are drawn with. Knows ratatui, knows no cluster.

pub mod colour;
pub mod export;
pub mod glyphs;
pub(crate) mod pen;
mod shapes;
pub mod svg;
pub mod theme;

pub use colour::ColorDepth;
pub use glyphs::Glyphs;
pub use theme::Theme;
