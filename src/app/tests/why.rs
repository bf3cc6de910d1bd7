//! Asking why: what is asked of the cluster while the box is open, what its keys do, where it leads.

use super::*;

/// A Map with a Server that crashes, one that has no image, and one that is well.
fn ill() -> Run {
    let crashing = |name: &str| {
        let mut row = bad(
            pod("shop-dev", name, "ReplicaSet web-1"),
            Phase::Running,
            "CrashLoopBackOff",
            "",
        );
        row.restarts = 4;
        let mut trouble = row.trouble.take().unwrap_or_default();
        trouble.container = Some("main".into());
        row.trouble = Some(trouble);
        row
    };
    let mut web = controller(Kind::Deployment, "shop-dev", "web", 2, "");
    web.replicas.ready = 0;
    let mut run = Run::new(
        &["legacy", "shop-dev", "shop-prod"],
        &[
            web.into(),
            deployment("shop-dev", "api"),
            deployment("shop-prod", "api"),
            crashing("web-1-a").into(),
            crashing("web-1-b").into(),
        ],
    );
    let set = controller(Kind::ReplicaSet, "shop-dev", "web-1", 2, "Deployment web");
    run.list(&source(What::ReplicaSets, "shop-dev"), vec![set.into()]);
    run.keys(":shop/dev<enter>");
    run.wait(120);
    run
}

fn one(what: What, name: &str) -> Source {
    Source::one(ClusterId(0), what, &"shop-dev".into(), name)
}

#[test]
fn what_the_answer_is_made_of_is_watched_while_it_is_asked_for() {
    let mut run = ill();
    let before = run.app.wanted();
    run.keys("w");
    let mut expected = before.clone();
    expected.extend([
        source(What::Events, "shop-dev"),
        source(What::Instances, "shop-dev"),
        source(What::ReplicaSets, "shop-dev"),
        source(What::Claims, "shop-dev"),
        one(What::Instances, "web-1-a"),
        one(What::LastWords, "web-1-a/main"),
    ]);
    assert_eq!(run.app.wanted(), expected);
    run.keys("<esc>");
    assert_eq!(run.app.wanted(), before);
    // Of one that is well nothing is read that it has not.
    run.keys("j");
    run.wait(120);
    let before = run.app.wanted();
    run.keys("w");
    let mut expected = before.clone();
    expected.insert(source(What::Events, "shop-dev"));
    assert_eq!(run.app.wanted(), expected);
    // A Service is told by its worst Map.
    run.keys("<esc>hhw");
    assert!(
        run.app
            .wanted()
            .contains(&one(What::LastWords, "web-1-a/main"))
    );
}

#[test]
fn it_closes_and_asks_about_what_was_selected() {
    for key in ["<esc>", "w", "q", "<ctrl-c>"] {
        let mut run = ill();
        let at = run.at();
        run.keys("w");
        assert!(matches!(
            &run.app.overlay,
            Overlay::Why {
                subject: Id::Server(_),
                ..
            }
        ));
        assert_eq!(run.keys(key), vec![], "{key}");
        assert_eq!((&run.app.overlay, run.at()), (&Overlay::None, at), "{key}");
    }
    // Where nothing is selected there is nothing to ask.
    let mut run = Run::empty();
    run.keys("w");
    assert_eq!(run.app.overlay, Overlay::None);
}

#[test]
fn it_leads_to_what_is_chosen() {
    // Server → Instance, by its own line and by its container's.
    for keys in ["w<enter>", "wj<enter>", "wjjjj<enter>"] {
        let mut run = ill();
        run.keys(keys);
        assert_eq!(
            (run.app.focus, run.at().as_str()),
            (Pane::Instances, "shop/dev/web/web-1-a"),
            "{keys}"
        );
        assert_eq!(run.app.overlay, Overlay::None);
        // And back.
        run.keys("[");
        assert_eq!(run.app.focus, Pane::Servers);
    }
    // Service → Map, → Server.
    for (keys, pane) in [
        ("w<enter>", Pane::Maps),
        ("wj<enter>", Pane::Servers),
        ("wjj<enter>", Pane::Instances),
    ] {
        let mut run = ill();
        run.keys("hh");
        run.keys(keys);
        assert_eq!(
            (run.app.focus, run.at().as_str()),
            (pane, "shop/dev/web/web-1-a"),
            "{keys}"
        );
    }
}

#[test]
fn it_stays_right_while_it_is_open() {
    let mut run = ill();
    run.keys("w");
    let says = |run: &Run| told(&run.app.why().unwrap().says, NOW);
    assert_eq!(
        says(&run),
        "0 of 2 ready: both its Instances keep crashing, 4 restarts in 60m."
    );
    let well = pod("shop-dev", "web-1-b", "ReplicaSet web-1");
    run.put(&source(What::Instances, "shop-dev"), vec![well.into()]);
    assert_eq!(
        says(&run),
        "0 of 2 ready: one of its Instances keeps crashing, 4 restarts in 60m."
    );
    // What it is about may go meanwhile.
    let gone = |kind, name| crate::model::Change::Gone(sample::uid(kind, "shop-dev", name));
    let pods = vec![gone("Pod", "web-1-a"), gone("Pod", "web-1-b")];
    run.tell(&source(What::Instances, "shop-dev"), News::Changes(pods));
    run.tell(
        &source(What::ReplicaSets, "shop-dev"),
        News::Changes(vec![gone("ReplicaSet", "web-1")]),
    );
    run.tell(
        &source(What::Deployments, ""),
        News::Changes(vec![gone("Deployment", "web")]),
    );
    assert_eq!(run.app.why(), None);
    run.keys("j<enter>");
    assert_eq!(run.app.overlay, Overlay::None);
}

#[test]
fn it_scrolls_to_every_line_and_no_further() {
    let mut run = ill();
    run.app.size = (40, 12);
    run.keys("w");
    let line = |run: &Run| match run.app.overlay {
        Overlay::Why { line, .. } => line,
        _ => u16::MAX,
    };
    let last = run.app.why_lines().unwrap().1.len() as u16 - why_room((40, 12)).1;
    for _ in 0..40 {
        run.keys("j");
    }
    assert_eq!(line(&run), last);
    run.keys("g");
    assert_eq!(line(&run), 0);
    run.keys("G");
    assert_eq!(line(&run), last);
    run.keys("<pgup><pgup><pgup><pgup>");
    assert_eq!(line(&run), 0);
    run.keys("<pgdn>");
    assert_eq!(line(&run), 7.min(last));
}
