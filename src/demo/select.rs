//! Which objects a list, a watch or a deletecollection is about: the `labelSelector` and `fieldSelector` of a query.
//!
//! Parsing and wording follow `k8s.io/apimachinery/pkg/labels` and `pkg/fields`, and the field label conversions of
//! `pkg/apis/core/v1` and `pkg/apis/batch/v1`.

pub mod labels;

use serde_json::Value;

use super::{object, refusal::Refusal, resource::Resource, store::Entry};
use labels::Labels;

/// What a query selects; by default everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    labels: Labels,
    fields: Vec<Field>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    name: String,
    value: String,
    /// Whether it has to be this value, or any other.
    wanted: bool,
}

/// Fields that are never empty: what a missing one is compared as.
const ZEROS: &[(&str, &str)] = &[
    ("spec.hostNetwork", "false"),
    ("spec.unschedulable", "false"),
    ("status.replicas", "0"),
    ("status.successful", "0"),
];

impl Selection {
    /// Reads both selectors of a query; empty ones select everything.
    pub fn parse(resource: &Resource, labels: &str, fields: &str) -> Result<Self, Refusal> {
        let labels = labels.parse::<Labels>().map_err(Refusal::bad_request)?;
        let fields = parse_fields(fields)
            .and_then(|fields| {
                let known = fields.into_iter().map(|field| known(resource, field));
                known.collect()
            })
            .map_err(Refusal::bad_request)?;
        Ok(Self { labels, fields })
    }

    /// Whether nothing is left out.
    pub fn is_everything(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// The one name that is selected, if only one can be: it is also the name that access is asked for.
    pub fn name(&self) -> Option<&str> {
        self.exactly("metadata.name")
    }

    /// The one namespace that is selected, if only one can be.
    pub fn namespace(&self) -> Option<&str> {
        self.exactly("metadata.namespace")
    }

    fn exactly(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let field = fields.find(|field| field.name == name && field.wanted)?;
        Some(&field.value)
    }

    /// Whether a stored object is selected.
    pub fn matches(&self, entry: &Entry) -> bool {
        self.fits(
            |key| entry.label(key),
            |name| match entry.field(name) {
                Some("") if name == "source" => entry.field("reportingComponent"),
                value => value,
            },
        )
    }

    /// Whether an object that is not stored is selected: those have no fields but name and namespace.
    pub fn matches_value(&self, object: &Value) -> bool {
        self.fits(
            |key| object::label(object, key),
            |name| match name {
                "metadata.name" => Some(object::name(object)),
                "metadata.namespace" => Some(object::namespace(object)),
                _ => None,
            },
        )
    }

    fn fits<'a>(
        &self,
        label: impl Fn(&str) -> Option<&'a str>,
        field: impl Fn(&str) -> Option<&'a str>,
    ) -> bool {
        let holds = |term: &Field| {
            let mut value = field(&term.name).unwrap_or("");
            if value.is_empty() {
                let zero = ZEROS.iter().find(|(name, _)| *name == term.name);
                value = zero.map_or("", |(_, zero)| zero);
            }
            (value == term.value) == term.wanted
        };
        self.fields.iter().all(holds) && self.labels.matches(label)
    }
}

/// Terms are read in the order of their text, so that the same selector always says the same thing is wrong.
fn parse_fields(text: &str) -> Result<Vec<Field>, String> {
    let mut terms = split(text);
    terms.sort_unstable();
    terms
        .into_iter()
        .filter(|term| !term.is_empty())
        .map(|term| {
            let unreadable = || format!("invalid selector: '{text}'; can't understand '{term}'");
            let at = term.find('=').ok_or_else(unreadable)?;
            let at = at - usize::from(term[..at].ends_with('!'));
            let (name, rest) = term.split_at(at);
            let operators = [("!=", false), ("==", true), ("=", true)];
            let (value, wanted) = operators
                .iter()
                .find_map(|(operator, wanted)| Some((rest.strip_prefix(operator)?, *wanted)))
                .ok_or_else(unreadable)?;
            Ok(Field {
                name: name.to_owned(),
                value: unescape(value)?,
                wanted,
            })
        })
        .collect()
}

/// At commas, save those after a backslash.
fn split(text: &str) -> Vec<&str> {
    let mut escaped = false;
    text.split(|c| {
        let ends = c == ',' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })
    .collect()
}

fn unescape(text: &str) -> Result<String, String> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c @ ('\\' | ',' | '=')) => plain.push(c),
                other => {
                    let sequence: String = other.into_iter().collect();
                    return Err(format!(
                        "invalid field selector: invalid escape sequence: \\{sequence}"
                    ));
                }
            },
            ',' | '=' => {
                return Err(format!(
                    "invalid field selector: unescaped character in value: {}",
                    u32::from(c)
                ));
            }
            _ => plain.push(c),
        }
    }
    Ok(plain)
}

/// A field that this resource can be selected by, by the name it has today.
fn known(resource: &Resource, mut field: Field) -> Result<Field, String> {
    let name = field.name.as_str();
    let core = resource.group.is_empty();
    if core && resource.plural == "pods" && name == "spec.host" {
        "spec.nodeName".clone_into(&mut field.name);
        return Ok(field);
    }
    let own = resource.selectable();
    let is_known = name == "metadata.name"
        // Kinds without fields of their own share one rule, which does not look whether they have a namespace.
        || name == "metadata.namespace" && (resource.namespaced || own.is_empty())
        || core && resource.plural == "pods" && name == "status.podIPs"
        || own.iter().any(|(known, _)| *known == name);
    if is_known {
        return Ok(field);
    }
    Err(match resource.kind {
        _ if own.is_empty() => format!(
            "{name:?} is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
        ),
        "Job" => format!("field label {name:?} not supported for Job"),
        _ => format!("field label not supported: {name}"),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test says what it expected and ends")]
    use serde_json::json;

    use super::*;
    use crate::demo::{
        resource::{CLUSTER_ROLES, DEPLOYMENTS, JOBS, NODES, PODS},
        store::Store,
    };

    #[test]
    fn fields_select_as_a_server_does() {
        let mut store = Store::default();
        let pod = store.put(
            &PODS,
            &mut json!({"metadata": {"name": "web-0", "namespace": "shop", "labels": {"app": "web"}},
                   "spec": {"nodeName": "node-1"}, "status": {"phase": "Running"}}),
        );
        let node = store.put(&NODES, &mut json!({"metadata": {"name": "a,b"}}));
        let job = store.put(
            &JOBS,
            &mut json!({"metadata": {"name": "j", "namespace": "shop"}}),
        );
        for (entry, labels, fields, fits) in [
            (&pod, "", "", true),
            (&pod, "app=web", "status.phase=Running", true),
            (&pod, "app=db", "status.phase=Running", false),
            (
                &pod,
                "app",
                "status.phase!=Running,spec.nodeName=node-1",
                false,
            ),
            (
                &pod,
                "",
                "metadata.namespace==shop,metadata.name!=x,,",
                true,
            ),
            (&pod, "", "spec.host=node-1,spec.hostNetwork=false", true),
            (&pod, "", "status.podIPs=", true),
            (
                &node,
                "",
                r"metadata.name=a\,b,spec.unschedulable!=true",
                true,
            ),
            (&node, "", "spec.unschedulable=true", false),
            (&job, "", "status.successful=0", true),
        ] {
            let selection = Selection::parse(entry.after.resource, labels, fields).unwrap();
            assert_eq!(selection.matches(&entry.after), fits, "{labels} {fields}");
        }
        let everything = Selection::parse(&PODS, "", "").unwrap();
        assert!(everything.is_everything());
        let one = Selection::parse(&PODS, "", "metadata.name=web-0,status.phase!=Failed").unwrap();
        assert_eq!(one.name(), Some("web-0"));
        assert_eq!(
            Selection::parse(&PODS, "", "metadata.name!=a")
                .unwrap()
                .name(),
            None
        );
        let role = Selection::parse(&CLUSTER_ROLES, "", "metadata.namespace=a").unwrap();
        assert!(!role.matches_value(&json!({"metadata": {"name": "view"}})));
    }

    #[test]
    fn bad_fields_are_told_as_a_server_tells_them() {
        for (resource, fields, message) in [
            (
                &PODS,
                "spec.y=1,spec.x=1",
                "field label not supported: spec.x",
            ),
            (&PODS, "a", "invalid selector: 'a'; can't understand 'a'"),
            (
                &PODS,
                "a=b=c",
                "invalid field selector: unescaped character in value: 61",
            ),
            (
                &PODS,
                "metadata.name=a,b",
                "invalid selector: 'metadata.name=a,b'; can't understand 'b'",
            ),
            (&PODS, "=b", "field label not supported: "),
            (
                &PODS,
                r"metadata.name=a\b",
                r"invalid field selector: invalid escape sequence: \b",
            ),
            (
                &PODS,
                "metadata.name=a\\",
                r"invalid field selector: invalid escape sequence: \",
            ),
            (
                &NODES,
                "metadata.namespace=a",
                "field label not supported: metadata.namespace",
            ),
            (
                &JOBS,
                "spec.foo=1",
                "field label \"spec.foo\" not supported for Job",
            ),
            (
                &DEPLOYMENTS,
                "spec.foo=1",
                "\"spec.foo\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"",
            ),
        ] {
            let refusal = Selection::parse(resource, "", fields).unwrap_err();
            assert_eq!((refusal.code, refusal.message.as_str()), (400, message));
        }
    }
}
