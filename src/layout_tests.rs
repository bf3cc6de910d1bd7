//! Nothing overlaps, nothing vanishes, and what has the focus is there: on every screen, however it is divided.

#![expect(
    clippy::unwrap_used,
    reason = "a line that is not there has failed the test"
)]

use super::*;

const PANES_OF_A_VIEW: [Pane; 6] = [
    Pane::Services,
    Pane::Maps,
    Pane::Servers,
    Pane::Instances,
    Pane::All,
    Pane::Kind,
];

fn view(pane: Pane) -> View {
    View {
        pane,
        in_panel: false,
        zoom: false,
        board: false,
        division: Division::default(),
    }
}

fn views(division: Division) -> impl Iterator<Item = View> {
    PANES_OF_A_VIEW.into_iter().flat_map(move |pane| {
        (0..8).map(move |n| View {
            in_panel: n & 1 > 0,
            zoom: n & 2 > 0,
            board: n & 4 > 0,
            division,
            ..view(pane)
        })
    })
}

/// Divisions as nobody would make them, and as somebody may have written them into the file.
fn divisions() -> Vec<Division> {
    let shares = [None, Some(0), Some(333), Some(u16::MAX)];
    let mut all = Vec::new();
    for side in [Side::Auto, Side::Below, Side::Right] {
        for (n, share) in shares.into_iter().enumerate() {
            for (m, other) in shares.into_iter().enumerate() {
                all.push(Division {
                    side,
                    hidden: (n + m) % 3 == 2,
                    services: share,
                    maps: other,
                    servers: share,
                    below: other,
                    right: share,
                });
            }
        }
    }
    all
}

#[test]
fn nothing_overlaps_and_what_has_the_focus_is_there_at_any_size() {
    for width in (LEAST.0..260).step_by(7) {
        for height in (LEAST.1..70).step_by(3) {
            views(Division::default()).for_each(|view| holds((width, height), view));
        }
    }
    assert_eq!(shape((39, 24), view(Pane::Services)), Shape::default());
}

#[test]
fn nothing_overlaps_and_nothing_vanishes_however_the_screen_is_divided() {
    let sizes = [
        (200, 50),
        (120, 40),
        (80, 24),
        (40, 12),
        (40, 10),
        (89, 10),
        (88, 20),
        (100, 19),
        (149, 20),
        (160, 21),
        (240, 60),
    ];
    for division in divisions() {
        for size in sizes {
            views(division).for_each(|view| holds(size, view));
        }
    }
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
    // All but header, footer and the lines between is used.
    let lines = |at| cells[at] || shape.divider_at(place(at, width)).is_some();
    let mut body = usize::from(width)..usize::from(width) * usize::from(height - 1);
    assert!(body.all(lines), "{width}x{height} {view:?}");
    let end = shape.panes.len().saturating_sub(1);
    for (n, Spot { area, .. }) in shape.panes.iter().enumerate() {
        let least = if n < end { NARROW } else { LAST };
        assert!(
            area.width >= least && area.height >= PANES_HIGH,
            "{shape:?}"
        );
    }
    if let Some(panel) = shape.panel {
        assert!(
            panel.width >= PANEL.0 && panel.height >= PANEL.1,
            "{shape:?}"
        );
    }
}

fn place(at: usize, width: u16) -> (u16, u16) {
    (
        (at % usize::from(width)) as u16,
        (at / usize::from(width)) as u16,
    )
}

#[test]
fn a_line_goes_where_it_is_moved_and_no_further_than_there_is_room() {
    for size in [(200, 50), (120, 40), (240, 60), (101, 30), (80, 24)] {
        for side in [Side::Below, Side::Right] {
            for pane in PANES_OF_A_VIEW {
                let mut view = View {
                    division: Division {
                        side,
                        ..Division::default()
                    },
                    ..view(pane)
                };
                let whole = view.division;
                let panes = shape(size, view).panes;
                let left = &panes[..panes.len() - 1];
                let after = left.iter().map(|spot| Divider::After(spot.pane));
                for divider in after.chain([Divider::Panel]) {
                    let of = |view| shape(size, view).length(divider).map(|(length, _)| length);
                    let Some(length) = of(view) else {
                        continue;
                    };
                    for to in [length + 1, length, length.saturating_sub(1), 0, u16::MAX] {
                        let before = of(view);
                        view.division = view.divided(size, divider, to);
                        let got = of(view).unwrap();
                        let is_bounded = to == 0 || to == u16::MAX;
                        let stays = before == Some(got);
                        assert!(got == to || is_bounded || stays, "{size:?} {view:?}");
                        // The next step begins where this one ended.
                        assert_eq!(view.divided(size, divider, got), view.division);
                    }
                    view.division = whole;
                }
            }
        }
    }
}

#[test]
fn what_is_at_a_place_is_known() {
    let shape = shape((120, 40), view(Pane::Servers));
    let [services, maps, servers] = shape.panes.as_slice() else {
        unreachable!("three panes");
    };
    let (y, x) = (services.area.y + 3, services.area.width);
    assert_eq!(
        shape.divider_at((x, y)),
        Some(Divider::After(Pane::Services))
    );
    assert_eq!(
        shape.divider_at((servers.area.x - 1, y)),
        Some(Divider::After(Pane::Maps))
    );
    assert_eq!(shape.pane_at((x + 1, y)), Some(maps));
    let panel = shape.panel.unwrap();
    assert_eq!(shape.divider_at((7, panel.y - 1)), Some(Divider::Panel));
    assert_eq!(shape.divider_at((7, panel.y)), None);
    assert_eq!(
        shape.length_to(Divider::Panel, (7, panel.y - 3)),
        Some(panel.height + 2)
    );
    assert_eq!(
        shape.length_to(Divider::After(Pane::Maps), (x + 31, y)),
        Some(30)
    );
}

#[test]
fn shares_mean_the_same_on_other_screens() {
    let division = View {
        division: Division {
            side: Side::Right,
            ..Division::default()
        },
        ..view(Pane::Services)
    }
    .divided((200, 50), Divider::Panel, 100);
    assert_eq!(division.right, Some(500));
    let on = |size| {
        shape(
            size,
            View {
                division,
                ..view(Pane::Services)
            },
        )
        .docked()
    };
    assert_eq!(on((120, 40)).unwrap().width, 60);
    assert_eq!(on((300, 90)).unwrap().width, 150);
    assert_eq!(on((80, 24)).unwrap().width, 80);
    assert_eq!(on((60, 12)), None);
}
