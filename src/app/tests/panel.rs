//! The panel and the board: focus, scrolling, moving among cards.

use super::*;

#[test]
fn the_panel_takes_the_focus_and_gives_it_back() {
    let mut run = shop();
    for (keys, in_panel, focus) in [
        ("1", true, Pane::Services),
        ("1", false, Pane::Services),
        ("1<esc>", false, Pane::Services),
        ("<enter><enter><enter><enter>", true, Pane::Instances),
        ("<left>", false, Pane::Instances),
        ("<tab>", true, Pane::Instances),
        ("<tab>", false, Pane::Services),
        ("<backtab>", true, Pane::Services),
        ("/", false, Pane::Services),
    ] {
        run.keys(keys);
        assert_eq!(
            (run.app.in_panel, run.app.focus),
            (in_panel, focus),
            "{keys}"
        );
    }
}

#[test]
fn the_panel_scrolls_as_far_as_there_is_something() {
    let mut run = shop();
    run.app.panel_has(100);
    let rows = usize::from(run.app.shape().panel_rows());
    for (keys, line) in [
        ("1j", 1),
        ("jjk", 2),
        ("G", 100 - rows),
        ("j", 100 - rows),
        ("k", 99 - rows),
        ("g", 0),
        ("<pgdn>", rows - 1),
    ] {
        run.keys(keys);
        assert_eq!(run.app.panel_line(), line, "{keys}");
    }
    // Something else is read from its beginning.
    run.keys("<esc>j");
    assert_eq!(run.app.panel_line(), 0);
}

#[test]
fn cards_are_walked_by_column_and_row() {
    let server = |name: &str, group: &str| {
        let mut row = controller(Kind::Deployment, "shop-prod", name, 1, "");
        row.group = (!group.is_empty()).then(|| group.into());
        Row::Controller(Box::new(row))
    };
    let rows = [
        server("api", "backend"),
        server("cart", "backend"),
        server("web", "frontend"),
        server("cron", ""),
    ];
    let mut run = Run::new(&["shop-prod"], &rows);
    run.keys("<enter><enter>b");
    let name = |run: &Run| run.at().rsplit('/').next().unwrap_or_default().to_owned();
    for (keys, want) in [
        ("", "api"),
        ("j", "cart"),
        ("j", "cart"),
        ("<right>", "web"),
        ("<right>", "cron"),
        ("<right>", "cron"),
        ("<left><left>", "api"),
        ("G", "cart"),
    ] {
        run.keys(keys);
        assert_eq!(name(&run), want, "{keys}");
    }
    run.keys("<left>");
    assert_eq!(run.app.focus, Pane::Maps);
    run.keys("<enter>b<right>");
    assert_eq!(run.app.focus, Pane::Instances);
}

#[test]
fn what_follows_the_selection_is_drawn_once_it_rests() {
    let mut run = shop();
    let later = |run: &mut Run, milliseconds: i64| {
        run.now += milliseconds;
        run.app.update(Event::Tick, run.now);
        !run.app.following().is_empty()
    };
    assert!(run.app.following().is_empty());
    run.keys("j");
    assert!(!run.app.following().is_empty(), "the list comes first");
    assert_eq!(run.app.wake_at(), run.now + 40);
    assert!(!later(&mut run, 40), "a single key has all of it soon");
    run.keys("j");
    assert!(later(&mut run, 40), "a held key only once it is let go");
    run.keys("k");
    assert!(later(&mut run, 119));
    assert!(!later(&mut run, 1));
    run.keys("jz");
    assert!(run.app.following().is_empty(), "any other key shows all");
}

#[test]
fn what_is_read_about_stays_while_rows_around_it_change_places() {
    let mut run = shop();
    run.keys(":shop/prod<enter>:sort name<enter>");
    let first = run.app.id(Pane::Servers);
    run.keys("1");
    run.put(
        &source(What::Deployments, ""),
        vec![deployment("shop-prod", "aaa")],
    );
    assert_eq!(run.app.id(Pane::Servers), first);
    // What does nothing here says so.
    run.keys("I");
    let says = run.app.message().unwrap_or_default();
    assert!(says.starts_with("I does nothing here."), "{says}");
}
