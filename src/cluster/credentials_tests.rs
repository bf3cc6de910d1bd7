//! Plugins, tokens and certificates, against a server on this machine.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::{
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use http::{HeaderMap, Request, StatusCode};
use hyper::body::Incoming;
use kube::config::AuthInfo;

use crate::{
    cluster::{
        connect,
        testbed::{self, Server, Setup, echo, fails, get, header, plugin, read, status},
    },
    model::Cause,
};

/// A plugin that leaves a line in a file for each run and gives that count as its token.
fn counting(folder: &Path, expires: &str) -> AuthInfo {
    let runs = folder.join("runs");
    plugin(&format!(
        r#"echo x >> {0}; n=$(wc -l < {0} | tr -d ' ')
           echo '{{"apiVersion":"client.authentication.k8s.io/v1","status":{{"token":"t'$n'"{expires}}}}}'"#,
        runs.display()
    ))
}

fn runs(folder: &Path) -> usize {
    std::fs::read_to_string(folder.join("runs"))
        .unwrap_or_default()
        .lines()
        .count()
}

#[tokio::test]
async fn the_plugin_runs_once_for_many_and_once_more_after_a_401() {
    let refused: &'static AtomicUsize = Box::leak(Box::default());
    let server = Server::start(
        Setup::default(),
        move |request: Request<Incoming>| async move {
            if header(&request, "authorization") == "Bearer t1" && request.uri().path() == "/late" {
                refused.fetch_add(1, Ordering::SeqCst);
                return status(401);
            }
            echo(request).await
        },
    )
    .await;
    let folder = tempfile::tempdir().unwrap();
    let link = connect(&server.target(counting(
        folder.path(),
        r#","expirationTimestamp":"2100-01-01T00:00:00Z""#,
    )))
    .unwrap();
    let all = futures::future::join_all((0..20).map(|_| read(&link, get("/early")))).await;
    assert!(
        all.into_iter()
            .all(|answer| answer.unwrap().1.contains("Bearer t1"))
    );
    assert_eq!(runs(folder.path()), 1);

    let all = futures::future::join_all((0..20).map(|_| read(&link, get("/late")))).await;
    assert!(
        all.into_iter()
            .all(|answer| answer.unwrap().1.contains("Bearer t2"))
    );
    assert_eq!(runs(folder.path()), 2);
    assert!(refused.load(Ordering::SeqCst) >= 1);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_401_is_passed_on_after_one_renewal() {
    let server = Server::start(Setup::default(), |_| async { status(401) }).await;
    let folder = tempfile::tempdir().unwrap();
    let link = connect(&server.target(counting(folder.path(), ""))).unwrap();
    assert_eq!(read(&link, get("/")).await.unwrap().0, 401);
    assert_eq!((runs(folder.path()), link.meter().requests()), (2, 2));
    let said = link.status_problem(
        "list",
        "pods",
        None,
        StatusCode::UNAUTHORIZED,
        b"{}",
        &HeaderMap::new(),
    );
    assert_eq!(
        said.to_string(),
        "The server does not accept our credentials (401). \
         The login of user “dev” (context “test”) may have expired: log in again"
    );
}

#[tokio::test]
async fn a_failing_plugin_is_run_once_for_many_and_reported() {
    let server = Server::start(Setup::default(), echo).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs");
    let link = connect(&server.target(plugin(&format!(
        "echo x >> {}; echo no session >&2; exit 1",
        file.display()
    ))))
    .unwrap();
    let all = futures::future::join_all((0..20).map(|_| read(&link, get("/")))).await;
    for answer in all {
        let problem = answer.unwrap_err();
        assert_eq!(problem.cause, Cause::Credentials);
        assert!(
            problem
                .what
                .ends_with("failed (exit status: 1): no session"),
            "{problem}"
        );
    }
    assert_eq!((runs(folder.path()), server.connections()), (1, 0));
    assert!(link.can_log_in());
}

#[tokio::test]
async fn a_login_fills_the_same_cache() {
    let server = Server::start(Setup::default(), echo).await;
    let folder = tempfile::tempdir().unwrap();
    let mut user = counting(folder.path(), "");
    if let Some(exec) = &mut user.exec {
        exec.interactive_mode = Some(kube::config::ExecInteractiveMode::Always);
    }
    let link = connect(&server.target(user)).unwrap();
    assert_eq!(read(&link, get("/")).await.unwrap_err().cause, Cause::Login);
    assert_eq!(runs(folder.path()), 0);
    link.login().await.unwrap();
    assert!(read(&link, get("/")).await.unwrap().1.contains("Bearer t1"));
    assert_eq!(runs(folder.path()), 1);
}

#[tokio::test]
async fn a_token_file_is_read_again_after_a_401() {
    let server = Server::start(Setup::default(), |request: Request<Incoming>| async move {
        if header(&request, "authorization") == "Bearer old" {
            status(401)
        } else {
            echo(request).await
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "first\n").unwrap();
    let user = AuthInfo {
        token_file: Some(file.to_str().unwrap().into()),
        ..AuthInfo::default()
    };
    let link = connect(&server.target(user)).unwrap();
    assert!(
        read(&link, get("/"))
            .await
            .unwrap()
            .1
            .contains("Bearer first")
    );
    std::fs::write(&file, "old").unwrap();
    assert!(
        read(&link, get("/"))
            .await
            .unwrap()
            .1
            .contains("Bearer first")
    );
    assert_eq!(link.meter().requests(), 2);

    let link = connect(link.target()).unwrap();
    let (old, new) = (read(&link, get("/")).await.unwrap(), read(&link, get("/")));
    assert_eq!(old.0, 401);
    std::fs::write(&file, "new").unwrap();
    assert!(new.await.unwrap().1.contains("Bearer new"));
}

#[tokio::test]
async fn client_certificates_come_from_the_kubeconfig_or_the_plugin() {
    let setup = || Setup {
        wants_certificate: true,
        ..Setup::default()
    };
    let server = Server::start(setup(), echo).await;
    let (certificate, key) = server.authority.sign(&["dev"], |_| {});
    let own = AuthInfo {
        client_certificate_data: Some(testbed::base64(&certificate)),
        client_key_data: Some(testbed::base64(&key).into()),
        ..AuthInfo::default()
    };
    let link = connect(&server.target(own.clone())).unwrap();
    assert_eq!(read(&link, get("/")).await.unwrap().0, 200);

    let folder = tempfile::tempdir().unwrap();
    let answer = serde_json::json!({
        "apiVersion": "client.authentication.k8s.io/v1",
        "status": {"clientCertificateData": certificate, "clientKeyData": key},
    });
    std::fs::write(folder.path().join("answer"), answer.to_string()).unwrap();
    let user = plugin(&format!("cat {}", folder.path().join("answer").display()));
    let link = connect(&server.target(user)).unwrap();
    assert_eq!(read(&link, get("/")).await.unwrap().0, 200);

    let other = Server::start(setup(), echo).await;
    for user in [own, AuthInfo::default()] {
        let problem = fails(&other.target(user)).await;
        assert_eq!(problem.cause, Cause::Credentials, "{problem}");
        assert!(
            problem
                .what
                .contains("does not accept the client certificate"),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn removed_login_methods_name_the_plugin() {
    for (name, plugin) in [("gcp", "gke-gcloud-auth-plugin"), ("azure", "kubelogin")] {
        let provider = kube::config::AuthProviderConfig {
            name: name.into(),
            ..Default::default()
        };
        let user = AuthInfo {
            auth_provider: Some(provider),
            ..AuthInfo::default()
        };
        let problem = connect(&testbed::target("https://a.example.com", user))
            .err()
            .unwrap();
        assert!(problem.hint.unwrap().contains(plugin));
    }
}
