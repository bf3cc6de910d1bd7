//! The demo's first roles give no more than those of a real cluster.

use barkeep::demo::access::{
    bootstrap,
    rules::{Rule, missing},
};

use crate::live;

#[test]
fn the_first_roles_give_no_more_than_real_ones() {
    let Some(cluster) = live("the_first_roles_give_no_more_than_real_ones") else {
        return;
    };
    for (resource, ours) in bootstrap::objects() {
        let name = ours["metadata"]["name"].as_str().unwrap();
        let real = cluster.get(&[&resource.qualified(), name]);
        let mut more = missing(&Rule::of(&real), &Rule::of(&ours));
        // Those to metrics come with metrics-server, where its own roles are installed.
        more.retain(|rule| rule.groups != ["metrics.k8s.io"]);
        assert!(more.is_empty(), "{} {name}: {more:?}", resource.plural);
        assert_eq!(real["subjects"], ours["subjects"]);
        assert_eq!(real["roleRef"], ours["roleRef"]);
    }
}
