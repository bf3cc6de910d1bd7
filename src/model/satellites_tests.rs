//! What is held of a Map besides its Servers comes and goes with its sources.

use super::*;
use crate::model::{
    Change, FeedState, News,
    detail::InstanceDetail,
    row::Meta,
    sample::{self, NOW, map_id, source},
};

fn event(name: &str, last: i64) -> Row {
    Row::Event(Box::new(EventRow {
        meta: Meta {
            uid: sample::uid("Event", "shop", name),
            namespace: "shop".into(),
            name: name.into(),
            created: last,
            owner: None,
        },
        warning: false,
        reason: "Started".into(),
        message: "Container started".into(),
        about: (
            "Pod".into(),
            "web".into(),
            sample::uid("Pod", "shop", "web"),
        ),
        count: 1,
        last,
    }))
}

fn list(world: &mut World, from: &Source, rows: Vec<Row>) {
    world.apply(from, News::Begin);
    world.apply(
        from,
        News::Changes(rows.into_iter().map(Change::Put).collect()),
    );
    world.apply(from, News::Synced);
    world.apply(from, News::State(FeedState::Live));
}

fn held(world: &World) -> Vec<i64> {
    let slot = world.map_slot_of(&map_id("shop"));
    let map = slot.and_then(|slot| world.maps().get(slot));
    let mut times: Vec<i64> = map
        .into_iter()
        .flat_map(Map::events)
        .map(|event| event.last)
        .collect();
    times.sort_unstable();
    times
}

#[test]
fn events_come_go_and_are_renewed_by_a_listing() {
    let mut world = sample::world();
    let events = source(What::Events, "shop");
    list(
        &mut world,
        &events,
        vec![event("a", NOW - 9), event("b", NOW - 5)],
    );
    assert_eq!(held(&world), [NOW - 9, NOW - 5]);
    world.apply(&events, News::Changes(vec![Change::Put(event("a", NOW))]));
    assert_eq!(held(&world), [NOW - 5, NOW]);
    world.apply(
        &events,
        News::Changes(vec![Change::Gone(sample::uid("Event", "shop", "b"))]),
    );
    assert_eq!(held(&world), [NOW]);
    list(&mut world, &events, vec![event("c", NOW - 1)]);
    assert_eq!(held(&world), [NOW - 1]);
    // Nobody looks any more, and nothing else is known of the namespace.
    world.release(&events);
    assert!(world.maps().is_empty());
}

#[test]
fn of_very_many_events_the_newest_are_kept() {
    let mut world = sample::world();
    let many = (0..=EVENTS as i64).map(|n| event(&format!("e{n}"), NOW + n));
    list(&mut world, &source(What::Events, "shop"), many.collect());
    let held = held(&world);
    assert_eq!(held.len(), EVENTS / 2);
    assert_eq!(held.last(), Some(&(NOW + EVENTS as i64)));
    assert_eq!(held.first(), Some(&(NOW + EVENTS as i64 / 2 + 1)));
}

#[test]
fn what_is_looked_at_closely_is_gone_with_the_look() {
    let mut world = sample::world();
    let one = Source::one(
        source(What::Instances, "").cluster,
        What::Instances,
        &"shop".into(),
        "web",
    );
    let uid = sample::uid("Pod", "shop", "web");
    let row = |quality: &str| {
        let detail = InstanceDetail {
            quality: quality.into(),
            ..InstanceDetail::default()
        };
        Row::Detail(uid, Box::new(Detail::Instance(detail)))
    };
    let quality = |world: &World| match world.detail(&one) {
        Some(Detail::Instance(detail)) => detail.quality.to_string(),
        _ => String::new(),
    };
    list(&mut world, &one, vec![row("Burstable")]);
    assert_eq!(quality(&world), "Burstable");
    assert!(world.instances().is_empty() && world.maps().is_empty());
    world.apply(&one, News::Changes(vec![Change::Put(row("Guaranteed"))]));
    assert_eq!(quality(&world), "Guaranteed");
    world.apply(&one, News::Changes(vec![Change::Gone(uid)]));
    assert_eq!(quality(&world), "");
    list(&mut world, &one, vec![row("Burstable")]);
    list(&mut world, &one, Vec::new());
    assert_eq!(quality(&world), "", "a listing without it");
    list(&mut world, &one, vec![row("Burstable")]);
    world.release(&one);
    assert_eq!(quality(&world), "");
}
