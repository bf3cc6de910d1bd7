//! One small file per kind: the slim serde struct with what a row needs, and object → row.
//!
//! Unknown fields are skipped without being allocated; a missing one is its default, because half-written status is the
//! normal state of a young object. What is watched, where it is served and who decodes it is one table, [`KINDS`].

mod behind;
mod bounds;
mod controller;
mod detail;
pub mod discovery;
mod event;
mod instance;
mod job;
pub mod line;
mod metrics;
mod namespace;
mod satellite;
mod slim;
mod template;

use serde_json::Value;

use crate::model::{
    row::{Interner, Row},
    source::{Source, What},
};

/// How one thing is asked for and understood.
#[derive(Clone, Copy)]
pub struct Served<'a> {
    /// What it is.
    pub what: What,
    /// API group; empty for the core group.
    pub group: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The resource's plural, as in URLs and RBAC rules.
    pub plural: &'a str,
    /// Restricts what is listed; as the API's `fieldSelector`.
    pub fields: &'a str,
    /// Expected to be so few, or so small, that one streaming list beats pages.
    pub few: bool,
    /// As what the objects are asked for.
    pub form: Form,
    /// Object → row; `None` for an object that is no row here (a ReplicaSet long scaled away). See [`Served::row`].
    pub(crate) decode: fn(&[u8], &mut Interner) -> serde_json::Result<Option<Row>>,
}

/// As what objects are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// As they are.
    #[default]
    Whole,
    /// Only their metadata.
    Metadata,
    /// As rows of the table that the server prints, with their metadata.
    Table,
}

const fn served<'a>(
    what: What,
    (group, version, plural): (&'a str, &'a str, &'a str),
    few: bool,
    decode: fn(&[u8], &mut Interner) -> serde_json::Result<Option<Row>>,
) -> Served<'a> {
    Served {
        what,
        group,
        version,
        plural,
        fields: "",
        few,
        form: Form::Whole,
        decode,
    }
}

/// Kinds of which one object can be looked at closely: the same resources, read with all that an overview shows.
const CLOSELY: &[Served<'static>] = &[
    served(
        What::Deployments,
        ("apps", "v1", "deployments"),
        true,
        detail::deployment,
    ),
    served(
        What::StatefulSets,
        ("apps", "v1", "statefulsets"),
        true,
        detail::stateful_set,
    ),
    served(
        What::DaemonSets,
        ("apps", "v1", "daemonsets"),
        true,
        detail::daemon_set,
    ),
    served(
        What::CronJobs,
        ("batch", "v1", "cronjobs"),
        true,
        detail::cron_job,
    ),
    served(What::Jobs, ("batch", "v1", "jobs"), true, detail::job),
    served(
        What::ReplicaSets,
        ("apps", "v1", "replicasets"),
        true,
        detail::replica_set,
    ),
    served(What::Instances, ("", "v1", "pods"), true, detail::pod),
];

/// Everything that is watched or polled.
pub const KINDS: &[Served<'static>] = &[
    served(
        What::Namespaces,
        ("", "v1", "namespaces"),
        false,
        namespace::decode,
    ),
    served(
        What::Deployments,
        ("apps", "v1", "deployments"),
        false,
        controller::deployment,
    ),
    served(
        What::StatefulSets,
        ("apps", "v1", "statefulsets"),
        false,
        controller::stateful_set,
    ),
    served(
        What::DaemonSets,
        ("apps", "v1", "daemonsets"),
        false,
        controller::daemon_set,
    ),
    served(
        What::CronJobs,
        ("batch", "v1", "cronjobs"),
        false,
        job::cron_job,
    ),
    served(What::Jobs, ("batch", "v1", "jobs"), false, job::job),
    Served {
        fields: "status.phase!=Running,status.phase!=Succeeded",
        ..served(What::Troubled, ("", "v1", "pods"), true, instance::decode)
    },
    served(What::Instances, ("", "v1", "pods"), false, instance::decode),
    served(
        What::ReplicaSets,
        ("apps", "v1", "replicasets"),
        true,
        controller::replica_set,
    ),
    served(What::Ports, ("", "v1", "services"), true, satellite::port),
    served(
        What::Ingresses,
        ("networking.k8s.io", "v1", "ingresses"),
        true,
        satellite::ingress,
    ),
    served(
        What::Autoscalers,
        ("autoscaling", "v2", "horizontalpodautoscalers"),
        true,
        satellite::autoscaler,
    ),
    served(
        What::Claims,
        ("", "v1", "persistentvolumeclaims"),
        true,
        satellite::claim,
    ),
    served(
        What::Budgets,
        ("policy", "v1", "poddisruptionbudgets"),
        true,
        satellite::budget,
    ),
    served(
        What::Endpoints,
        ("discovery.k8s.io", "v1", "endpointslices"),
        true,
        behind::endpoints,
    ),
    served(
        What::Revisions,
        ("apps", "v1", "controllerrevisions"),
        true,
        behind::revision,
    ),
    served(
        What::Quotas,
        ("", "v1", "resourcequotas"),
        true,
        bounds::quota,
    ),
    served(What::Limits, ("", "v1", "limitranges"), true, bounds::limit),
    served(
        What::Policies,
        ("networking.k8s.io", "v1", "networkpolicies"),
        true,
        bounds::policy,
    ),
    Served {
        form: Form::Metadata,
        ..served(
            What::ConfigMaps,
            ("", "v1", "configmaps"),
            true,
            behind::config,
        )
    },
    Served {
        form: Form::Metadata,
        ..served(What::Secrets, ("", "v1", "secrets"), true, behind::config)
    },
    served(
        What::Grants,
        ("rbac.authorization.k8s.io", "v1", "rolebindings"),
        true,
        behind::grant,
    ),
    served(What::Events, ("", "v1", "events"), false, event::decode),
    Served {
        fields: "type=Warning",
        ..served(What::Warnings, ("", "v1", "events"), false, event::decode)
    },
    // Any kind: group, version and plural are those that the source names.
    Served {
        form: Form::Table,
        ..served(What::Table, ("", "", "objects"), false, line::row)
    },
    served(What::Object, ("", "", "objects"), true, detail::object),
    // Not watched but read; see `cluster::follow`.
    served(What::Kinds, ("", "", "kinds"), true, |_, _| Ok(None)),
    served(What::LastWords, ("", "v1", "pods"), true, |_, _| Ok(None)),
    served(
        What::Usage,
        ("metrics.k8s.io", "v1beta1", "pods"),
        true,
        metrics::decode,
    ),
];

impl Source {
    /// How it is asked for.
    pub fn served(&self) -> Served<'_> {
        if let Some(of) = &self.of {
            let decode = match self.what {
                What::Object if of.is_of("", "secrets") => detail::secret,
                _ => self.what.served().decode,
            };
            return Served {
                group: &of.group,
                version: &of.version,
                plural: &of.plural,
                decode,
                ..*self.what.served()
            };
        }
        let closely = CLOSELY.iter().find(|served| served.what == self.what);
        closely
            .filter(|_| self.name.is_some())
            .map_or_else(|| *self.what.served(), |served| *served)
    }

    /// The `fieldSelector` that restricts it to what is wanted.
    pub fn fields(&self) -> String {
        match &self.name {
            Some(name) => format!("metadata.name={name}"),
            None => self.served().fields.to_owned(),
        }
    }
}

impl What {
    /// How it is asked for.
    pub fn served(self) -> &'static Served<'static> {
        // The table names every variant (a test holds that); the first stands in only to have no panic here.
        KINDS
            .iter()
            .find(|kind| kind.what == self)
            .unwrap_or(&KINDS[0])
    }
}

impl Served<'_> {
    /// Object → row. Go writes `null` for what is empty: where one stands in a place that the slim structs do not expect,
    /// the object is read again without any.
    pub fn row(&self, json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
        (self.decode)(json, names).or_else(|error| {
            let mut object: Value = serde_json::from_slice(json)?;
            if drop_nulls(&mut object) {
                (self.decode)(&serde_json::to_vec(&object)?, names)
            } else {
                Err(error)
            }
        })
    }

    /// The path of the collection, or of one object in it.
    pub fn path(&self, namespace: Option<&str>, name: Option<&str>) -> String {
        let root = if self.group.is_empty() {
            format!("/api/{}", self.version)
        } else {
            format!("/apis/{}/{}", self.group, self.version)
        };
        let namespace =
            namespace.map_or_else(String::new, |namespace| format!("/namespaces/{namespace}"));
        let name = name.map_or_else(String::new, |name| format!("/{name}"));
        format!("{root}{namespace}/{}{name}", self.plural)
    }
}

/// Whether there were any.
fn drop_nulls(value: &mut Value) -> bool {
    match value {
        Value::Object(fields) => {
            let before = fields.len();
            fields.retain(|_, value| !value.is_null());
            let fewer = fields.len() != before;
            fields
                .values_mut()
                .map(drop_nulls)
                .fold(fewer, |a, b| a | b)
        }
        Value::Array(items) => {
            let before = items.len();
            items.retain(|item| !item.is_null());
            let fewer = items.len() != before;
            items.iter_mut().map(drop_nulls).fold(fewer, |a, b| a | b)
        }
        _ => false,
    }
}

#[cfg(test)]
mod around_tests;

#[cfg(test)]
#[path = "fixture_tests.rs"]
mod fixture_tests;

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn everything_that_can_be_watched_is_served() {
        for what in What::iter() {
            assert_eq!(what.served().what, what);
        }
        assert_eq!(
            What::Deployments.served().path(Some("shop"), None),
            "/apis/apps/v1/namespaces/shop/deployments"
        );
        assert_eq!(
            What::Namespaces.served().path(None, Some("shop")),
            "/api/v1/namespaces/shop"
        );
    }
}
