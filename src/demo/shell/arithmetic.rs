//! `$((…))`: whole numbers with the operators of C that people use.

use std::{iter::Peekable, str::Chars};

/// The value of an expression; `variable` looks names up.
pub(super) fn value(text: &str, variable: &dyn Fn(&str) -> i64) -> Result<i64, String> {
    let mut reader = Reader {
        letters: text.chars().peekable(),
        variable,
        depth: 0,
    };
    let value = reader.level(0)?;
    match reader.next() {
        None => Ok(value),
        Some(_) => Err("arithmetic syntax error".to_owned()),
    }
}

/// From the weakest to the strongest; of those of a level, the longest first.
const LEVELS: [&[&str]; 6] = [
    &["||"],
    &["&&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["+", "-"],
    &["*", "/", "%"],
];

/// Brackets deeper than this are nobody's arithmetic.
const DEEPEST: usize = 64;

struct Reader<'a> {
    letters: Peekable<Chars<'a>>,
    variable: &'a dyn Fn(&str) -> i64,
    depth: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        while self
            .letters
            .next_if(|letter| letter.is_whitespace())
            .is_some()
        {}
        self.letters.peek().copied()
    }

    fn takes(&mut self, operator: &str) -> bool {
        self.next();
        let mut ahead = self.letters.clone();
        let is_there = operator.chars().all(|letter| ahead.next() == Some(letter));
        if is_there {
            self.letters = ahead;
        }
        is_there
    }

    fn level(&mut self, level: usize) -> Result<i64, String> {
        let Some(operators) = LEVELS.get(level) else {
            return self.single();
        };
        let mut left = self.level(level + 1)?;
        while let Some(operator) = operators.iter().find(|operator| self.takes(operator)) {
            let right = self.level(level + 1)?;
            left = apply(operator, left, right).ok_or("divide by zero")?;
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("arithmetic syntax error".to_owned());
        }
        let value = match self.next() {
            Some('(') => {
                self.letters.next();
                let value = self.level(0)?;
                if !self.takes(")") {
                    return Err("arithmetic syntax error".to_owned());
                }
                value
            }
            Some('-') => {
                self.letters.next();
                self.single()?.wrapping_neg()
            }
            Some('!') => {
                self.letters.next();
                i64::from(self.single()? == 0)
            }
            Some(letter) if letter == '_' || letter.is_alphanumeric() => {
                let mut word = String::new();
                while let Some(letter) = self
                    .letters
                    .next_if(|letter| *letter == '_' || letter.is_alphanumeric())
                {
                    word.push(letter);
                }
                match word.parse() {
                    Ok(number) => number,
                    Err(_) => (self.variable)(&word),
                }
            }
            _ => return Err("arithmetic syntax error".to_owned()),
        };
        self.depth -= 1;
        Ok(value)
    }
}

fn apply(operator: &str, left: i64, right: i64) -> Option<i64> {
    Some(match operator {
        "||" => i64::from(left != 0 || right != 0),
        "&&" => i64::from(left != 0 && right != 0),
        "==" => i64::from(left == right),
        "!=" => i64::from(left != right),
        "<=" => i64::from(left <= right),
        ">=" => i64::from(left >= right),
        "<" => i64::from(left < right),
        ">" => i64::from(left > right),
        "+" => left.wrapping_add(right),
        "-" => left.wrapping_sub(right),
        "*" => left.wrapping_mul(right),
        "/" => left.checked_div(right)?,
        _ => left.checked_rem(right)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_reckoned() {
        let cases = [
            ("1 + 2 * 3", Ok(7)),
            ("(1+2)*3", Ok(9)),
            ("-x + 10", Ok(5)),
            ("10 / 3 % 2", Ok(1)),
            ("1 < 2 && 3 >= 3", Ok(1)),
            ("!0", Ok(1)),
            ("1 / 0", Err("divide by zero".to_owned())),
            ("1 +", Err("arithmetic syntax error".to_owned())),
            ("9223372036854775807 + 1", Ok(i64::MIN)),
        ];
        for (text, wanted) in cases {
            assert_eq!(value(text, &|_| 5), wanted, "{text}");
        }
        assert!(value(&"(".repeat(10_000), &|_| 0).is_err());
    }
}
