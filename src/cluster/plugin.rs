//! Running a credential plugin (client.authentication.k8s.io, v1 and v1beta1): one process, one credential.
//!
//! Quietly, for the screen is ours: no stdin, stdout and stderr captured, in a process group of its own so that it
//! cannot read keys from the terminal either. Or, after the screen was left, with the terminal for a person to log in.
//! Caching and sharing are the business of `credentials`.

use std::{io, process::Stdio, time::Duration};

use jiff::Timestamp;
use kube::config::{ExecAuthCluster, ExecConfig, ExecInteractiveMode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::model::{
    Cause, Problem,
    sanitize::{clean, clean_within},
};

/// How long a plugin may take that has no person to wait for.
const PATIENCE: Duration = Duration::from_mins(1);
/// The lines of stderr that are worth repeating.
const TAIL: usize = 4;

const VERSIONS: [&str; 2] = [
    "client.authentication.k8s.io/v1",
    "client.authentication.k8s.io/v1beta1",
];

/// What a plugin gives.
pub(super) struct Credential {
    pub(super) token: Option<SecretString>,
    pub(super) certificate: Option<(String, SecretString)>,
    pub(super) expires: Option<Timestamp>,
}

/// Whether the terminal is the plugin's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Terminal {
    Ours,
    Lent,
}

/// Runs it without a person, for at most [`PATIENCE`].
pub(super) async fn run(exec: &ExecConfig) -> Result<Credential, Problem> {
    run_within(exec, PATIENCE).await
}

/// Runs it with the terminal: for as long as the person takes.
pub(super) async fn run_with_terminal(exec: &ExecConfig) -> Result<Credential, Problem> {
    let command = prepare(exec, Terminal::Lent)?;
    finish(exec, command, Terminal::Lent).await
}

async fn run_within(exec: &ExecConfig, patience: Duration) -> Result<Credential, Problem> {
    if exec.interactive_mode == Some(ExecInteractiveMode::Always) {
        let what = format!("{} wants a person at the terminal", name(exec));
        return Err(Problem::new(Cause::Login, what)
            .hint("Log in, and the plugin gets the terminal for as long as it runs"));
    }
    let command = prepare(exec, Terminal::Ours)?;
    let finished = tokio::time::timeout(patience, finish(exec, command, Terminal::Ours)).await;
    finished.unwrap_or_else(|_| {
        let what = format!(
            "{} did not end within {} s",
            name(exec),
            patience.as_secs().max(1)
        );
        Err(Problem::new(Cause::Credentials, what).hint(advice(exec)))
    })
}

fn prepare(exec: &ExecConfig, terminal: Terminal) -> Result<Command, Problem> {
    let version = exec.api_version.as_deref().unwrap_or_default();
    if !VERSIONS.contains(&version) {
        let what = format!(
            "{} is set up for {}, which is too old",
            name(exec),
            clean_within(version, 80)
        );
        return Err(Problem::new(Cause::Config, what)
            .hint(format!("Set its apiVersion to {}", VERSIONS[0])));
    }
    let program = exec
        .command
        .as_deref()
        .filter(|program| !program.is_empty());
    let program = program.ok_or_else(|| {
        Problem::new(
            Cause::Config,
            "The credential plugin in the kubeconfig has no command",
        )
    })?;
    let mut command = Command::new(program);
    command.args(exec.args.iter().flatten());
    let pairs = exec.env.iter().flatten();
    command.envs(pairs.filter_map(|pair| Some((pair.get("name")?, pair.get("value")?))));
    command.env("KUBERNETES_EXEC_INFO", info(exec, version, terminal));
    command.stdout(Stdio::piped()).kill_on_drop(true);
    match terminal {
        Terminal::Ours => {
            command.stdin(Stdio::null()).stderr(Stdio::piped());
            // In the background group, a read from the terminal stops the plugin instead of taking the person's keys.
            #[cfg(unix)]
            command.process_group(0);
        }
        Terminal::Lent => {
            command.stdin(Stdio::inherit()).stderr(Stdio::inherit());
        }
    }
    Ok(command)
}

async fn finish(
    exec: &ExecConfig,
    mut command: Command,
    terminal: Terminal,
) -> Result<Credential, Problem> {
    let child = command.spawn().map_err(|error| unstartable(exec, &error))?;
    let done = child
        .wait_with_output()
        .await
        .map_err(|error| unstartable(exec, &error))?;
    if !done.status.success() {
        let said = tail(&done.stderr);
        let said = if said.is_empty() {
            String::new()
        } else {
            format!(": {said}")
        };
        let what = format!("{} failed ({}){said}", name(exec), done.status);
        return Err(Problem::new(Cause::Credentials, what).hint(match terminal {
            Terminal::Ours => advice(exec),
            Terminal::Lent => "Try again, or run that command yourself".to_owned(),
        }));
    }
    read(exec, &done.stdout, &done.stderr)
}

/// What the plugin may know of us. Cluster information only where the kubeconfig says so.
fn info(exec: &ExecConfig, version: &str, terminal: Terminal) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Info<'a> {
        kind: &'a str,
        api_version: &'a str,
        spec: Spec<'a>,
    }
    #[derive(Serialize)]
    struct Spec<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        cluster: Option<&'a ExecAuthCluster>,
        interactive: bool,
    }
    let may_ask = exec.interactive_mode != Some(ExecInteractiveMode::Never);
    let info = Info {
        kind: "ExecCredential",
        api_version: version,
        spec: Spec {
            cluster: exec.cluster.as_ref().filter(|_| exec.provide_cluster_info),
            interactive: terminal == Terminal::Lent && may_ask,
        },
    };
    serde_json::to_string(&info).unwrap_or_default()
}

fn read(exec: &ExecConfig, stdout: &[u8], stderr: &[u8]) -> Result<Credential, Problem> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        api_version: Option<String>,
        status: Option<Status>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Status {
        expiration_timestamp: Option<String>,
        token: Option<SecretToken>,
        client_certificate_data: Option<String>,
        client_key_data: Option<SecretToken>,
    }
    // JSON is what the protocol says; client-go also takes YAML, and some scripts rely on it.
    let text = String::from_utf8_lossy(stdout);
    let answer: Answer = serde_json::from_slice(stdout)
        .ok()
        .or_else(|| serde_saphyr::from_str(&text).ok())
        .ok_or_else(|| useless(exec, "an answer that is not an ExecCredential", stderr))?;
    if answer.api_version.is_some() && answer.api_version != exec.api_version {
        return Err(useless(
            exec,
            "a credential of another version than it was asked for",
            stderr,
        ));
    }
    let status = answer
        .status
        .ok_or_else(|| useless(exec, "no status", stderr))?;
    let expires = status
        .expiration_timestamp
        .map(|at| at.parse::<Timestamp>())
        .transpose()
        .map_err(|_| useless(exec, "an expirationTimestamp that is not a time", stderr))?;
    let certificate = match (status.client_certificate_data, status.client_key_data) {
        (Some(certificate), Some(key)) => Some((certificate, key.0)),
        (None, None) => None,
        _ => {
            return Err(useless(
                exec,
                "a certificate without key, or a key without certificate",
                stderr,
            ));
        }
    };
    if status.token.is_none() && certificate.is_none() {
        return Err(useless(exec, "neither token nor certificate", stderr));
    }
    Ok(Credential {
        token: status.token.map(|token| token.0),
        certificate,
        expires,
    })
}

/// Keeps a token out of the plain strings from the first moment on.
struct SecretToken(SecretString);

impl<'de> Deserialize<'de> for SecretToken {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self(SecretString::from(text)))
    }
}

fn unstartable(exec: &ExecConfig, error: &io::Error) -> Problem {
    let what = match error.kind() {
        io::ErrorKind::NotFound => format!("{} is not installed, or not in PATH", name(exec)),
        io::ErrorKind::PermissionDenied => format!("{} may not be run", name(exec)),
        _ => format!("{} could not be run: {error}", name(exec)),
    };
    let hint = match exec.install_hint.as_deref().map(str::trim) {
        Some(text) if !text.is_empty() => clean_within(text, 400).into_owned(),
        _ => "Install it, or correct its command in the kubeconfig".to_owned(),
    };
    Problem::new(Cause::Credentials, what).hint(hint)
}

fn useless(exec: &ExecConfig, gave: &str, stderr: &[u8]) -> Problem {
    let said = tail(stderr);
    let said = if said.is_empty() {
        String::new()
    } else {
        format!(" ({said})")
    };
    Problem::new(
        Cause::Credentials,
        format!("{} gave {gave}{said}", name(exec)),
    )
    .hint(advice(exec))
}

fn advice(exec: &ExecConfig) -> String {
    if may_log_in(exec) {
        "Log in to run it with the terminal, or run that command yourself".to_owned()
    } else {
        "Run that command yourself to see what it wants".to_owned()
    }
}

/// Whether handing it the terminal could help.
pub(super) fn may_log_in(exec: &ExecConfig) -> bool {
    exec.interactive_mode != Some(ExecInteractiveMode::Never)
}

/// The command line, as a person would type it.
fn name(exec: &ExecConfig) -> String {
    let words = exec.command.iter().chain(exec.args.iter().flatten());
    let line: Vec<&str> = words.map(String::as_str).collect();
    format!(
        "The credential plugin “{}”",
        clean_within(&line.join(" "), 200)
    )
}

/// The last lines it wrote, as one.
fn tail(stderr: &[u8]) -> String {
    const KEPT: usize = 16 * 1024;
    let end = &stderr[stderr.len().saturating_sub(KEPT)..];
    let text = String::from_utf8_lossy(end);
    let lines: Vec<_> = text
        .lines()
        .map(clean)
        .filter(|line| !line.trim().is_empty())
        .collect();
    let last: Vec<&str> = lines[lines.len().saturating_sub(TAIL)..]
        .iter()
        .map(|line| line.trim())
        .collect();
    clean_within(&last.join(" / "), 400).into_owned()
}

#[cfg(test)]
#[path = "plugin_tests.rs"]
mod tests;
