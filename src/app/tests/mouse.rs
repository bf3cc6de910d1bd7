//! Clicks, the wheel and drags, on a screen whose places are known.

use super::*;
use crate::{
    command::Command,
    effect::Clip,
    event::Gesture,
    layout::{Area, Division},
    memory::Keep,
};

impl Run {
    fn gesture(&mut self, gesture: Gesture, at: (u16, u16)) -> Vec<Effect> {
        let effects = self.app.update(Event::Mouse(gesture, at), self.now);
        self.app.refresh();
        effects
    }

    fn click(&mut self, at: (u16, u16)) -> Vec<Effect> {
        let mut effects = self.gesture(Gesture::Press, at);
        effects.extend(self.gesture(Gesture::Release, at));
        effects
    }

    /// Takes note of a place as if it had been drawn.
    fn hit(&mut self, area: Area, target: Target) {
        self.app.hits.push(Hit { area, target });
    }

    /// Rows where a frame has them, and where the first is.
    fn draw(&mut self) {
        self.app.hits.clear();
        for Spot { pane, area } in self.app.shape().panes {
            let list = self.app.list(pane);
            let shown: Vec<u32> = list.order.iter().skip(list.offset).copied().collect();
            for (n, slot) in shown.into_iter().enumerate() {
                let y = area.y + 2 + n as u16;
                let line = Area {
                    y,
                    height: 1,
                    ..area
                };
                self.hit(line, Target::Row(pane, slot));
            }
        }
    }

    /// The place of a row on screen.
    fn row(&self, pane: Pane, n: u16) -> (u16, u16) {
        let panes = self.app.shape().panes;
        let spot = panes.iter().find(|spot| spot.pane == pane).unwrap();
        (spot.area.x + 3, spot.area.y + 2 + n)
    }
}

fn line(x: u16, y: u16, width: u16) -> Area {
    Area {
        x,
        y,
        width,
        height: 1,
    }
}

#[test]
fn a_click_selects_and_a_click_on_what_is_selected_opens() {
    let mut run = shop();
    run.draw();
    run.click(run.row(Pane::Services, 1));
    assert_eq!(
        (run.at().as_str(), run.app.focus),
        ("shop/dev/web", Pane::Services)
    );
    run.click(run.row(Pane::Services, 1));
    assert_eq!(run.app.focus, Pane::Maps);
    run.draw();
    // In another pane what is selected gets the focus first.
    run.click(run.row(Pane::Servers, 0));
    assert_eq!(
        (run.at().as_str(), run.app.focus),
        ("shop/dev/web", Pane::Servers)
    );
    run.click(run.row(Pane::Servers, 0));
    assert_eq!(run.app.focus, Pane::Instances);
    // Below all rows there is only the pane.
    run.draw();
    run.click(run.row(Pane::Servers, 9));
    assert_eq!(
        (run.at().as_str(), run.app.focus),
        ("shop/dev/web", Pane::Servers)
    );
}

#[test]
fn a_heading_sorts_and_a_hint_does_what_its_key_does() {
    let mut run = shop();
    run.hit(line(5, 2, 4), Target::Heading(Pane::Services, 1));
    run.hit(line(1, 39, 6), Target::Command(Command::Help));
    let sort = |run: &Run| {
        let sort = &run.app.list(Pane::Services).sort;
        (sort.by.to_string(), sort.descending)
    };
    assert!(matches!(
        run.click((6, 2)).as_slice(),
        [Effect::Keep(Keep::Table { .. })]
    ));
    assert_eq!(sort(&run), ("name".to_owned(), false));
    run.click((6, 2));
    assert_eq!(sort(&run), ("name".to_owned(), true));
    run.click((3, 39));
    assert!(matches!(run.app.overlay, Overlay::Help(..)));
}

#[test]
fn outside_a_box_a_click_closes_it_and_inside_it_chooses() {
    let mut run = shop();
    run.keys("C");
    run.app.update(
        Event::Contexts(
            ["test", "other"]
                .map(|name| crate::model::Offer {
                    context: crate::model::Context::of_name(name),
                    server: String::new(),
                })
                .into(),
            None,
        ),
        run.now,
    );
    let floats = Area {
        x: 10,
        y: 5,
        width: 60,
        height: 10,
    };
    run.hit(floats, Target::Box);
    run.hit(line(11, 7, 58), Target::Line(0));
    run.hit(line(11, 8, 58), Target::Line(1));
    assert_eq!(run.click((20, 12)), []);
    run.click((20, 8));
    assert!(matches!(&run.app.overlay, Overlay::Contexts(picker) if picker.at == 1));
    let opened = run.click((20, 8));
    assert!(
        matches!(opened.as_slice(), [Effect::Open(..)]),
        "{opened:?}"
    );
    run.gesture(Gesture::WheelUp, (20, 8));
    assert!(matches!(&run.app.overlay, Overlay::Contexts(picker) if picker.at == 0));
    run.draw();
    run.hit(floats, Target::Box);
    run.click(run.row(Pane::Maps, 20));
    assert_eq!(
        (&run.app.overlay, run.app.focus),
        (&Overlay::None, Pane::Services)
    );
}

#[test]
fn a_click_keeps_what_was_typed_of_a_filter() {
    let mut run = shop();
    run.keys("/shop");
    run.draw();
    run.click(run.row(Pane::Maps, 0));
    assert_eq!(
        (&run.app.overlay, run.app.focus),
        (&Overlay::None, Pane::Maps)
    );
    assert_eq!(run.app.list(Pane::Services).filter.text(), "shop");
}

#[test]
fn the_wheel_moves_rows_and_the_next_key_brings_the_selection_back() {
    let names: Vec<String> = (0..60).map(|n| format!("team{n:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut run = Run::new(&names, &[]);
    let at = run.row(Pane::Services, 1);
    let state = |run: &Run| {
        let list = run.app.list(Pane::Services);
        (list.offset, list.index())
    };
    for _ in 0..2 {
        run.gesture(Gesture::WheelDown, at);
    }
    assert_eq!(state(&run), (6, Some(0)));
    run.wait(1000);
    assert_eq!(state(&run), (6, Some(0)), "and stay while time goes by");
    for _ in 0..99 {
        run.gesture(Gesture::WheelDown, at);
    }
    let page = run.app.page(Pane::Services);
    assert_eq!(state(&run), (60 - page, Some(0)));
    run.keys("j");
    assert_eq!(state(&run), (1, Some(1)));
    run.gesture(Gesture::WheelDown, at);
    run.app.update(Event::Resize(120, 30), run.now);
    run.app.refresh();
    assert_eq!(state(&run), (1, Some(1)), "a resize keeps it in sight");
    // The panel under the pointer, and not the pane with focus.
    run.app.panel_has(100);
    let panel = run.app.shape().panel.unwrap();
    run.gesture(Gesture::WheelDown, (4, panel.y + 2));
    assert_eq!((run.app.panel_line(), state(&run)), (3, (1, Some(1))));
}

#[test]
fn a_line_is_dragged_and_kept_when_it_is_let_go() {
    let mut run = shop();
    let before = run.app.shape();
    let edge = before.panes[0].area.width;
    assert_eq!(run.gesture(Gesture::Press, (edge, 5)), []);
    assert_eq!(run.gesture(Gesture::Drag, (edge + 7, 6)), []);
    assert_eq!(run.app.shape().panes[0].area.width, edge + 7);
    let kept = run.gesture(Gesture::Release, (edge + 7, 6));
    let [Effect::Keep(Keep::Layout(division))] = kept.as_slice() else {
        unreachable!("{kept:?}");
    };
    assert_eq!((division.services.is_some(), division.maps), (true, None));
    // Nothing is held any more, and a click on a line changes nothing.
    run.gesture(Gesture::Drag, (edge + 20, 6));
    assert_eq!(run.click((edge + 7, 6)), []);
    let panel = before.panel.unwrap();
    run.gesture(Gesture::Press, (20, panel.y - 1));
    run.gesture(Gesture::Drag, (20, panel.y - 4));
    assert_eq!(run.app.shape().panel.unwrap().height, panel.height + 3);
    run.keys(":layout-reset<enter>");
    assert_eq!(
        (run.app.shape(), run.app.kept.layout),
        (before, Division::default())
    );
}

#[test]
fn the_mouse_is_left_to_the_terminal_and_taken_back() {
    let mut run = shop();
    assert!(run.app.has_mouse());
    assert_eq!(run.keys("M"), [Effect::Keep(Keep::Mouse(false))]);
    assert!(!run.app.has_mouse());
    assert!(run.app.message().unwrap().contains("M takes it back"));
    assert_eq!(run.keys("M"), [Effect::Keep(Keep::Mouse(true))]);
    run.app.mouse = false;
    assert!(
        run.app.has_mouse(),
        "what was said last wins over the configuration"
    );
}

#[test]
fn names_are_copied_as_other_tools_take_them() {
    let mut run = shop();
    let copied = |run: &mut Run| match run.keys("c").as_slice() {
        [Effect::Copy(Clip { text, .. })] => text.clone(),
        other => unreachable!("{other:?}"),
    };
    run.keys(":shop/prod/web<enter>");
    assert_eq!(copied(&mut run), "web-1-a");
    run.keys("<esc>");
    assert_eq!(copied(&mut run), "web");
    run.keys("<esc>");
    assert_eq!(copied(&mut run), "shop-prod");
    run.keys("<esc>");
    assert_eq!(copied(&mut run), "shop");
    assert_eq!(run.keys("Y"), [Effect::CopyShown]);
    // A box that is read stays, and where something is typed a letter is a letter.
    assert_eq!(run.keys("=Y"), [Effect::CopyShown]);
    assert!(matches!(run.app.overlay, Overlay::Sort(_)));
    assert_eq!(run.keys("<esc>?Y"), []);
    run.keys("<esc>");
    assert_eq!(run.keys("<esc>/Yc"), []);
    assert_eq!(run.app.list(Pane::Services).filter.text(), "Yc");
    run.app.update(Event::Copied("shop".to_owned()), run.now);
    assert_eq!(run.app.message(), Some("Copied shop."));
}
