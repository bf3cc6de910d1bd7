//! Where things are on a screen of a size: plain numbers, so that the state can know how far a page is.

use crate::panes::Pane;

/// Smaller than this, the screen only says what it needs: columns and rows.
pub const LEAST: (u16, u16) = (40, 10);

/// Columns from which on panes stand side by side.
const WIDE: u16 = 100;
/// Columns from which on there is room for a third pane beside the Instances.
const WIDEST: u16 = 160;
/// Rows from which on the panel is docked below.
const TALL: u16 = 20;

/// A rectangle in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// From the left.
    pub x: u16,
    /// From the top.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

/// Where a pane is. Its first line is the title, its second the headings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Which.
    pub pane: Pane,
    /// Where.
    pub area: Area,
}

impl Spot {
    /// How many rows of the list there is room for.
    pub fn rows(&self) -> u16 {
        self.area.height.saturating_sub(2)
    }
}

/// What has the focus, and what it wants of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The pane with focus, or that had it before the panel took it.
    pub pane: Pane,
    /// The panel has the focus.
    pub in_panel: bool,
    /// What has the focus has the screen to itself.
    pub zoom: bool,
    /// The Servers are cards in columns, and want the whole width.
    pub board: bool,
}

/// What is shown of panes and panel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// The panes, from left to right. Nothing at all where the screen is too small.
    pub panes: Vec<Spot>,
    /// The docked panel. Its first line is the title.
    pub panel: Option<Area>,
}

impl Shape {
    /// Rows of the panel's content.
    pub fn panel_rows(&self) -> u16 {
        self.panel.map_or(0, |area| area.height.saturating_sub(1))
    }
}

/// What is shown on a screen of this size: header and footer take a line each.
pub fn shape(size: (u16, u16), view: View) -> Shape {
    let (width, height) = size;
    if width < LEAST.0 || height < LEAST.1 {
        return Shape::default();
    }
    let body = Area {
        x: 0,
        y: 1,
        width,
        height: height - 2,
    };
    let is_board = view.board && view.pane == Pane::Servers;
    // A list that is looked through wants all the room until somebody asks for the panel.
    let docked = height >= TALL && (view.in_panel || view.pane != Pane::All);
    if view.in_panel && (view.zoom || !docked) {
        return Shape {
            panes: Vec::new(),
            panel: Some(body),
        };
    }
    let docked = docked && !view.zoom;
    let below = if docked {
        (body.height * 3 / 5).max(9)
    } else {
        0
    };
    let above = Area {
        height: body.height - below - u16::from(docked),
        ..body
    };
    Shape {
        panes: side_by_side(above, view, is_board),
        panel: docked.then(|| Area {
            y: above.y + above.height + 1,
            height: below,
            ..body
        }),
    }
}

/// The panes that there is room for.
fn side_by_side(area: Area, view: View, is_board: bool) -> Vec<Spot> {
    let Area { width, .. } = area;
    let services = (width * 9 / 50).clamp(21, 32);
    let maps = (width / 4).clamp(28, 48);
    let columns: Vec<(Pane, u16)> = match view.pane {
        _ if view.zoom || width < WIDE || is_board => Vec::new(),
        Pane::All => Vec::new(),
        Pane::Instances if width >= WIDEST => vec![(Pane::Maps, 28), (Pane::Servers, width / 4)],
        Pane::Instances => vec![(Pane::Servers, width * 3 / 10)],
        _ => vec![(Pane::Services, services), (Pane::Maps, maps)],
    };
    let last = match view.pane {
        pane if columns.is_empty() => pane,
        Pane::Instances => Pane::Instances,
        _ => Pane::Servers,
    };
    let mut x = 0;
    let mut spots = Vec::with_capacity(columns.len() + 1);
    for (pane, width) in columns {
        spots.push(Spot {
            pane,
            area: Area { x, width, ..area },
        });
        x += width + 1;
    }
    let area = Area {
        x,
        width: width - x,
        ..area
    };
    spots.push(Spot { pane: last, area });
    spots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_overlaps_and_what_has_the_focus_is_there_at_any_size() {
        let panes = [
            Pane::Services,
            Pane::Maps,
            Pane::Servers,
            Pane::Instances,
            Pane::All,
        ];
        for width in (LEAST.0..240).step_by(7) {
            for height in LEAST.1..70 {
                for n in 0..panes.len() * 8 {
                    let view = View {
                        pane: panes[n / 8],
                        in_panel: n & 1 > 0,
                        zoom: n & 2 > 0,
                        board: n & 4 > 0,
                    };
                    holds((width, height), view);
                }
            }
        }
        let view = View {
            pane: Pane::Services,
            in_panel: false,
            zoom: false,
            board: false,
        };
        assert_eq!(shape((39, 24), view), Shape::default());
    }

    fn holds((width, height): (u16, u16), view: View) {
        let shape = shape((width, height), view);
        let there = if view.in_panel {
            shape.panel.is_some()
        } else {
            shape.panes.iter().any(|spot| spot.pane == view.pane)
        };
        assert!(there, "{width}x{height} {view:?}");
        let mut cells = vec![false; usize::from(width) * usize::from(height)];
        let areas = shape.panes.iter().map(|spot| spot.area).chain(shape.panel);
        for area in areas {
            for y in area.y..area.y + area.height {
                for x in area.x..area.x + area.width {
                    let cell = &mut cells[usize::from(y) * usize::from(width) + usize::from(x)];
                    assert!(!*cell, "{width}x{height} {view:?}");
                    *cell = true;
                }
            }
        }
        let roomy = shape.panes.iter().all(|spot| spot.rows() >= 1);
        assert!(
            roomy && (shape.panel.is_none() || shape.panel_rows() >= 7),
            "{width}x{height} {shape:?}"
        );
    }
}
