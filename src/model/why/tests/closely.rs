//! What is known only of an Instance that is looked at closely: how its container ended, its last words, its claims.

use super::{
    instances::{ends, no_node},
    *,
};
use crate::model::{
    detail::{ContainerDetail, ContainerState, ContainerStatus, Ended, InstanceDetail, PodDetail},
    row::{ClaimRow, Resources},
};

fn closely(row: InstanceRow, container: ContainerDetail) -> World {
    let mut world = held([row.into()]);
    let detail = Detail::Instance(InstanceDetail {
        pod: PodDetail {
            containers: vec![container],
            ..PodDetail::default()
        },
        ..InstanceDetail::default()
    });
    let from = Source::one(ClusterId(0), What::Instances, &"a".into(), "p");
    put(
        &mut world,
        &from,
        [Row::Detail(uid("Pod", "a", "p"), Box::new(detail))],
    );
    world
}

fn container(role: Role, ended: Ended) -> ContainerDetail {
    ContainerDetail {
        name: "main".into(),
        role,
        resources: Resources {
            memory_limit: 64 << 20,
            ..Resources::default()
        },
        status: Some(ContainerStatus {
            ready: false,
            restarts: 7,
            state: ContainerState::Waiting("CrashLoopBackOff".into(), "".into()),
            last: Some(ended),
        }),
        ..ContainerDetail::default()
    }
}

#[test]
fn what_is_looked_at_closely_tells_how_long_it_ran_and_what_it_may_use() {
    let ended = |reason: &str, code, message: &str| Ended {
        reason: reason.into(),
        code,
        ran: (NOW - 32, NOW - 30),
        message: message.into(),
    };
    for (reason, code, message, says) in [
        ("Error", 3, "", "exited with code 3 after 2s"),
        (
            "Error",
            3,
            "no db",
            "exited with code 3 after 2s, saying \"no db\"",
        ),
        (
            "Error",
            127,
            "",
            "exited with code 127 after 2s: its command is not there",
        ),
        (
            "Error",
            137,
            "",
            "exited with code 137 after 2s: it was killed (SIGKILL)",
        ),
        (
            "OOMKilled",
            137,
            "",
            "used more memory than its limit of 64Mi and was killed (OOMKilled) after 2s",
        ),
    ] {
        let world = closely(
            ends(reason, code),
            container(Role::Main, ended(reason, code, message)),
        );
        assert_eq!(
            steps(&world, &instance_id("p")),
            [format!("Main main: {says}")]
        );
    }
    let world = closely(
        ends("Error", 1),
        container(Role::Init, ended("Error", 1, "")),
    );
    assert_eq!(
        sentence(&world, &instance_id("p")),
        "It can not start: an init container fails, next try in 2m10s."
    );
}

#[test]
fn last_words_are_read_told_or_refused() {
    let mut world = held([ends("Error", 3).into()]);
    let from = Source::one(ClusterId(0), What::LastWords, &"a".into(), "p/main");
    let words = |world: &World| {
        let why = why(world, &instance_id("p"), NOW).unwrap();
        assert!(why.needs().contains(&from));
        why.links[0].words.clone().unwrap()
    };
    assert_eq!(words(&world), Words::Reading);
    let line: Name = "FATAL: cannot reach db:5432".into();
    let said = Detail::Words(vec![line.clone()]);
    put(
        &mut world,
        &from,
        [Row::Detail(uid("", "", "w"), Box::new(said))],
    );
    assert_eq!(words(&world), Words::Said(vec![line]));
    assert!(advice(&world, &instance_id("p")).starts_with("Its last words are about a connection"));
    let problem = Problem::new(crate::model::Cause::Forbidden, "You may not read logs");
    world.apply(
        &from,
        crate::model::News::State(FeedState::Refused(problem.clone())),
    );
    assert_eq!(words(&world), Words::Refused(problem));
}

#[test]
fn a_claim_without_a_volume_is_a_step_of_its_own() {
    let mut set = sample::controller(Kind::StatefulSet, "a", "db", 1, "");
    set.replicas.ready = 0;
    set.references.claims = vec!["data-".into()];
    let message = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.";
    let mut row = no_node(message);
    row.meta = sample::pod("a", "db-0", "StatefulSet db").meta;
    let claim = ClaimRow {
        meta: Meta {
            uid: uid("PersistentVolumeClaim", "a", "data-db-0"),
            name: "data-db-0".into(),
            ..row.meta.clone()
        },
        phase: "Pending".into(),
        size: 1 << 30,
    };
    let said = event(
        ("PersistentVolumeClaim", "data-db-0"),
        "ProvisioningFailed",
        "storageclass \"fast\" not found",
        60,
    );
    let world = held([set.into(), row.into(), Row::Claim(Box::new(claim)), said]);
    let id = Id::Server(key("StatefulSet", "a", "db"));
    assert_eq!(
        sentence(&world, &id),
        "0 of 1 ready for 60m: its Instance waits for a volume that is not there yet."
    );
    assert_eq!(
        steps(&world, &id),
        [
            "failing db-0: Pending, pod has unbound immediate PersistentVolumeClaims",
            "  failing Claim data-db-0: Pending, asks for 1.0Gi",
            "    Event ProvisioningFailed: storageclass \"fast\" not found",
        ]
    );
}
