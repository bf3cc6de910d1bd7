//! What the prompt offers and understands, and finding by name.

use super::*;
use crate::panes::Cell;

fn offered(run: &Run, typed: &str) -> Vec<String> {
    let found = run.app.suggestions(typed).into_iter();
    found.map(|found| found.text).collect()
}

#[test]
fn letters_in_their_order_find_commands_places_and_themes() {
    let mut run = shop();
    run.app.themes.known = ["auto", "dark", "nord"]
        .map(|name| Known {
            name: name.to_owned(),
            own: false,
            broken: None,
        })
        .into();
    assert_eq!(offered(&run, "shpweb")[0], "shop/dev/web");
    assert_eq!(offered(&run, "prod web"), ["shop/prod/web"]);
    assert_eq!(offered(&run, "sttngs")[0], "settings");
    assert_eq!(offered(&run, "nord"), ["theme nord"]);
    assert_eq!(
        offered(&run, "LEGACY")[0],
        "legacy",
        "a Service, before its Map"
    );
    assert_eq!(offered(&run, "test")[0], "ctx test");
    run.keys(":nord<enter>");
    assert_eq!(run.app.message(), Some("Looking for the kind \"nord\"…"));
    run.now += 6 * SECOND;
    run.app.update(Event::Tick, run.now);
    assert_eq!(run.app.themes.chosen, "nord");
    run.keys(":");
    assert!(!offered(&run, "").is_empty());
    let at = offered(&run, "")
        .iter()
        .position(|text| text == "instances");
    run.keys(&"<down>".repeat(at.unwrap()));
    run.keys("<enter>");
    assert_eq!(run.app.focus, Pane::All, "also where nothing was typed");
}

#[test]
fn each_of_many_themes_is_found() {
    let mut run = shop();
    let known = |n: usize| Known {
        name: format!("night-{n:02}"),
        own: false,
        broken: None,
    };
    run.app.themes.known = (0..20).map(known).collect();
    assert_eq!(offered(&run, "night-19"), ["theme night-19"]);
}

#[test]
fn recent_places_are_offered_first_and_lead_there() {
    let mut run = shop();
    for keys in [":shop/prod/web<enter>", ":legacy<enter>"] {
        run.keys(keys);
        for wait in [SECOND, 3 * SECOND] {
            run.now += wait;
            run.app.update(Event::Tick, run.now);
            run.app.refresh();
        }
    }
    let first = offered(&run, "").remove(0);
    assert_eq!(first, "test:shop/prod/web");
    assert!(offered(&run, "webwebweb").is_empty());
    run.keys(":<enter>");
    assert_eq!(run.at(), "shop/prod/web/web-1-a");
}

#[test]
fn lists_are_asked_for_as_elsewhere() {
    for (keys, filter) in [
        (":pods shop-prod<enter>", "namespace=shop-prod"),
        (":pod /web<enter>", "web"),
        (":po app=web,tier=front<enter>", "-l app=web,tier=front"),
        // As other kinds: of the Map that one is in, and with no filter of before.
        (":shop/prod<enter>:po<enter>", "namespace=shop-prod"),
        (":shop/prod<enter>:po -A<enter>", ""),
        (":po /web<enter>:home<enter>:po<enter>", ""),
        (":po /web<enter>:home<enter>:instances<enter>", "web"),
        (
            ":po shop-prod /web !api<enter>",
            "namespace=shop-prod web !api",
        ),
    ] {
        let mut run = shop();
        run.keys(keys);
        assert_eq!(run.app.focus, Pane::All, "{keys}");
        assert_eq!(run.app.list(Pane::All).filter.text(), filter, "{keys}");
    }
    let mut run = shop();
    run.keys(":pod /cpu>x<enter>");
    let says = run.app.message().unwrap();
    assert!(says.starts_with("Nothing is filtered: "), "{says}");
}

#[test]
fn a_name_is_found_wherever_it_is() {
    let mut run = shop();
    let found = |run: &Run| -> Vec<String> {
        let Overlay::Find(find) = &run.app.overlay else {
            return Vec::new();
        };
        let found = find.found.iter().filter_map(|(pane, id)| {
            let of = run.app.finding(*pane, id)?;
            assert!(matches!(of.health, Cell::Health(_)), "{of:?}");
            Some(format!(
                "{} {} in {}",
                of.kind,
                of.name,
                of.within.join("/")
            ))
        });
        found.collect()
    };
    run.keys("<ctrl-p>");
    assert_eq!(found(&run), [""; 0]);
    run.keys("web");
    let want = [
        "Deployment web in shop/dev",
        "Deployment web in shop/prod",
        "Pod web-1-a in shop/prod/web",
        "Pod web-1-b in shop/prod/web",
    ];
    assert_eq!(found(&run), want);
    run.keys("<down><down><down>");
    // More comes in, and what was chosen stays so.
    run.put(
        &source(What::Deployments, ""),
        vec![deployment("legacy", "web")],
    );
    run.now += SECOND;
    run.app.update(Event::Tick, run.now);
    assert_eq!(found(&run).len(), 5);
    run.keys("<enter>");
    assert_eq!(
        (run.at().as_str(), run.app.focus),
        ("shop/prod/web/web-1-b", Pane::Instances)
    );
    run.keys(":find legacy<enter>");
    assert_eq!(found(&run)[0], "Service legacy in ");
    run.keys("<enter>");
    assert_eq!(run.app.focus, Pane::Services);
    run.keys("<ctrl-p>zzz<enter>");
    assert!(
        matches!(run.app.overlay, Overlay::Find(_)),
        "nothing to go to"
    );
    run.keys("<esc>");
    assert_eq!(run.app.overlay, Overlay::None);
}

#[test]
fn nothing_ends_barkeep_but_what_says_so() {
    for keys in [":q<enter>", ":exit<enter>"] {
        assert_eq!(shop().keys(keys), [Effect::Quit], "{keys}");
    }
    for keys in [":x<enter>", ":ex<enter>", ":it<enter>"] {
        assert!(!shop().keys(keys).contains(&Effect::Quit), "{keys}");
    }
}

#[test]
fn what_was_typed_before_comes_back_and_there_is_a_cursor() {
    let mut run = shop();
    run.keys(":shop/prod<enter>:legacy<enter>:hop<home>s<ctrl-p><ctrl-p><ctrl-p><end>/db<enter>");
    assert_eq!(run.at(), "shop/prod/db");
    run.keys(":nonsense<ctrl-p><ctrl-n>");
    assert_eq!(
        run.app.overlay,
        Overlay::Prompt(Readline::from("nonsense"), 0)
    );
}

#[test]
fn all_instances_are_those_of_all_namespaces() {
    let filter = |run: &Run| run.app.list(Pane::All).filter.text().to_owned();
    let mut run = shop();
    run.keys(":po shop-prod /web<enter>");
    assert_eq!(filter(&run), "namespace=shop-prod web");
    run.keys("0");
    assert_eq!(filter(&run), "web");
    for (keys, says) in [
        (
            ":po -o wide<enter>",
            "-o is no flag of a list: -n, -A and -l are.",
        ),
        (":po -n<enter>", "-n wants a namespace behind it."),
        (
            ":po shop-prdo<enter>",
            "There is no namespace \"shop-prdo\". Did you mean `shop-prod`?",
        ),
    ] {
        run.keys(keys);
        assert_eq!(run.app.message(), Some(says), "{keys}");
    }
    run.keys(":po shop-prod /web | db<enter>");
    assert_eq!(
        filter(&run),
        "namespace=shop-prod web | namespace=shop-prod db"
    );
    run.keys(":PO legacy<enter>");
    assert_eq!(filter(&run), "namespace=legacy");
}
