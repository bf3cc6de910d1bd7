//! Which Service and Map a namespace belongs to. First rule that answers wins, and the rule is kept to be shown.
//!
//! 1. labels or annotations `barkeep.dev/service`, `barkeep.dev/map`
//! 2. `[[service]]` rules of the config
//! 3. tenancy labels of platforms
//! 4. names: `<service>-<environment>` or `<environment>-<service>`
//! 5. the namespace is a Service with one Map; `kube-*` and friends are the Service `system`

use super::{
    ids::Name,
    row::{Labels, NamespaceRow},
    selector::Selector,
};

/// The Service that holds what belongs to the cluster itself. Sorted last.
pub const SYSTEM: &str = "system";

/// Namespaces that installers of Kubernetes make for themselves, besides `kube-*`.
const SYSTEM_NAMESPACES: &[&str] = &[
    "default-system",
    "local-path-storage",
    "gke-managed-system",
    "gatekeeper-system",
];
const SYSTEM_PREFIXES: &[&str] = &[
    "kube-",
    "openshift-",
    "gke-managed-",
    "cattle-system",
    "cattle-fleet",
];

/// Labels that platforms set on the namespaces of a tenant, in the order in which they are asked, each with the
/// annotation or label that holds the name people know, where that is another one.
///
/// Recommended labels: kubernetes.io "Recommended Labels" (part-of: "the name of a higher level application").
/// Capsule: `capsule.clastix.io/tenant` is the Tenant's name. KubeSphere: `kubesphere.io/workspace`, whose display
/// name is the annotation `kubesphere.io/alias-name` of the Workspace, not of the Namespace. Rancher:
/// `field.cattle.io/projectId` is an id (`p-x1y2z`); the name people know is not on the Namespace, so the id is shown.
const TENANCY: &[&str] = &[
    "app.kubernetes.io/part-of",
    "capsule.clastix.io/tenant",
    "kubesphere.io/workspace",
    "field.cattle.io/projectId",
];

/// Keys that grouping reads: `kinds` keeps these annotations.
pub const ANNOTATIONS: &[&str] = &[
    "barkeep.dev/service",
    "barkeep.dev/map",
    "field.cattle.io/projectId",
];

/// Annotations of a Namespace that tell people about it.
pub const TOLD: &[&str] = &["barkeep.dev/team", "team", "owner", "description"];

/// Which rule decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Rule 1: the label or annotation `barkeep.dev/service` or `barkeep.dev/map`.
    Label,
    /// Rule 2: the config's `[[service]]` of that name.
    Config(Name),
    /// Rule 3: this label.
    Tenancy(&'static str),
    /// Rule 4: the name ends or begins with this environment.
    Environment(Name),
    /// Rule 5: part of the cluster itself.
    System,
    /// Rule 5: nothing else answered.
    Itself,
}

/// A namespace's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The Service's name.
    pub service: Name,
    /// The Map's name.
    pub map: Name,
    /// Why.
    pub rule: Rule,
}

/// A `[[service]]` of the config.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceRule {
    /// The Service's name.
    pub name: String,
    /// Globs over namespace names; `*` and `?`.
    pub namespaces: Vec<String>,
    /// A label selector over Namespaces.
    pub selector: Selector,
    /// Globs over context names; empty means any.
    pub contexts: Vec<String>,
}

/// What the person configured.
#[derive(Clone, Debug, Default)]
pub struct Grouping {
    /// Rule 2.
    pub services: Vec<ServiceRule>,
    /// Rule 4.
    pub environments: Vec<String>,
}

impl Grouping {
    /// Decides for one namespace of a context.
    pub fn place(&self, context: &str, namespace: &NamespaceRow) -> Place {
        let name = namespace.meta.name.as_str();
        let labels =
            |key: &str| find(&namespace.labels, key).or_else(|| find(&namespace.annotations, key));
        let by_name = self.environment(name);
        let map = labels("barkeep.dev/map").unwrap_or_else(|| match &by_name {
            Some((_, environment)) => environment.clone(),
            None => name.into(),
        });
        let place = |service: Name, rule: Rule| Place {
            service,
            map: map.clone(),
            rule,
        };

        if let Some(service) = labels("barkeep.dev/service") {
            return place(service, Rule::Label);
        }
        for rule in &self.services {
            let any = |globs: &[String], text| globs.iter().any(|glob| matches(glob, text));
            let in_context = rule.contexts.is_empty() || any(&rule.contexts, context);
            // All that is given must fit, and something must be given.
            let named = rule.namespaces.is_empty() || any(&rule.namespaces, name);
            let selected = rule.selector.is_empty() || rule.selector.matches(&namespace.labels);
            let given = !(rule.namespaces.is_empty() && rule.selector.is_empty());
            if in_context && named && selected && given {
                let service: Name = rule.name.as_str().into();
                return place(service.clone(), Rule::Config(service));
            }
        }
        for label in TENANCY {
            // Rancher writes the id as `cluster:project` in the annotation, `project` in the label.
            if let Some(service) = labels(label).filter(|value| !value.is_empty()) {
                return place(service, Rule::Tenancy(label));
            }
        }
        if is_system(name) {
            return Place {
                service: SYSTEM.into(),
                map: name.into(),
                rule: Rule::System,
            };
        }
        if let Some((service, environment)) = by_name {
            return place(service, Rule::Environment(environment));
        }
        place(name.into(), Rule::Itself)
    }

    /// `shop-prod` and `prod-shop` are (shop, prod).
    fn environment(&self, name: &str) -> Option<(Name, Name)> {
        let known = |part: &str| {
            self.environments
                .iter()
                .any(|known| known.eq_ignore_ascii_case(part))
        };
        let cut = |(service, environment): (&str, &str)| {
            (known(environment) && !service.is_empty())
                .then(|| (Name::from(service), Name::from(environment)))
        };
        name.rsplit_once('-').and_then(cut).or_else(|| {
            name.split_once('-')
                .map(|(environment, service)| (service, environment))
                .and_then(cut)
        })
    }
}

fn find(labels: &Labels, key: &str) -> Option<Name> {
    labels.get(key).cloned()
}

fn is_system(name: &str) -> bool {
    SYSTEM_PREFIXES
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || SYSTEM_NAMESPACES.contains(&name)
}

/// Whether a glob with `*` and `?` fits the whole text.
pub fn matches(glob: &str, text: &str) -> bool {
    let (glob, text): (Vec<char>, Vec<char>) = (glob.chars().collect(), text.chars().collect());
    let (mut g, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match glob.get(g) {
            Some('*') => {
                star = Some((g, t));
                g += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                g += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    g = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    glob[g..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ids::Uid, row::Meta};

    fn namespace(
        name: &str,
        labels: &[(&str, &str)],
        annotations: &[(&str, &str)],
    ) -> NamespaceRow {
        let map = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(k, v)| ((*k).into(), (*v).into()))
                .collect()
        };
        NamespaceRow {
            meta: Meta {
                uid: Uid::parse(name),
                namespace: name.into(),
                name: name.into(),
                created: 0,
                owner: None,
            },
            labels: map(labels),
            annotations: map(annotations),
            terminating: false,
        }
    }

    fn grouping() -> Grouping {
        Grouping {
            services: vec![
                ServiceRule {
                    name: "billing".into(),
                    namespaces: vec!["inv-*".into()],
                    ..ServiceRule::default()
                },
                ServiceRule {
                    name: "edge".into(),
                    selector: "team=edge".parse().unwrap_or_default(),
                    contexts: vec!["prod-*".into()],
                    ..ServiceRule::default()
                },
            ],
            environments: ["dev", "stage", "prod"].map(String::from).to_vec(),
        }
    }

    #[test]
    fn the_first_rule_that_answers_wins() {
        type Pairs = &'static [(&'static str, &'static str)];
        let cases: &[(&str, Pairs, Pairs, &str, &str, Rule)] = &[
            (
                "x",
                &[("barkeep.dev/service", "shop"), ("barkeep.dev/map", "eu")],
                &[],
                "shop",
                "eu",
                Rule::Label,
            ),
            (
                "shop-dev",
                &[],
                &[("barkeep.dev/service", "store")],
                "store",
                "dev",
                Rule::Label,
            ),
            (
                "inv-prod",
                &[],
                &[],
                "billing",
                "prod",
                Rule::Config("billing".into()),
            ),
            (
                "gate",
                &[("team", "edge")],
                &[],
                "edge",
                "gate",
                Rule::Config("edge".into()),
            ),
            (
                "data-platform",
                &[("app.kubernetes.io/part-of", "analytics")],
                &[],
                "analytics",
                "data-platform",
                Rule::Tenancy("app.kubernetes.io/part-of"),
            ),
            (
                "oil-dev",
                &[("capsule.clastix.io/tenant", "oil")],
                &[],
                "oil",
                "dev",
                Rule::Tenancy("capsule.clastix.io/tenant"),
            ),
            (
                "shop-dev",
                &[],
                &[],
                "shop",
                "dev",
                Rule::Environment("dev".into()),
            ),
            (
                "prod-shop",
                &[],
                &[],
                "shop",
                "prod",
                Rule::Environment("prod".into()),
            ),
            (
                "my-shop-stage",
                &[],
                &[],
                "my-shop",
                "stage",
                Rule::Environment("stage".into()),
            ),
            ("dev", &[], &[], "dev", "dev", Rule::Itself),
            ("legacy", &[], &[], "legacy", "legacy", Rule::Itself),
            (
                "kube-system",
                &[],
                &[],
                "system",
                "kube-system",
                Rule::System,
            ),
        ];
        for (name, labels, annotations, service, map, rule) in cases {
            let place = grouping().place("prod-eu", &namespace(name, labels, annotations));
            assert_eq!(
                (&*place.service, &*place.map, &place.rule),
                (*service, *map, rule),
                "{name}"
            );
        }
        let elsewhere = grouping().place("test", &namespace("gate", &[("team", "edge")], &[]));
        assert_eq!(elsewhere.rule, Rule::Itself);
    }

    #[test]
    fn globs() {
        for (glob, text, fits) in [
            ("*", "", true),
            ("a*c", "abc", true),
            ("a*c", "abcd", false),
            ("*-dev", "x-dev", true),
            ("a?c", "ac", false),
            ("**a", "bba", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(glob, text), fits, "{glob} {text}");
        }
    }
}
