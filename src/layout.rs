//! Where things are on a screen of a size: plain numbers, so that the state can know how far a page is.

use crate::panes::Pane;

/// Smaller than this, the screen only says what it needs: columns and rows.
pub const LEAST: (u16, u16) = (40, 10);

/// Columns from which on panes stand side by side.
const WIDE: u16 = 100;
/// Rows from which on the Instances are docked below.
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
    /// Lines between title and headings: what goes with a Server.
    pub details: u16,
}

impl Spot {
    /// How many rows of the list there is room for.
    pub fn rows(&self) -> u16 {
        self.area.height.saturating_sub(2 + self.details)
    }
}

/// What is shown of the panes on a screen of this size: header and footer take a line each.
pub fn spots(size: (u16, u16), focus: Pane, zoom: bool) -> Vec<Spot> {
    let (width, height) = size;
    if width < LEAST.0 || height < LEAST.1 {
        return Vec::new();
    }
    let body = Area {
        x: 0,
        y: 1,
        width,
        height: height - 2,
    };
    let alone = |pane: Pane| {
        vec![Spot {
            pane,
            area: body,
            details: details(pane, body),
        }]
    };
    if zoom || focus == Pane::All {
        return alone(focus);
    }
    let wide = width >= WIDE;
    if !wide && (focus != Pane::Servers && focus != Pane::Instances || height < TALL) {
        return alone(focus);
    }
    // Instances below, behind a rule.
    let below = if height < TALL {
        0
    } else {
        (body.height * 9 / 20).max(9)
    };
    let above = Area {
        height: body.height - below - u16::from(below > 0),
        ..body
    };
    let mut spots = if wide {
        let services = (width * 9 / 50).clamp(21, 32);
        let maps = (width / 4).clamp(28, 48);
        let at = |x: u16, width: u16| Area { x, width, ..above };
        vec![
            Spot {
                pane: Pane::Services,
                area: at(0, services),
                details: 0,
            },
            Spot {
                pane: Pane::Maps,
                area: at(services + 1, maps),
                details: 0,
            },
            Spot {
                pane: Pane::Servers,
                area: at(services + maps + 2, width - services - maps - 2),
                details: 0,
            },
        ]
    } else {
        vec![Spot {
            pane: Pane::Servers,
            area: above,
            details: 0,
        }]
    };
    if below > 0 {
        let area = Area {
            x: 0,
            y: above.y + above.height + 1,
            width,
            height: below,
        };
        spots.push(Spot {
            pane: Pane::Instances,
            area,
            details: details(Pane::Instances, area),
        });
    } else if focus == Pane::Instances {
        return alone(focus);
    }
    spots
}

fn details(pane: Pane, area: Area) -> u16 {
    match pane {
        Pane::Instances if area.height >= 14 => 4,
        Pane::Instances if area.height >= 8 => 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_overlaps_and_nothing_is_left_over_at_any_size() {
        for width in (LEAST.0..240).step_by(7) {
            for height in LEAST.1..70 {
                for focus in [
                    Pane::Services,
                    Pane::Maps,
                    Pane::Servers,
                    Pane::Instances,
                    Pane::All,
                ] {
                    let spots = spots((width, height), focus, false);
                    assert!(
                        spots.iter().any(|spot| spot.pane == focus),
                        "{width}x{height} {focus:?}"
                    );
                    let mut cells = vec![false; usize::from(width) * usize::from(height)];
                    for Spot { area, .. } in &spots {
                        for y in area.y..area.y + area.height {
                            for x in area.x..area.x + area.width {
                                let cell = &mut cells
                                    [usize::from(y) * usize::from(width) + usize::from(x)];
                                assert!(!*cell, "{width}x{height}");
                                *cell = true;
                            }
                        }
                    }
                    assert!(
                        spots.iter().all(|spot| spot.rows() >= 1),
                        "{width}x{height} {spots:?}"
                    );
                }
            }
        }
        assert!(spots((39, 24), Pane::Services, false).is_empty());
    }
}
