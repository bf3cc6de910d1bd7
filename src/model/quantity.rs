//! Quantities as the API writes them: `100m`, `1.5`, `128974848`, `129e6`, `129M`, `123Mi`, `1E`.
//!
//! The grammar and every suffix: `k8s.io/apimachinery/pkg/api/resource.Quantity`. A quantity smaller than the unit asked
//! for is rounded up, as the scheduler does.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

const NANO: i128 = 1_000_000_000;

/// An exact amount, in billionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity(i128);

impl Quantity {
    /// Reads a quantity; `None` where the text is none, or is too large for the API as well (above 2^63 with suffix E…).
    pub fn parse(text: &str) -> Option<Self> {
        let number_end = text
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-')))
            .unwrap_or(text.len());
        let (number, suffix) = text.split_at(number_end);
        let (factor, divisor) = scale(suffix)?;
        let (negative, digits) = match number.as_bytes().first()? {
            b'-' => (true, &number[1..]),
            b'+' => (false, &number[1..]),
            _ => (false, number),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty()
            || digits.contains(['+', '-'])
            || fraction.contains('.')
        {
            return None;
        }
        let mut value: i128 = 0;
        for digit in whole.bytes() {
            value = value
                .checked_mul(10)?
                .checked_add(i128::from(digit - b'0'))?;
        }
        value = value.checked_mul(NANO)?;
        let mut place = NANO / 10;
        for digit in fraction.bytes() {
            value = value.checked_add(i128::from(digit - b'0') * place)?;
            place /= 10;
        }
        let scaled = value.checked_mul(factor)?;
        let scaled = scaled / divisor + i128::from(scaled % divisor != 0);
        Some(Self(if negative { -scaled } else { scaled }))
    }

    /// In billionths, exactly.
    pub fn nanos(self) -> i128 {
        self.0
    }

    /// In thousandths, rounded up: millicores for CPU. Never negative.
    pub fn millis(self) -> u64 {
        Self::up(self.0, NANO / 1000)
    }

    /// In whole units, rounded up: bytes for memory and storage, a count for Pods. Never negative.
    pub fn units(self) -> u64 {
        Self::up(self.0, NANO)
    }

    fn up(value: i128, unit: i128) -> u64 {
        let value = value.max(0);
        u64::try_from(value / unit + i128::from(value % unit != 0)).unwrap_or(u64::MAX)
    }
}

/// What a suffix multiplies by, and divides by.
fn scale(suffix: &str) -> Option<(i128, i128)> {
    let binary = |power: u32| Some((1i128 << (10 * power), 1));
    let decimal = |power: u32| Some((10i128.pow(power), 1));
    match suffix {
        "n" => Some((1, NANO)),
        "u" => Some((1, 1_000_000)),
        "m" => Some((1, 1_000)),
        "" => Some((1, 1)),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(1),
        "Mi" => binary(2),
        "Gi" => binary(3),
        "Ti" => binary(4),
        "Pi" => binary(5),
        "Ei" => binary(6),
        exponent => {
            let power: i32 = exponent.strip_prefix(['e', 'E'])?.parse().ok()?;
            match u32::try_from(power) {
                Ok(power) if power <= 18 => decimal(power),
                Ok(_) => None,
                Err(_) => Some((1, 10i128.checked_pow(power.unsigned_abs())?)),
            }
        }
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Quantity;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a quantity")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Quantity, E> {
                // One odd quantity must not cost the object it stands in.
                Ok(Quantity::parse(text).unwrap_or_default())
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Quantity, E> {
                Ok(Quantity(i128::from(number) * NANO))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Quantity, E> {
                Ok(Quantity(i128::from(number) * NANO))
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<Quantity, E> {
                Ok(Quantity::parse(&number.to_string()).unwrap_or_default())
            }
        }
        deserializer.deserialize_any(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suffix_that_kubernetes_knows() {
        for (text, millis) in [
            ("0", 0),
            ("1", 1_000),
            ("100m", 100),
            ("1.5", 1_500),
            (".5", 500),
            ("5.", 5_000),
            ("+2", 2_000),
            ("250u", 1),
            ("1500u", 2),
            ("123456789n", 124),
            ("2k", 2_000_000),
            ("1M", 1_000_000_000),
            ("1e3", 1_000_000),
            ("1E3", 1_000_000),
            ("12e-1", 1_200),
            ("1Ki", 1_024_000),
            ("-1", 0),
        ] {
            assert_eq!(
                Quantity::parse(text).map(Quantity::millis),
                Some(millis),
                "{text}"
            );
        }
        for (text, units) in [
            ("128974848", 128_974_848),
            ("129e6", 129_000_000),
            ("129M", 129_000_000),
            ("123Mi", 128_974_848),
            ("1Gi", 1 << 30),
            ("1.5Gi", 3 << 29),
            ("1T", 1_000_000_000_000),
            ("1Ti", 1 << 40),
            ("1P", 1_000_000_000_000_000),
            ("1Pi", 1 << 50),
            ("1E", 1_000_000_000_000_000_000),
            ("1Ei", 1 << 60),
            ("16Ei", u64::MAX),
            ("500m", 1),
        ] {
            assert_eq!(
                Quantity::parse(text).map(Quantity::units),
                Some(units),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_quantity_is_none() {
        for text in [
            "",
            "m",
            "1x",
            "1.2.3",
            "--1",
            "1e",
            "1e99",
            "Mi",
            "one",
            " 1",
            "1 Mi",
            "1KiB",
            "99999999999999999999999E",
            "170141183460469231731687303715.9999",
        ] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_quantities_too() {
        let read = |json: &str| {
            serde_json::from_str::<Quantity>(json)
                .map(Quantity::millis)
                .ok()
        };
        assert_eq!(read("2"), Some(2_000));
        assert_eq!(read("0.25"), Some(250));
        assert_eq!(read("\"3\""), Some(3_000));
        assert_eq!(read("\"junk\""), Some(0));
    }
}
