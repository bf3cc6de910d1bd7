//! Any kind of the cluster in a list, with what is selected below it.

use std::sync::Arc;

use barkeep::{
    kinds::line::headings,
    model::{Resource, listing::LineRow},
};

use super::*;

fn resource(group: &str, names: [&str; 4], namespaced: bool) -> Arc<Resource> {
    let [plural, singular, kind, short] = names;
    Arc::new(Resource {
        group: group.into(),
        version: "v1".into(),
        plural: plural.into(),
        singular: singular.into(),
        kind: kind.into(),
        shorts: vec![short.into()],
        namespaced,
        watched: true,
    })
}

fn ingresses() -> Arc<Resource> {
    resource(
        "networking.k8s.io",
        ["ingresses", "ingress", "Ingress", "ing"],
        true,
    )
}

fn certificates() -> Arc<Resource> {
    resource(
        "cert-manager.io",
        ["certificates", "certificate", "Certificate", "cert"],
        true,
    )
}

fn definitions() -> Arc<Resource> {
    let names = [
        "customresourcedefinitions",
        "customresourcedefinition",
        "CustomResourceDefinition",
        "crd",
    ];
    resource("apiextensions.k8s.io", names, false)
}

fn deployments() -> Arc<Resource> {
    resource(
        "apps",
        ["deployments", "deployment", "Deployment", "deploy"],
        true,
    )
}

const INGRESSES: &str = r#"{"kind":"Table","columnDefinitions":[{"name":"Name","type":"string"},{"name":"Class","type":"string"},{"name":"Hosts","type":"string"},
    {"name":"Address","type":"string"},{"name":"Ports","type":"string"},{"name":"Age","type":"string"}]}"#;
const CERTIFICATES: &str = r#"{"kind":"Table","columnDefinitions":[{"name":"Name","type":"string"},{"name":"Ready","type":"string"},{"name":"Renewals","type":"integer"},
    {"name":"Secret","type":"string"},{"name":"Issuer","type":"string","priority":1},{"name":"Status","type":"string","priority":1},{"name":"Age","type":"date"}]}"#;
const PLAIN: &str = r#"{"kind":"Table","columnDefinitions":[{"name":"Name","type":"string"},{"name":"Created At","type":"date"}]}"#;

/// What the server prints of a kind: its columns, and a row for each of these.
fn printed(columns: &str, rows: &[(&str, &str, &str)]) -> Vec<Change> {
    let mut names = Interner::default();
    let mut changes: Vec<Change> = headings(columns.as_bytes(), &mut names)
        .map(Change::Put)
        .into_iter()
        .collect();
    for (namespace, name, cells) in rows {
        let json = format!(
            r#"{{"cells":["{name}",{cells}],"object":{{"metadata":{{"name":"{name}","namespace":"{namespace}","uid":"{namespace}/{name}","creationTimestamp":"2026-11-20T10:00:00Z","labels":{{"of":"{namespace}"}}}}}}}}"#
        );
        let row = What::Table.served().row(json.as_bytes(), &mut names);
        changes.push(Change::Put(row.unwrap().unwrap()));
    }
    changes
}

const CERTIFICATE: &str = r#"{"kind":"Certificate","apiVersion":"cert-manager.io/v1","metadata":{"name":"web-tls","namespace":"shop-prod","uid":"shop-prod/web-tls",
    "labels":{"app":"web"},"ownerReferences":[{"kind":"Ingress","name":"web","uid":"i","apiVersion":"networking.k8s.io/v1"}],"finalizers":["acme.example/wait"],"managedFields":[]},
    "spec":{"secretName":"web-tls","dnsNames":["shop.example.com","a-very-long-name-that-does-not-fit-on-a-small-screen.shop.example.com"]},
    "status":{"conditions":[{"type":"Ready","status":"False","reason":"Expired","message":"the certificate has expired","lastTransitionTime":"2026-11-27T10:00:00Z"},
    {"type":"Issuing","status":"True","reason":"Renewing","message":"asking for a new one","lastTransitionTime":"2026-11-28T00:00:00Z"}]}}"#;

/// Serves one more kind, with these objects.
fn serve(screen: &mut Screen, kind: &Arc<Resource>, objects: Vec<Change>) {
    let here = ClusterId(0);
    let kinds = screen.deliveries.get_mut(&Source::all(here, What::Kinds));
    kinds
        .unwrap()
        .push(Change::Put(Row::Kind(Arc::clone(kind))));
    screen
        .deliveries
        .insert(Source::table(here, kind, None), objects);
}

/// With these kinds served, as discovery says.
fn with_kinds(size: (u16, u16)) -> Screen {
    let mut screen = screen(size);
    let mut give = |source: Source, changes: Vec<Change>| {
        screen.deliveries.insert(source, changes);
    };
    let here = ClusterId(0);
    let kinds = [ingresses(), certificates(), definitions(), deployments()];
    give(
        Source::all(here, What::Kinds),
        kinds.map(|kind| Change::Put(Row::Kind(kind))).into(),
    );
    let ingress = [
        (
            "shop-prod",
            "web",
            r#""nginx","shop.example.com","10.0.0.7","80, 443","8d""#,
        ),
        ("data-platform", "firehose", r#"null,"*",null,"80","8d""#),
    ];
    give(
        Source::table(here, &ingresses(), None),
        printed(INGRESSES, &ingress),
    );
    let certificate = [
        (
            "shop-prod",
            "web-tls",
            r#""False",12,"web-tls","letsencrypt","expired","8d""#,
        ),
        (
            "shop-dev",
            "web-tls",
            r#""True",3,"web-tls","letsencrypt","Certificate is up to date","8d""#,
        ),
    ];
    give(
        Source::table(here, &certificates(), None),
        printed(CERTIFICATES, &certificate),
    );
    let shop = "shop-prod".into();
    give(
        Source::table(here, &certificates(), Some(&shop)),
        printed(CERTIFICATES, &certificate[..1]),
    );
    let crd = [(
        "",
        "certificates.cert-manager.io",
        r#""2026-11-20T10:00:00Z""#,
    )];
    give(
        Source::table(here, &definitions(), None),
        printed(PLAIN, &crd),
    );
    let object = Source {
        of: Some(certificates()),
        ..Source::one(here, What::Object, &shop, "web-tls")
    };
    let row = object
        .served()
        .row(CERTIFICATE.as_bytes(), &mut Interner::default());
    let row = row.unwrap().unwrap();
    give(object.clone(), vec![Change::Put(row)]);
    screen
}

#[test]
fn any_kind_as_its_server_prints_it() {
    for (columns, rows) in [WIDE, SMALL, (40, 12)] {
        for (name, keys) in [
            ("ingress", ":ing<enter>"),
            ("certificates", ":certificates<enter>"),
        ] {
            let text = with_kinds((columns, rows)).keys(keys).keys("j").text();
            insta::assert_snapshot!(format!("kind-{name}-{columns}x{rows}"), text);
        }
    }
    // The object alone, as far as there is to say.
    let whole = with_kinds(WIDE).keys(":cert<enter>").keys("j1z").text();
    insta::assert_snapshot!("kind-object-120x40", whole);
    let kinds = with_kinds(SMALL).keys(":kinds<enter>").text();
    insta::assert_snapshot!("kinds-80x24", kinds);
}

#[test]
fn a_kind_is_looked_for_when_it_is_asked_for() {
    let mut screen = with_kinds(SMALL);
    screen.press(":certif");
    let looks = screen.text_with(Theme::dark(ColorDepth::True), &glyphs::UNICODE);
    assert!(looks.contains("looking for kinds…"), "{looks}");
    screen.settle();
    let offers = screen.text_with(Theme::dark(ColorDepth::True), &glyphs::UNICODE);
    assert!(
        offers.contains("Certificate of cert-manager.io/v1"),
        "{offers}"
    );
    // Known is known: nothing is read for it any more.
    let reads = |screen: &Screen| {
        screen
            .app
            .wanted()
            .contains(&Source::all(ClusterId(0), What::Kinds))
    };
    assert!(!reads(&screen));
    screen.press("zz");
    assert!(reads(&screen));
    let text = screen.keys("<enter>").text();
    assert!(text.contains("no kind \"certifzz\""), "{text}");
}

#[test]
fn from_rows_to_what_they_stand_for_and_back() {
    let mut screen = with_kinds(WIDE).keys(":crd<enter>").keys("<enter>");
    let mut at = |keys: &str| {
        screen.press(keys);
        screen.settle();
        let text = screen.text_with(Theme::dark(ColorDepth::True), &glyphs::UNICODE);
        text.lines().next().unwrap_or_default().to_owned()
    };
    assert!(at("").contains("test ▸ certificates"));
    assert!(at("<esc>").contains("test ▸ customresourcedefinitions"));
    assert!(at("<esc>").contains("test ▸ analytics"));
    assert!(at("]]").contains("test ▸ certificates"));
    // In a Map its namespace narrows the list; A shows them all again.
    assert!(at(":shop/prod<enter>").contains("shop ▸ prod"));
    assert!(at(":certificates<enter>").contains("shop-prod ▸ certificates"));
    assert!(at("A").contains("test ▸ certificates"));
    assert!(at("<esc><esc>").contains("shop ▸ prod"));
    assert!(at(":cert -n shop-prod<enter>").contains("shop-prod ▸ certificates"));
    assert!(at(":cert -A<enter>").contains("test ▸ certificates"));
}

#[test]
fn the_list_of_a_kind_can_be_kept_and_is_among_what_was_visited() {
    let mut screen = with_kinds(WIDE)
        .keys(":cert shop-prod<enter>")
        .keys("mexpired<enter>");
    for _ in 0..2 {
        screen.now += 4_000;
        screen.app.update(Event::Tick, screen.now);
    }
    let elsewhere = screen.keys(":legacy<enter>").keys(":ing -A<enter>");
    insta::assert_snapshot!("places-kinds-120x40", elsewhere.keys("'").text());
    for keys in ["'<enter>", ":go expired<enter>", ":cert shop-prod<enter>"] {
        let text = with_kinds(WIDE)
            .keys(":cert shop-prod<enter>")
            .keys("mexpired<enter>")
            .keys(":shop/dev<enter>")
            .keys(keys)
            .text();
        assert!(text.contains("shop-prod ▸ certificates"), "{keys}: {text}");
    }
}

#[test]
fn what_is_asked_of_columns_waits_until_they_are_told() {
    let narrowed = |keys: &str| with_kinds(WIDE).keys(keys).text();
    let text = narrowed(":cert -A /ready:false<enter>");
    assert!(text.contains("/ready:false  1 of 2"), "{text}");
    let text = narrowed(":certificates -A /ready:false renewals>5 created-at<lt>1h<enter>");
    assert!(text.contains("There is no field `created-at`"), "{text}");
    let text = narrowed(":cert -A /renewals>5<enter>");
    assert!(text.contains("/renewals>5  1 of 2"), "{text}");
    let text = narrowed(":cert -A /refusals>5<enter>");
    assert!(
        text.contains("There is no field `refusals`") && text.contains("CERTIFICATES 2"),
        "{text}"
    );
    insta::assert_snapshot!(
        "kind-filter-80x24",
        with_kinds(SMALL).keys(":cert -A<enter>").keys("/").text()
    );
}

#[test]
fn a_node_and_a_service_lead_to_their_instances() {
    const NODES: &str = r#"{"kind":"Table","columnDefinitions":[{"name":"Name","type":"string"},{"name":"Status","type":"string"}]}"#;
    const SERVICES: &str = r#"{"kind":"Table","columnDefinitions":[{"name":"Name","type":"string"},{"name":"Type","type":"string"},
        {"name":"Selector","type":"string","priority":1}]}"#;
    let nodes = resource("", ["nodes", "node", "Node", "no"], false);
    let services = resource("", ["services", "service", "Service", "svc"], true);
    let opened = |keys: &str| {
        let mut screen = with_kinds(WIDE);
        let node = printed(NODES, &[("", "node-1", r#""Ready""#)]);
        serve(&mut screen, &nodes, node);
        let rows = [
            ("shop-prod", "web", r#""ClusterIP","app=web""#),
            ("shop-prod", "outside", r#""ExternalName",null"#),
        ];
        serve(&mut screen, &services, printed(SERVICES, &rows));
        screen.keys(keys).keys("<enter>").text()
    };
    let text = opened(":nodes<enter>");
    assert!(text.contains("INSTANCES  /node=node-1"), "{text}");
    let text = opened(":svc -A /web<enter>");
    assert!(
        text.contains("INSTANCES  /namespace=shop-prod -l app=web"),
        "{text}"
    );
    // Nothing is selected by it: what it says stands in the panel.
    let text = opened(":svc -A /outside<enter>");
    assert!(text.contains("▸ services"), "{text}");
}

#[test]
fn events_begin_with_what_they_are_about_and_the_last_comes_first() {
    const EVENTS: &str = r#"{"kind":"Table","columnDefinitions":[{"name":"Last Seen","type":"string"},{"name":"Type","type":"string"},
        {"name":"Reason","type":"string"},{"name":"Object","type":"string"},{"name":"Message","type":"string"},
        {"name":"Count","type":"integer","priority":1},{"name":"Name","type":"string","priority":1}]}"#;
    let events = resource("", ["events", "event", "Event", "ev"], true);
    let shown = |size| {
        let mut screen = with_kinds(size);
        let row = |name: &str, cells: &str| {
            let json = format!(
                r#"{{"cells":[{cells}],"object":{{"metadata":{{"name":"{name}","namespace":"shop-prod","uid":"{name}","creationTimestamp":"2026-11-28T10:00:00Z"}}}}}}"#
            );
            let row = What::Table
                .served()
                .row(json.as_bytes(), &mut Interner::default());
            Change::Put(row.unwrap().unwrap())
        };
        let mut rows = printed(EVENTS, &[]);
        rows.push(row("a.1", r#""5m","Normal","Pulled","pod/web-7d9-abc12","Successfully pulled the image","1","a.1""#));
        rows.push(row("b.2", r#""62s","Warning","BackOff","pod/web-7d9-abc12","Back-off restarting the failed container main in pod web-7d9-abc12","7","b.2""#));
        rows.push(row(
            "c.3",
            r#""7m","Normal","ScalingReplicaSet","deployment/web","Scaled up","1","c.3""#,
        ));
        serve(&mut screen, &events, rows);
        screen.keys(":ev -A<enter>")
    };
    let open = |keys: &str| shown(WIDE).keys(keys).keys("<enter>").text();
    let text = open("");
    assert!(
        text.contains("/namespace=shop-prod name=web-7d9-abc12"),
        "{text}"
    );
    let text = open("G");
    assert!(text.contains("shop ▸ prod ▸ web"), "{text}");
    for (columns, rows) in [WIDE, SMALL, (40, 12)] {
        insta::assert_snapshot!(
            format!("kind-events-{columns}x{rows}"),
            shown((columns, rows)).text()
        );
    }
}

#[test]
fn what_is_asked_for_and_is_not_there_is_said() {
    let said = |keys: &str| with_kinds(WIDE).keys(":crd<enter>").keys(keys).text();
    let text = said(":cert shop-prd<enter>");
    let says = "There is no namespace \"shop-prd\". Did you mean `shop-prod`?";
    assert!(
        text.contains(says) && text.contains("▸ customresource"),
        "{text}"
    );
    let text = said(":po shop-prd<enter>");
    assert!(
        text.contains(says) && text.contains("▸ customresource"),
        "{text}"
    );
    let text = with_kinds(WIDE).keys(":cert shop-prd<enter>").text();
    assert!(text.contains(says), "{text}");
    // Of another cluster there is nothing before it is open, and what is here is not taken for it.
    let text = said(":cert @elsewhere<enter>");
    assert!(text.contains("▸ customresource"), "{text}");
    // What has no namespace has names.
    let text = said(":crd certificates.cert-manager.io<enter>");
    assert!(
        text.contains("/name=certificates.cert-manager.io  1 of 1"),
        "{text}"
    );
    // What was wrong before is not said of what comes after.
    let text = said(":cert -A /nope:x<enter>");
    assert!(text.contains("There is no field `nope`"), "{text}");
    let after = said(":cert -A /nope:x<enter>:ing -A<enter>");
    assert!(!after.contains("nope"), "{after}");
    let text = said(":certifikates<enter>");
    assert!(text.contains("Did you mean `certificates`?"), "{text}");
}

#[test]
fn a_kind_without_objects_or_without_leave_says_so() {
    let none = with_kinds(SMALL).keys(":deploy shop-prod<enter>").text();
    assert!(
        none.contains("There are no deployments in shop-prod."),
        "{none}"
    );
    let mut refused = with_kinds(SMALL);
    refused.refuse = |source| source.what == What::Table;
    let refused = refused.keys(":ingress<enter>").text();
    assert!(
        refused.contains("You may not list ingresses (forbidden by RBAC)"),
        "{refused}"
    );
    let mut gone = with_kinds(SMALL).keys(":cert<enter>");
    let problem = Problem::new(Cause::NotFound, "The server does not know certificates");
    let source = Source::table(ClusterId(0), &certificates(), None);
    gone.tell(&source, News::State(FeedState::Refused(problem)));
    gone.app.refresh();
    let gone = gone.text();
    assert!(
        gone.contains("There is no kind certificates.cert-manager.io here"),
        "{gone}"
    );
}

#[test]
fn short_names_from_elsewhere_are_known() {
    let text = with_kinds(WIDE).keys(":dp<enter>").text();
    assert!(text.contains("▸ deployments"), "{text}");
    let text = with_kinds(WIDE).keys(":pods -A<enter>").text();
    assert!(
        text.contains("all Instances") && !text.contains("namespace="),
        "{text}"
    );
    let text = with_kinds(WIDE)
        .keys(":po -n shop-prod -l app=web<enter>")
        .text();
    assert!(text.contains("/namespace=shop-prod -l app=web"), "{text}");
}

#[test]
fn labels_of_any_kind_are_columns_and_filters() {
    let labelled = || {
        with_kinds(WIDE)
            .keys(":ing<enter>")
            .keys(":label of<enter>")
    };
    let text = labelled().text();
    assert!(text.contains("AGE  OF"), "{text}");
    let text = labelled().keys("/-l of=shop-prod<enter>").text();
    assert!(text.contains("web") && !text.contains("firehose"), "{text}");
    let text = with_kinds(WIDE).keys(":ing of=data-platform<enter>").text();
    assert!(
        text.contains("firehose") && !text.contains("shop.example.com"),
        "{text}"
    );
}

#[test]
fn five_thousand_rows_are_quick() {
    let mut screen = with_kinds(WIDE);
    let line = |n: u32| {
        let row = LineRow {
            uid: Uid::parse(&n.to_string()),
            namespace: "shop-prod".into(),
            name: format!("web-{n:05}").into(),
            created: NOW / 1000 - i64::from(n),
            terminating: false,
            labels: Arc::default(),
            values: Box::default(),
        };
        Change::Put(Row::Line(Box::new(row)))
    };
    let source = Source::table(ClusterId(0), &ingresses(), None);
    let rows = screen.deliveries.get_mut(&source).unwrap();
    rows.extend((0..5_000).map(line));
    let mut screen = screen.keys(":ing<enter>").keys("G");
    let began = std::time::Instant::now();
    screen.tell(&source, News::Changes(vec![line(7)]));
    screen.tell(&source, News::Changes(vec![line(9_999)]));
    screen.app.refresh();
    let took = began.elapsed();
    assert!(took.as_millis() < 500, "{took:?}");
    assert_eq!(screen.app.list(barkeep::panes::Pane::Kind).total, 5_003);
}
