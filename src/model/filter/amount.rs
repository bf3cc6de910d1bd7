//! Numbers in a filter: how they are compared, read and printed.

use std::fmt;

use super::{Field, field::Asked};
use crate::model::quantity::Quantity;

/// All of something, in hundredths of a percent.
const WHOLE: u32 = 10_000;

/// A row's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// How much.
    pub value: u64,
    /// What it is held against where a share is asked for: what is wanted, the limit, the request. 0 where there is none.
    pub of: u64,
}

impl Amount {
    /// A number that is no part of anything.
    pub fn plain(value: u64) -> Self {
        Self { value, of: 0 }
    }
}

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Op {
    /// As it is written.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    fn holds(self, a: u128, b: u128) -> bool {
        match self {
            Self::Equal => a == b,
            Self::Unequal => a != b,
            Self::Less => a < b,
            Self::AtMost => a <= b,
            Self::More => a > b,
            Self::AtLeast => a >= b,
        }
    }
}

/// What a number is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// An amount in the field's unit.
    Amount(u64),
    /// A share of what the number is held against, in hundredths of a percent.
    Share(u32),
}

impl Bound {
    /// Whether a row's number is so. There is no share of nothing.
    pub(super) fn holds(self, op: Op, amount: Amount) -> bool {
        let Amount { value, of } = amount;
        match self {
            Self::Amount(bound) => op.holds(value.into(), bound.into()),
            Self::Share(_) if of == 0 => false,
            Self::Share(share) => op.holds(
                u128::from(value) * u128::from(WHOLE),
                u128::from(of) * u128::from(share),
            ),
        }
    }

    /// Reads what a field is compared with.
    pub(super) fn read(of: &Asked, text: &str) -> Option<Self> {
        let share = |text: &str, places| Some(Self::Share(decimal(text, places)?));
        let quantity = |text: &str| Quantity::parse(text).filter(|_| !text.starts_with('-'));
        let Asked::Field(field) = of else {
            return Self::read_any(text);
        };
        match (field, text.strip_suffix('%')) {
            (Field::Cpu | Field::Memory, Some(percent)) => share(percent, 2),
            (Field::Ready, Some(percent)) => share(percent, 2).filter(Self::is_part),
            (Field::Ready, None) => share(text, 4).filter(Self::is_part),
            (Field::Cpu, None) => {
                let text = text.strip_suffix('c').unwrap_or(text);
                quantity(text).map(|cores| Self::Amount(cores.millis()))
            }
            (Field::Memory, None) => quantity(text).map(|bytes| Self::Amount(bytes.units())),
            (Field::Age, None) => seconds(text).map(Self::Amount),
            (_, None) => number(text).map(Self::Amount),
            (_, Some(_)) => None,
        }
    }

    /// What a column is compared with, of which it is not known what it has: a number, a time, a size or a share.
    fn read_any(text: &str) -> Option<Self> {
        if let Some(percent) = text.strip_suffix('%') {
            return Some(Self::Share(decimal(percent, 2)?));
        }
        let quantity = || Quantity::parse(text).filter(|_| !text.starts_with('-'));
        let amount = number(text).or_else(|| seconds(text));
        amount
            .or_else(|| Some(quantity()?.units()))
            .map(Self::Amount)
    }

    /// What could be written there instead.
    pub(super) fn example(of: &Asked) -> &'static str {
        let Asked::Field(field) = of else {
            return "nothing to compare with, such as 5, 2h, 1Gi or 50%";
        };
        match field {
            Field::Cpu => "no amount of cpu, such as 500m, 2 or 80%",
            Field::Memory => "no amount of memory, such as 200Mi, 1Gi or 80%",
            Field::Age => "no age, such as 90s, 2h or 3d",
            Field::Ready => "no part of what is wanted, such as 1, 0.5 or 50%",
            _ => "no number, such as 5",
        }
    }

    fn is_part(&self) -> bool {
        matches!(self, Self::Share(share) if *share <= WHOLE)
    }

    /// Prints it so that [`Bound::read`] finds the same.
    pub(super) fn print(self, of: &Asked, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = match of {
            Asked::Field(field) => Some(field),
            Asked::Column(_) => None,
        };
        match (self, field) {
            (Self::Share(share), _) => {
                write!(f, "{}", share / 100)?;
                if !share.is_multiple_of(100) {
                    write!(f, ".{:02}", share % 100)?;
                }
                f.write_str("%")
            }
            (Self::Amount(cores), Some(Field::Cpu)) if cores.is_multiple_of(1000) => {
                write!(f, "{}", cores / 1000)
            }
            (Self::Amount(cores), Some(Field::Cpu)) => write!(f, "{cores}m"),
            (Self::Amount(bytes), Some(Field::Memory)) => {
                const UNITS: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
                let zeros = if bytes == 0 {
                    0
                } else {
                    bytes.trailing_zeros()
                };
                let unit = (zeros / 10) as usize;
                write!(f, "{}{}", bytes >> (10 * unit), UNITS[unit])
            }
            (Self::Amount(0), Some(Field::Age)) => f.write_str("0s"),
            (Self::Amount(seconds), Some(Field::Age)) => {
                let parts = [
                    (seconds / 86_400, "d"),
                    (seconds / 3_600 % 24, "h"),
                    (seconds / 60 % 60, "m"),
                    (seconds % 60, "s"),
                ];
                let mut parts = parts.iter().filter(|(number, _)| *number > 0);
                parts.try_for_each(|(number, unit)| write!(f, "{number}{unit}"))
            }
            (Self::Amount(number), _) => write!(f, "{number}"),
        }
    }
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// `12.5` in units of this many decimal places.
fn decimal(text: &str, places: u32) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let room = places.checked_sub(part.len() as u32)?;
    let part = number(part)?.checked_mul(10_u64.pow(room))?;
    let whole = number(whole)?.checked_mul(10_u64.pow(places))?;
    u32::try_from(whole.checked_add(part)?).ok()
}

/// `1h30m`, `2d`, `90s`.
fn seconds(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (figures, unit) = rest.split_at(digits);
        let seconds = match unit.as_bytes().first()? {
            b's' => 1,
            b'm' => 60,
            b'h' => 3_600,
            b'd' => 86_400,
            b'w' => 7 * 86_400,
            b'y' => 365 * 86_400,
            _ => return None,
        };
        total = total.checked_add(number(figures)?.checked_mul(seconds)?)?;
        rest = &unit[1..];
    }
    (!text.is_empty()).then_some(total)
}
