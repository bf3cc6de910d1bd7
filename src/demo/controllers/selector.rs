//! Label selectors as objects carry them: `matchLabels`, `matchExpressions`, and the plain map of a Service.

use serde_json::Value;

use crate::demo::object;

/// Which labels are wanted.
#[derive(Debug, Default)]
pub struct Selector {
    pairs: Vec<(String, String)>,
    expressions: Vec<(String, Operator)>,
    nothing: bool,
}

#[derive(Debug)]
enum Operator {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    DoesNotExist,
}

impl Selector {
    /// What selects nothing.
    pub const NOTHING: Self = Self {
        pairs: Vec::new(),
        expressions: Vec::new(),
        nothing: true,
    };

    /// A `LabelSelector`; an empty one selects everything, none selects nothing.
    pub fn read(selector: &Value) -> Self {
        if selector.is_null() {
            return Self::NOTHING;
        }
        let expressions = object::items(selector, "/matchExpressions")
            .iter()
            .filter_map(|expression| {
                let values = || {
                    let values = object::items(expression, "/values").iter();
                    values
                        .filter_map(|value| value.as_str().map(str::to_owned))
                        .collect()
                };
                let operator = match object::text(expression, "/operator") {
                    "In" => Operator::In(values()),
                    "NotIn" => Operator::NotIn(values()),
                    "Exists" => Operator::Exists,
                    "DoesNotExist" => Operator::DoesNotExist,
                    _ => return None,
                };
                Some((object::text(expression, "/key").to_owned(), operator))
            })
            .collect();
        Self {
            pairs: pairs(&selector["matchLabels"]),
            expressions,
            nothing: false,
        }
    }

    /// The selector of a Service; without one it selects nothing.
    pub fn plain(labels: &Value) -> Self {
        let pairs = pairs(labels);
        Self {
            nothing: pairs.is_empty(),
            pairs,
            expressions: Vec::new(),
        }
    }

    /// Whether it selects what bears these labels.
    pub fn fits<T: AsRef<str>>(&self, labels: &[(T, T)]) -> bool {
        let label = |key: &str| {
            let (_, value) = labels.iter().find(|(known, _)| known.as_ref() == key)?;
            Some(value.as_ref())
        };
        !self.nothing
            && self
                .pairs
                .iter()
                .all(|(key, value)| label(key) == Some(value))
            && self.expressions.iter().all(|(key, operator)| {
                let value = label(key);
                let among =
                    |values: &[String]| value.is_some_and(|v| values.iter().any(|w| w == v));
                match operator {
                    Operator::In(values) => among(values),
                    Operator::NotIn(values) => !among(values),
                    Operator::Exists => value.is_some(),
                    Operator::DoesNotExist => value.is_none(),
                }
            })
    }
}

fn pairs(labels: &Value) -> Vec<(String, String)> {
    let fields = labels.as_object().into_iter().flatten();
    fields
        .map(|(key, value)| (key.clone(), value.as_str().unwrap_or("").to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn selectors_select() {
        let labels = [("app", "web"), ("tier", "front")];
        for (selector, fits) in [
            (json!({"matchLabels": {"app": "web"}}), true),
            (
                json!({"matchLabels": {"app": "web", "tier": "back"}}),
                false,
            ),
            (json!({}), true),
            (Value::Null, false),
            (
                json!({"matchExpressions": [{"key": "tier", "operator": "In", "values": ["front"]}]}),
                true,
            ),
            (
                json!({"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["front"]}]}),
                false,
            ),
            (
                json!({"matchExpressions": [{"key": "zone", "operator": "NotIn", "values": ["a"]}]}),
                true,
            ),
            (
                json!({"matchExpressions": [{"key": "zone", "operator": "Exists"}]}),
                false,
            ),
        ] {
            assert_eq!(Selector::read(&selector).fits(&labels), fits, "{selector}");
        }
        assert!(!Selector::plain(&Value::Null).fits(&labels));
    }
}
