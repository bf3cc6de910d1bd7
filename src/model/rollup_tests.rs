//! Sums that are carried up, held against a count from scratch after thousands of random operations.

#![expect(
    clippy::unwrap_used,
    reason = "what a test expects and does not find has failed it"
)]

use std::collections::BTreeMap;

use crate::model::{
    World,
    ids::{ClusterId, Name},
    row::{Kind, Phase, Row},
    sample::*,
    source::{FeedState, News, Source, What},
    tree::Counts,
};

const SPACES: [&str; 4] = ["shop-dev", "shop-prod", "legacy", "kube-system"];

fn any_row(random: &mut Random) -> Row {
    let space = SPACES[random.below(SPACES.len())];
    let n = random.below(4);
    let desired = random.below(3) as u32;
    match random.below(12) {
        0 => namespace(space, ["", "shop", "store"][random.below(3)]).into(),
        1 => controller(Kind::Deployment, space, &format!("web{n}"), desired, "").into(),
        2 => {
            let owner = [
                format!("Deployment web{n}"),
                String::new(),
                "Rollout r".into(),
            ];
            controller(
                Kind::ReplicaSet,
                space,
                &format!("web{n}-7f9"),
                desired,
                &owner[random.below(3)],
            )
            .into()
        }
        3 => controller(Kind::CronJob, space, "report", 0, "").into(),
        4 => controller(
            Kind::Job,
            space,
            &format!("report-{n}"),
            1,
            ["CronJob report", ""][random.below(2)],
        )
        .into(),
        5 => controller(
            Kind::StatefulSet,
            space,
            "db",
            desired,
            ["", "Operated db"][random.below(2)],
        )
        .into(),
        6 => usage(space, &format!("p{n}"), random.below(100) as u64).into(),
        _ => {
            let owners = [
                "",
                "ReplicaSet web1-7f9",
                "ReplicaSet web2-7f9",
                "StatefulSet db",
                "Job report-1",
                "Custom c",
            ];
            let row = pod(space, &format!("p{n}"), owners[random.below(owners.len())]);
            match random.below(5) {
                0 => bad(row, Phase::Pending, "ErrImagePull", "").into(),
                1 => bad(row, Phase::Running, "CrashLoopBackOff", "").into(),
                2 => bad(row, Phase::Failed, "Evicted", "").into(),
                _ => row.into(),
            }
        }
    }
}

fn sources_of(row: &Row) -> Vec<Source> {
    match row {
        Row::Namespace(row) => vec![
            source(What::Namespaces, ""),
            source(What::Namespaces, &row.meta.name),
        ],
        Row::Instance(row) => vec![
            source(What::Troubled, ""),
            source(What::Instances, &row.meta.namespace),
            source(What::Instances, ""),
        ],
        Row::Controller(row) if row.kind == Kind::ReplicaSet => {
            vec![source(What::ReplicaSets, &row.meta.namespace)]
        }
        Row::Controller(row) => vec![
            source(what_of(&row.kind), ""),
            source(what_of(&row.kind), &row.meta.namespace),
        ],
        Row::Usage(row) => vec![source(What::Usage, &row.namespace)],
        _ => Vec::new(),
    }
}

fn hold(world: &World, step: usize) {
    let mut services: BTreeMap<Name, (Counts, usize)> = BTreeMap::new();
    for (slot, map) in world.maps().iter() {
        let mut sum = Counts::default();
        let mut held = 0;
        for (at, server) in world
            .servers()
            .iter()
            .filter(|(_, server)| server.map == slot)
        {
            held += 1;
            assert!(
                !server.dirty,
                "step {step}: {} is left to be judged",
                server.name
            );
            assert!(
                server.row.is_some() || !server.instances.is_empty() || !server.children.is_empty(),
                "step {step}: {} is a ghost",
                server.name
            );
            assert_eq!(map.servers.contains(&at), server.counted.is_some());
            for child in &server.children {
                assert_eq!(world.servers().get(*child).unwrap().parent, Some(at));
            }
            for pod in &server.instances {
                assert_eq!(world.instances().get(*pod).unwrap().server, at);
            }
            if map.servers.contains(&at) {
                assert!(server.parent.is_none());
                let beneath = world.beneath(server);
                let used: Vec<_> = beneath.iter().filter_map(|pod| world.usage(*pod)).collect();
                let used = (!used.is_empty()).then(|| {
                    let mut sum = crate::model::row::Usage::default();
                    for usage in used {
                        sum += usage;
                    }
                    sum
                });
                assert_eq!(server.usage, used, "step {step}: {}", server.name);
                sum.add(&Counts::one(
                    server.verdict.health,
                    used,
                    server.requested(server.digest.total),
                    server.digest.restarts,
                ));
            }
        }
        assert_eq!(map.held, held, "step {step}: {:?}", map.id);
        assert_eq!(map.counts, sum, "step {step}: {:?}", map.id);
        assert!(
            held > 0 || map.row.is_some(),
            "step {step}: {:?} is empty",
            map.id
        );
        let service = world.services().get(map.service).unwrap();
        let (counts, maps) = services.entry(service.name.clone()).or_default();
        counts.add(&sum);
        *maps += 1;
    }
    assert_eq!(services.len(), world.services().len(), "step {step}");
    for (_, service) in world.services().iter() {
        assert_eq!(
            (service.counts, service.maps.len()),
            services[&service.name],
            "step {step}: {}",
            service.name
        );
    }
    let owned: usize = world
        .servers()
        .iter()
        .map(|(_, server)| server.instances.len())
        .sum();
    assert_eq!(owned, world.instances().len(), "step {step}");
}

#[test]
fn sums_are_what_a_count_from_scratch_gives() {
    for seed in 1..=4 {
        let mut random = Random(seed * 7919);
        let mut world = world();
        let mut seen: Vec<Source> = Vec::new();
        let mut now = NOW;
        for step in 0..4000 {
            let row = any_row(&mut random);
            let sources = sources_of(&row);
            let from = sources[random.below(sources.len())].clone();
            let known = seen[..].get(random.below(seen.len().max(1))).cloned();
            if !seen.contains(&from) {
                seen.push(from.clone());
            }
            match (random.below(24), row.uid(), known) {
                (0..3, Some(uid), _) => gone(&mut world, &from, uid),
                (3, _, Some(known)) => world.release(&known),
                (4, _, Some(known)) => world.apply(&known, News::Begin),
                (5, _, Some(known)) => world.apply(&known, News::Synced),
                (6, _, Some(known)) => {
                    let problem = crate::model::Problem::new(crate::model::Cause::Forbidden, "no");
                    world.apply(&known, News::State(FeedState::Refused(problem)));
                }
                (7, ..) => {
                    now += 37;
                    world.tick(now);
                }
                _ => put(&mut world, &from, [row]),
            }
            hold(&world, step);
        }
        for source in seen {
            world.release(&source);
        }
        assert_eq!(
            (
                world.instances().len(),
                world.servers().len(),
                world.maps().len(),
                world.services().len()
            ),
            (0, 0, 0, 0)
        );
    }
}

/// Two clusters with the same objects in them, one of which is closed now and then.
#[test]
fn a_cluster_that_is_dropped_takes_its_part_of_every_sum_along() {
    let (first, second) = (ClusterId(0), ClusterId(1));
    for seed in 1..=4 {
        let mut random = Random(seed * 104_729);
        let mut world = world();
        world.open_cluster(second, "other");
        for step in 0..4000 {
            let row = any_row(&mut random);
            let sources = sources_of(&row);
            let mut from = sources[random.below(sources.len())].clone();
            from.cluster = [first, second][random.below(2)];
            match (random.below(100), row.uid()) {
                (0, _) => {
                    world.drop_cluster(from.cluster);
                    let left = |cluster| cluster != from.cluster;
                    assert!(world.maps().iter().all(|(_, map)| left(map.id.cluster)));
                    assert!(world.servers().iter().all(|(_, s)| left(s.key.cluster)));
                    assert!(world.instances().iter().all(|(_, pod)| left(pod.cluster)));
                    assert!(world.feeds().all(|(source, _)| left(source.cluster)));
                    world.open_cluster(from.cluster, "again");
                }
                (1..12, Some(uid)) => gone(&mut world, &from, uid),
                _ => put(&mut world, &from, [row]),
            }
            hold(&world, step);
        }
        world.drop_cluster(first);
        world.drop_cluster(second);
        let held = (
            world.instances().len(),
            world.servers().len(),
            world.maps().len(),
            world.services().len(),
        );
        assert_eq!(held, (0, 0, 0, 0));
    }
}
