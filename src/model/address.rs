//! A place by names. Names outlive the objects that have them, and the program: the command line, bookmarks and what is
//! kept between runs say with one of these what is meant.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{Cause, Problem};

/// A place by names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Address {
    /// The context that it is in; empty for wherever it is found.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub context: String,
    /// Service, Map, Server and Instance, as far as it goes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// The list that has the focus there. As text, so that one which only a newer barkeep has spoils nothing.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pane: String,
    /// The list of a kind that is shown there, as one types it: `certificates.cert-manager.io shop-prod`, `nodes`, `kinds`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub list: String,
}

impl Address {
    /// The same in another list.
    #[must_use]
    pub fn in_pane(mut self, pane: &str) -> Self {
        pane.clone_into(&mut self.pane);
        self
    }

    /// Its names with `/` between them, or its list, as one types them.
    pub fn typed(&self) -> String {
        if self.list.is_empty() {
            self.path.join("/")
        } else {
            self.list.clone()
        }
    }
}

impl FromStr for Address {
    type Err = Problem;

    /// Reads `shop/prod/web`, and with its context before it `prod-eu:shop/prod`. No object has a name with a colon, but
    /// some contexts do, so the last one parts the two.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let (context, path) = text.rsplit_once(':').unwrap_or(("", text));
        let path: Vec<String> = path
            .split('/')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        if path.len() > 4 || path.is_empty() && context.is_empty() {
            let what = "a place is a Service, a Map, a Server and an Instance with / between them, as far as it goes: \
                        shop/prod/web; or a namespace; CONTEXT: may stand before it";
            return Err(Problem::new(Cause::Config, what));
        }
        Ok(Self {
            context: context.to_owned(),
            path,
            ..Self::default()
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.context.is_empty() {
            write!(f, "{}:", self.context)?;
        }
        f.write_str(&self.typed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_typed() {
        let arn = "arn:aws:eks:eu-west-1:7:cluster/prod";
        for (text, context, path) in [
            ("shop", "", &["shop"][..]),
            ("shop/prod/", "", &["shop", "prod"]),
            ("/shop/prod/web", "", &["shop", "prod", "web"]),
            ("prod-eu:shop/prod", "prod-eu", &["shop", "prod"]),
            ("prod-eu:", "prod-eu", &[]),
            (&format!("{arn}:shop/dev"), arn, &["shop", "dev"]),
        ] {
            let read = text.parse::<Address>().unwrap_or_default();
            assert_eq!(
                (&*read.context, &*read.path),
                (
                    context,
                    &*path
                        .iter()
                        .map(|name| (*name).to_owned())
                        .collect::<Vec<_>>()
                ),
                "{text}"
            );
        }
        for text in ["", "/", ":", "a/b/c/d/e"] {
            assert!(text.parse::<Address>().is_err(), "{text:?}");
        }
    }
}
