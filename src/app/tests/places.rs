//! Places: visited, named, resumed, and asked for at the start.

use super::*;
use crate::{
    event::Opened,
    memory::{Keep, Last, Note},
    model::{Address, Context, Offer},
};

fn place(text: &str, pane: &str) -> Address {
    text.parse::<Address>().unwrap().in_pane(pane)
}

/// What a second's clock has it keep.
fn kept_after(run: &mut Run, milliseconds: i64) -> Vec<Note> {
    run.now += milliseconds;
    let effects = run.app.update(Event::Tick, run.now);
    run.app.refresh();
    notes(effects)
}

fn notes(effects: Vec<Effect>) -> Vec<Note> {
    let note = |effect| match effect {
        Effect::Keep(Keep::Been(note)) => Some(note),
        _ => None,
    };
    effects.into_iter().filter_map(note).collect()
}

fn stands(run: &Run) -> (String, Pane) {
    (run.at(), run.app.focus)
}

fn at(path: &str, pane: Pane) -> (String, Pane) {
    (path.to_owned(), pane)
}

#[test]
fn another_row_is_no_other_place_and_is_where_one_comes_back_to() {
    let mut run = shop();
    run.keys(":shop/prod<enter>jj<enter>");
    assert_eq!(stands(&run), at("shop/prod/web/web-1-a", Pane::Instances));
    run.keys("j[");
    assert_eq!(run.app.focus, Pane::Servers);
    run.keys("k[");
    assert_eq!(run.app.focus, Pane::Services);
    run.keys("]");
    assert_eq!(stands(&run), at("shop/prod/db", Pane::Servers));
    run.keys("]");
    assert_eq!(stands(&run), at("shop/prod/web/web-1-b", Pane::Instances));
}

#[test]
fn the_list_of_all_instances_is_a_place_with_its_row() {
    let mut run = shop();
    run.keys(":shop/prod<enter>0");
    let all = source(What::Instances, "");
    run.list(
        &all,
        vec![
            pod("shop-prod", "web-1-a", "ReplicaSet web-1").into(),
            pod("shop-prod", "web-1-b", "ReplicaSet web-1").into(),
        ],
    );
    run.keys("G");
    let last = run.app.id(Pane::All);
    assert!(last.is_some());
    run.keys(":legacy<enter>[");
    assert_eq!((run.app.focus, run.app.id(Pane::All)), (Pane::All, last));
    run.keys("[");
    assert_eq!(stands(&run), at("shop/prod/api", Pane::Servers));
}

#[test]
fn one_key_leads_to_the_place_before_and_back() {
    let mut run = shop();
    run.keys("-");
    assert_eq!(run.app.message(), Some("Nothing before this."));
    run.keys(":shop/prod/web<enter>:legacy<enter>");
    for _ in 0..3 {
        run.keys("-");
        assert_eq!(stands(&run), at("shop/prod/web/web-1-a", Pane::Instances));
        run.keys("-");
        assert_eq!(stands(&run), at("legacy/legacy/old", Pane::Servers));
    }
    // It leads back from where the history has led, too.
    run.keys("[[");
    assert_eq!(run.app.focus, Pane::Services);
    run.keys("-");
    assert_eq!(run.app.focus, Pane::Instances);
}

#[test]
fn a_place_gets_a_name_and_is_found_by_it() {
    let mut run = shop();
    run.keys(":shop/prod<enter>jj");
    let web = place("test:shop/prod/web", "servers");
    assert_eq!(
        notes(run.keys("mdoor<enter>")),
        [Note::Bookmark("door".into(), web.clone())]
    );
    // Without a name it has the one of its path, and again moves it.
    assert_eq!(
        notes(run.keys("m<enter>")),
        [Note::Bookmark("shop/prod/web".into(), web.clone())]
    );
    run.keys(":legacy<enter>");
    let old = place("test:legacy/legacy/old", "servers");
    assert_eq!(
        notes(run.keys(":mark door<enter>")),
        [Note::Bookmark("door".into(), old)]
    );
    let says = run.app.message().unwrap();
    assert!(says.ends_with("no longer to test:shop/prod/web."), "{says}");
    run.keys(":go shop<enter>");
    assert_eq!(stands(&run), at("shop/prod/web/web-1-a", Pane::Servers));
    run.keys("'door<enter>");
    assert_eq!(stands(&run), at("legacy/legacy/old", Pane::Servers));
    assert_eq!(notes(run.keys("'<del>")), [Note::NoBookmark("door".into())]);
    assert_eq!(run.app.message(), Some("The bookmark \"door\" is removed."));
    run.keys("<esc>:go nowhere<enter>");
    assert_eq!(run.app.message(), Some("There is no bookmark \"nowhere\"."));
    // Where there is nothing there is nothing to name.
    let mut run = Run::empty();
    assert_eq!(run.keys("m"), []);
    assert_eq!(run.app.overlay, Overlay::None);
}

#[test]
fn recent_places_follow_the_bookmarks_and_this_one_is_left_out() {
    let mut run = shop();
    for keys in [
        ":shop/prod/web<enter>",
        ":legacy<enter>",
        ":shop/dev<enter>",
    ] {
        run.keys(keys);
        kept_after(&mut run, SECOND);
        kept_after(&mut run, 3 * SECOND);
    }
    run.keys("H:shop/dev<enter>:mark here<enter>");
    let known = run.app.known_places("");
    let lines: Vec<String> = known
        .iter()
        .map(|known| format!("{:?} {}", known.name, known.place))
        .collect();
    assert_eq!(
        lines,
        [
            "Some(\"here\") test:shop/dev/web",
            "None test:legacy/legacy",
            "None test:shop/prod/web"
        ]
    );
    assert_eq!(run.app.known_places("WEB pro").len(), 1);
}

#[test]
fn a_place_in_another_context_opens_it_and_waits_for_nobody() {
    let mut run = shop();
    run.keys(":shop/prod<enter>");
    let there = place("us:shop/prod/db", "servers");
    Keep::Been(Note::Bookmark("db".into(), there)).apply(&mut run.app.kept);
    let us = ClusterId(1);
    let open = Effect::Open(us, Context::Named("us".into()));
    assert_eq!(run.keys("'db<enter>"), [open]);
    let opened = Opened {
        context: "us".into(),
        namespaces: Vec::new(),
    };
    let effects = run.app.update(Event::Opened(us, Ok(opened)), run.now);
    run.app.refresh();
    assert_eq!(effects, [Effect::Close(ClusterId(0))], "at once");
    let of = |what| Source {
        cluster: us,
        ..source(what, "")
    };
    run.list(
        &of(What::Namespaces),
        vec![namespace("shop-prod", "").into()],
    );
    assert_eq!(run.app.focus, Pane::Servers, "as far as it is there");
    let servers = vec![deployment("shop-prod", "a"), deployment("shop-prod", "db")];
    run.list(&of(What::Deployments), servers);
    assert_eq!(stands(&run), at("shop/prod/db", Pane::Servers));
    // Places of closed clusters are passed over.
    run.keys("[");
    assert_eq!(run.app.focus, Pane::Services);
    run.keys("]");
    assert_eq!(stands(&run), at("shop/prod/db", Pane::Servers));
    // One that can not be opened leaves all as it is.
    Keep::Been(Note::Bookmark("moon".into(), place("moon:a/b", "servers")))
        .apply(&mut run.app.kept);
    run.keys(":go moon<enter>");
    let why = Problem::new(Cause::Config, "There is no context “moon”");
    run.app
        .update(Event::Opened(ClusterId(2), Err(why)), run.now);
    run.app.refresh();
    assert_eq!(run.app.message(), Some("There is no context “moon”"));
    assert_eq!(stands(&run), at("shop/prod/db", Pane::Servers));
    assert!(run.app.sought.is_none());
}

#[test]
fn where_one_is_is_kept_once_one_stays_and_at_the_end() {
    let mut run = shop();
    run.keys(":shop/prod<enter>");
    for key in ["j", "j", "k", "j", "k", "j"] {
        run.keys(key);
        assert_eq!(kept_after(&mut run, SECOND), [], "one is on the way");
    }
    let kept = kept_after(&mut run, 3 * SECOND);
    let web = Last {
        contexts: vec!["test".into()],
        place: place("test:shop/prod/web", "servers"),
    };
    assert!(kept.contains(&Note::Last(web)), "{kept:?}");
    assert!(kept.contains(&Note::Visited(place("test:shop/prod", "servers"))));
    assert!(kept.contains(&Note::Used(vec!["test".into()])));
    let maps = ["legacy/legacy", "shop/dev", "shop/prod"].map(String::from);
    assert!(kept.contains(&Note::Maps("test".into(), maps.into())));
    assert_eq!(kept_after(&mut run, 9 * SECOND), [], "once");
    run.keys("k");
    let at_the_end = notes(run.app.part());
    assert!(
        matches!(&at_the_end[..], [Note::Last(last)] if last.place.path[2] == "db"),
        "{at_the_end:?}"
    );
}

/// A program that was last at a place, and of whose cluster nothing has been read yet.
fn resumed(text: &str, pane: &str) -> Run {
    let mut run = Run::empty();
    let last = Last {
        contexts: vec!["test".into()],
        place: place(text, pane),
    };
    Keep::Been(Note::Last(last)).apply(&mut run.app.kept);
    run.app.resume();
    run.app.refresh();
    run
}

fn list_namespaces(run: &mut Run) {
    let spaces = ["shop-dev", "shop-prod"].map(|name| namespace(name, "").into());
    run.list(&source(What::Namespaces, ""), spaces.into());
}

fn list_servers(run: &mut Run) {
    for what in What::CONTROLLERS {
        let rows = match what {
            What::Deployments => vec![
                deployment("shop-prod", "api"),
                deployment("shop-prod", "web"),
            ],
            _ => Vec::new(),
        };
        run.list(&source(what, ""), rows);
    }
}

#[test]
fn the_last_place_comes_back_as_its_rows_do() {
    let mut run = resumed("test:shop/prod/web", "servers");
    assert_eq!((run.app.focus, run.app.message()), (Pane::Services, None));
    assert!(!run.app.is_quiet());
    assert_eq!(notes(run.app.part()), [Note::Used(vec!["test".into()])]);
    list_namespaces(&mut run);
    assert_eq!(stands(&run), at("shop/prod", Pane::Servers));
    list_servers(&mut run);
    assert_eq!(stands(&run), at("shop/prod/web", Pane::Servers));
    // It was one step, however many there were.
    run.keys("[");
    assert_eq!(run.app.focus, Pane::Services);
}

#[test]
fn whoever_types_meanwhile_is_left_in_peace() {
    let mut run = resumed("test:shop/prod/web", "servers");
    run.keys("j");
    list_namespaces(&mut run);
    list_servers(&mut run);
    assert_eq!(run.app.focus, Pane::Services);
}

#[test]
fn what_is_gone_gives_way_to_what_it_was_in() {
    let mut run = resumed("test:shop/prod/gone", "instances");
    list_namespaces(&mut run);
    list_servers(&mut run);
    run.list(&source(What::Instances, "shop-prod"), Vec::new());
    assert_eq!(stands(&run), at("shop/prod/api", Pane::Servers));
    assert_eq!(
        run.app.message(),
        Some("gone, where you were, is gone. This is shop/prod.")
    );
    let mut run = resumed("test:away/prod/web", "servers");
    list_namespaces(&mut run);
    assert_eq!(run.app.focus, Pane::Services);
    assert_eq!(run.app.message(), Some("away, where you were, is gone."));
    assert!(run.app.sought.is_none());
}

#[test]
fn the_list_of_all_instances_is_resumed_too() {
    let run = resumed("test:shop/prod/web-1-b", "all-instances");
    assert_eq!(run.app.focus, Pane::All);
    let mut run = resumed("test:", "all-instances");
    assert_eq!(run.app.focus, Pane::All);
    run.list(&source(What::Instances, ""), Vec::new());
    assert!(run.app.sought.is_none());
}

#[test]
fn a_place_of_the_command_line_is_looked_for_until_all_is_known() {
    for (typed, want) in [
        ("shop", at("shop/prod/api", Pane::Maps)),
        ("shop-prod", at("shop/prod/api", Pane::Servers)),
        ("shop/prod", at("shop/prod/api", Pane::Servers)),
        ("shop/prod/web", at("shop/prod/web", Pane::Instances)),
        ("test:shop/prod/web", at("shop/prod/web", Pane::Instances)),
    ] {
        let mut run = Run::empty();
        run.app.seek_address(typed.parse().unwrap());
        run.app.refresh();
        list_namespaces(&mut run);
        list_servers(&mut run);
        assert_eq!(stands(&run), want, "{typed}");
        assert!(run.app.sought.is_none(), "{typed}");
    }
    for (typed, says) in [
        ("nope", "There is no \"nope\"."),
        ("shop/nope", "There is no \"nope\" in shop."),
        ("shop/prod/nope", "There is no \"nope\" in shop/prod."),
    ] {
        let mut run = Run::empty();
        run.app.seek_address(typed.parse().unwrap());
        list_namespaces(&mut run);
        list_servers(&mut run);
        run.list(&source(What::Instances, "shop-prod"), Vec::new());
        assert_eq!(run.app.message(), Some(says));
    }
}

#[test]
fn favourites_come_first_then_what_was_used() {
    let mut run = shop();
    let names = ["a", "b", "c,d", "test", "z"];
    let offers = |run: &mut Run| {
        let offers = names.map(|name| Offer {
            context: Context::of_name(name),
            server: format!("{name}.example.com"),
        });
        let event = Event::Contexts(offers.into(), None);
        run.app.update(event, run.now);
        let choices = run.app.choices();
        let names = choices.iter().map(|choice| choice.offer.context.name());
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    kept_after(&mut run, 0);
    kept_after(&mut run, 3 * SECOND);
    assert_eq!(offers(&mut run), ["test", "a", "b", "c,d", "z"]);
    run.keys("C");
    let kept = notes(run.keys("GF<up>f"));
    assert_eq!(kept, [Note::Favourite("c,d".into(), true)]);
    assert!(run.app.is_favourite("c,d"));
    // Nothing moves under the cursor; the next time it is first.
    assert_eq!(offers(&mut run), ["c,d", "test", "a", "b", "z"]);
    // What is typed narrows, and enter opens what is left.
    let open = Effect::Open(ClusterId(1), Context::Named("z".into()));
    assert_eq!(run.keys("/Z.EX<enter>"), [open]);
    run.keys("<esc>");
    assert!(matches!(&run.app.overlay, Overlay::Contexts(picker) if picker.typed.is_empty()));
    run.keys("<esc>");
    assert_eq!(run.app.overlay, Overlay::None);
}
