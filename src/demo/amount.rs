//! Quantities that can be added, compared and written again: `1000m` is `1`, `1024Mi` is `1Gi`
//! (`k8s.io/apimachinery/pkg/api/resource.Quantity`).

use std::{
    cmp::Ordering,
    collections::BTreeMap,
    fmt,
    ops::{Add, Sub},
};

use serde_json::{Map, Value};

use crate::model::quantity::Quantity;

/// What the server says of a text that is no quantity.
pub const GRAMMAR: &str =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const NANO: i128 = 1_000_000_000;
const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/// An exact quantity, which remembers how it was written.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    nano: i128,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Decimal,
    Binary,
    Exponent,
}

impl Amount {
    /// Nothing of anything.
    pub const ZERO: Self = Self {
        nano: 0,
        form: Form::Decimal,
    };

    /// So many whole ones.
    pub fn count(number: usize) -> Self {
        Self {
            nano: number as i128 * NANO,
            form: Form::Decimal,
        }
    }

    /// Reads a quantity.
    pub fn parse(text: &str) -> Option<Self> {
        let nano = Quantity::parse(text)?.nanos();
        let suffix = text.trim_start_matches(|c: char| c.is_ascii_digit() || "+-.".contains(c));
        let form = if suffix.ends_with('i') && nano.abs() >= 1_024 * NANO {
            Form::Binary
        } else if suffix.len() > 1 && suffix.starts_with(['e', 'E']) && !suffix.ends_with('i') {
            Form::Exponent
        } else {
            Form::Decimal
        };
        Some(Self { nano, form })
    }

    /// Reads a quantity from JSON, where it may be a number too.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::parse(text),
            Value::Number(number) => Self::parse(&number.to_string()),
            _ => None,
        }
    }

    /// Whether it is less than nothing.
    pub fn is_negative(self) -> bool {
        self.nano < 0
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.nano == 0
    }

    /// Whether it is a whole number.
    pub fn is_whole(self) -> bool {
        self.nano % NANO == 0
    }

    /// As a float, for ratios.
    pub fn float(self) -> f64 {
        self.nano as f64 / NANO as f64
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nano == 0 {
            return f.write_str("0");
        }
        if self.form == Form::Binary && self.nano.abs() >= 1_024 * NANO {
            let mut units = self.nano / NANO + i128::from(self.nano % NANO > 0);
            let mut power = 0;
            while units % 1_024 == 0 && power + 1 < BINARY.len() {
                units /= 1_024;
                power += 1;
            }
            return write!(f, "{units}{}", BINARY[power]);
        }
        let mut number = self.nano;
        let mut power = 0;
        while number % 1_000 == 0 && power + 1 < DECIMAL.len() {
            number /= 1_000;
            power += 1;
        }
        match (self.form, 3 * power as i32 - 9) {
            (Form::Exponent, 0) => write!(f, "{number}"),
            (Form::Exponent, exponent) => write!(f, "{number}e{exponent}"),
            _ => write!(f, "{number}{}", DECIMAL[power]),
        }
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.nano == other.nano
    }
}

impl Eq for Amount {}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nano.cmp(&other.nano)
    }
}

impl Add for Amount {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            nano: self.nano.saturating_add(other.nano),
            form: if self.nano == 0 {
                other.form
            } else {
                self.form
            },
        }
    }
}

impl Sub for Amount {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            nano: self.nano.saturating_sub(other.nano),
            form: if self.nano == 0 {
                other.form
            } else {
                self.form
            },
        }
    }
}

/// Amounts by the name of what they are of: a `ResourceList`.
pub type Amounts = BTreeMap<String, Amount>;

/// The `ResourceList` at a JSON pointer; what is no quantity is left out.
pub fn amounts(object: &Value, pointer: &str) -> Amounts {
    let list = object.pointer(pointer).and_then(Value::as_object);
    list.into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), Amount::of(value)?)))
        .collect()
}

/// Adds each of the second to the first.
pub fn add(sum: &mut Amounts, more: &Amounts) {
    for (name, amount) in more {
        let known = sum.entry(name.clone()).or_insert(Amount::ZERO);
        *known = *known + *amount;
    }
}

/// Raises each of the first to what the second has.
pub fn raise(most: &mut Amounts, other: &Amounts) {
    for (name, amount) in other {
        let known = most.entry(name.clone()).or_insert(*amount);
        *known = (*known).max(*amount);
    }
}

/// As JSON.
pub fn list(amounts: &Amounts) -> Value {
    let fields: Map<String, Value> = amounts
        .iter()
        .map(|(name, amount)| (name.clone(), Value::from(amount.to_string())))
        .collect();
    Value::Object(fields)
}

/// Writes quantities as the server writes them.
pub fn normalize(list: Option<&mut Value>) {
    for value in list.and_then(Value::as_object_mut).into_iter().flatten() {
        if let Some(amount) = Amount::of(value.1) {
            *value.1 = Value::from(amount.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a quantity that cannot be read has failed the test"
    )]
    use super::*;

    #[test]
    fn amounts_are_written_as_the_server_writes_them() {
        for (text, written) in [
            ("1000m", "1"),
            ("0.5", "500m"),
            ("1024Mi", "1Gi"),
            ("1.5Gi", "1536Mi"),
            ("1000Mi", "1000Mi"),
            ("500000", "500k"),
            ("1500", "1500"),
            ("1e3", "1e3"),
            ("12e2", "1200"),
            ("0.5Ki", "512"),
            ("0", "0"),
            ("-2000m", "-2"),
            ("128974848", "128974848"),
        ] {
            assert_eq!(Amount::parse(text).unwrap().to_string(), written, "{text}");
        }
        assert_eq!(Amount::parse("1x"), None);
        assert_eq!(Amount::parse(""), None);
    }

    #[test]
    fn sums_keep_the_way_of_writing() {
        let sum =
            |a: &str, b: &str| (Amount::parse(a).unwrap() + Amount::parse(b).unwrap()).to_string();
        assert_eq!(sum("100m", "1900m"), "2");
        assert_eq!(sum("0", "512Mi"), "512Mi");
        assert_eq!(sum("512Mi", "512Mi"), "1Gi");
    }
}
