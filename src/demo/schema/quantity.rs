//! Quantities, in the form in which a server writes them (`k8s.io/apimachinery/pkg/api/resource`): no fraction, the largest
//! suffix of the family that they were given in.

use serde_json::Value;

const WRONG: &str =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const DECIMAL: [(&str, i32); 10] = [
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("", 0),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

#[derive(Clone, Copy, PartialEq)]
enum Family {
    Binary,
    Decimal,
    Exponent,
}

/// `500m` of 0.5, `1Gi` of `1024Mi`.
pub(super) fn canonical(value: &Value) -> Result<String, String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(WRONG.to_owned()),
    };
    let end = text
        .find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-'))
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (negative, number) = match number.as_bytes().first() {
        Some(b'-') => (true, &number[1..]),
        Some(b'+') => (false, &number[1..]),
        _ => (false, number),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{part}");
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(WRONG.to_owned());
    }
    let (family, power) = family(suffix)?;
    let part = part.trim_end_matches('0');
    let (Ok(mut amount), Ok(places)) = (
        format!("{whole}{part}").parse::<i128>(),
        i32::try_from(part.len()),
    ) else {
        // More digits than anyone counts in: left as it is.
        return Ok(text);
    };
    if amount == 0 {
        return Ok("0".to_owned());
    }
    let sign = if negative { "-" } else { "" };
    let mut exponent = -places;
    if family == Family::Binary {
        let Some(bytes) = (1_i128 << power).checked_mul(amount) else {
            return Ok(text);
        };
        amount = bytes;
        while exponent < 0 && amount % 10 == 0 {
            amount /= 10;
            exponent += 1;
        }
        if exponent == 0 {
            let mut step = 0;
            while step + 1 < BINARY.len() && amount % 1024 == 0 {
                amount /= 1024;
                step += 1;
            }
            return Ok(format!("{sign}{amount}{}", BINARY[step]));
        }
    } else {
        exponent += power;
    }
    Ok(format!("{sign}{}", decimal(amount, exponent, family)))
}

/// The family of a suffix, and its power: of two for a binary one, else of ten.
fn family(suffix: &str) -> Result<(Family, i32), String> {
    if let Some((_, power)) = DECIMAL.iter().find(|(known, _)| *known == suffix) {
        return Ok((Family::Decimal, *power));
    }
    if let Some(step) = BINARY.iter().position(|known| *known == suffix) {
        return Ok((Family::Binary, 10 * step as i32));
    }
    let power = suffix.strip_prefix(['e', 'E']).map(str::parse);
    match power {
        Some(Ok(power)) => Ok((Family::Exponent, power)),
        _ if suffix
            .chars()
            .all(|c| "eEinumkKMGTP+-0123456789".contains(c)) =>
        {
            Err("unable to parse quantity's suffix".to_owned())
        }
        _ => Err(WRONG.to_owned()),
    }
}

fn decimal(mut amount: i128, mut exponent: i32, family: Family) -> String {
    while amount % 10 == 0 {
        amount /= 10;
        exponent += 1;
    }
    // Nothing is finer than a billionth; what is goes up, so that nobody gets less than was asked.
    while exponent < -9 {
        amount = amount.div_euclid(10) + i128::from(amount % 10 != 0);
        exponent += 1;
    }
    let largest = exponent.div_euclid(3) * 3;
    let power = largest.min(18);
    for _ in 0..exponent - power {
        amount = amount.saturating_mul(10);
    }
    match family {
        Family::Exponent if power != 0 => format!("{amount}e{power}"),
        _ => {
            let suffix = DECIMAL.iter().find(|(_, known)| *known == power);
            format!("{amount}{}", suffix.map_or("", |(suffix, _)| suffix))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn quantities_are_written_as_a_server_writes_them() {
        for (given, written) in [
            (json!("0.5"), "500m"),
            (json!(2), "2"),
            (json!(0.25), "250m"),
            (json!("1000m"), "1"),
            (json!("1500m"), "1500m"),
            (json!("100M"), "100M"),
            (json!("2000k"), "2M"),
            (json!("1024Mi"), "1Gi"),
            (json!("1.5Gi"), "1536Mi"),
            (json!("0"), "0"),
            (json!("0Mi"), "0"),
            (json!("-5m"), "-5m"),
            (json!("1e3"), "1e3"),
            (json!("12E6"), "12e6"),
            (json!("128974848"), "128974848"),
            (json!("3000"), "3k"),
            (json!("1Ki"), "1Ki"),
            (json!("0.1Gi"), "107374182400m"),
        ] {
            assert_eq!(canonical(&given).as_deref(), Ok(written), "{given}");
        }
        for wrong in [
            json!("xx"),
            json!(""),
            json!(true),
            json!("1Gb"),
            json!("1ki"),
        ] {
            assert!(canonical(&wrong).is_err(), "{wrong}");
        }
    }
}
