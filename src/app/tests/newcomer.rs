//! No cluster at all, no right to list namespaces, nothing that runs.

use super::*;
use crate::{memory::Keep, model::Context};

fn run_of(cluster: Cluster) -> Run {
    let mut run = Run::empty();
    run.app.clusters[0] = cluster;
    run
}

fn forbidden() -> News {
    News::State(FeedState::Refused(Problem::new(
        Cause::Forbidden,
        "You may not list namespaces",
    )))
}

#[test]
fn without_any_cluster_the_demo_is_one_key_away() {
    let problem = Problem::new(Cause::NoCluster, "There is no kubeconfig at ~/.kube/config");
    let mut run = run_of(Cluster {
        reach: Reach::Broken(problem),
        ..Cluster::default()
    });
    let said = run.app.empty(Pane::Services);
    assert!(
        said.contains("There is no kubeconfig") && said.contains("⏎ opens the demo"),
        "{said}"
    );
    let effects = run.keys("<enter>");
    assert_eq!(effects, [Effect::Open(ClusterId(1), Context::Simulated)]);
    // A cluster that is there is opened, not replaced.
    let mut run = shop();
    assert_eq!(run.keys("<enter>"), []);
    assert_eq!(run.app.focus, Pane::Maps);
}

#[test]
fn the_question_waits_for_the_end_of_the_welcome() {
    let mut run = Run::empty();
    run.app.recall(crate::memory::Kept::default());
    run.tell(&source(What::Namespaces, ""), forbidden());
    assert_eq!(run.app.overlay, Overlay::Welcome);
    // The key that ends the one is no answer to the other.
    run.keys("j");
    assert_eq!(
        run.app.overlay,
        Overlay::Namespace(ClusterId(0), String::new())
    );
}

#[test]
fn who_may_not_list_namespaces_is_asked_once_which_one() {
    let all = source(What::Namespaces, "");
    let mut run = Run::empty();
    run.tell(&all, forbidden());
    assert_eq!(
        run.app.overlay,
        Overlay::Namespace(ClusterId(0), String::new())
    );
    assert!(
        run.app
            .empty(Pane::Services)
            .contains("Which one may you read?")
    );
    // What is no name is said, and nothing is lost.
    run.keys("Shop Dev<enter>");
    assert_eq!(
        run.app.overlay,
        Overlay::Namespace(ClusterId(0), "Shop Dev".into())
    );
    assert!(
        run.app
            .message()
            .is_some_and(|said| said.contains("lower-case"))
    );
    run.keys("<ctrl-u>shop-dev<enter>");
    assert_eq!(
        (run.at().as_str(), &run.app.overlay),
        ("shop/dev", &Overlay::None)
    );
    assert!(run.app.wanted().contains(&source(What::Deployments, "")));
    run.refuse(&source(What::Deployments, ""));
    assert!(
        run.app
            .wanted()
            .contains(&source(What::Deployments, "shop-dev"))
    );
    // Refused again now and then: nobody is asked again.
    run.tell(&all, forbidden());
    assert_eq!(run.app.overlay, Overlay::None);
}

#[test]
fn only_a_namespace_that_could_be_read_is_kept() {
    let mut run = Run::empty();
    run.tell(&source(What::Namespaces, ""), forbidden());
    run.keys("shop-dev<enter>");
    let told = |run: &mut Run, from: &Source, state| {
        run.app
            .update(Event::Feed(from.clone(), News::State(state)), run.now)
    };
    let here = source(What::Deployments, "shop-dev");
    let refused = FeedState::Refused(Problem::new(Cause::Forbidden, "no"));
    assert_eq!(told(&mut run, &here, refused), []);
    assert_eq!(
        told(
            &mut run,
            &source(What::Deployments, "other"),
            FeedState::Live
        ),
        []
    );
    let kept = [Effect::Keep(Keep::Namespace {
        context: "test".into(),
        namespace: "shop-dev".into(),
    })];
    assert_eq!(told(&mut run, &here, FeedState::Live), kept);
    assert_eq!(told(&mut run, &here, FeedState::Live), []);
}

#[test]
fn nobody_is_asked_where_a_namespace_is_known_or_another_thing_is_wrong() {
    let named = Cluster {
        namespaces: vec!["shop-dev".into()],
        ..Cluster::default()
    };
    let mut run = run_of(named);
    run.tell(&source(What::Namespaces, ""), forbidden());
    assert_eq!(run.app.overlay, Overlay::None);
    let mut run = Run::empty();
    let missing = Problem::new(Cause::NotFound, "no such kind");
    run.tell(
        &source(What::Namespaces, ""),
        News::State(FeedState::Refused(missing)),
    );
    run.tell(&source(What::Deployments, ""), forbidden());
    assert_eq!(run.app.overlay, Overlay::None);
}

#[test]
fn the_question_does_not_stand_in_the_way() {
    for (keys, overlay) in [
        ("<esc>", Overlay::None),
        ("<enter>", Overlay::None),
        (":", Overlay::Prompt(Readline::default(), 0)),
        ("?", Overlay::Help(String::new(), 0)),
        ("<ctrl-c>", Overlay::None),
    ] {
        let mut run = Run::empty();
        run.tell(&source(What::Namespaces, ""), forbidden());
        run.keys(keys);
        assert_eq!(run.app.overlay, overlay, "{keys}");
    }
}

#[test]
fn a_cluster_on_which_nothing_runs_says_so() {
    let mut run = Run::new(&["shop-dev"], &[]);
    assert!(
        run.app
            .empty(Pane::Servers)
            .starts_with("Nothing runs here yet")
    );
    run.list(
        &source(What::Deployments, ""),
        vec![deployment("other", "web")],
    );
    run.keys("G");
    let said = run.app.empty(Pane::Servers);
    assert!(said.starts_with("No Servers in"), "{said}");
}

#[test]
fn the_question_comes_back_where_nothing_of_the_answer_may_be_read() {
    let mut run = Run::empty();
    run.tell(&source(What::Namespaces, ""), forbidden());
    run.keys("nosuch<enter>");
    for what in What::CONTROLLERS {
        run.refuse(&source(what, ""));
        run.refuse(&source(what, "nosuch"));
    }
    assert_eq!(
        run.app.overlay,
        Overlay::Namespace(ClusterId(0), String::new())
    );
    assert!(
        run.app
            .message()
            .is_some_and(|said| said.starts_with("nosuch may not be read"))
    );
    assert!(run.app.world.maps().is_empty() && run.app.clusters[0].namespaces.is_empty());
}
