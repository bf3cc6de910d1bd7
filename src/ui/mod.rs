//! The drawing vocabulary: what panes, panels and overlays are drawn with. Knows ratatui, knows no cluster.
