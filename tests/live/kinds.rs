//! A kind that did not exist a moment ago is listed in its own columns, live, until it is gone.

use serde_json::json;

use crate::{
    live,
    support::{
        WITHIN, barkeep,
        frame::says,
        terminal::{Terminal, text},
    },
    words::LIVE,
};

/// Takes the kind away again, however the test ends.
struct Kind<'a>(&'a crate::support::cluster::Cluster, String);

impl Drop for Kind<'_> {
    fn drop(&mut self) {
        let path = format!(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{}",
            self.1
        );
        self.0.request("DELETE", &path, None);
    }
}

#[track_caller]
fn says_all(terminal: &mut Terminal, words: &[&str]) {
    terminal.wait_for(
        &format!("{words:?}"),
        |screen| {
            let shown = text(screen);
            words.iter().all(|words| says(&shown, words))
        },
        WITHIN,
    );
}

#[test]
fn a_kind_of_ones_own_is_listed_live() {
    let Some(cluster) = live("a_kind_of_ones_own_is_listed_live") else {
        return;
    };
    let own = cluster.namespace("dev");
    let group = format!("{}.kinds.barkeep.dev", own.service);
    let name = format!("drinks.{group}");
    let mut terminal = barkeep()
        .args(["--kubeconfig", cluster.kubeconfig().to_str().unwrap()])
        .size(140, 45)
        .start();
    terminal.wait_for_text(LIVE, WITHIN);
    // Not there yet, and read again when it is.
    terminal.send(format!(":{name}\r"));
    terminal.wait_for_text("no kind", WITHIN);

    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": name},
        "spec": {
            "group": group, "scope": "Namespaced",
            "names": {"plural": "drinks", "singular": "drink", "kind": "Drink", "shortNames": ["dk"]},
            "versions": [{
                "name": "v1", "served": true, "storage": true,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
                "additionalPrinterColumns": [
                    {"name": "Flavour", "type": "string", "jsonPath": ".spec.flavour"},
                    {"name": "Glasses", "type": "integer", "jsonPath": ".spec.glasses"},
                    {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
                ],
            }],
        },
    });
    let kind = Kind(&cluster, name.clone());
    cluster.apply(&definition.to_string());
    cluster.kubectl(&[
        "wait",
        "--for=condition=Established",
        "--timeout=60s",
        &format!("crd/{name}"),
    ]);

    terminal.send(":crd\r");
    says_all(&mut terminal, &["CUSTOMRESOURCEDEFINITIONS", &name]);
    terminal.send(format!(":{name}\r"));
    says_all(&mut terminal, &["There are no drinks."]);
    let drink = |flavour: &str, glasses: u32| {
        let object = json!({
            "apiVersion": format!("{group}/v1"), "kind": "Drink",
            "metadata": {"name": "house-special", "namespace": own.name},
            "spec": {"flavour": flavour, "glasses": glasses},
        });
        cluster.apply(&object.to_string());
    };
    drink("lemon", 3);
    says_all(
        &mut terminal,
        &[
            "NAME NAMESPACE FLAVOUR GLASSES AGE",
            "house-special",
            "lemon",
            "flavour: lemon",
        ],
    );
    drink("ginger", 4);
    says_all(&mut terminal, &["ginger", "flavour: ginger", "glasses: 4"]);
    cluster.kubectl(&["delete", &name, "house-special", "-n", &own.name]);
    says_all(&mut terminal, &["There are no drinks."]);
    drop(kind);
    says_all(&mut terminal, &["There is no kind"]);
}
