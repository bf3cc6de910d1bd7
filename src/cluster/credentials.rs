//! Who we are to the server: a header, a certificate, or both; fetched once, kept until it expires.
//!
//! ```text
//!  request ─→ current() ─→ nobody · fixed · file (60 s) · plugin (Flight) · OIDC
//!     ↑ 401       │
//!     └─ renew(number of the refused one) ─→ runs the plugin again, unless another request already did
//! ```

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use kube::config::{AuthInfo, ExecConfig};
use secrecy::{ExposeSecret, SecretString};

use super::{flight::Flight, kubeconfig::Target, oidc::Oidc, plugin};
use crate::model::{Cause, Problem};

/// Kubernetes rotates mounted tokens; client-go looks once a minute, too.
const FILE_AGE: Duration = Duration::from_mins(1);
/// A credential is renewed this long before it ends.
const MARGIN: SignedDuration = SignedDuration::from_mins(1);
/// …but is used for at least this long, whatever a wrong clock makes of its end.
const AT_LEAST: SignedDuration = SignedDuration::from_secs(10);
/// A failure answers for this long: a burst of requests must not become a burst of plugin runs.
const FAILURE_AGE: SignedDuration = SignedDuration::from_secs(2);

/// A client certificate that did not come from the kubeconfig.
pub(super) struct Identity {
    pub(super) certificate: String,
    pub(super) key: SecretString,
}

/// What a request carries. Each issue has its number, so that a refused one can be told from its successor.
pub(super) struct Issued {
    pub(super) number: u64,
    pub(super) header: Option<HeaderValue>,
    pub(super) identity: Option<Identity>,
    renew_at: Option<Timestamp>,
}

enum Source {
    /// No credential, or one that never changes (a certificate in the kubeconfig is the TLS configuration's).
    Fixed(Arc<Issued>),
    File {
        path: PathBuf,
        /// The token beside the file in the kubeconfig, should the file be unreadable.
        instead: Option<SecretString>,
        last: Mutex<Option<(Instant, Arc<Issued>)>>,
    },
    Plugin {
        exec: Arc<ExecConfig>,
        flight: Flight<Arc<Issued>>,
        failed: Arc<Mutex<Option<Timestamp>>>,
    },
    Oidc(Box<Oidc>),
}

/// The one place credentials come from, shared by every request of a link.
pub(super) struct Credentials {
    source: Source,
    numbers: Arc<AtomicU64>,
}

impl Credentials {
    /// Chooses the source; runs and reads nothing yet.
    pub(super) fn new(target: &Target) -> Result<Self, Problem> {
        let user = &target.identity;
        let numbers = Arc::new(AtomicU64::new(1));
        Ok(Self {
            source: source(target, user)?,
            numbers,
        })
    }

    /// What the next request should carry.
    pub(super) async fn current(&self) -> Result<Arc<Issued>, Problem> {
        self.fetch(None).await
    }

    /// What to carry instead of what was refused; None where there can be nothing else.
    pub(super) async fn renew(&self, refused: u64) -> Option<Result<Arc<Issued>, Problem>> {
        match &self.source {
            Source::Fixed(_) | Source::Oidc(_) => None,
            Source::File { .. } | Source::Plugin { .. } => Some(self.fetch(Some(refused)).await),
        }
    }

    async fn fetch(&self, refused: Option<u64>) -> Result<Arc<Issued>, Problem> {
        match &self.source {
            Source::Fixed(issued) => Ok(Arc::clone(issued)),
            Source::File {
                path,
                instead,
                last,
            } => self.read(path, instead.as_ref(), last, refused).await,
            Source::Oidc(oidc) => Ok(Arc::new(self.issue(Some(oidc.header().await?), None, None))),
            Source::Plugin {
                exec,
                flight,
                failed,
            } => {
                let good = |outcome: &Result<Arc<Issued>, Problem>| match outcome {
                    Ok(issued) => {
                        Some(issued.number) != refused
                            && issued.renew_at.is_none_or(|at| Timestamp::now() < at)
                    }
                    Err(_) => lock(failed).is_some_and(|at| Timestamp::now() < at + FAILURE_AGE),
                };
                let run = || {
                    let (exec, numbers, failed) = (
                        Arc::clone(exec),
                        Arc::clone(&self.numbers),
                        Arc::clone(failed),
                    );
                    async move {
                        let outcome = plugin::run(&exec)
                            .await
                            .and_then(|got| issued(&numbers, got));
                        *lock(&failed) = outcome.is_err().then(Timestamp::now);
                        outcome.map(Arc::new)
                    }
                };
                flight.join(good, run).await
            }
        }
    }

    /// Whether [`Self::login`] could help.
    pub(super) fn can_log_in(&self) -> bool {
        matches!(&self.source, Source::Plugin { exec, .. } if plugin::may_log_in(exec))
    }

    /// Runs the plugin with the terminal, and keeps what it gives for all requests.
    pub(super) async fn login(&self) -> Result<(), Problem> {
        let Source::Plugin { exec, flight, .. } = &self.source else {
            let what = "There is no credential plugin to log in with";
            return Err(Problem::new(Cause::Credentials, what)
                .hint("Renew the credentials in the kubeconfig"));
        };
        let credential = plugin::run_with_terminal(exec).await?;
        flight.put(Arc::new(issued(&self.numbers, credential)?));
        Ok(())
    }

    async fn read(
        &self,
        path: &PathBuf,
        instead: Option<&SecretString>,
        last: &Mutex<Option<(Instant, Arc<Issued>)>>,
        refused: Option<u64>,
    ) -> Result<Arc<Issued>, Problem> {
        let known = lock(last).clone();
        if let Some((read_at, issued)) = &known
            && read_at.elapsed() < FILE_AGE
            && Some(issued.number) != refused
        {
            return Ok(Arc::clone(issued));
        }
        let header = match tokio::fs::read_to_string(path).await {
            Ok(text) => bearer(text.trim())?,
            // A file that was there once and is gone: the last token may still be good.
            Err(error) => match (known, instead) {
                (Some((_, issued)), _) => return Ok(issued),
                (None, Some(token)) => bearer(token.expose_secret())?,
                (None, None) => {
                    let what = format!("Cannot read the token file {}: {error}", path.display());
                    return Err(Problem::new(Cause::Credentials, what)
                        .hint("Correct the tokenFile in the kubeconfig"));
                }
            },
        };
        let issued = Arc::new(self.issue(Some(header), None, None));
        *lock(last) = Some((Instant::now(), Arc::clone(&issued)));
        Ok(issued)
    }

    fn issue(
        &self,
        header: Option<HeaderValue>,
        identity: Option<Identity>,
        renew_at: Option<Timestamp>,
    ) -> Issued {
        Issued {
            number: self.numbers.fetch_add(1, Ordering::Relaxed),
            header,
            identity,
            renew_at,
        }
    }
}

/// The order is kubectl's: a token (file first) before a password before a plugin.
fn source(target: &Target, user: &AuthInfo) -> Result<Source, Problem> {
    let fixed = |header| {
        Source::Fixed(Arc::new(Issued {
            number: 0,
            header,
            identity: None,
            renew_at: None,
        }))
    };
    if let Some(path) = user.token_file.as_deref().filter(|path| !path.is_empty()) {
        return Ok(Source::File {
            path: path.into(),
            instead: user.token.clone(),
            last: Mutex::new(None),
        });
    }
    if let Some(token) = user
        .token
        .as_ref()
        .filter(|token| !token.expose_secret().is_empty())
    {
        return Ok(fixed(Some(bearer(token.expose_secret())?)));
    }
    if let Some(name) = user.username.as_deref().filter(|name| !name.is_empty()) {
        let password = user
            .password
            .as_ref()
            .map(ExposeSecret::expose_secret)
            .unwrap_or_default();
        return Ok(fixed(Some(header(
            "Basic",
            &STANDARD.encode(format!("{name}:{password}")),
        )?)));
    }
    if let Some(exec) = &user.exec {
        return Ok(Source::Plugin {
            exec: Arc::new(exec.clone()),
            flight: Flight::new(),
            failed: Arc::default(),
        });
    }
    match user
        .auth_provider
        .as_ref()
        .map(|provider| provider.name.as_str())
    {
        None => Ok(fixed(None)),
        Some("oidc") => Ok(Source::Oidc(Box::new(Oidc::new(target)))),
        Some(name) => {
            let what = format!(
                "The user “{}” logs in with the auth-provider {name}, which Kubernetes has removed",
                target.user
            );
            let plugin = match name {
                "gcp" => "Use the exec plugin gke-gcloud-auth-plugin",
                "azure" => "Use the exec plugin kubelogin",
                _ => "Use an exec plugin",
            };
            Err(Problem::new(Cause::Credentials, what)
                .hint(format!("{plugin} instead: fetch the kubeconfig again")))
        }
    }
}

fn issued(numbers: &AtomicU64, credential: plugin::Credential) -> Result<Issued, Problem> {
    let now = Timestamp::now();
    let token = credential
        .token
        .as_ref()
        .map(|token| bearer(token.expose_secret()));
    Ok(Issued {
        number: numbers.fetch_add(1, Ordering::Relaxed),
        header: token.transpose()?,
        identity: credential
            .certificate
            .map(|(certificate, key)| Identity { certificate, key }),
        renew_at: credential.expires.map(|end| {
            let early = end.checked_sub(MARGIN).unwrap_or(end);
            early.max(now + AT_LEAST)
        }),
    })
}

fn bearer(token: &str) -> Result<HeaderValue, Problem> {
    header("Bearer", token)
}

pub(super) fn header(scheme: &str, secret: &str) -> Result<HeaderValue, Problem> {
    let value = HeaderValue::try_from(format!("{scheme} {secret}"));
    let mut value = value.map_err(|_| {
        Problem::new(
            Cause::Credentials,
            "The token holds characters that no token can have",
        )
        .hint("Fetch it again: a line break or quote may have been copied with it")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "credentials_tests.rs"]
mod tests;
