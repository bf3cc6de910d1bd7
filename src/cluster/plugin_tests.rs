//! Small scripts as plugins.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use secrecy::ExposeSecret;

use super::*;

fn script(body: &str) -> ExecConfig {
    ExecConfig {
        api_version: Some(VERSIONS[0].to_owned()),
        command: Some("sh".to_owned()),
        args: Some(vec!["-c".to_owned(), body.to_owned()]),
        ..ExecConfig::default()
    }
}

async fn problem(exec: &ExecConfig) -> Problem {
    run_within(exec, Duration::from_millis(300))
        .await
        .err()
        .unwrap()
}

#[tokio::test]
async fn a_token_with_its_expiry_is_read() {
    let exec = script(
        r#"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",
           "status":{"token":"t","expirationTimestamp":"2030-01-02T03:04:05Z"}}'"#,
    );
    let credential = run(&exec).await.unwrap();
    assert_eq!(credential.token.unwrap().expose_secret(), "t");
    assert_eq!(
        credential.expires.unwrap().to_string(),
        "2030-01-02T03:04:05Z"
    );
}

#[tokio::test]
async fn it_is_told_the_version_and_the_cluster_and_sees_no_input() {
    let mut exec = script(
        r#"read line && exit 9
           token=$(echo "$KUBERNETES_EXEC_INFO$EXTRA" | sed 's/"/\\"/g')
           echo "{\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"status\":{\"token\":\"$token\"}}""#,
    );
    exec.api_version = Some(VERSIONS[1].to_owned());
    exec.provide_cluster_info = true;
    exec.cluster = Some(ExecAuthCluster {
        server: Some("https://a".into()),
        ..ExecAuthCluster::default()
    });
    exec.env = Some(vec![
        [
            ("name".into(), "EXTRA".into()),
            ("value".into(), "+".into()),
        ]
        .into(),
    ]);
    let token = run(&exec).await.unwrap().token.unwrap();
    assert_eq!(
        token.expose_secret(),
        r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"cluster":{"server":"https://a"},"interactive":false}}+"#
    );
}

#[tokio::test]
async fn each_failure_is_a_sentence() {
    let with = |exec: ExecConfig, change: fn(&mut ExecConfig)| {
        let mut exec = exec;
        change(&mut exec);
        exec
    };
    let v1 = r#""apiVersion":"client.authentication.k8s.io/v1""#;
    let table = [
        (
            with(script(""), |exec| {
                exec.command = Some("no-such-plugin".into());
                exec.args = Some(vec!["get-token".into()]);
                exec.install_hint = Some("brew install \u{1b}[1mit".into());
            }),
            "The credential plugin “no-such-plugin get-token” is not installed, or not in PATH. brew install it",
        ),
        (
            script("printf 'one\\ntwo\\n\\033[31mexpired\\033[0m session\\n' >&2; exit 3"),
            "The credential plugin “sh -c printf 'one\\ntwo\\n\\033[31mexpired\\033[0m session\\n' >&2; exit 3” \
             failed (exit status: 3): one / two / expired session. \
             Log in to run it with the terminal, or run that command yourself",
        ),
        (
            script("echo '<html>'"),
            "The credential plugin “sh -c echo '<html>'” gave an answer that is not an ExecCredential. \
             Log in to run it with the terminal, or run that command yourself",
        ),
        (
            with(script("echo {}"), |exec| {
                exec.interactive_mode = Some(ExecInteractiveMode::Never);
            }),
            "The credential plugin “sh -c echo {}” gave no status. Run that command yourself to see what it wants",
        ),
        (
            script("sleep 5"),
            "The credential plugin “sh -c sleep 5” did not end within 1 s. \
             Log in to run it with the terminal, or run that command yourself",
        ),
        (
            with(script("true"), |exec| {
                exec.interactive_mode = Some(ExecInteractiveMode::Always);
            }),
            "The credential plugin “sh -c true” wants a person at the terminal. \
             Log in, and the plugin gets the terminal for as long as it runs",
        ),
        (
            with(script("true"), |exec| {
                exec.api_version = Some("client.authentication.k8s.io/v1alpha1".into());
            }),
            "The credential plugin “sh -c true” is set up for client.authentication.k8s.io/v1alpha1, which is too old. \
             Set its apiVersion to client.authentication.k8s.io/v1",
        ),
    ];
    for (exec, expected) in table {
        assert_eq!(problem(&exec).await.to_string(), expected);
    }
    let answers = [
        (
            format!("{{{v1},\"status\":{{}}}}"),
            "gave neither token nor certificate",
        ),
        (
            format!("{{{v1},\"status\":{{\"token\":\"t\",\"clientKeyData\":\"k\"}}}}"),
            "gave a certificate without key",
        ),
        (
            format!("{{{v1},\"status\":{{\"token\":\"t\",\"expirationTimestamp\":\"soon\"}}}}"),
            "that is not a time",
        ),
        (
            "{\"apiVersion\":\"v2\",\"status\":{\"token\":\"t\"}}".to_owned(),
            "of another version",
        ),
    ];
    for (answer, expected) in answers {
        let found = problem(&script(&format!("echo '{answer}'"))).await;
        assert!(found.what.contains(expected), "{found}");
        assert_eq!(found.cause, Cause::Credentials);
    }
}
