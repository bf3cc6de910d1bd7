//! Dividing the screen with keys: what has the focus, the panel, where it stands.

use super::*;
use crate::layout::{Division, RIGHT};

impl Run {
    fn widths(&self) -> Vec<u16> {
        let panes = self.app.shape().panes;
        panes.iter().map(|spot| spot.area.width).collect()
    }

    fn panel(&self) -> crate::layout::Area {
        self.app.shape().panel.unwrap()
    }
}

#[test]
fn what_has_the_focus_is_made_wider_and_narrower() {
    let mut run = shop();
    let [services, maps, servers] = run.widths()[..] else {
        unreachable!("three panes");
    };
    run.keys("<alt-right><alt-right>");
    assert_eq!(run.widths(), [services + 4, maps, servers - 4]);
    run.keys("<tab><alt-left>");
    assert_eq!(run.widths(), [services + 4, maps - 2, servers - 2]);
    // The last one has what the others leave.
    run.keys("<tab><alt-right>");
    assert_eq!(run.widths(), [services + 4, maps - 4, servers]);
    let kept = run.keys("<alt-right>");
    assert!(matches!(
        kept.as_slice(),
        [Effect::Keep(crate::memory::Keep::Layout(_))]
    ));
    run.keys(&"<alt-right>".repeat(20));
    assert_eq!(run.widths()[..2], [services + 4, 14], "and no further");
    assert!(run.app.message().unwrap().contains("as far as it goes"));
    run.keys("z<alt-right>");
    assert!(run.app.message().unwrap().contains("Nothing stands beside"));
}

#[test]
fn the_panel_grows_and_shrinks_wherever_it_stands() {
    let mut run = shop();
    let below = run.panel();
    run.keys("<alt-up><alt-up><alt-down>");
    assert_eq!(run.panel().height, below.height + 1);
    run.keys("1<alt-right>");
    assert!(run.app.message().unwrap().contains("as wide as the screen"));
    run.keys("<esc>:panel-side<enter>");
    let right = run.panel();
    assert_eq!((right.y, right.height), (1, 38));
    assert!(right.x > 0);
    run.keys("<alt-up>");
    assert_eq!(run.panel().width, right.width + 2);
    run.keys("1<alt-left>");
    assert_eq!(run.panel().width, right.width);
    // The pane alone beside it takes from it.
    run.keys("<esc><alt-right>");
    assert_eq!(run.panel().width, right.width - 2);
    run.keys(":panel-side<enter>");
    assert_eq!(run.panel().height, below.height + 1, "as it was there");
    run.keys("z<alt-up>");
    assert!(run.app.message().unwrap().contains("No panel is docked"));
}

#[test]
fn a_panel_that_is_hidden_comes_when_it_is_asked_for() {
    let mut run = shop();
    run.keys(":panel-hide<enter>");
    assert_eq!(run.app.shape().panel, None);
    run.keys("1");
    assert!(run.app.shape().panel.is_some() && !run.app.shape().panes.is_empty());
    run.keys("<esc>");
    assert_eq!(run.app.shape().panel, None);
    run.keys(":panel-hide<enter>");
    assert!(run.app.shape().panel.is_some());
}

#[test]
fn where_there_is_no_room_on_the_right_it_says_so() {
    let mut run = shop();
    run.app.update(Event::Resize(RIGHT - 1, 24), run.now);
    assert_eq!(run.keys(":panel-side<enter>"), []);
    assert!(
        run.app
            .message()
            .unwrap()
            .contains(&format!("{RIGHT} columns"))
    );
    run.app.update(Event::Resize(RIGHT, 24), run.now);
    run.keys(":panel-side<enter>");
    assert!(run.panel().x > 0);
    run.app.update(Event::Resize(80, 24), run.now);
    assert_eq!(run.panel().x, 0, "below, while there is no room");
}

#[test]
fn what_the_configuration_says_is_not_kept_as_if_the_person_had() {
    let mut run = shop();
    run.app.side = Side::Right;
    assert!(run.panel().x > 0);
    run.keys("<alt-up>");
    let Division { side, right, .. } = run.app.kept.layout;
    assert_eq!((side, right.is_some()), (Side::Auto, true));
}
