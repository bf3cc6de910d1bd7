//! Any kind as a table, and which kinds there are, over the same engine.

use std::sync::Arc;

use super::*;
use crate::model::{Listing, Resource, listing::Value};

fn pods() -> Arc<Resource> {
    Arc::new(Resource {
        version: "v1".into(),
        plural: "pods".into(),
        kind: "Pod".into(),
        namespaced: true,
        watched: true,
        ..Resource::default()
    })
}

struct Table {
    world: World,
    news: mpsc::Receiver<(Source, News)>,
    task: JoinHandle<()>,
}

impl Drop for Table {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Table {
    fn of(server: &Script, source: Source, listing: Listing) -> Self {
        let (out, news) = mpsc::channel(16);
        let mut world = World::new(Grouping::default(), vec!["here".into()]);
        world.look_at(Some(listing));
        Self {
            world,
            news,
            task: tokio::spawn(follow(server.asker(), source, out)),
        }
    }

    fn names(&self) -> Vec<String> {
        let lines = self.world.listed().into_iter();
        let lines = lines.filter_map(|slot| self.world.line(slot));
        let mut names: Vec<String> = lines.map(|line| line.row.name.to_string()).collect();
        names.sort();
        names
    }

    async fn until(&mut self, enough: impl Fn(&Self) -> bool) {
        while !enough(self) {
            let next = timeout(Duration::from_mins(15), self.news.recv()).await;
            let (source, news) = next.unwrap().unwrap();
            self.world.apply(&source, news);
        }
    }

    fn is_live(&self) -> bool {
        let mut feeds = self.world.feeds();
        feeds.any(|(_, feed)| feed.synced && feed.state == FeedState::Live)
    }
}

#[tokio::test(start_paused = true)]
async fn a_table_is_listed_by_pages_and_followed() {
    let server = Script::with(1_300);
    let source = Source::table(ClusterId(0), &pods(), None);
    let mut table = Table::of(&server, source, Listing::Objects(pods(), None));
    table.until(Table::is_live).await;
    assert_eq!(table.names().len(), 1_300);
    let headings: Vec<&str> = table.world.headings().iter().map(|of| &*of.name).collect();
    assert_eq!(headings[..3], ["NAME", "READY", "STATUS"]);
    let first = table.world.listed()[0];
    let line = table.world.line(first).unwrap();
    assert_eq!(
        table.world.value(line, 2),
        Some(&Value::Text("Pending".into()))
    );
    assert_eq!(&*line.row.namespace, "shop-prod");

    server.delete("pod-0007");
    server.put("pod-new");
    let changed = |table: &Table| {
        let names = table.names();
        names.contains(&"pod-new".into()) && !names.contains(&"pod-0007".into())
    };
    table.until(changed).await;
    assert_eq!(table.names().len(), 1_300);

    // A version that is forgotten begins anew, and nothing is lost or kept that has gone.
    server.fault("watch", Fault::Status(410, None));
    server.cut(false);
    server.delete("pod-0008");
    table
        .until(|table| !table.names().contains(&"pod-0008".into()))
        .await;
    assert_eq!(table.names().len(), 1_299);
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_listed_says_so_and_what_the_server_lets_go_is_not_kept() {
    let server = Script::with(3);
    server.fault("list", Fault::Status(403, None));
    let source = Source::table(ClusterId(0), &pods(), None);
    let mut table = Table::of(&server, source.clone(), Listing::Objects(pods(), None));
    let refused = |table: &Table| {
        let feed = table.world.feed(&source);
        feed.is_some_and(|feed| matches!(&feed.state, FeedState::Refused(problem) if problem.what.contains("list pods")))
    };
    table.until(refused).await;
    // Granted meanwhile.
    table.until(Table::is_live).await;
    assert_eq!(table.names(), ["pod-0000", "pod-0001", "pod-0002"]);
    table.world.release(&source);
    assert!(table.names().is_empty() && table.world.headings().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_kinds_of_a_cluster_are_read_and_kept() {
    let server = Script::with(0);
    let source = Source::all(ClusterId(0), What::Kinds);
    let mut table = Table::of(&server, source.clone(), Listing::Kinds);
    table.until(Table::is_live).await;
    let called = |table: &Table, name: &str| {
        let mut kinds = table.world.kinds(ClusterId(0));
        kinds
            .find(|kind| kind.is_called(name))
            .map(|kind| kind.full())
    };
    for (name, full) in [
        ("po", "pods"),
        ("deploy", "deployments.apps"),
        ("Ingress", "ingresses.networking.k8s.io"),
    ] {
        assert_eq!(called(&table, name).as_deref(), Some(full));
    }
    let rows = table.names().len();
    assert!(rows > 20 && called(&table, "widget").is_none());
    table.world.release(&source);
    assert_eq!(table.names().len(), rows);
    table.world.drop_cluster(ClusterId(0));
    assert!(table.names().is_empty() && called(&table, "po").is_none());
}
