//! The kubeconfig, read once: which contexts there are, and the target of each that is wanted.

use std::path::Path;

use super::{
    files::{self, Files},
    kubeconfig::{Choice, Target, in_cluster, no_cluster, resolve_from},
    surroundings::Surroundings,
};
use crate::model::{Context, Offer, Problem, sanitize::clean_within};

/// What the kubeconfig's files say, and what this process was started with.
pub struct Contexts {
    files: Files,
    around: Surroundings,
}

impl Contexts {
    /// Reads `--kubeconfig`, else `KUBECONFIG`, else `~/.kube/config`; nothing of the network.
    pub fn read(kubeconfig: Option<&Path>) -> Result<Self, Problem> {
        Self::read_in(kubeconfig, Surroundings::of_process())
    }

    fn read_in(kubeconfig: Option<&Path>, around: Surroundings) -> Result<Self, Problem> {
        let files = files::read(kubeconfig, &around)?;
        Ok(Self { files, around })
    }

    /// Finds the target of a choice.
    pub fn resolve(&self, choice: &Choice) -> Result<Target, Problem> {
        resolve_from(choice, &self.files, &self.around)
    }

    /// Every context there is, in the order of the files; in a Pod without them, its own cluster.
    pub fn offers(&self) -> Result<Vec<Offer>, Problem> {
        if self.files.read.is_empty() {
            let own = in_cluster(&self.around).ok_or_else(|| no_cluster(&self.files))??;
            return Ok(vec![Offer {
                server: own.place(),
                context: Context::Named(own.context),
            }]);
        }
        let config = &self.files.merged;
        let server = |cluster: &str| {
            let found = config.clusters.iter().find(|named| named.name == cluster)?;
            let server = found.cluster.as_ref()?.server.as_deref()?;
            let bare = server.split_once("://").map_or(server, |(_, rest)| rest);
            Some(clean_within(bare.trim_end_matches('/'), 100).into_owned())
        };
        let offers = config.contexts.iter().map(|named| {
            let cluster = named.context.as_ref().map(|context| &context.cluster);
            Offer {
                context: Context::Named(named.name.clone()),
                server: cluster.and_then(|name| server(name)).unwrap_or_default(),
            }
        });
        Ok(offers.collect())
    }
}

impl Target {
    /// Where it is, for people: host and port.
    pub fn place(&self) -> String {
        let text = self.server.authority().map_or("", |place| place.as_str());
        clean_within(text, 100).into_owned()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

    use super::*;

    fn nowhere() -> Surroundings {
        Surroundings {
            service_account: "/nowhere".into(),
            ..Surroundings::default()
        }
    }

    #[test]
    fn every_context_is_offered_with_its_server() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kubeconfig");
        let text = "apiVersion: v1\nkind: Config\ncurrent-context: eu\nclusters:\n\
                    - {name: c, cluster: {server: \"https://10.0.0.1:6443/\"}}\ncontexts:\n\
                    - {name: eu, context: {cluster: c, user: u}}\n- {name: us, context: {cluster: gone, user: u}}\n";
        std::fs::write(&path, text).unwrap();
        let known = Contexts::read_in(Some(&path), nowhere()).unwrap();
        let offer = |name: &str, server: &str| Offer {
            context: Context::Named(name.to_owned()),
            server: server.to_owned(),
        };
        assert_eq!(
            known.offers().unwrap(),
            [offer("eu", "10.0.0.1:6443"), offer("us", "")]
        );
        let choice = |context: &str| Choice {
            context: Some(context.to_owned()),
            ..Choice::default()
        };
        // One that can not be resolved is a problem of its own.
        let what = known.resolve(&choice("us")).unwrap_err().what;
        assert!(what.contains("There is no cluster “gone”"), "{what}");
        assert!(known.resolve(&choice("moon")).is_err());
    }

    #[test]
    fn without_any_file_there_is_nothing_to_offer() {
        let known = Contexts::read_in(None, nowhere()).unwrap();
        let what = known.offers().unwrap_err().what;
        assert!(what.contains("There is no kubeconfig"), "{what}");
    }
}
