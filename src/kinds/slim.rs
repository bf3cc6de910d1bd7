//! What all kinds share: borrowed strings, metadata, conditions, times.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use compact_str::CompactString;
use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

use crate::model::{
    self,
    ids::{Name, Uid},
    row::{Condition, Interner, Labels, Meta, Owner},
    sanitize::clean,
};

/// A string of the object, not copied unless it holds escapes. `null` is the empty string.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Str<'a>(pub(super) Cow<'a, str>);

impl std::borrow::Borrow<str> for Str<'_> {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl std::ops::Deref for Str<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Str<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Str<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Str(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Str(Cow::Owned(text.to_owned())))
            }
            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(Str::default())
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Str(Cow::Owned(number.to_string())))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Str(Cow::Owned(number.to_string())))
            }
        }
        deserializer.deserialize_any(Text)
    }
}

/// `null` where a value is expected is its default: Go writes both.
pub(super) fn nullable<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    d: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(d)?.unwrap_or_default())
}

/// Set by the StatefulSet controller on each of its Pods.
const POD_NAME: &str = "statefulset.kubernetes.io/pod-name";

pub(super) type Strings<'a> = BTreeMap<Str<'a>, Str<'a>>;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Metadata<'a> {
    #[serde(borrow)]
    uid: Str<'a>,
    name: Str<'a>,
    namespace: Str<'a>,
    creation_timestamp: Str<'a>,
    pub(super) deletion_timestamp: Option<Str<'a>>,
    pub(super) generation: i64,
    #[serde(deserialize_with = "nullable")]
    pub(super) labels: Strings<'a>,
    #[serde(deserialize_with = "nullable")]
    pub(super) annotations: Strings<'a>,
    #[serde(deserialize_with = "nullable")]
    owner_references: Vec<OwnerReference<'a>>,
}

/// Any object: metadata, and a spec and status of its own.
#[derive(Default, Deserialize)]
#[serde(
    default,
    bound(deserialize = "S: Deserialize<'de> + Default, T: Deserialize<'de> + Default")
)]
pub(super) struct Object<'a, S, T> {
    #[serde(borrow)]
    pub(super) metadata: Metadata<'a>,
    pub(super) spec: S,
    pub(super) status: T,
}

/// A spec or status that says nothing of interest.
#[derive(Default, Deserialize)]
pub(super) struct Nothing {}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct OwnerReference<'a> {
    #[serde(borrow)]
    uid: Str<'a>,
    kind: Str<'a>,
    name: Str<'a>,
    controller: bool,
}

impl Metadata<'_> {
    pub(super) fn row(&self, names: &mut Interner) -> Meta {
        // A static Pod's mirror is owned by its Node, which is no Server.
        let owner = self
            .owner_references
            .iter()
            .find(|owner| owner.controller && &*owner.kind != "Node");
        let owner = owner.map(|owner| {
            let owner = Owner {
                uid: Uid::parse(&owner.uid),
                kind: names.name(&owner.kind),
                name: names.name(&owner.name),
            };
            names.owner(owner)
        });
        // What is only computed has none, as PodMetrics and ComponentStatus.
        let uid = if self.uid.is_empty() {
            Uid::parse(&format!("{}/{}", &*self.namespace, &*self.name))
        } else {
            Uid::parse(&self.uid)
        };
        Meta {
            uid,
            namespace: names.name(&self.namespace),
            name: CompactString::from(clean(&self.name)),
            created: seconds(&self.creation_timestamp),
            owner,
        }
    }
}

impl Metadata<'_> {
    /// The one copy of these labels.
    pub(super) fn labels(&self, names: &mut Interner) -> Arc<Labels> {
        let mut labels = labels(&self.labels, names);
        // A StatefulSet repeats each Pod's name as one: with it, no two would share theirs.
        labels.remove(POD_NAME);
        names.labels(labels)
    }

    /// The column of a Map's board: ours, else the recommended label.
    pub(super) fn group(&self, names: &mut Interner) -> Option<Name> {
        let group = self
            .labels
            .get("barkeep.dev/group")
            .or_else(|| self.annotations.get("barkeep.dev/group"));
        group
            .or_else(|| self.labels.get("app.kubernetes.io/component"))
            .map(|group| names.name(group))
    }

    pub(super) fn annotation(&self, key: &str, names: &mut Interner) -> Option<Name> {
        self.annotations.get(key).map(|text| names.name(text))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct SlimCondition<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Str<'a>,
    pub(super) status: Str<'a>,
    pub(super) reason: Str<'a>,
    pub(super) message: Str<'a>,
    pub(super) last_transition_time: Str<'a>,
}

impl SlimCondition<'_> {
    pub(super) fn row(&self, names: &mut Interner) -> Condition {
        Condition {
            kind: names.name(&self.kind),
            holds: &*self.status == "True",
            reason: names.name(&self.reason),
            message: short(&self.message, names),
            since: seconds(&self.last_transition_time),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Selector<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    pub(super) match_labels: Strings<'a>,
    #[serde(deserialize_with = "nullable")]
    match_expressions: Vec<Expression<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Expression<'a> {
    #[serde(borrow)]
    key: Str<'a>,
    operator: Str<'a>,
    #[serde(deserialize_with = "nullable")]
    values: Vec<Str<'a>>,
}

impl Selector<'_> {
    /// All its terms; `None` where it has none, and so selects everything.
    pub(super) fn terms(&self) -> Option<model::selector::Selector> {
        let expression = |Expression {
                              key,
                              operator,
                              values,
                          }: &Expression| {
            let values = values
                .iter()
                .map(|value| &**value)
                .collect::<Vec<_>>()
                .join(",");
            match &**operator {
                "Exists" => key.to_string(),
                "DoesNotExist" => format!("!{}", &**key),
                "NotIn" => format!("{} notin ({values})", &**key),
                _ => format!("{} in ({values})", &**key),
            }
        };
        let labels = self
            .match_labels
            .iter()
            .map(|(key, value)| format!("{}={}", &**key, &**value));
        let terms: Vec<String> = labels
            .chain(self.match_expressions.iter().map(expression))
            .collect();
        (!terms.is_empty()).then(|| terms.join(",").parse().unwrap_or_default())
    }
}

pub(super) fn labels(strings: &Strings, names: &mut Interner) -> Labels {
    strings
        .iter()
        .map(|(key, value)| (names.name(key), names.name(value)))
        .collect()
}

/// Longest message that a row keeps, in bytes: what a dialog shows; the whole text is in the object.
const MESSAGE: usize = 300;

pub(super) fn short(text: &str, names: &mut Interner) -> Name {
    if text.len() <= MESSAGE {
        return names.name(text);
    }
    let end = (0..=MESSAGE).rev().find(|end| text.is_char_boundary(*end));
    names.name(&format!("{}…", &text[..end.unwrap_or(0)]))
}

/// RFC 3339 → epoch seconds; 0 for what is none.
pub(super) fn seconds(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>()
        .map_or(0, jiff::Timestamp::as_second)
}
