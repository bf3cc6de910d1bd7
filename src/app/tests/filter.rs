//! Filters: typed, wrong, kept, cleared, and given at the start.

use super::*;
use crate::model::filter::Known;

fn shown(run: &Run, pane: Pane) -> Vec<String> {
    let list = run.app.list(pane);
    let name = |slot: &u32| pane.names(&run.app.world, *slot);
    let names = list.order.iter().filter_map(name);
    let own = |(first, second): (&str, &str)| match pane {
        Pane::Instances | Pane::All => second.to_owned(),
        _ => first.to_owned(),
    };
    names.map(own).collect()
}

fn prod() -> Run {
    let mut run = shop();
    run.keys(":shop/prod<enter>");
    run
}

fn line(run: &Run) -> Option<(&str, Option<&str>)> {
    match &run.app.overlay {
        Overlay::Filter(typing) => {
            let says = typing.mistake().map(|mistake| mistake.says.as_str());
            Some((typing.text(), says))
        }
        _ => None,
    }
}

#[test]
fn rows_ask_what_their_pane_has() {
    let mut run = prod();
    for (text, want) in [
        ("w", &["web"][..]),
        ("!w", &["api", "db"]),
        ("busybox !api", &["db", "web"]),
        ("kind:dep name:b", &["db", "web"]),
        ("image:1.0 healthy", &["api", "db", "web"]),
        ("ready<1", &[]),
        ("node:node-1", &["web"]),
        ("ns=shop-prod map=prod service:shop", &["api", "db", "web"]),
        ("age>30m", &["api", "db", "web"]),
        ("age<30m", &[]),
        ("restarts:0 cluster:test", &["api", "db", "web"]),
        ("mem>1", &[]),
    ] {
        run.keys(&format!("/{}<enter>", text.replace('<', "<lt>")));
        assert_eq!(shown(&run, Pane::Servers), want, "{text}");
        run.keys("<esc>");
    }
    run.keys("0/server:web ns:prod kind:deployment<enter>");
    assert_eq!(shown(&run, Pane::All), ["web-1-a", "web-1-b"]);
    run.keys("<esc>H/maps>1<enter>");
    assert_eq!(shown(&run, Pane::Services), ["shop"]);
}

#[test]
fn usage_is_held_against_the_limit_else_the_request() {
    let mut row = pod("shop-prod", "web-1-a", "ReplicaSet web-1");
    let resources = |cpu_limit| crate::model::row::Resources {
        cpu_request: 100,
        cpu_limit,
        ..Default::default()
    };
    row.resources = resources(0).into();
    let mut other = pod("shop-prod", "web-1-b", "ReplicaSet web-1");
    other.resources = resources(200).into();
    let mut run = Run::new(
        &["shop-prod"],
        &[deployment("shop-prod", "web"), row.into(), other.into()],
    );
    let used = |name| Row::Usage(sample::usage("shop-prod", name, 90));
    run.list(
        &source(What::Usage, "shop-prod"),
        vec![used("web-1-a"), used("web-1-b")],
    );
    run.keys(":shop/prod/web<enter>/cpu>80%");
    assert_eq!(shown(&run, Pane::Instances), ["web-1-a"]);
    run.keys("<ctrl-u>cpu<lt>50%");
    assert_eq!(shown(&run, Pane::Instances), ["web-1-b"]);
    run.keys("<ctrl-u>cpu=90m");
    assert_eq!(shown(&run, Pane::Instances), ["web-1-a", "web-1-b"]);
}

#[test]
fn what_is_wrong_is_said_and_the_list_stays() {
    let mut run = prod();
    run.keys("/we");
    assert_eq!(shown(&run, Pane::Servers), ["web"]);
    run.keys(" nmae:x<enter>");
    let says = "There is no field `nmae`; did you mean `name`?";
    assert_eq!(line(&run), Some(("we nmae:x", Some(says))));
    assert_eq!(shown(&run, Pane::Servers), ["web"]);
    // What was only the beginning of a field is not looked for any more.
    run.keys("<ctrl-u>age<lt>");
    assert_eq!(shown(&run, Pane::Servers), ["api", "db", "web"]);
    // A pattern that is not complete yet leaves what it has found.
    run.keys("<ctrl-u>/^d");
    assert_eq!(shown(&run, Pane::Servers), ["db"]);
    run.keys("(");
    assert_eq!(shown(&run, Pane::Servers), ["db"]);
    run.keys("<backspace><enter>");
    assert_eq!(line(&run), None);
    assert_eq!(shown(&run, Pane::Servers), ["db"]);
}

#[test]
fn the_line_is_edited_like_any_other() {
    let mut run = prod();
    run.keys("/eb<home>w<end>!<backspace>");
    assert_eq!(line(&run), Some(("web", None)));
    run.keys("<ctrl-a>한<right><left><del>");
    assert_eq!(line(&run), Some(("한eb", None)));
    run.keys("<ctrl-e> db<ctrl-w><ctrl-w>no<tab>node-1");
    assert_eq!(line(&run), Some(("node:node-1", None)));
    run.app.update(Event::Paste(" a\nb".into()), run.now);
    assert_eq!(line(&run), Some(("node:node-1 ab", None)));
    run.keys("<ctrl-u><backspace>");
    assert_eq!(line(&run), None);
    assert_eq!(shown(&run, Pane::Servers).len(), 3);
    // Up and down are the list's, and what was typed before comes back with ctrl-p.
    run.keys("/web<enter>/<ctrl-u>db<enter>/<ctrl-u>a<ctrl-p><ctrl-p><ctrl-p>");
    assert_eq!(line(&run), Some(("web", None)));
    run.keys("<ctrl-n><ctrl-n><down>");
    assert_eq!(line(&run), Some(("a", None)));
}

#[test]
fn a_filter_stays_until_it_is_cleared() {
    let mut run = prod();
    run.keys("/web<enter><left>k");
    assert_eq!(run.at(), "shop/dev/web");
    assert_eq!(run.app.list(Pane::Servers).filter.text(), "web");
    run.keys("/dev<enter><tab>");
    assert_eq!(
        (
            run.app.list(Pane::Maps).total,
            shown(&run, Pane::Maps).len()
        ),
        (2, 1)
    );
    run.keys("<esc>");
    assert!(run.app.list(Pane::Servers).filter.is_empty());
    assert!(!run.app.list(Pane::Maps).filter.is_empty());
    run.keys("/x<enter>&");
    assert!(run.app.lists.iter().all(|list| list.filter.is_empty()));
    assert_eq!(run.app.message(), Some("2 filters are off."));
    // What one goes to is shown, whatever hides it; what shows it stays.
    run.keys("/api<enter>:shop/prod/api<enter>");
    assert_eq!(run.app.list(Pane::Servers).filter.text(), "api");
    run.keys(":shop/prod/web<enter>");
    assert!(run.app.list(Pane::Servers).filter.is_empty());
    assert_eq!(run.at(), "shop/prod/web/web-1-a");
}

#[test]
fn the_first_list_can_be_filtered_from_the_start() {
    let filter = |text| Filter::parse(text, &Known::ANY).unwrap();
    let begun = |text, namespace: Option<&str>| {
        let mut run = Run::empty();
        if let Some(namespace) = namespace {
            run.app.seek_namespace(ClusterId(0), namespace);
        }
        run.app.begin_with(filter(text));
        run.app.refresh();
        let spaces = ["shop-dev", "shop-prod"].map(namespace_row);
        run.list(&source(What::Namespaces, ""), spaces.to_vec());
        run
    };
    let run = begun("zzz", None);
    assert_eq!(
        (run.app.focus, run.app.list(Pane::Services).filter.text()),
        (Pane::Services, "zzz")
    );
    let run = begun("zzz", Some("shop-prod"));
    assert_eq!(
        (run.app.focus, run.app.list(Pane::Servers).filter.text()),
        (Pane::Servers, "zzz")
    );
    // Of what is used Services know a part; Instances all of it.
    assert_eq!(begun("mem>80% !test", None).app.focus, Pane::All);
    // Services have no node; Instances do.
    let run = begun("node:a", None);
    assert_eq!(
        (run.app.focus, run.app.list(Pane::All).filter.text()),
        (Pane::All, "node:a")
    );
    let run = begun("port:80", None);
    assert_eq!(
        run.app.message(),
        Some("Services have no `port`: nothing is filtered.")
    );
}

fn namespace_row(name: &str) -> Row {
    namespace(name, "").into()
}

#[test]
fn the_order_is_right_however_rows_and_filters_change() {
    let mut run = shop();
    let all = source(What::Instances, "");
    let name = |n: usize| format!("p{n:02}");
    let row = |n: usize, sick: bool| {
        let row = pod("legacy", &name(n), "ReplicaSet old-1");
        Row::from(if sick {
            bad(row, Phase::Running, "Error", "")
        } else {
            row
        })
    };
    run.keys("0");
    run.list(&all, (0..40).map(|n| row(n, n % 7 == 0)).collect());
    let mut seed = 7_usize;
    for keys in [
        "/p",
        "1",
        "<backspace>",
        "<enter>",
        ">>>",
        "I",
        "/1",
        "<esc>",
        "<lt><lt><lt>",
        "/'p !p1",
        "<enter>",
        "&",
    ] {
        run.keys(keys);
        for _ in 0..3 {
            seed = seed * 31 % 1009;
            run.put(&all, vec![row(seed % 40, seed.is_multiple_of(2))]);
            let list = run.app.list(Pane::All);
            let mut fresh = List::new(Pane::All);
            (fresh.filter, fresh.sort) = (list.filter.clone(), list.sort.clone());
            let rows = || {
                run.app
                    .world
                    .instances()
                    .iter()
                    .map(|(slot, _)| slot)
                    .collect()
            };
            let moved = crate::app::list::Moved { order: 0, cells: 0 };
            fresh.refresh(&run.app.world, moved, None, &mut Search::default(), rows);
            assert_eq!(
                (list.total, &list.order),
                (fresh.total, &fresh.order),
                "{keys}"
            );
        }
    }
}
