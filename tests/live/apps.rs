//! Every application that runs on the cluster is in the right place, with the right health and the reason for it.

use crate::{
    live, place_keys, print,
    servers::Servers,
    support::{
        WITHIN,
        cluster::eventually,
        frame::{named, says, server},
    },
    words::{EXPECTED, PLACES, Place},
};

#[test]
fn every_application_is_where_and_how_the_api_says() {
    let Some(cluster) = live("every_application_is_where_and_how_the_api_says") else {
        return;
    };
    for place in PLACES {
        let mut wrong = Vec::new();
        let mut frame = String::new();
        let right = eventually(WITHIN, || {
            let before = Servers::of(&cluster, place.namespace);
            frame = print(
                cluster.kubeconfig().to_str().unwrap(),
                &[],
                &place_keys(place.service, place.map),
            );
            let after = Servers::of(&cluster, place.namespace);
            wrong = complaints(place, &frame, &before, &after);
            wrong.is_empty().then_some(())
        });
        assert!(
            right.is_some(),
            "{}:\n{}\n{frame}",
            place.namespace,
            wrong.join("\n")
        );
    }
}

fn complaints(place: &Place, frame: &str, before: &Servers, after: &Servers) -> Vec<String> {
    let mut wrong = Vec::new();
    let title = format!("SERVERS {} ▸ {}", place.service, place.map);
    if !says(frame, &title) {
        wrong.push(format!("no {title:?}"));
    }
    for name in [place.service, place.map] {
        if named(frame, name).is_none() {
            wrong.push(format!("no row {name:?}"));
        }
    }
    for expected in EXPECTED
        .iter()
        .filter(|expected| expected.namespace == place.namespace)
    {
        let Some(row) = server(frame, expected.server) else {
            wrong.push(format!("no Server {}", expected.server));
            continue;
        };
        let right = row.kind() == Some(expected.kind)
            && expected.glyphs.contains(row.glyph)
            && row.rest.contains(expected.says);
        if !right {
            wrong.push(format!(
                "not {} {} {:?}: {row:?}",
                expected.glyphs, expected.kind, expected.says
            ));
        }
    }
    // The cluster moves on between the question and the frame: either answer is right.
    if !before.agree_with(frame) && !after.agree_with(frame) {
        wrong.push(format!("kubectl says {after:?}"));
    }
    wrong
}
