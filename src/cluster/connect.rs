//! A link to one cluster: a `kube::Client` over connections, credentials and limits of our own.
//!
//! ```text
//!  kube::Client → base URI → gunzip → headers → Courier ─┬→ trunk: ONE HTTP/2 connection for all ┐
//!                                                        └→ sidings: HTTP/1.1 pool (upgrades,    ├→ Dialer
//!                                                                    http://, servers without h2)┘
//! ```
//!
//! Nothing is dialled before the first request. Nothing is repeated, save a request that was refused with 401, once
//! and with a renewed credential, and one that never left because its connection was just being closed.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::{
    HeaderMap, HeaderValue, Request, Response, StatusCode,
    header::{AUTHORIZATION, UPGRADE, USER_AGENT},
};
use hyper::body::Incoming;
use kube::{
    Client, Config,
    client::{Body, ConfigExt as _},
    config::AuthInfo,
};
use tower::{BoxError, ServiceBuilder, service_fn};
use tower_http::decompression::DecompressionLayer;

use super::{
    credentials::{Credentials, Issued},
    dial::Dialer,
    flight::Flight,
    kubeconfig::Target,
    lanes::{self, Siding, Trunk},
    meter::Meter,
    problem::{place, problem, problem_at, status_problem},
};
use crate::model::{Cause, Problem};

const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// A request's own limit for how long its headers may take, put into its extensions: for watches, which a server may
/// leave without an answer until something happens.
#[derive(Clone, Copy, Debug)]
pub struct AnswerWithin(pub Duration);

/// A connection to one cluster as one user. Clones share everything.
#[derive(Clone)]
pub struct Link {
    client: Client,
    courier: Arc<Courier>,
}

/// Prepares a link without any network. Needs a tokio runtime around it.
pub fn connect(target: &Target) -> Result<Link, Problem> {
    let mut config = Config::new(target.server.clone());
    let agent = HeaderValue::from_static(concat!("barkeep/", env!("CARGO_PKG_VERSION")));
    config.headers.push((USER_AGENT, agent));
    let user = &target.identity;
    config.auth_info = AuthInfo {
        impersonate: user.impersonate.clone(),
        impersonate_uid: user.impersonate_uid.clone(),
        impersonate_groups: user.impersonate_groups.clone(),
        impersonate_user_extra: user.impersonate_user_extra.clone(),
        ..AuthInfo::default()
    };
    let headers = config.extra_headers_layer().map_err(|_| {
        Problem::new(
            Cause::Config,
            "The user or a group to act as holds characters that no header can have",
        )
        .hint("Check --as and --as-group, or as: and as-groups: in the kubeconfig")
    })?;
    let meter = Arc::new(Meter::default());
    let target = Arc::new(target.clone());
    let courier = Arc::new(Courier {
        credentials: Credentials::new(&target)?,
        dialer: Arc::new(Dialer::new(Arc::clone(&target), Arc::clone(&meter))),
        trunk: Flight::new(),
        siding: Mutex::new(None),
        answer_within: target
            .request_timeout
            .filter(|limit| !limit.is_zero())
            .unwrap_or(ANSWER_WITHIN),
        meter,
        target,
    });
    let carrying = Arc::clone(&courier);
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .layer(
            DecompressionLayer::new()
                .gzip(courier.target.settings.disable_compression != Some(true)),
        )
        .layer(headers)
        .service(service_fn(move |request| {
            let courier = Arc::clone(&carrying);
            async move { courier.send(request).await.map_err(BoxError::from) }
        }));
    let namespace = courier
        .target
        .namespace
        .clone()
        .unwrap_or_else(|| "default".to_owned());
    Ok(Link {
        client: Client::new(service, namespace),
        courier,
    })
}

impl Link {
    /// For requests.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What went over the wire.
    pub fn meter(&self) -> &Meter {
        &self.courier.meter
    }

    /// Whom we talk to, and as whom.
    pub fn target(&self) -> &Target {
        &self.courier.target
    }

    /// Whether [`Self::login`] could help after a failure of the credentials.
    pub fn can_log_in(&self) -> bool {
        self.courier.credentials.can_log_in()
    }

    /// Runs the credential plugin with the real terminal, which the caller has left, and keeps the credential for all
    /// requests from now on. Dropping the future ends the plugin.
    pub async fn login(&self) -> Result<(), Problem> {
        self.courier.credentials.login().await
    }

    /// A failed request as a sentence.
    pub fn problem(&self, error: &kube::Error) -> Problem {
        let said = problem(error, &self.courier.target.server);
        match error {
            kube::Error::Api(status) if status.code == StatusCode::UNAUTHORIZED => {
                self.naming(said)
            }
            _ => said,
        }
    }

    /// A refusal as a sentence; see [`status_problem`].
    pub fn status_problem(
        &self,
        verb: &str,
        plural: &str,
        namespace: Option<&str>,
        status: StatusCode,
        body: &[u8],
        headers: &HeaderMap,
    ) -> Problem {
        let said = status_problem(verb, plural, namespace, status, body, headers);
        if status == StatusCode::UNAUTHORIZED {
            self.naming(said)
        } else {
            said
        }
    }

    /// A refused credential is someone's: say whose.
    fn naming(&self, problem: Problem) -> Problem {
        let Target { context, user, .. } = self.target();
        let whose = if user.is_empty() {
            format!(
                "The context “{context}” names no user; choose another with --context or --user"
            )
        } else if self.can_log_in() {
            format!(
                "The login of user “{user}” (context “{context}”) may have expired: log in again"
            )
        } else {
            format!(
                "The token of user “{user}” (context “{context}”) may have expired: renew it in the kubeconfig"
            )
        };
        problem.hint(whose)
    }
}

/// Carries one request at a time to the server, any number of times at once.
struct Courier {
    target: Arc<Target>,
    credentials: Credentials,
    dialer: Arc<Dialer>,
    trunk: Flight<Trunk>,
    siding: Mutex<Option<Siding>>,
    meter: Arc<Meter>,
    answer_within: Duration,
}

impl Courier {
    async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, Problem> {
        let outcome = self.send_as_someone(request).await;
        self.meter.note(outcome.as_ref().err().cloned());
        outcome
    }

    async fn send_as_someone(&self, request: Request<Body>) -> Result<Response<Incoming>, Problem> {
        let spare = copy(&request);
        let issued = self.credentials.current().await?;
        let response = self.carry(request, &issued).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        let Some(spare) = spare else {
            return Ok(response);
        };
        let Some(renewed) = self.credentials.renew(issued.number).await else {
            return Ok(response);
        };
        let renewed = renewed?;
        if renewed.header == issued.header && renewed.identity.is_none() {
            return Ok(response);
        }
        drop(response);
        self.carry(spare, &renewed).await
    }

    /// One request on the wire; its headers are waited for so long and no longer.
    async fn carry(
        &self,
        mut request: Request<Body>,
        issued: &Arc<Issued>,
    ) -> Result<Response<Incoming>, Problem> {
        if let Some(header) = &issued.header {
            request.headers_mut().insert(AUTHORIZATION, header.clone());
        }
        let limit = request
            .extensions()
            .get::<AnswerWithin>()
            .map_or(self.answer_within, |own| own.0);
        self.meter.count_request();
        let answer = tokio::time::timeout(limit, self.route(request, issued))
            .await
            .unwrap_or_else(|_| {
                let what = format!(
                    "{} did not answer within {} s",
                    place(&self.target.server),
                    limit.as_secs().max(1)
                );
                Err(Problem::new(Cause::Unreachable, what)
                    .hint("The server is overloaded, or the network is slow"))
            })?;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            self.meter.count_throttled();
        }
        Ok(answer)
    }

    async fn route(
        &self,
        request: Request<Body>,
        issued: &Arc<Issued>,
    ) -> Result<Response<Incoming>, Problem> {
        let failed = |error: &(dyn std::error::Error + 'static)| {
            problem_at(error, &place(&self.target.server))
        };
        if request.headers().contains_key(UPGRADE)
            || self.target.server.scheme_str() == Some("http")
        {
            return self
                .siding(issued)
                .send(request)
                .await
                .map_err(|error| failed(&error));
        }
        let mut request = request;
        let mut spent = None;
        loop {
            let trunk = self.trunk(issued, spent).await?;
            let Trunk::Shared(mut shared) = trunk else {
                return self
                    .siding(issued)
                    .send(request)
                    .await
                    .map_err(|error| failed(&error));
            };
            match shared.sender.try_send_request(request).await {
                Ok(response) => return Ok(response),
                Err(mut refused) => match refused.take_message() {
                    // It never left: the connection was closing. Another one, and only once.
                    Some(unsent) if spent.is_none() => {
                        request = unsent;
                        spent = Some(shared.number);
                    }
                    _ => return Err(failed(refused.error())),
                },
            }
        }
    }

    async fn trunk(&self, issued: &Arc<Issued>, spent: Option<u64>) -> Result<Trunk, Problem> {
        let good = |outcome: &Result<Trunk, Problem>| match outcome {
            Ok(trunk) => trunk.serves(issued, spent),
            Err(_) => false,
        };
        let (dialer, issued) = (Arc::clone(&self.dialer), Arc::clone(issued));
        self.trunk.join(good, || lanes::lay(dialer, issued)).await
    }

    /// The pool of old connections; a plugin's new certificate needs new ones.
    fn siding(&self, issued: &Arc<Issued>) -> Siding {
        let mut kept = self.siding.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(siding) if siding.serves(issued) => siding.clone(),
            _ => {
                let siding = Siding::new(Arc::clone(&self.dialer), Arc::clone(issued));
                *kept = Some(siding.clone());
                siding
            }
        }
    }
}

/// A second copy for the case of a 401; None for a body that streams.
fn copy(request: &Request<Body>) -> Option<Request<Body>> {
    let mut copy = Request::new(request.body().try_clone()?);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.version_mut() = request.version();
    *copy.headers_mut() = request.headers().clone();
    *copy.extensions_mut() = request.extensions().clone();
    Some(copy)
}

#[cfg(test)]
#[path = "connect_tests.rs"]
mod tests;
