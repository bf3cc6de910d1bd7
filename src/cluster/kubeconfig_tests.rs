//! Fixture in, target or sentence out.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::{path::Path, time::Instant};

use super::{super::files, *};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/kubeconfig")
        .join(name)
}

fn of(name: &str) -> Choice {
    Choice {
        kubeconfig: Some(fixture(name)),
        ..Choice::default()
    }
}

fn with_context(name: &str, context: &str) -> Choice {
    Choice {
        context: Some(context.to_owned()),
        ..of(name)
    }
}

fn nowhere() -> Surroundings {
    Surroundings {
        service_account: fixture("no-such-account"),
        ..Surroundings::default()
    }
}

fn variables(pairs: &[(&'static str, &str)]) -> Surroundings {
    Surroundings {
        variables: pairs
            .iter()
            .map(|(name, value)| (*name, value.into()))
            .collect(),
        ..nowhere()
    }
}

fn resolve_in(choice: &Choice, around: &Surroundings) -> Result<Target, Problem> {
    let files = files::read(choice.kubeconfig.as_deref(), around)?;
    resolve_from(choice, &files, around)
}

/// The sentence without the folder of this machine.
fn sentence(choice: &Choice, around: &Surroundings) -> String {
    let problem = resolve_in(choice, around).unwrap_err();
    let folder = format!("{}/", fixture("").display()).replace("//", "/");
    problem.to_string().replace(&folder, "")
}

#[test]
fn the_current_context_is_the_target() {
    let target = resolve_in(&of("two-contexts.yaml"), &nowhere()).unwrap();
    assert_eq!(target.context, "prod-eu");
    assert_eq!(target.contexts, ["prod-eu", "prod-us"]);
    assert_eq!(
        (target.cluster.as_str(), target.user.as_str()),
        ("eu", "dev")
    );
    assert_eq!(target.server, "https://eu.example.com:6443");
    assert_eq!(target.namespace.as_deref(), Some("shop"));
    assert!(target.proxy.is_none());
}

#[test]
fn flags_win_over_the_file() {
    let choice = Choice {
        context: Some("prod-us".into()),
        cluster: Some("eu".into()),
        user: Some("dev".into()),
        namespace: Some("legacy".into()),
        as_user: Some("jane".into()),
        as_groups: vec!["ops".into()],
        ..of("two-contexts.yaml")
    };
    let target = resolve_in(&choice, &nowhere()).unwrap();
    assert_eq!(target.server, "https://eu.example.com:6443");
    assert_eq!(
        (target.user.as_str(), target.namespace.as_deref()),
        ("dev", Some("legacy"))
    );
    assert_eq!(target.identity.impersonate.as_deref(), Some("jane"));
    assert_eq!(target.identity.impersonate_groups.unwrap(), ["ops"]);
}

#[test]
fn several_files_merge_and_the_first_wins() {
    let list = [
        fixture("not-there.yaml"),
        PathBuf::new(),
        fixture("second.yaml"),
        fixture("two-contexts.yaml"),
    ];
    let around = Surroundings {
        variables: [("KUBECONFIG", std::env::join_paths(list).unwrap())].into(),
        ..nowhere()
    };
    let target = resolve_in(&Choice::default(), &around).unwrap();
    assert_eq!(target.context, "staging");
    assert_eq!(target.contexts, ["staging", "prod-eu", "prod-us"]);
    assert_eq!(target.server, "http://stage.example.com:8080");

    let choice = Choice {
        context: Some("prod-eu".into()),
        ..Choice::default()
    };
    assert_eq!(resolve_in(&choice, &around).unwrap().cluster, "stage");
}

#[test]
fn the_default_place_is_under_home() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".kube")).unwrap();
    std::fs::copy(
        fixture("two-contexts.yaml"),
        home.path().join(".kube/config"),
    )
    .unwrap();
    let around = Surroundings {
        home: Some(home.path().to_owned()),
        ..nowhere()
    };
    assert_eq!(
        resolve_in(&Choice::default(), &around).unwrap().context,
        "prod-eu"
    );
}

#[test]
fn a_plugin_path_is_relative_to_its_file() {
    let target = resolve_in(&with_context("two-contexts.yaml", "prod-us"), &nowhere()).unwrap();
    let exec = target.identity.exec.unwrap();
    assert_eq!(Path::new(&exec.command.unwrap()), fixture("./bin/login"));
    assert_eq!(
        exec.cluster.unwrap().server.as_deref(),
        Some("https://rancher.example.com/k8s/clusters/c-1")
    );
}

#[test]
fn a_pod_uses_its_service_account() {
    let mount = tempfile::tempdir().unwrap();
    let authority = rcgen::generate_simple_self_signed(["ca".to_owned()]).unwrap();
    std::fs::write(mount.path().join("token"), "t").unwrap();
    std::fs::write(mount.path().join("namespace"), "shop\n").unwrap();
    std::fs::write(mount.path().join("ca.crt"), authority.cert.pem()).unwrap();
    let around = Surroundings {
        service_account: mount.path().to_owned(),
        ..variables(&[
            ("KUBERNETES_SERVICE_HOST", "fd00::1"),
            ("KUBERNETES_SERVICE_PORT", "443"),
        ])
    };
    let target = resolve_in(&Choice::default(), &around).unwrap();
    assert_eq!(target.context, "in-cluster");
    assert_eq!(target.server, "https://[fd00::1]:443");
    assert_eq!(target.namespace.as_deref(), Some("shop"));
}

#[test]
fn proxies_come_from_the_cluster_or_the_environment() {
    let env = [("HTTPS_PROXY", "socks5://env.example.com:1080")];
    let no = [env[0], ("NO_PROXY", "10.0.0.0/8,.example.com")];
    let table: [(&str, &[_], _); 5] = [
        ("prod-eu", &[], None),
        ("prod-eu", &env, Some("socks5://env.example.com:1080/")),
        ("prod-eu", &no, None),
        ("prod-us", &env, Some("http://proxy.example.com:3128/")),
        ("prod-us", &no, Some("http://proxy.example.com:3128/")),
    ];
    for (context, env, expected) in table {
        let target =
            resolve_in(&with_context("two-contexts.yaml", context), &variables(env)).unwrap();
        let proxy = target.proxy.as_ref().map(|proxy| proxy.uri().to_string());
        assert_eq!(proxy.as_deref(), expected, "{context} {env:?}");
        assert!(!format!("{target:?}").contains("secret"));
    }
    assert!(is_here(Some("localhost")) && is_here(Some("[::1]")) && !is_here(Some("10.0.0.1")));
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let table = [
        (
            with_context("two-contexts.yaml", "prod-ue"),
            "There is no context “prod-ue” in two-contexts.yaml. Did you mean “prod-eu”? There are: prod-eu, prod-us",
        ),
        (
            with_context("two-contexts.yaml", "minikube"),
            "There is no context “minikube” in two-contexts.yaml. Choose with --context: prod-eu, prod-us",
        ),
        (
            of("empty.yaml"),
            "No current-context is set in empty.yaml. It has no contexts at all; name another file with --kubeconfig",
        ),
        (
            of("not-there.yaml"),
            "There is no kubeconfig at not-there.yaml. Check the path given to --kubeconfig",
        ),
        (
            with_context("faults.yaml", "no-cluster-named"),
            "The context “no-cluster-named” in faults.yaml names no cluster. Choose one with --cluster or another --context",
        ),
        (
            with_context("faults.yaml", "no-server"),
            "The cluster “no-server” in faults.yaml has no server. Add server: https://HOST:PORT to it",
        ),
        (
            with_context("faults.yaml", "bad-server"),
            "The server of the cluster “bad-server” in faults.yaml is not an address: ht!tp://good example. \
             It should look like https://HOST:PORT",
        ),
        (
            with_context("faults.yaml", "ca-missing"),
            "Cannot read the certificate-authority not-there.crt: No such file or directory (os error 2). \
             Correct the path in the kubeconfig, or the file's mode",
        ),
        (
            with_context("faults.yaml", "ca-garbage"),
            "The certificate-authority in faults.yaml is not a PEM certificate. \
             Fetch the kubeconfig again, or correct that entry",
        ),
        (
            with_context("faults.yaml", "ca-not-base64"),
            "The certificate-authority in certificate-authority-data is not base64. \
             Fetch the kubeconfig again, or correct that entry",
        ),
        (
            with_context("faults.yaml", "half"),
            "The user “half” in the kubeconfig has a client-certificate but no client-key. Both are needed together",
        ),
        (
            with_context("faults.yaml", "bad-proxy"),
            "The proxy for the cluster “bad-proxy” is not one we can use. \
             A proxy is http://, https:// or socks5://HOST:PORT (proxy-url, HTTPS_PROXY)",
        ),
    ];
    for (choice, expected) in table {
        assert_eq!(sentence(&choice, &nowhere()), expected);
        assert_eq!(
            resolve_in(&choice, &nowhere()).unwrap_err().cause,
            Cause::Config
        );
    }
    let beginnings = [
        (
            with_context("faults.yaml", "cluster-unknown"),
            "There is no cluster “goud” in faults.yaml. Did you mean “good”?",
        ),
        (
            with_context("faults.yaml", "user-unknown"),
            "There is no user “dave” in faults.yaml. ",
        ),
        (
            with_context("faults.yaml", "ftp"),
            "The server of the cluster “ftp” in faults.yaml is not an address",
        ),
        (
            with_context("faults.yaml", "key-missing"),
            "Cannot read the client-key not-there.key",
        ),
        (
            of("broken.yaml"),
            "The kubeconfig broken.yaml, line 6 cannot be read as YAML: unclosed quote. Correct",
        ),
        (
            of("wrong-shape.yaml"),
            "The kubeconfig wrong-shape.yaml, line 6 cannot be read as YAML",
        ),
    ];
    for (choice, expected) in beginnings {
        let said = sentence(&choice, &nowhere());
        assert!(said.starts_with(expected), "{said}");
    }
    assert!(resolve_in(&with_context("faults.yaml", "nobody"), &nowhere()).is_ok());
}

#[test]
fn no_kubeconfig_at_all_says_what_to_try() {
    let problem = resolve_in(&Choice::default(), &nowhere()).unwrap_err();
    assert_eq!(problem.cause, Cause::NoCluster);
    assert!(problem.hint.unwrap().contains("--kubeconfig"));

    let around = variables(&[("KUBECONFIG", "/nowhere/a:/nowhere/b")]);
    let problem = resolve_in(&Choice::default(), &around).unwrap_err();
    assert_eq!(
        problem.what,
        "There is no kubeconfig at /nowhere/a, /nowhere/b"
    );
}

#[test]
fn finding_the_target_does_not_delay_the_first_frame() {
    let started = Instant::now();
    let rounds = 20;
    for _ in 0..rounds {
        resolve_in(&of("two-contexts.yaml"), &nowhere()).unwrap();
    }
    // Generous: a debug build on a busy machine. In release it is well below a millisecond.
    assert!(started.elapsed().as_millis() < 15 * rounds);
}
