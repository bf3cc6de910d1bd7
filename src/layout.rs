//! Where things are on a screen of a size: plain numbers, so that the state can know how far a page is.
//!
//! ```text
//!  SERVICES │ MAPS │ SERVERS      panes stand side by side, the last one takes what is left
//!  ─────────┴──────┴─────────
//!  panel                          below, or at the right of all panes; every line between two can be moved
//! ```

use serde::{Deserialize, Serialize};

use crate::panes::Pane;

/// Smaller than this, the screen only says what it needs: columns and rows.
pub const LEAST: (u16, u16) = (40, 10);
/// Columns that a screen has on which the panel can stand on the right.
pub const RIGHT: u16 = PANES + 1 + PANEL.0;

/// Columns from which on panes stand side by side.
const WIDE: u16 = 100;
/// Columns from which on there is room for a third pane beside the Instances.
const WIDEST: u16 = 160;
/// Columns from which on the panel stands on the right, unless somebody has said otherwise.
const RIGHT_BY_ITSELF: u16 = 220;
/// Rows from which on the panel is docked below.
const TALL: u16 = 20;

/// The least that a pane to the left of another is given, columns.
const NARROW: u16 = 14;
/// The least that is left to the last pane, columns.
const LAST: u16 = 32;
/// The least that all panes together are given beside the panel: columns, and rows.
const PANES: u16 = 48;
const PANES_HIGH: u16 = 5;
/// The least that the panel is given: columns where it stands on the right, rows where it is below.
const PANEL: (u16, u16) = (40, 8);

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
    /// How the person has divided the screen.
    pub division: Division,
}

/// Where the panel stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// On the right of a very wide screen, else below.
    #[default]
    Auto,
    /// Below the panes.
    Below,
    /// On the right of the panes, where there is room.
    Right,
}

/// How a person divides the screen. Lengths are shares in thousandths, so that they mean the same on every screen; what is
/// not set is as the screen suggests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Division {
    /// Where the panel stands.
    pub side: Side,
    /// The panel is there only while it has the focus.
    pub hidden: bool,
    /// The Services' share of the panes' width.
    pub services: Option<u16>,
    /// The Maps' share of it.
    pub maps: Option<u16>,
    /// The Servers' share of it, beside their Instances.
    pub servers: Option<u16>,
    /// The panel's share of the height, where it is below.
    pub below: Option<u16>,
    /// The panel's share of the width, where it stands on the right.
    pub right: Option<u16>,
}

impl Division {
    /// Whether the panel stands on the right of a screen of this many columns.
    pub fn is_right(&self, columns: u16) -> bool {
        match self.side {
            Side::Auto => columns >= RIGHT_BY_ITSELF,
            Side::Below => false,
            Side::Right => columns >= RIGHT,
        }
    }

    /// Panes and panel, side by side or one above the other. Nothing where there is no room for both.
    fn dock(&self, body: Area) -> Option<(Area, Area)> {
        let Area { width, height, .. } = body;
        if self.is_right(width) {
            let length = length(self.right, width).unwrap_or(width * 2 / 5);
            let length = length.clamp(PANEL.0, width - 1 - PANES);
            let lists = Area {
                width: width - length - 1,
                ..body
            };
            let panel = Area {
                x: lists.width + 1,
                width: length,
                ..body
            };
            return Some((lists, panel));
        }
        if height + 2 < TALL {
            return None;
        }
        let length = length(self.below, height).unwrap_or((height * 3 / 5).max(9));
        let length = length.clamp(PANEL.1, height - 1 - PANES_HIGH);
        let lists = Area {
            height: height - length - 1,
            ..body
        };
        let panel = Area {
            y: lists.y + lists.height + 1,
            height: length,
            ..body
        };
        Some((lists, panel))
    }

    fn share(&mut self, of: Divider, is_right: bool) -> Option<&mut Option<u16>> {
        match of {
            Divider::After(Pane::Services) => Some(&mut self.services),
            Divider::After(Pane::Maps) => Some(&mut self.maps),
            Divider::After(Pane::Servers) => Some(&mut self.servers),
            Divider::After(Pane::Instances | Pane::All | Pane::Kind) => None,
            Divider::Panel if is_right => Some(&mut self.right),
            Divider::Panel => Some(&mut self.below),
        }
    }
}

/// A share of a whole.
fn length(share: Option<u16>, whole: u16) -> Option<u16> {
    Some(((u32::from(share?.min(1000)) * u32::from(whole) + 500) / 1000) as u16)
}

/// The share of a whole that a length is; [`length`] of it is that length again on any screen.
fn share(length: u16, whole: u16) -> u16 {
    let whole = u32::from(whole).max(1);
    ((u32::from(length) * 1000 + whole / 2) / whole) as u16
}

/// A line between two that can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Divider {
    /// At the right of a pane.
    After(Pane),
    /// Between panes and panel.
    Panel,
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

    /// The panel beside or below panes.
    pub fn docked(&self) -> Option<Area> {
        self.panel.filter(|_| !self.panes.is_empty())
    }

    /// The pane that is there.
    pub fn pane_at(&self, at: (u16, u16)) -> Option<&Spot> {
        self.panes.iter().find(|spot| spot.area.contains(at))
    }

    /// The line that is there.
    pub fn divider_at(&self, at: (u16, u16)) -> Option<Divider> {
        let (_, left) = self.panes.split_last()?;
        let after = |spot: &&Spot| spot.area.right_edge().contains(at);
        if let Some(spot) = left.iter().find(after) {
            return Some(Divider::After(spot.pane));
        }
        let panel = self.docked()?;
        let line = if panel.x > 0 {
            panel.left_edge()
        } else {
            panel.upper_edge()
        };
        line.contains(at).then_some(Divider::Panel)
    }

    /// The line that makes the pane wider when it moves, and by how much for each column.
    pub fn divider_of(&self, pane: Pane) -> Option<(Divider, i16)> {
        let at = self.panes.iter().position(|spot| spot.pane == pane)?;
        let is_beside = self.docked().is_some_and(|panel| panel.x > 0);
        match (at + 1 < self.panes.len(), at) {
            (true, _) => Some((Divider::After(pane), 1)),
            (false, 0) => is_beside.then_some((Divider::Panel, -1)),
            (false, _) => Some((Divider::After(self.panes[at - 1].pane), -1)),
        }
    }

    /// How long it is what a line bounds: a pane's width, the panel's height or width; and of how much.
    pub fn length(&self, divider: Divider) -> Option<(u16, u16)> {
        let last = self.panes.last()?.area;
        match divider {
            Divider::After(pane) => {
                let spot = self.panes.iter().find(|spot| spot.pane == pane)?;
                Some((spot.area.width, last.x + last.width))
            }
            Divider::Panel => match self.docked()? {
                panel if panel.x > 0 => Some((panel.width, panel.x + panel.width)),
                panel => Some((panel.height, panel.y + panel.height - 1)),
            },
        }
    }

    /// How long it would be with its line there.
    pub fn length_to(&self, divider: Divider, (x, y): (u16, u16)) -> Option<u16> {
        match divider {
            Divider::After(pane) => {
                let spot = self.panes.iter().find(|spot| spot.pane == pane)?;
                Some(x.saturating_sub(spot.area.x))
            }
            Divider::Panel => match self.docked()? {
                panel if panel.x > 0 => Some((panel.x + panel.width).saturating_sub(x + 1)),
                panel => Some((panel.y + panel.height).saturating_sub(y + 1)),
            },
        }
    }
}

impl Area {
    /// Whether a cell is in it.
    pub fn contains(&self, (x, y): (u16, u16)) -> bool {
        (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y)
    }

    /// The line at its right.
    fn right_edge(self) -> Self {
        Self {
            x: self.x + self.width,
            width: 1,
            ..self
        }
    }

    /// The line at its left.
    fn left_edge(self) -> Self {
        Self {
            x: self.x.saturating_sub(1),
            width: 1,
            ..self
        }
    }

    /// The line above it.
    fn upper_edge(self) -> Self {
        Self {
            y: self.y.saturating_sub(1),
            height: 1,
            ..self
        }
    }
}

impl View {
    /// The division with a line moved so that what it bounds is this long, as far as the least of everything lets it be.
    pub fn divided(mut self, size: (u16, u16), divider: Divider, to: u16) -> Division {
        let before = self.division;
        let is_right = before.is_right(size.0);
        let Some((_, whole)) = shape(size, self).length(divider) else {
            return before;
        };
        let put = |view: &mut Self, length| {
            if let Some(held) = view.division.share(divider, is_right) {
                *held = Some(share(length, whole));
            }
        };
        put(&mut self, to);
        // What it has become, so that the next step begins there.
        if let Some((length, _)) = shape(size, self).length(divider) {
            put(&mut self, length);
        }
        self.division
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
    // A list that is looked through wants all the room until somebody asks for the panel.
    let wanted = view.in_panel || view.pane != Pane::All && !view.division.hidden;
    let docked = view.division.dock(body).filter(|_| wanted && !view.zoom);
    match docked {
        None if view.in_panel => Shape {
            panes: Vec::new(),
            panel: Some(body),
        },
        None => Shape {
            panes: side_by_side(body, view),
            panel: None,
        },
        Some((lists, panel)) => Shape {
            panes: side_by_side(lists, view),
            panel: Some(panel),
        },
    }
}

/// The panes that there is room for.
fn side_by_side(area: Area, view: View) -> Vec<Spot> {
    let Area { width, .. } = area;
    let Division {
        services,
        maps,
        servers,
        ..
    } = view.division;
    let is_board = view.board && view.pane == Pane::Servers;
    let wide = |share, suggested| length(share, width).unwrap_or(suggested);
    let columns: Vec<(Pane, u16)> = match view.pane {
        _ if view.zoom || width < WIDE || is_board => Vec::new(),
        Pane::All | Pane::Kind => Vec::new(),
        Pane::Instances if width >= WIDEST => vec![
            (Pane::Maps, wide(maps, 28)),
            (Pane::Servers, wide(servers, width / 4)),
        ],
        Pane::Instances => vec![(Pane::Servers, wide(servers, width * 3 / 10))],
        _ => vec![
            (
                Pane::Services,
                wide(services, (width * 9 / 50).clamp(21, 32)),
            ),
            (Pane::Maps, wide(maps, (width / 4).clamp(28, 48))),
        ],
    };
    let last = match view.pane {
        pane if columns.is_empty() => pane,
        Pane::Instances => Pane::Instances,
        _ => Pane::Servers,
    };
    let mut x = 0;
    let mut spots = Vec::with_capacity(columns.len() + 1);
    let mut behind = columns.len() as u16;
    for (pane, wanted) in columns {
        // What stands behind it keeps its least.
        behind -= 1;
        let most = width - x - 1 - LAST - behind * (NARROW + 1);
        let width = wanted.clamp(NARROW, most);
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
#[path = "layout_tests.rs"]
mod tests;
