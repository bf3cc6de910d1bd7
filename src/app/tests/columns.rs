//! Sort, columns and marks: what is known by name and identity, and what is kept of it.

use super::*;
use crate::memory::{Keep, Table};

fn three() -> Run {
    let server =
        |name, desired| controller(Kind::Deployment, "shop-prod", name, desired, "").into();
    let rows = [server("api", 1), server("db", 3), server("web", 2)];
    let mut run = Run::new(&["shop-prod"], &rows);
    run.keys("<enter><enter>");
    run
}

fn names(run: &Run) -> String {
    let servers = run.app.list(Pane::Servers).order.iter();
    let names = servers.map(|slot| &*run.app.world.servers().get(*slot).unwrap().name);
    names.collect::<Vec<_>>().join(" ")
}

fn kept(effects: &[Effect]) -> Option<&Table> {
    match effects.last()? {
        Effect::Keep(Keep::Table { table, .. }) => Some(table),
        _ => None,
    }
}

fn marked(run: &Run) -> String {
    let world = &run.app.world;
    let marked = run.app.marked(Pane::Servers);
    let slots = marked.iter().map(|id| id.slot(world).unwrap());
    let names = slots.map(|slot| &*world.servers().get(slot).unwrap().name);
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_list_is_sorted_by_the_name_of_a_column_and_says_how() {
    let mut run = three();
    for (keys, order, sort, said) in [
        (
            ":sort name<enter>",
            "api db web",
            "+name",
            "by name, from a to z",
        ),
        (
            ":sort -name<enter>",
            "web db api",
            "-name",
            "by name, from z to a",
        ),
        (
            ":sort read<enter>",
            "api web db",
            "+ready",
            "by ready, the smallest first",
        ),
        (
            ":sort req<enter>",
            "db web api",
            "-cpu-request",
            "by cpu-request, the largest first",
        ),
        (
            "I",
            "api web db",
            "+cpu-request",
            "by cpu-request, the smallest first",
        ),
        (
            ">",
            "api db web",
            "-cpu-limit",
            "by cpu-limit, the largest first",
        ),
        (
            "<lt>",
            "db web api",
            "-cpu-request",
            "by cpu-request, the largest first",
        ),
        (
            "=<down><enter>",
            "api db web",
            "-cpu-limit",
            "by cpu-limit, the largest first",
        ),
        (
            "=g<space><space><esc>",
            "api db web",
            "-health",
            "by health, the best first",
        ),
    ] {
        let effects = run.keys(keys);
        assert_eq!(names(&run), order, "{keys}");
        let message = run.app.message().unwrap_or_default();
        assert_eq!(message, format!("Servers sorted {said}"), "{keys}");
        let table = kept(&effects).unwrap();
        assert_eq!(table.sort.as_deref(), Some(sort), "{keys}");
    }
    let table = run.keys("I");
    assert_eq!(kept(&table), Some(&Table::default()));
    run.keys(":sort cpu-reqest<enter>");
    let message = run.app.message().unwrap_or_default();
    assert!(message.ends_with("Did you mean cpu-request?"), "{message}");
    assert_eq!(run.app.list(Pane::Servers).sort, Sort::FIRST);
}

#[test]
fn a_click_sorts_and_a_second_one_inverts() {
    let mut run = three();
    for (name, order) in [
        ("ready", "api web db"),
        ("ready", "db web api"),
        ("nonsense", "db web api"),
    ] {
        run.app.sort_column(Pane::Servers, name);
        run.app.refresh();
        assert_eq!(names(&run), order);
    }
}

#[test]
fn columns_are_hidden_moved_added_and_reset() {
    let mut run = three();
    let shown = |run: &Run| run.app.list(Pane::Servers).columns.names().join(" ");
    let first = shown(&run);
    for (keys, begins) in [
        ("|<space>", "name kind ready status"),
        ("jj<space>", "name ready status"),
        ("jJ", "name status ready"),
        ("K", "name ready status"),
        ("lteam<enter>", "name ready label:team status"),
        ("<esc>", "name ready label:team status"),
    ] {
        run.keys(keys);
        let shown = shown(&run);
        assert!(shown.starts_with(begins), "{keys}: {shown}");
    }
    let table = kept(&run.keys(":label app.kubernetes.io/version<enter>")).cloned();
    let columns = table.unwrap().columns.unwrap();
    assert_eq!(columns.last().unwrap(), "label:app.kubernetes.io/version");
    run.keys(":label a b<enter>");
    assert!(
        run.app
            .message()
            .unwrap_or_default()
            .contains("no label's key")
    );
    let mut other = three();
    other.app.recall(run.app.kept.clone());
    assert_eq!(shown(&other), shown(&run));
    let effects = run.keys("|r");
    assert_eq!(kept(&effects), Some(&Table::default()));
    assert_eq!(shown(&run), first);
    run.keys("j<space>");
    assert_eq!(run.app.message(), Some("The name is always shown."));
}

#[test]
fn what_was_chosen_on_the_screen_wins_over_the_configuration_until_it_is_reset() {
    let usual = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        [(Pane::Servers, names)].into()
    };
    let shown = |run: &Run| run.app.list(Pane::Servers).columns.names().join(" ");
    let mut run = three();
    run.app.use_columns(&usual(&["health", "name", "age"]));
    assert_eq!(shown(&run), "health name age");
    run.keys("|<space><esc>");
    assert_eq!(shown(&run), "name age");
    run.app.use_columns(&usual(&["name", "ready"]));
    assert_eq!(shown(&run), "name age");
    run.keys("|r<esc>");
    assert_eq!(shown(&run), "name ready");
}

#[test]
fn rows_are_marked_by_identity() {
    let mut run = three();
    for (keys, want) in [
        ("<space>", "api"),
        ("<space><space>", "api db web"),
        ("<space>", "api db"),
        ("~", "web"),
        (":sort -name<enter>", "web"),
        ("/d", "web"),
        ("<enter>*", "db web"),
        ("<esc>", "web db"),
        ("U", ""),
        ("g<space>GV", "web db api"),
        // Elsewhere others are marked, and here they are still when one comes back.
        ("h", "web db api"),
        ("<right>", "web db api"),
    ] {
        run.keys(keys);
        assert_eq!(marked(&run), want, "{keys}");
    }
    assert_eq!(run.app.targets().len(), 3);
    let rows = vec![controller(Kind::Deployment, "shop-prod", "api", 1, "").into()];
    run.list(&source(What::Deployments, ""), rows);
    assert_eq!(marked(&run), "api");
    assert_eq!(run.app.list(Pane::Servers).marks.len(), 1);
    run.keys("U");
    assert_eq!(
        run.app.targets(),
        run.app.id(Pane::Servers).into_iter().collect::<Vec<_>>()
    );
}

#[test]
fn wide_mode_shows_all_columns_and_moves_them() {
    let mut run = three();
    run.keys("<shift-right>");
    assert_eq!(run.app.list(Pane::Servers).skipped, 0);
    let effects = run.keys("<ctrl-w>");
    assert!(kept(&effects).unwrap().wide);
    run.keys("<shift-right><shift-right><shift-left>");
    assert_eq!(run.app.list(Pane::Servers).skipped, 1);
    for _ in 0..50 {
        run.keys("<shift-right>");
    }
    let columns = Pane::Servers.columns().len();
    assert_eq!(run.app.list(Pane::Servers).skipped, columns - 3);
    run.keys("<ctrl-w>");
    assert_eq!(run.app.list(Pane::Servers).skipped, 0);
}
