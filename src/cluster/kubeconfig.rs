//! From command line and kubeconfig to one target: which server, as whom, in which namespace.
//!
//! ```text
//!  Choice (flags) ─┐
//!  files::read ────┼→ context → cluster + user → Target → connect
//!  Surroundings ───┘      └ no file at all → the Pod's service account
//! ```
//!
//! Synchronous and without network: it runs before the first frame.

use std::{fmt, path::PathBuf, time::Duration};

use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use kube::config::{AuthInfo, Cluster, ExecAuthCluster, Kubeconfig};

use super::{
    door::Door,
    files::{Files, list},
    pem,
    surroundings::Surroundings,
};
use crate::model::{Cause, Problem, sanitize::clean_within};

/// What was asked for. Everything that is None is taken from the kubeconfig.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// `--kubeconfig`
    pub kubeconfig: Option<PathBuf>,
    /// `--context`
    pub context: Option<String>,
    /// `--cluster`
    pub cluster: Option<String>,
    /// `--user`
    pub user: Option<String>,
    /// `--namespace`
    pub namespace: Option<String>,
    /// `--as`
    pub as_user: Option<String>,
    /// `--as-group`, each
    pub as_groups: Vec<String>,
    /// `--request-timeout`
    pub request_timeout: Option<Duration>,
    /// The program runs already: advice about flags comes too late.
    pub runs: bool,
}

/// One cluster, one user: all that connecting needs.
#[derive(Clone)]
pub struct Target {
    /// The context's name, or `in-cluster`.
    pub context: String,
    /// Every context there is, in the order of the files.
    pub contexts: Vec<String>,
    /// The cluster's name in the kubeconfig.
    pub cluster: String,
    /// The user's name in the kubeconfig; empty for nobody.
    pub user: String,
    /// Where the API is.
    pub server: Uri,
    /// The namespace of the command line, else the context's.
    pub namespace: Option<String>,
    pub(super) settings: Cluster,
    pub(super) identity: AuthInfo,
    pub(super) proxy: Option<Intercept>,
    pub(super) request_timeout: Option<Duration>,
    /// The way to a server in this process, which needs no network.
    pub(super) door: Option<Door>,
}

impl fmt::Debug for Target {
    /// Without settings and identity: those hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("context", &self.context)
            .field("cluster", &self.cluster)
            .field("user", &self.user)
            .field("server", &self.server)
            .field("namespace", &self.namespace)
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}

/// Finds the target in files that have been read.
pub(super) fn resolve_from(
    choice: &Choice,
    files: &Files,
    around: &Surroundings,
) -> Result<Target, Problem> {
    let mut target = if files.read.is_empty() {
        in_cluster(around).ok_or_else(|| no_cluster(files))??
    } else {
        from_files(choice, files)?
    };
    if let Some(namespace) = &choice.namespace {
        target.namespace = Some(namespace.clone());
    }
    if let Some(user) = &choice.as_user {
        target.identity.impersonate = Some(user.clone());
        target.identity.impersonate_groups = None;
    }
    if !choice.as_groups.is_empty() {
        target.identity.impersonate_groups = Some(choice.as_groups.clone());
    }
    target.request_timeout = choice.request_timeout;
    target.proxy = proxy(&target, around)?;
    pem::check(&target)?;
    if let Some(exec) = &mut target.identity.exec
        && exec.provide_cluster_info
    {
        exec.cluster = ExecAuthCluster::try_from(&target.settings).ok();
    }
    Ok(target)
}

pub(super) fn no_cluster(files: &Files) -> Problem {
    let what = if files.missing.is_empty() {
        "There is no kubeconfig, and this is not a Pod".to_owned()
    } else {
        format!("There is no kubeconfig at {}", list(&files.missing))
    };
    Problem::new(Cause::NoCluster, what)
        .hint("Name one with --kubeconfig FILE or in KUBECONFIG, or put it at ~/.kube/config")
}

fn from_files(choice: &Choice, files: &Files) -> Result<Target, Problem> {
    let config = &files.merged;
    let contexts: Vec<String> = config
        .contexts
        .iter()
        .map(|named| named.name.clone())
        .collect();
    let name = match choice.context.as_ref().or(config.current_context.as_ref()) {
        Some(name) => name.clone(),
        None => return Err(no_context(files, &contexts)),
    };
    let context = config
        .contexts
        .iter()
        .find(|named| named.name == name)
        .ok_or_else(|| {
            let how = if choice.runs {
                "C or :ctx"
            } else {
                "--context"
            };
            unknown("context", &name, &contexts, &files.named(), how)
        })?
        .context
        .clone()
        .unwrap_or_default();
    let cluster = choice.cluster.clone().unwrap_or(context.cluster);
    let user = choice.user.clone().or(context.user).unwrap_or_default();
    let settings = cluster_named(config, &name, &cluster, files)?;
    let identity = user_named(config, &user, files)?;
    let server = server(&cluster, &settings, files)?;
    Ok(Target {
        context: name,
        contexts,
        cluster,
        user,
        server,
        namespace: context.namespace.filter(|namespace| !namespace.is_empty()),
        settings,
        identity,
        proxy: None,
        request_timeout: None,
        door: None,
    })
}

fn cluster_named(
    config: &Kubeconfig,
    context: &str,
    name: &str,
    files: &Files,
) -> Result<Cluster, Problem> {
    if name.is_empty() {
        let what = format!(
            "The context {} in {} names no cluster",
            quoted(context),
            files.named()
        );
        return Err(Problem::new(Cause::Config, what)
            .hint("Choose one with --cluster or another --context"));
    }
    let known: Vec<String> = config
        .clusters
        .iter()
        .map(|named| named.name.clone())
        .collect();
    let found = config.clusters.iter().find(|named| named.name == name);
    match found {
        Some(named) => Ok(named.cluster.clone().unwrap_or_default()),
        None => Err(unknown(
            "cluster",
            name,
            &known,
            &files.named(),
            "--cluster",
        )),
    }
}

/// No user at all is allowed: the server then decides what nobody may do.
fn user_named(config: &Kubeconfig, name: &str, files: &Files) -> Result<AuthInfo, Problem> {
    if name.is_empty() {
        return Ok(AuthInfo::default());
    }
    let known: Vec<String> = config
        .auth_infos
        .iter()
        .map(|named| named.name.clone())
        .collect();
    let found = config.auth_infos.iter().find(|named| named.name == name);
    match found {
        Some(named) => Ok(named.auth_info.clone().unwrap_or_default()),
        None => Err(unknown("user", name, &known, &files.named(), "--user")),
    }
}

/// The server as a base URI. Without a scheme kubectl takes https where TLS is configured, else http.
fn server(cluster: &str, settings: &Cluster, files: &Files) -> Result<Uri, Problem> {
    let text = settings.server.as_deref().unwrap_or_default().trim();
    if text.is_empty() {
        let what = format!(
            "The cluster {} in {} has no server",
            quoted(cluster),
            files.named()
        );
        return Err(Problem::new(Cause::Config, what).hint("Add server: https://HOST:PORT to it"));
    }
    let secure = settings.certificate_authority.is_some()
        || settings.certificate_authority_data.is_some()
        || settings.insecure_skip_tls_verify == Some(true);
    let whole = match (text.contains("://"), secure) {
        (true, _) => text.to_owned(),
        (false, true) => format!("https://{text}"),
        (false, false) => format!("http://{text}"),
    };
    match whole.parse::<Uri>() {
        Ok(uri) if matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some() => {
            Ok(uri)
        }
        _ => {
            let what = format!(
                "The server of the cluster {} in {} is not an address: {}",
                quoted(cluster),
                files.named(),
                clean_within(text, 100)
            );
            Err(Problem::new(Cause::Config, what).hint("It should look like https://HOST:PORT"))
        }
    }
}

/// The Pod's own service account, where there is one.
pub(super) fn in_cluster(around: &Surroundings) -> Option<Result<Target, Problem>> {
    let host = around.text(&["KUBERNETES_SERVICE_HOST"])?;
    let port = around.text(&["KUBERNETES_SERVICE_PORT"])?;
    let token = around.service_account.join("token");
    if !token.exists() {
        return None;
    }
    let address = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    let Ok(server) = format!("https://{address}:{port}").parse::<Uri>() else {
        let what = "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT do not make an address";
        return Some(Err(Problem::new(Cause::Config, what)));
    };
    let authority = around.service_account.join("ca.crt");
    let namespace = std::fs::read_to_string(around.service_account.join("namespace"));
    Some(Ok(Target {
        context: "in-cluster".to_owned(),
        contexts: vec!["in-cluster".to_owned()],
        cluster: "in-cluster".to_owned(),
        user: "service account".to_owned(),
        settings: Cluster {
            server: Some(server.to_string()),
            certificate_authority: Some(authority.to_string_lossy().into_owned()),
            ..Cluster::default()
        },
        identity: AuthInfo {
            token_file: Some(token.to_string_lossy().into_owned()),
            ..AuthInfo::default()
        },
        server,
        namespace: namespace
            .ok()
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty()),
        proxy: None,
        request_timeout: None,
        door: None,
    }))
}

/// The cluster's own proxy-url counts always; those of the environment only where `NO_PROXY` does not except the
/// server, and never for this machine.
fn proxy(target: &Target, around: &Surroundings) -> Result<Option<Intercept>, Problem> {
    let own = target
        .settings
        .proxy_url
        .as_deref()
        .filter(|url| !url.is_empty());
    let found = match own {
        Some(url) => Matcher::builder()
            .all(url.to_owned())
            .build()
            .intercept(&target.server),
        None if is_here(target.server.host()) => None,
        None => {
            let variable = |names| around.text(names).unwrap_or_default().to_owned();
            Matcher::builder()
                .https(variable(&["HTTPS_PROXY", "https_proxy"]))
                .http(variable(&["HTTP_PROXY", "http_proxy"]))
                .no(variable(&["NO_PROXY", "no_proxy"]))
                .build()
                .intercept(&target.server)
        }
    };
    let usable = |found: &Intercept| {
        matches!(
            found.uri().scheme_str(),
            Some("http" | "https" | "socks5" | "socks5h")
        )
    };
    match (found, own) {
        (Some(found), _) if usable(&found) => Ok(Some(found)),
        (None, None) => Ok(None),
        _ => {
            let what = format!(
                "The proxy for the cluster {} is not one we can use",
                quoted(&target.cluster)
            );
            Err(Problem::new(Cause::Config, what).hint(
                "A proxy is http://, https:// or socks5://HOST:PORT (proxy-url, HTTPS_PROXY)",
            ))
        }
    }
}

fn is_here(host: Option<&str>) -> bool {
    let host = host.unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

fn no_context(files: &Files, contexts: &[String]) -> Problem {
    let what = format!("No current-context is set in {}", files.named());
    let hint = match contexts {
        [] => "It has no contexts at all; name another file with --kubeconfig".to_owned(),
        some => format!("Choose with --context: {}", some_of(some)),
    };
    Problem::new(Cause::Config, what).hint(hint)
}

fn unknown(kind: &str, name: &str, known: &[String], place: &str, how: &str) -> Problem {
    let what = format!("There is no {kind} {} in {place}", quoted(name));
    let close = known
        .iter()
        .map(|other| {
            (
                strsim::damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase()),
                other,
            )
        })
        .filter(|(distance, other)| *distance <= 1 + other.chars().count() / 3)
        .min_by_key(|(distance, _)| *distance);
    let hint = match (close, known) {
        (Some((_, other)), _) => format!(
            "Did you mean {}? There are: {}",
            quoted(other),
            some_of(known)
        ),
        (None, []) => format!("It has no {kind}s at all"),
        (None, _) => format!("Choose with {how}: {}", some_of(known)),
    };
    Problem::new(Cause::Config, what).hint(hint)
}

fn quoted(name: &str) -> String {
    format!("“{}”", clean_within(name, 80))
}

/// The first names, so that a file of two hundred contexts still makes a sentence.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| clean_within(name, 80).into_owned())
        .collect();
    if names.len() > SHOWN {
        text.push(format!("and {} more", names.len() - SHOWN));
    }
    text.join(", ")
}

#[cfg(test)]
#[path = "kubeconfig_tests.rs"]
mod tests;
