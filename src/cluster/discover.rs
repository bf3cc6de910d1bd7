//! Which kinds a cluster serves: in two requests, or, of a server older than 1.27, a request for each group and version.

use std::sync::Arc;

use super::ask::Asker;
use crate::{
    kinds::discovery::{Discovered, of_version, root},
    model::{Cause, Change, Problem, Resource, row::Row},
};

/// All groups at once where the server can; `v2beta1` is what 1.27 to 1.29 speak.
const ALL_AT_ONCE: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/// Every kind that can be listed, in the server's order.
pub(super) async fn discover(asker: &Asker) -> Result<Vec<Change>, Problem> {
    let mut kinds: Vec<Arc<Resource>> = Vec::new();
    for path in ["/api", "/apis"] {
        let body = read(asker, path, ALL_AT_ONCE).await?;
        match root(&body) {
            Some(Discovered::Kinds(found)) => kinds.extend(found),
            Some(Discovered::Versions(versions)) => {
                for (group, version) in versions {
                    let at = if group.is_empty() {
                        format!("{path}/{version}")
                    } else {
                        format!("{path}/{group}/{version}")
                    };
                    // A group whose own server is away must not cost the others.
                    match read(asker, &at, "application/json").await {
                        Ok(body) if of_version(&mut kinds, &group, &version, &body) => {}
                        Ok(_) => tracing::info!(path = at, "discovery can not be read"),
                        Err(problem) if problem.cause == Cause::Unreachable => return Err(problem),
                        Err(problem) => tracing::info!(path = at, %problem, "discovery failed"),
                    }
                }
            }
            None => {
                let what = format!("What the server says of its kinds ({path}) can not be read");
                return Err(Problem::new(Cause::Garbled, what));
            }
        }
    }
    let put = |kind| Change::Put(Row::Kind(kind));
    Ok(kinds.into_iter().map(put).collect())
}

async fn read(asker: &Asker, path: &str, accept: &str) -> Result<Vec<u8>, Problem> {
    let answer = asker.fetch(("list", "kinds", None), path, accept).await?;
    answer.all().await
}
