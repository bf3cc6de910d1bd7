//! One rule of a role: what it allows, and whether it covers another.
//!
//! After `pkg/apis/rbac/v1/evaluation_helpers.go` and `k8s.io/component-helpers/auth/rbac/validation`.

use std::{collections::BTreeMap, fmt};

use serde_json::{Value, json};

use super::Ask;
use crate::demo::object;

/// A `PolicyRule`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// What may be done.
    pub verbs: Vec<String>,
    /// In which API groups.
    pub groups: Vec<String>,
    /// To which resources: `pods`, `pods/log`, `*/scale`, `*`.
    pub resources: Vec<String>,
    /// To which of them only.
    pub names: Vec<String>,
    /// To which paths that are no resources.
    pub urls: Vec<String>,
}

const ANY: &str = "*";

fn has(list: &[String], wanted: &str) -> bool {
    list.iter().any(|known| known == wanted)
}

fn has_or_any(list: &[String], wanted: &str) -> bool {
    list.iter().any(|known| known == wanted || known == ANY)
}

/// `/api/*` is all that begins with `/api/`.
fn is_under(known: &str, path: &str) -> bool {
    known == path || known.ends_with('*') && path.starts_with(known.trim_end_matches('*'))
}

impl Rule {
    /// The rules of a Role or `ClusterRole`.
    pub fn of(role: &Value) -> Vec<Self> {
        let rules = object::items(role, "/rules");
        rules.iter().map(Self::read).collect()
    }

    fn read(rule: &Value) -> Self {
        let texts = |pointer: &str| {
            let items = object::items(rule, pointer).iter();
            items
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect::<Vec<String>>()
        };
        Self {
            verbs: texts("/verbs"),
            groups: texts("/apiGroups"),
            resources: texts("/resources"),
            names: texts("/resourceNames"),
            urls: texts("/nonResourceURLs"),
        }
    }

    /// As a role and a rules review say it.
    pub fn value(&self) -> Value {
        let mut rule = json!({"verbs": self.verbs});
        for (name, list) in [
            ("apiGroups", &self.groups),
            ("resources", &self.resources),
            ("resourceNames", &self.names),
            ("nonResourceURLs", &self.urls),
        ] {
            if !list.is_empty() {
                rule[name] = json!(list);
            }
        }
        rule
    }

    /// Whether what is asked for is allowed.
    pub fn allows(&self, ask: &Ask) -> bool {
        if !has_or_any(&self.verbs, ask.verb) {
            return false;
        }
        if !ask.path.is_empty() {
            return self.urls.iter().any(|known| is_under(known, ask.path));
        }
        has_or_any(&self.groups, ask.group)
            && self
                .resources
                .iter()
                .any(|known| names_resource(known, ask.resource, ask.subresource))
            && (self.names.is_empty() || has(&self.names, ask.name))
    }

    /// Each thing of it alone: one verb on one resource of one group and name, or on one path.
    pub fn parts(&self) -> Vec<Self> {
        let one = |text: &String| vec![text.clone()];
        let mut parts = Vec::new();
        for group in &self.groups {
            for resource in &self.resources {
                for verb in &self.verbs {
                    let part = Self {
                        verbs: one(verb),
                        groups: one(group),
                        resources: one(resource),
                        ..Self::default()
                    };
                    if self.names.is_empty() {
                        parts.push(part);
                        continue;
                    }
                    parts.extend(self.names.iter().map(|name| Self {
                        names: one(name),
                        ..part.clone()
                    }));
                }
            }
        }
        for url in &self.urls {
            parts.extend(self.verbs.iter().map(|verb| Self {
                verbs: one(verb),
                urls: one(url),
                ..Self::default()
            }));
        }
        parts
    }

    /// Whether a part of a rule is within this one.
    pub fn covers(&self, part: &Self) -> bool {
        let all = |list: &[String], of: &[String]| {
            has(list, ANY) || of.iter().all(|wanted| has(list, wanted))
        };
        let resource = |wanted: &String| {
            let (top, below) = wanted.split_once('/').unwrap_or((wanted, ""));
            self.resources
                .iter()
                .any(|known| names_resource(known, top, below))
        };
        let names = if part.names.is_empty() {
            self.names.is_empty()
        } else {
            self.names.is_empty() || part.names.iter().all(|name| has(&self.names, name))
        };
        all(&self.verbs, &part.verbs)
            && all(&self.groups, &part.groups)
            && part.resources.iter().all(resource)
            && part
                .urls
                .iter()
                .all(|url| self.urls.iter().any(|known| is_under(known, url)))
            && names
    }
}

/// Whether a rule's resource, such as `pods/log` or `*/scale`, is this one.
fn names_resource(known: &str, resource: &str, subresource: &str) -> bool {
    if known == ANY {
        return true;
    }
    match known.split_once('/') {
        None => subresource.is_empty() && known == resource,
        Some((top, below)) => {
            !subresource.is_empty() && below == subresource && (top == resource || top == ANY)
        }
    }
}

/// As an escalation names what is missing.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let parts: Vec<String> = [
            ("APIGroups", &self.groups),
            ("Resources", &self.resources),
            ("NonResourceURLs", &self.urls),
            ("ResourceNames", &self.names),
            ("Verbs", &self.verbs),
        ]
        .into_iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(name, list)| format!("{name}:{}", quoted(list)))
        .collect();
        write!(f, "{{{}}}", parts.join(", "))
    }
}

/// A list as Go writes one of quoted texts.
pub fn quoted(list: &[String]) -> String {
    let quoted: Vec<String> = list.iter().map(|text| format!("{text:?}")).collect();
    format!("[{}]", quoted.join(" "))
}

/// Of `wanted`, what no rule of `held` covers; verbs on the same thing are told together.
pub fn missing(held: &[Rule], wanted: &[Rule]) -> Vec<Rule> {
    let parts = wanted.iter().flat_map(Rule::parts);
    let uncovered = parts.filter(|part| !held.iter().any(|rule| rule.covers(part)));
    let mut together: BTreeMap<Vec<String>, Rule> = BTreeMap::new();
    let mut alone = Vec::new();
    for part in uncovered {
        if part.urls.is_empty() {
            let thing = [&part.groups[..], &part.resources, &part.names].concat();
            together
                .entry(thing)
                .and_modify(|rule| rule.verbs.extend(part.verbs.clone()))
                .or_insert(part);
        } else {
            alone.push(part);
        }
    }
    alone.extend(together.into_values());
    alone
}
