//! A kind of object as a server serves it: what discovery tells, and the names by which people call it.

use compact_str::{CompactString, format_compact};

use super::ids::Name;

/// A kind that can be listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Resource {
    /// API group; empty for the core group.
    pub group: Name,
    /// The version of it that the server prefers.
    pub version: Name,
    /// As in URLs and RBAC rules: `ingresses`.
    pub plural: Name,
    /// `ingress`; empty where the server has no word for it.
    pub singular: Name,
    /// `Ingress`
    pub kind: Name,
    /// `ing`
    pub shorts: Vec<Name>,
    /// Its objects live in namespaces.
    pub namespaced: bool,
    /// It can be watched; else it is asked for again and again.
    pub watched: bool,
}

impl Resource {
    /// Whether this is the same kind, perhaps of another cluster or in another version.
    pub fn is(&self, other: &Self) -> bool {
        (&self.group, &self.plural) == (&other.group, &other.plural)
    }

    /// Whether this is a kind of a group, by its plural.
    pub fn is_of(&self, group: &str, plural: &str) -> bool {
        (&*self.group, &*self.plural) == (group, plural)
    }

    /// The name that no other kind has: `ingresses.networking.k8s.io`.
    pub fn full(&self) -> CompactString {
        if self.group.is_empty() {
            CompactString::from(&*self.plural)
        } else {
            format_compact!("{}.{}", self.plural, self.group)
        }
    }

    /// `networking.k8s.io/v1`, as manifests spell it.
    pub fn api_version(&self) -> CompactString {
        if self.group.is_empty() {
            CompactString::from(&*self.version)
        } else {
            format_compact!("{}/{}", self.group, self.version)
        }
    }

    /// Whether one calls it so: plural, singular, kind, a short name, `plural.group`, `plural.version.group`.
    pub fn is_called(&self, name: &str) -> bool {
        let same = |known: &str| !known.is_empty() && known.eq_ignore_ascii_case(name);
        same(&self.plural)
            || same(&self.singular)
            || same(&self.kind)
            || self.shorts.iter().any(|short| same(short))
            || self.is_called_in_full(name)
    }

    /// `ingresses.networking.k8s.io`, `ingress.v1.networking.k8s.io`, `pods.v1`
    fn is_called_in_full(&self, name: &str) -> bool {
        let Some((first, rest)) = name.split_once('.') else {
            return false;
        };
        let first = first.eq_ignore_ascii_case(&self.plural)
            || !self.singular.is_empty() && first.eq_ignore_ascii_case(&self.singular);
        let versioned = rest
            .strip_prefix(&*self.version)
            .and_then(|rest| rest.strip_prefix('.').or(rest.is_empty().then_some("")));
        first && (rest == &*self.group || versioned == Some(&*self.group))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_by_all_its_names() {
        let ingress = Resource {
            group: "networking.k8s.io".into(),
            version: "v1".into(),
            plural: "ingresses".into(),
            singular: "ingress".into(),
            kind: "Ingress".into(),
            shorts: vec!["ing".into()],
            ..Resource::default()
        };
        let names = [
            "ingresses",
            "Ingress",
            "ing",
            "ingresses.networking.k8s.io",
            "ingress.networking.k8s.io",
            "ingresses.v1.networking.k8s.io",
        ];
        for name in names {
            assert!(ingress.is_called(name), "{name}");
        }
        for name in [
            "",
            "in",
            "ingresses.",
            "ingresses.v1",
            "ingresses.extensions",
            "ing.networking.k8s.io",
        ] {
            assert!(!ingress.is_called(name), "{name}");
        }
        let pods = Resource {
            version: "v1".into(),
            plural: "pods".into(),
            ..Resource::default()
        };
        assert!(pods.is_called("pods.v1") && !pods.is_called("pods.v2") && !pods.is_called(""));
        assert_eq!((&*pods.full(), &*ingress.full()), ("pods", names[3]));
        assert_eq!(
            (&*pods.api_version(), &*ingress.api_version()),
            ("v1", "networking.k8s.io/v1")
        );
    }
}
