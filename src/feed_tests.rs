//! Streams over the demo, counted one by one.
#![expect(clippy::unwrap_used, reason = "what a test waits for has to come")]

use tokio::sync::mpsc;

use super::*;
use crate::{
    demo::{Demo, Options, state::State},
    model::{News, What},
};

#[tokio::test]
async fn a_stream_is_counted_by_itself_and_ends_with_its_connection() {
    let options = Options {
        open: true,
        ..Options::default()
    };
    let demo = Demo::of(State::new(1, 0, 1.0), options);
    let (out, mut news) = mpsc::channel(64);
    let mut feeds = Feeds::new(out);
    let cluster = ClusterId(3);
    let server = http::Uri::from_static("http://demo");
    feeds.connect(cluster, Some(Asker::new(demo.client(), server)));
    let source = |what| Source::all(cluster, what);
    let wanted = BTreeSet::from([What::Namespaces, What::Jobs].map(source));
    assert!(feeds.sync(&wanted, 7).is_empty());
    let mut complete = BTreeSet::new();
    while complete.len() < 2 {
        if let (source, News::Synced) = news.recv().await.unwrap() {
            complete.insert(source);
        }
    }
    let mut costs = feeds.costs();
    costs.sort_by_key(|cost| cost.source.what);
    let plurals: Vec<&str> = costs.iter().map(|cost| &*cost.plural).collect();
    assert_eq!(plurals, ["namespaces", "jobs"]);
    for cost in &costs {
        assert!(cost.requests > 0 && cost.bytes > 0, "{cost:?}");
        assert_eq!(cost.since, 7);
    }
    feeds.connect(cluster, None);
    assert!(feeds.costs().is_empty() && !feeds.follows(&source(What::Jobs)));
    feeds.sync(&wanted, 8);
    assert!(feeds.costs().is_empty(), "nobody can be asked");
}
