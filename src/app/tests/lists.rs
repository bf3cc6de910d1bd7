//! Lists of any kind, as somebody types them or comes back to them.

use std::sync::Arc;

use super::{
    clusters::{EU, US, fill, of, two},
    *,
};
use crate::model::{Address, Listing, Resource};

#[test]
fn a_list_is_of_the_cluster_that_is_meant() {
    let mut run = two();
    let of_all = Resource {
        group: "networking.k8s.io".into(),
        version: "v1".into(),
        plural: "ingresses".into(),
        namespaced: true,
        ..Resource::default()
    };
    for cluster in [EU, US] {
        fill(&mut run, cluster, &["shop-prod"]);
        let kind = Row::Kind(Arc::new(of_all.clone()));
        run.list(&of(cluster, What::Kinds, ""), vec![kind]);
    }
    run.keys(":us:shop/prod<enter>:po<enter>");
    let filter = |run: &Run| run.app.list(Pane::All).filter.text().to_owned();
    assert_eq!(filter(&run), "cluster=\"us\" namespace=shop-prod");
    run.keys("0");
    assert_eq!(filter(&run), "");
    // A bookmark leads to the cluster that it was made in, wherever one is.
    for (context, cluster) in [("us", US), ("eu", EU)] {
        run.app.seek_address(Address {
            context: context.into(),
            path: Vec::new(),
            pane: Pane::Kind.name().into(),
            list: "ingresses.networking.k8s.io shop-prod".into(),
        });
        run.app.refresh();
        let within = run.app.world.listing().and_then(Listing::within);
        assert_eq!(within.map(|map| map.cluster), Some(cluster));
    }
}
