//! The legacy OIDC auth-provider, by way of kube: it checks the id-token's end and refreshes it with the issuer.
//!
//! kube keeps that inside a layer that puts a header on requests; an empty request is sent through it to get the header.

use std::time::Duration;

use http::{HeaderValue, Request, Response, header::AUTHORIZATION};
use kube::{
    Config,
    client::{Body, ConfigExt as _},
    config::AuthInfo,
};
use tokio::sync::OnceCell;
use tower::{BoxError, Layer as _, ServiceExt as _, service_fn, util::BoxCloneSyncService};

use super::kubeconfig::Target;
use crate::model::{Cause, Problem, sanitize::clean_within};

/// An id-token that ended in 1970: kube insists on one, where kubectl is content with a refresh token.
const ENDED: &str = "e30.eyJleHAiOjB9.";
const PATIENCE: Duration = Duration::from_secs(30);

type Bearer = BoxCloneSyncService<Request<Body>, Response<HeaderValue>, BoxError>;

pub(super) struct Oidc {
    config: Config,
    bearer: OnceCell<Bearer>,
}

impl Oidc {
    pub(super) fn new(target: &Target) -> Self {
        let mut config = Config::new(target.server.clone());
        let mut provider = target.identity.auth_provider.clone();
        if let Some(provider) = &mut provider {
            provider
                .config
                .entry("id-token".to_owned())
                .or_insert_with(|| ENDED.to_owned());
        }
        config.auth_info = AuthInfo {
            auth_provider: provider,
            ..AuthInfo::default()
        };
        Self {
            config,
            bearer: OnceCell::new(),
        }
    }

    /// The header with a token that has not ended.
    pub(super) async fn header(&self) -> Result<HeaderValue, Problem> {
        let bearer = self.bearer.get_or_try_init(|| self.make()).await?;
        let asked = bearer.clone().oneshot(Request::new(Body::empty()));
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(answer)) => Ok(answer.into_body()),
            Ok(Err(error)) => Err(failed(&innermost(&*error))),
            Err(_) => Err(failed("the issuer did not answer")),
        }
    }

    /// On a thread that may block: kube reads the system's certificates for it.
    async fn make(&self) -> Result<Bearer, Problem> {
        let config = self.config.clone();
        let made = tokio::task::spawn_blocking(move || config.auth_layer()).await;
        match made {
            Ok(Ok(Some(layer))) => Ok(BoxCloneSyncService::new(layer.layer(service_fn(carried)))),
            Ok(Ok(None)) | Err(_) => Err(failed("the auth-provider is not complete")),
            Ok(Err(error)) => Err(failed(&innermost(&error))),
        }
    }
}

async fn carried(request: Request<Body>) -> Result<Response<HeaderValue>, BoxError> {
    let header = request.headers().get(AUTHORIZATION).cloned();
    header
        .map(Response::new)
        .ok_or_else(|| BoxError::from("no token"))
}

fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut at = error;
    while let Some(next) = at.source() {
        at = next;
    }
    at.to_string()
}

fn failed(why: &str) -> Problem {
    let what = format!(
        "The OIDC token could not be renewed: {}",
        clean_within(why, 200)
    );
    Problem::new(Cause::Credentials, what)
        .hint("Log in with the issuer again, or use an exec plugin for OIDC")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

    use kube::config::AuthProviderConfig;

    use super::*;
    use crate::cluster::testbed;

    fn with(config: &[(&str, &str)]) -> Oidc {
        let provider = AuthProviderConfig {
            name: "oidc".to_owned(),
            config: config
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
            ..AuthProviderConfig::default()
        };
        let user = AuthInfo {
            auth_provider: Some(provider),
            ..AuthInfo::default()
        };
        Oidc::new(&testbed::target("https://api.example.com", user))
    }

    #[tokio::test]
    async fn a_token_that_has_not_ended_is_used_and_one_that_has_needs_the_issuer() {
        // {"exp":4102444800}: the year 2100.
        let good = "e30.eyJleHAiOjQxMDI0NDQ4MDB9.";
        let header = with(&[("id-token", good)]).header().await.unwrap();
        assert_eq!(header, format!("Bearer {good}"));

        for config in [&[("id-token", ENDED)][..], &[]] {
            let problem = with(config).header().await.unwrap_err();
            assert_eq!(
                problem.what,
                "The OIDC token could not be renewed: missing field idp-issuer-url"
            );
        }
    }
}
